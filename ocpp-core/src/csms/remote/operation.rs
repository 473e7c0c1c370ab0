//! What an operator can want of a station in words of no version, and what comes of it.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::{DateTime, Decimal};
use serde_json::Value;

use super::variable::VariableName;
use crate::csms::ledger::IdToken;

/// An operation. What a version does not know is refused with
/// [`NotInThisVersion`](super::CommandError::NotInThisVersion). Numbers of requests, reservations, profiles and messages are chosen by
/// the CSMS and come with the [`Outcome`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all_fields = "camelCase"))]
#[non_exhaustive]
pub enum Operation {
    /// Start a transaction for a token (F01, F02; 1.6 RemoteStartTransaction).
    Start {
        /// Who charges.
        id_token: IdToken,
        /// Where; in 1.6 the connector. `None` leaves it to the station.
        evse: Option<i64>,
        /// A charging profile for the transaction (K05), as the version that the station speaks writes it: a TxProfile without a
        /// transaction (F01.FR.09, F01.FR.11). Its number is chosen by the CSMS if it has none.
        #[cfg_attr(feature = "serde", serde(default))]
        profile: Option<Value>,
    },
    /// Stop a transaction, by its number (F03; 1.6 RemoteStopTransaction).
    Stop(u64),
    /// Unlock a connector (F05).
    Unlock {
        /// The EVSE; in 1.6 the connector.
        evse: i64,
        /// The connector of the EVSE (2.x).
        connector: i64,
    },
    /// Restart (B11, B12).
    Reset {
        /// Not only when nobody charges; in 1.6 hard.
        immediately: bool,
        /// Only this EVSE (2.x).
        evse: Option<i64>,
    },
    /// Change the availability (G03, G04).
    ChangeAvailability {
        /// The EVSE; in 1.6 the connector. `None` for the station.
        evse: Option<i64>,
        /// Only this connector of the EVSE (2.x).
        connector: Option<i64>,
        /// Whether it may be used.
        operative: bool,
    },
    /// Let the station take no more than this (K01, K03).
    Limit {
        /// The EVSE; in 1.6 the connector. 0 for the whole station.
        evse: i64,
        /// The most.
        limit: Decimal,
        /// Whether the limit is in W; otherwise in A.
        #[cfg_attr(feature = "serde", serde(default))]
        watts: bool,
        /// Only for this transaction, by its number.
        transaction: Option<u64>,
        /// For how long, in seconds; `None` until it is cleared.
        duration: Option<i64>,
        /// Of two limits the one with the higher level counts.
        #[cfg_attr(feature = "serde", serde(default))]
        stack_level: i64,
    },
    /// Install a charging profile (K01), as the version that the station speaks writes it; its number is chosen by the CSMS. What the
    /// station would have to refuse is not sent ([`NotAdmitted`](super::CommandError::NotAdmitted)).
    SetProfile {
        /// The EVSE; in 1.6 the connector. 0 for the whole station.
        evse: i64,
        /// The ChargingProfile. With a number of its own it takes the place of the profile with that number.
        profile: Value,
        /// The transaction that it is for, by its number; the CSMS puts in what the station calls it.
        #[cfg_attr(feature = "serde", serde(default))]
        transaction: Option<u64>,
    },
    /// Take a limit back, by the number of its profile (K10).
    ClearLimit(i64),
    /// Which charging profiles the station has (K09), also those that it was not sent from here. Reported in parts.
    ListProfiles {
        /// Only those of this EVSE; 0 for the whole station. `None` for all.
        #[cfg_attr(feature = "serde", serde(default))]
        evse: Option<i64>,
        /// Only those that this matches; all if it says nothing.
        #[cfg_attr(feature = "serde", serde(default))]
        criteria: ProfileCriteria,
    },
    /// Take back all charging profiles that fit every criterion that is given (K10). In 1.6 all of them without any; 2.x wants one
    /// at least (K10.FR.02), and none of them may be of an external system (K10.FR.06).
    ClearProfiles {
        /// The EVSE; in 1.6 the connector. 0 for the whole station.
        #[cfg_attr(feature = "serde", serde(default))]
        evse: Option<i64>,
        /// The purpose, as the version calls it.
        #[cfg_attr(feature = "serde", serde(default))]
        purpose: Option<String>,
        /// The stack level.
        #[cfg_attr(feature = "serde", serde(default))]
        stack_level: Option<i64>,
    },
    /// Which limits hold in the time to come (K08).
    CompositeSchedule {
        /// The EVSE; in 1.6 the connector. 0 for the whole station.
        evse: i64,
        /// For how long, in seconds.
        duration: i64,
        /// In W if true, in A if false; `None` leaves it to the station.
        #[cfg_attr(feature = "serde", serde(default))]
        watts: Option<bool>,
    },
    /// Update the firmware (L01, L02).
    UpdateFirmware {
        /// Where it is.
        location: String,
        /// When to get it.
        retrieve_at: DateTime,
        /// When to install it.
        install_at: Option<DateTime>,
        /// The certificate that it is signed with, PEM, and the signature, Base64.
        signature: Option<(String, String)>,
    },
    /// Let a local controller publish firmware to its stations (L03).
    PublishFirmware {
        /// Where it is.
        location: String,
        /// Its MD5 checksum, 32 hexadecimal digits.
        checksum: String,
    },
    /// Let a local controller publish firmware no more, by its MD5 checksum (L04).
    UnpublishFirmware(String),
    /// Upload a log (N01); in 1.6 diagnostics or the security log.
    GetLog {
        /// The security log; otherwise diagnostics.
        security: bool,
        /// Where to.
        location: String,
        /// From when on.
        from: Option<DateTime>,
        /// Until when.
        until: Option<DateTime>,
    },
    /// Install a root certificate (M05).
    InstallCertificate {
        /// What for, as the version calls it.
        kind: String,
        /// PEM.
        certificate: String,
    },
    /// Which certificates are installed (M03). Give a kind or none for all.
    ListCertificates(Option<String>),
    /// Delete a certificate (M04), named by its hash data as [`ListCertificates`](Self::ListCertificates) told it.
    DeleteCertificate(Value),
    /// Set variables (B05); in 1.6 configuration keys. Split as the station wants it.
    SetVariables(Vec<(VariableName, String)>),
    /// Read variables (B06); in 1.6 configuration keys. Split as the station wants it.
    GetVariables(Vec<VariableName>),
    /// Read all of them (B07); in 1.6 the whole configuration.
    Inventory(Inventory),
    /// Read the variables that fit (B08). [`Refused`](Outcome::Refused) with `EmptyResultSet` if none does.
    CustomReport {
        /// `Active`, `Available`, `Enabled` or `Problem`: components of which one of these holds; without any, all.
        #[cfg_attr(feature = "serde", serde(default))]
        criteria: Vec<String>,
        /// Only these variables; an empty variable stands for all of its component. Without any, all.
        #[cfg_attr(feature = "serde", serde(default))]
        variables: Vec<VariableName>,
    },
    /// Put a network profile into a slot of the station (B09).
    SetNetworkProfile {
        /// The slot.
        slot: i64,
        /// The NetworkConnectionProfile, as the version that the station speaks writes it.
        profile: Value,
    },
    /// Give the station a new password (A01). 1.6: hexadecimal digits.
    SetPassword(String),
    /// Set monitors (N04), each a SetMonitoringData. Split as the station wants it.
    SetMonitors(Vec<Value>),
    /// Which monitors there are (N02).
    ListMonitors,
    /// Which monitors there are of these kinds and at these variables (N02).
    FindMonitors {
        /// `ThresholdMonitoring`, `DeltaMonitoring` or `PeriodicMonitoring`. None for all kinds.
        #[cfg_attr(feature = "serde", serde(default))]
        kinds: Vec<String>,
        /// The variables; attributes do not count. None for all.
        #[cfg_attr(feature = "serde", serde(default))]
        variables: Vec<VariableName>,
    },
    /// Which monitors the station has by itself (N03).
    SetMonitoringBase(MonitoringBase),
    /// From which severity on events are told, from 0, the most severe, to 9 (N05).
    SetMonitoringLevel(i64),
    /// Take monitors back (N06). Split as the station wants it.
    ClearMonitors(Vec<i64>),
    /// Show a message (O01, O06).
    ShowMessage(Box<DisplayMessage>),
    /// Which messages there are (O03).
    ListMessages,
    /// Which messages there are with these numbers, this priority and this state (O04).
    FindMessages {
        /// The numbers. None for all.
        #[cfg_attr(feature = "serde", serde(default))]
        ids: Vec<i64>,
        /// `AlwaysFront`, `InFront` or `NormalCycle`.
        #[cfg_attr(feature = "serde", serde(default))]
        priority: Option<String>,
        /// `Charging`, `Faulted`, `Idle` or `Unavailable`.
        #[cfg_attr(feature = "serde", serde(default))]
        state: Option<String>,
    },
    /// Take a message back (O05).
    ClearMessage(i64),
    /// Send the local list (D01). Split as the station wants it.
    SendLocalList {
        /// The version of the list; of one in parts that of the first part. Each further part has the next version (D01.FR.19), and
        /// the outcome tells the last one.
        version: i64,
        /// Whether these are all; otherwise they are added.
        full: bool,
        /// The tokens.
        entries: Vec<ListEntry>,
    },
    /// The version of the local list (D02).
    LocalListVersion,
    /// Keep an EVSE for a token (H01).
    Reserve {
        /// The EVSE; in 1.6 the connector. `None` for any.
        evse: Option<i64>,
        /// For whom.
        id_token: IdToken,
        /// Until when.
        expiry: DateTime,
        /// The group that may use it too.
        group: Option<String>,
        /// Any connector of this type (2.x, H01.FR.06).
        #[cfg_attr(feature = "serde", serde(default))]
        connector_type: Option<String>,
    },
    /// Give a reservation up (H02).
    CancelReservation(i64),
    /// Send a message now (F06).
    Trigger {
        /// Which, as the version calls it.
        message: String,
        /// For this EVSE; in 1.6 the connector.
        evse: Option<i64>,
        /// For this connector of it (2.x).
        connector: Option<i64>,
    },
    /// Forget all tokens (C11).
    ClearCache,
    /// Data of a vendor (P01).
    SendData {
        /// The vendor.
        vendor: String,
        /// Which message of the vendor's.
        message: Option<String>,
        /// The data; in 1.6 a text.
        data: Option<Value>,
    },
    /// Tell the driver what a running transaction has cost so far (I02).
    TellCost {
        /// The transaction, by its number.
        transaction: u64,
        /// What it has cost, with taxes, in the currency that the station is configured with.
        cost: Decimal,
    },
    /// What is known of a customer (N09, N10).
    CustomerInformation {
        /// Whether to tell it.
        report: bool,
        /// Whether to forget it.
        clear: bool,
        /// The customer.
        #[cfg_attr(feature = "serde", serde(flatten))]
        customer: Customer,
    },
    /// Whether a transaction runs and messages about it wait, by its number; without one, whether any message waits (E14). One that
    /// neither runs nor waits is closed. Of transactions that have ended, the last ones can be asked about.
    TransactionStatus(Option<u64>),
}

