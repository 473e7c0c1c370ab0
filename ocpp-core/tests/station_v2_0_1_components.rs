//! Components and variables of the application in the device model of the 2.0.1 station.

#![allow(clippy::unwrap_used, clippy::panic, clippy::needless_pass_by_value)]
#![allow(missing_docs)]

mod kit_v2_0_1;

use core::time::Duration;

use kit_v2_0_1::{booted_with, config, get, set, status};
use ocpp_core::station::{
    ComponentConfig, ConnectorId, DataType, Input, Output, Station, StationConfig, VariableAnswer,
    VariableConfig, VariableError, VariableOrder,
};
use ocpp_core::testing::station::Bench;
use ocpp_core::time::{Instant, Now};
use serde_json::{Value, json};

fn speed() -> VariableConfig {
    VariableConfig::new("Speed", DataType::Decimal, "900.5")
        .writable()
        .persistent()
        .unit("RPM")
        .between(0, 3_000)
}

fn fan() -> ComponentConfig {
    let mode = VariableConfig::new("Mode", DataType::OptionList, "Quiet");
    ComponentConfig::new("CoolingFan")
        .at_evse(1)
        .variable(VariableConfig::new("Active", DataType::Boolean, "false"))
        .variable(speed())
        .variable(mode.writable().values(&["Quiet", "Fast"]))
        .variable(VariableConfig::new("Key", DataType::Text, "").write_only())
}

fn with_fan() -> StationConfig {
    let mut config = config(2);
    config.components.push(fan());
    config
}

fn component() -> Value {
    json!({"name": "CoolingFan", "evse": {"id": 1}})
}

fn wanted(variable: &str, value: &str) -> Value {
    json!({"component": component(), "variable": {"name": variable}, "attributeValue": value})
}

fn set_all(bench: &mut Bench, data: Vec<Value>) -> Option<Vec<String>> {
    let answer = bench.call("SetVariables", json!({ "setVariableData": data }))?;
    Some(statuses(&answer.unwrap()))
}

fn statuses(answer: &Value) -> Vec<String> {
    let results = answer["setVariableResult"].as_array().unwrap().iter();
    let status = |result: &Value| result["attributeStatus"].as_str().unwrap().to_string();
    results.map(status).collect()
}

fn order(output: &Output) -> Option<VariableOrder> {
    match output {
        Output::SetVariable(order) => Some(order.clone()),
        _ => None,
    }
}

/// An application that answers so at once.
fn answering(answer: VariableAnswer) -> Bench {
    let mut bench = booted_with(with_fan());
    bench.world(move |output| {
        let job = order(output)?.job;
        Some(vec![Input::VariableSet { job, answer }])
    });
    bench
}

fn value(bench: &Bench, key: &str) -> String {
    bench.station.variable(key).unwrap().to_string()
}

#[test]
fn b06_the_csms_reads_what_the_application_tells() {
    let mut bench = booted_with(with_fan());
    let active = json!({"name": "active"});
    assert_eq!(
        get(&mut bench, &component(), &active)["attributeValue"],
        "false"
    );
    bench.input(Input::Variable {
        key: "CoolingFan:1.Active".into(),
        value: "true".into(),
    });
    assert_eq!(
        get(&mut bench, &component(), &active)["attributeValue"],
        "true"
    );
    // What cannot be, or is not there, changes nothing.
    for (key, value) in [
        ("CoolingFan:1.Active", "maybe"),
        ("CoolingFan:2.Active", "false"),
        ("", ""),
    ] {
        let (key, value) = (key.into(), value.into());
        bench.input(Input::Variable { key, value });
    }
    assert_eq!(value(&bench, "CoolingFan:1.Active"), "true");
    let secret = json!({"name": "Key"});
    let secret = get(&mut bench, &component(), &secret);
    assert_eq!(secret["attributeStatus"], "Rejected");
}

#[test]
fn b05_the_application_is_asked_and_the_response_waits() {
    let mut bench = answering(VariableAnswer::Accepted);
    let set = set_all(&mut bench, vec![wanted("Speed", "1200.25")]);
    assert_eq!(set.unwrap(), ["Accepted"]);
    assert_eq!(value(&bench, "CoolingFan:1.Speed"), "1200.25");

    let mut bench = answering(VariableAnswer::RebootRequired);
    let set = set_all(&mut bench, vec![wanted("Speed", "1200")]);
    assert_eq!(set.unwrap(), ["RebootRequired"]);
    assert_eq!(value(&bench, "CoolingFan:1.Speed"), "900.5");

    let mut bench = answering(VariableAnswer::Rejected);
    let set = set_all(&mut bench, vec![wanted("Mode", "Fast")]);
    assert_eq!(set.unwrap(), ["Rejected"]);
    assert_eq!(value(&bench, "CoolingFan:1.Mode"), "Quiet");
}

