//! The handle to the other side.

use core::fmt;
use core::task::{Context, Poll, Waker};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ocpp_core::back_off::BackOffPolicy;
use ocpp_core::frame::{ErrorCode, check_payload};
use ocpp_core::session::{CallOptions, CallToken, Failure, NotQueuedReason, NotSent};
use ocpp_types::{EncodeError, Request, Unconfirmed};
use tokio::sync::oneshot;

use super::Spoken;
use crate::identity::Identity;
use crate::websocket::CloseCode;

/// The other side of a session. Cheap to clone; any task may use it.
pub struct Peer<P: Spoken> {
    shared: Arc<Shared<P>>,
}

impl<P: Spoken> Clone for Peer<P> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<P: Spoken> fmt::Debug for Peer<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Peer").field(&self.shared.identity).finish()
    }
}

/// Why a call has no response.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// It failed: refused by the peer, timed out, disconnected, or the response is not valid.
    #[error(transparent)]
    Failed(Failure),
    /// It could not be queued. It was not sent.
    #[error("not queued: {0:?}")]
    NotQueued(NotQueuedReason),
    /// The request contains something that cannot be sent. It was not sent.
    #[error("the request cannot be sent: {0}")]
    Encode(EncodeError),
    /// The version of the connection has no such action. It was not sent.
    #[error("this version has no such action")]
    UnknownAction,
    /// The response holds something that only lenient decoding lets in, and cannot be written as JSON again.
    #[error("the response cannot be written: {0}")]
    Unwritable(serde_json::Error),
    /// The session is over: its driver has ended or was dropped.
    #[error("the session is over")]
    SessionOver,
}

/// Why a SEND was not sent (2.1).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotSentError {
    /// There is no connection, or the version has no SEND.
    #[error("not sent: {0}")]
    NotSent(NotSent),
    /// The message contains something that cannot be sent.
    #[error("the message cannot be sent: {0}")]
    Encode(EncodeError),
    /// The session is over: its driver has ended or was dropped.
    #[error("the session is over")]
    SessionOver,
}

impl<P: Spoken> Peer<P> {
    pub(super) fn new(shared: Arc<Shared<P>>) -> Self {
        Self { shared }
    }

    /// The station at the station's end.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.shared.identity
    }

    /// Calls the peer and waits for its response.
    ///
    /// Calls go out one at a time, in their order; each waits for its turn first. Dropped while it waits, the call is
    /// given up: it is not sent any more if it has not been sent, and its response is ignored if it has.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn call<R>(&self, request: &R) -> Result<R::Response, CallError>
    where
        R: Request<Protocol = P>,
        R::Response: TryFrom<P::Response>,
    {
        self.call_with(request, CallOptions::new()).await
    }

    /// As [`call`](Self::call), with options: time-out, attempts, priority and others.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn call_with<R>(
        &self,
        request: &R,
        options: CallOptions,
    ) -> Result<R::Response, CallError>
    where
        R: Request<Protocol = P>,
        R::Response: TryFrom<P::Response>,
    {
        let payload = request.encode().map_err(CallError::Encode)?;
        let action = P::info(R::ACTION).name;
        let response = self.call_raw(action, payload, options).await?;
        // The session pairs responses with calls by action.
        R::Response::try_from(response).map_err(|_| CallError::SessionOver)
    }

    /// Calls the peer by the name of the action, with the JSON text of the request, and gives that of the response: for
    /// operators' interfaces, whose words are those of the specification. The request goes out as it is if it is a JSON
    /// object; the response has been decoded and is written anew.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn call_json(
        &self,
        action: &str,
        payload: impl Into<String>,
        options: CallOptions,
    ) -> Result<String, CallError> {
        let Some(action) = P::action(action) else {
            return Err(CallError::UnknownAction);
        };
        let payload = payload.into();
        if check_payload(&payload).is_err() {
            return Err(CallError::NotQueued(NotQueuedReason::PayloadNotAnObject));
        }
        let action = P::info(action).name;
        let response = self.call_raw(action, payload, options).await?;
        serde_json::to_string(&response).map_err(CallError::Unwritable)
    }

    async fn call_raw(
        &self,
        action: &'static str,
        payload: String,
        options: CallOptions,
    ) -> Result<P::Response, CallError> {
        let (waiter, response) = oneshot::channel();
        let id = self.shared.draw_id();
        self.shared.push(Command::Call {
            id,
            action,
            payload,
            options,
            waiter,
        });
        let mut guard = CancelOnDrop {
            shared: &self.shared,
            id,
            armed: true,
        };
        let result = response.await;
        guard.armed = false;
        result.unwrap_or(Err(CallError::SessionOver))
    }

    /// Sends a message that is not answered (2.1). Waits until it is on its way.
    ///
    /// # Errors
    /// See [`NotSentError`].
    pub async fn send<M: Unconfirmed<Protocol = P>>(
        &self,
        message: &M,
    ) -> Result<(), NotSentError> {
        let payload = message.encode().map_err(NotSentError::Encode)?;
        let (done, result) = oneshot::channel();
        self.shared.push(Command::Send {
            action: P::info(M::ACTION).name,
            payload,
            done,
        });
        match result.await {
            Ok(sent) => sent.map_err(NotSentError::NotSent),
            Err(_) => Err(NotSentError::SessionOver),
        }
    }

    /// Ends the session: closes the connection with this code, and a station does not connect again.
    pub fn close(&self, code: CloseCode, reason: &str) {
        self.shared.push(Command::Close {
            code,
            reason: reason.to_owned(),
            for_good: true,
        });
    }

    /// Closes the connection with this code; a station connects again, with new credentials for example. At a CSMS it
    /// is the same as [`close`](Self::close).
    pub fn reconnect(&self, code: CloseCode, reason: &str) {
        self.shared.push(Command::Close {
            code,
            reason: reason.to_owned(),
            for_good: false,
        });
    }

    /// Changes the time between pings (`WebSocketPingInterval`), for this connection and the ones after it.
    pub fn set_ping_interval(&self, interval: Option<Duration>) {
        self.shared.push(Command::SetPingInterval(interval));
    }

    /// Changes the back-off (`RetryBackOffWaitMinimum`, `RetryBackOffRepeatTimes`, `RetryBackOffRandomRange`); nothing
    /// at a CSMS.
    pub fn set_back_off(&self, policy: BackOffPolicy) {
        self.shared.push(Command::SetBackOff(policy));
    }
}

