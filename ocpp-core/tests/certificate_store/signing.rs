//! Certificate requests: order of events, back-off, restarts (A02, A03).

use std::time::Duration;

use ocpp_core::security::{
    CertificateRequest, CertificateSigning, CertificateSigningStatus as Status, CertificateStore,
    CertificateUse, KeyId, PendingSigning, RequestHandle, SecurityEventKind, SigningConfig,
    SigningEnd, SigningOutput as Output, SigningRefused, SigningResponse, SigningRetry, SigningUse,
    StoreConfig, Subject,
};
use ocpp_core::time::{Instant, Now};
use proptest::prelude::*;

use crate::pretend::*;

fn now(second: u64) -> Now {
    Now {
        monotonic: Instant::from_millis(second * 1_000),
        utc: Some(at(NOW)),
    }
}

fn made(key: u8) -> (KeyId, CertificateRequest) {
    let request = CertificateRequest {
        pem: format!("csr {key}"),
        public_key_sha256: [key; 32],
    };
    (KeyId(format!("key {key}")), request)
}

fn station() -> Subject {
    Subject::station("CP", "Op")
}

fn drain(signing: &mut CertificateSigning) -> Vec<Output> {
    std::iter::from_fn(|| signing.poll_output()).collect()
}

fn retrying(repeat_times: u32) -> SigningConfig {
    SigningConfig {
        retry: Some(SigningRetry {
            wait_minimum: Duration::from_secs(30),
            repeat_times,
        }),
        ..SigningConfig::V2
    }
}

fn trusting_store() -> CertificateStore {
    let mut store = CertificateStore::new(StoreConfig::v2());
    store.install(
        &Pretend,
        Some(at(NOW)),
        CertificateUse::CsmsRoot,
        &root("A1"),
    );
    store.install(
        &Pretend,
        Some(at(NOW)),
        CertificateUse::V2gRoot,
        &root("V1"),
    );
    store
}

fn leaf(issuer: &str, key: u8) -> String {
    certificate("C1", issuer, "leaf", 0, 5_000, key)
}

/// A request that was made with this key and sent; its outputs are drained.
fn sent(
    signing: &mut CertificateSigning,
    usage: SigningUse,
    subject: Subject,
    key: u8,
) -> RequestHandle {
    let request = signing.request(usage, subject).unwrap();
    let (id, csr) = made(key);
    signing.request_made(request, id, csr);
    drain(signing);
    request
}

fn signed(
    signing: &mut CertificateSigning,
    store: &mut CertificateStore,
    chain: &str,
    usage: Option<SigningUse>,
) -> Status {
    signing.certificate_signed(&Pretend, store, Some(at(NOW)), chain, usage, None)
}

#[test]
fn the_request_is_stored_before_it_is_sent() {
    let mut signing = CertificateSigning::new(SigningConfig::V2);
    let request = signing
        .request(SigningUse::ChargingStation, station())
        .unwrap();
    assert_eq!(
        drain(&mut signing),
        [Output::MakeRequest {
            request,
            signing_use: SigningUse::ChargingStation,
            subject: station()
        }]
    );
    let (key, csr) = made(1);
    signing.request_made(request, key, csr);
    let outputs = drain(&mut signing);
    assert!(matches!(
        outputs.as_slice(),
        [Output::Store(stored, _), Output::Send { request: sent, csr, signing_use: SigningUse::ChargingStation, request_id: None }]
            if *stored == request && *sent == request && csr == "csr 1"
    ));
}

#[test]
fn without_an_organization_nothing_is_requested() {
    let mut signing = CertificateSigning::new(SigningConfig::V1_6);
    let subject = Subject::station("CP", "");
    let result = signing.request(SigningUse::ChargingStation, subject);
    assert!(matches!(result, Err(SigningRefused::Subject(_))));
    assert!(drain(&mut signing).is_empty());
}

