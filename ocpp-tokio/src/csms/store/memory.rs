//! A store that is forgotten with the program.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, PoisonError};

use super::{Row, Store, StoreError, Table};

/// Keeps records until the program ends.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<BTreeMap<Table, BTreeMap<String, String>>>);

impl MemoryStore {
    /// With nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Store for MemoryStore {
    async fn write(&self, rows: Vec<Row>) -> Result<(), StoreError> {
        // A poisoned lock protects whole values only.
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for Row { table, key, value } in rows {
            let table = tables.entry(table).or_default();
            match value {
                Some(value) => table.insert(key, value),
                None => table.remove(&key),
            };
        }
        Ok(())
    }

    async fn read(
        &self,
        table: Table,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(table) = tables.get(&table) else {
            return Ok(Vec::new());
        };
        let from = (Bound::Excluded(after), Bound::Unbounded);
        let rows = table.range::<str, _>(from).take(limit);
        Ok(rows
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect())
    }
}
