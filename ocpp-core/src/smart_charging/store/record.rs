//! What must survive a restart.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::structure;
use super::super::{ChargingProfile, EvseId, LimitSource};
use super::{ProfileStore, StoreConfig, StoredProfile};

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
#[error("record {key} is damaged")]
pub struct InvalidRecord {
    /// The key of the record.
    pub key: String,
}

/// The form of a record; a change that old records do not fit gets another name.
#[derive(Serialize, Deserialize)]
struct Kept {
    evse: EvseId,
    source: LimitSource,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grid_critical: Option<bool>,
    profile: ChargingProfile,
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
            source: stored.source.clone(),
            grid_critical: stored.grid_critical,
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
            match serde_json::from_str::<Kept>(value) {
                Ok(kept)
                    if Record::key_of(kept.profile.id) == key
                        && structure::check(kept.evse, &kept.profile).is_ok() =>
                {
                    store.profiles.push(StoredProfile {
                        evse: kept.evse,
                        source: kept.source,
                        grid_critical: kept.grid_critical,
                        profile: Arc::new(kept.profile),
                    });
                }
                _ => invalid.push(InvalidRecord {
                    key: key.to_owned(),
                }),
            }
        }
        (store, invalid)
    }
}
