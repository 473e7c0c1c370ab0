//! SetVariables (B05): the station's own variables are set at once, the application is asked about its own, and the response
//! waits for it.

use alloc::vec::Vec;

use ocpp_types::NonEmpty;

use super::info;
use super::variables::find;
use super::wire::{
    Attribute, SetVariableData, SetVariableResult, SetVariableStatus, SetVariablesRequest,
    SetVariablesResponse, StatusInfo,
};
use crate::frame::ErrorCode;
use crate::session::CallToken;
use crate::station::context::Context;
use crate::station::device_model::{
    Missing, Owner, Standard, Variable, VariableAccess, VariableError, VariableId,
};
use crate::station::input::VariableAnswer;
use crate::station::output::{JobId, Output, VariableOrder};
use crate::time::Instant;

/// How many calls wait for the application at most: a session handles eight at a time, and others must find room.
const MAX_WAITING: usize = 4;

/// A variable that the application is asked about.
#[derive(Debug)]
struct Asked {
    job: JobId,
    id: VariableId,
    /// Where its result is.
    at: usize,
}

/// A call that waits for the application.
#[derive(Debug)]
struct Waiting {
    call: CallToken,
    until: Instant,
    request: SetVariablesRequest,
    results: Vec<SetVariableResult>,
    asked: Vec<Asked>,
    /// What is to be followed when the call is answered.
    changed: Vec<VariableId>,
}

/// The calls that wait for the application.
#[derive(Debug, Default)]
pub(super) struct Settings(Vec<Waiting>);

impl Settings {
    /// Nobody waits for the answers any more.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        self.0.iter().map(|waiting| waiting.until).min()
    }
}

/// What can be said at once about a value that the CSMS wants.
enum Verdict {
    Now(SetVariableStatus, Option<StatusInfo>),
    /// It was set.
    Changed(VariableId, SetVariableStatus),
    /// The application has to say.
    Ask(VariableId),
}

fn result_of(wanted: &SetVariableData, status: SetVariableStatus) -> SetVariableResult {
    let component = wanted.component.clone();
    let mut result = SetVariableResult::new(status, component, wanted.variable.clone());
    let attribute = wanted.attribute_type.clone().unwrap_or(Attribute::Actual);
    result.attribute_type = Some(attribute);
    result
}

fn rejected(error: VariableError) -> Verdict {
    let reason = match error {
        VariableError::ReadOnly => "ReadOnly",
        _ => "InvalidValue",
    };
    Verdict::Now(SetVariableStatus::Rejected, Some(info(reason, "")))
}

/// Whether a value of a variable is refused for a reason beyond its form, and which.
type Refusal<'a> = &'a dyn Fn(&Context, Option<Standard>, &str) -> Option<StatusInfo>;

fn judge(core: &mut Context, wanted: &SetVariableData, refusal: Refusal<'_>) -> Verdict {
    let attribute = wanted.attribute_type.as_ref().unwrap_or(&Attribute::Actual);
    let id = match find(core, &wanted.component, &wanted.variable) {
        Err(Missing::Component) => {
            return Verdict::Now(SetVariableStatus::UnknownComponent, None);
        }
        Err(Missing::Variable) => {
            return Verdict::Now(SetVariableStatus::UnknownVariable, None);
        }
        Ok(_) if *attribute != Attribute::Actual => {
            let status = SetVariableStatus::NotSupportedAttributeType;
            return Verdict::Now(status, None);
        }
        Ok(id) => id,
    };
    let value = wanted.attribute_value.as_str();
    let (owner, reboot, standard) = match core.variables.check(id, value) {
        Ok(variable) if variable.offers(value) && variable.is_well_written(value) => {
            (variable.owner, variable.reboot, variable.standard)
        }
        Ok(_) => return rejected(VariableError::Invalid),
        Err(error) => return rejected(error),
    };
    if owner == Owner::Application {
        return Verdict::Ask(id);
    }
    if let Some(reason) = refusal(core, standard, value) {
        return Verdict::Now(SetVariableStatus::Rejected, Some(reason));
    }
    // Stored before the answer.
    match core.set_variable(id, value) {
        Ok(()) if reboot => Verdict::Changed(id, SetVariableStatus::RebootRequired),
        Ok(()) => Verdict::Changed(id, SetVariableStatus::Accepted),
        Err(error) => rejected(error),
    }
}

