//! What the station as a whole may take, and what each EVSE gets of it (K01, K03, K04).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod kit_v2_0_1;

use kit_v2_0_1::{booted_with, but, config, get, status, token, with};
use ocpp_core::Version;
use ocpp_core::station::{
    ConnectorConfig, ConnectorId, EvState, EvseConfig, GridConfig, Input, LimitUnit, Measured,
    Output, Reading, SignedValue, StationConfig,
};
use ocpp_core::testing::station::{Answer, Bench, Outlet, friendly_v1_6};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

const VOLTAGE: Decimal = Decimal::from_parts(230, 0, 0, false, 0);

fn ac(amperes: i64, phases: u8) -> EvseConfig {
    let mut evse = EvseConfig::new(vec![ConnectorConfig::fixed()]);
    evse.max_current = amperes.into();
    evse.phases = phases;
    evse
}

fn dc(amperes: i64, watts: i64) -> EvseConfig {
    EvseConfig::dc(vec![ConnectorConfig::fixed()], amperes.into(), watts.into())
}

fn station(evses: Vec<EvseConfig>) -> StationConfig {
    let mut config = config(0);
    config.evses = evses;
    config
}

fn booted_v1_6(mut config: StationConfig) -> Bench {
    config.versions = vec![Version::V1_6];
    config.defaults = vec![("MeterValueSampleInterval".into(), "0".into())];
    let mut bench = Bench::new(config, friendly_v1_6());
    bench.start();
    bench
}

fn schedule(bench: &Bench, unit: &str, limit: f64, phases: Option<u8>) -> Value {
    let mut period = json!({"startPeriod": 0, "limit": limit});
    if let Some(phases) = phases {
        period["numberPhases"] = phases.into();
    }
    json!({"id": 1, "startSchedule": bench.utc_in(-1), "chargingRateUnit": unit,
        "chargingSchedulePeriod": [period]})
}

fn profile(id: u32, purpose: &str, schedule: &Value) -> Value {
    json!({"id": id, "stackLevel": 0, "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute", "chargingSchedule": [schedule]})
}

/// Installs a profile at a 2.0.1 station.
fn install(bench: &mut Bench, evse: u32, purpose: &str, schedule: &Value) -> String {
    let id = evse
        + if purpose == "TxDefaultProfile" {
            100
        } else {
            1
        };
    let profile = profile(id, purpose, schedule);
    let request = json!({"evseId": evse, "chargingProfile": profile});
    status(bench, "SetChargingProfile", request)
}

/// Installs a profile at a 1.6 station.
fn install_v1_6(bench: &mut Bench, connector: u32, purpose: &str, schedule: &Value) -> String {
    let mut schedule = schedule.clone();
    schedule.as_object_mut().unwrap().remove("id");
    let request = json!({"connectorId": connector, "csChargingProfiles": {
        "chargingProfileId": connector + 1, "stackLevel": 0, "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute", "chargingSchedule": schedule}});
    status(bench, "SetChargingProfile", request)
}

fn start(bench: &mut Bench, evse: u32) {
    bench.present(evse, &format!("TAG{evse}"));
    bench.plug(evse, 1);
}

/// What the hardware was told last: `16 A on 3`.
fn limit(bench: &Bench, evse: u32) -> String {
    let limit = bench.outlet(ConnectorId::new(evse, 1)).limit;
    let Some(limit) = limit.expect("it was told") else {
        return "none".into();
    };
    let unit = match limit.unit {
        LimitUnit::Amperes => "A",
        LimitUnit::Watts => "W",
    };
    match limit.phases {
        Some(phases) => format!("{} {unit} on {phases}", limit.value),
        None => format!("{} {unit}", limit.value),
    }
}

