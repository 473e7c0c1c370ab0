//! Certificates of a 2.0.1 station with real keys: A02, A03, M03 to M05, over power cuts and with everything wrong.

#![cfg(feature = "crypto")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod kit_v2_0_1;

use std::cell::RefCell;
use std::rc::Rc;

use kit_v2_0_1::{but, config, get, set, status};
use ocpp_core::security::software::{SoftwareKeys, SoftwareVerifier};
use ocpp_core::security::{CertificateVerifier, HashAlgorithm, KeyProvider, SigningUse};
use ocpp_core::station::{Input, Output, StationConfig};
use ocpp_core::testing::station::{Answer, Bench};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, CertifiedIssuer,
    DistinguishedName, DnType, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use serde_json::{Value, json};

type Authority = CertifiedIssuer<'static, KeyPair>;

const CSMS: &str = "CSMSRootCertificate";
const MANUFACTURER: &str = "ManufacturerRootCertificate";
const SERIAL: &str = "CS-0815";

fn root_params(name: &str, years: (i32, i32)) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(years.0, 1, 1);
    params.not_after = date_time_ymd(years.1, 1, 1);
    params.distinguished_name = DistinguishedName::new();
    let subject = &mut params.distinguished_name;
    subject.push(DnType::OrganizationName, "Vendor");
    subject.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

fn root_of(name: &str, years: (i32, i32)) -> Authority {
    let key = KeyPair::generate().unwrap();
    CertifiedIssuer::self_signed(root_params(name, years), key).unwrap()
}

fn root(name: &str) -> Authority {
    root_of(name, (2020, 2045))
}

/// Signs a request as an authority does, for a span of years.
fn sign(csr: &str, issuer: &Authority, years: (i32, i32)) -> String {
    let mut request = CertificateSigningRequestParams::from_pem(csr).unwrap();
    request.params.not_before = date_time_ymd(years.0, 1, 1);
    request.params.not_after = date_time_ymd(years.1, 1, 1);
    request.signed_by(issuer).unwrap().pem()
}

fn secure_config() -> StationConfig {
    let mut config = config(1);
    config.serial_number = Some(SERIAL.into());
    config
}

/// The keys that the hardware was told to delete.
type Deleted = Rc<RefCell<Vec<String>>>;

/// A station with keys in software that is not started yet.
fn new_station(config: StationConfig) -> (Bench, Deleted) {
    let accepts = but(|action, _| {
        (action == "SignCertificate").then(|| Answer::Respond(json!({"status": "Accepted"})))
    });
    let mut bench = Bench::new(config, accepts);
    bench.verify_with(|| Box::new(SoftwareVerifier));
    let deleted = Deleted::default();
    let told = Rc::clone(&deleted);
    let mut counter = 0u8;
    let mut keys = SoftwareKeys::new(move |bytes: &mut [u8]| {
        counter += 1;
        bytes.fill(counter);
    });
    bench.world(move |output| match output {
        Output::MakeCertificateRequest { request, subject } => {
            let made = keys.make_request(SigningUse::ChargingStation, subject).ok();
            let request = *request;
            Some(vec![Input::CertificateRequestMade { request, made }])
        }
        Output::DeleteKey(key) => {
            told.borrow_mut().push(key.0.clone());
            keys.delete(key).unwrap();
            Some(Vec::new())
        }
        _ => None,
    });
    (bench, deleted)
}

fn station_with(config: StationConfig) -> (Bench, Deleted) {
    let (mut bench, deleted) = new_station(config);
    bench.start();
    bench.all_calls();
    (bench, deleted)
}

fn station() -> (Bench, Deleted) {
    station_with(secure_config())
}

fn install_pem(bench: &mut Bench, kind: &str, pem: &str) -> Value {
    let payload = json!({"certificateType": kind, "certificate": pem});
    bench.call("InstallCertificate", payload).unwrap().unwrap()
}

fn install(bench: &mut Bench, kind: &str, root: &Authority) -> Value {
    install_pem(bench, kind, &root.pem())["status"].clone()
}

/// The chains that the station lists for these types.
fn installed(bench: &mut Bench, kinds: &[&str]) -> Vec<Value> {
    let payload = match kinds {
        [] => json!({}),
        kinds => json!({"certificateType": kinds}),
    };
    let answer = bench.call("GetInstalledCertificateIds", payload);
    let answer = answer.unwrap().unwrap();
    let chains = answer["certificateHashDataChain"].as_array().cloned();
    let wanted = if chains.is_some() {
        "Accepted"
    } else {
        "NotFound"
    };
    assert_eq!(answer["status"], wanted);
    chains.unwrap_or_default()
}

