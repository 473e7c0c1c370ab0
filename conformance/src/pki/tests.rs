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
        padded["issuerKeyHash"] = json!(format!("00{}", own["issuerKeyHash"].as_str().unwrap()));
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

#[test]
fn a_wildcard_stands_for_the_leftmost_label_of_a_name_that_has_three() {
    for (host, wildcard) in [
        (HOST, "*.example.com"),
        (SECOND_HOST, "*.csms.example.com"),
        ("localhost", "*.example.com"),
        ("csms.local", "*.example.com"),
        ("127.0.0.1", "*.example.com"),
    ] {
        assert_eq!(wildcard_for(host), wildcard);
    }
}
