//! Who sent a message, as far as its line tells.

use super::super::read::{Flow, FrameContext, Role, Words};

/// What is known of who sent a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in super::super) struct Speaker {
    pub(in super::super) role: Option<Role>,
    pub(super) flow: Option<Flow>,
    pub(super) from: Option<u32>,
    pub(super) to: Option<u32>,
    pub(super) station: Option<u64>,
    pub(super) station_is_sure: bool,
    pub(super) words: Words,
    pub(super) time: Option<i64>,
}

impl Speaker {
    pub(in super::super) fn of(told: &FrameContext) -> Self {
        let station = told.station.as_ref();
        Self {
            role: told.role,
            flow: told.flow,
            from: told.from,
            to: told.to,
            station: station.map(|station| Self::station_of(&station.name)),
            station_is_sure: station.is_some_and(|station| station.is_sure),
            words: told.words,
            time: told.time,
        }
    }

    /// A station by its name.
    pub(in super::super) fn station_of(name: &str) -> u64 {
        hash(name.as_bytes())
    }

    pub(in super::super) const fn station(&self) -> Option<u64> {
        self.station
    }

    /// What tells one conversation from another.
    pub(super) fn conversation(&self) -> u64 {
        match (self.station, self.from, self.to) {
            (Some(station), ..) => station,
            (None, Some(from), Some(to)) => u64::from(from ^ to),
            _ => self
                .words
                .all()
                .iter()
                .fold(0, |sum, word| sum ^ u64::from(*word)),
        }
    }
}

/// A hash that is the same for the same text; nobody gains anything from two with the same.
pub(in super::super) fn hash(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    let (words, rest) = bytes.as_chunks::<8>();
    let hash = words.iter().fold(bytes.len() as u64, |hash, word| {
        mix(hash, u64::from_le_bytes(*word))
    });
    let hash = rest
        .iter()
        .fold(hash, |hash, byte| mix(hash, u64::from(*byte)));
    hash ^ hash >> 32
}

/// Whether a log means the same by its words whoever speaks. Calls that only one side sends show it.
#[derive(Debug, Default)]
pub(super) struct Flows {
    /// What goes out comes from the CSMS, so that the CSMS wrote the log.
    of_csms: u32,
    of_station: u32,
}

impl Flows {
    pub(super) fn learn(&mut self, flow: Flow, role: Role) {
        match (flow, role) {
            (Flow::In, Role::Station) | (Flow::Out, Role::Csms) => self.of_csms += 1,
            (Flow::In, Role::Csms) | (Flow::Out, Role::Station) => self.of_station += 1,
        }
    }

    pub(super) fn are_trusted(&self) -> bool {
        let (few, many) = (
            self.of_csms.min(self.of_station),
            self.of_csms.max(self.of_station),
        );
        u64::from(few) * 10 <= u64::from(many)
    }
}
