//! Records that are damaged, or say something that this program does not know.

use ocpp_core::Version;
use ocpp_core::station::{ConnectorId, Output};
use ocpp_core::testing::station::Bench;
use serde_json::{Value, json};

use super::kit::*;

const VERSIONS: [Version; 2] = [Version::V1_6, Version::V2_0_1];

fn damaged(version: Version, key: &str, text: &str) -> Bench {
    let mut stored = today(version);
    assert!(stored.insert(key.into(), text.into()).is_some(), "{key}");
    with(version, stored)
}

/// The records that are kept aside: the key under which each was stored, and what it said.
fn kept(stored: &Stored) -> Vec<(String, String)> {
    let kept = stored
        .iter()
        .filter(|(key, _)| key.starts_with("unreadable/"));
    kept.map(|(_, text)| {
        let kept: Value = serde_json::from_str(text).unwrap();
        let text = |name: &str| kept[name].as_str().unwrap().to_string();
        (text("key"), text("value"))
    })
    .collect()
}

/// A limit that is in force at an EVSE.
fn limit(bench: &Bench, evse: u32) -> Option<String> {
    let limit = bench.outputs.iter().rev().find_map(|output| match output {
        Output::SetLimit { at, limit } if at.evse == evse => Some(*limit),
        _ => None,
    });
    limit.flatten().map(|limit| limit.value.to_string())
}

/// Every record of a state, damaged in three ways. It is kept and reported once, the station works, and whatever the CSMS
/// can be told about a transaction is told.
#[test]
fn any_record_that_cannot_be_read_is_kept_and_reported_and_the_station_works() {
    for version in VERSIONS {
        let whole = today(version);
        for (key, text) in &whole {
            if key == "format" {
                continue;
            }
            let half = &text[..text.len() / 2];
            let cut = if text.starts_with('{') { half } else { "\"" };
            for damage in [cut, "{\"what\":1}", "\u{0}\u{0}"] {
                let mut bench = damaged(version, key, damage);
                bench.power_on(&CABLES);
                bench.run(30);
                let context = format!("{version}, {key}: {damage}");
                let found: Vec<_> = unreadable(&bench).into_iter().map(|one| one.key).collect();
                assert!(found.contains(key), "{context}: {found:?}");
                let aside = kept(&bench.stored);
                assert!(
                    aside.contains(&(key.clone(), damage.to_string())),
                    "{context}: {aside:?}"
                );
                assert_ne!(
                    bench.stored.get(key).map(String::as_str),
                    Some(damage),
                    "{context}"
                );
                let calls = bench.all_calls();
                let told = events(&calls);
                let told = told
                    .iter()
                    .filter(|kind| *kind == "RecordsUnreadable")
                    .count();
                assert_eq!(told, 1, "{context}");
                // It is reported once.
                bench.outputs.clear();
                bench.power_cycle();
                bench.run(30);
                assert_eq!(unreadable(&bench), [], "{context}");
                assert!(!events(&bench.all_calls()).contains(&"RecordsUnreadable".to_string()));
                assert_eq!(kept(&bench.stored), aside, "{context}: kept for good");
                // Everything ends, and the next one can charge.
                for evse in [1, 2] {
                    bench.unplug(evse, 1);
                }
                bench.run(60);
                bench.all_calls();
                bench.present(1, "CARD7");
                bench.plug(1, 1);
                bench.run(30);
                assert!(bench.is_charging(ConnectorId::new(1, 1)), "{context}");
                bench.unplug(1, 1);
                bench.run(30);
                let told = bill(&bench.all_calls());
                assert_eq!((told.starts.len(), told.stops.len()), (1, 1), "{context}");
                let left = bench
                    .stored
                    .keys()
                    .filter(|key| key.starts_with("queue/") || key.starts_with("transaction"));
                assert_eq!(left.count(), 0, "{context}");
            }
        }
    }
}

/// What the CSMS is told about transactions in the end, with one record damaged.
fn told(version: Version, key: &str, damage: &str) -> Bill {
    let mut bench = damaged(version, key, damage);
    bench.power_on(&CABLES);
    bench.run(30);
    for evse in [1, 2] {
        bench.unplug(evse, 1);
    }
    bench.run(60);
    bill(&bench.all_calls())
}

#[test]
fn no_message_that_starts_or_ends_a_transaction_is_lost_with_its_record() {
    for version in VERSIONS {
        let whole = today(version);
        for key in whole.keys().filter(|key| key.starts_with("queue/")) {
            for damage in ["", "{\"what\":1}", "{\"action\":\"StopTransaction\"}"] {
                let told = told(version, key, damage);
                let context = format!("{version}, {key}: {told:?}");
                let starts: Vec<i64> = told.starts.iter().map(|(_, at)| *at).collect();
                assert_eq!(starts, [1000, 1120], "{context}");
                let mut ids: Vec<_> = told.stops.iter().map(|(id, _)| id.clone()).collect();
                assert_eq!(ids.len(), 3, "{context}");
                ids.sort();
                ids.dedup();
                assert_eq!(ids.len(), 3, "{context}");
                if version == Version::V1_6 {
                    assert_eq!(ids, ["1001", "2001", "2002"].map(String::from), "{context}");
                    let registers: Vec<i64> = told.stops.iter().map(|(_, at)| *at).collect();
                    assert!(registers.contains(&1120), "{context}");
                }
            }
        }
    }
}

