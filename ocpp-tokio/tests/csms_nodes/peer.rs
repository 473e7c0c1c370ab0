//! A station that says what the test wants, and a CSMS for it.

use std::net::SocketAddr;
use std::path::PathBuf;

use ocpp_core::csms::TokenStatus;
use ocpp_core::csms::ledger::Transaction;
use ocpp_core::csms::services::Token;
use ocpp_tokio::csms::{Application, Csms, CsmsConfig, Store};
use ocpp_tokio::{
    ConnectError, ConnectOptions, Connection, CsmsSecurity, End, Identity, StationSecurity,
    Version, connect,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub fn config(node: &str) -> CsmsConfig {
    let mut config = CsmsConfig::default();
    config.node = node.into();
    config
}

pub async fn listen(csms: &Csms) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    csms.listen(listener, CsmsSecurity::Unsecured).unwrap()
}

pub async fn open(store: impl Store, application: impl Application) -> (Csms, SocketAddr) {
    open_as("csms", store, application).await
}

pub async fn open_as(
    node: &str,
    store: impl Store,
    application: impl Application,
) -> (Csms, SocketAddr) {
    let csms = Csms::open(config(node), store, application).await.unwrap();
    let address = listen(&csms).await;
    (csms, address)
}

pub fn accepted() -> Token {
    Token::of(TokenStatus::Accepted)
}

pub async fn stored(csms: &Csms) -> Vec<Transaction> {
    let page = csms.transactions(0, 100_000, |_, _| true).await.unwrap();
    let all = page.transactions.into_iter();
    all.map(|stored| stored.transaction).collect()
}

pub async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::task::yield_now().await;
    }
}

