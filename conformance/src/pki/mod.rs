//! The authorities of the test system: roots, the server's certificate, certificates of stations and of firmware.
//!
//! Keys are fixed and signatures deterministic, so every run has the same certificates. They protect nothing.

mod issue;
mod keys;

use std::fmt;
use std::net::IpAddr;

use p256::ecdsa::SigningKey;
use serde_json::{Value, json};
use x509_cert::Certificate;
use x509_cert::builder::Profile;
use x509_cert::der::asn1::Ia5String;
use x509_cert::der::pem::LineEnding;
use x509_cert::der::{DecodePem, Encode, EncodePem};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::Name;
use x509_cert::request::CertReq;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use crate::bench::Trouble;
use crate::unmet::Failed;

use issue::{Leaf, YEARS, hash, hex, issue, subject};
use keys::{
    FIRMWARE_SIGNER, RSA_SERVER, SERVER, STATION, key, public_key, rsa_public_key, weak_key,
};
pub(crate) use keys::{is_public_key, sign_meter_value};
pub use keys::{key_of, pem_of, rsa_server_key, server_key, sign_firmware, station_key};

/// The content of the firmware file, unless the operator has another.
pub const FIRMWARE: &[u8] = b"firmware 2.0.0";

/// The name in the certificate of the server.
pub const HOST: &str = "csms.example.com";
/// The name of the server at the second address.
pub const SECOND_HOST: &str = "second.csms.example.com";

/// The name with a wildcard that is for this host. An address, or a host with fewer than three labels, has no such name: then it is that
/// of another host.
#[must_use]
pub fn wildcard_for(host: &str) -> String {
    let parent = host.split_once('.').map(|(_, parent)| parent);
    let is_address = host.parse::<IpAddr>().is_ok();
    let parent = parent.filter(|parent| parent.contains('.') && !is_address);
    format!("*.{}", parent.unwrap_or("example.com"))
}

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

    /// Its private key, PEM. It is the same everywhere and no secret.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn key_pem(&self) -> Result<String, Failure> {
        keys::pem(&self.key)
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
        let key = public_key(&key(SERVER)?)?;
        self.server_with(host, key, SERVER, years)
    }

    /// The certificate of a server with a key of RSA ([`rsa_server_key`]), which half of the cipher suites want, PEM.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn rsa_server_at(&self, host: &str) -> Result<String, Failure> {
        self.server_with(host, rsa_public_key()?, RSA_SERVER, YEARS)
    }

    fn server_with(
        &self,
        host: &str,
        key: SubjectPublicKeyInfoOwned,
        serial: u8,
        years: (u16, u16),
    ) -> Result<String, Failure> {
        let name = match host.parse::<IpAddr>() {
            Ok(address) => GeneralName::from(address),
            Err(_) => GeneralName::DnsName(Ia5String::new(host).map_err(failure)?),
        };
        let names = SubjectAltName(vec![name]);
        self.issue_leaf(Leaf {
            serial: serial.into(),
            subject: subject(host)?,
            key,
            names: Some(&names),
            years,
        })
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

    /// The same, valid from one year until another.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn station_of_years(
        &self,
        serial_number: &str,
        years: (u16, u16),
    ) -> Result<String, Failure> {
        self.issue_leaf(Leaf {
            serial: STATION.into(),
            subject: subject(serial_number)?,
            key: public_key(&key(STATION)?)?,
            names: None,
            years,
        })
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

    /// The same, expired.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn expired_firmware_signer(&self) -> Result<String, Failure> {
        let key = key(FIRMWARE_SIGNER)?;
        self.issue_leaf(Leaf {
            serial: FIRMWARE_SIGNER.into(),
            subject: subject("Firmware")?,
            key: public_key(&key)?,
            names: None,
            years: (2020, 2021),
        })
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

#[cfg(test)]
mod tests;
