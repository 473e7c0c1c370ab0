//! What takes more than one station to know: tokens, reservations, local lists. Memory follows the store.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::sync::Mutex;

use ocpp_core::csms::ledger::{RecordChange, Transaction};
use ocpp_core::csms::remote::{Authorize, StationEvent, TokenInfo};
use ocpp_core::csms::services::{LocalLists, Reservations, Tokens, TokensConfig};
use ocpp_core::time::DateTime;

use super::records::Records;
use super::station::lock;
use super::store::StoreError;
use crate::clock;

/// What is about different things is stored side by side: so many at a time.
const SHARDS: usize = 64;

/// Most changes of a shard that wait for the store. They are about reservations, which stations keep for a while only.
const MAX_UNSTORED: usize = 1_000;

/// See the [module documentation](self).
#[derive(Debug)]
pub(super) struct Services {
    tokens: Mutex<Tokens>,
    reservations: Mutex<Reservations>,
    lists: Mutex<LocalLists>,
    /// What has happened and could not be stored yet. Changes about one thing are stored one after the other.
    unstored: Vec<tokio::sync::Mutex<Vec<RecordChange>>>,
}

impl Services {
    pub(super) fn new(config: TokensConfig) -> Self {
        Self {
            tokens: Mutex::new(Tokens::new(config)),
            reservations: Mutex::default(),
            lists: Mutex::default(),
            unstored: (0..SHARDS).map(|_| tokio::sync::Mutex::default()).collect(),
        }
    }

    /// The changes that wait, together with those about the same station or token.
    fn unstored(&self, about: &str) -> &tokio::sync::Mutex<Vec<RecordChange>> {
        let mut hasher = DefaultHasher::new();
        about.hash(&mut hasher);
        let number = hasher.finish() % SHARDS as u64;
        // There are as many as that.
        &self.unstored[usize::try_from(number).unwrap_or(0)]
    }

    /// Takes a record back after a start. `Ok(false)`: no service knows it.
    pub(super) fn restore(&self, record: &RecordChange) -> Result<bool, String> {
        Ok(lock(&self.tokens).apply(record)?
            || lock(&self.reservations).apply(record)?
            || lock(&self.lists).apply(record)?)
    }

    /// Looks at the tokens.
    pub(super) fn tokens<T>(&self, look: impl FnOnce(&Tokens) -> T) -> T {
        look(&lock(&self.tokens))
    }

    /// Looks at the reservations.
    pub(super) fn reservations<T>(&self, look: impl FnOnce(&Reservations) -> T) -> T {
        look(&lock(&self.reservations))
    }

    /// Looks at the local lists.
    pub(super) fn lists<T>(&self, look: impl FnOnce(&LocalLists) -> T) -> T {
        look(&lock(&self.lists))
    }

    pub(super) fn authorize(&self, station: &str, asked: &Authorize) -> TokenInfo {
        lock(&self.tokens).authorize(clock::utc(), station, asked)
    }

