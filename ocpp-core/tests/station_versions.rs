//! A station that speaks several versions of OCPP goes on in the one that a connection settles on: nothing is sent over the
//! wrong version, nothing is lost, and the hardware is safe all the time.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;

use ocpp_core::Version;
use ocpp_core::station::{
    CableState, ConnectorConfig, ConnectorId, EvseConfig, Input, Output, StationConfig, Token,
    TokenKind,
};
use ocpp_core::testing::station::{Bench, Call, friendly};
use proptest::prelude::*;
use serde_json::json;

const BOTH: [(Version, Version); 2] = [
    (Version::V1_6, Version::V2_0_1),
    (Version::V2_0_1, Version::V1_6),
];
const AT: ConnectorId = ConnectorId::new(1, 1);

fn config(first: Version, second: Version) -> StationConfig {
    let mut config = StationConfig::new(first, "Vendor", "Model", 0);
    config.versions = vec![first, second];
    config.evses = vec![
        EvseConfig::new(vec![ConnectorConfig::socket()]),
        EvseConfig::new(vec![ConnectorConfig::fixed()]),
    ];
    let defaults = [
        ("MeterValueSampleInterval", "0"),
        ("SampledDataCtrlr.TxUpdatedInterval", "0"),
        (
            "SampledDataCtrlr.TxEndedMeasurands",
            "Energy.Active.Import.Register",
        ),
        ("OCPPCommCtrlr.RetryBackOffWaitMinimum", "1"),
        ("OCPPCommCtrlr.RetryBackOffRandomRange", "0"),
        ("OCPPCommCtrlr.RetryBackOffRepeatTimes", "0"),
    ];
    for (key, value) in defaults {
        config.defaults.push((key.into(), value.into()));
    }
    config.back_off.wait_minimum = 1;
    config.back_off.random_range = 0;
    config.back_off.repeat_times = 0;
    config
}

fn started(config: StationConfig) -> Bench {
    let version = config.versions[0];
    let mut bench = Bench::new(config, friendly());
    bench.csms_version = Some(version);
    bench.start();
    bench
}

/// The next connection settles on this version.
fn speak(bench: &mut Bench, version: Version) {
    bench.network(false);
    bench.csms_version = Some(version);
    bench.network(true);
    bench.run(60);
    assert_eq!(bench.station.version(), version);
    assert!(bench.is_connected());
}

fn charging(config: StationConfig) -> Bench {
    let mut bench = started(config);
    bench.plug(1, 1);
    bench.present(1, "CARD1");
    bench.run(600);
    assert!(bench.is_charging(AT), "{:?}", bench.station.state());
    bench
}

/// What every call must be in the version that it went over.
fn check(calls: &[Call]) {
    for call in calls {
        let has = |member: &str| call.payload.get(member).is_some();
        let v1_6 = match call.action.as_str() {
            "StartTransaction" | "StopTransaction" => true,
            "TransactionEvent" | "NotifyReport" | "NotifyEvent" => false,
            "BootNotification" => has("chargePointVendor"),
            "StatusNotification" => has("status"),
            "Authorize" => has("idTag"),
            "MeterValues" => has("connectorId"),
            _ => continue,
        };
        let spoken = call.version == Version::V1_6;
        assert_eq!(v1_6, spoken, "{call:?}");
    }
}

/// Transactions as the CSMSs were told: from which register to which. The key is version and id.
#[derive(Debug, Default)]
struct Books {
    starts: BTreeMap<String, f64>,
    stops: BTreeMap<String, f64>,
    /// The ids that the CSMS of 1.6 gives.
    given: i64,
    /// What began them: after a power cut a station may say it again, and the later id counts.
    begun: Vec<(serde_json::Value, String)>,
}

