//! What takes more than one station to know: tokens, reservations. Memory follows the store.

use std::sync::Mutex;

use ocpp_core::csms::ledger::{RecordChange, Transaction};
use ocpp_core::csms::remote::{Authorize, StationEvent, TokenInfo};
use ocpp_core::csms::services::{Reservations, Tokens, TokensConfig};

use super::records::Records;
use super::station::lock;
use super::store::{StoreError, service_rows};
use crate::clock;

/// Most changes that wait for the store. They are about reservations, which stations keep for a while only.
const MAX_UNSTORED: usize = 10_000;

/// See the [module documentation](self).
#[derive(Debug)]
pub(super) struct Services {
    tokens: Mutex<Tokens>,
    reservations: Mutex<Reservations>,
    /// What has happened and could not be stored yet. Changes are stored one after the other.
    unstored: tokio::sync::Mutex<Vec<RecordChange>>,
}

impl Services {
    pub(super) fn new(config: TokensConfig) -> Self {
        Self {
            tokens: Mutex::new(Tokens::new(config)),
            reservations: Mutex::default(),
            unstored: tokio::sync::Mutex::default(),
        }
    }

    /// Takes a record back after a start. `Ok(false)`: no service knows it.
    pub(super) fn restore(&self, record: &RecordChange) -> Result<bool, String> {
        Ok(lock(&self.tokens).apply(record)? || lock(&self.reservations).apply(record)?)
    }

    /// Looks at the tokens.
    pub(super) fn tokens<T>(&self, look: impl FnOnce(&Tokens) -> T) -> T {
        look(&lock(&self.tokens))
    }

    /// Looks at the reservations.
    pub(super) fn reservations<T>(&self, look: impl FnOnce(&Reservations) -> T) -> T {
        look(&lock(&self.reservations))
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

    /// Makes a change of the tokens, stores it, and takes it. `Ok(None)`: there was none to make.
    pub(super) async fn change_tokens<E>(
        &self,
        records: &Records,
        change: impl FnOnce(&Tokens) -> Result<Option<RecordChange>, E>,
    ) -> Result<Result<Option<()>, E>, StoreError> {
        let unstored = &mut *self.unstored.lock().await;
        let change = match change(&lock(&self.tokens)) {
            Ok(Some(change)) => change,
            Ok(None) => return Ok(Ok(None)),
            Err(error) => return Ok(Err(error)),
        };
        let rows = unstored.iter().cloned().chain([change.clone()]);
        records.write(service_rows(rows)).await?;
        unstored.clear();
        // It was made here.
        let _ = lock(&self.tokens).apply(&change);
        Ok(Ok(Some(())))
    }

    /// Whether an event may end reservations: states of connectors are frequent, and those that do are not.
    pub(super) fn is_down(&self, station: &str, event: &StationEvent) -> bool {
        matches!(event, StationEvent::Connector(_))
            && !lock(&self.reservations).dropped(station, event).is_empty()
    }

    /// What an event of a station means for reservations. It has happened at the station, whether it can be stored or not.
    pub(super) async fn heed(&self, records: &Records, station: &str, event: &StationEvent) {
        let unstored = &mut *self.unstored.lock().await;
        {
            let mut reservations = lock(&self.reservations);
            let noted = reservations.noted(station, event);
            let dropped = reservations.dropped(station, event);
            for change in noted.into_iter().chain(dropped) {
                // It was made here.
                let _ = reservations.apply(&change);
                if unstored.len() >= MAX_UNSTORED {
                    unstored.remove(0);
                }
                unstored.push(change);
            }
        }
        if unstored.is_empty() {
            return;
        }
        if records
            .write(service_rows(unstored.iter().cloned()))
            .await
            .is_ok()
        {
            unstored.clear();
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
