//! What goes into a [`RemoteStation`](super::RemoteStation) and what comes out of it, in words of no version.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::{DateTime, Decimal, Version};

use super::operation::{Operation, Outcome};
use crate::csms::ledger::{Bill, IdToken, Key, Presumption, RecordChange, Sample};
use crate::csms::{BootInfo, Connector, Registration};
use crate::frame::ErrorCode;
use crate::security::SecurityProfile;
use crate::session::{CallFailure, Seen};

pub use super::token_info::{TokenInfo, TransactionLimit};

/// What happens to a station, or is wanted of it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Input {
    /// The station has connected.
    Connected(Link),
    /// It sent this text message.
    Received(String),
    /// The connection is gone.
    Disconnected,
    /// The operator wants something; [`Output::CommandEnded`] answers with the same number.
    Command {
        /// The operator's number of it.
        id: u64,
        /// What is wanted.
        command: Command,
    },
    /// The answer to [`Output::Ask`].
    Answer {
        /// The number of the question.
        question: u64,
        /// The answer.
        answer: Answer,
    },
    /// The moment of [`next_timeout`](super::RemoteStation::next_timeout) has come.
    TimePassed,
    /// The records of the last [`Output::Store`] could not be stored. To be told instead of polling on.
    NotStored,
}

/// How a station is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Link {
    /// The version that was negotiated.
    pub version: Version,
    /// The security profile of the connection.
    #[cfg_attr(feature = "serde", serde(default))]
    #[cfg_attr(feature = "schema", schemars(with = "u8"))]
    pub profile: SecurityProfile,
    /// The common name of the station's certificate (profile 3).
    pub common_name: Option<String>,
    /// Which of its passwords the station has shown ([`RemoteStation::shown`](super::RemoteStation::shown)).
    pub shown: Option<Shown>,
}

impl Link {
    /// A connection without security.
    #[must_use]
    pub const fn unsecured(version: Version) -> Self {
        Self {
            version,
            profile: SecurityProfile::None,
            common_name: None,
            shown: None,
        }
    }
}

/// Which password a station has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Shown {
    /// The one that counts.
    Current,
    /// One that the CSMS has sent and that the station has not confirmed yet, by its number.
    Next(u64),
}

/// What a CSMS wants done or has to tell about a station, in this order.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Output {
    /// Store these records of the station, all or none, durably before the next output is asked for. If that fails, hand
    /// [`Input::NotStored`] in instead of polling on: nothing that depends on them has been said.
    Store(Vec<RecordChange>),
    /// Send this text message.
    Transmit(String),
    /// Somebody who knows more than one station has to decide; [`Input::Answer`] with the same number.
    Ask {
        /// The number of the question.
        question: u64,
        /// What is asked.
        about: Question,
    },
    /// Something has happened.
    Event(StationEvent),
    /// A command has come to its end. Exactly one per command.
    CommandEnded {
        /// The operator's number of it.
        id: u64,
        /// What came of it.
        outcome: Result<Outcome, CommandError>,
    },
    /// End the connection.
    Close(CloseReason),
}

/// Why the CSMS ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum CloseReason {
    /// The serial number of the BootNotification is not the one of the certificate (B01.FR.12).
    OtherSerialNumber,
    /// More messages came than could be handled.
    Flooded,
    /// The operator wants it.
    Operator,
    /// Another password counts from now on.
    NewPassword,
    /// It may not come with so low a security profile any more.
    LowerProfile,
    /// The operator has forgotten the station.
    Forgotten,
}

/// What a station alone does not decide.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Question {
    /// A number for a new transaction, never given before; in 1.6 it becomes the transaction's id, so let it be below 2³¹.
    /// Answer with [`Answer::Number`].
    Number,
    /// The record of the station that was stored under this key, if there is one: a message may belong to a transaction that has
    /// left memory, and is not to be billed twice. Answer with [`Answer::Stored`]. Asked for records with keys of transactions
    /// that are [closed](crate::csms::ledger::closed_key) and of what
    /// [leads to them](crate::csms::ledger::is_origin_key) only. Whoever does not keep them answers `None`.
    Stored(Key),
    /// May this token charge? Answer with [`Answer::Token`].
    Authorize(Authorize),
    /// What does this transaction cost? Asked when it has ended if [`Config::asks_cost`](super::Config::asks_cost) (I03), and while it runs
    /// if [`Config::asks_running_cost`](super::Config::asks_running_cost) (I02): then `stopped_at` is `None`. Answer with
    /// [`Answer::Cost`].
    Cost(Bill),
    /// Sign this certificate request (A02). Answer with [`Answer::Certificate`].
    Sign(SigningRequest),
    /// How is this request to be answered? Data of vendors, contract certificates, OCSP, charging needs and others. Answer with
    /// [`Answer::Response`], or with [`Answer::Default`] for the answer that promises nothing.
    Request {
        /// The version that the payload is written in.
        version: Version,
        /// The action.
        action: &'static str,
        /// JSON; it matches its schema.
        payload: String,
    },
}

