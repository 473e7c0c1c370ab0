//! Who may charge (1.6 sections 3.5 and 4.1): the authorizations that wait for a car or for the answer of the CSMS.

use alloc::boxed::Box;
use alloc::vec::Vec;

use ocpp_types::v1_6::ChargingProfile;

use super::connectors::Connectors;
use crate::station::authorization::{self, Place, deadline};
use crate::station::context::Context;
use crate::station::vocabulary::EvseId;
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

/// Who may charge at which connector, or is being asked about.
#[derive(Debug)]
pub(super) struct Authorizations {
    /// By number; there is nobody at the station itself.
    at: Vec<Option<Auth>>,
    /// Somebody who may charge at whatever connector is plugged in next.
    floating: Option<Auth>,
}

impl Authorizations {
    pub(super) fn new(connectors: &Connectors) -> Self {
        Self {
            at: connectors.with_station().map(|_| None).collect(),
            floating: None,
        }
    }

    pub(super) fn get(&self, place: Place) -> Option<&Auth> {
        match place {
            Some(number) => self.at[number].as_ref(),
            None => self.floating.as_ref(),
        }
    }

    pub(super) fn get_mut(&mut self, place: Place) -> Option<&mut Auth> {
        match place {
            Some(number) => self.at[number].as_mut(),
            None => self.floating.as_mut(),
        }
    }

    pub(super) fn set(&mut self, place: Place, auth: Option<Auth>) {
        match place {
            Some(number) => self.at[number] = auth,
            None => self.floating = auth,
        }
    }

    /// Takes somebody out who may charge there.
    pub(super) fn take_granted(&mut self, place: Place) -> Option<Auth> {
        let auth = match place {
            Some(number) => &mut self.at[number],
            None => &mut self.floating,
        };
        auth.take_if(|auth| auth.granted)
    }

    /// Whether somebody may charge there.
    pub(super) fn is_granted(&self, place: Place) -> bool {
        self.get(place).is_some_and(|auth| auth.granted)
    }

    /// Nobody may charge any more who has not begun.
    pub(super) fn withdraw_all(&mut self) {
        self.floating = None;
        for auth in &mut self.at {
            *auth = None;
        }
    }

    /// The car is there: from here on nobody is waited for.
    pub(super) fn arrived(&mut self, number: usize) {
        if let Some(auth) = &mut self.at[number] {
            auth.deadline = None;
        }
    }

    /// The car is gone: the time to plug in begins anew, if it had come to an end. Says whether somebody may still charge.
    pub(super) fn renew(&mut self, core: &Context, number: usize) -> bool {
        let Some(auth) = self.at[number].as_mut().filter(|auth| auth.granted) else {
            return false;
        };
        if auth.deadline.is_none() {
            auth.deadline = deadline(core);
        }
        true
    }

    /// Who was authorized for an EVSE may plug in at any of its connectors. `charging` tells where somebody does.
    pub(super) fn take_over(
        &mut self,
        core: &Context,
        connectors: &Connectors,
        number: usize,
        charging: impl Fn(usize) -> bool,
    ) {
        let waiting = |other: &usize| {
            let auth = self.at[*other].as_ref();
            *other != number
                && !charging(*other)
                && auth.is_some_and(|auth| auth.details.reservation.is_none())
                && !connectors.is_plugged(core, *other)
        };
        let evse = Some(connectors.evse(number));
        let Some(other) = connectors.of_evse(evse).find(waiting) else {
            return;
        };
        if self.at[number].is_none() {
            self.at[number] = self.take_granted(Some(other));
        }
    }

    /// Ends authorizations whose cable was not plugged in (`ConnectionTimeOut`, 9.1.6). Says at which connectors.
    pub(super) fn expire(&mut self, core: &Context, connectors: &Connectors) -> Vec<usize> {
        let now = core.instant();
        let over = |auth: &mut Auth| auth.deadline.is_some_and(|deadline| deadline <= now);
        self.floating.take_if(over);
        let mut left = Vec::new();
        for number in connectors.numbers() {
            if !connectors.is_plugged(core, number) && self.at[number].take_if(over).is_some() {
                left.push(number);
            }
        }
        left
    }

    pub(super) fn next_timeout(&self, core: &Context, connectors: &Connectors) -> Option<Instant> {
        let waiting = |number: &usize| !connectors.is_plugged(core, *number);
        let waiting = connectors.numbers().filter(waiting);
        let auths = waiting.map(|number| self.at[number].as_ref());
        let auths = auths.chain([self.floating.as_ref()]).flatten();
        auths.filter_map(|auth| auth.deadline).min()
    }
}
