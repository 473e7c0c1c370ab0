use alloc::string::ToString;

use super::over::MAX_CONTRADICTIONS;
use super::*;
use crate::csms::TokenStatus;

fn at(minute: i64) -> DateTime {
    let begin: DateTime = "2024-05-15T12:00:00Z".parse().unwrap();
    begin.saturating_add_millis(minute * 60_000)
}

fn wh(at: DateTime, value: &str, context: Option<&str>) -> Sample {
    Sample {
        at,
        value: value.into(),
        measurand: None,
        context: context.map(Into::into),
        phase: None,
        location: None,
        unit: None,
        multiplier: None,
        signed: None,
    }
}

fn begin(connector: i64, token: &str, minute: i64, meter: i64) -> Begin {
    Begin {
        connector,
        id_token: IdToken::of_1_6(token),
        at: at(minute),
        meter: meter.into(),
        reservation: None,
    }
}

fn stop(id: i64, minute: i64, meter: i64) -> Stop {
    Stop {
        transaction_id: id,
        id_token: None,
        at: at(minute),
        meter: meter.into(),
        reason: "Local".into(),
        samples: Vec::new(),
    }
}

fn event(moment: Moment, seq_no: i64) -> Event {
    Event {
        transaction_id: "tx".into(),
        moment,
        seq_no,
        at: at(seq_no),
        offline: false,
        evse: Some(1),
        connector: Some(1),
        id_token: None,
        token_status: None,
        stops: false,
        samples: alloc::vec![wh(at(seq_no), &(1000 + seq_no * 10).to_string(), None)],
        charging_state: None,
        stop_reason: None,
        remote_start_id: None,
        reservation: None,
        prices: Prices::default(),
    }
}

fn token(text: &str) -> Option<IdToken> {
    Some(IdToken {
        id_token: text.into(),
        kind: Some("ISO14443".into()),
    })
}

fn happenings(ledger: &mut Ledger) -> Vec<Happening> {
    core::iter::from_fn(|| ledger.poll()).collect()
}

fn the(ledger: &Ledger, reference: u64) -> &Transaction {
    ledger.transaction(reference).unwrap()
}

#[test]
fn an_ordinary_transaction_of_1_6_ends_as_a_bill_without_warnings() {
    let mut ledger = Ledger::new(Limits::default());
    ledger.begin(1, &begin(1, "A1", 0, 1000)).unwrap();
    assert_eq!(ledger.metered(1, &[wh(at(1), "1500", None)]), Some(1));
    assert_eq!(the(&ledger, 1).meter_last, Some(1500.into()));
    ledger.stop(None, &stop(1, 60, 2000));
    let Some(Happening::Ended(bill)) = happenings(&mut ledger).pop() else {
        panic!()
    };
    assert_eq!(bill.energy_wh, Some(1000.into()));
    assert_eq!(bill.warnings, []);
    assert_eq!(
        (bill.started_at, bill.stopped_at),
        (Some(at(0)), Some(at(60)))
    );
    let keys: Vec<_> = ledger
        .changes()
        .into_iter()
        .map(|change| change.key)
        .collect();
    assert_eq!(
        keys,
        [
            "begun/begin/1/1715774400000/1000/a1",
            "closed/00000000000000000001",
            "index/time/09223373752629175808/00000000000000000001",
            "index/token/a1/09223373752629175808/00000000000000000001",
            "meter/00000000000000000001/00000000"
        ]
    );
}

/// Once energy was charged, no later transaction begins at the same register: the begin comes once more.
#[test]
fn a_begin_is_repeated_while_its_transaction_is_open_and_when_energy_was_charged() {
    let mut ledger = Ledger::new(Limits::default());
    let message = begin(1, "A1", 0, 1000);
    ledger.begin(1, &message).unwrap();
    let again = begin(1, "a1", 0, 1000);
    assert_eq!(ledger.begun(&again).map(|t| t.reference), Some(1));
    assert_eq!(ledger.begun(&begin(1, "A1", 0, 1001)), None);
    assert_eq!(ledger.begun(&begin(2, "A1", 0, 1000)), None);
    ledger.stop(None, &stop(1, 1, 2000));
    assert_eq!(ledger.begun(&message).map(|t| t.reference), Some(1));
    // Where nothing was charged, the next one may begin like it; and nothing is billed twice.
    ledger.begin(2, &begin(2, "A1", 0, 50)).unwrap();
    ledger.stop(None, &stop(2, 0, 50));
    assert_eq!(ledger.begun(&begin(2, "A1", 0, 50)), None);
}

