//! F: remote starts, unlocking, triggers.

use ocpp_core::csms::ledger::IdToken;
use ocpp_core::csms::remote::{Command, Operation};
use serde_json::{Value, json};

use super::states::{CHARGES, CHARGING, CONNECTED, FREE, OCCUPIED};
use super::{ACCEPTED, CASE, accepted, authorize, event, evse, has, operation, triggers};
use crate::case::Case;
use crate::lab::Lab;
use crate::step::{
    CallStep, Rule, Step, call, expect_telling, is, known, number, operate, present,
};

const START: Step = operate("a remote start of the valid token", |lab| {
    operation(Operation::Start {
        id_token: IdToken {
            id_token: lab.parameters.valid.clone(),
            kind: Some("ISO14443".to_owned()),
        },
        evse: Some(evse(lab)),
        profile: None,
    })
});
const FOR_DRIVER: &[Rule] = &[
    known("/idToken/idToken", "the valid token", |lab| {
        json!(lab.parameters.valid)
    }),
    is("/idToken/type", "ISO14443"),
];
const STARTED: Step = expect_telling(
    "remote-start",
    "RequestStartTransaction",
    FOR_DRIVER,
    accepted,
    &[is("/status", "Accepted")],
);
const BEGUN: Step = event!(
    "start",
    Some("Started"),
    "RemoteStart",
    |lab| json!({"remoteStartId": lab.requested("RequestStartTransaction", "/remoteStartId")}),
    &[]
);

fn trigger(message: &str, evse: Option<i64>) -> Command {
    operation(Operation::Trigger {
        message: message.to_owned(),
        evse,
        connector: None,
    })
}

const AT_EVSE: Rule = known("/evse/id", "the EVSE under test", |lab| lab.here());

fn sampled(lab: &Lab<'_>) -> Value {
    json!([{
        "timestamp": lab.utc_in(0), "sampledValue": [{"value": 1100, "context": "Trigger"}],
    }])
}

fn meter_values(lab: &Lab<'_>) -> Value {
    json!({"evseId": lab.here(), "meterValue": sampled(lab)})
}

