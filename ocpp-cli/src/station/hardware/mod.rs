//! A car, cables, contactors and meters that exist in the program only.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use ocpp_core::station::{
    CableState, ConnectorId, Customer, EvState, EvseId, Limit, LimitUnit, Measured, Reading,
    StationConfig, Token,
};
use ocpp_core::time::Instant;
use ocpp_types::Decimal;
use serde::{Deserialize, Serialize};

/// What the simulated cars take at most, in tenths of an ampere for each phase.
const CAR_TENTHS: i64 = 320;

/// The battery of the simulated cars in Wh.
const BATTERY_WH: i64 = 60_000;

/// Its state of charge when the car comes, in percent.
const FIRST_SOC: i64 = 20;

/// How many receipts are kept; the oldest ones go.
const RECEIPTS: usize = 100;

/// Watt-milliseconds in a Wh.
const WMS_PER_WH: i64 = 3_600_000;

/// One connector and what hangs on it.
#[derive(Debug, Clone, Default)]
struct Connector {
    cable: CableState,
    ev: EvState,
    /// Whether the plug is locked in the socket.
    locked: bool,
    lock_fails: bool,
    contactor: bool,
    limit: Option<Limit>,
}

/// One EVSE: its meter, its phases.
#[derive(Debug, Clone)]
struct Evse {
    connectors: Vec<Connector>,
    phases: i64,
    /// What it can deliver, in tenths of an ampere for each phase.
    max_tenths: i64,
    /// The energy register in watt-milliseconds.
    energy: i64,
    /// Where it stood when the car came.
    energy_at_plug: i64,
    /// Up to when the register is right.
    metered: Instant,
}

/// What survives a power cut: the meters, the cables, and the firmware.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Remembered {
    energy: BTreeMap<EvseId, i64>,
    cables: Vec<(ConnectorId, CableState)>,
    #[serde(default)]
    locked: Vec<ConnectorId>,
    #[serde(default)]
    firmware: Option<String>,
    #[serde(default)]
    receipts: Vec<(Token, String)>,
    #[serde(default)]
    customers: Vec<String>,
}

/// The hardware of a station.
#[derive(Debug, Clone)]
pub(crate) struct Hardware {
    evses: Vec<Evse>,
    /// Volts between a phase and neutral.
    voltage: i64,
    /// How much faster than time energy flows.
    time_scale: i64,
    firmware: Option<String>,
    /// What was charged, for the customers.
    receipts: Vec<(Token, String)>,
    /// Who is known by an identifier of the vendor.
    customers: Vec<String>,
}

impl Hardware {
    /// New hardware, or as it was left.
    pub(crate) fn new(config: &StationConfig, time_scale: u32, remembered: Option<&str>) -> Self {
        let evses = config.evses.iter().map(|evse| Evse {
            connectors: vec![Connector::default(); evse.connectors.len()],
            phases: i64::from(evse.phases.max(1)),
            max_tenths: tenths(evse.max_current),
            energy: 0,
            energy_at_plug: 0,
            metered: Instant::ORIGIN,
        });
        let mut hardware = Self {
            evses: evses.collect(),
            voltage: tenths(config.voltage) / 10,
            time_scale: i64::from(time_scale.max(1)),
            firmware: None,
            receipts: Vec::new(),
            customers: Vec::new(),
        };
        // What cannot be read any more is as good as a new meter.
        let remembered: Remembered = remembered
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        hardware.firmware = remembered.firmware;
        hardware.receipts = remembered.receipts;
        hardware.customers = remembered.customers;
        for (evse, energy) in remembered.energy {
            if let Some(evse) = hardware.evse_mut(evse) {
                evse.energy = energy;
                evse.energy_at_plug = energy;
            }
        }
        for (at, cable) in remembered.cables {
            if let Some(connector) = hardware.connector_mut(at) {
                connector.cable = cable;
            }
        }
        for at in remembered.locked {
            if let Some(connector) = hardware.connector_mut(at) {
                connector.locked = true;
            }
        }
        hardware
    }

    /// What is to survive a power cut.
    pub(crate) fn remember(&self) -> String {
        let evses = (1..).zip(&self.evses);
        let remembered = Remembered {
            energy: evses.map(|(number, evse)| (number, evse.energy)).collect(),
            cables: self.ids().map(|at| (at, self.cable(at))).collect(),
            locked: self.ids().filter(|at| self.is_locked(*at)).collect(),
            firmware: self.firmware.clone(),
            receipts: self.receipts.clone(),
            customers: self.customers.clone(),
        };
        serde_json::to_string(&remembered).unwrap_or_default()
    }

    /// The version of the firmware that was installed, if one was.
    pub(crate) fn firmware(&self) -> Option<&str> {
        self.firmware.as_deref()
    }

