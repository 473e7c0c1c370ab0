//! A session whose messages are the types of a version.

use alloc::collections::VecDeque;
use alloc::string::{String, ToString};
use core::fmt;

use ocpp_types::{
    DecodeError, Deviations, EncodeError, Lenient, Protocol, Request, Unconfirmed, Violation,
};

use crate::frame::{self, ErrorCode};
use crate::time::Instant;

use super::explain::explain;
use super::output::{CallEnded, CallFailure, CallId, CallToken, Output};
use super::receive::Received;
use super::{
    AnswerError, CallOptions, Config, Input, MAX_OUTPUTS, MessageIds, Misuse, NotQueued, NotSent,
    Role, Session,
};

/// How payloads of the peer are decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Decoding {
    /// Exactly what the schema accepts.
    #[default]
    Strict,
    /// Known deviations of real equipment are repaired and listed (see [`ocpp_types::decode`]).
    Lenient,
}

/// What a [`TypedSession`] wants done or has to tell, in this order.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event<P: Protocol> {
    /// The peer calls; the application owes an answer: [`respond`](TypedSession::respond) or
    /// [`refuse`](TypedSession::refuse).
    Call {
        /// For the answer.
        token: CallToken,
        /// The request.
        request: P::Request,
        /// What was repaired in lenient decoding.
        deviations: Deviations,
        /// Whether it came as a signed message: the answer should be signed too.
        signed: bool,
    },
    /// The peer sends something that is not answered (2.1).
    Send {
        /// The message.
        message: P::Request,
        /// What was repaired in lenient decoding.
        deviations: Deviations,
    },
    /// A call of this side has come to its end. Exactly one per call.
    CallEnded {
        /// Which call.
        call: CallId,
        /// Its action.
        action: P::Action,
        /// The response, or why there is none.
        result: Result<P::Response, Failure>,
        /// What was repaired in lenient decoding.
        deviations: Deviations,
    },
    /// A signed call of this side has come to its end with this response: JSON text, to be opened with
    /// [`signed::open`](super::signed::open) if the peer signs its responses.
    SignedCallEnded {
        /// Which call.
        call: CallId,
        /// Its action.
        action: P::Action,
        /// The payload of the CALLRESULT.
        payload: String,
    },
    /// A request of the peer does not match its schema. It was answered, unless it came in a SEND.
    RequestRefused {
        /// Its action.
        action: P::Action,
        /// What is wrong with it.
        error: DecodeError,
        /// What the peer was told.
        answered: Option<ErrorCode>,
    },
    /// Everything else: [`Transmit`](Output::Transmit) and [`StoreNextId`](Output::StoreNextId), which have to be
    /// carried out, and reports.
    Output(Output),
}

/// Why a typed call has no response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The call failed.
    Call(CallFailure),
    /// The response does not match the schema of the action. In 2.1 the peer was told.
    Response(DecodeError),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(failure) => failure.fmt(f),
            Self::Response(error) => write!(f, "the response is not valid: {error}"),
        }
    }
}

impl core::error::Error for Failure {}

/// A typed message could not be sent.
#[derive(Debug)]
#[non_exhaustive]
pub enum SendError {
    /// It contains something that only lenient decoding lets in.
    Encode(EncodeError),
    /// The call could not be queued.
    NotQueued(NotQueued),
    /// The SEND could not be sent.
    NotSent(NotSent),
    /// The answer could not be given.
    Answer(AnswerError),
    /// The response is that of another action than the call's.
    OtherAction {
        /// The action of the call.
        called: &'static str,
    },
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encode(error) => error.fmt(f),
            Self::NotQueued(error) => error.fmt(f),
            Self::NotSent(error) => error.fmt(f),
            Self::Answer(error) => error.fmt(f),
            Self::OtherAction { called } => write!(f, "this is no response to {called}"),
        }
    }
}

impl core::error::Error for SendError {}

impl From<Violation> for ErrorCode {
    fn from(violation: Violation) -> Self {
        match violation {
            Violation::Format => Self::FormatViolation,
            Violation::Occurrence => Self::OccurrenceConstraintViolation,
            Violation::Property => Self::PropertyConstraintViolation,
            Violation::Type => Self::TypeConstraintViolation,
        }
    }
}

