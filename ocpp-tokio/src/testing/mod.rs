//! The other side of a connection, for tests: a CSMS for those who make stations, a station for those who make a CSMS.
//!
//! Both are the real ones of this library, on a free port of this machine, with a record of everything that was said. What they do by
//! themselves is right; what a test wants to go wrong is scripted.
//!
//! ```
//! use ocpp_tokio::Version;
//! use ocpp_tokio::testing::{MockCsms, MockStation, Reply};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let csms = MockCsms::start().await?;
//! let station = MockStation::connect(csms.url(), Version::V2_0_1).await?;
//! assert!(station.boot().await?.is_accepted());
//!
//! // Somebody charges.
//! station.plug(1);
//! station.present(1, "04A2B3C4").await?;
//! station.charging(1).await?;
//! station.deliver(1, 2_500);
//! csms.expect("Authorize").await?;
//!
//! // The CSMS asks, the station answers.
//! let answer = csms.call(station.identity(), "GetLocalListVersion", json!({})).await?;
//! assert_eq!(answer, json!({"versionNumber": 0}));
//! assert_eq!(station.expect("GetLocalListVersion").await?, json!({}));
//!
//! // Something goes wrong: the next event is never answered, and the network breaks off.
//! csms.once("TransactionEvent", Reply::Silence);
//! station.unplug(1);
//! csms.expect_with("TransactionEvent", |call| call["eventType"] == "Ended").await?;
//! csms.cut(station.identity());
//!
//! // The station says it again when it is back.
//! let ended = csms.expect_with("TransactionEvent", |call| call["eventType"] == "Ended").await?;
//! assert_eq!(ended["transactionInfo"]["stoppedReason"], "EVDisconnected");
//! station.delivered().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # A CSMS of one's own
//!
//! [`MockStation::connect`] with its URL; [`MockStation::config`] and [`MockStation::run`] for a password, TLS, more EVSEs or
//! another identity. Time is real, except that nothing is waited for longer than [`PATIENCE`].
//!
//! # A station of one's own
//!
//! [`MockCsms::start`], and let the station connect to [`MockCsms::url`]. All versions are spoken, every token may charge. What is
//! behind it is a [`Csms`](crate::csms::Csms), so that all its [operations](crate::csms::StationHandle::operate), transactions and
//! bills are there too ([`MockCsms::csms`]).
//!
//! # Programs in other languages
//!
//! `ocpp csms` and `ocpp station` are the same two behind HTTP interfaces (`docs/interfaces.md`), so there is no mock of its own for them.

mod csms;
mod hardware;
mod said;
mod station;

use std::time::Duration;

pub use csms::{MockCsms, Reply};
pub use said::Said;
pub use station::{Booted, MockStation};

/// How long is waited for what a test expects.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Why a test cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MockError {
    /// What was expected did not come within [`PATIENCE`].
    #[error("{what} did not come; what came since: {instead}")]
    NotHeard {
        /// What was expected.
        what: String,
        /// What came instead and was not expected yet.
        instead: String,
    },
    /// The station is not connected.
    #[error("{0} is not connected")]
    NotConnected(String),
    /// The other side answered with a CALLERROR.
    #[error("{code}: {description}")]
    CallError {
        /// Its code.
        code: String,
        /// What it says.
        description: String,
    },
    /// The mock could not be started, or has ended.
    #[error(transparent)]
    Failed(Box<dyn std::error::Error + Send + Sync>),
}

impl MockError {
    fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Failed(error.into())
    }
}
