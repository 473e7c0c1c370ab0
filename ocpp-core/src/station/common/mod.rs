//! The logic that the versions share, concern by concern. A block has its state to itself, and works with plain values;
//! what a version says differently it says itself.

pub(crate) mod certificates;
pub(crate) mod security_events;
