//! GetLog and LogStatusNotification (N01).

use ocpp_core::station::{Input, JobEvent, JobFailure, JobId, Output, UploadKind};
use ocpp_core::testing::station::{Answer, Bench, friendly_v2_0_1};
use serde_json::{Value, json};

use super::kit_v2_0_1::*;
use super::{count, last, news, of_request, statuses, told};

const ACTION: &str = "LogStatusNotification";

fn get(kind: &str, request: i64) -> Value {
    json!({
        "logType": kind, "requestId": request, "retries": 2, "retryInterval": 10,
        "log": {"remoteLocation": "https://host/logs/"},
    })
}

fn upload(bench: &Bench) -> Option<(JobId, UploadKind, String)> {
    last(bench, |output| match output {
        Output::Upload {
            job,
            kind,
            file_name,
            ..
        } => Some((*job, *kind, file_name.clone())),
        _ => None,
    })
}

/// Jobs begin and stay.
fn stuck() -> Bench {
    let mut bench = booted();
    bench.world(|output| match output {
        Output::Upload { job, .. } => {
            let (job, event) = (*job, JobEvent::Started);
            Some(vec![Input::Job { job, event }])
        }
        _ => None,
    });
    bench
}

#[test]
fn n01_fr_01_to_09_logs_of_both_kinds_are_uploaded() {
    let mut bench = booted();
    for (name, kind) in [
        ("SecurityLog", UploadKind::SecurityLog),
        ("DiagnosticsLog", UploadKind::Diagnostics),
    ] {
        let mut request = get(name, 5);
        request["log"]["oldestTimestamp"] = json!("2024-05-01T00:00:00Z");
        let answer = bench.call("GetLog", request).unwrap().unwrap();
        assert_eq!(answer["status"], "Accepted");
        let (_, ordered, file_name) = upload(&bench).unwrap();
        assert_eq!(ordered, kind);
        assert_eq!(answer["filename"], json!(file_name));
        let told = told(&mut bench, ACTION);
        assert_eq!(of_request(&told, 5), ["Uploading", "Uploaded"]);
        assert!(!bench.stored.contains_key("upload"));
    }
}

#[test]
fn n01_fr_10_an_upload_that_fails_is_tried_again_and_says_why_once() {
    for (failure, expected) in [
        (JobFailure::Connection, "UploadFailure"),
        (JobFailure::NotFound, "UploadFailure"),
        (JobFailure::PermissionDenied, "PermissionDenied"),
        (JobFailure::BadLocation, "NotSupportedOperation"),
        (JobFailure::Invalid, "BadMessage"),
    ] {
        let mut bench = booted();
        bench.jobs = JobEvent::Failed(failure);
        assert_eq!(
            status(&mut bench, "GetLog", get("SecurityLog", 9)),
            "Accepted"
        );
        bench.run(9);
        assert_eq!(count(&bench, |o| matches!(o, Output::Upload { .. })), 1);
        bench.run(60);
        assert_eq!(count(&bench, |o| matches!(o, Output::Upload { .. })), 3);
        let mut told = of_request(&told(&mut bench, ACTION), 9);
        assert_eq!(told.pop().as_deref(), Some(expected));
        assert_eq!(told, ["Uploading"; 3]);
        bench.run(600);
        assert_eq!(count(&bench, |o| matches!(o, Output::Upload { .. })), 3);
    }
}

#[test]
fn n01_fr_12_and_20_another_request_cancels_the_upload_in_every_phase() {
    // While it runs, while it waits for the next attempt, and while it waits for a connection.
    for phase in 0..3 {
        let mut bench = stuck();
        if phase == 2 {
            bench.jobs = JobEvent::Paused;
        }
        let first = bench
            .call("GetLog", get("SecurityLog", 1))
            .unwrap()
            .unwrap();
        assert_eq!(first["status"], "Accepted");
        let (job, ..) = upload(&bench).unwrap();
        match phase {
            1 => news(&mut bench, job, JobEvent::Failed(JobFailure::Connection)),
            2 => {
                bench.network(false);
                bench.network(true);
                bench.run(300);
            }
            _ => {}
        }
        bench.all_calls();
        bench.outputs.clear();
        let second = status(&mut bench, "GetLog", get("DiagnosticsLog", 2));
        assert_eq!(second, "AcceptedCanceled", "{phase}");
        let cancelled = count(&bench, |o| *o == Output::CancelJob(job));
        assert_eq!(cancelled, usize::from(phase != 1), "{phase}");
        let (next, kind, _) = upload(&bench).unwrap();
        assert_eq!(kind, UploadKind::Diagnostics);
        // Late news of the first one are no news of the second.
        news(&mut bench, job, JobEvent::Done);
        news(&mut bench, next, JobEvent::Done);
        let told = statuses(&told(&mut bench, ACTION));
        let expected = [("AcceptedCanceled", 1), ("Uploading", 2), ("Uploaded", 2)];
        let expected = expected.map(|(status, id)| (status.to_owned(), Some(id)));
        assert_eq!(told, expected, "{phase}");
    }
}