#[test]
fn b05_the_application_is_asked_only_about_what_can_be() {
    let mut bench = answering(VariableAnswer::Accepted);
    let data = vec![
        wanted("Speed", "3000.1"),
        wanted("Speed", "-1"),
        wanted("Speed", "fast"),
        wanted("Mode", "Quiet,Fast"),
        wanted("Mode", "Loud"),
        wanted("Active", "true"),
        wanted("Nothing", "1"),
        wanted("Speed", "3000"),
    ];
    let answers = set_all(&mut bench, data).unwrap();
    assert_eq!(answers[..6], ["Rejected"; 6]);
    assert_eq!(answers[6..], ["UnknownVariable", "Accepted"]);
    let asked: Vec<_> = bench.outputs.iter().filter_map(order).collect();
    assert!(asked.len() <= 1, "{asked:?}");
}

#[test]
fn b05_fr_01_own_variables_and_those_of_the_application_are_answered_together() {
    let mut bench = booted_with(with_fan());
    let own = json!({"component": {"name": "AlignedDataCtrlr"},
        "variable": {"name": "Interval"}, "attributeValue": "900"});
    let data = vec![wanted("Speed", "100"), own, wanted("Mode", "Fast")];
    assert_eq!(set_all(&mut bench, data), None);
    let orders: Vec<_> = bench.outputs.iter().filter_map(order).collect();
    let keys: Vec<&str> = orders.iter().map(|order| order.key.as_str()).collect();
    assert_eq!(keys, ["CoolingFan:1.Speed", "CoolingFan:1.Mode"]);
    assert_eq!(value(&bench, "AlignedDataCtrlr.Interval"), "900");
    let (first, second) = (orders[0].job, orders[1].job);
    let answer = |bench: &mut Bench, job, answer| {
        let now = Now {
            monotonic: Instant::ORIGIN,
            utc: None,
        };
        let input = Input::VariableSet { job, answer };
        transmitted(&mut bench.station, now, input)
    };
    let later = answer(&mut bench, second, VariableAnswer::RebootRequired);
    assert!(later.is_empty(), "{later:?}");
    let later = answer(&mut bench, first, VariableAnswer::Accepted);
    let [response] = later.as_slice() else {
        panic!("{later:?}");
    };
    let response: Value = serde_json::from_str(response).unwrap();
    assert_eq!(
        statuses(&response[2]),
        ["Accepted", "Accepted", "RebootRequired"]
    );
    // Answered once.
    let again = answer(&mut bench, first, VariableAnswer::Rejected);
    assert!(again.is_empty(), "{again:?}");
}

fn transmitted(station: &mut Station, now: Now, input: Input) -> Vec<String> {
    station.handle(now, input);
    let mut texts = Vec::new();
    while let Some(output) = station.poll_output() {
        if let Output::Transmit(text) = output {
            texts.push(text);
        }
    }
    texts
}

#[test]
fn what_the_application_does_not_answer_in_time_is_rejected() {
    let mut bench = booted_with(with_fan());
    assert_eq!(set_all(&mut bench, vec![wanted("Speed", "100")]), None);
    let job = bench.outputs.iter().find_map(order).unwrap().job;
    let at = |seconds| Now {
        monotonic: Instant::ORIGIN + Duration::from_secs(seconds),
        utc: None,
    };
    let station = &mut bench.station;
    assert!(station.next_timeout() <= Some(at(30).monotonic));
    assert_eq!(transmitted(station, at(29), Input::TimePassed).len(), 0);
    let texts = transmitted(station, at(30), Input::TimePassed);
    let response: Value = serde_json::from_str(&texts[0]).unwrap();
    assert_eq!(statuses(&response[2]), ["Rejected"]);
    let answer = VariableAnswer::Accepted;
    let late = Input::VariableSet { job, answer };
    assert_eq!(transmitted(station, at(31), late).len(), 0);
    assert_eq!(station.variable("CoolingFan:1.Speed"), Some("900.5"));
}

#[test]
fn calls_that_wait_for_the_application_are_bounded() {
    let mut bench = booted_with(with_fan());
    for _ in 0..4 {
        assert_eq!(set_all(&mut bench, vec![wanted("Speed", "100")]), None);
    }
    let next = set_all(&mut bench, vec![wanted("Speed", "100")]);
    assert_eq!(next.unwrap(), ["Rejected"]);
    bench.network(false);
    bench.network(true);
    bench.run(10);
    assert_eq!(set_all(&mut bench, vec![wanted("Speed", "100")]), None);
}

