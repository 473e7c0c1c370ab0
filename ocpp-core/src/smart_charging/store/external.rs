//! Limits that an external system sets: a grid operator, an energy management system (K11 to K14).

use alloc::sync::Arc;
use alloc::vec::Vec;

use rust_decimal::Decimal;

use super::super::rejection::{Reason, Rejection};
use super::super::structure;
use super::super::{
    ChargingProfile, ChargingSchedule, EvseId, LimitSource, ProfileKind, Purpose, RateUnit, Rest,
    SchedulePeriod,
};
use super::install::valid_together;
use super::{Outcome, ProfileStore, StoredProfile};

/// A limit that comes from an external system, not through OCPP.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExternalLimit {
    /// 0 for the station.
    pub evse: EvseId,
    /// Who sets it; not the CSO (K11.FR.05, K12.FR.04).
    pub source: LimitSource,
    /// Whether the grid depends on it.
    pub grid_critical: Option<bool>,
    /// The limit as a profile. Its identifier and purpose are set by the store. Limits of different sources on one EVSE
    /// take different stack levels: like other profiles, the higher one leads. On one level the second is refused.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub profile: ChargingProfile,
}

impl ExternalLimit {
    /// A limit that follows a schedule, on level 0. One whose schedule has no start counts from when a station gets it.
    #[must_use]
    pub fn new(evse: EvseId, source: LimitSource, schedule: ChargingSchedule) -> Self {
        Self {
            evse,
            source,
            grid_critical: None,
            profile: ChargingProfile {
                id: 0,
                stack_level: 0,
                purpose: Purpose::ChargingStationExternalConstraints,
                kind: ProfileKind::Absolute,
                recurrency: None,
                valid_from: None,
                valid_to: None,
                transaction_id: None,
                schedules: alloc::vec![schedule],
                online: None,
                rest: Rest::NONE,
            },
        }
    }

    /// One value that holds until it is released.
    #[must_use]
    pub fn constant(evse: EvseId, source: LimitSource, limit: Decimal, unit: RateUnit) -> Self {
        let schedule = ChargingSchedule {
            id: 0,
            start: None,
            duration: None,
            unit,
            min_charging_rate: None,
            periods: alloc::vec![SchedulePeriod::new(0, limit)],
            extras: None,
            rest: Rest::NONE,
        };
        Self::new(evse, source, schedule)
    }
}

/// The content of a NotifyChargingLimit message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitNotice {
    /// 0 for the station.
    pub evse: EvseId,
    /// Who set the limit.
    pub source: LimitSource,
    /// Whether the grid depends on it.
    pub grid_critical: Option<bool>,
    /// The limit itself; for the message when `NotifyChargingLimitWithSchedules` is set (K11.FR.03).
    pub schedules: Vec<ChargingSchedule>,
}

/// The content of a ClearedChargingLimit message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearedLimit {
    /// 0 for the station.
    pub evse: EvseId,
    /// Whose limit is gone.
    pub source: LimitSource,
}