fn entries(bench: &mut Bench) -> Value {
    let name = json!({"name": "CertificateEntries"});
    get(bench, &json!({"name": "SecurityCtrlr"}), &name)["attributeValue"].clone()
}

/// What identifies a certificate, as the CSMS computes it.
fn hash_data(pem: &str, issuer: &str) -> Value {
    let der = |pem: &str| SoftwareVerifier.parse(pem).unwrap()[0].der.clone();
    let data = SoftwareVerifier
        .hash_data(&der(pem), &der(issuer), HashAlgorithm::Sha256)
        .unwrap();
    json!({
        "hashAlgorithm": "SHA256",
        "issuerNameHash": data.issuer_name_hash,
        "issuerKeyHash": data.issuer_key_hash,
        "serialNumber": data.serial_number,
    })
}

fn delete(bench: &mut Bench, data: &Value) -> String {
    let payload = json!({"certificateHashData": data});
    status(bench, "DeleteCertificate", payload)
}

fn trigger(bench: &mut Bench) -> String {
    let wanted = json!({"requestedMessage": "SignChargingStationCertificate"});
    status(bench, "TriggerMessage", wanted)
}

/// The requests that were sent since the last time.
fn requests(bench: &mut Bench) -> Vec<String> {
    let calls = bench.all_calls().into_iter();
    let requests = calls.filter(|call| call.action == "SignCertificate");
    requests
        .map(|call| {
            // A02.FR.13.
            assert_eq!(
                call.payload["certificateType"],
                "ChargingStationCertificate"
            );
            call.payload["csr"].as_str().unwrap().to_owned()
        })
        .collect()
}

fn request(bench: &mut Bench) -> String {
    bench.all_calls();
    assert_eq!(trigger(bench), "Accepted");
    let mut requests = requests(bench);
    assert_eq!(requests.len(), 1);
    requests.remove(0)
}

fn signed(bench: &mut Bench, chain: &str) -> String {
    let payload = json!({
        "certificateChain": chain,
        "certificateType": "ChargingStationCertificate",
    });
    status(bench, "CertificateSigned", payload)
}

fn told(bench: &mut Bench) -> Vec<String> {
    let calls = bench.all_calls().into_iter();
    let told = calls.filter(|call| call.action == "SecurityEventNotification");
    let kinds = told.map(|call| call.payload["type"].as_str().unwrap().to_owned());
    kinds.collect()
}

fn own(bench: &Bench) -> Vec<&String> {
    let records = bench.stored.values();
    records.filter(|text| text.contains("\"Own\"")).collect()
}

#[test]
fn tc_m_01_to_tc_m_20_roots_are_installed_listed_and_deleted_also_over_power_cuts() {
    let (mut bench, _) = station();
    let (first, second, maker) = (root("First"), root("Second"), root("Maker"));
    assert_eq!(entries(&mut bench), "0");
    assert!(installed(&mut bench, &[]).is_empty());
    for (kind, root) in [(CSMS, &first), (CSMS, &second), (MANUFACTURER, &maker)] {
        assert_eq!(install(&mut bench, kind, root), "Accepted");
        bench.power_cycle();
        bench.run(1);
    }
    assert_eq!(entries(&mut bench), "3");
    let data = |root: &Authority| hash_data(&root.pem(), &root.pem());
    let entry = |kind: &str, root: &Authority| json!({"certificateType": kind, "certificateHashData": data(root)});
    let both = [entry(CSMS, &first), entry(CSMS, &second)];
    assert_eq!(installed(&mut bench, &[CSMS]), both);
    let maker_only = [entry(MANUFACTURER, &maker)];
    assert_eq!(installed(&mut bench, &[MANUFACTURER]), maker_only);
    assert_eq!(installed(&mut bench, &[CSMS, MANUFACTURER]).len(), 3);
    assert_eq!(installed(&mut bench, &[]).len(), 3);
    // TC_M_19.
    assert!(installed(&mut bench, &["MORootCertificate"]).is_empty());
    assert!(installed(&mut bench, &["V2GCertificateChain"]).is_empty());
    // TC_M_22.
    let mut unknown = data(&first);
    unknown["serialNumber"] = json!("77");
    assert_eq!(delete(&mut bench, &unknown), "NotFound");
    assert_eq!(delete(&mut bench, &data(&first)), "Accepted");
    assert_eq!(delete(&mut bench, &data(&first)), "NotFound");
    bench.power_cycle();
    bench.run(1);
    assert_eq!(installed(&mut bench, &[CSMS]), [entry(CSMS, &second)]);
    // The last one stays, as M04.FR.03 allows.
    assert_eq!(delete(&mut bench, &data(&second)), "Failed");
    assert_eq!(delete(&mut bench, &data(&maker)), "Accepted");
    assert_eq!(entries(&mut bench), "1");
}

