//! A charging station as a value.
//!
//! A [`Station`] is everything that OCPP wants of a charging station, and nothing of what a charger consists of: no
//! socket, no file, no clock, no contactor. What happens to it comes in through [`handle`](Station::handle), with the
//! time; what it wants done comes out of [`poll_output`](Station::poll_output), in order; and
//! [`next_timeout`](Station::next_timeout) says when to come back.
//!
//! # How to drive it
//!
//! 1. [`Station::restore`] with the configuration and the records that were stored before (none for a new station).
//! 2. Tell the state of the hardware with [`Input::Cable`], [`Input::Fault`] and so on, then [`Input::Start`], or
//!    [`Input::Stop`] for a station that is not to connect yet.
//! 3. After every input call `poll_output` until it gives `None` and carry the outputs out, **in this order, one after
//!    the other**. An [`Output::Store`] must be durable before the next output is carried out: that is what makes a power
//!    cut between any two outputs harmless.
//! 4. Wait for something to happen, or until `next_timeout`, which is answered with [`Input::TimePassed`].
//!
//! After [`Output::Reboot`] the value is finished and ignores everything: begin again with 1.
//!
//! [`Input`] and [`Output`] are the same for all versions of OCPP. The logic of a version stands behind them.
//!
//! # The safe side
//!
//! Nobody knows how the hardware was left before a start. The first input opens all contactors. `Start` or `Stop` deals with
//! the transactions that were running, and then every connector is told its limit (or that there is none) and every lock
//! what is wanted of it, explicitly, before a contactor closes: a limit that was in force is in force again before energy
//! flows (1.6 erratum 3.37, K01.FR.27). A limit of a charging profile needs the time; until it is known, no energy flows
//! while profiles are installed. The same is told again after every fault and with [`Input::HardwareRestarted`].
//!
//! # The link
//!
//! A message that must be delivered counts as failed only if the link is known to have lived after it was sent: tell of pongs
//! with [`Input::LinkAlive`]. What had to be given up about a transaction is in [`StationState::given_up`].
//!
//! # When nothing can be stored
//!
//! A disk can be full, a flash worn out. Tell it with [`Input::StorageFailed`] and, when storing works again, with
//! [`Input::StorageRestored`]. In between nothing is told, and no energy flows, whose record is not durable:
//!
//! - Contactors open with the next output, every connector is faulted (1.6: `InternalError`), nobody begins to charge.
//!   Transactions stay: what ends them meanwhile, a token, a cable that is pulled, is told afterwards with its time and meter
//!   value, and the others go on. A power cut meanwhile finds the last durable state, as every power cut does.
//! - Messages that were queued wait. The connection, heartbeats, statuses, authorizations, and requests of the CSMS that
//!   store nothing go on; other requests are refused with `InternalError`.
//! - The CSMS hears of it by the status, and afterwards by the security event `MemoryExhaustion`, at most once an hour.
//!
//! # Time
//!
//! Timers run on monotonic time. Messages carry UTC: that of the CSMS from the first answer that contains it, the one
//! handed in with [`Now`] before. While there is neither, nobody can charge.
//!
//! # Several versions of OCPP
//!
//! A station can speak more than one version ([`StationConfig::versions`], best first). [`Output::Connect`] names those to offer:
//! all of them, or the one of the network profile in use (B09). [`Input::Connected`] says which one the connection has settled on.
//!
//! If that is another one than before, the station changes over, without a restart:
//!
//! - Transactions end in the version that they began in, with the reason `Other` and what the meter shows then. Contactors
//!   open. Whoever was charging, or was about to, is authorized in the new version as if its CSMS had accepted the token, so
//!   that the car goes on in a new transaction; the answer to its first message decides whether it may.
//! - Nothing is read from the new connection before all of that is stored.
//! - Messages of the former version wait until it is spoken again: [`Output::Waiting`], [`StationState::waiting`]. None goes over a
//!   connection of another version.
//! - The station keeps clock, hardware, certificates, password, security profile, charging profiles, cache, local list, what is
//!   out of order, firmware updates and uploads. Configuration keys and variables belong to their version, and reservations (1.6)
//!   and customer inquiries (2.0.1) wait for it. Cables that were kept locked for somebody are let go.
//! - [`Output::VersionChanged`] says when it is done. A restart begins with the version that was spoken last.
//!
//! # What survives a power cut
//!
//! | record | contents |
//! |---|---|
//! | `format` | the format of the others; it is read before everything else |
//! | `message-ids` | the counter of message ids, in blocks |
//! | `queue/…` | a message that must reach the CSMS, with the version of OCPP that it is written in |
//! | `given-up/…` | a message about a transaction that was given up |
//! | `transaction/…` | a transaction, until everything about it is delivered, with its version |
//! | `variable/…` | a configured value |
//! | `cache/…`, `local-list…` | a token |
//! | `charging-profile/…` | a charging profile |
//! | `certificate/…`, `signing/…` | a certificate, an open request for one |
//! | `transaction-data/…` | meter values for the end of a transaction |
//! | `availability/…` | a connector, an EVSE or the station out of order |
//! | `reservation/…` | a reservation (1.6) |
//! | `cable-owner/…`, `cable-claim/…` | for whom a cable stays locked (1.6, 2.0.1) |
//! | `accepted-once` | whether the CSMS knows the station |
//! | `firmware`, `firmware-update`, `firmware-status`, `upload` | an installation that restarts, an update and its last status, an upload |
//! | `security-trial` | the security profile to return to if no connection can be made with the new one (1.6) |
//! | `boot-reason`, `reset-scheduled` | why the station starts next, that it restarts when nobody charges (2.0.1) |
//! | `network-profile/…`, `network-proven` | what the CSMS has set for a slot, the profile of the last connection (2.0.1) |
//! | `customer/…` | what is to be reported about a customer, until it is (2.0.1) |
//! | `version` | the version that was spoken last, if there are several |
//! | `provisioned` | which certificates of the factory were taken over |
//! | `unreadable/…` | a record that could not be read, as it was |
//!
//! # Records that cannot be read
//!
//! A record may be damaged, written by another version of the program, or of another version of OCPP. None is ever dropped
//! in silence:
//!
//! - One that cannot be read, or says something that this program does not know, is moved below `unreadable/`
//!   ([`Limits::unreadable`] of them; further ones stay where they are). [`Output::Unreadable`] says so once, and the CSMS
//!   gets the security event `RecordsUnreadable`. [`Station::restore_with_report`] shows what there is.
//! - One of another version of OCPP stays as it is. Messages go out, and transactions end, when that version is spoken again;
//!   a transaction that was running when a restart began with another version does not go on then. What the versions share (profiles, tokens, certificates, what is
//!   out of order) counts in every one.
//! - Records of a former format are brought into the present one at the first start.
//!
//! | what cannot be read | the safe side |
//! |---|---|
//! | a queued message | the start or the end of its transaction is made again from the transaction's record, in its place; meter values are missing |
//! | a transaction | it does not go on, and its connector is free. While messages of it wait it is made again from them and ends; otherwise only its record aside knows of it |
//! | a charging profile | the whole station is limited to 6 A until the CSMS clears or replaces the profile by its identifier |
//! | a connector out of order | it stays out of order |
//! | an entry of the local list | it authorizes nobody, and the list has version 0: the CSMS sends it again |
//! | a token in the cache | the CSMS is asked |
//! | a network profile (2.0.1) | its slot is empty: the next one, and the profile of the last connection, are tried |
//! | the security profile (1.6) | the highest one that the station has the means for, on trial |
//! | another variable, the password | its first value |
//! | a certificate | an older one, or that of the factory |
//! | a reservation, the owner of a locked cable | the connector is free, the cable comes out |
//! | whether the CSMS knows the station | nobody charges before the CSMS has accepted the station |