/// A [`Session`] that decodes what comes in and encodes what goes out.
///
/// Drive it like a session, with [`handle`](Self::handle), [`poll_event`](Self::poll_event) and
/// [`next_timeout`](Self::next_timeout). A request that does not match its schema never reaches the application: the peer
/// gets the error code of its version and details of the form `{"violations": [{"pointer": …, "code": …, "expected": …,
/// "found": …}]}`.
///
/// ```
/// use ocpp_core::session::{Config, Decoding, Event, Input, MessageIds, Output, Role, TypedSession};
/// use ocpp_core::time::Instant;
/// use ocpp_types::v1_6::{AnyRequest, HeartbeatRequest, HeartbeatResponse, Protocol};
///
/// let config = Config::new(Role::Csms);
/// let ids = MessageIds::seeded(42);
/// let mut csms = TypedSession::<Protocol>::new(Role::Csms, config, ids, Decoding::Lenient);
/// let now = Instant::ORIGIN;
/// csms.handle(now, Input::Connected)?;
/// csms.handle(now, Input::Received(r#"[2,"1","Heartbeat",{}]"#))?;
/// while let Some(event) = csms.poll_event() {
///     match event {
///         Event::Call { token, request: AnyRequest::Heartbeat(_), .. } => {
///             let response = HeartbeatResponse::new("2024-05-15T12:00:00Z".parse()?);
///             csms.respond::<HeartbeatRequest>(token, &response)?;
///         }
///         Event::Output(Output::Transmit(message)) => assert_eq!(
///             message.text,
///             r#"[3,"1",{"currentTime":"2024-05-15T12:00:00Z"}]"#
///         ),
///         other => panic!("{other:?}"),
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct TypedSession<P: Protocol> {
    session: Session,
    decoding: Decoding,
    events: VecDeque<Event<P>>,
}

impl<P: Protocol> TypedSession<P> {
    /// A session without connection. [`Config::check_payloads`] is switched off: decoding checks them.
    #[must_use]
    pub fn new(role: Role, mut config: Config, ids: MessageIds, decoding: Decoding) -> Self {
        config.check_payloads = false;
        Self {
            session: Session::new(P::VERSION, role, config, ids),
            decoding,
            events: VecDeque::new(),
        }
    }

    /// The session below.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// The session below, for calls with raw payloads and for everything that has no types:
    /// [`cancel`](Session::cancel), [`verified`](Session::verified). Poll the events here, not there.
    pub const fn session_mut(&mut self) -> &mut Session {
        &mut self.session
    }

    /// How payloads of the peer are decoded.
    #[must_use]
    pub const fn decoding(&self) -> Decoding {
        self.decoding
    }

    /// Changes how payloads of the peer are decoded, from the next one on.
    pub const fn set_decoding(&mut self, decoding: Decoding) {
        self.decoding = decoding;
    }

    /// Takes an input. Poll the events afterwards.
    ///
    /// # Errors
    /// As [`Session::handle`].
    pub fn handle(&mut self, now: Instant, input: Input<'_>) -> Result<(), Misuse> {
        let Input::Received(text) = input else {
            return self.session.handle(now, input);
        };
        if self.events.len() > MAX_OUTPUTS {
            return Err(Misuse::OutputsWaiting);
        }
        let received = self.session.accept(now, text)?;
        // What is known so far comes before what the message brings.
        while let Some(output) = self.session.poll_output() {
            self.convert(output);
        }
        self.decode(received);
        self.session.advance(now);
        Ok(())
    }

