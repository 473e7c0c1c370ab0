//! OCPP 2.1.

use alloc::boxed::Box;
use alloc::vec::Vec;

use ocpp_types::v2_1 as wire;
use ocpp_types::{
    BoundedInteger, BoundedNumber, BoundedString, BoundedVec, CustomData, NonNegative, Number,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::super::{
    ChargingProfile, ChargingSchedule, CompositeSchedule, OnlineRules, OperationMode, PeriodExtras,
    PhaseValues, ProfileKind, Purpose, RateUnit, Recurrency, ScheduleExtras, SchedulePeriod,
    TransactionId,
};
use super::{ConversionError, enumeration, maybe_calculable, no_room, optional, pack, unpack};

enumeration!(
    Purpose,
    wire::ChargingProfilePurpose,
    "chargingProfilePurpose",
    ChargingStationExternalConstraints = ChargingStationExternalConstraints,
    ChargingStationMaxProfile = ChargingStationMaxProfile,
    TxDefaultProfile = TxDefaultProfile,
    TxProfile = TxProfile,
    PriorityCharging = PriorityCharging,
    LocalGeneration = LocalGeneration,
);
enumeration!(
    ProfileKind,
    wire::ChargingProfileKind,
    "chargingProfileKind",
    Absolute = Absolute,
    Recurring = Recurring,
    Relative = Relative,
    Dynamic = Dynamic,
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
enumeration!(
    OperationMode,
    wire::OperationMode,
    "operationMode",
    Idle = Idle,
    ChargingOnly = ChargingOnly,
    CentralSetpoint = CentralSetpoint,
    ExternalSetpoint = ExternalSetpoint,
    ExternalLimits = ExternalLimits,
    CentralFrequency = CentralFrequency,
    LocalFrequency = LocalFrequency,
    LocalLoadBalancing = LocalLoadBalancing,
);

/// Members of a profile that nothing uses.
#[derive(Serialize, Deserialize, Default, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct RestOfProfile {
    #[serde(skip_serializing_if = "Option::is_none")]
    price_schedule_signature: Option<BoundedString<256>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

/// Members of a schedule that nothing uses.
#[derive(Serialize, Deserialize, Default, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct RestOfSchedule {
    #[serde(rename = "limitAtSoC", skip_serializing_if = "Option::is_none")]
    limit_at_soc: Option<wire::LimitAtSoc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    power_tolerance: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature_id: Option<NonNegative>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest_value: Option<BoundedString<88>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sales_tariff: Option<wire::SalesTariff>,
    #[serde(skip_serializing_if = "Option::is_none")]
    absolute_price_schedule: Option<wire::AbsolutePriceSchedule>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price_level_schedule: Option<wire::PriceLevelSchedule>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

/// Members of a period that nothing uses.
#[derive(Serialize, Deserialize, Default, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct RestOfPeriod {
    #[serde(skip_serializing_if = "Option::is_none")]
    preconditioning_request: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evse_sleep: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    v2x_baseline: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    v2x_freq_watt_curve: Option<BoundedVec<wire::V2xFreqWattPoint, 1, 20>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    v2x_signal_watt_curve: Option<BoundedVec<wire::V2xSignalWattPoint, 1, 20>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

impl TryFrom<&wire::ChargingProfile> for ChargingProfile {
    type Error = ConversionError;

    fn try_from(profile: &wire::ChargingProfile) -> Result<Self, ConversionError> {
        let rest = RestOfProfile {
            price_schedule_signature: profile.price_schedule_signature.clone(),
            custom_data: profile.custom_data.clone(),
        };
        let online = OnlineRules {
            max_offline_duration: profile.max_offline_duration,
            invalid_after_offline_duration: profile.invalid_after_offline_duration,
            dyn_update_interval: profile.dyn_update_interval,
            dyn_update_time: profile.dyn_update_time,
        };
        Ok(Self {
            id: profile.id,
            stack_level: profile.stack_level.get(),
            purpose: (&profile.charging_profile_purpose).try_into()?,
            kind: (&profile.charging_profile_kind).try_into()?,
            recurrency: optional(&profile.recurrency_kind)?,
            valid_from: profile.valid_from,
            valid_to: profile.valid_to,
            transaction_id: profile.transaction_id.clone().map(TransactionId::Text),
            schedules: profile
                .charging_schedule
                .iter()
                .map(TryInto::try_into)
                .collect::<Result<_, _>>()?,
            online: (online != OnlineRules::default()).then(|| Box::new(online)),
            rest: pack(&rest, "customData")?,
        })
    }
}

impl TryFrom<&ChargingProfile> for wire::ChargingProfile {
    type Error = ConversionError;

    fn try_from(profile: &ChargingProfile) -> Result<Self, ConversionError> {
        let rest: RestOfProfile = unpack(&profile.rest, "chargingProfile")?;
        let online = profile.online.as_deref().cloned().unwrap_or_default();
        let schedules: Vec<_> = profile
            .schedules
            .iter()
            .map(TryInto::try_into)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            id: profile.id,
            stack_level: NonNegative::new(profile.stack_level)
                .map_err(|_| no_room("stackLevel"))?,
            charging_profile_purpose: profile.purpose.try_into()?,
            charging_profile_kind: profile.kind.try_into()?,
            recurrency_kind: profile.recurrency.map(TryInto::try_into).transpose()?,
            valid_from: profile.valid_from,
            valid_to: profile.valid_to,
            transaction_id: match &profile.transaction_id {
                None => None,
                Some(TransactionId::Text(text)) => Some(text.clone()),
                Some(TransactionId::Number(_)) => return Err(no_room("transactionId")),
            },
            max_offline_duration: online.max_offline_duration,
            charging_schedule: BoundedVec::new(schedules)
                .map_err(|_| no_room("chargingSchedule"))?,
            invalid_after_offline_duration: online.invalid_after_offline_duration,
            dyn_update_interval: online.dyn_update_interval,
            dyn_update_time: online.dyn_update_time,
            price_schedule_signature: rest.price_schedule_signature,
            custom_data: rest.custom_data,
        })
    }
}

