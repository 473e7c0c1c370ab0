//! All stations, and what they share. Each station has a lock of its own; nothing is locked for all of them.

use std::collections::hash_map::{HashMap, RandomState};
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use ocpp_core::csms::remote::{
    CloseReason, Command, CommandError, Input, Link, Outcome, RemoteStation,
};
use ocpp_core::csms::services::Serials;
use tokio::sync::oneshot;

use super::application::AnyApplication;
use super::cluster::Cluster;
use super::config::CsmsConfig;
use super::drain::Draining;
use super::journal::Budget;
use super::lists::sends_list;
use super::names::says_something;
use super::numbers::Numbers;
use super::outbox::Outbox;
use super::ownership::Me;
use super::pin::Pin;
use super::records::Records;
use super::services::Services;
use super::station::{Line, Member, Standing, lock};
use super::store::{Row, StoreError, Table, read_from};
use super::strangers::Strangers;
use crate::clock::Clock;

const SHARDS: usize = 64;

/// The stations, the services and the records.
pub(super) struct Fleet {
    shards: Vec<RwLock<HashMap<Arc<str>, Arc<Member>>>>,
    hasher: RandomState,
    count: AtomicUsize,
    pub(super) records: Records,
    pub(super) services: Services,
    /// Which stations have which serial numbers.
    pub(super) serials: Mutex<Serials>,
    /// Names are given one after the other, those of one place.
    pub(super) naming: Vec<tokio::sync::Mutex<()>>,
    pub(super) strangers: Strangers,
    pub(super) numbers: Numbers,
    pub(super) outbox: Outbox,
    pub(super) me: Me,
    pub(super) cluster: Cluster,
    pub(super) draining: Draining,
    next_command: AtomicU64,
    pub(super) journals: Arc<Budget>,
    pub(super) clock: Clock,
    pub(super) config: CsmsConfig,
    pub(super) application: Arc<dyn AnyApplication>,
    /// Tests hear what stations say first.
    #[cfg(feature = "testing")]
    pub(super) tap: std::sync::OnceLock<Arc<dyn super::tap::Tap>>,
}

impl std::fmt::Debug for Fleet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fleet")
            .field("stations", &self.count)
            .field("records", &self.records)
            .finish_non_exhaustive()
    }
}