/// What was closed long ago is known by its records, and taken back when a message of it comes once more.
#[test]
fn a_transaction_that_has_left_memory_is_found_again() {
    let mut ledger = Ledger::new(Limits::default());
    let mut disk = alloc::collections::BTreeMap::new();
    let mut store = |ledger: &mut Ledger| {
        for change in ledger.changes() {
            match change.record {
                Some(record) => disk.insert(change.key, record),
                None => disk.remove(&change.key),
            };
        }
        ledger.commit();
        disk.clone()
    };
    let begins: Vec<Begin> = (1..10)
        .map(|n| begin(1, "A/ 1", n * 10, n * 1000))
        .collect();
    for (number, message) in (1..).zip(&begins) {
        ledger.begin(number, message).unwrap();
        store(&mut ledger);
        let number = i64::try_from(number).unwrap();
        ledger.stop(None, &stop(number, number * 10 + 5, number * 1000 + 500));
        store(&mut ledger);
    }
    let unknown = stop(-1, 200, 7);
    ledger.stop(Some(20), &unknown);
    store(&mut ledger);
    let mut late = event(Moment::Started, 0);
    late.evse = Some(2);
    ledger.event(Some(21), &late).unwrap();
    ledger.event(None, &event(Moment::Ended, 1)).unwrap();
    let disk = store(&mut ledger);
    assert_eq!(ledger.begun(&begins[0]), None, "it has left memory");
    for (message, number) in [
        (begins[0].origin(), "1"),
        (unknown.origin(), "20"),
        (late.origin(), "21"),
    ] {
        assert_eq!(disk[&message], number);
    }
    assert!(begins[0].origin().ends_with("/a%2f%201"));
    ledger.recall(&disk[&closed_key(1)]).unwrap();
    assert_eq!(ledger.begun(&begins[0]).map(|t| t.reference), Some(1));
    // What is said of others meanwhile does not push it out.
    ledger.begin(30, &begin(1, "A1", 400, 90_000)).unwrap();
    ledger.commit();
    assert!(ledger.transaction(1).is_some());
    assert!(ledger.changes().is_empty());
    ledger.stop(None, &stop(1, 15, 1500));
    assert!(ledger.changes().is_empty(), "the end comes once more, too");
    for number in 2..9 {
        ledger.recall(&disk[&closed_key(number)]).unwrap();
    }
    assert!(ledger.transactions().count() <= 10, "and memory is bounded");
    assert!(ledger.transaction(1).is_none());
    assert!(ledger.recall("{}").is_err());
}

/// The CSMS has refused the token, and the station charged.
#[test]
fn a_bill_says_that_the_token_was_refused() {
    let mut ledger = Ledger::new(Limits::default());
    ledger.begin(1, &begin(1, "A1", 0, 1000)).unwrap();
    ledger.judged(1, &IdToken::of_1_6("a1"), TokenStatus::Blocked);
    assert_eq!(
        the(&ledger, 1).bill().warnings.last(),
        Some(&Warning::NotAuthorized)
    );
    // Somebody else's token says nothing about this one, and the last word counts.
    ledger.judged(1, &IdToken::of_1_6("A2"), TokenStatus::Accepted);
    assert_eq!(the(&ledger, 1).refused, Some(TokenStatus::Blocked));
    ledger.stop(None, &stop(1, 1, 2000));
    assert_eq!(the(&ledger, 1).bill().warnings, [Warning::NotAuthorized]);
    ledger.judged(1, &IdToken::of_1_6("A1"), TokenStatus::Accepted);
    assert_eq!(
        the(&ledger, 1).refused,
        Some(TokenStatus::Blocked),
        "it is closed"
    );
    ledger.begin(2, &begin(1, "A1", 2, 2000)).unwrap();
    ledger.judged(2, &IdToken::of_1_6("A1"), TokenStatus::Invalid);
    ledger.judged(2, &IdToken::of_1_6("A1"), TokenStatus::Accepted);
    assert_eq!(the(&ledger, 2).refused, None);
}

#[test]
fn transactions_that_ran_at_the_same_time_at_one_evse_are_told() {
    let mut ledger = Ledger::new(Limits::default());
    let mut charge = |number: i64, connector, from, to| {
        let reference = u64::try_from(number).unwrap();
        ledger
            .begin(reference, &begin(connector, "A1", from, number * 1000))
            .unwrap();
        ledger.stop(None, &stop(number, to, number * 1000 + 1000));
        let bill = the(&ledger, reference).bill();
        bill.warnings.contains(&Warning::OverlapsOther)
    };
    assert!(!charge(1, 1, 0, 60));
    assert!(!charge(2, 1, 60, 90), "one after the other");
    assert!(!charge(3, 2, 0, 90), "elsewhere");
    assert!(charge(4, 1, 30, 45));
    assert!(charge(5, 1, 80, 200));
}

