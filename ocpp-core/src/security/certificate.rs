//! The words that both versions share: what a certificate is for, how it is identified, what is wrong with it.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::time::DateTime;

/// What an installed certificate is for: the certificate types of InstallCertificate and GetInstalledCertificateIds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum CertificateUse {
    /// Root of the operator: signs CSMS and charging station certificates.
    CsmsRoot,
    /// Root of the manufacturer: signs firmware signing certificates.
    ManufacturerRoot,
    /// Root of an e-mobility service provider, for contract certificates (2.x).
    MoRoot,
    /// ISO 15118 V2G root (2.x).
    V2gRoot,
    /// Root of a vehicle manufacturer (2.1).
    OemRoot,
    /// The station's own ISO 15118 certificate with its sub-CAs (2.x). Listed and deleted, never installed by
    /// InstallCertificate.
    V2gCertificateChain,
}

impl CertificateUse {
    /// Every use, in the order of declaration.
    pub const ALL: [Self; 6] = [
        Self::CsmsRoot,
        Self::ManufacturerRoot,
        Self::MoRoot,
        Self::V2gRoot,
        Self::OemRoot,
        Self::V2gCertificateChain,
    ];

    /// The value of CertificateUseEnumType in OCPP 1.6, `None` for uses that 1.6 does not know.
    #[must_use]
    pub const fn name_1_6(self) -> Option<&'static str> {
        match self {
            Self::CsmsRoot => Some("CentralSystemRootCertificate"),
            Self::ManufacturerRoot => Some("ManufacturerRootCertificate"),
            _ => None,
        }
    }

    /// The value of GetCertificateIdUseEnumType in OCPP 2.x.
    #[must_use]
    pub const fn name_2_x(self) -> &'static str {
        match self {
            Self::CsmsRoot => "CSMSRootCertificate",
            Self::ManufacturerRoot => "ManufacturerRootCertificate",
            Self::MoRoot => "MORootCertificate",
            Self::V2gRoot => "V2GRootCertificate",
            Self::OemRoot => "OEMRootCertificate",
            Self::V2gCertificateChain => "V2GCertificateChain",
        }
    }

    /// The use with this name in any version.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|usage| usage.name_2_x() == name || usage.name_1_6() == Some(name))
    }
}

/// What one of the station's own certificates is for: the certificate types of SignCertificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum SigningUse {
    /// TLS client certificate of the connection to the CSMS.
    ChargingStation,
    /// TLS server certificate towards vehicles, ISO 15118-2 (2.x).
    V2g,
    /// TLS server certificate towards vehicles, ISO 15118-20 (2.1).
    V2g20,
    /// One certificate for both. On the wire the certificate type is left out.
    Combined,
}

impl SigningUse {
    /// The value of CertificateSigningUseEnumType in OCPP 2.x; `None` when the field is left out. OCPP 1.6 has no such
    /// field.
    #[must_use]
    pub const fn name_2_x(self) -> Option<&'static str> {
        match self {
            Self::ChargingStation => Some("ChargingStationCertificate"),
            Self::V2g => Some("V2GCertificate"),
            Self::V2g20 => Some("V2G20Certificate"),
            Self::Combined => None,
        }
    }

    /// The use with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::ChargingStation, Self::V2g, Self::V2g20]
            .into_iter()
            .find(|usage| usage.name_2_x() == Some(name))
    }

    /// Whether the certificate authenticates the station at the CSMS.
    #[must_use]
    pub const fn serves_csms(self) -> bool {
        matches!(self, Self::ChargingStation | Self::Combined)
    }

    /// Whether the certificate authenticates the station at vehicles.
    #[must_use]
    pub const fn serves_vehicles(self) -> bool {
        !matches!(self, Self::ChargingStation)
    }
}

/// Hash algorithms of CertificateHashData, by their names on the wire.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum HashAlgorithm {
    /// SHA-256; recommended by A00.FR.506.
    #[default]
    #[serde(rename = "SHA256")]
    Sha256,
    /// SHA-384.
    #[serde(rename = "SHA384")]
    Sha384,
    /// SHA-512.
    #[serde(rename = "SHA512")]
    Sha512,
}

impl HashAlgorithm {
    /// The name on the wire, in every version.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA256",
            Self::Sha384 => "SHA384",
            Self::Sha512 => "SHA512",
        }
    }
}

