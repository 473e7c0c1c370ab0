//! Which profile decides at an instant, and why the others do not.

use alloc::vec::Vec;

use ocpp_types::DateTime;

use super::candidate::Place;
use super::stacks::Builder;
use super::timeline::{Scope, Timeline};
use super::{
    CompositeError, CompositePeriod, EvseId, Installed, Precision, Purpose, Request, Site,
    Transaction, composite,
};

/// The part that one installed profile has in the limit of an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// It leads its purpose; `lowest` says whether its limit is the one that binds.
    TakesPart {
        /// Seconds after the start of its schedule's run at which its period began.
        period: i64,
        /// Whether no other limit is lower.
        lowest: bool,
    },
    /// A profile of the same purpose with a higher level has a period too.
    OverruledByLevel {
        /// That profile.
        by: i64,
    },
    /// A TxDefaultProfile while a TxProfile has a period.
    OverruledByTxProfile {
        /// That profile.
        by: i64,
    },
    /// A TxDefaultProfile of EVSE 0 where the EVSE has its own of that level.
    ReplacedOnEvse {
        /// That profile.
        by: i64,
    },
    /// Before `validFrom`.
    NotYetValid,
    /// At or after `validTo`.
    NoLongerValid,
    /// Before the start of its schedule.
    NotStarted,
    /// After the duration of its schedule.
    Over,
    /// Between two runs of a recurring schedule.
    BetweenRuns,
    /// It has no schedule with the index asked for.
    NoSuchSchedule,
    /// No transaction runs, or another than the profile names.
    OtherTransaction,
    /// It is installed for another EVSE.
    OtherEvse,
}

/// A profile and its part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Where the profile is installed.
    pub installed_on: EvseId,
    /// The EVSE whose limit is explained; several for the station.
    pub for_evse: EvseId,
    /// The profile.
    pub profile: i64,
    /// Its part.
    pub role: Role,
}

/// The limit of an instant and the part that each installed profile has in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The limit.
    pub period: CompositePeriod,
    /// One entry for each profile, for the station one for each profile and EVSE.
    pub verdicts: Vec<Verdict>,
    /// EVSEs for which no profile takes part, so that the local limit counts.
    pub on_local_limit: Vec<EvseId>,
}

/// Explains the limit of an instant.
///
/// # Errors
///
/// [`CompositeError`], as for a composite schedule.
pub fn explain(
    site: &Site,
    installed: &[Installed],
    transactions: &[Transaction],
    scope: Scope,
    at: DateTime,
) -> Result<Explanation, CompositeError> {
    let t = at.unix_millis();
    let request = Request {
        precision: Precision::Tenths,
        schedule: scope.schedule,
        ..Request::new(scope.evse, at, 1, scope.unit)
    };
    let schedule = composite(site, installed, transactions, &request)?;
    // A window has at least one period.
    let Some(period) = schedule.periods.into_iter().next() else {
        return Err(CompositeError::DurationNotPositive {
            duration: request.duration,
        });
    };
    let builder = Builder {
        site,
        installed,
        transactions,
        scope,
        start: t,
    };
    let evses: Vec<EvseId> = match scope.evse {
        0 => (1..=site.evses.len() as EvseId).collect(),
        evse => alloc::vec![evse],
    };
    let mut verdicts = Vec::new();
    let mut on_local_limit = Vec::new();
    for &evse in &evses {
        let first = verdicts.len();
        for entry in installed.iter().filter(|entry| !is_station_wide(entry)) {
            let role = role_on_evse(&builder, evse, entry, t);
            verdicts.push(verdict(evse, entry, role));
        }
        let station = installed.iter().filter(|entry| is_station_wide(entry));
        let covered = verdicts[first..]
            .iter()
            .any(|verdict| takes_part(&verdict.role))
            || (scope.evse != 0
                && station
                    .clone()
                    .any(|entry| takes_part(&role_on_station(&builder, entry, t))));
        if !covered {
            on_local_limit.push(evse);
        }
    }
    for entry in installed.iter().filter(|entry| is_station_wide(entry)) {
        let role = role_on_station(&builder, entry, t);
        verdicts.push(verdict(scope.evse, entry, role));
    }
    mark_lowest(site, installed, transactions, scope, at, &mut verdicts)?;
    Ok(Explanation {
        period,
        verdicts,
        on_local_limit,
    })
}

fn verdict(for_evse: EvseId, entry: &Installed, role: Role) -> Verdict {
    Verdict {
        installed_on: entry.evse,
        for_evse,
        profile: entry.profile.id,
        role,
    }
}

fn is_station_wide(entry: &Installed) -> bool {
    entry.evse == 0 && entry.profile.purpose != Purpose::TxDefaultProfile
}

fn takes_part(role: &Role) -> bool {
    matches!(role, Role::TakesPart { .. })
}

