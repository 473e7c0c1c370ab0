//! One side of a connection whose inputs and outputs are JSON.

use alloc::string::String;
use core::time::Duration;

use ocpp_core::frame::ErrorCode;
use ocpp_core::session::{self, CallId, CallOptions, CallToken, Counters, MessageIds, Role};
use ocpp_core::time::Instant;
use ocpp_types::Version;
use serde::{Deserialize, Serialize};

use crate::read::{read, read_closed};
use crate::station::{NULL, json};
use crate::{Error, Time};

/// One side of a connection (`ocpp_core::session::Session`): frames and which answer belongs to which question. Payloads are
/// texts; [`decode`](crate::decode) says what is wrong with one.
#[derive(Debug)]
pub struct Session(session::Session);

/// What kind of session it is.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The version that it speaks.
    version: Version,
    /// Which side it is.
    role: Side,
    /// The number of the last `StoreNextId`, for message ids that are counted over restarts. Without it and without a seed,
    /// counting begins at 0.
    next_id: Option<u64>,
    /// A random number, different at each start, for message ids that need not be stored.
    seed: Option<u64>,
    /// How many seconds a call waits for its response: 30.
    call_timeout: Option<u32>,
    /// How many seconds the application may take to answer a call: 60.
    answer_timeout: Option<u32>,
    /// How many calls may wait for their turn: 64.
    max_queue: Option<u32>,
    /// How many calls of the peer may be handled at the same time: 8.
    max_handling: Option<u32>,
    /// The largest message that is accepted, in bytes of UTF-8: 1,048,576.
    max_frame: Option<u32>,
    /// How many answers are kept for calls that come again: 0.
    remember_answers: Option<u32>,
    /// Whether queued calls stay while there is no connection: those of a station do.
    keep_queued: Option<bool>,
    /// Whether signed messages are accepted: no.
    signed_messages: Option<bool>,
    /// Whether every inbound message is reported: no, only those that something is wrong with.
    tap: Option<bool>,
}

/// The two sides.
#[derive(Debug, Clone, Copy, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
enum Side {
    /// The charging station: WebSocket client.
    Station,
    /// The charging station management system: WebSocket server.
    Csms,
}

/// What happens to a session, and what is asked of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) enum Input {
    /// The connection is open. If the session had one before, that one is gone.
    Connected,
    /// The connection is gone.
    Disconnected,
    /// Time has passed: some of it, or up to the next timeout.
    TimePassed,
    /// A text message came in.
    Received(String),
    /// Call the peer. The reply is `{"call": NUMBER}`; the output `CallEnded` tells how it ended, exactly once.
    Call {
        /// The action.
        action: String,
        /// JSON text of an object.
        payload: String,
        /// How many seconds to wait for the response; otherwise as configured.
        #[serde(default)]
        timeout: Option<u32>,
    },
    /// Send a message that is not answered (2.1).
    Send {
        /// The action.
        action: String,
        /// JSON text of an object.
        payload: String,
    },
    /// Answer a call of the peer.
    Respond {
        /// Which one: the token of the output `Call`.
        token: u64,
        /// JSON text of an object.
        payload: String,
    },
    /// Answer a call of the peer with a CALLERROR.
    Refuse {
        /// Which one: the token of the output `Call`.
        token: u64,
        /// Why.
        code: ErrorCode,
        /// For people.
        #[serde(default)]
        description: String,
    },
    /// Go on with a signed call whose payload was taken out of its signature.
    Verified {
        /// Which one: the token of the output `SignedCall`.
        token: u64,
        /// JSON text of an object.
        payload: String,
    },
    /// Give a call up. The reply is `{"cancelled": true}`, or false if there is no such call.
    Cancel {
        /// Which one.
        call: u64,
    },
}

/// Answers with a value, as JSON.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    Call(u64),
    Cancelled(bool),
}

/// What a session is doing.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct State {
    /// Whether there is a connection.
    connected: bool,
    /// How many calls wait in the queue, without the one that is under way.
    queued: usize,
    /// The call that is under way.
    in_flight: Option<CallId>,
    /// How many calls of the peer the application has yet to answer.
    handling: usize,
    /// What has been counted so far.
    counters: Counters,
}