#[test]
fn tc_m_07_what_is_no_valid_root_is_rejected_with_a_reason() {
    let (mut bench, _) = station();
    let expired = root_of("Expired", (2010, 2015)).pem();
    let future = root_of("Future", (2040, 2045)).pem();
    let two = format!("{}{}", root("A").pem(), root("B").pem());
    for pem in [expired.as_str(), &future, &two, "garbage", ""] {
        let answer = install_pem(&mut bench, CSMS, pem);
        assert_eq!(answer["status"], "Rejected", "{pem}");
        assert_eq!(answer["statusInfo"]["reasonCode"], "InvalidCertificate");
    }
    assert!(installed(&mut bench, &[]).is_empty());
    assert!(told(&mut bench).is_empty());
}

#[test]
fn m05_fr_06_a_full_store_takes_no_more_but_what_is_there_m05_fr_17() {
    let mut small = secure_config();
    small.limits.certificates = 2;
    let (mut bench, _) = station_with(small);
    let (first, second) = (root("First"), root("Second"));
    assert_eq!(install(&mut bench, CSMS, &first), "Accepted");
    assert_eq!(install(&mut bench, CSMS, &second), "Accepted");
    let answer = install_pem(&mut bench, CSMS, &root("Third").pem());
    assert_eq!(answer["status"], "Rejected");
    assert_eq!(answer["statusInfo"]["reasonCode"], "OutOfStorage");
    assert_eq!(install(&mut bench, CSMS, &first), "Accepted");
    assert_eq!(installed(&mut bench, &[CSMS]).len(), 2);
    // A certificate of the station has a place of its own.
    let csr = request(&mut bench);
    let chain = sign(&csr, &first, (2024, 2026));
    assert_eq!(signed(&mut bench, &chain), "Accepted");
    assert_eq!(entries(&mut bench), "2");
}

#[test]
fn m05_fr_10_to_fr_12_with_the_additional_check_a_root_is_replaced_by_one_that_it_has_signed() {
    let mut careful = secure_config();
    careful.features.additional_root_check = true;
    let (mut bench, _) = station_with(careful);
    let old = root("Old");
    let key = KeyPair::generate().unwrap();
    let new = root_params("New", (2020, 2045));
    let new = CertifiedIssuer::signed_by(new, key, &old).unwrap();
    assert_eq!(install(&mut bench, CSMS, &old), "Accepted");
    assert_eq!(install(&mut bench, CSMS, &root("Stranger")), "Rejected");
    assert_eq!(install(&mut bench, CSMS, &new), "Accepted");
    // The old one stays as a fallback until the new one has served a connection (M05.FR.13).
    assert_eq!(installed(&mut bench, &[CSMS]).len(), 2);
    assert_eq!(entries(&mut bench), "1");
}

