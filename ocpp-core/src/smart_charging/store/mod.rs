//! The profiles that are installed on a station.

mod clear;
mod config;
mod external;
mod install;
mod record;
mod report;

use alloc::sync::Arc;
use alloc::vec::Vec;

use ocpp_types::DateTime;

pub use clear::ClearFilter;
pub use config::{Conflicts, PhaseAbility, RateUnits, Rules, StoreConfig};
pub use external::{ClearedLimit, ExternalLimit, LimitNotice};
pub use record::{InvalidRecord, Record};
pub use report::{ReportFilter, ReportPage};

#[cfg(any(feature = "v1_6", feature = "v2_0_1"))]
use super::station_limits::{StationLimits, station_limits};
use super::{
    ChargingProfile, CompositeError, CompositeSchedule, EvseId, Installed, LimitNow, LimitSource,
    Purpose, Request, Scope, Site, Transaction, TransactionId, composite,
};

/// An installed profile and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredProfile {
    /// 0 for the station.
    pub evse: EvseId,
    /// Whether `evse` counts connectors ([`StoreConfig::by_connector`]); another way than the store's after a restart with
    /// another version, until [`ProfileStore::renumber`].
    pub by_connector: bool,
    /// Who set it.
    pub source: LimitSource,
    /// For external limits: whether the grid depends on it.
    pub grid_critical: Option<bool>,
    /// The profile.
    pub profile: Arc<ChargingProfile>,
    /// Higher than that of the profiles with other identifiers whose place it took: [`ProfileStore::settle`] keeps it.
    pub(super) generation: u32,
}

/// What a change did to the store.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use = "the records have to be stored"]
pub struct Outcome {
    /// Profiles that are gone: replaced, cleared, expired or with their transaction.
    pub removed: Vec<i64>,
    /// What to write to lasting storage, in this order.
    pub records: Vec<Record>,
}

/// The charging profiles of one station, with the rules of the version that it speaks.
///
/// A profile that is refused changes nothing. Every change says what has to be stored so that the same profiles are there
/// after a restart (K01.FR.27, 1.6 erratum 3.37).
#[derive(Debug, Clone)]
pub struct ProfileStore {
    config: StoreConfig,
    profiles: Vec<StoredProfile>,
    transactions: Vec<Transaction>,
    revision: u64,
}

impl ProfileStore {
    /// An empty store.
    #[must_use]
    pub const fn new(config: StoreConfig) -> Self {
        Self {
            config,
            profiles: Vec::new(),
            transactions: Vec::new(),
            revision: 0,
        }
    }

    /// The bounds and rules that apply.
    #[must_use]
    pub const fn config(&self) -> &StoreConfig {
        &self.config
    }

    /// The installed profiles, in the order in which they were installed.
    #[must_use]
    pub fn profiles(&self) -> &[StoredProfile] {
        &self.profiles
    }

    /// The running transactions.
    #[must_use]
    pub fn transactions(&self) -> &[Transaction] {
        &self.transactions
    }

    /// Grows with every change that can change a limit: rebuild a [`LimitNow`] when it has.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// The profiles as the calculation wants them.
    #[must_use]
    pub fn installed(&self) -> Vec<Installed> {
        self.profiles
            .iter()
            .map(|stored| Installed {
                evse: stored.evse,
                profile: Arc::clone(&stored.profile),
            })
            .collect()
    }

    /// The composite schedule (1.6 section 5.7, K08).
    ///
    /// # Errors
    ///
    /// [`CompositeError`], also for a unit that the station does not offer (K08.FR.07).
    pub fn composite(
        &self,
        site: &Site,
        request: &Request,
    ) -> Result<CompositeSchedule, CompositeError> {
        if !self.config.units.contains(request.unit) {
            return Err(CompositeError::UnitNotSupported { unit: request.unit });
        }
        composite(site, &self.installed(), &self.transactions, request)
    }

    /// The limit that applies now and its next change, until the [revision](Self::revision) grows.
    ///
    /// # Errors
    ///
    /// [`CompositeError`], as for a composite schedule.
    pub fn limit_now(
        &self,
        site: &Site,
        scope: Scope,
        now: DateTime,
    ) -> Result<LimitNow, CompositeError> {
        LimitNow::new(site, &self.installed(), &self.transactions, scope, now)
    }

