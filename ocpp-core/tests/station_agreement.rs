//! A 1.6 and a 2.0.1 station of the same make live through the same history: the same cables, cards, faults, outages and orders
//! of the CSMS. What the hardware is told must be the same: a contactor, a lock and a limit know no version.
//!
//! Locks that fail are left out: 1.6 knows them as a fault of the connector (ConnectorLockFailure), for 2.0.1 the transaction ends
//! (G05). The 2.0.1 station is configured as 1.6 is by itself: a transaction begins and ends with the power path. What the
//! specifications want to be different is left out of the histories, each at its place with the requirement.

#![cfg(all(feature = "v1_6", feature = "v2_0_1"))]
#![allow(missing_docs, clippy::unwrap_used)]

use ocpp_core::Version;
use ocpp_core::station::{
    CableState, ConnectorConfig, ConnectorId, EvState, EvseConfig, Fault, FaultCode, Input, Limit,
    Output, StationConfig, Token,
};
use ocpp_core::testing::station::{Bench, friendly_v1_6, friendly_v2_0_1};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The first EVSE has a socket, the second one a fixed cable.
const EVSES: u32 = 2;

/// Something that happens to both stations.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Cable(u32, CableState),
    Car(u32, EvState),
    Present(u32, &'static str),
    PressStop(u32),
    Fault(u32, bool),
    Network(bool),
    HardwareRestarted(u32),
    PowerCycle,
    Wait(u64),
    /// Of an EVSE. That of the station is left out: in 1.6 it is that of all connectors from then on (5.2), in 2.0.1 each EVSE
    /// keeps its own beside it (G03, G04).
    Operative(u32, bool),
    Start(u32),
    Stop(u32),
    Unlock(u32),
    /// A limit in A for the transactions of an EVSE.
    Limit(u32, u32),
    /// A limit in A for the station.
    StationLimit(u32),
    ClearLimits,
    Reset,
}

fn seldom() -> impl Strategy<Value = bool> {
    prop_oneof![2 => Just(false), 1 => Just(true)]
}

fn deed() -> impl Strategy<Value = Deed> {
    let evse = 1..=EVSES;
    let cable = prop_oneof![
        2 => Just(CableState::Unplugged),
        1 => Just(CableState::InSocket),
        5 => Just(CableState::Connected),
    ];
    let car = prop_oneof![
        3 => Just(EvState::Ready),
        1 => Just(EvState::Suspended),
        1 => Just(EvState::Stopped),
    ];
    let card = prop_oneof![Just("TAG1"), Just("TAG2")];
    prop_oneof![
        4 => (evse.clone(), cable).prop_map(|(evse, cable)| Deed::Cable(evse, cable)),
        4 => (evse.clone(), card).prop_map(|(evse, card)| Deed::Present(evse, card)),
        2 => (evse.clone(), car).prop_map(|(evse, car)| Deed::Car(evse, car)),
        1 => evse.clone().prop_map(Deed::PressStop),
        2 => (evse.clone(), seldom()).prop_map(|(evse, fault)| Deed::Fault(evse, fault)),
        1 => seldom().prop_map(|offline| Deed::Network(!offline)),
        1 => evse.clone().prop_map(Deed::HardwareRestarted),
        1 => Just(Deed::PowerCycle),
        2 => (1..200_u64).prop_map(Deed::Wait),
        2 => (evse.clone(), seldom()).prop_map(|(evse, not)| Deed::Operative(evse, !not)),
        3 => evse.clone().prop_map(Deed::Start),
        2 => evse.clone().prop_map(Deed::Stop),
        1 => evse.clone().prop_map(Deed::Unlock),
        2 => (evse, 0..20_u32).prop_map(|(evse, limit)| Deed::Limit(evse, limit)),
        1 => (0..60_u32).prop_map(Deed::StationLimit),
        1 => Just(Deed::ClearLimits),
        1 => Just(Deed::Reset),
    ]
}

