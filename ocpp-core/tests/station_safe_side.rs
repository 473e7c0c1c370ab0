//! What the hardware is told after a start, whatever was before: contactor, lock and limit as records and profiles ask for
//! (1.6 erratum 3.37, K01.FR.27). The same for both versions.

#![allow(missing_docs, clippy::unwrap_used)]

use ocpp_core::Version;
use ocpp_core::station::{
    CableState, ConnectorConfig, ConnectorId, EvseConfig, Fault, FaultCode, Input, Limit,
    LimitUnit, Output, StationConfig, UnlockResult,
};
use ocpp_core::testing::station::{Answer, Bench, friendly_v1_6, friendly_v2_0_1};
use serde_json::{Value, json};

const BOTH: [Version; 2] = [Version::V1_6, Version::V2_0_1];
const AT: ConnectorId = ConnectorId::new(1, 1);

fn config(version: Version, connector: ConnectorConfig) -> StationConfig {
    let mut config = StationConfig::new(version, "Vendor", "Model", 1);
    config.evses = vec![EvseConfig::new(vec![connector])];
    let sampling = match version {
        Version::V1_6 => "MeterValueSampleInterval",
        _ => "SampledDataCtrlr.TxUpdatedInterval",
    };
    config.defaults.push((sampling.into(), "0".into()));
    config
}

type Script = Box<dyn FnMut(&str, &Value) -> Answer>;

fn csms(version: Version) -> Script {
    match version {
        Version::V1_6 => Box::new(friendly_v1_6()),
        _ => Box::new(friendly_v2_0_1()),
    }
}

fn started(config: StationConfig) -> Bench {
    let version = config.versions[0];
    let mut bench = Bench::new(config, csms(version));
    bench.start();
    bench
}

fn charge(bench: &mut Bench) {
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.run(1);
    assert!(bench.is_charging(AT), "{:?}", bench.station.state());
}

fn stop(bench: &mut Bench) {
    bench.present(1, "TAG1");
    bench.run(1);
    assert!(!bench.is_charging(AT));
}

/// A profile for the station as a whole; each period begins so many seconds from now.
fn limit_station(bench: &mut Bench, periods: &[(i64, i64)]) {
    assert_eq!(set_station_limit(bench, periods), "Accepted");
}

/// The status that it is answered with.
fn set_station_limit(bench: &mut Bench, periods: &[(i64, i64)]) -> String {
    let start = bench.utc_in(0);
    let periods: Vec<Value> = periods
        .iter()
        .map(|(start, limit)| json!({"startPeriod": start, "limit": limit}))
        .collect();
    let (action, payload) = match bench.station.version() {
        Version::V1_6 => (
            "SetChargingProfile",
            json!({"connectorId": 0, "csChargingProfiles": {
            "chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": "ChargePointMaxProfile",
            "chargingProfileKind": "Absolute", "chargingSchedule":
                {"startSchedule": start, "chargingRateUnit": "A", "chargingSchedulePeriod": periods}}}),
        ),
        _ => (
            "SetChargingProfile",
            json!({"evseId": 0, "chargingProfile": {
            "id": 1, "stackLevel": 0, "chargingProfilePurpose": "ChargingStationMaxProfile",
            "chargingProfileKind": "Absolute", "chargingSchedule":
                [{"id": 1, "startSchedule": start, "chargingRateUnit": "A", "chargingSchedulePeriod": periods}]}}),
        ),
    };
    let answer = bench.call(action, payload).unwrap().unwrap();
    answer["status"].as_str().unwrap().to_owned()
}

fn amperes(value: i64) -> Option<Limit> {
    Some(Limit {
        value: value.into(),
        unit: LimitUnit::Amperes,
        phases: Some(3),
    })
}

/// The last limit that the hardware was told.
fn told(bench: &Bench) -> Option<i64> {
    let limit = bench.outlet(AT).limit.flatten()?;
    limit.value.to_string().parse().ok()
}

