//! Clock-aligned meter values: J01.

use ocpp_types::DateTime;
use serde_json::Value;

use super::super::CASE;
use super::{complete, measurands, regular, signed, signs, values};
use crate::case::{Case, Setting};
use crate::lab::{Expected, Lab, Message};
use crate::mutation::{Change::*, fails};
use crate::step::{State, Step, by_hand};
use crate::unmet::Failed;

const INTERVAL: Setting = Setting::new("AlignedDataCtrlr.Interval", |p| {
    p.aligned_interval.to_string()
});
const IDLE_TOO: Setting =
    Setting::if_implemented("AlignedDataCtrlr.SendDuringIdle", |_| "false".to_owned());
const ENDED_INTERVAL: Setting = Setting::new("AlignedDataCtrlr.TxEndedInterval", |p| {
    (p.transaction_duration / 4).to_string()
});
const NO_SAMPLES_AT_END: Setting =
    Setting::new("SampledDataCtrlr.TxEndedMeasurands", |_| String::new());
/// Of the register of the preset's measurands.
const PUBLIC_KEY: &str = "/meterValue/0/sampledValue/2/signedMeterValue/publicKey";
const CONTEXT: &str = "/meterValue/0/sampledValue/0/context";
const NO_MEASURAND: &str = r#"[{"timestamp": "2024-05-15T12:00:20Z", "sampledValue": [
    {"value": 1, "context": "Sample.Clock", "measurand": "Voltage"}]}]"#;

