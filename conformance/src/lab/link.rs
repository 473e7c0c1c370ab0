//! What comes from the station: messages, which must match their schemas, and news of the connection.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::Value;

use super::{Answer, Lab, Message, Specimen, Who};
use crate::bench::{Connected, Event};
use crate::case::Side;
use crate::unmet::Failed;

/// How long a request waits for the step that wants it, and perhaps answers it in its own way, in milliseconds.
const HELD: u64 = 500;

impl Lab<'_> {
    /// Waits until the station connects anew.
    ///
    /// # Errors
    /// The check `label` if it does not within the time for long operations.
    pub fn expect_connection(&mut self, label: &str) -> Result<(u64, Connected), Failed> {
        self.steps += 1;
        match self.next_connection(self.parameters.long_timeout)? {
            Some(connection) => Ok(connection),
            None => self.fail(label, "a new connection", "none came"),
        }
    }

    /// The same for a station that need not connect anew by itself: its connection is dropped when the time for triggered
    /// functions is over.
    ///
    /// # Errors
    /// The check `label` if it does not connect again then.
    pub(crate) fn expect_connection_or_drop(
        &mut self,
        label: &str,
    ) -> Result<(u64, Connected), Failed> {
        if let Some(connection) = self.next_connection(self.parameters.trigger_timeout)? {
            self.steps += 1;
            return Ok(connection);
        }
        if self.online {
            self.drop_connection()?;
        }
        self.expect_connection(label)
    }

    fn next_connection(&mut self, within: Duration) -> Result<Option<(u64, Connected)>, Failed> {
        let deadline = self.deadline(Some(within));
        loop {
            while let Some((at, event)) = self.links.pop_front() {
                if let Event::Connected(connected) = event {
                    return Ok(Some((at, connected)));
                }
            }
            if !self.pump(deadline)? {
                return Ok(None);
            }
        }
    }

    /// Waits until the station connects anew, and forgets what it said before.
    ///
    /// # Errors
    /// The check `label` if it does not.
    pub fn begins_anew(&mut self, label: &str) -> Result<(), Failed> {
        self.expect_connection(label)?;
        let link = self.link;
        self.inbox.retain(|message| message.link == link);
        Ok(())
    }

    /// Fails the check `label` unless the station has connected anew since somebody looked.
    ///
    /// # Errors
    /// See above.
    pub fn has_reconnected(&mut self, label: &str) -> Result<(), Failed> {
        let links = self.take_links();
        let mut links = links.iter();
        if links.any(|(_, event)| matches!(event, Event::Connected(_))) {
            return Ok(());
        }
        self.fail(label, "a new connection", "it was still the old one")
    }

    /// Whether the station is connected.
    pub(crate) const fn is_online(&self) -> bool {
        self.online
    }

    /// What the station did to its connection since somebody looked, with the time in milliseconds.
    pub fn take_links(&mut self) -> Vec<(u64, Event)> {
        self.links.drain(..).collect()
    }

    /// Takes in what comes next. `false` when nothing came before the deadline.
    pub(super) fn pump(&mut self, deadline: u64) -> Result<bool, Failed> {
        let left = deadline.saturating_sub(self.bench.now());
        let next = self.bench.next(Duration::from_millis(left))?;
        for words in self.bench.told_operator() {
            self.note(Who::Person, words);
        }
        let Some(event) = next else {
            return Ok(false);
        };
        match event {
            Event::Text(text) => {
                self.order += 1;
                self.note(self.other_side(), text.as_str());
                self.received(&text)?;
            }
            event => {
                self.note(self.other_side(), link_words(&event));
                match &event {
                    Event::Connected(connected) => {
                        self.link += 1;
                        self.requests_on_link = 0;
                        self.online = true;
                        self.connected.clone_from(connected);
                    }
                    Event::Disconnected => self.online = false,
                    _ => {}
                }
                self.links.push_back((self.bench.now(), event));
            }
        }
        Ok(true)
    }

    /// Takes in what comes next, while these requests are kept for a later step. A CSMS answers each in time whatever it waits
    /// for itself: the one call at a time that a side may have under way limits its own calls only (OCPP-J, 4.1.1), and some
    /// stations do not go on before their last one is answered. `false` when nothing came before the deadline.
    pub(super) fn pump_keeping(
        &mut self,
        kept: &mut VecDeque<Message>,
        deadline: u64,
    ) -> Result<bool, Failed> {
        let waits = kept.iter().filter(|message| !message.answered);
        let overdue = waits.map(|message| message.at.saturating_add(HELD)).min();
        let until = overdue.map_or(deadline, |overdue| overdue.min(deadline));
        if self.pump(until)? {
            return Ok(true);
        }
        let now = self.now();
        for message in kept.iter_mut() {
            if !message.answered && message.at.saturating_add(HELD) <= now {
                *message = self.answer(message.clone(), None)?;
            }
        }
        Ok(now < deadline)
    }

    fn received(&mut self, text: &str) -> Result<(), Failed> {
        let Ok(frame) = serde_json::from_str::<Value>(text) else {
            return self.fail("frame", "a JSON array", format!("it was {text}"));
        };
        let id = frame[1].as_str().unwrap_or_default().to_owned();
        let at = self.bench.now();
        let order = self.order;
        match frame[0].as_i64() {
            Some(2) => {
                let action = frame[2].as_str().unwrap_or_default().to_owned();
                let payload = frame[3].clone();
                let wrong = self.dialect.wrong_request(&action, &payload);
                self.check_schema(&action, ".req", wrong)?;
                let message = Message {
                    action: action.clone(),
                    payload: payload.clone(),
                    at,
                    order,
                    answer: Value::Null,
                    nth: self.witnesses.next(&action),
                    id,
                    link: self.link,
                    nth_on_link: self.requests_on_link,
                    answered: false,
                };
                self.requests_on_link += 1;
                if self.tested == Side::Csms {
                    self.inbox.push_back(message);
                    return Ok(());
                }
                if action == "BootNotification" {
                    self.specimen = Some(specimen(&self.connected.identity, &payload));
                }
                self.sessions.received(&message)?;
                self.inbox.extend(self.dialect.read(message));
                self.check_remote(&action, &payload, at)?;
            }
            Some(3) => {
                let action = self.calls.remove(&id).unwrap_or_default();
                let payload = frame[2].clone();
                let wrong = self.dialect.wrong_response(action, &payload);
                self.check_schema(action, ".conf", wrong)?;
                let answer = Answer {
                    payload,
                    error: None,
                    at,
                    order,
                };
                self.answers.insert(id, answer);
            }
            Some(4) => {
                let known = self.calls.remove(&id);
                if known.is_none() && self.tested == Side::Csms {
                    let wrong = Some("an answer to nothing".to_owned());
                    self.check_schema("", "error", wrong)?;
                }
                let answer = Answer {
                    payload: Value::Null,
                    error: Some(frame[2].as_str().unwrap_or_default().to_owned()),
                    at,
                    order,
                };
                self.answers.insert(id, answer);
            }
            _ => {
                return self.fail(
                    "frame",
                    "a message type of 2 to 4",
                    format!("it was {text}"),
                );
            }
        }
        Ok(())
    }

    fn check_schema(&self, action: &str, kind: &str, wrong: Option<String>) -> Result<(), Failed> {
        match wrong {
            None => Ok(()),
            Some(wrong) => self.fail("schema", format!("a valid {action}{kind}"), wrong),
        }
    }
}

/// What a BootNotification of any version says.
fn specimen(identity: &str, payload: &Value) -> Specimen {
    let of = |members: &[&str]| {
        let mut found = members.iter().filter_map(|member| payload.pointer(member));
        found.find_map(|value| value.as_str().map(str::to_owned))
    };
    Specimen {
        identity: identity.to_owned(),
        vendor: of(&["/chargePointVendor", "/chargingStation/vendorName"]).unwrap_or_default(),
        model: of(&["/chargePointModel", "/chargingStation/model"]).unwrap_or_default(),
        serial_number: of(&[
            "/chargePointSerialNumber",
            "/chargeBoxSerialNumber",
            "/chargingStation/serialNumber",
        ]),
        firmware_version: of(&["/firmwareVersion", "/chargingStation/firmwareVersion"]),
    }
}

fn link_words(event: &Event) -> String {
    match event {
        Event::Connected(how) => {
            let (who, profile) = (&how.identity, how.security_profile);
            format!("{who} connected with security profile {profile}")
        }
        Event::Refused(how) => {
            format!(
                "no connection with security profile {}",
                how.security_profile
            )
        }
        Event::Disconnected => "disconnected".to_owned(),
        Event::Text(text) => text.clone(),
    }
}
