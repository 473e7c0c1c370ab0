//! What the CSMS of the lab knows, and how it answers when a case does not say otherwise.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use super::Parameters;

/// What the CSMS knows about an idTag or idToken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdTag {
    /// `Accepted`, `Invalid` …
    pub status: &'static str,
    /// Its parent, or the group of the idToken.
    pub parent: Option<String>,
}

/// How the CSMS answers a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// With a payload.
    Payload(Value),
    /// With an error of this code.
    Error(&'static str),
    /// Not at all.
    Nothing,
}

/// The CSMS of the lab.
#[derive(Debug, Clone)]
pub struct Csms {
    tags: BTreeMap<String, IdTag>,
    /// What answers to TransactionEvent say where that is something else.
    in_events: BTreeMap<String, IdTag>,
    /// Status and interval of the next answers to BootNotification.
    boots: VecDeque<(&'static str, u32)>,
    /// The next answers to requests of an action.
    replies: BTreeMap<&'static str, VecDeque<Reply>>,
    heartbeat_interval: u32,
    /// Whether the answer to StartTransaction names the parent too.
    parent_at_start: bool,
    last_transaction: i64,
}

impl Csms {
    pub(super) fn new(parameters: &Parameters) -> Self {
        let mut csms = Self {
            tags: BTreeMap::new(),
            in_events: BTreeMap::new(),
            boots: VecDeque::new(),
            replies: BTreeMap::new(),
            heartbeat_interval: parameters.heartbeat_interval,
            parent_at_start: true,
            last_transaction: 1_000,
        };
        csms.set_tag(&parameters.valid, "Accepted", None);
        csms.set_tag(&parameters.valid2, "Accepted", None);
        csms
    }

    /// What is known about an idTag from now on. Others are `Invalid`.
    pub fn set_tag(&mut self, tag: &str, status: &'static str, parent: Option<&str>) {
        let parent = parent.map(ToOwned::to_owned);
        self.tags.insert(tag.to_owned(), IdTag { status, parent });
    }

    /// What answers to TransactionEvent say about an idToken from now on, and nobody else (2.0.1).
    pub fn set_tag_in_events(&mut self, tag: &str, status: &'static str) {
        let parent = self.tag(tag).and_then(|known| known.parent.clone());
        self.in_events
            .insert(tag.to_owned(), IdTag { status, parent });
    }

    /// What is known about an idTag or idToken.
    #[must_use]
    pub fn tag(&self, tag: &str) -> Option<&IdTag> {
        self.tags.get(tag)
    }

    pub(super) fn tag_in_events(&self, tag: &str) -> Option<&IdTag> {
        self.in_events.get(tag).or_else(|| self.tag(tag))
    }

    /// How the next BootNotification that is not answered otherwise is answered.
    pub fn answer_boot(&mut self, status: &'static str, interval: u32) {
        self.boots.push_back((status, interval));
    }

    /// How the next request of an action that is not answered otherwise is answered.
    pub fn answer_next(&mut self, action: &'static str, reply: Reply) {
        self.replies.entry(action).or_default().push_back(reply);
    }

    pub(super) fn reply(&mut self, action: &str) -> Option<Reply> {
        self.replies.get_mut(action)?.pop_front()
    }

    /// Status and interval of the next answer to BootNotification.
    pub(super) fn next_boot(&mut self) -> (&'static str, u32) {
        let boot = self.boots.pop_front();
        boot.unwrap_or(("Accepted", self.heartbeat_interval))
    }

    /// Only answers to Authorize name parents from now on.
    pub const fn parents_in_authorize_only(&mut self) {
        self.parent_at_start = false;
    }

    pub(super) const fn parent_at_start(&self) -> bool {
        self.parent_at_start
    }

    pub(super) const fn next_transaction(&mut self) -> i64 {
        self.last_transaction += 1;
        self.last_transaction
    }

    /// The id of the transaction that was started last.
    #[must_use]
    pub const fn last_transaction(&self) -> i64 {
        self.last_transaction
    }
}
