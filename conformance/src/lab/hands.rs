//! What the person does, the network, and the mains.

use std::collections::BTreeSet;

use ocpp_types::Version;

use super::{Expected, Lab, Message, Who};
use crate::bench::{Act, Endpoint, Reader, Server, ServerCertificate};
use crate::unmet::Failed;

/// What people and cars have done to the station and not undone.
#[derive(Debug, Default)]
pub(super) struct Left {
    plugged: BTreeSet<u32>,
    faults: BTreeSet<u32>,
    locks_fail: bool,
    limited: BTreeSet<u32>,
    bays: BTreeSet<u32>,
}

impl Left {
    fn note(&mut self, act: &Act) {
        match act {
            Act::Plug(connector) | Act::PlugUnready(connector) => {
                self.plugged.insert(*connector);
            }
            Act::Unplug(connector) => {
                self.plugged.remove(connector);
            }
            Act::Fault(connector, Some(_)) => {
                self.faults.insert(*connector);
            }
            Act::Fault(connector, None) => {
                self.faults.remove(connector);
            }
            Act::LocksFail(fail) => self.locks_fail = *fail,
            Act::ExternalLimit(evse, Some(_)) => {
                self.limited.insert(*evse);
            }
            Act::ExternalLimit(evse, None) => {
                self.limited.remove(evse);
            }
            Act::Bay(connector, true) => {
                self.bays.insert(*connector);
            }
            Act::Bay(connector, false) => {
                self.bays.remove(connector);
            }
            _ => {}
        }
    }

    /// What undoes it.
    pub(super) fn take(&mut self) -> Vec<Act> {
        let Self {
            plugged,
            faults,
            locks_fail,
            limited,
            bays,
        } = std::mem::take(self);
        let faults = faults.into_iter().map(|at| Act::Fault(at, None));
        let locks = locks_fail.then_some(Act::LocksFail(false));
        let plugged = plugged.into_iter().map(Act::Unplug);
        let limited = limited
            .into_iter()
            .map(|evse| Act::ExternalLimit(evse, None));
        let bays = bays.into_iter().map(|at| Act::Bay(at, false));
        let left = faults.chain(locks).chain(plugged);
        left.chain(bays).chain(limited).collect()
    }
}

impl Lab<'_> {
    /// Does something to the station.
    ///
    /// # Errors
    /// The bench cannot.
    pub fn act(&mut self, act: &Act) -> Result<(), Failed> {
        let words = words(act);
        self.note(Who::Person, words.as_str());
        self.last = words;
        match act {
            // What is out of the car is out of the station too.
            Act::UnplugAtCar(at) if !self.product.features.detachable_cable => {
                self.left.note(&Act::Unplug(*at));
            }
            _ => self.left.note(act),
        }
        match act {
            Act::PowerOff { .. } => {
                self.mains_off = true;
                self.restarted_on = Some(self.link);
            }
            Act::PowerOn => self.mains_off = false,
            _ => {}
        }
        Ok(self.bench.act(act)?)
    }

    /// Presents an idTag at the connector under test, or at the only reader. A driver who has not plugged in anywhere has
    /// to choose the connector then.
    ///
    /// # Errors
    /// The bench cannot.
    pub fn present(&mut self, token: &str) -> Result<(), Failed> {
        let several = self.parameters.connectors > 1;
        let reader = if self.product.features.single_reader {
            let enforced = self.product.features.evse_selection_enforced;
            // Drivers of 2.0.1 stations choose where several EVSEs could be meant.
            let chooses = self.bench.version() != Version::V1_6 || self.left.plugged.is_empty();
            let chosen = enforced || (several && chooses);
            self.elsewhere |= several && !chosen;
            Reader::Shared { chosen }
        } else {
            Reader::OfConnector
        };
        self.act(&Act::Present {
            connector: self.parameters.connector,
            token: token.to_owned(),
            reader,
        })
    }

    /// What a token that means nothing at the connector under test may lead to: with one reader for several connectors
    /// the station has to ask about it all the same.
    #[must_use]
    pub const fn for_another_connector(&self) -> &'static [&'static str] {
        if self.product.features.single_reader && self.parameters.connectors > 1 {
            &["Authorize"]
        } else {
            &[]
        }
    }

    /// A status of another connector that a token was taken for.
    pub(super) fn is_elsewhere(&self, message: &Message) -> bool {
        let place = self.dialect.status_of(message);
        let other = place.is_some_and(|place| place != 0 && place != self.parameters.connector);
        self.elsewhere && other && self.dialect.follows_token(message)
    }

    /// Plugs the cable in at the connector under test, into a car that is ready unless somebody has seen to it that it is not.
    ///
    /// # Errors
    /// The bench cannot.
    pub fn plug(&mut self) -> Result<(), Failed> {
        let at = self.parameters.connector;
        match self.sessions.seat(at).unready {
            true => self.act(&Act::PlugUnready(at)),
            false => self.act(&Act::Plug(at)),
        }
    }

    /// Unplugs it there.
    ///
    /// # Errors
    /// The bench cannot.
    pub fn unplug(&mut self) -> Result<(), Failed> {
        self.act(&Act::Unplug(self.parameters.connector))
    }

    /// Cuts the power without warning and restores it.
    ///
    /// # Errors
    /// The bench cannot.
    pub fn power_cycle(&mut self) -> Result<(), Failed> {
        self.act(&Act::PowerOff {
            time_to_report: false,
        })?;
        self.act(&Act::PowerOn)
    }

    /// Changes how the server of the test system behaves.
    ///
    /// # Errors
    /// The bench cannot.
    pub fn serve(&mut self, server: Server) -> Result<(), Failed> {
        let reachable = if server.reachable { "" } else { "not " };
        let which = match server.endpoint {
            Endpoint::First => "the server",
            Endpoint::Second => "the second server",
        };
        let mut words = format!("{which} can {reachable}be reached");
        if server.certificate != ServerCertificate::Good {
            words += &format!(", with the certificate {:?}", server.certificate);
        }
        self.note(Who::Person, words.as_str());
        self.last = words;
        Ok(self.bench.serve(server)?)
    }

    /// Drops the connection and refuses new ones. Returns when it is gone: what follows is done to a station without
    /// connection.
    ///
    /// # Errors
    /// The bench cannot.
    pub fn go_offline(&mut self) -> Result<(), Failed> {
        self.serve_at(self.connected.endpoint, false)?;
        let deadline = self.deadline(Some(self.parameters.long_timeout));
        while self.online && self.pump(deadline)? {}
        let now = self.bench.utc();
        self.offline = Some((now, now));
        Ok(())
    }

    /// Accepts connections again, and waits for the station's. It may register again and report its connectors, the one
    /// under test with one of these statuses.
    ///
    /// # Errors
    /// The check `reconnect` if it does not come.
    pub fn go_online(&mut self, here: &[&'static str]) -> Result<(), Failed> {
        self.take_links();
        self.serve_at(self.connected.endpoint, true)?;
        self.expect_connection("reconnect")?;
        if let Some((_, until)) = &mut self.offline {
            *until = self.bench.utc();
        }
        self.allowed
            .push(Expected::new("reconnect.boot", "BootNotification"));
        for connector in self.dialect.places(self) {
            let others: &[&str] = match connector == self.parameters.connector {
                true => here,
                false => &["Available"],
            };
            for status in others {
                let label = "reconnect.status".to_owned();
                let again = self.dialect.status(label, connector, status);
                self.allowed.push(again.told_apart_by_first_rule());
            }
        }
        Ok(())
    }

    /// Drops the connection; the station may connect again at once.
    ///
    /// # Errors
    /// The bench cannot.
    pub fn drop_connection(&mut self) -> Result<(), Failed> {
        self.note(Who::Csms, "drops the connection");
        "the connection was dropped".clone_into(&mut self.last);
        Ok(self.bench.disconnect()?)
    }

    /// The names of the files that have arrived at the file server.
    #[must_use]
    pub fn uploads(&self) -> Vec<String> {
        self.bench.uploads()
    }
}

