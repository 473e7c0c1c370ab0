//! Charging profiles in a station: the store, and the limits that follow from it.

use alloc::vec::Vec;

use ocpp_types::Decimal;

use super::config::StationConfig;
use super::queue::Change;
use super::record::{Record, Records};
use super::vocabulary::{Limit, LimitUnit};
use crate::smart_charging::{
    CurrentType, Evse, EvseId, LocalLimit, Outcome, ProfileStore, RateUnit, RateUnits, Rules,
    Scope, Site, StoreConfig,
};
use crate::time::DateTime;

const PREFIX: &str = "charging-profile/";

/// Profiles, and what they allow right now. An "EVSE" is whatever the version numbers: a connector in 1.6.
#[derive(Debug)]
pub(crate) struct Profiles {
    pub(crate) store: ProfileStore,
    pub(crate) site: Site,
    /// The revision of the store that the limits belong to.
    revision: Option<u64>,
    /// When the limits change by themselves.
    next_change: Option<DateTime>,
}

impl Profiles {
    /// `evses` are the indices into the configured EVSEs, for number 1 and so on.
    pub(crate) fn restore(
        config: &StationConfig,
        rules: Rules,
        evses: &[usize],
        records: &Records,
    ) -> Self {
        let count = EvseId::try_from(evses.len()).unwrap_or(EvseId::MAX);
        let mut store_config = StoreConfig::new(rules, count);
        store_config.max_stack_level = config.limits.stack_level.into();
        store_config.max_periods = config.limits.schedule_periods;
        store_config.max_profiles = config.limits.charging_profiles;
        store_config.units = RateUnits {
            amperes: config.features.limits_in_amperes,
            watts: config.features.limits_in_watts,
        };
        let stored = records.texts(PREFIX);
        let (store, _damaged) = ProfileStore::restore(store_config, stored);
        let evse = |index: &usize| {
            let evse = config.evses.get(*index);
            let current = evse.map_or(rust_decimal::Decimal::ZERO, |evse| evse.max_current.0);
            let phases = evse.map_or(3, |evse| evse.phases);
            let mut site = Evse::ac(LocalLimit::Amperes(current), phases.max(1));
            site.cap = Some((current, RateUnit::A));
            if phases == 0 {
                site.current = CurrentType::Dc;
            }
            site
        };
        let mut site = Site::new(evses.iter().map(evse).collect());
        site.voltage = Some(config.voltage.0);
        Self {
            store,
            site,
            revision: None,
            next_change: None,
        }
    }

    /// The limits, number by number, if they may have changed.
    pub(crate) fn limits(&mut self, now: DateTime) -> Option<Vec<(EvseId, Option<Limit>)>> {
        let revision = self.store.revision();
        let due = self.next_change.is_some_and(|change| change <= now);
        if self.revision == Some(revision) && !due {
            return None;
        }
        self.revision = Some(revision);
        self.next_change = None;
        let count = self.store.config().evse_count;
        let mut limits = Vec::new();
        for evse in 1..=count {
            limits.push((evse, self.limit(evse, now)));
        }
        Some(limits)
    }

    fn limit(&mut self, evse: EvseId, now: DateTime) -> Option<Limit> {
        if self.store.profiles().is_empty() {
            return None;
        }
        let scope = Scope {
            evse,
            unit: RateUnit::A,
            schedule: 0,
        };
        let mut limit = self.store.limit_now(&self.site, scope, now).ok()?;
        let current = limit.at(now);
        let next = [self.next_change, current.until].into_iter().flatten();
        self.next_change = next.min();
        Some(Limit {
            value: Decimal(current.limit.normalize()),
            unit: LimitUnit::Amperes,
            phases: current.phases,
        })
    }

    /// When [`limits`](Self::limits) or [`expire`](Self::expire) have something new.
    pub(crate) fn next_change(&self) -> Option<DateTime> {
        let changes = [self.next_change, self.store.next_expiry()];
        changes.into_iter().flatten().min()
    }

    /// Removes profiles that are no longer valid.
    pub(crate) fn expire(&mut self, now: DateTime) -> Vec<Change> {
        changes(self.store.expire(now))
    }
}

/// What a change of the store wants stored.
pub(crate) fn changes(outcome: Outcome) -> Vec<Change> {
    let change = |record: crate::smart_charging::Record| match record.value {
        Some(value) => Change::Store(Record {
            key: record.key,
            value,
        }),
        None => Change::Remove(record.key),
    };
    outcome.records.into_iter().map(change).collect()
}
