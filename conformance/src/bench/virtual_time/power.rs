//! Contactors, locks and limiters: what they really are, whatever the station thinks.

use std::collections::BTreeMap;

use ocpp_core::station::{CableKind, CableState, ConnectorId, Input, Limit, UnlockResult};
use ocpp_core::testing::demands::{Power, Sight};

use super::{Bench as _, Flow, VirtualBench};

/// Something that the hardware is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Order {
    Contactor(ConnectorId, bool),
    Limit(ConnectorId, Option<Limit>),
    Lock(ConnectorId),
    Unlock(ConnectorId),
}

impl Order {
    const fn at(&mut self) -> &mut ConnectorId {
        match self {
            Self::Contactor(at, _) | Self::Limit(at, _) | Self::Lock(at) | Self::Unlock(at) => at,
        }
    }
}

/// A kind of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// To close a contactor.
    Close,
    /// To open a contactor.
    Open,
    /// To limit.
    Limit,
    /// To lock.
    Lock,
    /// To unlock.
    Unlock,
}

impl Part {
    const fn of(order: &Order) -> Self {
        match order {
            Order::Contactor(_, true) => Self::Close,
            Order::Contactor(_, false) => Self::Open,
            Order::Limit(..) => Self::Limit,
            Order::Lock(_) => Self::Lock,
            Order::Unlock(_) => Self::Unlock,
        }
    }
}

/// What is wrong with the program between station and hardware. The station never hears of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DriverFlaw {
    /// It does not pass on orders of a kind.
    Forgets(Part),
    /// It passes on none from the second start on.
    ForgetsAfterRestart(Part),
    /// It passes on the first orders of a start, so many for each connector, and no more.
    ForgetsLater(Part, usize),
    /// It passes them on so many milliseconds late; with 0 after everything else that is done at the moment.
    Delays(Part, u64),
    /// It passes each on once more so many milliseconds later.
    Repeats(Part, u64),
    /// It takes one connector for the other.
    Confuses(Part),
}

/// The hardware of a bench.
#[derive(Debug, Default)]
pub(super) struct Hardware {
    pub(super) at: BTreeMap<ConnectorId, Power>,
    flaw: Option<DriverFlaw>,
    /// Orders that are passed on later.
    late: BTreeMap<(u64, u64), Order>,
    /// Orders of the flaw's kind since the start.
    passed: BTreeMap<ConnectorId, usize>,
    /// How often the station has started.
    pub(super) starts: usize,
    /// What was seen, if somebody looks.
    sights: Option<Vec<Sight>>,
    pub(super) power_fails: bool,
}

impl Hardware {
    pub(super) fn new(connectors: impl Iterator<Item = ConnectorId>) -> Self {
        Self {
            at: connectors.map(|at| (at, Power::default())).collect(),
            ..Self::default()
        }
    }

    pub(super) fn next_order(&self) -> Option<u64> {
        self.late.first_key_value().map(|(key, _)| key.0)
    }

    /// The station is about to start.
    pub(super) fn begin(&mut self) {
        self.starts += 1;
        self.passed.clear();
        self.power_fails = false;
    }

    fn get(&mut self, at: ConnectorId) -> &mut Power {
        self.at.entry(at).or_default()
    }

    /// The mains are gone: contactors fall open, locks stay as they are, limits are forgotten.
    pub(super) fn lose_power(&mut self) {
        for power in self.at.values_mut() {
            power.closed = false;
            power.limit = None;
        }
        self.late.clear();
    }
}

impl VirtualBench {
    /// The program between the station and its hardware has a flaw.
    pub const fn flawed_driver(&mut self, flaw: DriverFlaw) {
        self.hardware.flaw = Some(flaw);
    }

    /// From now on what there is to see is written down, until [`sights`](Self::sights) takes it.
    pub fn watch(&mut self) {
        self.hardware.sights = Some(Vec::new());
    }

    /// What was seen since the last time.
    pub fn sights(&mut self) -> Vec<Sight> {
        let sights = self.hardware.sights.as_mut();
        sights.map(std::mem::take).unwrap_or_default()
    }

    /// A connector as it really is, counted from 1; `None` if there is no such connector.
    #[must_use]
    pub fn power(&self, connector: u32) -> Option<&Power> {
        self.hardware.at.get(&self.place(connector).ok()?)
    }

    /// Writes down what there is to see.
    pub(super) fn look(&mut self, closing: Option<ConnectorId>) {
        self.glance(closing, None);
    }

    fn glance(&mut self, closing: Option<ConnectorId>, unlocking: Option<ConnectorId>) {
        let (Some(_), Some(state)) = (&self.hardware.sights, self.state()) else {
            return;
        };
        let kept_locked = (1..=self.hardware.at.len())
            .map(|number| self.stored.contains_key(&format!("cable-owner/{number}")));
        let sight = Sight {
            utc: self.utc(),
            start: self.hardware.starts,
            closing,
            unlocking,
            state,
            kept_locked: kept_locked.collect(),
            power: self.hardware.at.values().cloned().collect(),
            power_fails: self.hardware.power_fails,
            locks_fail: self.locks_fail,
        };
        if let Some(sights) = &mut self.hardware.sights {
            sights.push(sight);
        }
    }

