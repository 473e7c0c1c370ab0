//! Certification paths and certificate properties.

use ocpp_core::security::software::SoftwareVerifier;
use ocpp_core::security::{CertificateError as Error, CertificateVerifier, Purpose};
use rcgen::{
    BasicConstraints, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, SanType, date_time_ymd,
};

use crate::pki::*;

#[test]
fn a_leaf_directly_below_the_root_is_good() {
    let root = root("Root");
    let leaf = station_leaf(&root);
    let path = verify(&[&leaf], &[root.der()], &STATION).unwrap();
    assert_eq!((path.anchor, path.intermediates.as_slice()), (0, &[][..]));
    assert_eq!(path.leaf.common_name.as_deref(), Some(SERIAL));
    assert_eq!(path.leaf.organization.as_deref(), Some(OPERATOR));
    assert!(!path.leaf.is_ca && !path.leaf.self_issued);
}

#[test]
fn sub_authorities_may_come_in_any_order_and_with_the_root() {
    let (other, root) = (root("Other"), root("Root"));
    let one = sub_authority("Sub 1", &root);
    let two = sub_authority("Sub 2", &one);
    let leaf = station_leaf(&two);
    let anchors: [&[u8]; 2] = [other.der(), root.der()];
    for (chain, expected) in [
        ([&leaf[..], two.der(), one.der(), root.der()], [1, 2]),
        ([&leaf[..], root.der(), one.der(), two.der()], [3, 2]),
        ([&leaf[..], one.der(), other.der(), two.der()], [3, 1]),
    ] {
        let path = verify(&chain, &anchors, &STATION).unwrap();
        assert_eq!(
            (path.anchor, path.intermediates.as_slice()),
            (1, &expected[..])
        );
    }
}

#[test]
fn an_intermediate_that_is_installed_as_root_is_trusted_as_it_is() {
    let root = root("Root");
    let sub = sub_authority("Sub", &root);
    let leaf = station_leaf(&sub);
    assert!(verify(&[&leaf], &[sub.der()], &STATION).is_ok());
}

#[test]
fn without_a_path_to_an_installed_root_nothing_is_good() {
    let (root, stranger) = (root("Root"), root("Stranger"));
    let sub = sub_authority("Sub", &root);
    let leaf = station_leaf(&sub);
    // The sub-authority is missing.
    assert_eq!(
        verify(&[&leaf], &[root.der()], &STATION),
        Err(Error::UnknownIssuer)
    );
    // The root came with the chain but is not installed.
    assert_eq!(
        verify(&[&leaf, sub.der(), root.der()], &[stranger.der()], &STATION),
        Err(Error::UnknownIssuer)
    );
    assert_eq!(
        verify(&[&leaf, sub.der()], &[], &STATION),
        Err(Error::UnknownIssuer)
    );
    // A self-signed leaf.
    let own = params(SERIAL)
        .self_signed(&KeyPair::generate().unwrap())
        .unwrap();
    assert_eq!(
        verify(&[own.der()], &[root.der()], &STATION),
        Err(Error::UnknownIssuer)
    );
}

#[test]
fn a_root_of_the_same_name_with_another_key_did_not_sign() {
    let (real, impostor) = (root("Root"), root("Root"));
    let leaf = station_leaf(&impostor);
    assert_eq!(
        verify(&[&leaf], &[real.der()], &STATION),
        Err(Error::BadSignature)
    );
    // With both installed the right one is found.
    let path = verify(&[&leaf], &[real.der(), impostor.der()], &STATION).unwrap();
    assert_eq!(path.anchor, 1);
}

#[test]
fn a_dead_end_does_not_hide_another_path() {
    let (trusted, unknown) = (root("Trusted"), root("Unknown"));
    // One key with two certificates: only the second leads to an installed root.
    let key = KeyPair::generate().unwrap();
    let params = authority_params("Sub");
    let dead_end = params.signed_by(&key, &unknown).unwrap();
    let good = params.signed_by(&key, &trusted).unwrap();
    let sub = rcgen::Issuer::new(params, key);
    let leaf = crate::pki::params(SERIAL)
        .signed_by(&KeyPair::generate().unwrap(), &sub)
        .unwrap();
    let chain: [&[u8]; 3] = [leaf.der(), dead_end.der(), good.der()];
    let path = verify(&chain, &[trusted.der()], &STATION).unwrap();
    assert_eq!(path.intermediates, [2]);
}

