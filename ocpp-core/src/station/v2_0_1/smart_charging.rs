//! Charging profiles (K01 to K10).

use alloc::boxed::Box;

use ocpp_types::CiString;
use ocpp_types::v2_0_1::{
    ChargingProfile, ChargingProfileStatus, ClearChargingProfileRequest,
    ClearChargingProfileResponse, ClearChargingProfileStatus, GenericStatus,
    GetChargingProfileStatus, GetChargingProfilesRequest, GetChargingProfilesResponse,
    GetCompositeScheduleRequest, GetCompositeScheduleResponse, SetChargingProfileRequest,
    SetChargingProfileResponse, StatusInfo, TriggerReason,
};

use rust_decimal::Decimal;

use super::transaction::Cue;
use super::{ChargingStation, Purpose, info};
use crate::session::CallToken;
use crate::smart_charging::{
    self, ClearFilter, EvseId, ExternalLimit, LimitSource, RateUnit, ReportFilter, Request, Rules,
    Transaction, TransactionId, evse_id,
};
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::profiles::{Profiles, changes};
use crate::station::record::Records;
use crate::station::vocabulary::Limit;
use crate::time::Instant;

/// Profiles in one ReportChargingProfiles.
const PAGE: usize = 5;

pub(super) fn restore(core: &mut Context, records: &Records) -> Profiles {
    let evses: alloc::vec::Vec<usize> = (0..core.config.evses.len()).collect();
    Profiles::restore(core, Rules::V2, &evses, records)
}

fn text_id(id: &str) -> TransactionId {
    TransactionId::Text(CiString::truncated(id))
}

