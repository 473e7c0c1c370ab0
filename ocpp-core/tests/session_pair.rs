//! Two sessions back to back, in virtual time.
#![allow(clippy::unwrap_used)] // helpers of the tests panic like the tests themselves

use std::time::Duration;

use ocpp_core::Version::{self, V1_6, V2_0_1, V2_1};
use ocpp_core::frame::{ErrorCode, Frame};
use ocpp_core::session::{CallFailure, CallOptions, Output, Role, Verdict};
use ocpp_core::testing::{Fate, Faults, Interleaving, Pair, Reply};
use proptest::prelude::*;

const VERSIONS: [Version; 3] = [V1_6, V2_0_1, V2_1];

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn calls_of_both_sides_cross_without_blocking_each_other() {
    for version in VERSIONS {
        let mut pair = Pair::new(version);
        pair.link.faults.latency = seconds(1);
        pair.connect();
        let reset = pair
            .call(Role::Csms, "Reset", "{}", CallOptions::new())
            .unwrap();
        let event = pair
            .call(
                Role::Station,
                "StatusNotification",
                "{}",
                CallOptions::new(),
            )
            .unwrap();
        pair.drive();
        assert_eq!(pair.result_of(Role::Csms, reset), Some(&Ok("{}".into())));
        assert_eq!(pair.result_of(Role::Station, event), Some(&Ok("{}".into())));
        assert_eq!(pair.now().as_millis(), 2_000);
    }
}

#[test]
fn a_slow_handler_does_not_hold_up_calls_in_the_other_direction() {
    let mut pair = Pair::new(V2_0_1);
    pair.answer_with(Role::Station, |_| {
        Reply::Later(seconds(20), "{\"slow\":true}".into())
    });
    pair.connect();
    let reset = pair
        .call(Role::Csms, "Reset", "{}", CallOptions::new())
        .unwrap();
    for _ in 0..5 {
        pair.call(
            Role::Station,
            "StatusNotification",
            "{}",
            CallOptions::new(),
        )
        .unwrap();
    }
    pair.drive_for(seconds(1));
    assert_eq!(pair.delivered_to(Role::Csms).len(), 5);
    assert_eq!(pair.result_of(Role::Csms, reset), None);
    pair.drive();
    assert_eq!(
        pair.result_of(Role::Csms, reset),
        Some(&Ok("{\"slow\":true}".into()))
    );
}

#[test]
fn a_handler_that_is_too_slow_meets_a_caller_that_has_gone_on() {
    let mut pair = Pair::new(V1_6);
    pair.answer_with(Role::Csms, |_| Reply::Later(seconds(40), "{}".into()));
    pair.connect();
    let call = pair
        .call(Role::Station, "DataTransfer", "{}", CallOptions::new())
        .unwrap();
    pair.drive();
    assert_eq!(
        pair.result_of(Role::Station, call),
        Some(&Err(CallFailure::TimedOut))
    );
    let late = pair
        .station
        .events
        .iter()
        .any(|(_, event)| matches!(event, Output::Seen(seen) if seen.verdict == Verdict::Late));
    assert!(late, "the answer came, but too late");
}

#[test]
fn a_handler_that_never_answers_does_not_leave_the_caller_waiting() {
    let mut pair = Pair::new(V2_1);
    pair.csms.session.config_mut().answer_timeout = seconds(10);
    pair.answer_with(Role::Csms, |_| Reply::Never);
    pair.connect();
    let call = pair
        .call(Role::Station, "DataTransfer", "{}", CallOptions::new())
        .unwrap();
    pair.drive();
    assert!(matches!(
        pair.result_of(Role::Station, call),
        Some(Err(CallFailure::Refused(refusal))) if refusal.code == ErrorCode::InternalError
    ));
    assert_eq!(pair.now().as_millis(), 10_000);
}

#[test]
fn a_connection_that_breaks_ends_what_is_under_way_and_the_rest_follows_on_the_next() {
    let mut pair = Pair::new(V2_0_1);
    pair.link.faults.latency = seconds(1);
    pair.connect();
    let lost = pair.call(
        Role::Station,
        "StatusNotification",
        "{\"n\":1}",
        CallOptions::new(),
    );
    let kept = pair.call(
        Role::Station,
        "StatusNotification",
        "{\"n\":2}",
        CallOptions::new(),
    );
    // The request arrives, its response does not.
    pair.drive_for(Duration::from_millis(1_500));
    pair.disconnect();
    assert_eq!(
        pair.result_of(Role::Station, lost.unwrap()),
        Some(&Err(CallFailure::Disconnected))
    );
    pair.drive_for(seconds(300));
    pair.connect();
    pair.drive();
    assert_eq!(
        pair.result_of(Role::Station, kept.unwrap()),
        Some(&Ok("{}".into()))
    );
    assert_eq!(pair.delivered_to(Role::Csms), ["{\"n\":1}", "{\"n\":2}"]);
}