/// K04.FR.05: one EVSE is held to one phase, and the other gets no more than what is left of the watts.
#[test]
fn watts_are_shared_by_evses_on_different_numbers_of_phases() {
    let mut two = station(vec![ac(32, 3), ac(32, 3)]);
    two.features.switch_3_to_1_phase = true;

    let mut bench = booted_with(two.clone());
    let all = schedule(&bench, "W", 22_080.0, None);
    let single = schedule(&bench, "A", 16.0, Some(1));
    let max = install(&mut bench, 0, "ChargingStationMaxProfile", &all);
    assert_eq!(max, "Accepted");
    start(&mut bench, 1);
    start(&mut bench, 2);
    assert_eq!(
        install(&mut bench, 1, "TxDefaultProfile", &single),
        "Accepted"
    );
    assert_eq!(limit(&bench, 1), "16 A on 1");
    assert_eq!(limit(&bench, 2), "26.6 A on 3");

    let mut bench = booted_v1_6(two);
    let max = install_v1_6(&mut bench, 0, "ChargePointMaxProfile", &all);
    assert_eq!(max, "Accepted");
    start(&mut bench, 1);
    start(&mut bench, 2);
    let own = install_v1_6(&mut bench, 1, "TxDefaultProfile", &single);
    assert_eq!(own, "Accepted");
    assert_eq!(limit(&bench, 1), "16 A on 1");
    assert_eq!(limit(&bench, 2), "26.6 A on 3");
}

/// K01.FR.51: what one EVSE delivers does not change what the limit of another one means.
#[test]
fn amperes_stay_amperes_beside_direct_current() {
    let mixed = station(vec![ac(32, 1), dc(125, 50_000)]);
    let mut bench = booted_with(mixed.clone());
    let amperes = schedule(&bench, "A", 16.0, None);
    assert_eq!(
        install(&mut bench, 1, "TxDefaultProfile", &amperes),
        "Accepted"
    );
    assert_eq!(limit(&bench, 1), "16 A on 1");
    assert_eq!(limit(&bench, 2), "50000 W");
    let ask = json!({"evseId": 1, "duration": 60, "chargingRateUnit": "W"});
    let answer = bench.call("GetCompositeSchedule", ask).unwrap().unwrap();
    let period = &answer["schedule"]["chargingSchedulePeriod"][0];
    assert_eq!(period["limit"].as_f64(), Some(3_680.0));
    let clear = json!({"chargingProfileId": 101});
    assert_eq!(
        status(&mut bench, "ClearChargingProfile", clear),
        "Accepted"
    );
    let more = schedule(&bench, "A", 48.0, None);
    assert_eq!(
        install(&mut bench, 1, "TxDefaultProfile", &more),
        "Accepted"
    );
    assert_eq!(limit(&bench, 1), "32 A on 1", "what the EVSE can deliver");

    let mut bench = booted_v1_6(mixed);
    let own = install_v1_6(&mut bench, 1, "TxDefaultProfile", &amperes);
    assert_eq!(own, "Accepted");
    assert_eq!(limit(&bench, 1), "16 A on 1");
}

/// K01.FR.43 to K01.FR.45: what the device model says of phases is what the station does about them.
#[test]
fn profiles_for_fewer_phases_than_the_hardware_holds_to_are_refused() {
    let component = json!({"name": "SmartChargingCtrlr"});
    let variable = json!({"name": "Phases3to1"});
    let evses = || vec![ac(32, 3), ac(32, 1), dc(125, 50_000)];
    let mut bench = booted_with(station(evses()));
    let said = get(&mut bench, &component, &variable);
    assert_eq!(said["attributeValue"], "false");
    let two = schedule(&bench, "A", 16.0, Some(2));
    let one = schedule(&bench, "A", 16.0, Some(1));
    let default = "TxDefaultProfile";
    assert_eq!(install(&mut bench, 1, default, &two), "Rejected");
    assert_eq!(install(&mut bench, 1, default, &one), "Rejected");
    assert_eq!(install(&mut bench, 0, default, &one), "Rejected");
    let max = "ChargingStationMaxProfile";
    assert_eq!(install(&mut bench, 0, max, &one), "Rejected");
    assert_eq!(install(&mut bench, 2, default, &one), "Accepted");
    assert_eq!(install(&mut bench, 3, default, &one), "Accepted");

    let mut able = station(evses());
    able.features.switch_3_to_1_phase = true;
    let mut bench = booted_with(able);
    let said = get(&mut bench, &component, &variable);
    assert_eq!(said["attributeValue"], "true");
    assert_eq!(install(&mut bench, 0, default, &one), "Accepted");
    assert_eq!(limit(&bench, 1), "16 A on 1");
}

