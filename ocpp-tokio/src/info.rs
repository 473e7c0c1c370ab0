//! What is known about an open connection.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

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
    /// Counts the connections of this program: of two connections of a station the one with the greater number is newer.
    pub number: u64,
    /// The other end's address, where there is one. At a CSMS behind a
    /// [trusted proxy](crate::server::TrustedProxies) the one that the proxy tells, with port 0 if it tells none.
    pub remote: Option<SocketAddr>,
    /// The connection runs over TLS.
    pub secure: bool,
    /// The path of the URL, still percent-encoded.
    pub path: String,
}

/// The number of the next connection.
pub(crate) fn next_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
