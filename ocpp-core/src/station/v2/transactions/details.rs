//! What 2.0.1 wants to know of a transaction, and the causes of what happens to it.

use alloc::format;
use alloc::string::String;

use ocpp_types::{DateTime, Version};
use serde::{Deserialize, Serialize};

use super::super::points::Conditions;
use super::super::wire::{ChargingState, Reason, TriggerReason};
use crate::station::context::{Context, scramble};
use crate::station::transaction;
use crate::station::vocabulary::Token;

/// Why something is about to change.
#[derive(Debug, Clone)]
pub(in super::super) struct Cue {
    pub(in super::super) trigger: TriggerReason,
    /// If a transaction ends because of it.
    pub(in super::super) reason: Option<Reason>,
    /// Who wants it.
    pub(in super::super) token: Option<Token>,
}

impl Cue {
    pub(in super::super) const fn new(trigger: TriggerReason) -> Self {
        Self {
            trigger,
            reason: None,
            token: None,
        }
    }

    pub(in super::super) const fn ending(trigger: TriggerReason, reason: Reason) -> Self {
        Self {
            trigger,
            reason: Some(reason),
            token: None,
        }
    }
}

/// How a transaction ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in super::super) struct Ending {
    pub(in super::super) trigger: TriggerReason,
    pub(in super::super) reason: Option<Reason>,
    pub(in super::super) token: Option<Token>,
    pub(in super::super) time: DateTime,
    pub(in super::super) state: ChargingState,
}

/// What 2.0.1 wants to know about a transaction.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(in super::super) struct Details {
    pub(in super::super) id: String,
    /// Of the next event.
    #[serde(default)]
    pub(in super::super) next_seq: i64,
    /// Whether the CSMS was told the connector.
    #[serde(default)]
    pub(in super::super) place_told: bool,
    /// Whether energy may be delivered; kept for the case of a power cut.
    #[serde(default)]
    pub(in super::super) authorized: bool,
    /// The conditions that have held during the transaction.
    #[serde(default)]
    pub(in super::super) reached: Conditions,
    /// Whether the CSMS has the key of the meter, or gets it with what waits.
    #[serde(default)]
    pub(in super::super) key_told: bool,
    /// The charging state that the CSMS knows.
    #[serde(default)]
    pub(in super::super) told: Option<ChargingState>,
    /// The `chargingPriority` of its token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) token_priority: Option<i8>,
    /// The `chargingPriority` that the CSMS has given to it alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) own_priority: Option<i8>,
    /// Why the authorization ended.
    #[serde(default)]
    pub(in super::super) reason: Option<Reason>,
    #[serde(default)]
    pub(in super::super) ending: Option<Ending>,
}

impl Details {
    /// How important it is that it gets energy: what is said of it alone overrules what is said of its token (K03.FR.05); 0 if
    /// nothing is known (K03.FR.06).
    pub(in super::super) fn priority(&self) -> i8 {
        self.own_priority.or(self.token_priority).unwrap_or(0)
    }

    /// Notes the `chargingPriority` of its token, and its own, where something is said. Says whether anything is new.
    pub(super) fn prioritize(&mut self, of_token: Option<i8>, own: Option<i8>) -> bool {
        let before = (self.token_priority, self.own_priority);
        self.token_priority = of_token.or(self.token_priority);
        self.own_priority = own.or(self.own_priority);
        before != (self.token_priority, self.own_priority)
    }
}

impl transaction::Details for Details {
    const VERSION: Version = Version::V2_0_1;

    fn is_ending(&self) -> bool {
        self.ending.is_some()
    }
}

/// A random UUID of version 4: unique over all stations and time (E01.FR.08, E02.FR.08), with a seed of its own for each
/// start. With the same seed as others too: random numbers differ from station to station by its names; those of two starts
/// are the same if nothing was sent in the first one, or the records are lost, but the moment is not, nor are the numbers
/// of transactions that wait for delivery.
pub(super) fn new_id(core: &mut Context, number: u64, time: DateTime) -> String {
    let moment = scramble(time.unix_millis().cast_unsigned());
    let (high, low) = (core.random() ^ moment, core.random() ^ number);
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 48 & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff,
    )
}
