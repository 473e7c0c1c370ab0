//! What follows in one block from what another one has found out, where no car is concerned.

use alloc::vec::Vec;
use core::time::Duration;

use super::super::per_evse::{connectors_of, evse_of};
use super::super::smart_charging::Going;
use super::super::transactions::Cue;
use super::super::variables::follow_back_off;
use super::super::wire::TriggerReason;
use super::super::{ChargingStation, certificates, firmware, smart_charging, upload};
use crate::session::CallFailure;
use crate::station::common::network;
use crate::station::context::Context;
use crate::station::device_model::{Standard, VariableId};
use crate::station::hardware::Connector;
use crate::station::input::JobEvent;
use crate::station::output::JobId;
use crate::station::profiles::Charging;

impl ChargingStation {
    /// What the variables say of connections holds.
    pub(super) fn follow_connection_variables(&mut self, core: &mut Context) {
        for key in [Standard::MessageTimeout, Standard::PingInterval] {
            self.follow_standard(core, key);
        }
    }

    /// Follows a variable that was changed.
    pub(super) fn follow_variable(&mut self, core: &mut Context, id: VariableId) {
        let standard = core
            .variables
            .get(id)
            .and_then(|variable| variable.standard);
        if let Some(standard) = standard {
            self.follow_standard(core, standard);
        }
    }

    /// Follows what has another value, or is to be said anew.
    pub(super) fn follow_standard(&mut self, core: &mut Context, standard: Standard) {
        match standard {
            Standard::HeartbeatInterval => self.registration.plan_heartbeat(core),
            Standard::SampledUpdatedInterval
            | Standard::SampledEndedInterval
            | Standard::AlignedInterval
            | Standard::AlignedEndedInterval => self.plan_samples(core),
            Standard::PingInterval => {
                let seconds = core.variables.u32(standard);
                core.set_ping_interval(seconds);
            }
            Standard::MessageTimeout => {
                let seconds = core.variables.u32(standard);
                core.set_call_timeout(Duration::from_secs(seconds.into()));
            }
            Standard::BackOffMinimum | Standard::BackOffTimes | Standard::BackOffRandom => {
                follow_back_off(core);
            }
            // The CSMS cannot: it was the owner.
            Standard::SecurityProfile => {
                self.networks.security_profile_set(core);
                core.reconnect();
            }
            Standard::SigningWait | Standard::SigningRepeats => {
                self.certificates.set_retry(certificates::retry(core));
            }
            Standard::Password => {
                network::password_changed(core, "SecurityCtrlr.BasicAuthPassword");
            }
            _ => {}
        }
    }

    /// The values of these variables were changed by the CSMS.
    pub(super) fn follow_variables(&mut self, core: &mut Context, changed: Vec<VariableId>) {
        for id in changed {
            self.follow_variable(core, id);
            core.variable_changed(id);
        }
    }

    /// Whether messages of the station's own accord reach the CSMS.
    pub(super) fn online(&self, core: &Context) -> bool {
        self.registration.online(core)
    }

    /// The connection is open. With another profile than before the station registers anew (B10.FR.10).
    pub(super) fn network_connected(&mut self, core: &mut Context) {
        if self.networks.connected(core) {
            self.registration.anew();
            self.calls.be_welcome(self.registration.is_welcome());
        }
        self.follow_standard(core, Standard::MessageTimeout);
    }

    /// Registers, if the CSMS has to be asked.
    pub(super) fn boot_connected(&mut self, core: &mut Context) {
        if self.registration.connected(core) {
            self.availability.forget_statuses();
        }
        self.register_and_beat(core);
    }

    /// Requirements: G02.FR.07.
    pub(super) fn register_and_beat(&mut self, core: &mut Context) {
        let resetting = self.resets.is_restarting();
        self.registration.advance(core, &mut self.calls, resetting);
    }