/// Whether a token may charge.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Authorize {
    /// The token.
    pub id_token: IdToken,
    /// What for.
    pub purpose: Purpose,
    /// The EVSE; in 1.6 the connector.
    pub evse: Option<i64>,
    /// Whether the CSMS itself has sent the token in the command that started the transaction.
    pub remote: bool,
    /// The contract certificate with its chain, PEM (C07).
    pub certificate: Option<String>,
    /// Data of the contract certificates for OCSP (C07).
    pub hashes: Vec<CertificateHash>,
}

/// What a token is presented for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Purpose {
    /// Somebody wants to charge; nothing runs yet.
    Look,
    /// This transaction, by its number: the token holds it if it is accepted.
    Transaction(u64),
    /// The end of a transaction: nothing is held.
    End,
}

/// A certificate as OCSP names it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct CertificateHash {
    /// `SHA256`, `SHA384` or `SHA512`.
    pub algorithm: String,
    /// The hash of the issuer's name.
    pub issuer_name: String,
    /// The hash of the issuer's key.
    pub issuer_key: String,
    /// The serial number.
    pub serial_number: String,
    /// Where OCSP answers.
    pub responder: String,
}

/// A certificate request of a station.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SigningRequest {
    /// PEM.
    pub csr: String,
    /// Whether it is for talking to vehicles (ISO 15118); otherwise it is the station's own.
    pub v2g: bool,
    /// The names of which the certificate's common name must be one (A00.FR.405): the serial number that the operator
    /// [provisioned](Command::Provision), or the identity. What the station says of itself does not count. Empty if the operator has
    /// not [put](Command::Put) the station: anybody may call himself so.
    pub names: Vec<String>,
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Answer {
    /// A number.
    Number(u64),
    /// A record; `None`: there is none.
    Stored(Option<String>),
    /// About a token.
    Token(TokenInfo),
    /// What it costs, in the currency that the station is configured with; `None` if that is not known.
    Cost(Option<Decimal>),
    /// The certificate with its chain, PEM. `None`: it is not signed.
    Certificate(Option<String>),
    /// JSON; must match the schema of the response.
    Response(String),
    /// The answer that promises nothing.
    Default,
    /// Nobody can answer: the station is told an error, and tries again if it has to.
    Failed,
}

