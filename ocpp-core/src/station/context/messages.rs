//! Calls, answers and stored messages, and the link that they go over.

use alloc::borrow::Cow;
use alloc::string::String;
use core::time::Duration;

use ocpp_types::{DecodeError, Payload, Protocol, Request, Written};

use super::{Context, MESSAGE_IDS};
use crate::frame::{self, ErrorCode, Number};
use crate::security::SecurityEventKind;
use crate::session::{
    self, CallEnded, CallFailure, CallId, CallOptions, CallToken, NotQueued, Received, Seen,
    SendError, Verdict,
};
use crate::station::behaviour::CsmsCall;
use crate::station::output::Output;
use crate::station::queue::Queued;
use crate::time::Instant;

/// Why messages that concern no transaction are left out.
const OTHERS_FULL: &str = "too many messages wait that concern no transaction";
/// How long nothing suspicious is logged after something was.
const SUSPICION_PAUSE: Duration = Duration::from_secs(60);

impl Context {
    pub(crate) fn is_connected(&self) -> bool {
        self.session.is_connected()
    }

    /// Calls the CSMS. Without a connection nothing is sent, and `None` is returned.
    pub(in crate::station) fn call(
        &mut self,
        action: impl Into<Cow<'static, str>>,
        payload: String,
        options: CallOptions,
    ) -> Option<CallId> {
        let now = self.now.monotonic;
        let call = self.session.call(now, action, payload, options).ok();
        self.pump();
        call
    }

    /// Calls the CSMS with a typed request. `None` without a connection.
    pub(crate) fn request<R: Request>(&mut self, request: &R) -> Option<CallId> {
        self.request_written(R::Protocol::info(R::ACTION).name, request.written())
    }

    /// Apart from the types of the requests: there are many.
    fn request_written(&mut self, action: &'static str, request: Written<'_>) -> Option<CallId> {
        let payload = request.encode().ok()?;
        let (now, options) = (self.now.monotonic, CallOptions::new());
        let call = self
            .session
            .call_encoded(now, action.into(), payload, options);
        self.pump();
        call.ok()
    }

    /// Stores a typed request for delivery in order. See [`Queued`] for the rest.
    pub(crate) fn enqueue_request<R: Request>(
        &mut self,
        request: &R,
        transaction: Option<u64>,
        spare: bool,
    ) {
        let action = R::Protocol::info(R::ACTION).name;
        self.enqueue_written(action, request.written(), transaction, spare);
    }

    /// Apart from the types of the requests: there are many.
    fn enqueue_written(
        &mut self,
        action: &'static str,
        request: Written<'_>,
        transaction: Option<u64>,
        spare: bool,
    ) {
        if let Ok(payload) = request.encode() {
            self.enqueue(Queued::new(action, payload, transaction, spare));
        }
    }

    /// Stores a typed request where a message was that cannot be read any more.
    pub(crate) fn replace_lost<R: Request>(&mut self, number: u64, request: &R, transaction: u64) {
        if let Ok(payload) = request.encode() {
            let action = R::Protocol::info(R::ACTION).name;
            let queued = Queued::new(action, payload, Some(transaction), false);
            let change = self.queue.replace_lost(number, queued);
            self.changes(change);
        }
    }

    /// Answers a call. A response that is built from valid parts can be encoded.
    pub(crate) fn answer(&mut self, call: CallToken, response: &impl Payload) {
        self.answer_written(call, response.written());
    }

    /// Apart from the types of the responses: there are many.
    fn answer_written(&mut self, call: CallToken, response: Written<'_>) {
        // The connection may be gone in the meantime: nobody waits for the answer then.
        if let Err(SendError::Encode(error)) = self.session.respond_written(call, response) {
            let description = alloc::format!("{error}");
            let code = ErrorCode::InternalError;
            let _ = self.session.refuse(call, code, &description, "{}");
        }
        self.pump();
    }

    /// Takes a call back that has not gone out.
    pub(in crate::station) fn withdraw(&mut self, call: CallId) {
        self.session.withdraw(self.now.monotonic, call);
        self.pump();
    }

    pub(crate) fn set_call_timeout(&mut self, timeout: Duration) {
        self.session.config_mut().call_timeout = timeout;
    }

    /// A call on behalf of the application.
    pub(in crate::station) fn foreign_call(
        &mut self,
        action: Cow<'static, str>,
        payload: String,
    ) -> Result<CallId, NotQueued> {
        let now = self.now.monotonic;
        let call = self
            .session
            .call(now, action, payload, CallOptions::new())?;
        self.foreign.push(call);
        self.pump();
        Ok(call)
    }

    pub(crate) fn refuse(&mut self, call: CallToken, code: ErrorCode, description: &str) {
        let _ = self.session.refuse(call, code, description, "{}");
        self.pump();
    }

    /// Refuses a call whose payload does not match its schema, or is no JSON object at all.
    pub(crate) fn refuse_payload<P: Protocol>(&mut self, call: CsmsCall<'_>, error: &DecodeError) {
        if let Err(fault) = frame::check_payload(call.payload) {
            self.session.refuse_unreadable(call.token, fault);
            return self.pump();
        }
        let code = ErrorCode::from(error.violation());
        let (description, details) = session::explain::<P>(error);
        let _ = self
            .session
            .refuse(call.token, code, &description, &details);
        self.pump();
    }

