//! What a station's responses mean for the commands that they belong to.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::Version;
use serde_json::Value;

use super::command::Kind;
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
                return self.end(under_way.running, Err(CommandError::InvalidResponse(why)));
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
        let status = value["status"].as_str().unwrap_or("Accepted");
        let accepted = !REFUSALS.contains(&status);
        let outcome = match running.kind {
            Kind::Raw => Outcome::Response(response),
            Kind::Variables => {
                collect_variables(running, action, request, value);
                match self.next_call(at, version)? {
                    Next::Call(effect) => return Some(effect),
                    Next::Failed(error) => {
                        self.running.swap_remove(at);
                        return Some(Effect::Ended(id, Err(error)));
                    }
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
            Kind::Report => Outcome::Report(Vec::from([response])),
            Kind::Other | Kind::Limits if !accepted => Outcome::Refused {
                status: status.into(),
                reason: reason(value),
            },
            Kind::Other | Kind::Limits => {
                if let Some(report) = &mut running.report {
                    // It comes in parts, and each may take its time.
                    report.deadline = Some(now + report_timeout);
                    return None;
                }
                let chosen = running.chosen;
                match self.next_call(at, version)? {
                    Next::Call(effect) => return Some(effect),
                    Next::Failed(error) => {
                        self.running.swap_remove(at);
                        return Some(Effect::Ended(id, Err(error)));
                    }
                    Next::Done => Outcome::Accepted {
                        status: status.into(),
                        id: chosen,
                        response,
                    },
                }
            }
        };
        self.running.swap_remove(at);
        Some(Effect::Ended(id, Ok(outcome)))
    }

    fn next_call(&mut self, at: usize, version: Version) -> Option<Next> {
        let running = self.running.get_mut(at)?;
        let id = running.id;
        let Some((action, payload)) = running.calls.pop_front() else {
            return Some(Next::Done);
        };
        Some(match exact(version, action, &payload.to_string()) {
            Ok(payload) => Next::Call(Effect::Call {
                action,
                payload,
                running: Some(id),
            }),
            Err(error) => Next::Failed(error),
        })
    }
}

enum Next {
    Call(Effect),
    Failed(CommandError),
    Done,
}

/// The statuses with which a station refuses.
const REFUSALS: [&str; 16] = [
    "Rejected",
    "NotSupported",
    "UnknownMessageId",
    "UnknownVendorId",
    "NotImplemented",
    "Failed",
    "Faulted",
    "Occupied",
    "Unavailable",
    "UnlockFailed",
    "VersionMismatch",
    "NotFound",
    "InvalidCertificate",
    "RevokedCertificate",
    "OngoingAuthorizedTransaction",
    "UnknownConnector",
];

fn reason(value: &Value) -> Option<String> {
    let info = &value["statusInfo"];
    let reason = info["additionalInfo"]
        .as_str()
        .or(info["reasonCode"].as_str());
    reason.map(Into::into)
}