mod authorization;
mod behaviour;
mod cache;
mod clock;
mod common;
mod config;
mod connection;
mod context;
mod credentials;
mod decline;
mod delivery;
// 1.6 alone needs less of it.
#[cfg_attr(not(feature = "v2_0_1"), allow(unused_imports))]
mod device_model;
mod given_up;
mod hardware;
mod identity;
mod input;
mod inputs;
mod local_list;
mod meter;
mod network;
mod out_of_order;
mod output;
mod profiles;
mod pulse;
mod queue;
mod record;
mod registration;
mod state;
mod steps;
mod storage;
mod switch;
mod transaction;
mod transaction_data;
mod triggers;
#[cfg(feature = "v1_6")]
mod v1_6;
#[cfg(feature = "v2_0_1")]
mod v2;
mod vocabulary;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use ocpp_types::Version;

use self::behaviour::Behaviour;
use self::context::Context;
use self::record::{aside, format};
use crate::security::CertificateVerifier;
use crate::session::{CallId, NotQueued};
use crate::time::{Instant, Now};

pub use self::common::certificates::Provisioned;
pub use self::config::{
    CableKind, ComponentConfig, ConnectorConfig, DataTransferVendor, EvseConfig, Features,
    GridConfig, InvalidConfig, Limits, Range, StationConfig, StationConfigBuilder, VariableConfig,
    VendorKey,
};
pub use self::device_model::{DataType, VariableAccess, VariableError};
pub use self::given_up::GivenUp;
pub use self::input::{DataTransferAnswer, Input, JobEvent, JobFailure, VariableAnswer};
pub use self::network::{Apn, Vpn};
pub use self::output::{
    Connection, JobId, Output, OwnCertificate, TokenEffect, TransactionNews, TrustedRoot,
    UploadKind, VariableOrder,
};
pub use self::record::{MAX_KEY, Record, RecordsReport, Unreadable};
pub use self::state::{ConnectorState, Registration, StationState, TransactionState};
pub use self::vocabulary::{
    Authorization, AuthorizationStatus, CableState, ConnectorId, Customer, DriverInfo,
    ENERGY_IMPORT_REGISTER, EvState, EvseId, Fault, FaultCode, Limit, LimitUnit, Measured, Message,
    Reading, SignedValue, Token, TokenKind, UnlockResult,
};

