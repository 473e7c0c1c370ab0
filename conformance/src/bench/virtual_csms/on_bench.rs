//! The CSMS as a [`Bench`].

use std::time::Duration;

use ocpp_core::csms::TransactionId;
use ocpp_core::csms::remote::{Command, Input};
use ocpp_core::csms::{Registration, TokenStatus};
use ocpp_types::{DateTime, Version};
use rust_decimal::Decimal;
use serde_json::Value;

use super::super::history::Done;
use super::super::{
    Act, Bench, Dial, Dialled, Endpoint, Event, Hello, Record, Server, Told, Trouble,
};
use super::{BEGIN, MAX_WAKES, VirtualCsms};
use crate::case::{Fact, Side};
use crate::lab::Parameters;
use crate::mutation::Mutator;
use crate::pki::HOST;

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
                let event = entry.remove();
                if let Event::Text(text) = &event {
                    self.history.add(self.now, Done::Heard(text.clone()));
                }
                return Ok(Some(event));
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
        self.history.add(self.now, Done::Said(text.to_owned()));
        if self.connected && !self.fate.carries() {
            self.link_dies();
            return Ok(());
        }
        let passes = self.mutator.as_mut().is_none_or(|m| m.inbound(text));
        if passes && self.connected {
            let text = match &mut self.mutator {
                Some(mutator) => mutator.understood(text),
                None => text.to_owned(),
            };
            self.input(Input::Received(text));
        }
        Ok(())
    }

    fn act(&mut self, _: &Act) -> Result<(), Trouble> {
        Err(Trouble::Impossible("no station is under test".to_owned()))
    }

    fn disconnect(&mut self) -> Result<(), Trouble> {
        self.history.add(self.now, Done::HungUp);
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

    fn url(&self, _: Endpoint, security_profile: u8) -> Option<String> {
        let scheme = if security_profile < 2 { "ws" } else { "wss" };
        Some(format!("{scheme}://{HOST}/"))
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
        let entered = Done::Entered(fact, Box::new(parameters.clone()));
        self.history.add(self.now, entered);
        match fact {
            Fact::Token(token, status) => self.put(token(parameters), status, None),
            // It has never heard of one.
            Fact::UnknownToken(_) => Ok(()),
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
            Fact::CertificateServices => {
                self.certificate_services = true;
                Ok(())
            }
            Fact::Password(password) => {
                self.command(Command::Password(Some(password(parameters).to_owned())))
            }
        }
    }

    fn operate(&mut self, _: &str, command: Command) -> Result<(), Trouble> {
        self.history.add(self.now, Done::Ordered(command.clone()));
        self.asked = Some(self.next_command);
        self.outcome = None;
        self.command(command)
    }

    /// Without a person nothing more comes by waiting: the lab has said what there is to say.
    fn told(&mut self, _: &str, _: Duration) -> Result<Told, Trouble> {
        let outcome = self.outcome.clone();
        let outcome = match &mut self.mutator {
            Some(mutator) => mutator.told(outcome),
            None => outcome,
        };
        Ok(outcome.map_or(Told::Nothing, Told::Outcome))
    }

    fn record(&mut self, _: &str, record: &Record) -> Result<Told, Trouble> {
        let kept = match record {
            Record::Transaction(id) => self.kept_transaction(id),
            Record::Connector(evse) => self.kept_connector(*evse),
            Record::Progress(action) => self.kept_progress(action),
        };
        let kept = match &mut self.mutator {
            Some(mutator) => mutator.told(kept),
            None => kept,
        };
        Ok(kept.map_or(Told::Nothing, Told::Outcome))
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

    fn hello(&mut self, hello: &Hello) -> Result<Value, Trouble> {
        self.server_hello(hello)
    }

    /// What of a connection the station's value decides: its security profile, its password and the name in its certificate,
    /// and its subprotocol. TLS is the transport's, and is checked over the wire.
    fn dial(&mut self, dial: &Dial) -> Result<Dialled, Trouble> {
        self.disconnect()?;
        self.history
            .add(self.now, Done::Dialled(Box::new(dial.clone())));
        let otherwise = self.mutator.as_mut().is_some_and(Mutator::dials_otherwise);
        let dialled = self.door(dial);
        let subprotocol = dial.subprotocols.last().copied().unwrap_or_default();
        Ok(match dialled {
            Dialled::Connected(_) if otherwise => {
                self.disconnect()?;
                Dialled::Refused("it misbehaves".to_owned())
            }
            Dialled::Refused(_) if otherwise => Dialled::Connected(subprotocol.to_owned()),
            dialled => dialled,
        })
    }
}
