//! What a firmware hands in.

use core::ffi::{c_char, c_void};

use crate::ocpp_status;

/// What the library needs of a firmware without operating system.
#[repr(C)]
#[derive(Debug)]
pub struct ocpp_platform {
    /// Gives `size` bytes, more than 0, aligned to `alignment`, a power of two that is at most 16; NULL if there are none. Then the
    /// library ends in `fault`.
    pub allocate: Option<unsafe extern "C" fn(size: usize, alignment: usize) -> *mut c_void>,
    /// Takes memory back that `allocate` gave for this size and alignment.
    pub release: Option<unsafe extern "C" fn(memory: *mut c_void, size: usize, alignment: usize)>,
    /// A fault inside the library, or no memory: `message` says what, for people. Must not return: restart the device. Records that were
    /// stored are enough to go on.
    pub fault: Option<unsafe extern "C" fn(message: *const c_char)>,
}

/// Hands in what a firmware gives. Call it once, before any other function. `platform` and what it leads to must stay as they are for good.
/// Returns OCPP_INVALID in a library that has the standard library, which needs nothing, OCPP_NO_TEXT if something is NULL.
///
/// # Safety
/// `platform` is NULL, or leads to functions that do what is said of them, and stays so.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_set_platform(platform: *const ocpp_platform) -> ocpp_status {
    // SAFETY: the caller promises that it is NULL or leads to a platform that stays.
    let platform: Option<&'static ocpp_platform> = unsafe { platform.as_ref() };
    match platform {
        Some(ocpp_platform {
            allocate: Some(_),
            release: Some(_),
            fault: Some(_),
        }) => take(platform),
        _ => ocpp_status::OCPP_NO_TEXT,
    }
}

#[cfg(feature = "std")]
const fn take(_: Option<&'static ocpp_platform>) -> ocpp_status {
    ocpp_status::OCPP_INVALID
}

#[cfg(not(feature = "std"))]
use crate::firmware::take;
