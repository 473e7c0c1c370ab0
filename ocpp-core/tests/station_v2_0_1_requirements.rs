//! Requirements of 2.0.1 that no certification case looks at.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod kit_v2_0_1;

use kit_v2_0_1::{
    booted, booted_with, but, charging_with, config, events, get, refusing_tokens, set, sockets,
    status, token, with,
};
use ocpp_core::station::{ConnectorId, Input, Measured, Output, Reading};
use ocpp_core::testing::station::{Answer, Bench, friendly_v2_0_1};
use serde_json::{Value, json};

const AT: ConnectorId = ConnectorId::new(1, 1);

/// A CSMS that answers the first BootNotification so.
fn answering_first_boot(status: &'static str, interval: i64) -> Bench {
    let mut boots = 0;
    let csms = but(move |action, _| {
        (action == "BootNotification").then(|| {
            boots += 1;
            let status = if boots == 1 { status } else { "Accepted" };
            Answer::Respond(json!({"status": status, "currentTime": "now", "interval": interval}))
        })
    });
    let mut bench = Bench::new(config(1), csms);
    bench.start();
    bench
}

/// B01.FR.04, G02.FR.01, G02.FR.02: the interval of the answer is that of heartbeats.
#[test]
fn heartbeats_come_as_often_as_the_boot_was_told() {
    let mut bench = answering_first_boot("Accepted", 7);
    let key = json!({"name": "HeartbeatInterval"});
    let told = get(&mut bench, &json!({"name": "OCPPCommCtrlr"}), &key);
    assert_eq!(told["attributeValue"], "7");
    bench.all_calls();
    bench.run(15);
    let beats = bench.all_calls();
    let times: Vec<f64> = beats
        .iter()
        .filter(|call| call.action == "Heartbeat")
        .map(|call| call.at)
        .collect();
    assert_eq!(times, [7.0, 14.0]);
}

/// B02.FR.07, B03.FR.05: without an interval the station waits as long as it thinks right.
#[test]
fn a_boot_that_is_not_accepted_and_names_no_interval_is_repeated_all_the_same() {
    for status in ["Pending", "Rejected"] {
        for interval in [0, -5] {
            let mut bench = answering_first_boot(status, interval);
            bench.run(59);
            let boots = |bench: &mut Bench| {
                let calls = bench.all_calls();
                let boots = calls
                    .iter()
                    .filter(|call| call.action == "BootNotification");
                boots.count()
            };
            assert_eq!(boots(&mut bench), 1, "{status} {interval}");
            bench.run(2);
            assert_eq!(boots(&mut bench), 1, "{status} {interval}");
        }
    }
}

/// B05.FR.08.
#[test]
fn a_value_out_of_range_is_rejected() {
    let mut bench = booted();
    for value in ["-1", "abc", "", "99999999999999999999"] {
        let answer = set(&mut bench, "TxCtrlr", "EVConnectionTimeOut", value);
        assert_eq!(answer, "Rejected", "{value:?}");
    }
}

/// B06.FR.13, B06.FR.14.
#[test]
fn a_value_that_is_empty_is_told_so() {
    let mut bench = booted();
    let (component, variable) = (
        json!({"name": "AuthCtrlr"}),
        json!({"name": "MasterPassGroupId"}),
    );
    let answer = get(&mut bench, &component, &variable);
    assert_eq!(answer["attributeStatus"], "Accepted");
    assert_eq!(answer["attributeValue"], "");
    assert_eq!(answer["component"], component);
    assert_eq!(answer["variable"], variable);
}

