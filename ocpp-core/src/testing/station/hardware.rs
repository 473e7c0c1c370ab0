//! What the station wants done, done: its storage, its hardware, and the time in which energy flows.

use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;

use ocpp_types::Decimal;

use super::super::demands::{Power, Sight};
use super::Bench;
use crate::station::{
    ConnectorId, EvState, Input, JobEvent, JobId, Limit, Measured, Output, Reading, UnlockResult,
};

/// What the hardware of a connector was told since the station was switched on; `None` for nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Outlet {
    /// Whether the contactor is closed.
    pub closed: Option<bool>,
    /// The limit.
    pub limit: Option<Option<Limit>>,
    /// Whether the lock is closed.
    pub locked: Option<bool>,
}

impl Bench {
    pub(super) fn carry_out(&mut self, output: Output) {
        match &output {
            Output::Store(record) => {
                self.stored.insert(record.key.clone(), record.value.clone());
                return;
            }
            Output::Remove(key) => {
                self.stored.remove(key);
                return;
            }
            Output::Transmit(text) => return self.transmitted(text),
            _ => {}
        }
        if let Output::Unlock(at) = &output {
            self.glance(None, Some(*at));
        }
        self.wire(&output);
        if let Some(world) = &mut self.world
            && let Some(inputs) = world(&output)
        {
            self.pending.extend(inputs);
            return self.outputs.push(output);
        }
        match &output {
            Output::Connect(connection) => {
                let version = self.csms_version;
                let version = version.unwrap_or_else(|| self.station.version());
                let offered = connection.versions.contains(&version);
                self.pending.push(if self.network && offered {
                    Input::Connected { version }
                } else {
                    Input::Disconnected
                });
            }
            Output::Disconnect if core::mem::take(&mut self.connected) => {
                self.pending.push(Input::Disconnected);
            }
            Output::PingInterval(seconds) => self.ping_interval = Some(*seconds),
            Output::Ping if self.connected && !self.half_open => {
                self.pending.push(Input::LinkAlive);
            }
            Output::Contactor { at, closed } => {
                self.charging.retain(|(other, _)| other != at);
                self.charging.push((*at, *closed));
                if *closed {
                    self.look(Some(*at));
                }
                return self.outputs.push(output);
            }
            Output::Lock(at) => self.pending.push(Input::Locked {
                at: *at,
                success: !self.locks_fail,
            }),
            Output::Unlock(at) => self.pending.push(Input::Unlocked {
                at: *at,
                result: if self.locks_fail {
                    UnlockResult::Failed
                } else {
                    UnlockResult::Unlocked
                },
            }),
            Output::ReadMeter(evse) => {
                let reading = self.reading(*evse);
                self.pending.push(Input::Meter {
                    evse: *evse,
                    reading,
                });
                return;
            }
            Output::ResetEvse(evse) => self.pending.push(Input::EvseReset { evse: *evse }),
            Output::Reboot { .. } => {
                let cables = self.cables();
                self.outputs.push(output);
                self.off();
                self.power_on(&cables);
                return;
            }
            Output::Install { job } if self.new_firmware.is_some() => {
                let (job, event) = (*job, JobEvent::Rebooting);
                self.pending.push(Input::Job { job, event });
                self.outputs.push(output);
                self.finish_installation();
                return;
            }
            Output::Download { job, .. }
            | Output::Install { job }
            | Output::Upload { job, .. }
            | Output::VerifyFirmware { job, .. } => self.job(*job),
            _ => {}
        }
        self.outputs.push(output);
    }

    /// From now on what there is to see of the hardware is written down, until [`sights`](Self::sights) takes it.
    pub fn watch(&mut self) {
        self.sights = Some(Vec::new());
    }

    /// What was seen since the last time.
    pub fn sights(&mut self) -> Vec<Sight> {
        self.sights
            .as_mut()
            .map(core::mem::take)
            .unwrap_or_default()
    }

