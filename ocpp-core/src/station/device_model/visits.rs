//! How much is looked at: tests count it, so that the cost of an input cannot grow with the size of the station unnoticed.

#[cfg(feature = "testing")]
use core::sync::atomic::{AtomicUsize, Ordering};

/// A counter that is there with the feature `testing` only.
#[derive(Debug, Default)]
pub(crate) struct Visits {
    #[cfg(feature = "testing")]
    count: AtomicUsize,
}

impl Visits {
    /// Something was looked at.
    #[cfg_attr(not(feature = "testing"), allow(clippy::unused_self))]
    pub(crate) fn note(&self) {
        #[cfg(feature = "testing")]
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    #[cfg(feature = "testing")]
    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}
