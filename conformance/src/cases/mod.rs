//! All test cases.

mod of_csms;
pub mod v1_6;
pub mod v2_0_1;

use ocpp_types::Version;

use crate::case::{Case, Side};

/// All cases in the order of the certificates, which is that of the ids.
#[must_use]
pub fn all() -> Vec<&'static Case> {
    let versions = [v1_6::STATION, v1_6::CSMS, v2_0_1::STATION, v2_0_1::CSMS];
    let blocks = versions.into_iter().flatten().copied();
    let mut all: Vec<&Case> = blocks.flatten().collect();
    all.sort_by_key(|case| case.id);
    all
}

/// The cases of stations of a version in the order of the certificates.
#[must_use]
pub fn of(version: Version) -> Vec<&'static Case> {
    of_side(version, Side::Station)
}

/// The cases of a side of a version in the order of the certificates.
#[must_use]
pub fn of_side(version: Version, side: Side) -> Vec<&'static Case> {
    let mut cases = all();
    cases.retain(|case| case.version == version && case.side == side);
    cases
}

/// The case of that id; `TC_001` is understood as `TC_001_CS`.
#[must_use]
pub fn find(id: &str) -> Option<&'static Case> {
    let same = |case: &&Case| {
        case.id.eq_ignore_ascii_case(id)
            || case
                .id
                .strip_suffix(case.side.as_str())
                .and_then(|short| short.strip_suffix('_'))
                .is_some_and(|short| short.eq_ignore_ascii_case(id))
    };
    all().into_iter().find(same)
}
