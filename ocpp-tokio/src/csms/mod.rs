//! The driver of a CSMS: listeners, a [`RemoteStation`] for each station, and a store that has everything before anybody is told.
//!
//! ```
//! use ocpp_core::csms::TokenStatus;
//! use ocpp_core::csms::services::Token;
//! use ocpp_tokio::csms::{Csms, CsmsConfig, MemoryStore};
//! use ocpp_tokio::{ConnectOptions, CsmsSecurity, Identity, Version, connect};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // `()` is an application that decides nothing: the tokens that were put decide.
//! let csms = Csms::open(CsmsConfig::default(), MemoryStore::new(), ()).await?;
//! csms.put_token("04A2", &Token::of(TokenStatus::Accepted)).await?;
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let address = csms.listen(listener, CsmsSecurity::Unsecured)?;
//!
//! // A station.
//! let options = ConnectOptions::new(format!("ws://{address}/"), Identity::new("CP1")?, &[Version::V1_6]);
//! let mut station = connect(&options).await?;
//! station.send(r#"[2,"1","Authorize",{"idTag":"04a2"}]"#).await?;
//! assert_eq!(station.recv().await?, r#"[3,"1",{"idTagInfo":{"status":"Accepted"}}]"#);
//! assert!(csms.station("CP1").is_some_and(|station| station.is_connected()));
//! # Ok(())
//! # }
//! ```
//!
//! # What goes where
//!
//! - **[`Application`]** is what the user writes: who may charge, what it costs, what is to happen when something has happened.
//!   Whatever it leaves out is decided by the services of the core, the tokens above all.
//! - **[`Store`]** keeps the records. Nothing is acknowledged before it is durable; what cannot be stored has not happened, and the
//!   station is told an error. `FileStore` (feature `redb`) is a file, [`MemoryStore`] nothing that lasts.
//! - **[`Csms::listen`]** takes stations over one listener with one security profile; a CSMS may have several. Inside an HTTP server
//!   that is there already, [`Csms::server`] answers the upgrade and [`Csms::serve`] takes the connection.
//! - **[`StationHandle::command`]** and [`operate`](StationHandle::operate) are for the operator.
//!
//! # Who gets in
//!
//! A station with a password must show it, with a certificate it must bear the station's name (A00.FR.405): the identity, or the serial
//! number that the operator [provisioned](ocpp_core::csms::remote::Command::Provision). No station comes with a lower security profile
//! than it has come with before (A05), unless the operator
//! [lets it](ocpp_core::csms::remote::Command::LowestProfile). Nobody comes with the serial number of another station as his identity.
//! Made-up identities leave nothing behind: a station without records is forgotten with its connection, and of stations that the
//! operator has not put so many are remembered ([`CsmsConfig::max_strangers`]).

mod application;
mod bus;
mod cluster;
mod config;
mod connection;
mod door;
mod drain;
mod drive;
mod erase;
mod find;
mod fleet;
mod format;
mod handle;
mod journal;
mod links;
mod lists;
mod messages;
mod names;
mod numbers;
mod outbox;
mod ownership;
mod pin;
mod recall;
mod records;
mod retention;
mod services;
mod start;
mod station;
mod store;
mod strangers;
#[cfg(feature = "testing")]
pub(crate) mod tap;
mod unreadable;

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

#[cfg(doc)]
use ocpp_core::csms::RemoteStation;
use ocpp_core::csms::Reservation;
use ocpp_core::csms::ledger::RecordChange;
use ocpp_core::csms::remote::{Command, CommandError};
use ocpp_core::csms::services::{Full, NameTaken, Token, Tokens};
use tokio::net::TcpListener;

