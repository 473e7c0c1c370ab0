//! What one EVSE of a 2.0.1 station does for itself: it restarts (B11, B12), its meter signs (E01, J01, J02), its lock does not
//! hold (G05), or holds the plug of somebody who gives up (E03).

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod kit_v2_0_1;

use kit_v2_0_1::{
    booted_with, but, charging_with, config, events, get, set, sockets, status, with,
};
use ocpp_core::station::{
    CableState, ConnectorId, EvState, Input, Measured, Output, Reading, SignedValue, StationConfig,
    TokenEffect,
};
use ocpp_core::testing::station::{Answer, Bench};
use serde_json::{Value, json};

fn resettable(evses: u32) -> StationConfig {
    let mut config = config(evses);
    config.features.reset_evse = true;
    config
}

/// Resets of EVSEs take as long as the test wants.
fn slow(bench: &mut Bench) {
    bench.world(|output| matches!(output, Output::ResetEvse(_)).then(Vec::new));
}

fn reset(bench: &mut Bench, kind: &str, evse: u32) -> String {
    status(bench, "Reset", json!({"type": kind, "evseId": evse}))
}

fn resets(bench: &Bench) -> usize {
    let resets = bench.outputs.iter();
    resets
        .filter(|output| matches!(output, Output::ResetEvse(1)))
        .count()
}

#[test]
fn an_evse_restarts_after_the_end_of_its_transaction_was_told() {
    let mut bench = charging_with(resettable(2));
    slow(&mut bench);
    bench.present(2, "TAG2");
    bench.plug(2, 1);
    bench.calls();
    assert_eq!(reset(&mut bench, "Immediate", 1), "Accepted");
    let told = events(bench.calls());
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["eventType"], "Ended");
    assert_eq!(told[0]["triggerReason"], "ResetCommand");
    assert_eq!(
        told[0]["transactionInfo"]["stoppedReason"],
        "ImmediateReset"
    );
    assert_eq!(resets(&bench), 1);
    assert!(
        bench.is_charging(ConnectorId::new(2, 1)),
        "the other one goes on"
    );
    bench.present(1, "TAG1");
    assert!(
        !bench.station.state().connectors[0].authorized,
        "not while it restarts"
    );
    bench.outputs.clear();
    bench.input(Input::EvseReset { evse: 1 });
    let open = Output::Contactor {
        at: ConnectorId::new(1, 1),
        closed: false,
    };
    assert!(bench.outputs.contains(&open), "{:?}", bench.outputs);
    bench.present(1, "TAG1");
    assert!(bench.is_charging(ConnectorId::new(1, 1)));
}

#[test]
fn an_evse_restarts_when_it_is_idle() {
    let mut bench = charging_with(resettable(1));
    assert_eq!(reset(&mut bench, "OnIdle", 1), "Scheduled");
    assert_eq!(resets(&bench), 0);
    bench.present(1, "TAG1");
    assert_eq!(resets(&bench), 1);
    let available = json!({"name": "EVSE", "evse": {"id": 1}});
    let allowed = get(&mut bench, &available, &json!({"name": "AllowReset"}));
    assert_eq!(allowed["attributeValue"], "true");
    assert_eq!(reset(&mut bench, "OnIdle", 1), "Accepted");
    assert_eq!(resets(&bench), 2);
    assert_eq!(reset(&mut bench, "OnIdle", 7), "Rejected");
    assert_eq!(reset(&mut bench, "OnIdle", 0), "Rejected");
}

#[test]
fn an_evse_whose_restart_nobody_confirms_can_be_used_after_a_minute() {
    let mut bench = booted_with(resettable(1));
    slow(&mut bench);
    assert_eq!(reset(&mut bench, "Immediate", 1), "Accepted");
    bench.plug(1, 1);
    bench.run(59);
    bench.present(1, "TAG1");
    assert!(!bench.station.state().connectors[0].authorized);
    bench.run(1);
    bench.present(1, "TAG1");
    assert!(bench.is_charging(ConnectorId::new(1, 1)));
}

#[test]
fn without_the_feature_an_evse_is_not_reset() {
    let mut bench = booted_with(config(1));
    assert_eq!(reset(&mut bench, "OnIdle", 1), "Rejected");
    assert_eq!(resets(&bench), 0);
}

fn signed(key: &str) -> SignedValue {
    SignedValue {
        data: "T0NNRg==".into(),
        signing_method: "ECDSA-secp256r1-SHA256".into(),
        encoding_method: "OCMF".into(),
        public_key: key.into(),
    }
}

