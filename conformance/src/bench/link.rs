//! How the station in virtual time connects.

use ocpp_core::security::{AuthorizationKey, AuthorizationKeyRules};
use ocpp_core::station::{Connection, Input};

use super::tls::{Handshake, handshake};
use super::{Bench as _, Connected, Event, VirtualBench};
use crate::mutation::Flaw;
use crate::pki::Authority;

/// The identity of the station.
const IDENTITY: &str = "CP-0815";

impl VirtualBench {
    pub(super) fn connect(&mut self, wanted: &Connection) {
        if self.flaw() == Some(Flaw::StaysAway) {
            return self.soon(Input::Disconnected);
        }
        let mut connected = shown(wanted);
        self.spoil(&mut connected);
        let profile = connected.security_profile;
        let offered = self.server.profile.is_none_or(|only| only == profile);
        if !self.reachable() || !offered {
            self.report(0, Event::Refused(connected));
            return self.soon(Input::Disconnected);
        }
        let trusts = self.flaw() == Some(Flaw::TrustsAnyServer);
        let bad = self.server.bad_certificate && !trusts;
        let root = match handshake(wanted, bad, self.utc()) {
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
        self.report(0, Event::Connected(connected));
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
            Some(Flaw::Unsecured) => connected.security_profile = 1,
            Some(Flaw::OldCiphers) => {
                connected.cipher_suites = vec!["TLS_RSA_WITH_3DES_EDE_CBC_SHA".to_owned()];
            }
            Some(Flaw::FallsBack) => {
                let only = self.server.profile.unwrap_or(connected.security_profile);
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
fn shown(wanted: &Connection) -> Connected {
    let profile = wanted.security_profile;
    let password = wanted.password.as_deref();
    let password = password.filter(|_| profile == 1 || profile == 2);
    let password = password.map(|text| {
        let key = AuthorizationKey::parse(text, AuthorizationKeyRules::WHITEPAPER);
        key.map_or_else(|_| text.as_bytes().to_vec(), |key| key.as_bytes().to_vec())
    });
    let own = wanted.client_certificate.as_ref();
    Connected {
        security_profile: profile,
        basic: password.map(|password| (IDENTITY.to_owned(), password)),
        identity: IDENTITY.to_owned(),
        // There is no TLS here whose suites could be seen.
        cipher_suites: Vec::new(),
        client_certificate: own.map(|own| own.chain.clone()),
    }
}
