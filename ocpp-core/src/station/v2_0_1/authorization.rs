//! Who may charge: Authorize, the local list, the cache, groups, and what happens when nobody can be asked (C01 to C16).

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;

use ocpp_types::Payload;
use ocpp_types::v2_0_1::{
    AuthorizeRequest, AuthorizeResponse, ChargingProfile, Reason, TriggerReason,
};

use super::token::{authorization, to_wire};
use super::transaction::Cue;
use super::{ChargingStation, Purpose, model};
use crate::session::CallFailure;
use crate::station::context::Context;
use crate::station::output::{Output, TokenEffect};
use crate::station::vocabulary::{Authorization, AuthorizationStatus, EvseId, Token};
use crate::time::Instant;

/// Somebody who may charge, or is being asked about.
#[derive(Debug, Clone)]
pub(super) struct Auth {
    pub(super) token: Token,
    pub(super) group: Option<Token>,
    /// Whether the answer is in and positive.
    pub(super) granted: bool,
    /// Whether an event has said so.
    pub(super) told: bool,
    /// When it is over unless the cable is plugged in.
    pub(super) deadline: Option<Instant>,
    pub(super) remote_start_id: Option<i64>,
    /// The charging profile of a remote start.
    pub(super) profile: Option<Box<ChargingProfile>>,
}

impl Auth {
    pub(super) fn asking(token: Token) -> Self {
        Self {
            token,
            group: None,
            granted: false,
            told: false,
            deadline: None,
            remote_start_id: None,
            profile: None,
        }
    }
}

/// What a token is asked about for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    /// To charge at this EVSE, or at whatever EVSE is plugged in next.
    Start(Option<usize>),
    /// To stop the transaction of this EVSE if it belongs to the same group.
    Stop(usize),
}

impl Goal {
    const fn index(self) -> Option<usize> {
        match self {
            Self::Start(index) => index,
            Self::Stop(index) => Some(index),
        }
    }
}

impl ChargingStation {
    /// What the local list, or else the cache, says about a token.
    fn known(&self, core: &Context, token: &Token) -> Option<Authorization> {
        let listed = || core.local_list.get(token).cloned();
        let cached = || core.cache.get(token).cloned();
        let list = core.variables.bool(model::LIST_ENABLED);
        let cache = core.variables.bool(model::CACHE_ENABLED);
        let known = list.then(listed).flatten();
        let mut known = known.or_else(|| cache.then(cached).flatten())?;
        known.status = known.status_at(core.utc());
        Some(known)
    }

    /// Notes what the CSMS said about a token (C10).
    pub(super) fn remember(&self, core: &mut Context, token: &Token, info: &Authorization) {
        if !core.variables.bool(model::CACHE_ENABLED) || token.id.is_empty() {
            return;
        }
        let mut info = info.clone();
        let life = core.variables.u32(model::CACHE_LIFE_TIME);
        if info.expiry.is_none() && life > 0 {
            // C10.FR.08.
            let life = i64::from(life).saturating_mul(1000);
            info.expiry = core.utc().map(|utc| utc.saturating_add_millis(life));
        }
        let changes = core.cache.put(token, &info);
        core.changes(changes);
    }

    /// A token was presented at a reader.
    pub(super) fn token_presented(
        &mut self,
        core: &mut Context,
        evse: Option<EvseId>,
        token: Token,
    ) {
        let here = |index: &usize| evse.is_none_or(|evse| self.evses[*index].id == evse);
        let here: Vec<usize> = (0..self.evses.len()).filter(here).collect();
        let refused = TokenEffect::None;
        if here.is_empty() || token.id.is_empty() {
            let status = AuthorizationStatus::Invalid;
            return Self::decided(core, evse, token, status, refused);
        }
        if self.release(core, &here, &token)
            || self.stop_own(core, &here, &token)
            || self.cancel_own(core, &here, &token)
        {
            return;
        }
        match self.place_for(core, evse, &here, &token) {
            Some(place) if core.config.features.local_start && self.may_start(core) => {
                if self.auth(place).is_some() {
                    // One question at a time for one place.
                    let status = AuthorizationStatus::Invalid;
                    return Self::decided(core, evse, token, status, refused);
                }
                self.set_auth(place, Some(Auth::asking(token.clone())));
                self.ask(core, token, Goal::Start(place), false);
            }
            Some(_) => {
                let status = AuthorizationStatus::Invalid;
                Self::decided(core, evse, token, status, refused);
            }
            None => self.try_stop_for_group(core, evse, &here, token),
        }
    }

