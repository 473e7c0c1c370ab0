//! Restarts, and the end.

use std::collections::BTreeMap;
use std::time::Duration;

use ocpp_core::station::{
    CableState, ConnectorId, EvState, EvseId, Fault, FaultCode, Input, JobEvent, JobId,
    StationConfig, Token,
};
use ocpp_types::Version;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::news::News;
use super::{StationDriver, StationError};
use crate::station::hardware::{Hardware, Notice};

/// How long a connection may take to close before a restart. What was sent has gone out then.
const CLOSING: Duration = Duration::from_secs(4);
/// How long a restart after an installation waits for what is queued. What was told before it should not have to be told
/// again after it.
const LEAVING: Duration = Duration::from_secs(1);
/// The wait before a restart that failed is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// The moment after a wait, which may be longer than any clock.
pub(super) fn after(wait: Duration) -> Instant {
    let now = Instant::now();
    let far = Duration::from_secs(365 * 86_400);
    now.checked_add(wait).unwrap_or(now + far)
}

/// What the station is doing as a whole.
#[derive(Debug)]
pub(super) enum Phase {
    /// Nothing was read yet.
    New,
    /// The records cannot be read; when to try again.
    Waiting(Instant),
    Running,
    /// The connection closes, until then at most.
    Closing(Then, Instant),
    /// The hardware restarts.
    Rebooting {
        hard: bool,
        /// How often it has failed.
        failures: u32,
        /// When to try again after a failure.
        again: Option<Instant>,
    },
    Over,
}

/// What comes after the connection is closed.
#[derive(Debug)]
pub(super) enum Then {
    Reboot {
        hard: bool,
    },
    /// These want to know when it has ended.
    End(Vec<oneshot::Sender<()>>),
}

impl Phase {
    pub(super) const fn until(&self) -> Option<Instant> {
        match self {
            Self::Closing(_, until) => Some(*until),
            Self::Rebooting { again, .. } => *again,
            Self::Waiting(again) => Some(*again),
            Self::New | Self::Running | Self::Over => None,
        }
    }
}

/// What the hardware has told, for the next station value.
#[derive(Debug, Default)]
pub(super) struct HardwareState {
    cables: BTreeMap<ConnectorId, CableState>,
    evs: BTreeMap<ConnectorId, EvState>,
    faults: BTreeMap<Option<ConnectorId>, Fault>,
    bays: BTreeMap<EvseId, (bool, Option<Token>)>,
    /// The last restart did not happen.
    reset_failed: bool,
}

impl HardwareState {
    /// Remembers what is there, of what the configuration names.
    pub(super) fn remember(&mut self, config: &StationConfig, input: &Input) {
        let exists = |at: ConnectorId| config.connectors().any(|(id, _)| id == at);
        match input {
            Input::Cable { at, state } if exists(*at) => {
                self.cables.insert(*at, *state);
                // A car that has just been plugged in is another one.
                self.evs.remove(at);
            }
            Input::Ev { at, state } if exists(*at) => {
                self.evs.insert(*at, *state);
            }
            Input::Fault { at, fault } if at.is_none_or(exists) => match fault {
                Some(fault) => {
                    self.faults.insert(*at, fault.clone());
                }
                None => {
                    self.faults.remove(at);
                }
            },
            Input::ParkingBay {
                evse,
                occupied,
                token,
            } if exists(ConnectorId::new(*evse, 1)) => {
                self.bays.insert(*evse, (*occupied, token.clone()));
            }
            _ => {}
        }
    }

    pub(super) fn inputs(&self) -> Vec<Input> {
        let cables = self.cables.iter();
        let cables = cables.map(|(&at, &state)| Input::Cable { at, state });
        let evs = self.evs.iter();
        let evs = evs.map(|(&at, &state)| Input::Ev { at, state });
        let faults = self.faults.iter().map(|(&at, fault)| Input::Fault {
            at,
            fault: Some(fault.clone()),
        });
        let bays = self.bays.iter();
        let bays = bays.map(|(&evse, (occupied, token))| Input::ParkingBay {
            evse,
            occupied: *occupied,
            token: token.clone(),
        });
        let reset = (self.reset_failed && !self.faults.contains_key(&None)).then(|| {
            let mut fault = Fault::new(FaultCode::ResetFailure);
            fault.warning = true;
            let fault = Some(fault);
            Input::Fault { at: None, fault }
        });
        cables
            .chain(evs)
            .chain(faults)
            .chain(bays)
            .chain(reset)
            .collect()
    }
}

/// It has ended. Whoever asked may have gone.
fn tell(replies: Vec<oneshot::Sender<()>>) {
    for reply in replies {
        let _ = reply.send(());
    }
}

