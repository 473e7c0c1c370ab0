//! Block E, transactions.

pub(super) mod disconnect;
pub(super) mod offline;
pub(super) mod retry;
pub(super) mod session;
pub(super) mod start;
pub(super) mod status;
pub(super) mod stop;
