//! The whole way of a certificate with real cryptography: key pair, request, certificate authority, installation.

use ocpp_core::security::software::{SoftwareKeys, SoftwareVerifier, verify_certificate_request};
use ocpp_core::security::{
    CertificateError, CertificateSigning, CertificateSigningStatus, CertificateStore,
    CertificateUse, CertificateVerifier, HashAlgorithm, InstallStatus, KeyProvider, Purpose,
    RequestHandle, SecurityEventKind, SigningConfig, SigningEnd, SigningOutput, SigningResponse,
    SigningUse, StoreConfig, Subject,
};
use ocpp_core::time::{Instant, Now};
use rcgen::{CertificateSigningRequestParams, date_time_ymd};

use crate::pki::*;

fn at_now() -> Now {
    Now {
        monotonic: Instant::ORIGIN,
        utc: Some(now()),
    }
}

/// Signs a request like a certificate authority: names and key from the request, the rest from here.
fn sign(csr: &str, issuer: &Authority) -> String {
    let mut request = CertificateSigningRequestParams::from_pem(csr).unwrap();
    request.params.not_before = date_time_ymd(2029, 12, 31);
    request.params.not_after = date_time_ymd(2031, 1, 1);
    request.signed_by(issuer).unwrap().pem()
}

type Random = Box<dyn FnMut(&mut [u8])>;

struct Station {
    keys: SoftwareKeys<Random>,
    store: CertificateStore,
    signing: CertificateSigning,
    events: Vec<SecurityEventKind>,
    ended: Vec<(RequestHandle, SigningEnd)>,
}

impl Station {
    fn new(store: StoreConfig, signing: SigningConfig) -> Self {
        let mut counter = 0u8;
        Self {
            keys: SoftwareKeys::new(Box::new(move |bytes: &mut [u8]| {
                counter += 1;
                bytes.fill(counter);
            })),
            store: CertificateStore::new(store),
            signing: CertificateSigning::new(signing),
            events: Vec::new(),
            ended: Vec::new(),
        }
    }

    /// Carries out what the core asks for; returns the request to send, if any.
    fn drain(&mut self) -> Option<(RequestHandle, String)> {
        let mut sent = None;
        while let Some(output) = self.signing.poll_output() {
            match output {
                SigningOutput::MakeRequest {
                    request,
                    signing_use,
                    subject,
                } => {
                    let (key, made) = self.keys.make_request(signing_use, &subject).unwrap();
                    self.signing.request_made(request, key, made);
                }
                SigningOutput::Send { request, csr, .. } => sent = Some((request, csr)),
                SigningOutput::SecurityEvent { kind, .. } => self.events.push(kind),
                SigningOutput::Ended(request, end) => self.ended.push((request, end)),
                SigningOutput::DeleteKey(key) => self.keys.delete(&key).unwrap(),
                _ => {}
            }
        }
        sent
    }

    fn install(&mut self, usage: CertificateUse, root: &Authority) {
        let outcome = self
            .store
            .install(&SoftwareVerifier, Some(now()), usage, &root.pem());
        assert_eq!(
            outcome.status,
            InstallStatus::Accepted,
            "{:?}",
            outcome.refusal
        );
    }

    fn signed(&mut self, chain: &str) -> CertificateSigningStatus {
        self.signing.certificate_signed(
            &SoftwareVerifier,
            &mut self.store,
            Some(now()),
            chain,
            None,
            None,
        )
    }
}

