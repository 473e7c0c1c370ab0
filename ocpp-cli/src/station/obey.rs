//! Carries out what people, cars and test labs do to the station.

use std::sync::Arc;
use std::time::Duration;

use ocpp_core::session::{CallFailure, NotQueuedReason};
use ocpp_core::station::{
    CableKind, CableState, ConnectorId, EvState, StationConfig, StationState,
};
use ocpp_core::station::{GivenUp, VariableError};
use ocpp_core::time::DateTime;
use ocpp_tokio::station::{CallError, StationHandle};
use ocpp_types::{Decimal, Version};
use serde::Serialize;
use serde_json::json;
use tokio::sync::{RwLock, mpsc, oneshot};

use super::order::Order;
use super::simulated::Simulated;
use super::simulation::Failure;
use crate::http::Reply;

/// How long the back-up power lasts when transactions can be stopped.
const BACK_UP_POWER: Duration = Duration::from_secs(1);
/// How long somebody who presents a token waits at most.
const TOKEN_PATIENCE: Duration = Duration::from_secs(90);

/// The way to a simulated station. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Control {
    pub(super) config: Arc<StationConfig>,
    pub(super) hardware: Simulated,
    pub(super) station: StationHandle,
    /// Cuts the power; the answer says that it is back.
    pub(super) cut: mpsc::Sender<oneshot::Sender<()>>,
    /// Written while the power goes and returns: whoever wants something waits for its return.
    pub(super) powered: Arc<RwLock<()>>,
}

impl Control {
    /// Does something to the station.
    pub(crate) async fn obey(&self, order: Order) -> Reply {
        self.carry_out(order).await.unwrap_or_else(Reply::conflict)
    }

    /// Ends the station.
    pub(crate) async fn shutdown(&self) {
        self.station.shutdown().await;
    }

    async fn carry_out(&self, order: Order) -> Result<Reply, Failure> {
        if let Order::PowerCycle { stop_transactions } = order {
            // Who asked does not wait for the power to return.
            let (control, off) = (self.clone(), Arc::clone(&self.powered).write_owned().await);
            tokio::spawn(async move {
                control.power_cycle(stop_transactions).await;
                drop(off);
            });
            return Ok(Reply::done());
        }
        let powered = self.powered.read().await;
        let station = &self.station;
        match order {
            Order::PowerCycle { .. } => {}
            Order::State => return Ok(Reply::ok(&self.view(&station.state().await?))),
            Order::Start => station.start(),
            Order::Stop => station.stop(),
            Order::Plug(at, ev) => return self.plug(at, ev),
            Order::Unplug(at) => return self.unplug(at),
            Order::Token { evse, token } => {
                if evse.is_some_and(|evse| !self.hardware.hardware().has(ConnectorId::new(evse, 1)))
                {
                    return Ok(no_such_connector());
                }
                drop(powered);
                let decided =
                    tokio::time::timeout(TOKEN_PATIENCE, station.present_and_wait(evse, token));
                let decided = decided.await;
                let status = decided.map_err(|_| "nobody decided about the token")??;
                return Ok(Reply::ok(&json!({"status": status})));
            }
            Order::SelectStops(evses) => station.select_stops(evses),
            Order::Fault { at, fault } => {
                if at.is_some_and(|at| !self.hardware.hardware().has(at)) {
                    return Ok(no_such_connector());
                }
                station.fault(at, fault);
            }
            Order::Network { online } => station.network(online),
            // What is a secret can be set, and is told to nobody.
            Order::GetConfig(key) if station.is_secret(key.as_str()).await? => {
                let why = format!("{key} is a secret: it can be set, and is not told");
                return Ok(Reply::error(hyper::StatusCode::FORBIDDEN, why));
            }
            Order::GetConfig(key) => {
                return Ok(match station.variable(key.as_str()).await? {
                    Some(value) => Reply::ok(&json!({"key": key, "value": value})),
                    None => no_such_key(),
                });
            }
            Order::SetConfig { key, value } => match station.set_variable(key, value).await? {
                Ok(()) => {}
                Err(VariableError::Unknown) => return Ok(no_such_key()),
                Err(error) => return Ok(Reply::bad(error)),
            },
            Order::SeedCache {
                token,
                authorization,
            } => station.seed_cache(token, authorization).await?,
            Order::SeedLocalList {
                token,
                authorization,
            } => {
                if !station.seed_local_list(token, authorization).await? {
                    return Err("there is no room in the local list".into());
                }
            }
            Order::Ev { evse, state } => {
                let now = self.hardware.now();
                let mut hardware = self.hardware.hardware();
                let Some(at) = hardware.in_use(evse) else {
                    return Ok(no_such_connector());
                };
                if hardware.cable(at) != CableState::Connected {
                    return Err("no car is plugged in".into());
                }
                hardware.set_ev(now, at, state);
                station.ev(at, state);
            }
            Order::Parking {
                evse,
                occupied,
                token,
            } => {
                if self.hardware.hardware().in_use(evse).is_none() {
                    return Ok(no_such_connector());
                }
                station.parking_bay(evse, occupied, token);
            }
            Order::Customer(identifier) => {
                self.hardware.hardware().keep_customer(identifier);
                self.hardware.keep_or_complain();
            }
            Order::Limit {
                evse,
                source,
                limit,
            } => {
                let known = evse == 0 || self.hardware.hardware().has(ConnectorId::new(evse, 1));
                if !known {
                    return Ok(no_such_connector());
                }
                match limit {
                    Some(limit) => station.external_limit(limit),
                    None => station.external_limit_released(evse, source),
                }
            }
            Order::Lock { at, failed } => {
                let mut hardware = self.hardware.hardware();
                if !hardware.has(at) {
                    return Ok(no_such_connector());
                }
                hardware.set_lock_fails(at, failed);
            }
            Order::SettleGivenUp(id) => {
                let state = station.state().await?;
                if !state.given_up.iter().any(|one| one.id == id) {
                    return Ok(Reply::not_found());
                }
                station.settle_given_up(id);
            }
            Order::Call { action, payload } => {
                drop(powered);
                let result = station.call(action, payload).await;
                let state = station.state().await;
                let version = state.map_or(Version::V1_6, |state| state.version);
                return Ok(call_reply(version, result));
            }
        }
        Ok(Reply::done())
    }