/// The same station in both versions.
fn config(version: Version, unlocks: bool) -> StationConfig {
    let mut config = StationConfig::new(version, "Vendor", "Model", 0);
    config.evses = vec![
        EvseConfig::new(vec![ConnectorConfig::socket()]),
        EvseConfig::new(vec![ConnectorConfig::fixed()]),
    ];
    let defaults: &[(&str, &str)] = match version {
        Version::V1_6 => &[
            ("ConnectionTimeOut", "60"),
            ("StopTransactionOnEVSideDisconnect", "true"),
            ("AuthorizeRemoteTxRequests", "false"),
            ("LocalAuthorizeOffline", "true"),
            ("AllowOfflineTxForUnknownId", "true"),
        ],
        _ => &[
            ("TxCtrlr.EVConnectionTimeOut", "60"),
            ("TxCtrlr.TxStartPoint", "PowerPathClosed"),
            ("TxCtrlr.TxStopPoint", "PowerPathClosed"),
            ("TxCtrlr.StopTxOnEVSideDisconnect", "true"),
            ("AuthCtrlr.AuthorizeRemoteStart", "false"),
            ("AuthCtrlr.LocalAuthorizeOffline", "true"),
            ("AuthCtrlr.OfflineTxForUnknownIdEnabled", "true"),
        ],
    };
    let unlock = match version {
        Version::V1_6 => "UnlockConnectorOnEVSideDisconnect",
        _ => "OCPPCommCtrlr.UnlockOnEVSideDisconnect",
    };
    let unlocks = unlocks.to_string();
    let unlock = (unlock, unlocks.as_str());
    let defaults = defaults.iter().chain([&unlock]);
    config.defaults = defaults
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    config
}

fn station(version: Version, unlocks: bool) -> Bench {
    let config = config(version, unlocks);
    let mut bench = match version {
        Version::V1_6 => Bench::new(config, friendly_v1_6()),
        _ => Bench::new(config, friendly_v2_0_1()),
    };
    // Whether a station knows the time without its CSMS is a matter of its make.
    bench.real_time_clock = true;
    bench.start();
    bench
}

/// What the hardware of a connector has been told: contactor, lock, and the limit where energy may flow.
fn told(bench: &Bench, evse: u32) -> (bool, Option<bool>, Option<Limit>) {
    let at = ConnectorId::new(evse, 1);
    let outlet = bench.outlet(at);
    let closed = outlet.closed == Some(true);
    let limit = outlet.limit.flatten().filter(|_| closed);
    (closed, outlet.locked, limit)
}

fn cable(bench: &Bench, evse: u32) -> CableState {
    let of = |(at, state): (ConnectorId, CableState)| (at.evse == evse).then_some(state);
    bench.cables().into_iter().find_map(of).unwrap_or_default()
}

/// In words, for who has to find out why they differ.
fn state(bench: &Bench, evse: u32) -> String {
    let connectors = bench.station.state().connectors;
    let here = connectors.into_iter().find(|one| one.at.evse == evse);
    format!("{here:?}")
}

fn transaction(bench: &Bench, evse: u32) -> Option<String> {
    let connectors = bench.station.state().connectors;
    let here = connectors.into_iter().find(|one| one.at.evse == evse);
    here.and_then(|one| one.transaction_id)
}

/// A profile with one limit in A that holds for ever.
fn profile(version: Version, id: u32, purpose: &str, limit: u32) -> Value {
    let start = "2024-05-15T00:00:00Z";
    let periods = json!([{"startPeriod": 0, "limit": limit}]);
    let schedule =
        json!({"chargingRateUnit": "A", "startSchedule": start, "chargingSchedulePeriod": periods});
    let mut profile = json!({
        "stackLevel": 0, "chargingProfilePurpose": purpose, "chargingProfileKind": "Absolute",
    });
    match version {
        Version::V1_6 => {
            profile["chargingProfileId"] = json!(id);
            profile["chargingSchedule"] = schedule;
        }
        _ => {
            profile["id"] = json!(id);
            let mut schedule = schedule;
            schedule["id"] = json!(1);
            profile["chargingSchedule"] = json!([schedule]);
        }
    }
    profile
}

