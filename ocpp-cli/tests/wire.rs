//! The test lab over a real connection: every case of a certificate against `ocpp station`, with TLS and files, and a
//! person at a terminal.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;

use common::{Folder, Program, ask};
use ocpp_conformance::{Case, Product, cases, preset};
use serde_json::{Value, json};

/// An address for a lab that a station can be told before the lab is there. Ports that systems give to connections of
/// their own begin far above.
fn lab_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let begin = u16::try_from(std::process::id() % 200).unwrap() * 40;
    loop {
        let port = 12_000 + begin + NEXT.fetch_add(1, Ordering::Relaxed);
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}

/// A new station of a product, which is to connect to a lab.
struct Bench {
    station: Program,
    lab: SocketAddr,
    folder: Folder,
    /// What the lab is told of the product.
    declared: [String; 2],
}

impl Bench {
    fn new(name: &str, preset: &str) -> Self {
        Self::with(Folder::new(name), preset, &[])
    }

    /// With more options for the station.
    fn with(folder: Folder, preset: &str, more: &[&str]) -> Self {
        Self::of(folder, ["--preset", preset], more)
    }

    /// A station and a lab that both are told so of the product.
    fn of(folder: Folder, declared: [&str; 2], more: &[&str]) -> Self {
        let [how, product] = declared;
        let lab = lab_address();
        let (url, state) = (format!("ws://{lab}"), folder.file("state"));
        let options =
            "--short-intervals --reconnect-wait 1 --id CP-0815 --control 127.0.0.1:0 --no-start";
        let first = [
            "station",
            how,
            product,
            "--url",
            &url,
            "--state-dir",
            &state,
        ];
        let options: Vec<&str> = first
            .into_iter()
            .chain(options.split(' '))
            .chain(more.iter().copied())
            .collect();
        let station = Program::start(&options, 1);
        Self {
            station,
            lab,
            folder,
            declared: declared.map(str::to_owned),
        }
    }

    fn control(&self) -> SocketAddr {
        self.station.address("control")
    }

    /// `ocpp conformance run` for this station.
    fn command(&self, wire: &str, cases: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ocpp"));
        command
            .args(["conformance", "run"])
            .args(&self.declared)
            .arg("--short-intervals")
            .args(["--wire", wire, "--listen", &self.lab.to_string()])
            .args(["--report", "json", "--output", &self.folder.file("report")])
            .args(cases);
        command
    }

    fn run(&self, more: &[&str]) -> (Output, Value) {
        let wire = format!("http://{}", self.control());
        let output = self.command(&wire, more).output().unwrap();
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
        (output, self.report())
    }

    fn report(&self) -> Value {
        let text = std::fs::read_to_string(self.folder.file("report"));
        serde_json::from_str(&text.expect("there is a report")).unwrap()
    }
}

/// The result of each case of a report.
fn results(report: &Value) -> Vec<(String, String)> {
    let cases = report["cases"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    cases
        .map(|case| (text(&case["id"]), text(&case["result"])))
        .collect()
}

type Cases = Vec<&'static Case>;

/// Cases for several stations that run at the same time, and wait most of it. Each list keeps its station busy for about as long
/// as the others.
fn dealt(product: &Product, wanted: impl Fn(&Case) -> bool) -> Vec<Vec<&'static str>> {
    let applies = |case: &&'static Case| case.applicable(product).is_ok() && wanted(case);
    let (secured, open): (Cases, Cases) = cases::all()
        .into_iter()
        .filter(applies)
        .partition(|case| (case.secured)(product) > 0);
    let (basic, tls): (Cases, Cases) = secured
        .into_iter()
        .partition(|case| (case.secured)(product) < 2);
    let mut lists = Vec::new();
    for (cases, stations) in [(open, 8), (basic, 2), (tls, 2)] {
        let mut dealt = vec![Vec::new(); stations];
        for (number, case) in cases.into_iter().enumerate() {
            dealt[number % stations].push(case.id);
        }
        lists.extend(dealt);
    }
    lists
}

#[test]
fn a_station_passes_the_whole_list_of_a_certificate() {
    all_pass("chaevi", dealt(&preset::chaevi(), |_| true));
}

