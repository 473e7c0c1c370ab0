//! Transactions, whichever way the messages of a version tell of them.

use alloc::string::{String, ToString};

use ocpp_types::{DateTime, Decimal};

use super::{
    Authorization, Csms, ReservationStatus, Table, TokenStatus, Transaction, TransactionId,
};

/// The begin of a transaction in 1.6.
#[cfg(feature = "v1_6")]
pub(super) struct Start<'a> {
    pub(super) station: &'a str,
    pub(super) connector: i64,
    pub(super) id_token: &'a str,
    pub(super) at: DateTime,
    pub(super) meter: Decimal,
    pub(super) reservation: Option<i64>,
}

/// Where in its life a transaction is when a message tells of it.
#[cfg(any(feature = "v2_0_1", feature = "v2_1"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    Started,
    Updated,
    Ended,
}

/// What a message tells of a transaction in 2.x.
#[cfg(any(feature = "v2_0_1", feature = "v2_1"))]
pub(super) struct Event<'a> {
    pub(super) station: &'a str,
    pub(super) transaction_id: &'a str,
    pub(super) moment: Moment,
    pub(super) seq_no: i64,
    pub(super) at: DateTime,
    pub(super) evse: Option<i64>,
    /// The token and whether it stands for charging without any.
    pub(super) id_token: Option<(&'a str, bool)>,
    pub(super) meter: Option<Decimal>,
    pub(super) charging_state: Option<String>,
    pub(super) stop_reason: Option<String>,
    pub(super) reservation: Option<i64>,
}

impl Csms {
    /// All transactions that are remembered, oldest first.
    pub fn transactions(&self) -> impl Iterator<Item = &Transaction> {
        self.transactions.values()
    }

    /// Adds a transaction to all places where it is looked for.
    pub(super) fn index(&mut self, transaction: Transaction) {
        let reference = transaction.reference;
        let id = (
            transaction.station.clone(),
            transaction.transaction_id.clone(),
        );
        self.by_id.insert(id, reference);
        if transaction.is_open() {
            self.open.insert(reference);
        }
        self.next_reference = self.next_reference.max(reference.saturating_add(1));
        self.transactions.insert(reference, transaction);
    }

    fn next_reference(&mut self) -> u64 {
        let reference = self.next_reference;
        self.next_reference = reference.saturating_add(1);
        let next = self.next_reference;
        self.store(Table::Counter, "next".into(), &next);
        reference
    }

    fn add_transaction(&mut self, transaction: Transaction) {
        if self.transactions.len() >= self.config.max_transactions {
            self.forget_oldest();
        }
        self.store_transaction(&transaction);
        self.index(transaction);
    }

    fn forget_oldest(&mut self) {
        let ended = self
            .transactions
            .keys()
            .find(|reference| !self.open.contains(reference));
        let Some(reference) = ended.or(self.transactions.keys().next()).copied() else {
            return;
        };
        if let Some(forgotten) = self.transactions.remove(&reference) {
            self.open.remove(&reference);
            self.by_id
                .remove(&(forgotten.station, forgotten.transaction_id));
            self.erase(Table::Transactions, key(reference));
        }
    }

    fn store_transaction(&mut self, transaction: &Transaction) {
        self.store(Table::Transactions, key(transaction.reference), transaction);
    }

    fn find(&self, station: &str, id: TransactionId) -> Option<u64> {
        self.by_id.get(&(station.to_string(), id)).copied()
    }

    /// Changes a transaction and stores it if that made a difference.
    fn update(&mut self, reference: u64, change: impl FnOnce(&mut Transaction)) {
        let Some(transaction) = self.transactions.get_mut(&reference) else {
            return;
        };
        let before = transaction.clone();
        change(transaction);
        if *transaction == before {
            return;
        }
        let changed = transaction.clone();
        if !changed.is_open() {
            self.open.remove(&reference);
        }
        self.store_transaction(&changed);
    }

    /// Whether a token may charge in a transaction at this place.
    fn authorize_at(
        &self,
        now: DateTime,
        id_token: &str,
        station: &str,
        evse: Option<i64>,
        this: Option<u64>,
    ) -> Authorization {
        let mut authorization = self.authorize(now, id_token);
        let elsewhere = |reference: &u64| {
            self.transactions.get(reference).is_some_and(|other| {
                // 0 stands for an EVSE that is not known yet.
                let same_evse = evse.is_some_and(|evse| evse != 0 && evse == other.evse);
                let here = other.station == station && same_evse;
                Some(*reference) != this && !here && other.id_token.eq_ignore_ascii_case(id_token)
            })
        };
        if authorization.status == TokenStatus::Accepted
            && !self.config.concurrent_transactions
            && self.open.iter().any(elsewhere)
        {
            authorization.status = TokenStatus::ConcurrentTx;
        }
        authorization
    }