/// An empty folder.
pub fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("ocpp-nodes-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

pub struct Peer {
    connection: Connection,
    version: Version,
    ids: u32,
    transactions: u32,
}

impl Peer {
    pub async fn try_connect(
        address: SocketAddr,
        identity: &str,
        version: Version,
        security: StationSecurity,
    ) -> Result<Self, ConnectError> {
        let identity = Identity::new(identity).unwrap();
        let options = ConnectOptions::new(format!("ws://{address}/ocpp"), identity, &[version]);
        let connection = connect(&options.with_security(security)).await?;
        Ok(Self {
            connection,
            version,
            ids: 0,
            transactions: 0,
        })
    }

    pub async fn connect(address: SocketAddr, identity: &str, version: Version) -> Self {
        let security = StationSecurity::Unsecured;
        let connected = Self::try_connect(address, identity, version, security).await;
        connected.unwrap()
    }

    pub async fn say(&mut self, action: &str, payload: &Value) -> String {
        self.ids += 1;
        let id = format!("s{}", self.ids);
        let call = json!([2, id, action, payload]).to_string();
        self.connection.send(&call).await.unwrap();
        id
    }

    /// A request; an error is a CALLERROR or the end of the connection.
    pub async fn try_ask(&mut self, action: &str, payload: &Value) -> Result<Value, String> {
        self.ids += 1;
        let id = format!("s{}", self.ids);
        let call = json!([2, id, action, payload]).to_string();
        let sent = self.connection.send(&call).await;
        sent.map_err(|end| end.to_string())?;
        loop {
            let answer = self
                .connection
                .recv()
                .await
                .map_err(|end| end.to_string())?;
            let answer: Value = serde_json::from_str(&answer).unwrap();
            if answer[0] == 2 {
                self.obey(&answer).await;
                continue;
            }
            assert_eq!(answer[1], id.as_str(), "{answer}");
            return match answer[0].as_i64() {
                Some(3) => Ok(answer[2].clone()),
                _ => Err(answer[2].as_str().unwrap().into()),
            };
        }
    }

    /// Takes whatever it is asked for.
    async fn obey(&mut self, call: &Value) {
        let answer = json!([3, call[1], {"status": "Accepted"}]).to_string();
        let _ = self.connection.send(&answer).await;
    }

    /// Answers the next call of the CSMS.
    pub async fn serve(&mut self) -> Value {
        let call = self.receive().await;
        assert_eq!(call[0], 2, "{call}");
        self.obey(&call).await;
        call
    }

    pub async fn ask(&mut self, action: &str, payload: &Value) -> Value {
        let answer = self.try_ask(action, payload).await;
        answer.unwrap_or_else(|code| panic!("{action}: {code}"))
    }

    pub async fn receive(&mut self) -> Value {
        serde_json::from_str(&self.connection.recv().await.unwrap()).unwrap()
    }

    /// How the connection ends, whatever comes before.
    pub async fn end_of_connection(&mut self) -> End {
        loop {
            if let Err(end) = self.connection.recv().await {
                return end;
            }
        }
    }

    /// Answers this call.
    pub async fn answer(&mut self, call: &Value) {
        self.obey(call).await;
    }

    /// The CSMS has ended the connection.
    pub async fn ended(&mut self) {
        while self.connection.recv().await.is_ok() {}
    }

    pub fn boot_payload(version: Version) -> Value {
        if version == Version::V1_6 {
            json!({"chargePointVendor": "V", "chargePointModel": "M"})
        } else {
            json!({"chargingStation": {"vendorName": "V", "model": "M"}, "reason": "PowerUp"})
        }
    }

    pub async fn boot(&mut self) {
        let payload = Self::boot_payload(self.version);
        self.ask("BootNotification", &payload).await;
    }

    /// Begins a transaction at 100 Wh. Gives its id.
    pub async fn begin(&mut self) -> Value {
        self.transactions += 1;
        if self.version == Version::V1_6 {
            let at = "2024-05-15T12:00:00Z";
            let start =
                json!({"connectorId": 1, "idTag": "A1", "meterStart": 100, "timestamp": at});
            return self.ask("StartTransaction", &start).await["transactionId"].clone();
        }
        let id = json!(format!("T{}-{}", self.transactions, self.ids));
        let event = Self::event("Started", "Authorized", &id, 0, 100);
        self.ask("TransactionEvent", &event).await;
        id
    }

    /// A reading of the meter; in 2.x with this number.
    pub async fn try_meter(&mut self, id: &Value, seq: i64, wh: i64) -> Result<Value, String> {
        if self.version == Version::V1_6 {
            let values =
                json!([{"timestamp": time(seq), "sampledValue": [{"value": wh.to_string()}]}]);
            let payload = json!({"connectorId": 1, "transactionId": id, "meterValue": values});
            return self.try_ask("MeterValues", &payload).await;
        }
        let event = Self::event("Updated", "MeterValuePeriodic", id, seq, wh);
        self.try_ask("TransactionEvent", &event).await
    }

    pub async fn meter(&mut self, id: &Value, seq: i64, wh: i64) {
        self.try_meter(id, seq, wh).await.unwrap();
    }

    pub async fn try_end(&mut self, id: &Value, seq: i64, wh: i64) -> Result<Value, String> {
        if self.version == Version::V1_6 {
            let payload = json!({"transactionId": id, "meterStop": wh, "timestamp": time(seq)});
            return self.try_ask("StopTransaction", &payload).await;
        }
        let event = Self::event("Ended", "StopAuthorized", id, seq, wh);
        self.try_ask("TransactionEvent", &event).await
    }

    pub async fn end(&mut self, id: &Value, seq: i64, wh: i64) {
        self.try_end(id, seq, wh).await.unwrap();
    }

    fn event(kind: &str, trigger: &str, id: &Value, seq: i64, wh: i64) -> Value {
        #[allow(clippy::cast_precision_loss, reason = "small numbers")]
        let value = wh as f64;
        json!({"eventType": kind, "timestamp": time(seq), "triggerReason": trigger, "seqNo": seq,
               "transactionInfo": {"transactionId": id}, "evse": {"id": 1, "connectorId": 1},
               "idToken": {"idToken": "A1", "type": "ISO14443"},
               "meterValue": [{"timestamp": time(seq), "sampledValue": [{"value": value}]}]})
    }
}

fn time(seq: i64) -> String {
    format!("2024-05-15T12:{:02}:{:02}Z", seq / 60, seq % 60)
}