impl Fleet {
    pub(super) fn new(
        config: CsmsConfig,
        records: Records,
        services: Services,
        (me, cluster): (Me, Cluster),
        application: Arc<dyn AnyApplication>,
    ) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| RwLock::default()).collect(),
            hasher: RandomState::new(),
            count: AtomicUsize::new(0),
            records,
            services,
            serials: Mutex::default(),
            naming: (0..SHARDS).map(|_| tokio::sync::Mutex::default()).collect(),
            strangers: Strangers::default(),
            numbers: Numbers::default(),
            outbox: Outbox::default(),
            me,
            cluster,
            draining: Draining::default(),
            next_command: AtomicU64::new(0),
            journals: Arc::default(),
            clock: Clock::new(),
            config,
            application,
            #[cfg(feature = "testing")]
            tap: std::sync::OnceLock::new(),
        }
    }

    /// A station that nothing is known of.
    pub(super) fn stranger(&self, id: &str) -> RemoteStation {
        RemoteStation::new(id, self.config.station.clone(), rand::random())
    }

    /// The shard of a name.
    pub(super) fn place(&self, name: &str) -> usize {
        let number = self.hasher.hash_one(name) % SHARDS as u64;
        usize::try_from(number).unwrap_or(0)
    }

    fn shard(&self, id: &str) -> &RwLock<HashMap<Arc<str>, Arc<Member>>> {
        // There are as many as that.
        &self.shards[self.place(id)]
    }

    pub(super) fn insert(&self, member: Arc<Member>) {
        let shard = self.shard(&member.id).write();
        let mut shard = shard.unwrap_or_else(PoisonError::into_inner);
        if shard.insert(Arc::clone(&member.id), member).is_none() {
            self.count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A station that is known or connected.
    pub(super) fn get(&self, id: &str) -> Option<Arc<Member>> {
        let shard = self.shard(id).read();
        let shard = shard.unwrap_or_else(PoisonError::into_inner);
        shard.get(id).map(Arc::clone)
    }

    /// How many are known or connected.
    pub(super) fn len(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    pub(super) fn is_full(&self) -> bool {
        self.count.load(Ordering::Relaxed) >= self.config.max_stations
    }

    /// A station, added if there is room; `touch` sees it before anybody can forget it.
    pub(super) fn get_or_add<T>(
        &self,
        id: &str,
        touch: impl FnOnce(&Member) -> T,
    ) -> Option<(Arc<Member>, T)> {
        let shard = self.shard(id).write();
        let mut shard = shard.unwrap_or_else(PoisonError::into_inner);
        if !shard.contains_key(id) && self.is_full() {
            return None;
        }
        let member = shard.entry(id.into()).or_insert_with(|| {
            self.count.fetch_add(1, Ordering::Relaxed);
            Member::new(self.stranger(id))
        });
        let touched = touch(member);
        Some((Arc::clone(member), touched))
    }

    /// Takes a station out of memory unless it is connected or there are records of it.
    pub(super) fn drop_unknown(&self, member: &Arc<Member>) -> bool {
        let shard = self.shard(&member.id).write();
        let mut shard = shard.unwrap_or_else(PoisonError::into_inner);
        let is_it = shard
            .get(&member.id)
            .is_some_and(|there| Arc::ptr_eq(there, member));
        let in_use = member.is_kept() || member.is_connected() || member.is_pinned();
        let gone = is_it && !in_use;
        if gone {
            shard.remove(&member.id);
            self.count.fetch_sub(1, Ordering::Relaxed);
        }
        gone
    }

    /// All stations, by identity.
    pub(super) fn all(&self) -> Vec<Arc<Member>> {
        let mut all = Vec::new();
        for shard in &self.shards {
            let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
            all.extend(shard.values().map(Arc::clone));
        }
        all.sort_by(|one, other| one.id.cmp(&other.id));
        all
    }

    /// Takes a connection; `None` if there is no room, or a newer one, or if the name has become another station's meanwhile.
    pub(super) fn attach(&self, id: &str, line: Line) -> Option<Arc<Member>> {
        let number = line.number;
        let (member, attached) = self.get_or_add(id, |member| member.attach(line))?;
        if self.is_taken(id) {
            member.detach(number);
            self.drop_unknown(&member);
            return None;
        }
        self.is_busy(&member);
        attached.then_some(member)
    }

    /// The core hears of a connection that was attached.
    ///
    /// # Errors
    /// What is known of the station cannot be read.
    pub(super) async fn connected(
        self: &Arc<Self>,
        member: &Arc<Member>,
        number: u64,
        mut link: Link,
        password: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        let mut remote = member.remote.lock().await;
        if member.is_line(number) {
            self.own(member, &mut remote).await?;
            if member.is_sealed() {
                return Err(StoreError::new("its record cannot be read"));
            }
        }
        if member.hear(number) {
            link.shown = password.and_then(|password| remote.shown(password));
            let input = Input::Connected(link);
            self.drive(member, &mut remote, input).await;
        }
        Ok(())
    }

    /// Hands an input of a connection in, unless there is a later one.
    pub(super) async fn of_line(self: &Arc<Self>, member: &Arc<Member>, number: u64, input: Input) {
        let mut remote = member.remote.lock().await;
        if member.is_line(number) {
            self.drive(member, &mut remote, input).await;
        }
    }

    /// A connection has ended.
    pub(super) async fn disconnected(self: &Arc<Self>, member: &Arc<Member>, number: u64) {
        let mut remote = member.remote.lock().await;
        if member.detach(number) {
            self.drive(member, &mut remote, Input::Disconnected).await;
            let has_transactions = remote.ledger().transactions().next().is_some();
            self.is_idle(member, has_transactions);
        }
        drop(remote);
        self.drop_unknown(member);
    }

    /// Carries a command out at this node. It is carried out even if nobody waits for it any more.
    pub(super) async fn command_here(
        self: &Arc<Self>,
        id: &str,
        command: Command,
    ) -> Result<Outcome, CommandError> {
        let carrying = self.with(id, |fleet, member| async move {
            if says_something(&command) {
                fleet.say(&member, command).await
            } else if sends_list(&command) {
                fleet.send_own_list(&member, command).await
            } else {
                fleet.perform(&member, command).await
            }
        });
        carrying.await.unwrap_or(Err(CommandError::TooMany))
    }

    /// Works with a station, in a task of its own: whoever has it done may stop waiting, but nobody may stop in the middle of it,
    /// because then it would not be known whether the records are stored. Meanwhile the station is not forgotten. `None`: there is no
    /// room for it.
    pub(super) async fn with<T, W>(
        self: &Arc<Self>,
        id: &str,
        work: impl FnOnce(Arc<Self>, Pin) -> W,
    ) -> Option<T>
    where
        W: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        let pin = self.pin(id)?;
        let working = tokio::spawn(work(Arc::clone(self), pin));
        // It ends, but for a fault of this program.
        working.await.ok()
    }

    /// Has the core carry a command out, and waits for what comes of it.
    pub(super) async fn perform(
        self: &Arc<Self>,
        member: &Arc<Member>,
        command: Command,
    ) -> Result<Outcome, CommandError> {
        let id = self.next_command.fetch_add(1, Ordering::Relaxed);
        let (sender, outcome) = oneshot::channel();
        member.await_outcome(id, sender);
        let mut remote = member.remote.lock().await;
        if self.own(member, &mut remote).await.is_err() {
            return Err(Self::not_carried_out(member, id, CommandError::NotStored));
        }
        // Nothing is written over a record that somebody may repair.
        if member.is_sealed() && !matches!(command, Command::CloseTransaction(_)) {
            return Err(Self::not_carried_out(member, id, CommandError::Unreadable));
        }
        let input = Input::Command { id, command };
        self.drive(member, &mut remote, input).await;
        drop(remote);
        // A command always comes to an end.
        outcome.await.unwrap_or(Err(CommandError::NotConnected))
    }

    /// A command that was not handed in.
    fn not_carried_out(member: &Member, id: u64, error: CommandError) -> CommandError {
        member.ended(id, Err(error.clone()));
        error
    }

    /// Forgets a station at this node. `false`: a transaction of it is open.
    pub(super) async fn forget_here(self: &Arc<Self>, id: &str) -> Result<bool, StoreError> {
        let forgetting = self.with(
            id,
            |fleet, member| async move { fleet.forget(&member).await },
        );
        // Without room there is nothing of it.
        forgetting.await.unwrap_or(Ok(true))
    }

    /// Forgets a station, as far as it is not needed for bills, and ends its connection. `false`: a transaction of it is open.
    pub(super) async fn forget(self: &Arc<Self>, member: &Arc<Member>) -> Result<bool, StoreError> {
        let mut remote = member.remote.lock().await;
        self.own(member, &mut remote).await?;
        if remote.ledger().open().next().is_some() {
            return Ok(false);
        }
        if member.throw_out(CloseReason::Forgotten) {
            self.drive(member, &mut remote, Input::Disconnected).await;
        }
        self.erase(member, &mut remote).await?;
        Ok(true)
    }

    /// Removes what is stored of a station but for its transactions, and what memory has of it.
    pub(super) async fn erase(
        &self,
        member: &Member,
        remote: &mut RemoteStation,
    ) -> Result<(), StoreError> {
        let mut rows = vec![Row::remove(Table::Stations, &*member.id)];
        rows.extend(Self::disown(member));
        rows.extend(self.names_to_free(member, remote).await?);
        // And what it keeps besides: its charging profiles.
        let prefix = format!("{}\n", member.id);
        let each = |key: &str, _: &str| {
            rows.push(Row::remove(Table::Stations, key));
            Ok(())
        };
        read_from(self.records.store(), Table::Stations, &prefix, each).await?;
        self.records.write(rows).await?;
        member.set_claim(None);
        member.set_read(false);
        // What is not stored here is stored with the next list, and says nothing before.
        let records = &self.records;
        let list = self
            .services
            .change_list(records, &member.id, |lists| lists.forget(&member.id));
        let _ = list.await;
        // It has none any more, so nobody else has it.
        self.tell_name(&member.id, None);
        let _ = lock(&self.serials).claim(&member.id, None);
        *remote = self.stranger(&member.id);
        member.set_sealed(false);
        self.stands(member, Standing::Unknown);
        Ok(())
    }
}
