//! What happened on the bench of a CSMS, and what can befall it.

use std::collections::BTreeMap;

use ocpp_core::csms::remote::Command;
use serde_json::Value;

use super::Dial;
use crate::case::Fact;
use crate::lab::Parameters;

/// What was done to a CSMS, or what it said.
#[derive(Clone)]
pub(crate) enum Done {
    /// The operator entered something.
    Entered(Fact, Box<Parameters>),
    /// The operator wanted something.
    Ordered(Command),
    /// The station tried to connect.
    Dialled(Box<Dial>),
    /// It ended its connection.
    HungUp,
    /// It said this.
    Said(String),
    /// The CSMS said this.
    Heard(String),
}

/// What happened, and when, in milliseconds of the bench.
#[derive(Clone, Default)]
pub(crate) struct History {
    pub(crate) done: Vec<(u64, Done)>,
    /// What the station calls its transactions, by the numbers that the CSMS has given them.
    pub(crate) names: BTreeMap<u64, Value>,
}

impl History {
    pub(crate) fn add(&mut self, at: u64, done: Done) {
        self.done.push((at, done));
    }

    /// The action of the request that an answer of the station belongs to, and how many of that action the station had
    /// answered then.
    pub(crate) fn answered_with(&self, answer: &str) -> Option<(String, usize)> {
        let mut open: BTreeMap<String, String> = BTreeMap::new();
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (_, done) in &self.done {
            let (text, heard) = match done {
                Done::Heard(text) => (text, true),
                Done::Said(text) => (text, false),
                _ => continue,
            };
            let frame: Value = serde_json::from_str(text).unwrap_or_default();
            let id = frame[1].as_str().unwrap_or_default().to_owned();
            let is_call = frame[0] == 2;
            if is_call && heard {
                let action = frame[2].as_str().unwrap_or_default();
                open.insert(id, action.to_owned());
            } else if !is_call && !heard {
                let action = open.remove(&id)?;
                let count = counts.entry(action.clone()).or_default();
                *count += 1;
                if text == answer {
                    return Some((action, *count));
                }
            }
        }
        None
    }
}

/// What can befall a CSMS; places are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CsmsMishap {
    /// It cannot write what it wants to write.
    StoreFails(usize),
    /// Its process ends before it has written.
    DiesBeforeStore(usize),
    /// Its process ends after it has written, and before it does anything else.
    DiesAfterStore(usize),
    /// The link dies with a message of either side, which is lost.
    LinkDies(usize),
}

/// The mishap of a run, and how far the run is.
#[derive(Debug, Default)]
pub(super) struct Fate {
    pub(super) mishap: Option<CsmsMishap>,
    /// Writes so far.
    pub(super) writes: usize,
    /// Messages so far.
    pub(super) messages: usize,
}

/// What becomes of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Well,
    Not,
    DeadBefore,
    DeadAfter,
}

impl Fate {
    pub(super) fn write(&mut self) -> Written {
        let this = self.writes;
        self.writes += 1;
        match self.mishap {
            Some(CsmsMishap::StoreFails(nth)) if nth == this => Written::Not,
            Some(CsmsMishap::DiesBeforeStore(nth)) if nth == this => Written::DeadBefore,
            Some(CsmsMishap::DiesAfterStore(nth)) if nth == this => Written::DeadAfter,
            _ => Written::Well,
        }
    }

    /// Whether a message arrives.
    pub(super) fn carries(&mut self) -> bool {
        let this = self.messages;
        self.messages += 1;
        !matches!(self.mishap, Some(CsmsMishap::LinkDies(nth)) if nth == this)
    }
}
