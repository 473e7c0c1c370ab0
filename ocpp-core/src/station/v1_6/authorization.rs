//! Who may charge: Authorize, the local list, the cache, and what happens when nobody can be asked (1.6 sections 3.5
//! and 4.1).

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::v1_6::{
    AuthorizeRequest, AuthorizeResponse, ChargingProfile, IdTagInfo, IdTagInfoStatus, Reason,
};
use ocpp_types::{CiString, Payload};

use super::{ChargePoint, Purpose, keys};
use crate::session::CallFailure;
use crate::station::authorization::{
    self, Authorizing, Names, Place, choose, deadline, decide_offline, decided, known,
};
use crate::station::context::Context;
use crate::station::output::TokenEffect;
use crate::station::vocabulary::{Authorization, AuthorizationStatus, CableState, EvseId, Token};

/// What 1.6 wants to know of somebody who may charge.
#[derive(Debug, Clone, Default)]
pub(crate) struct AuthDetails {
    /// The reservation that it uses.
    pub(super) reservation: Option<i64>,
    /// The charging profile of a remote start.
    pub(super) profile: Option<Box<ChargingProfile>>,
}

pub(super) type Auth = authorization::Auth<AuthDetails>;
pub(super) type Goal = authorization::Goal<u64>;

/// What `IdTagInfo` says. An unknown status is none that allows charging.
pub(super) fn from_wire(info: &IdTagInfo) -> Authorization {
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
    /// Notes what the CSMS said about a token, unless the list speaks for it (3.5.3).
    pub(super) fn remember(&mut self, core: &mut Context, token: &Token, info: &Authorization) {
        let enabled = core.variables.bool(keys::CACHE_ENABLED);
        if enabled && core.local_list.get(token).is_none() {
            let changes = core.cache.put(token, info);
            core.changes(changes);
        }
    }

    pub(super) fn authorize_answered(
        &mut self,
        core: &mut Context,
        token: Token,
        goal: Goal,
        result: &Result<String, CallFailure>,
    ) {
        let response = result
            .as_ref()
            .ok()
            .map(|text| AuthorizeResponse::decode_lenient(text));
        let info = match response {
            Some(Ok(response)) => {
                let info = from_wire(&response.value.id_tag_info);
                self.remember(core, &token, &info);
                info
            }
            _ => decide_offline(core, &Self::NAMES, &token),
        };
        self.settle_goal(core, token, goal, &info);
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
}

impl Authorizing for ChargePoint {
    type Details = AuthDetails;
    type Running = u64;
    const NAMES: Names = Names {
        local_list: keys::LOCAL_LIST_ENABLED,
        cache: keys::CACHE_ENABLED,
        pre_authorize: keys::PRE_AUTHORIZE,
        offline: keys::AUTHORIZE_OFFLINE,
        offline_unknown: keys::ALLOW_OFFLINE_UNKNOWN,
        connection_timeout: keys::CONNECTION_TIMEOUT,
    };

    fn places(&self, evse: Option<EvseId>) -> Vec<usize> {
        let here = |number: &usize| evse.is_none_or(|evse| self.slots[*number].at.evse == evse);
        self.connectors().filter(here).collect()
    }

    fn evse_of(&self, place: usize) -> EvseId {
        self.slots[place].at.evse
    }

    fn auth(&self, place: Place) -> Option<&Auth> {
        match place {
            Some(number) => self.slots[number].auth.as_ref(),
            None => self.floating.as_ref(),
        }
    }

    fn auth_mut(&mut self, place: Place) -> Option<&mut Auth> {
        match place {
            Some(number) => self.slots[number].auth.as_mut(),
            None => self.floating.as_mut(),
        }
    }

    fn set_auth(&mut self, place: Place, auth: Option<Auth>) {
        match place {
            Some(number) => self.slots[number].auth = auth,
            None => self.floating = auth,
        }
    }

    fn auths(&self) -> impl Iterator<Item = &Auth> {
        let slots = self.slots.iter().map(|slot| slot.auth.as_ref());
        slots.chain([self.floating.as_ref()]).flatten()
    }

    fn call_authorize(&mut self, core: &mut Context, token: &Token, goal: Goal) -> bool {
        let request = AuthorizeRequest::new(CiString::truncated(&token.id));
        self.online(core) && self.call(core, &request, Purpose::Authorize(token.clone(), goal))
    }

    /// Whether transactions may begin at all now.
    fn may_start(&self, core: &Context) -> bool {
        self.boot.may_charge()
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
        decided(
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
            let reason = Reason::Local;
            self.stop(core, transaction, reason, Some(token.clone()));
            decided(core, evse, token.clone(), status, TokenEffect::Stopped);
        } else {
            decided(core, evse, token.clone(), status, TokenEffect::None);
        }
        true
    }

    /// Where somebody could charge: `Some(None)` at whatever connector is plugged in next, `None` nowhere.
    fn place_for(
        &self,
        core: &Context,
        evse: Option<EvseId>,
        here: &[usize],
        token: &Token,
    ) -> Option<Place> {
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
        let free: Vec<usize> = here.iter().copied().filter(free).collect();
        let plugged = |number: &usize| self.cable(core, *number) == CableState::Connected;
        // The cable that was plugged in last; one that is left over from a finished transaction comes last.
        let by_age = |number: &usize| {
            let slot = &self.slots[*number];
            (slot.finishing, core::cmp::Reverse(slot.since))
        };
        let plugged = free.iter().copied().filter(plugged).min_by_key(by_age);
        choose(&free, plugged, evse, self.floating.is_some())
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
            return decided(core, evse, token, status, TokenEffect::None);
        };
        if !core.config.features.local_stop {
            return decided(core, evse, token, status, TokenEffect::None);
        }
        match known(core, &Self::NAMES, &token) {
            Some(known) if known.group.is_some() || !self.online(core) => {
                self.settle_stop(core, token, number, &known);
            }
            None if !self.online(core) => {
                decided(core, evse, token, status, TokenEffect::None);
            }
            _ => self.ask(core, token, Goal::Stop(number), true),
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
        let evse = place.map(|number| self.evse_of(number));
        let reserved_for_others = place.is_some_and(|number| {
            self.reservation_refuses(core, number, &token, info.group.as_ref())
        });
        if info.status != AuthorizationStatus::Accepted || reserved_for_others {
            self.set_auth(place, None);
            let status = match info.status {
                AuthorizationStatus::Accepted => AuthorizationStatus::NotAtThisLocation,
                status => status,
            };
            return decided(core, evse, token, status, TokenEffect::None);
        }
        let group = info.group.as_ref();
        let reservation = place.and_then(|number| self.reservation_for(number, &token, group));
        let until = deadline(core, &Self::NAMES);
        if let Some(auth) = self.auth_mut(place) {
            auth.granted = true;
            auth.group.clone_from(&info.group);
            auth.deadline = until;
            auth.details.reservation = reservation;
        }
        let status = AuthorizationStatus::Accepted;
        decided(core, evse, token, status, TokenEffect::Authorized);
        if let Some(number) = place {
            self.try_start(core, number);
        }
    }

    fn settle_stop(&mut self, core: &mut Context, token: Token, number: u64, info: &Authorization) {
        let transaction = self.transactions.get(number);
        let evse = transaction.map(|transaction| transaction.at.evse);
        let same_group =
            transaction.is_some_and(|t| !t.ended && t.belongs_to(&token, info.group.as_ref()));
        if same_group && info.status == AuthorizationStatus::Accepted {
            let reason = Reason::Local;
            self.stop(core, number, reason, Some(token.clone()));
            decided(core, evse, token, info.status, TokenEffect::Stopped);
        } else {
            let status = AuthorizationStatus::ConcurrentTx;
            decided(core, evse, token, status, TokenEffect::None);
        }
    }
}
