//! Block L, firmware: UpdateFirmware of signed firmware, L01.
//!
//! Decided for all of them: connectors may be told Unavailable from the order on until the station connects anew, at which the
//! station registers if it has restarted; those that were told Unavailable are told Available in the end. Signing certificates
//! belong to the manufacturer of the lab, whose root is installed first.

use serde_json::{Value, json};

use super::b_provisioning::boot::long;
use super::{CASE, file_transfer};
use crate::case::{Case, Setting};
use crate::lab::{Expected, Lab};
use crate::mutation::{Change::*, fails};
use crate::pki::{Authority, sign_firmware};
use crate::product::Product;
use crate::step::{ExpectStep, Rule, State, Step, by_hand, call, is, number, one_of, request};
use crate::unmet::Failed;

const NEWS: &str = "FirmwareStatusNotification";
const EVENT: &str = "SecurityEventNotification";
const STATUS: &str = "StatusNotification";
/// `requestId` of the first and of the second order.
const FIRST: i64 = 51;
const SECOND: i64 = 52;
/// `<Configured Install Offset Period>` and `<Configured Download Offset Period>`, in seconds.
const LATER: i64 = 30;
/// Two hours ago.
const PAST: i64 = -7_200;

const ACCEPTED: &[Rule] = &[is("/status", "Accepted")];

/// What is ordered.
struct Order {
    request: i64,
    location: String,
    /// In seconds from now.
    retrieve: i64,
    install: i64,
    certificate: String,
    signature: String,
}

/// The firmware, signed as it should be, at once.
fn firmware(lab: &Lab<'_>) -> Order {
    Order {
        request: FIRST,
        location: lab.parameters.firmware_location.clone(),
        retrieve: PAST,
        install: PAST,
        certificate: signer(Authority::manufacturer()),
        signature: sign_firmware(&lab.parameters.firmware).unwrap_or_default(),
    }
}

fn signer(authority: Result<Authority, crate::pki::Failure>) -> String {
    let signer = authority.and_then(|authority| authority.firmware_signer());
    signer.unwrap_or_default()
}

impl Order {
    fn payload(&self, lab: &Lab<'_>) -> Value {
        json!({
            "requestId": self.request,
            "firmware": {
                "location": self.location,
                "retrieveDateTime": lab.utc_in(self.retrieve),
                "installDateTime": lab.utc_in(self.install),
                "signingCertificate": self.certificate,
                "signature": self.signature,
            },
        })
    }
}

pub(super) const ROOT: Step = by_hand(
    "the root of the manufacturer is installed",
    |lab| {
        lab.install(
            "root",
            "ManufacturerRootCertificate",
            &Authority::manufacturer()?,
        )
    },
    &[],
);
const ORDER: Step = call(
    "update",
    "UpdateFirmware",
    |lab| firmware(lab).payload(lab),
    ACCEPTED,
);

/// The signature is that of something else.
pub(super) const INVALID_UPDATE: Step = call(
    "update",
    "UpdateFirmware",
    |lab| {
        let signature = sign_firmware(b"something else").unwrap_or_default();
        Order {
            signature,
            ..firmware(lab)
        }
        .payload(lab)
    },
    ACCEPTED,
);

/// The station tells how far it is; another status may come before it only if the case allows that.
const fn news(label: &'static str, status: &'static [Rule], of: &'static [Rule]) -> Step {
    Step::Expect(ExpectStep {
        within: Some(long),
        ..request(label, NEWS, status, of)
    })
}

