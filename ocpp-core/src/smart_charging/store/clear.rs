//! ClearChargingProfile (1.6 section 5.5, K10).

use super::super::{EvseId, LimitSource, Purpose};
use super::{Outcome, ProfileStore};

/// What to clear. Members that are absent match everything; with an identifier nothing else counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClearFilter {
    /// One profile.
    pub id: Option<i64>,
    /// Profiles installed on an EVSE; 0 for those of the station.
    pub evse: Option<EvseId>,
    /// Profiles for a purpose.
    pub purpose: Option<Purpose>,
    /// Profiles of a level.
    pub stack_level: Option<i64>,
}

impl ProfileStore {
    /// Clears what matches all members of the filter (1.6 errata 3.25 and 3.26, K10.FR.03, K10.FR.04). External limits
    /// stay (K10.FR.08, K10.FR.09).
    ///
    /// What is left counts at once (K10.FR.05). The answer is `Accepted` when [`Outcome::removed`] has something in it, else `Unknown` (K10.FR.01).
    pub fn clear(&mut self, filter: &ClearFilter) -> Outcome {
        self.remove_where(|stored| {
            let profile = &stored.profile;
            if stored.source != LimitSource::Cso {
                return false;
            }
            if let Some(id) = filter.id {
                return profile.id == id;
            }
            filter.evse.is_none_or(|evse| evse == stored.evse)
                && filter
                    .purpose
                    .is_none_or(|purpose| purpose == profile.purpose)
                && filter
                    .stack_level
                    .is_none_or(|level| level == profile.stack_level)
        })
    }
}