/// Few inputs have more outputs.
const USUAL_OUTPUTS: usize = 4;
/// How long a chosen EVSE waits for a token, and a master pass for what is to be stopped.
const SELECTION: Duration = Duration::from_secs(60);

/// A charging station. See the [module documentation](self). It can be moved to and shared with other threads.
pub struct Station {
    core: Context,
    logic: Box<dyn Behaviour>,
    version: Version,
    /// A change of the version that is under way.
    switch: Option<Box<switch::Switch>>,
    /// Whether the contactors were opened that may have been left closed.
    safe: bool,
    /// What the CSMS is to be told about records that cannot be read.
    unreadable: Option<String>,
}

/// What [`Station::state`] shows. Everything that there is inside would cost a firmware forty kilobytes of code.
impl fmt::Debug for Station {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Station")
            .field("version", &self.version)
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}

impl Station {
    /// A station as its records describe it. Records that cannot be read are kept aside and reported: see
    /// [`restore_with_report`](Self::restore_with_report).
    ///
    /// # Errors
    /// [`InvalidConfig`] if the configuration is impossible, or names only versions whose feature is off.
    pub fn restore(
        config: StationConfig,
        records: impl IntoIterator<Item = Record>,
        now: Now,
    ) -> Result<Self, InvalidConfig> {
        Ok(Self::restore_with_report(config, records, now)?.0)
    }

