//! Links that deliver nothing and close nothing, a CSMS that answers nothing, and one that tells absurd times: the station
//! loses no transaction, finds out by itself, and comes back. The same for both versions.

#![allow(missing_docs, clippy::unwrap_used)]

use ocpp_core::Version;
use ocpp_core::station::{ConnectorId, Input, Output, StationConfig};
use ocpp_core::testing::station::{Answer, Bench, friendly_v1_6, friendly_v2_0_1};
use serde_json::{Value, json};

const BOTH: [Version; 2] = [Version::V1_6, Version::V2_0_1];
const AT: ConnectorId = ConnectorId::new(1, 1);

fn config(version: Version, pings: u32) -> StationConfig {
    let mut config = StationConfig::new(version, "Vendor", "Model", 1);
    let defaults: [(&str, String); 4] = match version {
        Version::V1_6 => [
            ("MeterValueSampleInterval", "0".into()),
            ("WebSocketPingInterval", pings.to_string()),
            ("TransactionMessageAttempts", "3".into()),
            ("TransactionMessageRetryInterval", "10".into()),
        ],
        _ => [
            ("SampledDataCtrlr.TxUpdatedInterval", "0".into()),
            ("OCPPCommCtrlr.WebSocketPingInterval", pings.to_string()),
            (
                "OCPPCommCtrlr.MessageAttempts[TransactionEvent]",
                "3".into(),
            ),
            (
                "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]",
                "10".into(),
            ),
        ],
    };
    for (key, value) in defaults {
        config.defaults.push((key.into(), value));
    }
    config
}

type Script = Box<dyn FnMut(&str, &Value) -> Answer>;

fn csms(version: Version) -> Script {
    match version {
        Version::V1_6 => Box::new(friendly_v1_6()),
        _ => Box::new(friendly_v2_0_1()),
    }
}

fn charging(config: StationConfig) -> Bench {
    let version = config.versions[0];
    let mut bench = Bench::new(config, csms(version));
    bench.start();
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.run(1);
    assert!(bench.is_charging(AT), "{:?}", bench.station.state());
    bench.calls();
    bench.outputs.clear();
    bench
}

/// The last message of a transaction, when it was sent.
fn ends(bench: &mut Bench) -> Vec<f64> {
    let calls = bench.all_calls().into_iter();
    let ends = calls.filter(|call| {
        call.action == "StopTransaction" || call.payload["eventType"] == json!("Ended")
    });
    ends.map(|call| call.at).collect()
}

fn connects(bench: &Bench) -> usize {
    let connect = |output: &&Output| matches!(output, Output::Connect(_));
    bench.outputs.iter().filter(connect).count()
}

fn pings(bench: &Bench) -> usize {
    let ping = |output: &&Output| **output == Output::Ping;
    bench.outputs.iter().filter(ping).count()
}

/// Answers no message about transactions.
fn mute(bench: &mut Bench) {
    let mut friendly = csms(bench.station.version());
    bench.answer_with(move |action, payload| match action {
        "StopTransaction" | "TransactionEvent" => Answer::Silence,
        _ => friendly(action, payload),
    });
}

#[test]
fn pings_are_set_up_for_every_link() {
    for version in BOTH {
        let mut bench = Bench::new(config(version, 45), csms(version));
        bench.start();
        assert_eq!(bench.ping_interval(), Some(45), "{version} at the start");
        bench.network(false);
        bench.network(true);
        bench.run(60);
        assert_eq!(bench.ping_interval(), Some(45), "{version} after a loss");
        let reset = match version {
            Version::V1_6 => json!({"type": "Soft"}),
            _ => json!({"type": "OnIdle"}),
        };
        bench.call("Reset", reset);
        bench.run(60);
        assert_eq!(bench.ping_interval(), Some(45), "{version} after a reset");
        let change = match version {
            Version::V1_6 => {
                let change = json!({"key": "WebSocketPingInterval", "value": "20"});
                bench.call("ChangeConfiguration", change)
            }
            _ => {
                let change = json!({"component": {"name": "OCPPCommCtrlr"},
                    "variable": {"name": "WebSocketPingInterval"}, "attributeValue": "20"});
                bench.call("SetVariables", json!({ "setVariableData": [change] }))
            }
        };
        change.unwrap().unwrap();
        assert_eq!(bench.ping_interval(), Some(20), "{version} when it changes");
        bench.power_cycle();
        assert_eq!(
            bench.ping_interval(),
            Some(20),
            "{version} after a power cut"
        );
    }
}

