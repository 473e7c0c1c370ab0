//! Unsigned firmware updates, which stations with the security whitepaper do not have any more: TC_044.
//!
//! Decided for all of them: connectors may be reported Unavailable meanwhile. That they are Available in the end is seen
//! from the statuses after the restart, otherwise from TriggerMessage, if the product has it.

use serde_json::json;

use super::CASE;
use super::files::file_transfer;
use crate::case::Case;
use crate::lab::{Call, Expected, Lab};
use crate::mutation::{Change::*, fails};
use crate::product::Product;
use crate::unmet::Failed;

const NEWS: &str = "FirmwareStatusNotification";

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_044_1_CS",
        name: "Firmware Update - Download and Install",
        about: "The firmware is downloaded and installed, with a restart.",
        requirements: &["1.6 section 4.5", "1.6 section 5.19"],
        applies: unsigned_firmware,
        file_server: true,
        run: |lab| {
            let location = lab.parameters.firmware_location.clone();
            installing(lab, &location)?;
            let boot = Expected::new("boot", "BootNotification");
            let mut expected = vec![boot.within(lab.parameters.long_timeout)];
            for connector in 0..=lab.parameters.connectors {
                let label = format!("status.{connector}");
                expected.push(
                    lab.status(label, connector, "Available")
                        .at("/status", "Available"),
                );
            }
            expected.push(news(lab, "installed", "Installed"));
            lab.unordered(expected).map(|_| ())
        },
        mutations: &[
            fails(Refuse("UpdateFirmware", 0, "NotSupported"), "update"),
            fails(Drop(NEWS, 0), "downloading/status"),
            fails(Drop(NEWS, 1), "downloaded/status"),
            fails(Drop(NEWS, 2), "installing"),
            fails(Drop("BootNotification", 0), "boot"),
            fails(Drop(NEWS, 3), "installed"),
            fails(
                Replace(NEWS, 3, "/status", r#""InstallationFailed""#),
                "installed/status",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_044_2_CS",
        name: "Firmware Update - Download failed",
        about: "A file that does not exist is reported. Decided: Downloading may be left out; connectors that were \
                Unavailable meanwhile are reported Available.",
        requirements: &["1.6 section 4.5", "1.6 section 5.19"],
        applies: unsigned_firmware,
        file_server: true,
        run: |lab| {
            let location = lab.parameters.firmware_location.clone();
            let (folder, file) = location.rsplit_once('/').unwrap_or(("", &location));
            begin(lab, &format!("{folder}/does_not_exist_{file}"))?;
            let downloading = Expected::new("downloading", NEWS).at("/status", "Downloading");
            let failed = Expected::new("failed", NEWS)
                .at("/status", "DownloadFailed")
                .within(lab.parameters.long_timeout);
            let expected = vec![failed, downloading.optional()];
            let expected = expected.into_iter().chain(available_again(lab));
            let expected = expected.collect();
            lab.unordered(expected)?;
            // The statuses may still be on their way.
            lab.lull()?;
            available(lab)
        },
        mutations: &[
            fails(Refuse("UpdateFirmware", 0, "NotSupported"), "update"),
            fails(Drop(NEWS, 1), "failed"),
            fails(Replace(NEWS, 1, "/status", r#""Downloaded""#), "failed"),
            fails(
                Replace("StatusNotification", 0, "/status", r#""Unavailable""#),
                "available/status",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_044_3_CS",
        name: "Firmware Update - Installation failed",
        about: "A file that is no firmware is reported when it is installed. Decided: no restart is needed for that, and one \
                may come.",
        requirements: &["1.6 section 4.5", "1.6 section 5.19"],
        applies: unsigned_firmware,
        file_server: true,
        run: |lab| {
            let location = lab.parameters.bad_firmware_location.clone();
            installing(lab, &location)?;
            let boot = Expected::new("boot", "BootNotification").optional();
            let failed = news(lab, "failed", "InstallationFailed");
            let expected = available_again(lab).chain([boot, failed]).collect();
            lab.unordered(expected)?;
            // The statuses may still be on their way.
            lab.lull()?;
            available(lab)
        },
        mutations: &[
            fails(Drop(NEWS, 0), "downloading/status"),
            fails(Drop(NEWS, 2), "installing/status"),
            fails(Drop(NEWS, 3), "failed"),
            fails(
                Replace(NEWS, 3, "/status", r#""Installed""#),
                "failed/status",
            ),
        ],
        ..CASE
    },
];

fn unsigned_firmware(product: &Product) -> Result<(), &'static str> {
    file_transfer(product)?;
    if product.features.security_profile_1 || product.features.security_profile_2 {
        Err("unsigned updates are refused by stations with the security whitepaper (WP:L01.FR.20)")
    } else {
        Ok(())
    }
}

fn news(lab: &Lab<'_>, label: &str, status: &str) -> Expected {
    Expected::new(label, NEWS)
        .with("/status", status)
        .within(lab.parameters.long_timeout)
}

/// UpdateFirmware; connectors may become Unavailable from now on.
fn begin(lab: &mut Lab<'_>, location: &str) -> Result<(), Failed> {
    let unavailable = (0..=lab.parameters.connectors).map(|connector| {
        Expected::new("unavailable", "StatusNotification")
            .at("/connectorId", connector)
            .at("/status", "Unavailable")
            .optional()
    });
    let unavailable = unavailable.collect();
    lab.unordered(unavailable)?;
    let payload = json!({
        "location": location,
        "retries": 0,
        "retrieveDate": lab.at_once(),
    });
    lab.call(Call::new("update", "UpdateFirmware", payload))
        .map(|_| ())
}

/// Connectors may have become Unavailable meanwhile.
fn available_again(lab: &Lab<'_>) -> impl Iterator<Item = Expected> + use<> {
    (0..=lab.parameters.connectors).map(|connector| {
        Expected::new("status", "StatusNotification")
            .at("/connectorId", connector)
            .at("/status", "Available")
            .optional()
    })
}

fn installing(lab: &mut Lab<'_>, location: &str) -> Result<(), Failed> {
    begin(lab, location)?;
    lab.expect(news(lab, "downloading", "Downloading"))?;
    lab.expect(news(lab, "downloaded", "Downloaded"))?;
    lab.expect(news(lab, "installing", "Installing"))
        .map(|_| ())
}

/// The connector under test can be used again.
fn available(lab: &mut Lab<'_>) -> Result<(), Failed> {
    lab.no_more_optional();
    if !lab.product.features.remote_trigger {
        return Ok(());
    }
    let connector = lab.parameters.connector;
    let payload = json!({"requestedMessage": "StatusNotification", "connectorId": connector});
    lab.call(Call::new("trigger", "TriggerMessage", payload).status("Accepted"))?;
    lab.expect(lab.status_here("available", "Available"))
        .map(|_| ())
}
