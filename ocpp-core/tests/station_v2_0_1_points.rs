//! The 2.0.1 station with every value of `TxStartPoint` and `TxStopPoint`, with fixed cables and with sockets (E01 to E03,
//! E06, E09, E10).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod kit_v2_0_1;

use kit_v2_0_1::{
    booted_with, charging_with, config, events, refusing_tokens, seq_nos, sockets, status, token,
    with,
};
use ocpp_core::station::{
    CableState, ConnectorConfig, ConnectorId, EvState, EvseConfig, Fault, FaultCode, Input, Output,
    StationConfig,
};
use ocpp_core::testing::station::{Bench, friendly_v2_0_1};
use serde_json::{Value, json};

const POINTS: [&str; 5] = [
    "ParkingBayOccupancy",
    "EVConnected",
    "Authorized",
    "PowerPathClosed",
    "EnergyTransfer",
];
const AT: ConnectorId = ConnectorId::new(1, 1);

#[test]
fn energy_that_begins_a_transaction_flows_after_it_is_stored_with_its_register() {
    let config = with(config(1), "TxCtrlr.TxStartPoint", "EnergyTransfer");
    let mut bench = booted_with(with(config, "TxCtrlr.TxStopPoint", "EnergyTransfer"));
    bench.present(1, "TAG1");
    bench.outputs.clear();
    bench.all_calls();
    bench.plug(1, 1);
    let outputs = std::mem::take(&mut bench.outputs);
    let place = |wanted: &dyn Fn(&Output) -> bool| outputs.iter().position(wanted);
    let closes = place(&|output| matches!(output, Output::Contactor { closed: true, .. }));
    // The application hears of it when it is stored.
    let begun = place(&|output| matches!(output, Output::Transaction { .. }));
    assert!(begun.is_some() && begun < closes, "{outputs:?}");
    let events = events(bench.all_calls());
    assert_eq!(events.len(), 1, "E01.FR.06: one event tells it");
    assert!(bench.is_charging(AT));
    assert_eq!(events[0]["transactionInfo"]["chargingState"], "Charging");
    let told = events[0]["meterValue"].to_string();
    assert!(told.contains("Transaction.Begin"), "E01.FR.16: {told}");
}

/// A way to configure a station and to use it.
#[derive(Debug, Clone)]
struct Way {
    start: &'static str,
    stop: Vec<&'static str>,
    socket: bool,
    /// `StopTxOnEVSideDisconnect`.
    stops_on_disconnect: bool,
    cable_first: bool,
}

impl Way {
    /// Every start point with every set of stop points, with both kinds of cable, in both orders. Unless `OCPP_EXHAUSTIVE` is
    /// set every fifth of them, which still has each start point with each set of stop points, and each set with each rest.
    fn all() -> impl Iterator<Item = Self> {
        let every = match std::env::var_os("OCPP_EXHAUSTIVE") {
            Some(_) => 1,
            None => 5,
        };
        Self::each().step_by(every)
    }

    fn each() -> impl Iterator<Item = Self> {
        let starts = POINTS.into_iter();
        let with_stops = starts.flat_map(|start| (1..32_u8).map(move |stops| (start, stops)));
        with_stops.flat_map(|(start, stops)| {
            (0..8_u8).map(move |rest| Self {
                start,
                stop: (0..5)
                    .filter(|bit| stops & 1 << bit != 0)
                    .map(|bit| POINTS[bit])
                    .collect(),
                socket: rest & 1 != 0,
                stops_on_disconnect: rest & 2 != 0,
                cable_first: rest & 4 != 0,
            })
        })
    }

    fn stops_at(&self, points: &[&str]) -> bool {
        self.stop.iter().any(|stop| points.contains(stop))
    }

    /// Whether the loss of the car ends the transaction (E06.FR.02, E06.FR.06, E06.FR.07, E09.FR.01).
    fn ends_without_car(&self) -> bool {
        self.stops_at(&["EVConnected", "PowerPathClosed", "EnergyTransfer"])
            || self.stops_on_disconnect && self.stops_at(&["Authorized"])
    }

