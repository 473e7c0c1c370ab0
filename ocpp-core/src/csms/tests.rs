#![allow(
    clippy::needless_pass_by_value,
    reason = "payloads are written where they are used"
)]

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::{DateTime, Version};
use serde_json::{Value, json};

use super::*;

const V1_6: Version = Version::V1_6;
const V2_0_1: Version = Version::V2_0_1;
const V2_1: Version = Version::V2_1;

fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn now() -> DateTime {
    at("2024-05-15T12:00:00Z")
}

/// A CSMS whose stations and tokens are known.
struct Bench {
    csms: Csms,
}

impl Bench {
    fn new() -> Self {
        let mut csms = Csms::new(Config::default());
        for token in ["A1", "A2"] {
            csms.put_token(token, accepted()).unwrap();
        }
        Self { csms }
    }

    fn ask(&mut self, version: Version, station: &str, action: &str, payload: Value) -> Value {
        let answer = self.try_ask(version, station, action, payload).unwrap();
        serde_json::from_str(&answer).unwrap()
    }

    fn try_ask(
        &mut self,
        version: Version,
        station: &str,
        action: &str,
        payload: Value,
    ) -> Result<String, Refusal> {
        let payload = payload.to_string();
        self.csms
            .answer(now(), version, Decoding::Strict, station, action, &payload)
    }

    fn called(&mut self, version: Version, action: &str, request: Value, response: Value) {
        let (request, response) = (request.to_string(), response.to_string());
        self.csms
            .called(version, "CP1", action, &request, &response);
    }

    fn outputs(&mut self) -> Vec<Output> {
        core::iter::from_fn(|| self.csms.poll_output()).collect()
    }

    fn start(&mut self, connector: i64, token: &str, meter: i64) -> Value {
        self.ask(
            V1_6,
            "CP1",
            "StartTransaction",
            json!({"connectorId": connector, "idTag": token, "meterStart": meter,
                   "timestamp": "2024-05-15T12:00:00Z"}),
        )
    }

    fn event(&mut self, kind: &str, seq_no: i64, more: Value) -> Value {
        let mut event = json!({
            "eventType": kind, "timestamp": "2024-05-15T12:00:00Z", "triggerReason": "Authorized",
            "seqNo": seq_no, "transactionInfo": {"transactionId": "tx-1"},
        });
        let members = event.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        self.ask(V2_0_1, "CP1", "TransactionEvent", event)
    }

    fn only_transaction(&self) -> &Transaction {
        let mut all = self.csms.transactions();
        let first = all.next().unwrap();
        assert!(all.next().is_none());
        first
    }
}

fn accepted() -> Token {
    Token {
        status: TokenStatus::Accepted,
        expiry_date: None,
        parent_id_tag: None,
    }
}

fn energy(wh: &str, unit: Value) -> Value {
    json!([{"timestamp": "2024-05-15T12:00:00Z",
            "sampledValue": [{"value": wh.parse::<f64>().unwrap(), "unitOfMeasure": unit}]}])
}

#[test]
fn a_token_counts_without_case_until_its_expiry_date() {
    let mut bench = Bench::new();
    let ask = |bench: &mut Bench, tag: &str| {
        bench.ask(V1_6, "CP1", "Authorize", json!({ "idTag": tag }))["idTagInfo"].clone()
    };
    assert_eq!(ask(&mut bench, "a1"), json!({"status": "Accepted"}));
    assert_eq!(ask(&mut bench, "never put"), json!({"status": "Invalid"}));
    let token = Token {
        expiry_date: Some(now()),
        parent_id_tag: Some("GROUP".into()),
        ..accepted()
    };
    bench.csms.put_token("A1", token).unwrap();
    assert_eq!(
        ask(&mut bench, "A1"),
        json!({"status": "Expired", "expiryDate": "2024-05-15T12:00:00Z", "parentIdTag": "GROUP"})
    );
    assert!(bench.csms.delete_token("a1"));
    assert!(!bench.csms.delete_token("a1"));
    assert_eq!(ask(&mut bench, "A1"), json!({"status": "Invalid"}));
}

