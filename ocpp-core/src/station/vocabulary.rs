//! The words in which hardware, people and versions of OCPP talk to the station.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use compact_str::CompactString;
use ocpp_types::Decimal;
use serde::{Deserialize, Serialize};

use crate::security::CertificateHashData;
use crate::time::DateTime;

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

/// What a token is (2.0.1 `IdTokenEnumType`, open as in 2.1). 1.6 does not distinguish.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum TokenKind {
    /// A number that the CSMS made up, for a remote start.
    Central,
    /// An eMAID.
    EMaid,
    /// The UID of an RFID card of ISO 14443.
    #[default]
    Iso14443,
    /// The UID of an RFID card of ISO 15693.
    Iso15693,
    /// A code typed by the user.
    KeyCode,
    /// A number that the station made up.
    Local,
    /// The MAC address of a car.
    MacAddress,
    /// No authorization: a button, a key, or free charging.
    NoAuthorization,
    /// Something else, by its name.
    Other(#[cfg_attr(feature = "schema", schemars(with = "String"))] CompactString),
}

/// Something that identifies a user: a card, a car, a number. Compares without case (1.6 section 3.9, 2.0.1 C).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Token {
    /// The text.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub id: CompactString,
    /// Its kind.
    #[serde(default)]
    pub kind: TokenKind,
}

impl Token {
    /// A token of the default kind.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self::of_kind(id, TokenKind::default())
    }

    /// A token of a kind.
    #[must_use]
    pub fn of_kind(id: &str, kind: TokenKind) -> Self {
        Self {
            id: CompactString::from(id),
            kind,
        }
    }

    /// Whether the texts are the same, whatever the kinds.
    #[must_use]
    pub fn same_id(&self, id: &str) -> bool {
        self.id.eq_ignore_ascii_case(id)
    }
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.same_id(&other.id)
    }
}

impl Eq for Token {}

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

/// One value of a meter or another sensor.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Measured {
    /// The measurand, as the specifications write it: `Energy.Active.Import.Register`.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub measurand: CompactString,
    /// The phase as the specifications write it (`L1`, `L1-N`); `None` for all together.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub phase: Option<CompactString>,
    /// Where it was measured: `Outlet` if `None`.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub location: Option<CompactString>,
    /// The unit as the specifications write it: `Wh`, `W`, `A`, `V`, `Percent`.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub unit: CompactString,
    /// The value.
    pub value: Decimal,
    /// The same as the meter has signed it, if it does (2.x).
    pub signed: Option<Box<SignedValue>>,
}

/// A value as a meter has signed it (`SignedMeterValueType` of 2.x). What is longer than the type permits is not told.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignedValue {
    /// What was signed with the signature, in Base64, at most 2,500 characters.
    pub data: String,
    /// How it was signed, for example `ECDSA-secp256r1-SHA256`, at most 50 characters.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub signing_method: CompactString,
    /// How it was encoded before, for example `OCMF`, at most 50 characters.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub encoding_method: CompactString,
    /// The key that proves it, in Base64, at most 2,500 characters. Whether it is told says `PublicKeyWithSignedMeterValue`.
    pub public_key: String,
}

impl Measured {
    /// A value over all phases at the outlet.
    #[must_use]
    pub fn new(measurand: &str, unit: &str, value: impl Into<Decimal>) -> Self {
        Self {
            measurand: CompactString::from(measurand),
            phase: None,
            location: None,
            unit: CompactString::from(unit),
            value: value.into(),
            signed: None,
        }
    }

    /// The same with what the meter has signed.
    #[must_use]
    pub fn signed_as(mut self, signed: SignedValue) -> Self {
        self.signed = Some(Box::new(signed));
        self
    }

    /// The same for one phase.
    #[must_use]
    pub fn on_phase(mut self, phase: &str) -> Self {
        self.phase = Some(CompactString::from(phase));
        self
    }
}

/// The name of the energy register, which every meter has.
pub const ENERGY_IMPORT_REGISTER: &str = "Energy.Active.Import.Register";

/// What a meter shows at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reading {
    /// All values. The one of `Energy.Active.Import.Register` over all phases, in Wh, is what transactions count.
    pub values: Vec<Measured>,
}

impl Reading {
    /// A reading of the energy register only, in Wh.
    #[must_use]
    pub fn energy(wh: impl Into<Decimal>) -> Self {
        Self {
            values: alloc::vec![Measured::new(ENERGY_IMPORT_REGISTER, "Wh", wh)],
        }
    }