    /// The next thing to do or to know. `None` when there is nothing more for now.
    pub fn poll_event(&mut self) -> Option<Event<P>> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(event);
            }
            let output = self.session.poll_output()?;
            self.convert(output);
        }
    }

    /// As [`Session::next_timeout`].
    #[must_use]
    pub fn next_timeout(&self) -> Option<Instant> {
        self.session.next_timeout()
    }

    /// Queues a call and sends it at once if none is under way. Poll the events afterwards.
    ///
    /// # Errors
    /// [`SendError::Encode`] or [`SendError::NotQueued`].
    pub fn call<R: Request<Protocol = P>>(
        &mut self,
        now: Instant,
        request: &R,
        options: CallOptions,
    ) -> Result<CallId, SendError> {
        let payload = request.encode().map_err(SendError::Encode)?;
        let action = P::info(R::ACTION).name;
        let call = self.session.call(now, action, payload, options);
        call.map_err(SendError::NotQueued)
    }

    /// Sends a message that is not answered (2.1).
    ///
    /// # Errors
    /// [`SendError::Encode`] or [`SendError::NotSent`].
    pub fn send<M: Unconfirmed<Protocol = P>>(&mut self, message: &M) -> Result<(), SendError> {
        let payload = message.encode().map_err(SendError::Encode)?;
        let sent = self.session.send(P::info(M::ACTION).name, &payload);
        sent.map_err(SendError::NotSent)
    }

    /// Answers a call with the response of its request type.
    ///
    /// # Errors
    /// [`SendError::Encode`], [`SendError::Answer`], or [`SendError::OtherAction`] when the call is not an `R`. Unless
    /// the call is over, it still waits for its answer then.
    pub fn respond<R: Request<Protocol = P>>(
        &mut self,
        token: CallToken,
        response: &R::Response,
    ) -> Result<(), SendError> {
        if let Some(called) = self.session.action_of(token)
            && called != P::info(R::ACTION).name
        {
            return Err(SendError::OtherAction { called });
        }
        self.session.respond_with(token, response)
    }

    /// Answers a call with a CALLERROR without details.
    ///
    /// # Errors
    /// [`SendError::Answer`].
    pub fn refuse(
        &mut self,
        token: CallToken,
        code: ErrorCode,
        description: &str,
    ) -> Result<(), SendError> {
        let refused = self.session.refuse(token, code, description, "{}");
        refused.map_err(SendError::Answer)
    }

    /// An output of the session below.
    fn convert(&mut self, output: Output) {
        match output {
            Output::Call(call) => {
                self.decode_call(call.token, call.action, &call.payload, call.signed);
            }
            Output::CallEnded(ended) => self.end_call(ended),
            other => self.events.push_back(Event::Output(other)),
        }
    }

    fn decode(&mut self, received: Received<'_>) {
        match received {
            Received::Call {
                signed: false,
                token,
                action,
                payload,
            } => self.decode_call(token, action, payload, false),
            Received::Send {
                signed: false,
                action,
                payload,
            } => self.decode_send(action, payload),
            Received::Result {
                signed: false,
                call,
                action,
                id,
                payload,
            } => self.decode_result(call, &action, &id, payload),
            Received::Result {
                call,
                action,
                payload,
                ..
            } => {
                if let Some(action) = P::action(&action) {
                    let payload = payload.into();
                    self.events.push_back(Event::SignedCallEnded {
                        call,
                        action,
                        payload,
                    });
                }
            }
            signed => {
                self.session.queue_received(signed);
                while let Some(output) = self.session.poll_output() {
                    self.events.push_back(Event::Output(output));
                }
            }
        }
    }

    fn decode_call(&mut self, token: CallToken, action: &'static str, payload: &str, signed: bool) {
        // The session delivers only actions that the version has.
        let Some(action) = P::action(action) else {
            return;
        };
        let error = match self.decode_request(action, payload) {
            Ok(Lenient { value, deviations }) => {
                return self.events.push_back(Event::Call {
                    token,
                    request: value,
                    deviations,
                    signed,
                });
            }
            Err(error) => error,
        };
        if let Err(fault) = frame::check_payload(payload) {
            self.session.refuse_unreadable(token, fault);
            return;
        }
        let code = ErrorCode::from(error.violation());
        let (description, details) = explain::<P>(&error);
        self.events.push_back(Event::RequestRefused {
            action,
            error,
            answered: Some(code.clone()),
        });
        // The call has just come in: there is nothing that could have ended it.
        let _ = self.session.refuse(token, code, &description, &details);
    }

    fn decode_send(&mut self, action: &'static str, payload: &str) {
        let Some(action) = P::action(action) else {
            return;
        };
        self.events
            .push_back(match self.decode_request(action, payload) {
                Ok(Lenient { value, deviations }) => Event::Send {
                    message: value,
                    deviations,
                },
                Err(error) => Event::RequestRefused {
                    action,
                    error,
                    answered: None,
                },
            });
    }

    fn decode_request(
        &self,
        action: P::Action,
        payload: &str,
    ) -> Result<Lenient<P::Request>, DecodeError> {
        match self.decoding {
            Decoding::Strict => P::decode_request(action, payload).map(exact),
            Decoding::Lenient => P::decode_request_lenient(action, payload),
        }
    }

    fn decode_result(&mut self, call: CallId, action: &str, id: &str, payload: &str) {
        // The application calls typed requests only, unless it uses the session below.
        let Some(action) = P::action(action) else {
            return;
        };
        let decoded = match self.decoding {
            Decoding::Strict => P::decode_response(action, payload).map(exact),
            Decoding::Lenient => P::decode_response_lenient(action, payload),
        };
        let (result, deviations) = match decoded {
            Ok(Lenient { value, deviations }) => (Ok(value), deviations),
            Err(error) => {
                let failure = match frame::check_payload(payload) {
                    Ok(()) => {
                        let (description, details) = explain::<P>(&error);
                        let code = ErrorCode::from(error.violation());
                        self.session.refuse_result(id, code, &description, &details);
                        Failure::Response(error)
                    }
                    Err(fault) => {
                        let code = fault.code(P::VERSION);
                        let description = fault.to_string();
                        self.session.refuse_result(id, code, &description, "{}");
                        Failure::Call(CallFailure::InvalidResponse(fault))
                    }
                };
                (Err(failure), Deviations::none())
            }
        };
        self.events.push_back(Event::CallEnded {
            call,
            action,
            result,
            deviations,
        });
    }

    fn end_call(&mut self, ended: CallEnded) {
        let action = P::action(&ended.action);
        let event = match (action, ended.result) {
            (Some(action), Err(failure)) => Event::CallEnded {
                call: ended.call,
                action,
                result: Err(Failure::Call(failure)),
                deviations: Deviations::none(),
            },
            // A call with an action of the application's own, through the session below.
            (_, result) => Event::Output(Output::CallEnded(CallEnded {
                call: ended.call,
                action: ended.action,
                result,
            })),
        };
        self.events.push_back(event);
    }
}

fn exact<T>(value: T) -> Lenient<T> {
    Lenient {
        value,
        deviations: Deviations::none(),
    }
}
