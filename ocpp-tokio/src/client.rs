//! The station's side: connecting to a CSMS.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONNECTION, UPGRADE};
use http::header::{SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_PROTOCOL};
use http::{Response, StatusCode, Uri};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tungstenite::handshake::client::generate_key;
use tungstenite::handshake::derive_accept_key;

use crate::auth::Credentials;
use crate::identity::Identity;
use crate::info::{ConnectionInfo, next_number};
use crate::security::{SecurityEvent, StationSecurity};
use crate::tls::TlsFailure;
use crate::websocket::handshake::{HeadError, has_token, joined, parse_response, read_head};
use crate::websocket::{
    Codec, Connection, ConnectionOptions, Io, Parts, Role, Transport, confirm, offer,
};
use ocpp_core::Version;

/// What a station needs to connect.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ConnectOptions {
    /// The CSMS's endpoint, `ws://` or `wss://`; the identity is appended to its path (part 4 section 3.1.1).
    pub endpoint: String,
    /// Dials this address instead of looking up the host of [`endpoint`](Self::endpoint), whose name counts for TLS and HTTP all the
    /// same: for a CSMS whose name only a private network knows, and for tests. Default: `None`.
    pub address: Option<SocketAddr>,
    /// The station.
    pub identity: Identity,
    /// The versions to offer, the preferred one first.
    pub versions: Vec<Version>,
    /// The security profile.
    pub security: StationSecurity,
    /// Time for everything up to the open WebSocket. Default: 30 seconds.
    pub timeout: Duration,
    /// How the connection behaves once it is open.
    pub connection: ConnectionOptions,
}

impl ConnectOptions {
    /// Options with the defaults named at each field, and no security.
    #[must_use]
    pub fn new(endpoint: impl Into<String>, identity: Identity, versions: &[Version]) -> Self {
        Self {
            endpoint: endpoint.into(),
            address: None,
            identity,
            versions: versions.to_vec(),
            security: StationSecurity::Unsecured,
            timeout: Duration::from_secs(30),
            connection: ConnectionOptions::station(),
        }
    }

    /// The same with a security profile.
    #[must_use]
    pub fn with_security(mut self, security: StationSecurity) -> Self {
        self.security = security;
        self
    }
}

