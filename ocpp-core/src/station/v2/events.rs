//! Security events as 2.0.1 tells them (A04, part 2 appendix 1).

use ocpp_types::BoundedString;

use super::wire::SecurityEventNotificationRequest;
use crate::security::SecurityEventKind;
use crate::station::common::security_events::{SecurityEvents, enqueue};
use crate::station::context::Context;

/// Tells the CSMS of the critical events (A04.FR.01).
pub(super) fn notify(events: &mut SecurityEvents, core: &mut Context) {
    for event in events.take(core, SecurityEventKind::is_critical_2_x) {
        let name = BoundedString::truncated(event.kind.name_2_x());
        let mut request = SecurityEventNotificationRequest::new(name, event.time);
        request.tech_info = event.info.as_deref().map(BoundedString::truncated);
        enqueue(core, &request);
    }
}
