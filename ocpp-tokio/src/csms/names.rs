//! Identities and serial numbers are one namespace: nobody comes in as somebody else.

use std::sync::Arc;

use ocpp_core::csms::remote::{CloseReason, Command, CommandError, Outcome};
use ocpp_core::csms::services::NameTaken;
use tokio::sync::MutexGuard;

use super::fleet::Fleet;
use super::station::{Member, ToStation, lock};

impl Fleet {
    /// Whether this identity is the serial number of another station, and the operator has not put a station that is called so.
    pub(super) fn is_taken(&self, identity: &str) -> bool {
        let is_put = || self.get(identity).is_some_and(|member| member.is_put());
        lock(&self.serials).is_taken(identity) && !is_put()
    }

    /// One after the other gives stations these names.
    async fn naming(&self, one: &str, other: Option<&str>) -> Vec<MutexGuard<'_, ()>> {
        let mut places = vec![self.place(one)];
        places.extend(other.map(|other| self.place(other)));
        // Always in the same order.
        places.sort_unstable();
        places.dedup();
        let mut held = Vec::with_capacity(places.len());
        for place in places {
            held.push(self.naming[place].lock().await);
        }
        held
    }

    /// Carries a command out that says something of a station.
    pub(super) async fn say(
        self: &Arc<Self>,
        member: &Arc<Member>,
        command: Command,
    ) -> Result<Outcome, CommandError> {
        let serial = match &command {
            Command::Provision { serial_number } => Some(serial_number.clone()),
            _ => None,
        };
        let named = serial.as_ref().and_then(Option::as_deref);
        let _naming = self.naming(&member.id, named).await;
        if self.is_taken(&member.id) {
            return Err(CommandError::NameTaken);
        }
        let Some(serial) = serial else {
            return self.perform(member, command).await;
        };
        let before = self.claim(&member.id, serial.as_deref());
        let before = before.map_err(|NameTaken| CommandError::NameTaken)?;
        let outcome = self.perform(member, command).await;
        if outcome.is_err() {
            // Nobody else can have it meanwhile.
            let _ = lock(&self.serials).claim(&member.id, before.as_deref());
        } else if let Some(serial) = serial.filter(|serial| **serial != *member.id) {
            // Whoever calls himself so is nobody's station.
            if let Some(stranger) = self.get(&serial) {
                stranger.send(ToStation::Close(CloseReason::Forgotten));
            }
        }
        outcome
    }

    fn claim(&self, station: &str, serial: Option<&str>) -> Result<Option<String>, NameTaken> {
        let is_put = |serial: &str| self.get(serial).is_some_and(|member| member.is_put());
        if serial.is_some_and(|serial| serial != station && is_put(serial)) {
            return Err(NameTaken);
        }
        lock(&self.serials).claim(station, serial)
    }
}

/// Whether the operator says something of a station with this command.
pub(super) const fn says_something(command: &Command) -> bool {
    matches!(
        command,
        Command::Put
            | Command::Decide { .. }
            | Command::Provision { .. }
            | Command::LowestProfile(_)
            | Command::Password(_)
    )
}
