//! A station with real keys and certificates, and the authorities around it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use ocpp_core::Version;
use ocpp_core::security::software::{SoftwareKeys, SoftwareVerifier};
use ocpp_core::security::{
    CertificateId, CertificateVerifier, HashAlgorithm, KeyProvider, SecurityEventKind, SigningUse,
};
use ocpp_core::station::{Input, JobEvent, JobFailure, Output, StationConfig};
use ocpp_core::testing::station::{Bench, friendly_v1_6};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, CertifiedIssuer,
    DistinguishedName, DnType, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use serde_json::{Value, json};

pub(crate) const OPERATOR: &str = "Operator";
pub(crate) const SERIAL: &str = "CP-0815";
/// `OCA_OCTT_admin_test`, as TC_073 sets it.
pub(crate) const PASSWORD: &str = "4F43415F4F4354545F61646D696E5F74657374";

pub(crate) type Authority = CertifiedIssuer<'static, KeyPair>;

fn params(name: &str, years: (i32, i32)) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(years.0, 1, 1);
    params.not_after = date_time_ymd(years.1, 1, 1);
    params.distinguished_name = DistinguishedName::new();
    let subject = &mut params.distinguished_name;
    subject.push(DnType::OrganizationName, OPERATOR);
    subject.push(DnType::CommonName, name);
    params
}

