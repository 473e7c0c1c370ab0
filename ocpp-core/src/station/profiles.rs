//! Charging profiles in a station: the store, and the limits that follow from it.

use alloc::vec::Vec;

use ocpp_types::Decimal;

use super::config::{EvseConfig, StationConfig};
use super::context::Context;
use super::queue::Change;
use super::record::{Record, Records};
use super::vocabulary::{Limit, LimitUnit};
use crate::smart_charging::{
    ChargingProfile, Claim, ClearFilter, CompositeError, CompositePeriod, CompositeSchedule,
    CurrentLimit, CurrentType, Evse, EvseId, LoadedPhases, LocalLimit, Outcome, ProfileStore,
    RateUnit, RateUnits, Rejection, Request, Rules, Scope, Sharing, Site, StoreConfig, Transaction,
    TransactionId, split,
};
use crate::time::{DateTime, Instant};

const PREFIX: &str = "charging-profile/";
/// In A. Below this no car charges (IEC 61851). It is also what the whole station may take while a profile cannot be read:
/// any connection on which a car can charge at all bears that.
const LEAST_CURRENT: rust_decimal::Decimal = rust_decimal::Decimal::from_parts(6, 0, 0, false, 0);

/// Profiles, and what they allow right now. An "EVSE" is whatever the version numbers: a connector in 1.6.
#[derive(Debug)]
pub(crate) struct Profiles {
    pub(crate) store: ProfileStore,
    pub(crate) site: Site,
    /// What limits are handed to the hardware in: amperes for alternating current, watts for direct current, whose voltage
    /// is the car's, unless no profile can be in watts.
    unit: RateUnit,
    /// The revision of the store that the limits belong to.
    revision: Option<u64>,
    /// Whether the limits are that there are none.
    unlimited: bool,
    /// The time that they were found for.
    found: Option<DateTime>,
    /// When the limits change by themselves.
    next_change: Option<DateTime>,
}

impl Profiles {
    /// `evses` are the indices into the configured EVSEs, for number 1 and so on.
    pub(crate) fn restore(
        core: &mut Context,
        rules: Rules,
        evses: &[usize],
        records: &Records,
    ) -> Self {
        let config = &core.config;
        let count = EvseId::try_from(evses.len()).unwrap_or(EvseId::MAX);
        let mut store_config = StoreConfig::new(rules, count);
        store_config.max_stack_level = config.limits.stack_level.into();
        store_config.max_periods = config.limits.schedule_periods;
        store_config.max_profiles = config.limits.charging_profiles;
        store_config.units = RateUnits {
            amperes: config.features.limits_in_amperes,
            watts: config.features.limits_in_watts,
        };
        store_config.by_connector = rules == Rules::V1_6;
        let stored = records.texts(PREFIX);
        let (mut store, damaged) = ProfileStore::restore(store_config, stored);
        let evse = |index: &usize| {
            let default = EvseConfig::default();
            let evse = config.evses.get(*index).unwrap_or(&default);
            let (amperes, watts) = (evse.max_current.0, evse.watts(config.voltage).0);
            let mut site = Evse::ac(LocalLimit::Both { amperes, watts }, evse.phases.max(1));
            site.cap = Some((amperes, RateUnit::A));
            if evse.phases == 0 {
                site.current = CurrentType::Dc;
                if config.features.limits_in_watts {
                    site.cap = Some((watts, RateUnit::W));
                }
            }
            site
        };
        let mut site = Site::new(evses.iter().map(evse).collect());
        site.voltage = Some(config.voltage.0);
        let direct = config.evses.iter().any(|evse| evse.phases == 0);
        let unit = if direct && config.features.limits_in_watts {
            RateUnit::W
        } else {
            RateUnit::A
        };
        let least = match unit {
            RateUnit::A => LEAST_CURRENT,
            RateUnit::W => LEAST_CURRENT * config.voltage.0,
        };
        let mut stored = changes(store.renumber(|number| renumbered(config, rules, number)));
        stored.extend(changes(store.settle()));
        for record in damaged {
            records.reject(&record.key, record.reason);
            let id = record
                .key
                .strip_prefix(PREFIX)
                .and_then(|id| id.parse().ok());
            if let Some(id) = id {
                stored.extend(changes(store.stand_in(id, least, unit)));
            }
        }
        core.changes(stored);
        Self {
            store,
            site,
            unit,
            revision: None,
            unlimited: false,
            found: None,
            next_change: None,
        }
    }