/// Identifies a certificate by its issuer and serial number (CertificateHashDataType), as an OCSP request does
/// (RFC 6960, section 4.1.1).
///
/// The hashes are written in lower-case hexadecimal digits, the serial number in upper case as the example of the
/// whitepaper does. Equality ignores case everywhere (CiString, identifierString) and leading zeroes of the serial
/// number.
#[derive(Debug, Clone, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CertificateHashData {
    /// The algorithm of both hashes.
    pub hash_algorithm: HashAlgorithm,
    /// Hash of the DER encoding of the issuer's name as it stands in the certificate; hexadecimal.
    pub issuer_name_hash: String,
    /// Hash of the value of the issuer's public key, without tag, length and count of unused bits; hexadecimal.
    pub issuer_key_hash: String,
    /// Serial number, hexadecimal without `0x` and without leading zeroes; `0` for zero.
    pub serial_number: String,
}

impl PartialEq for CertificateHashData {
    fn eq(&self, other: &Self) -> bool {
        self.hash_algorithm == other.hash_algorithm
            && self
                .issuer_name_hash
                .eq_ignore_ascii_case(&other.issuer_name_hash)
            && self
                .issuer_key_hash
                .eq_ignore_ascii_case(&other.issuer_key_hash)
            && self
                .serial_number
                .trim_start_matches('0')
                .eq_ignore_ascii_case(other.serial_number.trim_start_matches('0'))
    }
}

/// Writes the big-endian bytes of a non-negative serial number as [`CertificateHashData::serial_number`] wants it.
///
/// ```
/// use ocpp_core::security::serial_number_hex;
///
/// assert_eq!(serial_number_hex(&[0x0f, 0xff]), "FFF");
/// assert_eq!(serial_number_hex(&[0x00, 0x80, 0x01]), "8001");
/// assert_eq!(serial_number_hex(&[0x00]), "0");
/// ```
#[must_use]
pub fn serial_number_hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for nibble in bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
        if nibble != 0 || !text.is_empty() {
            text.push(b"0123456789ABCDEF"[usize::from(nibble)].into());
        }
    }
    if text.is_empty() {
        text.push('0');
    }
    text
}

/// Kind and size of a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStrength {
    /// RSA with a modulus of this many bits.
    Rsa(u32),
    /// Elliptic curve with a field of this many bits.
    EllipticCurve(u32),
}

impl KeyStrength {
    /// Whether the key is as strong as a symmetric key of 112 bits (A00.FR.501–503).
    #[must_use]
    pub const fn is_sufficient(self) -> bool {
        match self {
            Self::Rsa(bits) => bits >= 2048,
            Self::EllipticCurve(bits) => bits >= 224,
        }
    }
}

/// What this library needs to know about one certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CertificateInfo {
    /// The certificate, DER.
    pub der: Vec<u8>,
    /// Common name (CN) of the subject; the last one when there are several.
    pub common_name: Option<String>,
    /// Organization name (O) of the subject; the last one when there are several.
    pub organization: Option<String>,
    /// Serial number in the form of [`serial_number_hex`].
    pub serial_number: String,
    /// Start of the validity period.
    pub not_before: DateTime,
    /// End of the validity period, still valid at this instant.
    pub not_after: DateTime,
    /// Whether it may sign other certificates (basic constraints).
    pub is_ca: bool,
    /// Whether subject and issuer are the same.
    pub self_issued: bool,
    /// Kind and size of its public key.
    pub key: KeyStrength,
    /// SHA-256 of the DER encoding of its SubjectPublicKeyInfo: tells whether a key belongs to it.
    pub public_key_sha256: [u8; 32],
    /// SHA-256 of the certificate, the `x5t#S256` of signed messages.
    pub sha256: [u8; 32],
    /// Address of the OCSP responder, which GetCertificateStatus needs (M06).
    pub responder_url: Option<String>,
}

impl CertificateInfo {
    /// Builds the description of a certificate; for verifiers that do not use the module `software`. Fields that are not
    /// arguments start empty, `false` or zero and can be set.
    #[must_use]
    pub fn new(
        der: Vec<u8>,
        serial_number: String,
        validity: (DateTime, DateTime),
        key: KeyStrength,
    ) -> Self {
        Self {
            der,
            common_name: None,
            organization: None,
            serial_number,
            not_before: validity.0,
            not_after: validity.1,
            is_ca: false,
            self_issued: false,
            key,
            public_key_sha256: [0; 32],
            sha256: [0; 32],
            responder_url: None,
        }
    }
}

