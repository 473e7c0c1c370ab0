//! The 1.6 station in virtual time, against a scripted CSMS. Test case ids are those of the OCPP 1.6 certification.

#![allow(missing_docs, clippy::unwrap_used)]

mod kit_v1_6;

use kit_v1_6::{but, status};
use ocpp_core::Version;
use ocpp_core::station::{
    AuthorizationStatus, CableState, ConnectorConfig, ConnectorId, EvState, EvseConfig, Fault,
    FaultCode, Input, JobEvent, JobFailure, Output, Registration, StationConfig, TokenEffect,
};
use ocpp_core::testing::station::{Answer, Bench, friendly_v1_6};
use serde_json::{Value, json};

fn config(connectors: u32) -> StationConfig {
    let mut config = StationConfig::new(Version::V1_6, "Vendor", "Model", connectors);
    config.features.unsigned_firmware = true;
    config
        .defaults
        .push(("MeterValueSampleInterval".into(), "0".into()));
    config
}

fn sockets(connectors: u32) -> StationConfig {
    let mut config = config(connectors);
    config.evses = (0..connectors)
        .map(|_| EvseConfig::new(vec![ConnectorConfig::socket()]))
        .collect();
    config
}

fn booted_with(config: StationConfig) -> Bench {
    let mut bench = Bench::new(config, friendly_v1_6());
    bench.start();
    bench.calls();
    bench
}

fn booted() -> Bench {
    booted_with(config(1))
}

fn charging_with(config: StationConfig) -> Bench {
    let mut bench = booted_with(config);
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    assert_eq!(bench.station.state().connectors[0].status, "Charging");
    bench.calls();
    bench.outputs.clear();
    bench
}

fn charging() -> Bench {
    charging_with(config(1))
}

/// Sets a key as the CSMS and expects it to be accepted.
fn set(bench: &mut Bench, key: &str, value: &str) {
    let payload = json!({"key": key, "value": value});
    let answer = bench.call("ChangeConfiguration", payload);
    assert_eq!(answer, Some(Ok(json!({"status": "Accepted"}))), "{key}");
}

fn invalid() -> Answer {
    Answer::Respond(json!({"idTagInfo": {"status": "Invalid"}}))
}

#[test]
fn tc_001_a_rejected_station_waits_registers_again_and_beats() {
    let mut boots = 0;
    let mut bench = Bench::new(
        config(2),
        but(move |action, _| {
            (action == "BootNotification").then(|| {
                boots += 1;
                let status = if boots == 1 { "Rejected" } else { "Accepted" };
                Answer::Respond(json!({"status": status, "currentTime": "now", "interval": 20}))
            })
        }),
    );
    bench.start();
    bench.run(19);
    assert_eq!(bench.story(), ["BootNotification"]);
    assert_eq!(
        bench.station.state().registration,
        Some(Registration::Rejected)
    );
    assert_eq!(
        status(&mut bench, "GetConfiguration", json!({})),
        "SecurityError"
    );
    bench.run(1);
    let story = [
        "BootNotification",
        "Status 0 Available",
        "Status 1 Available",
        "Status 2 Available",
    ];
    assert_eq!(bench.story(), story);
    bench.run(60);
    let beats: Vec<f64> = bench.all_calls().iter().map(|call| call.at).collect();
    assert_eq!(beats, [40.0, 60.0, 80.0]);
}

#[test]
fn tc_002_a_pending_station_obeys_and_sends_nothing_of_its_own() {
    let mut boots = 0;
    let mut bench = Bench::new(
        config(1),
        but(move |action, _| {
            (action == "BootNotification").then(|| {
                boots += 1;
                let status = if boots == 1 { "Pending" } else { "Accepted" };
                Answer::Respond(json!({"status": status, "currentTime": "now", "interval": 30}))
            })
        }),
    );
    bench.start();
    assert_eq!(bench.story(), ["BootNotification"]);
    set(&mut bench, "MeterValueSampleInterval", "17");
    bench.plug(1, 1);
    bench.present(1, "TAG1");
    assert_eq!(
        status(&mut bench, "RemoteStartTransaction", json!({"idTag": "A"})),
        "Rejected"
    );
    bench.run(29);
    assert_eq!(bench.story(), [""; 0]);
    let trigger = json!({"requestedMessage": "StatusNotification", "connectorId": 1});
    assert_eq!(status(&mut bench, "TriggerMessage", trigger), "Accepted");
    assert_eq!(bench.story(), ["Status 1 Preparing"]);
    bench.run(1);
    assert_eq!(
        bench.story(),
        [
            "BootNotification",
            "Status 0 Available",
            "Status 1 Preparing"
        ]
    );
}

#[test]
fn a_mere_reconnect_is_no_new_boot() {
    let mut bench = booted();
    bench.network(false);
    bench.run(100);
    bench.network(true);
    bench.run(400);
    assert!(bench.is_connected());
    assert_eq!(bench.story(), [""; 0]);
}

#[test]
fn tc_003_plug_in_first() {
    let mut bench = booted();
    bench.plug(1, 1);
    assert_eq!(bench.story(), ["Status 1 Preparing"]);
    bench.present(1, "TAG1");
    let calls = bench.calls();
    assert_eq!(calls[0].payload, json!({"idTag": "TAG1"}));
    let start = &calls[1].payload;
    assert_eq!(start["idTag"], "TAG1");
    assert_eq!(start["connectorId"], 1);
    assert_eq!(start["meterStart"], 1000);
    assert_eq!(start.get("reservationId"), None);
    assert_eq!(calls[2].payload["status"], "Charging");
    assert_eq!(calls.len(), 3);
    let at = ConnectorId::new(1, 1);
    assert!(
        bench
            .outputs
            .contains(&Output::Contactor { at, closed: true })
    );
}

#[test]
fn tc_004_1_identification_first_and_stopped_by_the_same_token() {
    let mut bench = booted();
    bench.present(1, "TAG1");
    assert_eq!(bench.story(), ["Authorize", "Status 1 Preparing"]);
    bench.plug(1, 1);
    assert_eq!(bench.story(), ["StartTransaction", "Status 1 Charging"]);
    bench.run(3_600);
    bench.present(1, "tag1");
    let calls = bench.calls();
    let stop = &calls[0].payload;
    assert_eq!(stop["transactionId"], 1001);
    assert_eq!(stop["meterStop"], 4600);
    assert_eq!(stop["idTag"], "tag1");
    assert_eq!(stop["reason"], "Local");
    assert_eq!(stop.get("transactionData"), None);
    assert_eq!(calls[1].payload["status"], "Finishing");
    bench.unplug(1, 1);
    assert_eq!(bench.story(), ["Status 1 Available"]);
    let left: Vec<_> = bench
        .stored
        .keys()
        .filter(|key| key.contains("transaction"))
        .collect();
    assert_eq!(left, [""; 0], "nothing of it is kept");
}

#[test]
fn tc_004_2_an_authorization_without_a_cable_expires() {
    let mut bench = booted();
    set(&mut bench, "ConnectionTimeOut", "30");
    bench.present(1, "TAG1");
    bench.run(29);
    assert_eq!(bench.story(), ["Authorize", "Status 1 Preparing"]);
    bench.run(1);
    assert_eq!(bench.story(), ["Status 1 Available"]);
    bench.plug(1, 1);
    assert_eq!(bench.story(), ["Status 1 Preparing"]);
}

