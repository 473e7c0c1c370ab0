//! Locks that do not hold (G05).

use ocpp_types::v2_0_1::{
    Component, EventData, EventNotification, EventTrigger, Evse as WireEvse, NotifyEventRequest,
    Reason, TriggerReason, Variable,
};
use ocpp_types::{BoundedString, CiString, NonEmpty};

use super::ChargingStation;
use super::transaction::Cue;
use crate::station::context::Context;
use crate::station::vocabulary::ConnectorId;

/// The lock of a connector in the device model.
pub(super) const COMPONENT: &str = "ConnectorPlugRetentionLock";

impl ChargingStation {
    /// The lock holds, or not: then nobody begins to charge (G05.FR.01).
    pub(super) fn locked(&mut self, core: &mut Context, at: ConnectorId, success: bool) {
        let Some(index) = self.index_of(at.evse).filter(|_| !success) else {
            return;
        };
        let before = self.evses[index].lock_failed.replace(at);
        let cue = Cue::ending(TriggerReason::AbnormalCondition, Reason::Other);
        self.deauthorize(index, cue);
        if before != Some(at) {
            tell(core, at, true);
        }
    }

    /// The plug is out: the lock may hold the next one.
    pub(super) fn forget_lock_failure(&mut self, core: &mut Context, index: usize) {
        if self.evses[index].lock_failed.is_none() {
            return;
        }
        if let Some(at) = self.evses[index].lock_failed.take() {
            tell(core, at, false);
        }
    }
}

/// Tells that a lock has a problem, or none any more (G05.FR.02).
fn tell(core: &mut Context, at: ConnectorId, problem: bool) {
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