    pub(crate) fn set_firmware(&mut self, version: &str) {
        self.firmware = Some(version.into());
    }

    /// Keeps what somebody has charged.
    pub(crate) fn keep_receipt(&mut self, token: &Token, text: String) {
        if self.receipts.len() >= RECEIPTS {
            self.receipts.remove(0);
        }
        self.receipts.push((token.clone(), text));
    }

    /// Keeps a customer whom the vendor calls so.
    pub(crate) fn keep_customer(&mut self, identifier: String) {
        if self.customers.len() >= RECEIPTS {
            self.customers.remove(0);
        }
        self.customers.push(identifier);
    }

    /// What is known of a customer: receipts, or the identifier; with `clear` it is thrown away.
    pub(crate) fn receipts_of(&mut self, customer: &Customer, clear: bool) -> String {
        let token = match customer {
            Customer::Token(token) => token,
            Customer::Identifier(identifier) => return self.customer(identifier, clear),
            _ => return String::new(),
        };
        let own = self.receipts.iter().filter(|(of, _)| of == token);
        let text: String = own.map(|(_, text)| format!("Receipt: {text}\n")).collect();
        if clear {
            self.receipts.retain(|(of, _)| of != token);
        }
        text
    }

    fn customer(&mut self, identifier: &str, clear: bool) -> String {
        let known = self.customers.iter().any(|known| known == identifier);
        if clear {
            self.customers.retain(|known| known != identifier);
        }
        match known {
            true => format!("Customer: {identifier}\n"),
            false => String::new(),
        }
    }

    /// All connectors.
    pub(crate) fn ids(&self) -> impl Iterator<Item = ConnectorId> {
        (1..).zip(&self.evses).flat_map(|(number, evse)| {
            let connectors = (1..).take(evse.connectors.len());
            connectors.map(move |connector| ConnectorId::new(number, connector))
        })
    }

    fn evse_mut(&mut self, evse: EvseId) -> Option<&mut Evse> {
        self.evses
            .get_mut(usize::try_from(evse).ok()?.checked_sub(1)?)
    }

    fn connector(&self, at: ConnectorId) -> Option<&Connector> {
        let evse = self
            .evses
            .get(usize::try_from(at.evse).ok()?.checked_sub(1)?)?;
        evse.connectors
            .get(usize::try_from(at.connector).ok()?.checked_sub(1)?)
    }

    fn connector_mut(&mut self, at: ConnectorId) -> Option<&mut Connector> {
        let connector = usize::try_from(at.connector).ok()?.checked_sub(1)?;
        self.evse_mut(at.evse)?.connectors.get_mut(connector)
    }

    /// Whether there is such a connector.
    pub(crate) fn has(&self, at: ConnectorId) -> bool {
        self.connector(at).is_some()
    }

    /// The connector of an EVSE that a car is plugged into, or else its first.
    pub(crate) fn in_use(&self, evse: EvseId) -> Option<ConnectorId> {
        let of_evse = || self.ids().filter(move |at| at.evse == evse);
        let plugged = of_evse().find(|at| self.cable(*at) == CableState::Connected);
        plugged.or_else(|| of_evse().next())
    }

    pub(crate) fn cable(&self, at: ConnectorId) -> CableState {
        self.connector(at)
            .map(|connector| connector.cable)
            .unwrap_or_default()
    }

    pub(crate) fn set_cable(&mut self, now: Instant, at: ConnectorId, cable: CableState) {
        self.flow(now);
        if let Some(connector) = self.connector_mut(at) {
            connector.cable = cable;
            connector.ev = EvState::default();
        }
        if let Some(evse) = self.evse_mut(at.evse) {
            evse.energy_at_plug = evse.energy;
        }
    }

    pub(crate) fn set_ev(&mut self, now: Instant, at: ConnectorId, ev: EvState) {
        self.flow(now);
        if let Some(connector) = self.connector_mut(at) {
            connector.ev = ev;
        }
    }

    pub(crate) fn set_contactor(&mut self, now: Instant, at: ConnectorId, closed: bool) {
        self.flow(now);
        if let Some(connector) = self.connector_mut(at) {
            connector.contactor = closed;
        }
    }

    pub(crate) fn set_limit(&mut self, now: Instant, at: ConnectorId, limit: Option<Limit>) {
        self.flow(now);
        if let Some(connector) = self.connector_mut(at) {
            connector.limit = limit;
        }
    }

    pub(crate) fn set_lock_fails(&mut self, at: ConnectorId, fails: bool) {
        if let Some(connector) = self.connector_mut(at) {
            connector.lock_fails = fails;
        }
    }

    /// Whether the plug of a connector is locked.
    pub(crate) fn is_locked(&self, at: ConnectorId) -> bool {
        self.connector(at).is_some_and(|connector| connector.locked)
    }

