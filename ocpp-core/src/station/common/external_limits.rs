//! Limits that an external system sets and releases (K11 to K13): what becomes of them in the store of charging profiles. What
//! the CSMS is told of them is said by the version.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rust_decimal::Decimal;

use crate::smart_charging::{
    ChargingProfile, ClearedLimit, ExternalLimit, LimitNotice, LimitSource, ProfileKind,
};
use crate::station::config::built;
use crate::station::context::Context;
use crate::station::output::Output;
use crate::station::profiles::{Profiles, changes};
use crate::station::queue::Change;
use crate::station::vocabulary::EvseId;
use crate::time::DateTime;

/// What a limit of an external system leads to. The CSMS is told first and the changes are stored then: after a power cut in
/// between, the external system says it again.
#[derive(Debug, Default)]
pub(crate) struct Followed<N> {
    /// What the CSMS is to be told.
    pub(crate) notice: Option<N>,
    /// What is to be stored.
    pub(crate) changes: Vec<Change>,
}

impl Profiles {
    /// Follows a limit, or refuses it. `significance` is that of [`ProfileStore::set_external`].
    ///
    /// [`ProfileStore::set_external`]: crate::smart_charging::ProfileStore::set_external
    pub(crate) fn follow_external(
        &mut self,
        core: &mut Context,
        mut limit: ExternalLimit,
        significance: Decimal,
    ) -> Followed<LimitNotice> {
        let (evse, source) = (limit.evse, limit.source.clone());
        let begun = if built::SMART_CHARGING {
            self.begin(&mut limit, core.utc())
        } else {
            Err("this station has no smart charging".into())
        };
        let set = begun.and_then(|()| {
            let set = self.store.set_external(limit, significance);
            set.map_err(|rejection| rejection.to_string())
        });
        match set {
            Ok((outcome, notice)) => Followed {
                notice,
                changes: changes(outcome),
            },
            Err(reason) => {
                core.output(Output::ExternalLimitRefused {
                    evse,
                    source,
                    reason,
                });
                Followed {
                    notice: None,
                    changes: Vec::new(),
                }
            }
        }
    }

    /// Releases the limits of an external system on an EVSE.
    pub(crate) fn release_external(
        &mut self,
        evse: EvseId,
        source: &LimitSource,
    ) -> Followed<ClearedLimit> {
        if !built::SMART_CHARGING {
            return Followed {
                notice: None,
                changes: Vec::new(),
            };
        }
        let (outcome, notice) = self.store.clear_external(evse, source);
        Followed {
            notice,
            changes: changes(outcome),
        }
    }

    /// A schedule without a start begins now. One value that holds for ever needs no time: it began with the one that it
    /// follows, so that it is the same limit if it is said once more.
    fn begin(&self, limit: &mut ExternalLimit, now: Option<DateTime>) -> Result<(), String> {
        let profile = &mut limit.profile;
        if profile.kind == ProfileKind::Relative {
            return Ok(());
        }
        let before = self.store.profiles().iter().find(|stored| {
            stored.evse == limit.evse
                && stored.source == limit.source
                && stored.profile.stack_level == profile.stack_level
        });
        let before = before.filter(|before| is_constant(&before.profile));
        let before = before.and_then(|before| before.profile.schedules.first()?.start);
        let constant = is_constant(profile);
        for schedule in &mut profile.schedules {
            let start = match constant {
                true => before.or(now).or(Some(DateTime::UNIX_EPOCH)),
                false => now,
            };
            schedule.start = schedule.start.or(start);
            if schedule.start.is_none() {
                return Err("the schedule has no start, and the time is not known".into());
            }
        }
        Ok(())
    }
}

fn is_constant(profile: &ChargingProfile) -> bool {
    profile
        .schedules
        .iter()
        .all(|schedule| schedule.duration.is_none() && schedule.periods.len() == 1)
}
