//! ChangeAvailability (1.6 section 5.2). What was set survives restarts.

use alloc::vec::Vec;
use core::ops::Range;

use ocpp_types::v1_6::{
    AvailabilityStatus, AvailabilityType, ChangeAvailabilityRequest, ChangeAvailabilityResponse,
};

use super::connectors::Connectors;
use crate::session::CallToken;
use crate::station::context::Context;
use crate::station::out_of_order::{Place, out_of_order};
use crate::station::record::Records;

/// What the CSMS wants to be used.
#[derive(Debug)]
pub(super) struct Availability {
    /// By number, the station itself first.
    operative: Vec<bool>,
}

/// What a ChangeAvailability asks for.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) operative: bool,
    /// The station itself means all of its connectors too.
    pub(super) numbers: Range<usize>,
}

impl Order {
    /// `None` if it asks for something that there is not.
    pub(super) fn read(
        connectors: &Connectors,
        request: &ChangeAvailabilityRequest,
    ) -> Option<Self> {
        let operative = match request.r#type {
            AvailabilityType::Operative => true,
            AvailabilityType::Inoperative => false,
            _ => return None,
        };
        let numbers = match connectors.by_id(request.connector_id)? {
            0 => connectors.with_station(),
            one => one..one + 1,
        };
        Some(Self { operative, numbers })
    }
}

impl Availability {
    /// What 2.x has set out of order stays so, connector by connector.
    pub(super) fn restore(core: &mut Context, connectors: &Connectors, records: &Records) -> Self {
        let mut operative: Vec<bool> = connectors.with_station().map(|_| true).collect();
        for (place, readable) in out_of_order(records) {
            let own = matches!(place, Place::Number(_));
            for (number, operative) in operative.iter_mut().enumerate() {
                let stops = match place {
                    Place::Number(one) => one == number,
                    Place::Station => true,
                    Place::Evse(evse) => connectors.evse(number) == evse,
                    Place::Connector(at) => connectors.at(number) == at,
                };
                if stops {
                    *operative = false;
                    if !own || !readable {
                        core.store(&Place::Number(number).key(), &false);
                    }
                }
            }
            if !own {
                core.remove(&place.key());
            }
        }
        Self { operative }
    }

    pub(super) fn is_operative(&self, number: usize) -> bool {
        self.operative[number]
    }

    /// Whether any connector may be used.
    pub(super) fn any_operative(&self) -> bool {
        self.operative.iter().skip(1).any(|operative| *operative)
    }

    /// Does what the CSMS wants. It is durable when this returns.
    pub(super) fn change(&mut self, core: &mut Context, order: &Order) {
        for number in order.numbers.clone() {
            if core::mem::replace(&mut self.operative[number], order.operative) == order.operative {
                continue;
            }
            let key = Place::Number(number).key();
            if order.operative {
                core.remove(&key);
            } else {
                core.store(&key, &false);
            }
        }
    }
}

/// Answers. `scheduled` says whether transactions have to end before.
pub(super) fn answer(core: &mut Context, call: CallToken, order: Option<&Order>, scheduled: bool) {
    let status = match order {
        None => AvailabilityStatus::Rejected,
        Some(order) if !order.operative && scheduled => AvailabilityStatus::Scheduled,
        Some(_) => AvailabilityStatus::Accepted,
    };
    core.answer(call, &ChangeAvailabilityResponse::new(status));
}
