//! What happens to a station.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::Version;

use super::output::{JobId, Output};
use super::vocabulary::{
    CableState, ConnectorId, EvState, EvseId, Fault, Reading, Token, UnlockResult,
};
use crate::security::{CertificateId, CertificateRequest, KeyId, RequestHandle, SecurityEventKind};
use crate::smart_charging::{ExternalLimit, LimitSource};

/// What happens to a station.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Input {
    /// Time has passed: some of it, or up to [`Station::next_timeout`](super::Station::next_timeout).
    TimePassed,
    /// Begin: connect to the CSMS and register. Before the first `Start` or [`Stop`](Self::Stop) nobody can charge: they deal
    /// with the transactions that were running before.
    Start,
    /// Disconnect from the CSMS and stay so until [`Start`](Self::Start). Charging goes on. As the first of the two it begins
    /// a station that is not to connect yet.
    Stop,
    /// What secures the connection that is about to open; comes before [`Connected`](Self::Connected). Without it the
    /// station does not learn that a new root or certificate works, and keeps the old one as a fallback.
    ConnectionSecured {
        /// The root of [`Connection::roots`](super::Connection::roots) that the CSMS's certificate led to.
        root: Option<CertificateId>,
        /// The certificate of [`Connection::client_certificate`](super::Connection::client_certificate), if it was shown.
        client_certificate: Option<CertificateId>,
    },
    /// The connection that [`Output::Connect`](super::Output::Connect) asked for is open, in this version.
    Connected {
        /// The subprotocol that was negotiated.
        version: Version,
    },
    /// The connection could not be made, or is gone.
    Disconnected,
    /// A text message came in.
    Received(String),
    /// Something came in that is no message: a pong, the answer to [`Output::Ping`](super::Output::Ping) or to a ping of the
    /// interval, or a ping of the CSMS. An application that cannot tell does without; then a message that is not answered is
    /// blamed on the link until a new one was made for it.
    LinkAlive,
    /// The operator has dealt with a message of [`StationState::given_up`](super::StationState::given_up): it is forgotten.
    GivenUpSettled {
        /// Its id.
        id: u64,
    },

    /// A token was presented, or an identifier came from the car. A start button is a token of kind
    /// [`NoAuthorization`](super::TokenKind::NoAuthorization) with an empty text (2.x, C02), a code that somebody types one of kind
    /// [`KeyCode`](super::TokenKind::KeyCode) (C04).
    TokenPresented {
        /// The reader's EVSE. `None` at a reader for several: the station finds the EVSE.
        evse: Option<EvseId>,
        /// The token.
        token: Token,
    },
    /// The user of a master pass has selected what to stop, within a minute after
    /// [`TokenEffect::SelectStops`](super::TokenEffect::SelectStops) (2.x, C16).
    StopsSelected {
        /// The transactions of these EVSEs, of which there may be none; `None` for all.
        evses: Option<Vec<EvseId>>,
    },
    /// Somebody pressed the stop button: the transaction ends, or whoever was about to charge gives up.
    StopPressed {
        /// Of this EVSE.
        evse: EvseId,
        /// Whether it is the emergency stop.
        emergency: bool,
    },
    /// The cable was plugged or unplugged.
    Cable {
        /// Where.
        at: ConnectorId,
        /// How it is now.
        state: CableState,
    },
    /// The car changed its mind.
    Ev {
        /// Where.
        at: ConnectorId,
        /// What it does now.
        state: EvState,
    },
    /// The parking bay of an EVSE.
    ParkingBay {
        /// The EVSE.
        evse: EvseId,
        /// Whether a car stands there.
        occupied: bool,
        /// Its identifier, if it could be read (a number plate, for example).
        token: Option<Token>,
    },

    /// A fault began, changed, or ended.
    Fault {
        /// The connector; `None` for the station.
        at: Option<ConnectorId>,
        /// The fault; `None` when it is over.
        fault: Option<Fault>,
    },
    /// The part of the hardware that obeys has restarted by itself, was replaced, or could not be reached for a while: it is
    /// told again what contactor, limit and lock have to be. Its contactors are opened first.
    HardwareRestarted {
        /// The connector; `None` for all.
        at: Option<ConnectorId>,
    },
    /// Nothing can be stored: the disk is full, or fails. No energy flows, nobody begins to charge, and what depends on a
    /// record waits, until [`StorageRestored`](Self::StorageRestored). No [`Output::Store`], no [`Output::Remove`] and nothing
    /// that depends on one comes until then; the connection and all that is safe go on. Try from time to time to store
    /// anything.
    StorageFailed {
        /// The records that could not be stored and the outputs that were polled after them, in their order: none of these
        /// was carried out.
        undone: Vec<Output>,
    },
    /// Records can be stored again. What has waited comes out of
    /// [`poll_output`](super::Station::poll_output), including what was undone.
    StorageRestored,
    /// The answer to [`Output::ResetEvse`](super::Output::ResetEvse): the EVSE has restarted. Its hardware is told again what
    /// contactor, limit and lock have to be.
    EvseReset {
        /// The EVSE.
        evse: EvseId,
    },
    /// What a meter shows: the answer to [`Output::ReadMeter`](super::Output::ReadMeter), or at any other time.
    Meter {
        /// The EVSE; 0 for the main meter.
        evse: EvseId,
        /// What it shows; an empty one if it could not be read: then the last one is taken at once.
        reading: Reading,
    },
    /// The answer to [`Output::Lock`](super::Output::Lock).
    Locked {
        /// The connector.
        at: ConnectorId,
        /// Whether the lock holds.
        success: bool,
    },
    /// The answer to [`Output::Unlock`](super::Output::Unlock).
    Unlocked {
        /// The connector.
        at: ConnectorId,
        /// How it went.
        result: UnlockResult,
    },
    /// The driver has chosen an EVSE, at a display or with a button; `None` takes the choice back. A token that is presented
    /// at a reader for several EVSEs within the next minute is for the chosen one.
    EvseSelected {
        /// The EVSE.
        evse: Option<EvseId>,
    },
    /// The power is going down.
    PowerFailing {
        /// Whether the back-up power lasts long enough to stop transactions and to report that.
        time_to_report: bool,
    },
    /// The power that was failing has come back before it was gone: the station may charge again.
    PowerRestored,
    /// An external system, a grid operator or an energy management system, sets a limit, or another one than before: it
    /// holds from now on, besides charging profiles, also over restarts (2.x K11, K12). One that the station cannot follow is
    /// told with [`Output::ExternalLimitRefused`](super::Output::ExternalLimitRefused); then that of before holds. The same
    /// limit once more changes nothing: say again what holds after a restart of the station.
    ExternalLimit(Box<ExternalLimit>),
    /// An external system releases the limit that it has set on an EVSE (2.x K13).
    ExternalLimitReleased {
        /// The EVSE; 0 for the station.
        evse: EvseId,
        /// Who has set it.
        source: LimitSource,
    },
    /// The answer to [`Output::MakeCertificateRequest`](super::Output::MakeCertificateRequest).
    CertificateRequestMade {
        /// Which one.
        request: RequestHandle,
        /// The key and the request; `None` if they could not be made.
        made: Option<(KeyId, CertificateRequest)>,
    },
    /// The CSMS was refused while a connection was made, because of its certificate or its TLS parameters.
    /// [`Disconnected`](Self::Disconnected) follows.
    ConnectionRefused {
        /// Why.
        kind: SecurityEventKind,
        /// For people.
        info: Option<String>,
    },
    /// Something that matters for security happened outside of the station logic: the housing was opened, the memory is
    /// nearly full, the security log was cleared.
    SecurityEvent {
        /// What happened.
        kind: SecurityEventKind,
        /// For people.
        info: Option<String>,
    },
    /// The answer to [`Output::DataTransfer`](super::Output::DataTransfer).
    DataTransferAnswered {
        /// Which one.
        job: JobId,
        /// The answer.
        status: DataTransferAnswer,
        /// Further data. In 2.x a JSON object or array is sent as such, everything else as a text.
        data: Option<String>,
    },
    /// The answer to [`Output::CustomerData`](super::Output::CustomerData).
    CustomerData {
        /// Which one.
        job: JobId,
        /// What was known about the customer, for people; empty for nothing. What goes beyond
        /// [`Limits::customer_data`](super::Limits::customer_data) is cut off.
        text: String,
    },
    /// The application's variable has another value, or any other variable is to have one: what
    /// [`Station::set_variable`](super::Station::set_variable) does, without the word whether it was possible.
    Variable {
        /// Its name, as [`Station::variable`](super::Station::variable) takes it.
        key: String,
        /// Its value.
        value: String,
    },
    /// The answer to [`Output::SetVariable`](super::Output::SetVariable).
    VariableSet {
        /// Which one.
        job: JobId,
        /// What has become of it.
        answer: VariableAnswer,
    },
    /// News of a job that the station ordered.
    Job {
        /// The job.
        job: JobId,
        /// The news.
        event: JobEvent,
    },
}

