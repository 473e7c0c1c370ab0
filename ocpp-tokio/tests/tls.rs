//! Security profiles 2 and 3 over real sockets, with good and bad certificates, for every TLS backend.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]
#![cfg(feature = "rustls")]

mod common;
#[path = "common/pki.rs"]
mod pki;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use common::{ALL, Csms};
use ocpp_tokio::server::{Attempt, Authenticator, CommonName, Refusal, Rejection, ServerOptions};
use ocpp_tokio::{
    ClientTls, ConnectError, ConnectOptions, CsmsSecurity, Identity, Password, SecurityEvent,
    SecurityProfile, ServerTls, StationSecurity, TlsConfigError, TlsFailureKind, TlsIdentity,
    Version, connect,
};
use pki::{CSMS, Ca, Leaf, STATION};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const PASSWORD: &str = "a-password-of-2.x";

/// Lets CP1 in and remembers whom the server turned away.
#[derive(Clone, Default)]
struct Door(Arc<Mutex<Vec<Rejection>>>);

impl Authenticator for Door {
    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<(), Refusal> {
        match attempt.profile {
            SecurityProfile::TlsCertificate => {
                let certificate = attempt.certificate.expect("profile 3 has a certificate");
                assert_eq!(certificate.organization.as_deref(), Some("Test CSO"));
                Ok(())
            }
            _ => {
                let sent = &attempt
                    .credentials
                    .expect("profile 2 has credentials")
                    .password;
                let password = Password::text(PASSWORD).unwrap();
                if password.matches(sent) {
                    Ok(())
                } else {
                    Err(Refusal::WrongPassword)
                }
            }
        }
    }

    fn rejected(&self, _remote: Option<SocketAddr>, rejection: &Rejection) {
        self.0.lock().unwrap().push(rejection.clone());
    }
}

impl Door {
    fn only_rejection(&self) -> Rejection {
        let rejections = self.0.lock().unwrap();
        assert_eq!(rejections.len(), 1, "{rejections:?}");
        rejections[0].clone()
    }
}

/// One way of making both sides.
#[derive(Clone, Copy)]
struct Backend {
    client: MakeClient,
    server: MakeServer,
}

type MakeClient = fn(&[u8], Option<&TlsIdentity>) -> Result<ClientTls, TlsConfigError>;
type MakeServer = fn(&[TlsIdentity], Option<&[u8]>) -> Result<ServerTls, TlsConfigError>;

const RUSTLS: Backend = Backend {
    client: ClientTls::rustls,
    server: ServerTls::rustls,
};

fn backends() -> Vec<Backend> {
    #[cfg_attr(not(feature = "openssl"), allow(unused_mut))]
    let mut backends = vec![RUSTLS];
    #[cfg(feature = "openssl")]
    {
        let openssl = Backend {
            client: ClientTls::openssl,
            server: ServerTls::openssl,
        };
        backends.push(openssl);
        backends.push(Backend {
            server: ServerTls::rustls,
            ..openssl
        });
        backends.push(Backend {
            client: ClientTls::rustls,
            ..openssl
        });
    }
    backends
}

async fn csms(security: CsmsSecurity) -> (Csms<Door>, Door) {
    let door = Door::default();
    (
        Csms::new(ServerOptions::new(&ALL), door.clone(), security).await,
        door,
    )
}

fn station(csms: &Csms<Door>, host: &str, security: StationSecurity) -> ConnectOptions {
    let endpoint = format!("wss://{host}:{}/ocpp", csms.address().port());
    ConnectOptions::new(endpoint, Identity::new("CP1").unwrap(), &ALL).with_security(security)
}

fn with_password(tls: ClientTls) -> StationSecurity {
    StationSecurity::TlsBasic(tls, Password::text(PASSWORD).unwrap())
}

/// What a station reports when the CSMS shows this certificate.
async fn profile_2(
    backend: Backend,
    leaf: &Leaf<'_>,
    trusted: bool,
    host: &str,
) -> Option<ConnectError> {
    let (ca, other) = (Ca::new(), Ca::new());
    let tls = (backend.server)(&[ca.issue(leaf)], None).unwrap();
    let (mut csms, _) = csms(CsmsSecurity::TlsBasic(tls)).await;
    let root = if trusted { ca.pem() } else { other.pem() };
    let options = station(
        &csms,
        host,
        with_password((backend.client)(&root, None).unwrap()),
    );
    match connect(&options).await {
        Ok(mut station) => {
            let mut there = csms.incoming.accept().await.unwrap();
            assert!(station.info().secure && there.info().secure);
            let long = "0123456789".repeat(20_000);
            let (sent, received) = tokio::join!(station.send(&long), there.recv());
            assert_eq!((sent, received.as_deref()), (Ok(()), Ok(long.as_str())));
            None
        }
        Err(error) => Some(error),
    }
}

