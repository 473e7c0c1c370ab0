//! Security events (whitepaper A04 and chapter 8): all go to the log, those that matter to the CSMS too.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::CiString;
use ocpp_types::v1_6::SecurityEventNotificationRequest;

use super::ChargePoint;
use crate::security::SecurityEventKind;
use crate::station::context::Context;
use crate::station::output::Output;
use crate::station::queue::Queued;
use crate::time::{DateTime, Instant};

const ACTION: &str = "SecurityEventNotification";
/// How many events can wait for the clock to be set.
const MAX_UNTIMED: usize = 10;
/// A clock that is wrong by less is corrected without an event: the answer of the CSMS was under way for a while.
const CLOCK_TOLERANCE_MILLIS: u64 = 5_000;

/// An event that happened before the time was known.
#[derive(Debug)]
struct Untimed {
    kind: SecurityEventKind,
    info: Option<String>,
    at: Instant,
}

/// What there is to remember about events.
#[derive(Debug, Default)]
pub(super) struct Events {
    untimed: Vec<Untimed>,
    /// What was wrong with attempts to connect since the last connection: worth one notification each.
    refusals: Vec<SecurityEventKind>,
    /// Whether the CSMS was told that the memory is nearly full.
    memory_low: bool,
}

impl Events {
    pub(super) fn connected(&mut self) {
        self.refusals.clear();
    }
}

impl ChargePoint {
    /// Logs a security event, and queues it for the CSMS if it is one that the CSMS is to hear of (WP:A04.FR.01, WP:A04.FR.02).
    pub(super) fn security_event(
        &mut self,
        core: &mut Context,
        kind: SecurityEventKind,
        info: Option<&str>,
    ) {
        core.output(Output::SecurityEvent {
            kind,
            info: info.map(ToString::to_string),
        });
        if !kind.is_notified_1_6() || !core.config.features.security {
            return;
        }
        let Some(time) = core.utc() else {
            if self.events.untimed.len() < MAX_UNTIMED {
                let info = info.map(ToString::to_string);
                let at = core.instant();
                self.events.untimed.push(Untimed { kind, info, at });
            }
            return;
        };
        notify(core, kind, time, info);
    }

    /// An attempt to connect failed for a reason that is a security event; repetitions are in the log only.
    pub(super) fn connection_refused(
        &mut self,
        core: &mut Context,
        kind: SecurityEventKind,
        info: Option<&str>,
    ) {
        if self.events.refusals.contains(&kind) {
            let info = info.map(ToString::to_string);
            return core.output(Output::SecurityEvent { kind, info });
        }
        self.events.refusals.push(kind);
        self.security_event(core, kind, info);
    }

    /// Follows the clock of the CSMS; a change that people would notice is a security event.
    pub(super) fn follow_clock(&mut self, core: &mut Context, time: DateTime) {
        let before = core.utc();
        core.set_clock(time);
        if let Some(before) = before
            && time.millis_since(before).unsigned_abs() >= CLOCK_TOLERANCE_MILLIS
        {
            let info = format!("from {before} to {time}");
            self.security_event(core, SecurityEventKind::SettingSystemTime, Some(&info));
        }
    }

    /// Queues events that waited for the time, and watches the memory.
    pub(super) fn continue_events(&mut self, core: &mut Context) {
        if let Some(now) = core.utc() {
            for event in core::mem::take(&mut self.events.untimed) {
                let ago = core.instant().saturating_since(event.at).as_millis();
                let ago = i64::try_from(ago).unwrap_or(i64::MAX);
                let time = now.saturating_add_millis(ago.saturating_neg());
                notify(core, event.kind, time, event.info.as_deref());
            }
        }
        let (queued, room) = (core.queue.len(), core.config.limits.queue);
        if self.events.memory_low {
            self.events.memory_low = queued > room / 2;
        } else if queued >= room - room / 10 {
            self.events.memory_low = true;
            let info = format!("{queued} messages wait for the Central System");
            self.security_event(core, SecurityEventKind::MemoryExhaustion, Some(&info));
        }
    }
}

/// Queues a notification, unless events have taken their share of the queue.
fn notify(core: &mut Context, kind: SecurityEventKind, time: DateTime, info: Option<&str>) {
    let name = CiString::truncated(kind.name_1_6());
    let mut request = SecurityEventNotificationRequest::new(name, time);
    request.tech_info = info.map(CiString::truncated);
    // What happened first says more than what followed from it; everything is in the log.
    if !core.others_have_their_share() {
        return core.enqueue_request(&request, None, false);
    }
    if let Ok(payload) = ocpp_types::Payload::encode(&request) {
        let queued = Queued::new(ACTION, payload, None, false);
        core.dropped(queued, "too many security events wait");
    }
}
