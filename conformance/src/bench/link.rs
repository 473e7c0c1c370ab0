//! How the station in virtual time connects.

use ocpp_core::security::{AuthorizationKey, AuthorizationKeyRules};
use ocpp_core::station::{Connection, Input};
use ocpp_types::Version;

use super::tls::{Handshake, handshake};
use super::{Bench as _, Connected, Endpoint, Event, TlsVersion, VirtualBench};
use crate::mutation::Flaw;
use crate::pki::{Authority, SECOND_HOST};

/// The identity of the station.
const IDENTITY: &str = "CP-0815";
/// There is no TLS here: these are the suites that the station offers when `ocpp-tokio` connects it.
const CIPHER_SUITES: [&str; 2] = [
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
];

impl VirtualBench {
    pub(super) fn connect(&mut self, wanted: &Connection) {
        if self.flaw() == Some(Flaw::StaysAway) {
            return self.soon(Input::Disconnected);
        }
        if let Some(millis) = self.stays_away_for() {
            return self.after(millis, Input::Disconnected);
        }
        let mut connected = shown(wanted, self.version());
        if self.flaw() == Some(Flaw::StaysHere) {
            connected.endpoint = self.habit.endpoint;
        }
        self.spoil(&mut connected);
        let profile = connected.security_profile;
        let endpoint = connected.endpoint;
        let server = self.server(endpoint).clone();
        let offered = server.profile.is_none_or(|only| only == profile);
        if !self.reachable(endpoint) || !offered {
            self.report(0, Event::Refused(connected));
            return self.soon(Input::Disconnected);
        }
        let root = match handshake(wanted, &server, self.flaw(), self.utc()) {
            Ok(Handshake::Done(root)) => root,
            Ok(Handshake::StationRefuses(kind)) => {
                self.report(0, Event::Refused(connected));
                self.soon(Input::ConnectionRefused { kind, info: None });
                return self.soon(Input::Disconnected);
            }
            Ok(Handshake::ServerRefuses) | Err(_) => {
                self.report(0, Event::Refused(connected));
                return self.soon(Input::Disconnected);
            }
        };
        self.connected = true;
        self.last.clone_from(&connected);
        if self.flaw() != Some(Flaw::KeepsConnection) {
            self.report(0, Event::Connected(connected));
        }
        if profile >= 2 {
            let certificate = wanted.client_certificate.as_ref();
            self.soon(Input::ConnectionSecured {
                root,
                client_certificate: certificate.map(|certificate| certificate.id),
            });
        }
        let version = self.version();
        self.soon(Input::Connected { version });
    }

    /// What the lab sees of a station with a flaw.
    fn spoil(&self, connected: &mut Connected) {
        let habit = &self.habit;
        match self.flaw() {
            Some(Flaw::OldPassword) => connected.basic.clone_from(&habit.basic),
            Some(Flaw::PasswordAsText) => {
                if let Some((_, password)) = &mut connected.basic {
                    *password = password.iter().flat_map(hex).collect();
                }
            }
            Some(Flaw::OtherUser) => {
                if let Some((user, _)) = &mut connected.basic {
                    "SOMEBODY".clone_into(user);
                }
            }
            Some(Flaw::NoCredentials) => {
                connected.basic = None;
                connected.client_certificate = None;
            }
            Some(Flaw::OldCertificate) => {
                let old = &habit.client_certificate;
                connected.client_certificate.clone_from(old);
            }
            Some(Flaw::OtherCertificate) => {
                let stranger = Authority::stranger().and_then(|other| other.server());
                connected.client_certificate = stranger.ok();
            }
            Some(Flaw::OldProfile) => connected.security_profile = habit.security_profile,
            Some(Flaw::OtherKey) => {
                let csms = Authority::csms();
                let other = csms.and_then(|csms| csms.station(IDENTITY));
                connected.client_certificate = other.ok();
            }
            Some(Flaw::NeedlessCertificate) => {
                let csms = Authority::csms();
                let own = csms.and_then(|csms| csms.station(IDENTITY));
                connected.client_certificate = own.ok();
                connected.security_profile = 3;
            }
            Some(Flaw::WeakKey) => {
                let csms = Authority::csms();
                let own = csms.and_then(|csms| csms.weak_station(IDENTITY));
                connected.client_certificate = own.ok();
            }
            Some(Flaw::NoSerialNumber) => {
                let csms = Authority::csms();
                let own = csms.and_then(|csms| csms.unnumbered_station(IDENTITY));
                connected.client_certificate = own.ok();
            }
            Some(Flaw::Unsecured) => connected.security_profile = 1,
            Some(Flaw::OldTls) => connected.tls_version = Some(TlsVersion::Outdated),
            Some(Flaw::NoCiphers) => connected.cipher_suites.clear(),
            Some(Flaw::OldCiphers) => {
                connected.cipher_suites = vec!["TLS_RSA_WITH_3DES_EDE_CBC_SHA".to_owned()];
            }
            Some(Flaw::FallsBack) => {
                let only = self.server(connected.endpoint).profile;
                let only = only.unwrap_or(connected.security_profile);
                connected.security_profile = connected.security_profile.min(only);
            }
            _ => {}
        }
    }
}

fn hex(byte: &u8) -> Vec<u8> {
    format!("{byte:02X}").into_bytes()
}

/// What the server sees of a connection.
fn shown(wanted: &Connection, version: Version) -> Connected {
    let profile = wanted.security_profile;
    let password = wanted.password.as_deref();
    let password = password.filter(|_| profile == 1 || profile == 2);
    // The digits of 1.6 stand for bytes; in 2.0.1 the password is text, whatever it looks like (A00.FR.205).
    let password = password.map(|text| {
        if version != Version::V1_6 {
            return text.as_bytes().to_vec();
        }
        let key = AuthorizationKey::parse(text, AuthorizationKeyRules::WHITEPAPER);
        key.map_or_else(|_| text.as_bytes().to_vec(), |key| key.as_bytes().to_vec())
    });
    let own = wanted.client_certificate.as_ref();
    // Without a URL it is the one that the station was installed with.
    let second = wanted.url.contains(SECOND_HOST);
    Connected {
        endpoint: if second {
            Endpoint::Second
        } else {
            Endpoint::First
        },
        security_profile: profile,
        basic: password.map(|password| (IDENTITY.to_owned(), password)),
        identity: IDENTITY.to_owned(),
        tls_version: (profile >= 2).then_some(TlsVersion::V1_3),
        cipher_suites: match profile {
            0 | 1 => Vec::new(),
            _ => CIPHER_SUITES.map(ToOwned::to_owned).to_vec(),
        },
        client_certificate: own.map(|own| own.chain.clone()),
    }
}
