//! Charging profiles in a station: the store, and the limits that follow from it.

use alloc::vec::Vec;

use litemap::LiteMap;
use ocpp_types::Decimal;

use super::config::{EvseConfig, StationConfig, built};
use super::context::Context;
use super::queue::Change;
use super::record::{Record, Records};
use super::vocabulary::{Limit, LimitUnit};
use crate::order;
use crate::smart_charging::{
    ChargingProfile, ClearFilter, CompositeError, CompositeSchedule, Consumer, CurrentType, Evse,
    EvseId, GridConnection, LEAST_CURRENT, LoadedPhases, LocalLimit, Outcome, PhaseAbility,
    ProfileStore, RateUnit, RateUnits, Rejection, Request, Rules, Scope, Site, StoreConfig,
    Transaction, TransactionId, share,
};
use crate::time::{DateTime, Instant};

const PREFIX: &str = "charging-profile/";

/// An EVSE that offers energy, or is about to: it takes part when the limit of the station is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Charging {
    /// The number of its transaction: who came first is admitted first. `None` before the transaction begins.
    pub(crate) transaction: Option<u64>,
    /// How important it is that it gets energy, from -9 to 9 (`chargingPriority`).
    pub(crate) priority: i8,
}

/// The phases that an EVSE can use.
#[derive(Debug, Clone, Copy)]
struct Wiring {
    /// The phase of the grid that it uses when it uses one, if that is known.
    single: Option<u8>,
    /// Whether the hardware holds a car to fewer phases than are wired.
    switches: bool,
}

