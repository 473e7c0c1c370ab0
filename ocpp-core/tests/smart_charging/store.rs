//! The profile store: rules of each version, one by one, and sequences against a model.

use std::collections::BTreeMap;

use ocpp_core::smart_charging::*;
use proptest::prelude::*;

use super::kit::*;

const T: &str = "2024-05-15T12:00:00Z";

fn store(rules: Rules) -> ProfileStore {
    ProfileStore::new(StoreConfig::new(rules, 2))
}

fn default(id: i64, level: i64) -> ChargingProfile {
    absolute(id, level, Purpose::TxDefaultProfile, T, None, &[(0, 16)])
}

fn tx(id: i64, level: i64, transaction: Option<i64>) -> ChargingProfile {
    let mut profile = absolute(id, level, Purpose::TxProfile, T, None, &[(0, 16)]);
    profile.transaction_id = transaction.map(TransactionId::Number);
    profile
}

fn ids(store: &ProfileStore) -> Vec<i64> {
    store
        .profiles()
        .iter()
        .map(|stored| stored.profile.id)
        .collect()
}

fn refused(
    store: &mut ProfileStore,
    evse: EvseId,
    profile: ChargingProfile,
) -> (Reason, &'static str) {
    let before = store.clone();
    let rejection = store.install(evse, profile).unwrap_err();
    assert_eq!(
        store.profiles(),
        before.profiles(),
        "a refusal changes nothing"
    );
    assert_eq!(store.revision(), before.revision());
    (rejection.reason, rejection.requirement)
}

/// K01.FR.05, TC_K_04_CS: the same identifier replaces, wherever it was.
#[test]
fn the_same_identifier_replaces() {
    for rules in [Rules::V1_6, Rules::V2] {
        let mut store = store(rules);
        let _ = store.install(1, default(1, 0)).unwrap();
        let outcome = store.install(2, default(1, 3)).unwrap();
        assert_eq!(outcome.removed, [1]);
        assert_eq!(
            outcome.records.len(),
            1,
            "one record takes the place of the other"
        );
        assert_eq!(store.profiles().len(), 1);
        assert_eq!(
            (
                store.profiles()[0].evse,
                store.profiles()[0].profile.stack_level
            ),
            (2, 3)
        );
    }
}

/// 1.6 section 5.16.3.
#[test]
fn in_1_6_the_same_purpose_and_level_replaces() {
    let mut store = store(Rules::V1_6);
    let _ = store.install(1, default(1, 0)).unwrap();
    assert_eq!(store.install(1, default(2, 0)).unwrap().removed, [1]);
    // Another connector, another level, another purpose: no replacement.
    let _ = store.install(2, default(3, 0)).unwrap();
    let _ = store.install(0, default(4, 0)).unwrap();
    let _ = store.install(1, default(5, 1)).unwrap();
    let max = absolute(
        6,
        0,
        Purpose::ChargingStationMaxProfile,
        T,
        None,
        &[(0, 16)],
    );
    let _ = store.install(0, max).unwrap();
    assert_eq!(ids(&store), [2, 3, 4, 5, 6]);
}

/// K01.FR.06, K01.FR.52, K01.FR.53.
#[test]
fn in_2_x_the_same_purpose_and_level_is_refused_when_both_can_be_valid() {
    let mut store = store(Rules::V2);
    let mut early = default(1, 0);
    early.valid_to = Some(at("2024-06-01T00:00:00Z"));
    let _ = store.install(1, early).unwrap();
    assert_eq!(
        refused(&mut store, 1, default(2, 0)),
        (Reason::Duplicate { other: 1 }, "K01.FR.06")
    );
    let mut late = default(2, 0);
    late.valid_from = Some(at("2024-06-01T00:00:00Z"));
    let _ = store.install(1, late).unwrap();
    // EVSE 0 and a specific EVSE: regardless of validity.
    let mut later = default(3, 0);
    later.valid_from = Some(at("2030-01-01T00:00:00Z"));
    assert_eq!(
        refused(&mut store, 0, later.clone()),
        (Reason::Duplicate { other: 1 }, "K01.FR.52")
    );
    later.stack_level = 1;
    let _ = store.install(0, later).unwrap();
    assert_eq!(
        refused(&mut store, 2, default(4, 1)),
        (Reason::Duplicate { other: 3 }, "K01.FR.53")
    );
    let rejection = store.install(2, default(4, 1)).unwrap_err();
    assert_eq!(rejection.reason.reason_code(), "DuplicateProfile");
}

