//! Clock-aligned meter values: J01.

use super::super::CASE;
use super::{complete, measurands, regular, values};
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
const CONTEXT: &str = "/meterValue/0/sampledValue/0/context";
const NO_MEASURAND: &str = r#"[{"timestamp": "2024-05-15T12:00:20Z", "sampledValue": [
    {"value": 1, "context": "Sample.Clock", "measurand": "Voltage"}]}]"#;

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
                every measurand, at regular times. At least one of the two has to come.",
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
                 of other EVSEs likewise, and [values] none of the EVSE under test",
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
        config: &[
            Setting::new("AlignedDataCtrlr.TxEndedInterval", |p| {
                (p.transaction_duration / 4).to_string()
            }),
            Setting::new("SampledDataCtrlr.TxEndedMeasurands", |_| String::new()),
            IDLE_TOO,
        ],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            by_hand(
                "state ParkingBayUnoccupied; [ended] the TransactionEvent.req that ends the transaction has meter values in \
                 the context Sample.Clock, [ended.measurands] each with every measurand of AlignedDataCtrlr.TxEndedMeasurands\n     \
                 [ended.interval] whose times lie AlignedDataCtrlr.TxEndedInterval apart",
                |lab| {
                    let interval = lab.parameters.transaction_duration / 4;
                    let wanted = "AlignedDataCtrlr.TxEndedMeasurands";
                    super::sampled::ended(lab, &["Sample.Clock"], wanted, interval)
                },
                &[fails(
                    ReplaceAll("TransactionEvent", "/meterValue", NO_MEASURAND),
                    "ended.measurands",
                )],
            ),
        ],
        ..CASE
    },
];

fn idle(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let interval = lab.parameters.aligned_interval;
    let wanted = measurands(lab, "AlignedDataCtrlr.Measurands")?;
    let limit = std::time::Duration::from_secs((2 * interval + 5).into());
    let mut messages: Vec<Message> = Vec::new();
    loop {
        let message = Expected::new("values", "MeterValues").with(CONTEXT, "Sample.Clock");
        let message = lab.expect(message.within(limit).optional())?;
        complete(lab, "values", &values(&message, &["Sample.Clock"]), &wanted)?;
        messages.push(message);
        let times = times(&messages);
        if times.len() >= 3 {
            return regular(lab, "values", &times, interval);
        }
    }
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
    if events.is_empty() {
        return lab.fail(
            "events",
            "TransactionEvent.req with MeterValueClock",
            "none came",
        );
    }
    for event in &events {
        complete_clock(lab, "events", event, &wanted)?;
    }
    for message in &others {
        if message.payload["evseId"] == here {
            let got = format!("it was {}", message.payload);
            return lab.fail("values", "no MeterValues.req of the EVSE under test", got);
        }
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
