//! Reading one certificate.

use alloc::string::String;

use der::asn1::ObjectIdentifier;
use der::oid::AssociatedOid;
use der::{Decode, Header, Reader, SliceReader, Tag};
use sha2::{Digest, Sha256};
use x509_cert::Certificate;
use x509_cert::certificate::Version;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityInfoAccessSyntax, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAltName,
};
use x509_cert::name::Name;
use x509_cert::time::Time;

use super::signature::PublicKey;
use crate::security::{CertificateError, CertificateInfo, serial_number_hex};
use crate::time::DateTime;

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const OCSP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1");

/// A certificate with the parts of its encoding that hashes and signatures cover, exactly as they were received.
pub(super) struct Parsed<'a> {
    pub(super) der: &'a [u8],
    /// TBSCertificate: what the signature covers.
    pub(super) signed: &'a [u8],
    /// Name of the issuer.
    pub(super) issuer: &'a [u8],
    /// Name of the subject.
    pub(super) subject: &'a [u8],
    public_key_info: &'a [u8],
    pub(super) key: PublicKey,
    pub(super) extensions: Extensions,
    pub(super) not_before: DateTime,
    pub(super) not_after: DateTime,
    pub(super) certificate: Certificate,
}

/// The extensions that decide what a certificate may be used for.
#[derive(Default)]
pub(super) struct Extensions {
    pub(super) basic_constraints: Option<BasicConstraints>,
    pub(super) key_usage: Option<KeyUsage>,
    pub(super) extended_key_usage: Option<ExtendedKeyUsage>,
    pub(super) alternative_names: Option<SubjectAltName>,
    pub(super) unknown_critical: bool,
    responder_url: Option<String>,
}

impl<'a> Parsed<'a> {
    pub(super) fn new(der: &'a [u8]) -> Result<Self, CertificateError> {
        let malformed = |_| CertificateError::Malformed("not an X.509 certificate");
        let certificate = Certificate::from_der(der).map_err(malformed)?;
        let [signed, issuer, subject, public_key_info] = slices(der).map_err(malformed)?;
        let tbs = &certificate.tbs_certificate;
        if certificate.signature_algorithm != tbs.signature {
            return Err(CertificateError::Malformed("two signature algorithms"));
        }
        // A serial number is not negative (CertificateHashDataType).
        if tbs
            .serial_number
            .as_bytes()
            .first()
            .is_none_or(|first| first & 0x80 != 0)
        {
            return Err(CertificateError::Malformed("serial number"));
        }
        let extensions = match (&tbs.extensions, tbs.version) {
            (None, _) => Extensions::default(),
            (Some(extensions), Version::V3) => Extensions::read(extensions)?,
            (Some(_), _) => return Err(CertificateError::Malformed("extensions before version 3")),
        };
        Ok(Self {
            der,
            signed,
            issuer,
            subject,
            public_key_info,
            key: PublicKey::read(&tbs.subject_public_key_info)?,
            extensions,
            not_before: date_time(&tbs.validity.not_before)?,
            not_after: date_time(&tbs.validity.not_after)?,
            certificate,
        })
    }

    /// The value of the public key, without tag, length and count of unused bits.
    pub(super) fn key_bits(&self) -> &[u8] {
        let info = &self.certificate.tbs_certificate.subject_public_key_info;
        info.subject_public_key.raw_bytes()
    }

    pub(super) fn serial_number(&self) -> &[u8] {
        self.certificate.tbs_certificate.serial_number.as_bytes()
    }

    pub(super) fn common_name(&self) -> Option<String> {
        last_attribute(&self.certificate.tbs_certificate.subject, COMMON_NAME)
    }

    pub(super) fn organization(&self) -> Option<String> {
        last_attribute(&self.certificate.tbs_certificate.subject, ORGANIZATION)
    }

    pub(super) fn is_ca(&self) -> bool {
        let constraints = self.extensions.basic_constraints.as_ref();
        constraints.is_some_and(|constraints| constraints.ca)
    }

    pub(super) fn info(&self) -> CertificateInfo {
        CertificateInfo {
            der: self.der.to_vec(),
            common_name: self.common_name(),
            organization: self.organization(),
            serial_number: serial_number_hex(self.serial_number()),
            not_before: self.not_before,
            not_after: self.not_after,
            is_ca: self.is_ca(),
            self_issued: self.issuer == self.subject,
            key: self.key.strength(),
            public_key_sha256: Sha256::digest(self.public_key_info).into(),
            sha256: Sha256::digest(self.der).into(),
            responder_url: self.extensions.responder_url.clone(),
        }
    }
}