#[tokio::test]
async fn profile_2_with_a_good_certificate_works() {
    for backend in backends() {
        assert!(profile_2(backend, &CSMS, true, "127.0.0.1").await.is_none());
        assert!(profile_2(backend, &CSMS, true, "localhost").await.is_none());
        let rsa = Leaf { rsa: true, ..CSMS };
        assert!(profile_2(backend, &rsa, true, "localhost").await.is_none());
    }
}

#[tokio::test]
async fn the_name_may_stand_in_the_common_name_as_ocpp_has_it() {
    let by_common_name = Leaf {
        common_name: "localhost",
        alternative_names: &[],
        ..CSMS
    };
    // Where there is a subjectAltName it decides.
    let contradictory = Leaf {
        alternative_names: &["elsewhere.example"],
        ..by_common_name
    };
    for backend in backends() {
        assert!(
            profile_2(backend, &by_common_name, true, "localhost")
                .await
                .is_none()
        );
        let error = profile_2(backend, &contradictory, true, "localhost")
            .await
            .unwrap();
        assert_eq!(
            error.security_event(),
            Some(SecurityEvent::InvalidCsmsCertificate)
        );
    }
}

/// A00.FR.309, A00.FR.412, and erratum 2.62 (2025-02) of 2.0.1: a name with a wildcard is none, unless it is allowed.
#[tokio::test]
async fn a_wildcard_in_the_name_is_refused_unless_it_is_allowed() {
    const HOST: &str = "csms.example.com";
    const WILDCARD: &str = "*.example.com";
    let named = |common_name, alternative_names| Leaf {
        common_name,
        alternative_names,
        ..CSMS
    };
    for backend in backends() {
        for (leaf, host, plain, allowed) in [
            (named(WILDCARD, &[WILDCARD]), HOST, false, true),
            (named(HOST, &[WILDCARD]), HOST, false, true),
            (named(WILDCARD, &[]), HOST, false, true),
            // A name without wildcard is enough.
            (named(WILDCARD, &[WILDCARD, HOST]), HOST, true, true),
            (named("CSMS.Example.com", &[]), HOST, true, true),
            // It stands for one label.
            (named(WILDCARD, &[]), "a.csms.example.com", false, false),
            (named(WILDCARD, &[]), "example.com", false, false),
            (named("*.other.com", &[]), HOST, false, false),
            (named("*.0.0.1", &[]), "127.0.0.1", false, false),
        ] {
            let ca = Ca::new();
            let server = (backend.server)(&[ca.issue(&leaf)], None).unwrap();
            let (mut csms, _) = csms(CsmsSecurity::TlsBasic(server)).await;
            let tls = (backend.client)(&ca.pem(), None).unwrap();
            for (allow, works) in [(false, plain), (true, allowed), (false, plain)] {
                let tls = tls.clone().allow_wildcards(allow);
                let mut options = station(&csms, host, with_password(tls));
                options.address = Some(csms.address());
                if works {
                    csms.pair(&options).await;
                    continue;
                }
                let error = connect(&options).await.unwrap_err();
                assert_eq!(
                    error.security_event(),
                    Some(SecurityEvent::InvalidCsmsCertificate),
                    "{error} {} {host} {allow}",
                    leaf.common_name
                );
            }
        }
    }
}

#[tokio::test]
async fn a_bad_csms_certificate_is_an_invalid_csms_certificate_event() {
    for backend in backends() {
        for (leaf, trusted) in [
            (
                Leaf {
                    expired: true,
                    ..CSMS
                },
                true,
            ),
            (
                Leaf {
                    alternative_names: &["elsewhere.example"],
                    ..CSMS
                },
                true,
            ),
            (
                Leaf {
                    client: true,
                    ..CSMS
                },
                true,
            ),
            (CSMS, false),
        ] {
            let error = profile_2(backend, &leaf, trusted, "localhost")
                .await
                .unwrap();
            assert_eq!(
                error.security_event(),
                Some(SecurityEvent::InvalidCsmsCertificate),
                "{error} {} {trusted}",
                leaf.common_name
            );
        }
    }
}