/// What arrived when is known, whatever the clock of the station says.
#[test]
fn the_time_of_reception_stands_in_the_record() {
    let mut ledger = Ledger::new(Limits::default());
    ledger.set_time(at(100));
    ledger.begin(1, &begin(1, "A1", 0, 1000)).unwrap();
    ledger.set_time(at(110));
    ledger.stop(None, &stop(1, 5, 2000));
    ledger.set_time(at(120));
    ledger.stop(None, &stop(1, 5, 2000));
    let bill = the(&ledger, 1).bill();
    assert_eq!(bill.received_at, Some(at(100)));
    assert_eq!(bill.end_received_at, Some(at(110)));
    let record = serde_json::to_string(the(&ledger, 1)).unwrap();
    let again: Transaction = serde_json::from_str(&record).unwrap();
    assert_eq!(again.bill(), bill);
}

/// Of two transactions at one EVSE the later one runs. A clock that was not set, or runs ahead, does not say which that is.
#[test]
fn clocks_that_are_wrong_do_not_say_which_transaction_is_over() {
    let in_1970 = -28_500_000;
    let in_2124 = 52_600_000;
    for (first, second) in [(0, in_1970), (in_1970, 0), (in_2124, 10), (0, in_2124)] {
        let mut ledger = Ledger::new(Limits::default());
        ledger.set_time(at(0));
        ledger.begin(1, &begin(1, "A1", first, 1000)).unwrap();
        ledger.set_time(at(10));
        ledger.begin(2, &begin(1, "A2", second, 2000)).unwrap();
        let later = Some(Presumption::LaterTransaction);
        assert_eq!(the(&ledger, 1).presumed_over, later, "{first} {second}");
        assert_eq!(the(&ledger, 2).presumed_over, None, "{first} {second}");
    }
    // With clocks that are right the order of arrival does not matter.
    let mut ledger = Ledger::new(Limits::default());
    ledger.set_time(at(100));
    ledger.begin(1, &begin(1, "A1", 50, 2000)).unwrap();
    ledger.begin(2, &begin(1, "A2", 0, 1000)).unwrap();
    assert!(the(&ledger, 1).is_running() && !the(&ledger, 2).is_running());
}

#[test]
fn a_closed_transaction_stays_closed_in_1_6() {
    let mut ledger = Ledger::new(Limits::default());
    ledger.begin(1, &begin(1, "A1", 0, 1000)).unwrap();
    ledger.stop(None, &stop(1, 1, 2000));
    ledger.commit();
    happenings(&mut ledger);
    ledger.stop(Some(9), &stop(1, 1, 2000));
    assert_eq!(ledger.changes(), [], "it comes once more");
    assert_eq!(happenings(&mut ledger), []);
    ledger.stop(Some(9), &stop(1, 2, 9000));
    assert_eq!(the(&ledger, 1).meter_stop, Some(2000.into()));
    assert_eq!(the(&ledger, 1).bill().warnings, [Warning::Contradiction]);
    assert!(matches!(
        happenings(&mut ledger)[..],
        [Happening::Contradicted { reference: 1, .. }]
    ));
    assert_eq!(ledger.metered(1, &[wh(at(9), "9999", None)]), Some(1));
    assert_eq!(the(&ledger, 1).meter_last, None);
}

#[test]
fn the_end_of_a_transaction_that_nobody_knows_is_billable() {
    let mut ledger = Ledger::new(Limits::default());
    let mut unknown = stop(-1, 5, 700);
    unknown.id_token = token("A1");
    assert!(!ledger.knows_stop(&unknown));
    ledger.stop(Some(4), &unknown);
    assert!(ledger.knows_stop(&unknown), "it comes once more");
    ledger.stop(Some(5), &unknown);
    // The station calls all that it begins offline so.
    ledger.stop(Some(6), &stop(-1, 9, 800));
    assert_eq!(ledger.transactions().count(), 2);
    let bill = the(&ledger, 4).bill();
    assert_eq!(bill.meter_stop, Some(700.into()));
    assert_eq!(bill.energy_wh, None);
    assert_eq!(
        bill.warnings,
        [Warning::MissingBegin, Warning::MissingMeterStart]
    );
    assert_eq!(ledger.metered(77, &[wh(at(0), "1", None)]), None);
}

#[test]
fn an_ordinary_transaction_of_2_x_ends_as_a_bill_without_warnings() {
    let mut ledger = Ledger::new(Limits::default());
    ledger.event(Some(1), &event(Moment::Started, 0)).unwrap();
    let mut authorized = event(Moment::Updated, 1);
    authorized.id_token = token("A1");
    ledger.event(None, &authorized).unwrap();
    let mut stops = event(Moment::Updated, 2);
    (stops.id_token, stops.stops) = (token("OTHER"), true);
    ledger.event(None, &stops).unwrap();
    ledger.event(None, &event(Moment::Ended, 3)).unwrap();
    let Some(Happening::Ended(bill)) = happenings(&mut ledger).pop() else {
        panic!()
    };
    assert_eq!(bill.id_token, token("A1"));
    assert_eq!(bill.energy_wh, Some(30.into()));
    assert_eq!(bill.warnings, []);
}

