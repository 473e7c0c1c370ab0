//! GetLog and LogStatusNotification: N01.

use serde_json::{Value, json};

use super::super::b_provisioning::boot::long;
use super::super::{CASE, file_transfer};
use crate::case::Case;
use crate::lab::Lab;
use crate::mutation::{Change::*, fails};
use crate::step::{ExpectStep, Rule, Step, by_hand, call, is, number, request, suits};
use crate::unmet::Failed;

const LOG: &str = "LogStatusNotification";
/// `requestId` of the first and of the second request.
const FIRST: i64 = 61;
const SECOND: i64 = 62;
/// How often an upload that fails is tried again.
const RETRIES: u32 = 3;

const ACCEPTED: &[Rule] = &[is("/status", "Accepted")];
const ACCEPTED_WITH_NAME: &[Rule] = &[
    is("/status", "Accepted"),
    suits("/filename", "a name that is not empty", |name| {
        name.as_str().is_some_and(|name| !name.is_empty())
    }),
];

fn get(lab: &Lab<'_>, kind: &str, request: i64) -> Value {
    json!({
        "logType": kind,
        "requestId": request,
        "log": {"remoteLocation": lab.parameters.log_location},
    })
}

const UPLOADING: Step = status("uploading", &[is("/status", "Uploading")], OF_FIRST);
const UPLOADED: Step = status("uploaded", &[is("/status", "Uploaded")], OF_FIRST);
const OF_FIRST: &[Rule] = &[number("/requestId", FIRST)];
const OF_SECOND: &[Rule] = &[number("/requestId", SECOND)];

