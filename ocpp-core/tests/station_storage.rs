//! A station whose disk is full or fails: no energy flows that could not be billed, nothing is told that is not durable,
//! and nothing is lost or doubled when the disk works again. The same for both versions.

#![allow(missing_docs, clippy::unwrap_used)]

use ocpp_core::Version;
use ocpp_core::station::{
    ConnectorConfig, ConnectorId, EvseConfig, Input, Output, StationConfig, VariableError,
};
use ocpp_core::testing::station::{Answer, Bench, Call, friendly_v1_6, friendly_v2_0_1};
use serde_json::{Value, json};

const BOTH: [Version; 2] = [Version::V1_6, Version::V2_0_1];
const AT: ConnectorId = ConnectorId::new(1, 1);

fn config(version: Version) -> StationConfig {
    let mut config = StationConfig::new(version, "Vendor", "Model", 1);
    config.evses = vec![EvseConfig::new(vec![ConnectorConfig::socket()])];
    let register = "Energy.Active.Import.Register";
    let defaults: &[(&str, &str)] = match version {
        Version::V1_6 => &[
            ("MeterValueSampleInterval", "20"),
            ("StopTxnSampledData", register),
        ],
        _ => &[
            ("SampledDataCtrlr.TxUpdatedInterval", "20"),
            ("SampledDataCtrlr.TxEndedMeasurands", register),
        ],
    };
    for (key, value) in defaults {
        config.defaults.push(((*key).into(), (*value).into()));
    }
    config
}

type Script = Box<dyn FnMut(&str, &Value) -> Answer>;

fn csms(version: Version) -> Script {
    match version {
        Version::V1_6 => Box::new(friendly_v1_6()),
        _ => Box::new(friendly_v2_0_1()),
    }
}

fn started(version: Version) -> Bench {
    let mut bench = Bench::new(config(version), csms(version));
    bench.start();
    bench.run(1);
    bench
}

fn charging(version: Version) -> Bench {
    let mut bench = started(version);
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.run(1);
    assert!(bench.is_charging(AT), "{:?}", bench.station.state());
    bench
}

fn register(bench: &Bench) -> f64 {
    bench.registers[1].to_string().parse().unwrap()
}

/// The registers of the transactions that the CSMS was told, begin and end; `None` for what is missing.
fn transactions(version: Version, calls: &[Call]) -> Vec<(Option<f64>, Option<f64>)> {
    let mut all: Vec<(Value, Option<f64>, Option<f64>)> = Vec::new();
    let reading = |payload: &Value, context: &str| {
        let values = payload["meterValue"].as_array().into_iter().flatten();
        let sampled = values.flat_map(|value| value["sampledValue"].as_array().unwrap());
        let mut found = sampled.filter(|value| value["context"] == context);
        found.next().and_then(|value| value["value"].as_f64())
    };
    let mut seq_nos: Vec<(Value, i64)> = Vec::new();
    for Call {
        action, payload, ..
    } in calls
    {
        match action.as_str() {
            "StartTransaction" => {
                let id = 1001 + i64::try_from(all.len()).unwrap();
                all.push((json!(id), payload["meterStart"].as_f64(), None));
            }
            "StopTransaction" => {
                let mut found = all.iter_mut();
                let found = found.find(|one| one.0 == payload["transactionId"]).unwrap();
                assert_eq!(found.2, None, "stopped twice");
                found.2 = payload["meterStop"].as_f64();
            }
            "TransactionEvent" => {
                let id = payload["transactionInfo"]["transactionId"].clone();
                seq_nos.push((id.clone(), payload["seqNo"].as_i64().unwrap()));
                if payload["eventType"] == "Started" {
                    all.push((id, reading(payload, "Transaction.Begin"), None));
                } else if payload["eventType"] == "Ended" {
                    let found = all.iter_mut().find(|one| one.0 == id).unwrap();
                    assert_eq!(found.2, None, "ended twice");
                    found.2 = reading(payload, "Transaction.End");
                }
            }
            _ => {}
        }
    }
    for (id, ..) in &all {
        let of = seq_nos
            .iter()
            .filter(|(of, _)| of == id)
            .map(|(_, seq)| *seq);
        let of: Vec<i64> = of.collect();
        let whole: Vec<i64> = (0..i64::try_from(of.len()).unwrap()).collect();
        assert_eq!(of, whole, "{version}: nothing missing, nothing twice");
    }
    all.into_iter()
        .map(|(_, begin, end)| (begin, end))
        .collect()
}