/// News of a download, an upload or an installation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum JobEvent {
    /// It has begun.
    Started,
    /// It waits for something, and goes on later.
    Paused,
    /// An installation is about to restart the hardware; the next station value finds out how it went.
    Rebooting,
    /// It has ended well.
    Done,
    /// It has failed. The station decides whether to try again.
    Failed(JobFailure),
}

/// Why a job failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum JobFailure {
    /// The server cannot be reached, or broke off.
    Connection,
    /// The address cannot be understood, or its protocol is not supported.
    BadLocation,
    /// The server did not permit it.
    PermissionDenied,
    /// There is no such file, or nothing to send.
    NotFound,
    /// The file is too big, or not what it should be.
    Invalid,
    /// The signature is wrong.
    Signature,
    /// Anything else.
    Other,
}

/// What becomes of a value that the CSMS wants a variable of the application to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum VariableAnswer {
    /// It has that value now.
    Accepted,
    /// It will have that value after a restart; until then it keeps the old one.
    RebootRequired,
    /// It keeps the old one.
    Rejected,
}

/// What becomes of data that the CSMS sent (`DataTransferStatus` of all versions).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum DataTransferAnswer {
    /// It was taken.
    Accepted,
    /// It was understood, and is not taken.
    Rejected,
    /// The vendor has no such message.
    UnknownMessageId,
    /// The vendor is not known.
    UnknownVendorId,
}
