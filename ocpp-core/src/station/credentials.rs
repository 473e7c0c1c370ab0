//! What belongs to the station rather than to a version of OCPP, although each version has a variable of its own for it: the
//! password, the security profile, the organization that certificates name.
//!
//! A CSMS of another version has to find the same station: it takes over with its version what was set in the former one.

use alloc::string::{String, ToString};

use ocpp_types::Version;

use super::context::Context;
use super::device_model::{Standard, record_key};
use super::record::Records;
use crate::security::{AuthorizationKey, AuthorizationKeyRules, BasicAuthPassword};

/// What is taken over, with its names in 1.6 and in 2.x.
const SHARED: [(Standard, &str, &str); 3] = [
    (
        Standard::Password,
        "AuthorizationKey",
        "SecurityCtrlr.BasicAuthPassword",
    ),
    (
        Standard::SecurityProfile,
        "SecurityProfile",
        "SecurityCtrlr.SecurityProfile",
    ),
    (
        Standard::Organization,
        "CpoName",
        "SecurityCtrlr.OrganizationName",
    ),
];

/// The password with which the same bytes go over the wire in another version: 1.6 writes them as hexadecimal digits
/// (WP:A00.FR.205), 2.x as text (A00.FR.205). One that cannot be written so stays as it is.
fn password(text: &str, to: Version) -> String {
    let key = AuthorizationKey::parse(text, AuthorizationKeyRules::WHITEPAPER);
    if to == Version::V1_6 {
        // A text that looks like digits would be taken for them.
        let short = (16..=20).contains(&text.len());
        let hex = || text.bytes().map(|byte| alloc::format!("{byte:02X}"));
        return match short || key.is_ok() {
            true => hex().collect(),
            false => text.into(),
        };
    }
    let text_of = |key: AuthorizationKey| String::from_utf8(key.as_bytes().to_vec()).ok();
    let plain = key.ok().and_then(text_of);
    let longest = BasicAuthPassword::LOWEST_MAX_LENGTH;
    plain
        .filter(|plain| BasicAuthPassword::parse(plain, longest).is_ok())
        .unwrap_or_else(|| text.into())
}

/// Takes over what was set in the version that was spoken `before`; if nobody knows which that was, what was never set in the
/// present one. A security profile never gets lower (A00.FR.005, WP:A00.FR.005).
pub(super) fn carry(core: &mut Context, before: Option<Version>, records: &Records) {
    let version = core.session.version();
    if before == Some(version) {
        return;
    }
    for (standard, v1_6, v2) in SHARED {
        let (own, other) = match version {
            Version::V1_6 => (v1_6, v2),
            _ => (v2, v1_6),
        };
        if before.is_none() && records.text(&record_key(own)).is_some() {
            continue;
        }
        let Some(set) = records.get::<String>(&record_key(other)) else {
            continue;
        };
        let value = match standard {
            Standard::Password => password(&set, version),
            Standard::SecurityProfile => {
                let set = set.parse().unwrap_or(0);
                core.variables.u32(standard).max(set).to_string()
            }
            _ => set,
        };
        core.set_standard(standard, &value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_sends_the_same_bytes_in_either_version() {
        let bytes_1_6 = |text: &str| {
            let key = AuthorizationKey::parse(text, AuthorizationKeyRules::WHITEPAPER);
            key.map_or_else(|_| text.as_bytes().to_vec(), |key| key.as_bytes().to_vec())
        };
        for text in [
            "sixteen letters!",
            "twenty letters, yes!",
            "more than twenty letters are fine",
            "öffentlich geheim",
            "0123456789abcdef",
        ] {
            let key = password(text, Version::V1_6);
            assert_eq!(bytes_1_6(&key), text.as_bytes(), "{text}: {key}");
            assert_eq!(password(&key, Version::V2_0_1), text, "{key}");
        }
        // Bytes that are no text cannot be written in 2.x.
        let key = "FF".repeat(16);
        assert_eq!(password(&key, Version::V2_0_1), key);
    }
}
