//! Who may connect.

use std::net::SocketAddr;
use std::sync::Arc;

use ocpp_tokio::SecurityProfile;
use ocpp_tokio::server::{Attempt, Authenticator, Refusal, Rejection};

use super::fleet::{Fleet, Proof};

/// Lets stations in that are known, or all, and that show their password or certificate.
pub(super) struct Door {
    fleet: Arc<Fleet>,
    known_only: bool,
}

impl Door {
    pub(super) fn new(fleet: Arc<Fleet>, known_only: bool) -> Self {
        Self { fleet, known_only }
    }

    async fn admit(&self, attempt: &Attempt<'_>) -> Result<(), Refusal> {
        let id: &str = attempt.identity;
        let known = self.fleet.get(id);
        if self.known_only && !known.as_ref().is_some_and(|member| member.is_kept()) {
            return Err(Refusal::UnknownStation);
        }
        let mut proof = Proof::default();
        if attempt.profile == SecurityProfile::TlsCertificate {
            let certificate = attempt.certificate.ok_or(Refusal::Forbidden)?;
            let name = certificate.common_name.as_deref();
            // The identity, or the serial number that the operator has put (A00.FR.405).
            let names = match &known {
                Some(member) => member.station.lock().await.names(),
                None => vec![id.to_owned()],
            };
            if !name.is_some_and(|name| names.iter().any(|known| known == name)) {
                self.fleet.news.wrong_certificate(id, name);
                return Err(Refusal::Forbidden);
            }
            proof.common_name = name.map(Into::into);
        } else {
            let shown = match &known {
                None => None,
                Some(member) => {
                    let station = member.station.lock().await;
                    let given = attempt.credentials;
                    let shown = given.and_then(|given| station.shown(&given.password));
                    if station.has_password() && shown.is_none() {
                        return Err(Refusal::WrongPassword);
                    }
                    shown
                }
            };
            if shown.is_none() && attempt.profile != SecurityProfile::Unsecured {
                return Err(Refusal::WrongPassword);
            }
            proof.shown = shown;
        }
        // There is no room for strangers any more.
        let member = self.fleet.get_or_add(id).ok_or(Refusal::UnknownStation)?;
        member.set_proof(proof);
        Ok(())
    }
}

impl Authenticator for Door {
    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<(), Refusal> {
        self.admit(attempt).await
    }

    fn rejected(&self, remote: Option<SocketAddr>, rejection: &Rejection) {
        self.fleet.news.rejected(remote, rejection);
    }
}
