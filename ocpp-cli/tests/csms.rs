//! The program `ocpp csms` with stations of our own making.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};

use common::{Folder, Program, ask, http};
use ocpp_core::security::Subject;
use ocpp_core::security::software::SoftwareKey;
use ocpp_tokio::{
    ConnectError, ConnectOptions, Connection, Identity, Password, StationSecurity, Version, connect,
};
use serde_json::{Value, json};

/// A CSMS and its addresses.
struct Csms {
    program: Program,
    stations: SocketAddr,
    api: SocketAddr,
}

fn csms(more: &[&str]) -> Csms {
    let args = ["csms", "--listen", "127.0.0.1:0", "--api", "127.0.0.1:0"];
    let program = Program::start(&[&args, more].concat(), 2);
    Csms {
        stations: program.address("stations"),
        api: program.address("operator"),
        program,
    }
}

impl Csms {
    async fn try_connect(
        &self,
        id: &str,
        version: Version,
        security: StationSecurity,
    ) -> Result<Station, ConnectError> {
        let url = format!("ws://{}/ocpp", self.stations);
        let options = ConnectOptions::new(url, Identity::new(id).unwrap(), &[version]);
        let connection = connect(&options.with_security(security)).await?;
        Ok(Station(connection))
    }

    async fn connect(&self, id: &str, version: Version) -> Station {
        let security = StationSecurity::Unsecured;
        self.try_connect(id, version, security).await.unwrap()
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        ask(self.api, method, path, body)
    }

    fn get(&self, path: &str) -> Value {
        self.ask("GET", path, &Value::Null)
    }

    fn status(&self, method: &str, path: &str, body: &Value) -> u16 {
        http(self.api, method, path, body).0
    }
}

/// A station that says what the test wants.
struct Station(Connection);

impl Station {
    async fn send(&mut self, frame: &str) {
        self.0.send(frame).await.unwrap();
    }

    async fn receive(&mut self) -> String {
        self.0.recv().await.unwrap()
    }

    async fn ask(&mut self, action: &str, payload: Value) -> Value {
        self.send(&json!([2, "id", action, payload]).to_string())
            .await;
        let answer: Value = serde_json::from_str(&self.receive().await).unwrap();
        assert_eq!(answer[0], 3, "{answer}");
        answer[2].clone()
    }
}

fn boot() -> Value {
    json!({"chargePointVendor": "V", "chargePointModel": "M"})
}

#[tokio::test]
async fn an_operator_sees_and_decides_what_stations_do() {
    let csms = csms(&[]);
    assert_eq!(csms.status("GET", "/v1/health", &Value::Null), 200);
    assert_eq!(csms.get("/v1/stations"), json!([]));
    let decided = json!({"boot": "Pending", "interval": 7});
    csms.ask("PUT", "/v1/stations/CP%201", &decided);
    let mut station = csms.connect("CP 1", Version::V1_6).await;
    let answer = station.ask("BootNotification", boot()).await;
    assert_eq!(
        (&answer["status"], &answer["interval"]),
        (&json!("Pending"), &json!(7))
    );
    csms.ask("PUT", "/v1/stations/CP%201", &json!({"boot": "Accepted"}));
    let answer = station.ask("BootNotification", boot()).await;
    assert_eq!(
        (&answer["status"], &answer["interval"]),
        (&json!("Accepted"), &json!(7))
    );
    let seen = csms.get("/v1/stations/CP%201");
    assert_eq!(seen["connected"], true);
    assert_eq!(seen["version"], "1.6");
    assert_eq!(seen["boot"], "Accepted");
    assert_eq!(seen["info"]["vendor"], "V");
    assert_eq!(csms.get("/v1/stations")[0], seen);
    drop(station);
    common::until("the station is gone", || {
        (csms.get("/v1/stations/CP%201")["connected"] == false).then_some(())
    });
}