#[test]
fn authorization_in_2_x_names_the_group() {
    let mut bench = Bench::new();
    let token = Token {
        parent_id_tag: Some("GROUP".into()),
        ..accepted()
    };
    bench.csms.put_token("A1", token).unwrap();
    for version in [V2_0_1, V2_1] {
        let request = json!({"idToken": {"idToken": "A1", "type": "ISO14443"}});
        let info = bench.ask(version, "CP1", "Authorize", request)["idTokenInfo"].clone();
        assert_eq!(
            info,
            json!({"status": "Accepted", "groupIdToken": {"idToken": "GROUP", "type": "Central"}})
        );
        // Without authorization there is nothing to look up (C02).
        let request = json!({"idToken": {"idToken": "", "type": "NoAuthorization"}});
        let info = bench.ask(version, "CP1", "Authorize", request)["idTokenInfo"].clone();
        assert_eq!(info, json!({"status": "Accepted"}));
    }
}

#[test]
fn a_station_is_told_what_the_operator_decided() {
    let boot_1_6 = json!({"chargePointVendor": "V", "chargePointModel": "M"});
    let boot_2 = json!({"chargingStation": {"vendorName": "V", "model": "M"}, "reason": "PowerUp"});
    for (version, boot) in [(V1_6, boot_1_6), (V2_0_1, boot_2.clone()), (V2_1, boot_2)] {
        let mut bench = Bench::new();
        let answer = bench.ask(version, "CP1", "BootNotification", boot.clone());
        assert_eq!(
            answer,
            json!({"status": "Accepted", "currentTime": "2024-05-15T12:00:00Z", "interval": 300})
        );
        let change = |station: &mut Station| {
            station.boot = Registration::Pending;
            station.interval = Some(7);
        };
        bench.csms.set_station("CP1", change).unwrap();
        let answer = bench.ask(version, "CP1", "BootNotification", boot);
        assert_eq!(
            (&answer["status"], &answer["interval"]),
            (&json!("Pending"), &json!(7))
        );
        let info = bench.csms.station("CP1").unwrap().info.clone().unwrap();
        assert_eq!((info.vendor.as_str(), info.model.as_str()), ("V", "M"));
    }
}

/// B01.FR.10, B02.FR.09, B03.FR.07.
#[test]
fn a_pending_station_may_only_send_what_it_was_asked_for() {
    let mut bench = Bench::new();
    let boot = json!({"chargingStation": {"vendorName": "V", "model": "M"}, "reason": "PowerUp"});
    let pending = |station: &mut Station| station.boot = Registration::Pending;
    bench.csms.set_station("CP1", pending).unwrap();
    bench.ask(V2_0_1, "CP1", "BootNotification", boot.clone());
    let refusal = bench
        .try_ask(V2_0_1, "CP1", "Heartbeat", json!({}))
        .unwrap_err();
    assert_eq!(refusal.code, ErrorCode::SecurityError);

    let trigger = json!({"requestedMessage": "Heartbeat"});
    bench.called(
        V2_0_1,
        "TriggerMessage",
        trigger.clone(),
        json!({"status": "Rejected"}),
    );
    assert!(
        bench
            .try_ask(V2_0_1, "CP1", "Heartbeat", json!({}))
            .is_err()
    );
    bench.called(
        V2_0_1,
        "TriggerMessage",
        trigger,
        json!({"status": "Accepted"}),
    );
    assert!(bench.try_ask(V2_0_1, "CP1", "Heartbeat", json!({})).is_ok());
    let report = json!({"requestId": 1, "reportBase": "FullInventory"});
    bench.called(
        V2_0_1,
        "GetBaseReport",
        report,
        json!({"status": "Accepted"}),
    );
    let part = json!({"requestId": 1, "generatedAt": "2024-05-15T12:00:00Z", "seqNo": 0});
    assert!(
        bench
            .try_ask(V2_0_1, "CP1", "NotifyReport", part.clone())
            .is_ok()
    );

    // A new boot forgets what was asked for before; a rejected station is not to be called.
    let reject = |station: &mut Station| station.boot = Registration::Rejected;
    bench.csms.set_station("CP1", reject).unwrap();
    assert!(bench.csms.may_call("CP1"));
    bench.ask(V2_0_1, "CP1", "BootNotification", boot.clone());
    assert!(!bench.csms.may_call("CP1"));
    assert!(bench.try_ask(V2_0_1, "CP1", "NotifyReport", part).is_err());

    bench
        .csms
        .set_station("CP1", |station| station.boot = Registration::Accepted)
        .unwrap();
    bench.ask(V2_0_1, "CP1", "BootNotification", boot);
    assert!(bench.try_ask(V2_0_1, "CP1", "Heartbeat", json!({})).is_ok());
}

