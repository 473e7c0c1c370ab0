//! The checks that a run has made, with what they were made on: from them follows how a station would have to misbehave
//! for each of them to fail.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::expect::Rules;
use super::{Call, Expected, Message};

/// What a check was made on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    /// The nth request of an action since the case began.
    Request(String, usize),
    /// The answer to the nth call of an action.
    Answer(&'static str, usize),
    /// The error with which the nth call of an action had to be answered.
    Error(&'static str, usize),
    /// What the operator was told when a step asked for the nth time.
    Outcome(usize),
    /// What became of the nth attempt of the lab's station to connect.
    Dial(usize),
    /// What the server has shown when the lab's station began to agree on TLS for the nth time.
    Hello(usize),
}

/// What the lab has said to a CSMS: the payload of its answer to a request, or of its call.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) of: Of,
    pub(crate) payload: Value,
}

/// Checks of a message that all held.
#[derive(Debug, Clone)]
pub struct Witness {
    /// The name of the step, which is that of the check that the message comes.
    pub label: String,
    /// The message.
    pub of: Of,
    /// What it said.
    pub payload: Value,
    /// What it had to say.
    pub(crate) rules: Rules,
    /// What made it the expected one.
    pub(crate) selectors: Vec<(&'static str, Value)>,
    /// Whether the case would have gone on without it.
    pub optional: bool,
    /// How long it might have taken, if the step said so.
    pub within: Option<Duration>,
    /// The step that would have seen a second copy of it.
    pub next: Option<String>,
    /// The check of the moment at which it came, and by how many seconds it may have been off.
    pub timed: Option<(String, f64)>,
    /// The check that it did not come too early.
    pub not_before: Option<String>,
    /// Whether an error would have been as good an answer.
    pub errors_too: bool,
    /// The CSMS has not accepted it, so that it may come again.
    pub withheld: bool,
    /// The rules make one check together: at least one message must follow them, and only this one did.
    pub one_of_many: bool,
    /// What the CSMS knew when it told the operator so.
    pub(crate) heard: Vec<Heard>,
}

/// The witnesses of a run, and how many messages there were.
#[derive(Debug, Default)]
pub(super) struct Witnesses {
    all: Vec<Witness>,
    requests: BTreeMap<String, usize>,
    calls: BTreeMap<&'static str, usize>,
    told: usize,
    dials: usize,
    hellos: usize,
}

impl Witnesses {
    /// The case itself begins: everything is counted from here.
    pub(super) fn begin(&mut self) {
        *self = Self::default();
    }

    pub(super) fn take(&mut self) -> Vec<Witness> {
        std::mem::take(&mut self.all)
    }

    /// The number of a request that has come.
    pub(super) fn next(&mut self, action: &str) -> usize {
        let count = self.requests.entry(action.to_owned()).or_default();
        *count += 1;
        *count - 1
    }

    /// The number of a call that is sent.
    pub(super) fn next_call(&mut self, action: &'static str) -> usize {
        let count = self.calls.entry(action).or_default();
        *count += 1;
        *count - 1
    }

    /// The number of the time that a step asks what the operator was told.
    pub(super) const fn next_told(&mut self) -> usize {
        self.told += 1;
        self.told - 1
    }

    /// The number of an attempt to connect.
    pub(super) const fn next_dial(&mut self) -> usize {
        self.dials += 1;
        self.dials - 1
    }

    /// The server has shown this.
    pub(super) fn shown(&mut self, wanted: &Expected, value: &Value) {
        self.told(wanted, value, 0, &[]);
        if let Some(last) = self.all.last_mut() {
            last.of = Of::Hello(self.hellos);
        }
        self.hellos += 1;
    }

    /// An attempt to connect was taken, or refused, as it had to be.
    pub(super) fn dialled(&mut self, label: &str, nth: usize) {
        let expected = Expected::new(label, "");
        self.told(&expected, &Value::Null, 0, &[]);
        if let Some(last) = self.all.last_mut() {
            last.of = Of::Dial(nth);
        }
    }

    /// The operator was told this.
    pub(super) fn told(&mut self, wanted: &Expected, value: &Value, nth: usize, heard: &[Heard]) {
        self.all.push(Witness {
            label: wanted.label.clone(),
            of: Of::Outcome(nth),
            payload: value.clone(),
            rules: wanted.rules.clone(),
            selectors: Vec::new(),
            optional: false,
            within: None,
            next: None,
            timed: None,
            not_before: None,
            errors_too: false,
            withheld: false,
            one_of_many: false,
            heard: heard.to_vec(),
        });
    }

    /// A step waits for messages.
    pub(super) fn looks(&mut self, label: &str) {
        if let Some(last) = self.all.iter_mut().rev().find(|last| last.is_request())
            && last.next.is_none()
        {
            last.next = Some(label.to_owned());
        }
    }

    pub(super) fn request(&mut self, expected: &Expected, message: &Message) {
        self.all.push(Witness {
            label: expected.label.clone(),
            of: Of::Request(message.action.clone(), message.nth),
            payload: message.payload.clone(),
            rules: expected.rules.clone(),
            selectors: expected.selectors.clone(),
            optional: expected.optional,
            within: expected.within,
            next: None,
            timed: None,
            not_before: None,
            errors_too: false,
            withheld: false,
            one_of_many: false,
            heard: Vec::new(),
        });
    }

    pub(super) fn answer(&mut self, call: &Call, payload: &Value, nth: usize) {
        self.all.push(Witness {
            label: call.label.clone(),
            of: Of::Answer(call.action, nth),
            payload: payload.clone(),
            rules: call.rules.clone(),
            selectors: Vec::new(),
            optional: false,
            within: None,
            next: None,
            timed: None,
            not_before: None,
            errors_too: call.errors.is_some(),
            withheld: false,
            one_of_many: false,
            heard: Vec::new(),
        });
    }

    /// The last call of an action had to be refused.
    pub(super) fn refused(&mut self, label: &str, action: &'static str) {
        let nth = self.calls.get(action).map_or(0, |count| count - 1);
        self.all.push(Witness {
            label: label.to_owned(),
            of: Of::Error(action, nth),
            payload: Value::Null,
            rules: Rules::default(),
            selectors: Vec::new(),
            optional: false,
            within: None,
            next: None,
            timed: None,
            not_before: None,
            errors_too: false,
            withheld: false,
            one_of_many: false,
            heard: Vec::new(),
        });
    }

    /// Of many messages only this one was as at least one must be.
    pub(super) fn only_one(&mut self, expected: &Expected, message: &Message) {
        self.request(expected, message);
        if let Some(last) = self.all.last_mut() {
            last.one_of_many = true;
            last.optional = true;
        }
    }

    /// The CSMS does not accept a request.
    pub(super) fn withheld(&mut self, message: &Message) {
        let of = Of::Request(message.action.clone(), message.nth);
        for witness in self.all.iter_mut().filter(|witness| witness.of == of) {
            witness.withheld = true;
        }
    }

    /// The moment of the last request was checked, too.
    pub(super) fn timed(&mut self, label: &str, deviation: f64) {
        if let Some(last) = self.all.iter_mut().rev().find(|last| last.is_request()) {
            last.timed = Some((label.to_owned(), deviation));
        }
    }

    /// That the last request came no earlier than it may was checked, too.
    pub(super) fn not_before(&mut self, label: &str) {
        if let Some(last) = self.all.iter_mut().rev().find(|last| last.is_request()) {
            last.not_before = Some(label.to_owned());
        }
    }
}

impl Witness {
    const fn is_request(&self) -> bool {
        matches!(self.of, Of::Request(..))
    }
}
