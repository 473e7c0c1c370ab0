//! The CSMS of this library in virtual time: [`RemoteStation`] with the services, and an operator who does what the lab asks
//! for.

use std::collections::BTreeMap;
use std::time::Duration;

use ocpp_core::csms::remote::{
    Answer, Command, CommandError, Config, Input, Link, Outcome, Output, Question, RemoteStation,
    SigningRequest, StationEvent,
};
use ocpp_core::csms::services::{Reservations, Token, Tokens, TokensConfig};
use ocpp_core::csms::{Registration, TokenStatus, TransactionId};
use ocpp_core::security::software::{SoftwareVerifier, verify_certificate_request};
use ocpp_core::security::{CertificateInfo, CertificateVerifier, Purpose, SecurityProfile};
use ocpp_core::time::{Instant, Now};
use ocpp_types::{DateTime, Version};
use rust_decimal::Decimal;

use super::{Act, Bench, Dial, Dialled, Event, Server, Trouble};
use crate::case::{Fact, Side};
use crate::lab::Parameters;
use crate::mutation::{Change, Mutator};
use crate::pki::Authority;

/// 2024-05-15T12:00:00Z, as of the other virtual bench.
const BEGIN: i64 = 1_715_774_400_000;
/// A CSMS that wants to be woken more often at one instant has gone astray.
const MAX_WAKES: usize = 10_000;

