//! What is known about an open connection.

use std::net::SocketAddr;

use crate::identity::Identity;
use ocpp_core::Version;

/// What the handshake settled; does not change while the connection lives.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConnectionInfo {
    /// The station at the station's end of the connection.
    pub identity: Identity,
    /// The OCPP version that was agreed.
    pub version: Version,
    /// The other end's address, where there is one.
    pub remote: Option<SocketAddr>,
    /// The connection runs over TLS.
    pub secure: bool,
    /// The path of the URL, still percent-encoded.
    pub path: String,
}
