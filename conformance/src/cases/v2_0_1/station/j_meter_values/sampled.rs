//! Sampled meter values: J02.

use super::super::CASE;
use super::{
    begins_in, complete, complete_together, enough, first_contexts, joined, measurands, moments,
    regular, signed, signs, values,
};
use crate::case::{Case, Setting};
use crate::lab::{AT_EVSE, BEFORE_PLUG, Lab, Message};
use crate::mutation::{Change::*, Mutation, fails};
use crate::product::Product;
use crate::step::{State, Step, by_hand};
use crate::unmet::Failed;

const BEGIN: &[&str] = &["Transaction.Begin"];
const ONE_VALUE: &str = r#"[{"timestamp": "2024-05-15T12:00:20Z", "sampledValue": [
    {"value": 1, "context": "Transaction.Begin", "measurand": "Voltage"},
    {"value": 1, "context": "Transaction.End", "measurand": "Voltage"},
    {"value": 1, "context": "Sample.Periodic", "measurand": "Voltage"}]}]"#;
const ONE_SAMPLE: &str = r#"[{"timestamp": "2024-05-15T12:00:20Z", "sampledValue": [
    {"value": 1, "context": "Sample.Periodic", "measurand": "Voltage"}]}]"#;
/// The values of the beginning are there, and others before them.
const LATE_CONTEXT: &str = r#"[{"timestamp": "2024-05-15T12:00:20Z", "sampledValue": [
    {"value": 1, "context": "Sample.Periodic"},
    {"value": 1, "context": "Transaction.Begin", "measurand": "Voltage"}]}]"#;
