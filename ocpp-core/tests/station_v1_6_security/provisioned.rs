//! What the station left the factory with is part of its certificates: A02.FR.10, A03.FR.02.

use ocpp_core::security::software::SoftwareVerifier;
use ocpp_core::security::{KeyId, SecurityEventKind};
use ocpp_core::station::{Output, Provisioned};
use ocpp_core::testing::station::Bench;
use ocpp_core::time::{Instant, Now};
use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};

use crate::kit::*;

const CSMS: &str = "CentralSystemRootCertificate";

/// A root and a certificate of the station that ends on this day of May or June 2024; it is 15 May.
fn factory(csms: &Authority, end: (u8, u8)) -> Provisioned {
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(2023, 1, 1);
    params.not_after = date_time_ymd(2024, end.0, end.1);
    params.distinguished_name.push(DnType::CommonName, SERIAL);
    params
        .distinguished_name
        .push(DnType::OrganizationName, OPERATOR);
    let key = KeyPair::generate().unwrap();
    let chain = params.signed_by(&key, csms).unwrap().pem();
    let mut provisioned = Provisioned::default();
    provisioned.roots = vec![csms.pem()];
    provisioned.own = Some((chain, KeyId("factory".into())));
    provisioned
}

/// The station begins, as a driver lets it begin.
fn begin(bench: &mut Bench, provisioned: &Provisioned) {
    bench.switch_on();
    bench.station.set_verifier(Box::new(SoftwareVerifier));
    let now = Now {
        monotonic: Instant::from_millis(0),
        utc: None,
    };
    bench.station.provision(now, provisioned);
    bench.start();
    bench.run(60);
}

fn provisioned(provisioned: &Provisioned) -> (Bench, Shared) {
    let mut config = config();
    config.defaults.push(("SecurityProfile".into(), "3".into()));
    config
        .defaults
        .push(("AuthorizationKey".into(), PASSWORD.into()));
    let (mut bench, world) = station_with(config);
    begin(&mut bench, provisioned);
    (bench, world)
}

fn requests(bench: &mut Bench) -> Vec<String> {
    let calls = bench.all_calls().into_iter();
    calls
        .filter(|call| call.action == "SignCertificate")
        .map(|call| call.payload["csr"].as_str().unwrap().to_string())
        .collect()
}

#[test]
fn it_is_listed_shown_and_trusted() {
    let csms = root("Operator Root");
    let (mut bench, _) = provisioned(&factory(&csms, (12, 1)));
    assert_eq!(installed(&mut bench, CSMS), [hash_data(&csms)]);
    let own = bench.connection().client_certificate.unwrap();
    assert_eq!(own.key, KeyId("factory".into()));
    assert_eq!(requests(&mut bench), Vec::<String>::new());
    // What leads to its root is accepted, and used.
    let csr = request_certificate(&mut bench);
    let chain = sign(&csr, &csms, (2024, 1, 1), (2026, 1, 1));
    assert_eq!(signed(&mut bench, &chain), "Accepted");
    bench.run(5);
    assert_ne!(bench.connection().client_certificate.unwrap().id, own.id);
}

#[test]
fn a_certificate_of_the_factory_that_expires_in_a_week_is_renewed() {
    let csms = root("Operator Root");
    let (mut bench, _) = provisioned(&factory(&csms, (5, 22)));
    assert_eq!(requests(&mut bench).len(), 1);
    // Also when nobody knows who has issued it.
    let mut stranger = factory(&root("Maker Root"), (5, 22));
    stranger.roots = vec![csms.pem()];
    let (mut bench, _) = provisioned(&stranger);
    assert_eq!(requests(&mut bench).len(), 1);
    assert_eq!(installed(&mut bench, CSMS), [hash_data(&csms)]);
}

#[test]
fn when_the_first_renewed_one_is_refused_the_station_falls_back_also_after_a_power_cut() {
    let csms = root("Operator Root");
    let factory = factory(&csms, (5, 22));
    let (mut bench, world) = provisioned(&factory);
    let before = bench.connection().client_certificate.unwrap().id;
    let csr = requests(&mut bench).pop().unwrap();
    let refused = Some(SecurityEventKind::FailedToAuthenticateAtCsms);
    world.borrow_mut().refuse = vec![refused];
    let chain = sign(&csr, &csms, (2024, 5, 1), (2026, 1, 1));
    assert_eq!(signed(&mut bench, &chain), "Accepted");
    bench.run(120);
    assert!(bench.is_connected());
    let used = |bench: &Bench| bench.connection().client_certificate.unwrap().id;
    assert_eq!(used(&bench), before);
    let told = bench.outputs.iter().filter(|output| {
        matches!(output, Output::SecurityEvent { info: Some(info), .. } if info.contains("back to the one before"))
    });
    assert_eq!(told.count(), 1);
    // The power goes; the CSMS still refuses the new one.
    world.borrow_mut().refuse = vec![refused];
    begin(&mut bench, &factory);
    bench.run(300);
    assert!(bench.is_connected());
    assert_eq!(used(&bench), before);
}

#[test]
fn what_the_csms_deletes_does_not_come_back_and_nothing_comes_twice() {
    let (csms, second) = (root("Operator Root"), root("Second"));
    let factory = factory(&csms, (12, 1));
    let (mut bench, _) = provisioned(&factory);
    let before = records(&bench);
    begin(&mut bench, &factory);
    assert_eq!(installed(&mut bench, CSMS).len(), 1);
    let certificates = |all: &std::collections::BTreeMap<String, String>| {
        let all = all
            .iter()
            .filter(|(key, _)| key.starts_with("certificate/"));
        all.map(|(key, value)| (key.clone(), value.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(certificates(&records(&bench)), certificates(&before));
    assert_eq!(install(&mut bench, CSMS, &second), "Accepted");
    // The next connection leads to the second one.
    begin(&mut bench, &factory);
    assert_eq!(delete(&mut bench, &hash_data(&csms)), "Accepted");
    begin(&mut bench, &factory);
    assert_eq!(installed(&mut bench, CSMS), [hash_data(&second)]);
}
