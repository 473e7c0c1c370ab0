//! Who may charge: Authorize, the local list, the cache, groups, and what happens when nobody can be asked (C01 to C16).

use alloc::boxed::Box;
use alloc::vec::Vec;

use ocpp_types::v2_0_1::{
    AdditionalInfo, AuthorizeRequest, AuthorizeResponse, ChargingProfile, Reason, TriggerReason,
};

use ocpp_types::{NonEmpty, Payload};

use super::master_pass::is_master;
use super::token::{from_wire_info, same, to_wire};
use super::transaction::Cue;
use super::{ChargingStation, Purpose};
use crate::station::authorization::{
    self, Authorizing, Consent, Place, choose, deadline, decide_without_answer, decided,
    decided_by, known,
};
use crate::station::behaviour::Outcome;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::identity::Identity;
use crate::station::output::TokenEffect;
use crate::station::vocabulary::{Authorization, AuthorizationStatus, EvseId, Token, TokenKind};
use crate::time::Instant;

/// What 2.0.1 wants to know of somebody who may charge.
#[derive(Debug, Clone, Default)]
pub(crate) struct AuthDetails {
    /// Whether an event has said so.
    pub(super) told: bool,
    pub(super) remote_start_id: Option<i64>,
    /// What the CSMS has said of the token of a remote start besides, for itself (F02.FR.12).
    pub(super) additional_info: Option<NonEmpty<AdditionalInfo>>,
    /// The charging profile of a remote start.
    pub(super) profile: Option<Box<ChargingProfile>>,
    /// The EVSEs at which the token may charge; empty for all (C01.FR.21).
    evses: Vec<EvseId>,
}

impl AuthDetails {
    /// The token may charge at these EVSEs; at all of them if there are none.
    pub(super) fn limit_to(&mut self, evses: &[EvseId]) {
        self.evses.clear();
        self.evses.extend_from_slice(evses);
    }

    /// Whether the token may charge at an EVSE.
    pub(super) fn may_use(&self, evse: EvseId) -> bool {
        self.evses.is_empty() || self.evses.contains(&evse)
    }
}

pub(super) type Auth = authorization::Auth<AuthDetails>;
/// To stop whatever transaction of the group runs where the token was presented: at an EVSE, or anywhere.
pub(super) type Goal = authorization::Goal<Option<EvseId>>;

/// Whether this stands for the token of a transaction that nobody was authorized for, or that needs no authorization.
fn is_nobody(token: &Token) -> bool {
    token.kind == TokenKind::NoAuthorization || token.id.is_empty()
}

impl ChargingStation {
    /// Notes what the CSMS said about a token (C10).
    /// Answers about a token replace what the cache says of it, if it is on (C10.FR.04, C10.FR.11, C12.FR.06).
    pub(super) fn remember(&self, core: &mut Context, token: &Token, info: &Authorization) {
        if !core.variables.bool(Standard::CacheEnabled) {
            return;
        }
        let mut info = info.clone();
        // It may name a tariff (C10.FR.09), and is of this moment.
        info.driver.message = None;
        let life = core.variables.u32(Standard::CacheLifeTime);
        if info.expiry.is_none() && life > 0 {
            // C10.FR.08.
            let life = i64::from(life).saturating_mul(1000);
            info.expiry = core.utc().map(|utc| utc.saturating_add_millis(life));
        }
        let changes = core.cache.put(core.utc(), token, &info);
        core.changes(changes);
    }

    /// Whether somebody charges here, or would if the car wanted to.
    pub(super) fn in_use(&self, index: usize) -> bool {
        let evse = &self.evses[index];
        evse.transaction.is_some() && evse.auth.as_ref().is_some_and(|auth| auth.granted)
    }

    pub(super) fn stop_by(
        &mut self,
        core: &mut Context,
        place: Place,
        token: Token,
        reason: Reason,
    ) {
        let mut cue = Cue::ending(TriggerReason::StopAuthorized, reason);
        cue.token = Some(token);
        match place {
            Some(index) => {
                self.deauthorize(index, cue);
                self.release_cable(core, index);
            }
            None => self.floating.deauthorize(cue),
        }
    }

