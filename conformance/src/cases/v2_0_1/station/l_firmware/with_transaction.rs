//! UpdateFirmware while somebody charges.
//!
//! Decided: the connector at which the last transaction has ended may be told Available or Unavailable when its cable is out; the
//! update goes on when the transaction has ended, or when the cable is out.

use super::super::{CASE, still_ongoing};
use super::{
    DOWNLOADED, DOWNLOADING, FIRST, INSTALLS, NEWS, OF_FIRST, ORDER, ROOT, STATUS, VERIFIED, ends,
    event, installation, may_be_unavailable, news, secure_update, status, tells_installation,
    was_told,
};
use crate::case::{Case, Setting};
use crate::lab::{Expected, Lab};
use crate::mutation::{Change::*, fails};
use crate::product::Product;
use crate::step::{State, Step, by_hand, is};
use crate::unmet::Failed;

const PENDING: &str = "ChargingStation.AllowNewSessionsPendingFirmwareUpdate";
const NEW_SESSIONS: Setting = Setting::if_implemented(PENDING, |_| "true".to_owned());
const NO_NEW_SESSIONS: Setting = Setting::if_implemented(PENDING, |_| "false".to_owned());
/// The second EVSE at which somebody charges.
const OTHER: u32 = 2;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_L_12_CS",
        name: "Secure Firmware Update - Unable to download/install firmware with ongoing transaction \
               -AllowNewSessionsPendingFirmwareUpdate is true",
        about: "The download waits for the transaction, and meanwhile others can charge.",
        requirements: &["L01.FR.01", "L01.FR.10", "L01.FR.13", "L01.FR.20"],
        applies: |product| {
            new_sessions(product)?;
            no_download(product)
        },
        file_server: true,
        config: &[NEW_SESSIONS],
        steps: &[
            ROOT,
            Step::State(State::EnergyTransferStarted),
            ORDER,
            news("scheduled", &[is("/status", "DownloadScheduled")], OF_FIRST),
            SOMEBODY_ELSE,
            FIRST_GOES,
            by_hand(
                "the other one goes, too, and the station downloads and verifies the firmware, which may begin when his \
                 transaction has ended",
                |lab| {
                    at_other(lab);
                    driver_goes(lab, &["Downloading", "Downloaded", "SignatureVerified"])
                },
                DOWNLOADS,
            ),
            INSTALLS,
        ],
        ..CASE
    },
    Case {
        id: "TC_L_13_CS",
        name: "Secure Firmware Update - Unable to download/install firmware with ongoing transaction \
               -AllowNewSessionsPendingFirmwareUpdate is false",
        about: "The download waits for the transaction, and meanwhile nobody else can charge. That it waits need not be told.",
        requirements: &[
            "L01.FR.01", "L01.FR.06", "L01.FR.07", "L01.FR.10", "L01.FR.20",
        ],
        applies: |product| {
            secure_update(product)?;
            waits(product)?;
            no_download(product)
        },
        file_server: true,
        config: &[NO_NEW_SESSIONS],
        steps: &[
            ROOT,
            Step::State(State::EnergyTransferStarted),
            ORDER,
            by_hand(
                "the station may tell that the download waits, and tells that the other connectors are Unavailable",
                |lab| {
                    lab.unordered(vec![
                        status(lab, "scheduled", "DownloadScheduled", FIRST).optional(),
                    ])?;
                    others_unavailable(lab)
                },
                &[],
            ),
            by_hand(
                "the driver goes, and the station downloads and verifies the firmware, which may begin when his transaction \
                 has ended",
                |lab| driver_goes(lab, &["Downloading", "Downloaded", "SignatureVerified"]),
                DOWNLOADS,
            ),
            INSTALLS,
        ],
        ..CASE
    },
    Case {
        id: "TC_L_14_CS",
        name: "Secure Firmware Update - Unable to install and activate firmware with ongoing transaction \
               -AllowNewSessionsPendingFirmwareUpdate is true",
        about: "The installation, or what activates it, waits for the transactions, and meanwhile others can charge.",
        requirements: &["L01.FR.01", "L01.FR.06", "L01.FR.10", "L01.FR.20"],
        applies: |product| {
            new_sessions(product)?;
            download(product)
        },
        file_server: true,
        config: &[NEW_SESSIONS],
        steps: &[
            ROOT,
            Step::State(State::EnergyTransferStarted),
            ORDER,
            DOWNLOADING,
            DOWNLOADED,
            VERIFIED,
            by_hand(
                "the station tells that the installation waits, or that it installs",
                |lab| waits_or_installs(lab).map(|_| ()),
                &[fails(Replace(NEWS, 3, "/status", r#""Idle""#), "scheduled")],
            ),
            SOMEBODY_ELSE,
            by_hand(
                "time passes if it installs already",
                |lab| match was_told(lab, FIRST) {
                    true => lab.wait(30),
                    false => Ok(()),
                },
                &[],
            ),
            FIRST_GOES,
            by_hand(
                "the other one goes, too, and the station installs the firmware, restarts if it needs to, and tells that it \
                 is installed",
                |lab| {
                    at_other(lab);
                    goes_and_installs(lab)
                },
                INSTALLED_AFTER,
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_L_15_CS",
        name: "Secure Firmware Update - Unable to install and activate firmware with ongoing transaction \
               -AllowNewSessionsPendingFirmwareUpdate is false",
        about: "The installation waits for the transaction, and meanwhile nobody else can charge.",
        requirements: &[
            "L01.FR.01", "L01.FR.06", "L01.FR.07", "L01.FR.10", "L01.FR.20",
        ],
        applies: |product| {
            secure_update(product)?;
            waits(product)?;
            download(product)
        },
        file_server: true,
        config: &[NO_NEW_SESSIONS],
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
                |lab| {
                    let installs = waits_or_installs(lab)?;
                    others_unavailable(lab)?;
                    if installs {
                        lab.wait(30)?;
                    }
                    goes_and_installs(lab)
                },
                INSTALLED_AFTER,
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_L_16_CS",
        name: "Secure Firmware Update - Able to update firmware with ongoing transaction",
        about: "Firmware is installed while somebody charges, who goes on charging: the station makes a new connection, and \
                does not restart. Decided: that the transaction goes on is asked at the end.",
        requirements: &["L01.FR.01", "L01.FR.10", "L01.FR.20"],
        applies: |product| {
            secure_update(product)?;
            match product.v2_0_1.install_while_charging {
                true => Ok(()),
                false => Err("nothing is installed while somebody charges (C-43)"),
            }
        },
        file_server: true,
        steps: &[
            ROOT,
            Step::State(State::EnergyTransferStarted),
            ORDER,
            DOWNLOADING,
            DOWNLOADED,
            VERIFIED,
            by_hand(
                "the station tells that it installs the firmware, connects anew, and tells that it is installed, with a status \
                 and with a security event",
                |lab| {
                    lab.take_links();
                    lab.expect(status(lab, "installing", "Installing", FIRST))?;
                    lab.expect_connection("reconnect")?;
                    let installed = status(lab, "installed", "Installed", FIRST);
                    lab.unordered(vec![installed, event("updated", "FirmwareUpdated")])
                        .map(|_| ())
                },
                &[],
            ),
            by_hand("the transaction goes on", still_ongoing, &[]),
        ],
        ..CASE
    },
];

const SOMEBODY_ELSE: Step = by_hand(
    "somebody else charges at the second EVSE: state EnergyTransferStarted there",
    |lab| {
        at_other(lab);
        lab.reach(State::EnergyTransferStarted)
    },
    &[],
);

const FIRST_GOES: Step = by_hand(
    "the first driver goes: state ParkingBayUnoccupied of the first EVSE",
    |lab| {
        lab.parameters.connector = 1;
        lab.driver.clone_from(&lab.parameters.valid);
        lab.reach(State::ParkingBayUnoccupied)
    },
    &[],
);

/// What misbehaves before the installation.
const DOWNLOADS: &[crate::mutation::Mutation] = &[
    fails(Replace(NEWS, 1, "/requestId", "7"), "Downloading/requestId"),
    fails(Drop(NEWS, 2), "Downloaded"),
    fails(
        Replace(NEWS, 3, "/status", r#""Idle""#),
        "SignatureVerified",
    ),
];

const INSTALLED_AFTER: &[crate::mutation::Mutation] = &[fails(
    Replace(NEWS, 4, "/requestId", "7"),
    "installing/requestId",
)];

/// The second EVSE is under test, with another driver.
fn at_other(lab: &mut Lab<'_>) {
    lab.parameters.connector = OTHER;
    lab.driver.clone_from(&lab.parameters.valid2);
}

/// Others can charge while an update waits.
fn new_sessions(product: &Product) -> Result<(), &'static str> {
    secure_update(product)?;
    waits(product)?;
    if product.connectors < 2 {
        return Err("there is one EVSE only (HFS-8)");
    }
    match product.v2_0_1.sessions_pending_update {
        true => Ok(()),
        false => Err("nobody can begin to charge while an update waits (C-20)"),
    }
}

/// An update waits for transactions.
fn waits(product: &Product) -> Result<(), &'static str> {
    match product.v2_0_1.install_while_charging {
        true => Err("firmware is installed while somebody charges (C-43)"),
        false => Ok(()),
    }
}

fn download(product: &Product) -> Result<(), &'static str> {
    match product.features.download_while_charging {
        true => Ok(()),
        false => Err("nothing is downloaded while somebody charges (AQ-7)"),
    }
}

fn no_download(product: &Product) -> Result<(), &'static str> {
    match product.features.download_while_charging {
        true => Err("firmware is downloaded while somebody charges (AQ-7)"),
        false => Ok(()),
    }
}

fn others_unavailable(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let here = lab.parameters.connector;
    let others = lab.dialect().places(lab).into_iter();
    let others = others.filter(|evse| *evse != here);
    let unavailable = others.map(|evse| {
        let label = format!("unavailable.{evse}");
        lab.status(label, evse, "Unavailable")
    });
    let unavailable = unavailable.collect();
    lab.unordered(unavailable).map(|_| ())
}

/// Says whether it installs at once.
fn waits_or_installs(lab: &mut Lab<'_>) -> Result<bool, Failed> {
    let at_once = status(lab, "scheduled", "Installing", FIRST).optional();
    let installs = lab.maybe(&at_once)?.is_some();
    if !installs {
        lab.expect(status(lab, "scheduled", "InstallScheduled", FIRST))?;
    }
    Ok(installs)
}

/// The EVSE under test may be told so while its driver goes.
fn may_change_here(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let here = lab.parameters.connector;
    let expected: Vec<Expected> = ["Available", "Unavailable"]
        .map(|status| {
            Expected::new("here", STATUS)
                .at("/evseId", here)
                .at("/connectorStatus", status)
                .optional()
        })
        .into();
    lab.unordered(expected).map(|_| ())
}

/// The driver goes; what the update does then may begin before.
fn driver_goes(lab: &mut Lab<'_>, next: &[&'static str]) -> Result<(), Failed> {
    let of = |lab: &Lab<'_>, word: &'static str| status(lab, word, word, FIRST);
    may_change_here(lab)?;
    let early = next.iter().map(|word| of(lab, word).optional()).collect();
    lab.unordered(early)?;
    lab.out_of_order = true;
    lab.reach(State::ParkingBayUnoccupied)?;
    let missing: Vec<_> = next.iter().filter(|word| !came(lab, word)).collect();
    // What has come may not come again; what its connector is now may still be told.
    lab.no_more_optional();
    may_change_here(lab)?;
    for word in missing {
        lab.expect(of(lab, word))?;
    }
    Ok(())
}

fn came(lab: &Lab<'_>, word: &str) -> bool {
    lab.taken.iter().any(|message| {
        let payload = &message.payload;
        message.action == NEWS && payload["requestId"] == FIRST && payload["status"] == word
    })
}

/// The driver goes, and the installation begins or ends.
fn goes_and_installs(lab: &mut Lab<'_>) -> Result<(), Failed> {
    lab.take_links();
    may_change_here(lab)?;
    may_be_unavailable(lab)?;
    // The installation may begin as soon as the transaction has ended.
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
