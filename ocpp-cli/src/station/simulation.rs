//! A station with simulated hardware, whose power can be cut.

use std::sync::Arc;

use ocpp_tokio::station::{DriverConfig, StationDriver, Storage};
use tokio::sync::{RwLock, mpsc, oneshot};

use super::obey::Control;
use super::simulated::{POWER_OFF, Simulated};

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A station with everything around it.
pub(crate) struct Simulation {
    driver: StationDriver<Simulated>,
    hardware: Simulated,
    /// Each is told when the power is back.
    cuts: mpsc::Receiver<oneshot::Sender<()>>,
    control: Control,
}

impl Simulation {
    /// Makes the station from its records. Energy flows `time_scale` times faster than time; a verbose one tells its news
    /// in the log.
    pub(crate) fn new(
        setup: DriverConfig,
        storage: Storage,
        time_scale: u32,
        verbose: bool,
    ) -> Result<Self, Failure> {
        let name = verbose.then(|| setup.identity.clone());
        let config = Arc::new(setup.station.clone());
        let hardware = Simulated::new(&config, time_scale, storage.records.clone(), name)?;
        let driver = StationDriver::new(setup, hardware.clone(), storage)?;
        let (cut, cuts) = mpsc::channel(1);
        let control = Control {
            config,
            hardware: hardware.clone(),
            station: driver.handle(),
            cut,
            powered: Arc::new(RwLock::new(())),
        };
        hardware.serves(&control.station);
        Ok(Self {
            driver,
            hardware,
            cuts,
            control,
        })
    }

    /// The way to the station and its hardware.
    pub(crate) fn control(&self) -> Control {
        self.control.clone()
    }

    /// Runs until the station is shut down.
    pub(crate) async fn run(mut self) -> Result<(), Failure> {
        loop {
            tokio::select! {
                ended = self.driver.run() => return Ok(ended?),
                Some(back) = self.cuts.recv() => {
                    self.driver.power_cut()?;
                    self.hardware.goes_dark();
                    tokio::time::sleep(POWER_OFF).await;
                    // Whoever cut the power may not wait.
                    let _ = back.send(());
                }
            }
        }
    }
}
