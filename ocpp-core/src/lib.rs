//! Sans-IO OCPP.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod back_off;
mod bounds;
// Without a version nobody asks a CSMS anything.
#[cfg(any(feature = "v1_6", feature = "v2_0_1", feature = "v2_1"))]
pub mod csms;
pub mod frame;
mod redact;
pub mod security;
pub mod session;
pub mod smart_charging;
// There is no station of 2.1 yet. Parts that the versions share are not all used by each of them.
#[cfg(any(feature = "v1_6", feature = "v2_0_1"))]
#[cfg_attr(not(all(feature = "v1_6", feature = "v2_0_1")), allow(dead_code))]
pub mod station;
mod stored;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod time;

pub use ocpp_types::Version;
pub use redact::redact;