    /// Whether somebody could be authorized at an EVSE: not where somebody is, nor where it cannot be used (F01.FR.23, F01.FR.24,
    /// F02.FR.25, F02.FR.26).
    pub(super) fn is_free(&self, core: &Context, index: usize) -> bool {
        let evse = &self.evses[index];
        let ending = evse
            .transaction
            .and_then(|t| self.transactions.get(t))
            .is_some_and(|t| t.details.ending.is_some());
        evse.auth.is_none()
            && !ending
            && self.is_operative(index)
            && !self.faulted(core, index)
            && !self.is_reset(index)
    }

    /// Whether an EVSE is free for this token: a transaction that has lost its authorization is for its owner.
    pub(super) fn is_free_for(&self, core: &Context, index: usize, token: &Token) -> bool {
        let running = self.evses[index].transaction;
        let owner = running
            .and_then(|t| self.transactions.get(t))
            .map(|t| &t.token);
        self.is_free(core, index)
            && owner.is_none_or(|owner| is_nobody(owner) || same(owner, token))
    }

    pub(super) fn authorize_answered(
        &mut self,
        core: &mut Context,
        token: Token,
        goal: Goal,
        result: &Outcome<'_>,
    ) {
        let response = result.as_ref().ok();
        let response = response.map(|text| AuthorizeResponse::decode_lenient(text));
        let info = if let Some(Ok(response)) = response {
            let info = from_wire_info(&response.value.id_token_info);
            self.remember(core, &token, &info);
            info
        } else {
            decide_without_answer(core, &token, result)
        };
        self.settle_goal(core, token, goal, &info);
    }

    /// Ends authorizations whose cable was not plugged in (`EVConnectionTimeOut`, E03.FR.05).
    pub(super) fn expire_authorizations(&mut self, core: &Context) {
        let now = core.instant();
        let over = |auth: &Auth| auth.deadline.is_some_and(|deadline| deadline <= now);
        self.floating.expire(now);
        for index in self.evses.due(now) {
            self.signature_due(index, now);
            if self.evses[index].auth.as_ref().is_some_and(over) {
                let cue = Cue::ending(TriggerReason::EvConnectTimeout, Reason::Timeout);
                self.deauthorize(index, cue);
            }
        }
    }
}

impl ChargingStation {
    /// When an authorization for whatever is plugged in next is over.
    pub(super) fn next_authorization_timeout(&self) -> Option<Instant> {
        self.floating.next_timeout()
    }

    /// Somebody who may charge at whatever EVSE is plugged in: the cable may have been faster than the CSMS.
    fn seat_floating(&mut self, core: &mut Context) {
        let Some(auth) = self.floating.auth.as_ref().filter(|auth| auth.granted) else {
            return;
        };
        let fits = |index: &usize| {
            let evse = &self.evses[*index];
            evse.car.is_some()
                && auth.details.may_use(evse.id)
                && self.is_free_for(core, *index, &auth.token)
        };
        if let Some(index) = (0..self.evses.len()).find(fits) {
            self.seat(core, index);
            self.evses[index].cue = Some(Cue::new(TriggerReason::Authorized));
        }
    }
}

impl Authorizing for ChargingStation {
    type Details = AuthDetails;
    type Running = Option<EvseId>;
    const MAX_TOKEN: usize = 36;
    const IDENTITY: Identity = Identity::TypeAndText;

    fn consent(token: &Token) -> Consent {
        match token.kind {
            // C02: a button, which nobody can be asked about.
            TokenKind::NoAuthorization => Consent::Given,
            // C06.FR.02: a number that this station made up.
            TokenKind::Local => Consent::Asked,
            _ => Consent::Known,
        }
    }

    fn places(&self, evse: Option<EvseId>) -> Vec<usize> {
        match evse {
            Some(evse) => self.index_of(evse).into_iter().collect(),
            None => (0..self.evses.len()).collect(),
        }
    }

    fn evse_of(&self, place: usize) -> EvseId {
        self.evses[place].id
    }

