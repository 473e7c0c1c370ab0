//! What the hardware must be, by what the CSMS has ordered and was told: contactor, lock and limit, after every start and
//! every change.
//!
//! The replays of `ocpp-conformance` judge by it, and the [walk](super::walk). Of 2.0.1 contactors and the limits of
//! closed ones are judged: there a status says nothing of energy, and availability nothing of a transaction that has begun by a car in the bay.
//!
//! - A contactor is closed only for a transaction of somebody who may charge, with a car on the cable, without a fault, not
//!   at a connector that was made unavailable before it, through a locked plug where there is a lock, and with its limit in
//!   force before it closes. One connector of an EVSE at a time.
//! - It is closed when the station says Charging or SuspendedEV, and open when it says anything else. SuspendedEVSE needs a
//!   reason that the CSMS knows.
//! - The limit is the one that follows from the profiles that the CSMS knows to be installed, and from what external systems
//!   have said, at every instant.
//! - A lock is open when there is nobody for whom it is to hold a cable, and opens when the contactor has opened.

mod limits;

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::{DateTime, Version};
use rust_decimal::Decimal;
use serde_json::Value;

use self::limits::Limits;
use crate::smart_charging::{EvseId, ExternalLimit, LimitSource};
use crate::station::{
    CableState, ConnectorId, ConnectorState, EvState, Fault, FaultCode, Limit, Registration,
    StationConfig, StationState,
};

/// A connector as somebody sees it who stands before it with measuring instruments.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Power {
    /// Whether the contactor is closed.
    pub closed: bool,
    /// Whether the lock holds the plug.
    pub locked: bool,
    /// What the car is offered at most; `None` for what the hardware can do.
    pub limit: Option<Limit>,
    /// The cable.
    pub cable: CableState,
    /// The car.
    pub ev: EvState,
    /// The fault that there is.
    pub fault: Option<FaultCode>,
}

/// What there was to see at one moment.
#[derive(Debug, Clone)]
pub struct Sight {
    /// UTC.
    pub utc: DateTime,
    /// How often the station has started.
    pub start: usize,
    /// The connector whose contactor has just closed, while there is more to do at the moment; `None` when everything is
    /// done.
    pub closing: Option<ConnectorId>,
    /// The connector whose lock is about to open, while there is more to do at the moment.
    pub unlocking: Option<ConnectorId>,
    /// What the station says.
    pub state: StationState,
    /// What there is, in the order of the connectors.
    pub power: Vec<Power>,
    /// Whether the mains are about to go.
    pub power_fails: bool,
    /// Whether locks fail.
    pub locks_fail: bool,
    /// Whether the records say that a cable is kept for somebody, in the order of the connectors.
    pub kept_locked: Vec<bool>,
}

/// See the [module documentation](self).
#[derive(Debug)]
pub struct Demands {
    version: Version,
    limits: Limits,
    /// Whether a connector has a lock.
    locks: Vec<bool>,
    /// The EVSE of a connector.
    evses: Vec<u32>,
    /// What was seen last.
    before: Option<Sight>,
    /// The calls of the CSMS that are not answered.
    calls: BTreeMap<String, (String, Value)>,
    /// The tokens that the CSMS has refused.
    refused: BTreeSet<String>,
    /// Connectors at which nobody may begin to charge any more, and since when.
    inoperative: BTreeMap<usize, DateTime>,
    /// Locks that have failed and not opened since.
    stuck: BTreeSet<usize>,
    /// Each thing that is wrong is said once.
    said: BTreeSet<(usize, &'static str)>,
    errors: Vec<String>,
}

impl Demands {
    /// Of a station that is new.
    #[must_use]
    pub fn new(version: Version, config: &StationConfig) -> Self {
        Self {
            version,
            limits: Limits::new(version, config),
            locks: config.connectors().map(|(_, of)| of.lock).collect(),
            evses: config.connectors().map(|(at, _)| at.evse).collect(),
            before: None,
            calls: BTreeMap::new(),
            refused: BTreeSet::new(),
            inoperative: BTreeMap::new(),
            stuck: BTreeSet::new(),
            said: BTreeSet::new(),
            errors: Vec::new(),
        }
    }