#[test]
fn a_started_for_an_ended_transaction_overwrites_nothing() {
    let mut ledger = Ledger::new(Limits::default());
    let mut started = event(Moment::Started, 0);
    started.id_token = token("A1");
    ledger.event(Some(1), &started).unwrap();
    ledger.event(None, &event(Moment::Ended, 1)).unwrap();
    let closed = the(&ledger, 1).clone();
    ledger.commit();
    // The same once more, and one that claims to be of the same time.
    ledger.event(Some(2), &started).unwrap();
    assert_eq!(ledger.changes(), []);
    let mut other = event(Moment::Started, 5);
    (other.at, other.id_token) = (at(0), token("THIEF"));
    ledger.event(Some(2), &other).unwrap();
    let kept = the(&ledger, 1);
    assert_eq!(kept.id_token, closed.id_token);
    assert_eq!(
        (kept.started_at, kept.meter_start),
        (closed.started_at, closed.meter_start)
    );
    assert!(kept.contradicted);
    // A later one with the same id is a transaction of its own.
    let mut reused = event(Moment::Started, 0);
    reused.at = at(50);
    assert!(!ledger.knows_event(&reused));
    ledger.event(Some(2), &reused).unwrap();
    assert!(
        the(&ledger, 2)
            .bill()
            .warnings
            .contains(&Warning::IdUsedBefore)
    );
    ledger.event(None, &event(Moment::Ended, 1)).unwrap();
    assert!(
        !the(&ledger, 2).is_open(),
        "messages are of the one that is open"
    );
    assert_eq!(the(&ledger, 1).meter_stop, closed.meter_stop);
}

#[test]
fn what_was_late_completes_the_bill() {
    let mut ledger = Ledger::new(Limits::default());
    ledger.event(Some(1), &event(Moment::Ended, 3)).unwrap();
    let warnings = the(&ledger, 1).bill().warnings;
    assert!(warnings.contains(&Warning::MissingBegin) && warnings.contains(&Warning::MissingToken));
    let mut started = event(Moment::Started, 0);
    started.id_token = token("A1");
    ledger.event(None, &started).unwrap();
    let gaps: Vec<_> = the(&ledger, 1).sequence.gaps().collect();
    assert_eq!(gaps, [(1, 2)]);
    happenings(&mut ledger);
    ledger.event(None, &event(Moment::Updated, 1)).unwrap();
    ledger.event(None, &event(Moment::Updated, 2)).unwrap();
    let Some(Happening::Completed(bill)) = happenings(&mut ledger).pop() else {
        panic!()
    };
    assert_eq!(bill.warnings, []);
    assert_eq!(bill.energy_wh, Some(30.into()));
}

#[test]
fn a_transaction_whose_end_is_lost_does_not_hold_its_token() {
    let running = |ledger: &Ledger| ledger.open().filter(|t| t.is_running()).count();
    // The station boots.
    let mut ledger = Ledger::new(Limits::default());
    ledger.begin(1, &begin(1, "A1", 0, 1000)).unwrap();
    ledger.booted();
    assert_eq!(running(&ledger), 0);
    // It runs after all.
    ledger.metered(1, &[wh(at(1), "1001", None)]);
    assert_eq!(running(&ledger), 1);
    // Its connector becomes available.
    ledger.available(2, None, at(2));
    assert_eq!(running(&ledger), 1);
    ledger.available(1, None, at(2));
    assert_eq!(running(&ledger), 0);
    // A later one begins.
    ledger.metered(1, &[wh(at(3), "1002", None)]);
    ledger.begin(2, &begin(1, "A2", 4, 1000)).unwrap();
    let over = the(&ledger, 1).presumed_over;
    assert_eq!(over, Some(Presumption::LaterTransaction));
    ledger.metered(1, &[wh(at(5), "1003", None)]);
    assert_eq!(running(&ledger), 1, "what is late does not revive it");
    // The end comes in the end.
    ledger.stop(None, &stop(1, 3, 1500));
    assert_eq!(the(&ledger, 1).bill().energy_wh, Some(500.into()));
    assert_eq!(the(&ledger, 1).bill().warnings, []);
    // The operator ends the other.
    assert!(ledger.close(2, at(9), EndedBy::Operator));
    assert!(!ledger.close(2, at(9), EndedBy::Operator));
    assert!(
        the(&ledger, 2)
            .bill()
            .warnings
            .contains(&Warning::MissingEnd)
    );
    assert_eq!(ledger.open().count(), 0);
}