    /// Whether transactions may begin at all now.
    pub(super) fn may_start(&self, core: &Context) -> bool {
        let allowed = match self.boot.registration {
            None => self.boot.accepted_once,
            Some(_) => self.accepted(),
        };
        allowed && core.utc().is_some() && self.reset.is_none() && !self.going_down
    }

    /// Unlocks a cable that was kept locked for this token (E05.FR.11).
    fn release(&mut self, core: &mut Context, here: &[usize], token: &Token) -> bool {
        let kept = |index: &&usize| {
            let locked_for = self.evses[**index].locked_for.as_ref();
            locked_for.is_some_and(|owner| owner.same_id(&token.id))
        };
        let Some(&index) = here.iter().find(kept) else {
            return false;
        };
        let running = self.evses[index].transaction.is_some();
        self.evses[index].locked_for = None;
        if running {
            return false;
        }
        let locks = self.evses[index].connectors.iter().any(|connector| {
            let connector = core.hardware.get(connector.at);
            connector.is_some_and(|connector| connector.config.lock)
        });
        if !locks {
            return false;
        }
        self.release_cable(core, index);
        let evse = Some(self.evses[index].id);
        let status = AuthorizationStatus::Accepted;
        Self::decided(core, evse, token.clone(), status, TokenEffect::None);
        true
    }

    /// Whether somebody charges here, or would if the car wanted to.
    fn in_use(&self, index: usize) -> bool {
        let evse = &self.evses[index];
        evse.transaction.is_some() && evse.auth.as_ref().is_some_and(|auth| auth.granted)
    }

    /// Stops the transaction that this token started (C01, E07).
    fn stop_own(&mut self, core: &mut Context, here: &[usize], token: &Token) -> bool {
        let own = |index: &&usize| {
            let auth = self.evses[**index].auth.as_ref();
            self.in_use(**index) && auth.is_some_and(|auth| auth.token.same_id(&token.id))
        };
        let Some(&index) = here.iter().find(own) else {
            return false;
        };
        let evse = Some(self.evses[index].id);
        let status = AuthorizationStatus::Accepted;
        let mut effect = TokenEffect::None;
        if core.config.features.local_stop {
            self.stop_by(core, index, token.clone(), Reason::Local);
            effect = TokenEffect::Stopped;
        }
        Self::decided(core, evse, token.clone(), status, effect);
        true
    }

    fn stop_by(&mut self, core: &mut Context, index: usize, token: Token, reason: Reason) {
        let mut cue = Cue::ending(TriggerReason::StopAuthorized, reason);
        cue.token = Some(token);
        self.deauthorize(index, cue);
        self.release_cable(core, index);
    }

    /// A second presentation before a transaction has begun withdraws the authorization.
    fn cancel_own(&mut self, core: &mut Context, here: &[usize], token: &Token) -> bool {
        let places = here.iter().copied().map(Some).chain([None]);
        for place in places {
            let Some(auth) = self.auth(place) else {
                continue;
            };
            if !auth.token.same_id(&token.id) {
                continue;
            }
            if auth.granted && core.config.features.cancel_by_second_token {
                self.set_auth(place, None);
                let evse = place.map(|index| self.evses[index].id);
                let status = AuthorizationStatus::Accepted;
                Self::decided(core, evse, token.clone(), status, TokenEffect::Cancelled);
            }
            return true;
        }
        false
    }

    /// Whether somebody could be authorized at an EVSE.
    pub(super) fn is_free(&self, core: &Context, index: usize) -> bool {
        let evse = &self.evses[index];
        let ending = evse
            .transaction
            .and_then(|t| self.transactions.get(t))
            .is_some_and(|t| t.details.ending.is_some());
        evse.auth.is_none() && !ending && self.is_operative(index) && !self.faulted(core, index)
    }

    /// Whether an EVSE is free for this token: a transaction that has lost its authorization is for its owner.
    pub(super) fn is_free_for(&self, core: &Context, index: usize, token: &Token) -> bool {
        let running = self.evses[index].transaction;
        let owner = running
            .and_then(|t| self.transactions.get(t))
            .map(|t| &t.token);
        self.is_free(core, index)
            && owner.is_none_or(|owner| owner.id.is_empty() || owner.same_id(&token.id))
    }

