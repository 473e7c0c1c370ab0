//! How the connection is secured: what the station left the factory with, and what the CSMS has changed since.

use std::fmt;
use std::sync::Arc;

use ocpp_core::Version;
use ocpp_core::security::{AuthorizationKey, AuthorizationKeyRules, CertificateId, KeyId};
use ocpp_core::station::{Connection, Provisioned};

use super::keys::StationKeys;
use crate::auth::Password;
use crate::client::ConnectOptions;
use crate::identity::Identity;
use crate::security::StationSecurity;
use crate::tls::{ClientTls, TlsIdentity};

/// Stands for the key of the factory's certificate, which is not among the station's own keys.
const FACTORY_KEY: &str = "factory";

/// What the station is given to secure its connection with, until the CSMS sets something else. What is there decides the
/// security profile that the station begins with: [`profile`](Self::profile).
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Provision {
    /// Roots of the CSMS's certificates, PEM; they turn TLS on.
    pub roots: Option<Vec<u8>>,
    /// Certificate of the station with its key, from the factory.
    pub identity: Option<TlsIdentity>,
    /// Password of HTTP Basic authentication; see [`with_password`](Self::with_password).
    password: Option<String>,
}

/// An attempt to connect. They are made one after the other as long as the certificate of the CSMS is not valid below the
/// root (WP:M05.FR.13).
#[derive(Debug)]
pub(super) struct ConnectAttempt {
    pub(super) options: ConnectOptions,
    /// The root, if it is one that the CSMS has installed.
    pub(super) root: Option<CertificateId>,
    /// The certificate that is shown, if it is one that the CSMS has sent.
    pub(super) certificate: Option<CertificateId>,
}

/// Without the password (A01.FR.12).
impl fmt::Debug for Provision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provision")
            .field("profile", &self.profile())
            .finish_non_exhaustive()
    }
}

impl Provision {
    /// With this password of HTTP Basic authentication, as the version writes it: 1.6 takes hexadecimal digits for bytes
    /// (WP:A00.FR.205), 2.x takes every text as it is (A00.FR.205). It is also the first value of the key `AuthorizationKey` of
    /// 1.6, if it may be one.
    #[must_use]
    pub fn with_password(mut self, text: &str) -> Self {
        self.password = Some(text.into());
        self
    }

    /// The password as the first value of the key `AuthorizationKey` of 1.6, if it may be one.
    pub(super) fn authorization_key(&self) -> Option<&str> {
        let allowed =
            |text: &&str| AuthorizationKey::parse(text, AuthorizationKeyRules::WHITEPAPER).is_ok();
        self.password.as_deref().filter(allowed)
    }

    /// The security profile that the station begins with: 3 with roots and a certificate, 2 with roots, 1 with a password
    /// only, otherwise 0.
    #[must_use]
    pub const fn profile(&self) -> u8 {
        match (&self.roots, &self.identity, &self.password) {
            (Some(_), Some(_), _) => 3,
            (Some(_), None, _) => 2,
            (None, _, Some(_)) => 1,
            (None, _, None) => 0,
        }
    }

    /// What the station takes over of it.
    pub(super) fn provisioned(&self) -> Provisioned {
        let mut provisioned = Provisioned::default();
        if let Some(roots) = self
            .roots
            .as_deref()
            .and_then(|pem| str::from_utf8(pem).ok())
        {
            let end = "-----END CERTIFICATE-----";
            let each = roots.split_inclusive(end).filter(|text| text.contains(end));
            let begin = |text: &str| text.find("-----BEGIN CERTIFICATE-----");
            let each = each.filter_map(|text| Some(text[begin(text)?..].to_owned()));
            provisioned.roots = each.collect();
        }
        let own = self.identity.as_ref();
        let own = own.and_then(|own| str::from_utf8(&own.chain_pem).ok());
        provisioned.own = own.map(|chain| (chain.to_owned(), KeyId(FACTORY_KEY.into())));
        provisioned
    }

