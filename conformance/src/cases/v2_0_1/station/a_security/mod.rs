//! Block A, security.

pub(super) mod security_profile;
pub(super) mod tls;