/// K01.FR.09, K01.FR.33, K01.FR.03, TC_K_02_CS, TC_K_16_CS, TC_058_1_CS, TC_058_2_CS.
#[test]
fn a_tx_profile_needs_its_transaction() {
    let mut store = store(Rules::V2);
    assert_eq!(
        refused(&mut store, 1, tx(1, 0, Some(5))),
        (Reason::NoTransaction, "K01.FR.09")
    );
    let _ = store.start_transaction(transaction(1, T), None);
    assert_eq!(
        refused(&mut store, 1, tx(1, 0, Some(6))),
        (Reason::WrongTransaction, "K01.FR.33")
    );
    assert_eq!(
        refused(&mut store, 2, tx(1, 0, Some(5))),
        (Reason::NoTransaction, "K01.FR.09")
    );
    assert_eq!(
        refused(&mut store, 1, tx(1, 0, None)),
        (Reason::TransactionIdMissing, "K01.FR.03")
    );
    assert_eq!(
        refused(&mut store, 0, tx(1, 0, Some(5))).0,
        Reason::WrongEvse,
        "TC_K_11_CS"
    );
    let _ = store.install(1, tx(1, 0, Some(5))).unwrap();
    assert_eq!(
        refused(&mut store, 1, tx(2, 0, Some(5))),
        (Reason::Duplicate { other: 1 }, "K01.FR.39")
    );
    // K02.FR.05: it goes with the transaction.
    assert_eq!(store.end_transaction(1).removed, [1]);
    assert!(store.profiles().is_empty());
}

#[test]
fn in_1_6_a_tx_profile_may_leave_the_transaction_out() {
    let mut store = store(Rules::V1_6);
    assert_eq!(
        refused(&mut store, 1, tx(1, 0, None)).0,
        Reason::NoTransaction
    );
    // The transaction runs, but the central system has not numbered it yet.
    let unnumbered = Transaction {
        id: None,
        ..transaction(1, T)
    };
    let _ = store.start_transaction(unnumbered, None);
    let _ = store.install(1, tx(1, 0, None)).unwrap();
    assert_eq!(
        refused(&mut store, 1, tx(2, 1, Some(5))).0,
        Reason::WrongTransaction
    );
    store.identify_transaction(1, TransactionId::Number(5));
    // The same level replaces (1.6 section 5.16.2), another stacks.
    assert_eq!(store.install(1, tx(2, 0, Some(5))).unwrap().removed, [1]);
    let _ = store.install(1, tx(3, 1, Some(5))).unwrap();
    assert_eq!(ids(&store), [2, 3]);
}

/// K05.FR.02, K05.FR.05, TC_059_CS, TC_060_CS, TC_K_37_CS.
#[test]
fn the_profile_of_a_remote_start_comes_with_its_transaction() {
    let mut store = store(Rules::V2);
    let rejection = store
        .check_remote_start(Some(1), &default(1, 0))
        .unwrap_err();
    assert_eq!(rejection.reason, Reason::NotATxProfile);
    let rejection = store
        .check_remote_start(Some(1), &tx(1, 0, Some(5)))
        .unwrap_err();
    assert_eq!(rejection.reason, Reason::WrongTransaction);
    store.check_remote_start(None, &tx(1, 0, None)).unwrap();
    let (outcome, refused) = store.start_transaction(transaction(1, T), Some(tx(1, 0, None)));
    assert_eq!(refused, None);
    assert_eq!(outcome.records.len(), 1);
    let installed = &store.profiles()[0].profile;
    assert_eq!(
        installed.transaction_id,
        Some(TransactionId::Number(5)),
        "reported with its id"
    );
}

