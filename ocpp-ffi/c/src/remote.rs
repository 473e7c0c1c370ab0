//! A station as its CSMS sees it.

use alloc::boxed::Box;
use core::ffi::c_char;

use ocpp_ffi::RemoteStation;

use crate::object::Object;
use crate::ocpp_status::{self, OCPP_NO_TEXT};
use crate::text::{guarded, read, write};
use crate::{no_text, ocpp_time};

/// One station, connected or not, as its management system (CSMS) sees it.
pub struct ocpp_remote(pub(crate) Object<RemoteStation>);

/// Makes a station as its CSMS sees it. `config` is JSON (remote-config.json) with at least `identity` and `seed`. `records` is a
/// JSON array of all that `Store` has stored before, NULL for a new one; polling on after `Store` says that it is stored. Returns NULL
/// if that cannot be; then `error` says why.
///
/// # Safety
/// `config` and `records` are NULL or texts; `error` is NULL or a place for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_remote_new(
    config: *const c_char,
    records: *const c_char,
    error: *mut *mut c_char,
) -> *mut ocpp_remote {
    let made = guarded(|| {
        // SAFETY: the caller promises that it is NULL or a text.
        let config = unsafe { read(config) }.ok_or_else(no_text)?;
        // SAFETY: as above.
        let records = unsafe { read(records) }.unwrap_or("");
        RemoteStation::new(config, records)
    });
    // SAFETY: the caller promises that it is NULL or a place for a pointer.
    let remote = unsafe { write(made, error) };
    remote.map_or(core::ptr::null_mut(), |remote| {
        Box::into_raw(Box::new(ocpp_remote(Object::new(remote))))
    })
}

/// Takes an input (remote-input.json). Poll the outputs afterwards.
///
/// # Safety
/// `remote` is NULL or comes from ocpp_remote_new; `input` is NULL or a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_remote_handle(
    remote: *mut ocpp_remote,
    now: ocpp_time,
    input: *const c_char,
) -> ocpp_status {
    // SAFETY: the caller promises that it is NULL or one of ours, and that nobody else uses it.
    let remote = unsafe { remote.as_mut() };
    // SAFETY: the caller promises that it is NULL or a text.
    match (remote, unsafe { read(input) }) {
        (Some(remote), Some(input)) => remote.0.handle(|it| it.handle(now.into(), input)),
        _ => OCPP_NO_TEXT,
    }
}

/// The reply to the last input, or why it was refused: JSON, `null` for most.
///
/// # Safety
/// `remote` is NULL or comes from ocpp_remote_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_remote_reply(remote: *const ocpp_remote) -> *const c_char {
    // SAFETY: the caller promises that it is NULL or one of ours.
    let remote = unsafe { remote.as_ref() };
    remote.map_or(core::ptr::null(), |remote| remote.0.reply())
}

/// The next output (remote-output.json), or NULL when there is nothing more for now.
///
/// # Safety
/// `remote` is NULL or comes from ocpp_remote_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_remote_poll_output(remote: *mut ocpp_remote) -> *const c_char {
    // SAFETY: the caller promises that it is NULL or one of ours, and that nobody else uses it.
    let remote = unsafe { remote.as_mut() };
    remote.map_or(core::ptr::null(), |remote| {
        remote.0.show(RemoteStation::poll_output)
    })
}

/// When to come back with "TimePassed" at the latest, in monotonic milliseconds, or OCPP_NEVER.
///
/// # Safety
/// `remote` is NULL or comes from ocpp_remote_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_remote_next_timeout(remote: *const ocpp_remote) -> u64 {
    // SAFETY: the caller promises that it is NULL or one of ours.
    let remote = unsafe { remote.as_ref() };
    remote.map_or(u64::MAX, |remote| {
        remote.0.next(RemoteStation::next_timeout)
    })
}

/// A look inside (remote-state.json). NULL after a fault.
///
/// # Safety
/// `remote` is NULL or comes from ocpp_remote_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_remote_state(remote: *mut ocpp_remote) -> *const c_char {
    // SAFETY: the caller promises that it is NULL or one of ours, and that nobody else uses it.
    let remote = unsafe { remote.as_mut() };
    remote.map_or(core::ptr::null(), |remote| {
        remote.0.show(|it| Some(it.state()))
    })
}

/// The end of one. NULL does nothing.
///
/// # Safety
/// `remote` is NULL or comes from ocpp_remote_new, and was not freed before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_remote_free(remote: *mut ocpp_remote) {
    if !remote.is_null() {
        // SAFETY: the caller promises that it is one of ours and was not freed: it came from Box::into_raw.
        drop(unsafe { Box::from_raw(remote) });
    }
}
