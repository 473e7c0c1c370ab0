//! Peers that others wrote: a station and a CSMS of the Python packages `ocpp` and `websockets`, and OpenSSL's
//! `s_client`. `.ci/foreign` installs what is needed and runs these tests.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]
#![cfg(all(
    feature = "rustls",
    feature = "deflate",
    feature = "v1_6",
    feature = "v2_0_1"
))]

mod common;
#[path = "common/pki.rs"]
mod pki;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use common::Csms;
use ocpp_core::frame::ErrorCode;
use ocpp_tokio::server::{Attempt, Authenticator, Refusal, Rejection, ServerOptions};
use ocpp_tokio::session::{Driver, Handler, Peer, Reply, SessionOptions, Spoken};
use ocpp_tokio::{
    ConnectOptions, CsmsSecurity, Password, SecurityEvent, SecurityProfile, ServerTls,
    StationSecurity, TlsIdentity, Version,
};
use ocpp_types::{DateTime, Payload, v1_6, v2_0_1};
use pki::{CSMS, Ca, Leaf, STATION};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

const PASSWORD: &str = "a-password-of-2.x";

/// The interpreter that has the packages; `.ci/foreign` makes one and names it here.
fn python() -> String {
    std::env::var("OCPP_FOREIGN_PYTHON").expect(
        "OCPP_FOREIGN_PYTHON must name a Python with the packages of ocpp-tokio/tests/foreign/requirements.txt; \
         `.ci/foreign` installs them and runs these tests",
    )
}

/// A Python program of this folder that has to print "done" and to end well.
struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Program {
    fn start(script: &str, arguments: &[&str]) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign");
        let mut child = Command::new(python())
            .arg(folder.join(script))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("OCPP_FOREIGN_PYTHON can be run");
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    async fn line(&mut self) -> String {
        let line = self.lines.next_line().await.unwrap();
        line.expect("the program says something before it ends; its error is above")
    }

    async fn done(mut self) {
        assert_eq!(self.line().await, "done");
        assert!(self.child.wait().await.unwrap().success());
    }
}

/// A folder for certificates, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("ocpp-foreign-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, content: &[u8]) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Knows CP1's password, and remembers whom the server turned away.
#[derive(Clone, Default)]
struct Door(Arc<Mutex<Vec<Rejection>>>);

impl Authenticator for Door {
    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<(), Refusal> {
        let password = Password::text(PASSWORD).unwrap();
        match (attempt.profile, attempt.credentials) {
            (SecurityProfile::Unsecured | SecurityProfile::TlsCertificate, _) => Ok(()),
            (_, Some(sent)) if password.matches(&sent.password) => Ok(()),
            _ => Err(Refusal::WrongPassword),
        }
    }

    fn rejected(&self, _: Option<std::net::SocketAddr>, rejection: &Rejection) {
        self.0.lock().unwrap().push(rejection.clone());
    }
}

impl Door {
    async fn security_event(&self) -> Option<SecurityEvent> {
        loop {
            if let Some(rejection) = self.0.lock().unwrap().first() {
                return rejection.security_event();
            }
            tokio::task::yield_now().await;
        }
    }
}

async fn csms(security: CsmsSecurity, compression: bool) -> (Csms<Door>, Door) {
    let mut options = ServerOptions::new(&[Version::V2_0_1, Version::V1_6]);
    if !compression {
        options.connection.compression = None;
    }
    let door = Door::default();
    (Csms::new(options, door.clone(), security).await, door)
}

/// What both sides of the tests do in both versions.
#[derive(Clone, Default)]
struct App {
    /// Asks the station for a variable once it has booted.
    asked: Arc<Mutex<Option<String>>>,
}

const BOOTED: &str = r#"{"currentTime":"2024-01-01T00:00:00Z","interval":300,"status":"Accepted"}"#;

