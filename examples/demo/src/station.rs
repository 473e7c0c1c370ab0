//! The station: a value of the core, its charger and its connection, each input and output by hand.

use ocpp_core::back_off::BackOffPolicy;
use ocpp_core::station::{
    self, AuthorizationStatus, CableState, ConnectorConfig, ConnectorId, EvseConfig, Input, Output,
    StationConfig, StationState, Token, UnlockResult,
};
use ocpp_tokio::clock::{self, Clock};
use ocpp_tokio::{CloseCode, ConnectOptions, Connection, End, Identity, Incoming, connect};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

use crate::charger::Charger;
use crate::script::Script;
use crate::{Failure, STATION, Shared};

/// The only connector.
pub(crate) const CONNECTOR: ConnectorId = ConnectorId::new(1, 1);

/// What people do to the station.
enum Order {
    Start,
    Present(Token, oneshot::Sender<AuthorizationStatus>),
    Plug,
    Unplug,
    Look(oneshot::Sender<StationState>),
}

/// The way to a station that runs.
pub(crate) struct Control(mpsc::UnboundedSender<Order>);

impl Control {
    fn order(&self, order: Order) -> Result<(), Failure> {
        self.0
            .send(order)
            .map_err(|_| "the station has ended".into())
    }

    pub(crate) fn start(&self) -> Result<(), Failure> {
        self.order(Order::Start)
    }

    /// Presents a token at the reader. Gives what was decided about it.
    pub(crate) async fn present(&self, token: Token) -> Result<AuthorizationStatus, Failure> {
        let (decided, decision) = oneshot::channel();
        self.order(Order::Present(token, decided))?;
        Ok(decision.await?)
    }

    /// Plugs the cable into the socket and the car.
    pub(crate) fn plug(&self) -> Result<(), Failure> {
        self.order(Order::Plug)
    }

    pub(crate) fn unplug(&self) -> Result<(), Failure> {
        self.order(Order::Unplug)
    }

    pub(crate) async fn state(&self) -> Result<StationState, Failure> {
        let (answer, state) = oneshot::channel();
        self.order(Order::Look(answer))?;
        Ok(state.await?)
    }
}

/// A station with everything around it.
pub(crate) struct Station {
    station: station::Station,
    clock: Clock,
    charger: Charger,
    options: ConnectOptions,
    link: Option<Connection>,
    orders: mpsc::UnboundedReceiver<Order>,
    /// Who waits for the decision about a token.
    presented: Option<oneshot::Sender<AuthorizationStatus>>,
    narrator: Shared,
}

impl Station {
    pub(crate) fn new(
        script: Script,
        csms: &str,
        narrator: Shared,
    ) -> Result<(Self, Control), Failure> {
        let Script(version) = script;
        let mut config = StationConfig::new(version, "ocpp", "demo", 0);
        config.evses = vec![EvseConfig::new(vec![ConnectorConfig::socket()])];
        config.firmware_version = Some(env!("CARGO_PKG_VERSION").into());
        config.defaults = script.defaults();
        config.back_off = BackOffPolicy {
            wait_minimum: 1,
            repeat_times: 0,
            random_range: 0,
        };
        let clock = Clock::new();
        let station = station::Station::restore(config, [], clock.both())?;
        let (control, orders) = mpsc::unbounded_channel();
        let station = Self {
            station,
            clock,
            charger: Charger::new(),
            options: ConnectOptions::new(csms, Identity::new(STATION)?, &[version]),
            link: None,
            orders,
            presented: None,
            narrator,
        };
        Ok((station, Control(control)))
    }

    /// Runs until something goes wrong.
    pub(crate) async fn run(mut self) -> Failure {
        loop {
            if let Err(failure) = self.carry_out().await {
                return failure;
            }
            let wake_up = self.station.next_timeout();
            let wake_up = wake_up.map(|at| self.clock.at(at));
            let sleep = async {
                match wake_up {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                Some(order) = self.orders.recv() => self.obey(order),
                incoming = receive(&mut self.link) => self.received(incoming),
                () = sleep => self.tell(Input::TimePassed),
            }
        }
    }

    fn tell(&mut self, input: Input) {
        self.station.handle(self.clock.both(), input);
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Start => self.tell(Input::Start),
            Order::Present(token, decided) => {
                self.presented = Some(decided);
                let evse = Some(CONNECTOR.evse);
                self.tell(Input::TokenPresented { evse, token });
            }
            Order::Plug => {
                self.charger.plug(true);
                self.cable(CableState::InSocket);
                self.cable(CableState::Connected);
            }
            Order::Unplug => {
                self.charger.plug(false);
                self.cable(CableState::Unplugged);
            }
            Order::Look(answer) => drop(answer.send(self.station.state())),
        }
    }

    fn cable(&mut self, state: CableState) {
        let at = CONNECTOR;
        self.tell(Input::Cable { at, state });
    }

    fn received(&mut self, incoming: Result<Incoming, End>) {
        match incoming {
            Ok(Incoming::Text(text)) => {
                self.narrator.lock().message(clock::utc(), false, &text);
                self.tell(Input::Received(text));
            }
            Ok(_) => self.tell(Input::LinkAlive),
            Err(_) => {
                self.link = None;
                self.tell(Input::Disconnected);
            }
        }
    }

    /// Carries out what the station wants, in this order, one after the other.
    async fn carry_out(&mut self) -> Result<(), Failure> {
        while let Some(output) = self.station.poll_output() {
            match output {
                Output::Connect(_) => {
                    let link = connect(&self.options).await?;
                    let version = link.info().version;
                    self.link = Some(link);
                    self.tell(Input::Connected { version });
                }
                Output::Disconnect => {
                    if let Some(mut link) = self.link.take() {
                        link.close(CloseCode::NORMAL, "").await;
                    }
                    self.tell(Input::Disconnected);
                }
                Output::Transmit(text) => {
                    self.narrator.lock().message(clock::utc(), true, &text);
                    // If it cannot be sent, receiving says so.
                    if let Some(link) = &mut self.link {
                        let _ = link.send(&text).await;
                    }
                }
                Output::PingInterval(seconds) => {
                    let interval = Duration::from_secs(seconds.into());
                    if let Some(link) = &mut self.link {
                        link.set_ping_interval((seconds > 0).then_some(interval));
                    }
                }
                Output::Ping => {
                    if let Some(link) = &mut self.link {
                        link.ping();
                    }
                }
                Output::Contactor { closed, .. } => self.charger.set_contactor(closed),
                Output::SetLimit { limit, .. } => self.charger.set_limit(limit),
                Output::ReadMeter(evse) => {
                    let reading = self.charger.read();
                    self.tell(Input::Meter { evse, reading });
                }
                Output::Lock(at) => {
                    let success = true;
                    self.tell(Input::Locked { at, success });
                }
                Output::Unlock(at) => {
                    let result = UnlockResult::Unlocked;
                    self.tell(Input::Unlocked { at, result });
                }
                Output::TokenDecided { status, .. } => {
                    if let Some(presented) = self.presented.take() {
                        let _ = presented.send(status);
                    }
                }
                // Records need to survive power cuts only; files, certificates and restarts do not occur here.
                _ => {}
            }
        }
        Ok(())
    }
}

/// What comes over the link; nothing while there is none.
async fn receive(link: &mut Option<Connection>) -> Result<Incoming, End> {
    match link {
        Some(link) => link.next().await,
        None => std::future::pending().await,
    }
}