#[test]
fn every_rule_of_2_x_has_its_requirement() {
    let mut store = store(Rules::V2);
    let refusal = |store: &mut ProfileStore, evse, change: &dyn Fn(&mut ChargingProfile)| {
        let mut profile = default(1, 0);
        change(&mut profile);
        refused(store, evse, profile)
    };
    let s = &mut store;
    assert_eq!(refusal(s, 3, &|_| {}), (Reason::UnknownEvse, "K01.FR.28"));
    assert_eq!(
        refusal(s, 0, &|p| p.purpose =
            Purpose::ChargingStationExternalConstraints),
        (Reason::ReservedPurpose, "K01.FR.22")
    );
    assert_eq!(
        refusal(s, 1, &|p| p.purpose = Purpose::ChargingStationMaxProfile),
        (Reason::WrongEvse, "K04.FR.03")
    );
    assert_eq!(
        refusal(s, 1, &|p| p.schedules[0].start = None),
        (Reason::NoStart, "K01.FR.40")
    );
    assert_eq!(
        refusal(s, 1, &|p| p.kind = ProfileKind::Relative),
        (Reason::UnexpectedStart, "K01.FR.41")
    );
    assert_eq!(
        refusal(s, 0, &|p| {
            p.purpose = Purpose::ChargingStationMaxProfile;
            p.kind = ProfileKind::Relative;
            p.schedules[0].start = None;
        }),
        (Reason::RelativeStationLimit, "K01.FR.38")
    );
    assert_eq!(
        refusal(s, 1, &|p| p.schedules.push(p.schedules[0].clone())),
        (Reason::ScheduleCount, "K01.FR.34")
    );
    assert_eq!(
        refusal(s, 1, &|p| p.stack_level = 101).0,
        Reason::StackLevel
    );
    assert_eq!(refusal(s, 1, &|p| p.stack_level = -1).0, Reason::StackLevel);
    assert_eq!(
        refusal(s, 1, &|p| {
            p.schedules[0].periods = (0..1_025)
                .map(|start| SchedulePeriod::new(start, dec("6")))
                .collect();
        })
        .0,
        Reason::TooManyPeriods
    );
    assert_eq!(
        refusal(s, 1, &|p| {
            p.schedules[0].periods[0].number_phases = Some(1);
            p.schedules[0].periods[0].phase_to_use = Some(1);
        }),
        (Reason::PhaseToUse, "K01.FR.48")
    );
    assert_eq!(
        refusal(s, 1, &|p| {
            p.online = Some(Box::new(OnlineRules {
                max_offline_duration: Some(60),
                ..OnlineRules::default()
            }));
        })
        .0,
        Reason::UnsupportedMember
    );
    assert!(store.profiles().is_empty());
}

#[test]
fn units_and_phases_that_the_station_cannot_do() {
    let mut config = StoreConfig::new(Rules::V2, 2);
    config.units.watts = false;
    let fixed = PhaseAbility {
        holds_to_fewer: false,
        ..PhaseAbility::default()
    };
    config.phases = vec![fixed; 2];
    let mut store = ProfileStore::new(config.clone());
    let mut watts = default(1, 0);
    watts.schedules[0].unit = RateUnit::W;
    assert_eq!(
        refused(&mut store, 1, watts),
        (Reason::UnsupportedRateUnit, "K01.FR.26")
    );
    let mut single = default(1, 0);
    single.schedules[0].periods[0].number_phases = Some(1);
    assert_eq!(
        refused(&mut store, 1, single.clone()),
        (Reason::NumberPhases, "K01.FR.43")
    );
    // TC_K_42_CS
    let request = Request::new(1, at(T), 300, RateUnit::W);
    assert_eq!(
        store.composite(&site(2), &request),
        Err(CompositeError::UnitNotSupported { unit: RateUnit::W })
    );
    // K01.FR.44: direct current ignores phases. K01.FR.46: what is wired anyway may be named.
    config.phases[0].dc = true;
    let _ = ProfileStore::new(config.clone())
        .install(1, single.clone())
        .unwrap();
    config.phases[0] = PhaseAbility {
        count: 1,
        single: Some(2),
        ..fixed
    };
    single.schedules[0].periods[0].phase_to_use = Some(2);
    let _ = ProfileStore::new(config.clone())
        .install(1, single.clone())
        .unwrap();
    single.schedules[0].periods[0].phase_to_use = Some(3);
    assert_eq!(
        refused(&mut ProfileStore::new(config), 1, single).0,
        Reason::PhaseToUse
    );
}

/// A CSMS does not know how many EVSEs there are, nor what they can do.
#[test]
fn a_profile_for_ever_so_many_evses_is_checked_at_once() {
    let mut config = StoreConfig::new(Rules::V2, u32::MAX - 1);
    let mut single = default(1, 0);
    single.schedules[0].periods[0].number_phases = Some(1);
    single.schedules[0].periods[0].phase_to_use = Some(2);
    let mut unable = ProfileStore::new(config.clone());
    for evse in [0, u32::MAX - 1] {
        let refusal = refused(&mut unable, evse, single.clone());
        assert_eq!(refusal, (Reason::PhaseToUse, "K01.FR.48"));
    }
    config.other_phases.dc = true;
    let mut anything = ProfileStore::new(config);
    let _ = anything.install(0, single).unwrap();
}

