//! What a station wants done.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use ocpp_types::{Decimal, Version};

use super::network::{Apn, Vpn};
use super::record::{Record, Unreadable};
use super::vocabulary::{
    Authorization, AuthorizationStatus, ConnectorId, Customer, EvseId, Limit, Message, Token,
};
use crate::security::{CertificateId, KeyId, RequestHandle, SecurityEventKind, Subject};
use crate::session::{CallEnded, Seen};
use crate::smart_charging::LimitSource;
use crate::time::DateTime;

/// Names a job from its order to its end. Never used twice by a station value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JobId(pub(crate) u64);

/// As a number, for a border over which only numbers go.
impl From<JobId> for u64 {
    fn from(job: JobId) -> Self {
        job.0
    }
}

/// Back from its number. One that was never given out names nothing.
impl From<u64> for JobId {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

/// What a station wants done, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Output {
    /// Make this record durable before any further output is carried out. It replaces the one with the same key.
    Store(Record),
    /// Remove the record with this key, if there is one.
    Remove(String),
    /// Send this text message.
    Transmit(String),
    /// Open the connection; answered with [`Input::Connected`](super::Input::Connected) or
    /// [`Input::Disconnected`](super::Input::Disconnected).
    Connect(Connection),
    /// Close the connection, or give up opening it; answered with
    /// [`Input::Disconnected`](super::Input::Disconnected).
    Disconnect,
    /// How often to send a WebSocket ping over this link, in seconds; 0 for never. Comes after each
    /// [`Input::Connected`](super::Input::Connected), and when it changes. A link over which no pong comes is to be closed.
    PingInterval(u32),
    /// Send a WebSocket ping now: a message was not answered yet, and nobody knows whether the link lives. Tell of the pong
    /// with [`Input::LinkAlive`](super::Input::LinkAlive). Never asked for while the interval is 0.
    Ping,

    /// Close or open the contactor: offer energy, or not.
    Contactor {
        /// Of this connector.
        at: ConnectorId,
        /// Whether to offer energy.
        closed: bool,
    },
    /// Lock the cable in the socket; answered with [`Input::Locked`](super::Input::Locked). Only for connectors that
    /// are configured to have a lock.
    Lock(ConnectorId),
    /// Unlock the cable; answered with [`Input::Unlocked`](super::Input::Unlocked). Only for connectors with a lock.
    Unlock(ConnectorId),
    /// Offer the car no more than this; `None` for what the hardware can do.
    SetLimit {
        /// The connector.
        at: ConnectorId,
        /// The limit.
        limit: Option<Limit>,
    },
    /// A limit of an external system is one that the station cannot follow: what held before holds on.
    ExternalLimitRefused {
        /// The EVSE; 0 for the station.
        evse: EvseId,
        /// Who wanted to set it.
        source: LimitSource,
        /// Why, for people.
        reason: String,
    },
    /// Read the meter now; answered with [`Input::Meter`](super::Input::Meter).
    ReadMeter(EvseId),
    /// The clock of the CSMS: set the real-time clock. The station itself goes on with this time in any case.
    SetClock(DateTime),
    /// Restart: end this station value, and begin again with [`Station::restore`](super::Station::restore).
    /// A restart that fails is to be tried again as often as the key `ResetRetries` of 1.6 says (section 9.1.22;
    /// [`Station::variable`](super::Station::variable)). The driver of ocpp-tokio does that.
    Reboot {
        /// Whether to restart the hardware too.
        hard: bool,
    },

    /// Restart an EVSE, and nothing else; answered with [`Input::EvseReset`](super::Input::EvseReset). Nobody charges there, and
    /// nobody begins to, before the answer; without one for a minute it counts as given. Only with
    /// [`Features::reset_evse`](super::Features::reset_evse).
    ResetEvse(EvseId),