#[test]
fn a_client_certificate_is_requested_signed_and_installed() {
    let root = root("Operator Root");
    let mut station = Station::new(StoreConfig::v1_6(), SigningConfig::V1_6);
    station.install(CertificateUse::CsmsRoot, &root);
    let subject = Subject::station(SERIAL, OPERATOR);
    let request = station
        .signing
        .request(SigningUse::ChargingStation, subject)
        .unwrap();
    let (sent, csr) = station.drain().unwrap();
    assert_eq!(sent, request);
    let seen_by_csms = verify_certificate_request(&csr).unwrap();
    assert_eq!(seen_by_csms.common_name.as_deref(), Some(SERIAL));
    assert_eq!(seen_by_csms.organization.as_deref(), Some(OPERATOR));
    station
        .signing
        .response(at_now(), request, SigningResponse::Accepted);

    let chain = sign(&csr, &root);
    assert_eq!(station.signed(&chain), CertificateSigningStatus::Accepted);
    assert_eq!(station.drain(), None);
    let (id, own) = station.store.client_certificate(Some(now())).unwrap();
    assert_eq!(station.ended, [(request, SigningEnd::Installed(id))]);
    assert_eq!(
        station.events,
        [SecurityEventKind::ReconfigurationOfSecurityParameters]
    );
    assert!(station.keys.get(&own.key).is_some());
    assert!(station.store.has_valid_client_certificate(Some(now())));
    // A second copy is not asked for any more.
    assert_eq!(station.signed(&chain), CertificateSigningStatus::Rejected);
    assert_eq!(station.drain(), None);
    assert_eq!(station.events.len(), 1);
}

#[test]
fn a_02_fr_07_invalid_certificates_are_refused_with_an_event_and_a_corrected_one_is_taken() {
    let (root, foreign) = (root("Operator Root"), root("Foreign Root"));
    let mut station = Station::new(StoreConfig::v2(), SigningConfig::V2);
    station.install(CertificateUse::CsmsRoot, &root);
    let subject = Subject::station(SERIAL, OPERATOR);
    station
        .signing
        .request(SigningUse::ChargingStation, subject)
        .unwrap();
    let (request, csr) = station.drain().unwrap();
    station
        .signing
        .response(at_now(), request, SigningResponse::Accepted);

    let other_key = root_signed_leaf(&root);
    for invalid in [
        "",
        "garbage",
        &sign(&csr, &foreign),
        &other_key,
        &root.pem(),
    ] {
        assert_eq!(station.signed(invalid), CertificateSigningStatus::Rejected);
        station.drain();
        assert_eq!(
            station.events.pop(),
            Some(SecurityEventKind::InvalidChargingStationCertificate)
        );
        assert!(station.store.client_certificate(None).is_none());
    }
    assert_eq!(
        station.signed(&sign(&csr, &root)),
        CertificateSigningStatus::Accepted
    );
}

fn root_signed_leaf(root: &Authority) -> String {
    let key = rcgen::KeyPair::generate().unwrap();
    params(SERIAL).signed_by(&key, root).unwrap().pem()
}

#[test]
fn m_03_fr_05_a_v2g_chain_is_listed_with_its_sub_authorities() {
    let v2g_root = root("V2G Root");
    let one = sub_authority("CPO Sub 1", &v2g_root);
    let two = sub_authority("CPO Sub 2", &one);
    let mut station = Station::new(StoreConfig::v2(), SigningConfig::V2);
    station.install(CertificateUse::V2gRoot, &v2g_root);
    let subject = Subject::secc("NL*ABC*1", OPERATOR, Some("NL"));
    let request = station.signing.request(SigningUse::V2g, subject).unwrap();
    let (_, csr) = station.drain().unwrap();
    station
        .signing
        .response(at_now(), request, SigningResponse::Accepted);
    // Out of order, and with the root.
    let leaf = sign(&csr, &two);
    let chain = [leaf.clone(), v2g_root.pem(), one.pem(), two.pem()].concat();
    assert_eq!(station.signed(&chain), CertificateSigningStatus::Accepted);

    let listed = station.store.list(&[CertificateUse::V2gCertificateChain]);
    let [entry] = listed.as_slice() else {
        panic!("{listed:?}")
    };
    let leaf_der = SoftwareVerifier.parse(&leaf).unwrap().remove(0).der;
    let hash = |certificate: &[u8], issuer: &[u8]| {
        SoftwareVerifier
            .hash_data(certificate, issuer, HashAlgorithm::Sha256)
            .unwrap()
    };
    assert_eq!(entry.hash_data, hash(&leaf_der, two.der()));
    assert_eq!(
        entry.child_hash_data,
        [hash(two.der(), one.der()), hash(one.der(), v2g_root.der())]
    );
    // Stored in order and without the root.
    let (_, own) = station.store.vehicle_certificates()[0];
    let stored = SoftwareVerifier.parse(&own.chain).unwrap();
    let ders: Vec<&[u8]> = stored.iter().map(|info| info.der.as_slice()).collect();
    assert_eq!(ders, [&leaf_der[..], two.der(), one.der()]);
    // Deleting a sub-authority takes the chain with it, not the root.
    let sub = hash(one.der(), v2g_root.der());
    assert!(
        !station
            .store
            .delete(&SoftwareVerifier, &sub)
            .changes
            .is_empty()
    );
    assert_eq!(station.store.list(&[]).len(), 1);
}

