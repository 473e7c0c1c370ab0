//! Stations with a past.

use std::collections::BTreeMap;

use ocpp_core::Version;
use ocpp_core::station::{
    CableState, ConnectorConfig, ConnectorId, EvseConfig, Output, Record, RecordsReport, Station,
    StationConfig, Unreadable,
};
use ocpp_core::testing::station::{Answer, Bench, Call, friendly_v1_6, friendly_v2_0_1};
use ocpp_core::time::{Instant, Now};
use serde_json::Value;

pub(crate) type Stored = BTreeMap<String, String>;

/// The station that has written the fixtures: two sockets, and an EVSE with two fixed cables.
pub(crate) fn config(version: Version) -> StationConfig {
    StationConfig::builder(version, "Vendor", "Model")
        .evse(EvseConfig::new(vec![ConnectorConfig::socket()]))
        .evse(EvseConfig::new(vec![ConnectorConfig::socket()]))
        .evse(EvseConfig::new(vec![
            ConnectorConfig::fixed(),
            ConnectorConfig::fixed(),
        ]))
        .serial_number("CP-0815")
        .firmware_version("1.0")
        .build()
        .unwrap()
}

/// What the program wrote before records had a format: a transaction that the CSMS knows and that runs (CARD1 at EVSE 1,
/// from 1000 to 1300 Wh), one that began and ended offline (LISTED at EVSE 2, 120 Wh), one that began offline and runs
/// (LISTED at EVSE 2, from 1120 to 1180 Wh); profiles, a local list, a cache, a connector out of order; in 1.6 also
/// certificates, an open request for one, a password, a reservation and a security event.
pub(crate) fn format_1(version: Version) -> Stored {
    let text = match version {
        Version::V1_6 => include_str!("../fixtures/records/v1_6.json"),
        _ => include_str!("../fixtures/records/v2_0_1.json"),
    };
    serde_json::from_str(text).unwrap()
}

/// The same, in the format of today.
pub(crate) fn today(version: Version) -> Stored {
    let records = format_1(version);
    let (mut station, report) = open(version, &records);
    assert!(report.is_clean(), "{report:?}");
    let mut stored = records;
    while let Some(output) = station.poll_output() {
        carry_out(&mut stored, &output);
    }
    stored
}

pub(crate) fn carry_out(stored: &mut Stored, output: &Output) {
    match output {
        Output::Store(record) => {
            stored.insert(record.key.clone(), record.value.clone());
        }
        Output::Remove(key) => {
            stored.remove(key);
        }
        _ => {}
    }
}

pub(crate) fn open(version: Version, stored: &Stored) -> (Station, RecordsReport) {
    let records = stored.iter().map(|(key, value)| Record {
        key: key.clone(),
        value: value.clone(),
    });
    let now = Now {
        monotonic: Instant::ORIGIN,
        utc: None,
    };
    Station::restore_with_report(config(version), records.collect::<Vec<_>>(), now).unwrap()
}

/// A bench whose station has these records and is not started yet.
pub(crate) fn with(version: Version, stored: Stored) -> Bench {
    with_config(config(version), stored)
}

pub(crate) fn with_config(config: StationConfig, stored: Stored) -> Bench {
    let mut bench = match config.versions.first() {
        Some(Version::V1_6) => Bench::new(config, csms_v1_6()),
        _ => Bench::new(config, friendly_v2_0_1()),
    };
    bench.stored = stored;
    bench
}

/// A CSMS that has given ids before.
fn csms_v1_6() -> impl FnMut(&str, &Value) -> Answer {
    let mut friendly = friendly_v1_6();
    let mut last = 2000;
    move |action, payload| {
        let mut answer = friendly(action, payload);
        if let Answer::Respond(response) = &mut answer
            && action == "StartTransaction"
        {
            last += 1;
            response["transactionId"] = last.into();
        }
        answer
    }
}

/// The records after so many outputs of a station that opens them, and whether there were more.
pub(crate) fn cut_while_opening(
    version: Version,
    stored: &Stored,
    outputs: usize,
) -> (Stored, bool) {
    let (mut station, _) = open(version, stored);
    let mut stored = stored.clone();
    for _ in 0..outputs {
        let Some(output) = station.poll_output() else {
            return (stored, false);
        };
        carry_out(&mut stored, &output);
    }
    (stored, station.poll_output().is_some())
}

/// The cables as they lay when the fixtures were written.
pub(crate) const CABLES: [(ConnectorId, CableState); 2] = [
    (ConnectorId::new(1, 1), CableState::Connected),
    (ConnectorId::new(2, 1), CableState::Connected),
];

/// All cars have left.
pub(crate) const NO_CABLES: [(ConnectorId, CableState); 0] = [];

/// What transactions have come to at a CSMS that was told these calls.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Bill {
    /// Starts: who, and the register.
    pub(crate) starts: Vec<(String, i64)>,
    /// Ends: the transaction's id, and the register.
    pub(crate) stops: Vec<(String, i64)>,
}

pub(crate) fn bill(calls: &[Call]) -> Bill {
    let mut bill = Bill::default();
    for call in calls {
        let payload = &call.payload;
        match call.action.as_str() {
            "StartTransaction" => {
                let tag = payload["idTag"].as_str().unwrap().to_string();
                bill.starts
                    .push((tag, payload["meterStart"].as_i64().unwrap()));
            }
            "StopTransaction" => {
                let id = payload["transactionId"].to_string();
                bill.stops
                    .push((id, payload["meterStop"].as_i64().unwrap()));
            }
            "TransactionEvent" => {
                let kind = payload["eventType"].as_str().unwrap();
                let id = payload["transactionInfo"]["transactionId"]
                    .as_str()
                    .unwrap();
                match kind {
                    "Started" => bill
                        .starts
                        .push((id.into(), register(payload, "Transaction.Begin"))),
                    "Ended" => bill.stops.push((id.into(), register(payload, ""))),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    bill
}

/// The last register in the meter values of an event with this context, or with any; -1 without one.
fn register(payload: &Value, context: &str) -> i64 {
    let values = payload["meterValue"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let sampled = values
        .iter()
        .rev()
        .flat_map(|value| value["sampledValue"].as_array().unwrap().iter().rev());
    let mut fits = sampled.filter(|one| context.is_empty() || one["context"] == context);
    let last = fits.next();
    last.map_or(-1, |sampled| {
        sampled["value"].as_f64().unwrap().round() as i64
    })
}

/// The actions, without those that every start has.
pub(crate) fn actions(calls: &[Call]) -> Vec<&str> {
    let usual = [
        "BootNotification",
        "StatusNotification",
        "Heartbeat",
        "NotifyReport",
    ];
    let actions = calls.iter().map(|call| call.action.as_str());
    actions.filter(|action| !usual.contains(action)).collect()
}

/// The keys of the records that were found to be unreadable, in the logs.
pub(crate) fn unreadable(bench: &Bench) -> Vec<Unreadable> {
    let outputs = bench.outputs.iter();
    outputs
        .filter_map(|output| match output {
            Output::Unreadable(found) => Some(found.clone()),
            _ => None,
        })
        .collect()
}

/// The types of the security events that the CSMS was told.
pub(crate) fn events(calls: &[Call]) -> Vec<String> {
    let calls = calls
        .iter()
        .filter(|call| call.action == "SecurityEventNotification");
    calls
        .map(|call| call.payload["type"].as_str().unwrap().to_string())
        .collect()
}
