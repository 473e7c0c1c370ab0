//! Texts on their way in and out.

use std::cell::RefCell;

use ocpp_ffi::Error;

/// The most arguments of a call.
const SLOTS: usize = 3;

/// What came of a call: nothing, a text, or an error (JSON of `Error`).
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// There is nothing, and that is right.
    Nothing = 0,
    /// There is a text.
    Text = 1,
    /// The text says what is wrong.
    Wrong = 2,
}

thread_local! {
    static ARGUMENTS: RefCell<[Vec<u8>; SLOTS]> = const { RefCell::new([const { Vec::new() }; SLOTS]) };
    static RESULT: RefCell<String> = const { RefCell::new(String::new()) };
}

pub(crate) fn argument(slot: u32, length: u32) -> *mut u8 {
    let (Ok(slot), Ok(length)) = (usize::try_from(slot), usize::try_from(length)) else {
        return std::ptr::null_mut();
    };
    ARGUMENTS.with_borrow_mut(|arguments| match arguments.get_mut(slot) {
        None => std::ptr::null_mut(),
        Some(argument) => {
            argument.clear();
            argument.resize(length, 0);
            argument.as_mut_ptr()
        }
    })
}

/// Takes the arguments of a call; those that were not written are empty.
pub(crate) fn arguments<const N: usize>() -> Result<[String; N], Error> {
    let taken = ARGUMENTS.take();
    let mut texts = [const { String::new() }; N];
    for (text, bytes) in texts.iter_mut().zip(taken) {
        *text = String::from_utf8(bytes).map_err(|_| Error::because("a text is no UTF-8"))?;
    }
    Ok(texts)
}

pub(crate) fn result<T>(look: impl FnOnce(&str) -> T) -> T {
    RESULT.with_borrow(|text| look(text))
}

fn say(text: String, status: Status) -> Status {
    RESULT.set(text);
    status
}

pub(crate) fn finish(result: Result<String, Error>) -> Status {
    match result {
        Ok(text) => say(text, Status::Text),
        Err(error) => say(
            serde_json::to_string(&error).unwrap_or_default(),
            Status::Wrong,
        ),
    }
}

/// As [`finish`], of something that need not be.
pub(crate) fn done(result: Result<Option<String>, Error>) -> Status {
    match result.transpose() {
        None => say(String::new(), Status::Nothing),
        Some(result) => finish(result),
    }
}
