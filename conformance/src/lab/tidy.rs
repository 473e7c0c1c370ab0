//! What a station that stays needs after a case: the base state again (section 1.3). No part of the verdict.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::time::LULL;
use super::{Call, Lab};
use crate::bench::{Act, Server};
use crate::unmet::Failed;

/// The reservations that cases make.
const RESERVATIONS: [i64; 2] = [42, 49];
/// How long a station that has registered may be silent before it has told the status of all connectors, in milliseconds.
const PATIENCE: u64 = 5_000;

impl Lab<'_> {
    /// Notes the configuration, so that it can be restored.
    pub(crate) fn save_keys(&mut self) -> Result<(), Failed> {
        self.saved = self.keys()?;
        Ok(())
    }

    /// Waits until a station that may have something left to report has registered and reported it.
    pub(crate) fn settle(&mut self) -> Result<(), Failed> {
        let limit = self.parameters.long_timeout.as_millis();
        let end = self.now() + u64::try_from(limit).unwrap_or(u64::MAX);
        loop {
            while let Some(message) = self.inbox.pop_front() {
                let registered = message.action == "BootNotification";
                self.answer(message, None)?;
                if registered {
                    return self.hear_out(end);
                }
            }
            if !self.pump(end)? {
                return self.fail("prepare.boot", "BootNotification.req", "it did not come");
            }
        }
    }

    /// Answers what a station that has registered has to say: until it has told the status of all connectors and then
    /// said nothing for a moment. One that does not tell them all is waited for a little longer.
    fn hear_out(&mut self, end: u64) -> Result<(), Failed> {
        let mut untold: BTreeSet<u32> = (0..=self.parameters.connectors).collect();
        loop {
            while let Some(message) = self.inbox.pop_front() {
                if message.action == "StatusNotification" {
                    untold.retain(|connector| message.payload["connectorId"] != *connector);
                }
                self.answer(message, None)?;
            }
            let quiet = if untold.is_empty() { LULL } else { PATIENCE };
            let deadline = end.min(self.now().saturating_add(quiet));
            if !self.pump(deadline)? {
                return Ok(());
            }
        }
    }

    /// Brings the station back to the base state, whatever the case has left.
    pub(crate) fn tidy(&mut self) -> Result<(), Failed> {
        self.csms = super::Csms::new(&self.parameters);
        self.serve(Server::default())?;
        if self.mains_off {
            self.act(&Act::PowerOn)?;
        }
        self.absorb(200)?;
        if !self.online {
            self.take_links();
            self.expect_connection("tidy")?;
        }
        self.undo()?;
        self.absorb(300)?;
        if !self.online {
            self.expect_connection("tidy")?;
        }
        self.restore_credentials()?;
        self.try_call("ClearCache", json!({}))?;
        self.try_call(
            "SendLocalList",
            json!({"listVersion": 1, "updateType": "Full"}),
        )?;
        self.try_call("ClearChargingProfile", json!({}))?;
        for id in RESERVATIONS {
            self.try_call("CancelReservation", json!({"reservationId": id}))?;
        }
        let operative = json!({"connectorId": 0, "type": "Operative"});
        self.try_call("ChangeAvailability", operative)?;
        for connector in 1..=self.parameters.connectors {
            let operative = json!({"connectorId": connector, "type": "Operative"});
            self.try_call("ChangeAvailability", operative)?;
        }
        let now = self.keys()?;
        let saved = std::mem::take(&mut self.saved);
        for (key, value) in saved {
            let changed = |(other, now): &(String, String)| *other == key && *now != value;
            if now.iter().any(changed) {
                let change = json!({"key": key, "value": value});
                self.try_call("ChangeConfiguration", change)?;
            }
        }
        self.absorb(300)
    }

    /// Undoes what people and cars have done. Where the case has done nothing a person need not be asked.
    fn undo(&mut self) -> Result<(), Failed> {
        for act in self.left.take() {
            match self.act(&act) {
                // There may be nothing left to undo.
                Ok(()) | Err(Failed::NotDone(_) | Failed::Impossible(_)) => {}
                Err(failed) => return Err(failed),
            }
        }
        Ok(())
    }

    /// The password of the test system, and no certificates that only one case needs.
    fn restore_credentials(&mut self) -> Result<(), Failed> {
        let password = self.parameters.authorization_key.clone();
        let shown = self.connected.basic.as_ref().map(|(_, shown)| {
            let digits = shown.iter().map(|byte| format!("{byte:02x}"));
            digits.collect::<String>()
        });
        if shown.is_some_and(|shown| !shown.eq_ignore_ascii_case(&password)) {
            self.take_links();
            let change = json!({"key": "AuthorizationKey", "value": password});
            self.try_call("ChangeConfiguration", change)?;
            self.expect_connection("tidy.password")?;
        }
        for data in std::mem::take(&mut self.installed_roots) {
            self.try_call("DeleteCertificate", json!({"certificateHashData": data}))?;
        }
        Ok(())
    }

    /// The keys that can be written and read.
    fn keys(&mut self) -> Result<Vec<(String, String)>, Failed> {
        let answer = self.call(Call::new("keys", "GetConfiguration", json!({})))?;
        let keys = answer.payload["configurationKey"].as_array();
        let writable = keys
            .into_iter()
            .flatten()
            .filter(|key| key["readonly"] == false);
        let pair = |key: &Value| {
            let value = key["value"].as_str()?.to_owned();
            Some((key["key"].as_str()?.to_owned(), value))
        };
        Ok(writable.filter_map(pair).collect())
    }

    /// A call whose answer does not matter.
    fn try_call(&mut self, action: &'static str, payload: Value) -> Result<(), Failed> {
        self.call(Call::new("tidy", action, payload).or_error(&[]))?;
        self.absorb(0)
    }

    /// Answers everything that comes for a while.
    fn absorb(&mut self, millis: u64) -> Result<(), Failed> {
        let end = self.now().saturating_add(millis);
        loop {
            while let Some(message) = self.inbox.pop_front() {
                self.answer(message, None)?;
            }
            if !self.pump(end)? {
                return Ok(());
            }
        }
    }
}