    fn config(&self) -> StationConfig {
        let config = if self.socket { sockets(1) } else { config(1) };
        let config = with(config, "TxCtrlr.TxStartPoint", self.start);
        let config = with(config, "TxCtrlr.TxStopPoint", &self.stop.join(","));
        let stops = if self.stops_on_disconnect {
            "true"
        } else {
            "false"
        };
        with(config, "TxCtrlr.StopTxOnEVSideDisconnect", stops)
    }

    fn connect(&self, bench: &mut Bench) {
        if self.socket {
            bench.cable(AT, CableState::InSocket);
        }
        bench.cable(AT, CableState::Connected);
    }

    /// The car side is pulled.
    fn pull(&self, bench: &mut Bench) {
        bench.cable(
            AT,
            if self.socket {
                CableState::InSocket
            } else {
                CableState::Unplugged
            },
        );
    }

    /// A station that somebody charges at, and all events so far.
    fn charging(&self) -> (Bench, Vec<Value>) {
        let mut bench = booted_with(self.config());
        bay(&mut bench, true);
        if self.cable_first {
            self.connect(&mut bench);
            bench.present(1, "TAG1");
        } else {
            bench.present(1, "TAG1");
            self.connect(&mut bench);
        }
        let all = events(bench.calls());
        assert!(bench.is_charging(AT), "{self:?}: {all:?}");
        let state = &all.last().unwrap()["transactionInfo"]["chargingState"];
        assert_eq!(state, "Charging", "{self:?}");
        bench.run(3_600);
        (bench, all)
    }

    /// What holds of every transaction.
    fn check(&self, all: &[Value], transactions: usize) {
        let started = count(all, "eventType", "Started");
        assert_eq!(started, transactions, "{self:?}: {all:?}");
        assert_eq!(count(all, "eventType", "Ended"), transactions, "{self:?}");
        let first = all.iter().position(|event| event["eventType"] == "Ended");
        for of_one in [&all[..=first.unwrap()], &all[first.unwrap() + 1..]] {
            let numbers: Vec<i64> = (0..).take(of_one.len()).collect();
            assert_eq!(seq_nos(of_one), numbers, "{self:?}");
            let Some(ended) = of_one.last() else {
                continue;
            };
            assert_eq!(ended["eventType"], "Ended", "{self:?}");
            let id = &ended["transactionInfo"]["transactionId"];
            let same = |event: &Value| event["transactionInfo"]["transactionId"] == *id;
            assert!(of_one.iter().all(same), "{self:?}");
            let values = ended["meterValue"].as_array().unwrap();
            let read = |at: usize| values[at]["sampledValue"][0]["value"].as_f64().unwrap();
            let energy = read(values.len() - 1) - read(0);
            assert!((energy - 3_600.0).abs() < 1.0, "{self:?}: {energy}");
        }
    }
}

fn bay(bench: &mut Bench, occupied: bool) {
    bench.input(Input::ParkingBay {
        evse: 1,
        occupied,
        token: None,
    });
}

fn count(events: &[Value], member: &str, value: &str) -> usize {
    let all = events.iter().filter(|event| event[member] == value);
    all.count()
}

