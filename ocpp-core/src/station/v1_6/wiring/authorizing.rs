//! Who may charge or stop charging, and where: tokens at readers and in calls of the CSMS (1.6 sections 3.5, 3.10, 4.1, 5.11,
//! 5.12).

use alloc::boxed::Box;
use alloc::vec::Vec;

use ocpp_types::CiString;
use ocpp_types::v1_6::{
    AuthorizeRequest, ChargingProfilePurpose, Reason, RemoteStartStopStatus,
    RemoteStartTransactionRequest, RemoteStartTransactionResponse, RemoteStopTransactionRequest,
    RemoteStopTransactionResponse,
};

use super::ChargePoint;
use crate::session::CallToken;
use crate::station::authorization::{
    Authorizing, Place, choose, deadline, decided, decided_by, known,
};
use crate::station::behaviour::Outcome;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::identity::Identity;
use crate::station::output::TokenEffect;
use crate::station::transaction::Transaction;
use crate::station::v1_6::authorization::{Auth, AuthDetails, Goal};
use crate::station::v1_6::calls::Purpose;
use crate::station::v1_6::conditions::Conditions;
use crate::station::v1_6::smart_charging;
use crate::station::v1_6::transaction::Details;
use crate::station::vocabulary::{Authorization, AuthorizationStatus, EvseId, Token};

impl ChargePoint {
    pub(super) fn authorize_ended(
        &mut self,
        core: &mut Context,
        token: Token,
        goal: Goal,
        outcome: &Outcome<'_>,
    ) {
        let info = self.tokens.decide(core, &token, outcome);
        self.settle_goal(core, token, goal, &info);
    }

    /// Ends authorizations whose cable was not plugged in.
    pub(super) fn expire_authorizations(&mut self, core: &mut Context) {
        for number in self.authorizations.expire(core, &self.connectors) {
            // The cable is in the socket, but never reached the car. One that is kept for somebody else stays.
            if !self.cables.is_kept(number) {
                self.cables.free(core, &self.connectors, number);
            }
        }
    }

    /// Whether a connector could take somebody who may charge: nobody else does, nor at the same EVSE.
    pub(super) fn is_vacant(
        &self,
        core: &Context,
        conditions: &Conditions,
        number: usize,
        token: &Token,
    ) -> bool {
        let condition = conditions.of(number);
        let mut of_evse = conditions.of_evse(condition.evse);
        let used = of_evse.any(|other| other.charging || other.claimed);
        !used
            && condition.operative
            && !condition.faulted
            && self.reservations.may_use(core, conditions, number, token)
    }

    /// Where somebody charges who may do so at whatever connector is plugged in: the one that was plugged in last.
    pub(super) fn seat_floating(&mut self, core: &mut Context) {
        let Some(auth) = self.authorizations.get(None).filter(|auth| auth.granted) else {
            return;
        };
        let (token, group) = (&auth.token, auth.group.as_ref());
        let conditions = self.conditions(core);
        let fits = |number: &usize| {
            let condition = conditions.of(*number);
            !condition.finishing
                && condition.is_plugged()
                && self.is_vacant(core, &conditions, *number, token)
                && !self
                    .reservations
                    .refuses(&conditions, *number, token, group)
        };
        let newest = |number: &usize| conditions.of(*number).since;
        let fitting = self.connectors.numbers().filter(fits);
        let Some(number) = fitting.max_by_key(newest) else {
            return;
        };
        let reservation = self.reservations.used_by(number, token, group);
        if let Some(mut auth) = self.authorizations.take_granted(None) {
            auth.details.reservation = reservation;
            // From here on nobody is waited for.
            auth.deadline = None;
            self.authorizations.set(Some(number), Some(auth));
            self.try_start(core, number);
        }
    }

    pub(super) fn remote_start(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: RemoteStartTransactionRequest,
    ) {
        let token = Token::new(&request.id_tag);
        let place = self.place_for_remote(core, &request, &token);
        let status = match place {
            Some(_) => RemoteStartStopStatus::Accepted,
            None => RemoteStartStopStatus::Rejected,
        };
        core.answer(call, &RemoteStartTransactionResponse::new(status));
        let Some(place) = place else {
            return;
        };
        let mut auth = Auth::asking(token.clone());
        let profile = request.charging_profile;
        let profile = profile.filter(|_| core.config.features.smart_charging);
        auth.details.profile = profile.map(Box::new);
        self.authorizations.set(Some(place), Some(auth));
        let goal = Goal::Start(Some(place));
        if core.variables.bool(Standard::AuthorizeRemote)
            || self.reservations.needs_group(place, &token)
        {
            self.ask(core, token, goal, false);
        } else {
            let accepted = Authorization::new(AuthorizationStatus::Accepted);
            self.settle_goal(core, token, goal, &accepted);
        }
    }

    /// The connector for a remote start; `None` to reject it.
    fn place_for_remote(
        &self,
        core: &Context,
        request: &RemoteStartTransactionRequest,
        token: &Token,
    ) -> Option<usize> {
        if !self.registration.accepted() || !self.may_begin(core) {
            return None;
        }
        // Without smart charging the profile is ignored (5.11).
        let profile = request.charging_profile.as_ref();
        if let Some(profile) = profile.filter(|_| core.config.features.smart_charging) {
            // 5.16.2 with erratum 3.41.
            let fits = profile.charging_profile_purpose == ChargingProfilePurpose::TxProfile
                && profile.transaction_id.is_none()
                && smart_charging::is_acceptable(
                    &self.profiles,
                    core,
                    request.connector_id,
                    profile,
                );
            if !fits {
                return None;
            }
        }
        let conditions = self.conditions(core);
        let usable =
            |number: &usize| *number > 0 && self.is_vacant(core, &conditions, *number, token);
        if let Some(id) = request.connector_id {
            return self.connectors.by_id(id).filter(usable);
        }
        // The CSMS leaves the choice to the station: a connector with a car first.
        let unplugged = |number: &usize| !self.connectors.is_plugged(core, *number);
        self.connectors
            .numbers()
            .filter(usable)
            .min_by_key(unplugged)
    }

