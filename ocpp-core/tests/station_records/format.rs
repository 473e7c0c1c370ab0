//! Records that a former program has written.

use ocpp_core::Version;
use ocpp_core::station::{ConnectorId, Output, RecordsReport};
use serde_json::json;

use super::kit::*;

const VERSIONS: [Version; 2] = [Version::V1_6, Version::V2_0_1];

#[test]
fn a_new_station_writes_the_format_first_and_reads_it_back() {
    for version in VERSIONS {
        let (mut station, report) = open(version, &Stored::new());
        assert_eq!(report.format, None);
        let first = station.poll_output();
        let format = RecordsReport::current_format().to_string();
        let written = matches!(first, Some(Output::Store(record)) if record.key == "format" && record.value == format);
        assert!(written, "{version}");
        let stored = Stored::from([("format".into(), format)]);
        let (mut station, report) = open(version, &stored);
        assert_eq!(report.format, Some(RecordsReport::current_format()));
        assert_eq!(station.poll_output(), None);
    }
}

#[test]
fn the_format_before_is_read_in_full() {
    for version in VERSIONS {
        let (_, report) = open(version, &format_1(version));
        assert!(report.is_clean(), "{version}: {report:?}");
        assert_eq!(report.format, Some(1));
        assert!(report.other_versions.is_empty(), "{version}: {report:?}");
        // And again once it is in the new format.
        let (mut station, report) = open(version, &today(version));
        assert!(report.is_clean(), "{version}: {report:?}");
        assert_eq!(report.format, Some(2));
        assert_eq!(station.poll_output(), None, "{version}: nothing to change");
    }
}

/// What the CSMS is told by a station with the records of the format before.
fn carried_over(version: Version) -> Bill {
    let mut bench = with(version, format_1(version));
    bench.power_on(&CABLES);
    bench.run(30);
    bill(&bench.all_calls())
}

#[test]
fn open_transactions_and_queued_messages_of_the_format_before_reach_the_csms_once() {
    let told = carried_over(Version::V1_6);
    assert_eq!(
        told.starts,
        [("LISTED".into(), 1000), ("LISTED".into(), 1120)]
    );
    let told = carried_over(Version::V2_0_1);
    let starts: Vec<i64> = told.starts.iter().map(|(_, register)| *register).collect();
    assert_eq!(starts, [1000, 1120]);
    for version in VERSIONS {
        let mut bench = with(version, format_1(version));
        bench.power_on(&CABLES);
        bench.run(30);
        // Whether they go on or end: at last everything has ended, once each.
        for evse in [1, 2] {
            bench.unplug(evse, 1);
        }
        bench.run(30);
        let told = bill(&bench.all_calls());
        assert_eq!(told.stops.len(), 3, "{version}: {told:?}");
        let mut ids: Vec<_> = told.stops.iter().map(|(id, _)| id.clone()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 3, "{version}: {told:?}");
        let left = bench.stored.keys().filter(|key| {
            ["queue/", "transaction/", "transaction-data/"]
                .iter()
                .any(|kind| key.starts_with(kind))
        });
        assert_eq!(left.count(), 0, "{version}");
    }
}

#[test]
fn what_was_configured_in_the_format_before_still_counts() {
    let mut bench = with(Version::V1_6, format_1(Version::V1_6));
    bench.power_on(&NO_CABLES);
    bench.run(30);
    let connection = bench.connection();
    assert_eq!(connection.security_profile, 3);
    let password = "4F43415F4F4354545F61646D696E5F74657374";
    assert_eq!(connection.password.as_deref(), Some(password));
    assert_eq!(connection.roots.len(), 1);
    assert!(connection.client_certificate.is_some());
    let version = bench.call("GetLocalListVersion", json!({}));
    assert_eq!(version.unwrap().unwrap()["listVersion"], 7);
    let statuses = bench.story();
    assert!(
        statuses.contains(&"Status 4 Unavailable".to_string()),
        "{statuses:?}"
    );
    assert!(
        statuses.contains(&"Status 3 Reserved".to_string()),
        "{statuses:?}"
    );
    let mut bench = with(Version::V2_0_1, format_1(Version::V2_0_1));
    bench.power_on(&NO_CABLES);
    bench.run(30);
    let statuses = bench.story();
    assert!(
        statuses.contains(&"Status 3.2 Unavailable".to_string()),
        "{statuses:?}"
    );
    assert!(
        statuses.contains(&"Status 3.1 Available".to_string()),
        "{statuses:?}"
    );
    let version = bench.call("GetLocalListVersion", json!({}));
    assert_eq!(version.unwrap().unwrap()["versionNumber"], 7);
    for version in VERSIONS {
        let mut bench = with(version, format_1(version));
        bench.power_on(&NO_CABLES);
        bench.run(5);
        bench.present(2, "LISTED");
        bench.plug(2, 1);
        bench.run(5);
        assert!(bench.is_charging(ConnectorId::new(2, 1)), "{version}");
        // The TxDefaultProfile of EVSE 2.
        let limit = bench.outputs.iter().rev().find_map(|output| match output {
            Output::SetLimit { at, limit } if at.evse == 2 => Some(*limit),
            _ => None,
        });
        let limit = limit.flatten().map(|limit| limit.value);
        assert_eq!(limit, Some(11.into()), "{version}");
    }
}

#[test]
fn a_power_cut_at_any_output_while_the_format_changes_loses_nothing() {
    for version in VERSIONS {
        let expected = carried_over(version);
        let mut cuts = 0;
        loop {
            let (stored, cut) = cut_while_opening(version, &format_1(version), cuts);
            let mut bench = with(version, stored);
            bench.power_on(&CABLES);
            bench.run(30);
            let told = bill(&bench.all_calls());
            assert_eq!(told, expected, "{version}, cut after {cuts}");
            assert_eq!(unreadable(&bench), []);
            if !cut {
                break;
            }
            cuts += 1;
        }
        assert!(cuts > 20, "{version}: {cuts}");
    }
}

#[test]
fn records_of_a_later_program_are_read_as_far_as_they_can_be_and_reported() {
    for version in VERSIONS {
        let mut stored = today(version);
        stored.insert("format".into(), "3".into());
        stored.insert("tariff/7".into(), "{\"price\":1}".into());
        let (_, report) = open(version, &stored);
        assert_eq!(report.format, Some(3));
        assert_eq!(report.unknown, ["tariff/7"]);
        let mut bench = with(version, stored);
        bench.power_on(&CABLES);
        bench.run(30);
        let calls = bench.all_calls();
        assert!(
            events(&calls).contains(&"RecordsUnreadable".to_string()),
            "{version}"
        );
        assert_eq!(bill(&calls).starts.len(), 2, "{version}");
        assert_eq!(
            bench.stored["tariff/7"], "{\"price\":1}",
            "it is not this program's"
        );
        assert_eq!(bench.stored["format"], "2", "what this program writes");
    }
}
