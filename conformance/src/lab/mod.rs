//! The test system: the CSMS that a case plays, and the hands of the person.

mod calls;
mod charging;
mod csms;
pub(crate) mod dialect;
mod expect;
mod hands;
mod link;
mod measured;
mod moments;
mod network;
mod parameters;
mod play;
mod security;
mod sessions;
mod states;
mod states_v2;
mod tidy;
mod time;
mod trace;
mod warnings;
mod witness;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use ocpp_types::{DateTime, Version};
use serde::Serialize;
use serde_json::{Value, json};

use charging::Installed;
use dialect::{Dialect, dialect};
use hands::Left;
use measured::Pending;
use network::Slots;
use sessions::Sessions;
use witness::Witnesses;

pub(crate) use charging::{Steps, Wanted, Window};
pub use csms::{Csms, IdTag, Reply};
pub(crate) use dialect::Set;
pub use expect::{Call, Expected};
pub use measured::{Measured, Measurement};
pub use moments::Moment;
pub use parameters::{FIRMWARE_FILE, NO_FIRMWARE_FILE, Parameters, UPLOADS};
pub(crate) use sessions::Stopped;
pub use states::{REMOTE_KEY, list_of};
pub use trace::{Line, Who};
pub use witness::{Of, Witness};

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
    /// How many requests of its action came before it since the case began.
    pub(crate) nth: usize,
    /// Of the request; nothing where another one is answered for it.
    id: String,
    /// Which connection it came over.
    link: u32,
    /// Whether it has been answered.
    answered: bool,
}

impl Message {
    /// Another message is answered for this one.
    fn unanswerable(mut self) -> Self {
        self.id.clear();
        self
    }

    #[cfg(test)]
    fn for_tests(action: &str, payload: Value) -> Self {
        Self {
            action: action.to_owned(),
            payload,
            at: 0,
            order: 0,
            answer: Value::Null,
            nth: 0,
            id: "1".to_owned(),
            link: 0,
            answered: false,
        }
    }
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

/// The station under test, as it names itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Specimen {
    /// The identity with which it connects.
    pub identity: String,
    /// The vendor.
    pub vendor: String,
    /// The model.
    pub model: String,
    /// The serial number, if it tells one.
    pub serial_number: Option<String>,
    /// The version of its firmware, if it tells one.
    pub firmware_version: Option<String>,
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
    /// How the version of the station speaks.
    dialect: &'static dyn Dialect,
    /// What people do at the EVSEs and the station tells of it (2.0.1).
    pub(crate) sessions: Sessions,
    /// The slots for network profiles (2.0.1).
    pub slots: Slots,
    /// What the case has set before it began.
    settings: BTreeMap<String, String>,
    /// The token of the driver.
    pub(crate) driver: String,
    /// Tokens that the station has in its cache as accepted.
    pub(crate) cached: BTreeSet<String>,
    /// Tokens that the station has in its local list, and what the list says of them (2.0.1).
    pub(crate) listed: BTreeMap<String, IdTag>,
    /// Since when there was no connection, and until when, by the clock of the lab.
    offline: Option<(DateTime, DateTime)>,
    /// Whether the connector under test has told that it is out of order.
    pub(crate) out_of_order: bool,
    /// The requests that steps have taken, until a case has looked at them.
    pub(crate) taken: Vec<Message>,
    /// The checks that were made.
    witnesses: Witnesses,
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
    /// What it has said of itself.
    specimen: Option<Specimen>,
    /// Whether there is a connection.
    online: bool,
    /// Whether the CSMS has accepted the station when it registered last.
    accepted: bool,
    /// The case is over: whatever the station has to say is heard and answered.
    tidying: bool,
    /// Whether the mains are off.
    mains_off: bool,
    /// What people and cars have done that is not undone yet.
    left: Left,
    /// Whether a token may have been taken for another connector than the one under test.
    elsewhere: bool,
    /// Remote starts and stops.
    pending: Pending,
    measured: Vec<Measured>,
    /// The charging profiles that the case has set (2.0.1).
    profiles: Vec<Installed>,
    /// What was noted that fails nothing.
    warnings: Vec<String>,
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
        let dialect = dialect(bench.version());
        let sessions = Sessions::new(parameters.connectors);
        let driver = parameters.valid.clone();
        Self {
            bench,
            product,
            parameters,
            csms,
            dialect,
            sessions,
            slots: Slots::default(),
            settings: BTreeMap::new(),
            driver,
            cached: BTreeSet::new(),
            listed: BTreeMap::new(),
            offline: None,
            out_of_order: false,
            taken: Vec::new(),
            witnesses: Witnesses::default(),
            inbox: VecDeque::new(),
            answers: BTreeMap::new(),
            calls: BTreeMap::new(),
            links: VecDeque::new(),
            allowed: Vec::new(),
            link: 0,
            connected: Connected::default(),
            specimen: None,
            online: false,
            accepted: true,
            tidying: false,
            mains_off: false,
            left: Left::default(),
            elsewhere: false,
            pending: Pending::default(),
            measured: Vec::new(),
            profiles: Vec::new(),
            warnings: Vec::new(),
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

    /// The requests of the station in the trace from this line on, also those that no step has looked at: action and payload.
    pub(crate) fn requests_since(&self, line: usize) -> Vec<(String, Value)> {
        let lines = self.trace.get(line..).unwrap_or_default().iter();
        let frames = lines.filter(|line| line.who == Who::Station);
        let frames = frames.filter_map(|line| serde_json::from_str::<Value>(&line.text).ok());
        let requests = frames.filter(|frame| frame[0] == 2);
        requests
            .map(|mut frame| {
                let action = frame[2].as_str().unwrap_or_default().to_owned();
                (action, frame[3].take())
            })
            .collect()
    }

    /// The station under test; nothing before it has registered.
    #[must_use]
    pub const fn specimen(&self) -> Option<&Specimen> {
        self.specimen.as_ref()
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
        let reset = Call::new("prepare.reset", "Reset", self.dialect.reset());
        self.call(reset.status("Accepted")).map(|_| ())
    }

    pub(crate) fn dialect(&self) -> &'static dyn Dialect {
        self.dialect
    }

