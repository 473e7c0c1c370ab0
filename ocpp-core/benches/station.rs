//! What an input costs a 2.0.1 station of one, four and a thousand EVSEs, in instructions (through valgrind); how long the
//! big one takes to boot, and how much memory a report of everything needs.
//!
//! `cargo bench -p ocpp-core --bench station`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark fails by panicking"
)]

use std::collections::VecDeque;
use std::hint::black_box;
use std::process::Command;
use std::time::Instant as Clock;

use ocpp_core::Version;
use ocpp_core::station::{
    CableState, ComponentConfig, ConnectorId, DataType, EvState, Input, Output, Reading, Station,
    StationConfig, Token, VariableConfig,
};
use ocpp_core::time::{Instant, Now};

/// How many EVSEs there are in each of the measured stations.
const SIZES: [u32; 3] = [1, 4, 1_000];

/// A station with hardware and a CSMS that do what is expected of them at once.
struct Kit {
    station: Station,
    seconds: u64,
    /// Inputs so far, those included that answer what the station wants.
    inputs: usize,
    messages: usize,
    energy: i64,
}

impl Kit {
    fn booted(evses: u32) -> Self {
        let mut config = StationConfig::new(Version::V2_0_1, "Vendor", "Model", evses);
        let interval = "SampledDataCtrlr.TxUpdatedInterval".to_string();
        config.defaults.push((interval, "0".into()));
        // With the standard ones that makes ten variables for each EVSE.
        let heater = |evse| {
            let active = VariableConfig::new("Active", DataType::Boolean, "false");
            ComponentConfig::new("Heater")
                .at_evse(evse)
                .variable(active)
        };
        config.components.extend((1..=evses).map(heater));
        let now = Now {
            monotonic: Instant::ORIGIN,
            utc: None,
        };
        let mut kit = Self {
            station: Station::restore(config, [], now).unwrap(),
            seconds: 0,
            inputs: 0,
            messages: 0,
            energy: 1_000,
        };
        kit.input(Input::Start);
        assert!(
            kit.messages > evses as usize,
            "every connector has a status"
        );
        // What the start has left to look at once more.
        for _ in 0..3 {
            kit.input(Input::TimePassed);
        }
        kit
    }

    fn input(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            self.inputs += 1;
            let now = Now {
                monotonic: Instant::from_millis(self.seconds * 1_000),
                utc: None,
            };
            self.station.handle(now, input);
            while let Some(output) = self.station.poll_output() {
                inputs.extend(self.carry_out(output));
            }
            black_box(self.station.next_timeout());
        }
    }

    fn carry_out(&mut self, output: Output) -> Option<Input> {
        match output {
            Output::Connect(_) => Some(Input::Connected {
                version: Version::V2_0_1,
            }),
            Output::ReadMeter(evse) => Some(self.reading(evse)),
            Output::Transmit(text) => {
                let mut parts = text.strip_prefix("[2,\"")?.splitn(4, '"');
                self.messages += 1;
                let (id, action) = (parts.next()?, parts.nth(1)?);
                let answer = match action {
                    "BootNotification" => {
                        r#"{"status":"Accepted","currentTime":"2024-05-15T12:00:00Z","interval":300}"#
                    }
                    "Heartbeat" => r#"{"currentTime":"2024-05-15T12:00:00Z"}"#,
                    "Authorize" => r#"{"idTokenInfo":{"status":"Accepted"}}"#,
                    _ => "{}",
                };
                Some(Input::Received(format!("[3,\"{id}\",{answer}]")))
            }
            _ => None,
        }
    }

    fn reading(&self, evse: u32) -> Input {
        let reading = Reading::energy(rust_decimal::Decimal::from(self.energy));
        Input::Meter { evse, reading }
    }

    fn call(&mut self, action: &str, payload: &str) {
        let text = format!("[2,\"csms-{}\",\"{action}\",{payload}]", self.inputs);
        self.input(Input::Received(text));
    }

    fn charge(&mut self, evse: u32) {
        let at = ConnectorId::new(evse, 1);
        self.input(Input::TokenPresented {
            evse: Some(evse),
            token: Token::new("04A2B3C4"),
        });
        self.input(Input::Cable {
            at,
            state: CableState::Connected,
        });
        self.input(Input::Ev {
            at,
            state: EvState::Ready,
        });
    }
}

