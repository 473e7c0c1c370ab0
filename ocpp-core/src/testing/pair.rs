//! A station and a CSMS with a link between them.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use ocpp_types::Version;

use super::Link;
use crate::frame::ErrorCode;
use crate::session::{
    CallFailure, CallId, CallOptions, CallToken, Config, IncomingCall, Input, MessageIds,
    NotQueued, Output, Role, Session,
};
use crate::time::Instant;

/// How an application answers a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// With this response.
    Respond(String),
    /// With this error.
    Refuse(ErrorCode),
    /// With this response, but only after a while.
    Later(Duration, String),
    /// Not at all.
    Never,
}

type Application = Box<dyn FnMut(&IncomingCall) -> Reply>;

/// One end of a [`Pair`].
pub struct Side {
    /// The session.
    pub session: Session,
    /// What came out of it, except for the messages that it sent, with the time.
    pub events: Vec<(Instant, Output)>,
    /// Answers that will be given later.
    later: Vec<(Instant, CallToken, String)>,
    application: Application,
}

impl fmt::Debug for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Side")
            .field("session", &self.session)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

impl Side {
    fn next_event(&self) -> Option<Instant> {
        let later = self.later.iter().map(|(at, ..)| *at).min();
        [self.session.next_timeout(), later]
            .into_iter()
            .flatten()
            .min()
    }
}

/// Two sessions, a link between them, and an application behind each that answers calls. See the
/// [module documentation](super).
#[derive(Debug)]
pub struct Pair {
    /// The charging station.
    pub station: Side,
    /// The CSMS.
    pub csms: Side,
    /// The connection.
    pub link: Link,
    now: Instant,
}

impl Pair {
    /// Two sessions with their defaults, not connected, whose applications answer every call with `{}`.
    #[must_use]
    pub fn new(version: Version) -> Self {
        let side = |role, seed| Side {
            session: Session::new(version, role, Config::new(role), MessageIds::seeded(seed)),
            events: Vec::new(),
            later: Vec::new(),
            application: Box::new(|_| Reply::Respond("{}".into())),
        };
        Self {
            station: side(Role::Station, 1),
            csms: side(Role::Csms, 2),
            link: Link::new(3),
            now: Instant::ORIGIN,
        }
    }

    /// Puts an application behind a side.
    pub fn answer_with(
        &mut self,
        role: Role,
        application: impl FnMut(&IncomingCall) -> Reply + 'static,
    ) {
        self.side(role).application = Box::new(application);
    }

    /// The virtual time.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// One of the two sides.
    pub const fn side(&mut self, role: Role) -> &mut Side {
        match role {
            Role::Station => &mut self.station,
            Role::Csms => &mut self.csms,
        }
    }

    /// Opens the connection and tells both ends.
    pub fn connect(&mut self) {
        self.link.connect();
        self.input(Role::Station, Input::Connected);
        self.input(Role::Csms, Input::Connected);
    }

    /// Breaks the connection and tells both ends. What is under way is lost.
    pub fn disconnect(&mut self) {
        self.link.disconnect();
        self.input(Role::Station, Input::Disconnected);
        self.input(Role::Csms, Input::Disconnected);
    }

    /// Calls from one side.
    ///
    /// # Errors
    /// As [`Session::call`].
    pub fn call(
        &mut self,
        role: Role,
        action: &'static str,
        payload: &str,
        options: CallOptions,
    ) -> Result<CallId, NotQueued> {
        let now = self.now;
        let call = self
            .side(role)
            .session
            .call(now, action, payload.into(), options);
        self.drain(role);
        call
    }

    /// Runs until no message is under way and nobody waits for anything.
    pub fn drive(&mut self) {
        while self.step(None) {}
    }

    /// Runs for some virtual time.
    pub fn drive_for(&mut self, time: Duration) {
        let end = self.now + time;
        while self.step(Some(end)) {}
        self.now = end;
    }

    /// The result of a call, if it has ended.
    pub fn result_of(&mut self, role: Role, call: CallId) -> Option<&Result<String, CallFailure>> {
        let mut events = self.side(role).events.iter();
        events.find_map(|(_, event)| match event {
            Output::CallEnded(ended) if ended.call == call => Some(&ended.result),
            _ => None,
        })
    }

    /// The payloads of the calls that the application of a side got, in order.
    pub fn delivered_to(&mut self, role: Role) -> Vec<String> {
        let events = self.side(role).events.iter();
        let calls = events.filter_map(|(_, event)| match event {
            Output::Call(call) => Some(call.payload.clone()),
            _ => None,
        });
        calls.collect()
    }

    /// Lets the next thing happen, if there is one before `end`.
    fn step(&mut self, end: Option<Instant>) -> bool {
        let events = [
            self.link.next_arrival(),
            self.station.next_event(),
            self.csms.next_event(),
        ];
        let Some(next) = events.into_iter().flatten().min() else {
            return false;
        };
        if end.is_some_and(|end| next > end) {
            return false;
        }
        self.now = self.now.max(next);
        let now = self.now;
        if let Some((to, text)) = self.link.receive(now) {
            self.input(to, Input::Received(&text));
            return true;
        }
        for role in [Role::Station, Role::Csms] {
            let side = self.side(role);
            let due = |(at, ..): &mut (Instant, CallToken, String)| *at <= now;
            let answers: Vec<_> = side.later.extract_if(.., due).collect();
            for (_, token, payload) in answers {
                // The call may have ended with its connection.
                let _ = side.session.respond(token, &payload);
            }
            self.input(role, Input::TimePassed);
        }
        true
    }

    fn input(&mut self, role: Role, input: Input<'_>) {
        let now = self.now;
        // A message for a side that has just lost its connection is no news.
        let _ = self.side(role).session.handle(now, input);
        self.drain(role);
    }

    fn drain(&mut self, role: Role) {
        let now = self.now;
        while let Some(output) = self.side(role).session.poll_output() {
            match output {
                Output::Transmit(transmit) => self.link.send(now, role, &transmit.text),
                Output::Call(call) => {
                    let side = self.side(role);
                    let session = &mut side.session;
                    // The call may already have ended with its connection.
                    let _ = match (side.application)(&call) {
                        Reply::Respond(payload) => session.respond(call.token, &payload),
                        Reply::Refuse(code) => session.refuse(call.token, code, "", "{}"),
                        Reply::Later(after, payload) => {
                            side.later.push((now + after, call.token, payload));
                            Ok(())
                        }
                        Reply::Never => Ok(()),
                    };
                    side.events.push((now, Output::Call(call)));
                }
                other => self.side(role).events.push((now, other)),
            }
        }
    }
}
