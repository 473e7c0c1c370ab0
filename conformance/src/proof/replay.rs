//! Plays a script again, with one mishap.

use std::time::Duration;

use ocpp_core::smart_charging::LimitSource;
use ocpp_core::station::{CableState, Registration, StationConfig};
use ocpp_core::testing::demands::Demands;
use ocpp_types::Version;
use serde_json::{Value, json};

use super::books::Books;
use super::csms::{Csms, csms};
use super::script::{Deed, Script};
use crate::bench::{
    Act, Bench, Event, LinkDirection, LinkFault, Server, Trouble, VirtualBench, limit_of_ems,
};

/// What happens once in a replay. Outputs and messages are counted from the moment when the station is switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// The power is cut before this output is carried out, and is back after two seconds. Contactors fall open, locks stay
    /// as they are, limits are forgotten.
    PowerCut(usize),
    /// The program ends before this output is carried out, and starts again after two seconds. The hardware stays as it is.
    ProgramEnd(usize),
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
    /// From this message on the link delivers nothing this way, and nobody is told: it seems to be open until the station
    /// closes it.
    HalfOpen(LinkDirection, usize),
    /// From this message on the CSMS answers nothing for ten minutes, while its link lives.
    Mute(usize),
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
/// How long people wait after a mishap until the station seems to be itself again.
const PATIENCE: Duration = Duration::from_secs(600);
/// In which time a station has noticed that its link is half open, and a CSMS answers again.
const NOTICED: Duration = Duration::from_secs(900);
/// In which time a station does not wait for the answer to a call any more.
const ANSWERED: Duration = Duration::from_secs(60);
/// The first id of a transaction, where the CSMS gives them.
pub(super) const FIRST_ID: i64 = 1_001;
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
    let version = config.versions.first().copied().unwrap_or(Version::V1_6);
    let key = csms(version).sample_interval();
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
        Some(Mishap::ProgramEnd(output)) => bench.end_program_after(output),
        Some(Mishap::ConnectionLost(n)) => bench.link_fault(LinkFault::Break, n),
        Some(Mishap::ConnectionLostAfter(n)) => bench.link_fault(LinkFault::BreakAfter, n),
        Some(Mishap::Outage(n)) => bench.link_fault(LinkFault::Outage, n),
        Some(Mishap::MessageLost(n)) => bench.link_fault(LinkFault::Lose, n),
        Some(Mishap::MessageDoubled(n)) => bench.link_fault(LinkFault::Double, n),
        Some(Mishap::HalfOpen(way, n)) => bench.link_fault(LinkFault::HalfOpen(way), n),
        Some(Mishap::Mute(n)) => bench.link_fault(LinkFault::Mute, n),
    }
    bench.watch();
    let mut player = Player {
        demands: Demands::new(bench.version(), bench.config()),
        csms: csms(bench.version()),
        books: Books::new(bench.version()),
        bench,
        script,
        boots: 0,
        last_id: FIRST_ID - 1,
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
    player.until_recovered(AFTER)?;
    // It may seem to be itself and not have noticed yet.
    let unnoticed = matches!(mishap, Some(Mishap::HalfOpen(..) | Mishap::Mute(_)));
    player.run_for(if unnoticed { NOTICED } else { ANSWERED })?;
    player.until_recovered(AFTER)?;
    player.next_customers()?;
    player.run_for(AFTER)?;
    player.books.close(&player.bench, &player.demands);
    Ok(Replayed {
        books: player.books,
        outputs,
        messages,
    })
}

