//! J: meter values. The descriptions want nothing of the CSMS but that it answers.

use serde_json::{Value, json};

use super::states::{AUTHORIZED, CHARGES, CHARGING, FREE, OCCUPIED, STILL_CONNECTED, STOPS};
use super::{CASE, event, everywhere};
use crate::case::Case;
use crate::cases::of_csms::{ended, kept, register};
use crate::lab::Lab;
use crate::pki::sign_meter_value;
use crate::step::{Step, call};

/// The register in Wh: one for each second.
fn register_now(lab: &Lab<'_>) -> u64 {
    1_000 + lab.now() / 1_000
}

/// A reading that is so old, in seconds.
pub(super) fn reading(lab: &Lab<'_>, age: i64, context: &str) -> Value {
    let value = register_now(lab).saturating_sub(age.unsigned_abs());
    json!({
        "timestamp": lab.utc_in(-age),
        "sampledValue": [{
            "value": value, "context": context, "measurand": "Energy.Active.Import.Register",
        }],
    })
}

/// The same with the signature of the meter.
fn signed(lab: &Lab<'_>, age: i64, context: &str) -> Value {
    let mut reading = reading(lab, age, context);
    let sample = &mut reading["sampledValue"][0];
    let wh = sample["value"].to_string();
    if let Ok(signed) = sign_meter_value(lab.parameters.connector, &wh, &lab.utc_in(-age)) {
        sample["signedMeterValue"] = json!({
            "signedMeterData": signed.data, "signingMethod": signed.signing_method,
            "encodingMethod": signed.encoding_method, "publicKey": signed.public_key,
        });
    }
    reading
}

fn aligned(lab: &Lab<'_>, evse: u32) -> Value {
    json!({"evseId": evse, "meterValue": [reading(lab, 0, "Sample.Clock")]})
}

/// NotifyEvent of the calibrated meter.
fn metered(lab: &Lab<'_>, evse: Option<u32>) -> Value {
    let mut event = json!({
        "generatedAt": lab.utc_in(0), "seqNo": 0,
        "eventData": [{
            "eventId": 1, "timestamp": lab.utc_in(0), "trigger": "Periodic",
            "actualValue": register_now(lab).to_string(),
            "eventNotificationType": "HardWiredNotification",
            "component": {"name": "FiscalMetering"},
            "variable": {"name": "Energy.Active.Import.Register"},
        }],
    });
    if let Some(evse) = evse {
        event["eventData"][0]["component"]["evse"] = json!({"id": evse});
    }
    event
}

/// What the main meter says.
const MAIN: Step = Step::Reusable(
    "the main meter is told",
    &[
        call("main.values", "MeterValues", |lab| aligned(lab, 0), &[]),
        call("main.event", "NotifyEvent", |lab| metered(lab, None), &[]),
    ],
);

/// The meters of a station where nobody charges, once.
const IDLE: Step = Step::Reusable(
    "every meter is told, on the clock",
    &[
        Step::Wait(|p| p.aligned_interval),
        MAIN,
        everywhere(
            "evse.values",
            "MeterValues",
            |lab| aligned(lab, lab.parameters.connector),
            None,
        ),
        everywhere(
            "evse.event",
            "NotifyEvent",
            |lab| metered(lab, Some(lab.parameters.connector)),
            None,
        ),
    ],
);

/// The same where somebody charges at the EVSE under test.
const BUSY: Step = Step::Reusable(
    "every meter is told, on the clock; that of the transaction with it",
    &[
        Step::Wait(|p| p.aligned_interval),
        MAIN,
        Step::At(2),
        call(
            "other.values",
            "MeterValues",
            |lab| aligned(lab, lab.parameters.connector),
            &[],
        ),
        call(
            "other.event",
            "NotifyEvent",
            |lab| metered(lab, Some(lab.parameters.connector)),
            &[],
        ),
        Step::At(1),
        event!(
            "clock",
            Some("Updated"),
            "MeterValueClock",
            |lab| json!({"meterValue": [reading(lab, 0, "Sample.Clock")]}),
            &[]
        ),
    ],
);

pub(super) const PERIODIC: Step = Step::Reusable(
    "a sample of the transaction",
    &[
        Step::Wait(|p| p.sample_interval),
        event!(
            "sample",
            Some("Updated"),
            "MeterValuePeriodic",
            |lab| json!({"meterValue": [reading(lab, 0, "Sample.Periodic")]}),
            &[]
        ),
    ],
);

/// *EVConnectedPreSession* with what the meter says.
pub(super) const CONNECTED_METERED: Step = Step::Reusable(
    "EVConnectedPreSession, with meter values",
    &[
        OCCUPIED,
        event!(
            "connected",
            None,
            "CablePluggedIn",
            |lab| json!({
                "chargingState": "EVConnected",
                "meterValue": [reading(lab, 0, "Transaction.Begin")],
            }),
            &[]
        ),
    ],
);

