//! All test cases.

pub mod v1_6;

use crate::case::Case;

/// All cases in the order of the certificates, which is that of the ids.
#[must_use]
pub fn all() -> Vec<&'static Case> {
    let mut all: Vec<&Case> = v1_6::STATION.iter().copied().flatten().collect();
    all.sort_by_key(|case| case.id);
    all
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
