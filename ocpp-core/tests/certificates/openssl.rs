//! The OpenSSL command line as an independent judge. These tests do nothing where it is not installed.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use ocpp_core::security::software::{SoftwareKey, SoftwareVerifier, verify_certificate_request};
use ocpp_core::security::{
    CertificateError, CertificateHashData, CertificateVerifier, HashAlgorithm, KeyStrength, Subject,
};

use crate::fixtures::{path, text};
use crate::pki::*;

/// What a successful run of openssl wrote, or `None` when there is no openssl.
fn openssl(arguments: &[&str]) -> Option<String> {
    let output = Command::new("openssl").args(arguments).output().ok()?;
    let all = [output.stdout, output.stderr].concat();
    let all = String::from_utf8_lossy(&all).into_owned();
    assert!(output.status.success(), "openssl {arguments:?}: {all}");
    Some(all)
}

fn file(name: &str, content: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path
}

/// CertificateHashData is the CertID of an OCSP request: OpenSSL prints one.
fn cert_id(
    certificate: &str,
    issuer: &str,
    algorithm: HashAlgorithm,
) -> Option<CertificateHashData> {
    let option = format!("-{}", algorithm.name().to_lowercase());
    let output = openssl(&[
        "ocsp",
        &option,
        "-issuer",
        issuer,
        "-cert",
        certificate,
        "-req_text",
    ])?;
    // Long values go on in the next line after a backslash.
    let output = output.replace("\\\n", "");
    let field = |name: &str| {
        let line = output
            .lines()
            .find_map(|line| line.trim().strip_prefix(name));
        line.unwrap_or_else(|| panic!("{output}")).replace(' ', "")
    };
    Some(CertificateHashData {
        hash_algorithm: algorithm,
        issuer_name_hash: field("Issuer Name Hash:"),
        issuer_key_hash: field("Issuer Key Hash:"),
        serial_number: field("Serial Number:"),
    })
}

#[test]
fn hash_data_is_the_cert_id_of_ocsp() {
    for (certificate, issuer) in [
        ("rsa-leaf", "rsa-root"),
        ("rsa-root", "rsa-root"),
        ("rsa-pss", "rsa-root"),
        ("p384-p256", "p384-root"),
        ("firmware-ec", "manufacturer"),
        ("ed25519-root", "ed25519-root"),
    ] {
        let name = |name: &str| format!("{name}.pem");
        let der = |name: &str| {
            SoftwareVerifier
                .parse(&text(&format!("{name}.pem")))
                .unwrap()
                .remove(0)
                .der
        };
        for algorithm in [
            HashAlgorithm::Sha256,
            HashAlgorithm::Sha384,
            HashAlgorithm::Sha512,
        ] {
            let ours = SoftwareVerifier
                .hash_data(&der(certificate), &der(issuer), algorithm)
                .unwrap();
            let [certificate, issuer] = [certificate, issuer].map(|file| path(&name(file)));
            let Some(theirs) = cert_id(
                certificate.to_str().unwrap(),
                issuer.to_str().unwrap(),
                algorithm,
            ) else {
                return;
            };
            assert_eq!(ours, theirs);
            assert!(!ours.serial_number.starts_with('0') || ours.serial_number == "0");
            assert!(ours.issuer_key_hash.len() <= 128 && ours.serial_number.len() <= 40);
        }
    }
}

#[test]
fn hash_data_of_a_chain_made_by_rcgen_agrees_too() {
    let root = root("Wurzel äöü");
    let sub = sub_authority("Sub", &root);
    let [root_file, sub_file] = [("h-root.pem", &root), ("h-sub.pem", &sub)]
        .map(|(name, authority)| file(name, &authority.pem()).to_str().unwrap().to_owned());
    let ours = SoftwareVerifier
        .hash_data(sub.der(), root.der(), HashAlgorithm::Sha256)
        .unwrap();
    if let Some(theirs) = cert_id(&sub_file, &root_file, HashAlgorithm::Sha256) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(
        SoftwareVerifier.hash_data(root.der(), sub.der(), HashAlgorithm::Sha256),
        Err(CertificateError::UnknownIssuer)
    );
}

fn key(seed: u8) -> SoftwareKey {
    SoftwareKey::generate(&mut |bytes| bytes.fill(seed)).unwrap()
}