    /// Locks or unlocks a plug; says whether that worked.
    pub(crate) fn set_locked(&mut self, at: ConnectorId, locked: bool) -> bool {
        match self.connector_mut(at) {
            Some(connector) if !connector.lock_fails => {
                connector.locked = locked;
                true
            }
            _ => false,
        }
    }

    /// A cable that the driver has pulled out of the car already is free: the driver takes it along. Says whether there was
    /// one.
    pub(crate) fn take_cable(&mut self, now: Instant, at: ConnectorId) -> bool {
        let waits = self.cable(at) == CableState::InSocket && !self.is_locked(at);
        if waits {
            self.set_cable(now, at, CableState::Unplugged);
        }
        waits
    }

    /// The power has been off: contactors are open, limits forgotten.
    pub(crate) fn power_cut(&mut self, now: Instant) {
        self.flow(now);
        for connector in self.evses.iter_mut().flat_map(|evse| &mut evse.connectors) {
            connector.contactor = false;
            connector.limit = None;
        }
    }

    /// Brings the meters up to date.
    fn flow(&mut self, now: Instant) {
        let (voltage, scale) = (self.voltage, self.time_scale);
        for evse in &mut self.evses {
            let passed = now.saturating_since(evse.metered).as_millis();
            let passed = i64::try_from(passed).unwrap_or(i64::MAX);
            evse.metered = now;
            let power = evse.taken(voltage) * voltage * evse.phases / 10;
            let energy = power.saturating_mul(passed).saturating_mul(scale);
            evse.energy = evse.energy.saturating_add(energy);
        }
    }

    /// What the meter of an EVSE shows; of EVSE 0, all of them together.
    pub(crate) fn read(&mut self, now: Instant, evse: EvseId) -> Reading {
        self.flow(now);
        let voltage = self.voltage;
        if evse == 0 {
            let energy: i64 = self.evses.iter().map(|evse| evse.energy).sum();
            return Reading::energy(energy / WMS_PER_WH);
        }
        let Some(evse) = self.evse_mut(evse) else {
            return Reading::default();
        };
        let (taken, offered) = (evse.taken(voltage), evse.offered(voltage));
        let watts = |tenths: i64| tenths * voltage * evse.phases / 10;
        let charged = (evse.energy - evse.energy_at_plug) / WMS_PER_WH;
        let soc = (FIRST_SOC + charged * 100 / BATTERY_WH).min(100);
        let mut reading = Reading::energy(evse.energy / WMS_PER_WH)
            .and(Measured::new("Power.Active.Import", "W", watts(taken)))
            .and(Measured::new("Power.Offered", "W", watts(offered)))
            .and(Measured::new(
                "Current.Offered",
                "A",
                Decimal::new(offered, 1),
            ))
            .and(Measured::new("SoC", "Percent", soc));
        for phase in ["L1", "L2", "L3"]
            .iter()
            .take(usize::try_from(evse.phases).unwrap_or(3))
        {
            let current = Measured::new("Current.Import", "A", Decimal::new(taken, 1));
            let volts = Measured::new("Voltage", "V", voltage);
            reading = reading
                .and(current.on_phase(phase))
                .and(volts.on_phase(phase));
        }
        reading
    }
}

impl Evse {
    /// What the station offers, in tenths of an ampere for each phase.
    fn offered(&self, voltage: i64) -> i64 {
        let closed = self.connectors.iter().find(|connector| connector.contactor);
        let Some(connector) = closed else {
            return 0;
        };
        let limit = connector.limit.map(|limit| {
            let phases = limit
                .phases
                .map_or(self.phases, i64::from)
                .clamp(1, self.phases);
            let value = tenths(limit.value);
            match limit.unit {
                // Fewer phases are the same as less current on all of them, as far as energy goes.
                LimitUnit::Amperes => value.saturating_mul(phases) / self.phases,
                LimitUnit::Watts => value / (voltage * self.phases).max(1),
            }
        });
        limit.unwrap_or(self.max_tenths).clamp(0, self.max_tenths)
    }

    /// What the car takes of it.
    fn taken(&self, voltage: i64) -> i64 {
        let closed = self.connectors.iter().find(|connector| connector.contactor);
        let takes = closed.is_some_and(|connector| {
            connector.cable == CableState::Connected && connector.ev == EvState::Ready
        });
        if takes {
            self.offered(voltage).min(CAR_TENTHS)
        } else {
            0
        }
    }
}

/// A number of amperes, volts or watts in tenths, cut off.
fn tenths(value: Decimal) -> i64 {
    let tenths = value.checked_mul(10.into()).map(|tenths| tenths.trunc());
    tenths
        .and_then(|tenths| i64::try_from(tenths).ok())
        .unwrap_or(i64::MAX / 1_000_000)
}
