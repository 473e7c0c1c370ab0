//! OCPP-J over WebSocket and TLS with tokio, for charging stations and for charging station management systems (CSMS).
//!
//! Three layers, each of use by itself:
//!
//! 1. A [`Connection`] carries text messages. A station opens one with [`connect`]; a [`Server`] accepts them, on its
//!    own listener or inside an HTTP server that is there already.
//! 2. [`session`] drives [`ocpp_core::session`] over connections: typed calls, typed handlers, reconnecting.
//! 3. The roles of `ocpp_core` run over either. For a charging station there is a driver that does everything but move the
//!    hardware: `station`, with the feature of that name.
//!
//! # A station and a CSMS
//!
//! ```
//! use ocpp_core::frame::ErrorCode;
//! use ocpp_tokio::server::{Attempt, Refusal, Server, ServerOptions};
//! use ocpp_tokio::session::{Driver, Handler, Peer, Reply, SessionOptions};
//! use ocpp_tokio::{
//!     CloseCode, ConnectOptions, CsmsSecurity, Identity, Password, StationSecurity, Version,
//! };
//! use ocpp_types::v1_6::*;
//!
//! struct Csms;
//!
//! impl Handler<Protocol> for Csms {
//!     async fn handle(&self, request: AnyRequest, reply: Reply<Protocol>, peer: &Peer<Protocol>) {
//!         let now = "2024-05-15T12:00:00Z".parse().unwrap();
//!         match request {
//!             AnyRequest::BootNotification(request) => {
//!                 let status = RegistrationStatus::Accepted;
//!                 reply.with(&request, &BootNotificationResponse::new(status, now, 300));
//!                 // Comes after the response.
//!                 let unlock = UnlockConnectorRequest::new(1);
//!                 println!("{} says {:?}", peer.identity(), peer.call(&unlock).await);
//!             }
//!             AnyRequest::Heartbeat(request) => reply.with(&request, &HeartbeatResponse::new(now)),
//!             _ => reply.refuse(ErrorCode::NotSupported, ""),
//!         }
//!     }
//! }
//!
//! struct Station;
//!
//! impl Handler<Protocol> for Station {
//!     async fn handle(&self, request: AnyRequest, reply: Reply<Protocol>, _: &Peer<Protocol>) {
//!         match request {
//!             AnyRequest::UnlockConnector(request) => {
//!                 reply.with(&request, &UnlockConnectorResponse::new(UnlockStatus::Unlocked));
//!             }
//!             _ => reply.refuse(ErrorCode::NotSupported, ""),
//!         }
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // The CSMS: one listener, security profile 1.
//! let password = Password::text("correct horse battery")?;
//! let known = password.clone();
//! let server = Server::new(ServerOptions::new(&[Version::V1_6]), move |attempt: &Attempt<'_>| {
//!     match attempt.credentials {
//!         Some(sent) if known.matches(&sent.password) => Ok(()),
//!         _ => Err(Refusal::WrongPassword),
//!     }
//! });
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let mut incoming = server.listen(listener, CsmsSecurity::Basic)?;
//! let endpoint = format!("ws://{}/ocpp", incoming.local_addr());
//! tokio::spawn(async move {
//!     while let Some(connection) = incoming.accept().await {
//!         let Ok(driver) = Driver::csms(connection, SessionOptions::csms()) else { continue };
//!         tokio::spawn(driver.run(Csms));
//!     }
//! });
//!
//! // The station.
//! let options = ConnectOptions::new(endpoint, Identity::new("CP 001")?, &[Version::V1_6])
//!     .with_security(StationSecurity::Basic(password));
//! let driver = Driver::station(options, SessionOptions::station());
//! let csms = driver.peer();
//! let running = tokio::spawn(driver.run(Station));
//! let boot = BootNotificationRequest::new("Vendor".parse()?, "Model".parse()?);
//! assert_eq!(csms.call(&boot).await?.interval, 300);
//! csms.close(CloseCode::NORMAL, "");
//! running.await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Limits and defaults
//!
//! | limit | default | when it is reached |
//! |---|---|---|
//! | message, after inflation | 1 MiB | close code 1009 before it is read |
//! | messages of a station | 50 at once, 20 a second | read later; the station feels TCP's back-pressure |
//! | pong after a ping of a CSMS | 20 s after one a minute | [`End::PeerSilent`] |
//! | bytes that the peer does not take | 30 s | [`End::PeerSilent`] |
//! | the peer's half of a close handshake | 3 s | closed without it |
//! | pings, pongs, fragments of a station | 32 count as a message | as for messages |
//! | blocks of a compressed message | 64, and one for 32 bytes | close code 1008 |
//! | what waits for a peer that does not read | four messages of the longest kind | it is not read either |
//! | handshake (TLS, HTTP, authenticator) | 20 s | given up |
//! | handshakes at a time | 512 for each listener | wait, at most as long; those with fewest come first |
//! | handshakes at a time from one address | 128 | wait; established connections do not count |
//! | connections that wait for a handshake | 4096 for each listener | the address with most loses its last |
//! | failed handshakes from one address | 100 at once, 1 a second | 4 at a time, answered after half a second |
//! | wrong passwords for one identity from one address | 3 | the next is judged 1, 2, 4 … 60 s later (429) |
//! | new connections of a station | count as messages | 429 after five seconds |
//! | connections | 100 000 | status 503 |
//! | HTTP head | 16 KiB, 64 fields | status 400 |
//! | identity | 255 bytes that are seen | status 404 |
//!
//! An address is an IPv4 address or a /64 network of IPv6; behind [trusted proxies](server::TrustedProxies) the one that they
//! tell. All of it is set in [`server::ServerOptions`] and [`ConnectionOptions`].
//!
//! # What the specifications ask for, and where it is
//!
//! | requirement | where |
//! |---|---|
//! | part 4 section 3.1.1: identity in the URL | [`Identity`], [`ConnectOptions::endpoint`] |
//! | part 4 section 3.1.2: subprotocols | [`server::ServerOptions::versions`] |
//! | part 4 section 3.2: unknown station 404, no version in common | [`server::Refusal`], [`server::NoCommonVersion`] |
//! | part 4 section 3.3: compression | [`Compression`] |
//! | part 4 section 5.3: back-off | [`ocpp_core::back_off`], [`session::SessionOptions::back_off`] |
//! | part 4 section 8.4: `WebSocketPingInterval` | [`ConnectionOptions::ping_interval`], [`Connection::set_ping_interval`] |
//! | A00.FR.002, 006: one profile for each listener | [`CsmsSecurity`] |
//! | A00.FR.204 to 207: Basic authentication | [`Password`], [`Credentials`] |
//! | A00.FR.309, 412: name of the CSMS, without wildcards | `ClientTls::rustls`, `ClientTls::allow_wildcards` |
//! | A00.FR.310, 316, 323: security events | [`ConnectError::security_event`] |
//! | A00.FR.318: cipher suites | features `rustls` and `openssl` |
//! | A00.FR.403 to 408: client certificates | [`server::CommonName`], [`server::Rejection::security_event`] |
//!
//! Revocation is not checked by itself: neither side reads CRLs or asks OCSP responders. A station is not expected to
//! (A00.FR.701: certificates of the CSMS that expire soon). A CSMS that has an authority to ask (A00.FR.702, A00.FR.704)
//! does so in [`server::Authenticator::authenticate`], which may wait and gets the verified certificate in DER
//! ([`server::Attempt::certificate`]). A TLS configuration of one's own (`from_rustls`, `from_openssl`) can hold CRLs; it
//! can also accept a station's expired certificate, which never happens otherwise (A00.FR.429 allows it).
//!
//! # Features
//!
//! | feature | default | what it does |
//! |---|---|---|
//! | `v1_6`, `v2_0_1`, `v2_1` | yes | the versions whose messages are compiled |
//! | `deflate` | yes | permessage-deflate, which a CSMS must have |
//! | `rustls` | yes | TLS with rustls and ring |
//! | `openssl` | no | TLS with the system's OpenSSL, for the two TLS_RSA suites that the specification wants of a CSMS and rustls does not have; `openssl` instead of `rustls` in the names of two constructors |
//! | `csms` | no | the driver for management systems: listeners, a value of the core for each station, a store; there with a version |
//! | `redb` | no | a file as that store |
//! | `postgres` | no | a PostgreSQL database as that store, which several nodes may share |
//! | `nats` | no | NATS with JetStream between the nodes of a CSMS |
//! | `station` | no | the driver for charging stations, with file transfers, durable records and private keys; there with `v1_6` or `v2_0_1` |
//! | `testing` | no | a CSMS and a station on a free port, scripted, for the tests of one's own station or CSMS |
//!
//! # Where to go next
//!
//! - A CSMS: the module `csms` (feature `csms`), [`Server::upgrade`] inside an HTTP server that is there already; `examples/csms` and
//!   `examples/axum` in the repository. Whoever answers by hand takes [`session::Stations`] as the registry of connections.
//! - A charging station: the module `station` (feature `station`), and `examples/station`.
//! - Tests of one's own CSMS or station: the module `testing` (feature `testing`) has the other side.
//! - Both without sockets, on another executor or in tests: `ocpp-core`.

