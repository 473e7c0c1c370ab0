//! Calls of this side, from the queue to their end.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use crate::frame::{self, Number};
use crate::time::Instant;

use super::action::SIGNED_SUFFIX;
use super::config::CallOptions;
use super::outgoing::{InFlight, Queued};
use super::output::{CallEnded, CallFailure, CallId, Output, count};
use super::{Session, Version};

/// A call could not be queued. Here it is back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotQueued {
    /// Why.
    pub reason: NotQueuedReason,
    /// The action.
    pub action: Cow<'static, str>,
    /// The JSON text of the request.
    pub payload: String,
}

/// Why a call could not be queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotQueuedReason {
    /// The queue is full: try again when a call has ended.
    QueueFull,
    /// There is no connection and the call is not to be kept: try again after [`Input::Connected`](super::Input).
    NotConnected,
    /// The payload is not the text of a JSON object.
    PayloadNotAnObject,
}

impl fmt::Display for NotQueued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.reason {
            NotQueuedReason::QueueFull => "the queue is full",
            NotQueuedReason::NotConnected => "there is no connection",
            NotQueuedReason::PayloadNotAnObject => "the payload is not a JSON object",
        };
        write!(f, "{} not queued: {reason}", self.action)
    }
}

impl core::error::Error for NotQueued {}

/// A SEND could not be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotSent {
    /// Only 2.1 has SEND.
    WrongVersion,
    /// There is no connection; a SEND is never queued.
    NotConnected,
    /// The payload is not the text of a JSON object.
    PayloadNotAnObject,
}

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WrongVersion => "this version of OCPP has no SEND",
            Self::NotConnected => "there is no connection",
            Self::PayloadNotAnObject => "the payload is not a JSON object",
        })
    }
}

impl core::error::Error for NotSent {}

impl Session {
    /// Queues a call and sends it at once if none is under way. Poll the outputs afterwards.
    ///
    /// # Errors
    /// The message comes back when the queue is full, when there is no connection and it is not to be kept, or when
    /// its payload is not a JSON object (checked unless [`check_payloads`](super::Config::check_payloads) is off).
    pub fn call(
        &mut self,
        now: Instant,
        action: impl Into<Cow<'static, str>>,
        payload: String,
        options: CallOptions,
    ) -> Result<CallId, NotQueued> {
        let action = action.into();
        if self.config.check_payloads && frame::check_payload(&payload).is_err() {
            return Err(NotQueued {
                reason: NotQueuedReason::PayloadNotAnObject,
                action,
                payload,
            });
        }
        self.call_encoded(now, action, payload, options)
    }

    /// The same with a payload that was made from a value, which need not be looked at.
    pub(crate) fn call_encoded(
        &mut self,
        now: Instant,
        action: Cow<'static, str>,
        payload: String,
        options: CallOptions,
    ) -> Result<CallId, NotQueued> {
        let refused = |reason, action, payload| NotQueued {
            reason,
            action,
            payload,
        };
        let keep = options.keep_queued.unwrap_or(self.config.keep_queued);
        if !self.connected && !keep {
            return Err(refused(NotQueuedReason::NotConnected, action, payload));
        }
        let superseded = options.supersedes.and_then(|key| {
            self.outgoing
                .take(|q| q.options.supersedes == Some(key) && q.action == action)
        });
        if let Some(older) = superseded {
            self.end_queued(older, CallFailure::Superseded);
        }
        if self.outgoing.queued() >= self.config.max_queue {
            return Err(refused(NotQueuedReason::QueueFull, action, payload));
        }
        let call = self.outgoing.next_call();
        self.outgoing.push(Queued {
            call,
            action,
            payload,
            options,
            expires: options.expires_after.map(|limit| now + limit),
            not_before: now,
            failed_attempts: 0,
            id: None,
        });
        self.advance(now);
        Ok(call)
    }

    /// Sends a message that is not answered (2.1), at once: a SEND waits for nothing.
    ///
    /// # Errors
    /// See [`NotSent`].
    pub fn send(
        &mut self,
        action: impl Into<Cow<'static, str>>,
        payload: &str,
    ) -> Result<(), NotSent> {
        if self.version != Version::V2_1 {
            return Err(NotSent::WrongVersion);
        }
        if !self.connected {
            return Err(NotSent::NotConnected);
        }
        if self.config.check_payloads && frame::check_payload(payload).is_err() {
            return Err(NotSent::PayloadNotAnObject);
        }
        let action = action.into();
        let id = self.draw_id();
        let mut text = String::new();
        frame::write_send(&mut text, &id, &action, payload);
        count(&mut self.counters.sends_out);
        self.transmit(text, Number::Send, id, Some(action), None);
        Ok(())
    }

    /// Gives a call up: it ends as [`CallFailure::Cancelled`]. One that is under way keeps its place until the peer
    /// answers or its time is over, because the peer is still busy with it. Says whether there was such a call.
    pub fn cancel(&mut self, now: Instant, call: CallId) -> bool {
        if let Some(queued) = self.outgoing.take(|queued| queued.call == call) {
            self.end_queued(queued, CallFailure::Cancelled);
            self.advance(now);
            return true;
        }
        match &mut self.outgoing.in_flight {
            Some(in_flight) if in_flight.queued.call == call && !in_flight.cancelled => {
                in_flight.cancelled = true;
                let action = in_flight.queued.action.clone();
                self.end_call(call, action, Err(CallFailure::Cancelled));
                true
            }
            _ => false,
        }
    }

