//! The device model of the 2.0.1 station: reports page by page, and stations of any size.

#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)]
#![allow(missing_docs)]

mod kit_v2_0_1;

use std::collections::BTreeMap;

use kit_v2_0_1::{booted, booted_with, but, config, get, set, status};
use ocpp_core::station::{
    CableState, ComponentConfig, ConnectorId, DataType, EvState, Fault, FaultCode, Input,
    VariableConfig,
};
use ocpp_core::testing::station::{Answer, Bench, friendly_v2_0_1};
use serde_json::{Value, json};

fn report(bench: &mut Bench, id: i64, base: &str) -> String {
    let request = json!({"requestId": id, "reportBase": base});
    status(bench, "GetBaseReport", request)
}

fn pages(bench: &mut Bench) -> Vec<Value> {
    let calls = bench.calls().into_iter();
    let pages = calls.filter(|call| call.action == "NotifyReport");
    pages.map(|call| call.payload).collect()
}

/// A station whose CSMS takes ten seconds for each page of a report.
fn slowly_read(evses: u32) -> Bench {
    let slow =
        |action: &str, _: &Value| (action == "NotifyReport").then(|| Answer::Late(10, json!({})));
    let mut bench = Bench::new(config(evses), but(slow));
    bench.start();
    bench.calls();
    bench
}

// Reports

#[test]
fn b07_a_page_is_built_when_the_one_before_was_answered() {
    let mut bench = slowly_read(1);
    assert_eq!(report(&mut bench, 1, "FullInventory"), "Accepted");
    assert_eq!(pages(&mut bench).len(), 1);
    let interval = set(&mut bench, "AlignedDataCtrlr", "Interval", "900");
    assert_eq!(interval, "Accepted");
    bench.run(9);
    assert_eq!(pages(&mut bench).len(), 0);
    bench.run(200);
    let rest = pages(&mut bench);
    assert!(rest.len() > 3, "{}", rest.len());
    // What has changed meanwhile is told as it is now.
    let data = rest.iter().flat_map(|page| page["reportData"].as_array());
    let found = data.flatten().find(|data| {
        data["component"]["name"] == "AlignedDataCtrlr" && data["variable"]["name"] == "Interval"
    });
    assert_eq!(found.unwrap()["variableAttribute"][0]["value"], "900");
}

#[test]
fn b07_fr_04_reports_are_told_apart_by_their_request() {
    let mut bench = slowly_read(3);
    assert_eq!(report(&mut bench, 7, "FullInventory"), "Accepted");
    assert_eq!(report(&mut bench, 8, "ConfigurationInventory"), "Accepted");
    bench.run(2_000);
    let mut of = BTreeMap::<i64, Vec<Value>>::new();
    for page in pages(&mut bench) {
        of.entry(page["requestId"].as_i64().unwrap())
            .or_default()
            .push(page);
    }
    assert_eq!(of.keys().copied().collect::<Vec<_>>(), [7, 8]);
    for pages in of.values() {
        assert!(pages.len() > 1);
        for (at, page) in pages.iter().enumerate() {
            assert_eq!(page["seqNo"], at);
            assert_eq!(page["tbc"], at + 1 < pages.len());
        }
    }
    let full = of[&7].iter().flat_map(|page| page["reportData"].as_array());
    let mut names: Vec<String> = full
        .flatten()
        .map(|data| json!([data["component"], data["variable"]]).to_string())
        .collect();
    let all = names.len();
    assert!(all > 90, "{all}");
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all, "each variable once");
}

#[test]
fn b07_fr_13_more_reports_than_can_be_under_way_are_rejected() {
    let mut bench = slowly_read(1);
    let answers: Vec<String> = (0..12)
        .map(|id| report(&mut bench, id, "FullInventory"))
        .collect();
    assert!(answers[..10].iter().all(|answer| answer == "Accepted"));
    assert!(answers[10..].iter().all(|answer| answer == "Rejected"));
    bench.run(2_000);
    let last = pages(&mut bench);
    let last = last.iter().filter(|page| page["tbc"] == false);
    assert_eq!(last.count(), 10);
    assert_eq!(report(&mut bench, 20, "FullInventory"), "Accepted");
}

#[test]
fn a_report_ends_with_its_connection() {
    let mut bench = slowly_read(1);
    assert_eq!(report(&mut bench, 1, "FullInventory"), "Accepted");
    bench.calls();
    bench.network(false);
    bench.run(60);
    bench.network(true);
    bench.run(600);
    assert_eq!(pages(&mut bench).len(), 0);
}

