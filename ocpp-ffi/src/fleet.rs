//! What takes more than one station to know, with inputs and outputs that are JSON.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use ocpp_core::csms::ledger::{IdToken, RecordChange};
use ocpp_core::csms::remote::{
    self, Answer, Authorize, Operation, Output, Purpose, Question, StationEvent,
};
use ocpp_core::csms::services::{LocalLists, Reservations, Token, Tokens, TokensConfig};
use ocpp_core::csms::{Reservation, TokenStatus};
use ocpp_types::DateTime;
use serde::{Deserialize, Serialize};

use crate::read::{read, read_closed};
use crate::remote::RemoteStation;
use crate::station::{NULL, json};
use crate::{Error, Time};

/// What takes more than one station to know: tokens and who holds them, reservations, and what stations have in their local lists
/// (`ocpp_core::csms::services`). It [serves](Self::serve) [`RemoteStation`]s.
#[derive(Debug)]
pub struct Fleet {
    tokens: Tokens,
    reservations: Reservations,
    lists: LocalLists,
    /// Local lists that are on their way, by station and number of the command.
    sending: BTreeMap<(String, u64), Operation>,
    /// The stations whose running transactions hold their tokens.
    known: BTreeSet<String>,
    /// What is to be stored.
    changes: Vec<RecordChange>,
    /// What was handed out to be stored. Polling on says that it is.
    polled: Vec<RecordChange>,
}

/// How tokens are treated.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Config {
    /// Whether a token may charge at several places at a time: no.
    concurrent_transactions: Option<bool>,
    /// Whether a token that nobody has put may charge: no. For experiments.
    accept_any_token: Option<bool>,
    /// The most tokens: 1,000,000.
    max_tokens: Option<u32>,
}

/// What can be asked of a fleet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all_fields = "camelCase")]
pub(crate) enum Order {
    /// The records of the last `Store` could not be stored; to be told instead of polling on. Tokens are as they were; what has
    /// happened at stations is stored with what comes next.
    NotStored,
    /// Put a token, or change it. Tokens compare without case.
    PutToken {
        /// Its text.
        id_token: String,
        /// What is known of it.
        token: Token,
    },
    /// Remove a token. The reply is `{"deleted": true}`, or false if it was not known.
    DeleteToken(String),
    /// A token. The reply is `{"token": …}`, with `null` if it is not known.
    GetToken(String),
    /// The tokens behind this text in lower case, or from the first one on: at most `limit`. The reply is
    /// `{"tokens": [{"idToken", "token"}]}`.
    GetTokens {
        /// The last one of the page before.
        after: Option<String>,
        /// How many: 100.
        limit: Option<u32>,
    },
    /// All reservations. The reply is `{"reservations": […]}`.
    GetReservations,
    /// The reservation of a station with this number is of no interest any more. The reply is `{"deleted": true}`, or false.
    ForgetReservation {
        /// The identity of the station.
        station: String,
        /// The number.
        id: i64,
    },
    /// What a station has to be sent so that its local list has these tokens and no others (D01). The reply is `{"input": …}`, an
    /// input for its `RemoteStation`, with `null` if it has them. Until the command has ended nothing else is sent.
    SendLocalList {
        /// The identity of the station.
        station: String,
        /// The number of the command.
        command: u64,
        /// The tokens.
        id_tokens: Vec<IdToken>,
    },
}

/// Answers with a value, as JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Reply<'a> {
    Answered(bool),
    Deleted(bool),
    Token(Option<&'a Token>),
    Tokens(Vec<Listed<'a>>),
    Reservations(Vec<Reservation>),
    Input(Option<remote::Input>),
}

/// A token of a page.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed<'a> {
    id_token: &'a str,
    token: &'a Token,
}

/// What a fleet wants done.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) enum FleetOutput<'a> {
    /// Store these records, all or none; `null` removes one. Polling on says that they are stored.
    Store(&'a [RecordChange]),
}

/// A look inside.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct State {
    /// How many tokens there are.
    tokens: usize,
    /// How many local lists are on their way.
    sending: usize,
    /// How many changes wait to be stored.
    unstored: usize,
}

fn utc(now: Time) -> Result<DateTime, Error> {
    let utc = now.utc.and_then(DateTime::from_unix_millis);
    utc.ok_or_else(|| Error::because("a fleet has to know the time (UTC)"))
}

