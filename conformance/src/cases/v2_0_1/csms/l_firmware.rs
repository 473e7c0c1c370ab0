//! L01: signed firmware.

use ocpp_core::csms::remote::{Command, Operation};
use serde_json::json;

use super::states::{AVAILABLE, CHARGING, DISCONNECTED, STILL_CONNECTED, STOPS};
use super::{CASE, CONNECT, accepted, boot, connector_is, operation};
use crate::case::Case;
use crate::cases::of_csms::progress;
use crate::lab::Lab;
use crate::pki::{Authority, sign_firmware};
use crate::product::Product;
use crate::step::{Rule, Step, call, expect_telling, is, known, operate, present};

fn offered(product: &Product) -> Result<(), &'static str> {
    let has = product.features.secure_firmware_update;
    has.then_some(()).ok_or("no secure firmware update")
}

fn signer() -> String {
    let certificate = Authority::manufacturer().and_then(|root| root.firmware_signer());
    certificate.unwrap_or_default()
}

fn signature(lab: &Lab<'_>) -> String {
    sign_firmware(&lab.parameters.firmware).unwrap_or_default()
}

/// An update that is got and installed in so many seconds.
fn update(lab: &Lab<'_>, retrieve_in: u32, install_in: Option<u32>) -> Command {
    operation(Operation::UpdateFirmware {
        location: lab.parameters.firmware_location.clone(),
        retrieve_at: lab.later(retrieve_in.into()),
        install_at: install_in.map(|seconds| lab.later(seconds.into())),
        signature: Some((signer(), signature(lab))),
    })
}

/// FirmwareStatusNotification with the number of the last request.
macro_rules! tells {
    ($label:literal, $status:literal) => {
        call(
            $label,
            "FirmwareStatusNotification",
            |lab| {
                json!({
                    "status": $status,
                    "requestId": lab.requested("UpdateFirmware", "/requestId"),
                })
            },
            &[],
        )
    };
}

const UPDATE: &str = "UpdateFirmware";
const NOW: Step = operate("update the firmware, which is signed", |lab| {
    update(lab, 0, None)
});
const LOCATION: Rule = known("/firmware/location", "the place of the firmware", |lab| {
    json!(lab.parameters.firmware_location)
});
const SIGNER: Rule = known(
    "/firmware/signingCertificate",
    "the certificate of the signer",
    |_| json!(signer()),
);
const SIGNATURE: Rule = known("/firmware/signature", "the signature", |lab| {
    json!(signature(lab))
});
const NUMBERED: Rule = present("/requestId");
const SIGNED: &[Rule] = &[LOCATION, SIGNER, SIGNATURE, NUMBERED];
const STARTED: Step = expect_telling(
    "update",
    UPDATE,
    SIGNED,
    accepted,
    &[is("/status", "Accepted")],
);

const DOWNLOADING: Step = tells!("downloading", "Downloading");
const DOWNLOADED: Step = tells!("downloaded", "Downloaded");
const VERIFIED: Step = tells!("verified", "SignatureVerified");
const INSTALLING: Step = tells!("installing", "Installing");
const INSTALLED: Step = tells!("installed", "Installed");

/// The station restarts with the firmware.
const RESTARTS: Step = Step::Reusable(
    "the station restarts",
    &[
        tells!("rebooting", "InstallRebooting"),
        Step::HangUp,
        CONNECT,
        boot!("boot", "FirmwareUpdate", &[is("/status", "Accepted")]),
        AVAILABLE,
    ],
);

/// What follows when all is well, from the verification on.
const GOES_WELL: Step = Step::Reusable(
    "the firmware is verified and installed",
    &[DOWNLOADED, VERIFIED, INSTALLING, RESTARTS, INSTALLED],
);

