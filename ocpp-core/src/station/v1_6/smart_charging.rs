//! Charging profiles (1.6 sections 3.13, 5.5, 5.7, 5.16).

use ocpp_types::v1_6::{
    ChargingProfile, ChargingProfileStatus, ClearChargingProfileRequest,
    ClearChargingProfileResponse, ClearChargingProfileStatus, GetCompositeScheduleRequest,
    GetCompositeScheduleResponse, GetCompositeScheduleStatus, SetChargingProfileRequest,
    SetChargingProfileResponse,
};

use super::connectors::Connectors;
use crate::frame::ErrorCode;
use crate::session::CallToken;
use crate::smart_charging::{
    self, Answer16, ClearFilter, EvseId, ExternalLimit, RateUnit, Request, Rules, evse_id,
};
use crate::station::context::Context;
use crate::station::profiles::Profiles;
use crate::station::record::Records;

/// The profiles of a station whose connectors count as 1.6 counts them.
pub(super) fn restore(core: &mut Context, records: &Records) -> Profiles {
    let evses = core
        .config
        .connectors()
        .map(|(at, _)| usize::try_from(at.evse).map_or(usize::MAX, |evse| evse.wrapping_sub(1)));
    let evses: alloc::vec::Vec<usize> = evses.collect();
    Profiles::restore(core, Rules::V1_6, &evses, records)
}

pub(super) fn evse(number: usize) -> EvseId {
    EvseId::try_from(number).unwrap_or(EvseId::MAX)
}

pub(super) fn set(
    profiles: &mut Profiles,
    core: &mut Context,
    call: CallToken,
    request: &SetChargingProfileRequest,
) {
    let rejected = SetChargingProfileResponse::new(ChargingProfileStatus::Rejected);
    let profile = smart_charging::ChargingProfile::try_from(&request.cs_charging_profiles);
    // What a profile allows now cannot be said while nobody knows the time.
    let (Ok(profile), Some(_)) = (profile, core.utc()) else {
        return core.answer(call, &rejected);
    };
    match profiles.install(core, evse_id(request.connector_id), profile) {
        Ok(()) => {
            let accepted = SetChargingProfileResponse::new(ChargingProfileStatus::Accepted);
            core.answer(call, &accepted);
        }
        Err(rejection) => match rejection.answer_1_6() {
            Answer16::Rejected => core.answer(call, &rejected),
            Answer16::PropertyConstraintViolation => {
                let code = ErrorCode::PropertyConstraintViolation;
                core.refuse(call, code, &rejection.additional_info());
            }
        },
    }
}

pub(super) fn clear(
    profiles: &mut Profiles,
    core: &mut Context,
    call: CallToken,
    request: &ClearChargingProfileRequest,
) {
    let filter = ClearFilter::try_from(request);
    let status = match filter.is_ok_and(|filter| profiles.clear(core, &filter)) {
        true => ClearChargingProfileStatus::Accepted,
        false => ClearChargingProfileStatus::Unknown,
    };
    core.answer(call, &ClearChargingProfileResponse::new(status));
}

pub(super) fn get_composite(
    profiles: &Profiles,
    connectors: &Connectors,
    core: &mut Context,
    call: CallToken,
    request: &GetCompositeScheduleRequest,
) {
    let response = composite_schedule(profiles, connectors, core, request);
    let rejected = || GetCompositeScheduleResponse::new(GetCompositeScheduleStatus::Rejected);
    core.answer(call, &response.unwrap_or_else(rejected));
}

fn composite_schedule(
    profiles: &Profiles,
    connectors: &Connectors,
    core: &Context,
    request: &GetCompositeScheduleRequest,
) -> Option<GetCompositeScheduleResponse> {
    let number = connectors.by_id(request.connector_id)?;
    let unit = match &request.charging_rate_unit {
        Some(unit) => RateUnit::try_from(unit).ok()?,
        None => RateUnit::A,
    };
    let request = Request::new(evse(number), core.utc()?, request.duration, unit);
    let schedule = profiles.composite(&request).ok()?;
    GetCompositeScheduleResponse::try_from(&schedule).ok()
}

/// Whether a remote start may bring this profile (5.16.2 with erratum 3.41).
pub(super) fn is_acceptable(
    profiles: &Profiles,
    core: &Context,
    connector: Option<i64>,
    profile: &ChargingProfile,
) -> bool {
    let profile = smart_charging::ChargingProfile::try_from(profile);
    let connector = connector.map(evse_id);
    core.config.features.smart_charging
        && profile.is_ok_and(|profile| profiles.may_start_with(core, connector, &profile))
}

/// An external system sets a limit. 1.6 has no message about it: it holds, and the CSMS sees it in composite schedules.
pub(super) fn external_limit(profiles: &mut Profiles, core: &mut Context, limit: ExternalLimit) {
    let significance = rust_decimal::Decimal::ZERO;
    let followed = profiles.follow_external(core, limit, significance);
    core.changes(followed.changes);
}

/// The profile of a remote start.
pub(super) fn from_wire(profile: &ChargingProfile) -> Option<smart_charging::ChargingProfile> {
    smart_charging::ChargingProfile::try_from(profile).ok()
}
