//! What a station's responses mean for the commands that they belong to.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::Version;
use serde_json::{Value, json};

use super::command::{Kind, Running};
use super::limits::{collect_variables, sorted};
use super::operation::{Operation, Outcome};
use super::vocabulary::{Command, CommandError};
use super::wire::exact;
use super::{Effect, RemoteStation};
use crate::csms::ledger::EndedBy;
use crate::session::{CallFailure, CallId};

impl RemoteStation {
    /// A response of the station.
    pub(super) fn result(&mut self, call: CallId, id: &str, payload: &str) {
        let Some(under_way) = self.take_call(call) else {
            return;
        };
        let response = match self.decode_response(under_way.action, id, payload) {
            Ok(response) => response,
            Err(why) => {
                // Nobody knows what the station did.
                let failure = CallFailure::TimedOut;
                self.learn_failure(under_way.action, &under_way.payload, &failure);
                return self.fail(under_way.running, CommandError::InvalidResponse(why));
            }
        };
        let value: Value = serde_json::from_str(&response).unwrap_or_default();
        let request: Value = serde_json::from_str(&under_way.payload).unwrap_or_default();
        let mut effects = self.learn(under_way.action, &request, &value);
        if let Some(operation) = under_way.then
            && let Some(id) = under_way.running.and_then(|id| self.stop_running(id))
        {
            self.finish(effects);
            return self.perform_later(id, operation);
        }
        let at = under_way.running.and_then(|id| {
            let mut all = self.running.iter();
            all.position(|running| running.id == id)
        });
        if let Some(at) = at {
            effects.extend(self.advance(at, under_way.action, &request, &value, response));
        }
        self.finish(effects);
    }

    /// Goes on with an operation after what was learned is stored.
    fn perform_later(&mut self, id: u64, operation: Operation) {
        let command = Command::Operation(operation);
        self.tasks.push_front(super::Task::Command(id, command));
    }

    /// What a response means for its command: the next request, or the end.
    fn advance(
        &mut self,
        at: usize,
        action: &'static str,
        request: &Value,
        value: &Value,
        response: String,
    ) -> Option<Effect> {
        let (now, report_timeout) = (self.now, self.config.report_timeout);
        let version = self.version()?;
        let running = self.running.get_mut(at)?;
        let id = running.id;
        let list = list_of(value);
        if running.kind == Kind::Other
            && let Some((member, items)) = list
        {
            let (_, all) = running.list.get_or_insert((member, Vec::new()));
            all.extend(items.iter().cloned());
        }
        let (status, accepted) = verdict(value);
        let outcome = match running.kind {
            Kind::Raw => Outcome::Response(response),
            Kind::Variables => {
                collect_variables(running, action, request, value);
                match self.next_call(at, version)? {
                    Next::Call(effect) => return Some(*effect),
                    Next::Failed(error) => return Some(self.break_off(at, error)),
                    Next::Done => Outcome::Variables(sorted(self.running.get_mut(at)?)),
                }
            }
            Kind::TransactionStatus(reference) => {
                let ongoing = value["ongoingIndicator"].as_bool();
                let waiting = value["messagesInQueue"].as_bool().unwrap_or(false);
                // E14: its end is lost.
                if let (Some(reference), Some(false), false) = (reference, ongoing, waiting) {
                    let by = EndedBy::TransactionStatus;
                    self.ledger.close(reference, self.utc, by);
                }
                Outcome::TransactionStatus { ongoing, waiting }
            }
            Kind::Certificates => {
                let found = value["certificateHashData"].as_array();
                let (_, all) = running
                    .list
                    .get_or_insert(("certificateHashData", Vec::new()));
                all.extend(found.into_iter().flatten().cloned());
                match self.next_call(at, version)? {
                    Next::Call(effect) => return Some(*effect),
                    Next::Failed(error) => return Some(self.break_off(at, error)),
                    Next::Done => {
                        let (_, all) = self.running.get_mut(at)?.list.take()?;
                        joined(&all, status, value)
                    }
                }
            }
            Kind::Report => Outcome::Report(Vec::from([response])),
            // One item of many says nothing about the others.
            Kind::Other | Kind::Limits if !accepted && list.is_none() => {
                let reason = reason(value);
                match running.before.take() {
                    Some(done) => Outcome::Partial {
                        done: Box::new(done),
                        error: CommandError::RefusedLater { status, reason },
                    },
                    None => Outcome::Refused { status, reason },
                }
            }
            Kind::Other | Kind::Limits => {
                if let Some(report) = &mut running.report {
                    // It comes in parts, and each may take its time.
                    report.deadline = Some(now + report_timeout);
                    return None;
                }
                let chosen = running.chosen;
                if action == "SendLocalList" {
                    // The station has these tokens, whatever becomes of the parts that follow.
                    let version = &request["versionNumber"];
                    running.before = Some(Outcome::Accepted {
                        status: status.clone(),
                        id: version.as_i64().or(request["listVersion"].as_i64()),
                        response: response.clone(),
                    });
                }
                match self.next_call(at, version)? {
                    Next::Call(effect) => return Some(*effect),
                    Next::Failed(error) => return Some(self.break_off(at, error)),
                    Next::Done => {
                        let of_list = self.running.get_mut(at)?.of_list();
                        of_list.unwrap_or(Outcome::Accepted {
                            status,
                            id: chosen,
                            response,
                        })
                    }
                }
            }
        };
        self.running.swap_remove(at);
        Some(Effect::Ended(id, Ok(outcome)))
    }

