//! The authorities of the test system: roots, the server's certificate, certificates of stations and of firmware.
//!
//! Keys are fixed and signatures deterministic, so every run has the same certificates. They protect nothing.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use base64ct::{Base64, Encoding};
use ocpp_core::station::SignedValue;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};
use p256::pkcs8::{EncodePrivateKey, EncodePublicKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_cert::Certificate;
use x509_cert::builder::{Builder, CertificateBuilder, Profile};
use x509_cert::der::asn1::{Ia5String, UtcTime};
use x509_cert::der::pem::LineEnding;
use x509_cert::der::{DateTime, Decode, DecodePem, Encode, EncodePem};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::Name;
use x509_cert::request::CertReq;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::{Time, Validity};

use crate::bench::Trouble;
use crate::unmet::Failed;

/// The content of the firmware file, unless the operator has another.
pub const FIRMWARE: &[u8] = b"firmware 2.0.0";

/// The name in the certificate of the server.
pub const HOST: &str = "csms.example.com";
/// The name of the server at the second address.
pub const SECOND_HOST: &str = "second.csms.example.com";

/// The seeds of keys, which are the serial numbers of their certificates too.
const SERVER: u8 = 11;
const FIRMWARE_SIGNER: u8 = 12;
const STATION: u8 = 13;
const METER: u8 = 14;

/// A certificate could not be made.
#[derive(Debug)]
pub struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a certificate could not be made: {}", self.0)
    }
}

impl std::error::Error for Failure {}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::broken(failure)
    }
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        Trouble::from(failure).into()
    }
}

fn failure(error: impl fmt::Display) -> Failure {
    Failure(error.to_string())
}

/// A key and its certificate.
pub struct Authority {
    key: SigningKey,
    certificate: Certificate,
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = &self.certificate.tbs_certificate.subject;
        write!(f, "Authority({subject})")
    }
}

