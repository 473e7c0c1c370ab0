//! The 2.0.1 station in virtual time, against a scripted CSMS. Test case ids are those of the OCPP 2.0.1 certification.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::needless_pass_by_value
)]
#![allow(missing_docs)]

mod kit_v2_0_1;

use kit_v2_0_1::{
    booted, booted_with, but, charging, charging_with, config, events, get, refusing_tokens,
    seq_nos, set, sockets, status, token, with, without_offline,
};
use ocpp_core::station::{
    AuthorizationStatus, CableState, ConnectorId, EvState, Fault, FaultCode, Input, Output,
    TokenEffect,
};
use ocpp_core::testing::station::{Answer, Bench, friendly_v2_0_1};
use serde_json::{Value, json};

// B: provisioning

#[test]
fn tc_b_01_cold_boot() {
    let mut bench = Bench::new(config(2), friendly_v2_0_1());
    bench.start();
    let calls = bench.calls();
    let boot = &calls[0].payload;
    assert_eq!(boot["reason"], "PowerUp");
    assert_eq!(
        boot["chargingStation"],
        json!({"model": "Model", "vendorName": "Vendor"})
    );
    assert_eq!(calls[1].payload["connectorStatus"], "Available");
    assert_eq!(calls[2].payload["evseId"], 2);
    assert_eq!(calls[3].action, "SecurityEventNotification");
    assert_eq!(calls[3].payload["type"], "StartupOfTheDevice");
    assert_eq!(calls.len(), 4);
    bench.run(900);
    let beats: Vec<f64> = bench.all_calls().iter().map(|call| call.at).collect();
    assert_eq!(beats, [300.0, 600.0, 900.0]);
}

#[test]
fn tc_b_02_pending_and_tc_b_03_rejected() {
    for first in ["Pending", "Rejected"] {
        let mut boots = 0;
        let mut bench = Bench::new(
            config(1),
            but(move |action, _| {
                (action == "BootNotification").then(|| {
                    boots += 1;
                    let status = if boots == 1 { first } else { "Accepted" };
                    Answer::Respond(json!({"status": status, "currentTime": "now", "interval": 30}))
                })
            }),
        );
        bench.start();
        bench.plug(1, 1);
        bench.present(1, "TAG1");
        let start = json!({"remoteStartId": 1, "idToken": token("A"), "evseId": 1});
        let answer = status(&mut bench, "RequestStartTransaction", start);
        let report = json!({"requestId": 1, "reportBase": "ConfigurationInventory"});
        let report = status(&mut bench, "GetBaseReport", report);
        bench.run(29);
        if first == "Pending" {
            assert_eq!(answer, "Rejected");
            assert_eq!(report, "Accepted");
            let story = bench.story();
            assert_eq!(story[0], "BootNotification");
            assert!(
                story[1..].iter().all(|action| action == "NotifyReport"),
                "{story:?}"
            );
        } else {
            assert_eq!(answer, "SecurityError");
            assert_eq!(report, "SecurityError");
            assert_eq!(bench.story(), ["BootNotification"]);
        }
        bench.run(1);
        let story = [
            "BootNotification",
            "Status 1.1 Occupied",
            "SecurityEventNotification",
        ];
        assert_eq!(bench.story(), story, "{first}");
    }
}

#[test]
fn a_mere_reconnect_is_no_new_boot_and_only_a_long_one_repeats_statuses() {
    let mut bench = booted();
    bench.network(false);
    bench.run(100);
    bench.network(true);
    bench.run(200);
    assert!(bench.is_connected());
    assert_eq!(bench.story(), [""; 0]);
    bench.network(false);
    bench.run(1_000);
    bench.network(true);
    bench.run(400);
    assert_eq!(bench.story(), ["Status 1.1 Available"]);
}

#[test]
fn tc_b_06_tc_b_08_get_variables() {
    let mut bench = booted();
    let found = get(
        &mut bench,
        &json!({"name": "ocppcommctrlr"}),
        &json!({"name": "OfflineThreshold"}),
    );
    assert_eq!(found["attributeStatus"], "Accepted");
    assert_eq!(found["attributeType"], "Actual");
    assert_eq!(found["attributeValue"], "300");
    assert_eq!(
        found["component"]["name"], "ocppcommctrlr",
        "as it was asked"
    );
    let attempts = json!({"name": "MessageAttempts", "instance": "TransactionEvent"});
    let found = get(&mut bench, &json!({"name": "OCPPCommCtrlr"}), &attempts);
    assert_eq!(found["attributeValue"], "3");
    let connector = json!({"name": "Connector", "evse": {"id": 1, "connectorId": 1}});
    let found = get(
        &mut bench,
        &connector,
        &json!({"name": "AvailabilityState"}),
    );
    assert_eq!(found["attributeValue"], "Available");
    let cases = [
        (
            json!({"name": "Nonsense"}),
            json!({"name": "X"}),
            "UnknownComponent",
        ),
        (
            json!({"name": "Connector", "evse": {"id": 7}}),
            json!({"name": "Available"}),
            "UnknownComponent",
        ),
        (
            json!({"name": "TxCtrlr"}),
            json!({"name": "X"}),
            "UnknownVariable",
        ),
        (
            json!({"name": "SecurityCtrlr"}),
            json!({"name": "BasicAuthPassword"}),
            "Rejected",
        ),
    ];
    for (component, variable, expected) in cases {
        let found = get(&mut bench, &component, &variable);
        assert_eq!(found["attributeStatus"], expected);
        assert_eq!(found.get("attributeValue"), None);
    }
    let one = json!({"component": {"name": "TxCtrlr"}, "variable": {"name": "TxStartPoint"}});
    let many = json!({ "getVariableData": vec![one; 101] });
    assert_eq!(
        status(&mut bench, "GetVariables", many),
        "OccurrenceConstraintViolation"
    );
}

#[test]
fn tc_b_09_to_tc_b_11_set_variables() {
    let mut bench = booted();
    assert_eq!(
        set(
            &mut bench,
            "TxCtrlr",
            "TxStartPoint",
            "EVConnected, Authorized"
        ),
        "Accepted"
    );
    assert_eq!(
        bench.station.variable("TxCtrlr.TxStartPoint"),
        Some("EVConnected,Authorized")
    );
    let rejected = [
        ("TxCtrlr", "TxStartPoint", "DataSigned"),
        ("TxCtrlr", "EVConnectionTimeOut", "soon"),
        ("TxCtrlr", "StopTxOnInvalidId", "1"),
        ("SampledDataCtrlr", "TxUpdatedMeasurands", "Frequency"),
        ("SmartChargingCtrlr", "ProfileStackLevel", "3"),
        ("SecurityCtrlr", "BasicAuthPassword", "short"),
    ];
    for (component, variable, value) in rejected {
        assert_eq!(
            set(&mut bench, component, variable, value),
            "Rejected",
            "{variable}"
        );
    }
    assert_eq!(set(&mut bench, "TxCtrlr", "X", "1"), "UnknownVariable");
    assert_eq!(set(&mut bench, "X", "X", "1"), "UnknownComponent");
    bench.power_cycle();
    assert_eq!(
        bench.station.variable("txctrlr.txstartpoint"),
        Some("EVConnected,Authorized")
    );
}

