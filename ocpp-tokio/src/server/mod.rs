//! The CSMS's side: accepting stations.

mod accept;
mod gate;
mod judge;
mod limits;
mod listener;
mod proxy;
mod refuse;
mod registry;
mod source;
mod throttle;
mod upgrade;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

pub use limits::{FailureLimit, PasswordDelays};
pub use listener::Incoming;
pub use proxy::{InvalidNetwork, ProxyHeader, TrustedProxies};
pub use upgrade::{Pending, Upgrade};

use crate::auth::Credentials;
use crate::identity::Identity;
use crate::security::{SecurityEvent, SecurityProfile};
use crate::tls::{ClientCertificate, TlsFailure};
use crate::websocket::ConnectionOptions;
use ocpp_core::Version;
use registry::Registry;
use throttle::{Failures, Passwords};

/// How a CSMS accepts stations.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServerOptions {
    /// The versions that are spoken, the preferred one first: the order here decides, not the station's.
    pub versions: Vec<Version>,
    /// What to do with a station that offers none of them. Default: as the specification says.
    pub no_common_version: NoCommonVersion,
    /// The version to assume for a station that sends no `Sec-WebSocket-Protocol` at all, as some 1.6 stations do.
    /// Default: none; such a station is treated like one without a version in common.
    pub assumed_version: Option<Version>,
    /// What happens when a station connects that is connected already. Default: the newer connection wins.
    pub duplicates: Duplicates,
    /// How the common name of a client certificate is checked. Default: it must be the identity.
    pub common_name: CommonName,
    /// Most connections at a time; more are refused with status 503. Default: 100 000.
    pub max_connections: usize,
    /// Most handshakes at a time for each listener; more wait. When all are taken, an address with fewer than others gets
    /// the place of the longest handshake of the address that has most, once that has lasted a quarter of
    /// [`handshake_timeout`](Self::handshake_timeout). Default: 512.
    pub max_handshakes: usize,
    /// Most handshakes at a time from one address (an IPv4 address, or a /64 network of IPv6), those of
    /// [`trusted_proxies`](Self::trusted_proxies) not counted; more wait. When some wait, a handshake that lasts half of
    /// `handshake_timeout` is given up. Established connections do not count: a fleet behind one address connects as fast
    /// as its handshakes succeed. Default: 128.
    pub handshakes_per_address: usize,
    /// Most connections of each listener that wait for their handshake, as long as
    /// [`handshake_timeout`](Self::handshake_timeout); the address with most of them loses its last one when there are
    /// more. Each is an open file. Default: 4096.
    pub max_waiting_handshakes: usize,
    /// Time for TLS, the HTTP request and the authenticator together. Default: 20 seconds.
    pub handshake_timeout: Duration,
    /// What becomes of an address whose handshakes fail. Default: see [`FailureLimit`].
    pub failures: Option<FailureLimit>,
    /// How wrong passwords delay the next attempt for the same station from the same address. Default: see
    /// [`PasswordDelays`].
    pub password_delays: Option<PasswordDelays>,
    /// Proxies that tell the address of a station. Default: none.
    pub trusted_proxies: TrustedProxies,
    /// How connections behave once they are open.
    pub connection: ConnectionOptions,
}

impl ServerOptions {
    /// Options with the defaults named at each field.
    #[must_use]
    pub fn new(versions: &[Version]) -> Self {
        Self {
            versions: versions.to_vec(),
            no_common_version: NoCommonVersion::default(),
            assumed_version: None,
            duplicates: Duplicates::default(),
            common_name: CommonName::default(),
            max_connections: 100_000,
            max_handshakes: 512,
            handshakes_per_address: 128,
            max_waiting_handshakes: 4096,
            handshake_timeout: Duration::from_secs(20),
            failures: Some(FailureLimit::default()),
            password_delays: Some(PasswordDelays::default()),
            trusted_proxies: TrustedProxies::default(),
            connection: ConnectionOptions::csms(),
        }
    }
}

/// What to do with a station that offers no version that is spoken here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NoCommonVersion {
    /// Complete the WebSocket handshake without naming a subprotocol, then close at once (OCPP-J 1.6 section 3.2,
    /// 2.0.1 part 4 section 3.2).
    #[default]
    OpenAndClose,
    /// Refuse the handshake with status 400, as test case TC_B_58_CSMS of OCPP 2.0.1 (errata 2025-01) wants it.
    Refuse,
}

/// What happens when a station connects that is connected already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Duplicates {
    /// The older connection ends as [`End::Replaced`](crate::End::Replaced). Stations behind mobile networks come back
    /// long before the CSMS can know that the old connection is dead.
    #[default]
    NewestWins,
    /// The newer connection is refused with status 409.
    OldestWins,
}