#[test]
fn tc_005_2_unplugged_at_the_car_with_a_detachable_cable() {
    let mut bench = charging_with(sockets(1));
    set(&mut bench, "UnlockConnectorOnEVSideDisconnect", "false");
    bench.cable(ConnectorId::new(1, 1), CableState::InSocket);
    assert_eq!(
        bench.story(),
        ["StopTransaction EVDisconnected", "Status 1 Finishing"]
    );
    assert!(
        !bench
            .outputs
            .contains(&Output::Unlock(ConnectorId::new(1, 1)))
    );
    assert_eq!(
        status(&mut bench, "UnlockConnector", json!({"connectorId": 1})),
        "Unlocked"
    );
    bench.unplug(1, 1);
    assert_eq!(bench.story(), ["Status 1 Available"]);
}

#[test]
fn tc_005_3_unplugged_at_the_car_without_stopping() {
    let mut bench = charging_with(sockets(1));
    set(&mut bench, "StopTransactionOnEVSideDisconnect", "false");
    bench.cable(ConnectorId::new(1, 1), CableState::InSocket);
    let calls = bench.calls();
    assert_eq!(calls[0].payload["status"], "SuspendedEV");
    assert_eq!(calls[0].payload["info"], "EV side disconnected");
    bench.plug(1, 1);
    assert_eq!(bench.story(), ["Status 1 Charging"]);
    bench.cable(ConnectorId::new(1, 1), CableState::InSocket);
    bench.calls();
    let stop = json!({"transactionId": 1001});
    assert_eq!(
        status(&mut bench, "RemoteStopTransaction", stop),
        "Accepted"
    );
    assert_eq!(
        bench.story(),
        ["StopTransaction Remote", "Status 1 Finishing"]
    );
}

#[test]
fn tc_007_1_a_cached_token_starts_without_asking_and_tc_061_not_after_the_cache_is_cleared() {
    let mut bench = booted();
    set(&mut bench, "LocalPreAuthorize", "true");
    bench.present(1, "TAG1");
    assert_eq!(bench.story(), ["Authorize", "Status 1 Preparing"]);
    bench.present(1, "TAG1");
    assert_eq!(bench.story(), ["Status 1 Available"]);
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    assert_eq!(
        bench.story(),
        [
            "Status 1 Preparing",
            "StartTransaction",
            "Status 1 Charging"
        ]
    );
    bench.present(1, "TAG1");
    bench.unplug(1, 1);
    assert_eq!(status(&mut bench, "ClearCache", json!({})), "Accepted");
    bench.calls();
    bench.present(1, "TAG1");
    assert_eq!(bench.story(), ["Authorize", "Status 1 Preparing"]);
}

#[test]
fn tc_008_a_listed_token_starts_without_asking() {
    let mut bench = booted();
    set(&mut bench, "LocalPreAuthorize", "true");
    set(&mut bench, "AuthorizationCacheEnabled", "false");
    let list = json!({"listVersion": 1, "updateType": "Full", "localAuthorizationList":
        [{"idTag": "TAG1", "idTagInfo": {"status": "Accepted"}}]});
    assert_eq!(status(&mut bench, "SendLocalList", list), "Accepted");
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    assert_eq!(
        bench.story(),
        [
            "Status 1 Preparing",
            "StartTransaction",
            "Status 1 Charging"
        ]
    );
}

#[test]
fn tc_010_and_tc_011_remote_start_with_and_without_authorization() {
    for ask in [false, true] {
        let mut bench = booted();
        set(
            &mut bench,
            "AuthorizeRemoteTxRequests",
            if ask { "true" } else { "false" },
        );
        set(&mut bench, "ConnectionTimeOut", "30");
        let start = json!({"connectorId": 1, "idTag": "TAG1"});
        let asked: &[&str] = if ask { &["Authorize"] } else { &[] };

        assert_eq!(
            status(&mut bench, "RemoteStartTransaction", start.clone()),
            "Accepted"
        );
        assert_eq!(bench.story(), [asked, &["Status 1 Preparing"]].concat());
        bench.run(30);
        assert_eq!(bench.story(), ["Status 1 Available"]);

        bench.plug(1, 1);
        assert_eq!(bench.story(), ["Status 1 Preparing"]);
        assert_eq!(
            status(&mut bench, "RemoteStartTransaction", start),
            "Accepted"
        );
        let rest: &[&str] = &["StartTransaction", "Status 1 Charging"];
        assert_eq!(bench.story(), [asked, rest].concat());
    }
}

#[test]
fn tc_012_tc_026_tc_027_tc_028_remote_commands_that_fit_and_that_do_not() {
    let mut bench = charging();
    let start = |connector| json!({"connectorId": connector, "idTag": "TAG2"});
    assert_eq!(
        status(&mut bench, "RemoteStartTransaction", start(1)),
        "Rejected"
    );
    assert_eq!(
        status(&mut bench, "RemoteStartTransaction", start(0)),
        "Rejected"
    );
    assert_eq!(
        status(&mut bench, "RemoteStartTransaction", start(7)),
        "Rejected"
    );
    let stop = |id| json!({"transactionId": id});
    assert_eq!(
        status(&mut bench, "RemoteStopTransaction", stop(7)),
        "Rejected"
    );
    assert_eq!(bench.story(), [""; 0]);
    assert_eq!(
        status(&mut bench, "RemoteStopTransaction", stop(1001)),
        "Accepted"
    );
    assert_eq!(
        bench.story(),
        ["StopTransaction Remote", "Status 1 Finishing"]
    );
    assert_eq!(
        status(&mut bench, "RemoteStopTransaction", stop(1001)),
        "Rejected"
    );
}

#[test]
fn tc_013_tc_014_an_unavailable_connector_stays_so_over_resets() {
    for kind in ["Hard", "Soft"] {
        let mut bench = booted_with(config(2));
        let change = |kind| json!({"connectorId": 1, "type": kind});
        assert_eq!(
            status(&mut bench, "ChangeAvailability", change("Inoperative")),
            "Accepted"
        );
        assert_eq!(bench.story(), ["Status 1 Unavailable"]);
        assert_eq!(
            status(&mut bench, "Reset", json!({"type": kind})),
            "Accepted"
        );
        bench.run(10);
        let hard = kind == "Hard";
        assert!(bench.outputs.contains(&Output::Reboot { hard }));
        let story = [
            "BootNotification",
            "Status 0 Available",
            "Status 1 Unavailable",
            "Status 2 Available",
        ];
        assert_eq!(bench.story(), story);
        bench.present(1, "TAG1");
        assert_eq!(bench.story(), [""; 0], "nobody can charge there");
        assert_eq!(
            status(&mut bench, "ChangeAvailability", change("Operative")),
            "Accepted"
        );
        assert_eq!(bench.story(), ["Status 1 Available"]);
    }
}

#[test]
fn tc_015_tc_016_a_reset_ends_transactions_first() {
    for (kind, reason) in [("Hard", "HardReset"), ("Soft", "SoftReset")] {
        let mut bench = charging();
        assert_eq!(
            status(&mut bench, "Reset", json!({"type": kind})),
            "Accepted"
        );
        bench.run(60);
        let stop = format!("StopTransaction {reason}");
        let story = [
            stop.as_str(),
            "Status 1 Finishing",
            "BootNotification",
            "Status 0 Available",
            "Status 1 Preparing",
        ];
        assert_eq!(bench.story(), story);
    }
}

#[test]
fn tc_015_a_hard_reset_while_the_csms_is_deaf_reports_the_end_after_it() {
    let mut bench = charging();
    bench.answer_with(|_, _| Answer::Silence);
    assert_eq!(
        status(&mut bench, "Reset", json!({"type": "Hard"})),
        "Accepted"
    );
    bench.run(3);
    bench.answer_with(friendly_v1_6());
    bench.run(60);
    let stops: Vec<_> = bench
        .calls()
        .into_iter()
        .filter(|c| c.action == "StopTransaction")
        .collect();
    // The first went out unanswered before the restart.
    assert_eq!(stops.len(), 2);
    assert_eq!(stops[0].payload, stops[1].payload);
    assert_eq!(stops[1].payload["transactionId"], 1001);
    assert_eq!(stops[1].payload["reason"], "HardReset");
}

