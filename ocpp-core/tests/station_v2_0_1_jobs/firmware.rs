//! UpdateFirmware and FirmwareStatusNotification (L01, L02).

use ocpp_core::station::{Input, JobEvent, JobFailure, JobId, Output, StationConfig};
use ocpp_core::testing::station::{Answer, Bench, friendly_v2_0_1};
use serde_json::{Value, json};

use super::kit_v2_0_1::*;
use super::{count, last, news, of_request, statuses, told};

const ACTION: &str = "FirmwareStatusNotification";
const ALL: [&str; 4] = ["Downloading", "Downloaded", "Installing", "Installed"];

fn unsigned(evses: u32) -> StationConfig {
    let mut config = config(evses);
    config.features.unsigned_firmware = true;
    config.firmware_version = Some("1".into());
    config
}

fn booted() -> Bench {
    booted_with(unsigned(1))
}

/// To be retrieved and installed at these seconds from now.
fn update(bench: &Bench, request: i64, retrieve: i64, install: Option<i64>) -> Value {
    let mut firmware = json!({
        "location": "https://host/firmware", "retrieveDateTime": bench.utc_in(retrieve),
    });
    if let Some(install) = install {
        firmware["installDateTime"] = json!(bench.utc_in(install));
    }
    json!({"requestId": request, "retries": 2, "retryInterval": 10, "firmware": firmware})
}

fn order(bench: &mut Bench, request: i64, retrieve: i64, install: Option<i64>) -> String {
    let update = update(bench, request, retrieve, install);
    status(bench, "UpdateFirmware", update)
}

/// The job that was ordered last.
fn job(bench: &Bench) -> Option<JobId> {
    last(bench, |output| match output {
        Output::Download { job, .. }
        | Output::Install { job }
        | Output::VerifyFirmware { job, .. } => Some(*job),
        _ => None,
    })
}

/// Jobs begin and stay.
fn stuck(bench: &mut Bench) {
    bench.world(|output| match output {
        Output::Download { job, .. } | Output::Install { job } => {
            let (job, event) = (*job, JobEvent::Started);
            Some(vec![Input::Job { job, event }])
        }
        _ => None,
    });
}

fn security_events(calls: &[Value]) -> Vec<String> {
    let kinds = calls
        .iter()
        .map(|payload| payload["type"].as_str().unwrap_or_default());
    kinds
        .filter(|kind| kind.contains("Firmware"))
        .map(Into::into)
        .collect()
}

#[test]
fn l02_fr_01_20_an_update_without_a_restart_is_told_and_the_connection_made_anew() {
    let mut bench = booted();
    bench.all_calls();
    bench.outputs.clear();
    assert_eq!(order(&mut bench, 3, -1, Some(-1)), "Accepted");
    bench.run(10);
    let calls = bench.all_calls();
    let of = |action: &str| -> Vec<Value> {
        let of = calls.iter().filter(|call| call.action == action);
        of.map(|call| call.payload.clone()).collect()
    };
    assert_eq!(of_request(&of(ACTION), 3), ALL);
    assert_eq!(
        security_events(&of("SecurityEventNotification")),
        ["FirmwareUpdated"]
    );
    assert_eq!(count(&bench, |o| matches!(o, Output::Disconnect)), 1);
    assert!(bench.is_connected());
    assert!(
        !bench
            .stored
            .keys()
            .any(|key| key.starts_with("firmware") && key != "firmware-status")
    );
}