const BLOCK: Case = Case {
    applies: offered,
    ..CASE
};

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_L_01_CSMS",
        name: "Secure Firmware Update - Installation successful",
        about: "Signed firmware is downloaded, verified and installed.",
        requirements: &["L01.FR.01", "L01.FR.11", "L01.FR.15"],
        steps: &[
            NOW,
            STARTED,
            DOWNLOADING,
            GOES_WELL,
            progress!("FirmwareStatusNotification", "Installed"),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_L_02_CSMS",
        name: "Secure Firmware Update - InstallScheduled",
        about: "The firmware is installed later.",
        requirements: &["L01.FR.01", "L01.FR.11", "L01.FR.15"],
        steps: &[
            operate("update the firmware, to be installed later", |lab| {
                update(lab, 0, Some(lab.parameters.ahead))
            }),
            expect_telling(
                "update",
                UPDATE,
                &[
                    LOCATION,
                    known(
                        "/firmware/installDateTime",
                        "the time that the operator wants, which is to come",
                        |lab| json!(lab.later(lab.parameters.ahead.into()).to_string()),
                    ),
                    NUMBERED,
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
            DOWNLOADING,
            DOWNLOADED,
            VERIFIED,
            tells!("scheduled", "InstallScheduled"),
            Step::Wait(|p| p.ahead),
            INSTALLING,
            RESTARTS,
            INSTALLED,
            progress!("FirmwareStatusNotification", "Installed"),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_L_03_CSMS",
        name: "Secure Firmware Update - DownloadScheduled",
        about: "The firmware is downloaded later.",
        requirements: &["L01.FR.01", "L01.FR.11", "L01.FR.15"],
        steps: &[
            operate("update the firmware, to be downloaded later", |lab| {
                update(lab, lab.parameters.ahead, None)
            }),
            expect_telling(
                "update",
                UPDATE,
                &[
                    LOCATION,
                    known(
                        "/firmware/retrieveDateTime",
                        "the time that the operator wants, which is to come",
                        |lab| json!(lab.later(lab.parameters.ahead.into()).to_string()),
                    ),
                    NUMBERED,
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
            tells!("scheduled", "DownloadScheduled"),
            Step::Wait(|p| p.ahead),
            DOWNLOADING,
            GOES_WELL,
            progress!("FirmwareStatusNotification", "Installed"),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_L_04_CSMS",
        name: "Secure Firmware Update - RevokedCertificate",
        about: "The certificate of the signer has been revoked.",
        requirements: &["L01.FR.01"],
        steps: &[
            NOW,
            expect_telling(
                "update",
                UPDATE,
                SIGNED,
                |_| json!({"status": "RevokedCertificate"}),
                &[is("/status", "RevokedCertificate")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_L_05_CSMS",
        name: "Secure Firmware Update - InvalidCertificate",
        about: "The station does not take the certificate of the signer.",
        requirements: &["L01.FR.01"],
        steps: &[
            NOW,
            expect_telling(
                "update",
                UPDATE,
                SIGNED,
                |_| json!({"status": "InvalidCertificate"}),
                &[is("/status", "InvalidCertificate")],
            ),
            call(
                "event",
                "SecurityEventNotification",
                |lab| json!({"type": "InvalidFirmwareSigningCertificate", "timestamp": lab.utc_in(0)}),
                &[],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_L_06_CSMS",
        name: "Secure Firmware Update - InvalidSignature",
        about: "The signature is not that of the file.",
        requirements: &["L01.FR.01", "L01.FR.11"],
        steps: &[
            NOW,
            STARTED,
            DOWNLOADING,
            DOWNLOADED,
            tells!("invalid", "InvalidSignature"),
            call(
                "event",
                "SecurityEventNotification",
                |lab| json!({"type": "InvalidFirmwareSignature", "timestamp": lab.utc_in(0)}),
                &[],
            ),
            progress!("FirmwareStatusNotification", "InvalidSignature"),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_L_07_CSMS",
        name: "Secure Firmware Update - DownloadFailed",
        about: "The firmware cannot be downloaded.",
        requirements: &["L01.FR.01", "L01.FR.11"],
        steps: &[
            NOW,
            STARTED,
            DOWNLOADING,
            tells!("failed", "DownloadFailed"),
            progress!("FirmwareStatusNotification", "DownloadFailed"),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_L_08_CSMS",
        name: "Secure Firmware Update - InstallVerificationFailed",
        about: "What was installed does not verify.",
        requirements: &["L01.FR.01", "L01.FR.11"],
        steps: &[
            NOW,
            STARTED,
            DOWNLOADING,
            DOWNLOADED,
            VERIFIED,
            INSTALLING,
            tells!("failed", "InstallVerificationFailed"),
            progress!("FirmwareStatusNotification", "InstallVerificationFailed"),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_L_09_CSMS",
        name: "Secure Firmware Update - InstallationFailed",
        about: "The station restarts with the old firmware.",
        requirements: &["L01.FR.01", "L01.FR.11"],
        steps: &[
            NOW,
            STARTED,
            DOWNLOADING,
            DOWNLOADED,
            VERIFIED,
            INSTALLING,
            RESTARTS,
            tells!("failed", "InstallationFailed"),
            progress!("FirmwareStatusNotification", "InstallationFailed"),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_L_10_CSMS",
        name: "Secure Firmware Update - AcceptedCanceled",
        about: "A second update takes the place of the first, which goes on under its number.",
        requirements: &["L01.FR.01", "L01.FR.11", "L01.FR.24"],
        steps: &[
            NOW,
            STARTED,
            DOWNLOADING,
            NOW,
            expect_telling(
                "again",
                UPDATE,
                SIGNED,
                |_| json!({"status": "AcceptedCanceled"}),
                &[is("/status", "AcceptedCanceled")],
            ),
            tells!("again.downloading", "Downloading"),
            GOES_WELL,
            progress!("FirmwareStatusNotification", "Installed"),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_L_11_CSMS",
        name: "Secure Firmware Update - Unable to cancel",
        about: "The station cannot stop the first update. Its statuses bear the number of the second request, which changes nothing for the \
                CSMS.",
        requirements: &["L01.FR.01", "L01.FR.11", "L01.FR.27"],
        steps: &[
            NOW,
            STARTED,
            DOWNLOADING,
            NOW,
            expect_telling(
                "again",
                UPDATE,
                SIGNED,
                |_| json!({"status": "Rejected"}),
                &[is("/status", "Rejected")],
            ),
            GOES_WELL,
            progress!("FirmwareStatusNotification", "Installed"),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_L_13_CSMS",
        name: "Secure Firmware Update - Unable to download/install firmware with ongoing transaction - AllowNewSessionsPendingFirmwareUpdate is false",
        about: "The station waits until its transaction is over; nobody begins another.",
        requirements: &["L01.FR.01", "L01.FR.11"],
        steps: &[
            CHARGING,
            NOW,
            STARTED,
            tells!("scheduled", "DownloadScheduled"),
            Step::At(2),
            connector_is!("the other connector is Unavailable", "Unavailable", "other"),
            Step::At(1),
            STOPS,
            STILL_CONNECTED,
            DISCONNECTED,
            DOWNLOADING,
            GOES_WELL,
            progress!("FirmwareStatusNotification", "Installed"),
        ],
        ..BLOCK
    },
];