    fn break_off(&mut self, at: usize, error: CommandError) -> Effect {
        let running = self.running.swap_remove(at);
        Effect::Ended(running.id, running.broken_off(error))
    }

    fn next_call(&mut self, at: usize, version: Version) -> Option<Next> {
        let running = self.running.get_mut(at)?;
        let id = running.id;
        let Some((action, payload)) = running.calls.pop_front() else {
            return Some(Next::Done);
        };
        let exact = exact(version, action, &payload.to_string());
        let noted = exact.and_then(|payload| {
            self.note_password(action, &payload)?;
            Ok(payload)
        });
        Some(match noted {
            Ok(payload) => Next::Call(Box::new(Effect::Call {
                action,
                payload,
                running: Some(id),
            })),
            Err(error) => Next::Failed(error),
        })
    }
}

enum Next {
    Call(Box<Effect>),
    Failed(CommandError),
    Done,
}

impl Running {
    /// What came of a command that could not be carried out to the end.
    pub(super) fn broken_off(mut self, error: CommandError) -> Result<Outcome, CommandError> {
        let done = if self.kind == Kind::Variables && !self.results.is_empty() {
            Some(Outcome::Variables(sorted(&mut self)))
        } else {
            self.of_list().or(self.before.take())
        };
        match done {
            Some(done) => Ok(Outcome::Partial {
                done: Box::new(done),
                error,
            }),
            None => Err(error),
        }
    }

    /// The results of all parts of a list, as one response.
    fn of_list(&mut self) -> Option<Outcome> {
        let (member, items) = self.list.take()?;
        let whole = json!({ member: items });
        let (status, accepted) = verdict(&whole);
        Some(if accepted {
            Outcome::Accepted {
                status,
                id: self.chosen,
                response: whole.to_string(),
            }
        } else {
            let items = whole[member].as_array();
            let why = items.into_iter().flatten().find_map(reason);
            Outcome::Refused {
                status,
                reason: why,
            }
        })
    }
}

/// All certificates of several answers; the last one tells why there are none.
fn joined(all: &[Value], status: String, last: &Value) -> Outcome {
    if all.is_empty() {
        return Outcome::Refused {
            status,
            reason: reason(last),
        };
    }
    Outcome::Accepted {
        status: "Accepted".into(),
        id: None,
        response: json!({"status": "Accepted", "certificateHashData": all}).to_string(),
    }
}

/// The statuses of responses that mean that the station does what it was asked for, or has done it. All others are refusals.
const DONE: [&str; 6] = [
    "Accepted",
    "AcceptedCanceled",
    "RebootRequired",
    "Scheduled",
    "Unlocked",
    "Unpublished",
];

/// The members with what became of each item of a request.
const LISTS: [&str; 4] = [
    "setVariableResult",
    "setMonitoringResult",
    "clearMonitoringResult",
    "clearTariffsResult",
];

fn list_of(response: &Value) -> Option<(&'static str, &Vec<Value>)> {
    LISTS
        .into_iter()
        .find_map(|member| Some((member, response[member].as_array()?)))
}

/// The status of a response, and whether it means that the station does what it was asked for. Of a list one item that is done
/// is enough: the response tells about each.
fn verdict(response: &Value) -> (String, bool) {
    let status = |item: &Value| {
        let status = item["status"].as_str();
        status
            .or(item["attributeStatus"].as_str())
            .map(String::from)
    };
    let is_done = |status: &String| DONE.contains(&status.as_str());
    let statuses: Vec<String> = match list_of(response) {
        Some((_, items)) => items.iter().filter_map(status).collect(),
        None => status(response).into_iter().collect(),
    };
    if let Some(done) = statuses.iter().find(|status| is_done(status)) {
        return (done.clone(), true);
    }
    match statuses.into_iter().next() {
        Some(refused) => (refused, false),
        // A response without a status only says that the request has arrived.
        None => ("Accepted".into(), true),
    }
}

