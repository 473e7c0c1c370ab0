//! Transactions that have left memory: a message of one may come once more.

use ocpp_core::csms::ledger::{Transaction, is_origin_key};
use ocpp_core::csms::remote::Answer;

use super::fleet::Fleet;
use super::store::{StoreError, Table, origin_row, owner};
use super::unreadable::UnreadableRecord;

impl Fleet {
    /// A record of a station that the core asks for.
    pub(super) async fn recall(&self, station: &str, key: &str) -> Answer {
        self.stored(station, key)
            .await
            .map_or(Answer::Failed, Answer::Stored)
    }

    async fn stored(&self, station: &str, key: &str) -> Result<Option<String>, StoreError> {
        let store = self.records.store();
        if is_origin_key(key) {
            let row = origin_row(station, key);
            let number = store.get(Table::Origins, &row).await?;
            return Ok(number.filter(|number| {
                let read = number.parse::<u64>();
                self.is_read(Table::Origins, &row, read)
            }));
        }
        let Some(number) = key.strip_prefix("closed/") else {
            return Ok(None);
        };
        let row = store.get(Table::Transactions, number).await?;
        // In 1.6 a station may name any number.
        let record = row.as_deref().map(owner);
        let record = record.filter(|(of, record)| {
            let read = || serde_json::from_str::<Transaction>(record);
            *of == station && self.is_read(Table::Transactions, number, read())
        });
        Ok(record.map(|(_, record)| record.to_owned()))
    }

    /// Without a record that cannot be read the message is of a transaction that nobody knows: what was charged is kept, and the bill
    /// says what is missing. The station would say it in vain again and again otherwise.
    fn is_read<T, E: ToString>(&self, table: Table, key: &str, read: Result<T, E>) -> bool {
        let read = read.map_err(|why| UnreadableRecord::new(table, key, why.to_string()));
        match read {
            Ok(_) => true,
            Err(record) => {
                self.records.set_aside(record);
                false
            }
        }
    }
}
