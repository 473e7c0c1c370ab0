//! How a station changes over. See the [module documentation](super).

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::Version;

use super::{Mirror, SPOKEN, Station, logic, spoken_by, variables};
use crate::security::SecurityEventKind;
use crate::station::behaviour::Handed;
use crate::station::context::Context;
use crate::station::credentials;
use crate::station::device_model::DeviceModel;
use crate::station::identity::Identity;
use crate::station::input::Input;
use crate::station::output::{Connection, Output};
use crate::station::queue::Queue;
use crate::station::record::{Records, RecordsReport};
use crate::station::vocabulary::{CableState, ConnectorId, Token};

/// How many messages of the CSMS wait while a version winds up. It may call once, and then has to wait for the answer.
const MAX_UNREAD: usize = 4;

/// Somebody who was charging when the version changed.
#[derive(Debug, Clone)]
pub(crate) struct Carried {
    pub(crate) at: ConnectorId,
    pub(crate) token: Token,
    pub(crate) group: Option<Token>,
}

/// A change of the version that is under way.
#[derive(Debug)]
pub(crate) struct Switch {
    version: Version,
    /// What has come in over the new connection; `None` when that is gone.
    unread: Option<VecDeque<String>>,
    carried: Vec<Carried>,
}

impl Station {
    /// The connection has settled on another version. Says whether the station speaks it.
    pub(in crate::station) fn begin_switch(&mut self, version: Version) -> bool {
        if let Some(switch) = &mut self.switch {
            // The one before was lost. Any other version has to wait until this change is done.
            let same = switch.version == version;
            switch.unread = same.then(VecDeque::new);
            return same;
        }
        let speaks = spoken_by(&self.core.config).any(|one| one == version);
        if speaks {
            self.switch = Some(Box::new(Switch {
                version,
                unread: Some(VecDeque::new()),
                carried: Vec::new(),
            }));
        }
        speaks
    }

    /// A message comes in before the new version is spoken.
    pub(in crate::station) fn keep_unread(&mut self, text: String) {
        let unread = self.switch.as_mut().and_then(|s| s.unread.as_mut());
        let Some(unread) = unread else {
            return;
        };
        if unread.len() < MAX_UNREAD {
            unread.push_back(text);
        } else {
            // Nobody who keeps to the protocol says so much before it is answered.
            self.core.output(Output::Disconnect);
        }
    }

    /// The new connection is gone. The version changes all the same: transactions have ended for it.
    pub(in crate::station) fn switch_disconnected(&mut self) {
        if let Some(switch) = &mut self.switch {
            switch.unread = None;
        }
    }

    /// Whoever wants to stop while the version changes does not go on in the new one.
    pub(in crate::station) fn note_departure(&mut self, input: &Input) {
        let Some(switch) = &mut self.switch else {
            return;
        };
        switch.carried.retain(|carried| match input {
            Input::TokenPresented { token, .. } => !carried.token.same_id(&token.id),
            Input::StopPressed { evse, .. } => carried.at.evse != *evse,
            Input::Cable { at, .. } | Input::Locked { at, success: false } => carried.at != *at,
            Input::PowerFailing { .. } => false,
            _ => true,
        });
    }

    /// Ends what must end before the version changes.
    pub(in crate::station) fn wind_up(&mut self) {
        if let Some(switch) = &mut self.switch {
            let carried = self.logic.wind_up(&mut self.core);
            switch.carried.extend(carried);
        }
    }

    /// Changes the version as soon as everything of the former one is stored. Says whether it has.
    pub(in crate::station) fn continue_switch(&mut self) -> bool {
        let core = &self.core;
        if core.over || core.storage_fails() || !self.logic.is_wound_up(core) {
            return false;
        }
        let Some(switch) = self.switch.take() else {
            return false;
        };
        self.swap(*switch);
        true
    }

    fn swap(&mut self, switch: Switch) {
        let (from, version) = (self.version, switch.version);
        let core = &mut self.core;
        // It was found to be possible at the start.
        let Ok(table) = variables(&core.config, version) else {
            return;
        };
        core.note_records();
        let mirror = core.mirror.take().unwrap_or_default();
        let records = Records::from(mirror.0);
        let handed = self.logic.hand_over(core);
        let before = core::mem::take(&mut core.outputs);
        let table = table.restore(&core.config.defaults, &records);
        core.speak(version, table, &records);
        credentials::carry(core, Some(from), &records);
        // After what is taken over: that is done once.
        core.store(SPOKEN, &version.as_str());
        let Some(logic) = logic(core, version, &records) else {
            return;
        };
        self.logic = logic;
        self.version = version;
        let mut report = RecordsReport::default();
        core.keep_aside(&records, Vec::new(), &mut report);
        let after = core::mem::replace(&mut core.outputs, before);
        core.outputs.extend(after);
        core.mirror = Some(Box::new(Mirror::new(records.into_raw())));
        core.note_records();
        core.output(Output::VersionChanged { from, to: version });
        core.tell_waiting();
        if let Some(info) = report.summary() {
            core.security_event(SecurityEventKind::RecordsUnreadable, Some(&info));
        }
        self.go_on(handed, switch);
    }

    /// The new logic learns what holds, and takes over.
    fn go_on(&mut self, handed: Handed, switch: Switch) {
        let core = &mut self.core;
        self.logic.adopt(core, handed);
        let connectors = core.hardware.connectors.iter();
        let cables: Vec<(ConnectorId, CableState)> = connectors
            .filter(|connector| connector.cable != CableState::Unplugged)
            .map(|connector| (connector.id, connector.cable))
            .collect();
        let bays: Vec<_> = (1..).zip(core.hardware.bays.clone()).collect();
        for (evse, bay) in bays.into_iter().filter(|(_, bay)| bay.occupied) {
            let (occupied, token) = (bay.occupied, bay.token);
            let input = Input::ParkingBay {
                evse,
                occupied,
                token,
            };
            self.logic.input(core, input);
        }
        for (at, state) in cables {
            self.logic.input(core, Input::Cable { at, state });
        }
        self.logic.resume(core);
        for carried in switch.carried {
            self.logic.carry_on(core, carried);
        }
        core.hardware.doubt_locks();
        let Some(unread) = switch.unread else {
            return;
        };
        self.open_session();
        for text in unread {
            self.receive(&text);
        }
    }
}

impl Context {
    /// Speaks another version from now on. There is no session.
    fn speak(&mut self, version: Version, variables: DeviceModel, records: &Records) {
        self.session.set_version(version);
        self.variables = variables;
        let identity = Identity::of(version);
        let mut changes = self.cache.identify_by(identity);
        changes.extend(self.local_list.identify_by(identity));
        let max = self.config.limits.queue;
        let (queue, stored) = Queue::restore(max, version, records);
        self.queue = queue;
        changes.extend(stored);
        self.meters.forget();
        self.link.set_policy(self.config.back_off);
        // The logic says how to connect before each attempt.
        self.connection = Connection {
            versions: self.config.versions.clone(),
            ..Connection::default()
        };
        self.changes(changes);
    }
}
