//! What the lab does to the station in virtual time, and gets from it.

use std::time::Duration;

use ocpp_core::smart_charging::{ExternalLimit, LimitSource, RateUnit};
use ocpp_core::station::{CableState, EvState, Fault, Input, Limit, Token};
use ocpp_types::{DateTime, Version};

use super::super::{Act, Bench, Endpoint, Event, Reader, Server, Trouble};
use super::{BEGIN, Driven, LinkDirection, MAX_WAKES, VirtualBench};
use crate::habit::Custom;
use crate::pki::{HOST, SECOND_HOST};

/// What an energy management system tells the station.
pub(super) fn external_limit(evse: u32, limit: Option<(u32, &'static str)>) -> Input {
    match limit {
        Some(limit) => Input::ExternalLimit(Box::new(limit_of_ems(evse, limit))),
        None => Input::ExternalLimitReleased {
            evse,
            source: LimitSource::Ems,
        },
    }
}

/// The limit that an energy management system sets.
pub(crate) fn limit_of_ems(evse: u32, (limit, unit): (u32, &'static str)) -> ExternalLimit {
    let unit = match unit {
        "W" => RateUnit::W,
        _ => RateUnit::A,
    };
    ExternalLimit::constant(evse, LimitSource::Ems, limit.into(), unit)
}

impl Bench for VirtualBench {
    fn name(&self) -> &'static str {
        "virtual"
    }

    fn version(&self) -> Version {
        self.config
            .versions
            .first()
            .copied()
            .unwrap_or(Version::V1_6)
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
            self.host_works()?;
            if let Some(event) = self.due_event() {
                return Ok(Some(event));
            }
            let Some(at) = self.wake_at().filter(|at| *at <= end) else {
                self.pass_to(end);
                return Ok(None);
            };
            self.pass_to(at);
            self.wake()?;
            wakes = if since == self.now { wakes + 1 } else { 0 };
            since = self.now;
            if wakes > MAX_WAKES {
                let wish = self.station.as_ref().and_then(Driven::next_timeout);
                let words = format!("the station spins at {}: {wish:?}", self.now);
                return Err(Trouble::broken(words));
            }
        }
    }

    fn send(&mut self, text: &str) -> Result<(), Trouble> {
        let passes = self.mutator.as_mut().is_none_or(|m| m.inbound(text));
        if !passes || !self.connected {
            return Ok(());
        }
        let waited = self.custom.as_mut().map(|custom| custom.inbound(text));
        for text in waited.into_iter().flatten() {
            self.report(0, Event::Text(text));
        }
        let understood = self.mutator.as_mut().map(|m| m.understood(text));
        let understood = understood.unwrap_or_else(|| text.to_owned());
        let understood = self.by_its_clock(understood);
        let (times, breaks) = self.link_fate(LinkDirection::ToStation, text);
        for _ in 0..times {
            self.input(Input::Received(understood.clone()));
        }
        let leaves = self.custom.as_mut().and_then(Custom::leaves);
        if let Some(seconds) = leaves {
            self.away_until = self.now + seconds * 1_000;
        }
        if breaks || leaves.is_some() {
            self.disconnect()?;
        }
        Ok(())
    }

    fn act(&mut self, act: &Act) -> Result<(), Trouble> {
        match act {
            Act::Present {
                connector,
                token,
                reader,
            } => {
                let here = Some(self.place(*connector)?.evse);
                if *reader == (Reader::Shared { chosen: true }) {
                    self.input(Input::EvseSelected { evse: here });
                }
                let evse = here.filter(|_| *reader == Reader::OfConnector);
                let token = Token::new(token);
                self.input(Input::TokenPresented { evse, token });
            }
            Act::Plug(connector) => {
                self.cable(*connector, CableState::Connected, EvState::default())?;
            }
            Act::PlugUnready(connector) => {
                self.cable(*connector, CableState::Connected, EvState::Suspended)?;
            }
            Act::Unplug(connector) => {
                self.cable(*connector, CableState::Unplugged, EvState::default())?;
            }
            Act::UnplugAtCar(connector) => self.unplug_at_car(*connector)?,
            Act::SelectStops(connector) => {
                let evses = match connector {
                    Some(connector) => Some(vec![self.place(*connector)?.evse]),
                    None => None,
                };
                self.input(Input::StopsSelected { evses });
            }
            Act::Bay(connector, occupied) => {
                let (evse, occupied) = (self.place(*connector)?.evse, *occupied);
                match occupied {
                    true => self.bays.insert(evse),
                    false => self.bays.remove(&evse),
                };
                self.bay(evse, occupied);
            }
            Act::PressStop(connector) => {
                let evse = self.place(*connector)?.evse;
                let emergency = false;
                self.input(Input::StopPressed { evse, emergency });
            }
            Act::Car(connector, state) => {
                let at = self.place(*connector)?;
                let state = *state;
                if let Some(power) = self.hardware.at.get_mut(&at) {
                    power.ev = state;
                }
                self.input(Input::Ev { at, state });
            }
            Act::Fault(connector, code) => {
                let at = self.place(*connector)?;
                if let Some(power) = self.hardware.at.get_mut(&at) {
                    power.fault = *code;
                }
                let (at, fault) = (Some(at), code.map(Fault::new));
                self.input(Input::Fault { at, fault });
            }
            Act::LocksFail(fail) => self.locks_fail = *fail,
            Act::ExternalLimit(evse, limit) => {
                self.limited.insert(*evse, *limit);
                self.input(external_limit(*evse, *limit));
            }
            Act::Customer(identifier) => {
                self.customers.insert(identifier.clone());
            }
            Act::PowerOff {
                time_to_report: true,
            } => {
                self.hardware.power_fails = true;
                self.input(Input::PowerFailing {
                    time_to_report: true,
                });
            }
            Act::PowerOff { .. } => self.switch_off(),
            Act::PowerOn => self.switch_on()?,
            Act::LowerSecurityProfile(profile) => {
                let now = self.time();
                let key = match self.version() {
                    Version::V1_6 => "SecurityProfile",
                    _ => "SecurityCtrlr.SecurityProfile",
                };
                if let Some(station) = &mut self.station {
                    let set = station.set_variable(now, key, &profile.to_string());
                    set.map_err(Trouble::broken)?;
                }
                self.drain();
            }
        }
        Ok(())
    }

    fn disconnect(&mut self) -> Result<(), Trouble> {
        if self.dead.is_some_and(|way| way != LinkDirection::ToCsms) {
            // The station does not hear of it, and nobody is there any more to hear the station.
            self.dead = Some(LinkDirection::Both);
            return Ok(());
        }
        if self.close() {
            self.input(Input::Disconnected);
        }
        Ok(())
    }

    fn serve(&mut self, server: Server) -> Result<(), Trouble> {
        let ends = !server.reachable && server.endpoint == self.last.endpoint;
        match server.endpoint {
            Endpoint::First => self.server = server,
            Endpoint::Second => self.second = server,
        }
        if ends { self.disconnect() } else { Ok(()) }
    }

    fn url(&self, endpoint: Endpoint, security_profile: u8) -> Option<String> {
        let scheme = if security_profile < 2 { "ws" } else { "wss" };
        let host = match endpoint {
            Endpoint::First => HOST,
            Endpoint::Second => SECOND_HOST,
        };
        Some(format!("{scheme}://{host}/ocpp"))
    }

    fn highest_profile(&self) -> u8 {
        3
    }

    fn limit(&self, connector: u32) -> Option<Option<Limit>> {
        self.power(connector).map(|power| power.limit)
    }

    fn uploads(&self) -> Vec<String> {
        self.uploads.clone()
    }

    fn case_begins(&mut self) {
        if let Some(change) = self.change.take() {
            self.begin_to_misbehave(change);
        }
    }
}
