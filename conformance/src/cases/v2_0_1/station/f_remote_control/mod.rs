//! Block F, remote control.

pub(super) mod start;
pub(super) mod stop;
pub(super) mod trigger;
pub(super) mod unlock;