#[test]
fn a_station_that_never_booted_here_is_served_all_the_same() {
    let mut bench = Bench::new();
    let answer = bench.ask(V1_6, "CP1", "Heartbeat", json!({}));
    assert_eq!(answer, json!({"currentTime": "2024-05-15T12:00:00Z"}));
}

#[test]
fn a_transaction_of_1_6_from_begin_to_end() {
    let mut bench = Bench::new();
    let started = bench.start(1, "A1", 1000);
    assert_eq!(
        started,
        json!({"idTagInfo": {"status": "Accepted"}, "transactionId": 1})
    );
    let meter = json!({"connectorId": 1, "transactionId": 1, "meterValue": [
        {"timestamp": "2024-05-15T12:00:00Z", "sampledValue": [
            {"value": "1.5000000000000000000000000000000001", "unit": "kWh"},
            {"value": "9", "phase": "L1"},
            {"value": "16", "measurand": "Current.Import", "unit": "A"}]}]});
    assert_eq!(bench.ask(V1_6, "CP1", "MeterValues", meter), json!({}));
    assert_eq!(bench.only_transaction().meter_last, Some(1500.into()));
    let stop = json!({"transactionId": 1, "idTag": "A1", "meterStop": 2000,
                      "timestamp": "2024-05-15T13:00:00Z", "reason": "EVDisconnected"});
    let stopped = bench.ask(V1_6, "CP1", "StopTransaction", stop);
    assert_eq!(stopped, json!({"idTagInfo": {"status": "Accepted"}}));
    let transaction = bench.only_transaction();
    assert_eq!(transaction.stopped_at, Some(at("2024-05-15T13:00:00Z")));
    assert_eq!(transaction.meter_start, Some(1000.into()));
    assert_eq!(transaction.meter_stop, Some(2000.into()));
    assert_eq!(transaction.stop_reason.as_deref(), Some("EVDisconnected"));
}

#[test]
fn repeated_messages_change_nothing_and_get_the_same_answer() {
    let mut bench = Bench::new();
    let first = bench.start(1, "A1", 1000);
    assert_eq!(bench.start(1, "a1", 1000), first);
    assert_ne!(
        bench.start(1, "A1", 1001)["transactionId"],
        first["transactionId"]
    );
    let stop = |meter: i64| json!({"transactionId": 1, "meterStop": meter, "timestamp": "2024-05-15T13:00:00Z"});
    assert_eq!(
        bench.ask(V1_6, "CP1", "StopTransaction", stop(2000)),
        json!({})
    );
    bench.outputs();
    assert_eq!(
        bench.ask(V1_6, "CP1", "StopTransaction", stop(3000)),
        json!({})
    );
    assert_eq!(bench.outputs(), [], "nothing has changed");
    let first = bench.csms.transactions().next().unwrap();
    assert_eq!(first.meter_stop, Some(2000.into()));
    assert_eq!(first.stop_reason.as_deref(), Some("Local"));
}