/// The CSMS takes a request, which is stored.
fn taken(signing: &mut CertificateSigning, second: u64, request: RequestHandle) {
    signing.response(now(second), request, SigningResponse::Accepted);
    let outputs = drain(signing);
    assert!(
        matches!(
            outputs.as_slice(),
            [] | [Output::Store(_, PendingSigning { accepted: true, .. })]
        ),
        "{outputs:?}"
    );
}

#[test]
fn a_02_fr_03_a_request_that_did_not_arrive_is_sent_when_the_csms_can_be_reached() {
    let mut signing = CertificateSigning::new(SigningConfig::V1_6);
    let request = sent(&mut signing, SigningUse::ChargingStation, station(), 1);
    signing.resend(|_| true);
    assert!(drain(&mut signing).is_empty(), "it is under way");
    for _ in 0..3 {
        signing.response(now(0), request, SigningResponse::Undelivered);
        signing.resend(|_| false);
        assert!(drain(&mut signing).is_empty());
        signing.resend(|handle| handle == request);
        let outputs = drain(&mut signing);
        assert!(matches!(outputs.as_slice(), [Output::Send { csr, .. }] if csr == "csr 1"));
    }
    taken(&mut signing, 0, request);
    signing.resend(|_| true);
    assert!(drain(&mut signing).is_empty());
}

#[test]
fn a_request_that_was_not_taken_is_sent_again_after_a_restart() {
    let (key, request) = made(1);
    let mut record = PendingSigning {
        signing_use: SigningUse::ChargingStation,
        subject: station(),
        key,
        request,
        request_id: None,
        accepted: false,
    };
    for accepted in [false, true] {
        record.accepted = accepted;
        let records = [(RequestHandle(4), record.clone())];
        let mut signing = CertificateSigning::restore(SigningConfig::V1_6, now(0), records);
        signing.resend(|_| true);
        let sent = drain(&mut signing)
            .iter()
            .any(|o| matches!(o, Output::Send { .. }));
        assert_eq!(sent, !accepted);
    }
}

#[test]
fn a_02_fr_17_to_19_the_wait_doubles_and_then_ends() {
    let mut signing = CertificateSigning::new(retrying(1));
    let request = sent(&mut signing, SigningUse::ChargingStation, station(), 1);
    assert_eq!(
        signing.next_timeout(),
        None,
        "no wait before the CSMS has answered"
    );
    let mut second = 0;
    for wait in [30, 60] {
        taken(&mut signing, second, request);
        assert_eq!(signing.next_timeout(), Some(now(second + wait).monotonic));
        signing.handle_timeout(now(second + wait - 1));
        assert!(drain(&mut signing).is_empty());
        second += wait;
        signing.handle_timeout(now(second));
        assert!(
            matches!(drain(&mut signing).as_slice(), [Output::Send { csr, .. }] if csr == "csr 1")
        );
        assert_eq!(signing.next_timeout(), None);
    }
    signing.response(now(second), request, SigningResponse::Accepted);
    assert_eq!(signing.next_timeout(), None, "stopped");
    // A certificate that comes at last is taken, and only once.
    let mut store = trusting_store();
    let usage = Some(SigningUse::ChargingStation);
    assert_eq!(
        signed(&mut signing, &mut store, &leaf("A1", 1), usage),
        Status::Accepted
    );
    assert_eq!(
        signed(&mut signing, &mut store, &leaf("A1", 1), usage),
        Status::Rejected
    );
}

#[test]
fn without_back_off_a_lost_answer_leaves_the_request_open() {
    let mut signing = CertificateSigning::new(SigningConfig::V1_6);
    let request = sent(&mut signing, SigningUse::ChargingStation, station(), 1);
    signing.response(now(0), request, SigningResponse::Failed);
    assert_eq!(signing.next_timeout(), None);
    let mut store = trusting_store();
    assert_eq!(
        signed(&mut signing, &mut store, &leaf("A1", 1), None),
        Status::Accepted
    );
}

