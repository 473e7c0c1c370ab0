//! Carries out what people, cars and test labs do to the station.

use ocpp_core::station::{CableKind, CableState, ConnectorId, Input, VariableError};
use ocpp_types::Decimal;
use serde::Serialize;
use serde_json::json;
use tokio::sync::oneshot;

use super::actor::{Actor, BACK_UP_POWER, Failure, POWER_OFF, QUIET, TOKEN_PATIENCE, Waiting};
use super::order::Order;
use crate::http::Reply;

impl Actor {
    pub(super) async fn obey(
        &mut self,
        order: Order,
        reply: oneshot::Sender<Reply>,
    ) -> Result<(), Failure> {
        let now = self.clock.both();
        let answer = match order {
            Order::State => Reply::ok(&self.state()),
            Order::Start => {
                self.started = true;
                self.inputs.push_back(Input::Start);
                Reply::done()
            }
            Order::Stop => {
                self.started = false;
                self.inputs.push_back(Input::Stop);
                Reply::done()
            }
            Order::Plug(at) => self.cable(at, CableState::Connected)?,
            Order::Unplug(at) => self.cable(at, CableState::Unplugged)?,
            Order::Token { evse, token } => {
                let until = tokio::time::Instant::now() + TOKEN_PATIENCE;
                self.waiting.push(Waiting {
                    token: token.clone(),
                    reply,
                    until,
                });
                self.inputs.push_back(Input::TokenPresented { evse, token });
                return Ok(());
            }
            Order::Fault { at, fault } => {
                if at.is_some_and(|at| !self.hardware.has(at)) {
                    no_such_connector()
                } else {
                    self.hardware.set_fault(at, fault.clone());
                    self.inputs.push_back(Input::Fault { at, fault });
                    Reply::done()
                }
            }
            Order::Network { online } => {
                self.online = online;
                if !online {
                    self.cut();
                }
                Reply::done()
            }
            Order::PowerCycle { stop_transactions } => {
                // Who asked does not wait for the power to return.
                let _ = reply.send(Reply::done());
                return self.power_cycle(stop_transactions).await;
            }
            Order::GetConfig(key) => match self.station.variable(&key) {
                Some(value) => Reply::ok(&json!({"key": key, "value": value})),
                None => Reply::not_found(),
            },
            Order::SetConfig { key, value } => match self.station.set_variable(now, &key, &value) {
                Ok(()) => Reply::done(),
                Err(VariableError::Unknown) => Reply::not_found(),
                Err(error) => Reply::bad(error),
            },
            Order::SeedCache {
                token,
                authorization,
            } => {
                self.station.seed_cache(now, &token, &authorization);
                Reply::done()
            }
            Order::SeedLocalList {
                token,
                authorization,
            } => {
                if self.station.seed_local_list(now, &token, &authorization) {
                    Reply::done()
                } else {
                    Reply::conflict("there is no room in the local list")
                }
            }
            Order::Ev { evse, state } => match self.hardware.in_use(evse) {
                Some(at) if self.hardware.cable(at) == CableState::Connected => {
                    self.hardware.set_ev(now.monotonic, at, state);
                    self.inputs.push_back(Input::Ev { at, state });
                    Reply::done()
                }
                Some(_) => Reply::conflict("no car is plugged in"),
                None => no_such_connector(),
            },
            Order::Parking {
                evse,
                occupied,
                token,
            } => {
                if self.hardware.in_use(evse).is_none() {
                    no_such_connector()
                } else {
                    self.inputs.push_back(Input::ParkingBay {
                        evse,
                        occupied,
                        token,
                    });
                    Reply::done()
                }
            }
            Order::Lock { at, failed } => {
                if self.hardware.has(at) {
                    self.hardware.set_lock_fails(at, failed);
                    Reply::done()
                } else {
                    no_such_connector()
                }
            }
            Order::Call { action, payload } => match self.station.call(now, action, payload) {
                Ok(call) => {
                    self.calls.insert(call, reply);
                    self.inputs.push_back(Input::TimePassed);
                    return Ok(());
                }
                Err(error) => Reply::conflict(error),
            },
        };
        // Changes made without an input leave outputs too.
        self.inputs.push_back(Input::TimePassed);
        // Who asked may have gone away.
        let _ = reply.send(answer);
        Ok(())
    }

