//! N01, and diagnostics.

use ocpp_core::station::{JobEvent, JobFailure, Output, UploadKind};
use serde_json::{Value, json};

use crate::kit::*;

const ACTION: &str = "LogStatusNotification";

fn get(kind: &str, request: i64) -> Value {
    json!({
        "logType": kind,
        "requestId": request,
        "retries": 2,
        "retryInterval": 10,
        "log": {"remoteLocation": "https://host/logs/"},
    })
}

#[test]
fn tc_079_logs_of_both_kinds_are_uploaded() {
    let (mut bench, _) = station();
    for (name, kind) in [
        ("SecurityLog", UploadKind::SecurityLog),
        ("DiagnosticsLog", UploadKind::Diagnostics),
    ] {
        bench.outputs.clear();
        let answer = bench.call("GetLog", get(name, 5)).unwrap().unwrap();
        assert_eq!(answer["status"], "Accepted");
        let ordered = bench.outputs.iter().find_map(|output| match output {
            Output::Upload {
                kind, file_name, ..
            } => Some((*kind, file_name.clone())),
            _ => None,
        });
        let (ordered, file_name) = ordered.unwrap();
        assert_eq!(ordered, kind);
        assert_eq!(answer["filename"], json!(file_name));
        assert_eq!(statuses(&mut bench, ACTION, 5), ["Uploading", "Uploaded"]);
    }
}

#[test]
fn n01_fr_10_an_upload_that_fails_is_tried_again_and_says_why() {
    for (failure, expected) in [
        (JobFailure::Connection, "UploadFailure"),
        (JobFailure::PermissionDenied, "PermissionDenied"),
        (JobFailure::BadLocation, "NotSupportedOperation"),
    ] {
        let (mut bench, _) = station();
        bench.jobs = JobEvent::Failed(failure);
        assert_eq!(
            status(&mut bench, "GetLog", get("SecurityLog", 9)),
            "Accepted"
        );
        bench.run(60);
        let told = statuses(&mut bench, ACTION, 9);
        assert_eq!(told.last().unwrap(), expected);
        let uploads = bench
            .outputs
            .iter()
            .filter(|o| matches!(o, Output::Upload { .. }));
        assert_eq!(uploads.count(), 3);
    }
}

#[test]
fn n01_fr_11_another_request_cancels_the_upload() {
    let (mut bench, _) = station();
    bench.jobs = JobEvent::Paused;
    assert_eq!(
        status(&mut bench, "GetLog", get("SecurityLog", 1)),
        "Accepted"
    );
    assert_eq!(
        status(&mut bench, "GetLog", get("DiagnosticsLog", 2)),
        "AcceptedCanceled"
    );
    let cancelled = bench
        .outputs
        .iter()
        .filter(|o| matches!(o, Output::CancelJob(_)));
    assert_eq!(cancelled.count(), 1);
}

#[test]
fn an_upload_begins_again_after_a_power_cut() {
    let (mut bench, _) = station();
    bench.jobs = JobEvent::Paused;
    assert_eq!(
        status(&mut bench, "GetLog", get("SecurityLog", 3)),
        "Accepted"
    );
    let diagnostics = bench.stored.keys().filter(|key| *key == "upload");
    assert_eq!(diagnostics.count(), 1);
    bench.all_calls();
    bench.jobs = JobEvent::Done;
    bench.power_cycle();
    assert_eq!(statuses(&mut bench, ACTION, 3), ["Uploading", "Uploaded"]);
    assert!(!bench.stored.contains_key("upload"));
}

#[test]
fn n01_fr_12_a_triggered_status_names_the_request_only_while_there_is_one() {
    let (mut bench, _) = station();
    let trigger = json!({"requestedMessage": "LogStatusNotification"});
    assert_eq!(
        status(&mut bench, "ExtendedTriggerMessage", trigger.clone()),
        "Accepted"
    );
    assert_eq!(
        bench.all_calls().last().unwrap().payload,
        json!({"status": "Idle"})
    );
    bench.jobs = JobEvent::Paused;
    assert_eq!(
        status(&mut bench, "GetLog", get("SecurityLog", 4)),
        "Accepted"
    );
    assert_eq!(
        status(&mut bench, "ExtendedTriggerMessage", trigger),
        "Accepted"
    );
    let last = bench.all_calls().last().unwrap().payload.clone();
    assert_eq!(last, json!({"status": "Uploading", "requestId": 4}));
}

#[test]
fn every_extended_trigger_sends_its_message() {
    let (mut bench, _) = station();
    for (wanted, action) in [
        ("LogStatusNotification", "LogStatusNotification"),
        (
            "FirmwareStatusNotification",
            "SignedFirmwareStatusNotification",
        ),
        ("Heartbeat", "Heartbeat"),
        ("MeterValues", "MeterValues"),
        ("SignChargePointCertificate", "SignCertificate"),
        ("StatusNotification", "StatusNotification"),
    ] {
        bench.all_calls();
        let trigger = json!({"requestedMessage": wanted, "connectorId": 1});
        assert_eq!(
            status(&mut bench, "ExtendedTriggerMessage", trigger),
            "Accepted"
        );
        assert_eq!(bench.all_calls().last().unwrap().action, action);
    }
    for (wanted, connector, expected) in [
        ("BootNotification", None, "Rejected"),
        ("StatusNotification", Some(9), "Rejected"),
        ("MeterValues", Some(0), "Rejected"),
    ] {
        let mut trigger = json!({"requestedMessage": wanted});
        if let Some(connector) = connector {
            trigger["connectorId"] = json!(connector);
        }
        assert_eq!(
            status(&mut bench, "ExtendedTriggerMessage", trigger),
            expected,
            "{wanted}"
        );
    }
}
