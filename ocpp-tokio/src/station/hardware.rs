//! What a charger maker binds to the hardware.

use std::fmt;
use std::path::Path;

use ocpp_core::security::SecurityEventKind;
use ocpp_core::smart_charging::LimitSource;
use ocpp_core::station::{
    Apn, Authorization, AuthorizationStatus, ConnectorId, Customer, DataTransferAnswer, EvseId,
    JobEvent, JobFailure, Limit, Reading, Token, TokenEffect, TransactionNews, UnlockResult,
    Unreadable, VariableAnswer, Vpn,
};
use ocpp_core::time::DateTime;
use ocpp_types::Version;

use super::driver::Reporter;
use super::files::{Downloaded, Progress};
use super::records::Damaged;

/// The hardware of a charging station: what [`StationDriver`](super::StationDriver) wants done of it.
///
/// No method may block: the station waits for each of them. What takes time is begun, and answered with the [`Answer`] that
/// comes along, from whatever thread or task, whenever it is done. What is known at once is answered at once. An answer
/// that is dropped, or does not come within [`DriverConfig::patience`](super::DriverConfig::patience), is the failure that
/// each method names.
///
/// What the hardware notices by itself (cables, cards, cars, faults) goes through the [`StationHandle`](super::StationHandle).
///
/// A simple charger implements three methods: the defaults say what a charger does that lacks the thing. Say in the
/// [`StationConfig`](ocpp_core::station::StationConfig) what it lacks: connectors without lock, no smart charging, and so on.
///
/// After every start it is told what contactors, limits and locks have to be, whatever they were before. A controller that
/// restarts by itself and forgets is told again after
/// [`StationHandle::hardware_restarted`](super::StationHandle::hardware_restarted).
pub trait Hardware: Send {
    /// Closes or opens the contactor: offers energy, or does not. If it does not obey, report a
    /// [`Fault`](ocpp_core::station::Fault) with [`PowerSwitchFailure`](ocpp_core::station::FaultCode::PowerSwitchFailure).
    fn contactor(&mut self, at: ConnectorId, closed: bool);

    /// Reads the meter of an EVSE, or the main meter for 0. Without an answer within
    /// [`meter_timeout`](ocpp_core::station::StationConfig::meter_timeout) the last reading counts.
    fn read_meter(&mut self, evse: EvseId, answer: Answer<Reading>);

    /// Offers the car no more than this; `None` for what the hardware can do. Told after every start before a contactor
    /// closes. If the hardware cannot do it, report a [`Fault`](ocpp_core::station::Fault): energy stops, and it is told again
    /// when the fault is over. [`Limit`] says what its number of phases wants of the hardware.
    ///
    /// A charger that cannot limit anything has to say so in its configuration: without
    /// [`smart_charging`](ocpp_core::station::Features::smart_charging) and without limits of the
    /// [`grid`](ocpp_core::station::StationConfig::grid), this is only ever told `None`, unless an external system sets a limit.
    fn set_limit(&mut self, at: ConnectorId, limit: Option<Limit>);

    /// Locks the cable in the socket; answers whether the lock holds. Asked only of connectors that are configured to have
    /// a lock. By default, and without an answer, it does not.
    fn lock(&mut self, _at: ConnectorId, _answer: Answer<bool>) {}

    /// Unlocks the cable. Asked only of connectors that are configured to have a lock. By default, and without an answer,
    /// it failed.
    fn unlock(&mut self, _at: ConnectorId, _answer: Answer<UnlockResult>) {}

    /// Restarts the station; `hard` means the hardware too. The connection is closed and everything is durable.
    ///
    /// A program that restarts as a whole does that and never answers. Otherwise `true` says that the restart is over, the
    /// station begins anew from its records. `false`, or no answer, says that it failed: it is tried again as often as
    /// `ResetRetries` says (1.6 section 9.1.22, 2.x `OCPPCommCtrlr.ResetRetries`), a second later each time; then the
    /// station goes on and reports a `ResetFailure`. By default the station begins anew at once.
    fn reboot(&mut self, _hard: bool, answer: Answer<bool>) {
        answer.with(true);
    }

