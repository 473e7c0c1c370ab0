//! Charging limits of the whole station (1.6 sections 3.13.1, 7.10) and of direct current (7.12).

use std::collections::BTreeMap;

use ocpp_core::station::{LimitUnit, Output};

use super::*;

/// The limit of each connector as the hardware was told last.
fn limits(bench: &Bench) -> BTreeMap<u32, String> {
    let mut limits = BTreeMap::new();
    for output in &bench.outputs {
        if let Output::SetLimit { at, limit } = output {
            let text = limit.map_or("none".to_string(), |limit| {
                let unit = match limit.unit {
                    LimitUnit::Amperes => "A",
                    LimitUnit::Watts => "W",
                };
                format!("{} {unit}", limit.value)
            });
            limits.insert(at.evse, text);
        }
    }
    limits
}

fn install(bench: &mut Bench, connector: u32, purpose: &str, unit: &str, limit: f64) {
    let now = bench.utc_in(-1);
    let payload = json!({"connectorId": connector, "csChargingProfiles": {
        "chargingProfileId": connector + 1, "stackLevel": 0, "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute", "chargingSchedule": {
            "startSchedule": now, "chargingRateUnit": unit,
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}]}}});
    assert_eq!(status(bench, "SetChargingProfile", payload), "Accepted");
}

fn start(bench: &mut Bench, connector: u32) {
    bench.present(connector, &format!("TAG{connector}"));
    bench.plug(connector, 1);
}

#[test]
fn the_limit_of_the_station_is_shared_by_those_who_charge() {
    let mut bench = booted(config(3));
    install(&mut bench, 0, "ChargePointMaxProfile", "A", 32.0);
    start(&mut bench, 1);
    assert_eq!(limits(&bench)[&1], "32 A", "alone");
    start(&mut bench, 2);
    assert_eq!([&limits(&bench)[&1], &limits(&bench)[&2]], ["16 A", "16 A"]);
    // What one cannot use the other gets.
    install(&mut bench, 1, "TxDefaultProfile", "A", 10.0);
    assert_eq!([&limits(&bench)[&1], &limits(&bench)[&2]], ["10 A", "22 A"]);
    // 32 A for three: 10, 11 and 11.
    start(&mut bench, 3);
    let shares = limits(&bench);
    assert_eq!(
        [&shares[&1], &shares[&2], &shares[&3]],
        ["10 A", "11 A", "11 A"]
    );
    bench.present(2, "TAG2");
    let shares = limits(&bench);
    assert_eq!([&shares[&1], &shares[&3]], ["10 A", "22 A"], "one has left");
}

#[test]
fn who_came_last_waits_when_there_is_too_little_for_everybody() {
    let mut bench = booted(config(2));
    install(&mut bench, 0, "ChargePointMaxProfile", "A", 11.0);
    start(&mut bench, 1);
    start(&mut bench, 2);
    assert_eq!([&limits(&bench)[&1], &limits(&bench)[&2]], ["11 A", "0 A"]);
    assert_eq!(connector(&bench, 2), "SuspendedEVSE");
    bench.present(1, "TAG1");
    assert_eq!(limits(&bench)[&2], "11 A");
    assert_eq!(connector(&bench, 2), "Charging");
}

#[test]
fn the_limit_is_there_before_the_energy() {
    let mut bench = booted(config(2));
    install(&mut bench, 0, "ChargePointMaxProfile", "A", 32.0);
    start(&mut bench, 1);
    bench.outputs.clear();
    start(&mut bench, 2);
    let interesting: Vec<_> = bench
        .outputs
        .iter()
        .filter(|o| matches!(o, Output::SetLimit { .. } | Output::Contactor { .. }))
        .collect();
    assert!(
        matches!(
            interesting.last(),
            Some(Output::Contactor { closed: true, .. })
        ),
        "{interesting:?}"
    );
}

#[test]
fn direct_current_is_limited_in_watts() {
    let mut dc = config(2);
    let evse = EvseConfig::dc(vec![ConnectorConfig::fixed()], 500.into(), 200_000.into());
    dc.evses = vec![evse.clone(), evse];
    dc.features.limits_in_amperes = false;
    let mut bench = booted(dc);
    install(&mut bench, 0, "ChargePointMaxProfile", "W", 150_000.0);
    start(&mut bench, 1);
    assert_eq!(limits(&bench)[&1], "150000 W");
    start(&mut bench, 2);
    assert_eq!(
        [&limits(&bench)[&1], &limits(&bench)[&2]],
        ["75000 W", "75000 W"]
    );
    // What the hardware can do is the most that a schedule can say.
    let payload = json!({"connectorId": 0, "csChargingProfiles": {
        "chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": "ChargePointMaxProfile",
        "chargingProfileKind": "Absolute", "chargingSchedule": {
            "startSchedule": bench.utc_in(-1), "chargingRateUnit": "W",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 900_000.0}]}}});
    assert_eq!(
        status(&mut bench, "SetChargingProfile", payload),
        "Accepted"
    );
    let ask = json!({"connectorId": 1, "duration": 60, "chargingRateUnit": "W"});
    let answer = bench.call("GetCompositeSchedule", ask).unwrap().unwrap();
    let periods = &answer["chargingSchedule"]["chargingSchedulePeriod"];
    assert_eq!(periods[0]["limit"].as_f64(), Some(200_000.0));
}

#[test]
fn without_smart_charging_the_profile_of_a_remote_start_is_ignored() {
    let mut plain = config(1);
    plain.features.smart_charging = false;
    let mut bench = booted(plain);
    let start = json!({"idTag": "A", "connectorId": 1, "chargingProfile": {
        "chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Relative", "chargingSchedule": {
            "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0}]}}});
    assert_eq!(
        status(&mut bench, "RemoteStartTransaction", start),
        "Accepted"
    );
}

#[test]
fn a_late_answer_does_not_rename_the_transaction_that_runs_now() {
    let mut bench = charging(config(1));
    bench.network(false);
    bench.present(1, "TAG1");
    bench.unplug(1, 1);
    let pre =
        ocpp_core::station::Authorization::new(ocpp_core::station::AuthorizationStatus::Accepted);
    let now = ocpp_core::time::Now {
        monotonic: ocpp_core::time::Instant::ORIGIN,
        utc: None,
    };
    bench
        .station
        .seed_cache(now, &ocpp_core::station::Token::new("TAG1"), &pre);
    // A second one begins and ends offline, a third runs.
    for _ in 0..2 {
        bench.present(1, "TAG1");
        bench.plug(1, 1);
        if bench.station.state().queued < 4 {
            bench.run(10);
            bench.present(1, "TAG1");
            bench.unplug(1, 1);
        }
    }
    bench.answer_with({
        let mut id = 2000;
        but(move |action, _| {
            (action == "StartTransaction").then(|| {
                id += 1;
                match id {
                    2001 => Answer::Respond(
                        json!({"transactionId": id, "idTagInfo": {"status": "Accepted"}}),
                    ),
                    // The start of the third is not answered yet.
                    _ => Answer::Silence,
                }
            })
        })
    });
    bench.network(true);
    bench.run(20);
    let profile = json!({"connectorId": 1, "csChargingProfiles": {
        "chargingProfileId": 5, "transactionId": 2001, "stackLevel": 0,
        "chargingProfilePurpose": "TxProfile", "chargingProfileKind": "Relative",
        "chargingSchedule": {"chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0}]}}});
    assert_eq!(
        status(&mut bench, "SetChargingProfile", profile),
        "Rejected"
    );
}