    /// The attempts to connect as the station wants to, the best first.
    pub(super) fn attempts(
        &self,
        url: &str,
        identity: &Identity,
        wanted: &Connection,
        keys: &dyn StationKeys,
    ) -> Result<Vec<ConnectAttempt>, String> {
        let url = if wanted.url.is_empty() {
            url
        } else {
            &wanted.url
        };
        // Before the CSMS has said anything the factory's settings count.
        let profile = match wanted.security_profile {
            0 => self.profile(),
            profile => profile,
        };
        let options = |security| {
            let url = endpoint(url, profile);
            ConnectOptions::new(url, identity.clone(), &wanted.versions).with_security(security)
        };
        let password = || {
            let later = wanted.password.as_deref().filter(|text| !text.is_empty());
            // What the CSMS has set is written as the version does that it spoke.
            let known = later.and(wanted.password_version);
            let versions = known.map_or_else(|| wanted.versions.clone(), |known| vec![known]);
            later
                .or(self.password.as_deref())
                .map(|text| password(text, &versions))
                .ok_or_else(|| format!("security profile {profile} needs a password"))
        };
        if profile < 2 {
            let security = match profile {
                0 => StationSecurity::Unsecured,
                _ => StationSecurity::Basic(password()?),
            };
            return Ok(vec![ConnectAttempt {
                options: options(security),
                root: None,
                certificate: None,
            }]);
        }
        // Its own certificate counts more than that of the factory.
        let (own, factory) = match (profile, &wanted.client_certificate) {
            (2, _) => (None, None),
            (_, Some(own)) if own.key.0 != FACTORY_KEY => {
                let key = keys.signing_key(&own.key).ok_or_else(|| {
                    format!(
                        "the private key {} of the station's certificate is gone: restore its file, or let the CSMS \
                         sign another certificate; one that has worked before is tried next",
                        own.key.0
                    )
                })?;
                (Some((own, key)), None)
            }
            _ => (None, self.identity.as_ref()),
        };
        if profile == 3 && own.is_none() && factory.is_none() {
            return Err("security profile 3 needs a certificate: provision one".into());
        }
        let certificate = wanted.client_certificate.as_ref().map(|own| own.id);
        let certificate = certificate.filter(|_| profile != 2);
        let installed = wanted.roots.iter();
        let installed = installed.map(|root| (Some(root.id), root.pem.as_bytes()));
        // What the station left the factory with is trusted last.
        let given = self.roots.as_deref().map(|pem| (None, pem));
        let mut attempts = Vec::new();
        for (root, pem) in installed.chain(given) {
            let tls = match &own {
                Some((own, key)) => {
                    ClientTls::rustls_with_key(pem, own.chain.as_bytes(), Arc::clone(key))
                }
                None => ClientTls::rustls(pem, factory),
            };
            let tls = tls.map_err(|error| error.to_string())?;
            let tls = tls.allow_wildcards(wanted.allow_wildcards);
            let security = match profile {
                2 => StationSecurity::TlsBasic(tls, password()?),
                _ => StationSecurity::TlsCertificate(tls),
            };
            attempts.push(ConnectAttempt {
                options: options(security),
                root,
                certificate,
            });
        }
        if attempts.is_empty() {
            return Err(format!(
                "security profile {profile} needs a root certificate"
            ));
        }
        Ok(attempts)
    }
}

/// 1.6 stores hexadecimal digits of bytes (WP:A00.FR.205), 2.x text, also if it looks like digits (A00.FR.205). Before the
/// version is known, both being offered, what looks like digits is taken for those of 1.6. What the CSMS wants is tried,
/// whatever its length.
fn password(text: &str, versions: &[Version]) -> Password {
    let digits = versions.contains(&Version::V1_6);
    let key = digits.then(|| Password::authorization_key(text).ok());
    key.flatten()
        .unwrap_or_else(|| Password::from_bytes(text.into()))
}

/// A station of 1.6 that is told to use TLS has no other URL than before.
fn endpoint(url: &str, profile: u8) -> String {
    match url.strip_prefix("ws://") {
        Some(rest) if profile >= 2 => format!("wss://{rest}"),
        _ => url.into(),
    }
}

#[cfg(test)]
mod tests {
    use ocpp_core::security::{KeyProvider as _, SigningUse, Subject};
    use ocpp_core::station::{OwnCertificate, TrustedRoot};

    use super::*;
    use crate::auth::Credentials;
    use crate::station::FileKeys;