#[tokio::test]
async fn with_two_certificates_stations_of_both_kinds_are_served() {
    let ca = Ca::new();
    let identities = [ca.issue(&CSMS), ca.issue(&Leaf { rsa: true, ..CSMS })];
    for backend in backends() {
        let tls = (backend.server)(&identities, None).unwrap();
        let (mut csms, _) = csms(CsmsSecurity::TlsBasic(tls)).await;
        let client = (backend.client)(&ca.pem(), None).unwrap();
        csms.pair(&station(&csms, "localhost", with_password(client)))
            .await;
    }
}

#[tokio::test]
async fn a_wrong_password_over_tls_is_a_failed_authentication() {
    let ca = Ca::new();
    let tls = ServerTls::rustls(&[ca.issue(&CSMS)], None).unwrap();
    let (csms, door) = csms(CsmsSecurity::TlsBasic(tls)).await;
    let client = ClientTls::rustls(&ca.pem(), None).unwrap();
    let wrong = Password::text("not-the-password").unwrap();
    let options = station(&csms, "localhost", StationSecurity::TlsBasic(client, wrong));
    let error = connect(&options).await.unwrap_err();
    assert_eq!(
        error.security_event(),
        Some(SecurityEvent::FailedToAuthenticateAtCsms)
    );
    assert!(matches!(
        door.only_rejection(),
        Rejection::Refused {
            refusal: Refusal::WrongPassword,
            ..
        }
    ));
}

/// Both sides' view of a station that shows this certificate.
async fn profile_3(
    backend: Backend,
    leaf: Option<&Leaf<'_>>,
    trusted: bool,
) -> Result<(), (ConnectError, Rejection)> {
    let (ca, other) = (Ca::new(), Ca::new());
    let client_root = if trusted { ca.pem() } else { other.pem() };
    let tls = (backend.server)(&[ca.issue(&CSMS)], Some(&client_root)).unwrap();
    let (mut csms, door) = csms(CsmsSecurity::TlsCertificate(tls)).await;
    let identity = leaf.map(|leaf| ca.issue(leaf));
    let client = (backend.client)(&ca.pem(), identity.as_ref()).unwrap();
    // Without a certificate, profile 3 is refused before connecting; a station of profile 2 gets further.
    let security = match leaf {
        Some(_) => StationSecurity::TlsCertificate(client),
        None => with_password(client),
    };
    match connect(&station(&csms, "localhost", security)).await {
        Ok(_) => {
            csms.incoming.accept().await.unwrap();
            Ok(())
        }
        Err(error) => {
            // The server may still be busy telling the authenticator.
            while door.0.lock().unwrap().is_empty() {
                tokio::task::yield_now().await;
            }
            Err((error, door.only_rejection()))
        }
    }
}

#[tokio::test]
async fn profile_3_lets_the_station_in_whose_name_the_certificate_carries() {
    for backend in backends() {
        profile_3(backend, Some(&STATION), true).await.unwrap();
        profile_3(
            backend,
            Some(&Leaf {
                rsa: true,
                ..STATION
            }),
            true,
        )
        .await
        .unwrap();
    }
}

#[tokio::test]
async fn profile_3_refuses_every_other_certificate() {
    for backend in backends() {
        for (leaf, trusted) in [
            (None, true),
            (Some(&STATION), false),
            (
                Some(&Leaf {
                    expired: true,
                    ..STATION
                }),
                true,
            ),
            (
                Some(&Leaf {
                    client: false,
                    ..STATION
                }),
                true,
            ),
        ] {
            let (error, rejection) = profile_3(backend, leaf, trusted).await.unwrap_err();
            // Depending on the moment, the station reads the alert or only finds the connection reset.
            let event = error.security_event();
            assert!(
                matches!(
                    event,
                    None | Some(SecurityEvent::FailedToAuthenticateAtCsms)
                ),
                "{error}"
            );
            assert_eq!(
                rejection.security_event(),
                Some(SecurityEvent::InvalidChargingStationCertificate),
                "{rejection}"
            );
        }
        let other = Leaf {
            common_name: "CP2",
            ..STATION
        };
        let (error, rejection) = profile_3(backend, Some(&other), true).await.unwrap_err();
        assert!(matches!(error, ConnectError::Refused(403)), "{error}");
        assert!(
            matches!(&rejection, Rejection::WrongCertificate { common_name: Some(name), .. } if name == "CP2")
        );
    }
}

