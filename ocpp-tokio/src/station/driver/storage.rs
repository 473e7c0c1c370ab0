//! Records that cannot be written or read: a full or failing disk.

use std::time::Duration;

use ocpp_core::station::{Input, Output};
use tokio::time::Instant;

use super::restart::Phase;
use super::{StationDriver, StationError};
use crate::station::hardware::{Hardware, Notice};
use crate::station::records::{Change, LogEntry, RecordsError};

/// The first wait before it is tried again; each one is twice as long as the one before.
const FIRST: Duration = Duration::from_secs(1);
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(30);
/// Storing that works for so long is no interlude of a disk that fails.
const STABLE: Duration = Duration::from_secs(60);
/// How many entries of the security log wait to be written. What happened first says more than what followed from it.
const MAX_ENTRIES: usize = 100;

/// Whether the records can be written and read.
#[derive(Debug, Default)]
pub(super) struct Storage {
    /// What could not be written, and when it is tried again.
    failing: Option<(Vec<Change>, Instant)>,
    wait: Duration,
    restored: Option<Instant>,
    /// Entries of the security log that could not be written.
    entries: Vec<LogEntry>,
}

impl Storage {
    pub(super) const fn is_failing(&self) -> bool {
        self.failing.is_some()
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        self.failing.as_ref().map(|(_, again)| *again)
    }

    /// The next wait.
    fn wait(&mut self) -> Duration {
        let stable = |at: Instant| at.elapsed() >= STABLE;
        self.wait = match self.restored.take() {
            Some(at) if stable(at) => FIRST,
            _ => self.wait.saturating_mul(2).clamp(FIRST, LONGEST),
        };
        self.wait
    }

    /// What was to be written is forgotten, as with every power cut.
    pub(super) fn forget(&mut self) {
        self.failing = None;
        self.entries.clear();
    }
}

impl<H: Hardware> StationDriver<H> {
    /// Carries out what the station wants. Nothing is carried out before what came earlier is durable.
    pub(super) fn drain(&mut self) {
        let mut changes = Vec::new();
        loop {
            let output = match self.station.poll_output() {
                Some(Output::Store(record)) => {
                    changes.push(Change::Store(record));
                    continue;
                }
                Some(Output::Remove(key)) => {
                    changes.push(Change::Remove(key));
                    continue;
                }
                output => output,
            };
            if !changes.is_empty() {
                let batch = std::mem::take(&mut changes);
                if let Err(error) = self.records.change(batch.clone()) {
                    self.storage_failed(&error, batch, output);
                    // What does not depend on it.
                    continue;
                }
            }
            match output {
                Some(output) => self.carry_out(output),
                None => return,
            }
        }
    }

    /// Tells people once, and the station, which stops the energy and goes on with what needs no storing.
    fn storage_failed(&mut self, error: &RecordsError, batch: Vec<Change>, then: Option<Output>) {
        if !self.storage.is_failing() {
            self.hardware
                .notice(&Notice::StorageFailed(error.to_string()));
        }
        let again = Instant::now() + self.storage.wait();
        let undone = batch.iter().cloned().map(|change| match change {
            Change::Store(record) => Output::Store(record),
            Change::Remove(key) => Output::Remove(key),
        });
        let undone = undone.chain(then).collect();
        self.storage.failing = Some((batch, again));
        let input = Input::StorageFailed { undone };
        self.station.handle(self.clock.both(), input);
    }

    /// Adds to the security log, now or when that is possible.
    pub(super) fn log(&mut self, entry: LogEntry) {
        if !self.storage.is_failing() {
            match self.records.log(&entry) {
                Ok(()) => return,
                Err(error) => self.storage_failed(&error, Vec::new(), None),
            }
        }
        if self.storage.entries.len() < MAX_ENTRIES {
            self.storage.entries.push(entry);
        }
    }

    /// Tries again what is due.
    pub(super) fn storage_overdue(&mut self, now: Instant) -> Result<(), StationError> {
        match &self.phase {
            Phase::Waiting(again) if *again <= now => return self.begin_with_records(),
            Phase::Running => {}
            _ => return Ok(()),
        }
        let due = self.storage.failing.take_if(|(_, again)| *again <= now);
        let Some((batch, _)) = due else {
            return Ok(());
        };
        if self.write_again(&batch).is_err() {
            let again = now + self.storage.wait();
            self.storage.failing = Some((batch, again));
            return Ok(());
        }
        self.storage.restored = Some(now);
        self.hardware.notice(&Notice::StorageRestored);
        self.inputs.push_back(Input::StorageRestored);
        // What was found to be damaged when it was opened again.
        let damaged = self.found_damaged();
        self.inputs.extend(damaged);
        Ok(())
    }

    fn write_again(&mut self, batch: &[Change]) -> Result<(), RecordsError> {
        // The station gives it out again: to do it twice is to do it once.
        self.records.change(batch.to_vec())?;
        while let Some(entry) = self.storage.entries.first() {
            self.records.log(entry)?;
            self.storage.entries.remove(0);
        }
        Ok(())
    }

    /// Begins with what is stored. While that cannot be read, no energy flows, and it is tried again.
    pub(super) fn begin_with_records(&mut self) -> Result<(), StationError> {
        self.begins = true;
        match self.records.all() {
            Ok(records) => {
                self.station = super::begin(
                    &self.config,
                    &self.hardware,
                    &self.setup.provision,
                    records,
                    self.clock,
                )?;
                if matches!(self.phase, Phase::Waiting(_)) {
                    self.storage.restored = Some(Instant::now());
                    self.hardware.notice(&Notice::StorageRestored);
                }
                self.phase = Phase::Running;
            }
            Err(error) => {
                if !matches!(self.phase, Phase::Waiting(_)) {
                    self.open_contactors();
                    self.hardware
                        .notice(&Notice::StorageFailed(error.to_string()));
                }
                self.phase = Phase::Waiting(Instant::now() + self.storage.wait());
            }
        }
        Ok(())
    }
}