#[test]
fn m05_fr_15_fr_16_another_csms_is_not_trusted_by_the_root_that_was_replaced() {
    let mut careful = secure_config();
    careful.features.additional_root_check = true;
    let set_to = |config: StationConfig, key, value| kit_v2_0_1::with(config, key, value);
    let careful = set_to(careful, "SecurityCtrlr.SecurityProfile", "2");
    let careful = set_to(
        careful,
        "SecurityCtrlr.BasicAuthPassword",
        "0123456789abcdef",
    );
    let attempts = "OCPPCommCtrlr.NetworkProfileConnectionAttempts";
    let (mut bench, _) = station_with(set_to(careful, attempts, "1"));
    let old = root("Old");
    let key = KeyPair::generate().unwrap();
    let new = CertifiedIssuer::signed_by(root_params("New", (2020, 2045)), key, &old).unwrap();
    assert_eq!(install(&mut bench, CSMS, &old), "Accepted");
    assert_eq!(install(&mut bench, CSMS, &new), "Accepted");
    let data = json!({"ocppVersion": "OCPP20", "ocppTransport": "JSON", "messageTimeout": 30,
        "ocppCsmsUrl": "wss://other.example/ocpp", "securityProfile": 2, "ocppInterface": "Wired0"});
    let request = json!({"configurationSlot": 2, "connectionData": data});
    let answer = bench.call("SetNetworkProfile", request).unwrap().unwrap();
    assert_eq!(answer["status"], "Accepted", "{answer}");
    let order = set(
        &mut bench,
        "OCPPCommCtrlr",
        "NetworkConfigurationPriority",
        "2,1",
    );
    assert_eq!(order, "Accepted");
    // Nobody can show a certificate below the new root at the other address.
    bench.world(|output| match output {
        Output::Connect(connection) if connection.slot == Some(2) => {
            Some(vec![Input::Disconnected])
        }
        _ => None,
    });
    let roots = |bench: &mut Bench| -> Vec<(Option<u32>, usize)> {
        let outputs = std::mem::take(&mut bench.outputs).into_iter();
        let connections = outputs.filter_map(|output| match output {
            Output::Connect(connection) => Some((connection.slot, connection.roots.len())),
            _ => None,
        });
        connections.collect()
    };
    roots(&mut bench);
    bench.network(false);
    bench.network(true);
    bench.run(60);
    // The CSMS is the same: M05.FR.14.
    assert_eq!(roots(&mut bench), [(Some(1), 2)]);
    bench.call("Reset", json!({"type": "OnIdle"}));
    bench.run(600);
    assert_eq!(roots(&mut bench), [(Some(2), 1), (Some(1), 2)]);
    assert!(bench.is_connected());
}

#[test]
fn without_a_verifier_nothing_is_accepted() {
    let mut bench = kit_v2_0_1::booted_with(secure_config());
    let root = root("Root");
    assert_eq!(install(&mut bench, CSMS, &root), "Rejected");
    assert_eq!(trigger(&mut bench), "Rejected");
    assert_eq!(signed(&mut bench, &root.pem()), "Rejected");
    let data = hash_data(&root.pem(), &root.pem());
    assert_eq!(delete(&mut bench, &data), "NotFound");
    assert!(installed(&mut bench, &[]).is_empty());
}

#[test]
fn tc_a_11_a_certificate_is_asked_for_installed_and_kept() {
    let (mut bench, _) = station();
    let csms = root("Root");
    assert_eq!(install(&mut bench, CSMS, &csms), "Accepted");
    let csr = request(&mut bench);
    let parsed = CertificateSigningRequestParams::from_pem(&csr).unwrap();
    let name = parsed.params.distinguished_name;
    assert!(format!("{name:?}").contains(SERIAL));
    let chain = sign(&csr, &csms, (2024, 2026));
    assert_eq!(signed(&mut bench, &chain), "Accepted");
    assert_eq!(own(&bench).len(), 1);
    // TC_M_23, M04.FR.06.
    let data = hash_data(&chain, &csms.pem());
    assert_eq!(delete(&mut bench, &data), "Failed");
    // Nobody has asked for it a second time.
    assert_eq!(signed(&mut bench, &chain), "Rejected");
    bench.power_cycle();
    bench.run(1);
    assert_eq!(delete(&mut bench, &data), "Failed");
    assert_eq!(own(&bench).len(), 1);
}

#[test]
fn tc_a_14_wrong_chains_are_rejected_and_told_and_the_request_stays_open() {
    let (mut bench, _) = station();
    let csms = root("Root");
    assert_eq!(install(&mut bench, CSMS, &csms), "Accepted");
    let csr = request(&mut bench);
    let other = {
        let (mut other, _) = station();
        // Its keys come from the same counter: the second one is another one.
        request(&mut other);
        request(&mut other)
    };
    let wrong = [
        "garbage".to_owned(),
        sign(&csr, &root("Stranger"), (2024, 2026)),
        sign(&csr, &csms, (2010, 2015)),
        // A02.FR.06 of the errata.
        sign(&csr, &csms, (2030, 2032)),
        sign(&other, &csms, (2024, 2026)),
    ];
    for chain in &wrong {
        bench.all_calls();
        assert_eq!(signed(&mut bench, chain), "Rejected");
        assert_eq!(told(&mut bench), ["InvalidChargingStationCertificate"]);
        assert!(own(&bench).is_empty());
    }
    // A02.FR.20: it is not sent again on its own.
    bench.run(100_000);
    assert!(requests(&mut bench).is_empty());
    let chain = sign(&csr, &csms, (2024, 2026));
    assert_eq!(signed(&mut bench, &chain), "Accepted");
}

