//! Who may connect.

use ocpp_core::csms::remote::{Input, Link};
use ocpp_core::security::software::SoftwareVerifier;
use ocpp_core::security::{CertificateInfo, CertificateVerifier, Purpose, SecurityProfile};
use ocpp_types::Version;
use serde_json::Value;

use super::super::{Bench, Dial, Dialled, Hello, SUITES, TlsVersion, Trouble, agreed, not_agreed};
use super::VirtualCsms;
use crate::pki::{Authority, HOST};

impl VirtualCsms {
    /// There is no TLS here: this is what `ocpp csms` shows that has certificates with keys of both kinds.
    pub(super) fn server_hello(&mut self, hello: &Hello) -> Result<Value, Trouble> {
        if hello.security_profile < 2 {
            let why = "security profiles below 2 have no TLS".to_owned();
            return Err(Trouble::Impossible(why));
        }
        let shown = match hello.suite.filter(|suite| SUITES.contains(suite)) {
            Some(suite) if hello.version == TlsVersion::V1_2 => {
                let root = Authority::csms()?;
                let chain = match suite.starts_with("TLS_RSA") {
                    true => root.rsa_server_at(HOST)?,
                    false => root.server_at(HOST)?,
                };
                agreed(hello.version, suite, &chain)
            }
            _ => not_agreed("the alert protocol_version"),
        };
        Ok(match &mut self.mutator {
            Some(mutator) => mutator.shows(shown),
            None => shown,
        })
    }

    /// What TLS and the door look at in security profile 3: who has signed the certificate, and whom it names (A00.FR.405).
    fn name_in_certificate(&self, dial: &Dial) -> Result<Option<String>, String> {
        let said = |error: ocpp_core::security::CertificateError| error.to_string();
        let chain = dial
            .certificate
            .as_deref()
            .ok_or("it shows no certificate")?;
        let chain = SoftwareVerifier.parse(chain).map_err(said)?;
        let root = Authority::csms().and_then(|root| root.pem());
        let root = root.map_err(|failure| failure.to_string())?;
        let root = SoftwareVerifier.parse(&root).map_err(said)?;
        let name = chain.first().and_then(|leaf| leaf.common_name.clone());
        let names = self.station.names();
        if !name.as_ref().is_some_and(|name| names.contains(name)) {
            return Err(format!("its certificate names {name:?}"));
        }
        let ders = |all: &[CertificateInfo]| -> Vec<Vec<u8>> {
            all.iter().map(|one| one.der.clone()).collect()
        };
        let (chain, root) = (ders(&chain), ders(&root));
        let chain: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
        let root: Vec<&[u8]> = root.iter().map(Vec::as_slice).collect();
        let purpose = Purpose::ChargingStation {
            common_name: None,
            organization: None,
            allow_future: false,
        };
        let verified = SoftwareVerifier.verify_chain(&chain, &root, self.utc(), &purpose);
        verified.map(|_| name).map_err(said)
    }

    /// Who may come in.
    pub(super) fn door(&mut self, dial: &Dial) -> Dialled {
        let refused = |why: &str| Dialled::Refused(why.to_owned());
        if dial.identity != self.station.identity() {
            return refused("nobody knows the station");
        }
        if dial.security_profile < u8::from(self.station.lowest_profile()) {
            return refused("its security profile is too low");
        }
        if (1..3).contains(&dial.security_profile)
            && let Some(user) = &dial.user
            && *user != dial.identity
        {
            return refused("its user is not its identity");
        }
        let shown = dial.password.as_ref();
        let shown = shown.and_then(|password| self.station.shown(password));
        if dial.security_profile == 0 && self.station.always_wants_password() && shown.is_none() {
            return refused("it does not show its password");
        }
        if (1..3).contains(&dial.security_profile) && shown.is_none() {
            return refused("it has no password");
        }
        let spoken = match self.version {
            Version::V1_6 => "ocpp1.6",
            Version::V2_0_1 => "ocpp2.0.1",
            Version::V2_1 => "ocpp2.1",
        };
        if !dial.subprotocols.contains(&spoken) {
            return refused("it speaks no version that is spoken here");
        }
        let mut common_name = None;
        if dial.security_profile == 3 {
            match self.name_in_certificate(dial) {
                Ok(name) => common_name = name,
                Err(why) => return Dialled::Refused(why),
            }
        }
        let profile = match dial.security_profile {
            0 => SecurityProfile::None,
            1 => SecurityProfile::Basic,
            2 => SecurityProfile::TlsBasic,
            _ => SecurityProfile::TlsClientCertificate,
        };
        self.connected = true;
        self.input(Input::Connected(Link {
            version: self.version,
            profile,
            common_name,
            shown,
        }));
        Dialled::Connected(spoken.to_owned())
    }
}