/// Cases of every block of OCPP 2.0.1: all ways of security and of files, some that depend on time and on a connection that goes
/// and comes, one that restarts, one that leaves much behind.
const SOME_OF_2_0_1: [&str; 54] = [
    "TC_A_01_CS",
    "TC_A_04_CS",
    "TC_A_05_CS",
    "TC_A_06_CS",
    "TC_A_07_CS",
    "TC_A_09_CS",
    "TC_A_10_CS",
    "TC_A_11_CS",
    "TC_A_14_CS",
    "TC_A_19_CS",
    "TC_A_20_CS",
    "TC_A_21_CS",
    "TC_A_22_CS",
    "TC_B_01_CS",
    "TC_B_09_CS",
    "TC_B_13_CS",
    "TC_B_21_CS",
    "TC_B_30_CS",
    "TC_B_43_CS",
    "TC_B_45_CS",
    "TC_B_46_CS",
    "TC_B_49_CS",
    "TC_B_50_CS",
    "TC_C_08_CS",
    "TC_C_33_CS",
    "TC_C_39_CS",
    "TC_C_46_CS",
    "TC_E_03_CS",
    "TC_E_05_CS",
    "TC_E_10_CS",
    "TC_E_29_CS",
    "TC_E_39_CS",
    "TC_E_43_CS",
    "TC_E_50_CS",
    "TC_F_04_CS",
    "TC_F_08_CS",
    "TC_F_23_CS",
    "TC_G_11_CS",
    "TC_G_21_CS",
    "TC_J_10_CS",
    "TC_L_01_CS",
    "TC_L_06_CS",
    "TC_L_08_CS",
    "TC_L_10_CS",
    "TC_M_01_CS",
    "TC_M_07_CS",
    "TC_M_12_CS",
    "TC_M_20_CS",
    "TC_N_25_CS",
    "TC_N_26_CS",
    "TC_N_27_CS",
    "TC_N_35_CS",
    "TC_N_36_CS",
    "TC_P_01_CS",
];

/// With `OCPP_EXHAUSTIVE=1` all that applies to the certified product.
#[test]
fn a_station_of_2_0_1_passes_the_list_of_a_certificate() {
    let product = preset::alpitronic();
    let exhaustive = std::env::var_os("OCPP_EXHAUSTIVE").is_some();
    let wanted = |case: &Case| exhaustive || SOME_OF_2_0_1.contains(&case.id);
    let lists = dealt(&product, wanted);
    let number = lists.iter().map(Vec::len).sum::<usize>();
    assert!(if exhaustive {
        number >= 179
    } else {
        number == SOME_OF_2_0_1.len()
    });
    all_pass("alpitronic", lists);
}

