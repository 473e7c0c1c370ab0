//! Commands of the operator: typed operations and raw calls, from the wish to the outcome.

use alloc::collections::VecDeque;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::{Sender, Version};
use serde_json::{Value, json};

use super::limits::{limit_key, limit_variable, limited, limited_1_6};
use super::operation::{Operation, Outcome, VariableResult};
use super::password::check_password;
use super::plan::{self, Circumstances, Plan};
use super::rules;
use super::starts::{is_start, is_stop};
use super::variable::VariableName;
use super::vocabulary::{CloseReason, Command, CommandError, Shown};
use super::wire::exact;
use super::{Effect, RemoteStation};
use crate::csms::Registration;
use crate::csms::ledger::EndedBy;
use crate::session::{CallEnded, CallFailure, CallId, CallOptions, NotQueuedReason, find_action};
use crate::time::Instant;

/// How many items a request of 1.6 has if the station tells no limit.
const ITEMS_OF_1_6: usize = 50;

/// A command that is not over.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) id: u64,
    pub(super) kind: Kind,
    /// What is still to be sent.
    pub(super) calls: VecDeque<(&'static str, Value)>,
    /// What has come.
    pub(super) results: Vec<VariableResult>,
    /// The names whose results are awaited.
    pub(super) names: Vec<VariableName>,
    /// What became of the items of a list, and the member that tells it.
    pub(super) list: Option<(&'static str, Vec<Value>)>,
    /// What the parts before came to, of an operation whose parts take effect one by one.
    pub(super) before: Option<Outcome>,
    pub(super) chosen: Option<i64>,
    /// The parts of a report.
    pub(super) report: Option<Collecting>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Raw,
    Variables,
    TransactionStatus(Option<u64>),
    Report,
    /// Several requests for certificates, whose answers are joined.
    Certificates,
    Other,
    /// How many items a request may have; the operation follows.
    Limits,
}

#[derive(Debug)]
pub(super) struct Collecting {
    pub(super) action: &'static str,
    pub(super) parts: Vec<String>,
    /// How long they are together.
    pub(super) bytes: usize,
    /// `None` until the station has accepted.
    pub(super) deadline: Option<Instant>,
}

impl Running {
    /// When the next part of its report is overdue.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.report.as_ref()?.deadline
    }
}

/// A call that is under way.
#[derive(Debug)]
pub(super) struct CallUse {
    call: CallId,
    pub(super) action: &'static str,
    pub(super) payload: String,
    pub(super) running: Option<u64>,
    /// What waits until the limits of the station are known.
    pub(super) then: Option<Operation>,
}

impl RemoteStation {
    pub(super) fn command(&mut self, id: u64, command: Command) {
        let mut close = None;
        let outcome = match command {
            Command::Put => {
                self.change(|state| state.put = true);
                Ok(Outcome::Done)
            }
            Command::Disconnect => match self.link {
                Some(_) => {
                    close = Some(CloseReason::Operator);
                    Ok(Outcome::Done)
                }
                None => Err(CommandError::NotConnected),
            },
            Command::Decide { boot, interval } => {
                self.change(|state| {
                    state.put = true;
                    state.boot = boot;
                    state.interval = interval;
                });
                Ok(Outcome::Done)
            }
            Command::Provision { serial_number } => {
                self.change(|state| {
                    state.put = true;
                    state.serial_number = serial_number;
                });
                Ok(Outcome::Done)
            }
            Command::LowestProfile(profile) => {
                self.change(|state| {
                    state.put = true;
                    state.lowest_profile = Some(profile);
                });
                let link = self.link.as_ref();
                let is_lower = link.is_some_and(|link| link.profile < profile);
                close = is_lower.then_some(CloseReason::LowerProfile);
                Ok(Outcome::Done)
            }
            Command::Password(password) => self.put_password(password.as_deref(), &mut close),
            Command::CloseTransaction(reference) => {
                match self.ledger.close(reference, self.utc, EndedBy::Operator) {
                    true => Ok(Outcome::Done),
                    false => Err(CommandError::NoSuchTransaction),
                }
            }
            Command::Erase {
                id_tokens,
                pseudonym,
            } => {
                self.erase(&id_tokens, &pseudonym);
                Ok(Outcome::Done)
            }
            Command::Call { action, payload } => match self.raw(id, &action, &payload) {
                Ok(()) => return,
                Err(error) => Err(error),
            },
            Command::Operation(operation) => match self.operate(id, operation) {
                Ok(()) => return,
                Err(error) => Err(error),
            },
        };
        let close = close.map(Effect::Close);
        let effects = core::iter::once(Effect::Ended(id, outcome)).chain(close);
        self.finish(effects.collect());
    }

