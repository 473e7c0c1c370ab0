//! Messages of the peer: what they mean and what becomes of them.

use alloc::borrow::Cow;
use alloc::string::String;

use compact_str::CompactString;
use ocpp_types::{ActionInfo, json};

use crate::frame::{self, ErrorCode, Fault, Frame, Malformed, Number, Refusal, Request, Response};
use crate::time::Instant;

use super::action::{SIGNED_SUFFIX, find_action, may_send};
use super::incoming::{Handling, fingerprint};
use super::outgoing::InFlight;
use super::output::{
    CallFailure, CallId, CallRefusal, CallToken, IncomingCall, IncomingSend, Output, Verdict, count,
};
use super::{MAX_OUTPUTS, Misuse, Session, Version};

/// What [`Session::receive`] hands over without copying the payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received<'a> {
    /// As [`Output::Call`], or [`Output::SignedCall`] if `signed`.
    Call {
        /// For the answer.
        token: CallToken,
        /// The action, without the suffix of signed messages.
        action: &'static str,
        /// JSON text.
        payload: &'a str,
        /// Whether the payload is a signed message.
        signed: bool,
    },
    /// As [`Output::Send`].
    Send {
        /// The action, without the suffix of signed messages.
        action: &'static str,
        /// JSON text.
        payload: &'a str,
        /// Whether the payload is a signed message.
        signed: bool,
    },
    /// As [`Output::CallEnded`] with a response: the end of this call, which is not reported a second time.
    Result {
        /// Which call.
        call: CallId,
        /// Its action.
        action: Cow<'static, str>,
        /// The message id, for [`Session::refuse_result`].
        id: CompactString,
        /// JSON text.
        payload: &'a str,
        /// Whether the call was a signed message: the response may be one too.
        signed: bool,
    },
    /// Everything else: what there is to know is among the outputs.
    Other,
}