#![cfg_attr(docsrs, feature(doc_cfg))]
// A library has no business with its user's terminal, which may be closed or full (S18).
#![warn(clippy::print_stdout, clippy::print_stderr)]

mod auth;
mod client;
pub mod clock;
#[cfg(all(
    feature = "csms",
    any(feature = "v1_6", feature = "v2_0_1", feature = "v2_1")
))]
pub mod csms;
mod identity;
mod info;
#[cfg(any(
    all(
        feature = "redb",
        any(feature = "v1_6", feature = "v2_0_1", feature = "v2_1")
    ),
    all(feature = "station", any(feature = "v1_6", feature = "v2_0_1"))
))]
mod private;
mod security;
pub mod server;
pub mod session;
// Behind either version: there is no station of 2.1 yet.
#[cfg(all(feature = "station", any(feature = "v1_6", feature = "v2_0_1")))]
pub mod station;
mod subprotocol;
#[cfg(all(feature = "testing", any(feature = "v1_6", feature = "v2_0_1")))]
pub mod testing;
mod tls;
mod websocket;

pub use ocpp_core::Version;

pub use auth::{Credentials, InvalidPassword, Password};
pub use client::{ConnectError, ConnectOptions, connect, connect_over};
pub use identity::{Identity, InvalidIdentity};
pub use info::ConnectionInfo;
pub use security::{CsmsSecurity, SecurityEvent, SecurityProfile, StationSecurity};
pub use server::Server;
pub use tls::{
    ClientCertificate, ClientTls, ServerTls, TlsConfigError, TlsFailure, TlsFailureKind,
    TlsIdentity,
};
pub use websocket::{
    CloseCode, Compression, Connection, ConnectionOptions, End, Incoming, Io, RateLimit,
};