    /// Notes what the world is like now.
    pub(super) fn note(&mut self, input: &Input) {
        match input {
            Input::Fault { at, fault: None } => drop(self.faults.remove(at)),
            Input::Fault {
                at,
                fault: Some(fault),
            } => drop(self.faults.insert(*at, fault.code)),
            Input::PowerFailing { .. } => self.power_fails = true,
            Input::PowerRestored => self.power_fails = false,
            _ => {}
        }
    }

    /// Writes down what there is to see, unless the station is not up.
    pub(super) fn look(&mut self, closing: Option<ConnectorId>) {
        self.glance(closing, None);
    }

    fn glance(&mut self, closing: Option<ConnectorId>, unlocking: Option<ConnectorId>) {
        if self.sights.is_none() || self.starting || self.fuse == Some(0) {
            return;
        }
        let state = self.station.state();
        let power = state.connectors.iter().map(|connector| {
            let outlet = self.outlet(connector.at);
            let fault = [Some(connector.at), None].map(|at| self.faults.get(&at).copied());
            Power {
                closed: self.is_charging(connector.at),
                locked: self.locked.contains(&connector.at),
                limit: outlet.limit.flatten(),
                cable: connector.cable,
                ev: EvState::default(),
                fault: fault.into_iter().flatten().next(),
            }
        });
        let power: Vec<Power> = power.collect();
        let kept = |number: usize| self.stored.contains_key(&format!("cable-owner/{number}"));
        let sight = Sight {
            utc: self.utc(),
            start: self.starts,
            closing,
            unlocking,
            kept_locked: (1..=power.len()).map(kept).collect(),
            state,
            power,
            power_fails: self.power_fails,
            locks_fail: self.locks_fail,
        };
        self.sights.get_or_insert_default().push(sight);
    }

    /// What the hardware is told.
    fn wire(&mut self, output: &Output) {
        let outlets = &mut self.outlets;
        match output {
            Output::Contactor { at, closed } => {
                outlets.entry(*at).or_default().closed = Some(*closed);
            }
            Output::SetLimit { at, limit } => outlets.entry(*at).or_default().limit = Some(*limit),
            Output::Lock(at) => outlets.entry(*at).or_default().locked = Some(true),
            Output::Unlock(at) => outlets.entry(*at).or_default().locked = Some(false),
            _ => {}
        }
        match output {
            Output::Lock(at) if !self.locks_fail => drop(self.locked.insert(*at)),
            Output::Unlock(at) if !self.locks_fail => drop(self.locked.remove(at)),
            _ => {}
        }
    }

    /// The new firmware starts, after the old one has said so.
    fn finish_installation(&mut self) {
        self.drain();
        self.config.firmware_version = self.new_firmware.take();
        self.power_cycle();
    }

    fn job(&mut self, job: JobId) {
        let event = JobEvent::Started;
        self.pending.push(Input::Job { job, event });
        let event = self.jobs.clone();
        self.pending.push(Input::Job { job, event });
    }

    fn reading(&self, evse: u32) -> Reading {
        let at = usize::try_from(evse).unwrap_or(usize::MAX);
        let register = self.registers.get(at).copied().unwrap_or_default();
        let charging = self
            .charging
            .iter()
            .any(|(at, closed)| at.evse == evse && *closed);
        let power = if charging { self.power } else { 0 };
        Reading::energy(Decimal::from(register.round_dp(3).normalize()))
            .and(Measured::new("Power.Active.Import", "W", power))
            .and(Measured::new("Voltage", "V", 230).on_phase("L1-N"))
            .and(Measured::new("Voltage", "V", 231).on_phase("L2-N"))
    }

    pub(super) fn pass_to(&mut self, millis: u64) {
        let passed = Duration::from_millis(millis.saturating_sub(self.now));
        let passed = i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
        self.now = millis;
        for (at, charging) in &self.charging {
            if *charging && let Ok(evse) = usize::try_from(at.evse) {
                let energy = rust_decimal::Decimal::new(self.power * passed, 0);
                let energy = energy / rust_decimal::Decimal::new(3_600_000, 0);
                for register in [0, evse] {
                    if let Some(register) = self.registers.get_mut(register) {
                        *register += energy;
                    }
                }
            }
        }
    }
}
