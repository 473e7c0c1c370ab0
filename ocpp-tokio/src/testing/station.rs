//! A station for the tests of a CSMS.

use std::sync::Arc;
use std::time::Duration;

use ocpp_core::Version;
use ocpp_core::back_off::BackOffPolicy;
use ocpp_core::station::{
    AuthorizationStatus, CableState, ConnectorConfig, ConnectorId, EvseConfig, EvseId, Fault,
    Limit, Reading, Registration, StationConfig, StationState, Token,
};
use serde_json::Value;
use tokio::task::JoinHandle;

use super::hardware::{Bench, Charger};
use super::said::Said;
use super::{MockError, PATIENCE};
use crate::identity::Identity;
use crate::station::{DriverConfig, StationDriver, StationHandle, Storage};

/// How often the station is looked at while something is waited for.
const LOOK: Duration = Duration::from_millis(10);

/// What the CSMS says to the boot of a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booted(pub Registration);

impl Booted {
    /// Whether the station may take part.
    #[must_use]
    pub fn is_accepted(self) -> bool {
        self.0 == Registration::Accepted
    }
}

/// A station of this library whose hardware obeys, as a test says. See the [module documentation](super). It ends when it is dropped.
#[derive(Debug)]
pub struct MockStation {
    handle: StationHandle,
    bench: Arc<Bench>,
    identity: String,
    running: JoinHandle<()>,
}

impl Drop for MockStation {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// An EVSE has one connector.
const fn connector(evse: EvseId) -> ConnectorId {
    ConnectorId::new(evse, 1)
}

impl MockStation {
    /// With two EVSEs and an identity of its own (`MOCK-` and a random number), without security; it connects, and tries again until it has.
    ///
    /// # Errors
    /// The station of this library does not speak this version.
    pub async fn connect(url: &str, version: Version) -> Result<Self, MockError> {
        let identity = format!("MOCK-{:08X}", rand::random::<u32>());
        Self::run(Self::config(url, version, &identity)?).await
    }

    /// What [`connect`](Self::connect) takes, to be changed: password and certificates are in
    /// [`provision`](DriverConfig::provision).
    ///
    /// # Errors
    /// The station of this library does not speak this version, or stations cannot be called so.
    pub fn config(url: &str, version: Version, identity: &str) -> Result<DriverConfig, MockError> {
        let evse = || EvseConfig::new(vec![ConnectorConfig::socket()]);
        let station = StationConfig::builder(version, "ocpp", "mock")
            .evse(evse())
            .evse(evse())
            .build()
            .map_err(MockError::failed)?;
        // Tests are in a hurry.
        let mut station = station;
        station.back_off = BackOffPolicy {
            wait_minimum: 1,
            repeat_times: 0,
            random_range: 0,
        };
        let identity = Identity::new(identity).map_err(MockError::failed)?;
        Ok(DriverConfig::new(station, url, identity))
    }

    /// As the configuration says. Its EVSEs have one connector each.
    ///
    /// # Errors
    /// The configuration is impossible.
    pub async fn run(config: DriverConfig) -> Result<Self, MockError> {
        let (bench, identity) = (Arc::<Bench>::default(), config.identity.to_string());
        let charger = Charger {
            identity: identity.clone(),
            bench: Arc::clone(&bench),
        };
        let driver = StationDriver::new(config, charger, Storage::memory());
        let mut driver = driver.map_err(MockError::failed)?;
        let handle = driver.handle();
        let running = tokio::spawn(async move {
            // Why it has ended, whoever asks it is told.
            let _ = driver.run().await;
        });
        Ok(Self {
            handle,
            bench,
            identity,
            running,
        })
    }

    /// Its identity.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// The way to the station, for everything that has no method here.
    #[must_use]
    pub const fn handle(&self) -> &StationHandle {
        &self.handle
    }

    /// A look inside.
    ///
    /// # Errors
    /// The station has ended.
    pub async fn state(&self) -> Result<StationState, MockError> {
        self.handle.state().await.map_err(MockError::failed)
    }