    fn put_password(
        &mut self,
        password: Option<&str>,
        close: &mut Option<CloseReason>,
    ) -> Result<Outcome, CommandError> {
        if let Some(password) = password {
            // The version that it will come with is not known.
            check_password(password, Version::V2_1)?;
            let shown = self.state.passwords.shown(password.as_bytes());
            let is_new = shown != Some(Shown::Current);
            *close = (is_new && self.link.is_some()).then_some(CloseReason::NewPassword);
        }
        let salt = self.salt();
        self.change(|state| {
            state.put = true;
            state.passwords.put(password, salt);
        });
        Ok(Outcome::Done)
    }

    /// Whether the station may be called now.
    fn may_call(&self) -> Result<Version, CommandError> {
        let version = self.version().ok_or(CommandError::NotConnected)?;
        // B03.FR.03.
        if self.state.registration == Some(Registration::Rejected) {
            return Err(CommandError::Rejected);
        }
        if self.running.len() >= self.config.max_commands {
            return Err(CommandError::TooMany);
        }
        Ok(version)
    }

    /// Whether transactions may be started and stopped now, if that is what is wanted.
    fn may_start(&self, is_wanted: bool) -> Result<(), CommandError> {
        match self.state.registration {
            Some(Registration::Pending) if is_wanted => Err(CommandError::Pending),
            _ => Ok(()),
        }
    }

    fn raw(&mut self, id: u64, action: &str, payload: &str) -> Result<(), CommandError> {
        let version = self.may_call()?;
        let info = find_action(version, action)
            .filter(|info| info.sender != Sender::ChargingStation && info.has_response)
            .ok_or(CommandError::NotInThisVersion)?;
        let payload = exact(version, info.name, payload)?;
        rules::check_request(info.name, &payload)?;
        self.may_start(is_start(info.name) || is_stop(info.name))?;
        self.note_password(info.name, &payload)?;
        self.note_raw_start(info.name, &payload);
        let running = Running {
            id,
            kind: Kind::Raw,
            calls: VecDeque::new(),
            results: Vec::new(),
            list: None,
            before: None,
            names: Vec::new(),
            chosen: None,
            report: None,
        };
        self.running.push(running);
        self.finish(Vec::from([Effect::Call {
            action: info.name,
            payload,
            running: Some(id),
        }]));
        Ok(())
    }

    fn operate(&mut self, id: u64, operation: Operation) -> Result<(), CommandError> {
        let version = self.may_call()?;
        let starts = matches!(operation, Operation::Start { .. } | Operation::Stop(_));
        self.may_start(starts)?;
        rules::check(version, &operation)?;
        // B05.FR.11, B06.FR.05 and others: first the limit of the station, if it is not known.
        let limited = match version {
            Version::V1_6 => limited_1_6(&operation),
            _ => limited(&operation),
        };
        if let Some(action) = limited
            && !self.state.items.contains_key(action)
        {
            return self.ask_limit(version, id, action, operation);
        }
        self.start(id, &operation)
    }

    fn ask_limit(
        &mut self,
        version: Version,
        id: u64,
        action: &'static str,
        operation: Operation,
    ) -> Result<(), CommandError> {
        let (question, asked, default) = match version {
            Version::V1_6 => {
                let keys = [limit_key(action)];
                ("GetConfiguration", json!({ "key": keys }), ITEMS_OF_1_6)
            }
            _ => {
                let asked = plan::read_variable(&limit_variable(action));
                ("GetVariables", asked, self.config.items_per_message)
            }
        };
        let payload = exact(version, question, &asked.to_string())?;
        self.running.push(Running {
            id,
            kind: Kind::Limits,
            calls: VecDeque::new(),
            results: Vec::new(),
            list: None,
            before: None,
            names: Vec::new(),
            chosen: None,
            report: None,
        });
        // The station may not know it either: then one item at a time, but in 1.6.
        let default = i64::try_from(default).unwrap_or(i64::MAX);
        self.change(|state| {
            state.items.insert(action.into(), default);
        });
        self.send_then(question, payload, Some(id), Some(operation));
        Ok(())
    }