#[test]
fn l01_fr_15_32_the_new_firmware_tells_that_it_is_there() {
    let mut bench = booted();
    bench.new_firmware = Some("2".into());
    bench.all_calls();
    assert_eq!(order(&mut bench, 3, -1, None), "Accepted");
    bench.run(60);
    let calls = bench.all_calls();
    let mut story: Vec<String> = Vec::new();
    for call in &calls {
        match call.action.as_str() {
            ACTION => {
                assert_eq!(call.payload["requestId"], 3);
                story.push(call.payload["status"].as_str().unwrap().into());
            }
            "BootNotification" => {
                assert_eq!(call.payload["chargingStation"]["firmwareVersion"], "2");
                assert_eq!(call.payload["reason"], "FirmwareUpdate");
                story.push("Boot".into());
            }
            "SecurityEventNotification" if call.payload["type"] == "FirmwareUpdated" => {
                story.push("FirmwareUpdated".into());
            }
            _ => {}
        }
    }
    let expected = [
        "Downloading",
        "Downloaded",
        "Installing",
        "InstallRebooting",
        "Boot",
        "FirmwareUpdated",
        "Installed",
    ];
    assert_eq!(story, expected);
}

#[test]
fn an_old_firmware_after_the_restart_says_that_the_installation_failed() {
    let mut bench = booted();
    stuck(&mut bench);
    assert_eq!(order(&mut bench, 3, -1, None), "Accepted");
    let download = job(&bench).unwrap();
    news(&mut bench, download, JobEvent::Done);
    assert!(bench.stored.contains_key("firmware"));
    bench.all_calls();
    bench.power_cycle();
    bench.run(10);
    assert_eq!(
        of_request(&told(&mut bench, ACTION), 3),
        ["InstallationFailed"]
    );
    assert!(!bench.stored.contains_key("firmware"));
}

#[test]
fn l02_fr_07_10_dates_are_kept_and_told() {
    let mut bench = booted();
    bench.all_calls();
    assert_eq!(order(&mut bench, 3, 100, Some(200)), "Accepted");
    assert_eq!(
        of_request(&told(&mut bench, ACTION), 3),
        ["DownloadScheduled"]
    );
    bench.run(99);
    assert_eq!(told(&mut bench, ACTION), [] as [Value; 0]);
    bench.run(2);
    let got = of_request(&told(&mut bench, ACTION), 3);
    assert_eq!(got, ["Downloading", "Downloaded", "InstallScheduled"]);
    bench.run(97);
    assert_eq!(told(&mut bench, ACTION), [] as [Value; 0]);
    bench.run(10);
    assert_eq!(
        of_request(&told(&mut bench, ACTION), 3),
        ["Installing", "Installed"]
    );
}

#[test]
fn l02_fr_19_every_failure_has_its_status_after_the_last_attempt() {
    let mut bench = booted();
    bench.jobs = JobEvent::Failed(JobFailure::NotFound);
    bench.all_calls();
    assert_eq!(order(&mut bench, 3, -1, None), "Accepted");
    bench.run(600);
    assert_eq!(count(&bench, |o| matches!(o, Output::Download { .. })), 3);
    let mut got = of_request(&told(&mut bench, ACTION), 3);
    assert_eq!(got.pop().as_deref(), Some("DownloadFailed"));
    assert_eq!(got, ["Downloading"; 3]);
    for (failure, expected) in [
        (JobFailure::Invalid, "InstallVerificationFailed"),
        (JobFailure::Other, "InstallationFailed"),
    ] {
        let mut bench = booted();
        stuck(&mut bench);
        assert_eq!(order(&mut bench, 3, -1, None), "Accepted");
        let download = job(&bench).unwrap();
        news(&mut bench, download, JobEvent::Paused);
        news(&mut bench, download, JobEvent::Done);
        let install = job(&bench).unwrap();
        news(&mut bench, install, JobEvent::Failed(failure));
        bench.run(10);
        let told = of_request(&told(&mut bench, ACTION), 3);
        assert_eq!(
            told,
            [
                "Downloading",
                "DownloadPaused",
                "Downloaded",
                "Installing",
                expected
            ]
        );
    }
}

#[test]
fn l01_fr_18_without_signature_and_without_permission_nothing_happens() {
    let mut bench = booted_with(config(1));
    bench.all_calls();
    let request = update(&bench, 3, -1, None);
    let answer = bench.call("UpdateFirmware", request).unwrap().unwrap();
    assert_eq!(answer["status"], "Rejected");
    assert_eq!(answer["statusInfo"]["reasonCode"], "MissingParam");
    let mut half = update(&bench, 3, -1, None);
    half["firmware"]["signature"] = json!("abcd");
    assert_eq!(status(&mut bench, "UpdateFirmware", half), "Rejected");
    assert_eq!(told(&mut bench, ACTION), [] as [Value; 0]);
    assert_eq!(job(&bench), None);
}