    /// The same with another value.
    #[must_use]
    pub fn and(mut self, value: Measured) -> Self {
        self.values.push(value);
        self
    }

    /// Whether the meter has signed something of it.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.values.iter().any(|value| value.signed.is_some())
    }

    /// The energy register over all phases in Wh.
    #[must_use]
    pub fn energy_wh(&self) -> Option<Decimal> {
        let total = self
            .values
            .iter()
            .find(|v| v.measurand == ENERGY_IMPORT_REGISTER && v.phase.is_none())?;
        if total.unit == "kWh" {
            let thousand = rust_decimal::Decimal::ONE_THOUSAND;
            return total.value.0.checked_mul(thousand).map(Decimal);
        }
        Some(total.value)
    }
}

/// A limit for the current of an EVSE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Limit {
    /// Amperes for each phase or watts in total.
    pub value: Decimal,
    /// Which of the two.
    pub unit: LimitUnit,
    /// How many phases may be used, if that is limited.
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

/// The status of an authorization: the values of 2.0.1, of which 1.6 has the first five.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AuthorizationStatus {
    /// May charge.
    Accepted,
    /// Blocked.
    Blocked,
    /// Has expired.
    Expired,
    /// Not valid.
    Invalid,
    /// Is in another transaction already.
    ConcurrentTx,
    /// Has no credit.
    NoCredit,
    /// May not charge at this kind of EVSE.
    NotAllowedTypeEvse,
    /// May not charge here.
    NotAtThisLocation,
    /// May not charge at this time.
    NotAtThisTime,
    /// Not known. Also the result when nobody could be asked.
    Unknown,
}

/// What is known about a token: `IdTagInfo` of 1.6, `IdTokenInfo` of 2.x.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Authorization {
    /// Whether it may charge.
    pub status: AuthorizationStatus,
    /// Until when this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<DateTime>,
    /// The parent idTag of 1.6, the group id of 2.x.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Token>,
    /// The EVSEs at which it may charge (2.x `evseId`); empty for all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evses: Vec<EvseId>,
    /// For the display, and for who shares power. 1.6 says nothing of it.
    #[serde(default, skip_serializing_if = "DriverInfo::is_empty")]
    pub driver: DriverInfo,
}

/// What the CSMS says of a driver besides: for the display, and for who shares power (2.x `IdTokenInfo`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct DriverInfo {
    /// What to show to the driver (`personalMessage`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    /// The languages that the driver prefers, the best first, as RFC 5646 writes them (`language1`, `language2`): show
    /// everything in the first of them that there is (C01.FR.08, C01.FR.09), else in English (C01.FR.13).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub languages: Vec<CompactString>,
    /// How important it is that this driver gets energy, from -9 to 9; 0 if nothing is said (`chargingPriority`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i8>,
}

impl DriverInfo {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A message for a driver (2.x `MessageContent`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Message {
    /// How it is to be read: `ASCII`, `HTML`, `URI` or `UTF8`.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub format: CompactString,
    /// Its language, as RFC 5646 writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub language: Option<CompactString>,
    /// What it says; never longer than the version permits.
    pub content: String,
}

impl Authorization {
    /// Only a status.
    #[must_use]
    pub const fn new(status: AuthorizationStatus) -> Self {
        Self {
            status,
            expiry: None,
            group: None,
            evses: Vec::new(),
            driver: DriverInfo {
                message: None,
                languages: Vec::new(),
                priority: None,
            },
        }
    }

    /// The status at an EVSE: where it may not charge it is `NotAtThisLocation` (C01.FR.21). Without an EVSE nothing changes.
    #[must_use]
    pub(crate) fn status_for(&self, evse: Option<EvseId>) -> AuthorizationStatus {
        let elsewhere = evse.is_some_and(|evse| !self.may_use(evse));
        match self.status {
            AuthorizationStatus::Accepted if elsewhere => AuthorizationStatus::NotAtThisLocation,
            status => status,
        }
    }

    /// Whether it may charge at an EVSE, as far as that depends on the EVSE.
    pub(crate) fn may_use(&self, evse: EvseId) -> bool {
        self.evses.is_empty() || self.evses.contains(&evse)
    }

    /// The status at `now`: one that has expired in the meantime is [`Expired`](AuthorizationStatus::Expired).
    #[must_use]
    pub fn status_at(&self, now: Option<DateTime>) -> AuthorizationStatus {
        match (self.status, self.expiry, now) {
            (AuthorizationStatus::Accepted, Some(expiry), Some(now)) if expiry <= now => {
                AuthorizationStatus::Expired
            }
            (status, ..) => status,
        }
    }
}
