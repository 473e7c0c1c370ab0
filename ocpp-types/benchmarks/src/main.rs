//! Decoding and encoding of four messages: this project's types beside hand-written structs, serde_json, two other crates
//! and a JSON Schema validator, in one run.
//!
//! `cargo run --release` prints ratios of time, instructions (through valgrind) and allocations.

mod hand_written;

use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

use ocpp_types::Payload;
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

/// Encodes a value decoded from the text before, so many times.
type Encode = Box<dyn Fn(&str, usize)>;

/// One way to decode and encode one payload; the text goes in, work is done, nothing comes out.
struct Candidate {
    name: &'static str,
    decode: Box<dyn Fn(&str)>,
    encode: Option<Encode>,
}

struct Case {
    name: &'static str,
    payload: &'static str,
    candidates: Vec<Candidate>,
}

fn typed<T: DeserializeOwned + Serialize + 'static>(name: &'static str) -> Candidate {
    Candidate {
        name,
        decode: Box::new(|json| {
            black_box(serde_json::from_str::<T>(json).expect("the payload fits"));
        }),
        encode: Some(Box::new(|json, count| {
            let value = serde_json::from_str::<T>(json).expect("the payload fits");
            let mut buffer = Vec::with_capacity(2 * json.len());
            for _ in 0..count {
                buffer.clear();
                serde_json::to_writer(&mut buffer, black_box(&value))
                    .expect("the value can be written");
                black_box(&buffer);
            }
        })),
    }
}

/// As [`typed`], by the way that this project's messages have of their own.
fn ours<T: Payload + 'static>() -> Candidate {
    Candidate {
        name: OURS,
        decode: Box::new(|json| {
            black_box(T::decode(json).expect("the payload fits"));
        }),
        encode: Some(Box::new(|json, count| {
            let value = T::decode(json).expect("the payload fits");
            let mut buffer = String::with_capacity(2 * json.len());
            for _ in 0..count {
                buffer.clear();
                black_box(&value)
                    .encode_into(&mut buffer)
                    .expect("the value can be written");
                black_box(&buffer);
            }
        })),
    }
}

fn common(schema: &serde_json::Value) -> Vec<Candidate> {
    let validator = jsonschema::validator_for(schema).expect("the official schemas are schemas");
    vec![
        Candidate {
            name: "scan (IgnoredAny)",
            decode: Box::new(|json| {
                black_box(serde_json::from_str::<IgnoredAny>(json).expect("JSON"));
            }),
            encode: None,
        },
        typed::<serde_json::Value>("serde_json::Value"),
        Candidate {
            name: "jsonschema",
            decode: Box::new(move |json| {
                let value: serde_json::Value = serde_json::from_str(json).expect("JSON");
                assert!(validator.is_valid(&value));
            }),
            encode: None,
        },
    ]
}

fn case<Ours, Hand, RustOcpp, OcppRs>(
    name: &'static str,
    payload: &'static str,
    schema: (ocpp_schemas::Set, &str),
) -> Case
where
    Ours: Payload + 'static,
    Hand: DeserializeOwned + Serialize + 'static,
    RustOcpp: DeserializeOwned + Serialize + 'static,
    OcppRs: DeserializeOwned + Serialize + 'static,
{
    let schema = ocpp_schemas::find(schema.0, schema.1)
        .expect("the schema exists")
        .parse();
    let mut candidates = vec![
        ours::<Ours>(),
        typed::<Hand>(HAND_WRITTEN),
        typed::<RustOcpp>("rust-ocpp 3.0.4"),
        typed::<OcppRs>("ocpp_rs 0.4.2"),
    ];
    candidates.extend(common(&schema));
    Case {
        name,
        payload,
        candidates,
    }
}

const OURS: &str = "ocpp-types";
const HAND_WRITTEN: &str = "hand-written";

fn cases() -> Vec<Case> {
    vec![
        case::<
            ocpp_types::v1_6::BootNotificationRequest,
            hand_written::v1_6::BootNotification,
            rust_ocpp::v1_6::messages::boot_notification::BootNotificationRequest,
            ocpp_rs::v16::call::BootNotification,
        >(
            "1.6 BootNotification",
            include_str!("../payloads/boot_notification_v1_6.json"),
            (ocpp_schemas::V1_6, "BootNotificationRequest"),
        ),
        case::<
            ocpp_types::v1_6::MeterValuesRequest,
            hand_written::v1_6::MeterValues,
            rust_ocpp::v1_6::messages::meter_values::MeterValuesRequest,
            ocpp_rs::v16::call::MeterValues,
        >(
            "1.6 MeterValues, 20 values",
            include_str!("../payloads/meter_values_v1_6.json"),
            (ocpp_schemas::V1_6, "MeterValuesRequest"),
        ),
        case::<
            ocpp_types::v2_0_1::TransactionEventRequest,
            hand_written::v2_0_1::TransactionEvent,
            rust_ocpp::v2_0_1::messages::transaction_event::TransactionEventRequest,
            ocpp_rs::v21::messages::transaction_event::TransactionEventRequest,
        >(
            "2.0.1 TransactionEvent, 10 values",
            include_str!("../payloads/transaction_event_v2_0_1.json"),
            (ocpp_schemas::V2_0_1, "TransactionEventRequest"),
        ),
        case::<
            ocpp_types::v2_0_1::SetChargingProfileRequest,
            hand_written::v2_0_1::SetChargingProfile,
            rust_ocpp::v2_0_1::messages::set_charging_profile::SetChargingProfileRequest,
            ocpp_rs::v21::messages::set_charging_profile::SetChargingProfileRequest,
        >(
            "2.0.1 SetChargingProfile, 24 periods",
            include_str!("../payloads/set_charging_profile_v2_0_1.json"),
            (ocpp_schemas::V2_0_1, "SetChargingProfileRequest"),
        ),
    ]
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        // How the program calls itself under valgrind.
        ["run", direction, case, candidate, count] => run(direction, case, candidate, count),
        [] => report(&cases()),
        _ => {
            eprintln!(
                "usage: ocpp-types-benchmarks\nPrints time, instructions and allocations; takes no arguments."
            );
            std::process::exit(2);
        }
    }
}

