//! L03, L04: a local controller publishes firmware to its stations. No certificate lists these cases.

use ocpp_core::csms::remote::Operation;
use serde_json::{Value, json};

use super::{CASE, accepted, operation};
use crate::case::{Case, Profile};
use crate::cases::of_csms::progress;
use crate::lab::Lab;
use crate::step::{Rule, Step, call, expect_telling, is, known, operate, present};

/// The MD5 checksum of the firmware: 32 hexadecimal digits.
const CHECKSUM: &str = "9a0364b9e99bb480dd25e1f0284c8555";

const PUBLISH: Step = Step::Reusable(
    "the firmware is to be published",
    &[
        operate("publish the firmware", |lab| {
            operation(Operation::PublishFirmware {
                location: lab.parameters.firmware_location.clone(),
                checksum: CHECKSUM.to_owned(),
            })
        }),
        expect_telling(
            "publish",
            "PublishFirmware",
            &[
                known("/location", "the place of the firmware", |lab| {
                    json!(lab.parameters.firmware_location)
                }),
                is("/checksum", CHECKSUM),
                present("/requestId"),
            ],
            accepted,
            &[is("/status", "Accepted")],
        ),
        DOWNLOADING,
    ],
);

fn told(lab: &Lab<'_>, status: &str) -> Value {
    json!({"status": status, "requestId": lab.requested("PublishFirmware", "/requestId")})
}

/// PublishFirmwareStatusNotification with the number of the request.
macro_rules! tells {
    ($label:literal, $status:literal) => {
        call(
            $label,
            "PublishFirmwareStatusNotification",
            |lab| told(lab, $status),
            &[],
        )
    };
}

const DOWNLOADING: Step = tells!("downloading", "Downloading");
const DOWNLOADED: Step = tells!("downloaded", "Downloaded");
const VERIFIED: Step = tells!("verified", "ChecksumVerified");

/// The operator takes the firmware back, and the controller answers so.
macro_rules! unpublished {
    ($status:literal) => {
        &[
            operate("publish the firmware no more", |_| {
                operation(Operation::UnpublishFirmware(CHECKSUM.to_owned()))
            }),
            expect_telling(
                "unpublish",
                "UnpublishFirmware",
                &[UNPUBLISHED],
                |_| json!({"status": $status}), &[is("/status", $status)]),
        ]
    };
}
const UNPUBLISHED: Rule = is("/checksum", CHECKSUM);

const BLOCK: Case = Case {
    profile: Profile::None,
    ..CASE
};

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_L_17_CSMS",
        name: "Publish Firmware - Published",
        about: "The firmware is downloaded, checked and published.",
        requirements: &["L03.FR.01", "L03.FR.04"],
        steps: &[
            PUBLISH,
            DOWNLOADED,
            VERIFIED,
            call(
                "published",
                "PublishFirmwareStatusNotification",
                |lab| {
                    let mut told = told(lab, "Published");
                    told["location"] = json!([lab.parameters.firmware_location]);
                    told
                },
                &[],
            ),
            progress!("PublishFirmwareStatusNotification", "Published"),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_L_19_CSMS",
        name: "Publish Firmware - Invalid Checksum",
        about: "The file has another checksum.",
        requirements: &["L03.FR.01"],
        steps: &[
            PUBLISH,
            DOWNLOADED,
            tells!("invalid", "InvalidChecksum"),
            progress!("PublishFirmwareStatusNotification", "InvalidChecksum"),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_L_20_CSMS",
        name: "Publish Firmware - PublishFailed",
        about: "The firmware cannot be published.",
        requirements: &["L03.FR.01"],
        steps: &[
            PUBLISH,
            DOWNLOADED,
            VERIFIED,
            tells!("failed", "PublishFailed"),
            progress!("PublishFirmwareStatusNotification", "PublishFailed"),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_L_21_CSMS",
        name: "Unpublish Firmware - Unpublished",
        about: "The firmware is published no more.",
        requirements: &["L04.FR.01", "L04.FR.02"],
        steps: unpublished!("Unpublished"),
        ..BLOCK
    },
    Case {
        id: "TC_L_22_CSMS",
        name: "Unpublish Firmware - NoFirmware",
        about: "The controller does not have it.",
        requirements: &["L04.FR.03"],
        steps: unpublished!("NoFirmware"),
        ..BLOCK
    },
    Case {
        id: "TC_L_23_CSMS",
        name: "Unpublish Firmware - Download Ongoing",
        about: "A station is downloading it.",
        requirements: &["L04.FR.04"],
        steps: unpublished!("DownloadOngoing"),
        ..BLOCK
    },
    Case {
        id: "TC_L_24_CSMS",
        name: "Publish Firmware - Download failed",
        about: "The firmware cannot be downloaded.",
        requirements: &["L03.FR.01"],
        steps: &[
            PUBLISH,
            tells!("failed", "DownloadFailed"),
            progress!("PublishFirmwareStatusNotification", "DownloadFailed"),
        ],
        ..BLOCK
    },
];