impl Fleet {
    /// A fleet as its records describe it. `config` is a JSON object, empty for the defaults; `records` is a JSON array of the records
    /// (`{"key", "record"}`) that are stored, empty for a new one.
    ///
    /// # Errors
    /// When the configuration or a record cannot be read, or a record is of no service.
    pub fn new(config: &str, records: &str) -> Result<Self, Error> {
        let config: Config = match config.trim() {
            "" => Config::default(),
            config => read_closed(config)?,
        };
        let mut how = TokensConfig::default();
        let is = |given: Option<bool>| given.unwrap_or_default();
        how.concurrent_transactions = is(config.concurrent_transactions);
        how.accept_any_token = is(config.accept_any_token);
        if let Some(most) = config.max_tokens {
            how.max_tokens = usize::try_from(most).unwrap_or(usize::MAX);
        }
        let mut this = Self {
            tokens: Tokens::new(how),
            reservations: Reservations::new(),
            lists: LocalLists::new(),
            sending: BTreeMap::new(),
            known: BTreeSet::new(),
            changes: Vec::new(),
            polled: Vec::new(),
        };
        let records: Vec<RecordChange> = match records.trim() {
            "" => Vec::new(),
            records => read(records)?,
        };
        for record in &records {
            if !this.apply(record)? {
                let why = format!("record {}: no service knows it", record.key);
                return Err(Error::because(&why));
            }
        }
        Ok(this)
    }

    fn apply(&mut self, change: &RecordChange) -> Result<bool, Error> {
        let why = |why: String| Error::new(&format!("record {}: {why}", change.key));
        Ok(self.tokens.apply(change).map_err(why)?
            || self.reservations.apply(change).map_err(why)?
            || self.lists.apply(change).map_err(why)?)
    }

    /// Takes an input. Poll the outputs afterwards. Gives the reply, JSON: `null` for what has none.
    ///
    /// # Errors
    /// When the input cannot be read, or there is no room for another token. Nothing has changed then.
    pub fn handle(&mut self, now: Time, input: &str) -> Result<String, Error> {
        let order = read(input)?;
        if order == Order::NotStored {
            let tokens = |change: &RecordChange| change.key.starts_with("token/");
            let mut kept = core::mem::take(&mut self.polled);
            kept.retain(|change| !tokens(change));
            kept.append(&mut self.changes);
            self.changes = kept;
            return Ok(NULL.into());
        }
        self.stored();
        Ok(match order {
            Order::NotStored => NULL.into(),
            Order::PutToken { id_token, token } => {
                let change = self.tokens.put(&id_token, &token);
                self.changes.push(change.map_err(|full| Error::new(&full))?);
                NULL.into()
            }
            Order::DeleteToken(token) => {
                let change = self.tokens.delete(&token);
                self.removed(change)
            }
            Order::GetToken(token) => json(&Reply::Token(self.tokens.get(&token))),
            Order::GetTokens { after, limit } => {
                let limit = usize::try_from(limit.unwrap_or(100)).unwrap_or(usize::MAX);
                let behind = |text: &str| after.as_deref().is_none_or(|after| text > after);
                let listed = self.tokens.iter().filter(|(text, _)| behind(text));
                let listed = listed.map(|(id_token, token)| Listed { id_token, token });
                json(&Reply::Tokens(listed.take(limit).collect()))
            }
            Order::GetReservations => {
                let all = self.reservations.iter(utc(now)?);
                json(&Reply::Reservations(all.collect()))
            }
            Order::ForgetReservation { station, id } => {
                let change = self.reservations.forget(&station, id);
                self.has_happened(change.iter().cloned());
                json(&Reply::Deleted(change.is_some()))
            }
            Order::SendLocalList {
                station,
                command,
                id_tokens,
            } => json(&Reply::Input(self.send(
                utc(now)?,
                station,
                command,
                id_tokens,
            ))),
        })
    }

