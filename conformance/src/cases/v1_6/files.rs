//! Diagnostics: TC_045.

use serde_json::{Value, json};

use super::CASE;
use crate::case::Case;
use crate::lab::{Call, Expected, Lab};
use crate::mutation::{Change::*, fails};
use crate::product::Product;
use crate::unmet::Failed;

const DIAGNOSTICS: &str = "DiagnosticsStatusNotification";

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_045_1_CS",
        name: "Get Diagnostics",
        about: "The file is uploaded and arrives under the name that the answer gave.",
        requirements: &["1.6 section 5.9", "1.6 section 4.4"],
        applies: file_transfer,
        file_server: true,
        run: |lab| {
            let payload = json!({"location": lab.parameters.log_location});
            let call = Call::new("get", "GetDiagnostics", payload).present("/fileName");
            let answer = lab.call(call)?;
            lab.expect(news(lab, "uploading", "Uploading"))?;
            lab.expect(news(lab, "uploaded", "Uploaded"))?;
            check_file(lab, &answer.payload["fileName"])
        },
        mutations: &[
            fails(Refuse("GetDiagnostics", 0, "InternalError"), "get"),
            fails(
                Answer("GetDiagnostics", 0, "/fileName", r#""other""#),
                "file",
            ),
            fails(
                Replace(DIAGNOSTICS, 0, "/status", r#""Idle""#),
                "uploading/status",
            ),
            fails(Drop(DIAGNOSTICS, 0), "uploading/status"),
            fails(
                Replace(DIAGNOSTICS, 1, "/status", r#""UploadFailed""#),
                "uploaded/status",
            ),
            fails(Drop(DIAGNOSTICS, 1), "uploaded"),
        ],
        ..CASE
    },
    Case {
        id: "TC_045_2_CS",
        name: "Get Diagnostics - Upload Failed",
        about: "An upload to a place that does not work is reported as failed. Decided: retries is 0; Uploading may be left \
                out. Afterwards the station still answers.",
        requirements: &["1.6 section 5.9", "1.6 section 4.4"],
        applies: file_transfer,
        run: |lab| {
            let payload = json!({"location": lab.parameters.bad_location, "retries": 0});
            lab.call(Call::new("get", "GetDiagnostics", payload))?;
            let uploading = Expected::new("uploading", DIAGNOSTICS).at("/status", "Uploading");
            let failed = Expected::new("failed", DIAGNOSTICS)
                .at("/status", "UploadFailed")
                .within(lab.parameters.long_timeout);
            lab.unordered(vec![failed, uploading.optional()])?;
            lab.no_more_optional();
            lab.key("works", "HeartbeatInterval").map(|_| ())
        },
        mutations: &[
            fails(Refuse("GetDiagnostics", 0, "InternalError"), "get"),
            fails(
                Replace(DIAGNOSTICS, 1, "/status", r#""Uploaded""#),
                "failed",
            ),
            fails(Drop(DIAGNOSTICS, 1), "failed"),
            fails(NoAnswer("GetConfiguration", 0), "works"),
        ],
        ..CASE
    },
];

pub(super) const fn file_transfer(product: &Product) -> Result<(), &'static str> {
    if product.limits.file_transfer.is_empty() {
        Err("no file transfer protocol (ORS-16)")
    } else {
        Ok(())
    }
}

fn news(lab: &Lab<'_>, label: &str, status: &str) -> Expected {
    Expected::new(label, DIAGNOSTICS)
        .with("/status", status)
        .within(lab.parameters.long_timeout)
}

/// The file is really on the server.
pub(super) fn check_file(lab: &Lab<'_>, name: &Value) -> Result<(), Failed> {
    let uploads = lab.uploads();
    let name = name.as_str().unwrap_or_default();
    if uploads.iter().any(|upload| upload == name) {
        return Ok(());
    }
    lab.fail(
        "file",
        format!("the file {name:?} on the server"),
        format!("there are {uploads:?}"),
    )
}