/// Which charging profiles are meant (K09.FR.03). What is `None` does not count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase", default))]
pub struct ProfileCriteria {
    /// Those with these numbers; then nothing else counts (K09.FR.03). None for all.
    pub ids: Vec<i64>,
    /// Those with this purpose.
    pub purpose: Option<String>,
    /// Those on this level.
    pub stack_level: Option<i64>,
    /// Those that come from here: `CSO`, `EMS`, `SO`, `Other`.
    pub source: Option<String>,
}

/// Which monitors a station has by itself (N03).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum MonitoringBase {
    /// All that it was made with, and those that were set.
    All,
    /// Those that it was made with; all others are taken back.
    FactoryDefault,
    /// Those that its hardware cannot do without; all others are taken back.
    HardWiredOnly,
}

/// A message for the display of a station (O01, O02, O06).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct DisplayMessage {
    /// Its number: the message with this number is replaced (O06). `None` lets the CSMS choose one.
    #[cfg_attr(feature = "serde", serde(default))]
    pub id: Option<i64>,
    /// The text.
    pub text: String,
    /// `ASCII`, `HTML`, `URI` or `UTF8`; `None` is `UTF8`.
    #[cfg_attr(feature = "serde", serde(default))]
    pub format: Option<String>,
    /// The language, as RFC 5646 writes it.
    #[cfg_attr(feature = "serde", serde(default))]
    pub language: Option<String>,
    /// `AlwaysFront`, `InFront` or `NormalCycle`.
    pub priority: String,
    /// Only while the station is so: `Charging`, `Faulted`, `Idle` or `Unavailable`.
    #[cfg_attr(feature = "serde", serde(default))]
    pub state: Option<String>,
    /// From when on; `None` at once.
    #[cfg_attr(feature = "serde", serde(default))]
    pub from: Option<DateTime>,
    /// Until when; `None` until it is taken back.
    #[cfg_attr(feature = "serde", serde(default))]
    pub until: Option<DateTime>,
    /// Only while this transaction runs, by its number (O02).
    #[cfg_attr(feature = "serde", serde(default))]
    pub transaction: Option<u64>,
}

