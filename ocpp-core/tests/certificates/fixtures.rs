//! Algorithms that rcgen does not offer, from files that OpenSSL made.

use std::fs;
use std::path::PathBuf;

use ocpp_core::security::software::{FirmwareHash, SoftwareVerifier};
use ocpp_core::security::{
    CertificateError as Error, CertificateInfo, CertificateVerifier, KeyStrength, Purpose,
};

use crate::pki::now;

pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/security")
        .join(name)
}

pub(crate) fn text(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap()
}

fn parse(name: &str) -> Result<CertificateInfo, Error> {
    let mut all = SoftwareVerifier.parse(&text(&format!("{name}.pem")))?;
    assert_eq!(all.len(), 1);
    Ok(all.remove(0))
}

fn certificate(name: &str) -> CertificateInfo {
    parse(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn issued_by(name: &str, root: &str) -> Option<Error> {
    let (leaf, root) = (certificate(name), certificate(root));
    SoftwareVerifier
        .verify_chain(&[&leaf.der], &[&root.der], now(), &Purpose::FirmwareSigning)
        .err()
}

#[test]
fn rsa_signatures_with_every_sha_2_verify() {
    for name in ["rsa-leaf", "rsa-sha512", "rsa-pss", "rsa-pss-sha512"] {
        assert_eq!(issued_by(name, "rsa-root"), None, "{name}");
    }
    assert_eq!(certificate("rsa-leaf").serial_number, "FFF");
    assert_eq!(certificate("rsa-root").serial_number, "0");
    assert_eq!(certificate("rsa-leaf").key, KeyStrength::Rsa(2048));
    assert_eq!(
        issued_by("rsa-leaf", "rsa-4096-root"),
        Some(Error::UnknownIssuer)
    );
}

#[test]
fn ecdsa_signatures_on_p_384_verify() {
    assert_eq!(issued_by("p384-p256", "p384-root"), None);
    assert_eq!(issued_by("p384-sha512", "p384-root"), None);
    assert_eq!(
        certificate("p384-sha512").key,
        KeyStrength::EllipticCurve(384)
    );
}

#[test]
fn weak_hashes_are_refused() {
    for name in ["rsa-sha1", "rsa-md5", "rsa-pss-sha1"] {
        assert_eq!(
            issued_by(name, "rsa-root"),
            Some(Error::WeakAlgorithm),
            "{name}"
        );
    }
}

#[test]
fn short_keys_are_refused() {
    assert_eq!(issued_by("rsa-1024", "rsa-root"), Some(Error::WeakKey));
    for name in ["rsa-1024-root", "p192-root"] {
        let root = certificate(name);
        assert_eq!(
            SoftwareVerifier.check_root(&root.der, now()),
            Err(Error::WeakKey),
            "{name}"
        );
    }
}

#[test]
fn roots_of_every_supported_kind_are_installable() {
    for name in ["rsa-root", "rsa-4096-root", "p384-root", "manufacturer"] {
        let root = certificate(name);
        assert_eq!(
            SoftwareVerifier.check_root(&root.der, now()),
            Ok(()),
            "{name}"
        );
        assert!(root.is_ca && root.self_issued);
    }
}

#[test]
fn other_curves_can_be_read_but_do_not_verify() {
    for (name, bits) in [
        ("p521-root", 521),
        ("brainpool-root", 256),
        ("ed25519-root", 255),
    ] {
        let root = certificate(name);
        assert_eq!(root.key, KeyStrength::EllipticCurve(bits));
        assert_eq!(
            SoftwareVerifier.check_root(&root.der, now()),
            Err(Error::UnsupportedAlgorithm),
            "{name}"
        );
    }
    assert_eq!(
        issued_by("p521-p256", "p521-root"),
        Some(Error::UnsupportedAlgorithm)
    );
}

fn firmware_hash() -> [u8; 32] {
    let mut hash = FirmwareHash::new();
    for piece in fs::read(path("firmware.bin")).unwrap().chunks(1000) {
        hash.update(piece);
    }
    hash.finish()
}

fn verify_firmware(certificate_name: &str, hash: &[u8; 32], signature: &str) -> Option<Error> {
    let certificate = certificate(certificate_name);
    SoftwareVerifier
        .verify_firmware(&certificate.der, hash, signature)
        .err()
}

#[test]
fn firmware_signed_with_rsa_pss_is_accepted_with_every_usual_salt() {
    let hash = firmware_hash();
    assert_eq!(issued_by("firmware-rsa", "manufacturer"), None);
    for salt in ["32", "max", "20", "0"] {
        let signature = text(&format!("firmware-rsa-pss-{salt}.sig"));
        assert_eq!(
            verify_firmware("firmware-rsa", &hash, &signature),
            None,
            "{salt}"
        );
    }
    for name in ["firmware-rsa-pss-17.sig", "firmware-rsa-pkcs1.sig"] {
        let refused = verify_firmware("firmware-rsa", &hash, &text(name));
        assert_eq!(refused, Some(Error::BadSignature), "{name}");
    }
}

#[test]
fn firmware_signed_with_ecdsa_is_accepted_as_der_and_as_two_numbers() {
    let hash = firmware_hash();
    assert_eq!(issued_by("firmware-ec", "manufacturer"), None);
    let signature = text("firmware-ec.sig");
    assert!(
        signature.trim().contains('\n'),
        "the file has line breaks to be ignored"
    );
    assert_eq!(verify_firmware("firmware-ec", &hash, &signature), None);
    assert_eq!(
        verify_firmware("firmware-ec", &hash, &text("firmware-ec-sha512.sig")),
        Some(Error::BadSignature)
    );
    let fixed = raw_numbers(&signature);
    assert_eq!(verify_firmware("firmware-ec", &hash, &fixed), None);
}

#[test]
fn changed_firmware_foreign_signatures_and_garbage_are_refused() {
    let mut hash = firmware_hash();
    let ec = text("firmware-ec.sig");
    assert_eq!(
        verify_firmware("firmware-rsa", &hash, &ec),
        Some(Error::BadSignature)
    );
    assert_eq!(
        verify_firmware("rsa-leaf", &hash, &text("firmware-rsa-pss-32.sig")),
        Some(Error::BadSignature)
    );
    assert_eq!(
        verify_firmware("rsa-1024", &hash, &ec),
        Some(Error::WeakKey)
    );
    assert_eq!(
        verify_firmware("firmware-ec", &hash, ""),
        Some(Error::BadSignature)
    );
    assert!(matches!(
        verify_firmware("firmware-ec", &hash, "not base64!"),
        Some(Error::Malformed(_))
    ));
    hash[31] ^= 1;
    assert_eq!(
        verify_firmware("firmware-ec", &hash, &ec),
        Some(Error::BadSignature)
    );
    assert_eq!(
        verify_firmware("firmware-rsa", &hash, &text("firmware-rsa-pss-32.sig")),
        Some(Error::BadSignature)
    );
}

/// The two numbers of a DER signature of P-256, 32 bytes each, in base64.
fn raw_numbers(signature: &str) -> String {
    let digits: String = signature.split_whitespace().collect();
    let mut der = vec![0; digits.len()];
    let der = base64_decode(&digits, &mut der);
    let number = |at: usize| {
        let length = usize::from(der[at + 1]);
        let digits = &der[at + 2..at + 2 + length];
        let digits = &digits[digits.len().saturating_sub(32)..];
        let mut number = vec![0; 32 - digits.len()];
        number.extend(digits);
        (number, at + 2 + length)
    };
    let (r, next) = number(2);
    let (s, _) = number(next);
    base64_encode(&[r, s].concat())
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64_decode<'a>(text: &str, buffer: &'a mut [u8]) -> &'a [u8] {
    let mut bits = 0u32;
    let (mut held, mut length) = (0, 0);
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        bits = bits << 6 | ALPHABET.iter().position(|digit| *digit == byte).unwrap() as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            buffer[length] = (bits >> held) as u8;
            length += 1;
        }
    }
    &buffer[..length]
}

fn base64_encode(bytes: &[u8]) -> String {
    let digit = |value: u32| char::from(ALPHABET[(value & 63) as usize]);
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let value = part
            .iter()
            .fold(0, |value, byte| value << 8 | u32::from(*byte))
            << (8 * (3 - part.len()));
        for place in 0..=part.len() {
            text.push(digit(value >> (18 - 6 * place)));
        }
    }
    text
}
