//! Charging profiles (1.6 sections 3.13, 5.5, 5.7, 5.16).

use alloc::boxed::Box;

use ocpp_types::v1_6::{
    ChargingProfile, ChargingProfileStatus, ClearChargingProfileRequest,
    ClearChargingProfileResponse, ClearChargingProfileStatus, GetCompositeScheduleRequest,
    GetCompositeScheduleResponse, GetCompositeScheduleStatus, SetChargingProfileRequest,
    SetChargingProfileResponse,
};

use super::ChargePoint;
use crate::frame::ErrorCode;
use crate::session::CallToken;
use crate::smart_charging::{
    self, Answer16, ClearFilter, EvseId, ExternalLimit, RateUnit, Request, Rules, Transaction,
    TransactionId, evse_id,
};
use crate::station::context::Context;
use crate::station::profiles::{Profiles, changes};
use crate::station::record::Records;
use crate::time::Instant;

/// The profiles of a station whose connectors count as 1.6 counts them.
pub(super) fn restore(core: &mut Context, records: &Records) -> Profiles {
    let evses = core
        .config
        .connectors()
        .map(|(at, _)| usize::try_from(at.evse).map_or(usize::MAX, |evse| evse.wrapping_sub(1)));
    let evses: alloc::vec::Vec<usize> = evses.collect();
    Profiles::restore(core, Rules::V1_6, &evses, records)
}

fn evse(number: usize) -> EvseId {
    EvseId::try_from(number).unwrap_or(EvseId::MAX)
}

impl ChargePoint {
    pub(super) fn set_charging_profile(
        &mut self,
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
        match self
            .profiles
            .store
            .install(evse_id(request.connector_id), profile)
        {
            Ok(outcome) => {
                core.changes(changes(outcome));
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

    pub(super) fn get_composite_schedule(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &GetCompositeScheduleRequest,
    ) {
        let response = self.composite_schedule(core, request);
        let rejected = || GetCompositeScheduleResponse::new(GetCompositeScheduleStatus::Rejected);
        core.answer(call, &response.unwrap_or_else(rejected));
    }

    fn composite_schedule(
        &self,
        core: &Context,
        request: &GetCompositeScheduleRequest,
    ) -> Option<GetCompositeScheduleResponse> {
        let number = self.slot_number(request.connector_id)?;
        let unit = match &request.charging_rate_unit {
            Some(unit) => RateUnit::try_from(unit).ok()?,
            None => RateUnit::A,
        };
        let request = Request::new(evse(number), core.utc()?, request.duration, unit);
        let schedule = self.profiles.store.composite(&self.profiles.site, &request);
        GetCompositeScheduleResponse::try_from(&schedule.ok()?).ok()
    }

    /// Whether a remote start may bring this profile (5.16.2 with erratum 3.41).
    pub(super) fn profile_acceptable(
        &self,
        core: &Context,
        connector: Option<i64>,
        profile: &ChargingProfile,
    ) -> bool {
        let converted = smart_charging::ChargingProfile::try_from(profile);
        core.config.features.smart_charging
            && core.utc().is_some()
            && converted.is_ok_and(|profile| {
                let connector = connector.map(evse_id);
                self.profiles
                    .store
                    .check_remote_start(connector, &profile)
                    .is_ok()
            })
    }

    /// An external system sets a limit. 1.6 has no message about it: it holds, and the CSMS sees it in composite schedules.
    pub(super) fn external_limit(&mut self, core: &mut Context, limit: ExternalLimit) {
        let significance = rust_decimal::Decimal::ZERO;
        let followed = self.profiles.follow_external(core, limit, significance);
        core.changes(followed.changes);
    }

    /// A transaction begins, perhaps with the profile of its remote start.
    pub(super) fn profile_for_start(
        &mut self,
        core: &mut Context,
        number: usize,
        profile: Option<Box<ChargingProfile>>,
    ) {
        let Some(started) = core.utc() else {
            return;
        };
        let transaction = Transaction {
            evse: evse(number),
            id: None,
            started,
        };
        let profile = profile.and_then(|p| smart_charging::ChargingProfile::try_from(&*p).ok());
        // A profile that other profiles displaced in the meantime is no reason not to charge.
        let (outcome, _) = self.profiles.store.start_transaction(transaction, profile);
        core.changes(changes(outcome));
    }

    pub(super) fn transaction_has_id(&mut self, connector: usize, id: i64) {
        let id = TransactionId::Number(id);
        self.profiles
            .store
            .identify_transaction(evse(connector), id);
    }

    pub(super) fn transaction_over(&mut self, core: &mut Context, connector: usize) {
        let outcome = self.profiles.store.end_transaction(evse(connector));
        core.changes(changes(outcome));
    }

    /// After a restart: transactions that go on keep their profiles, the others lose them.
    pub(super) fn resume_profiles(&mut self, core: &mut Context) {
        for number in self.connectors() {
            let transaction = self.slots[number].transaction;
            if let Some(transaction) = transaction.and_then(|t| self.transactions.get(t)) {
                self.profiles.store.resume_transaction(Transaction {
                    evse: evse(number),
                    id: transaction.details.id.map(TransactionId::Number),
                    started: transaction.started,
                });
            }
        }
        let outcome = self.profiles.store.drop_orphans();
        core.changes(changes(outcome));
    }

    /// Hands limits to the hardware when they change.
    pub(super) fn update_limits(&mut self, core: &mut Context) {
        if !core.begun {
            // The transactions whose profiles count are not known yet.
            return;
        }
        let now = core.utc();
        let expired = now.map(|now| self.profiles.expire(now));
        core.changes(expired.unwrap_or_default());
        for (number, limit) in self.profiles.limits(now).unwrap_or_default() {
            let slot = usize::try_from(number).ok();
            if let Some(slot) = slot.and_then(|number| self.slots.get(number)) {
                core.limit(slot.at, limit);
            }
        }
    }

    pub(super) fn next_limit_timeout(&self, core: &Context) -> Option<Instant> {
        let change = self.profiles.next_change()?;
        core.clock.instant_of(core.now, change)
    }
}