impl DisplayMessage {
    /// A message that is shown at once, until it is taken back.
    #[must_use]
    pub fn new(text: &str, priority: &str) -> Self {
        Self {
            text: text.into(),
            priority: priority.into(),
            ..Self::default()
        }
    }
}

/// Who a customer is (N09.FR.04).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum Customer {
    /// Who has this token.
    IdToken(IdToken),
    /// Who is called so, in a way that the station and the operator have agreed on.
    Identifier(String),
    /// Who has the certificate with this hash data (CertificateHashData).
    Certificate(Value),
}

/// How much of the variables to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Inventory {
    /// What can be configured.
    Configuration,
    /// Everything.
    Full,
    /// What says whether it works.
    Summary,
}

/// A token of a local list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct ListEntry {
    /// The token.
    pub id_token: IdToken,
    /// What holds for it; `None` takes it out of the list.
    pub info: Option<super::TokenInfo>,
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Outcome {
    /// Done; the station was not needed.
    Done,
    /// JSON: the response to a raw call.
    Response(String),
    /// The station accepted it.
    Accepted {
        /// As the station wrote it: `Accepted`, `Scheduled`, `RebootRequired`, …
        status: String,
        /// The number that the CSMS has chosen for it; of a local list its version.
        id: Option<i64>,
        /// The last response, JSON; of monitors one with the results of all parts.
        response: String,
    },
    /// Done in part: a later request of the operation came to nothing.
    Partial {
        /// What the requests before it came to; variables that they did not name are `Missing`.
        done: Box<Outcome>,
        /// What happened to it.
        error: super::CommandError,
    },
    /// The station refused it.
    Refused {
        /// As the station wrote it.
        status: String,
        /// Why, if it said so.
        reason: Option<String>,
    },
    /// Variables with their values, or with what became of each; in the order of the request.
    Variables(Vec<VariableResult>),
    /// All parts of a report, JSON: NotifyReport, NotifyMonitoringReport, NotifyDisplayMessages, NotifyCustomerInformation; in 1.6
    /// GetConfiguration's response.
    Report(Vec<String>),
    /// What a transaction is doing.
    TransactionStatus {
        /// Whether it runs; `None` if none was named.
        ongoing: Option<bool>,
        /// Whether messages wait.
        waiting: bool,
    },
}

/// What became of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VariableResult {
    /// Which.
    pub name: VariableName,
    /// As the station wrote it; `Missing` if its response did not name the variable.
    pub status: String,
    /// The value, if it was read.
    pub value: Option<String>,
}
