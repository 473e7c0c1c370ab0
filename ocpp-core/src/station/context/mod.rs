//! What the logic of every version works with: session, outputs, storage, hardware, time.

mod hardware;
mod messages;

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::Version;

use super::cache::Cache;
use super::clock::Clock;
use super::common::security_events::Noticed;
use super::config::StationConfig;
use super::connection::Link;
use super::device_model::{DeviceModel, Standard, VariableAccess, VariableError, VariableId};
use super::given_up::GivenUps;
use super::hardware::Hardware;
use super::identity::Identity;
use super::local_list::LocalList;
use super::meter::Meters;
use super::output::{Connection, JobId, Output};
use super::pulse::Pulse;
use super::queue::{Change, Queue};
use super::record::aside::keep_aside;
use super::record::{Record, Records, RecordsReport, record};
use super::storage::Held;
use super::switch::Mirror;
use super::vocabulary::EvseId;
use crate::session::{CallFailure, CallId, Config, MessageIds, Role, Session};
use crate::time::{DateTime, Instant, Now};

const MESSAGE_IDS: &str = "message-ids";
/// How many message ids are reserved with one write.
const MESSAGE_ID_BLOCK: u32 = 200;

/// See the [module documentation](self).
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) config: StationConfig,
    /// The time of the input that is being handled.
    pub(crate) now: Now,
    pub(crate) clock: Clock,
    pub(crate) hardware: Hardware,
    pub(crate) meters: Meters,
    pub(crate) variables: DeviceModel,
    pub(crate) cache: Cache,
    pub(crate) local_list: LocalList,
    pub(crate) queue: Queue,
    /// How to connect. The version's logic keeps it up to date.
    pub(crate) connection: Connection,
    pub(super) link: Link,
    pub(super) session: Session,
    pub(super) failed_calls: VecDeque<(CallId, CallFailure)>,
    pub(super) outputs: VecDeque<Output>,
    /// Calls of the application.
    foreign: Vec<CallId>,
    pub(super) pulse: Pulse,
    pub(super) given_up: GivenUps,
    /// Security events that the CSMS may want to hear of.
    pub(super) security_events: Noticed,
    /// When the last message came that is worth a security event.
    last_suspicion: Option<Instant>,
    /// What is stored, for the logic of another version.
    pub(super) mirror: Option<Box<Mirror>>,
    /// What waits for its record while nothing can be stored.
    pub(super) held: Option<Held>,
    /// When the CSMS was told last that nothing could be stored.
    pub(super) storage_event: Option<Instant>,
    /// The EVSE that a driver has chosen, and until when that holds.
    pub(super) selected: Option<(EvseId, Instant)>,
    next_job: u64,
    random: u64,
    /// Whether what was before the start has been dealt with. Until then nobody charges.
    pub(crate) begun: bool,
    /// Set when the station value is to end.
    pub(super) over: bool,
}

impl Context {
    #[inline(never)] // For the reason that `behaviour::apart` gives.
    pub(super) fn restore(
        config: StationConfig,
        version: Version,
        variables: DeviceModel,
        records: &Records,
        now: Now,
    ) -> Self {
        let next_id = records.get(MESSAGE_IDS).unwrap_or(0);
        let ids = MessageIds::counter(next_id, MESSAGE_ID_BLOCK);
        let mut session_config = Config::new(Role::Station);
        session_config.call_timeout = config.call_timeout;
        session_config.keep_queued = false;
        session_config.max_queue = 1_000;
        let limits = config.limits;
        let identity = Identity::of(version);
        let (local_list, mut clean_up) = LocalList::restore(limits.local_list, identity, records);
        let (cache, strangers) = Cache::restore(limits.cache, identity, records);
        clean_up.extend(strangers);
        let (queue, queued) = Queue::restore(limits.queue, version, records);
        let connection = Connection {
            versions: config.versions.clone(),
            ..Connection::default()
        };
        let mut session = Session::new(version, Role::Station, session_config, ids);
        session.decode_calls();
        let mut core = Self {
            now,
            clock: Clock::default(),
            hardware: Hardware::new(&config),
            meters: Meters::new(config.evses.len(), config.meter_timeout),
            variables: variables.restore(&config.defaults, records),
            cache,
            local_list,
            queue,
            connection,
            link: Link::new(config.back_off),
            session,
            failed_calls: VecDeque::new(),
            outputs: VecDeque::new(),
            foreign: Vec::new(),
            pulse: Pulse::default(),
            given_up: GivenUps::restore(limits.given_up, records),
            security_events: Noticed::default(),
            last_suspicion: None,
            mirror: None,
            held: None,
            storage_event: None,
            selected: None,
            next_job: 0,
            // The message id counter differs from start to start, and names from station to station.
            random: scramble(config.seed ^ names(&config)) ^ next_id.rotate_left(32),
            begun: false,
            over: false,
            config,
        };
        core.changes(clean_up.into_iter().chain(queued));
        core
    }

