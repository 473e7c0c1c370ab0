//! ChangeAvailability (1.6 section 5.2). What was set survives restarts.

use alloc::format;

use ocpp_types::v1_6::{
    AvailabilityStatus, AvailabilityType, ChangeAvailabilityRequest, ChangeAvailabilityResponse,
};

use super::ChargePoint;
use crate::session::Token as CallToken;
use crate::station::context::Context;
use crate::station::record::Records;

impl ChargePoint {
    pub(super) fn restore_availability(&mut self, records: &Records) {
        for (number, slot) in self.slots.iter_mut().enumerate() {
            slot.operative = records.get(&key(number)).unwrap_or(true);
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
        let Some(number) = self.slot_number(request.connector_id) else {
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
        let mut connectors = self.connectors();
        if !connectors.any(|number| self.slots[number].operative) {
            self.floating = None;
        }
        // Durable before the answer promises it.
        for number in changed {
            if operative {
                core.remove(&key(number));
            } else {
                core.store(&key(number), &false);
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

fn key(number: usize) -> alloc::string::String {
    format!("availability/{number}")
}