/// Why a certificate, a chain or a signature was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// Not PEM, not base64 or not a certificate.
    #[error("malformed certificate: {0}")]
    Malformed(&'static str),
    /// The text holds no certificate, or more than [`MAX_CHAIN`](super::MAX_CHAIN).
    #[error("wrong number of certificates")]
    Count,
    /// A key, curve or signature algorithm that this verifier does not know.
    #[error("unsupported algorithm")]
    UnsupportedAlgorithm,
    /// A signature made with MD5 or SHA-1 (A00.FR.504).
    #[error("algorithm too weak")]
    WeakAlgorithm,
    /// A key shorter than A00.FR.502 and A00.FR.503 demand.
    #[error("key too short")]
    WeakKey,
    /// The validity period lies in the future.
    #[error("not yet valid")]
    NotYetValid,
    /// The validity period is over.
    #[error("expired")]
    Expired,
    /// Validity cannot be judged because the clock has not been set.
    #[error("the time is not known")]
    ClockUnknown,
    /// An issuer or a root is not marked as certificate authority.
    #[error("issuer is not a certificate authority")]
    NotAnAuthority,
    /// A certificate authority where an end certificate belongs.
    #[error("certificate authority used as end certificate")]
    UnexpectedAuthority,
    /// No path to an installed root.
    #[error("no path to an installed root certificate")]
    UnknownIssuer,
    /// A signature does not verify.
    #[error("signature is not valid")]
    BadSignature,
    /// More sub-CAs than a root or this library permits.
    #[error("certification path too long")]
    PathTooLong,
    /// The key usage extensions exclude this use.
    #[error("key usage does not permit this use")]
    KeyUsage,
    /// An extension is marked critical and not understood.
    #[error("unknown critical extension")]
    CriticalExtension,
    /// The organization name is missing or not the configured one (A00.FR.404, A00.FR.509).
    #[error("organization name does not match")]
    Organization,
    /// The common name is missing or not the expected one (A00.FR.405, A00.FR.510, A00.FR.511).
    #[error("common name does not match")]
    CommonName,
    /// The issuer has revoked it. The verifiers of this library look at no revocation lists; one that does may say so.
    #[error("revoked")]
    Revoked,
    /// The certificate is not for the key of the request.
    #[error("not the key of the certificate request")]
    KeyMismatch,
    /// The device that does the cryptography failed; says nothing about the certificate.
    #[error("cryptographic device failed")]
    Device,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash_data(serial: &str) -> CertificateHashData {
        CertificateHashData {
            hash_algorithm: HashAlgorithm::Sha256,
            issuer_name_hash: "00aB".into(),
            issuer_key_hash: "ff".into(),
            serial_number: serial.into(),
        }
    }

    #[test]
    fn hash_data_compares_without_case_and_without_leading_zeroes_of_the_serial_number() {
        let mut other = hash_data("0fFf");
        other.issuer_name_hash = "00Ab".into();
        other.issuer_key_hash = "FF".into();
        assert_eq!(hash_data("FFF"), other);
        assert_eq!(hash_data("0"), hash_data("00"));
        assert_ne!(hash_data("FFF"), hash_data("FFF0"));
        assert_ne!(hash_data("FF"), hash_data("FFF"));
        let mut other = hash_data("FFF");
        // Only the serial number is a number: a hash keeps its leading zeroes.
        other.issuer_name_hash = "aB".into();
        assert_ne!(hash_data("FFF"), other);
        let mut other = hash_data("FFF");
        other.hash_algorithm = HashAlgorithm::Sha512;
        assert_ne!(hash_data("FFF"), other);
    }

    #[test]
    fn names_are_those_of_each_version() {
        for usage in CertificateUse::ALL {
            assert_eq!(CertificateUse::from_name(usage.name_2_x()), Some(usage));
            if let Some(name) = usage.name_1_6() {
                assert_eq!(CertificateUse::from_name(name), Some(usage));
            }
        }
        assert_eq!(CertificateUse::from_name("csmsRootCertificate"), None);
        assert_eq!(
            SigningUse::from_name("V2GCertificate"),
            Some(SigningUse::V2g)
        );
        assert_eq!(SigningUse::from_name(""), None);
    }

    #[test]
    fn key_sizes_at_the_limit() {
        assert!(KeyStrength::Rsa(2048).is_sufficient());
        assert!(!KeyStrength::Rsa(2047).is_sufficient());
        assert!(KeyStrength::EllipticCurve(224).is_sufficient());
        assert!(!KeyStrength::EllipticCurve(192).is_sufficient());
    }
}