#[test]
fn cross_signed_authorities_cannot_cause_unbounded_work() {
    let key = || KeyPair::generate().unwrap();
    let (a, b) = (root("A"), root("B"));
    let mut chain = vec![station_leaf(&a)];
    // Every certificate of A is signed by B and the other way round, so that every order is a path.
    for (name, own, issuer) in [("A", &a, &b), ("B", &b, &a)].repeat(3) {
        let mut params = authority_params(name);
        params.serial_number = Some(vec![chain.len() as u8].into());
        chain.push(params.signed_by(own.key(), issuer).unwrap().der().to_vec());
    }
    let chain: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
    let anchor = authority_params("C").self_signed(&key()).unwrap();
    assert!(matches!(
        verify(&chain, &[anchor.der()], &STATION),
        Err(Error::PathTooLong | Error::UnknownIssuer)
    ));
}

#[test]
fn every_certificate_of_the_path_must_be_valid_now() {
    let at = |not_before, not_after, params: &mut rcgen::CertificateParams| {
        params.not_before = date_time_ymd(not_before, 1, 1);
        params.not_after = date_time_ymd(not_after, 1, 1);
    };
    let root = root("Root");
    for (from, to, expected) in [
        (2025, 2029, Error::Expired),
        (2031, 2040, Error::NotYetValid),
    ] {
        let mut params = params(SERIAL);
        at(from, to, &mut params);
        let leaf = leaf(&params, &root);
        assert_eq!(verify(&[&leaf], &[root.der()], &STATION), Err(expected));

        let mut params = authority_params("Sub");
        at(from, to, &mut params);
        let sub = sub_authority_with(params, &root);
        let leaf = station_leaf(&sub);
        assert_eq!(
            verify(&[&leaf, sub.der()], &[root.der()], &STATION),
            Err(expected)
        );

        let mut params = authority_params("Old");
        at(from, to, &mut params);
        let old = Authority::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let leaf = station_leaf(&old);
        assert_eq!(verify(&[&leaf], &[old.der()], &STATION), Err(expected));
        assert_eq!(SoftwareVerifier.check_root(old.der(), now()), Err(expected));
    }
}

#[test]
fn validity_includes_its_first_and_its_last_second() {
    let root = root("Root");
    let leaf = station_leaf(&root);
    let check = |at: &str| {
        SoftwareVerifier.verify_chain(&[&leaf], &[root.der()], at.parse().unwrap(), &STATION)
    };
    assert_eq!(check("2024-12-31T23:59:59.999Z"), Err(Error::NotYetValid));
    assert!(check("2025-01-01T00:00:00Z").is_ok());
    assert!(check("2045-01-01T00:00:00.999Z").is_ok());
    assert_eq!(check("2045-01-01T00:00:01Z"), Err(Error::Expired));
}

#[test]
fn only_where_the_version_says_so_a_client_certificate_may_begin_later() {
    let root = root("Root");
    let mut later = params(SERIAL);
    later.not_before = date_time_ymd(2031, 1, 1);
    let leaf = leaf(&later, &root);
    let purpose = |allow_future| Purpose::ChargingStation {
        common_name: Some(SERIAL),
        organization: Some(OPERATOR),
        allow_future,
    };
    assert!(verify(&[&leaf], &[root.der()], &purpose(true)).is_ok());
    assert_eq!(
        verify(&[&leaf], &[root.der()], &purpose(false)),
        Err(Error::NotYetValid)
    );
}

#[test]
fn only_authorities_sign_and_they_are_no_leaves() {
    let root = root("Root");
    let no_ca = sub_authority_with(params("Not a CA"), &root);
    let leaf = station_leaf(&no_ca);
    assert_eq!(
        verify(&[&leaf, no_ca.der()], &[root.der()], &STATION),
        Err(Error::NotAnAuthority)
    );
    assert_eq!(
        SoftwareVerifier.check_root(&station_leaf(&root), now()),
        Err(Error::NotAnAuthority)
    );
    let mut no_signing = authority_params("May not sign");
    no_signing.key_usages = vec![KeyUsagePurpose::CrlSign];
    let sub = sub_authority_with(no_signing, &root);
    let leaf = station_leaf(&sub);
    assert_eq!(
        verify(&[&leaf, sub.der()], &[root.der()], &STATION),
        Err(Error::KeyUsage)
    );
    let ca = sub_authority(SERIAL, &root);
    assert_eq!(
        verify(&[ca.der()], &[root.der()], &STATION),
        Err(Error::UnexpectedAuthority)
    );
}

#[test]
fn path_length_constraints_hold() {
    let root = root("Root");
    let mut constrained = authority_params("Constrained");
    constrained.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let one = sub_authority_with(constrained, &root);
    let below = station_leaf(&one);
    assert!(verify(&[&below, one.der()], &[root.der()], &STATION).is_ok());
    let two = sub_authority("Sub", &one);
    let leaf = station_leaf(&two);
    assert_eq!(
        verify(&[&leaf, two.der(), one.der()], &[root.der()], &STATION),
        Err(Error::PathTooLong)
    );
    // The constraint of an anchor counts as well.
    assert_eq!(
        verify(&[&leaf, two.der()], &[one.der()], &STATION),
        Err(Error::PathTooLong)
    );
}

