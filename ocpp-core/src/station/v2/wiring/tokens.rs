//! Tokens: who may charge and who stops what, by the CSMS, the local list, the cache and groups, and when nobody can be asked
//! (C01 to C16).

use alloc::vec::Vec;

use ocpp_types::Payload;

use super::super::authorization::{Auth, AuthDetails, Goal, is_master, remember};
use super::super::calls::Purpose;
use super::super::per_evse::evse_of;
use super::super::token::{from_wire_info, same, to_wire};
use super::super::transactions::Cue;
use super::super::wire::{AuthorizeRequest, AuthorizeResponse, Reason, TriggerReason};
use super::super::{ChargingStation, smart_charging};
use crate::station::authorization::{
    Authorizing, Consent, Place, choose, deadline, decide_without_answer, decided, decided_by,
    known,
};
use crate::station::behaviour::Outcome;
use crate::station::context::Context;
use crate::station::identity::Identity;
use crate::station::output::TokenEffect;
use crate::station::vocabulary::{Authorization, AuthorizationStatus, EvseId, Token, TokenKind};

/// Whether this stands for the token of a transaction that nobody was authorized for, or that needs no authorization.
fn is_nobody(token: &Token) -> bool {
    token.kind == TokenKind::NoAuthorization || token.id.is_empty()
}

impl ChargingStation {
    /// Whether somebody charges here, or would if the car wanted to.
    pub(super) fn in_use(&self, place: Place) -> bool {
        self.transactions.number(place).is_some() && self.authorizations.granted(place).is_some()
    }

    /// Whether nobody else can wait for whatever EVSE is plugged in next.
    fn is_taken(&self) -> bool {
        self.authorizations.get(None).is_some() || self.transactions.number(None).is_some()
    }

    /// Requirements: E07.FR.02.
    pub(super) fn stop_by(
        &mut self,
        core: &mut Context,
        place: Place,
        token: Token,
        reason: Reason,
    ) {
        let mut cue = Cue::ending(TriggerReason::StopAuthorized, reason);
        cue.token = Some(token);
        self.deauthorize(place, cue);
        if let Some(index) = place {
            self.cables.release(core, index);
        }
    }

    /// Takes the authorization away; what follows for the transaction depends on `TxStopPoint`.
    pub(super) fn deauthorize(&mut self, place: Place, cue: Cue) {
        self.authorizations.set(place, None);
        self.sessions.because(place, cue);
    }

    /// Takes the authorization of a transaction away, wherever it runs.
    pub(super) fn deauthorize_transaction(&mut self, number: u64, cue: Cue) -> Option<usize> {
        let place = self.transactions.place_of(number)?;
        self.deauthorize(place, cue);
        place
    }

    pub(super) fn stop_pressed(&mut self, core: &mut Context, evse: EvseId, emergency: bool) {
        let Some(index) = self.index_of(evse) else {
            return;
        };
        if self.transactions.number(Some(index)).is_none() {
            self.give_up(core, index);
        } else if emergency {
            let trigger = TriggerReason::AbnormalCondition;
            self.end_at(core, index, &Cue::ending(trigger, Reason::EmergencyStop));
        } else {
            let cue = Cue::ending(TriggerReason::StopAuthorized, Reason::Local);
            self.deauthorize(Some(index), cue);
            self.cables.release(core, index);
        }
    }

    /// Nobody who has not begun may begin any more.
    pub(super) fn withdraw_waiting(&mut self, core: &mut Context) {
        for place in (0..self.evses()).map(Some).chain([None]) {
            if self.transactions.number(place).is_none() {
                let waited = self.authorizations.granted(place).is_some();
                self.authorizations.set(place, None);
                if let Some(index) = place.filter(|_| waited) {
                    self.cables.release(core, index);
                }
            }
        }
    }

    /// A remote start has brought a profile for a transaction that runs already (F01.FR.13), or has begun while the CSMS was
    /// asked about the token: it counts from here on, and not before the token may charge (F02.FR.18).
    fn take_profile(&mut self, core: &mut Context, place: Place) {
        if let Some(index) = place
            && let Some(transaction) = self.transactions.running(place)
            && let Some(auth) = self.authorizations.get_mut(place)
            && let Some(profile) = auth.details.profile.take()
        {
            let id = &transaction.details.id;
            smart_charging::add(&mut self.profiles, core, evse_of(index), id, &profile);
        }
    }

    /// Whether a new session may begin at an EVSE.
    pub(super) fn is_operative(&self, index: usize) -> bool {
        self.availability
            .is_operative(index, self.cables.car(index))
    }

