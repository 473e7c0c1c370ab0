//! Block A, security.

pub(super) mod certificate;
pub(super) mod password;
pub(super) mod security_profile;
pub(super) mod tls;

use crate::product::Product;

/// SEC-3.
pub(super) const fn client_certificate(product: &Product) -> Result<(), &'static str> {
    if product.features.security_profile_3 {
        Ok(())
    } else {
        Err("no security profile 3 (SEC-3)")
    }
}
