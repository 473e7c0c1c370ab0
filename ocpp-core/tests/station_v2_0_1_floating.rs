//! Transactions that begin before it is known at which EVSE they run: one reader for several EVSEs, `TxStartPoint` Authorized
//! (E01, E03).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod kit_v2_0_1;

use kit_v2_0_1::{booted_with, but, config, events, refusing_tokens, seq_nos, status, token, with};
use ocpp_core::station::{ConnectorId, Input, Output, StationConfig};
use ocpp_core::testing::station::{Answer, Bench, friendly_v2_0_1};
use serde_json::{Value, json};

const READER: u32 = 0;

fn two_evses() -> StationConfig {
    let config = with(config(2), "TxCtrlr.TxStartPoint", "Authorized");
    with(config, "TxCtrlr.TxStopPoint", "Authorized,EVConnected")
}

/// A station with somebody in a transaction and no car.
fn begun_with(config: StationConfig) -> (Bench, Value) {
    let mut bench = booted_with(config);
    bench.present(READER, "TAG1");
    let mut events = events(bench.calls());
    assert_eq!(events.len(), 1, "{events:?}");
    (bench, events.remove(0))
}

fn begun() -> (Bench, Value) {
    begun_with(two_evses())
}

fn said(event: &Value) -> [&str; 4] {
    let info = &event["transactionInfo"];
    let texts = [
        &event["eventType"],
        &event["triggerReason"],
        &info["chargingState"],
        &info["stoppedReason"],
    ];
    texts.map(|text| text.as_str().unwrap_or_default())
}

fn contexts(event: &Value) -> Vec<&str> {
    let values = event["meterValue"].as_array().into_iter().flatten();
    let sampled = values.flat_map(|value| value["sampledValue"].as_array().unwrap());
    sampled
        .map(|value| value["context"].as_str().unwrap())
        .collect()
}

/// The transaction has ended without a car.
fn ended(bench: &mut Bench, trigger: &str, reason: &str) {
    let all = events(bench.calls());
    let [end] = all.as_slice() else {
        panic!("{all:?}");
    };
    assert_eq!(said(end), ["Ended", trigger, "Idle", reason]);
    assert_eq!(end["seqNo"], 1);
    assert_eq!(
        (&end["evse"], &end["meterValue"]),
        (&Value::Null, &Value::Null)
    );
    let state = bench.station.state();
    assert_eq!(state.transaction_without_evse, None);
    // The next car is nobody's.
    bench.plug(1, 1);
    bench.run(5);
    assert!(!bench.is_charging(ConnectorId::new(1, 1)));
    assert_eq!(events(bench.calls()), [Value::Null; 0]);
}

#[test]
fn it_begins_without_an_evse_and_goes_on_where_the_car_is_plugged_in() {
    let (mut bench, start) = begun();
    assert_eq!(said(&start), ["Started", "Authorized", "Idle", ""]);
    assert_eq!(start["idToken"], token("TAG1"));
    assert_eq!(
        (&start["evse"], &start["meterValue"]),
        (&Value::Null, &Value::Null)
    );
    let id = start["transactionInfo"]["transactionId"].clone();
    let state = bench.station.state();
    let shown = state.transaction_without_evse.unwrap();
    assert_eq!(shown.id.as_deref(), id.as_str());
    bench.plug(2, 1);
    let state = bench.station.state();
    assert_eq!(state.transaction_without_evse, None);
    assert!(bench.is_charging(ConnectorId::new(2, 1)));
    assert!(!bench.is_charging(ConnectorId::new(1, 1)));
    bench.run(30);
    bench.present(READER, "TAG1");
    bench.unplug(2, 1);
    let all = events(bench.calls());
    assert!(
        all.iter()
            .all(|event| event["transactionInfo"]["transactionId"] == id)
    );
    assert_eq!(said(&all[0])[..2], ["Updated", "CablePluggedIn"]);
    assert_eq!(all[0]["evse"], json!({"id": 2, "connectorId": 1}));
    assert_eq!(contexts(&all[0]), ["Transaction.Begin"], "E03.FR.11");
    assert!(
        all[1..].iter().all(|event| event["evse"].is_null()),
        "E01.FR.16"
    );
    let last = all.last().unwrap();
    assert_eq!(said(last)[..2], ["Ended", "StopAuthorized"]);
    assert_eq!(said(last)[3], "Local");
    assert_eq!(seq_nos(&all), (1..=all.len() as i64).collect::<Vec<_>>());
}