fn words(act: &Act) -> String {
    match act {
        Act::Present {
            connector,
            token,
            reader,
        } => match reader {
            Reader::OfConnector => format!("{token} is presented at {connector}"),
            Reader::Shared { chosen: true } => {
                format!("{connector} is chosen and {token} presented at the reader")
            }
            Reader::Shared { chosen: false } => format!("{token} is presented at the reader"),
        },
        Act::Plug(connector) => format!("the cable is plugged in at {connector}"),
        Act::PlugUnready(connector) => {
            format!("the cable is plugged in at {connector}, with a car that is not ready")
        }
        Act::Unplug(connector) => format!("the cable is unplugged at {connector}"),
        Act::UnplugAtCar(connector) => format!("the cable of {connector} is unplugged at the car"),
        Act::SelectStops(Some(connector)) => {
            format!("the transaction at {connector} is selected to be stopped")
        }
        Act::SelectStops(None) => "all transactions are selected to be stopped".to_owned(),
        Act::Bay(connector, true) => format!("a car drives into the parking bay of {connector}"),
        Act::Bay(connector, false) => format!("the car leaves the parking bay of {connector}"),
        Act::PressStop(connector) => format!("stop is pressed at {connector}"),
        Act::Car(connector, state) => format!("the car at {connector} is {state:?}"),
        Act::Fault(connector, Some(code)) => format!("{connector} has the fault {code:?}"),
        Act::Fault(connector, None) => format!("{connector} is without fault"),
        Act::LocksFail(true) => "locks fail".to_owned(),
        Act::LocksFail(false) => "locks work".to_owned(),
        Act::ExternalLimit(0, Some((limit, unit))) => {
            format!("an external system limits the station to {limit} {unit}")
        }
        Act::ExternalLimit(evse, Some((limit, unit))) => {
            format!("an external system limits {evse} to {limit} {unit}")
        }
        Act::ExternalLimit(evse, None) => format!("the external limit of {evse} is released"),
        Act::Customer(identifier) => format!("data about the customer {identifier} are stored"),
        Act::PowerOff { .. } => "the mains go off".to_owned(),
        Act::PowerOn => "the mains are on".to_owned(),
        Act::LowerSecurityProfile(profile) => {
            format!("a technician sets the security profile back to {profile}")
        }
    }
}

#[cfg(test)]
mod tests {
    use ocpp_core::station::FaultCode;

    use super::*;

    #[test]
    fn what_was_done_and_undone_leaves_nothing() {
        let mut left = Left::default();
        for act in [
            Act::Plug(1),
            Act::Plug(2),
            Act::Unplug(1),
            Act::Fault(1, Some(FaultCode::HighTemperature)),
            Act::LocksFail(true),
        ] {
            left.note(&act);
        }
        let undone = [Act::Fault(1, None), Act::LocksFail(false), Act::Unplug(2)];
        assert_eq!(left.take(), undone);
        assert_eq!(left.take(), []);
    }
}