fn run(direction: &str, case: &str, candidate: &str, count: &str) {
    let index = |text: &str| text.parse::<usize>().expect("a number");
    let cases = cases();
    let case = &cases[index(case)];
    let candidate = &case.candidates[index(candidate)];
    match (direction, &candidate.encode) {
        ("encode", Some(encode)) => encode(case.payload, index(count)),
        _ => (0..index(count)).for_each(|_| (candidate.decode)(black_box(case.payload))),
    }
}

/// Instructions of one round: the difference between a run of many rounds and a run of one, so that start-up cancels out.
fn instructions(direction: &str, case: usize, candidate: usize) -> Option<f64> {
    const ROUNDS: usize = 201;
    let count = |rounds: usize| -> Option<f64> {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(std::env::current_exe().ok()?)
            .args([
                "run",
                direction,
                &case.to_string(),
                &candidate.to_string(),
                &rounds.to_string(),
            ])
            .output()
            .ok()?;
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        let line = log.lines().find(|line| line.contains("Collected :"))?;
        line.split(':').nth(1)?.trim().parse().ok()
    };
    Some((count(ROUNDS)? - count(1)?) / (ROUNDS - 1) as f64)
}

/// Nanoseconds of one round: the best of several batches.
fn nanoseconds(mut batch: impl FnMut(usize)) -> f64 {
    let rounds = 2_000;
    let measure = |batch: &mut dyn FnMut(usize)| {
        let start = Instant::now();
        batch(rounds);
        start.elapsed().as_nanos() as f64 / rounds as f64
    };
    (0..7)
        .map(|_| measure(&mut batch))
        .fold(f64::INFINITY, f64::min)
}

struct Figures {
    nanoseconds: f64,
    instructions: Option<f64>,
    allocations: u64,
}

fn report(cases: &[Case]) {
    for direction in ["decode", "encode"] {
        for (case_index, case) in cases.iter().enumerate() {
            println!(
                "\n{direction}: {} ({} bytes)",
                case.name,
                case.payload.len()
            );
            println!(
                "{:<20} {:>9} {:>12} {:>8} {:>12} {:>12}",
                "", "ns", "instructions", "allocs", "time ratio", "instr. ratio"
            );
            let figures: Vec<_> = case
                .candidates
                .iter()
                .enumerate()
                .filter(|(_, candidate)| direction == "decode" || candidate.encode.is_some())
                .map(|(index, candidate)| {
                    (
                        candidate.name,
                        measure(direction, case_index, index, case, candidate),
                    )
                })
                .collect();
            let hand = figures
                .iter()
                .find(|(name, _)| *name == HAND_WRITTEN)
                .map(|(_, figures)| figures);
            for (name, figures) in &figures {
                let ratio = |own: f64, hand: Option<f64>| {
                    hand.map_or(String::new(), |hand| format!("{:.2}", own / hand))
                };
                println!(
                    "{name:<20} {:>9.0} {:>12} {:>8} {:>12} {:>12}",
                    figures.nanoseconds,
                    figures
                        .instructions
                        .map_or("no valgrind".into(), |count| format!("{count:.0}")),
                    figures.allocations,
                    ratio(figures.nanoseconds, hand.map(|hand| hand.nanoseconds)),
                    figures.instructions.map_or(String::new(), |own| ratio(
                        own,
                        hand.and_then(|hand| hand.instructions)
                    )),
                );
            }
        }
    }
    println!("\nratios are to the hand-written structs");
}

fn measure(
    direction: &str,
    case_index: usize,
    index: usize,
    case: &Case,
    candidate: &Candidate,
) -> Figures {
    let instructions = instructions(direction, case_index, index);
    match (&candidate.encode, direction) {
        (Some(encode), "encode") => {
            let all = allocation_counter::measure(|| encode(case.payload, 11)).count_total;
            let one = allocation_counter::measure(|| encode(case.payload, 1)).count_total;
            Figures {
                nanoseconds: nanoseconds(|rounds| encode(case.payload, rounds)),
                instructions,
                allocations: (all - one) / 10,
            }
        }
        _ => Figures {
            nanoseconds: nanoseconds(|rounds| {
                (0..rounds).for_each(|_| (candidate.decode)(black_box(case.payload)))
            }),
            instructions,
            allocations: allocation_counter::measure(|| (candidate.decode)(case.payload))
                .count_total,
        },
    }
}
