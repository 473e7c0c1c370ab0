//! The security whitepaper (edition 3) played by a 1.6 station with real keys and certificates. Test names contain the
//! certification cases and requirements that they follow.

#![cfg(feature = "crypto")]

mod certificates;
mod connecting;
mod events;
mod firmware;
mod kit;
mod logs;