    /// Restarts one EVSE (2.x B11, [`Features::reset_evse`](ocpp_core::station::Features::reset_evse)); answers when it is up
    /// again. Its contactors are open; afterwards it is told again what contactor, limit and lock have to be. By default it is
    /// up again at once.
    fn reset_evse(&mut self, _evse: EvseId, answer: Answer<()>) {
        answer.with(());
    }

    /// Which network the next connection is to be made over, if the CSMS has chosen one (2.x B09): the interface as 2.x names
    /// it (`Wired0`, `Wireless0` …), the access point and the virtual private network. Told when it changes, before the
    /// connection is opened; one that is opened too early fails, and is opened again. By default nothing happens.
    fn network(&mut self, _interface: Option<&str>, _apn: Option<&Apn>, _vpn: Option<&Vpn>) {}

    /// The version of the firmware that runs, told to the CSMS at each begin; `None` for that of the configuration.
    fn firmware_version(&self) -> Option<String> {
        None
    }

    /// Installs the firmware that was downloaded (and verified, if it was signed). By default, and if the installation is
    /// dropped, it failed.
    fn install(&mut self, _installation: Installation) {}

    /// What to send as diagnostics, besides the station's own report, for the time that the CSMS asked for. By default,
    /// and without an answer, nothing.
    fn diagnostics(
        &mut self,
        _from: Option<DateTime>,
        _to: Option<DateTime>,
        _answer: Answer<Vec<u8>>,
    ) {
    }

    /// A token was decided about: for display and sound. `info` is what the CSMS says of it, or the local list or the cache
    /// do: the group, and in 2.x what to show to the driver, in which language, and how important the driver is; `None`
    /// where nobody has said anything. After [`TokenEffect::SelectStops`] the user of a master pass selects what to stop
    /// ([`StationHandle::select_stops`](super::StationHandle::select_stops)).
    fn token_decided(
        &mut self,
        _evse: Option<EvseId>,
        _token: &Token,
        _decision: (AuthorizationStatus, TokenEffect),
        _info: Option<&Authorization>,
    ) {
    }

    /// The CSMS sends data of a vendor that
    /// [`data_transfer`](ocpp_core::station::StationConfig::data_transfer) names. By default, and without an answer before
    /// the time for calls is over, it is rejected.
    fn data_transfer(
        &mut self,
        _data: VendorData,
        _answer: Answer<(DataTransferAnswer, Option<String>)>,
    ) {
    }

    /// The CSMS wants to know what is known about a customer, or that it is cleared, or both (2.x, N09 and N10): what the
    /// charger keeps beside the station's own lists. Answers with what there was, for people. By default, and without an answer
    /// before the time for calls is over, there is nothing.
    fn customer_data(&mut self, _inquiry: CustomerInquiry, _answer: Answer<String>) {}

    /// The CSMS has changed a configuration key or variable that may mean something to the hardware (`BlinkRepeat`,
    /// `LightIntensity`, keys of the vendor). Secrets are not told.
    fn variable_changed(&mut self, _key: &str, _value: &str) {}

    /// The CSMS wants a variable of
    /// [`components`](ocpp_core::station::StationConfig::components) to have this value, which is one that it can have; a
    /// secret is among them if the variable is one. By default, and without an answer before the time for calls is over, it is
    /// rejected. A value that changes by itself is told with
    /// [`StationHandle::set_variable`](super::StationHandle::set_variable).
    fn set_variable(&mut self, _key: &str, _value: &str, _answer: Answer<VariableAnswer>) {}

    /// A limit of an external system ([`StationHandle::external_limit`](super::StationHandle::external_limit)) is one that the
    /// station cannot follow: what held before holds on.
    fn external_limit_refused(&mut self, _evse: EvseId, _source: &LimitSource, _reason: &str) {}

    /// The clock of the CSMS: sets the real-time clock. The station itself goes on with this time in any case.
    fn set_clock(&mut self, _utc: DateTime) {}

    /// How far a file is: at its begin, at its end, and once a second in between.
    fn transfer(&mut self, _file: Transfer, _progress: Progress) {}

