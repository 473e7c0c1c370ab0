//! The CSMS of this library in virtual time: [`RemoteStation`] with the services, and an operator who does what the lab asks
//! for.

mod door;
mod mishaps;
mod on_bench;

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding};
use ocpp_core::csms::TokenStatus;
use ocpp_core::csms::ledger::RecordChange;
use ocpp_core::csms::remote::{
    Answer, Command, CommandError, Config, Input, Outcome, Output, Question, RemoteStation,
    SigningRequest, StationEvent,
};
use ocpp_core::csms::services::{Reservations, Token, Tokens, TokensConfig};
use ocpp_core::security::software::verify_certificate_request;
use ocpp_core::time::{Instant, Now};
use ocpp_types::Version;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::history::{Fate, History, Written};
use super::{Bench as _, Event, Trouble};
use crate::mutation::{Change, Mutator};
use crate::pki::Authority;

/// 2024-05-15T12:00:00Z, as of the other virtual bench.
const BEGIN: i64 = 1_715_774_400_000;
/// A CSMS that wants to be woken more often at one instant has gone astray.
const MAX_WAKES: usize = 10_000;

/// What an OCSP responder has answered, DER; OpenSSL has made it.
const OCSP_RESPONSE: &[u8] = include_bytes!("virtual_csms/ocsp_response.der");
/// What somebody answers to a car, which nobody here understands.
const EXI_RESPONSE: &str = "gJgCBs3mVm5L";

/// A CSMS that knows one station: that of the lab.
pub struct VirtualCsms {
    version: Version,
    station: RemoteStation,
    tokens: Tokens,
    reservations: Reservations,
    /// What a Wh costs, if the operator has said so.
    price: Option<Decimal>,
    /// Others are asked about certificates.
    certificate_services: bool,
    /// The number of the next transaction.
    next_number: u64,
    next_command: u64,
    /// The serial number of the next certificate.
    next_certificate: u64,
    /// The durable records of the station.
    stored: BTreeMap<String, String>,
    connected: bool,
    now: u64,
    /// What reaches the lab, and when.
    events: BTreeMap<(u64, u64), Event>,
    counter: u64,
    /// What the operator has been told, for people.
    told: Vec<String>,
    /// The last command of the operator, and what came of it.
    asked: Option<u64>,
    outcome: Option<Value>,
    /// A command that did not lead to a request.
    refused: Option<CommandError>,
    /// The tokens as they were put, which a process that begins anew finds again.
    put: Vec<RecordChange>,
    history: History,
    fate: Fate,
    /// The process has ended since the last command.
    died: bool,
    /// How often each transaction was told to have ended, by its number.
    ended: BTreeMap<u64, usize>,
    /// The mutation that begins with the case.
    change: Option<Change>,
    mutator: Option<Mutator>,
}

/// The cost of transactions is asked for, while they run too.
fn config() -> Config {
    let mut config = Config::default();
    config.asks_cost = true;
    config.asks_running_cost = true;
    config
}

impl VirtualCsms {
    /// A CSMS that knows nothing yet.
    #[must_use]
    pub fn new(version: Version, identity: &str) -> Self {
        let mut station = RemoteStation::new(identity, config(), 1);
        let mut stored = BTreeMap::new();
        // The operator knows it, so that its certificates are signed.
        let put = Input::Command {
            id: 0,
            command: Command::Put,
        };
        let now = Now {
            monotonic: Instant::ORIGIN,
            utc: None,
        };
        station.handle(now, put);
        while let Some(output) = station.poll_output() {
            if let Output::Store(changes) = output {
                let changes = changes.into_iter();
                stored.extend(changes.filter_map(|change| Some((change.key, change.record?))));
            }
        }
        Self {
            version,
            station,
            price: None,
            certificate_services: false,
            tokens: Tokens::new(TokensConfig::default()),
            reservations: Reservations::new(),
            next_number: 1,
            next_command: 1,
            next_certificate: 100,
            stored,
            connected: false,
            now: 0,
            events: BTreeMap::new(),
            counter: 0,
            told: Vec::new(),
            asked: None,
            outcome: None,
            refused: None,
            put: Vec::new(),
            history: History::default(),
            fate: Fate::default(),
            died: false,
            ended: BTreeMap::new(),
            change: None,
            mutator: None,
        }
    }

