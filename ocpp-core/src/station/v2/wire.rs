//! The types of the version that is spoken here. Everything else in this folder takes them from here.

pub(super) use ocpp_types::v2_0_1::*;