/// Cases that do not apply to the certified product; one of them wants a product that does not begin with the energy.
#[test]
fn a_station_with_every_feature_passes_what_no_certificate_lists() {
    let mut bench = Bench::new("wire-full", "full-2.0.1");
    let output = Command::new(env!("CARGO_BIN_EXE_ocpp"))
        .args(["conformance", "product", "--like", "full-2.0.1"])
        .output()
        .unwrap();
    let all = String::from_utf8(output.stdout).unwrap();
    let begins = all.lines().find(|line| line.starts_with("start_points"));
    let begins = begins.unwrap();
    let other = begins.replace(r#","EnergyTransfer""#, "");
    assert_ne!(begins, other);
    let file = bench.folder.file("product.toml");
    std::fs::write(&file, all.replace(begins, &other)).unwrap();
    bench.declared = ["--product".to_owned(), file];
    let (_, report) = bench.run(&["TC_A_23", "TC_E_38"]);
    let passed = ["TC_A_23_CS", "TC_E_38_CS"].map(|id| (id.to_owned(), "PASS".to_owned()));
    assert_eq!(results(&report), passed, "{report:#}");
}

/// A product that no preset is: both sides read the same description.
#[test]
fn a_described_station_passes_what_it_is_described_for() {
    let folder = Folder::new("wire-described");
    let file = folder.file("product.toml");
    let text = "like = \"alpitronic\"\nname = \"our own\"\n\
                [settings]\nserial = \"OWN-7\"\n\
                [v2_0_1]\nadditional_root_check = true\n";
    std::fs::write(&file, text).unwrap();
    let bench = Bench::of(folder, ["--product", &file], &[]);
    let (_, report) = bench.run(&["TC_B_01", "TC_B_47"]);
    let passed = ["TC_B_01_CS", "TC_B_47_CS"].map(|id| (id.to_owned(), "PASS".to_owned()));
    assert_eq!(results(&report), passed, "{report:#}");
    assert_eq!(report["preset"], "our own");
    assert_eq!(report["station"]["serialNumber"], "OWN-7");
}

/// Several stations at the same time, each with a list of cases.
fn all_pass(preset: &'static str, lists: Vec<Vec<&'static str>>) {
    let expected: BTreeSet<&str> = lists.iter().flatten().copied().collect();
    let runs = lists.into_iter().enumerate().map(|(number, list)| {
        thread::spawn(move || {
            let bench = Bench::new(&format!("wire-{preset}-{number}"), preset);
            bench.run(&list)
        })
    });
    let runs: Vec<_> = runs.collect();
    let mut passed = BTreeSet::new();
    for run in runs {
        let (output, report) = run.join().unwrap();
        assert_eq!(report["bench"], "wire");
        assert_eq!(report["preset"], preset);
        for case in report["cases"].as_array().unwrap() {
            assert_eq!(
                case["result"], "PASS",
                "{}: {} {}",
                case["id"], case["failed_check"], case["reason"]
            );
            assert!(case["messages"].as_u64().unwrap() > 0, "{case}");
            // The next case begins with the station that this one leaves.
            assert_eq!(case["untidy"], Value::Null, "{case}");
            assert!(passed.insert(case["id"].as_str().unwrap().to_owned()));
        }
        assert_eq!(output.status.code(), Some(0));
    }
    let passed: BTreeSet<&str> = passed.iter().map(String::as_str).collect();
    assert_eq!(passed, expected);
}

/// It has what `ocpp conformance pki` writes, and the security profile that follows from that.
#[test]
fn a_station_may_begin_with_tls() {
    for (name, profile, list) in [
        ("wire-tls", 2, ["TC_086", "TC_083"]),
        ("wire-certificate", 3, ["TC_074", "TC_087"]),
    ] {
        let folder = Folder::new(name);
        let pki = folder.file("pki");
        let written = Command::new(env!("CARGO_BIN_EXE_ocpp"))
            .args(["conformance", "pki", "--out", &pki])
            .status();
        assert!(written.unwrap().success());
        let file = |name| format!("{pki}/{name}");
        let password = std::fs::read_to_string(file("password.txt")).unwrap();
        let (root, own) = (
            file("csms-root.pem"),
            [file("station.pem"), file("station.key")],
        );
        let mut options = vec!["--ca", &root, "--password", &password];
        if profile == 3 {
            options.extend(["--cert", &own[0], "--key", &own[1]]);
        }
        let bench = Bench::with(folder, "chaevi", &options);
        let (_, report) = bench.run(&list);
        let passed = |result: &(String, String)| result.1 == "PASS";
        assert!(results(&report).iter().all(passed), "{report:#}");
    }
}

/// The certificate of the station names its serial number, and the lab was told another one. That the case has failed is
/// said in a quiet run too.
#[test]
fn a_station_that_is_not_as_declared_fails() {
    let bench = Bench::new("wire-fails", "evsis");
    let (output, report) = bench.run(&["--quiet", "--serial", "ANOTHER", "TC_074"]);
    let said = String::from_utf8(output.stderr).unwrap();
    let failures: Vec<&str> = said.lines().collect();
    let [failure] = failures.as_slice() else {
        panic!("{said}");
    };
    let named = failure.starts_with("FAIL TC_074_CS ");
    assert!(named && failure.contains("expected ANOTHER"), "{said}");
    assert_eq!(results(&report), [("TC_074_CS".into(), "FAIL".into())]);
    let check = report["cases"][0]["failed_check"].as_str().unwrap();
    assert!(check.starts_with("certificate.commonName"), "{check}");
    assert!(check.contains("expected ANOTHER"), "{check}");
    assert_eq!(output.status.code(), Some(1));
}

/// Firmware and diagnostics come and go by FTP.
#[test]
fn a_station_finds_its_files_by_ftp() {
    let bench = Bench::new("wire-files", "cs-technology");
    let (output, report) = bench.run(&["--files-protocol", "ftp", "TC_045_1", "TC_019"]);
    let wanted = ["TC_019_CS", "TC_045_1_CS"].map(|id| (id.to_owned(), "PASS".to_owned()));
    assert_eq!(results(&report), wanted);
    assert_eq!(output.status.code(), Some(0));
}

/// The description is drafted from what the station says, whatever the preset.
#[test]
fn a_station_says_what_product_it_is() {
    for (name, like, said) in [
        ("evsis", "chaevi", "sample_interval"),
        (
            "full-2.0.1",
            "alpitronic",
            "features.local_list: true, not false as of alpitronic",
        ),
    ] {
        let bench = Bench::new(&format!("wire-draft-{name}"), name);
        let output = Command::new(env!("CARGO_BIN_EXE_ocpp"))
            .args(["conformance", "product", "--like", like, "--from-station"])
            .args(["--wire", &format!("http://{}", bench.control())])
            .args(["--listen", &bench.lab.to_string()])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{text}");
        assert!(text.contains(said), "{text}");
        let file = bench.folder.file("drafted.toml");
        std::fs::write(&file, &text).unwrap();
        let listed = Command::new(env!("CARGO_BIN_EXE_ocpp"))
            .args(["conformance", "list", "--product", &file])
            .output()
            .unwrap();
        assert_eq!(listed.status.code(), Some(0), "{text}");
    }
}

#[test]
fn without_a_station_the_lab_says_what_to_start() {
    let (lab, nobody) = (lab_address(), lab_address());
    let output = Command::new(env!("CARGO_BIN_EXE_ocpp"))
        .args(["conformance", "run", "TC_001", "--listen", &lab.to_string()])
        .args(["--wire", &format!("http://{nobody}")])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains(&format!(
            "ocpp station --preset chaevi --url ws://{lab} --id CP-0815"
        )),
        "{said}"
    );
}

