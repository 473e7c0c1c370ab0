//! What an application implements.

use core::fmt;
use std::sync::Arc;
use std::time::Duration;

use ocpp_core::frame::{ErrorCode, check_payload};
use ocpp_core::session::{CallToken, Output};
use ocpp_types::{DecodeError, Deviation, Payload as _, Request};

use super::Spoken;
use super::peer::{Command, Peer, Shared};
use crate::client::ConnectError;
use crate::info::ConnectionInfo;
use crate::websocket::End;

/// Answers the calls of the peer, and hears what else happens. Only [`handle`](Self::handle) has to be there.
///
/// The other methods are called between messages and must not block.
pub trait Handler<P: Spoken>: Send + Sync {
    /// The peer calls. Match on the request and answer through `reply`, at once or later:
    ///
    /// ```
    /// # use ocpp_core::frame::ErrorCode;
    /// # use ocpp_tokio::session::{Handler, Peer, Reply};
    /// # use ocpp_types::{DateTime, v1_6::{AnyRequest, HeartbeatResponse, Protocol}};
    /// # struct Csms { now: DateTime }
    /// # impl Handler<Protocol> for Csms {
    /// async fn handle(&self, request: AnyRequest, reply: Reply<Protocol>, _: &Peer<Protocol>) {
    ///     match request {
    ///         AnyRequest::Heartbeat(request) => {
    ///             reply.with(&request, &HeartbeatResponse::new(self.now));
    ///         }
    ///         _ => reply.refuse(ErrorCode::NotSupported, ""),
    ///     }
    /// }
    /// # }
    /// ```
    ///
    /// The next call of the peer is handled when the future is complete.
    fn handle(
        &self,
        request: P::Request,
        reply: Reply<P>,
        peer: &Peer<P>,
    ) -> impl Future<Output = ()> + Send;

    /// The peer sent something that is not answered (2.1).
    fn received(&self, message: P::Request, peer: &Peer<P>) {
        let _ = (message, peer);
    }

    /// The connection is open. The place to start a task that calls.
    fn connected(&self, info: &ConnectionInfo, peer: &Peer<P>) {
        let _ = (info, peer);
    }

    /// The connection has ended. Calls that were under way have failed.
    fn disconnected(&self, end: &End, peer: &Peer<P>) {
        let _ = (end, peer);
    }

    /// An attempt to connect failed; the next one follows after this time. Report
    /// [`ConnectError::security_event`] once connected (A00.FR.316).
    fn connect_failed(&self, error: &ConnectError, retry_in: Duration) {
        let _ = (error, retry_in);
    }

    /// Must store this number durably before it returns
    /// ([`MessageIds::counter`](ocpp_core::session::MessageIds::counter)). Not called for seeded ids.
    fn store_next_id(&self, next: u64) {
        let _ = next;
    }

    /// Something went wrong that nobody waits for, or needs to be known.
    fn report(&self, report: Report<'_, P>, peer: &Peer<P>) {
        let _ = (report, peer);
    }

    /// A message comes in or goes out. It may contain passwords.
    fn frame(&self, direction: Direction, text: &str) {
        let _ = (direction, text);
    }
}

impl<P: Spoken, H: Handler<P>> Handler<P> for Arc<H> {
    async fn handle(&self, request: P::Request, reply: Reply<P>, peer: &Peer<P>) {
        (**self).handle(request, reply, peer).await;
    }

    fn received(&self, message: P::Request, peer: &Peer<P>) {
        (**self).received(message, peer);
    }

    fn connected(&self, info: &ConnectionInfo, peer: &Peer<P>) {
        (**self).connected(info, peer);
    }

    fn disconnected(&self, end: &End, peer: &Peer<P>) {
        (**self).disconnected(end, peer);
    }

    fn connect_failed(&self, error: &ConnectError, retry_in: Duration) {
        (**self).connect_failed(error, retry_in);
    }

    fn store_next_id(&self, next: u64) {
        (**self).store_next_id(next);
    }

    fn report(&self, report: Report<'_, P>, peer: &Peer<P>) {
        (**self).report(report, peer);
    }

    fn frame(&self, direction: Direction, text: &str) {
        (**self).frame(direction, text);
    }
}

/// Which way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the peer.
    In,
    /// To the peer.
    Out,
}