const TRIGGER: &str = "TriggerMessage";

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_F_01_CSMS",
        name: "Remote start transaction - Cable plugin first",
        about: "A remote start for a cable that is plugged in; the station names the transaction that has begun with that.",
        requirements: &["F01.FR.01", "F02.FR.01"],
        steps: &[
            CONNECTED,
            START,
            expect_telling(
                "remote-start",
                "RequestStartTransaction",
                FOR_DRIVER,
                |lab| json!({"status": "Accepted", "transactionId": lab.transaction_id()}),
                &[is("/status", "Accepted")],
            ),
            event!(
                "started",
                Some("Updated"),
                "RemoteStart",
                |lab| json!({
                    "remoteStartId": lab.requested("RequestStartTransaction", "/remoteStartId"),
                }),
                &[]
            ),
            CHARGES,
        ],
        ..CASE
    },
    Case {
        id: "TC_F_02_CSMS",
        name: "Remote start transaction - Remote start first - authorizeRemoteStart is true",
        about: "A remote start before the cable is plugged in; the station asks about the token.",
        requirements: &["F02.FR.01", "F01.FR.01"],
        steps: &[
            START,
            STARTED,
            authorize("authorize", ACCEPTED),
            BEGUN,
            CONNECTED,
            CHARGES,
        ],
        ..CASE
    },
    Case {
        id: "TC_F_03_CSMS",
        name: "Remote start transaction - Remote start first - authorizeRemoteStart is false",
        about: "A remote start before the cable is plugged in; the station does not ask about the token.",
        requirements: &["F02.FR.01", "F01.FR.02"],
        steps: &[START, STARTED, BEGUN, CONNECTED, CHARGES],
        ..CASE
    },
    Case {
        id: "TC_F_04_CSMS",
        name: "Remote start transaction - Remote start first - Cable plugin timeout",
        about: "A remote start after which nothing is plugged in. E03.FR.04, which the description names, is not in part 2.",
        requirements: &["E03.FR.05"],
        steps: &[
            START,
            STARTED,
            BEGUN,
            Step::Wait(|p| p.transaction_duration),
            event!(
                "timeout",
                Some("Updated"),
                "EVConnectTimeout",
                |_| json!({}),
                &[]
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_06_CSMS",
        name: "Remote unlock Connector - Without ongoing transaction - Accepted",
        about: "The connector under test is unlocked.",
        applies: has!(unlock, "connectors are not unlocked (C-11)"),
        requirements: &["F05.FR.01"],
        steps: &[
            operate("unlock the connector under test", |lab| {
                operation(Operation::Unlock {
                    evse: evse(lab),
                    connector: 1,
                })
            }),
            expect_telling(
                "unlock",
                "UnlockConnector",
                &[
                    known("/evseId", "the EVSE under test", |lab| lab.here()),
                    number("/connectorId", 1),
                ],
                |_| json!({"status": "Unlocked"}),
                &[is("/status", "Unlocked")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_11_CSMS",
        name: "Trigger message - MeterValues - Specific EVSE",
        about: "Meter values of one EVSE are asked for.",
        applies: triggers!("MeterValues"),
        requirements: &["F06.FR.01", "F06.FR.02"],
        steps: &[
            operate("trigger MeterValues of the EVSE under test", |lab| {
                trigger("MeterValues", Some(evse(lab)))
            }),
            expect_telling(
                "trigger",
                TRIGGER,
                &[is("/requestedMessage", "MeterValues"), AT_EVSE],
                accepted,
                &[is("/status", "Accepted")],
            ),
            call("values", "MeterValues", meter_values, &[]),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_12_CSMS",
        name: "Trigger message - MeterValues - All EVSE",
        about: "Meter values are asked for, of whichever EVSE. A request must name its EVSE, which step 3 leaves out.",
        applies: triggers!("MeterValues"),
        requirements: &["F06.FR.01"],
        steps: &[
            operate("trigger MeterValues", |_| trigger("MeterValues", None)),
            expect_telling(
                "trigger",
                TRIGGER,
                &[is("/requestedMessage", "MeterValues")],
                accepted,
                &[is("/status", "Accepted")],
            ),
            Step::EachConnector(CallStep {
                label: "values",
                action: "MeterValues",
                with: meter_values,
                rules: &[],
                error: None,
            }),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_13_CSMS",
        name: "Trigger message - TransactionEvent - Specific EVSE",
        about: "What the transaction at an EVSE is doing is asked for.",
        applies: triggers!("TransactionEvent"),
        requirements: &["F06.FR.01", "F06.FR.02"],
        steps: &[
            CHARGING,
            operate("trigger TransactionEvent of the EVSE under test", |lab| {
                trigger("TransactionEvent", Some(evse(lab)))
            }),
            expect_telling(
                "trigger",
                TRIGGER,
                &[is("/requestedMessage", "TransactionEvent"), AT_EVSE],
                accepted,
                &[is("/status", "Accepted")],
            ),
            event!(
                "event",
                Some("Updated"),
                "Trigger",
                |lab| json!({"chargingState": "Charging", "meterValue": sampled(lab)}),
                &[]
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_14_CSMS",
        name: "Trigger message - TransactionEvent - All EVSE",
        about: "What transactions are doing is asked for; one runs.",
        applies: triggers!("TransactionEvent"),
        requirements: &["F06.FR.01"],
        steps: &[
            CHARGING,
            operate("trigger TransactionEvent", |_| {
                trigger("TransactionEvent", None)
            }),
            expect_telling(
                "trigger",
                TRIGGER,
                &[is("/requestedMessage", "TransactionEvent")],
                accepted,
                &[is("/status", "Accepted")],
            ),
            call(
                "event",
                "TransactionEvent",
                |lab| {
                    let more = json!({"chargingState": "Charging", "meterValue": sampled(lab)});
                    let mut event = lab.event(Some("Updated"), "Trigger", 0, &more);
                    if let Some(event) = event.as_object_mut() {
                        event.remove("evse");
                    }
                    event
                },
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_15_CSMS",
        name: "Trigger message - LogStatusNotification - Idle",
        about: "No log is uploaded.",
        applies: triggers!("LogStatusNotification"),
        requirements: &["F06.FR.01"],
        steps: &[
            operate("trigger LogStatusNotification", |_| {
                trigger("LogStatusNotification", None)
            }),
            expect_telling(
                "trigger",
                TRIGGER,
                &[is("/requestedMessage", "LogStatusNotification")],
                accepted,
                &[is("/status", "Accepted")],
            ),
            call(
                "status",
                "LogStatusNotification",
                |_| json!({"status": "Idle"}),
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_18_CSMS",
        name: "Trigger message - FirmwareStatusNotification - Idle",
        about: "No firmware is updated.",
        applies: triggers!("FirmwareStatusNotification"),
        requirements: &["F06.FR.01"],
        steps: &[
            operate("trigger FirmwareStatusNotification", |_| {
                trigger("FirmwareStatusNotification", None)
            }),
            expect_telling(
                "trigger",
                TRIGGER,
                &[is("/requestedMessage", "FirmwareStatusNotification")],
                accepted,
                &[is("/status", "Accepted")],
            ),
            call(
                "status",
                "FirmwareStatusNotification",
                |_| json!({"status": "Idle"}),
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_20_CSMS",
        name: "Trigger message - Heartbeat",
        about: "A heartbeat is asked for.",
        requirements: &["F06.FR.01"],
        steps: &[
            operate("trigger Heartbeat", |_| trigger("Heartbeat", None)),
            expect_telling(
                "trigger",
                TRIGGER,
                &[is("/requestedMessage", "Heartbeat")],
                accepted,
                &[is("/status", "Accepted")],
            ),
            call(
                "heartbeat",
                "Heartbeat",
                |_| json!({}),
                &[present("/currentTime")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_23_CSMS",
        name: "Trigger message - StatusNotification - Specific EVSE - Available",
        about: "The status of a connector is asked for, which is available.",
        applies: triggers!("StatusNotification"),
        requirements: &["F06.FR.01", "F06.FR.02", "F06.FR.13"],
        steps: &[
            operate("trigger StatusNotification of the EVSE under test", |lab| {
                trigger("StatusNotification", Some(evse(lab)))
            }),
            expect_telling(
                "trigger",
                TRIGGER,
                &[is("/requestedMessage", "StatusNotification"), AT_EVSE],
                accepted,
                &[is("/status", "Accepted")],
            ),
            FREE,
        ],
        ..CASE
    },
    Case {
        id: "TC_F_24_CSMS",
        name: "Trigger message - StatusNotification - Specific EVSE - Occupied",
        about: "The status of a connector is asked for, which is occupied.",
        applies: triggers!("StatusNotification"),
        requirements: &["F06.FR.01", "F06.FR.02", "F06.FR.13"],
        steps: &[
            OCCUPIED,
            operate("trigger StatusNotification of the EVSE under test", |lab| {
                trigger("StatusNotification", Some(evse(lab)))
            }),
            expect_telling(
                "trigger",
                TRIGGER,
                &[is("/requestedMessage", "StatusNotification"), AT_EVSE],
                accepted,
                &[is("/status", "Accepted")],
            ),
            OCCUPIED,
        ],
        ..CASE
    },
    Case {
        id: "TC_F_27_CSMS",
        name: "Trigger message - NotImplemented",
        about: "The station cannot send what is asked for.",
        requirements: &["F06.FR.08"],
        steps: &[
            operate("trigger SignV2GCertificate", |_| {
                trigger("SignV2GCertificate", None)
            }),
            expect_telling(
                "trigger",
                TRIGGER,
                &[],
                |_| json!({"status": "NotImplemented"}),
                &[is("/status", "NotImplemented")],
            ),
        ],
        ..CASE
    },
];