/// TC_E_20, TC_E_37, TC_E_54, TC_E_19 and their siblings: whoever charges can be told from whoever is gone.
#[test]
fn a_car_that_is_pulled_is_told_once_wherever_transactions_begin_and_end() {
    for way in Way::all() {
        let (mut bench, mut all) = way.charging();
        // The start has told the lock to be open.
        let before = bench.outputs.len();
        way.pull(&mut bench);
        let pulled = events(bench.calls());
        assert!(!bench.is_charging(AT), "{way:?}");
        assert_eq!(pulled.len(), 1, "{way:?}: {pulled:?}");
        let lost = &pulled[0];
        assert_eq!(lost["triggerReason"], "EVCommunicationLost", "{way:?}");
        assert_eq!(lost["transactionInfo"]["chargingState"], "Idle", "{way:?}");
        if way.ends_without_car() {
            assert_eq!(lost["eventType"], "Ended", "{way:?}");
            let reason = &lost["transactionInfo"]["stoppedReason"];
            assert_eq!(reason, "EVDisconnected", "{way:?}");
        } else {
            assert_eq!(lost["eventType"], "Updated", "{way:?}");
        }
        all.extend(pulled);
        if way.socket {
            if !way.ends_without_car() && !way.stops_on_disconnect {
                // E10: the cable stays locked until the driver is back.
                let unlock = Output::Unlock(AT);
                assert!(!bench.outputs[before..].contains(&unlock), "{way:?}");
                bench.present(1, "TAG1");
                assert!(bench.outputs[before..].contains(&unlock), "{way:?}");
            }
            bench.cable(AT, CableState::Unplugged);
        }
        bay(&mut bench, false);
        bench.run(600);
        all.extend(events(bench.calls()));
        let lost = count(&all, "triggerReason", "EVCommunicationLost");
        assert_eq!(lost, 1, "{way:?}: {all:?}");
        way.check(&all, 1);
        let state = &bench.station.state().connectors[0];
        assert!(
            !state.authorized && state.transaction_id.is_none(),
            "{way:?}"
        );
        assert_eq!(state.status, "Available", "{way:?}");
    }
}

#[test]
fn who_stops_with_a_token_can_begin_again_with_it_wherever_transactions_begin_and_end() {
    for way in Way::all() {
        let (mut bench, mut all) = way.charging();
        bench.present(1, "TAG1");
        assert!(!bench.is_charging(AT), "{way:?}");
        let stopped = events(bench.calls());
        let ended = way.stops_at(&["Authorized", "PowerPathClosed", "EnergyTransfer"]);
        let kind = if ended { "Ended" } else { "Updated" };
        assert_eq!(stopped.len(), 1, "{way:?}: {stopped:?}");
        assert_eq!(stopped[0]["eventType"], kind, "{way:?}");
        assert_eq!(stopped[0]["triggerReason"], "StopAuthorized", "{way:?}");
        all.extend(stopped);
        bench.present(1, "TAG1");
        assert!(bench.is_charging(AT), "{way:?}");
        let again = events(bench.calls());
        let kind = if ended { "Started" } else { "Updated" };
        assert_eq!(again[0]["eventType"], kind, "{way:?}: {again:?}");
        let token = &again[0]["idToken"];
        assert_eq!(*token, kit_v2_0_1::token("TAG1"), "{way:?}");
        all.extend(again);
        if ended {
            bench.run(3_600);
        }
        way.pull(&mut bench);
        if way.socket {
            if !way.ends_without_car() && !way.stops_on_disconnect {
                bench.present(1, "TAG1");
            }
            bench.cable(AT, CableState::Unplugged);
        }
        bay(&mut bench, false);
        bench.run(600);
        all.extend(events(bench.calls()));
        way.check(&all, if ended { 2 } else { 1 });
    }
}

/// The state ParkingBayOccupied of part 6: the token comes before the car.
#[test]
fn a_car_in_the_bay_of_a_running_transaction_is_told_where_one_may_begin_with_it() {
    for (start, told) in [("Authorized", 0), ("ParkingBayOccupancy,Authorized", 1)] {
        let mut bench = booted_with(with(config(1), "TxCtrlr.TxStartPoint", start));
        bench.present(1, "TAG1");
        bay(&mut bench, true);
        bench.plug(1, 1);
        let all = events(bench.calls());
        assert_eq!(all[0]["triggerReason"], "Authorized", "{start}: {all:?}");
        assert_eq!(count(&all, "eventType", "Started"), 1, "{start}: {all:?}");
        assert_eq!(
            count(&all, "triggerReason", "EVDetected"),
            told,
            "{start}: {all:?}"
        );
        assert_eq!(
            count(&all, "triggerReason", "CablePluggedIn"),
            1,
            "{start}: {all:?}"
        );
    }
}

