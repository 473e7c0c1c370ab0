//! Security logs, and firmware that is signed.

use ocpp_core::csms::remote::{Command, Operation};
use serde_json::json;

use super::boot::CONNECT;
use super::security::{any_profile, event};
use super::{CASE, accepted, available, each_status, operation, registers, unavailable};
use crate::case::Case;
use crate::cases::of_csms::{progress, with_password};
use crate::lab::Lab;
use crate::pki::{Authority, sign_firmware};
use crate::product::Product;
use crate::step::{Rule, Step, call, expect_telling, is, known, operate, present};

fn signed_firmware(product: &Product) -> Result<(), &'static str> {
    any_profile(product)?;
    let has = product.features.secure_firmware_update;
    has.then_some(()).ok_or("no secure firmware update")
}

/// A status with the number of the request that the CSMS sent.
macro_rules! tells {
    ($label:literal, $action:literal, $request:literal, $status:literal) => {
        call(
            $label,
            $action,
            |lab| json!({"status": $status, "requestId": lab.requested($request, "/requestId")}),
            &[],
        )
    };
}

fn update(lab: &Lab<'_>, signature: String) -> Command {
    let certificate = Authority::manufacturer().and_then(|root| root.firmware_signer());
    operation(Operation::UpdateFirmware {
        location: lab.parameters.firmware_location.clone(),
        retrieve_at: lab.later(0),
        install_at: None,
        signature: Some((certificate.unwrap_or_default(), signature)),
    })
}

const UPDATE: &str = "SignedUpdateFirmware";
const LOCATION: Rule = known("/firmware/location", "the place of the firmware", |lab| {
    json!(lab.parameters.firmware_location)
});
/// No signature of anything.
const NO_SIGNATURE: &str = "bm8gc2lnbmF0dXJl";

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_079_CSMS",
        name: "Get Security Log",
        about: "The security log is uploaded.",
        requirements: &["WP:N01"],
        applies: any_profile,
        secured: |product| with_password(product).max(1),
        steps: &[
            operate("get the security log", |lab| {
                operation(Operation::GetLog {
                    security: true,
                    location: lab.parameters.log_location.clone(),
                    from: None,
                    until: None,
                })
            }),
            expect_telling(
                "log",
                "GetLog",
                &[
                    is("/logType", "SecurityLog"),
                    known("/log/remoteLocation", "the place for logs", |lab| {
                        json!(lab.parameters.log_location)
                    }),
                    present("/requestId"),
                ],
                |_| json!({"status": "Accepted", "filename": "security.log"}),
                &[is("/status", "Accepted")],
            ),
            tells!("uploading", "LogStatusNotification", "GetLog", "Uploading"),
            tells!("uploaded", "LogStatusNotification", "GetLog", "Uploaded"),
            progress!("LogStatusNotification", "Uploaded"),
        ],
        ..CASE
    },
    Case {
        id: "TC_080_CSMS",
        name: "Secure Firmware Update",
        about: "Signed firmware is downloaded, verified and installed.",
        requirements: &["WP:L01"],
        applies: signed_firmware,
        secured: |product| with_password(product).max(1),
        steps: &[
            operate("update the firmware, which is signed", |lab| {
                update(
                    lab,
                    sign_firmware(&lab.parameters.firmware).unwrap_or_default(),
                )
            }),
            expect_telling(
                "update",
                UPDATE,
                &[
                    LOCATION,
                    known("/firmware/signature", "the signature", |lab| {
                        json!(sign_firmware(&lab.parameters.firmware).unwrap_or_default())
                    }),
                    known(
                        "/firmware/signingCertificate",
                        "the certificate of the signer",
                        |_| {
                            let certificate =
                                Authority::manufacturer().and_then(|root| root.firmware_signer());
                            json!(certificate.unwrap_or_default())
                        },
                    ),
                    present("/requestId"),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
            tells!(
                "downloading",
                "SignedFirmwareStatusNotification",
                "SignedUpdateFirmware",
                "Downloading"
            ),
            tells!(
                "downloaded",
                "SignedFirmwareStatusNotification",
                "SignedUpdateFirmware",
                "Downloaded"
            ),
            tells!(
                "verified",
                "SignedFirmwareStatusNotification",
                "SignedUpdateFirmware",
                "SignatureVerified"
            ),
            each_status("unavailable", unavailable),
            tells!(
                "installing",
                "SignedFirmwareStatusNotification",
                "SignedUpdateFirmware",
                "Installing"
            ),
            tells!(
                "rebooting",
                "SignedFirmwareStatusNotification",
                "SignedUpdateFirmware",
                "InstallRebooting"
            ),
            Step::HangUp,
            CONNECT,
            call(
                "boot",
                "BootNotification",
                registers,
                &[is("/status", "Accepted")],
            ),
            event!("event", "FirmwareUpdated"),
            each_status("available", available),
            tells!(
                "installed",
                "SignedFirmwareStatusNotification",
                "SignedUpdateFirmware",
                "Installed"
            ),
            progress!("SignedFirmwareStatusNotification", "Installed"),
        ],
        ..CASE
    },
    Case {
        id: "TC_081_CSMS",
        name: "Secure Firmware Update - Invalid Signature",
        about: "The signature is wrong.",
        requirements: &["WP:L01"],
        applies: signed_firmware,
        secured: |product| with_password(product).max(1),
        steps: &[
            operate("update the firmware, with a wrong signature", |lab| {
                update(lab, NO_SIGNATURE.to_owned())
            }),
            expect_telling(
                "update",
                UPDATE,
                &[LOCATION, is("/firmware/signature", NO_SIGNATURE)],
                accepted,
                &[is("/status", "Accepted")],
            ),
            tells!(
                "downloading",
                "SignedFirmwareStatusNotification",
                "SignedUpdateFirmware",
                "Downloading"
            ),
            tells!(
                "downloaded",
                "SignedFirmwareStatusNotification",
                "SignedUpdateFirmware",
                "Downloaded"
            ),
            tells!(
                "invalid",
                "SignedFirmwareStatusNotification",
                "SignedUpdateFirmware",
                "InvalidSignature"
            ),
            progress!("SignedFirmwareStatusNotification", "InvalidSignature"),
        ],
        ..CASE
    },
];
