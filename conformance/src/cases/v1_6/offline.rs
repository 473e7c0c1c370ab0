//! Connection loss: TC_036 to TC_039.
//!
//! Decided for all of them: a station that connects again may register again and report its connectors, or not.

use ocpp_types::DateTime;
use serde_json::json;

use super::CASE;
use super::meter_values::{check_gap, times_of, values_of};
use super::session::plug_in_first;
use crate::case::{Case, Setting};
use crate::lab::{Call, Expected, Lab, Message};
use crate::mutation::{Change::*, fails};
use crate::product::Product;
use crate::unmet::Failed;

const OFFLINE: &[Setting] = &[
    Setting::on("LocalAuthorizeOffline"),
    Setting::if_implemented("LocalAuthListEnabled", |_| "true".to_owned()),
    Setting::if_implemented("AuthorizationCacheEnabled", |_| "true".to_owned()),
    Setting::if_implemented("AllowOfflineTxForUnknownId", |_| "true".to_owned()),
];

const OFFLINE_KEEP: &[Setting] = &[
    OFFLINE[0],
    OFFLINE[1],
    OFFLINE[2],
    OFFLINE[3],
    Setting::off("StopTransactionOnInvalidId"),
    Setting::if_implemented("MaxEnergyOnInvalidId", |_| "0".to_owned()),
];

