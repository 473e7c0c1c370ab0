//! A station connects to the example, boots, and is called by an operator.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

use std::net::SocketAddr;

use example_axum::routes;
use ocpp_core::csms::remote::Command;
use ocpp_tokio::csms::{Csms, CsmsConfig, MemoryStore};
use ocpp_tokio::{
    ConnectError, ConnectOptions, Identity, Password, StationSecurity, Version, connect,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const TOKEN: &str = "a token of operators";
const PASSWORD: &str = "correct horse battery";

async fn application() -> SocketAddr {
    let csms = Csms::open(CsmsConfig::default(), MemoryStore::new(), ());
    let csms = csms.await.unwrap();
    let station = csms.put_station("CP1").await.unwrap();
    let password = Command::Password(Some(PASSWORD.into()));
    station.command(password).await.unwrap();
    let routes = routes(csms, TOKEN);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = routes.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

fn options(address: SocketAddr, password: &str) -> ConnectOptions {
    let identity = Identity::new("CP1").unwrap();
    let options = ConnectOptions::new(format!("ws://{address}/ocpp"), identity, &[Version::V1_6]);
    options.with_security(StationSecurity::Basic(Password::text(password).unwrap()))
}

async fn http(address: SocketAddr, request: &str, body: &str) -> String {
    http_with(address, request, body, TOKEN).await
}

async fn http_with(address: SocketAddr, request: &str, body: &str, token: &str) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let request = format!(
        "{request} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_station_connects_through_axum_and_is_called_by_an_operator() {
    let address = application().await;
    let wrong = connect(&options(address, "sixteen letters!")).await;
    assert!(matches!(wrong, Err(ConnectError::Unauthorized)));
    assert!(
        http(address, "GET /stations", "")
            .await
            .ends_with("\r\n\r\n[]")
    );

    for (request, token) in [
        ("GET /stations", "another token"),
        ("GET /stations", ""),
        ("POST /stations/CP1/Reset", "a token of operator"),
    ] {
        let refused = http_with(address, request, "{}", token).await;
        assert!(refused.starts_with("HTTP/1.1 401 "), "{refused}");
    }

    let mut station = connect(&options(address, PASSWORD)).await.unwrap();
    let boot = r#"[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]"#;
    station.send(boot).await.unwrap();
    let answer = station.recv().await.unwrap();
    assert!(
        answer.starts_with(r#"[3,"1",{"status":"Accepted""#),
        "{answer}"
    );
    assert!(
        http(address, "GET /stations", "")
            .await
            .ends_with(r#"["CP1"]"#)
    );

    let request = http(address, "POST /stations/CP1/Reset", r#"{"type":"Soft"}"#);
    let answered = async {
        let call = station.recv().await.unwrap();
        assert!(call.ends_with(r#""Reset",{"type":"Soft"}]"#), "{call}");
        let id = call.split('"').nth(1).unwrap();
        let answer = format!(r#"[3,"{id}",{{"status":"Accepted"}}]"#);
        station.send(&answer).await.unwrap();
    };
    let (response, ()) = tokio::join!(request, answered);
    assert!(response.ends_with(r#"{"status":"Accepted"}"#), "{response}");
    let nobody = http(address, "POST /stations/CP2/Reset", "{}").await;
    assert!(nobody.starts_with("HTTP/1.1 404 "), "{nobody}");
}