/// In 1.6 nothing is refused for its phases; the limit of the station counts what a car can take all the same.
#[test]
fn a_charger_that_cannot_switch_counts_all_its_phases() {
    let mut bench = booted_v1_6(station(vec![ac(32, 3), ac(32, 3)]));
    let all = schedule(&bench, "W", 22_080.0, None);
    let single = schedule(&bench, "A", 16.0, Some(1));
    install_v1_6(&mut bench, 0, "ChargePointMaxProfile", &all);
    install_v1_6(&mut bench, 1, "TxDefaultProfile", &single);
    start(&mut bench, 1);
    start(&mut bench, 2);
    assert_eq!(limit(&bench, 1), "16 A on 3");
    assert_eq!(limit(&bench, 2), "16 A on 3");
}

/// K01.FR.46, K01.FR.48.
#[test]
fn a_profile_may_name_the_phase_that_is_wired_anyway() {
    let mut evse = ac(32, 1);
    evse.single_phase = Some(2);
    let mut bench = booted_with(station(vec![evse, ac(32, 1)]));
    let on = |bench: &Bench, phase: u8| {
        let mut schedule = schedule(bench, "A", 16.0, Some(1));
        schedule["chargingSchedulePeriod"][0]["phaseToUse"] = phase.into();
        schedule
    };
    let (wired, other) = (on(&bench, 2), on(&bench, 3));
    let default = "TxDefaultProfile";
    assert_eq!(install(&mut bench, 1, default, &other), "Rejected");
    assert_eq!(install(&mut bench, 1, default, &wired), "Accepted");
    assert_eq!(install(&mut bench, 0, default, &wired), "Rejected");
    assert_eq!(install(&mut bench, 2, default, &wired), "Rejected");
}

/// EVSEs on different phases of the grid leave each other's alone.
#[test]
fn known_phases_are_filled_one_by_one() {
    let on = |phase| {
        let mut evse = ac(32, 1);
        evse.single_phase = Some(phase);
        evse
    };
    let mut three = station(vec![on(1), on(2), on(2)]);
    three.grid = GridConfig::of_current(32.into());
    let mut bench = booted_with(three);
    for evse in 1..=3 {
        start(&mut bench, evse);
    }
    let limits = [1, 2, 3].map(|evse| limit(&bench, evse));
    assert_eq!(limits, ["32 A on 1", "16 A on 1", "16 A on 1"]);
}

/// K04.FR.02: without any profile.
#[test]
fn the_connection_to_the_grid_is_never_overloaded() {
    let mut two = station(vec![ac(32, 3), ac(32, 3)]);
    two.grid = GridConfig::of_current(40.into());
    let mut benches = [booted_with(two.clone()), booted_v1_6(two.clone())];
    for bench in &mut benches {
        assert_eq!(limit(bench, 1), "32 A on 3");
        start(bench, 1);
        assert_eq!(limit(bench, 1), "32 A on 3");
        start(bench, 2);
        assert_eq!(
            [limit(bench, 1), limit(bench, 2)],
            ["20 A on 3", "20 A on 3"]
        );
        bench.present(1, "TAG1");
        bench.unplug(1, 1);
        assert_eq!(limit(bench, 2), "32 A on 3");
    }
    // And what a schedule says is no more than that.
    let ask = json!({"evseId": 0, "duration": 60, "chargingRateUnit": "A"});
    let answer = benches[0].call("GetCompositeSchedule", ask);
    let answer = answer.unwrap().unwrap();
    let period = &answer["schedule"]["chargingSchedulePeriod"][0];
    assert_eq!(period["limit"].as_f64(), Some(40.0));

    let mut fast = station(vec![dc(500, 150_000), dc(500, 150_000)]);
    fast.grid = GridConfig::of_power(200_000.into());
    let mut bench = booted_with(fast);
    start(&mut bench, 1);
    assert_eq!(limit(&bench, 1), "150000 W");
    start(&mut bench, 2);
    assert_eq!(
        [limit(&bench, 1), limit(&bench, 2)],
        ["100000 W", "100000 W"]
    );
}

