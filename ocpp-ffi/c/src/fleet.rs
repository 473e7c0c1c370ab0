//! What takes more than one station to know.

use alloc::boxed::Box;
use core::ffi::c_char;
use core::ptr::{null, null_mut};

use ocpp_ffi::Fleet;

use crate::object::Object;
use crate::ocpp_status::{self, OCPP_NO_TEXT};
use crate::text::{guarded, read, write};
use crate::{ocpp_remote, ocpp_time};

/// What takes more than one station to know: tokens, reservations, local lists.
pub struct ocpp_fleet(Object<Fleet>);

/// Makes a fleet. `config` is JSON (fleet-config.json), NULL for the defaults. `records` is a JSON array of all that `Store` has stored
/// before, NULL for a new one; polling on after `Store` says that it is stored. Returns NULL if that cannot be; then `error` says why.
///
/// # Safety
/// `config` and `records` are NULL or texts; `error` is NULL or a place for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_fleet_new(
    config: *const c_char,
    records: *const c_char,
    error: *mut *mut c_char,
) -> *mut ocpp_fleet {
    let made = guarded(|| {
        // SAFETY: the caller promises that they are NULL or texts.
        let (config, records) = unsafe { (read(config), read(records)) };
        Fleet::new(config.unwrap_or(""), records.unwrap_or(""))
    });
    // SAFETY: the caller promises that it is NULL or a place for a pointer.
    let fleet = unsafe { write(made, error) };
    fleet.map_or(null_mut(), |fleet| {
        Box::into_raw(Box::new(ocpp_fleet(Object::new(fleet))))
    })
}

/// Takes an input (fleet-input.json). Poll the outputs afterwards.
///
/// # Safety
/// `fleet` is NULL or comes from ocpp_fleet_new; `input` is NULL or a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_fleet_handle(
    fleet: *mut ocpp_fleet,
    now: ocpp_time,
    input: *const c_char,
) -> ocpp_status {
    // SAFETY: the caller promises that it is NULL or one of ours, and that nobody else uses it.
    let fleet = unsafe { fleet.as_mut() };
    // SAFETY: the caller promises that it is NULL or a text.
    match (fleet, unsafe { read(input) }) {
        (Some(fleet), Some(input)) => fleet.0.handle(|it| it.handle(now.into(), input)),
        _ => OCPP_NO_TEXT,
    }
}

/// Lets a station, as its CSMS sees it, have what the fleet knows. Call it after each output of `remote` that was polled, before the next one, and
/// once when `remote` was made. Questions whether a token may charge are answered; then the reply is {"answered":true}, otherwise false. What
/// happens at the station is noted. Poll the outputs of the fleet too.
///
/// # Safety
/// `fleet` is NULL or comes from ocpp_fleet_new; `remote` is NULL or comes from ocpp_remote_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_fleet_serve(
    fleet: *mut ocpp_fleet,
    now: ocpp_time,
    remote: *mut ocpp_remote,
) -> ocpp_status {
    // SAFETY: the caller promises that they are NULL or ours, and that nobody else uses them; they are of different kinds.
    match unsafe { (fleet.as_mut(), remote.as_mut()) } {
        (Some(fleet), Some(remote)) => fleet.0.handle_with(&mut remote.0, |fleet, remote| {
            fleet.serve(now.into(), remote)
        }),
        _ => OCPP_NO_TEXT,
    }
}

/// The reply to the last input or service, or why it was refused: JSON, `null` for what has none.
///
/// # Safety
/// `fleet` is NULL or comes from ocpp_fleet_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_fleet_reply(fleet: *const ocpp_fleet) -> *const c_char {
    // SAFETY: the caller promises that it is NULL or one of ours.
    let fleet = unsafe { fleet.as_ref() };
    fleet.map_or(null(), |fleet| fleet.0.reply())
}

/// The next output (fleet-output.json), or NULL when there is nothing more for now.
///
/// # Safety
/// `fleet` is NULL or comes from ocpp_fleet_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_fleet_poll_output(fleet: *mut ocpp_fleet) -> *const c_char {
    // SAFETY: the caller promises that it is NULL or one of ours, and that nobody else uses it.
    let fleet = unsafe { fleet.as_mut() };
    fleet.map_or(null(), |fleet| fleet.0.show(Fleet::poll_output))
}

/// A look inside (fleet-state.json). NULL after a fault.
///
/// # Safety
/// `fleet` is NULL or comes from ocpp_fleet_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_fleet_state(fleet: *mut ocpp_fleet) -> *const c_char {
    // SAFETY: the caller promises that it is NULL or one of ours, and that nobody else uses it.
    let fleet = unsafe { fleet.as_mut() };
    fleet.map_or(null(), |fleet| fleet.0.show(|it| Some(it.state())))
}

/// The end of a fleet. NULL does nothing.
///
/// # Safety
/// `fleet` is NULL or comes from ocpp_fleet_new, and was not freed before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_fleet_free(fleet: *mut ocpp_fleet) {
    if !fleet.is_null() {
        // SAFETY: the caller promises that it is one of ours and was not freed: it came from Box::into_raw.
        drop(unsafe { Box::from_raw(fleet) });
    }
}