/// The driver puts the cable into the socket, thinks better of it, and takes it out again.
#[test]
fn a_cable_that_only_was_in_the_socket_is_no_car() {
    for start in ["Authorized", "ParkingBayOccupancy"] {
        let config = with(sockets(1), "TxCtrlr.TxStartPoint", start);
        let mut bench = booted_with(with(config, "TxCtrlr.EVConnectionTimeOut", "90"));
        bay(&mut bench, true);
        bench.present(1, "TAG1");
        bench.calls();
        for state in [CableState::InSocket, CableState::Unplugged] {
            bench.run(40);
            bench.cable(AT, state);
            assert_eq!(events(bench.calls()), [Value::Null; 0], "{start}");
        }
        bench.run(9);
        assert_eq!(events(bench.calls()), [Value::Null; 0], "{start}");
        // C01.FR.26: the time counts from the authorization, whatever was done with the cable.
        bench.run(1);
        let over = events(bench.calls());
        assert_eq!(over[0]["triggerReason"], "EVConnectTimeout", "{start}");
    }
}

/// E09.FR.02, E09.FR.03, TC_E_17.
#[test]
fn the_configuration_decides_whether_the_cable_stays_locked_without_a_car() {
    for (unlocks, stop) in [
        ("true", "Authorized"),
        ("false", "Authorized"),
        ("false", "ParkingBayOccupancy"),
    ] {
        let config = with(sockets(1), "TxCtrlr.TxStopPoint", stop);
        let mut bench = charging_with(with(
            config,
            "OCPPCommCtrlr.UnlockOnEVSideDisconnect",
            unlocks,
        ));
        bay(&mut bench, true);
        bench.cable(AT, CableState::InSocket);
        let unlocked = |bench: &Bench| bench.outputs.contains(&Output::Unlock(AT));
        assert_eq!(unlocked(&bench), unlocks == "true", "{stop}");
        bench.calls();
        if unlocks == "false" {
            bench.present(1, "TAG2");
            assert!(!unlocked(&bench), "{stop}: somebody else");
            bench.present(1, "TAG1");
            assert!(unlocked(&bench), "{stop}");
            assert_eq!(events(bench.calls()), [Value::Null; 0], "{stop}");
        }
        bench.cable(AT, CableState::Unplugged);
        let ended = events(bench.calls());
        assert_eq!(count(&ended, "triggerReason", "EVCommunicationLost"), 0);
    }
}

/// E09.FR.01: whoever comes back to the car, whose cable stayed locked, charges again with one presentation.
#[test]
fn who_connects_the_car_again_goes_on_with_one_presentation() {
    for stop in ["Authorized", "ParkingBayOccupancy"] {
        let config = with(sockets(1), "TxCtrlr.TxStopPoint", stop);
        let mut bench = charging_with(with(
            config,
            "OCPPCommCtrlr.UnlockOnEVSideDisconnect",
            "false",
        ));
        bay(&mut bench, true);
        bench.cable(AT, CableState::InSocket);
        bench.cable(AT, CableState::Connected);
        assert!(!bench.is_charging(AT), "{stop}");
        bench.present(1, "TAG1");
        assert!(bench.is_charging(AT), "{stop}");
    }
}

/// E10.FR.01: a plug that was torn out of its lock ends what nobody can go on with, and the next one pays for themselves.
#[test]
fn a_plug_that_leaves_the_socket_of_a_suspended_transaction_ends_it() {
    let config = with(sockets(1), "TxCtrlr.TxStopPoint", "Authorized");
    let config = with(config, "TxCtrlr.StopTxOnEVSideDisconnect", "false");
    let mut bench = charging_with(config);
    bench.cable(AT, CableState::InSocket);
    assert_eq!(bench.story(), ["Updated EVCommunicationLost Idle"]);
    bench.outputs.clear();
    bench.cable(AT, CableState::Unplugged);
    let ended = events(bench.calls());
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0]["eventType"], "Ended");
    assert_eq!(ended[0]["triggerReason"], "AbnormalCondition");
    let reason = &ended[0]["transactionInfo"]["stoppedReason"];
    assert_eq!(reason, "EVDisconnected");
    // A bolt that is out would keep the next plug out.
    assert!(bench.outputs.contains(&Output::Unlock(AT)));
    bench.plug(1, 1);
    assert!(!bench.is_charging(AT));
}