#[tokio::test]
async fn the_authenticator_can_match_serial_numbers_to_identities() {
    let ca = Ca::new();
    let tls = ServerTls::rustls(&[ca.issue(&CSMS)], Some(&ca.pem())).unwrap();
    let mut options = ServerOptions::new(&ALL);
    options.common_name = CommonName::Authenticator;
    let security = CsmsSecurity::TlsCertificate(tls);
    let mut csms = Csms::new(options, Door::default(), security).await;
    let identity = ca.issue(&Leaf {
        common_name: "SERIAL-4711",
        ..STATION
    });
    let client = ClientTls::rustls(&ca.pem(), Some(&identity)).unwrap();
    let options = station(&csms, "localhost", StationSecurity::TlsCertificate(client));
    csms.pair(&options).await;
}

#[tokio::test]
async fn profile_3_needs_certificates_on_both_sides_to_begin_with() {
    let ca = Ca::new();
    let client = ClientTls::rustls(&ca.pem(), None).unwrap();
    let options = ConnectOptions::new(
        "wss://localhost/",
        Identity::new("CP1").unwrap(),
        &[Version::V1_6],
    )
    .with_security(StationSecurity::TlsCertificate(client));
    assert!(matches!(
        connect(&options).await,
        Err(ConnectError::Options(_))
    ));
    let tls = ServerTls::rustls(&[ca.issue(&CSMS)], None).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = ocpp_tokio::Server::new(ServerOptions::new(&ALL), Door::default());
    assert!(
        server
            .listen(listener, CsmsSecurity::TlsCertificate(tls))
            .is_err()
    );
}

#[tokio::test]
async fn unusable_keys_and_certificates_are_configuration_errors() {
    let ca = Ca::new();
    let good = ca.issue(&CSMS);
    let other = ca.issue(&CSMS);
    let mixed = TlsIdentity {
        key_pem: other.key_pem,
        ..good.clone()
    };
    let no_key = TlsIdentity {
        key_pem: b"garbage".to_vec(),
        ..good.clone()
    };
    let no_chain = TlsIdentity {
        chain_pem: Vec::new(),
        ..good
    };
    for backend in backends() {
        for identity in [&mixed, &no_key, &no_chain] {
            assert!((backend.server)(std::slice::from_ref(identity), None).is_err());
            assert!((backend.client)(&ca.pem(), Some(identity)).is_err());
        }
        assert!((backend.server)(&[], None).is_err());
        assert!((backend.client)(b"", None).is_err());
    }
}

/// A CSMS that answers every ClientHello with one alert.
async fn alerting_csms(alert: u8) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut tcp, _)) = listener.accept().await {
            let mut header = [0; 5];
            tcp.read_exact(&mut header).await.unwrap();
            let length = u16::from_be_bytes([header[3], header[4]]);
            let mut hello = vec![0; length.into()];
            tcp.read_exact(&mut hello).await.unwrap();
            tcp.write_all(&[0x15, 3, 1, 0, 2, 2, alert]).await.unwrap();
            tcp.shutdown().await.unwrap();
            let _ = tcp.read_to_end(&mut hello).await;
        }
    });
    address
}

#[tokio::test]
async fn a_csms_of_old_is_an_event_of_its_own() {
    let ca = Ca::new();
    for (alert, event) in [
        (70, SecurityEvent::InvalidTlsVersion),
        (40, SecurityEvent::InvalidTlsCipherSuite),
        (71, SecurityEvent::InvalidTlsCipherSuite),
    ] {
        let address = alerting_csms(alert).await;
        for backend in backends() {
            let security = with_password((backend.client)(&ca.pem(), None).unwrap());
            let endpoint = format!("wss://{address}/");
            let options = ConnectOptions::new(endpoint, Identity::new("CP1").unwrap(), &ALL)
                .with_security(security);
            let error = connect(&options).await.unwrap_err();
            assert_eq!(error.security_event(), Some(event), "{error}");
        }
    }
}