/// 2.0.1 section K.3.7 (erratum 2.36).
#[test]
fn phases_that_contradict_each_other_are_refused() {
    let mut config = StoreConfig::new(Rules::V2, 2);
    let switching = PhaseAbility {
        switches: true,
        ..PhaseAbility::default()
    };
    config.phases = vec![switching; 2];
    let mut store = ProfileStore::new(config);
    let on_phase = |mut profile: ChargingProfile, phase| {
        profile.schedules[0].periods[0].number_phases = Some(1);
        profile.schedules[0].periods[0].phase_to_use = Some(phase);
        profile
    };
    let max = absolute(
        1,
        0,
        Purpose::ChargingStationMaxProfile,
        T,
        None,
        &[(0, 16)],
    );
    let _ = store.install(0, on_phase(max, 1)).unwrap();
    assert_eq!(
        refused(&mut store, 1, on_phase(default(2, 0), 3)).0,
        Reason::PhaseConflict { other: 1 }
    );
    let _ = store.install(1, on_phase(default(2, 0), 1)).unwrap();
    let mut before = on_phase(default(3, 1), 3);
    before.valid_to = Some(at(T));
    assert_eq!(
        refused(&mut store, 1, before.clone()).0,
        Reason::PhaseConflict { other: 1 },
        "the station maximum is valid at any time"
    );
}

#[test]
fn a_full_store_still_replaces_and_still_takes_external_limits() {
    let mut config = StoreConfig::new(Rules::V2, 2);
    config.max_profiles = 2;
    config.max_external = 1;
    let mut store = ProfileStore::new(config);
    let _ = store.install(1, default(1, 0)).unwrap();
    let _ = store.install(1, default(2, 1)).unwrap();
    assert_eq!(refused(&mut store, 1, default(3, 2)).0, Reason::Full);
    assert_eq!(store.install(1, default(2, 2)).unwrap().removed, [2]);
    let external = |evse, source| ExternalLimit {
        evse,
        source,
        grid_critical: None,
        profile: default(99, 0),
    };
    let _ = store
        .set_external(external(0, LimitSource::Ems), dec("0"))
        .unwrap();
    let rejection = store
        .set_external(external(1, LimitSource::So), dec("0"))
        .unwrap_err();
    assert_eq!(rejection.reason, Reason::Full);
}

/// K10 and 1.6 errata 3.25 and 3.26; TC_067_CS, TC_K_05_CS to TC_K_09_CS, TC_K_24_CS.
#[test]
fn clearing_by_every_criterion() {
    let filled = || {
        let mut store = store(Rules::V1_6);
        let _ = store.start_transaction(transaction(1, T), None);
        let _ = store.install(1, default(1, 0)).unwrap();
        let _ = store.install(2, default(2, 0)).unwrap();
        let _ = store.install(0, default(3, 1)).unwrap();
        let max = absolute(
            4,
            1,
            Purpose::ChargingStationMaxProfile,
            T,
            None,
            &[(0, 16)],
        );
        let _ = store.install(0, max).unwrap();
        let _ = store.install(1, tx(5, 1, None)).unwrap();
        store
    };
    let cleared = |filter: ClearFilter| {
        let mut store = filled();
        let outcome = store.clear(&filter);
        assert_eq!(outcome.records.len(), outcome.removed.len());
        assert!(outcome.records.iter().all(|record| record.value.is_none()));
        outcome.removed
    };
    let none = ClearFilter::default;
    assert_eq!(cleared(none()), [1, 2, 3, 4, 5]);
    assert_eq!(
        cleared(ClearFilter {
            id: Some(3),
            ..none()
        }),
        [3]
    );
    assert_eq!(
        cleared(ClearFilter {
            id: Some(3),
            evse: Some(1),
            stack_level: Some(9),
            ..none()
        }),
        [3],
        "with an id the other fields are ignored"
    );
    assert_eq!(
        cleared(ClearFilter {
            evse: Some(0),
            ..none()
        }),
        [3, 4]
    );
    assert_eq!(
        cleared(ClearFilter {
            evse: Some(1),
            ..none()
        }),
        [1, 5]
    );
    assert_eq!(
        cleared(ClearFilter {
            stack_level: Some(1),
            ..none()
        }),
        [3, 4, 5]
    );
    let purpose = Some(Purpose::TxDefaultProfile);
    assert_eq!(cleared(ClearFilter { purpose, ..none() }), [1, 2, 3]);
    assert_eq!(
        cleared(ClearFilter {
            purpose,
            stack_level: Some(0),
            evse: Some(2),
            ..none()
        }),
        [2]
    );
    assert!(
        cleared(ClearFilter {
            purpose,
            stack_level: Some(7),
            ..none()
        })
        .is_empty()
    );
    assert!(
        cleared(ClearFilter {
            id: Some(77),
            ..none()
        })
        .is_empty()
    );
}

