//! Charging profiles: which the station has, which it may be sent, and what they come to (K01, K08, K10).

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::Version;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::RemoteStation;
use super::vocabulary::CommandError;
use crate::csms::TransactionId;
use crate::csms::ledger::{Bill, Ledger, RecordChange};
use crate::smart_charging::{
    self, ChargingProfile, ClearFilter, CompositeError, CompositeSchedule, PhaseAbility,
    ProfileStore, Purpose, RateUnits, Request, Rules, Site, StoreConfig, Transaction, evse_id,
};

/// Most profiles that are remembered of a station; no station of today takes more.
const MAX_PROFILES: usize = 1_000;

/// EVSEs with higher numbers are not calculated with.
pub(super) const MAX_EVSE: u32 = 1_000;

const FOLDER: &str = "profile/";

/// A charging profile that a station has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalledProfile {
    /// Where; in 1.6 the connector. 0 for the whole station.
    pub evse: i64,
    /// The profile.
    pub profile: ChargingProfile,
}

/// The profiles of a station, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Profiles {
    all: BTreeMap<i64, InstalledProfile>,
    /// What was there before the changes that are not stored yet.
    before: BTreeMap<i64, Option<InstalledProfile>>,
}

impl Profiles {
    pub(super) fn iter(&self) -> impl Iterator<Item = &InstalledProfile> {
        self.all.values()
    }

    pub(super) fn has(&self, id: i64) -> bool {
        self.all.contains_key(&id)
    }

    fn keep(&mut self, id: i64) {
        if !self.before.contains_key(&id) {
            self.before.insert(id, self.all.get(&id).cloned());
        }
    }

    fn put(&mut self, evse: i64, profile: ChargingProfile) {
        let id = profile.id;
        if self.all.contains_key(&id) || self.all.len() < MAX_PROFILES {
            self.keep(id);
            self.all.insert(id, InstalledProfile { evse, profile });
        }
    }

    fn remove(&mut self, ids: impl IntoIterator<Item = i64>) {
        for id in ids {
            self.keep(id);
            self.all.remove(&id);
        }
    }

    pub(super) fn changes(&self) -> Vec<RecordChange> {
        let changed = self.before.iter().filter_map(|(id, before)| {
            let now = self.all.get(id);
            (now != before.as_ref()).then(|| RecordChange {
                key: format!("{FOLDER}{id}"),
                // A plain value; serde_json writes all of it.
                record: now.and_then(|now| serde_json::to_string(now).ok()),
            })
        });
        changed.collect()
    }

    pub(super) fn commit(&mut self) {
        self.before.clear();
    }

    pub(super) fn roll_back(&mut self) {
        for (id, before) in core::mem::take(&mut self.before) {
            match before {
                Some(before) => self.all.insert(id, before),
                None => self.all.remove(&id),
            };
        }
    }

    /// Takes a record back. `Ok(false)`: it is none of a profile.
    pub(super) fn restore(&mut self, key: &str, record: &str) -> Result<bool, String> {
        if !key.starts_with(FOLDER) {
            return Ok(false);
        }
        let installed: InstalledProfile =
            serde_json::from_str(record).map_err(|error| error.to_string())?;
        self.all.insert(installed.profile.id, installed);
        Ok(true)
    }

    /// A transaction has ended, and its profiles with it (K01.FR.35; 1.6 section 3.13.1).
    pub(super) fn transaction_ended(&mut self, bill: &Bill) {
        let id = named(&bill.transaction_id);
        let over = |installed: &&InstalledProfile| {
            let profile = &installed.profile;
            let its = match &profile.transaction_id {
                Some(of) => Some(of) == id.as_ref(),
                // 1.6: for whatever runs there.
                None => installed.evse == bill.evse,
            };
            profile.purpose == Purpose::TxProfile && its
        };
        let over: Vec<i64> = self.iter().filter(over).map(|it| it.profile.id).collect();
        self.remove(over);
    }

    /// The profiles in a store with the rules of a version.
    fn store(&self, rules: Rules, ledger: &Ledger) -> ProfileStore {
        self.store_without(rules, ledger, &[])
    }

