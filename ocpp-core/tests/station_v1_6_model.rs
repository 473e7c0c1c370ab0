//! The connector state machine and the durable queue of the 1.6 station against simple models, with random histories.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // helpers of tests, too

use std::collections::BTreeMap;

use ocpp_core::Version;
use ocpp_core::station::{EvseConfig, Fault, FaultCode, Input, StationConfig};
use ocpp_core::testing::station::{Bench, friendly_v1_6};
use proptest::prelude::*;
use serde_json::{Value, json};

/// What can happen at a connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Plug,
    Unplug,
    Token,
    OtherToken,
    Fault,
    Recover,
    Inoperative,
    Operative,
    Wait,
    Offline,
    Online,
    PowerCut,
}

fn event() -> impl Strategy<Value = Event> {
    use Event::*;
    prop_oneof![
        4 => Just(Plug), 4 => Just(Unplug), 6 => Just(Token), 1 => Just(OtherToken),
        1 => Just(Fault), 1 => Just(Recover), 1 => Just(Inoperative), 1 => Just(Operative),
        2 => Just(Wait), 1 => Just(Offline), 1 => Just(Online), 1 => Just(PowerCut),
    ]
}

fn station() -> Bench {
    let config = StationConfig::builder(Version::V1_6, "Vendor", "Model")
        .evse(EvseConfig::default())
        .default_value("MeterValueSampleInterval", "0")
        .default_value("ConnectionTimeOut", "60")
        .default_value("LocalPreAuthorize", "true")
        .default_value("AllowOfflineTxForUnknownId", "true")
        .build()
        .unwrap();
    let mut bench = Bench::new(config, friendly_v1_6());
    bench.real_time_clock = true;
    bench.start();
    bench.run(1);
    bench
}

/// The model: what a fixed cable, one driver and the operator have done.
#[derive(Debug, Clone, Default)]
struct Model {
    plugged: bool,
    /// Somebody may charge, and the cable is awaited.
    authorized: bool,
    charging: bool,
    /// The transaction has ended and the cable is still there.
    finishing: bool,
    faulted: bool,
    inoperative: bool,
}

impl Model {
    /// Section 4.9, as far as these events reach.
    fn status(&self) -> &'static str {
        if self.faulted {
            "Faulted"
        } else if self.charging {
            "Charging"
        } else if self.authorized {
            "Preparing"
        } else if self.finishing {
            "Finishing"
        } else if self.inoperative {
            "Unavailable"
        } else if self.plugged {
            "Preparing"
        } else {
            "Available"
        }
    }

    fn begin_if_ready(&mut self) {
        if self.authorized && self.plugged && !self.faulted {
            self.authorized = false;
            self.finishing = false;
            self.charging = true;
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Plug => {
                self.plugged = true;
                self.begin_if_ready();
            }
            Event::Unplug => {
                self.plugged = false;
                self.charging = false;
                self.finishing = false;
            }
            Event::Token if self.charging => {
                self.charging = false;
                self.finishing = true;
            }
            Event::Token if self.authorized => self.authorized = false,
            Event::Token if !self.faulted && !self.inoperative => {
                self.authorized = true;
                self.begin_if_ready();
            }
            Event::Token | Event::OtherToken | Event::Online | Event::Offline => {}
            Event::Fault => self.faulted = true,
            Event::Recover => {
                self.faulted = false;
                self.begin_if_ready();
            }
            Event::Inoperative => {
                self.inoperative = true;
                self.authorized = false;
            }
            Event::Operative => self.inoperative = false,
            // ConnectionTimeOut is for the cable; one that is in waits for the end of a fault.
            Event::Wait => self.authorized &= self.plugged,
            Event::PowerCut => {
                // Resuming is off: the transaction ends. Faults are told anew by the hardware.
                self.finishing = self.charging && self.plugged;
                self.charging = false;
                self.authorized = false;
                self.faulted = false;
            }
        }
    }
}