/// The outputs to the hardware of the connector, in words.
fn orders(bench: &Bench) -> Vec<String> {
    let outputs = bench.outputs.iter();
    let words = outputs.filter_map(|output| match output {
        Output::Contactor { closed: true, .. } => Some("close".into()),
        Output::Contactor { closed: false, .. } => Some("open".into()),
        Output::SetLimit { limit: None, .. } => Some("no limit".into()),
        Output::SetLimit {
            limit: Some(limit), ..
        } => Some(format!("{} A", limit.value)),
        Output::Lock(_) => Some("lock".into()),
        Output::Unlock(_) => Some("unlock".into()),
        _ => None,
    });
    words.collect()
}

fn without_energy_before(orders: &[String], before: &str) {
    let close = orders.iter().position(|order| order == "close").unwrap();
    let first = orders.iter().position(|order| order == before).unwrap();
    assert!(first < close, "{orders:?}");
    assert_eq!(
        orders.first().map(String::as_str),
        Some("open"),
        "{orders:?}"
    );
}

#[test]
fn a_limit_is_in_force_again_after_every_kind_of_restart() {
    for version in BOTH {
        for restart in ["power", "power without a cable", "reset", "hard reset"] {
            let mut bench = started(config(version, ConnectorConfig::fixed()));
            limit_station(&mut bench, &[(0, 10)]);
            charge(&mut bench);
            assert_eq!(told(&bench), Some(10), "{version} {restart}");
            stop(&mut bench);
            bench.outputs.clear();
            let reset = |soft: &str, now: &str| match version {
                Version::V1_6 => json!({ "type": soft }),
                _ => json!({ "type": now }),
            };
            match restart {
                "power" => bench.power_cycle(),
                "power without a cable" => bench.power_on(&[]),
                "reset" => drop(bench.call("Reset", reset("Soft", "OnIdle"))),
                _ => drop(bench.call("Reset", reset("Hard", "Immediate"))),
            }
            bench.run(60);
            assert_eq!(
                told(&bench),
                Some(10),
                "{version} {restart}: {:?}",
                orders(&bench)
            );
            bench.unplug(1, 1);
            charge(&mut bench);
            without_energy_before(&orders(&bench), "10 A");
        }
    }
}

#[test]
fn a_transaction_that_goes_on_has_its_limit_and_its_lock_before_energy_flows() {
    for version in BOTH {
        let mut resuming = config(version, ConnectorConfig::socket());
        resuming.features.resume_transactions = true;
        let mut bench = started(resuming);
        limit_station(&mut bench, &[(0, 10)]);
        charge(&mut bench);
        bench.real_time_clock = true;
        bench.outputs.clear();
        bench.power_cycle();
        bench.run(60);
        assert!(
            bench.is_charging(AT),
            "{version}: {:?} {:?}",
            orders(&bench),
            bench.station.state()
        );
        without_energy_before(&orders(&bench), "10 A");
        without_energy_before(&orders(&bench), "lock");
        assert_eq!(bench.outlet(AT).limit, Some(amperes(10)), "{version}");
    }
}

#[test]
fn no_energy_while_nobody_knows_the_time_that_limits_depend_on() {
    for version in BOTH {
        let mut resuming = config(version, ConnectorConfig::fixed());
        resuming.features.resume_transactions = true;
        let mut bench = started(resuming);
        limit_station(&mut bench, &[(0, 10)]);
        charge(&mut bench);
        bench.network(false);
        bench.power_cycle();
        bench.run(60);
        assert!(!bench.is_charging(AT), "{version}: {:?}", orders(&bench));
        bench.network(true);
        bench.run(60);
        assert!(bench.is_charging(AT), "{version}");
        assert_eq!(told(&bench), Some(10), "{version}");
        // Without profiles there is nothing to wait for.
        let mut resuming = config(version, ConnectorConfig::fixed());
        resuming.features.resume_transactions = true;
        let mut bench = started(resuming);
        charge(&mut bench);
        bench.network(false);
        bench.power_cycle();
        bench.run(60);
        assert!(bench.is_charging(AT), "{version}");
        assert_eq!(bench.outlet(AT).limit, Some(None), "{version}");
    }
}