#[test]
fn b08_fr_22_and_23_named_components_are_found_wherever_they_are() {
    let mut bench = booted_with(config(12));
    let mut named = |component: Value, variable: Value| {
        let item = json!({"component": component, "variable": variable});
        let item = match variable {
            Value::Null => json!({"component": component}),
            _ => item,
        };
        let request = json!({"requestId": 1, "componentVariable": [item]});
        let answer = status(&mut bench, "GetReport", request);
        let pages = pages(&mut bench);
        let data = pages.iter().flat_map(|page| page["reportData"].as_array());
        let places = data.flatten().map(|data| {
            let evse = data["component"]["evse"]["id"].as_i64().unwrap_or(0);
            (evse, data["variable"]["name"].as_str().unwrap().to_string())
        });
        (answer, places.collect::<Vec<_>>())
    };
    let (answer, found) = named(json!({"name": "evse"}), json!({"name": "POWER"}));
    assert_eq!(answer, "Accepted");
    let all: Vec<_> = (1..=12).map(|evse| (evse, "Power".to_string())).collect();
    assert_eq!(found, all);
    let eleventh = json!({"name": "EVSE", "evse": {"id": 11}});
    let (_, found) = named(eleventh.clone(), Value::Null);
    assert_eq!(found.len(), 5);
    assert!(found.iter().all(|(evse, _)| *evse == 11));
    let (_, found) = named(eleventh, json!({"name": "Power"}));
    assert_eq!(found, [(11, "Power".to_string())]);
    let connector = json!({"name": "Connector", "evse": {"id": 2, "connectorId": 1}});
    assert_eq!(named(connector, Value::Null).1.len(), 4);
    for nowhere in [
        json!({"name": "EVSE", "evse": {"id": 13}}),
        json!({"name": "EVSE", "evse": {"id": -1}}),
        json!({"name": "EVSE", "evse": {"id": 4_294_967_297_i64}}),
        json!({"name": "EVSE", "instance": "other"}),
        json!({"name": "Nothing"}),
    ] {
        let (answer, found) = named(nowhere, Value::Null);
        assert_eq!((answer.as_str(), found.len()), ("EmptyResultSet", 0));
    }
}

#[test]
fn the_length_of_pages_is_configured() {
    let mut config = config(1);
    config.limits.report_items = 3;
    let mut bench = booted_with(config);
    assert_eq!(report(&mut bench, 1, "FullInventory"), "Accepted");
    let pages = pages(&mut bench);
    let (last, others) = pages.split_last().unwrap();
    let items = |page: &Value| page["reportData"].as_array().unwrap().len();
    assert!(others.iter().all(|page| items(page) == 3));
    assert!((1..=3).contains(&items(last)));
}

// Names

#[test]
fn variables_are_found_in_any_case_and_nowhere_else() {
    let mut bench = booted();
    let evse = |id: i64| json!({"name": "eVsE", "evse": {"id": id}});
    let power = json!({"name": "pOWER"});
    assert_eq!(get(&mut bench, &evse(1), &power)["attributeValue"], "22080");
    let status = |answer: Value| answer["attributeStatus"].as_str().unwrap().to_string();
    assert_eq!(
        status(get(&mut bench, &evse(2), &power)),
        "UnknownComponent"
    );
    let other = json!({"name": "Power", "instance": "x"});
    assert_eq!(status(get(&mut bench, &evse(1), &other)), "UnknownVariable");
    assert_eq!(bench.station.variable("evse:1.power"), Some("22080"));
    for unknown in ["EVSE.Power", "EVSE:2.Power", "Power", "EVSE:1.1.Power", ""] {
        assert_eq!(bench.station.variable(unknown), None, "{unknown}");
    }
}

/// B06.FR.15: an empty instance is none, in every message.
#[test]
fn an_empty_instance_is_none() {
    let mut bench = booted();
    let evse = json!({"name": "EVSE", "instance": "", "evse": {"id": 1}});
    let power = json!({"name": "Power", "instance": ""});
    let answer = get(&mut bench, &evse, &power);
    assert_eq!(answer["attributeStatus"], "Accepted", "{answer}");
    assert_eq!(answer["attributeValue"], "22080");
    let attempts = json!({"name": "MessageAttempts", "instance": ""});
    let answer = get(&mut bench, &json!({"name": "OCPPCommCtrlr"}), &attempts);
    assert_eq!(answer["attributeStatus"], "UnknownVariable", "{answer}");
    let timeout = json!({"name": "EVConnectionTimeOut", "instance": ""});
    let data = json!([{"component": {"name": "TxCtrlr", "instance": ""}, "variable": timeout,
        "attributeValue": "77"}]);
    let answer = bench.call("SetVariables", json!({ "setVariableData": data }));
    let answer = answer.unwrap().unwrap();
    let result = &answer["setVariableResult"][0]["attributeStatus"];
    assert_eq!(result, "Accepted", "{answer}");
    let wanted = json!([{"component": evse, "variable": power}]);
    let report = json!({"requestId": 1, "componentVariable": wanted});
    let answer = bench.call("GetReport", report).unwrap().unwrap();
    assert_eq!(answer["status"], "Accepted");
}

