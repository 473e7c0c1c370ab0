//! The station as firmware of a Cortex-M, without an operating system: lines come and go by semihosting.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("this is for a microcontroller");
}

#[cfg(target_os = "none")]
mod firmware {
    extern crate alloc;

    use alloc::string::String;
    use core::mem::MaybeUninit;

    // The interrupt vectors of a chip and how to be alone on it.
    use cortex_m as _;
    use cortex_m_rt::entry;
    use embedded_alloc::LlffHeap as Heap;
    use panic_halt as _;
    use semihosting::io::{Read as _, Write as _};

    const HEAP_SIZE: usize = 64 * 1024;

    #[global_allocator]
    static HEAP: Heap = Heap::empty();

    #[entry]
    fn main() -> ! {
        static mut MEMORY: [MaybeUninit<u8>; HEAP_SIZE] = [MaybeUninit::uninit(); HEAP_SIZE];
        // SAFETY: the memory is used by nothing else, and once.
        unsafe { HEAP.init(MEMORY.as_ptr() as usize, HEAP_SIZE) };
        let mut station = ocpp_core::station::Station::restore(
            ocpp_footprint::config(2),
            [],
            ocpp_footprint::now(0),
        )
        .ok();
        let (Ok(mut stdin), Ok(mut stdout)) = (semihosting::io::stdin(), semihosting::io::stdout())
        else {
            loop {}
        };
        let mut line = String::new();
        let mut millis = 0;
        loop {
            let mut byte = [0];
            if stdin.read(&mut byte).is_err() {
                continue;
            }
            if byte[0] != b'\n' {
                line.push(char::from(byte[0]));
                continue;
            }
            millis += 1;
            let mut text = String::new();
            if let Some(station) = &mut station {
                let _ = ocpp_footprint::serve(station, millis, &line, &mut text);
            }
            let _ = stdout.write_all(text.as_bytes());
            line.clear();
        }
    }
}
