//! The C interface of `ocpp-ffi`. The header says how it is used: `include/ocpp.h`, made by cbindgen.
//!
//! This is the only hand-written unsafe code of the repository. It does three things that Rust cannot check: it reads texts
//! where a pointer of the caller leads, it turns pointers that it gave out back into objects, and it writes an error where the
//! caller wants it. For firmware it does two more: it takes memory from the caller, and hands faults over. Everything else is in
//! `ocpp-ffi`.
#![cfg_attr(not(feature = "std"), no_std)]
#![allow(non_camel_case_types, clippy::enum_variant_names)] // The names of C.

extern crate alloc;

mod fault;
#[cfg(not(feature = "std"))]
mod firmware;
mod fleet;
mod object;
mod optional;
mod platform;
mod remote;
mod text;

use alloc::boxed::Box;
use core::ffi::{CStr, c_char};
use core::ptr::null_mut;

use object::Object;
use ocpp_ffi::{Error, Session, Station, Time};
use text::{guarded, owned, read, write};

// What C sees.
pub use fleet::*;
pub use platform::*;
pub use remote::*;

/// How a call went.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ocpp_status {
    /// Done.
    OCPP_OK = 0,
    /// The input cannot be read, or what it asks for cannot be done. The reply says why.
    OCPP_INVALID = 1,
    /// A pointer was NULL, or a text is no UTF-8.
    OCPP_NO_TEXT = 2,
    /// A fault inside: please report it. The object answers nothing else from now on.
    OCPP_FAULT = 3,
}

use ocpp_status::OCPP_NO_TEXT;

/// What is said of a text that is none.
fn no_text() -> Error {
    Error::because("a text is NULL, or no UTF-8")
}

/// The time that comes with every input.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ocpp_time {
    /// Milliseconds since any origin, usually the start of the program. Never jumps.
    pub monotonic_ms: u64,
    /// Milliseconds since 1970 in UTC, or OCPP_UTC_UNKNOWN.
    pub utc_ms: i64,
}

impl From<ocpp_time> for Time {
    fn from(time: ocpp_time) -> Self {
        Self {
            monotonic: time.monotonic_ms,
            utc: (time.utc_ms != i64::MIN).then_some(time.utc_ms),
        }
    }
}

/// A charging station.
pub struct ocpp_station(Object<Station>);

/// One side of a connection: frames, and which answer belongs to which question.
pub struct ocpp_session(Object<Session>);

/// The version of this interface: OCPP_ABI_VERSION of the header that the library was built with.
#[unsafe(no_mangle)]
pub extern "C" fn ocpp_abi_version() -> u32 {
    1
}

/// The version of the library, for people.
#[unsafe(no_mangle)]
pub extern "C" fn ocpp_version() -> *const c_char {
    const VERSION: &CStr =
        match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
            Ok(version) => version,
            Err(_) => c"",
        };
    VERSION.as_ptr()
}

/// Makes a station. `config` is JSON or TOML (station-config.json; what `ocpp station --config` reads). `records` is a JSON array
/// of all that `Store` has stored before, NULL for a new station. Returns NULL if that cannot be; then `error` says why.
///
/// # Safety
/// `config` and `records` are NULL or texts; `error` is NULL or a place for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_station_new(
    config: *const c_char,
    records: *const c_char,
    now: ocpp_time,
    error: *mut *mut c_char,
) -> *mut ocpp_station {
    let made = guarded(|| {
        // SAFETY: the caller promises that it is NULL or a text.
        let config = unsafe { read(config) }.ok_or_else(no_text)?;
        // SAFETY: as above.
        let records = unsafe { read(records) }.unwrap_or("");
        Station::new(config, records, now.into())
    });
    // SAFETY: the caller promises that it is NULL or a place for a pointer.
    let station = unsafe { write(made, error) };
    station.map_or(null_mut(), |station| {
        Box::into_raw(Box::new(ocpp_station(Object::new(station))))
    })
}

/// Takes an input (station-input.json). Poll the outputs afterwards.
///
/// # Safety
/// `station` is NULL or comes from ocpp_station_new; `input` is NULL or a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_station_handle(
    station: *mut ocpp_station,
    now: ocpp_time,
    input: *const c_char,
) -> ocpp_status {
    // SAFETY: the caller promises that it is NULL or one of ours, and that nobody else uses it.
    let station = unsafe { station.as_mut() };
    // SAFETY: the caller promises that it is NULL or a text.
    match (station, unsafe { read(input) }) {
        (Some(station), Some(input)) => station.0.handle(|it| it.handle(now.into(), input)),
        _ => OCPP_NO_TEXT,
    }
}

/// The reply to the last input, or why it was refused: JSON, `null` for most.
///
/// # Safety
/// `station` is NULL or comes from ocpp_station_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_station_reply(station: *const ocpp_station) -> *const c_char {
    // SAFETY: the caller promises that it is NULL or one of ours.
    let station = unsafe { station.as_ref() };
    station.map_or(core::ptr::null(), |station| station.0.reply())
}