/// Nobody knows what a profile allows now while nobody knows the time: it is not taken, or energy would flow as if it were not
/// there.
#[test]
fn a_profile_is_not_taken_while_nobody_knows_the_time() {
    for version in BOTH {
        let mut bench = started(config(version, ConnectorConfig::fixed()));
        charge(&mut bench);
        bench.answer_with(move |action, payload| match action {
            "BootNotification" => Answer::Silence,
            _ => csms(version)(action, payload),
        });
        bench.power_cycle();
        bench.run(1);
        let status = set_station_limit(&mut bench, &[(0, 6)]);
        assert_eq!(status, "Rejected", "{version}");
        bench.answer_with(csms(version));
        bench.run(600);
        limit_station(&mut bench, &[(0, 6)]);
        assert_eq!(told(&bench), Some(6), "{version}");
    }
}

#[test]
fn a_clock_that_was_ahead_does_not_leave_the_limit_of_another_time() {
    for version in BOTH {
        let mut bench = started(config(version, ConnectorConfig::fixed()));
        limit_station(&mut bench, &[(0, 10), (3_600, 20)]);
        bench.run(10);
        assert_eq!(told(&bench), Some(10), "{version}");
        let ahead = bench.utc_in(4_000);
        let mut friendly = csms(version);
        bench.answer_with(move |action, payload| match action {
            "Heartbeat" => Answer::Respond(json!({ "currentTime": ahead })),
            _ => friendly(action, payload),
        });
        let trigger = json!({"requestedMessage": "Heartbeat"});
        bench.call("TriggerMessage", trigger.clone());
        bench.run(1);
        assert_eq!(told(&bench), Some(20), "{version}");
        bench.answer_with(csms(version));
        bench.call("TriggerMessage", trigger);
        bench.run(1);
        assert_eq!(told(&bench), Some(10), "{version}");
    }
}

#[test]
fn a_station_that_does_not_connect_yet_is_safe_and_goes_on_all_the_same() {
    for version in BOTH {
        let mut resuming = config(version, ConnectorConfig::fixed());
        resuming.features.resume_transactions = true;
        let mut bench = started(resuming.clone());
        limit_station(&mut bench, &[(0, 10)]);
        charge(&mut bench);
        let stored = bench.stored.clone();
        for begin in [Input::Stop, Input::Start] {
            let mut bench = Bench::new(resuming.clone(), csms(version));
            bench.real_time_clock = true;
            bench.stored = stored.clone();
            bench.off();
            bench.switch_on();
            bench.plug(1, 1);
            assert_eq!(
                orders(&bench),
                ["open"],
                "{version}: nobody charges before the begin"
            );
            bench.present(1, "TAG1");
            bench.run(60);
            assert!(!bench.is_charging(AT), "{version}");
            bench.input(begin.clone());
            bench.run(1);
            assert!(bench.is_charging(AT), "{version}");
            without_energy_before(&orders(&bench), "10 A");
            let connects = |output: &Output| matches!(output, Output::Connect(_));
            let connects = bench.outputs.iter().any(connects);
            assert_eq!(connects, begin == Input::Start);
        }
    }
}

#[test]
fn a_cable_that_is_nobodys_is_let_go_after_a_power_cut_anywhere_in_an_end() {
    for version in BOTH {
        let mut cuts = 0;
        for outputs in 0.. {
            let mut bench = started(config(version, ConnectorConfig::socket()));
            charge(&mut bench);
            bench.cut_power_after(outputs);
            bench.present(1, "TAG1");
            bench.run(1);
            if !bench.power_was_cut() {
                break;
            }
            cuts += 1;
            bench.power_cycle();
            bench.run(60);
            assert_eq!(
                bench.outlet(AT).locked,
                Some(false),
                "{version} after {outputs}: {:?}",
                orders(&bench)
            );
        }
        assert!(cuts > 5, "{version}: only {cuts} places to cut");
    }
}