    fn cable(&mut self, at: ConnectorId, state: CableState) -> Result<Reply, Failure> {
        if !self.hardware.has(at) {
            return Ok(no_such_connector());
        }
        if self.hardware.cable(at) == state {
            let already = match state {
                CableState::Connected => "a car is plugged in already",
                _ => "no car is plugged in",
            };
            return Ok(Reply::conflict(already));
        }
        self.hardware.set_cable(self.clock.now(), at, state);
        self.records.keep_hardware(self.hardware.remember())?;
        let mut connectors = self.config.connectors();
        let detachable =
            connectors.any(|(id, config)| id == at && config.cable == CableKind::Detachable);
        if detachable {
            // The other end passes through the socket first.
            let state = CableState::InSocket;
            self.inputs.push_back(Input::Cable { at, state });
        }
        self.inputs.push_back(Input::Cable { at, state });
        Ok(Reply::done())
    }

    async fn power_cycle(&mut self, stop_transactions: bool) -> Result<(), Failure> {
        self.settle().await?;
        self.inputs.push_back(Input::PowerFailing {
            time_to_report: stop_transactions,
        });
        self.settle().await?;
        if stop_transactions {
            let end = tokio::time::Instant::now() + BACK_UP_POWER;
            self.deliver(end).await?;
            // The statuses that follow from it are not queued: they are out when nothing more happens.
            let quiet = || end.min(tokio::time::Instant::now() + QUIET);
            while let Ok(Some((number, event))) =
                tokio::time::timeout_at(quiet(), self.link_events.1.recv()).await
            {
                self.link_event(number, event);
                self.settle().await?;
            }
        }
        if let Some(link) = self.link.take() {
            link.cut();
        }
        self.power_off(POWER_OFF).await
    }

    /// Waits until everything that is queued has been delivered, but not for ever.
    pub(super) async fn deliver(&mut self, end: tokio::time::Instant) -> Result<(), Failure> {
        while self.station.state().queued > 0 {
            let event = tokio::time::timeout_at(end, self.link_events.1.recv()).await;
            let Ok(Some((number, event))) = event else {
                return Ok(());
            };
            self.link_event(number, event);
            self.settle().await?;
        }
        Ok(())
    }

    fn state(&self) -> StateView {
        let state = self.station.state();
        let evses = state.connectors.iter().map(|connector| ConnectorView {
            evse: connector.at.evse,
            connector: connector.at.connector,
            status: connector.status,
            plugged: self.hardware.cable(connector.at) == CableState::Connected,
            authorized: connector.authorized,
            transaction_id: connector.transaction_id.clone(),
            id_token: connector.token.as_ref().map(|token| token.id.to_string()),
            energy_wh: connector.energy_wh,
        });
        StateView {
            registration: state.registration,
            connected: state.connected,
            queued: state.queued,
            evses: evses.collect(),
        }
    }
}

/// A look inside, as the control interface shows it.
#[derive(Debug, Serialize)]
struct StateView {
    registration: Option<ocpp_core::station::Registration>,
    connected: bool,
    queued: usize,
    evses: Vec<ConnectorView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ConnectorView {
    evse: u32,
    connector: u32,
    status: &'static str,
    plugged: bool,
    authorized: bool,
    transaction_id: Option<String>,
    id_token: Option<String>,
    energy_wh: Option<Decimal>,
}

fn no_such_connector() -> Reply {
    Reply::bad("there is no such EVSE or connector")
}