pub use application::{Application, Decision, Forgotten, Taken, TurnedAway};
#[cfg(feature = "nats")]
pub use bus::NatsBus;
pub use bus::{Bus, BusError, Delivery, Switchboard};
pub use config::CsmsConfig;
pub use drain::{DrainPlan, Drained};
pub use erase::{EraseError, Erased, Person};
pub use find::{StoredTransaction, TransactionFilter, TransactionsPage};
pub use handle::StationHandle;
pub use journal::Message;
pub use links::StationLink;
pub use retention::Swept;
pub use start::StartError;
#[cfg(feature = "redb")]
pub use store::FileStore;
#[cfg(feature = "postgres")]
pub use store::PostgresStore;
pub use store::{Expect, MemoryStore, Row, Store, StoreError, Table};
pub use unreadable::UnreadableRecord;

use crate::clock;
use crate::identity::{Identity, InvalidIdentity};
use crate::security::CsmsSecurity;
use crate::server::{Authenticator, Server};
use crate::websocket::Connection;
use door::Door;
use fleet::Fleet;
use outbox::Outbox;
use station::Member;

/// A CSMS. Cheap to clone: all clones are the same one. See the [module documentation](self).
#[derive(Debug, Clone)]
pub struct Csms {
    fleet: Arc<Fleet>,
    server: Server<Door>,
}

