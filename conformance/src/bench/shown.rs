//! What the server of a CSMS under test shows when TLS is agreed on.

use ocpp_core::security::software::SoftwareVerifier;
use ocpp_core::security::{CertificateVerifier, KeyStrength};
use serde_json::{Value, json};

use super::TlsVersion;

/// The cipher suites that a CSMS must have (A00.FR.318, WP:A00.FR.318).
pub const SUITES: [&str; 4] = [
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_256_GCM_SHA384",
];

/// How the station of the lab begins to agree on TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hello {
    /// The security profile.
    pub security_profile: u8,
    /// The version of TLS that it offers, and no other one.
    pub version: TlsVersion,
    /// The cipher suite that it offers, and no other one; with none those that were usual for the version.
    pub suite: Option<&'static str>,
}

/// A server that has agreed on TLS, as steps read it: `agreed`, `version`, `cipherSuite`, and of its `certificate`, PEM, `commonName`,
/// `serialNumber`, `key` and `keyIsSufficient` (A00.FR.502, A00.FR.503).
#[must_use]
pub fn agreed(version: TlsVersion, suite: &str, chain: &str) -> Value {
    let mut shown = json!({
        "agreed": true, "version": version.to_string(), "cipherSuite": suite,
    });
    let parsed = SoftwareVerifier.parse(chain);
    let leaf = parsed.ok().and_then(|chain| chain.into_iter().next());
    if let Some(leaf) = leaf {
        shown["certificate"] = json!({
            "commonName": leaf.common_name, "serialNumber": leaf.serial_number,
            "key": key(leaf.key), "keyIsSufficient": leaf.key.is_sufficient(),
        });
    }
    shown
}

/// A server that has not, and how it says so, for people.
#[must_use]
pub fn not_agreed(why: &str) -> Value {
    json!({"agreed": false, "why": why})
}

fn key(key: KeyStrength) -> String {
    match key {
        KeyStrength::Rsa(bits) => format!("RSA {bits}"),
        KeyStrength::EllipticCurve(bits) => format!("EC {bits}"),
    }
}