    fn store_without(&self, rules: Rules, ledger: &Ledger, without: &[i64]) -> ProfileStore {
        let mut store = empty(rules, ledger);
        let there = self.iter();
        for installed in there.filter(|there| !without.contains(&there.profile.id)) {
            // The station has it, whatever is to be said about it here.
            let _ = store.install(evse_id(installed.evse), installed.profile.clone());
        }
        store
    }
}

/// A store that takes what any station could take; only the rules count.
fn empty(rules: Rules, ledger: &Ledger) -> ProfileStore {
    let mut config = StoreConfig::new(rules, MAX_EVSE);
    config.max_stack_level = i64::MAX;
    config.max_periods = usize::MAX;
    config.max_profiles = usize::MAX;
    config.units = RateUnits {
        amperes: true,
        watts: true,
    };
    // What the hardware can do about phases is not known here: nothing is refused for them.
    let any = PhaseAbility {
        dc: true,
        ..PhaseAbility::default()
    };
    config.phases = alloc::vec![any; MAX_EVSE as usize];
    let mut store = ProfileStore::new(config);
    for open in ledger.open().filter(|open| open.is_running()) {
        store.resume_transaction(Transaction {
            evse: evse_id(open.evse),
            id: named(&open.transaction_id),
            started: open.started_at.unwrap_or(open.first_at),
        });
    }
    store
}

/// The name of a transaction in the words of smart charging.
pub(super) fn named(id: &TransactionId) -> Option<smart_charging::TransactionId> {
    Some(match id {
        TransactionId::Number(number) => smart_charging::TransactionId::Number(*number),
        TransactionId::Text(text) => smart_charging::TransactionId::Text(text.parse().ok()?),
    })
}

const fn rules(version: Version) -> Rules {
    match version {
        Version::V1_6 => Rules::V1_6,
        _ => Rules::V2,
    }
}

/// A profile of a message.
fn read(version: Version, profile: &Value) -> Option<ChargingProfile> {
    macro_rules! read {
        ($types:ident) => {{
            let wire: ocpp_types::$types::ChargingProfile =
                serde_json::from_str(&profile.to_string()).ok()?;
            ChargingProfile::try_from(&wire).ok()
        }};
    }
    match version {
        #[cfg(feature = "v1_6")]
        Version::V1_6 => read!(v1_6),
        #[cfg(feature = "v2_0_1")]
        Version::V2_0_1 => read!(v2_0_1),
        #[cfg(feature = "v2_1")]
        Version::V2_1 => read!(v2_1),
        #[allow(unreachable_patterns)] // when all versions are on
        _ => None,
    }
}

/// A profile as a message has it.
pub(super) fn write(version: Version, profile: &ChargingProfile) -> Option<Value> {
    macro_rules! write {
        ($types:ident) => {{
            let wire = ocpp_types::$types::ChargingProfile::try_from(profile).ok()?;
            serde_json::to_value(&wire).ok()
        }};
    }
    match version {
        #[cfg(feature = "v1_6")]
        Version::V1_6 => write!(v1_6),
        #[cfg(feature = "v2_0_1")]
        Version::V2_0_1 => write!(v2_0_1),
        #[cfg(feature = "v2_1")]
        Version::V2_1 => write!(v2_1),
        #[allow(unreachable_patterns)] // when all versions are on
        _ => None,
    }
}

/// What a ClearChargingProfile clears.
fn filter(version: Version, request: &Value) -> Option<ClearFilter> {
    macro_rules! filter {
        ($types:ident) => {{
            let wire: ocpp_types::$types::ClearChargingProfileRequest =
                serde_json::from_str(&request.to_string()).ok()?;
            ClearFilter::try_from(&wire).ok()
        }};
    }
    match version {
        #[cfg(feature = "v1_6")]
        Version::V1_6 => filter!(v1_6),
        #[cfg(feature = "v2_0_1")]
        Version::V2_0_1 => filter!(v2_0_1),
        #[cfg(feature = "v2_1")]
        Version::V2_1 => filter!(v2_1),
        #[allow(unreachable_patterns)] // when all versions are on
        _ => None,
    }
}

/// EVSE and profile of a SetChargingProfile.
fn in_request(version: Version, request: &Value) -> Option<(i64, ChargingProfile)> {
    let (evse, profile) = match version {
        Version::V1_6 => ("connectorId", "csChargingProfiles"),
        _ => ("evseId", "chargingProfile"),
    };
    Some((request[evse].as_i64()?, read(version, &request[profile])?))
}

