//! Requests, reports and notices of OCPP 2.1.

use alloc::vec::Vec;

use ocpp_types::v2_1 as wire;
use ocpp_types::{BoundedString, BoundedVec, NonNegative};

use super::super::{ClearFilter, ClearedLimit, LimitNotice, LimitSource, ReportFilter, ReportPage};
use super::{ConversionError, evse_id, no_room, optional};

impl From<&str> for LimitSource {
    /// The name as 2.1 writes it.
    fn from(name: &str) -> Self {
        match name {
            "CSO" => Self::Cso,
            "EMS" => Self::Ems,
            "SO" => Self::So,
            "Other" => Self::Other,
            name => Self::Named(name.into()),
        }
    }
}

fn source_name(source: &LimitSource) -> Result<BoundedString<20>, ConversionError> {
    let name = match source {
        LimitSource::Cso => "CSO",
        LimitSource::Ems => "EMS",
        LimitSource::So => "SO",
        LimitSource::Other => "Other",
        LimitSource::Named(name) => name,
    };
    BoundedString::new(name).map_err(|_| no_room("chargingLimitSource"))
}

impl TryFrom<&wire::ClearChargingProfileRequest> for ClearFilter {
    type Error = ConversionError;

    fn try_from(request: &wire::ClearChargingProfileRequest) -> Result<Self, ConversionError> {
        let mut filter = Self {
            id: request.charging_profile_id,
            ..Self::default()
        };
        if let Some(criteria) = &request.charging_profile_criteria {
            filter.evse = criteria.evse_id.map(|id| evse_id(id.get()));
            filter.purpose = optional(&criteria.charging_profile_purpose)?;
            filter.stack_level = criteria.stack_level.map(NonNegative::get);
        }
        Ok(filter)
    }
}

impl TryFrom<&wire::GetChargingProfilesRequest> for ReportFilter {
    type Error = ConversionError;

    fn try_from(request: &wire::GetChargingProfilesRequest) -> Result<Self, ConversionError> {
        let criteria = &request.charging_profile;
        Ok(Self {
            evse: request.evse_id.map(|id| evse_id(id.get())),
            ids: criteria
                .charging_profile_id
                .as_ref()
                .map_or(Vec::new(), |ids| ids.to_vec()),
            purpose: optional(&criteria.charging_profile_purpose)?,
            stack_level: criteria.stack_level.map(NonNegative::get),
            sources: criteria
                .charging_limit_source
                .iter()
                .flat_map(|sources| sources.iter())
                .map(|name| LimitSource::from(name.as_str()))
                .collect(),
        })
    }
}

impl ReportPage {
    /// The message of OCPP 2.1.
    ///
    /// # Errors
    ///
    /// [`ConversionError`] for a profile that 2.1 has no room for.
    pub fn to_v2_1(
        &self,
        request_id: i64,
    ) -> Result<wire::ReportChargingProfilesRequest, ConversionError> {
        let profiles: Vec<_> = self
            .profiles
            .iter()
            .map(|profile| profile.as_ref().try_into())
            .collect::<Result<_, _>>()?;
        Ok(wire::ReportChargingProfilesRequest {
            request_id,
            charging_limit_source: source_name(&self.source)?,
            charging_profile: BoundedVec::new(profiles).map_err(|_| no_room("chargingProfile"))?,
            tbc: Some(self.tbc),
            evse_id: NonNegative::clamped(i64::from(self.evse)),
            custom_data: None,
        })
    }
}

impl LimitNotice {
    /// The message of OCPP 2.1, with the schedules when `NotifyChargingLimitWithSchedules` is set (K11.FR.03).
    ///
    /// # Errors
    ///
    /// [`ConversionError`] for a limit that 2.1 has no room for.
    pub fn to_v2_1(
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
            charging_schedule: BoundedVec::new(schedules).ok(),
            evse_id: Some(NonNegative::clamped(i64::from(self.evse))),
            charging_limit: wire::ChargingLimit {
                charging_limit_source: source_name(&self.source)?,
                is_local_generation: None,
                is_grid_critical: self.grid_critical,
                custom_data: None,
            },
            custom_data: None,
        })
    }
}

impl ClearedLimit {
    /// The message of OCPP 2.1.
    ///
    /// # Errors
    ///
    /// [`ConversionError`] for a source with too long a name.
    pub fn to_v2_1(&self) -> Result<wire::ClearedChargingLimitRequest, ConversionError> {
        Ok(wire::ClearedChargingLimitRequest {
            charging_limit_source: source_name(&self.source)?,
            evse_id: Some(NonNegative::clamped(i64::from(self.evse))),
            custom_data: None,
        })
    }
}
