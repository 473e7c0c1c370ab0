//! Plays the steps of a case.

use std::collections::VecDeque;
use std::time::Duration;

use ocpp_core::station::EvState;
use serde_json::Value;

use super::moments::Points;
use super::time::LULL;
use super::{Call, Expected, Lab, Message, Moment};
use crate::bench::Act;
use crate::step::{CallStep, Deed, DrainStep, ExpectStep, Must, Rule, Step, Want};
use crate::unmet::Failed;

impl Want {
    fn value(self, lab: &Lab<'_>) -> Value {
        match self {
            Self::Text(text) => text.into(),
            Self::Number(number) => number.into(),
            Self::Flag(flag) => flag.into(),
            Self::Known(_, value) => value(lab),
        }
    }
}

macro_rules! with_rules {
    ($expected:expr, $rules:expr, $lab:expr) => {{
        let mut expected = $expected;
        for rule in $rules {
            let at = rule.at;
            expected = match rule.must {
                Must::Be(want) => expected.with(at, want.value($lab)),
                Must::BeIfThere(want) => expected.with_or_absent(at, want.value($lab)),
                Must::BeOneOf(values) => expected.any_of(at, values),
                Must::BeOneOfIfThere(values) => expected.any_of_or_absent(at, values),
                Must::BePresent => expected.present(at),
                Must::BeAbsent => expected.absent(at),
                Must::Suit(words, suits) => expected.judged(at, words, suits),
                Must::Compare(words, known, compare) => {
                    let known = known($lab);
                    expected.judged(at, words, move |value: &Value| compare(value, &known))
                }
            };
        }
        expected
    }};
}

/// What a station tells of attempts to connect that have failed: it may tell them before its start.
const FAILED_ATTEMPTS: &[&str] = &[
    "FailedToAuthenticateAtCsms",
    "InvalidCsmsCertificate",
    "InvalidTLSVersion",
    "InvalidTLSCipherSuite",
];

