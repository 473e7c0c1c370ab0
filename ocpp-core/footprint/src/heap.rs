//! The heap of a station, of two connectors (1.6) or four EVSEs (2.0.1): idle, and at its highest in a charging session with
//! a charging profile.

use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::ToString as _;
use alloc::vec::Vec;
use core::fmt;

use ocpp_core::station::{
    CableState, ConnectorId, EvState, Input, Measured, Output, Reading, Station, Token,
};
use ocpp_core::time::Now;
use serde_json::{Value, json};

use crate::{VERSION, config, now};

const IS_1_6: bool = cfg!(not(feature = "v2_0_1"));
const EVSES: u32 = if IS_1_6 { 2 } else { 4 };

/// What a piece of work has done to the heap.
#[derive(Clone, Copy)]
pub struct Counted {
    /// Bytes that are held more than before.
    pub current: i64,
    /// The most that were held more than before, at any moment; `current` where that is not known.
    pub most: i64,
}

/// Does something and counts what it does to the heap.
pub type Probe = fn(&mut dyn FnMut()) -> Counted;

/// A station, and what it holds of the heap: only what happens inside its own calls counts.
struct Bench {
    probe: Probe,
    station: Option<Station>,
    seconds: u64,
    /// Bytes held after the last call.
    held: i64,
    /// The most held at any moment.
    peak: i64,
    messages: usize,
    charging: bool,
    energy: i64,
}

impl Bench {
    fn measure<T>(&mut self, work: impl FnOnce(&mut Option<Station>, Now) -> T) -> T {
        let now = now(self.seconds * 1_000);
        let mut result = None;
        let mut work = Some(work);
        let station = &mut self.station;
        let counted = (self.probe)(&mut || {
            result = work.take().map(|work| work(station, now));
        });
        self.peak = self.peak.max(self.held + counted.most);
        self.held += counted.current;
        result.expect("measured once")
    }

    /// What the station is given belongs to it, and what it gives away does not any longer.
    fn input(&mut self, make: impl FnOnce() -> Input) {
        let mut inputs = VecDeque::with_capacity(8);
        let mut make = Some(make);
        let made = (self.probe)(&mut || inputs.extend(make.take().map(|make| make())));
        self.held += made.current;
        while let Some(input) = inputs.pop_front() {
            self.measure(|station, now| {
                if let Some(station) = station {
                    station.handle(now, input);
                }
            });
            while let Some(output) = self.measure(|station, _| station.as_mut()?.poll_output()) {
                let mut answer = None;
                let probe = self.probe;
                let made = probe(&mut || answer = self.carry_out(&output));
                let mut output = Some(output);
                let freed = probe(&mut || drop(output.take()));
                self.held += made.current + freed.current;
                inputs.extend(answer);
            }
        }
    }

    fn carry_out(&mut self, output: &Output) -> Option<Input> {
        match output {
            Output::Connect(_) => Some(Input::Connected { version: VERSION }),
            Output::Contactor { closed, .. } => {
                self.charging = *closed;
                None
            }
            Output::ReadMeter(evse) => Some(Input::Meter {
                evse: *evse,
                reading: Reading::energy(rust_decimal::Decimal::from(self.energy))
                    .and(Measured::new("Power.Active.Import", "W", 7_200))
                    .and(Measured::new("Voltage", "V", 230).on_phase("L1-N")),
            }),
            Output::Transmit(text) => {
                self.messages += 1;
                let frame: Value = serde_json::from_str(text).expect("a frame");
                if frame[0] != 2 {
                    return None;
                }
                let info = json!({"status": "Accepted"});
                let answer = match frame[2].as_str().unwrap_or_default() {
                    "BootNotification" => {
                        json!({"status": "Accepted", "currentTime": "2024-05-15T12:00:00Z", "interval": 300})
                    }
                    "Heartbeat" => json!({"currentTime": "2024-05-15T12:00:00Z"}),
                    "Authorize" if IS_1_6 => json!({"idTagInfo": info}),
                    "Authorize" => json!({"idTokenInfo": info}),
                    "StartTransaction" => json!({"idTagInfo": info, "transactionId": 4711}),
                    _ => json!({}),
                };
                Some(Input::Received(json!([3, frame[1], answer]).to_string()))
            }
            _ => None,
        }
    }

