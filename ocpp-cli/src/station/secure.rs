//! How the station's connection is secured: with what the CSMS has set, or what the command line says.

use ocpp_core::security::CertificateId;
use ocpp_core::station::{Connection, Input};
use ocpp_tokio::station::{Keys, Records};
use ocpp_tokio::{ClientTls, Password, StationSecurity, TlsIdentity};

use super::actor::Failure;

/// What the command line provides.
#[derive(Debug, Default)]
pub(crate) struct Provided {
    pub(crate) password: Option<Password>,
    pub(crate) roots_pem: Option<Vec<u8>>,
    pub(crate) identity: Option<TlsIdentity>,
}

/// What a connection that is being made uses of the station's certificates.
#[derive(Debug)]
pub(super) struct Securing {
    tls: ClientTls,
    roots: Vec<CertificateId>,
    client_certificate: Option<CertificateId>,
}

impl Securing {
    /// What the station is told when the connection is open.
    pub(super) fn input(&self) -> Input {
        let root = self.tls.root_used();
        Input::ConnectionSecured {
            root: root.and_then(|place| self.roots.get(place)).copied(),
            client_certificate: self.client_certificate,
        }
    }
}

impl Provided {
    /// The security of a connection, and what it uses of the station's certificates.
    pub(super) fn security(
        &self,
        wanted: &Connection,
        records: &Records,
    ) -> Result<(StationSecurity, Option<Securing>), Failure> {
        // 1.6 stores hexadecimal digits of bytes, 2.x text; the function tells them apart.
        let later = wanted.password.as_deref().filter(|text| !text.is_empty());
        let later = later.map(|text| {
            Password::authorization_key(text).unwrap_or_else(|_| Password::from_bytes(text.into()))
        });
        let password = later.or_else(|| self.password.clone());
        let securing = self.securing(wanted, records)?;
        let tls = securing.as_ref().map(|securing| securing.tls.clone());
        let security = match (wanted.security_profile, tls, password) {
            (3, Some(tls), _) if tls.has_certificate() => StationSecurity::TlsCertificate(tls),
            (3, ..) => return Err("security profile 3 needs roots and a certificate".into()),
            (2, None, _) => return Err("security profile 2 needs a root, or --ca".into()),
            (_, Some(tls), None) if tls.has_certificate() => StationSecurity::TlsCertificate(tls),
            (_, Some(tls), Some(password)) => StationSecurity::TlsBasic(tls, password),
            (_, Some(_), None) => return Err("TLS needs a password, or a certificate".into()),
            (_, None, Some(password)) => StationSecurity::Basic(password),
            (1, None, None) => return Err("security profile 1 needs a password".into()),
            (_, None, None) => StationSecurity::Unsecured,
        };
        Ok((security, securing))
    }

    /// TLS, if there are roots: those that the CSMS has installed before those of the command line.
    fn securing(
        &self,
        wanted: &Connection,
        records: &Records,
    ) -> Result<Option<Securing>, Failure> {
        let installed = wanted.roots.iter().map(|root| root.pem.trim());
        let installed = installed.collect::<Vec<_>>().join("\n");
        let mut roots = installed.into_bytes();
        if let Some(provided) = &self.roots_pem {
            roots.push(b'\n');
            roots.extend(provided);
        }
        if wanted.roots.is_empty() && self.roots_pem.is_none() {
            return Ok(None);
        }
        let own = wanted.client_certificate.as_ref();
        let identity = match own {
            None => None,
            Some(own) => Keys.pem(records, &own.key)?.map(|key| TlsIdentity {
                chain_pem: own.chain.clone().into_bytes(),
                key_pem: key.into_bytes(),
            }),
        };
        let client_certificate = own.filter(|_| identity.is_some()).map(|own| own.id);
        let identity = identity.as_ref().or(self.identity.as_ref());
        // Below profile 3 a certificate must not take the place of the password.
        let identity = identity.filter(|_| wanted.security_profile != 2);
        Ok(Some(Securing {
            tls: ClientTls::rustls(&roots, identity)?,
            roots: wanted.roots.iter().map(|root| root.id).collect(),
            client_certificate,
        }))
    }
}
