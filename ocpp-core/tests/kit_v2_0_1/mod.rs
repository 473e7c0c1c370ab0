//! What the tests of the 2.0.1 station share.

// Each test program uses what it needs.
#![allow(dead_code)]

use ocpp_core::Version;
use ocpp_core::station::{ConnectorConfig, EvseConfig, StationConfig};
use ocpp_core::testing::station::{Answer, Bench, Call, friendly_v2_0_1};
use serde_json::{Value, json};

pub(crate) fn config(evses: u32) -> StationConfig {
    let mut config = StationConfig::new(Version::V2_0_1, "Vendor", "Model", evses);
    let interval = "SampledDataCtrlr.TxUpdatedInterval";
    config.defaults.push((interval.into(), "0".into()));
    config
}

pub(crate) fn sockets(evses: u32) -> StationConfig {
    let mut config = config(evses);
    config.evses = (0..evses)
        .map(|_| EvseConfig::new(vec![ConnectorConfig::socket()]))
        .collect();
    config
}

pub(crate) fn with(mut config: StationConfig, key: &str, value: &str) -> StationConfig {
    config.defaults.push((key.into(), value.into()));
    config
}

pub(crate) fn booted_with(config: StationConfig) -> Bench {
    let mut bench = Bench::new(config, friendly_v2_0_1());
    bench.start();
    bench.calls();
    bench
}

pub(crate) fn booted() -> Bench {
    booted_with(config(1))
}

pub(crate) fn charging_with(config: StationConfig) -> Bench {
    let mut bench = booted_with(config);
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    let last = bench.story().pop();
    assert_eq!(
        last.as_deref(),
        Some("Updated ChargingStateChanged Charging")
    );
    bench.outputs.clear();
    bench
}

pub(crate) fn charging() -> Bench {
    charging_with(config(1))
}

pub(crate) fn status(bench: &mut Bench, action: &str, payload: Value) -> String {
    match bench.call(action, payload) {
        Some(Ok(response)) => response["status"].as_str().unwrap_or_default().to_string(),
        Some(Err(code)) => code,
        None => "nothing".into(),
    }
}

pub(crate) fn set(bench: &mut Bench, component: &str, variable: &str, value: &str) -> String {
    let data = json!([{"component": {"name": component}, "variable": {"name": variable},
        "attributeValue": value}]);
    let answer = bench.call("SetVariables", json!({ "setVariableData": data }));
    let answer = answer.unwrap().unwrap();
    answer["setVariableResult"][0]["attributeStatus"]
        .as_str()
        .unwrap()
        .to_string()
}

pub(crate) fn get(bench: &mut Bench, component: &Value, variable: &Value) -> Value {
    let data = json!([{"component": component, "variable": variable}]);
    let answer = bench.call("GetVariables", json!({ "getVariableData": data }));
    answer.unwrap().unwrap()["getVariableResult"][0].clone()
}

pub(crate) fn events(calls: Vec<Call>) -> Vec<Value> {
    let events = calls
        .into_iter()
        .filter(|call| call.action == "TransactionEvent");
    events.map(|call| call.payload).collect()
}

pub(crate) fn seq_nos(events: &[Value]) -> Vec<i64> {
    events
        .iter()
        .map(|event| event["seqNo"].as_i64().unwrap())
        .collect()
}

/// The scripted CSMS with another answer for some actions.
pub(crate) fn but(
    mut other: impl FnMut(&str, &Value) -> Option<Answer> + 'static,
) -> impl FnMut(&str, &Value) -> Answer {
    let mut friendly = friendly_v2_0_1();
    move |action, payload| other(action, payload).unwrap_or_else(|| friendly(action, payload))
}

pub(crate) fn refusing_tokens() -> impl FnMut(&str, &Value) -> Answer {
    but(|action, payload| {
        let token = action == "TransactionEvent" && payload.get("idToken").is_some();
        token.then(|| Answer::Respond(json!({"idTokenInfo": {"status": "Invalid"}})))
    })
}

pub(crate) fn token(id: &str) -> Value {
    json!({"idToken": id, "type": "ISO14443"})
}

/// An event but for its flag.
pub(crate) fn without_offline(event: &Value) -> Value {
    let mut event = event.clone();
    event.as_object_mut().unwrap().remove("offline");
    event
}
