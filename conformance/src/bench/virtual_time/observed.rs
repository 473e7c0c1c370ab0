//! What can be seen of the station and its hardware from outside.

use std::collections::BTreeMap;

use ocpp_core::station::{StationConfig, StationState};
use ocpp_types::DateTime;

use super::{Driven, RESTART, VirtualBench};

/// Energy that flowed without a break.
#[derive(Debug, Clone)]
pub struct Flow {
    /// The connector as OCPP 1.6 counts.
    pub connector: u32,
    /// When the contactor closed, UTC.
    pub from: DateTime,
    /// When it opened, or the power went; `None` while it is closed.
    pub to: Option<DateTime>,
    /// What flowed, in Wh.
    pub energy: rust_decimal::Decimal,
    /// Whether the station did not know the time when it ended, as after a power cut without a connection since.
    pub timeless: bool,
}

impl VirtualBench {
    /// How many outputs the station has made so far.
    #[must_use]
    pub const fn outputs(&self) -> usize {
        self.outputs
    }

    /// How many messages both sides have sent.
    #[must_use]
    pub const fn messages(&self) -> usize {
        self.messages
    }

    /// How many of the mishaps that were ordered have happened.
    #[must_use]
    pub const fn mishaps(&self) -> usize {
        self.mishaps
    }

    /// The energy that has flowed, in the order in which it began to.
    #[must_use]
    pub fn flows(&self) -> &[Flow] {
        &self.flows
    }

    /// Whether the power or the program went within so many milliseconds after a moment, or was just about to come back.
    #[must_use]
    pub fn was_dark_within(&self, moment: DateTime, millis: i64) -> bool {
        let since = |dark: &DateTime| dark.millis_since(moment);
        let mut since = self.dark_since.iter().map(since);
        let restart = i64::try_from(RESTART).unwrap_or_default();
        since.any(|since| (-restart..=millis).contains(&since))
    }

    /// The value of a key or variable that is a number; 0 where there is none, or while the station is off.
    #[must_use]
    pub fn number(&self, key: &str) -> usize {
        let value = self.text(key);
        value
            .and_then(|value| value.parse().ok())
            .unwrap_or_default()
    }

    /// The value of a key or variable; `None` where there is none, or while the station is off.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<String> {
        self.station.as_ref()?.variable(self.time(), key)
    }

    /// What kind of station it is.
    #[must_use]
    pub const fn config(&self) -> &StationConfig {
        &self.config
    }

    /// The station as it is; `None` while it is off, and of one in a program.
    #[must_use]
    pub fn state(&self) -> Option<StationState> {
        self.station.as_ref().and_then(Driven::state)
    }

    /// The stored records.
    #[must_use]
    pub const fn stored(&self) -> &BTreeMap<String, String> {
        &self.stored
    }

    /// How many messages the station has kept for delivery; `None` as for [`state`](Self::state).
    #[must_use]
    pub fn queued(&self) -> Option<usize> {
        self.state().map(|state| state.queued)
    }
}