#[test]
fn tc_017_tc_018_unlocking() {
    let unlock = |connector| json!({"connectorId": connector});
    let mut bench = charging();
    assert_eq!(
        status(&mut bench, "UnlockConnector", unlock(1)),
        "NotSupported"
    );
    assert_eq!(
        status(&mut bench, "UnlockConnector", unlock(2)),
        "NotSupported"
    );
    assert_eq!(
        status(&mut bench, "UnlockConnector", unlock(0)),
        "NotSupported"
    );
    assert_eq!(bench.story(), [""; 0]);

    let mut bench = booted_with(sockets(1));
    assert_eq!(status(&mut bench, "UnlockConnector", unlock(1)), "Unlocked");

    let mut bench = charging_with(sockets(1));
    bench.locks_fail = true;
    assert_eq!(
        status(&mut bench, "UnlockConnector", unlock(1)),
        "UnlockFailed"
    );
    // 5.18: the transaction is finished first.
    assert_eq!(
        bench.story(),
        ["StopTransaction UnlockCommand", "Status 1 Finishing"]
    );
    bench.locks_fail = false;
    assert_eq!(status(&mut bench, "UnlockConnector", unlock(1)), "Unlocked");
    bench.unplug(1, 1);
    assert_eq!(bench.story(), ["Status 1 Available"]);
}

#[test]
fn tc_019_tc_021_tc_040_configuration() {
    let mut bench = booted();
    let asked = json!({"key": ["SupportedFeatureProfiles", "Nonsense"]});
    let answer = bench.call("GetConfiguration", asked).unwrap().unwrap();
    let profiles = answer["configurationKey"][0]["value"].as_str().unwrap();
    assert!(profiles.starts_with("Core"));
    assert_eq!(answer["unknownKey"], json!(["Nonsense"]));
    let all = bench.call("GetConfiguration", json!({})).unwrap().unwrap();
    assert_eq!(all.get("unknownKey"), None);
    let all = all["configurationKey"].as_array().unwrap();
    let access = |key: &str| {
        let entry = all.iter().find(|entry| entry["key"] == key);
        entry.unwrap_or_else(|| panic!("{key}"))["readonly"]
            .as_bool()
            .unwrap()
    };
    for key in [
        "GetConfigurationMaxKeys",
        "NumberOfConnectors",
        "SupportedFeatureProfiles",
    ] {
        assert!(access(key), "{key}");
    }
    for key in [
        "ClockAlignedDataInterval",
        "ConnectionTimeOut",
        "ConnectorPhaseRotation",
        "HeartbeatInterval",
        "LocalAuthorizeOffline",
        "LocalPreAuthorize",
        "MeterValuesAlignedData",
        "MeterValuesSampledData",
        "MeterValueSampleInterval",
        "ResetRetries",
        "StopTransactionOnInvalidId",
        "StopTxnAlignedData",
        "StopTxnSampledData",
        "TransactionMessageAttempts",
        "TransactionMessageRetryInterval",
        "AuthorizeRemoteTxRequests",
        "StopTransactionOnEVSideDisconnect",
        "LocalAuthListEnabled",
    ] {
        assert!(!access(key), "{key}");
    }
    set(&mut bench, "metervaluesampleinterval", "42");
    assert_eq!(
        bench.station.variable("MeterValueSampleInterval"),
        Some("42")
    );
    let change = |key: &str, value: &str| json!({"key": key, "value": value});
    let mut change = |key, value| status(&mut bench, "ChangeConfiguration", change(key, value));
    assert_eq!(change("Testing", "true"), "NotSupported");
    assert_eq!(change("MeterValueSampleInterval", "-1"), "Rejected");
    assert_eq!(change("MeterValueSampleInterval", "ten"), "Rejected");
    assert_eq!(change("NumberOfConnectors", "5"), "Rejected");
    assert_eq!(change("LocalPreAuthorize", "yes"), "Rejected");
    assert_eq!(change("WebSocketPingInterval", "-5"), "Rejected");
    assert_eq!(
        change(
            "MeterValuesSampledData",
            "Energy.Active.Import.Register,RPM"
        ),
        "Rejected"
    );
    assert_eq!(
        change("MeterValuesSampledData", "Voltage.L1-N, SoC"),
        "Accepted"
    );
    bench.power_cycle();
    assert_eq!(
        bench.station.variable("MeterValueSampleInterval"),
        Some("42")
    );
    assert_eq!(
        bench.station.variable("MeterValuesSampledData"),
        Some("Voltage.L1-N,SoC")
    );
}

#[test]
fn tc_023_4_a_refused_token_leads_to_nothing() {
    let mut bench = booted();
    bench.answer_with(but(|action, _| (action == "Authorize").then(invalid)));
    bench.present(1, "BAD");
    assert_eq!(bench.story(), ["Authorize"]);
    bench.plug(1, 1);
    bench.run(60);
    assert_eq!(bench.story(), ["Status 1 Preparing"]);
    let decided = bench.outputs.iter().find_map(|output| match output {
        Output::TokenDecided { status, effect, .. } => Some((*status, *effect)),
        _ => None,
    });
    assert_eq!(
        decided,
        Some((AuthorizationStatus::Invalid, TokenEffect::None))
    );
}

#[test]
fn tc_024_a_lock_that_fails_is_a_fault_and_no_transaction() {
    let mut bench = booted_with(sockets(1));
    bench.locks_fail = true;
    bench.present(1, "TAG1");
    bench.calls();
    bench.plug(1, 1);
    let calls = bench.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].payload["status"], "Faulted");
    assert_eq!(calls[0].payload["errorCode"], "ConnectorLockFailure");
    bench.unplug(1, 1);
    assert_eq!(bench.story(), ["Status 1 Available"]);
}

#[test]
fn tc_032_1_with_time_to_report_the_power_loss_is_reported_before() {
    let mut bench = charging();
    bench.input(Input::PowerFailing {
        time_to_report: true,
    });
    assert_eq!(
        bench.story(),
        ["StopTransaction PowerLoss", "Status 1 Finishing"]
    );
    bench.power_cycle();
    assert_eq!(
        bench.story(),
        [
            "BootNotification",
            "Status 0 Available",
            "Status 1 Preparing"
        ]
    );
}

#[test]
fn tc_032_2_without_warning_the_transaction_ends_after_the_restart_with_all_its_energy() {
    let mut bench = charging();
    set(&mut bench, "MeterValueSampleInterval", "600");
    bench.run(1_900);
    bench.calls();
    bench.power_cycle();
    let calls = bench.calls();
    let stop = calls
        .iter()
        .find(|call| call.action == "StopTransaction")
        .unwrap();
    assert_eq!(stop.payload["reason"], "PowerLoss");
    assert_eq!(stop.payload["transactionId"], 1001);
    assert_eq!(stop.payload["meterStop"], 2900);
    let story: Vec<_> = calls.iter().map(|c| c.action.clone()).collect();
    assert_eq!(story[0], "BootNotification", "nothing goes before it");
    assert_eq!(bench.station.state().connectors[0].status, "Finishing");
}

#[test]
fn a_station_that_resumes_goes_on_with_its_transaction() {
    let mut config = config(1);
    config.features.resume_transactions = true;
    let mut bench = charging_with(config);
    bench.run(600);
    bench.power_cycle();
    assert_eq!(
        bench.story(),
        [
            "BootNotification",
            "Status 0 Available",
            "Status 1 Charging"
        ]
    );
    bench.run(600);
    bench.present(1, "TAG1");
    let calls = bench.calls();
    assert_eq!(calls[0].payload["meterStop"], 2200);
    assert_eq!(calls[0].payload["transactionId"], 1001);
}

