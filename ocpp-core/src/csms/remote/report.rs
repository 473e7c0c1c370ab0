//! Reports that come in parts.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use serde_json::Value;

use super::command::Running;
use super::operation::Outcome;
use super::vocabulary::CommandError;
use super::{Effect, Output, RemoteStation};
use crate::session::CallFailure;

impl RemoteStation {
    /// A part of a report.
    pub(super) fn collect(&mut self, action: &'static str, payload: &str) {
        let part: Value = serde_json::from_str(payload).unwrap_or_default();
        let (now, timeout) = (self.now, self.config.report_timeout);
        let limit = self.config.max_report_parts;
        let bytes = self.config.max_report_bytes;
        let of = |running: &&mut Running| {
            let report = running.report.as_ref();
            let wanted = report.is_some_and(|report| report.action == action);
            wanted && running.chosen == part["requestId"].as_i64()
        };
        let Some(running) = self.running.iter_mut().find(of) else {
            return;
        };
        let id = running.id;
        let Some(report) = &mut running.report else {
            return;
        };
        report.deadline = Some(now + timeout);
        let size = report.bytes.saturating_add(payload.len());
        let room = report.parts.len() < limit && size <= bytes;
        if room {
            report.bytes = size;
            report.parts.push(payload.into());
        }
        let more = part["tbc"].as_bool().unwrap_or(false);
        if !more || !room {
            let mut parts = mem::take(&mut report.parts);
            // They may have overtaken each other.
            parts.sort_by_key(|part| {
                let part: Value = serde_json::from_str(part).unwrap_or_default();
                part["seqNo"].as_i64().unwrap_or(0)
            });
            let missing = missing(&parts);
            let outcome = match room {
                true if missing.is_empty() => Ok(Outcome::Report(parts)),
                true => Err(CommandError::MissingParts(missing)),
                false => Err(CommandError::Incomplete),
            };
            self.stop_running(id);
            self.outputs.push_back(Output::CommandEnded { id, outcome });
        }
    }

    /// Ends a command whose report does not come; `true` if there was one.
    pub(super) fn expire_reports(&mut self) -> bool {
        let now = self.now;
        let overdue = |running: &Running| running.deadline().is_some_and(|at| at <= now);
        let Some(at) = self.running.iter().position(overdue) else {
            return false;
        };
        let id = self.running.swap_remove(at).id;
        self.finish(Vec::from([Effect::Ended(
            id,
            Err(CommandError::Incomplete),
        )]));
        true
    }

    /// The connection is gone, and with it every command that is not over.
    pub(super) fn fail_running(&mut self) {
        for running in mem::take(&mut self.running) {
            let id = running.id;
            let outcome = running.broken_off(CommandError::Call(CallFailure::Disconnected));
            self.outputs.push_back(Output::CommandEnded { id, outcome });
        }
        self.calls.clear();
    }
}

/// The sequence numbers that are missing, of reports that have them: the first part is 0.
fn missing(parts: &[String]) -> Vec<i64> {
    let numbers = parts.iter().filter_map(|part| {
        let part: Value = serde_json::from_str(part).ok()?;
        part["seqNo"].as_i64()
    });
    let there: BTreeSet<i64> = numbers.collect();
    let last = there.last().copied().unwrap_or(-1);
    // A station may count as it likes; so many are enough to know.
    let all = (0..last).filter(|number| !there.contains(number));
    all.take(MAX_MISSING).collect()
}

/// Most parts that are named as missing.
const MAX_MISSING: usize = 20;