    /// Starts an operation whose limits are known.
    fn start(&mut self, id: u64, operation: &Operation) -> Result<(), CommandError> {
        let version = self.may_call()?;
        let chosen = self.next_id();
        let items = |action: &str| {
            let told = self.state.items.get(action).copied();
            let told = told.and_then(|told| usize::try_from(told).ok());
            let default = match version {
                Version::V1_6 => ITEMS_OF_1_6,
                _ => self.config.items_per_message,
            };
            told.unwrap_or(default).max(1)
        };
        let bytes = |action: &str| {
            let told = self.state.bytes.get(action).copied();
            let told = told.and_then(|told| usize::try_from(told).ok());
            told.unwrap_or(usize::MAX)
        };
        let at = Circumstances {
            version,
            ledger: &self.ledger,
            now: self.utc,
            items: &items,
            bytes: &bytes,
        };
        let Plan {
            mut calls,
            id: number,
            report,
        } = plan::plan(operation, chosen, &at)?;
        let profiles = calls
            .iter()
            .filter(|(action, _)| *action == "SetChargingProfile");
        let mut in_the_way = Vec::new();
        for (_, payload) in profiles {
            in_the_way.extend(self.admit_profile(version, payload)?);
        }
        for offer in in_the_way {
            calls.push_front(self.withdraw_offer(offer));
        }
        let kind = match operation {
            Operation::SetVariables(_) | Operation::GetVariables(_) => Kind::Variables,
            Operation::TransactionStatus(reference) => Kind::TransactionStatus(*reference),
            Operation::ListCertificates(_) if calls.len() > 1 => Kind::Certificates,
            Operation::Inventory(_) if report.is_none() => Kind::Report,
            _ => Kind::Other,
        };
        if let Operation::Start { id_token, evse, .. } = operation {
            self.note_start(chosen, id_token.clone(), *evse);
        }
        let names = match operation {
            Operation::SetVariables(variables) => {
                variables.iter().map(|(name, _)| name.clone()).collect()
            }
            Operation::GetVariables(names) => names.clone(),
            _ => Vec::new(),
        };
        let Some((action, payload)) = calls.pop_front() else {
            // An empty list.
            let outcome = Ok(Outcome::Variables(Vec::new()));
            self.finish(Vec::from([Effect::Ended(id, outcome)]));
            return Ok(());
        };
        let payload = exact(version, action, &payload.to_string())?;
        // A new password holds before the station hears of it.
        self.note_password(action, &payload)?;
        self.running.push(Running {
            id,
            kind,
            calls,
            results: Vec::new(),
            list: None,
            before: None,
            names,
            chosen: number,
            report: report.map(|action| Collecting {
                action,
                parts: Vec::new(),
                bytes: 0,
                deadline: None,
            }),
        });
        self.finish(Vec::from([Effect::Call {
            action,
            payload,
            running: Some(id),
        }]));
        Ok(())
    }

    pub(super) fn send(&mut self, action: &'static str, payload: String, running: Option<u64>) {
        self.send_then(action, payload, running, None);
    }

    fn send_then(
        &mut self,
        action: &'static str,
        payload: String,
        running: Option<u64>,
        then: Option<Operation>,
    ) {
        let called = match &mut self.session {
            Some(session) => session
                .call(self.now, action, payload.clone(), CallOptions::new())
                .map_err(|not_queued| match not_queued.reason {
                    NotQueuedReason::QueueFull => CommandError::TooMany,
                    _ => CommandError::NotConnected,
                }),
            None => Err(CommandError::NotConnected),
        };
        match called {
            Ok(call) => self.calls.push(CallUse {
                call,
                action,
                payload,
                running,
                then,
            }),
            Err(error) => {
                self.forget_password(action, &payload);
                self.fail(running, error);
            }
        }
    }

    /// Gives a command up; `Some` if there was one.
    pub(super) fn stop_running(&mut self, id: u64) -> Option<u64> {
        let at = self.running.iter().position(|running| running.id == id)?;
        Some(self.running.swap_remove(at).id)
    }

    pub(super) fn take_call(&mut self, call: CallId) -> Option<CallUse> {
        let at = self
            .calls
            .iter()
            .position(|under_way| under_way.call == call)?;
        Some(self.calls.swap_remove(at))
    }

    /// A call has come to nothing.
    pub(super) fn call_failed(&mut self, ended: CallEnded) {
        let Some(under_way) = self.take_call(ended.call) else {
            return;
        };
        let failure = match ended.result {
            Err(failure) => failure,
            // Responses come another way.
            Ok(_) => return,
        };
        self.learn_failure(under_way.action, &under_way.payload, &failure);
        let refused = matches!(failure, CallFailure::Refused(_));
        if let Some(operation) = under_way.then.filter(|_| refused)
            && let Some(id) = under_way.running.and_then(|id| self.stop_running(id))
        {
            // It does not tell its limit.
            return self.start_or_end(id, &operation);
        }
        self.fail(under_way.running, CommandError::Call(failure));
    }

    fn start_or_end(&mut self, id: u64, operation: &Operation) {
        if let Err(error) = self.start(id, operation) {
            self.finish(Vec::from([Effect::Ended(id, Err(error))]));
        }
    }

    /// Ends a command that came to nothing, or not to its end.
    pub(super) fn fail(&mut self, running: Option<u64>, error: CommandError) {
        let mut all = self.running.iter();
        let at = running.and_then(|id| all.position(|running| running.id == id));
        let ended = at.map(|at| {
            let running = self.running.swap_remove(at);
            Effect::Ended(running.id, running.broken_off(error))
        });
        self.finish(ended.into_iter().collect());
    }
}