#[test]
fn tc_b_12_to_tc_b_14_base_reports_come_in_pages() {
    let mut bench = booted();
    let mut report = |base: &str| {
        let request = json!({"requestId": 42, "reportBase": base});
        assert_eq!(status(&mut bench, "GetBaseReport", request), "Accepted");
        let pages: Vec<Value> = bench.calls().into_iter().map(|call| call.payload).collect();
        for (at, page) in pages.iter().enumerate() {
            assert_eq!(page["requestId"], 42);
            assert_eq!(page["seqNo"], at);
            assert_eq!(page["tbc"], at + 1 < pages.len());
        }
        let data = pages
            .iter()
            .flat_map(|page| page["reportData"].as_array().unwrap().clone());
        data.collect::<Vec<Value>>()
    };
    let full = report("FullInventory");
    let configuration = report("ConfigurationInventory");
    let summary = report("SummaryInventory");
    assert!(full.len() > 80, "{}", full.len());
    assert!(configuration.len() > 20 && configuration.len() < full.len());
    assert!(summary.len() < full.len());
    assert!(
        configuration
            .iter()
            .all(|data| data["variableAttribute"][0]["mutability"] != "ReadOnly")
    );
    let point = full
        .iter()
        .find(|data| data["variable"]["name"] == "TxStopPoint")
        .unwrap();
    assert_eq!(point["variableCharacteristics"]["dataType"], "MemberList");
    let password = full
        .iter()
        .find(|data| data["variable"]["name"] == "BasicAuthPassword")
        .unwrap();
    assert_eq!(password["variableAttribute"][0].get("value"), None);
}

#[test]
fn tc_b_18_a_custom_report_names_what_it_wants() {
    let mut bench = booted();
    let wanted = json!({"requestId": 1, "componentVariable": [
        {"component": {"name": "EVSE"}, "variable": {"name": "AvailabilityState"}}]});
    assert_eq!(status(&mut bench, "GetReport", wanted), "Accepted");
    let calls = bench.calls();
    let data = calls[0].payload["reportData"].as_array().unwrap();
    assert_eq!(data.len(), 1);
    assert_eq!(
        data[0]["component"],
        json!({"evse": {"id": 1}, "name": "EVSE"})
    );
    let nothing = json!({"requestId": 1, "componentVariable": [{"component": {"name": "Bay"}}]});
    assert_eq!(status(&mut bench, "GetReport", nothing), "EmptyResultSet");
    assert_eq!(bench.story(), [""; 0]);
}

#[test]
fn tc_b_20_reset_without_a_transaction() {
    for kind in ["Immediate", "OnIdle"] {
        let mut bench = booted();
        assert_eq!(
            status(&mut bench, "Reset", json!({ "type": kind })),
            "Accepted"
        );
        let calls = bench.calls();
        assert_eq!(calls[0].payload["reason"], "RemoteReset");
        assert_eq!(calls[1].payload["connectorStatus"], "Available");
        assert_eq!(calls[2].payload["type"], "ResetOrReboot");
    }
    let mut bench = booted();
    let one = json!({"type": "Immediate", "evseId": 1});
    assert_eq!(status(&mut bench, "Reset", one), "Rejected");
}

#[test]
fn tc_b_21_reset_on_idle_waits_for_the_transaction() {
    let mut bench = charging();
    assert_eq!(
        status(&mut bench, "Reset", json!({"type": "OnIdle"})),
        "Scheduled"
    );
    bench.run(3_600);
    assert_eq!(bench.story(), [""; 0]);
    bench.present(1, "TAG1");
    let story = [
        "Ended StopAuthorized EVConnected",
        "BootNotification",
        "Status 1.1 Occupied",
        "SecurityEventNotification",
    ];
    let calls = bench.calls();
    assert_eq!(calls[1].payload["reason"], "ScheduledReset");
    let actions: Vec<&str> = calls.iter().map(|call| call.action.as_str()).collect();
    assert_eq!(actions.len(), story.len(), "{actions:?}");
}

#[test]
fn tc_b_22_an_immediate_reset_ends_the_transaction_first() {
    let mut bench = charging();
    assert_eq!(
        status(&mut bench, "Reset", json!({"type": "Immediate"})),
        "Accepted"
    );
    let calls = bench.calls();
    let ended = &calls[0].payload;
    assert_eq!(ended["eventType"], "Ended");
    assert_eq!(ended["triggerReason"], "ResetCommand");
    assert_eq!(ended["transactionInfo"]["stoppedReason"], "ImmediateReset");
    assert_eq!(calls[1].action, "BootNotification");
}

#[test]
fn tc_b_22_an_immediate_reset_while_the_csms_is_deaf_reports_the_end_after_it() {
    let mut bench = charging();
    bench.answer_with(|_, _| Answer::Silence);
    assert_eq!(
        status(&mut bench, "Reset", json!({"type": "Immediate"})),
        "Accepted"
    );
    bench.run(9);
    bench.answer_with(friendly_v2_0_1());
    bench.run(60);
    let ended = events(bench.calls());
    assert_eq!(ended.len(), 2, "once before the restart and once after it");
    assert_eq!(ended[0].get("offline"), None);
    assert_eq!(ended[1]["offline"], true, "E11.FR.07");
    assert_eq!(without_offline(&ended[0]), without_offline(&ended[1]));
}

// C and E: authorization and transactions

#[test]
fn tc_e_03_identification_first_and_stopped_by_the_same_token() {
    let mut bench = booted();
    bench.present(1, "TAG1");
    let calls = bench.calls();
    assert_eq!(calls[0].payload, json!({ "idToken": token("TAG1") }));
    bench.plug(1, 1);
    let calls = bench.calls();
    assert_eq!(calls[0].payload["connectorStatus"], "Occupied");
    let started = &calls[1].payload;
    assert_eq!(started["eventType"], "Started");
    assert_eq!(started["triggerReason"], "ChargingStateChanged");
    assert_eq!(started["transactionInfo"]["chargingState"], "SuspendedEVSE");
    assert_eq!(started["idToken"], token("TAG1"));
    assert_eq!(started["evse"], json!({"id": 1, "connectorId": 1}));
    assert_eq!(started["seqNo"], 0);
    assert_eq!(started.get("offline"), None);
    let sample = &started["meterValue"][0]["sampledValue"][0];
    assert_eq!(sample["context"], "Transaction.Begin");
    assert_eq!(sample["value"], 1000);
    let charging = &calls[2].payload;
    assert_eq!(charging["transactionInfo"]["chargingState"], "Charging");
    assert_eq!(charging.get("evse"), None);
    assert_eq!(charging.get("idToken"), None);
    assert_eq!(calls.len(), 3);
    bench.run(3_600);
    bench.present(1, "tag1");
    let calls = bench.calls();
    assert_eq!(calls.len(), 1);
    let ended = &calls[0].payload;
    assert_eq!(ended["eventType"], "Ended");
    assert_eq!(ended["triggerReason"], "StopAuthorized");
    assert_eq!(ended["transactionInfo"]["stoppedReason"], "Local");
    assert_eq!(ended["transactionInfo"]["chargingState"], "EVConnected");
    assert_eq!(
        ended["transactionInfo"]["transactionId"],
        started["transactionInfo"]["transactionId"]
    );
    assert_eq!(ended["idToken"]["idToken"], "tag1");
    assert_eq!(ended["seqNo"], 2);
    let values = ended["meterValue"].as_array().unwrap();
    let read = |at: usize| values[at]["sampledValue"][0]["value"].as_f64().unwrap();
    assert_eq!((read(0), read(1)), (1000.0, 4600.0));
    bench.unplug(1, 1);
    assert_eq!(bench.story(), ["Status 1.1 Available"]);
    let left: Vec<_> = bench
        .stored
        .keys()
        .filter(|key| key.contains("transaction"))
        .collect();
    assert_eq!(left, [""; 0], "nothing of it is kept");
}