#[test]
fn every_lock_and_contactor_is_told_after_a_start_of_an_idle_station() {
    for version in BOTH {
        for cable in [
            CableState::Unplugged,
            CableState::InSocket,
            CableState::Connected,
        ] {
            let mut bench = started(config(version, ConnectorConfig::socket()));
            bench.power_on(&[(AT, cable)]);
            let outlet = bench.outlet(AT);
            assert_eq!(
                (outlet.closed, outlet.locked),
                (Some(false), Some(false)),
                "{version} {cable:?}"
            );
            assert_eq!(outlet.limit, Some(None), "{version} {cable:?}");
        }
    }
}

#[test]
fn a_cable_that_is_kept_for_its_owner_stays_locked_over_a_power_cut() {
    let mut bench = started(config(Version::V1_6, ConnectorConfig::socket()));
    let mut friendly = friendly_v1_6();
    bench.answer_with(move |action, payload| match action {
        "StartTransaction" => {
            Answer::Respond(json!({"transactionId": 7, "idTagInfo": {"status": "Invalid"}}))
        }
        _ => friendly(action, payload),
    });
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.run(1);
    assert_eq!(bench.outlet(AT).locked, Some(true));
    bench.power_cycle();
    assert_eq!(bench.outlet(AT).locked, Some(true));
    // The owner has torn it out in the dark: nothing is kept for anybody.
    bench.power_on(&[]);
    assert_eq!(bench.outlet(AT).locked, Some(false));
    bench.plug(1, 1);
    bench.power_cycle();
    assert_eq!(bench.outlet(AT).locked, Some(false));
}

#[test]
fn hardware_that_has_restarted_is_told_everything_again() {
    for version in BOTH {
        for at in [None, Some(AT)] {
            let mut bench = started(config(version, ConnectorConfig::socket()));
            limit_station(&mut bench, &[(0, 10)]);
            charge(&mut bench);
            bench.outputs.clear();
            bench.input(Input::HardwareRestarted { at });
            let orders = orders(&bench);
            assert_eq!(orders, ["open", "10 A", "lock", "close"], "{version}");
            stop(&mut bench);
            bench.outputs.clear();
            bench.input(Input::HardwareRestarted { at });
            let orders = self::orders(&bench);
            assert_eq!(orders, ["open", "10 A", "unlock"], "{version}");
            bench.outputs.clear();
            let other = Some(ConnectorId::new(9, 9));
            bench.input(Input::HardwareRestarted { at: other });
            assert_eq!(self::orders(&bench), [""; 0], "{version}");
        }
    }
}

#[test]
fn hardware_that_restarts_while_a_lock_moves_is_asked_again() {
    for version in BOTH {
        let mut bench = started(config(version, ConnectorConfig::socket()));
        // A lock that says nothing.
        bench.world(|output| matches!(output, Output::Lock(_)).then(Vec::new));
        bench.present(1, "TAG1");
        bench.plug(1, 1);
        bench.outputs.clear();
        bench.input(Input::HardwareRestarted { at: None });
        assert_eq!(orders(&bench), ["open", "no limit", "lock"], "{version}");
        bench.input(Input::Locked {
            at: AT,
            success: true,
        });
        bench.run(1);
        assert!(bench.is_charging(AT), "{version}");
    }
}

#[test]
fn after_a_fault_the_hardware_is_told_again() {
    for version in BOTH {
        for at in [None, Some(AT)] {
            let mut bench = started(config(version, ConnectorConfig::fixed()));
            limit_station(&mut bench, &[(0, 10)]);
            bench.outputs.clear();
            for fault in [Some(Fault::new(FaultCode::PowerSwitchFailure)), None] {
                bench.input(Input::Fault { at, fault });
                assert_eq!(orders(&bench), ["10 A", "open"], "{version} {at:?}");
                bench.outputs.clear();
            }
        }
    }
}

/// A lock that was open before it failed to open is still open: nobody charges through it.
#[test]
fn a_lock_that_fails_to_open_is_not_taken_for_a_closed_one() {
    for version in BOTH {
        let mut bench = started(config(version, ConnectorConfig::socket()));
        bench.plug(1, 1);
        bench.locks_fail = true;
        let payload = match version {
            Version::V1_6 => json!({"connectorId": 1}),
            _ => json!({"evseId": 1, "connectorId": 1}),
        };
        let answer = bench.call("UnlockConnector", payload).unwrap().unwrap();
        assert_eq!(answer["status"], "UnlockFailed", "{version}");
        bench.present(1, "TAG1");
        bench.run(1);
        assert!(!bench.is_charging(AT), "{version}");
    }
}

