//! Numbers of transactions: no two nodes give the same one away.

use std::ops::Range;
use std::sync::Mutex;

use super::records::Records;
use super::station::lock;
use super::store::{Expect, Row, StoreError, Table};

/// The key of the first number that no node has taken, and of who has taken those below it.
pub(super) const KEY: &str = "number";

/// How many numbers a node takes at a time. What is left when it ends is not used: they have to suffice below 2³¹ (1.6).
const BLOCK: u64 = 100;

/// The row of numbers in a store that is to leave the next ones out, because they may have been given away since.
#[cfg(feature = "redb")]
pub(super) fn leave_out(there: &str, count: u64) -> Option<String> {
    let first: u64 = there.split(' ').next()?.parse().ok()?;
    Some(format!("{} backup", first.saturating_add(count)))
}

/// See the [module documentation](self).
#[derive(Debug, Default)]
pub(super) struct Numbers {
    block: Mutex<Range<u64>>,
    /// One takes a block, the others wait.
    taking: tokio::sync::Mutex<()>,
}

impl Numbers {
    /// A number that this node has taken already.
    pub(super) fn at_hand(&self) -> Option<u64> {
        lock(&self.block).next()
    }

    /// A number, after taking a block if there is none at hand.
    pub(super) async fn next(&self, records: &Records, process: &str) -> Result<u64, StoreError> {
        let _one = self.taking.lock().await;
        loop {
            if let Some(number) = self.at_hand() {
                return Ok(number);
            }
            let there = records.store().get(Table::Nodes, KEY).await?;
            let first = match &there {
                Some(there) => {
                    let first = there.split(' ').next().unwrap_or_default();
                    first.parse().map_err(StoreError::new)?
                }
                None => 1,
            };
            let block = first..first + BLOCK;
            // Nobody else writes the same, so the row tells whose the block is.
            let taken = format!("{} {process}", block.end);
            let row = Row::put(Table::Nodes, KEY, taken);
            let row = row.only_if(there.map_or(Expect::Absent, Expect::Value));
            match records.write(vec![row]).await {
                Ok(()) => *lock(&self.block) = block,
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error),
            }
        }
    }
}