#[test]
fn a_refused_request_is_closed_and_its_key_destroyed() {
    let mut signing = CertificateSigning::new(retrying(3));
    let request = sent(
        &mut signing,
        SigningUse::V2g,
        Subject::secc("S1", "Op", None),
        1,
    );
    signing.response(now(0), request, SigningResponse::Rejected);
    assert_eq!(
        drain(&mut signing),
        [
            Output::Forget(request),
            Output::DeleteKey(KeyId("key 1".into())),
            Output::Ended(request, SigningEnd::Refused)
        ]
    );
    assert_eq!(signing.next_timeout(), None);
    signing.response(now(0), request, SigningResponse::Accepted);
    assert_eq!(signing.next_timeout(), None);
}

#[test]
fn a_new_trigger_supersedes_the_open_request() {
    let mut signing = CertificateSigning::new(SigningConfig::V1_6);
    let first = sent(&mut signing, SigningUse::ChargingStation, station(), 1);
    let second = signing
        .request(SigningUse::ChargingStation, station())
        .unwrap();
    let outputs = drain(&mut signing);
    assert_eq!(outputs[0], Output::Forget(first));
    assert_eq!(outputs[1], Output::DeleteKey(KeyId("key 1".into())));
    assert_eq!(outputs[2], Output::Ended(first, SigningEnd::Superseded));
    // A key that arrives for the first request is of no use.
    let third = signing
        .request(SigningUse::ChargingStation, station())
        .unwrap();
    drain(&mut signing);
    let (key, csr) = made(2);
    signing.request_made(second, key.clone(), csr.clone());
    assert_eq!(drain(&mut signing), [Output::DeleteKey(key)]);
    let (key, csr_again) = made(3);
    signing.request_made(third, key, csr_again.clone());
    drain(&mut signing);
    // A second answer for the same request as well.
    signing.request_made(third, KeyId("stray".into()), csr);
    assert_eq!(
        drain(&mut signing),
        [Output::DeleteKey(KeyId("stray".into()))]
    );
}

#[test]
fn requests_are_bounded() {
    let mut signing = CertificateSigning::new(SigningConfig {
        max_requests: 2,
        ..SigningConfig::V2
    });
    for secc in ["S1", "S2"] {
        signing
            .request(SigningUse::V2g, Subject::secc(secc, "Op", None))
            .unwrap();
    }
    let third = signing.request(SigningUse::V2g, Subject::secc("S3", "Op", None));
    assert_eq!(third, Err(SigningRefused::TooMany));
    assert!(
        signing
            .request(SigningUse::V2g, Subject::secc("S2", "Op", None))
            .is_ok()
    );
}

#[test]
fn a_key_that_cannot_be_made_ends_the_request() {
    let mut signing = CertificateSigning::new(SigningConfig::V1_6);
    let request = signing
        .request(SigningUse::ChargingStation, station())
        .unwrap();
    drain(&mut signing);
    signing.request_failed(request);
    assert_eq!(
        drain(&mut signing),
        [Output::Ended(request, SigningEnd::NoKey)]
    );
    signing.request_failed(request);
    assert!(drain(&mut signing).is_empty());
}

#[test]
fn a_02_fr_20_an_invalid_certificate_ends_the_back_off() {
    let mut signing = CertificateSigning::new(retrying(5));
    let mut store = trusting_store();
    let request = sent(&mut signing, SigningUse::ChargingStation, station(), 1);
    taken(&mut signing, 0, request);
    for invalid in [
        leaf("X9", 1),
        leaf("A1", 2),
        leaf("V1", 1),
        leaf("broken", 1),
        "x".into(),
    ] {
        assert_eq!(
            signed(&mut signing, &mut store, &invalid, None),
            Status::Rejected
        );
        let outputs = drain(&mut signing);
        assert!(matches!(
            outputs.as_slice(),
            [Output::SecurityEvent { kind: SecurityEventKind::InvalidChargingStationCertificate, tech_info }]
                if !tech_info.is_empty() && tech_info.len() <= 255
        ));
        assert_eq!(signing.next_timeout(), None);
    }
    assert_eq!(
        signed(&mut signing, &mut store, &leaf("A1", 1), None),
        Status::Accepted
    );
}