    /// Stores a message for delivery in order.
    fn enqueue(&mut self, queued: Queued) {
        if !queued.is_transactional() && self.others_have_their_share() {
            // The older news of the same kind is the one that matters less.
            let Some((oldest, change)) = self.queue.remove_oldest(&queued.action) else {
                return self.dropped(queued, OTHERS_FULL);
            };
            self.dropped(oldest, OTHERS_FULL);
            self.changes([change]);
        }
        let (changes, dropped) = self.queue.push(queued);
        if let Some(dropped) = dropped {
            self.dropped(dropped, "the queue is full");
        }
        self.changes(changes);
    }

    /// Whether messages that do not concern transactions have taken their quarter of the queue: they must not leave
    /// transactions without room.
    pub(crate) fn others_have_their_share(&self) -> bool {
        self.queue.others() >= (self.config.limits.queue / 4).max(2)
    }

    /// Tells that a message is given up. Comes before its record is removed: after a power cut in between it is told once more
    /// or sent after all, and never lost without a word.
    pub(crate) fn dropped(&mut self, queued: Queued, reason: &str) {
        self.output(Output::Dropped {
            action: queued.action.into_owned(),
            payload: queued.payload,
            reason: reason.into(),
        });
    }

    /// Closes the connection; it is opened again at once.
    pub(crate) fn reconnect(&mut self) {
        self.link.reconnect_at_once();
        self.disconnect();
    }

    fn disconnect(&mut self) {
        if self.session.is_connected() {
            self.link.closes();
            self.output(Output::Disconnect);
        }
    }

    /// Makes a new connection because the old one may be dead: at once, but after a wait if the last new one was no better.
    pub(in crate::station) fn renew_link(&mut self) {
        if self.pulse.renew() {
            self.link.reconnect_at_once();
        }
        self.disconnect();
    }

    /// Sets how often to ping, in seconds; 0 for never.
    pub(crate) fn set_ping_interval(&mut self, seconds: u32) {
        self.pulse.set_interval(seconds);
        if self.session.is_connected() {
            self.output(Output::PingInterval(seconds));
        }
    }

    /// A link is open: what holds for every link is said anew.
    pub(in crate::station) fn link_opened(&mut self) {
        self.pulse.opened(self.now.monotonic);
        self.output(Output::PingInterval(self.pulse.interval()));
    }

    /// A message of the queue is under way.
    pub(in crate::station) fn waits_for_answer(&mut self) {
        let timeout = self.session.config().call_timeout;
        self.pulse.sent(self.now.monotonic, timeout);
    }

    /// A call that is not of the queue has failed: the link may be dead.
    pub(in crate::station) fn suspects_the_link(&mut self, failure: Option<&CallFailure>) {
        let timeout = self.session.config().call_timeout;
        if failure == Some(&CallFailure::TimedOut)
            && self.pulse.is_suspect(self.now.monotonic, timeout)
        {
            self.renew_link();
        }
    }

    /// Messages that nobody who keeps to the protocol sends are security events (whitepaper chapter 8, 2.0.1 appendix 1).
    /// A flood of them must not push everything else out of the security log.
    fn suspect(&mut self, seen: &Seen) {
        let kind = match seen.verdict {
            Verdict::Malformed(_) => SecurityEventKind::InvalidMessages,
            Verdict::DuplicateId | Verdict::Repeated => SecurityEventKind::AttemptedReplayAttacks,
            _ => return,
        };
        let now = self.instant();
        let recent = |at: Instant| now.saturating_since(at) < SUSPICION_PAUSE;
        if !self.last_suspicion.is_some_and(recent) {
            self.last_suspicion = Some(now);
            let info = alloc::format!("{}", seen.verdict);
            self.security_event(kind, Some(&info));
        }
    }

    pub(in crate::station) fn session_input(&mut self, input: session::Input<'_>) {
        // Only messages can be misused.
        let _ = self.session.handle(self.now.monotonic, input);
        self.pump();
    }

    /// Takes a message of the CSMS. Responses to calls of the application go to it.
    pub(in crate::station) fn receive<'a>(&mut self, text: &'a str) -> Received<'a> {
        self.pulse.heard(self.now.monotonic);
        // Misuse cannot happen: messages are handed in while connected only, and outputs are taken at once.
        let received = self.session.receive(self.now.monotonic, text);
        self.pump();
        match received.unwrap_or(Received::Other) {
            Received::Result {
                call,
                action,
                payload,
                ..
            } if self.ends_foreign(call) => {
                self.output(Output::CallEnded(CallEnded {
                    call,
                    action,
                    result: Ok(payload.into()),
                }));
                Received::Other
            }
            received => received,
        }
    }

    /// Whether a call that has ended was one of the application.
    fn ends_foreign(&mut self, call: CallId) -> bool {
        let at = self.foreign.iter().position(|foreign| *foreign == call);
        at.map(|at| self.foreign.swap_remove(at)).is_some()
    }

    pub(in crate::station) fn session_timeout(&self) -> Option<Instant> {
        self.session.next_timeout()
    }

    /// Takes what the session wants to its place.
    fn pump(&mut self) {
        while let Some(output) = self.session.poll_output() {
            match output {
                session::Output::StoreNextId(next) => self.store(MESSAGE_IDS, &next),
                session::Output::Transmit(transmit) => {
                    if transmit.number == Number::Call {
                        let timeout = self.session.config().call_timeout;
                        self.pulse.called(self.now.monotonic, timeout);
                    }
                    self.output(Output::Transmit(transmit.text));
                }
                session::Output::CallEnded(ended) => {
                    if self.ends_foreign(ended.call) {
                        self.output(Output::CallEnded(ended));
                    } else if let Err(failure) = ended.result {
                        self.failed_calls.push_back((ended.call, failure));
                    }
                }
                session::Output::Seen(seen) => {
                    self.suspect(&seen);
                    self.output(Output::Seen(seen));
                }
                _ => {}
            }
        }
    }
}
