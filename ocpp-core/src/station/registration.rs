//! How far a station is with registering, and its heartbeat (1.6 sections 4.2 and 4.6, 2.0.1 B01 to B03 and G02).

use core::time::Duration;

use super::context::Context;
use super::device_model::Standard;
use super::record::Records;
use super::state::Registration;
use crate::bounds;
use crate::session::CallFailure;
use crate::time::{DateTime, Instant};

const ACCEPTED_ONCE: &str = "accepted-once";

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// A `BootNotification`.
    Boot,
    /// A `Heartbeat`.
    Heartbeat,
}

/// What the CSMS says to a `BootNotification`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BootAnswer {
    pub(crate) registration: Registration,
    /// In seconds: until the next heartbeat, or the next `BootNotification`.
    pub(crate) interval: i64,
    pub(crate) time: DateTime,
}

/// The messages with which a version registers.
pub(crate) trait RegistrationMessages {
    /// A clock that is wrong by less is corrected without a security event: the answer of the CSMS was under way for a while.
    fn clock_tolerance(core: &Context) -> Duration;
    /// Whether something else has to come before a `BootNotification`.
    fn waits(&self) -> bool {
        false
    }
    /// Sends a `BootNotification`. `false` without a connection.
    fn send_boot(&mut self, core: &mut Context) -> bool;
    fn send_heartbeat(&mut self, core: &mut Context);
    /// The answer to a `BootNotification`, if it can be understood.
    fn read_boot(text: &str) -> Option<BootAnswer>;
    /// The time that the answer to a heartbeat gives.
    fn read_heartbeat(text: &str) -> Option<DateTime>;
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(crate) struct Registering {
    registration: Option<Registration>,
    /// Whether the CSMS has ever accepted the station.
    accepted_once: bool,
    /// Whether a `BootNotification` waits for its answer.
    under_way: bool,
    /// No `BootNotification` before this moment.
    not_before: Option<Instant>,
    /// Nor before this one over a connection that is made anew: there may be another CSMS now, which knows the station.
    not_before_anew: Option<Instant>,
    next_heartbeat: Option<Instant>,
}

impl Registering {
    pub(crate) fn restore(records: &Records) -> Self {
        Self {
            registration: None,
            accepted_once: records.get(ACCEPTED_ONCE).unwrap_or(false),
            under_way: false,
            not_before: None,
            not_before_anew: None,
            next_heartbeat: None,
        }
    }

    /// What the CSMS has said of the station; `None` before it has.
    pub(crate) const fn status(&self) -> Option<Registration> {
        self.registration
    }

    /// Whether the station may send what it wants.
    pub(crate) fn accepted(&self) -> bool {
        self.registration == Some(Registration::Accepted)
    }

    /// Whether messages of the station's own accord reach the CSMS.
    pub(crate) fn online(&self, core: &Context) -> bool {
        self.accepted() && core.is_connected()
    }

    /// Registers or sends a heartbeat if it is time to.
    pub(crate) fn register_and_beat<M: RegistrationMessages>(
        &mut self,
        core: &mut Context,
        messages: &mut M,
    ) {
        if !core.is_connected() {
            return;
        }
        match self.due(core.instant()) {
            Some(Due::Boot) if messages.waits() => {}
            Some(Due::Boot) => self.send_boot(core, messages),
            Some(Due::Heartbeat) => {
                self.plan_heartbeat(core);
                messages.send_heartbeat(core);
            }
            None => {}
        }
    }

    /// Sends a `BootNotification` now.
    pub(crate) fn send_boot<M: RegistrationMessages>(
        &mut self,
        core: &mut Context,
        messages: &mut M,
    ) {
        self.under_way = messages.send_boot(core);
    }

