//! Who may connect.

use std::net::SocketAddr;
use std::sync::Arc;

use ocpp_tokio::server::{Attempt, Authenticator, Refusal, Rejection};
use ocpp_tokio::{Password, SecurityProfile};

use super::hub::Hub;

/// Lets stations in that are known, or all, and that show their password or certificate.
pub(super) struct Door {
    hub: Arc<Hub>,
    known_only: bool,
}

impl Door {
    pub(super) fn new(hub: Arc<Hub>, known_only: bool) -> Self {
        Self { hub, known_only }
    }

    fn admit(&self, attempt: &Attempt<'_>) -> Result<(), Refusal> {
        let id: &str = attempt.identity;
        let password = self
            .hub
            .read(|csms| csms.station(id).map(|station| station.password.clone()));
        let password = match password {
            None if self.known_only => return Err(Refusal::UnknownStation),
            None => None,
            Some(password) => password,
        };
        let wanted = match attempt.profile {
            SecurityProfile::TlsCertificate => return self.check_name(attempt),
            SecurityProfile::Unsecured if password.is_none() => return Ok(()),
            _ => password.ok_or(Refusal::WrongPassword)?,
        };
        // The version is not known yet: both its forms are tried.
        let wanted = Password::authorization_key(&wanted)
            .unwrap_or_else(|_| Password::from_bytes(wanted.into_bytes()));
        match attempt.credentials {
            Some(given) if wanted.matches(&given.password) => Ok(()),
            _ => Err(Refusal::WrongPassword),
        }
    }

    /// The certificate names the station by its identity or by its serial number (A00.FR.405).
    fn check_name(&self, attempt: &Attempt<'_>) -> Result<(), Refusal> {
        let certificate = attempt.certificate.ok_or(Refusal::Forbidden)?;
        let name = certificate.common_name.as_deref();
        let names = self.hub.names(attempt.identity);
        if name.is_some_and(|name| names.iter().any(|known| known == name)) {
            return Ok(());
        }
        self.hub.news.wrong_certificate(attempt.identity, name);
        Err(Refusal::Forbidden)
    }
}

impl Authenticator for Door {
    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<(), Refusal> {
        self.admit(attempt)
    }

    fn rejected(&self, remote: Option<SocketAddr>, rejection: &Rejection) {
        self.hub.news.rejected(remote, rejection);
    }
}
