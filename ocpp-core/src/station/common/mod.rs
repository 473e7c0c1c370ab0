//! The logic that the versions share, concern by concern. A block has its state to itself, and works with plain values;
//! what a version says differently it says itself.

pub(crate) mod certificates;
#[cfg(feature = "v2_0_1")]
pub(crate) mod customer;
pub(crate) mod data_transfer;
pub(crate) mod external_limits;
pub(crate) mod firmware;
pub(crate) mod network;
#[cfg(feature = "v2_0_1")]
pub(crate) mod network_profiles;
pub(crate) mod retries;
pub(crate) mod security_events;
pub(crate) mod upload;