/// What an operator wants of a station.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all_fields = "camelCase"))]
#[non_exhaustive]
pub enum Command {
    /// The operator knows it; everything else that he says of it means so too. Only then a certificate is signed for it, and what
    /// is known of it outlasts that of strangers.
    Put,
    /// End its connection. It may connect again.
    Disconnect,
    /// What it is told when it boots, from the next time on.
    Decide {
        /// Whether it may take part.
        boot: Registration,
        /// The heartbeat interval, or the time until the next attempt to boot, in seconds; `None` for the default.
        interval: Option<i64>,
    },
    /// Its serial number, as the operator knows it: the common name of its certificate. `None` for the identity alone. Serial numbers
    /// and identities are one namespace: whoever has several stations sees to it that nobody is called so
    /// ([`Serials`](crate::csms::services::Serials)).
    Provision {
        /// The serial number.
        serial_number: Option<String>,
    },
    /// The lowest security profile that it may connect with from now on. A connection with a lower one is ended.
    LowestProfile(#[cfg_attr(feature = "schema", schemars(with = "u8"))] SecurityProfile),
    /// The password that counts from now on at the door, 16 to 64 characters (2.1; 40 in earlier versions). The station is not told;
    /// [`Operation::SetPassword`] does that. A connection is ended: whoever has it has not shown this one. `None` takes it away.
    Password(Option<String>),
    /// Ends a transaction whose end is lost, by its number.
    CloseTransaction(u64),
    /// A pseudonym takes the place of the tokens of a person in what is remembered: closed transactions in memory, and what the station was
    /// told to start. The records of closed transactions are changed by whoever keeps them, before.
    Erase {
        /// The tokens.
        id_tokens: Vec<String>,
        /// What stands in their place.
        pseudonym: String,
    },
    /// A request of the version that the station speaks, as it is.
    Call {
        /// The action.
        action: String,
        /// JSON; checked against its schema.
        payload: String,
    },
    /// Something typed.
    Operation(Operation),
}

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum CommandError {
    /// The station is not connected.
    NotConnected,
    /// It has been rejected: it may not be called (B03.FR.03).
    Rejected,
    /// It has not been accepted yet: it starts and stops nothing (B02.FR.05, 1.6 section 4.2).
    Pending,
    /// The version that it speaks knows nothing of the kind, or not in this form.
    NotInThisVersion,
    /// The request does not match its schema: where, and why.
    Invalid {
        /// A JSON pointer into the payload.
        pointer: String,
        /// What is wrong.
        reason: String,
    },
    /// The station would have to refuse it, for this reason: it is not sent.
    NotAdmitted {
        /// The requirement that forbids it.
        requirement: Cow<'static, str>,
        /// The member of the message, as 2.x spells it.
        field: Cow<'static, str>,
        /// What is wrong.
        reason: String,
    },
    /// Another station has this name, as its identity or as its serial number.
    NameTaken,
    /// Too many commands wait, or too many passwords that the station may or may not have taken.
    TooMany,
    /// There is no such transaction, or it has ended.
    NoSuchTransaction,
    /// A transaction of the station is open.
    TransactionOpen,
    /// The call came to nothing.
    Call(CallFailure),
    /// The station's response does not match its schema.
    InvalidResponse(String),
    /// The station accepted, but what it promised did not come in time.
    Incomplete,
    /// The report has come without these parts, by their sequence numbers from 0.
    MissingParts(Vec<i64>),
    /// The station refused a later request of the operation.
    RefusedLater {
        /// As the station wrote it.
        status: String,
        /// Why, if it said so.
        reason: Option<String>,
    },
    /// The records could not be stored.
    NotStored,
    /// What is stored of the station cannot be read, so it is not known what it may do: it can only be forgotten, and its transactions
    /// closed.
    Unreadable,
}

/// What has happened at a station.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all_fields = "camelCase"))]
#[non_exhaustive]
pub enum StationEvent {
    /// It connected.
    Connected(Version),
    /// Its connection is gone.
    Disconnected,
    /// It booted and was told this.
    Booted {
        /// Whether it may take part.
        registration: Registration,
        /// What it said of itself.
        info: BootInfo,
    },
    /// The state of a connector.
    Connector(Connector),
    /// A transaction began, or the first message of it arrived.
    TransactionBegan {
        /// Its number.
        reference: u64,
        /// Its token, if it is known.
        id_token: Option<IdToken>,
    },
    /// No transaction began under this number, although a token was accepted for it: the station had gone before, or its message was
    /// refused. Whoever holds the token for it lets it go.
    NotBegun {
        /// The number.
        reference: u64,
    },
    /// More is known of a transaction.
    TransactionChanged {
        /// Its number.
        reference: u64,
        /// Its token, if it is known.
        id_token: Option<IdToken>,
    },
    /// A transaction counts as over although its end has not arrived.
    TransactionPresumedOver {
        /// Its number.
        reference: u64,
        /// Why.
        why: Presumption,
    },
    /// It runs after all.
    TransactionResumed {
        /// Its number.
        reference: u64,
        /// Its token, if it is known.
        id_token: Option<IdToken>,
    },
    /// A transaction ended: what can be billed.
    TransactionEnded(Bill),
    /// A message was late; the bill of this transaction is better now.
    BillCompleted(Bill),
    /// A closed transaction was told another end, which was not taken.
    Contradicted {
        /// Its number.
        reference: u64,
        /// The time of that end.
        at: DateTime,
        /// The register of that end in Wh.
        meter: Option<Decimal>,
    },
    /// Values of a meter.
    MeterValues {
        /// The EVSE; in 1.6 the connector; 0 for the main meter.
        evse: i64,
        /// The number of the transaction that they belong to.
        transaction: Option<u64>,
        /// The values.
        samples: Vec<Sample>,
    },
    /// A security event (A04).
    Security {
        /// The name.
        kind: String,
        /// When.
        at: DateTime,
        /// What is known of it.
        info: Option<String>,
    },
    /// How far a lengthy operation is: firmware, logs, diagnostics.
    Progress {
        /// The action that told it.
        action: &'static str,
        /// As the station wrote it.
        status: String,
        /// The request that it belongs to (2.x and the whitepaper of 1.6).
        request_id: Option<i64>,
    },
    /// What became of a reservation.
    Reservation {
        /// Its number.
        id: i64,
        /// Which EVSE, in 1.6 which connector, in the answer to a request; `None` for any.
        evse: Option<i64>,
        /// For whom, in the answer to a request.
        id_token: Option<IdToken>,
        /// Until when, in the answer to a request.
        expiry: Option<DateTime>,
        /// What became of it.
        status: crate::csms::ReservationStatus,
    },
    /// Another message of the station, as it is: reports, events, monitoring, profiles, display messages, customer
    /// information, charging limits.
    Notified {
        /// The version that the payload is written in.
        version: Version,
        /// The action.
        action: &'static str,
        /// JSON.
        payload: String,
    },
    /// A request of the station was refused.
    Refused {
        /// The action.
        action: &'static str,
        /// What it was told.
        code: ErrorCode,
        /// Why.
        description: String,
    },
    /// A message with which something was wrong.
    Seen(Seen),
    /// Records could not be stored; the station was told an error.
    NotStored,
}