impl Books {
    fn note(&mut self, calls: &[Call]) {
        check(calls);
        for call in calls {
            let payload = &call.payload;
            match call.action.as_str() {
                "StartTransaction" => {
                    self.given += 1;
                    let key = format!("1.6 {}", 1000 + self.given);
                    self.begun.retain(|(same, key)| {
                        let other = same != payload || self.stops.contains_key(key);
                        if !other {
                            self.starts.remove(key);
                        }
                        other
                    });
                    self.begun.push((payload.clone(), key.clone()));
                    let start = payload["meterStart"].as_f64().unwrap();
                    self.starts.insert(key, start);
                }
                "StopTransaction" => {
                    let key = format!("1.6 {}", payload["transactionId"]);
                    let stop = payload["meterStop"].as_f64().unwrap();
                    let before = self.stops.insert(key, stop);
                    // After a power cut it may be said again.
                    assert!(before.is_none_or(|before| before == stop), "{payload}");
                }
                "TransactionEvent" => {
                    let id = payload["transactionInfo"]["transactionId"]
                        .as_str()
                        .unwrap();
                    let key = format!("2.0.1 {id}");
                    let values = payload["meterValue"].as_array().into_iter().flatten();
                    let sampled =
                        values.flat_map(|value| value["sampledValue"].as_array().unwrap().iter());
                    let last = sampled.last().and_then(|one| one["value"].as_f64());
                    match payload["eventType"].as_str().unwrap() {
                        "Started" => drop(self.starts.insert(key, last.unwrap_or(-1.0))),
                        "Ended" => drop(self.stops.insert(key, last.unwrap_or(-1.0))),
                        // A transaction may begin before its meter is read.
                        _ => {
                            let start = self.starts.get_mut(&key).unwrap();
                            *start = if *start < 0.0 {
                                last.unwrap_or(-1.0)
                            } else {
                                *start
                            };
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// All energy that was billed, once every transaction is over.
    fn energy(&self) -> f64 {
        let starts: Vec<_> = self.starts.keys().collect();
        let stops: Vec<_> = self.stops.keys().collect();
        assert_eq!(starts, stops, "{self:?}");
        let energy = |(key, start): (&String, &f64)| {
            let stop = self.stops[key];
            assert!(*start >= 0.0 && stop >= *start, "{key}: {self:?}");
            stop - start
        };
        self.starts.iter().map(energy).sum()
    }
}

fn register(bench: &Bench, evse: usize) -> f64 {
    bench.registers[evse].to_string().parse().unwrap()
}

/// Everybody leaves, and both versions are spoken until nothing waits.
fn settle(bench: &mut Bench, books: &mut Books, versions: (Version, Version)) {
    bench.real_time_clock = true;
    for evse in [1, 2] {
        bench.unplug(evse, 1);
        bench.run(5);
        bench.unplug(evse, 1);
    }
    bench.run(200);
    books.note(&bench.all_calls());
    for version in [versions.0, versions.1, versions.0, versions.1] {
        bench.csms_version = Some(version);
        bench.network(false);
        bench.network(true);
        for _ in 0..20 {
            bench.run(60);
            books.note(&bench.all_calls());
            if bench.station.state().queued == 0 && bench.is_connected() {
                break;
            }
        }
    }
    let state = bench.station.state();
    assert_eq!((state.queued, state.waiting), (0, vec![]), "{books:?}");
    for connector in &state.connectors {
        assert!(!bench.is_charging(connector.at), "{connector:?}");
    }
}

#[test]
fn a_transaction_ends_in_its_version_and_the_car_goes_on_in_the_new_one() {
    for (first, second) in BOTH {
        let mut bench = charging(config(first, second));
        let mut books = Books::default();
        books.note(&bench.all_calls());
        bench.outputs.clear();
        speak(&mut bench, second);
        // The energy that has flowed is told in the version of the transaction, and waits for it.
        let state = bench.station.state();
        assert!(state.connected);
        assert_eq!(state.waiting.len(), 1, "{state:?}");
        assert_eq!(state.waiting[0].0, first);
        let news: Vec<&Output> = bench
            .outputs
            .iter()
            .filter(|output| {
                matches!(
                    output,
                    Output::VersionChanged { .. } | Output::Waiting { .. }
                )
            })
            .collect();
        let expected = [
            Output::VersionChanged {
                from: first,
                to: second,
            },
            Output::Waiting {
                version: first,
                messages: state.waiting[0].1,
            },
        ];
        assert_eq!(news, [&expected[0], &expected[1]]);
        // Who was charging still is, in a transaction of the new version.
        assert!(bench.is_charging(AT), "{first} {second}: {state:?}");
        let calls = bench.all_calls();
        books.note(&calls);
        assert!(calls.iter().all(|call| call.version == second), "{calls:?}");
        assert_eq!((books.starts.len(), books.stops.len()), (2, 0), "{books:?}");
        let boot = calls.iter().find(|call| call.action == "BootNotification");
        assert!(boot.is_some(), "{calls:?}");
        if second == Version::V2_0_1 {
            assert_eq!(boot.unwrap().payload["reason"], "Unknown");
        }
        bench.run(600);
        let used = register(&bench, 1);
        settle(&mut bench, &mut books, (first, second));
        let billed = books.energy();
        // Nothing flows while the version changes; 1.6 tells whole Wh.
        assert!(
            (billed - (used - 1000.0)).abs() <= 2.0,
            "{billed} {used} {books:?}"
        );
    }
}

#[test]
fn a_restart_begins_with_the_version_that_was_spoken_last() {
    for (first, second) in BOTH {
        let mut config = config(first, second);
        config.features.resume_transactions = true;
        let mut bench = charging(config);
        speak(&mut bench, second);
        let waiting = bench.station.state().waiting;
        bench.all_calls();
        bench.outputs.clear();
        bench.power_cycle();
        bench.run(60);
        assert_eq!(bench.station.version(), second);
        assert_eq!(bench.station.state().waiting, waiting);
        let (version, messages) = waiting[0];
        let notice = Output::Waiting { version, messages };
        assert!(bench.outputs.contains(&notice), "{:?}", bench.outputs);
        assert!(bench.is_charging(AT));
        let calls = bench.all_calls();
        check(&calls);
        assert!(calls.iter().all(|call| call.version == second));
    }
}

#[test]
fn records_of_before_begin_with_the_best_version() {
    for (first, second) in BOTH {
        // What a station of one version has left.
        let mut alone = config(second, second);
        alone.versions = vec![second];
        let known = |key: &str| key.contains('.') == (second == Version::V2_0_1);
        alone.defaults.retain(|(key, _)| known(key));
        let mut bench = charging(alone);
        assert!(!bench.stored.contains_key("version"));
        bench.network(false);
        bench.unplug(1, 1);
        bench.run(60);
        let mut books = Books::default();
        books.note(&bench.all_calls());
        let stored = bench.stored.clone();
        let used = register(&bench, 1);
        let mut bench = Bench::new(config(first, second), friendly());
        bench.stored = stored;
        bench.registers[1] = rust_decimal(used);
        bench.csms_version = Some(first);
        bench.power_on(&[]);
        bench.run(60);
        assert_eq!(bench.station.version(), first);
        assert_eq!(bench.station.state().waiting.len(), 1);
        books.note(&bench.all_calls());
        assert_eq!(books.stops.len(), 0);
        settle(&mut bench, &mut books, (second, first));
        assert!((books.energy() - (used - 1000.0)).abs() <= 1.0, "{books:?}");
    }
}

fn rust_decimal(value: f64) -> rust_decimal::Decimal {
    rust_decimal::Decimal::try_from(value).unwrap()
}

#[test]
fn a_power_cut_at_any_output_of_a_change_loses_nothing() {
    for (first, second) in BOTH {
        let mut cuts = 0;
        loop {
            let mut bench = charging(config(first, second));
            let mut books = Books::default();
            bench.network(false);
            bench.run(30);
            books.note(&bench.all_calls());
            bench.csms_version = Some(second);
            bench.cut_power_after(cuts);
            bench.network(true);
            bench.run(60);
            books.note(&bench.all_calls());
            let cut = bench.power_was_cut();
            if cut {
                let cables = bench.cables();
                bench.power_on(&cables);
                bench.run(60);
                assert_eq!(bench.station.version(), second, "after {cuts} outputs");
                books.note(&bench.all_calls());
            }
            let used = register(&bench, 1);
            settle(&mut bench, &mut books, (first, second));
            let billed = books.energy();
            assert!(
                (billed - (used - 1000.0)).abs() <= 3.0,
                "{first} {second}, after {cuts} outputs: {billed} {used} {books:?}"
            );
            if !cut {
                break;
            }
            cuts += 1;
        }
        assert!(cuts > 30, "{cuts}");
    }
}

#[test]
fn a_call_of_the_csms_waits_until_the_version_has_changed() {
    for (first, second) in BOTH {
        let mut bench = charging(config(first, second));
        bench.all_calls();
        // The meter says nothing for a while.
        bench.world(|output| match output {
            Output::ReadMeter(_) => Some(Vec::new()),
            _ => None,
        });
        bench.network(false);
        bench.csms_version = Some(second);
        bench.network(true);
        for _ in 0..4 {
            bench.run(1);
            if bench.is_connected() {
                break;
            }
        }
        assert!(bench.is_connected());
        assert_eq!(bench.station.version(), first);
        assert!(!bench.is_charging(AT));
        let asks = match second {
            Version::V1_6 => ("GetConfiguration", json!({"key": ["HeartbeatInterval"]})),
            _ => (
                "GetVariables",
                json!({"getVariableData": [{
                    "component": {"name": "OCPPCommCtrlr"},
                    "variable": {"name": "HeartbeatInterval"},
                }]}),
            ),
        };
        assert_eq!(bench.call(asks.0, asks.1), None);
        bench.world(|_| None);
        bench.run(60);
        assert_eq!(bench.station.version(), second);
        assert!(
            matches!(bench.late_answer(), Some(Ok(_))),
            "{first} {second}"
        );
        check(&bench.all_calls());
    }
}

#[test]
fn who_stops_while_the_version_changes_does_not_go_on() {
    for (first, second) in BOTH {
        for leave in 0..3 {
            let mut bench = charging(config(first, second));
            bench.world(|output| match output {
                Output::ReadMeter(_) => Some(Vec::new()),
                _ => None,
            });
            bench.network(false);
            bench.csms_version = Some(second);
            bench.network(true);
            while !bench.is_connected() {
                bench.run(1);
            }
            match leave {
                0 => bench.present(1, "CARD1"),
                1 => bench.unplug(1, 1),
                _ => bench.input(Input::StopPressed {
                    evse: 1,
                    emergency: false,
                }),
            }
            bench.world(|_| None);
            bench.run(60);
            assert_eq!(bench.station.version(), second);
            assert!(!bench.is_charging(AT), "{first} {second} {leave}");
            bench.plug(1, 1);
            bench.run(60);
            assert!(!bench.is_charging(AT), "{first} {second} {leave}");
        }
    }
}

#[test]
fn a_connection_that_is_lost_while_the_version_changes_loses_nothing() {
    for (first, second) in BOTH {
        let mut bench = charging(config(first, second));
        let mut books = Books::default();
        bench.world(|output| match output {
            Output::ReadMeter(_) => Some(Vec::new()),
            _ => None,
        });
        bench.network(false);
        bench.csms_version = Some(second);
        bench.network(true);
        while !bench.is_connected() {
            bench.run(1);
        }
        bench.network(false);
        // Now the former version is spoken once more.
        bench.csms_version = Some(first);
        bench.network(true);
        bench.world(|_| None);
        bench.run(120);
        assert_eq!(bench.station.version(), first);
        assert!(bench.is_connected());
        assert!(bench.is_charging(AT), "{:?}", bench.station.state());
        books.note(&bench.all_calls());
        let used = register(&bench, 1);
        settle(&mut bench, &mut books, (first, second));
        assert!((books.energy() - (used - 1000.0)).abs() <= 3.0, "{books:?}");
    }
}

#[test]
fn a_version_that_is_not_spoken_is_refused() {
    for (first, second) in BOTH {
        let mut alone = config(first, first);
        alone.versions = vec![first];
        alone
            .defaults
            .retain(|(key, _)| key.contains('.') == (first == Version::V2_0_1));
        let mut bench = started(alone);
        bench.network(false);
        bench.run(10);
        bench.outputs.clear();
        bench.station.handle(
            ocpp_core::time::Now {
                monotonic: ocpp_core::time::Instant::from_millis(3_600_000),
                utc: None,
            },
            Input::TimePassed,
        );
        while bench.station.poll_output().is_some() {}
        let now = ocpp_core::time::Now {
            monotonic: ocpp_core::time::Instant::from_millis(3_600_000),
            utc: None,
        };
        bench
            .station
            .handle(now, Input::Connected { version: second });
        assert_eq!(bench.station.poll_output(), Some(Output::Disconnect));
        assert_eq!(bench.station.version(), first);
    }
}

#[test]
fn the_password_of_the_station_is_the_same_in_both_versions() {
    let (first, second) = BOTH[0];
    let mut bench = started(config(first, second));
    let key = "54776656E7479206C6574746572732C20796573".replace("54776656E", "5477656E");
    let set = json!({"key": "AuthorizationKey", "value": key});
    let answer = bench.call("ChangeConfiguration", set).unwrap().unwrap();
    assert_eq!(answer["status"], "Accepted");
    bench.run(10);
    let before = bench.connection();
    assert_eq!(before.password_version, Some(Version::V1_6));
    speak(&mut bench, second);
    let text = "Twenty letters, yes";
    let variable = bench.station.variable("SecurityCtrlr.BasicAuthPassword");
    assert_eq!(variable, Some(text));
    bench.network(false);
    bench.network(true);
    bench.run(5);
    let connection = bench.connection();
    assert_eq!(connection.password.as_deref(), Some(text));
    assert_eq!(connection.password_version, Some(Version::V2_0_1));
    // And back, with another one.
    bench
        .set_variable("SecurityCtrlr.BasicAuthPassword", "sixteen letters!")
        .unwrap();
    bench.run(10);
    speak(&mut bench, first);
    let hex = "7369787465656E206C65747465727321";
    assert_eq!(bench.station.variable("AuthorizationKey"), Some(hex));
    bench.power_cycle();
    assert_eq!(bench.station.variable("AuthorizationKey"), Some(hex));
}

#[test]
fn what_the_versions_share_stays() {
    for (first, second) in BOTH {
        let mut bench = started(config(first, second));
        let now = ocpp_core::time::Now {
            monotonic: ocpp_core::time::Instant::ORIGIN,
            utc: None,
        };
        let accepted = ocpp_core::station::Authorization::new(
            ocpp_core::station::AuthorizationStatus::Accepted,
        );
        let listed = Token::new("LISTED");
        let typed = Token::of_kind("PIN", TokenKind::KeyCode);
        let seeded = bench.station.seed_local_list(now, &listed, &accepted)
            && bench.station.seed_local_list(now, &typed, &accepted);
        assert!(seeded);
        let out = match first {
            Version::V1_6 => (
                "ChangeAvailability",
                json!({"connectorId": 2, "type": "Inoperative"}),
            ),
            _ => (
                "ChangeAvailability",
                json!({"operationalStatus": "Inoperative", "evse": {"id": 2, "connectorId": 1}}),
            ),
        };
        bench.call(out.0, out.1).unwrap().unwrap();
        bench.all_calls();
        speak(&mut bench, second);
        let version = match second {
            Version::V1_6 => bench
                .call("GetLocalListVersion", json!({}))
                .unwrap()
                .unwrap()["listVersion"]
                .clone(),
            _ => bench
                .call("GetLocalListVersion", json!({}))
                .unwrap()
                .unwrap()["versionNumber"]
                .clone(),
        };
        assert_eq!(version, 1, "{first} {second}");
        let statuses = bench.all_calls();
        let out = statuses.iter().any(|call| {
            let payload = &call.payload;
            (payload["connectorId"] == 2 || payload["evseId"] == 2)
                && (payload["status"] == "Unavailable"
                    || payload["connectorStatus"] == "Unavailable")
        });
        assert!(out, "{statuses:?}");
    }
}

/// Anything may happen, versions change again and again, and the power goes at any output.
fn walk(history: &[u8]) {
    let mut steps = history.iter().copied();
    let (first, second) = BOTH[usize::from(steps.next().unwrap_or(0) % 2)];
    let mut bench = started(config(first, second));
    bench.real_time_clock = true;
    let mut books = Books::default();
    while let Some(step) = steps.next() {
        let more = steps.next().unwrap_or(0);
        let evse = 1 + u32::from(more % 2);
        let cables = [
            CableState::Unplugged,
            CableState::Connected,
            CableState::Connected,
            CableState::InSocket,
        ];
        match step % 10 {
            0 | 1 => bench.cable(ConnectorId::new(evse, 1), cables[usize::from(more / 2 % 4)]),
            2 | 3 => bench.present(evse, if more & 2 == 0 { "CARD1" } else { "CARD2" }),
            4 | 5 => bench.run(u64::from(more)),
            6 => {
                bench.network(false);
                bench.csms_version = Some(if more & 1 == 0 { first } else { second });
                bench.network(more & 2 == 0);
            }
            7 => bench.network(more & 1 == 0),
            8 => {
                bench.network(false);
                bench.csms_version = Some(if more & 1 == 0 { first } else { second });
                bench.cut_power_after(usize::from(more / 4));
                bench.network(true);
                bench.run(10);
                if bench.power_was_cut() {
                    let cables: Vec<_> = bench.cables();
                    bench.power_on(&cables);
                }
            }
            _ => bench.input(Input::StopPressed {
                evse,
                emergency: more & 2 == 0,
            }),
        }
        books.note(&bench.all_calls());
        let state = bench.station.state();
        for connector in &state.connectors {
            let charging = bench.is_charging(connector.at);
            assert!(
                !charging || connector.transaction.is_some(),
                "{connector:?}"
            );
            assert!(
                !charging || connector.cable == CableState::Connected,
                "{connector:?}"
            );
        }
        assert!(bench.stored.len() < 2_000);
    }
    bench.network(true);
    settle(&mut bench, &mut books, (first, second));
    books.energy();
}

#[test]
fn histories_with_changes_of_the_version_are_told_in_full() {
    for seed in 0..40_u64 {
        let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let history: Vec<u8> = (0..300)
            .map(|_| {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                random.to_le_bytes()[3]
            })
            .collect();
        walk(&history);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_station_of_two_versions_keeps_its_promises(history in proptest::collection::vec(any::<u8>(), 0..200)) {
        walk(&history);
    }
}