#[test]
fn refusals_that_say_nothing_about_the_certificate_give_no_event() {
    let mut signing = CertificateSigning::new(SigningConfig {
        max_chain_length: 200,
        ..retrying(1)
    });
    let mut store = trusting_store();
    // Nobody asked.
    assert_eq!(
        signed(&mut signing, &mut store, &leaf("A1", 1), None),
        Status::Rejected
    );
    let request = sent(&mut signing, SigningUse::ChargingStation, station(), 1);
    taken(&mut signing, 0, request);
    // Asked for something else.
    let other = Some(SigningUse::V2g);
    assert_eq!(
        signed(&mut signing, &mut store, &leaf("A1", 1), other),
        Status::Rejected
    );
    // A02.FR.16
    let long = leaf("A1", 1) + &" ".repeat(200);
    assert_eq!(
        signed(&mut signing, &mut store, &long, None),
        Status::Rejected
    );
    // Our own trouble.
    let device = leaf("device", 1);
    assert_eq!(
        signed(&mut signing, &mut store, &device, None),
        Status::Rejected
    );
    let no_clock =
        signing.certificate_signed(&Pretend, &mut store, None, &leaf("A1", 1), None, None);
    assert_eq!(no_clock, Status::Rejected);
    assert!(drain(&mut signing).is_empty());
    assert!(signing.next_timeout().is_some(), "still waiting for it");
}

#[test]
fn a_02_fr_06_the_validity_may_begin_later_only_in_1_6() {
    let later = certificate("C1", "A1", "leaf", NOW + 1, 5_000, 1);
    for (config, expected) in [
        (SigningConfig::V1_6, Status::Accepted),
        (SigningConfig::V2, Status::Rejected),
    ] {
        let mut signing = CertificateSigning::new(config);
        sent(&mut signing, SigningUse::ChargingStation, station(), 1);
        assert_eq!(
            signed(&mut signing, &mut trusting_store(), &later, None),
            expected
        );
    }
}

#[test]
fn each_use_is_derived_from_its_own_roots() {
    for (usage, issuer, expected) in [
        (SigningUse::ChargingStation, "A1", Status::Accepted),
        (SigningUse::ChargingStation, "V1", Status::Rejected),
        (SigningUse::V2g, "V1", Status::Accepted),
        (SigningUse::V2g, "A1", Status::Rejected),
        (SigningUse::Combined, "V1", Status::Accepted),
        (SigningUse::Combined, "A1", Status::Accepted),
    ] {
        let mut signing = CertificateSigning::new(SigningConfig::V2);
        sent(&mut signing, usage, station(), 1);
        let status = signed(&mut signing, &mut trusting_store(), &leaf(issuer, 1), None);
        assert_eq!(status, expected, "{usage:?} {issuer}");
    }
}

