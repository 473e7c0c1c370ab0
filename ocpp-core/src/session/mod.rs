//! One side of an OCPP-J connection: who may say what when, and which answer belongs to which question.
//!
//! A [`Session`] is a value without socket, clock and thread. It speaks one version and outlives its connections: calls
//! that wait in its queue stay there over a reconnect.
//!
//! # How to drive it
//!
//! The methods are of four kinds:
//!
//! - **input**: [`handle`](Session::handle) with [`Input`], or [`receive`](Session::receive) for a message whose
//!   payload is to be decoded without being copied;
//! - **mutators**: [`call`](Session::call), [`send`](Session::send), [`respond`](Session::respond),
//!   [`refuse`](Session::refuse), [`verified`](Session::verified), [`cancel`](Session::cancel);
//! - **output**: [`poll_output`](Session::poll_output), and [`next_timeout`](Session::next_timeout);
//! - **getters**: everything else.
//!
//! After any input or mutator call `poll_output` until it gives `None`, and carry the outputs out in this order. Then
//! ask `next_timeout` and wait: for a message, for the application, or until that moment, which is answered with
//! [`Input::TimePassed`]. To call from within a handler of an output is allowed; nothing locks.
//!
//! ```
//! use core::time::Duration;
//! use ocpp_core::Version;
//! use ocpp_core::session::{CallOptions, Config, Input, MessageIds, Output, Role, Session};
//! use ocpp_core::time::Instant;
//!
//! let config = Config::new(Role::Station);
//! let ids = MessageIds::counter(7, 100);
//! let mut station = Session::new(Version::V2_0_1, Role::Station, config, ids);
//!
//! let now = Instant::ORIGIN;
//! station.handle(now, Input::Connected)?;
//! let call = station.call(now, "Heartbeat", "{}".into(), CallOptions::new())?;
//! assert_eq!(station.poll_output(), Some(Output::StoreNextId(107)));
//! let Some(Output::Transmit(message)) = station.poll_output() else { panic!() };
//! assert_eq!(message.text, r#"[2,"7","Heartbeat",{}]"#);
//! assert_eq!(station.next_timeout(), Some(now + Duration::from_secs(30)));
//!
//! let answer = r#"[3,"7",{"currentTime":"2024-05-15T12:00:00Z"}]"#;
//! station.handle(now, Input::Received(answer))?;
//! let Some(Output::CallEnded(ended)) = station.poll_output() else { panic!() };
//! assert_eq!(ended.call, call);
//! assert_eq!(ended.result.unwrap(), r#"{"currentTime":"2024-05-15T12:00:00Z"}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it guarantees
//!
//! - At most one CALL of this side is under way; the others wait by [`Priority`] and age.
//! - Every call ends exactly once with [`Output::CallEnded`]: with the response, a CALLERROR, by time-out, at once when
//!   the connection is lost, by expiry, by a newer one, or cancelled. A late response never ends another call.
//! - Every CALL of the peer is answered exactly once while the connection lasts: by the application, or by the session
//!   after [`Config::answer_timeout`].
//! - No message id is used twice ([`MessageIds`]), except for further attempts of one call that ask for it.
//! - Memory is bounded by the [`Config`]; no input leads to a panic.
//!
//! # Limits and defaults
//!
//! | limit | default | when it is reached |
//! |---|---|---|
//! | [`max_frame`](Config::max_frame) | 1 MiB | CALL: `GenericError`; response: its call ends as `InvalidResponse` |
//! | [`max_queue`](Config::max_queue) | 64 | [`call`](Session::call) hands the message back |
//! | [`max_handling`](Config::max_handling) | 8 | `GenericError` |
//! | [`call_timeout`](Config::call_timeout) | 30 s (2.x part 2 section 3.2) | the next attempt, or `TimedOut` |
//! | [`answer_timeout`](Config::answer_timeout) | 60 s | `InternalError`, [`Output::Unanswered`] |
//! | [`remember_answers`](Config::remember_answers) | 0 | the oldest answer is forgotten |
//! | message id | 36 characters | see the next table |
//! | description of an error | 255 characters | cut when written, accepted at any length when read |
//! | ids of ended calls that are remembered | 8 | a late response is reported as `Unmatched` instead of `Late` |
//! | outputs that wait | 1,024 | [`handle`](Session::handle) refuses further messages: poll first |
//!
//! # Invalid messages and their answers
//!
//! | message | 1.6 | 2.0.1 | 2.1 |
//! |---|---|---|---|
//! | not JSON, nothing readable | – | `-1` `RpcFrameworkError` | `-1` `RpcFrameworkError` |
//! | JSON, not an array | – | `-1` `RpcFrameworkError` | `-1` `RpcFrameworkError` |
//! | message type is not a whole number | – | `-1` `RpcFrameworkError` | `-1` `RpcFrameworkError` |
//! | unknown message type number | – | `MessageTypeNotSupported` (`-1` without id) | – |
//! | CALL: id missing or not a string | – | `-1` `RpcFrameworkError` | `-1` `RpcFrameworkError` |
//! | CALL: id longer than 36 characters | `FormationViolation` (id up to 255 characters) | `-1` `RpcFrameworkError` | `-1` `RpcFrameworkError` |
//! | CALL: too few or too many elements, action not a string | `FormationViolation` | `RpcFrameworkError` | `RpcFrameworkError` |
//! | CALL: payload is not JSON | `FormationViolation` | `FormatViolation` | `FormatViolation` |
//! | CALL: payload is not an object | `FormationViolation` | `ProtocolError` | `ProtocolError` |
//! | CALL: payload is `null` | taken as `{}` | taken as `{}` | taken as `{}` |
//! | CALL: larger than the limit | `GenericError` | `GenericError` | `GenericError` |
//! | CALL: id of a call that is being handled | `GenericError` | `RpcFrameworkError` | `RpcFrameworkError` |
//! | CALL: more calls than are handled at a time | `GenericError` | `GenericError` | `GenericError` |
//! | CALL: unknown action | `NotImplemented` | `NotImplemented` | `NotImplemented` |
//! | CALL: action that the application does not support | `NotSupported` | `NotSupported` | `NotSupported` |
//! | CALL: action in the wrong direction | `NotSupported` | `NotSupported` | `NotSupported` |
//! | CALL: action that travels in a SEND | | | `NotSupported` |
//! | CALL: `…-Signed`, signed messages not supported | `NotImplemented` | `NotSupported` | `NotSupported` |
//! | SEND: anything wrong with it | | | – |
//! | CALLRESULT for the call under way: cannot be read | call ends | call ends | call ends, CALLRESULTERROR |
//! | CALLERROR for the call under way: cannot be read | call ends | call ends | call ends |
//! | CALLERROR: no description, null, too long; no details | accepted | accepted | accepted |
//! | response to a call that has ended, or to none | – | – | – |
//! | CALLRESULTERROR | as unknown type | as unknown type | reported |
//!
//! “–” means that nothing is sent. Whatever is wrong with a message is reported with [`Output::Seen`]. The answer's
//! description says what is wrong, its details object `{"reason": …}` too.
//!
//! A [`TypedSession`] decodes the payloads as well:
//!
//! | payload | 1.6 | 2.0.1 and 2.1 |
//! |---|---|---|
//! | CALL: member of the wrong type | `TypeConstraintViolation` | `TypeConstraintViolation` |
//! | CALL: value not allowed, too long, out of range | `PropertyConstraintViolation` | `PropertyConstraintViolation` |
//! | CALL: required member missing, too few or too many elements | `OccurenceConstraintViolation` | `OccurrenceConstraintViolation` |
//! | CALL: unknown member | `FormationViolation` | `FormatViolation` |
//! | CALLRESULT: any of these | call ends | call ends; CALLRESULTERROR with the code in 2.1 |
//! | SEND: any of these | | reported, not answered |
//!
//! The details are `{"violations": [{"pointer": …, "code": …, "expected": …, "found": …}]}`, of many violations the first
//! ones, with how many there are `more`. With [`Decoding::Lenient`], what can be repaired is no violation but a deviation, listed with the message.
//!
//! Specification: OCPP-J 1.6 chapter 4 with its errata; OCPP 2.0.1 and 2.1 part 4 chapters 4 and 7; part 2 FR.01 to
//! FR.03.