#[test]
fn changed_values_survive_a_restart() {
    let mut bench = booted();
    let instance = json!({"name": "MessageAttempts", "instance": "TransactionEvent"});
    let data = json!([{"component": {"name": "OCPPCommCtrlr"}, "variable": instance,
        "attributeValue": "7"}]);
    bench.call("SetVariables", json!({ "setVariableData": data }));
    let key = "OCPPCommCtrlr.MessageAttempts[TransactionEvent]";
    assert_eq!(bench.station.variable(key), Some("7"));
    bench.power_cycle();
    assert_eq!(bench.station.variable(key), Some("7"));
}

// Size

/// What an input costs: how many variables, connectors and EVSEs are looked at.
fn cost(bench: &mut Bench, work: impl FnOnce(&mut Bench)) -> usize {
    // What the input before has left to look at.
    for _ in 0..3 {
        bench.input(Input::TimePassed);
    }
    let before = bench.station.visits();
    work(bench);
    bench.station.visits() - before
}

fn costs(evses: u32) -> Vec<(&'static str, usize)> {
    let mut config = config(evses);
    let heater = |evse| {
        let active = VariableConfig::new("Active", DataType::Boolean, "false");
        ComponentConfig::new("Heater")
            .at_evse(evse)
            .variable(active)
    };
    config.components.extend((1..=evses).map(heater));
    let mut bench = Bench::new(config, friendly_v2_0_1());
    bench.start();
    let last = ConnectorId::new(evses, 1);
    let (component, variable) = (
        json!({"name": "EVSE", "evse": {"id": evses}}),
        json!({"name": "Power"}),
    );
    let fault = Some(Fault::new(FaultCode::HighTemperature));
    vec![
        ("time", cost(&mut bench, |b| b.input(Input::TimePassed))),
        ("cable", cost(&mut bench, |b| b.plug(evses, 1))),
        ("token", cost(&mut bench, |b| b.present(evses, "TAG1"))),
        ("car", cost(&mut bench, |b| b.ev(evses, EvState::Ready))),
        (
            "meter",
            cost(&mut bench, |b| {
                let reading = ocpp_core::station::Reading::energy(1_001);
                let evse = evses;
                b.input(Input::Meter { evse, reading });
            }),
        ),
        (
            "get",
            cost(&mut bench, |b| {
                get(b, &component, &variable);
            }),
        ),
        (
            "set",
            cost(&mut bench, |b| {
                set(b, "AuthCacheCtrlr", "LifeTime", "100");
            }),
        ),
        (
            "interval",
            cost(&mut bench, |b| {
                set(b, "OCPPCommCtrlr", "HeartbeatInterval", "600");
            }),
        ),
        (
            "variable",
            cost(&mut bench, |b| {
                let (key, value) = (format!("Heater:{evses}.Active"), "true".into());
                b.input(Input::Variable { key, value });
            }),
        ),
        ("stop", cost(&mut bench, |b| b.present(evses, "TAG1"))),
        (
            "unplugged",
            cost(&mut bench, |b| b.cable(last, CableState::Unplugged)),
        ),
        (
            "fault",
            cost(&mut bench, |b| {
                b.input(Input::Fault {
                    at: Some(last),
                    fault,
                });
            }),
        ),
        (
            "report",
            cost(&mut bench, |b| {
                let item = json!({"component": component, "variable": variable});
                let request = json!({"requestId": 1, "componentVariable": [item]});
                assert_eq!(status(b, "GetReport", request), "Accepted");
            }),
        ),
    ]
}

#[test]
fn an_input_costs_a_big_station_what_it_costs_a_small_one() {
    let (small, big) = (costs(4), costs(1_000));
    for ((what, small), (_, big)) in small.iter().zip(&big) {
        // A name is found among a hundred times as many in a few more steps.
        let bound = small + small / 4 + 100;
        assert!(*big <= bound, "{what}: {small} looks, but {big}");
        // Each costs far less than a hundred instructions: see docs/benchmarks.md for the sum.
        assert!(*big < 3_000, "{what}: {big} looks");
    }
}

#[test]
fn a_big_station_reports_everything() {
    let mut bench = booted_with(config(1_000));
    assert_eq!(report(&mut bench, 1, "FullInventory"), "Accepted");
    let pages = pages(&mut bench);
    let items = pages
        .iter()
        .map(|page| page["reportData"].as_array().unwrap().len());
    let (all, most) = (items.clone().sum::<usize>(), items.max().unwrap());
    assert!(all > 9_000, "{all}");
    assert_eq!(most, 20);
    assert_eq!(pages.last().unwrap()["tbc"], false);
}
