//! Random situations: a site, its profiles and transactions, and a window.

use std::sync::Arc;

use ocpp_core::smart_charging::*;
use ocpp_core::time::DateTime;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use rust_decimal::Decimal;

use super::kit::at;

/// Everything that one comparison needs.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) site: Site,
    pub(crate) installed: Vec<Installed>,
    pub(crate) transactions: Vec<Transaction>,
    pub(crate) request: Request,
}

/// Instants with something to trip over nearby: midnight, week, month, leap day and year ends.
const EVES: [&str; 6] = [
    "2024-05-15T12:00:00Z",
    "2024-05-15T23:59:30Z",
    "2024-05-19T23:59:45Z",
    "2024-02-28T23:59:00Z",
    "2024-12-31T23:59:20Z",
    "2023-03-26T00:59:30Z",
];

const DAY: i64 = 86_400;

/// How far apart things happen: seconds within a short window, or hours within a long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    Seconds,
    Days,
}

impl Scale {
    fn span(self) -> i64 {
        match self {
            Self::Seconds => 150,
            Self::Days => 20 * DAY,
        }
    }

    fn window(self) -> i64 {
        match self {
            Self::Seconds => 60,
            Self::Days => 400 * DAY,
        }
    }
}

/// Mostly whole seconds, sometimes a fraction.
fn offset(scale: Scale) -> impl Strategy<Value = i64> {
    let span = scale.span();
    (
        -span..span,
        prop_oneof![9 => Just(0_i64), 1 => select(vec![1_i64, 499, 500, 999])],
    )
        .prop_map(|(seconds, millis)| seconds * 1_000 + millis)
}

fn limit(unit: RateUnit) -> BoxedStrategy<Decimal> {
    match unit {
        RateUnit::A => prop_oneof![
            1 => Just(Decimal::ZERO),
            6 => (1_i64..64).prop_map(Decimal::from),
            2 => (1_i64..640).prop_map(|tenths| Decimal::new(tenths, 1)),
        ]
        .boxed(),
        RateUnit::W => prop_oneof![
            1 => Just(Decimal::ZERO),
            6 => (1_i64..440).prop_map(|hundreds| Decimal::from(hundreds * 100)),
            2 => (1_i64..440_000).prop_map(|tenths| Decimal::new(tenths, 1)),
        ]
        .boxed(),
    }
}

fn periods(scale: Scale, unit: RateUnit) -> impl Strategy<Value = Vec<SchedulePeriod>> {
    let longest: i64 = match scale {
        Scale::Seconds => 60,
        Scale::Days => 30 * 3_600,
    };
    let phases = prop_oneof![
        4 => Just((None, None)),
        4 => select(vec![1, 2, 3]).prop_map(|phases| (Some(phases), None)),
        2 => (1_i64..=3).prop_map(|phase| (Some(1), Some(phase))),
    ];
    vec((1..longest, limit(unit), phases), 1..5).prop_map(|steps| {
        let mut start = 0;
        steps
            .into_iter()
            .map(|(length, limit, (number_phases, phase_to_use))| {
                let period = SchedulePeriod {
                    number_phases,
                    phase_to_use,
                    ..SchedulePeriod::new(start, limit)
                };
                start += length;
                period
            })
            .collect()
    })
}

