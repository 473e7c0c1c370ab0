//! Tests of `ocpp_core::smart_charging`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod algebra;
mod bad_input;
mod balance;
mod cases;
mod engine;
mod explain;
mod kit;
mod limit_now;
mod local_time;
mod oracle;
mod properties;
mod specification;
mod store;
mod wire;
