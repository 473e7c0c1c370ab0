//! A CSMS that answers everything, and remembers what it was asked.
#![allow(dead_code, unreachable_pub, reason = "every test program uses a part")]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ocpp_tokio::server::{Attempt, Server, ServerOptions};
use ocpp_tokio::{Connection, CsmsSecurity, Version};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

type Call = (String, Value, oneshot::Sender<Value>);

#[derive(Debug, Default)]
struct Seen {
    /// What nobody has looked at yet.
    calls: Vec<(String, Value)>,
    closed: Vec<String>,
}

pub struct Csms {
    pub url: String,
    seen: Arc<Mutex<Seen>>,
    calls: mpsc::UnboundedSender<Call>,
}

impl Csms {
    pub async fn start(version: Version) -> Self {
        let anybody = |_: &Attempt<'_>| Ok(());
        let server = Server::new(ServerOptions::new(&[version]), anybody);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut incoming = server.listen(listener, CsmsSecurity::Unsecured).unwrap();
        let url = format!("ws://{}/ocpp", incoming.local_addr());
        let seen = Arc::<Mutex<Seen>>::default();
        let (calls, mut waiting) = mpsc::unbounded_channel();
        let heard = Arc::clone(&seen);
        tokio::spawn(async move {
            let _server = server;
            while let Some(connection) = incoming.accept().await {
                let end = talk(connection, &mut waiting, &heard).await;
                heard.lock().unwrap().closed.push(end);
            }
        });
        Self { url, seen, calls }
    }

    /// Calls the station.
    pub async fn call(&self, action: &str, payload: Value) -> Value {
        let (reply, answered) = oneshot::channel();
        self.calls.send((action.into(), payload, reply)).unwrap();
        let answered = tokio::time::timeout(Duration::from_secs(20), answered);
        answered.await.expect(action).unwrap()
    }

    /// The next request of this kind.
    pub async fn seen(&self, action: &str) -> Value {
        self.seen_with(action, |_| true).await
    }

    /// The next request of this kind with something about it; those before it are forgotten.
    pub async fn seen_with(&self, action: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let found = || {
            let calls = &mut self.seen.lock().unwrap().calls;
            let is = |(name, payload): &(String, Value)| name == action && wanted(payload);
            let at = calls.iter().position(is)?;
            calls.drain(..=at).next_back().map(|(_, payload)| payload)
        };
        Self::wait(action, found).await
    }

    /// How the first connection ended.
    pub async fn closed(&self) -> String {
        let found = || self.seen.lock().unwrap().closed.first().cloned();
        Self::wait("the end", found).await
    }

    async fn wait<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(Instant::now() < end, "{what} did not come");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

async fn talk(
    mut connection: Connection,
    calls: &mut mpsc::UnboundedReceiver<Call>,
    seen: &Mutex<Seen>,
) -> String {
    let mut waiting: Vec<(String, oneshot::Sender<Value>)> = Vec::new();
    let (mut number, version) = (0, connection.info().version);
    loop {
        let send = tokio::select! {
            received = connection.recv() => {
                let frame: Vec<Value> = match received {
                    Ok(text) => serde_json::from_str(&text).unwrap(),
                    Err(end) => return end.to_string(),
                };
                let id = frame[1].as_str().unwrap().to_string();
                if frame[0] != 2 {
                    if let Some(at) = waiting.iter().position(|(of, _)| *of == id) {
                        let _ = waiting.swap_remove(at).1.send(frame[2].clone());
                    }
                    continue;
                }
                let action = frame[2].as_str().unwrap();
                seen.lock().unwrap().calls.push((action.into(), frame[3].clone()));
                match answer(version, action) {
                    Some(answer) => json!([3, id, answer]),
                    None => json!([4, id, "NotImplemented", "", {}]),
                }
            }
            Some((action, payload, reply)) = calls.recv() => {
                number += 1;
                let id = format!("csms-{number}");
                waiting.push((id.clone(), reply));
                json!([2, id, action, payload])
            }
        };
        if let Err(end) = connection.send(&send.to_string()).await {
            return end.to_string();
        }
    }
}

fn answer(version: Version, action: &str) -> Option<Value> {
    let accepted = json!({"status": "Accepted"});
    Some(match action {
        "BootNotification" => {
            json!({"status": "Accepted", "currentTime": "2024-05-15T12:00:00Z", "interval": 300})
        }
        "Heartbeat" => json!({"currentTime": "2024-05-15T12:00:00Z"}),
        "Authorize" if version == Version::V1_6 => json!({"idTagInfo": accepted}),
        "Authorize" => json!({"idTokenInfo": accepted}),
        "StartTransaction" => json!({"idTagInfo": accepted, "transactionId": 1}),
        "TransactionEvent"
        | "StatusNotification"
        | "MeterValues"
        | "StopTransaction"
        | "NotifyEvent"
        | "SecurityEventNotification"
        | "NotifyReport"
        | "FirmwareStatusNotification"
        | "DiagnosticsStatusNotification" => json!({}),
        "SignCertificate" => accepted,
        _ => return None,
    })
}
