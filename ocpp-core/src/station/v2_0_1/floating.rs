//! Somebody who may charge at whatever EVSE is plugged in next, and the transaction that has begun already, before anybody
//! knows at which EVSE it will run (E01, E03: `TxStartPoint` Authorized with one reader for several EVSEs).

use ocpp_types::v2_0_1::{Reason, TriggerReason};

use super::ChargingStation;
use super::authorization::Auth;
use super::points::{Conditions, Point};
use super::token::same;
use super::transaction::Cue;
use crate::station::authorization::Authorizing as _;
use crate::station::context::Context;
use crate::station::state::TransactionState;
use crate::station::vocabulary::Token;
use crate::time::Instant;

/// See the [module documentation](self).
#[derive(Debug, Default)]
pub(super) struct Floating {
    pub(super) auth: Option<Auth>,
    transaction: Option<u64>,
    /// Why the authorization is gone.
    cause: Option<Cue>,
}

impl Floating {
    fn is_granted(&self) -> bool {
        self.auth.as_ref().is_some_and(|auth| auth.granted)
    }

    /// Whether nobody else can be here.
    pub(super) const fn is_taken(&self) -> bool {
        self.auth.is_some() || self.transaction.is_some()
    }

    /// The transaction that runs without an EVSE.
    pub(super) const fn transaction(&self) -> Option<u64> {
        self.transaction
    }

    /// Whether somebody is authorized in a transaction.
    pub(super) fn is_in_use(&self) -> bool {
        self.transaction.is_some() && self.is_granted()
    }

    /// Whether this token began the transaction.
    pub(super) fn belongs_to(&self, token: &Token) -> bool {
        let own = self.auth.as_ref();
        self.is_in_use() && own.is_some_and(|auth| same(&auth.token, token))
    }

    /// Whether the transaction is one of this group.
    pub(super) fn is_of_group(&self, group: Option<&Token>) -> bool {
        let own = self.auth.as_ref().and_then(|auth| auth.group.as_ref());
        let both = own.zip(group);
        self.is_in_use() && both.is_some_and(|(own, other)| same(own, other))
    }

    /// Who is authorized in this transaction.
    pub(super) fn auth_of(&mut self, number: u64) -> Option<&mut Auth> {
        let here = self.transaction == Some(number);
        self.auth.as_mut().filter(|_| here)
    }

    /// The transaction ends.
    pub(super) fn withdraw(&mut self, number: u64) {
        if self.transaction == Some(number) {
            self.auth = None;
        }
    }

    /// The transaction has ended.
    pub(super) fn forget(&mut self, number: u64) {
        if self.transaction == Some(number) {
            *self = Self::default();
        }
    }

    /// Takes the authorization away; a transaction ends because of it.
    pub(super) fn deauthorize(&mut self, cause: Cue) {
        self.auth = None;
        self.cause = Some(cause);
    }

    /// Nobody who has not begun may begin any more.
    pub(super) fn withdraw_waiting(&mut self) {
        if self.transaction.is_none() {
            self.auth = None;
        }
    }

    /// Ends an authorization whose cable was not plugged in (E03.FR.05).
    pub(super) fn expire(&mut self, now: Instant) {
        if self.next_timeout().is_some_and(|deadline| deadline <= now) {
            let trigger = TriggerReason::EvConnectTimeout;
            self.deauthorize(Cue::ending(trigger, Reason::Timeout));
        }
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        self.auth.as_ref().and_then(|auth| auth.deadline)
    }
}

impl ChargingStation {
    /// A transaction has begun before it is known at which EVSE.
    pub(super) fn float(&mut self, number: u64) {
        self.floating.transaction = Some(number);
        if let Some(transaction) = self.transactions.get_mut(number) {
            let details = &mut transaction.details;
            details.authorized = true;
            details.reached = Conditions::default().with(Point::Authorized, true);
        }
    }

    /// Begins a transaction where the authorization is what begins it (E01.FR.03), and ends it with the authorization:
    /// without a car nothing else is left that could.
    pub(super) fn update_floating(&mut self, core: &mut Context) {
        let granted = self.floating.is_granted();
        match self.floating.transaction {
            None if granted
                && self.circumstances.start_points.has(Point::Authorized)
                && self.may_start(core) =>
            {
                self.begin(core, None, TriggerReason::Authorized);
            }
            Some(number) if !granted => {
                let other = Cue::ending(TriggerReason::AbnormalCondition, Reason::Other);
                let cause = self.floating.cause.take().unwrap_or(other);
                self.end(core, number, cause);
            }
            _ => {}
        }
    }

    /// Somebody who may charge has plugged in a car at this EVSE: what has begun goes on here.
    pub(super) fn seat(&mut self, core: &mut Context, index: usize) {
        let Some(auth) = self.floating.auth.as_ref().filter(|auth| auth.granted) else {
            return;
        };
        let here = auth.details.may_use(self.evses[index].id);
        let free = here && self.is_free_for(core, index, &auth.token);
        if !free || self.floating.is_in_use() && self.evses[index].transaction.is_some() {
            return;
        }
        let Floating {
            auth, transaction, ..
        } = core::mem::take(&mut self.floating);
        let evse = &mut self.evses[index];
        evse.auth = auth;
        if let Some(auth) = &mut evse.auth {
            // From here on it no longer depends on the cable being plugged in in time.
            auth.deadline = None;
        }
        let Some(number) = transaction else {
            return;
        };
        evse.transaction = Some(number);
        evse.locked_for = None;
        let at = self.place(index);
        let Some(transaction) = self.transactions.get_mut(number) else {
            return;
        };
        transaction.at = Some(at);
        let id = transaction.details.id.clone();
        core.changes(self.transactions.store(number));
        self.profile_for_start(core, index, &id, None);
    }

    /// The transaction that runs without an EVSE, for a look inside.
    pub(super) fn floating_state(&self) -> Option<TransactionState> {
        let transaction = self.transactions.get(self.floating.transaction?)?;
        Some(transaction.state(Some(transaction.details.id.clone())))
    }

    /// Takes the authorization of a transaction away, wherever it runs.
    pub(super) fn deauthorize_transaction(&mut self, number: u64, cue: Cue) -> Option<usize> {
        if self.floating.transaction == Some(number) {
            self.floating.deauthorize(cue);
            return None;
        }
        let evse = self.transactions.get(number)?.evse()?;
        let index = self.index_of(evse)?;
        self.deauthorize(index, cue);
        Some(index)
    }
}
