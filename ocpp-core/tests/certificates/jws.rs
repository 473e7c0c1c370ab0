//! Signed messages.

use std::convert::Infallible;

use ocpp_core::security::jws::{JwsError, SignedPayload, seal, signed_action};
use ocpp_core::security::software::{SoftwareKey, SoftwareVerifier};
use ocpp_core::security::{CertificateError, CertificateVerifier, MessageAlgorithm};
use proptest::prelude::*;
use rcgen::KeyPair;

use crate::fixtures::text;
use crate::pki::*;

/// A key and a certificate for it.
fn signer() -> (SoftwareKey, Vec<u8>) {
    let key = SoftwareKey::generate(&mut |bytes| bytes.fill(3)).unwrap();
    let pair = KeyPair::from_pem(&key.to_pkcs8_pem().unwrap()).unwrap();
    let root = root("Root");
    let certificate = params(SERIAL).signed_by(&pair, &root).unwrap();
    (key, certificate.der().to_vec())
}

fn sealed(payload: &str, key: &SoftwareKey, hash: Option<&[u8; 32]>) -> String {
    seal(
        payload,
        "Heartbeat",
        2,
        MessageAlgorithm::Es256,
        hash,
        |input| Ok::<_, Infallible>(key.sign_es256(input)),
    )
    .unwrap()
}

#[test]
fn what_was_sealed_opens_and_verifies() {
    let (key, certificate) = signer();
    let hash = [5; 32];
    let jws = sealed(r#"{"a":"ä"}"#, &key, Some(&hash));
    let opened = SignedPayload::open(&jws).unwrap();
    assert_eq!(opened.payload(), r#"{"a":"ä"}"#);
    assert_eq!(opened.certificate(), Some(&hash));
    assert_eq!(opened.algorithm(), MessageAlgorithm::Es256);
    let check = |action, kind| opened.verify(&SoftwareVerifier, &certificate, action, kind);
    assert_eq!(check("Heartbeat", 2), Ok(()));
    // A signature must not be moved to another message.
    assert_eq!(check("BootNotification", 2), Err(JwsError::OtherMessage));
    assert_eq!(check("Heartbeat", 3), Err(JwsError::OtherMessage));
    let other = SoftwareVerifier
        .parse(&text("p384-p256.pem"))
        .unwrap()
        .remove(0)
        .der;
    assert_eq!(
        opened.verify(&SoftwareVerifier, &other, "Heartbeat", 2),
        Err(JwsError::Signature(CertificateError::BadSignature))
    );
    let rsa = SoftwareVerifier
        .parse(&text("rsa-leaf.pem"))
        .unwrap()
        .remove(0)
        .der;
    assert_eq!(
        opened.verify(&SoftwareVerifier, &rsa, "Heartbeat", 2),
        Err(JwsError::Signature(CertificateError::UnsupportedAlgorithm))
    );
}

#[test]
fn rsa_signatures_of_openssl_verify() {
    let certificate = SoftwareVerifier
        .parse(&text("rsa-leaf.pem"))
        .unwrap()
        .remove(0)
        .der;
    for (name, algorithm) in [
        ("rs256.jws", MessageAlgorithm::Rs256),
        ("rs384.jws", MessageAlgorithm::Rs384),
    ] {
        let opened = SignedPayload::open(&text(name)).unwrap();
        assert_eq!(opened.algorithm(), algorithm);
        assert_eq!(opened.payload(), "{}");
        assert_eq!(
            opened.verify(&SoftwareVerifier, &certificate, "Heartbeat", 2),
            Ok(())
        );
    }
}

#[test]
fn only_allowed_headers_open() {
    let (key, _) = signer();
    let jws = sealed("{}", &key, None);
    let with_header = |header: &str| {
        let mut parts: serde_json::Value = serde_json::from_str(&jws).unwrap();
        parts["protected"] = encode(header).into();
        SignedPayload::open(&parts.to_string()).map(|opened| opened.algorithm())
    };
    let rest = r#""OCPPAction":"Heartbeat","OCPPMessageTypedId":2"#;
    assert!(with_header(&format!(r#"{{"alg":"RS384",{rest}}}"#)).is_ok());
    // The name without the slip of the specification, and the number as text.
    let plain = r#"{"alg":"ES256","OCPPAction":"Heartbeat","OCPPMessageTypeId":"2"}"#;
    assert!(with_header(plain).is_ok());
    for alg in ["none", "HS256", "PS256", "ES384"] {
        let header = format!(r#"{{"alg":"{alg}",{rest}}}"#);
        assert_eq!(with_header(&header), Err(JwsError::Unsupported), "{alg}");
    }
    let crit = format!(r#"{{"alg":"ES256","crit":["b64"],"b64":false,{rest}}}"#);
    assert_eq!(with_header(&crit), Err(JwsError::Unsupported));
    for header in [
        r#"{"alg":"ES256"}"#,
        r#"{"alg":"ES256","OCPPAction":"Heartbeat"}"#,
        r#"{"alg":"ES256","OCPPAction":"Heartbeat","OCPPMessageTypedId":-1}"#,
        r#"{"alg":"ES256","OCPPAction":"A","OCPPMessageTypedId":2,"x5t#S256":"AAAA"}"#,
        "[]",
        "{",
    ] {
        assert!(
            matches!(with_header(header), Err(JwsError::Malformed(_))),
            "{header}"
        );
    }
}

#[test]
fn signed_actions_are_recognized() {
    assert_eq!(
        signed_action("BootNotification-Signed"),
        Some("BootNotification")
    );
    assert_eq!(signed_action("BootNotification"), None);
}

fn encode(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut encoded = String::new();
    for part in text.as_bytes().chunks(3) {
        let value = part
            .iter()
            .fold(0u32, |value, byte| value << 8 | u32::from(*byte))
            << (8 * (3 - part.len()));
        for place in 0..=part.len() {
            encoded.push(char::from(
                ALPHABET[(value >> (18 - 6 * place) & 63) as usize],
            ));
        }
    }
    encoded
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn a_changed_character_never_verifies(at in any::<prop::sample::Index>(), byte in b'0'..=b'z') {
        let (key, certificate) = signer();
        let jws = sealed(r#"{"reason":"PowerUp"}"#, &key, Some(&[1; 32]));
        let at = at.index(jws.len());
        let mut changed = jws.clone().into_bytes();
        changed[at] = byte;
        let changed = String::from_utf8(changed).unwrap();
        if let Ok(opened) = SignedPayload::open(&changed) {
            let good = opened.verify(&SoftwareVerifier, &certificate, "Heartbeat", 2).is_ok();
            prop_assert!(!good || changed == jws, "{changed}");
        }
    }

    #[test]
    fn garbage_is_refused_without_panic(text in ".{0,100}") {
        prop_assert!(SignedPayload::open(&text).is_err());
    }
}
