//! Certificates and the hashes that identify them.

use std::str::FromStr;

use p256::ecdsa::{DerSignature, SigningKey};
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_cert::Certificate;
use x509_cert::builder::{Builder, CertificateBuilder, Profile};
use x509_cert::der::DateTime;
use x509_cert::der::asn1::UtcTime;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::{Time, Validity};

use super::{Failure, failure};

/// The first year in which certificates are valid, and the first one in which they are not.
pub(super) const YEARS: (u16, u16) = (2020, 2049);

/// What a certificate says.
pub(super) struct Leaf<'a> {
    pub(super) serial: u64,
    pub(super) subject: Name,
    pub(super) key: SubjectPublicKeyInfoOwned,
    pub(super) names: Option<&'a SubjectAltName>,
    pub(super) years: (u16, u16),
}

pub(super) fn issue(
    profile: Profile,
    says: Leaf<'_>,
    signer: &SigningKey,
) -> Result<Certificate, Failure> {
    let first_of = |year| {
        let date = DateTime::new(year, 1, 1, 0, 0, 0).map_err(failure)?;
        UtcTime::from_date_time(date)
            .map(Time::UtcTime)
            .map_err(failure)
    };
    let validity = Validity {
        not_before: first_of(says.years.0)?,
        not_after: first_of(says.years.1)?,
    };
    let serial = SerialNumber::from(says.serial);
    let (subject, key, names) = (says.subject, says.key, says.names);
    let builder = CertificateBuilder::new(profile, serial, validity, subject, key, signer);
    let mut builder = builder.map_err(failure)?;
    if let Some(names) = names {
        builder.add_extension(names).map_err(failure)?;
    }
    builder.build::<DerSignature>().map_err(failure)
}

pub(super) fn hash(algorithm: &str, bytes: &[u8]) -> String {
    match algorithm {
        "SHA384" => hex(&Sha384::digest(bytes)),
        "SHA512" => hex(&Sha512::digest(bytes)),
        _ => hex(&Sha256::digest(bytes)),
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn subject(name: &str) -> Result<Name, Failure> {
    Name::from_str(&format!("CN={name},O=Operator")).map_err(failure)
}
