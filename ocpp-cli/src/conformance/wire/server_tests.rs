#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::sync::mpsc::{Receiver, channel};

use ocpp_conformance::bench::TlsVersion;
use ocpp_conformance::pki::{Authority, station_key};
use ocpp_tokio::{
    ClientTls, ConnectError, ConnectOptions, Identity, Password, StationSecurity, TlsIdentity,
    connect,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

const KEY: &str = "0102030405060708090a0b0c0d0e0f1011121314";

/// A server, and what it tells.
struct Lab {
    address: SocketAddr,
    second: SocketAddr,
    shared: Arc<Shared>,
    events: Receiver<Event>,
}

async fn lab() -> Lab {
    lab_for(None).await
}

/// A lab that tests the station with this identity.
async fn lab_for(identity: Option<&str>) -> Lab {
    lab_at("127.0.0.1", identity).await
}

/// A lab that stations know by this name.
async fn lab_at(host: &str, identity: Option<&str>) -> Lab {
    let listener = || TcpListener::bind("127.0.0.1:0");
    let (first, other) = (listener().await.unwrap(), listener().await.unwrap());
    let (address, second) = (first.local_addr().unwrap(), other.local_addr().unwrap());
    let shared = Arc::new(Shared::for_specimen(identity.map(str::to_owned)));
    let (sender, events) = channel();
    let certificates = Certificates::new(host).unwrap();
    let version = Version::V1_6;
    tokio::spawn(serve(
        [(Endpoint::First, first), (Endpoint::Second, other)],
        version,
        certificates,
        shared.clone(),
        sender,
    ));
    Lab {
        address,
        second,
        shared,
        events,
    }
}

impl Lab {
    async fn station(&self, security: StationSecurity) -> Result<Connection, ConnectError> {
        self.station_named("CP1", security).await
    }

    async fn station_at_second(&self) -> Result<Connection, ConnectError> {
        let url = format!("ws://{}", self.second);
        let options = ConnectOptions::new(url, Identity::new("CP1").unwrap(), &[Version::V1_6]);
        connect(&options).await
    }

    async fn station_named(
        &self,
        identity: &str,
        security: StationSecurity,
    ) -> Result<Connection, ConnectError> {
        let scheme = if security.profile() < 2 { "ws" } else { "wss" };
        let url = format!("{scheme}://{}", self.address);
        let identity = Identity::new(identity).unwrap();
        let options = ConnectOptions::new(url, identity, &[Version::V1_6]);
        connect(&options.with_security(security)).await
    }

    /// The next thing that it tells; the server runs in the same thread.
    async fn event(&self) -> Event {
        for _ in 0..1_000 {
            if let Ok(event) = self.events.try_recv() {
                return event;
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("nothing came");
    }

    async fn connected(&self) -> Connected {
        match self.event().await {
            Event::Connected(connected) => connected,
            other => panic!("{other:?}"),
        }
    }

    fn only(&self, profile: u8) {
        self.shared.behave(bench::Server {
            profile: Some(profile),
            ..bench::Server::default()
        });
    }
}

fn password() -> Password {
    Password::authorization_key(KEY).unwrap()
}

fn tls(identity: Option<&TlsIdentity>) -> ClientTls {
    let root = Authority::csms().unwrap().pem().unwrap();
    ClientTls::rustls(root.as_bytes(), identity).unwrap()
}

fn certificate_of(authority: &Authority) -> TlsIdentity {
    TlsIdentity {
        chain_pem: authority.station("SN1").unwrap().into_bytes(),
        key_pem: station_key().unwrap().into_bytes(),
    }
}

#[tokio::test]
async fn one_address_serves_every_profile_and_sees_what_is_shown() {
    let lab = lab().await;
    let own = certificate_of(&Authority::csms().unwrap());
    // What the digits of the key stand for.
    let bytes: Vec<u8> = (1..=9).chain(0x0a..=0x0f).chain(0x10..=0x14).collect();
    for (profile, security) in [
        (0, StationSecurity::Unsecured),
        (1, StationSecurity::Basic(password())),
        (2, StationSecurity::TlsBasic(tls(None), password())),
        (3, StationSecurity::TlsCertificate(tls(Some(&own)))),
    ] {
        let mut station = lab.station(security).await.unwrap();
        let seen = lab.connected().await;
        assert_eq!(seen.security_profile, profile);
        assert_eq!(seen.identity, "CP1");
        let wanted = matches!(profile, 1 | 2).then(|| ("CP1".to_owned(), bytes.clone()));
        assert_eq!(seen.basic, wanted);
        let suite = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256".to_owned();
        assert_eq!(seen.cipher_suites.contains(&suite), profile >= 2);
        let version = (profile >= 2).then_some(TlsVersion::V1_3);
        assert_eq!(seen.tls_version, version);
        assert_eq!(seen.client_certificate.is_some(), profile == 3);
        station.close(CloseCode::NORMAL, "").await;
        assert_eq!(lab.event().await, Event::Disconnected);
    }
}

#[tokio::test]
async fn a_profile_that_is_not_offered_is_refused() {
    let lab = lab().await;
    let with_tls = || StationSecurity::TlsBasic(tls(None), password());
    let without = || StationSecurity::Basic(password());
    for (only, refused, taken) in [(1, with_tls(), without()), (2, without(), with_tls())] {
        lab.only(only);
        let wanted = refused.profile();
        assert!(lab.station(refused).await.is_err());
        match lab.event().await {
            Event::Refused(seen) => assert_eq!(seen.security_profile, wanted),
            other => panic!("{other:?}"),
        }
        let mut station = lab.station(taken).await.unwrap();
        assert_eq!(lab.connected().await.security_profile, only);
        station.close(CloseCode::NORMAL, "").await;
        assert_eq!(lab.event().await, Event::Disconnected);
    }
}

#[tokio::test]
async fn certificates_that_lead_nowhere_are_refused_on_both_sides() {
    let lab = lab().await;
    let stranger = certificate_of(&Authority::stranger().unwrap());
    let security = StationSecurity::TlsCertificate(tls(Some(&stranger)));
    // With TLS 1.3 the station may believe for a moment that it is connected.
    let connected = lab.station(security).await;
    assert!(connected.is_err(), "the certificate of a stranger");
    assert!(matches!(lab.event().await, Event::Refused(_)));

    use bench::ServerCertificate::*;
    for (certificate, words) in [
        (Stranger, "UnknownCA"),
        (SecondRoot, "UnknownCA"),
        (Expired, "CertificateExpired"),
        (Future, "CertificateExpired"),
        (OtherName, "BadCertificate"),
        (Wildcard, "BadCertificate"),
    ] {
        lab.shared.behave(bench::Server {
            certificate,
            ..bench::Server::default()
        });
        let security = StationSecurity::TlsBasic(tls(None), password());
        assert!(lab.station(security).await.is_err(), "{certificate:?}");
        assert!(matches!(lab.event().await, Event::Refused(_)));
        let why = lab.shared.turned_away().unwrap();
        assert!(why.contains(words), "{certificate:?}: {why}");
    }
}

/// The one of TC_A_05 is for the name of the lab, but for the wildcard.
#[tokio::test]
async fn a_wildcard_for_the_name_of_the_lab_is_refused_unless_it_is_allowed() {
    const HOST: &str = "csms.example.com";
    let lab = lab_at(HOST, None).await;
    lab.shared.behave(bench::Server {
        certificate: bench::ServerCertificate::Wildcard,
        ..bench::Server::default()
    });
    for allowed in [false, true] {
        let url = format!("wss://{HOST}:{}", lab.address.port());
        let options = ConnectOptions::new(url, Identity::new("CP1").unwrap(), &[Version::V1_6]);
        let tls = tls(None).allow_wildcards(allowed);
        let mut options = options.with_security(StationSecurity::TlsBasic(tls, password()));
        options.address = Some(lab.address);
        assert_eq!(connect(&options).await.is_ok(), allowed);
    }
}

/// One that trusts everything would go on with TLS 1.1: the lab sees that too.
#[tokio::test]
async fn an_old_version_of_tls_is_refused_or_not() {
    let lab = lab().await;
    let old = |old_tls| {
        lab.shared.behave(bench::Server {
            old_tls,
            ..bench::Server::default()
        });
    };
    old(true);
    let security = || StationSecurity::TlsBasic(tls(None), password());
    let Err(ConnectError::Tls(refused)) = lab.station(security()).await else {
        panic!("it goes on with TLS 1.1");
    };
    let event = refused.station_event();
    assert_eq!(event, Some(ocpp_tokio::SecurityEvent::InvalidTlsVersion));
    let Event::Refused(seen) = lab.event().await else {
        panic!("it was not refused");
    };
    assert_eq!(seen.tls_version, None);
    // One that takes all versions up to 1.2, and waits for the certificate then.
    let hello = [
        [0x16, 3, 1, 0, 51 + 4, 1, 0, 0, 51, 3, 3].as_slice(),
        &[7; 32],
        // One cipher suite, no compression, one signature algorithm.
        &[0, 0, 2, 0xc0, 0x0a, 1, 0, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3],
    ];
    let mut station = TcpStream::connect(lab.address).await.unwrap();
    station.write_all(&hello.concat()).await.unwrap();
    let mut answer = [0; 11];
    station.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer[..3], [0x16, 3, 2]);
    assert_eq!(
        lab.connected().await.tls_version,
        Some(TlsVersion::Outdated)
    );
    assert_eq!(lab.event().await, Event::Disconnected);
    drop(station);
    old(false);
    assert!(lab.station(security()).await.is_ok());
}

#[tokio::test]
async fn each_address_behaves_in_its_own_way() {
    let lab = lab().await;
    lab.shared.behave(bench::Server {
        reachable: false,
        ..bench::Server::default()
    });
    assert!(lab.station(StationSecurity::Unsecured).await.is_err());
    let Event::Refused(seen) = lab.event().await else {
        panic!("it was let in");
    };
    assert_eq!(seen.endpoint, Endpoint::First);
    let _station = lab.station_at_second().await.unwrap();
    assert_eq!(lab.connected().await.endpoint, Endpoint::Second);
}

/// Whoever else is configured for the address of the lab is not the station under test, and nothing is told of him.
#[tokio::test]
async fn only_the_station_under_test_is_let_in() {
    for (named, first) in [(Some("CP2"), "CP2"), (None, "CP3")] {
        let lab = lab_for(named).await;
        let unsecured = || StationSecurity::Unsecured;
        if named.is_some() {
            assert!(lab.station(unsecured()).await.is_err());
            let tls = StationSecurity::TlsBasic(tls(None), password());
            assert!(lab.station(tls).await.is_err());
        }
        let mut station = lab.station_named(first, unsecured()).await.unwrap();
        assert_eq!(lab.connected().await.identity, first);
        station.close(CloseCode::NORMAL, "").await;
        assert_eq!(lab.event().await, Event::Disconnected);
        // It stays the one that is tested.
        assert!(lab.station(unsecured()).await.is_err());
        let mut station = lab.station_named(first, unsecured()).await.unwrap();
        assert_eq!(lab.connected().await.identity, first);
        station.close(CloseCode::NORMAL, "").await;
        assert_eq!(lab.event().await, Event::Disconnected);
    }
}