struct CancelOnDrop<'a, P: Spoken> {
    shared: &'a Shared<P>,
    id: u64,
    armed: bool,
}

impl<P: Spoken> Drop for CancelOnDrop<'_, P> {
    fn drop(&mut self) {
        if self.armed {
            self.shared.push(Command::Cancel { id: self.id });
        }
    }
}

/// What the driver is asked to do, in this order.
pub(super) enum Command<P: Spoken> {
    Call {
        id: u64,
        action: &'static str,
        payload: String,
        options: CallOptions,
        waiter: oneshot::Sender<Result<P::Response, CallError>>,
    },
    Cancel {
        id: u64,
    },
    Send {
        action: &'static str,
        payload: String,
        done: oneshot::Sender<Result<(), NotSent>>,
    },
    Respond {
        token: CallToken,
        payload: String,
    },
    Refuse {
        token: CallToken,
        code: ErrorCode,
        description: String,
        /// The JSON text of an object.
        details: String,
    },
    Close {
        code: CloseCode,
        reason: String,
        for_good: bool,
    },
    SetPingInterval(Option<Duration>),
    SetBackOff(BackOffPolicy),
}

/// What the driver shares with its handles: a queue of commands. Smaller than a channel while it is empty.
pub(super) struct Shared<P: Spoken> {
    identity: Identity,
    state: Mutex<State<P>>,
}

struct State<P: Spoken> {
    commands: VecDeque<Command<P>>,
    waker: Option<Waker>,
    next_id: u64,
    over: bool,
}

impl<P: Spoken> Shared<P> {
    pub(super) fn new(identity: Identity) -> Arc<Self> {
        let commands = VecDeque::new();
        let state = State {
            commands,
            waker: None,
            next_id: 0,
            over: false,
        };
        Arc::new(Self {
            identity,
            state: Mutex::new(state),
        })
    }

    /// No code that can panic runs under the lock, so a poisoned lock would still guard a sound state.
    fn state(&self) -> MutexGuard<'_, State<P>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw_id(&self) -> u64 {
        let mut state = self.state();
        let id = state.next_id;
        state.next_id = state.next_id.wrapping_add(1);
        id
    }

    /// A command after the end is dropped, and whoever waits for its result learns that way.
    pub(super) fn push(&self, command: Command<P>) {
        let mut state = self.state();
        let rejected = if state.over {
            Some(command)
        } else {
            state.commands.push_back(command);
            None
        };
        let waker = state.waker.take();
        drop(state);
        drop(rejected);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(super) fn poll_command(&self, cx: &mut Context<'_>) -> Poll<Command<P>> {
        let mut state = self.state();
        if let Some(command) = state.commands.pop_front() {
            return Poll::Ready(command);
        }
        state.commands.shrink_to(4);
        match &mut state.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            waker => *waker = Some(cx.waker().clone()),
        }
        Poll::Pending
    }

    /// From here on every command fails.
    pub(super) fn end(&self) {
        let mut state = self.state();
        state.over = true;
        let commands = core::mem::take(&mut state.commands);
        drop(state);
        drop(commands);
    }
}
