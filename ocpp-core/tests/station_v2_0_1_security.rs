//! A04 played by a 2.0.1 station: security events.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod kit_v2_0_1;

use kit_v2_0_1::{booted, booted_with, but, config, set, status, with};
use ocpp_core::security::SecurityEventKind;
use ocpp_core::station::{Input, Output};
use ocpp_core::testing::station::{Answer, Bench};
use serde_json::{Value, json};

const NOTIFICATION: &str = "SecurityEventNotification";

fn happens(bench: &mut Bench, kind: SecurityEventKind) {
    let info = Some("seen".into());
    bench.input(Input::SecurityEvent { kind, info });
}

/// The notifications of the CSMS since the last time.
fn told(bench: &mut Bench) -> Vec<Value> {
    let calls = bench.all_calls().into_iter();
    let told = calls.filter(|call| call.action == NOTIFICATION);
    told.map(|call| call.payload).collect()
}

fn kinds(bench: &mut Bench) -> Vec<String> {
    let told = told(bench);
    let kinds = told.iter().map(|event| event["type"].as_str().unwrap());
    kinds.map(String::from).collect()
}

/// The security events in the log.
fn log(bench: &Bench) -> Vec<SecurityEventKind> {
    let outputs = bench.outputs.iter();
    outputs
        .filter_map(|output| match output {
            Output::SecurityEvent { kind, .. } => Some(*kind),
            _ => None,
        })
        .collect()
}

#[test]
fn a04_fr_01_and_04_critical_events_are_sent_and_all_are_in_the_log() {
    let mut bench = booted();
    for kind in SecurityEventKind::ALL {
        bench.outputs.clear();
        happens(&mut bench, kind);
        assert_eq!(log(&bench), [kind]);
        let expected: &[&str] = if kind.is_critical_2_x() {
            &[kind.name_2_x()]
        } else {
            &[]
        };
        assert_eq!(kinds(&mut bench), expected);
    }
}

#[test]
fn a01_fr_11_and_12_a_new_password_is_in_the_log_without_the_password() {
    const KEY: &str = "SecurityCtrlr.BasicAuthPassword";
    let mut bench = booted();
    bench.outputs.clear();
    let short = set(&mut bench, "SecurityCtrlr", "BasicAuthPassword", "short");
    assert_eq!(short, "Rejected");
    assert_eq!(log(&bench), []);
    let password = "0123456789abcdef";
    let taken = set(&mut bench, "SecurityCtrlr", "BasicAuthPassword", password);
    assert_eq!(taken, "Accepted");
    let infos = bench.outputs.iter().filter_map(|output| match output {
        Output::SecurityEvent { kind, info, .. } => Some((*kind, info.as_deref())),
        _ => None,
    });
    let kind = SecurityEventKind::ReconfigurationOfSecurityParameters;
    assert_eq!(infos.collect::<Vec<_>>(), [(kind, Some(KEY))]);
}

#[test]
fn a04_fr_02_events_are_delivered_after_a_time_without_connection_and_a_power_cut() {
    let mut bench = booted();
    bench.all_calls();
    let then = bench.utc();
    bench.network(false);
    happens(&mut bench, SecurityEventKind::TamperDetectionActivated);
    bench.run(100);
    bench.power_cycle();
    bench.network(true);
    bench.run(600);
    let told = told(&mut bench);
    let told: Vec<_> = told.iter().map(|e| (&e["type"], &e["timestamp"])).collect();
    assert_eq!(told.len(), 2);
    assert_eq!(
        told[0],
        (&json!("TamperDetectionActivated"), &json!(then.to_string()))
    );
    assert_eq!(told[1].0, "StartupOfTheDevice");
}

#[test]
fn a_start_is_told_with_the_time_at_which_it_happened_and_a_reset_by_its_name() {
    let mut silent = 1;
    let mut bench = Bench::new(
        config(1),
        but(move |action, _| {
            // The station learns the time later.
            (action == "BootNotification" && std::mem::take(&mut silent) > 0)
                .then_some(Answer::Silence)
        }),
    );
    let begin = bench.utc();
    bench.start();
    bench.run(200);
    let start = told(&mut bench);
    assert_eq!(start.len(), 1);
    assert_eq!(start[0]["type"], "StartupOfTheDevice");
    assert_eq!(start[0]["timestamp"], json!(begin.to_string()));
    assert_eq!(
        status(&mut bench, "Reset", json!({"type": "Immediate"})),
        "Accepted"
    );
    bench.run(60);
    assert_eq!(kinds(&mut bench), ["ResetOrReboot"]);
    // The reason is told once.
    bench.power_cycle();
    bench.run(60);
    assert_eq!(kinds(&mut bench), ["StartupOfTheDevice"]);
}

