//! The stations of the CSMS, and what they share. Each station has a lock of its own; nothing is locked for all of them.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use ocpp_core::csms::ledger::RecordChange;
use ocpp_core::csms::remote::{
    Answer, Command, CommandError, Config, Input, Link, Outcome, Output, Question, RemoteStation,
    Shown, StationEvent,
};
use ocpp_core::csms::services::{Reservations, Tokens, TokensConfig};
use ocpp_core::time::Instant;
use ocpp_types::Version;
use tokio::sync::{mpsc, oneshot};
use tracing::warn;

use super::Failure;
use super::authority::Authority;
use super::journal::{Entry, Journal, Since};
use super::news::News;
use super::store::{Store, Unstored};
use ocpp_tokio::clock::{self, Clock};

const SHARDS: usize = 64;
/// Most stations that are known or connected.
const MAX_STATIONS: usize = 200_000;

/// What goes to the task of a connection.
#[derive(Debug)]
pub(super) enum ToStation {
    Text(String),
    Close,
}

/// A connection of a station.
#[derive(Debug)]
struct Line {
    /// Tells this connection from the station's earlier and later ones.
    number: u64,
    version: Version,
    texts: mpsc::UnboundedSender<ToStation>,
}

/// What the door has seen of a station.
#[derive(Debug, Clone, Default)]
pub(super) struct Proof {
    pub(super) common_name: Option<String>,
    pub(super) shown: Option<Shown>,
}

/// A station.
pub(super) struct Member {
    pub(super) id: String,
    pub(super) station: tokio::sync::Mutex<RemoteStation>,
    line: Mutex<Option<Line>>,
    commands: Mutex<HashMap<u64, oneshot::Sender<Result<Outcome, CommandError>>>>,
    journal: Mutex<Journal>,
    proof: Mutex<Proof>,
    /// There are records of it.
    kept: AtomicBool,
}

/// A poisoned lock protects whole values only.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Member {
    fn new(id: &str, station: RemoteStation, kept: bool) -> Arc<Self> {
        Arc::new(Self {
            id: id.into(),
            station: tokio::sync::Mutex::new(station),
            line: Mutex::default(),
            commands: Mutex::default(),
            journal: Mutex::default(),
            proof: Mutex::default(),
            kept: AtomicBool::new(kept),
        })
    }

    /// The version of its connection, if it has one.
    pub(super) fn version(&self) -> Option<Version> {
        lock(&self.line).as_ref().map(|line| line.version)
    }

    /// Whether there is something to remember of it.
    pub(super) fn is_kept(&self) -> bool {
        self.kept.load(Ordering::Relaxed)
    }

    pub(super) fn set_proof(&self, proof: Proof) {
        *lock(&self.proof) = proof;
    }

    pub(super) fn proof(&self) -> Proof {
        lock(&self.proof).clone()
    }

    /// The frames that are kept.
    pub(super) fn messages(&self, since: Since) -> Vec<Entry> {
        lock(&self.journal).since(since)
    }

    fn is_line(&self, number: u64) -> bool {
        lock(&self.line)
            .as_ref()
            .is_some_and(|line| line.number == number)
    }
}

/// The stations, the services and the records.
pub(super) struct Fleet {
    shards: Vec<RwLock<HashMap<String, Arc<Member>>>>,
    hasher: RandomState,
    count: AtomicU64,
    store: Store,
    tokens: Mutex<Tokens>,
    reservations: Mutex<Reservations>,
    /// Changes of a service are stored one after the other.
    services: tokio::sync::Mutex<()>,
    /// The number of the next transaction.
    next_number: AtomicU64,
    next_command: AtomicU64,
    next_line: AtomicU64,
    clock: Clock,
    config: Config,
    /// How many frames of a station are kept.
    max_messages: usize,
    authority: Option<Authority>,
    pub(super) news: News,
}

impl Fleet {
    pub(super) fn new(
        store: Store,
        config: Config,
        tokens: TokensConfig,
        max_messages: usize,
        authority: Option<Authority>,
    ) -> Result<Self, Failure> {
        let loaded = store.load()?;
        let mut services = (Tokens::new(tokens), Reservations::new());
        for record in &loaded.services {
            let known = services.0.apply(record)? || services.1.apply(record)?;
            if !known {
                return Err(format!("record {:?} is not known", record.key).into());
            }
        }
        let fleet = Self {
            shards: (0..SHARDS).map(|_| RwLock::default()).collect(),
            hasher: RandomState::new(),
            count: AtomicU64::new(0),
            store,
            tokens: Mutex::new(services.0),
            reservations: Mutex::new(services.1),
            services: tokio::sync::Mutex::default(),
            next_number: AtomicU64::new(loaded.last.saturating_add(1)),
            next_command: AtomicU64::new(0),
            next_line: AtomicU64::new(0),
            clock: Clock::new(),
            config,
            max_messages,
            authority,
            news: News::default(),
        };
        for (id, records) in loaded.stations {
            let mut station = fleet.unknown(&id);
            let records = records.iter();
            station.restore(records.map(|(key, record)| (key.as_str(), record.as_str())))?;
            lock(&fleet.tokens).resume(&id, station.ledger().open());
            fleet.insert(Member::new(&id, station, true));
        }
        Ok(fleet)
    }

