//! Which transaction events the 2.0.1 station tells as `offline` (E04.FR.03, E11.FR.02, E11.FR.07, E12.FR.02).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod kit_v2_0_1;

use kit_v2_0_1::{
    booted, booted_with, but, charging, charging_with, config, events, seq_nos, with,
    without_offline,
};
use ocpp_core::station::{ConnectorId, EvState, Input, Output, Reading};
use ocpp_core::testing::station::{Answer, Bench, friendly_v2_0_1};
use serde_json::Value;

/// A CSMS that takes all messages and answers no event.
fn deaf() -> impl FnMut(&str, &Value) -> Answer {
    but(|action, _| (action == "TransactionEvent").then_some(Answer::Silence))
}

fn flags(events: &[Value]) -> Vec<bool> {
    let flags = events.iter().map(|event| event["offline"] == true);
    flags.collect()
}

/// Two events, the first sent and not answered, the second waiting behind it.
fn two_waiting() -> Bench {
    let mut bench = charging();
    bench.answer_with(deaf());
    bench.ev(1, EvState::Suspended);
    bench.ev(1, EvState::Ready);
    let sent = events(bench.calls());
    assert_eq!((seq_nos(&sent), flags(&sent)), (vec![2], vec![false]));
    bench.answer_with(friendly_v2_0_1());
    bench
}

#[test]
fn what_waits_when_the_link_goes_is_offline_and_what_follows_the_link_is_not() {
    let mut bench = two_waiting();
    bench.network(false);
    bench.run(5);
    bench.network(true);
    bench.run(100);
    bench.ev(1, EvState::Suspended);
    let all = events(bench.calls());
    assert_eq!(seq_nos(&all), [2, 3, 4]);
    assert_eq!(flags(&all), [true, true, false]);
    // The moment is the one when it happened.
    assert_eq!(all[0]["timestamp"], all[1]["timestamp"]);
}

#[test]
fn what_waits_when_the_power_goes_is_offline() {
    let mut bench = two_waiting();
    bench.power_cycle();
    bench.run(100);
    let all = events(bench.calls());
    assert_eq!(seq_nos(&all), [2, 3, 4]);
    assert_eq!(all[2]["eventType"], "Ended");
    assert_eq!(flags(&all), [true; 3]);
}

#[test]
fn what_was_told_as_offline_stays_so_whatever_the_link_does() {
    let mut bench = booted();
    bench.network(false);
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.answer_with(deaf());
    bench.network(true);
    bench.run(100);
    bench.network(false);
    bench.answer_with(friendly_v2_0_1());
    bench.network(true);
    bench.run(300);
    let all = events(bench.calls());
    assert!(flags(&all).iter().all(|offline| *offline), "{all:?}");
}

/// The first event waits for the meter, and is in no queue yet, when the link goes.
#[test]
fn what_waits_for_the_meter_when_the_link_goes_is_offline() {
    let mut bench = booted();
    bench.world(|output| matches!(output, Output::ReadMeter(_)).then(Vec::new));
    bench.plug(1, 1);
    bench.present(1, "TAG1");
    bench.network(false);
    bench.network(true);
    let reading = Reading::energy(1_000);
    bench.input(Input::Meter { evse: 1, reading });
    bench.run(100);
    let all = events(bench.calls());
    assert_eq!(all[0]["eventType"], "Started");
    assert_eq!(all[0]["offline"], true);
    assert!(bench.is_charging(ConnectorId::new(1, 1)));
}

/// A message that the CSMS failed to process is repeated on the same link: nothing was offline.
#[test]
fn a_repetition_on_the_same_link_is_not_offline() {
    let mut bench = charging();
    let mut times = 0;
    bench.answer_with(but(move |action, _| {
        times += i32::from(action == "TransactionEvent");
        (action == "TransactionEvent" && times == 1).then_some(Answer::Refuse("InternalError"))
    }));
    bench.ev(1, EvState::Suspended);
    bench.run(100);
    let all = events(bench.calls());
    assert_eq!((seq_nos(&all), flags(&all)), (vec![2, 2], vec![false; 2]));
    assert_eq!(without_offline(&all[0]), all[1]);
}

