//! The types of a vendor's own messages, written by `ocpp-codegen` (see `build.rs` and the folder `schemas`).

include!(concat!(env!("OUT_DIR"), "/vendor.rs"));
