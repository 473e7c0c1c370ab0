//! What nodes of a CSMS do for each other: commands reach the node that has the station, and what one changes the others learn.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use ocpp_core::csms::ledger::{Bill, RecordChange, Transaction};
use ocpp_core::csms::remote::{Command, CommandError, Outcome, StationEvent};
use ocpp_core::session::CallFailure;
use ocpp_core::time::DateTime;
use serde::Serialize;
use tokio::sync::oneshot;

use super::bus::{AnyBus, Delivery, Expiring, MaybeBus, Message, Post};
use super::fleet::Fleet;
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
    pub(super) fn new(bus: MaybeBus, post: Post) -> Self {
        Self {
            post,
            bus,
            waiting: Mutex::default(),
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
        command: Expiring<Command>,
    ) {
        // Whoever begins it says so before: it is not begun again. The row stays as long as the command could come again, which it may
        // after it was taken, if the bus has forgotten that.
        let until = command.until().to_string();
        let row = Row::put(Table::Nodes, format!("{COMMANDS}{id}"), until);
        let row = row.only_if(Expect::Absent);
        match self.records.write(vec![row]).await {
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
            Some(command) => Box::pin(self.command(station, command)).await,
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

    async fn services_changed(&self, mut keys: Vec<String>) -> Result<(), StoreError> {
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
            // What cannot be read the start tells of.
            let _ = self.services.restore(&RecordChange { key, record });
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
        match self.elsewhere(station).await? {
            Some((node, process)) => self.forward(&node, &process, station, command).await,
            None => self.command_here(station, command).await,
        }
    }

    async fn forward(
        self: &Arc<Self>,
        node: &str,
        process: &str,
        station: &str,
        command: Command,
    ) -> Result<Outcome, CommandError> {
        let Some(bus) = &self.cluster.bus else {
            return Err(CommandError::NotConnected);
        };
        let id = self.cluster.post.id();
        let (ended, mut outcome) = oneshot::channel();
        lock(&self.cluster.waiting).insert(id.clone(), ended);
        let message = Message::Command {
            id: id.clone(),
            from: self.me.node().into(),
            station: station.into(),
            command: Box::new(Expiring::new(command, ON_ITS_WAY)),
        };
        let gone = Err(CommandError::Call(CallFailure::Disconnected));
        // Plain values; serde_json writes all of them.
        let text = serde_json::to_string(&message).unwrap_or_default();
        let began = tokio::time::Instant::now();
        let mut sent = bus.send(Some(node), &id, &text).await.is_ok();
        let result = loop {
            match tokio::time::timeout(LOOK, &mut outcome).await {
                Ok(outcome) => break outcome.unwrap_or_else(|_| gone.clone()),
                Err(_) if began.elapsed() >= PATIENCE => break gone,
                // The same id is the same command, however often it is sent.
                Err(_) if !sent => sent = bus.send(Some(node), &id, &text).await.is_ok(),
                // Nobody knows how far it has come.
                Err(_) if bus.is_alive(process).await.is_ok_and(|alive| !alive) => break gone,
                Err(_) => {}
            }
        };
        lock(&self.cluster.waiting).remove(&id);
        result
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