    /// The limits, number by number, if they may have changed. None while there are profiles and nobody knows the time:
    /// no limit must not stand for an unknown one.
    /// Requirements: K01.FR.47, K01.FR.51.
    pub(crate) fn limits(&mut self, now: Option<DateTime>) -> Option<Vec<(EvseId, Option<Limit>)>> {
        let revision = self.store.revision();
        let due = self.next_change.is_some_and(|change| Some(change) <= now);
        // The clock was wrong, and is right now: what was found for a later time says nothing of this one.
        let back = self.found > now;
        if self.revision == Some(revision) && !due && !back {
            return None;
        }
        let count = self.store.config().evse_count;
        if self.store.profiles().is_empty() {
            self.revision = Some(revision);
            self.next_change = None;
            if core::mem::replace(&mut self.unlimited, true) {
                return None;
            }
            return Some((1..=count).map(|evse| (evse, None)).collect());
        }
        let now = now?;
        self.unlimited = false;
        self.revision = Some(revision);
        self.found = Some(now);
        self.next_change = None;
        let own = (1..=count).map(|evse| (evse, self.current(evse, now)));
        let mut own: Vec<(EvseId, Option<CurrentLimit>)> = own.collect();
        if let Some(station) = self.current(0, now) {
            self.share(&station, &mut own, now);
        }
        let unit = match self.unit {
            RateUnit::A => LimitUnit::Amperes,
            RateUnit::W => LimitUnit::Watts,
        };
        let limit = |limit: CurrentLimit| Limit {
            value: Decimal(limit.limit.normalize()),
            unit,
            phases: limit.phases,
        };
        let limits = own.into_iter().map(|(evse, own)| (evse, own.map(limit)));
        Some(limits.collect())
    }

    /// The limit of an EVSE, or of the station (0), by its profiles.
    fn current(&mut self, evse: EvseId, now: DateTime) -> Option<CurrentLimit> {
        let scope = Scope {
            evse,
            unit: self.unit,
            schedule: 0,
        };
        let mut limit = self.store.limit_now(&self.site, scope, now).ok()?;
        let current = limit.at(now).clone();
        let next = [self.next_change, current.until].into_iter().flatten();
        self.next_change = next.min();
        Some(current)
    }

    /// What the station as a whole may take is shared among those who charge (1.6 section 3.13.1): the same for everybody,
    /// and nothing for who came last where it would be too little to charge with.
    fn share(
        &self,
        station: &CurrentLimit,
        own: &mut [(EvseId, Option<CurrentLimit>)],
        now: DateTime,
    ) {
        let schedule = |evse, limit: &CurrentLimit| CompositeSchedule {
            evse,
            start: now,
            duration: 1,
            unit: self.unit,
            periods: alloc::vec![CompositePeriod {
                start: 0,
                limit: limit.limit,
                other_phases: None,
                phases: limit.phases,
                phase_to_use: limit.phase_to_use,
            }],
            min_charging_rate: None,
            mixed_phases: false,
        };
        let charging = self.store.transactions().iter();
        let ceilings: Vec<CompositeSchedule> = charging
            .filter_map(|transaction| {
                let (evse, limit) = own.iter().find(|(evse, _)| *evse == transaction.evse)?;
                Some(schedule(*evse, limit.as_ref()?))
            })
            .collect();
        let claims = ceilings.iter().map(|ceiling| Claim {
            evse: ceiling.evse,
            ceiling,
            minimum: self.minimum(ceiling),
            weight: 1,
            phases: LoadedPhases::ALL,
        });
        let claims: Vec<Claim<'_>> = claims.collect();
        let site = schedule(0, station);
        let shares = split(&site, &claims, Sharing::EqualShare).unwrap_or_default();
        for share in shares {
            let own = own.iter_mut().find(|(evse, _)| *evse == share.evse);
            if let Some((_, Some(limit))) = own
                && let Some(period) = share.periods.first()
            {
                limit.limit = limit.limit.min(period.limit);
            }
        }
    }