impl Handler<v1_6::Protocol> for App {
    async fn handle(
        &self,
        request: v1_6::AnyRequest,
        reply: Reply<v1_6::Protocol>,
        peer: &Peer<v1_6::Protocol>,
    ) {
        use v1_6::AnyRequest as Any;
        macro_rules! answer {
            ($request:ident, $response:expr) => {
                reply.with(&$request, &Payload::decode($response).unwrap())
            };
        }
        match request {
            Any::BootNotification(request) => {
                answer!(request, BOOTED);
                let mut wanted = v1_6::GetConfigurationRequest::new();
                wanted.key = Some(
                    vec!["HeartbeatInterval".parse().unwrap()]
                        .try_into()
                        .unwrap(),
                );
                let answer = peer.call(&wanted).await.unwrap();
                *self.asked.lock().unwrap() = Some(answer.encode().unwrap());
            }
            Any::Authorize(request) => answer!(request, r#"{"idTagInfo":{"status":"Accepted"}}"#),
            Any::StatusNotification(request) => answer!(request, "{}"),
            Any::MeterValues(request) => answer!(request, "{}"),
            Any::StopTransaction(request) => answer!(request, "{}"),
            Any::StartTransaction(request) => answer!(
                request,
                r#"{"transactionId":7,"idTagInfo":{"status":"Accepted"}}"#
            ),
            Any::Heartbeat(request) => {
                reply.with(
                    &request,
                    &v1_6::HeartbeatResponse::new(DateTime::UNIX_EPOCH),
                );
            }
            // The station's side.
            Any::GetConfiguration(request) => answer!(
                request,
                r#"{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":"300"}]}"#
            ),
            Any::TriggerMessage(request) => {
                answer!(request, r#"{"status":"Accepted"}"#);
                peer.call(&v1_6::HeartbeatRequest::new()).await.unwrap();
            }
            _ => reply.refuse(ErrorCode::NotSupported, ""),
        }
    }
}

impl Handler<v2_0_1::Protocol> for App {
    async fn handle(
        &self,
        request: v2_0_1::AnyRequest,
        reply: Reply<v2_0_1::Protocol>,
        peer: &Peer<v2_0_1::Protocol>,
    ) {
        use v2_0_1::AnyRequest as Any;
        macro_rules! answer {
            ($request:ident, $response:expr) => {
                reply.with(&$request, &Payload::decode($response).unwrap())
            };
        }
        match request {
            Any::BootNotification(request) => {
                answer!(request, BOOTED);
                let wanted = v2_0_1::GetVariablesRequest::decode(
                    r#"{"getVariableData":[{"component":{"name":"OCPPCommCtrlr"},
                        "variable":{"name":"HeartbeatInterval"}}]}"#,
                );
                let answer = peer.call(&wanted.unwrap()).await.unwrap();
                *self.asked.lock().unwrap() = Some(answer.encode().unwrap());
            }
            Any::Authorize(request) => answer!(request, r#"{"idTokenInfo":{"status":"Accepted"}}"#),
            Any::StatusNotification(request) => answer!(request, "{}"),
            Any::TransactionEvent(request) => answer!(request, "{}"),
            Any::Heartbeat(request) => {
                reply.with(
                    &request,
                    &v2_0_1::HeartbeatResponse::new(DateTime::UNIX_EPOCH),
                );
            }
            // The station's side.
            Any::GetVariables(request) => answer!(
                request,
                r#"{"getVariableResult":[{"attributeStatus":"Accepted","attributeValue":"300",
                    "component":{"name":"OCPPCommCtrlr"},"variable":{"name":"HeartbeatInterval"}}]}"#
            ),
            Any::TriggerMessage(request) => {
                answer!(request, r#"{"status":"Accepted"}"#);
                peer.call(&v2_0_1::HeartbeatRequest::new()).await.unwrap();
            }
            _ => reply.refuse(ErrorCode::NotSupported, ""),
        }
    }
}

/// Serves one connection of a station until it ends.
async fn serve<P: Spoken>(connection: ocpp_tokio::Connection, app: App)
where
    App: Handler<P>,
{
    let driver = Driver::<P>::csms(connection, SessionOptions::csms()).unwrap();
    driver.run(app).await;
}

