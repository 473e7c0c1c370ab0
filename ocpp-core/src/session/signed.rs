//! Signed messages: an OCPP payload inside a JSON Web Signature (OCPP 2.0.1 and 2.1 part 4 chapter 7).
//!
//! The session tells signed messages from others by the action's suffix `-Signed`
//! ([`Output::SignedCall`](super::Output::SignedCall)). [`open`] takes the payload out and shows what the signature is
//! computed over; [`Unsigned`] goes the other way. The cryptography (ES256, RS256, RS384) is the application's.
//!
//! ```
//! use ocpp_core::frame::Number;
//! use ocpp_core::session::signed::{Unsigned, open};
//!
//! let unsigned = Unsigned::new("Heartbeat", Number::Call, "ES256", None, "{}");
//! let signature = [7; 64]; // of unsigned.signing_input()
//! let payload = unsigned.sign(&signature);
//!
//! let opened = open(&payload, Some("Heartbeat"), Number::Call)?;
//! assert_eq!(opened.payload, "{}");
//! assert_eq!(opened.algorithm, "ES256");
//! assert_eq!(opened.signature, signature);
//! # Ok::<(), ocpp_core::session::signed::InvalidSigned>(())
//! ```

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::Value;

use crate::frame::{Number, check_payload, write_string};

/// The header member with the action.
const ACTION: &str = "OCPPAction";
/// The header member with the message type number, in the specification's own spelling …
const MESSAGE_TYPE: &str = "OCPPMessageTypedId";
/// … and in the one that was probably meant. Read, not written.
const MESSAGE_TYPE_MEANT: &str = "OCPPMessageTypeId";
/// The header member with the SHA-256 hash of the signing certificate.
const CERTIFICATE_HASH: &str = "x5t#S256";

/// A signed message, taken apart. Nothing is said yet about whether the signature is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The JSON text of the message itself.
    pub payload: String,
    /// The JWS algorithm, such as `ES256`.
    pub algorithm: String,
    /// The SHA-256 hash of the DER encoding of the signing certificate, if the sender says it.
    pub certificate_hash: Option<Vec<u8>>,
    /// The text that the signature is computed over.
    pub signing_input: String,
    /// The signature, in the form of its algorithm (RFC 7518).
    pub signature: Vec<u8>,
}

/// Why a payload is not a signed message, or not the one that it pretends to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidSigned {
    /// Not an object with the strings `protected`, `payload` and `signature` (flattened JWS JSON serialization).
    NotFlattenedJws,
    /// A part is not base64url without padding, or not UTF-8 where it has to be text.
    NotBase64Url,
    /// The protected header is not a JSON object with an algorithm.
    Header,
    /// Action or message type in the protected header are missing or differ from those of the frame: the signature
    /// was made for another message.
    OtherMessage,
    /// The payload inside is not a JSON object.
    Payload,
}

impl fmt::Display for InvalidSigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFlattenedJws => "not a JWS in flattened JSON serialization",
            Self::NotBase64Url => "a part of the JWS is not base64url",
            Self::Header => "the protected header of the JWS is not usable",
            Self::OtherMessage => "the JWS was made for another message",
            Self::Payload => "the JWS does not contain a JSON object",
        })
    }
}

impl core::error::Error for InvalidSigned {}

/// Takes a signed message apart. `action` (without suffix) and `number` are those of the frame that it came in; both
/// have to agree with the protected header. A CALLRESULT does not carry its action: pass that of the call, or `None`
/// to accept any.
///
/// # Errors
/// See [`InvalidSigned`].
pub fn open(jws: &str, action: Option<&str>, number: Number) -> Result<Opened, InvalidSigned> {
    let jws: Value = serde_json::from_str(jws).map_err(|_| InvalidSigned::NotFlattenedJws)?;
    let part = |name| {
        jws.get(name)
            .and_then(Value::as_str)
            .ok_or(InvalidSigned::NotFlattenedJws)
    };
    let (protected, payload, signature) =
        (part("protected")?, part("payload")?, part("signature")?);

    let header: Value =
        serde_json::from_str(&text_of(protected)?).map_err(|_| InvalidSigned::Header)?;
    let algorithm = header.get("alg").and_then(Value::as_str);
    let algorithm = algorithm.ok_or(InvalidSigned::Header)?.to_string();
    let certificate_hash = match header.get(CERTIFICATE_HASH) {
        Some(hash) => Some(bytes_of(hash.as_str().ok_or(InvalidSigned::Header)?)?),
        None => None,
    };

    let signed_action = header.get(ACTION).and_then(Value::as_str);
    let signed_number = header
        .get(MESSAGE_TYPE)
        .or_else(|| header.get(MESSAGE_TYPE_MEANT));
    // "OCPPMessageTypedId" may be written as a number or as a string.
    let number_agrees = signed_number.is_some_and(|value| {
        value.as_u64() == Some(u64::from(number.as_u8()))
            || value.as_str().and_then(|text| text.parse().ok()) == Some(number.as_u8())
    });
    let action_agrees = match action {
        Some(action) => signed_action == Some(action),
        None => signed_action.is_some(),
    };
    if !number_agrees || !action_agrees {
        return Err(InvalidSigned::OtherMessage);
    }

    let text = text_of(payload)?;
    check_payload(&text).map_err(|_| InvalidSigned::Payload)?;
    Ok(Opened {
        payload: text,
        algorithm,
        certificate_hash,
        signing_input: alloc::format!("{protected}.{payload}"),
        signature: bytes_of(signature)?,
    })
}

