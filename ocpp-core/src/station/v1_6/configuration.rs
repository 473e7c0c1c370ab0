//! GetConfiguration and ChangeConfiguration (1.6 sections 5.3, 5.8).

use alloc::vec::Vec;

use ocpp_types::v1_6::{
    ChangeConfigurationRequest, ChangeConfigurationResponse, ConfigurationStatus,
    GetConfigurationRequest, GetConfigurationResponse, KeyValue,
};
use ocpp_types::{BoundedVec, CiString};

use super::{keys, link};
use crate::frame::ErrorCode;
use crate::session::CallToken;
use crate::station::common::certificates::Certificates;
use crate::station::common::network::ProfileTrial;
use crate::station::context::Context;
use crate::station::device_model::{Standard, Variable, VariableAccess, VariableId};

fn key_value(variable: &Variable) -> KeyValue {
    let readonly = variable.access == VariableAccess::ReadOnly;
    let mut entry = KeyValue::new(CiString::truncated(variable.name()), readonly);
    // A secret is never told (security whitepaper, A01).
    if variable.access != VariableAccess::WriteOnly {
        entry.value = Some(CiString::truncated(&variable.value));
    }
    entry
}

pub(super) fn get(core: &mut Context, call: CallToken, request: &GetConfigurationRequest) {
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

/// What ChangeConfiguration has changed.
#[derive(Debug)]
pub(super) struct Changed {
    pub(super) id: VariableId,
    /// What it means to the logic, if it holds at once.
    pub(super) at_once: Option<Standard>,
}

/// ChangeConfiguration. `None` if nothing has changed.
pub(super) fn change(
    core: &mut Context,
    call: CallToken,
    request: &ChangeConfigurationRequest,
    certificates: &Certificates,
    trial: &mut ProfileTrial,
) -> Option<Changed> {
    let (key, value) = (request.key.as_str(), request.value.as_str());
    let Some(id) = core.variables.find(key) else {
        let status = ConfigurationStatus::NotSupported;
        core.answer(call, &ChangeConfigurationResponse::new(status));
        return None;
    };
    let mut standard = None;
    let status = match core.variables.check(id, value) {
        Err(_) => ConfigurationStatus::Rejected,
        Ok(variable) if !allows(core, certificates, variable.standard, value) => {
            ConfigurationStatus::Rejected
        }
        Ok(variable) => {
            let reboot = variable.reboot;
            standard = variable.standard;
            if standard == Some(Standard::SecurityProfile) {
                trial.begin(core);
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
    (accepted || reboot_required).then_some(Changed {
        id,
        at_once: standard.filter(|_| accepted),
    })
}

/// What cannot be judged by the value alone.
fn allows(core: &Context, certificates: &Certificates, key: Option<Standard>, value: &str) -> bool {
    match key {
        Some(Standard::SecurityProfile) => link::profile_change_allowed(core, certificates, value),
        Some(Standard::Password) => link::password_ok(value),
        Some(
            Standard::SampledUpdated
            | Standard::AlignedMeasurands
            | Standard::SampledEnded
            | Standard::AlignedEndedMeasurands,
        ) => supports_measurands(core, value),
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
