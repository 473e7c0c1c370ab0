//! Certificates, requests, signed payloads and passwords from a hostile peer: nothing panics, nothing invented is trusted.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ocpp_core::security::jws::SignedPayload;
use ocpp_core::security::software::{SoftwareVerifier, verify_certificate_request};
use ocpp_core::security::{
    AuthorizationKey, AuthorizationKeyRules, BasicAuthPassword, CertificateStore, CertificateUse,
    CertificateVerifier, HashAlgorithm, Purpose, StoreConfig,
};
use ocpp_core::time::DateTime;

const ROOT: &str = include_str!("../../ocpp-core/tests/fixtures/security/manufacturer.pem");
const LEAF: &str = include_str!("../../ocpp-core/tests/fixtures/security/firmware-ec.pem");

const PURPOSES: [Purpose<'static>; 5] = [
    Purpose::Csms {
        host: "csms.example.org",
        allow_wildcard: true,
    },
    Purpose::ChargingStation {
        common_name: None,
        organization: None,
        allow_future: true,
    },
    Purpose::Vehicles { common_name: None },
    Purpose::FirmwareSigning,
    Purpose::RootReplacement,
];

fuzz_target!(|data: &[u8]| {
    let verifier = SoftwareVerifier;
    let at = DateTime::from_unix_millis(1_893_456_000_000).expect("2030");
    let root = &verifier.parse(ROOT).expect("a good root")[0].der;
    let leaf = &verifier.parse(LEAF).expect("a good leaf")[0].der;

    let _ = verifier.check_root(data, at);
    let _ = verifier.hash_data(data, root, HashAlgorithm::Sha256);
    let _ = verifier.hash_data(leaf, data, HashAlgorithm::Sha512);
    let _ = verifier.verify_firmware(data, &[0; 32], "AAAA");
    for purpose in &PURPOSES {
        let result = verifier.verify_chain(&[data], &[root], at, purpose);
        assert!(
            result.is_err() || data == leaf.as_slice(),
            "an invented certificate was trusted"
        );
        let _ = verifier.verify_chain(&[leaf, data, root], &[data], at, purpose);
    }

    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    let _ = verify_certificate_request(text);
    let _ = SignedPayload::open(text);
    let _ = AuthorizationKey::parse(text, AuthorizationKeyRules::WHITEPAPER);
    let _ = BasicAuthPassword::parse(text, 64);
    let _ = verifier.verify_firmware(leaf, &[0; 32], text);
    let mut store = CertificateStore::new(StoreConfig::v2());
    let _ = store.install(&verifier, Some(at), CertificateUse::CsmsRoot, text);
    assert!(store.len() <= 1);
});