#[test]
fn tc_e_01_plug_in_first() {
    let mut bench = booted();
    bench.plug(1, 1);
    assert_eq!(bench.story(), ["Status 1.1 Occupied"]);
    bench.present(1, "TAG1");
    let story = [
        "Authorize",
        "Started ChargingStateChanged SuspendedEVSE",
        "Updated ChargingStateChanged Charging",
    ];
    assert_eq!(bench.story(), story);
    bench.unplug(1, 1);
    let calls = bench.calls();
    assert_eq!(calls[0].payload["connectorStatus"], "Available");
    let ended = &calls[1].payload;
    assert_eq!(ended["triggerReason"], "EVCommunicationLost");
    assert_eq!(ended["transactionInfo"]["chargingState"], "Idle");
    assert_eq!(ended["transactionInfo"]["stoppedReason"], "EVDisconnected");
}

/// C-09.1 to C-09.6: where a transaction starts, with the cable first.
#[test]
fn every_start_point_with_the_cable_first() {
    let expected: [(&str, &[&str]); 5] = [
        (
            "EVConnected",
            &[
                "Status 1.1 Occupied",
                "Started CablePluggedIn EVConnected",
                "Authorize",
                "Updated Authorized SuspendedEVSE",
                "Updated ChargingStateChanged Charging",
            ],
        ),
        (
            "Authorized",
            &[
                "Status 1.1 Occupied",
                "Authorize",
                "Started Authorized SuspendedEVSE",
                "Updated ChargingStateChanged Charging",
            ],
        ),
        (
            "PowerPathClosed",
            &[
                "Status 1.1 Occupied",
                "Authorize",
                "Started ChargingStateChanged SuspendedEVSE",
                "Updated ChargingStateChanged Charging",
            ],
        ),
        (
            "EnergyTransfer",
            &[
                "Status 1.1 Occupied",
                "Authorize",
                "Started ChargingStateChanged Charging",
            ],
        ),
        (
            "ParkingBayOccupancy",
            &[
                "Started EVDetected Idle",
                "Status 1.1 Occupied",
                "Updated CablePluggedIn EVConnected",
                "Authorize",
                "Updated Authorized SuspendedEVSE",
                "Updated ChargingStateChanged Charging",
            ],
        ),
    ];
    for (point, story) in expected {
        let mut bench = booted_with(with(config(1), "TxCtrlr.TxStartPoint", point));
        bench.input(Input::ParkingBay {
            evse: 1,
            occupied: true,
            token: None,
        });
        bench.plug(1, 1);
        bench.present(1, "TAG1");
        let calls = bench.calls();
        let all = events(calls.clone());
        assert_eq!(
            seq_nos(&all),
            (0..all.len()).map(|at| at as i64).collect::<Vec<_>>()
        );
        let tokens = all
            .iter()
            .filter(|event| event.get("idToken").is_some())
            .count();
        assert_eq!(tokens, 1, "{point}");
        let mut again = booted_with(with(config(1), "TxCtrlr.TxStartPoint", point));
        again.input(Input::ParkingBay {
            evse: 1,
            occupied: true,
            token: None,
        });
        again.plug(1, 1);
        again.present(1, "TAG1");
        assert_eq!(again.story(), story, "{point}");
    }
}

/// C-10.1 to C-10.4: where a transaction ends.
#[test]
fn every_stop_point() {
    let expected: [(&str, &[&str], &[&str]); 4] = [
        (
            "EVConnected",
            &["Updated StopAuthorized EVConnected"],
            &["Status 1.1 Available", "Ended EVCommunicationLost Idle"],
        ),
        (
            "Authorized",
            &["Ended StopAuthorized EVConnected"],
            &["Status 1.1 Available"],
        ),
        (
            "PowerPathClosed",
            &["Ended StopAuthorized EVConnected"],
            &["Status 1.1 Available"],
        ),
        (
            "EnergyTransfer",
            &["Ended StopAuthorized EVConnected"],
            &["Status 1.1 Available"],
        ),
    ];
    for (point, stop, unplug) in expected {
        let mut bench = charging_with(with(config(1), "TxCtrlr.TxStopPoint", point));
        bench.present(1, "TAG1");
        let calls = bench.calls();
        let again: Vec<String> = calls
            .iter()
            .map(|call| {
                let state = &call.payload["transactionInfo"]["chargingState"];
                let (event, trigger) = (&call.payload["eventType"], &call.payload["triggerReason"]);
                format!(
                    "{} {} {}",
                    event.as_str().unwrap(),
                    trigger.as_str().unwrap(),
                    state.as_str().unwrap()
                )
            })
            .collect();
        assert_eq!(again, stop, "{point}");
        let closed = bench.outputs.iter().rev().find_map(|output| match output {
            Output::Contactor { closed, .. } => Some(*closed),
            _ => None,
        });
        assert_eq!(closed, Some(false), "{point}");
        bench.unplug(1, 1);
        let calls = bench.calls();
        if point == "EVConnected" {
            let ended = &calls[1].payload;
            assert_eq!(
                ended["transactionInfo"]["stoppedReason"], "Local",
                "who stopped it first"
            );
        }
        assert_eq!(calls.len(), unplug.len(), "{point}");
    }
}

#[test]
fn tc_e_04_an_authorization_without_a_cable_expires() {
    let mut bench = booted_with(with(config(1), "TxCtrlr.EVConnectionTimeOut", "30"));
    bench.present(1, "TAG1");
    assert_eq!(bench.story(), ["Authorize"]);
    bench.run(30);
    bench.plug(1, 1);
    assert_eq!(bench.story(), ["Status 1.1 Occupied"]);

    let config = with(config(1), "TxCtrlr.TxStartPoint", "Authorized");
    let mut bench = booted_with(with(config, "TxCtrlr.EVConnectionTimeOut", "30"));
    bench.present(1, "TAG1");
    assert_eq!(bench.story(), ["Authorize", "Started Authorized Idle"]);
    bench.run(29);
    assert_eq!(bench.story(), [""; 0]);
    bench.run(1);
    let ended = &events(bench.calls())[0];
    assert_eq!(ended["triggerReason"], "EVConnectTimeout");
    assert_eq!(ended["transactionInfo"]["stoppedReason"], "Timeout");
}

