//! The programs with TLS: every security profile, certificates that are not valid, and certificates that the management
//! system signs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;
#[path = "../../ocpp-tokio/tests/common/pki.rs"]
mod pki;
mod proxy;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use common::{Folder, Program, ask, http, until};
use ocpp_tokio::{
    ClientTls, ConnectOptions, Identity, StationSecurity, TlsIdentity, Version, connect,
};
use pki::{CSMS, Ca, Leaf, STATION};
use proxy::{Proxy, Target};
use serde_json::{Value, json};

const PASSWORD: &str = "sixteen letters!";

/// A folder with certificates.
struct Files(Folder);

impl Files {
    fn new(name: &str) -> Self {
        Self(Folder::new(name))
    }

    fn write(&self, name: &str, content: &[u8]) -> String {
        let path = self.0.file(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// `--cert` and `--key` with this certificate.
    fn identity(&self, name: &str, identity: &TlsIdentity) -> Vec<String> {
        vec![
            "--cert".into(),
            self.write(&format!("{name}.pem"), &identity.chain_pem),
            "--key".into(),
            self.write(&format!("{name}.key"), &identity.key_pem),
        ]
    }

    /// `option` with this root.
    fn root(&self, option: &str, name: &str, ca: &Ca) -> Vec<String> {
        vec![option.into(), self.write(name, &ca.pem())]
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

fn program(addresses: usize, arguments: &[Vec<String>]) -> Program {
    let arguments = arguments.concat();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    Program::start(&arguments, addresses)
}

/// A CSMS with one station that it knows.
fn csms(more: &[Vec<String>]) -> (Program, SocketAddr) {
    let first = words("csms --listen 127.0.0.1:0 --api 127.0.0.1:0");
    let program = program(2, &[&[first], more].concat());
    let api = program.address("operator");
    ask(
        api,
        "PUT",
        "/v1/stations/CP1",
        &json!({"password": PASSWORD}),
    );
    (program, api)
}

fn station(url: &str, more: &[Vec<String>]) -> Program {
    let first = words("station --id CP1 --control 127.0.0.1:0 --reconnect-wait 1");
    program(
        1,
        &[&[first, vec!["--url".into(), url.into()]], more].concat(),
    )
}

fn until_accepted(station: &Program) {
    until("the station is accepted", || {
        let state = http(station.address("control"), "GET", "/v1/state", &Value::Null).1;
        (state["registration"] == "Accepted" && state["connected"] == true).then_some(())
    });
}

fn frames(api: SocketAddr) -> Vec<Value> {
    let path = "/v1/stations/CP1/messages";
    let all = ask(api, "GET", path, &Value::Null);
    all.as_array().unwrap().clone()
}

#[test]
fn the_programs_speak_with_every_security_profile() {
    let (ca, files) = (Ca::new(), Files::new("profiles"));
    let server = files.identity("csms", &ca.issue(&CSMS));
    let client = files.identity("station", &ca.issue(&STATION));
    let password = vec!["--password".to_owned(), PASSWORD.to_owned()];
    let root = files.root("--ca", "root.pem", &ca);
    let client_root = files.root("--client-ca", "root.pem", &ca);
    for (profile, scheme, csms_has, station_has) in [
        ("1", "ws", vec![], vec![password.clone()]),
        (
            "2",
            "wss",
            vec![server.clone()],
            vec![password, root.clone()],
        ),
        ("3", "wss", vec![server, client_root], vec![root, client]),
    ] {
        for version in ["1.6", "2.0.1"] {
            let profile = words(&format!("--security-profile {profile}"));
            let (csms, _) = csms(&[&[profile], csms_has.as_slice()].concat());
            let url = format!("{scheme}://{}/ocpp", csms.address("stations"));
            let version = words(&format!("--version {version}"));
            let station = station(&url, &[&[version], station_has.as_slice()].concat());
            until_accepted(&station);
        }
    }
}

#[test]
fn a_station_tells_what_was_wrong_with_the_csms_when_it_is_right() {
    let (ca, other, files) = (Ca::new(), Ca::new(), Files::new("wrong"));
    let good = files.identity("good", &ca.issue(&CSMS));
    let root = files.root("--ca", "root.pem", &ca);
    let expired = Leaf {
        expired: true,
        ..CSMS
    };
    let elsewhere = Leaf {
        alternative_names: &["csms.example"],
        ..CSMS
    };
    let invalid = "InvalidCentralSystemCertificate";
    let bad: [(Option<TlsIdentity>, u8, &str); 5] = [
        (Some(ca.issue(&expired)), 0, invalid),
        (Some(ca.issue(&elsewhere)), 0, invalid),
        (Some(other.issue(&CSMS)), 0, invalid),
        // The alerts protocol_version and handshake_failure, as a CSMS sends them that is too old.
        (None, 70, "InvalidTLSVersion"),
        (None, 40, "InvalidTLSCipherSuite"),
    ];
    for (identity, alert, event) in bad {
        let profile = words("--security-profile 2");
        let wrong = identity.map(|identity| {
            let files = files.identity("bad", &identity);
            csms(&[profile.clone(), files]).0
        });
        let (right, api) = csms(&[profile, good.clone()]);
        let proxy = Proxy::new(match &wrong {
            Some(wrong) => Target::Csms(wrong.address("stations")),
            None => Target::Alert(alert),
        });
        let password = vec!["--password".to_owned(), PASSWORD.to_owned()];
        let url = format!("wss://{}/ocpp", proxy.address());
        let station = station(&url, &[root.clone(), password]);
        proxy.until_a_connection_has_ended();
        proxy.lead_to(Target::Csms(right.address("stations")));
        until_accepted(&station);
        until("the event is reported", || {
            let reported = |entry: &Value| entry["frame"][3]["type"] == event;
            frames(api).iter().any(reported).then_some(())
        });
    }
}

/// A ClientHello of TLS 1.1 with TLS_RSA_WITH_AES_128_CBC_SHA.
fn old_hello() -> Vec<u8> {
    let mut hello = vec![0x16, 3, 1, 0, 45, 1, 0, 0, 41, 3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 2, 0x00, 0x2F, 1, 0]);
    hello
}

#[tokio::test]
async fn a_csms_notes_what_is_wrong_with_stations() {
    let (ca, other, files) = (Ca::new(), Ca::new(), Files::new("notes"));
    let server = files.identity("csms", &ca.issue(&CSMS));
    let client_root = files.root("--client-ca", "root.pem", &ca);
    let (csms, _) = csms(&[words("--security-profile 3"), server, client_root]);
    let expired = Leaf {
        expired: true,
        ..STATION
    };
    let somebody = Leaf {
        common_name: "CP2",
        ..STATION
    };
    let url = format!("wss://{}/ocpp", csms.address("stations"));
    let wrong = [
        ca.issue(&expired),
        other.issue(&STATION),
        ca.issue(&somebody),
    ];
    for (noted, identity) in (1..).zip(wrong) {
        let tls = ClientTls::rustls(&ca.pem(), Some(&identity)).unwrap();
        let options = ConnectOptions::new(&url, Identity::new("CP1").unwrap(), &[Version::V1_6])
            .with_security(StationSecurity::TlsCertificate(tls));
        assert!(connect(&options).await.is_err());
        until("the certificate is noted", || {
            let event = "security event InvalidChargingStationCertificate";
            (csms.errors().matches(event).count() == noted).then_some(())
        });
    }
    let mut socket = TcpStream::connect(csms.address("stations")).unwrap();
    socket.write_all(&old_hello()).unwrap();
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    assert_eq!(answer.first(), Some(&0x15), "an alert");
    until("the version is noted", || {
        let event = "security event InvalidTLSVersion";
        csms.errors().contains(event).then_some(())
    });
}

#[test]
fn a_station_renews_its_certificate_and_connects_with_the_new_one() {
    let (ca, files) = (Ca::new(), Files::new("renews"));
    let server = files.identity("csms", &ca.issue(&CSMS));
    let signing = vec![
        "--signing-ca".to_owned(),
        files.0.file("signing.pem"),
        "--signing-key".to_owned(),
        files.0.file("signing.key"),
    ];
    let profile = words("--security-profile 3");
    let client_root = files.root("--client-ca", "root.pem", &ca);
    let (first, api) = csms(&[
        profile.clone(),
        server.clone(),
        client_root,
        signing.clone(),
    ]);
    let proxy = Proxy::new(Target::Csms(first.address("stations")));
    let url = format!("wss://{}/ocpp", proxy.address());
    let own = vec![
        files.identity("station", &ca.issue(&STATION)),
        files.root("--ca", "root.pem", &ca),
        words("--serial CP1 --set CpoName=Operator --state-dir"),
        vec![files.0.file("state")],
    ];
    let station_1 = station(&url, &own);
    until_accepted(&station_1);
    // Certificates are signed for stations that the operator has put.
    ask(api, "PUT", "/v1/stations/CP1", &json!({}));

    // The station accepts certificates of roots that it trusts.
    let root = std::fs::read_to_string(files.0.file("signing.pem")).unwrap();
    let install = json!({"certificateType": "CentralSystemRootCertificate", "certificate": root});
    let call = |action: &str, payload: &Value| {
        let path = format!("/v1/stations/CP1/call/{action}");
        ask(api, "POST", &path, payload)["result"]["status"].clone()
    };
    assert_eq!(call("InstallCertificate", &install), "Accepted");
    let trigger = json!({"requestedMessage": "SignChargePointCertificate"});
    assert_eq!(call("ExtendedTriggerMessage", &trigger), "Accepted");
    until("the certificate is accepted", || {
        let frames = frames(api);
        let signed = frames
            .iter()
            .find(|entry| entry["frame"][2] == "CertificateSigned")?;
        let answered =
            |entry: &&Value| entry["frame"][0] == 3 && entry["frame"][1] == signed["frame"][1];
        let answer = frames.iter().find(answered)?;
        assert_eq!(answer["frame"][2]["status"], "Accepted");
        Some(())
    });
    proxy.until_a_connection_has_ended();
    until_accepted(&station_1);

    // A CSMS that trusts the new certificate only.
    let (second, _) = csms(&[profile, server, signing]);
    proxy.lead_to(Target::Csms(second.address("stations")));
    drop(first);
    until_accepted(&station_1);
    drop(station_1);
    let station_2 = station(&url, &own);
    until_accepted(&station_2);
    assert!(
        !second.errors().contains("security event"),
        "{}",
        second.errors()
    );
}

/// A05, WP:A05: the operator gives a station without security a password, and then lets it use it. With the password alone the station
/// does not change its profile, and comes as before.
#[test]
fn an_operator_takes_a_station_from_no_security_to_a_password() {
    let csms =
        words("csms --listen 0@127.0.0.1:0 --listen 1@127.0.0.1:0 --api 127.0.0.1:0 --log off");
    let csms: Vec<&str> = csms.iter().map(String::as_str).collect();
    let csms = Program::start(&csms, 3);
    let api = csms.address("operator");
    let [open, basic] = csms.addresses("stations")[..] else {
        panic!()
    };
    for (id, version, key, profile) in [
        (
            "CP16",
            "1.6",
            "73697874656566206c65747465727321",
            json!({"variable": "SecurityProfile"}),
        ),
        (
            "CP201",
            "2.0.1",
            "sixteen letters!",
            json!({"component": "SecurityCtrlr", "variable": "SecurityProfile"}),
        ),
    ] {
        let args = format!(
            "station --url ws://{open}/ --id {id} --version {version} --reconnect-wait 1 --log off"
        );
        let args = words(&args);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let _station = Program::start(&args, 0);
        let path = |rest: &str| format!("/v1/stations/{id}{rest}");
        let operate = |operation: &str, body: &Value| {
            http(api, "POST", &path(&format!("/do/{operation}")), body)
        };
        // What the station answers, as soon as it is there.
        let accepted = |operation: &str, body: &Value| {
            until(operation, || {
                let (status, told) = operate(operation, body);
                assert_ne!(told["outcome"], "Refused", "{id} {operation}: {told}");
                (status == 200 && told["error"].is_null()).then_some(told)
            })
        };
        let told = accepted("GetVariables", &json!([profile]));
        assert_eq!(told["variables"][0]["value"], "0", "{told}");
        let connected = || http(api, "GET", &path(""), &Value::Null).1["connected"] == true;
        until("the station is there", || connected().then_some(()));
        let (status, told) = operate("SetPassword", &json!(key));
        assert_eq!(status, 200, "{told}");
        // Without security it comes back without the password.
        let told = accepted("GetVariables", &json!([profile]));
        assert_eq!(told["variables"][0]["value"], "0", "{told}");
        if version == "1.6" {
            accepted("SetVariables", &json!([[profile, "1"]]));
        } else {
            let network = json!({"slot": 2, "profile": {
                "ocppVersion": "OCPP20", "ocppTransport": "JSON", "ocppInterface": "Wired0",
                "ocppCsmsUrl": format!("ws://{basic}/"), "messageTimeout": 30, "securityProfile": 1}});
            accepted("SetNetworkProfile", &network);
            let priority =
                json!({"component": "OCPPCommCtrlr", "variable": "NetworkConfigurationPriority"});
            accepted("SetVariables", &json!([[priority, "2"]]));
            accepted("Reset", &json!({"immediately": true}));
        }
        until("the station has the next profile", || {
            let (status, told) = operate("GetVariables", &json!([profile]));
            let is_raised = status == 200 && told["variables"][0]["value"] == "1";
            is_raised.then_some(())
        });
        // From then on nobody comes without it; the station may have to come back first.
        let path = format!("GET /{id} HTTP/1.1");
        until("strangers are turned away", || {
            let mut stranger = TcpStream::connect(open).unwrap();
            write!(
            stranger,
            "{path}\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ocpp{version}\r\n\r\n"
        )
        .unwrap();
            let mut answer = [0; 12];
            stranger.read_exact(&mut answer).unwrap();
            (&answer == b"HTTP/1.1 401").then_some(())
        });
    }
}
