//! Every request and response of the version, decoded strictly.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    ocpp_fuzz::round_trip::<ocpp_types::v2_0_1::Protocol>(data);
});