#[test]
fn the_end_of_an_unknown_transaction_is_acknowledged() {
    let mut bench = Bench::new();
    let stop = json!({"transactionId": 99, "idTag": "nobody", "meterStop": 1,
                      "timestamp": "2024-05-15T13:00:00Z"});
    let answer = bench.ask(V1_6, "CP1", "StopTransaction", stop);
    assert_eq!(answer, json!({"idTagInfo": {"status": "Invalid"}}));
    assert_eq!(bench.csms.transactions().count(), 0);
    let meter = json!({"connectorId": 1, "transactionId": -1, "meterValue": [
        {"timestamp": "2024-05-15T12:00:00Z", "sampledValue": [{"value": "1"}]}]});
    assert_eq!(bench.ask(V1_6, "CP1", "MeterValues", meter), json!({}));
    // The end is all that arrives of this one: it is noted.
    bench.event("Ended", 7, json!({"evse": {"id": 2}}));
    let transaction = bench.only_transaction();
    assert_eq!((transaction.evse, transaction.is_open()), (2, false));
}

#[test]
fn a_token_charges_once_at_a_time() {
    let mut bench = Bench::new();
    bench.start(1, "A1", 0);
    // On the same connector the end of the first was lost.
    assert_eq!(bench.start(1, "A1", 5)["idTagInfo"]["status"], "Accepted");
    let second = bench.start(2, "a1", 0);
    assert_eq!(second["idTagInfo"]["status"], "ConcurrentTx");
    assert_eq!(bench.start(3, "A2", 0)["idTagInfo"]["status"], "Accepted");
    // Authorize says nothing about it.
    let info = bench.ask(V1_6, "CP1", "Authorize", json!({"idTag": "A1"}))["idTagInfo"].clone();
    assert_eq!(info["status"], "Accepted");
    let token = json!({"idToken": {"idToken": "A1", "type": "ISO14443"}, "evse": {"id": 5}});
    let info = bench.event("Started", 0, token.clone())["idTokenInfo"].clone();
    assert_eq!(info["status"], "ConcurrentTx");
    let mut bench = Bench::new();
    bench.csms.config.concurrent_transactions = true;
    bench.start(1, "A1", 0);
    assert_eq!(bench.start(2, "A1", 0)["idTagInfo"]["status"], "Accepted");
    let mut bench = Bench::new();
    let info = bench.event("Started", 0, token.clone())["idTokenInfo"].clone();
    assert_eq!(info["status"], "Accepted");
    let info = bench.event("Updated", 1, token)["idTokenInfo"].clone();
    assert_eq!(info["status"], "Accepted", "it is the same transaction");
}

#[test]
fn a_transaction_of_2_0_1_from_begin_to_end() {
    let mut bench = Bench::new();
    let plugged = json!({"evse": {"id": 1, "connectorId": 1}, "meterValue": energy("1", json!({"unit": "kWh"})),
        "transactionInfo": {"transactionId": "tx-1", "chargingState": "EVConnected"}});
    assert_eq!(bench.event("Started", 0, plugged), json!({}));
    let authorized = json!({"idToken": {"idToken": "A1", "type": "ISO14443"},
        "transactionInfo": {"transactionId": "TX-1", "chargingState": "Charging"}});
    bench.event("Updated", 1, json!({}));
    let answer = bench.event(
        "Updated",
        1,
        json!({"idToken": {"idToken": "A1", "type": "ISO14443"}}),
    );
    assert_eq!(answer, json!({"idTokenInfo": {"status": "Accepted"}}));
    drop(authorized);
    let ended = json!({"timestamp": "2024-05-15T13:00:00Z",
        "meterValue": energy("25", json!({"unit": "Wh", "multiplier": 2})),
        "transactionInfo": {"transactionId": "tx-1", "stoppedReason": "Remote"}});
    bench.event("Ended", 3, ended);
    // What was delayed arrives, and is too late to matter.
    let late = json!({"meterValue": energy("1700", json!({"unit": "Wh"})), "offline": true});
    bench.event("Updated", 2, late);
    let transaction = bench.only_transaction();
    assert_eq!(transaction.id_token, "A1");
    assert_eq!(transaction.evse, 1);
    assert_eq!(transaction.meter_start, Some(1000.into()));
    assert_eq!(transaction.meter_stop, Some(2500.into()));
    assert_eq!(transaction.meter_last, Some(2500.into()));
    assert_eq!(transaction.stop_reason.as_deref(), Some("Remote"));
    assert_eq!(transaction.last_seq_no, Some(3));
}

