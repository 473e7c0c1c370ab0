//! Which limits a CSMS has ordered, and what follows from them: the other side of what the station does by itself.
//!
//! A message that was not answered may have arrived or not. Then there are several stories of what the station has
//! installed; what is seen of its hardware must fit one of them from beginning to end.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use ocpp_types::{CiString, DateTime, Version};
use rust_decimal::Decimal;
use serde_json::Value;

use super::Power;
use crate::smart_charging::{
    ChargingProfile, ClearFilter, CompositePeriod, Evse, EvseId, ExternalLimit, LimitSource,
    LocalLimit, PhaseAbility, ProfileStore, RateUnit, RateUnits, Request, Rules, Site, StoreConfig,
    Transaction, TransactionId, composite, evse_id,
};
use crate::station::{ConnectorState, Limit, LimitUnit, StationConfig, TransactionState};

/// More stories than that are not followed: then nothing is known any more.
const MAX_STORIES: usize = 64;
/// No car charges with less (the control pilot of IEC 61851), in A: a share that is smaller is none.
const LEAST: Decimal = Decimal::from_parts(6, 0, 0, false, 0);

/// One story.
#[derive(Debug, Clone)]
struct Story {
    store: ProfileStore,
    /// The calls that it says have arrived, or not.
    arrived: BTreeMap<String, bool>,
}

/// The profile of a remote start.
#[derive(Debug)]
struct Remote {
    id: String,
    connector: EvseId,
    profile: ChargingProfile,
    accepted: bool,
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(super) struct Limits {
    version: Version,
    /// The number that each connector has for charging profiles: its own in 1.6, that of its EVSE in 2.0.1.
    numbers: Vec<EvseId>,
    stories: Vec<Story>,
    remote: Vec<Remote>,
    /// The transactions that run, by the station's own numbers.
    running: BTreeMap<EvseId, u64>,
    site: Site,
    /// Whether the hardware holds a car to fewer phases than are wired.
    switches: bool,
}

/// What is expected of a connector.
struct Wanted {
    /// Its own limit; `None` for what the hardware can do.
    own: Option<CompositePeriod>,
    /// Whether it charges, or is about to.
    takes_part: bool,
}

/// A profile as the version writes it.
fn profile(version: Version, value: &Value) -> Option<ChargingProfile> {
    match version {
        #[cfg(feature = "v1_6")]
        Version::V1_6 => {
            let wire: Option<ocpp_types::v1_6::ChargingProfile> =
                serde_json::from_value(value.clone()).ok();
            ChargingProfile::try_from(&wire?).ok()
        }
        #[cfg(feature = "v2_0_1")]
        Version::V2_0_1 => {
            let wire: Option<ocpp_types::v2_0_1::ChargingProfile> =
                serde_json::from_value(value.clone()).ok();
            ChargingProfile::try_from(&wire?).ok()
        }
        _ => None,
    }
}

/// Which profiles a ClearChargingProfile means.
fn filter(version: Version, value: &Value) -> Option<ClearFilter> {
    match version {
        #[cfg(feature = "v1_6")]
        Version::V1_6 => {
            let wire: Option<ocpp_types::v1_6::ClearChargingProfileRequest> =
                serde_json::from_value(value.clone()).ok();
            ClearFilter::try_from(&wire?).ok()
        }
        #[cfg(feature = "v2_0_1")]
        Version::V2_0_1 => {
            let wire: Option<ocpp_types::v2_0_1::ClearChargingProfileRequest> =
                serde_json::from_value(value.clone()).ok();
            ClearFilter::try_from(&wire?).ok()
        }
        _ => None,
    }
}

/// The connector or EVSE that a call names.
fn place(payload: &Value) -> EvseId {
    let named = payload.get("connectorId").or_else(|| payload.get("evseId"));
    evse_id(named.and_then(Value::as_i64).unwrap_or_default())
}

impl Limits {
    pub(super) fn new(version: Version, config: &StationConfig) -> Self {
        let by_connector = version == Version::V1_6;
        let evse = |phases: u8, amperes: Decimal| {
            let watts = amperes * config.voltage.0 * Decimal::from(phases);
            let mut evse = Evse::ac(LocalLimit::Both { amperes, watts }, phases);
            evse.cap = Some((amperes, RateUnit::A));
            evse
        };
        let mut numbers = Vec::new();
        let mut places = Vec::new();
        for one in &config.evses {
            for connector in 0..one.connectors.len() {
                if by_connector || connector == 0 {
                    places.push(evse(one.phases.max(1), one.max_current.0));
                }
                numbers.push(EvseId::try_from(places.len()).unwrap_or(EvseId::MAX));
            }
        }
        let count = EvseId::try_from(places.len()).unwrap_or(EvseId::MAX);
        let rules = match version {
            Version::V1_6 => Rules::V1_6,
            _ => Rules::V2,
        };
        let mut store = StoreConfig::new(rules, count);
        let ability = |evse: &Evse| PhaseAbility {
            count: evse.phases,
            holds_to_fewer: config.features.switch_3_to_1_phase,
            ..PhaseAbility::default()
        };
        store.phases = places.iter().map(ability).collect();
        store.by_connector = by_connector;
        store.max_stack_level = config.limits.stack_level.into();
        store.max_periods = config.limits.schedule_periods;
        store.max_profiles = config.limits.charging_profiles;
        store.units = RateUnits {
            amperes: config.features.limits_in_amperes,
            watts: config.features.limits_in_watts,
        };
        let mut site = Site::new(places);
        site.voltage = Some(config.voltage.0);
        Self {
            version,
            numbers,
            running: BTreeMap::new(),
            stories: vec![Story {
                store: ProfileStore::new(store),
                arrived: BTreeMap::new(),
            }],
            remote: Vec::new(),
            site,
            switches: config.features.switch_3_to_1_phase,
        }
    }