    /// Whether somebody could be authorized at an EVSE: not where somebody is, nor where it cannot be used (F01.FR.23, F01.FR.24,
    /// F02.FR.25, F02.FR.26).
    fn is_free(&self, core: &Context, index: usize) -> bool {
        let running = self.running(index);
        let ending = running.is_some_and(|t| t.details.ending.is_some());
        self.authorizations.get(Some(index)).is_none()
            && !ending
            && self.is_operative(index)
            && !self.faulted(core, index)
            && !self.resets.holds(index)
    }

    /// Whether an EVSE is free for this token: a transaction that has lost its authorization is for its owner.
    /// Requirements: C01.FR.23.
    pub(super) fn is_free_for(&self, core: &Context, index: usize, token: &Token) -> bool {
        let owner = self.running(index).map(|t| &t.token);
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
            remember(core, &token, &info);
            info
        } else {
            decide_without_answer(core, &token, result)
        };
        self.settle_goal(core, token, goal, &info);
    }

    /// Ends authorizations whose cable was not plugged in (`EVConnectionTimeOut`, E03.FR.05).
    /// Requirements: C01.FR.26.
    pub(super) fn expire_authorizations(&mut self, core: &mut Context) {
        let now = core.instant();
        self.signatures.advance(now);
        for place in self.authorizations.overdue(now) {
            let cue = Cue::ending(TriggerReason::EvConnectTimeout, Reason::Timeout);
            self.deauthorize(place, cue);
            if let Some(index) = place {
                // The plug is in the socket, but never reached the car.
                self.cables.release(core, index);
            }
        }
    }

    /// Somebody who may charge at whatever EVSE is plugged in: the cable may have been faster than the CSMS.
    fn seat_floating(&mut self, core: &mut Context) {
        let Some(auth) = self.authorizations.granted(None) else {
            return;
        };
        let fits = |index: &usize| {
            self.cables.car(*index).is_some()
                && auth.details.may_use(evse_of(*index))
                && self.is_free_for(core, *index, &auth.token)
        };
        if let Some(index) = (0..self.evses()).find(fits) {
            self.seat(core, index);
            self.sessions
                .because(Some(index), Cue::new(TriggerReason::Authorized));
        }
    }

    /// Somebody who may charge has plugged in a car at this EVSE: what has begun goes on here.
    pub(super) fn seat(&mut self, core: &mut Context, index: usize) {
        let Some(auth) = self.authorizations.granted(None) else {
            return;
        };
        let here = auth.details.may_use(evse_of(index));
        let free = here && self.is_free_for(core, index, &auth.token);
        let begun = self.transactions.number(None).is_some();
        if !free || begun && self.transactions.number(Some(index)).is_some() {
            return;
        }
        let mut auth = auth.clone();
        // From here on it no longer depends on the cable being plugged in in time.
        auth.deadline = None;
        self.authorizations.set(None, None);
        self.sessions.take_cause(None);
        self.authorizations.set(Some(index), Some(auth));
        if begun {
            self.seat_transaction(core, index);
        }
    }
}

impl Authorizing for ChargingStation {
    type Details = AuthDetails;
    type Running = Option<EvseId>;
    const MAX_TOKEN: usize = 36;
    const IDENTITY: Identity = Identity::TypeAndText;

