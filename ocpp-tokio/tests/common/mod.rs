//! What several test programs need.
#![allow(dead_code, unreachable_pub, reason = "every test program uses a part")]

use std::net::SocketAddr;

use ocpp_tokio::server::{Attempt, Authenticator, Incoming, Refusal, Server, ServerOptions};
use ocpp_tokio::{ConnectOptions, Connection, CsmsSecurity, Identity, Version, connect};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Newest first.
pub const ALL: [Version; 3] = [Version::V2_1, Version::V2_0_1, Version::V1_6];

pub type AnyStation = fn(&Attempt<'_>) -> Result<(), Refusal>;
pub const ANY_STATION: AnyStation = |_| Ok(());

/// A CSMS on a loopback port.
pub struct Csms<A> {
    pub server: Server<A>,
    pub incoming: Incoming,
}

impl<A: Authenticator> Csms<A> {
    pub async fn new(options: ServerOptions, authenticator: A, security: CsmsSecurity) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server::new(options, authenticator);
        let incoming = server.listen(listener, security).unwrap();
        Self { server, incoming }
    }

    pub fn address(&self) -> SocketAddr {
        self.incoming.local_addr()
    }

    /// Both ends of a new connection, the station's first.
    pub async fn pair(&mut self, options: &ConnectOptions) -> (Connection, Connection) {
        let (station, there) = tokio::join!(connect(options), self.incoming.accept());
        (station.unwrap(), there.unwrap())
    }
}

pub async fn listen(options: ServerOptions, authenticator: AnyStation) -> Csms<AnyStation> {
    Csms::new(options, authenticator, CsmsSecurity::Unsecured).await
}

pub fn options<A: Authenticator>(csms: &Csms<A>, identity: &str) -> ConnectOptions {
    let identity = Identity::new(identity).unwrap();
    ConnectOptions::new(format!("ws://{}/ocpp", csms.address()), identity, &ALL)
}

/// A socket on which a handshake was requested by hand.
pub async fn raw<A: Authenticator>(csms: &Csms<A>, path: &str, headers: &str) -> TcpStream {
    let mut socket = TcpStream::connect(csms.address()).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    socket
}

/// The head of the answer to a handshake by hand.
pub async fn handshake<A: Authenticator>(csms: &Csms<A>, headers: &str) -> String {
    let mut socket = raw(csms, "/CP1", headers).await;
    read_until(&mut socket, b"\r\n\r\n").await
}

pub async fn read_until(io: &mut (impl AsyncRead + Unpin), end: &[u8]) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(end) {
        let byte = io
            .read_u8()
            .await
            .unwrap_or_else(|error| panic!("{error} after {:?}", String::from_utf8_lossy(&bytes)));
        bytes.push(byte);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub async fn read_all(io: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut bytes = Vec::new();
    io.read_to_end(&mut bytes).await.unwrap();
    bytes
}