const fn status(label: &'static str, of: &'static [Rule], rules: &'static [Rule]) -> Step {
    Step::Expect(ExpectStep {
        within: Some(long),
        ..request(label, LOG, of, rules)
    })
}

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_N_25_CS",
        name: "Retrieve Log Information - Diagnostics Log - Success",
        about: "The diagnostics are uploaded. The description writes Updated for Uploaded.",
        requirements: &[
            "N01.FR.01", "N01.FR.02", "N01.FR.04", "N01.FR.07", "N01.FR.08", "N01.FR.09",
            "N01.FR.13",
        ],
        applies: file_transfer,
        file_server: true,
        steps: &[
            call(
                "get",
                "GetLog",
                |lab| get(lab, "DiagnosticsLog", FIRST),
                ACCEPTED_WITH_NAME,
            ),
            UPLOADING,
            UPLOADED,
        ],
        ..CASE
    },
    Case {
        id: "TC_N_26_CS",
        name: "Retrieve Log Information - Diagnostics Log - Upload failed",
        about: "An upload to a place that does not exist is tried again three times (erratum 6.2.93). Decided: the time from \
                the first Uploading to the last failure is three intervals, and what the last attempt takes, which is less \
                than an interval.",
        requirements: &[
            "N01.FR.01", "N01.FR.02", "N01.FR.04", "N01.FR.07", "N01.FR.08", "N01.FR.10",
            "N01.FR.13",
        ],
        applies: file_transfer,
        steps: &[
            call(
                "get",
                "GetLog",
                |lab| {
                    let mut request = get(lab, "DiagnosticsLog", FIRST);
                    request["log"]["remoteLocation"] = json!(lab.parameters.bad_location);
                    request["retries"] = json!(RETRIES);
                    request["retryInterval"] = json!(lab.parameters.transfer_interval);
                    request
                },
                ACCEPTED,
            ),
            by_hand(
                "the station tells Uploading once or four times, and once or four times that it failed; the last time three \
                 intervals after the first",
                failing,
                &[
                    fails(Drop(LOG, 0), "uploading.times"),
                    fails(Replace(LOG, 0, "/status", r#""Idle""#), "attempts/status"),
                    fails(Replace(LOG, 0, "/requestId", "7"), "attempts/requestId"),
                    fails(
                        Replace(LOG, 1, "/status", r#""Uploaded""#),
                        "attempts/status",
                    ),
                    fails(Remove(LOG, 1, "requestId"), "attempts/requestId"),
                    fails(Drop(LOG, 1), "uploading.times"),
                    fails(Duplicate(LOG, 4), "failed.times"),
                    fails(Late(LOG, 4, 25), "failed.time"),
                    fails(Drop(LOG, 4), "failed"),
                    fails(Replace(LOG, 4, "/status", r#""Uploading""#), "failed"),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_N_35_CS",
        name: "Retrieve Log Information - Security Log - Success",
        about: "The security log is uploaded.",
        requirements: &[
            "N01.FR.01", "N01.FR.02", "N01.FR.03", "N01.FR.07", "N01.FR.08", "N01.FR.09",
            "N01.FR.13",
        ],
        applies: file_transfer,
        file_server: true,
        steps: &[
            call(
                "get",
                "GetLog",
                |lab| get(lab, "SecurityLog", FIRST),
                ACCEPTED,
            ),
            UPLOADING,
            UPLOADED,
        ],
        ..CASE
    },
    Case {
        id: "TC_N_36_CS",
        name: "Retrieve Log Information - Second Request",
        about: "A second request cancels the upload of the first, which is told with the first request id, also before the \
                answer (erratum 6.2.97).",
        requirements: &[
            "N01.FR.01", "N01.FR.02", "N01.FR.03", "N01.FR.07", "N01.FR.08", "N01.FR.09",
            "N01.FR.12", "N01.FR.13", "N01.FR.20",
        ],
        applies: file_transfer,
        file_server: true,
        steps: &[
            call(
                "get",
                "GetLog",
                |lab| get(lab, "SecurityLog", FIRST),
                ACCEPTED,
            ),
            UPLOADING,
            call(
                "again",
                "GetLog",
                |lab| get(lab, "SecurityLog", SECOND),
                &[is("/status", "AcceptedCanceled")],
            ),
            status("canceled", &[is("/status", "AcceptedCanceled")], OF_FIRST),
            status("again.uploading", &[is("/status", "Uploading")], OF_SECOND),
            status("again.uploaded", &[is("/status", "Uploaded")], OF_SECOND),
        ],
        ..CASE
    },
];

/// The words for an upload that has failed.
const FAILURES: [&str; 4] = [
    "UploadFailure",
    "BadMessage",
    "PermissionDenied",
    "NotSupportedOperation",
];

fn failing(lab: &mut Lab<'_>) -> Result<(), Failed> {
    // All attempts, and some time in which nothing more may come.
    let interval = lab.parameters.transfer_interval;
    let told = lab.heard(2 * RETRIES * interval)?;
    let told = told.iter().filter(|message| message.action == LOG);
    let (mut uploadings, mut failures) = (Vec::new(), Vec::new());
    for message in told {
        let status = message.payload["status"].as_str().unwrap_or_default();
        if message.payload["requestId"] != FIRST {
            let got = message.payload["requestId"].to_string();
            return lab.fail("attempts/requestId", format!("{FIRST}"), got);
        }
        match status {
            "Uploading" => uploadings.push(message.at),
            failure if FAILURES.contains(&failure) => failures.push(message.at),
            other => return lab.fail("attempts/status", "Uploading or a failure", other),
        }
    }
    let (Some(first), Some(last)) = (uploadings.first(), failures.last()) else {
        let told = format!("{} and {}", uploadings.len(), failures.len());
        return lab.fail("failed", "Uploading and then a failure", told);
    };
    for (label, times) in [
        ("uploading.times", uploadings.len()),
        ("failed.times", failures.len()),
    ] {
        if times != 1 && times != RETRIES as usize + 1 {
            return lab.fail(label, "once or four times", format!("{times} times"));
        }
    }
    let all = f64::from(RETRIES * interval);
    #[allow(clippy::cast_precision_loss)] // A few minutes.
    let took = last.saturating_sub(*first) as f64 / 1000.0;
    let deviation = lab.parameters.deviation;
    if took < all - deviation || took > all + f64::from(interval) {
        let expected = format!("the last failure {all} s after the first Uploading");
        return lab.fail("failed.time", expected, format!("it was {took:.1} s"));
    }
    Ok(())
}
