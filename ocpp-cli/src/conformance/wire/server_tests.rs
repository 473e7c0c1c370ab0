#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::sync::mpsc::{Receiver, channel};

use ocpp_conformance::bench::TlsVersion;
use ocpp_conformance::pki::{Authority, station_key};
use ocpp_tokio::{
    ClientTls, ConnectError, ConnectOptions, Identity, Password, StationSecurity, TlsIdentity,
    connect,
};

use super::*;

const KEY: &str = "0102030405060708090a0b0c0d0e0f1011121314";

/// A server, and what it tells.
struct Lab {
    address: SocketAddr,
    shared: Arc<Shared>,
    events: Receiver<Event>,
}

async fn lab() -> Lab {
    lab_for(None).await
}

/// A lab that tests the station with this identity.
async fn lab_for(identity: Option<&str>) -> Lab {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shared = Arc::new(Shared::for_specimen(identity.map(str::to_owned)));
    let (sender, events) = channel();
    let certificates = Certificates::new("127.0.0.1").unwrap();
    let version = Version::V1_6;
    tokio::spawn(serve(
        listener,
        version,
        certificates,
        shared.clone(),
        sender,
    ));
    Lab {
        address,
        shared,
        events,
    }
}

impl Lab {
    async fn station(&self, security: StationSecurity) -> Result<Connection, ConnectError> {
        self.station_named("CP1", security).await
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

    lab.shared.behave(bench::Server {
        certificate: bench::ServerCertificate::Stranger,
        ..bench::Server::default()
    });
    let security = StationSecurity::TlsBasic(tls(None), password());
    assert!(lab.station(security).await.is_err(), "a bad certificate");
    assert!(matches!(lab.event().await, Event::Refused(_)));
    let why = lab.shared.turned_away().unwrap();
    assert!(why.contains("UnknownCA"), "{why}");
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
