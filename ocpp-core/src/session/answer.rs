//! Answers to the calls of the peer.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use compact_str::CompactString;
use ocpp_types::{Payload, Written};

use crate::frame::{self, ErrorCode, Number};
use crate::time::Instant;

use super::incoming::{Handling, REMEMBERED_FOR_REFUSAL};
use super::output::{CallToken, IncomingCall, Output, count};
use super::{SendError, Session, Version};

/// An answer could not be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerError {
    /// The call has been answered already, by the application or, after the time limit, by the session.
    NotPending,
    /// The connection over which the call came is gone. The peer knows that it got no answer.
    ConnectionLost,
    /// The payload or the details are not the text of a JSON object. The call still waits for its answer.
    NotAnObject,
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotPending => "the call has been answered already",
            Self::ConnectionLost => "the connection that the call came over is gone",
            Self::NotAnObject => "the payload is not a JSON object",
        })
    }
}

impl core::error::Error for AnswerError {}

impl Session {
    /// Answers a call with a CALLRESULT. `payload` is the JSON text of the response.
    ///
    /// # Errors
    /// See [`AnswerError`]. A call is answered once: a second answer is [`AnswerError::NotPending`].
    pub fn respond(&mut self, token: CallToken, payload: &str) -> Result<(), AnswerError> {
        if self.config.check_payloads && frame::check_payload(payload).is_err() {
            return Err(AnswerError::NotAnObject);
        }
        let handling = self.take_handling(token)?;
        let mut text = String::new();
        frame::write_call_result(&mut text, &handling.id, payload);
        count(&mut self.counters.results_out);
        self.answer(handling, text, Number::CallResult, None)
    }

    /// Answers a call with a value, which is written straight into the frame.
    ///
    /// # Errors
    /// [`SendError::Encode`], with which the call still waits for its answer, or [`SendError::Answer`].
    pub fn respond_with(
        &mut self,
        token: CallToken,
        response: &impl Payload,
    ) -> Result<(), SendError> {
        self.respond_written(token, response.written())
    }

    /// Apart from the types of the responses: there are many.
    pub(crate) fn respond_written(
        &mut self,
        token: CallToken,
        response: Written<'_>,
    ) -> Result<(), SendError> {
        let waiting = self.incoming.handling.iter();
        let Some(handling) = waiting.into_iter().find(|handling| handling.token == token) else {
            let error = no_such_call(token, self.incoming.first_of_connection);
            return Err(SendError::Answer(error));
        };
        let text = response
            .encode_result(&handling.id)
            .map_err(SendError::Encode)?;
        let handling = self.take_handling(token).map_err(SendError::Answer)?;
        count(&mut self.counters.results_out);
        let answered = self.answer(handling, text, Number::CallResult, None);
        answered.map_err(SendError::Answer)
    }

    /// Answers a call with a CALLERROR. `details` is the JSON text of an object; `"{}"` if there are none.
    ///
    /// This is also the answer for a handler that gave up: an adapter whose handle is dropped without an answer calls
    /// `refuse(token, ErrorCode::InternalError, …)`.
    ///
    /// # Errors
    /// As [`respond`](Self::respond).
    pub fn refuse(
        &mut self,
        token: CallToken,
        code: ErrorCode,
        description: &str,
        details: &str,
    ) -> Result<(), AnswerError> {
        if frame::check_payload(details).is_err() {
            return Err(AnswerError::NotAnObject);
        }
        let handling = self.take_handling(token)?;
        self.refuse_handling(handling, code, description, details)
    }