/// What the CSMS says in a version for a deed; nothing for those that are not its.
fn order(bench: &Bench, version: Version, deed: Deed) -> Option<(&'static str, Value)> {
    let is_1_6 = version == Version::V1_6;
    let set = |evse: u32, profile: Value| {
        let payload = match is_1_6 {
            true => json!({"connectorId": evse, "csChargingProfiles": profile}),
            false => json!({"evseId": evse, "chargingProfile": profile}),
        };
        ("SetChargingProfile", payload)
    };
    Some(match deed {
        Deed::Operative(evse, to) => {
            let kind = if to { "Operative" } else { "Inoperative" };
            let payload = match is_1_6 {
                true => json!({"connectorId": evse, "type": kind}),
                false => json!({"operationalStatus": kind, "evse": {"id": evse}}),
            };
            ("ChangeAvailability", payload)
        }
        Deed::Start(evse) if is_1_6 => {
            let payload = json!({"connectorId": evse, "idTag": "TAG1"});
            ("RemoteStartTransaction", payload)
        }
        Deed::Start(evse) => {
            let token = json!({"idToken": "TAG1", "type": "ISO14443"});
            let payload = json!({"evseId": evse, "remoteStartId": 7, "idToken": token});
            ("RequestStartTransaction", payload)
        }
        Deed::Stop(evse) => {
            let id = transaction(bench, evse)?;
            match is_1_6 {
                true => {
                    let id: i64 = id.parse().ok()?;
                    ("RemoteStopTransaction", json!({"transactionId": id}))
                }
                false => ("RequestStopTransaction", json!({"transactionId": id})),
            }
        }
        Deed::Unlock(evse) => {
            let payload = match is_1_6 {
                true => json!({"connectorId": evse}),
                false => json!({"evseId": evse, "connectorId": 1}),
            };
            ("UnlockConnector", payload)
        }
        Deed::Limit(evse, limit) => {
            let profile = profile(version, evse, "TxDefaultProfile", limit);
            set(evse, profile)
        }
        Deed::StationLimit(limit) => {
            let purpose = match is_1_6 {
                true => "ChargePointMaxProfile",
                false => "ChargingStationMaxProfile",
            };
            set(0, profile(version, 9, purpose, limit))
        }
        Deed::ClearLimits => {
            let payload = match is_1_6 {
                true => json!({}),
                false => json!({"chargingProfileCriteria": {}}),
            };
            ("ClearChargingProfile", payload)
        }
        Deed::Reset => {
            let kind = if is_1_6 { "Hard" } else { "Immediate" };
            ("Reset", json!({"type": kind}))
        }
        _ => return None,
    })
}

