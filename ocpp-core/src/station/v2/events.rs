//! Security events as 2.0.1 tells them (A04, part 2 appendix 1).

use core::time::Duration;

use ocpp_types::BoundedString;

use super::wire::SecurityEventNotificationRequest;
use crate::security::SecurityEventKind;
use crate::station::common::security_events::{SecurityEvents, enqueue};
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::time::DateTime;

/// Tells the CSMS of the critical events (A04.FR.01).
pub(super) fn notify(events: &mut SecurityEvents, core: &mut Context) {
    for event in events.take(core, SecurityEventKind::is_critical_2_x) {
        let name = BoundedString::truncated(event.kind.name_2_x());
        let mut request = SecurityEventNotificationRequest::new(name, event.time);
        request.tech_info = event.info.as_deref().map(BoundedString::truncated);
        enqueue(core, &request);
    }
}

/// Follows the clock of the CSMS. More than TimeAdjustmentReportingThreshold is a security event.
pub(super) fn follow_clock(core: &mut Context, time: DateTime) {
    let threshold = core.variables.u32(Standard::ClockThreshold);
    let more = Duration::from_millis(u64::from(threshold) * 1_000 + 1);
    core.follow_clock(time, more);
}