#[tokio::test]
async fn tokens_decide_and_transactions_are_listed_oldest_first() {
    let csms = csms(&[]);
    let mut station = csms.connect("CP1", Version::V1_6).await;
    let invalid = station.ask("Authorize", json!({"idTag": "A1"})).await;
    assert_eq!(invalid["idTagInfo"]["status"], "Invalid");
    let token =
        json!({"status": "Accepted", "expiryDate": "2099-01-01T00:00:00Z", "parentIdTag": "G"});
    csms.ask("PUT", "/v1/tokens/A1", &token);
    let accepted = station.ask("Authorize", json!({"idTag": "a1"})).await;
    assert_eq!(
        accepted["idTagInfo"],
        json!({"status": "Accepted", "expiryDate": "2099-01-01T00:00:00Z", "parentIdTag": "G"})
    );
    let start = |connector: i64| {
        json!({"connectorId": connector, "idTag": "A1", "meterStart": 5,
               "timestamp": "2024-05-15T12:00:00Z"})
    };
    let id = station.ask("StartTransaction", start(1)).await["transactionId"].clone();
    let second = station.ask("StartTransaction", start(2)).await;
    assert_eq!(second["idTagInfo"]["status"], "ConcurrentTx");
    let stop = json!({"transactionId": id, "meterStop": 15, "timestamp": "2024-05-15T13:00:00Z"});
    station.ask("StopTransaction", stop).await;
    let all = csms.get("/v1/transactions");
    assert_eq!(
        all[0],
        json!({"ref": 1, "station": "CP1", "transactionId": 1, "idToken": "A1", "evse": 1,
               "startedAt": "2024-05-15T12:00:00Z", "stoppedAt": "2024-05-15T13:00:00Z",
               "stopReason": "Local", "meterStart": 5, "meterStop": 15, "meterLast": null,
               "chargingState": null})
    );
    assert_eq!(all[1]["stoppedAt"], "");
    assert_eq!(all.as_array().unwrap().len(), 2);
    assert_eq!(csms.get("/v1/transactions?active=true"), json!([all[1]]));
    assert_eq!(csms.get("/v1/transactions?station=CP1&idToken=a1"), all);
    assert_eq!(csms.get("/v1/transactions?station=CP2"), json!([]));
    csms.ask("DELETE", "/v1/tokens/A1", &Value::Null);
    assert_eq!(csms.status("DELETE", "/v1/tokens/A1", &Value::Null), 404);
    let invalid = station.ask("Authorize", json!({"idTag": "A1"})).await;
    assert_eq!(invalid["idTagInfo"]["status"], "Invalid");
}