/// Without a connection nothing that is stored tells one start from the next, except the transactions themselves.
#[test]
fn no_two_transactions_of_starts_without_a_connection_have_the_same_id() {
    let config = with(config(1), "TxCtrlr.TxStartPoint", "EVConnected");
    let config = with(config, "TxCtrlr.TxStopPoint", "EVConnected");
    let mut bench = Bench::new(config, friendly_v2_0_1());
    bench.real_time_clock = true;
    bench.start();
    bench.network(false);
    bench.plug(1, 1);
    for _ in 0..3 {
        bench.power_cycle();
    }
    bench.unplug(1, 1);
    bench.network(true);
    bench.run(300);
    let all = events(bench.calls());
    let started = all.iter().filter(|event| event["eventType"] == "Started");
    let ids = started.map(|event| event["transactionInfo"]["transactionId"].to_string());
    let mut ids: Vec<String> = ids.collect();
    assert_eq!(ids.len(), 4, "{all:?}");
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4, "{all:?}");
}

/// E01.FR.08, E02.FR.08: also if an integrator forgets the seed.
#[test]
fn two_stations_with_the_same_seed_and_one_that_lost_its_records_make_ids_of_their_own() {
    let first_id = |serial_number: &str, seconds_later: u64| {
        let mut config = config(1);
        config.serial_number = Some(serial_number.into());
        let mut bench = Bench::new(config, friendly_v2_0_1());
        bench.run_dark(seconds_later);
        bench.real_time_clock = true;
        bench.start();
        bench.plug(1, 1);
        bench.present(1, "TAG1");
        let all = events(bench.calls());
        all[0]["transactionInfo"]["transactionId"].to_string()
    };
    let ids = [
        first_id("0001", 0),
        first_id("0002", 0),
        // The same station again, repaired: what it had stored is lost.
        first_id("0001", 1),
    ];
    assert_ne!(ids[0], ids[1]);
    assert_ne!(ids[0], ids[2]);
    assert_ne!(ids[1], ids[2]);
    assert_eq!(
        first_id("0001", 0),
        ids[0],
        "the same inputs, the same outputs"
    );
}

/// E06.FR.11: whatever was told until then, the meter read or not, was before the end.
#[test]
fn a_power_cut_ends_no_transaction_before_something_that_was_told() {
    let start = "TxCtrlr.TxStartPoint";
    for online in [true, false] {
        let mut bench = charging_with(with(config(1), start, "Authorized"));
        bench.network(online);
        bench.run(12);
        bench.ev(1, EvState::Suspended);
        bench.power_cycle();
        bench.network(true);
        bench.run(100);
        let all = events(bench.calls());
        assert_eq!(all.last().unwrap()["eventType"], "Ended", "{all:?}");
        let times = all.iter().map(|event| event["timestamp"].as_str().unwrap());
        assert!(times.is_sorted(), "{all:?}");
    }
}

/// Where events can no longer be kept until the CSMS has them (E04.FR.01) nobody begins.
#[test]
fn nobody_begins_when_there_is_no_room_for_events() {
    let mut config = config(1);
    config.limits.queue = 12;
    let mut bench = booted_with(config);
    bench.real_time_clock = true;
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.present(1, "TAG1");
    bench.calls();
    bench.network(false);
    let mut began = 0;
    for _ in 0..20 {
        bench.present(1, "TAG1");
        began += usize::from(bench.is_charging(ConnectorId::new(1, 1)));
        bench.present(1, "TAG1");
        bench.run(60);
        bench.unplug(1, 1);
        bench.plug(1, 1);
    }
    assert!((1..12).contains(&began), "{began}");
    bench.network(true);
    bench.run(600);
    let all = events(bench.calls());
    assert_eq!(count(&all, "Started"), began, "{all:?}");
    assert_eq!(count(&all, "Ended"), began, "{all:?}");
    bench.present(1, "TAG1");
    assert!(bench.is_charging(ConnectorId::new(1, 1)));
}

fn count(events: &[Value], kind: &str) -> usize {
    let of_kind = events.iter().filter(|event| event["eventType"] == kind);
    of_kind.count()
}
