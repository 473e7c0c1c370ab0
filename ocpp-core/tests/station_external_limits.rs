//! Limits that an external system sets at a 2.0.1 station, and releases (K11 to K13).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod kit_v2_0_1;

use kit_v2_0_1::{booted_with, charging, charging_with, config, set, status, with};
use ocpp_core::smart_charging::{
    ChargingSchedule, ExternalLimit, LimitSource, RateUnit, Rest, SchedulePeriod,
};
use ocpp_core::station::{Input, Output};
use ocpp_core::testing::station::Bench;
use rust_decimal::Decimal;
use serde_json::{Value, json};

fn limit(bench: &mut Bench, evse: u32, amperes: i64) {
    let limit = ExternalLimit::constant(evse, LimitSource::Ems, amperes.into(), RateUnit::A);
    bench.input(Input::ExternalLimit(Box::new(limit)));
}

fn release(bench: &mut Bench, evse: u32) {
    let source = LimitSource::Ems;
    bench.input(Input::ExternalLimitReleased { evse, source });
}

/// The limits that the hardware was told since the last time, in amperes.
fn told(bench: &mut Bench) -> Vec<String> {
    let limits = bench.outputs.iter().filter_map(|output| match output {
        Output::SetLimit { limit, .. } => Some(limit.map(|limit| limit.value.to_string())),
        _ => None,
    });
    let limits = limits.map(Option::unwrap_or_default).collect();
    bench.outputs.clear();
    limits
}

/// What the CSMS heard since the last time: actions, and the trigger of events.
fn heard(bench: &mut Bench) -> Vec<String> {
    let calls = bench.calls().into_iter();
    let words = calls.map(|call| match call.payload["triggerReason"].as_str() {
        Some(trigger) => format!("{} {trigger}", call.action),
        None => call.action,
    });
    words.collect()
}

/// The profiles that the station reports for external systems.
fn reported(bench: &mut Bench) -> Vec<Value> {
    let of = json!({"chargingProfilePurpose": "ChargingStationExternalConstraints"});
    let asked = json!({"requestId": 5, "chargingProfile": of});
    if status(bench, "GetChargingProfiles", asked) != "Accepted" {
        return Vec::new();
    }
    let reports = bench.calls().into_iter();
    reports.map(|call| call.payload).collect()
}

#[test]
fn a_limit_holds_is_told_and_reported_and_is_released() {
    let mut bench = charging();
    bench.calls();
    limit(&mut bench, 1, 10);
    assert_eq!(told(&mut bench), ["10"]);
    let calls = bench.calls();
    let notice = calls
        .iter()
        .find(|call| call.action == "NotifyChargingLimit");
    let notice = &notice.unwrap().payload;
    assert_eq!(notice["chargingLimit"]["chargingLimitSource"], "EMS");
    assert_eq!(notice["evseId"], 1);
    assert_eq!(notice.get("chargingSchedule"), None, "only if wanted");
    let changed = |call: &&ocpp_core::testing::station::Call| {
        call.payload["triggerReason"] == "ChargingRateChanged"
    };
    assert!(calls.iter().any(|call| changed(&call)));

    let report = reported(&mut bench);
    assert_eq!(report.len(), 1);
    assert_eq!(report[0]["chargingLimitSource"], "EMS");
    let profile = &report[0]["chargingProfile"][0];
    assert!(profile["id"].as_i64().unwrap() < 0, "K12.FR.05");
    // The CSMS can neither clear nor replace it (K10.FR.08, K01.FR.05).
    let clear = json!({"chargingProfileId": profile["id"]});
    assert_eq!(status(&mut bench, "ClearChargingProfile", clear), "Unknown");

    release(&mut bench, 1);
    assert_eq!(told(&mut bench), [""]);
    let heard = heard(&mut bench);
    assert_eq!(
        heard,
        [
            "ClearedChargingLimit",
            "TransactionEvent ChargingRateChanged"
        ]
    );
    assert_eq!(reported(&mut bench), Vec::<Value>::new());
}

