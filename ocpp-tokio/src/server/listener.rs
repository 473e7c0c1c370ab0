//! Listening: TCP connections in, open WebSocket connections out.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::gate::{self, Gate, Shares};
use super::judge::Turn;
use super::source::Source;
use super::upgrade::Pending;
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
    /// finished ones wait here, new ones wait too, and in the end are turned away.
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
        let options = &self.shared.options;
        let gate = Gate::new(Shares {
            places: options.max_handshakes.max(1),
            waiting: options.max_waiting_handshakes.max(1),
            fair: options.handshake_timeout / 4,
            own: options.handshake_timeout / 2,
        });
        let mut handshakes = JoinSet::new();
        let registry = Arc::clone(&self.shared.registry);
        let shutdown = registry.shutdown_begun();
        tokio::pin!(shutdown);
        loop {
            // Finished handshakes leave nothing behind.
            while handshakes.try_join_next().is_some() {}
            let accepted = tokio::select! {
                () = &mut shutdown => return,
                () = gate.changed() => continue,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((tcp, remote)) => {
                    let turn = self.arrive(&gate, remote);
                    let (server, sender) = (self.clone(), sender.clone());
                    let security = Arc::clone(&security);
                    handshakes.spawn(async move {
                        server.take_turn(tcp, remote, &security, turn, sender).await;
                    });
                }
                Err(_) => {
                    gate.shed();
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn arrive(&self, gate: &Arc<Gate>, remote: SocketAddr) -> gate::Turn {
        let shared = &self.shared;
        let share = match self.source(Some(remote)) {
            Some(source) => {
                let share = shared.options.handshakes_per_address;
                shared.failures.share(source, share)
            }
            None => usize::MAX,
        };
        gate.arrive(Source::of(remote.ip()), share, Instant::now())
    }

    /// Waits for the turn of a connection, carries out its handshake, and hands it to the application.
    async fn take_turn(
        self,
        tcp: TcpStream,
        remote: SocketAddr,
        security: &CsmsSecurity,
        mut turn: gate::Turn,
        sender: mpsc::Sender<Connection>,
    ) {
        let time = self.shared.options.handshake_timeout;
        let pass = timeout(time, turn.pass()).await.ok().flatten();
        let Some(mut pass) = pass else {
            let crowded = Err::<(), _>(Rejection::Crowded);
            let _ = self.ended(Some(remote), Turn::Nobody, crowded).await;
            return;
        };
        let mut turn = Turn::Nobody;
        let handshake = async {
            tokio::select! {
                shaken = timeout(time, self.shake(tcp, remote, security, &mut turn)) => {
                    shaken.unwrap_or(Err(Rejection::TimedOut))
                }
                () = pass.stopped() => Err(Rejection::Crowded),
            }
        };
        let shaken = handshake.await;
        let Ok((pending, io, unread)) = self.ended(Some(remote), turn, shaken).await else {
            return;
        };
        if let Ok(connection) = pending.open(io, unread).await {
            pass.finish();
            // The application stopped listening: the connection ends by being dropped.
            let _ = sender.send(connection).await;
        }
    }

    async fn shake(
        &self,
        tcp: TcpStream,
        remote: SocketAddr,
        security: &CsmsSecurity,
        turn: &mut Turn,
    ) -> Result<(Pending, Transport, Vec<u8>), Rejection> {
        let broken = |error: io::Error| Rejection::Broken(error.kind());
        // Messages are small and are written whole: there is nothing to gather.
        tcp.set_nodelay(true).map_err(broken)?;
        // Those that only look whether somebody listens have done nothing wrong.
        if tcp.peek(&mut [0]).await.map_err(broken)? == 0 {
            return Err(Rejection::Broken(io::ErrorKind::UnexpectedEof));
        }
        *turn = Turn::Peer;
        let (io, certificate) = match security.tls() {
            Some(tls) => tls.accept(tcp).await.map_err(Rejection::Tls)?,
            None => (Transport::Plain(tcp), None),
        };
        let (profile, remote) = (security.profile(), Some(remote));
        self.handshake(io, profile, certificate.as_ref(), remote, turn)
            .await
    }
}