/// Whether the model covers an event in its present state: what needs the Central System is left out while offline.
fn covered(model: &Model, online: bool, event: Event) -> bool {
    match event {
        Event::Inoperative | Event::Operative => online,
        // What a stranger's token does before a transaction is that of the first one.
        Event::OtherToken => model.charging,
        _ => true,
    }
}

fn apply(bench: &mut Bench, event: Event) {
    match event {
        Event::Plug => bench.plug(1, 1),
        Event::Unplug => bench.unplug(1, 1),
        Event::Token => bench.present(1, "TAG1"),
        Event::OtherToken => bench.present(1, "TAG2"),
        Event::Fault | Event::Recover => {
            let fault = (event == Event::Fault).then(|| Fault::new(FaultCode::GroundFailure));
            bench.input(Input::Fault {
                at: Some(ocpp_core::station::ConnectorId::new(1, 1)),
                fault,
            });
        }
        Event::Inoperative | Event::Operative => {
            let wanted = if event == Event::Operative {
                "Operative"
            } else {
                "Inoperative"
            };
            let payload = json!({"connectorId": 1, "type": wanted});
            bench.call("ChangeAvailability", payload);
        }
        Event::Wait => bench.run(61),
        Event::Offline => bench.network(false),
        Event::Online => {
            bench.network(true);
            bench.run(500);
        }
        Event::PowerCut => bench.power_cycle(),
    }
}

/// What the Central System was told about one transaction, checked for order.
fn check_deliveries(calls: &[(String, Value)]) -> Result<(), TestCaseError> {
    let mut id = 1000;
    let mut open: Option<(i64, i64)> = None;
    let mut last_meter = 0;
    for (action, payload) in calls {
        match action.as_str() {
            "StartTransaction" => {
                prop_assert!(open.is_none(), "a transaction begins in another one");
                let meter = payload["meterStart"].as_i64().unwrap();
                prop_assert!(meter >= last_meter, "the meter runs backwards");
                id += 1;
                open = Some((id, meter));
                last_meter = meter;
            }
            "StopTransaction" => {
                let (id, start) = open.take().expect("an end has a beginning");
                prop_assert_eq!(payload["transactionId"].as_i64(), Some(id));
                let meter = payload["meterStop"].as_i64().unwrap();
                prop_assert!(meter >= start);
                last_meter = meter;
            }
            _ => {}
        }
    }
    prop_assert!(open.is_none(), "everything has ended");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_connector_is_in_the_state_that_the_model_says(
        events in proptest::collection::vec(event(), 1..40),
    ) {
        let mut bench = station();
        let mut model = Model::default();
        let mut online = true;
        let mut told = Vec::new();
        for (at, event) in events.into_iter().enumerate() {
            if !covered(&model, online, event) {
                continue;
            }
            match event {
                Event::Offline => online = false,
                Event::Online => {
                    // It takes longer than an authorization lasts.
                    online = true;
                    model.happen(Event::Wait);
                }
                _ => {}
            }
            apply(&mut bench, event);
            model.happen(event);
            let state = bench.station.state();
            let connector = &state.connectors[0];
            prop_assert_eq!(connector.status, model.status(), "{} {:?} {:?}", at, event, model);
            let energy = connector.energy_wh.is_some();
            prop_assert!(energy || !model.charging);
            told.extend(bench.all_calls().into_iter().map(|call| (call.action, call.payload)));
        }
        bench.input(Input::Fault {
            at: Some(ocpp_core::station::ConnectorId::new(1, 1)),
            fault: None,
        });
        bench.unplug(1, 1);
        bench.network(true);
        bench.run(4000);
        bench.unplug(1, 1);
        bench.run(100);
        told.extend(bench.all_calls().into_iter().map(|call| (call.action, call.payload)));
        check_deliveries(&told)?;
        prop_assert_eq!(bench.station.state().queued, 0);
        let left: BTreeMap<_, _> = bench
            .stored
            .iter()
            .filter(|(key, _)| key.starts_with("queue/") || key.starts_with("transaction"))
            .collect();
        prop_assert!(left.is_empty(), "{left:?}");
    }
}