/// A CSMS that knows one station: that of the lab.
pub struct VirtualCsms {
    version: Version,
    station: RemoteStation,
    tokens: Tokens,
    reservations: Reservations,
    /// What a Wh costs, if the operator has said so.
    price: Option<Decimal>,
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
    /// What the operator has been told.
    told: Vec<String>,
    /// A command that did not lead to a request.
    refused: Option<CommandError>,
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
            refused: None,
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
                    for change in changes {
                        match change.record {
                            Some(record) => self.stored.insert(change.key, record),
                            None => self.stored.remove(&change.key),
                        };
                    }
                }
                Output::Transmit(text) => self.says(text),
                Output::Ask { question, about } => {
                    let answer = self.decide(about);
                    self.station.handle(now, Input::Answer { question, answer });
                }
                Output::Event(event) => self.heed(&event),
                Output::CommandEnded { outcome, .. } => self.ended(outcome),
                Output::Close(_) => {
                    self.connected = false;
                    self.station.handle(now, Input::Disconnected);
                    self.report(0, Event::Disconnected);
                }
                _ => {}
            }
        }
    }

    /// A message of the CSMS.
    fn says(&mut self, text: String) {
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

    fn ended(&mut self, outcome: Result<Outcome, CommandError>) {
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

    /// What TLS and the door look at in security profile 3: who has signed the certificate, and whom it names (A00.FR.405).
    fn name_in_certificate(&self, dial: &Dial) -> Result<Option<String>, String> {
        let said = |error: ocpp_core::security::CertificateError| error.to_string();
        let chain = dial
            .certificate
            .as_deref()
            .ok_or("it shows no certificate")?;
        let chain = SoftwareVerifier.parse(chain).map_err(said)?;
        let root = Authority::csms().and_then(|root| root.pem());
        let root = root.map_err(|failure| failure.to_string())?;
        let root = SoftwareVerifier.parse(&root).map_err(said)?;
        let name = chain.first().and_then(|leaf| leaf.common_name.clone());
        let names = self.station.names();
        if !name.as_ref().is_some_and(|name| names.contains(name)) {
            return Err(format!("its certificate names {name:?}"));
        }
        let ders = |all: &[CertificateInfo]| -> Vec<Vec<u8>> {
            all.iter().map(|one| one.der.clone()).collect()
        };
        let (chain, root) = (ders(&chain), ders(&root));
        let chain: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
        let root: Vec<&[u8]> = root.iter().map(Vec::as_slice).collect();
        let purpose = Purpose::ChargingStation {
            common_name: None,
            organization: None,
            allow_future: false,
        };
        let verified = SoftwareVerifier.verify_chain(&chain, &root, self.utc(), &purpose);
        verified.map(|_| name).map_err(said)
    }

    /// What an event means for the services.
    fn heed(&mut self, event: &StationEvent) {
        let id = self.station.identity().to_owned();
        match event {
            StationEvent::TransactionEnded(bill) => self.tokens.release(&id, bill.reference),
            StationEvent::TransactionPresumedOver { reference, .. }
            | StationEvent::NotBegun { reference } => {
                self.tokens.release(&id, *reference);
            }
            StationEvent::TransactionResumed { reference, .. } => {
                if let Some(transaction) = self.station.ledger().transaction(*reference) {
                    self.tokens.hold(&id, transaction);
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
        let id = self.next_command;
        self.next_command += 1;
        self.input(Input::Command { id, command });
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
        Ok(())
    }

    fn wake_at(&self) -> Option<u64> {
        let station = self.station.next_timeout().map(Instant::as_millis);
        let event = self.events.first_key_value().map(|(key, _)| key.0);
        station.into_iter().chain(event).min()
    }
}

impl Bench for VirtualCsms {
    fn name(&self) -> &'static str {
        "virtual"
    }

    fn side(&self) -> Side {
        Side::Csms
    }

    fn version(&self) -> Version {
        self.version
    }

    fn now(&self) -> u64 {
        self.now
    }

    fn utc(&self) -> DateTime {
        let millis = i64::try_from(self.now).unwrap_or(i64::MAX);
        DateTime::UNIX_EPOCH.saturating_add_millis(BEGIN.saturating_add(millis))
    }

    fn next(&mut self, within: Duration) -> Result<Option<Event>, Trouble> {
        let within = u64::try_from(within.as_millis()).unwrap_or(u64::MAX);
        let end = self.now.saturating_add(within);
        let (mut wakes, mut since) = (0, self.now);
        loop {
            if let Some(entry) = self.events.first_entry()
                && entry.key().0 <= self.now
            {
                return Ok(Some(entry.remove()));
            }
            let Some(at) = self.wake_at().filter(|at| *at <= end) else {
                self.now = end;
                return Ok(None);
            };
            self.now = self.now.max(at);
            wakes = if since == self.now { wakes + 1 } else { 0 };
            since = self.now;
            if wakes > MAX_WAKES {
                return Err(Trouble::broken(format!("the CSMS spins at {}", self.now)));
            }
            self.input(Input::TimePassed);
        }
    }

    fn send(&mut self, text: &str) -> Result<(), Trouble> {
        let passes = self.mutator.as_mut().is_none_or(|m| m.inbound(text));
        if passes && self.connected {
            self.input(Input::Received(text.to_owned()));
        }
        Ok(())
    }

    fn act(&mut self, _: &Act) -> Result<(), Trouble> {
        Err(Trouble::Impossible("no station is under test".to_owned()))
    }

    fn disconnect(&mut self) -> Result<(), Trouble> {
        if self.connected {
            self.connected = false;
            self.input(Input::Disconnected);
        }
        Ok(())
    }

    fn serve(&mut self, _: Server) -> Result<(), Trouble> {
        Err(Trouble::Impossible("the lab is no server".to_owned()))
    }

    fn highest_profile(&self) -> u8 {
        3
    }

    fn uploads(&self) -> Vec<String> {
        Vec::new()
    }

    fn case_begins(&mut self) {
        if let Some(change) = self.change.take() {
            self.mutator = Some(Mutator::new(change, self.version, Side::Csms));
        }
    }

    fn enter(&mut self, fact: Fact, parameters: &Parameters) -> Result<(), Trouble> {
        match fact {
            Fact::Token(token, status) => self.put(token(parameters), status, None),
            Fact::TokenOfGroup(token, group) => {
                let (token, group) = (token(parameters), group(parameters));
                self.put(token, TokenStatus::Accepted, Some(group))
            }
            Fact::Registration(boot) => self.command(Command::Decide {
                boot,
                interval: (boot != Registration::Accepted)
                    .then(|| i64::from(parameters.boot_interval)),
            }),
            Fact::SerialNumber(number) => {
                let serial_number = Some(number(parameters).to_owned());
                self.command(Command::Provision { serial_number })
            }
            Fact::Price(price) => {
                // Hundredths for each kWh.
                self.price = Some(Decimal::new(price.into(), 5));
                Ok(())
            }
            Fact::Password(password) => {
                self.command(Command::Password(Some(password(parameters).to_owned())))
            }
        }
    }

    fn operate(&mut self, _: &str, command: Command) -> Result<(), Trouble> {
        self.command(command)
    }

    fn transaction_number(&self, id: &str) -> Option<u64> {
        let found = self
            .station
            .ledger()
            .find(&TransactionId::Text(id.to_owned()));
        found.map(|transaction| transaction.reference)
    }

    fn told_operator(&mut self) -> Vec<String> {
        std::mem::take(&mut self.told)
    }

    /// What of a connection the station's value decides: its password and the name in its certificate. Subprotocols and TLS are
    /// the transport's, and are checked over the wire.
    fn dial(&mut self, dial: &Dial) -> Result<Dialled, Trouble> {
        self.disconnect()?;
        let refused = |why: &str| Ok(Dialled::Refused(why.to_owned()));
        if dial.identity != self.station.identity() {
            return refused("nobody knows the station");
        }
        if dial.security_profile < u8::from(self.station.lowest_profile()) {
            return refused("its security profile is too low");
        }
        let shown = dial.password.as_ref();
        let shown = shown.and_then(|password| self.station.shown(password));
        if dial.security_profile < 3 && self.station.has_password() && shown.is_none() {
            return refused("it does not show its password");
        }
        if (1..3).contains(&dial.security_profile) && shown.is_none() {
            return refused("it has no password");
        }
        let mut common_name = None;
        if dial.security_profile == 3 {
            match self.name_in_certificate(dial) {
                Ok(name) => common_name = name,
                Err(why) => return Ok(Dialled::Refused(why)),
            }
        }
        let profile = match dial.security_profile {
            0 => SecurityProfile::None,
            1 => SecurityProfile::Basic,
            2 => SecurityProfile::TlsBasic,
            _ => SecurityProfile::TlsClientCertificate,
        };
        self.connected = true;
        self.input(Input::Connected(Link {
            version: self.version,
            profile,
            common_name,
            shown,
        }));
        let subprotocol = dial.subprotocols.first().copied().unwrap_or_default();
        Ok(Dialled::Connected(subprotocol.to_owned()))
    }
}