#[test]
fn a_transaction_whose_record_is_lost_ends_with_what_its_messages_say() {
    // The one that began and ended offline, and the one that began offline and ran.
    for version in VERSIONS {
        for number in [1, 2] {
            let key = format!("transaction/{number:020}");
            let told = told(version, &key, "");
            let context = format!("{version}, {key}: {told:?}");
            assert_eq!(told.starts.len(), 2, "{context}");
            assert_eq!(told.stops.len(), 3, "{context}");
        }
        // Nobody knows the id of the one that the CSMS knows: in 1.6 the record alone had it.
        let key = "transaction/00000000000000000000";
        let told = told(version, key, "");
        let ends = if version == Version::V1_6 { 2 } else { 3 };
        assert_eq!(told.stops.len(), ends, "{version}: {told:?}");
    }
}

#[test]
fn a_transaction_of_a_later_program_ends_and_is_billed() {
    for version in VERSIONS {
        let key = "transaction/00000000000000000000";
        let text = today(version)[key].replacen('{', "{\"tariff\":{\"price\":1},", 1);
        let mut bench = damaged(version, key, &text);
        bench.power_on(&CABLES);
        bench.run(30);
        assert!(
            !bench.is_charging(ConnectorId::new(1, 1)),
            "{version}: it does not go on"
        );
        assert!(
            kept(&bench.stored).contains(&(key.into(), text)),
            "{version}"
        );
        let told = bill(&bench.all_calls());
        let registers: Vec<i64> = told.stops.iter().map(|(_, at)| *at).collect();
        assert!(registers.contains(&1300), "{version}: {told:?}");
    }
}

#[test]
fn a_damaged_byte_anywhere_in_a_record_does_no_harm() {
    for version in VERSIONS {
        let whole = today(version);
        let kinds = [
            "queue/",
            "transaction/",
            "charging-profile/",
            "local-list",
            "certificate/",
        ];
        let mut tried = 0;
        for (key, text) in &whole {
            if !kinds.iter().any(|kind| key.starts_with(kind)) {
                continue;
            }
            let bytes = text.as_bytes();
            for at in (0..bytes.len()).step_by(41) {
                let mut flipped = bytes.to_vec();
                flipped[at] ^= 0x04;
                let flipped = String::from_utf8_lossy(&flipped).into_owned();
                for damage in [flipped.as_str(), &text[..at]] {
                    let mut stored = whole.clone();
                    stored.insert(key.clone(), damage.into());
                    let (mut station, report) = open(version, &stored);
                    let outputs = std::iter::from_fn(|| station.poll_output());
                    outputs.for_each(|output| carry_out(&mut stored, &output));
                    // It is read, or it is kept.
                    let found = report.found.iter().any(|found| found.key == *key);
                    let kept = kept(&stored).contains(&(key.clone(), damage.into()));
                    assert_eq!(found, kept, "{version}, {key}: {damage}");
                    let (mut again, report) = open(version, &stored);
                    assert_eq!(report.found, [], "{version}, {key}: {damage}");
                    assert_eq!(again.poll_output(), None, "{version}, {key}: {damage}");
                    tried += 1;
                }
            }
        }
        assert!(tried > 300, "{version}: {tried}");
    }
}

#[test]
fn a_power_cut_while_a_record_is_put_aside_loses_nothing() {
    for version in VERSIONS {
        let whole = today(version);
        for key in whole.keys().filter(|key| *key != "format") {
            let mut records = whole.clone();
            records.insert(key.clone(), "{\"what\":1}".into());
            let mut cuts = 0;
            loop {
                let (stored, cut) = cut_while_opening(version, &records, cuts);
                let mut bench = with(version, stored);
                bench.power_on(&CABLES);
                bench.run(30);
                let aside = kept(&bench.stored);
                let this = aside.iter().filter(|(one, _)| one == key);
                let context = format!("{version}, {key}, cut after {cuts}");
                assert_eq!(this.count(), 1, "{context}: {aside:?}");
                for evse in [1, 2] {
                    bench.unplug(evse, 1);
                }
                bench.run(60);
                let told = bill(&bench.all_calls());
                if key.starts_with("queue/") {
                    assert_eq!(told.stops.len(), 3, "{context}");
                }
                if !cut {
                    break;
                }
                cuts += 1;
            }
        }
    }
}

