//! The heap of a station on a machine with an operating system.
#![forbid(unsafe_code)]

use ocpp_footprint::heap::{Counted, run};

fn main() {
    let mut told = String::new();
    let probe = |work: &mut dyn FnMut()| {
        let counted = allocation_counter::measure(work);
        Counted {
            current: counted.bytes_current,
            most: counted.bytes_max as i64,
        }
    };
    run(probe, &mut told).expect("a text takes everything");
    print!("{told}");
}
