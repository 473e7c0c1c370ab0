//! The certificate store and the certificate requests, with certificates that are only pretended: the rules are the
//! same whoever does the cryptography.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // helpers of tests, too

mod model;
mod own;
mod pretend;
mod signing;
mod store;
