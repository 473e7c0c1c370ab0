//! GetBaseReport and GetReport with their NotifyReports (B07, B08).
//!
//! A report is a cursor over the device model: each page is built when the one before has been answered, so that a report
//! takes the memory of a page, however much there is to report.

use alloc::vec::Vec;

use ocpp_types::{BoundedString, BoundedVec, CiString, NonEmpty, Number};

use super::calls::{Calls, Purpose};
use super::variables::{Values, component_name, instance};
use super::wire::{
    Component, ComponentCriterion, ComponentVariable, Data, Evse as WireEvse,
    GenericDeviceModelStatus, GetBaseReportRequest, GetBaseReportResponse, GetReportRequest,
    GetReportResponse, Mutability, NotifyReportRequest, ReportBase, ReportData, Variable,
    VariableAttribute, VariableCharacteristics,
};
use super::{info, model};
use crate::frame::ErrorCode;
use crate::order;
use crate::session::CallToken;
use crate::station::context::Context;
use crate::station::device_model::{
    self, ComponentName, DataType, Standard, VariableAccess, VariableId, VariableName,
};

/// How many reports are under way at most.
const MAX_REPORTS: usize = 10;

/// Which variables a report is about.
#[derive(Debug)]
enum Filter {
    /// Those that the operator can set (B07.FR.07).
    Configuration,
    /// All (B07.FR.08).
    Full,
    /// Those that say whether the station can be used (B07.FR.09).
    Summary,
    /// Those of components in one of these states, which are named.
    States(Vec<ComponentCriterion>),
    /// Those that say so of a component.
    Criteria(Vec<ComponentCriterion>),
}

/// A report under way.
#[derive(Debug)]
struct Report {
    /// Names it inside.
    number: u64,
    /// What the CSMS calls it.
    request: i64,
    filter: Filter,
    /// The variables among which to look, if not all.
    among: Option<Vec<VariableId>>,
    /// Where to go on: the place of the next variable that belongs to it. There is none when all has been sent.
    next: Option<usize>,
    seq_no: i64,
}

/// The reports that are under way.
#[derive(Debug, Default)]
pub(super) struct Reports {
    all: Vec<Report>,
    next: u64,
}

impl Reports {
    /// Nobody waits for them any more.
    pub(super) fn clear(&mut self) {
        self.all.clear();
    }

    /// The inventories are supported, others are not and report nothing (B07.FR.01, B07.FR.02, B07.FR.05, B07.FR.07, B07.FR.08,
    /// B07.FR.12).
    pub(super) fn base_asked(
        &mut self,
        core: &mut Context,
        calls: &mut Calls,
        values: Values<'_>,
        call: CallToken,
        request: &GetBaseReportRequest,
    ) {
        let filter = match request.report_base {
            ReportBase::ConfigurationInventory => Filter::Configuration,
            ReportBase::FullInventory => Filter::Full,
            ReportBase::SummaryInventory if core.config.features.summary_inventory => {
                Filter::Summary
            }
            ReportBase::SummaryInventory | ReportBase::Unrecognized(_) => {
                let status = GenericDeviceModelStatus::NotSupported;
                let mut response = GetBaseReportResponse::new(status);
                response.status_info = Some(info("UnsupportedParam", ""));
                return core.answer(call, &response);
            }
        };
        let (status, report) = self.report(core, values, request.request_id, filter, None);
        core.answer(call, &GetBaseReportResponse::new(status));
        self.send(core, calls, values, report);
    }

    /// Reports what is named and in one of the states (B08.FR.01, B08.FR.05, B08.FR.11, B08.FR.13), with characteristics (B08.FR.12); where
    /// nothing is named, the variables that say so (TC_B_16_CS).
    /// Requirements: B08.FR.06.
    pub(super) fn asked(
        &mut self,
        core: &mut Context,
        calls: &mut Calls,
        values: Values<'_>,
        call: CallToken,
        request: &GetReportRequest,
    ) {
        let named = request.component_variable.as_deref().unwrap_or_default();
        let criteria = request.component_criteria.as_deref().unwrap_or_default();
        let max = core.variables.u32(Standard::ItemsReport);
        if usize::try_from(max).is_ok_and(|max| named.len() > max) {
            // B08.FR.17.
            let description = "more items than ItemsPerMessage";
            let code = ErrorCode::OccurrenceConstraintViolation;
            return core.refuse(call, code, description);
        }
        if criteria.iter().any(|one| !is_supported(core, one)) {
            // B08.FR.02.
            let status = GenericDeviceModelStatus::NotSupported;
            let mut response = GetReportResponse::new(status);
            response.status_info = Some(info("UnsupportedParam", ""));
            return core.answer(call, &response);
        }
        let filter = match (criteria.is_empty(), named.is_empty()) {
            (true, _) => Filter::Full,
            (false, false) => Filter::States(criteria.to_vec()),
            (false, true) => Filter::Criteria(criteria.to_vec()),
        };
        let among = (!named.is_empty()).then(|| named_by(core, named));
        let (status, report) = self.report(core, values, request.request_id, filter, among);
        core.answer(call, &GetReportResponse::new(status));
        self.send(core, calls, values, report);
    }

