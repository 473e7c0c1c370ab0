//! Messages about transactions that were given up, for the operator.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::record::Records;
use crate::time::DateTime;

const PREFIX: &str = "given-up/";

/// A message about a transaction that the CSMS has failed to process as often as it may (1.6 section 3.7.1, E13.FR.04). It is
/// kept until [`Input::GivenUpSettled`](super::Input::GivenUpSettled) says that somebody has dealt with it; of more than
/// [`Limits::given_up`](super::Limits::given_up) the oldest ones go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GivenUp {
    /// Names it for [`Input::GivenUpSettled`](super::Input::GivenUpSettled).
    #[serde(skip)]
    pub id: u64,
    /// The action.
    pub action: String,
    /// The payload as it was sent last, JSON.
    pub payload: String,
    /// Why.
    pub reason: String,
    /// When, if the time was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<DateTime>,
}

/// A [`GivenUp`] as it is shown: with its id, which a record has in its key.
#[cfg(feature = "serde")]
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "GivenUp"))]
pub(super) struct Shown<'a> {
    /// Names it for `Input::GivenUpSettled`.
    id: u64,
    /// The action.
    action: &'a str,
    /// The payload as it was sent last, JSON.
    payload: &'a str,
    /// Why.
    reason: &'a str,
    /// When, if the time was known.
    time: Option<DateTime>,
}

/// Writes messages that were given up for those who look at the state of a station.
#[cfg(feature = "serde")]
pub(super) fn shown<S: serde::Serializer>(all: &[GivenUp], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(all.iter().map(|one| Shown {
        id: one.id,
        action: &one.action,
        payload: &one.payload,
        reason: &one.reason,
        time: one.time,
    }))
}

/// See [`GivenUp`].
#[derive(Debug)]
pub(crate) struct GivenUps {
    all: Vec<GivenUp>,
    next: u64,
    max: usize,
}

fn key(id: u64) -> String {
    format!("{PREFIX}{id:020}")
}

impl GivenUps {
    pub(crate) fn restore(max: usize, records: &Records) -> Self {
        let all = records.numbered::<u64, GivenUp>(PREFIX);
        let all = all.map(|(id, one)| GivenUp { id, ..one });
        let all: Vec<GivenUp> = all.collect();
        Self {
            next: all.last().map_or(0, |last| last.id.saturating_add(1)),
            all,
            max: max.max(1),
        }
    }

    pub(crate) fn all(&self) -> &[GivenUp] {
        &self.all
    }
}

impl Context {
    /// Keeps a message that is given up, once.
    pub(super) fn give_up(&mut self, action: &str, payload: &str, reason: &str) {
        let list = &mut self.given_up;
        if list.all.iter().any(|one| is(one, action, payload)) {
            return;
        }
        let oldest = (list.all.len() >= list.max).then(|| list.all.remove(0));
        let one = GivenUp {
            id: list.next,
            action: action.into(),
            payload: payload.into(),
            reason: reason.into(),
            time: None,
        };
        list.next = list.next.saturating_add(1);
        let one = GivenUp {
            time: self.utc(),
            ..one
        };
        self.store(&key(one.id), &one);
        self.given_up.all.push(one);
        if let Some(oldest) = oldest {
            self.remove(&key(oldest.id));
        }
    }

    /// A message was delivered after all: a power cut can come between giving it up and forgetting it.
    pub(super) fn not_given_up(&mut self, action: &str, payload: &str) {
        let mut all = self.given_up.all.iter();
        let found = all.find(|one| is(one, action, payload));
        if let Some(id) = found.map(|one| one.id) {
            self.settle_given_up(id);
        }
    }

    /// Somebody has dealt with a message that was given up.
    pub(super) fn settle_given_up(&mut self, id: u64) {
        let all = &mut self.given_up.all;
        if let Some(at) = all.iter().position(|one| one.id == id) {
            all.remove(at);
            self.remove(&key(id));
        }
    }
}

fn is(one: &GivenUp, action: &str, payload: &str) -> bool {
    one.action == action && one.payload == payload
}