#[test]
fn energy_waits_for_the_meter_that_counts() {
    let (mut bench, _) = begun();
    bench.world(|output| matches!(output, Output::ReadMeter(_)).then(Vec::new));
    bench.plug(2, 1);
    assert!(!bench.is_charging(ConnectorId::new(2, 1)));
    assert_eq!(events(bench.calls()), [Value::Null; 0]);
}

#[test]
fn a_reader_of_an_evse_tells_it_with_the_car_too() {
    let mut bench = booted_with(two_evses());
    bench.present(2, "TAG1");
    bench.run(5);
    bench.plug(2, 1);
    let all = events(bench.calls());
    assert_eq!(said(&all[0])[..2], ["Started", "Authorized"]);
    assert_eq!(
        (&all[0]["evse"], &all[0]["meterValue"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(all[1]["evse"], json!({"id": 2, "connectorId": 1}));
    assert_eq!(contexts(&all[1]), ["Transaction.Begin"]);
}

#[test]
fn nobody_plugs_in() {
    let config = with(two_evses(), "TxCtrlr.EVConnectionTimeOut", "60");
    let (mut bench, _) = begun_with(config);
    bench.run(59);
    assert_eq!(events(bench.calls()), [Value::Null; 0]);
    bench.run(1);
    ended(&mut bench, "EVConnectTimeout", "Timeout");
}

#[test]
fn the_token_the_csms_and_resets_end_it() {
    let (mut bench, _) = begun();
    bench.present(READER, "TAG1");
    ended(&mut bench, "StopAuthorized", "Local");

    let (mut bench, start) = begun();
    let id = start["transactionInfo"]["transactionId"].clone();
    let stop = json!({ "transactionId": id });
    assert_eq!(
        status(&mut bench, "RequestStopTransaction", stop),
        "Accepted"
    );
    ended(&mut bench, "RemoteStop", "Remote");

    let (mut bench, _) = begun();
    let reset = json!({"type": "Immediate"});
    assert_eq!(status(&mut bench, "Reset", reset), "Accepted");
    let all = events(bench.calls());
    assert_eq!(
        said(&all[0]),
        ["Ended", "ResetCommand", "Idle", "ImmediateReset"]
    );

    let (mut bench, _) = begun();
    let reset = json!({"type": "OnIdle"});
    assert_eq!(status(&mut bench, "Reset", reset), "Scheduled");
    bench.present(READER, "TAG1");
    assert_eq!(said(&events(bench.calls())[0])[3], "Local");
}

#[test]
fn a_token_that_turns_out_to_be_invalid_ends_it() {
    let config = with(two_evses(), "TxCtrlr.StopTxOnInvalidId", "true");
    let mut bench = Bench::new(config, refusing_tokens());
    bench.start();
    bench.calls();
    bench.present(READER, "TAG1");
    let all = events(bench.calls());
    assert_eq!(
        said(&all[1]),
        ["Ended", "Deauthorized", "Idle", "DeAuthorized"]
    );
}

#[test]
fn others_wait_and_those_of_the_group_may_end_it() {
    let group = but(|action, _| {
        let info = json!({"idTokenInfo": {"status": "Accepted",
            "groupIdToken": {"idToken": "FAMILY", "type": "Central"}}});
        (action == "Authorize").then_some(Answer::Respond(info))
    });
    let mut bench = Bench::new(two_evses(), group);
    bench.start();
    bench.present(READER, "TAG1");
    bench.calls();
    bench.present(READER, "TAG2");
    ended(&mut bench, "StopAuthorized", "Local");

    let (mut bench, _) = begun();
    bench.present(READER, "TAG2");
    assert_eq!(events(bench.calls()), [Value::Null; 0]);
    assert!(bench.station.state().transaction_without_evse.is_some());
}

#[test]
fn it_can_be_asked_for() {
    let (mut bench, start) = begun();
    let trigger = json!({"requestedMessage": "TransactionEvent"});
    assert_eq!(status(&mut bench, "TriggerMessage", trigger), "Accepted");
    let all = events(bench.calls());
    assert_eq!(said(&all[0])[..2], ["Updated", "Trigger"]);
    assert_eq!(all[0]["evse"], Value::Null);
    let id = &start["transactionInfo"]["transactionId"];
    let ask = json!({ "transactionId": id });
    let answer = bench.call("GetTransactionStatus", ask).unwrap().unwrap();
    assert_eq!(answer["ongoingIndicator"], true);
    // At one EVSE there is none.
    let trigger = json!({"requestedMessage": "TransactionEvent", "evse": {"id": 1}});
    assert_eq!(status(&mut bench, "TriggerMessage", trigger), "Rejected");
}

#[test]
fn a_failing_power_supply_ends_it() {
    let (mut bench, _) = begun();
    bench.input(Input::PowerFailing {
        time_to_report: true,
    });
    let all = events(bench.calls());
    assert_eq!(
        said(&all[0]),
        ["Ended", "AbnormalCondition", "Idle", "PowerLoss"]
    );
}

/// The power is cut at every output, and once more at every output of the restart: what was told to begin ends, once, and
/// nobody charges in the dark.
#[test]
fn no_power_cut_loses_or_repeats_its_end() {
    for resume in [false, true] {
        let mut cuts = 0;
        for (first, second) in (0..40).flat_map(|first| (0..15).map(move |second| (first, second)))
        {
            let mut config = two_evses();
            config.features.resume_transactions = resume;
            let mut bench = Bench::new(config, friendly_v2_0_1());
            bench.start();
            bench.cut_power_after(first);
            bench.present(READER, "TAG1");
            bench.run(10);
            bench.plug(2, 1);
            bench.run(30);
            bench.unplug(2, 1);
            bench.run(1);
            if !bench.power_was_cut() {
                break;
            }
            let cables = bench.cables();
            bench.switch_on();
            bench.cut_power_after(second);
            for (at, state) in &cables {
                bench.cable(*at, *state);
            }
            bench.start();
            bench.run(1);
            cuts += usize::from(bench.power_was_cut());
            bench.power_cycle();
            bench.run(300);
            bench.unplug(2, 1);
            bench.run(300);
            let mut all = events(bench.all_calls());
            for event in &mut all {
                event.as_object_mut().unwrap().remove("offline");
            }
            all.sort_by_key(|event| event["seqNo"].as_i64());
            all.dedup();
            let what = format!("{resume} {first} {second}: {all:?}");
            let numbers: Vec<i64> = (0..all.len() as i64).collect();
            assert_eq!(seq_nos(&all), numbers, "{what}");
            let ends = all.iter().filter(|event| event["eventType"] == "Ended");
            assert_eq!(ends.count(), usize::from(!all.is_empty()), "{what}");
            let places = all.iter().filter(|event| event["evse"].is_object());
            assert!(places.count() <= 1, "{what}");
            // Values say nothing where nobody knows whose meter it was.
            let mut placed = false;
            for event in &all {
                placed |= event["evse"].is_object();
                assert!(placed || event["meterValue"].is_null(), "{what}");
                let values = event["meterValue"].as_array().into_iter().flatten();
                let late =
                    |value: &Value| value["timestamp"].as_str() > event["timestamp"].as_str();
                assert!(!values.clone().any(late), "{what}");
                let state = if placed { "EVConnected" } else { "Idle" };
                let interrupted = said(event)[3] == "PowerLoss";
                assert!(!interrupted || said(event)[2] == state, "{what}");
            }
            let charged = all.iter().any(|event| said(event)[2] == "Charging");
            let told = |context: &str| all.iter().any(|event| contexts(event).contains(&context));
            assert!(
                !charged || told("Transaction.Begin") && told("Transaction.End"),
                "{what}"
            );
        }
        assert!(cuts > 40, "{resume}: {cuts}");
    }
}

/// G03.FR.05: it runs, although nobody knows where yet.
#[test]
fn a_station_out_of_order_lets_it_go_on_and_nobody_else_begin() {
    let off = json!({"operationalStatus": "Inoperative"});
    let (mut bench, _) = begun();
    let answer = status(&mut bench, "ChangeAvailability", off.clone());
    assert_eq!(answer, "Scheduled");
    let config = with(config(2), "TxCtrlr.TxStartPoint", "PowerPathClosed");
    let mut bench = booted_with(config);
    bench.present(READER, "TAG1");
    assert_eq!(status(&mut bench, "ChangeAvailability", off), "Accepted");
    bench.plug(1, 1);
    assert!(!bench.is_charging(ConnectorId::new(1, 1)));
    assert_eq!(events(bench.calls()), [Value::Null; 0]);
}
