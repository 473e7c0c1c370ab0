//! UpdateFirmware while nobody charges.

use serde_json::Value;

use super::super::CASE;
use super::{
    ACCEPTED, DOWNLOADED, DOWNLOADING, EVENT, FIRST, INSTALLS, INVALID_UPDATE, NEWS, OF_FIRST,
    OF_SECOND, ORDER, Order, ROOT, SECOND, VERIFIED, available, event, firmware, installs,
    may_be_unavailable, news, secure_update, status,
};
use crate::case::Case;
use crate::lab::{Expected, Lab};
use crate::pki::{Authority, sign_firmware};
use crate::step::{by_hand, call, is, number, one_of};
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_L_01_CS",
        name: "Secure Firmware Update - Installation successful",
        about: "Signed firmware is downloaded, verified and installed at once.",
        requirements: &[
            "L01.FR.01", "L01.FR.04", "L01.FR.05", "L01.FR.09", "L01.FR.10", "L01.FR.12",
            "L01.FR.13", "L01.FR.15", "L01.FR.20", "L01.FR.21", "L01.FR.23",
        ],
        applies: secure_update,
        file_server: true,
        steps: &[ROOT, ORDER, DOWNLOADING, DOWNLOADED, VERIFIED, INSTALLS],
        ..CASE
    },
    Case {
        id: "TC_L_02_CS",
        name: "Secure Firmware Update - InstallScheduled",
        about: "Firmware that is to be installed later is downloaded at once, and installed then.",
        requirements: &[
            "L01.FR.01", "L01.FR.04", "L01.FR.05", "L01.FR.09", "L01.FR.10", "L01.FR.12",
            "L01.FR.15", "L01.FR.16", "L01.FR.20", "L01.FR.21", "L01.FR.23",
        ],
        applies: secure_update,
        file_server: true,
        steps: &[
            ROOT,
            call(
                "update",
                "UpdateFirmware",
                |lab| {
                    Order {
                        install: lab.parameters.ahead.into(),
                        ..firmware(lab)
                    }
                    .payload(lab)
                },
                ACCEPTED,
            ),
            DOWNLOADING,
            DOWNLOADED,
            VERIFIED,
            news("scheduled", &[is("/status", "InstallScheduled")], OF_FIRST),
            INSTALLS,
        ],
        ..CASE
    },
    Case {
        id: "TC_L_03_CS",
        name: "Secure Firmware Update - DownloadScheduled",
        about: "Firmware that is to be retrieved later is downloaded then.",
        requirements: &[
            "L01.FR.01", "L01.FR.04", "L01.FR.05", "L01.FR.09", "L01.FR.10", "L01.FR.12",
            "L01.FR.13", "L01.FR.15", "L01.FR.20", "L01.FR.21", "L01.FR.23",
        ],
        applies: secure_update,
        file_server: true,
        steps: &[
            ROOT,
            call(
                "update",
                "UpdateFirmware",
                |lab| {
                    Order {
                        retrieve: lab.parameters.ahead.into(),
                        ..firmware(lab)
                    }
                    .payload(lab)
                },
                ACCEPTED,
            ),
            news("scheduled", &[is("/status", "DownloadScheduled")], OF_FIRST),
            DOWNLOADING,
            DOWNLOADED,
            VERIFIED,
            INSTALLS,
        ],
        ..CASE
    },
    Case {
        id: "TC_L_05_CS",
        name: "Secure Firmware Update - InvalidCertificate",
        about: "A signing certificate that is not valid is refused, and that is told. Decided: it has expired, for the description \
                wants one that is trusted, below the root of the manufacturer.",
        requirements: &["L01.FR.02", "L01.FR.21", "L01.FR.22"],
        applies: secure_update,
        steps: &[
            ROOT,
            call(
                "update",
                "UpdateFirmware",
                |lab| {
                    let manufacturer = Authority::manufacturer();
                    let expired = manufacturer.and_then(|root| root.expired_firmware_signer());
                    Order {
                        certificate: expired.unwrap_or_default(),
                        ..firmware(lab)
                    }
                    .payload(lab)
                },
                &[one_of(
                    "/status",
                    &["InvalidCertificate", "RevokedCertificate"],
                )],
            ),
            crate::step::expect(
                "event",
                EVENT,
                &[is("/type", "InvalidFirmwareSigningCertificate")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_L_06_CS",
        name: "Secure Firmware Update - InvalidSignature",
        about: "Firmware with a wrong signature is not installed, and that is told, in any order (erratum 6.2.83).",
        requirements: &[
            "L01.FR.01", "L01.FR.03", "L01.FR.04", "L01.FR.10", "L01.FR.12", "L01.FR.20",
        ],
        applies: secure_update,
        file_server: true,
        steps: &[
            ROOT,
            INVALID_UPDATE,
            DOWNLOADING,
            DOWNLOADED,
            by_hand(
                "the station tells that the signature is invalid, with a status and with a security event",
                |lab| {
                    let invalid = status(lab, "invalid", "InvalidSignature", FIRST);
                    let event = event("event", "InvalidFirmwareSignature");
                    lab.unordered(vec![invalid, event]).map(|_| ())
                },
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_L_07_CS",
        name: "Secure Firmware Update - DownloadFailed",
        about: "Firmware that does not exist cannot be downloaded. Downloading may be left out.",
        requirements: &["L01.FR.01", "L01.FR.10", "L01.FR.20", "L01.FR.30"],
        applies: secure_update,
        file_server: true,
        steps: &[
            ROOT,
            call(
                "update",
                "UpdateFirmware",
                |lab| {
                    let location = &lab.parameters.firmware_location;
                    let (folder, file) = location.rsplit_once('/').unwrap_or(("", location));
                    let location = format!("{folder}/does_not_exist_{file}");
                    Order {
                        location,
                        ..firmware(lab)
                    }
                    .payload(lab)
                },
                ACCEPTED,
            ),
            by_hand(
                "the station tells that the download failed",
                |lab| {
                    let downloading = Expected::new("downloading", NEWS)
                        .at("/status", "Downloading")
                        .with("/requestId", FIRST);
                    let failed = Expected::new("failed", NEWS)
                        .at("/status", "DownloadFailed")
                        .with("/requestId", FIRST)
                        .within(lab.parameters.long_timeout);
                    lab.unordered(vec![failed, downloading.optional()])
                        .map(|_| ())
                },
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_L_08_CS",
        name: "Secure Firmware Update - InstallVerificationFailed or InstallationFailed",
        about: "A file that is properly signed and is no firmware cannot be installed. Decided: a station that restarts for \
                the installation registers again.",
        requirements: &["L01.FR.01", "L01.FR.10", "L01.FR.20", "L01.FR.29"],
        applies: secure_update,
        file_server: true,
        steps: &[
            ROOT,
            call(
                "update",
                "UpdateFirmware",
                |lab| {
                    let location = lab.parameters.bad_firmware_location.clone();
                    let signature = sign_firmware(&[]).unwrap_or_default();
                    Order {
                        location,
                        signature,
                        ..firmware(lab)
                    }
                    .payload(lab)
                },
                ACCEPTED,
            ),
            DOWNLOADING,
            DOWNLOADED,
            VERIFIED,
            by_hand(
                "the station begins to install it, and tells that this failed",
                installation_fails,
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_L_10_CS",
        name: "Secure Firmware Update - AcceptedCanceled",
        about: "A second order takes the place of the first; that the first has failed may be told (erratum 6.2.82).",
        requirements: &[
            "L01.FR.01", "L01.FR.04", "L01.FR.05", "L01.FR.09", "L01.FR.10", "L01.FR.12",
            "L01.FR.15", "L01.FR.20", "L01.FR.21", "L01.FR.23", "L01.FR.24",
        ],
        applies: |product| {
            secure_update(product)?;
            match product.v2_0_1.cancel_firmware_update {
                true => Ok(()),
                false => Err("an update under way cannot be canceled (C-60)"),
            }
        },
        file_server: true,
        steps: &[
            ROOT,
            ORDER,
            DOWNLOADING,
            by_hand(
                "the station may tell that the first update has failed",
                |lab| {
                    let failed = ["DownloadFailed", "InstallationFailed"].map(|status| {
                        let failed = Expected::new("canceled", NEWS).at("/status", status);
                        failed.at("/requestId", FIRST).optional()
                    });
                    lab.unordered(failed.into()).map(|_| ())
                },
                &[],
            ),
            call(
                "again",
                "UpdateFirmware",
                second,
                &[is("/status", "AcceptedCanceled")],
            ),
            news(
                "again.downloading",
                &[is("/status", "Downloading"), number("/requestId", SECOND)],
                &[],
            ),
            news(
                "again.downloaded",
                &[is("/status", "Downloaded")],
                OF_SECOND,
            ),
            news(
                "again.verified",
                &[is("/status", "SignatureVerified")],
                OF_SECOND,
            ),
            by_hand(
                "the station installs the firmware, restarts if it needs to, and tells that it is installed",
                |lab| installs(lab, SECOND),
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_L_11_CS",
        name: "Secure Firmware Update - Unable to cancel",
        about: "A second order is refused while the first is under way, which goes on.",
        requirements: &["L01.FR.01", "L01.FR.10", "L01.FR.20", "L01.FR.27"],
        applies: |product| {
            secure_update(product)?;
            match product.v2_0_1.cancel_firmware_update {
                true => Err("an update under way can be canceled (C-60)"),
                false => Ok(()),
            }
        },
        file_server: true,
        steps: &[
            ROOT,
            ORDER,
            DOWNLOADING,
            call(
                "again",
                "UpdateFirmware",
                second,
                &[is("/status", "Rejected")],
            ),
            DOWNLOADED,
            VERIFIED,
            INSTALLS,
        ],
        ..CASE
    },
    Case {
        id: "TC_L_18_CS",
        name: "Secure Firmware Update - Missing firmware signing certificate and signature",
        about: "Firmware that is not signed is refused.",
        requirements: &["2.0.1 part 6, TC_L_18_CS"],
        applies: secure_update,
        steps: &[call(
            "update",
            "UpdateFirmware",
            |lab| {
                let mut order = firmware(lab).payload(lab);
                if let Some(firmware) = order["firmware"].as_object_mut() {
                    firmware.remove("signingCertificate");
                    firmware.remove("signature");
                }
                order
            },
            &[one_of("/status", &["Rejected", "InvalidCertificate"])],
        )],
        ..CASE
    },
];

/// The firmware with another request id.
fn second(lab: &Lab<'_>) -> Value {
    Order {
        request: SECOND,
        ..firmware(lab)
    }
    .payload(lab)
}

fn installation_fails(lab: &mut Lab<'_>) -> Result<(), Failed> {
    may_be_unavailable(lab)?;
    let boot = Expected::new("boot", "BootNotification");
    let boot = boot.with("/reason", "FirmwareUpdate").optional();
    let rebooting = Expected::new("restarting", NEWS)
        .at("/status", "InstallRebooting")
        .with("/requestId", FIRST)
        .optional();
    let installing = Expected::new("installing", NEWS)
        .at("/status", "Installing")
        .with("/requestId", FIRST)
        .within(lab.parameters.long_timeout);
    lab.unordered(vec![boot, rebooting, installing])?;
    let failed = |lab: &Lab<'_>, word| status(lab, "failed", word, FIRST);
    let otherwise = failed(lab, "InstallationFailed").optional();
    if lab.maybe(&otherwise)?.is_none() {
        lab.expect(failed(lab, "InstallVerificationFailed"))?;
    }
    lab.no_more_optional();
    let places = lab.dialect().places(lab).into_iter();
    let unavailable = places.filter(|evse| lab.sessions.has_status(*evse, "Unavailable"));
    let expected = unavailable.map(available).collect();
    lab.unordered(expected).map(|_| ())
}