#[test]
fn tc_e_suspended_by_the_ev_and_by_the_station() {
    let mut bench = charging();
    bench.ev(1, EvState::Suspended);
    assert_eq!(bench.story(), ["Updated ChargingStateChanged SuspendedEV"]);
    bench.ev(1, EvState::Ready);
    assert_eq!(bench.story(), ["Updated ChargingStateChanged Charging"]);
    let fault = Some(Fault::new(FaultCode::GroundFailure));
    bench.input(Input::Fault {
        at: Some(ConnectorId::new(1, 1)),
        fault,
    });
    let story = [
        "Status 1.1 Faulted",
        "Updated ChargingStateChanged SuspendedEVSE",
    ];
    assert_eq!(bench.story(), story);
}

#[test]
fn tc_e_05_a_token_that_the_csms_refuses_in_the_event_ends_the_transaction() {
    let mut bench = booted();
    bench.answer_with(refusing_tokens());
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    let all = events(bench.calls());
    let ended = all.last().unwrap();
    assert_eq!(ended["eventType"], "Ended");
    assert_eq!(ended["triggerReason"], "Deauthorized");
    assert_eq!(ended["transactionInfo"]["stoppedReason"], "DeAuthorized");

    let mut bench = booted_with(with(config(1), "TxCtrlr.StopTxOnInvalidId", "false"));
    bench.answer_with(refusing_tokens());
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    let state = &bench.station.state().connectors[0];
    assert!(state.transaction_id.is_some());
    let last = bench.story().pop();
    assert_eq!(
        last.as_deref(),
        Some("Updated ChargingStateChanged SuspendedEVSE")
    );
}

#[test]
fn an_invalid_token_has_its_share_of_energy() {
    let config = with(config(1), "TxCtrlr.StopTxOnInvalidId", "false");
    let mut bench = booted_with(with(
        with(config, "TxCtrlr.MaxEnergyOnInvalidId", "100"),
        "AlignedDataCtrlr.Interval",
        "10",
    ));
    bench.answer_with(refusing_tokens());
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.run(60);
    let closed = |bench: &Bench| {
        bench.outputs.iter().rev().find_map(|output| match output {
            Output::Contactor { closed, .. } => Some(*closed),
            _ => None,
        })
    };
    assert_eq!(closed(&bench), Some(true));
    bench.run(60);
    assert_eq!(closed(&bench), Some(false), "after 100 Wh");
}

#[test]
fn tc_c_cached_tokens_and_groups() {
    let group = |action: &str, _: &Value| {
        (action == "Authorize").then(|| {
            let group = json!({"idToken": "GROUP", "type": "Central"});
            Answer::Respond(json!({"idTokenInfo": {"status": "Accepted", "groupIdToken": group}}))
        })
    };
    let config = with(config(1), "AuthCtrlr.LocalPreAuthorize", "true");
    let mut bench = booted_with(config);
    bench.answer_with(but(group));
    bench.present(1, "TAG1");
    assert_eq!(bench.story(), ["Authorize"]);
    bench.present(1, "TAG1");
    bench.present(1, "TAG1");
    assert_eq!(bench.story(), [""; 0], "cancelled, and from the cache");
    bench.plug(1, 1);
    bench.calls();
    bench.present(1, "TAG2");
    let story = ["Authorize", "Ended StopAuthorized EVConnected"];
    assert_eq!(bench.story(), story, "another of the group");
    assert_eq!(status(&mut bench, "ClearCache", json!({})), "Accepted");
    bench.present(1, "TAG1");
    assert_eq!(bench.story()[0], "Authorize");
}

#[test]
fn tc_c_a_master_pass_stops_everything_and_starts_nothing() {
    let config = with(config(2), "AuthCtrlr.MasterPassGroupId", "MASTER");
    let mut bench = booted_with(config);
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.present(2, "TAG2");
    bench.plug(2, 1);
    bench.calls();
    bench.answer_with(but(|action, _| {
        (action == "Authorize").then(|| {
            let group = json!({"idToken": "master", "type": "Central"});
            Answer::Respond(json!({"idTokenInfo": {"status": "Accepted", "groupIdToken": group}}))
        })
    }));
    bench.present(1, "CHIEF");
    let ended = events(bench.calls());
    assert_eq!(ended.len(), 2);
    for event in ended {
        assert_eq!(event["eventType"], "Ended");
        assert_eq!(event["transactionInfo"]["stoppedReason"], "MasterPass");
    }
    bench.present(1, "CHIEF");
    assert_eq!(bench.story(), ["Authorize"]);
    assert!(!bench.station.state().connectors[0].authorized);
}

/// C16.FR.01, and what C16 says of a user who selects nothing.
#[test]
fn the_user_of_a_master_pass_selects_what_to_stop_at_a_display() {
    let mut config = with(config(3), "AuthCtrlr.MasterPassGroupId", "MASTER");
    config.features.master_pass_selection = true;
    let mut bench = booted_with(config);
    for evse in 1..=3 {
        bench.present(evse, &format!("TAG{evse}"));
        bench.plug(evse, 1);
    }
    bench.calls();
    bench.answer_with(but(|action, _| {
        (action == "Authorize").then(|| {
            let group = json!({"idToken": "MASTER", "type": "Central"});
            Answer::Respond(json!({"idTokenInfo": {"status": "Accepted", "groupIdToken": group}}))
        })
    }));
    let decision = |bench: &Bench| {
        let decided = bench.outputs.iter().rev().find_map(|output| match output {
            Output::TokenDecided { status, effect, .. } => Some((*status, *effect)),
            _ => None,
        });
        decided.unwrap()
    };
    let chief = |bench: &mut Bench| {
        bench.present(1, "CHIEF");
        let shown = (AuthorizationStatus::Accepted, TokenEffect::SelectStops);
        assert_eq!(decision(bench), shown);
        assert!(events(bench.calls()).is_empty(), "nothing stops by itself");
    };
    let select = |bench: &mut Bench, evses: Option<Vec<u32>>| {
        bench.input(Input::StopsSelected { evses });
        let told = events(bench.calls());
        let stopped = told.iter().filter(|event| {
            event["eventType"] == "Ended"
                && event["transactionInfo"]["stoppedReason"] == "MasterPass"
        });
        stopped.count()
    };
    assert_eq!(
        select(&mut bench, None),
        0,
        "nobody has shown a master pass"
    );
    chief(&mut bench);
    bench.run(61);
    assert_eq!(select(&mut bench, None), 0, "too late");
    chief(&mut bench);
    assert_eq!(select(&mut bench, Some(Vec::new())), 0);
    assert_eq!(select(&mut bench, None), 0, "that was an answer");
    chief(&mut bench);
    assert_eq!(select(&mut bench, Some(vec![2, 7])), 1);
    assert!(bench.is_charging(ConnectorId::new(1, 1)));
    assert!(!bench.is_charging(ConnectorId::new(2, 1)));
    chief(&mut bench);
    assert_eq!(select(&mut bench, None), 2);
    bench.present(1, "CHIEF");
    let refused = (AuthorizationStatus::NotAtThisLocation, TokenEffect::None);
    assert_eq!(decision(&bench), refused, "C16.FR.03");
}

