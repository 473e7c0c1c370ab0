//! Any sequence of actions on two sessions: their guarantees hold. The first byte chooses the version.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ocpp_core::Version;
use ocpp_core::testing::Interleaving;

fuzz_target!(|data: &[u8]| {
    if let Some((version, actions)) = data.split_first() {
        let version = Version::ALL[usize::from(*version) % Version::ALL.len()];
        if let Err(broken) = Interleaving::run(version, actions) {
            panic!("{broken}");
        }
    }
});