#[test]
fn tc_034_unavailable_as_a_whole_over_a_power_cut() {
    let mut bench = booted_with(config(2));
    let change = json!({"connectorId": 0, "type": "Inoperative"});
    assert_eq!(status(&mut bench, "ChangeAvailability", change), "Accepted");
    let all = [
        "Status 0 Unavailable",
        "Status 1 Unavailable",
        "Status 2 Unavailable",
    ];
    assert_eq!(bench.story(), all);
    bench.power_cycle();
    assert_eq!(
        bench.story(),
        [&["BootNotification"][..], &all[..]].concat()
    );
}

#[test]
fn availability_is_scheduled_while_charging() {
    let mut bench = charging();
    let change = json!({"connectorId": 1, "type": "Inoperative"});
    assert_eq!(
        status(&mut bench, "ChangeAvailability", change),
        "Scheduled"
    );
    assert_eq!(bench.story(), [""; 0]);
    bench.unplug(1, 1);
    assert_eq!(
        bench.story(),
        ["StopTransaction EVDisconnected", "Status 1 Unavailable"]
    );
}

fn offline(bench: &mut Bench) {
    bench.network(false);
    bench.run(10);
}

fn online(bench: &mut Bench) {
    bench.network(true);
    bench.run(1_000);
    assert!(bench.is_connected());
}

#[test]
fn tc_036_meter_values_of_the_time_without_connection_arrive_in_order() {
    let mut bench = charging();
    set(&mut bench, "MeterValueSampleInterval", "10");
    bench.run(25);
    offline(&mut bench);
    bench.run(60);
    online(&mut bench);
    let calls = bench.calls();
    let times: Vec<i64> = calls
        .iter()
        .map(|call| {
            assert_eq!(call.action, "MeterValues");
            assert_eq!(call.payload["transactionId"], 1001);
            let time = call.payload["meterValue"][0]["timestamp"].as_str().unwrap();
            time.parse::<ocpp_core::time::DateTime>()
                .unwrap()
                .unix_seconds()
        })
        .collect();
    assert!(times.len() > 100);
    assert!(
        times.windows(2).all(|pair| pair[1] - pair[0] == 10),
        "{times:?}"
    );
}

#[test]
fn tc_037_1_and_tc_039_whole_transactions_without_connection() {
    let mut bench = booted();
    set(&mut bench, "AllowOfflineTxForUnknownId", "true");
    offline(&mut bench);
    bench.plug(1, 1);
    bench.present(1, "TAG1");
    bench.run(3_600);
    bench.present(1, "TAG1");
    bench.unplug(1, 1);
    bench.plug(1, 1);
    bench.present(1, "TAG2");
    bench.run(1_800);
    assert_eq!(bench.story(), [""; 0]);
    bench.power_cycle();
    online(&mut bench);
    let calls = bench.calls();
    let of = |action: &str| -> Vec<_> { calls.iter().filter(|c| c.action == action).collect() };
    let starts = of("StartTransaction");
    let stops = of("StopTransaction");
    assert_eq!((starts.len(), stops.len()), (2, 2));
    assert_eq!(starts[0].payload["idTag"], "TAG1");
    assert_eq!(starts[0].payload["timestamp"], "2024-05-15T12:00:10Z");
    assert_eq!(stops[0].payload["transactionId"], 1001);
    assert_eq!(stops[0].payload["meterStop"], 4600);
    assert_eq!(stops[0].payload["timestamp"], "2024-05-15T13:00:10Z");
    assert_eq!(starts[1].payload["idTag"], "TAG2");
    assert_eq!(stops[1].payload["transactionId"], 1002);
    assert_eq!(stops[1].payload["reason"], "PowerLoss");
}

#[test]
fn tc_037_2_and_3_an_offline_start_with_a_token_that_turns_out_to_be_invalid() {
    for stop in [false, true] {
        let mut bench = booted_with(sockets(1));
        set(&mut bench, "AllowOfflineTxForUnknownId", "true");
        set(
            &mut bench,
            "StopTransactionOnInvalidId",
            if stop { "true" } else { "false" },
        );
        offline(&mut bench);
        bench.plug(1, 1);
        bench.present(1, "BAD");
        bench.answer_with(but(|action, _| {
            let answer = json!({"transactionId": 7, "idTagInfo": {"status": "Invalid"}});
            (action == "StartTransaction").then_some(Answer::Respond(answer))
        }));
        online(&mut bench);
        let story: &[&str] = if stop {
            &[
                "StartTransaction",
                "Status 1 Charging",
                "StopTransaction DeAuthorized",
                "Status 1 Finishing",
            ]
        } else {
            &[
                "StartTransaction",
                "Status 1 Charging",
                "Status 1 SuspendedEVSE",
            ]
        };
        assert_eq!(bench.story(), story);
        let at = ConnectorId::new(1, 1);
        assert_eq!(
            bench
                .outputs
                .iter()
                .rfind(|output| matches!(output, Output::Contactor { .. })),
            Some(&Output::Contactor { at, closed: false })
        );
        let locked = bench.outlet(at).locked;
        assert_eq!(locked, Some(true), "until the owner comes");
        bench.present(1, "BAD");
        assert_eq!(bench.outlet(at).locked, Some(false));
    }
}

#[test]
fn an_invalid_token_gets_the_energy_that_the_operator_grants() {
    let mut bench = booted();
    set(&mut bench, "StopTransactionOnInvalidId", "false");
    set(&mut bench, "MaxEnergyOnInvalidId", "500");
    set(&mut bench, "MeterValueSampleInterval", "60");
    bench.answer_with(but(|action, _| {
        let answer = json!({"transactionId": 7, "idTagInfo": {"status": "Blocked"}});
        (action == "StartTransaction").then_some(Answer::Respond(answer))
    }));
    bench.present(1, "BAD");
    bench.plug(1, 1);
    assert_eq!(bench.station.state().connectors[0].status, "Charging");
    bench.run(490);
    assert_eq!(bench.station.state().connectors[0].status, "Charging");
    bench.run(60);
    assert_eq!(bench.station.state().connectors[0].status, "SuspendedEVSE");
}

#[test]
fn tc_041_a_faulted_connector_serves_nobody_and_recovers() {
    let mut bench = booted();
    let at = Some(ConnectorId::new(1, 1));
    let fault = Fault::new(FaultCode::GroundFailure);
    bench.input(Input::Fault {
        at,
        fault: Some(fault),
    });
    let calls = bench.calls();
    assert_eq!(calls[0].payload["status"], "Faulted");
    assert_eq!(calls[0].payload["errorCode"], "GroundFailure");
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    assert_eq!(bench.story(), [""; 0]);
    bench.input(Input::Fault { at, fault: None });
    assert_eq!(bench.story(), ["Status 1 Preparing"]);
}

