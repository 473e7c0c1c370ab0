//! Random histories of a station: whatever happens, it keeps its promises.

#![allow(missing_docs)]

use ocpp_core::Version;
use ocpp_core::testing::{Random, walk};
use proptest::prelude::*;

/// A history in which nobody ever charges proves little.
#[test]
fn there_is_charging_in_such_histories() {
    for version in [Version::V1_6, Version::V2_0_1] {
        let mut charging = 0;
        for seed in 0..60 {
            let mut random = Random::new(seed);
            let history: Vec<u8> = (0..400)
                .map(|_| random.next_u64().to_le_bytes()[0])
                .collect();
            charging += walk(version, &history).unwrap_or_default();
        }
        assert!(charging > 200, "{version}: {charging}");
    }
}

/// 100 histories, 2,000 with `OCPP_EXHAUSTIVE` set, or as many as `PROPTEST_CASES` says.
fn config() -> ProptestConfig {
    let mut config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = match std::env::var_os("OCPP_EXHAUSTIVE") {
            Some(_) => 2_000,
            None => 100,
        };
    }
    config
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_1_6_station_keeps_its_promises(history in proptest::collection::vec(any::<u8>(), 0..400)) {
        walk(Version::V1_6, &history).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn a_2_0_1_station_keeps_its_promises(history in proptest::collection::vec(any::<u8>(), 0..400)) {
        walk(Version::V2_0_1, &history).map_err(TestCaseError::fail)?;
    }
}