/// A plug that is torn out of a closed lock leaves a lock that would keep the next one out.
#[test]
fn a_lock_over_an_empty_socket_opens() {
    for version in BOTH {
        let key = match version {
            Version::V1_6 => "UnlockConnectorOnEVSideDisconnect",
            _ => "OCPPCommCtrlr.UnlockOnEVSideDisconnect",
        };
        let mut config = config(version, ConnectorConfig::socket());
        config.defaults.push((key.into(), "false".into()));
        let mut bench = started(config);
        charge(&mut bench);
        bench.unplug(1, 1);
        assert_eq!(bench.outlet(AT).locked, Some(false), "{version}");
    }
}

/// The ways in which a session ends while energy flows.
const STOPS: [fn(&mut Bench); 6] = [
    |bench| bench.present(1, "TAG1"),
    |bench| {
        bench.input(Input::StopPressed {
            evse: 1,
            emergency: false,
        });
    },
    |bench| {
        bench.input(Input::StopPressed {
            evse: 1,
            emergency: true,
        });
    },
    |bench| {
        let version = bench.station.version();
        let state = bench.station.state();
        let id = state.connectors[0].transaction_id.clone().unwrap();
        let (action, payload) = match version {
            Version::V1_6 => {
                let id: i64 = id.parse().unwrap();
                ("RemoteStopTransaction", json!({ "transactionId": id }))
            }
            _ => ("RequestStopTransaction", json!({ "transactionId": id })),
        };
        let answer = bench.call(action, payload).unwrap().unwrap();
        assert_eq!(answer["status"], "Accepted");
    },
    // The car side is pulled.
    |bench| bench.cable(AT, CableState::InSocket),
    |bench| {
        bench.input(Input::PowerFailing {
            time_to_report: true,
        });
    },
];

/// E06.FR.10, E07.FR.07, E08.FR.03: a plug is let go when no current flows any more, with and without a connection.
#[test]
fn the_contactor_opens_before_the_lock() {
    for version in BOTH {
        for (way, stop) in STOPS.into_iter().enumerate() {
            for online in [true, false] {
                // Without a connection nobody can be stopped from afar.
                if way == 3 && !online {
                    continue;
                }
                let mut bench = started(config(version, ConnectorConfig::socket()));
                charge(&mut bench);
                bench.network(online);
                bench.outputs.clear();
                stop(&mut bench);
                let at = |wanted: &Output| bench.outputs.iter().position(|one| one == wanted);
                let opened = at(&Output::Contactor {
                    at: AT,
                    closed: false,
                });
                let unlocked = at(&Output::Unlock(AT));
                assert!(opened.is_some(), "{version}, way {way}");
                assert!(unlocked.is_some(), "{version}, way {way}");
                assert!(opened < unlocked, "{version}, way {way}, online: {online}");
            }
        }
    }
}

/// A lock that refuses to let go is asked once more, and no more than that.
#[test]
fn a_lock_that_refuses_is_tried_once_more() {
    for version in BOTH {
        for (refusals, tries) in [(0, 1), (1, 2), (9, 2)] {
            let mut bench = started(config(version, ConnectorConfig::socket()));
            charge(&mut bench);
            let mut left = refusals;
            bench.world(move |output| {
                let Output::Unlock(at) = output else {
                    return None;
                };
                let result = match left {
                    0 => UnlockResult::Unlocked,
                    _ => UnlockResult::Failed,
                };
                left = left.max(1) - 1;
                Some(vec![Input::Unlocked { at: *at, result }])
            });
            bench.outputs.clear();
            stop(&mut bench);
            let unlock = Output::Unlock(AT);
            let tried = bench.outputs.iter().filter(|one| **one == unlock).count();
            assert_eq!(tried, tries, "{version}, {refusals} refusals");
        }
    }
}
