//! Signed messages (2.x part 4, section 7): a payload inside a flattened JSON Web Signature (RFC 7515).
//!
//! A message is signed when its action ends in [`SIGNED_SUFFIX`]; its payload is then the JWS. Whether a signature is
//! looked at is up to the receiver (section 7.2): [`SignedPayload::open`] gives the payload, and
//! [`SignedPayload::verify`] says whether the signature is good.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::certificate::CertificateError;
use super::provider::{CertificateVerifier, MessageAlgorithm};

/// What a signed message's action ends in, after the name of the action.
pub const SIGNED_SUFFIX: &str = "-Signed";

/// The action inside a signed action's name, `None` when the message is not signed.
#[must_use]
pub fn signed_action(action: &str) -> Option<&str> {
    action.strip_suffix(SIGNED_SUFFIX)
}

/// Why a signed payload cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwsError {
    /// Not a flattened JWS, or its parts are not base64url or not JSON.
    #[error("not a signed payload: {0}")]
    Malformed(&'static str),
    /// Another algorithm than ES256, RS256 or RS384, or an extension that must be understood and is not.
    #[error("algorithm or header not supported")]
    Unsupported,
    /// The header was made for another message.
    #[error("signature belongs to another message")]
    OtherMessage,
    /// The signature does not verify.
    #[error(transparent)]
    Signature(#[from] CertificateError),
}

/// The flattened JWS JSON serialization (RFC 7515, section 7.2.2).
#[derive(Serialize, Deserialize)]
struct Flattened {
    payload: String,
    protected: String,
    signature: String,
}

/// A signed payload, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedPayload {
    algorithm: MessageAlgorithm,
    action: String,
    message_type: u64,
    certificate: Option<[u8; 32]>,
    payload: String,
    signing_input: String,
    signature: Vec<u8>,
}

impl SignedPayload {
    /// Reads the payload of a signed message. Nothing is verified yet.
    ///
    /// # Errors
    /// When it is not a JWS as the specification wants it.
    pub fn open(jws: &str) -> Result<Self, JwsError> {
        let parts: Flattened =
            serde_json::from_str(jws).map_err(|_| JwsError::Malformed("flattened JWS"))?;
        let header = decode(&parts.protected).ok_or(JwsError::Malformed("protected header"))?;
        let header: Map<String, Value> =
            serde_json::from_slice(&header).map_err(|_| JwsError::Malformed("protected header"))?;
        let payload = decode(&parts.payload)
            .and_then(|payload| String::from_utf8(payload).ok())
            .ok_or(JwsError::Malformed("payload"))?;
        let signature = decode(&parts.signature).ok_or(JwsError::Malformed("signature"))?;

        // RFC 7515, section 4.1.11: what is listed there must be understood, and nothing is.
        if header.contains_key("crit") {
            return Err(JwsError::Unsupported);
        }
        let text = |name| header.get(name).and_then(Value::as_str);
        let algorithm = text("alg")
            .and_then(MessageAlgorithm::from_name)
            .ok_or(JwsError::Unsupported)?;
        let action = text("OCPPAction").ok_or(JwsError::Malformed("OCPPAction"))?;
        // The specification spells the name with a d; the form without is read as well.
        let message_type = header
            .get("OCPPMessageTypedId")
            .or_else(|| header.get("OCPPMessageTypeId"))
            .and_then(|value| value.as_u64().or_else(|| value.as_str()?.parse().ok()))
            .ok_or(JwsError::Malformed("OCPPMessageTypedId"))?;
        let certificate = match text("x5t#S256") {
            None => None,
            Some(text) => Some(
                decode(text)
                    .and_then(|hash| hash.try_into().ok())
                    .ok_or(JwsError::Malformed("x5t#S256"))?,
            ),
        };
        Ok(Self {
            algorithm,
            action: action.into(),
            message_type,
            certificate,
            payload,
            signing_input: alloc::format!("{}.{}", parts.protected, parts.payload),
            signature,
        })
    }

    /// The payload of the message, as it was signed.
    #[must_use]
    pub fn payload(&self) -> &str {
        &self.payload
    }

    /// The algorithm of the signature.
    #[must_use]
    pub const fn algorithm(&self) -> MessageAlgorithm {
        self.algorithm
    }

    /// SHA-256 of the signing certificate ([`CertificateInfo::sha256`](super::CertificateInfo::sha256)), when the header
    /// names it (section 7.4).
    #[must_use]
    pub const fn certificate(&self) -> Option<&[u8; 32]> {
        self.certificate.as_ref()
    }

    /// Checks that the signature was made for this action and message type number, and that it verifies with the key of
    /// `certificate` (DER).
    ///
    /// # Errors
    /// [`JwsError::OtherMessage`] or [`JwsError::Signature`].
    pub fn verify(
        &self,
        verifier: &dyn CertificateVerifier,
        certificate: &[u8],
        action: &str,
        message_type: u64,
    ) -> Result<(), JwsError> {
        if self.action != action || self.message_type != message_type {
            return Err(JwsError::OtherMessage);
        }
        verifier.verify_message(
            certificate,
            self.algorithm,
            self.signing_input.as_bytes(),
            &self.signature,
        )?;
        Ok(())
    }
}

/// Signs the payload of a message; the result takes the place of the payload, and the action gets [`SIGNED_SUFFIX`].
///
/// `certificate` is the SHA-256 of the signing certificate. `sign` gets the bytes to sign and returns the signature in
/// the form of RFC 7518, for example [`SoftwareKey::sign_es256`](super::software::SoftwareKey::sign_es256).
///
/// # Errors
/// Whatever `sign` returns.
pub fn seal<E>(
    payload: &str,
    action: &str,
    message_type: u64,
    algorithm: MessageAlgorithm,
    certificate: Option<&[u8; 32]>,
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, E>,
) -> Result<String, E> {
    let mut header = Map::new();
    header.insert("alg".into(), algorithm.name().into());
    if let Some(hash) = certificate {
        header.insert(
            "x5t#S256".into(),
            Base64UrlUnpadded::encode_string(hash).into(),
        );
    }
    header.insert("OCPPAction".into(), action.into());
    header.insert("OCPPMessageTypedId".into(), message_type.into());
    let protected = Base64UrlUnpadded::encode_string(Value::Object(header).to_string().as_bytes());
    let payload = Base64UrlUnpadded::encode_string(payload.as_bytes());
    let signature = sign(alloc::format!("{protected}.{payload}").as_bytes())?;
    let jws = Map::from_iter([
        ("payload".into(), payload.into()),
        ("protected".into(), protected.into()),
        (
            "signature".into(),
            Base64UrlUnpadded::encode_string(&signature).into(),
        ),
    ]);
    Ok(Value::Object(jws).to_string())
}

fn decode(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}
