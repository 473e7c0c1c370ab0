//! Which profiles compete with each other, and in which order.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Reverse;

use ocpp_types::DateTime;

use super::candidate::Candidate;
use super::lane::Lane;
use super::{ChargingProfile, EvseId, Installed, Purpose, Scope, Site, Transaction};
use crate::order;

/// Sorts installed profiles into stacks. The explanation of an instant uses the same stacks.
pub(super) struct Builder<'a> {
    pub(super) site: &'a Site,
    pub(super) installed: &'a [Installed],
    pub(super) transactions: &'a [Transaction],
    pub(super) scope: Scope,
    pub(super) start: i64,
}

impl Builder<'_> {
    pub(super) fn transaction(&self, evse: EvseId) -> Option<&Transaction> {
        self.transactions
            .iter()
            .find(|transaction| transaction.evse == evse)
    }

    /// What relative schedules count from: the transaction of the EVSE, for the station its earliest transaction, without
    /// one the start of the calculation.
    fn relative_start(&self, evse: EvseId) -> i64 {
        let running = match evse {
            0 => self
                .transactions
                .iter()
                .map(|transaction| transaction.started)
                .min(),
            evse => self
                .transaction(evse)
                .map(|transaction| transaction.started),
        };
        running.map_or(self.start, DateTime::unix_millis)
    }

    /// Whether a TxProfile is that of the transaction on its EVSE.
    pub(super) fn is_for_transaction(&self, evse: EvseId, profile: &ChargingProfile) -> bool {
        self.transaction(evse).is_some_and(|transaction| {
            profile.transaction_id.is_none() || profile.transaction_id == transaction.id
        })
    }

    /// TxProfiles above TxDefaultProfiles: one without a period gives way to the next. TxDefaultProfiles are those of the EVSE
    /// (K01.FR.15, K02.FR.04, K02.FR.08) and those of all EVSEs (K01.FR.14); without a transaction they count as if there was one (K08.FR.06).
    pub(super) fn transaction_lane(&self, evse: EvseId) -> Lane {
        let mut chosen = self.select(evse, Purpose::TxProfile);
        chosen.retain(|entry| self.is_for_transaction(evse, &entry.profile));
        sort(&mut chosen);
        let own = self.select(evse, Purpose::TxDefaultProfile);
        let levels: Vec<i64> = own.iter().map(|entry| entry.profile.stack_level).collect();
        let mut defaults = self.select(0, Purpose::TxDefaultProfile);
        // A default on the EVSE replaces that of the same level on EVSE 0 (1.6 section 3.13.1).
        defaults.retain(|entry| !levels.contains(&entry.profile.stack_level));
        defaults.extend(own);
        sort(&mut defaults);
        chosen.extend(defaults);
        self.build(evse, &chosen)
    }

    /// The stack of one purpose on one EVSE, or of the station.
    pub(super) fn lane(&self, evse: EvseId, purpose: Purpose) -> Lane {
        let mut chosen = self.select(evse, purpose);
        sort(&mut chosen);
        self.build(evse, &chosen)
    }

    /// Profiles installed on an EVSE, in the order in which they were installed.
    fn select(&self, evse: EvseId, purpose: Purpose) -> Vec<&Installed> {
        self.installed
            .iter()
            .filter(|entry| entry.evse == evse && entry.profile.purpose == purpose)
            .collect()
    }

    /// A profile as it counts for an EVSE, or for the station.
    pub(super) fn candidate(&self, evse: EvseId, entry: &Installed) -> Option<Candidate> {
        let schedule = match entry.profile.purpose {
            Purpose::TxProfile => self.scope.schedule,
            _ => 0,
        };
        Candidate::new(
            Arc::clone(&entry.profile),
            schedule,
            self.relative_start(evse),
            self.site.zone.as_ref(),
        )
    }

    fn build(&self, evse: EvseId, chosen: &[&Installed]) -> Lane {
        let stack = chosen
            .iter()
            .filter_map(|entry| self.candidate(evse, entry))
            .collect();
        Lane::new(stack, self.start)
    }
}

/// By falling level; of one level, which a store never holds, the one installed last comes first.
/// Requirements: K01.FR.17.
fn sort(entries: &mut [&Installed]) {
    entries.reverse();
    order::sort_by_key(entries, |entry| Reverse(entry.profile.stack_level));
}