    fn unknown(&self, id: &str) -> RemoteStation {
        RemoteStation::new(id, self.config.clone(), rand::random())
    }

    fn shard(&self, id: &str) -> &RwLock<HashMap<String, Arc<Member>>> {
        let hash = usize::try_from(self.hasher.hash_one(id) % SHARDS as u64).unwrap_or(0);
        // There are as many as that.
        &self.shards[hash]
    }

    fn insert(&self, member: Arc<Member>) {
        let shard = self.shard(&member.id);
        let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
        if shard.insert(member.id.clone(), member).is_none() {
            self.count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A station that is known or connected.
    pub(super) fn get(&self, id: &str) -> Option<Arc<Member>> {
        let shard = self.shard(id).read();
        let shard = shard.unwrap_or_else(PoisonError::into_inner);
        shard.get(id).map(Arc::clone)
    }

    /// A station, added if there is room.
    pub(super) fn get_or_add(&self, id: &str) -> Option<Arc<Member>> {
        if let Some(member) = self.get(id) {
            return Some(member);
        }
        if self.count.load(Ordering::Relaxed) >= MAX_STATIONS as u64 {
            return None;
        }
        let shard = self.shard(id).write();
        let mut shard = shard.unwrap_or_else(PoisonError::into_inner);
        let member = shard.entry(id.into()).or_insert_with(|| {
            self.count.fetch_add(1, Ordering::Relaxed);
            Member::new(id, self.unknown(id), false)
        });
        Some(Arc::clone(member))
    }

    /// An identity that nothing is known of leaves nothing behind.
    fn forget_unknown(&self, member: &Arc<Member>) {
        let shard = self.shard(&member.id).write();
        let mut shard = shard.unwrap_or_else(PoisonError::into_inner);
        if !member.is_kept() && lock(&member.line).is_none() && shard.remove(&member.id).is_some() {
            self.count.fetch_sub(1, Ordering::Relaxed);
        }
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

    pub(super) const fn store(&self) -> &Store {
        &self.store
    }

    pub(super) const fn clock(&self) -> Clock {
        self.clock
    }

    /// Looks at the tokens.
    pub(super) fn tokens<T>(&self, look: impl FnOnce(&Tokens) -> T) -> T {
        look(&lock(&self.tokens))
    }

    /// Looks at the reservations.
    pub(super) fn reservations<T>(&self, look: impl FnOnce(&Reservations) -> T) -> T {
        look(&lock(&self.reservations))
    }

    /// Makes a change of the tokens, stores it, and takes it. `Ok(None)`: there was none to make.
    pub(super) async fn change_tokens<E>(
        &self,
        change: impl FnOnce(&Tokens) -> Result<Option<RecordChange>, E>,
    ) -> Result<Result<Option<()>, E>, Unstored> {
        let _one_at_a_time = self.services.lock().await;
        let change = match change(&lock(&self.tokens)) {
            Ok(Some(change)) => change,
            Ok(None) => return Ok(Ok(None)),
            Err(error) => return Ok(Err(error)),
        };
        self.store.write(None, vec![change.clone()]).await?;
        // It was made here.
        let _ = lock(&self.tokens).apply(&change);
        Ok(Ok(Some(())))
    }

    /// Takes a connection. Gives its number.
    pub(super) async fn connected(
        &self,
        member: &Arc<Member>,
        link: Link,
        texts: mpsc::UnboundedSender<ToStation>,
    ) -> u64 {
        let mut station = member.station.lock().await;
        let number = self.next_line.fetch_add(1, Ordering::Relaxed);
        *lock(&member.line) = Some(Line {
            number,
            version: link.version,
            texts,
        });
        // The door may have let it in just before it was forgotten.
        if self.get(&member.id).is_none() {
            self.insert(Arc::clone(member));
        }
        self.drive(member, &mut station, Input::Connected(link))
            .await;
        number
    }

    /// Hands an input of a connection in, unless there is a later one. Gives the time to come back.
    pub(super) async fn of_line(
        &self,
        member: &Arc<Member>,
        number: u64,
        input: Input,
    ) -> Option<Instant> {
        let mut station = member.station.lock().await;
        if member.is_line(number) {
            self.drive(member, &mut station, input).await;
        }
        station.next_timeout()
    }

    /// A connection has ended.
    pub(super) async fn disconnected(&self, member: &Arc<Member>, number: u64) {
        let mut station = member.station.lock().await;
        if member.is_line(number) {
            self.drive(member, &mut station, Input::Disconnected).await;
            *lock(&member.line) = None;
        }
        drop(station);
        self.forget_unknown(member);
    }

    /// Carries a command out.
    pub(super) async fn command(
        &self,
        member: &Arc<Member>,
        command: Command,
    ) -> Result<Outcome, CommandError> {
        let id = self.next_command.fetch_add(1, Ordering::Relaxed);
        let (sender, outcome) = oneshot::channel();
        lock(&member.commands).insert(id, sender);
        {
            let mut station = member.station.lock().await;
            let input = Input::Command { id, command };
            self.drive(member, &mut station, input).await;
        }
        // A command always comes to an end.
        outcome.await.unwrap_or(Err(CommandError::NotConnected))
    }

    /// Keeps a station although nothing is known of it but that the operator has put it.
    pub(super) async fn keep(&self, member: &Arc<Member>) -> Result<(), Unstored> {
        if member.is_kept() {
            return Ok(());
        }
        let record = RecordChange {
            key: "station".into(),
            record: Some(r#"{"boot":"Accepted"}"#.into()),
        };
        self.store.write(Some(&member.id), vec![record]).await?;
        member.kept.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Carries out what an input brings.
    async fn drive(&self, member: &Arc<Member>, station: &mut RemoteStation, input: Input) {
        if let Input::Received(text) = &input {
            self.note(member, "station", text);
        }
        station.handle(self.clock.both(), input);
        while let Some(output) = station.poll_output() {
            match output {
                Output::Store(changes) => {
                    if self.store.write(Some(&member.id), changes).await.is_ok() {
                        member.kept.store(true, Ordering::Relaxed);
                    } else {
                        station.handle(self.clock.both(), Input::NotStored);
                    }
                }
                Output::Transmit(text) => {
                    self.note(member, "csms", &text);
                    self.to_station(member, ToStation::Text(text));
                }
                Output::Ask { question, about } => {
                    let answer = self.decide(&member.id, about);
                    station.handle(self.clock.both(), Input::Answer { question, answer });
                }
                Output::Event(event) => self.heed(member, station, &event).await,
                Output::CommandEnded { id, outcome } => {
                    if let Some(waits) = lock(&member.commands).remove(&id) {
                        // The operator may have gone away.
                        let _ = waits.send(outcome);
                    }
                }
                Output::Close(reason) => {
                    warn!("{}: the connection is ended: {reason:?}", member.id);
                    self.to_station(member, ToStation::Close);
                }
                _ => {}
            }
        }
    }

    fn to_station(&self, member: &Member, what: ToStation) {
        if let Some(line) = &*lock(&member.line) {
            // The task may be ending.
            let _ = line.texts.send(what);
        }
    }

    fn note(&self, member: &Member, from: &'static str, text: &str) {
        News::frame(&member.id, from, text);
        lock(&member.journal).add(clock::utc(), from, text, self.max_messages);
    }

    /// What takes more than one station to decide.
    fn decide(&self, station: &str, about: Question) -> Answer {
        match about {
            Question::Number => Answer::Number(self.next_number.fetch_add(1, Ordering::Relaxed)),
            Question::Authorize(asked) => {
                let mut tokens = lock(&self.tokens);
                let info = tokens.authorize(clock::utc(), station, &asked);
                let known = tokens.get(&asked.id_token.id_token).is_some();
                drop(tokens);
                self.news
                    .decided(station, &asked.id_token, info.status, known);
                Answer::Token(info)
            }
            Question::Cost(_) => Answer::Cost(None),
            Question::Sign(request) => {
                // Vehicles do not trust the root.
                let authority = self.authority.as_ref().filter(|_| !request.v2g);
                let names: Vec<&str> = request.names.iter().map(String::as_str).collect();
                let signed = authority.map(|authority| authority.sign(&request.csr, &names));
                Answer::Certificate(match signed {
                    None => None,
                    Some(Ok(chain)) => Some(chain),
                    Some(Err(why)) => {
                        warn!("{station}: no certificate: {why}");
                        None
                    }
                })
            }
            _ => Answer::Default,
        }
    }

    /// What an event means for the others.
    async fn heed(&self, member: &Arc<Member>, station: &RemoteStation, event: &StationEvent) {
        let id = &member.id;
        match event {
            StationEvent::TransactionEnded(bill) => {
                lock(&self.tokens).release(id, bill.reference);
            }
            StationEvent::TransactionPresumedOver { reference, .. } => {
                lock(&self.tokens).release(id, *reference);
            }
            StationEvent::TransactionResumed { reference, .. } => {
                if let Some(transaction) = station.ledger().transaction(*reference) {
                    lock(&self.tokens).hold(id, transaction);
                }
            }
            StationEvent::NotStored => {
                lock(&self.tokens).resume(id, station.ledger().open());
            }
            StationEvent::Reservation { .. } => self.reservation(id, event).await,
            _ => {}
        }
        self.news.heard(id, station, event);
    }

    async fn reservation(&self, id: &str, event: &StationEvent) {
        let _one_at_a_time = self.services.lock().await;
        let change = lock(&self.reservations).noted(id, event);
        if let Some(change) = change
            && self.store.write(None, vec![change.clone()]).await.is_ok()
        {
            // It was made here.
            let _ = lock(&self.reservations).apply(&change);
        }
    }
}
