//! What can befall the CSMS, and what has happened.

use std::collections::BTreeMap;

use ocpp_core::csms::ledger::Transaction;
use ocpp_core::csms::remote::{Input, RemoteStation};
use ocpp_core::csms::services::{Tokens, TokensConfig};

use super::super::record::{transaction_id, transaction_record};
use serde_json::{Value, json};

use super::super::Event;
use super::super::history::{CsmsMishap, History};
use super::{VirtualCsms, config};

impl VirtualCsms {
    /// This befalls it.
    pub(crate) fn befall(&mut self, mishap: Option<CsmsMishap>) {
        self.fate.mishap = mishap;
    }

    /// What has happened.
    pub(crate) fn history(&self) -> History {
        let mut history = self.history.clone();
        for (_, record) in self.stored() {
            if let Ok(transaction) = serde_json::from_str::<Transaction>(record) {
                let name = transaction_id(&transaction.transaction_id);
                history.names.insert(transaction.reference, name);
            }
        }
        history
    }

    /// How many writes and messages there were.
    pub(crate) const fn counts(&self) -> (usize, usize) {
        (self.fate.writes, self.fate.messages)
    }

    /// The durable records of the station.
    pub(crate) fn stored(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.stored.iter();
        all.map(|(key, record)| (key.as_str(), record.as_str()))
    }

    /// The last transaction with this id.
    pub(super) fn kept_transaction(&self, id: &Value) -> Option<Value> {
        let all = self
            .stored()
            .filter_map(|(_, record)| serde_json::from_str::<Transaction>(record).ok());
        let of_id = all.filter(|one| transaction_id(&one.transaction_id) == *id);
        let last = of_id.max_by_key(|one| one.reference)?;
        Some(transaction_record(&last))
    }

    /// What is known of a connector.
    pub(super) fn kept_connector(&self, evse: u32) -> Option<Value> {
        let mut all = self.station.connectors().iter();
        let found = all.find(|one| one.evse == i64::from(evse) && one.connector <= 1)?;
        Some(json!({"status": found.status}))
    }

    /// How far a lengthy operation is.
    pub(super) fn kept_progress(&self, action: &str) -> Option<Value> {
        let mut all = self.station.progress();
        let (_, status) = all.find(|(told, _)| *told == action)?;
        Some(json!({"status": status}))
    }

    /// How often each transaction was told to have ended, by its number.
    pub(crate) const fn ends(&self) -> &BTreeMap<u64, usize> {
        &self.ended
    }

    /// The process ends, and another one begins with what is stored.
    pub(super) fn die(&mut self) {
        let identity = self.station.identity().to_owned();
        self.station = RemoteStation::new(&identity, config(), 2);
        let records = self.stored.iter();
        let records = records.map(|(key, record)| (key.as_str(), record.as_str()));
        let restored = self.station.restore(records);
        self.tokens = Tokens::new(TokensConfig::default());
        for change in &self.put {
            // It was made here.
            let _ = self.tokens.apply(change);
        }
        for open in self.station.ledger().open() {
            self.tokens.hold(&identity, open);
        }
        let all = self.station.ledger().transactions();
        let last = all.map(|transaction| transaction.reference).max();
        self.next_number = last.unwrap_or_default() + 1;
        self.connected = false;
        self.died = true;
        self.told.push(match restored {
            Ok(()) => "the CSMS begins anew".to_owned(),
            Err(broken) => format!("the CSMS begins anew without {}", broken.key),
        });
        self.report(0, Event::Disconnected);
    }

    pub(super) fn link_dies(&mut self) {
        self.connected = false;
        self.report(0, Event::Disconnected);
        let now = self.time();
        self.station.handle(now, Input::Disconnected);
    }
}