#[test]
fn a_connection_to_the_grid_that_cannot_be() {
    let mut nothing = station(vec![ac(32, 3)]);
    nothing.grid = GridConfig::of_current(0.into());
    assert!(nothing.check().is_err());
    let mut single = station(vec![ac(32, 3)]);
    single.grid.phases = 1;
    assert!(single.check().is_err(), "three phases of one");
    let mut fourth = station(vec![ac(32, 1)]);
    fourth.evses[0].single_phase = Some(4);
    assert!(fourth.check().is_err());
    let mut good = station(vec![ac(32, 1)]);
    good.grid.phases = 1;
    good.grid.max_power = Some(4_000.into());
    assert!(good.check().is_ok());
}

/// Answers with the priority of a token and, to the events of one, with one for its transaction alone.
fn prioritizing(alone: Option<i64>) -> impl FnMut(&str, &Value) -> Answer {
    but(move |action, payload| {
        let of = |tag: &str| i64::from(tag == "TAG2") * 5;
        let tag = payload["idToken"]["idToken"].as_str();
        match action {
            "Authorize" => Some(Answer::Respond(json!({"idTokenInfo": {
                "status": "Accepted", "chargingPriority": of(tag?)}}))),
            "TransactionEvent" if tag == Some("TAG1") => {
                let mut answer = json!({"idTokenInfo": {"status": "Accepted"}});
                if let Some(alone) = alone {
                    answer["chargingPriority"] = alone.into();
                }
                Some(Answer::Respond(answer))
            }
            _ => None,
        }
    })
}

/// Two EVSEs of 32 A at a connection of so much.
fn scarce(amperes: i64) -> StationConfig {
    let mut two = station(vec![ac(32, 3), ac(32, 3)]);
    two.grid = GridConfig::of_current(amperes.into());
    two.features.resume_transactions = true;
    two
}

fn limits(bench: &Bench) -> [String; 2] {
    [1, 2].map(|evse| limit(bench, evse))
}

fn outlets(bench: &Bench) -> [Outlet; 2] {
    [1, 2].map(|evse| bench.outlet(ConnectorId::new(evse, 1)))
}

/// At no moment may more be taken at the two EVSEs together, not even between two outputs.
fn assert_never_more(bench: &Bench, mut outlets: [Outlet; 2], amperes: i64) {
    for output in &bench.outputs {
        match output {
            Output::SetLimit { at, limit } => outlets[at.evse as usize - 1].limit = Some(*limit),
            Output::Contactor { at, closed } => {
                outlets[at.evse as usize - 1].closed = Some(*closed);
            }
            _ => {}
        }
        let closed = outlets.iter().filter(|outlet| outlet.closed == Some(true));
        let sum: Decimal = closed.map(|one| one.limit.unwrap().unwrap().value.0).sum();
        assert!(sum <= amperes.into(), "{sum} A after {output:?}");
    }
}

