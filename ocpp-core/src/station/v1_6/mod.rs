//! The logic of OCPP 1.6, by the parts of its specification.

mod keys;
mod registration;
mod status;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::v1_6::{Action, AnyRequest, Protocol};
use ocpp_types::{Payload, Protocol as _, Request};
use serde::{Deserialize, Serialize};

use super::behaviour::{Behaviour, Prepared, Retry};
use super::context::Context;
use super::input::Input;
use super::meter::Sample;
use super::queue::Queued;
use super::record::Records;
use super::state::{ConnectorState, StationState};
use super::vocabulary::{ConnectorId, Reading};
use crate::frame::ErrorCode;
use crate::session::{CallEnded, CallFailure, CallId, CallOptions, IncomingCall, Token as CallToken};
use crate::time::Instant;

pub(crate) use keys::definitions;
use registration::Boot;
use status::{Reported, Status};

/// A connector as 1.6 sees it.
#[derive(Debug)]
struct Slot {
    at: ConnectorId,
    status: Status,
    /// Since when the status is what it is.
    since: Instant,
    reported: Option<Reported>,
}

/// What a call under way is for.
#[derive(Debug)]
enum Purpose {
    Boot,
    Heartbeat,
    /// The status of this connector.
    Status(usize),
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(crate) struct ChargePoint {
    boot: Boot,
    /// The station itself (connector 0), then the connectors.
    slots: Vec<Slot>,
    calls: Vec<(CallId, Purpose)>,
}
