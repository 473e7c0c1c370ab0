//! A04: security events.

use ocpp_core::security::SecurityEventKind;
use ocpp_core::station::{Input, Output};
use ocpp_core::testing::station::Answer;
use serde_json::json;

use crate::kit::*;

fn happens(bench: &mut ocpp_core::testing::station::Bench, kind: SecurityEventKind) {
    let info = Some("seen".into());
    bench.input(Input::SecurityEvent { kind, info });
}

#[test]
fn a_start_and_a_reset_are_reported_with_the_time_at_which_they_happened() {
    let (mut bench, _) = station_with(config());
    // The CSMS does not answer at first: the station learns the time later.
    let mut answers = ocpp_core::testing::station::friendly_v1_6();
    let mut silent = 1;
    bench.answer_with(move |action, payload| {
        if action == "BootNotification" && silent > 0 {
            silent -= 1;
            return Answer::Silence;
        }
        answers(action, payload)
    });
    let begin = bench.utc();
    bench.start();
    bench.run(200);
    let calls = bench.all_calls();
    let start = calls
        .iter()
        .find(|call| call.action == "SecurityEventNotification");
    let start = &start.unwrap().payload;
    assert_eq!(start["type"], "StartupOfTheDevice");
    assert_eq!(start["timestamp"], json!(begin.to_string()));

    assert_eq!(
        status(&mut bench, "Reset", json!({"type": "Soft"})),
        "Accepted"
    );
    bench.run(60);
    assert_eq!(events(&mut bench), ["ResetOrReboot", "StartupOfTheDevice"]);
}

#[test]
fn a04_fr_01_critical_events_are_sent_and_others_are_in_the_log() {
    use SecurityEventKind as Kind;
    let (mut bench, _) = station();
    for (kind, sent) in [
        (Kind::TamperDetectionActivated, true),
        (Kind::MemoryExhaustion, true),
        (Kind::SecurityLogWasCleared, true),
        (Kind::InvalidMessages, false),
        (Kind::AttemptedReplayAttacks, false),
        (Kind::FailedToAuthenticateAtCsms, false),
        (Kind::CsmsFailedToAuthenticate, false),
    ] {
        bench.outputs.clear();
        happens(&mut bench, kind);
        assert_eq!(log(&bench), [kind]);
        let expected: Vec<&str> = if sent { vec![kind.name_1_6()] } else { vec![] };
        assert_eq!(events(&mut bench), expected);
    }
}

#[test]
fn a04_fr_02_events_are_delivered_after_a_time_without_connection_and_a_power_cut() {
    let (mut bench, _) = station();
    bench.network(false);
    happens(&mut bench, SecurityEventKind::TamperDetectionActivated);
    bench.run(100);
    bench.power_cycle();
    bench.network(true);
    bench.run(600);
    let told = events(&mut bench);
    assert_eq!(told, ["TamperDetectionActivated", "StartupOfTheDevice"]);
}

#[test]
fn events_take_a_quarter_of_the_queue_at_most_and_the_rest_is_in_the_log() {
    let mut small = config();
    small.limits.queue = 40;
    let (mut bench, _) = station_with(small);
    bench.start();
    bench.network(false);
    bench.outputs.clear();
    for _ in 0..100 {
        happens(&mut bench, SecurityEventKind::TamperDetectionActivated);
    }
    assert_eq!(bench.station.state().queued, 10);
    assert_eq!(log(&bench).len(), 100);
    let dropped = bench
        .outputs
        .iter()
        .filter(|o| matches!(o, Output::Dropped { .. }));
    assert_eq!(dropped.count(), 90);
}

#[test]
fn a_clock_that_is_set_is_reported_and_one_that_drifts_is_not() {
    let (mut bench, _) = station();
    let answer = |shift: i64| {
        let mut friendly = ocpp_core::testing::station::friendly_v1_6();
        move |action: &str, payload: &serde_json::Value| match action {
            "Heartbeat" => {
                let time = 1_715_774_400 + 300 + shift;
                let time = ocpp_core::time::DateTime::from_unix_millis(time * 1000).unwrap();
                Answer::Respond(json!({"currentTime": time.to_string()}))
            }
            _ => friendly(action, payload),
        }
    };
    bench.answer_with(answer(3));
    bench.run(301);
    assert!(events(&mut bench).is_empty());
    bench.answer_with(answer(3600));
    bench.run(300);
    assert_eq!(events(&mut bench), ["SettingSystemTime"]);
}

#[test]
fn a_queue_that_is_nearly_full_is_reported_once() {
    let mut small = config();
    small.limits.queue = 20;
    let (mut bench, _) = station_with(small);
    bench.start();
    bench.input(Input::TimePassed);
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