/// K03.FR.04, K03.FR.06.
#[test]
fn higher_priorities_are_served_first() {
    let mut bench = booted_with(scarce(36));
    bench.answer_with(prioritizing(None));
    start(&mut bench, 1);
    assert_eq!(limit(&bench, 1), "32 A on 3");
    start(&mut bench, 2);
    assert_eq!(limits(&bench), ["0 A on 3", "32 A on 3"]);
    let first = ConnectorId::new(1, 1);
    assert!(!bench.is_charging(first), "it waits");
    bench.power_cycle();
    bench.run(60);
    let after = "after a power cut too";
    assert_eq!(limits(&bench), ["0 A on 3", "32 A on 3"], "{after}");
    assert!(bench.is_charging(ConnectorId::new(2, 1)), "{after}");
    bench.present(2, "TAG2");
    assert_eq!(limit(&bench, 1), "32 A on 3");
    assert!(bench.is_charging(first));
}

/// K03.FR.05.
#[test]
fn the_priority_of_a_transaction_overrules_that_of_its_token() {
    let mut bench = booted_with(scarce(36));
    bench.answer_with(prioritizing(Some(9)));
    start(&mut bench, 1);
    start(&mut bench, 2);
    assert_eq!(limits(&bench), ["32 A on 3", "0 A on 3"]);
    // It was for that transaction only.
    bench.answer_with(prioritizing(None));
    bench.present(1, "TAG1");
    bench.unplug(1, 1);
    start(&mut bench, 1);
    assert_eq!(limits(&bench), ["0 A on 3", "32 A on 3"]);
}

/// K03.FR.05, K04.FR.05.
#[test]
fn a_priority_that_changes_takes_before_it_gives() {
    let mut bench = booted_with(scarce(40));
    bench.answer_with(prioritizing(None));
    start(&mut bench, 1);
    start(&mut bench, 2);
    assert_eq!(limits(&bench), ["8 A on 3", "32 A on 3"]);
    let first = bench.station.state().connectors[0].transaction_id.clone();
    let first = json!(first.unwrap());
    bench.answer_with(but(move |_, payload| {
        let its = payload["transactionInfo"]["transactionId"] == first;
        its.then(|| Answer::Respond(json!({"chargingPriority": 9})))
    }));
    let before = outlets(&bench);
    bench.outputs.clear();
    bench.ev(1, EvState::Suspended);
    assert_eq!(limits(&bench), ["32 A on 3", "8 A on 3"]);
    assert_never_more(&bench, before, 40);
}

/// K04.FR.05: whoever is about to charge takes part before energy flows, with a transaction or before it.
#[test]
fn the_limit_is_there_before_the_energy_whatever_begins_the_transaction() {
    let start_point = "TxCtrlr.TxStartPoint";
    for (point, ready) in [
        ("EnergyTransfer", true),
        ("EnergyTransfer", false),
        ("DataSigned", true),
        ("PowerPathClosed", true),
    ] {
        let mut two = with(scarce(32), start_point, point);
        two.features.signed_meter_values = true;
        let two = with(two, "SampledDataCtrlr.SignReadings", "true");
        let mut bench = booted_with(two);
        bench.world(|output| {
            let Output::ReadMeter(evse) = output else {
                return None;
            };
            let signature = SignedValue {
                data: "T0NNRg==".into(),
                signing_method: "ECDSA-secp256r1-SHA256".into(),
                encoding_method: "OCMF".into(),
                public_key: "S0VZ".into(),
            };
            let energy = Measured::new("Energy.Active.Import.Register", "Wh", 1_000);
            let reading = Reading::default().and(energy.signed_as(signature));
            let evse = *evse;
            Some(vec![Input::Meter { evse, reading }])
        });
        start(&mut bench, 1);
        assert_eq!(limit(&bench, 1), "32 A on 3", "{point}");
        let before = outlets(&bench);
        bench.outputs.clear();
        bench.plug(2, 1);
        if !ready {
            bench.ev(2, EvState::Suspended);
        }
        bench.present(2, "TAG2");
        let running = |bench: &Bench| {
            let connectors = bench.station.state().connectors;
            connectors[1].transaction_id.is_some()
        };
        assert_eq!(running(&bench), ready, "{point}");
        assert!(bench.is_charging(ConnectorId::new(2, 1)), "{point}");
        bench.ev(2, EvState::Ready);
        assert!(running(&bench), "{point}");
        assert_eq!(limits(&bench), ["16 A on 3", "16 A on 3"], "{point}");
        assert_never_more(&bench, before, 32);
        let outputs = bench.outputs.iter();
        let told = |o: &&Output| matches!(o, Output::SetLimit { at, .. } if at.evse == 1);
        assert_eq!(outputs.filter(told).count(), 1, "{point}: once and for all");
    }
}