#[test]
fn events_take_a_quarter_of_the_queue_at_most_and_the_first_ones_stay() {
    let mut small = config(1);
    small.limits.queue = 40;
    let mut bench = booted_with(small);
    bench.network(false);
    bench.outputs.clear();
    happens(&mut bench, SecurityEventKind::TamperDetectionActivated);
    for _ in 0..99 {
        happens(&mut bench, SecurityEventKind::SecurityLogWasCleared);
    }
    assert_eq!(bench.station.state().queued, 10);
    assert_eq!(log(&bench).len(), 100);
    let outputs = bench.outputs.iter();
    let dropped = outputs.filter(|output| matches!(output, Output::Dropped { .. }));
    assert_eq!(dropped.count(), 90);
    bench.network(true);
    bench.run(600);
    let told = kinds(&mut bench);
    assert_eq!(told.len(), 10);
    assert_eq!(told[0], "TamperDetectionActivated");
}

#[test]
fn a_clock_is_set_without_a_word_up_to_the_threshold() {
    let shifted = |shift: i64| {
        but(move |action, _| {
            (action == "Heartbeat").then(|| {
                let time = 1_715_774_400 + 300 + shift;
                let time = ocpp_core::time::DateTime::from_unix_millis(time * 1000).unwrap();
                Answer::Respond(json!({"currentTime": time.to_string()}))
            })
        })
    };
    for (threshold, shift, expected) in [
        (None, 5, false),
        (None, 6, true),
        (Some("60"), 60, false),
        (Some("60"), -61, true),
        (Some("0"), 1, true),
    ] {
        let mut bench = booted();
        if let Some(threshold) = threshold {
            let name = "TimeAdjustmentReportingThreshold";
            assert_eq!(set(&mut bench, "ClockCtrlr", name, threshold), "Accepted");
        }
        bench.all_calls();
        bench.answer_with(shifted(shift));
        bench.run(301);
        let expected: &[&str] = if expected {
            &["SettingSystemTime"]
        } else {
            &[]
        };
        assert_eq!(kinds(&mut bench), expected, "{threshold:?} {shift}");
    }
}

#[test]
fn a_queue_that_is_nearly_full_is_told_once() {
    let mut small = config(1);
    small.limits.queue = 20;
    let mut bench = booted_with(small);
    bench.present(1, "TAG1");
    bench.all_calls();
    bench.network(false);
    bench.outputs.clear();
    for _ in 0..14 {
        bench.plug(1, 1);
        bench.present(1, "TAG1");
        bench.run(1);
        bench.present(1, "TAG1");
        bench.unplug(1, 1);
    }
    let low = log(&bench).into_iter();
    let low = low.filter(|kind| *kind == SecurityEventKind::MemoryExhaustion);
    assert_eq!(low.count(), 1);
}

#[test]
fn a_csms_that_is_refused_again_and_again_is_told_of_once_per_connection() {
    let mut bench = booted();
    let refuse = |bench: &mut Bench, kind| {
        bench.outputs.clear();
        bench.input(Input::ConnectionRefused { kind, info: None });
        assert_eq!(log(bench), [kind]);
    };
    let (certificate, version) = (
        SecurityEventKind::InvalidCsmsCertificate,
        SecurityEventKind::InvalidTlsVersion,
    );
    bench.network(false);
    refuse(&mut bench, certificate);
    refuse(&mut bench, certificate);
    refuse(&mut bench, version);
    refuse(&mut bench, certificate);
    bench.network(true);
    bench.run(600);
    let expected = ["InvalidCsmsCertificate", "InvalidTLSVersion"];
    assert_eq!(kinds(&mut bench), expected);
    bench.network(false);
    refuse(&mut bench, certificate);
    bench.network(true);
    bench.run(600);
    assert_eq!(kinds(&mut bench), ["InvalidCsmsCertificate"]);
}

#[test]
fn repeated_starts_without_a_csms_do_not_fill_the_queue() {
    let mut small = with(config(1), "OCPPCommCtrlr.OfflineThreshold", "60");
    small.limits.queue = 40;
    let mut bench = booted_with(small);
    bench.network(false);
    for _ in 0..30 {
        bench.power_cycle();
    }
    assert!(bench.station.state().queued <= 10);
}
