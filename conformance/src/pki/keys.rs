//! Keys with fixed seeds, and what is signed with them.

use base64ct::{Base64, Encoding};
use ocpp_core::station::SignedValue;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};
use p256::pkcs8::{EncodePrivateKey, EncodePublicKey};
use serde_json::json;
use sha2::{Digest, Sha256};
use x509_cert::Certificate;
use x509_cert::der::pem::LineEnding;
use x509_cert::der::{Decode, DecodePem, Encode, EncodePem};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::issue::hex;
use super::{Failure, failure};

/// The seeds of keys, which are the serial numbers of their certificates too.
pub(super) const SERVER: u8 = 11;
pub(super) const FIRMWARE_SIGNER: u8 = 12;
pub(super) const STATION: u8 = 13;
const METER: u8 = 14;
/// Not a seed: the key of RSA is a file.
pub(super) const RSA_SERVER: u8 = 15;

/// The signature of a firmware file by the key of [`Authority::firmware_signer`](super::Authority::firmware_signer), base64.
///
/// # Errors
/// See [`Failure`].
pub fn sign_firmware(content: &[u8]) -> Result<String, Failure> {
    let signature: DerSignature = key(FIRMWARE_SIGNER)?.sign(content);
    Ok(Base64::encode_string(signature.as_bytes()))
}

/// A register as the meter of an EVSE signs it, in the manner of OCMF.
///
/// # Errors
/// [`Failure`] if there is no key.
pub(crate) fn sign_meter_value(evse: u32, wh: &str, time: &str) -> Result<SignedValue, Failure> {
    let key = key(METER)?;
    let values = json!({
        "FV": "1.0", "MS": format!("METER-{evse}"),
        "RD": [{"TM": time, "RV": wh, "RI": "1-b:1.8.0", "RU": "Wh", "ST": "G"}],
    });
    let values = values.to_string();
    let signature: DerSignature = key.sign(values.as_bytes());
    let signature = hex(signature.as_bytes());
    let data = format!(r#"OCMF|{values}|{{"SA":"ECDSA-secp256r1-SHA256","SD":"{signature}"}}"#);
    let public = public_key(&key)?.to_der().map_err(failure)?;
    Ok(SignedValue {
        data: Base64::encode_string(data.as_bytes()),
        signing_method: "ECDSA-secp256r1-SHA256".into(),
        encoding_method: "OCMF".into(),
        public_key: Base64::encode_string(&public),
    })
}

/// Whether a text is a public key: its `SubjectPublicKeyInfo`, or a point of a curve, in Base64.
#[must_use]
pub(crate) fn is_public_key(text: &str) -> bool {
    let Ok(bytes) = Base64::decode_vec(text) else {
        return false;
    };
    // Uncompressed (4) or compressed (2, 3), of 256 or 384 bits.
    let point = matches!(
        (bytes.first(), bytes.len()),
        (Some(4), 65 | 97) | (Some(2 | 3), 33 | 49)
    );
    point || SubjectPublicKeyInfoOwned::from_der(&bytes).is_ok()
}

/// The private key of the server, PEM.
///
/// # Errors
/// See [`Failure`].
pub fn server_key() -> Result<String, Failure> {
    private_pem(SERVER)
}

/// A private key of RSA of the server, PEM; see [`Authority::rsa_server_at`](super::Authority::rsa_server_at).
#[must_use]
pub const fn rsa_server_key() -> &'static str {
    include_str!("server_rsa.key")
}

/// The public half of [`rsa_server_key`].
pub(super) fn rsa_public_key() -> Result<SubjectPublicKeyInfoOwned, Failure> {
    SubjectPublicKeyInfoOwned::from_pem(include_str!("server_rsa.pub")).map_err(failure)
}

/// The private key of [`Authority::station`](super::Authority::station), PEM.
///
/// # Errors
/// See [`Failure`].
pub fn station_key() -> Result<String, Failure> {
    private_pem(STATION)
}

fn private_pem(seed: u8) -> Result<String, Failure> {
    pem(&key(seed)?)
}

/// A private key as PEM.
pub(super) fn pem(key: &SigningKey) -> Result<String, Failure> {
    let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(failure)?;
    Ok(pem.to_string())
}

/// A certificate as PEM.
///
/// # Errors
/// See [`Failure`]; also when it cannot be read.
pub fn pem_of(der: &[u8]) -> Result<String, Failure> {
    let certificate = Certificate::from_der(der).map_err(failure)?;
    certificate.to_pem(LineEnding::LF).map_err(failure)
}

/// SHA-256 of the public key in a certificate.
///
/// # Errors
/// See [`Failure`]; also when the certificate cannot be read.
pub fn key_of(certificate: &str) -> Result<[u8; 32], Failure> {
    let certificate = Certificate::from_pem(certificate.trim()).map_err(failure)?;
    let key = certificate.tbs_certificate.subject_public_key_info;
    Ok(Sha256::digest(key.to_der().map_err(failure)?).into())
}

pub(super) fn key(seed: u8) -> Result<SigningKey, Failure> {
    SigningKey::from_slice(&[seed; 32]).map_err(failure)
}

pub(super) fn public_key(key: &SigningKey) -> Result<SubjectPublicKeyInfoOwned, Failure> {
    let der = key.verifying_key().to_public_key_der().map_err(failure)?;
    SubjectPublicKeyInfoOwned::from_der(der.as_bytes()).map_err(failure)
}

/// A public key of RSA with 1024 bits.
pub(super) fn weak_key() -> Result<SubjectPublicKeyInfoOwned, Failure> {
    // SEQUENCE { INTEGER modulus, INTEGER 65537 }, both of the info and of the key in it.
    let mut der = vec![0x30, 0x81, 0x9f, 0x30, 0x0d, 0x06, 0x09];
    der.extend([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]);
    der.extend([0x05, 0x00, 0x03, 0x81, 0x8d, 0x00]);
    der.extend([0x30, 0x81, 0x89, 0x02, 0x81, 0x81, 0x00]);
    der.extend([0xc3; 128]);
    der.extend([0x02, 0x03, 0x01, 0x00, 0x01]);
    SubjectPublicKeyInfoOwned::from_der(&der).map_err(failure)
}
