//! The certificate authority that signs what stations ask for (A02). For tests and small installations: the key lies in
//! a file.

use std::fs;
use std::io::Write;
use std::path::Path;

use chrono::{Datelike, Days, Utc};
use ocpp_core::security::software::{RequestInfo, verify_certificate_request};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SerialNumber, date_time_ymd,
};

use super::Failure;

/// How long certificates of stations are valid.
const VALIDITY: Days = Days::new(365);
/// How long the root is, when it is made here.
const ROOT_VALIDITY: Days = Days::new(10 * 365);

/// A root and its key.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    root: String,
}

impl Authority {
    /// Reads certificate and key, both PEM; if neither file exists, makes them.
    pub(super) fn open(certificate: &Path, key: &Path) -> Result<Self, Failure> {
        if !certificate.exists() && !key.exists() {
            make(certificate, key)?;
        }
        let read = |path: &Path| {
            fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let root = read(certificate)?;
        let issuer = Issuer::from_ca_cert_pem(&root, KeyPair::from_pem(&read(key)?)?)?;
        Ok(Self { issuer, root })
    }

    /// The certificate of the root, PEM.
    pub(super) fn root(&self) -> &str {
        &self.root
    }

    /// Signs a request whose common name is one of `names` (A00.FR.404, A00.FR.405). Gives the certificate, PEM, or why
    /// there is none.
    pub(super) fn sign(&self, request: &str, names: &[&str]) -> Result<String, Failure> {
        let seen = verify_certificate_request(request)?;
        let name = seen.common_name.as_deref().unwrap_or_default();
        if !names.contains(&name) {
            return Err(format!("the common name {name:?} is not the station's").into());
        }
        self.issue(seen, ExtendedKeyUsagePurpose::ClientAuth)
    }

    /// Signs a request for talking to vehicles (ISO 15118), whose common name is the SeccId: nobody here knows it before.
    pub(super) fn sign_for_vehicles(&self, request: &str) -> Result<String, Failure> {
        let seen = verify_certificate_request(request)?;
        if seen.common_name.as_deref().unwrap_or_default().is_empty() {
            return Err("the request has no common name".into());
        }
        self.issue(seen, ExtendedKeyUsagePurpose::ServerAuth)
    }

    fn issue(&self, seen: RequestInfo, usage: ExtendedKeyUsagePurpose) -> Result<String, Failure> {
        let mut wanted = CertificateSigningRequestParams::from_der(&seen.der.into())?;
        let params = &mut wanted.params;
        // What the request says of itself beyond its names is for the authority to say.
        let names = std::mem::take(&mut params.distinguished_name);
        *params = CertificateParams::default();
        params.distinguished_name = names;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![usage];
        validity(params, VALIDITY);
        Ok(wanted.signed_by(&self.issuer)?.pem())
    }
}

/// From yesterday, for clocks that are behind.
fn validity(params: &mut CertificateParams, days: Days) {
    let now = Utc::now();
    let day = |date: chrono::DateTime<Utc>| {
        // Month and day fit into a byte.
        date_time_ymd(date.year(), date.month() as u8, date.day() as u8)
    };
    params.not_before = day(now - Days::new(1));
    params.not_after = day(now + days);
    // 20 bytes at most, positive, never twice (RFC 5280 section 4.1.2.2).
    let mut serial: [u8; 16] = rand::random();
    serial[0] = (serial[0] & 0x7F) | 0x40;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
}

fn make(certificate: &Path, key: &Path) -> Result<(), Failure> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let name = &mut params.distinguished_name;
    name.push(DnType::CommonName, "Charging station root");
    name.push(DnType::OrganizationName, "ocpp csms");
    validity(&mut params, ROOT_VALIDITY);
    let pair = KeyPair::generate()?;
    ocpp_tokio::station::write_secret(key, pair.serialize_pem().as_bytes())?;
    let mut file = fs::File::create_new(certificate)?;
    file.write_all(params.self_signed(&pair)?.pem().as_bytes())?;
    file.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use ocpp_core::security::software::{SoftwareKey, SoftwareVerifier};
    use ocpp_core::security::{CertificateVerifier, Purpose, Subject};

    use super::*;

    fn folder(name: &str) -> std::path::PathBuf {
        let path =
            std::env::temp_dir().join(format!("ocpp-authority-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        path
    }

    #[test]
    fn signs_for_the_station_and_for_nobody_else_also_after_a_restart() {
        let folder = folder("signs");
        let (certificate, key) = (folder.join("root.pem"), folder.join("root.key"));
        let first = Authority::open(&certificate, &key).unwrap();
        let again = Authority::open(&certificate, &key).unwrap();
        assert_eq!(first.root(), again.root());
        let own = SoftwareKey::generate(&mut |bytes| bytes.fill(7)).unwrap();
        let subject = Subject::station("SN-1", "Operator");
        let request = own.certificate_request(&subject).unwrap().pem;
        assert!(again.sign(&request, &["SN-2"]).is_err());
        assert!(again.sign("no request", &["SN-1"]).is_err());
        let signed = again.sign(&request, &["CP", "SN-1"]).unwrap();
        let parsed = SoftwareVerifier.parse(&signed).unwrap();
        let root = SoftwareVerifier.parse(first.root()).unwrap();
        let now = ocpp_tokio::clock::utc();
        assert_eq!(SoftwareVerifier.check_root(&root[0].der, now), Ok(()));
        let purpose = Purpose::ChargingStation {
            common_name: Some("SN-1"),
            organization: Some("Operator"),
            allow_future: false,
        };
        SoftwareVerifier
            .verify_chain(&[&parsed[0].der], &[&root[0].der], now, &purpose)
            .unwrap();
        // One file without the other is a mistake, not an order.
        fs::remove_file(&key).unwrap();
        assert!(Authority::open(&certificate, &key).is_err());
        let _ = fs::remove_dir_all(folder);
    }
}
