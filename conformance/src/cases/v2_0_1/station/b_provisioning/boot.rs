//! Registration: B01, B02, B03.

use serde_json::json;

use super::super::{CASE, payload};
use super::base_report::reported;
use crate::case::Case;
use crate::lab::{Call, Expected, Lab};
use crate::mutation::{Change::*, fails};
use crate::step::{Deed, State, Step, by_hand, call, expect_within, is, refused};
use crate::unmet::Failed;

/// The request of the report in TC_B_02.
const REPORT: i64 = 202;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_B_01_CS",
        name: "Cold Boot Charging Station - Accepted",
        about: "The station is switched off and on: it registers and tells the status of every connector.",
        requirements: &["B01.FR.01", "B01.FR.05", "B01.FR.09"],
        steps: &[Step::State(State::Booted)],
        ..CASE
    },
    Case {
        id: "TC_B_02_CS",
        name: "Cold Boot Charging Station - Pending",
        about: "While its registration is pending the station takes and tells variables and reports, starts nothing, and \
                registers again when it is asked to, before the interval is over. One that does not know the trigger \
                registers when the interval is over.",
        requirements: &[
            "B02.FR.01", "B02.FR.02", "B02.FR.04", "B02.FR.05", "B02.FR.06", "B02.FR.08",
            "F06.FR.17",
        ],
        steps: &[
            Step::Registration("Pending", |p| p.heartbeat_interval),
            Step::Act(Deed::PowerCycle),
            expect_within("boot", "BootNotification", long, &[]),
            call(
                "set",
                "SetVariables",
                |_| payload::set("OCPPCommCtrlr", "OfflineThreshold", "300"),
                &[is("/setVariableResult/0/attributeStatus", "Accepted")],
            ),
            call(
                "get",
                "GetVariables",
                |_| payload::get("OCPPCommCtrlr", "OfflineThreshold"),
                &[is("/getVariableResult/0/attributeStatus", "Accepted")],
            ),
            call(
                "report",
                "GetBaseReport",
                |_| json!({"requestId": REPORT, "reportBase": "FullInventory"}),
                &[is("/status", "Accepted")],
            ),
            by_hand(
                "[report.page] the station sends NotifyReport.req until it has told everything",
                |lab| reported(lab, "report.page", REPORT).map(|_| ()),
                &[],
            ),
            call(
                "start",
                "RequestStartTransaction",
                |lab| {
                    let token = json!({"idToken": lab.parameters.valid, "type": "Central"});
                    json!({"idToken": token, "remoteStartId": 1, "evseId": lab.parameters.connector})
                },
                &[is("/status", "Rejected")],
            ),
            by_hand(
                "[trigger] the CSMS sends TriggerMessage.req for BootNotification; Accepted or NotImplemented\n     \
                 [again] the station sends BootNotification.req, if Accepted before the interval is over and with the \
                 reason Triggered",
                registers_when_triggered,
                &[],
            ),
            Step::Statuses("status", "Available", "Available"),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_03_CS",
        name: "Cold Boot Charging Station - Rejected",
        about: "A station that was rejected sends nothing until the interval is over, and registers again then. It may \
                close the connection in between.",
        requirements: &["B03.FR.02", "B03.FR.04", "B03.FR.06"],
        steps: &[
            Step::Registration("Rejected", |p| p.boot_interval),
            Step::Act(Deed::PowerCycle),
            by_hand(
                "[boot] the station sends BootNotification.req, which is rejected\n     [again] it sends nothing before \
                 the next BootNotification.req, [again.seconds] not before the interval is over",
                registers_when_the_interval_is_over,
                &[
                    fails(
                        MisreadAnswer("BootNotification", 0, "/interval", "5"),
                        "again.seconds",
                    ),
                    fails(Before("BootNotification", 1, "Heartbeat", "{}"), "again"),
                    fails(Drop("BootNotification", 0), "boot"),
                    fails(Duplicate("BootNotification", 0), "again.seconds"),
                ],
            ),
            Step::Statuses("status", "Available", "Available"),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_30_CS",
        name: "Cold Boot Charging Station - Pending/Rejected - SecurityError",
        about: "A station that was rejected answers calls with SecurityError. The call is made only if the station has not \
                closed the connection.",
        requirements: &["B03.FR.08"],
        steps: &[
            Step::Registration("Rejected", |p| p.boot_interval),
            Step::Act(Deed::PowerCycle),
            expect_within("boot", "BootNotification", long, &[]),
            by_hand(
                "unless the station closes the connection: [report] the CSMS sends GetBaseReport.req, which is answered with \
                 SecurityError",
                |lab| {
                    lab.lull()?;
                    match lab.is_online() {
                        true => lab.play(&REPORT_REFUSED),
                        false => Ok(()),
                    }
                },
                &[],
            ),
        ],
        ..CASE
    },
];

/// B03.FR.08.
const REPORT_REFUSED: Step = refused(
    "report",
    "GetBaseReport",
    |_| json!({"requestId": REPORT, "reportBase": "FullInventory"}),
    "SecurityError",
);

/// Restarts take their time.
pub(in super::super) fn long(parameters: &crate::lab::Parameters) -> u32 {
    u32::try_from(parameters.long_timeout.as_secs()).unwrap_or(u32::MAX)
}

fn registers_when_triggered(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let payload = json!({"requestedMessage": "BootNotification"});
    let trigger = Call::new("trigger", "TriggerMessage", payload);
    let answer = lab.call(trigger.one_of("/status", ["Accepted", "NotImplemented"]))?;
    let again = Expected::new("again", "BootNotification");
    let again = match answer.payload["status"] == "Accepted" {
        true => again.with("/reason", "Triggered"),
        false => again.within(lab.parameters.long_timeout),
    };
    lab.expect(again).map(|_| ())
}

fn registers_when_the_interval_is_over(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let limit = lab.parameters.long_timeout;
    // A second copy would be the next attempt, too early.
    lab.expect(
        Expected::new("boot", "BootNotification")
            .within(limit)
            .optional(),
    )?;
    let since = lab.now();
    let again = Expected::new("again", "BootNotification").within(limit);
    let again = lab.expect(again.strictly())?;
    let least = u64::from(lab.parameters.boot_interval) * 1_000;
    let took = again.at.saturating_sub(since);
    if took < least {
        let expected = format!("the next BootNotification after {least} ms at least");
        return lab.fail(
            "again.seconds",
            expected,
            format!("it came after {took} ms"),
        );
    }
    Ok(())
}