impl ProfileStore {
    /// Sets or updates an external limit. One of the same source, EVSE and level is replaced and keeps its identifier.
    ///
    /// Returns what the CSMS is to be told, unless the limit changed by no more than `significance` percent
    /// (`LimitChangeSignificance`, K11.FR.02, K12.FR.02).
    ///
    /// # Errors
    ///
    /// [`Rejection`]; what was there before still holds.
    pub fn set_external(
        &mut self,
        limit: ExternalLimit,
        significance: Decimal,
    ) -> Result<(Outcome, Option<LimitNotice>), Rejection> {
        let ExternalLimit {
            evse,
            source,
            grid_critical,
            mut profile,
        } = limit;
        let refuse = |reason, requirement, field| Err(Rejection::new(reason, requirement, field));
        if evse > self.config.evse_count {
            return refuse(Reason::UnknownEvse, "K12.FR.01", "evseId");
        }
        if source == LimitSource::Cso {
            return refuse(Reason::ReservedPurpose, "K11.FR.05", "chargingLimitSource");
        }
        profile.purpose = Purpose::ChargingStationExternalConstraints;
        structure::check(evse, &profile)?;
        // Of two sources on one level only one could lead; both are to hold.
        let clash = self.profiles.iter().find(|stored| {
            stored.source != LimitSource::Cso
                && stored.source != source
                && stored.evse == evse
                && stored.profile.stack_level == profile.stack_level
                && valid_together(&stored.profile, &profile)
        });
        if let Some(other) = clash {
            return refuse(
                Reason::Duplicate {
                    other: other.profile.id,
                },
                "K01.FR.06",
                "stackLevel",
            );
        }
        let before = self
            .profiles
            .iter()
            .find(|stored| {
                stored.source == source
                    && stored.evse == evse
                    && stored.profile.stack_level == profile.stack_level
            })
            .map(|stored| Arc::clone(&stored.profile));
        match &before {
            Some(before) => profile.id = before.id,
            None => {
                let external = self
                    .profiles
                    .iter()
                    .filter(|stored| stored.source != LimitSource::Cso);
                if external.count() >= self.config.max_external {
                    return refuse(Reason::Full, "K12.FR.01", "id");
                }
                profile.id = self.free_external_id();
            }
        }
        let significant = before
            .as_ref()
            .is_none_or(|before| is_significant(before, &profile, significance));
        let notice = significant.then(|| LimitNotice {
            evse,
            source: source.clone(),
            grid_critical,
            schedules: profile.schedules.clone(),
        });
        let id = profile.id;
        let mut outcome = self.remove_where(|stored| stored.profile.id == id);
        let stored = StoredProfile {
            by_connector: self.config.by_connector,
            evse,
            source,
            grid_critical,
            generation: 0,
            profile: Arc::new(profile),
        };
        self.add(stored, &mut outcome);
        Ok((outcome, notice))
    }

    /// Releases the limits that a source has set on an EVSE (K13). Returns what the CSMS is to be told, when there was one.
    pub fn clear_external(
        &mut self,
        evse: EvseId,
        source: &LimitSource,
    ) -> (Outcome, Option<ClearedLimit>) {
        if *source == LimitSource::Cso {
            return (Outcome::default(), None);
        }
        let outcome = self.remove_where(|stored| stored.evse == evse && stored.source == *source);
        let notice = (!outcome.removed.is_empty()).then(|| ClearedLimit {
            evse,
            source: source.clone(),
        });
        (outcome, notice)
    }

    /// Counting down from the configured identifier (K11.FR.06, K12.FR.05).
    fn free_external_id(&self) -> i64 {
        let mut id = self.config.max_external_id;
        // Terminates: there are fewer profiles than identifiers.
        while self.profiles.iter().any(|stored| stored.profile.id == id) {
            id = id.saturating_sub(1);
        }
        id
    }
}

/// Whether a limit differs from another by more than so many percent, or in anything else than its limits.
fn is_significant(before: &ChargingProfile, after: &ChargingProfile, percent: Decimal) -> bool {
    let differs = |old: Decimal, new: Decimal| {
        let change = (new - old).abs();
        match (
            change.checked_mul(Decimal::ONE_HUNDRED),
            old.abs().checked_mul(percent),
        ) {
            (Some(change), Some(allowed)) => change > allowed,
            _ => true,
        }
    };
    let same_times = before.valid_from == after.valid_from
        && before.valid_to == after.valid_to
        && before.kind == after.kind
        && before.recurrency == after.recurrency
        && before.schedules.len() == after.schedules.len();
    !same_times
        || before
            .schedules
            .iter()
            .zip(&after.schedules)
            .any(|(old, new)| {
                old.start != new.start
                    || old.duration != new.duration
                    || old.unit != new.unit
                    || old.periods.len() != new.periods.len()
                    || old.periods.iter().zip(&new.periods).any(|(old, new)| {
                        old.start != new.start
                            || old.number_phases != new.number_phases
                            || old.phase_to_use != new.phase_to_use
                            || old.v2x != new.v2x
                            || match (old.limit, new.limit) {
                                (Some(old), Some(new)) => differs(old, new),
                                (old, new) => old != new,
                            }
                    })
            })
}