#[test]
fn an_available_connector_is_no_end_before_the_cable_was_in() {
    let mut ledger = Ledger::new(Limits::default());
    ledger.event(Some(1), &event(Moment::Started, 0)).unwrap();
    ledger.available(1, Some(1), at(1));
    assert!(the(&ledger, 1).is_running());
    let mut charging = event(Moment::Updated, 1);
    charging.charging_state = Some("Charging".into());
    ledger.event(None, &charging).unwrap();
    ledger.available(1, Some(2), at(2));
    assert!(the(&ledger, 1).is_running(), "the other connector");
    ledger.available(1, Some(1), at(2));
    assert!(!the(&ledger, 1).is_running());
}

#[test]
fn a_full_ledger_refuses_and_forgets_nothing() {
    let limits = Limits {
        open: 2,
        closed: 1,
        meter_records: 1,
        ..Limits::default()
    };
    let mut ledger = Ledger::new(limits);
    ledger.begin(1, &begin(1, "A1", 0, 0)).unwrap();
    ledger.begin(2, &begin(2, "A2", 0, 0)).unwrap();
    assert_eq!(ledger.begin(3, &begin(3, "A3", 0, 0)), Err(Full));
    assert_eq!(ledger.transactions().count(), 2);
    // One that is over anyway makes room.
    ledger.available(1, None, at(1));
    ledger.begin(3, &begin(3, "A3", 2, 0)).unwrap();
    assert_eq!(
        the(&ledger, 1).end.as_ref().map(|end| end.by),
        Some(EndedBy::Presumption)
    );
    ledger.metered(3, &[wh(at(3), "1", None)]);
    ledger.metered(3, &[wh(at(4), "2", None)]);
    let meters = ledger
        .changes()
        .into_iter()
        .filter(|change| change.key.starts_with("meter/"));
    assert_eq!(meters.count(), 1);
    ledger.stop(None, &stop(2, 5, 1));
    ledger.stop(None, &stop(3, 5, 1));
    assert_eq!(
        ledger.transactions().count(),
        3,
        "until the records are stored"
    );
    ledger.commit();
    assert_eq!(
        ledger
            .transactions()
            .map(|t| t.reference)
            .collect::<Vec<_>>(),
        [3]
    );
}

#[test]
fn a_register_that_was_rounded_has_not_run_backwards() {
    // 1.6 tells whole Wh at the begin and at the end, and all digits in between.
    let warnings_of = |between: &str, end: i64| {
        let mut ledger = Ledger::new(Limits::default());
        ledger.begin(1, &begin(1, "A1", 0, 1000)).unwrap();
        ledger.metered(1, &[wh(at(1), between, None)]);
        ledger.stop(None, &stop(1, 2, end));
        let warnings = the(&ledger, 1).bill().warnings;
        warnings.contains(&Warning::RegisterRunsBackwards)
    };
    assert!(!warnings_of("1006.5", 1006));
    assert!(!warnings_of("999.6", 1006));
    assert!(warnings_of("1007", 1006));
}

#[test]
fn what_could_not_be_stored_has_not_happened() {
    let mut ledger = Ledger::new(Limits::default());
    ledger.begin(1, &begin(1, "A1", 0, 0)).unwrap();
    ledger.commit();
    let before = ledger.transactions().cloned().collect::<Vec<_>>();
    ledger.stop(None, &stop(1, 1, 5));
    ledger.begin(2, &begin(1, "A2", 2, 5)).unwrap();
    ledger.roll_back();
    assert_eq!(ledger.transactions().cloned().collect::<Vec<_>>(), before);
    assert_eq!(ledger.changes(), []);
    assert_eq!(happenings(&mut ledger), []);
}

#[test]
fn warnings_say_what_could_be_wrong_with_the_money() {
    let mut ledger = Ledger::new(Limits::default());
    ledger.begin(1, &begin(1, "A1", 0, 1000)).unwrap();
    ledger.stop(None, &stop(1, 1, 900));
    let bill = the(&ledger, 1).bill();
    assert_eq!(bill.warnings, [Warning::RegisterRunsBackwards]);
    assert_eq!(bill.energy_wh, None);
    // Somebody charged in between.
    ledger.begin(2, &begin(1, "A1", 2, 950)).unwrap();
    ledger.stop(None, &stop(2, 1, 960));
    let bill = the(&ledger, 2).bill();
    assert_eq!(
        bill.warnings,
        [Warning::EnergyOutside, Warning::ClockNotSet]
    );
    assert_eq!(the(&ledger, 2).energy_before, Some(50.into()));
    let mut early = begin(2, "A1", 0, 0);
    early.at = "1970-01-01T00:10:00Z".parse().unwrap();
    ledger.begin(3, &early).unwrap();
    ledger.stop(None, &stop(3, 1, 1));
    assert_eq!(the(&ledger, 3).bill().warnings, [Warning::ClockNotSet]);
}

