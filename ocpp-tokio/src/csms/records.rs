//! The store, and whether it can be written.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use ocpp_core::csms::ledger::RecordChange;

use super::application::AnyApplication;
use super::bus::{Message, Post};
use super::station::lock;
use super::store::{AnyStore, Row, StoreError, service_rows};
use super::unreadable::{Unreadable, UnreadableRecord};

/// See the [module documentation](self).
pub(super) struct Records {
    store: Arc<dyn AnyStore>,
    failing: AtomicBool,
    application: Arc<dyn AnyApplication>,
    post: Post,
    unreadable: Mutex<Unreadable>,
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.store.fmt(f)
    }
}

impl Records {
    pub(super) fn new(
        store: Arc<dyn AnyStore>,
        application: Arc<dyn AnyApplication>,
        post: Post,
    ) -> Self {
        Self {
            store,
            failing: AtomicBool::new(false),
            application,
            post,
            unreadable: Mutex::default(),
        }
    }

    pub(super) fn store(&self) -> &dyn AnyStore {
        &*self.store
    }

    pub(super) async fn write(&self, rows: Vec<Row>) -> Result<(), StoreError> {
        let keys = lock(&self.unreadable).among(&rows);
        let written = self.store.write(rows).await;
        // What another node has written does not speak against the store.
        let failed = matches!(&written, Err(error) if !error.is_conflict());
        if self.failing.swap(failed, Ordering::Relaxed) != failed {
            let error = written.as_ref().err().filter(|_| failed);
            self.application.store_failed(error);
        }
        if let Some(keys) = keys.filter(|_| written.is_ok()) {
            lock(&self.unreadable).written(&keys);
        }
        written
    }

    /// Writes what the services keep, and tells the other nodes.
    pub(super) async fn write_services(
        &self,
        changes: Vec<RecordChange>,
    ) -> Result<(), StoreError> {
        let keys = changes.iter().map(|change| change.key.clone()).collect();
        self.write(service_rows(changes)).await?;
        self.post.tell(None, Message::Services(keys));
        Ok(())
    }

    /// A record cannot be read: it stays where it is, and the others count without it.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "it is made where it is told of"
    )]
    pub(super) fn set_aside(&self, record: UnreadableRecord) {
        let is_new = lock(&self.unreadable).add(record.clone());
        if is_new {
            self.application.unreadable(&record);
        }
    }

    /// The records that could not be read, and how many there are.
    pub(super) fn unreadable(&self) -> (Vec<UnreadableRecord>, usize) {
        lock(&self.unreadable).all()
    }

    /// Whether it can be written: nobody may have tried since an error.
    pub(super) async fn check(&self) -> Result<(), StoreError> {
        if self.failing.load(Ordering::Relaxed) {
            self.write(Vec::new()).await
        } else {
            Ok(())
        }
    }
}
