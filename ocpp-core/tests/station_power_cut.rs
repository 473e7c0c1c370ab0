//! What of a transaction survives a power cut: all energy that had flowed, as exactly as the meter can say afterwards (1.6
//! section 6.49, E06.FR.11). The same for both versions.

#![allow(missing_docs, clippy::unwrap_used)]

use ocpp_core::Version;
use ocpp_core::station::{
    CableState, ConnectorConfig, ConnectorId, EvseConfig, Input, Output, Reading, StationConfig,
};
use ocpp_core::testing::station::{Answer, Bench, Call, friendly_v1_6, friendly_v2_0_1};
use ocpp_core::time::DateTime;
use serde_json::{Value, json};

const BOTH: [Version; 2] = [Version::V1_6, Version::V2_0_1];
const AT: ConnectorId = ConnectorId::new(1, 1);

fn config(version: Version) -> StationConfig {
    let mut config = StationConfig::new(version, "Vendor", "Model", 1);
    config.evses = vec![EvseConfig::new(vec![ConnectorConfig::fixed()])];
    let register = "Energy.Active.Import.Register";
    let defaults: &[(&str, &str)] = match version {
        Version::V1_6 => &[
            ("MeterValueSampleInterval", "0"),
            ("StopTxnSampledData", register),
        ],
        _ => &[
            ("SampledDataCtrlr.TxUpdatedInterval", "0"),
            ("SampledDataCtrlr.TxEndedMeasurands", register),
        ],
    };
    for (key, value) in defaults {
        config.defaults.push(((*key).into(), (*value).into()));
    }
    config
}

type Script = Box<dyn FnMut(&str, &Value) -> Answer>;

fn csms(version: Version) -> Script {
    match version {
        Version::V1_6 => Box::new(friendly_v1_6()),
        _ => Box::new(friendly_v2_0_1()),
    }
}

fn charging(config: StationConfig) -> Bench {
    let version = config.versions[0];
    let mut bench = Bench::new(config, csms(version));
    bench.start();
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.run(1);
    assert!(bench.is_charging(AT), "{:?}", bench.station.state());
    bench.calls();
    bench
}

/// The end of a transaction as the CSMS was told.
#[derive(Debug, Clone, PartialEq)]
struct End {
    register: f64,
    /// How often the reading of the end is told.
    readings: usize,
    reason: String,
    time: DateTime,
}

fn ends(calls: &[Call]) -> Vec<End> {
    let mut ends = Vec::new();
    for Call {
        action, payload, ..
    } in calls
    {
        let end_1_6 = action == "StopTransaction";
        let end_2_0_1 = action == "TransactionEvent" && payload["eventType"] == "Ended";
        if !end_1_6 && !end_2_0_1 {
            continue;
        }
        let values = if end_1_6 {
            &payload["transactionData"]
        } else {
            &payload["meterValue"]
        };
        let sampled = values.as_array().into_iter().flatten();
        let sampled = sampled.flat_map(|value| value["sampledValue"].as_array().unwrap());
        let end: Vec<f64> = sampled
            .filter(|value| value["context"] == "Transaction.End")
            .map(|value| match &value["value"] {
                Value::String(text) => text.parse().unwrap(),
                number => number.as_f64().unwrap(),
            })
            .collect();
        let (register, reason) = if end_1_6 {
            (payload["meterStop"].as_f64(), &payload["reason"])
        } else {
            (
                end.last().copied(),
                &payload["transactionInfo"]["stoppedReason"],
            )
        };
        ends.push(End {
            register: register.unwrap_or(-1.0),
            readings: end.len(),
            reason: reason.as_str().unwrap_or("Local").into(),
            time: payload["timestamp"].as_str().unwrap().parse().unwrap(),
        });
    }
    ends
}

fn register(bench: &Bench) -> f64 {
    bench.registers[1].to_string().parse().unwrap()
}