    /// News for a log, and for lamps: [`Notice::Connected`] and [`Notice::NotConnected`] among them. The
    /// security log keeps each [`Notice::SecurityEvent`] by itself.
    fn notice(&mut self, _notice: &Notice) {}

    /// A message came from the CSMS, or goes to it. It may contain passwords.
    fn message(&mut self, _from_csms: bool, _text: &str) {}
}

/// An answer that the station waits for. It can be sent from any thread. Dropped, it says that there is none.
#[must_use = "dropped, it says that there is no answer"]
pub struct Answer<T>(Option<Box<dyn FnOnce(Option<T>) + Send>>);

impl<T> Answer<T> {
    /// An answer that goes to a function, for tests of a hardware; `None` if it was dropped.
    pub fn new(to: impl FnOnce(Option<T>) + Send + 'static) -> Self {
        Self(Some(Box::new(to)))
    }

    /// Answers. Whatever comes too late is ignored.
    pub fn with(mut self, value: T) {
        if let Some(to) = self.0.take() {
            to(Some(value));
        }
    }
}

impl<T> Drop for Answer<T> {
    fn drop(&mut self) {
        if let Some(to) = self.0.take() {
            to(None);
        }
    }
}

impl<T> fmt::Debug for Answer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer(…)")
    }
}

/// Firmware to be installed, and how it goes. Dropped, it says that the installation failed.
#[derive(Debug)]
#[must_use = "dropped, it says that the installation failed"]
pub struct Installation {
    pub(super) reporter: Option<Reporter>,
    pub(super) file: std::path::PathBuf,
    pub(super) downloaded: Downloaded,
}

impl Installation {
    /// The file.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Its size and hash.
    #[must_use]
    pub const fn downloaded(&self) -> Downloaded {
        self.downloaded
    }

    /// The new firmware runs without a restart.
    pub fn done(mut self) {
        self.end(JobEvent::Done);
    }

    /// The new firmware runs after a restart, which [`Hardware::reboot`] is asked for. The station then finds out from
    /// [`Hardware::firmware_version`] how it went (1.6 WP:L01.FR.15).
    pub fn restart(mut self) {
        self.end(JobEvent::Rebooting);
    }

    /// The old firmware goes on.
    pub fn failed(mut self, why: JobFailure) {
        self.end(JobEvent::Failed(why));
    }

    fn end(&mut self, event: JobEvent) {
        if let Some(reporter) = self.reporter.take() {
            reporter.end(event);
        }
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        self.end(JobEvent::Failed(JobFailure::Other));
    }
}

/// Data of a vendor, as the CSMS wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VendorData {
    /// The vendor.
    pub vendor_id: String,
    /// Which message of the vendor.
    pub message_id: Option<String>,
    /// What it says.
    pub data: Option<String>,
}

/// What the CSMS wants about a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CustomerInquiry {
    /// The customer.
    pub customer: Customer,
    /// Whether the CSMS is to be told.
    pub report: bool,
    /// Whether it is to be cleared, after it was read.
    pub clear: bool,
}

/// A file on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transfer {
    /// Firmware comes in.
    Firmware,
    /// Diagnostics go out.
    Diagnostics,
    /// The security log goes out.
    SecurityLog,
}

impl fmt::Display for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Firmware => "firmware",
            Self::Diagnostics => "diagnostics",
            Self::SecurityLog => "security log",
        })
    }
}

