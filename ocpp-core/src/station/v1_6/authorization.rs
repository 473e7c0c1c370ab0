//! Who may charge: Authorize, the local list, the cache, and what happens when nobody can be asked (1.6 sections 3.5
//! and 4.1).

use alloc::boxed::Box;
use alloc::vec::Vec;

use ocpp_types::v1_6::{
    AuthorizeRequest, AuthorizeResponse, ChargingProfile, IdTagInfo, IdTagInfoStatus, Reason,
};
use ocpp_types::{CiString, Payload};

use super::ChargePoint;
use super::calls::Purpose;
use super::transaction::Details;
use crate::station::authorization::{
    self, Authorizing, Place, choose, deadline, decide_without_answer, decided, decided_by, known,
};
use crate::station::behaviour::Outcome;
use crate::station::context::Context;
use crate::station::identity::Identity;
use crate::station::output::TokenEffect;
use crate::station::transaction::Transaction;
use crate::station::vocabulary::{Authorization, AuthorizationStatus, EvseId, Token};
use crate::time::Instant;

/// What 1.6 wants to know of somebody who may charge.
#[derive(Debug, Clone, Default)]
pub(crate) struct AuthDetails {
    /// The reservation that it uses.
    pub(super) reservation: Option<i64>,
    /// The charging profile of a remote start.
    pub(super) profile: Option<Box<ChargingProfile>>,
}

pub(super) type Auth = authorization::Auth<AuthDetails>;
/// To stop whatever transaction of the group runs where the token was presented: at an EVSE, or anywhere.
pub(super) type Goal = authorization::Goal<Option<EvseId>>;

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
        expiry: info.expiry_date,
        group: info.parent_id_tag.as_ref().map(|parent| Token::new(parent)),
        ..Authorization::new(status)
    }
}

impl ChargePoint {
    pub(super) fn authorize_answered(
        &mut self,
        core: &mut Context,
        token: Token,
        goal: Goal,
        result: &Outcome<'_>,
    ) {
        let response = result
            .as_ref()
            .ok()
            .map(|text| AuthorizeResponse::decode_lenient(text));
        let info = match response {
            Some(Ok(response)) => {
                let info = from_wire(&response.value.id_tag_info);
                self.tokens.remember(core, &token, &info);
                info
            }
            _ => decide_without_answer(core, &token, result),
        };
        self.settle_goal(core, token, goal, &info);
    }

    /// Ends authorizations whose cable was not plugged in (`ConnectionTimeOut`, 9.1.6).
    pub(super) fn expire_authorizations(&mut self, core: &mut Context) {
        let now = core.instant();
        let over = |auth: &Auth| auth.deadline.is_some_and(|deadline| deadline <= now);
        self.floating.take_if(|auth| over(auth));
        for number in self.connectors.numbers() {
            if self.waits_for_cable(core, number)
                && self.slots[number].auth.as_ref().is_some_and(over)
            {
                self.slots[number].auth = None;
                // The cable is in the socket, but never reached the car.
                self.free_cable(core, number);
            }
        }
    }

    /// Whether an authorization here is still without a car.
    fn waits_for_cable(&self, core: &Context, number: usize) -> bool {
        !self.connectors.is_plugged(core, number)
    }

    pub(super) fn next_authorization_timeout(&self, core: &Context) -> Option<Instant> {
        let waiting = |number: &usize| self.waits_for_cable(core, *number);
        let slots = self.connectors.numbers().filter(waiting);
        let auths = slots.map(|number| self.slots[number].auth.as_ref());
        let auths = auths.chain([self.floating.as_ref()]).flatten();
        auths.filter_map(|auth| auth.deadline).min()
    }

    /// The running transactions at an EVSE, or all of them.
    fn running_at(&self, evse: Option<EvseId>) -> impl Iterator<Item = &Transaction<Details>> {
        let here = move |slot: &&super::Slot| evse.is_none_or(|evse| slot.at.evse == evse);
        let running = self
            .slots
            .iter()
            .filter(here)
            .filter_map(|slot| slot.transaction);
        running.filter_map(|number| self.transactions.get(number))
    }

    /// Whether a connector could take somebody who may charge: nobody else does, nor at the same EVSE.
    pub(super) fn is_vacant(&self, core: &Context, number: usize, token: &Token) -> bool {
        let evse = self.connectors.evse(number);
        let mut of_evse = self
            .connectors
            .numbers()
            .filter(|other| self.connectors.evse(*other) == evse);
        let used = of_evse.any(|other| {
            let other = &self.slots[other];
            other.transaction.is_some() || other.auth.is_some()
        });
        !used
            && self.slots[number].operative
            && !self.faulted(core, number)
            && self.may_use(core, number, token)
    }

    /// Where somebody charges who may do so at whatever connector is plugged in: the one that was plugged in last.
    pub(super) fn seat_floating(&mut self, core: &mut Context) {
        let Some(auth) = self.floating.as_ref().filter(|auth| auth.granted) else {
            return;
        };
        let fits = |number: &usize| {
            !self.slots[*number].finishing
                && self.connectors.is_plugged(core, *number)
                && self.is_vacant(core, *number, &auth.token)
                && !self.reservation_refuses(core, *number, &auth.token, auth.group.as_ref())
        };
        let newest = |number: &usize| self.slots[*number].since;
        let Some(number) = self.connectors.numbers().filter(fits).max_by_key(newest) else {
            return;
        };
        let reservation = self.reservation_for(number, &auth.token, auth.group.as_ref());
        if let Some(mut auth) = self.floating.take() {
            auth.details.reservation = reservation;
            self.slots[number].auth = Some(auth);
            self.try_start(core, number);
        }
    }
}