    /// The begin of a transaction in 1.6: gives its number. Whatever the token, the station has begun, and the
    /// transaction is noted (1.6 section 4.8).
    #[cfg(feature = "v1_6")]
    pub(super) fn start(&mut self, now: DateTime, start: &Start<'_>) -> (i64, Authorization) {
        let same = |t: &&Transaction| {
            t.station == start.station
                && t.evse == start.connector
                && t.started_at == start.at
                && t.meter_start == Some(start.meter)
                && t.id_token.eq_ignore_ascii_case(start.id_token)
        };
        let first = (start.station.to_string(), TransactionId::Number(i64::MIN));
        let of_station = self
            .by_id
            .range(first..)
            .take_while(|((id, _), _)| id == start.station);
        let repeated = of_station
            .filter_map(|(_, reference)| self.transactions.get(reference))
            .find(same)
            .map(|transaction| transaction.reference);
        let authorization = self.authorize_at(
            now,
            start.id_token,
            start.station,
            Some(start.connector),
            repeated,
        );
        if let Some(reservation) = start.reservation {
            self.end_reservation(start.station, reservation, ReservationStatus::Used);
        }
        let reference = match repeated {
            Some(reference) => reference,
            None => {
                let reference = self.next_reference();
                self.add_transaction(Transaction {
                    reference,
                    station: start.station.into(),
                    transaction_id: TransactionId::Number(number(reference)),
                    id_token: start.id_token.into(),
                    evse: start.connector,
                    started_at: start.at,
                    stopped_at: None,
                    stop_reason: None,
                    meter_start: Some(start.meter),
                    meter_stop: None,
                    meter_last: None,
                    charging_state: None,
                    last_seq_no: None,
                });
                reference
            }
        };
        (number(reference), authorization)
    }

    /// The end of a transaction in 1.6. One that is not known or has ended already changes nothing.
    #[cfg(feature = "v1_6")]
    pub(super) fn stop(
        &mut self,
        station: &str,
        id: i64,
        at: DateTime,
        meter: Decimal,
        reason: &str,
    ) {
        let Some(reference) = self.find(station, TransactionId::Number(id)) else {
            return;
        };
        self.update(reference, |transaction| {
            if transaction.is_open() {
                transaction.stopped_at = Some(at);
                transaction.meter_stop = Some(meter);
                transaction.stop_reason = Some(reason.into());
            }
        });
    }

    /// A reading during a transaction in 1.6.
    #[cfg(feature = "v1_6")]
    pub(super) fn metered(&mut self, station: &str, id: i64, meter: Decimal) {
        if let Some(reference) = self.find(station, TransactionId::Number(id)) {
            self.update(reference, |transaction| {
                if transaction.is_open() {
                    transaction.meter_last = Some(meter);
                }
            });
        }
    }

    /// A message about a transaction in 2.x. Messages may come late, twice, or after others were lost.
    #[cfg(any(feature = "v2_0_1", feature = "v2_1"))]
    pub(super) fn event(&mut self, now: DateTime, event: &Event<'_>) -> Option<Authorization> {
        let id = TransactionId::Text(event.transaction_id.into());
        let reference = match self.find(event.station, id.clone()) {
            Some(reference) => reference,
            None => {
                let reference = self.next_reference();
                self.add_transaction(Transaction {
                    reference,
                    station: event.station.into(),
                    transaction_id: id,
                    id_token: String::new(),
                    evse: 0,
                    started_at: event.at,
                    stopped_at: None,
                    stop_reason: None,
                    meter_start: None,
                    meter_stop: None,
                    meter_last: None,
                    charging_state: None,
                    last_seq_no: None,
                });
                reference
            }
        };
        if let Some(reservation) = event.reservation {
            self.end_reservation(event.station, reservation, ReservationStatus::Used);
        }
        let authorization = event.id_token.map(|(token, without)| match event.moment {
            _ if without => Authorization::of(TokenStatus::Accepted),
            Moment::Ended => self.authorize(now, token),
            Moment::Started | Moment::Updated => {
                let evse = event
                    .evse
                    .or_else(|| self.transactions.get(&reference).map(|t| t.evse));
                self.authorize_at(now, token, event.station, evse, Some(reference))
            }
        });
        self.update(reference, |transaction| {
            let news = transaction
                .last_seq_no
                .is_none_or(|last| event.seq_no > last);
            if news {
                transaction.last_seq_no = Some(event.seq_no);
            }
            if let Some(evse) = event.evse {
                transaction.evse = evse;
            }
            if let Some((token, _)) = event.id_token
                && (transaction.id_token.is_empty() || event.moment == Moment::Started)
            {
                transaction.id_token = token.into();
            }
            match event.moment {
                Moment::Started => {
                    transaction.started_at = event.at;
                    transaction.meter_start = event.meter.or(transaction.meter_start);
                }
                Moment::Ended if transaction.is_open() => {
                    transaction.stopped_at = Some(event.at);
                    transaction.meter_stop = event.meter;
                    transaction.stop_reason.clone_from(&event.stop_reason);
                }
                Moment::Updated | Moment::Ended => {}
            }
            if news {
                transaction.meter_last = event.meter.or(transaction.meter_last);
                if event.charging_state.is_some() {
                    transaction.charging_state.clone_from(&event.charging_state);
                }
            }
        });
        authorization
    }
}

/// Keys sort as numbers do.
fn key(reference: u64) -> String {
    alloc::format!("{reference:020}")
}

#[cfg(feature = "v1_6")]
fn number(reference: u64) -> i64 {
    i64::try_from(reference).unwrap_or(i64::MAX)
}
