//! The other role of the lab: it plays the station, and asks the operator of the CSMS under test.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use ocpp_types::Version;
use serde_json::{Value, json};

use super::witness::Heard;
use super::{Call, Expected, Lab, Message, Of, Who};
use crate::bench::{Dial, Dialled, Endpoint, Told};
use crate::case::{Case, Fact, Side};
use crate::explain::rule_words;
use crate::pki::Authority;
use crate::step::{DialStep, HelloStep, OperateStep, RecordStep, Rule};
use crate::unmet::Failed;

/// The step in which a CSMS may read and set what it wants.
pub(crate) const INTERVAL: &str = "interval";

/// The transactions of the station that the lab plays (2.x): at each EVSE the last one.
#[derive(Debug, Default)]
pub(super) struct Telling {
    at: BTreeMap<u32, Progress>,
    begun: u32,
    /// Numbers of transactions of 1.6 that have been stopped.
    stopped: Vec<Value>,
}

/// A transaction, and how far it has been told.
#[derive(Debug, Clone)]
struct Progress {
    id: String,
    next: i64,
    ended: bool,
}

impl Telling {
    /// The lab tells of a transaction.
    pub(super) fn told(&mut self, evse: u32, call: &Call) {
        if call.action == "StopTransaction" {
            let number = call.payload["transactionId"].clone();
            self.stopped.push(number);
        }
        if call.action != "TransactionEvent" {
            return;
        }
        let payload = &call.payload;
        let kind = payload["eventType"].as_str();
        if kind == Some("Started") {
            self.begun += 1;
        }
        let id = payload["transactionInfo"]["transactionId"].as_str();
        let next = payload["seqNo"].as_i64().unwrap_or_default() + 1;
        self.at.insert(
            evse,
            Progress {
                id: id.unwrap_or_default().to_owned(),
                next,
                ended: kind == Some("Ended"),
            },
        );
    }
}

impl Lab<'_> {
    /// The next TransactionEvent of the EVSE under test, with what `more` says. Without an event type it is `Started` where no
    /// transaction is told yet, and `Updated` otherwise. `skipped` sequence numbers are left out, or taken up again.
    #[must_use]
    pub(crate) fn event(
        &self,
        kind: Option<&str>,
        trigger: &str,
        skipped: i64,
        more: &Value,
    ) -> Value {
        let evse = self.parameters.connector;
        let told = self.telling.at.get(&evse);
        let starts = match kind {
            Some(kind) => kind == "Started",
            None => told.is_none_or(|told| told.ended),
        };
        let (id, next) = match told {
            Some(told) if !starts => (told.id.clone(), told.next + skipped),
            _ => (format!("lab-{}", self.telling.begun + 1), 0),
        };
        let mut event = json!({
            "eventType": kind.unwrap_or(if starts { "Started" } else { "Updated" }),
            "timestamp": self.utc_in(0), "triggerReason": trigger, "seqNo": next,
            "transactionInfo": {"transactionId": id},
            "evse": {"id": evse, "connectorId": 1},
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            match name.as_str() {
                "chargingState" | "stoppedReason" | "remoteStartId" => {
                    event["transactionInfo"][name] = value.clone();
                }
                _ => event[name] = value.clone(),
            }
        }
        event
    }

    /// The id of the last transaction at the EVSE under test (2.x).
    #[must_use]
    pub(crate) fn transaction_id(&self) -> Value {
        let told = self.telling.at.get(&self.parameters.connector);
        json!(told.map(|told| &told.id))
    }
}

