//! Charging profiles (K01 to K10).

use alloc::boxed::Box;
use alloc::vec::Vec;

use ocpp_types::CiString;

use rust_decimal::Decimal;

use super::calls::{Calls, Purpose};
use super::info;
use super::per_evse::connectors_of;
use super::wire::{
    ChargingProfile, ChargingProfileStatus, ClearChargingProfileRequest,
    ClearChargingProfileResponse, ClearChargingProfileStatus, GenericStatus,
    GetChargingProfileStatus, GetChargingProfilesRequest, GetChargingProfilesResponse,
    GetCompositeScheduleRequest, GetCompositeScheduleResponse, SetChargingProfileRequest,
    SetChargingProfileResponse, StatusInfo,
};
use crate::session::CallToken;
use crate::smart_charging::{
    self, ClearFilter, EvseId, ExternalLimit, LimitSource, RateUnit, ReportFilter, Request, Rules,
    Transaction, TransactionId, evse_id,
};
use crate::station::context::Context;
use crate::station::device_model::{Standard, decimal};
use crate::station::profiles::Profiles;
use crate::station::record::Records;
use crate::station::vocabulary::Limit;
use crate::time::DateTime;

/// Profiles in one ReportChargingProfiles.
const PAGE: usize = 5;

pub(super) fn restore(core: &mut Context, records: &Records) -> Profiles {
    let evses: Vec<usize> = (0..core.config.evses.len()).collect();
    Profiles::restore(core, Rules::V2, &evses, records)
}

/// A transaction that goes on.
#[derive(Debug)]
pub(super) struct Going<'a> {
    pub(super) evse: EvseId,
    pub(super) id: &'a str,
    pub(super) started: DateTime,
}

fn text_id(id: &str) -> TransactionId {
    TransactionId::Text(CiString::truncated(id))
}

/// `LimitChangeSignificance`, in percent.
fn significance(core: &Context) -> Decimal {
    let percent = decimal(core.variables.text(Standard::LimitSignificance));
    percent.map_or(Decimal::ZERO, |percent| percent.0)
}

/// Whether a limit is another one by more than so many percent.
fn is_significant(before: Option<Limit>, now: Option<Limit>, percent: Decimal) -> bool {
    match (before, now) {
        (Some(before), Some(now)) if before.unit == now.unit && before.phases == now.phases => {
            let (old, new) = (before.value.0, now.value.0);
            let change = (new - old).abs().checked_mul(Decimal::ONE_HUNDRED);
            change.is_none_or(|change| old.checked_mul(percent).is_none_or(|may| change > may))
        }
        _ => before != now,
    }
}

/// A CSMS to which the station offers no smart charging hears nothing of limits, which hold all the same.
const fn tells_limits(core: &Context) -> bool {
    core.config.features.smart_charging
}

