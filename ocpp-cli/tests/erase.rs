//! What is known of a person can be erased, and nothing of the token remains; what is old is forgotten.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::process::Command;

use common::{Folder, Program, ask, http, http_with};
use ocpp_tokio::Version;
use ocpp_tokio::testing::{MockError, MockStation};
use serde_json::{Value, json};

const TOKEN: &str = "C0FFEE99";

fn start(more: &[&str]) -> Program {
    Program::csms(more)
}

fn post(csms: &Program, path: &str, body: &Value) -> (u16, Value) {
    http(csms.address("operator"), "POST", path, body)
}

fn get(csms: &Program, path: &str) -> Value {
    ask(csms.address("operator"), "GET", path, &Value::Null)
}

async fn station(csms: &Program, id: &str, version: Version) -> MockStation {
    let url = format!("ws://{}", csms.address("stations"));
    let config = MockStation::config(&url, version, id).unwrap();
    let station = MockStation::run(config).await.unwrap();
    assert!(station.boot().await.unwrap().is_accepted());
    station
}

async fn charge(station: &MockStation, token: &str, wh: i64) -> Result<(), MockError> {
    station.plug(1);
    station.present(1, token).await?;
    station.charging(1).await?;
    station.deliver(1, wh);
    station.unplug(1);
    station.stopped(1).await?;
    station.delivered().await
}

