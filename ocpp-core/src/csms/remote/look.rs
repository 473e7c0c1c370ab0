//! What is known of a station.

use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::{DateTime, Version};

use super::RemoteStation;
use super::vocabulary::Shown;
#[cfg(doc)]
use super::{Command, Link};
use crate::csms::ledger::Ledger;
use crate::csms::{BootInfo, Connector, Registration};
use crate::security::SecurityProfile;

impl RemoteStation {
    /// Its identity.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// The version of its connection, if it is connected.
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        self.link.as_ref().map(|link| link.version)
    }

    /// What it was told when it booted last; `None` if it never did.
    #[must_use]
    pub const fn registration(&self) -> Option<Registration> {
        self.state.registration
    }

    /// What it is told when it boots.
    #[must_use]
    pub const fn decision(&self) -> (Registration, Option<i64>) {
        (self.state.boot, self.state.interval)
    }

    /// What it told when it booted last.
    #[must_use]
    pub const fn info(&self) -> Option<&BootInfo> {
        self.state.info.as_ref()
    }

    /// Its connectors, as it reported them.
    #[must_use]
    pub fn connectors(&self) -> &[Connector] {
        &self.state.connectors
    }

    /// The last status that it reported of lengthy operations, by action.
    pub fn progress(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.state.reports.iter();
        all.map(|(action, status)| (action.as_str(), status.as_str()))
    }

    /// When its last message came; not stored.
    #[must_use]
    pub const fn last_seen(&self) -> Option<DateTime> {
        self.last_seen
    }

    /// Whether a request of either side waits for its answer, or an operation for what the station promised.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        !(self.waiting.is_empty() && self.running.is_empty() && self.calls.is_empty())
    }

    /// Its transactions.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Whether it has a password.
    #[must_use]
    pub const fn has_password(&self) -> bool {
        self.state.passwords.is_set()
    }

    /// Whether it must show its password also where the security profile asks for none, for the door: the operator has put it, or the
    /// station has shown it before. One that it was given over a connection without security is for the profiles 1 and 2, to which it
    /// does not change by that alone (A00.FR.202, A05.FR.02; the same with `WP:`).
    #[must_use]
    pub const fn always_wants_password(&self) -> bool {
        self.state.passwords.is_always_wanted()
    }

    /// Which of its passwords these bytes are, for the door; hand it in with [`Link::shown`]. The time does not depend on the
    /// contents.
    #[must_use]
    pub fn shown(&self, password: &[u8]) -> Option<Shown> {
        self.state.passwords.shown(password)
    }

    /// The lowest security profile that it may connect with, for the door (A05).
    #[must_use]
    pub fn lowest_profile(&self) -> SecurityProfile {
        self.state.lowest_profile.unwrap_or_default()
    }

    /// The names that its certificate may bear (A00.FR.405): the serial number that the operator provisioned, and the identity.
    /// What a station says of itself is none of them.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let serial = self.state.serial_number.clone();
        serial.into_iter().chain([self.identity.clone()]).collect()
    }

    /// The names that are signed for: none of a station that the operator has not put. Somebody may have come with the serial number
    /// of another station as his identity.
    pub(super) fn names_to_sign(&self) -> Vec<String> {
        match self.state.put {
            true => self.names(),
            false => Vec::new(),
        }
    }

    /// Whether the operator has [put](Command::Put) it.
    #[must_use]
    pub const fn is_put(&self) -> bool {
        self.state.put
    }

    /// Its serial number, as the operator knows it.
    #[must_use]
    pub fn serial_number(&self) -> Option<&str> {
        self.state.serial_number.as_deref()
    }
}
