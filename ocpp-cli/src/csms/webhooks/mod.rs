//! Tells other programs what happens, over HTTP: webhooks as <https://www.standardwebhooks.com> describes them, so that libraries of
//! all languages can verify them.
//!
//! Bills come out of the store and are told until they are taken, over restarts too ([`bills`]). All other events wait in memory, so many
//! and no more ([`lane`]): a receiver that is slow or away costs itself events, and never holds up a station. For each station
//! everything is told in order, events and bills apart.

mod bills;
mod config;
mod lane;
mod post;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ocpp_core::csms::ledger::Bill;
use serde::Serialize;
use tokio::task::JoinSet;

use super::Failure;
use super::events::Event;
use config::Hook;
use lane::Lanes;
use post::Receiver;

pub(super) use config::BILL;

/// All that are told.
#[derive(Default)]
pub(super) struct Webhooks {
    hooks: Vec<Arc<Told>>,
}

/// One that is told.
struct Told {
    /// Those that are wanted; all of them if empty.
    kinds: Vec<String>,
    receiver: Arc<Receiver>,
    lanes: Lanes,
    bills: bills::Bills,
}

impl Told {
    fn wants(&self, kind: &str) -> bool {
        self.kinds.is_empty() || self.kinds.iter().any(|wanted| wanted == kind)
    }
}

/// How a receiver is.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct HookView {
    /// The name in the file.
    pub(super) name: String,
    /// Whether the last delivery was taken; true before the first.
    pub(super) up: bool,
    /// How many deliveries were taken.
    pub(super) delivered: u64,
    /// How many attempts failed.
    pub(super) failed: u64,
    /// How many events wait in memory.
    pub(super) waiting: u64,
    /// How many events were never told: there was no room for them, or the receiver cannot read them. Bills are never among them.
    pub(super) missed: u64,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
}

impl Webhooks {
    /// As the file says.
    pub(super) fn open(file: &Path) -> Result<Self, Failure> {
        let hooks = config::read(file)?;
        let run = rand::random();
        let told = |hook: Hook| -> Result<Arc<Told>, Failure> {
            let kinds = hook.kinds.clone();
            let receiver = Arc::new(Receiver::new(hook, run)?);
            Ok(Arc::new(Told {
                kinds,
                lanes: Lanes::new(&receiver),
                bills: bills::Bills::default(),
                receiver,
            }))
        };
        Ok(Self {
            hooks: hooks.into_iter().map(told).collect::<Result<_, _>>()?,
        })
    }

    /// Something has happened. Never waits.
    pub(super) fn happened(&self, event: &Arc<Event>) {
        for hook in self.hooks.iter().filter(|hook| hook.wants(&event.kind)) {
            hook.lanes.put(event);
        }
    }

    /// A bill: whether everybody who wants bills has taken it.
    pub(super) async fn bill(&self, station: &str, bill: &Bill) -> bool {
        let wants = self.hooks.iter().filter(|hook| hook.wants(BILL));
        let mut telling = JoinSet::new();
        for hook in wants.map(Arc::clone) {
            let (station, bill) = (station.to_owned(), bill.clone());
            telling.spawn(async move { hook.bills.tell(&hook.receiver, &station, &bill).await });
        }
        let mut all = true;
        while let Some(taken) = telling.join_next().await {
            all &= taken.unwrap_or(false);
        }
        all
    }

    /// How they are.
    pub(super) fn state(&self) -> Vec<HookView> {
        let hooks = self.hooks.iter();
        hooks
            .map(|hook| hook.receiver.state(hook.lanes.waiting()))
            .collect()
    }

    /// Waits until what waits in memory is told, but at most for so long.
    pub(super) async fn flush(&self, patience: Duration) {
        let empty = async {
            while self.hooks.iter().any(|hook| hook.lanes.waiting() > 0) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        // The rest is lost, as the documentation says of events.
        let _ = tokio::time::timeout(patience, empty).await;
    }
}