/// What [`Handler::report`] hears.
#[derive(Debug)]
#[non_exhaustive]
pub enum Report<'a, P: Spoken> {
    /// A request of the peer does not match its schema, and was answered with this code.
    RequestRefused {
        /// Its action.
        action: P::Action,
        /// What is wrong with it.
        error: &'a DecodeError,
        /// What the peer was told; nothing if it was a SEND.
        answered: Option<&'a ErrorCode>,
    },
    /// A message of the peer was repaired by lenient decoding.
    Repaired {
        /// Its action.
        action: P::Action,
        /// What was repaired.
        deviations: &'a [Deviation],
    },
    /// Anything else that the session has to tell: [`Output::Seen`], [`Output::Unanswered`], [`Output::CallRetried`],
    /// [`Output::ResponseRefused`].
    Session(&'a Output),
}

/// The answer that is owed to one call of the peer. Dropping it answers `InternalError`.
#[must_use = "dropping it answers InternalError"]
pub struct Reply<P: Spoken> {
    shared: Arc<Shared<P>>,
    token: CallToken,
    action: P::Action,
    answered: bool,
}

impl<P: Spoken> Reply<P> {
    pub(super) fn new(shared: Arc<Shared<P>>, token: CallToken, action: P::Action) -> Self {
        Self {
            shared,
            token,
            action,
            answered: false,
        }
    }

    /// The action that was called.
    #[must_use]
    pub fn action(&self) -> P::Action {
        self.action
    }

    /// Answers with the response that belongs to the request. After the connection is lost, or the time for an answer
    /// has passed, it goes nowhere.
    ///
    /// A response that cannot be sent, because it holds something that only lenient decoding lets in, becomes
    /// `InternalError`.
    pub fn with<R: Request<Protocol = P>>(mut self, request: &R, response: &R::Response) {
        let _ = request;
        if R::ACTION != self.action {
            return self.give_up("the handler answered another request");
        }
        match response.encode() {
            Ok(payload) => self.respond(payload),
            Err(_) => self.give_up("the response cannot be sent"),
        }
    }

    /// Answers with any response of the version, whichever request it was: for handlers that have answers from elsewhere.
    ///
    /// ```
    /// # use ocpp_core::frame::ErrorCode;
    /// # use ocpp_tokio::session::{Handler, Peer, Reply};
    /// # use ocpp_types::v1_6::{AnyRequest, AnyResponse, Protocol};
    /// struct Operator {
    ///     answer: fn(&AnyRequest) -> Option<AnyResponse>,
    /// }
    ///
    /// impl Handler<Protocol> for Operator {
    ///     async fn handle(&self, request: AnyRequest, reply: Reply<Protocol>, _: &Peer<Protocol>) {
    ///         match (self.answer)(&request) {
    ///             Some(response) => reply.with_any(&response),
    ///             None => reply.refuse(ErrorCode::NotSupported, ""),
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// A response of another action than the call's becomes `InternalError`, and so does one that cannot be sent.
    pub fn with_any(mut self, response: &P::Response) {
        match serde_json::to_string(response) {
            Ok(payload) if P::decode_response(self.action, &payload).is_ok() => {
                self.respond(payload);
            }
            Ok(_) => self.give_up("the handler answered another request"),
            Err(_) => self.give_up("the response cannot be sent"),
        }
    }

    /// Answers with a CALLERROR.
    pub fn refuse(self, code: ErrorCode, description: impl Into<String>) {
        self.refuse_with_details(code, description, "{}");
    }

    /// Answers with a CALLERROR with details, which are the JSON text of an object; of something else they become `{}`.
    pub fn refuse_with_details(
        mut self,
        code: ErrorCode,
        description: impl Into<String>,
        details: impl Into<String>,
    ) {
        let mut details = details.into();
        if check_payload(&details).is_err() {
            details = "{}".into();
        }
        self.answered = true;
        self.shared.push(Command::Refuse {
            token: self.token,
            code,
            description: description.into(),
            details,
        });
    }

    fn respond(&mut self, payload: String) {
        self.answered = true;
        self.shared.push(Command::Respond {
            token: self.token,
            payload,
        });
    }

    fn give_up(&mut self, description: &str) {
        self.answered = true;
        self.shared.push(Command::Refuse {
            token: self.token,
            code: ErrorCode::InternalError,
            description: description.to_owned(),
            details: "{}".into(),
        });
    }
}

impl<P: Spoken> Drop for Reply<P> {
    fn drop(&mut self) {
        if !self.answered {
            self.give_up("the call was not answered");
        }
    }
}

impl<P: Spoken> fmt::Debug for Reply<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}
