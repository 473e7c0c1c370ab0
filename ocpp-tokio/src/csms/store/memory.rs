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
        let there = |row: &Row| tables.get(&row.table)?.get(&row.key).map(String::as_str);
        if let Some(other) = rows.iter().find(|row| !row.expect.holds(there(row))) {
            return Err(StoreError::conflict(other));
        }
        for row in rows {
            let Row {
                table, key, value, ..
            } = row;
            let table = tables.entry(table).or_default();
            match value {
                Some(value) => table.insert(key, value),
                None => table.remove(&key),
            };
        }
        Ok(())
    }

    async fn get(&self, table: Table, key: &str) -> Result<Option<String>, StoreError> {
        let tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(tables.get(&table).and_then(|table| table.get(key)).cloned())
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