#[test]
fn absurd_multipliers_are_no_readings() {
    let mut bench = Bench::new();
    for multiplier in [i64::MIN, -40, 40, i64::MAX] {
        let unit = json!({"unit": "kWh", "multiplier": multiplier});
        bench.event("Started", 0, json!({"meterValue": energy("1", unit)}));
        assert_eq!(bench.only_transaction().meter_start, None, "{multiplier}");
    }
}

#[test]
fn a_reservation_is_kept_used_cancelled_or_past() {
    let mut bench = Bench::new();
    let reserve = |id: i64| {
        json!({"connectorId": 1, "expiryDate": "2024-05-15T13:00:00Z", "idTag": "A1",
               "reservationId": id})
    };
    for (id, answer) in [
        (1, "Accepted"),
        (2, "Occupied"),
        (3, "Accepted"),
        (4, "Accepted"),
    ] {
        bench.called(V1_6, "ReserveNow", reserve(id), json!({ "status": answer }));
    }
    // The station keeps number 4 as it was.
    bench.called(V1_6, "ReserveNow", reserve(4), json!({"status": "Faulted"}));
    let start = json!({"connectorId": 1, "idTag": "A1", "meterStart": 0, "reservationId": 1,
                       "timestamp": "2024-05-15T12:00:00Z"});
    bench.ask(V1_6, "CP1", "StartTransaction", start);
    let cancel = json!({"reservationId": 3});
    bench.called(
        V1_6,
        "CancelReservation",
        cancel.clone(),
        json!({"status": "Rejected"}),
    );
    bench.called(
        V1_6,
        "CancelReservation",
        cancel,
        json!({"status": "Accepted"}),
    );
    let statuses = |bench: &Bench, now| -> Vec<_> {
        bench
            .csms
            .reservations(now)
            .map(|r| (r.id, r.status))
            .collect()
    };
    use ReservationStatus::{Accepted, Cancelled, Expired, Occupied, Used};
    assert_eq!(
        statuses(&bench, now()),
        [(1, Used), (2, Occupied), (3, Cancelled), (4, Accepted)]
    );
    assert_eq!(
        statuses(&bench, at("2024-05-15T13:00:00Z"))[3],
        (4, Expired)
    );

    let reserve = json!({"id": 9, "expiryDateTime": "2024-05-15T13:00:00Z",
                         "idToken": {"idToken": "A1", "type": "ISO14443"}});
    bench.called(V2_1, "ReserveNow", reserve, json!({"status": "Accepted"}));
    let update = json!({"reservationId": 9, "reservationUpdateStatus": "Removed"});
    bench.ask(V2_1, "CP1", "ReservationStatusUpdate", update);
    assert_eq!(statuses(&bench, now())[4], (9, ReservationStatus::Removed));
}

