//! Block L, firmware: UpdateFirmware of signed firmware, L01.
//!
//! Decided for all of them: connectors may be told Unavailable from the order on until the station connects anew, at which the
//! station registers if it has restarted; those that were told Unavailable are told Available in the end, also where nothing
//! is installed. Signing certificates
//! belong to the manufacturer of the lab, whose root is installed first.

pub(super) mod update;
pub(super) mod with_transaction;

use serde_json::{Value, json};

use super::b_provisioning::boot::long;
use super::file_transfer;
use crate::lab::{Expected, Lab};
use crate::pki::{Authority, sign_firmware};
use crate::product::Product;
use crate::step::{ExpectStep, Rule, Step, by_hand, call, is, number, request};
use crate::unmet::Failed;

const NEWS: &str = "FirmwareStatusNotification";
const EVENT: &str = "SecurityEventNotification";
const STATUS: &str = "StatusNotification";
/// `requestId` of the first and of the second order.
const FIRST: i64 = 51;
const SECOND: i64 = 52;
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
    "the root of the manufacturer is installed; from now on connectors may be told Unavailable, and Available again",
    |lab| {
        lab.install(
            "root",
            "ManufacturerRootCertificate",
            &Authority::manufacturer()?,
        )?;
        may_be_unavailable(lab)?;
        let places = lab.dialect().places(lab).into_iter();
        let again = places.map(|evse| available(evse).optional()).collect();
        lab.unordered(again).map(|_| ())
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
fn wrongly_signed(lab: &Lab<'_>) -> Value {
    let signature = sign_firmware(b"something else").unwrap_or_default();
    Order {
        signature,
        ..firmware(lab)
    }
    .payload(lab)
}

const INVALID_UPDATE: Step = call("update", "UpdateFirmware", wrongly_signed, ACCEPTED);

/// The same without a date of the installation (erratum 6.2.59).
pub(super) const INVALID_UPDATE_AT_ONCE: Step = call(
    "update",
    "UpdateFirmware",
    |lab| {
        let mut order = wrongly_signed(lab);
        if let Some(firmware) = order["firmware"].as_object_mut() {
            firmware.remove("installDateTime");
        }
        order
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

pub(super) const OF_FIRST: &[Rule] = &[number("/requestId", FIRST)];
const OF_SECOND: &[Rule] = &[number("/requestId", SECOND)];
const DOWNLOADING: Step = news("downloading", &[is("/status", "Downloading")], OF_FIRST);
const DOWNLOADED: Step = news("downloaded", &[is("/status", "Downloaded")], OF_FIRST);
const VERIFIED: Step = news("verified", &[is("/status", "SignatureVerified")], OF_FIRST);
const INSTALLS: Step = by_hand(
    "the station installs the firmware, restarts if it needs to, and tells that it is installed",
    |lab| installs(lab, FIRST),
    &[],
);

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
