//! Erases what is known of a person: a pseudonym takes the place of the token wherever it stands, and what was charged stays.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use ocpp_core::csms::ledger::{Sample, Transaction, names_token};
use ocpp_core::csms::remote::{Command, CommandError};
use ocpp_core::csms::services::Tokens;

use super::Csms;
use super::application::Forgotten;
use super::fleet::Fleet;
use super::station::lock;
use super::store::{
    Expect, Row, StoreError, Table, index_rows, meters_of, owner, read_from, station_of,
};
use crate::clock;

/// How many rows are read at a time.
const PAGE: usize = 1_000;

/// How often everything is looked through: what stations write meanwhile is found the next time.
const PASSES: usize = 5;

/// Whose data are erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Person {
    /// The holder of a token.
    IdToken(String),
    /// All who have a token of a group, as the tokens that were put say.
    Group(String),
}

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Erased {
    /// What stands in the place of the tokens.
    pub pseudonym: String,
    /// How many tokens are not known any more.
    pub tokens: usize,
    /// How many records of transactions have the pseudonym now.
    pub transactions: usize,
    /// How many signed meter values are gone because the token stood in them.
    pub signed_values: usize,
    /// How many records of the services (reservations, local lists, tokens of the same group) have changed.
    pub records: usize,
    /// Transactions that have begun meanwhile and still name the token.
    pub running: Vec<u64>,
}

/// Why nothing was erased, or not all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EraseError {
    /// The person charges: the numbers of the transactions. Nothing has changed.
    #[error("transactions run with this token: {0:?}")]
    Charges(Vec<u64>),
    /// Something is reserved for the person: the stations and numbers. Nothing has changed.
    #[error("there are reservations for this token: {0:?}")]
    Reserved(Vec<(String, i64)>),
    /// The store cannot be read or written, or something in it cannot be read. Do it again: what is erased stays so.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The tokens, in lower case, and what stands in their place.
#[derive(Debug)]
struct Names {
    tokens: BTreeSet<String>,
    pseudonym: String,
}

impl Names {
    fn has(&self, token: &str) -> bool {
        self.tokens.contains(&token.to_ascii_lowercase())
    }

    /// Whether one of them stands in a text.
    fn stand_in(&self, text: &str) -> bool {
        mentions(text, &self.tokens)
    }

    /// The same for signed data: as they are, in Base64, or in hexadecimal digits.
    fn stand_in_data(&self, data: &str) -> bool {
        let decoded = BASE64.decode(data.trim().as_bytes());
        let decoded = decoded.or_else(|_| HEXLOWER_PERMISSIVE.decode(data.trim().as_bytes()));
        self.stand_in(data)
            || decoded.is_ok_and(|bytes| self.stand_in(&String::from_utf8_lossy(&bytes)))
    }

    /// The record of a transaction without them, if it is closed and has one; whether it is open and has one.
    fn without(&self, record: &str) -> Result<Named, StoreError> {
        if !self.stand_in(record) {
            return Ok(Named::No);
        }
        // What cannot be read is told of elsewhere.
        let Ok(mut transaction) = serde_json::from_str::<Transaction>(record) else {
            return Ok(Named::No);
        };
        let before = Box::new(transaction.clone());
        let reference = transaction.reference;
        let token = transaction.id_token.as_mut();
        let Some(token) = token.filter(|token| self.has(&token.id_token)) else {
            return Ok(Named::No);
        };
        token.id_token.clone_from(&self.pseudonym);
        if transaction.is_open() {
            return Ok(Named::Running(reference));
        }
        let record = serde_json::to_string(&transaction).map_err(StoreError::new)?;
        Ok(Named::Ended {
            before,
            now: Box::new(transaction),
            record,
        })
    }
}

/// Whether one of some tokens, in lower case, stands in a text, and not only as a part of a longer word or number.
fn mentions<'a>(text: &str, tokens: impl IntoIterator<Item = &'a String>) -> bool {
    let text = text.to_ascii_lowercase();
    let is_word = |neighbour: Option<char>| neighbour.is_some_and(|it| it.is_ascii_alphanumeric());
    tokens.into_iter().any(|token| {
        text.match_indices(token.as_str()).any(|(at, _)| {
            let (before, rest) = text.split_at(at);
            let after = rest.strip_prefix(token.as_str()).unwrap_or_default();
            !is_word(before.chars().next_back()) && !is_word(after.chars().next())
        })
    })
}

impl Forgotten {
    /// Whether one of the tokens stands in a text: it is to be forgotten too.
    #[must_use]
    pub fn names(&self, text: &str) -> bool {
        match self {
            Self::Tokens { id_tokens, .. } => mentions(text, id_tokens),
            Self::Before(_) => false,
        }
    }
}

/// Whether a transaction names one of the tokens.
enum Named {
    No,
    Running(u64),
    Ended {
        before: Box<Transaction>,
        now: Box<Transaction>,
        /// Its record without them.
        record: String,
    },
}

