//! TriggerMessage: F06.

use serde_json::{Value, json};

use super::super::b_provisioning::boot::long;
use super::super::l_firmware::{INVALID_UPDATE_AT_ONCE, OF_FIRST, ROOT, secure_update};
use super::super::{CASE, evse, file_transfer};
use crate::case::Case;
use crate::lab::{Expected, Lab};
use crate::product::Product;
use crate::step::{
    ExpectStep, Rule, State, Step, by_hand, call, expect, is, known, known_or_absent, number,
    present, request,
};
use crate::unmet::Failed;

const ACCEPTED: &[Rule] = &[is("/status", "Accepted")];

const fn trigger(with: fn(&Lab<'_>) -> Value, rules: &'static [Rule]) -> Step {
    call("trigger", "TriggerMessage", with, rules)
}

fn triggers(product: &Product, message: &str, otherwise: &'static str) -> Result<(), &'static str> {
    match product.v2_0_1.trigger_messages.contains(&message) {
        true => Ok(()),
        false => Err(otherwise),
    }
}

fn meter_values(product: &Product) -> Result<(), &'static str> {
    triggers(
        product,
        "MeterValues",
        "MeterValues cannot be triggered (C-29.1)",
    )
}

fn statuses(product: &Product) -> Result<(), &'static str> {
    triggers(
        product,
        "StatusNotification",
        "StatusNotification cannot be triggered (C-29.5)",
    )
}

fn events(product: &Product) -> Result<(), &'static str> {
    triggers(
        product,
        "TransactionEvent",
        "TransactionEvent cannot be triggered (C-29.2)",
    )
}

fn logs(product: &Product) -> Result<(), &'static str> {
    triggers(
        product,
        "LogStatusNotification",
        "LogStatusNotification cannot be triggered (C-29.3)",
    )
}

fn updates(product: &Product) -> Result<(), &'static str> {
    triggers(
        product,
        "FirmwareStatusNotification",
        "FirmwareStatusNotification cannot be triggered (C-29.4)",
    )
}

const NEWS: &str = "FirmwareStatusNotification";
const LOG_REQUEST: i64 = 616;
const DOWNLOADING: &[Rule] = &[is("/status", "Downloading")];
const UPLOADING: &[Rule] = &[is("/status", "Uploading")];
/// How an upload can end.
const UPLOAD_ENDS: &[&str] = &[
    "Uploaded",
    "UploadFailure",
    "PermissionDenied",
    "BadMessage",
    "NotSupportedOperation",
    "AcceptedCanceled",
];
/// What an update whose signature is wrong can come to before that is told.
const UPDATE_GOES_ON: &[&str] = &[
    "DownloadPaused",
    "Downloaded",
    "DownloadFailed",
    "SignatureVerified",
    "InstallScheduled",
    "InstallRebooting",
    "Installing",
    "InstallVerificationFailed",
    "InstallationFailed",
    "Installed",
    "Idle",
];
const TRIGGER_LOG: Step = trigger(
    |_| json!({"requestedMessage": "LogStatusNotification"}),
    ACCEPTED,
);
const TRIGGER_UPDATE: Step = trigger(
    |_| json!({"requestedMessage": "FirmwareStatusNotification"}),
    ACCEPTED,
);
const NO_UPDATE: Step = expect(
    "update",
    "FirmwareStatusNotification",
    &[is("/status", "Idle")],
);

fn of_connector(lab: &Lab<'_>) -> Value {
    json!({"requestedMessage": "StatusNotification", "evse": {"id": evse(lab), "connectorId": 1}})
}