/// K11 to K13, K10.FR.08, K10.FR.09, K01.FR.05; TC_K_52_CS.
#[test]
fn external_limits_belong_to_their_system() {
    let mut store = store(Rules::V2);
    let limit = |amperes: &str| {
        let mut profile = default(0, 0);
        profile.schedules[0].periods[0].limit = Some(dec(amperes));
        ExternalLimit {
            evse: 0,
            source: LimitSource::Ems,
            grid_critical: Some(true),
            profile,
        }
    };
    let (_, notice) = store.set_external(limit("20"), dec("5")).unwrap();
    let notice = notice.unwrap();
    assert_eq!((notice.evse, notice.grid_critical), (0, Some(true)));
    let stored = &store.profiles()[0].profile;
    assert_eq!(stored.purpose, Purpose::ChargingStationExternalConstraints);
    assert_eq!(stored.id, -1, "K11.FR.06");
    // 4 % is not worth a message, but it holds; 6 % is.
    assert!(
        store
            .set_external(limit("20.8"), dec("5"))
            .unwrap()
            .1
            .is_none()
    );
    assert_eq!(steps_of(&store), whole_tenths("20.8"));
    assert!(
        store
            .set_external(limit("22.1"), dec("5"))
            .unwrap()
            .1
            .is_some()
    );
    assert_eq!(ids(&store), [-1], "an update keeps the identifier");
    // The CSMS can neither replace nor clear it.
    assert_eq!(
        refused(&mut store, 1, default(-1, 3)),
        (Reason::ReservedId, "K01.FR.05")
    );
    assert!(store.clear(&ClearFilter::default()).removed.is_empty());
    assert!(
        store
            .clear(&ClearFilter {
                id: Some(-1),
                ..Default::default()
            })
            .removed
            .is_empty()
    );
    // TC_K_52_CS: it is reported.
    let pages = store.report(
        &ReportFilter {
            purpose: Some(Purpose::ChargingStationExternalConstraints),
            ..Default::default()
        },
        10,
    );
    assert_eq!((pages.len(), &pages[0].source), (1, &LimitSource::Ems));
    // Another system on the same level would be hidden or hide: it takes another level.
    let mut other = limit("10");
    other.source = LimitSource::So;
    let rejection = store.set_external(other.clone(), dec("5")).unwrap_err();
    assert_eq!(rejection.reason, Reason::Duplicate { other: -1 });
    other.profile.stack_level = 1;
    let _ = store.set_external(other, dec("5")).unwrap();
    assert_eq!(ids(&store), [-1, -2]);
    let (outcome, cleared) = store.clear_external(0, &LimitSource::Ems);
    assert_eq!(outcome.removed, [-1]);
    assert_eq!(
        cleared,
        Some(ClearedLimit {
            evse: 0,
            source: LimitSource::Ems
        })
    );
    assert_eq!(store.clear_external(0, &LimitSource::Ems).1, None);
}

fn steps_of(store: &ProfileStore) -> Vec<(i64, String)> {
    steps(
        &site(2),
        &store.installed(),
        store.transactions(),
        1,
        T,
        60,
        RateUnit::A,
    )
}

fn whole_tenths(limit: &str) -> Vec<(i64, String)> {
    vec![(0, limit.to_owned())]
}