/// The only end, with repetitions left out.
fn end(bench: &mut Bench) -> End {
    let mut ends = ends(&bench.calls());
    ends.dedup();
    assert_eq!(ends.len(), 1, "{ends:?}");
    ends.remove(0)
}

#[test]
fn the_end_has_all_energy_until_the_power_went() {
    for version in BOTH {
        for resume in [false, true] {
            let mut config = config(version);
            config.features.resume_transactions = resume;
            for seconds in [0, 10, 65, 655, 3_605] {
                let mut bench = charging(config.clone());
                bench.run(seconds);
                let (cut, used) = (bench.utc(), register(&bench));
                let cables: &[_] = if resume {
                    &[]
                } else {
                    &[(AT, CableState::Connected)]
                };
                bench.off();
                // The power is away for an hour.
                bench.run_dark(3_600);
                bench.power_on(cables);
                bench.run(60);
                let end = end(&mut bench);
                let what = format!("{version} {resume} {seconds}: {end:?} {used}");
                assert!((end.register - used).abs() <= 0.5, "{what}");
                assert_eq!(end.readings, 1, "{what}");
                let reason = match version {
                    Version::V1_6 if resume => "EVDisconnected",
                    _ => "PowerLoss",
                };
                assert_eq!(end.reason, reason, "{what}");
                let before = cut.millis_since(end.time);
                assert!((0..=61_000).contains(&before), "{what}: {before} ms");
                assert_eq!(bench.stored.keys().find(|key| key.starts_with("tr")), None);
            }
        }
    }
}

#[test]
fn a_meter_that_starts_slowly_is_waited_for() {
    for version in BOTH {
        let mut bench = charging(config(version));
        bench.run(90);
        let used = register(&bench);
        let asked = std::rc::Rc::new(std::cell::Cell::new(0));
        let times = asked.clone();
        bench.world(move |output| {
            let first = matches!(output, Output::ReadMeter(_)) && times.get() < 5;
            times.set(times.get() + u32::from(first));
            first.then(Vec::new)
        });
        bench.power_cycle();
        bench.run(10);
        assert_eq!(ends(&bench.calls()), [], "{version}");
        // Nobody else can begin before the end is settled.
        bench.present(1, "TAG2");
        bench.run(60);
        let end = end(&mut bench);
        assert!(
            (end.register - used).abs() <= 0.5,
            "{version}: {end:?} {used}"
        );
        assert_eq!(asked.get(), 5);
    }
}

#[test]
fn a_meter_that_says_nothing_costs_a_minute_of_energy() {
    for version in BOTH {
        let mut bench = charging(config(version));
        bench.run(605);
        let used = register(&bench);
        bench.world(|output| matches!(output, Output::ReadMeter(_)).then(Vec::new));
        bench.power_cycle();
        bench.run(90);
        let calls = bench.calls();
        let ends = ends(&calls);
        assert_eq!(ends.len(), 1, "{version}");
        if version == Version::V1_6 {
            let missing = used - ends[0].register;
            assert!((0.0..=61.0).contains(&missing), "{version}: {missing}");
        }
        assert_eq!(ends[0].readings, 0, "{version}: no value is made up");
        assert_eq!(bench.stored.keys().find(|key| key.starts_with("tr")), None);
        let state = bench.station.state();
        assert!(!state.connectors[0].authorized, "{version}: {state:?}");
    }
}

#[test]
fn a_meter_without_a_register_or_behind_the_stored_one_does_not_take_energy_back() {
    for reading in [Reading::default(), Reading::energy(5)] {
        let mut bench = charging(config(Version::V1_6));
        bench.run(600);
        let used = register(&bench);
        let answer = reading.clone();
        bench.world(move |output| match output {
            Output::ReadMeter(evse) => Some(vec![Input::Meter {
                evse: *evse,
                reading: answer.clone(),
            }]),
            _ => None,
        });
        bench.power_cycle();
        bench.run(1);
        let end = end(&mut bench);
        let missing = used - end.register;
        assert!((0.0..=61.0).contains(&missing), "{reading:?}: {missing}");
    }
}

