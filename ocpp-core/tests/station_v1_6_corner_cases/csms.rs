//! A CSMS that knows less than the station, is silent, or says one thing and another (1.6 sections 3.5, 3.7, 5.13, 5.17).

use ocpp_core::station::{Input, Output};

use super::*;

#[test]
fn a_csms_without_the_whitepaper_does_not_delay_transactions() {
    for code in ["NotImplemented", "NotSupported", "InternalError"] {
        let refuse = move |action: &str, _: &Value| {
            (action == "SecurityEventNotification").then_some(Answer::Refuse(code))
        };
        let mut bench = Bench::new(config(1), but(refuse));
        bench.start();
        bench.present(1, "TAG1");
        bench.plug(1, 1);
        let calls = bench.all_calls();
        let start = calls.iter().find(|call| call.action == "StartTransaction");
        assert_eq!(start.map(|call| call.at), Some(0.0), "{code}");
        bench.run(600);
        let events = 1 + count(&mut bench, "SecurityEventNotification");
        let expected = if code == "InternalError" { 3 } else { 1 };
        assert_eq!(events, expected, "{code}");
        let stop = json!({"transactionId": 1001});
        assert_eq!(
            status(&mut bench, "RemoteStopTransaction", stop),
            "Accepted"
        );
    }
}

#[test]
fn a_dead_link_without_pings_is_renewed_before_a_message_is_blamed() {
    let silent = std::rc::Rc::new(std::cell::Cell::new(false));
    let flag = silent.clone();
    let mut bench = Bench::new(
        with(config(1), "WebSocketPingInterval", "0"),
        but(move |_, _| flag.get().then_some(Answer::Silence)),
    );
    bench.start();
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.run(30);
    bench.all_calls();
    bench.outputs.clear();
    silent.set(true);
    bench.present(1, "TAG1");
    bench.run(31);
    let connects = |bench: &Bench| {
        let connects = bench
            .outputs
            .iter()
            .filter(|o| matches!(o, Output::Connect(_)));
        connects.count()
    };
    assert_eq!(
        connects(&bench),
        1,
        "the first silence renews the connection"
    );
    bench.run(1_000);
    assert_eq!(
        connects(&bench),
        3,
        "then each attempt that counts has a link that was made for it"
    );
    let dropped =
        |o: &Output| matches!(o, Output::Dropped { action, .. } if action == "StopTransaction");
    assert!(
        bench.outputs.iter().any(dropped),
        "a poisoned message does not block for ever"
    );
    // Once sent for the link, then as often as TransactionMessageAttempts says.
    assert_eq!(count(&mut bench, "StopTransaction"), 1 + 3);
}

#[test]
fn with_pings_a_silent_csms_has_failed_to_process_a_message() {
    let silent =
        |action: &str, _: &Value| (action == "StartTransaction").then_some(Answer::Silence);
    let mut bench = Bench::new(config(1), but(silent));
    bench.start();
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.outputs.clear();
    bench.run(600);
    assert!(
        !bench
            .outputs
            .iter()
            .any(|o| matches!(o, Output::Connect(_)))
    );
    assert_eq!(count(&mut bench, "StartTransaction"), 3);
}

#[test]
fn who_is_refused_an_answer_does_not_charge_for_nothing() {
    let broken = |action: &str, _: &Value| {
        (action == "Authorize").then_some(Answer::Refuse("InternalError"))
    };
    let allow = with(config(1), "AllowOfflineTxForUnknownId", "true");
    let mut bench = Bench::new(allow, but(broken));
    bench.start();
    bench.plug(1, 1);
    bench.present(1, "STRANGER");
    assert_eq!(connector(&bench, 1), "Preparing");
    // Whom the list knows may charge all the same.
    let list = json!({"listVersion": 1, "updateType": "Full",
        "localAuthorizationList": [listed("KNOWN", "G")]});
    assert_eq!(status(&mut bench, "SendLocalList", list), "Accepted");
    bench.present(1, "KNOWN");
    assert_eq!(connector(&bench, 1), "Charging");
}

