//! Listening: TCP connections in, open WebSocket connections out.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::{Authenticator, Rejection, Server};
use crate::security::CsmsSecurity;
use crate::websocket::{Connection, Transport};

/// Open connections that wait for the application.
const BACKLOG: usize = 64;
/// After a failed accept, which is nearly always a shortage of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The connections of one listener. Dropping it stops listening and ends handshakes; open connections stay.
#[derive(Debug)]
pub struct Incoming {
    connections: mpsc::Receiver<Connection>,
    local_addr: SocketAddr,
    // Aborts the accept loop when dropped.
    _task: JoinSet<()>,
}

impl Incoming {
    /// The next connection, ready for messages; `None` after [`Server::shutdown`]. Safe to cancel.
    ///
    /// Handshakes go on at the same time, up to [`ServerOptions::max_handshakes`](super::ServerOptions); when 64
    /// finished ones wait here, new ones wait too.
    pub async fn accept(&mut self) -> Option<Connection> {
        self.connections.recv().await
    }

    /// The address that the listener is bound to.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }
}

impl<A: Authenticator> Server<A> {
    /// Accepts stations from a listening socket, with one security profile.
    ///
    /// # Errors
    /// If the listener has no address, or profile 3 is to be served by a TLS side that asks for no certificates.
    pub fn listen(&self, listener: TcpListener, security: CsmsSecurity) -> io::Result<Incoming> {
        if let CsmsSecurity::TlsCertificate(tls) = &security
            && !tls.asks_for_certificates()
        {
            let problem = "security profile 3 needs roots for client certificates";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
        }
        let local_addr = listener.local_addr()?;
        let (sender, connections) = mpsc::channel(BACKLOG);
        let mut task = JoinSet::new();
        task.spawn(
            self.clone()
                .accept_loop(listener, Arc::new(security), sender),
        );
        Ok(Incoming {
            connections,
            local_addr,
            _task: task,
        })
    }

    async fn accept_loop(
        self,
        listener: TcpListener,
        security: Arc<CsmsSecurity>,
        sender: mpsc::Sender<Connection>,
    ) {
        let permits = Arc::new(Semaphore::new(self.shared.options.max_handshakes.max(1)));
        let mut handshakes = JoinSet::new();
        let registry = Arc::clone(&self.shared.registry);
        let shutdown = registry.shutdown_begun();
        tokio::pin!(shutdown);
        loop {
            // Finished handshakes leave nothing behind.
            while handshakes.try_join_next().is_some() {}
            let accepted = tokio::select! {
                () = &mut shutdown => return,
                Ok(permit) = Arc::clone(&permits).acquire_owned() => tokio::select! {
                    () = &mut shutdown => return,
                    accepted = listener.accept() => accepted.map(|accepted| (accepted, permit)),
                },
            };
            match accepted {
                Ok(((tcp, remote), permit)) => {
                    let (server, sender) = (self.clone(), sender.clone());
                    let security = Arc::clone(&security);
                    handshakes.spawn(async move {
                        if let Ok(connection) = server.accept_tcp(tcp, remote, &security).await {
                            // The application stopped listening: the connection ends by being dropped.
                            let _ = sender.send(connection).await;
                        }
                        drop(permit);
                    });
                }
                Err(_) => sleep(ACCEPT_PAUSE).await,
            }
        }
    }

    async fn accept_tcp(
        &self,
        tcp: TcpStream,
        remote: SocketAddr,
        security: &CsmsSecurity,
    ) -> Result<Connection, Rejection> {
        let handshake = async {
            // Messages are small and are written whole: there is nothing to gather.
            tcp.set_nodelay(true)
                .map_err(|error| Rejection::Broken(error.kind()))?;
            let (io, certificate) = match security.tls() {
                Some(tls) => tls.accept(tcp).await.map_err(Rejection::Tls)?,
                None => (Transport::Plain(tcp), None),
            };
            self.handshake(io, security.profile(), certificate.as_ref(), Some(remote))
                .await
        };
        let time = self.shared.options.handshake_timeout;
        let result = timeout(time, handshake)
            .await
            .unwrap_or(Err(Rejection::TimedOut));
        let (pending, io, unread) = self.report(Some(remote), result)?;
        pending.open(io, unread).await
    }
}