    fn call(&mut self, action: &str, payload: &Value) {
        let frame = json!([2, format!("csms-{}", self.messages), action, payload]);
        self.input(|| Input::Received(frame.to_string()));
    }

    fn run(&mut self, seconds: u64) {
        for _ in 0..seconds {
            self.seconds += 1;
            self.energy += 2 * i64::from(self.charging);
            self.input(|| Input::TimePassed);
        }
    }
}

impl Bench {
    fn sample_every_10_seconds(&mut self) {
        if IS_1_6 {
            let change = json!({"key": "MeterValueSampleInterval", "value": "10"});
            return self.call("ChangeConfiguration", &change);
        }
        let set = json!({"component": {"name": "SampledDataCtrlr"},
            "variable": {"name": "TxUpdatedInterval"}, "attributeValue": "10"});
        self.call("SetVariables", &json!({"setVariableData": [set]}));
    }

    /// A charging profile of a period for each hour.
    fn install_a_day(&mut self) {
        let period =
            |hour| json!({"startPeriod": hour * 3600, "limit": 16.0 - f64::from(hour) / 2.0});
        let periods: Vec<Value> = (0..24).map(period).collect();
        let schedule = json!({"chargingRateUnit": "A", "chargingSchedulePeriod": periods});
        let payload = if IS_1_6 {
            json!({"connectorId": 1, "csChargingProfiles": {
                "chargingProfileId": 1, "stackLevel": 0,
                "chargingProfilePurpose": "TxDefaultProfile",
                "chargingProfileKind": "Relative", "chargingSchedule": schedule}})
        } else {
            let mut schedule = schedule;
            schedule["id"] = json!(1);
            json!({"evseId": 1, "chargingProfile": {
                "id": 1, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile",
                "chargingProfileKind": "Relative", "chargingSchedule": [schedule]}})
        };
        self.call("SetChargingProfile", &payload);
    }

    fn report_everything(&mut self) {
        if IS_1_6 {
            return self.call("GetConfiguration", &json!({}));
        }
        let all = json!({"requestId": 1, "reportBase": "FullInventory"});
        self.call("GetBaseReport", &all);
    }
}

/// Boots, charges for an hour, and tells what the station held meanwhile.
///
/// # Errors
/// Those of the writer.
pub fn run(probe: Probe, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut bench = Bench {
        probe,
        station: None,
        seconds: 0,
        held: 0,
        peak: 0,
        messages: 0,
        charging: false,
        energy: 1_000,
    };
    bench.measure(|station, now| {
        *station = Station::restore(config(EVSES), [], now).ok();
    });
    writeln!(out, "restored                      {:>7} bytes", bench.held)?;
    bench.input(|| Input::Start);
    bench.run(60);
    writeln!(
        out,
        "idle, {EVSES} EVSEs                 {:>7} bytes (at most {} until here)",
        bench.held, bench.peak
    )?;
    let at = ConnectorId::new(1, 1);
    bench.sample_every_10_seconds();
    bench.input(|| Input::TokenPresented {
        evse: Some(1),
        token: Token::new("04A2B3C4"),
    });
    bench.input(|| Input::Cable {
        at,
        state: CableState::Connected,
    });
    bench.input(|| Input::Ev {
        at,
        state: EvState::Ready,
    });
    bench.install_a_day();
    bench.call(
        "GetCompositeSchedule",
        &json!({if IS_1_6 { "connectorId" } else { "evseId" }: 1, "duration": 86400}),
    );
    bench.report_everything();
    bench.run(3_600);
    writeln!(out, "charging for an hour          {:>7} bytes", bench.held)?;
    bench.input(|| Input::TokenPresented {
        evse: Some(1),
        token: Token::new("04A2B3C4"),
    });
    bench.input(|| Input::Cable {
        at,
        state: CableState::Unplugged,
    });
    bench.run(60);
    writeln!(out, "idle again                    {:>7} bytes", bench.held)?;
    writeln!(
        out,
        "at its highest                {:>7} bytes ({} messages of the station)",
        bench.peak, bench.messages
    )?;
    assert!(bench.messages > 300, "the session was not played");
    Ok(())
}