/// The power is cut at every output of a session without sampling: the end has what the meter shows, once.
#[test]
fn no_energy_is_lost_wherever_the_power_goes() {
    for version in BOTH {
        let mut cuts = 0;
        for outputs in 0.. {
            let mut bench = Bench::new(config(version), csms(version));
            bench.start();
            bench.calls();
            bench.cut_power_after(outputs);
            bench.present(1, "TAG1");
            bench.plug(1, 1);
            bench.run(90);
            bench.present(1, "TAG1");
            bench.run(1);
            if !bench.power_was_cut() {
                break;
            }
            cuts += 1;
            bench.power_cycle();
            bench.run(600);
            let mut ends = ends(&bench.calls());
            ends.dedup();
            let dropped = |output: &Output| matches!(output, Output::Dropped { .. });
            // Nor is anything called lost that was delivered.
            assert!(
                !bench.outputs.iter().any(dropped),
                "{version} after {outputs}"
            );
            let used = register(&bench);
            let what = format!("{version} after {outputs}: {ends:?} {used}");
            assert!(ends.len() <= 1, "{what}");
            match ends.first() {
                // No car was connected: there was nothing to read.
                Some(end) if end.readings == 0 => assert!(used <= 1_000.0, "{what}"),
                Some(end) => {
                    assert!((end.register - used).abs() <= 0.5, "{what}");
                    assert_eq!(end.readings, 1, "{what}");
                }
                None => assert!(used <= 1_000.0, "{what}"),
            }
        }
        assert!(cuts > 15, "{version}: {cuts}");
    }
}

/// The beginnings and the ends that the CSMS was told of, each once, in whatever order its members are. Without what a
/// repetition may say otherwise.
fn told(calls: &[Call]) -> [Vec<Value>; 2] {
    let mut told = [Vec::new(), Vec::new()];
    for call in calls {
        let mut payload = call.payload.clone();
        let place = match (call.action.as_str(), payload["eventType"].as_str()) {
            ("StartTransaction", _) | (_, Some("Started")) => 0,
            ("StopTransaction", _) | (_, Some("Ended")) => 1,
            _ => continue,
        };
        for member in ["transactionId", "offline"] {
            payload.as_object_mut().unwrap().remove(member);
        }
        if !told[place].contains(&payload) {
            told[place].push(payload);
        }
    }
    told
}

/// What a restart finds out about transactions outlives the next power cut: whatever is delivered meanwhile.
#[test]
fn two_power_cuts_in_a_row_neither_lose_nor_repeat_the_end() {
    for (version, resume) in BOTH.map(|v| [(v, false), (v, true)]).into_iter().flatten() {
        let mut cuts = 0;
        for (first, second) in (0..60).flat_map(|first| (0..30).map(move |second| (first, second)))
        {
            let mut config = config(version);
            config.features.resume_transactions = resume;
            let mut bench = Bench::new(config, csms(version));
            bench.start();
            bench.cut_power_after(first);
            bench.present(1, "TAG1");
            bench.plug(1, 1);
            bench.run(90);
            bench.present(1, "TAG1");
            bench.run(1);
            if !bench.power_was_cut() {
                continue;
            }
            let cables = bench.cables();
            bench.switch_on();
            bench.cut_power_after(second);
            for (at, state) in &cables {
                bench.cable(*at, *state);
            }
            bench.start();
            bench.run(1);
            cuts += usize::from(bench.power_was_cut());
            bench.power_cycle();
            bench.run(600);
            bench.unplug(1, 1);
            bench.run(600);
            let [started, ended] = told(&bench.calls());
            let what = format!("{version} after {first} and {second}: {started:?} {ended:?}");
            assert_eq!(started.len(), ended.len(), "{what}");
        }
        assert!(cuts > 300, "{version}: {cuts}");
    }
}