#[test]
fn a_csms_that_contradicts_its_list_is_told() {
    let blocked = |action: &str, _: &Value| {
        (action == "Authorize")
            .then(|| Answer::Respond(json!({"idTagInfo": {"status": "Blocked"}})))
    };
    let mut bench = Bench::new(config(1), but(blocked));
    bench.start();
    let list = |version| {
        json!({"listVersion": version, "updateType": "Full",
        "localAuthorizationList": [listed("KNOWN", "G")]})
    };
    assert_eq!(status(&mut bench, "SendLocalList", list(1)), "Accepted");
    bench.calls();
    bench.present(1, "KNOWN");
    let told = last(&mut bench, "StatusNotification");
    assert_eq!(
        [&told["connectorId"], &told["errorCode"], &told["status"]],
        [&json!(0), &json!("LocalListConflict"), &json!("Available")]
    );
    assert_eq!(status(&mut bench, "SendLocalList", list(2)), "Accepted");
    let told = last(&mut bench, "StatusNotification");
    assert_eq!(
        [&told["connectorId"], &told["errorCode"]],
        [&json!(0), &json!("NoError")]
    );
}

#[test]
fn a_reservation_ends_when_its_connector_is_unavailable_or_faulted() {
    let reserve = |bench: &mut Bench, connector: u32| {
        let payload = json!({"connectorId": connector, "expiryDate": bench.utc_in(600),
            "idTag": "A", "reservationId": connector + 1});
        status(bench, "ReserveNow", payload)
    };
    let cancel = |bench: &mut Bench, id: u32| {
        status(bench, "CancelReservation", json!({"reservationId": id}))
    };
    let mut bench = booted(config(2));
    assert_eq!(reserve(&mut bench, 1), "Accepted");
    for (kind, expected) in [("Inoperative", "Unavailable"), ("Operative", "Available")] {
        let change = json!({"connectorId": 1, "type": kind});
        assert_eq!(status(&mut bench, "ChangeAvailability", change), "Accepted");
        assert_eq!(connector(&bench, 1), expected);
    }
    assert_eq!(cancel(&mut bench, 2), "Rejected");
    assert_eq!(reserve(&mut bench, 2), "Accepted");
    let at = ocpp_core::station::ConnectorId::new(2, 1);
    let fault = ocpp_core::station::Fault::new(ocpp_core::station::FaultCode::GroundFailure);
    for fault in [Some(fault), None] {
        bench.input(Input::Fault {
            at: Some(at),
            fault,
        });
    }
    assert_eq!(connector(&bench, 2), "Available");
    assert_eq!(cancel(&mut bench, 3), "Rejected");
}

#[test]
fn a_connector_that_is_promised_cannot_be_reserved_for_another() {
    let reserve = |bench: &mut Bench, connector: u32, id: u32| {
        let payload = json!({"connectorId": connector, "expiryDate": bench.utc_in(600),
            "idTag": format!("TAG{id}"), "reservationId": id});
        status(bench, "ReserveNow", payload)
    };
    let mut bench = booted(config(2));
    assert_eq!(reserve(&mut bench, 0, 1), "Accepted");
    assert_eq!(reserve(&mut bench, 1, 2), "Accepted");
    assert_eq!(reserve(&mut bench, 2, 3), "Occupied");
    assert_eq!(reserve(&mut bench, 0, 4), "Occupied");
}

#[test]
fn a_trigger_ignores_a_connector_that_it_has_nothing_to_do_with() {
    let trigger = |message: &str, connector: u32| json!({"requestedMessage": message, "connectorId": connector});
    let mut bench = booted(config(1));
    assert_eq!(
        status(&mut bench, "TriggerMessage", trigger("Heartbeat", 99)),
        "Accepted"
    );
    assert_eq!(count(&mut bench, "Heartbeat"), 1);
    assert_eq!(
        status(
            &mut bench,
            "TriggerMessage",
            trigger("StatusNotification", 99)
        ),
        "Rejected"
    );
    let extended = trigger("FirmwareStatusNotification", 99);
    assert_eq!(
        status(&mut bench, "ExtendedTriggerMessage", extended),
        "Accepted"
    );
}

#[test]
fn a_trigger_without_connector_asks_every_meter() {
    let mut station = config(2);
    station.main_meter = true;
    let mut bench = booted(station);
    let trigger = json!({"requestedMessage": "MeterValues"});
    assert_eq!(status(&mut bench, "TriggerMessage", trigger), "Accepted");
    let calls = bench.calls();
    let connectors: Vec<_> = calls
        .iter()
        .map(|call| call.payload["connectorId"].clone())
        .collect();
    assert_eq!(connectors, [json!(0), json!(1), json!(2)]);
}