#[test]
fn four_sub_authorities_are_enough() {
    let mut authorities = vec![root("Root")];
    for level in 1..=5 {
        let next = sub_authority(&format!("Sub {level}"), &authorities[level - 1]);
        authorities.push(next);
    }
    for level in [4, 5] {
        let leaf = station_leaf(&authorities[level]);
        let mut chain: Vec<&[u8]> = vec![&leaf];
        chain.extend(
            authorities[1..=level]
                .iter()
                .rev()
                .map(|ca| -> &[u8] { ca.der() }),
        );
        let result = verify(&chain, &[authorities[0].der()], &STATION);
        assert_eq!(result.err(), (level == 5).then_some(Error::PathTooLong));
    }
}

#[test]
fn unknown_critical_extensions_are_refused_and_others_are_not() {
    let root = root("Root");
    for critical in [true, false] {
        let mut extension = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 1], vec![5, 0]);
        extension.set_criticality(critical);
        let mut params = params(SERIAL);
        params.custom_extensions.push(extension);
        let result = verify(&[&leaf(&params, &root)], &[root.der()], &STATION);
        assert_eq!(result.err(), critical.then_some(Error::CriticalExtension));
    }
}

#[test]
fn one_changed_byte_breaks_the_signature() {
    let root = root("Root");
    let good = station_leaf(&root);
    let at = good
        .windows(SERIAL.len())
        .position(|part| part == SERIAL.as_bytes())
        .unwrap();
    let mut changed = good.clone();
    changed[at] ^= 1;
    let any_name = Purpose::ChargingStation {
        common_name: None,
        organization: None,
        allow_future: false,
    };
    assert!(verify(&[&good], &[root.der()], &any_name).is_ok());
    assert_eq!(
        verify(&[&changed], &[root.der()], &any_name),
        Err(Error::BadSignature)
    );
}

#[test]
fn a_station_certificate_names_the_station_and_the_operator() {
    let root = root("Root");
    let purpose = |common_name, organization| Purpose::ChargingStation {
        common_name,
        organization,
        allow_future: false,
    };
    let good = station_leaf(&root);
    let check = |leaf: &[u8], purpose| verify(&[leaf], &[root.der()], &purpose).err();
    assert_eq!(check(&good, purpose(None, None)), None);
    assert_eq!(
        check(&good, purpose(Some("CP-0816"), None)),
        Some(Error::CommonName)
    );
    assert_eq!(
        check(&good, purpose(None, Some("Other"))),
        Some(Error::Organization)
    );
    let mut nameless = params(SERIAL);
    nameless.distinguished_name = rcgen::DistinguishedName::new();
    assert_eq!(
        check(&leaf(&nameless, &root), purpose(None, None)),
        Some(Error::Organization)
    );
    nameless
        .distinguished_name
        .push(DnType::OrganizationName, OPERATOR);
    assert_eq!(
        check(&leaf(&nameless, &root), purpose(None, None)),
        Some(Error::CommonName)
    );
}

#[test]
fn a_csms_certificate_names_the_host() {
    let root = root("Root");
    let check = |host, allow_wildcard, leaf: &[u8]| {
        let purpose = Purpose::Csms {
            host,
            allow_wildcard,
        };
        verify(&[leaf], &[root.der()], &purpose).err()
    };
    let named = leaf(&params("csms.example.org"), &root);
    assert_eq!(check("csms.example.org", false, &named), None);
    assert_eq!(check("CSMS.EXAMPLE.ORG", false, &named), None);
    assert_eq!(
        check("other.example.org", false, &named),
        Some(Error::CommonName)
    );

    let wild = leaf(&params("*.example.org"), &root);
    assert_eq!(
        check("csms.example.org", false, &wild),
        Some(Error::CommonName)
    );
    assert_eq!(check("csms.example.org", true, &wild), None);

    let mut alternative = params("csms.example.org");
    alternative.subject_alt_names = vec![
        SanType::DnsName("vpn.example.org".try_into().unwrap()),
        SanType::IpAddress("192.0.2.7".parse().unwrap()),
    ];
    let alternative = leaf(&alternative, &root);
    for host in ["csms.example.org", "vpn.example.org", "192.0.2.7"] {
        assert_eq!(check(host, false, &alternative), None, "{host}");
    }
    assert_eq!(
        check("192.0.2.8", false, &alternative),
        Some(Error::CommonName)
    );
}

