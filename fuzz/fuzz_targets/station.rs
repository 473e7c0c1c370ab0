//! Any history of a station: it keeps its promises. The first byte chooses the version.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ocpp_core::Version;
use ocpp_core::testing::walk;

fuzz_target!(|data: &[u8]| {
    if let Some((version, history)) = data.split_first() {
        let version = [Version::V1_6, Version::V2_0_1][usize::from(version % 2)];
        if let Err(broken) = walk(version, history) {
            panic!("{broken}");
        }
    }
});
