//! Who may charge: Authorize, the local list, the cache, and what happens when nobody can be asked (1.6 sections 3.5
//! and 4.1).

use core::time::Duration;

use ocpp_types::v1_6::{AuthorizeRequest, AuthorizeResponse, IdTagInfo, IdTagInfoStatus};
use ocpp_types::{CiString, Payload};

use super::{ChargePoint, Purpose, keys};
use crate::session::CallFailure;
use crate::station::context::Context;
use crate::station::output::{Output, TokenEffect};
use crate::station::vocabulary::{Authorization, AuthorizationStatus, CableState, EvseId, Token};
use crate::time::Instant;

/// Somebody who may charge, or is being asked about.
#[derive(Debug, Clone)]
pub(super) struct Auth {
    pub(super) token: Token,
    pub(super) group: Option<Token>,
    /// Whether the answer is in and positive.
    pub(super) granted: bool,
    /// When it is over unless the cable is plugged in.
    pub(super) deadline: Option<Instant>,
    /// The reservation that it uses.
    pub(super) reservation: Option<i64>,
    /// The charging profile of a remote start.
    pub(super) profile: Option<alloc::boxed::Box<ocpp_types::v1_6::ChargingProfile>>,
}

impl Auth {
    pub(super) fn asking(token: Token) -> Self {
        Self {
            token,
            group: None,
            granted: false,
            deadline: None,
            reservation: None,
            profile: None,
        }
    }
}

/// What a token is asked about for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    /// To start at this connector, or at whatever connector is plugged in next.
    Start(Option<usize>),
    /// To stop this transaction if it belongs to the same group.
    Stop(u64),
}

impl Goal {
    fn evse(self, charge_point: &ChargePoint) -> Option<EvseId> {
        match self {
            Self::Start(number) => number.map(|number| charge_point.slots[number].at.evse),
            Self::Stop(transaction) => {
                let transaction = charge_point.transactions.get(transaction)?;
                Some(transaction.at.evse)
            }
        }
    }
}

/// What `IdTagInfo` says. An unknown status is none that allows charging.
pub(super) fn authorization(info: &IdTagInfo) -> Authorization {
    let status = match info.status {
        IdTagInfoStatus::Accepted => AuthorizationStatus::Accepted,
        IdTagInfoStatus::Blocked => AuthorizationStatus::Blocked,
        IdTagInfoStatus::Expired => AuthorizationStatus::Expired,
        IdTagInfoStatus::ConcurrentTx => AuthorizationStatus::ConcurrentTx,
        _ => AuthorizationStatus::Invalid,
    };
    Authorization {
        status,
        expiry: info.expiry_date,
        group: info.parent_id_tag.as_ref().map(|parent| Token::new(parent)),
        rest: None,
    }
}

impl ChargePoint {
    /// What the local list, or else the cache, says about a token.
    pub(super) fn known(&self, core: &Context, token: &Token) -> Option<Authorization> {
        let listed = || core.local_list.get(token).cloned();
        let cached = || core.cache.get(token).cloned();
        let list = core.variables.bool(keys::LOCAL_LIST_ENABLED);
        let cache = core.variables.bool(keys::CACHE_ENABLED);
        let known = list.then(listed).flatten();
        let mut known = known.or_else(|| cache.then(cached).flatten())?;
        known.status = known.status_at(core.utc());
        Some(known)
    }

    /// Notes what the CSMS said about a token, unless the list speaks for it (3.5.3).
    pub(super) fn remember(&mut self, core: &mut Context, token: &Token, info: &Authorization) {
        let enabled = core.variables.bool(keys::CACHE_ENABLED);
        if enabled && core.local_list.get(token).is_none() {
            let changes = core.cache.put(token, info);
            core.changes(changes);
        }
    }