/// A01: the password that the operator sets is the one that counts.
#[test]
fn a_password_that_the_station_took_over_is_remembered() {
    let mut bench = Bench::new();
    let set = json!({"key": "AuthorizationKey", "value": "0123456789abcdef0123456789abcdef"});
    bench.called(
        V1_6,
        "ChangeConfiguration",
        set.clone(),
        json!({"status": "Rejected"}),
    );
    assert!(bench.csms.station("CP1").is_none());
    bench.called(
        V1_6,
        "ChangeConfiguration",
        set,
        json!({"status": "Accepted"}),
    );
    let password = |bench: &Bench| bench.csms.station("CP1").unwrap().password.clone().unwrap();
    assert_eq!(password(&bench), "0123456789abcdef0123456789abcdef");
    let place =
        json!({"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}});
    let (mut data, mut result) = (place.clone(), place);
    data["attributeValue"] = json!("sixteen letters!");
    result["attributeStatus"] = json!("Accepted");
    let (request, response) = (
        json!({"setVariableData": [data]}),
        json!({"setVariableResult": [result]}),
    );
    bench.called(V2_0_1, "SetVariables", request, response);
    assert_eq!(password(&bench), "sixteen letters!");
}

#[test]
fn connectors_and_lengthy_operations_are_remembered() {
    let mut bench = Bench::new();
    let status = |status: &str| {
        json!({"connectorId": 1, "errorCode": "NoError", "status": status,
                                       "timestamp": "2024-05-15T11:00:00Z"})
    };
    bench.ask(V1_6, "CP1", "StatusNotification", status("Available"));
    bench.outputs();
    bench.ask(V1_6, "CP1", "StatusNotification", status("Available"));
    assert_eq!(bench.outputs(), [], "nothing has changed");
    bench.ask(V1_6, "CP1", "StatusNotification", status("Charging"));
    bench.ask(
        V1_6,
        "CP1",
        "FirmwareStatusNotification",
        json!({"status": "Downloading"}),
    );
    let station = bench.csms.station("CP1").unwrap();
    assert_eq!(station.connectors.len(), 1);
    assert_eq!(station.connectors[0].status, "Charging");
    assert_eq!(station.reports["FirmwareStatusNotification"], "Downloading");
}

#[test]
fn what_cannot_be_answered_is_refused_with_the_right_code() {
    let mut bench = Bench::new();
    for (version, action, payload, code) in [
        (V1_6, "Oops", json!({}), ErrorCode::NotImplemented),
        (
            V1_6,
            "Reset",
            json!({"type": "Soft"}),
            ErrorCode::NotSupported,
        ),
        (
            V2_0_1,
            "Reset",
            json!({"type": "OnIdle"}),
            ErrorCode::NotSupported,
        ),
        (
            V2_1,
            "Reset",
            json!({"type": "OnIdle"}),
            ErrorCode::NotSupported,
        ),
        (
            V1_6,
            "Authorize",
            json!({"idTag": 5}),
            ErrorCode::TypeConstraintViolation,
        ),
        (
            V2_0_1,
            "Heartbeat",
            json!({"x": 5}),
            ErrorCode::FormatViolation,
        ),
    ] {
        let refusal = bench.try_ask(version, "CP1", action, payload).unwrap_err();
        assert_eq!(refusal.code, code, "{version} {action}");
        assert!(
            serde_json::from_str::<Value>(&refusal.details)
                .unwrap()
                .is_object()
        );
    }
    let lenient = bench.csms.answer(
        now(),
        V1_6,
        Decoding::Lenient,
        "CP1",
        "Authorize",
        r#"{"idTag":5,"extra":1}"#,
    );
    assert_eq!(lenient.unwrap(), r#"{"idTagInfo":{"status":"Invalid"}}"#);
}

/// Every action that a station may send gets a response that its schema allows.
#[test]
fn every_request_of_a_station_is_answered() {
    use ocpp_types::Sender;
    fn check<P: Protocol>(examples: &[(&str, Value)]) {
        let mut bench = Bench::new();
        let mut answered = 0;
        for action in P::ACTIONS {
            let info = P::info(*action);
            if info.sender == Sender::Csms || !info.has_response {
                continue;
            }
            let given = examples.iter().find(|(name, _)| *name == info.name);
            let payload = given.map_or(json!({}), |(_, payload)| payload.clone());
            let answer = bench.try_ask(P::VERSION, "CP1", info.name, payload);
            let answer = answer.unwrap_or_else(|error| panic!("{} {error}", info.name));
            assert!(
                P::decode_response(*action, &answer).is_ok(),
                "{} {answer}",
                info.name
            );
            answered += 1;
        }
        assert!(answered >= 14);
    }
    check::<ocpp_types::v1_6::Protocol>(&super::examples::of_1_6());
    check::<ocpp_types::v2_0_1::Protocol>(&super::examples::of_2_0_1());
    check::<ocpp_types::v2_1::Protocol>(&super::examples::of_2_1());
}

#[test]
fn what_was_stored_can_be_restored() {
    let mut bench = Bench::new();
    bench.ask(
        V1_6,
        "CP1",
        "BootNotification",
        json!({"chargePointVendor": "V", "chargePointModel": "M"}),
    );
    bench.start(1, "A1", 0);
    bench.start(2, "A2", 0);
    let reserve = json!({"connectorId": 1, "expiryDate": "2024-05-15T13:00:00Z", "idTag": "A1",
                         "reservationId": 5});
    bench.called(V1_6, "ReserveNow", reserve, json!({"status": "Accepted"}));
    bench.csms.delete_token("A2");
    let mut records = BTreeMap::new();
    for output in bench.outputs() {
        match output {
            Output::Store { table, key, record } => {
                records.insert((table.name(), key), (table, record));
            }
            Output::Erase { table, key } => {
                records.remove(&(table.name(), key));
            }
        }
    }
    let mut again = Csms::new(Config::default());
    for ((_, key), (table, record)) in &records {
        again.restore(*table, key, record).unwrap();
    }
    let mut again = Bench { csms: again };
    assert_eq!(again.csms.token("A2"), None);
    assert!(again.csms.transactions().eq(bench.csms.transactions()));
    assert!(
        again
            .csms
            .reservations(now())
            .eq(bench.csms.reservations(now()))
    );
    let station = again.csms.station("CP1").unwrap();
    assert_eq!(station.registration, Some(Registration::Accepted));
    assert_eq!(
        again.start(2, "A1", 1)["idTagInfo"]["status"],
        "ConcurrentTx"
    );
    assert_eq!(
        again.start(1, "A1", 0)["transactionId"],
        1,
        "the same as before"
    );
    assert_eq!(
        again.start(9, "A1", 0)["transactionId"],
        4,
        "no number is used twice"
    );
    assert!(
        again
            .csms
            .restore(Table::Stations, "CP2", "nonsense")
            .is_err()
    );
}

#[test]
fn memory_is_bounded() {
    let mut bench = Bench::new();
    bench.csms.config.max_transactions = 3;
    bench.csms.config.max_connectors = 2;
    bench.csms.config.max_reservations = 2;
    bench.csms.config.max_stations = 2;
    bench.csms.config.max_tokens = 3;
    for n in 0..10 {
        bench.start(n, "A1", 0);
        bench.ask(
            V1_6,
            "CP1",
            "StatusNotification",
            json!({"connectorId": n, "errorCode": "NoError", "status": "Available"}),
        );
        let reserve = json!({"connectorId": 1, "expiryDate": "2024-05-15T13:00:00Z", "idTag": "A1",
                             "reservationId": n});
        bench.called(V1_6, "ReserveNow", reserve, json!({"status": "Accepted"}));
        let _ = bench.csms.put_token(&n.to_string(), accepted());
        let _ = bench.try_ask(V1_6, &n.to_string(), "Heartbeat", json!({}));
    }
    assert_eq!(bench.csms.transactions().count(), 3);
    assert_eq!((bench.csms.by_id.len(), bench.csms.open.len()), (3, 3));
    assert_eq!(bench.csms.station("CP1").unwrap().connectors.len(), 2);
    assert_eq!(bench.csms.reservations(now()).count(), 2);
    assert_eq!(bench.csms.stations().count(), 2);
    assert_eq!(bench.csms.tokens.len(), 3);
    let refusal = bench
        .try_ask(V1_6, "one too many", "Heartbeat", json!({}))
        .unwrap_err();
    assert_eq!(refusal.code, ErrorCode::InternalError);
}