impl Lab<'_> {
    /// Plays a step.
    ///
    /// # Errors
    /// The first check that is not met.
    pub(crate) fn play(&mut self, step: &Step) -> Result<(), Failed> {
        match *step {
            Step::Call(ref call) => self.play_call(call),
            Step::EachConnector(ref call) => {
                let tested = self.parameters.connector;
                let first = u32::from(self.bench.version() != ocpp_types::Version::V1_6);
                for connector in first..=self.parameters.connectors {
                    self.parameters.connector = connector;
                    let played = self.play_call(call);
                    self.parameters.connector = tested;
                    played?;
                }
                Ok(())
            }
            Step::Expect(ref expect) => {
                let expected = self.expected(expect);
                self.expect(expected)?;
                match expect.told {
                    [] => Ok(()),
                    told => self.told(&format!("{}.told", expect.label), told),
                }
            }
            Step::Unordered(all) => {
                let expected = all.iter().map(|one| self.expected(one)).collect();
                self.unordered(expected).map(|_| ())
            }
            Step::Drain(ref drain) => self.play_drain(drain),
            Step::State(state) => self.reach(state),
            Step::Transaction(label, moment) => self.moment(label, moment, Vec::new()),
            Step::Status(label, moment, status) => {
                let status = self.status_here(format!("{label}.status"), status);
                self.moment(label, moment, vec![status])
            }
            Step::Statuses(label, here, others) => self.statuses(label, here, others),
            Step::Boots(label, rules, here, others, security) => {
                self.boots(label, rules, (here, others), security)
            }
            Step::Registration(status, interval) => {
                let interval = interval(&self.parameters);
                self.csms.answer_boot(status, interval);
                Ok(())
            }
            Step::Act(deed) => self.play_deed(deed),
            Step::Driver(token) => {
                self.driver = token(&self.parameters).to_owned();
                Ok(())
            }
            Step::Token(status, group) => {
                let group = group.map(|group| group(&self.parameters).to_owned());
                self.csms.set_tag(&self.driver, status, group.as_deref());
                Ok(())
            }
            Step::TokenInEvents(status) => {
                self.csms.set_tag_in_events(&self.driver, status);
                Ok(())
            }
            Step::At(evse) => {
                self.parameters.connector = evse;
                Ok(())
            }
            Step::Answer(action, times, reply) => {
                for _ in 0..times {
                    self.csms.answer_next(action, reply());
                }
                Ok(())
            }
            Step::Wait(seconds) => self.wait(seconds(&self.parameters)),
            Step::Silence(label, seconds, but) => {
                self.silence(label, seconds(&self.parameters), but)
            }
            Step::Offline => self.go_offline(),
            Step::Online => self.accept_connections(),
            Step::Operate(ref step) => self.play_operate(step),
            Step::Told(ref step) => self.told(step.label, step.rules),
            Step::Record(ref step) => self.play_record(step),
            Step::Enter(fact) => self.enter(fact),
            Step::Dial(ref step) => self.play_dial(step),
            Step::Hello(ref step) => self.play_hello(step),
            Step::HangUp => self.hang_up(),
            Step::Interval => {
                let interval = self.answered_with("BootNotification", "/interval");
                let interval = interval.as_u64().unwrap_or_default();
                self.interval(u32::try_from(interval).unwrap_or(u32::MAX))
            }
            Step::Where(_, has, steps) => match has(self.product) {
                true => steps.iter().try_for_each(|step| self.play(step)),
                false => Ok(()),
            },
            Step::Reusable(_, steps) => steps.iter().try_for_each(|step| self.play(step)),
            Step::Do(ref step) => (step.run)(self),
        }
    }

    fn play_call(&mut self, step: &CallStep) -> Result<(), Failed> {
        let call = Call::new(step.label, step.action, (step.with)(self));
        let call = with_rules!(call, step.rules, self);
        if let Some(code) = step.error {
            let answer = self.call(call.or_error(&[]))?;
            self.witnesses.refused(step.label, step.action);
            return match answer.error {
                Some(got) if got == code => Ok(()),
                Some(got) => self.fail(step.label, format!("the error {code}"), got),
                None => self.fail(step.label, format!("the error {code}"), "an answer came"),
            };
        }
        self.call(call).map(|_| ())
    }

    /// The expected request of a step.
    pub(crate) fn expected(&self, step: &ExpectStep) -> Expected {
        let mut expected = Expected::new(step.label, step.action);
        for rule in step.of {
            if let Must::Be(want) = rule.must {
                expected = expected.at(rule.at, want.value(self));
            }
        }
        if let Some(within) = step.within {
            let seconds = within(&self.parameters);
            expected = expected.within(Duration::from_secs(seconds.into()));
        }
        if let Some(answer) = step.answer {
            expected = expected.answer(answer(self));
        }
        with_rules!(expected, step.rules, self)
    }

    /// An expected request with rules.
    pub(crate) fn with_rules(&self, expected: Expected, rules: &[Rule]) -> Expected {
        with_rules!(expected, rules, self)
    }

    fn play_deed(&mut self, deed: Deed) -> Result<(), Failed> {
        let at = self.parameters.connector;
        match deed {
            Deed::Present => {
                let token = self.driver.clone();
                self.present(&token)
            }
            Deed::NotReady => {
                self.sessions.seat_mut(at).unready = true;
                Ok(())
            }
            Deed::Plug => {
                self.sessions.seat_mut(at).connected = true;
                self.plug()
            }
            Deed::Unplug => {
                self.sessions.seat_mut(at).connected = false;
                self.unplug()
            }
            Deed::UnplugAtCar => {
                self.sessions.seat_mut(at).connected = false;
                self.act(&Act::UnplugAtCar(at))
            }
            Deed::SelectStop => self.act(&Act::SelectStops(Some(at))),
            Deed::SelectAllStops => self.act(&Act::SelectStops(None)),
            Deed::Suspend => self.act(&Act::Car(at, EvState::Suspended)),
            Deed::PowerCycle => {
                self.sessions.forget_statuses();
                self.power_cycle()
            }
        }
    }

    /// Accepts connections again, and waits for the station's.
    ///
    /// # Errors
    /// The check `reconnect` if it does not come.
    pub(crate) fn accept_connections(&mut self) -> Result<(), Failed> {
        self.take_links();
        self.serve_at(self.connected.endpoint, true)?;
        self.expect_connection("reconnect")?;
        if let Some((_, until)) = &mut self.offline {
            *until = self.bench.utc();
        }
        Ok(())
    }

    /// What has happened without a connection says so.
    fn check_offline(&self, label: &str, events: &[Message]) -> Result<(), Failed> {
        let Some((since, until)) = self.offline else {
            return Ok(());
        };
        #[allow(clippy::cast_possible_truncation)] // A few seconds.
        let deviation = (self.parameters.deviation * 1000.0) as i64;
        for event in events {
            let time = event.payload["timestamp"].as_str();
            let Some(time) = time.and_then(|time| time.parse::<ocpp_types::DateTime>().ok()) else {
                continue;
            };
            let inside =
                time.millis_since(since) > deviation && until.millis_since(time) > deviation;
            if inside && event.payload["offline"] != true {
                let got = format!("it was {}", event.payload);
                return self.fail(format!("{label}.offline"), "offline to be true", got);
            }
        }
        Ok(())
    }

    /// The status of every connector: of the one under test, and of all others.
    ///
    /// # Errors
    /// The check `label.N` of connector N.
    pub(crate) fn statuses(&mut self, label: &str, here: &str, others: &str) -> Result<(), Failed> {
        self.sessions.forget_statuses();
        let mut expected = self.all_places(label, here, others);
        expected.extend(self.start_of_connected(label));
        self.unordered(expected).map(|_| ())
    }

    /// Where transactions begin with a car that is connected, one may begin.
    pub(crate) fn start_of_connected(&self, label: &str) -> Option<Expected> {
        let seat = self.sessions.seat(self.parameters.connector);
        let start = self.sessions.start;
        let begins =
            seat.connected && start.any(Points::CONNECTED) || seat.bay && start.any(Points::BAY);
        begins.then(|| {
            Expected::new(format!("{label}.event"), "TransactionEvent")
                .with("/eventType", "Started")
                .optional()
        })
    }

    fn all_places(&self, label: &str, here: &str, others: &str) -> Vec<Expected> {
        let tested = self.parameters.connector;
        let places = self.dialect.places(self).into_iter();
        let expected = places.map(|place| {
            let status = if place == tested { here } else { others };
            self.dialect
                .status(format!("{label}.{place}"), place, status)
        });
        expected.collect()
    }

    /// The station registers and tells the status of every connector: of the one under test, and of all others; with
    /// `security` also a security event about the restart.
    ///
    /// # Errors
    /// The checks `LABEL.boot`, `LABEL.status.N` and `LABEL.security`.
    pub(crate) fn boots(
        &mut self,
        label: &str,
        rules: &[Rule],
        (here, others): (&str, &str),
        security: bool,
    ) -> Result<(), Failed> {
        self.forget_sessions();
        let boot = Expected::new(format!("{label}.boot"), "BootNotification");
        self.registration(self.with_rules(boot, rules))?;
        let mut expected = self.all_places(&format!("{label}.status"), here, others);
        if security {
            let event = Expected::new(format!("{label}.security"), "SecurityEventNotification");
            let event = event.one_of("/type", ["StartupOfTheDevice", "ResetOrReboot"]);
            expected.push(event.but_not("/type", FAILED_ATTEMPTS));
        }
        expected.extend(self.start_of_connected(label));
        self.unordered(expected).map(|_| ())
    }

    /// Something has happened at the EVSE under test: the station tells it with the events that its start and stop points
    /// ask for, and with statuses, in any order. Further events are left for the next step.
    ///
    /// # Errors
    /// The checks `LABEL.event`, `LABEL.event.2` … and those of the statuses.
    pub(crate) fn moment(
        &mut self,
        label: &str,
        moment: Moment,
        statuses: Vec<Expected>,
    ) -> Result<(), Failed> {
        self.moment_within(label, moment, statuses, None)
    }

    /// The same with another limit than that of triggered functions.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn moment_within(
        &mut self,
        label: &str,
        moment: Moment,
        statuses: Vec<Expected>,
        within: Option<Duration>,
    ) -> Result<(), Failed> {
        self.moment_up_to(usize::MAX, (label, moment), statuses, within)
    }

    /// The same with so many events at most.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn moment_up_to(
        &mut self,
        most: usize,
        about: (&str, Moment),
        mut statuses: Vec<Expected>,
        within: Option<Duration>,
    ) -> Result<(), Failed> {
        self.steps += 1;
        let evse = self.parameters.connector;
        let deadline = self.deadline(within);
        let mut came = 0;
        let mut kept: VecDeque<Message> = VecDeque::new();
        loop {
            let event = self.sessions.expected(evse, about, came, None);
            let event = event.filter(|_| came < most);
            let Some(first) = event.as_ref().or(statuses.first()).cloned() else {
                break;
            };
            self.witnesses.looks(&first.label);
            let dialect = self.dialect;
            let is_event = |m: &Message| m.action == "TransactionEvent" && !dialect.tolerates(m);
            let is_status = |m: &Message, all: &[Expected]| {
                all.iter().position(|one| one.is(&m.action, &m.payload))
            };
            let wanted = |m: &Message| is_event(m) || is_status(m, &statuses).is_some();
            let Some(message) = self.next_relevant(wanted, false)? else {
                if !self.pump_keeping(&mut kept, deadline)? {
                    self.inbox.extend(kept);
                    return self.missing(&first.label, &first.to_string(), within);
                }
                continue;
            };
            if let Some(index) = is_status(&message, &statuses) {
                let status = statuses.remove(index);
                self.take(&status, message)?;
            } else if is_event(&message)
                && event.is_some()
                && self.sessions.is_next(evse, &message)
                && !self.sessions.is_of_another(evse, &message)
            {
                let kind = message.payload["eventType"].as_str();
                let expected = self.sessions.expected(evse, about, came, kind);
                let expected = expected.unwrap_or(first);
                let message = self.take(&expected, message)?;
                self.sessions.told(evse, &message.payload);
                came += 1;
                // One that was too early may be the next one now.
                kept.append(&mut self.inbox);
                std::mem::swap(&mut kept, &mut self.inbox);
            } else if message.action == "StatusNotification"
                && (dialect.status_of(&message) != Some(evse)
                    || message.payload["connectorId"] != 1)
            {
                let wanted = statuses.first().unwrap_or(&first);
                return self.unexpected(&wanted.label, &wanted.to_string(), message);
            } else if is_event(&message) || message.action == "StatusNotification" {
                // Statuses and events may come in any order: the next step may want it.
                kept.push_back(message);
            } else {
                return self.unexpected(&first.label, &first.to_string(), message);
            }
        }
        kept.append(&mut self.inbox);
        self.inbox = kept;
        Ok(())
    }

    fn play_drain(&mut self, step: &DrainStep) -> Result<(), Failed> {
        let all = self.drained(step.label, step.action, step.each)?;
        if step.action == "TransactionEvent" {
            self.check_offline(step.label, &all)?;
        }
        for (name, rules) in step.some {
            let label = format!("{}.{name}", step.label);
            let wanted = self.with_rules(Expected::new(label.as_str(), step.action), rules);
            let mut suitable = all
                .iter()
                .filter(|message| wanted.rules.first_broken(&message.payload).is_none());
            let Some(found) = suitable.next() else {
                let expected = format!("one {}.req that is {:?}", step.action, wanted.rules);
                return self.fail(label, expected, format!("none of {} was", all.len()));
            };
            if suitable.next().is_none() {
                self.witnesses.only_one(&wanted, found);
            }
        }
        Ok(())
    }

    fn is_since_reconnection(&self, message: &Message) -> bool {
        let time = message.payload["timestamp"].as_str();
        let time = time.and_then(|time| time.parse::<ocpp_types::DateTime>().ok());
        let millis = i64::try_from(2 * LULL).unwrap_or(i64::MAX);
        self.offline
            .zip(time)
            .is_some_and(|((_, until), time)| time.millis_since(until) > millis)
    }

    /// The requests of an action that come until the station has said nothing for a moment, or tells what has happened since it
    /// is connected again: samples come for ever.
    ///
    /// # Errors
    /// The check `label` if none comes, and the checks of each.
    pub(crate) fn drained(
        &mut self,
        label: &str,
        action: &'static str,
        each: &[Rule],
    ) -> Result<Vec<Message>, Failed> {
        self.steps += 1;
        let evse = self.parameters.connector;
        let expected = self.with_rules(Expected::new(label, action).optional(), each);
        let mut end = self.deadline(Some(self.parameters.long_timeout));
        let mut all: Vec<Message> = Vec::new();
        loop {
            let wanted = |m: &Message| expected.is(&m.action, &m.payload);
            if let Some(message) = self.next_relevant(wanted, false)? {
                if message.action == "StatusNotification" && action != message.action {
                    // What has changed meanwhile is told in any order.
                    self.sessions.note_status(&message);
                    let message = self.answer(message, None)?;
                    self.taken.push(message);
                    continue;
                }
                if !wanted(&message) {
                    return self.unexpected(label, &expected.to_string(), message);
                }
                let message = self.take(&expected, message)?;
                if action == "TransactionEvent" {
                    self.sessions.told(evse, &message.payload);
                }
                let is_new = self.is_since_reconnection(&message);
                all.push(message);
                if is_new {
                    return Ok(all);
                }
                end = self.now().saturating_add(2 * LULL);
            } else if !self.pump(end)? {
                if all.is_empty() {
                    return self.missing(label, &expected.to_string(), None);
                }
                return Ok(all);
            }
        }
    }
}