#[test]
fn n01_fr_13_a_triggered_status_names_the_request_only_while_there_is_one() {
    let mut bench = stuck();
    let trigger = json!({"requestedMessage": "LogStatusNotification"});
    for expected in [
        json!({"status": "Idle"}),
        json!({"status": "Uploading", "requestId": 4}),
    ] {
        bench.all_calls();
        assert_eq!(
            status(&mut bench, "TriggerMessage", trigger.clone()),
            "Accepted"
        );
        assert_eq!(told(&mut bench, ACTION), [expected]);
        status(&mut bench, "GetLog", get("SecurityLog", 4));
    }
}

#[test]
fn n01_fr_05_a_log_that_there_is_not_is_rejected() {
    let mut bench = booted();
    let answer = bench.call("GetLog", get("DataCollectorLog", 1));
    // The type is none of 2.0.1.
    assert!(matches!(answer, Some(Err(_))), "{answer:?}");
    assert_eq!(upload(&bench), None);
}

#[test]
fn an_upload_survives_a_power_cut_at_every_output() {
    for cut in 0..60 {
        let mut bench = booted();
        bench.cut_power_after(cut);
        let answer = bench.call("GetLog", get("SecurityLog", 3));
        let was_cut = bench.power_was_cut();
        bench.power_cycle();
        bench.run(300);
        let told = of_request(&told(&mut bench, ACTION), 3);
        // Once it was promised it is done, and told. A status may be told once more.
        if answer.is_some() {
            assert_eq!(told.last().map(String::as_str), Some("Uploaded"), "{cut}");
        }
        assert!(!bench.stored.contains_key("upload"), "{cut}");
        if !was_cut {
            assert!(cut > 8, "{cut}");
            return;
        }
    }
    panic!("the power was always cut");
}

#[test]
fn an_upload_survives_a_lost_connection_at_every_status() {
    for lost in 0..2 {
        let mut seen = 0;
        let mut bench = booted_with(config(1));
        bench.answer_with(but(move |action, _| {
            let mine = action == ACTION;
            seen += usize::from(mine);
            (mine && seen == lost + 1).then_some(Answer::Silence)
        }));
        assert_eq!(
            status(&mut bench, "GetLog", get("SecurityLog", 3)),
            "Accepted"
        );
        bench.network(false);
        bench.answer_with(friendly_v2_0_1());
        bench.network(true);
        bench.run(600);
        let told = of_request(&told(&mut bench, ACTION), 3);
        assert_eq!(told.last().map(String::as_str), Some("Uploaded"));
        assert!(told.contains(&"Uploading".to_owned()));
    }
}

#[test]
fn nothing_is_uploaded_while_there_is_no_connection() {
    let mut bench = booted();
    bench.jobs = JobEvent::Failed(JobFailure::Connection);
    assert_eq!(
        status(&mut bench, "GetLog", get("SecurityLog", 3)),
        "Accepted"
    );
    bench.network(false);
    bench.run(600);
    assert_eq!(count(&bench, |o| matches!(o, Output::Upload { .. })), 1);
    bench.network(true);
    bench.run(600);
    assert_eq!(count(&bench, |o| matches!(o, Output::Upload { .. })), 3);
}

#[test]
fn a_failing_disk_refuses_the_log_and_changes_nothing() {
    let mut bench = stuck();
    bench.input(Input::StorageFailed { undone: Vec::new() });
    assert_eq!(
        status(&mut bench, "GetLog", get("SecurityLog", 3)),
        "InternalError"
    );
    assert_eq!(upload(&bench), None);
    bench.input(Input::StorageRestored);
    assert_eq!(
        status(&mut bench, "GetLog", get("SecurityLog", 4)),
        "Accepted"
    );
    let (job, ..) = upload(&bench).unwrap();
    // The disk fails while the upload runs: its end is told when it can be stored.
    bench.all_calls();
    bench.input(Input::StorageFailed { undone: Vec::new() });
    news(&mut bench, job, JobEvent::Done);
    assert_eq!(told(&mut bench, ACTION), [] as [Value; 0]);
    bench.input(Input::StorageRestored);
    bench.run(60);
    assert_eq!(of_request(&told(&mut bench, ACTION), 4), ["Uploaded"]);
}