#[test]
fn tc_042_tc_043_local_list_versions() {
    let mut bench = booted();
    let list = |kind: &str, version: i64, tags: Value| json!({"updateType": kind, "listVersion": version, "localAuthorizationList": tags});
    let entry = json!({"idTag": "A", "idTagInfo": {"status": "Accepted"}});
    let version = |bench: &mut Bench| {
        bench
            .call("GetLocalListVersion", json!({}))
            .unwrap()
            .unwrap()["listVersion"]
            .clone()
    };
    let empty = list("Full", 1, json!([]));
    assert_eq!(status(&mut bench, "SendLocalList", empty), "Accepted");
    assert_eq!(version(&mut bench), 0);
    let full = list("Full", 2, json!([entry]));
    assert_eq!(status(&mut bench, "SendLocalList", full), "Accepted");
    let more = list(
        "Differential",
        5,
        json!([{"idTag": "B", "idTagInfo": {"status": "Blocked"}}]),
    );
    assert_eq!(status(&mut bench, "SendLocalList", more), "Accepted");
    let late = list("Differential", 4, json!([{"idTag": "A"}]));
    assert_eq!(status(&mut bench, "SendLocalList", late), "VersionMismatch");
    bench.power_cycle();
    assert_eq!(version(&mut bench), 5);
    for bad in [json!([{"idTag": "A"}]), json!([entry, entry])] {
        let bad = list("Full", 6, bad);
        assert_eq!(status(&mut bench, "SendLocalList", bad), "Failed");
    }
    assert_eq!(version(&mut bench), 5);
    set(&mut bench, "LocalAuthListEnabled", "false");
    assert_eq!(version(&mut bench), -1);
    let any = list("Full", 7, json!([entry]));
    assert_eq!(status(&mut bench, "SendLocalList", any), "NotSupported");
}

fn reserve(bench: &mut Bench, connector: i64, tag: &str, id: i64) -> String {
    let expiry = bench.utc_in(600);
    let payload =
        json!({"connectorId": connector, "idTag": tag, "reservationId": id, "expiryDate": expiry});
    status(bench, "ReserveNow", payload)
}

#[test]
fn tc_046_a_reserved_connector_is_for_its_owner() {
    let mut bench = booted();
    assert_eq!(reserve(&mut bench, 1, "TAG1", 7), "Accepted");
    assert_eq!(bench.story(), ["Status 1 Reserved"]);
    bench.power_cycle();
    bench.calls();
    bench.present(1, "TAG2");
    assert_eq!(bench.story(), [""; 0]);
    bench.present(1, "TAG1");
    assert_eq!(bench.story(), ["Authorize", "Status 1 Preparing"]);
    bench.plug(1, 1);
    let calls = bench.calls();
    assert_eq!(calls[0].payload["reservationId"], 7);
    bench.unplug(1, 1);
    assert_eq!(
        bench.story(),
        ["StopTransaction EVDisconnected", "Status 1 Available"]
    );
}

#[test]
fn tc_047_tc_048_tc_051_tc_052_reservations_end_and_obstacles() {
    let mut bench = booted();
    assert_eq!(reserve(&mut bench, 1, "TAG1", 7), "Accepted");
    bench.run(599);
    assert_eq!(bench.story(), ["Status 1 Reserved"]);
    bench.run(1);
    assert_eq!(bench.story(), ["Status 1 Available"]);
    assert_eq!(reserve(&mut bench, 1, "TAG1", 8), "Accepted");
    assert_eq!(reserve(&mut bench, 1, "TAG2", 9), "Occupied");
    assert_eq!(
        status(&mut bench, "CancelReservation", json!({"reservationId": 9})),
        "Rejected"
    );
    assert_eq!(
        status(&mut bench, "CancelReservation", json!({"reservationId": 8})),
        "Accepted"
    );
    assert_eq!(bench.story(), ["Status 1 Reserved", "Status 1 Available"]);
    bench.plug(1, 1);
    assert_eq!(reserve(&mut bench, 1, "TAG1", 8), "Occupied");
    assert_eq!(reserve(&mut bench, 0, "TAG1", 8), "Occupied");
    bench.unplug(1, 1);
    let at = Some(ConnectorId::new(1, 1));
    bench.input(Input::Fault {
        at,
        fault: Some(Fault::new(FaultCode::OtherError)),
    });
    assert_eq!(reserve(&mut bench, 1, "TAG1", 8), "Faulted");
    assert_eq!(reserve(&mut bench, 0, "TAG1", 8), "Faulted");
    bench.input(Input::Fault { at, fault: None });
    status(
        &mut bench,
        "ChangeAvailability",
        json!({"connectorId": 0, "type": "Inoperative"}),
    );
    assert_eq!(reserve(&mut bench, 1, "TAG1", 8), "Unavailable");
    assert_eq!(reserve(&mut bench, 0, "TAG1", 8), "Unavailable");
}

#[test]
fn tc_049_a_reservation_of_the_station_keeps_the_last_free_connector() {
    let mut bench = booted_with(config(2));
    assert_eq!(reserve(&mut bench, 0, "TAG1", 7), "Accepted");
    assert_eq!(bench.story(), [""; 0], "two are free");
    bench.present(1, "TAG2");
    bench.plug(1, 1);
    assert_eq!(
        bench.story(),
        [
            "Authorize",
            "Status 1 Preparing",
            "Status 2 Reserved",
            "StartTransaction",
            "Status 1 Charging"
        ]
    );
    bench.present(2, "TAG3");
    assert_eq!(bench.story(), [""; 0]);
    bench.present(2, "TAG1");
    bench.plug(2, 1);
    let calls = bench.calls();
    let start = calls
        .iter()
        .find(|call| call.action == "StartTransaction")
        .unwrap();
    assert_eq!(start.payload["reservationId"], 7);
}

#[test]
fn tc_053_a_reservation_for_a_group_is_for_all_of_it() {
    let mut bench = booted();
    bench.answer_with(but(|action, _| {
        let info = json!({"idTagInfo": {"status": "Accepted", "parentIdTag": "PARENT"}});
        (action == "Authorize").then_some(Answer::Respond(info))
    }));
    let expiry = bench.utc_in(600);
    let payload = json!({"connectorId": 1, "idTag": "TAG1", "parentIdTag": "PARENT", "reservationId": 7, "expiryDate": expiry});
    assert_eq!(status(&mut bench, "ReserveNow", payload), "Accepted");
    bench.present(1, "TAG2");
    bench.plug(1, 1);
    let calls = bench.calls();
    let start = calls
        .iter()
        .find(|call| call.action == "StartTransaction")
        .unwrap();
    assert_eq!(start.payload["reservationId"], 7);
    assert_eq!(start.payload["idTag"], "TAG2");
}

#[test]
fn tc_054_tc_055_triggered_messages() {
    let mut bench = booted();
    let trigger = |message: &str, connector: i64| json!({"requestedMessage": message, "connectorId": connector});
    assert_eq!(
        status(&mut bench, "TriggerMessage", trigger("MeterValues", 1)),
        "Accepted"
    );
    let calls = bench.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].payload["connectorId"], 1);
    assert_eq!(calls[0].payload.get("transactionId"), None);
    assert_eq!(
        calls[0].payload["meterValue"][0]["sampledValue"][0]["context"],
        "Trigger"
    );
    assert_eq!(
        status(
            &mut bench,
            "TriggerMessage",
            json!({"requestedMessage": "Heartbeat"})
        ),
        "Accepted"
    );
    assert_eq!(bench.all_calls().len(), 1);
    assert_eq!(
        status(
            &mut bench,
            "TriggerMessage",
            trigger("StatusNotification", 1)
        ),
        "Accepted"
    );
    assert_eq!(bench.story(), ["Status 1 Available"]);
    assert_eq!(
        status(&mut bench, "TriggerMessage", trigger("MeterValues", 2)),
        "Rejected"
    );
    assert_eq!(
        status(
            &mut bench,
            "TriggerMessage",
            json!({"requestedMessage": "BootNotification"})
        ),
        "Rejected"
    );
    assert_eq!(bench.story(), [""; 0]);
}

#[test]
fn tc_062_unknown_vendors_and_unknown_actions() {
    let mut bench = booted();
    assert_eq!(
        status(
            &mut bench,
            "DataTransfer",
            json!({"vendorId": "com.example"})
        ),
        "UnknownVendorId"
    );
    assert_eq!(status(&mut bench, "Nonsense", json!({})), "NotImplemented");
    assert_eq!(
        status(&mut bench, "StartTransaction", json!({})),
        "NotSupported"
    );
    assert_eq!(
        status(&mut bench, "Reset", json!({"type": "Medium"})),
        "PropertyConstraintViolation"
    );
    assert_eq!(
        status(&mut bench, "Reset", json!({})),
        "OccurenceConstraintViolation"
    );
}

