//! The CSMS of the wire bench: WebSocket with and without TLS at each of two addresses, one station at a time.
//!
//! It lets everybody in and looks at how they come: what is right or wrong about that is for the cases to judge.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ocpp_conformance::bench::{self, Connected, Endpoint, Event, TlsVersion};
use ocpp_tokio::server::{Attempt, Authenticator, Refusal, Rejection, Server, ServerOptions};
use ocpp_tokio::{CloseCode, Connection, Io, SecurityProfile, Version};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::tls::{self, Certificates};

/// Time for the handshake of TLS.
const PATIENCE: Duration = Duration::from_secs(20);
/// After a failed accept, which is nearly always a shortage of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How the first byte of a TLS connection is called: a record of the handshake.
const TLS_HANDSHAKE: u8 = 0x16;

/// What the bench wants of the connection.
#[derive(Debug)]
pub(super) enum Order {
    Send(String),
    Close,
}

/// What bench and server share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// How the server at the first address behaves.
    first: Mutex<bench::Server>,
    /// How the one at the second behaves.
    second: Mutex<bench::Server>,
    /// The identity of the station under test; that of the first one that comes, unless somebody has named it.
    specimen: Mutex<Option<String>>,
    /// The orders of the open connection.
    line: Mutex<Option<mpsc::UnboundedSender<Order>>>,
    /// How stations that are connecting look so far.
    arriving: Mutex<HashMap<SocketAddr, Connected>>,
    /// Why the last one did not get in.
    turned_away: Mutex<Option<String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// Only a station with this identity is let in.
    pub(super) fn for_specimen(identity: Option<String>) -> Self {
        Self {
            specimen: Mutex::new(identity),
            ..Self::default()
        }
    }

    /// Whether this is the station under test, as far as is known.
    fn is_specimen(&self, identity: &str) -> bool {
        let specimen = lock(&self.specimen);
        specimen.as_deref().is_none_or(|only| only == identity)
    }

    pub(super) fn behave(&self, server: bench::Server) {
        let endpoint = server.endpoint;
        *self.server(endpoint) = server;
    }

    /// How the server at an address behaves.
    fn server(&self, endpoint: Endpoint) -> MutexGuard<'_, bench::Server> {
        lock(match endpoint {
            Endpoint::First => &self.first,
            Endpoint::Second => &self.second,
        })
    }

    /// The connection may be gone: what is sent then is lost.
    pub(super) fn order(&self, order: Order) {
        if let Some(orders) = lock(&self.line).as_ref() {
            let _ = orders.send(order);
        }
    }

    /// Why the last station that knocked did not get in.
    pub(super) fn turned_away(&self) -> Option<String> {
        lock(&self.turned_away).clone()
    }

    fn serves(&self, endpoint: Endpoint, profile: u8) -> bool {
        let server = self.server(endpoint);
        server.reachable && server.profile.is_none_or(|only| only == profile)
    }

    fn serves_tls(&self, endpoint: Endpoint) -> bool {
        let server = self.server(endpoint);
        server.reachable && server.profile.is_none_or(|only| only >= 2)
    }
}

/// Sees how stations come, and turns them away when the case says so.
struct Door {
    shared: Arc<Shared>,
    endpoint: Endpoint,
}

impl Authenticator for Door {
    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<(), Refusal> {
        let Some(remote) = attempt.remote else {
            return Err(Refusal::Forbidden);
        };
        let mut arriving = lock(&self.shared.arriving);
        if !self.shared.is_specimen(attempt.identity) {
            // Nothing that it does is the station's under test.
            arriving.remove(&remote);
            return Err(Refusal::UnknownStation);
        }
        let connected = arriving.entry(remote).or_default();
        connected.identity = attempt.identity.to_string();
        connected.endpoint = self.endpoint;
        if let Some(shown) = attempt.credentials {
            connected.basic = Some((shown.username.clone(), shown.password.clone()));
            connected.security_profile = connected.security_profile.max(1);
        }
        if self
            .shared
            .serves(self.endpoint, connected.security_profile)
        {
            Ok(())
        } else {
            Err(Refusal::Unavailable)
        }
    }

    fn rejected(&self, _: Option<SocketAddr>, rejection: &Rejection) {
        *lock(&self.shared.turned_away) = Some(rejection.to_string());
    }
}

/// A station on its way in.
#[derive(Clone)]
struct Handshake {
    server: Server<Door>,
    endpoint: Endpoint,
    shared: Arc<Shared>,
    certificates: Arc<Certificates>,
    events: Sender<Event>,
}

