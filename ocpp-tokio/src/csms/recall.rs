//! Transactions that have left memory: a message of one may come once more.

use ocpp_core::csms::ledger::is_origin_key;
use ocpp_core::csms::remote::Answer;

use super::fleet::Fleet;
use super::store::{StoreError, Table, origin_row, owner};

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
            return store.get(Table::Origins, &origin_row(station, key)).await;
        }
        let Some(number) = key.strip_prefix("closed/") else {
            return Ok(None);
        };
        let row = store.get(Table::Transactions, number).await?;
        // In 1.6 a station may name any number.
        let record = row.as_deref().map(owner);
        Ok(record.and_then(|(of, record)| (of == station).then(|| record.to_owned())))
    }
}
