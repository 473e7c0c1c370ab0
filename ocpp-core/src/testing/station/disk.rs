//! A disk that fails, and works again.

use alloc::vec::Vec;

use super::Bench;
use crate::station::{Input, Output};

impl Bench {
    /// Lets storing fail after so many further writes; [`storage_failed`](Self::storage_failed) says whether it has. After
    /// a restart it works.
    pub const fn fail_storage_after(&mut self, writes: usize) {
        self.writes_left = Some(writes);
    }

    /// Whether storing has failed, and still does.
    #[must_use]
    pub const fn storage_failed(&self) -> bool {
        self.storage_failed
    }

    /// Storing works again; the station is told if it was told of the failure.
    pub fn restore_storage(&mut self) {
        self.writes_left = None;
        if core::mem::take(&mut self.storage_failed) {
            self.input(Input::StorageRestored);
        }
    }

    /// Carries out what the station wants, as long as storing may fail.
    ///
    /// # Panics
    /// When the station wants something stored, or energy to flow, although it was told that storing fails.
    pub(super) fn drain_to_a_weak_disk(&mut self) {
        let mut batch: Vec<Output> = Vec::new();
        loop {
            let output = self.station.poll_output();
            let change = matches!(output, Some(Output::Store(_) | Output::Remove(_)));
            let closes = matches!(output, Some(Output::Contactor { closed: true, .. }));
            assert!(
                !self.storage_failed || !change && !closes,
                "while storing fails: {output:?}"
            );
            match output {
                Some(output) if change => {
                    batch.push(output);
                    continue;
                }
                output => {
                    match &mut self.writes_left {
                        _ if batch.is_empty() => {}
                        Some(0) => {
                            let undone = core::mem::take(&mut batch).into_iter().chain(output);
                            let undone = undone.collect();
                            self.storage_failed = true;
                            let now = self.time();
                            self.station.handle(now, Input::StorageFailed { undone });
                            continue;
                        }
                        Some(left) => *left -= 1,
                        None => {}
                    }
                    for change in batch.drain(..) {
                        self.carry_out(change);
                    }
                    match output {
                        Some(output) => self.carry_out(output),
                        None => return,
                    }
                }
            }
        }
    }
}