    fn certificate() -> (String, TlsIdentity) {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec!["csms".to_owned()]).unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let identity = TlsIdentity {
            chain_pem: pem.clone().into_bytes(),
            key_pem: key.serialize_pem().into_bytes(),
        };
        (pem, identity)
    }

    fn wanted(profile: u8) -> Connection {
        let mut wanted = Connection::default();
        wanted.versions = vec![Version::V1_6];
        wanted.security_profile = profile;
        wanted
    }

    fn attempts(
        provision: &Provision,
        wanted: &Connection,
        keys: &FileKeys,
    ) -> Result<Vec<ConnectAttempt>, String> {
        let identity = Identity::new("CP1").unwrap();
        provision.attempts("ws://csms/ocpp", &identity, wanted, keys)
    }

    fn profile(attempt: &ConnectAttempt) -> u8 {
        attempt.options.security.profile()
    }

    #[test]
    fn the_factory_settings_count_until_the_csms_says_otherwise() {
        let (root, identity) = certificate();
        let keys = FileKeys::memory();
        let mut provision = Provision::default();
        assert_eq!(
            profile(&attempts(&provision, &wanted(0), &keys).unwrap()[0]),
            0
        );
        assert!(
            attempts(&provision, &wanted(1), &keys).is_err(),
            "no password"
        );
        provision = provision.with_password("sixteen letters!");
        assert_eq!(
            profile(&attempts(&provision, &wanted(0), &keys).unwrap()[0]),
            1
        );
        assert!(attempts(&provision, &wanted(2), &keys).is_err(), "no root");
        provision.roots = Some(root.into_bytes());
        let tls = attempts(&provision, &wanted(0), &keys).unwrap();
        assert_eq!(profile(&tls[0]), 2);
        assert_eq!(tls[0].options.endpoint, "wss://csms/ocpp");
        assert!(
            attempts(&provision, &wanted(3), &keys).is_err(),
            "no certificate"
        );
        provision.identity = Some(identity);
        assert_eq!(
            profile(&attempts(&provision, &wanted(0), &keys).unwrap()[0]),
            3
        );
        assert_eq!(
            profile(&attempts(&provision, &wanted(2), &keys).unwrap()[0]),
            2
        );
    }

    #[test]
    fn hexadecimal_digits_are_bytes_in_1_6_and_text_in_2_0_1() {
        const DIGITS: &str = "0102030405060708090a0b0c0d0e0f1011121314";
        let keys = FileKeys::memory();
        let given = Provision::default().with_password(DIGITS);
        let mut set_later = wanted(1);
        set_later.password = Some(DIGITS.into());
        for (version, travels) in [
            (Version::V1_6, (1..=20).collect::<Vec<u8>>()),
            (Version::V2_0_1, DIGITS.into()),
        ] {
            for (provision, mut wanted) in [
                (given.clone(), wanted(1)),
                (Provision::default(), set_later.clone()),
            ] {
                wanted.versions = vec![version];
                let attempt = &attempts(&provision, &wanted, &keys).unwrap()[0];
                let StationSecurity::Basic(password) = &attempt.options.security else {
                    panic!("no password");
                };
                let sent = Credentials::parse(&Credentials::header("CP1", password)).unwrap();
                assert_eq!(sent.password, travels, "{version}");
            }
        }
    }

    #[test]
    fn installed_roots_come_first_and_a_certificate_needs_its_key() {
        let (root, identity) = certificate();
        let mut keys = FileKeys::memory();
        let subject = Subject::station("SN", "Op");
        let made = keys.make_request(SigningUse::ChargingStation, &subject);
        let (key, _) = made.unwrap();
        let provision = Provision {
            roots: Some(root.clone().into_bytes()),
            identity: Some(identity),
            ..Provision::default()
        };
        let mut wanted = wanted(3);
        wanted.roots = vec![TrustedRoot {
            id: CertificateId(4),
            pem: root.clone(),
        }];
        let both = attempts(&provision, &wanted, &keys).unwrap();
        let roots: Vec<_> = both.iter().map(|attempt| attempt.root).collect();
        assert_eq!(roots, [Some(CertificateId(4)), None]);
        assert!(both.iter().all(|attempt| attempt.certificate.is_none()));
        wanted.client_certificate = Some(OwnCertificate {
            id: CertificateId(5),
            chain: root,
            key: key.clone(),
        });
        keys.delete(&key).unwrap();
        let error = attempts(&provision, &wanted, &keys).unwrap_err();
        assert!(error.contains(&key.0), "{error}");
        // The factory's is shown with its own key, and named.
        let (_, factory) = provision.provisioned().own.unwrap();
        wanted.client_certificate.as_mut().unwrap().key = factory;
        let all = attempts(&provision, &wanted, &keys).unwrap();
        assert_eq!(all[0].certificate, Some(CertificateId(5)));
    }

    #[test]
    fn a_wildcard_is_allowed_as_the_station_wants_it() {
        let (root, _) = certificate();
        let keys = FileKeys::memory();
        let mut provision = Provision::default().with_password("sixteen letters!");
        provision.roots = Some(root.into_bytes());
        for allowed in [false, true] {
            let mut wanted = wanted(2);
            wanted.allow_wildcards = allowed;
            let attempt = &attempts(&provision, &wanted, &keys).unwrap()[0];
            let StationSecurity::TlsBasic(tls, _) = &attempt.options.security else {
                panic!("no TLS");
            };
            assert_eq!(tls.allows_wildcards(), allowed);
        }
    }

    #[test]
    fn each_root_of_a_file_is_taken_over() {
        let (one, _) = certificate();
        let (other, _) = certificate();
        let file = format!("# roots\n{one}\n# another\n{other}\n");
        let provision = Provision {
            roots: Some(file.into_bytes()),
            ..Provision::default()
        };
        let roots = provision.provisioned().roots;
        let trimmed: Vec<&str> = roots.iter().map(|root| root.trim()).collect();
        assert_eq!(trimmed, [one.trim(), other.trim()]);
    }
}