    /// Waits until the station is as it should be.
    ///
    /// # Errors
    /// It was not within [`PATIENCE`]; the error shows what it was then.
    pub async fn until(
        &self,
        what: &str,
        mut wanted: impl FnMut(&StationState) -> bool,
    ) -> Result<StationState, MockError> {
        let end = tokio::time::Instant::now() + PATIENCE;
        loop {
            let state = self.state().await?;
            if wanted(&state) {
                return Ok(state);
            }
            if tokio::time::Instant::now() >= end {
                return Err(MockError::NotHeard {
                    what: what.into(),
                    instead: format!("{state:?}"),
                });
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until the CSMS has answered the boot notification: what it said.
    ///
    /// # Errors
    /// It has not.
    pub async fn boot(&self) -> Result<Booted, MockError> {
        let answered = |state: &StationState| state.registration.is_some();
        let state = self.until("the answer to the boot", answered).await?;
        // It is there.
        Ok(Booted(state.registration.unwrap_or(Registration::Rejected)))
    }

    /// A car is plugged in.
    pub fn plug(&self, evse: EvseId) {
        self.handle.cable(connector(evse), CableState::Connected);
    }

    /// The cable is pulled out, of the station too.
    pub fn unplug(&self, evse: EvseId) {
        self.handle.cable(connector(evse), CableState::Unplugged);
    }

    /// Somebody presents an RFID card: what the station says to it.
    ///
    /// # Errors
    /// It was not decided.
    pub async fn present(
        &self,
        evse: EvseId,
        token: &str,
    ) -> Result<AuthorizationStatus, MockError> {
        let decided = self.handle.present_and_wait(Some(evse), Token::new(token));
        match tokio::time::timeout(PATIENCE, decided).await {
            Ok(decided) => decided.map_err(MockError::failed),
            Err(_) => Err(MockError::NotHeard {
                what: format!("the decision about {token}"),
                instead: "nothing".into(),
            }),
        }
    }

    /// A fault begins or ends (`None`) at an EVSE.
    pub fn fault(&self, evse: EvseId, fault: Option<Fault>) {
        self.handle.fault(Some(connector(evse)), fault);
    }

    /// So much energy flows, in Wh; the meter shows it.
    pub fn deliver(&self, evse: EvseId, wh: i64) {
        let register = self.bench.deliver(evse, wh);
        self.handle.meter(evse, Reading::energy(register));
    }

    /// Waits until energy may flow: a transaction runs and the contactor is closed.
    ///
    /// # Errors
    /// It is not.
    pub async fn charging(&self, evse: EvseId) -> Result<(), MockError> {
        self.charges(evse, true).await
    }

    /// Waits until no transaction runs any more and the contactor is open.
    ///
    /// # Errors
    /// One still runs.
    pub async fn stopped(&self, evse: EvseId) -> Result<(), MockError> {
        self.charges(evse, false).await
    }

    async fn charges(&self, evse: EvseId, charges: bool) -> Result<(), MockError> {
        let what = format!("energy at EVSE {evse}: {charges}");
        let is_so = |state: &StationState| {
            let here = |at: ConnectorId| at.evse == evse;
            let mut there = state.connectors.iter().filter(|it| here(it.at));
            there.any(|it| it.transaction.is_some()) == charges
                && self.bench.is_closed(evse) == charges
        };
        self.until(&what, is_so).await.map(drop)
    }

    /// What the hardware was told to offer at most.
    #[must_use]
    pub fn limit(&self, evse: EvseId) -> Option<Limit> {
        self.bench.limit(evse)
    }

    /// Waits until nothing waits for delivery any more.
    ///
    /// # Errors
    /// Something still does.
    pub async fn delivered(&self) -> Result<(), MockError> {
        let is_empty = |state: &StationState| state.queued == 0;
        self.until("an empty queue", is_empty).await.map(drop)
    }

    /// The network is gone, or back. Charging goes on.
    pub fn set_offline(&self, offline: bool) {
        self.handle.network(!offline);
    }

    /// Sends a call as it is, and gives the payload of the answer.
    ///
    /// # Errors
    /// It was not sent, was refused, or was not answered.
    pub async fn call(&self, action: &str, payload: Value) -> Result<Value, MockError> {
        let answered = self.handle.call(action, payload.to_string()).await;
        let answer = answered.map_err(MockError::failed)?;
        serde_json::from_str(&answer).map_err(MockError::failed)
    }

    /// Everything that was said, oldest first; the last 100,000 messages.
    #[must_use]
    pub fn said(&self) -> Vec<Said> {
        self.bench.log.all()
    }

    /// Waits for the next call of the CSMS with this action that was not expected before: its payload.
    ///
    /// # Errors
    /// None came.
    pub async fn expect(&self, action: &str) -> Result<Value, MockError> {
        let said = self.bench.log.expect(false, action, |_| true).await?;
        Ok(said.payload().cloned().unwrap_or_default())
    }
}
