//! Sampled meter values: J02.

use super::super::{CASE, start_point};
use super::{complete, measurands, regular, signed, signs, values};
use crate::case::{Case, Setting};
use crate::lab::{Lab, Message};
use crate::mutation::{Change::*, fails};
use crate::step::{State, Step, by_hand};
use crate::unmet::Failed;

const BEGIN: &[&str] = &["Transaction.Begin"];
const ONE_VALUE: &str = r#"[{"timestamp": "2024-05-15T12:00:20Z", "sampledValue": [
    {"value": 1, "context": "Transaction.Begin", "measurand": "Voltage"},
    {"value": 1, "context": "Transaction.End", "measurand": "Voltage"},
    {"value": 1, "context": "Sample.Periodic", "measurand": "Voltage"}]}]"#;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_J_07_CS",
        name: "Sampled Meter Values - EventType Started - EVSE known",
        about: "The beginning of a transaction has meter values with all measurands.",
        requirements: &[
            "J02.FR.01", "J02.FR.02", "J02.FR.03", "J02.FR.04", "J02.FR.10", "E01.FR.09",
            "E02.FR.09", "E03.FR.07", "E04.FR.05", "E05.FR.05",
        ],
        applies: |product| start_point(product, "EVConnected", "no start at EVConnected (C-09.1)"),
        config: &[Setting::or_fixed("TxCtrlr.TxStartPoint", |_| {
            "EVConnected".to_owned()
        })],
        steps: &[
            Step::State(State::ParkingBayOccupied),
            by_hand(
                "state EVConnectedPreSession; [begin] its TransactionEvent.req that starts the transaction has meter values \
                 in the context Transaction.Begin, [begin.measurands] with every measurand of \
                 SampledDataCtrlr.TxStartedMeasurands",
                |lab| {
                    begins(lab, State::EvConnectedPreSession, |event| {
                        event["eventType"] == "Started"
                    })
                },
                &[
                    fails(Remove("TransactionEvent", 0, "meterValue"), "begin"),
                    fails(
                        Replace("TransactionEvent", 0, "/meterValue", ONE_VALUE),
                        "begin.measurands",
                    ),
                ],
            ),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_J_08_CS",
        name: "Sampled Meter Values - Context Transaction.Start - EVSE not known",
        about: "A transaction that begins before the cable is plugged in: the first event that has an EVSE with a connector \
                while the car is connected has the meter values of the beginning. In the name part 6 writes \
                Transaction.Begin.",
        requirements: &[
            "J02.FR.01", "J02.FR.02", "J02.FR.03", "J02.FR.04", "J02.FR.10", "E01.FR.16",
            "E01.FR.17", "E03.FR.11", "E04.FR.11", "E05.FR.08",
        ],
        applies: |product| {
            start_point(product, "Authorized", "no start at Authorized (C-09.2)")?;
            match product.features.evse_selection_enforced {
                true => Err("the EVSE has to be selected first (AQ-8)"),
                false => Ok(()),
            }
        },
        config: &[Setting::or_fixed("TxCtrlr.TxStartPoint", |_| {
            "Authorized".to_owned()
        })],
        steps: &[
            Step::State(State::Authorized),
            by_hand(
                "state EnergyTransferStarted; [begin] the first TransactionEvent.req with an EVSE has meter values in the \
                 context Transaction.Begin, [begin.measurands] with every measurand of SampledDataCtrlr.TxStartedMeasurands",
                |lab| {
                    begins(lab, State::EnergyTransferStarted, |event| {
                        event["evse"].is_object()
                    })
                },
                &[
                    fails(Remove("TransactionEvent", 1, "meterValue"), "begin"),
                    fails(
                        Replace("TransactionEvent", 1, "/meterValue", ONE_VALUE),
                        "begin.measurands",
                    ),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_J_09_CS",
        name: "Sampled Meter Values - EventType Updated",
        about: "While somebody charges, meter values come at regular times, each with all measurands.",
        requirements: &[
            "J02.FR.01", "J02.FR.02", "J02.FR.03", "J02.FR.04", "J02.FR.10", "J02.FR.11",
            "J02.FR.14", "E02.FR.10", "E02.FR.11", "E03.FR.08", "E03.FR.09", "E04.FR.06",
            "E04.FR.09", "E11.FR.03", "E11.FR.06", "E12.FR.03", "E12.FR.06",
        ],
        config: &[Setting::new("SampledDataCtrlr.TxUpdatedInterval", |p| {
            p.sample_interval.to_string()
        })],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            by_hand(
                "[events] the station sends TransactionEvent.req with triggerReason MeterValuePeriodic, [events.measurands] \
                 with every measurand of SampledDataCtrlr.TxUpdatedMeasurands in the context Sample.Periodic\n     \
                 [events.interval] whose times lie SampledDataCtrlr.TxUpdatedInterval apart",
                updated,
                &[
                    fails(
                        ReplaceAll("TransactionEvent", "/meterValue", ONE_VALUE),
                        "events.measurands",
                    ),
                    fails(
                        Key("SampledDataCtrlr.TxUpdatedInterval", "5"),
                        "events.interval",
                    ),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_J_10_CS",
        name: "Sampled Meter Values - EventType Ended",
        about: "The end of a transaction has the meter values of regular times and of the end, each with all measurands \
                (erratum 6.2.65). Those of the beginning may be among them: the description names only the other two \
                contexts. How many there are is not checked.",
        requirements: &[
            "J02.FR.01", "J02.FR.02", "J02.FR.03", "J02.FR.04", "J02.FR.10", "E06.FR.11",
            "E06.FR.17", "E07.FR.08", "E07.FR.13", "E08.FR.09", "E09.FR.05", "E10.FR.04",
            "E12.FR.07",
        ],
        config: &[
            Setting::new("SampledDataCtrlr.TxEndedInterval", |p| {
                (p.transaction_duration / 4).to_string()
            }),
            Setting::new("AlignedDataCtrlr.TxEndedMeasurands", |_| String::new()),
        ],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            by_hand(
                "state ParkingBayUnoccupied; [ended] the TransactionEvent.req that ends the transaction has meter values in \
                 the context Sample.Periodic and [ended.end] Transaction.End, [ended.measurands] each with every measurand \
                 of SampledDataCtrlr.TxEndedMeasurands\n     [ended.interval] whose times lie \
                 SampledDataCtrlr.TxEndedInterval apart",
                |lab| {
                    let interval = lab.parameters.transaction_duration / 4;
                    let wanted = "SampledDataCtrlr.TxEndedMeasurands";
                    let contexts = ["Sample.Periodic", "Transaction.End"];
                    ended(lab, &contexts, wanted, interval).map(|_| ())
                },
                &[fails(
                    ReplaceAll("TransactionEvent", "/meterValue", ONE_VALUE),
                    "ended.measurands",
                )],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_J_11_CS",
        name: "Sampled Meter Values - Signed",
        about: "The end of a transaction has the signed meter values of regular times and of the end. Fiscal meters sign their \
                energy register: that is asked for of every meter value, with the public key as \
                PublicKeyWithSignedMeterValue says. Those of the beginning may be among them, as in TC_J_10_CS. How many \
                there are is not checked.",
        requirements: &["J02.FR.21"],
        applies: signs,
        config: &[
            Setting::new("SampledDataCtrlr.TxEndedInterval", |p| {
                (p.transaction_duration / 4).to_string()
            }),
            Setting::new("AlignedDataCtrlr.TxEndedMeasurands", |_| String::new()),
            Setting::on("SampledDataCtrlr.SignReadings"),
        ],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            by_hand(
                "state ParkingBayUnoccupied; [ended] the TransactionEvent.req that ends the transaction has meter values in \
                 the context Sample.Periodic and [ended.end] Transaction.End, [ended.measurands] each with every measurand \
                 of SampledDataCtrlr.TxEndedMeasurands, [ended.interval] whose times lie SampledDataCtrlr.TxEndedInterval \
                 apart\n     [ended.signed] whose registers are signed, [ended.key] with the public key if it is to be told",
                |lab| {
                    let interval = lab.parameters.transaction_duration / 4;
                    let wanted = "SampledDataCtrlr.TxEndedMeasurands";
                    let contexts = ["Sample.Periodic", "Transaction.End"];
                    let ended = ended(lab, &contexts, wanted, interval)?;
                    signed(lab, "ended", &ended, &contexts)
                },
                &[
                    fails(
                        ReplaceAll("TransactionEvent", "/meterValue", ONE_VALUE),
                        "ended.measurands",
                    ),
                    fails(
                        Key("SampledDataCtrlr.SignReadings", "false"),
                        "ended.signed",
                    ),
                    fails(
                        ReplaceAll(
                            "TransactionEvent",
                            "/meterValue/1/sampledValue/2/signedMeterValue/publicKey",
                            r#""no key""#,
                        ),
                        "ended.key",
                    ),
                ],
            ),
        ],
        ..CASE
    },
];

/// A state in which the event for which `is` holds has the meter values of the beginning.
fn begins(
    lab: &mut Lab<'_>,
    state: State,
    is: fn(&serde_json::Value) -> bool,
) -> Result<(), Failed> {
    let wanted = measurands(lab, "SampledDataCtrlr.TxStartedMeasurands")?;
    lab.taken.clear();
    lab.reach(state)?;
    let events = std::mem::take(&mut lab.taken);
    let first = events
        .iter()
        .find(|message| message.action == "TransactionEvent" && is(&message.payload));
    let begin = first.map(|first| values(first, BEGIN)).unwrap_or_default();
    if begin.is_empty() {
        let got = first.map_or("no event came".to_owned(), |first| {
            format!("it was {}", first.payload)
        });
        return lab.fail(
            "begin",
            "meter values with the context Transaction.Begin",
            got,
        );
    }
    complete(lab, "begin", &begin, &wanted)
}

fn updated(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let interval = lab.parameters.sample_interval;
    let wanted = measurands(lab, "SampledDataCtrlr.TxUpdatedMeasurands")?;
    let heard = lab.heard(4 * interval)?;
    let events: Vec<&Message> = heard
        .iter()
        .filter(|message| message.payload["triggerReason"] == "MeterValuePeriodic")
        .collect();
    if events.len() < 3 {
        let got = format!("{} came", events.len());
        return lab.fail(
            "events",
            "three TransactionEvent.req with MeterValuePeriodic",
            got,
        );
    }
    let mut times = Vec::new();
    for event in events {
        let periodic = values(event, &["Sample.Periodic"]);
        if periodic.is_empty() {
            let got = format!("it was {}", event.payload);
            return lab.fail("events.measurands", "the context Sample.Periodic", got);
        }
        complete(lab, "events", &periodic, &wanted)?;
        times.extend(periodic.into_iter().map(|(time, _)| time));
    }
    regular(lab, "events", &times, interval)
}

/// Ends the session; the end has meter values of these contexts, the first of them at regular times.
pub(super) fn ended(
    lab: &mut Lab<'_>,
    contexts: &[&str],
    key: &str,
    interval: u32,
) -> Result<Message, Failed> {
    let wanted = measurands(lab, key)?;
    lab.taken.clear();
    // The station's own time, which no bench shortens: several intervals.
    lab.wait(lab.parameters.transaction_duration)?;
    lab.reach(State::ParkingBayUnoccupied)?;
    let events = std::mem::take(&mut lab.taken).into_iter();
    let mut ended = events.filter(|message| message.payload["eventType"] == "Ended");
    let Some(ended) = ended.next() else {
        return lab.fail("ended", "a TransactionEvent.req with Ended", "none came");
    };
    let all = values(&ended, contexts);
    complete(lab, "ended", &all, &wanted)?;
    for (context, check) in contexts.iter().zip(["ended", "ended.end"]) {
        if values(&ended, &[*context]).is_empty() {
            let got = format!("it was {}", ended.payload);
            return lab.fail(
                check,
                format!("meter values with the context {context}"),
                got,
            );
        }
    }
    let regularly = values(&ended, &contexts[..1]);
    let times: Vec<&str> = regularly.iter().map(|(time, _)| *time).collect();
    regular(lab, "ended", &times, interval)?;
    Ok(ended)
}
