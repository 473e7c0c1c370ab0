//! The test system: the CSMS that a case plays, and the hands of the person.

mod calls;
mod csms;
mod expect;
mod hands;
mod link;
mod measured;
mod parameters;
mod security;
mod states;
mod tidy;
mod time;
mod trace;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde_json::{Value, json};

use hands::Left;
use measured::Pending;

pub use csms::{Csms, IdTag};
pub use expect::{Call, Expected};
pub use measured::{Measured, Measurement};
pub use parameters::{FIRMWARE_FILE, NO_FIRMWARE_FILE, Parameters, UPLOADS};
pub use states::{REMOTE_KEY, list_of};
pub use trace::{Line, Who};

use crate::bench::{Bench, Connected, Event};
use crate::product::Product;
use crate::unmet::{Failed, Unmet};

/// A request that the station sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The action.
    pub action: String,
    /// The payload.
    pub payload: Value,
    /// When it came, in milliseconds of the bench.
    pub at: u64,
    /// Its place among all messages of the case.
    pub order: u64,
    /// What it was answered with; nothing before it was.
    pub answer: Value,
    id: String,
    /// Which connection it came over.
    link: u32,
}

/// What the station answered to a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The payload; `null` for an error.
    pub payload: Value,
    /// The error code.
    pub error: Option<String>,
    /// When it came, in milliseconds of the bench.
    pub at: u64,
    /// Its place among all messages of the case.
    pub order: u64,
}

/// The test system of one run of one case. See the [module documentation](self).
pub struct Lab<'a> {
    bench: &'a mut dyn Bench,
    /// The product under test.
    pub product: &'a Product,
    /// What the operator has configured.
    pub parameters: Parameters,
    /// What the CSMS knows.
    pub csms: Csms,
    /// Requests that no step has looked at yet.
    inbox: VecDeque<Message>,
    /// The answers that nobody has looked at yet, by the id of the call.
    answers: BTreeMap<String, Answer>,
    /// The actions of calls that are not answered yet.
    calls: BTreeMap<String, &'static str>,
    /// How the station connected since somebody looked.
    links: VecDeque<(u64, Event)>,
    /// Optional requests that may still come.
    allowed: Vec<Expected>,
    /// The number of the connection.
    link: u32,
    /// How the station connected last.
    connected: Connected,
    /// Whether there is a connection.
    online: bool,
    /// Whether the mains are off.
    mains_off: bool,
    /// What people and cars have done that is not undone yet.
    left: Left,
    /// Whether a token may have been taken for another connector than the one under test.
    elsewhere: bool,
    /// Remote starts and stops.
    pending: Pending,
    measured: Vec<Measured>,
    /// What identifies the roots that were installed for the case only.
    installed_roots: Vec<Value>,
    /// The configuration before the case.
    saved: Vec<(String, String)>,
    trace: Vec<Line>,
    /// When the test system came to be, in milliseconds of the bench.
    since: u64,
    /// The last message, in words.
    last: String,
    order: u64,
    steps: usize,
}

impl<'a> Lab<'a> {
    /// A test system on a bench.
    #[must_use]
    pub fn new(bench: &'a mut dyn Bench, product: &'a Product, parameters: Parameters) -> Self {
        let csms = Csms::new(&parameters);
        let since = bench.now();
        Self {
            bench,
            product,
            parameters,
            csms,
            inbox: VecDeque::new(),
            answers: BTreeMap::new(),
            calls: BTreeMap::new(),
            links: VecDeque::new(),
            allowed: Vec::new(),
            link: 0,
            connected: Connected::default(),
            online: false,
            mains_off: false,
            left: Left::default(),
            elsewhere: false,
            pending: Pending::default(),
            measured: Vec::new(),
            installed_roots: Vec::new(),
            saved: Vec::new(),
            trace: Vec::new(),
            since,
            last: "the beginning".to_owned(),
            order: 0,
            steps: 0,
        }
    }

    /// All that happened so far.
    #[must_use]
    pub fn trace(&self) -> &[Line] {
        &self.trace
    }

    /// How many steps have been made.
    #[must_use]
    pub const fn steps(&self) -> usize {
        self.steps
    }

