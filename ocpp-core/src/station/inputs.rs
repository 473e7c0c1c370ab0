//! What each input does to a station before the logic of its version hears of it.

use ocpp_types::Version;

use super::input::Input;
use super::output::{Output, TokenEffect};
use super::vocabulary::{AuthorizationStatus, EvState, Reading};
use super::{SELECTION, Station, authorization};

impl Station {
    #[inline(never)] // For the reason that `behaviour::apart` gives.
    pub(super) fn take(&mut self, input: Input) {
        let core = &mut self.core;
        let instant = core.instant();
        match input {
            Input::TimePassed => {}
            Input::Start => {
                self.begin();
                if self.core.link.start() {
                    self.connect();
                }
            }
            Input::Stop => {
                self.begin();
                let core = &mut self.core;
                if core.link.stop() {
                    core.output(Output::Disconnect);
                }
                self.disconnected();
            }
            Input::Connected { version } => {
                if !self.connected(version) {
                    self.core.output(Output::Disconnect);
                }
            }
            Input::Disconnected => {
                let random = core.random();
                if core.link.is_opening() {
                    self.logic.connection_failed(core);
                }
                self.disconnected();
                if self.core.link.disconnected(instant, random) {
                    self.connect();
                }
            }
            Input::LinkAlive => {
                if core.is_connected() {
                    core.pulse.alive(instant);
                }
            }
            Input::StorageFailed { undone } => self.storage_failed(undone),
            Input::StorageRestored => {
                if core.storage_fails() {
                    core.storage_restored();
                    self.logic.input(core, Input::StorageRestored);
                }
            }
            Input::GivenUpSettled { id } => core.settle_given_up(id),
            // One that a connection has brought is received.
            Input::Received(text) => self.keep_unread(text),
            Input::Cable { at, state } => {
                let Some(connector) = core.hardware.get_mut(at) else {
                    return;
                };
                if connector.cable == state {
                    return;
                }
                connector.cable = state;
                connector.ev = EvState::default();
                self.logic.input(core, input);
            }
            Input::Ev { at, state } => {
                let Some(connector) = core.hardware.get_mut(at) else {
                    return;
                };
                if connector.ev == state {
                    return;
                }
                connector.ev = state;
                self.logic.input(core, input);
            }
            Input::Fault { at, ref fault } => {
                let place = match at {
                    None => &mut core.hardware.fault,
                    Some(at) => match core.hardware.get_mut(at) {
                        Some(connector) => &mut connector.fault,
                        None => return,
                    },
                };
                if place == fault {
                    return;
                }
                place.clone_from(fault);
                // What the hardware was told while it was faulty may not have happened.
                core.doubt(at);
                self.logic.input(core, input);
            }
            Input::HardwareRestarted { at } => {
                core.hardware_restarted(at);
                self.logic.input(core, input);
            }
            Input::Locked { at, success } => {
                if core.locked(at, success) {
                    self.logic.input(core, input);
                }
            }
            Input::Unlocked { at, result } => {
                if core.unlocked(at, result) {
                    self.logic.input(core, input);
                }
            }
            Input::ParkingBay {
                evse,
                occupied,
                ref token,
            } => {
                let Some(bay) = core.hardware.bay_mut(evse) else {
                    return;
                };
                if bay.occupied == occupied && bay.token == *token {
                    return;
                }
                bay.occupied = occupied;
                bay.token.clone_from(token);
                self.logic.input(core, input);
            }
            Input::Meter { evse, reading } => {
                let samples = core.meters.came(evse, reading);
                self.serve(samples);
                let reading = Reading::default();
                self.logic
                    .input(&mut self.core, Input::Meter { evse, reading });
            }
            Input::EvseSelected { evse } => {
                let known =
                    evse.filter(|evse| core.hardware.connectors.iter().any(|c| c.id.evse == *evse));
                core.selected = known.map(|evse| (evse, instant + SELECTION));
            }
            Input::TokenPresented { evse, token } => {
                let selected = core.selected.take();
                let selected = selected.filter(|(_, until)| instant < *until);
                let evse = evse.or(selected.map(|(evse, _)| evse));
                let several = self.core.config.evses.len() > 1;
                if evse.is_none() && several && self.core.config.features.select_evse_first {
                    let status = AuthorizationStatus::Invalid;
                    return authorization::decided(
                        &mut self.core,
                        None,
                        token,
                        status,
                        TokenEffect::SelectFirst,
                    );
                }
                let input = Input::TokenPresented { evse, token };
                self.logic.input(&mut self.core, input);
            }
            Input::SecurityEvent { kind, info } => core.security_event(kind, info.as_deref()),
            Input::Variable { key, value } => {
                let found = core.variables.find(&key);
                // What it cannot be is not taken: `set_variable` would say why.
                if let Some(id) = found
                    && core.set_variable(id, &value).is_ok()
                {
                    self.logic.variable_changed(core, id);
                }
            }
            Input::EvseReset { .. }
            | Input::VariableSet { .. }
            | Input::StopPressed { .. }
            | Input::StopsSelected { .. }
            | Input::PowerFailing { .. }
            | Input::PowerRestored
            | Input::ExternalLimit(_)
            | Input::ExternalLimitReleased { .. }
            | Input::CertificateRequestMade { .. }
            | Input::ConnectionRefused { .. }
            | Input::ConnectionSecured { .. }
            | Input::DataTransferAnswered { .. }
            | Input::CustomerData { .. }
            | Input::Job { .. } => self.logic.input(core, input),
        }
    }
}

impl Station {
    /// The connection is open. `false` if it cannot be used.
    fn connected(&mut self, version: Version) -> bool {
        let other = version != self.version || self.switch.is_some();
        // A connection of a version that is not spoken is none: it counts as an attempt that has failed.
        if !self.core.link.is_opening() || other && !self.begin_switch(version) {
            return false;
        }
        self.core.link.connected();
        if !other {
            self.open_session();
        }
        true
    }
}
