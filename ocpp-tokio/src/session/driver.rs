//! The loop that brings session, connection, handler and handles together.

use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use ocpp_core::session::{CallId, CallToken, Event, Input, Output, Role, TypedSession};
use ocpp_core::time::Instant as CoreInstant;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use super::Spoken;
use super::dial::{Dialer, Dialing};
use super::handler::{Direction, Handler, Reply, Report};
use super::options::{SessionOptions, WrongVersion, of_version};
use super::peer::{CallError, Command, Peer, Shared};
use crate::client::{ConnectError, ConnectOptions};
use crate::info::ConnectionInfo;
use crate::websocket::{CloseCode, Connection, End};

/// One side of a session, to be run with a handler. See the [module documentation](super).
#[derive(Debug)]
#[must_use = "a driver does nothing until it is run"]
pub struct Driver<P: Spoken> {
    session: TypedSession<P>,
    peer: Peer<P>,
    shared: SharedRef<P>,
    connection: Option<Connection>,
    dialer: Option<Dialer>,
}

/// Hides the queue from debug output.
struct SharedRef<P: Spoken>(Arc<Shared<P>>);

impl<P: Spoken> core::fmt::Debug for SharedRef<P> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Shared")
    }
}

impl<P: Spoken> Driver<P> {
    /// The CSMS's side of a connection that was accepted.
    ///
    /// # Errors
    /// [`WrongVersion`] if the connection speaks another version than `P`.
    pub fn csms(connection: Connection, options: SessionOptions) -> Result<Self, WrongVersion> {
        let connection = of_version::<P>(connection)?;
        let identity = connection.info().identity.clone();
        Ok(Self::new(
            Role::Csms,
            Shared::new(identity),
            Some(connection),
            None,
            options,
        ))
    }

    /// The station's side: connects, and connects again whenever the connection is lost. Only the version of `P` is
    /// offered, whatever the options say.
    pub fn station(mut connect: ConnectOptions, options: SessionOptions) -> Self {
        connect.versions = vec![P::VERSION];
        let shared = Shared::new(connect.identity.clone());
        let dialer = Dialer::new(connect, options.back_off);
        Self::new(Role::Station, shared, None, Some(dialer), options)
    }

    /// The station's side of a connection that is open already, for stations of several versions: [`dial`](super::dial)
    /// offers them all, and the driver is that of the version that was agreed. When the connection is lost it connects
    /// again as [`station`](Self::station) does, with this version; a CSMS that has given it up meanwhile is noticed as
    /// [`ConnectError::NoCommonVersion`] in [`Handler::connect_failed`].
    ///
    /// # Errors
    /// [`WrongVersion`] if the connection speaks another version than `P`.
    pub fn station_over(
        connection: Connection,
        mut connect: ConnectOptions,
        options: SessionOptions,
    ) -> Result<Self, WrongVersion> {
        let connection = of_version::<P>(connection)?;
        connect.versions = vec![P::VERSION];
        let shared = Shared::new(connect.identity.clone());
        let dialer = Dialer::new(connect, options.back_off);
        Ok(Self::new(
            Role::Station,
            shared,
            Some(connection),
            Some(dialer),
            options,
        ))
    }

    fn new(
        role: Role,
        shared: Arc<Shared<P>>,
        connection: Option<Connection>,
        dialer: Option<Dialer>,
        options: SessionOptions,
    ) -> Self {
        let SessionOptions {
            mut config,
            ids,
            decoding,
            ..
        } = options;
        // The connection refuses longer messages before they are read.
        config.max_frame = usize::MAX;
        config.signed_messages = false;
        Self {
            session: TypedSession::new(role, config, ids, decoding),
            peer: Peer::new(Arc::clone(&shared)),
            shared: SharedRef(shared),
            connection,
            dialer,
        }
    }

    /// What the handshake settled; `None` for a station that has not connected yet.
    #[must_use]
    pub fn info(&self) -> Option<&Arc<ConnectionInfo>> {
        self.connection.as_ref().map(Connection::info)
    }

    /// A handle to the other side.
    #[must_use]
    pub fn peer(&self) -> Peer<P> {
        self.peer.clone()
    }