/// Whether the specifications want the versions to differ after it, or it cannot happen.
fn left_out(stations: &[(Version, Bench); 2], faults: &[bool], deed: Deed) -> bool {
    // How long a station waits before it connects again is its own business.
    let online = stations.iter().all(|(_, bench)| bench.is_connected());
    let ordered = order(&stations[0].1, Version::V1_6, deed).is_some();
    if ordered && !online {
        return true;
    }
    let some = |what: &dyn Fn(&Bench) -> bool| stations.iter().any(|(_, bench)| what(bench));
    match deed {
        // The lock holds the plug in the socket. A fixed cable is never in one.
        Deed::Cable(evse, CableState::Unplugged) => {
            some(&|bench| bench.outlet(ConnectorId::new(evse, 1)).locked == Some(true))
        }
        Deed::Cable(2, CableState::InSocket) => true,
        // 1.6 begins no transaction at a connector that is Faulted (4.9). In 2.0.1 it follows the power path, which a fault does
        // not open, and only the contactor stays open. So nobody begins where there is a fault.
        Deed::Cable(evse, _) | Deed::Present(evse, _) | Deed::Start(evse)
            if faults[evse as usize] =>
        {
            true
        }
        // Who connects the car again to a cable that is kept for them: in 1.6 their token lets the cable go (3.5.4 with erratum
        // 3.5), in 2.0.1 one presentation is enough to go on (E05.FR.11, E09.FR.03).
        Deed::Cable(evse, CableState::Connected) => some(&|bench| {
            let kept = bench.outlet(ConnectorId::new(evse, 1)).locked == Some(true);
            kept && cable(bench, evse) == CableState::InSocket
        }),
        // No car, nothing that it could want.
        Deed::Car(evse, _) => some(&|bench| cable(bench, evse) != CableState::Connected),
        // Only a transaction that the CSMS has named can be stopped.
        Deed::Stop(evse) => some(&|bench| transaction(bench, evse).is_none()),
        // 1.6 ends a transaction to unlock its connector (5.18), 2.0.1 refuses (F05.FR.02).
        Deed::Unlock(evse) => some(&|bench| {
            let connectors = bench.station.state().connectors;
            let here = connectors.into_iter().find(|one| one.at.evse == evse);
            here.is_some_and(|one| one.transaction.is_some() || one.authorized)
        }),
        _ => false,
    }
}

fn happens(bench: &mut Bench, version: Version, deed: Deed) {
    if let Some((action, payload)) = order(bench, version, deed) {
        if bench.is_connected() {
            bench.call(action, payload);
        }
        return;
    }
    let at = |evse: u32| ConnectorId::new(evse, 1);
    match deed {
        Deed::Cable(evse, state) => bench.cable(at(evse), state),
        Deed::Car(evse, state) => bench.input(Input::Ev {
            at: at(evse),
            state,
        }),
        Deed::Present(evse, card) => bench.input(Input::TokenPresented {
            evse: Some(evse),
            token: Token::new(card),
        }),
        Deed::PressStop(evse) => bench.input(Input::StopPressed {
            evse,
            emergency: false,
        }),
        Deed::Fault(evse, is) => {
            let fault = is.then(|| Fault::new(FaultCode::GroundFailure));
            let at = Some(at(evse));
            bench.input(Input::Fault { at, fault });
        }
        Deed::Network(online) => bench.network(online),
        Deed::HardwareRestarted(evse) => {
            bench.input(Input::HardwareRestarted { at: Some(at(evse)) });
        }
        Deed::PowerCycle => bench.power_cycle(),
        Deed::Wait(seconds) => bench.run(seconds),
        _ => {}
    }
}

fn agree(unlocks: bool, history: &[Deed]) -> Result<usize, String> {
    let mut stations =
        [Version::V1_6, Version::V2_0_1].map(|version| (version, station(version, unlocks)));
    let mut charging = 0;
    let mut faults = [false; EVSES as usize + 1];
    for (step, deed) in history.iter().copied().enumerate() {
        if left_out(&stations, &faults, deed) {
            continue;
        }
        if let Deed::Fault(evse, is) = deed {
            faults[evse as usize] = is;
        }
        for (version, bench) in &mut stations {
            happens(bench, *version, deed);
            bench.run(2);
        }
        for evse in 1..=EVSES {
            let [one, other] = &stations;
            let (one, other) = (told(&one.1, evse), told(&other.1, evse));
            if one != other {
                let [of_one, of_other] = [0, 1].map(|index| state(&stations[index].1, evse));
                return Err(format!(
                    "after step {step} {deed:?} (unlocks: {unlocks}): at {evse} 1.6 tells {one:?}, 2.0.1 {other:?}\n{history:?}\n\
                     1.6: {of_one}\n2.0.1: {of_other}"
                ));
            }
            charging += usize::from(one.0);
        }
    }
    Ok(charging)
}

fn histories() -> impl Strategy<Value = Vec<Deed>> {
    proptest::collection::vec(deed(), 0..40)
}