/// Why something was not put.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PutError {
    /// There is no room for more.
    #[error(transparent)]
    Full(#[from] Full),
    /// It could not be stored, so nothing has changed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another station has this name, as its serial number.
    #[error(transparent)]
    Taken(#[from] NameTaken),
    /// What is stored of it cannot be read. It can be forgotten, and put anew.
    #[error("what is stored of the station cannot be read: forget it, and put it anew")]
    Unreadable,
    /// Stations cannot be called so.
    #[error(transparent)]
    Identity(#[from] InvalidIdentity),
}

impl Csms {
    /// Begins with what the store knows.
    ///
    /// # Errors
    /// When the store cannot be read. Single records that cannot are [set aside](UnreadableRecord).
    pub async fn open<S: Store, A: Application>(
        config: CsmsConfig,
        store: S,
        application: A,
    ) -> Result<Self, StartError> {
        Self::begin(config, Arc::new(store), None, Arc::new(application)).await
    }

    /// Begins as one node of several that share a store. Each has a [name](CsmsConfig::node) of its own. A station belongs to the node
    /// that it is connected to; commands reach it from every node.
    ///
    /// # Errors
    /// When the store cannot be read, or the bus cannot be reached.
    pub async fn open_node<S: Store, B: Bus, A: Application>(
        config: CsmsConfig,
        store: S,
        bus: B,
        application: A,
    ) -> Result<Self, StartError> {
        let bus: Arc<dyn bus::AnyBus> = Arc::new(bus);
        Self::begin(config, Arc::new(store), Some(bus), Arc::new(application)).await
    }

    async fn begin(
        config: CsmsConfig,
        store: Arc<dyn store::AnyStore>,
        bus: bus::MaybeBus,
        application: Arc<dyn application::AnyApplication>,
    ) -> Result<Self, StartError> {
        let fleet = start::load(config, store, bus, application).await?;
        Outbox::begin(&fleet);
        cluster::begin(&fleet);
        retention::begin(&fleet);
        let server = Server::new(fleet.config.server.clone(), Door(Arc::clone(&fleet)));
        Ok(Self { fleet, server })
    }

    /// Takes stations over a listener, with one security profile, until [`shutdown`](Self::shutdown). Gives the address that it
    /// is bound to.
    ///
    /// # Errors
    /// If the listener has no address, or profile 3 is to be served by a TLS side that asks for no certificates.
    pub fn listen(&self, listener: TcpListener, security: CsmsSecurity) -> io::Result<SocketAddr> {
        let mut incoming = self.server.listen(listener, security)?;
        let (address, csms) = (incoming.local_addr(), self.clone());
        tokio::spawn(async move {
            while let Some(connection) = incoming.accept().await {
                csms.serve(connection);
            }
        });
        Ok(address)
    }

    /// The server that lets stations in, for upgrades inside an HTTP server that is there already; hand what it lets in to
    /// [`serve`](Self::serve).
    #[must_use]
    pub const fn server(&self) -> &Server<impl Authenticator + use<>> {
        &self.server
    }

    /// Serves a connection that [`server`](Self::server) has let in, in a task of its own.
    pub fn serve(&self, connection: Connection) {
        tokio::spawn(connection::serve(Arc::clone(&self.fleet), connection));
    }

    /// A station that is known or connected.
    #[must_use]
    pub fn station(&self, identity: &str) -> Option<StationHandle> {
        let member = self.fleet.get(identity)?;
        Some(self.handle(&member))
    }

    /// All stations that are known or connected, by identity.
    #[must_use]
    pub fn stations(&self) -> Vec<StationHandle> {
        let all = self.fleet.all().into_iter();
        all.map(|member| self.handle(&member)).collect()
    }

    /// A station that is known or connected, whichever node has it, as it is stored now.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn find_station(&self, identity: &str) -> Result<Option<StationHandle>, StoreError> {
        if self.fleet.has_others() {
            self.fleet.read_anew(identity).await?;
        }
        let handle = StationHandle::new(Arc::clone(&self.fleet), identity.into());
        let is_known = self.fleet.get(identity).is_some() || handle.link().await.node().is_some();
        Ok(is_known.then_some(handle))
    }

    /// Stations that are known to the store, or connected to this node, whose identities come after `after`, at most `limit`, by identity.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn stations_after(
        &self,
        after: &str,
        limit: usize,
    ) -> Result<Vec<StationHandle>, StoreError> {
        let here = self
            .fleet
            .all()
            .into_iter()
            .map(|member| Arc::clone(&member.id));
        let mut ids: BTreeSet<Arc<str>> = here.filter(|id| &**id > after).collect();
        if self.fleet.has_others() {
            let stored = self.fleet.stations_of_store(after, limit).await?;
            for id in stored {
                // Those that others have begun to know since.
                if self.fleet.get(&id).is_none() {
                    self.fleet.read_anew(&id).await?;
                }
                ids.insert(id.into());
            }
        }
        let handle = |id| StationHandle::new(Arc::clone(&self.fleet), id);
        Ok(ids.into_iter().take(limit).map(handle).collect())
    }

    /// Where stations are connected, in their order, whichever node has them.
    pub async fn links(&self, stations: &[StationHandle]) -> Vec<StationLink> {
        let ids: Vec<&str> = stations.iter().map(StationHandle::identity).collect();
        self.fleet.links(&ids).await
    }

    /// A handle of a station that this node need not know: commands go to whoever has it.
    #[must_use]
    pub fn station_called(&self, identity: &str) -> StationHandle {
        StationHandle::new(Arc::clone(&self.fleet), identity.into())
    }

    fn handle(&self, member: &Member) -> StationHandle {
        StationHandle::new(Arc::clone(&self.fleet), Arc::clone(&member.id))
    }

    /// A station as the operator knows it, kept from now on whether it connects or not.
    ///
    /// # Errors
    /// Stations cannot be called so, another station has this name as its serial number, there is no room for more stations, or it
    /// could not be stored.
    pub async fn put_station(&self, identity: &str) -> Result<StationHandle, PutError> {
        Identity::new(identity)?;
        let put = self.fleet.command(identity, Command::Put).await;
        match put {
            Ok(_) => Ok(StationHandle::new(Arc::clone(&self.fleet), identity.into())),
            Err(CommandError::NameTaken) => Err(NameTaken.into()),
            Err(CommandError::Unreadable) => Err(PutError::Unreadable),
            Err(CommandError::NotStored) => {
                let why = "the station is not stored";
                Err(self
                    .health()
                    .await
                    .err()
                    .unwrap_or_else(|| StoreError::new(why))
                    .into())
            }
            Err(_) => Err(Full.into()),
        }
    }

    /// Tokens whose texts in lower case come after this one, at most `limit`, by their texts. They are copied, so that stations wait for
    /// no longer than that takes.
    #[must_use]
    pub fn tokens_after(&self, after: &str, limit: usize) -> Vec<(String, Token)> {
        self.tokens(|tokens| {
            let some = tokens.after(after).take(limit);
            some.map(|(text, token)| (text.to_owned(), token.clone()))
                .collect()
        })
    }

    /// Looks at the tokens. Every station that asks for one waits meanwhile.
    pub fn tokens<T>(&self, look: impl FnOnce(&Tokens) -> T) -> T {
        self.fleet.services.tokens(look)
    }

    /// Adds a token, or changes it.
    ///
    /// # Errors
    /// There is no room for more tokens, or it could not be stored.
    pub async fn put_token(&self, token: &str, value: &Token) -> Result<(), PutError> {
        let (text, value) = (token.to_owned(), value.clone());
        let before = self.fleet.message_of(token);
        let put = move |tokens: &Tokens| tokens.put(&text, &value).map(Some);
        self.change_token(token, put).await??;
        self.fleet.message_changed(token, before).await;
        Ok(())
    }

    /// In a task of its own: whoever waits for it may go away, and what is stored is in memory all the same.
    async fn change_token<E: Send + 'static>(
        &self,
        token: &str,
        change: impl FnOnce(&Tokens) -> Result<Option<RecordChange>, E> + Send + 'static,
    ) -> Result<Result<Option<()>, E>, StoreError> {
        let (fleet, token) = (Arc::clone(&self.fleet), token.to_owned());
        let changing = tokio::spawn(async move {
            let Fleet {
                services, records, ..
            } = &*fleet;
            services.change_token(records, &token, change).await
        });
        changing.await.map_err(StoreError::new)?
    }

    /// Forgets a token. `false`: it is not known.
    ///
    /// # Errors
    /// It could not be stored.
    pub async fn delete_token(&self, token: &str) -> Result<bool, StoreError> {
        let text = token.to_owned();
        let delete = move |tokens: &Tokens| Ok::<_, Infallible>(tokens.delete(&text));
        let Ok(deleted) = self.change_token(token, delete).await?;
        Ok(deleted.is_some())
    }

    /// The reservations that stations were asked for, by station and number.
    #[must_use]
    pub fn reservations(&self) -> Vec<Reservation> {
        let now = clock::utc();
        self.fleet
            .services
            .reservations(|all| all.iter(now).collect())
    }

    /// Whether records can be stored. After an error it is tried now.
    ///
    /// # Errors
    /// They cannot: stations are told errors until they can.
    pub async fn health(&self) -> Result<(), StoreError> {
        self.fleet.records.check().await
    }

    /// Records that cannot be read: the first thousand by name, and how many there are. Everything else goes on without them.
    #[must_use]
    pub fn unreadable(&self) -> (Vec<UnreadableRecord>, usize) {
        self.fleet.records.unreadable()
    }

    /// Takes no more stations, ends all connections, and waits until they are gone, but at most for `grace`. Returns how many were
    /// still there then. What this node has to tell others has left by then, or the time is over; its stations belong to whoever they
    /// connect to next.
    pub async fn shutdown(&self, grace: Duration) -> usize {
        let began = tokio::time::Instant::now();
        let left = self.server.shutdown(grace).await;
        let rest = grace.saturating_sub(began.elapsed());
        // What has not left stands in the store.
        let _ = tokio::time::timeout(rest, self.fleet.cluster.post.flush()).await;
        left
    }

    /// How many events services that follow what happens have not been told, because the bus could not be reached for too long. Bills are
    /// never among them.
    #[must_use]
    pub fn missed_events(&self) -> u64 {
        self.fleet.cluster.post.missed()
    }
}