#[test]
fn news_that_the_csms_refuses_leave_room_for_transactions() {
    let refuse =
        |action: &str, _: &Value| (action == "LogStatusNotification").then_some(Answer::Silence);
    let mut small = with(config(1), "TransactionMessageAttempts", "100");
    small.limits.queue = 20;
    let mut bench = Bench::new(small, but(refuse));
    bench.start();
    for id in 0..40 {
        let log = json!({"logType": "DiagnosticsLog", "requestId": id,
            "log": {"remoteLocation": "http://files/"}});
        bench.call("GetLog", log);
        bench.run(1);
    }
    assert!(bench.station.state().queued <= 5, "a quarter of the queue");
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    // The one call under way has to time out first.
    bench.run(31);
    assert_eq!(connector(&bench, 1), "Charging");
}

#[test]
fn nonsense_is_a_security_event_once_a_minute() {
    let mut bench = booted(config(1));
    bench.outputs.clear();
    let events = |bench: &Bench| {
        let events = bench.outputs.iter().filter(|o| {
            matches!(o, Output::SecurityEvent { kind, .. } if kind.name_1_6() == "InvalidMessages")
        });
        events.count()
    };
    for _ in 0..100 {
        bench.input(Input::Received("[2,".into()));
    }
    assert_eq!(events(&bench), 1);
    bench.run(61);
    bench.input(Input::Received("nonsense".into()));
    assert_eq!(events(&bench), 2);
}

#[test]
fn an_interval_beyond_the_bounds_becomes_the_nearest_one() {
    let mut bounded = config(1);
    bounded.limits.heartbeat_interval = ocpp_core::station::Range::new(60, 100);
    let boot = |action: &str, _: &Value| {
        (action == "BootNotification").then(|| {
            Answer::Respond(json!({"status": "Accepted", "currentTime": "now", "interval": 5}))
        })
    };
    let mut bench = Bench::new(bounded, but(boot));
    bench.start();
    assert_eq!(bench.station.variable("HeartbeatInterval"), Some("60"));
}

#[test]
fn a_reset_is_not_put_off_by_another_nor_made_softer() {
    let mut bench = booted(config(1));
    bench.answer_with(but(|action, _| {
        (action == "StopTransaction").then_some(Answer::Silence)
    }));
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.outputs.clear();
    assert_eq!(
        status(&mut bench, "Reset", json!({"type": "Hard"})),
        "Accepted"
    );
    bench.run(3);
    assert_eq!(
        status(&mut bench, "Reset", json!({"type": "Soft"})),
        "Accepted"
    );
    bench.run(3);
    let reboots: Vec<_> = bench
        .outputs
        .iter()
        .filter_map(|o| match o {
            Output::Reboot { hard } => Some(*hard),
            _ => None,
        })
        .collect();
    assert_eq!(reboots, [true]);
}

#[test]
fn the_application_hears_of_keys_that_are_its_own() {
    let mut own = config(1);
    own.features.dimmer = true;
    let key = |key: &str, read_only| ocpp_core::station::VendorKey {
        key: key.into(),
        value: "first".into(),
        read_only,
    };
    own.vendor_keys = vec![key("Greeting", false), key("Colour", true)];
    let mut bench = booted(own);
    let change = |key: &str, value: &str| json!({"key": key, "value": value});
    for (key, value, expected) in [
        ("LightIntensity", "40", "Accepted"),
        ("LightIntensity", "101", "Rejected"),
        ("BlinkRepeat", "1", "NotSupported"),
        ("greeting", "Hello", "Accepted"),
        ("Colour", "green", "Rejected"),
        (
            "AuthorizationKey",
            "00112233445566778899aabbccddeeff",
            "Accepted",
        ),
    ] {
        let answer = status(&mut bench, "ChangeConfiguration", change(key, value));
        assert_eq!(answer, expected, "{key}");
    }
    let told = bench.outputs.iter().filter_map(|output| match output {
        Output::VariableChanged { key, value } => Some(format!("{key}={value}")),
        _ => None,
    });
    let told: Vec<_> = told.collect();
    assert_eq!(told, ["LightIntensity=40", "Greeting=Hello"], "no secrets");
    let secret = format!("{:?}", bench.outputs);
    assert!(!secret.contains("00112233"), "nor in logs");
}

#[test]
fn impossible_keys_and_protocols_are_no_configuration() {
    let mut long = config(1);
    long.vendor_keys = vec![ocpp_core::station::VendorKey {
        key: "K".repeat(51),
        value: String::new(),
        read_only: false,
    }];
    let error = long.check().unwrap_err().to_string();
    assert!(error.contains("1 to 50 characters"), "{error}");
    let mut gopher = config(1);
    gopher.file_transfer = vec!["GOPHER".into()];
    let error = gopher.check().unwrap_err().to_string();
    assert!(error.contains("GOPHER"), "{error}");
}
