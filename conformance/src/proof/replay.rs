//! Plays a script again, with one mishap.

use std::time::Duration;

use ocpp_core::station::{Registration, StationConfig};
use serde_json::{Value, json};

use super::books::Books;
use super::script::{Deed, Script};
use crate::bench::{Act, Bench, Event, LinkFault, Server, Trouble, VirtualBench};

/// What happens once in a replay. Outputs and messages are counted from the moment when the station is switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// The power is cut before this output is carried out, and is back after two seconds.
    PowerCut(usize),
    /// The connection breaks, and this message, of either side, is lost.
    ConnectionLost(usize),
    /// The connection breaks after this message has arrived.
    ConnectionLostAfter(usize),
    /// The connection breaks, this message is lost, and the CSMS cannot be reached for five minutes.
    Outage(usize),
    /// This message is lost.
    MessageLost(usize),
    /// This message arrives twice.
    MessageDoubled(usize),
}

/// What a replay left.
#[derive(Debug)]
pub struct Replayed {
    /// The books.
    pub books: Books,
    /// Outputs of the station until everything was stopped and unplugged.
    pub outputs: usize,
    /// Messages of both sides until then.
    pub messages: usize,
}

/// Time to deliver what is left: longer than the longest wait of the back-off and all retries.
const AFTER: Duration = Duration::from_secs(2_400);
/// The least time between deeds, in milliseconds: long enough for the meter to be read and reported in between.
const PAUSE: u64 = 12_000;
/// How often the meter is reported, in seconds.
const SAMPLES: &str = "5";
/// How long people wait after a mishap until the station seems to be itself again, in milliseconds.
const PATIENCE: u64 = 600_000;
/// A last wait, so that what follows from being online is over too.
const SETTLING: u64 = 3_000;

/// Plays a script to its end, stops everything, and closes the books.
///
/// # Errors
/// The bench could not go on.
pub fn replay(
    script: &Script,
    config: &StationConfig,
    mishap: Option<Mishap>,
) -> Result<Replayed, Trouble> {
    let mut config = config.clone();
    let key = "MeterValueSampleInterval";
    config.defaults.retain(|(name, _)| name != key);
    config.defaults.push((key.to_owned(), SAMPLES.to_owned()));
    replay_on(VirtualBench::new(config), script, mishap)
}

/// The same, on a bench that has been prepared.
pub(super) fn replay_on(
    mut bench: VirtualBench,
    script: &Script,
    mishap: Option<Mishap>,
) -> Result<Replayed, Trouble> {
    match mishap {
        None => {}
        Some(Mishap::PowerCut(output)) => bench.cut_power_after(output),
        Some(Mishap::ConnectionLost(n)) => bench.link_fault(LinkFault::Break, n),
        Some(Mishap::ConnectionLostAfter(n)) => bench.link_fault(LinkFault::BreakAfter, n),
        Some(Mishap::Outage(n)) => bench.link_fault(LinkFault::Outage, n),
        Some(Mishap::MessageLost(n)) => bench.link_fault(LinkFault::Lose, n),
        Some(Mishap::MessageDoubled(n)) => bench.link_fault(LinkFault::Double, n),
    }
    let mut player = Player {
        bench,
        script,
        boots: 0,
        books: Books::default(),
        late: 0,
        last: None,
        mishaps: 0,
        reachable: true,
    };
    for (at, deed) in &script.deeds {
        player.wait_for(*at)?;
        player.perform(deed)?;
    }
    player.wait_for(script.duration)?;
    player.finish()?;
    let (outputs, messages) = (player.bench.outputs(), player.bench.messages());
    // A mishap that has not happened by now is called off.
    player.bench.call_off();
    player.run_for(AFTER)?;
    player.books.close(&player.bench);
    Ok(Replayed {
        books: player.books,
        outputs,
        messages,
    })
}

struct Player<'a> {
    bench: VirtualBench,
    script: &'a Script,
    boots: usize,
    books: Books,
    /// By how much everything happens later than in the recording, in milliseconds.
    late: u64,
    /// When the last deed was done.
    last: Option<u64>,
    /// The mishaps that people have waited for.
    mishaps: usize,
    /// Whether the script lets the CSMS be reached.
    reachable: bool,
}