mod action;
mod answer;
mod call;
mod config;
mod explain;
mod id;
mod incoming;
mod outgoing;
mod output;
mod receive;
mod report;
pub mod signed;
mod typed;

#[cfg(test)]
mod tests;

use alloc::borrow::Cow;
use alloc::collections::VecDeque;
use alloc::string::String;
use core::fmt;

use compact_str::CompactString;
use ocpp_types::Version;

use crate::frame::{ErrorCode, Number};
use crate::time::Instant;

pub use action::{Role, find_action};
pub use answer::AnswerError;
pub use call::{NotQueued, NotQueuedReason, NotSent};
pub use config::{CallOptions, Config, Priority};
#[cfg(any(feature = "v1_6", feature = "v2_0_1", feature = "v2_1"))]
pub(crate) use explain::explain;
pub use id::MessageIds;
use incoming::Incoming;
use outgoing::Outgoing;
use output::count;
pub use output::{
    CallEnded, CallFailure, CallId, CallRefusal, CallToken, Counters, IncomingCall, IncomingSend,
    Output, Seen, Transmit, Verdict,
};
pub use receive::Received;
pub use typed::{Decoding, Event, Failure, SendError, TypedSession};

/// How many outputs may wait before further messages are refused.
const MAX_OUTPUTS: usize = 1024;

/// What happens to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Input<'a> {
    /// The connection is open. If the session had one before, that one is gone.
    Connected,
    /// A text message came in.
    Received(&'a str),
    /// The connection is gone.
    Disconnected,
    /// Time has passed: some of it, or up to [`Session::next_timeout`].
    TimePassed,
}