fn profile(scale: Scale, base: DateTime) -> impl Strategy<Value = ChargingProfile> {
    let purpose = select(vec![
        Purpose::TxProfile,
        Purpose::TxProfile,
        Purpose::TxDefaultProfile,
        Purpose::TxDefaultProfile,
        Purpose::TxDefaultProfile,
        Purpose::ChargingStationMaxProfile,
        Purpose::ChargingStationExternalConstraints,
    ]);
    let kind = select(vec![
        ProfileKind::Absolute,
        ProfileKind::Recurring,
        ProfileKind::Relative,
    ]);
    let duration = match scale {
        Scale::Seconds => prop_oneof![
            2 => Just(None),
            6 => (1_i64..150).prop_map(Some),
            1 => (DAY - 60..DAY + 60).prop_map(Some),
        ]
        .boxed(),
        Scale::Days => prop_oneof![
            2 => Just(None),
            4 => (1_i64..2 * DAY).prop_map(Some),
            1 => (1_i64..20 * DAY).prop_map(Some),
        ]
        .boxed(),
    };
    let unit = prop_oneof![4 => Just(RateUnit::A), 2 => Just(RateUnit::W)];
    let header = (
        0_i64..4,
        purpose,
        kind,
        select(vec![Recurrency::Daily, Recurrency::Weekly]),
    );
    let gates = (
        option::weighted(0.3, offset(scale)),
        option::weighted(0.3, offset(scale)),
        option::weighted(0.3, select(vec![5_i64, 6])),
    );
    // A recurring schedule began days or weeks before, or begins within the window.
    let start = (offset(scale), select(vec![0_i64, 1, 2, 7, 8, 14, 365]));
    (
        header,
        gates,
        start,
        duration,
        unit.prop_flat_map(move |unit| (Just(unit), periods(scale, unit))),
    )
        .prop_map(move |(header, gates, start, duration, (unit, periods))| {
            let (stack_level, purpose, kind, recurrency) = header;
            let (mut valid_from, mut valid_to, transaction) = gates;
            if let (Some(from), Some(to)) = (valid_from, valid_to)
                && from >= to
            {
                (valid_from, valid_to) = if from == to {
                    (None, None)
                } else {
                    (Some(to), Some(from))
                };
            }
            let moved = |millis: i64| base.saturating_add_millis(millis);
            let (start, days_before) = start;
            ChargingProfile {
                id: 0,
                stack_level,
                purpose,
                kind,
                recurrency: (kind == ProfileKind::Recurring).then_some(recurrency),
                valid_from: valid_from.map(moved),
                valid_to: valid_to.map(moved),
                transaction_id: match purpose {
                    Purpose::TxProfile => transaction.map(TransactionId::Number),
                    _ => None,
                },
                schedules: vec![ChargingSchedule {
                    id: 0,
                    start: (kind != ProfileKind::Relative)
                        .then(|| moved(start - days_before * DAY * 1_000)),
                    duration,
                    unit,
                    min_charging_rate: None,
                    periods,
                    extras: None,
                    rest: Rest::NONE,
                }],
                online: None,
                rest: Rest::NONE,
            }
        })
}

/// A situation; `evses` at most.
pub(crate) fn case(scale: Scale, evses: u32, profiles: usize) -> impl Strategy<Value = Case> {
    (select(EVES.as_slice()), 0_i64..3, 1..=evses).prop_flat_map(move |(eve, fraction, evses)| {
        let base = at(eve).saturating_add_millis(fraction * 250);
        let installed = vec((profile(scale, base), 0..=evses), 0..=profiles);
        let transactions = option::weighted(0.7, (1..=evses, offset(scale), option::of(5_i64..7)));
        let second = option::weighted(0.3, (1..=evses, offset(scale)));
        let wanted = (
            0..=evses,
            1..scale.window(),
            select(vec![RateUnit::A, RateUnit::W]),
        );
        let electric = (
            select(vec!["230", "120", "277.1", "400"]),
            1_u8..=3,
            limit(RateUnit::A),
            limit(RateUnit::W),
        );
        (installed, transactions, second, wanted, electric).prop_map(
            move |(installed, transaction, second, wanted, electric)| {
                let installed = installed
                    .into_iter()
                    .enumerate()
                    .map(|(index, (mut profile, evse))| {
                        profile.id = index as i64;
                        let evse = match profile.purpose {
                            Purpose::ChargingStationMaxProfile => 0,
                            Purpose::TxProfile => evse.max(1),
                            _ => evse,
                        };
                        Installed {
                            evse,
                            profile: Arc::new(profile),
                        }
                    })
                    .collect();
                let mut transactions: Vec<Transaction> = transaction
                    .into_iter()
                    .map(|(evse, started, id)| Transaction {
                        evse,
                        id: id.map(TransactionId::Number),
                        started: base.saturating_add_millis(started),
                    })
                    .collect();
                if let Some((evse, started)) = second
                    && transactions.iter().all(|other| other.evse != evse)
                {
                    transactions.push(Transaction {
                        evse,
                        id: Some(TransactionId::Number(6)),
                        started: base.saturating_add_millis(started),
                    });
                }
                let (voltage, phases, amperes, watts) = electric;
                let evse = Evse::ac(LocalLimit::Both { amperes, watts }, phases);
                let mut site = Site::new(vec![evse; evses as usize]);
                site.voltage = Some(voltage.parse().unwrap());
                let (evse, duration, unit) = wanted;
                Case {
                    site,
                    installed,
                    transactions,
                    request: Request::new(evse, base, duration, unit),
                }
            },
        )
    })
}
