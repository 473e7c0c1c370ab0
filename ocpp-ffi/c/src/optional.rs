//! Functions whose features can be left out: the header has them always, and they say that they are missing.

#[cfg(feature = "crypto")]
pub(crate) use ocpp_ffi::certificate_hash_data;
#[cfg(feature = "report")]
pub(crate) use ocpp_ffi::{schedule, validate};

#[cfg(not(all(feature = "crypto", feature = "report")))]
type Missing = Result<alloc::string::String, ocpp_ffi::Error>;

#[cfg(not(all(feature = "crypto", feature = "report")))]
fn missing() -> Missing {
    Err(ocpp_ffi::Error::because(
        "this library was built without it",
    ))
}

#[cfg(not(feature = "crypto"))]
pub(crate) fn certificate_hash_data(_: &str, _: &str, _: &str) -> Missing {
    missing()
}

#[cfg(not(feature = "report"))]
pub(crate) fn schedule(_: &str) -> Missing {
    missing()
}

#[cfg(not(feature = "report"))]
pub(crate) fn validate(_: &str, _: &str, _: bool, _: bool) -> Missing {
    missing()
}