    /// A station as its records describe it, and what was found among them.
    ///
    /// To look at records only, drop the station: nothing has changed before its outputs are carried out.
    ///
    /// # Errors
    /// [`InvalidConfig`] if the configuration is impossible, or names only versions whose feature is off.
    #[inline(never)] // For the reason that `behaviour::apart` gives.
    pub fn restore_with_report(
        mut config: StationConfig,
        records: impl IntoIterator<Item = Record>,
        now: Now,
    ) -> Result<(Self, RecordsReport), InvalidConfig> {
        config.check()?;
        config.features = config.features.as_built();
        let records = record::texts(records);
        let version = switch::first(&config, &records)
            .ok_or_else(|| InvalidConfig::new("no version that this library was built for"))?;
        let mut tables = Vec::new();
        for version in switch::spoken_by(&config) {
            tables.push((version, switch::variables(&config, version)?));
        }
        let all: Vec<_> = tables.iter().map(|(_, table)| table).collect();
        config.check_defaults(&all)?;
        let several = switch::SEVERAL && tables.len() > 1;
        let own = tables.into_iter().find(|(of, _)| *of == version);
        let (_, variables) = own.ok_or_else(|| InvalidConfig::new("no version"))?;
        // Nothing else is read before the format.
        let last = switch::last_spoken(&records);
        let (records, found, changes) = format::open(records, version);
        let mut core = Context::restore(config, version, variables, &records, now);
        credentials::carry(&mut core, last, &records);
        if last.is_some_and(|last| last != version) || several && last.is_none() {
            // After what is taken over: that is done once.
            core.store(switch::SPOKEN, &version.as_str());
        }
        let logic = switch::logic(&mut core, version, &records)
            .ok_or_else(|| InvalidConfig::new("no version that this library was built for"))?;
        let mut report = aside::count(&records, found, version);
        core.keep_aside(&records, changes, &mut report);
        if several {
            core.mirror = Some(Box::new(switch::Mirror::new(records.into_raw())));
            core.note_records();
        }
        let this = Self {
            core,
            logic,
            version,
            switch: None,
            safe: false,
            unreadable: report.summary(),
        };
        Ok((this, report))
    }

    /// Takes an input. Poll the outputs afterwards.
    pub fn handle(&mut self, now: Now, input: Input) {
        if self.core.over {
            // Its last outputs are carried out when they can be.
            return self.finish(now, input);
        }
        self.core.now = now;
        if !core::mem::replace(&mut self.safe, true) {
            self.core.make_safe();
        }
        self.note_departure(&input);
        let settled = match input {
            Input::Received(text) if self.core.is_connected() => !self.receive(&text),
            input => {
                self.take(input);
                false
            }
        };
        // What time brings has its time-out; a version that is about to change waits for every input.
        if settled && self.switch.is_none() {
            return self.core.hold_back();
        }
        self.wind_up();
        self.settle();
    }

    fn finish(&mut self, now: Now, input: Input) {
        match input {
            Input::StorageFailed { undone } => {
                self.core.now = now;
                self.core.storage_failed(undone);
            }
            Input::StorageRestored => self.core.storage_restored(),
            _ => {}
        }
    }

    /// The next thing to do. `None` when there is nothing more for now.
    pub fn poll_output(&mut self) -> Option<Output> {
        let outputs = &mut self.core.outputs;
        let output = outputs.pop_front();
        if output.is_none() {
            // A start has many: their room is not kept.
            outputs.shrink_to(USUAL_OUTPUTS);
        }
        output
    }