/// A session was used in a way that cannot work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misuse {
    /// A message came in although there is no connection.
    NotConnected,
    /// More than 1,024 outputs wait to be polled; the message was not processed.
    OutputsWaiting,
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotConnected => "message received without a connection",
            Self::OutputsWaiting => "too many outputs wait to be polled",
        })
    }
}

impl core::error::Error for Misuse {}

/// One side of an OCPP-J connection. See the [module documentation](self).
#[derive(Debug, Clone)]
pub struct Session {
    version: Version,
    role: Role,
    config: Config,
    ids: MessageIds,
    connected: bool,
    outgoing: Outgoing,
    incoming: Incoming,
    outputs: VecDeque<Output>,
    counters: Counters,
    /// See [`decode_calls`](Self::decode_calls).
    decodes_calls: bool,
}

impl Session {
    /// A session without connection.
    #[must_use]
    pub fn new(version: Version, role: Role, config: Config, ids: MessageIds) -> Self {
        Self {
            version,
            role,
            config,
            ids,
            connected: false,
            outgoing: Outgoing::default(),
            incoming: Incoming::default(),
            outputs: VecDeque::new(),
            counters: Counters::default(),
            decodes_calls: false,
        }
    }

    /// Takes an input. Poll the outputs afterwards.
    ///
    /// # Errors
    /// [`Misuse`]; the session is unchanged then.
    pub fn handle(&mut self, now: Instant, input: Input<'_>) -> Result<(), Misuse> {
        match input {
            Input::Connected => {
                self.disconnect();
                self.connected = true;
            }
            Input::Disconnected => self.disconnect(),
            Input::Received(text) => {
                let received = self.accept(now, text)?;
                self.queue_received(received);
            }
            Input::TimePassed => {}
        }
        self.advance(now);
        Ok(())
    }

    /// The payloads of calls are decoded at once by whoever receives them, and need not be scanned before: one that is no JSON
    /// object is then refused with [`refuse_unreadable`](Self::refuse_unreadable). Responses are scanned as before.
    // Only a station does, of which there is none in 2.1 yet.
    #[cfg_attr(not(any(feature = "v1_6", feature = "v2_0_1")), allow(dead_code))]
    pub(crate) const fn decode_calls(&mut self) {
        self.decodes_calls = true;
    }

    /// Speaks another version over the next connection. There is none now.
    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    pub(crate) fn set_version(&mut self, version: Version) {
        self.disconnect();
        self.version = version;
        // Nobody repeats in another version what it said in this one.
        self.incoming.handling.clear();
        self.incoming.answered.clear();
    }

    /// The next thing to do or to know. `None` when there is nothing more for now.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to come back with [`Input::TimePassed`] at the latest; `None` when nothing is waited for.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Instant> {
        let call = match &self.outgoing.in_flight {
            Some(in_flight) => Some(in_flight.deadline),
            None if self.connected => self.outgoing.next_due(),
            None => None,
        };
        let others = [self.outgoing.next_expiry(), self.incoming.next_deadline()];
        others.into_iter().chain([call]).flatten().min()
    }

    /// The version that this session speaks.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The side that this session is.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Limits and behaviour.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Changes limits and behaviour, from the next input on.
    pub const fn config_mut(&mut self) -> &mut Config {
        &mut self.config
    }

    /// Whether there is a connection.
    #[must_use]
    pub const fn is_connected(&self) -> bool {
        self.connected
    }

    /// How many calls wait in the queue, without the one that is under way.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.outgoing.queued()
    }

    /// The call that is under way.
    #[must_use]
    pub fn in_flight(&self) -> Option<CallId> {
        let in_flight = self.outgoing.in_flight.as_ref()?;
        Some(in_flight.queued.call)
    }

    /// How many calls of the peer the application has yet to answer.
    #[must_use]
    pub fn handling(&self) -> usize {
        self.incoming.handling.len()
    }

    /// What has been counted so far.
    #[must_use]
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    fn disconnect(&mut self) {
        if !self.connected {
            return;
        }
        self.connected = false;
        self.end_calls_of_connection();
        self.incoming.disconnect(self.config.remember_answers > 0);
    }

    /// Ends what is overdue and sends what is due.
    fn advance(&mut self, now: Instant) {
        self.expire_calls(now);
        self.expire_answers(now);
        self.send_next(now);
    }

    fn transmit(
        &mut self,
        text: String,
        number: Number,
        id: CompactString,
        action: Option<Cow<'static, str>>,
        code: Option<ErrorCode>,
    ) {
        count(&mut self.counters.frames_out);
        let bytes = &mut self.counters.bytes_out;
        *bytes = bytes.saturating_add(text.len() as u64);
        if code.is_some() {
            count(&mut self.counters.errors_out);
        }
        #[cfg(feature = "tracing")]
        tracing::debug!(
            target: "ocpp",
            direction = "out",
            message_type = number.name(),
            id = %id,
            action = action.as_deref().unwrap_or_default(),
            code = code.as_ref().map_or("", |code| code.as_str(self.version)),
            bytes = text.len(),
        );
        self.outputs.push_back(Output::Transmit(Transmit {
            text,
            number,
            id,
            action,
            code,
        }));
    }
}