    /// Lets a station, as its CSMS sees it, have what the fleet knows. Call it after each output of the station that was polled, before the
    /// next one, and once when the station was made: who charges there holds his token.
    ///
    /// Questions whether a token may charge are answered; then the reply is `{"answered": true}`, otherwise false. What an event means
    /// for tokens and reservations is noted, and how a local list was taken; poll the fleet's outputs too.
    ///
    /// # Errors
    /// When the time is not known.
    pub fn serve(&mut self, now: Time, remote: &mut RemoteStation) -> Result<String, Error> {
        let at = utc(now)?;
        self.stored();
        let station = remote.station();
        let identity = String::from(station.identity());
        if self.known.insert(identity.clone()) {
            self.tokens.resume(&identity, station.ledger().open());
        }
        let mut answered = false;
        match remote.polled() {
            Some(Output::Ask {
                question,
                about: Question::Authorize(asked),
            }) => {
                let info = self.tokens.authorize(at, &identity, asked);
                let question = *question;
                let answer = Answer::Token(info);
                remote.answered(now, remote::Input::Answer { question, answer });
                answered = true;
            }
            Some(Output::Event(event)) => {
                self.follow(&identity, station, event);
                let noted = self.reservations.noted(&identity, event);
                let dropped = self.reservations.dropped(&identity, event);
                self.has_happened(noted.into_iter().chain(dropped));
                let outdated = self.reservations.outdated(&identity, at);
                self.has_happened(outdated);
            }
            Some(Output::CommandEnded { id, outcome }) => {
                if let Some(operation) = self.sending.remove(&(identity.clone(), *id)) {
                    let sent = self.lists.sent(&identity, &operation, outcome);
                    self.has_happened(sent);
                }
            }
            _ => {}
        }
        Ok(json(&Reply::Answered(answered)))
    }

    /// Follows which transactions hold their tokens.
    fn follow(&mut self, identity: &str, station: &remote::RemoteStation, event: &StationEvent) {
        match event {
            StationEvent::TransactionEnded(bill) => self.tokens.release(identity, bill.reference),
            StationEvent::TransactionPresumedOver { reference, .. }
            | StationEvent::NotBegun { reference } => self.tokens.release(identity, *reference),
            StationEvent::TransactionResumed { reference, .. } => {
                if let Some(transaction) = station.ledger().transaction(*reference) {
                    self.tokens.hold(identity, transaction);
                }
            }
            StationEvent::NotStored => self.tokens.resume(identity, station.ledger().open()),
            _ => {}
        }
    }

    fn send(
        &mut self,
        now: DateTime,
        station: String,
        command: u64,
        id_tokens: Vec<IdToken>,
    ) -> Option<remote::Input> {
        if self.sending.keys().any(|(there, _)| *there == station) {
            return None;
        }
        let wanted: Vec<_> = id_tokens
            .into_iter()
            .map(|id_token| {
                let asked = Authorize {
                    id_token,
                    purpose: Purpose::Look,
                    evse: None,
                    remote: false,
                    certificate: None,
                    hashes: Vec::new(),
                };
                let info = self.tokens.look_up(now, &asked);
                (asked.id_token, info)
            })
            // Nobody needs to be told of a token that is not known: it is not accepted anyway.
            .filter(|(_, info)| info.status != TokenStatus::Invalid)
            .collect();
        let operation = self.lists.next(&station, &wanted)?;
        self.sending.insert((station, command), operation.clone());
        Some(remote::Input::Command {
            id: command,
            command: remote::Command::Operation(operation),
        })
    }

    /// The change of a token that may be none.
    fn removed(&mut self, change: Option<RecordChange>) -> String {
        let deleted = change.is_some();
        self.changes.extend(change);
        json(&Reply::Deleted(deleted))
    }

    /// What has happened counts at once, whether it can be stored or not.
    fn has_happened(&mut self, changes: impl IntoIterator<Item = RecordChange>) {
        for change in changes {
            // It was made here, and can be read.
            let _ = self.apply(&change);
            self.changes.push(change);
        }
    }

    /// What was polled is stored: it counts.
    fn stored(&mut self) {
        for change in core::mem::take(&mut self.polled) {
            // It was made here, and can be read. What has happened counts already, and does so once more.
            let _ = self.apply(&change);
        }
    }

    /// The next output, JSON. `None` when there is nothing more for now. Polling on after `Store` says that it is stored.
    pub fn poll_output(&mut self) -> Option<String> {
        self.stored();
        self.polled = core::mem::take(&mut self.changes);
        (!self.polled.is_empty()).then(|| json(&FleetOutput::Store(&self.polled)))
    }

    /// A look inside, JSON.
    #[must_use]
    pub fn state(&self) -> String {
        json(&State {
            tokens: self.tokens.iter().count(),
            sending: self.sending.len(),
            unstored: self.changes.len() + self.polled.len(),
        })
    }
}
