//! What `ocpp validate` and `ocpp schedule` tell.

use alloc::format;
use alloc::string::{String, ToString};

use ocpp_core::time::DateTime;
use ocpp_report::schedule::Situation;
use ocpp_report::validate::{Options, judge};
use ocpp_types::Version;

use crate::Error;
use crate::station::json;

/// Says what is wrong with the OCPP messages in a text: one frame, a payload (`{"version", "message", "payload"}`), or the log of
/// any program. It is the report of `ocpp validate`: a line for each message, and a summary at the end.
///
/// `version` is that of messages that do not say it themselves (`1.6`, `2.0.1`, `2.1`); empty to guess it. With `as_json` each
/// line is a JSON object (docs/interfaces.md describes it), and there is no summary.
///
/// # Errors
/// When the version is not known.
pub fn validate(log: &str, version: &str, lenient: bool, as_json: bool) -> Result<String, Error> {
    let version = match version {
        "" => None,
        version => Some(
            version
                .parse::<Version>()
                .map_err(|error| Error::new(&error))?,
        ),
    };
    let options = Options {
        version,
        lenient,
        json: as_json,
        ..Options::default()
    };
    let mut out = alloc::vec::Vec::new();
    let summary = judge(log.as_bytes(), &mut out, &options).map_err(|error| Error::new(&error))?;
    let mut text = String::from_utf8_lossy(&out).into_owned();
    if !as_json {
        text.push_str(&summary.to_string());
    }
    Ok(text)
}

/// Answers a situation (the charging profiles that are installed, the transaction that runs, a request, the station) with
/// its composite schedule: a line of `ocpp schedule lines`. docs/interfaces.md describes both.
///
/// # Errors
/// When the situation cannot be read, or has no answer.
pub fn schedule(situation: &str) -> Result<String, Error> {
    let answer = ocpp_report::schedule::answer(situation);
    answer
        .map(|answer| json(&answer))
        .map_err(|error| Error::new(&error))
}

/// Says which profile of a situation decides at an instant (RFC 3339; empty for the start of the request), and why the others
/// do not.
///
/// # Errors
/// When the situation or the instant cannot be read.
pub fn explain(situation: &str, at: &str) -> Result<String, Error> {
    let at = match at {
        "" => None,
        at => Some(
            at.parse::<DateTime>()
                .map_err(|error| Error::new(&format!("{at}: {error}")))?,
        ),
    };
    let situation = Situation::read(situation).map_err(|error| Error::new(&error))?;
    ocpp_report::schedule::explain(&situation, at).map_err(|error| Error::new(&error))
}
