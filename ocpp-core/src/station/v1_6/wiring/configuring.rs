//! Configuration keys: what a change of one of them leads to.

use core::time::Duration;

use ocpp_types::v1_6::ChangeConfigurationRequest;

use super::ChargePoint;
use crate::session::CallToken;
use crate::station::common::network;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::v1_6::configuration;

impl ChargePoint {
    pub(super) fn change_configuration(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &ChangeConfigurationRequest,
    ) {
        let (certificates, trial) = (&self.certificates, &mut self.profile_trial);
        let changed = configuration::change(core, call, request, certificates, trial);
        let Some(changed) = changed else {
            return;
        };
        if let Some(standard) = changed.at_once {
            self.key_changed(core, standard);
        }
        core.variable_changed(changed.id);
    }

    /// What the keys say of connections holds.
    pub(super) fn follow_connection_keys(&mut self, core: &mut Context) {
        for key in [Standard::MessageTimeout, Standard::PingInterval] {
            self.key_changed(core, key);
        }
    }

    /// Follows a key that was changed.
    pub(super) fn key_changed(&mut self, core: &mut Context, key: Standard) {
        match key {
            Standard::HeartbeatInterval => self.registration.plan_heartbeat(core),
            Standard::SampledUpdatedInterval | Standard::AlignedInterval => {
                self.plan_samples(core);
            }
            Standard::PingInterval => {
                let seconds = core.variables.u32(key);
                core.set_ping_interval(seconds);
            }
            Standard::SecurityProfile => self.profile_trial.changed(core),
            Standard::Password => network::password_changed(core, "AuthorizationKey"),
            Standard::MessageTimeout => {
                let seconds = core.variables.u32(key);
                core.set_call_timeout(Duration::from_secs(seconds.into()));
            }
            _ => {}
        }
    }
}
