//! What a station that stays needs after a case: the base state again (section 1.3). No part of the verdict.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::time::LULL;
use super::{Call, Lab};
use crate::bench::{Act, Endpoint};
use crate::case::{Need, Side};
use crate::unmet::Failed;

/// How long a station that has registered may be silent before it has told the status of all connectors, in milliseconds.
const PATIENCE: u64 = 5_000;

impl Lab<'_> {
    /// Notes the configuration, so that it can be restored.
    pub(crate) fn save_keys(&mut self) -> Result<(), Failed> {
        self.saved = self.dialect.writable(self)?;
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
        let mut untold: BTreeSet<u32> = self.dialect.places(self).into_iter().collect();
        loop {
            while let Some(message) = self.inbox.pop_front() {
                if let Some(place) = self.dialect.status_of(&message) {
                    untold.remove(&place);
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
        self.tidying = true;
        if self.tested == Side::Csms {
            return self.end_transactions();
        }
        self.csms = super::Csms::new(&self.parameters);
        self.parameters.connector = 1;
        for endpoint in [Endpoint::First, Endpoint::Second] {
            self.serve_at(endpoint, true)?;
        }
        if self.mains_off {
            self.act(&Act::PowerOn)?;
        }
        self.absorb(200)?;
        if !self.online {
            self.take_links();
            self.expect_connection("tidy")?;
        }
        self.until_accepted()?;
        self.undo()?;
        self.absorb(300)?;
        if !self.online {
            self.expect_connection("tidy")?;
        }
        self.restore_credentials()?;
        for (action, payload) in self.dialect.tidying(self) {
            self.try_call(action, payload)?;
        }
        let now = self.dialect.writable(self)?;
        let saved = std::mem::take(&mut self.saved);
        for (key, value) in saved {
            let changed = |(other, now): &(String, String)| *other == key && *now != value;
            if now.iter().any(changed) {
                self.try_set(&key, &value)?;
            }
        }
        self.absorb(300)
    }

    /// Ends what the lab's station has begun, whatever the case has left: a token may charge only once at a time.
    fn end_transactions(&mut self) -> Result<(), Failed> {
        let left = self.left_running();
        if left.is_empty() {
            return Ok(());
        }
        if !self.online {
            self.connect_again()?;
        }
        for (action, payload) in left {
            self.try_call(action, payload)?;
        }
        self.absorb(100)
    }

    /// A station that was not accepted is deaf to calls, and registers again by itself.
    fn until_accepted(&mut self) -> Result<(), Failed> {
        let limit = self.parameters.long_timeout.as_millis();
        let end = self.now() + u64::try_from(limit).unwrap_or(u64::MAX);
        while !self.accepted && self.now() < end {
            self.absorb(200)?;
        }
        Ok(())
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
        let shown = self.connected.basic.as_ref();
        if shown.is_some_and(|(_, shown)| !self.dialect.is_password(shown, &password)) {
            self.take_links();
            let (key, value) = self.dialect.password(&password);
            self.try_set(key, &value)?;
            self.expect_connection("tidy.password")?;
        }
        for data in std::mem::take(&mut self.installed_roots) {
            self.try_call("DeleteCertificate", json!({"certificateHashData": data}))?;
        }
        Ok(())
    }

    /// Sets a key or variable, if the station takes the value.
    fn try_set(&mut self, key: &str, value: &str) -> Result<(), Failed> {
        match self.dialect.set(self, "tidy", key, value, Need::IfPossible) {
            Ok(_) | Err(Failed::Check(_)) => self.absorb(0),
            Err(failed) => Err(failed),
        }
    }

    /// A call whose answer does not matter.
    fn try_call(&mut self, action: &'static str, payload: Value) -> Result<(), Failed> {
        self.call(Call::new("tidy", action, payload).or_error(&[]))?;
        self.absorb(0)
    }

    /// Answers everything that comes for a while.
    pub(crate) fn heard_out(&mut self, time: std::time::Duration) -> Result<(), Failed> {
        self.absorb(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
    }

    /// The same, in milliseconds.
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