    /// What is wrong, in words.
    #[must_use]
    pub fn errors(&self) -> &[String] {
        &self.errors
    }

    fn say(&mut self, number: usize, what: &'static str, more: &str) {
        if self.said.insert((number, what)) {
            let more = if more.is_empty() { "" } else { more };
            self.errors.push(format!("hardware {number}: {what}{more}"));
        }
    }

    /// The CSMS is about to call the station.
    pub fn asked(&mut self, utc: DateTime, id: &str, action: &str, payload: &Value) {
        self.until(utc);
        self.limits.asked(id, action, payload);
        if action == "ChangeAvailability" && payload["type"] == "Operative" {
            // It may have heard that, or not.
            for number in self.named(payload) {
                self.inoperative.remove(&number);
            }
        }
        self.calls
            .insert(id.to_owned(), (action.to_owned(), payload.clone()));
    }

    /// The station has answered a call; `null` for an error.
    pub fn answered(&mut self, utc: DateTime, id: &str, payload: &Value) {
        // A call that came twice is answered twice; the first answer counts.
        let Some((action, asked)) = self.calls.remove(id) else {
            return;
        };
        let status = payload["status"].as_str().unwrap_or("none");
        if let Err(words) = self.limits.answered(id, status) {
            self.say(0, "what it answers does not fit the limits: ", &words);
        }
        let taken = ["Accepted", "Scheduled"].contains(&status);
        if action == "ChangeAvailability" && asked["type"] == "Inoperative" && taken {
            for number in self.named(&asked) {
                self.inoperative.entry(number).or_insert(utc);
            }
        }
    }

    /// The connectors that a ChangeAvailability names; 0 stands for all of them, of which each can be made operative again.
    fn named(&self, payload: &Value) -> core::ops::RangeInclusive<usize> {
        let number = payload["connectorId"].as_u64();
        match usize::try_from(number.unwrap_or_default()).unwrap_or_default() {
            0 => 1..=self.locks.len(),
            number => number..=number,
        }
    }

    /// An external system is about to limit an EVSE, or the station, to one value for ever.
    pub fn limited(&mut self, utc: DateTime, limit: &ExternalLimit) {
        self.until(utc);
        self.limits.limited(limit);
    }

    /// It is about to release its limits.
    pub fn released(&mut self, utc: DateTime, evse: EvseId, source: &LimitSource) {
        self.until(utc);
        self.limits.released(evse, source);
    }

    /// The CSMS has answered a call of the station.
    pub fn told(&mut self, payload: &Value, answer: &Value) {
        let (Some(token), Some(status)) = (
            payload["idTag"].as_str(),
            answer["idTagInfo"]["status"].as_str(),
        ) else {
            return;
        };
        match status {
            "Accepted" => self.refused.remove(token),
            _ => self.refused.insert(token.to_owned()),
        };
    }

    /// Until an instant, exclusive, everything was as it was seen last: the limits must have been right until then.
    fn until(&mut self, utc: DateTime) {
        let Some(before) = &mut self.before else {
            return;
        };
        if utc <= before.utc {
            return;
        }
        before.utc = utc;
        let closed: Vec<bool> = before.power.iter().map(|power| power.closed).collect();
        let last = utc.saturating_add_millis(-1);
        if closed.contains(&true)
            && let Err(words) = self.limits.compare(last, &before.power, &closed)
        {
            self.say(0, "a limit that has changed is not in force: ", &words);
        }
    }

    /// Looks at what there is to see. `certain` says that no mishap has happened so far.
    pub fn look(&mut self, sight: Sight, certain: bool) {
        if self
            .before
            .as_ref()
            .is_some_and(|before| before.start != sight.start)
        {
            self.before = None;
        }
        self.until(sight.utc);
        if let Some(at) = sight.unlocking {
            return self.check_unlocking(&sight, at);
        }
        self.limits.follow(&sight.state.connectors, certain);
        let known = sight.state.registration == Some(Registration::Accepted);
        let counts: Vec<bool> = sight
            .power
            .iter()
            .map(|power| power.closed || known && self.version == Version::V1_6)
            .collect();
        if let Err(words) = self.limits.compare(sight.utc, &sight.power, &counts) {
            let moment = match sight.closing {
                Some(_) => "the limit is not in force before the contactor closes: ",
                None => "the limit is not in force: ",
            };
            self.say(0, moment, &words);
        }
        let connectors = (1..).zip(&sight.state.connectors).zip(&sight.power);
        for ((number, state), power) in connectors {
            if power.closed {
                self.check_closed(&sight, number, state, power);
            }
            if sight.closing.is_none() && self.version == Version::V1_6 {
                self.check_status(&sight, number, state, power, known);
                self.check_lock(&sight, number, state, power);
            }
        }
        self.check_evses(&sight);
        if sight.closing.is_none() {
            self.before = Some(sight);
        }
    }