/// A ClientHello of TLS 1.1 with the suite that 1.6 allows old stations, TLS_RSA_WITH_AES_128_CBC_SHA.
fn old_hello() -> Vec<u8> {
    let mut body = vec![3, 2];
    body.extend([7; 32]);
    body.extend([0, 0, 2, 0x00, 0x2F, 1, 0]);
    let mut hello = vec![
        0x16,
        3,
        1,
        0,
        body.len() as u8 + 4,
        1,
        0,
        0,
        body.len() as u8,
    ];
    hello.extend(body);
    hello
}

#[tokio::test]
async fn a_station_of_old_is_turned_away_and_noted() {
    let ca = Ca::new();
    for backend in backends() {
        let tls = (backend.server)(&[ca.issue(&CSMS)], None).unwrap();
        let (csms, door) = csms(CsmsSecurity::TlsBasic(tls)).await;
        let mut socket = TcpStream::connect(csms.address()).await.unwrap();
        socket.write_all(&old_hello()).await.unwrap();
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer).await;
        assert_eq!(answer.first(), Some(&0x15), "an alert");
        // protocol_version; rustls misses an extension of TLS 1.2 first and says handshake_failure.
        assert!(matches!(answer.get(5..), Some([2, 70 | 40])), "{answer:?}");
        while door.0.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        let rejection = door.only_rejection();
        assert_eq!(
            rejection.security_event(),
            Some(SecurityEvent::InvalidTlsVersion)
        );
    }
}

#[tokio::test]
async fn tls_meets_no_tls() {
    let ca = Ca::new();
    let tls = ServerTls::rustls(&[ca.issue(&CSMS)], None).unwrap();
    let (csms, door) = csms(CsmsSecurity::TlsBasic(tls)).await;
    let endpoint = format!("ws://{}/", csms.address());
    let plain = ConnectOptions::new(endpoint, Identity::new("CP1").unwrap(), &ALL)
        .with_security(StationSecurity::Basic(Password::text(PASSWORD).unwrap()));
    assert!(connect(&plain).await.is_err(), "A00.FR.002");
    assert!(matches!(door.only_rejection(), Rejection::Tls(_)));

    let (csms, _) = self::csms(CsmsSecurity::Basic).await;
    let client = ClientTls::rustls(&ca.pem(), None).unwrap();
    let error = connect(&station(&csms, "localhost", with_password(client)))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, ConnectError::Tls(failure) if failure.kind != TlsFailureKind::Version),
        "{error}"
    );
}

#[cfg(feature = "openssl")]
#[tokio::test]
async fn the_tls_rsa_suites_of_the_specification_are_served() {
    use openssl::ssl::{SslConnector, SslMethod, SslVersion};
    let ca = Ca::new();
    let identity = ca.issue(&Leaf { rsa: true, ..CSMS });
    for suite in [
        "AES128-GCM-SHA256",
        "AES256-GCM-SHA384",
        "ECDHE-RSA-AES128-GCM-SHA256",
    ] {
        let tls = ServerTls::openssl(std::slice::from_ref(&identity), None).unwrap();
        let (mut csms, _) = csms(CsmsSecurity::TlsBasic(tls)).await;
        let mut builder = SslConnector::builder(SslMethod::tls_client()).unwrap();
        builder
            .set_max_proto_version(Some(SslVersion::TLS1_2))
            .unwrap();
        builder.set_cipher_list(suite).unwrap();
        let mut store = openssl::x509::store::X509StoreBuilder::new().unwrap();
        store
            .add_cert(openssl::x509::X509::from_pem(&ca.pem()).unwrap())
            .unwrap();
        builder.set_cert_store(store.build());
        let client = ClientTls::from_openssl(builder.build(), false);
        csms.pair(&station(&csms, "localhost", with_password(client)))
            .await;
    }
    // rustls has no RSA key exchange: the station finds no suite in common.
    let mut builder = SslConnector::builder(SslMethod::tls_client()).unwrap();
    builder
        .set_max_proto_version(Some(SslVersion::TLS1_2))
        .unwrap();
    builder.set_cipher_list("AES128-GCM-SHA256").unwrap();
    let tls = ServerTls::rustls(&[identity], None).unwrap();
    let (csms, _) = csms(CsmsSecurity::TlsBasic(tls)).await;
    let client = ClientTls::from_openssl(builder.build(), false);
    let error = connect(&station(&csms, "localhost", with_password(client)))
        .await
        .unwrap_err();
    assert_eq!(
        error.security_event(),
        Some(SecurityEvent::InvalidTlsCipherSuite),
        "{error}"
    );
}
