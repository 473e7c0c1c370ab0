//! Installing profiles that a CSMS sends (SetChargingProfile, K01) or that come with a remote start (K05).

use alloc::sync::Arc;

use super::super::rejection::{Reason, Rejection};
use super::super::structure;
use super::super::{ChargingProfile, EvseId, LimitSource, ProfileKind, Purpose, Transaction};
use super::{Conflicts, Outcome, PhaseAbility, ProfileStore, Record, StoredProfile};

fn refuse<T>(
    reason: Reason,
    requirement: &'static str,
    field: &'static str,
) -> Result<T, Rejection> {
    Err(Rejection::new(reason, requirement, field))
}

impl ProfileStore {
    /// Installs a profile that the CSMS sent, in place of the one with the same identifier or, in 1.6, the same purpose
    /// and stack level.
    ///
    /// # Errors
    ///
    /// [`Rejection`]; nothing has changed then.
    pub fn install(
        &mut self,
        evse: EvseId,
        profile: ChargingProfile,
    ) -> Result<Outcome, Rejection> {
        self.check(evse, &profile)?;
        self.check_transaction(evse, &profile)?;
        self.insert(evse, profile)
    }

    /// Checks the profile of a remote start, which comes before its transaction (K05.FR.02, K05.FR.05, F01.FR.09, F01.FR.11,
    /// F02.FR.17, F02.FR.19, 1.6 section 5.16.2). `evse` is `None` where the CSMS left the choice to the station.
    ///
    /// # Errors
    ///
    /// [`Rejection`]: the remote start is refused.
    pub fn check_remote_start(
        &self,
        evse: Option<EvseId>,
        profile: &ChargingProfile,
    ) -> Result<(), Rejection> {
        if profile.purpose != Purpose::TxProfile {
            return refuse(Reason::NotATxProfile, "K05.FR.02", "chargingProfilePurpose");
        }
        if profile.transaction_id.is_some() {
            return refuse(
                Reason::WrongTransaction,
                "1.6 section 5.16.2",
                "transactionId",
            );
        }
        self.check(evse.unwrap_or(1), profile)?;
        // Whichever EVSE the station chooses has to be able to do it.
        self.check_phases(evse.unwrap_or(0), profile)
    }

    /// Starts a transaction, with the profile of its remote start if there was one.
    ///
    /// The second value says why the profile could not be installed: [`check_remote_start`](Self::check_remote_start) was
    /// passed over, or other profiles came in between. The transaction runs without it then.
    pub fn start_transaction(
        &mut self,
        transaction: Transaction,
        profile: Option<ChargingProfile>,
    ) -> (Outcome, Option<Rejection>) {
        let evse = transaction.evse;
        let id = transaction.id.clone();
        // TxProfiles of a transaction whose end was missed.
        let mut outcome = self.end_transaction(evse);
        self.transactions.push(transaction);
        self.revision += 1;
        let Some(mut profile) = profile else {
            return (outcome, None);
        };
        let installed = self
            .check_remote_start(Some(evse), &profile)
            .and_then(|()| {
                profile.transaction_id = id;
                self.insert(evse, profile)
            });
        match installed {
            Ok(installed) => {
                outcome.removed.extend(installed.removed);
                outcome.records.extend(installed.records);
                (outcome, None)
            }
            Err(rejection) => (outcome, Some(rejection)),
        }
    }

    /// What is wrong with a profile, apart from its transaction and the other profiles.
    fn check(&self, evse: EvseId, profile: &ChargingProfile) -> Result<(), Rejection> {
        let config = &self.config;
        if evse > config.evse_count {
            return refuse(Reason::UnknownEvse, "K01.FR.28", "evseId");
        }
        if profile.purpose == Purpose::ChargingStationExternalConstraints {
            return refuse(
                Reason::ReservedPurpose,
                "K01.FR.22",
                "chargingProfilePurpose",
            );
        }
        structure::check(evse, profile)?;
        self.check_bounds(profile)?;
        if profile.purpose != Purpose::TxProfile && profile.schedules.len() > 1 {
            return refuse(Reason::ScheduleCount, "K01.FR.34", "chargingSchedule");
        }
        if profile.purpose == Purpose::ChargingStationMaxProfile
            && profile.kind == ProfileKind::Relative
            && config.rules.strict_station_limit
        {
            return refuse(
                Reason::RelativeStationLimit,
                "K01.FR.38",
                "chargingProfileKind",
            );
        }
        if let Some(rules) = &profile.online
            && rules.max_offline_duration.is_some()
        {
            return refuse(
                Reason::UnsupportedMember,
                "SmartChargingCtrlr.SupportsMaxOfflineDuration",
                "maxOfflineDuration",
            );
        }
        for schedule in &profile.schedules {
            match (profile.kind, schedule.start) {
                (ProfileKind::Absolute | ProfileKind::Recurring, None)
                    if config.rules.strict_start =>
                {
                    return refuse(
                        Reason::NoStart,
                        "K01.FR.40",
                        "chargingSchedule.startSchedule",
                    );
                }
                (ProfileKind::Relative, Some(_)) if config.rules.strict_start => {
                    return refuse(
                        Reason::UnexpectedStart,
                        "K01.FR.41",
                        "chargingSchedule.startSchedule",
                    );
                }
                _ => {}
            }
        }
        self.check_phases(evse, profile)
    }