#[test]
fn a_stranger_does_not_stop_a_transaction() {
    let mut bench = charging();
    bench.present(1, "OTHER");
    assert_eq!(bench.story(), ["Authorize"]);
    assert!(bench.station.state().connectors[0].authorized);
}

#[test]
fn tc_c_offline_start_with_a_listed_token_and_not_with_an_unknown_one() {
    let mut bench = booted();
    let list = json!({"versionNumber": 5, "updateType": "Full", "localAuthorizationList": [
        {"idToken": token("TAG1"), "idTokenInfo": {"status": "Accepted"}}]});
    assert_eq!(
        status(&mut bench, "SendLocalList", list.clone()),
        "Accepted"
    );
    let mut old = list;
    old["updateType"] = json!("Differential");
    assert_eq!(status(&mut bench, "SendLocalList", old), "VersionMismatch");
    let version = bench.call("GetLocalListVersion", json!({}));
    assert_eq!(version, Some(Ok(json!({"versionNumber": 5}))));
    bench.network(false);
    bench.present(1, "UNKNOWN");
    bench.plug(1, 1);
    assert!(!bench.station.state().connectors[0].authorized);
    bench.present(1, "TAG1");
    assert!(bench.station.state().connectors[0].transaction_id.is_some());
    bench.run(60);
    bench.present(1, "TAG1");
    bench.network(true);
    bench.run(200);
    let all = events(bench.calls());
    assert_eq!(seq_nos(&all), [0, 1, 2]);
    assert!(all.iter().all(|event| event["offline"] == true));
    assert_eq!(all[0]["timestamp"], "2024-05-15T12:00:00Z");
}

#[test]
fn ev_side_disconnect_may_leave_the_transaction_open() {
    let config = with(sockets(1), "TxCtrlr.TxStopPoint", "Authorized");
    let config = with(config, "TxCtrlr.StopTxOnEVSideDisconnect", "false");
    let mut bench = charging_with(config);
    bench.cable(ConnectorId::new(1, 1), CableState::InSocket);
    assert_eq!(bench.story(), ["Updated EVCommunicationLost Idle"]);
    bench.plug(1, 1);
    let story = [
        "Updated CablePluggedIn EVConnected",
        "Updated ChargingStateChanged Charging",
    ];
    assert_eq!(bench.story(), story);

    let mut bench = charging_with(sockets(1));
    bench.cable(ConnectorId::new(1, 1), CableState::InSocket);
    assert_eq!(bench.story(), ["Ended EVCommunicationLost Idle"]);
    let unlock = Output::Unlock(ConnectorId::new(1, 1));
    assert!(bench.outputs.contains(&unlock));
}

#[test]
fn a_lock_that_does_not_hold_prevents_the_transaction() {
    let mut bench = booted_with(sockets(1));
    bench.locks_fail = true;
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    let story = [
        "Authorize",
        "Status 1.1 Occupied",
        "NotifyEvent",
        "Status 1.1 Faulted",
    ];
    assert_eq!(bench.story(), story);
}

#[test]
fn a_car_that_left_in_the_dark_does_not_pay_for_the_next_one() {
    let mut resuming = config(1);
    resuming.features.resume_transactions = true;
    let mut bench = charging_with(resuming);
    bench.power_on(&[]);
    bench.run(1);
    let ended = bench
        .calls()
        .into_iter()
        .rev()
        .find(|call| call.action == "TransactionEvent" && call.payload["eventType"] == "Ended");
    assert!(ended.is_some());
    bench.plug(1, 1);
    assert_eq!(bench.station.state().connectors[0].transaction_id, None);
}

#[test]
fn power_that_comes_back_before_it_was_gone_lets_charging_begin_again() {
    let mut bench = charging();
    bench.input(Input::PowerFailing {
        time_to_report: true,
    });
    bench.unplug(1, 1);
    bench.calls();
    bench.input(Input::PowerRestored);
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    assert!(bench.story().iter().any(|line| line.starts_with("Started")));
}

#[test]
fn the_cable_may_be_faster_than_the_csms() {
    let mut friendly = friendly_v2_0_1();
    let two = config(2);
    let mut bench = Bench::new(two, move |action, payload| match action {
        "Authorize" => Answer::Late(2, json!({"idTokenInfo": {"status": "Accepted"}})),
        _ => friendly(action, payload),
    });
    bench.start();
    bench.input(Input::TokenPresented {
        evse: None,
        token: ocpp_core::station::Token::new("TAG1"),
    });
    bench.run(1);
    bench.plug(2, 1);
    bench.run(2);
    assert!(bench.station.state().connectors[1].transaction_id.is_some());
}

#[test]
fn a_power_cut_ends_the_transaction_or_leaves_it_open() {
    let mut bench = charging();
    bench.run(120);
    bench.power_cycle();
    let all = events(bench.calls());
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["eventType"], "Ended");
    assert_eq!(all[0]["transactionInfo"]["stoppedReason"], "PowerLoss");
    assert_eq!(all[0]["seqNo"], 2);

    let mut config = config(1);
    config.features.resume_transactions = true;
    let mut bench = charging_with(config);
    let before = bench.station.state().connectors[0].transaction_id.clone();
    bench.power_cycle();
    bench.run(10);
    bench.present(1, "TAG1");
    let all = events(bench.calls());
    let ended = all.last().unwrap();
    assert_eq!(ended["eventType"], "Ended");
    let id = ended["transactionInfo"]["transactionId"].as_str();
    assert_eq!(id, before.as_deref());
    let expected: Vec<i64> = (2..2 + all.len() as i64).collect();
    assert_eq!(seq_nos(&all), expected);
}