/// Sends `messages` over a bad link and says how often each of them reached the CSMS.
fn over_a_bad_link(version: Version, seed: u64, same_id: bool) -> Vec<usize> {
    const MESSAGES: usize = 60;
    let mut pair = Pair::new(version);
    pair.link = ocpp_core::testing::Link::new(seed);
    pair.link.faults = Faults {
        latency: Duration::from_millis(200),
        jitter: Duration::from_millis(2_000),
        loss: 200,
        duplication: 50,
        damage: 0,
    };
    pair.csms.session.config_mut().remember_answers = if same_id { 8 } else { 0 };
    pair.connect();
    let mut options = CallOptions::new().attempts(100, Duration::from_millis(10));
    if same_id {
        options = options.same_id();
    }
    let calls: Vec<_> = (0..MESSAGES)
        .map(|number| {
            let payload = format!("{{\"n\":{number}}}");
            pair.call(Role::Station, "StatusNotification", &payload, options)
                .unwrap()
        })
        .collect();
    pair.drive();
    for call in calls {
        assert_eq!(pair.result_of(Role::Station, call), Some(&Ok("{}".into())));
    }
    assert!(
        pair.link
            .trace()
            .iter()
            .any(|traced| traced.fate == Fate::Lost)
    );
    let delivered = pair.delivered_to(Role::Csms);
    (0..MESSAGES)
        .map(|number| {
            let payload = format!("{{\"n\":{number}}}");
            delivered.iter().filter(|other| **other == payload).count()
        })
        .collect()
}

#[test]
fn over_a_lossy_link_every_message_arrives() {
    for version in VERSIONS {
        for seed in 0..8 {
            let times = over_a_bad_link(version, seed, false);
            assert!(times.iter().all(|times| *times >= 1), "{times:?}");
        }
    }
}

#[test]
fn over_a_lossy_link_every_message_arrives_once_when_repetitions_are_recognised() {
    for version in VERSIONS {
        for seed in 0..8 {
            let times = over_a_bad_link(version, seed, true);
            assert!(times.iter().all(|times| *times == 1), "{times:?}");
        }
    }
}

#[test]
fn without_attempts_nothing_is_delivered_twice() {
    for seed in 0..20 {
        let mut pair = Pair::new(V1_6);
        pair.link = ocpp_core::testing::Link::new(seed);
        pair.link.faults = Faults {
            loss: 300,
            ..Faults::NONE
        };
        pair.connect();
        for number in 0..30 {
            let payload = format!("{{\"n\":{number}}}");
            pair.call(Role::Station, "DataTransfer", &payload, CallOptions::new())
                .unwrap();
            if number % 7 == 6 {
                pair.drive_for(seconds(10));
                pair.disconnect();
                pair.connect();
            }
        }
        pair.drive();
        let mut delivered = pair.delivered_to(Role::Csms);
        let all = delivered.len();
        delivered.sort();
        delivered.dedup();
        assert_eq!(delivered.len(), all);
    }
}

#[test]
fn damaged_messages_never_stop_the_conversation() {
    for version in VERSIONS {
        for seed in 0..20 {
            let mut pair = Pair::new(version);
            pair.link = ocpp_core::testing::Link::new(seed);
            pair.link.faults.damage = 300;
            pair.connect();
            let calls: Vec<_> = (0..40)
                .map(|_| {
                    let role = Role::Station;
                    pair.call(role, "DataTransfer", "{\"a\":[1,2]}", CallOptions::new())
                        .unwrap()
                })
                .collect();
            pair.drive();
            for call in calls {
                assert!(pair.result_of(Role::Station, call).is_some());
            }
            for traced in pair.link.trace() {
                assert!(
                    Frame::parse(version, &traced.text).is_ok(),
                    "{}",
                    traced.text
                );
            }
        }
    }
}

/// Ends where the two sides would answer each other's errors for ever.
#[test]
fn errors_are_not_answered_with_errors() {
    for version in VERSIONS {
        let mut pair = Pair::new(version);
        pair.connect();
        for garbage in [
            "",
            "[",
            "[2,1]",
            "[7,\"a\"]",
            "[3,\"a\"]",
            "[4,\"a\"]",
            "[5]",
            "[6,1]",
        ] {
            for from in [Role::Station, Role::Csms] {
                let now = pair.now();
                pair.link.send(now, from, garbage);
                let before = pair.link.trace().len();
                pair.drive();
                assert!(
                    pair.link.trace().len() <= before + 1,
                    "{garbage} in {version}"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn guarantees_hold_for_every_interleaving(
        version in prop::sample::select(&VERSIONS[..]),
        actions in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        // Begin connected: most sequences would otherwise spend their time without a connection.
        let mut all = vec![254, 0];
        all.extend(actions);
        let result = Interleaving::run(version, &all);
        prop_assert_eq!(result, Ok(()));
    }
}