#[test]
fn only_the_register_of_the_whole_evse_counts() {
    let sample = |change: fn(&mut Sample)| {
        let mut sample = wh(at(0), "1.5", None);
        change(&mut sample);
        sample.energy_wh().map(|wh| wh.to_string())
    };
    assert_eq!(sample(|_| ()).as_deref(), Some("1.5"));
    assert_eq!(
        sample(|s| s.unit = Some("kWh".into())).as_deref(),
        Some("1500")
    );
    assert_eq!(sample(|s| s.multiplier = Some(-1)).as_deref(), Some("0.15"));
    for exponent in [i64::MIN, -40, 40, i64::MAX] {
        let mut absurd = wh(at(0), "1", None);
        absurd.multiplier = Some(exponent);
        assert_eq!(absurd.energy_wh(), None, "{exponent}");
    }
    assert_eq!(sample(|s| s.unit = Some("W".into())), None);
    assert_eq!(sample(|s| s.phase = Some("L1".into())), None);
    assert_eq!(sample(|s| s.location = Some("EV".into())), None);
    assert_eq!(sample(|s| s.measurand = Some("SoC".into())), None);
    assert_eq!(sample(|s| s.value = "many".into()), None);
}

/// The operator closes it; then the station tells how it really ended.
#[test]
fn the_end_of_the_station_takes_the_place_of_somebody_elses_word() {
    for by in [
        EndedBy::Operator,
        EndedBy::TransactionStatus,
        EndedBy::Presumption,
    ] {
        let mut ledger = Ledger::new(Limits::default());
        ledger.begin(1, &begin(1, "A1", 0, 1000)).unwrap();
        ledger.close(1, at(30), by);
        ledger.commit();
        // What was read meanwhile counts as long as nothing better is known.
        ledger.metered(1, &[wh(at(20), "1500", None)]);
        assert_eq!(the(&ledger, 1).bill().energy_wh, Some(500.into()));
        happenings(&mut ledger);
        let mut end = stop(1, 25, 2000);
        end.samples = alloc::vec![wh(at(25), "2000", Some("Transaction.End"))];
        ledger.stop(Some(9), &end);
        let Some(Happening::Completed(bill)) = happenings(&mut ledger).pop() else {
            panic!("{by:?}")
        };
        assert_eq!(bill.energy_wh, Some(1000.into()));
        assert_eq!((bill.stopped_at, bill.warnings), (Some(at(25)), Vec::new()));
        assert_eq!(the(&ledger, 1).meter_records, 2);
        ledger.stop(Some(9), &end);
        assert_eq!(happenings(&mut ledger), [], "it comes once more");

        let mut ledger = Ledger::new(Limits::default());
        let mut started = event(Moment::Started, 0);
        started.id_token = token("A1");
        ledger.event(Some(1), &started).unwrap();
        ledger.close(1, at(30), by);
        ledger.commit();
        happenings(&mut ledger);
        ledger.event(None, &event(Moment::Updated, 1)).unwrap();
        ledger.event(None, &event(Moment::Ended, 2)).unwrap();
        let Some(Happening::Completed(bill)) = happenings(&mut ledger).pop() else {
            panic!("{by:?}")
        };
        assert_eq!(bill.energy_wh, Some(20.into()));
        assert_eq!((bill.stopped_at, bill.warnings), (Some(at(2)), Vec::new()));
        // Its number is known: what comes behind it is a contradiction.
        ledger.event(None, &event(Moment::Updated, 3)).unwrap();
        assert!(the(&ledger, 1).contradicted);
    }
}

