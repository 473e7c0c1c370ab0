//! Security events as 1.6 tells them (whitepaper A04 and chapter 8).

use ocpp_types::CiString;
use ocpp_types::v1_6::SecurityEventNotificationRequest;

use crate::security::SecurityEventKind;
use crate::station::common::security_events::{SecurityEvents, enqueue};
use crate::station::context::Context;

/// Tells the Central System what has happened, if it wants to hear of it.
pub(super) fn notify(events: &mut SecurityEvents, core: &mut Context) {
    let offered = core.config.features.security;
    let is_told = |kind: SecurityEventKind| offered && kind.is_notified_1_6();
    for event in events.take(core, is_told) {
        let name = CiString::truncated(event.kind.name_1_6());
        let mut request = SecurityEventNotificationRequest::new(name, event.time);
        request.tech_info = event.info.as_deref().map(CiString::truncated);
        enqueue(core, &request);
    }
}