#[test]
fn a02_fr_16_a_chain_that_is_too_long_is_rejected_without_a_word() {
    let mut short = secure_config();
    short.limits.certificate_chain = 100;
    let (mut bench, _) = station_with(short);
    let csms = root("Root");
    assert_eq!(install(&mut bench, CSMS, &csms), "Accepted");
    let csr = request(&mut bench);
    let chain = sign(&csr, &csms, (2024, 2026));
    bench.all_calls();
    assert_eq!(signed(&mut bench, &chain), "Rejected");
    assert!(told(&mut bench).is_empty());
}

#[test]
fn a_certificate_for_vehicles_is_refused() {
    let (mut bench, _) = station();
    let csms = root("Root");
    assert_eq!(install(&mut bench, CSMS, &csms), "Accepted");
    let csr = request(&mut bench);
    let payload = json!({
        "certificateChain": sign(&csr, &csms, (2024, 2026)),
        "certificateType": "V2GCertificate",
    });
    assert_eq!(status(&mut bench, "CertificateSigned", payload), "Rejected");
    let wanted = json!({"requestedMessage": "SignV2GCertificate"});
    assert_eq!(
        status(&mut bench, "TriggerMessage", wanted),
        "NotImplemented"
    );
}

#[test]
fn tc_a_15_a_refused_request_is_forgotten_with_its_key() {
    let (mut bench, deleted) = station();
    let csms = root("Root");
    assert_eq!(install(&mut bench, CSMS, &csms), "Accepted");
    bench.answer_with(but(|action, _| {
        (action == "SignCertificate").then(|| Answer::Respond(json!({"status": "Rejected"})))
    }));
    let csr = request(&mut bench);
    assert_eq!(deleted.borrow().len(), 1);
    assert!(!bench.stored.keys().any(|key| key.starts_with("signing/")));
    bench.run(100_000);
    assert!(requests(&mut bench).is_empty());
    let chain = sign(&csr, &csms, (2024, 2026));
    assert_eq!(signed(&mut bench, &chain), "Rejected");
}

#[test]
fn tc_a_23_a_request_is_sent_again_after_doubled_waits_and_not_for_ever() {
    let (mut bench, _) = station();
    for (variable, value) in [
        ("CertSigningWaitMinimum", "50"),
        ("CertSigningRepeatTimes", "1"),
    ] {
        assert_eq!(
            set(&mut bench, "SecurityCtrlr", variable, value),
            "Accepted"
        );
    }
    let csr = request(&mut bench);
    // A02.FR.17, A02.FR.18: after 50 s, after 100 s more; A02.FR.19: no more.
    for (seconds, sent) in [(48, 0), (4, 1), (94, 0), (6, 1), (10_000, 0)] {
        bench.run(seconds);
        let again = requests(&mut bench);
        assert_eq!(again.len(), sent, "{seconds}");
        assert!(again.iter().all(|again| *again == csr), "the same key");
    }
    assert_eq!(
        set(&mut bench, "SecurityCtrlr", "CertSigningWaitMinimum", "0"),
        "Accepted"
    );
    request(&mut bench);
    bench.run(100_000);
    assert!(requests(&mut bench).is_empty());
}

#[test]
fn a03_fr_02_a_certificate_of_the_factory_is_renewed_a_month_before_it_expires() {
    let csms = root("Root");
    let (mut bench, _) = station();
    assert_eq!(install(&mut bench, CSMS, &csms), "Accepted");
    let csr = request(&mut bench);
    // The time of the bench is 2024-05-15.
    let mut soon = CertificateSigningRequestParams::from_pem(&csr).unwrap();
    soon.params.not_before = date_time_ymd(2024, 1, 1);
    soon.params.not_after = date_time_ymd(2024, 6, 20);
    let chain = soon.signed_by(&csms).unwrap().pem();
    assert_eq!(signed(&mut bench, &chain), "Accepted");
    bench.all_calls();
    bench.run(4 * 86_400);
    assert!(requests(&mut bench).is_empty());
    bench.run(4 * 86_400);
    // It is sent again as long as no certificate comes, for the same key.
    let mut requests = requests(&mut bench);
    requests.dedup();
    assert_eq!(requests.len(), 1);
    assert_ne!(requests[0], csr, "a new key");
}

