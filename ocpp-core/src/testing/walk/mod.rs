//! A station on a walk: any bytes are a history of things that happen to it, likely and unlikely ones. Whatever happens, it
//! keeps its promises.

mod calls;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::Version;
use serde_json::{Value, json};

use self::calls::{CALLS_1_6, CALLS_2_0_1};
use super::demands::Demands;
use super::ledger::Ledger;
use super::station::{Answer, Bench, friendly_v1_6, friendly_v2_0_1};
use crate::station::{
    CableState, ConnectorId, EvState, Fault, FaultCode, Input, MAX_KEY, Measured, Output, Reading,
    StationConfig, Token, TokenKind, UnlockResult,
};

const POINTS: [&str; 5] = [
    "ParkingBayOccupancy",
    "EVConnected",
    "Authorized",
    "PowerPathClosed",
    "EnergyTransfer",
];

/// Some of the points, by the bits of a byte; at least one.
fn points(bits: u8) -> String {
    let chosen = (0..5).filter(|bit| bits & 1 << bit != 0);
    let chosen: Vec<&str> = chosen.map(|bit| POINTS[bit]).collect();
    if chosen.is_empty() {
        POINTS[usize::from(bits) % 5].to_string()
    } else {
        chosen.join(",")
    }
}

type Script = Box<dyn FnMut(&str, &Value) -> Answer>;

/// The history as it is read.
struct Steps<'a>(core::slice::Iter<'a, u8>);

impl Steps<'_> {
    fn byte(&mut self) -> u8 {
        self.0.next().copied().unwrap_or_default()
    }

    /// One of so many.
    fn below(&mut self, number: usize) -> usize {
        usize::from(self.byte()) % number.max(1)
    }

    fn connector(&mut self) -> ConnectorId {
        [
            ConnectorId::new(1, 1),
            ConnectorId::new(2, 1),
            ConnectorId::new(2, 2),
            ConnectorId::new(9, 9),
        ][self.below(4)]
    }
}

fn config(version: Version, features: u8) -> StationConfig {
    use crate::station::{ConnectorConfig, EvseConfig};
    let mut config = StationConfig::new(version, "Vendor", "Model", 0);
    let (fixed, socket) = (ConnectorConfig::fixed(), ConnectorConfig::socket());
    config.evses = alloc::vec![
        EvseConfig::new(alloc::vec![socket.clone()]),
        EvseConfig::new(alloc::vec![fixed, socket]),
    ];
    config.limits.queue = 30;
    config.features.unsigned_firmware = true;
    config.features.resume_transactions = features & 1 != 0;
    config.features.select_evse_first = features & 2 != 0;
    config.features.soft_reset_reboots = features & 4 != 0;
    config.main_meter = features & 8 != 0;
    config
}

/// Lets the history happen. The first bytes choose what kind of station it is. Says after how many steps energy flowed.
///
/// # Errors
/// The promise that was broken, in words.
pub fn walk(version: Version, history: &[u8]) -> Result<usize, String> {
    let mut steps = Steps(history.iter());
    let mut config = config(version, steps.byte());
    let silent = steps.byte();
    if version == Version::V2_0_1 {
        for key in ["TxCtrlr.TxStartPoint", "TxCtrlr.TxStopPoint"] {
            config.defaults.push((key.into(), points(steps.byte())));
        }
    }
    let rules = config.clone();
    let mut count = 0_u8;
    let mut friendly: Script = match version {
        Version::V1_6 => Box::new(friendly_v1_6()),
        _ => Box::new(friendly_v2_0_1()),
    };
    let mut bench = Bench::new(config, move |action, payload| {
        count = count.wrapping_add(1);
        match count {
            // Now and then the CSMS has a bad moment.
            _ if silent != 0 && count.is_multiple_of(silent) => match count % 3 {
                0 => Answer::Silence,
                1 => Answer::Refuse("InternalError"),
                _ => Answer::Late(40, json!({})),
            },
            _ => friendly(action, payload),
        }
    });
    bench.real_time_clock = steps.below(2) == 0;
    bench.watch();
    bench.start();
    let mut charging = 0;
    let mut ledger = Ledger::default();
    let mut demands = Demands::new(version, &rules);
    while steps.0.len() > 0 {
        step(&mut bench, &mut demands, version, &mut steps);
        judge(&mut bench, &mut demands)?;
        promises(&bench)?;
        told(&mut bench, &mut ledger)?;
        let mut connectors = bench.station.state().connectors.into_iter();
        charging += usize::from(connectors.any(|connector| bench.is_charging(connector.at)));
    }
    // In the end everything that is to be told is told.
    match version {
        Version::V1_6 => bench.answer_with(friendly_v1_6()),
        _ => bench.answer_with(friendly_v2_0_1()),
    }
    bench.network(true);
    for _ in 0..30 {
        bench.run(120);
        judge(&mut bench, &mut demands)?;
        told(&mut bench, &mut ledger)?;
        if bench.station.state().queued == 0 && bench.is_connected() {
            break;
        }
    }
    promises(&bench)?;
    let state = bench.station.state();
    if state.queued > 0 {
        return Err(format!("{} messages are never delivered", state.queued));
    }
    let running = state.connectors.into_iter();
    let running: Vec<String> = running.filter_map(|one| one.transaction_id).collect();
    ledger.settle(&running)?;
    Ok(charging)
}

