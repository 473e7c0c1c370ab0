//! The link between the station and the lab, and what goes wrong with it.

use ocpp_core::station::Input;

use super::super::{Bench as _, Event};
use super::{Keys, LinkFault, VirtualBench, Way, random};
use crate::habit::Custom;
use crate::mutation::{Change, Flaw, Mutator};

/// When a station connects again without need, in seconds after the beginning of the case.
const RESTLESS: u32 = 3;
/// How long the CSMS is out of reach in an outage, in milliseconds.
const OUTAGE: u64 = 300_000;
/// How long a CSMS answers nothing, in milliseconds.
const MUTE: u64 = 600_000;
/// How long a pong may take, in milliseconds, as the driver of `ocpp-tokio` has it.
const PONG: u64 = 20_000;

impl VirtualBench {
    pub(super) fn begin_to_misbehave(&mut self, change: Change) {
        let mutator = Mutator::new(change, self.version());
        if let Some((key, value)) = mutator.key() {
            let now = self.time();
            if let Some(station) = &mut self.station {
                // A key that the station does not have makes no difference, which the mutation table shows.
                let _ = station.set_variable(now, key, value);
            }
        }
        self.habit = self.last.clone();
        if mutator.flaw() == Some(Flaw::Restless) {
            self.report(RESTLESS, Event::Connected(self.last.clone()));
        }
        if mutator.flaw() == Some(Flaw::SameKey) {
            // The same random numbers give the same keys.
            self.keys = Keys::new(Box::new(random()));
        }
        self.mutator = Some(mutator);
    }

    /// What is wrong with the way the station connects.
    pub(in crate::bench) fn flaw(&self) -> Option<Flaw> {
        self.mutator.as_ref().and_then(Mutator::flaw)
    }

    /// The messages that the station has given up since the last time: action and payload.
    pub fn given_up(&mut self) -> Vec<(String, String)> {
        std::mem::take(&mut self.given_up)
    }

    /// Whether the CSMS answers nothing at the moment.
    #[must_use]
    pub const fn is_mute(&self) -> bool {
        self.now < self.mute_until
    }

    /// How often a message arrives, and whether the connection breaks.
    pub(super) fn link_fate(&mut self, way: Way, text: &str) -> (usize, bool) {
        self.messages += 1;
        let fate = self.next_fault();
        let lost = self.is_dead(way);
        // Answers are arrays that begin with 3 or 4.
        let swallowed = way == Way::ToStation && self.is_mute() && !text.starts_with("[2");
        if lost || swallowed { (0, fate.1) } else { fate }
    }

    fn next_fault(&mut self) -> (usize, bool) {
        let Some((fault, left)) = &mut self.link_fault else {
            return (1, false);
        };
        if *left > 0 {
            *left -= 1;
            return (1, false);
        }
        let fault = *fault;
        self.link_fault = None;
        self.mishaps += 1;
        match fault {
            LinkFault::Break => (0, true),
            LinkFault::BreakAfter => (1, true),
            LinkFault::Outage => {
                self.outage_until = Some(self.now + OUTAGE);
                (0, true)
            }
            LinkFault::Lose => (0, false),
            LinkFault::Double => (2, false),
            LinkFault::HalfOpen(way) => {
                self.dead = Some(way);
                (1, false)
            }
            LinkFault::Mute => {
                self.mute_until = self.now + MUTE;
                (1, false)
            }
        }
    }

    fn is_dead(&self, way: Way) -> bool {
        self.dead
            .is_some_and(|dead| dead == Way::Both || dead == way)
    }

    pub(super) fn transmit(&mut self, text: &str) {
        if !self.connected {
            return;
        }
        let (times, breaks) = self.link_fate(Way::ToCsms, text);
        for _ in 0..times {
            self.arrives(text.to_owned());
        }
        if breaks && self.close() {
            self.soon(Input::Disconnected);
        }
    }

    /// Says whether there was a connection.
    pub(super) fn close(&mut self) -> bool {
        let open = core::mem::take(&mut self.connected);
        let waited = self.custom.as_mut().map(Custom::ends);
        for text in waited.into_iter().flatten() {
            self.report(0, Event::Text(text));
        }
        if open && self.flaw() != Some(Flaw::KeepsConnection) {
            self.report(0, Event::Disconnected);
        }
        self.dead = None;
        self.ping_interval = 0;
        self.next_ping = None;
        self.pong_until = None;
        open
    }

    /// Holds for the open link.
    pub(super) fn set_ping_interval(&mut self, seconds: u32) {
        self.ping_interval = seconds;
        self.plan_ping();
    }

    fn plan_ping(&mut self) {
        let interval = u64::from(self.ping_interval) * 1_000;
        let wanted = self.connected && interval > 0;
        self.next_ping = wanted.then(|| self.now + interval);
    }

    pub(super) fn next_link_event(&self) -> Option<u64> {
        [self.next_ping, self.pong_until]
            .into_iter()
            .flatten()
            .min()
    }

    /// Sends pings that are due, and gives up a link over which no pong comes.
    pub(super) fn keep_alive(&mut self) {
        if self.pong_until.is_some_and(|until| until <= self.now) {
            self.close();
            return self.soon(Input::Disconnected);
        }
        if self.next_ping.is_some_and(|at| at <= self.now) {
            self.plan_ping();
            self.ping();
            if self.dead.is_some() {
                self.pong_until.get_or_insert(self.now + PONG);
            }
        }
    }

    /// Sends a ping, whose pong comes at once if both ways deliver.
    pub(super) fn ping(&mut self) {
        if self.connected && self.dead.is_none() {
            self.soon(Input::LinkAlive);
        }
    }
}