impl TryFrom<&wire::ChargingSchedule> for ChargingSchedule {
    type Error = ConversionError;

    fn try_from(schedule: &wire::ChargingSchedule) -> Result<Self, ConversionError> {
        let rest = RestOfSchedule {
            limit_at_soc: schedule.limit_at_soc.clone(),
            power_tolerance: schedule.power_tolerance.clone(),
            signature_id: schedule.signature_id,
            digest_value: schedule.digest_value.clone(),
            sales_tariff: schedule.sales_tariff.clone(),
            absolute_price_schedule: schedule.absolute_price_schedule.clone(),
            price_level_schedule: schedule.price_level_schedule.clone(),
            custom_data: schedule.custom_data.clone(),
        };
        let extras = ScheduleExtras {
            randomized_delay: schedule.randomized_delay.map(NonNegative::get),
            use_local_time: schedule.use_local_time,
            limit_at_soc: schedule.limit_at_soc.is_some(),
        };
        Ok(Self {
            id: schedule.id,
            start: schedule.start_schedule,
            duration: schedule.duration,
            unit: (&schedule.charging_rate_unit).try_into()?,
            min_charging_rate: maybe_calculable(
                schedule.min_charging_rate.as_ref(),
                "minChargingRate",
            )?,
            periods: schedule
                .charging_schedule_period
                .iter()
                .map(TryInto::try_into)
                .collect::<Result<_, _>>()?,
            extras: (extras != ScheduleExtras::default()).then(|| Box::new(extras)),
            rest: pack(&rest, "chargingSchedule")?,
        })
    }
}

impl TryFrom<&ChargingSchedule> for wire::ChargingSchedule {
    type Error = ConversionError;

    fn try_from(schedule: &ChargingSchedule) -> Result<Self, ConversionError> {
        let rest: RestOfSchedule = unpack(&schedule.rest, "chargingSchedule")?;
        let extras = schedule.extras.as_deref().cloned().unwrap_or_default();
        let periods: Vec<_> = schedule
            .periods
            .iter()
            .map(TryInto::try_into)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            id: schedule.id,
            limit_at_soc: rest.limit_at_soc,
            start_schedule: schedule.start,
            duration: schedule.duration,
            charging_rate_unit: schedule.unit.try_into()?,
            min_charging_rate: schedule.min_charging_rate.map(Into::into),
            power_tolerance: rest.power_tolerance,
            signature_id: rest.signature_id,
            digest_value: rest.digest_value,
            use_local_time: extras.use_local_time,
            charging_schedule_period: BoundedVec::new(periods)
                .map_err(|_| no_room("chargingSchedulePeriod"))?,
            randomized_delay: extras
                .randomized_delay
                .map(NonNegative::new)
                .transpose()
                .map_err(|_| no_room("randomizedDelay"))?,
            sales_tariff: rest.sales_tariff,
            absolute_price_schedule: rest.absolute_price_schedule,
            price_level_schedule: rest.price_level_schedule,
            custom_data: rest.custom_data,
        })
    }
}

type Discharge = BoundedNumber<{ i64::MIN }, 0, { u32::MAX }>;
type Phases = BoundedInteger<0, 3>;

fn typed(value: Option<Decimal>) -> Option<Number> {
    value.map(Into::into)
}

fn discharge(value: Option<Decimal>) -> Result<Option<Discharge>, ConversionError> {
    value
        .map(Discharge::new)
        .transpose()
        .map_err(|_| no_room("dischargeLimit"))
}

fn phases(value: Option<i64>, field: &'static str) -> Result<Option<Phases>, ConversionError> {
    value
        .map(Phases::new)
        .transpose()
        .map_err(|_| no_room(field))
}

impl TryFrom<&wire::ChargingSchedulePeriod> for SchedulePeriod {
    type Error = ConversionError;

