//! Which version of OCPP a log speaks, when nobody says it.

use std::collections::HashMap;
use std::fmt;

use ocpp_types::Version;

use super::finding::Name;

/// How many stations may have a version of their own.
const STATIONS: usize = 100_000;

/// How many reasons are told in the summary.
const REASONS: usize = 5;

/// Why a version is taken for the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Because {
    /// A line names the subprotocol of the connection.
    Subprotocol,
    /// A message that is right, or known, in no other version.
    Message(Name),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Guess {
    version: Version,
    because: Because,
    line: u64,
}

/// What is known of the versions in a log.
#[derive(Debug, Default)]
pub(super) struct Versions {
    fixed: Option<Version>,
    /// Of stations that have no version of their own.
    common: Option<Guess>,
    by_station: HashMap<u64, Guess>,
    reasons: Vec<Guess>,
}

/// The versions that a message may have, the likeliest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    versions: [Version; 3],
    count: usize,
    /// The first is more than one of three.
    pub(super) is_guessed: bool,
}

impl Order {
    pub(super) const fn only(version: Version) -> Self {
        Self {
            versions: [version; 3],
            count: 1,
            is_guessed: false,
        }
    }

    pub(super) fn all(&self) -> &[Version] {
        &self.versions[..self.count]
    }

    pub(super) const fn first(&self) -> Version {
        self.versions[0]
    }

    pub(super) const fn is_certain(&self) -> bool {
        self.count == 1
    }
}

/// 2.0.1 and 2.1 are alike, 1.6 is not.
pub(super) fn is_same_family(one: Version, other: Version) -> bool {
    (one == Version::V1_6) == (other == Version::V1_6)
}

impl Versions {
    /// `fixed` is the version of all messages that do not say their own.
    pub(super) fn new(fixed: Option<Version>) -> Self {
        Self {
            fixed,
            ..Self::default()
        }
    }

    fn guess(&self, station: Option<u64>) -> Option<&Guess> {
        let own = station.and_then(|station| self.by_station.get(&station));
        own.or(self.common.as_ref())
    }

    /// `stated` is what the line says of itself, `hint` what stands beside it.
    pub(super) fn order(
        &self,
        stated: Option<Version>,
        hint: Option<Version>,
        station: Option<u64>,
    ) -> Order {
        if let Some(version) = stated.or(self.fixed) {
            return Order::only(version);
        }
        let mut versions = Version::ALL;
        let guessed = hint.or_else(|| self.guess(station).map(|guess| guess.version));
        if let Some(version) = guessed {
            versions.sort_by_key(|other| (*other != version, !is_same_family(*other, version)));
        }
        Order {
            versions,
            count: versions.len(),
            is_guessed: guessed.is_some(),
        }
    }

    /// A line names a subprotocol.
    pub(super) fn subprotocol(&mut self, version: Version, station: Option<u64>, line: u64) {
        self.set(
            station,
            Guess {
                version,
                because: Because::Subprotocol,
                line,
            },
        );
    }

    /// A message is of this version and of no other.
    pub(super) fn message(
        &mut self,
        version: Version,
        station: Option<u64>,
        message: Name,
        line: u64,
    ) {
        self.set(
            station,
            Guess {
                version,
                because: Because::Message(message),
                line,
            },
        );
    }

    /// Whether a line named the subprotocol, which tells 2.0.1 from 2.1.
    pub(super) fn is_told(&self, station: Option<u64>) -> bool {
        self.guess(station)
            .is_some_and(|guess| guess.because == Because::Subprotocol)
    }

    fn set(&mut self, station: Option<u64>, guess: Guess) {
        if self.fixed.is_some()
            || self
                .guess(station)
                .is_some_and(|known| known.version == guess.version)
        {
            return;
        }
        if !self
            .reasons
            .iter()
            .any(|known| known.version == guess.version)
            && self.reasons.len() < REASONS
        {
            self.reasons.push(guess);
        }
        match station {
            Some(station) if self.common.is_some() => {
                if self.by_station.len() < STATIONS || self.by_station.contains_key(&station) {
                    self.by_station.insert(station, guess);
                }
            }
            _ => self.common = Some(guess),
        }
    }
}

/// What was guessed and why, said once.
impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.fixed.is_some() {
            return Ok(());
        }
        if self.reasons.is_empty() {
            return f.write_str(
                "no message shows the version (--version says it); what is right is right in any",
            );
        }
        for (
            index,
            Guess {
                version,
                because,
                line,
            },
        ) in self.reasons.iter().enumerate()
        {
            let comma = if index == 0 { "taken for " } else { ", " };
            write!(f, "{comma}{version}, because of ")?;
            match because {
                Because::Subprotocol => write!(f, "the subprotocol in line {line}")?,
                Because::Message(name) => write!(f, "{name} in line {line}")?,
            }
        }
        f.write_str(" (--version says it)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOT: Name = Name::Request("BootNotification");

    #[test]
    fn what_is_said_comes_before_what_is_guessed() {
        use Version::{V1_6, V2_0_1, V2_1};
        let mut versions = Versions::new(None);
        assert_eq!(versions.order(None, None, None).all(), Version::ALL);
        versions.message(V2_0_1, None, BOOT, 3);
        assert_eq!(
            versions.order(None, None, Some(7)).all(),
            [V2_0_1, V2_1, V1_6]
        );
        versions.subprotocol(V2_1, Some(7), 5);
        assert_eq!(versions.order(None, None, Some(7)).first(), V2_1);
        assert!(versions.is_told(Some(7)) && !versions.is_told(None));
        assert_eq!(versions.order(None, None, None).first(), V2_0_1);
        assert_eq!(versions.order(None, Some(V1_6), None).first(), V1_6);
        assert_eq!(versions.order(Some(V2_1), Some(V1_6), None).all(), [V2_1]);
        assert_eq!(
            versions.to_string(),
            "taken for 2.0.1, because of BootNotificationRequest in line 3, 2.1, because of the subprotocol in line 5 (--version says it)"
        );
        let mut versions = Versions::new(Some(V1_6));
        versions.subprotocol(V2_1, None, 5);
        assert_eq!(versions.order(None, Some(V2_0_1), None).all(), [V1_6]);
        assert_eq!(versions.to_string(), "");
    }
}