/// A SetChargingProfile.
pub(super) fn request(version: Version, evse: i64, profile: &Value) -> Value {
    match version {
        Version::V1_6 => json!({"connectorId": evse, "csChargingProfiles": profile}),
        _ => json!({"evseId": evse, "chargingProfile": profile}),
    }
}

impl RemoteStation {
    /// The charging profiles that the station has, as far as the CSMS has sent them or the station has reported them.
    pub fn charging_profiles(&self) -> impl Iterator<Item = &InstalledProfile> {
        self.profiles.iter()
    }

    /// What the profiles come to: a forecast of what the station answers to GetCompositeSchedule, by the same calculation. What the
    /// hardware can do stands in `site`.
    ///
    /// # Errors
    ///
    /// As [`composite`](smart_charging::composite).
    pub fn forecast(
        &self,
        site: &Site,
        request: &Request,
    ) -> Result<CompositeSchedule, CompositeError> {
        let store = self.profiles.store(self.rules(), &self.ledger);
        store.composite(site, request)
    }

    fn rules(&self) -> Rules {
        rules(self.version().unwrap_or(Version::V2_0_1))
    }

    /// Whether a profile may be sent: what the station would have to refuse is not sent (K01.FR.06, K01.FR.19, K01.FR.22,
    /// K01.FR.39 and others). Gives the offers to cars that are in its way, by the numbers of their profiles: they give way to the
    /// operator, and come back on another stack level.
    pub(super) fn admit_profile(
        &self,
        version: Version,
        request: &Value,
    ) -> Result<Vec<i64>, CommandError> {
        let Some((evse, profile)) = in_request(version, request) else {
            // Its schema says more about it.
            return Ok(Vec::new());
        };
        let number = profile.id;
        let refused = |rejection: smart_charging::Rejection| CommandError::NotAdmitted {
            requirement: rejection.requirement.into(),
            field: rejection.field.into(),
            reason: rejection.reason.to_string(),
        };
        let install = |without: &[i64]| {
            let mut store = self
                .profiles
                .store_without(rules(version), &self.ledger, without);
            store.install(evse_id(evse), profile.clone())
        };
        let Err(first) = install(&[]) else {
            return Ok(Vec::new());
        };
        let offers = self.offers().filter(|offer| *offer != number);
        let offers: Vec<i64> = offers.collect();
        match install(&offers) {
            Ok(_) if !offers.is_empty() => {}
            _ => return Err(refused(first)),
        }
        let in_the_way = |offer: &i64| {
            let others: Vec<i64> = offers.iter().copied().filter(|it| it != offer).collect();
            install(&others).is_err()
        };
        Ok(offers.iter().copied().filter(in_the_way).collect())
    }

    /// The station has taken a profile.
    pub(super) fn profile_set(&mut self, request: &Value) {
        let Some(version) = self.version() else {
            return;
        };
        if let Some((evse, profile)) = in_request(version, request) {
            let mut store = self.profiles.store(rules(version), &self.ledger);
            let replaced = store.install(evse_id(evse), profile.clone());
            let replaced = replaced.map(|outcome| outcome.removed).unwrap_or_default();
            self.profiles.remove(replaced);
            self.profiles.put(evse, profile);
        }
    }

    /// The station has cleared profiles.
    pub(super) fn profiles_cleared(&mut self, request: &Value) {
        let version = self.version().unwrap_or(Version::V1_6);
        if let Some(filter) = filter(version, request) {
            let mut store = self.profiles.store(rules(version), &self.ledger);
            let mut gone = store.clear(&filter).removed;
            // One that was forbidden beside the others is not in the store.
            gone.extend(filter.id);
            self.profiles.remove(gone);
        }
    }

    /// The station has reported profiles (K09).
    pub(super) fn profiles_reported(&mut self, payload: &str) {
        let report: Value = serde_json::from_str(payload).unwrap_or_default();
        let (Some(version), Some(evse)) = (self.version(), report["evseId"].as_i64()) else {
            return;
        };
        if report["chargingLimitSource"] != "CSO" {
            return;
        }
        for profile in report["chargingProfile"].as_array().into_iter().flatten() {
            if let Some(profile) = read(version, profile) {
                self.profiles.put(evse, profile);
            }
        }
    }
}