#[test]
fn deleting_by_another_hash_algorithm_works_for_self_signed_roots() {
    let manufacturer = root("Manufacturer");
    let mut station = Station::new(StoreConfig::v2(), SigningConfig::V2);
    station.install(CertificateUse::ManufacturerRoot, &manufacturer);
    let sha512 = SoftwareVerifier
        .hash_data(
            manufacturer.der(),
            manufacturer.der(),
            HashAlgorithm::Sha512,
        )
        .unwrap();
    let outcome = station.store.delete(&SoftwareVerifier, &sha512);
    assert_eq!(outcome.status, ocpp_core::security::DeleteStatus::Accepted);
    assert!(station.store.is_empty());
}

#[test]
fn l_01_fr_22_firmware_certificates_are_checked_against_the_manufacturer_root() {
    let (manufacturer, operator) = (root("Manufacturer"), root("Operator Root"));
    let mut station = Station::new(StoreConfig::v1_6(), SigningConfig::V1_6);
    station.install(CertificateUse::CsmsRoot, &operator);
    let key = rcgen::KeyPair::generate().unwrap();
    let signing = params("Firmware").signed_by(&key, &manufacturer).unwrap();
    let check = |station: &Station, pem: &str, at| {
        station
            .store
            .verify_firmware_certificate(&SoftwareVerifier, pem, at)
    };
    // No manufacturer root yet; the operator's does not count.
    assert_eq!(
        check(&station, &signing.pem(), Some(now())),
        Err(CertificateError::UnknownIssuer)
    );
    let by_operator = params("Firmware").signed_by(&key, &operator).unwrap().pem();
    assert_eq!(
        check(&station, &by_operator, Some(now())),
        Err(CertificateError::UnknownIssuer)
    );
    station.install(CertificateUse::ManufacturerRoot, &manufacturer);
    let found = check(&station, &signing.pem(), Some(now())).unwrap();
    assert_eq!(found.der, signing.der().to_vec());
    assert_eq!(
        check(&station, &signing.pem(), None),
        Err(CertificateError::ClockUnknown)
    );
    assert_eq!(
        check(&station, "garbage", Some(now())),
        Err(CertificateError::Count)
    );
}

#[test]
fn m_05_fr_14_a_server_certificate_of_the_old_root_is_verified_by_the_fallback() {
    let old = root("Old");
    let new = sub_authority("New", &old);
    let config = StoreConfig {
        additional_root_check: true,
        ..StoreConfig::v2()
    };
    let mut station = Station::new(config, SigningConfig::V2);
    station.install(CertificateUse::CsmsRoot, &old);
    station.install(CertificateUse::CsmsRoot, &new);
    let purpose = Purpose::Csms {
        host: "csms.example.org",
        allow_wildcard: false,
    };
    let server = |issuer| leaf(&params("csms.example.org"), issuer);
    let verify = |station: &Station, leaf: &[u8]| {
        let roots = [CertificateUse::CsmsRoot];
        let verified = station
            .store
            .verify(&SoftwareVerifier, &roots, &[leaf], Some(now()), &purpose)
            .unwrap();
        verified.root
    };
    let (by_old, by_new) = (
        verify(&station, &server(&old)),
        verify(&station, &server(&new)),
    );
    assert!(by_new > by_old);
    assert!(station.store.connected_with_root(Some(by_old)).is_empty());
    assert_eq!(station.store.list(&[]).len(), 2);
    station.store.connected_with_root(Some(by_new));
    assert_eq!(station.store.list(&[]).len(), 1);
    // Partial chain: the new root is trusted although its issuer is gone.
    assert_eq!(verify(&station, &server(&new)), by_new);
}