#[test]
fn the_application_keeps_its_values() {
    let mut bench = answering(VariableAnswer::Accepted);
    set_all(&mut bench, vec![wanted("Speed", "100")]);
    let key = "CoolingFan:1.Speed";
    let now = Now {
        monotonic: Instant::ORIGIN,
        utc: None,
    };
    bench.station.set_variable(now, key, "200").unwrap();
    let bad = bench.station.set_variable(now, key, "4000");
    assert_eq!(bad, Err(VariableError::Invalid));
    assert_eq!(value(&bench, key), "200");
    let stored = |bench: &Bench| bench.stored.keys().any(|key| key.contains("fan"));
    assert!(!stored(&bench), "{:?}", bench.stored);
    bench.power_cycle();
    assert_eq!(value(&bench, key), "900.5");
}

#[test]
fn b07_fr_08_reports_describe_them() {
    let mut bench = booted_with(with_fan());
    let item = json!({"component": {"name": "CoolingFan"}});
    let request = json!({"requestId": 1, "componentVariable": [item]});
    assert_eq!(status(&mut bench, "GetReport", request), "Accepted");
    let page = bench.calls().pop().unwrap().payload;
    let data = page["reportData"].as_array().unwrap();
    let names: Vec<&str> = data
        .iter()
        .map(|data| data["variable"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Active", "Speed", "Mode", "Key"]);
    assert_eq!(data[1]["component"], component());
    assert_eq!(
        data[1]["variableAttribute"],
        json!([{"value": "900.5", "mutability": "ReadWrite", "persistent": true}])
    );
    assert_eq!(
        data[1]["variableCharacteristics"],
        json!({"dataType": "decimal", "unit": "RPM", "minLimit": 0, "maxLimit": 3000,
            "supportsMonitoring": false})
    );
    assert_eq!(
        data[2]["variableCharacteristics"]["valuesList"],
        "Quiet,Fast"
    );
    assert_eq!(
        data[3]["variableAttribute"],
        json!([{"mutability": "WriteOnly", "persistent": false}])
    );
}

#[test]
fn secrets_are_not_printed() {
    let mut bench = booted_with(with_fan());
    set_all(&mut bench, vec![wanted("Key", "hush-hush")]);
    let printed = format!("{:?}", bench.outputs.iter().filter_map(order).next());
    assert!(printed.contains("CoolingFan:1.Key"), "{printed}");
    assert!(!printed.contains("hush"), "{printed}");
    assert!(bench.station.is_secret("CoolingFan:1.Key"));
}

#[test]
fn what_cannot_be_a_component_is_refused_with_its_reason() {
    let one = |variable| ComponentConfig::new("Fan").variable(variable);
    let speed = |change: fn(VariableConfig) -> VariableConfig| one(change(speed()));
    let cases = [
        (ComponentConfig::new("Fan.1"), "a name that cannot be"),
        (ComponentConfig::new(""), "a name that cannot be"),
        (
            ComponentConfig::new("Fan").instance("a]"),
            "a name that cannot be",
        ),
        (ComponentConfig::new("Fan").at_evse(3), "not there"),
        (
            ComponentConfig::new("Fan").at_connector(ConnectorId::new(1, 2)),
            "not there",
        ),
        (speed(|v| v.between(5, 4)), "no possible value"),
        (speed(|v| v.between(0, 10)), "is no value of Fan.Speed"),
        (speed(|v| v.unit("a unit far too long")), "unit of more"),
        (speed(|v| v.values(&["1"])), "is no list"),
        (
            one(VariableConfig::new("Mode", DataType::OptionList, "")),
            "no values to choose from",
        ),
        (
            one(VariableConfig::new("Mode", DataType::MemberList, "c").values(&["a", "b"])),
            "is no value of Fan.Mode",
        ),
        (
            one(VariableConfig::new("On", DataType::Boolean, "1")),
            "is no value of Fan.On",
        ),
        (
            one(VariableConfig::new("On", DataType::Boolean, "true").between(0, 1)),
            "bounds and is no number",
        ),
        (
            one(VariableConfig::new("a:b", DataType::Text, "")),
            "a name that cannot be",
        ),
        (speed(|v| v).variable(self::speed()), "is there twice"),
        (
            ComponentConfig::new("evse")
                .at_evse(1)
                .variable(VariableConfig::new("POWER", DataType::Text, "")),
            "is there twice",
        ),
    ];
    for (component, reason) in cases {
        let mut config = config(2);
        config.components.push(component);
        let now = Now {
            monotonic: Instant::ORIGIN,
            utc: None,
        };
        let refused = Station::restore(config, [], now).unwrap_err().to_string();
        assert!(refused.contains(reason), "{refused}: {reason}");
    }
}

#[test]
fn standard_components_can_have_further_variables() {
    let mut config = config(2);
    let heat = VariableConfig::new("Temperature", DataType::Decimal, "21.5").unit("Celsius");
    let evse = ComponentConfig::new("EVSE").at_evse(2);
    config.components.push(evse.variable(heat));
    let mut bench = booted_with(config);
    let of = |id: i64| json!({"name": "EVSE", "evse": {"id": id}});
    let heat = json!({"name": "Temperature"});
    assert_eq!(get(&mut bench, &of(2), &heat)["attributeValue"], "21.5");
    let other = get(&mut bench, &of(1), &heat);
    assert_eq!(other["attributeStatus"], "UnknownVariable");
}

#[test]
fn s14_the_application_hears_of_changed_variables() {
    let mut bench = booted_with(config(1));
    bench.outputs.clear();
    set(&mut bench, "AlignedDataCtrlr", "Interval", "900");
    let password = "0123456789abcdef";
    set(&mut bench, "SecurityCtrlr", "BasicAuthPassword", password);
    let changed: Vec<_> = bench
        .outputs
        .iter()
        .filter_map(|output| match output {
            Output::VariableChanged { key, value } => Some((key.as_str(), value.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(changed, [("AlignedDataCtrlr.Interval", "900")]);
}

#[test]
fn an_integer_is_written_as_the_specification_says() {
    let mut bench = booted_with(config(1));
    let set =
        |bench: &mut Bench, value: &str| set(bench, "OCPPCommCtrlr", "OfflineThreshold", value);
    for value in ["5", "0", "60"] {
        assert_eq!(set(&mut bench, value), "Accepted", "{value:?}");
    }
    for value in [
        "05", "+5", " 5", "5 ", "-0", "-", "", "00", "5.0", "0x5", "1e2", "\u{665}",
    ] {
        assert_eq!(set(&mut bench, value), "Rejected", "{value:?}");
    }
    let threshold = get(
        &mut bench,
        &json!({"name": "OCPPCommCtrlr"}),
        &json!({"name": "OfflineThreshold"}),
    );
    assert_eq!(threshold["attributeValue"], "60");
}

#[test]
fn a_list_that_decides_something_is_not_empty_and_names_nothing_twice() {
    let mut bench = booted_with(config(1));
    let points = [("TxCtrlr", "TxStartPoint"), ("TxCtrlr", "TxStopPoint")];
    for (component, variable) in points {
        for value in ["", ",", " , "] {
            let status = set(&mut bench, component, variable, value);
            assert_eq!(status, "Rejected", "{variable} {value:?}");
        }
        let twice = "Authorized,EVConnected,Authorized";
        assert_eq!(set(&mut bench, component, variable, twice), "Accepted");
        let (component, name) = (json!({"name": component}), json!({"name": variable}));
        let told = get(&mut bench, &component, &name);
        assert_eq!(told["attributeValue"], "Authorized,EVConnected");
    }
    assert_eq!(
        set(&mut bench, "ClockCtrlr", "TimeSource", ""),
        "Rejected",
        "no source of time"
    );
    let none = set(&mut bench, "SampledDataCtrlr", "TxUpdatedMeasurands", "");
    assert_eq!(none, "Accepted", "no measurands in between");
}

#[test]
fn a_password_has_no_control_characters() {
    let mut bench = booted_with(config(1));
    for value in [
        "nl\nnewline\u{7}  newline x",
        "a tab\there is none",
        "delete\u{7f}0123456789",
        "too short",
    ] {
        let status = set(&mut bench, "SecurityCtrlr", "BasicAuthPassword", value);
        assert_eq!(status, "Rejected", "{value:?}");
    }
}

#[test]
fn reports_tell_for_how_many_entries_there_is_room() {
    let mut config = config(1);
    config.features.local_list = true;
    config.features.smart_charging = true;
    config.limits.local_list = 17;
    config.limits.charging_profiles = 12;
    let mut bench = booted_with(config);
    let request = json!({"requestId": 4, "reportBase": "FullInventory"});
    bench.call("GetBaseReport", request).unwrap().unwrap();
    bench.run(1);
    let reports = bench.calls();
    let rows = reports
        .iter()
        .filter(|call| call.action == "NotifyReport")
        .filter_map(|call| call.payload["reportData"].as_array())
        .flatten();
    let limits: Vec<_> = rows
        .filter(|row| row["variable"]["name"] == "Entries")
        .map(|row| {
            let limit = &row["variableCharacteristics"]["maxLimit"];
            (row["component"]["name"].clone(), limit.as_f64())
        })
        .collect();
    assert!(
        limits.contains(&("LocalAuthListCtrlr".into(), Some(17.0))),
        "{limits:?}"
    );
    assert!(
        limits.contains(&("SmartChargingCtrlr".into(), Some(12.0))),
        "{limits:?}"
    );
}