    /// Transactions hold their tokens after a start.
    pub(super) fn resume<'a>(
        &self,
        station: &str,
        open: impl IntoIterator<Item = &'a Transaction>,
    ) {
        lock(&self.tokens).resume(station, open);
    }

    /// Makes a change of a token, stores it, and takes it. `Ok(None)`: there was none to make.
    pub(super) async fn change_token<E>(
        &self,
        records: &Records,
        token: &str,
        change: impl FnOnce(&Tokens) -> Result<Option<RecordChange>, E>,
    ) -> Result<Result<Option<()>, E>, StoreError> {
        // Tokens compare without case.
        let unstored = self.unstored(&token.to_ascii_lowercase());
        let unstored = &mut *unstored.lock().await;
        let change = match change(&lock(&self.tokens)) {
            Ok(Some(change)) => change,
            Ok(None) => return Ok(Ok(None)),
            Err(error) => return Ok(Err(error)),
        };
        store(records, unstored, Some(change.clone())).await?;
        // It was made here.
        let _ = lock(&self.tokens).apply(&change);
        Ok(Ok(Some(())))
    }

    /// Makes a change of what is known of a station's local list, stores it, and takes it.
    pub(super) async fn change_list(
        &self,
        records: &Records,
        station: &str,
        change: impl FnOnce(&LocalLists) -> Option<RecordChange>,
    ) -> Result<(), StoreError> {
        let unstored = &mut *self.unstored(station).lock().await;
        let Some(change) = self.lists(change) else {
            return Ok(());
        };
        store(records, unstored, Some(change.clone())).await?;
        // It was made here.
        let _ = lock(&self.lists).apply(&change);
        Ok(())
    }

    /// Whether an event may end reservations: states of connectors are frequent, and those that do are not.
    pub(super) fn is_down(&self, station: &str, event: &StationEvent) -> bool {
        matches!(event, StationEvent::Connector(_))
            && !lock(&self.reservations).dropped(station, event).is_empty()
    }

    /// What an event of a station means for reservations. It has happened at the station, whether it can be stored or not.
    pub(super) async fn heed(&self, records: &Records, station: &str, event: &StationEvent) {
        let unstored = &mut *self.unstored(station).lock().await;
        {
            let mut reservations = lock(&self.reservations);
            let noted = reservations.noted(station, event).into_iter();
            let noted: Vec<_> = noted.chain(reservations.dropped(station, event)).collect();
            let mut take = |reservations: &mut Reservations, change: RecordChange| {
                // It was made here.
                let _ = reservations.apply(&change);
                if unstored.len() >= MAX_UNSTORED {
                    unstored.remove(0);
                }
                unstored.push(change);
            };
            for change in noted {
                take(&mut reservations, change);
            }
            for change in reservations.outdated(station, clock::utc()) {
                take(&mut reservations, change);
            }
        }
        // It is tried again with the next one.
        let _ = store(records, unstored, None).await;
    }

    /// A pseudonym takes the place of tokens in what the services keep. How many records have changed.
    pub(super) async fn erase(
        &self,
        records: &Records,
        is_one: &(dyn Fn(&str) -> bool + Sync),
        pseudonym: &str,
    ) -> Result<usize, StoreError> {
        let mut count = 0;
        let changes = lock(&self.tokens).without_group(is_one, pseudonym);
        count += self.take(records, changes).await?;
        let changes = lock(&self.reservations).without(is_one, pseudonym);
        count += self.take(records, changes).await?;
        let changes = lock(&self.lists).without(is_one);
        count += self.take(records, changes).await?;
        Ok(count)
    }

    /// Forgets reservations that ended before a time. How many.
    pub(super) async fn forget_before(
        &self,
        records: &Records,
        before: DateTime,
    ) -> Result<usize, StoreError> {
        let changes = lock(&self.reservations).ended_before(before);
        self.take(records, changes).await
    }

    /// Stores changes that were made of what is in memory, and takes those.
    async fn take(
        &self,
        records: &Records,
        changes: Vec<(String, RecordChange)>,
    ) -> Result<usize, StoreError> {
        let count = changes.len();
        for (about, change) in changes {
            let unstored = &mut *self.unstored(&about).lock().await;
            store(records, unstored, Some(change.clone())).await?;
            // It was made here.
            let _ = self.restore(&change);
        }
        Ok(count)
    }

    /// A transaction at another node has begun or ended.
    pub(super) fn changed(&self, station: &str, reference: u64, now: Option<&Transaction>) {
        let mut tokens = lock(&self.tokens);
        match now.filter(|transaction| transaction.is_running()) {
            Some(transaction) => tokens.hold(station, transaction),
            None => tokens.release(station, reference),
        }
    }

    /// Follows which transactions hold their tokens.
    pub(super) fn follow<'a>(
        &self,
        station: &str,
        event: &StationEvent,
        open: impl IntoIterator<Item = &'a Transaction>,
        transaction: impl FnOnce(u64) -> Option<&'a Transaction>,
    ) {
        let tokens = || lock(&self.tokens);
        match event {
            StationEvent::TransactionEnded(bill) => tokens().release(station, bill.reference),
            StationEvent::TransactionPresumedOver { reference, .. }
            | StationEvent::NotBegun { reference } => {
                tokens().release(station, *reference);
            }
            StationEvent::TransactionResumed { reference, .. } => {
                if let Some(transaction) = transaction(*reference) {
                    tokens().hold(station, transaction);
                }
            }
            StationEvent::NotStored => tokens().resume(station, open),
            _ => {}
        }
    }
}

/// Stores what waits, and a change with it.
async fn store(
    records: &Records,
    unstored: &mut Vec<RecordChange>,
    change: Option<RecordChange>,
) -> Result<(), StoreError> {
    if unstored.is_empty() && change.is_none() {
        return Ok(());
    }
    let rows = unstored.iter().cloned().chain(change);
    records.write_services(rows.collect()).await?;
    unstored.clear();
    Ok(())
}