    /// What the station as a whole may take now, by its profiles and its connection to the grid.
    #[cfg(any(feature = "v1_6", feature = "v2_0_1"))]
    pub(crate) fn station_limits(&self, site: &Site, now: DateTime) -> StationLimits {
        station_limits(site, &self.installed(), &self.transactions, now)
    }

    /// The transaction on an EVSE.
    #[must_use]
    pub fn transaction(&self, evse: EvseId) -> Option<&Transaction> {
        self.transactions
            .iter()
            .find(|transaction| transaction.evse == evse)
    }

    /// Gives a transaction the number that the CSMS assigned (1.6 StartTransaction.conf).
    pub fn identify_transaction(&mut self, evse: EvseId, id: TransactionId) {
        if let Some(transaction) = self.transactions.iter_mut().find(|t| t.evse == evse) {
            transaction.id = Some(id);
            self.revision += 1;
        }
    }

    /// Moves what relative schedules count from: the moment at which the EVSE was ready to deliver energy (K01.FR.42).
    pub fn set_relative_start(&mut self, evse: EvseId, start: DateTime) {
        if let Some(transaction) = self.transactions.iter_mut().find(|t| t.evse == evse) {
            transaction.started = start;
            self.revision += 1;
        }
    }

    /// Ends the transaction on an EVSE. Its TxProfiles go with it (K02.FR.05).
    pub fn end_transaction(&mut self, evse: EvseId) -> Outcome {
        self.transactions
            .retain(|transaction| transaction.evse != evse);
        self.revision += 1;
        self.remove_where(|stored| {
            stored.evse == evse && stored.profile.purpose == Purpose::TxProfile
        })
    }

    /// Takes up a transaction again after a restart.
    pub fn resume_transaction(&mut self, transaction: Transaction) {
        self.transactions
            .retain(|other| other.evse != transaction.evse);
        self.transactions.push(transaction);
        self.revision += 1;
    }

    /// Removes TxProfiles whose transaction does not run: call it after a restart, when all transactions that go on have
    /// been resumed.
    pub fn drop_orphans(&mut self) -> Outcome {
        let transactions = core::mem::take(&mut self.transactions);
        let outcome = self.remove_where(|stored| {
            stored.profile.purpose == Purpose::TxProfile
                && !transactions.iter().any(|transaction| {
                    transaction.evse == stored.evse
                        && (stored.profile.transaction_id.is_none()
                            || stored.profile.transaction_id == transaction.id)
                })
        });
        self.transactions = transactions;
        outcome
    }

    /// Removes profiles whose `validTo` has come.
    pub fn expire(&mut self, now: DateTime) -> Outcome {
        self.remove_where(|stored| stored.profile.valid_to.is_some_and(|end| end <= now))
    }

    /// When [`expire`](Self::expire) next has something to do.
    #[must_use]
    pub fn next_expiry(&self) -> Option<DateTime> {
        self.profiles
            .iter()
            .filter_map(|stored| stored.profile.valid_to)
            .min()
    }

    /// Removes profiles and says so in records.
    fn remove_where(&mut self, mut condition: impl FnMut(&StoredProfile) -> bool) -> Outcome {
        let mut outcome = Outcome::default();
        self.profiles.retain(|stored| {
            let remove = condition(stored);
            if remove {
                outcome.removed.push(stored.profile.id);
                outcome.records.push(Record::removal(stored.profile.id));
            }
            !remove
        });
        if !outcome.removed.is_empty() {
            self.revision += 1;
        }
        outcome
    }

    /// Adds a profile that has been checked.
    fn add(&mut self, stored: StoredProfile, outcome: &mut Outcome) {
        // A record of the same key takes the place of the old one; its removal need not be written.
        let id = stored.profile.id;
        let key = Record::key_of(id);
        outcome.records.retain(|record| record.key != key);
        outcome.records.push(Record::of(&stored));
        self.profiles.push(stored);
        self.revision += 1;
    }
}