    /// The CSMS misbehaves so from the beginning of the case on.
    pub const fn misbehave(&mut self, change: Change) {
        self.change = Some(change);
    }

    fn time(&self) -> Now {
        Now {
            monotonic: Instant::from_millis(self.now),
            utc: Some(self.utc()),
        }
    }

    fn report(&mut self, seconds: u32, event: Event) {
        let key = (self.now + u64::from(seconds) * 1000, self.counter);
        self.counter += 1;
        self.events.insert(key, event);
    }

    fn input(&mut self, input: Input) {
        let now = self.time();
        self.station.handle(now, input);
        while let Some(output) = self.station.poll_output() {
            match output {
                Output::Store(changes) => {
                    let written = self.fate.write();
                    if matches!(written, Written::Well | Written::DeadAfter) {
                        self.store(changes);
                    }
                    match written {
                        Written::Well => {}
                        Written::Not => self.station.handle(now, Input::NotStored),
                        Written::DeadBefore | Written::DeadAfter => return self.die(),
                    }
                }
                Output::Transmit(text) => self.says(text),
                Output::Ask { question, about } => {
                    let answer = self.decide(about);
                    self.station.handle(now, Input::Answer { question, answer });
                }
                Output::Event(event) => self.heed(&event),
                Output::CommandEnded { id, outcome } => self.ended(id, outcome),
                Output::Close(_) => {
                    self.connected = false;
                    self.station.handle(now, Input::Disconnected);
                    self.report(0, Event::Disconnected);
                }
                _ => {}
            }
        }
    }

    fn store(&mut self, changes: Vec<RecordChange>) {
        for change in changes {
            match change.record {
                Some(record) => self.stored.insert(change.key, record),
                None => self.stored.remove(&change.key),
            };
        }
    }

    /// A message of the CSMS.
    fn says(&mut self, text: String) {
        if !self.connected {
            return;
        }
        if !self.fate.carries() {
            return self.link_dies();
        }
        let utc = self.utc().to_string();
        let Some(mutator) = &mut self.mutator else {
            return self.report(0, Event::Text(text));
        };
        let fate = mutator.outbound(text, &utc);
        for (seconds, text) in fate.to_lab {
            self.report(seconds, Event::Text(text));
        }
        let now = self.time();
        for text in fate.to_station {
            self.station.handle(now, Input::Received(text));
        }
    }

    fn ended(&mut self, id: u64, outcome: Result<Outcome, CommandError>) {
        if self.asked == Some(id) {
            self.outcome = Some(super::outcome(&outcome));
        }
        self.told.push(match &outcome {
            Ok(outcome) => format!("operator: is told {outcome:?}"),
            Err(error) => format!("operator: is told that it came to nothing: {error:?}"),
        });
        if let Err(error) = outcome {
            self.refused = Some(error);
        }
    }

