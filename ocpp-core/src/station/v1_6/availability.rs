//! ChangeAvailability (1.6 section 5.2). What was set survives restarts.

use alloc::vec::Vec;

use ocpp_types::v1_6::{
    AvailabilityStatus, AvailabilityType, ChangeAvailabilityRequest, ChangeAvailabilityResponse,
};

use super::{ChargePoint, Slot};
use crate::session::CallToken;
use crate::station::context::Context;
use crate::station::out_of_order::{Place, out_of_order};
use crate::station::record::Records;

impl ChargePoint {
    /// What 2.x has set out of order stays so, connector by connector.
    pub(super) fn restore_availability(&mut self, core: &mut Context, records: &Records) {
        for (place, readable) in out_of_order(records) {
            let stops = |(number, slot): &(usize, &Slot)| match place {
                Place::Number(one) => one == *number,
                Place::Station => true,
                Place::Evse(evse) => slot.at.evse == evse,
                Place::Connector(at) => slot.at == at,
            };
            let slots = self.slots.iter().enumerate().filter(stops);
            let numbers: Vec<usize> = slots.map(|(number, _)| number).collect();
            let own = matches!(place, Place::Number(_));
            for number in numbers {
                self.slots[number].operative = false;
                if !own || !readable {
                    core.store(&Place::Number(number).key(), &false);
                }
            }
            if !own {
                core.remove(&place.key());
            }
        }
    }

    pub(super) fn change_availability(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &ChangeAvailabilityRequest,
    ) {
        let operative = match request.r#type {
            AvailabilityType::Operative => true,
            AvailabilityType::Inoperative => false,
            _ => return reject(core, call),
        };
        let Some(number) = self.connectors.by_id(request.connector_id) else {
            return reject(core, call);
        };
        let numbers = match number {
            0 => 0..self.slots.len(),
            one => one..one + 1,
        };
        let mut scheduled = false;
        let mut changed = alloc::vec::Vec::new();
        for number in numbers {
            let slot = &mut self.slots[number];
            scheduled |= !operative && slot.transaction.is_some();
            if !operative {
                slot.auth = None;
            }
            if slot.operative != operative {
                slot.operative = operative;
                changed.push(number);
            }
            if !operative {
                self.end_reservations_of(core, number);
            }
        }
        let mut connectors = self.connectors.numbers();
        if !connectors.any(|number| self.slots[number].operative) {
            self.floating = None;
        }
        // Durable before the answer promises it.
        for number in changed {
            if operative {
                core.remove(&Place::Number(number).key());
            } else {
                core.store(&Place::Number(number).key(), &false);
            }
        }
        let status = if scheduled {
            AvailabilityStatus::Scheduled
        } else {
            AvailabilityStatus::Accepted
        };
        core.answer(call, &ChangeAvailabilityResponse::new(status));
    }
}

fn reject(core: &mut Context, call: CallToken) {
    let response = ChangeAvailabilityResponse::new(AvailabilityStatus::Rejected);
    core.answer(call, &response);
}