    fn check_bounds(&self, profile: &ChargingProfile) -> Result<(), Rejection> {
        let config = &self.config;
        if !(0..=config.max_stack_level).contains(&profile.stack_level) {
            return refuse(
                Reason::StackLevel,
                "SmartChargingCtrlr.ProfileStackLevel",
                "stackLevel",
            );
        }
        for schedule in &profile.schedules {
            if !config.units.contains(schedule.unit) {
                return refuse(
                    Reason::UnsupportedRateUnit,
                    "K01.FR.26",
                    "chargingSchedule.chargingRateUnit",
                );
            }
            if schedule.periods.len() > config.max_periods {
                return refuse(
                    Reason::TooManyPeriods,
                    "SmartChargingCtrlr.PeriodsPerSchedule",
                    "chargingSchedule.chargingSchedulePeriod",
                );
            }
        }
        Ok(())
    }

    /// Whether every EVSE that a profile is for can use the phases that it wants.
    /// Requirements: K01.FR.45, K01.FR.46.
    fn check_phases(&self, evse: EvseId, profile: &ChargingProfile) -> Result<(), Rejection> {
        let all = |allows: &dyn Fn(PhaseAbility) -> bool| self.config.phases_of(evse).all(allows);
        for period in profile
            .schedules
            .iter()
            .flat_map(|schedule| &schedule.periods)
        {
            if self.config.rules.strict_phases
                && !all(&|evse| evse.allows_phases(period.number_phases))
            {
                return refuse(
                    Reason::NumberPhases,
                    "K01.FR.43",
                    "chargingSchedule.chargingSchedulePeriod.numberPhases",
                );
            }
            if !all(&|evse| evse.allows_phase(period.phase_to_use)) {
                return refuse(
                    Reason::PhaseToUse,
                    "K01.FR.48",
                    "chargingSchedule.chargingSchedulePeriod.phaseToUse",
                );
            }
        }
        Ok(())
    }

    /// A TxProfile is for the transaction that runs on its EVSE (K01.FR.04).
    fn check_transaction(&self, evse: EvseId, profile: &ChargingProfile) -> Result<(), Rejection> {
        if profile.purpose != Purpose::TxProfile {
            return Ok(());
        }
        let Some(transaction) = self.transaction(evse) else {
            return refuse(Reason::NoTransaction, "K01.FR.09", "evseId");
        };
        match &profile.transaction_id {
            None if self.config.rules.strict_transaction => {
                refuse(Reason::TransactionIdMissing, "K01.FR.03", "transactionId")
            }
            None => Ok(()),
            id if *id == transaction.id => Ok(()),
            Some(_) => refuse(Reason::WrongTransaction, "K01.FR.33", "transactionId"),
        }
    }

