//! OCPP 2.0.1.

use alloc::vec::Vec;

use ocpp_types::v2_0_1 as wire;
use ocpp_types::{BoundedVec, CustomData};
use serde::{Deserialize, Serialize};

use super::super::{
    ChargingProfile, ChargingSchedule, ClearFilter, ClearedLimit, CompositeSchedule, LimitNotice,
    LimitSource, ProfileKind, Purpose, RateUnit, Recurrency, ReportFilter, ReportPage,
    SchedulePeriod, TransactionId,
};
use super::{
    ConversionError, calculable, check_periods, enumeration, evse_id, maybe_calculable, no_room,
    optional, pack, tenths, unpack,
};

enumeration!(
    Purpose,
    wire::ChargingProfilePurpose,
    "chargingProfilePurpose",
    ChargingStationExternalConstraints = ChargingStationExternalConstraints,
    ChargingStationMaxProfile = ChargingStationMaxProfile,
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
enumeration!(
    LimitSource,
    wire::ChargingLimitSource,
    "chargingLimitSource",
    Ems = Ems,
    Other = Other,
    So = So,
    Cso = Cso,
);

/// Members of a profile or a period that nothing uses.
#[derive(Serialize, Deserialize, Default, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Custom {
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

/// Members of a schedule that nothing uses.
#[derive(Serialize, Deserialize, Default, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct RestOfSchedule {
    #[serde(skip_serializing_if = "Option::is_none")]
    sales_tariff: Option<wire::SalesTariff>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

impl TryFrom<&wire::ChargingProfile> for ChargingProfile {
    type Error = ConversionError;

    fn try_from(profile: &wire::ChargingProfile) -> Result<Self, ConversionError> {
        let custom = Custom {
            custom_data: profile.custom_data.clone(),
        };
        Ok(Self {
            id: profile.id,
            stack_level: profile.stack_level,
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
            online: None,
            rest: pack(&custom, "customData")?,
        })
    }
}

impl TryFrom<&ChargingProfile> for wire::ChargingProfile {
    type Error = ConversionError;

    fn try_from(profile: &ChargingProfile) -> Result<Self, ConversionError> {
        if profile.online.is_some() {
            return Err(no_room("maxOfflineDuration"));
        }
        let rest: Custom = unpack(&profile.rest, "chargingProfile")?;
        let schedules: Vec<_> = profile
            .schedules
            .iter()
            .map(TryInto::try_into)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            custom_data: rest.custom_data,
            id: profile.id,
            stack_level: profile.stack_level,
            charging_profile_purpose: profile.purpose.try_into()?,
            charging_profile_kind: profile.kind.try_into()?,
            recurrency_kind: profile.recurrency.map(TryInto::try_into).transpose()?,
            valid_from: profile.valid_from,
            valid_to: profile.valid_to,
            charging_schedule: BoundedVec::new(schedules)
                .map_err(|_| no_room("chargingSchedule"))?,
            transaction_id: match &profile.transaction_id {
                None => None,
                Some(TransactionId::Text(text)) => Some(text.clone()),
                Some(TransactionId::Number(_)) => return Err(no_room("transactionId")),
            },
        })
    }
}

impl TryFrom<&wire::ChargingSchedule> for ChargingSchedule {
    type Error = ConversionError;

    fn try_from(schedule: &wire::ChargingSchedule) -> Result<Self, ConversionError> {
        let rest = RestOfSchedule {
            sales_tariff: schedule.sales_tariff.clone(),
            custom_data: schedule.custom_data.clone(),
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
                .map(|period| {
                    let custom = Custom {
                        custom_data: period.custom_data.clone(),
                    };
                    Ok(SchedulePeriod {
                        start: period.start_period,
                        limit: Some(calculable(&period.limit, "limit")?),
                        number_phases: period.number_phases,
                        phase_to_use: period.phase_to_use,
                        v2x: None,
                        rest: pack(&custom, "customData")?,
                    })
                })
                .collect::<Result<_, _>>()?,
            extras: None,
            rest: pack(&rest, "salesTariff")?,
        })
    }
}

impl TryFrom<&ChargingSchedule> for wire::ChargingSchedule {
    type Error = ConversionError;

