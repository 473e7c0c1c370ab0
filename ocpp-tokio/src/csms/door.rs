//! Who may connect.

use std::net::SocketAddr;
use std::sync::Arc;

use super::application::TurnedAway;
use super::connection::core_profile;
use super::fleet::Fleet;
use crate::security::SecurityProfile;
use crate::server::{Attempt, Authenticator, Refusal, Rejection};

/// Lets stations in that are known, or all, with a profile that is high enough, and that show their password or certificate.
/// Whoever is not let in leaves nothing behind.
#[derive(Debug)]
pub(super) struct Door(pub(super) Arc<Fleet>);

impl Door {
    async fn admit(&self, attempt: &Attempt<'_>) -> Result<(), Refusal> {
        let fleet = &self.0;
        let id: &str = attempt.identity;
        if fleet.draining.has_begun() {
            return Err(Refusal::Unavailable);
        }
        // Another node may have let it in meanwhile, or given it another password.
        let known = fleet.look_up(id).await;
        let known = known.map_err(|_| Refusal::Unavailable)?;
        let is_kept = known.as_ref().is_some_and(|member| member.is_kept());
        // There may be no room for strangers any more.
        if (!is_kept && (fleet.config.known_only || fleet.is_full_of_strangers()))
            || (known.is_none() && fleet.is_full())
        {
            return Err(Refusal::UnknownStation);
        }
        let is_put = known.as_ref().is_some_and(|member| member.is_put());
        let is_taken = if is_put || !fleet.has_others() {
            fleet.is_taken(id)
        } else {
            // Another node may have given somebody the name.
            let holder = fleet.holder(id).await;
            let holder = holder.map_err(|_| Refusal::Unavailable)?;
            holder.is_some_and(|holder| holder != id)
        };
        if is_taken {
            fleet.application.turned_away(id, &TurnedAway::NameTaken);
            return Err(Refusal::Forbidden);
        }
        if known.as_ref().is_some_and(|member| member.is_sealed()) {
            fleet.application.turned_away(id, &TurnedAway::Unreadable);
            return Err(Refusal::Unavailable);
        }
        let remote = match &known {
            Some(member) => Some(member.remote.lock().await),
            None => None,
        };
        if attempt.profile == SecurityProfile::TlsCertificate {
            let certificate = attempt.certificate.ok_or(Refusal::Forbidden)?;
            let name = certificate.common_name.as_deref();
            // The identity, or the serial number that the operator has put (A00.FR.405).
            let names = match &remote {
                Some(remote) => remote.names(),
                None => vec![id.to_owned()],
            };
            if !name.is_some_and(|name| names.iter().any(|known| known == name)) {
                let why = TurnedAway::OtherCertificate(name.map(Into::into));
                fleet.application.turned_away(id, &why);
                return Err(Refusal::Forbidden);
            }
        } else {
            // Without a profile that asks for it the user name is not compared before.
            let given = attempt.credentials.filter(|given| given.username == id);
            let always = remote
                .as_ref()
                .is_some_and(|remote| remote.always_wants_password());
            let shown = remote
                .as_ref()
                .zip(given)
                .and_then(|(remote, given)| remote.shown(&given.password));
            let wanted = always || attempt.profile != SecurityProfile::Unsecured;
            if wanted && shown.is_none() {
                return Err(Refusal::WrongPassword);
            }
        }
        // Only whoever has shown that it is the station learns of its profile.
        let lowest = remote.as_ref().map(|remote| remote.lowest_profile());
        let came = core_profile(attempt.profile);
        if let Some(lowest) = lowest.filter(|lowest| came < *lowest) {
            let why = TurnedAway::LowerProfile {
                came: came.number(),
                lowest: lowest.number(),
            };
            fleet.application.turned_away(id, &why);
            return Err(Refusal::Forbidden);
        }
        drop(remote);
        fleet.application.admit(attempt).await
    }
}

impl Authenticator for Door {
    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<(), Refusal> {
        self.admit(attempt).await
    }

    fn rejected(&self, remote: Option<SocketAddr>, rejection: &Rejection) {
        self.0.application.rejected(remote, rejection);
    }
}
