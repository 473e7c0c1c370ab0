//! Who may write what is known of a station: one process at a time.
//!
//! A row names the owner of a station. Whoever takes a connection or carries a command out takes the station first: it writes the row, if
//! that has not changed meanwhile, and then reads what is known. Each write of the station's records is made only if the row is still
//! the same. So a process that seems dead, or does not know that another one has taken its stations, cannot write any more, and
//! what it has in memory is read again before it counts.
//!
//! A station of which nothing is stored has no owner: its first records bring the row along. Made-up identities leave none behind.

use std::sync::Arc;

use ocpp_core::csms::RemoteStation;
use ocpp_core::csms::remote::Input;

use super::bus::Message;
use super::drive::standing_of;
use super::fleet::Fleet;
use super::names::is_name_key;
use super::start::known;
use super::station::{Member, Standing, ToStation, lock};
use super::store::{Expect, Row, StoreError, Table};

/// How often a station is taken anew when somebody else takes it at the same moment.
const ATTEMPTS: usize = 5;

/// What is told apart when rows name owners.
#[derive(Debug)]
pub(super) struct Me {
    /// The name of the node, the same after a restart.
    node: String,
    /// Another one after each start.
    process: String,
}

impl Me {
    pub(super) fn new(node: &str) -> Self {
        Self {
            node: node.replace('\n', " "),
            process: format!("{:016x}", rand::random::<u64>()),
        }
    }

    /// The row of a station that this process takes.
    fn claim(&self, epoch: u64) -> String {
        format!("{}\n{epoch}\n{}", self.node, self.process)
    }

    pub(super) fn node(&self) -> &str {
        &self.node
    }

    pub(super) fn process(&self) -> &str {
        &self.process
    }

    /// Whether a row names this process.
    pub(super) fn is_process(&self, claim: &str) -> bool {
        process_of(claim) == self.process
    }

    /// Whether a row names this node, before or after a restart.
    pub(super) fn is_node(&self, claim: &str) -> bool {
        node_of(claim) == self.node
    }
}

/// The node of a row.
pub(super) fn node_of(claim: &str) -> &str {
    claim.split('\n').next().unwrap_or_default()
}

/// The process of a row.
pub(super) fn process_of(claim: &str) -> &str {
    claim.split('\n').nth(2).unwrap_or_default()
}

/// How often a station has been taken.
fn epoch_of(claim: &str) -> u64 {
    let epoch = claim.split('\n').nth(1);
    epoch.and_then(|epoch| epoch.parse().ok()).unwrap_or(0)
}

/// The key of the row that names the owner of a station.
pub(super) fn owner_key(station: &str) -> String {
    format!("station/{station}")
}

impl Fleet {
    /// What names the owner of a station in the store.
    pub(super) async fn claim_of(&self, station: &str) -> Result<Option<String>, StoreError> {
        let store = self.records.store();
        store.get(Table::Nodes, &owner_key(station)).await
    }

    /// Sees to it that memory is what is stored, and that nobody else writes from now on.
    ///
    /// # Errors
    /// The store cannot be read or written, and it is not known that this process has the station already.
    pub(super) async fn own(
        self: &Arc<Self>,
        member: &Arc<Member>,
        remote: &mut RemoteStation,
    ) -> Result<(), StoreError> {
        let mut attempts = 0;
        loop {
            let held = member.claim();
            let there = match self.claim_of(&member.id).await {
                Ok(there) => there,
                // Whatever is written is written only if nobody else has taken it.
                Err(_) if held.is_some() => return Ok(()),
                Err(error) => return Err(error),
            };
            if held == there && (held.is_some() || member.is_read()) {
                return Ok(());
            }
            let taken = self.take(member, remote, there).await;
            attempts += 1;
            if !taken.as_ref().is_err_and(StoreError::is_conflict) || attempts >= ATTEMPTS {
                return taken;
            }
        }
    }

    async fn take(
        self: &Arc<Self>,
        member: &Arc<Member>,
        remote: &mut RemoteStation,
        there: Option<String>,
    ) -> Result<(), StoreError> {
        member.set_claim(None);
        if there.is_none() {
            // Nobody writes before somebody has put the row.
            self.read_again(member, remote).await?;
            member.set_read(true);
            if !member.is_kept() {
                return Ok(());
            }
        }
        let claim = self.me.claim(there.as_deref().map_or(0, epoch_of) + 1);
        let before = there.clone();
        let expect = there.map_or(Expect::Absent, Expect::Value);
        let is_first = expect == Expect::Absent;
        let row = Row::put(Table::Nodes, owner_key(&member.id), claim.as_str()).only_if(expect);
        self.records.write(vec![row]).await?;
        if !is_first {
            // From now on nobody else writes.
            self.read_again(member, remote).await?;
        }
        if let Some(before) = before.filter(|before| !self.me.is_node(before)) {
            // It closes the connection that it may still have.
            let station = member.id.to_string();
            let told = Message::Taken { station };
            self.cluster.post.tell(Some(node_of(&before)), told);
        }
        member.set_read(true);
        member.set_claim(Some(claim));
        Ok(())
    }

