//! From an HTTP request to an open connection.

use std::net::SocketAddr;
use std::sync::Arc;

use http::header::{
    ALLOW, AUTHORIZATION, CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE, WWW_AUTHENTICATE,
};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use tokio::io::AsyncWriteExt;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tungstenite::handshake::derive_accept_key;

use super::registry::{NotRegistered, Registration};
use super::{Attempt, Authenticator, CommonName, NoCommonVersion, Refusal, Rejection, Server};
use crate::auth::Credentials;
use crate::identity::Identity;
use crate::info::ConnectionInfo;
use crate::security::SecurityProfile;
use crate::subprotocol::choose;
use crate::tls::{ClientCertificate, TlsFailure};
use crate::websocket::handshake::{
    HeadError, check_upgrade, joined, parse_request, read_head, write_response,
};
use crate::websocket::{
    CloseCode, Codec, Connection, ConnectionOptions, Deflate, Guard, Io, Kick, Parts, Role,
    Transport, accept,
};
use ocpp_core::Version;

/// The answer to an upgrade request inside the user's own HTTP server.
#[derive(Debug)]
#[must_use = "send the response, then complete the upgrade"]
pub struct Upgrade {
    /// The response to send, whatever the outcome.
    pub response: Response<()>,
    /// With status 101: what becomes a connection as soon as the HTTP server hands over the byte stream. Otherwise why
    /// not.
    pub outcome: Result<Pending, Rejection>,
}

/// An accepted handshake that waits for its byte stream. The station is registered already; dropping this takes it
/// back.
#[derive(Debug)]
pub struct Pending {
    info: ConnectionInfo,
    options: ConnectionOptions,
    deflate: Option<Deflate>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Station(Registration, oneshot::Receiver<Kick>),
    /// Opened only to be closed, because there is no common version.
    Close(Rejection),
}

impl Pending {
    /// The connection over the byte stream that followed the response, for example
    /// `TokioIo::new(hyper::upgrade::on(request).await?)`.
    ///
    /// # Errors
    /// [`Rejection::NoCommonVersion`] after the connection was opened and closed, as the specification wants it.
    pub async fn complete(self, io: impl Io) -> Result<Connection, Rejection> {
        self.open(Transport::Other(Box::new(io)), Vec::new()).await
    }

    pub(super) async fn open(
        self,
        io: Transport,
        unread: Vec<u8>,
    ) -> Result<Connection, Rejection> {
        let codec = Codec::new(Role::Server, self.options.max_message, self.deflate);
        let (kick, guard, rejection) = match self.kind {
            Kind::Station(registration, kick) => {
                (Some(kick), Some(Box::new(registration) as Guard), None)
            }
            Kind::Close(rejection) => (None, None, Some(rejection)),
        };
        let parts = Parts {
            io,
            codec,
            unread,
            info: Arc::new(self.info),
            kick,
            guard,
        };
        let mut connection = Connection::new(parts, &self.options);
        match rejection {
            None => Ok(connection),
            Some(rejection) => {
                connection
                    .close(CloseCode::PROTOCOL, "no common OCPP version")
                    .await;
                Err(rejection)
            }
        }
    }
}

/// The answer to a station that is turned away, and why.
type Refused = Box<(Response<()>, Rejection)>;

impl<A: Authenticator> Server<A> {
    /// Answers an upgrade request inside the user's own HTTP server, hyper or axum for example: send the response,
    /// then hand the upgraded byte stream to [`Pending::complete`].
    ///
    /// `profile` is the profile of the listener that the request came through, and `certificate` the client certificate
    /// that was verified there, if any.
    pub async fn upgrade<B: Sync>(
        &self,
        request: &Request<B>,
        profile: SecurityProfile,
        certificate: Option<&ClientCertificate>,
        remote: Option<SocketAddr>,
    ) -> Upgrade {
        let upgrade = match self.judge(request, profile, certificate, remote).await {
            Ok(upgrade) => upgrade,
            Err(refused) => {
                let (response, rejection) = *refused;
                Upgrade {
                    response,
                    outcome: Err(rejection),
                }
            }
        };
        match &upgrade.outcome {
            Err(rejection)
            | Ok(Pending {
                kind: Kind::Close(rejection),
                ..
            }) => {
                self.shared.authenticator.rejected(remote, rejection);
            }
            Ok(_) => {}
        }
        upgrade
    }

