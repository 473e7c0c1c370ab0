//! Sharing a site's limit.

use ocpp_core::smart_charging::*;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::kit::*;

const T: &str = "2024-05-15T12:00:00Z";

/// A schedule of five minutes in whole amperes.
fn schedule(evse: EvseId, unit: RateUnit, steps: &[(i64, &str)]) -> CompositeSchedule {
    CompositeSchedule {
        evse,
        start: at(T),
        duration: 300,
        unit,
        periods: steps
            .iter()
            .map(|&(start, limit)| CompositePeriod {
                start,
                limit: dec(limit),
                other_phases: None,
                phases: Some(3),
                phase_to_use: None,
            })
            .collect(),
        min_charging_rate: None,
        mixed_phases: false,
    }
}

fn claim(ceiling: &CompositeSchedule, weight: u32, phases: LoadedPhases) -> Claim<'_> {
    Claim {
        evse: ceiling.evse,
        ceiling,
        minimum: dec("6"),
        weight,
        phases,
        priority: 0,
    }
}

fn shares(
    site: &CompositeSchedule,
    claims: &[Claim<'_>],
    strategy: Sharing,
) -> Vec<Vec<(i64, String)>> {
    split(site, claims, strategy)
        .unwrap()
        .iter()
        .map(|share| {
            share
                .periods
                .iter()
                .map(|p| (p.start, p.limit.to_string()))
                .collect()
        })
        .collect()
}

fn first(site: &str, ceilings: &[(&str, u32, LoadedPhases)], strategy: Sharing) -> Vec<String> {
    let site = schedule(0, RateUnit::A, &[(0, site)]);
    let ceilings: Vec<_> = ceilings
        .iter()
        .zip(1..)
        .map(|(&(limit, weight, phases), evse)| {
            (schedule(evse, RateUnit::A, &[(0, limit)]), weight, phases)
        })
        .collect();
    let claims: Vec<_> = ceilings
        .iter()
        .map(|(c, weight, phases)| claim(c, *weight, *phases))
        .collect();
    shares(&site, &claims, strategy)
        .into_iter()
        .map(|mut steps| steps.remove(0).1)
        .collect()
}

const ALL: LoadedPhases = LoadedPhases::ALL;

#[test]
fn equal_shares_and_what_one_leaves_goes_to_the_others() {
    let three = [("32", 1, ALL), ("32", 1, ALL), ("32", 1, ALL)];
    assert_eq!(first("60", &three, Sharing::EqualShare), ["20", "20", "20"]);
    assert_eq!(
        first("50", &three, Sharing::EqualShare),
        ["16.6", "16.6", "16.6"]
    );
    assert_eq!(
        first("200", &three, Sharing::EqualShare),
        ["32", "32", "32"]
    );
    let one_small = [("32", 1, ALL), ("10", 1, ALL), ("32", 1, ALL)];
    assert_eq!(
        first("60", &one_small, Sharing::EqualShare),
        ["25", "10", "25"]
    );
}

/// K03 with its 2.0.1 erratum 2.46: 100 A, of which 6 A stay free for whoever comes next.
#[test]
fn the_example_of_a_local_controller() {
    let one = [("100", 1, ALL)];
    assert_eq!(first("94", &one, Sharing::EqualShare), ["94"]);
    let two = [("100", 1, ALL), ("100", 1, ALL)];
    assert_eq!(first("94", &two, Sharing::EqualShare), ["47", "47"]);
}

#[test]
fn who_cannot_get_the_minimum_waits() {
    let three = [("32", 1, ALL), ("32", 1, ALL), ("32", 1, ALL)];
    assert_eq!(
        first("17", &three, Sharing::EqualShare),
        ["8.5", "8.5", "0"]
    );
    assert_eq!(first("5.9", &three, Sharing::EqualShare), ["0", "0", "0"]);
    assert_eq!(first("0", &three, Sharing::FirstCome), ["0", "0", "0"]);
    // A ceiling below the minimum is no charging at all, and leaves its share to others.
    let low = [("5", 1, ALL), ("32", 1, ALL)];
    assert_eq!(first("20", &low, Sharing::EqualShare), ["0", "20"]);
}

#[test]
fn weights() {
    let two = [("32", 1, ALL), ("32", 3, ALL)];
    assert_eq!(first("32", &two, Sharing::Weighted), ["8", "24"]);
    // The minimum of the lower weight comes first, the rest follows the weights.
    assert_eq!(first("20", &two, Sharing::Weighted), ["6", "14"]);
    // When not all minimums fit the higher weight is served.
    assert_eq!(first("10", &two, Sharing::Weighted), ["0", "10"]);
    let thirds = [("32", 3, ALL), ("32", 3, ALL), ("32", 1, ALL)];
    assert_eq!(first("70", &thirds, Sharing::Weighted), ["30", "30", "10"]);
}

#[test]
fn first_come() {
    let three = [("32", 1, ALL), ("32", 1, ALL), ("32", 1, ALL)];
    assert_eq!(first("60", &three, Sharing::FirstCome), ["32", "22", "6"]);
    assert_eq!(first("40", &three, Sharing::FirstCome), ["28", "6", "6"]);
}

#[test]
fn phases_are_filled_one_by_one() {
    let l1 = LoadedPhases::L1;
    let l2 = LoadedPhases::L2;
    // Two single-phase EVs on L1, one on L2, one on all three.
    let claims = [("32", 1, l1), ("32", 1, l1), ("32", 1, l2), ("32", 1, ALL)];
    // L1 carries three of them: 10 each; L2 has 20 left for its own.
    assert_eq!(
        first("30", &claims, Sharing::EqualShare),
        ["10", "10", "20", "10"]
    );
}

#[test]
fn watts_are_one_total() {
    let site = schedule(0, RateUnit::W, &[(0, "10000")]);
    let a = schedule(1, RateUnit::W, &[(0, "11000")]);
    let b = schedule(2, RateUnit::W, &[(0, "3700")]);
    let mut claims = [
        claim(&a, 1, LoadedPhases::L1),
        claim(&b, 1, LoadedPhases::L2),
    ];
    for claim in &mut claims {
        claim.minimum = dec("1380");
    }
    assert_eq!(
        shares(&site, &claims, Sharing::EqualShare),
        [vec![(0, "6300".to_owned())], vec![(0, "3700".to_owned())]]
    );
}

#[test]
fn shares_follow_every_step_and_equal_ones_are_merged() {
    let site = schedule(0, RateUnit::A, &[(0, "40"), (100, "20"), (200, "64")]);
    let a = schedule(1, RateUnit::A, &[(0, "32"), (50, "10"), (150, "16")]);
    let b = schedule(2, RateUnit::A, &[(0, "32")]);
    let claims = [claim(&a, 1, ALL), claim(&b, 1, ALL)];
    assert_eq!(
        shares(&site, &claims, Sharing::EqualShare),
        [
            vec![
                (0, "20".to_owned()),
                (50, "10".to_owned()),
                (200, "16".to_owned())
            ],
            vec![
                (0, "20".to_owned()),
                (50, "30".to_owned()),
                (100, "10".to_owned()),
                (200, "32".to_owned())
            ],
        ]
    );
}

#[test]
fn schedules_that_do_not_go_together_are_refused() {
    let site = schedule(0, RateUnit::A, &[(0, "40")]);
    let watts = schedule(1, RateUnit::W, &[(0, "40")]);
    assert_eq!(
        split(&site, &[claim(&watts, 1, ALL)], Sharing::EqualShare),
        Err(BalanceError::OtherUnit { evse: 1 })
    );
    let mut short = schedule(2, RateUnit::A, &[(0, "40")]);
    short.duration = 10;
    assert_eq!(
        split(&site, &[claim(&short, 1, ALL)], Sharing::EqualShare),
        Err(BalanceError::OtherWindow { evse: 2 })
    );
    let good = schedule(3, RateUnit::A, &[(0, "40")]);
    assert_eq!(
        split(&site, &[claim(&good, 0, ALL)], Sharing::Weighted),
        Err(BalanceError::BadClaim { evse: 3 })
    );
}

fn phases() -> impl Strategy<Value = LoadedPhases> {
    prop_oneof![
        Just(LoadedPhases::ALL),
        Just(LoadedPhases::L1),
        Just(LoadedPhases::L2),
        Just(LoadedPhases::L3)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_phase_is_overloaded_and_nothing_is_wasted(
        site_limit in 0_i64..2_000,
        claims in proptest::collection::vec((0_i64..500, 0_i64..120, 1_u32..8, phases()), 1..7),
        strategy in prop_oneof![
            Just(Sharing::EqualShare), Just(Sharing::Weighted), Just(Sharing::FirstCome)
        ],
    ) {
        let tenths = |value: i64| Decimal::new(value, 1);
        let site = schedule(0, RateUnit::A, &[(0, &tenths(site_limit).to_string())]);
        let ceilings: Vec<_> = claims
            .iter()
            .zip(1..)
            .map(|((ceiling, ..), evse)| schedule(evse, RateUnit::A, &[(0, &tenths(*ceiling).to_string())]))
            .collect();
        let all: Vec<_> = claims
            .iter()
            .zip(&ceilings)
            .map(|((_, minimum, weight, phases), ceiling)| Claim {
                evse: ceiling.evse,
                ceiling,
                minimum: tenths(*minimum),
                weight: *weight,
                phases: *phases,
                priority: 0,
            })
            .collect();
        let shares: Vec<Decimal> = split(&site, &all, strategy)
            .unwrap()
            .iter()
            .map(|share| share.periods[0].limit)
            .collect();
        let on = |phases: LoadedPhases, phase: usize| [phases.l1, phases.l2, phases.l3][phase];
        let load: Vec<Decimal> = (0..3)
            .map(|phase| {
                all.iter().zip(&shares).filter(|(claim, _)| on(claim.phases, phase)).map(|(_, share)| *share).sum()
            })
            .collect();
        for (phase, carried) in load.iter().enumerate() {
            prop_assert!(*carried <= tenths(site_limit), "phase {} carries {}", phase, *carried);
        }
        for (claim, share) in all.iter().zip(&shares) {
            let ceiling = claim.ceiling.periods[0].limit;
            prop_assert!(*share <= ceiling);
            prop_assert!(share.is_zero() || *share >= claim.minimum);
            // Who charges below the ceiling shares a phase that is full, up to a tenth lost for each EVSE in cutting.
            let lost = Decimal::new(all.len() as i64, 1);
            let full = (0..3).any(|phase| on(claim.phases, phase) && load[phase] + lost > tenths(site_limit));
            prop_assert!(share.is_zero() || *share == ceiling || full, "{} of {}", share, ceiling);
        }
    }
}