/// The power is cut after every single output of a session; whatever happens, every transaction is reported with a
/// start, an end and no gap in its numbers, and nothing is reported twice with different contents.
#[test]
fn a_power_cut_at_any_output_loses_nothing() {
    let mut cuts = 0;
    for fuse in 0..1_000 {
        let mut bench = booted();
        bench.cut_power_after(fuse);
        bench.present(1, "TAG1");
        bench.plug(1, 1);
        bench.run(60);
        bench.present(1, "TAG1");
        let cut = bench.power_was_cut();
        if cut {
            cuts += 1;
            let at = ConnectorId::new(1, 1);
            bench.power_on(&[(at, CableState::Connected)]);
            bench.run(600);
        }
        let mut seen = std::collections::BTreeMap::new();
        for event in events(bench.calls()) {
            let id = event["transactionInfo"]["transactionId"].to_string();
            let key = (id, event["seqNo"].as_i64().unwrap());
            // A repetition after the power cut is told as offline (E11.FR.07), and differs in nothing else.
            if let Some(other) = seen.insert(key, event.clone()) {
                let (other, event) = (without_offline(&other), without_offline(&event));
                assert_eq!(other, event, "after {fuse} outputs");
            }
        }
        let all: Vec<_> = seen.into_iter().collect();
        for (at, ((_, seq_no), event)) in all.iter().enumerate() {
            let first = event["eventType"] == "Started";
            assert_eq!(first, *seq_no == 0, "after {fuse} outputs");
            let last = all.get(at + 1).is_none_or(|((_, next), _)| *next == 0);
            assert_eq!(event["eventType"] == "Ended", last, "after {fuse} outputs");
            if !first {
                assert_eq!(all[at - 1].0.1 + 1, *seq_no, "after {fuse} outputs");
            }
        }
        let left: Vec<_> = bench
            .stored
            .keys()
            .filter(|key| key.starts_with("transaction") || key.starts_with("queue"))
            .collect();
        assert_eq!(left, [""; 0], "after {fuse} outputs");
        if !cut {
            break;
        }
    }
    assert!(cuts > 20, "{cuts}");
}

// F: remote control

#[test]
fn tc_f_01_to_tc_f_03_remote_start_and_stop() {
    let mut bench = booted_with(with(config(1), "AuthCtrlr.AuthorizeRemoteStart", "false"));
    bench.plug(1, 1);
    bench.calls();
    let start = json!({"remoteStartId": 77, "idToken": token("TAG1"), "evseId": 1});
    let answer = bench.call("RequestStartTransaction", start.clone());
    assert_eq!(answer, Some(Ok(json!({"status": "Accepted"}))));
    let calls = bench.calls();
    let started = &calls[0].payload;
    assert_eq!(started["triggerReason"], "RemoteStart");
    assert_eq!(started["transactionInfo"]["remoteStartId"], 77);
    assert_eq!(started["idToken"], token("TAG1"));
    assert_eq!(
        status(&mut bench, "RequestStartTransaction", start),
        "Rejected"
    );
    let id = started["transactionInfo"]["transactionId"].clone();
    let of = |id: Value| json!({ "transactionId": id });
    assert_eq!(
        status(&mut bench, "RequestStopTransaction", of(json!("other"))),
        "Rejected"
    );
    let running = bench.call("GetTransactionStatus", of(id.clone()));
    let running = running.unwrap().unwrap();
    assert_eq!(
        running,
        json!({"ongoingIndicator": true, "messagesInQueue": false})
    );
    assert_eq!(
        status(&mut bench, "RequestStopTransaction", of(id.clone())),
        "Accepted"
    );
    let ended = &events(bench.calls())[0];
    assert_eq!(ended["eventType"], "Ended");
    assert_eq!(ended["triggerReason"], "RemoteStop");
    assert_eq!(ended["transactionInfo"]["stoppedReason"], "Remote");
    assert_eq!(
        status(&mut bench, "RequestStopTransaction", of(id)),
        "Rejected"
    );
}

#[test]
fn tc_f_a_remote_start_names_the_transaction_that_runs_already() {
    let mut bench = booted_with(with(config(1), "TxCtrlr.TxStartPoint", "EVConnected"));
    bench.plug(1, 1);
    let id = events(bench.calls())[0]["transactionInfo"]["transactionId"].clone();
    let start = json!({"remoteStartId": 5, "idToken": token("TAG1"), "evseId": 1});
    let answer = bench.call("RequestStartTransaction", start);
    assert_eq!(
        answer,
        Some(Ok(json!({"status": "Accepted", "transactionId": id})))
    );
    let calls = bench.calls();
    assert_eq!(calls[0].action, "Authorize", "AuthorizeRemoteStart is true");
    let authorized = &calls[1].payload;
    assert_eq!(authorized["triggerReason"], "RemoteStart");
    assert_eq!(authorized["transactionInfo"]["remoteStartId"], 5);
}

#[test]
fn tc_f_unlocking() {
    let unlock = |evse, connector| json!({"evseId": evse, "connectorId": connector});
    let mut bench = booted_with(sockets(1));
    assert_eq!(
        status(&mut bench, "UnlockConnector", unlock(1, 1)),
        "Unlocked"
    );
    assert_eq!(
        status(&mut bench, "UnlockConnector", unlock(1, 2)),
        "UnknownConnector"
    );
    assert_eq!(
        status(&mut bench, "UnlockConnector", unlock(9, 1)),
        "UnknownConnector"
    );
    bench.locks_fail = true;
    assert_eq!(
        status(&mut bench, "UnlockConnector", unlock(1, 1)),
        "UnlockFailed"
    );
    let mut bench = charging_with(sockets(1));
    assert_eq!(
        status(&mut bench, "UnlockConnector", unlock(1, 1)),
        "OngoingAuthorizedTransaction"
    );
    assert_eq!(bench.story(), [""; 0], "the transaction goes on");
}

#[test]
fn tc_f_triggered_messages() {
    let mut bench = charging();
    let mut trigger = |message: &str, evse: Value| {
        let mut request = json!({ "requestedMessage": message });
        if !evse.is_null() {
            request["evse"] = evse;
        }
        let status = status(&mut bench, "TriggerMessage", request);
        let calls = bench.all_calls();
        (status, calls)
    };
    assert_eq!(trigger("BootNotification", Value::Null).0, "Rejected");
    assert_eq!(
        trigger("StatusNotification", json!({"id": 1})).0,
        "Rejected"
    );
    assert_eq!(
        trigger("SignV2GCertificate", Value::Null).0,
        "NotImplemented"
    );
    let (_, calls) = trigger("Heartbeat", Value::Null);
    assert_eq!(calls[0].action, "Heartbeat");
    let (_, calls) = trigger("StatusNotification", json!({"id": 1, "connectorId": 1}));
    assert_eq!(calls[0].payload["connectorStatus"], "Occupied");
    let (_, calls) = trigger("MeterValues", json!({"id": 1}));
    assert_eq!(calls[0].action, "MeterValues");
    assert_eq!(
        calls[0].payload["meterValue"][0]["sampledValue"][0]["context"],
        "Trigger"
    );
    let (_, calls) = trigger("TransactionEvent", json!({"id": 1}));
    assert_eq!(calls[0].payload["triggerReason"], "Trigger");
    assert_eq!(
        calls[0].payload["transactionInfo"]["chargingState"],
        "Charging"
    );
}

// G: availability