impl Settings {
    /// One result for each item, with its component, variable and attribute type (B05.FR.01, B05.FR.02, B05.FR.03,
    /// B05.FR.12): unknown (B05.FR.04, B05.FR.05), of a type that there is not (B05.FR.06), refused, also because the value
    /// is out of range (B05.FR.07, B05.FR.08, B05.FR.09), or taken (B05.FR.10). Returns what has another value now, once it is answered.
    /// Requirements: A01.FR.02.
    pub(super) fn set(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: SetVariablesRequest,
        refusal: Refusal<'_>,
    ) -> Vec<VariableId> {
        let too_many = usize::try_from(core.variables.u32(Standard::ItemsSet))
            .is_ok_and(|items| request.set_variable_data.len() > items);
        if too_many {
            // B05.FR.11.
            let description = "more items than ItemsPerMessage";
            let code = ErrorCode::OccurrenceConstraintViolation;
            core.refuse(call, code, description);
            return Vec::new();
        }
        let room = self.0.len() < MAX_WAITING;
        let mut results = Vec::new();
        let mut changed = Vec::new();
        let mut asked = Vec::new();
        for wanted in request.set_variable_data.iter() {
            let (status, reason) = match judge(core, wanted, refusal) {
                Verdict::Now(status, reason) => (status, reason),
                Verdict::Changed(id, status) => {
                    changed.push(id);
                    (status, None)
                }
                Verdict::Ask(id) => {
                    if room {
                        let (job, at) = (core.next_job(), results.len());
                        asked.push(Asked { job, id, at });
                    }
                    // Until the application says otherwise.
                    let reason = info("InternalError", "no answer of the application");
                    (SetVariableStatus::Rejected, Some(reason))
                }
            };
            let mut result = result_of(wanted, status);
            result.attribute_status_info = reason;
            results.push(result);
        }
        let orders = asked
            .iter()
            .filter_map(|asked| order(core, &request, asked));
        let orders: Vec<VariableOrder> = orders.collect();
        let waiting = Waiting {
            call,
            until: core.instant() + core.config.call_timeout,
            request,
            results,
            asked,
            changed,
        };
        if waiting.asked.is_empty() {
            return answer(core, waiting);
        }
        self.0.push(waiting);
        for order in orders {
            core.output(Output::SetVariable(order));
        }
        Vec::new()
    }

    /// The application says what has become of a value. Returns what has another value now.
    pub(super) fn application_answered(
        &mut self,
        core: &mut Context,
        job: JobId,
        said: VariableAnswer,
    ) -> Vec<VariableId> {
        let place = self.0.iter().enumerate().find_map(|(which, waiting)| {
            let at = waiting.asked.iter().position(|asked| asked.job == job)?;
            Some((which, at))
        });
        let Some((which, at)) = place else {
            return Vec::new();
        };
        let waiting = &mut self.0[which];
        let asked = waiting.asked.swap_remove(at);
        let status = match said {
            VariableAnswer::Accepted => SetVariableStatus::Accepted,
            VariableAnswer::RebootRequired => SetVariableStatus::RebootRequired,
            VariableAnswer::Rejected => SetVariableStatus::Rejected,
        };
        if said == VariableAnswer::Accepted
            && let Some(wanted) = waiting.request.set_variable_data.get(asked.at)
        {
            // It was checked when it came.
            let _ = core.set_variable(asked.id, wanted.attribute_value.as_str());
        }
        if let Some(result) = waiting.results.get_mut(asked.at) {
            let reason = matches!(said, VariableAnswer::Rejected);
            result.attribute_status = status;
            result.attribute_status_info = reason.then(|| info("InvalidValue", ""));
        }
        if waiting.asked.is_empty() {
            let waiting = self.0.remove(which);
            return answer(core, waiting);
        }
        Vec::new()
    }

    /// What the application has not said in time is rejected. Returns what has another value now.
    pub(super) fn advance(&mut self, core: &mut Context) -> Vec<VariableId> {
        let now = core.instant();
        let late = |waiting: &mut Waiting| waiting.until <= now;
        let late: Vec<Waiting> = self.0.extract_if(.., late).collect();
        late.into_iter()
            .flat_map(|waiting| answer(core, waiting))
            .collect()
    }
}

/// Answers a call. Returns what has another value now.
fn answer(core: &mut Context, waiting: Waiting) -> Vec<VariableId> {
    if let Ok(results) = NonEmpty::new(waiting.results) {
        core.answer(waiting.call, &SetVariablesResponse::new(results));
    }
    waiting.changed
}

fn order(core: &Context, request: &SetVariablesRequest, asked: &Asked) -> Option<VariableOrder> {
    let variable: &Variable = core.variables.get(asked.id)?;
    let wanted = request.set_variable_data.get(asked.at)?;
    Some(VariableOrder {
        job: asked.job,
        key: core.variables.key_of(variable).into_owned(),
        value: wanted.attribute_value.as_str().into(),
        secret: variable.access == VariableAccess::WriteOnly,
    })
}