/// TBSCertificate, issuer, subject and SubjectPublicKeyInfo as they stand in the encoding.
fn slices(der: &[u8]) -> der::Result<[&[u8]; 4]> {
    let mut outer = SliceReader::new(der)?;
    Header::decode(&mut outer)?.tag.assert_eq(Tag::Sequence)?;
    let signed = outer.tlv_bytes()?;
    let mut inner = SliceReader::new(signed)?;
    Header::decode(&mut inner)?.tag.assert_eq(Tag::Sequence)?;
    if matches!(inner.peek_tag()?, Tag::ContextSpecific { .. }) {
        inner.tlv_bytes()?;
    }
    let _serial_number = inner.tlv_bytes()?;
    let _algorithm = inner.tlv_bytes()?;
    let issuer = inner.tlv_bytes()?;
    let _validity = inner.tlv_bytes()?;
    let subject = inner.tlv_bytes()?;
    let public_key_info = inner.tlv_bytes()?;
    Ok([signed, issuer, subject, public_key_info])
}

/// The last, most specific attribute of a kind.
pub(super) fn last_attribute(name: &Name, oid: ObjectIdentifier) -> Option<String> {
    let attributes = name.0.iter().flat_map(|rdn| rdn.0.iter());
    let value = &attributes
        .rev()
        .find(|attribute| attribute.oid == oid)?
        .value;
    match der::Tagged::tag(value) {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String => {
            core::str::from_utf8(value.value()).ok().map(Into::into)
        }
        // T.61 is read as Latin-1, as everybody does.
        Tag::TeletexString => Some(value.value().iter().map(|byte| char::from(*byte)).collect()),
        Tag::BmpString => {
            let (pairs, rest) = value.value().as_chunks::<2>();
            let units = pairs.iter().map(|pair| u16::from_be_bytes(*pair));
            let text = char::decode_utf16(units)
                .collect::<Result<String, _>>()
                .ok();
            text.filter(|_| rest.is_empty())
        }
        _ => None,
    }
}

/// The names by which last_attribute looks up a subject.
pub(super) fn subject_names(name: &Name) -> (Option<String>, Option<String>) {
    (
        last_attribute(name, COMMON_NAME),
        last_attribute(name, ORGANIZATION),
    )
}

fn date_time(time: &Time) -> Result<DateTime, CertificateError> {
    i64::try_from(time.to_unix_duration().as_millis())
        .ok()
        .and_then(DateTime::from_unix_millis)
        .ok_or(CertificateError::Malformed("validity"))
}

impl Extensions {
    fn read(extensions: &[Extension]) -> Result<Self, CertificateError> {
        let mut read = Self::default();
        for (at, extension) in extensions.iter().enumerate() {
            if extensions[..at]
                .iter()
                .any(|other| other.extn_id == extension.extn_id)
            {
                return Err(CertificateError::Malformed("extension twice"));
            }
            let value = extension.extn_value.as_bytes();
            match extension.extn_id {
                BasicConstraints::OID => read.basic_constraints = Some(decode(value)?),
                KeyUsage::OID => read.key_usage = Some(decode(value)?),
                ExtendedKeyUsage::OID => read.extended_key_usage = Some(decode(value)?),
                SubjectAltName::OID => read.alternative_names = Some(decode(value)?),
                AuthorityInfoAccessSyntax::OID => read.responder_url = responder_url(value),
                _ => read.unknown_critical |= extension.critical,
            }
        }
        Ok(read)
    }
}

fn decode<'a, T: Decode<'a>>(value: &'a [u8]) -> Result<T, CertificateError> {
    T::from_der(value).map_err(|_| CertificateError::Malformed("extension"))
}

fn responder_url(value: &[u8]) -> Option<String> {
    let access = AuthorityInfoAccessSyntax::from_der(value).ok()?;
    access
        .0
        .iter()
        .find_map(|description| match &description.access_location {
            GeneralName::UniformResourceIdentifier(url) if description.access_method == OCSP => {
                Some(url.as_str().into())
            }
            _ => None,
        })
}
