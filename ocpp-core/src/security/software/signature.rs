//! Public keys and what they verify.

use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;
use der::{Decode, Encode};
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::pkcs1::RsaPssParams;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, Pss, RsaPublicKey};
use sha2::{Sha256, Sha384, Sha512};
use x509_cert::spki::{
    AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef,
};

use super::hash;
use crate::security::{CertificateError, HashAlgorithm, KeyStrength, MessageAlgorithm};

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = oid("1.2.840.10045.2.1");
const P256: ObjectIdentifier = oid("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = oid("1.3.132.0.34");
/// Curves that cannot be verified with here, and the bits of their fields.
const OTHER_CURVES: [(ObjectIdentifier, u32); 9] = [
    (oid("1.2.840.10045.3.1.1"), 192),
    (oid("1.3.132.0.33"), 224),
    (oid("1.3.132.0.10"), 256),
    (oid("1.3.132.0.35"), 521),
    (oid("1.3.36.3.3.2.8.1.1.5"), 224),
    (oid("1.3.36.3.3.2.8.1.1.7"), 256),
    (oid("1.3.36.3.3.2.8.1.1.11"), 384),
    (oid("1.3.36.3.3.2.8.1.1.13"), 512),
    (oid("1.3.132.0.31"), 192),
];
const ED25519: ObjectIdentifier = oid("1.3.101.112");
const ED448: ObjectIdentifier = oid("1.3.101.113");

const RSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");
const MGF1: ObjectIdentifier = oid("1.2.840.113549.1.1.8");
const RSA_HASHES: [(ObjectIdentifier, HashAlgorithm); 3] = [
    (oid("1.2.840.113549.1.1.11"), HashAlgorithm::Sha256),
    (oid("1.2.840.113549.1.1.12"), HashAlgorithm::Sha384),
    (oid("1.2.840.113549.1.1.13"), HashAlgorithm::Sha512),
];
const ECDSA_HASHES: [(ObjectIdentifier, HashAlgorithm); 3] = [
    (oid("1.2.840.10045.4.3.2"), HashAlgorithm::Sha256),
    (oid("1.2.840.10045.4.3.3"), HashAlgorithm::Sha384),
    (oid("1.2.840.10045.4.3.4"), HashAlgorithm::Sha512),
];
const HASHES: [(ObjectIdentifier, HashAlgorithm); 3] = [
    (oid("2.16.840.1.101.3.4.2.1"), HashAlgorithm::Sha256),
    (oid("2.16.840.1.101.3.4.2.2"), HashAlgorithm::Sha384),
    (oid("2.16.840.1.101.3.4.2.3"), HashAlgorithm::Sha512),
];
/// MD2, MD5 and SHA-1 with RSA, SHA-1 with ECDSA.
const WEAK: [ObjectIdentifier; 4] = [
    oid("1.2.840.113549.1.1.2"),
    oid("1.2.840.113549.1.1.4"),
    oid("1.2.840.113549.1.1.5"),
    oid("1.2.840.10045.4.1"),
];
const SHA1: ObjectIdentifier = oid("1.3.14.3.2.26");

pub(super) enum PublicKey {
    Rsa(RsaPublicKey),
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    /// Of this many bits, without the means to verify with it.
    OtherCurve(u32),
}

impl PublicKey {
    pub(super) fn read(info: &SubjectPublicKeyInfoOwned) -> Result<Self, CertificateError> {
        let malformed = CertificateError::Malformed("public key");
        let point = info.subject_public_key.as_bytes().ok_or(malformed)?;
        match info.algorithm.oid {
            RSA => {
                let der = info.to_der().map_err(|_| malformed)?;
                let info = SubjectPublicKeyInfoRef::from_der(&der).map_err(|_| malformed)?;
                RsaPublicKey::try_from(info)
                    .map(Self::Rsa)
                    .map_err(|_| malformed)
            }
            EC => {
                let parameters = info.algorithm.parameters.as_ref().ok_or(malformed)?;
                // Curves written out in full instead of named are refused here.
                let curve = parameters
                    .decode_as::<ObjectIdentifier>()
                    .map_err(|_| CertificateError::UnsupportedAlgorithm)?;
                match curve {
                    P256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(point)
                        .map(Self::P256)
                        .map_err(|_| malformed),
                    P384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(point)
                        .map(Self::P384)
                        .map_err(|_| malformed),
                    other => OTHER_CURVES
                        .iter()
                        .find(|(curve, _)| *curve == other)
                        .map(|(_, bits)| Self::OtherCurve(*bits))
                        .ok_or(CertificateError::UnsupportedAlgorithm),
                }
            }
            ED25519 => Ok(Self::OtherCurve(255)),
            ED448 => Ok(Self::OtherCurve(448)),
            _ => Err(CertificateError::UnsupportedAlgorithm),
        }
    }

    pub(super) fn strength(&self) -> KeyStrength {
        match self {
            Self::Rsa(key) => KeyStrength::Rsa(u32::try_from(key.n().bits()).unwrap_or(u32::MAX)),
            Self::P256(_) => KeyStrength::EllipticCurve(256),
            Self::P384(_) => KeyStrength::EllipticCurve(384),
            Self::OtherCurve(bits) => KeyStrength::EllipticCurve(*bits),
        }
    }

    /// Verifies the signature of a certificate or a certificate request.
    pub(super) fn verify(
        &self,
        algorithm: &AlgorithmIdentifierOwned,
        signed: &[u8],
        signature: &[u8],
    ) -> Result<(), CertificateError> {
        if WEAK.contains(&algorithm.oid) {
            return Err(CertificateError::WeakAlgorithm);
        }
        match self {
            Self::Rsa(key) if algorithm.oid == RSA_PSS => {
                let (hash_algorithm, salt) = pss_parameters(algorithm)?;
                verify_pss(
                    key,
                    hash_algorithm,
                    salt,
                    &hash(hash_algorithm, signed),
                    signature,
                )
            }
            Self::Rsa(key) => {
                let hash_algorithm = find(&RSA_HASHES, algorithm.oid)?;
                verify_pkcs1(
                    key,
                    hash_algorithm,
                    &hash(hash_algorithm, signed),
                    signature,
                )
            }
            Self::P256(_) | Self::P384(_) => {
                let hash_algorithm = find(&ECDSA_HASHES, algorithm.oid)?;
                self.verify_ecdsa(&hash(hash_algorithm, signed), signature, false)
            }
            Self::OtherCurve(_) => Err(CertificateError::UnsupportedAlgorithm),
        }
    }

    /// `fixed` accepts the two numbers one after the other, besides DER.
    fn verify_ecdsa(
        &self,
        digest: &[u8],
        signature: &[u8],
        fixed: bool,
    ) -> Result<(), CertificateError> {
        let verified = match self {
            Self::P256(key) => p256::ecdsa::Signature::from_der(signature)
                .or_else(|error| match fixed {
                    true => p256::ecdsa::Signature::from_slice(signature),
                    false => Err(error),
                })
                .and_then(|signature| key.verify_prehash(digest, &signature)),
            Self::P384(key) => p384::ecdsa::Signature::from_der(signature)
                .or_else(|error| match fixed {
                    true => p384::ecdsa::Signature::from_slice(signature),
                    false => Err(error),
                })
                .and_then(|signature| key.verify_prehash(digest, &signature)),
            Self::Rsa(_) | Self::OtherCurve(_) => {
                return Err(CertificateError::UnsupportedAlgorithm);
            }
        };
        verified.map_err(|_| CertificateError::BadSignature)
    }
}

fn find(
    table: &[(ObjectIdentifier, HashAlgorithm)],
    oid: ObjectIdentifier,
) -> Result<HashAlgorithm, CertificateError> {
    table
        .iter()
        .find(|(entry, _)| *entry == oid)
        .map(|(_, algorithm)| *algorithm)
        .ok_or(CertificateError::UnsupportedAlgorithm)
}

/// Hash and length of the salt from RSASSA-PSS-params (RFC 8017, A.2.3). Both hashes must be the same, as RFC 4055
/// recommends and everybody does.
fn pss_parameters(
    algorithm: &AlgorithmIdentifierOwned,
) -> Result<(HashAlgorithm, usize), CertificateError> {
    let malformed = CertificateError::Malformed("RSASSA-PSS parameters");
    let der = match &algorithm.parameters {
        Some(parameters) => parameters.to_der().map_err(|_| malformed)?,
        None => return Err(malformed),
    };
    let parameters = RsaPssParams::from_der(&der).map_err(|_| malformed)?;
    if parameters.hash.oid == SHA1 {
        return Err(CertificateError::WeakAlgorithm);
    }
    let hash = find(&HASHES, parameters.hash.oid)?;
    let mask_hash = parameters.mask_gen.parameters.map(|hash| hash.oid);
    if parameters.mask_gen.oid != MGF1 || mask_hash != Some(parameters.hash.oid) {
        return Err(CertificateError::UnsupportedAlgorithm);
    }
    Ok((hash, usize::from(parameters.salt_len)))
}

fn verify_pss(
    key: &RsaPublicKey,
    hash: HashAlgorithm,
    salt: usize,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), CertificateError> {
    let scheme = match hash {
        HashAlgorithm::Sha256 => Pss::new_with_salt::<Sha256>(salt),
        HashAlgorithm::Sha384 => Pss::new_with_salt::<Sha384>(salt),
        HashAlgorithm::Sha512 => Pss::new_with_salt::<Sha512>(salt),
    };
    key.verify(scheme, digest, signature)
        .map_err(|_| CertificateError::BadSignature)
}

fn verify_pkcs1(
    key: &RsaPublicKey,
    hash: HashAlgorithm,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), CertificateError> {
    let scheme = match hash {
        HashAlgorithm::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        HashAlgorithm::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        HashAlgorithm::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
    };
    key.verify(scheme, digest, signature)
        .map_err(|_| CertificateError::BadSignature)
}

/// RSA-PSS or ECDSA with SHA-256 (L01.FR.04). The message does not say how long the salt is: the usual lengths are
/// tried, that of the hash, the longest possible (the default of OpenSSL), 20 bytes and none.
pub(super) fn verify_firmware(
    key: &PublicKey,
    sha256: &[u8; 32],
    signature: &[u8],
) -> Result<(), CertificateError> {
    if !key.strength().is_sufficient() {
        return Err(CertificateError::WeakKey);
    }
    match key {
        PublicKey::Rsa(key) => {
            let longest = (key.n().bits() - 1).div_ceil(8).saturating_sub(32 + 2);
            let lengths: Vec<usize> = [32, longest, 20, 0].into();
            lengths
                .into_iter()
                .map(|salt| verify_pss(key, HashAlgorithm::Sha256, salt, sha256, signature))
                .find(Result::is_ok)
                .unwrap_or(Err(CertificateError::BadSignature))
        }
        key => key.verify_ecdsa(sha256, signature, true),
    }
}

/// RFC 7518, section 3: ECDSA signatures are the two numbers one after the other.
pub(super) fn verify_message(
    key: &PublicKey,
    algorithm: MessageAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> Result<(), CertificateError> {
    if !key.strength().is_sufficient() {
        return Err(CertificateError::WeakKey);
    }
    match (algorithm, key) {
        (MessageAlgorithm::Es256, PublicKey::P256(key)) => {
            p256::ecdsa::Signature::from_slice(signature)
                .and_then(|signature| {
                    key.verify_prehash(&hash(HashAlgorithm::Sha256, message), &signature)
                })
                .map_err(|_| CertificateError::BadSignature)
        }
        (MessageAlgorithm::Rs256, PublicKey::Rsa(key)) => {
            let digest = hash(HashAlgorithm::Sha256, message);
            verify_pkcs1(key, HashAlgorithm::Sha256, &digest, signature)
        }
        (MessageAlgorithm::Rs384, PublicKey::Rsa(key)) => {
            let digest = hash(HashAlgorithm::Sha384, message);
            verify_pkcs1(key, HashAlgorithm::Sha384, &digest, signature)
        }
        _ => Err(CertificateError::UnsupportedAlgorithm),
    }
}
