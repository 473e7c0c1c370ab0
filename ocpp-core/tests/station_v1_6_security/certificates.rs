//! A02, A03, M03 to M05.

use ocpp_core::security::SecurityEventKind;
use ocpp_core::security::software::verify_certificate_request;
use ocpp_core::station::Output;
use ocpp_core::testing::station::{Answer, Bench};
use serde_json::json;

use crate::kit::*;

const CSMS: &str = "CentralSystemRootCertificate";
const MANUFACTURER: &str = "ManufacturerRootCertificate";

#[test]
fn tc_074_a_new_certificate_is_requested_signed_and_used() {
    let csms = root("Operator Root");
    let (mut bench, _) = certified(&csms);
    let before = bench.connection().client_certificate.unwrap();
    bench.outputs.clear();

    let csr = request_certificate(&mut bench);
    let seen = verify_certificate_request(&csr).unwrap();
    assert_eq!(seen.common_name.as_deref(), Some(SERIAL));
    assert_eq!(seen.organization.as_deref(), Some(OPERATOR), "WP:A02.FR.13");
    let chain = sign(&csr, &csms, (2024, 5, 1), (2026, 5, 1));
    assert_eq!(signed(&mut bench, &chain), "Accepted");

    let after = bench.connection().client_certificate.unwrap();
    assert_ne!((after.id, &after.key), (before.id, &before.key));
    assert!(after.chain.contains("BEGIN CERTIFICATE"));
    assert!(bench.is_connected());
    let log = log(&bench);
    assert!(log.contains(&SecurityEventKind::ReconfigurationOfSecurityParameters));
    // What is in use survives a power cut.
    bench.power_cycle();
    assert_eq!(bench.connection().client_certificate.unwrap().id, after.id);
}

#[test]
fn tc_077_certificates_that_are_not_valid_are_refused_and_reported() {
    let (csms, stranger) = (root("Operator Root"), root("Stranger"));
    let (mut bench, _) = certified(&csms);
    let before = bench.connection();
    let csr = request_certificate(&mut bench);
    bench.outputs.clear();
    let good = |years: ((i32, u8, u8), (i32, u8, u8))| sign(&csr, &csms, years.0, years.1);
    for (defect, chain) in [
        ("no PEM", "garbage".to_string()),
        (
            "broken PEM",
            good(((2024, 1, 1), (2026, 1, 1))).replace('A', "B"),
        ),
        (
            "another root",
            sign(&csr, &stranger, (2024, 1, 1), (2026, 1, 1)),
        ),
        ("expired", good(((2023, 1, 1), (2024, 1, 1)))),
    ] {
        assert_eq!(signed(&mut bench, &chain), "Rejected", "{defect}");
        assert_eq!(
            events(&mut bench),
            ["InvalidChargePointCertificate"],
            "{defect}"
        );
    }
    assert!(
        !bench
            .outputs
            .iter()
            .any(|o| matches!(o, Output::Connect(_))),
        "no reconnect"
    );
    // The request is still open: a corrected certificate is accepted.
    assert_eq!(
        signed(&mut bench, &good(((2024, 1, 2), (2026, 1, 1)))),
        "Accepted"
    );
    assert_ne!(
        bench.connection().client_certificate,
        before.client_certificate
    );
    // And it can be used once only.
    let again = good(((2024, 1, 3), (2026, 1, 1)));
    assert_eq!(signed(&mut bench, &again), "Rejected");
}

#[test]
fn a02_fr_08_a_certificate_of_the_future_is_used_when_its_time_has_come() {
    let csms = root("Operator Root");
    let (mut bench, _) = certified(&csms);
    let before = bench.connection().client_certificate.unwrap();
    let csr = request_certificate(&mut bench);
    // It is noon of 2024-05-15.
    assert_eq!(
        signed(&mut bench, &sign(&csr, &csms, (2024, 5, 16), (2026, 1, 1))),
        "Accepted"
    );
    bench.run(11 * 3600);
    assert_eq!(bench.connection().client_certificate.unwrap().id, before.id);
    bench.run(2 * 3600);
    assert_ne!(bench.connection().client_certificate.unwrap().id, before.id);
    assert!(bench.is_connected());
}