/// Where there is not enough for another car, its transaction does not begin before there is.
#[test]
fn a_transaction_that_energy_begins_waits_for_energy() {
    let mut bench = booted_with(with(scarce(10), "TxCtrlr.TxStartPoint", "EnergyTransfer"));
    start(&mut bench, 1);
    start(&mut bench, 2);
    assert_eq!(limits(&bench), ["10 A on 3", "0 A on 3"]);
    assert!(bench.station.state().connectors[1].transaction_id.is_none());
    bench.present(1, "TAG1");
    assert_eq!(limit(&bench, 2), "10 A on 3");
    assert!(bench.station.state().connectors[1].transaction_id.is_some());
    assert!(bench.is_charging(ConnectorId::new(2, 1)));
}

/// A transaction that only waits for the car to leave leaves its share to the others.
#[test]
fn who_does_not_charge_any_more_needs_no_share() {
    let mut bench = booted_with(with(scarce(32), "TxCtrlr.TxStopPoint", "EVConnected"));
    start(&mut bench, 1);
    start(&mut bench, 2);
    assert_eq!(limits(&bench), ["16 A on 3", "16 A on 3"]);
    let before = outlets(&bench);
    bench.outputs.clear();
    bench.present(1, "TAG1");
    assert!(bench.station.state().connectors[0].transaction_id.is_some());
    assert_eq!(limit(&bench, 2), "32 A on 3");
    bench.present(1, "TAG1");
    assert_eq!(limits(&bench), ["16 A on 3", "16 A on 3"]);
    assert_never_more(&bench, before, 32);
}

/// F01.FR.10: the profile of a remote start counts from the first moment of its transaction.
#[test]
fn the_profile_of_a_remote_start_counts_at_once_when_energy_begins_the_transaction() {
    let one = station(vec![ac(32, 3)]);
    let mut bench = booted_with(with(one, "TxCtrlr.TxStartPoint", "EnergyTransfer"));
    bench.plug(1, 1);
    let schedule = schedule(&bench, "A", 10.0, None);
    let profile = profile(1, "TxProfile", &schedule);
    let request =
        json!({"remoteStartId": 1, "idToken": token("A"), "evseId": 1, "chargingProfile": profile});
    assert_eq!(
        status(&mut bench, "RequestStartTransaction", request),
        "Accepted"
    );
    assert_eq!(limit(&bench, 1), "10 A on 3");
}

// The property, with an oracle of its own.

#[derive(Debug, Clone, Copy)]
struct Rule {
    watts: bool,
    value: u32,
    phases: Option<u8>,
}

impl Rule {
    fn unit(self) -> &'static str {
        if self.watts { "W" } else { "A" }
    }

    fn limit(self) -> Decimal {
        Decimal::from(self.value) * Decimal::from(if self.watts { 100 } else { 1 })
    }
}

fn rule(most: u32) -> impl Strategy<Value = Option<Rule>> {
    let phases = prop_oneof![2 => Just(None), 1 => (1_u8..=3).prop_map(Some)];
    proptest::option::of((any::<bool>(), 0..most, phases)).prop_map(|rule| {
        rule.map(|(watts, value, phases)| Rule {
            watts,
            value: if watts { value * 4 } else { value },
            phases,
        })
    })
}