    /// A token was presented at a reader.
    pub(super) fn token_presented(
        &mut self,
        core: &mut Context,
        evse: Option<EvseId>,
        token: Token,
    ) {
        let here: alloc::vec::Vec<usize> = self
            .connectors()
            .filter(|number| evse.is_none_or(|evse| self.slots[*number].at.evse == evse))
            .collect();
        if here.is_empty() || token.id.is_empty() {
            return self.decided(
                core,
                evse,
                token,
                AuthorizationStatus::Invalid,
                TokenEffect::None,
            );
        }
        if self.release(core, &here, &token)
            || self.stop_own(core, &here, &token)
            || self.cancel_own(core, &here, &token)
        {
            return;
        }
        match self.place_for(core, evse, &here, &token) {
            Some(place) if core.config.features.local_start && self.may_start(core) => {
                if self.is_asking(place) {
                    // One question at a time for one place.
                    let status = AuthorizationStatus::Invalid;
                    return self.decided(core, evse, token, status, TokenEffect::None);
                }
                self.set_auth(place, Some(Auth::asking(token.clone())));
                self.ask(core, token, Goal::Start(place), false);
            }
            Some(_) => {
                let status = AuthorizationStatus::Invalid;
                self.decided(core, evse, token, status, TokenEffect::None);
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
        allowed
            && core.utc().is_some()
            && self.reset.is_none()
            && !self.going_down
            && !self.firmware.is_installing()
            // The start and the end of every transaction must be kept until they are delivered.
            && !core.queue.is_full()
    }

    /// Unlocks a cable that was kept locked for this token (3.5.4 with erratum 3.5).
    fn release(&mut self, core: &mut Context, here: &[usize], token: &Token) -> bool {
        let kept = |number: &&usize| {
            let locked_for = self.slots[**number].locked_for.as_ref();
            locked_for.is_some_and(|owner| owner.same_id(&token.id))
        };
        let Some(&number) = here.iter().find(kept) else {
            return false;
        };
        self.slots[number].locked_for = None;
        let at = self.slots[number].at;
        core.unlock(at);
        let status = AuthorizationStatus::Accepted;
        self.decided(
            core,
            Some(at.evse),
            token.clone(),
            status,
            TokenEffect::None,
        );
        true
    }

    /// Stops the transaction that this token started.
    fn stop_own(&mut self, core: &mut Context, here: &[usize], token: &Token) -> bool {
        let own = |number: &&usize| {
            let transaction = self.slots[**number].transaction;
            let transaction = transaction.and_then(|t| self.transactions.get(t));
            transaction.is_some_and(|t| t.token.same_id(&token.id))
        };
        let Some(&number) = here.iter().find(own) else {
            return false;
        };
        let evse = Some(self.slots[number].at.evse);
        let status = AuthorizationStatus::Accepted;
        if let Some(transaction) = self.slots[number].transaction
            && core.config.features.local_stop
        {
            let reason = ocpp_types::v1_6::Reason::Local;
            self.stop(core, transaction, reason, Some(token.clone()));
            self.decided(core, evse, token.clone(), status, TokenEffect::Stopped);
        } else {
            self.decided(core, evse, token.clone(), status, TokenEffect::None);
        }
        true
    }

    /// A second presentation before the cable is plugged in withdraws the authorization (4.9, B1).
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
                let evse = Goal::Start(place).evse(self);
                let status = AuthorizationStatus::Accepted;
                self.decided(core, evse, token.clone(), status, TokenEffect::Cancelled);
            }
            return true;
        }
        false
    }

    /// Where somebody could charge: `Some(None)` at whatever connector is plugged in next, `None` nowhere.
    fn place_for(
        &self,
        core: &Context,
        evse: Option<EvseId>,
        here: &[usize],
        token: &Token,
    ) -> Option<Option<usize>> {
        let free = |number: &usize| {
            let slot = &self.slots[*number];
            let used = here.iter().any(|other| {
                let other = &self.slots[*other];
                other.at.evse == slot.at.evse && other.transaction.is_some()
            });
            !used
                && slot.operative
                && slot.auth.is_none()
                && !self.faulted(core, *number)
                && self.may_use(core, *number, token)
        };
        let free: alloc::vec::Vec<usize> = here.iter().copied().filter(free).collect();
        let plugged = |number: &usize| self.cable(core, *number) == CableState::Connected;
        // The cable that was plugged in last; one that is left over from a finished transaction comes last.
        let by_age = |number: &usize| {
            let slot = &self.slots[*number];
            (slot.finishing, core::cmp::Reverse(slot.since))
        };
        if let Some(number) = free.iter().copied().filter(plugged).min_by_key(by_age) {
            return Some(Some(number));
        }
        match free.as_slice() {
            [] => None,
            [only] => Some(Some(*only)),
            [first, ..] if evse.is_some() => Some(Some(*first)),
            _ if self.floating.is_none() => Some(None),
            _ => None,
        }
    }

    /// Nobody can start here: perhaps a transaction can be stopped by another token of its group (3.10).
    fn try_stop_for_group(
        &mut self,
        core: &mut Context,
        evse: Option<EvseId>,
        here: &[usize],
        token: Token,
    ) {
        let status = AuthorizationStatus::ConcurrentTx;
        let running = here
            .iter()
            .filter_map(|number| self.slots[*number].transaction);
        let grouped = |number: &u64| {
            let transaction = self.transactions.get(*number);
            transaction.is_some_and(|t| t.group.is_some())
        };
        let Some(number) = running.into_iter().find(grouped) else {
            return self.decided(core, evse, token, status, TokenEffect::None);
        };
        if !core.config.features.local_stop {
            return self.decided(core, evse, token, status, TokenEffect::None);
        }
        match self.known(core, &token) {
            Some(known) if known.group.is_some() || !self.online(core) => {
                self.settle_stop(core, token, number, &known);
            }
            None if !self.online(core) => {
                self.decided(core, evse, token, status, TokenEffect::None);
            }
            _ => self.ask(core, token, Goal::Stop(number), true),
        }
    }

    /// Decides about a token, by asking the CSMS or by what is known. `always` asks whenever the CSMS can be asked.
    pub(super) fn ask(&mut self, core: &mut Context, token: Token, goal: Goal, always: bool) {
        let known = self.known(core, &token);
        let accepted = |known: &Authorization| known.status == AuthorizationStatus::Accepted;
        let pre_authorize = !always && core.variables.bool(keys::PRE_AUTHORIZE);
        if let Some(known) = known.filter(|known| pre_authorize && accepted(known)) {
            return self.settle_goal(core, token, goal, &known);
        }
        if self.online(core) {
            let request = AuthorizeRequest::new(CiString::truncated(&token.id));
            if self.call(core, &request, Purpose::Authorize(token.clone(), goal)) {
                return;
            }
        }
        let decision = self.decide_offline(core, &token);
        self.settle_goal(core, token, goal, &decision);
    }

    /// What holds when nobody can be asked (3.5).
    fn decide_offline(&self, core: &Context, token: &Token) -> Authorization {
        let known = self.known(core, token);
        let accepted = Authorization::new(AuthorizationStatus::Accepted);
        match known {
            Some(known) if known.status != AuthorizationStatus::Accepted => known,
            Some(known) if core.variables.bool(keys::AUTHORIZE_OFFLINE) => known,
            _ if core.variables.bool(keys::ALLOW_OFFLINE_UNKNOWN) => accepted,
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
        let response = result
            .as_ref()
            .ok()
            .map(|text| AuthorizeResponse::decode_lenient(text));
        let info = match response {
            Some(Ok(response)) => {
                let info = authorization(&response.value.id_tag_info);
                self.remember(core, &token, &info);
                info
            }
            _ => self.decide_offline(core, &token),
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
            Goal::Stop(transaction) => self.settle_stop(core, token, transaction, info),
        }
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
        let evse = Goal::Start(place).evse(self);
        let reserved_for_others = place.is_some_and(|number| {
            self.reservation_refuses(core, number, &token, info.group.as_ref())
        });
        if info.status != AuthorizationStatus::Accepted || reserved_for_others {
            self.set_auth(place, None);
            let status = match info.status {
                AuthorizationStatus::Accepted => AuthorizationStatus::NotAtThisLocation,
                status => status,
            };
            return self.decided(core, evse, token, status, TokenEffect::None);
        }
        auth.granted = true;
        auth.group.clone_from(&info.group);
        let timeout = core.variables.u32(keys::CONNECTION_TIMEOUT);
        let wait = Duration::from_secs(timeout.into());
        auth.deadline = (timeout > 0).then(|| core.instant() + wait);
        let group = info.group.as_ref();
        auth.reservation = place.and_then(|n| self.reservation_for(n, &token, group));
        self.set_auth(place, Some(auth));
        let status = AuthorizationStatus::Accepted;
        self.decided(core, evse, token, status, TokenEffect::Authorized);
        if let Some(number) = place {
            self.try_start(core, number);
        }
    }

    fn settle_stop(&mut self, core: &mut Context, token: Token, number: u64, info: &Authorization) {
        let evse = Goal::Stop(number).evse(self);
        let transaction = self.transactions.get(number);
        let same_group =
            transaction.is_some_and(|t| !t.ended && t.belongs_to(&token, info.group.as_ref()));
        if same_group && info.status == AuthorizationStatus::Accepted {
            let reason = ocpp_types::v1_6::Reason::Local;
            self.stop(core, number, reason, Some(token.clone()));
            self.decided(core, evse, token, info.status, TokenEffect::Stopped);
        } else {
            let status = AuthorizationStatus::ConcurrentTx;
            self.decided(core, evse, token, status, TokenEffect::None);
        }
    }

    fn decided(
        &self,
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

    pub(super) fn auth(&self, place: Option<usize>) -> Option<&Auth> {
        match place {
            Some(number) => self.slots[number].auth.as_ref(),
            None => self.floating.as_ref(),
        }
    }

    pub(super) fn set_auth(&mut self, place: Option<usize>, auth: Option<Auth>) {
        match place {
            Some(number) => self.slots[number].auth = auth,
            None => self.floating = auth,
        }
    }

    fn is_asking(&self, place: Option<usize>) -> bool {
        self.auth(place).is_some_and(|auth| !auth.granted)
    }

    /// Ends authorizations whose cable was not plugged in (`ConnectionTimeOut`, 9.1.6).
    pub(super) fn expire_authorizations(&mut self, core: &Context) {
        let now = core.instant();
        let over = |auth: &mut Auth| auth.deadline.is_some_and(|deadline| deadline <= now);
        self.floating.take_if(over);
        for number in self.connectors() {
            self.slots[number].auth.take_if(over);
        }
    }

    pub(super) fn next_authorization_timeout(&self) -> Option<Instant> {
        let slots = self.slots.iter().map(|slot| slot.auth.as_ref());
        let all = slots.chain([self.floating.as_ref()]).flatten();
        all.filter_map(|auth| auth.deadline).min()
    }
}