/// Something that people may want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The connection is open.
    Connected(Version),
    /// The connection could not be made, or has ended, and why.
    NotConnected(String),
    /// Something that matters for security.
    SecurityEvent {
        /// What happened.
        kind: SecurityEventKind,
        /// Its name in the version that the station speaks, as the CSMS is told.
        event: &'static str,
        /// More about it.
        info: Option<String>,
    },
    /// A transaction has begun, or has ended.
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
    /// A message that was stored for delivery was given up.
    GivenUp {
        /// Its action.
        action: String,
        /// Why.
        reason: String,
    },
    /// Another version of OCPP is spoken from now on: keys, variables and statuses have its names.
    VersionChanged {
        /// The version before.
        from: Version,
        /// The version from now on.
        to: Version,
    },
    /// So many messages are written in another version of OCPP. They go out when it is spoken again.
    Waiting {
        /// The version that they are written in.
        version: Version,
        /// How many.
        messages: usize,
    },
    /// A record of the station cannot be read. It is kept, and what it concerned ends on the safe side.
    Unreadable(Unreadable),
    /// Something that is stored is damaged: a part of the journal, the database, a key. It is kept, and what is left of the
    /// records counts. The CSMS is told by the security event `RecordsUnreadable`.
    Damaged(Damaged),
    /// The records cannot be written or read, and why: no energy flows until they can be. Told once, not at every attempt.
    StorageFailed(String),
    /// The records can be written and read again.
    StorageRestored,
    /// A file did not arrive.
    TransferFailed(Transfer, String),
    /// A key or a certificate request could not be made, or a key not be destroyed.
    Keys(String),
    /// The hardware did not restart when it was told to.
    RebootFailed,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connected(version) => write!(f, "connected, OCPP {version}"),
            Self::NotConnected(why) => write!(f, "not connected: {why}"),
            Self::SecurityEvent { event, info, .. } => {
                write!(f, "security event {event}")?;
                match info {
                    Some(info) => write!(f, ": {info}"),
                    None => Ok(()),
                }
            }
            Self::Transaction {
                at,
                id,
                token,
                news,
            } => transaction(f, *at, id.as_deref(), token, news),
            Self::VersionChanged { from, to } => write!(f, "OCPP {to} from now on, not {from}"),
            Self::Waiting { version, messages } => {
                write!(
                    f,
                    "{messages} messages wait until OCPP {version} is spoken again"
                )
            }
            Self::Unreadable(record) => write!(
                f,
                "record {} cannot be read: {} (kept as {})",
                record.key, record.reason, record.kept_as
            ),
            Self::Damaged(damaged) => damaged.fmt(f),
            Self::StorageFailed(why) => {
                write!(f, "no energy until something can be stored: {why}")
            }
            Self::StorageRestored => f.write_str("records can be stored again"),
            Self::GivenUp { action, reason } => write!(f, "{action} is given up: {reason}"),
            Self::TransferFailed(file, why) => write!(f, "transfer of {file}: {why}"),
            Self::Keys(why) => write!(f, "keys: {why}"),
            Self::RebootFailed => f.write_str("the restart failed"),
        }
    }
}

fn transaction(
    f: &mut fmt::Formatter<'_>,
    at: Option<ConnectorId>,
    id: Option<&str>,
    token: &Token,
    news: &TransactionNews,
) -> fmt::Result {
    f.write_str("transaction ")?;
    if let Some(id) = id {
        write!(f, "{id} ")?;
    }
    let place = at.map_or_else(
        || "before an EVSE is known".to_owned(),
        |at| format!("at EVSE {}, connector {}", at.evse, at.connector),
    );
    match news {
        TransactionNews::Began { meter } => {
            write!(f, "began {place}")?;
            if !token.id.is_empty() {
                write!(f, ", token {}", token.id)?;
            }
            match meter {
                Some(meter) => write!(f, ", meter {meter} Wh"),
                None => Ok(()),
            }
        }
        TransactionNews::Told {
            cost,
            message,
            priority,
        } => {
            write!(f, "{place}:")?;
            if let Some(message) = message {
                write!(f, " message {:?}", message.content)?;
            }
            if let Some(priority) = priority {
                write!(f, " priority {priority}")?;
            }
            match cost {
                Some(cost) => write!(f, " cost {cost}"),
                None => Ok(()),
            }
        }
        TransactionNews::Ended { reason, energy } => {
            write!(f, "ended {place}")?;
            if !reason.is_empty() {
                write!(f, ", {reason}")?;
            }
            match energy {
                Some(energy) => write!(f, ", {energy} Wh"),
                None => Ok(()),
            }
        }
        _ => write!(f, "{place}: {news:?}"),
    }
}