fn reason(value: &Value) -> Option<String> {
    let info = match &value["statusInfo"] {
        Value::Null => &value["attributeStatusInfo"],
        info => info,
    };
    let reason = info["additionalInfo"]
        .as_str()
        .or(info["reasonCode"].as_str());
    reason.map(Into::into)
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;
    use alloc::format;

    use super::*;

    /// Every status of every response has been looked at: a new one fails here.
    #[test]
    fn every_status_of_every_schema_is_known_to_be_done_or_not() {
        const REFUSED: [&str; 39] = [
            "ConditionNotSupported",
            "DownloadOngoing",
            "Duplicate",
            "DuplicateTariffId",
            "EmptyResultSet",
            "Failed",
            "Faulted",
            "Invalid",
            "InvalidCertificate",
            "LanguageNotSupported",
            "NoCurrencyChange",
            "NoFirmware",
            "NoProfile",
            "NoProfiles",
            "NoTariff",
            "NotFound",
            "NotImplemented",
            "NotSupported",
            "NotSupportedAttributeType",
            "NotSupportedMessageFormat",
            "NotSupportedPriority",
            "NotSupportedState",
            "Occupied",
            "OngoingAuthorizedTransaction",
            "Rejected",
            "RevokedCertificate",
            "TooManyElements",
            "TxNotFound",
            "Unavailable",
            "Unknown",
            "UnknownComponent",
            "UnknownConnector",
            "UnknownMessageId",
            "UnknownTransaction",
            "UnknownVariable",
            "UnknownVendorId",
            "UnlockFailed",
            "UnsupportedMonitorType",
            "VersionMismatch",
        ];
        // Only stations ask for these.
        let from_station = [
            "Authorize",
            "BootNotification",
            "Get15118EVCertificate",
            "GetCertificateChainStatus",
            "GetCertificateStatus",
            "Notify",
            "PullDynamicScheduleUpdate",
            "SignCertificate",
            "StartTransaction",
            "StopTransaction",
            "TransactionEvent",
            "VatNumberValidation",
        ];
        let mut seen = BTreeSet::new();
        for version in ["v1.6", "v2.0.1", "v2.1"] {
            let folder = format!("{}/../schemas/{version}", env!("CARGO_MANIFEST_DIR"));
            for file in std::fs::read_dir(folder).unwrap() {
                let path = file.unwrap().path();
                let name = path.file_stem().unwrap().to_string_lossy().to_string();
                let answer = name.strip_suffix("Response");
                let Some(action) = answer.filter(|action| {
                    let other = |from: &&str| action.starts_with(from);
                    // The CSMS says this one.
                    *action == "NotifyAllowedEnergyTransfer" || !from_station.iter().any(other)
                }) else {
                    continue;
                };
                let schema: Value =
                    serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
                let resolve = |part: &Value| match part["$ref"].as_str() {
                    Some(name) => {
                        let name = name.rsplit('/').next().unwrap();
                        schema["definitions"][name].clone()
                    }
                    None => part.clone(),
                };
                let mut statuses = Vec::new();
                let members = schema["properties"].as_object();
                for (member, part) in members.into_iter().flatten() {
                    let part = resolve(part);
                    if member == "status" {
                        statuses.push((None, part["enum"].clone()));
                    }
                    if LISTS.contains(&member.as_str()) {
                        let item = resolve(&part["items"]);
                        for status in ["status", "attributeStatus"] {
                            let kind = resolve(&item["properties"][status]);
                            let place = Some((member.clone(), status));
                            statuses.push((place, kind["enum"].clone()));
                        }
                    }
                }
                for (place, all) in statuses {
                    for status in all.as_array().into_iter().flatten() {
                        let response = match &place {
                            None => json!({ "status": status }),
                            Some((member, name)) => json!({ member: [{ *name: status }] }),
                        };
                        let text = status.as_str().unwrap();
                        let (told, done) = verdict(&response);
                        assert_eq!(told, text);
                        assert_eq!(done, DONE.contains(&text), "{action} {text}");
                        let refused = REFUSED.contains(&text);
                        assert_ne!(done, refused, "{action} {text}");
                        seen.insert(text.to_string());
                    }
                }
            }
        }
        assert_eq!(seen.len(), DONE.len() + REFUSED.len(), "{seen:?}");
    }
}
