//! Texts and errors on their way over the border.

use alloc::borrow::ToOwned as _;
use alloc::ffi::CString;
use alloc::string::{String, ToString as _};
use core::ffi::{CStr, c_char};

use ocpp_ffi::Error;
use serde_json::Value;

use crate::fault::caught;

/// Reads a text of the caller. `None` for NULL and for what is no UTF-8.
///
/// # Safety
/// The pointer is NULL, or leads to bytes that end with a null byte and stay as they are while the result is used.
pub(crate) unsafe fn read<'a>(text: *const c_char) -> Option<&'a str> {
    if text.is_null() {
        return None;
    }
    // SAFETY: the caller promises it.
    unsafe { CStr::from_ptr(text) }.to_str().ok()
}

/// Does something whose panic must not reach the caller.
pub(crate) fn guarded<T>(does: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    // What has panicked is not used again: nobody sees it half done.
    caught(does).unwrap_or_else(|| Err(Error::because("a fault inside the library")))
}

/// Writes the error where the caller wants it, NULL if there is none.
///
/// # Safety
/// The pointer is NULL or a place for a pointer.
pub(crate) unsafe fn write<T>(result: Result<T, Error>, error: *mut *mut c_char) -> Option<T> {
    let (value, text) = match result {
        Ok(value) => (Some(value), core::ptr::null_mut()),
        Err(why) => (None, owned(serde_json::to_string(&why).ok())),
    };
    if error.is_null() {
        // SAFETY: it is NULL, or was made by `owned` a moment ago.
        unsafe { crate::ocpp_text_free(text) };
    } else {
        // SAFETY: the caller promises that it is a place for a pointer.
        unsafe { error.write(text) };
    }
    value
}

/// A text that the caller frees. NULL for none, and for one that contains a null character, which C cannot have.
pub(crate) fn owned(text: Option<String>) -> *mut c_char {
    let text = text.and_then(|text| CString::new(text).ok());
    text.map_or(core::ptr::null_mut(), CString::into_raw)
}

/// See `ocpp_input`.
pub(crate) fn input(name: &str, text: &str) -> Result<String, Error> {
    let input = Value::Object([(name.to_owned(), Value::from(text))].into_iter().collect());
    Ok(input.to_string())
}

/// See `ocpp_text`.
pub(crate) fn at(json: &str, pointer: &str) -> Result<String, Error> {
    let nothing = || Error::because("nothing is there");
    let value: Value = serde_json::from_str(json).map_err(|_| nothing())?;
    match value.pointer(pointer) {
        None => Err(nothing()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(value) => Ok(value.to_string()),
    }
}