    fn check_unlocking(&mut self, sight: &Sight, at: ConnectorId) {
        let connectors = (1..).zip(&sight.state.connectors).zip(&sight.power);
        for ((number, state), power) in connectors {
            if state.at == at && power.closed {
                self.say(number, "a plug is let go under load", "");
            }
        }
    }

    fn check_closed(
        &mut self,
        sight: &Sight,
        number: usize,
        state: &ConnectorState,
        power: &Power,
    ) {
        if power.cable != CableState::Connected {
            self.say(number, "energy without a car", "");
        }
        if power
            .fault
            .is_some_and(|code| Fault::new(code).prevents_charging())
        {
            self.say(number, "energy in spite of a fault", "");
        }
        let started = state.transaction.as_ref().map(|running| running.started);
        // In 2.0.1 it may be the energy that begins it.
        let begins = self.version != Version::V1_6;
        if started.is_none() && !begins || !state.authorized {
            self.say(number, "energy without a transaction", "");
        }
        if power
            .limit
            .is_some_and(|limit| limit.value.0 <= Decimal::ZERO)
        {
            self.say(number, "energy although there is none to offer", "");
        }
        if self.has_lock(number) && !power.locked {
            self.say(number, "energy through a plug that is not locked", "");
        }
        let since = self.inoperative.get(&number).copied();
        if started
            .zip(since)
            .is_some_and(|(started, since)| started > since)
            && sight.start > 0
        {
            self.say(number, "energy at a connector that is not to be used", "");
        }
    }

    fn check_status(
        &mut self,
        sight: &Sight,
        number: usize,
        state: &ConnectorState,
        power: &Power,
        known: bool,
    ) {
        if sight.power_fails {
            return;
        }
        let offers = match state.status {
            "Charging" => true,
            "SuspendedEV" => power.cable == CableState::Connected,
            _ => false,
        };
        if offers != power.closed {
            let what = match power.closed {
                true => "energy, although it says ",
                false => "no energy, although it says ",
            };
            self.say(number, what, state.status);
        }
        if state.status == "SuspendedEVSE" {
            let nothing = power
                .limit
                .is_some_and(|limit| limit.value.0 <= Decimal::ZERO);
            let token = state.token.as_ref();
            let refused = token.is_some_and(|token| self.refused.contains(token.id.as_str()));
            if known && !nothing && !refused {
                self.say(number, "no energy, and no reason for that", "");
            }
        }
    }

    fn check_lock(&mut self, sight: &Sight, number: usize, state: &ConnectorState, power: &Power) {
        if !self.has_lock(number) || !power.locked {
            self.stuck.remove(&number);
            return;
        }
        if sight.locks_fail {
            self.stuck.insert(number);
        }
        let kept = sight.kept_locked.get(number - 1) == Some(&true);
        let needed = state.transaction.is_some() || state.authorized || kept;
        if !needed && !self.stuck.contains(&number) {
            self.say(number, "a lock holds a cable for nobody", "");
        }
    }

    fn check_evses(&mut self, sight: &Sight) {
        let closed = self.evses.iter().zip(&sight.power);
        let closed = closed.filter(|(_, power)| power.closed);
        let mut evses: Vec<u32> = closed.map(|(evse, _)| *evse).collect();
        let all = evses.len();
        evses.dedup();
        if evses.len() < all {
            self.say(0, "two connectors of an EVSE charge", "");
        }
    }

    fn has_lock(&self, number: usize) -> bool {
        let index = number.checked_sub(1);
        index.and_then(|index| self.locks.get(index)) == Some(&true)
    }
}