fn events<'a>(calls: &'a [Call], kind: &'a str) -> impl Iterator<Item = &'a Call> {
    let security = |call: &&Call| call.action == "SecurityEventNotification";
    calls
        .iter()
        .filter(security)
        .filter(move |call| call.payload["type"] == kind)
}

/// The last status of connector 1 that was told.
fn last_status(calls: &[Call]) -> Option<&Value> {
    let about = |call: &&Call| {
        call.action == "StatusNotification"
            && (call.payload["connectorId"] == 1 || call.payload["evseId"] == 1)
    };
    calls.iter().rev().find(about).map(|call| {
        let payload = &call.payload;
        payload.get("status").unwrap_or(&payload["connectorStatus"])
    })
}

/// A driver charges, and stops. Storing fails after so many writes. Says whether it did.
fn session(bench: &mut Bench, writes: usize) -> bool {
    let open = |bench: &Bench| {
        assert!(
            !(bench.storage_failed() && bench.is_charging(AT)),
            "{writes}"
        );
    };
    bench.fail_storage_after(writes);
    bench.start();
    open(bench);
    bench.present(1, "TAG1");
    open(bench);
    bench.plug(1, 1);
    open(bench);
    for _ in 0..90 {
        bench.run(1);
        open(bench);
    }
    bench.present(1, "TAG1");
    open(bench);
    bench.run(5);
    open(bench);
    bench.unplug(1, 1);
    bench.run(5);
    open(bench);
    bench.storage_failed()
}

/// Storing fails at every write of a session, for an hour.
#[test]
fn wherever_storing_fails_nothing_flows_and_nothing_is_lost_or_doubled() {
    for version in BOTH {
        let mut failures = 0;
        for writes in 0.. {
            let mut bench = Bench::new(config(version), csms(version));
            if !session(&mut bench, writes) {
                break;
            }
            failures += 1;
            let what = format!("{version}, after {writes} writes");
            let state = bench.station.state();
            assert!(state.storage_failed, "{what}");
            let before = bench.all_calls();
            if let Some(status) = last_status(&before) {
                assert_eq!(*status, "Faulted", "{what}");
            }
            bench.run(3600);
            let during = bench.all_calls();
            let beats = during.iter().filter(|call| call.action == "Heartbeat");
            assert!(beats.count() >= 11, "{what}: the connection goes on");
            assert!(!bench.is_charging(AT), "{what}");
            // Others can charge again, at once.
            bench.restore_storage();
            bench.plug(1, 1);
            bench.run(60);
            if !bench.is_charging(AT) {
                bench.present(1, "TAG2");
                bench.run(60);
            }
            assert!(bench.is_charging(AT), "{what}: {:?}", bench.station.state());
            bench.unplug(1, 1);
            bench.run(60);
            let after = bench.all_calls();
            assert_eq!(events(&during, "MemoryExhaustion").count(), 0, "{what}");
            assert_eq!(events(&after, "MemoryExhaustion").count(), 1, "{what}");
            assert_eq!(last_status(&after).unwrap(), "Available", "{what}");
            let all = [before, during, after].concat();
            let transactions = transactions(version, &all);
            assert!(
                matches!(transactions.len(), 1 | 2),
                "{what}: {transactions:?}"
            );
            // Each goes on from where the one before has ended: all energy is in them.
            let mut shown = 1_000.0;
            for (begin, end) in &transactions {
                assert!(
                    (begin.unwrap() - shown).abs() <= 0.6,
                    "{what}: {transactions:?}"
                );
                shown = end.unwrap();
            }
            let used = register(&bench);
            assert!(
                (used - shown).abs() <= 0.6,
                "{what}: {transactions:?} {used}"
            );
            assert!(used > 1_050.0, "{what}");
            assert_eq!(bench.station.state().queued, 0, "{what}");
            let left = bench.stored.keys().find(|key| key.starts_with("tr"));
            assert_eq!(left, None, "{what}");
        }
        assert!(failures > 15, "{version}: {failures}");
    }
}