    /// Runs the session: a CSMS's until the connection ends, a station's until [`Peer::close`]. Returns how the last
    /// connection ended, if there was one.
    ///
    /// A handler that is at work when the session ends is run to its end; its calls fail. Dropping the future ends
    /// everything at once, without a close handshake.
    pub async fn run<H: Handler<P>>(self, handler: H) -> Option<End> {
        let Self {
            session,
            peer,
            shared: SharedRef(shared),
            connection,
            dialer,
        } = self;
        let ending = EndOnDrop(Arc::clone(&shared));
        let mut state = Running {
            session,
            shared,
            connection,
            dialer,
            waiting: Vec::new(),
            inbox: VecDeque::new(),
            epoch: Instant::now(),
            last_end: None,
            over: false,
            peer: &peer,
            handler: &handler,
        };
        let mut handling = pin!(None);
        // Boxed, because it is large and there is none most of the time.
        let mut dialing: Option<Dialing> = None;
        let mut timer = pin!(sleep(Duration::ZERO));
        if state.connection.is_some() {
            state.connected();
        } else {
            dialing = state.dial(Duration::ZERO);
        }
        loop {
            state.carry_out_events();
            if handling.is_none()
                && let Some((request, reply)) = state.inbox.pop_front()
            {
                handling.set(Some(handler.handle(request, reply, &peer)));
            }
            if state.over && state.connection.is_none() {
                break;
            }
            let deadline = state.session.next_timeout().map(|at| state.to_tokio(at));
            if let Some(deadline) = deadline
                && timer.deadline() != deadline
            {
                timer.as_mut().reset(deadline);
            }
            let wake = poll_fn(|cx| {
                if let Poll::Ready(command) = state.shared.poll_command(cx) {
                    return Poll::Ready(Wake::Command(command));
                }
                if deadline.is_some() && timer.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(Wake::Timer);
                }
                if let Some(handling) = handling.as_mut().as_pin_mut()
                    && handling.poll(cx).is_ready()
                {
                    return Poll::Ready(Wake::Handled);
                }
                if let Some(connection) = &mut state.connection {
                    return connection.poll_recv(cx).map(Wake::Received);
                }
                match &mut dialing {
                    Some(dialing) => dialing
                        .as_mut()
                        .poll(cx)
                        .map(|result| Wake::Dialed(Box::new(result))),
                    None => Poll::Pending,
                }
            })
            .await;
            match wake {
                Wake::Command(command) => {
                    state.obey(command);
                    if state.over {
                        dialing = None;
                    }
                }
                Wake::Timer => state.input(Input::TimePassed),
                Wake::Handled => handling.set(None),
                Wake::Received(Ok(text)) => {
                    handler.frame(Direction::In, &text);
                    state.input(Input::Received(&text));
                }
                Wake::Received(Err(end)) => {
                    dialing = state.disconnected(end);
                }
                Wake::Dialed(result) => {
                    dialing = state.dialed(*result);
                }
            }
        }
        state.carry_out_events();
        // Whoever still waits, the handler's own calls included, learns that it is over.
        state.waiting.clear();
        drop(ending);
        if let Some(handling) = handling.as_mut().as_pin_mut() {
            handling.await;
        }
        state.last_end.take()
    }
}

/// Also when the future of [`Driver::run`] is dropped.
struct EndOnDrop<P: Spoken>(Arc<Shared<P>>);

impl<P: Spoken> Drop for EndOnDrop<P> {
    fn drop(&mut self) {
        self.0.end();
    }
}

enum Wake<P: Spoken> {
    Command(Command<P>),
    Timer,
    Handled,
    Received(Result<String, End>),
    Dialed(Box<Result<Connection, ConnectError>>),
}

/// A call whose caller waits.
struct Waiting<P: Spoken> {
    id: u64,
    call: CallId,
    waiter: oneshot::Sender<Result<P::Response, CallError>>,
}

struct Running<'a, P: Spoken, H> {
    session: TypedSession<P>,
    shared: Arc<Shared<P>>,
    connection: Option<Connection>,
    dialer: Option<Dialer>,
    waiting: Vec<Waiting<P>>,
    /// Calls of the peer that wait for the handler; at most [`Config::max_handling`].
    inbox: VecDeque<(P::Request, Reply<P>)>,
    /// Zero of the session's clock.
    epoch: Instant,
    last_end: Option<End>,
    /// The session ends as soon as there is no connection.
    over: bool,
    peer: &'a Peer<P>,
    handler: &'a H,
}