    /// The CSMS calls: that may arrive or not.
    pub(super) fn asked(&mut self, id: &str, action: &str, payload: &Value) {
        match action {
            "SetChargingProfile" => {
                let member = match self.version {
                    Version::V1_6 => "csChargingProfiles",
                    _ => "chargingProfile",
                };
                if let Some(profile) = profile(self.version, &payload[member]) {
                    let at = place(payload);
                    self.fork(id, |store| store.install(at, profile.clone()).is_ok());
                }
            }
            "ClearChargingProfile" => {
                if let Some(filter) = filter(self.version, payload) {
                    self.fork(id, |store| !store.clear(&filter).removed.is_empty());
                }
            }
            "RemoteStartTransaction" | "RequestStartTransaction" => {
                if let Some(profile) = profile(self.version, &payload["chargingProfile"]) {
                    self.remote.push(Remote {
                        id: id.to_owned(),
                        connector: place(payload),
                        profile,
                        accepted: false,
                    });
                }
            }
            _ => {}
        }
    }

    /// An external system limits an EVSE, or the station. The station has heard it, or hears it again when it is up.
    pub(super) fn limited(&mut self, limit: &ExternalLimit) {
        for story in &mut self.stories {
            let mut limit = limit.clone();
            for schedule in &mut limit.profile.schedules {
                // One value for ever, whenever it began.
                schedule.start.get_or_insert(DateTime::UNIX_EPOCH);
            }
            let _ = story.store.set_external(limit, Decimal::ZERO);
        }
    }

    /// It releases its limits.
    pub(super) fn released(&mut self, evse: EvseId, source: &LimitSource) {
        for story in &mut self.stories {
            let _ = story.store.clear_external(evse, source);
        }
    }

    /// The stories in which something has been done, besides those in which it has not.
    fn fork(&mut self, id: &str, change: impl Fn(&mut ProfileStore) -> bool) {
        let mut stories = Vec::new();
        for story in &self.stories {
            let mut with = story.clone();
            if change(&mut with.store) {
                with.arrived.insert(id.to_owned(), true);
                stories.push(with);
            }
            let mut without = story.clone();
            without.arrived.insert(id.to_owned(), false);
            stories.push(without);
        }
        self.keep(stories);
    }