#[test]
fn several_open_requests_are_told_apart_by_their_key_and_number() {
    let mut signing = CertificateSigning::new(SigningConfig::V2_1);
    let mut store = trusting_store();
    let one = signing
        .request(SigningUse::V2g, Subject::secc("S1", "Op", None))
        .unwrap();
    let two = signing
        .request(SigningUse::V2g, Subject::secc("S2", "Op", None))
        .unwrap();
    drain(&mut signing);
    let mut numbers = Vec::new();
    for (request, key) in [(one, 1), (two, 2)] {
        let (id, csr) = made(key);
        signing.request_made(request, id, csr);
        for output in drain(&mut signing) {
            if let Output::Send { request_id, .. } = output {
                numbers.push(request_id);
            }
        }
    }
    assert!(numbers[0].is_some() && numbers[0] != numbers[1]);
    let mut answer = |chain: &str, number| {
        signing.certificate_signed(
            &Pretend,
            &mut store,
            Some(at(NOW)),
            chain,
            Some(SigningUse::V2g),
            number,
        )
    };
    // The certificate for the second key with the number of the first request is for neither.
    assert_eq!(answer(&leaf("V1", 2), numbers[0]), Status::Rejected);
    assert_eq!(answer(&leaf("V1", 2), numbers[1]), Status::Accepted);
    assert_eq!(answer(&leaf("V1", 1), None), Status::Accepted);
    let names: Vec<_> = store
        .vehicle_certificates()
        .iter()
        .map(|(_, own)| own.common_name.clone())
        .collect();
    assert_eq!(names, ["S1", "S2"]);
}

#[test]
fn the_store_changes_come_before_the_end() {
    let mut signing = CertificateSigning::new(SigningConfig::V2);
    let mut store = trusting_store();
    let request = sent(&mut signing, SigningUse::ChargingStation, station(), 1);
    let chain = certificate("C1", "S1", "leaf", 0, 5_000, 1) + &authority("S1", "A1");
    assert_eq!(
        signed(&mut signing, &mut store, &chain, None),
        Status::Accepted
    );
    let outputs = drain(&mut signing);
    assert!(matches!(
        outputs.as_slice(),
        [
            Output::Change(_),
            Output::Forget(forgotten),
            Output::Ended(ended, SigningEnd::Installed(_)),
            Output::SecurityEvent { kind: SecurityEventKind::ReconfigurationOfSecurityParameters, .. }
        ] if *forgotten == request && *ended == request
    ));
    let (_, own) = store.client_certificate(None).unwrap();
    assert_eq!(own.hash_data, hash_of("C1", "S1"));
    assert_eq!(own.child_hash_data, [hash_of("S1", "A1")]);
    assert_eq!(own.key, KeyId("key 1".into()));
    assert_eq!(own.root, store.roots(CertificateUse::CsmsRoot)[0].0);
}

#[test]
fn an_open_request_survives_a_restart() {
    let mut signing = CertificateSigning::new(retrying(1));
    let request = signing
        .request(SigningUse::ChargingStation, station())
        .unwrap();
    let (key, csr) = made(1);
    signing.request_made(request, key, csr);
    signing.response(now(0), request, SigningResponse::Accepted);
    let stored = drain(&mut signing)
        .into_iter()
        .rev()
        .find_map(|output| match output {
            Output::Store(request, record) => {
                Some((request, serde_json::to_string(&record).unwrap()))
            }
            _ => None,
        });
    let (handle, json) = stored.unwrap();
    let record: PendingSigning = serde_json::from_str(&json).unwrap();
    let mut restored = CertificateSigning::restore(retrying(1), now(100), [(handle, record)]);
    assert_eq!(restored.next_timeout(), Some(now(130).monotonic));
    // Handles are not used twice.
    assert_ne!(
        restored.request(SigningUse::Combined, station()),
        Ok(handle)
    );
    drain(&mut restored);
    let mut store = trusting_store();
    let usage = Some(SigningUse::ChargingStation);
    assert_eq!(
        signed(&mut restored, &mut store, &leaf("A1", 1), usage),
        Status::Accepted
    );
}