    /// Requirements: C06.FR.01.
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
            None => (0..self.evses()).collect(),
        }
    }

    fn evse_of(&self, place: usize) -> EvseId {
        evse_of(place)
    }

    fn auth(&self, place: Place) -> Option<&Auth> {
        self.authorizations.get(place)
    }

    fn auth_mut(&mut self, place: Place) -> Option<&mut Auth> {
        self.authorizations.get_mut(place)
    }

    fn set_auth(&mut self, place: Place, auth: Option<Auth>) {
        self.authorizations.set(place, auth);
    }

    /// Requirements: C01.FR.04, C06.FR.03.
    fn call_authorize(&mut self, core: &mut Context, token: &Token, goal: Goal) -> bool {
        let mut wire = to_wire(token);
        if let Goal::Start(place) = goal
            && let Some(auth) = self.authorizations.get(place)
        {
            wire.additional_info
                .clone_from(&auth.details.additional_info);
        }
        let request = AuthorizeRequest::new(wire);
        self.online(core)
            && self
                .calls
                .send(core, &request, Purpose::Authorize(token.clone(), goal))
    }

    /// Whether transactions may begin at all now.
    fn may_start(&self, core: &Context) -> bool {
        core.begun
            && self.registration.may_charge()
            && core.knows_time()
            && !self.resets.is_pending()
            && !self.sessions.is_going_down()
            && !self.is_held_for_firmware(core)
            && !core.storage_fails()
            // What could not be told could not be billed.
            && !core.queue.is_full()
    }

    /// Unlocks a cable that was kept locked for this token (E05.FR.11, E09.FR.03).
    fn release(&mut self, core: &mut Context, here: &[usize], token: &Token) -> bool {
        let kept = |index: &&usize| {
            let claim = self.cables.claim(**index);
            claim.is_some_and(|claim| same(&claim.owner, token))
        };
        let Some(&index) = here.iter().find(kept) else {
            return false;
        };
        let refused = self
            .cables
            .give_back(index)
            .is_some_and(|claim| claim.refused);
        // Whose car is connected again wants to go on rather than to leave (E09.FR.01).
        let goes_on = self.cables.car(index).is_some()
            && (self.transactions.number(Some(index)).is_some() || !refused);
        self.cables.release(core, index);
        if goes_on {
            return false;
        }
        let evse = Some(evse_of(index));
        let status = AuthorizationStatus::Accepted;
        decided(core, evse, token.clone(), status, TokenEffect::None);
        true
    }

    fn let_go(&mut self, core: &mut Context, place: usize) {
        self.cables.release(core, place);
    }

    /// Stops the transaction that this token started (C01, E07).
    /// Requirements: E07.FR.01, E07.FR.05.
    fn stop_own(&mut self, core: &mut Context, here: &[usize], token: &Token) -> bool {
        let own = |place: &Place| self.in_use(*place) && self.authorizations.is_of(*place, token);
        let place = here.iter().copied().map(Some).find(own);
        let Some(place) = place.or_else(|| own(&None).then_some(None)) else {
            return false;
        };
        let evse = place.map(evse_of);
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
        let plugged = |index: &usize| self.cables.car(*index).is_some();
        let plugged = free.iter().copied().find(plugged);
        choose(&free, plugged, evse, self.is_taken())
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
            let place = Some(*index);
            self.transactions.number(place).is_some() || self.authorizations.get(place).is_some()
        };
        let known = known(core, &token)
            .filter(|known| known.status == AuthorizationStatus::Accepted && known.group.is_some());
        let goal = Goal::Stop(evse);
        let asking = self.calls.asks(&token, goal);
        match (Self::consent(&token), known) {
            // One question at a time.
            _ if asking => {}
            (Consent::Known, Some(known)) => self.settle_stop(core, token, evse, &known),
            (Consent::Known | Consent::Asked, _)
                if self.places(evse).iter().any(used) || self.in_use(None) =>
            {
                self.ask(core, token, goal, true);
            }
            _ => {
                let status = AuthorizationStatus::ConcurrentTx;
                decided(core, evse, token, status, TokenEffect::None);
            }
        }
    }

    /// Requirements: F02.FR.13.
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
        self.authorizations.decided(core, &token, info.status);
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
        let plugged = place.is_some_and(|index| self.cables.car(index).is_some());
        let until = deadline(core).filter(|_| !plugged);
        let mut trigger = TriggerReason::Authorized;
        if let Some(auth) = self.auth_mut(place) {
            auth.granted = true;
            if info.group.is_some() {
                auth.group.clone_from(&info.group);
            }
            auth.deadline = until;
            auth.details.limit_to(&info.evses);
            auth.details.priority = info.driver.priority;
            if auth.details.remote_start_id.is_some() {
                trigger = TriggerReason::RemoteStart;
            }
        }
        if let Some(number) = self.transactions.number(place) {
            let priority = info.driver.priority;
            self.transactions.prioritize(core, number, priority, None);
        }
        if place.is_some() {
            self.sessions.because(place, Cue::new(trigger));
            self.take_profile(core, place);
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
        self.authorizations.decided(core, &token, info.status);
        if is_master(core, info) {
            return self.use_master_pass(core, evse, token, info);
        }
        let stops = info.status == AuthorizationStatus::Accepted && core.config.features.local_stop;
        let of_group = |place: &Place| {
            let group = info.group.as_ref();
            self.in_use(*place) && self.authorizations.is_of_group(*place, group)
        };
        let places = self.places(evse).into_iter().map(Some);
        let mut places = places.chain(evse.is_none().then_some(None));
        match places.find(of_group) {
            Some(place) if stops => {
                let evse = place.map(evse_of);
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
