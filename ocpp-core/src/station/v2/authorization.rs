//! Who may charge, or is being asked about: at every EVSE, and at whatever EVSE is plugged in next (C01 to C16).

use alloc::boxed::Box;
use alloc::vec::Vec;

use ocpp_types::NonEmpty;

use super::guesses::Guesses;
use super::per_evse::{PerEvse, Timed};
use super::token::same;
use super::wire::{AdditionalInfo, ChargingProfile};
use crate::station::SELECTION;
use crate::station::authorization::{self, Place};
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::vocabulary::{Authorization, AuthorizationStatus, EvseId, Token};
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
    /// The `chargingPriority` of the token, if anything is said of it.
    pub(super) priority: Option<i8>,
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

/// Who is authorized at a place.
#[derive(Debug, Default)]
struct Slot(Option<Auth>);

impl Timed for Slot {
    fn timer(&self) -> Option<Instant> {
        self.0.as_ref().and_then(|auth| auth.deadline)
    }
}

/// A user of a master pass who selects what to stop.
#[derive(Debug)]
struct Selecting {
    token: Token,
    /// Until when; then the station goes on as if nothing had been (C16, error handling).
    until: Instant,
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(super) struct Authorizations {
    evses: PerEvse<Slot>,
    /// Somebody who may charge at whatever EVSE is plugged in next.
    floating: Slot,
    /// Somebody with a master pass who selects what to stop.
    selecting: Option<Selecting>,
    guesses: Guesses,
}

impl Authorizations {
    pub(super) fn new(evses: usize) -> Self {
        Self {
            evses: PerEvse::new((0..evses).map(|_| Slot::default())),
            floating: Slot::default(),
            selecting: None,
            guesses: Guesses::default(),
        }
    }

    pub(super) fn get(&self, place: Place) -> Option<&Auth> {
        match place {
            Some(index) => self.evses[index].0.as_ref(),
            None => self.floating.0.as_ref(),
        }
    }

    pub(super) fn get_mut(&mut self, place: Place) -> Option<&mut Auth> {
        match place {
            Some(index) => self.evses[index].0.as_mut(),
            None => self.floating.0.as_mut(),
        }
    }

    pub(super) fn set(&mut self, place: Place, auth: Option<Auth>) {
        match place {
            Some(index) => self.evses[index].0 = auth,
            None => self.floating.0 = auth,
        }
    }

    /// Somebody who may charge here, not one who is only asked about.
    pub(super) fn granted(&self, place: Place) -> Option<&Auth> {
        self.get(place).filter(|auth| auth.granted)
    }

    /// Whether this token is authorized here.
    pub(super) fn is_of(&self, place: Place, token: &Token) -> bool {
        let auth = self.granted(place);
        auth.is_some_and(|auth| same(&auth.token, token))
    }

    /// Whether a token of this group is authorized here.
    pub(super) fn is_of_group(&self, place: Place, group: Option<&Token>) -> bool {
        let auth = self.granted(place);
        let own = auth.and_then(|auth| auth.group.as_ref());
        own.zip(group).is_some_and(|(own, other)| same(own, other))
    }

    /// Somebody waits for a cable until this moment, or for as long as it takes.
    pub(super) fn wait(&mut self, place: Place, until: Option<Instant>) {
        if let Some(auth) = self.get_mut(place) {
            auth.deadline = until;
        }
    }

    /// The places where the cable was not plugged in in time (`EVConnectionTimeOut`, E03.FR.05).
    pub(super) fn overdue(&mut self, now: Instant) -> Vec<Place> {
        let over = |slot: &Slot| slot.timer().is_some_and(|deadline| deadline <= now);
        let floating = over(&self.floating).then_some(None);
        let due = self.evses.due(now).into_iter();
        let due = due.filter(|index| over(&self.evses[*index])).map(Some);
        floating.into_iter().chain(due).collect()
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        let evses = self.evses.next_timer();
        evses.into_iter().chain(self.floating.timer()).min()
    }

    /// Whether a token is a code that is not taken now, right or wrong (C04.FR.06).
    pub(super) fn refuses(&self, now: Instant, token: &Token) -> bool {
        self.guesses.refuse(now, token)
    }

    /// Somebody has decided about a token.
    pub(super) fn decided(&mut self, core: &Context, token: &Token, status: AuthorizationStatus) {
        let accepted = status == AuthorizationStatus::Accepted;
        self.guesses.note(core.instant(), token, accepted);
    }

    /// Somebody with a master pass selects what to stop.
    pub(super) fn select(&mut self, core: &Context, token: Token) {
        let until = core.instant() + SELECTION;
        self.selecting = Some(Selecting { token, until });
    }

    /// The selection is made: whose it is, unless it comes too late.
    pub(super) fn selected(&mut self, core: &Context) -> Option<Token> {
        let now = core.instant();
        let selecting = self.selecting.take();
        let selecting = selecting.filter(|selecting| now < selecting.until);
        selecting.map(|selecting| selecting.token)
    }

    /// The EVSEs where something may have changed since the last time.
    pub(super) fn take_changed(&mut self) -> Vec<usize> {
        self.evses.take_changed()
    }

    /// How often EVSEs were looked at.
    #[cfg(feature = "testing")]
    pub(super) fn visits(&self) -> usize {
        self.evses.visits()
    }
}

/// Notes what the CSMS said about a token (C10).
/// Answers about a token replace what the cache says of it, if it is on (C10.FR.04, C10.FR.11, C12.FR.06).
pub(super) fn remember(core: &mut Context, token: &Token, info: &Authorization) {
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

/// Whether a token that is accepted is a master pass, whoever has said so: the CSMS, the cache or the list (C16.FR.04,
/// C16.FR.05).
pub(super) fn is_master(core: &Context, info: &Authorization) -> bool {
    let master = core.variables.text(Standard::MasterPass);
    let group = info.group.as_ref();
    info.status == AuthorizationStatus::Accepted
        && !master.is_empty()
        && group.is_some_and(|group| group.same_id(master))
}