impl Session {
    /// A session without connection. `config` is a JSON object with at least `version` and `role` (`"Station"` or `"Csms"`).
    ///
    /// # Errors
    /// When the configuration cannot be read.
    pub fn new(config: &str) -> Result<Self, Error> {
        const BLOCK: u32 = 100;
        let config: Config = read_closed(config)?;
        let role = match config.role {
            Side::Station => Role::Station,
            Side::Csms => Role::Csms,
        };
        let ids = match (config.seed, config.next_id) {
            (Some(seed), None) => MessageIds::seeded(seed),
            (None, next) => MessageIds::counter(next.unwrap_or(0), BLOCK),
            (Some(_), Some(_)) => {
                let message = "ids come from a counter or from a seed, not from both";
                return Err(Error::at("/seed".into(), &message));
            }
        };
        let mut limits = session::Config::new(role);
        let set = |to: &mut usize, from: Option<u32>| {
            if let Some(from) = from {
                *to = usize::try_from(from).unwrap_or(usize::MAX);
            }
        };
        set(&mut limits.max_queue, config.max_queue);
        set(&mut limits.max_handling, config.max_handling);
        set(&mut limits.max_frame, config.max_frame);
        set(&mut limits.remember_answers, config.remember_answers);
        let seconds = |to: &mut Duration, from: Option<u32>| {
            if let Some(from) = from {
                *to = Duration::from_secs(from.into());
            }
        };
        seconds(&mut limits.call_timeout, config.call_timeout);
        seconds(&mut limits.answer_timeout, config.answer_timeout);
        limits.keep_queued = config.keep_queued.unwrap_or(limits.keep_queued);
        limits.signed_messages = config.signed_messages.unwrap_or(limits.signed_messages);
        limits.tap = config.tap.unwrap_or(limits.tap);
        Ok(Self(session::Session::new(
            config.version,
            role,
            limits,
            ids,
        )))
    }

    /// Takes an input. Poll the outputs afterwards. Gives the reply, JSON: `null` for everything but calls.
    ///
    /// # Errors
    /// When the input cannot be read, or what it asks for cannot be done. Nothing has changed then.
    pub fn handle(&mut self, now: Time, input: &str) -> Result<String, Error> {
        let now = Instant::from_millis(now.monotonic);
        let session = &mut self.0;
        match read(input)? {
            Input::Connected => handled(session.handle(now, session::Input::Connected))?,
            Input::Disconnected => handled(session.handle(now, session::Input::Disconnected))?,
            Input::TimePassed => handled(session.handle(now, session::Input::TimePassed))?,
            Input::Received(text) => {
                handled(session.handle(now, session::Input::Received(&text)))?;
            }
            Input::Call {
                action,
                payload,
                timeout,
            } => {
                let mut options = CallOptions::new();
                options.timeout = timeout.map(|seconds| Duration::from_secs(seconds.into()));
                let call = session.call(now, action, payload, options);
                let call = call.map_err(|error| Error::new(&error))?;
                return Ok(json(&Reply::Call(call.into())));
            }
            Input::Send { action, payload } => handled(session.send(action, &payload))?,
            Input::Respond { token, payload } => {
                handled(session.respond(CallToken::from(token), &payload))?;
            }
            Input::Refuse {
                token,
                code,
                description,
            } => handled(session.refuse(CallToken::from(token), code, &description, "{}"))?,
            Input::Verified { token, payload } => {
                handled(session.verified(CallToken::from(token), payload))?;
            }
            Input::Cancel { call } => {
                let cancelled = session.cancel(now, CallId::from(call));
                return Ok(json(&Reply::Cancelled(cancelled)));
            }
        }
        Ok(NULL.into())
    }

    /// The next output, JSON. `None` when there is nothing more for now.
    pub fn poll_output(&mut self) -> Option<String> {
        self.0.poll_output().map(|output| json(&output))
    }

    /// When to come back with `"TimePassed"` at the latest, in monotonic milliseconds; `None` when nothing is waited for.
    #[must_use]
    pub fn next_timeout(&self) -> Option<u64> {
        self.0.next_timeout().map(Instant::as_millis)
    }

    /// A look inside, JSON.
    #[must_use]
    pub fn state(&self) -> String {
        json(&State {
            connected: self.0.is_connected(),
            queued: self.0.queued(),
            in_flight: self.0.in_flight(),
            handling: self.0.handling(),
            counters: *self.0.counters(),
        })
    }
}

fn handled<E: core::fmt::Display>(result: Result<(), E>) -> Result<(), Error> {
    result.map_err(|error| Error::new(&error))
}