    /// Fetch a file; answered with [`Input::Job`](super::Input::Job).
    Download {
        /// For the answers.
        job: JobId,
        /// From where, as the CSMS wrote it.
        location: String,
    },
    /// Install the file that the last download brought; answered with [`Input::Job`](super::Input::Job). If the
    /// installation needs a restart, it happens without further order, and the next station value is told.
    Install {
        /// For the answers.
        job: JobId,
    },
    /// Send a file; answered with [`Input::Job`](super::Input::Job).
    Upload {
        /// For the answers.
        job: JobId,
        /// To where, as the CSMS wrote it.
        location: String,
        /// What to send.
        kind: UploadKind,
        /// The name that the CSMS was told.
        file_name: String,
        /// The oldest entry wanted.
        from: Option<DateTime>,
        /// The latest entry wanted.
        to: Option<DateTime>,
    },
    /// Check the signature of the file that the last download brought
    /// ([`CertificateVerifier::verify_firmware`](crate::security::CertificateVerifier::verify_firmware)); answered with
    /// [`Input::Job`](super::Input::Job).
    VerifyFirmware {
        /// For the answers.
        job: JobId,
        /// The certificate, PEM, which the station has found to be valid.
        certificate: String,
        /// The signature, as the CSMS wrote it.
        signature: String,
    },
    /// Make a key pair and a certificate request; answered with
    /// [`Input::CertificateRequestMade`](super::Input::CertificateRequestMade).
    MakeCertificateRequest {
        /// For the answer.
        request: RequestHandle,
        /// What goes into the request.
        subject: Subject,
    },
    /// Destroy this private key: no certificate refers to it any longer.
    DeleteKey(KeyId),
    /// For the security log.
    SecurityEvent {
        /// What happened.
        kind: SecurityEventKind,
        /// More about it.
        info: Option<String>,
    },
    /// Give a job up. No further answer is expected.
    CancelJob(JobId),

