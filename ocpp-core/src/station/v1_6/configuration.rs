//! GetConfiguration, ChangeConfiguration, ClearCache, DataTransfer (1.6 sections 5.3, 5.4, 5.6, 5.8).

use alloc::vec::Vec;

use ocpp_types::v1_6::{
    ChangeConfigurationRequest, ChangeConfigurationResponse, ClearCacheResponse, ClearCacheStatus,
    ConfigurationStatus, GetConfigurationRequest, GetConfigurationResponse, KeyValue,
};
use ocpp_types::{BoundedVec, CiString};

use super::{ChargePoint, keys, link};
use crate::frame::ErrorCode;
use crate::session::Token as CallToken;
use crate::station::context::Context;
use crate::station::variables::{Access, Variable, VariableError};

fn key_value(variable: &Variable) -> KeyValue {
    let readonly = variable.access == Access::ReadOnly;
    let mut entry = KeyValue::new(CiString::truncated(&variable.key), readonly);
    // A secret is never told (security whitepaper, A01).
    if variable.access != Access::WriteOnly {
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
            match core.variables.get(key) {
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
        let status = match core.variables.check(key, value) {
            Err(VariableError::Unknown) => ConfigurationStatus::NotSupported,
            Err(_) => ConfigurationStatus::Rejected,
            Ok(_) if !self.allows(core, key, value) => ConfigurationStatus::Rejected,
            Ok(variable) => {
                let reboot = variable.reboot;
                if key.eq_ignore_ascii_case(keys::SECURITY_PROFILE) {
                    self.begin_trial(core);
                }
                // Stored before the answer; `check` has found nothing against it.
                match core.set_variable(key, value) {
                    Ok(()) if reboot => ConfigurationStatus::RebootRequired,
                    Ok(()) => ConfigurationStatus::Accepted,
                    Err(_) => ConfigurationStatus::Rejected,
                }
            }
        };
        let accepted = status == ConfigurationStatus::Accepted;
        let reboot_required = status == ConfigurationStatus::RebootRequired;
        core.answer(call, &ChangeConfigurationResponse::new(status));
        if accepted {
            self.key_changed(core, key);
        }
        if accepted || reboot_required {
            core.variable_changed(key);
        }
    }

    /// What cannot be judged by the value alone.
    fn allows(&self, core: &Context, key: &str, value: &str) -> bool {
        if key.eq_ignore_ascii_case(keys::SECURITY_PROFILE) {
            self.profile_change_allowed(core, value)
        } else if key.eq_ignore_ascii_case(keys::AUTHORIZATION_KEY) {
            link::password_ok(value)
        } else {
            Self::supports_measurands(core, key, value)
        }
    }

    /// Whether the meters can measure everything on a list of measurands (3.16.4).
    fn supports_measurands(core: &Context, key: &str, value: &str) -> bool {
        let lists = [
            keys::SAMPLED_DATA,
            keys::ALIGNED_DATA,
            keys::STOP_SAMPLED_DATA,
            keys::STOP_ALIGNED_DATA,
        ];
        if !lists.iter().any(|list| list.eq_ignore_ascii_case(key)) {
            return true;
        }
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
    pub(super) fn key_changed(&mut self, core: &mut Context, key: &str) {
        let is = |name: &str| key.eq_ignore_ascii_case(name);
        if is(keys::HEARTBEAT_INTERVAL) {
            self.boot.plan_heartbeat(core);
        } else if is(keys::SAMPLE_INTERVAL) || is(keys::ALIGNED_INTERVAL) {
            self.plan_samples(core);
        } else if is(keys::PING_INTERVAL) {
            let seconds = core.variables.u32(keys::PING_INTERVAL);
            core.set_ping_interval(seconds);
        } else if is(keys::SECURITY_PROFILE) {
            self.profile_changed(core);
        } else if is(keys::AUTHORIZATION_KEY) {
            self.password_changed(core);
        } else if is(keys::MESSAGE_TIMEOUT) {
            let seconds = core.variables.u32(keys::MESSAGE_TIMEOUT);
            core.set_call_timeout(core::time::Duration::from_secs(seconds.into()));
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
