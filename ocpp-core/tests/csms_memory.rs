//! What a station costs its CSMS while nothing happens, and what a token costs while others charge.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::{Mutex, PoisonError};

use ocpp_core::Version;
use ocpp_core::csms::TokenStatus;
use ocpp_core::csms::ledger::IdToken;
use ocpp_core::csms::remote::{
    Answer, Authorize, Config, Input, Link, Output, Purpose, Question, RemoteStation, TokenInfo,
};
use ocpp_core::csms::services::{Token, Tokens, TokensConfig};
use ocpp_core::time::{DateTime, Instant, Now};

/// Allocations of all threads are counted: one test at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn now() -> Now {
    Now {
        monotonic: Instant::ORIGIN,
        utc: Some("2024-05-15T12:00:00Z".parse().unwrap()),
    }
}

fn hear(station: &mut RemoteStation, number: &mut u64, input: Input) {
    station.handle(now(), input);
    while let Some(output) = station.poll_output() {
        let Output::Ask { question, about } = output else {
            continue;
        };
        let answer = match about {
            Question::Number => {
                *number += 1;
                Answer::Number(*number)
            }
            Question::Stored(_) => Answer::Stored(None),
            _ => Answer::Token(TokenInfo::of(TokenStatus::Accepted)),
        };
        station.handle(now(), Input::Answer { question, answer });
    }
}

/// A station that is connected, has booted, has two connectors and some charging behind it.
fn idle(number: &mut u64) -> RemoteStation {
    let mut station = RemoteStation::new("CP000001", Config::default(), 1);
    hear(
        &mut station,
        number,
        Input::Connected(Link::unsecured(Version::V2_0_1)),
    );
    let mut say = |action: &str, payload: &str| {
        let text = format!(r#"[2,"{action}","{action}",{payload}]"#);
        hear(&mut station, number, Input::Received(text));
    };
    say(
        "BootNotification",
        r#"{"chargingStation":{"vendorName":"Vendor","model":"Model"},"reason":"PowerUp"}"#,
    );
    for connector in 1..3 {
        let status = format!(
            r#"{{"timestamp":"2024-05-15T12:00:00Z","connectorStatus":"Available","evseId":{connector},"connectorId":1}}"#
        );
        say("StatusNotification", &status);
    }
    for transaction in 0..50 {
        for (seq_no, kind) in ["Started", "Updated", "Ended"].into_iter().enumerate() {
            let event = format!(
                r#"{{"eventType":"{kind}","timestamp":"2024-05-15T12:00:00Z","triggerReason":"Authorized","seqNo":{seq_no},
                "transactionInfo":{{"transactionId":"01234567-89ab-cdef-0123-{transaction:012}"}},"evse":{{"id":1}},
                "idToken":{{"idToken":"04A2B3C4D5E6F7","type":"ISO14443"}}}}"#
            );
            say("TransactionEvent", &event);
        }
    }
    station
}

#[test]
fn a_hundred_thousand_idle_stations_take_less_than_a_gigabyte() {
    const STATIONS: usize = 200;
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut number = 0;
    let mut stations = Vec::with_capacity(STATIONS);
    let measured = allocation_counter::measure(|| {
        for _ in 0..STATIONS {
            stations.push(idle(&mut number));
        }
    });
    let kept = usize::try_from(measured.bytes_current).unwrap() / STATIONS;
    let each = kept + size_of::<RemoteStation>();
    println!("{each} bytes for an idle station");
    assert!(each < 10_000, "{each} bytes");
}

/// C3, C10: what an answer costs does not grow with what others do.
#[test]
fn a_token_costs_the_same_whoever_charges() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let utc: DateTime = now().utc.unwrap();
    let asked = |token: String, reference: u64| Authorize {
        id_token: IdToken::of_1_6(&token),
        purpose: Purpose::Transaction(reference),
        evse: Some(1),
        remote: false,
        certificate: None,
        hashes: Vec::new(),
    };
    let config = TokensConfig {
        accept_any_token: true,
        ..TokensConfig::default()
    };
    let mut tokens = Tokens::new(config);
    let change = tokens
        .put("MINE", &Token::of(TokenStatus::Accepted))
        .unwrap();
    tokens.apply(&change).unwrap();
    let mut reference = 0;
    let mut costs = Vec::new();
    for open in [1_u64, 10_000, 100_000] {
        while reference < open {
            reference += 1;
            let station = format!("CP{reference}");
            let info = tokens.authorize(utc, &station, &asked(format!("T{reference}"), reference));
            assert_eq!(info.status, TokenStatus::Accepted);
        }
        let mine = asked("MINE".into(), u64::MAX);
        let measured = allocation_counter::measure(|| {
            let info = tokens.authorize(utc, "CP-MINE", &mine);
            assert_eq!(info.status, TokenStatus::Accepted);
            tokens.release("CP-MINE", u64::MAX);
        });
        costs.push(measured.count_total);
    }
    println!("allocations of an answer: {costs:?}");
    // A node of a tree may be split or not.
    assert!(
        costs.iter().max().unwrap() - costs.iter().min().unwrap() <= 3,
        "{costs:?}"
    );
}