const OFFLINE_STOP: &[Setting] = &[
    OFFLINE[0],
    OFFLINE[1],
    OFFLINE[2],
    OFFLINE[3],
    Setting::on("StopTransactionOnInvalidId"),
];

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_036_CS",
        name: "Connection Loss During Transaction",
        about: "The meter values of the time without connection come afterwards, in order and without gaps.",
        requirements: &["1.6 section 3.7.1", "1.6 section 3.16.2", "1.6 section 4.7"],
        config: &[Setting::new("MeterValueSampleInterval", |p| {
            p.sample_interval.to_string()
        })],
        run: connection_loss,
        mutations: &[
            fails(DropAll("MeterValues"), "values.0"),
            fails(Drop("MeterValues", 1), "values.gap"),
            fails(Swap("MeterValues", 1), "values.gap"),
            fails(Drop("MeterValues", 0), "values.first"),
            fails(
                Replace(
                    "MeterValues",
                    1,
                    "/meterValue/-",
                    r#"{"timestamp": "2024-05-15T11:00:00Z", "sampledValue": [{"value": "1"}]}"#,
                ),
                "values.gap",
            ),
            fails(
                Replace("MeterValues", 1, "/transactionId", "5"),
                "values.1/transactionId",
            ),
            fails(Replace("MeterValues", 1, "/connectorId", "2"), "values.gap"),
            fails(
                Replace(
                    "MeterValues",
                    0,
                    "/meterValue/0/sampledValue/0/context",
                    r#""Other""#,
                ),
                "values.0/meterValue",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_037_1_CS",
        name: "Offline Start Transaction - Valid IdTag",
        about: "A transaction that began without connection is reported with its real time. Decided: StartTransaction and \
                Charging may come in any order, since the specification orders only the messages about transactions.",
        requirements: &["1.6 section 3.5", "1.6 section 3.7", "1.6 section 4.8"],
        applies: offline_start,
        config: OFFLINE,
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            remember(lab, &tag)?;
            let began = start_offline(lab, &tag)?;
            lab.go_online(&["Charging"])?;
            let start = lab.start("start".to_owned(), &tag, None);
            let charging = lab.status_here("charging", "Charging");
            let messages = lab.unordered(vec![start, charging])?;
            check_time(lab, "start.timestamp", messages.first(), began)
        },
        mutations: &[
            fails(Drop("StartTransaction", 0), "start"),
            fails(
                Replace("StartTransaction", 0, "/idTag", r#""X""#),
                "start/idTag",
            ),
            fails(
                Replace(
                    "StartTransaction",
                    0,
                    "/timestamp",
                    r#""2024-05-15T14:00:00Z""#,
                ),
                "start.timestamp",
            ),
            fails(
                Before(
                    "StartTransaction",
                    0,
                    "Authorize",
                    r#"{"idTag": "VALID0001"}"#,
                ),
                "start",
            ),
            fails(Drop("StatusNotification", 2), "charging"),
        ],
        ..CASE
    },
    Case {
        id: "TC_037_2_CS",
        name: "Offline Start Transaction - Invalid IdTag - StopTransactionOnInvalidId = false",
        about: "The CSMS does not accept the token of a transaction that began without connection: no more energy, but the \
                transaction goes on. Decided: the token is unknown to the station, whose cache is cleared before, and \
                AllowOfflineTxForUnknownId lets it in; MaxEnergyOnInvalidId, where there is one, is 0, since energy would \
                flow for a while otherwise; Charging may come before SuspendedEVSE or not.",
        requirements: &[
            "1.6 section 4.8",
            "1.6 section 9.1.28",
            "1.6 section 9.1.15",
        ],
        applies: unknown_offline_start,
        config: OFFLINE_KEEP,
        run: |lab| {
            let tag = lab.parameters.invalid.clone();
            forget(lab)?;
            start_offline(lab, &tag)?;
            lab.go_online(&["Charging", "SuspendedEVSE"])?;
            let start = lab.start("start".to_owned(), &tag, None);
            let charging = lab.status_is("charging", "Charging").optional();
            lab.unordered(vec![start, charging])?;
            lab.expect(lab.status_is("suspended", "SuspendedEVSE"))?;
            lab.no_more_optional();
            lab.silence("goes-on", 20, &[])
        },
        mutations: &[
            fails(Drop("StartTransaction", 0), "start"),
            fails(Key("StopTransactionOnInvalidId", "true"), "suspended"),
            fails(
                Replace("StatusNotification", 0, "/status", r#""SuspendedEV""#),
                "start",
            ),
            fails(
                Replace("StatusNotification", 1, "/status", r#""SuspendedEV""#),
                "suspended",
            ),
            fails(
                After(
                    "StatusNotification",
                    1,
                    "StopTransaction",
                    r#"{"transactionId": 1001, "meterStop": 5, "timestamp": "2024-05-15T12:00:00Z"}"#,
                ),
                "goes-on",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_037_3_CS",
        name: "Offline Start Transaction - Invalid IdTag - StopTransactionOnInvalidId = true",
        about: "The CSMS does not accept the token of a transaction that began without connection: it ends with the reason \
                DeAuthorized. The token is unknown to the station as in TC_037_2.",
        requirements: &["1.6 section 4.8", "1.6 section 9.1.28"],
        applies: unknown_offline_start,
        config: OFFLINE_STOP,
        run: |lab| {
            let tag = lab.parameters.invalid.clone();
            forget(lab)?;
            start_offline(lab, &tag)?;
            lab.go_online(&["Charging"])?;
            let start = lab.start("start".to_owned(), &tag, None);
            let charging = lab.status_is("charging", "Charging");
            lab.unordered(vec![start, charging])?;
            let stop = lab.stop(lab.csms.last_transaction());
            let stop = stop.with("/reason", "DeAuthorized");
            lab.stopped(stop, lab.status_here("finishing", "Finishing"))?;
            Ok(())
        },
        mutations: &[
            fails(Drop("StartTransaction", 0), "start"),
            fails(Drop("StatusNotification", 0), "charging"),
            fails(
                Key("StopTransactionOnInvalidId", "false"),
                "finishing/status",
            ),
            fails(
                Replace("StopTransaction", 0, "/reason", r#""Other""#),
                "stop/reason",
            ),
            fails(
                Replace("StopTransaction", 0, "/transactionId", "5"),
                "stop/transactionId",
            ),
            fails(Drop("StatusNotification", 1), "finishing"),
        ],
        ..CASE
    },
    Case {
        id: "TC_038_CS",
        name: "Offline Stop Transaction",
        about: "A transaction that ended without connection is reported with its real time.",
        requirements: &["1.6 section 3.7", "1.6 section 4.10"],
        applies: local_stop,
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            let transaction = lab.charging(&tag)?;
            lab.go_offline()?;
            lab.a_while(5)?;
            let ended = present(lab, &tag)?;
            lab.a_while(20)?;
            lab.go_online(&["Finishing"])?;
            let stop = lab.stop(transaction).one_of_or_absent("/reason", ["Local"]);
            let stop = lab.stopped(stop, lab.status_here("finishing", "Finishing"))?;
            check_time(lab, "stop.timestamp", Some(&Some(stop)), ended)
        },
        mutations: &[
            fails(Drop("StopTransaction", 0), "stop"),
            fails(
                Replace("StopTransaction", 0, "/transactionId", "5"),
                "stop/transactionId",
            ),
            fails(
                Replace("StopTransaction", 0, "/reason", r#""Remote""#),
                "stop/reason",
            ),
            fails(
                Replace(
                    "StopTransaction",
                    0,
                    "/timestamp",
                    r#""2024-05-15T14:00:00Z""#,
                ),
                "stop.timestamp",
            ),
            fails(Drop("StatusNotification", 2), "finishing"),
        ],
        ..CASE
    },
    Case {
        id: "TC_039_CS",
        name: "Offline Transaction",
        about: "A whole transaction without connection is reported afterwards, in order. Decided: of the statuses only the \
                current one, Available, may be reported (section 4.9).",
        requirements: &[
            "1.6 section 3.7",
            "1.6 section 4.8",
            "1.6 section 4.10",
            "1.6 section 4.9",
        ],
        applies: |product| {
            offline_start(product)?;
            local_stop(product)
        },
        config: OFFLINE,
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            remember(lab, &tag)?;
            let began = start_offline(lab, &tag)?;
            let ended = present(lab, &tag)?;
            lab.a_while(5)?;
            lab.unplug()?;
            lab.a_while(10)?;
            lab.go_online(&["Available"])?;
            let start = lab.start("start".to_owned(), &tag, None);
            let available = lab.status_here("available", "Available").optional();
            let messages = lab.unordered(vec![start, available])?;
            check_time(lab, "start.timestamp", messages.first(), began)?;
            let stop = lab.stop(lab.csms.last_transaction());
            let stop = lab.expect(stop.one_of_or_absent("/reason", ["Local"]))?;
            check_time(lab, "stop.timestamp", Some(&Some(stop)), ended)
        },
        mutations: &[
            fails(Drop("StartTransaction", 0), "start"),
            fails(Swap("StartTransaction", 0), "start"),
            fails(
                Replace("StartTransaction", 0, "/idTag", r#""X""#),
                "start/idTag",
            ),
            fails(
                Replace(
                    "StartTransaction",
                    0,
                    "/timestamp",
                    r#""2024-05-15T14:00:00Z""#,
                ),
                "start.timestamp",
            ),
            fails(Drop("StopTransaction", 0), "stop"),
            fails(
                Replace("StopTransaction", 0, "/transactionId", "-1"),
                "stop/transactionId",
            ),
            fails(
                Replace("StopTransaction", 0, "/reason", r#""PowerLoss""#),
                "stop/reason",
            ),
            fails(
                Replace(
                    "StopTransaction",
                    0,
                    "/timestamp",
                    r#""2024-05-15T14:00:00Z""#,
                ),
                "stop.timestamp",
            ),
        ],
        ..CASE
    },
];

fn offline_start(product: &Product) -> Result<(), &'static str> {
    plug_in_first(product)?;
    if !product.features.local_start {
        Err("no local start (C-07)")
    } else if !product.features.offline_authorization {
        Err("no authorization without connection (C-01)")
    } else {
        Ok(())
    }
}

fn unknown_offline_start(product: &Product) -> Result<(), &'static str> {
    offline_start(product)?;
    match product.features.offline_unknown_ids {
        true => Ok(()),
        false => Err("no unknown ids without connection (C-02)"),
    }
}

/// C-08.
pub(super) const fn local_stop(product: &Product) -> Result<(), &'static str> {
    if product.features.local_stop {
        Ok(())
    } else {
        Err("no local stop (C-08)")
    }
}

fn now(lab: &Lab<'_>) -> DateTime {
    lab.utc_in(0).parse().unwrap_or(DateTime::UNIX_EPOCH)
}

/// How far the clock of the station may be off, in milliseconds.
#[allow(clippy::cast_possible_truncation)] // A few seconds.
fn deviation(lab: &Lab<'_>) -> i64 {
    (lab.parameters.deviation * 1000.0) as i64
}

/// When something was done: not before, and not after.
#[derive(Clone, Copy)]
struct Deed(DateTime, DateTime);

/// Presents a token; when that was.
fn present(lab: &mut Lab<'_>, tag: &str) -> Result<Deed, Failed> {
    let before = now(lab);
    lab.present(tag)?;
    Ok(Deed(before, now(lab)))
}

/// Memory states IdTagLocalAuthList and IdTagCached, as far as the product has them.
fn remember(lab: &mut Lab<'_>, tag: &str) -> Result<(), Failed> {
    if lab.product.features.authorization_cache {
        lab.cached(tag)?;
    }
    if lab.product.features.local_list {
        lab.listed(1, tag)?;
    }
    Ok(())
}

fn forget(lab: &mut Lab<'_>) -> Result<(), Failed> {
    if lab.product.features.authorization_cache {
        lab.call(Call::new("clear", "ClearCache", json!({})).status("Accepted"))?;
    }
    Ok(())
}

/// Drops the connection; the cable is plugged in and the token presented. When that was.
fn start_offline(lab: &mut Lab<'_>, tag: &str) -> Result<Deed, Failed> {
    lab.go_offline()?;
    lab.a_while(5)?;
    lab.plug()?;
    let began = present(lab, tag)?;
    lab.a_while(20)?;
    Ok(began)
}

/// The timestamp of a message is that of the deed.
fn check_time(
    lab: &Lab<'_>,
    label: &str,
    message: Option<&Option<Message>>,
    Deed(before, after): Deed,
) -> Result<(), Failed> {
    let payload = message.and_then(Option::as_ref).map(|m| &m.payload);
    let text = payload.and_then(|payload| payload["timestamp"].as_str());
    let time: Option<DateTime> = text.and_then(|text| text.parse().ok());
    let off = deviation(lab);
    let earliest = before.saturating_add_millis(-off);
    let latest = after.saturating_add_millis(off);
    if time.is_some_and(|time| earliest <= time && time <= latest) {
        return Ok(());
    }
    lab.fail(label, format!("about {before}"), format!("it was {text:?}"))
}

fn connection_loss(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let tag = lab.parameters.valid.clone();
    let interval = lab.parameters.sample_interval;
    let transaction = lab.charging(&tag)?;
    lab.go_offline()?;
    let lost = now(lab);
    lab.wait(interval * 3 + interval / 2)?;
    lab.go_online(&["Charging"])?;
    let back = now(lab);
    let mut last: Option<DateTime> = None;
    for number in 0.. {
        let label = format!("values.{number}");
        let values = values_of(lab, label, transaction, "Sample.Periodic");
        let values: Expected = values.within(lab.parameters.trigger_timeout);
        let message = lab.expect(values)?;
        for time in times_of(&message) {
            match last {
                None => {
                    // One from before the loss comes again if it was not answered; the gaps show that it is none of the
                    // others. By a clock that is not ours the first after the loss may seem to be such a one too.
                    let late = time.millis_since(lost);
                    if late > i64::from(interval) * 1000 + deviation(lab) {
                        let expected = format!("the first value within {interval} s of {lost}");
                        return lab.fail("values.first", expected, format!("it was of {time}"));
                    }
                }
                Some(last) => check_gap(lab, "values.gap", time.millis_since(last), interval)?,
            }
            last = Some(time);
        }
        // The first value that was taken with the connection: all from before have come.
        if last.is_some_and(|last| last > back) {
            break;
        }
    }
    Ok(())
}