impl Authorizing for ChargePoint {
    type Details = AuthDetails;
    type Running = Option<EvseId>;
    const MAX_TOKEN: usize = 20;
    const IDENTITY: Identity = Identity::Text;

    fn places(&self, evse: Option<EvseId>) -> Vec<usize> {
        self.connectors.of_evse(evse).collect()
    }

    fn evse_of(&self, place: usize) -> EvseId {
        self.connectors.evse(place)
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

    fn call_authorize(&mut self, core: &mut Context, token: &Token, goal: Goal) -> bool {
        let request = AuthorizeRequest::new(CiString::truncated(&token.id));
        self.boot.online(core)
            && self
                .calls
                .send(core, &request, Purpose::Authorize(token.clone(), goal))
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
            // The start and the end of every transaction must be kept until they are delivered.
            && !core.queue.is_full()
    }

    /// Unlocks a cable that was kept locked for this token or its group (3.5.4 with erratum 3.5).
    fn release(&mut self, core: &mut Context, here: &[usize], token: &Token) -> bool {
        let group = known(core, token).and_then(|known| known.group);
        let kept = |number: &&usize| {
            let owner = self.slots[**number].locked_for.as_ref();
            owner.is_some_and(|owner| owner.is(token, group.as_ref()))
        };
        let Some(&number) = here.iter().find(kept) else {
            return false;
        };
        let evse = Some(self.connectors.evse(number));
        self.free_cable(core, number);
        let status = AuthorizationStatus::Accepted;
        decided(core, evse, token.clone(), status, TokenEffect::None);
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
        let evse = Some(self.connectors.evse(number));
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
        let free = |number: &usize| self.is_vacant(core, *number, token);
        let free: Vec<usize> = here.iter().copied().filter(free).collect();
        let plugged = |number: &usize| self.connectors.is_plugged(core, *number);
        // The cable that was plugged in last; one that is left over from a finished transaction comes last.
        let by_age = |number: &usize| {
            let slot = &self.slots[*number];
            (slot.finishing, core::cmp::Reverse(slot.since))
        };
        let plugged = free.iter().copied().filter(plugged).min_by_key(by_age);
        choose(&free, plugged, evse, self.floating.is_some())
    }

    /// Nobody can start here: perhaps a transaction can be stopped by another token of its group (3.10).
    fn try_stop_for_group(&mut self, core: &mut Context, evse: Option<EvseId>, token: Token) {
        let status = AuthorizationStatus::ConcurrentTx;
        let grouped = |transaction: &Transaction<Details>| transaction.group.is_some();
        let stoppable = self.running_at(evse).any(grouped) && core.config.features.local_stop;
        let online = self.boot.online(core);
        match known(core, &token) {
            _ if !stoppable => decided(core, evse, token, status, TokenEffect::None),
            // Everybody who is known to be no good is asked about all the same while that is possible (3.5.1).
            Some(known)
                if !online
                    || known.group.is_some() && known.status == AuthorizationStatus::Accepted =>
            {
                self.settle_stop(core, token, evse, &known);
            }
            None if !online => decided(core, evse, token, status, TokenEffect::None),
            _ => self.ask(core, token, Goal::Stop(evse), true),
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
        let status = info.status_for(evse);
        if status != AuthorizationStatus::Accepted || reserved_for_others {
            self.set_auth(place, None);
            let status = match status {
                AuthorizationStatus::Accepted => AuthorizationStatus::NotAtThisLocation,
                status => status,
            };
            return decided_by(core, evse, token, info, (status, TokenEffect::None));
        }
        let group = info.group.as_ref();
        let reservation = place.and_then(|number| self.reservation_for(number, &token, group));
        let until = deadline(core);
        if let Some(auth) = self.auth_mut(place) {
            auth.granted = true;
            auth.group.clone_from(&info.group);
            auth.deadline = until;
            auth.details.reservation = reservation;
        }
        let decision = (AuthorizationStatus::Accepted, TokenEffect::Authorized);
        decided_by(core, evse, token, info, decision);
        match place {
            Some(number) => self.try_start(core, number),
            // The cable may have been faster than the CSMS.
            None => self.seat_floating(core),
        }
    }

    fn settle_stop(
        &mut self,
        core: &mut Context,
        token: Token,
        evse: Option<EvseId>,
        info: &Authorization,
    ) {
        let accepted = info.status == AuthorizationStatus::Accepted;
        let group = info.group.as_ref();
        let own = self.running_at(evse).find(|t| t.belongs_to(&token, group));
        let own = own.filter(|_| accepted).map(|t| (t.number, t.evse()));
        let Some((number, evse)) = own else {
            let decision = (AuthorizationStatus::ConcurrentTx, TokenEffect::None);
            return decided_by(core, evse, token, info, decision);
        };
        self.stop(core, number, Reason::Local, Some(token.clone()));
        decided_by(core, evse, token, info, (info.status, TokenEffect::Stopped));
    }
}