/// The hardware is as it has to be, and was all the time.
fn judge(bench: &mut Bench, demands: &mut Demands) -> Result<(), String> {
    look(bench, demands);
    match demands.errors().first() {
        Some(error) => Err(error.clone()),
        None => Ok(()),
    }
}

fn look(bench: &mut Bench, demands: &mut Demands) {
    for sight in bench.sights() {
        demands.look(sight, false);
    }
}

/// What the station has told of transactions can be true.
fn told(bench: &mut Bench, ledger: &mut Ledger) -> Result<(), String> {
    for output in core::mem::take(&mut bench.outputs) {
        if let Output::Dropped {
            action, payload, ..
        } = output
            && action == "TransactionEvent"
        {
            ledger.note_dropped(&payload);
        }
    }
    ledger.note(&bench.all_calls())?;
    let mut evses = Vec::new();
    for connector in bench.station.state().connectors {
        let Some(id) = connector.transaction_id else {
            continue;
        };
        if ledger.has_ended(&id) {
            return Err(format!("{id} has ended, and runs at {}", connector.at));
        }
        if evses.contains(&connector.at.evse) {
            return Err(format!("two transactions at EVSE {}", connector.at.evse));
        }
        evses.push(connector.at.evse);
    }
    Ok(())
}

fn step(bench: &mut Bench, demands: &mut Demands, version: Version, steps: &mut Steps<'_>) {
    match steps.below(22) {
        0..=2 => {
            let states = [
                CableState::Unplugged,
                CableState::InSocket,
                CableState::Connected,
            ];
            let (at, state) = (steps.connector(), states[steps.below(3)]);
            bench.input(Input::Cable { at, state });
        }
        3 | 4 => {
            let tokens = [
                Token::new("TAG1"),
                Token::new("TAG2"),
                Token::of_kind("TAG1", TokenKind::KeyCode),
                Token::of_kind("", TokenKind::NoAuthorization),
            ];
            let token = tokens[steps.below(4)].clone();
            let evse = [None, Some(1), Some(2), Some(7)][steps.below(4)];
            bench.input(Input::TokenPresented { evse, token });
        }
        5 | 6 => bench.run(steps.byte().into()),
        7 => bench.run(u64::from(steps.byte()) * 60),
        8..=11 => call(bench, demands, version, steps),
        12 => {
            let codes = [FaultCode::GroundFailure, FaultCode::EvCommunicationError];
            let fault = [Some(codes[0]), Some(codes[1]), None][steps.below(3)].map(Fault::new);
            let at = Some(steps.connector()).filter(|at| at.evse != 9);
            bench.input(Input::Fault { at, fault });
        }
        13 => bench.network(steps.below(2) == 0),
        14 => {
            bench.cut_power_after(steps.below(8));
            call(bench, demands, version, steps);
            if bench.power_was_cut() {
                let cables: Vec<_> = bench.cables().into_iter().skip(steps.below(3)).collect();
                bench.power_on(&cables);
            }
        }
        15 => {
            bench.locks_fail = steps.below(2) == 0;
            let (at, success) = (steps.connector(), steps.below(2) == 0);
            bench.input(Input::Locked { at, success });
            let result = [UnlockResult::Unlocked, UnlockResult::Failed][steps.below(2)];
            bench.input(Input::Unlocked { at, result });
        }
        16 => {
            let state = [EvState::Ready, EvState::Suspended, EvState::Stopped][steps.below(3)];
            bench.input(Input::Ev {
                at: steps.connector(),
                state,
            });
        }
        17 => {
            let time_to_report = steps.below(2) == 0;
            bench.input(Input::PowerFailing { time_to_report });
            if steps.below(2) == 0 {
                bench.input(Input::PowerRestored);
            } else {
                bench.power_cycle();
            }
        }
        18 => {
            let energy = i64::from(steps.byte()) * 1_000 - 500;
            let reading = match steps.below(3) {
                0 => Reading::energy(energy),
                1 => Reading::default(),
                _ => Reading::energy(i64::MAX).and(Measured::new("Voltage", "V", energy)),
            };
            let evse = u32::from(steps.byte() % 4);
            bench.input(Input::Meter { evse, reading });
        }
        19 => {
            let at = [None, Some(steps.connector())][steps.below(2)];
            bench.input(Input::HardwareRestarted { at });
        }
        20 => {
            let evse = 1 + u32::from(steps.byte() % 3);
            let occupied = steps.below(2) == 0;
            bench.input(Input::ParkingBay {
                evse,
                occupied,
                token: None,
            });
        }
        _ => {
            let evse = [None, Some(1), Some(5)][steps.below(3)];
            bench.input(Input::EvseSelected { evse });
            let (evse, emergency) = (1 + u32::from(steps.byte() % 3), steps.below(2) == 0);
            bench.input(Input::StopPressed { evse, emergency });
            bench.input(Input::StopsSelected { evses: None });
        }
    }
}

