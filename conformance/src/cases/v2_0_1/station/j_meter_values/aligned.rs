//! Clock-aligned meter values: J01.

use ocpp_types::DateTime;
use serde_json::Value;

use super::super::CASE;
use super::sampled::{ENDS_IN_OTHER_CONTEXT, ended};
use super::{begins_in, complete_together, enough, joined, measurands, regular, signed, signs};
use crate::case::{Case, Setting};
use crate::lab::{Expected, Lab, Message};
use crate::mutation::{Change::*, Mutation, fails};
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
/// How many moments there are in three intervals.
const CHARGING_MOMENTS: usize = 3;
const CLOCK: &[&str] = &["Sample.Clock"];
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
                every measurand, at regular times, and what is told of the EVSE is of three moments at least. There may be several \
                messages for one moment. A station may use MeterValues for the EVSE too, instead of events (J01.FR.22).",
        requirements: &[
            "J01.FR.01", "J01.FR.02", "J01.FR.03", "J01.FR.06", "J01.FR.07", "J01.FR.08",
            "J01.FR.14", "J01.FR.15",
        ],
        config: &[
            INTERVAL,
            IDLE_TOO,
            Setting::if_implemented("SampledDataCtrlr.RegisterValuesWithoutPhases", |_| {
                "false".to_owned()
            }),
        ],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            by_hand(
                "[events] the station sends TransactionEvent.req with triggerReason MeterValueClock, [events.context] \
                 [events.measurands] with every measurand of AlignedDataCtrlr.Measurands in the context Sample.Clock\n     [events.interval] \
                 whose times lie AlignedDataCtrlr.Interval apart\n     [values.context] [values.measurands] [values.interval] MeterValues.req \
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
                    fails(
                        ReplaceAll("TransactionEvent", CONTEXT, r#""Other""#),
                        "events.context",
                    ),
                    fails(
                        ReplaceAll("MeterValues", CONTEXT, r#""Other""#),
                        "values.context",
                    ),
                    fails(Key("AlignedDataCtrlr.Interval", "10"), "events.interval"),
                    fails(Key("AlignedDataCtrlr.Interval", "60"), "events.interval"),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_J_03_CS",
        name: "Clock-aligned Meter Values - EventType Ended",
        about: "The end of a transaction has the meter values of regular times, each with all measurands. That there are \
                two is checked; how many more is not, as the description says.",
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
                 the context Sample.Clock ([ended.context]: of nothing else), [ended.measurands] each with every measurand of AlignedDataCtrlr.TxEndedMeasurands\n     \
                 [ended.interval] whose times lie AlignedDataCtrlr.TxEndedInterval apart",
                |lab| {
                    let interval = lab.parameters.transaction_duration / 4;
                    let wanted = "AlignedDataCtrlr.TxEndedMeasurands";
                    ended(lab, &["Sample.Clock"], wanted, interval).map(|_| ())
                },
                &[
                    fails(
                        ReplaceAll("TransactionEvent", "/meterValue", NO_MEASURAND),
                        "ended.measurands",
                    ),
                    ENDS_IN_OTHER_CONTEXT,
                    ENDS_WITHOUT,
                    ENDS_TOO_OFTEN,
                    ENDS_TOO_SELDOM,
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_J_04_CS",
        name: "Clock-aligned Meter Values - Signed",
        about: "The end of a transaction has the signed meter values of regular times. Fiscal meters sign their energy \
                register: that is asked for of every meter value, with the public key as PublicKeyWithSignedMeterValue says. That \
                there are two is checked; how many more is not, as the description says.",
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
                 the context Sample.Clock ([ended.context]: of nothing else), [ended.measurands] each with every measurand of \
                 AlignedDataCtrlr.TxEndedMeasurands, [ended.interval] whose times lie AlignedDataCtrlr.TxEndedInterval \
                 apart\n     [ended.signed] whose registers are signed, [ended.key] with the public key if it is to be told",
                |lab| {
                    let interval = lab.parameters.transaction_duration / 4;
                    let wanted = "AlignedDataCtrlr.TxEndedMeasurands";
                    let ended = ended(lab, &["Sample.Clock"], wanted, interval)?;
                    signed(lab, "ended", &ended, &["Sample.Clock"])
                },
                &[
                    fails(
                        ReplaceAll("TransactionEvent", "/meterValue", NO_MEASURAND),
                        "ended.measurands",
                    ),
                    ENDS_IN_OTHER_CONTEXT,
                    ENDS_WITHOUT,
                    ENDS_TOO_OFTEN,
                    ENDS_TOO_SELDOM,
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

const ENDS_WITHOUT: Mutation = fails(Key("AlignedDataCtrlr.TxEndedMeasurands", ""), "ended");
const ENDS_TOO_OFTEN: Mutation = fails(
    Key("AlignedDataCtrlr.TxEndedInterval", "2"),
    "ended.interval",
);
const ENDS_TOO_SELDOM: Mutation = fails(
    Key("AlignedDataCtrlr.TxEndedInterval", "15"),
    "ended.interval",
);

fn idle(lab: &mut Lab<'_>) -> Result<(), Failed> {
    idle_moments(lab, "values", 3)
}

/// Meter values of so many moments at which nobody charges.
fn idle_moments(lab: &mut Lab<'_>, label: &str, moments: usize) -> Result<(), Failed> {
    let interval = lab.parameters.aligned_interval;
    let wanted = measurands(lab, "AlignedDataCtrlr.Measurands")?;
    let limit = std::time::Duration::from_secs((2 * interval + 5).into());
    let long_enough = lab.now() + limit.as_millis() as u64 * moments as u64;
    let expected = Expected::new(label, "MeterValues").with(CONTEXT, "Sample.Clock");
    let mut messages: Vec<Message> = Vec::new();
    while times(&messages).len() < moments && lab.now() < long_enough {
        messages.push(lab.expect(expected.clone().within(limit).optional())?);
    }
    // More of the last moment may be under way.
    let soon = std::time::Duration::from_secs(2);
    while let Some(message) = lab.maybe(&expected.clone().within(soon).optional())? {
        messages.push(message);
    }
    let all = joined(&messages, CLOCK);
    complete_together(lab, label, &all, moments, &wanted)?;
    let times = times(&messages);
    enough(lab, label, times.len(), moments)?;
    regular(lab, label, &times, interval)
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

/// The moments at which was measured, each once, in order.
fn times(messages: &[Message]) -> Vec<DateTime> {
    let all = joined(messages, CLOCK).into_keys();
    let mut times: Vec<DateTime> = all.map(|(_, time)| time).collect();
    times.sort();
    times.dedup();
    times
}

fn charging(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let interval = lab.parameters.aligned_interval;
    let here = lab.parameters.connector;
    let wanted = measurands(lab, "AlignedDataCtrlr.Measurands")?;
    let heard = lab.heard(3 * interval + 2)?;
    let of = |is: &dyn Fn(&Message) -> bool| -> Vec<Message> {
        heard
            .iter()
            .filter(|message| is(message))
            .cloned()
            .collect()
    };
    let events = of(&|message| {
        let trigger = &message.payload["triggerReason"];
        message.action == "TransactionEvent" && trigger == "MeterValueClock"
    });
    let others = of(&|message| message.action == "MeterValues");
    let own = of(&|message| message.action == "MeterValues" && message.payload["evseId"] == here);
    match (events.is_empty(), own.first()) {
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
    for (label, messages) in [("events", &events), ("values", &others)] {
        for message in messages {
            begins_in(lab, label, message, CLOCK[0])?;
        }
        complete_together(
            lab,
            label,
            &joined(messages, CLOCK),
            CHARGING_MOMENTS,
            &wanted,
        )?;
    }
    let told = if own.is_empty() { &events } else { &own };
    enough(lab, "events", times(told).len(), CHARGING_MOMENTS)?;
    regular(lab, "events", &times(&events), interval)?;
    regular(lab, "values", &times(&others), interval)
}
