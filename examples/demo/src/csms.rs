//! The CSMS: a value of the core that answers stations, and a registry of connections through which its operator calls them.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ocpp_core::csms::{self, Config, Refusal};
use ocpp_tokio::server::{Attempt, Server, ServerOptions};
use ocpp_tokio::session::{Driver, Handler, Peer, Reply, SessionOptions, Spoken, Stations};
use ocpp_tokio::{Connection, CsmsSecurity, Version, clock};
use ocpp_types::{v1_6, v2_0_1};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::{Failure, VERSIONS};

/// A CSMS that listens on a free port of this machine.
pub(crate) struct Csms {
    state: State,
    stations: Stations,
    url: String,
    // Aborts its tasks when dropped.
    _accepting: JoinSet<()>,
}

impl Csms {
    pub(crate) async fn start() -> Result<Self, Failure> {
        let state = State(Arc::new(Mutex::new(csms::Csms::new(Config::default()))));
        let stations = Stations::new();
        let anybody = |_: &Attempt<'_>| Ok(());
        let server = Server::new(ServerOptions::new(&VERSIONS), anybody);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let mut incoming = server.listen(listener, CsmsSecurity::Unsecured)?;
        let url = format!("ws://{}", incoming.local_addr());
        let mut accepting = JoinSet::new();
        let (handler, registry) = (state.clone(), stations.clone());
        accepting.spawn(async move {
            while let Some(connection) = incoming.accept().await {
                let (handler, registry) = (handler.clone(), registry.clone());
                tokio::spawn(async move { handler.serve(connection, &registry).await });
            }
        });
        Ok(Self {
            state,
            stations,
            url,
            _accepting: accepting,
        })
    }

    /// Where stations connect to.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What the CSMS knows.
    pub(crate) fn state(&self) -> MutexGuard<'_, csms::Csms> {
        self.state.lock()
    }

    /// Calls a station as its operator does.
    pub(crate) async fn call(
        &self,
        station: &str,
        action: &str,
        payload: String,
    ) -> Result<String, Failure> {
        let station = self.stations.get(station);
        let station = station.ok_or("the station is not connected")?;
        Ok(station.call(action, payload).await?)
    }
}

/// What the CSMS knows, for all its connections.
#[derive(Clone)]
struct State(Arc<Mutex<csms::Csms>>);

impl State {
    fn lock(&self) -> MutexGuard<'_, csms::Csms> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves a connection until it ends, in the version that was negotiated.
    async fn serve(self, connection: Connection, stations: &Stations) {
        match connection.info().version {
            Version::V1_6 => self.drive::<v1_6::Protocol>(connection, stations).await,
            _ => self.drive::<v2_0_1::Protocol>(connection, stations).await,
        }
    }

    async fn drive<P: Spoken>(self, connection: Connection, stations: &Stations)
    where
        Self: Handler<P>,
    {
        // The server offers no version but these two.
        if let Ok(driver) = Driver::<P>::csms(connection, SessionOptions::csms()) {
            stations.serve(driver, self).await;
        }
    }

    /// What a station is answered. Nothing is stored: everything is forgotten at the end.
    fn answer<T>(&self, answer: impl FnOnce(&mut csms::Csms) -> T) -> T {
        let mut csms = self.lock();
        let answer = answer(&mut csms);
        while csms.poll_output().is_some() {}
        answer
    }
}

fn reply_with<P: Spoken>(reply: Reply<P>, answer: Result<P::Response, Refusal>) {
    match answer {
        Ok(response) => reply.with_any(&response),
        Err(refusal) => {
            reply.refuse_with_details(refusal.code, refusal.description, refusal.details);
        }
    }
}

impl Handler<v1_6::Protocol> for State {
    async fn handle(
        &self,
        request: v1_6::AnyRequest,
        reply: Reply<v1_6::Protocol>,
        peer: &Peer<v1_6::Protocol>,
    ) {
        let station = peer.identity();
        reply_with(
            reply,
            self.answer(|csms| csms.handle_1_6(clock::utc(), station, &request)),
        );
    }
}

impl Handler<v2_0_1::Protocol> for State {
    async fn handle(
        &self,
        request: v2_0_1::AnyRequest,
        reply: Reply<v2_0_1::Protocol>,
        peer: &Peer<v2_0_1::Protocol>,
    ) {
        let station = peer.identity();
        reply_with(
            reply,
            self.answer(|csms| csms.handle_2_0_1(clock::utc(), station, &request)),
        );
    }
}
