//! Sans-IO OCPP.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod back_off;
pub mod time;
