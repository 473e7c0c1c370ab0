//! All stations, and what they share. Each station has a lock of its own; nothing is locked for all of them.

use std::collections::hash_map::{HashMap, RandomState};
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use ocpp_core::csms::ledger::RecordChange;
use ocpp_core::csms::remote::{Command, CommandError, Input, Link, Outcome, RemoteStation};
use tokio::sync::oneshot;

use super::application::AnyApplication;
use super::config::CsmsConfig;
use super::records::Records;
use super::services::Services;
use super::station::{Line, Member};
use super::store::{StoreError, station_rows};
use crate::clock::Clock;

const SHARDS: usize = 64;

/// The stations, the services and the records.
pub(super) struct Fleet {
    shards: Vec<RwLock<HashMap<Arc<str>, Arc<Member>>>>,
    hasher: RandomState,
    count: AtomicUsize,
    pub(super) records: Records,
    pub(super) services: Services,
    /// The number of the next transaction.
    pub(super) next_number: AtomicU64,
    next_command: AtomicU64,
    pub(super) clock: Clock,
    pub(super) config: CsmsConfig,
    pub(super) application: Arc<dyn AnyApplication>,
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
        last_number: u64,
        application: Arc<dyn AnyApplication>,
    ) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| RwLock::default()).collect(),
            hasher: RandomState::new(),
            count: AtomicUsize::new(0),
            records,
            services,
            next_number: AtomicU64::new(last_number.saturating_add(1)),
            next_command: AtomicU64::new(0),
            clock: Clock::new(),
            config,
            application,
        }
    }

    /// A station that nothing is known of.
    pub(super) fn stranger(&self, id: &str) -> RemoteStation {
        RemoteStation::new(id, self.config.station.clone(), rand::random())
    }

    fn shard(&self, id: &str) -> &RwLock<HashMap<Arc<str>, Arc<Member>>> {
        let number = self.hasher.hash_one(id) % SHARDS as u64;
        // There are as many as that.
        &self.shards[usize::try_from(number).unwrap_or(0)]
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
            Member::new(self.stranger(id), false)
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
        let gone = is_it && !member.is_kept() && !member.is_connected();
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

    /// Takes a connection; `None` if there is no room, or a newer one.
    pub(super) fn attach(&self, id: &str, line: Line) -> Option<Arc<Member>> {
        let (member, attached) = self.get_or_add(id, |member| member.attach(line))?;
        attached.then_some(member)
    }

    /// The core hears of a connection that was attached.
    pub(super) async fn connected(self: &Arc<Self>, member: &Arc<Member>, number: u64, link: Link) {
        let mut remote = member.remote.lock().await;
        if member.is_line(number) {
            let input = Input::Connected(link);
            self.drive(member, &mut remote, input).await;
        }
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
        }
        drop(remote);
        self.drop_unknown(member);
    }

    /// Carries a command out. It is carried out even if nobody waits for it any more.
    pub(super) async fn command(
        self: &Arc<Self>,
        member: &Arc<Member>,
        command: Command,
    ) -> Result<Outcome, CommandError> {
        let id = self.next_command.fetch_add(1, Ordering::Relaxed);
        let (sender, outcome) = oneshot::channel();
        member.await_outcome(id, sender);
        self.hand_in(member, Input::Command { id, command });
        // A command always comes to an end.
        outcome.await.unwrap_or(Err(CommandError::NotConnected))
    }

    /// Hands an input in, in a task of its own: whoever has it done may stop waiting, but nobody may stop in the middle of it,
    /// because then it would not be known whether the records are stored.
    pub(super) fn hand_in(self: &Arc<Self>, member: &Arc<Member>, input: Input) {
        let (fleet, member) = (Arc::clone(self), Arc::clone(member));
        tokio::spawn(async move {
            let mut remote = member.remote.lock().await;
            fleet.drive(&member, &mut remote, input).await;
        });
    }

    /// Keeps a station of which nothing is known but that the operator has put it.
    pub(super) async fn keep(&self, member: Arc<Member>) -> Result<Arc<Member>, StoreError> {
        // Whatever is stored of the station is stored under this lock: nothing is written over.
        let remote = member.remote.lock().await;
        if !member.is_kept() {
            let record = RecordChange {
                key: "station".into(),
                record: Some(r#"{"boot":"Accepted"}"#.into()),
            };
            let rows = station_rows(&member.id, vec![record]);
            self.records.write(rows).await?;
            member.set_kept(true);
        }
        drop(remote);
        Ok(self.settle(member))
    }

    /// A connection may have ended meanwhile and taken the station out of memory.
    fn settle(&self, member: Arc<Member>) -> Arc<Member> {
        let shard = self.shard(&member.id).write();
        let mut shard = shard.unwrap_or_else(PoisonError::into_inner);
        let there = shard.entry(Arc::clone(&member.id)).or_insert_with(|| {
            self.count.fetch_add(1, Ordering::Relaxed);
            member
        });
        there.set_kept(true);
        Arc::clone(there)
    }
}
