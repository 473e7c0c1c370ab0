//! What every profile must be like, in every version.

use rust_decimal::Decimal;

use super::rejection::{Reason, Rejection};
use super::{
    ChargingProfile, ChargingSchedule, EvseId, OperationMode, ProfileKind, Purpose, SchedulePeriod,
};

/// The highest limit that is taken seriously. Examples use 999999 for "no limit".
const MAX_LIMIT: Decimal = Decimal::from_parts(0xD4A5_1000, 0xE8, 0, false, 0);

/// Seconds that fit into 64 bits of milliseconds.
const MAX_SECONDS: i64 = i64::MAX / 1_000;

/// Checks a profile on its own and against the EVSE it is for. Everything that passes can be calculated with.
pub(super) fn check(evse: EvseId, profile: &ChargingProfile) -> Result<(), Rejection> {
    check_placement(evse, profile)?;
    if profile.kind == ProfileKind::Dynamic {
        return refuse(Reason::UnsupportedKind, "K28", "chargingProfileKind");
    }
    if profile.kind == ProfileKind::Recurring && profile.recurrency.is_none() {
        return refuse(Reason::NoRecurrency, "2.0.1 section 2.10", "recurrencyKind");
    }
    if let (Some(from), Some(to)) = (profile.valid_from, profile.valid_to)
        && to <= from
    {
        return refuse(Reason::NeverValid, "K01.FR.36, K01.FR.37", "validTo");
    }
    if profile.schedules.is_empty() || profile.schedules.len() > 3 {
        return refuse(
            Reason::ScheduleCount,
            "2.0.1 section 2.10",
            "chargingSchedule",
        );
    }
    profile.schedules.iter().try_for_each(check_schedule)
}

fn refuse(reason: Reason, requirement: &'static str, field: &'static str) -> Result<(), Rejection> {
    Err(Rejection::new(reason, requirement, field))
}

fn check_placement(evse: EvseId, profile: &ChargingProfile) -> Result<(), Rejection> {
    match profile.purpose {
        Purpose::ChargingStationMaxProfile if evse != 0 => {
            refuse(Reason::WrongEvse, "K04.FR.03", "evseId")
        }
        Purpose::TxProfile if evse == 0 => refuse(Reason::WrongEvse, "K01.FR.16", "evseId"),
        Purpose::PriorityCharging | Purpose::LocalGeneration => refuse(
            Reason::UnsupportedPurpose,
            "SmartChargingCtrlr.SupportedAdditionalPurposes",
            "chargingProfilePurpose",
        ),
        _ => Ok(()),
    }
}

fn check_schedule(schedule: &ChargingSchedule) -> Result<(), Rejection> {
    if schedule
        .duration
        .is_some_and(|seconds| !(1..=MAX_SECONDS).contains(&seconds))
    {
        return refuse(Reason::Duration, "K01.FR.11", "chargingSchedule.duration");
    }
    if schedule
        .min_charging_rate
        .is_some_and(|rate| !(Decimal::ZERO..=MAX_LIMIT).contains(&rate))
    {
        return refuse(
            Reason::LimitOutOfRange,
            "2.0.1 section 2.12",
            "chargingSchedule.minChargingRate",
        );
    }
    if let Some(extras) = &schedule.extras {
        check_extras(extras)?;
    }
    let Some(first) = schedule.periods.first() else {
        return refuse(
            Reason::NoPeriods,
            "2.0.1 section 2.12",
            "chargingSchedule.chargingSchedulePeriod",
        );
    };
    if first.start != 0 {
        return refuse(
            Reason::FirstPeriodNotZero,
            "K01.FR.31",
            "chargingSchedule.chargingSchedulePeriod.startPeriod",
        );
    }
    let mut before = -1;
    for period in &schedule.periods {
        if period.start <= before || period.start > MAX_SECONDS {
            return refuse(
                Reason::PeriodsNotRising,
                "K01.FR.35",
                "chargingSchedule.chargingSchedulePeriod.startPeriod",
            );
        }
        before = period.start;
        check_period(period)?;
    }
    Ok(())
}

fn check_extras(extras: &super::ScheduleExtras) -> Result<(), Rejection> {
    if extras.randomized_delay.is_some_and(|delay| delay != 0) {
        return refuse(
            Reason::UnsupportedMember,
            "SmartChargingCtrlr.SupportsRandomizedDelay",
            "chargingSchedule.randomizedDelay",
        );
    }
    if extras.use_local_time == Some(true) {
        return refuse(
            Reason::UnsupportedMember,
            "SmartChargingCtrlr.SupportsUseLocalTime",
            "chargingSchedule.useLocalTime",
        );
    }
    if extras.limit_at_soc {
        return refuse(
            Reason::UnsupportedMember,
            "SmartChargingCtrlr.SupportsLimitAtSoC",
            "chargingSchedule.limitAtSoC",
        );
    }
    Ok(())
}

fn check_period(period: &SchedulePeriod) -> Result<(), Rejection> {
    const FIELD: &str = "chargingSchedule.chargingSchedulePeriod.limit";
    let in_range =
        |limit: &Decimal| !limit.is_sign_negative() && *limit <= MAX_LIMIT || limit.is_zero();
    match period.limit {
        Some(limit) if in_range(&limit) => {}
        _ => return refuse(Reason::LimitOutOfRange, "2.0.1 section 2.11", FIELD),
    }
    if period
        .number_phases
        .is_some_and(|phases| !(1..=3).contains(&phases))
    {
        return refuse(
            Reason::NumberPhases,
            "2.0.1 section 2.11",
            "chargingSchedule.chargingSchedulePeriod.numberPhases",
        );
    }
    if let Some(phase) = period.phase_to_use
        && (!(1..=3).contains(&phase) || period.number_phases != Some(1))
    {
        return refuse(
            Reason::PhaseToUse,
            "K01.FR.19",
            "chargingSchedule.chargingSchedulePeriod.phaseToUse",
        );
    }
    let Some(extras) = &period.v2x else {
        return Ok(());
    };
    if [extras.limit_l2, extras.limit_l3]
        .iter()
        .flatten()
        .any(|limit| !in_range(limit))
    {
        return refuse(
            Reason::LimitOutOfRange,
            "2.1 ChargingSchedulePeriodType",
            FIELD,
        );
    }
    if !matches!(
        extras.operation_mode,
        None | Some(OperationMode::ChargingOnly)
    ) {
        return refuse(
            Reason::UnsupportedMember,
            "SmartChargingCtrlr.SupportedOperationModes",
            "chargingSchedule.chargingSchedulePeriod.operationMode",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_limit_is_ten_to_the_twelfth() {
        assert_eq!(MAX_LIMIT, Decimal::from(1_000_000_000_000_i64));
    }
}
