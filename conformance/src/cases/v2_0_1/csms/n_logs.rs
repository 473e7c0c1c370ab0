//! N01: logs.

use ocpp_core::csms::remote::{Command, Operation};
use serde_json::{Value, json};

use super::{CASE, accepted, operation};
use crate::case::Case;
use crate::cases::of_csms::progress;
use crate::lab::Lab;
use crate::step::{Rule, Step, call, expect_telling, is, known, operate, present};

const GET: &str = "GetLog";

fn get(lab: &Lab<'_>, security: bool) -> Command {
    operation(Operation::GetLog {
        security,
        location: lab.parameters.log_location.clone(),
        from: None,
        until: None,
    })
}

const DIAGNOSTICS: Step = operate("get the diagnostics log", |lab| get(lab, false));
const PLACE: Rule = known("/log/remoteLocation", "the place for logs", |lab| {
    json!(lab.parameters.log_location)
});
const NUMBERED: Rule = present("/requestId");
const OF_DIAGNOSTICS: &[Rule] = &[is("/logType", "DiagnosticsLog"), PLACE, NUMBERED];

fn told(lab: &Lab<'_>, status: &str) -> Value {
    json!({"status": status, "requestId": lab.requested(GET, "/requestId")})
}

const UPLOADING: Step = call(
    "uploading",
    "LogStatusNotification",
    |lab| told(lab, "Uploading"),
    &[],
);
const UPLOADED: Step = call(
    "uploaded",
    "LogStatusNotification",
    |lab| told(lab, "Uploaded"),
    &[],
);

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_N_25_CSMS",
        name: "Retrieve Log Information - Diagnostics Log - Success",
        about: "The diagnostics log is uploaded.",
        requirements: &["N01.FR.04"],
        steps: &[
            DIAGNOSTICS,
            expect_telling(
                "log",
                GET,
                OF_DIAGNOSTICS,
                accepted,
                &[is("/status", "Accepted")],
            ),
            UPLOADING,
            UPLOADED,
            progress!("LogStatusNotification", "Uploaded"),
        ],
        ..CASE
    },
    Case {
        id: "TC_N_34_CSMS",
        name: "Retrieve Log Information - Rejected",
        about: "The station rejects the request.",
        requirements: &["N01.FR.05"],
        steps: &[
            DIAGNOSTICS,
            expect_telling(
                "log",
                GET,
                OF_DIAGNOSTICS,
                |_| json!({"status": "Rejected"}),
                &[is("/status", "Rejected")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_N_35_CSMS",
        name: "Retrieve Log Information - Security Log - Success",
        about: "The security log is uploaded.",
        requirements: &["N01.FR.03"],
        steps: &[
            operate("get the security log", |lab| get(lab, true)),
            expect_telling(
                "log",
                GET,
                &[is("/logType", "SecurityLog"), PLACE, NUMBERED],
                accepted,
                &[is("/status", "Accepted")],
            ),
            UPLOADING,
            UPLOADED,
            progress!("LogStatusNotification", "Uploaded"),
        ],
        ..CASE
    },
    Case {
        id: "TC_N_36_CSMS",
        name: "Retrieve Log Information - Second Request",
        about: "A second request takes the place of the first; each has a number of its own.",
        requirements: &["N01.FR.12", "N01.FR.20"],
        steps: &[
            DIAGNOSTICS,
            expect_telling(
                "log",
                GET,
                OF_DIAGNOSTICS,
                accepted,
                &[is("/status", "Accepted")],
            ),
            UPLOADING,
            DIAGNOSTICS,
            expect_telling(
                "again",
                GET,
                OF_DIAGNOSTICS,
                |_| json!({"status": "AcceptedCanceled"}),
                &[is("/status", "AcceptedCanceled")],
            ),
            call(
                "cancelled",
                "LogStatusNotification",
                |lab| json!({"status": "AcceptedCanceled", "requestId": lab.requested_before(GET, "/requestId")}),
                &[],
            ),
            UPLOADING,
            UPLOADED,
            progress!("LogStatusNotification", "Uploaded"),
        ],
        ..CASE
    },
];