    /// Carries out the whole handshake over any byte stream: reads the request, answers it, and opens the connection.
    ///
    /// # Errors
    /// Why there is no connection; the station was told in HTTP, and the authenticator through
    /// [`Authenticator::rejected`].
    pub async fn accept(
        &self,
        io: impl Io,
        profile: SecurityProfile,
        certificate: Option<&ClientCertificate>,
        remote: Option<SocketAddr>,
    ) -> Result<Connection, Rejection> {
        let io = Transport::Other(Box::new(io));
        let time = self.shared.options.handshake_timeout;
        let result = timeout(time, self.handshake(io, profile, certificate, remote)).await;
        let (pending, io, unread) =
            self.report(remote, result.unwrap_or(Err(Rejection::TimedOut)))?;
        pending.open(io, unread).await
    }

    /// Tells the authenticator about rejections that [`Self::upgrade`] has not told it.
    pub(super) fn report<T>(
        &self,
        remote: Option<SocketAddr>,
        result: Result<T, Rejection>,
    ) -> Result<T, Rejection> {
        if let Err(rejection) = &result
            && matches!(
                rejection,
                Rejection::TimedOut | Rejection::Broken(_) | Rejection::Tls(_)
            )
        {
            self.shared.authenticator.rejected(remote, rejection);
        }
        result
    }

    /// Up to the response. Closing a connection without common version may take a little longer and is left to
    /// [`Pending::open`].
    pub(super) async fn handshake(
        &self,
        mut io: Transport,
        profile: SecurityProfile,
        certificate: Option<&ClientCertificate>,
        remote: Option<SocketAddr>,
    ) -> Result<(Pending, Transport, Vec<u8>), Rejection> {
        let broken = |error: std::io::Error| match TlsFailure::from_io(&error) {
            Some(failure) => Rejection::Tls(failure),
            None => Rejection::Broken(error.kind()),
        };
        let request = match read_head(&mut io).await {
            Ok((head, unread)) => parse_request(&head).map(|request| (request, unread)),
            Err(error) => Err(error),
        };
        let (Upgrade { response, outcome }, unread) = match request {
            Ok((request, unread)) => (
                self.upgrade(&request, profile, certificate, remote).await,
                unread,
            ),
            Err(HeadError::Io(error)) => return Err(broken(error)),
            Err(HeadError::Malformed) => {
                let (response, rejection) = *not_websocket(StatusCode::BAD_REQUEST);
                self.shared.authenticator.rejected(remote, &rejection);
                (
                    Upgrade {
                        response,
                        outcome: Err(rejection),
                    },
                    Vec::new(),
                )
            }
        };
        io.write_all(&write_response(&response))
            .await
            .map_err(broken)?;
        io.flush().await.map_err(broken)?;
        match outcome {
            Ok(pending) => Ok((pending, io, unread)),
            Err(rejection) => {
                // The peer must get to read the answer.
                let _ = io.shutdown().await;
                Err(rejection)
            }
        }
    }

