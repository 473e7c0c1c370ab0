//! The scripted CSMS.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::Version;
use serde_json::{Value, json};

use super::Bench;
use crate::station::Input;

/// How the CSMS answers a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// With this response.
    Respond(Value),
    /// With this response, so many seconds later: [`Bench::run`] brings it.
    Late(u64, Value),
    /// With this error code.
    Refuse(&'static str),
    /// Not at all.
    Silence,
}

/// A call that the station made.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Seconds since the bench was made.
    pub at: f64,
    /// The version that was spoken.
    pub version: Version,
    /// The action.
    pub action: String,
    /// The payload.
    pub payload: Value,
}

/// How the station answered a call of the CSMS: the response, or the code of the error.
pub type Answered = Result<Value, String>;

impl Bench {
    /// What the station called since the last time, heartbeats and (in 1.6) the security events of every start left out.
    pub fn calls(&mut self) -> Vec<Call> {
        let mut calls = core::mem::take(&mut self.calls);
        let v1_6 = self.station.version() == Version::V1_6;
        let starts = [json!("StartupOfTheDevice"), json!("ResetOrReboot")];
        calls.retain(|call| {
            let start = call
                .payload
                .get("type")
                .is_some_and(|kind| starts.contains(kind));
            call.action != "Heartbeat" && !(v1_6 && start)
        });
        calls
    }

    /// What the station called since the last time, everything included.
    pub fn all_calls(&mut self) -> Vec<Call> {
        core::mem::take(&mut self.calls)
    }

    /// The actions that the station called since the last time, each `StatusNotification` with connector and status
    /// (`Status 1 Charging`, `Status 1.1 Occupied`), each `TransactionEvent` with its type, trigger and charging state
    /// (`Updated CablePluggedIn EVConnected`).
    pub fn story(&mut self) -> Vec<String> {
        self.calls().iter().map(tell).collect()
    }

    /// The CSMS calls; the answer, if it came at once.
    #[allow(clippy::needless_pass_by_value)] // Reads better in tests.
    pub fn call(&mut self, action: &str, payload: Value) -> Option<Answered> {
        let id = alloc::format!("csms-{}", self.next_id);
        self.next_id += 1;
        let text = json!([2, id, action, payload]).to_string();
        if !self.half_open {
            self.input(Input::Received(text));
        }
        self.answers.remove(&id)
    }

    /// An answer of the station that did not come at once.
    pub fn late_answer(&mut self) -> Option<Answered> {
        Some(self.answers.pop_first()?.1)
    }

    pub(super) fn transmitted(&mut self, text: &str) {
        if self.half_open {
            return;
        }
        let Ok(Value::Array(frame)) = serde_json::from_str::<Value>(text) else {
            return;
        };
        let id = frame.get(1).cloned().unwrap_or_default();
        let third = frame.get(2).cloned().unwrap_or_default();
        match frame.first().and_then(Value::as_i64) {
            Some(2) => {
                let payload = frame.get(3).cloned().unwrap_or_default();
                let action = third.as_str().unwrap_or_default().to_string();
                #[allow(clippy::cast_precision_loss)]
                let at = self.now as f64 / 1000.0;
                let mut answer = (self.script)(&action, &payload);
                if let Answer::Respond(Value::Object(response))
                | Answer::Late(_, Value::Object(response)) = &mut answer
                    && response.get("currentTime") == Some(&json!("now"))
                {
                    response.insert("currentTime".into(), json!(self.utc().to_string()));
                }
                self.calls.push(Call {
                    at,
                    version: self.station.version(),
                    action,
                    payload,
                });
                let text = match answer {
                    Answer::Respond(response) => json!([3, id, response]),
                    Answer::Refuse(code) => json!([4, id, code, "", {}]),
                    Answer::Late(seconds, response) => {
                        let at = self.now + seconds * 1000;
                        let text = json!([3, id, response]).to_string();
                        return self.later.push((at, Input::Received(text)));
                    }
                    Answer::Silence => return,
                };
                self.pending.push(Input::Received(text.to_string()));
            }
            Some(3) => self.answered(&id, Ok(third)),
            Some(4) => self.answered(&id, Err(third.as_str().unwrap_or_default().to_string())),
            _ => {}
        }
    }

    fn answered(&mut self, id: &Value, answer: Answered) {
        let id = id.as_str().unwrap_or_default();
        self.answers.insert(id.to_string(), answer);
    }
}

fn tell(call: &Call) -> String {
    let member = |name: &str| match call.payload.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    match call.action.as_str() {
        "StatusNotification" if call.payload.get("connectorStatus").is_some() => {
            let (evse, connector) = (member("evseId"), member("connectorId"));
            alloc::format!("Status {evse}.{connector} {}", member("connectorStatus"))
        }
        "TransactionEvent" => {
            let info = call.payload.get("transactionInfo");
            let state = info.and_then(|info| info.get("chargingState"));
            let state = state.and_then(Value::as_str).unwrap_or_default();
            let (event, trigger) = (member("eventType"), member("triggerReason"));
            alloc::format!("{event} {trigger} {state}")
        }
        "StatusNotification" => {
            alloc::format!("Status {} {}", member("connectorId"), member("status"))
        }
        "StopTransaction" => alloc::format!("StopTransaction {}", member("reason")),
        action => action.to_string(),
    }
}

/// A CSMS that speaks both versions and accepts everything.
pub fn friendly() -> impl FnMut(&str, &Value) -> Answer {
    let (mut v1_6, mut v2_0_1) = (friendly_v1_6(), friendly_v2_0_1());
    move |action, payload| match action {
        "TransactionEvent" => v2_0_1(action, payload),
        "Authorize" if payload.get("idToken").is_some() => v2_0_1(action, payload),
        _ => v1_6(action, payload),
    }
}

/// A 1.6 CSMS that accepts everything: transactions get the ids 1001, 1002 …
pub fn friendly_v1_6() -> impl FnMut(&str, &Value) -> Answer {
    let mut transaction = 1000;
    move |action, _| {
        Answer::Respond(match action {
            "BootNotification" => {
                json!({"status": "Accepted", "currentTime": "now", "interval": 300})
            }
            "Heartbeat" => json!({"currentTime": "now"}),
            "Authorize" => json!({"idTagInfo": {"status": "Accepted"}}),
            "StartTransaction" => {
                transaction += 1;
                json!({"transactionId": transaction, "idTagInfo": {"status": "Accepted"}})
            }
            _ => json!({}),
        })
    }
}

/// A 2.0.1 CSMS that accepts everything.
pub fn friendly_v2_0_1() -> impl FnMut(&str, &Value) -> Answer {
    move |action, payload| {
        Answer::Respond(match action {
            "BootNotification" => {
                json!({"status": "Accepted", "currentTime": "now", "interval": 300})
            }
            "Heartbeat" => json!({"currentTime": "now"}),
            "Authorize" => json!({"idTokenInfo": {"status": "Accepted"}}),
            "TransactionEvent" if payload.get("idToken").is_some() => {
                json!({"idTokenInfo": {"status": "Accepted"}})
            }
            _ => json!({}),
        })
    }
}