/// Profiles, and what they allow right now. An "EVSE" is whatever the version numbers: a connector in 1.6.
#[derive(Debug)]
pub(crate) struct Profiles {
    pub(crate) store: ProfileStore,
    pub(crate) site: Site,
    /// What the hardware of each EVSE can do about phases.
    wiring: Vec<Wiring>,
    /// Whether direct current is limited in watts, because its voltage is the car's; amperes if no profile can be in watts.
    watts: bool,
    /// The EVSEs that offer energy, or are about to.
    charging: LiteMap<EvseId, Charging>,
    /// Whether others charge than those that the limits were found for.
    charging_changed: bool,
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
        let default = EvseConfig::default();
        let configured = |index: &usize| config.evses.get(*index).unwrap_or(&default);
        let switches = config.features.switch_3_to_1_phase;
        let ability = |evse: &EvseConfig| PhaseAbility {
            dc: evse.phases == 0,
            count: evse.phases,
            holds_to_fewer: switches,
            switches: false,
            single: evse.single_phase,
        };
        let abilities = evses.iter().map(|index| ability(configured(index)));
        store_config.phases = abilities.collect();
        let wiring = |evse: &EvseConfig| Wiring {
            single: evse.single_phase,
            switches,
        };
        let wiring = evses.iter().map(|index| wiring(configured(index)));
        let wiring: Vec<Wiring> = wiring.collect();
        let watts = config.features.limits_in_watts;
        let (mut store, damaged) = if built::SMART_CHARGING {
            ProfileStore::restore(store_config, records.texts(PREFIX))
        } else {
            (ProfileStore::new(store_config), Vec::new())
        };
        let site = site_of(config, evses);
        let direct = config.evses.iter().any(|evse| evse.phases == 0);
        let unit = if direct && config.features.limits_in_watts {
            RateUnit::W
        } else {
            RateUnit::A
        };
        // What the whole station may take while a profile cannot be read: any connection on which a car can charge at all
        // bears that.
        let least = match unit {
            RateUnit::A => LEAST_CURRENT,
            RateUnit::W => LEAST_CURRENT * config.voltage.0,
        };
        if !built::SMART_CHARGING {
            return Self::around(store, site, wiring, watts);
        }
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
        Self::around(store, site, wiring, watts)
    }

    fn around(store: ProfileStore, site: Site, wiring: Vec<Wiring>, watts: bool) -> Self {
        Self {
            store,
            site,
            wiring,
            watts,
            charging: LiteMap::new(),
            charging_changed: false,
            revision: None,
            unlimited: false,
            found: None,
            next_change: None,
        }
    }

    /// Whether an EVSE takes part when the limit of the station is shared.
    pub(crate) fn set_charging(&mut self, evse: EvseId, charging: Option<Charging>) {
        let before = match charging {
            Some(charging) => self.charging.insert(evse, charging),
            None => self.charging.remove(&evse),
        };
        self.charging_changed |= before != charging;
    }

    /// The limits, number by number, if they may have changed. None while there are profiles and nobody knows the time:
    /// no limit must not stand for an unknown one.
    /// Requirements: K01.FR.47, K01.FR.51.
    fn limits(&mut self, now: Option<DateTime>) -> Option<Vec<(EvseId, Option<Limit>)>> {
        let revision = self.store.revision();
        let due = self.next_change.is_some_and(|change| Some(change) <= now);
        // The clock was wrong, and is right now: what was found for a later time says nothing of this one.
        let back = self.found > now;
        if self.revision == Some(revision) && !due && !back && !self.charging_changed {
            return None;
        }
        let count = self.store.config().evse_count;
        let always = self.store.profiles().is_empty();
        if always && !self.site.grid.is_limited() {
            self.revision = Some(revision);
            self.charging_changed = false;
            self.next_change = None;
            if core::mem::replace(&mut self.unlimited, true) {
                return None;
            }
            return Some((1..=count).map(|evse| (evse, None)).collect());
        }
        // Without profiles it is the same at any time (K04.FR.02).
        let at = now.or(always.then_some(DateTime::UNIX_EPOCH))?;
        self.unlimited = false;
        self.revision = Some(revision);
        self.charging_changed = false;
        self.found = now;
        self.next_change = None;
        let own = (1..=count).map(|evse| (evse, self.current(evse, at)));
        let mut own: Vec<(EvseId, Option<Limit>)> = own.collect();
        self.share(&mut own, at);
        Some(own)
    }

    /// What limits are handed to the hardware in: amperes for each phase, or watts for direct current.
    fn unit(&self, evse: &Evse) -> RateUnit {
        match evse.current {
            CurrentType::Dc if self.watts => RateUnit::W,
            _ => RateUnit::A,
        }
    }

    fn evse(&self, number: EvseId) -> Option<&Evse> {
        self.site.evses.get(place(number)?)
    }

    fn wiring(&self, number: EvseId) -> Option<&Wiring> {
        self.wiring.get(place(number)?)
    }

    /// The limit of an EVSE by its profiles.
    fn current(&mut self, number: EvseId, now: DateTime) -> Option<Limit> {
        let evse = *self.evse(number)?;
        let unit = self.unit(&evse);
        let scope = Scope {
            evse: number,
            unit,
            schedule: 0,
        };
        let mut limit = self.store.limit_now(&self.site, scope, now).ok()?;
        let current = limit.at(now).clone();
        self.changes_at(current.until);
        let each = current.other_phases.into_iter().flatten();
        let value = match unit {
            // One value for all phases has to suit the weakest.
            RateUnit::A => each.fold(current.limit, rust_decimal::Decimal::min),
            RateUnit::W => each.fold(current.limit, |sum, watts| {
                sum.checked_add(watts).unwrap_or(rust_decimal::Decimal::MAX)
            }),
        };
        let switches = self.wiring(number).is_some_and(|wiring| wiring.switches);
        let phases = current.phases.map(|phases| match switches {
            true => phases.min(evse.phases),
            // Whatever profiles say, a car uses what is wired.
            false => evse.phases,
        });
        Some(Limit {
            value: Decimal(value.normalize()),
            unit: match unit {
                RateUnit::A => LimitUnit::Amperes,
                RateUnit::W => LimitUnit::Watts,
            },
            phases,
        })
    }

    /// The limits change by themselves then.
    fn changes_at(&mut self, until: Option<DateTime>) {
        let next = [self.next_change, until].into_iter().flatten();
        self.next_change = next.min();
    }

    /// What the station as a whole may take is shared among those who charge (1.6 section 3.13.1): the same for everybody,
    /// and nothing for who came last where it would be too little to charge with.
    fn share(&mut self, own: &mut [(EvseId, Option<Limit>)], now: DateTime) {
        let station = self.store.station_limits(&self.site, now);
        self.changes_at(station.until);
        let mut charging: Vec<(EvseId, Charging)> = self
            .charging
            .iter()
            .map(|(evse, charging)| (*evse, *charging))
            .collect();
        order::sort_by_key(&mut charging, |(_, charging)| {
            charging.transaction.unwrap_or(u64::MAX)
        });
        let consumer = |(number, charging): &(EvseId, Charging)| {
            let (_, limit) = own.get(place(*number)?)?;
            let limit = (*limit)?;
            Some((*number, self.consumer(*number, limit, charging.priority)?))
        };
        let consumers: Vec<(EvseId, Consumer)> = charging.iter().filter_map(consumer).collect();
        let (numbers, consumers): (Vec<EvseId>, Vec<Consumer>) = consumers.into_iter().unzip();
        let shares = share(&self.site, &station.limits, &consumers);
        for (number, share) in numbers.iter().zip(shares) {
            let own = place(*number).and_then(|place| own.get_mut(place));
            if let Some((_, Some(limit))) = own {
                limit.value = Decimal(limit.value.0.min(share).normalize());
            }
        }
    }

    fn consumer(&self, number: EvseId, limit: Limit, priority: i8) -> Option<Consumer> {
        let evse = *self.evse(number)?;
        let single = self.wiring(number).and_then(|wiring| wiring.single);
        let phases = limit.phases.unwrap_or(1);
        Some(Consumer {
            evse,
            ceiling: limit.value.0,
            unit: self.unit(&evse),
            phases,
            // Which phases a car loads that does not load all of them is not known, but for what is configured.
            loads: match single {
                Some(single) if phases == 1 => LoadedPhases::only(single),
                _ => LoadedPhases::ALL,
            },
            priority,
        })
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
    #[cfg(feature = "v1_6")]
    pub(crate) fn identify_transaction(&mut self, evse: EvseId, id: TransactionId) {
        if !built::SMART_CHARGING {
            return;
        }
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
        built::SMART_CHARGING
            && core.utc().is_some()
            && self.store.check_remote_start(evse, profile).is_ok()
    }

    /// A transaction begins, perhaps with the profile of its remote start (F01.FR.10, K05.FR.03).
    pub(crate) fn transaction_began(
        &mut self,
        core: &mut Context,
        evse: EvseId,
        id: Option<TransactionId>,
        profile: Option<ChargingProfile>,
    ) {
        let Some(started) = core.utc().filter(|_| built::SMART_CHARGING) else {
            return;
        };
        let transaction = Transaction { evse, id, started };
        // A profile that other profiles displaced in the meantime is no reason not to charge.
        let (outcome, _) = self.store.start_transaction(transaction, profile);
        core.changes(changes(outcome));
    }

    pub(crate) fn transaction_ended(&mut self, core: &mut Context, evse: EvseId) {
        if !built::SMART_CHARGING {
            return;
        }
        let outcome = self.store.end_transaction(evse);
        core.changes(changes(outcome));
    }

    /// After a restart: transactions that go on keep their profiles, the others lose them.
    pub(crate) fn resume(
        &mut self,
        core: &mut Context,
        running: impl IntoIterator<Item = Transaction>,
    ) {
        if !built::SMART_CHARGING {
            return;
        }
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
        if !built::SMART_CHARGING {
            // That there are none is said once.
            let told = core::mem::replace(&mut self.unlimited, true);
            let count = if told {
                0
            } else {
                self.store.config().evse_count
            };
            return (1..=count).map(|evse| (evse, None)).collect();
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
    fn next_change(&self) -> Option<DateTime> {
        if !built::SMART_CHARGING {
            return None;
        }
        let changes = [self.next_change, self.store.next_expiry()];
        changes.into_iter().flatten().min()
    }

    /// Removes profiles that are no longer valid.
    fn expire(&mut self, now: DateTime) -> Vec<Change> {
        changes(self.store.expire(now))
    }
}

/// Where in a list an EVSE stands; they are numbered from 1.
fn place(number: EvseId) -> Option<usize> {
    usize::try_from(number).ok()?.checked_sub(1)
}

/// The station as the calculation sees it. `evses` are indices into the configured EVSEs.
fn site_of(config: &StationConfig, evses: &[usize]) -> Site {
    let default = EvseConfig::default();
    let evse = |index: &usize| {
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
    site.grid = GridConnection {
        current: config.grid.max_current.map(|amperes| amperes.0),
        power: config.grid.max_power.map(|watts| watts.0),
        phases: config.grid.phases,
    };
    site
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
