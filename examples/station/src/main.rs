//! A charging station for OCPP 1.6, to start one's own from: `cargo run -p example-csms`, and in another terminal
//! `cargo run -p example-station`. It has one connector, charges once until the CSMS stops it, and ends.
//!
//! What is the charger's own is here: a contactor, a meter, somebody who plugs a car in and shows a card. What OCPP wants of
//! a station (registration, transactions, queues, what survives a power cut, both directions of every message) is done by
//! the driver, for OCPP 2.0.1 too: change the version below, and that of the CSMS.
//!
//! To make a charger of it:
//! 1. Let the methods of [`Hardware`] move real things; implement more of them (locks, firmware) as the charger has
//!    them, and describe it in the [`StationConfig`].
//! 2. Call the [`StationHandle`] where the charger notices something: [`cable`](StationHandle::cable),
//!    [`present`](StationHandle::present), [`fault`](StationHandle::fault) and so on, from any thread.
//! 3. Keep its memory: `Storage::open(folder)` instead of `Storage::memory()`.
//! 4. Secure its connection: `DriverConfig::provision`, and a `wss://` URL.

use std::error::Error;
use std::time::{Duration, Instant};

use ocpp_core::station::{
    AuthorizationStatus, CableState, ConnectorConfig, ConnectorId, EvseConfig, EvseId, Limit,
    LimitUnit, Reading, Registration, StationConfig, StationState, Token,
};
use ocpp_tokio::station::{
    Answer, DriverConfig, Hardware, Notice, StationDriver, StationHandle, Storage, Unanswered,
};
use ocpp_tokio::{Identity, Version};
use tokio::sync::watch;

/// What the charger can deliver while the contactor is closed.
const WATTS: f64 = 22_000.0;

/// Volts between a phase and neutral.
const VOLTAGE: f64 = 230.0;

/// The only connector.
const CONNECTOR: ConnectorId = ConnectorId::new(1, 1);

/// The hardware: one contactor and one meter.
struct Charger {
    /// Since when energy flows.
    closed: Option<Instant>,
    /// What flowed before.
    watt_seconds: f64,
    /// What flows while it is closed.
    watts: f64,
    /// Tells the rest of the program.
    charging: watch::Sender<bool>,
}

impl Charger {
    /// What the meter shows now, in watt-seconds.
    fn register(&self) -> f64 {
        let flowing = self.closed.map_or(0.0, |at| at.elapsed().as_secs_f64());
        self.watt_seconds + flowing * self.watts
    }
}

impl Hardware for Charger {
    fn contactor(&mut self, _at: ConnectorId, closed: bool) {
        println!(
            "the contactor is {}",
            if closed { "closed" } else { "open" }
        );
        self.watt_seconds = self.register();
        self.closed = closed.then(Instant::now);
        self.charging.send_replace(closed);
    }

    /// This car takes all that it is offered. A real charger sets the duty cycle of the control pilot.
    fn set_limit(&mut self, _at: ConnectorId, limit: Option<Limit>) {
        self.watt_seconds = self.register();
        self.closed = self.closed.map(|_| Instant::now());
        self.watts = limit.map_or(WATTS, |limit| {
            let value = limit.value.to_string().parse().unwrap_or(0.0);
            match limit.unit {
                LimitUnit::Amperes => value * VOLTAGE * f64::from(limit.phases.unwrap_or(3)),
                LimitUnit::Watts => value,
            }
        });
        println!("the limit is {} W", self.watts);
    }

    /// This meter answers at once. One behind a serial line would keep the answer until it has come.
    fn read_meter(&mut self, _evse: EvseId, answer: Answer<Reading>) {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "whole Wh, far below the limit"
        )]
        let wh = (self.register() / 3600.0) as i64;
        println!("the meter shows {wh} Wh");
        answer.with(Reading::energy(wh));
    }

    fn notice(&mut self, notice: &Notice) {
        println!("{notice}");
    }
}

/// Asks the station until it is as it should be.
async fn until(
    station: &StationHandle,
    mut wanted: impl FnMut(&StationState) -> bool,
) -> Result<(), Unanswered> {
    while !wanted(&station.state().await?) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// Somebody charges once.
async fn charge(
    station: &StationHandle,
    mut charging: watch::Receiver<bool>,
) -> Result<(), Box<dyn Error>> {
    until(station, |state| {
        state.registration == Some(Registration::Accepted)
    })
    .await?;
    station.cable(CONNECTOR, CableState::Connected);
    let status = station
        .present_and_wait(Some(1), Token::new("04A2B3C4"))
        .await?;
    if status != AuthorizationStatus::Accepted {
        return Err(format!("the card is {status:?}").into());
    }
    charging.wait_for(|charging| *charging).await?;
    charging.wait_for(|charging| !*charging).await?;
    station.cable(CONNECTOR, CableState::Unplugged);
    until(station, |state| state.queued == 0).await?;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let config = StationConfig::builder(Version::V1_6, "Example", "Station")
        .evse(EvseConfig::new(vec![ConnectorConfig::fixed()]))
        .default_value("MeterValueSampleInterval", "1")
        .features(|features| features.security = false)
        .build()?;
    let setup = DriverConfig::new(config, "ws://127.0.0.1:9000", Identity::new("EXAMPLE-1")?);
    let (charging, changes) = watch::channel(false);
    let charger = Charger {
        closed: None,
        watt_seconds: 0.0,
        watts: WATTS,
        charging,
    };
    let mut driver = StationDriver::new(setup, charger, Storage::memory())?;
    let station = driver.handle();
    let session = async {
        let charged = charge(&station, changes).await;
        station.shutdown().await;
        charged
    };
    let run = async { driver.run().await.map_err(Into::into) };
    tokio::try_join!(run, session).map(drop)
}