/// The power goes while storing fails: what is durable is the truth, and all energy is billed once.
#[test]
fn a_power_cut_while_storing_fails_loses_no_energy() {
    for version in BOTH {
        for writes in 0.. {
            let mut bench = Bench::new(config(version), csms(version));
            if !session(&mut bench, writes) {
                break;
            }
            bench.run(600);
            let what = format!("{version}, after {writes} writes");
            let used = register(&bench);
            bench.power_cycle();
            bench.run(600);
            let calls = bench.all_calls();
            let mut ends: Vec<f64> = Vec::new();
            for call in &calls {
                let ended = call.payload["eventType"] == "Ended";
                if call.action == "StopTransaction" {
                    ends.extend(call.payload["meterStop"].as_f64());
                } else if ended {
                    let values = call.payload["meterValue"].as_array().unwrap();
                    let sampled = values.last().unwrap()["sampledValue"].as_array().unwrap();
                    ends.extend(sampled.last().unwrap()["value"].as_f64());
                }
            }
            // A message that was under way may come twice.
            ends.dedup();
            assert!(ends.len() <= 1, "{what}: {ends:?}");
            match ends.first() {
                Some(end) => assert!((end - used).abs() <= 0.6, "{what}: {end} {used}"),
                None => assert!(used <= 1_000.0, "{what}: {used}"),
            }
            let left = bench.stored.keys().find(|key| key.starts_with("tr"));
            assert_eq!(left, None, "{what}");
        }
    }
}

#[test]
fn contactors_open_before_anything_else_and_close_after_the_limit_is_told_again() {
    for version in BOTH {
        let mut bench = charging(version);
        bench.outputs.clear();
        bench.fail_storage_after(0);
        // The next sample of the meter.
        bench.run(25);
        assert!(bench.storage_failed(), "{version}");
        let first = |bench: &Bench| {
            let orders = bench.outputs.iter();
            let orders = orders.filter(|output| {
                matches!(output, Output::Contactor { .. } | Output::SetLimit { .. })
            });
            orders.cloned().collect::<Vec<_>>()
        };
        let orders = first(&bench);
        let open = Output::Contactor {
            at: AT,
            closed: false,
        };
        assert_eq!(orders, [open], "{version}");
        bench.outputs.clear();
        bench.restore_storage();
        let orders = first(&bench);
        assert!(
            matches!(
                orders.as_slice(),
                [
                    Output::SetLimit { .. },
                    Output::Contactor { closed: true, .. }
                ]
            ),
            "{version}: {orders:?}"
        );
        assert!(bench.is_charging(AT), "{version}: it goes on");
    }
}

fn change_availability(version: Version) -> Value {
    match version {
        Version::V1_6 => json!({"connectorId": 1, "type": "Inoperative"}),
        _ => json!({"operationalStatus": "Inoperative", "evse": {"id": 1}}),
    }
}

#[test]
fn an_answer_waits_for_its_record() {
    for version in BOTH {
        for disconnects in [false, true] {
            let mut bench = started(version);
            bench.fail_storage_after(0);
            let answer = bench.call("ChangeAvailability", change_availability(version));
            assert_eq!(answer, None, "{version}");
            assert!(bench.storage_failed());
            bench.run(60);
            assert_eq!(bench.late_answer(), None, "{version}");
            if disconnects {
                bench.network(false);
                bench.network(true);
                bench.run(120);
            }
            bench.restore_storage();
            let answer = bench.late_answer();
            if disconnects {
                assert_eq!(answer, None, "{version}: nobody on this link has asked");
            } else {
                let answer = answer.unwrap().unwrap();
                assert_eq!(answer["status"], "Accepted", "{version}");
            }
            let stored = |key: &&String| key.starts_with("availability");
            assert!(bench.stored.keys().any(|key| stored(&key)), "{version}");
        }
    }
}