    /// A token was decided about. With [`TokenEffect::SelectStops`] it asks something, answered with
    /// [`Input::StopsSelected`](super::Input::StopsSelected).
    TokenDecided {
        /// The EVSE, if one was meant or found.
        evse: Option<EvseId>,
        /// The token.
        token: Token,
        /// The decision.
        status: AuthorizationStatus,
        /// What it leads to.
        effect: TokenEffect,
        /// What the CSMS says of the token, or the list or the cache do, with the group and what to show to the driver; `None`
        /// where nobody has said anything.
        info: Option<Box<Authorization>>,
    },
    /// A transaction has begun, or has ended: for displays and logs. What the CSMS has to hear of it is stored already.
    Transaction {
        /// Where; `None` if it has begun before that is known.
        at: Option<ConnectorId>,
        /// Its id, if it is known already: in 1.6 the CSMS gives it.
        id: Option<String>,
        /// Who charges; empty if nobody has been identified yet.
        token: Token,
        /// What happened.
        news: TransactionNews,
    },
    /// The CSMS wants a variable of the application to have this value, which is one that the variable can have; answered
    /// with [`Input::VariableSet`](super::Input::VariableSet). Without an answer within
    /// [`StationConfig::call_timeout`](super::StationConfig::call_timeout) it is rejected.
    SetVariable(VariableOrder),
    /// The CSMS has changed a configuration key or variable; what it means for the hardware (`BlinkRepeat`, `LightIntensity`,
    /// keys of the vendor) is the application's. Secrets are not told: see [`Station::variable`](super::Station::variable).
    VariableChanged {
        /// Its name as the station spells it.
        key: String,
        /// Its new value.
        value: String,
    },
    /// A message that was stored for delivery had to be given up: the CSMS refuses it, or there was no room. One about a
    /// transaction that was tried in vain is kept in [`StationState::given_up`](super::StationState::given_up).
    Dropped {
        /// Its action.
        action: String,
        /// Its payload.
        payload: String,
        /// Why.
        reason: String,
    },
    /// A record that was handed to [`Station::restore`](super::Station::restore) cannot be read. It is kept, and what it
    /// concerned ends on the safe side. For logs: the CSMS is told by a security event.
    Unreadable(Unreadable),
    /// Another version of OCPP is spoken from now on, because the connection settled on it
    /// ([`Input::Connected`](super::Input::Connected)): keys, variables and statuses have its names. Variables of the application
    /// have their configured values: tell them again with [`Input::Variable`](super::Input::Variable).
    VersionChanged {
        /// The version before.
        from: Version,
        /// The version from now on.
        to: Version,
    },
    /// So many messages are written in another version of OCPP than the one that is spoken. They wait, and go out when that
    /// version is spoken again ([`StationState::waiting`](super::StationState::waiting)). Comes after a start and after
    /// [`VersionChanged`](Self::VersionChanged), if there are any.
    Waiting {
        /// The version that they are written in.
        version: Version,
        /// How many.
        messages: usize,
    },
    /// The CSMS sends data of a vendor that [`StationConfig::data_transfer`](super::StationConfig::data_transfer) names;
    /// answered with [`Input::DataTransferAnswered`](super::Input::DataTransferAnswered) before the time for calls
    /// ([`StationConfig::call_timeout`](super::StationConfig::call_timeout)) is over, otherwise it is rejected.
    DataTransfer {
        /// For the answer.
        job: JobId,
        /// The vendor.
        vendor_id: String,
        /// Which message of the vendor.
        message_id: Option<String>,
        /// What it says, as the CSMS wrote it. In 2.x it can be any JSON: a text comes as it is, everything else as JSON.
        data: Option<String>,
    },
    /// The CSMS wants to know what is known about a customer, or that it is cleared, or both (N09, N10): what the application
    /// keeps beside the station's own lists, for example in its logs. Answered with
    /// [`Input::CustomerData`](super::Input::CustomerData); without an answer within
    /// [`StationConfig::call_timeout`](super::StationConfig::call_timeout) it counts as nothing. After a restart it may come
    /// again.
    CustomerData {
        /// For the answer.
        job: JobId,
        /// The customer.
        customer: Customer,
        /// Whether the CSMS is to be told.
        report: bool,
        /// Whether it is to be cleared, after it was read.
        clear: bool,
    },
    /// A call that the application made with [`Station::call`](super::Station::call) has ended.
    CallEnded(CallEnded),
    /// A message came in that something is wrong with. For logs.
    Seen(Seen),
}

/// What has happened to a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum TransactionNews {
    /// It has begun.
    Began {
        /// The energy register at the begin, in Wh, if the meter was read.
        meter: Option<Decimal>,
    },
    /// The CSMS has something to say to its driver, or to who shares power (2.x). What is `None` is as it was.
    Told {
        /// What it costs in total, taxes included, in the currency of the CSMS (`totalCost`); when it has ended.
        cost: Option<Decimal>,
        /// What to show to the driver (`updatedPersonalMessage`, `personalMessage`).
        message: Option<Message>,
        /// How important it is that it gets energy, from -9 to 9 (`chargingPriority`).
        priority: Option<i8>,
    },
    /// It has ended.
    Ended {
        /// Why, as the version writes it.
        reason: String,
        /// The energy that was delivered, in Wh, if the meter was read.
        energy: Option<Decimal>,
    },
}

/// What a presented token leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum TokenEffect {
    /// Nothing.
    None,
    /// Charging can begin as soon as everything else is in place.
    Authorized,
    /// The running transaction ends.
    Stopped,
    /// The authorization from before is withdrawn.
    Cancelled,
    /// An EVSE has to be chosen first.
    SelectFirst,
    /// It is a master pass: let its user select which transactions to stop, answered with
    /// [`Input::StopsSelected`](super::Input::StopsSelected) within a minute; after that nothing is stopped. Only with
    /// [`Features::master_pass_selection`](super::Features::master_pass_selection) (2.x, C16.FR.01).
    SelectStops,
}