    async fn judge<B: Sync>(
        &self,
        request: &Request<B>,
        profile: SecurityProfile,
        certificate: Option<&ClientCertificate>,
        remote: Option<SocketAddr>,
    ) -> Result<Upgrade, Refused> {
        let options = &self.shared.options;
        let key = check_upgrade(request).map_err(not_websocket)?;
        let path = request.uri().path();
        let Ok(identity) = Identity::from_path(path) else {
            return Err(refuse(StatusCode::NOT_FOUND, Rejection::NoIdentity));
        };
        let credentials = credentials(request, profile, &identity)?;
        if profile == SecurityProfile::TlsCertificate {
            self.check_certificate(certificate, &identity)?;
        }
        let attempt = Attempt {
            identity: &identity,
            path,
            credentials: credentials.as_ref(),
            certificate,
            profile,
            remote,
        };
        if let Err(refusal) = self.shared.authenticator.authenticate(&attempt).await {
            let code = match refusal {
                Refusal::UnknownStation => StatusCode::NOT_FOUND,
                Refusal::WrongPassword => StatusCode::UNAUTHORIZED,
                Refusal::Forbidden => StatusCode::FORBIDDEN,
                Refusal::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            };
            return Err(refuse(code, Rejection::Refused { identity, refusal }));
        }
        let mut response = status(StatusCode::SWITCHING_PROTOCOLS);
        set(&mut response, UPGRADE, "websocket");
        set(&mut response, CONNECTION, "Upgrade");
        set(
            &mut response,
            SEC_WEBSOCKET_ACCEPT,
            &derive_accept_key(key.as_bytes()),
        );
        let offered = joined(request.headers(), SEC_WEBSOCKET_PROTOCOL);
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
        let mut pending = Pending {
            info: ConnectionInfo {
                identity: identity.clone(),
                version: version.map_or(Version::V1_6, |(version, _)| version),
                remote,
                secure,
                path: path.to_owned(),
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
        let registered = self.shared.registry.register(&identity, options.duplicates);
        let (registration, kick) = registered.map_err(|why| match why {
            NotRegistered::Duplicate => {
                refuse(StatusCode::CONFLICT, Rejection::Duplicate(identity))
            }
            NotRegistered::Full => refuse(StatusCode::SERVICE_UNAVAILABLE, Rejection::Full),
        })?;
        pending.kind = Kind::Station(registration, kick);
        let extensions = joined(request.headers(), SEC_WEBSOCKET_EXTENSIONS);
        if let Some(compression) = &options.connection.compression
            && let Some((deflate, answer)) = accept(compression, &extensions)
        {
            set(&mut response, SEC_WEBSOCKET_EXTENSIONS, &answer);
            pending.deflate = Some(deflate);
        }
        Ok(Upgrade {
            response,
            outcome: Ok(pending),
        })
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
fn credentials<B>(
    request: &Request<B>,
    profile: SecurityProfile,
    identity: &Identity,
) -> Result<Option<Credentials>, Refused> {
    let credentials = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(Credentials::parse);
    let fits = credentials
        .as_ref()
        .is_some_and(|credentials| credentials.username == **identity);
    if profile.is_basic() && !fits {
        let rejection = Rejection::NoCredentials(identity.clone());
        return Err(refuse(StatusCode::UNAUTHORIZED, rejection));
    }
    Ok(credentials)
}

fn not_websocket(code: StatusCode) -> Refused {
    refuse(code, Rejection::NotWebSocket(code.as_u16()))
}

fn refuse(code: StatusCode, rejection: Rejection) -> Refused {
    Box::new((status(code), rejection))
}

fn status(code: StatusCode) -> Response<()> {
    let mut response = Response::new(());
    *response.status_mut() = code;
    match code {
        StatusCode::UNAUTHORIZED => set(&mut response, WWW_AUTHENTICATE, "Basic realm=\"OCPP\""),
        StatusCode::METHOD_NOT_ALLOWED => set(&mut response, ALLOW, "GET"),
        StatusCode::UPGRADE_REQUIRED => {
            set(&mut response, UPGRADE, "websocket");
            set(&mut response, SEC_WEBSOCKET_VERSION, "13");
        }
        _ => {}
    }
    response
}

fn set(response: &mut Response<()>, name: HeaderName, value: &str) {
    // All values are made of visible ASCII here, or were read from a header before.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
