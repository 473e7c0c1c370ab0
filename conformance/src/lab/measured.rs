//! How fast the station is: the section Performance of a certificate.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::dialect::Remote;
use super::{Lab, Message};
use crate::unmet::Failed;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measurement {
    /// From a call to its answer.
    Response,
    /// From a trigger to the request that was asked for.
    Trigger,
    /// From RemoteStartTransaction to StartTransaction.
    RemoteStart,
    /// From RemoteStopTransaction to StopTransaction.
    RemoteStop,
}

impl Measurement {
    /// All of them, in the order of certificates.
    pub const ALL: [Self; 4] = [
        Self::Response,
        Self::Trigger,
        Self::RemoteStart,
        Self::RemoteStop,
    ];
}

impl fmt::Display for Measurement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Response => "OCPP response time",
            Self::Trigger => "OCPP triggered function time",
            Self::RemoteStart => "Transaction authorization time by RemoteStartTransaction",
            Self::RemoteStop => "Transaction authorization end time by RemoteStopTransaction",
        })
    }
}

/// A time that was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// What was measured.
    pub what: Measurement,
    /// How long it took.
    pub seconds: f64,
}

/// Remote starts and stops that were accepted and have not led to anything yet, and when they were sent.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// By what identifies them, with the connector.
    starts: BTreeMap<String, (u64, Value)>,
    /// By transaction.
    stops: BTreeMap<String, u64>,
}

impl Pending {
    /// A call is sent.
    pub(super) fn called(&mut self, what: Option<Remote>, at: u64) {
        match what {
            Some(Remote::Starts(id, connector)) => {
                self.starts.insert(id, (at, connector));
            }
            Some(Remote::Stops(id)) => {
                self.stops.insert(id, at);
            }
            _ => {}
        }
    }

    /// Nothing will follow from a call, since it was not accepted.
    pub(super) fn refused(&mut self, what: Option<Remote>) {
        match what {
            Some(Remote::Starts(id, _)) => {
                self.starts.remove(&id);
            }
            Some(Remote::Stops(id)) => {
                self.stops.remove(&id);
            }
            _ => {}
        }
    }

    /// What a request of the station follows from, and when that was sent.
    fn cause(&mut self, what: Option<Remote>) -> Option<(Measurement, u64)> {
        match what? {
            Remote::Started(id) => {
                let (since, _) = self.starts.remove(&id)?;
                Some((Measurement::RemoteStart, since))
            }
            Remote::Stopped(id) => {
                let since = self.stops.remove(&id)?;
                Some((Measurement::RemoteStop, since))
            }
            Remote::Free(here) => {
                self.starts.retain(|_, (_, connector)| *connector != here);
                None
            }
            Remote::Starts(..) | Remote::Stops(_) => None,
        }
    }
}

impl Lab<'_> {
    /// What has been measured so far.
    #[must_use]
    pub fn measured(&self) -> &[Measured] {
        &self.measured
    }

    pub(super) fn measure(&mut self, what: Measurement, from: u64, to: u64) -> f64 {
        let seconds = super::seconds(to.saturating_sub(from));
        self.measured.push(Measured { what, seconds });
        seconds
    }

    /// A message that somebody has triggered.
    pub fn triggered(&mut self, since: u64, message: &Message) {
        self.measure(Measurement::Trigger, since, message.at);
    }

    /// A request has come: in time, if it follows from a remote start or stop (section 1.1 of the descriptions)?
    pub(super) fn check_remote(
        &mut self,
        action: &str,
        payload: &Value,
        at: u64,
    ) -> Result<(), Failed> {
        let cause = self.dialect.remote(action, payload);
        let Some((what, since)) = self.pending.cause(cause) else {
            return Ok(());
        };
        let (label, limit) = match what {
            Measurement::RemoteStart => {
                ("remote-start.seconds", self.parameters.remote_start_timeout)
            }
            _ => ("remote-stop.seconds", self.parameters.remote_stop_timeout),
        };
        let took = self.measure(what, since, at);
        if took <= limit.as_secs_f64() {
            return Ok(());
        }
        let expected = format!("{action}.req within {} s", limit.as_secs_f64());
        self.fail(label, expected, format!("it took {took} s"))
    }
}
