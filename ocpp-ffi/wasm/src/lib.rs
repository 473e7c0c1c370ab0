//! `ocpp-ffi` as a WebAssembly module. `js/module.js` is the other side of this border.
//!
//! JavaScript writes the texts of a call into [`argument`]s, calls, and reads the text that came of it at [`result_pointer`].
//! Everything that is handed out is a number. So there is no unsafe block here, and no tool that makes glue.

mod border;
mod object;

use border::{Status, done, finish};
use object::{Kind, Object};

use ocpp_ffi::{Error, Time};

/// What `utc` is when the clock is not set: not a number.
fn time(monotonic: f64, utc: f64) -> Time {
    // Milliseconds of this millennium fit; what does not is cut to what does.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Time {
        monotonic: monotonic as u64,
        utc: utc.is_finite().then_some(utc as i64),
    }
}

/// Makes room for the bytes (UTF-8) of an argument of the next call, and says where.
#[unsafe(no_mangle)]
pub extern "C" fn argument(slot: u32, length: u32) -> *mut u8 {
    border::argument(slot, length)
}

/// Where the text is that came of the last call.
#[unsafe(no_mangle)]
pub extern "C" fn result_pointer() -> *const u8 {
    border::result(|text| text.as_ptr())
}

/// How many bytes (UTF-8) it has.
#[unsafe(no_mangle)]
pub extern "C" fn result_length() -> usize {
    border::result(str::len)
}

/// Makes an object from its configuration (argument 0) and records (argument 1), and gives its number, or −1.
#[unsafe(no_mangle)]
pub extern "C" fn make(kind: u32, monotonic: f64, utc: f64) -> i32 {
    let made = (|| {
        let [config, records] = border::arguments()?;
        let kind = Kind::try_from(kind)?;
        Object::new(kind, &config, &records, time(monotonic, utc))
    })();
    match made {
        Ok(object) => object::keep(object),
        Err(error) => {
            finish(Err(error));
            -1
        }
    }
}

/// Takes an input (argument 0). The text is the reply.
#[unsafe(no_mangle)]
pub extern "C" fn handle(number: u32, monotonic: f64, utc: f64) -> Status {
    finish((|| {
        let [input] = border::arguments()?;
        object::with(number, |object| object.handle(time(monotonic, utc), &input))?
    })())
}

/// Lets a station, as its CSMS sees it, have what a fleet knows: the numbers of both. The text is the reply.
#[unsafe(no_mangle)]
pub extern "C" fn serve(fleet: u32, remote: u32, monotonic: f64, utc: f64) -> Status {
    finish(object::serve(fleet, remote, time(monotonic, utc)))
}

/// The next output, if there is one.
#[unsafe(no_mangle)]
pub extern "C" fn poll_output(number: u32) -> Status {
    done(object::with(number, Object::poll_output))
}

/// The next timeout in monotonic milliseconds; not a number if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn next_timeout(number: u32) -> f64 {
    let timeout = object::with(number, |object| object.next_timeout());
    #[allow(clippy::cast_precision_loss)] // Milliseconds stay below 2^53.
    timeout.ok().flatten().map_or(f64::NAN, |at| at as f64)
}

/// A look inside.
#[unsafe(no_mangle)]
pub extern "C" fn state(number: u32) -> Status {
    finish(object::with(number, |object| object.state()))
}

/// The end of an object.
#[unsafe(no_mangle)]
pub extern "C" fn free(number: u32) {
    object::free(number);
}

/// Arguments: log, version.
#[unsafe(no_mangle)]
pub extern "C" fn validate(lenient: u32, as_json: u32) -> Status {
    call(|[log, version]| ocpp_ffi::validate(&log, &version, lenient != 0, as_json != 0))
}

/// Arguments: version, message, payload.
#[unsafe(no_mangle)]
pub extern "C" fn decode(lenient: u32) -> Status {
    call(|[version, message, payload]| ocpp_ffi::decode(&version, &message, &payload, lenient != 0))
}

/// Arguments: version, text.
#[unsafe(no_mangle)]
pub extern "C" fn decode_frame() -> Status {
    call(|[version, text]| ocpp_ffi::decode_frame(&version, &text))
}

/// Arguments: version, message.
#[unsafe(no_mangle)]
pub extern "C" fn encode_frame() -> Status {
    call(|[version, message]| ocpp_ffi::encode_frame(&version, &message))
}

/// Arguments: situation.
#[unsafe(no_mangle)]
pub extern "C" fn schedule() -> Status {
    call(|[situation]| ocpp_ffi::schedule(&situation))
}

/// Arguments: situation, instant.
#[unsafe(no_mangle)]
pub extern "C" fn explain() -> Status {
    call(|[situation, at]| ocpp_ffi::explain(&situation, &at))
}

/// Arguments: certificate, issuer, algorithm.
#[unsafe(no_mangle)]
pub extern "C" fn certificate_hash_data() -> Status {
    call(|[certificate, issuer, algorithm]| {
        ocpp_ffi::certificate_hash_data(&certificate, &issuer, &algorithm)
    })
}

fn call<const N: usize>(function: impl FnOnce([String; N]) -> Result<String, Error>) -> Status {
    finish(border::arguments().and_then(function))
}