#[test]
fn a_half_open_link_costs_no_attempt_and_no_transaction() {
    for version in BOTH {
        for interval in [0, 60] {
            let mut bench = charging(config(version, interval));
            bench.run(30);
            if interval > 0 {
                // The application has pinged before.
                bench.input(Input::LinkAlive);
            }
            bench.half_open(false);
            bench.present(1, "TAG1");
            bench.run(60);
            let what = format!("{version} {interval}");
            assert_eq!(connects(&bench), 1, "{what}: renewed once");
            assert_eq!(pings(&bench), usize::from(interval > 0), "{what}");
            assert_eq!(ends(&mut bench).len(), 1, "{what}: delivered at once");
            let state = bench.station.state();
            assert_eq!((state.queued, state.given_up), (0, vec![]), "{what}");
        }
    }
}

#[test]
fn links_that_are_all_half_open_for_an_hour_cost_no_transaction() {
    for version in BOTH {
        let mut bench = charging(config(version, 60));
        bench.input(Input::LinkAlive);
        bench.half_open(true);
        bench.present(1, "TAG1");
        bench.run(3_600);
        assert_eq!(bench.station.state().given_up, [], "{version}");
        let renewals = connects(&bench);
        assert!((20..=100).contains(&renewals), "{version}: {renewals}");
        bench.good_links();
        bench.run(120);
        assert_eq!(ends(&mut bench).len(), 1, "{version}");
        assert_eq!(bench.station.state().queued, 0, "{version}");
    }
}

/// TC_E_41, 1.6 section 3.7.1.
#[test]
fn over_a_link_that_lives_a_mute_csms_gets_as_many_attempts_as_configured() {
    for version in BOTH {
        let mut bench = charging(config(version, 60));
        mute(&mut bench);
        bench.present(1, "TAG1");
        bench.run(600);
        assert_eq!(connects(&bench), 0, "{version}: pongs prove that it lives");
        // 30 s time-out, and 10 s for each transmission before.
        let at = ends(&mut bench);
        let waits: Vec<f64> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(waits, [40.0, 50.0], "{version}");
        let state = bench.station.state();
        assert_eq!(state.queued, 0, "{version}");
        let dropped = |output: &&Output| matches!(output, Output::Dropped { .. });
        let dropped = bench.outputs.iter().filter(dropped).count();
        assert_eq!(dropped, state.given_up.len(), "{version}");
        let last = state.given_up.last().unwrap();
        let payload: Value = serde_json::from_str(&last.payload).unwrap();
        match version {
            Version::V1_6 => {
                assert_eq!(last.action, "StopTransaction");
                assert_eq!(payload["transactionId"], 1001, "as it was sent");
            }
            _ => assert_eq!(payload["eventType"], "Ended"),
        }
        assert!(last.time.is_some());
    }
}

/// TC_E_42.
#[test]
fn an_answer_in_time_ends_the_attempts() {
    let version = Version::V2_0_1;
    let mut bench = charging(config(version, 60));
    let mut left = 1;
    let mut friendly = csms(version);
    bench.answer_with(move |action, payload| {
        if payload["eventType"] == "Ended" && left > 0 {
            left -= 1;
            return Answer::Silence;
        }
        friendly(action, payload)
    });
    bench.present(1, "TAG1");
    bench.run(600);
    let at = ends(&mut bench);
    let waits: Vec<f64> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(waits, [40.0]);
    assert_eq!(bench.station.state().given_up, []);
}