/// The next output (station-output.json), or NULL when there is nothing more for now.
///
/// # Safety
/// `station` is NULL or comes from ocpp_station_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_station_poll_output(station: *mut ocpp_station) -> *const c_char {
    // SAFETY: the caller promises that it is NULL or one of ours, and that nobody else uses it.
    let station = unsafe { station.as_mut() };
    station.map_or(core::ptr::null(), |station| {
        station.0.show(Station::poll_output)
    })
}

/// When to come back with "TimePassed" at the latest, in monotonic milliseconds, or OCPP_NEVER.
///
/// # Safety
/// `station` is NULL or comes from ocpp_station_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_station_next_timeout(station: *const ocpp_station) -> u64 {
    // SAFETY: the caller promises that it is NULL or one of ours.
    let station = unsafe { station.as_ref() };
    station.map_or(u64::MAX, |station| station.0.next(Station::next_timeout))
}

/// A look inside (station-state.json). NULL after a fault.
///
/// # Safety
/// `station` is NULL or comes from ocpp_station_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_station_state(station: *mut ocpp_station) -> *const c_char {
    // SAFETY: the caller promises that it is NULL or one of ours, and that nobody else uses it.
    let station = unsafe { station.as_mut() };
    station.map_or(core::ptr::null(), |station| {
        station.0.show(|it| Some(it.state()))
    })
}

/// The end of a station. NULL does nothing.
///
/// # Safety
/// `station` is NULL or comes from ocpp_station_new, and was not freed before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_station_free(station: *mut ocpp_station) {
    if !station.is_null() {
        // SAFETY: the caller promises that it is one of ours and was not freed: it came from Box::into_raw.
        drop(unsafe { Box::from_raw(station) });
    }
}

/// Makes a session without connection. `config` is JSON (session-config.json) with at least `version` and `role`. Returns NULL if
/// that cannot be; then `error` says why.
///
/// # Safety
/// `config` is NULL or a text; `error` is NULL or a place for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_session_new(
    config: *const c_char,
    error: *mut *mut c_char,
) -> *mut ocpp_session {
    let made = guarded(|| {
        // SAFETY: the caller promises that it is NULL or a text.
        let config = unsafe { read(config) }.ok_or_else(no_text)?;
        Session::new(config)
    });
    // SAFETY: the caller promises that it is NULL or a place for a pointer.
    let session = unsafe { write(made, error) };
    session.map_or(null_mut(), |session| {
        Box::into_raw(Box::new(ocpp_session(Object::new(session))))
    })
}

/// Takes an input (session-input.json). Poll the outputs afterwards.
///
/// # Safety
/// `session` is NULL or comes from ocpp_session_new; `input` is NULL or a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_session_handle(
    session: *mut ocpp_session,
    now: ocpp_time,
    input: *const c_char,
) -> ocpp_status {
    // SAFETY: the caller promises that it is NULL or one of ours, and that nobody else uses it.
    let session = unsafe { session.as_mut() };
    // SAFETY: the caller promises that it is NULL or a text.
    match (session, unsafe { read(input) }) {
        (Some(session), Some(input)) => session.0.handle(|it| it.handle(now.into(), input)),
        _ => OCPP_NO_TEXT,
    }
}

/// The reply to the last input, or why it was refused: JSON, `null` for most.
///
/// # Safety
/// `session` is NULL or comes from ocpp_session_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_session_reply(session: *const ocpp_session) -> *const c_char {
    // SAFETY: the caller promises that it is NULL or one of ours.
    let session = unsafe { session.as_ref() };
    session.map_or(core::ptr::null(), |session| session.0.reply())
}

/// The next output (session-output.json), or NULL when there is nothing more for now.
///
/// # Safety
/// `session` is NULL or comes from ocpp_session_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_session_poll_output(session: *mut ocpp_session) -> *const c_char {
    // SAFETY: the caller promises that it is NULL or one of ours, and that nobody else uses it.
    let session = unsafe { session.as_mut() };
    session.map_or(core::ptr::null(), |session| {
        session.0.show(Session::poll_output)
    })
}

/// When to come back with "TimePassed" at the latest, in monotonic milliseconds, or OCPP_NEVER.
///
/// # Safety
/// `session` is NULL or comes from ocpp_session_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_session_next_timeout(session: *const ocpp_session) -> u64 {
    // SAFETY: the caller promises that it is NULL or one of ours.
    let session = unsafe { session.as_ref() };
    session.map_or(u64::MAX, |session| session.0.next(Session::next_timeout))
}

/// A look inside (session-state.json). NULL after a fault.
///
/// # Safety
/// `session` is NULL or comes from ocpp_session_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_session_state(session: *mut ocpp_session) -> *const c_char {
    // SAFETY: the caller promises that it is NULL or one of ours, and that nobody else uses it.
    let session = unsafe { session.as_mut() };
    session.map_or(core::ptr::null(), |session| {
        session.0.show(|it| Some(it.state()))
    })
}

/// The end of a session. NULL does nothing.
///
/// # Safety
/// `session` is NULL or comes from ocpp_session_new, and was not freed before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_session_free(session: *mut ocpp_session) {
    if !session.is_null() {
        // SAFETY: the caller promises that it is one of ours and was not freed: it came from Box::into_raw.
        drop(unsafe { Box::from_raw(session) });
    }
}

