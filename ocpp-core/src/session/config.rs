//! Limits and behaviour of a session, and the options of a single call.

use core::time::Duration;

use ocpp_types::ActionInfo;

use super::action::Role;

/// Limits and behaviour of a session. The [table](super#limits-and-defaults) shows the defaults.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// Whether the application supports an action that it may receive; what it does not support is answered with
    /// `NotSupported`. What depends on more than the action is for the application to [refuse](super::Session::refuse).
    pub supports: fn(&ActionInfo) -> bool,
    /// How long a CALL waits for its response unless its options say otherwise.
    pub call_timeout: Duration,
    /// How long the application may take to answer a CALL. Then the session answers `InternalError` and reports it.
    pub answer_timeout: Duration,
    /// How many calls of the application may wait for their turn.
    pub max_queue: usize,
    /// How many calls of the peer may be handled at the same time. A peer that keeps to the specification has one.
    pub max_handling: usize,
    /// The largest message in bytes of UTF-8 that is accepted.
    pub max_frame: usize,
    /// How many CALLRESULTs are kept to recognise a CALL that the peer sends again with the same id, action and payload.
    /// Such a repetition then gets the same answer and does not reach the application a second time, not even over a
    /// reconnect. With 0, every CALL whose id is not being handled right now is a new one.
    pub remember_answers: usize,
    /// Whether queued calls stay in the queue while there is no connection, unless their options say otherwise.
    pub keep_queued: bool,
    /// Whether payloads are checked to be JSON objects before they are handed over. Typed decoding does that anyway.
    pub check_payloads: bool,
    /// Whether signed messages are accepted (2.x). If not, an action with the suffix `-Signed` is `NotSupported`.
    pub signed_messages: bool,
    /// Whether every inbound message is reported with its meaning ([`Output::Seen`](super::Output::Seen)), not only
    /// those that something is wrong with.
    pub tap: bool,
}

impl Config {
    /// The defaults for `role`. They differ in one point: a station keeps its queued calls over a loss of the
    /// connection; those of a CSMS end, because a command must not be carried out long after it was given.
    #[must_use]
    pub fn new(role: Role) -> Self {
        Self {
            supports: |_| true,
            call_timeout: Duration::from_secs(30),
            answer_timeout: Duration::from_secs(60),
            max_queue: 64,
            max_handling: 8,
            max_frame: 1024 * 1024,
            remember_answers: 0,
            keep_queued: role == Role::Station,
            check_payloads: true,
            signed_messages: false,
            tap: false,
        }
    }
}

/// What goes first when several calls wait for their turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Priority {
    /// Before everything else: a person is waiting, or the peer accepts nothing else yet.
    High,
    /// In the order of the calls.
    #[default]
    Normal,
    /// When nothing else waits.
    Low,
}

/// How one call is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallOptions {
    /// How long to wait for the response; [`Config::call_timeout`] if `None`.
    pub timeout: Option<Duration>,
    /// How often to send it altogether while no response comes; at least 1. A loss of the connection ends the call
    /// that is under way in any case.
    pub attempts: u32,
    /// The pause before the next attempt, multiplied by the number of attempts already made (E13.FR.03).
    pub retry_interval: Duration,
    /// Whether a CALLERROR and a response that cannot be read count as a failed attempt too.
    pub retry_on_error: bool,
    /// Whether further attempts use the message id of the first, as the errata allow: a peer can then recognise the
    /// repetition, and a late response to an earlier attempt still counts. By default each attempt has its own id.
    pub same_id: bool,
    /// How long the call may wait in the queue.
    pub expires_after: Option<Duration>,
    /// Its place in the queue.
    pub priority: Priority,
    /// A call that is still in the queue with the same action and the same key is taken out of it: only the newest
    /// counts (the status of a connector, for example, with the connector as key).
    pub supersedes: Option<u64>,
    /// Whether it stays in the queue while there is no connection; [`Config::keep_queued`] if `None`.
    pub keep_queued: Option<bool>,
    /// Whether the payload is a signed message ([`signed`](super::signed)): the action gets its suffix.
    pub signed: bool,
}

impl Default for CallOptions {
    fn default() -> Self {
        Self {
            timeout: None,
            attempts: 1,
            retry_interval: Duration::ZERO,
            retry_on_error: false,
            same_id: false,
            expires_after: None,
            priority: Priority::Normal,
            supersedes: None,
            keep_queued: None,
            signed: false,
        }
    }
}

impl CallOptions {
    /// The defaults: one attempt, normal priority.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`timeout`](Self::timeout).
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets [`attempts`](Self::attempts) and [`retry_interval`](Self::retry_interval).
    #[must_use]
    pub const fn attempts(mut self, attempts: u32, retry_interval: Duration) -> Self {
        self.attempts = attempts;
        self.retry_interval = retry_interval;
        self
    }

    /// Sets [`retry_on_error`](Self::retry_on_error).
    #[must_use]
    pub const fn retry_on_error(mut self) -> Self {
        self.retry_on_error = true;
        self
    }

    /// Sets [`same_id`](Self::same_id).
    #[must_use]
    pub const fn same_id(mut self) -> Self {
        self.same_id = true;
        self
    }

    /// Sets [`expires_after`](Self::expires_after).
    #[must_use]
    pub const fn expires_after(mut self, limit: Duration) -> Self {
        self.expires_after = Some(limit);
        self
    }

    /// Sets [`priority`](Self::priority).
    #[must_use]
    pub const fn priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    /// Sets [`supersedes`](Self::supersedes).
    #[must_use]
    pub const fn supersedes(mut self, key: u64) -> Self {
        self.supersedes = Some(key);
        self
    }

    /// Sets [`keep_queued`](Self::keep_queued).
    #[must_use]
    pub const fn keep_queued(mut self, keep: bool) -> Self {
        self.keep_queued = Some(keep);
        self
    }

    /// Sets [`signed`](Self::signed).
    #[must_use]
    pub const fn signed(mut self) -> Self {
        self.signed = true;
        self
    }
}