/// K09; TC_K_29_CS to TC_K_36_CS.
#[test]
fn reports_are_filtered_and_paged() {
    let mut store = store(Rules::V2);
    let max = absolute(
        1,
        0,
        Purpose::ChargingStationMaxProfile,
        T,
        None,
        &[(0, 16)],
    );
    let _ = store.install(0, max).unwrap();
    for id in 2..=6 {
        let _ = store.install(1, default(id, id)).unwrap();
    }
    let _ = store.install(2, default(7, 7)).unwrap();
    let report = |filter: ReportFilter| -> Vec<(EvseId, Vec<i64>, bool)> {
        store
            .report(&filter, 2)
            .iter()
            .map(|page| {
                (
                    page.evse,
                    page.profiles.iter().map(|profile| profile.id).collect(),
                    page.tbc,
                )
            })
            .collect()
    };
    let none = ReportFilter::default;
    assert_eq!(
        report(ReportFilter {
            evse: Some(0),
            ..none()
        }),
        [(0, vec![1], false)]
    );
    assert_eq!(
        report(ReportFilter {
            evse: Some(1),
            ..none()
        }),
        [
            (1, vec![2, 3], true),
            (1, vec![4, 5], true),
            (1, vec![6], false)
        ]
    );
    assert_eq!(
        report(none()),
        [
            (0, vec![1], true),
            (1, vec![2, 3], true),
            (1, vec![4, 5], true),
            (1, vec![6], true),
            (2, vec![7], false)
        ]
    );
    assert_eq!(
        report(ReportFilter {
            ids: vec![3, 7, 99],
            ..none()
        }),
        [(1, vec![3], true), (2, vec![7], false)]
    );
    assert_eq!(
        report(ReportFilter {
            evse: Some(1),
            stack_level: Some(4),
            ..none()
        }),
        [(1, vec![4], false)]
    );
    let purpose = Some(Purpose::TxDefaultProfile);
    assert_eq!(
        report(ReportFilter {
            evse: Some(1),
            purpose,
            stack_level: Some(5),
            ..none()
        }),
        [(1, vec![5], false)]
    );
    assert!(
        report(ReportFilter {
            sources: vec![LimitSource::Ems],
            ..none()
        })
        .is_empty()
    );
    assert_eq!(
        report(ReportFilter {
            sources: vec![LimitSource::Cso],
            ..none()
        })
        .len(),
        5
    );
    assert_eq!(
        store.report(&none(), 0).len(),
        7,
        "a page holds one at least"
    );
}

/// TC_K_13_CS: profiles survive a restart.
#[test]
fn what_was_stored_comes_back() {
    let mut store = store(Rules::V2);
    let mut disk: Vec<(String, String)> = Vec::new();
    let mut write = |outcome: Outcome| {
        for record in outcome.records {
            disk.retain(|(key, _)| *key != record.key);
            if let Some(value) = record.value {
                disk.push((record.key, value));
            }
        }
    };
    let mut rich = default(1, 0);
    rich.schedules[0].min_charging_rate = Some(dec("6.1"));
    rich.schedules[0].periods[0].limit = Some(dec("11.3"));
    rich.schedules[0].periods[0].v2x = Some(Box::new(PeriodExtras {
        limit_l2: Some(dec("10.5")),
        ..PeriodExtras::default()
    }));
    rich.valid_to = Some(at("2025-01-01T00:00:00.250Z"));
    rich.rest = Rest(Some(r#"{"customData":{"vendorId":"x"}}"#.into()));
    write(store.install(1, rich).unwrap());
    write(store.install(1, default(2, 1)).unwrap());
    write(store.start_transaction(transaction(2, T), None).0);
    write(store.install(2, tx(3, 0, Some(5))).unwrap());
    write(store.install(1, default(2, 4)).unwrap());
    let external = ExternalLimit {
        evse: 0,
        source: LimitSource::Named("grid box".into()),
        grid_critical: Some(false),
        profile: default(0, 0),
    };
    write(store.set_external(external, dec("1")).unwrap().0);
    write(store.clear(&ClearFilter {
        id: Some(77),
        ..Default::default()
    }));

    disk.push(("charging-profile/9".into(), "{\"evse\":1".into()));
    let records = disk
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()));
    let (mut restored, damaged) = ProfileStore::restore(store.config().clone(), records);
    assert_eq!(restored.profiles(), store.profiles());
    assert_eq!(damaged.len(), 1);
    // The transaction went on; another that was interrupted takes its profile along.
    restored.resume_transaction(transaction(2, T));
    assert!(restored.drop_orphans().removed.is_empty());
    let records = disk
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()));
    let (mut other, _) = ProfileStore::restore(store.config().clone(), records);
    assert_eq!(other.drop_orphans().removed, [3]);
}