/// A limit binds when it makes the result by itself, or when the result is another without it.
fn mark_lowest(
    site: &Site,
    installed: &[Installed],
    transactions: &[Transaction],
    scope: Scope,
    at: DateTime,
    verdicts: &mut [Verdict],
) -> Result<(), CompositeError> {
    let start = at.unix_millis();
    for verdict in verdicts {
        let Role::TakesPart { lowest, .. } = &mut verdict.role else {
            continue;
        };
        let scope = match verdict.for_evse {
            // A station-wide limit binds when the sum without it is higher.
            0 => scope,
            evse => Scope { evse, ..scope },
        };
        let without: Vec<Installed> = installed
            .iter()
            .filter(|entry| {
                entry.profile.id != verdict.profile || entry.evse != verdict.installed_on
            })
            .cloned()
            .collect();
        let alone: Vec<Installed> = installed
            .iter()
            .filter(|entry| {
                entry.profile.id == verdict.profile && entry.evse == verdict.installed_on
            })
            .cloned()
            .collect();
        let limit = |installed: &[Installed]| {
            Timeline::new(site, installed, transactions, scope, start)
                .map(|mut timeline| timeline.segment(start).limit)
        };
        let all = limit(installed)?;
        *lowest = all == limit(&alone)? || all != limit(&without)?;
    }
    Ok(())
}

/// Why a profile has no period, or the offset of the period it has.
fn period_of(builder: &Builder<'_>, evse: EvseId, entry: &Installed, t: i64) -> Result<i64, Role> {
    let Some(candidate) = builder.candidate(evse, entry) else {
        return Err(Role::NoSuchSchedule);
    };
    if t < candidate.valid_from() {
        return Err(Role::NotYetValid);
    }
    if t >= candidate.valid_to() {
        return Err(Role::NoLongerValid);
    }
    match candidate.place(t) {
        Place::Before(_) => return Err(Role::NotStarted),
        Place::Between(_) => return Err(Role::BetweenRuns),
        Place::After => return Err(Role::Over),
        Place::Within(_) => {}
    }
    match candidate.step(t) {
        Some(step) => Ok(candidate.period(step.index).start),
        None => Err(Role::NotStarted),
    }
}

/// The strongest profile with a period among those of a group.
fn leading<'a>(
    builder: &Builder<'_>,
    evse: EvseId,
    group: impl Iterator<Item = &'a Installed>,
    t: i64,
) -> Option<&'a Installed> {
    // Of one level the one installed last, as `max_by_key` keeps the last of equals.
    group
        .filter(|entry| period_of(builder, evse, entry, t).is_ok())
        .max_by_key(|entry| entry.profile.stack_level)
}

fn role_on_evse(builder: &Builder<'_>, evse: EvseId, entry: &Installed, t: i64) -> Role {
    if entry.evse != evse && entry.evse != 0 {
        return Role::OtherEvse;
    }
    let purpose = entry.profile.purpose;
    if purpose == Purpose::TxProfile && !builder.is_for_transaction(evse, &entry.profile) {
        return Role::OtherTransaction;
    }
    let own_default = |level: i64| {
        builder.installed.iter().rev().find(|other| {
            other.evse == evse
                && other.profile.purpose == Purpose::TxDefaultProfile
                && other.profile.stack_level == level
        })
    };
    if purpose == Purpose::TxDefaultProfile
        && entry.evse == 0
        && let Some(own) = own_default(entry.profile.stack_level)
    {
        return Role::ReplacedOnEvse { by: own.profile.id };
    }
    let period = match period_of(builder, evse, entry, t) {
        Ok(period) => period,
        Err(role) => return role,
    };
    let group = builder.installed.iter().filter(|other| {
        other.profile.purpose == purpose
            && match purpose {
                Purpose::TxDefaultProfile => {
                    other.evse == evse
                        || other.evse == 0 && own_default(other.profile.stack_level).is_none()
                }
                Purpose::TxProfile => {
                    other.evse == evse && builder.is_for_transaction(evse, &other.profile)
                }
                _ => other.evse == evse,
            }
    });
    if let Some(leader) = leading(builder, evse, group, t)
        && !core::ptr::eq(leader, entry)
    {
        return Role::OverruledByLevel {
            by: leader.profile.id,
        };
    }
    if purpose == Purpose::TxDefaultProfile {
        let own = builder.installed.iter().filter(|other| {
            other.evse == evse
                && other.profile.purpose == Purpose::TxProfile
                && builder.is_for_transaction(evse, &other.profile)
        });
        if let Some(leader) = leading(builder, evse, own, t) {
            return Role::OverruledByTxProfile {
                by: leader.profile.id,
            };
        }
    }
    Role::TakesPart {
        period,
        lowest: false,
    }
}

fn role_on_station(builder: &Builder<'_>, entry: &Installed, t: i64) -> Role {
    let period = match period_of(builder, 0, entry, t) {
        Ok(period) => period,
        Err(role) => return role,
    };
    let group = builder
        .installed
        .iter()
        .filter(|other| other.evse == 0 && other.profile.purpose == entry.profile.purpose);
    match leading(builder, 0, group, t) {
        Some(leader) if !core::ptr::eq(leader, entry) => Role::OverruledByLevel {
            by: leader.profile.id,
        },
        _ => Role::TakesPart {
            period,
            lowest: false,
        },
    }
}
