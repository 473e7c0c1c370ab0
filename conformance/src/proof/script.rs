//! What people, the network and the CSMS did in a run of a case.

use std::collections::BTreeMap;
use std::time::Duration;

use ocpp_types::{DateTime, Version};
use serde_json::Value;

use super::csms::{Csms, csms};
use crate::bench::{Act, Bench, Endpoint, Event, Server, Trouble, VirtualBench};
use crate::case::Case;
use crate::lab::Parameters;
use crate::product::{Impossible, Product};
use crate::runner::{Verdict, delivered, run_on};

/// Something that happens to the station.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    Act(Act),
    Serve(Server),
    Disconnect,
    /// A call of the CSMS.
    Call(String),
}

/// A recording of a case.
#[derive(Debug, Clone)]
pub struct Script {
    /// What happened, and when in milliseconds.
    pub(super) deeds: Vec<(u64, Deed)>,
    /// The answers to BootNotification, in order.
    pub(super) boots: Vec<Value>,
    /// The ids of transactions, in order.
    pub(super) ids: Vec<Value>,
    /// What the CSMS said about a token in the answer to a request of an action.
    pub(super) tokens: BTreeMap<(String, String), Value>,
    /// How long it took, in milliseconds.
    pub(super) duration: u64,
    /// How many connectors there are.
    pub(super) connectors: u32,
}

impl Script {
    /// Runs a case and writes down what was done to the station, and what became of the case.
    ///
    /// # Errors
    /// [`Impossible`] if there can be no such product.
    pub fn record(case: &'static Case, product: &Product) -> Result<(Self, Verdict), Impossible> {
        let mut recorder = Recorder {
            bench: VirtualBench::new(delivered(case, product)?),
            csms: csms(product.version),
            requests: BTreeMap::new(),
            script: Self {
                deeds: Vec::new(),
                boots: Vec::new(),
                ids: Vec::new(),
                tokens: BTreeMap::new(),
                duration: 0,
                connectors: product.connectors,
            },
        };
        let outcome = run_on(case, product, &mut recorder, Parameters::of(product));
        recorder.script.duration = recorder.bench.now();
        Ok((recorder.script, outcome.verdict))
    }
}

/// A virtual bench that writes down what is done on it.
struct Recorder {
    bench: VirtualBench,
    csms: &'static dyn Csms,
    /// Action and payload of the requests of the station that are not answered yet.
    requests: BTreeMap<String, (String, Value)>,
    script: Script,
}

impl Recorder {
    fn note(&mut self, deed: Deed) {
        self.script.deeds.push((self.bench.now(), deed));
    }

    fn note_request(&mut self, text: &str) {
        let frame: Value = serde_json::from_str(text).unwrap_or_default();
        if frame[0] == 2
            && let (Some(id), Some(action)) = (frame[1].as_str(), frame[2].as_str())
        {
            let request = (action.to_owned(), frame[3].clone());
            self.requests.insert(id.to_owned(), request);
        }
    }

    fn note_answer(&mut self, frame: &Value) {
        let id = frame[1].as_str().unwrap_or_default();
        let Some((action, payload)) = self.requests.remove(id) else {
            return;
        };
        let answer = &frame[2];
        if action == "BootNotification" {
            self.script.boots.push(answer.clone());
        }
        if let Some(id) = self.csms.begins(&action, &payload, answer)
            && !self.script.ids.contains(id)
        {
            self.script.ids.push(id.clone());
        }
        let info = answer.get(self.csms.token_info());
        if let (Some(token), Some(info)) = (self.csms.token(&payload), info) {
            let said = (action, token.to_owned());
            self.script.tokens.insert(said, info.clone());
        }
    }
}

impl Bench for Recorder {
    fn name(&self) -> &'static str {
        self.bench.name()
    }

    fn version(&self) -> Version {
        self.bench.version()
    }

    fn now(&self) -> u64 {
        self.bench.now()
    }

    fn utc(&self) -> DateTime {
        self.bench.utc()
    }

    fn next(&mut self, within: Duration) -> Result<Option<Event>, Trouble> {
        let event = self.bench.next(within)?;
        if let Some(Event::Text(text)) = &event {
            self.note_request(text);
        }
        Ok(event)
    }

    fn send(&mut self, text: &str) -> Result<(), Trouble> {
        let frame: Value = serde_json::from_str(text).unwrap_or_default();
        if frame[0] == 2 {
            self.note(Deed::Call(text.to_owned()));
        } else {
            self.note_answer(&frame);
        }
        self.bench.send(text)
    }

    fn act(&mut self, act: &Act) -> Result<(), Trouble> {
        self.note(Deed::Act(act.clone()));
        self.bench.act(act)
    }

    fn disconnect(&mut self) -> Result<(), Trouble> {
        self.note(Deed::Disconnect);
        self.bench.disconnect()
    }

    fn serve(&mut self, server: Server) -> Result<(), Trouble> {
        self.note(Deed::Serve(server.clone()));
        self.bench.serve(server)
    }

    fn url(&self, endpoint: Endpoint, security_profile: u8) -> Option<String> {
        self.bench.url(endpoint, security_profile)
    }

    fn highest_profile(&self) -> u8 {
        self.bench.highest_profile()
    }

    fn uploads(&self) -> Vec<String> {
        self.bench.uploads()
    }
}