    /// The station has answered. The error: it has taken what it cannot have taken.
    pub(super) fn answered(&mut self, id: &str, status: &str) -> Result<(), String> {
        let accepted = status == "Accepted";
        self.remote.retain(|remote| remote.id != id || accepted);
        for remote in self.remote.iter_mut().filter(|remote| remote.id == id) {
            remote.accepted = true;
        }
        let knows = |story: &Story| story.arrived.contains_key(id);
        if !self.stories.iter().any(knows) {
            return Ok(());
        }
        let fits = |story: &Story| story.arrived.get(id) == Some(&accepted);
        if !self.stories.iter().any(fits) {
            return Err(format!("the answer {status} to {id} fits nothing"));
        }
        self.stories.retain(fits);
        Ok(())
    }

    fn keep(&mut self, stories: Vec<Story>) {
        self.stories = stories;
        if self.stories.len() > MAX_STORIES {
            self.stories.clear();
        }
    }

    /// Transactions begin and end.
    pub(super) fn follow(&mut self, connectors: &[ConnectorState], certain: bool) {
        let count = self.numbers.last().copied().unwrap_or_default();
        for number in 1..=count {
            let here = self.numbers.iter().zip(connectors);
            let here = here.filter(|(other, _)| **other == number);
            let mut running = here.filter_map(|(_, state)| state.transaction.as_ref());
            self.follow_at(number, running.next_back(), certain);
        }
    }

    fn follow_at(&mut self, number: EvseId, running: Option<&TransactionState>, certain: bool) {
        let id = running.and_then(|running| running.id.as_ref());
        let id = id.and_then(|id| match self.version {
            Version::V1_6 => id.parse().ok().map(TransactionId::Number),
            _ => Some(TransactionId::Text(CiString::truncated(id))),
        });
        if self.running.get(&number).copied() == running.map(|running| running.number) {
            let Some(id) = id else { return };
            for story in &mut self.stories {
                let known = story.store.transaction(number);
                if known.is_some_and(|known| known.id.is_none()) {
                    story.store.identify_transaction(number, id.clone());
                }
            }
            return;
        }
        self.running.remove(&number);
        for story in &mut self.stories {
            let _ = story.store.end_transaction(number);
        }
        if let Some(running) = running {
            self.running.insert(number, running.number);
            self.begin(number, id, running.started, certain);
        }
    }

    fn begin(&mut self, at: EvseId, id: Option<TransactionId>, started: DateTime, certain: bool) {
        let transaction = Transaction {
            evse: at,
            id,
            started,
        };
        let here = |remote: &mut Remote| remote.connector == at;
        let Some(remote) = self.remote.extract_if(.., here).last() else {
            for story in &mut self.stories {
                let _ = story.store.start_transaction(transaction.clone(), None);
            }
            return;
        };
        let mut stories = Vec::new();
        for story in &self.stories {
            let mut with = story.clone();
            let profile = Some(remote.profile.clone());
            let _ = with.store.start_transaction(transaction.clone(), profile);
            stories.push(with);
            if !(certain && remote.accepted) {
                let mut without = story.clone();
                let _ = without.store.start_transaction(transaction.clone(), None);
                stories.push(without);
            }
        }
        self.keep(stories);
    }