impl Csms {
    /// Erases what is known of a person. A pseudonym takes the place of the tokens in transactions, bills, reservations and what stations
    /// were told to start; meter values and sums stay. The tokens are forgotten, local lists with them are sent in full the next time,
    /// messages that name them leave the journals, and signed meter values in which they stand are removed. The store is
    /// [rewritten](super::Store::scrub) if it can be.
    ///
    /// What has left this program stays where it is: the stations' own lists, caches and logs, bills and events that were told, copies of
    /// the store. A message of a transaction that comes once more after the erasure is not recognised in 1.6.
    ///
    /// # Errors
    /// The person charges or has reserved something, or the store fails.
    pub async fn erase(&self, person: &Person) -> Result<Erased, EraseError> {
        let (fleet, person) = (Arc::clone(&self.fleet), person.clone());
        // In a task of its own: whoever waits for it may go away, and it is not left half done.
        let erasing = tokio::spawn(async move { fleet.erase_person(&person).await });
        erasing.await.map_err(StoreError::new)?
    }
}

impl Fleet {
    async fn erase_person(self: &Arc<Self>, person: &Person) -> Result<Erased, EraseError> {
        let names = Names {
            tokens: self.tokens_of(person),
            pseudonym: format!("ERASED-{:012X}", rand::random::<u64>() >> 16),
        };
        self.refuse_if_in_use(&names).await?;
        let mut erased = Erased {
            pseudonym: names.pseudonym.clone(),
            tokens: 0,
            transactions: 0,
            signed_values: 0,
            records: 0,
            running: Vec::new(),
        };
        for token in &names.tokens {
            let delete = |tokens: &Tokens| Ok::<_, std::convert::Infallible>(tokens.delete(token));
            let deleted = self
                .services
                .change_token(&self.records, token, delete)
                .await?;
            erased.tokens += usize::from(matches!(deleted, Ok(Some(()))));
        }
        for _ in 0..PASSES {
            let found = self.erase_rows(&names, &mut erased).await?;
            for station in &found.stations {
                let command = Command::Erase {
                    id_tokens: names.tokens.iter().cloned().collect(),
                    pseudonym: names.pseudonym.clone(),
                };
                // Another error: it was forgotten, or its node does not answer. The next pass sees whether its records still name them.
                if let Err(CommandError::NotStored) = self.command(station, command).await {
                    let why = "what a station remembers could not be stored";
                    return Err(StoreError::new(why).into());
                }
            }
            erased.running = found.running;
            if !found.has_changed {
                break;
            }
        }
        let is_one = |token: &str| names.has(token);
        erased.records += self
            .services
            .erase(&self.records, &is_one, &names.pseudonym)
            .await?;
        for member in self.all() {
            lock(&member.journal).forget(|message| names.stand_in(&message.text));
        }
        self.application.forget(&Forgotten::Tokens {
            id_tokens: names.tokens.iter().cloned().collect(),
            pseudonym: names.pseudonym.clone(),
        });
        self.records.store().scrub().await?;
        Ok(erased)
    }

    fn tokens_of(&self, person: &Person) -> BTreeSet<String> {
        match person {
            Person::IdToken(token) => BTreeSet::from([token.to_ascii_lowercase()]),
            Person::Group(group) => self.services.tokens(|tokens| {
                let of_group = tokens.iter().filter(|(_, token)| {
                    let parent = token.parent_id_tag.as_ref();
                    parent.is_some_and(|parent| parent.eq_ignore_ascii_case(group))
                });
                let texts = of_group.map(|(text, _)| text.to_owned());
                texts.chain([group.to_ascii_lowercase()]).collect()
            }),
        }
    }

    /// Nobody is erased while he charges: his transaction could not be stopped with his token any more.
    async fn refuse_if_in_use(&self, names: &Names) -> Result<(), EraseError> {
        let store = self.records.store();
        let mut numbers = Vec::new();
        read_from(store, Table::Open, "", |key, _| {
            numbers.push(station_of(key).1.to_owned());
            Ok(())
        })
        .await?;
        let mut running = Vec::new();
        for number in numbers {
            let row = store.get(Table::Transactions, &number).await?;
            let named = row.map(|row| names.without(owner(&row).1)).transpose()?;
            if let Some(Named::Running(reference)) = named {
                running.push(reference);
            }
        }
        if !running.is_empty() {
            return Err(EraseError::Charges(running));
        }
        let now = clock::utc();
        let reserved: Vec<_> = self.services.reservations(|all| {
            let held = all.iter(now).filter(|reservation| {
                reservation.status == ocpp_core::csms::ReservationStatus::Accepted
                    && names.has(&reservation.id_token)
            });
            held.map(|reservation| (reservation.station.clone(), reservation.id))
                .collect()
        });
        match reserved.is_empty() {
            true => Ok(()),
            false => Err(EraseError::Reserved(reserved)),
        }
    }