    /// The `BootNotification` has ended. Says whether the station is accepted.
    pub(crate) fn boot_ended<M: RegistrationMessages>(
        &mut self,
        core: &mut Context,
        outcome: Result<&str, &CallFailure>,
    ) -> bool {
        let Some(answer) = outcome.ok().and_then(M::read_boot) else {
            self.failed(core, outcome.err());
            return false;
        };
        let tolerance = M::clock_tolerance(core);
        core.follow_clock(answer.time, tolerance);
        self.answered(core, answer.registration, answer.interval)
    }

    /// A heartbeat has ended.
    pub(crate) fn heartbeat_ended<M: RegistrationMessages>(
        core: &mut Context,
        outcome: Result<&str, &CallFailure>,
    ) {
        if let Some(time) = outcome.ok().and_then(M::read_heartbeat) {
            let tolerance = M::clock_tolerance(core);
            core.follow_clock(time, tolerance);
        }
    }

    /// Whether somebody may charge: the CSMS has accepted the station now or, if it was not asked yet, once.
    /// Requirements: B02.FR.03.
    pub(crate) fn may_charge(&self) -> bool {
        match self.registration {
            None => self.accepted_once,
            Some(_) => self.accepted(),
        }
    }

    /// What is to be sent now, while connected.
    fn due(&self, now: Instant) -> Option<Due> {
        let passed = |at: Instant| at <= now;
        if self.accepted() {
            self.next_heartbeat
                .is_some_and(passed)
                .then_some(Due::Heartbeat)
        } else {
            let boot = !self.under_way && self.not_before.is_none_or(passed);
            boot.then_some(Due::Boot)
        }
    }

    pub(crate) fn next_timeout(&self) -> Option<Instant> {
        if self.accepted() {
            self.next_heartbeat
        } else if self.under_way {
            None
        } else {
            self.not_before
        }
    }

    /// A connection was made: registration does not wait for the rest of a long interval.
    pub(crate) fn connected(&mut self) {
        self.under_way = false;
        self.not_before = self.not_before.min(self.not_before_anew);
    }

    /// The `BootNotification` was not answered, or not so that it could be understood.
    fn failed(&mut self, core: &Context, failure: Option<&CallFailure>) {
        self.under_way = false;
        self.not_before = match failure {
            // The next connection begins with another one.
            Some(CallFailure::Disconnected) => None,
            _ => Some(core.instant() + bounds::wait(core.config.boot_retry)),
        };
        self.not_before_anew = self.not_before;
    }

    /// The `BootNotification` was answered. Says whether the station is accepted.
    fn answered(&mut self, core: &mut Context, registration: Registration, interval: i64) -> bool {
        self.under_way = false;
        self.registration = Some(registration);
        if registration != Registration::Accepted {
            let usual = bounds::wait(core.config.boot_retry);
            // B02.FR.07, B03.FR.05: with 0 the station's own.
            let wait = bounds::seconds(Some(interval), usual);
            self.not_before = Some(core.instant() + wait);
            self.not_before_anew = Some(core.instant() + wait.min(usual));
            return false;
        }
        self.not_before = None;
        self.not_before_anew = None;
        if !self.accepted_once {
            self.accepted_once = true;
            core.store(ACCEPTED_ONCE, &true);
        }
        if interval > 0 {
            let interval = u32::try_from(interval).unwrap_or(u32::MAX);
            // B01.FR.04, G02.FR.01.
            core.set_nearest(Standard::HeartbeatInterval, interval);
        }
        self.plan_heartbeat(core);
        true
    }

    /// The next heartbeat comes an interval from now (G02.FR.02), also after any other message (G02.FR.05).
    pub(crate) fn plan_heartbeat(&mut self, core: &Context) {
        let seconds = core.variables.u32(Standard::HeartbeatInterval);
        let interval = Duration::from_secs(seconds.into());
        self.next_heartbeat = (seconds > 0).then(|| core.instant() + interval);
    }

    /// Registers anew without a restart.
    pub(crate) fn anew(&mut self) {
        self.registration = None;
        self.not_before = None;
    }
}