#[test]
fn key_usages_restrict_what_a_certificate_is_for() {
    let root = root("Root");
    let check = |params: &rcgen::CertificateParams, purpose| {
        verify(&[&leaf(params, &root)], &[root.der()], &purpose).err()
    };
    let server = Purpose::Csms {
        host: SERIAL,
        allow_wildcard: false,
    };
    let mut decrypts = params(SERIAL);
    decrypts.key_usages = vec![KeyUsagePurpose::KeyEncipherment];
    assert_eq!(check(&decrypts, STATION), Some(Error::KeyUsage));
    assert_eq!(check(&decrypts, server), None);
    let mut unrestricted = params(SERIAL);
    unrestricted.key_usages.clear();
    assert_eq!(check(&unrestricted, STATION), None);

    let mut extended = params(SERIAL);
    extended.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    assert_eq!(check(&extended, STATION), Some(Error::KeyUsage));
    assert_eq!(check(&extended, server), None);
    assert_eq!(
        check(&extended, Purpose::FirmwareSigning),
        Some(Error::KeyUsage)
    );
    extended
        .extended_key_usages
        .push(ExtendedKeyUsagePurpose::ClientAuth);
    assert_eq!(check(&extended, STATION), None);
    extended.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any];
    assert_eq!(check(&extended, Purpose::FirmwareSigning), None);
}

#[test]
fn firmware_signing_certificates_come_directly_from_the_manufacturer_root() {
    let root = root("Manufacturer");
    let direct = leaf(&params("Firmware"), &root);
    assert!(verify(&[&direct], &[root.der()], &Purpose::FirmwareSigning).is_ok());
    let sub = sub_authority("Department", &root);
    let indirect = leaf(&params("Firmware"), &sub);
    assert_eq!(
        verify(
            &[&indirect, sub.der()],
            &[root.der()],
            &Purpose::FirmwareSigning
        ),
        Err(Error::PathTooLong)
    );
    assert_eq!(
        verify(&[&indirect], &[root.der()], &Purpose::FirmwareSigning),
        Err(Error::UnknownIssuer)
    );
}

#[test]
fn c_07_contract_certificates_come_from_sub_authorities_and_carry_an_emaid() {
    let root = root("MO Root");
    let sub = sub_authority("MO Sub", &root);
    let mut params = params("NL-TNM-C00000001-1");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
    let contract = leaf(&params, &sub);
    let path = verify(&[&contract, sub.der()], &[root.der()], &Purpose::Contract).unwrap();
    assert_eq!(path.leaf.common_name.as_deref(), Some("NL-TNM-C00000001-1"));
    params.distinguished_name = rcgen::DistinguishedName::new();
    let nameless = leaf(&params, &sub);
    assert_eq!(
        verify(&[&nameless, sub.der()], &[root.der()], &Purpose::Contract),
        Err(Error::CommonName)
    );
}

#[test]
fn a_new_root_is_signed_by_the_old_one() {
    let (old, other) = (root("Old"), root("Other"));
    let new = sub_authority("New", &old);
    let check = |new: &[u8], old: &[u8]| verify(&[new], &[old], &Purpose::RootReplacement).err();
    assert_eq!(check(new.der(), old.der()), None);
    assert_eq!(check(new.der(), other.der()), Some(Error::UnknownIssuer));
    assert_eq!(check(other.der(), old.der()), Some(Error::UnknownIssuer));
    assert_eq!(
        check(&station_leaf(&old), old.der()),
        Some(Error::NotAnAuthority)
    );
    assert_eq!(SoftwareVerifier.check_root(new.der(), now()), Ok(()));
}

#[test]
fn a_self_signed_root_must_have_signed_itself() {
    let root = root("Root");
    assert_eq!(SoftwareVerifier.check_root(root.der(), now()), Ok(()));
    let mut forged = root.der().to_vec();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    assert_eq!(
        SoftwareVerifier.check_root(&forged, now()),
        Err(Error::BadSignature)
    );
}

#[test]
fn chains_have_one_to_eight_certificates() {
    let root = root("Root");
    let leaf = station_leaf(&root);
    assert_eq!(verify(&[], &[root.der()], &STATION), Err(Error::Count));
    assert_eq!(
        verify(&[&leaf[..]; 9], &[root.der()], &STATION),
        Err(Error::Count)
    );
    assert_eq!(SoftwareVerifier.parse(""), Err(Error::Count));
    assert_eq!(
        SoftwareVerifier.parse(&root.pem().repeat(9)),
        Err(Error::Count)
    );
    assert_eq!(
        SoftwareVerifier
            .parse(&root.pem().repeat(8))
            .map(|all| all.len()),
        Ok(8)
    );
}
