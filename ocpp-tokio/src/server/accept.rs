//! From an HTTP request to an open connection.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::{
    ALLOW, AUTHORIZATION, CONNECTION, CONTENT_TYPE, RETRY_AFTER, SEC_WEBSOCKET_ACCEPT,
    SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
    WWW_AUTHENTICATE,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use tokio::io::AsyncWriteExt;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tungstenite::handshake::derive_accept_key;

use super::registry::{NotRegistered, Registration};
use super::source::Source;
use super::{Attempt, Authenticator, CommonName, NoCommonVersion, Refusal, Rejection, Server};
use crate::auth::Credentials;
use crate::identity::Identity;
use crate::info::{ConnectionInfo, next_number};
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

/// How long a station that connects again and again waits for its turn before it is turned away.
const MAX_REGISTRATION_WAIT: Duration = Duration::from_secs(5);

/// The answer to an upgrade request inside the user's own HTTP server.
#[derive(Debug)]
#[must_use = "send the response, then complete the upgrade"]
#[non_exhaustive]
pub struct Upgrade {
    /// The response to send, whatever the outcome; its body tells people why a station was turned away.
    pub response: Response<String>,
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
        let (kick, credit, guard, rejection) = match self.kind {
            Kind::Station(registration, kick) => {
                let credit = registration.credit();
                (
                    Some(kick),
                    credit,
                    Some(Box::new(registration) as Guard),
                    None,
                )
            }
            Kind::Close(rejection) => (None, None, None, Some(rejection)),
        };
        let parts = Parts {
            io,
            codec,
            unread,
            info: Arc::new(self.info),
            kick,
            guard,
            credit,
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
type Refused = Box<(Response<String>, Rejection)>;

/// What a handshake asks for, taken out of its request.
struct Ask {
    /// The WebSocket key, or the status for what is no WebSocket handshake.
    key: Result<String, StatusCode>,
    path: String,
    credentials: Option<Credentials>,
    versions: String,
    extensions: String,
    remote: Option<SocketAddr>,
}

impl Ask {
    fn read(method: &Method, uri: &Uri, headers: &HeaderMap, remote: Option<SocketAddr>) -> Self {
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
    /// Answers an upgrade request inside the user's own HTTP server, hyper or axum for example: send the response,
    /// then hand the upgraded byte stream to [`Pending::complete`]. `examples/axum` is a complete program.
    ///
    /// `profile` is the profile of the listener that the request came through, `certificate` the client certificate that
    /// was verified there, if any, and `remote` the other end of the TCP connection. Without `remote` the limits for
    /// addresses do not apply, and no [proxy](super::TrustedProxies) is believed. How long a request may take to arrive,
    /// and how many at a time, is for the HTTP server.
    pub fn upgrade<'a, B>(
        &'a self,
        request: &Request<B>,
        profile: SecurityProfile,
        certificate: Option<&'a ClientCertificate>,
        remote: Option<SocketAddr>,
    ) -> impl Future<Output = Upgrade> + Send + use<'a, A, B> {
        let (method, uri, headers) = (request.method(), request.uri(), request.headers());
        let ask = self.ask(method, uri, headers, remote);
        self.answer(ask, profile, certificate)
    }

    /// The same for a request without its body, as an extractor of axum gives it.
    pub fn upgrade_parts<'a>(
        &'a self,
        request: &http::request::Parts,
        profile: SecurityProfile,
        certificate: Option<&'a ClientCertificate>,
        remote: Option<SocketAddr>,
    ) -> impl Future<Output = Upgrade> + Send + use<'a, A> {
        let ask = self.ask(&request.method, &request.uri, &request.headers, remote);
        self.answer(ask, profile, certificate)
    }

    /// The address is the station's from here on.
    fn ask(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        remote: Option<SocketAddr>,
    ) -> Ask {
        let proxies = &self.shared.options.trusted_proxies;
        let remote = remote.map(|remote| proxies.client(remote, headers));
        Ask::read(method, uri, headers, remote)
    }

    async fn answer(
        &self,
        ask: Ask,
        profile: SecurityProfile,
        certificate: Option<&ClientCertificate>,
    ) -> Upgrade {
        let remote = ask.remote;
        let upgrade = self
            .decide(ask, profile, certificate, &mut Turn::Peer)
            .await;
        self.report_upgrade(remote, &upgrade);
        upgrade
    }

    fn report_upgrade(&self, remote: Option<SocketAddr>, upgrade: &Upgrade) {
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
        let mut turn = Turn::Peer;
        let handshake = self.handshake(io, profile, certificate, remote, &mut turn);
        let result = timeout(time, handshake).await;
        let result = result.unwrap_or(Err(Rejection::TimedOut));
        let (pending, io, unread) = self.ended(remote, turn, result).await?;
        pending.open(io, unread).await
    }

    /// What follows from a handshake that ended without an answer; the others are dealt with.
    pub(super) async fn ended<T>(
        &self,
        remote: Option<SocketAddr>,
        turn: Turn,
        result: Result<T, Rejection>,
    ) -> Result<T, Rejection> {
        if let Err(rejection) = &result
            && matches!(
                rejection,
                Rejection::TimedOut | Rejection::Broken(_) | Rejection::Tls(_) | Rejection::Crowded
            )
        {
            self.shared.authenticator.rejected(remote, rejection);
            if turn == Turn::Peer {
                self.shared.failures.failed(self.source(remote)).await;
            }
        }
        result
    }

    /// Whose share a connection counts for: nobody's if it is that of a proxy.
    pub(super) fn source(&self, remote: Option<SocketAddr>) -> Option<Source> {
        let remote = remote?.ip();
        let proxy = self.shared.options.trusted_proxies.trust(remote);
        (!proxy).then(|| Source::of(remote))
    }

    /// Up to the response. Closing a connection without common version may take a little longer and is left to
    /// [`Pending::open`].
    pub(super) async fn handshake(
        &self,
        mut io: Transport,
        profile: SecurityProfile,
        certificate: Option<&ClientCertificate>,
        remote: Option<SocketAddr>,
        turn: &mut Turn,
    ) -> Result<(Pending, Transport, Vec<u8>), Rejection> {
        let broken = |error: std::io::Error| match TlsFailure::from_io(&error) {
            Some(failure) => Rejection::Tls(failure),
            None => Rejection::Broken(error.kind()),
        };
        let request = match read_head(&mut io).await {
            Ok((head, unread)) => parse_request(&head).map(|request| (request, unread)),
            Err(error) => Err(error),
        };
        let mut client = remote;
        let (upgrade, unread) = match request {
            Ok((request, unread)) => {
                let (method, uri) = (request.method(), request.uri());
                let ask = self.ask(method, uri, request.headers(), remote);
                client = ask.remote;
                (self.decide(ask, profile, certificate, turn).await, unread)
            }
            Err(HeadError::Io(error)) => return Err(broken(error)),
            Err(HeadError::Malformed) => {
                self.shared.failures.failed(self.source(remote)).await;
                let (response, rejection) = *not_websocket(StatusCode::BAD_REQUEST);
                let outcome = Err(rejection);
                (Upgrade { response, outcome }, Vec::new())
            }
        };
        let written = async {
            io.write_all(&write_response(&upgrade.response)).await?;
            io.flush().await
        };
        let written = written.await;
        if upgrade.outcome.is_err() {
            // The peer must get to read the answer.
            let _ = io.shutdown().await;
        }
        // Whoever is turned away has the answer before anybody writes a log.
        self.report_upgrade(client, &upgrade);
        let pending = upgrade.outcome?;
        written.map_err(broken)?;
        Ok((pending, io, unread))
    }

    /// What becomes of a handshake; failing takes longer for those that fail all the time.
    async fn decide(
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
        let mut pending = Pending {
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

fn not_websocket(code: StatusCode) -> Refused {
    refuse(code, Rejection::NotWebSocket(code.as_u16()))
}

/// The answer tells people what is wrong, but not what the peer does not know already.
fn refuse(code: StatusCode, rejection: Rejection) -> Refused {
    let mut response = status(code);
    let text = match &rejection {
        Rejection::NotWebSocket(_) => "stations connect here with OCPP over WebSocket",
        Rejection::NoIdentity => "the URL must end with the identity of the station",
        Rejection::NoCredentials(_) => {
            "user name (the identity of the station) and password are needed"
        }
        Rejection::WrongCertificate { .. } => "the certificate is not that of this station",
        Rejection::Refused { refusal, .. } => match refusal {
            Refusal::UnknownStation => "this station is not known here",
            Refusal::WrongPassword => "wrong password",
            Refusal::Forbidden => "this station may not connect",
            Refusal::Unavailable => "not now",
        },
        Rejection::NoCommonVersion { .. } => "none of these versions of OCPP is spoken here",
        Rejection::Duplicate(_) => "this station is connected already",
        Rejection::TooOften { retry_after, .. } => {
            let seconds = retry_after.as_millis().div_ceil(1000);
            set(&mut response, RETRY_AFTER, &seconds.to_string());
            "too often"
        }
        Rejection::TooManyFailures => {
            set(&mut response, RETRY_AFTER, "1");
            "too many failed attempts from this address"
        }
        _ => "no more connections are taken now",
    };
    set(&mut response, CONTENT_TYPE, "text/plain; charset=utf-8");
    *response.body_mut() = format!("{text}\n");
    Box::new((response, rejection))
}

fn status(code: StatusCode) -> Response<String> {
    let mut response = Response::new(String::new());
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

fn set(response: &mut Response<String>, name: HeaderName, value: &str) {
    // All values are made of visible ASCII here, or were read from a header before.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