/// Somebody who does what the lab asks for, at a station whose control interface the lab does not know.
#[test]
fn a_person_at_the_terminal_is_asked_in_words() {
    let bench = Bench::new("wire-ask", "chaevi");
    let mut lab = bench
        .command("ask", &["TC_003", "TC_019", "TC_023_4"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut answers = lab.stdin.take().unwrap();
    let mut said = BufReader::new(lab.stderr.take().unwrap());
    let control = bench.control();
    let place = json!({"evse": 1, "connector": 1});
    let mut asked = Vec::new();
    loop {
        let mut words = Vec::new();
        if said.read_until(b')', &mut words).unwrap() == 0 {
            break;
        }
        let words = String::from_utf8(words).unwrap();
        eprintln!("{words}");
        let Some((_, wish)) = words.split_once("  > ") else {
            continue;
        };
        let wish = wish.split(", then press").next().unwrap().to_owned();
        let mut answer = "\n";
        if wish.starts_with("Switch the station on") {
            ask(control, "POST", "/v1/start", &json!({}));
        } else if wish.starts_with("Plug the cable of connector 1") {
            ask(control, "POST", "/v1/plug", &place);
        } else if wish.starts_with("Take the cable of connector 1 out") {
            ask(control, "POST", "/v1/unplug", &place);
        } else if wish == "Present the token VALID0001 at the reader, without choosing a connector"
        {
            let token = json!({"evse": 1, "idToken": "VALID0001", "type": "ISO14443"});
            thread::spawn(move || ask(control, "POST", "/v1/token", &token));
        } else {
            // The invalid token is at home.
            answer = "s\n";
        }
        asked.push(wish);
        answers.write_all(answer.as_bytes()).unwrap();
    }
    assert_eq!(lab.wait().unwrap().code(), Some(1));
    let wanted = [
        ("TC_003_CS", "PASS"),
        ("TC_019_CS", "PASS"),
        ("TC_023_4_CS", "FAIL"),
    ];
    let report = bench.report();
    assert_eq!(
        results(&report),
        wanted.map(|(id, result)| (id.to_owned(), result.to_owned())),
        "{asked:?}"
    );
    let check = report["cases"][2]["failed_check"].as_str().unwrap();
    assert_eq!(
        check,
        "skipped by hand at: Choose connector 1, if the station lets you, and present the token INVALID001 at the reader"
    );
    // Nobody has to switch the station off and on for every case.
    let switched = asked
        .iter()
        .filter(|wish| wish.starts_with("Switch the station on"));
    assert_eq!(switched.count(), 1, "{asked:?}");
}
