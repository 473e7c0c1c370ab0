//! GetVariables (B06), what follows from changed variables, ClearCache (C11).

use alloc::borrow::Cow;
use alloc::string::ToString;

use ocpp_types::{BoundedString, NonEmpty};

use super::availability::{self, Availability, Use};
use super::cable::Cables;
use super::per_evse::index_of;
use super::transactions::EvseTransactions;
use super::wire::{
    Attribute, ClearCacheResponse, ClearCacheStatus, Component, GetVariableData, GetVariableResult,
    GetVariableStatus, GetVariablesRequest, GetVariablesResponse, Variable,
};
use crate::back_off::BackOffPolicy;
use crate::frame::ErrorCode;
use crate::session::CallToken;
use crate::station::common::certificates::Certificates;
use crate::station::context::Context;
use crate::station::device_model::{
    self, ComponentName, Missing, Standard, VariableAccess, VariableId, VariableName,
};
use crate::station::profiles::Profiles;

/// The waiting times between attempts to connect, as the variables have them.
pub(super) fn follow_back_off(core: &mut Context) {
    let policy = BackOffPolicy {
        wait_minimum: core.variables.u32(Standard::BackOffMinimum),
        repeat_times: core.variables.u32(Standard::BackOffTimes),
        random_range: core.variables.u32(Standard::BackOffRandom),
    };
    core.link.set_policy(policy);
}

/// A number of the wire, if there is one; `None` for one that no station has.
fn number(number: Option<i64>) -> Option<Option<u32>> {
    match number {
        None => Some(None),
        Some(number) => u32::try_from(number).ok().map(Some),
    }
}

/// An empty instance is none (B06.FR.15).
pub(super) fn instance(named: Option<&str>) -> Option<&str> {
    named.filter(|named| !named.is_empty())
}

/// A component as the wire names it; `None` for one that no station has.
pub(super) fn component_name(component: &Component) -> Option<ComponentName<'_>> {
    let evse = component.evse.as_ref();
    Some(ComponentName {
        name: &component.name,
        instance: instance(component.instance.as_deref()),
        evse: number(evse.map(|evse| evse.id))?,
        connector: number(evse.and_then(|evse| evse.connector_id))?,
    })
}

pub(super) fn variable_name(variable: &Variable) -> VariableName<'_> {
    VariableName {
        name: &variable.name,
        instance: instance(variable.instance.as_deref()),
    }
}

pub(super) fn find(
    core: &Context,
    component: &Component,
    variable: &Variable,
) -> Result<VariableId, Missing> {
    let component = component_name(component).ok_or(Missing::Component)?;
    core.variables.lookup(component, variable_name(variable))
}

/// What the values of variables are found in that nobody has stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) certificates: &'a Certificates,
    pub(super) profiles: &'a Profiles,
    pub(super) availability: &'a Availability,
    pub(super) cables: &'a Cables,
    pub(super) transactions: &'a EvseTransactions,
}

impl Values<'_> {
    /// What the statuses of an EVSE's connectors depend on.
    pub(super) fn using(&self, index: usize) -> Use {
        let running = self.transactions.running(Some(index));
        Use {
            transaction: running.and_then(|transaction| transaction.at),
            lock_failed: self.cables.lock_failed(index).is_some(),
        }
    }

    /// The value of a variable, also of those that are found out when they are asked for.
    pub(super) fn of<'a>(
        &self,
        core: &'a Context,
        variable: &'a device_model::Variable,
    ) -> Cow<'a, str> {
        match variable.standard {
            Some(Standard::DateTime) => {
                let time = core.utc().map(|utc| utc.to_string());
                time.unwrap_or_default().into()
            }
            Some(Standard::ListEntries) => core.local_list.len().to_string().into(),
            Some(Standard::CertificateEntries) => self.certificates.entries().to_string().into(),
            Some(Standard::ProfileEntries) => {
                let entries = self.profiles.store.profiles().len();
                entries.to_string().into()
            }
            Some(Standard::AvailabilityState) => {
                let of = core.variables.component_of(variable);
                let using = |index| self.using(index);
                let state = self
                    .availability
                    .state_of(core, of.evse, of.connector, using);
                availability::name(&state).into()
            }
            Some(Standard::LockProblem) => {
                let of = core.variables.component_of(variable);
                let count = self.transactions.evses();
                let index = of.evse.and_then(|evse| index_of(count, evse));
                let failed = index.is_some_and(|index| {
                    let at = self.cables.lock_failed(index);
                    at.is_some_and(|at| Some(at.connector) == of.connector)
                });
                failed.to_string().into()
            }
            _ => variable.value.as_str().into(),
        }
    }

    /// One result for each item, with its component and variable (B06.FR.01, B06.FR.02).
    pub(super) fn asked(&self, core: &mut Context, call: CallToken, request: &GetVariablesRequest) {
        let asked = &request.get_variable_data;
        let too_many = usize::try_from(core.variables.u32(Standard::ItemsGet))
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

    /// Unknown (B06.FR.06, B06.FR.07), of a type that there is not (B06.FR.08), or told with its value and type
    /// (B06.FR.03, B06.FR.04, B06.FR.10, B06.FR.11), an empty one where nothing is set (B06.FR.13). The instance that is named,
    /// or the one without a name (B06.FR.14, B06.FR.15).
    fn get_variable(&self, core: &Context, asked: &GetVariableData) -> GetVariableResult {
        let mut value = None;
        let attribute = asked.attribute_type.as_ref().unwrap_or(&Attribute::Actual);
        let found = find(core, &asked.component, &asked.variable);
        let status = match found.map(|id| core.variables.get(id)) {
            Err(Missing::Component) => GetVariableStatus::UnknownComponent,
            Err(Missing::Variable) | Ok(None) => GetVariableStatus::UnknownVariable,
            Ok(_) if *attribute != Attribute::Actual => {
                GetVariableStatus::NotSupportedAttributeType
            }
            // B06.FR.09.
            Ok(Some(variable)) if variable.access == VariableAccess::WriteOnly => {
                GetVariableStatus::Rejected
            }
            Ok(Some(variable)) => {
                value = Some(self.of(core, variable));
                GetVariableStatus::Accepted
            }
        };
        let component = asked.component.clone();
        let mut result = GetVariableResult::new(status, component, asked.variable.clone());
        result.attribute_type = Some(attribute.clone());
        result.attribute_value = value.map(|value| BoundedString::truncated(&value));
        result
    }
}

/// ClearCache; without a cache it is rejected (C11.FR.04).
/// Clears the cache, if it is on (C11.FR.01, C11.FR.02, C11.FR.03).
pub(super) fn clear_cache(core: &mut Context, call: CallToken) {
    // C11.FR.05: what cannot be stored is not cleared.
    let status = if core.variables.bool(Standard::CacheEnabled) && !core.storage_fails() {
        let changes = core.cache.clear();
        core.changes(changes);
        ClearCacheStatus::Accepted
    } else {
        ClearCacheStatus::Rejected
    };
    core.answer(call, &ClearCacheResponse::new(status));
}