    fn try_from(schedule: &ChargingSchedule) -> Result<Self, ConversionError> {
        if schedule.extras.is_some() {
            return Err(no_room("randomizedDelay"));
        }
        let rest: RestOfSchedule = unpack(&schedule.rest, "chargingSchedule")?;
        let periods: Vec<_> = schedule
            .periods
            .iter()
            .map(|period| {
                if period.v2x.is_some() {
                    return Err(no_room("operationMode"));
                }
                let rest: Custom = unpack(&period.rest, "chargingSchedulePeriod")?;
                Ok(wire::ChargingSchedulePeriod {
                    custom_data: rest.custom_data,
                    start_period: period.start,
                    limit: period.limit.ok_or(no_room("limit"))?.into(),
                    number_phases: period.number_phases,
                    phase_to_use: period.phase_to_use,
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            custom_data: rest.custom_data,
            id: schedule.id,
            start_schedule: schedule.start,
            duration: schedule.duration,
            charging_rate_unit: schedule.unit.try_into()?,
            charging_schedule_period: BoundedVec::new(periods)
                .map_err(|_| no_room("chargingSchedulePeriod"))?,
            min_charging_rate: schedule.min_charging_rate.map(Into::into),
            sales_tariff: rest.sales_tariff,
        })
    }
}

impl TryFrom<&CompositeSchedule> for wire::CompositeSchedule {
    type Error = ConversionError;

    fn try_from(schedule: &CompositeSchedule) -> Result<Self, ConversionError> {
        check_periods(schedule)?;
        let periods: Vec<_> = schedule
            .periods
            .iter()
            .map(|period| wire::ChargingSchedulePeriod {
                custom_data: None,
                start_period: period.start,
                limit: tenths(period.limit).into(),
                number_phases: period.phases.map(i64::from),
                phase_to_use: period.phase_to_use.map(i64::from),
            })
            .collect();
        Ok(Self {
            custom_data: None,
            charging_schedule_period: BoundedVec::new(periods)
                .map_err(|_| no_room("chargingSchedulePeriod"))?,
            evse_id: i64::from(schedule.evse),
            duration: schedule.duration,
            schedule_start: schedule.start,
            charging_rate_unit: schedule.unit.try_into()?,
        })
    }
}

impl TryFrom<&wire::ClearChargingProfileRequest> for ClearFilter {
    type Error = ConversionError;

    fn try_from(request: &wire::ClearChargingProfileRequest) -> Result<Self, ConversionError> {
        let mut filter = Self {
            id: request.charging_profile_id,
            ..Self::default()
        };
        if let Some(criteria) = &request.charging_profile_criteria {
            filter.evse = criteria.evse_id.map(evse_id);
            filter.purpose = optional(&criteria.charging_profile_purpose)?;
            filter.stack_level = criteria.stack_level;
        }
        Ok(filter)
    }
}

impl TryFrom<&wire::GetChargingProfilesRequest> for ReportFilter {
    type Error = ConversionError;

    fn try_from(request: &wire::GetChargingProfilesRequest) -> Result<Self, ConversionError> {
        let criteria = &request.charging_profile;
        Ok(Self {
            evse: request.evse_id.map(evse_id),
            ids: criteria
                .charging_profile_id
                .as_ref()
                .map_or(Vec::new(), |ids| ids.to_vec()),
            purpose: optional(&criteria.charging_profile_purpose)?,
            stack_level: criteria.stack_level,
            sources: criteria
                .charging_limit_source
                .iter()
                .flat_map(|sources| sources.iter())
                .map(TryInto::try_into)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl ReportPage {
    /// The message of OCPP 2.0.1.
    ///
    /// # Errors
    ///
    /// [`ConversionError`] for a profile that came from another version and says more than 2.0.1 can.
    pub fn to_v2_0_1(
        &self,
        // K09.FR.01.
        request_id: i64,
    ) -> Result<wire::ReportChargingProfilesRequest, ConversionError> {
        let profiles: Vec<_> = self
            .profiles
            .iter()
            .map(|profile| profile.as_ref().try_into())
            .collect::<Result<_, _>>()?;
        Ok(wire::ReportChargingProfilesRequest {
            custom_data: None,
            request_id,
            charging_limit_source: self.source.clone().try_into()?,
            charging_profile: BoundedVec::new(profiles).map_err(|_| no_room("chargingProfile"))?,
            tbc: Some(self.tbc),
            evse_id: i64::from(self.evse),
        })
    }
}

impl LimitNotice {
    /// The message of OCPP 2.0.1, with the schedules when `NotifyChargingLimitWithSchedules` is set (K11.FR.03).
    ///
    /// # Errors
    ///
    /// [`ConversionError`] for a limit that says more than 2.0.1 can.
    pub fn to_v2_0_1(
        &self,
        with_schedules: bool,
    ) -> Result<wire::NotifyChargingLimitRequest, ConversionError> {
        let schedules: Vec<wire::ChargingSchedule> = if with_schedules {
            self.schedules
                .iter()
                .map(TryInto::try_into)
                .collect::<Result<_, _>>()?
        } else {
            Vec::new()
        };
        Ok(wire::NotifyChargingLimitRequest {
            custom_data: None,
            charging_schedule: BoundedVec::new(schedules).ok(),
            // 2.0.1 wants a number above 0 or none.
            evse_id: (self.evse > 0).then(|| i64::from(self.evse)),
            charging_limit: wire::ChargingLimit {
                custom_data: None,
                charging_limit_source: self.source.clone().try_into()?,
                is_grid_critical: self.grid_critical,
            },
        })
    }
}

impl ClearedLimit {
    /// The message of OCPP 2.0.1.
    ///
    /// # Errors
    ///
    /// [`ConversionError`] for a source that 2.0.1 has no name for.
    pub fn to_v2_0_1(&self) -> Result<wire::ClearedChargingLimitRequest, ConversionError> {
        Ok(wire::ClearedChargingLimitRequest {
            custom_data: None,
            charging_limit_source: self.source.clone().try_into()?,
            evse_id: (self.evse > 0).then(|| i64::from(self.evse)),
        })
    }
}