/// L01.FR.24, L01.FR.27, L02.FR.15, L02.FR.18.
#[test]
fn l02_fr_15_18_another_update_takes_the_place_but_of_one_that_is_being_written() {
    let phases = [
        "scheduled",
        "downloading",
        "retrying",
        "ready",
        "due",
        "installing",
    ];
    for phase in phases {
        let mut bench = match phase {
            "due" => charging_with(unsigned(1)),
            _ => booted(),
        };
        stuck(&mut bench);
        let retrieve = if phase == "scheduled" { 1_000 } else { -1 };
        let install = (phase == "ready").then_some(1_000);
        assert_eq!(
            order(&mut bench, 1, retrieve, install),
            "Accepted",
            "{phase}"
        );
        if let Some(download) = job(&bench) {
            match phase {
                "downloading" => {}
                "retrying" => news(&mut bench, download, JobEvent::Failed(JobFailure::Other)),
                _ => news(&mut bench, download, JobEvent::Done),
            }
        }
        let first = job(&bench);
        bench.all_calls();
        bench.outputs.clear();
        let answer = order(&mut bench, 2, -1, None);
        if phase == "installing" {
            assert_eq!(answer, "Rejected");
            assert_eq!(bench.outputs, []);
            continue;
        }
        assert_eq!(answer, "AcceptedCanceled", "{phase}");
        let cancelled = count(&bench, |o| matches!(o, Output::CancelJob(_)));
        assert_eq!(cancelled, usize::from(phase == "downloading"), "{phase}");
        // News of the first one are no news of the second.
        if let Some(first) = first {
            news(&mut bench, first, JobEvent::Done);
        }
        let second = job(&bench).unwrap();
        news(&mut bench, second, JobEvent::Done);
        let told = of_request(&told(&mut bench, ACTION), 2);
        assert_eq!(told[..2], ["Downloading", "Downloaded"], "{phase}");
    }
}

#[test]
fn l01_fr_25_26_a_triggered_status_is_the_last_one_and_idle_after_success() {
    let mut bench = booted();
    let trigger = json!({"requestedMessage": ACTION});
    let ask = |bench: &mut Bench| {
        bench.all_calls();
        assert_eq!(status(bench, "TriggerMessage", trigger.clone()), "Accepted");
        told(bench, ACTION)
    };
    assert_eq!(ask(&mut bench), [json!({"status": "Idle"})]);
    stuck(&mut bench);
    assert_eq!(order(&mut bench, 3, -1, None), "Accepted");
    let running = json!({"status": "Downloading", "requestId": 3});
    assert_eq!(ask(&mut bench), std::slice::from_ref(&running));
    bench.power_cycle();
    bench.run(10);
    assert_eq!(ask(&mut bench), [running]);
    for _ in 0..2 {
        let running = job(&bench).unwrap();
        news(&mut bench, running, JobEvent::Done);
    }
    bench.run(10);
    assert_eq!(ask(&mut bench), [json!({"status": "Idle"})]);
    let mut bare = config(1);
    bare.features.firmware = false;
    let mut bench = booted_with(bare);
    assert_eq!(
        status(
            &mut bench,
            "TriggerMessage",
            json!({"requestedMessage": ACTION})
        ),
        "NotImplemented"
    );
    let request = update(&bench, 1, 0, None);
    assert_eq!(
        status(&mut bench, "UpdateFirmware", request),
        "NotSupported"
    );
}

