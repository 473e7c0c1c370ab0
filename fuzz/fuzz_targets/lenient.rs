//! Every request and response of every version, decoded leniently. The first byte chooses the version.
#![no_main]

use ocpp_types::{v1_6, v2_0_1, v2_1};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((version, data)) = data.split_first() else {
        return;
    };
    match version % 3 {
        0 => ocpp_fuzz::lenient::<v1_6::Protocol>(data),
        1 => ocpp_fuzz::lenient::<v2_0_1::Protocol>(data),
        _ => ocpp_fuzz::lenient::<v2_1::Protocol>(data),
    }
});
