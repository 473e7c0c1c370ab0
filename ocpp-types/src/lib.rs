//! Typed OCPP messages.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod date_time;

pub use date_time::{DateTime, InvalidDateTime};
