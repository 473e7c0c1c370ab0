//! The logic of OCPP 1.6, by the parts of its specification.
//!
//! A connector is known by its number as 1.6 counts: from 1 over the whole station, 0 for the station itself.
//!
//! The files here are blocks, each with a state of its own, and messages of 1.6 for the blocks that the versions share. No
//! block knows another one's state: what it needs it is given, what another one has to do it returns. [`wiring`] owns the
//! blocks and passes on what they return.

mod authorization;
mod availability;
mod cables;
mod calls;
mod certificates;
mod conditions;
mod configuration;
mod connectors;
mod data_transfer;
mod events;
mod firmware;
mod keys;
mod known_tokens;
mod link;
mod meter_values;
mod registration;
mod reservation;
mod shutdown;
mod smart_charging;
mod status;
mod transaction;
mod triggers;
mod upload;
mod wiring;

pub(crate) use keys::variables;
pub(crate) use wiring::ChargePoint;