    /// What takes more than one station to decide.
    fn decide(&mut self, about: Question) -> Answer {
        match about {
            Question::Number => {
                self.next_number += 1;
                Answer::Number(self.next_number - 1)
            }
            Question::Stored(key) => Answer::Stored(self.stored.get(&key).cloned()),
            Question::Authorize(asked) => {
                let (utc, station) = (self.utc(), self.station.identity().to_owned());
                Answer::Token(self.tokens.authorize(utc, &station, &asked))
            }
            Question::Cost(bill) => Answer::Cost(self.price.and_then(|price| {
                let cost = price.checked_mul(*bill.energy_wh?)?;
                Some(cost.normalize().into())
            })),
            Question::Sign(request) => Answer::Certificate(self.sign(&request)),
            Question::Request { action, .. } if self.certificate_services => match action {
                "GetCertificateStatus" => {
                    let result = Base64::encode_string(OCSP_RESPONSE);
                    let response = json!({"status": "Accepted", "ocspResult": result});
                    Answer::Response(response.to_string())
                }
                "Get15118EVCertificate" => {
                    let response = json!({"status": "Accepted", "exiResponse": EXI_RESPONSE});
                    Answer::Response(response.to_string())
                }
                _ => Answer::Default,
            },
            _ => Answer::Default,
        }
    }

    /// A certificate for a name that the station may have (A00.FR.405); for talking to vehicles for any, signed by another root.
    fn sign(&mut self, request: &SigningRequest) -> Option<String> {
        let seen = verify_certificate_request(&request.csr).ok()?;
        let name = seen.common_name?;
        if !request.v2g && !request.names.contains(&name) {
            return None;
        }
        self.next_certificate += 1;
        let authority = match request.v2g {
            true => Authority::second().ok()?,
            false => Authority::csms().ok()?,
        };
        authority.sign(&request.csr, self.next_certificate).ok()
    }

    /// What an event means for the services.
    fn heed(&mut self, event: &StationEvent) {
        let id = self.station.identity().to_owned();
        match event {
            StationEvent::TransactionEnded(bill) => {
                *self.ended.entry(bill.reference).or_default() += 1;
                self.tokens.release(&id, bill.reference);
            }
            StationEvent::TransactionPresumedOver { reference, .. }
            | StationEvent::NotBegun { reference } => {
                self.tokens.release(&id, *reference);
            }
            StationEvent::TransactionResumed { reference, .. } => {
                if let Some(transaction) = self.station.ledger().transaction(*reference) {
                    self.tokens.hold(&id, transaction);
                }
            }
            StationEvent::Connector(_) => {
                for change in self.reservations.dropped(&id, event) {
                    // It was made here.
                    let _ = self.reservations.apply(&change);
                }
            }
            StationEvent::Reservation { .. } => {
                if let Some(change) = self.reservations.noted(&id, event) {
                    // It was made here.
                    let _ = self.reservations.apply(&change);
                }
            }
            _ => {}
        }
    }

    fn command(&mut self, command: Command) -> Result<(), Trouble> {
        self.refused = None;
        self.died = false;
        let id = self.next_command;
        self.next_command += 1;
        self.input(Input::Command { id, command });
        if std::mem::take(&mut self.died) {
            let why = "the process of the CSMS has ended".to_owned();
            return Err(Trouble::NotDone(why));
        }
        match self.refused.take() {
            None => Ok(()),
            Some(error) => Err(Trouble::NotDone(format!(
                "the CSMS does not carry it out: {error:?}"
            ))),
        }
    }

    fn put(
        &mut self,
        token: &str,
        status: TokenStatus,
        group: Option<&str>,
    ) -> Result<(), Trouble> {
        // One that has expired is one whose time is over.
        let over = self.utc().saturating_add_millis(-86_400_000);
        let expired = status == TokenStatus::Expired;
        let value = Token {
            expiry_date: expired.then_some(over),
            parent_id_tag: group.map(Into::into),
            ..Token::of(if expired {
                TokenStatus::Accepted
            } else {
                status
            })
        };
        let change = self.tokens.put(token, &value).map_err(Trouble::broken)?;
        self.tokens.apply(&change).map_err(Trouble::broken)?;
        self.put.push(change);
        Ok(())
    }

    fn wake_at(&self) -> Option<u64> {
        let station = self.station.next_timeout().map(Instant::as_millis);
        let event = self.events.first_key_value().map(|(key, _)| key.0);
        station.into_iter().chain(event).min()
    }
}
