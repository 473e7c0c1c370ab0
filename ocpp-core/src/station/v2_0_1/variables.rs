//! GetVariables and SetVariables (B05, B06), ClearCache (C11), DataTransfer (P01).

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use ocpp_types::v2_0_1::{
    Attribute, ClearCacheResponse, ClearCacheStatus, Component, DataTransferResponse,
    DataTransferStatus, GetVariableData, GetVariableResult, GetVariableStatus, GetVariablesRequest,
    GetVariablesResponse, SetVariableData, SetVariableResult, SetVariableStatus,
    SetVariablesRequest, SetVariablesResponse, Variable,
};
use ocpp_types::{BoundedString, NonEmpty};

use super::model::{self, Entry};
use super::{ChargingStation, availability, info};
use crate::back_off::BackOffPolicy;
use crate::frame::ErrorCode;
use crate::session::Token as CallToken;
use crate::station::context::Context;
use crate::station::variables::{Access, VariableError};

/// What was not found.
enum Missing {
    Component,
    Variable,
}

/// Takes over everything that follows from stored values.
pub(super) fn follow_all(core: &mut Context) {
    let password = core.variables.text(model::BASIC_AUTH_PASSWORD).to_string();
    core.connection.password = (!password.is_empty()).then_some(password);
    follow_back_off(core);
}

fn follow_back_off(core: &mut Context) {
    let policy = BackOffPolicy {
        wait_minimum: core.variables.u32(model::BACK_OFF_MINIMUM),
        repeat_times: core.variables.u32(model::BACK_OFF_TIMES),
        random_range: core.variables.u32(model::BACK_OFF_RANDOM),
    };
    core.link.set_policy(policy);
}

fn has_name(component: &Component, entry: &Entry) -> bool {
    let number = |own: Option<u32>, asked: Option<i64>| own.map(i64::from) == asked;
    let evse = component.evse.as_ref();
    component.name.eq_ignore_ascii_case(entry.component)
        && component.instance.is_none()
        && number(entry.evse, evse.map(|evse| evse.id))
        && number(entry.connector, evse.and_then(|evse| evse.connector_id))
}

impl ChargingStation {
    fn find(&self, component: &Component, variable: &Variable) -> Result<&Entry, Missing> {
        let mut known = false;
        for entry in &self.model {
            if !has_name(component, entry) {
                continue;
            }
            known = true;
            let instance = variable.instance.as_deref();
            let same = match (entry.instance, instance) {
                (None, None) => true,
                (Some(own), Some(asked)) => own.eq_ignore_ascii_case(asked),
                _ => false,
            };
            if same && variable.name.eq_ignore_ascii_case(entry.variable) {
                return Ok(entry);
            }
        }
        Err(if known {
            Missing::Variable
        } else {
            Missing::Component
        })
    }

    /// The value of a variable, also of those that are found out when they are asked for.
    pub(super) fn value_of(&self, core: &Context, entry: &Entry) -> String {
        match entry.key.as_str() {
            model::DATE_TIME => core.utc().map(|utc| utc.to_string()).unwrap_or_default(),
            model::LIST_ENTRIES => core.local_list.len().to_string(),
            model::PROFILE_ENTRIES => self.profiles.store.profiles().len().to_string(),
            _ if entry.variable == model::AVAILABILITY_STATE => {
                let state = self.availability_state(core, entry.evse, entry.connector);
                availability::name(&state).to_string()
            }
            key => core.variables.text(key).to_string(),
        }
    }

    pub(super) fn get_variables(
        &self,
        core: &mut Context,
        call: CallToken,
        request: &GetVariablesRequest,
    ) {
        let asked = &request.get_variable_data;
        let too_many = usize::try_from(core.variables.u32(model::ITEMS_GET))
            .is_ok_and(|items| asked.len() > items);
        if too_many {
            // B06.FR.16.
            let description = "more items than ItemsPerMessage";
            let code = ErrorCode::OccurrenceConstraintViolation;
            return core.refuse(call, code, description);
        }
        let results = asked.iter().map(|asked| self.get_variable(core, asked));
        if let Ok(results) = NonEmpty::new(results.collect()) {
            core.answer(call, &GetVariablesResponse::new(results));
        }
    }

    fn get_variable(&self, core: &Context, asked: &GetVariableData) -> GetVariableResult {
        let mut value = None;
        let attribute = asked.attribute_type.as_ref().unwrap_or(&Attribute::Actual);
        let status = match self.find(&asked.component, &asked.variable) {
            Err(Missing::Component) => GetVariableStatus::UnknownComponent,
            Err(Missing::Variable) => GetVariableStatus::UnknownVariable,
            Ok(_) if *attribute != Attribute::Actual => {
                GetVariableStatus::NotSupportedAttributeType
            }
            Ok(entry) => {
                let definition = core.variables.get(&entry.key);
                let secret = definition.is_some_and(|found| found.access == Access::WriteOnly);
                if secret {
                    // B06.FR.09.
                    GetVariableStatus::Rejected
                } else {
                    value = Some(self.value_of(core, entry));
                    GetVariableStatus::Accepted
                }
            }
        };
        let component = asked.component.clone();
        let mut result = GetVariableResult::new(status, component, asked.variable.clone());
        result.attribute_type = Some(attribute.clone());
        result.attribute_value = value.map(|value| BoundedString::truncated(&value));
        result
    }

