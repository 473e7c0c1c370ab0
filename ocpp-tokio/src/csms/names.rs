//! Identities and serial numbers are one namespace: nobody comes in as somebody else.
//!
//! A row says whose a name is: `name/NAME` in the table of nodes, with the identity of a station that the operator has put, as its
//! identity or as its serial number. It is written together with what is stored of the station, if it is not there yet; so no two nodes
//! give one name to two stations.

use std::sync::Arc;

use ocpp_core::csms::RemoteStation;
use ocpp_core::csms::remote::{CloseReason, Command, CommandError, Outcome};
use tokio::sync::MutexGuard;

use super::bus::Message;
use super::fleet::Fleet;
use super::station::{Member, ToStation, lock};
use super::store::{Expect, Row, StoreError, Table};

/// The keys of names begin so.
const NAMES: &str = "name/";

/// The key of a name.
pub(super) fn name_key(name: &str) -> String {
    format!("{NAMES}{name}")
}

/// Whether a key is that of a name.
pub(super) fn is_name_key(key: &str) -> bool {
    key.starts_with(NAMES)
}

/// Says whose a name is, if it is nobody's.
pub(super) fn name_row(name: &str, station: &str) -> Row {
    Row::put(Table::Nodes, name_key(name), station).only_if(Expect::Absent)
}

impl Fleet {
    /// Whether this identity is the serial number of another station, as far as this node knows, and the operator has not put a station
    /// that is called so.
    pub(super) fn is_taken(&self, identity: &str) -> bool {
        let is_put = || self.get(identity).is_some_and(|member| member.is_put());
        lock(&self.serials).is_taken(identity) && !is_put()
    }

    /// Whose a name is.
    pub(super) async fn holder(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.records
            .store()
            .get(Table::Nodes, &name_key(name))
            .await
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

    /// The rows that give a station names; an error: one of them is somebody else's.
    async fn rows_of_names(&self, station: &str, names: &[&str]) -> Result<Vec<Row>, CommandError> {
        let mut rows = Vec::new();
        for name in names {
            let holder = self.holder(name).await;
            match holder.map_err(|_| CommandError::NotStored)? {
                Some(holder) if holder != station => return Err(CommandError::NameTaken),
                Some(_) => {}
                None => rows.push(name_row(name, station)),
            }
        }
        Ok(rows)
    }

    /// Carries a command out that says something of a station.
    pub(super) async fn say(
        self: &Arc<Self>,
        member: &Arc<Member>,
        command: Command,
    ) -> Result<Outcome, CommandError> {
        let id = &*member.id;
        let serial = match &command {
            Command::Provision { serial_number } => Some(serial_number.clone()),
            _ => None,
        };
        let named = serial.as_ref().and_then(Option::as_deref);
        let _naming = self.naming(id, named).await;
        let mut names = vec![id];
        names.extend(named.filter(|named| *named != id));
        let mut rows = self.rows_of_names(id, &names).await?;
        let mut remote = member.remote.lock().await;
        let owned = self.own(member, &mut remote).await;
        owned.map_err(|_| CommandError::NotStored)?;
        let before = remote.serial_number().map(String::from);
        drop(remote);
        let left = before.filter(|before| before != id && serial.is_some());
        let left = left.filter(|left| named != Some(left.as_str()));
        if let Some(left) = &left {
            let holder = self.holder(left).await;
            if holder.map_err(|_| CommandError::NotStored)?.as_deref() == Some(id) {
                rows.push(
                    Row::remove(Table::Nodes, name_key(left)).only_if(Expect::Value(id.into())),
                );
            }
        }
        lock(&member.beside).clone_from(&rows);
        let mut outcome = self.perform(member, command).await;
        let rest = std::mem::take(&mut *lock(&member.beside));
        if outcome.is_ok() && !rest.is_empty() {
            // It was known before, but for its names.
            let written = self.records.write(rest).await;
            outcome = written.map_or(Err(CommandError::NotStored), |()| outcome);
        }
        if outcome == Err(CommandError::NotStored) {
            // Another node may have been faster.
            self.rows_of_names(id, &names).await?;
        }
        if outcome.is_ok()
            && let Some(serial) = serial
        {
            self.tell_name(id, serial.as_deref());
            self.was_named_here(id, serial.as_deref());
        }
        outcome
    }

    /// The rows that free the names of a station.
    pub(super) async fn names_to_free(
        &self,
        member: &Member,
        remote: &RemoteStation,
    ) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        let mut names = remote.names();
        names.dedup();
        for name in names {
            if self.holder(&name).await?.as_deref() == Some(&*member.id) {
                let row = Row::remove(Table::Nodes, name_key(&name));
                rows.push(row.only_if(Expect::Value(member.id.to_string())));
            }
        }
        Ok(rows)
    }

    /// Tells the other nodes which serial number a station has.
    pub(super) fn tell_name(&self, station: &str, serial: Option<&str>) {
        let told = Message::Named {
            station: station.into(),
            serial_number: serial.map(Into::into),
        };
        self.cluster.post.tell(None, told);
    }

    /// A station has this serial number: the store says so.
    fn was_named_here(&self, station: &str, serial: Option<&str>) {
        {
            let mut serials = lock(&self.serials);
            let other = serial.and_then(|serial| serials.station(serial));
            if let Some(other) = other.filter(|other| *other != station).map(String::from) {
                // It has given it up at another node.
                let _ = serials.claim(&other, None);
            }
            let _ = serials.claim(station, serial);
        }
        let serial = serial.filter(|serial| *serial != station);
        if let Some(stranger) = serial.and_then(|serial| self.get(serial))
            && !stranger.is_put()
        {
            // Whoever calls himself so is nobody's station.
            stranger.send(ToStation::Close(CloseReason::Forgotten));
        }
    }

    /// Another node has named a station, or forgotten it.
    pub(super) async fn was_named(
        self: &Arc<Self>,
        station: &str,
        serial: Option<&str>,
    ) -> Result<(), StoreError> {
        self.was_named_here(station, serial);
        let member = self.get(station);
        if member.is_some_and(|member| member.claim().is_none()) {
            self.read_anew(station).await?;
        }
        Ok(())
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
