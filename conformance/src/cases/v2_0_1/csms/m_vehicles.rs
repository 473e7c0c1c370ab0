//! M01, M02, M06: certificates of vehicles, and whether certificates have been revoked.

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use super::CASE;
use crate::case::{Case, Fact, Profile};
use crate::lab::Lab;
use crate::pki::Authority;
use crate::step::{call, is, suits};

/// What a car asks for, which only whoever makes its certificate understands.
const EXI_REQUEST: &str = "gJgCBs3mVm4K";
/// `id-pkix-ocsp-basic`, DER without tag and length.
const BASIC: [u8; 9] = [0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1];

/// The content of what begins with this tag of DER, and what follows.
fn content(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (head, rest) = bytes.split_at_checked(2)?;
    if head[0] != tag {
        return None;
    }
    let long = usize::from(head[1]).checked_sub(0x80);
    let (length, rest) = match long {
        None => (usize::from(head[1]), rest),
        Some(long @ 1..=3) => {
            let (length, rest) = rest.split_at_checked(long)?;
            let length = length
                .iter()
                .fold(0, |length, byte| length << 8 | usize::from(*byte));
            (length, rest)
        }
        Some(_) => return None,
    };
    rest.split_at_checked(length)
}

/// A successful OCSPResponse of RFC 6960, section 4.2.1, with a basic response in it.
fn basic_response(bytes: &[u8]) -> Option<&[u8]> {
    let (response, []) = content(bytes, 0x30)? else {
        return None;
    };
    let (status, rest) = content(response, 0x0a)?;
    let (bytes, []) = content(rest, 0xa0)? else {
        return None;
    };
    let (bytes, []) = content(bytes, 0x30)? else {
        return None;
    };
    let (kind, rest) = content(bytes, 0x06)?;
    let (basic, []) = content(rest, 0x04)? else {
        return None;
    };
    let (basic, []) = content(basic, 0x30)? else {
        return None;
    };
    (status == [0] && kind == BASIC).then_some(basic)
}

/// DER in base64.
fn is_ocsp_response(text: &Value) -> bool {
    let bytes = Base64::decode_vec(text.as_str().unwrap_or_default());
    bytes.is_ok_and(|bytes| basic_response(&bytes).is_some())
}

fn is_base64(text: &Value) -> bool {
    let text = text.as_str().unwrap_or_default();
    !text.is_empty() && Base64::decode_vec(text).is_ok()
}

/// What OCSP asks about, a certificate below the root of the operator.
fn about(_: &Lab<'_>) -> Value {
    let hash = Authority::csms().and_then(|root| root.hash_data("SHA256"));
    let mut hash = hash.unwrap_or_default();
    hash["responderURL"] = json!("http://ocsp.example.com/");
    json!({ "ocspRequestData": hash })
}

/// Get15118EVCertificate.
macro_rules! asks {
    ($action:literal) => {
        &[call(
            "certificate",
            "Get15118EVCertificate",
            |_| {
                json!({
                    "iso15118SchemaVersion": "urn:iso:15118:2:2013:MsgDef", "action": $action,
                    "exiRequest": EXI_REQUEST,
                })
            },
            &[
                is("/status", "Accepted"),
                suits(
                    "/exiResponse",
                    "base64 of an answer for the car",
                    is_base64,
                ),
            ],
        )]
    };
}

const BLOCK: Case = Case {
    profile: Profile::Iso15118,
    facts: &[Fact::CertificateServices],
    ..CASE
};

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_M_24_CSMS",
        name: "Get Charging Station Certificate status - Success",
        about: "The station asks whether a certificate has been revoked. Whom the CSMS asks is not looked at.",
        requirements: &[
            "M06.FR.01", "M06.FR.02", "M06.FR.03", "M06.FR.08", "M06.FR.09",
        ],
        steps: &[call(
            "status",
            "GetCertificateStatus",
            about,
            &[
                is("/status", "Accepted"),
                suits(
                    "/ocspResult",
                    "an OCSPResponse, DER in base64",
                    is_ocsp_response,
                ),
            ],
        )],
        ..BLOCK
    },
    Case {
        id: "TC_M_26_CSMS",
        name: "Certificate Installation EV - Success",
        about: "A car asks for a contract certificate. What is in the answer is for the car.",
        requirements: &["M01.FR.01"],
        steps: asks!("Install"),
        ..BLOCK
    },
    Case {
        id: "TC_M_28_CSMS",
        name: "Certificate Update EV - Success",
        about: "A car asks for a new contract certificate. What is in the answer is for the car.",
        requirements: &["M02.FR.01"],
        steps: asks!("Update"),
        ..BLOCK
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ocsp_response_is_one_to_its_last_byte() {
        let whole = include_bytes!("../../../bench/virtual_csms/ocsp_response.der");
        assert!(basic_response(whole).is_some());
        for end in 0..whole.len() {
            assert!(basic_response(&whole[..end]).is_none(), "{end}");
        }
        assert!(basic_response(&[whole.as_slice(), &[0]].concat()).is_none());
        // Whoever has nothing to say: tryLater.
        assert!(basic_response(&[0x30, 3, 0x0a, 1, 3]).is_none());
    }
}
