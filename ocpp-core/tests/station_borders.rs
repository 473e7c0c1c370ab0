//! What stands at the border to other languages: threads, numbers, answers of somebody who can do nothing.

use std::collections::BTreeSet;

use ocpp_core::session::{CallId, CallToken};
use ocpp_core::station::{
    EvseId, Input, JobId, Output, Reading, Station, StationConfig, StationState, Token,
};
use ocpp_core::time::{DateTime, Instant, Now};
use ocpp_types::Version;

const fn goes_to_other_threads<T: Send + Sync>() {}
const _: () = {
    goes_to_other_threads::<Station>();
    goes_to_other_threads::<StationConfig>();
    goes_to_other_threads::<StationState>();
    goes_to_other_threads::<Input>();
    goes_to_other_threads::<Output>();
};

#[test]
fn ids_cross_a_border_as_numbers() {
    assert_eq!(u64::from(JobId::from(7)), 7);
    assert_eq!(u64::from(CallId::from(8)), 8);
    assert_eq!(u64::from(CallToken::from(9)), 9);
}

/// The variants of `Output` whose documentation says "answered with", as the source says it, and those that `declined` knows.
#[test]
fn every_output_that_asks_can_be_declined() {
    let output = include_str!("../src/station/output.rs");
    let body = output.split("pub enum Output {").nth(1).unwrap();
    let body = body.split("\n}\n").next().unwrap();
    let mut asked = BTreeSet::new();
    let mut documentation = String::new();
    for line in body.lines() {
        if let Some(text) = line.strip_prefix("    /// ") {
            documentation.push_str(text);
            documentation.push(' ');
        } else if line.starts_with("    ") && line.trim_start().starts_with(char::is_uppercase) {
            let name: String = line
                .trim_start()
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect();
            if documentation.contains("nswered with [") {
                asked.insert(name);
            }
            documentation.clear();
        }
    }
    let decline = include_str!("../src/station/decline.rs");
    let arms = decline.split("match self {").nth(1).unwrap();
    let declined = arms.split("Self::").skip(1).map(|arm| {
        let name = arm.chars().take_while(char::is_ascii_alphanumeric);
        name.collect::<String>()
    });
    assert!(asked.len() > 9, "{asked:?}");
    assert_eq!(asked, declined.collect::<BTreeSet<_>>());
}

/// A driver that can do nothing but store and send: the station begins no transaction with a meter that cannot be read, and
/// goes on without hanging anywhere.
#[test]
#[cfg(feature = "v1_6")]
fn a_driver_that_declines_everything_gets_along() {
    let mut config = StationConfig::new(Version::V1_6, "maker", "model", 1);
    config.meter_timeout = core::time::Duration::from_secs(5);
    let mut now = Now {
        monotonic: Instant::ORIGIN,
        utc: "2024-05-15T12:00:00Z".parse::<DateTime>().ok(),
    };
    let mut station = Station::restore(config, [], now).unwrap();
    let mut sent = Vec::new();
    let mut take = |station: &mut Station, now: Now, input: Input| {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            station.handle(now, input);
            while let Some(output) = station.poll_output() {
                if let Output::Transmit(text) = &output {
                    sent.push(text.clone());
                }
                inputs.extend(output.declined());
            }
        }
        sent.len()
    };
    take(&mut station, now, Input::Start);
    assert!(!station.state().connected);
    // The first connection was declined: it is tried again later.
    let again = station.next_timeout().unwrap();
    assert!(again > now.monotonic);
    now.monotonic = again;
    station.handle(now, Input::TimePassed);
    let connect = station.poll_output();
    assert!(matches!(connect, Some(Output::Connect(_))), "{connect:?}");
    let version = Version::V1_6;
    take(&mut station, now, Input::Connected { version });
    let answer =
        r#"[3,"0",{"status":"Accepted","currentTime":"2024-05-15T12:00:00Z","interval":300}]"#;
    take(&mut station, now, Input::Received(answer.into()));
    let token = Token::new("card");
    let evse: Option<EvseId> = Some(1);
    assert!(take(&mut station, now, Input::TokenPresented { evse, token }) > 1);
}

/// An empty reading is no reading: what the meter showed last still counts.
#[test]
#[cfg(feature = "v1_6")]
fn a_meter_that_cannot_be_read_is_taken_at_its_last_reading() {
    use ocpp_core::station::{CableState, ConnectorId};

    let mut config = StationConfig::new(Version::V1_6, "maker", "model", 1);
    config
        .defaults
        .push(("LocalPreAuthorize".into(), "true".into()));
    let now = Now {
        monotonic: Instant::ORIGIN,
        utc: "2024-05-15T12:00:00Z".parse::<DateTime>().ok(),
    };
    let mut station = Station::restore(config, [], now).unwrap();
    let token = Token::new("card");
    let accepted = ocpp_core::station::AuthorizationStatus::Accepted;
    let accepted = ocpp_core::station::Authorization::new(accepted);
    assert!(station.seed_local_list(now, &token, &accepted));
    let reading = Reading::energy(ocpp_types::Decimal::new(5_000, 0));
    let mut began = None;
    for input in [
        Input::Meter { evse: 1, reading },
        Input::Start,
        Input::Connected {
            version: Version::V1_6,
        },
        Input::Received(
            r#"[3,"0",{"status":"Accepted","currentTime":"2024-05-15T12:00:00Z","interval":300}]"#
                .into(),
        ),
        Input::Cable {
            at: ConnectorId::new(1, 1),
            state: CableState::Connected,
        },
        Input::TokenPresented {
            evse: Some(1),
            token,
        },
        Input::Meter {
            evse: 1,
            reading: Reading::default(),
        },
    ] {
        station.handle(now, input);
        while let Some(output) = station.poll_output() {
            if let Output::Transaction { news, .. } = output {
                began = Some(news);
            }
        }
    }
    let began = format!("{began:?}");
    assert!(began.contains("5000"), "{began}");
}
