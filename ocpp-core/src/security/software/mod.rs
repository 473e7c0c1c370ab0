//! Certificates and keys in software, on the RustCrypto crates (feature `crypto`); works without `std`.
//!
//! [`SoftwareVerifier`] implements [`CertificateVerifier`]: RSA (PKCS#1 v1.5 and PSS, 2048 to 4096 bits) and ECDSA (P-256,
//! P-384), SHA-256, SHA-384 and SHA-512. Certificates with keys on other curves of at least 224 bits can be read, and
//! can be end certificates, but cannot sign anything that this verifier accepts. MD5 and SHA-1 are refused.
//!
//! [`SoftwareKeys`] implements [`KeyProvider`](super::KeyProvider) with ECDSA P-256 keys in memory.
//!
//! The advisory RUSTSEC-2023-0071 (timing of RSA with private keys) does not apply: RSA is used with public keys only,
//! and own keys are ECDSA.
//!
//! ```
//! use ocpp_core::security::software::{SoftwareKeys, SoftwareVerifier, verify_certificate_request};
//! use ocpp_core::security::{CertificateVerifier, KeyProvider, SigningUse, Subject};
//!
//! // A real program fills the bytes from the generator of its operating system or hardware.
//! let mut keys = SoftwareKeys::new(|bytes: &mut [u8]| bytes.fill(7));
//! let subject = Subject::station("CP-0815", "Operator");
//! let (key, request) = keys.make_request(SigningUse::ChargingStation, &subject)?;
//! assert!(request.pem.starts_with("-----BEGIN CERTIFICATE REQUEST-----"));
//!
//! // What the CSMS sees.
//! let seen = verify_certificate_request(&request.pem)?;
//! assert_eq!(seen.common_name.as_deref(), Some("CP-0815"));
//! assert!(SoftwareVerifier.parse("no certificate").is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Revocation is not checked: whitepaper and specification leave it to the CSMS (A00.FR.701–707).

mod certificate;
mod chain;
mod keys;
mod names;
mod request;
mod signature;

use alloc::string::String;
use alloc::vec::Vec;

use base64ct::{Base64Unpadded, Encoding};
use sha2::{Digest, Sha256, Sha384, Sha512};

pub use keys::{SoftwareKey, SoftwareKeys, Zeroizing};
pub use request::{RequestInfo, certificate_request, verify_certificate_request};

use super::certificate::{
    CertificateError, CertificateHashData, CertificateInfo, HashAlgorithm, serial_number_hex,
};
use super::pem::{self, Label};
use super::provider::{CertificateVerifier, MAX_CHAIN, MessageAlgorithm, Purpose, VerifiedPath};
use crate::time::DateTime;
use certificate::Parsed;

/// Checks certificates and signatures in software.
#[derive(Debug, Clone, Copy, Default)]
pub struct SoftwareVerifier;

impl CertificateVerifier for SoftwareVerifier {
    fn parse(&self, text: &str) -> Result<Vec<CertificateInfo>, CertificateError> {
        let mut parsed = Vec::new();
        for object in pem::certificates(text) {
            if parsed.len() == MAX_CHAIN {
                return Err(CertificateError::Count);
            }
            let der = decode_pem(&pem::CERTIFICATE, object)?;
            parsed.push(Parsed::new(&der)?.info());
        }
        if parsed.is_empty() {
            return Err(CertificateError::Count);
        }
        Ok(parsed)
    }

    fn hash_data(
        &self,
        certificate: &[u8],
        issuer: &[u8],
        algorithm: HashAlgorithm,
    ) -> Result<CertificateHashData, CertificateError> {
        let certificate = Parsed::new(certificate)?;
        let issuer = Parsed::new(issuer)?;
        if certificate.issuer != issuer.subject {
            return Err(CertificateError::UnknownIssuer);
        }
        Ok(CertificateHashData {
            hash_algorithm: algorithm,
            issuer_name_hash: hex(&hash(algorithm, certificate.issuer)),
            issuer_key_hash: hex(&hash(algorithm, issuer.key_bits())),
            serial_number: serial_number_hex(certificate.serial_number()),
        })
    }

    fn check_root(&self, certificate: &[u8], at: DateTime) -> Result<(), CertificateError> {
        chain::check_root(&Parsed::new(certificate)?, at)
    }

    fn verify_chain(
        &self,
        chain: &[&[u8]],
        anchors: &[&[u8]],
        at: DateTime,
        purpose: &Purpose<'_>,
    ) -> Result<VerifiedPath, CertificateError> {
        if chain.is_empty() || chain.len() > MAX_CHAIN {
            return Err(CertificateError::Count);
        }
        chain::verify(&parse_all(chain)?, &parse_all(anchors)?, at, purpose)
    }

    fn verify_firmware(
        &self,
        certificate: &[u8],
        sha256: &[u8; 32],
        signature: &str,
    ) -> Result<(), CertificateError> {
        let signature =
            decode_base64(signature).ok_or(CertificateError::Malformed("base64 of a signature"))?;
        signature::verify_firmware(&Parsed::new(certificate)?.key, sha256, &signature)
    }

    fn verify_message(
        &self,
        certificate: &[u8],
        algorithm: MessageAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), CertificateError> {
        signature::verify_message(
            &Parsed::new(certificate)?.key,
            algorithm,
            message,
            signature,
        )
    }
}

/// Hashes a firmware file piece by piece while it is downloaded, for
/// [`CertificateVerifier::verify_firmware`].
#[derive(Clone, Default)]
pub struct FirmwareHash(Sha256);

impl FirmwareHash {
    /// The hash of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next piece of the file.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The hash of all pieces.
    #[must_use]
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

impl core::fmt::Debug for FirmwareHash {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("FirmwareHash")
    }
}

fn parse_all<'a>(ders: &[&'a [u8]]) -> Result<Vec<Parsed<'a>>, CertificateError> {
    ders.iter().map(|der| Parsed::new(der)).collect()
}

fn hash(algorithm: HashAlgorithm, data: &[u8]) -> Vec<u8> {
    match algorithm {
        HashAlgorithm::Sha256 => Sha256::digest(data).to_vec(),
        HashAlgorithm::Sha384 => Sha384::digest(data).to_vec(),
        HashAlgorithm::Sha512 => Sha512::digest(data).to_vec(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from(b"0123456789abcdef"[usize::from(nibble)]))
        .collect()
}

/// Decodes one PEM object. Line lengths and white space do not matter: messages carry PEM through JSON, and some peers
/// lose or add line breaks on the way.
fn decode_pem(label: &'static Label, object: &str) -> Result<Vec<u8>, CertificateError> {
    decode_base64(label.body(object)).ok_or(CertificateError::Malformed("base64 of a PEM text"))
}

/// Decodes base64 with or without padding, ignoring white space.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let digits: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    Base64Unpadded::decode_vec(digits.trim_end_matches('=')).ok()
}
