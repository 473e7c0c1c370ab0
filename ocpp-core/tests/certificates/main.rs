//! Certificates and signatures in software, against certificates of other makers: rcgen (ring) at run time, and files
//! that OpenSSL made (`tests/fixtures/security/make.sh`).

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // helpers of tests, too

mod fixtures;
mod flow;
mod garbage;
mod jws;
mod openssl;
mod paths;
mod pki;