#[test]
fn tc_g_availability_of_station_evse_and_connector_survives_a_restart() {
    for evse in [
        Value::Null,
        json!({"id": 1}),
        json!({"id": 1, "connectorId": 1}),
    ] {
        let change = |kind: &str| {
            let mut request = json!({ "operationalStatus": kind });
            if !evse.is_null() {
                request["evse"] = evse.clone();
            }
            request
        };
        let mut bench = booted();
        let off = change("Inoperative");
        assert_eq!(
            status(&mut bench, "ChangeAvailability", off.clone()),
            "Accepted"
        );
        assert_eq!(bench.story(), ["Status 1.1 Unavailable"]);
        assert_eq!(status(&mut bench, "ChangeAvailability", off), "Accepted");
        bench.power_cycle();
        assert_eq!(bench.story()[1], "Status 1.1 Unavailable");
        bench.present(1, "TAG1");
        assert_eq!(bench.story(), [""; 0]);
        let on = change("Operative");
        assert_eq!(status(&mut bench, "ChangeAvailability", on), "Accepted");
        assert_eq!(bench.story(), ["Status 1.1 Available"]);
    }
    let mut bench = charging();
    let nowhere = json!({"operationalStatus": "Inoperative", "evse": {"id": 9}});
    assert_eq!(
        status(&mut bench, "ChangeAvailability", nowhere),
        "Rejected"
    );
    let off = json!({"operationalStatus": "Inoperative", "evse": {"id": 1}});
    assert_eq!(status(&mut bench, "ChangeAvailability", off), "Scheduled");
    assert_eq!(bench.story(), [""; 0]);
    bench.present(1, "TAG1");
    assert_eq!(
        bench.story(),
        ["Ended StopAuthorized EVConnected", "Status 1.1 Unavailable"]
    );
}

// J: meter values

#[test]
fn tc_j_sampled_and_aligned_values() {
    let config = with(config(1), "SampledDataCtrlr.TxUpdatedInterval", "900");
    let mut config = with(config, "AlignedDataCtrlr.Interval", "600");
    config.defaults.remove(0);
    let config = with(
        with(config, "SampledDataCtrlr.TxEndedInterval", "1200"),
        "SampledDataCtrlr.TxUpdatedMeasurands",
        "Energy.Active.Import.Register,Voltage",
    );
    let mut bench = charging_with(config);
    bench.run(1_800);
    let all = events(bench.calls());
    let triggers: Vec<&str> = all
        .iter()
        .map(|event| event["triggerReason"].as_str().unwrap())
        .collect();
    assert_eq!(
        triggers,
        [
            "MeterValueClock",
            "MeterValuePeriodic",
            "MeterValueClock",
            "MeterValuePeriodic",
            "MeterValueClock"
        ]
    );
    let values = all[1]["meterValue"][0]["sampledValue"].as_array().unwrap();
    assert_eq!(values.len(), 3);
    assert_eq!(values[1]["phase"], "L1-N");
    assert_eq!(values[1]["unitOfMeasure"]["unit"], "V");
    assert_eq!(values[0]["context"], "Sample.Periodic");
    bench.present(1, "TAG1");
    let ended = events(bench.calls()).pop().unwrap();
    let contexts: Vec<&str> = ended["meterValue"]
        .as_array()
        .unwrap()
        .iter()
        .map(|value| value["sampledValue"][0]["context"].as_str().unwrap())
        .collect();
    assert_eq!(
        contexts,
        ["Transaction.Begin", "Sample.Periodic", "Transaction.End"]
    );
    bench.run(600);
    let idle = bench.calls();
    assert_eq!(idle[0].action, "MeterValues");
    assert_eq!(idle[0].payload["evseId"], 1);
    assert_eq!(
        idle[0].payload["meterValue"][0]["sampledValue"][0]["context"],
        "Sample.Clock"
    );
}

// K: smart charging

fn profile(id: i64, purpose: &str, limit: f64) -> Value {
    json!({"id": id, "stackLevel": 0, "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Relative", "chargingSchedule": [
            {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}]}]})
}

fn limits(bench: &Bench) -> Vec<String> {
    let limits = bench.outputs.iter().filter_map(|output| match output {
        Output::SetLimit { limit, .. } => Some(limit.map(|l| l.value.to_string())),
        _ => None,
    });
    limits.map(Option::unwrap_or_default).collect()
}

#[test]
fn tc_k_profiles_limit_the_hardware_and_are_reported_and_cleared() {
    let mut bench = charging();
    let set = json!({"evseId": 1, "chargingProfile": profile(1, "TxDefaultProfile", 10.0)});
    assert_eq!(status(&mut bench, "SetChargingProfile", set), "Accepted");
    assert_eq!(limits(&bench), ["10"]);
    assert_eq!(bench.story(), ["Updated ChargingRateChanged Charging"]);
    let wanted = json!({"evseId": 1, "duration": 60, "chargingRateUnit": "A"});
    let composite = bench.call("GetCompositeSchedule", wanted).unwrap().unwrap();
    assert_eq!(composite["status"], "Accepted");
    let period = &composite["schedule"]["chargingSchedulePeriod"][0];
    assert_eq!(period["limit"], 10);
    let all = json!({"requestId": 9, "chargingProfile": {}});
    assert_eq!(status(&mut bench, "GetChargingProfiles", all), "Accepted");
    let report = &bench.calls()[0];
    assert_eq!(report.action, "ReportChargingProfiles");
    assert_eq!(report.payload["requestId"], 9);
    assert_eq!(report.payload["chargingProfile"][0]["id"], 1);
    let clear = json!({"chargingProfileId": 1});
    assert_eq!(
        status(&mut bench, "ClearChargingProfile", clear.clone()),
        "Accepted"
    );
    assert_eq!(status(&mut bench, "ClearChargingProfile", clear), "Unknown");
    assert_eq!(limits(&bench).len(), 2);
}

#[test]
fn tc_k_a_limit_of_zero_suspends_and_a_tx_profile_needs_its_transaction() {
    let mut bench = charging();
    let foreign = json!({"evseId": 1, "chargingProfile": profile(2, "TxProfile", 0.0)});
    let answer = bench.call("SetChargingProfile", foreign).unwrap().unwrap();
    assert_eq!(answer["status"], "Rejected");
    let id = bench.station.state().connectors[0].transaction_id.clone();
    let mut own = profile(2, "TxProfile", 0.0);
    own["transactionId"] = json!(id);
    let own = json!({"evseId": 1, "chargingProfile": own});
    assert_eq!(status(&mut bench, "SetChargingProfile", own), "Accepted");
    assert_eq!(
        bench.story(),
        ["Updated ChargingStateChanged SuspendedEVSE"]
    );
}

#[test]
fn a_remote_start_brings_its_profile() {
    let mut bench = booted();
    bench.plug(1, 1);
    let start = |purpose: &str| {
        json!({"remoteStartId": 1, "idToken": token("A"), "evseId": 1,
            "chargingProfile": profile(3, purpose, 12.0)})
    };
    let wrong = start("TxDefaultProfile");
    assert_eq!(
        status(&mut bench, "RequestStartTransaction", wrong),
        "Rejected"
    );
    let right = start("TxProfile");
    assert_eq!(
        status(&mut bench, "RequestStartTransaction", right),
        "Accepted"
    );
    // Whatever limit the hardware had before the start is taken back first.
    assert_eq!(limits(&bench), ["", "12"]);
}