    // Time

    pub(crate) const fn instant(&self) -> Instant {
        self.now.monotonic
    }

    /// The station's time.
    pub(crate) fn utc(&self) -> Option<DateTime> {
        self.clock.utc(self.now)
    }

    /// Whether [`utc`](Self::utc) knows it.
    pub(crate) const fn knows_time(&self) -> bool {
        self.clock.knows(self.now)
    }

    /// Follows the clock of the CSMS.
    pub(crate) fn set_clock(&mut self, utc: DateTime) {
        self.clock.set(self.now.monotonic, utc);
        self.output(Output::SetClock(utc));
    }

    pub(crate) const fn random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        scramble(self.random)
    }

    // Outputs

    pub(crate) fn output(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    pub(crate) fn changes(&mut self, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            self.outputs.push_back(match change {
                Change::Store(record) => Output::Store(record),
                Change::Remove(key) => Output::Remove(key),
            });
        }
    }

    /// Puts what opening the records has changed, and what is kept of those that cannot be read, around what the restart
    /// has stored so far: in this order a power cut in between loses nothing.
    pub(super) fn keep_aside(
        &mut self,
        records: &Records,
        opened: Vec<Change>,
        report: &mut RecordsReport,
    ) {
        let stored = core::mem::take(&mut self.outputs);
        let keys = stored.iter().filter_map(|output| match output {
            Output::Store(record) => Some(record.key.clone()),
            _ => None,
        });
        let max = self.config.limits.unreadable;
        let keys: Vec<String> = keys.collect();
        let kept = keep_aside(records, &keys, max, report);
        self.changes(opened);
        self.changes(kept.stores);
        self.outputs.extend(stored);
        self.changes(kept.removes);
        let found = report.found.iter().cloned();
        self.outputs.extend(found.map(Output::Unreadable));
    }

    pub(crate) fn store(&mut self, key: &str, value: &impl serde::Serialize) {
        let record: Option<Record> = record(key.into(), value);
        self.outputs.extend(record.map(Output::Store));
    }

    pub(crate) fn remove(&mut self, key: &str) {
        self.output(Output::Remove(key.into()));
    }

    /// Sets a variable, also a read-only one, and stores it.
    pub(crate) fn set_variable(
        &mut self,
        id: VariableId,
        value: &str,
    ) -> Result<(), VariableError> {
        let change = self.variables.set(id, value)?;
        self.changes(change);
        Ok(())
    }

    /// Tells the application of a variable that the CSMS has changed.
    pub(crate) fn variable_changed(&mut self, id: VariableId) {
        let variable = self.variables.get(id);
        let variable = variable.filter(|variable| variable.access != VariableAccess::WriteOnly);
        if let Some(variable) = variable {
            let key = self.variables.key_of(variable).into_owned();
            let value = variable.value.to_string();
            self.output(Output::VariableChanged { key, value });
        }
    }

    /// Sets what means this to the logic, if the station has it and the value is allowed.
    pub(crate) fn set_standard(&mut self, standard: Standard, value: &str) {
        if let Some(id) = self.variables.id(standard) {
            let _ = self.set_variable(id, value);
        }
    }

    /// Sets a number, or the allowed one that comes nearest to it.
    pub(crate) fn set_nearest(&mut self, standard: Standard, number: u32) {
        let nearest = self.variables.nearest(standard, number);
        self.set_standard(standard, &alloc::format!("{nearest}"));
    }

    pub(crate) const fn next_job(&mut self) -> JobId {
        self.next_job += 1;
        JobId(self.next_job)
    }

    /// Restarts; nothing happens to this station value any more.
    pub(crate) fn reboot(&mut self, hard: bool) {
        self.output(Output::Reboot { hard });
        self.over = true;
    }
}

/// Makes of each number another one that shows nothing of it (the last step of SplitMix64).
pub(crate) const fn scramble(number: u64) -> u64 {
    let mut mixed = number;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A number for what a station is called (FNV-1a).
fn names(config: &StationConfig) -> u64 {
    let serial_number = config.serial_number.as_deref().unwrap_or_default();
    let names = [config.vendor.as_str(), &config.model, serial_number];
    let bytes = names.iter().flat_map(|name| name.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