#[test]
fn tc_068_tc_069_only_the_same_token_or_group_stops() {
    let group = |group: Value| {
        but(move |action, payload| {
            let mut info = json!({"status": "Accepted"});
            if payload["idTag"] == "TAG1" {
                info["parentIdTag"] = json!("PARENT");
            } else if !group.is_null() {
                info["parentIdTag"] = group.clone();
            }
            (action == "Authorize").then(|| Answer::Respond(json!({"idTagInfo": info})))
        })
    };
    for (parent, stops) in [
        (json!("OTHER"), false),
        (Value::Null, false),
        (json!("parent"), true),
    ] {
        let mut bench = booted();
        bench.answer_with(group(parent));
        bench.present(1, "TAG1");
        bench.plug(1, 1);
        bench.calls();
        bench.present(1, "TAG2");
        let calls = bench.calls();
        assert_eq!(calls[0].action, "Authorize");
        if stops {
            assert_eq!(calls[1].payload["idTag"], "TAG2");
            assert_eq!(calls[1].payload["reason"], "Local");
        } else {
            assert_eq!(calls.len(), 1);
        }
    }
    let mut bench = charging();
    bench.present(1, "TAG2");
    assert_eq!(
        bench.story(),
        [""; 0],
        "without a group there is nothing to ask"
    );
}

#[test]
fn tc_070_tc_071_sampled_and_aligned_values() {
    let mut bench = charging();
    set(
        &mut bench,
        "MeterValuesSampledData",
        "Energy.Active.Import.Register,Voltage,Power.Active.Import",
    );
    set(&mut bench, "MeterValueSampleInterval", "30");
    bench.run(100);
    let calls = bench.calls();
    assert_eq!(
        calls.iter().map(|call| call.at).collect::<Vec<_>>(),
        [30.0, 60.0, 90.0]
    );
    let values = calls[0].payload["meterValue"][0]["sampledValue"]
        .as_array()
        .unwrap();
    assert_eq!(
        values[0],
        json!({"value": "1030", "context": "Sample.Periodic", "measurand": "Energy.Active.Import.Register", "unit": "Wh"})
    );
    assert_eq!(values[1]["phase"], "L1-N");
    assert_eq!(values[2]["phase"], "L2-N");
    assert_eq!(values[3]["value"], "3600");
    assert_eq!(values.len(), 4);

    set(&mut bench, "MeterValueSampleInterval", "0");
    set(&mut bench, "ClockAlignedDataInterval", "60");
    bench.run(150);
    let calls = bench.calls();
    assert_eq!(
        calls.iter().map(|call| call.at).collect::<Vec<_>>(),
        [120.0, 180.0, 240.0]
    );
    assert_eq!(
        calls[0].payload["meterValue"][0]["timestamp"],
        "2024-05-15T12:02:00Z"
    );
    assert_eq!(
        calls[0].payload["meterValue"][0]["sampledValue"][0]["context"],
        "Sample.Clock"
    );
    assert_eq!(calls[0].payload["transactionId"], 1001);
}

#[test]
fn transaction_data_has_begin_samples_and_end_and_survives_a_power_cut() {
    let mut config = config(1);
    config.features.resume_transactions = true;
    config.limits.transaction_data = 6;
    let mut bench = booted_with(config);
    set(
        &mut bench,
        "StopTxnSampledData",
        "Energy.Active.Import.Register",
    );
    set(&mut bench, "MeterValueSampleInterval", "60");
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.run(900);
    bench.power_cycle();
    bench.run(60);
    bench.present(1, "TAG1");
    let calls = bench.calls();
    let stop = calls
        .iter()
        .find(|call| call.action == "StopTransaction")
        .unwrap();
    let data = stop.payload["transactionData"].as_array().unwrap();
    let context = |value: &Value| value["sampledValue"][0]["context"].clone();
    assert!((4..=6).contains(&data.len()), "{}", data.len());
    assert_eq!(context(&data[0]), "Transaction.Begin");
    assert_eq!(context(data.last().unwrap()), "Transaction.End");
    let left: Vec<_> = bench
        .stored
        .keys()
        .filter(|key| key.contains("transaction"))
        .collect();
    assert_eq!(left, [""; 0]);
}

#[test]
fn a_message_that_the_csms_refuses_is_tried_again_and_then_given_up() {
    let mut bench = charging();
    set(&mut bench, "TransactionMessageAttempts", "3");
    set(&mut bench, "TransactionMessageRetryInterval", "10");
    bench.answer_with(but(|action, _| {
        (action == "StopTransaction").then_some(Answer::Refuse("InternalError"))
    }));
    bench.unplug(1, 1);
    bench.run(100);
    let stops: Vec<_> = bench
        .calls()
        .into_iter()
        .filter(|c| c.action == "StopTransaction")
        .map(|c| c.at)
        .collect();
    assert_eq!(stops, [0.0, 10.0, 30.0]);
    let dropped = bench
        .outputs
        .iter()
        .any(|o| matches!(o, Output::Dropped { action, .. } if action == "StopTransaction"));
    assert!(dropped);
    assert_eq!(bench.station.state().queued, 0);
}

#[test]
fn without_an_id_the_rest_of_a_transaction_is_reported_as_minus_one() {
    let mut bench = booted();
    set(&mut bench, "TransactionMessageAttempts", "1");
    bench.answer_with(but(|action, _| {
        (action == "StartTransaction").then_some(Answer::Refuse("InternalError"))
    }));
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.unplug(1, 1);
    bench.run(100);
    let calls = bench.calls();
    let stop = calls
        .iter()
        .find(|call| call.action == "StopTransaction")
        .unwrap();
    assert_eq!(stop.payload["transactionId"], -1);
}

#[test]
fn statuses_that_last_too_short_are_not_reported() {
    let mut bench = charging();
    set(&mut bench, "MinimumStatusDuration", "5");
    bench.ev(1, EvState::Suspended);
    bench.run(2);
    bench.ev(1, EvState::Ready);
    bench.run(20);
    assert_eq!(bench.story(), [""; 0]);
    bench.ev(1, EvState::Suspended);
    bench.run(4);
    assert_eq!(bench.story(), [""; 0]);
    bench.run(1);
    assert_eq!(bench.story(), ["Status 1 SuspendedEV"]);
}

#[test]
fn before_the_first_acceptance_nobody_charges_and_offline_the_cache_decides_later() {
    let mut bench = Bench::new(config(1), friendly_v1_6());
    bench.real_time_clock = true;
    bench.network(false);
    bench.start();
    bench.plug(1, 1);
    bench.present(1, "TAG1");
    bench.run(10);
    assert_eq!(bench.station.state().connectors[0].status, "Preparing");
    bench.network(true);
    bench.run(1_000);
    bench.present(1, "TAG1");
    bench.unplug(1, 1);
    bench.network(false);
    bench.power_cycle();
    bench.plug(1, 1);
    bench.present(1, "STRANGER");
    assert_eq!(bench.station.state().connectors[0].status, "Preparing");
    bench.present(1, "TAG1");
    assert_eq!(bench.station.state().connectors[0].status, "Charging");
}

