//! Records of another version of OCPP.

use ocpp_core::Version;
use ocpp_core::station::ConnectorId;

use super::kit::*;

/// The versions that a station speaks first, then.
const CHANGES: [(Version, Version); 2] = [
    (Version::V1_6, Version::V2_0_1),
    (Version::V2_0_1, Version::V1_6),
];

/// What the first version has written and the second one must not touch.
fn of_version(stored: &Stored, version: Version) -> Vec<String> {
    let mark = format!("\"version\":\"{version}\"");
    let marked = stored.iter().filter(|(_, text)| text.contains(&mark));
    marked.map(|(key, _)| key.clone()).collect()
}

#[test]
fn no_message_is_sent_over_another_version_and_all_go_out_when_theirs_is_spoken_again() {
    for (first, second) in CHANGES {
        // As the program of before has left it, and as this one has.
        for stored in [format_1(first), today(first)] {
            let kept = of_version(&today(first), first);
            let data = |stored: &Stored| {
                let data = stored
                    .iter()
                    .filter(|(key, _)| key.starts_with("transaction-data/"));
                data.map(|(key, value)| (key.clone(), value.clone()))
                    .collect::<Stored>()
            };
            let data_before = data(&stored);
            let mut bench = with(second, stored);
            bench.power_on(&CABLES);
            bench.run(600);
            let calls = bench.all_calls();
            assert_eq!(bill(&calls), Bill::default(), "{first} over {second}");
            // Events happen in every version, and a request for a certificate is the station's in each of them.
            let of_none = ["SecurityEventNotification", "SignCertificate"];
            let mut others = actions(&calls);
            others.retain(|action| !of_none.contains(action));
            assert_eq!(others, [""; 0], "{first} over {second}");
            assert_eq!(unreadable(&bench), [], "{first} over {second}");
            assert_eq!(
                of_version(&bench.stored, first),
                kept,
                "{first} over {second}"
            );
            assert_eq!(data(&bench.stored), data_before);
            let (_, report) = open(second, &bench.stored);
            assert!(report.is_clean(), "{report:?}");
            assert!(
                report.other_versions[first.as_str()] >= kept.len(),
                "{report:?}"
            );
            // It works in the second version.
            assert!(
                !bench.is_charging(ConnectorId::new(1, 1)),
                "{first} over {second}"
            );
            bench.unplug(1, 1);
            bench.present(1, "CARD9");
            bench.plug(1, 1);
            bench.run(60);
            assert!(
                bench.is_charging(ConnectorId::new(1, 1)),
                "{first} over {second}"
            );
            bench.present(1, "CARD9");
            bench.unplug(1, 1);
            bench.run(60);
            let told = bill(&bench.all_calls());
            assert_eq!(
                (told.starts.len(), told.stops.len()),
                (1, 1),
                "{first} over {second}"
            );
            // And then the first again, with other cars: nothing goes on at their expense.
            let mut bench = with(first, bench.stored.clone());
            bench.power_on(&CABLES);
            bench.run(60);
            assert!(
                !bench.is_charging(ConnectorId::new(1, 1)),
                "{first} after {second}"
            );
            let told = bill(&bench.all_calls());
            let starts: Vec<i64> = told.starts.iter().map(|(_, register)| *register).collect();
            assert_eq!(starts, [1000, 1120], "{first} after {second}");
            let mut stops: Vec<i64> = told.stops.iter().map(|(_, register)| *register).collect();
            stops.sort_unstable();
            assert_eq!(
                stops,
                [1120, 1180, 1300],
                "{first} after {second}: {told:?}"
            );
            assert_eq!(of_version(&bench.stored, first), Vec::<String>::new());
        }
    }
}

#[test]
fn numbers_of_transactions_are_not_used_twice_by_two_versions() {
    for (first, second) in CHANGES {
        let mut bench = with(second, today(first));
        bench.network(false);
        bench.power_on(&NO_CABLES);
        bench.real_time_clock = true;
        bench.run(1);
        bench.present(2, "LISTED");
        bench.plug(2, 1);
        bench.run(5);
        assert!(
            bench.is_charging(ConnectorId::new(2, 1)),
            "{first} over {second}"
        );
        let new = of_version(&bench.stored, second);
        let transaction = new.iter().find(|key| key.starts_with("transaction/"));
        assert_eq!(transaction.unwrap(), "transaction/00000000000000000003");
        let messages = new.iter().filter(|key| key.starts_with("queue/"));
        for message in messages.filter(|key| key.matches('/').count() == 2) {
            assert!(message.ends_with("/3"), "{message}");
        }
    }
}

#[test]
fn what_one_version_has_set_out_of_order_stays_so_in_the_other() {
    // Connector 4 of 1.6 is connector 2 of EVSE 3.
    let mut bench = with(Version::V2_0_1, today(Version::V1_6));
    bench.power_on(&NO_CABLES);
    bench.run(5);
    let statuses = bench.story();
    assert!(
        statuses.contains(&"Status 3.2 Unavailable".to_string()),
        "{statuses:?}"
    );
    assert!(
        statuses.contains(&"Status 3.1 Available".to_string()),
        "{statuses:?}"
    );
    let stored = bench.stored.clone();
    let (mut station, _) = open(Version::V2_0_1, &stored);
    assert_eq!(station.poll_output(), None, "once is enough");
    let mut bench = with(Version::V1_6, stored);
    bench.power_on(&NO_CABLES);
    bench.run(5);
    let statuses = bench.story();
    assert!(
        statuses.contains(&"Status 4 Unavailable".to_string()),
        "{statuses:?}"
    );
    assert!(
        statuses.contains(&"Status 3 Reserved".to_string()),
        "{statuses:?}"
    );
    let (mut station, _) = open(Version::V1_6, &bench.stored);
    assert_eq!(station.poll_output(), None, "once is enough");
}