    /// A car is plugged in.
    fn plug(&self, at: ConnectorId, ev: EvState) -> Result<Reply, Failure> {
        let now = self.hardware.now();
        let before = {
            let mut hardware = self.hardware.hardware();
            if !hardware.has(at) {
                return Ok(no_such_connector());
            }
            let before = hardware.cable(at);
            if before == CableState::Connected {
                return Err("a car is plugged in already".into());
            }
            hardware.set_cable(now, at, CableState::Connected);
            hardware.set_ev(now, at, ev);
            before
        };
        self.hardware.keep_or_complain();
        if before == CableState::Unplugged && self.is_detachable(at) {
            // First into the socket, then into the car.
            self.station.cable(at, CableState::InSocket);
        }
        self.station.cable(at, CableState::Connected);
        if ev != EvState::default() {
            self.station.ev(at, ev);
        }
        Ok(Reply::done())
    }

    /// The driver pulls the cable out of the car, and takes it along unless its other end is locked in the socket.
    fn unplug(&self, at: ConnectorId) -> Result<Reply, Failure> {
        let now = self.hardware.now();
        let detachable = self.is_detachable(at);
        let taken = {
            let mut hardware = self.hardware.hardware();
            if !hardware.has(at) {
                return Ok(no_such_connector());
            }
            if hardware.cable(at) != CableState::Connected {
                return Err("no car is plugged in".into());
            }
            let end = match detachable {
                true => CableState::InSocket,
                false => CableState::Unplugged,
            };
            hardware.set_cable(now, at, end);
            hardware.take_cable(now, at)
        };
        self.hardware.keep_or_complain();
        if detachable {
            self.station.cable(at, CableState::InSocket);
        }
        if taken || !detachable {
            self.station.cable(at, CableState::Unplugged);
        }
        Ok(Reply::done())
    }

    fn is_detachable(&self, at: ConnectorId) -> bool {
        let mut connectors = self.config.connectors();
        connectors.any(|(id, config)| id == at && config.cable == CableKind::Detachable)
    }

    async fn power_cycle(&self, stop_transactions: bool) {
        self.station.power_failing(stop_transactions);
        if stop_transactions {
            // As long as it lasts: the statuses that follow are not queued, nobody can tell when they are out.
            tokio::time::sleep(BACK_UP_POWER).await;
        }
        // The station has heard of it when it answers. After its end there is nothing to be cut.
        let (back, returned) = oneshot::channel();
        if self.station.state().await.is_ok() && self.cut.send(back).await.is_ok() {
            let _ = returned.await;
        }
    }