#[test]
fn what_is_said_once_more_and_what_hardly_changes_is_not_told() {
    let significance = "SmartChargingCtrlr.LimitChangeSignificance";
    let mut bench = charging_with(with(config(1), significance, "10"));
    bench.calls();
    limit(&mut bench, 1, 20);
    assert_eq!(told(&mut bench), ["20"]);
    assert_eq!(heard(&mut bench).len(), 2);
    limit(&mut bench, 1, 20);
    assert_eq!(told(&mut bench), Vec::<String>::new());
    limit(&mut bench, 1, 21);
    assert_eq!(told(&mut bench), ["21"], "the hardware follows every limit");
    assert_eq!(heard(&mut bench), Vec::<String>::new());
    limit(&mut bench, 1, 24);
    assert_eq!(told(&mut bench), ["24"]);
    assert_eq!(heard(&mut bench).len(), 2);
}

#[test]
fn the_schedule_is_told_if_the_csms_wants_it() {
    let mut bench = booted_with(config(2));
    let wanted = set(
        &mut bench,
        "SmartChargingCtrlr",
        "NotifyChargingLimitWithSchedules",
        "true",
    );
    assert_eq!(wanted, "Accepted");
    let schedule = ChargingSchedule {
        id: 0,
        start: None,
        duration: Some(600),
        unit: RateUnit::W,
        min_charging_rate: None,
        periods: vec![
            SchedulePeriod::new(0, Decimal::from(8_000)),
            SchedulePeriod::new(300, Decimal::from(5_000)),
        ],
        extras: None,
        rest: Rest::NONE,
    };
    let mut limit = ExternalLimit::new(0, LimitSource::So, schedule);
    limit.grid_critical = Some(true);
    bench.input(Input::ExternalLimit(Box::new(limit)));
    let notice = &bench.calls()[0].payload;
    assert_eq!(
        notice["chargingLimit"],
        json!({"chargingLimitSource": "SO", "isGridCritical": true})
    );
    assert_eq!(notice.get("evseId"), None, "that of the station");
    let told = &notice["chargingSchedule"][0];
    assert_eq!(told["chargingSchedulePeriod"][1]["limit"], 5_000);
    assert!(told["startSchedule"].is_string(), "it begins now");
}

#[test]
fn a_limit_outlasts_a_restart_and_is_told_when_there_is_a_connection() {
    let mut bench = booted_with(config(2));
    bench.network(false);
    bench.run(60);
    bench.outputs.clear();
    limit(&mut bench, 2, 8);
    // The first EVSE has what it can do by itself.
    assert_eq!(told(&mut bench), ["32", "8"]);
    bench.power_cycle();
    // No energy flows before the time is known, and with it the limit.
    bench.network(true);
    bench.run(120);
    let again = told(&mut bench);
    assert!(again.contains(&"8".to_owned()), "{again:?}");
    let heard = heard(&mut bench);
    let notices = heard.iter().filter(|word| *word == "NotifyChargingLimit");
    assert_eq!(notices.count(), 1, "{heard:?}");
}

#[test]
fn a_limit_that_cannot_be_followed_is_refused_and_nothing_changes() {
    let mut bench = charging();
    limit(&mut bench, 1, 10);
    bench.calls();
    bench.outputs.clear();
    limit(&mut bench, 7, 10);
    limit(&mut bench, 1, -3);
    let refused = bench.outputs.iter().filter(|output| {
        matches!(output, Output::ExternalLimitRefused { source, .. } if *source == LimitSource::Ems)
    });
    assert_eq!(refused.count(), 2);
    assert_eq!(told(&mut bench), Vec::<String>::new());
    assert_eq!(heard(&mut bench), Vec::<String>::new());
    assert_eq!(reported(&mut bench).len(), 1);
}

#[test]
fn without_smart_charging_a_limit_holds_and_the_csms_hears_nothing() {
    let mut without = config(1);
    without.features.smart_charging = false;
    let mut bench = charging_with(without);
    bench.calls();
    limit(&mut bench, 1, 10);
    assert_eq!(told(&mut bench), ["10"]);
    assert!(!heard(&mut bench).contains(&"NotifyChargingLimit".to_owned()));
}
