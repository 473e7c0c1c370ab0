//! What security profiles and passwords are allowed (whitepaper A00, A01, A05).

use crate::security::{
    AuthorizationKey, AuthorizationKeyRules, Prerequisites, ProfileChangeRules, SecurityProfile,
};
use crate::station::common::certificates::Certificates;
use crate::station::context::Context;
use crate::station::device_model::Standard;

/// What the station has that security profiles need.
pub(super) fn prerequisites(core: &Context, certificates: &Certificates) -> Prerequisites {
    let password = password_ok(core.variables.text(Standard::Password));
    certificates.prerequisites(core, password)
}

/// Whether a security profile may be set: a higher one whose conditions are met (WP:A05.FR.05), never a lower one
/// (WP:A00.FR.005).
pub(super) fn profile_change_allowed(
    core: &Context,
    certificates: &Certificates,
    value: &str,
) -> bool {
    let number = |text: &str| text.trim().parse::<i64>().ok();
    let profile = |text: &str| SecurityProfile::try_from(number(text)?).ok();
    let current = profile(core.variables.text(Standard::SecurityProfile));
    let (Some(current), Some(wanted)) = (current, profile(value)) else {
        return false;
    };
    let has = prerequisites(core, certificates);
    let change = current.check_change(wanted, has, ProfileChangeRules::V1_6);
    change.is_ok()
}

/// Whether a text can be an AuthorizationKey.
pub(super) fn password_ok(text: &str) -> bool {
    AuthorizationKey::parse(text, AuthorizationKeyRules::WHITEPAPER).is_ok()
}