/// A foreign station with a CSMS of ours.
async fn foreign_station(
    version: Version,
    compression: bool,
    security: CsmsSecurity,
    more: &[&str],
) {
    let scheme = match security.profile() {
        SecurityProfile::Unsecured | SecurityProfile::Basic => "ws",
        _ => "wss",
    };
    let (mut csms, _) = csms(security, compression).await;
    let url = format!("{scheme}://{}/ocpp", csms.address());
    let name = version.to_string();
    let mut arguments = vec![url.as_str(), "CP1", &name];
    arguments.extend(compression.then_some("--compression"));
    arguments.extend(more);
    let mut station = Program::start("station.py", &arguments);
    let app = App::default();
    let connection = tokio::select! {
        connection = csms.incoming.accept() => connection.unwrap(),
        line = station.line() => panic!("{line} before it was connected"),
    };
    assert_eq!(connection.info().version, version);
    assert_eq!(connection.is_compressed(), compression);
    match version {
        Version::V1_6 => serve::<v1_6::Protocol>(connection, app.clone()).await,
        _ => serve::<v2_0_1::Protocol>(connection, app.clone()).await,
    }
    station.done().await;
    let asked = app.asked.lock().unwrap();
    assert!(
        asked.as_deref().unwrap().contains("HeartbeatInterval"),
        "{asked:?}"
    );
}

const VERSIONS: [Version; 2] = [Version::V1_6, Version::V2_0_1];

#[tokio::test]
#[ignore = "needs Python with the packages of tests/foreign/requirements.txt: run .ci/foreign"]
async fn a_foreign_station_is_served_in_both_versions_compressed_or_not() {
    for version in VERSIONS {
        for compression in [false, true] {
            foreign_station(version, compression, CsmsSecurity::Unsecured, &[]).await;
        }
    }
}

#[tokio::test]
#[ignore = "needs Python with the packages of tests/foreign/requirements.txt: run .ci/foreign"]
async fn a_foreign_station_is_served_with_every_security_profile() {
    let (ca, folder) = (Ca::new(), Folder::new());
    let root = folder.write("root.pem", &ca.pem());
    let identity = ca.issue(&STATION);
    let cert = folder.write("station.pem", &identity.chain_pem);
    let key = folder.write("station.key", &identity.key_pem);
    let password = ["--password", PASSWORD];
    foreign_station(Version::V1_6, true, CsmsSecurity::Basic, &password).await;
    for server in servers() {
        let tls = server(&[ca.issue(&CSMS)], None).unwrap();
        let more = ["--password", PASSWORD, "--ca", &root];
        foreign_station(Version::V1_6, false, CsmsSecurity::TlsBasic(tls), &more).await;
        let tls = server(&[ca.issue(&CSMS)], Some(&ca.pem())).unwrap();
        let more = ["--ca", &root, "--cert", &cert, "--key", &key];
        let security = CsmsSecurity::TlsCertificate(tls);
        foreign_station(Version::V2_0_1, true, security, &more).await;
    }
}