impl Session {
    /// Takes a message like [`handle`](Self::handle) with [`Input::Received`](super::Input::Received), and hands calls
    /// and responses over without copying them. What is returned comes before the outputs that wait.
    ///
    /// # Errors
    /// [`Misuse`]; the session is unchanged then.
    pub fn receive<'a>(&mut self, now: Instant, text: &'a str) -> Result<Received<'a>, Misuse> {
        let received = self.accept(now, text)?;
        self.advance(now);
        Ok(received)
    }

    /// Tells the peer that its response could not be processed: a CALLRESULTERROR in 2.1, nothing in other versions.
    /// `id` is that of [`Received::Result`]; `details` is the JSON text of an object. Says whether it was sent.
    pub fn refuse_result(
        &mut self,
        id: &str,
        code: ErrorCode,
        description: &str,
        details: &str,
    ) -> bool {
        let possible = self.version == Version::V2_1
            && self.connected
            && frame::check_payload(details).is_ok();
        if possible {
            let mut text = String::new();
            frame::write_call_result_error(
                &mut text,
                self.version,
                id,
                &code,
                description,
                details,
            );
            self.transmit(text, Number::CallResultError, id.into(), None, Some(code));
        }
        possible
    }

    pub(super) fn accept<'a>(
        &mut self,
        now: Instant,
        text: &'a str,
    ) -> Result<Received<'a>, Misuse> {
        if !self.connected {
            return Err(Misuse::NotConnected);
        }
        if self.outputs.len() > MAX_OUTPUTS {
            return Err(Misuse::OutputsWaiting);
        }
        count(&mut self.counters.frames_in);
        let bytes = &mut self.counters.bytes_in;
        *bytes = bytes.saturating_add(text.len() as u64);

        let limit = self.config.max_frame;
        let frame = if text.len() > limit {
            Err(Frame::refuse_oversized(self.version, text, limit))
        } else {
            Frame::parse(self.version, text)
        };
        Ok(match frame {
            Ok(Frame::Call(request)) => self.accept_call(now, request),
            Ok(Frame::Send(request)) => self.accept_send(&request),
            Ok(Frame::CallResult(response)) => self.accept_result(now, &response),
            Ok(Frame::CallError(refusal)) => self.accept_error(now, refusal),
            Ok(Frame::CallResultError(refusal)) => self.accept_result_error(refusal),
            Err(malformed) => self.accept_malformed(now, &malformed),
        })
    }

    /// Turns what would be handed over directly into an output.
    pub(super) fn queue_received(&mut self, received: Received<'_>) {
        let output = match received {
            Received::Call {
                token,
                action,
                payload,
                signed,
            } => {
                let call = IncomingCall {
                    token,
                    action,
                    payload: payload.into(),
                    signed,
                };
                if signed {
                    Output::SignedCall(call)
                } else {
                    Output::Call(call)
                }
            }
            Received::Send {
                action,
                payload,
                signed,
            } => Output::Send(IncomingSend {
                action,
                payload: payload.into(),
                signed,
            }),
            Received::Result {
                call,
                action,
                payload,
                ..
            } => return self.end_call(call, action, Ok(payload.into())),
            Received::Other => return,
        };
        self.outputs.push_back(output);
    }

    fn accept_call<'a>(&mut self, now: Instant, request: Request<'a>) -> Received<'a> {
        let recognise = self.config.remember_answers > 0;
        let print = if recognise {
            fingerprint(&request.action, request.payload)
        } else {
            0
        };
        let same_id = |handling: &Handling| handling.id == request.id;
        if let Some(at) = self.incoming.handling.iter().position(same_id) {
            let handling = &mut self.incoming.handling[at];
            if recognise && handling.fingerprint == print {
                handling.connected = true;
                return self.report(Number::Call, &request, Verdict::Repeated, None);
            }
            if handling.connected {
                return self.refuse_request(&request, Verdict::DuplicateId);
            }
            // Over an earlier connection, and something else: the peer has forgotten it.
            self.incoming.handling.swap_remove(at);
        }
        if recognise && let Some(answer) = self.remembered_answer(&request.id, print) {
            let (text, action) = answer;
            let id = CompactString::from(&*request.id);
            let action = Some(Cow::Borrowed(action));
            self.transmit(text, Number::CallResult, id, action, None);
            return self.report(Number::Call, &request, Verdict::Repeated, None);
        }

        let (info, signed) = match self.judge(&request.action, false) {
            Ok(found) => found,
            Err(verdict) => return self.refuse_request(&request, verdict),
        };
        if self.incoming.handling.len() >= self.config.max_handling {
            return self.refuse_request(&request, Verdict::TooManyCalls);
        }
        if self.config.check_payloads
            && !self.decodes_calls
            && let Err(fault) = frame::check_payload(request.payload)
        {
            let malformed = Malformed {
                fault,
                number: Some(Number::Call),
                id: Some(request.id),
                action: Some(request.action),
            };
            return self.accept_malformed(now, &malformed);
        }

        if !self.incoming.handling.is_empty() {
            count(&mut self.counters.overlapping);
        }
        count(&mut self.counters.calls_in);
        self.report(Number::Call, &request, Verdict::Accepted, None);
        let token = self.incoming.next_token();
        self.incoming.handling.push(Handling {
            token,
            id: (&*request.id).into(),
            action: info.name,
            fingerprint: print,
            deadline: now + self.config.answer_timeout,
            awaits_verification: signed,
            connected: true,
        });
        Received::Call {
            token,
            action: info.name,
            payload: request.payload,
            signed,
        }
    }

    /// Answers a call whose payload turned out to be no JSON object when it was decoded.
    pub(crate) fn refuse_unreadable(&mut self, token: CallToken, fault: Fault) {
        let mut waiting = self.incoming.handling.iter();
        let Some(at) = waiting.position(|handling| handling.token == token) else {
            return;
        };
        let handling = self.incoming.handling.swap_remove(at);
        let malformed = Malformed {
            fault,
            number: Some(Number::Call),
            id: Some(Cow::Borrowed(&handling.id)),
            action: Some(Cow::Borrowed(handling.action)),
        };
        self.refuse_malformed(&malformed);
    }

    fn accept_send<'a>(&mut self, request: &Request<'a>) -> Received<'a> {
        let (info, signed) = match self.judge(&request.action, true) {
            Ok(found) => found,
            Err(verdict) => {
                count(&mut self.counters.refused);
                return self.report(Number::Send, request, verdict, None);
            }
        };
        if self.config.check_payloads
            && let Err(fault) = frame::check_payload(request.payload)
        {
            count(&mut self.counters.malformed);
            return self.report(Number::Send, request, Verdict::Malformed(fault), None);
        }
        count(&mut self.counters.sends_in);
        self.report(Number::Send, request, Verdict::Accepted, None);
        Received::Send {
            action: info.name,
            payload: request.payload,
            signed,
        }
    }

    /// Whether a request with this action may come, and whether it is a signed message.
    fn judge(
        &self,
        action: &str,
        unconfirmed: bool,
    ) -> Result<(&'static ActionInfo, bool), Verdict> {
        let unsigned = action.strip_suffix(SIGNED_SUFFIX);
        let (name, signed) = match unsigned {
            Some(name) if self.version != Version::V1_6 => (name, true),
            _ => (action, false),
        };
        let info = find_action(self.version, name).ok_or(Verdict::UnknownAction)?;
        if !may_send(self.role.peer(), info) {
            Err(Verdict::WrongDirection)
        } else if info.has_response == unconfirmed {
            Err(Verdict::WrongMessageType)
        } else if signed && !self.config.signed_messages {
            Err(Verdict::SignedUnsupported)
        } else if !(self.config.supports)(info) {
            Err(Verdict::Unsupported)
        } else {
            Ok((info, signed))
        }
    }

    fn remembered_answer(&self, id: &str, print: u64) -> Option<(String, &'static str)> {
        let mut answered = self.incoming.answered.iter();
        let found = answered.find(|a| a.id == id && a.fingerprint == print)?;
        Some((found.answer.clone()?, found.action))
    }

    /// Takes the call that a response with this id belongs to: the one under way, or one that waits for its next
    /// attempt with the same id.
    fn take_call(&mut self, id: &str) -> Option<InFlight> {
        if let Some(in_flight) = self.outgoing.take_in_flight(id) {
            return Some(in_flight);
        }
        let waits = |id_of: &Option<CompactString>| id_of.as_deref() == Some(id);
        let mut queued = self.outgoing.take(|queued| waits(&queued.id))?;
        Some(InFlight {
            id: queued.id.take()?,
            queued,
            deadline: Instant::ORIGIN,
            cancelled: false,
        })
    }

    fn accept_result<'a>(&mut self, now: Instant, response: &Response<'a>) -> Received<'a> {
        let Some(in_flight) = self.take_call(&response.id) else {
            return self.report_without_call(Number::CallResult, &response.id);
        };
        if self.config.check_payloads
            && let Err(fault) = frame::check_payload(response.payload)
        {
            self.end_with_invalid_response(now, in_flight, Number::CallResult, fault);
            return Received::Other;
        }
        count(&mut self.counters.results_in);
        let InFlight { queued, id, .. } = in_flight;
        if in_flight.cancelled {
            let verdict = Verdict::Late;
            return self.see(
                Some(Number::CallResult),
                Some(&id),
                Some(&queued.action),
                verdict,
                None,
            );
        }
        let verdict = Verdict::Accepted;
        self.see(
            Some(Number::CallResult),
            Some(&id),
            Some(&queued.action),
            verdict,
            None,
        );
        Received::Result {
            call: queued.call,
            action: queued.action,
            id,
            payload: response.payload,
            signed: queued.options.signed,
        }
    }

    fn accept_error<'a>(&mut self, now: Instant, refusal: Refusal<'a>) -> Received<'a> {
        count(&mut self.counters.errors_in);
        let Some(in_flight) = self.take_call(&refusal.id) else {
            return self.report_without_call(Number::CallError, &refusal.id);
        };
        // Details are handed on as JSON, so they have to be JSON; an object they need not be.
        if json::malformed_at(refusal.details).is_some() {
            let fault = Fault::PayloadNotJson;
            self.end_with_invalid_response(now, in_flight, Number::CallError, fault);
            return Received::Other;
        }
        let action = in_flight.queued.action.clone();
        let verdict = Verdict::Accepted;
        self.see(
            Some(Number::CallError),
            Some(&refusal.id),
            Some(&action),
            verdict,
            None,
        );
        let refusal = into_call_refusal(refusal);
        self.fail_attempt(now, in_flight, CallFailure::Refused(refusal));
        Received::Other
    }

    fn accept_result_error<'a>(&mut self, refusal: Refusal<'a>) -> Received<'a> {
        let number = Number::CallResultError;
        let mut answered = self.incoming.answered.iter().rev();
        let Some(found) = answered.find(|answered| answered.id == refusal.id) else {
            return self.report_without_call(number, &refusal.id);
        };
        let (token, action) = (found.token, found.action);
        if json::malformed_at(refusal.details).is_some() {
            count(&mut self.counters.malformed);
            let verdict = Verdict::Malformed(Fault::PayloadNotJson);
            return self.see(Some(number), Some(&refusal.id), Some(action), verdict, None);
        }
        self.see(
            Some(number),
            Some(&refusal.id),
            Some(action),
            Verdict::Accepted,
            None,
        );
        self.outputs.push_back(Output::ResponseRefused {
            token,
            action,
            refusal: into_call_refusal(refusal),
        });
        Received::Other
    }

    /// A text that is no frame: it ends the call that it was to answer, or is answered itself.
    fn accept_malformed<'a>(&mut self, now: Instant, malformed: &Malformed<'_>) -> Received<'a> {
        if let (Some(number @ (Number::CallResult | Number::CallError)), Some(id)) =
            (malformed.number, &malformed.id)
            && let Some(in_flight) = self.take_call(id)
        {
            let fault = malformed.fault.clone();
            self.end_with_invalid_response(now, in_flight, number, fault);
            return Received::Other;
        }
        self.refuse_malformed(malformed);
        Received::Other
    }

    /// Reports a malformed message and answers it as the version wants.
    fn refuse_malformed(&mut self, malformed: &Malformed<'_>) {
        count(&mut self.counters.malformed);
        let answer = malformed.answer(self.version);
        let code = answer.as_ref().map(|answer| answer.code.clone());
        self.see(
            malformed.number,
            malformed.id.as_deref(),
            malformed.action.as_deref(),
            Verdict::Malformed(malformed.fault.clone()),
            code,
        );
        if let Some(answer) = answer {
            self.transmit_error(Number::CallError, &answer.id, None, answer.code, malformed);
        }
    }

    /// The response to a call of this side cannot be read.
    fn end_with_invalid_response(
        &mut self,
        now: Instant,
        in_flight: InFlight,
        number: Number,
        fault: Fault,
    ) {
        count(&mut self.counters.malformed);
        let code = fault.code(self.version);
        let answer =
            (self.version == Version::V2_1 && number == Number::CallResult).then_some(code);
        let action = in_flight.queued.action.clone();
        let id = in_flight.id.clone();
        let verdict = Verdict::Malformed(fault.clone());
        self.see(
            Some(number),
            Some(&id),
            Some(&action),
            verdict,
            answer.clone(),
        );
        if let Some(code) = answer {
            self.transmit_error(Number::CallResultError, &id, Some(action), code, &fault);
        }
        self.fail_attempt(now, in_flight, CallFailure::InvalidResponse(fault));
    }
}

fn into_call_refusal(refusal: Refusal<'_>) -> CallRefusal {
    CallRefusal {
        code: refusal.code,
        description: refusal.description.into_owned(),
        details: refusal.details.into(),
    }
}