    /// Where somebody could charge: `Some(None)` at whatever EVSE is plugged in next, `None` nowhere.
    fn place_for(
        &self,
        core: &Context,
        evse: Option<EvseId>,
        here: &[usize],
        token: &Token,
    ) -> Option<Option<usize>> {
        let free = |index: &usize| self.is_free_for(core, *index, token);
        let free: Vec<usize> = here.iter().copied().filter(free).collect();
        let plugged = |index: &usize| self.connected(core, *index).is_some();
        if let Some(index) = free.iter().copied().find(plugged) {
            return Some(Some(index));
        }
        match free.as_slice() {
            [] => None,
            [only] => Some(Some(*only)),
            [first, ..] if evse.is_some() => Some(Some(*first)),
            _ if self.floating.is_none() => Some(None),
            _ => None,
        }
    }

    /// Nobody can charge here: perhaps a transaction can be stopped by another token of its group (C09), or by a master
    /// pass (C16).
    fn try_stop_for_group(
        &mut self,
        core: &mut Context,
        evse: Option<EvseId>,
        here: &[usize],
        token: Token,
    ) {
        let master = !core.variables.text(model::MASTER_PASS).is_empty();
        let grouped = |index: &usize| {
            let auth = self.evses[*index].auth.as_ref();
            self.in_use(*index) && (master || auth.is_some_and(|auth| auth.group.is_some()))
        };
        match here.iter().copied().find(grouped) {
            Some(index) if core.config.features.local_stop => {
                self.ask(core, token, Goal::Stop(index), false);
            }
            _ => {
                let status = AuthorizationStatus::ConcurrentTx;
                Self::decided(core, evse, token, status, TokenEffect::None);
            }
        }
    }

    /// Decides about a token, by asking the CSMS or by what is known. `always` asks whenever the CSMS can be asked.
    pub(super) fn ask(&mut self, core: &mut Context, token: Token, goal: Goal, always: bool) {
        let known = self.known(core, &token);
        let accepted = |known: &Authorization| known.status == AuthorizationStatus::Accepted;
        let pre_authorize = !always && core.variables.bool(model::PRE_AUTHORIZE);
        if let Some(known) = known.filter(|known| pre_authorize && accepted(known)) {
            return self.settle_goal(core, token, goal, &known);
        }
        if self.online(core) {
            let request = AuthorizeRequest::new(to_wire(&token));
            if self.call(core, &request, Purpose::Authorize(token.clone(), goal)) {
                return;
            }
        }
        let decision = self.decide_offline(core, &token);
        self.settle_goal(core, token, goal, &decision);
    }

    /// What holds when nobody can be asked (C13, C15).
    fn decide_offline(&self, core: &Context, token: &Token) -> Authorization {
        let known = self.known(core, token);
        let accepted = Authorization::new(AuthorizationStatus::Accepted);
        match known {
            Some(known) if known.status != AuthorizationStatus::Accepted => known,
            Some(known) if core.variables.bool(model::AUTHORIZE_OFFLINE) => known,
            _ if core.variables.bool(model::OFFLINE_UNKNOWN) => accepted,
            _ => Authorization::new(AuthorizationStatus::Unknown),
        }
    }

    pub(super) fn authorize_answered(
        &mut self,
        core: &mut Context,
        token: Token,
        goal: Goal,
        result: &Result<alloc::string::String, CallFailure>,
    ) {
        let response = result.as_ref().ok();
        let response = response.map(|text| AuthorizeResponse::decode_lenient(text));
        let info = if let Some(Ok(response)) = response {
            let info = &response.value.id_token_info;
            let evse = goal.index().map(|index| self.evses[index].id);
            self.remember(core, &token, &authorization(info, None));
            authorization(info, evse)
        } else {
            self.decide_offline(core, &token)
        };
        self.settle_goal(core, token, goal, &info);
    }

    pub(super) fn settle_goal(
        &mut self,
        core: &mut Context,
        token: Token,
        goal: Goal,
        info: &Authorization,
    ) {
        match goal {
            Goal::Start(place) => self.settle_start(core, token, place, info),
            Goal::Stop(index) => self.settle_stop(core, token, index, info),
        }
    }

    fn is_master(core: &Context, info: &Authorization) -> bool {
        let master = core.variables.text(model::MASTER_PASS);
        let group = info.group.as_ref();
        !master.is_empty() && group.is_some_and(|group| group.same_id(master))
    }