    fn try_from(period: &wire::ChargingSchedulePeriod) -> Result<Self, ConversionError> {
        let extras = PeriodExtras {
            limit_l2: maybe_calculable(period.limit_l2.as_ref(), "limit_L2")?,
            limit_l3: maybe_calculable(period.limit_l3.as_ref(), "limit_L3")?,
            operation_mode: optional(&period.operation_mode)?,
            discharge_limit: PhaseValues {
                all: maybe_calculable(period.discharge_limit.as_deref(), "dischargeLimit")?,
                l2: maybe_calculable(period.discharge_limit_l2.as_deref(), "dischargeLimit_L2")?,
                l3: maybe_calculable(period.discharge_limit_l3.as_deref(), "dischargeLimit_L3")?,
            },
            setpoint: PhaseValues {
                all: maybe_calculable(period.setpoint.as_ref(), "setpoint")?,
                l2: maybe_calculable(period.setpoint_l2.as_ref(), "setpoint_L2")?,
                l3: maybe_calculable(period.setpoint_l3.as_ref(), "setpoint_L3")?,
            },
            setpoint_reactive: PhaseValues {
                all: maybe_calculable(period.setpoint_reactive.as_ref(), "setpointReactive")?,
                l2: maybe_calculable(period.setpoint_reactive_l2.as_ref(), "setpointReactive_L2")?,
                l3: maybe_calculable(period.setpoint_reactive_l3.as_ref(), "setpointReactive_L3")?,
            },
        };
        let rest = RestOfPeriod {
            preconditioning_request: period.preconditioning_request,
            evse_sleep: period.evse_sleep,
            v2x_baseline: period.v2x_baseline.clone(),
            v2x_freq_watt_curve: period.v2x_freq_watt_curve.clone(),
            v2x_signal_watt_curve: period.v2x_signal_watt_curve.clone(),
            custom_data: period.custom_data.clone(),
        };
        Ok(Self {
            start: period.start_period,
            limit: maybe_calculable(period.limit.as_ref(), "limit")?,
            number_phases: period.number_phases.map(Phases::get),
            phase_to_use: period.phase_to_use.map(Phases::get),
            v2x: (extras != PeriodExtras::default()).then(|| Box::new(extras)),
            rest: pack(&rest, "chargingSchedulePeriod")?,
        })
    }
}

impl TryFrom<&SchedulePeriod> for wire::ChargingSchedulePeriod {
    type Error = ConversionError;

    fn try_from(period: &SchedulePeriod) -> Result<Self, ConversionError> {
        let rest: RestOfPeriod = unpack(&period.rest, "chargingSchedulePeriod")?;
        let extras = period.v2x.as_deref().cloned().unwrap_or_default();
        Ok(Self {
            start_period: period.start,
            limit: typed(period.limit),
            limit_l2: typed(extras.limit_l2),
            limit_l3: typed(extras.limit_l3),
            number_phases: phases(period.number_phases, "numberPhases")?,
            phase_to_use: phases(period.phase_to_use, "phaseToUse")?,
            discharge_limit: discharge(extras.discharge_limit.all)?,
            discharge_limit_l2: discharge(extras.discharge_limit.l2)?,
            discharge_limit_l3: discharge(extras.discharge_limit.l3)?,
            setpoint: typed(extras.setpoint.all),
            setpoint_l2: typed(extras.setpoint.l2),
            setpoint_l3: typed(extras.setpoint.l3),
            setpoint_reactive: typed(extras.setpoint_reactive.all),
            setpoint_reactive_l2: typed(extras.setpoint_reactive.l2),
            setpoint_reactive_l3: typed(extras.setpoint_reactive.l3),
            preconditioning_request: rest.preconditioning_request,
            evse_sleep: rest.evse_sleep,
            v2x_baseline: rest.v2x_baseline,
            operation_mode: extras.operation_mode.map(TryInto::try_into).transpose()?,
            v2x_freq_watt_curve: rest.v2x_freq_watt_curve,
            v2x_signal_watt_curve: rest.v2x_signal_watt_curve,
            custom_data: rest.custom_data,
        })
    }
}

impl TryFrom<&CompositeSchedule> for wire::CompositeSchedule {
    type Error = ConversionError;

    fn try_from(schedule: &CompositeSchedule) -> Result<Self, ConversionError> {
        let periods: Vec<wire::ChargingSchedulePeriod> = schedule
            .periods
            .iter()
            .map(|period| {
                let mut neutral = SchedulePeriod {
                    number_phases: period.phases.map(i64::from),
                    phase_to_use: period.phase_to_use.map(i64::from),
                    ..SchedulePeriod::new(period.start, period.limit)
                };
                if let Some(others) = &period.other_phases {
                    neutral.v2x = Some(Box::new(PeriodExtras {
                        limit_l2: Some(others[0]),
                        limit_l3: Some(others[1]),
                        ..PeriodExtras::default()
                    }));
                }
                (&neutral).try_into()
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            evse_id: NonNegative::clamped(i64::from(schedule.evse)),
            duration: schedule.duration,
            schedule_start: schedule.start,
            charging_rate_unit: schedule.unit.try_into()?,
            charging_schedule_period: BoundedVec::new(periods)
                .map_err(|_| no_room("chargingSchedulePeriod"))?,
            custom_data: None,
        })
    }
}