/// Why a station could not connect.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The options do not make sense; trying again will not help.
    #[error("cannot connect with these options: {0}")]
    Options(&'static str),
    /// The CSMS was not reached.
    #[error("the CSMS was not reached: {0}")]
    Unreachable(#[source] io::Error),
    /// The connection broke, or nothing came, before the WebSocket was open.
    #[error("the connection broke during the handshake: {0}")]
    Broken(#[source] io::Error),
    /// It took longer than [`ConnectOptions::timeout`].
    #[error("connecting took too long")]
    TimedOut,
    /// TLS failed.
    #[error(transparent)]
    Tls(TlsFailure),
    /// HTTP status 401: wrong password, or none where one is needed.
    #[error("the CSMS refused the password (401)")]
    Unauthorized,
    /// HTTP status 404: the CSMS does not know the station. Try again with back-off (OCPP-J 1.6 erratum 3.4).
    #[error("the CSMS does not know this station (404)")]
    UnknownStation,
    /// Another HTTP status.
    #[error("the CSMS refused the connection ({0})")]
    Refused(u16),
    /// No OCPP version in common.
    #[error("the CSMS speaks none of the offered OCPP versions")]
    NoCommonVersion,
    /// The answer is not that of a WebSocket server.
    #[error("not a WebSocket handshake: {0}")]
    NotWebSocket(&'static str),
}

impl ConnectError {
    /// The security event that the station must report once it is connected, if any. Repeated failures of one kind
    /// need to be reported only once (A00.FR.316, note).
    #[must_use]
    pub const fn security_event(&self) -> Option<SecurityEvent> {
        match self {
            Self::Tls(failure) => failure.station_event(),
            Self::Unauthorized => Some(SecurityEvent::FailedToAuthenticateAtCsms),
            _ => None,
        }
    }
}

/// Opens a connection to a CSMS.
///
/// # Errors
/// [`ConnectError`] tells what went wrong; [`ConnectError::security_event`] what the specification wants reported.
pub async fn connect(options: &ConnectOptions) -> Result<Connection, ConnectError> {
    within(options.timeout, async {
        let target = Target::new(options)?;
        let tcp = match options.address {
            Some(address) => TcpStream::connect(address).await,
            None => TcpStream::connect((target.host.as_str(), target.port)).await,
        };
        let tcp = tcp.map_err(ConnectError::Unreachable)?;
        // Messages are small and are written whole: there is nothing to gather.
        tcp.set_nodelay(true).map_err(ConnectError::Broken)?;
        let remote = tcp.peer_addr().ok();
        let io = match options.security.tls() {
            Some(tls) => tls
                .connect(&target.host, tcp)
                .await
                .map_err(ConnectError::Tls)?,
            None => Transport::Plain(tcp),
        };
        open(options, &target, io, remote).await
    })
    .await
}

/// Opens a connection over a byte stream that exists already, through a tunnel or a modem's own TLS for example. The
/// endpoint's host is used for the `Host` header only.
///
/// # Errors
/// As [`connect`].
pub async fn connect_over(
    io: impl Io,
    options: &ConnectOptions,
) -> Result<Connection, ConnectError> {
    within(options.timeout, async {
        let target = Target::new(options)?;
        open(options, &target, Transport::Other(Box::new(io)), None).await
    })
    .await
}

async fn within<T>(
    time: Duration,
    work: impl Future<Output = Result<T, ConnectError>>,
) -> Result<T, ConnectError> {
    timeout(time, work)
        .await
        .unwrap_or(Err(ConnectError::TimedOut))
}

/// Where to connect to, taken from the options and checked.
struct Target {
    host: String,
    port: u16,
    /// For the `Host` header.
    authority: String,
    path: String,
    secure: bool,
}

impl Target {
    fn new(options: &ConnectOptions) -> Result<Self, ConnectError> {
        use ConnectError::Options;
        let uri: Uri = options
            .endpoint
            .parse()
            .map_err(|_| Options("endpoint is not a URL"))?;
        let secure = match uri.scheme_str() {
            Some(scheme) if scheme.eq_ignore_ascii_case("ws") => false,
            Some(scheme) if scheme.eq_ignore_ascii_case("wss") => true,
            _ => return Err(Options("endpoint is neither ws:// nor wss://")),
        };
        if secure != options.security.tls().is_some() {
            return Err(Options(if secure {
                "wss:// needs security profile 2 or 3"
            } else {
                "security profiles 2 and 3 need wss://"
            }));
        }
        if let StationSecurity::TlsCertificate(tls) = &options.security
            && !tls.has_certificate()
        {
            return Err(Options("security profile 3 needs a client certificate"));
        }
        if options.versions.is_empty() {
            return Err(Options("no OCPP version to offer"));
        }
        let host = uri.host().filter(|host| !host.is_empty());
        let host = host.ok_or(Options("endpoint has no host"))?;
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let authority = match uri.port_u16() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let mut path = format!(
            "{}/{}",
            uri.path().trim_end_matches('/'),
            options.identity.encoded()
        );
        if let Some(query) = uri.query() {
            path.push('?');
            path.push_str(query);
        }
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        Ok(Self {
            host,
            port,
            authority,
            path,
            secure,
        })
    }
}

async fn open(
    options: &ConnectOptions,
    target: &Target,
    mut io: Transport,
    remote: Option<SocketAddr>,
) -> Result<Connection, ConnectError> {
    let key = generate_key();
    io.write_all(request(options, target, &key).as_bytes())
        .await
        .map_err(broken)?;
    io.flush().await.map_err(broken)?;
    let (head, unread) = read_head(&mut io).await.map_err(|error| match error {
        HeadError::Io(error) => broken(error),
        HeadError::Malformed => ConnectError::NotWebSocket("not HTTP"),
    })?;
    let response = parse_response(&head).map_err(|_| ConnectError::NotWebSocket("not HTTP"))?;
    check_response(&response, &key)?;
    let version = agreed_version(options, &response)?;
    let extensions = joined(response.headers(), SEC_WEBSOCKET_EXTENSIONS);
    let deflate = match &options.connection.compression {
        _ if extensions.is_empty() => None,
        Some(compression) => {
            Some(confirm(compression, &extensions).map_err(ConnectError::NotWebSocket)?)
        }
        None => return Err(ConnectError::NotWebSocket("extension that was not offered")),
    };
    let info = ConnectionInfo {
        identity: options.identity.clone(),
        version,
        number: next_number(),
        remote,
        secure: target.secure,
        path: target.path.clone(),
    };
    let codec = Codec::new(Role::Client, options.connection.max_message, deflate);
    let parts = Parts {
        io,
        codec,
        unread,
        info: Arc::new(info),
        kick: None,
        guard: None,
        credit: None,
        admission: None,
    };
    Ok(Connection::new(parts, &options.connection))
}

fn broken(error: io::Error) -> ConnectError {
    match TlsFailure::from_io(&error) {
        Some(failure) => ConnectError::Tls(failure),
        None => ConnectError::Broken(error),
    }
}

fn request(options: &ConnectOptions, target: &Target, key: &str) -> String {
    let versions: Vec<_> = options
        .versions
        .iter()
        .map(|version| version.subprotocol())
        .collect();
    let mut request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: {}\r\n",
        target.path,
        target.authority,
        versions.join(", "),
    );
    let mut header = |name: &str, value: &str| {
        request.push_str(name);
        request.push_str(": ");
        request.push_str(value);
        request.push_str("\r\n");
    };
    if let Some(compression) = &options.connection.compression {
        header("Sec-WebSocket-Extensions", offer(compression));
    }
    if let Some(password) = options.security.password() {
        header(
            "Authorization",
            &Credentials::header(&options.identity, password),
        );
    }
    request.push_str("\r\n");
    request
}

/// RFC 6455 section 4.1, and what the statuses mean in OCPP.
fn check_response(response: &Response<()>, key: &str) -> Result<(), ConnectError> {
    match response.status() {
        StatusCode::SWITCHING_PROTOCOLS => {}
        StatusCode::UNAUTHORIZED => return Err(ConnectError::Unauthorized),
        StatusCode::NOT_FOUND => return Err(ConnectError::UnknownStation),
        other => return Err(ConnectError::Refused(other.as_u16())),
    }
    let headers = response.headers();
    if !has_token(headers, UPGRADE, "websocket") || !has_token(headers, CONNECTION, "upgrade") {
        return Err(ConnectError::NotWebSocket("no upgrade"));
    }
    let accept = headers.get(SEC_WEBSOCKET_ACCEPT);
    if accept.is_none_or(|accept| accept.as_bytes() != derive_accept_key(key.as_bytes()).as_bytes())
    {
        return Err(ConnectError::NotWebSocket("wrong Sec-WebSocket-Accept"));
    }
    Ok(())
}

/// A CSMS that agrees to none of the versions answers without the header and closes (part 4 section 3.2).
fn agreed_version(
    options: &ConnectOptions,
    response: &Response<()>,
) -> Result<Version, ConnectError> {
    let answer = joined(response.headers(), SEC_WEBSOCKET_PROTOCOL);
    if answer.is_empty() {
        return Err(ConnectError::NoCommonVersion);
    }
    Version::from_subprotocol(&answer)
        .filter(|version| options.versions.contains(version))
        .ok_or(ConnectError::NotWebSocket(
            "a subprotocol that was not offered",
        ))
}