/// 100 histories, 2,000 with `OCPP_EXHAUSTIVE` set, or as many as `PROPTEST_CASES` says.
fn cases() -> ProptestConfig {
    let mut config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = match std::env::var_os("OCPP_EXHAUSTIVE") {
            Some(_) => 2_000,
            None => 100,
        };
    }
    config
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_hardware_is_told_the_same_in_both_versions(unlocks in any::<bool>(), history in histories()) {
        agree(unlocks, &history).map_err(TestCaseError::fail)?;
    }
}

/// In 1.6 a cable that UnlockConnectorOnEVSideDisconnect had let go was locked again after a restart.
#[test]
fn a_cable_that_was_let_go_is_free_after_a_restart() {
    let begin = [
        Deed::Start(1),
        Deed::Cable(1, CableState::Connected),
        Deed::Cable(1, CableState::InSocket),
    ];
    for restart in [Deed::PowerCycle, Deed::Reset, Deed::HardwareRestarted(1)] {
        let history: Vec<Deed> = begin.into_iter().chain([restart]).collect();
        agree(true, &history).unwrap();
    }
}

/// In 1.6 somebody else's authorization that ran out let a cable go that was kept for its owner.
#[test]
fn a_cable_that_is_kept_for_its_owner_stays_when_somebody_else_gives_up() {
    let history = [
        Deed::Present(1, "TAG1"),
        Deed::Cable(1, CableState::Connected),
        Deed::Cable(1, CableState::InSocket),
        Deed::Present(1, "TAG2"),
        Deed::Wait(80),
    ];
    agree(false, &history).unwrap();
}

/// In 1.6 a plug that was put into the socket, and not into a car, gave the driver the whole time to connect once more.
#[test]
fn a_plug_in_the_socket_alone_gives_nobody_more_time() {
    let late = [
        Deed::Present(1, "TAG1"),
        Deed::Wait(40),
        Deed::Cable(1, CableState::InSocket),
        Deed::Wait(30),
        Deed::Cable(1, CableState::Connected),
    ];
    assert_eq!(agree(false, &late).unwrap(), 0);
    let in_time = [
        Deed::Present(1, "TAG1"),
        Deed::Wait(40),
        Deed::Cable(1, CableState::InSocket),
        Deed::Cable(1, CableState::Connected),
    ];
    assert_eq!(agree(false, &in_time).unwrap(), 1);
}

/// The stop button did nothing before a transaction had begun.
#[test]
fn who_presses_stop_before_plugging_in_does_not_charge() {
    let history = [
        Deed::Present(1, "TAG1"),
        Deed::PressStop(1),
        Deed::Cable(1, CableState::Connected),
    ];
    assert_eq!(agree(false, &history).unwrap(), 0);
}

/// A plug whose lock was told to close stayed locked when its driver gave up before the lock had answered.
#[test]
fn who_gives_up_while_the_lock_closes_gets_the_plug_back() {
    let ways = [
        Deed::Present(1, "TAG1"),
        Deed::PressStop(1),
        Deed::Cable(1, CableState::InSocket),
    ];
    for version in [Version::V1_6, Version::V2_0_1] {
        for way in ways {
            let mut bench = station(version, false);
            bench.world(|output| matches!(output, Output::Lock(_)).then(Vec::new));
            let begin = [
                Deed::Present(1, "TAG1"),
                Deed::Cable(1, CableState::Connected),
            ];
            for deed in begin {
                happens(&mut bench, version, deed);
                bench.run(2);
            }
            assert_eq!(told(&bench, 1).1, Some(true), "{version:?}");
            happens(&mut bench, version, way);
            assert_eq!(told(&bench, 1).1, Some(false), "{version:?} {way:?}");
        }
    }
}

/// Histories in which nobody charges would prove little.
#[test]
fn there_is_charging_in_such_histories() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let mut charging = 0;
    for _ in 0..40 {
        let history = histories().new_tree(&mut runner).unwrap().current();
        charging += agree(true, &history).unwrap();
    }
    assert!(charging > 60, "{charging}");
}