/// B08.FR.06, B08.FR.13.
#[test]
fn a_report_names_no_more_than_fits_and_what_meets_any_criterion() {
    let mut bench = booted();
    let one = json!({"component": {"name": "EVSE"}});
    let many = json!({"requestId": 1, "componentVariable": vec![one; 101]});
    let answer = status(&mut bench, "GetReport", many);
    assert_eq!(answer, "OccurrenceConstraintViolation");
    let both = json!({"requestId": 2, "componentCriteria": ["Problem", "Available"]});
    assert_eq!(status(&mut bench, "GetReport", both), "Accepted");
    let pages = bench.calls();
    let pages = pages.iter().filter(|call| call.action == "NotifyReport");
    let rows = pages.flat_map(|page| page.payload["reportData"].as_array().unwrap());
    let names: Vec<&str> = rows
        .map(|row| row["variable"]["name"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"Available"), "{names:?}");
    assert!(
        names
            .iter()
            .all(|name| ["Available", "Problem"].contains(name)),
        "{names:?}"
    );
}

/// C15.FR.01: nobody has said that it is accepted.
#[test]
fn a_token_that_was_only_let_in_offline_is_not_kept() {
    let config = with(config(1), "AuthCtrlr.OfflineTxForUnknownIdEnabled", "true");
    let mut bench = booted_with(config);
    bench.network(false);
    bench.present(1, "STRANGER");
    bench.plug(1, 1);
    assert!(bench.is_charging(AT));
    let known = |bench: &Bench| bench.stored.values().any(|text| text.contains("STRANGER"));
    assert!(known(&bench), "its transaction");
    let keys = bench.stored.keys().filter(|key| key.starts_with("cache"));
    assert_eq!(keys.count(), 0);
}

/// C15.FR.03, E05.FR.09: where only the car ends it, a refused token ends the energy.
#[test]
fn a_refused_token_ends_the_energy_where_it_does_not_end_the_transaction() {
    let mut bench = booted_with(with(sockets(1), "TxCtrlr.TxStopPoint", "EVConnected"));
    bench.answer_with(refusing_tokens());
    bench.outputs.clear();
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    let all = events(bench.calls());
    let told = all.last().unwrap();
    assert_eq!(told["eventType"], "Updated", "{all:?}");
    assert_eq!(told["triggerReason"], "Deauthorized");
    assert_eq!(told["transactionInfo"]["chargingState"], "EVConnected");
    assert!(!bench.is_charging(AT));
    let unlocked = bench.outputs.contains(&Output::Unlock(AT));
    assert!(!unlocked, "the cable is its owner's (C15.FR.05)");
}

/// D02.FR.02.
#[test]
fn a_list_that_was_never_sent_has_version_0() {
    let mut bench = booted_with(with(config(1), "LocalAuthListCtrlr.Enabled", "true"));
    let version = bench.call("GetLocalListVersion", json!({}));
    assert_eq!(version, Some(Ok(json!({"versionNumber": 0}))));
}

/// E06.FR.12, E06.FR.13, E07.FR.09, E07.FR.10, J02.FR.20: begin and end stay, and what goes goes from in between.
#[test]
fn values_of_the_end_are_thinned_and_never_cut_off() {
    for minutes in [3, 7, 8, 9, 20, 61] {
        let mut config = with(config(1), "SampledDataCtrlr.TxEndedInterval", "60");
        config.limits.transaction_data = 8;
        let mut bench = charging_with(config);
        bench.run(minutes * 60);
        bench.present(1, "TAG1");
        let all = events(bench.calls());
        let ended = all.last().unwrap();
        assert_eq!(ended["eventType"], "Ended");
        let values = ended["meterValue"].as_array().unwrap();
        assert!(values.len() <= 9, "{minutes}: {}", values.len());
        let context = |at: usize| values[at]["sampledValue"][0]["context"].as_str();
        assert_eq!(context(0), Some("Transaction.Begin"), "{minutes}");
        let last = values.len() - 1;
        assert_eq!(context(last), Some("Transaction.End"), "{minutes}");
        let read = |at: usize| values[at]["sampledValue"][0]["value"].as_f64().unwrap();
        // 60 Wh a minute, and one value a minute while there is room.
        let gaps: Vec<f64> = (1..last).map(|at| read(at) - read(at - 1)).collect();
        assert!(gaps.iter().all(|gap| *gap > 59.0), "{minutes}: {gaps:?}");
        let enough = usize::try_from(minutes).unwrap().min(4);
        assert!(gaps.len() >= enough - 1, "{minutes}: {gaps:?}");
        if minutes < 7 {
            assert!(gaps.iter().all(|gap| *gap < 61.0), "{minutes}: {gaps:?}");
        }
    }
}