#[test]
fn one_reader_for_two_connectors_gives_the_token_to_the_cable_that_is_plugged_in_next() {
    let mut bench = booted_with(config(2));
    bench.present(0, "TAG1");
    assert_eq!(bench.story(), ["Authorize"]);
    bench.plug(2, 1);
    assert_eq!(
        bench.story(),
        [
            "Status 2 Preparing",
            "StartTransaction",
            "Status 2 Charging"
        ]
    );
    bench.present(0, "TAG2");
    assert_eq!(
        bench.story(),
        ["Authorize", "Status 1 Preparing"],
        "only one is left"
    );
    bench.plug(1, 1);
    bench.calls();
    bench.present(0, "TAG1");
    assert_eq!(
        bench.story(),
        ["StopTransaction Local", "Status 2 Finishing"]
    );
    assert_eq!(bench.station.state().connectors[0].status, "Charging");
}

#[test]
fn tc_044_firmware_is_installed_when_nobody_charges() {
    let mut bench = charging();
    let retrieve = bench.utc_in(100);
    let update = json!({"location": "ftp://host/firmware.bin", "retrieveDate": retrieve});
    assert_eq!(bench.call("UpdateFirmware", update), Some(Ok(json!({}))));
    bench.run(99);
    assert!(bench.calls().is_empty());
    bench.run(1);
    let firmware = |bench: &mut Bench| -> Vec<String> {
        let calls = bench.calls().into_iter();
        let calls = calls.filter(|call| call.action == "FirmwareStatusNotification");
        calls
            .map(|call| call.payload["status"].as_str().unwrap().to_string())
            .collect()
    };
    assert_eq!(firmware(&mut bench), ["Downloading", "Downloaded"]);
    bench.present(1, "TAG1");
    assert_eq!(firmware(&mut bench), ["Installing", "Installed"]);
    let trigger = json!({"requestedMessage": "FirmwareStatusNotification"});
    assert_eq!(status(&mut bench, "TriggerMessage", trigger), "Accepted");
    assert_eq!(firmware(&mut bench), ["Idle"]);
}

#[test]
fn tc_044_2_tc_045_2_transfers_that_fail_are_tried_again_as_often_as_wanted() {
    let mut bench = booted();
    bench.jobs = JobEvent::Failed(JobFailure::NotFound);
    let retrieve = bench.utc_in(0);
    let update = json!({"location": "ftp://host/x", "retrieveDate": retrieve, "retries": 2, "retryInterval": 10});
    bench.call("UpdateFirmware", update);
    let upload = json!({"location": "ftp://host/y", "retries": 1, "retryInterval": 7});
    let answer = bench.call("GetDiagnostics", upload).unwrap().unwrap();
    assert!(answer["fileName"].is_string());
    bench.run(60);
    let last = |calls: &[ocpp_core::testing::station::Call], action: &str| {
        let mut of = calls.iter().filter(|call| call.action == action);
        let last = of.next_back().unwrap();
        (
            last.at,
            last.payload["status"].as_str().unwrap().to_string(),
        )
    };
    let calls = bench.calls();
    assert_eq!(
        last(&calls, "FirmwareStatusNotification"),
        (20.0, "DownloadFailed".into())
    );
    assert_eq!(
        last(&calls, "DiagnosticsStatusNotification"),
        (7.0, "UploadFailed".into())
    );
    let downloads = bench
        .outputs
        .iter()
        .filter(|o| matches!(o, Output::Download { .. }));
    assert_eq!(downloads.count(), 3);
}

/// One session, whatever the station's state: cuts and losses may have left it anywhere.
fn session(bench: &mut Bench) {
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.run(130);
    bench.present(1, "TAG1");
    bench.unplug(1, 1);
    bench.run(10);
}

/// Every transaction has one start and one end, whatever was repeated.
fn check_books(calls: &[ocpp_core::testing::station::Call], what: &str) -> usize {
    let distinct = |action: &str| {
        let mut payloads: Vec<String> = calls
            .iter()
            .filter(|call| call.action == action)
            .map(|call| {
                let mut payload = call.payload.clone();
                // The CSMS of the test gives a repeated start a new id.
                payload.as_object_mut().unwrap().remove("transactionId");
                payload.to_string()
            })
            .collect();
        payloads.sort();
        payloads.dedup();
        payloads
    };
    let starts = distinct("StartTransaction");
    let stops = distinct("StopTransaction");
    assert_eq!(starts.len(), stops.len(), "{what}: {starts:#?} {stops:#?}");
    starts.len()
}

#[test]
fn a_power_cut_after_any_output_loses_no_transaction_and_reports_none_twice() {
    let prepare = || {
        let mut bench = booted();
        set(&mut bench, "MeterValueSampleInterval", "60");
        set(
            &mut bench,
            "StopTxnSampledData",
            "Energy.Active.Import.Register",
        );
        bench
    };
    let mut cuts = 0;
    for cut in 0..500 {
        let mut bench = prepare();
        bench.cut_power_after(cut);
        session(&mut bench);
        if !bench.power_was_cut() {
            break;
        }
        cuts += 1;
        bench.power_on(&[]);
        session(&mut bench);
        bench.run(600);
        let what = format!("cut after {cut} outputs");
        let transactions = check_books(&bench.calls(), &what);
        assert!((1..=2).contains(&transactions), "{what}: {transactions}");
        assert_eq!(bench.station.state().queued, 0, "{what}");
        let left: Vec<_> = bench
            .stored
            .keys()
            .filter(|key| key.starts_with("tr"))
            .collect();
        assert_eq!(left, [""; 0], "{what}");
    }
    assert!(cuts > 30, "{cuts}");
}

#[test]
fn after_a_power_cut_the_end_does_not_lie_below_meter_values_that_were_sent() {
    for key in ["MeterValueSampleInterval", "ClockAlignedDataInterval"] {
        for cut in 0..12 {
            let mut bench = charging();
            set(&mut bench, key, "10");
            bench.cut_power_after(cut);
            bench.run(40);
            bench.power_on(&[]);
            bench.run(600);
            let mut told = 0;
            for call in bench.calls() {
                let value = &call.payload["meterValue"][0]["sampledValue"][0]["value"];
                if let Some(value) = value.as_str() {
                    told = value.parse().unwrap();
                }
                if call.action == "StopTransaction" {
                    let stop = call.payload["meterStop"].as_i64().unwrap();
                    assert!(stop >= told, "{key}, cut after {cut}: {stop} after {told}");
                }
            }
        }
    }
}

#[test]
fn a_connection_lost_after_any_message_loses_no_transaction_and_reports_none_twice() {
    for lost in 0..15 {
        let mut bench = booted();
        set(&mut bench, "MeterValueSampleInterval", "60");
        set(&mut bench, "AllowOfflineTxForUnknownId", "true");
        let mut left = lost;
        bench.answer_with(but(move |_, _| {
            left -= 1;
            (left < 0).then_some(Answer::Silence)
        }));
        bench.present(1, "TAG1");
        bench.plug(1, 1);
        bench.network(false);
        bench.answer_with(friendly_v1_6());
        bench.run(100);
        bench.network(true);
        bench.run(1_000);
        bench.present(1, "TAG1");
        bench.unplug(1, 1);
        bench.run(100);
        let transactions = check_books(&bench.calls(), &format!("lost after {lost}"));
        assert_eq!(transactions, 1);
    }
}

fn schedule(unit: &str, periods: &[(i64, f64)]) -> Value {
    let periods: Vec<_> = periods
        .iter()
        .map(|(start, limit)| json!({"startPeriod": start, "limit": limit}))
        .collect();
    json!({"chargingRateUnit": unit, "chargingSchedulePeriod": periods})
}

fn profile(
    id: i64,
    purpose: &str,
    level: i64,
    start: &str,
    duration: i64,
    periods: &[(i64, f64)],
) -> Value {
    let mut schedule = schedule("A", periods);
    schedule["startSchedule"] = json!(start);
    schedule["duration"] = json!(duration);
    json!({
        "chargingProfileId": id, "stackLevel": level, "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute", "chargingSchedule": schedule,
    })
}

