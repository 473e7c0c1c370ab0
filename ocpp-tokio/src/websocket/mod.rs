//! Text messages over a WebSocket connection.

mod close;
mod codec;
mod connection;
#[cfg(feature = "deflate")]
mod deflate;
#[cfg(not(feature = "deflate"))]
#[path = "no_deflate.rs"]
mod deflate;
mod end;
pub(crate) mod handshake;
#[cfg(feature = "deflate")]
mod inflate;
mod pace;
mod transport;

pub use close::CloseCode;
pub use connection::{Connection, Incoming};
pub use deflate::Compression;
pub use end::End;
pub use transport::Io;

pub(crate) use codec::{Codec, Role};
pub(crate) use connection::{Admission, Guard, Kick, Parts};
pub(crate) use deflate::{Deflate, accept, confirm, offer};
pub(crate) use pace::{Credit, SharedCredit};
pub(crate) use transport::Transport;

use std::time::Duration;

/// How a connection behaves once it is open; the same for stations and CSMSs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ConnectionOptions {
    /// Longest message in bytes, counted after inflation. A longer one ends the connection with close code 1009 before
    /// it has been read. Default: 1 MiB.
    pub max_message: usize,
    /// Time between pings; `None` sends none. A station sets the value of `WebSocketPingInterval` here (0 is `None`).
    /// Default: none for a station, one minute for a CSMS.
    pub ping_interval: Option<Duration>,
    /// A peer from which nothing at all arrives for this long after a ping is dead. Default: 20 seconds, but never
    /// longer than the ping interval.
    pub pong_timeout: Duration,
    /// A peer that takes none of the bytes waiting for it for this long is dead. Default: 30 seconds.
    pub write_timeout: Duration,
    /// How long to wait for the peer's half of the close handshake. Default: 3 seconds.
    pub close_timeout: Duration,
    /// Most messages that are read in a burst and, in the long run, in a second; 32 pings, pongs or fragments count as one
    /// too. Beyond it the connection is read later, so that the peer feels the back-pressure of TCP; nothing is lost. A
    /// CSMS counts for each station: a new connection costs one message and goes on where the last one stood. Default: no
    /// limit for a station, 50 and 20 for a CSMS.
    pub rate: Option<RateLimit>,
    /// Offer or accept permessage-deflate (RFC 7692). Default: yes, without context takeover, if the feature `deflate`
    /// is on.
    pub compression: Option<Compression>,
}

/// A token bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Messages that may come at once.
    pub burst: u32,
    /// Messages in a second in the long run.
    pub per_second: u32,
}

impl ConnectionOptions {
    /// The defaults of a station.
    #[must_use]
    pub fn station() -> Self {
        Self {
            max_message: 1024 * 1024,
            ping_interval: None,
            pong_timeout: Duration::from_secs(20),
            write_timeout: Duration::from_secs(30),
            close_timeout: Duration::from_secs(3),
            rate: None,
            #[cfg(feature = "deflate")]
            compression: Some(Compression::default()),
            #[cfg(not(feature = "deflate"))]
            compression: None,
        }
    }

    /// The defaults of a CSMS.
    #[must_use]
    pub fn csms() -> Self {
        Self {
            ping_interval: Some(Duration::from_secs(60)),
            rate: Some(RateLimit {
                burst: 50,
                per_second: 20,
            }),
            ..Self::station()
        }
    }
}