impl Authority {
    /// The root of the operator: of the server's and the stations' certificates.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn csms() -> Result<Self, Failure> {
        Self::root(1, "Operator Root")
    }

    /// Another root of the operator, which nothing depends on.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn second() -> Result<Self, Failure> {
        Self::root(2, "Second Operator Root")
    }

    /// A new root of the operator, which the first one has signed.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn successor() -> Result<Self, Failure> {
        let old = Self::csms()?;
        let key = key(6)?;
        let new = Leaf {
            serial: 6,
            subject: subject("New Operator Root")?,
            key: public_key(&key)?,
            names: None,
            years: YEARS,
        };
        let profile = Profile::SubCA {
            issuer: old.certificate.tbs_certificate.subject.clone(),
            path_len_constraint: None,
        };
        let certificate = issue(profile, new, &old.key)?;
        Ok(Self { key, certificate })
    }

    /// The root of the manufacturer: of certificates that sign firmware.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn manufacturer() -> Result<Self, Failure> {
        Self::root(3, "Manufacturer Root")
    }

    /// A root that no station has reason to trust.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn stranger() -> Result<Self, Failure> {
        Self::root(4, "Stranger")
    }

    /// A root of the operator that has expired.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn expired() -> Result<Self, Failure> {
        Self::root_of_years(5, "Expired Operator Root", (2010, 2015))
    }

    fn root(seed: u8, name: &str) -> Result<Self, Failure> {
        Self::root_of_years(seed, name, YEARS)
    }

    fn root_of_years(seed: u8, name: &str, years: (u16, u16)) -> Result<Self, Failure> {
        let key = key(seed)?;
        let root = Leaf {
            serial: seed.into(),
            subject: subject(name)?,
            key: public_key(&key)?,
            names: None,
            years,
        };
        let certificate = issue(Profile::Root, root, &key)?;
        Ok(Self { key, certificate })
    }

    /// The certificate, PEM.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn pem(&self) -> Result<String, Failure> {
        self.certificate.to_pem(LineEnding::LF).map_err(failure)
    }

    /// The certificate of the server, PEM.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn server(&self) -> Result<String, Failure> {
        let key = key(SERVER)?;
        self.leaf(SERVER.into(), subject(HOST)?, public_key(&key)?, None)
    }

    /// The certificate of a server that can be reached under this name or address, PEM. Its key is [`server_key`].
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn server_at(&self, host: &str) -> Result<String, Failure> {
        self.server_of_years(host, YEARS)
    }

    /// The same, valid from one year until another.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn server_of_years(&self, host: &str, years: (u16, u16)) -> Result<String, Failure> {
        let name = match host.parse::<IpAddr>() {
            Ok(address) => GeneralName::from(address),
            Err(_) => GeneralName::DnsName(Ia5String::new(host).map_err(failure)?),
        };
        let names = SubjectAltName(vec![name]);
        let key = public_key(&key(SERVER)?)?;
        let leaf = Leaf {
            serial: SERVER.into(),
            subject: subject(host)?,
            key,
            names: Some(&names),
            years,
        };
        self.issue_leaf(leaf)
    }

    /// A certificate that a station with this serial number may have from the beginning, PEM. Its key is
    /// [`station_key`].
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn station(&self, serial_number: &str) -> Result<String, Failure> {
        let key = key(STATION)?;
        let subject = subject(serial_number)?;
        self.leaf(STATION.into(), subject, public_key(&key)?, None)
    }

    /// The same, with a key of RSA that is too short: nobody has its private half.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn weak_station(&self, serial_number: &str) -> Result<String, Failure> {
        self.leaf(STATION.into(), subject(serial_number)?, weak_key()?, None)
    }

    /// The same, with the serial number 0 of the certificate itself.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn unnumbered_station(&self, serial_number: &str) -> Result<String, Failure> {
        let key = key(STATION)?;
        self.leaf(0, subject(serial_number)?, public_key(&key)?, None)
    }

    /// A certificate for a request of a station, PEM.
    ///
    /// # Errors
    /// See [`Failure`]; also when the request cannot be read.
    pub fn sign(&self, request: &str, serial: u64) -> Result<String, Failure> {
        let info = CertReq::from_pem(request.trim()).map_err(failure)?.info;
        self.leaf(serial, info.subject, info.public_key, None)
    }

    /// A certificate for signing firmware, PEM.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn firmware_signer(&self) -> Result<String, Failure> {
        let key = key(FIRMWARE_SIGNER)?;
        let subject = subject("Firmware")?;
        self.leaf(FIRMWARE_SIGNER.into(), subject, public_key(&key)?, None)
    }

    fn leaf(
        &self,
        serial: u64,
        subject: Name,
        key: SubjectPublicKeyInfoOwned,
        names: Option<&SubjectAltName>,
    ) -> Result<String, Failure> {
        self.issue_leaf(Leaf {
            serial,
            subject,
            key,
            names,
            years: YEARS,
        })
    }

    fn issue_leaf(&self, leaf: Leaf<'_>) -> Result<String, Failure> {
        let profile = Profile::Leaf {
            issuer: self.certificate.tbs_certificate.subject.clone(),
            enable_key_agreement: false,
            enable_key_encipherment: false,
        };
        let certificate = issue(profile, leaf, &self.key)?;
        certificate.to_pem(LineEnding::LF).map_err(failure)
    }

    /// What identifies this root (`CertificateHashDataType`), with hashes of the given algorithm.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn hash_data(&self, algorithm: &str) -> Result<Value, Failure> {
        self.hash_data_of(&self.pem()?, algorithm)
    }

    /// The same of a certificate that this root has signed, PEM.
    pub(crate) fn hash_data_of(&self, signed: &str, algorithm: &str) -> Result<Value, Failure> {
        let signed = Certificate::from_pem(signed.trim()).map_err(failure)?;
        let own = &self.certificate.tbs_certificate;
        let name = own.subject.to_der().map_err(failure)?;
        let key = &own.subject_public_key_info.subject_public_key;
        let serial = hex(signed.tbs_certificate.serial_number.as_bytes());
        Ok(json!({
            "hashAlgorithm": algorithm,
            "issuerNameHash": hash(algorithm, &name),
            "issuerKeyHash": hash(algorithm, key.raw_bytes()),
            "serialNumber": serial.trim_start_matches('0'),
        }))
    }

    /// Whether an entry of GetInstalledCertificateIds is this root.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn is(&self, entry: &Value) -> Result<bool, Failure> {
        let algorithm = entry["hashAlgorithm"].as_str().unwrap_or_default();
        let own = self.hash_data(algorithm)?;
        let text = |data: &Value, member: &str| {
            let text = data[member].as_str().unwrap_or_default();
            let text = text.to_ascii_lowercase();
            match member {
                // Errata: without leading zeros. Hashes have their length.
                "serialNumber" => text.trim_start_matches('0').to_owned(),
                _ => text,
            }
        };
        let same = |member: &&str| text(&own, member) == text(entry, member);
        let members = ["issuerNameHash", "issuerKeyHash", "serialNumber"];
        Ok(members.iter().all(same))
    }
}

/// The signature of a firmware file by the key of [`Authority::firmware_signer`], base64.
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

/// The private key of [`Authority::station`], PEM.
///
/// # Errors
/// See [`Failure`].
pub fn station_key() -> Result<String, Failure> {
    private_pem(STATION)
}

