//! Transactions: StartTransaction and StopTransaction, delivered in order and exactly once (1.6 sections 3.7, 4.8,
//! 4.10).

mod messages;
mod salvage;

use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::v1_6::{MeterValue, Reason};
use ocpp_types::{DateTime, Decimal, Version};
use serde::{Deserialize, Serialize};

use super::authorization::Auth;
use super::cables::Owner;
use super::connectors::Connectors;
use crate::station::context::Context;
use crate::station::meter::{Sample, SamplePurpose};
use crate::station::record::Records;
use crate::station::transaction::{self, Transaction, Transactions};
use crate::station::transaction_data::TransactionData;
use crate::station::vocabulary::{ConnectorId, EvseId, Token};
use crate::time::Instant;

/// How a transaction ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Stopping {
    pub(super) reason: Reason,
    pub(super) token: Option<Token>,
    pub(super) time: DateTime,
}

/// What 1.6 wants to know about a transaction.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Details {
    /// From `StartTransaction.conf`.
    #[serde(default)]
    pub(super) id: Option<i64>,
    /// Whether the start was given up.
    #[serde(default)]
    pub(super) start_lost: bool,
    #[serde(default)]
    pub(super) stopping: Option<Stopping>,
}

impl Details {
    /// The id as texts have it.
    pub(super) fn told_id(&self) -> Option<String> {
        self.id.map(|id| alloc::format!("{id}"))
    }
}

impl transaction::Details for Details {
    const VERSION: Version = Version::V1_6;

    fn is_ending(&self) -> bool {
        self.stopping.is_some()
    }
}

/// The transactions, and where they run.
#[derive(Debug)]
pub(super) struct ChargingTransactions {
    all: Transactions<Details>,
    /// The one that keeps a connector busy, by its number; there is none at the station itself.
    running: Vec<Option<u64>>,
    /// The `transactionData` of open transactions, numbered as they are stored.
    data: TransactionData<MeterValue>,
}

/// The CSMS can be told that a transaction has begun.
#[derive(Debug)]
pub(super) struct Started {
    /// The reservation that it has used up.
    pub(super) reservation: Option<i64>,
    /// Where it goes on.
    pub(super) connector: Option<usize>,
}

/// A transaction ends: its meter is to be read.
#[derive(Debug)]
pub(super) struct Stopped {
    pub(super) at: ConnectorId,
    pub(super) time: DateTime,
    /// For whom the cable stays locked.
    pub(super) owner: Option<Owner>,
}

impl ChargingTransactions {
    pub(super) fn restore(core: &mut Context, connectors: &Connectors, records: &Records) -> Self {
        let all = Transactions::restore(core, records);
        Self {
            data: TransactionData::restore(records, &all),
            all,
            running: connectors.with_station().map(|_| None).collect(),
        }
    }

    pub(super) fn get(&self, number: u64) -> Option<&Transaction<Details>> {
        self.all.get(number)
    }

    /// The numbers of all of them, also of those that have ended.
    pub(super) fn numbers(&self) -> Vec<u64> {
        self.all
            .iter()
            .map(|transaction| transaction.number)
            .collect()
    }

    /// The number of the transaction that keeps a connector busy.
    pub(super) fn number_at(&self, connector: usize) -> Option<u64> {
        self.running[connector]
    }

    /// The transaction that keeps a connector busy.
    pub(super) fn at(&self, connector: usize) -> Option<&Transaction<Details>> {
        self.all.get(self.running[connector]?)
    }

    /// Those that keep the connectors of an EVSE busy, or all connectors.
    pub(super) fn at_evse(
        &self,
        connectors: &Connectors,
        evse: Option<EvseId>,
    ) -> impl Iterator<Item = &Transaction<Details>> {
        let numbers = connectors.of_evse(evse);
        numbers.filter_map(|number| self.at(number))
    }

    /// Whether a connector is busy.
    pub(super) fn is_busy(&self, connector: usize) -> bool {
        self.running[connector].is_some()
    }

    /// Whether any connector is busy.
    pub(super) fn any_busy(&self) -> bool {
        self.running.iter().any(Option::is_some)
    }

    /// Whether all have ended.
    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    pub(super) fn have_ended(&self) -> bool {
        self.all.iter().all(|transaction| transaction.ended)
    }

    /// The number of the connector of a transaction.
    pub(super) fn connector_of(&self, connectors: &Connectors, number: u64) -> Option<usize> {
        connectors.number_of(self.all.get(number)?.at?)
    }