impl Lab<'_> {
    pub(super) const fn own_side(&self) -> Who {
        match self.tested {
            Side::Station => Who::Csms,
            Side::Csms => Who::Station,
        }
    }

    pub(super) const fn other_side(&self) -> Who {
        match self.tested {
            Side::Station => Who::Station,
            Side::Csms => Who::Csms,
        }
    }

    pub(super) fn note_request(&mut self, message: &Message) {
        self.heard.push(Heard {
            of: Of::Request(message.action.clone(), message.nth),
            payload: message.answer.clone(),
        });
        let key = (true, message.action.clone());
        self.said.insert(key, message.payload.clone());
        let all = self.requests.entry(message.action.clone());
        all.or_default().push(message.payload.clone());
    }

    pub(super) fn note_answer(&mut self, action: &str, payload: &Value) {
        if self.tested == Side::Csms {
            self.said
                .insert((false, action.to_owned()), payload.clone());
        }
    }

    /// A member of the last request of an action that the CSMS sent; null if there is none.
    #[must_use]
    pub fn requested(&self, action: &str, pointer: &str) -> Value {
        self.said_at(true, action, pointer)
    }

    /// The same of the request of that action before it.
    #[must_use]
    pub fn requested_before(&self, action: &str, pointer: &str) -> Value {
        let sent = self.requests.get(action).map_or(0, Vec::len);
        match sent.checked_sub(2) {
            Some(nth) => self.requested_as(nth, action, pointer),
            None => Value::Null,
        }
    }

    /// A member of the nth request of an action that the CSMS sent, from 0; null if there is none.
    #[must_use]
    pub fn requested_as(&self, nth: usize, action: &str, pointer: &str) -> Value {
        let all = self.requests.get(action);
        let nth = all.and_then(|all| all.get(nth));
        let value = nth.and_then(|payload| payload.pointer(pointer));
        value.cloned().unwrap_or_default()
    }

    /// A member of what the operator was told last; null if there is none, or if a person has judged it.
    #[must_use]
    pub fn told_operator(&self, pointer: &str) -> Value {
        self.outcome.pointer(pointer).cloned().unwrap_or_default()
    }

    /// A member of the last answer of the CSMS to a request of an action; null if there is none.
    #[must_use]
    pub fn answered_with(&self, action: &str, pointer: &str) -> Value {
        self.said_at(false, action, pointer)
    }

    fn said_at(&self, request: bool, action: &str, pointer: &str) -> Value {
        let said = self.said.get(&(request, action.to_owned()));
        let value = said.and_then(|payload| payload.pointer(pointer));
        value.cloned().unwrap_or_default()
    }

    /// The CSMS knows what the case needs, and the station of the lab is connected and accepted.
    ///
    /// # Errors
    /// The checks `prepare…`.
    pub(crate) fn prepare_csms(&mut self, case: &Case) -> Result<(), Failed> {
        for fact in [
            Fact::Token(|p| &p.valid, ocpp_core::csms::TokenStatus::Accepted),
            Fact::Token(|p| &p.valid2, ocpp_core::csms::TokenStatus::Accepted),
            Fact::UnknownToken(|p| &p.invalid),
            Fact::SerialNumber(|p| &p.serial_number),
        ]
        .iter()
        .chain(case.facts)
        {
            self.enter(*fact)?;
        }
        let profile = (case.secured)(self.product);
        if profile > 0 {
            self.enter(Fact::Password(|p| &p.authorization_key))?;
        }
        self.parameters.security_profile = profile;
        if profile == 3 {
            let certificate = Authority::csms()?.station(&self.parameters.serial_number)?;
            self.parameters.certificate = Some(certificate);
        }
        let dial = self.own_dial();
        let agreed = self.subprotocol();
        self.dial("prepare.connect", "connects", &dial, Some(agreed))?;
        let boot = Call::new(
            "prepare.boot",
            "BootNotification",
            self.dialect().registers(&self.parameters),
        );
        self.call(boot)?;
        Ok(())
    }

    pub(super) fn enter(&mut self, fact: Fact) -> Result<(), Failed> {
        let words = fact.words(&self.parameters);
        self.note(Who::Person, format!("operator: {words}"));
        Ok(self.bench.enter(fact, &self.parameters)?)
    }

    pub(super) fn play_operate(&mut self, step: &OperateStep) -> Result<(), Failed> {
        self.steps += 1;
        self.note(Who::Person, format!("operator: {}", step.words));
        self.ordered = self.bench.utc();
        self.heard.clear();
        let command = (step.command)(self);
        Ok(self.bench.operate(step.words, command)?)
    }

    /// The operator is told what came of the last command.
    pub(super) fn told(&mut self, label: &str, rules: &[Rule]) -> Result<(), Failed> {
        self.steps += 1;
        let words = format!("what came of it{}", rule_words(rules));
        let nth = self.witnesses.next_told();
        let told = self.bench.told(&words, self.parameters.trigger_timeout)?;
        let heard = std::mem::take(&mut self.heard);
        let judged = self.judge(label, rules, (told, nth), &words, &heard);
        self.heard = heard;
        judged
    }

    /// What the CSMS has kept.
    pub(super) fn play_record(&mut self, step: &RecordStep) -> Result<(), Failed> {
        self.steps += 1;
        let words = format!("{}{}", step.words, rule_words(step.rules));
        let nth = self.witnesses.next_told();
        let record = (step.of)(self);
        let kept = self.bench.record(&words, &record)?;
        self.judge(step.label, step.rules, (kept, nth), &words, &[])
    }

    /// Whether what the operator is told or shown is as it must be.
    fn judge(
        &mut self,
        label: &str,
        rules: &[Rule],
        (told, nth): (Told, usize),
        words: &str,
        heard: &[Heard],
    ) -> Result<(), Failed> {
        for words in self.bench.told_operator() {
            self.note(Who::Person, words);
        }
        let value = match told {
            Told::Confirmed => return Ok(()),
            Told::Outcome(value) => value,
            Told::Denied => {
                let expected = format!("the operator to be shown {words}");
                return self.fail(label, expected, "it was something else");
            }
            Told::Nothing => {
                let expected = format!("the operator to be shown {words}");
                return self.fail(label, expected, "nothing was shown");
            }
        };
        let wanted = self.with_rules(Expected::new(label, "the operator"), rules);
        let what = "what the operator is shown";
        self.note(Who::Person, format!("operator: is shown {value}"));
        self.witnesses.told(&wanted, &value, nth, heard);
        self.outcome.clone_from(&value);
        wanted.rules.check(label, what, &value, &self.last)
    }

    /// Time passes for a station that is not accepted yet: meanwhile a CSMS may read and set what it wants (B02.FR.01), and is
    /// answered.
    pub(super) fn interval(&mut self, seconds: u32) -> Result<(), Failed> {
        self.witnesses.looks(INTERVAL);
        let deadline = self.deadline(Some(Duration::from_secs(seconds.into())));
        let mut kept = VecDeque::new();
        loop {
            while let Some(message) = self.next_relevant(|_| false, false)? {
                let report = matches!(message.action.as_str(), "GetBaseReport" | "GetReport");
                if report || matches!(message.action.as_str(), "GetVariables" | "SetVariables") {
                    let message = self.answer(message, None)?;
                    if report {
                        self.report_to(&message)?;
                    }
                } else {
                    kept.push_back(message);
                }
            }
            if !self.pump_keeping(&mut kept, deadline)? {
                self.inbox = kept;
                return Ok(());
            }
        }
    }

    /// A report of one variable.
    fn report_to(&mut self, request: &Message) -> Result<(), Failed> {
        let report = json!({
            "requestId": request.payload["requestId"], "seqNo": 0, "generatedAt": self.utc_in(0),
            "reportData": [{
                "component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "OfflineThreshold"},
                "variableAttribute": [{"value": "600"}],
            }],
        });
        let call = Call::new("interval.report", "NotifyReport", report);
        self.call(call).map(|_| ())
    }

    pub(super) fn play_dial(&mut self, step: &DialStep) -> Result<(), Failed> {
        let dial = (step.with)(self);
        self.dial(step.label, step.words, &dial, step.agreed)
    }

    fn dial(
        &mut self,
        label: &str,
        words: &str,
        dial: &Dial,
        agreed: Option<&str>,
    ) -> Result<(), Failed> {
        self.steps += 1;
        self.note(Who::Station, words);
        let nth = self.witnesses.next_dial();
        let dialled = self.bench.dial(dial)?;
        self.note(
            self.other_side(),
            match &dialled {
                Dialled::Connected(subprotocol) => format!("takes the connection as {subprotocol}"),
                Dialled::Refused(why) => format!("refuses the connection: {why}"),
            },
        );
        match (&dialled, agreed) {
            (Dialled::Connected(subprotocol), Some(agreed)) if subprotocol == agreed => {
                self.link += 1;
                self.online = true;
                self.last = "the connection".to_owned();
                self.witnesses.dialled(label, nth);
                Ok(())
            }
            (Dialled::Refused(_), None) => {
                self.witnesses.dialled(label, nth);
                Ok(())
            }
            (dialled, Some(agreed)) => {
                let expected = format!("a connection with the subprotocol {agreed}");
                self.fail(label, expected, format!("it was {dialled:?}"))
            }
            (dialled, None) => self.fail(label, "no connection", format!("it was {dialled:?}")),
        }
    }

    /// The station begins to agree on TLS, which says nothing about a connection that it has.
    pub(super) fn play_hello(&mut self, step: &HelloStep) -> Result<(), Failed> {
        self.steps += 1;
        self.note(Who::Station, step.words);
        let hello = (step.with)(self);
        let shown = self.bench.hello(&hello)?;
        self.note(self.other_side(), format!("shows {shown}"));
        let wanted = self.with_rules(Expected::new(step.label, "the server"), step.rules);
        let what = "what the server shows";
        self.witnesses.shown(&wanted, &shown);
        wanted.rules.check(step.label, what, &shown, &self.last)
    }

    /// The name or address of the CSMS under test in the URL for the security profile of the case.
    #[must_use]
    pub fn csms_host(&self) -> String {
        let profile = self.parameters.security_profile;
        let url = self.bench.url(Endpoint::First, profile).unwrap_or_default();
        let host = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let host = host.split('/').next().unwrap_or_default();
        match host.strip_prefix('[') {
            // An address of IPv6.
            Some(rest) => rest.split(']').next().unwrap_or_default().to_owned(),
            None => host.split(':').next().unwrap_or_default().to_owned(),
        }
    }

    /// What ends the transactions that have been told to begin, and not to end.
    pub(super) fn left_running(&mut self) -> Vec<(&'static str, Value)> {
        let number = self.answered_with("StartTransaction", "/transactionId");
        if number.is_i64() && !self.telling.stopped.contains(&number) {
            let stop = json!({
                "transactionId": number, "meterStop": 0, "timestamp": self.utc_in(0), "reason": "Other",
            });
            return vec![("StopTransaction", stop)];
        }
        let open = self.telling.at.iter().filter(|(_, told)| !told.ended);
        let evses: Vec<u32> = open.map(|(evse, _)| *evse).collect();
        let mut left = Vec::new();
        for evse in evses {
            self.parameters.connector = evse;
            let reason = json!({"stoppedReason": "Other"});
            let end = self.event(Some("Ended"), "AbnormalCondition", 0, &reason);
            left.push(("TransactionEvent", end));
        }
        left
    }

    /// The station connects as it usually does.
    pub(super) fn connect_again(&mut self) -> Result<(), Failed> {
        let (dial, agreed) = (self.own_dial(), self.subprotocol());
        self.dial("tidy.connect", "connects", &dial, Some(agreed))
    }

    pub(super) fn hang_up(&mut self) -> Result<(), Failed> {
        self.note(Who::Station, "ends its connection");
        self.online = false;
        Ok(self.bench.disconnect()?)
    }

    fn subprotocol(&self) -> &'static str {
        match self.bench.version() {
            Version::V1_6 => "ocpp1.6",
            Version::V2_0_1 => "ocpp2.0.1",
            Version::V2_1 => "ocpp2.1",
        }
    }

    /// How the station of the lab connects when it does all right.
    #[must_use]
    pub fn own_dial(&self) -> Dial {
        self.dial_with(self.parameters.security_profile)
    }

    /// The same with another security profile.
    #[must_use]
    pub fn dial_with(&self, profile: u8) -> Dial {
        let parameters = &self.parameters;
        let password = || self.dialect().password_bytes(&parameters.authorization_key);
        Dial {
            identity: parameters.identity.clone(),
            security_profile: profile,
            password: matches!(profile, 1 | 2).then(password),
            user: None,
            certificate: parameters.certificate.clone().filter(|_| profile == 3),
            key: None,
            subprotocols: match self.bench.version() {
                Version::V1_6 => &["ocpp1.6"],
                Version::V2_0_1 => &["ocpp2.0.1"],
                Version::V2_1 => &["ocpp2.1"],
            },
        }
    }

    /// So many seconds after the operator was asked last.
    #[must_use]
    pub fn later(&self, seconds: i64) -> ocpp_types::DateTime {
        self.ordered
            .saturating_add_millis(seconds.saturating_mul(1000))
    }

    /// The number of the transaction under test, as the CSMS calls it.
    #[must_use]
    pub fn transaction_number(&self) -> u64 {
        let number = match self.transaction_id().as_str() {
            None => self
                .answered_with("StartTransaction", "/transactionId")
                .as_u64(),
            Some(id) => self.bench.transaction_number(id),
        };
        number.unwrap_or_default()
    }

    /// The connector under test as a JSON number.
    #[must_use]
    pub(crate) fn here(&self) -> Value {
        json!(self.parameters.connector)
    }
}