    fn auth(&self, place: Place) -> Option<&Auth> {
        match place {
            Some(index) => self.evses[index].auth.as_ref(),
            None => self.floating.auth.as_ref(),
        }
    }

    fn auth_mut(&mut self, place: Place) -> Option<&mut Auth> {
        match place {
            Some(index) => self.evses[index].auth.as_mut(),
            None => self.floating.auth.as_mut(),
        }
    }

    fn set_auth(&mut self, place: Place, auth: Option<Auth>) {
        match place {
            Some(index) => self.evses[index].auth = auth,
            None => self.floating.auth = auth,
        }
    }

    fn call_authorize(&mut self, core: &mut Context, token: &Token, goal: Goal) -> bool {
        let mut wire = to_wire(token);
        if let Goal::Start(place) = goal
            && let Some(auth) = self.auth(place)
        {
            wire.additional_info
                .clone_from(&auth.details.additional_info);
        }
        let request = AuthorizeRequest::new(wire);
        self.online(core) && self.call(core, &request, Purpose::Authorize(token.clone(), goal))
    }

    /// Whether transactions may begin at all now.
    fn may_start(&self, core: &Context) -> bool {
        core.begun
            && self.boot.may_charge()
            && core.utc().is_some()
            && self.reset.is_none()
            && !self.going_down
            && !self.is_held_for_firmware(core)
            && !core.storage_fails()
            // What could not be told could not be billed.
            && !core.queue.is_full()
    }

    /// Unlocks a cable that was kept locked for this token (E05.FR.11, E09.FR.03).
    fn release(&mut self, core: &mut Context, here: &[usize], token: &Token) -> bool {
        let kept = |index: &&usize| {
            let claim = self.evses[**index].locked_for.as_ref();
            claim.is_some_and(|claim| same(&claim.owner, token))
        };
        let Some(&index) = here.iter().find(kept) else {
            return false;
        };
        let evse = &mut self.evses[index];
        let refused = evse.locked_for.take().is_some_and(|claim| claim.refused);
        // Whose car is connected again wants to go on rather than to leave (E09.FR.01).
        let goes_on = evse.car.is_some() && (evse.transaction.is_some() || !refused);
        self.release_cable(core, index);
        if goes_on {
            return false;
        }
        let evse = Some(self.evses[index].id);
        let status = AuthorizationStatus::Accepted;
        decided(core, evse, token.clone(), status, TokenEffect::None);
        true
    }

    /// Stops the transaction that this token started (C01, E07).
    fn stop_own(&mut self, core: &mut Context, here: &[usize], token: &Token) -> bool {
        let own = |index: &&usize| {
            let auth = self.evses[**index].auth.as_ref();
            self.in_use(**index) && auth.is_some_and(|auth| same(&auth.token, token))
        };
        let place = here.iter().copied().find(|index| own(&index));
        if place.is_none() && !self.floating.belongs_to(token) {
            return false;
        }
        let evse = place.map(|index| self.evses[index].id);
        let status = AuthorizationStatus::Accepted;
        let mut effect = TokenEffect::None;
        if core.config.features.local_stop {
            self.stop_by(core, place, token.clone(), Reason::Local);
            effect = TokenEffect::Stopped;
        }
        decided(core, evse, token.clone(), status, effect);
        true
    }

    /// Where somebody could charge: `Some(None)` at whatever EVSE is plugged in next, `None` nowhere.
    fn place_for(
        &self,
        core: &Context,
        evse: Option<EvseId>,
        here: &[usize],
        token: &Token,
    ) -> Option<Place> {
        let free = |index: &usize| self.is_free_for(core, *index, token);
        let free: Vec<usize> = here.iter().copied().filter(free).collect();
        let plugged = |index: &usize| self.evses[*index].car.is_some();
        let plugged = free.iter().copied().find(plugged);
        choose(&free, plugged, evse, self.floating.is_taken())
    }