/// A message that is to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsigned {
    input: String,
}

impl Unsigned {
    /// A message with the header that the specification wants. `action` is without suffix; `algorithm` is the name of
    /// RFC 7518 (`ES256`, `RS256` or `RS384`); `certificate_hash` is the SHA-256 hash of the DER encoding of the
    /// signing certificate, which SHOULD be there.
    #[must_use]
    pub fn new(
        action: &str,
        number: Number,
        algorithm: &str,
        certificate_hash: Option<&[u8; 32]>,
        payload: &str,
    ) -> Self {
        let mut header = String::from("{\"alg\":");
        write_string(&mut header, algorithm);
        header.push_str(",\"");
        header.push_str(ACTION);
        header.push_str("\":");
        write_string(&mut header, action);
        header.push_str(&alloc::format!(",\"{MESSAGE_TYPE}\":{}", number.as_u8()));
        if let Some(hash) = certificate_hash {
            let hash = Base64UrlUnpadded::encode_string(hash);
            header.push_str(&alloc::format!(",\"{CERTIFICATE_HASH}\":\"{hash}\""));
        }
        header.push('}');
        let mut input = Base64UrlUnpadded::encode_string(header.as_bytes());
        input.push('.');
        input.push_str(&Base64UrlUnpadded::encode_string(payload.as_bytes()));
        Self { input }
    }

    /// The text to compute the signature over.
    #[must_use]
    pub fn signing_input(&self) -> &str {
        &self.input
    }

    /// The payload of the signed message.
    #[must_use]
    pub fn sign(self, signature: &[u8]) -> String {
        let (protected, payload) = self.input.split_once('.').unwrap_or_default();
        let signature = Base64UrlUnpadded::encode_string(signature);
        alloc::format!(
            "{{\"payload\":\"{payload}\",\"protected\":\"{protected}\",\"signature\":\"{signature}\"}}"
        )
    }
}

fn bytes_of(part: &str) -> Result<Vec<u8>, InvalidSigned> {
    Base64UrlUnpadded::decode_vec(part).map_err(|_| InvalidSigned::NotBase64Url)
}

fn text_of(part: &str) -> Result<String, InvalidSigned> {
    String::from_utf8(bytes_of(part)?).map_err(|_| InvalidSigned::NotBase64Url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jws(header: &str, payload: &str) -> String {
        let encode = |text: &str| Base64UrlUnpadded::encode_string(text.as_bytes());
        alloc::format!(
            r#"{{"protected":"{}","payload":"{}","signature":"AAEC"}}"#,
            encode(header),
            encode(payload)
        )
    }

    #[test]
    fn what_is_signed_can_be_opened() {
        let hash = [0xff; 32];
        let unsigned = Unsigned::new(
            "Reset",
            Number::Call,
            "RS256",
            Some(&hash),
            r#"{"type":"Immediate"}"#,
        );
        let input = unsigned.signing_input().to_string();
        let opened = open(&unsigned.sign(&[1, 2, 3]), Some("Reset"), Number::Call).unwrap();
        assert_eq!(opened.payload, r#"{"type":"Immediate"}"#);
        assert_eq!(opened.algorithm, "RS256");
        assert_eq!(opened.certificate_hash.as_deref(), Some(&hash[..]));
        assert_eq!(opened.signing_input, input);
        assert_eq!(opened.signature, [1, 2, 3]);
    }

    #[test]
    fn a_signature_for_another_message_does_not_count() {
        let unsigned = Unsigned::new("Reset", Number::Call, "ES256", None, "{}");
        let jws = unsigned.sign(&[0]);
        let other_action = open(&jws, Some("Heartbeat"), Number::Call);
        assert_eq!(other_action, Err(InvalidSigned::OtherMessage));
        let other_type = open(&jws, Some("Reset"), Number::CallResult);
        assert_eq!(other_type, Err(InvalidSigned::OtherMessage));
        assert!(open(&jws, None, Number::Call).is_ok());
    }

    #[test]
    fn both_spellings_of_the_message_type_are_read() {
        for member in ["OCPPMessageTypedId", "OCPPMessageTypeId"] {
            for number in ["2", "\"2\""] {
                let header =
                    alloc::format!(r#"{{"alg":"ES256","OCPPAction":"A","{member}":{number}}}"#);
                assert!(
                    open(&jws(&header, "{}"), Some("A"), Number::Call).is_ok(),
                    "{header}"
                );
            }
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let good = r#"{"alg":"ES256","OCPPAction":"A","OCPPMessageTypedId":2}"#;
        for (text, error) in [
            ("{}".to_string(), InvalidSigned::NotFlattenedJws),
            ("[".to_string(), InvalidSigned::NotFlattenedJws),
            (
                r#"{"protected":"=","payload":"","signature":""}"#.to_string(),
                InvalidSigned::NotBase64Url,
            ),
            (jws("[]", "{}"), InvalidSigned::Header),
            (jws("{", "{}"), InvalidSigned::Header),
            (jws(r#"{"alg":"ES256"}"#, "{}"), InvalidSigned::OtherMessage),
            (jws(good, "[]"), InvalidSigned::Payload),
            (jws(good, "{} {}"), InvalidSigned::Payload),
        ] {
            assert_eq!(open(&text, Some("A"), Number::Call), Err(error), "{text}");
        }
    }
}