fn evse() -> impl Strategy<Value = EvseConfig> {
    let single = prop_oneof![Just(None), (1_u8..=3).prop_map(Some)];
    (0_u8..=3, 0_usize..3, single).prop_map(|(phases, size, single)| {
        let amperes = [16, 32, 63][size];
        let mut evse = match phases {
            0 => dc(amperes * 2, amperes * 800),
            phases => ac(amperes, phases),
        };
        evse.single_phase = single.filter(|_| phases > 0);
        evse
    })
}

/// What an EVSE takes: watts, and amperes on each phase.
#[derive(Debug, Clone)]
struct Load {
    watts: Decimal,
    amperes: [Decimal; 3],
}

/// What an EVSE takes with so much of its own unit, on whichever phases it may charge.
fn load(evse: &EvseConfig, stated: u8, switches: bool, share: Decimal) -> Load {
    if evse.phases == 0 {
        let each = share / (VOLTAGE * Decimal::from(3));
        return Load {
            watts: share,
            amperes: [each; 3],
        };
    }
    let used = if switches {
        stated.min(evse.phases)
    } else {
        evse.phases
    };
    let here = |phase: u8| used > 1 || evse.single_phase.is_none_or(|single| single == phase);
    Load {
        watts: share * VOLTAGE * Decimal::from(used),
        amperes: [1, 2, 3].map(|phase| if here(phase) { share } else { Decimal::ZERO }),
    }
}