fn set_profile(bench: &mut Bench, connector: i64, profile: &Value) -> String {
    let payload = json!({"connectorId": connector, "csChargingProfiles": profile});
    status(bench, "SetChargingProfile", payload)
}

fn composite(bench: &mut Bench, connector: i64, duration: i64) -> Vec<(i64, f64)> {
    let payload = json!({"connectorId": connector, "duration": duration, "chargingRateUnit": "A"});
    let answer = bench
        .call("GetCompositeSchedule", payload)
        .unwrap()
        .unwrap();
    assert_eq!(answer["status"], "Accepted");
    let periods = answer["chargingSchedule"]["chargingSchedulePeriod"]
        .as_array()
        .unwrap();
    let pair = |p: &Value| {
        (
            p["startPeriod"].as_i64().unwrap(),
            p["limit"].as_f64().unwrap(),
        )
    };
    periods.iter().map(pair).collect()
}

#[test]
fn tc_056_tc_066_tc_067_profiles_make_schedules_and_limits() {
    let mut bench = charging();
    let now = bench.utc_in(0);
    let max = profile(1, "ChargePointMaxProfile", 0, &now, 86_400, &[(0, 10.0)]);
    let default = profile(
        2,
        "TxDefaultProfile",
        0,
        &now,
        300,
        &[(0, 6.0), (60, 10.0), (120, 8.0), (180, 25.0), (260, 8.0)],
    );
    let mut tx = profile(
        3,
        "TxProfile",
        0,
        &now,
        260,
        &[(0, 8.0), (50, 11.0), (140, 16.0), (200, 6.0), (240, 12.0)],
    );
    tx["transactionId"] = json!(1001);
    assert_eq!(set_profile(&mut bench, 0, &max), "Accepted");
    assert_eq!(set_profile(&mut bench, 1, &default), "Accepted");
    assert_eq!(set_profile(&mut bench, 1, &tx), "Accepted");
    let expected = [
        (0, 8.0),
        (50, 10.0),
        (200, 6.0),
        (240, 10.0),
        (260, 8.0),
        (300, 10.0),
    ];
    assert_eq!(composite(&mut bench, 1, 400), expected);
    bench.run(400);
    let limits: Vec<String> = bench
        .outputs
        .iter()
        .filter_map(|output| match output {
            Output::SetLimit {
                limit: Some(limit), ..
            } => Some(limit.value.to_string()),
            _ => None,
        })
        .collect();
    // The first profiles came one after the other.
    assert_eq!(
        limits[limits.len() - 6..],
        ["8", "10", "6", "10", "8", "10"]
    );
    tx["transactionId"] = json!(7);
    assert_eq!(set_profile(&mut bench, 1, &tx), "Rejected");
    assert_eq!(
        status(&mut bench, "ClearChargingProfile", json!({"id": 2})),
        "Accepted"
    );
    assert_eq!(
        status(&mut bench, "ClearChargingProfile", json!({"id": 2})),
        "Unknown"
    );
    assert_eq!(
        status(&mut bench, "ClearChargingProfile", json!({})),
        "Accepted"
    );
    assert_eq!(composite(&mut bench, 1, 100), [(0, 32.0)]);
}

#[test]
fn tc_058_tc_059_tc_060_profiles_of_transactions() {
    let mut bench = booted();
    let now = bench.utc_in(0);
    let tx = profile(3, "TxProfile", 0, &now, 300, &[(0, 6.0), (60, 0.0)]);
    assert_eq!(set_profile(&mut bench, 1, &tx), "Rejected");
    let other = profile(3, "TxDefaultProfile", 0, &now, 300, &[(0, 6.0)]);
    let start =
        |profile: &Value| json!({"connectorId": 1, "idTag": "TAG1", "chargingProfile": profile});
    assert_eq!(
        status(&mut bench, "RemoteStartTransaction", start(&other)),
        "Rejected"
    );
    bench.plug(1, 1);
    assert_eq!(
        status(&mut bench, "RemoteStartTransaction", start(&tx)),
        "Accepted"
    );
    assert_eq!(composite(&mut bench, 1, 300), [(0, 6.0), (60, 0.0)]);
    bench.calls();
    bench.run(60);
    assert_eq!(bench.story(), ["Status 1 SuspendedEVSE"]);
    bench.run(240);
    assert_eq!(bench.story(), ["Status 1 Charging"]);
    bench.present(1, "TAG1");
    assert_eq!(
        composite(&mut bench, 1, 300),
        [(0, 32.0)],
        "the profile goes with its transaction"
    );
}

#[test]
fn a_default_profile_survives_a_power_cut() {
    let mut bench = booted();
    let now = bench.utc_in(0);
    let default = profile(2, "TxDefaultProfile", 0, &now, 86_400, &[(0, 6.0)]);
    assert_eq!(set_profile(&mut bench, 0, &default), "Accepted");
    bench.power_cycle();
    assert_eq!(composite(&mut bench, 1, 60), [(0, 6.0)]);
}

#[test]
fn tc_079_a_log_is_uploaded() {
    let mut bench = booted();
    let get = json!({"logType": "SecurityLog", "requestId": 12, "log": {"remoteLocation": "ftp://host/"}});
    assert_eq!(status(&mut bench, "GetLog", get), "Accepted");
    let calls = bench.calls();
    let news: Vec<_> = calls
        .iter()
        .map(|c| (c.payload["status"].clone(), c.payload["requestId"].clone()))
        .collect();
    assert_eq!(
        news,
        [
            (json!("Uploading"), json!(12)),
            (json!("Uploaded"), json!(12))
        ]
    );
}

#[test]
fn tc_073_a_new_password_is_used_for_a_new_connection_and_never_told() {
    let mut bench = booted();
    let key = "4F43415F4F4354545F61646D696E5F74657374";
    bench.outputs.clear();
    set(&mut bench, "AuthorizationKey", key);
    let connections: Vec<_> = bench
        .outputs
        .iter()
        .filter_map(|output| match output {
            Output::Connect(connection) => connection.password.clone(),
            _ => None,
        })
        .collect();
    assert_eq!(connections, [key]);
    assert!(bench.is_connected());
    assert_eq!(bench.story(), [""; 0]);
    let asked = json!({"key": ["AuthorizationKey"]});
    let answer = bench.call("GetConfiguration", asked).unwrap().unwrap();
    assert_eq!(
        answer["configurationKey"],
        json!([{"key": "AuthorizationKey", "readonly": false}])
    );
    let change = json!({"key": "AuthorizationKey", "value": "too short"});
    assert_eq!(
        status(&mut bench, "ChangeConfiguration", change),
        "Rejected"
    );
}

#[test]
fn without_means_to_verify_no_certificate_is_accepted() {
    let mut bench = booted();
    let install =
        json!({"certificateType": "ManufacturerRootCertificate", "certificate": "nonsense"});
    assert_eq!(
        status(&mut bench, "InstallCertificate", install),
        "Rejected"
    );
    let list = json!({"certificateType": "ManufacturerRootCertificate"});
    assert_eq!(
        status(&mut bench, "GetInstalledCertificateIds", list),
        "NotFound"
    );
    let trigger = json!({"requestedMessage": "SignChargePointCertificate"});
    assert_eq!(
        status(&mut bench, "ExtendedTriggerMessage", trigger),
        "Rejected"
    );
    let trigger = json!({"requestedMessage": "LogStatusNotification"});
    assert_eq!(
        status(&mut bench, "ExtendedTriggerMessage", trigger),
        "Accepted"
    );
    assert_eq!(bench.calls()[0].payload, json!({"status": "Idle"}));
    let change = json!({"key": "SecurityProfile", "value": "2"});
    assert_eq!(
        status(&mut bench, "ChangeConfiguration", change),
        "Rejected"
    );
}