    /// Takes a call back that has not gone out, although it may count as under way already: it ends as
    /// [`CallFailure::Cancelled`], and the next one follows.
    #[cfg(any(feature = "v1_6", feature = "v2_0_1"))] // For the station.
    pub(crate) fn withdraw(&mut self, now: Instant, call: CallId) {
        let under_way = |in_flight: &mut InFlight| in_flight.queued.call == call;
        if let Some(in_flight) = self.outgoing.in_flight.take_if(under_way) {
            self.outgoing.note_ended(in_flight.id);
            let queued = in_flight.queued;
            self.end_call(queued.call, queued.action, Err(CallFailure::Cancelled));
            self.advance(now);
        } else {
            self.cancel(now, call);
        }
    }

    /// Draws the ids of further messages from elsewhere.
    #[cfg(any(feature = "v1_6", feature = "v2_0_1"))] // For the station.
    pub(crate) fn set_ids(&mut self, ids: super::MessageIds) {
        self.ids = ids;
    }

    /// Sends the next call of the queue if none is under way.
    pub(super) fn send_next(&mut self, now: Instant) {
        if !self.connected || self.outgoing.in_flight.is_some() {
            return;
        }
        let Some(mut queued) = self.outgoing.pop_due(now) else {
            return;
        };
        let id = match queued.id.take() {
            Some(id) => id,
            None => self.draw_id(),
        };
        let action = if queued.options.signed {
            Cow::Owned(alloc::format!("{}{SIGNED_SUFFIX}", queued.action))
        } else {
            queued.action.clone()
        };
        let mut text = String::new();
        frame::write_call(&mut text, &id, &action, &queued.payload);
        if queued.failed_attempts.saturating_add(1) >= queued.options.attempts {
            // It will not be needed again.
            queued.payload = String::new();
        }
        let timeout = queued.options.timeout.unwrap_or(self.config.call_timeout);
        self.outgoing.in_flight = Some(InFlight {
            queued,
            id: id.clone(),
            deadline: now + timeout,
            cancelled: false,
        });
        count(&mut self.counters.calls_out);
        self.transmit(text, Number::Call, id, Some(action), None);
    }

    /// Ends what has waited too long: for its response, or in the queue.
    pub(super) fn expire_calls(&mut self, now: Instant) {
        let overdue = |in_flight: &mut InFlight| in_flight.deadline <= now;
        if let Some(in_flight) = self.outgoing.in_flight.take_if(overdue) {
            count(&mut self.counters.timeouts);
            self.fail_attempt(now, in_flight, CallFailure::TimedOut);
        }
        let expired = |queued: &Queued| queued.expires.is_some_and(|expires| expires <= now);
        while let Some(queued) = self.outgoing.take(expired) {
            self.end_queued(queued, CallFailure::Expired);
        }
    }

    /// The connection is gone: the call under way ends, and those in the queue that are not to be kept.
    pub(super) fn end_calls_of_connection(&mut self) {
        if let Some(in_flight) = self.outgoing.in_flight.take() {
            self.outgoing.note_ended(in_flight.id);
            if !in_flight.cancelled {
                count(&mut self.counters.disconnected);
                let queued = in_flight.queued;
                self.end_call(queued.call, queued.action, Err(CallFailure::Disconnected));
            }
        }
        let keep_queued = self.config.keep_queued;
        let to_drop = |queued: &Queued| !queued.options.keep_queued.unwrap_or(keep_queued);
        while let Some(queued) = self.outgoing.take(to_drop) {
            count(&mut self.counters.disconnected);
            self.end_queued(queued, CallFailure::Disconnected);
        }
    }

    /// An attempt brought no response: try again if there is an attempt left, or end the call.
    pub(super) fn fail_attempt(&mut self, now: Instant, in_flight: InFlight, cause: CallFailure) {
        let InFlight {
            mut queued,
            id,
            cancelled,
            ..
        } = in_flight;
        if cancelled {
            self.outgoing.note_ended(id);
            return;
        }
        queued.failed_attempts = queued.failed_attempts.saturating_add(1);
        let may_repeat = cause == CallFailure::TimedOut || queued.options.retry_on_error;
        if !may_repeat || queued.failed_attempts >= queued.options.attempts {
            self.outgoing.note_ended(id);
            self.end_call(queued.call, queued.action, Err(cause));
            return;
        }
        if queued.options.same_id {
            queued.id = Some(id);
        } else {
            self.outgoing.note_ended(id);
        }
        let pause = queued
            .options
            .retry_interval
            .saturating_mul(queued.failed_attempts);
        queued.not_before = now + pause;
        self.outputs.push_back(Output::CallRetried {
            call: queued.call,
            failed_attempts: queued.failed_attempts,
            cause,
        });
        self.outgoing.push_again(queued);
    }

    /// Ends a call that is in the queue.
    fn end_queued(&mut self, queued: Queued, failure: CallFailure) {
        if let Some(id) = queued.id {
            self.outgoing.note_ended(id);
        }
        self.end_call(queued.call, queued.action, Err(failure));
    }

    pub(super) fn end_call(
        &mut self,
        call: CallId,
        action: Cow<'static, str>,
        result: Result<String, CallFailure>,
    ) {
        self.outputs.push_back(Output::CallEnded(CallEnded {
            call,
            action,
            result,
        }));
    }

    fn draw_id(&mut self) -> compact_str::CompactString {
        let (id, store) = self.ids.draw();
        if let Some(next) = store {
            self.outputs.push_back(Output::StoreNextId(next));
        }
        id
    }
}
