//! The link between the station and the lab, and what goes wrong with it and with the station.

use ocpp_core::station::Input;

use super::super::{Bench as _, Event};
use super::{Keys, VirtualBench, random};
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

/// What happens to a message on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkFault {
    /// It is lost, because the connection breaks.
    Break,
    /// It arrives, and then the connection breaks.
    BreakAfter,
    /// It is lost, and the CSMS cannot be reached for five minutes.
    Outage,
    /// It is lost.
    Lose,
    /// It arrives twice.
    Double,
    /// Nothing arrives this way any more, nor pings and pongs, and nothing is closed: the link seems to be open until the
    /// station closes it.
    HalfOpen(LinkDirection),
    /// The CSMS answers nothing for ten minutes from then on, while its link lives.
    Mute,
}

/// The directions of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkDirection {
    /// From the station to the CSMS.
    ToCsms,
    /// From the CSMS to the station.
    ToStation,
    /// Both.
    Both,
}

/// How a station ends without warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The power goes: contactors fall open, locks stay, limits are forgotten.
    Power,
    /// The program goes, and the hardware stays as it is.
    Program,
}

impl VirtualBench {
    /// The station will misbehave as soon as the case itself begins.
    pub const fn misbehave(&mut self, change: Change) {
        self.change = Some(change);
    }

    /// Cuts the power after so many further outputs. The station is on again after the usual time.
    pub const fn cut_power_after(&mut self, outputs: usize) {
        self.fuse = Some((outputs, End::Power));
    }

    /// Something happens to a message, counted over both sides from now on.
    pub const fn link_fault(&mut self, fault: LinkFault, message: usize) {
        self.link_fault = Some((fault, message));
    }

    /// Ends the program without warning before the output after so many others, from now on, and starts it again a moment
    /// later. The hardware stays as it is.
    pub const fn end_program_after(&mut self, outputs: usize) {
        self.fuse = Some((outputs, End::Program));
    }

    /// No power cut and no fault of the link any more.
    pub const fn call_off(&mut self) {
        self.fuse = None;
        self.link_fault = None;
    }

    pub(super) fn begin_to_misbehave(&mut self, change: Change) {
        let mutator = Mutator::new(change, self.version(), crate::case::Side::Station);
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
    pub(super) fn link_fate(&mut self, way: LinkDirection, text: &str) -> (usize, bool) {
        self.messages += 1;
        let fate = self.next_fault();
        let lost = self.is_dead(way);
        // Answers are arrays that begin with 3 or 4.
        let swallowed =
            way == LinkDirection::ToStation && self.is_mute() && !text.starts_with("[2");
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

    fn is_dead(&self, way: LinkDirection) -> bool {
        self.dead
            .is_some_and(|dead| dead == LinkDirection::Both || dead == way)
    }

    pub(super) fn transmit(&mut self, text: &str) {
        if !self.connected {
            return;
        }
        let (times, breaks) = self.link_fate(LinkDirection::ToCsms, text);
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

    /// For how many milliseconds the station makes no connection.
    pub(in crate::bench) fn stays_away_for(&self) -> Option<u64> {
        let millis = self.away_until.saturating_sub(self.now);
        (millis > 0).then_some(millis)
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
