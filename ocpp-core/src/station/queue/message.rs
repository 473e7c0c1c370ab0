//! A message of the queue, and the key of its record.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;

use ocpp_types::Version;
use serde::{Deserialize, Serialize};

use crate::station::record::version_text;
use crate::time::Instant;

/// What the keys of messages begin with.
pub(super) const PREFIX: &str = "queue/";

/// A message in the queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Queued {
    /// Its place; also its key.
    #[serde(skip)]
    pub(crate) number: u64,
    /// What it is written in; the queue knows.
    #[serde(with = "version_text")]
    pub(super) version: Version,
    /// The action.
    pub(crate) action: Cow<'static, str>,
    /// JSON text. The version's logic may complete it when it is sent (the transaction id of 1.6).
    pub(crate) payload: String,
    /// The transaction that it belongs to, by its local number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) transaction: Option<u64>,
    /// Whether it may be left out when there is no room.
    #[serde(default)]
    pub(crate) spare: bool,
    /// How many messages of its transaction came before it: shows where some have made room.
    #[serde(default)]
    pub(super) place: u64,
    #[serde(skip)]
    pub(crate) attempts: u32,
    #[serde(skip)]
    pub(crate) not_before: Option<Instant>,
}

impl Queued {
    pub(crate) fn new(
        action: &'static str,
        payload: String,
        transaction: Option<u64>,
        spare: bool,
    ) -> Self {
        Self {
            number: 0,
            version: Version::V1_6,
            action: Cow::Borrowed(action),
            payload,
            transaction,
            spare,
            place: 0,
            attempts: 0,
            not_before: None,
        }
    }

    /// Whether it concerns transactions: 1.6 section 3.7 counts all meter values among those.
    pub(crate) const fn is_transactional(&self) -> bool {
        self.transaction.is_some() || self.spare
    }

    /// It names the transaction too, for the case that the message itself cannot be read any more.
    pub(super) fn key(&self) -> String {
        match self.transaction {
            Some(transaction) => format!("{PREFIX}{:020}/{transaction}", self.number),
            None => format!("{PREFIX}{:020}", self.number),
        }
    }
}

/// What the key of a message says of it: its number, and its transaction.
pub(super) fn read_key(rest: &str) -> Option<(u64, Option<u64>)> {
    let (number, transaction) = match rest.split_once('/') {
        Some((number, transaction)) => (number, Some(transaction.parse().ok()?)),
        None => (rest, None),
    };
    Some((number.parse().ok()?, transaction))
}
