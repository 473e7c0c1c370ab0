//! Going away in order: no new stations, calls come to their end, stations go one after the other, bills are told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ocpp_core::csms::ledger::Transaction;
use tokio::time::{Instant, sleep, sleep_until};

use super::Csms;
use super::fleet::Fleet;
use super::station::{Member, ToStation};
use super::store::{Table, owner};

/// How long it is waited between two stations at most: a few go at once.
const STEP: Duration = Duration::from_millis(20);

/// How often it is looked again whether something has come to its end.
const LOOK: Duration = Duration::from_millis(50);

/// How many bills are looked at at a time.
const PAGE: usize = 100;

/// How a node goes away.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct DrainPlan {
    /// Over how long the connections are ended, so that the other nodes do not get all of them at once. A few go faster.
    pub spread: Duration,
    /// How long calls that are under way, and then bills, may take to come to their end.
    pub patience: Duration,
}

impl Default for DrainPlan {
    /// 10 seconds for each.
    fn default() -> Self {
        Self {
            spread: Duration::from_secs(10),
            patience: Duration::from_secs(10),
        }
    }
}

impl DrainPlan {
    /// As long as that for each.
    #[must_use]
    pub const fn new(spread: Duration, patience: Duration) -> Self {
        Self { spread, patience }
    }
}

/// What a node has left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drained {
    /// Stations whose calls had not come to an end when their connections ended.
    pub interrupted: usize,
    /// Connections that were still there at the end.
    pub connections: usize,
    /// Whether bills of this node wait that nobody has taken. They stand in the store, and another node tells them.
    pub bills_wait: bool,
}

/// Whether a node goes away.
#[derive(Debug, Default)]
pub(super) struct Draining(AtomicBool);

impl Draining {
    fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Fleet {
    /// Ends the connection of a station if nothing is under way. `false`: something is.
    async fn let_go(&self, member: &Arc<Member>, at_once: bool) -> bool {
        let remote = member.remote.lock().await;
        let is_idle = !remote.is_busy();
        if is_idle || at_once {
            // What it was told before goes before.
            member.send(ToStation::Restart);
        }
        is_idle
    }

    fn connected_members(&self) -> Vec<Arc<Member>> {
        let mut all = self.all();
        all.retain(|member| member.is_connected());
        all
    }

    /// Whether bills wait that this node is to tell.
    async fn own_bills_wait(&self) -> bool {
        let mut after = String::new();
        loop {
            let rows = self.records.store().read(Table::Outbox, &after, PAGE).await;
            // Without the store nobody can say; they stay there.
            let Ok(rows) = rows else { return true };
            let Some((last, _)) = rows.last() else {
                return false;
            };
            after.clone_from(last);
            for (_, value) in &rows {
                let (station, record) = owner(value);
                // Nobody waits for one that cannot be read.
                if serde_json::from_str::<Transaction>(record).is_err() {
                    continue;
                }
                // Memory may not know yet that a station has gone over to another node, and its bills with it.
                let Ok(claim) = self.claim_of(station).await else {
                    return true;
                };
                if claim.is_none_or(|claim| self.me.is_node(&claim)) {
                    return true;
                }
            }
        }
    }
}

impl Csms {
    /// Goes away in order, for an upgrade: takes no more stations (503), lets the calls that are under way come to their end, ends the
    /// connections one after the other with 1012 (service restart), and tells the bills that wait. The stations go on at the nodes
    /// that they connect to next; what was acknowledged is stored. A command that has not begun is taken by whoever has its
    /// station next.
    pub async fn drain(&self, plan: DrainPlan) -> Drained {
        self.fleet.draining.begin();
        let mut interrupted = 0;
        let mut latest = Instant::now() + plan.spread + plan.patience;
        loop {
            // Some come while others go: they were at the door already.
            let members = self.fleet.connected_members();
            if members.is_empty() {
                break;
            }
            let count = u32::try_from(members.len()).unwrap_or(u32::MAX);
            let step = (plan.spread / count).min(STEP);
            let began = Instant::now();
            let mut next = began;
            for member in members {
                let at_once = Instant::now() >= latest;
                let is_idle = self.fleet.let_go(&member, at_once).await;
                interrupted += usize::from(!is_idle && at_once);
                next += step;
                if !at_once {
                    sleep_until(next).await;
                }
            }
            if Instant::now() >= latest {
                // They are told to go, and that is all.
                sleep(LOOK).await;
                break;
            }
            latest = latest.min(Instant::now() + plan.patience);
            sleep(LOOK).await;
        }
        let until = Instant::now() + plan.patience;
        let mut bills_wait = self.fleet.own_bills_wait().await;
        while bills_wait && Instant::now() < until {
            self.fleet.outbox.wake();
            sleep(LOOK).await;
            bills_wait = self.fleet.own_bills_wait().await;
        }
        let connections = self
            .shutdown(plan.patience.min(Duration::from_secs(3)))
            .await;
        Drained {
            interrupted,
            connections,
            bills_wait,
        }
    }

    /// Whether it [goes away](Self::drain).
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.fleet.draining.has_begun()
    }
}
