//! GetConfiguration, ChangeConfiguration, ClearCache, DataTransfer (1.6 sections 5.3, 5.4, 5.6, 5.8).

use alloc::vec::Vec;

use ocpp_types::v1_6::{
    ChangeConfigurationRequest, ChangeConfigurationResponse, ClearCacheResponse, ClearCacheStatus,
    ConfigurationStatus, GetConfigurationRequest, GetConfigurationResponse, KeyValue,
};
use ocpp_types::{BoundedVec, CiString};

use super::{ChargePoint, keys, link};
use crate::frame::ErrorCode;
use crate::session::CallToken;
use crate::station::common::network;
use crate::station::context::Context;
use crate::station::device_model::{Standard, Variable, VariableAccess};

fn key_value(variable: &Variable) -> KeyValue {
    let readonly = variable.access == VariableAccess::ReadOnly;
    let mut entry = KeyValue::new(CiString::truncated(variable.name()), readonly);
    // A secret is never told (security whitepaper, A01).
    if variable.access != VariableAccess::WriteOnly {
        entry.value = Some(CiString::truncated(&variable.value));
    }
    entry
}

impl ChargePoint {
    pub(super) fn get_configuration(
        core: &mut Context,
        call: CallToken,
        request: &GetConfigurationRequest,
    ) {
        let asked = request.key.as_deref().unwrap_or_default();
        let mut known = Vec::new();
        let mut unknown = Vec::new();
        if asked.is_empty() {
            known.extend(core.variables.iter().map(key_value));
        } else if asked.len() > core.config.limits.get_configuration_keys {
            let description = "more keys than GetConfigurationMaxKeys";
            let code = ErrorCode::OccurrenceConstraintViolation;
            return core.refuse(call, code, description);
        }
        for key in asked {
            let id = core.variables.find(key);
            match id.and_then(|id| core.variables.get(id)) {
                Some(variable) => known.push(key_value(variable)),
                None => unknown.push(key.clone()),
            }
        }
        let mut response = GetConfigurationResponse::new();
        if !known.is_empty() {
            response.configuration_key = BoundedVec::new(known).ok();
        }
        if !unknown.is_empty() {
            response.unknown_key = BoundedVec::new(unknown).ok();
        }
        core.answer(call, &response);
    }

    pub(super) fn change_configuration(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &ChangeConfigurationRequest,
    ) {
        let (key, value) = (request.key.as_str(), request.value.as_str());
        let Some(id) = core.variables.find(key) else {
            let status = ConfigurationStatus::NotSupported;
            return core.answer(call, &ChangeConfigurationResponse::new(status));
        };
        let mut standard = None;
        let status = match core.variables.check(id, value) {
            Err(_) => ConfigurationStatus::Rejected,
            Ok(variable) if !self.allows(core, variable.standard, value) => {
                ConfigurationStatus::Rejected
            }
            Ok(variable) => {
                let reboot = variable.reboot;
                standard = variable.standard;
                if standard == Some(Standard::SecurityProfile) {
                    self.profile_trial.begin(core);
                }
                // Stored before the answer; `check` has found nothing against it.
                match core.set_variable(id, value) {
                    Ok(()) if reboot => ConfigurationStatus::RebootRequired,
                    Ok(()) => ConfigurationStatus::Accepted,
                    Err(_) => ConfigurationStatus::Rejected,
                }
            }
        };
        let accepted = status == ConfigurationStatus::Accepted;
        let reboot_required = status == ConfigurationStatus::RebootRequired;
        core.answer(call, &ChangeConfigurationResponse::new(status));
        if accepted && let Some(standard) = standard {
            self.key_changed(core, standard);
        }
        if accepted || reboot_required {
            core.variable_changed(id);
        }
    }

    /// What cannot be judged by the value alone.
    fn allows(&self, core: &Context, key: Option<Standard>, value: &str) -> bool {
        match key {
            Some(Standard::SecurityProfile) => self.profile_change_allowed(core, value),
            Some(Standard::Password) => link::password_ok(value),
            Some(
                Standard::SampledUpdated
                | Standard::AlignedMeasurands
                | Standard::SampledEnded
                | Standard::AlignedEndedMeasurands,
            ) => Self::supports_measurands(core, value),
            _ => true,
        }
    }

    /// Whether the meters can measure everything on a list of measurands (3.16.4).
    fn supports_measurands(core: &Context, value: &str) -> bool {
        let items = value
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty());
        let supported = &core.config.measurands;
        items.into_iter().all(|item| {
            let (measurand, _) = keys::measurand_and_phase(item);
            supported.iter().any(|name| name == measurand)
        })
    }

    /// Follows a key that was changed.
    pub(super) fn key_changed(&mut self, core: &mut Context, key: Standard) {
        match key {
            Standard::HeartbeatInterval => self.boot.plan_heartbeat(core),
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
                core.set_call_timeout(core::time::Duration::from_secs(seconds.into()));
            }
            _ => {}
        }
    }

    /// ClearCache; without a cache it is rejected (erratum 3.23).
    pub(super) fn clear_cache(core: &mut Context, call: CallToken) {
        let status = if core.config.features.authorization_cache {
            let changes = core.cache.clear();
            core.changes(changes);
            ClearCacheStatus::Accepted
        } else {
            ClearCacheStatus::Rejected
        };
        core.answer(call, &ClearCacheResponse::new(status));
    }
}