    /// Compares the limits of the connectors that `counts` with what follows from the profiles. In words what is wrong.
    pub(super) fn compare(
        &mut self,
        utc: DateTime,
        power: &[Power],
        counts: &[bool],
    ) -> Result<(), String> {
        if self.stories.is_empty() {
            return Ok(());
        }
        let mut wrong = Vec::new();
        let mut fitting = Vec::new();
        for story in &mut self.stories {
            let _ = story.store.expire(utc);
            match compare(
                &self.site,
                self.switches,
                &self.numbers,
                &story.store,
                utc,
                power,
                counts,
            ) {
                Ok(()) => fitting.push(story.clone()),
                Err(words) => wrong.push(words),
            }
        }
        if fitting.is_empty() {
            wrong.dedup();
            return Err(wrong.join(", or "));
        }
        self.stories = fitting;
        Ok(())
    }
}

/// The limit of a connector (0 for the station) at an instant; `None` if there is no profile at all.
fn limit(site: &Site, store: &ProfileStore, utc: DateTime, at: EvseId) -> Option<CompositePeriod> {
    if store.profiles().is_empty() {
        return None;
    }
    let request = Request::new(at, utc, 1, RateUnit::A);
    let schedule = composite(site, &store.installed(), store.transactions(), &request);
    schedule.ok()?.periods.into_iter().next()
}

fn compare(
    site: &Site,
    switches: bool,
    numbers: &[EvseId],
    store: &ProfileStore,
    utc: DateTime,
    power: &[Power],
    counts: &[bool],
) -> Result<(), String> {
    let count = numbers.last().copied().unwrap_or_default();
    let wanted = (1..=count).map(|number| Wanted {
        own: limit(site, store, utc, number),
        takes_part: store.transaction(number).is_some(),
    });
    let wanted: Vec<Wanted> = wanted.collect();
    let station = limit(site, store, utc, 0).map(|limit| limit.limit);
    let sharing = || wanted.iter().filter(|wanted| wanted.takes_part);
    let all: Decimal = sharing()
        .filter_map(|wanted| Some(wanted.own.as_ref()?.limit))
        .sum();
    // The station's limit is shared among those who charge; how, is its own business.
    let scarce = station.is_some_and(|station| station < all || station < LEAST);
    let mut taken = Decimal::ZERO;
    for (number, (power, counts)) in numbers.iter().copied().zip(power.iter().zip(counts)) {
        let index = usize::try_from(number).unwrap_or_default();
        let wanted = index.checked_sub(1).and_then(|index| wanted.get(index));
        let Some(wanted) = wanted.filter(|_| *counts) else {
            continue;
        };
        let own = wanted.own.as_ref();
        let most = own.map(|own| own.limit);
        let is = power.limit.map(|limit| (limit.value.0, limit.phases));
        let right = match (most, power.limit) {
            (None, None) => true,
            // Whoever is asked says what the hardware can do instead of nothing.
            (None, Some(limit)) => says_nothing(site, number, &limit),
            (Some(_), None) => false,
            (Some(most), Some(limit)) => {
                let same = limit.value.0 == most;
                let scarce = scarce || station.is_some() && most < LEAST;
                let less = wanted.takes_part && scarce && limit.value.0 <= most;
                let phases = own.and_then(|own| own.phases);
                let wired = site.evses.get(index - 1).map(|evse| evse.phases);
                let phases = match switches {
                    true => phases.min(wired),
                    false => wired,
                };
                (same || less) && limit.unit == LimitUnit::Amperes && limit.phases == phases
            }
        };
        if !right {
            let should = own.map(|own| (own.limit, own.phases));
            return Err(format!(
                "the limit of {number} is {is:?} and not {should:?}"
            ));
        }
        if wanted.takes_part && power.closed {
            taken += power.limit.map_or(Decimal::ZERO, |limit| limit.value.0);
        }
    }
    match station {
        Some(station) if scarce && taken > station => {
            Err(format!("{taken} A together, and {station} A may be taken"))
        }
        _ => Ok(()),
    }
}

fn says_nothing(site: &Site, number: EvseId, limit: &Limit) -> bool {
    let index = usize::try_from(number).unwrap_or_default();
    let evse = index.checked_sub(1).and_then(|index| site.evses.get(index));
    evse.and_then(|evse| evse.cap).map(|cap| cap.0) == Some(limit.value.0)
}
