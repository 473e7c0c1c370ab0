//! OCPP 1.6.

use alloc::vec::Vec;

use ocpp_types::v1_6 as wire;
use ocpp_types::{BoundedVec, Tenths};
use rust_decimal::Decimal;

use super::super::{
    ChargingProfile, ChargingSchedule, ClearFilter, CompositeSchedule, ProfileKind, Purpose,
    RateUnit, Recurrency, Rest, SchedulePeriod, TransactionId,
};
use super::{
    ConversionError, calculable, check_periods, enumeration, evse_id, maybe_calculable, no_room,
    optional, tenths,
};

enumeration!(
    Purpose,
    wire::ChargingProfilePurpose,
    "chargingProfilePurpose",
    ChargingStationMaxProfile = ChargePointMaxProfile,
    TxDefaultProfile = TxDefaultProfile,
    TxProfile = TxProfile,
);
enumeration!(
    ProfileKind,
    wire::ChargingProfileKind,
    "chargingProfileKind",
    Absolute = Absolute,
    Recurring = Recurring,
    Relative = Relative,
);
enumeration!(
    Recurrency,
    wire::RecurrencyKind,
    "recurrencyKind",
    Daily = Daily,
    Weekly = Weekly,
);
enumeration!(
    RateUnit,
    wire::ChargingRateUnit,
    "chargingRateUnit",
    A = A,
    W = W
);

impl TryFrom<&wire::ChargingProfile> for ChargingProfile {
    type Error = ConversionError;

    fn try_from(profile: &wire::ChargingProfile) -> Result<Self, ConversionError> {
        Ok(Self {
            id: profile.charging_profile_id,
            stack_level: profile.stack_level,
            purpose: (&profile.charging_profile_purpose).try_into()?,
            kind: (&profile.charging_profile_kind).try_into()?,
            recurrency: optional(&profile.recurrency_kind)?,
            valid_from: profile.valid_from,
            valid_to: profile.valid_to,
            transaction_id: profile.transaction_id.map(TransactionId::Number),
            schedules: alloc::vec![(&profile.charging_schedule).try_into()?],
            online: None,
            rest: Rest::NONE,
        })
    }
}

impl TryFrom<&ChargingProfile> for wire::ChargingProfile {
    type Error = ConversionError;

    fn try_from(profile: &ChargingProfile) -> Result<Self, ConversionError> {
        let [schedule] = profile.schedules.as_slice() else {
            return Err(no_room("chargingSchedule"));
        };
        if profile.online.is_some() || !profile.rest.is_none() {
            return Err(no_room("customData"));
        }
        Ok(Self {
            charging_profile_id: profile.id,
            transaction_id: match &profile.transaction_id {
                None => None,
                Some(TransactionId::Number(number)) => Some(*number),
                Some(TransactionId::Text(_)) => return Err(no_room("transactionId")),
            },
            stack_level: profile.stack_level,
            charging_profile_purpose: profile.purpose.try_into()?,
            charging_profile_kind: profile.kind.try_into()?,
            recurrency_kind: profile.recurrency.map(TryInto::try_into).transpose()?,
            valid_from: profile.valid_from,
            valid_to: profile.valid_to,
            charging_schedule: schedule.try_into()?,
        })
    }
}

impl TryFrom<&wire::ChargingSchedule> for ChargingSchedule {
    type Error = ConversionError;

    fn try_from(schedule: &wire::ChargingSchedule) -> Result<Self, ConversionError> {
        Ok(Self {
            id: 0,
            start: schedule.start_schedule,
            duration: schedule.duration,
            unit: (&schedule.charging_rate_unit).try_into()?,
            min_charging_rate: maybe_calculable(
                schedule.min_charging_rate.as_deref(),
                "minChargingRate",
            )?,
            periods: schedule
                .charging_schedule_period
                .iter()
                .map(|period| {
                    let limit = calculable(&period.limit, "limit")?;
                    Ok(SchedulePeriod {
                        number_phases: period.number_phases,
                        ..SchedulePeriod::new(period.start_period, limit)
                    })
                })
                .collect::<Result<_, _>>()?,
            extras: None,
            rest: Rest::NONE,
        })
    }
}

fn exact_tenths(value: Decimal, field: &'static str) -> Result<Tenths, ConversionError> {
    Tenths::new(value).map_err(|_| no_room(field))
}

impl TryFrom<&ChargingSchedule> for wire::ChargingSchedule {
    type Error = ConversionError;

    fn try_from(schedule: &ChargingSchedule) -> Result<Self, ConversionError> {
        if schedule.id != 0 || schedule.extras.is_some() || !schedule.rest.is_none() {
            return Err(no_room("chargingSchedule"));
        }
        let periods: Vec<_> = schedule
            .periods
            .iter()
            .map(|period| {
                if period.phase_to_use.is_some() || period.v2x.is_some() || !period.rest.is_none() {
                    return Err(no_room("chargingSchedulePeriod"));
                }
                let limit = period.limit.ok_or(no_room("limit"))?;
                Ok(wire::ChargingSchedulePeriod {
                    start_period: period.start,
                    limit: exact_tenths(limit, "limit")?,
                    number_phases: period.number_phases,
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            duration: schedule.duration,
            start_schedule: schedule.start,
            charging_rate_unit: schedule.unit.try_into()?,
            charging_schedule_period: BoundedVec::new(periods)
                .map_err(|_| no_room("chargingSchedulePeriod"))?,
            min_charging_rate: schedule
                .min_charging_rate
                .map(|rate| exact_tenths(rate, "minChargingRate"))
                .transpose()?,
        })
    }
}

/// The answer `Accepted`. `chargingSchedule.startSchedule` is left out (erratum 3.57): `scheduleStart` says it.
impl TryFrom<&CompositeSchedule> for wire::GetCompositeScheduleResponse {
    type Error = ConversionError;

    fn try_from(schedule: &CompositeSchedule) -> Result<Self, ConversionError> {
        check_periods(schedule)?;
        let periods: Vec<_> = schedule
            .periods
            .iter()
            .map(|period| {
                Ok(wire::ChargingSchedulePeriod {
                    start_period: period.start,
                    limit: exact_tenths(tenths(period.limit), "limit")?,
                    number_phases: period.phases.map(i64::from),
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            status: wire::GetCompositeScheduleStatus::Accepted,
            connector_id: Some(i64::from(schedule.evse)),
            schedule_start: Some(schedule.start),
            charging_schedule: Some(wire::ChargingSchedule {
                duration: Some(schedule.duration),
                start_schedule: None,
                charging_rate_unit: schedule.unit.try_into()?,
                charging_schedule_period: BoundedVec::new(periods)
                    .map_err(|_| no_room("chargingSchedulePeriod"))?,
                min_charging_rate: schedule
                    .min_charging_rate
                    .map(|rate| exact_tenths(tenths(rate), "minChargingRate"))
                    .transpose()?,
            }),
        })
    }
}

impl TryFrom<&wire::ClearChargingProfileRequest> for ClearFilter {
    type Error = ConversionError;

    fn try_from(request: &wire::ClearChargingProfileRequest) -> Result<Self, ConversionError> {
        Ok(Self {
            id: request.id,
            evse: request.connector_id.map(evse_id),
            purpose: optional(&request.charging_profile_purpose)?,
            stack_level: request.stack_level,
        })
    }
}