impl<H: Hardware> StationDriver<H> {
    /// Cuts the power, for simulations: breaks the connection off and forgets everything that is not in the records. The
    /// next [`run`](Self::run) begins with them, and with what the hardware has told of cables, cars and faults. Drop the
    /// future of the present one first.
    ///
    /// # Errors
    /// [`StationError::Config`] if the hardware has a firmware version that the configuration refuses. Records that cannot be
    /// read are waited for.
    pub fn power_cut(&mut self) -> Result<(), StationError> {
        self.begin_anew()
    }

    fn begin_anew(&mut self) -> Result<(), StationError> {
        self.link = None;
        self.leaves = None;
        self.open_work.clear();
        self.inputs.clear();
        // Whoever waits is told.
        self.waiting.clear();
        self.calls.clear();
        if let Phase::Closing(Then::End(replies), _) = &mut self.phase {
            // It was about to end: it does so without taking leave.
            tell(std::mem::take(replies));
            self.phase = Phase::Over;
            return Ok(());
        }
        self.storage.forget();
        self.phase = Phase::New;
        self.begin_with_records()
    }

    pub(super) fn open_contactors(&mut self) {
        let connectors: Vec<ConnectorId> = self.config.connectors().map(|(at, _)| at).collect();
        for at in connectors {
            self.hardware.contactor(at, false);
        }
    }

    /// Closes the connection, then goes on. From here on nobody watches over limits and stop buttons: no energy flows until
    /// the next station value offers it.
    pub(super) fn close(&mut self, then: Then) {
        self.leaves = None;
        self.open_contactors();
        self.open_work.clear();
        if let Some(link) = &self.link {
            // What was sent before goes out first.
            link.close();
        }
        self.phase = Phase::Closing(then, Instant::now() + CLOSING);
    }

    pub(super) fn shutdown(&mut self, reply: oneshot::Sender<()>) {
        if let Phase::Closing(Then::End(replies), _) = &mut self.phase {
            return replies.push(reply);
        }
        self.close(Then::End(vec![reply]));
    }

    /// A firmware was installed that runs after a restart.
    pub(super) fn installed(&mut self, job: JobId) {
        let event = JobEvent::Rebooting;
        let input = Input::Job { job, event };
        self.station.handle(self.clock.both(), input);
        self.drain();
        self.leaves = Some(Instant::now() + LEAVING);
    }

    /// Whether there is nothing left to wait for.
    pub(super) fn goes_on(&self) -> bool {
        match self.phase {
            Phase::Closing(..) => self.link.is_none(),
            Phase::Running => self.leaves.is_some() && self.station.state().queued == 0,
            _ => false,
        }
    }

    pub(super) fn phase_overdue(&mut self, now: Instant) {
        match &self.phase {
            Phase::Running if self.leaves.is_some_and(|until| until <= now) || self.goes_on() => {
                self.close(Then::Reboot { hard: true });
            }
            Phase::Closing(_, until) if self.link.is_none() || *until <= now => {
                self.link = None;
                match std::mem::replace(&mut self.phase, Phase::Over) {
                    Phase::Closing(Then::Reboot { hard }, _) => self.reboot(hard, 0),
                    Phase::Closing(Then::End(replies), _) => tell(replies),
                    _ => {}
                }
            }
            Phase::Rebooting {
                hard,
                failures,
                again: Some(again),
            } if *again <= now => {
                let (hard, failures) = (*hard, *failures);
                self.reboot(hard, failures);
            }
            _ => {}
        }
    }

    fn reboot(&mut self, hard: bool, failures: u32) {
        self.phase = Phase::Rebooting {
            hard,
            failures,
            again: None,
        };
        let until = after(self.setup.patience.saturating_mul(4));
        let news = |done: Option<bool>| News::Rebooted(done.unwrap_or(false));
        let answer = self.open_work.ask(until, news);
        self.hardware.reboot(hard, answer);
    }

    /// The hardware has restarted, or could not.
    pub(super) fn rebooted(&mut self, done: bool) -> Result<(), StationError> {
        let Phase::Rebooting { hard, failures, .. } = self.phase else {
            return Ok(());
        };
        if done {
            self.hardware_state.reset_failed = false;
            return self.begin_anew();
        }
        self.hardware.notice(&Notice::RebootFailed);
        let failures = failures.saturating_add(1);
        if failures <= self.reset_retries() {
            self.phase = Phase::Rebooting {
                hard,
                failures,
                again: Some(Instant::now() + AGAIN),
            };
            return Ok(());
        }
        // The old station value has ended its transactions and taken leave: a new one is needed in any case.
        self.hardware_state.reset_failed = true;
        self.begin_anew()
    }

    /// How often a restart that failed is tried again (1.6 section 9.1.22).
    fn reset_retries(&self) -> u32 {
        let key = match self.station.version() {
            Version::V1_6 => "ResetRetries",
            _ => "OCPPCommCtrlr.ResetRetries",
        };
        let value = self.station.variable(key);
        value.and_then(|value| value.parse().ok()).unwrap_or(0)
    }
}
