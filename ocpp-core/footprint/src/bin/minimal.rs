//! The station as a program of an operating system.
#![forbid(unsafe_code)]

#[cfg(target_os = "none")]
compile_error!("microcontrollers have src/bin/firmware.rs");

use std::io::{BufRead as _, Write as _};
use std::time::Instant as Clock;

use ocpp_core::station::Station;
use ocpp_footprint::{config, now, serve};

fn main() {
    let Ok(mut station) = Station::restore(config(2), [], now(0)) else {
        return;
    };
    let began = Clock::now();
    let mut out = std::io::stdout();
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let mut text = String::new();
        let _ = serve(
            &mut station,
            began.elapsed().as_millis() as u64,
            &line,
            &mut text,
        );
        let _ = out.write_all(text.as_bytes());
    }
}
