//! What a request of a station says, and what it is answered, in words of no version.

use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::{DateTime, Decimal};

use super::vocabulary::{CertificateHash, TokenInfo};
use crate::csms::ledger::{Begin, Event, IdToken, Sample, Stop};
use crate::csms::{BootInfo, Connector, Registration, ReservationStatus};

/// A request of a station.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    not(all(feature = "v1_6", any(feature = "v2_0_1", feature = "v2_1"))),
    allow(dead_code, reason = "no version says everything")
)]
pub(super) enum Said {
    Authorize {
        id_token: IdToken,
        certificate: Option<String>,
        hashes: Vec<CertificateHash>,
    },
    Boot(BootInfo),
    Heartbeat,
    Connector {
        connector: Connector,
        /// Whether the version counts connectors over the station.
        flat: bool,
    },
    /// States of connectors that came as events, which are told on too.
    States(Vec<Connector>),
    Begin(Begin),
    Stop(Stop),
    Event(alloc::boxed::Box<Event>),
    /// Values outside of transactions in 2.x, of both in 1.6; answered with nothing (J01.FR.18).
    Meter {
        evse: i64,
        transaction: Option<i64>,
        samples: Vec<Sample>,
    },
    Progress {
        status: String,
        request_id: Option<i64>,
    },
    ReservationOver {
        id: i64,
        status: ReservationStatus,
    },
    Security {
        kind: String,
        at: DateTime,
        info: Option<String>,
    },
    Sign {
        csr: String,
        v2g: bool,
    },
    /// Something was paid for this transaction (2.1).
    #[cfg_attr(not(feature = "v2_1"), allow(dead_code, reason = "a message of 2.1"))]
    Settlement(String),
    /// It is only acknowledged, and told on (G05.FR.03, N08.FR.02).
    Notice,
    /// Somebody else decides; this is the answer that promises nothing.
    Decision(String),
    /// A station does not send this.
    NotFromAStation,
}

/// The answer to a request that has more than an empty one.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reply {
    Authorize(TokenInfo),
    Boot {
        now: DateTime,
        registration: Registration,
        interval: i64,
    },
    Heartbeat(DateTime),
    Begin {
        id: i64,
        info: TokenInfo,
    },
    Stop(Option<TokenInfo>),
    Event {
        info: Option<TokenInfo>,
        cost: Option<Decimal>,
        /// What the person is to be shown from now on.
        message: Option<String>,
    },
    Sign(bool),
}
