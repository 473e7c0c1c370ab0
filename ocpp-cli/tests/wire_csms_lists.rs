//! The lists of cases of a CSMS over real connections against `ocpp csms`, with all security profiles.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::collections::BTreeMap;
use std::process::Command;

use common::{Folder, Program};
use ocpp_conformance::case::Side;
use ocpp_tokio::ServerTls;
use serde_json::Value;

/// A CSMS with a listener for each profile, its certificates, and an authority for those of stations.
struct Site {
    csms: Program,
    _folder: Folder,
}

impl Site {
    fn new(name: &str) -> Self {
        let folder = Folder::new(name);
        let out = folder.path().to_str().unwrap();
        let made = Command::new(env!("CARGO_BIN_EXE_ocpp"))
            .args(["conformance", "pki", "--csms", "127.0.0.1", "--out", out])
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let file = |name: &str| folder.file(name);
        let mut args: Vec<String> = ["csms", "--api", "127.0.0.1:0", "--log", "off"]
            .into_iter()
            .chain(["--interval", "2", "--price", "0.30"])
            .map(ToOwned::to_owned)
            .collect();
        for profile in 0..=3 {
            args.extend(["--listen".into(), format!("{profile}@127.0.0.1:0")]);
        }
        for (option, name) in [
            ("--cert", "csms.pem"),
            ("--key", "csms.key"),
            ("--client-ca", "csms-root.pem"),
            ("--signing-ca", "csms-root.pem"),
            ("--signing-key", "csms-root.key"),
            // They are made.
            ("--v2g-ca", "v2g-root.pem"),
            ("--v2g-key", "v2g-root.key"),
        ] {
            args.extend([option.into(), file(name)]);
        }
        if ServerTls::HAS_RSA_SUITES {
            args.extend(["--cert".into(), file("csms-rsa.pem")]);
            args.extend(["--key".into(), file("csms-rsa.key")]);
            args.push("--rsa-suites".into());
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        Self {
            csms: Program::start(&args, 5),
            _folder: folder,
        }
    }

    /// The report about cases of a preset; about all of them if none is named.
    fn judged(&self, preset: &str, cases: &[&str]) -> Value {
        let mut lab = Command::new(env!("CARGO_BIN_EXE_ocpp"));
        lab.args(["conformance", "run", "--role", "csms", "--preset", preset]);
        lab.args(["--short-intervals", "--quiet", "--report", "json"]);
        let api = format!("http://{}", self.csms.address("operator"));
        lab.args(["--wire", &api]);
        for (profile, address) in self.csms.addresses("stations").iter().enumerate() {
            let scheme = if profile < 2 { "ws" } else { "wss" };
            lab.args(["--url", &format!("{profile}@{scheme}://{address}")]);
        }
        let output = lab.args(cases).output().unwrap();
        let report = serde_json::from_slice(&output.stdout);
        report.unwrap_or_else(|error| {
            let said = String::from_utf8_lossy(&output.stderr);
            panic!("{error}: {said}")
        })
    }
}

/// The verdicts of a report, with the reason or the failed check.
fn verdicts(report: &Value) -> BTreeMap<String, (String, String)> {
    let all = report["cases"].as_array().unwrap().iter();
    let verdict = |case: &Value| {
        let text = |member: &str| case[member].as_str().unwrap_or_default().to_owned();
        let why = format!("{}{}", text("reason"), text("failed_check"));
        (text("id"), (text("result"), why))
    };
    all.map(verdict).collect()
}

fn all_pass(report: &Value, cases: &[&str]) {
    assert_eq!(report["bench"], "wire");
    let verdicts = verdicts(report);
    assert_eq!(verdicts.len(), cases.len(), "{verdicts:#?}");
    for (id, (result, why)) in &verdicts {
        let case = report["cases"].as_array().unwrap().iter();
        let case = case.clone().find(|case| case["id"] == **id).unwrap();
        assert_eq!(result, "PASS", "{id}: {why}\n{case:#}");
    }
}

/// Half of the suites need OpenSSL.
const WITH_RSA: [&str; 4] = ["TC_086_CSMS", "TC_087_CSMS", "TC_A_04_CSMS", "TC_A_07_CSMS"];

fn possible(cases: &[&'static str]) -> Vec<&'static str> {
    let cases = cases.iter().copied();
    let can = |case: &&str| ServerTls::HAS_RSA_SUITES || !WITH_RSA.contains(case);
    cases.filter(can).collect()
}

#[test]
fn passwords_certificates_and_tls_of_a_central_system_are_judged() {
    let cases = possible(&[
        "TC_073_CSMS",
        "TC_074_CSMS",
        "TC_075_1_CSMS",
        "TC_077_CSMS",
        "TC_083_CSMS",
        "TC_085_CSMS",
        "TC_086_CSMS",
        "TC_087_CSMS",
    ]);
    let site = Site::new("wire-security-1.6");
    all_pass(&site.judged("csms-1.6", &cases), &cases);
}

#[test]
fn errors_of_stations_costs_and_tokens_that_were_other_ones_before_are_judged() {
    // Each lab has stations of its own with the same names.
    let site = Site::new("wire-others-1.6");
    let cases = [
        "TC_023_3_CSMS",
        "TC_037_3_CSMS",
        "TC_004_1_CSMS",
        "TC_039_CSMS",
    ];
    all_pass(&site.judged("csms-1.6", &cases), &cases);
    let site = Site::new("wire-others-2.0.1");
    let cases = [
        "TC_I_01_CSMS",
        "TC_I_02_CSMS",
        "TC_K_15_CSMS",
        "TC_E_04_CSMS",
    ];
    all_pass(&site.judged("csms-2.0.1", &cases), &cases);
}

#[test]
fn passwords_certificates_and_tls_of_a_csms_are_judged() {
    let cases = possible(&[
        "TC_A_01_CSMS",
        "TC_A_02_CSMS",
        "TC_A_03_CSMS",
        "TC_A_04_CSMS",
        "TC_A_06_CSMS",
        "TC_A_07_CSMS",
        "TC_A_08_CSMS",
        "TC_A_09_CSMS",
        "TC_A_10_CSMS",
        "TC_A_11_CSMS",
        "TC_A_12_CSMS",
        "TC_A_14_CSMS",
        "TC_A_19_CSMS",
    ]);
    let site = Site::new("wire-security-2.0.1");
    all_pass(&site.judged("csms-2.0.1", &cases), &cases);
}

/// Everything, as a CSMS with every feature: a few minutes. The cases wait most of the time, so several labs work side by side, each at
/// a CSMS of its own.
#[test]
fn the_whole_lists_pass() {
    const LABS: usize = 8;
    if std::env::var_os("OCPP_EXHAUSTIVE").is_none() {
        return;
    }
    let mut wrong = Vec::new();
    for preset in ["kevs", "csms-1.6", "csms-2.0.1"] {
        let version = ocpp_conformance::preset::named(preset).unwrap().version;
        let all = ocpp_conformance::cases::of_side(version, Side::Csms);
        let all = possible(&all.iter().map(|case| case.id).collect::<Vec<_>>());
        let judged = |lab: usize| {
            let cases: Vec<&str> = all.iter().copied().skip(lab).step_by(LABS).collect();
            let site = Site::new(&format!("wire-lists-{preset}-{lab}"));
            verdicts(&site.judged(preset, &cases))
        };
        let found: Vec<_> = std::thread::scope(|scope| {
            let judged = &judged;
            let labs = (0..LABS).map(|lab| scope.spawn(move || judged(lab)));
            let labs: Vec<_> = labs.collect();
            labs.into_iter()
                .flat_map(|lab| lab.join().unwrap())
                .collect()
        });
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (id, (result, why)) in &found {
            *counts.entry(result).or_default() += 1;
            let lacks = result == "NOT_APPLICABLE"
                && (preset == "kevs" || NOT_APPLICABLE.contains(&id.as_str()));
            if result != "PASS" && !lacks {
                wrong.push(format!("{preset} {id}: {result}: {why}"));
            }
        }
        println!("{preset}: {counts:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What `ocpp csms` cannot do that is tested through its operator interface.
const NOT_APPLICABLE: &[&str] = &["TC_M_24_CSMS", "TC_M_26_CSMS", "TC_M_28_CSMS"];
