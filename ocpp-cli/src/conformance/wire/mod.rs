//! The bench on real sockets: a CSMS over WebSocket, any program as the station, its control interface as the hands.

mod control;
mod server;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ocpp_conformance::bench::{Act, Bench, Event, Server, Trouble};
use ocpp_conformance::report;
use ocpp_core::station::EvState;
use ocpp_tokio::Version;
use ocpp_types::DateTime;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use control::Control;
use server::{Line, Order};

/// See the [module documentation](self).
#[derive(Debug)]
pub(super) struct WireBench {
    runtime: Runtime,
    control: Control,
    events: Receiver<Event>,
    /// An event that was received already.
    first: Option<Event>,
    line: Line,
    reachable: Arc<AtomicBool>,
    begun: Instant,
    connectors: u32,
    /// The station has been started.
    started: bool,
    /// The mains went off and came back in one order already.
    cycled: bool,
}

impl WireBench {
    /// A CSMS that listens, and hands that reach the station.
    pub(super) fn new(control: &str, listen: SocketAddr, connectors: u32) -> Result<Self, Trouble> {
        let trouble = |error: std::io::Error| Trouble(format!("{listen}: {error}"));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(trouble)?;
        let listener = tokio::net::TcpListener::bind(listen);
        let listener = runtime.block_on(listener).map_err(trouble)?;
        let (sender, events) = channel();
        let reachable = Arc::new(AtomicBool::new(true));
        let line: Line = Arc::new(Mutex::new(None));
        runtime.spawn(server::serve(
            listener,
            reachable.clone(),
            line.clone(),
            sender,
        ));
        Ok(Self {
            control: Control::new(control)?,
            runtime,
            events,
            first: None,
            line,
            reachable,
            begun: Instant::now(),
            connectors,
            started: false,
            cycled: false,
        })
    }

    fn post(&self, what: &str, body: Value) -> Result<(), Trouble> {
        self.runtime.block_on(self.control.post(what, body))
    }

    fn order(&self, order: Order) {
        if let Ok(line) = self.line.lock()
            && let Some(orders) = line.as_ref()
        {
            // The connection may be gone: what is sent then is lost.
            let _ = orders.send(order);
        }
    }

    fn power_on(&mut self) -> Result<(), Trouble> {
        if std::mem::take(&mut self.cycled) {
            return Ok(());
        }
        if !std::mem::replace(&mut self.started, true) {
            self.post("start", json!({}))?;
            // One that was running before does not register for that.
            if let Ok(event) = self.events.recv_timeout(Duration::from_secs(2)) {
                self.first = Some(event);
                return Ok(());
            }
        }
        self.cycle(false)
    }

    fn cycle(&self, stop_transactions: bool) -> Result<(), Trouble> {
        self.post(
            "power",
            json!({"action": "cycle", "stopTransactions": stop_transactions}),
        )
    }
}

/// A connector as the control interface names it: one for each EVSE.
fn place(connector: u32) -> Value {
    json!({"evse": connector, "connector": 1})
}

impl Bench for WireBench {
    fn name(&self) -> &'static str {
        "wire"
    }

    fn version(&self) -> Version {
        Version::V1_6
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn utc(&self) -> DateTime {
        report::clock()
    }

    fn next(&mut self, within: Duration) -> Result<Option<Event>, Trouble> {
        if let Some(event) = self.first.take() {
            return Ok(Some(event));
        }
        match self.events.recv_timeout(within) {
            Ok(event) => Ok(Some(event)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => {
                Err(Trouble("the server of the bench has ended".to_owned()))
            }
        }
    }

    fn send(&mut self, text: &str) -> Result<(), Trouble> {
        self.order(Order::Send(text.to_owned()));
        Ok(())
    }

    fn act(&mut self, act: &Act) -> Result<(), Trouble> {
        match act {
            Act::Present { connector, token } => {
                // Answered when the CSMS has decided, which is for the lab to do.
                let control = self.control.clone();
                let body = json!({"evse": connector, "idToken": token, "type": "ISO14443"});
                self.runtime
                    .spawn(async move { control.post("token", body).await });
                Ok(())
            }
            Act::Plug(connector) => self.post("plug", place(*connector)),
            Act::Unplug(connector) | Act::UnplugAtCar(connector) => {
                self.post("unplug", place(*connector))
            }
            Act::PressStop(_) => Err(Trouble(
                "the control interface has no stop button".to_owned(),
            )),
            Act::Car(connector, state) => {
                let state = match state {
                    EvState::Ready => "ready",
                    EvState::Suspended => "suspended",
                    EvState::Stopped => "stopped",
                };
                self.post("ev", json!({"evse": connector, "state": state}))
            }
            Act::Fault(connector, code) => {
                let code = code.map_or(json!("NoError"), |code| json!(code));
                let body = json!({"evse": connector, "connector": 1, "errorCode": code});
                self.post("fault", body)
            }
            Act::LocksFail(failed) => (1..=self.connectors).try_for_each(|connector| {
                let body = json!({"evse": connector, "connector": 1, "failed": failed});
                self.post("lock", body)
            }),
            // The control interface has both in one order.
            Act::PowerOff {
                time_to_report: false,
            } => Ok(()),
            Act::PowerOff { .. } => {
                self.cycled = true;
                self.cycle(true)
            }
            Act::PowerOn => self.power_on(),
        }
    }

    fn disconnect(&mut self) -> Result<(), Trouble> {
        self.order(Order::Close);
        Ok(())
    }

    fn serve(&mut self, server: Server) -> Result<(), Trouble> {
        if server.bad_certificate || server.profile.is_some() {
            let words = "the wire bench serves without TLS for now";
            return Err(Trouble(words.to_owned()));
        }
        self.reachable.store(server.reachable, Ordering::Relaxed);
        if !server.reachable {
            self.order(Order::Close);
        }
        Ok(())
    }

    fn keeps_state(&self) -> bool {
        true
    }

    fn has_file_server(&self) -> bool {
        false
    }

    fn uploads(&self) -> Vec<String> {
        Vec::new()
    }
}
