//! An object that C holds: a value, and the texts that it was shown last.

use alloc::ffi::CString;
use alloc::string::String;
use core::ffi::c_char;

use ocpp_ffi::Error;

use crate::fault::caught;
use crate::ocpp_status::{self, OCPP_FAULT, OCPP_INVALID, OCPP_OK};

/// A value, and the texts that it was shown last.
pub(crate) struct Object<T> {
    /// `None` after a fault: nobody knows in which state it is.
    value: Option<T>,
    reply: CString,
    shown: CString,
}

impl<T> Object<T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            value: Some(value),
            reply: CString::default(),
            shown: CString::default(),
        }
    }

    pub(crate) fn handle(
        &mut self,
        handle: impl FnOnce(&mut T) -> Result<String, Error>,
    ) -> ocpp_status {
        let (status, reply) = match self.try_with(handle) {
            None => {
                let fault = Error::because("a fault inside the library");
                (OCPP_FAULT, serde_json::to_string(&fault))
            }
            Some(Ok(reply)) => (OCPP_OK, Ok(reply)),
            Some(Err(error)) => (OCPP_INVALID, serde_json::to_string(&error)),
        };
        // JSON has no null characters.
        self.reply = CString::new(reply.unwrap_or_default()).unwrap_or_default();
        status
    }

    pub(crate) fn reply(&self) -> *const c_char {
        self.reply.as_ptr()
    }

    /// As [`handle`](Self::handle), with the value of another object that a fault ends too.
    pub(crate) fn handle_with<O>(
        &mut self,
        other: &mut Object<O>,
        handle: impl FnOnce(&mut T, &mut O) -> Result<String, Error>,
    ) -> ocpp_status {
        let status = self.handle(|it| match other.value.as_mut() {
            Some(other) => handle(it, other),
            None => Err(Error::because("the other object had a fault")),
        });
        if status == OCPP_FAULT {
            other.value = None;
        }
        status
    }

    /// Keeps a text until the next one is shown.
    pub(crate) fn show(&mut self, show: impl FnOnce(&mut T) -> Option<String>) -> *const c_char {
        let Some(text) = self.try_with(show).flatten() else {
            return core::ptr::null();
        };
        // JSON has no null characters.
        self.shown = CString::new(text).unwrap_or_default();
        self.shown.as_ptr()
    }

    pub(crate) fn next(&self, next: impl FnOnce(&T) -> Option<u64>) -> u64 {
        let value = self.value.as_ref();
        let next = value.and_then(|value| caught(|| next(value)));
        next.flatten().unwrap_or(u64::MAX)
    }

    /// `None` after a fault, now or before.
    fn try_with<R>(&mut self, does: impl FnOnce(&mut T) -> R) -> Option<R> {
        let value = self.value.as_mut()?;
        // The value is not used again after a panic.
        let done = caught(|| does(value));
        if done.is_none() {
            self.value = None;
        }
        done
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    #[test]
    fn a_fault_ends_the_object_and_not_the_program() {
        let mut object = Object::new(1_u8);
        assert_eq!(object.handle(|value| Ok(value.to_string())), OCPP_OK);
        let fault = object.handle(|_| std::panic::resume_unwind(Box::new("fault")));
        assert_eq!(fault, OCPP_FAULT);
        assert_eq!(object.handle(|_| Ok(String::new())), OCPP_FAULT);
        assert!(object.show(|_| Some("text".into())).is_null());
        assert_eq!(object.next(|_| Some(1)), u64::MAX);
        // SAFETY: the object lives.
        let reply = unsafe { crate::text::read(object.reply()) };
        assert_eq!(reply, Some(r#"{"message":"a fault inside the library"}"#));
    }
}
