//! What a CALL of the peer costs from its text to the text of the answer, in instructions (through valgrind) and time, and
//! which part of it is whose; and what one costs a whole station.
//!
//! `cargo bench -p ocpp-core --bench session`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark fails by panicking"
)]

use std::hint::black_box;
use std::process::Command;
use std::time::Instant as Clock;

use ocpp_core::Version;
use ocpp_core::frame::Frame;
use ocpp_core::session::{
    Config, Decoding, Event, Input, MessageIds, Output, Received, Role, Session, TypedSession,
    find_action,
};
use ocpp_core::station::{self, Reading, Station, StationConfig};
use ocpp_core::time::{Instant, Now};
use ocpp_types::{Payload, Protocol, Request, v1_6, v2_0_1};

const HEARTBEAT: &str = "{}";
const METER_VALUES: &str =
    include_str!("../../ocpp-types/benchmarks/payloads/meter_values_v1_6.json");
const TRANSACTION_EVENT: &str =
    include_str!("../../ocpp-types/benchmarks/payloads/transaction_event_v2_0_1.json");

/// Does so many messages.
type Step = Box<dyn Fn(usize)>;

/// One message, and the steps that are measured.
struct Case {
    name: &'static str,
    steps: Vec<(&'static str, Step)>,
}

fn csms<P: Protocol>() -> TypedSession<P> {
    let config = Config::new(Role::Csms);
    let mut csms = TypedSession::new(Role::Csms, config, MessageIds::seeded(7), Decoding::Strict);
    csms.handle(Instant::ORIGIN, Input::Connected).unwrap();
    csms
}

fn case<R>(name: &'static str, payload: &str, response: &'static str) -> Case
where
    R: Request,
    R::Protocol: 'static,
    R::Response: 'static,
{
    type ProtocolOf<R> = <R as Request>::Protocol;
    let version = <ProtocolOf<R> as Protocol>::VERSION;
    let action = <ProtocolOf<R> as Protocol>::info(R::ACTION).name;
    let text = format!(r#"[2,"5e1c3f0a-2b7d-4e5f-9a68-7c1d2e3f4a5b","{action}",{payload}]"#);
    let payload = payload.to_owned();
    let frame: Step = {
        let text = text.clone();
        Box::new(move |count| {
            for _ in 0..count {
                black_box(Frame::parse(version, black_box(&text)).unwrap());
            }
        })
    };
    let look_up: Step = Box::new(move |count| {
        for _ in 0..count {
            black_box(find_action(version, black_box(action)).unwrap());
        }
    });
    let untyped: Step = {
        let text = text.clone();
        Box::new(move |count| untyped(version, &text, response, count))
    };
    let decode: Step = Box::new(move |count| {
        for _ in 0..count {
            let action = black_box(R::ACTION);
            black_box(ProtocolOf::<R>::decode_request(action, black_box(&payload)).unwrap());
        }
    });
    let whole: Step = Box::new(move |count| whole::<R>(&text, response, count));
    Case {
        name,
        steps: vec![
            ("frame alone", frame),
            ("action by its name", look_up),
            ("session without types", untyped),
            ("payload alone", decode),
            ("typed session", whole),
        ],
    }
}

/// Receives the CALL and answers it with text.
fn untyped(version: Version, text: &str, response: &str, count: usize) {
    let mut config = Config::new(Role::Csms);
    config.check_payloads = false;
    let mut csms = Session::new(version, Role::Csms, config, MessageIds::seeded(7));
    csms.handle(Instant::ORIGIN, Input::Connected).unwrap();
    for _ in 0..count {
        let received = csms.receive(Instant::ORIGIN, black_box(text)).unwrap();
        let Received::Call { token, .. } = received else {
            panic!("{received:?}");
        };
        csms.respond(token, response).unwrap();
        while let Some(output) = csms.poll_output() {
            black_box(output);
        }
    }
}

/// Receives the CALL as a request, and answers it with a response.
fn whole<R: Request>(text: &str, response: &str, count: usize) {
    let mut csms = csms::<R::Protocol>();
    let response = R::Response::decode(response).unwrap();
    for _ in 0..count {
        csms.handle(Instant::ORIGIN, Input::Received(black_box(text)))
            .unwrap();
        let mut answered = false;
        while let Some(event) = csms.poll_event() {
            match event {
                Event::Call { token, request, .. } => {
                    black_box(request);
                    csms.respond::<R>(token, &response).unwrap();
                }
                Event::Output(Output::Transmit(message)) => {
                    black_box(message.text);
                    answered = true;
                }
                other => {
                    black_box(other);
                }
            }
        }
        assert!(answered);
    }
}

/// A station that the CSMS has accepted.
fn accepted_station(version: Version) -> Station {
    let mut config = StationConfig::new(version, "Vendor", "Model", 1);
    config.features.local_list = true;
    let mut station = Station::restore(config, [], now()).unwrap();
    station.handle(now(), station::Input::Start);
    let mut inputs = Vec::new();
    loop {
        while let Some(output) = station.poll_output() {
            match output {
                station::Output::Connect(_) => inputs.push(station::Input::Connected { version }),
                station::Output::ReadMeter(evse) => inputs.push(station::Input::Meter {
                    evse,
                    reading: Reading::default(),
                }),
                station::Output::Transmit(text) => {
                    let Ok(Frame::Call(request)) = Frame::parse(version, &text) else {
                        continue;
                    };
                    let response = match &*request.action {
                        "BootNotification" => {
                            r#"{"status":"Accepted","currentTime":"2024-05-15T12:00:00Z","interval":3600}"#
                        }
                        _ => "{}",
                    };
                    inputs.push(station::Input::Received(format!(
                        r#"[3,"{}",{response}]"#,
                        request.id
                    )));
                }
                _ => {}
            }
        }
        if inputs.is_empty() {
            return station;
        }
        for input in inputs.drain(..) {
            station.handle(now(), input);
        }
    }
}

fn now() -> Now {
    Now {
        monotonic: Instant::ORIGIN,
        utc: None,
    }
}

/// A CALL that a station answers, from its text to the text of the answer.
fn station_case(name: &'static str, version: Version, action: &str, payload: &str) -> Case {
    let text = format!(r#"[2,"5e1c3f0a-2b7d-4e5f-9a68-7c1d2e3f4a5b","{action}",{payload}]"#);
    let step: Step = Box::new(move |count| {
        let mut station = accepted_station(version);
        for _ in 0..count {
            station.handle(now(), station::Input::Received(black_box(text.clone())));
            let mut answered = false;
            while let Some(output) = station.poll_output() {
                answered |=
                    matches!(&output, station::Output::Transmit(text) if text.starts_with("[3,"));
                black_box(output);
            }
            assert!(answered);
        }
    });
    Case {
        name,
        steps: vec![("station", step)],
    }
}

/// Two days with a period for each hour.
fn charging_profile(version: Version) -> String {
    let periods: Vec<String> = (0..48)
        .map(|hour| {
            format!(
                r#"{{"startPeriod":{},"limit":{}.5,"numberPhases":3}}"#,
                hour * 3600,
                6 + hour % 26
            )
        })
        .collect();
    let periods = periods.join(",");
    let start = "2024-05-15T00:00:00Z";
    if version == Version::V1_6 {
        format!(
            r#"{{"connectorId":0,"csChargingProfiles":{{"chargingProfileId":1,"stackLevel":0,"chargingProfilePurpose":"ChargePointMaxProfile","chargingProfileKind":"Absolute","chargingSchedule":{{"startSchedule":"{start}","chargingRateUnit":"A","chargingSchedulePeriod":[{periods}]}}}}}}"#
        )
    } else {
        format!(
            r#"{{"evseId":0,"chargingProfile":{{"id":1,"stackLevel":0,"chargingProfilePurpose":"ChargingStationMaxProfile","chargingProfileKind":"Absolute","chargingSchedule":[{{"id":1,"startSchedule":"{start}","chargingRateUnit":"A","chargingSchedulePeriod":[{periods}]}}]}}}}"#
        )
    }
}

fn cases() -> Vec<Case> {
    let (v1_6, v2_0_1) = (Version::V1_6, Version::V2_0_1);
    let profile = charging_profile;
    vec![
        station_case("1.6 ClearCache", v1_6, "ClearCache", "{}"),
        station_case(
            "1.6 SetChargingProfile",
            v1_6,
            "SetChargingProfile",
            &profile(v1_6),
        ),
        station_case(
            "2.0.1 GetLocalListVersion",
            v2_0_1,
            "GetLocalListVersion",
            "{}",
        ),
        station_case(
            "2.0.1 SetChargingProfile",
            v2_0_1,
            "SetChargingProfile",
            &profile(v2_0_1),
        ),
        case::<v1_6::HeartbeatRequest>(
            "1.6 Heartbeat",
            HEARTBEAT,
            r#"{"currentTime":"2024-05-15T12:00:00Z"}"#,
        ),
        case::<v1_6::MeterValuesRequest>("1.6 MeterValues", METER_VALUES, "{}"),
        case::<v2_0_1::TransactionEventRequest>("2.0.1 TransactionEvent", TRANSACTION_EVENT, "{}"),
    ]
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // How the program calls itself under valgrind.
    if let [run, case, step, count] = arguments.as_slice()
        && run == "run"
    {
        let number = |text: &String| text.parse::<usize>().unwrap();
        let case = &cases()[number(case)];
        return case.steps[number(step)].1(number(count));
    }
    println!("| message | step | instructions | ns |");
    println!("|---|---|---:|---:|");
    for (at, case) in cases().iter().enumerate() {
        for (step, (name, work)) in case.steps.iter().enumerate() {
            let count = instructions(at, step);
            let count = count.map_or_else(|| "no valgrind".into(), |count| format!("{count:.0}"));
            println!(
                "| {} | {name} | {count} | {:.0} |",
                case.name,
                nanoseconds(work)
            );
        }
    }
}

/// The difference of two runs, so that what happens once does not count.
fn instructions(case: usize, step: usize) -> Option<f64> {
    const FEW: usize = 100;
    const MANY: usize = 1_100;
    let run = |count: usize| {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(std::env::current_exe().ok()?)
            .args([
                "run",
                &case.to_string(),
                &step.to_string(),
                &count.to_string(),
            ])
            .output()
            .ok()?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let (_, collected) = text.split_once("Collected : ")?;
        let number = collected.split_whitespace().next()?;
        number.parse::<f64>().ok()
    };
    Some((run(MANY)? - run(FEW)?) / (MANY - FEW) as f64)
}

/// The best of several runs.
fn nanoseconds(work: &dyn Fn(usize)) -> f64 {
    const COUNT: usize = 20_000;
    let run = |_| {
        let start = Clock::now();
        work(COUNT);
        start.elapsed().as_nanos() as f64 / COUNT as f64
    };
    (0..7).map(run).fold(f64::INFINITY, f64::min)
}