/// A value that a variable of the application is to have.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct VariableOrder {
    /// For the answer.
    pub job: JobId,
    /// Its name, as [`Station::variable`](super::Station::variable) takes it.
    pub key: String,
    /// The value.
    pub value: String,
    /// Whether the value is a secret ([`VariableAccess::WriteOnly`](super::VariableAccess::WriteOnly)).
    pub secret: bool,
}

/// Without secrets (A01.FR.12).
impl fmt::Debug for VariableOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.secret { "…" } else { &self.value };
        f.debug_struct("VariableOrder")
            .field("job", &self.job)
            .field("key", &self.key)
            .field("value", &value)
            .finish_non_exhaustive()
    }
}

/// Where and how to connect.
#[derive(Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Connection {
    /// The slot of the network profile (2.x B09); `None` in 1.6.
    pub slot: Option<u32>,
    /// The URL of the CSMS without the station's identity; empty for the one the application was started with.
    pub url: String,
    /// The versions to offer, best first.
    pub versions: Vec<Version>,
    /// 0 to 3 (1.6 security whitepaper, 2.x part 2 A).
    pub security_profile: u8,
    /// The password of HTTP basic authentication, if one was set by the CSMS.
    pub password: Option<String>,
    /// The version of OCPP that [`password`](Self::password) is written in: 1.6 has hexadecimal digits of bytes, 2.x a text.
    pub password_version: Option<Version>,
    /// The roots that the CSMS's certificate may lead to, in the order in which to try them; the next one only if the
    /// certificate is not valid below the one before (M05.FR.13). Empty for those the application was started with, and
    /// without TLS.
    pub roots: Vec<TrustedRoot>,
    /// Whether the CSMS's certificate may name the CSMS by a wildcard (`*.example.com`): the variable
    /// `SecurityCtrlr.AllowCSMSTLSWildcards`, in 1.6 the key `AllowCSMSTLSWildcards`. If not, such a name counts for nothing:
    /// the common name has to be the host of the URL (A00.FR.309, A00.FR.412, erratum 2.62 of 2025-02).
    #[cfg_attr(feature = "serde", serde(default))]
    pub allow_wildcards: bool,
    /// The station's certificate; `None` for the one the application was started with, and below profile 3.
    pub client_certificate: Option<OwnCertificate>,
    /// The interface, as 2.x names it (`Wired0`, `Wireless0` …); `None` if the CSMS has not chosen one.
    pub interface: Option<String>,
    /// The access point of the mobile network, if the CSMS has set one.
    pub apn: Option<Box<Apn>>,
    /// The virtual private network, if the CSMS has set one.
    pub vpn: Option<Box<Vpn>>,
}

/// Without the password (A01.FR.12).
impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("slot", &self.slot)
            .field("url", &self.url)
            .field("versions", &self.versions)
            .field("security_profile", &self.security_profile)
            .field("password", &self.password.as_ref().map(|_| "…"))
            .field("password_version", &self.password_version)
            .field("roots", &self.roots)
            .field("allow_wildcards", &self.allow_wildcards)
            .field("client_certificate", &self.client_certificate)
            .field("interface", &self.interface)
            .field("apn", &self.apn)
            .field("vpn", &self.vpn)
            .finish()
    }
}

/// A root certificate of the CSMS.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TrustedRoot {
    /// Named in [`Input::ConnectionSecured`](super::Input::ConnectionSecured).
    pub id: CertificateId,
    /// The certificate, PEM.
    pub pem: String,
}

/// A certificate of the station.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OwnCertificate {
    /// Named in [`Input::ConnectionSecured`](super::Input::ConnectionSecured).
    pub id: CertificateId,
    /// The certificate and its sub-CAs, PEM.
    pub chain: String,
    /// Its private key, which the application holds.
    pub key: KeyId,
}

/// What to upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum UploadKind {
    /// Diagnostics.
    Diagnostics,
    /// The security log.
    SecurityLog,
}
