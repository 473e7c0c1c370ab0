//! A station whose hardware and connection are lines of text: everything of one version is in, nothing else.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod heap;

use core::fmt;

use ocpp_core::Version;
use ocpp_core::station::{
    CableState, ConnectorId, EvState, Input, Output, Reading, Station, StationConfig, Token,
};
use ocpp_core::time::{Instant, Now};

/// The version that is measured.
pub const VERSION: Version = if cfg!(feature = "v2_0_1") {
    Version::V2_0_1
} else {
    Version::V1_6
};

/// What kind of station it is.
#[must_use]
pub fn config(evses: u32) -> StationConfig {
    StationConfig::new(VERSION, "Example", "Minimal", evses)
}

fn input(line: &str) -> Option<Input> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let at = ConnectorId::new(rest.parse().unwrap_or(1), 1);
    Some(match word {
        "start" => Input::Start,
        "connected" => Input::Connected { version: VERSION },
        "disconnected" => Input::Disconnected,
        "received" => Input::Received(rest.into()),
        "token" => Input::TokenPresented {
            evse: None,
            token: Token::new(rest),
        },
        "plug" => Input::Cable {
            at,
            state: CableState::Connected,
        },
        "unplug" => Input::Cable {
            at,
            state: CableState::Unplugged,
        },
        "ready" => Input::Ev {
            at,
            state: EvState::Ready,
        },
        "meter" => Input::Meter {
            evse: 1,
            reading: Reading::energy(rust_decimal::Decimal::from(rest.parse::<i64>().ok()?)),
        },
        "power" => Input::PowerFailing {
            time_to_report: true,
        },
        _ => Input::TimePassed,
    })
}

/// The time since the start, which is all that this hardware knows of it.
#[must_use]
pub fn now(millis: u64) -> Now {
    Now {
        monotonic: Instant::from_millis(millis),
        utc: None,
    }
}

/// Does what a line says, and writes what the station wants done.
///
/// # Errors
/// Those of the writer.
pub fn serve(
    station: &mut Station,
    millis: u64,
    line: &str,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    if let Some(input) = input(line) {
        station.handle(now(millis), input);
    }
    while let Some(output) = station.poll_output() {
        match output {
            Output::Transmit(text) => writeln!(out, "transmit {text}"),
            Output::Store(record) => writeln!(out, "store {} {}", record.key, record.value),
            Output::Remove(key) => writeln!(out, "remove {key}"),
            Output::Contactor { at, closed } => writeln!(out, "contactor {} {closed}", at.evse),
            Output::Connect(_) => writeln!(out, "connect"),
            Output::Disconnect => writeln!(out, "disconnect"),
            _ => writeln!(out, "other"),
        }?;
    }
    Ok(())
}