/// One kind of input, done so many times at an EVSE.
type Work = fn(&mut Kit, u32, usize);

const WORKS: [(&str, Work); 6] = [
    ("time passes", |kit, _, count| {
        for _ in 0..count {
            kit.input(Input::TimePassed);
        }
    }),
    ("a cable is plugged in or out", |kit, evse, count| {
        for turn in 0..count {
            let state = if turn % 2 == 0 {
                CableState::Connected
            } else {
                CableState::Unplugged
            };
            let at = ConnectorId::new(evse, 1);
            kit.input(Input::Cable { at, state });
        }
    }),
    ("a meter is read while charging", |kit, evse, count| {
        kit.charge(evse);
        for _ in 0..count {
            kit.energy += 1;
            let reading = kit.reading(evse);
            kit.input(reading);
        }
    }),
    ("GetVariables", |kit, evse, count| {
        let get = format!(
            r#"{{"getVariableData":[{{"component":{{"name":"EVSE","evse":{{"id":{evse}}}}},"variable":{{"name":"Power"}}}}]}}"#
        );
        for _ in 0..count {
            kit.call("GetVariables", &get);
        }
    }),
    ("SetVariables", |kit, _, count| {
        for turn in 0..count {
            let set = format!(
                r#"{{"setVariableData":[{{"component":{{"name":"OCPPCommCtrlr"}},"variable":{{"name":"OfflineThreshold"}},"attributeValue":"{turn}"}}]}}"#
            );
            kit.call("SetVariables", &set);
        }
    }),
    ("a whole session", |kit, evse, count| {
        for _ in 0..count {
            kit.charge(evse);
            kit.input(Input::TokenPresented {
                evse: Some(evse),
                token: Token::new("04A2B3C4"),
            });
            kit.input(Input::Cable {
                at: ConnectorId::new(evse, 1),
                state: CableState::Unplugged,
            });
        }
    }),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // How the program calls itself under valgrind.
    if let [run, evses, work, count] = arguments.as_slice()
        && run == "run"
    {
        let number = |text: &String| text.parse::<usize>().unwrap();
        let evses = u32::try_from(number(evses)).unwrap();
        let mut kit = Kit::booted(evses);
        let before = kit.inputs;
        WORKS[number(work)].1(&mut kit, evses, number(count));
        return println!("inputs {}", kit.inputs - before);
    }
    println!("| instructions for an input | 1 EVSE | 4 EVSEs | 1,000 EVSEs |");
    println!("|---|---:|---:|---:|");
    for (work, (name, _)) in WORKS.iter().enumerate() {
        let figures = SIZES.map(|evses| match instructions(evses, work) {
            Some(figure) => format!("{figure:.0}"),
            None => "no valgrind".into(),
        });
        println!("| {name} | {} |", figures.join(" | "));
    }
    let start = Clock::now();
    let mut kit = Kit::booted(1_000);
    println!(
        "\nBoot with 1,000 EVSEs until every status is told: {} ms",
        start.elapsed().as_millis()
    );
    let before = kit.messages;
    let report = r#"{"requestId":1,"reportBase":"FullInventory"}"#;
    let start = Clock::now();
    let counted = allocation_counter::measure(|| kit.call("GetBaseReport", report));
    println!(
        "FullInventory: {} messages in {} ms, {} kB of heap at most",
        kit.messages - before,
        start.elapsed().as_millis(),
        counted.bytes_max / 1_000
    );
}

/// For one input: the difference of two runs, so that what happens once does not count.
fn instructions(evses: u32, work: usize) -> Option<f64> {
    const FEW: usize = 50;
    const MANY: usize = 250;
    let run = |count: usize| {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(std::env::current_exe().ok()?)
            .args(["run", &evses.to_string(), &work.to_string()])
            .arg(count.to_string())
            .output()
            .ok()?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let (_, collected) = text.split_once("Collected : ")?;
        let instructions: f64 = collected.split_whitespace().next()?.parse().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let inputs: f64 = text.trim().strip_prefix("inputs ")?.parse().ok()?;
        Some((instructions, inputs))
    };
    let (few, many) = (run(FEW)?, run(MANY)?);
    Some((many.0 - few.0) / (many.1 - few.1))
}