/// How the common name in a station's certificate is checked (A00.FR.405).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CommonName {
    /// It must equal the identity in the URL.
    #[default]
    IsIdentity,
    /// The authenticator checks it: it knows which serial number belongs to which identity.
    Authenticator,
}

/// A station that wants to connect, its request well-formed and, where the profile has Basic authentication, its user
/// name equal to its identity (A00.FR.207, A00.FR.324).
#[derive(Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The identity in the URL.
    pub identity: &'a Identity,
    /// The path of the URL, still percent-encoded: some CSMSs tell their tenants apart by it.
    pub path: &'a str,
    /// User name and password. Always there with profiles 1 and 2.
    pub credentials: Option<&'a Credentials>,
    /// The verified client certificate. Always there with profile 3.
    pub certificate: Option<&'a ClientCertificate>,
    /// The profile of the listener.
    pub profile: SecurityProfile,
    /// The station's address; behind a [trusted proxy](ServerOptions::trusted_proxies) the one that the proxy tells, with
    /// port 0 if it tells none.
    pub remote: Option<SocketAddr>,
}

/// Why the authenticator turns a station away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Not a station of this CSMS: status 404 (part 4 section 3.2).
    UnknownStation,
    /// Wrong password: status 401.
    WrongPassword,
    /// The station is known but not let in, by its certificate for example: status 403.
    Forbidden,
    /// Cannot be decided now: status 503.
    Unavailable,
}

/// Decides which stations may connect. A closure `Fn(&Attempt<'_>) -> Result<(), Refusal>` is one too, boxed or not, and
/// one that asks somebody else first is in an [`AsyncAuthenticator`].
pub trait Authenticator: Send + Sync + 'static {
    /// Decides about one station. May look into a database; it runs for as many stations at a time as there are
    /// handshakes, within [`ServerOptions::handshake_timeout`]. Compare passwords with
    /// [`Password::matches`](crate::Password::matches).
    fn authenticate(
        &self,
        attempt: &Attempt<'_>,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// Called for everyone that was turned away, for the security log (WP:A00.FR.323, A00.FR.408); by
    /// listeners after the answer was sent. `remote` is the address as in [`Attempt::remote`].
    fn rejected(&self, remote: Option<SocketAddr>, rejection: &Rejection) {
        let _ = (remote, rejection);
    }
}

impl<F> Authenticator for F
where
    F: Fn(&Attempt<'_>) -> Result<(), Refusal> + Send + Sync + 'static,
{
    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<(), Refusal> {
        self(attempt)
    }
}

/// A closure that answers later: it takes out of the [`Attempt`] what it needs, and gives a future.
///
/// ```
/// use ocpp_tokio::Version;
/// use ocpp_tokio::server::{AsyncAuthenticator, Attempt, Refusal, Server, ServerOptions};
///
/// async fn ask_the_database(identity: String) -> bool {
///     # identity.is_empty()
///     // …
/// }
///
/// let authenticator = AsyncAuthenticator(|attempt: &Attempt<'_>| {
///     let identity = attempt.identity.to_string();
///     async move {
///         match ask_the_database(identity).await {
///             true => Ok(()),
///             false => Err(Refusal::UnknownStation),
///         }
///     }
/// });
/// let server = Server::new(ServerOptions::new(&[Version::V1_6]), authenticator);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct AsyncAuthenticator<F>(pub F);

impl<F, R> Authenticator for AsyncAuthenticator<F>
where
    F: Fn(&Attempt<'_>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), Refusal>> + Send,
{
    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<(), Refusal> {
        (self.0)(attempt).await
    }
}

/// Why a connection did not come about.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// TLS failed: certificate, version, cipher suite.
    #[error(transparent)]
    Tls(TlsFailure),
    /// The connection broke during the handshake.
    #[error("the connection broke during the handshake: {0}")]
    Broken(std::io::ErrorKind),
    /// The handshake took longer than [`ServerOptions::handshake_timeout`].
    #[error("the handshake took too long")]
    TimedOut,
    /// Not a WebSocket handshake.
    #[error("not a WebSocket handshake (answered with {0})")]
    NotWebSocket(u16),
    /// The URL holds no station identity; answered with 404.
    #[error("no station identity in the URL")]
    NoIdentity,
    /// No credentials, malformed ones, or a user name that is not the identity; answered with 401.
    #[error("no credentials for {0}")]
    NoCredentials(Identity),
    /// No certificate, or one whose common name is not the identity; answered with 403.
    #[error("the certificate is not that of {identity}")]
    WrongCertificate {
        /// The identity in the URL.
        identity: Identity,
        /// The common name in the certificate.
        common_name: Option<String>,
    },
    /// The authenticator turned the station away.
    #[error("{identity} was turned away: {refusal:?}")]
    Refused {
        /// The identity in the URL.
        identity: Identity,
        /// The authenticator's reason.
        refusal: Refusal,
    },
    /// The station offers no version that is spoken here.
    #[error(
        "{identity} offers no common OCPP version: {}",
        ocpp_types::printable(offered, 100)
    )]
    NoCommonVersion {
        /// The identity in the URL.
        identity: Identity,
        /// What it offers.
        offered: String,
    },
    /// The station is connected, and the older connection wins; answered with 409.
    #[error("{0} is connected already")]
    Duplicate(Identity),
    /// The server is full or shutting down; answered with 503.
    #[error("the server takes no more connections")]
    Full,
    /// Too many wrong passwords for this station from this address, or the station connects again and again; answered with
    /// 429 and `Retry-After`. The authenticator was not asked about the password.
    #[error("{identity} tries too often, next in {} s", retry_after.as_secs())]
    TooOften {
        /// The identity in the URL.
        identity: Identity,
        /// When it may try again.
        retry_after: Duration,
    },
    /// Too many handshakes from this address at a time, most of which fail ([`FailureLimit`]); answered with 429.
    #[error("too many failed handshakes from this address")]
    TooManyFailures,
    /// Other addresses needed the place of this handshake, which was slow or one of very many
    /// ([`ServerOptions::handshakes_per_address`]).
    #[error("too many handshakes from this address at the same time")]
    Crowded,
}