    pub(super) fn remote_stop(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &RemoteStopTransactionRequest,
    ) {
        let running = self
            .registration
            .accepted()
            .then(|| self.transactions.running_with_id(request.transaction_id));
        let running = running.flatten();
        let status = match running {
            Some(_) => RemoteStartStopStatus::Accepted,
            None => RemoteStartStopStatus::Rejected,
        };
        core.answer(call, &RemoteStopTransactionResponse::new(status));
        if let Some(transaction) = running {
            self.stop(core, transaction, Reason::Remote, None);
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
        self.authorizations.get(place)
    }

    fn auth_mut(&mut self, place: Place) -> Option<&mut Auth> {
        self.authorizations.get_mut(place)
    }

    fn set_auth(&mut self, place: Place, auth: Option<Auth>) {
        self.authorizations.set(place, auth);
    }

    fn call_authorize(&mut self, core: &mut Context, token: &Token, goal: Goal) -> bool {
        let request = AuthorizeRequest::new(CiString::truncated(&token.id));
        self.registration.online(core)
            && self
                .calls
                .send(core, &request, Purpose::Authorize(token.clone(), goal))
    }

    fn may_start(&self, core: &Context) -> bool {
        self.may_begin(core)
    }

    /// Unlocks a cable that was kept locked for this token or its group (3.5.4 with erratum 3.5).
    fn release(&mut self, core: &mut Context, here: &[usize], token: &Token) -> bool {
        let group = known(core, token).and_then(|known| known.group);
        let who = (token, group.as_ref());
        let Some(number) = self.cables.release(core, &self.connectors, here, who) else {
            return false;
        };
        let evse = Some(self.connectors.evse(number));
        let status = AuthorizationStatus::Accepted;
        decided(core, evse, token.clone(), status, TokenEffect::None);
        true
    }

    fn let_go(&mut self, core: &mut Context, place: usize) {
        self.cables.let_go(core, &self.connectors, place);
    }

    /// Stops the transaction that this token started.
    fn stop_own(&mut self, core: &mut Context, here: &[usize], token: &Token) -> bool {
        let mut running = here
            .iter()
            .filter_map(|number| self.transactions.at(*number));
        let own = running.find(|transaction| transaction.token.same_id(&token.id));
        let Some((number, evse)) = own.map(|own| (own.number, own.evse())) else {
            return false;
        };
        let mut effect = TokenEffect::None;
        if core.config.features.local_stop {
            self.stop(core, number, Reason::Local, Some(token.clone()));
            effect = TokenEffect::Stopped;
        }
        let status = AuthorizationStatus::Accepted;
        decided(core, evse, token.clone(), status, effect);
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
        let conditions = self.conditions(core);
        let free = |number: &usize| self.is_vacant(core, &conditions, *number, token);
        let free: Vec<usize> = here.iter().copied().filter(free).collect();
        let plugged = |number: &usize| conditions.of(*number).is_plugged();
        // The cable that was plugged in last; one that is left over from a finished transaction comes last.
        let by_age = |number: &usize| {
            let condition = conditions.of(*number);
            (condition.finishing, core::cmp::Reverse(condition.since))
        };
        let plugged = free.iter().copied().filter(plugged).min_by_key(by_age);
        let floating = self.authorizations.get(None).is_some();
        choose(&free, plugged, evse, floating)
    }

    /// Nobody can start here: perhaps a transaction can be stopped by another token of its group (3.10).
    fn try_stop_for_group(&mut self, core: &mut Context, evse: Option<EvseId>, token: Token) {
        let status = AuthorizationStatus::ConcurrentTx;
        let grouped = |transaction: &Transaction<Details>| transaction.group.is_some();
        let stoppable = self
            .transactions
            .at_evse(&self.connectors, evse)
            .any(grouped)
            && core.config.features.local_stop;
        let online = self.registration.online(core);
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
        let group = info.group.as_ref();
        let reserved_for_others = place.is_some_and(|number| {
            let conditions = self.conditions(core);
            self.reservations
                .refuses(&conditions, number, &token, group)
        });
        let status = info.status_for(evse);
        if status != AuthorizationStatus::Accepted || reserved_for_others {
            self.authorizations.set(place, None);
            let status = match status {
                AuthorizationStatus::Accepted => AuthorizationStatus::NotAtThisLocation,
                status => status,
            };
            return decided_by(core, evse, token, info, (status, TokenEffect::None));
        }
        let reservation = place.and_then(|number| self.reservations.used_by(number, &token, group));
        let plugged = place.is_some_and(|number| self.connectors.is_plugged(core, number));
        let until = deadline(core).filter(|_| !plugged);
        if let Some(auth) = self.authorizations.get_mut(place) {
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
        let own = self
            .transactions
            .at_evse(&self.connectors, evse)
            .find(|t| t.belongs_to(&token, group));
        let own = own.filter(|_| accepted).map(|t| (t.number, t.evse()));
        let Some((number, evse)) = own else {
            let decision = (AuthorizationStatus::ConcurrentTx, TokenEffect::None);
            return decided_by(core, evse, token, info, decision);
        };
        self.stop(core, number, Reason::Local, Some(token.clone()));
        decided_by(core, evse, token, info, (info.status, TokenEffect::Stopped));
    }
}