    /// A transaction keeps its connector busy again after a restart.
    pub(super) fn occupy(&mut self, connector: usize, number: u64) {
        self.running[connector].get_or_insert(number);
    }

    /// Somebody begins to charge. Its meter is to be read.
    pub(super) fn begin(
        &mut self,
        core: &mut Context,
        connectors: &Connectors,
        connector: usize,
        auth: Auth,
        time: DateTime,
    ) -> u64 {
        let at = Some(connectors.at(connector));
        let mut transaction = Transaction::new(at, auth.token, time, Details::default());
        transaction.group = auth.group;
        transaction.reservation = auth.details.reservation;
        let (number, change) = self.all.add(transaction);
        core.changes(change);
        self.running[connector] = Some(number);
        number
    }

    /// The meter was read at the start: now the CSMS can be told.
    pub(super) fn started(
        &mut self,
        core: &mut Context,
        connectors: &Connectors,
        number: u64,
        meter: Option<Decimal>,
    ) -> Option<Started> {
        let transaction = self.all.get_mut(number)?;
        if transaction.ended || transaction.meter_start.is_some() {
            return None;
        }
        let ending = transaction.details.stopping.is_some();
        let at = transaction.at;
        let Some(meter) = meter else {
            // Nobody may be charged for what a register says that was never read: the energy waits.
            if !ending && let Some(at) = at {
                read_begin(core, at, number, transaction.started);
            }
            return None;
        };
        transaction.begin_at(meter);
        let reservation = transaction.reservation;
        let began = transaction.began(transaction.details.told_id());
        core.changes(self.all.store(number));
        self.enqueue_start(core, connectors, number);
        core.output(began);
        Some(Started {
            reservation,
            connector: self.connector_of(connectors, number).filter(|_| !ending),
        })
    }

    /// Ends a transaction. Energy stops at once; the message follows when the meter is read. `None` if it has no connector,
    /// or ends already.
    pub(super) fn stop(
        &mut self,
        core: &mut Context,
        number: u64,
        reason: Reason,
        token: Option<Token>,
    ) -> Option<Stopped> {
        let time = core.utc();
        let transaction = self.all.get_mut(number)?;
        if transaction.ended || transaction.details.stopping.is_some() {
            return None;
        }
        // A transaction began, so the time is known; if it was lost since, the last known moment has to do.
        let time = time.or(transaction.read_at);
        let time = time.unwrap_or(transaction.started);
        let at = transaction.at;
        // When the car is gone, the configuration decides about the lock.
        let keeps_lock = matches!(reason, Reason::DeAuthorized | Reason::EvDisconnected);
        let owner =
            keeps_lock.then(|| Owner::new(transaction.token.clone(), transaction.group.clone()));
        transaction.details.stopping = Some(Stopping {
            reason,
            token,
            time,
        });
        core.changes(self.all.store(number));
        Some(Stopped {
            at: at?,
            time,
            owner,
        })
    }

    /// Ends a transaction that a restart interrupts. Says at what moment; `None` for its connector if the meter there says
    /// nothing of it any more.
    pub(super) fn stop_interrupted(
        &mut self,
        core: &mut Context,
        number: u64,
        reason: Reason,
    ) -> Option<(Option<ConnectorId>, DateTime)> {
        let transaction = self.all.get_mut(number)?;
        let time = transaction.read_at.unwrap_or(transaction.started);
        let stopping = transaction.details.stopping.get_or_insert(Stopping {
            reason,
            token: None,
            time,
        });
        let time = stopping.time;
        // Others may have charged at the meter of a transaction that was left.
        let at = transaction.at.filter(|_| !transaction.left);
        core.changes(self.all.store(number));
        Some((at, time))
    }

    /// The meter was read at the end, or never will be: stores the StopTransaction, with the values of the end if there are
    /// any, and frees the connector. Says which.
    pub(super) fn finish(
        &mut self,
        core: &mut Context,
        connectors: &Connectors,
        number: u64,
        end: Option<MeterValue>,
    ) -> Option<usize> {
        let transaction = self.all.get(number)?;
        let stopping = transaction.details.stopping.clone()?;
        let connector = self.connector_of(connectors, number);
        if transaction.meter_start.is_none() {
            // The meter was never read: no energy has flowed, and nobody was told of a start.
            core.changes(self.all.remove(number));
        } else {
            let request = self.stop_request(core, transaction, &stopping, end);
            core.enqueue_request(&request, Some(number), false);
            let reason = stopping.reason.as_str();
            let over = self.all.get_mut(number).map(|transaction| {
                transaction.ended = true;
                transaction.over(transaction.details.told_id(), reason)
            });
            core.changes(self.all.store(number));
            if let Some(over) = over {
                core.output(over);
            }
        }
        let connector = connector?;
        self.running[connector].take_if(|running| *running == number);
        Some(connector)
    }

