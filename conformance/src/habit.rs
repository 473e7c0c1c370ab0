//! Habits: what the specifications leave to a station, and the station of this library does otherwise. The counterpart of
//! [mutations](crate::mutation): a case that fails with one of them asks for more than its description.

use std::collections::{BTreeSet, VecDeque};

use serde_json::{Value, json};

/// A legal way to do things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// It answers no call while a request of its own waits for its answer: OCPP-J (4.1.1) asks for the opposite of nobody.
    WaitsForAnswers,
    /// It takes a second for everything that it says, which is within all limits.
    Slow,
    /// It says of every key or variable that it takes effect with the next restart.
    RebootRequired,
    /// It closes the connection when it is rejected, and makes no other before the interval is over (1.6 section 4.2, 2.x
    /// B03.FR.04).
    ClosesWhenRejected,
}

impl Habit {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::WaitsForAnswers,
        Self::Slow,
        Self::RebootRequired,
        Self::ClosesWhenRejected,
    ];
}

/// How long a slow station takes, in seconds.
const SLOWNESS: u32 = 1;

/// A station's traffic with a habit.
#[derive(Debug)]
pub(crate) struct Custom {
    habit: Habit,
    /// The requests of the station that are not answered.
    open: BTreeSet<String>,
    /// Answers that wait.
    held: VecDeque<String>,
    /// The calls that set keys or variables.
    setting: BTreeSet<String>,
    /// The requests to be registered that are not answered.
    registering: BTreeSet<String>,
    /// For how many seconds it stays away, from now on.
    leaves: Option<u64>,
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

impl Custom {
    pub(crate) fn new(habit: Habit) -> Self {
        Self {
            habit,
            open: BTreeSet::new(),
            held: VecDeque::new(),
            setting: BTreeSet::new(),
            registering: BTreeSet::new(),
            leaves: None,
        }
    }

    /// The connection ends. The answers that have waited are told before: a station does not go without them.
    pub(crate) fn ends(&mut self) -> Vec<String> {
        let ended = std::mem::replace(self, Self::new(self.habit));
        ended.held.into()
    }

    /// Whether it closes the connection now, and for how many seconds it makes no other.
    pub(crate) const fn leaves(&mut self) -> Option<u64> {
        self.leaves.take()
    }

    /// How many seconds later the lab gets what the station says.
    pub(crate) const fn seconds(&self) -> u32 {
        match self.habit {
            Habit::Slow => SLOWNESS,
            _ => 0,
        }
    }

    /// What the lab gets of a message of the station.
    pub(crate) fn outbound(&mut self, text: String) -> Option<String> {
        let mut frame = parsed(&text);
        let id = frame[1].as_str().unwrap_or_default().to_owned();
        let is_call = frame[0] == 2;
        match self.habit {
            Habit::ClosesWhenRejected if is_call && frame[2] == "BootNotification" => {
                self.registering.insert(id);
            }
            Habit::WaitsForAnswers if is_call => {
                self.open.insert(id);
            }
            Habit::WaitsForAnswers if !self.open.is_empty() => {
                self.held.push_back(text);
                return None;
            }
            Habit::RebootRequired if !is_call && self.setting.remove(&id) => {
                let payload = &mut frame[2];
                put_off(&mut payload["status"]);
                let results = payload["setVariableResult"].as_array_mut();
                for result in results.into_iter().flatten() {
                    put_off(&mut result["attributeStatus"]);
                }
                if let Some(members) = payload.as_object_mut() {
                    members.retain(|_, value| !value.is_null());
                }
                return Some(frame.to_string());
            }
            _ => {}
        }
        Some(text)
    }

    /// A message of the lab reaches the station. The answers that have waited for it.
    pub(crate) fn inbound(&mut self, text: &str) -> Vec<String> {
        let frame = parsed(text);
        let id = frame[1].as_str().unwrap_or_default();
        if frame[0] == 2 {
            if frame[2] == "ChangeConfiguration" || frame[2] == "SetVariables" {
                self.setting.insert(id.to_owned());
            }
            return Vec::new();
        }
        let rejected = self.registering.remove(id) && frame[2]["status"] == "Rejected";
        if rejected {
            self.leaves = Some(frame[2]["interval"].as_u64().unwrap_or_default());
        }
        self.open.remove(id);
        match self.open.is_empty() {
            true => self.held.drain(..).collect(),
            false => Vec::new(),
        }
    }
}

fn put_off(status: &mut Value) {
    if status == "Accepted" {
        *status = json!("RebootRequired");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn answers_wait_for_the_answer_to_the_own_request() {
        let mut custom = Custom::new(Habit::WaitsForAnswers);
        let (answer, request) = (r#"[3,"lab",{}]"#, r#"[2,"1","Heartbeat",{}]"#);
        assert!(custom.outbound(answer.to_owned()).is_some());
        assert!(custom.outbound(request.to_owned()).is_some());
        assert_eq!(custom.outbound(answer.to_owned()), None);
        assert_eq!(custom.inbound(r#"[3,"1",{}]"#), [answer]);
        custom.outbound(request.to_owned());
        custom.outbound(answer.to_owned());
        assert_eq!(custom.ends(), [answer]);
    }

    #[test]
    fn who_is_rejected_leaves_for_the_interval() {
        let mut custom = Custom::new(Habit::ClosesWhenRejected);
        custom.outbound(r#"[2,"1","BootNotification",{}]"#.to_owned());
        custom.inbound(r#"[3,"0",{"status":"Rejected"}]"#);
        assert_eq!(custom.leaves(), None);
        custom.inbound(r#"[3,"1",{"status":"Rejected","interval":30}]"#);
        assert_eq!(custom.leaves(), Some(30));
        assert_eq!(custom.leaves(), None);
        custom.outbound(r#"[2,"2","BootNotification",{}]"#.to_owned());
        custom.inbound(r#"[3,"2",{"status":"Pending","interval":30}]"#);
        assert_eq!(custom.leaves(), None);
    }

    #[test]
    fn what_was_set_takes_a_restart() {
        let mut custom = Custom::new(Habit::RebootRequired);
        custom.inbound(r#"[2,"1","ChangeConfiguration",{"key":"A","value":"1"}]"#);
        let answer = custom.outbound(r#"[3,"1",{"status":"Accepted"}]"#.to_owned());
        assert_eq!(answer.unwrap(), r#"[3,"1",{"status":"RebootRequired"}]"#);
        custom.inbound(r#"[2,"2","SetVariables",{}]"#);
        let answer = r#"[3,"2",{"setVariableResult":[{"attributeStatus":"Accepted"},{"attributeStatus":"Rejected"}]}]"#;
        let answer = custom.outbound(answer.to_owned()).unwrap();
        let wanted = r#"[3,"2",{"setVariableResult":[{"attributeStatus":"RebootRequired"},{"attributeStatus":"Rejected"}]}]"#;
        assert_eq!(answer, wanted);
    }
}
