//! The words in which hardware, people and versions of OCPP talk to the station.

mod authorization;
mod meter;

use alloc::string::String;
use core::fmt;

use ocpp_types::Decimal;
use serde::{Deserialize, Serialize};

use crate::security::CertificateHashData;

pub use self::authorization::{
    Authorization, AuthorizationStatus, DriverInfo, Message, Token, TokenKind,
};
pub use self::meter::{ENERGY_IMPORT_REGISTER, Measured, Reading, SignedValue};

/// The number of an EVSE, from 1. 0 stands for the station as a whole and its main meter.
pub type EvseId = u32;

/// A connector of an EVSE, both numbered from 1. 1.6 counts all connectors of the station in one row instead: the
/// station does that by itself, in the order of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConnectorId {
    /// The EVSE.
    pub evse: EvseId,
    /// Its connector.
    pub connector: u32,
}

impl ConnectorId {
    /// Connector `connector` of EVSE `evse`.
    #[must_use]
    pub const fn new(evse: EvseId, connector: u32) -> Self {
        Self { evse, connector }
    }
}

impl fmt::Display for ConnectorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.evse, self.connector)
    }
}

/// A customer about whom the CSMS asks (N09, N10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Customer {
    /// Whoever identifies with this token.
    Token(Token),
    /// Whoever the vendor calls so.
    Identifier(String),
    /// Whoever has this certificate.
    Certificate(CertificateHashData),
}

/// How a cable lies at a connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum CableState {
    /// No cable, or a fixed cable that is in no car.
    #[default]
    Unplugged,
    /// A detachable cable is in the socket, its other end in no car.
    InSocket,
    /// The car is connected.
    Connected,
}

/// What the car does, as far as the station can see it (IEC 61851 control pilot, ISO 15118).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum EvState {
    /// It takes energy when it is offered. A car that has just been plugged in counts as ready until the hardware says
    /// otherwise.
    #[default]
    Ready,
    /// It takes no energy for now.
    Suspended,
    /// It has ended charging.
    Stopped,
}

/// A kind of fault: the error codes of 1.6 (section 7.6). 2.x reports them by its own means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)] // The names say it.
pub enum FaultCode {
    ConnectorLockFailure,
    EvCommunicationError,
    GroundFailure,
    HighTemperature,
    InternalError,
    LocalListConflict,
    OtherError,
    OverCurrentFailure,
    OverVoltage,
    PowerMeterFailure,
    PowerSwitchFailure,
    ReaderFailure,
    ResetFailure,
    UnderVoltage,
    WeakSignal,
}

/// A fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fault {
    /// Its kind.
    pub code: FaultCode,
    /// Whether charging goes on all the same: then it is only reported.
    #[serde(default)]
    pub warning: bool,
    /// For people.
    #[serde(default)]
    pub info: Option<String>,
    /// Whose code `vendor_code` is.
    #[serde(default)]
    pub vendor_id: Option<String>,
    /// The vendor's own code.
    #[serde(default)]
    pub vendor_code: Option<String>,
}

impl Fault {
    /// A fault that prevents charging.
    #[must_use]
    pub const fn new(code: FaultCode) -> Self {
        Self {
            code,
            warning: false,
            info: None,
            vendor_id: None,
            vendor_code: None,
        }
    }

    /// Whether it prevents charging. An error in the communication with the car never does (1.6 section 4.9), nor does a
    /// list that is out of date.
    #[must_use]
    pub const fn prevents_charging(&self) -> bool {
        let harmless = matches!(
            self.code,
            FaultCode::EvCommunicationError | FaultCode::LocalListConflict
        );
        !self.warning && !harmless
    }
}

/// How an attempt to unlock a connector ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum UnlockResult {
    /// The cable can be taken out.
    Unlocked,
    /// The lock did not move.
    Failed,
}

/// A limit for the current of an EVSE: in amperes for alternating current; in watts for direct current, whose voltage is the
/// car's, unless the station offers no limits in watts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Limit {
    /// Amperes for each phase or watts in total.
    pub value: Decimal,
    /// Which of the two.
    pub unit: LimitUnit,
    /// On how many phases this much may flow; `None` for direct current. It is less than what is wired only where the hardware
    /// can [switch](crate::station::Features::switch_3_to_1_phase): then it must connect the car to no more phases than
    /// this before it offers the current, and when the number changes while a car charges, it takes the current away first
    /// (control pilot in state X1, contactor open), switches, and offers it again, as IEC 61851-1 wants. Otherwise there is
    /// nothing to do for it.
    pub phases: Option<u8>,
}

/// The unit of a [`Limit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum LimitUnit {
    /// Amperes for each phase.
    Amperes,
    /// Watts in total.
    Watts,
}