    /// When to come back with [`Input::TimePassed`] at the latest; `None` when nothing is waited for.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Instant> {
        if self.core.over {
            return None;
        }
        let queue = self.core.queue.next_timeout(self.core.instant());
        let timeouts = [
            self.core.session_timeout(),
            self.core.link.next_timeout(),
            self.core.meters.next_timeout(),
            self.core.pulse.next_timeout(),
            queue,
            self.logic.next_timeout(&self.core),
        ];
        timeouts.into_iter().flatten().min()
    }

    /// A look inside.
    #[must_use]
    pub fn state(&self) -> StationState {
        self.logic.state(&self.core)
    }

    /// How many variables, connectors and EVSEs were looked at so far: tests compare what inputs cost.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn visits(&self) -> usize {
        let core = &self.core;
        let shared = core.variables.visits().count() + core.hardware.visits().count();
        shared + self.logic.visits()
    }

    /// The version that is spoken: the one that the last connection has settled on, across restarts, else the best of
    /// [`StationConfig::versions`].
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// What kind of station it is.
    #[must_use]
    pub const fn config(&self) -> &StationConfig {
        &self.core.config
    }

    /// The value of a configuration key (1.6) or variable (`Component.Variable`, 2.x), secrets included.
    #[must_use]
    pub fn variable(&self, key: &str) -> Option<&str> {
        let id = self.core.variables.find(key)?;
        let variable = self.core.variables.get(id)?;
        Some(&variable.value)
    }

    /// Whether the value of a configuration key or variable is a secret, which is not shown to anybody (A01.FR.12).
    #[must_use]
    pub fn is_secret(&self, key: &str) -> bool {
        let id = self.core.variables.find(key);
        let variable = id.and_then(|id| self.core.variables.get(id));
        variable.is_some_and(|variable| variable.access == device_model::VariableAccess::WriteOnly)
    }

    /// Sets a configuration key or variable as the owner of the station, who may also set what is read-only for the CSMS.
    ///
    /// # Errors
    /// When there is no such key, the value is not allowed, or nothing can be stored at present.
    pub fn set_variable(&mut self, now: Now, key: &str, value: &str) -> Result<(), VariableError> {
        self.core.now = now;
        if self.core.storage_fails() {
            return Err(VariableError::NotStored);
        }
        let id = self.core.variables.find(key);
        let id = id.ok_or(VariableError::Unknown)?;
        self.core.set_variable(id, value)?;
        self.logic.variable_changed(&mut self.core, id);
        self.settle();
        Ok(())
    }

    /// Gives the station the means to verify certificates and signatures. Without it no certificate is accepted.
    pub fn set_verifier(&mut self, verifier: Box<dyn CertificateVerifier + Send + Sync>) {
        self.logic.set_verifier(verifier);
    }

    /// Tells, at every start, before [`Input::Start`] and after [`set_verifier`](Self::set_verifier), what the station left the
    /// factory with. What is new becomes part of its certificates: it is listed, trusted, renewed and deleted like what the
    /// CSMS has installed (A02.FR.10, A03.FR.02); what the CSMS has deleted does not come back. Roots are taken over as long as
    /// there are none of the CSMS; with AdditionalRootCertificateCheck the first one only.
    pub fn provision(&mut self, now: Now, provisioned: &Provisioned) {
        self.core.now = now;
        self.logic.provision(&mut self.core, provisioned);
        self.core.hold_back();
    }

    /// Puts a token into the authorization cache.
    pub fn seed_cache(&mut self, now: Now, token: &Token, authorization: &Authorization) {
        self.core.now = now;
        let changes = self.core.cache.put(self.core.utc(), token, authorization);
        self.core.changes(changes);
        self.core.hold_back();
    }

    /// Puts a token into the local list, without changing its version (1 if the list was empty). Says whether there was
    /// room.
    pub fn seed_local_list(
        &mut self,
        now: Now,
        token: &Token,
        authorization: &Authorization,
    ) -> bool {
        self.core.now = now;
        let version = self.core.local_list.stored_version().max(1);
        let entry = alloc::vec![(token.clone(), Some(authorization.clone()))];
        let changes = self.core.local_list.update(version, entry);
        let done = changes.is_some();
        self.core.changes(changes.into_iter().flatten());
        self.core.hold_back();
        done
    }

    /// Sends a call of the application's own choice; [`Output::CallEnded`] tells how it ended. For tests and vendor
    /// extensions: the station takes no notice of it.
    ///
    /// # Errors
    /// When it could not be queued: there is no connection, the queue is full, or the payload is not a JSON object.
    pub fn call(
        &mut self,
        now: Now,
        action: impl Into<Cow<'static, str>>,
        payload: String,
    ) -> Result<CallId, NotQueued> {
        self.core.now = now;
        self.core.foreign_call(action.into(), payload)
    }
}