#[test]
fn publishing_is_not_offered() {
    let mut bench = booted();
    let publish = json!({"location": "https://host/f", "checksum": "0123456789abcdef0123456789abcdef", "requestId": 1});
    assert_eq!(
        status(&mut bench, "PublishFirmware", publish),
        "NotSupported"
    );
    let trigger = json!({"requestedMessage": "PublishFirmwareStatusNotification"});
    assert_eq!(
        status(&mut bench, "TriggerMessage", trigger),
        "NotImplemented"
    );
}

/// L01.FR.06, L01.FR.07, L01.FR.34.
#[test]
fn l01_fr_06_07_nobody_begins_while_the_installation_waits() {
    for new_sessions in [false, true] {
        let mut bench = charging_with(with(
            unsigned(2),
            "ChargingStation.AllowNewSessionsPendingFirmwareUpdate",
            if new_sessions { "true" } else { "false" },
        ));
        bench.calls();
        stuck(&mut bench);
        assert_eq!(order(&mut bench, 3, -1, None), "Accepted");
        let download = job(&bench).unwrap();
        news(&mut bench, download, JobEvent::Done);
        let calls = bench.calls();
        let mut story: Vec<String> = Vec::new();
        for call in calls {
            match call.action.as_str() {
                ACTION => story.push(call.payload["status"].as_str().unwrap().into()),
                "StatusNotification" => story.push(format!(
                    "{} {}",
                    call.payload["evseId"],
                    call.payload["connectorStatus"].as_str().unwrap()
                )),
                _ => {}
            }
        }
        // The reason is told first.
        let mut expected = vec!["Downloading", "Downloaded", "InstallScheduled"];
        if !new_sessions {
            expected.push("2 Unavailable");
        }
        assert_eq!(story, expected);
        bench.plug(2, 1);
        bench.present(2, "TAG2");
        bench.run(5);
        let began = events(bench.calls());
        assert_eq!(!began.is_empty(), new_sessions);
        assert!(
            bench.is_charging(ocpp_core::station::ConnectorId::new(1, 1)),
            "who charges goes on"
        );
        bench.unplug(2, 1);
        bench.run(5);
        assert_eq!(count(&bench, |o| matches!(o, Output::Install { .. })), 0);
        bench.all_calls();
        bench.unplug(1, 1);
        bench.run(5);
        // Everything about the transaction is told, and nobody begins while the hardware is being written.
        assert_eq!(count(&bench, |o| matches!(o, Output::Install { .. })), 1);
        assert_eq!(
            status(&mut bench, "Reset", json!({"type": "Immediate"})),
            "Rejected"
        );
        bench.all_calls();
        bench.plug(1, 1);
        bench.present(1, "TAG1");
        bench.run(5);
        assert!(events(bench.calls()).is_empty());
        assert!(!bench.is_charging(ocpp_core::station::ConnectorId::new(1, 1)));
        let install = job(&bench).unwrap();
        news(&mut bench, install, JobEvent::Done);
        bench.run(10);
        assert_eq!(bench.station.state().connectors[1].status, "Available");
        bench.unplug(1, 1);
        bench.plug(1, 1);
        bench.present(1, "TAG1");
        bench.run(5);
        assert!(
            bench.is_charging(ocpp_core::station::ConnectorId::new(1, 1)),
            "all is as before"
        );
    }
}

/// A station that cannot download while somebody charges keeps EVSEs free for the download.
#[test]
fn l01_fr_13_the_download_waits_where_it_must() {
    let mut config = unsigned(2);
    config.features.download_while_charging = false;
    let mut bench = charging_with(config);
    bench.calls();
    assert_eq!(order(&mut bench, 3, -1, None), "Accepted");
    bench.run(60);
    assert_eq!(job(&bench), None);
    let calls = bench.calls();
    assert_eq!(
        calls[0].payload,
        json!({"status": "DownloadScheduled", "requestId": 3})
    );
    assert_eq!(calls[1].payload["connectorStatus"], "Unavailable");
    assert_eq!(calls[1].payload["evseId"], 2);
    bench.unplug(1, 1);
    bench.run(60);
    let got = of_request(&told(&mut bench, ACTION), 3);
    assert_eq!(got, ALL);
}