    /// Below this no car charges: the 6 A of a control pilot. Direct current has no such minimum that all cars share.
    fn minimum(&self, ceiling: &CompositeSchedule) -> rust_decimal::Decimal {
        let index = usize::try_from(ceiling.evse).ok();
        let evse = index.and_then(|number| self.site.evses.get(number.checked_sub(1)?));
        let alternating = evse.filter(|evse| evse.current == CurrentType::Ac);
        match (alternating, self.unit) {
            (None, _) => rust_decimal::Decimal::ZERO,
            (Some(_), RateUnit::A) => LEAST_CURRENT,
            (Some(evse), RateUnit::W) => {
                let phases = ceiling.periods.first().and_then(|period| period.phases);
                let phases = phases.unwrap_or(evse.phases);
                let voltage = self.site.voltage.unwrap_or_default();
                LEAST_CURRENT * voltage * rust_decimal::Decimal::from(phases)
            }
        }
    }

    /// Installs a profile, durably.
    pub(crate) fn install(
        &mut self,
        core: &mut Context,
        evse: EvseId,
        profile: ChargingProfile,
    ) -> Result<(), Rejection> {
        let outcome = self.store.install(evse, profile)?;
        core.changes(changes(outcome));
        Ok(())
    }

    /// What the profiles allow together.
    pub(crate) fn composite(&self, request: &Request) -> Result<CompositeSchedule, CompositeError> {
        self.store.composite(&self.site, request)
    }

    /// The id of the transaction that runs there.
    pub(crate) fn identify_transaction(&mut self, evse: EvseId, id: TransactionId) {
        self.store.identify_transaction(evse, id);
    }

    /// Clears profiles. Says whether there were any.
    pub(crate) fn clear(&mut self, core: &mut Context, filter: &ClearFilter) -> bool {
        let outcome = self.store.clear(filter);
        let removed = !outcome.removed.is_empty();
        core.changes(changes(outcome));
        removed
    }

    /// Whether a remote start may bring this profile (1.6 section 5.16.2 with erratum 3.41, F01.FR.26).
    pub(crate) fn may_start_with(
        &self,
        core: &Context,
        evse: Option<EvseId>,
        profile: &ChargingProfile,
    ) -> bool {
        core.utc().is_some() && self.store.check_remote_start(evse, profile).is_ok()
    }

    /// A transaction begins, perhaps with the profile of its remote start (F01.FR.10, K05.FR.03).
    pub(crate) fn transaction_began(
        &mut self,
        core: &mut Context,
        evse: EvseId,
        id: Option<TransactionId>,
        profile: Option<ChargingProfile>,
    ) {
        let Some(started) = core.utc() else {
            return;
        };
        let transaction = Transaction { evse, id, started };
        // A profile that other profiles displaced in the meantime is no reason not to charge.
        let (outcome, _) = self.store.start_transaction(transaction, profile);
        core.changes(changes(outcome));
    }

    pub(crate) fn transaction_ended(&mut self, core: &mut Context, evse: EvseId) {
        let outcome = self.store.end_transaction(evse);
        core.changes(changes(outcome));
    }

    /// After a restart: transactions that go on keep their profiles, the others lose them.
    pub(crate) fn resume(
        &mut self,
        core: &mut Context,
        running: impl IntoIterator<Item = Transaction>,
    ) {
        for transaction in running {
            self.store.resume_transaction(transaction);
        }
        let outcome = self.store.drop_orphans();
        core.changes(changes(outcome));
    }

    /// The limits that may have changed, after what is over was removed.
    pub(crate) fn limits_due(&mut self, core: &mut Context) -> Vec<(EvseId, Option<Limit>)> {
        if !core.begun {
            // The transactions whose profiles count are not known yet.
            return Vec::new();
        }
        let now = core.utc();
        let expired = now.map(|now| self.expire(now));
        core.changes(expired.unwrap_or_default());
        self.limits(now).unwrap_or_default()
    }

    /// When [`limits_due`](Self::limits_due) has something new.
    pub(crate) fn next_timeout(&self, core: &Context) -> Option<Instant> {
        core.clock.instant_of(core.now, self.next_change()?)
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

/// The numbers that one of the other way of counting stands for: an EVSE for its connectors in 1.6, a connector for its
/// EVSE in 2.x.
fn renumbered(config: &StationConfig, rules: Rules, number: EvseId) -> Vec<EvseId> {
    let connectors = (1..).zip(config.connectors().map(|(at, _)| at));
    if rules == Rules::V1_6 {
        let of_it = connectors.filter(|(_, at)| at.evse == number);
        of_it.map(|(connector, _)| connector).collect()
    } else {
        let mut connectors = connectors.filter(|(connector, _)| *connector == number);
        connectors
            .next()
            .map(|(_, at)| at.evse)
            .into_iter()
            .collect()
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