/// A station whose meter signs from its nth answer on.
fn signing(from: usize, settings: &[(&str, &str)]) -> Bench {
    let mut config = config(1);
    config.features.signed_meter_values = true;
    for (key, value) in settings {
        config = with(config, key, value);
    }
    let mut bench = booted_with(config);
    let mut answers = 0;
    bench.world(move |output| {
        let Output::ReadMeter(evse) = output else {
            return None;
        };
        answers += 1;
        let mut energy = Measured::new("Energy.Active.Import.Register", "Wh", 1_000);
        if answers > from {
            energy = energy.signed_as(signed("S0VZ"));
        }
        let reading = Reading::default().and(energy);
        Some(vec![Input::Meter {
            evse: *evse,
            reading,
        }])
    });
    bench
}

fn signatures(event: &Value) -> Vec<Value> {
    let values = event["meterValue"].as_array().into_iter().flatten();
    let sampled = values.flat_map(|value| value["sampledValue"].as_array().into_iter().flatten());
    sampled
        .map(|value| value["signedMeterValue"].clone())
        .collect()
}

const SIGN: (&str, &str) = ("SampledDataCtrlr.SignReadings", "true");

#[test]
fn a_transaction_begins_with_the_value_that_the_meter_has_signed() {
    let start = ("TxCtrlr.TxStartPoint", "DataSigned");
    let mut bench = signing(1, &[SIGN, start]);
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    assert_eq!(
        bench.story(),
        ["Authorize", "Status 1.1 Occupied"],
        "nothing was signed"
    );
    assert!(!bench.is_charging(ConnectorId::new(1, 1)));
    bench.run(5);
    let told = events(bench.calls());
    assert_eq!(told[0]["eventType"], "Started");
    assert_eq!(told[0]["triggerReason"], "SignedDataReceived");
    assert_eq!(told[0]["idToken"]["idToken"], "TAG1");
    assert_eq!(told[0]["evse"], json!({"id": 1, "connectorId": 1}));
    let value = &told[0]["meterValue"][0]["sampledValue"][0];
    assert_eq!(value["context"], "Transaction.Begin");
    let signature = json!({
        "signedMeterData": "T0NNRg==", "signingMethod": "ECDSA-secp256r1-SHA256",
        "encodingMethod": "OCMF", "publicKey": "S0VZ",
    });
    assert_eq!(value["signedMeterValue"], signature);
    assert_eq!(told[1]["transactionInfo"]["chargingState"], "Charging");
    bench.present(1, "TAG1");
    let ended = events(bench.calls()).pop().unwrap();
    let keys: Vec<Value> = signatures(&ended)
        .iter()
        .map(|signature| signature["publicKey"].clone())
        .collect();
    assert!(
        !keys.is_empty() && keys.iter().all(|key| key == ""),
        "it was told once: {keys:?}"
    );
}

/// A power cut between the two variables left a station that said Available, held the plug of whoever came and charged nobody.
#[test]
fn without_sign_readings_the_power_path_begins_what_a_signature_would_have() {
    let mut bench = signing(0, &[("TxCtrlr.TxStartPoint", "DataSigned")]);
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    let told = events(bench.calls());
    assert_eq!(told[0]["eventType"], "Started");
    assert_eq!(told[0]["triggerReason"], "ChargingStateChanged");
    assert!(bench.is_charging(ConnectorId::new(1, 1)));
    bench.present(1, "TAG1");
    bench.unplug(1, 1);
    bench.calls();
    let signs = set(&mut bench, "SampledDataCtrlr", "SignReadings", "true");
    assert_eq!(signs, "Accepted");
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    let told = events(bench.calls());
    assert_eq!(told[0]["triggerReason"], "SignedDataReceived");
}

#[test]
fn without_sign_readings_another_start_point_is_not_overtaken() {
    let points = ("TxCtrlr.TxStartPoint", "DataSigned,EnergyTransfer");
    let mut bench = signing(0, &[points]);
    bench.plug(1, 1);
    bench.ev(1, EvState::Suspended);
    bench.present(1, "TAG1");
    assert!(events(bench.calls()).is_empty(), "no energy flows");
    bench.ev(1, EvState::Ready);
    assert_eq!(events(bench.calls())[0]["eventType"], "Started");
}

/// Somebody is authorized and their plug is held, but a transaction begins only when the car takes energy.
fn held() -> Bench {
    let config = with(sockets(1), "TxCtrlr.TxStartPoint", "EnergyTransfer");
    let mut bench = booted_with(with(config, "TxCtrlr.EVConnectionTimeOut", "60"));
    bench.plug(1, 1);
    bench.ev(1, EvState::Suspended);
    bench.present(1, "TAG1");
    assert!(events(bench.calls()).is_empty());
    assert!(bench.station.state().connectors[0].authorized);
    assert_eq!(bench.outlet(ConnectorId::new(1, 1)).locked, Some(true));
    bench.outputs.clear();
    bench
}