/// Measured while the transaction runs.
const MEANWHILE: &str =
    r#"[{"timestamp": "2034-05-15T12:00:00Z", "sampledValue": [{"value": 1}]}]"#;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_J_01_CS",
        name: "Clock-aligned Meter Values - No transaction ongoing",
        about: "Where nobody charges, meter values come at regular times, each with all measurands: of three moments.",
        requirements: &[
            "J01.FR.01", "J01.FR.02", "J01.FR.03", "J01.FR.06", "J01.FR.07", "J01.FR.08",
            "J01.FR.14", "J01.FR.15",
        ],
        config: &[INTERVAL],
        steps: &[by_hand(
            "[values] the station sends MeterValues.req, of three moments\n       meterValue/0/sampledValue/0/context is \
             Sample.Clock, [values.measurands] with every measurand of AlignedDataCtrlr.Measurands\n     \
             [values.interval] whose times lie AlignedDataCtrlr.Interval apart",
            idle,
            &[
                fails(
                    ReplaceAll("MeterValues", "/meterValue", NO_MEASURAND),
                    "values.measurands",
                ),
                fails(Key("AlignedDataCtrlr.Interval", "10"), "values.interval"),
                fails(DropAll("MeterValues"), "values"),
            ],
        )],
        ..CASE
    },
    Case {
        id: "TC_J_02_CS",
        name: "Clock-aligned Meter Values - Transaction ongoing",
        about: "Where somebody charges, meter values of the EVSE come in TransactionEvents, those of others and of the main \
                meter in MeterValues (errata 6.2.63, 6.2.64: measurands may come for several phases and places). Both have \
                every measurand, at regular times. A station may use MeterValues for the EVSE too, instead of events (J01.FR.22).",
        requirements: &[
            "J01.FR.01", "J01.FR.02", "J01.FR.03", "J01.FR.06", "J01.FR.07", "J01.FR.08",
            "J01.FR.14", "J01.FR.15",
        ],
        config: &[
            INTERVAL,
            IDLE_TOO,
            Setting::if_implemented("AlignedDataCtrlr.RegisterValuesWithoutPhases", |_| {
                "false".to_owned()
            }),
        ],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            by_hand(
                "[events] the station sends TransactionEvent.req with triggerReason MeterValueClock, [events.measurands] \
                 with every measurand of AlignedDataCtrlr.Measurands in the context Sample.Clock\n     [events.interval] \
                 whose times lie AlignedDataCtrlr.Interval apart\n     [values.measurands] [values.interval] MeterValues.req \
                 likewise, and [values] of the EVSE under test only if it has no such events",
                charging,
                &[
                    fails(
                        ReplaceAll("TransactionEvent", "/meterValue", NO_MEASURAND),
                        "events.measurands",
                    ),
                    fails(
                        ReplaceAll("MeterValues", "/meterValue", NO_MEASURAND),
                        "values.measurands",
                    ),
                    fails(ReplaceAll("MeterValues", "/evseId", "1"), "values"),
                    fails(Key("AlignedDataCtrlr.Interval", "10"), "events.interval"),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_J_03_CS",
        name: "Clock-aligned Meter Values - EventType Ended",
        about: "The end of a transaction has the meter values of regular times, each with all measurands. How many there are \
                is not checked, as the description says.",
        requirements: &[
            "J01.FR.01", "J01.FR.02", "J01.FR.03", "J01.FR.06", "J01.FR.07", "J01.FR.08",
            "J01.FR.14", "J01.FR.15", "E06.FR.11", "E06.FR.17", "E07.FR.08", "E07.FR.13",
            "E08.FR.09", "E09.FR.05", "E10.FR.04", "E12.FR.07",
        ],
        config: &[ENDED_INTERVAL, NO_SAMPLES_AT_END, IDLE_TOO],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            by_hand(
                "state ParkingBayUnoccupied; [ended] the TransactionEvent.req that ends the transaction has meter values in \
                 the context Sample.Clock, [ended.measurands] each with every measurand of AlignedDataCtrlr.TxEndedMeasurands\n     \
                 [ended.interval] whose times lie AlignedDataCtrlr.TxEndedInterval apart",
                |lab| {
                    let interval = lab.parameters.transaction_duration / 4;
                    let wanted = "AlignedDataCtrlr.TxEndedMeasurands";
                    super::sampled::ended(lab, &["Sample.Clock"], wanted, interval).map(|_| ())
                },
                &[fails(
                    ReplaceAll("TransactionEvent", "/meterValue", NO_MEASURAND),
                    "ended.measurands",
                )],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_J_04_CS",
        name: "Clock-aligned Meter Values - Signed",
        about: "The end of a transaction has the signed meter values of regular times. Fiscal meters sign their energy \
                register: that is asked for of every meter value, with the public key as PublicKeyWithSignedMeterValue says. How \
                many there are is not checked, as the description says.",
        requirements: &["J01.FR.21"],
        applies: signs,
        config: &[
            ENDED_INTERVAL,
            NO_SAMPLES_AT_END,
            IDLE_TOO,
            Setting::on("AlignedDataCtrlr.SignReadings"),
        ],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            by_hand(
                "state ParkingBayUnoccupied; [ended] the TransactionEvent.req that ends the transaction has meter values in \
                 the context Sample.Clock, [ended.measurands] each with every measurand of \
                 AlignedDataCtrlr.TxEndedMeasurands, [ended.interval] whose times lie AlignedDataCtrlr.TxEndedInterval \
                 apart\n     [ended.signed] whose registers are signed, [ended.key] with the public key if it is to be told",
                |lab| {
                    let interval = lab.parameters.transaction_duration / 4;
                    let wanted = "AlignedDataCtrlr.TxEndedMeasurands";
                    let ended = super::sampled::ended(lab, &["Sample.Clock"], wanted, interval)?;
                    signed(lab, "ended", &ended, &["Sample.Clock"])
                },
                &[
                    fails(
                        ReplaceAll("TransactionEvent", "/meterValue", NO_MEASURAND),
                        "ended.measurands",
                    ),
                    fails(
                        Key("AlignedDataCtrlr.SignReadings", "false"),
                        "ended.signed",
                    ),
                    fails(
                        ReplaceAll("TransactionEvent", PUBLIC_KEY, r#""no key""#),
                        "ended.key",
                    ),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_J_06_CS",
        name: "Clock-aligned Meter Values - No Meter Values during transaction",
        about: "Meter values come while nobody charges, of two moments before a transaction and of two after it, and none while \
                it runs. Sampled values would be meter values, too: their lists are empty. The EVSEs of one moment may have \
                messages of their own.",
        requirements: &["J01.FR.20"],
        applies: |product| match product.v2_0_1.aligned_idle_only {
            true => Ok(()),
            false => Err("values while idle cannot be all (C-28)"),
        },
        config: &[
            INTERVAL,
            Setting::on("AlignedDataCtrlr.SendDuringIdle"),
            Setting::new("SampledDataCtrlr.TxStartedMeasurands", |_| String::new()),
            Setting::new("SampledDataCtrlr.TxUpdatedMeasurands", |_| String::new()),
        ],
        steps: &[
            by_hand(
                "[before] the station sends MeterValues.req, of two moments\n       meterValue/0/sampledValue/0/context is \
                 Sample.Clock, [before.measurands] with every measurand of AlignedDataCtrlr.Measurands\n     \
                 [before.interval] whose times lie AlignedDataCtrlr.Interval apart",
                |lab| idle_moments(lab, "before", 2),
                &[
                    fails(
                        ReplaceAll("MeterValues", "/meterValue", NO_MEASURAND),
                        "before.measurands",
                    ),
                    fails(Key("AlignedDataCtrlr.Interval", "10"), "before.interval"),
                    fails(DropAll("MeterValues"), "before"),
                ],
            ),
            by_hand(
                "states EnergyTransferStarted, and ParkingBayUnoccupied an interval and 5 s later; [during] no MeterValues.req \
                 and no TransactionEvent.req with meterValue comes while the transaction runs",
                nothing_meanwhile,
                &[
                    fails(Key("AlignedDataCtrlr.SendDuringIdle", "false"), "during"),
                    fails(
                        Replace("TransactionEvent", 1, "/meterValue", MEANWHILE),
                        "during",
                    ),
                ],
            ),
            by_hand(
                "[after] the same as before the transaction, with [after.measurands] and [after.interval]",
                |lab| idle_moments(lab, "after", 2),
                &[],
            ),
        ],
        ..CASE
    },
];

fn idle(lab: &mut Lab<'_>) -> Result<(), Failed> {
    idle_moments(lab, "values", 3)
}

/// Meter values of so many moments at which nobody charges.
fn idle_moments(lab: &mut Lab<'_>, label: &str, moments: usize) -> Result<(), Failed> {
    let interval = lab.parameters.aligned_interval;
    let wanted = measurands(lab, "AlignedDataCtrlr.Measurands")?;
    let limit = std::time::Duration::from_secs((2 * interval + 5).into());
    let mut messages: Vec<Message> = Vec::new();
    loop {
        let message = Expected::new(label, "MeterValues").with(CONTEXT, "Sample.Clock");
        let message = lab.expect(message.within(limit).optional())?;
        complete(lab, label, &values(&message, &["Sample.Clock"]), &wanted)?;
        messages.push(message);
        let times = times(&messages);
        if times.len() >= moments {
            return regular(lab, label, &times, interval);
        }
    }
}

/// A session in which no meter values come between the beginning and the end of the transaction.
fn nothing_meanwhile(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let since = lab.trace().len();
    lab.reach(State::EnergyTransferStarted)?;
    lab.wait(lab.parameters.aligned_interval + 5)?;
    lab.reach(State::ParkingBayUnoccupied)?;
    let time = |value: &Value| value["timestamp"].as_str()?.parse::<DateTime>().ok();
    let mut began: Option<DateTime> = None;
    for (action, payload) in lab.requests_since(since) {
        let ends = payload["eventType"] == "Ended";
        if payload["eventType"] == "Started" {
            began = time(&payload);
        }
        let mut values = payload["meterValue"].as_array().into_iter().flatten();
        // What was measured before, and told late, is not meant.
        let within = |began| values.any(|value| time(value).is_none_or(|time| time >= began));
        let told = action == "MeterValues" || action == "TransactionEvent" && !ends;
        if told && began.is_some_and(within) {
            let expected = "no meter values while the transaction runs";
            return lab.fail("during", expected, format!("{action}.req {payload} came"));
        }
        if ends {
            began = None;
        }
    }
    Ok(())
}

/// The moments at which was measured, each once.
fn times(messages: &[Message]) -> Vec<&str> {
    let mut all: Vec<&str> = messages
        .iter()
        .flat_map(|message| values(message, &["Sample.Clock"]))
        .map(|(time, _)| time)
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn charging(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let interval = lab.parameters.aligned_interval;
    let here = lab.parameters.connector;
    let wanted = measurands(lab, "AlignedDataCtrlr.Measurands")?;
    let duration = 3 * interval + 2;
    let heard = lab.heard(duration)?;
    let of = |action: &str, trigger: Option<&str>| -> Vec<Message> {
        let of = heard.iter().filter(|message| {
            let reason = message.payload["triggerReason"].as_str();
            message.action == action && trigger.is_none_or(|trigger| reason == Some(trigger))
        });
        of.cloned().collect()
    };
    let events = of("TransactionEvent", Some("MeterValueClock"));
    let others = of("MeterValues", None);
    let own = others
        .iter()
        .find(|message| message.payload["evseId"] == here);
    match (events.is_empty(), own) {
        (true, None) => {
            let expected = "TransactionEvent.req with MeterValueClock, or MeterValues.req of the EVSE under test";
            return lab.fail("events", expected, "none came");
        }
        (false, Some(own)) => {
            let expected = "no MeterValues.req of the EVSE under test besides its events";
            return lab.fail("values", expected, format!("it was {}", own.payload));
        }
        _ => {}
    }
    for event in &events {
        complete_clock(lab, "events", event, &wanted)?;
    }
    for message in &others {
        complete_clock(lab, "values", message, &wanted)?;
    }
    regular(lab, "events", &times(&events), interval)?;
    regular(lab, "values", &times(&others), interval)
}

fn complete_clock(
    lab: &Lab<'_>,
    label: &str,
    message: &Message,
    wanted: &[String],
) -> Result<(), Failed> {
    let clock = values(message, &["Sample.Clock"]);
    if clock.is_empty() {
        let got = format!("it was {}", message.payload);
        return lab.fail(
            format!("{label}.measurands"),
            "the context Sample.Clock",
            got,
        );
    }
    complete(lab, label, &clock, wanted)
}