    /// Looks through the store once.
    async fn erase_rows(&self, names: &Names, erased: &mut Erased) -> Result<Found, StoreError> {
        let mut found = Found::default();
        let mut of_stations: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for table in [Table::Transactions, Table::Outbox] {
            let mut after = String::new();
            loop {
                let rows = self.records.store().read(table, &after, PAGE).await?;
                let is_last = rows.len() < PAGE;
                let (mut changed, mut index) = (Vec::new(), Vec::new());
                for (key, value) in rows {
                    after.clone_from(&key);
                    let (station, record) = owner(&value);
                    match names.without(record)? {
                        Named::No => {}
                        Named::Running(reference) if table == Table::Transactions => {
                            found.running.push(reference);
                        }
                        Named::Running(_) => {}
                        Named::Ended {
                            before,
                            now,
                            record,
                        } => {
                            found.stations.insert(station.to_owned());
                            let references = of_stations.entry(station.to_owned()).or_default();
                            references.push(now.reference);
                            if table == Table::Transactions {
                                let old = index_rows(station, &before).into_iter();
                                let new = index_rows(station, &now);
                                let old = old.filter(|key| !new.contains(key));
                                index.extend(old.map(|key| Row::remove(Table::Index, key)));
                                index.extend(new.iter().map(|key| Row::put(Table::Index, key, "")));
                            }
                            let row = Row::put(table, key, format!("{station}\n{record}"));
                            // A station may write it at this moment: then it is found in the next pass.
                            changed.push(row.only_if(Expect::Value(value)));
                        }
                    }
                }
                erased.transactions += match table {
                    Table::Transactions => changed.len(),
                    _ => 0,
                };
                found.has_changed |= !changed.is_empty();
                self.write_each(changed).await?;
                self.write_each(index).await?;
                if is_last {
                    break;
                }
            }
        }
        for (station, references) in &of_stations {
            for reference in references {
                erased.signed_values += self.erase_signed(names, station, *reference).await?;
            }
        }
        let mut rows = Vec::new();
        read_from(self.records.store(), Table::Origins, "", |key, _| {
            if names.tokens.iter().any(|token| names_token(key, token)) {
                rows.push(Row::remove(Table::Origins, key));
            }
            Ok(())
        })
        .await?;
        found.has_changed |= !rows.is_empty();
        self.write_each(rows).await?;
        read_from(self.records.store(), Table::Stations, "", |key, value| {
            let value = value.to_ascii_lowercase();
            let quoted = |token: &String| serde_json::to_string(token).unwrap_or_default();
            let mut tokens = names.tokens.iter();
            if tokens.any(|token| value.contains(&quoted(token))) {
                found.stations.insert(station_of(key).0.to_owned());
            }
            Ok(())
        })
        .await?;
        Ok(found)
    }

    /// Signed data cannot be changed: values in which a token stands lose their signature.
    async fn erase_signed(
        &self,
        names: &Names,
        station: &str,
        reference: u64,
    ) -> Result<usize, StoreError> {
        let mut rows = Vec::new();
        let mut count = 0;
        let prefix = meters_of(station, reference);
        read_from(
            self.records.store(),
            Table::Meters,
            &prefix,
            |key, value| {
                let mut samples: Vec<Sample> =
                    serde_json::from_str(value).map_err(StoreError::new)?;
                let before = count;
                for sample in &mut samples {
                    let signed = sample.signed.as_ref();
                    if signed.is_some_and(|signed| names.stand_in_data(&signed.data)) {
                        sample.signed = None;
                        count += 1;
                    }
                }
                if count > before {
                    let text = serde_json::to_string(&samples).map_err(StoreError::new)?;
                    rows.push(Row::put(Table::Meters, key, text));
                }
                Ok(())
            },
        )
        .await?;
        self.write_each(rows).await?;
        Ok(count)
    }

    /// Writes rows that do not belong together; what somebody else has changed meanwhile is left.
    pub(super) async fn write_each(&self, rows: Vec<Row>) -> Result<(), StoreError> {
        for some in rows.chunks(PAGE) {
            match self.records.write(some.to_vec()).await {
                Err(error) if error.is_conflict() => {}
                other => {
                    other?;
                    continue;
                }
            }
            for row in some {
                match self.records.write(vec![row.clone()]).await {
                    Err(error) if error.is_conflict() => {}
                    other => other?,
                }
            }
        }
        Ok(())
    }
}

/// What a pass has found.
#[derive(Debug, Default)]
struct Found {
    /// Stations that may have one of the tokens in memory.
    stations: BTreeSet<String>,
    running: Vec<u64>,
    has_changed: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_a_word_of_its_own() {
        let tokens = ["1".to_owned(), "c0ffee99".to_owned()];
        for text in [
            "{\"idTag\":\"C0FFEE99\"}",
            "may c0ffee99 charge?",
            "1",
            "T/1",
            "ID: 1",
        ] {
            assert!(mentions(text, &tokens), "{text}");
        }
        for text in [
            "",
            "2024-05-15T12:00:00.100Z",
            "AC0FFEE99",
            "c0ffee990",
            "11",
        ] {
            assert!(!mentions(text, &tokens), "{text}");
        }
    }
}