#[test]
fn a_second_end_is_kept_beside_the_first() {
    let mut ledger = Ledger::new(Limits::default());
    ledger.begin(1, &begin(1, "A1", 0, 1000)).unwrap();
    ledger.stop(None, &stop(1, 1, 2000));
    let mut other = stop(1, 2, 9000);
    other.samples = alloc::vec![wh(at(2), "9000", None)];
    ledger.stop(None, &other);
    ledger.stop(None, &other);
    let kept = the(&ledger, 1);
    assert_eq!(kept.contradictions.len(), 1);
    assert_eq!(kept.contradictions[0].meter, Some(9000.into()));
    assert_eq!(
        (kept.meter_stop, kept.meter_records),
        (Some(2000.into()), 1)
    );

    let mut ledger = Ledger::new(Limits::default());
    ledger.event(Some(1), &event(Moment::Started, 0)).unwrap();
    ledger.event(None, &event(Moment::Ended, 1)).unwrap();
    // The same number with other contents, then another number; each of them twice.
    let mut same_number = event(Moment::Ended, 1);
    same_number.at = at(7);
    for other in [&same_number, &event(Moment::Ended, 5)] {
        ledger.event(None, other).unwrap();
        ledger.event(None, other).unwrap();
    }
    let kept = the(&ledger, 1);
    let times: Vec<_> = kept.contradictions.iter().map(|other| other.at).collect();
    assert_eq!(times, [at(7), at(5)]);
    assert_eq!(kept.end.as_ref().map(|end| end.at), Some(at(1)));
    let told = happenings(&mut ledger);
    let told = told
        .iter()
        .filter(|told| matches!(told, Happening::Contradicted { .. }));
    assert_eq!(told.count(), 2);
    for minute in 10..40 {
        let mut another = event(Moment::Ended, 9);
        another.at = at(minute);
        ledger.event(None, &another).unwrap();
    }
    assert_eq!(the(&ledger, 1).contradictions.len(), MAX_CONTRADICTIONS);
}

#[test]
fn the_end_of_an_open_transaction_is_never_a_repetition() {
    let mut ledger = Ledger::new(Limits::default());
    let mut started = event(Moment::Started, 0);
    started.id_token = token("A1");
    ledger.event(Some(1), &started).unwrap();
    ledger.event(None, &event(Moment::Updated, 1)).unwrap();
    // The station has counted on from a number that it had used.
    let mut end = event(Moment::Ended, 1);
    (end.at, end.samples) = (at(9), alloc::vec![wh(at(9), "4000", None)]);
    ledger.event(None, &end).unwrap();
    let Some(Happening::Ended(bill)) = happenings(&mut ledger).pop() else {
        panic!()
    };
    assert_eq!(bill.energy_wh, Some(3000.into()));
    assert_eq!(bill.warnings, [Warning::SeqNoUsedTwice]);
    ledger.event(None, &end).unwrap();
    assert_eq!(happenings(&mut ledger), [], "it comes once more");
    assert_eq!(the(&ledger, 1).meter_records, 3);
}

#[test]
fn an_id_that_is_used_again_is_another_transaction_whatever_the_clock_says() {
    let mut ledger = Ledger::new(Limits::default());
    let mut first = event(Moment::Started, 0);
    first.id_token = token("A1");
    ledger.event(Some(1), &first).unwrap();
    ledger.event(None, &event(Moment::Ended, 1)).unwrap();
    // The clock is not set.
    let mut second = event(Moment::Started, 0);
    (second.at, second.id_token) = ("1970-01-01T00:00:10Z".parse().unwrap(), token("A2"));
    assert!(!ledger.knows_event(&second));
    ledger.event(Some(2), &second).unwrap();
    assert_eq!(the(&ledger, 2).id_token, token("A2"));
    // Its end is lost, and the id is used once more.
    let mut third = event(Moment::Started, 0);
    (third.at, third.id_token) = ("1970-01-01T00:00:20Z".parse().unwrap(), token("A1"));
    ledger.event(Some(3), &third).unwrap();
    assert!(!the(&ledger, 2).is_running() && the(&ledger, 3).is_running());
    ledger.event(None, &event(Moment::Ended, 1)).unwrap();
    assert!(the(&ledger, 2).is_open() && !the(&ledger, 3).is_open());
    for (reference, warned) in [(1, false), (2, true), (3, true)] {
        let warnings = the(&ledger, reference).bill().warnings;
        assert_eq!(warnings.contains(&Warning::IdUsedBefore), warned);
    }
    // Each begin is known when it comes once more.
    ledger.commit();
    for (repeated, reference) in [(&first, 1), (&second, 2), (&third, 3)] {
        let taken = ledger.event(Some(9), repeated).unwrap();
        assert_eq!(taken, Some(reference));
        assert_eq!(ledger.changes(), []);
    }
}

#[test]
fn readings_of_an_end_that_nobody_knows_belong_to_nobody() {
    let mut ledger = Ledger::new(Limits::default());
    ledger.stop(Some(1), &stop(-1, 5, 700));
    assert_eq!(ledger.metered(-1, &[wh(at(6), "800", None)]), None);
    assert_eq!(the(&ledger, 1).meter_records, 0);
}

#[test]
fn readings_that_come_once_more_are_kept_once() {
    let mut ledger = Ledger::new(Limits::default());
    ledger.begin(1, &begin(1, "A1", 0, 1000)).unwrap();
    let readings = [
        [wh(at(1), "1001", None)],
        [wh(at(2), "1001", None)],
        [wh(at(2), "1002", None)],
    ];
    for reading in &readings {
        for _ in 0..2 {
            assert_eq!(ledger.metered(1, reading), Some(1));
        }
    }
    assert_eq!(the(&ledger, 1).meter_records, 3);
}

