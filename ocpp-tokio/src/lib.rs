//! OCPP over WebSocket and TLS with tokio.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod auth;
mod client;
mod identity;
mod info;
mod security;
pub mod server;
pub mod session;
mod subprotocol;
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
pub use websocket::{CloseCode, Compression, Connection, ConnectionOptions, End, Io, RateLimit};