    /// A report that was asked for, and what to answer. There is none if there is nothing to send, or too much to do
    /// (B07.FR.13, B08.FR.15, B08.FR.16).
    fn report(
        &mut self,
        core: &Context,
        values: Values<'_>,
        request: i64,
        filter: Filter,
        among: Option<Vec<VariableId>>,
    ) -> (GenericDeviceModelStatus, Option<Report>) {
        if self.all.len() >= MAX_REPORTS {
            return (GenericDeviceModelStatus::Rejected, None);
        }
        let mut report = Report {
            number: self.next,
            request,
            filter,
            among,
            next: None,
            seq_no: 0,
        };
        report.next = next_of(core, values, &report, 0);
        if report.next.is_none() {
            return (GenericDeviceModelStatus::EmptyResultSet, None);
        }
        self.next = self.next.wrapping_add(1);
        (GenericDeviceModelStatus::Accepted, Some(report))
    }

    /// The page of a report was answered, or will not be: the next one follows.
    pub(super) fn advance(
        &mut self,
        core: &mut Context,
        calls: &mut Calls,
        values: Values<'_>,
        number: u64,
    ) {
        let mut all = self.all.iter();
        if let Some(at) = all.position(|report| report.number == number) {
            let report = self.all.swap_remove(at);
            self.send(core, calls, values, Some(report));
        }
    }

    /// Sends the next page of a report.
    /// Pages of a request are numbered from 0 and have its number (B07.FR.03, B07.FR.04, B07.FR.10, B08.FR.03, B08.FR.04,
    /// B08.FR.14).
    fn send(
        &mut self,
        core: &mut Context,
        calls: &mut Calls,
        values: Values<'_>,
        report: Option<Report>,
    ) {
        let Some((mut report, time)) = report.zip(core.utc()) else {
            return;
        };
        let items = core.config.limits.report_items;
        let bytes = usize::try_from(core.variables.u32(Standard::BytesReport));
        let mut room = bytes.unwrap_or(usize::MAX);
        let mut data: Vec<ReportData> = Vec::new();
        while let Some((at, id)) = report
            .next
            .and_then(|at| Some((at, id_at(core, &report, at)?)))
            && let Some(variable) = core.variables.get(id)
        {
            let entry = describe(core, values, variable);
            let size = serde_json::to_string(&entry).map_or(0, |text| text.len() + 1);
            if !data.is_empty() && (data.len() >= items || size > room) {
                break;
            }
            room = room.saturating_sub(size);
            data.push(entry);
            report.next = next_of(core, values, &report, at + 1);
        }
        let mut request = NotifyReportRequest::new(report.request, time, report.seq_no);
        request.tbc = Some(report.next.is_some());
        request.report_data = NonEmpty::new(data).ok();
        let sent = calls.send(core, &request, Purpose::Report(report.number));
        if sent && report.next.is_some() {
            report.seq_no += 1;
            self.all.push(report);
        }
    }
}

/// The place of the first variable that belongs to a report, from a place on.
fn next_of(core: &Context, values: Values<'_>, report: &Report, from: usize) -> Option<usize> {
    let wanted = |at: usize| {
        let variable = id_at(core, report, at).and_then(|id| core.variables.get(id));
        variable.is_some_and(|variable| belongs(core, values, &report.filter, variable))
    };
    let among = report.among.as_ref().map(Vec::len);
    (from..among.unwrap_or(core.variables.len())).find(|at| wanted(*at))
}

fn belongs(
    core: &Context,
    values: Values<'_>,
    filter: &Filter,
    variable: &device_model::Variable,
) -> bool {
    match filter {
        Filter::Configuration => variable.access != VariableAccess::ReadOnly,
        Filter::Full => true,
        Filter::Summary => {
            let states = [model::AVAILABILITY_STATE, "Available", "Enabled"];
            let problem = variable.name() == "Problem" && values.of(core, variable) == "true";
            states.contains(&variable.name()) || problem
        }
        Filter::Criteria(criteria) => {
            let says = |one| variable.name().eq_ignore_ascii_case(name_of(one));
            criteria.iter().any(says) && values.of(core, variable) == "true"
        }
        Filter::States(criteria) => {
            let component = core.variables.component_of(variable);
            let meets = |criterion| meets(core, values, criterion, component);
            criteria.iter().any(meets)
        }
    }
}