/// A foreign CSMS with a station of ours.
async fn foreign_csms<P: Spoken, B>(boot: &B, compression: bool, tls: Option<(&Ca, &Folder)>)
where
    App: Handler<P>,
    B: ocpp_types::Request<Protocol = P>,
    B::Response: TryFrom<P::Response>,
{
    let name = P::VERSION.to_string();
    let mut arguments = vec![name];
    arguments.extend(compression.then(|| "--compression".to_owned()));
    if let Some((ca, folder)) = tls {
        let identity = ca.issue(&CSMS);
        arguments.push("--cert".into());
        arguments.push(folder.write("csms.pem", &identity.chain_pem));
        arguments.push("--key".into());
        arguments.push(folder.write("csms.key", &identity.key_pem));
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut csms = Program::start("csms.py", &arguments);
    let line = csms.line().await;
    let port = line.strip_prefix("listening ").unwrap();
    let scheme = if tls.is_some() { "wss" } else { "ws" };
    let identity = ocpp_tokio::Identity::new("CP 1").unwrap();
    let mut options =
        ConnectOptions::new(format!("{scheme}://127.0.0.1:{port}/ocpp"), identity, &[]);
    if !compression {
        options.connection.compression = None;
    }
    if let Some((ca, _)) = tls {
        let client = ocpp_tokio::ClientTls::rustls(&ca.pem(), None).unwrap();
        let password = Password::text(PASSWORD).unwrap();
        options = options.with_security(StationSecurity::TlsBasic(client, password));
    }
    let driver = Driver::<P>::station(options, SessionOptions::station());
    let peer = driver.peer();
    let running = tokio::spawn(driver.run(App::default()));
    let (booted, ()) = tokio::join!(peer.call(boot), csms.done());
    booted.unwrap();
    running.abort();
}

#[tokio::test]
#[ignore = "needs Python with the packages of tests/foreign/requirements.txt: run .ci/foreign"]
async fn a_foreign_csms_is_used_in_both_versions_compressed_or_not() {
    let (ca, folder) = (Ca::new(), Folder::new());
    let boot = v1_6::BootNotificationRequest::new("V".parse().unwrap(), "M".parse().unwrap());
    let boot_2 = r#"{"chargingStation":{"model":"M","vendorName":"V"},"reason":"PowerUp"}"#;
    let boot_2 = v2_0_1::BootNotificationRequest::decode(boot_2).unwrap();
    for compression in [false, true] {
        foreign_csms(&boot, compression, None).await;
        foreign_csms(&boot_2, compression, None).await;
    }
    foreign_csms(&boot, true, Some((&ca, &folder))).await;
    foreign_csms(&boot_2, false, Some((&ca, &folder))).await;
}

type MakeServer =
    fn(&[TlsIdentity], Option<&[u8]>) -> Result<ServerTls, ocpp_tokio::TlsConfigError>;

fn servers() -> Vec<MakeServer> {
    vec![
        ServerTls::rustls,
        #[cfg(feature = "openssl")]
        ServerTls::openssl,
    ]
}

/// The system's `openssl s_client` with these options, which asks for a WebSocket; everything that it prints.
async fn s_client(csms: &Csms<Door>, options: &[&str]) -> String {
    let mut child = Command::new("openssl")
        .args(["s_client", "-ign_eof", "-verify_return_error", "-connect"])
        .arg(csms.address().to_string())
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the command openssl is installed");
    let credentials = data_encoding::BASE64.encode(format!("CP1:{PASSWORD}").as_bytes());
    let request = format!(
        "GET /ocpp/CP1 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Protocol: ocpp1.6\r\nAuthorization: Basic {credentials}\r\n\r\n"
    );
    let mut input = child.stdin.take().unwrap();
    // It may have given up already.
    let _ = input.write_all(request.as_bytes()).await;
    let _ = input.flush().await;
    let mut printed = Vec::new();
    let mut output = child.stdout.take().unwrap();
    // Ends when the other side closes, or after the answer.
    while !String::from_utf8_lossy(&printed).contains("HTTP/1.1 101") {
        let mut chunk = [0; 4096];
        match output.read(&mut chunk).await.unwrap() {
            0 => break,
            length => printed.extend_from_slice(&chunk[..length]),
        }
    }
    let _ = child.kill().await;
    let mut errors = Vec::new();
    let _ = child.stderr.take().unwrap().read_to_end(&mut errors).await;
    printed.extend_from_slice(&errors);
    String::from_utf8_lossy(&printed).into_owned()
}

/// A connection comes about with this suite.
async fn connects(server: MakeServer, rsa: bool, arguments: &[&str], suite: &str) {
    let (ca, folder) = (Ca::new(), Folder::new());
    let root = folder.write("root.pem", &ca.pem());
    let tls = server(&[ca.issue(&Leaf { rsa, ..CSMS })], None).unwrap();
    let (csms, _) = csms(CsmsSecurity::TlsBasic(tls), false).await;
    let printed = s_client(&csms, &[&["-CAfile", &root], arguments].concat()).await;
    assert!(printed.contains("HTTP/1.1 101"), "{suite}: {printed}");
    assert!(
        printed.contains(&format!("Cipher is {suite}")),
        "{suite}: {printed}"
    );
}

#[tokio::test]
#[ignore = "needs the command openssl: run .ci/foreign"]
async fn s_client_agrees_on_every_suite_of_the_specification_that_has_forward_secrecy() {
    for server in servers() {
        for rsa in [false, true] {
            let kind = if rsa { "RSA" } else { "ECDSA" };
            for suite in ["AES128-GCM-SHA256", "AES256-GCM-SHA384"] {
                let name = format!("ECDHE-{kind}-{suite}");
                connects(server, rsa, &["-tls1_2", "-cipher", &name], &name).await;
            }
            for name in ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"] {
                connects(server, rsa, &["-tls1_3", "-ciphersuites", name], name).await;
            }
        }
    }
}

