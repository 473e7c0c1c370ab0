//! The store, and whether it can be written.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::application::AnyApplication;
use super::store::{AnyStore, Row, StoreError};

/// See the [module documentation](self).
pub(super) struct Records {
    store: Arc<dyn AnyStore>,
    failing: AtomicBool,
    application: Arc<dyn AnyApplication>,
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.store.fmt(f)
    }
}

impl Records {
    pub(super) fn new(store: Arc<dyn AnyStore>, application: Arc<dyn AnyApplication>) -> Self {
        Self {
            store,
            failing: AtomicBool::new(false),
            application,
        }
    }

    pub(super) fn store(&self) -> &dyn AnyStore {
        &*self.store
    }

    pub(super) async fn write(&self, rows: Vec<Row>) -> Result<(), StoreError> {
        let written = self.store.write(rows).await;
        let failed = written.is_err();
        if self.failing.swap(failed, Ordering::Relaxed) != failed {
            self.application.store_failed(written.as_ref().err());
        }
        written
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
