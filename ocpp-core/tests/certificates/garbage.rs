//! Certificates from a hostile peer: changed, cut and invented bytes.

use std::sync::OnceLock;

use ocpp_core::security::software::{SoftwareVerifier, verify_certificate_request};
use ocpp_core::security::{CertificateError, CertificateVerifier, HashAlgorithm, Purpose};
use proptest::prelude::*;

use crate::fixtures::text;
use crate::pki::*;

/// A root and a leaf below it.
fn pair() -> &'static (Vec<u8>, Vec<u8>) {
    static PAIR: OnceLock<(Vec<u8>, Vec<u8>)> = OnceLock::new();
    PAIR.get_or_init(|| {
        let root = root("Root");
        (root.der().to_vec(), station_leaf(&root))
    })
}

const ANY_STATION: Purpose<'static> = Purpose::ChargingStation {
    common_name: None,
    organization: None,
    allow_future: true,
};

/// Everything that looks at a certificate.
fn use_everywhere(der: &[u8]) -> bool {
    let (root, leaf) = pair();
    let verifier = SoftwareVerifier;
    let _ = verifier.check_root(der, now());
    let _ = verifier.hash_data(der, root, HashAlgorithm::Sha512);
    let _ = verifier.hash_data(leaf, der, HashAlgorithm::Sha256);
    let _ = verifier.verify_firmware(der, &[7; 32], "MEUCIQDx");
    let _ = verify(&[leaf, der], &[der], &ANY_STATION);
    verify(&[der], &[root], &ANY_STATION).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn no_changed_certificate_is_accepted(at in any::<prop::sample::Index>(), change in 1u8..) {
        let (_, leaf) = pair();
        let mut changed = leaf.clone();
        changed[at.index(leaf.len())] ^= change;
        prop_assert!(!use_everywhere(&changed));
    }

    #[test]
    fn no_cut_certificate_is_accepted(at in any::<prop::sample::Index>(), tail in prop::collection::vec(any::<u8>(), 0..4)) {
        let (_, leaf) = pair();
        let mut cut = leaf[..at.index(leaf.len())].to_vec();
        cut.extend(tail);
        prop_assert!(cut == *leaf || !use_everywhere(&cut));
    }

    #[test]
    fn invented_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(!use_everywhere(&bytes));
    }

    #[test]
    fn invented_texts_are_refused(body in "[A-Za-z0-9+/=\\s]{0,200}", other in ".{0,60}") {
        let pem = format!("-----BEGIN CERTIFICATE-----{body}-----END CERTIFICATE-----{other}");
        prop_assert!(SoftwareVerifier.parse(&pem).is_err());
        prop_assert!(SoftwareVerifier.parse(&other).is_err());
        let csr = pem.replace("CERTIFICATE", "CERTIFICATE REQUEST");
        prop_assert!(verify_certificate_request(&csr).is_err());
    }
}

#[test]
fn bytes_after_a_certificate_are_refused() {
    let (root, leaf) = pair();
    let longer = [leaf.as_slice(), &[0]].concat();
    assert!(matches!(
        verify(&[&longer], &[root], &ANY_STATION),
        Err(CertificateError::Malformed(_))
    ));
}

#[test]
fn pem_survives_what_peers_do_to_line_breaks() {
    let original = text("rsa-leaf.pem");
    let expected = SoftwareVerifier.parse(&original).unwrap();
    let one_line = original.replace('\n', "");
    let windows = original.replace('\n', "\r\n");
    let indented = original.replace('\n', "\n  ");
    let commented = format!("issuer=x\n{original}trailing words");
    for changed in [one_line, windows, indented, commented] {
        assert_eq!(SoftwareVerifier.parse(&changed).as_ref(), Ok(&expected));
    }
    // A message whose line breaks were escaped twice is not repaired silently.
    assert!(
        SoftwareVerifier
            .parse(&original.replace('\n', "\\n"))
            .is_err()
    );
}
