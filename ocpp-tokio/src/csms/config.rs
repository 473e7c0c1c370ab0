//! How a CSMS behaves.

use std::time::Duration;

use ocpp_core::csms::remote;
use ocpp_core::csms::services::TokensConfig;

use crate::server::{CommonName, NoCommonVersion, ServerOptions};

/// How a CSMS behaves.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CsmsConfig {
    /// How stations are accepted: versions, limits, proxies. Default: all versions that are compiled, the newest first; a station
    /// with none of them is refused.
    pub server: ServerOptions,
    /// Limits and behaviour of each station.
    pub station: remote::Config,
    /// How tokens are treated.
    pub tokens: TokensConfig,
    /// Whether a station that was not [put](super::Csms::put_station) is turned away. Default: it is let in.
    pub known_only: bool,
    /// Most stations that are known or connected. Default: 200,000. Further ones are turned away.
    pub max_stations: usize,
    /// Most stations of which there are records although the operator never put them: they have booted. Default: 10,000. Of further ones
    /// those are forgotten that are not connected and have no transactions, the ones first that went first; if there are none, strangers
    /// are turned away.
    pub max_strangers: usize,
    /// The name of this node among those that share a store; it stays the same when the program is started again. Default: `csms`.
    pub node: String,
    /// How long the [`Application`](super::Application) may take for an answer; then the station is told an error. Default: 20 s.
    pub answer_timeout: Duration,
    /// How long closed transactions are kept whose bills were taken, with their meter values; meter values outside of transactions,
    /// ended reservations and messages too. Longer than stations are offline: a message of a transaction that is forgotten is taken for
    /// one of an unknown one. Default: for ever.
    pub keep: Option<Duration>,
    /// How many of the last messages are kept of each station, without secrets. Default: none.
    pub journal_messages: usize,
    /// How many bytes they may have together, for each station. Default: 256 KiB.
    pub journal_bytes: usize,
    /// How many bytes those of all stations may have together. Default: 256 MiB. Each station has its share of them.
    pub journal_total_bytes: usize,
}

impl Default for CsmsConfig {
    fn default() -> Self {
        let versions = [
            #[cfg(feature = "v2_1")]
            crate::Version::V2_1,
            #[cfg(feature = "v2_0_1")]
            crate::Version::V2_0_1,
            #[cfg(feature = "v1_6")]
            crate::Version::V1_6,
        ];
        let mut server = ServerOptions::new(&versions);
        // As TC_B_58_CSMS wants it.
        server.no_common_version = NoCommonVersion::Refuse;
        // It may be a serial number: the door knows whose.
        server.common_name = CommonName::Authenticator;
        Self {
            server,
            station: remote::Config::default(),
            tokens: TokensConfig::default(),
            known_only: false,
            max_stations: 200_000,
            max_strangers: 10_000,
            node: "csms".into(),
            answer_timeout: Duration::from_secs(20),
            keep: None,
            journal_messages: 0,
            journal_bytes: 256 * 1024,
            journal_total_bytes: 256 * 1024 * 1024,
        }
    }
}
