//! What must survive a restart.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::sync::Arc;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::super::structure;
use super::super::{
    ChargingProfile, ChargingSchedule, EvseId, LimitSource, ProfileKind, Purpose, RateUnit, Rest,
    SchedulePeriod,
};
use super::install::takes_place;
use super::{Outcome, ProfileStore, StoreConfig, StoredProfile};
use crate::stored::read;
use crate::time::DateTime;

/// One entry of lasting storage: a key and what to keep under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Unique among the records of the station's profiles.
    pub key: String,
    /// The text to keep. `None` removes the entry.
    pub value: Option<String>,
}

/// A record that cannot be read back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("record {key} cannot be read: {reason}")]
pub struct InvalidRecord {
    /// The key of the record.
    pub key: String,
    /// Why, for people.
    pub reason: &'static str,
}

/// The form of a record; a change that old records do not fit gets another name.
#[derive(Serialize, Deserialize)]
struct Kept {
    evse: EvseId,
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    by_connector: bool,
    source: LimitSource,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grid_critical: Option<bool>,
    #[serde(default, skip_serializing_if = "is_zero")]
    generation: u32,
    profile: ChargingProfile,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
const fn is_zero(generation: &u32) -> bool {
    *generation == 0
}

impl Record {
    pub(super) fn key_of(id: i64) -> String {
        alloc::format!("charging-profile/{id}")
    }

    pub(super) fn removal(id: i64) -> Self {
        Self {
            key: Self::key_of(id),
            value: None,
        }
    }

    pub(super) fn of(stored: &StoredProfile) -> Self {
        let kept = Kept {
            evse: stored.evse,
            by_connector: stored.by_connector,
            source: stored.source.clone(),
            grid_critical: stored.grid_critical,
            generation: stored.generation,
            profile: (*stored.profile).clone(),
        };
        Self {
            key: Self::key_of(stored.profile.id),
            // Writing to memory cannot fail, and no map in it has keys other than texts.
            value: serde_json::to_string(&kept).ok(),
        }
    }
}

impl ProfileStore {
    /// A store with what was kept. Records that cannot be read are left out and returned; the order of installation is
    /// that of the records.
    pub fn restore<'a>(
        config: StoreConfig,
        records: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> (Self, alloc::vec::Vec<InvalidRecord>) {
        let mut store = Self::new(config);
        let mut invalid = alloc::vec::Vec::new();
        for (key, value) in records {
            let kept = match read::<Kept>(value).whole() {
                Ok(kept) => kept,
                Err(reason) => {
                    let key = key.to_owned();
                    invalid.push(InvalidRecord { key, reason });
                    continue;
                }
            };
            if Record::key_of(kept.profile.id) == key
                && structure::check(kept.evse, &kept.profile).is_ok()
            {
                store.profiles.push(StoredProfile {
                    evse: kept.evse,
                    by_connector: kept.by_connector,
                    source: kept.source,
                    grid_critical: kept.grid_critical,
                    generation: kept.generation,
                    profile: Arc::new(kept.profile),
                });
            } else {
                let key = key.to_owned();
                let reason = "it is no charging profile";
                invalid.push(InvalidRecord { key, reason });
            }
        }
        (store, invalid)
    }

    /// Brings the numbers of profiles that count another way than this store into its own way: `evses` says which numbers
    /// of this store one of the other way stands for. A profile for several of them becomes several profiles, with new
    /// identifiers; one for none of them stays as it is, and counts for nothing.
    pub fn renumber(&mut self, evses: impl Fn(EvseId) -> alloc::vec::Vec<EvseId>) -> Outcome {
        let mut outcome = Outcome::default();
        let by_connector = self.config.by_connector;
        let foreign =
            |stored: &StoredProfile| stored.evse != 0 && stored.by_connector != by_connector;
        let mut next = self.profiles.iter().map(|stored| stored.profile.id).max();
        let mut more = alloc::vec::Vec::new();
        for stored in self.profiles.iter_mut().filter(|stored| foreign(stored)) {
            let mut evses = evses(stored.evse).into_iter();
            let Some(first) = evses.next() else {
                continue;
            };
            stored.evse = first;
            stored.by_connector = by_connector;
            outcome.records.push(Record::of(stored));
            for evse in evses {
                let Some(id) = next.and_then(|next| next.checked_add(1)) else {
                    break;
                };
                next = Some(id);
                let mut copy = stored.clone();
                copy.evse = evse;
                Arc::make_mut(&mut copy.profile).id = id;
                more.push(copy);
            }
        }
        // Those of numbers that are not there would be taken for others.
        self.profiles.retain(|stored| !foreign(stored));
        for stored in more {
            outcome.records.push(Record::of(&stored));
            self.profiles.push(stored);
        }
        self.revision += 1;
        outcome
    }

    /// Removes profiles that others have replaced, but whose removal was not kept: the power went between the two records
    /// of [`install`](Self::install).
    pub fn settle(&mut self) -> Outcome {
        let conflicts = self.config.rules.conflicts;
        let all = self.profiles.clone();
        self.remove_where(|stored| {
            let mut newer = all.iter().filter(|other| {
                other.source == LimitSource::Cso && other.generation > stored.generation
            });
            newer.any(|other| takes_place(conflicts, (other.evse, &other.profile), stored))
        })
    }

    /// Puts a limit for the whole station in the place of a profile that cannot be read: a limit must not vanish in
    /// silence. The CSMS can report, replace and clear it like the profile, by its identifier.
    pub fn stand_in(&mut self, id: i64, limit: Decimal, unit: RateUnit) -> Outcome {
        let levels = self
            .profiles
            .iter()
            .map(|stored| stored.profile.stack_level);
        let level = levels.max().unwrap_or(0).max(self.config.max_stack_level);
        let profile = ChargingProfile {
            id,
            // Above all others, each by itself.
            stack_level: level.saturating_add(1),
            purpose: Purpose::ChargingStationMaxProfile,
            kind: ProfileKind::Absolute,
            recurrency: None,
            valid_from: None,
            valid_to: None,
            transaction_id: None,
            schedules: alloc::vec![ChargingSchedule {
                id: 0,
                start: Some(DateTime::UNIX_EPOCH),
                duration: None,
                unit,
                min_charging_rate: None,
                periods: alloc::vec![SchedulePeriod::new(0, limit)],
                extras: None,
                rest: Rest::NONE,
            }],
            online: None,
            rest: Rest::NONE,
        };
        let stored = StoredProfile {
            evse: 0,
            by_connector: self.config.by_connector,
            source: LimitSource::Cso,
            grid_critical: None,
            generation: 0,
            profile: Arc::new(profile),
        };
        let mut outcome = Outcome::default();
        self.add(stored, &mut outcome);
        outcome
    }
}