    /// A key or variable has this value for the case.
    pub(crate) fn note_setting(&mut self, key: &str, value: &str) {
        self.settings.insert(key.to_owned(), value.to_owned());
    }

    /// The checks that were made since the case began.
    pub(crate) fn take_witnesses(&mut self) -> Vec<Witness> {
        self.witnesses.take()
    }

    pub(crate) fn case_begins(&mut self) {
        self.witnesses.begin();
        self.sessions.case_begins();
        self.note_by_hand("the case begins");
        self.bench.case_begins();
    }

    /// Something that is worth knowing for who reads the trace.
    pub(crate) fn note_by_hand(&mut self, what: &str) {
        self.note(Who::Person, what);
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

    /// Fails the check `label` unless the last request came so many seconds after a moment, within the configured deviation.
    ///
    /// # Errors
    /// If it did not.
    pub(crate) fn check_moment(
        &mut self,
        label: &str,
        since: u64,
        wanted: u32,
    ) -> Result<(), Failed> {
        self.witnesses.timed(label, self.parameters.deviation);
        let took = seconds(self.bench.now().saturating_sub(since));
        self.check_seconds(label, took, f64::from(wanted))
    }

    /// Waits for a request, checks it and answers it. Anything else that is not tolerated fails the same check.
    ///
    /// # Errors
    /// The first check that is not met.
    #[allow(clippy::needless_pass_by_value)] // Made for this one step.
    pub fn expect(&mut self, expected: Expected) -> Result<Message, Failed> {
        self.steps += 1;
        self.witnesses.looks(&expected.label);
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
            self.witnesses.looks(&first.label);
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
            let told_before = self.sessions.repeats_status(&message);
            let harmless = self.tidying || (told_before && self.bench.version() != Version::V1_6);
            if harmless || self.dialect.tolerates(&message) || self.is_elsewhere(&message) {
                self.answer(message, None)?;
                continue;
            }
            let is = |expected: &Expected| expected.is(&message.action, &message.payload);
            let Some(index) = self.allowed.iter().position(is) else {
                if self.is_idle_talk(&message) {
                    self.answer(message, None)?;
                    continue;
                }
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
        self.witnesses.request(expected, &message);
        self.sessions.note_status(&message);
        let message = self.answer(message, expected.answer.clone())?;
        checked?;
        self.last = last;
        if self.bench.version() != Version::V1_6 {
            self.taken.push(message.clone());
        }
        Ok(message)
    }

    fn answer(&mut self, mut message: Message, answer: Option<Value>) -> Result<Message, Failed> {
        if std::mem::replace(&mut message.answered, true) {
            return Ok(message);
        }
        let utc = self.bench.utc().to_string();
        let reply = answer.map(Reply::Payload);
        let reply = reply.or_else(|| self.csms.reply(&message.action));
        let reply = reply.unwrap_or_else(|| {
            let (action, payload) = (&message.action, &message.payload);
            Reply::Payload(self.dialect.answer(&mut self.csms, action, payload, &utc))
        });
        let accepted = matches!(reply, Reply::Payload(_));
        let text = match reply {
            Reply::Payload(answer) => {
                if let Some(wrong) = self.dialect.wrong_response(&message.action, &answer) {
                    let action = &message.action;
                    let words = format!("the lab would have answered {action} wrongly: {wrong}");
                    return Err(Failed::Bench(words));
                }
                let text = json!([3, message.id, answer]).to_string();
                message.answer = answer;
                Some(text)
            }
            Reply::Error(code) => Some(json!([4, message.id, code, "", {}]).to_string()),
            Reply::Nothing => None,
        };
        self.sessions.answered(&message, accepted);
        if accepted && message.action == "BootNotification" {
            self.accepted = message.answer["status"] == "Accepted";
        }
        if !accepted {
            self.witnesses.withheld(&message);
        }
        if let Some(text) = text
            && message.link == self.link
            && !message.id.is_empty()
        {
            self.transmit(&text)?;
        }
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