/// Actions and payloads.
type Requests = Vec<(&'static str, Value)>;

#[test]
fn requests_that_store_are_refused_and_others_answered() {
    for version in BOTH {
        let mut bench = started(version);
        bench.fail_storage_after(0);
        bench.call("ChangeAvailability", change_availability(version));
        bench.late_answer();
        let (refused, answered): (Requests, Requests) = match version {
            Version::V1_6 => (
                vec![
                    (
                        "ChangeConfiguration",
                        json!({"key": "HeartbeatInterval", "value": "7"}),
                    ),
                    ("RemoteStartTransaction", json!({"idTag": "TAG1"})),
                    ("Reset", json!({"type": "Hard"})),
                    ("ClearCache", json!({})),
                ],
                vec![
                    ("GetConfiguration", json!({})),
                    ("GetLocalListVersion", json!({})),
                    ("UnlockConnector", json!({"connectorId": 1})),
                    (
                        "TriggerMessage",
                        json!({"requestedMessage": "StatusNotification"}),
                    ),
                ],
            ),
            _ => (
                vec![
                    (
                        "SetVariables",
                        json!({"setVariableData": [{"component": {"name": "OCPPCommCtrlr"},
                            "variable": {"name": "HeartbeatInterval"}, "attributeValue": "7"}]}),
                    ),
                    (
                        "RequestStartTransaction",
                        json!({"remoteStartId": 1, "idToken": {"idToken": "A", "type": "ISO14443"}}),
                    ),
                ],
                vec![
                    (
                        "GetVariables",
                        json!({"getVariableData": [{"component": {"name": "OCPPCommCtrlr"},
                            "variable": {"name": "HeartbeatInterval"}}]}),
                    ),
                    ("GetLocalListVersion", json!({})),
                    ("UnlockConnector", json!({"evseId": 1, "connectorId": 1})),
                    (
                        "TriggerMessage",
                        json!({"requestedMessage": "StatusNotification"}),
                    ),
                ],
            ),
        };
        // Those of 2.0.1 say so by their status (B11.FR.06, B12.FR.10, C11.FR.05).
        if version != Version::V1_6 {
            for (action, payload) in [
                ("Reset", json!({"type": "Immediate"})),
                ("Reset", json!({"type": "OnIdle", "evseId": 1})),
                ("ClearCache", json!({})),
            ] {
                let answer = bench.call(action, payload).unwrap().unwrap();
                assert_eq!(answer["status"], "Rejected", "{action}");
            }
        }
        for (action, payload) in refused {
            let answer = bench.call(action, payload);
            let code = Some(Err("InternalError".to_string()));
            assert_eq!(answer, code, "{version} {action}");
        }
        for (action, payload) in answered {
            let answer = bench.call(action, payload);
            assert!(
                matches!(answer, Some(Ok(_))),
                "{version} {action}: {answer:?}"
            );
        }
        let now = bench.utc();
        let now = ocpp_core::time::Now {
            monotonic: ocpp_core::time::Instant::from_millis(2_000),
            utc: Some(now),
        };
        let key = match version {
            Version::V1_6 => "HeartbeatInterval",
            _ => "OCPPCommCtrlr.HeartbeatInterval",
        };
        let set = bench.station.set_variable(now, key, "9");
        assert_eq!(set, Err(VariableError::NotStored), "{version}");
        assert_eq!(bench.station.variable(key), Some("300"), "{version}");
    }
}

#[test]
fn a_restart_waits_until_it_is_known_why() {
    for version in BOTH {
        // Wherever the disk fails on the way to the restart.
        for writes in 0..6 {
            let mut bench = charging(version);
            bench.fail_storage_after(writes);
            let reset = match version {
                Version::V1_6 => json!({"type": "Hard"}),
                _ => json!({"type": "Immediate"}),
            };
            bench.call("Reset", reset);
            bench.run(60);
            if !bench.storage_failed() {
                continue;
            }
            assert!(!bench.is_charging(AT), "{version} {writes}");
            let rebooted = |bench: &Bench| {
                let mut outputs = bench.outputs.iter();
                outputs.any(|output| matches!(output, Output::Reboot { .. }))
            };
            assert!(!rebooted(&bench), "{version} {writes}");
            bench.run(600);
            bench.restore_storage();
            bench.run(60);
            assert!(rebooted(&bench), "{version} {writes}");
            let calls = bench.all_calls();
            let used = register(&bench);
            let transactions = transactions(version, &calls);
            assert_eq!(transactions.len(), 1, "{version} {writes}");
            let end = transactions[0].1.unwrap();
            assert!(
                (end - used).abs() <= 0.6,
                "{version} {writes}: {end} {used}"
            );
        }
    }
}

#[test]
fn a_disk_that_comes_and_goes_is_told_once_an_hour() {
    for version in BOTH {
        let mut bench = charging(version);
        bench.all_calls();
        for _ in 0..30 {
            bench.fail_storage_after(0);
            bench.run(70);
            assert!(bench.storage_failed(), "{version}");
            bench.restore_storage();
            assert!(bench.is_charging(AT), "{version}");
        }
        let calls = bench.all_calls();
        assert_eq!(events(&calls, "MemoryExhaustion").count(), 1, "{version}");
    }
}

#[test]
fn a_station_without_a_connection_waits_too_and_tells_everything_later() {
    for version in BOTH {
        let mut bench = charging(version);
        bench.network(false);
        bench.fail_storage_after(0);
        bench.run(100);
        assert!(bench.storage_failed(), "{version}");
        bench.input(Input::StopPressed {
            evse: 1,
            emergency: true,
        });
        bench.run(30);
        bench.network(true);
        bench.run(3600);
        assert!(bench.is_connected(), "{version}");
        bench.restore_storage();
        bench.run(60);
        let used = register(&bench);
        let calls = bench.all_calls();
        let transactions = transactions(version, &calls);
        assert_eq!(transactions.len(), 1, "{version}");
        let end = transactions[0].1.unwrap();
        assert!((end - used).abs() <= 0.6, "{version}: {end} {used}");
    }
}
