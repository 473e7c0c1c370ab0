//! Calls of the lab.

use std::time::Duration;

use serde_json::{Value, json};

use super::measured::Measurement;
use super::witness::Heard;
use super::{Answer, Call, Lab, Of};
use crate::case::Side;
use crate::unmet::Failed;

/// How long an answer that was on its way when the connection changed may still take.
const AFTER_CHANGE: Duration = Duration::from_secs(2);

impl Lab<'_> {
    /// Calls the other side and checks its answer. Requests that come before the answer are for the next step.
    ///
    /// # Errors
    /// The first check that is not met.
    #[allow(clippy::needless_pass_by_value)] // Made for this one step.
    pub fn call(&mut self, call: Call) -> Result<Answer, Failed> {
        self.steps += 1;
        if self.tested == Side::Station {
            if call.action == "InstallCertificate" {
                self.note_root(&call)?;
            }
            self.note_profile(&call);
            if call.action == "Reset" {
                self.restarted_on = Some(self.link);
            }
        }
        self.telling.told(self.parameters.connector, &call);
        let sent = self.bench.now();
        let nth = self.witnesses.next_call(call.action);
        if self.tested == Side::Csms {
            self.heard.push(Heard {
                of: Of::Answer(call.action, nth),
                payload: call.payload.clone(),
            });
        }
        let remote = self.dialect.remote(call.action, &call.payload);
        self.pending.called(remote.clone(), sent);
        let answer = self.answered(&call)?;
        self.measure(Measurement::Response, sent, answer.at);
        let status = answer.payload.get("status");
        if status.is_none_or(|status| status != "Accepted") {
            self.pending.refused(remote);
        }
        if let Some(code) = &answer.error {
            let fine = call.errors.is_some_and(|codes| {
                codes.is_empty() || codes.iter().any(|allowed| allowed == code)
            });
            if !fine {
                let expected = format!("{}.conf", call.action);
                return self.fail(call.label, expected, format!("it was the error {code}"));
            }
        } else {
            let what = format!("{}.conf", call.action);
            self.witnesses.answer(&call, &answer.payload, nth);
            call.rules
                .check(&call.label, &what, &answer.payload, &self.last)?;
        }
        self.note_answer(call.action, &answer.payload);
        self.last = format!("{}.conf", call.action);
        Ok(answer)
    }

    fn send_call(&mut self, action: &'static str, payload: &Value) -> Result<String, Failed> {
        let id = format!("lab-{}", self.order);
        if let Some(wrong) = self.dialect.wrong_request(action, payload) {
            let words = format!("the lab would have sent {action} wrongly: {wrong}");
            return Err(Failed::Bench(words));
        }
        let text = json!([2, id, action, payload]).to_string();
        self.calls.insert(id.clone(), action);
        self.transmit(&text)?;
        self.last = format!("{action}.req of the lab");
        Ok(id)
    }

    /// Sends the call, once more if the connection was another one before it was answered and the call asks for that.
    fn answered(&mut self, call: &Call) -> Result<Answer, Failed> {
        let mut ids = vec![self.send_call(call.action, &call.payload)?];
        let mut link = self.link;
        let deadline = self.deadline(Some(self.parameters.response_timeout));
        loop {
            if let Some(answer) = ids.iter().find_map(|id| self.answers.remove(id)) {
                return Ok(answer);
            }
            let changed = call.on_any_link && self.link != link;
            let until = match changed {
                true => self.deadline(Some(AFTER_CHANGE)).min(deadline),
                false => deadline,
            };
            let mut kept = std::mem::take(&mut self.inbox);
            let came = self.pump_keeping(&mut kept, until);
            kept.append(&mut self.inbox);
            self.inbox = kept;
            if came? {
                continue;
            }
            if changed {
                link = self.link;
                ids.push(self.send_call(call.action, &call.payload)?);
            } else {
                let expected = format!("{}.conf", call.action);
                return self.missing(
                    &call.label,
                    &expected,
                    Some(self.parameters.response_timeout),
                );
            }
        }
    }
}