/// *EVDisconnected*, with what the meter has said since.
macro_rules! ends {
    ($name:literal, $values:expr) => {
        Step::Reusable(
            $name,
            &[
                STOPS,
                STILL_CONNECTED,
                FREE,
                event!(
                    "disconnected",
                    Some("Ended"),
                    "EVCommunicationLost",
                    |lab| {
                        let values: fn(&Lab<'_>) -> Value = $values;
                        json!({
                            "chargingState": "Idle", "stoppedReason": "EVDisconnected",
                            "meterValue": values(lab),
                        })
                    },
                    &[]
                ),
            ],
        )
    };
}

/// Three values with a distance in seconds, the last one at the end.
fn series(
    lab: &Lab<'_>,
    distance: u32,
    context: &str,
    value: fn(&Lab<'_>, i64, &str) -> Value,
) -> Value {
    let distance = i64::from(distance);
    json!([
        value(lab, distance * 2, context),
        value(lab, distance, context),
        value(lab, 0, "Transaction.End"),
    ])
}

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_J_01_CSMS",
        name: "Clock-aligned Meter Values - No transaction ongoing",
        about: "Three times; with MeterValues and with NotifyEvent, of which a station sends one.",
        requirements: &["J01.FR.18"],
        steps: &[IDLE, IDLE, IDLE],
        ..CASE
    },
    Case {
        id: "TC_J_02_CSMS",
        name: "Clock-aligned Meter Values - Transaction ongoing",
        about: "As J_01 for the EVSEs where nobody charges; the meter of the transaction is told with it. Sample.Circle is a slip.",
        requirements: &["J01.FR.18"],
        steps: &[
            CHARGING,
            BUSY,
            BUSY,
            kept(
                "kept",
                &[register("/meterLast", "what the meter says", |lab| {
                    json!(register_now(lab))
                })],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_J_03_CSMS",
        name: "Clock-aligned Meter Values - EventType Ended",
        about: "The end of a transaction brings values that were read on the clock.",
        requirements: &["J01.FR.18"],
        steps: &[
            CHARGING,
            ends!("EVDisconnected, with clock-aligned values", |lab| series(
                lab,
                lab.parameters.aligned_interval,
                "Sample.Clock",
                reading
            )),
            ended!(
                "EVDisconnected",
                register("/meterStop", "what the meter says", |lab| json!(
                    register_now(lab)
                ))
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_J_04_CSMS",
        name: "Clock-aligned Meter Values - Signed",
        about: "The same, signed by the meter.",
        requirements: &["J01.FR.21"],
        steps: &[
            CHARGING,
            ends!("EVDisconnected, with signed clock-aligned values", |lab| {
                series(lab, lab.parameters.aligned_interval, "Sample.Clock", signed)
            }),
            ended!(
                "EVDisconnected",
                register("/meterStop", "what the meter says", |lab| json!(
                    register_now(lab)
                ))
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_J_07_CSMS",
        name: "Sampled Meter Values - EventType Started - EVSE known",
        about: "The begin of a transaction brings a value.",
        requirements: &["J02.FR.19"],
        steps: &[
            CONNECTED_METERED,
            kept(
                "kept",
                &[register("/meterStart", "what the meter says", |lab| {
                    json!(register_now(lab))
                })],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_J_08_CSMS",
        name: "Sampled Meter Values - Context Transaction.Begin - EVSE not known",
        about: "The first value comes when the EVSE is known. Part 5 calls the case Context Transaction.Start.",
        requirements: &["J02.FR.19"],
        steps: &[
            AUTHORIZED,
            CONNECTED_METERED,
            CHARGES,
            kept(
                "kept",
                &[register("/meterStart", "what the meter says", |lab| {
                    json!(register_now(lab))
                })],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_J_09_CSMS",
        name: "Sampled Meter Values - EventType Updated",
        about: "Three samples of a transaction.",
        requirements: &["J02.FR.19"],
        steps: &[
            CHARGING,
            PERIODIC,
            PERIODIC,
            PERIODIC,
            kept(
                "kept",
                &[register("/meterLast", "what the meter says", |lab| {
                    json!(register_now(lab))
                })],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_J_10_CSMS",
        name: "Sampled Meter Values - EventType Ended",
        about: "The end of a transaction brings samples.",
        requirements: &["J02.FR.19"],
        steps: &[
            CHARGING,
            ends!("EVDisconnected, with samples", |lab| series(
                lab,
                lab.parameters.sample_interval,
                "Sample.Periodic",
                reading
            )),
            ended!(
                "EVDisconnected",
                register("/meterStop", "what the meter says", |lab| json!(
                    register_now(lab)
                ))
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_J_11_CSMS",
        name: "Sampled Meter Values - Signed",
        about: "The same, signed by the meter.",
        requirements: &["J02.FR.21"],
        steps: &[
            CHARGING,
            ends!("EVDisconnected, with signed samples", |lab| series(
                lab,
                lab.parameters.sample_interval,
                "Sample.Periodic",
                signed
            )),
            ended!(
                "EVDisconnected",
                register("/meterStop", "what the meter says", |lab| json!(
                    register_now(lab)
                ))
            ),
        ],
        ..CASE
    },
];
