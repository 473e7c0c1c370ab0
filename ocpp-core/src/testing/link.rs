//! A connection in virtual time, with faults and a trace.

use alloc::collections::VecDeque;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use super::Random;
use crate::session::Role;
use crate::time::Instant;

/// What a [`Link`] does to the messages. Probabilities are in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Faults {
    /// How long every message takes.
    pub latency: Duration,
    /// How much longer it may take; messages never overtake each other.
    pub jitter: Duration,
    /// Messages that do not arrive.
    pub loss: u16,
    /// Messages that arrive twice.
    pub duplication: u16,
    /// Messages that arrive with one character changed or cut off.
    pub damage: u16,
}

impl Faults {
    /// Everything arrives at once and as it was sent.
    pub const NONE: Self = Self {
        latency: Duration::ZERO,
        jitter: Duration::ZERO,
        loss: 0,
        duplication: 0,
        damage: 0,
    };
}

/// What happened to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrives.
    Delivered,
    /// It arrives twice.
    Doubled,
    /// It arrives, but not as it was sent.
    Damaged,
    /// It does not arrive.
    Lost,
    /// There was no connection.
    NotConnected,
}

/// A message in the trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traced {
    /// When it was sent.
    pub at: Instant,
    /// Who sent it.
    pub from: Role,
    /// As it was sent.
    pub text: String,
    /// What happened to it.
    pub fate: Fate,
}

/// A connection between a station and a CSMS.
#[derive(Debug, Clone)]
pub struct Link {
    /// What it does to the messages from now on.
    pub faults: Faults,
    connected: bool,
    random: Random,
    /// Towards the station, towards the CSMS: when it arrives, and what.
    transit: [VecDeque<(Instant, String)>; 2],
    trace: Vec<Traced>,
}

impl Link {
    /// A link that is not connected yet and has no faults. The seed decides which messages faults will hit.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            faults: Faults::NONE,
            connected: false,
            random: Random::new(seed),
            transit: Default::default(),
            trace: Vec::new(),
        }
    }

    /// Opens the connection. The two ends have to be told.
    pub const fn connect(&mut self) {
        self.connected = true;
    }

    /// Breaks the connection; what is under way is lost. The two ends have to be told.
    pub fn disconnect(&mut self) {
        self.connected = false;
        for transit in &mut self.transit {
            transit.clear();
        }
    }

    /// Whether there is a connection.
    #[must_use]
    pub const fn is_connected(&self) -> bool {
        self.connected
    }

    /// Sends a message.
    pub fn send(&mut self, now: Instant, from: Role, text: &str) {
        let fate = self.draw_fate();
        self.trace.push(Traced {
            at: now,
            from,
            text: text.into(),
            fate,
        });
        let copies = match fate {
            Fate::NotConnected | Fate::Lost => 0,
            Fate::Delivered | Fate::Damaged => 1,
            Fate::Doubled => 2,
        };
        for _ in 0..copies {
            let text = if fate == Fate::Damaged {
                self.damage(text)
            } else {
                text.to_string()
            };
            let jitter = u64::try_from(self.faults.jitter.as_millis()).unwrap_or(u64::MAX);
            let delay = Duration::from_millis(self.random.below(jitter.saturating_add(1)));
            let transit = &mut self.transit[index(from.peer())];
            let earliest = now + self.faults.latency + delay;
            let last = transit.back().map_or(Instant::ORIGIN, |(at, _)| *at);
            transit.push_back((earliest.max(last), text));
        }
    }

    /// Takes the next message that has arrived at `now`, and who it is for.
    pub fn receive(&mut self, now: Instant) -> Option<(Role, String)> {
        let next = [Role::Station, Role::Csms]
            .into_iter()
            .filter_map(|to| Some((self.transit[index(to)].front()?.0, to)))
            .min_by_key(|(at, to)| (*at, index(*to)));
        let (_, to) = next.filter(|(at, _)| *at <= now)?;
        let (_, text) = self.transit[index(to)].pop_front()?;
        Some((to, text))
    }

    /// When the next message arrives.
    #[must_use]
    pub fn next_arrival(&self) -> Option<Instant> {
        let fronts = self.transit.iter().filter_map(VecDeque::front);
        fronts.map(|(at, _)| *at).min()
    }

    /// Every message that was sent, and its fate.
    #[must_use]
    pub fn trace(&self) -> &[Traced] {
        &self.trace
    }

    fn draw_fate(&mut self) -> Fate {
        if !self.connected {
            Fate::NotConnected
        } else if self.random.chance(self.faults.loss) {
            Fate::Lost
        } else if self.random.chance(self.faults.duplication) {
            Fate::Doubled
        } else if self.random.chance(self.faults.damage) {
            Fate::Damaged
        } else {
            Fate::Delivered
        }
    }

    fn damage(&mut self, text: &str) -> String {
        let mut characters: Vec<char> = text.chars().collect();
        let at = self.random.below(characters.len() as u64) as usize;
        if self.random.chance(500) {
            characters.truncate(at);
        } else if let Some(character) = characters.get_mut(at) {
            *character = char::from(b' ' + self.random.below(95) as u8);
        }
        characters.into_iter().collect()
    }
}

const fn index(role: Role) -> usize {
    match role {
        Role::Station => 0,
        Role::Csms => 1,
    }
}
