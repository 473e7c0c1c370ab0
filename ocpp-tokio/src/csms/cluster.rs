//! What nodes of a CSMS do for each other: commands reach the node that has the station, and what one changes the others learn.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use ocpp_core::csms::ledger::{Bill, IdToken, RecordChange, Transaction};
use ocpp_core::csms::remote::{Command, CommandError, Outcome, StationEvent, TokenInfo};
use ocpp_core::csms::services::Tokens;
use ocpp_core::session::CallFailure;
use ocpp_core::time::DateTime;
use serde::Serialize;
use tokio::sync::oneshot;

use super::bus::{AnyBus, Delivery, Expiring, MaybeBus, Message, Post, Work};
use super::fleet::Fleet;
use super::links::Questions;
use super::ownership::{node_of, process_of};
use super::station::{ToStation, lock};
use super::store::{Expect, Row, StoreError, Table, number_key, owner, read_all, read_from};
use crate::clock;

/// The keys of commands that have begun begin so.
const COMMANDS: &str = "command/";

/// How long a command may be on its way, in milliseconds.
const ON_ITS_WAY: i64 = 60_000;

/// How long the end of a command is waited for.
const PATIENCE: Duration = Duration::from_secs(600);

/// How often it is looked whether the node that carries a command out is still there.
const LOOK: Duration = Duration::from_secs(2);

/// How long to wait when the bus or the store fails.
const RETRY: Duration = Duration::from_secs(1);

type Outcomes = HashMap<String, oneshot::Sender<Result<Outcome, CommandError>>>;

/// The other nodes.
#[derive(Debug)]
pub(super) struct Cluster {
    bus: MaybeBus,
    pub(super) post: Post,
    /// Commands that other nodes carry out for this one.
    waiting: Mutex<Outcomes>,
    /// Questions to other nodes, by their ids.
    pub(super) questions: Questions,
}

/// What became of a command that was given to another node.
enum Forwarded {
    Ended(Result<Outcome, CommandError>),
    /// It has not begun, and does not begin there any more.
    TakenBack,
}

/// The key of a command that has begun, or that nobody may begin.
fn command_key(id: &str) -> String {
    format!("{COMMANDS}{id}")
}