fn authority_params(name: &str, years: (i32, i32)) -> CertificateParams {
    let mut params = params(name, years);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

pub(crate) fn root(name: &str) -> Authority {
    root_of(name, (2020, 2045))
}

pub(crate) fn root_of(name: &str, years: (i32, i32)) -> Authority {
    let key = KeyPair::generate().unwrap();
    CertifiedIssuer::self_signed(authority_params(name, years), key).unwrap()
}

/// A root that an older root has signed.
pub(crate) fn successor(name: &str, issuer: &Authority) -> Authority {
    let key = KeyPair::generate().unwrap();
    CertifiedIssuer::signed_by(authority_params(name, (2020, 2045)), key, issuer).unwrap()
}

/// A certificate for signing firmware, with its key.
pub(crate) fn firmware_signer(issuer: &Authority, years: (i32, i32)) -> String {
    let mut params = params("Firmware", years);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let key = KeyPair::generate().unwrap();
    params.signed_by(&key, issuer).unwrap().pem()
}

/// Signs a request as an authority does, for a span of days.
pub(crate) fn sign(
    csr: &str,
    issuer: &Authority,
    from: (i32, u8, u8),
    to: (i32, u8, u8),
) -> String {
    let mut request = CertificateSigningRequestParams::from_pem(csr).unwrap();
    request.params.not_before = date_time_ymd(from.0, from.1, from.2);
    request.params.not_after = date_time_ymd(to.0, to.1, to.2);
    request.signed_by(issuer).unwrap().pem()
}

/// What the world outside of the station does.
#[derive(Debug, Default)]
pub(crate) struct World {
    /// Connections that are asked for are refused: as often as this says, for this reason.
    pub(crate) refuse: Vec<Option<SecurityEventKind>>,
    /// Whether certificates of the CSMS lead to the second root only.
    pub(crate) only_old_root: bool,
    /// The signature of the firmware on the server is wrong.
    pub(crate) bad_signature: bool,
    /// What the station told the world to forget.
    pub(crate) deleted: Vec<String>,
    /// Keys cannot be made.
    pub(crate) no_keys: bool,
}

pub(crate) type Shared = Rc<RefCell<World>>;

pub(crate) fn config() -> StationConfig {
    StationConfig::builder(Version::V1_6, "Vendor", "Model")
        .evse(Default::default())
        .serial_number(SERIAL)
        .firmware_version("1.0")
        .default_value("CpoName", OPERATOR)
        .default_value("MeterValueSampleInterval", "0")
        .build()
        .unwrap()
}

/// A station that is booted, with keys in software, in a world that a test can change.
pub(crate) fn station_with(config: StationConfig) -> (Bench, Shared) {
    let mut bench = Bench::new(config, friendly_v1_6());
    bench.answer_with(accepting());
    bench.verify_with(|| Box::new(SoftwareVerifier));
    let world = Shared::default();
    let mut counter = 0u8;
    let mut keys = SoftwareKeys::new(move |bytes: &mut [u8]| {
        counter += 1;
        bytes.fill(counter);
    });
    let shared = Rc::clone(&world);
    bench.world(move |output| {
        let mut world = shared.borrow_mut();
        match output {
            Output::Connect(wanted) => {
                if !world.refuse.is_empty() {
                    let kind = world.refuse.remove(0);
                    let refused = kind.map(|kind| Input::ConnectionRefused { kind, info: None });
                    return Some(refused.into_iter().chain([Input::Disconnected]).collect());
                }
                let place = usize::from(world.only_old_root);
                let root: Option<CertificateId> = wanted.roots.get(place).map(|root| root.id);
                let certificate = wanted.client_certificate.as_ref();
                let secured = Input::ConnectionSecured {
                    root,
                    client_certificate: certificate.map(|certificate| certificate.id),
                };
                let version = Version::V1_6;
                Some(vec![secured, Input::Connected { version }])
            }
            Output::MakeCertificateRequest { request, subject } => {
                let made = keys.make_request(SigningUse::ChargingStation, subject).ok();
                let made = made.filter(|_| !world.no_keys);
                let request = *request;
                Some(vec![Input::CertificateRequestMade { request, made }])
            }
            Output::DeleteKey(key) => {
                world.deleted.push(key.0.clone());
                keys.delete(key).unwrap();
                Some(Vec::new())
            }
            Output::VerifyFirmware { job, .. } if world.bad_signature => {
                let event = JobEvent::Failed(JobFailure::Signature);
                Some(vec![Input::Job { job: *job, event }])
            }
            _ => None,
        }
    });
    (bench, world)
}

pub(crate) fn accepting() -> impl FnMut(&str, &Value) -> ocpp_core::testing::station::Answer {
    let mut friendly = friendly_v1_6();
    move |action, payload| match action {
        "SignCertificate" => {
            ocpp_core::testing::station::Answer::Respond(json!({"status": "Accepted"}))
        }
        _ => friendly(action, payload),
    }
}

pub(crate) fn station() -> (Bench, Shared) {
    let (mut bench, world) = station_with(config());
    bench.start();
    bench.all_calls();
    (bench, world)
}

/// A station with profile 2 and a root of the CSMS.
pub(crate) fn secure(csms: &Authority) -> (Bench, Shared) {
    let (mut bench, world) = station();
    set(&mut bench, "AuthorizationKey", PASSWORD);
    assert_eq!(
        install(&mut bench, "CentralSystemRootCertificate", csms),
        "Accepted"
    );
    set(&mut bench, "SecurityProfile", "2");
    bench.run(2);
    assert_eq!(bench.connection().security_profile, 2);
    bench.all_calls();
    (bench, world)
}

/// A station with profile 3.
pub(crate) fn certified(csms: &Authority) -> (Bench, Shared) {
    let (mut bench, world) = secure(csms);
    let csr = request_certificate(&mut bench);
    let chain = sign(&csr, csms, (2024, 1, 1), (2026, 1, 1));
    assert_eq!(signed(&mut bench, &chain), "Accepted");
    set(&mut bench, "SecurityProfile", "3");
    bench.run(2);
    assert!(bench.connection().client_certificate.is_some());
    bench.all_calls();
    (bench, world)
}

pub(crate) fn status(bench: &mut Bench, action: &str, payload: Value) -> String {
    let answer = bench.call(action, payload);
    match answer {
        Some(Ok(answer)) => answer["status"].as_str().unwrap_or("no status").to_string(),
        other => format!("{other:?}"),
    }
}

pub(crate) fn change(bench: &mut Bench, key: &str, value: &str) -> String {
    status(
        bench,
        "ChangeConfiguration",
        json!({"key": key, "value": value}),
    )
}

pub(crate) fn set(bench: &mut Bench, key: &str, value: &str) {
    assert_eq!(change(bench, key, value), "Accepted", "{key}");
}

pub(crate) fn install(bench: &mut Bench, kind: &str, root: &Authority) -> String {
    let payload = json!({"certificateType": kind, "certificate": root.pem()});
    status(bench, "InstallCertificate", payload)
}

/// The hash data of the certificates of a kind.
pub(crate) fn installed(bench: &mut Bench, kind: &str) -> Vec<Value> {
    let payload = json!({"certificateType": kind});
    let answer = bench
        .call("GetInstalledCertificateIds", payload)
        .unwrap()
        .unwrap();
    match answer["status"].as_str().unwrap() {
        "NotFound" => {
            assert!(answer.get("certificateHashData").is_none());
            Vec::new()
        }
        _ => answer["certificateHashData"].as_array().unwrap().clone(),
    }
}

/// What identifies a root, as the CSMS computes it.
pub(crate) fn hash_data(root: &Authority) -> Value {
    let parsed = SoftwareVerifier.parse(&root.pem()).unwrap();
    let der = &parsed[0].der;
    let data = SoftwareVerifier
        .hash_data(der, der, HashAlgorithm::Sha256)
        .unwrap();
    json!({
        "hashAlgorithm": "SHA256",
        "issuerNameHash": data.issuer_name_hash,
        "issuerKeyHash": data.issuer_key_hash,
        "serialNumber": data.serial_number,
    })
}

pub(crate) fn delete(bench: &mut Bench, data: &Value) -> String {
    status(
        bench,
        "DeleteCertificate",
        json!({"certificateHashData": data}),
    )
}

/// Orders the station to ask for a certificate; the request that it sends.
pub(crate) fn request_certificate(bench: &mut Bench) -> String {
    let trigger = json!({"requestedMessage": "SignChargePointCertificate"});
    assert_eq!(status(bench, "ExtendedTriggerMessage", trigger), "Accepted");
    let calls = bench.all_calls();
    let call = calls
        .iter()
        .find(|call| call.action == "SignCertificate")
        .unwrap();
    call.payload["csr"].as_str().unwrap().to_string()
}

pub(crate) fn signed(bench: &mut Bench, chain: &str) -> String {
    status(
        bench,
        "CertificateSigned",
        json!({"certificateChain": chain}),
    )
}

/// The types of the security events that the CSMS was told since the last time.
pub(crate) fn events(bench: &mut Bench) -> Vec<String> {
    let calls = bench.all_calls().into_iter();
    calls
        .filter(|call| call.action == "SecurityEventNotification")
        .map(|call| call.payload["type"].as_str().unwrap().to_string())
        .collect()
}

/// The security events in the log.
pub(crate) fn log(bench: &Bench) -> Vec<SecurityEventKind> {
    let outputs = bench.outputs.iter();
    outputs
        .filter_map(|output| match output {
            Output::SecurityEvent { kind, .. } => Some(*kind),
            _ => None,
        })
        .collect()
}

/// The statuses of a kind of notification, in order, all for the same request.
pub(crate) fn statuses(bench: &mut Bench, action: &str, request: i64) -> Vec<String> {
    let calls = bench.all_calls().into_iter();
    calls
        .filter(|call| call.action == action)
        .map(|call| {
            assert_eq!(call.payload["requestId"], json!(request));
            call.payload["status"].as_str().unwrap().to_string()
        })
        .collect()
}

/// Everything durable, for comparisons.
pub(crate) fn records(bench: &Bench) -> BTreeMap<String, String> {
    let mut records = bench.stored.clone();
    records.remove("message-ids");
    records
}
