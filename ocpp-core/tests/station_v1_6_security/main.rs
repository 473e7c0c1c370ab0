//! The security whitepaper (edition 3) played by a 1.6 station with real keys and certificates. Test names contain the
//! certification cases and requirements that they follow.

#![cfg(feature = "crypto")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // helpers of tests, too

mod certificates;
mod connecting;
mod events;
mod firmware;
mod kit;
mod logs;
mod provisioned;