/// Accepts connections until the bench is gone.
pub(super) async fn serve(
    listeners: [(Endpoint, TcpListener); 2],
    version: Version,
    certificates: Certificates,
    shared: Arc<Shared>,
    events: Sender<Event>,
) {
    let certificates = Arc::new(certificates);
    let (opened, mut open) = mpsc::channel(1);
    for (endpoint, listener) in listeners {
        let door = Door {
            shared: shared.clone(),
            endpoint,
        };
        let mut options = ServerOptions::new(&[version]);
        // Some stations of 1.6 send no name of a version at all; later versions demand one.
        options.assumed_version = (version == Version::V1_6).then_some(version);
        // A station that reports a lot after an outage is not to be slowed down.
        options.connection.rate = None;
        let handshake = Handshake {
            server: Server::new(options, door),
            endpoint,
            shared: shared.clone(),
            certificates: certificates.clone(),
            events: events.clone(),
        };
        tokio::spawn(accept(listener, handshake, opened.clone()));
    }
    while let Some((connection, connected)) = open.recv().await {
        // The server may have changed since the handshake began.
        if !shared.serves(connected.endpoint, connected.security_profile) {
            let _ = events.send(Event::Refused(connected));
            continue;
        }
        lock(&shared.specimen).get_or_insert_with(|| connected.identity.clone());
        let (orders, given) = mpsc::unbounded_channel();
        *lock(&shared.line) = Some(orders);
        if events.send(Event::Connected(connected)).is_err() {
            return;
        }
        carry(connection, given, &events).await;
        // Nobody listens any more when the bench is gone.
        let _ = events.send(Event::Disconnected);
    }
}

async fn accept(
    listener: TcpListener,
    handshake: Handshake,
    opened: mpsc::Sender<(Connection, Connected)>,
) {
    loop {
        let Ok((tcp, remote)) = listener.accept().await else {
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let (handshake, opened) = (handshake.clone(), opened.clone());
        tokio::spawn(async move {
            let done = handshake.run(tcp, remote).await;
            let seen = lock(&handshake.shared.arriving).remove(&remote);
            match (done, seen) {
                (Some(connection), Some(seen)) => {
                    let _ = opened.send((connection, seen)).await;
                }
                (None, Some(seen)) if seen.tls_version == Some(TlsVersion::Outdated) => {
                    // More than the beginning of it is not to be had from the lab.
                    let _ = handshake.events.send(Event::Connected(seen));
                    let _ = handshake.events.send(Event::Disconnected);
                }
                (None, Some(seen)) => {
                    let _ = handshake.events.send(Event::Refused(seen));
                }
                // It said nothing that could be judged.
                (_, None) => {}
            }
        });
    }
}

impl Handshake {
    /// `None` when it came to nothing. Whoever has shown something of himself is among the arriving ones then.
    async fn run(&self, tcp: TcpStream, remote: SocketAddr) -> Option<Connection> {
        // Messages are small and are written whole: there is nothing to gather.
        let _ = tcp.set_nodelay(true);
        let mut first = [0];
        let peeked = timeout(PATIENCE, tcp.peek(&mut first)).await;
        if !matches!(peeked, Ok(Ok(1))) {
            return None;
        }
        if first != [TLS_HANDSHAKE] {
            return self.websocket(tcp, remote).await;
        }
        let secured = timeout(PATIENCE, self.secure(tcp, remote)).await;
        let refusal = match secured {
            Ok(Ok(stream)) => return self.websocket(stream, remote).await,
            Ok(Err(error)) => format!(
                "TLS failed: {error} (`ocpp conformance pki` writes the root that the station must trust)"
            ),
            Err(_) => "TLS took too long".to_owned(),
        };
        *lock(&self.shared.turned_away) = Some(refusal);
        None
    }

    async fn secure(&self, tcp: TcpStream, remote: SocketAddr) -> io::Result<tls::Stream> {
        let hello = tls::hello(tcp).await?;
        let mut seen = Connected {
            endpoint: self.endpoint,
            security_profile: 2,
            cipher_suites: tls::cipher_suites(&hello),
            ..Connected::default()
        };
        lock(&self.shared.arriving).insert(remote, seen.clone());
        if !self.shared.serves_tls(self.endpoint) {
            return Err(io::Error::other("not offered at the moment"));
        }
        let server = self.shared.server(self.endpoint).clone();
        if server.old_tls {
            if tls::speaks_old(hello).await? {
                seen.tls_version = Some(TlsVersion::Outdated);
                lock(&self.shared.arriving).insert(remote, seen);
            }
            return Err(io::Error::other("TLS 1.1 at most at the moment"));
        }
        let config = self.certificates.server(server.certificate);
        let stream = hello.into_stream(config).await?;
        seen.tls_version = tls::version_of(&stream);
        if let Some(certificate) = tls::certificate_of(&stream) {
            seen.security_profile = 3;
            seen.client_certificate = Some(certificate);
        }
        lock(&self.shared.arriving).insert(remote, seen);
        Ok(stream)
    }

    async fn websocket(&self, io: impl Io, remote: SocketAddr) -> Option<Connection> {
        // The profile is what the station makes of the connection, not a rule.
        let profile = SecurityProfile::Unsecured;
        let accepted = self.server.accept(io, profile, None, Some(remote)).await;
        accepted.ok()
    }
}

/// Carries messages until the connection ends.
async fn carry(
    mut connection: Connection,
    mut orders: mpsc::UnboundedReceiver<Order>,
    events: &Sender<Event>,
) {
    loop {
        tokio::select! {
            received = connection.recv() => match received {
                Ok(text) => {
                    let _ = events.send(Event::Text(text));
                }
                Err(_) => return,
            },
            order = orders.recv() => match order {
                Some(Order::Send(text)) => connection.queue(&text),
                Some(Order::Close) | None => {
                    connection.close(CloseCode::NORMAL, "").await;
                    return;
                }
            },
        }
    }
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
