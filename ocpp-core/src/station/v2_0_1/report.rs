//! GetBaseReport and GetReport with their NotifyReports (B07, B08).

use alloc::vec::Vec;

use ocpp_types::v2_0_1::{
    Component, ComponentCriterion, ComponentVariable, Evse as WireEvse, GenericDeviceModelStatus,
    GetBaseReportRequest, GetBaseReportResponse, GetReportRequest, GetReportResponse, Mutability,
    NotifyReportRequest, ReportBase, ReportData, Variable, VariableAttribute,
    VariableCharacteristics,
};
use ocpp_types::{BoundedString, BoundedVec, CiString, NonEmpty, Number};

use super::model::{self, Entry};
use super::{ChargingStation, Purpose};
use crate::frame::ErrorCode;
use crate::session::Token as CallToken;
use crate::station::context::Context;
use crate::station::variables::Access;

/// Variables in one NotifyReport: keeps messages small.
const PAGE: usize = 20;

impl ChargingStation {
    pub(super) fn get_base_report(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &GetBaseReportRequest,
    ) {
        let wanted: fn(&Entry, Access) -> bool = match request.report_base {
            ReportBase::ConfigurationInventory => |_, access| access != Access::ReadOnly,
            ReportBase::FullInventory => |_, _| true,
            ReportBase::SummaryInventory => |entry, _| {
                let states = [model::AVAILABILITY_STATE, "Available", "Enabled"];
                states.contains(&entry.variable)
            },
            ReportBase::Unrecognized(_) => {
                let status = GenericDeviceModelStatus::NotSupported;
                return core.answer(call, &GetBaseReportResponse::new(status));
            }
        };
        let data = self.report_data(core, wanted);
        let status = status_of(&data);
        core.answer(call, &GetBaseReportResponse::new(status));
        self.notify_report(core, request.request_id, data);
    }

    pub(super) fn get_report(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &GetReportRequest,
    ) {
        let named = request.component_variable.as_deref().unwrap_or_default();
        let criteria = request.component_criteria.as_deref().unwrap_or_default();
        let max = core.variables.u32(model::ITEMS_REPORT);
        if usize::try_from(max).is_ok_and(|max| named.len() > max) {
            // B08.FR.17.
            let description = "more items than ItemsPerMessage";
            let code = ErrorCode::OccurrenceConstraintViolation;
            return core.refuse(call, code, description);
        }
        let data = self.report_data(core, |entry, _| {
            let wanted = named.is_empty() || named.iter().any(|named| names(named, entry));
            wanted && (criteria.is_empty() || self.meets(core, criteria, entry))
        });
        let status = status_of(&data);
        core.answer(call, &GetReportResponse::new(status));
        self.notify_report(core, request.request_id, data);
    }

    /// Whether the component of a variable is in one of the wanted states. A component without the variable that says
    /// so counts as active, available and enabled (B08.FR.07 to B08.FR.10).
    fn meets(&self, core: &Context, criteria: &[ComponentCriterion], of: &Entry) -> bool {
        criteria.iter().any(|criterion| {
            let (variable, missing) = match criterion {
                ComponentCriterion::Active => ("Active", true),
                ComponentCriterion::Available => ("Available", true),
                ComponentCriterion::Enabled => ("Enabled", true),
                ComponentCriterion::Problem => ("Problem", false),
                ComponentCriterion::Unrecognized(_) => return false,
            };
            let own = self.model.iter().find(|entry| {
                entry.component == of.component
                    && entry.evse == of.evse
                    && entry.connector == of.connector
                    && entry.variable == variable
            });
            own.map_or(missing, |entry| self.value_of(core, entry) == "true")
        })
    }

    fn report_data(
        &self,
        core: &Context,
        wanted: impl Fn(&Entry, Access) -> bool,
    ) -> Vec<ReportData> {
        let mut data = Vec::new();
        for entry in &self.model {
            let Some(variable) = core.variables.get(&entry.key) else {
                continue;
            };
            let access = variable.access;
            if wanted(entry, access) {
                data.push(self.describe(core, entry, access));
            }
        }
        data
    }

    fn describe(&self, core: &Context, entry: &Entry, access: Access) -> ReportData {
        let mut component = Component::new(CiString::truncated(entry.component));
        component.evse = entry.evse.map(|evse| {
            let mut place = WireEvse::new(evse.into());
            place.connector_id = entry.connector.map(Into::into);
            place
        });
        let mut variable = Variable::new(CiString::truncated(entry.variable));
        variable.instance = entry.instance.map(CiString::truncated);
        let mut attribute = VariableAttribute::new();
        attribute.mutability = Some(match access {
            Access::ReadOnly => Mutability::ReadOnly,
            Access::ReadWrite => Mutability::ReadWrite,
            Access::WriteOnly => Mutability::WriteOnly,
        });
        attribute.persistent = Some(access != Access::ReadOnly);
        if access != Access::WriteOnly {
            let value = self.value_of(core, entry);
            attribute.value = Some(BoundedString::truncated(&value));
        }
        let mut characteristics = VariableCharacteristics::new(entry.data.clone(), false);
        characteristics.unit = entry.unit.map(BoundedString::truncated);
        characteristics.min_limit = entry.min.map(Number::from);
        characteristics.max_limit = entry.max.map(Number::from);
        let values = entry.values.as_deref();
        characteristics.values_list = values.map(BoundedString::truncated);
        let mut data = ReportData::new(component, variable, BoundedVec::of(attribute));
        data.variable_characteristics = Some(characteristics);
        data
    }

    /// Sends the pages of a report, after its answer (B07, B08).
    fn notify_report(&mut self, core: &mut Context, id: i64, mut data: Vec<ReportData>) {
        let Some(time) = core.utc() else {
            return;
        };
        let mut seq_no = 0;
        while !data.is_empty() {
            let rest = data.split_off(data.len().min(PAGE));
            let mut request = NotifyReportRequest::new(id, time, seq_no);
            request.tbc = Some(!rest.is_empty());
            request.report_data = NonEmpty::new(data).ok();
            self.call(core, &request, Purpose::Nothing);
            seq_no += 1;
            data = rest;
        }
    }
}

fn status_of(data: &[ReportData]) -> GenericDeviceModelStatus {
    if data.is_empty() {
        GenericDeviceModelStatus::EmptyResultSet
    } else {
        GenericDeviceModelStatus::Accepted
    }
}

/// Whether an item of GetReport means this variable: what it leaves open means all.
fn names(item: &ComponentVariable, entry: &Entry) -> bool {
    let component = &item.component;
    let number = |own: Option<u32>, asked: Option<i64>| {
        asked.is_none_or(|asked| own.map(i64::from) == Some(asked))
    };
    let evse = component.evse.as_ref();
    component.name.eq_ignore_ascii_case(entry.component)
        && component.instance.is_none()
        && number(entry.evse, evse.map(|evse| evse.id))
        && number(entry.connector, evse.and_then(|evse| evse.connector_id))
        && item.variable.as_ref().is_none_or(|variable| {
            let instance = variable.instance.as_deref();
            variable.name.eq_ignore_ascii_case(entry.variable)
                && instance.is_none_or(|asked| {
                    entry
                        .instance
                        .is_some_and(|own| own.eq_ignore_ascii_case(asked))
                })
        })
}