/// What an EVSE may have if nobody else wants anything.
fn ceiling(evse: &EvseConfig, stated: u8, rules: &[Rule], grid: &GridConfig) -> Decimal {
    let direct = evse.phases == 0;
    let phases = Decimal::from(stated);
    let of_rule = |rule: &Rule| match (rule.watts, direct) {
        (true, true) | (false, false) => rule.limit(),
        (true, false) => rule.limit() / (VOLTAGE * phases),
        (false, true) => rule.limit() * VOLTAGE,
    };
    let of_grid = [
        grid.max_current.map(|amperes| {
            if direct {
                amperes.0 * VOLTAGE * Decimal::from(3)
            } else {
                amperes.0
            }
        }),
        grid.max_power.map(|watts| {
            if direct {
                watts.0
            } else {
                watts.0 / (VOLTAGE * phases)
            }
        }),
    ];
    let own = if direct {
        evse.max_power.unwrap().0
    } else {
        evse.max_current.0
    };
    let all = rules
        .iter()
        .map(of_rule)
        .chain(of_grid.into_iter().flatten());
    all.fold(own, Decimal::min)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// K04.FR.02, K04.FR.05, K01.FR.51: the EVSEs together stay within every limit of the station, and none gets less than
    /// its fair share.
    #[test]
    fn the_station_stays_within_its_limits_and_shares_fairly(
        evses in proptest::collection::vec((evse(), rule(70)), 1..5),
        max in rule(120),
        grid_amperes in proptest::option::of(6_i64..120),
        grid_watts in proptest::option::of(1_000_i64..80_000),
        switches in any::<bool>(),
    ) {
        let mut config = station(evses.iter().map(|(evse, _)| evse.clone()).collect());
        config.features.switch_3_to_1_phase = switches;
        config.grid.max_current = grid_amperes.map(Into::into);
        config.grid.max_power = grid_watts.map(Into::into);
        let grid = config.grid.clone();
        let mut bench = booted_with(config);
        let mut set = |evse: u32, purpose: &str, rule: &Option<Rule>| {
            let rule = (*rule)?;
            let limit = f64::try_from(rule.limit()).unwrap();
            let schedule = schedule(&bench, rule.unit(), limit, rule.phases);
            (install(&mut bench, evse, purpose, &schedule) == "Accepted").then_some(rule)
        };
        let max = set(0, "ChargingStationMaxProfile", &max);
        let own: Vec<Option<Rule>> = (1..)
            .zip(&evses)
            .map(|(number, (_, rule))| set(number, "TxDefaultProfile", rule))
            .collect();
        for number in 1..=u32::try_from(evses.len()).unwrap() {
            start(&mut bench, number);
        }

        let no_limits = max.is_none()
            && own.iter().all(Option::is_none)
            && grid_amperes.is_none()
            && grid_watts.is_none();
        if no_limits {
            return Ok(());
        }
        // What everybody has, could have, and takes for each unit of it.
        let mut shares = Vec::new();
        let mut ceilings = Vec::new();
        let mut units = Vec::new();
        for (number, ((evse, _), own)) in (1..).zip(evses.iter().zip(&own)) {
            let told = bench.outlet(ConnectorId::new(number, 1)).limit.unwrap().unwrap();
            let rules: Vec<Rule> = [*own, max].into_iter().flatten().collect();
            let stated = rules.iter().map(|rule| rule.phases.unwrap_or(3)).min();
            let stated = stated.unwrap_or(evse.phases).max(1);
            prop_assert_eq!(told.unit == LimitUnit::Watts, evse.phases == 0);
            shares.push(told.value.0);
            ceilings.push(ceiling(evse, stated, &rules, &grid));
            units.push(load(evse, stated, switches, Decimal::ONE));
        }
        // The limits of the station: how much there is, and how much of it one unit of each share takes.
        let mut limits: Vec<(Decimal, Vec<Decimal>)> = Vec::new();
        let watts = [max.filter(|max| max.watts).map(Rule::limit), grid.max_power.map(|w| w.0)];
        for room in watts.into_iter().flatten() {
            limits.push((room, units.iter().map(|unit| unit.watts).collect()));
        }
        let amperes = [max.filter(|max| !max.watts).map(Rule::limit), grid.max_current.map(|a| a.0)];
        for room in amperes.into_iter().flatten() {
            for phase in 0..3 {
                limits.push((room, units.iter().map(|unit| unit.amperes[phase]).collect()));
            }
        }
        let by_power = watts.iter().flatten().next().is_some();
        let level = |index: usize| {
            let unit = &units[index];
            let rate = match (by_power, evses[index].0.phases) {
                (true, _) => unit.watts,
                (false, 0) => unit.amperes[0],
                (false, _) => Decimal::ONE,
            };
            (shares[index] * rate, rate)
        };
        let six = Decimal::from(6);
        let tenth = Decimal::new(1, 1);
        let speck = Decimal::new(1, 6);
        for (index, share) in shares.iter().enumerate() {
            prop_assert!(*share <= ceilings[index] + speck, "{} of {}", share, ceilings[index]);
        }
        let used = |loads: &[Decimal]| -> Decimal {
            loads.iter().zip(&shares).map(|(load, share)| load * share).sum()
        };
        for (room, loads) in &limits {
            prop_assert!(used(loads) <= *room + speck, "{} of {}: {:?}", used(loads), room, shares);
        }
        for (index, share) in shares.iter().enumerate() {
            let least = if evses[index].0.phases == 0 { Decimal::ZERO } else { six };
            let at_top = *share + tenth > ceilings[index];
            if at_top || ceilings[index] < least {
                continue;
            }
            // Something that it needs is used up, to what is lost by cutting, and nobody has more of it.
            let fair = limits.iter().any(|(room, loads)| {
                if loads[index].is_zero() {
                    return false;
                }
                let left = *room - used(loads);
                if share.is_zero() && !least.is_zero() {
                    return left < least * loads[index];
                }
                let lost: Decimal = loads.iter().map(|load| load * tenth).sum();
                let (mine, rate) = level(index);
                left <= lost + speck && (0..shares.len()).all(|other| {
                    let (theirs, other_rate) = level(other);
                    let minimum = evses[other].0.phases > 0 && shares[other] <= six;
                    let tolerance = (rate.max(other_rate)) * tenth + speck;
                    loads[other].is_zero() || minimum || theirs <= mine + tolerance
                })
            });
            prop_assert!(fair, "{:?} of {:?} within {:?}", shares, ceilings, limits);
        }
    }
}