/// Whatever was promised is installed once, and told, whenever the power goes.
#[test]
fn an_update_survives_a_power_cut_at_every_output() {
    for restarts in [false, true] {
        let mut whole = false;
        for cut in 0..200 {
            let mut bench = booted();
            bench.new_firmware = restarts.then(|| "2".to_owned());
            bench.all_calls();
            bench.cut_power_after(cut);
            let answer = order(&mut bench, 3, -1, None);
            let was_cut = bench.power_was_cut();
            let installing = bench.stored.contains_key("firmware");
            if was_cut {
                bench.power_cycle();
            }
            bench.run(300);
            let told = of_request(&told(&mut bench, ACTION), 3);
            if answer == "Accepted" {
                let end = told.last().map(String::as_str);
                let failed = installing && end == Some("InstallationFailed");
                assert!(
                    failed || end == Some("Installed"),
                    "{end:?} after {cut}: {told:?}"
                );
            }
            let left = ["firmware", "firmware-update"];
            let left: Vec<_> = left
                .iter()
                .filter(|key| bench.stored.contains_key(**key))
                .collect();
            assert!(left.is_empty(), "{left:?} after {cut}");
            assert_eq!(
                bench.station.state().connectors[0].status,
                "Available",
                "{cut}"
            );
            if !was_cut {
                // The restart of the new firmware calls the cut off.
                assert!(cut > 12, "{cut}");
                whole = true;
                break;
            }
        }
        assert!(whole, "the power was always cut");
    }
}

#[test]
fn an_update_survives_a_lost_connection_at_every_status() {
    for lost in 0..ALL.len() {
        let mut bench = booted();
        bench.all_calls();
        let mut seen = 0;
        bench.answer_with(but(move |action, _| {
            seen += usize::from(action == ACTION);
            (action == ACTION && seen == lost + 1).then_some(Answer::Silence)
        }));
        assert_eq!(order(&mut bench, 3, -1, None), "Accepted");
        bench.network(false);
        bench.run(60);
        bench.answer_with(friendly_v2_0_1());
        bench.network(true);
        bench.run(600);
        let mut told = of_request(&told(&mut bench, ACTION), 3);
        told.dedup();
        assert_eq!(told, ALL, "{lost}");
    }
}

#[test]
fn a_failing_disk_stops_an_update_before_the_hardware_is_written() {
    let mut bench = booted();
    stuck(&mut bench);
    bench.input(Input::StorageFailed { undone: Vec::new() });
    assert_eq!(order(&mut bench, 1, -1, None), "InternalError");
    assert_eq!(job(&bench), None);
    bench.input(Input::StorageRestored);
    assert_eq!(order(&mut bench, 2, -1, None), "Accepted");
    let download = job(&bench).unwrap();
    bench.input(Input::StorageFailed { undone: Vec::new() });
    news(&mut bench, download, JobEvent::Done);
    bench.run(60);
    assert_eq!(count(&bench, |o| matches!(o, Output::Install { .. })), 0);
    bench.input(Input::StorageRestored);
    bench.run(60);
    assert_eq!(count(&bench, |o| matches!(o, Output::Install { .. })), 1);
    assert!(bench.stored.contains_key("firmware"), "before the order");
}

/// A job of which nothing is heard keeps nobody from charging, and another order takes its place.
#[test]
fn a_download_that_never_ends_is_replaced() {
    let mut bench = booted();
    stuck(&mut bench);
    assert_eq!(order(&mut bench, 1, -1, None), "Accepted");
    bench.run(86_400);
    bench.plug(1, 1);
    bench.present(1, "TAG1");
    bench.run(5);
    assert!(bench.is_charging(ocpp_core::station::ConnectorId::new(1, 1)));
    assert_eq!(order(&mut bench, 2, -1, None), "AcceptedCanceled");
    let told = statuses(&told(&mut bench, ACTION));
    assert_eq!(told.last().unwrap(), &("Downloading".to_owned(), Some(2)));
}