/// F02.FR.18: also where the transaction begins, or runs, while the CSMS is asked about the token; of a token that is refused
/// nothing stays behind.
#[test]
fn the_profile_of_a_remote_start_waits_for_the_token() {
    for cable_first in [true, false] {
        for accepted in [true, false] {
            let config = with(config(1), "TxCtrlr.TxStartPoint", "EVConnected");
            let config = with(config, "AuthCtrlr.AuthorizeRemoteStart", "true");
            let mut bench = booted_with(config);
            let said = if accepted { "Accepted" } else { "Invalid" };
            bench.answer_with(but(move |action, _| {
                let info = json!({"idTokenInfo": {"status": said}});
                (action == "Authorize").then_some(Answer::Late(2, info))
            }));
            if cable_first {
                bench.plug(1, 1);
            }
            let start = json!({"remoteStartId": 1, "idToken": token("A"), "evseId": 1,
                "chargingProfile": profile(3, "TxProfile", 12.0)});
            let answer = status(&mut bench, "RequestStartTransaction", start);
            assert_eq!(answer, "Accepted");
            bench.plug(1, 1);
            let kept = |bench: &Bench| {
                let mut keys = bench.stored.keys();
                keys.any(|key| key.starts_with("charging-profile/"))
            };
            assert!(!kept(&bench), "the token is not known yet");
            bench.run(3);
            let kept = kept(&bench);
            let case = format!("cable first: {cable_first}, accepted: {accepted}");
            assert_eq!(kept, accepted, "{case}");
            assert_eq!(
                bench.is_charging(ConnectorId::new(1, 1)),
                accepted,
                "{case}"
            );
            let limited = limits(&bench).last().is_some_and(|limit| limit == "12");
            assert_eq!(limited, accepted, "{case}");
        }
    }
}

/// B01.FR.08, B02.FR.02: whatever the CSMS asks for before it has answered, the station calls it with nothing but
/// BootNotification; while Pending with what may be asked for then.
#[test]
fn nothing_but_the_boot_is_sent_before_it_is_answered() {
    let requests = [
        (
            "GetBaseReport",
            json!({"requestId": 1, "reportBase": "FullInventory"}),
        ),
        ("GetReport", json!({"requestId": 2})),
        (
            "GetChargingProfiles",
            json!({"requestId": 3, "chargingProfile": {}}),
        ),
        ("TriggerMessage", json!({"requestedMessage": "Heartbeat"})),
        (
            "TriggerMessage",
            json!({"requestedMessage": "StatusNotification", "evse": {"id": 1, "connectorId": 1}}),
        ),
        ("TriggerMessage", json!({"requestedMessage": "MeterValues"})),
    ];
    let boots = |status: &'static str| {
        but(move |action, _| {
            let response = json!({"currentTime": "now", "interval": 60, "status": status});
            (action == "BootNotification").then_some(match status {
                "" => Answer::Silence,
                _ => Answer::Respond(response),
            })
        })
    };
    for (said, answers) in [
        (
            "",
            [
                "SecurityError",
                "SecurityError",
                "SecurityError",
                "Rejected",
                "Rejected",
                "Rejected",
            ],
        ),
        (
            "Pending",
            [
                "Accepted",
                "Accepted",
                "SecurityError",
                "Accepted",
                "Accepted",
                "Accepted",
            ],
        ),
    ] {
        let mut bench = Bench::new(config(1), boots(said));
        bench.real_time_clock = true;
        bench.start();
        for ((action, payload), wanted) in requests.iter().zip(answers) {
            let answer = status(&mut bench, action, payload.clone());
            assert_eq!(answer, wanted, "{said:?}: {action} {payload}");
        }
        let calls = bench.all_calls();
        let other = calls.iter().any(|call| call.action != "BootNotification");
        assert_eq!(other, !said.is_empty(), "{calls:?}");
        assert!(
            calls
                .iter()
                .all(|call| call.action != "ReportChargingProfiles")
        );
    }
}

/// B03.FR.02: a report that is under way stops when the CSMS refuses the station.
#[test]
fn a_report_stops_when_the_station_is_rejected() {
    let mut boots = 0;
    let mut bench = Bench::new(
        config(40),
        but(move |action, _| match action {
            "BootNotification" => {
                boots += 1;
                let said = if boots == 1 { "Pending" } else { "Rejected" };
                let response = json!({"currentTime": "now", "interval": 60, "status": said});
                Some(Answer::Respond(response))
            }
            "NotifyReport" => Some(Answer::Late(20, json!({}))),
            _ => None,
        }),
    );
    bench.start();
    let report = json!({"requestId": 1, "reportBase": "FullInventory"});
    assert_eq!(status(&mut bench, "GetBaseReport", report), "Accepted");
    bench.run(600);
    let calls = bench.all_calls();
    let refused = calls
        .iter()
        .position(|call| call.action == "BootNotification" && call.at > 0.0);
    let after = &calls[refused.unwrap() + 1..];
    assert!(
        after.iter().all(|call| call.action == "BootNotification"),
        "{after:?}"
    );
}

/// F02.FR.12: the token is told, and asked about, as the CSMS has written it.
#[test]
fn what_is_said_of_the_token_of_a_remote_start_comes_back() {
    for asks in ["true", "false"] {
        let mut bench = booted_with(with(config(1), "AuthCtrlr.AuthorizeRemoteStart", asks));
        let mut id_token = token("A");
        id_token["additionalInfo"] = json!([{"additionalIdToken": "B", "type": "contract"}]);
        let start = json!({"remoteStartId": 1, "idToken": id_token, "evseId": 1});
        assert_eq!(
            status(&mut bench, "RequestStartTransaction", start),
            "Accepted"
        );
        bench.plug(1, 1);
        bench.present(1, "A");
        let calls = bench.calls();
        let told: Vec<&Value> = calls
            .iter()
            .filter(|call| call.payload["idToken"].is_object())
            .map(|call| &call.payload["idToken"])
            .collect();
        let authorizes = usize::from(asks == "true");
        assert_eq!(told[..=authorizes], vec![&id_token; authorizes + 1]);
        assert_eq!(told.last(), Some(&&token("A")), "who stops it");
    }
}

// What is not there

#[test]
fn unknown_and_unsupported_actions_and_broken_payloads() {
    let mut bench = booted();
    assert_eq!(status(&mut bench, "Nonsense", json!({})), "NotImplemented");
    let reserve = json!({"id": 1, "expiryDateTime": "2030-01-01T00:00:00Z", "idToken": token("A")});
    assert_eq!(status(&mut bench, "ReserveNow", reserve), "NotSupported");
    assert_eq!(
        status(&mut bench, "Reset", json!({"type": 7})),
        "TypeConstraintViolation"
    );
    let mut plain = config(1);
    plain.features.local_list = false;
    let version = booted_with(plain).call("GetLocalListVersion", json!({}));
    assert_eq!(version, Some(Ok(json!({"versionNumber": 0}))), "D02.FR.03");
    let data = json!({"vendorId": "x"});
    assert_eq!(status(&mut bench, "DataTransfer", data), "UnknownVendorId");
    assert_eq!(bench.story(), [""; 0]);
}