#[test]
fn a_03_fr_02_a_certificate_that_soon_expires_is_renewed_once() {
    let ahead = Duration::from_secs(2_000);
    let mut signing = CertificateSigning::new(SigningConfig::V2);
    let mut store = trusting_store();
    sent(&mut signing, SigningUse::ChargingStation, station(), 1);
    signed(&mut signing, &mut store, &leaf("A1", 1), None);
    drain(&mut signing);
    let subject = |usage, name: &str| {
        assert_eq!((usage, name), (SigningUse::ChargingStation, "CP"));
        Some(station())
    };
    signing.renew(&store, at(2_999), ahead, subject);
    assert!(drain(&mut signing).is_empty());
    signing.renew(&store, at(3_000), ahead, |_, _| None);
    assert!(drain(&mut signing).is_empty());
    signing.renew(&store, at(3_000), ahead, subject);
    let [Output::MakeRequest { request, .. }] = drain(&mut signing)[..] else {
        panic!()
    };
    signing.renew(&store, at(3_001), ahead, subject);
    assert!(drain(&mut signing).is_empty(), "already open");
    signing.request_failed(request);
    drain(&mut signing);
    signing.renew(&store, at(3_002), ahead, subject);
    assert!(drain(&mut signing).is_empty(), "once until the next start");
}

#[derive(Debug, Clone)]
enum Step {
    Request(u8),
    Made(u8),
    Failed,
    Respond(u8),
    Signed(String),
    Wait(u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0u8..3).prop_map(Step::Request),
        (0u8..4).prop_map(Step::Made),
        Just(Step::Failed),
        (0u8..4).prop_map(Step::Respond),
        (0u8..4, prop::sample::select(vec!["A1", "V1", "X1"]))
            .prop_map(|(key, issuer)| Step::Signed(leaf(issuer, key))),
        any::<u16>().prop_map(Step::Wait),
    ]
}

proptest! {
    /// Every request ends at most once, nothing is sent for a closed one, and every key is either in the store, waiting,
    /// or destroyed exactly once.
    #[test]
    fn any_order_of_events_keeps_the_books(steps in prop::collection::vec(step(), 0..60)) {
        let mut signing = CertificateSigning::new(retrying(2));
        let mut store = trusting_store();
        let (mut second, mut serial) = (0u64, 0u32);
        let mut handles: Vec<RequestHandle> = Vec::new();
        let (mut ended, mut keys, mut deleted) = (Vec::new(), Vec::new(), Vec::new());
        for step in steps {
            match step {
                Step::Request(kind) => {
                    let usage = [SigningUse::ChargingStation, SigningUse::V2g, SigningUse::Combined][usize::from(kind)];
                    handles.extend(signing.request(usage, station()));
                }
                Step::Made(key) => if let Some(request) = handles.last() {
                    serial += 1;
                    let id = KeyId(format!("{serial}"));
                    keys.push(id.clone());
                    signing.request_made(*request, id, made(key).1);
                },
                Step::Failed => if let Some(request) = handles.first() {
                    signing.request_failed(*request);
                },
                Step::Respond(kind) => if let Some(request) = handles.last() {
                    let response = [SigningResponse::Accepted, SigningResponse::Rejected, SigningResponse::Failed, SigningResponse::Undelivered];
                    signing.response(now(second), *request, response[usize::from(kind)]);
                },
                Step::Signed(chain) => { signed(&mut signing, &mut store, &chain, None); }
                Step::Wait(seconds) => {
                    second += u64::from(seconds);
                    signing.handle_timeout(now(second));
                }
            }
            for output in drain(&mut signing) {
                match output {
                    Output::Ended(request, _) => {
                        prop_assert!(!ended.contains(&request));
                        ended.push(request);
                    }
                    Output::Send { request, .. } => prop_assert!(!ended.contains(&request)),
                    Output::DeleteKey(key)
                    | Output::Change(ocpp_core::security::StoreChange::DeleteKey(key)) => {
                        prop_assert!(!deleted.contains(&key));
                        deleted.push(key);
                    }
                    _ => {}
                }
            }
            prop_assert!(signing.next_timeout().is_none_or(|at| at > now(second).monotonic));
        }
        for key in &deleted {
            prop_assert!(keys.contains(key));
            let in_store = store.records().any(|(_, record)| {
                matches!(record, ocpp_core::security::StoreRecord::Own(own) if own.key == *key)
            });
            prop_assert!(!in_store);
        }
    }
}