/// 1.6 section 9.1.34: without pings a new link is the proof.
#[test]
fn without_pings_every_attempt_that_counts_has_a_link_of_its_own() {
    for version in BOTH {
        let mut bench = charging(config(version, 0));
        bench.run(30);
        mute(&mut bench);
        bench.present(1, "TAG1");
        bench.run(31);
        let sent = ends(&mut bench).len();
        bench.run(600);
        let what = format!("{version}: {sent}");
        assert_eq!(pings(&bench), 0, "{what}");
        assert_eq!(bench.station.state().queued, 0, "{what}");
        if version == Version::V1_6 {
            // Once for the link, then as often as configured, each time over a link that was made for it.
            assert_eq!(sent + ends(&mut bench).len(), 1 + 3, "{what}");
            assert_eq!(connects(&bench), 3, "{what}");
            assert_eq!(bench.station.state().given_up.len(), 1, "{what}");
        }
    }
}

/// An application that never tells of pongs has the same rules as one without pings.
#[test]
fn without_signs_of_life_from_the_application_a_mute_csms_does_not_block_for_ever() {
    let mut bench = charging(config(Version::V1_6, 60));
    bench.world(|output| matches!(output, Output::Ping).then(Vec::new));
    bench.run(30);
    mute(&mut bench);
    bench.present(1, "TAG1");
    bench.run(1_000);
    assert_eq!(bench.station.state().given_up.len(), 1);
}

/// Whatever is not answered: without pings a link over which nothing comes any more is renewed, once.
#[test]
fn a_silent_link_without_pings_is_renewed_for_any_call() {
    for version in BOTH {
        let mut config = config(version, 0);
        let beat = match version {
            Version::V1_6 => "HeartbeatInterval",
            _ => "OCPPCommCtrlr.HeartbeatInterval",
        };
        config.defaults.push((beat.into(), "300".into()));
        let mut bench = Bench::new(config, csms(version));
        bench.start();
        bench.run(10);
        bench.outputs.clear();
        bench.half_open(false);
        bench.run(400);
        assert_eq!(connects(&bench), 1, "{version}");
        bench.calls();
        bench.run(400);
        assert!(
            bench
                .all_calls()
                .iter()
                .any(|call| call.action == "Heartbeat")
        );
    }
}

#[test]
fn what_was_given_up_is_kept_until_somebody_has_dealt_with_it() {
    let mut short = config(Version::V1_6, 60);
    short.limits.given_up = 3;
    let mut bench = charging(short);
    bench.answer_with({
        let mut friendly = csms(Version::V1_6);
        move |action, payload| match action {
            "StopTransaction" => Answer::Refuse("InternalError"),
            _ => friendly(action, payload),
        }
    });
    for _ in 0..5 {
        bench.present(1, "TAG1");
        bench.unplug(1, 1);
        bench.run(120);
        bench.present(1, "TAG1");
        bench.plug(1, 1);
        bench.run(1);
    }
    let ids = |bench: &Bench| -> Vec<u64> {
        let given_up = bench.station.state().given_up;
        given_up.iter().map(|one| one.id).collect()
    };
    assert_eq!(ids(&bench), [2, 3, 4], "the oldest ones made room");
    bench.power_cycle();
    assert_eq!(ids(&bench), [2, 3, 4]);
    bench.input(Input::GivenUpSettled { id: 3 });
    bench.input(Input::GivenUpSettled { id: 77 });
    assert_eq!(ids(&bench), [2, 4]);
    bench.power_cycle();
    assert_eq!(ids(&bench), [2, 4]);
    let records = bench
        .stored
        .keys()
        .filter(|key| key.starts_with("given-up/"));
    assert_eq!(records.count(), 2);
}

