//! GetLog and LogStatusNotification: N01.

use serde_json::{Value, json};

use super::super::b_provisioning::boot::long;
use super::super::{CASE, file_transfer};
use crate::case::Case;
use crate::lab::{Call, Expected, Lab};
use crate::mutation::{Change::*, fails};
use crate::step::{Rule, Step, by_hand, call, expect_within, is, number, suits};
use crate::unmet::Failed;

const LOG: &str = "LogStatusNotification";
/// `requestId` of the first and of the second request.
const FIRST: i64 = 61;
const SECOND: i64 = 62;
/// How often an upload that fails is tried again.
const RETRIES: u32 = 3;
/// `<Configured retryInterval>`, in seconds: longer than an attempt takes.
const INTERVAL: u32 = 20;

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

const UPLOADING: Step = status(
    "uploading",
    &[is("/status", "Uploading"), number("/requestId", FIRST)],
);
const UPLOADED: Step = status(
    "uploaded",
    &[is("/status", "Uploaded"), number("/requestId", FIRST)],
);

const fn status(label: &'static str, rules: &'static [Rule]) -> Step {
    expect_within(label, LOG, long, rules)
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
                    request["retryInterval"] = json!(INTERVAL);
                    request
                },
                ACCEPTED,
            ),
            by_hand(
                "the station tells Uploading once or four times, and once or four times that it failed; the last time three \
                 intervals after the first",
                failing,
                &[
                    fails(Drop(LOG, 0), "uploading/status"),
                    fails(Replace(LOG, 0, "/status", r#""Idle""#), "uploading/status"),
                    fails(Replace(LOG, 0, "/requestId", "7"), "uploading/requestId"),
                    fails(
                        Replace(LOG, 1, "/status", r#""Uploaded""#),
                        "attempts/status",
                    ),
                    fails(Replace(LOG, 1, "/requestId", "7"), "attempts/requestId"),
                    fails(Drop(LOG, 1), "uploading.times"),
                    fails(Duplicate(LOG, 4), "failed.times"),
                    fails(Late(LOG, 4, 30), "failed.time"),
                    fails(Late(LOG, 4, 600), "failed"),
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
            status(
                "canceled",
                &[
                    is("/status", "AcceptedCanceled"),
                    number("/requestId", FIRST),
                ],
            ),
            status(
                "again.uploading",
                &[is("/status", "Uploading"), number("/requestId", SECOND)],
            ),
            status(
                "again.uploaded",
                &[is("/status", "Uploaded"), number("/requestId", SECOND)],
            ),
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
    let begun = lab.seconds();
    let about = |label: &'static str| Expected::new(label, LOG).with("/requestId", FIRST);
    let uploading = Expected::new("uploading", LOG).with("/status", "Uploading");
    lab.expect(uploading.with("/requestId", FIRST))?;
    let first = lab.seconds();
    let all = f64::from(RETRIES * INTERVAL);
    let deviation = lab.parameters.deviation;
    let (mut uploadings, mut failures, mut last) = (1, 0, first);
    // All attempts, and some time in which nothing more may come.
    let until = begun + all + f64::from(2 * INTERVAL);
    while lab.seconds() < until {
        let left = std::time::Duration::from_secs_f64((until - lab.seconds()).max(0.001));
        let any = about("attempts").one_of(
            "/status",
            [
                "Uploading", FAILURES[0], FAILURES[1], FAILURES[2], FAILURES[3],
            ],
        );
        let Some(message) = lab.maybe(&any.within(left))? else {
            break;
        };
        if message.payload["status"] == "Uploading" {
            uploadings += 1;
        } else {
            failures += 1;
            last = lab.seconds();
        }
    }
    let times = |times: u32| times == 1 || times == RETRIES + 1;
    if failures == 0 {
        return lab.fail(
            "failed",
            "a status that says that it failed",
            "there was none",
        );
    }
    if !times(uploadings) {
        return lab.fail(
            "uploading.times",
            "Uploading once or four times",
            format!("{uploadings}"),
        );
    }
    if !times(failures) {
        return lab.fail(
            "failed.times",
            "a failure once or four times",
            format!("{failures}"),
        );
    }
    let took = last - first;
    if took < all - deviation || took > all + f64::from(INTERVAL) {
        let expected = format!("the last failure {all} s after the first Uploading");
        return lab.fail("failed.time", expected, format!("it was {took:.1} s"));
    }
    Ok(())
}