/// `LimitChangeSignificance`, in percent.
fn significance(core: &Context) -> Decimal {
    let percent = core.variables.text(Standard::LimitSignificance).trim();
    percent.parse().unwrap_or_default()
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

impl ChargingStation {
    pub(super) fn set_charging_profile(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &SetChargingProfileRequest,
    ) {
        let profile = smart_charging::ChargingProfile::try_from(&request.charging_profile);
        let result = match profile {
            Err(_) => Err(info("InvalidProfile", "")),
            // What a profile allows now cannot be said then.
            Ok(_) if core.utc().is_none() => Err(info("NotReady", "the time is not known")),
            Ok(profile) => {
                let evse = evse_id(request.evse_id);
                let installed = self.profiles.store.install(evse, profile);
                installed.map_err(|rejection| info("InvalidProfile", &rejection.additional_info()))
            }
        };
        let (status, reason): (_, Option<StatusInfo>) = match result {
            Ok(outcome) => {
                core.changes(changes(outcome));
                (ChargingProfileStatus::Accepted, None)
            }
            Err(reason) => (ChargingProfileStatus::Rejected, Some(reason)),
        };
        let mut response = SetChargingProfileResponse::new(status);
        response.status_info = reason;
        core.answer(call, &response);
    }

    pub(super) fn clear_charging_profile(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &ClearChargingProfileRequest,
    ) {
        let mut status = ClearChargingProfileStatus::Unknown;
        if let Ok(filter) = ClearFilter::try_from(request) {
            let outcome = self.profiles.store.clear(&filter);
            if !outcome.removed.is_empty() {
                status = ClearChargingProfileStatus::Accepted;
            }
            core.changes(changes(outcome));
        }
        core.answer(call, &ClearChargingProfileResponse::new(status));
    }

    pub(super) fn get_charging_profiles(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &GetChargingProfilesRequest,
    ) {
        let filter = ReportFilter::try_from(request).ok();
        let pages = filter.map(|filter| self.profiles.store.report(&filter, PAGE));
        let pages = pages.unwrap_or_default();
        let status = if pages.is_empty() {
            GetChargingProfileStatus::NoProfiles
        } else {
            GetChargingProfileStatus::Accepted
        };
        core.answer(call, &GetChargingProfilesResponse::new(status));
        for page in pages {
            if let Ok(report) = page.to_v2_0_1(request.request_id) {
                self.call(core, &report, Purpose::Nothing);
            }
        }
    }

    pub(super) fn get_composite_schedule(
        &self,
        core: &mut Context,
        call: CallToken,
        request: &GetCompositeScheduleRequest,
    ) {
        let schedule = self.composite_schedule(core, request);
        let mut response = GetCompositeScheduleResponse::new(match schedule {
            Some(_) => GenericStatus::Accepted,
            None => GenericStatus::Rejected,
        });
        response.schedule = schedule;
        core.answer(call, &response);
    }

    fn composite_schedule(
        &self,
        core: &Context,
        request: &GetCompositeScheduleRequest,
    ) -> Option<ocpp_types::v2_0_1::CompositeSchedule> {
        let unit = match &request.charging_rate_unit {
            Some(unit) => RateUnit::try_from(unit).ok()?,
            None => RateUnit::A,
        };
        let evse = evse_id(request.evse_id);
        let request = Request::new(evse, core.utc()?, request.duration, unit);
        let schedule = self.profiles.store.composite(&self.profiles.site, &request);
        ocpp_types::v2_0_1::CompositeSchedule::try_from(&schedule.ok()?).ok()
    }

    /// Whether a remote start may bring this profile (F01.FR.26).
    pub(super) fn profile_acceptable(
        &self,
        core: &Context,
        evse: Option<i64>,
        profile: &ChargingProfile,
    ) -> bool {
        let converted = smart_charging::ChargingProfile::try_from(profile);
        let known = core.utc().is_some();
        converted.is_ok_and(|profile| {
            let evse = evse.map(evse_id);
            let checked = self.profiles.store.check_remote_start(evse, &profile);
            known && checked.is_ok()
        })
    }

    /// A transaction begins, perhaps with the profile of its remote start (F01.FR.10, K05.FR.03).
    pub(super) fn profile_for_start(
        &mut self,
        core: &mut Context,
        index: usize,
        id: &str,
        profile: Option<Box<ChargingProfile>>,
    ) {
        let Some(started) = core.utc() else {
            return;
        };
        let transaction = Transaction {
            evse: self.evses[index].id,
            id: Some(text_id(id)),
            started,
        };
        let profile = profile.and_then(|p| smart_charging::ChargingProfile::try_from(&*p).ok());
        // A profile that other profiles displaced in the meantime is no reason not to charge.
        let (outcome, _) = self.profiles.store.start_transaction(transaction, profile);
        core.changes(changes(outcome));
    }

    /// A remote start has brought a profile for a transaction that runs already (F01.FR.13), or has begun while the CSMS was
    /// asked about the token: it counts from here on, and not before the token may charge (F02.FR.18).
    pub(super) fn take_profile(&mut self, core: &mut Context, index: usize) {
        let running = self.evses[index].transaction;
        let Some(transaction) = running.and_then(|t| self.transactions.get(t)) else {
            return;
        };
        let auth = self.evses[index].auth.as_mut();
        let Some(profile) = auth.and_then(|auth| auth.details.profile.take()) else {
            return;
        };
        if let Ok(mut profile) = smart_charging::ChargingProfile::try_from(&*profile) {
            profile.transaction_id = Some(text_id(&transaction.details.id));
            let evse = self.evses[index].id;
            if let Ok(outcome) = self.profiles.store.install(evse, profile) {
                core.changes(changes(outcome));
            }
        }
    }

    pub(super) fn transaction_over(&mut self, core: &mut Context, index: usize) {
        let evse = self.evses[index].id;
        let outcome = self.profiles.store.end_transaction(evse);
        core.changes(changes(outcome));
    }

    /// After a restart: transactions that go on keep their profiles, the others lose them.
    pub(super) fn resume_profiles(&mut self, core: &mut Context) {
        for evse in self.evses.iter() {
            let transaction = evse.transaction;
            if let Some(transaction) = transaction.and_then(|t| self.transactions.get(t)) {
                self.profiles.store.resume_transaction(Transaction {
                    evse: evse.id,
                    id: Some(text_id(&transaction.details.id)),
                    started: transaction.started,
                });
            }
        }
        let outcome = self.profiles.store.drop_orphans();
        core.changes(changes(outcome));
    }

    /// An external system sets a limit, which holds whatever the CSMS wants (K11.FR.01, K12.FR.01). The CSMS hears of it
    /// unless it has hardly changed (K11.FR.02, K12.FR.02), with its schedules if it wants them (K11.FR.03, K12.FR.03).
    pub(super) fn external_limit(&mut self, core: &mut Context, limit: ExternalLimit) {
        let significance = significance(core);
        let followed = self.profiles.follow_external(core, limit, significance);
        let schedules = core.variables.bool(Standard::LimitSchedules);
        let notice = followed.notice.filter(|_| tells_limits(core));
        if let Some(Ok(request)) = notice.map(|notice| notice.to_v2_0_1(schedules)) {
            core.enqueue_request(&request, None, false);
        }
        core.changes(followed.changes);
    }

    /// An external system releases its limit (K13.FR.01), and the CSMS hears of it (K13.FR.02).
    pub(super) fn external_limit_released(
        &mut self,
        core: &mut Context,
        evse: EvseId,
        source: &LimitSource,
    ) {
        let followed = self.profiles.release_external(evse, source);
        let notice = followed.notice.filter(|_| tells_limits(core));
        if let Some(Ok(request)) = notice.map(|notice| notice.to_v2_0_1()) {
            core.enqueue_request(&request, None, false);
        }
        core.changes(followed.changes);
    }

    /// Hands limits to the hardware when they change: whenever the profiles do (K01.FR.07, K03.FR.03), for transactions that run
    /// already too (K01.FR.32, K10.FR.07), and with a connection as without (K06.FR.01, K06.FR.02, K07.FR.01). Each EVSE has its
    /// own (K04.FR.01), within that of the station (K04.FR.05).
    pub(super) fn update_limits(&mut self, core: &mut Context) {
        if !core.begun {
            // The transactions whose profiles count are not known yet.
            return;
        }
        let now = core.utc();
        let expired = now.map(|now| self.profiles.expire(now));
        core.changes(expired.unwrap_or_default());
        for (evse, limit) in self.profiles.limits(now).unwrap_or_default() {
            self.limit_evse(core, evse, limit);
        }
    }

    fn limit_evse(&mut self, core: &mut Context, evse: EvseId, limit: Option<Limit>) {
        let Some(index) = self.index_of(evse) else {
            return;
        };
        let mut changed = false;
        let significance = significance(core);
        for connector in &self.evses[index].connectors {
            let before = core.hardware.get(connector.at);
            let before = before.filter(|before| before.is_closed());
            changed |= before.is_some_and(|before| {
                is_significant(before.limit.decision().flatten(), limit, significance)
            });
            core.limit(connector.at, limit);
        }
        let some = limit.is_none_or(|limit| limit.value.0 > Decimal::ZERO);
        // K11.FR.04, K13.FR.03.
        if changed && some && self.evses[index].transaction.is_some() {
            let cue = Cue::new(TriggerReason::ChargingRateChanged);
            self.evses[index].cue.get_or_insert(cue);
        }
    }

    pub(super) fn next_limit_timeout(&self, core: &Context) -> Option<Instant> {
        let change = self.profiles.next_change()?;
        core.clock.instant_of(core.now, change)
    }
}