#[test]
fn a02_fr_10_a_certificate_that_does_not_work_leads_back_to_the_one_that_did() {
    let csms = root("Operator Root");
    let (mut bench, world) = certified(&csms);
    let works = bench.connection().client_certificate.unwrap().id;
    let csr = request_certificate(&mut bench);
    world.borrow_mut().refuse = vec![Some(SecurityEventKind::FailedToAuthenticateAtCsms)];
    assert_eq!(
        signed(&mut bench, &sign(&csr, &csms, (2024, 5, 1), (2026, 1, 1))),
        "Accepted"
    );
    assert_ne!(bench.connection().client_certificate.unwrap().id, works);
    assert!(!bench.is_connected());
    bench.run(30);
    assert!(bench.is_connected());
    assert_eq!(bench.connection().client_certificate.unwrap().id, works);
    assert!(events(&mut bench).is_empty(), "not a critical event");
    assert!(log(&bench).contains(&SecurityEventKind::FailedToAuthenticateAtCsms));
}

#[test]
fn a03_a_certificate_is_renewed_a_month_before_it_expires() {
    let csms = root("Operator Root");
    let (mut bench, _) = secure(&csms);
    let csr = request_certificate(&mut bench);
    assert_eq!(
        signed(&mut bench, &sign(&csr, &csms, (2024, 1, 1), (2024, 6, 20))),
        "Accepted"
    );
    set(&mut bench, "SecurityProfile", "3");
    bench.run(2);
    let requests = |bench: &mut ocpp_core::testing::station::Bench| {
        let calls = bench.all_calls().into_iter();
        calls
            .filter(|call| call.action == "SignCertificate")
            .count()
    };
    bench.run(5 * 86_400);
    assert_eq!(requests(&mut bench), 0);
    bench.run(3 * 86_400);
    assert_eq!(
        requests(&mut bench),
        1,
        "2024-05-21 is a month before the end"
    );
    bench.run(5 * 86_400);
    assert_eq!(requests(&mut bench), 0, "once is enough");
}

#[test]
fn a02_without_a_name_or_a_key_no_certificate_is_requested() {
    let csms = root("Operator Root");
    let (mut bench, world) = secure(&csms);
    set(&mut bench, "CpoName", "");
    let trigger = json!({"requestedMessage": "SignChargePointCertificate"});
    assert_eq!(
        status(&mut bench, "ExtendedTriggerMessage", trigger.clone()),
        "Rejected"
    );
    set(&mut bench, "CpoName", OPERATOR);
    world.borrow_mut().no_keys = true;
    assert_eq!(
        status(&mut bench, "ExtendedTriggerMessage", trigger),
        "Accepted"
    );
    assert!(bench.calls().is_empty());
    // Nobody asked for this.
    assert_eq!(signed(&mut bench, "garbage"), "Rejected");
    assert!(events(&mut bench).is_empty());
}

#[test]
fn a_certificate_arrives_after_a_power_cut_and_finds_its_key() {
    let csms = root("Operator Root");
    let (mut bench, _) = secure(&csms);
    let csr = request_certificate(&mut bench);
    bench.power_cycle();
    assert_eq!(
        signed(&mut bench, &sign(&csr, &csms, (2024, 1, 1), (2026, 1, 1))),
        "Accepted"
    );
}

#[test]
fn tc_075_tc_076_roots_are_installed_listed_and_deleted() {
    let (csms, second, maker) = (root("Operator Root"), root("Second"), root("Maker"));
    let (mut bench, _) = secure(&csms);
    assert_eq!(
        installed(&mut bench, MANUFACTURER),
        Vec::<serde_json::Value>::new()
    );
    assert_eq!(install(&mut bench, MANUFACTURER, &maker), "Accepted");
    assert_eq!(install(&mut bench, CSMS, &second), "Accepted");
    assert_eq!(installed(&mut bench, MANUFACTURER), [hash_data(&maker)]);
    assert_eq!(
        installed(&mut bench, CSMS),
        [hash_data(&csms), hash_data(&second)]
    );
    // The next connection is made with the second root.
    bench.power_cycle();
    assert_eq!(delete(&mut bench, &hash_data(&csms)), "Accepted");
    bench.power_cycle();
    assert_eq!(installed(&mut bench, CSMS), [hash_data(&second)]);
    assert_eq!(
        delete(&mut bench, &hash_data(&second)),
        "Failed",
        "in use, and the last one"
    );
    assert_eq!(delete(&mut bench, &hash_data(&csms)), "NotFound");
    assert_eq!(delete(&mut bench, &hash_data(&maker)), "Accepted");
}

#[test]
fn m04_fr_06_the_root_of_the_connection_cannot_be_deleted() {
    let (csms, second) = (root("Operator Root"), root("Second"));
    let (mut bench, _) = secure(&csms);
    assert_eq!(install(&mut bench, CSMS, &second), "Accepted");
    assert_eq!(delete(&mut bench, &hash_data(&csms)), "Failed");
    assert_eq!(delete(&mut bench, &hash_data(&second)), "Accepted");
}

