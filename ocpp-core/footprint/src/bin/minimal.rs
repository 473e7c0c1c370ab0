//! A station whose hardware and connection are lines of text: everything of the 1.6 station is in, nothing else.
#![forbid(unsafe_code)]

use std::io::{BufRead as _, Write as _};
use std::time::Instant as Clock;

use ocpp_core::Version;
use ocpp_core::station::{
    CableState, ConnectorId, EvState, Input, Output, Reading, Station, StationConfig, Token,
};
use ocpp_core::time::{Instant, Now};

fn input(line: &str) -> Option<Input> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let at = ConnectorId::new(rest.parse().unwrap_or(1), 1);
    Some(match word {
        "start" => Input::Start,
        "connected" => Input::Connected {
            version: Version::V1_6,
        },
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

fn main() {
    let began = Clock::now();
    let now = || Now {
        monotonic: Instant::from_millis(began.elapsed().as_millis() as u64),
        utc: None,
    };
    let config = StationConfig::new(Version::V1_6, "Example", "Minimal", 2);
    let Ok(mut station) = Station::restore(config, [], now()) else {
        return;
    };
    let mut out = std::io::stdout();
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        if let Some(input) = input(&line) {
            station.handle(now(), input);
        }
        while let Some(output) = station.poll_output() {
            let _ = match output {
                Output::Transmit(text) => writeln!(out, "transmit {text}"),
                Output::Store(record) => writeln!(out, "store {} {}", record.key, record.value),
                Output::Remove(key) => writeln!(out, "remove {key}"),
                Output::Contactor { at, closed } => {
                    writeln!(out, "contactor {} {closed}", at.evse)
                }
                Output::Connect(_) => writeln!(out, "connect"),
                Output::Disconnect => writeln!(out, "disconnect"),
                _ => writeln!(out, "other"),
            };
        }
    }
}
