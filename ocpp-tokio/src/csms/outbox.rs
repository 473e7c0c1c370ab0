//! Bills on their way to the application: each is stored together with the end of its transaction, and told until it is taken.

use std::collections::HashSet;
use std::sync::{Arc, Weak};
use std::time::Duration;

use ocpp_core::csms::ledger::{Bill, Transaction};
use tokio::sync::Notify;

use super::application::Taken;
use super::fleet::Fleet;
use super::store::{Expect, Row, StoreError, Table, owner};
use super::unreadable::UnreadableRecord;

/// How many bills are told before those that were taken are removed.
const PAGE: usize = 100;

/// How long to wait after bills were not taken, or the store failed.
const RETRY: Duration = Duration::from_secs(5);

/// How often all are looked at. Those of another node that stand there twice are told here: that node may be gone for good.
const ROUND: Duration = Duration::from_secs(60);

/// Most bills of other nodes that are remembered from one round to the next.
const MAX_SEEN: usize = 100_000;

/// Wakes the task that tells bills.
#[derive(Debug, Default)]
pub(super) struct Outbox(Arc<Notify>);

impl Outbox {
    pub(super) fn wake(&self) {
        self.0.notify_one();
    }

    /// Begins to tell bills, until the CSMS is gone.
    pub(super) fn begin(fleet: &Arc<Fleet>) {
        tokio::spawn(run(Arc::downgrade(fleet), Arc::clone(&fleet.outbox.0)));
    }
}

impl Drop for Outbox {
    /// The task ends.
    fn drop(&mut self) {
        self.wake();
    }
}

async fn run(fleet: Weak<Fleet>, wake: Arc<Notify>) {
    let mut foreign = HashSet::new();
    let mut round_ends = tokio::time::Instant::now() + ROUND;
    loop {
        let Some(fleet) = fleet.upgrade() else {
            return;
        };
        let is_round = tokio::time::Instant::now() >= round_ends;
        let told = fleet.tell_bills(&mut foreign, is_round).await;
        if is_round {
            // What cannot be forgotten now is forgotten in the next round.
            let _ = fleet.forget_commands().await;
        }
        drop(fleet);
        if is_round {
            round_ends = tokio::time::Instant::now() + ROUND;
        }
        let all = told.unwrap_or(false);
        let pause = if all { ROUND } else { RETRY };
        // Whichever comes first; the time of a round is not exact.
        let _ = tokio::time::timeout(pause, wake.notified()).await;
    }
}

impl Fleet {
    /// Tells the bills that wait. `Ok(false)`: some were not taken.
    async fn tell_bills(
        &self,
        foreign: &mut HashSet<(String, String)>,
        is_round: bool,
    ) -> Result<bool, StoreError> {
        let mut all = true;
        let mut after = String::new();
        let mut seen = HashSet::new();
        loop {
            let store = self.records.store();
            let rows = store.read(Table::Outbox, &after, PAGE).await?;
            let is_last = rows.len() < PAGE;
            let mut taken = Vec::new();
            for (key, value) in rows {
                after.clone_from(&key);
                let (station, record) = owner(&value);
                if !self.is_own_bill(station).await? {
                    let row = (key.clone(), value.clone());
                    let waits_long = is_round && foreign.contains(&row);
                    if !waits_long {
                        if is_round && seen.len() < MAX_SEEN {
                            seen.insert(row);
                        }
                        continue;
                    }
                }
                // What cannot be read stays where it is: the others are told.
                let transaction = match serde_json::from_str::<Transaction>(record) {
                    Ok(transaction) => transaction,
                    Err(why) => {
                        let record = UnreadableRecord::new(Table::Outbox, &key, why);
                        self.records.set_aside(record);
                        continue;
                    }
                };
                if self.tell_bill(station, &transaction.bill()).await {
                    let row = Row::remove(Table::Outbox, key);
                    // It may have become better meanwhile.
                    taken.push(row.only_if(Expect::Value(value)));
                } else {
                    all = false;
                }
            }
            self.remove_taken(taken).await?;
            if is_last {
                break;
            }
        }
        if is_round {
            *foreign = seen;
        }
        Ok(all)
    }

    /// Whether this node is to tell the bills of a station.
    async fn is_own_bill(&self, station: &str) -> Result<bool, StoreError> {
        if self.get(station).is_some_and(|it| it.claim().is_some()) {
            return Ok(true);
        }
        let claim = self.claim_of(station).await?;
        // Nobody's: it was forgotten.
        Ok(claim.is_none_or(|claim| self.me.is_node(&claim)))
    }

    async fn tell_bill(&self, station: &str, bill: &Bill) -> bool {
        let telling = self.application.bill(station, bill);
        let told = tokio::time::timeout(self.config.answer_timeout, telling).await;
        told == Ok(Taken::Yes) && self.publish_bill(station, bill).await
    }

    async fn remove_taken(&self, rows: Vec<Row>) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        match self.records.write(rows.clone()).await {
            Err(error) if error.is_conflict() => {}
            other => return other,
        }
        for row in rows {
            match self.records.write(vec![row]).await {
                // The better one is told next.
                Err(error) if error.is_conflict() => self.outbox.wake(),
                other => other?,
            }
        }
        Ok(())
    }
}
