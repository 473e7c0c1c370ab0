//! Certificate signing requests (RFC 2986): made by a station, read by a CSMS.

use alloc::string::String;
use alloc::vec::Vec;

use der::asn1::{Any, BitString, ObjectIdentifier, SetOfVec};
use der::pem::LineEnding;
use der::{Decode, Encode, EncodePem, Header, Reader, SliceReader, Tag};
use sha2::{Digest, Sha256};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::{RdnSequence, RelativeDistinguishedName};
use x509_cert::request::{CertReq, CertReqInfo, Version};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use super::certificate::subject_names;
use super::decode_pem;
use super::signature::PublicKey;
use crate::security::provider::{CertificateRequest, KeyError, Subject};
use crate::security::{CertificateError, KeyStrength, pem};

const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const DOMAIN_COMPONENT: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.25");
const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

/// Builds a request for a key that lives elsewhere, for example in a secure element.
///
/// `public_key` is the SubjectPublicKeyInfo of an elliptic curve key, DER. `sign` gets the bytes to sign and returns an
/// ECDSA signature with SHA-256 over them, DER.
///
/// # Errors
/// When the subject or the public key is not acceptable, or whatever `sign` returns.
pub fn certificate_request(
    subject: &Subject,
    public_key: &[u8],
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, KeyError>,
) -> Result<CertificateRequest, KeyError> {
    subject.check()?;
    let failed = |_| KeyError::Store("the request cannot be encoded".into());
    let info = CertReqInfo {
        version: Version::V1,
        subject: name(subject).map_err(failed)?,
        public_key: SubjectPublicKeyInfoOwned::from_der(public_key).map_err(failed)?,
        attributes: SetOfVec::new(),
    };
    let signature = sign(&info.to_der().map_err(failed)?)?;
    let request = CertReq {
        info,
        algorithm: AlgorithmIdentifierOwned {
            oid: ECDSA_WITH_SHA256,
            parameters: None,
        },
        signature: BitString::from_bytes(&signature).map_err(failed)?,
    };
    Ok(CertificateRequest {
        pem: request.to_pem(LineEnding::LF).map_err(failed)?,
        public_key_sha256: Sha256::digest(public_key).into(),
    })
}

/// C, O, CN and DC, each in an RDN of its own and in this order.
fn name(subject: &Subject) -> der::Result<RdnSequence> {
    let attributes = [
        (COUNTRY, Tag::PrintableString, subject.country.as_deref()),
        (
            ORGANIZATION,
            Tag::Utf8String,
            Some(subject.organization.as_str()),
        ),
        (
            COMMON_NAME,
            Tag::Utf8String,
            Some(subject.common_name.as_str()),
        ),
        (
            DOMAIN_COMPONENT,
            Tag::Ia5String,
            subject.domain_component.as_deref(),
        ),
    ];
    let mut rdns = Vec::new();
    for (oid, tag, value) in attributes {
        let Some(value) = value else { continue };
        let mut set = SetOfVec::new();
        set.insert(AttributeTypeAndValue {
            oid,
            value: Any::new(tag, value.as_bytes())?,
        })?;
        rdns.push(RelativeDistinguishedName(set));
    }
    Ok(RdnSequence(rdns))
}

/// What a CSMS or its certificate authority needs to know about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestInfo {
    /// The request, DER.
    pub der: Vec<u8>,
    /// Common name (CN) of the subject.
    pub common_name: Option<String>,
    /// Organization name (O) of the subject.
    pub organization: Option<String>,
    /// Kind and size of the public key.
    pub key: KeyStrength,
    /// SHA-256 of the SubjectPublicKeyInfo.
    pub public_key_sha256: [u8; 32],
}

/// Reads a request from SignCertificate and checks its signature and the strength of its key (A00.FR.501–503). Whether
/// the names belong to the station is for the caller to say (A00.FR.404, A00.FR.405).
///
/// # Errors
/// When the text is not exactly one request, or the request is not acceptable.
pub fn verify_certificate_request(text: &str) -> Result<RequestInfo, CertificateError> {
    let malformed = |_| CertificateError::Malformed("not a certificate request");
    let mut objects = pem::REQUEST.objects(text);
    let (Some(object), None) = (objects.next(), objects.next()) else {
        return Err(CertificateError::Count);
    };
    let der = decode_pem(&pem::REQUEST, object)?;
    let request = CertReq::from_der(&der).map_err(malformed)?;
    let key = PublicKey::read(&request.info.public_key)?;
    if !key.strength().is_sufficient() {
        return Err(CertificateError::WeakKey);
    }
    let signature = request
        .signature
        .as_bytes()
        .ok_or(CertificateError::BadSignature)?;
    key.verify(
        &request.algorithm,
        signed_part(&der).map_err(malformed)?,
        signature,
    )?;
    let public_key = request.info.public_key.to_der().map_err(malformed)?;
    let (common_name, organization) = subject_names(&request.info.subject);
    Ok(RequestInfo {
        common_name,
        organization,
        key: key.strength(),
        public_key_sha256: Sha256::digest(public_key).into(),
        der,
    })
}

/// CertificationRequestInfo as it stands in the encoding.
fn signed_part(der: &[u8]) -> der::Result<&[u8]> {
    let mut reader = SliceReader::new(der)?;
    Header::decode(&mut reader)?.tag.assert_eq(Tag::Sequence)?;
    reader.tlv_bytes()
}
