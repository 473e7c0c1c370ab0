//! What an Authorize costs a CSMS does not depend on how many transactions run: instructions, counted by valgrind.
//!
//! The program calls itself under valgrind; without valgrind there is nothing to count with, and the test says so.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::process::Command;

use ocpp_core::Version;
use ocpp_core::csms::TokenStatus;
use ocpp_core::csms::ledger::IdToken;
use ocpp_core::csms::remote::{
    Answer, Authorize, Config, Input, Link, Output, Purpose, Question, RemoteStation,
};
use ocpp_core::csms::services::{Token, Tokens, TokensConfig};
use ocpp_core::time::{Instant, Now};

/// Tells the program that it is the one to be counted: open transactions, and how often somebody asks.
const COUNTED: &str = "OCPP_COUNTED";

const OPEN: [u64; 3] = [1, 10_000, 1_000_000];

fn now() -> Now {
    Now {
        monotonic: Instant::ORIGIN,
        utc: Some("2024-05-15T12:00:00Z".parse().unwrap()),
    }
}

/// So many tokens charge.
fn charging(open: u64) -> Tokens {
    let config = TokensConfig {
        accept_any_token: true,
        ..TokensConfig::default()
    };
    let mut tokens = Tokens::new(config);
    let mine = tokens.put("04A2B3C4D5E6F7", &Token::of(TokenStatus::Accepted));
    tokens.apply(&mine.unwrap()).unwrap();
    let utc = now().utc.unwrap();
    for reference in 0..open {
        let asked = Authorize {
            // Spread over all texts, as serial numbers of cards are.
            id_token: IdToken::of_1_6(&format!(
                "{:014X}",
                reference.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 8
            )),
            purpose: Purpose::Transaction(reference),
            evse: Some(1),
            remote: false,
            certificate: None,
            hashes: Vec::new(),
        };
        let info = tokens.authorize(utc, &format!("CP{:06}", reference / 2), &asked);
        assert_eq!(info.status, TokenStatus::Accepted);
    }
    tokens
}

/// A station asks, from the text of its request to the text of the answer.
fn ask(station: &mut RemoteStation, tokens: &mut Tokens, times: u64) {
    for number in 0..times {
        let text = format!(r#"[2,"{number}","Authorize",{{"idTag":"04A2B3C4D5E6F7"}}]"#);
        station.handle(now(), Input::Received(text));
        let mut answered = false;
        while let Some(output) = station.poll_output() {
            match output {
                Output::Ask {
                    question,
                    about: Question::Authorize(asked),
                } => {
                    let info = tokens.authorize(now().utc.unwrap(), "CP-MINE", &asked);
                    let answer = Answer::Token(info);
                    station.handle(now(), Input::Answer { question, answer });
                }
                Output::Transmit(text) => {
                    assert!(text.contains("Accepted"), "{text}");
                    answered = true;
                }
                _ => {}
            }
        }
        assert!(answered);
    }
}

/// What this program needs for so many open transactions and questions.
fn instructions(open: u64, times: u64) -> Option<u64> {
    let name = "what_an_authorize_costs_does_not_depend_on_open_transactions";
    let output = Command::new("valgrind")
        .args(["--tool=none", "-q", "true"])
        .output();
    if !output.is_ok_and(|output| output.status.success()) {
        return None;
    }
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe().unwrap())
        .args([name, "--exact", "--include-ignored", "--test-threads=1"])
        .env(COUNTED, format!("{open} {times}"))
        .output()
        .unwrap();
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{report}");
    let (_, count) = report.rsplit_once("refs:").unwrap();
    let digits: String = count.chars().filter(char::is_ascii_digit).collect();
    Some(digits.parse().unwrap())
}

#[test]
#[ignore = "takes minutes with valgrind: cargo test --release -p ocpp-core --test csms_authorize -- --ignored"]
fn what_an_authorize_costs_does_not_depend_on_open_transactions() {
    if let Ok(counted) = std::env::var(COUNTED) {
        let (open, times) = counted.split_once(' ').unwrap();
        let mut tokens = charging(open.parse().unwrap());
        let mut station = RemoteStation::new("CP-MINE", Config::default(), 1);
        let link = Link::unsecured(Version::V1_6);
        station.handle(now(), Input::Connected(link));
        ask(&mut station, &mut tokens, times.parse().unwrap());
        return;
    }
    const TIMES: u64 = 2_000;
    let mut costs = Vec::new();
    for open in OPEN {
        // Valgrind takes fifty times as long; what runs before is in both counts.
        let counts = std::thread::scope(|scope| {
            let one = scope.spawn(|| instructions(open, 1));
            let more = scope.spawn(|| instructions(open, 1 + TIMES));
            (one.join().unwrap(), more.join().unwrap())
        });
        let (Some(one), Some(more)) = counts else {
            println!("valgrind is not installed: nothing was counted");
            return;
        };
        costs.push(more.saturating_sub(one) / TIMES);
    }
    println!("instructions of an Authorize with {OPEN:?} open transactions: {costs:?}");
    let (least, most) = (costs.iter().min().unwrap(), costs.iter().max().unwrap());
    assert!(*least > 1_000, "{costs:?}");
    assert!(most * 10 <= least * 11, "more than 10 % apart: {costs:?}");
}