    /// Milliseconds since the beginning.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.bench.now()
    }

    /// Seconds since the test system came to be.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        seconds(self.bench.now().saturating_sub(self.since))
    }

    /// Now, as OCPP writes it, and so many seconds from now.
    #[must_use]
    pub fn utc_in(&self, seconds: i64) -> String {
        let now = self.bench.utc();
        now.saturating_add_millis(seconds.saturating_mul(1000))
            .to_string()
    }

    /// When the station is to do at once what has a date: an instant that has passed on its clock too, which need not be the
    /// lab's.
    #[must_use]
    pub fn at_once(&self) -> String {
        self.utc_in(-86_400)
    }

    pub(crate) fn keeps_state(&self) -> bool {
        self.bench.keeps_state()
    }

    /// The station is on and about to register.
    pub(crate) fn begin(&mut self) -> Result<(), Failed> {
        let Some(connected) = self.bench.begin()? else {
            self.note(Who::Person, "the station is on");
            return Ok(());
        };
        self.online = true;
        self.connected = connected;
        let reset = Call::new("prepare.reset", "Reset", json!({"type": "Hard"}));
        self.call(reset.status("Accepted")).map(|_| ())
    }

    pub(crate) fn case_begins(&mut self) {
        self.trace.push(Line {
            at: self.bench.now(),
            who: Who::Person,
            text: "the case begins".to_owned(),
        });
        self.bench.case_begins();
    }

    /// Fails the check `label`.
    ///
    /// # Errors
    /// Always.
    pub fn fail<T>(
        &self,
        label: impl Into<String>,
        expected: impl Into<String>,
        got: impl Into<String>,
    ) -> Result<T, Failed> {
        Err(Failed::Check(Box::new(Unmet {
            check: label.into(),
            expected: expected.into(),
            got: got.into(),
            after: self.last.clone(),
        })))
    }

    /// Fails the check `label` unless a measured number of seconds is the expected one, within the configured deviation.
    ///
    /// # Errors
    /// If it is not.
    pub fn check_seconds(&self, label: &str, measured: f64, expected: f64) -> Result<(), Failed> {
        let deviation = self.parameters.deviation;
        if (measured - expected).abs() <= deviation {
            return Ok(());
        }
        let expected = format!("{expected} s, give or take {deviation} s");
        self.fail(label, expected, format!("it took {measured} s"))
    }

    /// Waits for a request, checks it and answers it. Anything else that is not tolerated fails the same check.
    ///
    /// # Errors
    /// The first check that is not met.
    #[allow(clippy::needless_pass_by_value)] // Made for this one step.
    pub fn expect(&mut self, expected: Expected) -> Result<Message, Failed> {
        self.steps += 1;
        let deadline = self.deadline(expected.within);
        loop {
            if let Some(message) =
                self.next_relevant(|m| expected.is(&m.action, &m.payload), expected.strict)?
            {
                if !expected.is(&message.action, &message.payload) {
                    return self.unexpected(&expected.label, &expected.to_string(), message);
                }
                return self.take(&expected, message);
            }
            if !self.pump(deadline)? {
                return self.missing(&expected.label, &expected.to_string(), expected.within);
            }
        }
    }

    /// Like [`expect`](Self::expect) for several requests that may come in any order. The result has them in the order of
    /// `expected`; an optional one that did not come before the last of the others is `None`, and may still come.
    ///
    /// # Errors
    /// The first check that is not met.
    pub fn unordered(&mut self, expected: Vec<Expected>) -> Result<Vec<Option<Message>>, Failed> {
        self.steps += 1;
        let limits = expected.iter().filter_map(|expected| expected.within);
        let deadline = self.deadline(limits.max());
        let mut taken: Vec<Option<Message>> = expected.iter().map(|_| None).collect();
        loop {
            let is_open = |index: usize| taken[index].is_none();
            let open: Vec<usize> = (0..expected.len())
                .filter(|index| is_open(*index))
                .collect();
            let Some(first) = open.iter().find(|index| !expected[**index].optional) else {
                break;
            };
            let first = &expected[*first];
            let wanted = |m: &Message| {
                let mut open = open.iter();
                open.any(|index| expected[*index].is(&m.action, &m.payload))
            };
            if let Some(message) = self.next_relevant(wanted, first.strict)? {
                let found = open
                    .iter()
                    .find(|index| expected[**index].is(&message.action, &message.payload));
                let Some(index) = found else {
                    return self.unexpected(&first.label, &first.to_string(), message);
                };
                taken[*index] = Some(self.take(&expected[*index], message)?);
                continue;
            }
            if !self.pump(deadline)? {
                return self.missing(&first.label, &first.to_string(), first.within);
            }
        }
        let open = expected.into_iter().zip(&taken);
        let open = open.filter(|(_, taken)| taken.is_none());
        self.allowed.extend(open.map(|(expected, _)| expected));
        Ok(taken)
    }

    /// Takes a request if it is the next one that comes within a limit. Another one is left for the next step.
    ///
    /// # Errors
    /// A check of it that is not met.
    pub fn maybe(&mut self, expected: &Expected) -> Result<Option<Message>, Failed> {
        let deadline = self.deadline(expected.within);
        loop {
            let wanted = |m: &Message| expected.is(&m.action, &m.payload);
            if let Some(message) = self.next_relevant(wanted, false)? {
                if wanted(&message) {
                    self.steps += 1;
                    return self.take(expected, message).map(Some);
                }
                self.inbox.push_front(message);
                return Ok(None);
            }
            if !self.pump(deadline)? {
                return Ok(None);
            }
        }
    }

    /// Optional requests of earlier steps may not come any more.
    pub fn no_more_optional(&mut self) {
        self.allowed.clear();
    }

    fn deadline(&self, within: Option<Duration>) -> u64 {
        let within = within.unwrap_or(self.parameters.trigger_timeout);
        let millis = u64::try_from(within.as_millis()).unwrap_or(u64::MAX);
        self.bench.now().saturating_add(millis)
    }

    fn unexpected<T>(&mut self, label: &str, expected: &str, got: Message) -> Result<T, Failed> {
        let words = format!("{}.req {} came", got.action, got.payload);
        // Otherwise a station that stays would send it again in the next case.
        self.answer(got, None)?;
        self.fail(label, expected, words)
    }

    fn missing<T>(
        &self,
        label: &str,
        expected: &str,
        within: Option<Duration>,
    ) -> Result<T, Failed> {
        let within = within.unwrap_or(self.parameters.trigger_timeout);
        let expected = format!("{expected} within {} s", within.as_secs_f64());
        self.fail(label, expected, "nothing came")
    }

    /// The next request that is wanted or not tolerated. What is tolerated is answered.
    fn next_relevant(
        &mut self,
        wanted: impl Fn(&Message) -> bool,
        strict: bool,
    ) -> Result<Option<Message>, Failed> {
        while let Some(message) = self.inbox.pop_front() {
            if wanted(&message) || strict {
                return Ok(Some(message));
            }
            if tolerated(&message) || self.is_elsewhere(&message) {
                self.answer(message, None)?;
                continue;
            }
            let is = |expected: &Expected| expected.is(&message.action, &message.payload);
            let Some(index) = self.allowed.iter().position(is) else {
                return Ok(Some(message));
            };
            let expected = self.allowed.swap_remove(index);
            self.take(&expected, message)?;
        }
        Ok(None)
    }

    fn take(&mut self, expected: &Expected, message: Message) -> Result<Message, Failed> {
        let what = format!("{}.req", message.action);
        let label = &expected.label;
        let checked = expected
            .rules
            .check(label, &what, &message.payload, &self.last);
        let last = format!("{}.req of the station", message.action);
        let message = self.answer(message, expected.answer.clone())?;
        checked?;
        self.last = last;
        Ok(message)
    }

    fn answer(&mut self, mut message: Message, answer: Option<Value>) -> Result<Message, Failed> {
        let utc = self.bench.utc().to_string();
        let answer =
            answer.unwrap_or_else(|| self.csms.answer(&message.action, &message.payload, &utc));
        if message.link == self.link {
            let text = json!([3, message.id, answer]).to_string();
            self.transmit(&text)?;
        }
        message.answer = answer;
        Ok(message)
    }

    fn transmit(&mut self, text: &str) -> Result<(), Failed> {
        self.order += 1;
        self.note(Who::Csms, text);
        Ok(self.bench.send(text)?)
    }

    fn note(&mut self, who: Who, text: impl Into<String>) {
        self.trace.push(Line {
            at: self.bench.now(),
            who,
            text: text.into(),
        });
    }
}

#[allow(clippy::cast_precision_loss)] // Milliseconds of a test run.
fn seconds(millis: u64) -> f64 {
    millis as f64 / 1000.0
}

/// What may come at any time: heartbeats, meter values that nobody asked for, and security events (1.1 of the
/// descriptions; events such as `StartupOfTheDevice` belong to the station, not to the case).
fn tolerated(message: &Message) -> bool {
    match message.action.as_str() {
        "Heartbeat" | "SecurityEventNotification" => true,
        "MeterValues" => {
            let text = message.payload.to_string();
            !text.contains(r#""context":"Trigger""#)
        }
        _ => false,
    }
}
