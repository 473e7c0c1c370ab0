//! Plays a script again, with one mishap.

use std::time::Duration;

use ocpp_core::station::StationConfig;
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
    /// Outputs of the station until the end of the script.
    pub outputs: usize,
    /// Messages of both sides until the end of the script.
    pub messages: usize,
}

/// Time to deliver what is left: longer than the longest wait of the back-off and all retries.
const AFTER: Duration = Duration::from_secs(2_400);
/// Between the last deeds.
const PAUSE: Duration = Duration::from_secs(10);

/// Plays a script to its end, stops everything, and closes the books.
///
/// # Errors
/// The bench could not go on.
pub fn replay(
    script: &Script,
    config: &StationConfig,
    mishap: Option<Mishap>,
) -> Result<Replayed, Trouble> {
    let mut bench = VirtualBench::new(config.clone());
    match mishap {
        None => {}
        Some(Mishap::PowerCut(output)) => bench.cut_power_after(output),
        Some(Mishap::ConnectionLost(n)) => bench.link_fault(LinkFault::Break, n),
        Some(Mishap::MessageLost(n)) => bench.link_fault(LinkFault::Lose, n),
        Some(Mishap::MessageDoubled(n)) => bench.link_fault(LinkFault::Double, n),
    }
    let mut player = Player {
        bench,
        script,
        boots: 0,
        books: Books::default(),
    };
    for (at, deed) in &script.deeds {
        player.run_until(*at)?;
        player.perform(deed)?;
    }
    player.run_until(script.duration)?;
    let (outputs, messages) = (player.bench.outputs(), player.bench.messages());
    player.finish()?;
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
}

impl Player<'_> {
    fn perform(&mut self, deed: &Deed) -> Result<(), Trouble> {
        match deed {
            Deed::Act(act) => self.bench.act(act),
            Deed::Serve(server) => self.bench.serve(server.clone()),
            Deed::Disconnect => self.bench.disconnect(),
            Deed::Call(text) => self.bench.send(text),
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

    /// Ends everything, and gives the station the time to report it.
    fn finish(&mut self) -> Result<(), Trouble> {
        self.bench.serve(Server::default())?;
        // A mishap that has not happened by now is called off.
        self.bench.call_off();
        if self.bench.queued().is_none() {
            self.bench.act(&Act::PowerOn)?;
        }
        self.run_for(PAUSE)?;
        for connector in 1..=self.script.connectors {
            self.bench.act(&Act::LocksFail(false))?;
            self.bench.act(&Act::Fault(connector, None))?;
            self.bench.act(&Act::PressStop(connector))?;
            self.run_for(PAUSE)?;
            self.bench.act(&Act::Unplug(connector))?;
            self.run_for(PAUSE)?;
        }
        self.run_for(AFTER)
    }
}