/// F01.FR.20, F02.FR.22, F01.FR.14: the station chooses the EVSE, one with a car first, and reads the meter.
#[test]
fn a_remote_start_without_an_evse_takes_the_one_with_a_car() {
    let config = with(config(3), "TxCtrlr.TxStartPoint", "PowerPathClosed");
    let mut bench = booted_with(config);
    bench.plug(2, 1);
    let start = json!({"remoteStartId": 5, "idToken": token("TAG1")});
    assert_eq!(
        status(&mut bench, "RequestStartTransaction", start.clone()),
        "Accepted"
    );
    let all = events(bench.calls());
    assert_eq!(all[0]["eventType"], "Started");
    assert_eq!(all[0]["evse"]["id"], 2);
    assert_eq!(all[0]["transactionInfo"]["remoteStartId"], 5);
    let value = &all[0]["meterValue"][0]["sampledValue"][0];
    assert_eq!(value["context"], "Transaction.Begin", "{all:?}");
    // Then those without one, until none is free.
    for answer in ["Accepted", "Accepted", "Rejected"] {
        assert_eq!(
            status(&mut bench, "RequestStartTransaction", start.clone()),
            answer
        );
    }
}

/// J01.FR.09, J01.FR.10, J02.FR.05, J02.FR.06: as the meter names it.
#[test]
fn a_value_says_where_it_was_measured() {
    let config = with(config(1), "SampledDataCtrlr.TxUpdatedMeasurands", "Voltage");
    let mut config = config;
    config
        .defaults
        .retain(|(key, _)| key != "SampledDataCtrlr.TxUpdatedInterval");
    let config = with(config, "SampledDataCtrlr.TxUpdatedInterval", "60");
    let mut bench = charging_with(config);
    bench.world(|output| {
        let Output::ReadMeter(evse) = output else {
            return None;
        };
        let mut voltage = Measured::new("Voltage", "V", 231).on_phase("L2-N");
        voltage.location = Some("Outlet".into());
        let reading = Reading::energy(5_000).and(voltage);
        Some(vec![Input::Meter {
            evse: *evse,
            reading,
        }])
    });
    bench.calls();
    bench.run(61);
    let all = events(bench.calls());
    let value: &Value = &all[0]["meterValue"][0]["sampledValue"][0];
    assert_eq!(value["measurand"], "Voltage", "{all:?}");
    assert_eq!(value["location"], "Outlet");
    assert_eq!(value["phase"], "L2-N");
}

/// K06.FR.01, K07.FR.01: a limit holds without a connection, for whoever begins then too.
#[test]
fn limits_hold_without_a_connection() {
    let mut bench = Bench::new(config(1), friendly_v2_0_1());
    bench.real_time_clock = true;
    bench.start();
    bench.present(1, "TAG1");
    bench.present(1, "TAG1");
    let period = json!({"startPeriod": 0, "limit": 9.0});
    let schedule = json!({"id": 1, "chargingRateUnit": "A", "startSchedule": "2024-05-15T12:00:00Z",
        "chargingSchedulePeriod": [period]});
    let profile = json!({"id": 1, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute", "chargingSchedule": [schedule]});
    let request = json!({"evseId": 1, "chargingProfile": profile});
    assert_eq!(
        status(&mut bench, "SetChargingProfile", request),
        "Accepted"
    );
    bench.network(false);
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    assert!(bench.is_charging(AT));
    let limit = bench.outlet(AT).limit.flatten().unwrap();
    assert_eq!(limit.value.to_string(), "9");
    bench.run(3_600);
    let limit = bench.outlet(AT).limit.flatten().unwrap();
    assert_eq!(limit.value.to_string(), "9");
}