/// Says what is wrong with the OCPP messages in a text: a frame, a payload, or the log of any program. `version` is "1.6", "2.0.1",
/// "2.1", or NULL to guess it; `lenient` accepts what can be repaired; `as_json` wants a JSON object for each message instead of
/// sentences and a summary.
///
/// # Safety
/// `log` and `version` are NULL or texts; `error` is NULL or a place for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_validate(
    log: *const c_char,
    version: *const c_char,
    lenient: bool,
    as_json: bool,
    error: *mut *mut c_char,
) -> *mut c_char {
    let report = guarded(|| {
        // SAFETY: the caller promises that it is NULL or a text.
        let log = unsafe { read(log) }.ok_or_else(no_text)?;
        // SAFETY: as above.
        let version = unsafe { read(version) }.unwrap_or("");
        optional::validate(log, version, lenient, as_json)
    });
    // SAFETY: the caller promises that it is NULL or a place for a pointer.
    owned(unsafe { write(report, error) })
}

/// Decodes the payload of a message ("BootNotificationRequest"), strictly or leniently, and writes it as its schema does
/// (decoded.json). Returns NULL if there is no such version or message.
///
/// # Safety
/// `version`, `message` and `payload` are NULL or texts; `error` is NULL or a place for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_decode(
    version: *const c_char,
    message: *const c_char,
    payload: *const c_char,
    lenient: bool,
    error: *mut *mut c_char,
) -> *mut c_char {
    let decoded = guarded(|| {
        // SAFETY: the caller promises that they are NULL or texts.
        let texts = unsafe { (read(version), read(message), read(payload)) };
        let (Some(version), Some(message), Some(payload)) = texts else {
            return Err(no_text());
        };
        ocpp_ffi::decode(version, message, payload, lenient)
    });
    // SAFETY: the caller promises that it is NULL or a place for a pointer.
    owned(unsafe { write(decoded, error) })
}

/// Answers a charging situation with its composite schedule, as `ocpp schedule lines` does.
///
/// # Safety
/// `situation` is NULL or a text; `error` is NULL or a place for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_schedule(
    situation: *const c_char,
    error: *mut *mut c_char,
) -> *mut c_char {
    let answer = guarded(|| {
        // SAFETY: the caller promises that it is NULL or a text.
        let situation = unsafe { read(situation) }.ok_or_else(no_text)?;
        optional::schedule(situation)
    });
    // SAFETY: the caller promises that it is NULL or a place for a pointer.
    owned(unsafe { write(answer, error) })
}

/// Identifies a certificate (PEM) that `issuer` has signed, the same one for a root, as OCPP and OCSP do. `algorithm` is "SHA256",
/// "SHA384" or "SHA512".
///
/// # Safety
/// `certificate`, `issuer` and `algorithm` are NULL or texts; `error` is NULL or a place for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_certificate_hash_data(
    certificate: *const c_char,
    issuer: *const c_char,
    algorithm: *const c_char,
    error: *mut *mut c_char,
) -> *mut c_char {
    let data = guarded(|| {
        // SAFETY: the caller promises that they are NULL or texts.
        let texts = unsafe { (read(certificate), read(issuer), read(algorithm)) };
        let (Some(certificate), Some(issuer), Some(algorithm)) = texts else {
            return Err(no_text());
        };
        optional::certificate_hash_data(certificate, issuer, algorithm)
    });
    // SAFETY: the caller promises that it is NULL or a place for a pointer.
    owned(unsafe { write(data, error) })
}

/// Makes the input {"NAME": "TEXT"}, for example of "Received" and a message: the text is quoted as JSON wants it.
///
/// # Safety
/// `name` and `text` are NULL or texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_input(name: *const c_char, text: *const c_char) -> *mut c_char {
    // SAFETY: the caller promises that they are NULL or texts.
    let (Some(name), Some(text)) = (unsafe { (read(name), read(text)) }) else {
        return null_mut();
    };
    owned(guarded(|| text::input(name, text)).ok())
}

/// What a JSON pointer (RFC 6901) leads to in a JSON text, for example "/Transmit" in an output: a string as it is meant, everything
/// else as JSON. NULL if there is nothing.
///
/// # Safety
/// `json` and `pointer` are NULL or texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_text(json: *const c_char, pointer: *const c_char) -> *mut c_char {
    // SAFETY: the caller promises that they are NULL or texts.
    let (Some(json), Some(pointer)) = (unsafe { (read(json), read(pointer)) }) else {
        return null_mut();
    };
    owned(guarded(|| text::at(json, pointer)).ok())
}

/// Frees a text that came as `char *`. NULL does nothing.
///
/// # Safety
/// `text` is NULL or came as `char *` from a function of this library, and was not freed before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ocpp_text_free(text: *mut c_char) {
    if !text.is_null() {
        // SAFETY: the caller promises that it came from here, where CString::into_raw made it.
        drop(unsafe { alloc::ffi::CString::from_raw(text) });
    }
}
