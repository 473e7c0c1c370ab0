//! Who may charge: what all versions share of tokens at readers, the local list, the cache, and what happens when nobody
//! can be asked (1.6 sections 3.5 and 4.1, 2.0.1 block C).

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;

use super::context::Context;
use super::device_model::Standard;
use super::identity::Identity;
use super::output::{Output, TokenEffect};
use super::vocabulary::{Authorization, AuthorizationStatus, EvseId, Token};
use crate::session::CallFailure;
use crate::station::behaviour::Outcome;
use crate::time::Instant;

/// Somebody who may charge, or is being asked about. `D` is what a version of OCPP wants to know besides.
#[derive(Debug, Clone)]
pub(crate) struct Auth<D> {
    pub(crate) token: Token,
    pub(crate) group: Option<Token>,
    /// Whether the answer is in and positive.
    pub(crate) granted: bool,
    /// When it is over unless the cable is plugged in.
    pub(crate) deadline: Option<Instant>,
    pub(crate) details: D,
}

impl<D: Default> Auth<D> {
    pub(crate) fn asking(token: Token) -> Self {
        Self {
            token,
            group: None,
            granted: false,
            deadline: None,
            details: D::default(),
        }
    }
}

/// Where somebody may charge: a connector (1.6) or an EVSE (2.x) by its index, or, `None`, whatever is plugged in next.
pub(crate) type Place = Option<usize>;

/// What a token is asked about for. `R` names a running transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal<R> {
    /// To charge at this place.
    Start(Place),
    /// To stop this transaction if it belongs to the same group.
    Stop(R),
}

/// Who decides about a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consent {
    /// Nobody: it may charge.
    Given,
    /// The CSMS, the local list and the cache, as they are configured.
    Known,
    /// The CSMS whenever it can be asked.
    Asked,
}

/// Who knows a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    List,
    Cache,
}

/// What the local list, or else the cache, says about a token now.
pub(crate) fn known(core: &Context, token: &Token) -> Option<Authorization> {
    known_from(core, token).map(|(known, _)| now(core, known))
}

/// With what has expired meanwhile (C10.FR.10, C10.FR.13, C13.FR.05, C13.FR.06, C14.FR.04, C14.FR.05).
fn now(core: &Context, mut known: Authorization) -> Authorization {
    known.status = known.status_at(core.utc());
    known
}

/// What is written there, and where. The list comes before the cache (C13.FR.01, C14.FR.01).
fn known_from(core: &Context, token: &Token) -> Option<(Authorization, Source)> {
    let enabled = |standard| core.variables.bool(standard);
    let listed = core.local_list.get(token);
    let listed = listed.filter(|_| enabled(Standard::ListEnabled));
    let cached = || {
        let cached = core.cache.get(token);
        cached.filter(|_| enabled(Standard::CacheEnabled))
    };
    let known = match listed {
        Some(listed) => Some((listed, Source::List)),
        None => cached().map(|cached| (cached, Source::Cache)),
    };
    known.map(|(known, source)| (known.clone(), source))
}

/// What is decided without asking the CSMS although it could be asked (2.x): `DisableRemoteAuthorization` leaves every token
/// to the list and the cache, `DisablePostAuthorize` of each of them leaves those to it that it does not accept. One that was
/// accepted there and has expired is asked about all the same.
/// Otherwise a token that is known, but not as accepted, is asked about (C10.FR.03, C12.FR.05, C14.FR.03).
fn decide_unasked(core: &Context, token: &Token) -> Option<Authorization> {
    let known = known_from(core, token);
    if core.variables.bool(Standard::DisableRemote) && core.is_connected() {
        let unknown = || Authorization::new(AuthorizationStatus::Unknown);
        return Some(known.map_or_else(unknown, |(known, _)| now(core, known)));
    }
    let (known, source) = known?;
    let disables = match source {
        Source::List => Standard::ListDisablePost,
        Source::Cache => Standard::CacheDisablePost,
    };
    let refused = known.status != AuthorizationStatus::Accepted;
    (refused && core.variables.bool(disables)).then_some(known)
}

/// What holds when nobody can be asked (1.6 section 3.5, C13, C15): a token of the list or the cache that is not accepted
/// there is refused, also where unknown ones are let in (C13.FR.02).
/// Requirements: C13.FR.03, C15.FR.01.
pub(crate) fn decide_offline(core: &Context, token: &Token) -> Authorization {
    match known(core, token) {
        Some(known) if known.status != AuthorizationStatus::Accepted => known,
        Some(known) if core.variables.bool(Standard::AuthorizeOffline) => known,
        _ if core.variables.bool(Standard::OfflineUnknown) => {
            Authorization::new(AuthorizationStatus::Accepted)
        }
        _ => Authorization::new(AuthorizationStatus::Unknown),
    }
}