/// What it is called, and what happens.
type Way = (&'static str, fn(&mut Bench));

#[test]
fn who_gives_up_before_a_transaction_gets_the_plug_back() {
    let at = ConnectorId::new(1, 1);
    let ways: [Way; 3] = [
        ("the token again", |bench| bench.present(1, "TAG1")),
        ("the stop button", |bench| {
            bench.input(Input::StopPressed {
                evse: 1,
                emergency: false,
            });
        }),
        ("the emergency stop", |bench| {
            bench.input(Input::StopPressed {
                evse: 1,
                emergency: true,
            });
        }),
    ];
    for (way, give_up) in ways {
        let mut bench = held();
        give_up(&mut bench);
        assert!(!bench.station.state().connectors[0].authorized, "{way}");
        assert_eq!(bench.outlet(at).locked, Some(false), "{way}");
        let told = bench.outputs.iter().find_map(|output| match output {
            Output::TokenDecided { effect, .. } => Some(*effect),
            _ => None,
        });
        assert_eq!(told, Some(TokenEffect::Cancelled), "{way}");
        bench.ev(1, EvState::Ready);
        assert!(!bench.is_charging(at), "{way}");
        bench.present(1, "TAG2");
        assert!(bench.is_charging(at), "{way}: the next one can charge");
    }
}

#[test]
fn who_drives_away_before_a_transaction_takes_the_cable_along() {
    let at = ConnectorId::new(1, 1);
    let mut bench = held();
    bench.cable(at, CableState::InSocket);
    assert_eq!(bench.outlet(at).locked, Some(false));
    bench.run(30);
    bench.plug(1, 1);
    assert!(bench.is_charging(at), "or comes back in time");
    let mut bench = held();
    bench.cable(at, CableState::InSocket);
    bench.run(61);
    assert!(!bench.station.state().connectors[0].authorized);
    bench.plug(1, 1);
    assert!(!bench.is_charging(at));
}

/// The answer of the CSMS comes after the driver has pressed stop.
#[test]
fn who_presses_stop_while_the_csms_is_asked_does_not_charge() {
    let mut bench = booted_with(sockets(1));
    bench.answer_with(but(|action, _| {
        let accepted = json!({"idTokenInfo": {"status": "Accepted"}});
        (action == "Authorize").then_some(Answer::Late(5, accepted))
    }));
    bench.plug(1, 1);
    bench.present(1, "TAG1");
    bench.input(Input::StopPressed {
        evse: 1,
        emergency: false,
    });
    bench.run(30);
    assert!(!bench.station.state().connectors[0].authorized);
    assert!(!bench.is_charging(ConnectorId::new(1, 1)));
    bench.present(1, "TAG1");
    bench.run(30);
    assert!(bench.is_charging(ConnectorId::new(1, 1)));
}

#[test]
fn the_public_key_goes_along_as_often_as_the_csms_wants() {
    for (mode, begin, end) in [
        ("Never", "", ""),
        ("OncePerTransaction", "S0VZ", ""),
        ("EveryMeterValue", "S0VZ", "S0VZ"),
    ] {
        let key = ("OCPPCommCtrlr.PublicKeyWithSignedMeterValue", mode);
        let mut bench = signing(0, &[SIGN, key]);
        bench.present(1, "TAG1");
        bench.plug(1, 1);
        let began = events(bench.calls());
        assert_eq!(signatures(&began[0])[0]["publicKey"], begin, "{mode}");
        bench.present(1, "TAG1");
        let ended = events(bench.calls()).pop().unwrap();
        assert_eq!(signatures(&ended)[1]["publicKey"], end, "{mode}");
    }
    let mut bench = signing(0, &[]);
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    let began = events(bench.calls());
    assert_eq!(signatures(&began[0]), [Value::Null], "SignReadings is off");
}

#[test]
fn a_lock_that_does_not_hold_is_told_and_can_be_read() {
    let mut bench = booted_with(sockets(1));
    bench.locks_fail = true;
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    let told: Vec<Value> = bench
        .calls()
        .into_iter()
        .filter(|call| call.action == "NotifyEvent")
        .map(|call| call.payload["eventData"][0].clone())
        .collect();
    assert_eq!(told.len(), 1);
    let component =
        json!({"name": "ConnectorPlugRetentionLock", "evse": {"id": 1, "connectorId": 1}});
    assert_eq!(told[0]["component"], component);
    assert_eq!(told[0]["variable"], json!({"name": "Problem"}));
    assert_eq!(told[0]["actualValue"], "true");
    assert_eq!(told[0]["trigger"], "Delta");
    let problem = json!({"name": "Problem"});
    let read = |bench: &mut Bench| get(bench, &component, &problem)["attributeValue"].clone();
    assert_eq!(read(&mut bench), "true");
    assert!(!bench.is_charging(ConnectorId::new(1, 1)));
    bench.locks_fail = false;
    bench.unplug(1, 1);
    let over = bench.calls();
    let over = over
        .iter()
        .find(|call| call.action == "NotifyEvent")
        .unwrap();
    assert_eq!(over.payload["eventData"][0]["actualValue"], "false");
    assert_eq!(over.payload["eventData"][0]["cleared"], true);
    assert_eq!(read(&mut bench), "false");
}