/// An EVSE with two connectors, of which one is used at a time (E01.FR.14).
fn two_connectors(stop: &str) -> StationConfig {
    let mut config = config(1);
    config.evses = vec![EvseConfig::new(vec![
        ConnectorConfig::fixed(),
        ConnectorConfig::fixed(),
    ])];
    with(config, "TxCtrlr.TxStopPoint", stop)
}

#[test]
fn a_second_car_at_the_same_evse_neither_charges_nor_ends_anything() {
    for (used, other) in [(1, 2), (2, 1)] {
        let mut bench = booted_with(two_connectors("EVConnected"));
        bench.plug(1, used);
        bench.present(1, "TAG1");
        let (used, other) = (ConnectorId::new(1, used), ConnectorId::new(1, other));
        assert!(bench.is_charging(used));
        bench.calls();
        for state in [
            CableState::Connected,
            CableState::Unplugged,
            CableState::Connected,
        ] {
            bench.cable(other, state);
            assert_eq!(events(bench.calls()), [Value::Null; 0]);
            assert!(bench.is_charging(used) && !bench.is_charging(other));
        }
        bench.cable(used, CableState::Unplugged);
        let ended = events(bench.calls());
        assert_eq!(ended.len(), 1);
        assert_eq!(ended[0]["triggerReason"], "EVCommunicationLost");
        assert!(!bench.is_charging(other));
        bench.present(1, "TAG2");
        assert!(bench.is_charging(other), "it was there all the time");
        let started = &events(bench.calls())[0];
        let place = json!({"id": 1, "connectorId": other.connector});
        assert_eq!(started["evse"], place);
    }
}

/// G01.FR.08.
#[test]
fn the_other_connectors_of_an_evse_keep_their_status() {
    let mut bench = booted_with(two_connectors("EVConnected"));
    bench.plug(1, 1);
    assert_eq!(bench.story(), ["Status 1.1 Occupied"]);
    bench.unplug(1, 1);
    assert_eq!(bench.story(), ["Status 1.1 Available"]);
}

#[test]
fn a_second_car_does_not_take_over_what_waits_for_the_first_one() {
    let config = two_connectors("Authorized");
    let config = with(config, "TxCtrlr.StopTxOnEVSideDisconnect", "false");
    let mut bench = charging_with(config);
    bench.unplug(1, 1);
    bench.calls();
    bench.plug(1, 2);
    assert!(!bench.is_charging(ConnectorId::new(1, 2)));
    assert_eq!(events(bench.calls()), [Value::Null; 0]);
    bench.plug(1, 1);
    assert!(bench.is_charging(AT));
}