#[test]
fn requests_are_accepted_by_openssl() {
    let station = Subject::station("CP-0815", "Operator & Söhne");
    let secc = Subject::secc("NL*ABC*1", "Operator", Some("NL"));
    for (name, subject, expected) in [
        ("station.csr", &station, "O=Operator & Söhne,CN=CP-0815"),
        ("secc.csr", &secc, "C=NL,O=Operator,CN=NL*ABC*1,DC=CPO"),
    ] {
        let request = key(7).certificate_request(subject).unwrap();
        assert!(
            request
                .pem
                .starts_with("-----BEGIN CERTIFICATE REQUEST-----\n")
        );
        assert!(request.pem.len() <= 5500);
        let file = file(name, &request.pem);
        let Some(output) = openssl(&[
            "req",
            "-in",
            file.to_str().unwrap(),
            "-noout",
            "-verify",
            "-subject",
            "-nameopt",
            "sep_comma_plus,utf8",
        ]) else {
            return;
        };
        assert!(output.contains("verify OK"), "{output}");
        assert!(output.contains(expected), "{output}");
    }
}

#[test]
fn requests_made_by_openssl_are_read() {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let of = |name: &str| directory.join(name).to_str().unwrap().to_owned();
    for (kind, option, expected) in [
        ("rsa:2048", "rsa", Ok(KeyStrength::Rsa(2048))),
        ("rsa:1024", "rsa1024", Err(CertificateError::WeakKey)),
    ] {
        let (key, csr) = (of(&format!("{option}.key")), of(&format!("{option}.csr")));
        if openssl(&[
            "req",
            "-new",
            "-newkey",
            kind,
            "-nodes",
            "-keyout",
            &key,
            "-out",
            &csr,
            "-subj",
            "/O=Operator/CN=CP-1",
        ])
        .is_none()
        {
            return;
        }
        let read = verify_certificate_request(&fs::read_to_string(csr).unwrap());
        assert_eq!(
            read.as_ref()
                .map(|request| request.key)
                .map_err(|error| *error),
            expected
        );
        if let Ok(request) = read {
            assert_eq!(request.common_name.as_deref(), Some("CP-1"));
            assert_eq!(request.organization.as_deref(), Some("Operator"));
        }
    }
}

#[test]
fn own_requests_are_read_and_changed_ones_are_not() {
    let request = key(9)
        .certificate_request(&Subject::station("CP-1", "Op"))
        .unwrap();
    let read = verify_certificate_request(&request.pem).unwrap();
    assert_eq!(read.public_key_sha256, request.public_key_sha256);
    assert_eq!(read.key, KeyStrength::EllipticCurve(256));
    let twice = request.pem.repeat(2);
    assert_eq!(
        verify_certificate_request(&twice),
        Err(CertificateError::Count)
    );
    assert_eq!(verify_certificate_request(""), Err(CertificateError::Count));
    // "CP-1" becomes "CP-2" in the encoding.
    let at = read
        .der
        .windows(4)
        .position(|part| part == b"CP-1")
        .unwrap();
    let mut changed = read.der.clone();
    changed[at + 3] = b'2';
    let params = rcgen::CertificateSigningRequestParams::from_der(&read.der.into());
    assert!(params.is_ok(), "rcgen reads and verifies it as well");
    let params = rcgen::CertificateSigningRequestParams::from_der(&changed.into());
    assert!(params.is_err());
}

#[test]
fn keys_survive_storage_and_stay_secret() {
    let original = key(11);
    let pem = original.to_pkcs8_pem().unwrap();
    let restored = SoftwareKey::from_pkcs8_pem(&pem).unwrap();
    assert_eq!(restored.sign_es256(b"x"), original.sign_es256(b"x"));
    assert_eq!(format!("{original:?}"), "SoftwareKey(…)");
    let file = file("own.key", &pem);
    if let Some(output) = openssl(&["pkey", "-in", file.to_str().unwrap(), "-noout", "-text_pub"]) {
        assert!(output.contains("P-256"), "{output}");
    }
    assert!(SoftwareKey::generate(&mut |bytes| bytes.fill(0)).is_err());
    assert!(SoftwareKey::generate(&mut |bytes| bytes.fill(255)).is_err());
    assert!(SoftwareKey::from_pkcs8_pem("").is_err());
}
