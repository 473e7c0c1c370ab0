//! TriggerMessage for meter values, in all versions: what is accepted is sent (1.6 section 5.17, 2.0.1 F06.FR.10).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

use ocpp_core::Version;
use ocpp_core::station::{Input, Measured, Output, Reading, StationConfig};
use ocpp_core::testing::station::{Answer, Bench, friendly_v1_6, friendly_v2_0_1};
use serde_json::{Value, json};

const WAYS: [(Version, &str); 3] = [
    (Version::V1_6, "TriggerMessage"),
    (Version::V1_6, "ExtendedTriggerMessage"),
    (Version::V2_0_1, "TriggerMessage"),
];

type Script = Box<dyn FnMut(&str, &Value) -> Answer>;

fn booted(version: Version, evses: u32, measurands: &str) -> Bench {
    let mut config = StationConfig::new(version, "Vendor", "Model", evses);
    let key = match version {
        Version::V1_6 => "MeterValuesSampledData",
        _ => "AlignedDataCtrlr.Measurands",
    };
    config.defaults.push((key.into(), measurands.into()));
    let script: Script = match version {
        Version::V1_6 => Box::new(friendly_v1_6()),
        _ => Box::new(friendly_v2_0_1()),
    };
    let mut bench = Bench::new(config, script);
    bench.start();
    bench.calls();
    bench
}

fn place(version: Version, evse: u32) -> Value {
    match version {
        Version::V1_6 => json!({"requestedMessage": "MeterValues", "connectorId": evse}),
        _ => json!({"requestedMessage": "MeterValues", "evse": {"id": evse}}),
    }
}

/// The status, if the answer is there.
fn trigger(bench: &mut Bench, action: &str, payload: Value) -> Option<String> {
    Some(match bench.call(action, payload)? {
        Ok(response) => response["status"].as_str().unwrap().to_string(),
        Err(code) => code,
    })
}

fn values(bench: &mut Bench) -> usize {
    let calls = bench.calls();
    assert!(
        calls.iter().all(|call| call.action == "MeterValues"),
        "{calls:?}"
    );
    calls.len()
}

/// In 1.6 no measurand means the register.
#[test]
fn without_measurands_there_is_nothing_to_accept() {
    for (version, action) in WAYS {
        let mut bench = booted(version, 1, "");
        for payload in [
            place(version, 1),
            json!({"requestedMessage": "MeterValues"}),
        ] {
            let status = trigger(&mut bench, action, payload);
            let (expected, sent) = match version {
                Version::V1_6 => ("Accepted", 1),
                _ => ("Rejected", 0),
            };
            assert_eq!(status.as_deref(), Some(expected), "{version} {action}");
            assert_eq!(values(&mut bench), sent, "{version} {action}");
        }
    }
}

#[test]
fn what_is_accepted_is_sent_once_for_each_meter_and_after_the_answer() {
    for (version, action) in WAYS {
        let mut bench = booted(version, 3, "Energy.Active.Import.Register");
        let all = json!({"requestedMessage": "MeterValues"});
        let status = trigger(&mut bench, action, all);
        assert_eq!(status.as_deref(), Some("Accepted"), "{version} {action}");
        assert_eq!(values(&mut bench), 3, "{version} {action}");
        let status = trigger(&mut bench, action, place(version, 2));
        assert_eq!(status.as_deref(), Some("Accepted"), "{version} {action}");
        assert_eq!(values(&mut bench), 1, "{version} {action}");
    }
}

/// The meter has none of the measurands, or says nothing at all.
#[test]
fn a_meter_that_has_nothing_to_say_rejects() {
    for (version, action) in WAYS {
        for silent in [false, true] {
            let mut bench = booted(version, 2, "Energy.Active.Import.Register");
            bench.world(move |output| match output {
                Output::ReadMeter(1) if silent => Some(Vec::new()),
                Output::ReadMeter(1) => {
                    let reading = Reading::default().and(Measured::new("Voltage", "V", 230));
                    Some(vec![Input::Meter { evse: 1, reading }])
                }
                _ => None,
            });
            let answer = trigger(&mut bench, action, place(version, 1));
            let soon = (!silent).then_some("Rejected");
            assert_eq!(answer.as_deref(), soon, "{version} {action}");
            bench.run(60);
            assert_eq!(values(&mut bench), 0, "{version} {action}");
            // One that has values is enough, and only that is sent.
            let all = json!({"requestedMessage": "MeterValues"});
            let answer = trigger(&mut bench, action, all);
            assert_eq!(answer.as_deref(), Some("Accepted"), "{version} {action}");
            bench.run(60);
            assert_eq!(values(&mut bench), 1, "{version} {action}");
        }
    }
}

/// Nothing piles up while a meter is silent, and a new connection begins anew.
#[test]
fn commands_that_wait_for_a_silent_meter_are_bounded_and_end_with_the_link() {
    for (version, action) in WAYS {
        let mut bench = booted(version, 1, "Energy.Active.Import.Register");
        bench.world(|output| matches!(output, Output::ReadMeter(_)).then(Vec::new));
        let mut rejected = 0;
        for _ in 0..50 {
            let answer = trigger(&mut bench, action, place(version, 1));
            rejected += usize::from(answer.is_some());
        }
        assert!(rejected > 0, "{version} {action}");
        bench.network(false);
        bench.network(true);
        let reading = Reading::energy(5);
        bench.input(Input::Meter { evse: 1, reading });
        bench.run(100);
        let sent = bench.calls();
        let sent = sent.iter().filter(|call| call.action == "MeterValues");
        assert_eq!(sent.count(), 0, "{version} {action}");
        bench.world(|_| None);
        let answer = trigger(&mut bench, action, place(version, 1));
        assert_eq!(answer.as_deref(), Some("Accepted"), "{version} {action}");
    }
}