/// What holds when the CSMS was asked and has not said. One that could not be reached is offline. One that refused to say, or
/// said what nobody can read, is not, and has not said yes: only what it said before counts (1.6 section 3.5.4 and C15 are
/// for stations that are offline).
/// Unknown tokens are accepted where that is allowed (C13.FR.04, C15.FR.08).
pub(crate) fn decide_without_answer(
    core: &Context,
    token: &Token,
    result: &Outcome<'_>,
) -> Authorization {
    let answered = matches!(
        result,
        Ok(_) | Err(CallFailure::Refused(_) | CallFailure::InvalidResponse(_))
    );
    if !answered {
        return decide_offline(core, token);
    }
    let known = known(core, token);
    known.unwrap_or_else(|| Authorization::new(AuthorizationStatus::Unknown))
}

/// Where a token goes that was presented where these places are free: to the one with a car, to the only one, to the
/// first of an EVSE, or to whatever is plugged in next if nobody waits for that already.
pub(crate) fn choose(
    free: &[usize],
    plugged: Option<usize>,
    evse: Option<EvseId>,
    floating: bool,
) -> Option<Place> {
    match (plugged, free) {
        (Some(place), _) => Some(Some(place)),
        (None, []) => None,
        (None, [only]) => Some(Some(*only)),
        (None, [first, ..]) if evse.is_some() => Some(Some(*first)),
        (None, _) => (!floating).then_some(None),
    }
}

/// Whether two tokens, each with its group if that is known, are the same, or of the same group (1.6 section 3.10).
pub(crate) fn same_driver(
    (token, group): (&Token, Option<&Token>),
    (other, other_group): (&Token, Option<&Token>),
) -> bool {
    let same_group = match (group, other_group) {
        (Some(group), Some(other)) => group.same_id(&other.id),
        _ => false,
    };
    token.same_id(&other.id) || same_group
}

/// When an authorization that is granted now is over unless the cable is plugged in.
pub(crate) fn deadline(core: &Context) -> Option<Instant> {
    let seconds = core.variables.u32(Standard::ConnectionTimeout);
    (seconds > 0).then(|| core.instant() + Duration::from_secs(seconds.into()))
}

/// The decision about a token of which nobody has said anything.
pub(crate) fn decided(
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
        info: None,
    });
}

/// The decision about a token with what is known of it.
pub(crate) fn decided_by(
    core: &mut Context,
    evse: Option<EvseId>,
    token: Token,
    info: &Authorization,
    (status, effect): (AuthorizationStatus, TokenEffect),
) {
    core.output(Output::TokenDecided {
        evse,
        token,
        status,
        effect,
        info: Some(Box::new(info.clone())),
    });
}

/// A station that decides about tokens. What a version does differently is to be implemented; the rest is here.
pub(crate) trait Authorizing {
    /// What it wants to know of somebody who may charge.
    type Details: Default;
    /// How it names a running transaction.
    type Running: Copy;
    /// How it tells tokens apart.
    const IDENTITY: Identity;
    /// How many characters a token has at most. A longer one cannot be told to the CSMS without being mistaken for another.
    const MAX_TOKEN: usize;

    /// Who decides about a token.
    fn consent(_token: &Token) -> Consent {
        Consent::Known
    }
    /// The places of an EVSE, or all of them.
    fn places(&self, evse: Option<EvseId>) -> Vec<usize>;
    /// The EVSE of a place.
    fn evse_of(&self, place: usize) -> EvseId;
    fn auth(&self, place: Place) -> Option<&Auth<Self::Details>>;
    fn auth_mut(&mut self, place: Place) -> Option<&mut Auth<Self::Details>>;
    fn set_auth(&mut self, place: Place, auth: Option<Auth<Self::Details>>);
    /// Whether transactions may begin at all now.
    fn may_start(&self, core: &Context) -> bool;
    /// Unlocks a cable that was kept locked for this token.
    fn release(&mut self, core: &mut Context, here: &[usize], token: &Token) -> bool;
    /// Lets a cable go that was held for somebody who gives up.
    fn let_go(&mut self, core: &mut Context, place: usize);
    /// Stops the transaction that this token started.
    fn stop_own(&mut self, core: &mut Context, here: &[usize], token: &Token) -> bool;
    /// Where somebody could charge; `None` nowhere.
    fn place_for(
        &self,
        core: &Context,
        evse: Option<EvseId>,
        here: &[usize],
        token: &Token,
    ) -> Option<Place>;
    /// Nobody can start here: perhaps a transaction can be stopped by another token of its group.
    fn try_stop_for_group(&mut self, core: &mut Context, evse: Option<EvseId>, token: Token);
    /// Asks the CSMS. `false` if it cannot be asked.
    fn call_authorize(
        &mut self,
        core: &mut Context,
        token: &Token,
        goal: Goal<Self::Running>,
    ) -> bool;
    /// The decision about somebody who wants to charge.
    fn settle_start(
        &mut self,
        core: &mut Context,
        token: Token,
        place: Place,
        info: &Authorization,
    );
    /// The decision about somebody who wants to stop a transaction.
    fn settle_stop(
        &mut self,
        core: &mut Context,
        token: Token,
        running: Self::Running,
        info: &Authorization,
    );