#[test]
fn a_request_survives_power_cuts_and_is_sent_again_only_if_nobody_has_it() {
    let csms = root("Root");
    for delivered in [false, true] {
        let (mut bench, _) = station();
        assert_eq!(install(&mut bench, CSMS, &csms), "Accepted");
        if !delivered {
            bench.answer_with(but(|action, _| {
                (action == "SignCertificate").then_some(Answer::Silence)
            }));
        }
        let csr = request(&mut bench);
        bench.answer_with(but(|action, _| {
            (action == "SignCertificate").then(|| Answer::Respond(json!({"status": "Accepted"})))
        }));
        bench.power_cycle();
        bench.run(60);
        let again = requests(&mut bench);
        let expected: &[&String] = if delivered { &[] } else { &[&csr] };
        assert_eq!(again.iter().collect::<Vec<_>>(), expected);
        let chain = sign(&csr, &csms, (2024, 2026));
        assert_eq!(signed(&mut bench, &chain), "Accepted");
        assert!(!bench.stored.keys().any(|key| key.starts_with("signing/")));
    }
}

#[test]
fn a_power_cut_at_any_output_of_an_install_leaves_the_root_there_or_not() {
    let mut cuts = 0;
    for outputs in 0.. {
        let (mut bench, _) = station();
        let (kept, csms) = (root("Kept"), root("Root"));
        assert_eq!(install(&mut bench, CSMS, &kept), "Accepted");
        bench.cut_power_after(outputs);
        let payload = json!({"certificateType": CSMS, "certificate": csms.pem()});
        let answer = bench.call("InstallCertificate", payload);
        if !bench.power_was_cut() {
            break;
        }
        cuts += 1;
        bench.power_cycle();
        bench.run(60);
        let there = installed(&mut bench, &[CSMS]);
        // What was promised is kept; what was not may be there.
        let least = 1 + usize::from(answer.is_some());
        assert!((least..=2).contains(&there.len()), "{outputs}: {there:?}");
        assert_eq!(install(&mut bench, CSMS, &csms), "Accepted");
        assert_eq!(installed(&mut bench, &[CSMS]).len(), 2);
    }
    assert!(cuts >= 2, "{cuts}");
}

#[test]
fn a_power_cut_at_any_output_of_a_signing_loses_neither_key_nor_certificate() {
    let mut cuts = 0;
    for outputs in 0.. {
        let (mut bench, deleted) = station();
        let csms = root("Root");
        assert_eq!(install(&mut bench, CSMS, &csms), "Accepted");
        let csr = request(&mut bench);
        let chain = sign(&csr, &csms, (2024, 2026));
        bench.cut_power_after(outputs);
        let payload = json!({"certificateChain": chain});
        let answer = bench.call("CertificateSigned", payload);
        if !bench.power_was_cut() {
            break;
        }
        cuts += 1;
        bench.power_cycle();
        bench.run(60);
        let accepted = matches!(&answer, Some(Ok(answer)) if answer["status"] == "Accepted");
        if accepted {
            assert_eq!(own(&bench).len(), 1, "{outputs}");
        }
        if own(&bench).is_empty() {
            // The request is still open.
            assert_eq!(signed(&mut bench, &chain), "Accepted", "{outputs}");
        }
        assert!(!own(&bench).is_empty(), "{outputs}");
        // The key of a certificate that is there is never destroyed.
        assert!(deleted.borrow().is_empty(), "{outputs}: {deleted:?}");
    }
    assert!(cuts >= 3, "{cuts}");
}

#[test]
fn a_power_cut_at_any_output_of_a_request_leaves_nothing_that_is_in_the_way() {
    for outputs in 0.. {
        let (mut bench, _) = station();
        let csms = root("Root");
        assert_eq!(install(&mut bench, CSMS, &csms), "Accepted");
        bench.cut_power_after(outputs);
        let wanted = json!({"requestedMessage": "SignChargingStationCertificate"});
        bench.call("TriggerMessage", wanted);
        if !bench.power_was_cut() {
            assert!(outputs > 3, "{outputs}");
            break;
        }
        bench.power_cycle();
        bench.run(60);
        let csr = request(&mut bench);
        let chain = sign(&csr, &csms, (2024, 2026));
        assert_eq!(signed(&mut bench, &chain), "Accepted", "{outputs}");
    }
}
