//! Firmware and diagnostics.

use ocpp_core::csms::remote::{Command, Operation};
use serde_json::{Value, json};

use super::boot::CONNECT;
use super::{CASE, available, each_status, nothing, operation, registers, unavailable};
use crate::case::Case;
use crate::cases::of_csms::progress;
use crate::lab::Lab;
use crate::step::{Rule, Step, call, expect_telling, flag, is, known, operate, present};

fn update(lab: &Lab<'_>) -> Command {
    operation(Operation::UpdateFirmware {
        location: lab.parameters.firmware_location.clone(),
        retrieve_at: lab.later(0),
        install_at: None,
        signature: None,
    })
}

/// FirmwareStatusNotification.
const fn tells(label: &'static str, with: fn(&Lab<'_>) -> Value) -> Step {
    call(label, "FirmwareStatusNotification", with, &[])
}

/// DiagnosticsStatusNotification.
const fn diagnostics(label: &'static str, with: fn(&Lab<'_>) -> Value) -> Step {
    call(label, "DiagnosticsStatusNotification", with, &[])
}

const UPDATE: Step = operate("update the firmware", update);
const UPDATED: Step = expect_telling(
    "update",
    "UpdateFirmware",
    &[
        known("/location", "the place of the firmware", |lab| {
            json!(lab.parameters.firmware_location)
        }),
        present("/retrieveDate"),
    ],
    nothing,
    &[flag("/accepted", true)],
);
const DOWNLOADING: Step = tells("downloading", |_| json!({"status": "Downloading"}));
/// From the download until the charge point is up again.
const INSTALLS: Step = Step::Reusable(
    "the firmware is installed",
    &[
        UPDATE,
        UPDATED,
        DOWNLOADING,
        tells("downloaded", |_| json!({"status": "Downloaded"})),
        each_status("unavailable", unavailable),
        tells("installing", |_| json!({"status": "Installing"})),
        Step::HangUp,
        CONNECT,
        call(
            "boot",
            "BootNotification",
            registers,
            &[is("/status", "Accepted")],
        ),
        each_status("available", available),
    ],
);

const LOCATION: Rule = known("/location", "the place for diagnostics", |lab| {
    json!(lab.parameters.log_location)
});
const DIAGNOSTICS: Step = operate("get diagnostics", |lab| {
    operation(Operation::GetLog {
        security: false,
        location: lab.parameters.log_location.clone(),
        from: None,
        until: None,
    })
});
const FETCHED: Step = expect_telling(
    "diagnostics",
    "GetDiagnostics",
    &[LOCATION],
    |_| json!({"fileName": "diagnostics.zip"}),
    &[is("/response/fileName", "diagnostics.zip")],
);

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_044_1_CSMS",
        name: "Firmware Update - Download and Install",
        about: "New firmware is downloaded and installed.",
        requirements: &["5.19", "4.5"],
        steps: &[
            INSTALLS,
            tells("installed", |_| json!({"status": "Installed"})),
            progress!("FirmwareStatusNotification", "Installed"),
        ],
        ..CASE
    },
    Case {
        id: "TC_044_2_CSMS",
        name: "Firmware Update - Download Failed",
        about: "The firmware cannot be downloaded.",
        requirements: &["5.19", "4.5"],
        steps: &[
            UPDATE,
            UPDATED,
            DOWNLOADING,
            tells("failed", |_| json!({"status": "DownloadFailed"})),
            progress!("FirmwareStatusNotification", "DownloadFailed"),
        ],
        ..CASE
    },
    Case {
        id: "TC_044_3_CSMS",
        name: "Firmware Update - Installation Failed",
        about: "The firmware cannot be installed.",
        requirements: &["5.19", "4.5"],
        steps: &[
            INSTALLS,
            tells("failed", |_| json!({"status": "InstallationFailed"})),
            progress!("FirmwareStatusNotification", "InstallationFailed"),
        ],
        ..CASE
    },
    Case {
        id: "TC_045_1_CSMS",
        name: "Get Diagnostics",
        about: "Diagnostics are uploaded.",
        requirements: &["5.9", "4.4"],
        steps: &[
            DIAGNOSTICS,
            FETCHED,
            diagnostics("uploading", |_| json!({"status": "Uploading"})),
            diagnostics("uploaded", |_| json!({"status": "Uploaded"})),
            progress!("DiagnosticsStatusNotification", "Uploaded"),
        ],
        ..CASE
    },
    Case {
        id: "TC_045_2_CSMS",
        name: "Get Diagnostics - Upload Failed",
        about: "Diagnostics cannot be uploaded.",
        requirements: &["5.9", "4.4"],
        steps: &[
            DIAGNOSTICS,
            FETCHED,
            diagnostics("uploading", |_| json!({"status": "Uploading"})),
            diagnostics("failed", |_| json!({"status": "UploadFailed"})),
            progress!("DiagnosticsStatusNotification", "UploadFailed"),
        ],
        ..CASE
    },
];