impl Player<'_> {
    /// Lets time pass until a deed is due: not sooner than in the recording, nor too soon after the one before, and not
    /// while the station has not recovered from a mishap: nobody plugs in a car at a station that is dark.
    fn wait_for(&mut self, at: u64) -> Result<(), Trouble> {
        let after_last = self.last.map_or(0, |last| last + PAUSE);
        let due = (at + self.late).max(after_last);
        self.run_until(due)?;
        if self.bench.mishaps() > self.mishaps {
            self.mishaps = self.bench.mishaps();
            let end = self.bench.now() + PATIENCE;
            while !self.recovered() && self.bench.now() < end {
                self.run_until(self.bench.now() + 1_000)?;
            }
            self.run_until(self.bench.now() + SETTLING)?;
        }
        self.late = self.bench.now().saturating_sub(at);
        self.last = Some(self.bench.now());
        Ok(())
    }

    fn recovered(&self) -> bool {
        self.bench.state().is_some_and(|state| {
            let accepted = state.registration == Some(Registration::Accepted);
            !self.reachable || state.connected && accepted && state.queued == 0
        })
    }

    fn perform(&mut self, deed: &Deed) -> Result<(), Trouble> {
        match deed {
            Deed::Act(act) => self.bench.act(act),
            Deed::Serve(server) => {
                self.reachable = server.reachable && server.profile.is_none();
                self.bench.serve(server.clone())
            }
            Deed::Disconnect => self.bench.disconnect(),
            Deed::Call(text) => {
                let text = self.with_todays_id(text);
                self.bench.send(&text)
            }
        }
    }

    /// A call about the transaction that the recorded one was about.
    fn with_todays_id(&self, text: &str) -> String {
        let mut frame: Value = serde_json::from_str(text).unwrap_or_default();
        let recorded = frame[3]["transactionId"].as_i64();
        let place = recorded.and_then(|id| self.script.ids.iter().position(|other| *other == id));
        match place.and_then(|place| self.books.latest_id(place)) {
            Some(id) => {
                frame[3]["transactionId"] = json!(id);
                frame.to_string()
            }
            None => text.to_owned(),
        }
    }

    fn run_until(&mut self, at: u64) -> Result<(), Trouble> {
        loop {
            let left = Duration::from_millis(at.saturating_sub(self.bench.now()));
            let Some(event) = self.bench.next(left)? else {
                return Ok(());
            };
            if let Event::Text(text) = event {
                self.received(&text)?;
            }
        }
    }

    fn run_for(&mut self, time: Duration) -> Result<(), Trouble> {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.run_until(self.bench.now().saturating_add(millis))
    }

    fn received(&mut self, text: &str) -> Result<(), Trouble> {
        let frame: Value = serde_json::from_str(text).unwrap_or_default();
        if frame[0] != 2 {
            return Ok(());
        }
        let action = frame[2].as_str().unwrap_or_default();
        let answer = self.answer(action, &frame[3]);
        self.books.enter(action, &frame[3], &answer);
        let text = json!([3, frame[1], answer]).to_string();
        self.bench.send(&text)
    }

    /// The answer that the recorded CSMS gave, or would have given.
    fn answer(&mut self, action: &str, payload: &Value) -> Value {
        let utc = self.bench.utc().to_string();
        let known = payload["idTag"].as_str();
        let known = known.and_then(|tag| self.script.tags.get(tag)).cloned();
        let info = known.unwrap_or_else(|| json!({"status": "Accepted"}));
        match action {
            "BootNotification" => {
                let recorded = self.script.boots.get(self.boots);
                let last = || json!({"status": "Accepted", "interval": 60});
                let mut answer = recorded.cloned().unwrap_or_else(last);
                self.boots += 1;
                answer["currentTime"] = json!(utc);
                answer
            }
            "Heartbeat" => json!({"currentTime": utc}),
            "Authorize" => json!({"idTagInfo": info}),
            // A CSMS that does not recognise a repetition: it gets an id of its own.
            "StartTransaction" => {
                json!({"transactionId": self.books.next_id(), "idTagInfo": info})
            }
            "SignCertificate" | "DataTransfer" => json!({"status": "Accepted"}),
            _ => json!({}),
        }
    }

    /// Ends everything.
    fn finish(&mut self) -> Result<(), Trouble> {
        self.bench.serve(Server::default())?;
        self.reachable = true;
        if self.bench.queued().is_none() {
            self.bench.act(&Act::PowerOn)?;
        }
        for connector in 1..=self.script.connectors {
            let deeds = [
                Act::LocksFail(false),
                Act::Fault(connector, None),
                Act::PressStop(connector),
                Act::Unplug(connector),
            ];
            for act in deeds {
                self.wait_for(0)?;
                self.bench.act(&act)?;
            }
        }
        self.wait_for(0)
    }
}