/// The power may go between giving a message up and forgetting it: it is delivered or listed, never neither and never both.
#[test]
fn a_power_cut_while_a_message_is_given_up_loses_nothing() {
    let mut cuts = 0;
    for outputs in 0.. {
        let mut bench = charging(config(Version::V1_6, 60));
        let broken = std::rc::Rc::new(std::cell::Cell::new(true));
        let flag = broken.clone();
        let mut friendly = csms(Version::V1_6);
        bench.answer_with(move |action, payload| match action {
            "StopTransaction" if flag.get() => Answer::Refuse("InternalError"),
            _ => friendly(action, payload),
        });
        bench.present(1, "TAG1");
        bench.run(29);
        bench.cut_power_after(outputs);
        bench.run(10);
        if !bench.power_was_cut() {
            break;
        }
        cuts += 1;
        broken.set(false);
        bench.all_calls();
        bench.power_cycle();
        bench.run(60);
        let delivered = ends(&mut bench).len();
        let listed = bench.station.state().given_up.len();
        assert_eq!(delivered + listed, 1, "after {outputs}");
    }
    assert!(cuts >= 3, "{cuts}");
}

#[test]
fn a_station_that_was_told_to_wait_for_ever_comes_back() {
    for version in BOTH {
        for status in ["Rejected", "Pending"] {
            for interval in [i64::MAX, i64::from(u32::MAX), 1_000_000] {
                let what = format!("{version} {status} {interval}");
                let mut bench = Bench::new(config(version, 60), move |action, _| match action {
                    "BootNotification" => Answer::Respond(
                        json!({"status": status, "currentTime": "now", "interval": interval}),
                    ),
                    _ => Answer::Respond(json!({})),
                });
                bench.start();
                let boots = |bench: &mut Bench| {
                    let calls = bench.all_calls().into_iter();
                    calls
                        .filter(|call| call.action == "BootNotification")
                        .count()
                };
                assert_eq!(boots(&mut bench), 1, "{what}");
                bench.run(86_300);
                assert_eq!(boots(&mut bench), 0, "{what}: it waits");
                bench.run(200);
                assert_eq!(boots(&mut bench), 1, "{what}: a day at most");
                bench.run(100);
                bench.network(false);
                bench.run(10);
                bench.network(true);
                bench.run(60);
                assert_eq!(boots(&mut bench), 1, "{what}: and after a reconnection");
            }
        }
    }
}

#[test]
fn a_reconnection_does_not_shorten_a_short_wait() {
    for version in BOTH {
        let mut bench = Bench::new(config(version, 60), move |action, _| match action {
            "BootNotification" => {
                Answer::Respond(json!({"status": "Rejected", "currentTime": "now", "interval": 55}))
            }
            _ => Answer::Respond(json!({})),
        });
        bench.start();
        bench.all_calls();
        bench.network(false);
        bench.network(true);
        bench.run(54);
        assert!(bench.is_connected(), "{version}");
        assert_eq!(bench.all_calls(), [], "{version}");
        bench.run(1);
        assert_eq!(bench.all_calls().len(), 1, "{version}");
    }
}

#[test]
fn no_variables_make_a_station_reconnect_without_a_pause() {
    let version = Version::V2_0_1;
    let mut bench = Bench::new(config(version, 60), csms(version));
    bench.start();
    for name in [
        "RetryBackOffWaitMinimum",
        "RetryBackOffRandomRange",
        "RetryBackOffRepeatTimes",
    ] {
        let change = json!({"component": {"name": "OCPPCommCtrlr"},
            "variable": {"name": name}, "attributeValue": "0"});
        let answer = bench.call("SetVariables", json!({ "setVariableData": [change] }));
        let answer = answer.unwrap().unwrap();
        assert_eq!(
            answer["setVariableResult"][0]["attributeStatus"],
            "Accepted"
        );
    }
    bench.outputs.clear();
    bench.network(false);
    bench.run(60);
    let attempts = connects(&bench);
    assert!((55..=61).contains(&attempts), "{attempts}");
}

/// Intervals between attempts are a day at most, however they are configured.
#[test]
fn a_message_is_not_put_off_for_weeks() {
    let mut slow = config(Version::V1_6, 60);
    slow.defaults
        .retain(|(key, _)| key != "TransactionMessageRetryInterval");
    slow.defaults
        .push(("TransactionMessageRetryInterval".into(), "604800".into()));
    let mut bench = charging(slow);
    mute(&mut bench);
    bench.present(1, "TAG1");
    bench.run(86_400 * 2 + 100);
    assert_eq!(ends(&mut bench).len(), 3);
}
