//! How a session behaves, and why it cannot begin.

use ocpp_core::Version;
use ocpp_core::back_off::BackOffPolicy;
use ocpp_core::session::{Config, Decoding, MessageIds, Role};

use super::Spoken;
use crate::websocket::Connection;

/// How a session behaves.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SessionOptions {
    /// Limits of the session. Two are set by the driver: [`Config::max_frame`] is lifted, because the connection's
    /// limit comes first, and [`Config::signed_messages`] is off, because handlers are typed.
    pub config: Config,
    /// Where message ids come from. Default: seeded at random.
    pub ids: MessageIds,
    /// How payloads of the peer are decoded. Default: strictly.
    pub decoding: Decoding,
    /// How a station waits before it connects again. Default: that of OCPP 1.6.
    pub back_off: BackOffPolicy,
}

impl SessionOptions {
    /// The defaults of a station.
    #[must_use]
    pub fn station() -> Self {
        Self::new(Role::Station)
    }

    /// The defaults of a CSMS.
    #[must_use]
    pub fn csms() -> Self {
        Self::new(Role::Csms)
    }

    fn new(role: Role) -> Self {
        Self {
            config: Config::new(role),
            ids: MessageIds::seeded(rand::random()),
            decoding: Decoding::Strict,
            back_off: BackOffPolicy::V1_6,
        }
    }
}

/// The connection speaks another version than the driver was made for. Here it is back.
#[derive(Debug, thiserror::Error)]
#[error("the connection speaks OCPP {}, not {wanted}", connection.info().version)]
pub struct WrongVersion {
    /// The connection.
    pub connection: Box<Connection>,
    /// The version of the driver.
    pub wanted: Version,
}

/// The connection, if it speaks the version of `P`.
pub(super) fn of_version<P: Spoken>(connection: Connection) -> Result<Connection, WrongVersion> {
    if connection.info().version == P::VERSION {
        return Ok(connection);
    }
    Err(WrongVersion {
        connection: Box::new(connection),
        wanted: P::VERSION,
    })
}
