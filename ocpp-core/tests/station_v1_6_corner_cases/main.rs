//! The 1.6 station where the world is slower, poorer or ruder than usual: several cars at one grid connection, one reader
//! for many connectors, locks that take their time, a CSMS that knows less than the station, restarts at bad moments.

#![allow(missing_docs, clippy::unwrap_used)]

mod csms;
mod hardware;
#[path = "../kit_v1_6/mod.rs"]
mod kit;
mod readers;
mod restarts;
mod sharing;

use kit::{but, status};
use ocpp_core::Version;
use ocpp_core::station::{ConnectorConfig, EvseConfig, StationConfig};
use ocpp_core::testing::station::{Answer, Bench, friendly_v1_6};
use serde_json::{Value, json};

fn config(connectors: u32) -> StationConfig {
    let mut config = StationConfig::new(Version::V1_6, "Vendor", "Model", connectors);
    config
        .defaults
        .push(("MeterValueSampleInterval".into(), "0".into()));
    config
}

fn sockets(connectors: u32) -> StationConfig {
    let mut config = config(connectors);
    config.evses = (0..connectors)
        .map(|_| EvseConfig::new(vec![ConnectorConfig::socket()]))
        .collect();
    config
}

fn with(mut config: StationConfig, key: &str, value: &str) -> StationConfig {
    config.defaults.push((key.into(), value.into()));
    config
}

fn booted(config: StationConfig) -> Bench {
    let mut bench = Bench::new(config, friendly_v1_6());
    bench.start();
    bench.calls();
    bench
}

fn charging(config: StationConfig) -> Bench {
    let mut bench = booted(config);
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    assert_eq!(connector(&bench, 1), "Charging");
    bench.calls();
    bench.outputs.clear();
    bench
}

/// The status of a connector.
fn connector(bench: &Bench, number: usize) -> &'static str {
    bench.station.state().connectors[number - 1].status
}

/// How often an action was called since the last time anybody looked.
fn count(bench: &mut Bench, action: &str) -> usize {
    let calls = bench.all_calls();
    calls.iter().filter(|call| call.action == action).count()
}

/// The members of the last call of an action.
fn last(bench: &mut Bench, action: &str) -> Value {
    let calls = bench.all_calls();
    let call = calls.into_iter().rev().find(|call| call.action == action);
    call.map(|call| call.payload).unwrap_or_default()
}

/// A list of one token with a status and a group.
fn listed(token: &str, group: &str) -> Value {
    json!({"idTag": token, "idTagInfo": {"status": "Accepted", "parentIdTag": group}})
}
