//! A CSMS inside the user's own HTTP server, here hyper.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use common::{ALL, ANY_STATION, AnyStation};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use ocpp_tokio::server::{AsyncAuthenticator, Attempt, Refusal, Server, ServerOptions};
use ocpp_tokio::{
    ConnectError, ConnectOptions, Connection, Identity, SecurityProfile, Version, connect,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

type Stations = mpsc::Sender<Connection>;

/// What a user writes: one route for OCPP, the rest is the user's.
async fn route(
    server: Server<AnyStation>,
    stations: Stations,
    mut request: Request<Incoming>,
) -> Result<Response<String>, std::convert::Infallible> {
    if !request.uri().path().starts_with("/ocpp/") {
        return Ok(Response::new(
            "Hello from the rest of the application".to_owned(),
        ));
    }
    let upgrade = server
        .upgrade(&request, SecurityProfile::Unsecured, None, None)
        .await;
    if let Ok(pending) = upgrade.outcome {
        tokio::spawn(async move {
            if let Ok(upgraded) = hyper::upgrade::on(&mut request).await
                && let Ok(connection) = pending.complete(TokioIo::new(upgraded)).await
            {
                let _ = stations.send(connection).await;
            }
        });
    }
    Ok(upgrade.response)
}

async fn application() -> (std::net::SocketAddr, mpsc::Receiver<Connection>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server: Server<AnyStation> =
        Server::new(ServerOptions::new(&[Version::V2_0_1]), ANY_STATION);
    let (sender, receiver) = mpsc::channel(8);
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let (server, sender) = (server.clone(), sender.clone());
            let service = service_fn(move |request| route(server.clone(), sender.clone(), request));
            tokio::spawn(async move {
                let _ = http1::Builder::new()
                    .serve_connection(TokioIo::new(tcp), service)
                    .with_upgrades()
                    .await;
            });
        }
    });
    (address, receiver)
}

#[tokio::test]
async fn stations_connect_through_the_users_own_http_server() {
    let (address, mut stations) = application().await;
    let identity = Identity::new("CP1").unwrap();
    let mut options = ConnectOptions::new(format!("ws://{address}/ocpp"), identity, &ALL);
    let (station, there) = tokio::join!(connect(&options), stations.recv());
    let (mut station, mut there) = (station.unwrap(), there.unwrap());
    assert_eq!(there.info().version, Version::V2_0_1);
    assert!(there.is_compressed());
    let message = "[2,\"1\",\"BootNotification\",{}]".repeat(1000);
    let (sent, received) = tokio::join!(station.send(&message), there.recv());
    assert_eq!((sent, received), (Ok(()), Ok(message)));

    options.versions = vec![Version::V1_6];
    assert!(matches!(
        connect(&options).await,
        Err(ConnectError::NoCommonVersion)
    ));

    let mut socket = TcpStream::connect(address).await.unwrap();
    socket
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut page = String::new();
    socket.read_to_string(&mut page).await.unwrap();
    assert!(page.ends_with("Hello from the rest of the application"));
}

/// A body that is not Sync, as axum's.
struct Body(std::cell::Cell<u8>);

fn request(body: Body) -> Request<Body> {
    let request = Request::get("http://csms/ocpp/CP1")
        .header("upgrade", "websocket")
        .header("connection", "Upgrade")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "x3JJHMbDL1EzLkh9GBhXDw==")
        .header("sec-websocket-protocol", "ocpp2.0.1");
    request.body(body).unwrap()
}

fn sends<T: Send>(value: T) -> T {
    value
}

type Boxed = Box<dyn Fn(&Attempt<'_>) -> Result<(), Refusal> + Send + Sync>;

/// What the documentation of `Server::upgrade` and `Authenticator` names compiles (N4).
#[tokio::test]
async fn any_body_and_any_closure_will_do() {
    let profile = SecurityProfile::Unsecured;
    let options = || ServerOptions::new(&[Version::V2_0_1]);
    let wanted = "CP1".to_owned();
    let boxed: Boxed = Box::new(move |attempt| match **attempt.identity == *wanted {
        true => Ok(()),
        false => Err(Refusal::UnknownStation),
    });
    let server = Server::new(options(), boxed);
    let mut request = request(Body(0.into()));
    let upgrade = sends(server.upgrade(&request, profile, None, None));
    // The request is not borrowed any more.
    request.body_mut().0.set(1);
    assert_eq!(upgrade.await.response.status(), 101);
    let (parts, _) = request.into_parts();
    let asking = AsyncAuthenticator(|attempt: &Attempt<'_>| {
        let identity = attempt.identity.clone();
        async move {
            tokio::task::yield_now().await;
            match identity.len() {
                3 => Err(Refusal::UnknownStation),
                _ => Ok(()),
            }
        }
    });
    let server = Server::new(options(), asking);
    let upgrade = sends(server.upgrade_parts(&parts, profile, None, None)).await;
    assert_eq!(upgrade.response.status(), 404);
    assert!(upgrade.response.body().contains("not known"));
    assert!(upgrade.outcome.is_err());
}