    /// Compares with the other profiles and puts it among them.
    fn insert(&mut self, evse: EvseId, profile: ChargingProfile) -> Result<Outcome, Rejection> {
        let same_id = self
            .profiles
            .iter()
            .find(|stored| stored.profile.id == profile.id);
        if same_id.is_some_and(|stored| stored.source != LimitSource::Cso) {
            return refuse(Reason::ReservedId, "K01.FR.05", "id");
        }
        if self.config.rules.conflicts == Conflicts::Refuse
            && let Some(other) = self.duplicate(evse, &profile)
        {
            let (requirement, field) = match profile.purpose {
                Purpose::TxProfile => ("K01.FR.39", "stackLevel"),
                Purpose::TxDefaultProfile if other.evse != evse && evse == 0 => {
                    ("K01.FR.52", "stackLevel")
                }
                Purpose::TxDefaultProfile if other.evse != evse => ("K01.FR.53", "stackLevel"),
                _ => ("K01.FR.06", "stackLevel"),
            };
            return refuse(
                Reason::Duplicate {
                    other: other.profile.id,
                },
                requirement,
                field,
            );
        }
        let alternating = self.config.phases_of(evse).any(|evse| !evse.dc);
        if alternating && let Some(other) = self.phase_conflict(evse, &profile) {
            return refuse(
                Reason::PhaseConflict {
                    other: other.profile.id,
                },
                "2.0.1 section K.3.7",
                "chargingSchedule.chargingSchedulePeriod.phaseToUse",
            );
        }
        let conflicts = self.config.rules.conflicts;
        let replaced = |stored: &StoredProfile| takes_place(conflicts, (evse, &profile), stored);
        let kept = self
            .profiles
            .iter()
            .filter(|stored| stored.source == LimitSource::Cso && !replaced(stored))
            .count();
        if kept >= self.config.max_profiles {
            return refuse(
                Reason::Full,
                "SmartChargingCtrlr.Entries[ChargingProfiles].maxLimit",
                "id",
            );
        }
        let others = self.profiles.iter().filter(|stored| replaced(stored));
        let others = others.filter(|stored| stored.profile.id != profile.id);
        let newest = others.map(|stored| stored.generation).max();
        let generation = newest.map_or(0, |newest| newest.saturating_add(1));
        let gone = self.remove_where(replaced);
        let mut outcome = Outcome {
            removed: gone.removed,
            records: alloc::vec::Vec::new(),
        };
        let id = profile.id;
        let stored = StoredProfile {
            by_connector: self.config.by_connector,
            evse,
            source: LimitSource::Cso,
            grid_critical: None,
            generation,
            profile: Arc::new(profile),
        };
        self.add(stored, &mut outcome);
        // The old one goes when the new one is kept: if the power goes in between, a limit is still there.
        let others = gone.records.into_iter();
        outcome
            .records
            .extend(others.filter(|record| record.key != Record::key_of(id)));
        Ok(outcome)
    }

    /// Another profile of the same purpose and level that can be valid at the same time.
    fn duplicate(&self, evse: EvseId, profile: &ChargingProfile) -> Option<&StoredProfile> {
        self.profiles.iter().find(|stored| {
            let other = &stored.profile;
            if other.id == profile.id
                || other.purpose != profile.purpose
                || other.stack_level != profile.stack_level
                || stored.source != LimitSource::Cso
            {
                return false;
            }
            match profile.purpose {
                Purpose::TxProfile => {
                    stored.evse == evse && other.transaction_id == profile.transaction_id
                }
                Purpose::TxDefaultProfile if stored.evse != evse => stored.evse == 0 || evse == 0,
                _ => stored.evse == evse && valid_together(other, profile),
            }
        })
    }

    /// A profile that names another phase, for the station where this one is for a transaction or the other way round.
    fn phase_conflict(&self, evse: EvseId, profile: &ChargingProfile) -> Option<&StoredProfile> {
        let mut wanted = phases_named(profile).peekable();
        wanted.peek()?;
        let station_wide = is_station_wide(profile.purpose);
        self.profiles.iter().find(|stored| {
            let other = &stored.profile;
            other.id != profile.id
                && is_station_wide(other.purpose) != station_wide
                && (stored.evse == 0 || evse == 0 || stored.evse == evse)
                && valid_together(other, profile)
                && phases_named(other).any(|phase| phases_named(profile).any(|mine| mine != phase))
        })
    }
}

/// Whether a profile for an EVSE takes the place of one that is installed.
pub(super) fn takes_place(
    conflicts: Conflicts,
    (evse, profile): (EvseId, &ChargingProfile),
    stored: &StoredProfile,
) -> bool {
    stored.profile.id == profile.id
        || (conflicts == Conflicts::Replace
            && stored.source == LimitSource::Cso
            && stored.evse == evse
            && stored.profile.purpose == profile.purpose
            && stored.profile.stack_level == profile.stack_level)
}

fn is_station_wide(purpose: Purpose) -> bool {
    matches!(
        purpose,
        Purpose::ChargingStationMaxProfile | Purpose::ChargingStationExternalConstraints
    )
}

fn phases_named(profile: &ChargingProfile) -> impl Iterator<Item = i64> {
    profile
        .schedules
        .iter()
        .flat_map(|schedule| &schedule.periods)
        .filter_map(|period| period.phase_to_use)
}

/// Whether there is an instant at which both are valid.
pub(super) fn valid_together(a: &ChargingProfile, b: &ChargingProfile) -> bool {
    let begins_before_end =
        |from: &ChargingProfile, to: &ChargingProfile| match (from.valid_from, to.valid_to) {
            (Some(from), Some(to)) => from < to,
            _ => true,
        };
    begins_before_end(a, b) && begins_before_end(b, a)
}