    /// Goes on with a signed call whose payload has been taken out of its signature: it is delivered with
    /// [`Output::Call`].
    ///
    /// # Errors
    /// [`AnswerError::NotPending`] or [`AnswerError::ConnectionLost`] when no such call waits for this, and
    /// [`AnswerError::NotAnObject`] when the payload is not a JSON object.
    pub fn verified(&mut self, token: CallToken, payload: String) -> Result<(), AnswerError> {
        if self.config.check_payloads && frame::check_payload(&payload).is_err() {
            return Err(AnswerError::NotAnObject);
        }
        let first_of_connection = self.incoming.first_of_connection;
        let mut waiting = self.incoming.handling.iter_mut();
        let Some(handling) = waiting.find(|h| h.token == token && h.awaits_verification) else {
            return Err(no_such_call(token, first_of_connection));
        };
        handling.awaits_verification = false;
        let call = IncomingCall {
            token,
            action: handling.action,
            payload,
            signed: true,
        };
        self.outputs.push_back(Output::Call(call));
        Ok(())
    }

    /// The action of a call that waits for its answer.
    #[must_use]
    pub fn action_of(&self, token: CallToken) -> Option<&'static str> {
        let mut waiting = self.incoming.handling.iter();
        let handling = waiting.find(|handling| handling.token == token)?;
        Some(handling.action)
    }

    /// Answers what the application has not answered in time.
    pub(super) fn expire_answers(&mut self, now: Instant) {
        while let Some(at) = self
            .incoming
            .handling
            .iter()
            .position(|handling| handling.deadline <= now)
        {
            let handling = self.incoming.handling.swap_remove(at);
            count(&mut self.counters.unanswered);
            let Handling { token, action, .. } = handling;
            let reason = "the call was not handled in time";
            // A lost connection is nothing new here: the report below is what counts.
            let _ = self.refuse_handling(handling, ErrorCode::InternalError, reason, "{}");
            self.outputs.push_back(Output::Unanswered { token, action });
        }
    }

    fn take_handling(&mut self, token: CallToken) -> Result<Handling, AnswerError> {
        let waiting = &mut self.incoming.handling;
        match waiting.iter().position(|handling| handling.token == token) {
            Some(at) => Ok(waiting.swap_remove(at)),
            None => Err(no_such_call(token, self.incoming.first_of_connection)),
        }
    }

    fn refuse_handling(
        &mut self,
        handling: Handling,
        code: ErrorCode,
        description: &str,
        details: &str,
    ) -> Result<(), AnswerError> {
        let mut text = String::new();
        let id = &handling.id;
        frame::write_call_error(&mut text, self.version, id, &code, description, details);
        self.answer(handling, text, Number::CallError, Some(code))
    }

    fn answer(
        &mut self,
        handling: Handling,
        text: String,
        number: Number,
        code: Option<ErrorCode>,
    ) -> Result<(), AnswerError> {
        let Handling {
            ref id,
            action,
            connected,
            ..
        } = handling;
        let id = id.clone();
        let remember_answers = self.config.remember_answers;
        let remember_at_all = if self.version == Version::V2_1 {
            remember_answers.max(REMEMBERED_FOR_REFUSAL)
        } else {
            remember_answers
        };
        // Only a response is kept: after an error, a repetition deserves another try.
        let keep = remember_answers > 0 && number == Number::CallResult;
        self.incoming
            .note_answered(handling, keep.then_some(&*text), remember_at_all);
        if !connected {
            return Err(AnswerError::ConnectionLost);
        }
        self.transmit(text, number, id, Some(Cow::Borrowed(action)), code);
        Ok(())
    }

    /// Sends an error that answers no call that the application knows of.
    pub(super) fn transmit_error(
        &mut self,
        number: Number,
        id: &str,
        action: Option<Cow<'static, str>>,
        code: ErrorCode,
        reason: &dyn fmt::Display,
    ) {
        let description = alloc::format!("{reason}");
        let mut details = String::from("{\"reason\":");
        frame::write_string(&mut details, &description);
        details.push('}');
        let mut text = String::new();
        let write = match number {
            Number::CallResultError => frame::write_call_result_error,
            _ => frame::write_call_error,
        };
        write(&mut text, self.version, id, &code, &description, &details);
        self.transmit(text, number, CompactString::from(id), action, Some(code));
    }
}

fn no_such_call(token: CallToken, first_of_connection: u64) -> AnswerError {
    if token.0 < first_of_connection {
        AnswerError::ConnectionLost
    } else {
        AnswerError::NotPending
    }
}