/// The interval of the samples is over before anybody knows the time.
#[test]
fn a_transaction_that_goes_on_without_a_clock_does_not_keep_the_station_awake() {
    for version in BOTH {
        let mut config = config(version);
        config.features.resume_transactions = true;
        let interval = match version {
            Version::V1_6 => "MeterValueSampleInterval",
            _ => "SampledDataCtrlr.TxUpdatedInterval",
        };
        config.defaults.retain(|(key, _)| key != interval);
        config.defaults.push((interval.into(), "10".into()));
        let mut bench = charging(config);
        bench.network(false);
        bench.power_cycle();
        // The bench panics if it does.
        bench.run(120);
        bench.network(true);
        bench.run(300);
        assert!(bench.is_charging(AT), "{version}");
        let values = bench
            .calls()
            .iter()
            .filter(|call| {
                call.action == "MeterValues"
                    || call.payload["triggerReason"] == "MeterValuePeriodic"
            })
            .count();
        assert!(values > 10, "{version}: {values}");
    }
}

#[test]
fn the_power_may_go_again_while_the_meter_is_waited_for() {
    for version in BOTH {
        let mut bench = charging(config(version));
        bench.run(90);
        let (used, cut) = (register(&bench), bench.utc());
        bench.world(|output| matches!(output, Output::ReadMeter(_)).then(Vec::new));
        for _ in 0..3 {
            bench.power_cycle();
            bench.run(20);
        }
        bench.world(|_| None);
        bench.power_cycle();
        bench.run(10);
        let end = end(&mut bench);
        assert!((end.register - used).abs() <= 0.5, "{version}: {end:?}");
        assert_eq!(end.reason, "PowerLoss");
        let before = cut.millis_since(end.time);
        assert!((0..=61_000).contains(&before), "{version}: {before}");
    }
}

#[test]
fn a_transaction_at_a_connector_that_was_taken_away_is_reported() {
    for version in BOTH {
        let mut two = config(version);
        two.evses = vec![EvseConfig::new(vec![ConnectorConfig::fixed()]); 2];
        let mut bench = Bench::new(two, csms(version));
        bench.start();
        bench.present(2, "TAG1");
        bench.plug(2, 1);
        bench.run(120);
        let stored = bench.stored.clone();
        let mut bench = Bench::new(config(version), csms(version));
        bench.stored = stored;
        bench.power_on(&[]);
        bench.run(60);
        assert_eq!(end(&mut bench).reason, "PowerLoss", "{version}");
        assert_eq!(bench.stored.keys().find(|key| key.starts_with("tr")), None);
    }
}

#[test]
fn an_invalid_token_has_its_share_without_sampling_too() {
    for version in BOTH {
        let mut config = config(version);
        let (stop, energy) = match version {
            Version::V1_6 => ("StopTransactionOnInvalidId", "MaxEnergyOnInvalidId"),
            _ => ("TxCtrlr.StopTxOnInvalidId", "TxCtrlr.MaxEnergyOnInvalidId"),
        };
        config.defaults.push((stop.into(), "false".into()));
        config.defaults.push((energy.into(), "300".into()));
        let mut bench = Bench::new(config, csms(version));
        let mut friendly = csms(version);
        bench.answer_with(move |action, payload| match action {
            "StartTransaction" => {
                Answer::Respond(json!({"transactionId": 7, "idTagInfo": {"status": "Invalid"}}))
            }
            "TransactionEvent" if payload.get("idToken").is_some() => {
                Answer::Respond(json!({"idTokenInfo": {"status": "Invalid"}}))
            }
            _ => friendly(action, payload),
        });
        bench.start();
        bench.present(1, "TAG1");
        bench.plug(1, 1);
        // 1 Wh a second: E05.FR.03, and no more than a few seconds beyond.
        bench.run(299);
        assert!(bench.is_charging(AT), "{version}");
        bench.run(6);
        assert!(!bench.is_charging(AT), "{version}");
    }
}