fn private_pem(seed: u8) -> Result<String, Failure> {
    let pem = key(seed)?.to_pkcs8_pem(LineEnding::LF).map_err(failure)?;
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

fn key(seed: u8) -> Result<SigningKey, Failure> {
    SigningKey::from_slice(&[seed; 32]).map_err(failure)
}

fn public_key(key: &SigningKey) -> Result<SubjectPublicKeyInfoOwned, Failure> {
    let der = key.verifying_key().to_public_key_der().map_err(failure)?;
    SubjectPublicKeyInfoOwned::from_der(der.as_bytes()).map_err(failure)
}

/// A public key of RSA with 1024 bits.
fn weak_key() -> Result<SubjectPublicKeyInfoOwned, Failure> {
    // SEQUENCE { INTEGER modulus, INTEGER 65537 }, both of the info and of the key in it.
    let mut der = vec![0x30, 0x81, 0x9f, 0x30, 0x0d, 0x06, 0x09];
    der.extend([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]);
    der.extend([0x05, 0x00, 0x03, 0x81, 0x8d, 0x00]);
    der.extend([0x30, 0x81, 0x89, 0x02, 0x81, 0x81, 0x00]);
    der.extend([0xc3; 128]);
    der.extend([0x02, 0x03, 0x01, 0x00, 0x01]);
    SubjectPublicKeyInfoOwned::from_der(&der).map_err(failure)
}

fn subject(name: &str) -> Result<Name, Failure> {
    Name::from_str(&format!("CN={name},O=Operator")).map_err(failure)
}

/// The first year in which certificates are valid, and the first one in which they are not.
const YEARS: (u16, u16) = (2020, 2049);

/// What a certificate says.
struct Leaf<'a> {
    serial: u64,
    subject: Name,
    key: SubjectPublicKeyInfoOwned,
    names: Option<&'a SubjectAltName>,
    years: (u16, u16),
}

fn issue(profile: Profile, says: Leaf<'_>, signer: &SigningKey) -> Result<Certificate, Failure> {
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

fn hash(algorithm: &str, bytes: &[u8]) -> String {
    match algorithm {
        "SHA384" => hex(&Sha384::digest(bytes)),
        "SHA512" => hex(&Sha512::digest(bytes)),
        _ => hex(&Sha256::digest(bytes)),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use ocpp_core::security::software::SoftwareVerifier;
    use ocpp_core::security::{CertificateVerifier, HashAlgorithm};

    use super::*;

    #[test]
    fn two_calculations_of_the_hash_data_agree() {
        let root = Authority::csms().unwrap();
        let parsed = SoftwareVerifier.parse(&root.pem().unwrap()).unwrap();
        let der = &parsed[0].der;
        for algorithm in [
            HashAlgorithm::Sha256,
            HashAlgorithm::Sha384,
            HashAlgorithm::Sha512,
        ] {
            let other = SoftwareVerifier.hash_data(der, der, algorithm).unwrap();
            let own = root.hash_data(algorithm.name()).unwrap();
            assert_eq!(own["issuerNameHash"], json!(other.issuer_name_hash));
            assert_eq!(own["issuerKeyHash"], json!(other.issuer_key_hash));
            assert_eq!(own["serialNumber"], json!(other.serial_number));
            assert!(root.is(&own).unwrap());
            let mut padded = own.clone();
            padded["serialNumber"] = json!("0001");
            assert!(
                root.is(&padded).unwrap(),
                "leading zeros of a serial number"
            );
            padded["issuerKeyHash"] =
                json!(format!("00{}", own["issuerKeyHash"].as_str().unwrap()));
            assert!(!root.is(&padded).unwrap(), "a hash has its length");
            assert!(!Authority::second().unwrap().is(&own).unwrap());
        }
    }

    #[test]
    fn a_server_is_known_by_the_name_or_address_that_it_has() {
        use ocpp_core::security::Purpose;
        let root = Authority::csms().unwrap();
        let parse = |pem: &str| SoftwareVerifier.parse(pem).unwrap().remove(0).der;
        let roots = parse(&root.pem().unwrap());
        let at = "2026-11-20T12:00:00Z".parse().unwrap();
        for (name, host, fits) in [
            ("lab.example.com", "lab.example.com", true),
            ("lab.example.com", "other.example.com", false),
            ("192.0.2.7", "192.0.2.7", true),
        ] {
            let server = parse(&root.server_at(name).unwrap());
            let purpose = Purpose::Csms {
                host,
                allow_wildcard: false,
            };
            let verified = SoftwareVerifier.verify_chain(&[&server], &[&roots], at, &purpose);
            assert_eq!(verified.is_ok(), fits, "{name} at {host}: {verified:?}");
        }
    }

    #[test]
    fn every_run_has_the_same_certificates() {
        let make = || Authority::csms().unwrap().server().unwrap();
        assert_eq!(make(), make());
        assert_ne!(make(), Authority::stranger().unwrap().server().unwrap());
    }
}