    fn settle_start(
        &mut self,
        core: &mut Context,
        token: Token,
        place: Option<usize>,
        info: &Authorization,
    ) {
        // The question may have been overtaken: the fault, the unplugging, the restart came first.
        let Some(mut auth) = self.auth(place).cloned() else {
            return;
        };
        if auth.granted || !auth.token.same_id(&token.id) {
            return;
        }
        let evse = place.map(|index| self.evses[index].id);
        let master = Self::is_master(core, info);
        if info.status != AuthorizationStatus::Accepted || master {
            self.set_auth(place, None);
            if info.status == AuthorizationStatus::Accepted && self.stop_all(core, &token) {
                let effect = TokenEffect::Stopped;
                return Self::decided(core, evse, token, info.status, effect);
            }
            // C16.FR.03: a master pass starts nothing.
            let status = match info.status {
                AuthorizationStatus::Accepted => AuthorizationStatus::NotAtThisLocation,
                status => status,
            };
            return Self::decided(core, evse, token, status, TokenEffect::None);
        }
        auth.granted = true;
        if info.group.is_some() {
            auth.group.clone_from(&info.group);
        }
        let plugged = place.is_some_and(|index| self.connected(core, index).is_some());
        let timeout = core.variables.u32(model::CONNECTION_TIMEOUT);
        let wait = Duration::from_secs(timeout.into());
        auth.deadline = (timeout > 0 && !plugged).then(|| core.instant() + wait);
        let trigger = match auth.remote_start_id {
            Some(_) => TriggerReason::RemoteStart,
            None => TriggerReason::Authorized,
        };
        self.set_auth(place, Some(auth));
        if let Some(index) = place {
            self.evses[index].cue = Some(Cue::new(trigger));
        }
        let status = AuthorizationStatus::Accepted;
        Self::decided(core, evse, token, status, TokenEffect::Authorized);
    }

    /// A master pass stops every transaction, for want of a display to choose one at (C16.FR.02). Says whether there was
    /// one.
    fn stop_all(&mut self, core: &mut Context, token: &Token) -> bool {
        let running = |index: &usize| self.in_use(*index);
        let running: Vec<usize> = (0..self.evses.len()).filter(running).collect();
        for index in &running {
            self.stop_by(core, *index, token.clone(), Reason::MasterPass);
        }
        !running.is_empty()
    }

    fn settle_stop(
        &mut self,
        core: &mut Context,
        token: Token,
        index: usize,
        info: &Authorization,
    ) {
        let evse = Some(self.evses[index].id);
        let auth = self.evses[index].auth.as_ref();
        let group = auth.and_then(|auth| auth.group.as_ref());
        let same_group = match (group, &info.group) {
            (Some(own), Some(other)) => own.same_id(&other.id),
            _ => false,
        };
        let master = Self::is_master(core, info);
        let accepted = info.status == AuthorizationStatus::Accepted;
        if accepted && master && self.stop_all(core, &token) {
            Self::decided(core, evse, token, info.status, TokenEffect::Stopped);
        } else if accepted && same_group && self.in_use(index) {
            self.stop_by(core, index, token.clone(), Reason::Local);
            Self::decided(core, evse, token, info.status, TokenEffect::Stopped);
        } else {
            let status = AuthorizationStatus::ConcurrentTx;
            Self::decided(core, evse, token, status, TokenEffect::None);
        }
    }

    fn decided(
        core: &mut Context,
        evse: Option<EvseId>,
        token: Token,
        status: AuthorizationStatus,
        effect: TokenEffect,
    ) {
        core.output(Output::TokenDecided {
            evse,
            token,
            status,
            effect,
        });
    }

    fn auth(&self, place: Option<usize>) -> Option<&Auth> {
        match place {
            Some(index) => self.evses[index].auth.as_ref(),
            None => self.floating.as_ref(),
        }
    }

    pub(super) fn set_auth(&mut self, place: Option<usize>, auth: Option<Auth>) {
        match place {
            Some(index) => self.evses[index].auth = auth,
            None => self.floating = auth,
        }
    }

    /// Ends authorizations whose cable was not plugged in (`EVConnectionTimeOut`, E03.FR.05).
    pub(super) fn expire_authorizations(&mut self, core: &Context) {
        let now = core.instant();
        let over = |auth: &Auth| auth.deadline.is_some_and(|deadline| deadline <= now);
        self.floating.take_if(|auth| over(auth));
        for index in 0..self.evses.len() {
            if self.evses[index].auth.as_ref().is_some_and(over) {
                let cue = Cue::ending(TriggerReason::EvConnectTimeout, Reason::Timeout);
                self.deauthorize(index, cue);
            }
        }
    }

    pub(super) fn next_authorization_timeout(&self) -> Option<Instant> {
        let evses = self.evses.iter().map(|evse| evse.auth.as_ref());
        let all = evses.chain([self.floating.as_ref()]).flatten();
        all.filter_map(|auth| auth.deadline).min()
    }
}