/// What services that follow what happens are told.
#[derive(Serialize)]
struct News<'a> {
    station: &'a str,
    at: DateTime,
    #[serde(flatten)]
    what: What<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum What<'a> {
    /// Told once, or not at all if the bus is away for too long.
    Event(&'a StationEvent),
    /// Told at least once.
    Bill(&'a Bill),
}

impl Cluster {
    /// Whether a process is known to be gone.
    pub(super) async fn is_gone(&self, process: &str) -> bool {
        match &self.bus {
            Some(bus) => bus.is_alive(process).await.is_ok_and(|alive| !alive),
            None => true,
        }
    }

    pub(super) fn new(bus: MaybeBus, post: Post) -> Self {
        Self {
            post,
            bus,
            waiting: Mutex::default(),
            questions: Questions::default(),
        }
    }
}

/// Takes messages for this node until the CSMS is gone.
pub(super) fn begin(fleet: &Arc<Fleet>) {
    if let Some(bus) = &fleet.cluster.bus {
        tokio::spawn(receive(Arc::downgrade(fleet), Arc::clone(bus)));
    }
}

async fn receive(fleet: Weak<Fleet>, bus: Arc<dyn AnyBus>) {
    loop {
        // Not to hold the fleet for ever while nothing comes.
        let received = tokio::time::timeout(LOOK, bus.receive()).await;
        let Some(fleet) = fleet.upgrade() else {
            return;
        };
        match received {
            Ok(Ok(delivery)) => {
                tokio::spawn(async move { fleet.take_delivery(delivery).await });
            }
            Ok(Err(_)) => tokio::time::sleep(RETRY).await,
            Err(_) => {}
        }
    }
}

impl Fleet {
    async fn take_delivery(self: &Arc<Self>, delivery: Delivery) {
        // Nodes of later builds may say more.
        let Ok(message) = serde_json::from_str(&delivery.text) else {
            let _ = delivery.done().await;
            return;
        };
        let learnt = match message {
            Message::Command {
                id,
                from,
                station,
                command,
            } => {
                self.take_command(delivery, id, &from, &station, *command)
                    .await;
                return;
            }
            Message::Ended { id, outcome } => {
                if let Some(waiting) = lock(&self.cluster.waiting).remove(&id) {
                    // The operator may have gone away.
                    let _ = waiting.send(outcome);
                }
                Ok(())
            }
            Message::Services(keys) => self.services_changed(keys).await,
            Message::Transaction { station, reference } => {
                self.transaction_changed(&station, reference).await
            }
            Message::Taken { station } => self.was_taken(&station).await,
            Message::Named {
                station,
                serial_number,
            } => self.was_named(&station, serial_number.as_deref()).await,
            Message::AskLinks { id, from, stations } => {
                let versions = self.links_here(&stations);
                let links = Message::Links { id, versions };
                self.cluster.post.tell(Some(&from), links);
                Ok(())
            }
            Message::Links { id, versions } => {
                self.cluster.questions.answered(&id, versions);
                Ok(())
            }
        };
        if learnt.is_ok() {
            // It may come again, and says the same then.
            let _ = delivery.done().await;
        } else {
            // It is delivered again.
            tokio::time::sleep(RETRY).await;
        }
    }

    async fn take_command(
        self: &Arc<Self>,
        delivery: Delivery,
        id: String,
        from: &str,
        station: &str,
        command: Expiring<Work>,
    ) {
        // Whoever begins it says so before: it is not begun again.
        match self.begin_command(&id, command.until()).await {
            Ok(()) => {}
            Err(error) if error.is_conflict() => {
                let _ = delivery.done().await;
                return;
            }
            Err(_) => {
                // It is delivered again.
                tokio::time::sleep(RETRY).await;
                return;
            }
        }
        let _ = delivery.done().await;
        let outcome = match command.in_time() {
            // Its station may have gone elsewhere meanwhile. In a box: a command that is handed on may come back.
            Some(work) => Box::pin(self.carry_out(station, work)).await,
            None => Err(CommandError::Call(CallFailure::Expired)),
        };
        let ended = Message::Ended { id, outcome };
        self.cluster.post.tell(Some(from), ended);
    }

    /// Forgets commands that cannot come again: they would be too late.
    pub(super) async fn forget_commands(&self) -> Result<(), StoreError> {
        if self.cluster.bus.is_none() {
            return Ok(());
        }
        let now = clock::utc().unix_millis();
        let mut over = Vec::new();
        let store = self.records.store();
        read_from(store, Table::Nodes, COMMANDS, |key, until| {
            // The clocks of the nodes differ a little.
            if until.parse::<i64>().unwrap_or(0) + ON_ITS_WAY < now {
                over.push(Row::remove(Table::Nodes, key));
            }
            Ok(())
        })
        .await?;
        if over.is_empty() {
            return Ok(());
        }
        self.records.write(over).await
    }

    async fn services_changed(self: &Arc<Self>, mut keys: Vec<String>) -> Result<(), StoreError> {
        let store = self.records.store();
        if keys.is_empty() {
            read_all::<StoreError>(store, Table::Services, |key, _| {
                keys.push(key.into());
                Ok(())
            })
            .await?;
        }
        for key in keys {
            let record = store.get(Table::Services, &key).await?;
            let token = Tokens::token_of(&key).map(String::from);
            let before = token.as_deref().and_then(|token| self.message_of(token));
            // What cannot be read the start tells of.
            let _ = self.services.restore(&RecordChange { key, record });
            if let Some(token) = token {
                self.message_changed(&token, before).await;
            }
        }
        Ok(())
    }

    async fn transaction_changed(&self, station: &str, reference: u64) -> Result<(), StoreError> {
        let store = self.records.store();
        let value = store
            .get(Table::Transactions, &number_key(reference))
            .await?;
        let record = value.as_deref().map(|value| owner(value).1);
        let transaction =
            record.and_then(|record| serde_json::from_str::<Transaction>(record).ok());
        self.services
            .changed(station, reference, transaction.as_ref());
        Ok(())
    }

    async fn was_taken(self: &Arc<Self>, station: &str) -> Result<(), StoreError> {
        let Some(member) = self.get(station) else {
            return Ok(());
        };
        let _remote = member.remote.lock().await;
        let held = member.claim();
        if held.is_some() && self.claim_of(station).await? != held {
            member.set_claim(None);
            member.set_read(false);
            member.send(ToStation::Elsewhere);
        }
        Ok(())
    }

    /// Whether there may be other nodes that it can talk to.
    pub(super) const fn has_others(&self) -> bool {
        self.cluster.bus.is_some()
    }

    /// The node that has a station, if it is another one that is there.
    pub(super) async fn elsewhere(
        &self,
        station: &str,
    ) -> Result<Option<(String, String)>, CommandError> {
        let Some(bus) = &self.cluster.bus else {
            return Ok(None);
        };
        // Without the store nothing is carried out here either, unless the station is known to be here.
        let Ok(Some(claim)) = self.claim_of(station).await else {
            return Ok(None);
        };
        if self.me.is_process(&claim) || self.me.is_node(&claim) {
            return Ok(None);
        }
        match bus.is_alive(process_of(&claim)).await {
            Ok(true) => Ok(Some((node_of(&claim).into(), process_of(&claim).into()))),
            Ok(false) => Ok(None),
            // It may be there: nobody takes its station away for a command.
            Err(_) => Err(CommandError::NotConnected),
        }
    }

    /// Carries a command out where its station is. A station that is nobody's, or that of a node that is gone, is taken.
    pub(super) async fn command(
        self: &Arc<Self>,
        station: &str,
        command: Command,
    ) -> Result<Outcome, CommandError> {
        self.carry_out(station, Work::Command(command)).await
    }

    /// Does something where the station is. If the node that has it goes before it has begun, whoever has the station next does it, once;
    /// if that node had begun, nobody knows how far it came, and the answer says so.
    pub(super) async fn carry_out(
        self: &Arc<Self>,
        station: &str,
        work: Work,
    ) -> Result<Outcome, CommandError> {
        let until = clock::utc().unix_millis() + ON_ITS_WAY;
        loop {
            let Some((node, process)) = self.elsewhere(station).await? else {
                return self.carry_out_here(station, work).await;
            };
            let sent = Expiring::until_then(work.clone(), until);
            match self.forward(&node, &process, station, sent).await {
                Forwarded::Ended(outcome) => return outcome,
                Forwarded::TakenBack if clock::utc().unix_millis() > until => {
                    return Err(CommandError::Call(CallFailure::Expired));
                }
                Forwarded::TakenBack => {}
            }
        }
    }

    async fn carry_out_here(
        self: &Arc<Self>,
        station: &str,
        work: Work,
    ) -> Result<Outcome, CommandError> {
        match work {
            Work::Command(command) => self.command_here(station, command).await,
            Work::LocalList(tokens) => {
                let brought = self.bring_list_here(station, tokens).await?;
                Ok(brought.unwrap_or(Outcome::Done))
            }
            Work::Forget => match self.forget_here(station).await {
                Ok(true) => Ok(Outcome::Done),
                Ok(false) => Err(CommandError::TransactionOpen),
                Err(_) => Err(CommandError::NotStored),
            },
        }
    }

    /// Sees to it that a station's local list has these tokens, wherever it is. `None`: it has them.
    pub(super) async fn bring_list_anywhere(
        self: &Arc<Self>,
        station: &str,
        tokens: Vec<(IdToken, TokenInfo)>,
    ) -> Result<Option<Outcome>, CommandError> {
        let outcome = self.carry_out(station, Work::LocalList(tokens)).await?;
        Ok(Some(outcome).filter(|outcome| *outcome != Outcome::Done))
    }

    async fn forward(
        self: &Arc<Self>,
        node: &str,
        process: &str,
        station: &str,
        work: Expiring<Work>,
    ) -> Forwarded {
        let Some(bus) = &self.cluster.bus else {
            return Forwarded::Ended(Err(CommandError::NotConnected));
        };
        let id = self.cluster.post.id();
        let until = work.until();
        let (ended, mut outcome) = oneshot::channel();
        lock(&self.cluster.waiting).insert(id.clone(), ended);
        let message = Message::Command {
            id: id.clone(),
            from: self.me.node().into(),
            station: station.into(),
            command: Box::new(work),
        };
        // Plain values; serde_json writes all of them.
        let text = serde_json::to_string(&message).unwrap_or_default();
        let began = tokio::time::Instant::now();
        let mut sent = bus.send(Some(node), &id, &text).await.is_ok();
        let mut has_begun = false;
        let outcome = loop {
            match tokio::time::timeout(LOOK, &mut outcome).await {
                Ok(outcome) => break outcome.ok(),
                Err(_) if began.elapsed() >= PATIENCE => break None,
                // It is too late to begin: either it has begun, or it never will.
                Err(_) if !has_begun && clock::utc().unix_millis() > until => {
                    match self.begin_command(&id, until).await {
                        Ok(()) => {
                            lock(&self.cluster.waiting).remove(&id);
                            return Forwarded::TakenBack;
                        }
                        Err(error) => has_begun = error.is_conflict(),
                    }
                }
                // The same id is the same command, however often it is sent.
                Err(_) if !sent => sent = bus.send(Some(node), &id, &text).await.is_ok(),
                Err(_) if bus.is_alive(process).await.is_ok_and(|alive| !alive) => break None,
                Err(_) => {}
            }
        };
        lock(&self.cluster.waiting).remove(&id);
        match outcome {
            Some(outcome) => Forwarded::Ended(outcome),
            None => self.take_back(&id, until).await,
        }
    }

    /// Says that a command has begun; a conflict: somebody else has said so. The row stays as long as the command could come again, which it
    /// may after it was taken, if the bus has forgotten that.
    async fn begin_command(&self, id: &str, until: i64) -> Result<(), StoreError> {
        let row = Row::put(Table::Nodes, command_key(id), until.to_string());
        self.records.write(vec![row.only_if(Expect::Absent)]).await
    }

    /// Nobody answers: sees to it that a command that has not begun does not begin any more.
    async fn take_back(&self, id: &str, until: i64) -> Forwarded {
        match self.begin_command(id, until).await {
            Ok(()) => Forwarded::TakenBack,
            // It has begun, or may begin: nobody knows how far it comes.
            Err(_) => Forwarded::Ended(Err(CommandError::Call(CallFailure::Disconnected))),
        }
    }

    /// Tells who follows what happens of a bill. `false`: the bus has not taken it.
    pub(super) async fn publish_bill(&self, station: &str, bill: &Bill) -> bool {
        let Some(bus) = &self.cluster.bus else {
            return true;
        };
        let news = News {
            station,
            at: clock::utc(),
            what: What::Bill(bill),
        };
        // Plain values; serde_json writes all of them.
        let text = serde_json::to_string(&news).unwrap_or_default();
        let content = serde_json::to_string(bill).unwrap_or_default();
        let mut hasher = DefaultHasher::new();
        content.hash(&mut hasher);
        let id = format!("bill-{}-{:016x}", bill.reference, hasher.finish());
        bus.publish(station, Some(&id), &text).await.is_ok()
    }

    /// Tells who follows what happens, and the other nodes if it concerns them.
    pub(super) fn publish(&self, station: &str, event: &StationEvent) {
        let post = &self.cluster.post;
        post.event(station, || {
            let news = News {
                station,
                at: clock::utc(),
                what: What::Event(event),
            };
            serde_json::to_string(&news).ok()
        });
        let reference = match event {
            StationEvent::TransactionBegan { reference, .. }
            | StationEvent::TransactionResumed { reference, .. }
            | StationEvent::TransactionPresumedOver { reference, .. } => *reference,
            StationEvent::TransactionEnded(bill) => bill.reference,
            _ => return,
        };
        let station = station.into();
        post.tell(None, Message::Transaction { station, reference });
    }
}