#[cfg(feature = "openssl")]
#[tokio::test]
#[ignore = "needs the command openssl: run .ci/foreign"]
async fn s_client_agrees_on_the_tls_rsa_suites_of_the_specification() {
    for suite in ["AES128-GCM-SHA256", "AES256-GCM-SHA384"] {
        connects(
            ServerTls::openssl,
            true,
            &["-tls1_2", "-cipher", suite],
            suite,
        )
        .await;
    }
}

#[tokio::test]
#[ignore = "needs the command openssl: run .ci/foreign"]
async fn s_client_with_what_is_not_allowed_is_turned_away_and_noted() {
    let (ca, folder) = (Ca::new(), Folder::new());
    let root = folder.write("root.pem", &ca.pem());
    let (version, suite) = (
        SecurityEvent::InvalidTlsVersion,
        SecurityEvent::InvalidTlsCipherSuite,
    );
    for server in servers() {
        let refused: [(&[&str], SecurityEvent); 4] = [
            (&["-tls1", "-cipher", "ALL:@SECLEVEL=0"], version),
            (&["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], version),
            (&["-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA"], suite),
            (&["-tls1_2", "-cipher", "AES128-SHA256"], suite),
        ];
        for (arguments, event) in refused {
            let tls = server(&[ca.issue(&Leaf { rsa: true, ..CSMS })], None).unwrap();
            let (csms, door) = csms(CsmsSecurity::TlsBasic(tls), false).await;
            let printed = s_client(&csms, &[&["-CAfile", &root], arguments].concat()).await;
            assert!(!printed.contains("HTTP/1.1"), "{arguments:?}: {printed}");
            assert_eq!(
                door.security_event().await,
                Some(event),
                "{arguments:?}: {printed}"
            );
        }
    }
}

#[tokio::test]
#[ignore = "needs the command openssl: run .ci/foreign"]
async fn s_client_needs_the_certificate_of_a_station_for_profile_3() {
    let (ca, other, folder) = (Ca::new(), Ca::new(), Folder::new());
    let root = folder.write("root.pem", &ca.pem());
    for server in servers() {
        for (identity, admitted) in [(ca.issue(&STATION), true), (other.issue(&STATION), false)] {
            let cert = folder.write("station.pem", &identity.chain_pem);
            let key = folder.write("station.key", &identity.key_pem);
            for version in ["-tls1_2", "-tls1_3"] {
                let tls = server(&[ca.issue(&CSMS)], Some(&ca.pem())).unwrap();
                let (csms, door) = csms(CsmsSecurity::TlsCertificate(tls), false).await;
                let arguments = ["-CAfile", &root, "-cert", &cert, "-key", &key, version];
                let printed = s_client(&csms, &arguments).await;
                assert_eq!(printed.contains("HTTP/1.1 101"), admitted, "{printed}");
                if !admitted {
                    let event = SecurityEvent::InvalidChargingStationCertificate;
                    assert_eq!(door.security_event().await, Some(event), "{printed}");
                }
            }
        }
    }
}
