//! Block N, diagnostics: logs and customer information.

pub(super) mod customer;
pub(super) mod logs;