    /// A token was presented at a reader.
    fn token_presented(&mut self, core: &mut Context, evse: Option<EvseId>, token: Token) {
        let refuse = |core: &mut Context, token| {
            let status = AuthorizationStatus::Invalid;
            decided(core, evse, token, status, TokenEffect::None);
        };
        let here = self.places(evse);
        let characters = token.id.chars().count();
        let has_name = (1..=Self::MAX_TOKEN).contains(&characters);
        if here.is_empty() || !has_name && Self::consent(&token) != Consent::Given {
            return refuse(core, token);
        }
        if self.release(core, &here, &token)
            || self.stop_own(core, &here, &token)
            || self.cancel_own(core, &here, &token)
        {
            return;
        }
        let Some(place) = self.place_for(core, evse, &here, &token) else {
            return self.try_stop_for_group(core, evse, token);
        };
        // One question at a time for one place.
        let free = self.auth(place).is_none();
        if free && core.config.features.local_start && self.may_start(core) {
            self.set_auth(place, Some(Auth::asking(token.clone())));
            self.ask(core, token, Goal::Start(place), false);
        } else {
            refuse(core, token);
        }
    }

    /// A second presentation before a transaction has begun withdraws the authorization (1.6 section 4.9, B1).
    fn cancel_own(&mut self, core: &mut Context, here: &[usize], token: &Token) -> bool {
        let mut places = here.iter().copied().map(Some).chain([None]);
        let own = |place: &Place| {
            let auth = self.auth(*place);
            auth.is_some_and(|auth| Self::IDENTITY.same(&auth.token, token))
        };
        let Some(place) = places.find(own) else {
            return false;
        };
        let granted = self.auth(place).is_some_and(|auth| auth.granted);
        if granted && core.config.features.cancel_by_second_token {
            self.set_auth(place, None);
            let evse = place.map(|place| self.evse_of(place));
            let status = AuthorizationStatus::Accepted;
            decided(core, evse, token.clone(), status, TokenEffect::Cancelled);
            if let Some(place) = place {
                self.let_go(core, place);
            }
        }
        true
    }

    /// Whoever was about to charge at a place does not want to any more (1.6 section 4.9, B1), be the answer in or not.
    fn give_up(&mut self, core: &mut Context, place: usize) {
        let Some(auth) = self.auth(Some(place)) else {
            return;
        };
        let (token, granted) = (auth.token.clone(), auth.granted);
        let (status, effect) = match granted {
            true => (AuthorizationStatus::Accepted, TokenEffect::Cancelled),
            false => (AuthorizationStatus::Invalid, TokenEffect::None),
        };
        self.set_auth(Some(place), None);
        decided(core, Some(self.evse_of(place)), token, status, effect);
        if granted {
            self.let_go(core, place);
        }
    }

    /// Decides about a token, by asking the CSMS or by what is known: one that the list or the cache accepts need not be asked
    /// about (C01.FR.05, C12.FR.02, C14.FR.02). `always` asks whenever the CSMS can be asked.
    fn ask(&mut self, core: &mut Context, token: Token, goal: Goal<Self::Running>, always: bool) {
        let consent = Self::consent(&token);
        if consent == Consent::Given {
            let accepted = Authorization::new(AuthorizationStatus::Accepted);
            return self.settle_goal(core, token, goal, &accepted);
        }
        if let Some(decision) = decide_unasked(core, &token) {
            return self.settle_goal(core, token, goal, &decision);
        }
        let always = always || consent == Consent::Asked;
        let pre_authorize = !always && core.variables.bool(Standard::PreAuthorize);
        let evse = match goal {
            Goal::Start(place) => place.map(|place| self.evse_of(place)),
            Goal::Stop(_) => None,
        };
        let accepted =
            |known: &Authorization| known.status_for(evse) == AuthorizationStatus::Accepted;
        let known = known(core, &token).filter(accepted);
        if let Some(known) = known.filter(|_| pre_authorize) {
            return self.settle_goal(core, token, goal, &known);
        }
        if self.call_authorize(core, &token, goal) {
            return;
        }
        let decision = decide_offline(core, &token);
        self.settle_goal(core, token, goal, &decision);
    }

    fn settle_goal(
        &mut self,
        core: &mut Context,
        token: Token,
        goal: Goal<Self::Running>,
        info: &Authorization,
    ) {
        match goal {
            Goal::Start(place) => self.settle_start(core, token, place, info),
            Goal::Stop(running) => self.settle_stop(core, token, running, info),
        }
    }

    /// Whether this token still waits for a decision at a place: a fault, the cable or a restart may have overtaken it.
    fn still_asked(&self, place: Place, token: &Token) -> bool {
        self.auth(place)
            .is_some_and(|auth| !auth.granted && Self::IDENTITY.same(&auth.token, token))
    }
}