/// Wherever the power goes while a profile takes the place of another, one of the two is there afterwards.
#[test]
fn a_power_cut_while_a_profile_is_replaced_leaves_one_of_them() {
    let max = |id| {
        absolute(
            id,
            0,
            Purpose::ChargingStationMaxProfile,
            T,
            None,
            &[(0, 16)],
        )
    };
    // What is installed first, and what takes its place.
    let cases = [
        (vec![default(3, 0)], default(4, 0)),
        (vec![default(4, 0)], default(3, 0)),
        (vec![default(3, 0)], default(3, 0)),
        // It takes the places of two: of one by its identifier, of the other by its purpose.
        (vec![max(1), default(2, 0)], default(1, 0)),
        (vec![max(2), default(1, 0)], default(2, 0)),
    ];
    for (old, new) in cases {
        let mut store = store(Rules::V1_6);
        let mut first = Vec::new();
        for profile in old.clone() {
            let evse = u32::from(profile.purpose == Purpose::TxDefaultProfile);
            first.extend(store.install(evse, profile).unwrap().records);
        }
        let before = store.profiles().to_vec();
        let records = store.install(1, new).unwrap().records;
        for kept in 0..=records.len() {
            let mut disk = BTreeMap::new();
            for record in first.iter().chain(&records[..kept]) {
                match &record.value {
                    Some(value) => disk.insert(record.key.clone(), value.clone()),
                    None => disk.remove(&record.key),
                };
            }
            let stored = disk
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str()));
            let (mut restored, _) = ProfileStore::restore(store.config().clone(), stored);
            for record in restored.settle().records {
                assert_eq!(record.value, None);
                disk.remove(&record.key);
            }
            let wanted = if kept == 0 {
                &before[..]
            } else {
                store.profiles()
            };
            assert!(
                restored
                    .profiles()
                    .iter()
                    .all(|profile| wanted.contains(profile))
            );
            assert_eq!(restored.profiles().len(), wanted.len(), "after {kept}");
            assert_eq!(disk.len(), wanted.len());
        }
    }
}

#[test]
fn expired_profiles_are_dropped_when_their_time_has_come() {
    let mut store = store(Rules::V2);
    let mut short = default(1, 0);
    short.valid_to = Some(at("2024-05-15T13:00:00Z"));
    let _ = store.install(1, short).unwrap();
    let _ = store.install(1, default(2, 1)).unwrap();
    assert_eq!(store.next_expiry(), Some(at("2024-05-15T13:00:00Z")));
    assert!(
        store
            .expire(at("2024-05-15T12:59:59.999Z"))
            .removed
            .is_empty()
    );
    assert_eq!(store.expire(at("2024-05-15T13:00:00Z")).removed, [1]);
    assert_eq!(store.next_expiry(), None);
}

/// One step of a sequence.
#[derive(Debug, Clone)]
enum Step {
    Install {
        evse: EvseId,
        id: i64,
        level: i64,
        purpose: Purpose,
        from: Option<i64>,
        to: Option<i64>,
    },
    Clear {
        id: Option<i64>,
        evse: Option<EvseId>,
        level: Option<i64>,
        purpose: Option<Purpose>,
    },
    Start(EvseId),
    End(EvseId),
}

fn step() -> impl Strategy<Value = Step> {
    use proptest::option;
    use proptest::sample::select;
    let purposes = vec![
        Purpose::TxDefaultProfile,
        Purpose::TxProfile,
        Purpose::ChargingStationMaxProfile,
    ];
    prop_oneof![
        6 => (0_u32..4, 0_i64..6, 0_i64..3, select(purposes.clone()), option::of(0_i64..4), option::of(0_i64..4))
            .prop_map(|(evse, id, level, purpose, from, to)| Step::Install { evse, id, level, purpose, from, to }),
        2 => (option::weighted(0.3, 0_i64..6), option::of(0_u32..4), option::of(0_i64..3), option::of(select(purposes)))
            .prop_map(|(id, evse, level, purpose)| Step::Clear { id, evse, level, purpose }),
        1 => (1_u32..3).prop_map(Step::Start),
        1 => (1_u32..3).prop_map(Step::End),
    ]
}

/// What a store of two EVSEs and five profiles must do, as a plain list.
struct Model {
    replaces: bool,
    profiles: Vec<(EvseId, i64, i64, Purpose, i64, i64)>,
    running: Vec<EvseId>,
}