    pub(super) fn set_variables(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &SetVariablesRequest,
    ) {
        let wanted = &request.set_variable_data;
        let too_many = usize::try_from(core.variables.u32(model::ITEMS_SET))
            .is_ok_and(|items| wanted.len() > items);
        if too_many {
            // B05.FR.11.
            let description = "more items than ItemsPerMessage";
            let code = ErrorCode::OccurrenceConstraintViolation;
            return core.refuse(call, code, description);
        }
        let mut results = Vec::new();
        let mut changed = Vec::new();
        for wanted in wanted.iter() {
            let (result, key) = self.set_one(core, wanted);
            results.push(result);
            changed.extend(key);
        }
        if let Ok(results) = NonEmpty::new(results) {
            core.answer(call, &SetVariablesResponse::new(results));
        }
        for key in changed {
            self.follow_variable(core, &key);
        }
    }

    fn set_one(
        &self,
        core: &mut Context,
        wanted: &SetVariableData,
    ) -> (SetVariableResult, Option<String>) {
        let mut reason = None;
        let mut changed = None;
        let attribute = wanted.attribute_type.as_ref().unwrap_or(&Attribute::Actual);
        let status = match self.find(&wanted.component, &wanted.variable) {
            Err(Missing::Component) => SetVariableStatus::UnknownComponent,
            Err(Missing::Variable) => SetVariableStatus::UnknownVariable,
            Ok(_) if *attribute != Attribute::Actual => {
                SetVariableStatus::NotSupportedAttributeType
            }
            Ok(entry) => {
                let value = wanted.attribute_value.as_str();
                let checked = match core.variables.check(&entry.key, value) {
                    Ok(definition) if allowed(entry, value) => Ok(definition.reboot),
                    Ok(_) => Err(VariableError::Invalid),
                    Err(error) => Err(error),
                };
                // Stored before the answer.
                let set = checked
                    .and_then(|reboot| core.set_variable(&entry.key, value).map(|()| reboot));
                match set {
                    Ok(reboot) => {
                        changed = Some(entry.key.clone());
                        if reboot {
                            SetVariableStatus::RebootRequired
                        } else {
                            SetVariableStatus::Accepted
                        }
                    }
                    Err(error) => {
                        reason = Some(match error {
                            VariableError::ReadOnly => info("ReadOnly", ""),
                            _ => info("InvalidValue", ""),
                        });
                        SetVariableStatus::Rejected
                    }
                }
            }
        };
        let component = wanted.component.clone();
        let mut result = SetVariableResult::new(status, component, wanted.variable.clone());
        result.attribute_type = Some(attribute.clone());
        result.attribute_status_info = reason;
        (result, changed)
    }

    /// Follows a variable that was changed.
    pub(super) fn follow_variable(&mut self, core: &mut Context, key: &str) {
        let is = |name: &str| key.eq_ignore_ascii_case(name);
        if is(model::HEARTBEAT_INTERVAL) {
            self.boot.plan_heartbeat(core);
        } else if is(model::SAMPLED_UPDATED_INTERVAL)
            || is(model::SAMPLED_ENDED_INTERVAL)
            || is(model::ALIGNED_INTERVAL)
            || is(model::ALIGNED_ENDED_INTERVAL)
        {
            self.plan_samples(core);
        } else if is(model::PING_INTERVAL) {
            let seconds = core.variables.u32(model::PING_INTERVAL);
            core.set_ping_interval(seconds);
        } else if is(model::MESSAGE_TIMEOUT) {
            let seconds = core.variables.u32(model::MESSAGE_TIMEOUT);
            core.set_call_timeout(Duration::from_secs(seconds.into()));
        } else if is(model::BACK_OFF_MINIMUM)
            || is(model::BACK_OFF_TIMES)
            || is(model::BACK_OFF_RANDOM)
        {
            follow_back_off(core);
        } else if is(model::BASIC_AUTH_PASSWORD) {
            // A01: the next connection uses it.
            follow_all(core);
            core.reconnect();
        }
    }

    /// ClearCache; without a cache it is rejected (C11.FR.04).
    pub(super) fn clear_cache(core: &mut Context, call: CallToken) {
        let status = if core.variables.bool(model::CACHE_ENABLED) {
            let changes = core.cache.clear();
            core.changes(changes);
            ClearCacheStatus::Accepted
        } else {
            ClearCacheStatus::Rejected
        };
        core.answer(call, &ClearCacheResponse::new(status));
    }

    /// DataTransfer: no vendor is known.
    pub(super) fn data_transfer(core: &mut Context, call: CallToken) {
        let status = DataTransferStatus::UnknownVendorId;
        core.answer(call, &DataTransferResponse::new(status));
    }
}

/// Whether every item of a list is one that this station offers.
fn allowed(entry: &Entry, value: &str) -> bool {
    let Some(values) = &entry.values else {
        return true;
    };
    let items = value.split(',').map(str::trim);
    let mut items = items.filter(|item| !item.is_empty());
    items.all(|item| values.split(',').any(|possible| possible == item))
}