const OF_FIRST: &[Rule] = &[number("/requestId", FIRST)];
const OF_SECOND: &[Rule] = &[number("/requestId", SECOND)];
const DOWNLOADING: Step = news("downloading", &[is("/status", "Downloading")], OF_FIRST);
const DOWNLOADED: Step = news("downloaded", &[is("/status", "Downloaded")], OF_FIRST);
const VERIFIED: Step = news("verified", &[is("/status", "SignatureVerified")], OF_FIRST);
const INSTALLS: Step = by_hand(
    "the station installs the firmware, restarts if it needs to, and tells that it is installed",
    |lab| installs(lab, FIRST),
    &[],
);

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
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
                        install: LATER,
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
                        retrieve: LATER,
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
        about: "A signing certificate below a root that the station does not trust is refused, and that is told.",
        requirements: &["L01.FR.02", "L01.FR.21", "L01.FR.22"],
        applies: secure_update,
        steps: &[
            ROOT,
            call(
                "update",
                "UpdateFirmware",
                |lab| {
                    let certificate = signer(Authority::stranger());
                    Order {
                        certificate,
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
        applies: secure_update,
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
                |lab| {
                    Order {
                        request: SECOND,
                        ..firmware(lab)
                    }
                    .payload(lab)
                },
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
        id: "TC_L_15_CS",
        name: "Secure Firmware Update - Unable to install and activate firmware with ongoing transaction \
               -AllowNewSessionsPendingFirmwareUpdate is false",
        about: "The installation waits for the transaction, and meanwhile nobody else can charge. Decided: the connector \
                under test may be told Available or Unavailable when its cable is out.",
        requirements: &[
            "L01.FR.01", "L01.FR.06", "L01.FR.07", "L01.FR.10", "L01.FR.20",
        ],
        applies: |product| {
            secure_update(product)?;
            match product.features.download_while_charging {
                true => Ok(()),
                false => Err("nothing is downloaded while somebody charges (AQ-7)"),
            }
        },
        file_server: true,
        config: &[Setting::if_implemented(
            "ChargingStation.AllowNewSessionsPendingFirmwareUpdate",
            |_| "false".to_owned(),
        )],
        steps: &[
            ROOT,
            Step::State(State::EnergyTransferStarted),
            ORDER,
            DOWNLOADING,
            DOWNLOADED,
            VERIFIED,
            by_hand(
                "the station tells that the installation waits, or that it installs, and that the other connectors are \
                 Unavailable; when the driver has gone it installs the firmware",
                waits_for_the_driver,
                &[fails(
                    Replace(NEWS, 4, "/requestId", "7"),
                    "installing/requestId",
                )],
            ),
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

pub(super) fn secure_update(product: &Product) -> Result<(), &'static str> {
    file_transfer(product)?;
    match product.features.secure_firmware_update {
        true => Ok(()),
        false => Err("no secure firmware update"),
    }
}

fn status(lab: &Lab<'_>, label: &str, status: &str, request: i64) -> Expected {
    Expected::new(label, NEWS)
        .at("/status", status)
        .with("/requestId", request)
        .within(lab.parameters.long_timeout)
}

fn event(label: &str, kind: &str) -> Expected {
    Expected::new(label, EVENT).at("/type", kind)
}

/// Every connector may be told Unavailable.
fn may_be_unavailable(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let places = lab.dialect().places(lab).into_iter();
    let unavailable = places.map(|evse| {
        Expected::new("unavailable", STATUS)
            .at("/evseId", evse)
            .at("/connectorStatus", "Unavailable")
            .optional()
    });
    let unavailable = unavailable.collect();
    lab.unordered(unavailable).map(|_| ())
}

/// A connector can be used again.
fn available(evse: u32) -> Expected {
    Expected::new(format!("available.{evse}"), STATUS)
        .at("/evseId", evse)
        .at("/connectorStatus", "Available")
}

/// The reusable states *RebootBeforeFirmwareInstallation* and *RebootBeforeFirmwareActivation* as the station needs them, a
/// new connection at least, and the end of the update.
fn installs(lab: &mut Lab<'_>, request: i64) -> Result<(), Failed> {
    may_be_unavailable(lab)?;
    lab.take_links();
    tells_installation(lab, request)?;
    ends(lab, request)
}

/// It is told by one of the two, or by both: a boot loader that speaks OCPP says that it installs, one that does not is
/// silent.
fn tells_installation(lab: &mut Lab<'_>, request: i64) -> Result<(), Failed> {
    let within = lab.parameters.long_timeout;
    let [installing, rebooting] = installation(request).map(|told| told.within(within));
    let before = lab.maybe(&installing)?;
    let rebooted = lab.maybe(&rebooting)?;
    if before.is_none() && rebooted.is_some() {
        lab.maybe(&installing)?;
    }
    // What the restart has overtaken, or its answer, is told after it.
    lab.unordered(vec![rebooting])?;
    if was_told(lab, request) {
        return Ok(());
    }
    lab.fail(
        "installing",
        "Installing or InstallRebooting",
        "neither came",
    )
}

fn installation(request: i64) -> [Expected; 2] {
    ["Installing", "InstallRebooting"].map(|status| {
        Expected::new("installing", NEWS)
            .at("/status", status)
            .with("/requestId", request)
            .optional()
    })
}

fn was_told(lab: &Lab<'_>, request: i64) -> bool {
    lab.taken.iter().any(|message| {
        let status = &message.payload["status"];
        let news = message.action == NEWS && message.payload["requestId"] == request;
        news && (status == "Installing" || status == "InstallRebooting")
    })
}

/// A new connection, over which the station registers if it has restarted, and the end of the update.
fn ends(lab: &mut Lab<'_>, request: i64) -> Result<(), Failed> {
    lab.expect_connection("reconnect")?;
    let places = lab.dialect().places(lab);
    let unavailable = |evse: &&u32| lab.sessions.has_status(**evse, "Unavailable");
    let unavailable: Vec<u32> = places.iter().filter(unavailable).copied().collect();
    lab.forget_sessions();
    let boot = Expected::new("boot", "BootNotification");
    let boot = boot.with("/reason", "FirmwareUpdate").optional();
    let mut expected = vec![
        status(lab, "installed", "Installed", request),
        event("updated", "FirmwareUpdated"),
        boot,
    ];
    expected.extend(places.iter().map(|evse| available(*evse).optional()));
    let came = lab.unordered(expected)?;
    // What may have come until now must have come in the end.
    let booted = came.get(2).is_some_and(Option::is_some);
    let missing = places.iter().filter(|evse| {
        let must = booted || unavailable.contains(evse);
        must && !lab.sessions.has_status(**evse, "Available")
    });
    let missing = missing.map(|evse| available(*evse)).collect();
    lab.no_more_optional();
    lab.unordered(missing).map(|_| ())
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

/// The driver goes while the installation waits.
fn waits_for_the_driver(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let at_once = status(lab, "scheduled", "Installing", FIRST).optional();
    let installing = lab.maybe(&at_once)?.is_some();
    if !installing {
        lab.expect(status(lab, "scheduled", "InstallScheduled", FIRST))?;
    }
    let here = lab.parameters.connector;
    let others = lab.dialect().places(lab).into_iter();
    let others = others.filter(|evse| *evse != here);
    let unavailable = others.map(|evse| {
        let label = format!("unavailable.{evse}");
        lab.status(label, evse, "Unavailable")
    });
    let unavailable = unavailable.collect();
    lab.unordered(unavailable)?;
    if installing {
        lab.wait(30)?;
    }
    lab.take_links();
    // The installation may begin as soon as the transaction has ended.
    let expected: Vec<Expected> = ["Available", "Unavailable"]
        .map(|status| {
            Expected::new("here", STATUS)
                .at("/evseId", here)
                .at("/connectorStatus", status)
                .optional()
        })
        .into();
    lab.unordered(expected)?;
    lab.unordered(installation(FIRST).into())?;
    lab.out_of_order = true;
    lab.reach(State::ParkingBayUnoccupied)?;
    if was_told(lab, FIRST) {
        lab.unordered(installation(FIRST).into())?;
    } else {
        tells_installation(lab, FIRST)?;
    }
    ends(lab, FIRST)
}