#[tokio::test]
async fn the_operator_calls_stations_and_hears_what_they_answer() {
    let csms = csms(&["--call-timeout", "1"]);
    let call = |action: &str, payload: Value| {
        let (api, path) = (csms.api, format!("/v1/stations/CP1/call/{action}"));
        tokio::task::spawn_blocking(move || http(api, "POST", &path, &payload))
    };
    let (status, _) = call("Reset", json!({"type": "Soft"})).await.unwrap();
    assert_eq!(status, 404);

    let mut station = csms.connect("CP1", Version::V1_6).await;
    station.ask("BootNotification", boot()).await;
    // Members in the schema's order, whatever order they came in.
    let payload = json!({"value": "1", "key": "HeartbeatInterval"});
    let answered = call("ChangeConfiguration", payload);
    let frame = station.receive().await;
    assert!(
        frame.ends_with(r#","ChangeConfiguration",{"key":"HeartbeatInterval","value":"1"}]"#),
        "{frame}"
    );
    let frame: Value = serde_json::from_str(&frame).unwrap();
    let id = frame[1].as_str().unwrap();
    station
        .send(&json!([3, id, {"status": "Accepted"}]).to_string())
        .await;
    let answered = answered.await.unwrap();
    assert_eq!(answered, (200, json!({"result": {"status": "Accepted"}})));

    let answered = call("Reset", json!({"type": "Hard"}));
    let frame: Value = serde_json::from_str(&station.receive().await).unwrap();
    let refusal = json!([4, frame[1], "NotSupported", "no", {"a": 1}]);
    station.send(&refusal.to_string()).await;
    let (status, answer) = answered.await.unwrap();
    assert_eq!(status, 200);
    assert_eq!(
        answer,
        json!({"error": {"code": "NotSupported", "description": "no", "details": {"a": 1}}})
    );

    let answered = call("ClearCache", Value::Null);
    station.receive().await;
    assert_eq!(answered.await.unwrap().0, 504, "no answer");

    let (status, answer) = call("Reset", json!({"type": "Medium"})).await.unwrap();
    assert_eq!((status, &answer["pointer"]), (400, &json!("/type")));
    assert!(
        answer["reason"].as_str().unwrap().contains("Hard"),
        "{answer}"
    );
    for (action, payload) in [
        ("Heartbeat", json!({})),
        ("Oops", json!({})),
        ("Reset", json!([])),
    ] {
        assert_eq!(call(action, payload).await.unwrap().0, 400, "{action}");
    }
}

#[tokio::test]
async fn passwords_are_checked_and_never_shown() {
    let csms = csms(&["--known-only"]);
    let none = StationSecurity::Unsecured;
    let unknown = csms.try_connect("CP1", Version::V1_6, none.clone()).await;
    assert!(matches!(unknown, Err(ConnectError::UnknownStation)));
    csms.ask(
        "PUT",
        "/v1/stations/CP1",
        &json!({"password": "sixteen letters!"}),
    );
    let without = csms.try_connect("CP1", Version::V1_6, none).await;
    assert!(matches!(without, Err(ConnectError::Unauthorized)));
    let wrong = StationSecurity::Basic(Password::text("seventeen letters").unwrap());
    let wrong = csms.try_connect("CP1", Version::V1_6, wrong).await;
    assert!(matches!(wrong, Err(ConnectError::Unauthorized)));
    let right = StationSecurity::Basic(Password::text("sixteen letters!").unwrap());
    let mut station = csms.try_connect("CP1", Version::V1_6, right).await.unwrap();
    station.ask("BootNotification", boot()).await;

    let key = "00112233445566778899aabbccddeeff";
    let (api, payload) = (csms.api, json!({"key": "AuthorizationKey", "value": key}));
    let answered = tokio::task::spawn_blocking(move || {
        http(
            api,
            "POST",
            "/v1/stations/CP1/call/ChangeConfiguration",
            &payload,
        )
    });
    let frame: Value = serde_json::from_str(&station.receive().await).unwrap();
    assert_eq!(frame[3]["value"], key);
    station
        .send(&json!([3, frame[1], {"status": "Accepted"}]).to_string())
        .await;
    assert_eq!(answered.await.unwrap().0, 200);
    for path in [
        "/v1/stations/CP1",
        "/v1/stations",
        "/v1/stations/CP1/messages",
    ] {
        let shown = csms.get(path).to_string();
        assert!(
            !shown.contains(key) && !shown.contains("sixteen"),
            "{shown}"
        );
    }
    let again = StationSecurity::Basic(Password::authorization_key(key).unwrap());
    assert!(csms.try_connect("CP1", Version::V1_6, again).await.is_ok());
}

#[tokio::test]
async fn frames_are_listed_newest_last() {
    let csms = csms(&["--messages", "3"]);
    let mut station = csms.connect("CP1", Version::V1_6).await;
    station.ask("BootNotification", boot()).await;
    station.ask("Heartbeat", json!({})).await;
    station.send("what?").await;
    common::until("the third frame of the station is there", || {
        let all = csms.get("/v1/stations/CP1/messages");
        (all[2]["seq"] == 5).then_some(())
    });
    let all = csms.get("/v1/stations/CP1/messages");
    assert_eq!(all.as_array().unwrap().len(), 3);
    assert_eq!(all[0]["from"], "station");
    assert_eq!(all[0]["frame"], json!([2, "id", "Heartbeat", {}]));
    assert_eq!(all[1]["from"], "csms");
    assert_eq!(all[2]["frame"], "what?");
    let last = csms.get("/v1/stations/CP1/messages?since=4");
    assert_eq!(last, json!([all[2]]));
    let later = csms.get("/v1/stations/CP1/messages?since=2999-01-01T00:00:00Z");
    assert_eq!(later, json!([]));
    assert_eq!(
        csms.status("GET", "/v1/stations/CP1/messages?since=x", &Value::Null),
        400
    );
    assert_eq!(
        csms.status("GET", "/v1/stations/CP9/messages", &Value::Null),
        404
    );
}

#[tokio::test]
async fn nothing_that_was_acknowledged_is_lost_when_the_program_is_killed() {
    let folder = Folder::new("csms-state");
    let state = folder.file("csms.redb");
    let mut first = csms(&["--state", &state]);
    first.ask("PUT", "/v1/tokens/A1", &json!({"status": "Accepted"}));
    first.ask("PUT", "/v1/stations/CP1", &json!({"interval": 9}));
    let mut station = first.connect("CP1", Version::V1_6).await;
    station.ask("BootNotification", boot()).await;
    let start = json!({"connectorId": 1, "idTag": "A1", "meterStart": 5,
                       "timestamp": "2024-05-15T12:00:00Z"});
    let id = station.ask("StartTransaction", start.clone()).await["transactionId"].clone();
    first.program.kill();

    let again = csms(&["--state", &state]);
    let mut station = again.connect("CP1", Version::V1_6).await;
    let once_more = station.ask("StartTransaction", start).await;
    assert_eq!(once_more["transactionId"], id, "the same transaction");
    assert_eq!(once_more["idTagInfo"]["status"], "Accepted");
    assert_eq!(again.get("/v1/stations/CP1")["interval"], 9);
    let stop = json!({"transactionId": id, "meterStop": 15, "timestamp": "2024-05-15T13:00:00Z"});
    station.ask("StopTransaction", stop).await;
    assert_eq!(again.get("/v1/transactions")[0]["meterStop"], 15);
}

/// A lost end does not lock a driver out, and whoever only tries names leaves none behind.
#[tokio::test]
async fn lost_transactions_are_closed_and_strangers_are_forgotten() {
    let csms = csms(&[]);
    let mut stranger = csms.connect("STRANGER", Version::V1_6).await;
    stranger.ask("Heartbeat", json!({})).await;
    assert_eq!(csms.get("/v1/stations/STRANGER")["connected"], true);
    drop(stranger);
    common::until("the stranger is forgotten", || {
        let (status, _) = http(csms.api, "GET", "/v1/stations/STRANGER", &Value::Null);
        (status == 404).then_some(())
    });

    csms.ask("PUT", "/v1/tokens/A1", &json!({"status": "Accepted"}));
    assert_eq!(
        csms.get("/v1/tokens"),
        json!({"a1": {"status": "Accepted"}})
    );
    let mut station = csms.connect("CP1", Version::V1_6).await;
    let start = |connector: i64| {
        json!({"connectorId": connector, "idTag": "A1", "meterStart": 5,
               "timestamp": "2024-05-15T12:00:00Z"})
    };
    station.ask("StartTransaction", start(1)).await;
    let elsewhere = station.ask("StartTransaction", start(2)).await;
    assert_eq!(elsewhere["idTagInfo"]["status"], "ConcurrentTx");
    let close = "/v1/transactions/1/close";
    csms.ask("POST", close, &Value::Null);
    assert_eq!(csms.status("POST", close, &Value::Null), 404);
    assert_eq!(
        csms.status("POST", "/v1/transactions/99/close", &Value::Null),
        404
    );
    assert_eq!(
        csms.status("POST", "/v1/transactions/x/close", &Value::Null),
        400
    );
    let closed = csms.get("/v1/transactions?active=false");
    assert_eq!(
        closed[0]["warnings"],
        json!(["MissingEnd", "MissingMeterStop"])
    );
    let elsewhere = station.ask("StartTransaction", start(3)).await;
    assert_eq!(elsewhere["idTagInfo"]["status"], "Accepted");
}

/// TC_B_58_CSMS.
#[test]
fn without_a_common_version_there_is_no_upgrade_and_with_one_it_is_told() {
    let csms = csms(&[]);
    for (offer, wanted) in [
        ("ocpp0.1", None),
        ("ocpp0.1, ocpp2.0.1", Some("ocpp2.0.1")),
        ("ocpp1.6, ocpp2.0.1, ocpp2.1", Some("ocpp2.1")),
    ] {
        let mut socket = TcpStream::connect(csms.stations).unwrap();
        write!(
            socket,
            "GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Protocol: {offer}\r\n\r\n"
        )
        .unwrap();
        let mut head = String::new();
        for line in BufReader::new(socket).lines().map(Result::unwrap) {
            if line.is_empty() {
                break;
            }
            head.push_str(&line.to_ascii_lowercase());
            head.push('\n');
        }
        assert_eq!(
            head.starts_with("http/1.1 101 "),
            wanted.is_some(),
            "{head}"
        );
        let told = wanted.map(|name| format!("sec-websocket-protocol: {name}\n"));
        match told {
            Some(told) => assert!(head.contains(&told), "{head}"),
            None => assert!(!head.contains("sec-websocket-protocol"), "{head}"),
        }
    }
}

#[tokio::test]
async fn reservations_are_listed_with_what_became_of_them() {
    let csms = csms(&[]);
    let mut station = csms.connect("CP1", Version::V2_0_1).await;
    // Once the CSMS has answered it knows that the station is connected.
    station.ask("Heartbeat", json!({})).await;
    let reserve = json!({"id": 4, "expiryDateTime": "2099-01-01T00:00:00Z",
                         "idToken": {"idToken": "A1", "type": "ISO14443"}});
    let api = csms.api;
    let answered = tokio::task::spawn_blocking(move || {
        http(api, "POST", "/v1/stations/CP1/call/ReserveNow", &reserve)
    });
    let frame: Value = serde_json::from_str(&station.receive().await).unwrap();
    station
        .send(&json!([3, frame[1], {"status": "Accepted"}]).to_string())
        .await;
    assert_eq!(answered.await.unwrap().0, 200);
    let listed = csms.get("/v1/reservations?station=CP1");
    assert_eq!(
        listed,
        json!([{"id": 4, "station": "CP1", "idToken": "A1", "status": "ACCEPTED",
                "expiryDate": "2099-01-01T00:00:00Z"}])
    );
    let update = json!({"reservationId": 4, "reservationUpdateStatus": "Expired"});
    station.ask("ReservationStatusUpdate", update).await;
    assert_eq!(csms.get("/v1/reservations")[0]["status"], "EXPIRED");
    assert_eq!(csms.get("/v1/reservations?station=CP2"), json!([]));
}

#[tokio::test]
async fn bad_requests_of_the_operator_are_explained() {
    let csms = csms(&[]);
    for (method, path, body, status) in [
        ("POST", "/", Value::Null, 405),
        ("GET", "/v1/oops", Value::Null, 404),
        ("GET", "/v1/stations/CP1", Value::Null, 404),
        ("POST", "/v1/stations", Value::Null, 405),
        ("DELETE", "/v1/stations/CP1", Value::Null, 404),
        ("POST", "/v1/stations/CP1", Value::Null, 405),
        ("GET", "/v1/tokens/A1", Value::Null, 404),
        ("PUT", "/v1/tokens/A1", json!({"status": "Perhaps"}), 400),
        (
            "PUT",
            "/v1/tokens/A1",
            json!({"status": "Accepted", "x": 1}),
            400,
        ),
        (
            "PUT",
            "/v1/tokens/A1",
            json!({"status": "Accepted", "expiryDate": "soon"}),
            400,
        ),
        ("PUT", "/v1/stations/CP1", json!({"boot": "Never"}), 400),
        ("PUT", "/v1/stations/CP1", json!({"interval": -1}), 400),
        ("PUT", "/v1/stations/C:1", json!({}), 400),
        ("PUT", "/v1/stations/CP1", json!({"password": "1"}), 400),
        (
            "PUT",
            "/v1/stations/CP1",
            json!({"securityProfile": 4}),
            400,
        ),
        ("GET", "/v1/transactions?limit=0", Value::Null, 400),
        ("GET", "/v1/transactions?after=x", Value::Null, 400),
        ("GET", "/v1/transactions/1/meter-values", Value::Null, 404),
        ("GET", "/v1/transactions?active=maybe", Value::Null, 400),
    ] {
        let (found, answer) = http(csms.api, method, path, &body);
        assert_eq!(found, status, "{method} {path} {body}");
        assert!(answer["error"].is_string(), "{answer}");
    }
}

#[tokio::test]
async fn what_is_listed_comes_in_pages_and_stations_can_be_forgotten() {
    let csms = csms(&[]);
    for id in ["CP1", "CP2", "CP3"] {
        csms.ask(
            "PUT",
            &format!("/v1/stations/{id}"),
            &json!({"securityProfile": 1}),
        );
        csms.ask(
            "PUT",
            &format!("/v1/tokens/{id}"),
            &json!({"status": "Accepted"}),
        );
    }
    let page = csms.get("/v1/stations?after=CP1&limit=1");
    assert_eq!((&page[0]["id"], &page[1]), (&json!("CP2"), &Value::Null));
    assert_eq!(page[0]["securityProfile"], 1);
    let tokens = csms.get("/v1/tokens?after=cp2");
    assert_eq!(tokens.as_object().unwrap().len(), 1);
    let none = StationSecurity::Unsecured;
    let lower = csms.try_connect("CP1", Version::V1_6, none).await;
    assert!(lower.is_err(), "it may come with profile 1 or higher");
    csms.ask("PUT", "/v1/stations/CP1", &json!({"securityProfile": 0}));
    let mut station = csms.connect("CP1", Version::V1_6).await;
    // The program has it only when it answers.
    station.ask("Heartbeat", json!({})).await;
    let start = json!({"connectorId": 1, "idTag": "CP1", "meterStart": 0,
                       "timestamp": "2024-05-15T12:00:00Z"});
    let id = station.ask("StartTransaction", start).await["transactionId"].clone();
    let sample = json!([{"timestamp": "2024-05-15T12:10:00Z", "sampledValue": [{"value": "7"}]}]);
    let values = json!({"connectorId": 1, "transactionId": id, "meterValue": sample});
    station.ask("MeterValues", values).await;
    let values = csms.get("/v1/transactions/1/meter-values");
    assert_eq!(values[0]["value"], "7", "{values}");
    assert_eq!(csms.status("DELETE", "/v1/stations/CP1", &Value::Null), 409);
    assert_eq!(csms.get("/v1/transactions?after=1"), json!([]));
    assert_eq!(csms.status("DELETE", "/v1/stations/CP2", &Value::Null), 200);
    assert_eq!(csms.status("GET", "/v1/stations/CP2", &Value::Null), 404);
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_state_also_if_it_was_there_before() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new("csms-mode");
    let state = folder.file("state.redb");
    for before in [None, Some(0o644)] {
        if let Some(mode) = before {
            let permissions = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(&state, permissions).unwrap();
        }
        drop(csms(&["--state", &state]));
        let mode = std::fs::metadata(&state).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "before: {before:?}");
    }
}