const CONTEXT: &str = "/meterValue/0/sampledValue/0/context";
/// The context of the second meter value of an event: only those that end transactions have so many.
const SECOND_CONTEXT: &str = "/meterValue/1/sampledValue/0/context";

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_J_07_CS",
        name: "Sampled Meter Values - EventType Started - EVSE known",
        about: "The beginning of a transaction has meter values with all measurands. The start point is EVConnected, or another \
                one at which the EVSE is known, for a station without that.",
        requirements: &[
            "J02.FR.01", "J02.FR.02", "J02.FR.03", "J02.FR.04", "J02.FR.10", "E01.FR.09",
            "E02.FR.09", "E03.FR.07", "E04.FR.05", "E05.FR.05",
        ],
        applies: |product| {
            starts_at_any(
                product,
                AT_EVSE,
                "no start at which the EVSE is known (C-09.1 to C-09.5)",
            )
        },
        config: &[Setting::or_fixed("TxCtrlr.TxStartPoint", |p| {
            p.start_at_evse.to_owned()
        })],
        steps: &[
            Step::State(State::ParkingBayOccupied),
            by_hand(
                "states EVConnectedPreSession and EnergyTransferStarted; [begin] [begin.context] their TransactionEvent.req \
                 that starts the transaction has meter values in the context Transaction.Begin, [begin.measurands] with every \
                 measurand of SampledDataCtrlr.TxStartedMeasurands",
                |lab| {
                    let states = [State::EvConnectedPreSession, State::EnergyTransferStarted];
                    begins(lab, &states, |event| event["eventType"] == "Started")
                },
                &[
                    fails(Remove("TransactionEvent", 0, "meterValue"), "begin"),
                    fails(
                        Replace("TransactionEvent", 0, "/meterValue", ONE_VALUE),
                        "begin.measurands",
                    ),
                    fails(
                        Replace("TransactionEvent", 0, "/meterValue", LATE_CONTEXT),
                        "begin.context",
                    ),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_J_08_CS",
        name: "Sampled Meter Values - Context Transaction.Start - EVSE not known",
        about: "A transaction that begins before the cable is plugged in, at Authorized, or at ParkingBayOccupancy for a \
                station without that: the first event that has an EVSE with a connector while the car is connected has the \
                meter values of the beginning. In the name part 6 writes Transaction.Begin.",
        requirements: &[
            "J02.FR.01", "J02.FR.02", "J02.FR.03", "J02.FR.04", "J02.FR.10", "E01.FR.16",
            "E01.FR.17", "E03.FR.11", "E04.FR.11", "E05.FR.08",
        ],
        applies: |product| {
            let otherwise = "no start at Authorized or ParkingBayOccupancy (C-09.2, C-09.6)";
            starts_at_any(product, BEFORE_PLUG, otherwise)?;
            match product.features.evse_selection_enforced {
                true => Err("the EVSE has to be selected first (AQ-8)"),
                false => Ok(()),
            }
        },
        config: &[Setting::or_fixed("TxCtrlr.TxStartPoint", |p| {
            p.start_before_plug.to_owned()
        })],
        steps: &[
            by_hand(
                "state ParkingBayOccupied where transactions start there",
                |lab| match lab.parameters.start_before_plug {
                    "ParkingBayOccupancy" => lab.reach(State::ParkingBayOccupied),
                    _ => Ok(()),
                },
                &[],
            ),
            Step::State(State::Authorized),
            by_hand(
                "state EnergyTransferStarted; [begin] [begin.context] the first TransactionEvent.req with an EVSE has meter \
                 values in the context Transaction.Begin, [begin.measurands] with every measurand of SampledDataCtrlr.TxStartedMeasurands",
                |lab| {
                    begins(lab, &[State::EnergyTransferStarted], |event| {
                        event["evse"].is_object()
                    })
                },
                &[
                    fails(Remove("TransactionEvent", 1, "meterValue"), "begin"),
                    fails(
                        Replace("TransactionEvent", 1, "/meterValue", ONE_VALUE),
                        "begin.measurands",
                    ),
                    fails(
                        Replace("TransactionEvent", 1, "/meterValue", LATE_CONTEXT),
                        "begin.context",
                    ),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_J_09_CS",
        name: "Sampled Meter Values - EventType Updated",
        about: "While somebody charges, meter values come at regular times, of three moments at least, each with all measurands. \
                There may be several events for one moment.",
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
                "[events] the station sends TransactionEvent.req with eventType Updated and triggerReason MeterValuePeriodic, \
                 [events.context] [events.measurands] with every measurand of SampledDataCtrlr.TxUpdatedMeasurands in the \
                 context Sample.Periodic\n     \
                 [events.interval] whose times lie SampledDataCtrlr.TxUpdatedInterval apart",
                updated,
                &[
                    fails(
                        ReplaceAll("TransactionEvent", "/meterValue", ONE_SAMPLE),
                        "events.measurands",
                    ),
                    fails(
                        ReplaceAll("TransactionEvent", CONTEXT, r#""Sample.Clock""#),
                        "events.context",
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
                contexts. That there are two at regular times is checked, how many more is not.",
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
                &[
                    fails(
                        ReplaceAll("TransactionEvent", "/meterValue", ONE_VALUE),
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
                    ENDS_IN_OTHER_CONTEXT,
                    ENDS_WITHOUT,
                    ENDS_TOO_OFTEN,
                    ENDS_TOO_SELDOM,
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

/// Whether transactions can start at one of these points.
fn starts_at_any(
    product: &Product,
    points: &[&str],
    otherwise: &'static str,
) -> Result<(), &'static str> {
    let mut has = points.iter();
    match has.any(|point| product.v2_0_1.start_points.contains(point)) {
        true => Ok(()),
        false => Err(otherwise),
    }
}

pub(super) const ENDS_IN_OTHER_CONTEXT: Mutation = fails(
    ReplaceAll("TransactionEvent", SECOND_CONTEXT, r#""Other""#),
    "ended.context",
);
const ENDS_WITHOUT: Mutation = fails(Key("SampledDataCtrlr.TxEndedMeasurands", ""), "ended");
const ENDS_TOO_OFTEN: Mutation = fails(
    Key("SampledDataCtrlr.TxEndedInterval", "2"),
    "ended.interval",
);
const ENDS_TOO_SELDOM: Mutation = fails(
    Key("SampledDataCtrlr.TxEndedInterval", "15"),
    "ended.interval",
);

/// States in which the event for which `is` holds has the meter values of the beginning.
fn begins(
    lab: &mut Lab<'_>,
    states: &[State],
    is: fn(&serde_json::Value) -> bool,
) -> Result<(), Failed> {
    let wanted = measurands(lab, "SampledDataCtrlr.TxStartedMeasurands")?;
    lab.taken.clear();
    for state in states {
        lab.reach(*state)?;
    }
    let events = std::mem::take(&mut lab.taken);
    let mut events = events.iter();
    let first = events.find(|message| message.action == "TransactionEvent" && is(&message.payload));
    let Some(first) = first.filter(|first| !values(first, BEGIN).is_empty()) else {
        let expected = "meter values with the context Transaction.Begin";
        let got = first.map_or("no event came".to_owned(), |first| {
            format!("it was {}", first.payload)
        });
        return lab.fail("begin", expected, got);
    };
    begins_in(lab, "begin", first, BEGIN[0])?;
    complete(lab, "begin", &values(first, BEGIN), &wanted)
}

fn updated(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let interval = lab.parameters.sample_interval;
    let wanted = measurands(lab, "SampledDataCtrlr.TxUpdatedMeasurands")?;
    let heard = lab.heard(4 * interval)?.into_iter();
    let events: Vec<Message> = heard
        .filter(|message| {
            let payload = &message.payload;
            payload["triggerReason"] == "MeterValuePeriodic" && payload["eventType"] == "Updated"
        })
        .collect();
    if events.is_empty() {
        let expected = "TransactionEvent.req with Updated and MeterValuePeriodic";
        return lab.fail("events", expected, "none came");
    }
    for event in &events {
        begins_in(lab, "events", event, "Sample.Periodic")?;
    }
    let all = joined(&events, &["Sample.Periodic"]);
    complete_together(lab, "events", &all, 3, &wanted)?;
    let moments: Vec<_> = all.into_keys().map(|(_, time)| time).collect();
    enough(lab, "events", moments.len(), 3)?;
    regular(lab, "events", &moments, interval)
}

/// Ends the session; the end has meter values of these contexts, the first of them at regular times. Beside them only those of
/// the beginning may be there, where those of the end are.
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
    let begin = BEGIN.iter().filter(|_| contexts.len() > 1);
    let may: Vec<&str> = contexts.iter().chain(begin).copied().collect();
    if let Some(other) = first_contexts(&ended).find(|context| !may.contains(context)) {
        let expected = format!("the contexts {}", may.join(", "));
        return lab.fail("ended.context", expected, format!("one was {other}"));
    }
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
    let moments = moments(&times);
    enough(lab, "ended", moments.len(), 2)?;
    regular(lab, "ended", &moments, interval)?;
    Ok(ended)
}
