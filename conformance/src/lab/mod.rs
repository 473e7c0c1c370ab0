//! The test system: the CSMS that a case plays, and the hands of the person.

mod calls;
mod charging;
mod csms;
pub(crate) mod dialect;
mod expect;
mod hands;
mod link;
mod measured;
mod message;
mod moments;
mod network;
mod operator;
mod parameters;
mod play;
mod requests;
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

use ocpp_types::DateTime;
use serde_json::Value;

use charging::Installed;
use dialect::{Dialect, dialect};
use hands::Left;
use measured::Pending;
use network::Slots;
use sessions::Sessions;
use witness::{Heard, Witnesses};

pub(crate) use charging::{Steps, Wanted, Window};
pub use csms::{Csms, IdTag, Reply};
pub(crate) use dialect::Set;
pub use expect::{Call, Expected};
pub use measured::{Measured, Measurement};
pub use message::{Answer, Message, Specimen};
pub use moments::Moment;
pub(crate) use operator::INTERVAL;
pub(crate) use parameters::{AT_EVSE, BEFORE_PLUG};
pub use parameters::{FIRMWARE_FILE, NO_FIRMWARE_FILE, Parameters, UPLOADS};
pub(crate) use sessions::Stopped;
pub use states::{REMOTE_KEY, list_of};
pub use trace::{Line, Who};
pub use witness::{Of, Witness};

use crate::bench::{Bench, Connected, Event};
use crate::case::Side;
use crate::product::Product;
use crate::unmet::{Failed, Unmet};

/// The test system of one run of one case. See the [module documentation](self).
pub struct Lab<'a> {
    bench: &'a mut dyn Bench,
    /// The side under test.
    tested: Side,
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
    /// The transactions of the station that the lab plays.
    telling: operator::Telling,
    /// When the operator of the CSMS was asked last.
    ordered: DateTime,
    /// The last answer of a CSMS to a request of an action, and its last request of one.
    said: BTreeMap<(bool, String), Value>,
    /// All requests of a CSMS, by action.
    requests: BTreeMap<String, Vec<Value>>,
    /// What the operator was told last.
    outcome: Value,
    /// What a CSMS has heard since the operator was asked last: the answers and calls of the lab.
    heard: Vec<Heard>,
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
    /// How many requests have come over it.
    requests_on_link: usize,
    /// The number of the connection over which the station was told to restart, or that it had when its power went.
    restarted_on: Option<u32>,
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
        let bench_begin = bench.utc();
        let dialect = dialect(bench.version());
        let sessions = Sessions::new(parameters.connectors);
        let driver = parameters.valid.clone();
        Self {
            tested: bench.side(),
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
            telling: operator::Telling::default(),
            ordered: bench_begin,
            said: BTreeMap::new(),
            requests: BTreeMap::new(),
            outcome: Value::Null,
            heard: Vec::new(),
            taken: Vec::new(),
            witnesses: Witnesses::default(),
            inbox: VecDeque::new(),
            answers: BTreeMap::new(),
            calls: BTreeMap::new(),
            links: VecDeque::new(),
            allowed: Vec::new(),
            link: 0,
            requests_on_link: 0,
            restarted_on: None,
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

    /// Fails the check `label` unless the last request came at least so many seconds after a moment, within the configured
    /// deviation.
    ///
    /// # Errors
    /// If it came earlier.
    pub(crate) fn check_not_before(
        &mut self,
        label: &str,
        since: u64,
        least: u32,
    ) -> Result<(), Failed> {
        self.witnesses.not_before(label);
        let took = seconds(self.bench.now().saturating_sub(since));
        if took + self.parameters.deviation >= f64::from(least) {
            return Ok(());
        }
        let expected = format!(
            "{least} s at least, give or take {} s",
            self.parameters.deviation
        );
        self.fail(label, expected, format!("it took {took} s"))
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

    fn transmit(&mut self, text: &str) -> Result<(), Failed> {
        self.order += 1;
        self.note(self.own_side(), text);
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