/// F01.FR.23, F02.FR.25, G04: the other connector of the EVSE may be used.
#[test]
fn nobody_charges_at_a_connector_that_is_not_to_be_used() {
    let start = |bench: &mut Bench| {
        let request = json!({"remoteStartId": 7, "idToken": token("TAG1"), "evseId": 1});
        let answer = bench.call("RequestStartTransaction", request);
        let answer = answer.unwrap().unwrap();
        let reason = &answer["statusInfo"]["reasonCode"];
        (answer["status"].to_string(), reason.to_string())
    };
    let refused = (r#""Rejected""#.to_string(), r#""Unspecified""#.to_string());
    let at = |connector| ConnectorId::new(1, connector);
    let set = |bench: &mut Bench, connector: u32, wanted: &str| {
        let evse = json!({"id": 1, "connectorId": connector});
        let request = json!({"operationalStatus": wanted, "evse": evse});
        assert_eq!(status(bench, "ChangeAvailability", request), "Accepted");
    };
    for point in ["EVConnected", "Authorized", "PowerPathClosed"] {
        for (plugged_before, remote) in [(false, false), (true, false), (true, true)] {
            if plugged_before && point == "EVConnected" {
                // Its transaction runs, and goes on.
                continue;
            }
            let case = format!("{point}, plugged before: {plugged_before}, remote: {remote}");
            let config = with(two_connectors("EVConnected"), "TxCtrlr.TxStartPoint", point);
            let mut bench = booted_with(config);
            if plugged_before {
                bench.plug(1, 1);
            }
            set(&mut bench, 1, "Inoperative");
            bench.plug(1, 1);
            if remote {
                assert_eq!(start(&mut bench), refused, "{case}");
            } else {
                bench.present(1, "TAG1");
            }
            assert!(!bench.is_charging(at(1)), "{case}");
            bench.run(1_000);
            bench.unplug(1, 1);
            bench.run(1_000);
            bench.present(1, "TAG1");
            bench.plug(1, 2);
            assert!(bench.is_charging(at(2)), "{case}");
        }
    }
    // The connector of the car is asked about, and all together.
    let mut bench = booted_with(two_connectors("EVConnected"));
    bench.plug(1, 1);
    for connector in [1, 2] {
        set(&mut bench, connector, "Inoperative");
        assert_eq!(start(&mut bench), refused);
    }
    set(&mut bench, 1, "Operative");
    assert_eq!(start(&mut bench).0, r#""Accepted""#);
    assert!(bench.is_charging(at(1)));
}

/// F02.FR.21, TC_F_01, TC_K_37, TC_K_38: also when the lock, the cable or a transaction that runs already comes between.
#[test]
fn the_first_event_after_a_remote_start_says_so() {
    for start in POINTS {
        for socket in [false, true] {
            for cable_first in [false, true] {
                let config = if socket { sockets(1) } else { config(1) };
                let mut bench = booted_with(with(config, "TxCtrlr.TxStartPoint", start));
                bay(&mut bench, true);
                if cable_first {
                    bench.plug(1, 1);
                }
                let before = events(bench.calls());
                let request = json!({"remoteStartId": 7, "idToken": token("TAG1"), "evseId": 1});
                let answer = status(&mut bench, "RequestStartTransaction", request);
                assert_eq!(answer, "Accepted");
                bench.plug(1, 1);
                assert!(bench.is_charging(AT));
                let case = format!("{start}, socket {socket}, cable first {cable_first}");
                let all = events(bench.calls());
                assert_eq!(all[0]["triggerReason"], "RemoteStart", "{case}");
                assert_eq!(all[0]["transactionInfo"]["remoteStartId"], 7, "{case}");
                assert_eq!(all[0]["idToken"], token("TAG1"), "{case}");
                assert_eq!(count(&all, "triggerReason", "RemoteStart"), 1, "{case}");
                let first = if before.is_empty() {
                    "Started"
                } else {
                    "Updated"
                };
                assert_eq!(all[0]["eventType"], first, "{case}");
            }
        }
    }
}

/// The cables are told before the start of the station: what ran before the power cut ends first, or goes on.
#[test]
fn a_car_that_is_there_after_a_power_cut_begins_nothing_before_the_past_is_settled() {
    for resumes in [false, true] {
        let mut config = with(config(1), "TxCtrlr.TxStartPoint", "EVConnected");
        config.features.resume_transactions = resumes;
        let mut bench = booted_with(with(config, "TxCtrlr.TxStopPoint", "EVConnected"));
        bench.real_time_clock = true;
        bench.plug(1, 1);
        bench.present(1, "TAG1");
        bench.network(false);
        bench.calls();
        bench.power_cycle();
        assert_eq!(bench.is_charging(AT), resumes);
        bench.network(true);
        bench.run(200);
        let all = events(bench.calls());
        let told: Vec<_> = all
            .iter()
            .map(|event| (event["eventType"].as_str(), event["triggerReason"].as_str()))
            .collect();
        if resumes {
            let interrupted = (Some("Updated"), Some("ChargingStateChanged"));
            assert!(told.iter().all(|one| *one == interrupted), "{told:?}");
        } else {
            let ended = (Some("Ended"), Some("AbnormalCondition"));
            let started = (Some("Started"), Some("CablePluggedIn"));
            assert_eq!(told, [ended, started]);
        }
    }
}

/// A car that comes while nobody may charge begins a transaction as soon as somebody may, and is told as what it was.
#[test]
fn the_cause_of_a_transaction_that_had_to_wait_is_not_lost() {
    let config = with(config(1), "TxCtrlr.TxStartPoint", "EVConnected");
    let mut bench = Bench::new(config, friendly_v2_0_1());
    // Without a clock, and not registered.
    bench.network(false);
    bench.start();
    bench.plug(1, 1);
    bench.run(10);
    bench.network(true);
    bench.run(300);
    let all = events(bench.calls());
    assert_eq!(all[0]["eventType"], "Started");
    assert_eq!(all[0]["triggerReason"], "CablePluggedIn");
}

/// E03.FR.05, E03.FR.15, F02.FR.07, F02.FR.08: a car in the bay that is not connected in time is waited for where the bay is
/// what ends a transaction, and nowhere else.
#[test]
fn who_does_not_plug_in_in_time_ends_the_transaction_unless_the_bay_does() {
    for remote in [false, true] {
        for stop in [
            "ParkingBayOccupancy",
            "EVConnected",
            "Authorized",
            "PowerPathClosed",
            "EnergyTransfer",
        ] {
            let config = with(config(1), "TxCtrlr.TxStartPoint", "Authorized");
            let mut bench = booted_with(with(config, "TxCtrlr.TxStopPoint", stop));
            bay(&mut bench, true);
            if remote {
                let request = json!({"remoteStartId": 7, "idToken": token("TAG1"), "evseId": 1});
                let answer = status(&mut bench, "RequestStartTransaction", request);
                assert_eq!(answer, "Accepted");
            } else {
                bench.present(1, "TAG1");
            }
            bench.calls();
            bench.run(3_600);
            let all = events(bench.calls());
            let case = format!("{stop}, remote {remote}: {all:?}");
            assert_eq!(all.len(), 1, "{case}");
            assert_eq!(all[0]["triggerReason"], "EVConnectTimeout", "{case}");
            if stop != "ParkingBayOccupancy" {
                assert_eq!(all[0]["eventType"], "Ended", "{case}");
                assert_eq!(
                    all[0]["transactionInfo"]["stoppedReason"], "Timeout",
                    "{case}"
                );
                continue;
            }
            assert_eq!(all[0]["eventType"], "Updated", "{case}");
            bay(&mut bench, false);
            let all = events(bench.calls());
            assert_eq!(all[0]["eventType"], "Ended", "{all:?}");
            assert_eq!(all[0]["triggerReason"], "EVDeparted", "{all:?}");
            let reason = &all[0]["transactionInfo"]["stoppedReason"];
            assert_eq!(reason, "Timeout", "{all:?}");
        }
    }
}

/// E06.FR.06, part 2 section 2.6.6.2: `PowerPathClosed` stands for `EVConnected` and `Authorized`, also while the lock has
/// not closed yet.
#[test]
fn a_power_path_that_was_never_closed_ends_with_its_preconditions() {
    let stops: [fn(&mut Bench); 2] = [
        |bench| bench.present(1, "TAG1"),
        |bench| bench.cable(AT, CableState::InSocket),
    ];
    for (way, stop) in stops.into_iter().enumerate() {
        let config = with(sockets(1), "TxCtrlr.TxStartPoint", "EVConnected");
        let config = with(config, "TxCtrlr.StopTxOnEVSideDisconnect", "false");
        let mut bench = booted_with(with(config, "TxCtrlr.TxStopPoint", "PowerPathClosed"));
        bench.world(|output| matches!(output, Output::Lock(_)).then(Vec::new));
        bay(&mut bench, true);
        bench.plug(1, 1);
        bench.present(1, "TAG1");
        bench.calls();
        assert!(!bench.is_charging(AT), "the lock has not answered");
        stop(&mut bench);
        let all = events(bench.calls());
        assert_eq!(all.last().unwrap()["eventType"], "Ended", "{way}: {all:?}");
    }
}

/// E06.FR.08, E07.FR.06: who or what has ended the energy, where its end is that of the transaction.
#[test]
fn the_end_of_energy_has_the_reason_that_it_has() {
    let fault = |code| {
        move |bench: &mut Bench| {
            let fault = Some(Fault::new(code));
            bench.input(Input::Fault { at: None, fault });
        }
    };
    let no_energy = |bench: &mut Bench| {
        let period = json!({"startPeriod": 0, "limit": 0.0});
        let schedule = json!({"id": 1, "chargingRateUnit": "A", "startSchedule": "2024-05-15T12:00:00Z",
            "chargingSchedulePeriod": [period]});
        let profile = json!({"id": 1, "stackLevel": 0, "chargingProfilePurpose":
            "ChargingStationMaxProfile", "chargingProfileKind": "Absolute",
            "chargingSchedule": [schedule]});
        let request = json!({"evseId": 0, "chargingProfile": profile});
        assert_eq!(status(bench, "SetChargingProfile", request), "Accepted");
    };
    type Cause = Box<dyn Fn(&mut Bench)>;
    let causes: Vec<(Cause, &str)> = vec![
        (
            Box::new(|bench| bench.ev(1, EvState::Suspended)),
            "StoppedByEV",
        ),
        (Box::new(no_energy), "Other"),
        (Box::new(fault(FaultCode::GroundFailure)), "GroundFault"),
        (
            Box::new(fault(FaultCode::OverCurrentFailure)),
            "OvercurrentFault",
        ),
        (Box::new(fault(FaultCode::UnderVoltage)), "PowerQuality"),
        (Box::new(fault(FaultCode::HighTemperature)), "Other"),
    ];
    for (cause, reason) in causes {
        let mut bench = charging_with(with(config(1), "TxCtrlr.TxStopPoint", "EnergyTransfer"));
        bench.calls();
        cause(&mut bench);
        bench.run(1);
        let all = events(bench.calls());
        let ended = all.last().unwrap();
        assert_eq!(ended["eventType"], "Ended", "{reason}: {all:?}");
        assert_eq!(ended["transactionInfo"]["stoppedReason"], reason, "{all:?}");
    }
    // E05.FR.02: an invalid token has had its share.
    let config = with(config(1), "TxCtrlr.TxStopPoint", "EnergyTransfer");
    let config = with(config, "TxCtrlr.StopTxOnInvalidId", "false");
    let mut bench = booted_with(with(config, "TxCtrlr.MaxEnergyOnInvalidId", "100"));
    bench.answer_with(refusing_tokens());
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.run(200);
    let all = events(bench.calls());
    let ended = all.last().unwrap();
    assert_eq!(ended["eventType"], "Ended", "{all:?}");
    let reason = &ended["transactionInfo"]["stoppedReason"];
    assert_eq!(reason, "DeAuthorized", "{all:?}");
}

/// E06.FR.08: nobody was there who could have stopped it.
#[test]
fn a_car_that_leaves_the_bay_unauthorized_ends_it_with_a_reason() {
    let config = with(config(1), "TxCtrlr.TxStartPoint", "ParkingBayOccupancy");
    let mut bench = booted_with(with(config, "TxCtrlr.TxStopPoint", "ParkingBayOccupancy"));
    bay(&mut bench, true);
    bay(&mut bench, false);
    let all = events(bench.calls());
    let ended = all.last().unwrap();
    assert_eq!(ended["eventType"], "Ended", "{all:?}");
    assert_eq!(ended["triggerReason"], "EVDeparted");
    assert_eq!(ended["transactionInfo"]["stoppedReason"], "EVDisconnected");
}

/// E02.FR.20: a meter that is late does not make the token's event one that may be dropped.
#[test]
fn a_token_is_told_as_authorized_also_with_a_late_periodic_value() {
    let mut config = with(config(1), "TxCtrlr.TxStartPoint", "EVConnected");
    config
        .defaults
        .retain(|(key, _)| key != "SampledDataCtrlr.TxUpdatedInterval");
    let config = with(config, "SampledDataCtrlr.TxUpdatedInterval", "60");
    let mut bench = booted_with(with(config, "TxCtrlr.TxStopPoint", "EVConnected"));
    bench.plug(1, 1);
    bench.run(59);
    bench.world(|output| matches!(output, Output::ReadMeter(_)).then(Vec::new));
    bench.run(4);
    bench.run_dark(6);
    bench.calls();
    bench.present(1, "TAG1");
    let all = events(bench.calls());
    let with_token = all.iter().find(|event| event["idToken"].is_object());
    assert_eq!(
        with_token.unwrap()["triggerReason"],
        "Authorized",
        "{all:?}"
    );
}
