//! One connection of one station.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ocpp_core::session::{
    CallEnded, CallFailure, CallId, CallOptions, Config, Input, MessageIds, Output, Role, Session,
};
use ocpp_tokio::{Connection, End};
use tokio::sync::{mpsc, oneshot};
use tracing::info;

use super::hub::{Hub, OperatorCall};
use ocpp_tokio::clock::Clock;

/// How many calls of the operator may wait for a station.
const WAITING_CALLS: usize = 64;

/// A call of the operator that is under way.
struct UnderWay {
    action: &'static str,
    payload: String,
    reply: oneshot::Sender<Result<String, CallFailure>>,
}

struct Line {
    hub: Arc<Hub>,
    station: String,
    connection: Connection,
    session: Session,
    clock: Clock,
    under_way: HashMap<CallId, UnderWay>,
}

/// Serves a connection until it ends.
pub(super) async fn serve(hub: Arc<Hub>, connection: Connection, call_timeout: Duration) {
    let station = connection.info().identity.to_string();
    let version = connection.info().version;
    let from = connection.info().remote;
    let from = from.map_or_else(String::new, |remote| format!(" from {remote}"));
    info!("{station}: connected{from}, OCPP {version}");
    let mut config = Config::new(Role::Csms);
    config.call_timeout = call_timeout;
    config.max_queue = WAITING_CALLS;
    // Decoding checks them.
    config.check_payloads = false;
    let (calls, mut waiting) = mpsc::channel(WAITING_CALLS);
    let number = hub.connected(&station, version, calls);
    let mut line = Line {
        hub,
        station,
        connection,
        session: Session::new(
            version,
            Role::Csms,
            config,
            MessageIds::seeded(rand::random()),
        ),
        clock: Clock::new(),
        under_way: HashMap::new(),
    };
    let why = line.run(&mut waiting).await;
    info!("{}: disconnected: {why}", line.station);
    line.hub.disconnected(&line.station, number);
    // Ends the calls that wait.
    let _ = line.session.handle(line.clock.now(), Input::Disconnected);
    while let Some(output) = line.session.poll_output() {
        if let Output::CallEnded(ended) = output {
            line.call_ended(ended).await;
        }
    }
}

impl Line {
    /// Gives the reason of the end.
    async fn run(&mut self, waiting: &mut mpsc::Receiver<OperatorCall>) -> String {
        const MISUSED: &str = "the session takes nothing any more";
        if self
            .session
            .handle(self.clock.now(), Input::Connected)
            .is_err()
        {
            return MISUSED.into();
        }
        loop {
            if let Err(end) = self.drain().await {
                return end.to_string();
            }
            let wake_up = self.session.next_timeout().map(|at| self.clock.at(at));
            let sleep = async {
                match wake_up {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                received = self.connection.recv() => {
                    let text = match received {
                        Ok(text) => text,
                        Err(end) => return end.to_string(),
                    };
                    self.hub.note(&self.station, "station", &text);
                    let input = Input::Received(&text);
                    if self.session.handle(self.clock.now(), input).is_err() {
                        return MISUSED.into();
                    }
                }
                Some(call) = waiting.recv() => self.call(call),
                () = sleep => {
                    if self.session.handle(self.clock.now(), Input::TimePassed).is_err() {
                        return MISUSED.into();
                    }
                }
            }
        }
    }

    fn call(&mut self, call: OperatorCall) {
        let OperatorCall {
            action,
            payload,
            reply,
        } = call;
        let now = self.clock.now();
        match self
            .session
            .call(now, action, payload.clone(), CallOptions::new())
        {
            Ok(id) => {
                let under_way = UnderWay {
                    action,
                    payload,
                    reply,
                };
                self.under_way.insert(id, under_way);
            }
            // Too many wait already: as if it had not come.
            Err(_) => drop(reply.send(Err(CallFailure::Expired))),
        }
    }

    /// The certificate that a station asked for; follows the answer.
    fn certificate_signed(&mut self, payload: String) {
        // Nobody waits for the answer: it is in the journal.
        let (reply, _) = oneshot::channel();
        self.call(OperatorCall {
            action: "CertificateSigned",
            payload,
            reply,
        });
    }

    /// Carries out what the session wants. `Err` when the connection has ended.
    async fn drain(&mut self) -> Result<(), End> {
        while let Some(output) = self.session.poll_output() {
            match output {
                Output::Transmit(message) => {
                    self.hub.note(&self.station, "csms", &message.text);
                    self.connection.send(&message.text).await?;
                }
                Output::Call(call) => {
                    let version = self.session.version();
                    let answer =
                        self.hub
                            .answer(version, &self.station, call.action, &call.payload);
                    let answer = answer.await;
                    let signed = match answer {
                        Ok(_) if call.action == "SignCertificate" => {
                            self.hub.sign(&self.station, &call.payload)
                        }
                        _ => None,
                    };
                    // The session may have given the call up meanwhile: then there is nobody to answer.
                    let _ = match answer {
                        Ok(_) if signed.is_some() => {
                            self.session.respond(call.token, r#"{"status":"Accepted"}"#)
                        }
                        Ok(response) => self.session.respond(call.token, &response),
                        Err(refusal) => self.session.refuse(
                            call.token,
                            refusal.code,
                            &refusal.description,
                            &refusal.details,
                        ),
                    };
                    if let Some(payload) = signed {
                        self.certificate_signed(payload);
                    }
                }
                Output::CallEnded(ended) => self.call_ended(ended).await,
                _ => {}
            }
        }
        Ok(())
    }

    async fn call_ended(&mut self, ended: CallEnded) {
        let Some(call) = self.under_way.remove(&ended.call) else {
            return;
        };
        if let Ok(response) = &ended.result {
            let version = self.session.version();
            let (station, action, payload) = (&self.station, call.action, &call.payload);
            let learned = self
                .hub
                .change(|csms| csms.called(version, station, action, payload, response));
            // What the station did cannot be undone; the database has said what is wrong with it.
            let _ = learned.await;
        }
        // The operator may have gone away.
        let _ = call.reply.send(ended.result);
    }
}