impl Rejection {
    /// Whether it counts for the [`FailureLimit`] of the address: the peer did wrong, and was told so.
    const fn is_failure(&self) -> bool {
        match self {
            Self::NotWebSocket(_)
            | Self::NoIdentity
            | Self::NoCredentials(_)
            | Self::WrongCertificate { .. }
            | Self::TooOften { .. } => true,
            Self::Refused { refusal, .. } => !matches!(refusal, Refusal::Unavailable),
            _ => false,
        }
    }

    /// The event that the CSMS should log, if the specification names one.
    #[must_use]
    pub const fn security_event(&self) -> Option<SecurityEvent> {
        match self {
            Self::Tls(failure) => failure.csms_event(),
            Self::WrongCertificate { .. } => Some(SecurityEvent::InvalidChargingStationCertificate),
            _ => None,
        }
    }
}

/// A CSMS: options, authenticator, and the connections of all its listeners. Cheap to clone.
#[derive(Debug)]
pub struct Server<A> {
    shared: Arc<Shared<A>>,
}

impl<A> Clone for Server<A> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

#[derive(Debug)]
struct Shared<A> {
    options: ServerOptions,
    authenticator: A,
    registry: Arc<Registry>,
    failures: Failures,
    passwords: Passwords,
}

impl<A: Authenticator> Server<A> {
    /// A server without listeners yet.
    #[must_use]
    pub fn new(options: ServerOptions, authenticator: A) -> Self {
        let registry = Registry::new(options.max_connections, options.connection.rate);
        Self {
            shared: Arc::new(Shared {
                failures: Failures::new(options.failures.clone()),
                passwords: Passwords::new(options.password_delays.clone()),
                options,
                authenticator,
                registry: Arc::new(registry),
            }),
        }
    }

    /// The options.
    #[must_use]
    pub fn options(&self) -> &ServerOptions {
        &self.shared.options
    }

    /// The authenticator.
    #[must_use]
    pub fn authenticator(&self) -> &A {
        &self.shared.authenticator
    }

    /// Connections that are open, closing ones included.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.registry.len()
    }

    /// Whether the station is connected.
    #[must_use]
    pub fn is_connected(&self, identity: &Identity) -> bool {
        self.shared.registry.contains(identity)
    }

    /// Closes a station's connection from outside, with close code 1008; `false` if it is not connected.
    pub fn disconnect(&self, identity: &Identity, reason: &str) -> bool {
        self.shared.registry.disconnect(identity, reason)
    }

    /// Takes no more connections, closes all with close code 1001 (going away), and waits until they are gone, but at
    /// most for `grace`. Returns how many were still there then.
    ///
    /// Connections close in the tasks that own them, so these must go on calling
    /// [`Connection::recv`](crate::Connection::recv).
    pub async fn shutdown(&self, grace: Duration) -> usize {
        self.shared.registry.shutdown();
        let _ = tokio::time::timeout(grace, self.shared.registry.emptied()).await;
        self.connections()
    }
}
