//! Faults of the hardware: TC_024 and TC_041.

use ocpp_core::station::FaultCode;

use super::CASE;
use super::tokens::local_start;
use crate::bench::Act;
use crate::case::Case;
use crate::lab::{Expected, Lab};
use crate::mutation::{Change::*, fails};
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_024_CS",
        name: "Start Charging Session Lock Failure",
        about: "A connector that cannot be locked is Faulted with the code ConnectorLockFailure, and no transaction starts.",
        requirements: &["1.6 section 4.8", "1.6 section 7.6"],
        applies: |product| match product.features.detachable_cable {
            true => Ok(()),
            false => Err("fixed cables are not locked (HFS-2)"),
        },
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            lab.act(&Act::LocksFail(true))?;
            lab.authorized(&tag)?;
            lab.plug()?;
            lab.expect(faulted(
                lab,
                lab.parameters.connector,
                "ConnectorLockFailure",
            ))?;
            lab.silence("no-start", 10, &[])
        },
        mutations: &[
            fails(Drop("StatusNotification", 1), "faulted"),
            fails(
                Replace("StatusNotification", 1, "/errorCode", r#""OtherError""#),
                "faulted/errorCode",
            ),
            fails(
                After("StatusNotification", 1, "StartTransaction", START),
                "no-start",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_041_CS",
        name: "Fault Behavior",
        about: "At a connector with a fault a token starts nothing. Decided: the cable is plugged in before, so that only the \
                fault stands in the way; Authorize.req may come.",
        requirements: &["1.6 section 4.9"],
        applies: local_start,
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            if !lab.product.features.lock_prevents_plug_in {
                lab.plug()?;
                lab.expect(lab.status_here("preparing", "Preparing"))?;
            }
            fault_here(lab)?;
            lab.present(&tag)?;
            lab.silence("no-start", 10, &["Authorize"])
        },
        mutations: &[
            fails(Drop("StatusNotification", 0), "preparing"),
            fails(Drop("StatusNotification", 1), "faulted"),
            fails(
                Replace("StatusNotification", 1, "/status", r#""Available""#),
                "faulted/status",
            ),
            fails(
                After("StatusNotification", 1, "StartTransaction", START),
                "no-start",
            ),
        ],
        ..CASE
    },
];

const START: &str = r#"{"connectorId": 1, "idTag": "VALID0001", "meterStart": 0, "timestamp": "2024-05-15T12:00:00Z"}"#;

fn faulted(lab: &Lab<'_>, connector: u32, code: &str) -> Expected {
    Expected::new("faulted", "StatusNotification")
        .at("/connectorId", connector)
        .with("/status", "Faulted")
        .with("/errorCode", code)
        .within(lab.parameters.trigger_timeout)
}

/// A connector gets a fault and reports it.
pub(super) fn fault(lab: &mut Lab<'_>, connector: u32) -> Result<(), Failed> {
    lab.act(&Act::Fault(connector, Some(FaultCode::GroundFailure)))?;
    lab.expect(faulted(lab, connector, "GroundFailure"))?;
    Ok(())
}

/// The connector under test gets a fault and reports it.
pub(super) fn fault_here(lab: &mut Lab<'_>) -> Result<(), Failed> {
    fault(lab, lab.parameters.connector)
}