const CONTEXT: &str = "/meterValue/0/sampledValue/0/context";
/// What tells the values that were asked for from others, such as those that come by the clock.
const TRIGGERED: &[Rule] = &[is(CONTEXT, "Trigger")];

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_F_11_CS",
        name: "Trigger message - MeterValues - Specific EVSE",
        about: "Meter values of one EVSE are asked for.",
        requirements: &[
            "F06.FR.02", "F06.FR.04", "F06.FR.05", "F06.FR.06", "F06.FR.10",
        ],
        applies: meter_values,
        steps: &[
            trigger(
                |lab| json!({"requestedMessage": "MeterValues", "evse": {"id": evse(lab)}}),
                ACCEPTED,
            ),
            Step::Expect(request(
                "values",
                "MeterValues",
                TRIGGERED,
                &[known("/evseId", "the EVSE under test", evse)],
            )),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_12_CS",
        name: "Trigger message - MeterValues - All EVSE",
        about: "Meter values of all EVSEs are asked for; those of the main meter may come, too.",
        requirements: &[
            "F06.FR.04", "F06.FR.05", "F06.FR.06", "F06.FR.10", "F06.FR.11",
        ],
        applies: meter_values,
        steps: &[
            trigger(|_| json!({"requestedMessage": "MeterValues"}), ACCEPTED),
            by_hand(
                "[values.N] in any order the station sends MeterValues.req of every EVSE N, and may send those of the main \
                 meter\n       meterValue/0/sampledValue/0/context is Trigger",
                values_of_all,
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_13_CS",
        name: "Trigger message - TransactionEvent - Specific EVSE",
        about: "An event of the transaction at one EVSE is asked for.",
        requirements: &[
            "F06.FR.02", "F06.FR.04", "F06.FR.05", "F06.FR.07", "F06.FR.10",
        ],
        applies: events,
        steps: &[
            Step::State(State::EnergyTransferStarted),
            trigger(
                |lab| json!({"requestedMessage": "TransactionEvent", "evse": {"id": evse(lab)}}),
                ACCEPTED,
            ),
            Step::Expect(request(
                "event",
                "TransactionEvent",
                &[is("/triggerReason", "Trigger")],
                &[
                    known_or_absent("/evse/id", "the EVSE under test", evse),
                    is("/transactionInfo/chargingState", "Charging"),
                    present("/meterValue"),
                    is(CONTEXT, "Trigger"),
                ],
            )),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_14_CS",
        name: "Trigger message - TransactionEvent - All EVSE",
        about: "Events of all transactions are asked for while somebody charges at every EVSE. Each driver has a token of \
                their own; the events come in any order.",
        requirements: &[
            "F06.FR.04", "F06.FR.05", "F06.FR.07", "F06.FR.10", "F06.FR.11",
        ],
        applies: events,
        steps: &[
            by_hand("state EnergyTransferStarted at every EVSE", all_charge, &[]),
            trigger(
                |_| json!({"requestedMessage": "TransactionEvent"}),
                ACCEPTED,
            ),
            by_hand(
                "[event.N] in any order the station sends TransactionEvent.req of the transaction at every EVSE N\n       \
                 triggerReason is Trigger\n       evse/id is N\n       transactionInfo/chargingState is Charging\n       \
                 meterValue is present\n       meterValue/0/sampledValue/0/context is Trigger",
                events_of_all,
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_15_CS",
        name: "Trigger message - LogStatusNotification - Idle",
        about: "The status of uploads is asked for while there is none.",
        requirements: &["F06.FR.04", "F06.FR.05", "F06.FR.10", "F06.FR.15"],
        applies: logs,
        steps: &[
            TRIGGER_LOG,
            expect("log", "LogStatusNotification", &[is("/status", "Idle")]),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_16_CS",
        name: "Trigger message - LogStatusNotification - Uploading",
        about: "The status of uploads is asked for during one; what becomes of the upload may be told afterwards.",
        requirements: &["F06.FR.04", "F06.FR.05", "F06.FR.10", "F06.FR.14"],
        applies: |product| {
            file_transfer(product)?;
            logs(product)
        },
        file_server: true,
        steps: &[
            call(
                "get",
                "GetLog",
                |lab| {
                    json!({
                        "logType": "DiagnosticsLog",
                        "requestId": LOG_REQUEST,
                        "log": {"remoteLocation": lab.parameters.log_location},
                    })
                },
                ACCEPTED,
            ),
            Step::Expect(request(
                "uploading",
                "LogStatusNotification",
                UPLOADING,
                &[],
            )),
            TRIGGER_LOG,
            Step::Expect(request("log", "LogStatusNotification", UPLOADING, &[])),
            by_hand(
                "the station may tell how the upload ends",
                |lab| may_tell(lab, "LogStatusNotification", UPLOAD_ENDS),
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_17_CS",
        name: "Trigger message - FirmwareStatusNotification - Specific EVSE not relevant",
        about: "An EVSE is named where it means nothing: the status of updates is told all the same.",
        requirements: &["F06.FR.03", "F06.FR.04", "F06.FR.05", "F06.FR.10"],
        applies: updates,
        steps: &[
            trigger(
                |lab| {
                    json!({
                        "requestedMessage": "FirmwareStatusNotification",
                        "evse": {"id": evse(lab)},
                    })
                },
                ACCEPTED,
            ),
            NO_UPDATE,
        ],
        ..CASE
    },
    Case {
        id: "TC_F_18_CS",
        name: "Trigger message - FirmwareStatusNotification - Idle",
        about: "The status of updates is asked for while there is none.",
        requirements: &[
            "F06.FR.04", "F06.FR.05", "F06.FR.10", "F06.FR.16", "L01.FR.25",
        ],
        applies: updates,
        steps: &[TRIGGER_UPDATE, NO_UPDATE],
        ..CASE
    },
    Case {
        id: "TC_F_19_CS",
        name: "Trigger message - FirmwareStatusNotification - Downloading",
        about: "The status of updates is asked for during a download. The signature is wrong, so that nothing is installed \
                (erratum 6.2.59); what the station tells of that is not part of the case.",
        requirements: &["F06.FR.04", "F06.FR.05", "F06.FR.10", "L01.FR.26"],
        applies: |product| {
            secure_update(product)?;
            updates(product)
        },
        file_server: true,
        steps: &[
            ROOT,
            INVALID_UPDATE_AT_ONCE,
            Step::Expect(ExpectStep {
                within: Some(long),
                ..request(
                    "downloading",
                    "FirmwareStatusNotification",
                    DOWNLOADING,
                    OF_FIRST,
                )
            }),
            TRIGGER_UPDATE,
            Step::Expect(request(
                "triggered",
                "FirmwareStatusNotification",
                DOWNLOADING,
                OF_FIRST,
            )),
            by_hand(
                "the station may tell how the update goes on, until it tells that the signature is wrong",
                update_ends,
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_27_CS",
        name: "Trigger message - NotImplemented",
        about: "A station without a combined certificate says so.",
        requirements: &["F06.FR.08"],
        applies: |product| match product.v2_0_1.combined_certificate {
            true => Err("the station has a combined certificate (AQ-11)"),
            false => Ok(()),
        },
        steps: &[trigger(
            |_| json!({"requestedMessage": "SignCombinedCertificate"}),
            &[is("/status", "NotImplemented")],
        )],
        ..CASE
    },
    Case {
        id: "TC_F_20_CS",
        name: "Trigger message - Heartbeat",
        about: "A heartbeat is asked for.",
        requirements: &["F06.FR.04", "F06.FR.05", "F06.FR.10"],
        steps: &[
            trigger(|_| json!({"requestedMessage": "Heartbeat"}), ACCEPTED),
            expect("heartbeat", "Heartbeat", &[]),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_23_CS",
        name: "Trigger message - StatusNotification - Specific EVSE - Available",
        about: "The status of a connector is asked for where no car is connected.",
        requirements: &["F06.FR.02", "F06.FR.04", "F06.FR.05", "F06.FR.10"],
        applies: statuses,
        steps: &[trigger(of_connector, ACCEPTED), told("Available")],
        ..CASE
    },
    Case {
        id: "TC_F_24_CS",
        name: "Trigger message - StatusNotification - Specific EVSE - Occupied",
        about: "The status of a connector is asked for where a car is connected.",
        requirements: &["F06.FR.02", "F06.FR.04", "F06.FR.05", "F06.FR.10"],
        applies: statuses,
        steps: &[
            Step::State(State::EvConnectedPreSession),
            trigger(of_connector, ACCEPTED),
            told("Occupied"),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_26_CS",
        name: "Trigger message - BootNotification - Rejected",
        about: "A station that is registered does not register again.",
        requirements: &["F06.FR.04", "F06.FR.05", "F06.FR.17"],
        applies: |product| {
            triggers(
                product,
                "BootNotification",
                "BootNotification cannot be triggered (C-29.6)",
            )
        },
        steps: &[trigger(
            |_| json!({"requestedMessage": "BootNotification"}),
            &[is("/status", "Rejected")],
        )],
        ..CASE
    },
];

/// The status of the connector under test.
const fn told(status: &'static str) -> Step {
    const HERE: Rule = known("/evseId", "the EVSE under test", evse);
    const CONNECTOR: Rule = number("/connectorId", 1);
    const AVAILABLE: &[Rule] = &[HERE, CONNECTOR, is("/connectorStatus", "Available")];
    const OCCUPIED: &[Rule] = &[HERE, CONNECTOR, is("/connectorStatus", "Occupied")];
    let rules = match status.as_bytes() {
        b"Available" => AVAILABLE,
        _ => OCCUPIED,
    };
    expect("status", "StatusNotification", rules)
}

fn values_of_all(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let values = |evse: u32| {
        Expected::new(format!("values.{evse}"), "MeterValues")
            .at("/evseId", evse)
            .at(CONTEXT, "Trigger")
    };
    let mut expected: Vec<Expected> = (1..=lab.parameters.connectors).map(values).collect();
    expected.push(values(0).optional());
    lab.unordered(expected).map(|_| ())
}

/// Somebody charges at every EVSE; afterwards the first is under test.
fn all_charge(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let driver = lab.driver.clone();
    for evse in 1..=lab.parameters.connectors {
        let token = match evse {
            1 => driver.clone(),
            _ => format!("VALID{evse:04}"),
        };
        lab.csms.set_tag(&token, "Accepted", None);
        lab.driver = token;
        lab.parameters.connector = evse;
        lab.reach(State::EnergyTransferStarted)?;
    }
    lab.driver = driver;
    lab.parameters.connector = 1;
    Ok(())
}

fn events_of_all(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let event = |evse: u32| {
        let running = lab.sessions.seat(evse).transaction.clone();
        Expected::new(format!("event.{evse}"), "TransactionEvent")
            .at("/triggerReason", "Trigger")
            .at("/transactionInfo/transactionId", running)
            .with("/evse/id", evse)
            .with("/transactionInfo/chargingState", "Charging")
            .present("/meterValue")
            .with(CONTEXT, "Trigger")
    };
    let expected = (1..=lab.parameters.connectors).map(event).collect();
    lab.unordered(expected).map(|_| ())
}

/// From now on the station may tell each of these once, in any order.
fn may_tell(lab: &mut Lab<'_>, action: &'static str, statuses: &[&str]) -> Result<(), Failed> {
    let told = |status: &&str| {
        let rest = Expected::new("rest", action);
        rest.at("/status", *status).optional()
    };
    lab.unordered(statuses.iter().map(told).collect())
        .map(|_| ())
}

/// The rest of an update whose signature is wrong, of which nothing is checked.
fn update_ends(lab: &mut Lab<'_>) -> Result<(), Failed> {
    may_tell(lab, NEWS, UPDATE_GOES_ON)?;
    let last = Expected::new("rest", NEWS)
        .at("/status", "InvalidSignature")
        .within(lab.parameters.long_timeout)
        .optional();
    lab.maybe(&last).map(|_| ())
}