    /// Somebody else charges here, or is about to: perhaps a transaction can be stopped by another token of its group (C09),
    /// or by a master pass (C16).
    ///
    /// The list and the cache speak for a token that they accept with its group (C01.FR.03, C09.FR.07). About any other one
    /// the CSMS is asked whenever it can be, also if the answer cannot change anything (C01.FR.02, C09.FR.05, C10.FR.03).
    /// Tokens of one group have its identifier in common (C09.FR.02); one that is not valid stops nothing
    /// (C09.FR.11).
    fn try_stop_for_group(&mut self, core: &mut Context, evse: Option<EvseId>, token: Token) {
        let used = |index: &usize| {
            let evse = &self.evses[*index];
            evse.transaction.is_some() || evse.auth.is_some()
        };
        let known = known(core, &token)
            .filter(|known| known.status == AuthorizationStatus::Accepted && known.group.is_some());
        let goal = Goal::Stop(evse);
        let asking = self.calls.iter().any(|(_, purpose)| {
            matches!(purpose, Purpose::Authorize(other, of) if *of == goal && same(other, &token))
        });
        match (Self::consent(&token), known) {
            // One question at a time.
            _ if asking => {}
            (Consent::Known, Some(known)) => self.settle_stop(core, token, evse, &known),
            (Consent::Known | Consent::Asked, _)
                if self.places(evse).iter().any(used) || self.floating.is_in_use() =>
            {
                self.ask(core, token, goal, true);
            }
            _ => {
                let status = AuthorizationStatus::ConcurrentTx;
                decided(core, evse, token, status, TokenEffect::None);
            }
        }
    }

    fn settle_start(
        &mut self,
        core: &mut Context,
        token: Token,
        place: Place,
        info: &Authorization,
    ) {
        if !self.still_asked(place, &token) {
            return;
        }
        self.note_guess(core, &token, info.status);
        let evse = place.map(|index| self.evse_of(index));
        let status = info.status_for(evse);
        if status != AuthorizationStatus::Accepted {
            self.set_auth(place, None);
            return decided_by(core, evse, token, info, (status, TokenEffect::None));
        }
        if is_master(core, info) {
            self.set_auth(place, None);
            return self.use_master_pass(core, evse, token, info);
        }
        let plugged = place.is_some_and(|index| self.evses[index].car.is_some());
        let until = deadline(core).filter(|_| !plugged);
        let mut trigger = TriggerReason::Authorized;
        if let Some(auth) = self.auth_mut(place) {
            auth.granted = true;
            if info.group.is_some() {
                auth.group.clone_from(&info.group);
            }
            auth.deadline = until;
            auth.details.limit_to(&info.evses);
            if auth.details.remote_start_id.is_some() {
                trigger = TriggerReason::RemoteStart;
            }
        }
        if let Some(index) = place {
            self.evses[index].cue = Some(Cue::new(trigger));
            self.take_profile(core, index);
        }
        decided_by(core, evse, token, info, (status, TokenEffect::Authorized));
        if place.is_none() {
            self.seat_floating(core);
        }
    }

    fn settle_stop(
        &mut self,
        core: &mut Context,
        token: Token,
        evse: Option<EvseId>,
        info: &Authorization,
    ) {
        self.note_guess(core, &token, info.status);
        if is_master(core, info) {
            return self.use_master_pass(core, evse, token, info);
        }
        let stops = info.status == AuthorizationStatus::Accepted && core.config.features.local_stop;
        let of_group = |index: &usize| {
            let auth = self.evses[*index].auth.as_ref();
            let own = auth.and_then(|auth| auth.group.as_ref());
            let group = own.zip(info.group.as_ref());
            self.in_use(*index) && group.is_some_and(|(own, other)| same(own, other))
        };
        let found = self.places(evse).into_iter().find(of_group).map(Some);
        let floats = evse.is_none() && self.floating.is_of_group(info.group.as_ref());
        match found.or(floats.then_some(None)) {
            Some(place) if stops => {
                let evse = place.map(|index| self.evses[index].id);
                self.stop_by(core, place, token.clone(), Reason::Local);
                let decision = (info.status, TokenEffect::Stopped);
                decided_by(core, evse, token, info, decision);
            }
            _ => {
                let decision = (AuthorizationStatus::ConcurrentTx, TokenEffect::None);
                decided_by(core, evse, token, info, decision);
            }
        }
    }
}