impl<P: Spoken, H: Handler<P>> Running<'_, P, H> {
    fn now(&self) -> CoreInstant {
        let elapsed = self.epoch.elapsed().as_millis();
        CoreInstant::from_millis(u64::try_from(elapsed).unwrap_or(u64::MAX))
    }

    /// Timers end no earlier than the session expects.
    fn to_tokio(&self, at: CoreInstant) -> Instant {
        // Tokio's timers reach two years ahead; whatever is later is asked for again.
        const FAR: Duration = Duration::from_secs(365 * 24 * 3600);
        let at = Duration::from_millis(at.as_millis());
        if at <= FAR {
            return self.epoch + at;
        }
        self.epoch + at.min(self.epoch.elapsed() + FAR)
    }

    fn input(&mut self, input: Input<'_>) {
        let now = self.now();
        // Events are carried out after every input and messages come only over a connection: there is no misuse.
        let _ = self.session.handle(now, input);
    }

    fn connected(&mut self) {
        self.input(Input::Connected);
        if let Some(connection) = &self.connection {
            self.handler.connected(connection.info(), self.peer);
        }
    }

    /// A station connects, after a while.
    fn dial(&self, wait: Duration) -> Option<Dialing> {
        Some(self.dialer.as_ref()?.dial(wait))
    }

    /// A station connects again, unless it was told to stop.
    fn disconnected(&mut self, end: End) -> Option<Dialing> {
        self.connection = None;
        self.input(Input::Disconnected);
        self.carry_out_events();
        self.handler.disconnected(&end, self.peer);
        self.last_end = Some(end);
        match &mut self.dialer {
            Some(dialer) if !self.over => {
                let wait = dialer.back_off.next_wait(rand::random());
                self.dial(wait)
            }
            _ => {
                self.over = true;
                None
            }
        }
    }

    fn dialed(&mut self, result: Result<Connection, ConnectError>) -> Option<Dialing> {
        let dialer = self.dialer.as_mut()?;
        match result {
            Ok(mut connection) => {
                dialer.back_off.connected();
                connection.set_ping_interval(dialer.ping_interval);
                self.connection = Some(connection);
                self.connected();
                None
            }
            Err(error) => {
                let wait = dialer.back_off.next_wait(rand::random());
                self.handler.connect_failed(&error, wait);
                self.dial(wait)
            }
        }
    }

    fn obey(&mut self, command: Command<P>) {
        let now = self.now();
        match command {
            Command::Call {
                id,
                action,
                payload,
                options,
                waiter,
            } => {
                let session = self.session.session_mut();
                match session.call(now, action, payload, options) {
                    Ok(call) => self.waiting.push(Waiting { id, call, waiter }),
                    Err(refused) => {
                        // The caller may have gone meanwhile.
                        let _ = waiter.send(Err(CallError::NotQueued(refused.reason)));
                    }
                }
            }
            Command::Cancel { id } => {
                if let Some(at) = self.waiting.iter().position(|waiting| waiting.id == id) {
                    let waiting = self.waiting.swap_remove(at);
                    self.session.session_mut().cancel(now, waiting.call);
                }
            }
            Command::Send {
                action,
                payload,
                done,
            } => {
                let _ = done.send(self.session.session_mut().send(action, &payload));
            }
            // An answer that comes too late goes nowhere; the session has reported it.
            Command::Respond { token, payload } => {
                let _ = self.session.session_mut().respond(token, &payload);
            }
            Command::Refuse {
                token,
                code,
                description,
                details,
            } => {
                let session = self.session.session_mut();
                let _ = session.refuse(token, code, &description, &details);
            }
            Command::Close {
                code,
                reason,
                for_good,
            } => self.close(code, &reason, for_good),
            Command::SetPingInterval(interval) => {
                if let Some(connection) = &mut self.connection {
                    connection.set_ping_interval(interval);
                }
                if let Some(dialer) = &mut self.dialer {
                    dialer.ping_interval = interval;
                }
            }
            Command::SetBackOff(policy) => {
                if let Some(dialer) = &mut self.dialer {
                    dialer.back_off.set_policy(policy);
                }
            }
        }
    }

    fn close(&mut self, code: CloseCode, reason: &str, for_good: bool) {
        // Answers that were given before go out before.
        self.carry_out_events();
        self.over |= for_good;
        if let Some(connection) = &mut self.connection {
            connection.begin_close(code, reason);
        }
    }

    fn carry_out_events(&mut self) {
        while let Some(event) = self.session.poll_event() {
            match event {
                Event::Output(Output::Transmit(message)) => {
                    if let Some(connection) = &mut self.connection {
                        self.handler.frame(Direction::Out, &message.text);
                        connection.queue(&message.text);
                    }
                }
                Event::Output(Output::StoreNextId(next)) => self.handler.store_next_id(next),
                Event::Call {
                    token,
                    request,
                    deviations,
                    ..
                } => {
                    self.repaired(P::action_of(&request), &deviations);
                    self.take_in(token, request);
                }
                Event::Send {
                    message,
                    deviations,
                } => {
                    self.repaired(P::action_of(&message), &deviations);
                    self.handler.received(message, self.peer);
                }
                Event::CallEnded {
                    call,
                    action,
                    result,
                    deviations,
                } => {
                    self.repaired(action, &deviations);
                    if let Some(at) = self.waiting.iter().position(|waiting| waiting.call == call) {
                        let waiting = self.waiting.swap_remove(at);
                        let _ = waiting.waiter.send(result.map_err(CallError::Failed));
                    }
                }
                Event::RequestRefused {
                    action,
                    error,
                    answered,
                } => {
                    let (error, answered) = (&error, answered.as_ref());
                    let report = Report::RequestRefused {
                        action,
                        error,
                        answered,
                    };
                    self.handler.report(report, self.peer);
                }
                Event::Output(output) => {
                    self.handler.report(Report::Session(&output), self.peer);
                }
                // Signed messages are off.
                _ => {}
            }
        }
    }

    fn take_in(&mut self, token: CallToken, request: P::Request) {
        let reply = Reply::new(Arc::clone(&self.shared), token, P::action_of(&request));
        self.inbox.push_back((request, reply));
    }

    fn repaired(&self, action: P::Action, deviations: &[ocpp_types::Deviation]) {
        if !deviations.is_empty() {
            self.handler
                .report(Report::Repaired { action, deviations }, self.peer);
        }
    }
}