struct Player<'a> {
    bench: VirtualBench,
    demands: Demands,
    csms: &'static dyn Csms,
    script: &'a Script,
    boots: usize,
    /// The id that a transaction was given last, where the CSMS gives them.
    last_id: i64,
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
            self.until_recovered(PATIENCE)?;
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
            Deed::Act(act) => return self.act(act),
            Deed::Serve(server) => {
                self.reachable = server.reachable && server.profile.is_none();
                self.bench.serve(server.clone())?;
            }
            Deed::Disconnect => self.bench.disconnect()?,
            Deed::Call(text) => {
                let text = self.with_todays_id(text);
                return self.call(&text);
            }
        }
        self.look();
        Ok(())
    }

    /// Something happens to the station. A plug that is held stays where it is.
    fn act(&mut self, act: &Act) -> Result<(), Trouble> {
        if let Act::ExternalLimit(evse, limit) = act {
            let utc = self.bench.utc();
            match limit {
                Some(limit) => self.demands.limited(utc, &limit_of_ems(*evse, *limit)),
                None => self.demands.released(utc, *evse, &LimitSource::Ems),
            }
        }
        let done = self.bench.act(act);
        self.look();
        match done {
            Err(Trouble::NotDone(_)) => Ok(()),
            done => done,
        }
    }

    /// The CSMS calls the station.
    fn call(&mut self, text: &str) -> Result<(), Trouble> {
        let frame: Value = serde_json::from_str(text).unwrap_or_default();
        let (id, action) = (frame[1].as_str(), frame[2].as_str());
        let utc = self.bench.utc();
        self.demands.asked(
            utc,
            id.unwrap_or_default(),
            action.unwrap_or_default(),
            &frame[3],
        );
        self.bench.send(text)?;
        self.look();
        Ok(())
    }

    /// Looks at the hardware as it was since the last time.
    fn look(&mut self) {
        let certain = self.bench.mishaps() == 0;
        for sight in self.bench.sights() {
            self.demands.look(sight, certain);
        }
        for (action, payload) in self.bench.given_up() {
            let attempts = self.bench.number(self.csms.attempts());
            self.books.given_up(&action, &payload, attempts);
        }
    }

    /// A call about the transaction that the recorded one was about.
    fn with_todays_id(&self, text: &str) -> String {
        let mut frame: Value = serde_json::from_str(text).unwrap_or_default();
        for pointer in self.csms.ids() {
            let Some(id) = frame.pointer_mut(pointer) else {
                continue;
            };
            let mut recorded = self.script.ids.iter();
            let place = recorded.position(|other| id == other);
            if let Some(today) = place.and_then(|place| self.books.latest_id(place)) {
                *id = today;
            }
        }
        frame.to_string()
    }

    fn run_until(&mut self, at: u64) -> Result<(), Trouble> {
        loop {
            let left = Duration::from_millis(at.saturating_sub(self.bench.now()));
            let event = self.bench.next(left)?;
            self.look();
            let Some(event) = event else {
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
            let id = frame[1].as_str().unwrap_or_default();
            let payload = if frame[0] == 3 {
                &frame[2]
            } else {
                &Value::Null
            };
            self.demands.answered(self.bench.utc(), id, payload);
            return Ok(());
        }
        let action = frame[2].as_str().unwrap_or_default();
        if self.bench.is_mute() {
            // It does nothing about what it gets either.
            self.books.came(action, &frame[3]);
            return Ok(());
        }
        let answer = self.answer(action, &frame[3]);
        self.books.enter(action, &frame[3], &answer);
        self.demands.told(&frame[3], &answer);
        let text = json!([3, frame[1], answer]).to_string();
        self.bench.send(&text)?;
        self.look();
        Ok(())
    }

    /// The answer that the recorded CSMS gave, or would have given.
    fn answer(&mut self, action: &str, payload: &Value) -> Value {
        let utc = self.bench.utc().to_string();
        let known = self.csms.token(payload);
        let known = known.and_then(|token| {
            let said = (action.to_owned(), token.to_owned());
            self.script.tokens.get(&said)
        });
        let info = known.cloned();
        let info = info.unwrap_or_else(|| json!({"status": "Accepted"}));
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
            "SignCertificate" | "DataTransfer" => json!({"status": "Accepted"}),
            _ => {
                self.last_id += i64::from(action == "StartTransaction");
                match self.csms.answer(action, payload, info, self.last_id) {
                    Value::Null => json!({}),
                    answer => answer,
                }
            }
        }
    }

    /// Ends everything.
    fn finish(&mut self) -> Result<(), Trouble> {
        self.perform(&Deed::Serve(Server::default()))?;
        if self.bench.queued().is_none() {
            self.act(&Act::PowerOn)?;
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
                self.act(&act)?;
            }
            self.free(connector)?;
        }
        self.wait_for(0)
    }

    /// A plug that is still held is kept for somebody, or the lock has failed: the hotline of the operator unlocks it.
    fn free(&mut self, connector: u32) -> Result<(), Trouble> {
        if self
            .bench
            .power(connector)
            .is_none_or(|power| power.cable == CableState::Unplugged)
        {
            return Ok(());
        }
        self.wait_for(0)?;
        let (action, payload) = self.csms.unlock(connector);
        let id = format!("hotline-{connector}");
        self.call(&json!([2, id, action, payload]).to_string())?;
        self.wait_for(0)?;
        self.act(&Act::Unplug(connector))
    }

    fn until_recovered(&mut self, within: Duration) -> Result<(), Trouble> {
        let within = u64::try_from(within.as_millis()).unwrap_or(u64::MAX);
        let end = self.bench.now().saturating_add(within);
        while !self.recovered() && self.bench.now() < end {
            self.run_until(self.bench.now() + 1_000)?;
        }
        self.run_until(self.bench.now() + SETTLING)
    }

    /// Somebody charges at each connector after all that: it works where it says so.
    fn next_customers(&mut self) -> Result<(), Trouble> {
        for connector in 1..=self.script.connectors {
            self.next_customer(connector)?;
        }
        Ok(())
    }

    fn next_customer(&mut self, connector: u32) -> Result<(), Trouble> {
        let index = usize::try_from(connector).unwrap_or_default() - 1;
        let status = self
            .bench
            .state()
            .map(|state| state.connectors[index].status);
        let points = self.bench.text("TxCtrlr.TxStartPoint");
        let bays = points.is_some_and(|points| points.contains("ParkingBayOccupancy"));
        if bays {
            self.act(&Act::Bay(connector, true))?;
        }
        self.act(&Act::Plug(connector))?;
        self.wait_for(0)?;
        let (action, payload) = self.csms.start(connector);
        let id = format!("next-{connector}");
        self.call(&json!([2, id, action, payload]).to_string())?;
        self.wait_for(0)?;
        let power = self.bench.power(connector).cloned().unwrap_or_default();
        let none = power.limit.is_some_and(|limit| limit.value.0.is_zero());
        if status == Some("Available") && !power.closed && !none {
            let words = format!("nobody can charge at {connector}, which is available: {power:?}");
            self.books.complain(words);
        }
        self.act(&Act::PressStop(connector))?;
        self.wait_for(0)?;
        self.act(&Act::Unplug(connector))?;
        if bays {
            self.wait_for(0)?;
            self.act(&Act::Bay(connector, false))?;
        }
        self.wait_for(0)
    }
}