fn call(bench: &mut Bench, demands: &mut Demands, version: Version, steps: &mut Steps<'_>) {
    let calls = match version {
        Version::V1_6 => CALLS_1_6,
        _ => CALLS_2_0_1,
    };
    let (action, template) = calls[steps.below(calls.len())];
    let mut payload: Value = serde_json::from_str(template).unwrap_or_default();
    vary(&mut payload, bench, steps);
    if steps.below(16) == 0 {
        // What is no request at all.
        let text = format!(
            "[2,\"x\",\"{action}\",{}",
            payload.to_string().get(..9).unwrap_or("{")
        );
        bench.input(Input::Received(text));
    } else {
        look(bench, demands);
        // What is left of the history names the call.
        let id = format!("walk-{}", steps.0.len());
        demands.asked(bench.utc(), &id, action, &payload);
        let answer = bench.call(action, payload);
        look(bench, demands);
        if let Some(answer) = answer {
            let payload = answer.unwrap_or_default();
            demands.answered(bench.utc(), &id, &payload);
        }
    }
}

/// Puts something in where the template leaves it open.
fn vary(value: &mut Value, bench: &Bench, steps: &mut Steps<'_>) {
    match value {
        Value::Object(members) => {
            for member in members.values_mut() {
                vary(member, bench, steps);
            }
        }
        Value::Array(items) => {
            for item in items {
                vary(item, bench, steps);
            }
        }
        Value::String(text) => {
            let number = i64::from(steps.byte());
            *value = match text.as_str() {
                "$n" => json!(number % 5),
                "$i" => match number {
                    255 => json!(i64::MAX),
                    254 => json!(-1),
                    _ => json!(1_000 + number),
                },
                "$t" => json!(bench.utc_in(number * 20 - 600)),
                "$s" => json!(number.to_string()),
                "$p" => json!(points(steps.byte())),
                "$b" => json!((number % 2 == 0).to_string()),
                "$x" => {
                    let connectors = bench.station.state().connectors;
                    let mut ids = connectors.into_iter().filter_map(|one| one.transaction_id);
                    json!(ids.next().unwrap_or_default())
                }
                _ => return,
            };
        }
        _ => {}
    }
}

fn promises(bench: &Bench) -> Result<(), String> {
    let state = bench.station.state();
    for connector in &state.connectors {
        let outlet = bench.outlet(connector.at);
        if bench.is_charging(connector.at) && outlet.limit.is_none() {
            return Err(format!("energy without a limit: {connector:?}"));
        }
        if outlet.closed.is_none() {
            return Err(format!("a contactor that was told nothing: {connector:?}"));
        }
    }
    if state.queued > 60 {
        return Err(format!("{} messages wait", state.queued));
    }
    if let Some((key, _)) = bench.stored.iter().find(|(key, value)| {
        key.len() > MAX_KEY || !key.is_ascii() || serde_json::from_str::<Value>(value).is_err()
    }) {
        return Err(format!("no record: {key}"));
    }
    if bench.stored.len() > 2_000 {
        return Err(format!("{} records", bench.stored.len()));
    }
    Ok(())
}