    pub(super) fn boot_answered(&mut self, core: &mut Context, result: Result<&str, &CallFailure>) {
        let accepted = self.registration.answered(core, result);
        self.calls.be_welcome(self.registration.is_welcome());
        if accepted {
            self.availability.forget_statuses();
            // B01.FR.05: statuses follow the boot, before anything else.
            self.update_statuses(core);
            self.registration.reason_told(core);
        }
    }

    /// Whether an update has to take account of a transaction. Without one nobody looks at the EVSEs.
    pub(super) fn concerns_somebody(&self) -> bool {
        self.firmware.is_under_way() && self.transactions.any()
    }

    /// Whether nobody may begin to charge because of an update (L01.FR.07, L02.FR.04).
    pub(super) fn is_held_for_firmware(&self, core: &Context) -> bool {
        if !self.firmware.is_under_way() {
            return false;
        }
        let new_sessions = core.variables.bool(Standard::SessionsPendingUpdate);
        let charging = self.concerns_somebody();
        self.firmware.holds_evses(core, charging, new_sessions)
    }

    /// Begins what is due of an update. That EVSEs become unavailable is told after the reason for it.
    pub(super) fn continue_firmware(&mut self, core: &mut Context) {
        let (charging, online) = (self.concerns_somebody(), self.online(core));
        let (update, events) = (&mut self.firmware, &mut self.events);
        let told = firmware::advance(update, events, core, charging, online);
        let held = self.is_held_for_firmware(core) && (self.availability.is_held() || told);
        self.availability.hold(held);
    }

    pub(super) fn job_news(&mut self, core: &mut Context, job: JobId, event: &JobEvent) {
        if self.upload.job_news(core, job, event) {
            return upload::tell_news(&mut self.upload, core);
        }
        firmware::job_news(&mut self.firmware, &mut self.events, core, job, event);
    }

    /// Who charges takes part when the limit of the station is shared, as does who is about to, with a transaction or before
    /// it: it may begin only when energy flows. Who has ended, or only waits for the car to leave, does not.
    pub(super) fn note_charging(&mut self, core: &Context, index: usize) {
        let evse = evse_of(index);
        let closed = connectors_of(core, evse).any(|at| {
            let connector = core.hardware.get(at);
            connector.is_some_and(Connector::is_closed)
        });
        let takes_part = closed || self.wants_energy(core, index).is_some();
        let running = self.running(index);
        let of_token = || {
            let auth = self.authorizations.granted(Some(index));
            auth.and_then(|auth| auth.details.priority)
        };
        let charging = Charging {
            transaction: running.map(|transaction| transaction.number),
            priority: match running {
                Some(transaction) => transaction.details.priority(),
                None => of_token().unwrap_or(0),
            },
        };
        self.profiles
            .set_charging(evse, takes_part.then_some(charging));
    }

    /// Hands limits to the hardware when they change, and lets the transactions tell it that run with another one.
    pub(super) fn update_limits(&mut self, core: &mut Context) {
        self.look_around(core);
        for index in self.attention.take_limits() {
            self.note_charging(core, index);
        }
        for evse in smart_charging::update(&mut self.profiles, core) {
            if let Some(index) = self.index_of(evse)
                && self.transactions.number(Some(index)).is_some()
            {
                let cue = Cue::new(TriggerReason::ChargingRateChanged);
                self.sessions.because_at_least(index, cue);
            }
        }
    }

    /// After a restart: transactions that go on keep their profiles, the others lose them.
    pub(super) fn resume_profiles(&mut self, core: &mut Context) {
        let transactions = &self.transactions;
        let running = (0..self.evses()).filter_map(|index| {
            let transaction = transactions.running(Some(index))?;
            Some(Going {
                evse: evse_of(index),
                id: &transaction.details.id,
                started: transaction.started,
            })
        });
        let running: Vec<Going<'_>> = running.collect();
        smart_charging::resume(&mut self.profiles, core, &running);
    }
}