/// Whether a component is in a state. A component without the variable that says so counts as active, available and
/// enabled (B08.FR.07 to B08.FR.10).
fn meets(
    core: &Context,
    values: Values<'_>,
    criterion: &ComponentCriterion,
    component: ComponentName<'_>,
) -> bool {
    let name = name_of(criterion);
    let missing = *criterion != ComponentCriterion::Problem;
    let variable = VariableName {
        name,
        instance: None,
    };
    let own = core.variables.lookup(component, variable).ok();
    let own = own.and_then(|id| core.variables.get(id));
    own.map_or(missing, |variable| values.of(core, variable) == "true")
}

/// Requirements: B07.FR.11.
fn describe(core: &Context, values: Values<'_>, described: &device_model::Variable) -> ReportData {
    let of = core.variables.component_of(described);
    let mut component = Component::new(CiString::truncated(of.name));
    component.instance = of.instance.map(CiString::truncated);
    component.evse = of.evse.map(|evse| {
        let mut place = WireEvse::new(evse.into());
        place.connector_id = of.connector.map(Into::into);
        place
    });
    let mut variable = Variable::new(CiString::truncated(described.name()));
    variable.instance = described.instance().map(CiString::truncated);
    let mut attribute = VariableAttribute::new();
    attribute.mutability = Some(match described.access {
        VariableAccess::ReadOnly => Mutability::ReadOnly,
        VariableAccess::ReadWrite => Mutability::ReadWrite,
        VariableAccess::WriteOnly => Mutability::WriteOnly,
    });
    attribute.persistent = Some(described.persistent);
    if described.access != VariableAccess::WriteOnly {
        let value = values.of(core, described);
        attribute.value = Some(BoundedString::truncated(&value));
    }
    let data = match described.data {
        DataType::Text => Data::String,
        DataType::Decimal => Data::Decimal,
        DataType::Integer => Data::Integer,
        DataType::DateTime => Data::DateTime,
        DataType::Boolean => Data::Boolean,
        DataType::OptionList => Data::OptionList,
        DataType::SequenceList => Data::SequenceList,
        DataType::MemberList => Data::MemberList,
    };
    let mut characteristics = VariableCharacteristics::new(data, false);
    characteristics.unit = described.unit().map(BoundedString::truncated);
    characteristics.min_limit = described.min().map(Number::from);
    characteristics.max_limit = described.max().map(Number::from);
    characteristics.values_list = described.values().map(BoundedString::truncated);
    let mut data = ReportData::new(component, variable, BoundedVec::of(attribute));
    data.variable_characteristics = Some(characteristics);
    data
}

/// The variable that says whether a component meets a criterion.
fn name_of(criterion: &ComponentCriterion) -> &str {
    match criterion {
        ComponentCriterion::Active => "Active",
        ComponentCriterion::Available => "Available",
        ComponentCriterion::Enabled => "Enabled",
        ComponentCriterion::Problem => "Problem",
        ComponentCriterion::Unrecognized(name) => name.as_str(),
    }
}

/// Whether a criterion means anything here. No component is active where none can be anything else.
fn is_supported(core: &Context, criterion: &ComponentCriterion) -> bool {
    match criterion {
        ComponentCriterion::Active => core.variables.iter().any(|one| one.name() == "Active"),
        ComponentCriterion::Unrecognized(_) => false,
        _ => true,
    }
}

/// The variable at a place of a report.
fn id_at(core: &Context, report: &Report, at: usize) -> Option<VariableId> {
    match &report.among {
        Some(among) => among.get(at).copied(),
        None => core.variables.nth(at),
    }
}

/// The variables that a GetReport names, each once, in the order in which they are reported: what it leaves open means all
/// (B08.FR.20 to B08.FR.25).
fn named_by(core: &Context, named: &[ComponentVariable]) -> Vec<VariableId> {
    let mut found = Vec::new();
    for item in named {
        let Some(component) = component_name(&item.component) else {
            continue;
        };
        let wanted = item.variable.as_ref();
        found.extend(core.variables.of_components(component).filter(|id| {
            let Some(variable) = core.variables.get(*id) else {
                return false;
            };
            let of = core.variables.component_of(variable).instance;
            let same = |asked: Option<&str>, own: Option<&str>| {
                let same = |asked: &str| own.is_some_and(|own| own.eq_ignore_ascii_case(asked));
                asked.is_none_or(same)
            };
            same(component.instance, of)
                && wanted.is_none_or(|wanted| {
                    wanted.name.eq_ignore_ascii_case(variable.name())
                        && same(instance(wanted.instance.as_deref()), variable.instance())
                })
        }));
    }
    order::sort_by_key(&mut found, |id| *id);
    found.dedup();
    found
}