#[test]
fn m05_a_full_store_and_bad_certificates_are_rejected_and_change_nothing() {
    let csms = root("Operator Root");
    let mut limited = config();
    limited.limits.certificates = 2;
    let (mut bench, _) = station_with(limited);
    bench.start();
    assert_eq!(install(&mut bench, CSMS, &csms), "Accepted");
    assert_eq!(
        install(&mut bench, MANUFACTURER, &root("Maker")),
        "Accepted"
    );
    bench.all_calls();
    let before = records(&bench);
    assert_eq!(
        install(&mut bench, CSMS, &root("Third")),
        "Rejected",
        "WP:M05.FR.03"
    );
    assert_eq!(records(&bench), before);
    let key = json!({"key": ["CertificateStoreMaxLength"]});
    let answer = bench.call("GetConfiguration", key).unwrap().unwrap();
    assert_eq!(answer["configurationKey"][0]["value"], "2");

    let (mut bench, _) = station();
    let before = records(&bench);
    let expired = root_of("Old", (2020, 2021));
    assert_eq!(install(&mut bench, CSMS, &expired), "Rejected");
    let garbage = json!({"certificateType": CSMS, "certificate": "garbage"});
    assert_eq!(
        status(&mut bench, "InstallCertificate", garbage),
        "Rejected"
    );
    let told = events(&mut bench);
    assert_eq!(
        told,
        [
            "InvalidCentralSystemCertificate",
            "InvalidCentralSystemCertificate"
        ]
    );
    assert_eq!(records(&bench), before);
}

#[test]
fn m05_fr_08_to_13_one_root_at_a_time_with_the_old_one_as_fallback() {
    let old = root("Old Root");
    let new = successor("New Root", &old);
    let mut careful = config();
    careful.features.additional_root_check = true;
    let (mut bench, world) = station_with(careful);
    bench.start();
    set(&mut bench, "AuthorizationKey", PASSWORD);
    assert_eq!(install(&mut bench, CSMS, &old), "Accepted");
    set(&mut bench, "SecurityProfile", "2");
    bench.run(2);
    assert_eq!(
        install(&mut bench, CSMS, &root("Stranger")),
        "Rejected",
        "WP:M05.FR.10"
    );
    assert_eq!(install(&mut bench, CSMS, &new), "Accepted", "WP:M05.FR.11");
    assert_eq!(installed(&mut bench, CSMS).len(), 2);

    // The CSMS still uses the old root: the fallback stays (WP:M05.FR.13).
    world.borrow_mut().only_old_root = true;
    bench.network(false);
    bench.network(true);
    bench.run(30);
    let roots = bench.connection().roots;
    assert_eq!(roots.len(), 2);
    assert_eq!(
        roots[0].pem.trim(),
        new.pem().trim(),
        "the new one is tried first"
    );
    assert_eq!(installed(&mut bench, CSMS).len(), 2);

    // Now it uses the new one: the fallback goes (WP:M05.FR.12), also from the durable memory.
    world.borrow_mut().only_old_root = false;
    bench.network(false);
    bench.network(true);
    bench.run(30);
    assert_eq!(installed(&mut bench, CSMS).len(), 1);
    bench.power_cycle();
    assert_eq!(installed(&mut bench, CSMS).len(), 1);
    assert_eq!(bench.connection().roots.len(), 1);
}

#[test]
fn a00_fr_806_a_pending_station_asks_for_a_certificate_when_it_is_told_to() {
    let (mut bench, _) = station_with(config());
    let mut friendly = accepting();
    bench.answer_with(move |action, payload| match action {
        "BootNotification" => {
            Answer::Respond(json!({"status": "Pending", "currentTime": "now", "interval": 300}))
        }
        _ => friendly(action, payload),
    });
    bench.start();
    assert!(request_certificate(&mut bench).contains("BEGIN CERTIFICATE REQUEST"));
}

#[test]
fn a02_fr_03_a_request_that_was_lost_with_the_connection_is_sent_again() {
    let (mut bench, _) = station();
    bench.answer_with(|action, _| match action {
        "SignCertificate" => Answer::Silence,
        _ => Answer::Respond(json!({})),
    });
    let first = request_certificate(&mut bench);
    bench.network(false);
    bench.answer_with(accepting());
    bench.network(true);
    bench.run(60);
    let requests = |bench: &mut Bench| {
        let calls = bench.all_calls();
        let of_signing = calls
            .into_iter()
            .filter(|call| call.action == "SignCertificate");
        of_signing
            .map(|call| call.payload["csr"].as_str().unwrap().to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(requests(&mut bench), [first], "the same request");
    bench.power_cycle();
    bench.run(60);
    assert!(requests(&mut bench).is_empty(), "the CSMS has it");
}
