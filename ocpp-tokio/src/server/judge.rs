//! Whether a station may connect, and in which version.

use std::net::SocketAddr;
use std::time::Duration;

use http::header::{
    AUTHORIZATION, CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS,
    SEC_WEBSOCKET_PROTOCOL, UPGRADE,
};
use http::{HeaderMap, Method, StatusCode, Uri};
use tokio::sync::oneshot;
use tungstenite::handshake::derive_accept_key;

use super::refuse::{Refused, not_websocket, refuse, set, status};
use super::registry::{NotRegistered, Registration};
use super::source::Source;
use super::upgrade::{Kind, Pending, Upgrade};
use super::{Attempt, Authenticator, CommonName, NoCommonVersion, Refusal, Rejection, Server};
use crate::auth::Credentials;
use crate::identity::Identity;
use crate::info::{ConnectionInfo, next_number};
use crate::security::SecurityProfile;
use crate::subprotocol::choose;
use crate::tls::ClientCertificate;
use crate::websocket::handshake::{check_upgrade, joined};
use crate::websocket::{Admission, Kick, accept};
use ocpp_core::Version;

/// How long a station that connects again and again waits for its turn before it is turned away.
const MAX_REGISTRATION_WAIT: Duration = Duration::from_secs(5);

/// What a handshake asks for, taken out of its request.
pub(super) struct Ask {
    /// The WebSocket key, or the status for what is no WebSocket handshake.
    key: Result<String, StatusCode>,
    path: String,
    credentials: Option<Credentials>,
    versions: String,
    extensions: String,
    pub(super) remote: Option<SocketAddr>,
}

impl Ask {
    pub(super) fn read(
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        remote: Option<SocketAddr>,
    ) -> Self {
        let authorization = headers.get(AUTHORIZATION);
        Self {
            key: check_upgrade(method, headers).map(str::to_owned),
            path: uri.path().to_owned(),
            credentials: authorization
                .and_then(|value| value.to_str().ok())
                .and_then(Credentials::parse),
            versions: joined(headers, SEC_WEBSOCKET_PROTOCOL),
            extensions: joined(headers, SEC_WEBSOCKET_EXTENSIONS),
            remote,
        }
    }
}

/// Whose fault it is when a handshake ends without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nobody's: the peer has not said anything yet, as those that only look whether somebody listens.
    Nobody,
    Peer,
    /// The authenticator is asked.
    Server,
}

impl<A: Authenticator> Server<A> {
    /// What becomes of a handshake; failing takes longer for those that fail all the time.
    pub(super) async fn decide(
        &self,
        ask: Ask,
        profile: SecurityProfile,
        certificate: Option<&ClientCertificate>,
        turn: &mut Turn,
    ) -> Upgrade {
        let source = self.source(ask.remote);
        let refused = match self.judge(ask, source, profile, certificate, turn).await {
            Ok(upgrade) => return upgrade,
            Err(refused) => refused,
        };
        *turn = Turn::Peer;
        let (response, rejection) = *refused;
        if rejection.is_failure() {
            self.shared.failures.failed(source).await;
        }
        Upgrade {
            response,
            outcome: Err(rejection),
        }
    }

