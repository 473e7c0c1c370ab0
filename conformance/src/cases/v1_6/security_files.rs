//! Security: the security log and signed firmware, TC_079 to TC_081.

use serde_json::{Value, json};

use super::CASE;
use super::files::{check_file, file_transfer};
use super::security::{basic, lowest_basic};
use super::security_certificates::{EVENT, MANUFACTURER, event};
use crate::case::Case;
use crate::lab::{Call, Expected, Lab};
use crate::mutation::{Change::*, fails};
use crate::pki::{Authority, sign_firmware};
use crate::product::Product;
use crate::unmet::Failed;

const LOG: &str = "LogStatusNotification";
const NEWS: &str = "SignedFirmwareStatusNotification";
/// `requestId`.
const REQUEST: i64 = 81;

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_079_CS",
        name: "Get Security Log",
        about: "The security log is uploaded, with the request id in every status. Decided: if the answer names the file, \
                it must arrive under that name; otherwise any new file will do.",
        requirements: &[
            "WP:N01.FR.01",
            "WP:N01.FR.02",
            "WP:N01.FR.03",
            "WP:N01.FR.07",
            "WP:N01.FR.08",
            "WP:N01.FR.09",
        ],
        applies: |product| {
            basic(product)?;
            file_transfer(product)
        },
        file_server: true,
        secured: lowest_basic,
        run: security_log,
        mutations: &[
            fails(
                Answer("GetLog", 0, "/status", r#""Rejected""#),
                "get/status",
            ),
            fails(Answer("GetLog", 0, "/filename", r#""other""#), "file"),
            fails(Replace(LOG, 0, "/status", r#""Idle""#), "uploading/status"),
            fails(Drop(LOG, 0), "uploading/status"),
            fails(Replace(LOG, 0, "/requestId", "7"), "uploading/requestId"),
            fails(
                Replace(LOG, 1, "/status", r#""UploadFailure""#),
                "uploaded/status",
            ),
            fails(Remove(LOG, 1, "requestId"), "uploaded/requestId"),
            fails(Drop(LOG, 1), "uploaded"),
        ],
        ..CASE
    },
    Case {
        id: "TC_080_CS",
        name: "Secure Firmware Update",
        about: "Signed firmware is downloaded, verified and installed, with a restart. Decided: connectors may be reported \
                Unavailable meanwhile, InstallRebooting may be left out, and BootNotification comes before what else \
                is told on the new connection.",
        requirements: &[
            "WP:L01.FR.01",
            "WP:L01.FR.04",
            "WP:L01.FR.10",
            "WP:L01.FR.12",
            "WP:L01.FR.15",
            "WP:L01.FR.23",
        ],
        applies: signed_firmware,
        file_server: true,
        secured: lowest_basic,
        run: update,
        mutations: &[
            fails(
                Answer(
                    "SignedUpdateFirmware",
                    0,
                    "/status",
                    r#""InvalidCertificate""#,
                ),
                "update/status",
            ),
            fails(Drop(NEWS, 0), "downloading/status"),
            fails(Replace(NEWS, 0, "/requestId", "7"), "downloading/requestId"),
            fails(Drop(NEWS, 1), "downloaded/status"),
            fails(Drop(NEWS, 2), "verified/status"),
            fails(Drop(NEWS, 3), "installing/status"),
            fails(Drop("BootNotification", 0), "boot"),
            fails(DropAll(EVENT), "event"),
            fails(
                Replace("StatusNotification", 2, "/status", r#""Faulted""#),
                "status.0/status",
            ),
            fails(
                Replace(NEWS, 5, "/status", r#""InstallationFailed""#),
                "installed/status",
            ),
            fails(Drop(NEWS, 5), "installed"),
        ],
        ..CASE
    },
    Case {
        id: "TC_081_CS",
        name: "Secure Firmware Update - Invalid Signature",
        about: "Firmware with a wrong signature is not installed, and that is reported.",
        requirements: &[
            "WP:L01.FR.01",
            "WP:L01.FR.03",
            "WP:L01.FR.04",
            "WP:L01.FR.10",
        ],
        applies: signed_firmware,
        file_server: true,
        secured: lowest_basic,
        run: bad_signature,
        mutations: &[
            fails(
                Answer("SignedUpdateFirmware", 0, "/status", r#""Rejected""#),
                "update/status",
            ),
            fails(Drop(NEWS, 0), "downloading/status"),
            fails(Drop(NEWS, 1), "downloaded/status"),
            fails(
                Replace(NEWS, 2, "/status", r#""SignatureVerified""#),
                "invalid/status",
            ),
            fails(Replace(NEWS, 2, "/requestId", "7"), "invalid/requestId"),
            fails(DropAll(EVENT), "event"),
            fails(
                After(
                    EVENT,
                    0,
                    NEWS,
                    r#"{"status": "Installing", "requestId": 81}"#,
                ),
                "quiet",
            ),
        ],
        ..CASE
    },
];

fn signed_firmware(product: &Product) -> Result<(), &'static str> {
    basic(product)?;
    file_transfer(product)?;
    if product.features.secure_firmware_update {
        Ok(())
    } else {
        Err("no secure firmware update (F-1)")
    }
}

fn security_log(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let before = lab.uploads().len();
    let payload = json!({
        "logType": "SecurityLog",
        "requestId": REQUEST,
        "log": {"remoteLocation": lab.parameters.log_location},
    });
    let answer = lab.call(Call::new("get", "GetLog", payload).status("Accepted"))?;
    lab.expect(news(lab, "uploading", LOG, "Uploading"))?;
    lab.expect(news(lab, "uploaded", LOG, "Uploaded"))?;
    match &answer.payload["filename"] {
        Value::Null if lab.uploads().len() > before => Ok(()),
        name => check_file(lab, name),
    }
}

/// A status of our request.
fn news(lab: &Lab<'_>, label: &str, action: &'static str, status: &str) -> Expected {
    Expected::new(label, action)
        .with("/status", status)
        .with("/requestId", REQUEST)
        .within(lab.parameters.long_timeout)
}

/// SignedUpdateFirmware, and the two statuses that come whatever the signature is.
fn order(lab: &mut Lab<'_>, signature: &str) -> Result<(), Failed> {
    let manufacturer = Authority::manufacturer()?;
    lab.root_installed("root", MANUFACTURER, &manufacturer)?;
    let payload = json!({
        "requestId": REQUEST,
        "firmware": {
            "location": lab.parameters.firmware_location,
            "retrieveDateTime": lab.at_once(),
            "signingCertificate": manufacturer.firmware_signer()?,
            "signature": signature,
        },
    });
    lab.call(Call::new("update", "SignedUpdateFirmware", payload).status("Accepted"))?;
    lab.expect(news(lab, "downloading", NEWS, "Downloading"))?;
    lab.expect(news(lab, "downloaded", NEWS, "Downloaded"))?;
    Ok(())
}

fn update(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let unavailable = (0..=lab.parameters.connectors).map(|connector| {
        Expected::new("unavailable", "StatusNotification")
            .at("/connectorId", connector)
            .at("/status", "Unavailable")
            .optional()
    });
    let unavailable = unavailable.collect();
    lab.unordered(unavailable)?;
    order(lab, &sign_firmware(&lab.parameters.firmware)?)?;
    lab.expect(news(lab, "verified", NEWS, "SignatureVerified"))?;
    lab.expect(news(lab, "installing", NEWS, "Installing"))?;
    let boot = Expected::new("boot", "BootNotification").within(lab.parameters.long_timeout);
    let rebooting = news(lab, "rebooting", NEWS, "InstallRebooting").optional();
    lab.unordered(vec![boot, rebooting])?;
    lab.no_more_optional();
    let connectors = 0..=lab.parameters.connectors;
    let statuses = connectors
        .map(|connector| lab.status(format!("status.{connector}"), connector, "Available"));
    let mut expected: Vec<Expected> = statuses.collect();
    expected.push(event("event", "FirmwareUpdated"));
    // What was not answered before the restart may come once more.
    let again = news(lab, "rebooting", NEWS, "InstallRebooting");
    expected.push(again.told_apart_by_first_rule().optional());
    expected.push(news(lab, "installed", NEWS, "Installed"));
    lab.unordered(expected).map(|_| ())
}

fn bad_signature(lab: &mut Lab<'_>) -> Result<(), Failed> {
    order(lab, &sign_firmware(b"something else")?)?;
    let invalid = news(lab, "invalid", NEWS, "InvalidSignature");
    let reported = event("event", "InvalidFirmwareSignature");
    lab.unordered(vec![invalid, reported])?;
    lab.silence("quiet", 30, &[])
}
