//! The state of the CSMS in a file, so that nothing that was acknowledged is lost.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use ocpp_core::csms::{Config, Csms, Output, Table};
use redb::{Database as File, ReadableDatabase, ReadableTable, TableDefinition};
use tokio::sync::oneshot;
use tracing::error;

/// One table of the file for each table of the CSMS.
fn definition(table: Table) -> TableDefinition<'static, &'static str, &'static str> {
    TableDefinition::new(table.name())
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Records that belong together, and who waits for them.
struct Batch {
    outputs: Vec<Output>,
    stored: oneshot::Sender<()>,
}

/// Writes records in the order in which they come; batches that wait at the same time share one commit.
pub(super) struct Database {
    batches: Option<Sender<Batch>>,
    writer: Option<JoinHandle<()>>,
}

impl Database {
    /// Opens the file, or makes it, readable by its owner only, and reads the CSMS back from it.
    pub(super) fn open(path: &Path, config: Config) -> Result<(Self, Csms), Failure> {
        // There are passwords in it.
        ocpp_tokio::station::make_private(path)?;
        let file = File::create(path)?;
        let writing = file.begin_write()?;
        for table in Table::ALL {
            writing.open_table(definition(table))?;
        }
        writing.commit()?;
        let mut csms = Csms::new(config);
        let reading = file.begin_read()?;
        for table in Table::ALL {
            for record in reading.open_table(definition(table))?.iter()? {
                let (key, value) = record?;
                csms.restore(table, key.value(), value.value())?;
            }
        }
        drop(reading);
        let (batches, queue) = channel();
        let writer = std::thread::Builder::new()
            .name("database".into())
            .spawn(move || write(&file, &queue))?;
        let database = Self {
            batches: Some(batches),
            writer: Some(writer),
        };
        Ok((database, csms))
    }

    /// Hands records over. Await what comes back before anybody hears of them; an error means that they could not be
    /// stored.
    pub(super) fn store(&self, outputs: Vec<Output>) -> oneshot::Receiver<()> {
        let (stored, wait) = oneshot::channel();
        if let Some(batches) = &self.batches {
            // If the writer has gone, dropping the batch tells so.
            let _ = batches.send(Batch { outputs, stored });
        }
        wait
    }
}

impl Drop for Database {
    /// Waits until everything is written.
    fn drop(&mut self) {
        self.batches = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

fn write(file: &File, queue: &Receiver<Batch>) {
    while let Ok(first) = queue.recv() {
        let batches: Vec<Batch> = std::iter::once(first).chain(queue.try_iter()).collect();
        if let Err(error) = commit(file, &batches) {
            // Dropping the batches tells those who wait. What comes after could contradict what is missing.
            error!("the state cannot be written, so nothing is acknowledged: {error}");
            return;
        }
        for batch in batches {
            // Nobody has to wait.
            let _ = batch.stored.send(());
        }
    }
}

fn commit(file: &File, batches: &[Batch]) -> Result<(), Failure> {
    let writing = file.begin_write()?;
    for output in batches.iter().flat_map(|batch| &batch.outputs) {
        match output {
            Output::Store { table, key, record } => {
                let mut table = writing.open_table(definition(*table))?;
                table.insert(key.as_str(), record.as_str())?;
            }
            Output::Erase { table, key } => {
                let mut table = writing.open_table(definition(*table))?;
                table.remove(key.as_str())?;
            }
        }
    }
    writing.commit()?;
    Ok(())
}