impl Model {
    fn install(
        &mut self,
        evse: EvseId,
        id: i64,
        level: i64,
        purpose: Purpose,
        from: i64,
        to: i64,
    ) -> bool {
        let placed = match purpose {
            Purpose::TxProfile => self.running.contains(&evse),
            Purpose::ChargingStationMaxProfile => evse == 0,
            _ => evse <= 2,
        };
        if !placed || from >= to {
            return false;
        }
        let clash = |other: &(EvseId, i64, i64, Purpose, i64, i64)| {
            other.1 != id
                && other.2 == level
                && other.3 == purpose
                && match purpose {
                    Purpose::TxProfile => other.0 == evse,
                    Purpose::TxDefaultProfile if other.0 != evse => {
                        !self.replaces && (other.0 == 0 || evse == 0)
                    }
                    _ => other.0 == evse && (self.replaces || (other.4 < to && from < other.5)),
                }
        };
        if !self.replaces && self.profiles.iter().any(clash) {
            return false;
        }
        let left: Vec<_> = self
            .profiles
            .iter()
            .copied()
            .filter(|other| other.1 != id && !clash(other))
            .collect();
        if left.len() >= 5 {
            return false;
        }
        self.profiles = left;
        self.profiles.push((evse, id, level, purpose, from, to));
        true
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn any_sequence_does_what_the_model_does(
        replaces in any::<bool>(),
        steps in proptest::collection::vec(step(), 1..40),
    ) {
        let rules = if replaces { Rules::V1_6 } else { Rules::V2 };
        let mut config = StoreConfig::new(rules, 2);
        config.max_profiles = 5;
        let mut store = ProfileStore::new(config.clone());
        let mut model = Model { replaces, profiles: Vec::new(), running: Vec::new() };
        let mut disk: Vec<Record> = Vec::new();
        for step in steps {
            let before = store.profiles().to_vec();
            let outcome = match step {
                Step::Install { evse, id, level, purpose, from, to } => {
                    let day = |number: i64| at(T).saturating_add_millis(number * 86_400_000);
                    let mut profile = absolute(id, level, purpose, T, None, &[(0, 16)]);
                    profile.valid_from = from.map(day);
                    profile.valid_to = to.map(day);
                    if purpose == Purpose::TxProfile {
                        profile.transaction_id = Some(TransactionId::Number(i64::from(evse)));
                    }
                    let accepted = model.install(
                        evse, id, level, purpose, from.unwrap_or(i64::MIN), to.unwrap_or(i64::MAX),
                    );
                    match store.install(evse, profile) {
                        Ok(outcome) => {
                            prop_assert!(accepted);
                            outcome
                        }
                        Err(rejection) => {
                            prop_assert!(!accepted, "{}", rejection);
                            prop_assert_eq!(&before, store.profiles());
                            continue;
                        }
                    }
                }
                Step::Clear { id, evse, level, purpose } => {
                    model.profiles.retain(|other| match id {
                        Some(id) => other.1 != id,
                        None => {
                            evse.is_some_and(|evse| evse != other.0)
                                || level.is_some_and(|level| level != other.2)
                                || purpose.is_some_and(|purpose| purpose != other.3)
                        }
                    });
                    store.clear(&ClearFilter { id, evse, purpose, stack_level: level })
                }
                Step::Start(evse) => {
                    model.profiles.retain(|other| other.0 != evse || other.3 != Purpose::TxProfile);
                    if !model.running.contains(&evse) {
                        model.running.push(evse);
                    }
                    let id = Some(TransactionId::Number(i64::from(evse)));
                    store.start_transaction(Transaction { evse, id, started: at(T) }, None).0
                }
                Step::End(evse) => {
                    model.profiles.retain(|other| other.0 != evse || other.3 != Purpose::TxProfile);
                    model.running.retain(|other| *other != evse);
                    store.end_transaction(evse)
                }
            };
            for record in outcome.records {
                disk.retain(|other| other.key != record.key);
                if record.value.is_some() {
                    disk.push(record);
                }
            }
            let stored: Vec<_> = store
                .profiles()
                .iter()
                .map(|stored| (stored.evse, stored.profile.id, stored.profile.stack_level, stored.profile.purpose))
                .collect();
            let expected: Vec<_> =
                model.profiles.iter().map(|&(evse, id, level, purpose, ..)| (evse, id, level, purpose)).collect();
            prop_assert_eq!(&stored, &expected);
            // A report of everything names everything once, and what is on the disk is what is installed.
            let reported: usize = store.report(&ReportFilter::default(), 2).iter().map(|page| page.profiles.len()).sum();
            prop_assert_eq!(reported, stored.len());
            let records = disk.iter().filter_map(|record| Some((record.key.as_str(), record.value.as_deref()?)));
            let (restored, damaged) = ProfileStore::restore(config.clone(), records);
            prop_assert!(damaged.is_empty());
            prop_assert_eq!(restored.profiles(), store.profiles());
        }
    }
}