    /// Forgets a transaction that has ended and about which the CSMS knows everything.
    pub(super) fn forget_if_reported(&mut self, core: &mut Context, number: u64) {
        let ended = self.all.get(number).is_some_and(|t| t.ended);
        if ended && !core.queue.has(number) {
            self.data.forget(core, number);
            core.changes(self.all.remove(number));
        }
    }

    /// The running transaction with this id.
    pub(super) fn running_with_id(&self, id: i64) -> Option<u64> {
        let running = self.all.iter().filter(|t| !t.ended);
        let mut running = running.filter(|t| t.details.stopping.is_none());
        running.find(|t| t.details.id == Some(id)).map(|t| t.number)
    }

    /// A wanted reading is there. Gives the sample back, without its transaction if that has ended; `None` if nothing more
    /// is said about it.
    pub(super) fn note_sample(
        &mut self,
        sample: Sample,
        register: Option<Decimal>,
    ) -> Option<Sample> {
        let Some(number) = sample.transaction else {
            return Some(sample);
        };
        if let Some(transaction) = self.all.get_mut(number)
            && !transaction.ended
        {
            // A register never runs backwards; one that does is broken.
            if register.is_some() && register >= transaction.meter_last {
                transaction.meter_last = register;
            }
            transaction.read_at = Some(sample.time);
        }
        let transaction = self.all.get(number);
        let over = transaction.is_none_or(|t| t.ended || t.details.stopping.is_some());
        match sample.purpose {
            SamplePurpose::TransactionBegin | SamplePurpose::TransactionEnd => Some(sample),
            _ if !over => Some(sample),
            SamplePurpose::Trigger => Some(Sample {
                transaction: None,
                ..sample
            }),
            // After the end nothing more is said about a transaction.
            _ => None,
        }
    }

    /// Whether the meter is to be asked once more for the end: only after a restart it can have been silent so far.
    pub(super) fn asks_again(&mut self, core: &Context, number: u64, evse: EvseId) -> bool {
        !core.meters.has_answered(evse)
            && self.all.get_mut(number).is_some_and(|transaction| {
                transaction.meter_start.is_some() && transaction.asks_again(core.instant())
            })
    }

    /// Stores what was read before the CSMS can hear of it: after a power cut the end must not lie below it.
    pub(super) fn store(&self, core: &mut Context, number: u64) {
        core.changes(self.all.store(number));
    }

    /// Keeps the last reading with a transaction.
    pub(super) fn note_meter(&mut self, core: &mut Context, number: u64, store: bool) {
        self.all.note_meter(core, number, store);
    }

    /// A reading for the record has come.
    pub(super) fn read_for_record(&mut self, core: &mut Context, number: u64) {
        self.all.read_for_record(core, number);
    }

    /// Reads the meters of running transactions that were not read for a while.
    pub(super) fn read_for_the_record(&mut self, core: &mut Context) {
        self.all.read_for_the_record(core);
    }

    /// When [`read_for_the_record`](Self::read_for_the_record) has something to do.
    pub(super) fn next_reading(&self) -> Option<Instant> {
        self.all.next_reading()
    }

    /// Adds to the `transactionData` of the later StopTransaction.
    pub(super) fn add_data(&mut self, core: &mut Context, number: u64, value: MeterValue) {
        self.data.add(core, number, value);
    }
}

/// Wants the meter to be read for the start.
pub(super) fn read_begin(core: &mut Context, at: ConnectorId, number: u64, time: DateTime) {
    core.sample(Sample {
        purpose: SamplePurpose::TransactionBegin,
        at: Some(at),
        transaction: Some(number),
        time,
    });
}

/// Wants the meter to be read for the end.
pub(super) fn read_end(core: &mut Context, at: ConnectorId, number: u64, time: DateTime) {
    core.sample(Sample {
        purpose: SamplePurpose::TransactionEnd,
        at: Some(at),
        transaction: Some(number),
        time,
    });
}
