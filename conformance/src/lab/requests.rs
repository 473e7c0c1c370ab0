//! Requests of the side under test: which one a step waits for, what is tolerated meanwhile, and what it is answered.

use std::time::Duration;

use ocpp_types::Version;
use serde_json::{Value, json};

use super::{Expected, Lab, Message, Reply};
use crate::case::Side;
use crate::unmet::Failed;

impl Lab<'_> {
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

    pub(super) fn deadline(&self, within: Option<Duration>) -> u64 {
        let within = within.unwrap_or(self.parameters.trigger_timeout);
        let millis = u64::try_from(within.as_millis()).unwrap_or(u64::MAX);
        self.bench.now().saturating_add(millis)
    }

    pub(super) fn unexpected<T>(
        &mut self,
        label: &str,
        expected: &str,
        got: Message,
    ) -> Result<T, Failed> {
        let words = format!("{}.req {} came", got.action, got.payload);
        // Otherwise a station that stays would send it again in the next case.
        self.answer(got, None)?;
        self.fail(label, expected, words)
    }

    pub(super) fn missing<T>(
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
    pub(super) fn next_relevant(
        &mut self,
        wanted: impl Fn(&Message) -> bool,
        strict: bool,
    ) -> Result<Option<Message>, Failed> {
        while let Some(message) = self.inbox.pop_front() {
            if self.tested == Side::Csms
                && let Some(answer) = self.dialect.limit(&message)
            {
                self.answer(message, Some(answer))?;
                continue;
            }
            // A CSMS that is told what to do has nothing to ask for besides.
            if wanted(&message) || strict || self.tested == Side::Csms {
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

    pub(super) fn take(
        &mut self,
        expected: &Expected,
        message: Message,
    ) -> Result<Message, Failed> {
        let what = format!("{}.req", message.action);
        let label = &expected.label;
        let checked = expected
            .rules
            .check(label, &what, &message.payload, &self.last);
        let last = format!("{}.req of {}", message.action, self.tested.words());
        self.witnesses.request(expected, &message);
        self.sessions.note_status(&message);
        let message = self.answer(message, expected.answer.clone())?;
        checked?;
        self.last = last;
        if self.tested == Side::Csms {
            self.note_request(&message);
        } else if self.bench.version() != Version::V1_6 {
            self.taken.push(message.clone());
        }
        Ok(message)
    }

    pub(super) fn answer(
        &mut self,
        mut message: Message,
        answer: Option<Value>,
    ) -> Result<Message, Failed> {
        if std::mem::replace(&mut message.answered, true) {
            return Ok(message);
        }
        let utc = self.bench.utc().to_string();
        let reply = answer.map(Reply::Payload);
        let reply = reply.or_else(|| self.csms.reply(&message.action));
        let reply = reply.unwrap_or_else(|| {
            let (action, payload) = (&message.action, &message.payload);
            Reply::Payload(match self.tested {
                Side::Station => self.dialect.answer(&mut self.csms, action, payload, &utc),
                Side::Csms => self.dialect.agrees(action, payload),
            })
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
}
