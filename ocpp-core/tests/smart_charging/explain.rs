//! Why a limit is what it is.

use ocpp_core::smart_charging::*;
use proptest::prelude::*;

use super::cases::{Scale, case};
use super::kit::*;

const T: &str = "2024-05-15T12:00:00Z";

fn explained(installed: &[Installed], transactions: &[Transaction], evse: EvseId) -> Explanation {
    let scope = Scope {
        evse,
        unit: RateUnit::A,
        schedule: 0,
    };
    explain(&site(2), installed, transactions, scope, at(T)).unwrap()
}

fn roles(explanation: &Explanation) -> Vec<(i64, Role)> {
    explanation
        .verdicts
        .iter()
        .map(|verdict| (verdict.profile, verdict.role.clone()))
        .collect()
}

#[test]
fn every_reason_not_to_count() {
    let default = |id, level, start: &str, duration| {
        absolute(
            id,
            level,
            Purpose::TxDefaultProfile,
            start,
            duration,
            &[(0, 10 + id)],
        )
    };
    let mut expired = default(4, 4, T, None);
    expired.valid_to = Some(at(T));
    let mut early = default(5, 5, T, None);
    early.valid_from = Some(at("2024-05-16T00:00:00Z"));
    let mut recurring = default(6, 6, "2024-05-14T11:00:00Z", Some(60));
    recurring.kind = ProfileKind::Recurring;
    recurring.recurrency = Some(Recurrency::Daily);
    let mut other_tx = absolute(7, 0, Purpose::TxProfile, T, None, &[(0, 16)]);
    other_tx.transaction_id = Some(TransactionId::Number(99));
    let installed = [
        on(1, default(1, 1, T, None)),
        on(1, default(2, 2, "2024-05-15T12:00:01Z", None)),
        on(1, default(3, 3, "2024-05-15T11:00:00Z", Some(60))),
        on(1, expired),
        on(1, early),
        on(1, recurring),
        on(1, other_tx),
        on(0, default(8, 1, T, None)),
        on(0, default(9, 0, T, None)),
        on(2, default(10, 0, T, None)),
        on(
            0,
            absolute(
                11,
                0,
                Purpose::ChargingStationMaxProfile,
                T,
                None,
                &[(0, 40)],
            ),
        ),
    ];
    let explanation = explained(&installed, &[transaction(1, T)], 1);
    assert_eq!(explanation.period.limit, dec("11"));
    assert!(explanation.on_local_limit.is_empty());
    assert_eq!(
        roles(&explanation),
        [
            (
                1,
                Role::TakesPart {
                    period: 0,
                    lowest: true
                }
            ),
            (2, Role::NotStarted),
            (3, Role::Over),
            (4, Role::NoLongerValid),
            (5, Role::NotYetValid),
            (6, Role::BetweenRuns),
            (7, Role::OtherTransaction),
            (8, Role::ReplacedOnEvse { by: 1 }),
            (9, Role::OverruledByLevel { by: 1 }),
            (10, Role::OtherEvse),
            (
                11,
                Role::TakesPart {
                    period: 0,
                    lowest: false
                }
            ),
        ]
    );
}

#[test]
fn a_tx_profile_overrules_the_default() {
    let installed = [
        on(
            1,
            absolute(1, 9, Purpose::TxDefaultProfile, T, None, &[(0, 10)]),
        ),
        on(1, absolute(2, 0, Purpose::TxProfile, T, None, &[(0, 16)])),
    ];
    assert_eq!(
        roles(&explained(&installed, &[transaction(1, T)], 1)),
        [
            (1, Role::OverruledByTxProfile { by: 2 }),
            (
                2,
                Role::TakesPart {
                    period: 0,
                    lowest: true
                }
            )
        ]
    );
}

#[test]
fn the_station_is_explained_evse_by_evse() {
    let installed = [
        on(
            1,
            absolute(1, 0, Purpose::TxDefaultProfile, T, None, &[(0, 10)]),
        ),
        on(
            0,
            absolute(
                2,
                0,
                Purpose::ChargingStationMaxProfile,
                T,
                None,
                &[(0, 50)],
            ),
        ),
    ];
    let explanation = explained(&installed, &[], 0);
    assert_eq!(explanation.period.limit, dec("50"));
    assert_eq!(explanation.on_local_limit, [2]);
    let all: Vec<_> = explanation
        .verdicts
        .iter()
        .map(|verdict| (verdict.profile, verdict.for_evse, verdict.role.clone()))
        .collect();
    assert_eq!(
        all,
        [
            (
                1,
                1,
                Role::TakesPart {
                    period: 0,
                    lowest: true
                }
            ),
            (1, 2, Role::OtherEvse),
            (
                2,
                0,
                Role::TakesPart {
                    period: 0,
                    lowest: true
                }
            ),
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// What is said to take part makes the same limit alone.
    #[test]
    fn those_that_take_part_alone_make_the_limit(case in case(Scale::Seconds, 3, 6)) {
        let mut case = case;
        case.request.evse = case.request.evse.max(1);
        let scope = Scope { evse: case.request.evse, unit: case.request.unit, schedule: 0 };
        let whole = explain(&case.site, &case.installed, &case.transactions, scope, case.request.start).unwrap();
        let parts: Vec<Installed> = case
            .installed
            .iter()
            .filter(|entry| {
                whole.verdicts.iter().any(|verdict| {
                    verdict.profile == entry.profile.id && matches!(verdict.role, Role::TakesPart { .. })
                })
            })
            .cloned()
            .collect();
        let alone = explain(&case.site, &parts, &case.transactions, scope, case.request.start).unwrap();
        prop_assert_eq!(&alone.period, &whole.period);
        prop_assert_eq!(parts.is_empty(), whole.on_local_limit == [case.request.evse]);
    }
}
