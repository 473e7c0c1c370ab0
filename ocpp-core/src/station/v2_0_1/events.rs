//! Security events that the station itself notices (A04): all go to the log, critical ones to the CSMS too.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::ChargingStation;
use crate::security::SecurityEventKind;
use crate::station::context::Context;
use crate::station::output::Output;
use crate::time::Instant;

/// How many events can wait for the clock to be set.
const MAX_UNTIMED: usize = 10;

/// An event that happened before the time was known.
#[derive(Debug)]
struct Untimed {
    kind: SecurityEventKind,
    info: Option<String>,
    at: Instant,
}

/// Events that wait for the time.
#[derive(Debug, Default)]
pub(super) struct Events(Vec<Untimed>);

impl ChargingStation {
    /// Logs a security event, and queues it for the CSMS if it is critical (A04.FR.01, A04.FR.02).
    pub(super) fn note_security_event(
        &mut self,
        core: &mut Context,
        kind: SecurityEventKind,
        info: Option<&str>,
    ) {
        let text = info.map(ToString::to_string);
        core.output(Output::SecurityEvent {
            kind,
            info: text.clone(),
        });
        if !kind.is_critical_2_x() {
            return;
        }
        if let Some(time) = core.utc() {
            Self::security_event_at(core, kind.name_2_x(), time, info);
        } else if self.events.0.len() < MAX_UNTIMED {
            let at = core.instant();
            let info = text;
            self.events.0.push(Untimed { kind, info, at });
        }
    }

    /// Queues events that waited for the time.
    pub(super) fn continue_events(&mut self, core: &mut Context) {
        let Some(now) = core.utc() else {
            return;
        };
        for event in core::mem::take(&mut self.events.0) {
            let ago = core.instant().saturating_since(event.at).as_millis();
            let ago = i64::try_from(ago).unwrap_or(i64::MAX);
            let time = now.saturating_add_millis(ago.saturating_neg());
            let name = event.kind.name_2_x();
            Self::security_event_at(core, name, time, event.info.as_deref());
        }
    }
}