    fn view(&self, state: &StationState) -> StateView {
        let now = self.hardware.now();
        let mut hardware = self.hardware.hardware();
        let evses = state.connectors.iter().map(|connector| {
            let transaction = connector.transaction.as_ref();
            // What the meter shows now; the station itself reads it for its samples only.
            let energy = transaction.and_then(|transaction| {
                let register = hardware.read(now, connector.at.evse).energy_wh()?;
                register.checked_sub(*transaction.meter_start?)
            });
            ConnectorView {
                evse: connector.at.evse,
                connector: connector.at.connector,
                status: connector.status,
                plugged: hardware.cable(connector.at) == CableState::Connected,
                locked: hardware.is_locked(connector.at),
                authorized: connector.authorized,
                transaction_id: connector.transaction_id.clone(),
                transaction: transaction.map(|transaction| TransactionView {
                    number: transaction.number,
                    id: transaction.id.clone(),
                    started_at: transaction.started,
                    meter_start: transaction.meter_start,
                }),
                id_token: connector.token.as_ref().map(|token| token.id.to_string()),
                energy_wh: energy.map(Into::into),
            }
        });
        let evses = evses.collect();
        StateView {
            version: state.version.as_str(),
            registration: state.registration,
            connected: state.connected,
            storage_failed: state.storage_failed,
            queued: state.queued,
            waiting: state.waiting.iter().map(WaitingView::from).collect(),
            given_up: state.given_up.iter().map(GivenUpView::from).collect(),
            evses,
        }
    }
}

/// A look inside, as the control interface shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct StateView {
    version: &'static str,
    registration: Option<ocpp_core::station::Registration>,
    connected: bool,
    storage_failed: bool,
    queued: usize,
    waiting: Vec<WaitingView>,
    given_up: Vec<GivenUpView>,
    evses: Vec<ConnectorView>,
}

/// Messages that wait until their version of OCPP is spoken again.
#[derive(Debug, Serialize)]
struct WaitingView {
    version: &'static str,
    messages: usize,
}

impl From<&(Version, usize)> for WaitingView {
    fn from((version, messages): &(Version, usize)) -> Self {
        Self {
            version: version.as_str(),
            messages: *messages,
        }
    }
}

/// A message about a transaction that the CSMS would not take.
#[derive(Debug, Serialize)]
struct GivenUpView {
    id: u64,
    action: String,
    /// JSON text, as it was sent, without secrets.
    payload: String,
    reason: String,
    time: Option<DateTime>,
}

impl From<&GivenUp> for GivenUpView {
    fn from(given_up: &GivenUp) -> Self {
        Self {
            id: given_up.id,
            action: given_up.action.clone(),
            payload: ocpp_core::redact(&given_up.payload).into_owned(),
            reason: given_up.reason.clone(),
            time: given_up.time,
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ConnectorView {
    evse: u32,
    connector: u32,
    status: &'static str,
    plugged: bool,
    locked: bool,
    authorized: bool,
    transaction_id: Option<String>,
    transaction: Option<TransactionView>,
    id_token: Option<String>,
    energy_wh: Option<Decimal>,
}

/// A transaction that runs, whether or not the CSMS knows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TransactionView {
    number: u64,
    id: Option<String>,
    started_at: DateTime,
    meter_start: Option<Decimal>,
}

fn no_such_key() -> Reply {
    let why = "the station has no such key or variable";
    Reply::error(hyper::StatusCode::NOT_FOUND, why)
}

fn no_such_connector() -> Reply {
    Reply::bad("there is no such EVSE or connector")
}

fn call_reply(version: Version, result: Result<String, CallError>) -> Reply {
    match result {
        Ok(response) if crate::json::is_json(&response) => {
            Reply::json(format!(r#"{{"result":{response}}}"#))
        }
        Ok(_) => Reply::error(hyper::StatusCode::BAD_GATEWAY, "the response is not JSON"),
        Err(CallError::Failed(CallFailure::Refused(refusal))) => Reply::ok(&json!({"error": {
            "code": refusal.code.as_str(version),
            "description": refusal.description,
        }})),
        Err(CallError::Failed(failure)) => {
            Reply::error(hyper::StatusCode::GATEWAY_TIMEOUT, failure)
        }
        Err(CallError::NotQueued(why)) if why.reason == NotQueuedReason::PayloadNotAnObject => {
            Reply::bad("the payload is not a JSON object")
        }
        Err(error) => Reply::conflict(error),
    }
}