#[test]
fn a_limit_does_not_vanish_because_its_record_is_damaged() {
    for version in VERSIONS {
        for id in 1..=3 {
            let key = format!("charging-profile/{id}");
            let mut bench = damaged(version, &key, "{\"evse\":0,");
            bench.power_on(&NO_CABLES);
            bench.run(5);
            bench.present(2, "LISTED");
            bench.plug(2, 1);
            bench.run(5);
            assert!(
                bench.is_charging(ConnectorId::new(2, 1)),
                "{version}, {key}"
            );
            assert_eq!(limit(&bench, 2).as_deref(), Some("6"), "{version}, {key}");
            // Over another restart too, until the CSMS clears or replaces it by its identifier.
            bench.power_cycle();
            bench.run(5);
            let clear = match version {
                Version::V1_6 => json!({ "id": id }),
                _ => json!({ "chargingProfileId": id }),
            };
            let cleared = bench.call("ClearChargingProfile", clear).unwrap().unwrap();
            assert_eq!(cleared["status"], "Accepted", "{version}, {key}");
            bench.unplug(2, 1);
            bench.run(5);
            bench.present(2, "LISTED");
            bench.plug(2, 1);
            bench.run(5);
            let expected = if id == 3 { "13" } else { "11" };
            assert_eq!(
                limit(&bench, 2).as_deref(),
                Some(expected),
                "{version}, {key}"
            );
        }
    }
}

#[test]
fn a_connector_that_was_out_of_order_stays_so_when_nobody_can_read_it() {
    let places = [
        (Version::V1_6, "availability/4", "Status 4 Unavailable"),
        (
            Version::V2_0_1,
            "availability/evse/3.2",
            "Status 3.2 Unavailable",
        ),
    ];
    for (version, key, status) in places {
        for damage in ["", "fals", "7"] {
            let mut bench = damaged(version, key, damage);
            bench.power_on(&NO_CABLES);
            bench.run(5);
            assert!(
                bench.story().contains(&status.to_string()),
                "{version}: {damage}"
            );
            bench.power_cycle();
            bench.run(5);
            assert!(
                bench.story().contains(&status.to_string()),
                "{version}: {damage}"
            );
        }
    }
}

#[test]
fn the_security_profile_is_not_lowered_because_its_record_is_damaged() {
    let key = "variable/securityprofile";
    let mut bench = damaged(Version::V1_6, key, "\"");
    bench.power_on(&NO_CABLES);
    bench.run(5);
    assert_eq!(bench.connection().security_profile, 3);
    let mut bench = damaged(Version::V1_6, key, "\"9\"");
    bench.power_on(&NO_CABLES);
    assert_eq!(bench.connection().security_profile, 3);
}

#[test]
fn the_csms_is_asked_for_a_local_list_of_which_a_part_is_lost() {
    for version in VERSIONS {
        for key in ["local-list", "local-list/1/blocked"] {
            let mut bench = damaged(version, key, "{");
            bench.power_on(&NO_CABLES);
            bench.run(5);
            let answer = bench
                .call("GetLocalListVersion", json!({}))
                .unwrap()
                .unwrap();
            let name = match version {
                Version::V1_6 => "listVersion",
                _ => "versionNumber",
            };
            assert_eq!(answer[name], 0, "{version}, {key}");
        }
    }
}

#[test]
fn when_there_is_no_room_aside_a_record_stays_where_it_is() {
    let mut config = config(Version::V1_6);
    config.limits.unreadable = 2;
    let mut stored = today(Version::V1_6);
    let keys: Vec<String> = stored
        .keys()
        .filter(|key| key.starts_with("queue/"))
        .cloned()
        .collect();
    for key in keys.iter().chain([&"cache/card1".to_string()]) {
        stored.insert(key.clone(), "{".into());
    }
    let mut bench = with_config(config, stored);
    bench.network(false);
    bench.power_on(&NO_CABLES);
    assert_eq!(unreadable(&bench).len(), keys.len() + 1);
    let aside = kept(&bench.stored);
    assert_eq!(aside.len(), 2);
    assert!(
        aside.iter().all(|(key, _)| key.starts_with("queue/")),
        "what matters most"
    );
    assert_eq!(bench.stored["cache/card1"], "{");
}

#[test]
fn records_with_keys_that_no_program_makes_are_kept_aside() {
    for version in VERSIONS {
        let given_up = json!({"action": "StopTransaction", "payload": "{}", "reason": "refused"});
        let mut stored = today(version);
        let cached = stored.iter().find(|(key, _)| key.starts_with("cache/"));
        let entry = cached.unwrap().1.clone();
        let odd = [
            ("given-up/first", given_up.to_string()),
            ("cache/somebody-else", entry),
        ];
        let good = "given-up/00000000000000000005";
        stored.insert(good.into(), given_up.to_string());
        for (key, value) in &odd {
            stored.insert((*key).into(), value.clone());
        }
        let mut bench = with(version, stored);
        bench.network(false);
        bench.power_on(&NO_CABLES);
        let found = unreadable(&bench);
        for (key, value) in &odd {
            assert!(
                found.iter().any(|one| one.key == *key),
                "{version} {key}: {found:?}"
            );
            assert!(!bench.stored.contains_key(*key), "{version} {key}");
            let aside = kept(&bench.stored);
            let one = ((*key).to_string(), value.clone());
            assert!(aside.contains(&one), "{version} {key}: {aside:?}");
        }
        assert_eq!(bench.station.state().given_up[0].id, 5, "{version}");
    }
}