    /// Puts what is stored in the place of what memory has of a station.
    async fn read_again(
        self: &Arc<Self>,
        member: &Arc<Member>,
        remote: &mut RemoteStation,
    ) -> Result<(), StoreError> {
        let remembered = self.config.station.ledger.closed;
        let known = known(self.records.store(), &member.id, remembered).await?;
        let mut fresh = self.stranger(&member.id);
        let is_sealed = known.put_back(&self.records, &member.id, &mut fresh);
        if remote.version().is_some() {
            // It has been somebody else's meanwhile: what is under way ends, and the station connects anew.
            member.send(ToStation::Elsewhere);
            self.drive(member, remote, Input::Disconnected).await;
        }
        *remote = fresh;
        member.set_sealed(is_sealed);
        let standing = match known.is_kept() {
            true => standing_of(remote, is_sealed),
            false => Standing::Unknown,
        };
        self.stands(member, standing);
        // Nobody had it elsewhere, or was told that somebody has.
        let _ = lock(&self.serials).claim(&member.id, remote.serial_number());
        self.services.resume(&member.id, remote.ledger().open());
        Ok(())
    }

    /// The station as the store knows it, for the door: it has shown nothing yet, so it is not taken.
    ///
    /// # Errors
    /// The store cannot be read, and memory may be out of date.
    pub(super) async fn look_up(
        self: &Arc<Self>,
        station: &str,
    ) -> Result<Option<Arc<Member>>, StoreError> {
        let member = self.get(station);
        let held = member.as_ref().and_then(|member| member.claim());
        let there = match self.claim_of(station).await {
            Ok(there) => there,
            Err(_) if held.is_some() => return Ok(member),
            Err(error) => return Err(error),
        };
        if there == held {
            return Ok(member);
        }
        self.read_in(station, held).await
    }

    /// The station as the store knows it, unless it is this process's. Others do not tell of everything that they store.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(super) async fn read_anew(
        self: &Arc<Self>,
        station: &str,
    ) -> Result<Option<Arc<Member>>, StoreError> {
        let member = self.get(station);
        // If somebody else has taken a connected one, that is told.
        if member.as_ref().is_some_and(|member| member.is_connected()) {
            return Ok(member);
        }
        let held = member.as_ref().and_then(|member| member.claim());
        if held.is_some() && self.claim_of(station).await? == held {
            return Ok(member);
        }
        self.read_in(station, held).await
    }

    async fn read_in(
        self: &Arc<Self>,
        station: &str,
        held: Option<String>,
    ) -> Result<Option<Arc<Member>>, StoreError> {
        let Some((member, ())) = self.get_or_add(station, |_| ()) else {
            return Ok(None);
        };
        let mut remote = member.remote.lock().await;
        if member.claim() == held {
            member.set_claim(None);
            member.set_read(false);
            self.read_again(&member, &mut remote).await?;
        }
        drop(remote);
        if self.drop_unknown(&member) {
            return Ok(None);
        }
        Ok(Some(member))
    }

    /// Stores records of a station, if it is still this process's.
    pub(super) async fn store_of(
        &self,
        member: &Member,
        mut rows: Vec<Row>,
    ) -> Result<(), StoreError> {
        if rows.is_empty() {
            return self.records.write(rows).await;
        }
        let key = owner_key(&member.id);
        let claim = if let Some(claim) = member.claim() {
            rows.push(Row::check(Table::Nodes, key, claim.as_str()));
            claim
        } else {
            let claim = self.me.claim(1);
            rows.push(Row::put(Table::Nodes, key, claim.as_str()).only_if(Expect::Absent));
            claim
        };
        rows.append(&mut lock(&member.beside));
        let bills = rows.iter().any(|row| row.table == Table::Outbox);
        let written = self.records.write(rows).await;
        match &written {
            Ok(()) => {
                member.set_claim(Some(claim));
                if bills {
                    self.outbox.wake();
                }
            }
            // Somebody else has a name that was to be given: the station is still this process's.
            Err(StoreError::Conflict { key, .. }) if is_name_key(key) => {}
            Err(error) if error.is_conflict() => {
                member.set_claim(None);
                member.set_read(false);
                member.send(ToStation::Elsewhere);
            }
            Err(_) => {}
        }
        written
    }

    /// The rows that take the owner of a station away, if it is this process.
    pub(super) fn disown(member: &Member) -> Option<Row> {
        let claim = member.claim()?;
        let row = Row::remove(Table::Nodes, owner_key(&member.id));
        Some(row.only_if(Expect::Value(claim)))
    }
}

impl Member {
    /// What this process has put as the owner's row, if it owns the station as far as it knows.
    pub(super) fn claim(&self) -> Option<String> {
        lock(&self.claim).clone()
    }

    pub(super) fn set_claim(&self, claim: Option<String>) {
        *lock(&self.claim) = claim;
    }
}