    pub(super) fn flow_begins(&mut self, at: ConnectorId) {
        if self.charging.insert(at) {
            let place = self.config.connectors().position(|(id, _)| id == at);
            let connector = place.and_then(|index| u32::try_from(index + 1).ok());
            self.flows.push(Flow {
                connector: connector.unwrap_or_default(),
                from: self.utc(),
                to: None,
                energy: rust_decimal::Decimal::ZERO,
                timeless: false,
            });
        }
    }

    pub(super) fn flow_ends(&mut self, at: ConnectorId) {
        self.charging.remove(&at);
        let place = self.config.connectors().position(|(id, _)| id == at);
        let connector = place.and_then(|index| u32::try_from(index + 1).ok());
        let utc = self.utc();
        let mut open = self.flows.iter_mut().filter(|flow| flow.to.is_none());
        if let Some(flow) = open.find(|flow| Some(flow.connector) == connector) {
            flow.to = Some(utc);
            flow.timeless = !self.knows_time;
        }
    }

    /// An EVSE restarts: its contactors fall open, and its limits are forgotten.
    pub(super) fn reset_evse(&mut self, evse: u32) {
        let here = self.hardware.at.keys().filter(|at| at.evse == evse);
        let here: Vec<ConnectorId> = here.copied().collect();
        for at in here {
            self.flow_ends(at);
            let power = self.hardware.get(at);
            power.closed = false;
            power.limit = None;
        }
    }

    /// The station wants something of its hardware.
    pub(super) fn order(&mut self, wanted: Order) {
        let now = self.now;
        let mut order = wanted;
        let number = self.next_number();
        let hardware = &mut self.hardware;
        let at = *order.at();
        let concerns = |part: Part| part == Part::of(&order);
        match hardware.flaw {
            Some(DriverFlaw::Forgets(part)) if concerns(part) => return self.pretend(order),
            Some(DriverFlaw::ForgetsAfterRestart(part))
                if concerns(part) && hardware.starts > 1 =>
            {
                return self.pretend(order);
            }
            Some(DriverFlaw::ForgetsLater(part, most)) if concerns(part) => {
                let passed = hardware.passed.entry(at).or_default();
                *passed += 1;
                if *passed > most {
                    return self.pretend(order);
                }
            }
            Some(DriverFlaw::Delays(part, millis)) if concerns(part) => {
                hardware.late.insert((now + millis, number), order);
                return self.pretend(order);
            }
            Some(DriverFlaw::Repeats(part, millis)) if concerns(part) => {
                hardware.late.insert((now + millis, number), order);
            }
            Some(DriverFlaw::Confuses(part)) if concerns(part) => {
                let other = hardware.at.keys().find(|other| **other != at);
                *order.at() = other.copied().unwrap_or(at);
            }
            _ => {}
        }
        if let Order::Unlock(at) = order {
            self.glance(None, Some(at));
        }
        self.obey(order);
        self.pretend(wanted);
        if let Order::Contactor(at, true) = order {
            self.look(Some(at));
        }
    }

    /// Orders that are late, at last.
    pub(super) fn obey_late(&mut self) {
        while let Some(entry) = self.hardware.late.first_entry() {
            if entry.key().0 > self.now {
                return;
            }
            let order = entry.remove();
            self.obey(order);
        }
    }

    fn obey(&mut self, order: Order) {
        let power = match order {
            Order::Contactor(at, closed) => {
                match closed {
                    true => self.flow_begins(at),
                    false => self.flow_ends(at),
                }
                self.hardware.get(at).closed = closed;
                return;
            }
            Order::Limit(at, limit) => {
                self.hardware.get(at).limit = limit;
                return;
            }
            Order::Lock(at) | Order::Unlock(at) => self.hardware.get(at),
        };
        if !self.locks_fail {
            power.locked = matches!(order, Order::Lock(_));
        }
    }

    /// The answer that the station gets.
    fn pretend(&mut self, order: Order) {
        match order {
            Order::Lock(at) => {
                let success = !self.locks_fail;
                self.soon(Input::Locked { at, success });
            }
            Order::Unlock(at) => {
                let result = match self.locks_fail {
                    true => UnlockResult::Failed,
                    false => UnlockResult::Unlocked,
                };
                self.soon(Input::Unlocked { at, result });
            }
            Order::Contactor(..) | Order::Limit(..) => {}
        }
    }

    /// Whether a plug cannot be pulled out of the station.
    pub(super) fn is_held(&self, at: ConnectorId) -> bool {
        let mut connectors = self.config.connectors();
        let detachable = connectors
            .any(|(id, config)| id == at && config.cable == CableKind::Detachable && config.lock);
        let power = self.hardware.at.get(&at);
        detachable
            && power.is_some_and(|power| power.locked && power.cable != CableState::Unplugged)
    }
}