    async fn judge(
        &self,
        ask: Ask,
        source: Option<Source>,
        profile: SecurityProfile,
        certificate: Option<&ClientCertificate>,
        turn: &mut Turn,
    ) -> Result<Upgrade, Refused> {
        if !self.shared.failures.admits(source) {
            let rejection = Rejection::TooManyFailures;
            return Err(refuse(StatusCode::TOO_MANY_REQUESTS, rejection));
        }
        let options = &self.shared.options;
        let key = ask.key.map_err(not_websocket)?;
        let (path, remote) = (ask.path, ask.remote);
        let Ok(identity) = Identity::from_path(&path) else {
            return Err(refuse(StatusCode::NOT_FOUND, Rejection::NoIdentity));
        };
        let credentials = ask.credentials;
        check_credentials(credentials.as_ref(), profile, &identity)?;
        if profile == SecurityProfile::TlsCertificate {
            self.check_certificate(certificate, &identity)?;
        }
        let too_often = |retry_after| {
            let identity = identity.clone();
            refuse(
                StatusCode::TOO_MANY_REQUESTS,
                Rejection::TooOften {
                    identity,
                    retry_after,
                },
            )
        };
        // Where nobody shows a password nobody guesses one.
        let guesses = source.filter(|_| credentials.is_some());
        *turn = Turn::Server;
        let guess = self.shared.passwords.admit(guesses, &identity).await;
        let guess = guess.map_err(too_often)?;
        let attempt = Attempt {
            identity: &identity,
            path: &path,
            credentials: credentials.as_ref(),
            certificate,
            profile,
            remote,
        };
        match self.shared.authenticator.authenticate(&attempt).await {
            Ok(()) => guess.right(),
            Err(refusal) => {
                let code = match refusal {
                    Refusal::UnknownStation => StatusCode::NOT_FOUND,
                    Refusal::WrongPassword => StatusCode::UNAUTHORIZED,
                    Refusal::Forbidden => StatusCode::FORBIDDEN,
                    Refusal::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
                };
                if refusal == Refusal::WrongPassword {
                    guess.wrong();
                }
                return Err(refuse(code, Rejection::Refused { identity, refusal }));
            }
        }
        let mut response = status(StatusCode::SWITCHING_PROTOCOLS);
        set(&mut response, UPGRADE, "websocket");
        set(&mut response, CONNECTION, "Upgrade");
        set(
            &mut response,
            SEC_WEBSOCKET_ACCEPT,
            &derive_accept_key(key.as_bytes()),
        );
        let offered = ask.versions;
        let version = self.version(&offered);
        if let Some((_, name)) = version
            && !offered.is_empty()
        {
            set(&mut response, SEC_WEBSOCKET_PROTOCOL, name);
        }
        let secure = matches!(
            profile,
            SecurityProfile::TlsBasic | SecurityProfile::TlsCertificate
        );
        let admission = Admission {
            profile,
            credentials,
            common_name: certificate.and_then(|shown| shown.common_name.clone()),
        };
        let mut pending = Pending {
            admission: Box::new(admission),
            info: ConnectionInfo {
                identity: identity.clone(),
                version: version.map_or(Version::V1_6, |(version, _)| version),
                number: next_number(),
                remote,
                secure,
                path,
            },
            options: options.connection.clone(),
            deflate: None,
            kind: Kind::Close(Rejection::NoCommonVersion {
                identity: identity.clone(),
                offered: offered.clone(),
            }),
        };
        if version.is_none() {
            return match options.no_common_version {
                NoCommonVersion::OpenAndClose => Ok(Upgrade {
                    response,
                    outcome: Ok(pending),
                }),
                NoCommonVersion::Refuse => {
                    let rejection = Rejection::NoCommonVersion { identity, offered };
                    Err(refuse(StatusCode::BAD_REQUEST, rejection))
                }
            };
        }
        let (registration, kick) = self.register(&identity).await?;
        pending.info.number = registration.number();
        pending.kind = Kind::Station(registration, kick);
        if let Some(compression) = &options.connection.compression
            && let Some((deflate, answer)) = accept(compression, &ask.extensions)
        {
            set(&mut response, SEC_WEBSOCKET_EXTENSIONS, &answer);
            pending.deflate = Some(deflate);
        }
        *turn = Turn::Peer;
        Ok(Upgrade {
            response,
            outcome: Ok(pending),
        })
    }

    /// A station that has used its message rate up waits for its next connection too.
    async fn register(
        &self,
        identity: &Identity,
    ) -> Result<(Registration, oneshot::Receiver<Kick>), Refused> {
        let mut patience = MAX_REGISTRATION_WAIT;
        loop {
            let duplicates = self.shared.options.duplicates;
            let identity = || identity.clone();
            let why = match self.shared.registry.register(&identity(), duplicates) {
                Ok(registered) => return Ok(registered),
                Err(why) => why,
            };
            let (code, rejection) = match why {
                NotRegistered::Duplicate => {
                    (StatusCode::CONFLICT, Rejection::Duplicate(identity()))
                }
                NotRegistered::Full => (StatusCode::SERVICE_UNAVAILABLE, Rejection::Full),
                NotRegistered::TooSoon(wait) if wait <= patience => {
                    patience -= wait;
                    tokio::time::sleep(wait).await;
                    continue;
                }
                NotRegistered::TooSoon(retry_after) => {
                    let identity = identity();
                    let rejection = Rejection::TooOften {
                        identity,
                        retry_after,
                    };
                    (StatusCode::TOO_MANY_REQUESTS, rejection)
                }
            };
            return Err(refuse(code, rejection));
        }
    }

    fn version<'a>(&self, offered: &'a str) -> Option<(Version, &'a str)> {
        let options = &self.shared.options;
        if offered.is_empty() {
            return options.assumed_version.map(|version| (version, ""));
        }
        choose(&options.versions, offered)
    }

    fn check_certificate(
        &self,
        certificate: Option<&ClientCertificate>,
        identity: &Identity,
    ) -> Result<(), Refused> {
        let common_name = certificate.and_then(|certificate| certificate.common_name.as_deref());
        let accepted = match self.shared.options.common_name {
            CommonName::IsIdentity => common_name == Some(identity),
            CommonName::Authenticator => certificate.is_some(),
        };
        if accepted {
            return Ok(());
        }
        let rejection = Rejection::WrongCertificate {
            identity: identity.clone(),
            common_name: common_name.map(str::to_owned),
        };
        Err(refuse(StatusCode::FORBIDDEN, rejection))
    }
}

/// With profiles 1 and 2 there must be credentials for this very station; with the others they are passed on if they
/// are there.
fn check_credentials(
    credentials: Option<&Credentials>,
    profile: SecurityProfile,
    identity: &Identity,
) -> Result<(), Refused> {
    let fits = credentials.is_some_and(|credentials| credentials.username == **identity);
    if profile.is_basic() && !fits {
        let rejection = Rejection::NoCredentials(identity.clone());
        return Err(refuse(StatusCode::UNAUTHORIZED, rejection));
    }
    Ok(())
}