/// C1: a stranger with the serial number of a station as his identity gets no certificate for it, and does not get in once it is
/// somebody's.
#[tokio::test]
async fn nobody_comes_in_as_the_station_whose_serial_number_he_has_taken_as_his_name() {
    let folder = Folder::new("names");
    let (root, key) = (folder.file("signing.pem"), folder.file("signing.key"));
    let csms = csms(&["--signing-ca", &root, "--signing-key", &key]);
    let request = |name: &str| {
        let own = SoftwareKey::generate(&mut |bytes| bytes.fill(7)).unwrap();
        let subject = Subject::station(name, "Operator");
        json!({"csr": own.certificate_request(&subject).unwrap().pem})
    };
    let mut stranger = csms.connect("SN-1", Version::V1_6).await;
    stranger.ask("BootNotification", boot()).await;
    let signed = stranger.ask("SignCertificate", request("SN-1")).await;
    assert_eq!(signed["status"], "Rejected");
    let put = |id: &str, what: Value| {
        let path = format!("/v1/stations/{id}");
        csms.status("PUT", &path, &what)
    };
    assert_eq!(put("CP1", json!({"serialNumber": "SN-1"})), 200);
    assert!(stranger.0.recv().await.is_err(), "it is thrown out");
    let none = || StationSecurity::Unsecured;
    assert!(
        csms.try_connect("SN-1", Version::V1_6, none())
            .await
            .is_err()
    );
    assert_eq!(put("SN-1", json!({})), 409);
    assert_eq!(put("CP2", json!({"serialNumber": "SN-1"})), 409);
    assert_eq!(put("CP2", json!({"serialNumber": "CP1"})), 409);
    assert_eq!(put("CP2", json!({"serialNumber": "SN-2"})), 200);
    let mut station = csms.connect("CP1", Version::V1_6).await;
    station.ask("BootNotification", boot()).await;
    let signed = station.ask("SignCertificate", request("SN-1")).await;
    assert_eq!(signed["status"], "Accepted");
    let connected = |id: &str| csms.get(&format!("/v1/stations/{id}"))["connected"].clone();
    assert_eq!(connected("CP1"), true);
    let path = "/v1/stations/CP1/disconnect";
    assert_eq!(csms.status("POST", path, &Value::Null), 200);
    // The certificate comes before.
    while station.0.recv().await.is_ok() {}
    assert_eq!(csms.status("DELETE", "/v1/stations/CP1", &Value::Null), 200);
    assert!(
        csms.try_connect("SN-1", Version::V1_6, none())
            .await
            .is_ok()
    );
}
