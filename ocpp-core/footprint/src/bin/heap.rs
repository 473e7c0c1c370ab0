//! The heap of a station of two connectors: idle, and at its highest in a charging session with a charging profile.
#![forbid(unsafe_code)]

use std::collections::VecDeque;

use ocpp_core::Version;
use ocpp_core::station::{
    CableState, ConnectorId, EvState, Input, Measured, Output, Reading, Station, StationConfig,
    Token,
};
use ocpp_core::time::{Instant, Now};
use serde_json::{Value, json};

/// A station, and what it holds of the heap: only what happens inside its own calls counts.
struct Measured16 {
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

impl Measured16 {
    fn measure<T>(&mut self, work: impl FnOnce(&mut Option<Station>, Now) -> T) -> T {
        let now = Now {
            monotonic: Instant::from_millis(self.seconds * 1_000),
            utc: None,
        };
        let mut result = None;
        let station = &mut self.station;
        let counted = allocation_counter::measure(|| result = Some(work(station, now)));
        self.peak = self.peak.max(self.held + counted.bytes_max as i64);
        self.held += counted.bytes_current;
        result.expect("measured once")
    }

    /// What the station is given belongs to it, and what it gives away does not any longer.
    fn input(&mut self, make: impl FnOnce() -> Input) {
        let mut inputs = VecDeque::with_capacity(8);
        let made = allocation_counter::measure(|| inputs.push_back(make()));
        self.held += made.bytes_current;
        while let Some(input) = inputs.pop_front() {
            self.measure(|station, now| {
                if let Some(station) = station {
                    station.handle(now, input);
                }
            });
            while let Some(output) = self.measure(|station, _| station.as_mut()?.poll_output()) {
                let mut answer = None;
                let made = allocation_counter::measure(|| answer = self.carry_out(&output));
                let freed = allocation_counter::measure(|| drop(output));
                self.held += made.bytes_current + freed.bytes_current;
                inputs.extend(answer);
            }
        }
    }

    fn carry_out(&mut self, output: &Output) -> Option<Input> {
        match output {
            Output::Connect(_) => Some(Input::Connected {
                version: Version::V1_6,
            }),
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
                    "Authorize" => json!({"idTagInfo": info}),
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

fn main() {
    let mut bench = Measured16 {
        station: None,
        seconds: 0,
        held: 0,
        peak: 0,
        messages: 0,
        charging: false,
        energy: 1_000,
    };
    bench.measure(|station, now| {
        let config = StationConfig::new(Version::V1_6, "Example", "Minimal", 2);
        *station = Station::restore(config, [], now).ok();
    });
    println!("restored                      {:>7} bytes", bench.held);
    bench.input(|| Input::Start);
    bench.run(60);
    println!(
        "idle, two connectors          {:>7} bytes (at most {} until here)",
        bench.held, bench.peak
    );
    let at = ConnectorId::new(1, 1);
    bench.call(
        "ChangeConfiguration",
        &json!({"key": "MeterValueSampleInterval", "value": "10"}),
    );
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
    let periods: Vec<Value> = (0..24)
        .map(|hour| json!({"startPeriod": hour * 3600, "limit": 16.0 - f64::from(hour) / 2.0}))
        .collect();
    bench.call(
        "SetChargingProfile",
        &json!({"connectorId": 1, "csChargingProfiles": {
            "chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Relative",
            "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": periods}}}),
    );
    bench.call(
        "GetCompositeSchedule",
        &json!({"connectorId": 1, "duration": 86400}),
    );
    bench.call("GetConfiguration", &json!({}));
    bench.run(3_600);
    println!("charging for an hour          {:>7} bytes", bench.held);
    bench.input(|| Input::TokenPresented {
        evse: Some(1),
        token: Token::new("04A2B3C4"),
    });
    bench.input(|| Input::Cable {
        at,
        state: CableState::Unplugged,
    });
    bench.run(60);
    println!("idle again                    {:>7} bytes", bench.held);
    println!(
        "at its highest                {:>7} bytes ({} messages of the station)",
        bench.peak, bench.messages
    );
    assert!(bench.messages > 300, "the session was not played");
}