/// Whether a text stands in a file, in capitals or not.
fn stands_in(file: &str, text: &str) -> bool {
    let bytes = std::fs::read(file).unwrap().to_ascii_lowercase();
    let text = text.to_ascii_lowercase();
    bytes
        .windows(text.len())
        .any(|there| there == text.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_token_remains_and_what_was_charged_stays() {
    let folder = Folder::new("erase");
    let state = folder.file("csms.redb");
    let mut csms = start(&["--state", &state]);
    let api = csms.address("operator");
    for token in [TOKEN, "OTHER-1"] {
        let path = format!("/v1/tokens/{token}");
        ask(
            api,
            "PUT",
            &path,
            &json!({"status": "Accepted", "parentIdTag": "FAMILY-4711"}),
        );
    }
    let stations = [
        station(&csms, "CP1", Version::V1_6).await,
        station(&csms, "CP2", Version::V2_0_1).await,
    ];
    for station in &stations {
        // More than stay in memory, and one of somebody else.
        for _ in 0..5 {
            charge(station, TOKEN, 1_000).await.unwrap();
        }
        charge(station, "OTHER-1", 70).await.unwrap();
        let id = station.identity();
        let entry = json!([{"idToken": {"idToken": TOKEN, "kind": "ISO14443"}, "info": {"status": "Accepted"}}]);
        let list = json!({"version": 1, "full": true, "entries": entry});
        let sent = post(&csms, &format!("/v1/stations/{id}/do/SendLocalList"), &list);
        assert_eq!(sent.0, 200, "{}", sent.1);
    }
    assert!(stands_in(&state, TOKEN));
    assert!(
        get(&csms, "/v1/stations/CP1/messages")
            .to_string()
            .contains(TOKEN)
    );

    // Whoever charges is not erased.
    stations[0].plug(2);
    stations[0].present(2, TOKEN).await.unwrap();
    stations[0].charging(2).await.unwrap();
    stations[0].delivered().await.unwrap();
    let (status, why) = post(&csms, "/v1/erase", &json!({"idToken": TOKEN}));
    assert_eq!(status, 409, "{why}");
    assert_eq!(
        get(&csms, &format!("/v1/tokens/{TOKEN}"))["status"],
        "Accepted"
    );
    stations[0].unplug(2);
    stations[0].stopped(2).await.unwrap();
    stations[0].delivered().await.unwrap();

    let (status, erased) = post(
        &csms,
        "/v1/erase",
        &json!({"idToken": TOKEN.to_lowercase()}),
    );
    assert_eq!(status, 200, "{erased}");
    let pseudonym = erased["pseudonym"].as_str().unwrap().to_owned();
    assert!(
        pseudonym.starts_with("ERASED-") && pseudonym.len() <= 20,
        "{erased}"
    );
    assert_eq!(
        (&erased["transactions"], &erased["running"]),
        (&json!(11), &json!([])),
        "{erased}"
    );
    let of = |token: &str| get(&csms, &format!("/v1/transactions?idToken={token}"));
    assert_eq!(of(TOKEN), json!([]));
    let its = of(&pseudonym);
    let its = its.as_array().unwrap();
    assert_eq!(its.len(), 11);
    let charged = its
        .iter()
        .filter(|one| one["meterStop"].as_i64() > one["meterStart"].as_i64());
    assert_eq!(charged.count(), 10, "registers stay");
    assert_eq!(of("OTHER-1").as_array().unwrap().len(), 2, "others stay");
    for path in [
        "/v1/stations/CP1/messages",
        "/v1/stations/CP2/messages",
        "/v1/reservations",
        "/v1/stations",
    ] {
        let told = get(&csms, path).to_string().to_uppercase();
        assert!(!told.contains(TOKEN), "{path}: {told}");
    }
    let (status, _) = http(api, "GET", &format!("/v1/tokens/{TOKEN}"), &Value::Null);
    assert_eq!(status, 404);
    assert_eq!(events(&csms).matches(TOKEN).count(), 0);
    // Nothing is left in the pages of the file that are free, and it is a file that can be read.
    assert!(!stands_in(&state, TOKEN));
    // The CSMS goes on, and a late message does not bring the token back.
    charge(&stations[1], "OTHER-1", 5).await.unwrap();
    drop(stations);
    assert!(csms.terminate());
    assert!(!stands_in(&state, TOKEN));
    let csms = start(&["--state", &state]);
    let all = get(&csms, "/v1/transactions");
    assert_eq!(all.as_array().unwrap().len(), 14);
    assert!(!all.to_string().contains(TOKEN));

    // The group, which nobody else has as a token.
    let (status, erased) = post(&csms, "/v1/erase", &json!({"group": "family-4711"}));
    assert_eq!((status, &erased["tokens"]), (200, &json!(1)), "{erased}");
    assert!(!stands_in(&state, "OTHER-1") && !stands_in(&state, "FAMILY-4711"));
}

/// All events that are kept.
fn events(csms: &Program) -> String {
    use std::io::{Read, Write};
    let mut socket = std::net::TcpStream::connect(csms.address("operator")).unwrap();
    write!(
        socket,
        "GET /v1/events?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    )
    .unwrap();
    socket
        .set_read_timeout(Some(std::time::Duration::from_millis(500)))
        .unwrap();
    let (mut all, mut piece) = (Vec::new(), [0; 65_536]);
    while let Ok(count @ 1..) = socket.read(&mut piece) {
        all.extend_from_slice(&piece[..count]);
    }
    let all = String::from_utf8_lossy(&all).into_owned();
    assert!(all.contains("TransactionEnded"), "{all}");
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_that_does_not_run_can_be_asked_too() {
    let folder = Folder::new("erase-command");
    let state = folder.file("csms.redb");
    let mut csms = start(&["--state", &state, "--accept-any-token"]);
    let station = station(&csms, "CP1", Version::V1_6).await;
    charge(&station, TOKEN, 9).await.unwrap();
    drop(station);
    assert!(csms.terminate());
    let erase = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ocpp"));
        let output = command.arg("erase").args(args).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    assert!(stands_in(&state, TOKEN));
    let (status, told, why) = erase(&["--state", &state, "--id-token", TOKEN]);
    assert_eq!(status, Some(0), "{why}");
    assert!(told.contains("in 1 transaction(s)"), "{told}");
    assert!(!stands_in(&state, TOKEN));
    let (status, _, why) = erase(&["--id-token", TOKEN]);
    assert_eq!(status, Some(1));
    assert!(why.contains("--state or --store"), "{why}");
}

#[test]
fn only_administrators_erase_and_what_is_wrong_is_told() {
    let folder = Folder::new("erase-roles");
    let tokens = folder.file("tokens");
    std::fs::write(
        &tokens,
        "operate 0123456789abcdef\nadmin fedcba9876543210\n",
    )
    .unwrap();
    let csms = start(&["--api-token-file", &tokens]);
    let erase = |token: &str, body: &str| {
        let token = format!("Authorization: Bearer {token}");
        let headers = ["Host: localhost", "Content-Type: application/json", &token];
        http_with(
            csms.address("operator"),
            "POST",
            "/v1/erase",
            &headers,
            body,
        )
    };
    assert_eq!(erase("0123456789abcdef", "{\"idToken\": \"A\"}").0, 403);
    for body in [
        "{}",
        "{\"idToken\": \"\"}",
        "{\"idToken\": 7}",
        "{\"idToken\": \"A\", \"group\": \"B\"}",
        "[]",
    ] {
        let (status, why) = erase("fedcba9876543210", body);
        assert_eq!(status, 400, "{body}: {why}");
        assert!(why["pointer"].is_string(), "{body}: {why}");
    }
    let (status, erased) = erase("fedcba9876543210", "{\"idToken\": \"NOBODY\"}");
    assert_eq!(
        (status, &erased["transactions"]),
        (200, &json!(0)),
        "{erased}"
    );
}