pub(super) fn set(
    profiles: &mut Profiles,
    core: &mut Context,
    call: CallToken,
    request: &SetChargingProfileRequest,
) {
    let wanted = smart_charging::ChargingProfile::try_from(&request.charging_profile);
    let result = match wanted {
        Err(_) => Err(info("InvalidProfile", "")),
        // What a profile allows now cannot be said then.
        Ok(_) if core.utc().is_none() => Err(info("NotReady", "the time is not known")),
        Ok(profile) => {
            let evse = evse_id(request.evse_id);
            let installed = profiles.install(core, evse, profile);
            installed.map_err(|rejection| info("InvalidProfile", &rejection.additional_info()))
        }
    };
    let (status, reason): (_, Option<StatusInfo>) = match result {
        Ok(()) => (ChargingProfileStatus::Accepted, None),
        Err(reason) => (ChargingProfileStatus::Rejected, Some(reason)),
    };
    let mut response = SetChargingProfileResponse::new(status);
    response.status_info = reason;
    core.answer(call, &response);
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

pub(super) fn get(
    profiles: &Profiles,
    calls: &mut Calls,
    core: &mut Context,
    call: CallToken,
    request: &GetChargingProfilesRequest,
) {
    let filter = ReportFilter::try_from(request).ok();
    let pages = filter.map(|filter| profiles.store.report(&filter, PAGE));
    let pages = pages.unwrap_or_default();
    let status = if pages.is_empty() {
        GetChargingProfileStatus::NoProfiles
    } else {
        GetChargingProfileStatus::Accepted
    };
    core.answer(call, &GetChargingProfilesResponse::new(status));
    for page in pages {
        if let Ok(report) = page.to_v2_0_1(request.request_id) {
            calls.send(core, &report, Purpose::Nothing);
        }
    }
}

pub(super) fn get_composite(
    profiles: &Profiles,
    core: &mut Context,
    call: CallToken,
    request: &GetCompositeScheduleRequest,
) {
    let schedule = composite_schedule(profiles, core, request);
    let mut response = GetCompositeScheduleResponse::new(match schedule {
        Some(_) => GenericStatus::Accepted,
        None => GenericStatus::Rejected,
    });
    response.schedule = schedule;
    core.answer(call, &response);
}

fn composite_schedule(
    profiles: &Profiles,
    core: &Context,
    request: &GetCompositeScheduleRequest,
) -> Option<super::wire::CompositeSchedule> {
    let unit = match &request.charging_rate_unit {
        Some(unit) => RateUnit::try_from(unit).ok()?,
        None => RateUnit::A,
    };
    let evse = evse_id(request.evse_id);
    let request = Request::new(evse, core.utc()?, request.duration, unit);
    let schedule = profiles.composite(&request).ok()?;
    super::wire::CompositeSchedule::try_from(&schedule).ok()
}

/// Whether a remote start may bring this profile (F01.FR.26).
pub(super) fn is_acceptable(
    profiles: &Profiles,
    core: &Context,
    evse: Option<i64>,
    profile: &ChargingProfile,
) -> bool {
    let profile = smart_charging::ChargingProfile::try_from(profile);
    let evse = evse.map(evse_id);
    profile.is_ok_and(|profile| profiles.may_start_with(core, evse, &profile))
}

/// A transaction begins, perhaps with the profile of its remote start (F01.FR.10, K05.FR.03).
pub(super) fn begin(
    profiles: &mut Profiles,
    core: &mut Context,
    evse: EvseId,
    id: &str,
    profile: Option<Box<ChargingProfile>>,
) {
    let profile = profile.and_then(|p| smart_charging::ChargingProfile::try_from(&*p).ok());
    profiles.transaction_began(core, evse, Some(text_id(id)), profile);
}

/// A remote start has brought a profile for a transaction that runs (F01.FR.13, F02.FR.18).
pub(super) fn add(
    profiles: &mut Profiles,
    core: &mut Context,
    evse: EvseId,
    id: &str,
    profile: &ChargingProfile,
) {
    if let Ok(mut profile) = smart_charging::ChargingProfile::try_from(profile) {
        profile.transaction_id = Some(text_id(id));
        let _ = profiles.install(core, evse, profile);
    }
}

/// After a restart: transactions that go on keep their profiles, the others lose them.
pub(super) fn resume(profiles: &mut Profiles, core: &mut Context, running: &[Going<'_>]) {
    let transaction = |going: &Going<'_>| Transaction {
        evse: going.evse,
        id: Some(text_id(going.id)),
        started: going.started,
    };
    profiles.resume(core, running.iter().map(transaction));
}

/// An external system sets a limit, which holds whatever the CSMS wants (K11.FR.01, K12.FR.01). The CSMS hears of it
/// unless it has hardly changed (K11.FR.02, K12.FR.02), with its schedules if it wants them (K11.FR.03, K12.FR.03).
pub(super) fn external_limit(profiles: &mut Profiles, core: &mut Context, limit: ExternalLimit) {
    let significance = significance(core);
    let followed = profiles.follow_external(core, limit, significance);
    let schedules = core.variables.bool(Standard::LimitSchedules);
    let notice = followed.notice.filter(|_| tells_limits(core));
    if let Some(Ok(request)) = notice.map(|notice| notice.to_v2_0_1(schedules)) {
        core.enqueue_request(&request, None, false);
    }
    core.changes(followed.changes);
}

/// An external system releases its limit (K13.FR.01), and the CSMS hears of it (K13.FR.02).
pub(super) fn external_limit_released(
    profiles: &mut Profiles,
    core: &mut Context,
    evse: EvseId,
    source: &LimitSource,
) {
    let followed = profiles.release_external(evse, source);
    let notice = followed.notice.filter(|_| tells_limits(core));
    if let Some(Ok(request)) = notice.map(|notice| notice.to_v2_0_1()) {
        core.enqueue_request(&request, None, false);
    }
    core.changes(followed.changes);
}

/// Hands limits to the hardware when they change: whenever the profiles do (K01.FR.07, K03.FR.03), for transactions that run already
/// too (K01.FR.32, K10.FR.07), and with a connection as without (K06.FR.01, K06.FR.02, K07.FR.01). Each EVSE has its own
/// (K04.FR.01), within that of the station (K04.FR.05). Returns the EVSEs where the limit of energy that flows is another one now.
/// Requirements: K02.FR.02.
pub(super) fn update(profiles: &mut Profiles, core: &mut Context) -> Vec<EvseId> {
    let limits = profiles.limits_due(core);
    if limits.is_empty() {
        return Vec::new();
    }
    // What somebody gets has been taken from others before.
    let (less, more): (Vec<_>, Vec<_>) = limits
        .into_iter()
        .partition(|(evse, limit)| !is_more(core, *evse, *limit));
    let mut limits = less;
    limits.extend(more);
    limits.retain(|(evse, limit)| limit_evse(core, *evse, *limit));
    limits.into_iter().map(|(evse, _)| evse).collect()
}

/// Whether an EVSE may take more than before.
fn is_more(core: &Context, evse: EvseId, limit: Option<Limit>) -> bool {
    connectors_of(core, evse).any(|at| {
        let connector = core.hardware.get(at);
        let before = connector.and_then(|connector| connector.limit.decision());
        match (before.flatten(), limit) {
            (Some(before), Some(now)) => now.value > before.value || now.phases > before.phases,
            (before, None) => before.is_some(),
            (None, Some(_)) => false,
        }
    })
}

/// Whether the limit of energy that flows is another one now (K11.FR.04, K13.FR.03).
fn limit_evse(core: &mut Context, evse: EvseId, limit: Option<Limit>) -> bool {
    let mut changed = false;
    let significance = significance(core);
    for at in connectors_of(core, evse) {
        let before = core.hardware.get(at);
        let before = before.filter(|before| before.is_closed());
        changed |= before.is_some_and(|before| {
            is_significant(before.limit.decision().flatten(), limit, significance)
        });
        core.limit(at, limit);
    }
    changed && limit.is_none_or(|limit| limit.value.0 > Decimal::ZERO)
}