/// C02, E03: a card was refused at the plugged-in car, and another one was accepted.
#[test]
fn a_transaction_is_for_the_token_that_was_accepted() {
    let presented = |seq_no, text, status| {
        let mut presented = event(Moment::Updated, seq_no);
        presented.id_token = token(text);
        presented.token_status = Some(status);
        presented
    };
    let mut ended = event(Moment::Ended, 4);
    ended.id_token = token("T6");
    ended.token_status = Some(TokenStatus::Accepted);
    ended.stops = true;
    let messages = [
        event(Moment::Started, 0),
        presented(1, "STOLEN", TokenStatus::Invalid),
        presented(2, "T6", TokenStatus::Accepted),
        presented(3, "STOLEN", TokenStatus::Invalid),
        ended,
    ];
    for order in [
        [0, 1, 2, 3, 4],
        [0, 2, 1, 3, 4],
        [0, 3, 2, 1, 4],
        [0, 4, 3, 1, 2],
    ] {
        let mut ledger = Ledger::new(Limits::default());
        for at in order {
            ledger.event(Some(1), &messages[at]).unwrap();
        }
        let bill = the(&ledger, 1).bill();
        assert_eq!(bill.id_token, token("T6"), "{order:?}");
        assert_eq!(bill.warnings, [], "{order:?}");
    }
    // Nobody was accepted: it is for the first one.
    let mut ledger = Ledger::new(Limits::default());
    for at in [0, 3, 1] {
        ledger.event(Some(1), &messages[at]).unwrap();
    }
    let other = presented(2, "OTHER", TokenStatus::Expired);
    ledger.event(Some(1), &other).unwrap();
    let running = the(&ledger, 1);
    assert_eq!(running.id_token, token("STOLEN"));
    assert_eq!(running.refused, Some(TokenStatus::Invalid));
    // Whoever was accepted pays, also if the token is blocked later.
    let mut ledger = Ledger::new(Limits::default());
    for message in [
        event(Moment::Started, 0),
        presented(1, "T6", TokenStatus::Accepted),
        presented(2, "T6", TokenStatus::Blocked),
        presented(3, "OTHER", TokenStatus::Accepted),
    ] {
        ledger.event(Some(1), &message).unwrap();
    }
    assert_eq!(the(&ledger, 1).id_token, token("T6"));
    assert_eq!(the(&ledger, 1).refused, Some(TokenStatus::Blocked));
}

#[test]
fn what_flowed_between_two_transactions_does_not_depend_on_the_order_of_messages() {
    let bills = |order: [u8; 4]| {
        let mut ledger = Ledger::new(Limits::default());
        for step in order {
            match step {
                0 => ledger.begin(1, &begin(1, "A1", 0, 0)).unwrap(),
                1 => ledger.stop(None, &stop(1, 10, 1000)),
                2 => ledger.begin(2, &begin(1, "A2", 20, 5000)).unwrap(),
                _ => ledger.stop(None, &stop(2, 30, 6000)),
            }
        }
        [1, 2].map(|number| the(&ledger, number).bill().warnings)
    };
    let expected = [alloc::vec![], alloc::vec![Warning::EnergyOutside]];
    for order in [[0, 1, 2, 3], [0, 2, 1, 3], [0, 2, 3, 1]] {
        assert_eq!(bills(order), expected, "{order:?}");
    }
}

#[test]
fn a_register_below_the_begin_runs_backwards_in_every_version() {
    let mut ledger = Ledger::new(Limits::default());
    ledger.begin(1, &begin(1, "A1", 0, 1000)).unwrap();
    ledger.metered(1, &[wh(at(1), "100", None)]);
    ledger.stop(None, &stop(1, 2, 1500));
    assert_eq!(
        the(&ledger, 1).bill().warnings,
        [Warning::RegisterRunsBackwards]
    );
}

/// An end that only tells once more what the register was at the begin.
#[test]
fn the_register_of_the_begin_is_not_the_one_of_the_end() {
    let mut ledger = Ledger::new(Limits::default());
    let mut started = event(Moment::Started, 0);
    started.id_token = token("A1");
    ledger.event(Some(1), &started).unwrap();
    ledger.event(None, &event(Moment::Updated, 1)).unwrap();
    let mut ended = event(Moment::Ended, 2);
    ended.samples = alloc::vec![wh(at(0), "1000", Some("Transaction.Begin"))];
    ledger.event(None, &ended).unwrap();
    let bill = the(&ledger, 1).bill();
    assert_eq!(bill.warnings, [Warning::MissingMeterStop]);
    assert_eq!(bill.meter_stop, Some(1010.into()), "the last reading");
}
