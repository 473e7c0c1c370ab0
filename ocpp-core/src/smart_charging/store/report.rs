//! GetChargingProfiles and ReportChargingProfiles (K09).

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::super::{ChargingProfile, EvseId, LimitSource, Purpose};
use super::ProfileStore;
use crate::order;

/// What to report. Members that are absent or empty match everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReportFilter {
    /// Profiles installed on an EVSE; 0 for those of the station (K09.FR.04 to K09.FR.06).
    pub evse: Option<EvseId>,
    /// One of these identifiers.
    pub ids: Vec<i64>,
    /// Profiles for a purpose.
    pub purpose: Option<Purpose>,
    /// Profiles of a level.
    pub stack_level: Option<i64>,
    /// From one of these sources.
    pub sources: Vec<LimitSource>,
}

/// The content of one ReportChargingProfiles message: one source and one EVSE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPage {
    /// Who set the limits.
    pub source: LimitSource,
    /// 0 for the station.
    pub evse: EvseId,
    /// The profiles.
    pub profiles: Vec<Arc<ChargingProfile>>,
    /// To be continued: true for all pages but the last (K09.FR.02).
    pub tbc: bool,
}

impl ProfileStore {
    /// The report that a CSMS asked for, at most `page_size` profiles to a message (at least one). Empty for the answer
    /// `NoProfiles`.
    /// Requirements: K09.FR.05.
    #[must_use]
    pub fn report(&self, filter: &ReportFilter, page_size: usize) -> Vec<ReportPage> {
        let page_size = page_size.max(1);
        let mut pages: Vec<ReportPage> = Vec::new();
        let mut chosen: Vec<_> = self
            .profiles
            .iter()
            .filter(|stored| {
                let profile = &stored.profile;
                filter.evse.is_none_or(|evse| evse == stored.evse)
                    && (filter.ids.is_empty() || filter.ids.contains(&profile.id))
                    && filter
                        .purpose
                        .is_none_or(|purpose| purpose == profile.purpose)
                    && filter
                        .stack_level
                        .is_none_or(|level| level == profile.stack_level)
                    && (filter.sources.is_empty() || filter.sources.contains(&stored.source))
            })
            .collect();
        order::sort_by(&mut chosen, |a, b| {
            (&a.source, a.evse).cmp(&(&b.source, b.evse))
        });
        for stored in chosen {
            match pages.last_mut() {
                Some(page)
                    if page.source == stored.source
                        && page.evse == stored.evse
                        && page.profiles.len() < page_size =>
                {
                    page.profiles.push(Arc::clone(&stored.profile));
                }
                last => {
                    if let Some(last) = last {
                        last.tbc = true;
                    }
                    pages.push(ReportPage {
                        source: stored.source.clone(),
                        evse: stored.evse,
                        profiles: alloc::vec![Arc::clone(&stored.profile)],
                        tbc: false,
                    });
                }
            }
        }
        pages
    }
}
