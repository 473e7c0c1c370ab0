//! Locks that do not hold (G05).

use ocpp_types::{BoundedString, CiString, NonEmpty};

use super::wire::{
    Component, EventData, EventNotification, EventTrigger, Evse as WireEvse, NotifyEventRequest,
    Variable,
};
use crate::station::context::Context;
use crate::station::vocabulary::ConnectorId;

/// The lock of a connector in the device model.
pub(super) const COMPONENT: &str = "ConnectorPlugRetentionLock";

/// Tells that a lock has a problem, or none any more (G05.FR.02).
pub(super) fn tell(core: &mut Context, at: ConnectorId, problem: bool) {
    let Some(time) = core.utc() else {
        return;
    };
    let mut component = Component::new(CiString::truncated(COMPONENT));
    let mut place = WireEvse::new(at.evse.into());
    place.connector_id = Some(at.connector.into());
    component.evse = Some(place);
    // Messages are numbered over restarts, so no two events have the same number.
    let id = i64::try_from(core.queue.next_number()).unwrap_or(i64::MAX);
    let mut event = EventData::new(
        id,
        time,
        EventTrigger::Delta,
        BoundedString::truncated(if problem { "true" } else { "false" }),
        component,
        EventNotification::HardWiredNotification,
        Variable::new(CiString::truncated("Problem")),
    );
    event.cleared = (!problem).then_some(true);
    let request = NotifyEventRequest::new(time, 0, NonEmpty::of(event));
    core.enqueue_request(&request, None, true);
}
