//! Meter values: TC_070 and TC_071.

use std::time::Duration;

use ocpp_types::DateTime;
use serde_json::Value;

use super::CASE;
use crate::case::{Case, Setting};
use crate::lab::{Expected, Lab, Message};
use crate::mutation::{Change::*, fails};
use crate::unmet::Failed;

const CONTEXT: &str = "/meterValue/0/sampledValue/0/context";
const TIMESTAMP: &str = "/meterValue/0/timestamp";

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_070_CS",
        name: "Sampled Meter Values",
        about: "Three intervals of sampled values with all measurands that are configured, and no others. Decided: an \
                omitted context, the default of the protocol, is fine.",
        requirements: &[
            "1.6 section 3.16.2",
            "1.6 section 4.7",
            "1.6 section 9.1.17",
        ],
        config: &[
            Setting::new("MeterValueSampleInterval", |p| {
                p.sample_interval.to_string()
            }),
            Setting::new("ClockAlignedDataInterval", |_| "0".to_owned()),
        ],
        run: |lab| {
            let interval = lab.parameters.sample_interval;
            let key = "MeterValuesSampledData";
            collect(lab, key, interval, "Sample.Periodic").map(|_| ())
        },
        mutations: &[
            fails(Refuse("GetConfiguration", 0, "InternalError"), "measurands"),
            fails(DropAll("MeterValues"), "values.0"),
            fails(Drop("MeterValues", 1), "values.interval"),
            fails(
                Replace("MeterValues", 1, TIMESTAMP, r#""2024-05-15T12:00:00Z""#),
                "values.interval",
            ),
            fails(
                Replace("MeterValues", 0, "/transactionId", "5"),
                "values.0/transactionId",
            ),
            fails(
                Replace("MeterValues", 0, CONTEXT, r#""Sample.Clock""#),
                "values.0/meterValue",
            ),
            fails(
                Replace(
                    "MeterValues",
                    0,
                    "/meterValue/0/sampledValue/0/measurand",
                    r#""Voltage""#,
                ),
                "values.measurands",
            ),
            fails(
                Replace(
                    "MeterValues",
                    1,
                    "/meterValue/0/sampledValue/-",
                    r#"{"value": "1000", "measurand": "Energy.Active.Import.Register"}"#,
                ),
                "values.measurands",
            ),
            fails(
                Replace(
                    "MeterValues",
                    1,
                    "/meterValue/-",
                    r#"{"timestamp": "2024-05-15T12:00:20Z", "sampledValue": [{"value": "1020"}]}"#,
                ),
                "values.interval",
            ),
            fails(
                Replace(
                    "MeterValues",
                    0,
                    "/meterValue/0/sampledValue/0/location",
                    r#""EV""#,
                ),
                "values.0/meterValue",
            ),
            fails(
                Replace(
                    "MeterValues",
                    2,
                    "/meterValue/0/sampledValue/0/format",
                    r#""SignedData""#,
                ),
                "values.2/meterValue",
            ),
            fails(
                Replace(
                    "MeterValues",
                    2,
                    "/meterValue/0/sampledValue/0/value",
                    r#""1""#,
                ),
                "values.register",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_071_CS",
        name: "Clock-aligned Meter Values",
        about: "Three intervals of clock-aligned values, at multiples of the interval from midnight UTC. A product that \
                cannot go without samples takes them as seldom as it can. Values of other connectors and of the station \
                are not looked at.",
        requirements: &["1.6 section 3.16.3", "1.6 section 9.1.5"],
        config: &[
            Setting::new("MeterValueSampleInterval", |p| p.sample_seldom.to_string()),
            Setting::new("ClockAlignedDataInterval", |p| {
                p.aligned_interval.to_string()
            }),
        ],
        run: aligned,
        mutations: &[
            fails(DropAll("MeterValues"), "values.0"),
            fails(
                Replace("MeterValues", 2, TIMESTAMP, r#""2024-05-15T12:00:25Z""#),
                "values.interval",
            ),
            fails(
                Replace("MeterValues", 0, "/transactionId", "5"),
                "values.0/transactionId",
            ),
            fails(
                ReplaceAll("MeterValues", CONTEXT, r#""Sample.Periodic""#),
                "values.0",
            ),
            fails(
                Replace("MeterValues", 0, TIMESTAMP, r#""2024-05-15T12:00:20.900Z""#),
                "values.aligned",
            ),
            fails(
                Replace(
                    "MeterValues",
                    0,
                    "/meterValue/0/sampledValue/0/measurand",
                    r#""Voltage""#,
                ),
                "values.measurands",
            ),
        ],
        ..CASE
    },
];

/// How long before or after the moment it may have been measured, in milliseconds.
const MEASURED: i64 = 500;

fn aligned(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let interval = lab.parameters.aligned_interval;
    let key = "MeterValuesAlignedData";
    let values = collect(lab, key, interval, "Sample.Clock")?;
    let (day, period) = (86_400_000, i64::from(interval) * 1000);
    for time in values {
        let offset = time.unix_millis().rem_euclid(day) % period;
        if offset.min(period - offset) > MEASURED {
            let expected = format!("a multiple of {interval} s from midnight");
            return lab.fail("values.aligned", expected, format!("it was {time}"));
        }
    }
    Ok(())
}

fn samples(message: &Message) -> impl Iterator<Item = &Value> {
    let values = message.payload["meterValue"].as_array();
    values.into_iter().flatten()
}

/// The times of the samples of a MeterValues.
pub(super) fn times_of(message: &Message) -> Vec<DateTime> {
    let times = samples(message).filter_map(|sample| sample["timestamp"].as_str());
    times.filter_map(|time| time.parse().ok()).collect()
}

fn sampled(values: &Value) -> impl Iterator<Item = &Value> {
    let values = values.as_array().into_iter().flatten();
    values
        .filter_map(|value| value["sampledValue"].as_array())
        .flatten()
}

/// Raw, of the wanted context, and measured at the station, but for the state of charge.
fn proper(context: &'static str) -> impl Fn(&Value) -> bool {
    move |values| {
        sampled(values).all(|value| {
            let omitted = value.get("context").is_none() && context == "Sample.Periodic";
            let raw = value.get("format").is_none_or(|format| format == "Raw");
            let at_car = value["location"] == "EV" && value["measurand"] != "SoC";
            (value["context"] == context || omitted) && raw && !at_car
        })
    }
}

/// A MeterValues of the running transaction at the connector under test.
pub(super) fn values_of(
    lab: &Lab<'_>,
    label: String,
    transaction: i64,
    context: &'static str,
) -> Expected {
    let words = "raw values of the right context, not measured in the car";
    let expected = Expected::new(label, "MeterValues").at("/connectorId", lab.parameters.connector);
    // Other meter values than clock-aligned ones may come in between.
    let expected = match context {
        "Sample.Clock" => expected.at(CONTEXT, context),
        _ => expected,
    };
    expected
        .with("/transactionId", transaction)
        .judged("/meterValue", words, proper(context))
}

/// Three MeterValues with the measurands of a key, an interval apart; their times.
fn collect(
    lab: &mut Lab<'_>,
    key: &str,
    interval: u32,
    context: &'static str,
) -> Result<Vec<DateTime>, Failed> {
    let configured = lab.key("measurands", key)?;
    let mut wanted: Vec<String> = configured
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(ToOwned::to_owned)
        .collect();
    if wanted.is_empty() {
        wanted.push("Energy.Active.Import.Register".to_owned());
    }
    wanted.sort();
    wanted.dedup();
    let tag = lab.parameters.valid.clone();
    let transaction = lab.charging(&tag)?;
    let limit = Duration::from_secs(u64::from(interval)) + lab.parameters.trigger_timeout;
    let mut times: Vec<DateTime> = Vec::new();
    let mut register = f64::MIN;
    for number in 0..3 {
        let label = format!("values.{number}");
        let values = values_of(lab, label, transaction, context).within(limit);
        let message = lab.expect(values)?;
        for sample in samples(&message) {
            check_measurands(lab, sample, &wanted)?;
            let value = energy(sample);
            if value < register {
                let expected = format!("a register of at least {register}");
                return lab.fail("values.register", expected, format!("it was {value}"));
            }
            register = value;
        }
        times.extend(times_of(&message));
    }
    for pair in times.windows(2) {
        if let [earlier, later] = pair {
            let gap = later.millis_since(*earlier);
            check_gap(lab, "values.interval", gap, interval)?;
        }
    }
    Ok(times)
}

/// A gap between timestamps, which is that of the station's clock: it must be the interval to the second.
pub(super) fn check_gap(
    lab: &Lab<'_>,
    label: &str,
    millis: i64,
    interval: u32,
) -> Result<(), Failed> {
    if (millis - i64::from(interval) * 1000).abs() <= 1000 {
        return Ok(());
    }
    let expected = format!("{interval} s between the timestamps");
    lab.fail(label, expected, format!("it was {millis} ms"))
}

fn energy(sample: &Value) -> f64 {
    let mut values = sample["sampledValue"].as_array().into_iter().flatten();
    let register = values.find(|value| {
        value
            .get("measurand")
            .is_none_or(|name| name == "Energy.Active.Import.Register")
    });
    let text = register.and_then(|value| value["value"].as_str());
    text.and_then(|text| text.parse().ok()).unwrap_or(f64::MAX)
}

/// Each of the configured measurands once, or once for each of its phases, and no other.
fn check_measurands(lab: &Lab<'_>, sample: &Value, wanted: &[String]) -> Result<(), Failed> {
    let name = |value: &Value| {
        let measurand = value["measurand"].as_str();
        let measurand = measurand.unwrap_or("Energy.Active.Import.Register");
        let phase = value["phase"].as_str().map(ToOwned::to_owned);
        (measurand.to_owned(), phase)
    };
    let values = sample["sampledValue"].as_array().into_iter().flatten();
    let mut got: Vec<(String, Option<String>)> = values.map(name).collect();
    got.sort();
    let twice = got.iter().zip(got.iter().skip(1)).any(|(a, b)| a == b);
    // A phase that is configured is part of the name; otherwise there may be a value for each of them.
    let configured = |(measurand, phase): &(String, Option<String>)| {
        let with_phase = phase.as_ref().map(|phase| format!("{measurand}.{phase}"));
        let with_phase = with_phase.filter(|name| wanted.contains(name));
        with_phase.unwrap_or_else(|| measurand.clone())
    };
    let mut names: Vec<String> = got.iter().map(configured).collect();
    names.sort();
    names.dedup();
    if names == wanted && !twice {
        return Ok(());
    }
    lab.fail(
        "values.measurands",
        format!("{wanted:?}, once each"),
        format!("they were {got:?}"),
    )
}
