//! Security events (2.0.1 A04, whitepaper A04 and chapter 8): all go to the log, those that matter to the CSMS too.
//!
//! Whoever notices one says so with [`Context::security_event`], which writes the log at once. At the end of every input
//! [`SecurityEvents::take`] collects what the CSMS is to hear of; the version makes a message of it, and
//! [`enqueue`] stores that for delivery.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use ocpp_types::{Protocol as _, Request};

use crate::security::SecurityEventKind;
use crate::station::context::Context;
use crate::station::output::Output;
use crate::station::queue::Queued;
use crate::time::{DateTime, Instant};

/// How many events can wait for the clock to be set, and how many one input can lead to that are told.
const MAX_WAITING: usize = 10;

/// An event that was noticed.
#[derive(Debug)]
struct Noted {
    kind: SecurityEventKind,
    info: Option<String>,
    at: Instant,
}

/// What the inputs have led to so far, for [`SecurityEvents::take`].
#[derive(Debug, Default)]
pub(in crate::station) struct Noticed(Vec<Noted>);

/// An event that the CSMS is to hear of.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Notification {
    pub(crate) kind: SecurityEventKind,
    /// When it happened.
    pub(crate) time: DateTime,
    /// For people.
    pub(crate) info: Option<String>,
}

/// See the [module documentation](self).
#[derive(Debug, Default)]
pub(crate) struct SecurityEvents {
    /// Events that wait for the time to be known.
    waiting: Vec<Noted>,
    /// What was wrong with attempts to connect since the last connection: worth one notification each.
    refusals: Vec<SecurityEventKind>,
    /// Whether the CSMS was told that the queue is nearly full.
    memory_low: bool,
}

impl Context {
    /// Writes a security event into the log (A04.FR.04), and keeps it for the CSMS, which hears of it at the end of the
    /// input if the version wants that (A04.FR.01, WP:A04.FR.01). If a record says the same, take the event with
    /// [`SecurityEvents::take`] before that record goes: after a power cut in between nobody would know of it.
    pub(crate) fn security_event(&mut self, kind: SecurityEventKind, info: Option<&str>) {
        self.log_security_event(kind, info);
        let at = self.instant();
        let noticed = &mut self.security_events.0;
        if noticed.len() < MAX_WAITING {
            let info = info.map(ToString::to_string);
            noticed.push(Noted { kind, info, at });
        }
    }

    /// Writes a security event into the log only: the CSMS has heard of it.
    fn log_security_event(&mut self, kind: SecurityEventKind, info: Option<&str>) {
        let info = info.map(ToString::to_string);
        self.output(Output::SecurityEvent { kind, info });
    }

    /// Follows the clock of the CSMS. A change by `tolerance` or more is a security event.
    pub(crate) fn follow_clock(&mut self, time: DateTime, tolerance: Duration) {
        let before = self.utc();
        self.set_clock(time);
        if let Some(before) = before
            && u128::from(time.millis_since(before).unsigned_abs()) >= tolerance.as_millis()
        {
            let info = format!("from {before} to {time}");
            self.security_event(SecurityEventKind::SettingSystemTime, Some(&info));
        }
    }
}

impl SecurityEvents {
    /// A connection was made: the next one that is refused is news.
    pub(crate) fn connected(&mut self) {
        self.refusals.clear();
    }

    /// An attempt to connect failed for a reason that is a security event; repetitions are in the log only.
    pub(crate) fn connection_refused(
        &mut self,
        core: &mut Context,
        kind: SecurityEventKind,
        info: Option<&str>,
    ) {
        if self.refusals.contains(&kind) {
            return core.log_security_event(kind, info);
        }
        self.refusals.push(kind);
        core.security_event(kind, info);
    }

    /// What the CSMS is to hear of now, in the order in which it happened: nothing before the time is known.
    pub(crate) fn take(
        &mut self,
        core: &mut Context,
        is_told: impl Fn(SecurityEventKind) -> bool,
    ) -> Vec<Notification> {
        self.watch_memory(core);
        for event in core::mem::take(&mut core.security_events.0) {
            if is_told(event.kind) && self.waiting.len() < MAX_WAITING {
                self.waiting.push(event);
            }
        }
        let Some(utc) = core.utc() else {
            return Vec::new();
        };
        let now = core.instant();
        let told = core::mem::take(&mut self.waiting).into_iter();
        let told = told.map(|event| {
            let ago = now.saturating_since(event.at).as_millis();
            let ago = i64::try_from(ago).unwrap_or(i64::MAX);
            Notification {
                kind: event.kind,
                time: utc.saturating_add_millis(ago.saturating_neg()),
                info: event.info,
            }
        });
        told.collect()
    }

    fn watch_memory(&mut self, core: &mut Context) {
        let (queued, room) = (core.queue.len(), core.config.limits.queue);
        if self.memory_low {
            self.memory_low = queued > room / 2;
        } else if queued >= room - room / 10 {
            self.memory_low = true;
            let info = format!("{queued} messages wait for the CSMS");
            core.security_event(SecurityEventKind::MemoryExhaustion, Some(&info));
        }
    }
}

/// Stores the message about an event for delivery (A04.FR.02, WP:A04.FR.02), unless events have taken their share of the
/// queue: what happened first says more than what followed from it, and everything is in the log.
pub(crate) fn enqueue<R: Request>(core: &mut Context, request: &R) {
    if !core.others_have_their_share() {
        return core.enqueue_request(request, None, false);
    }
    if let Ok(payload) = request.encode() {
        let action = R::Protocol::info(R::ACTION).name;
        let queued = Queued::new(action, payload, None, false);
        core.dropped(queued, "too many security events wait");
    }
}
