//! The same for CSMSs: every case again, with the store failing at every write, the process dying before and after every write,
//! and the link dying at every message.
//!
//! A case is recorded once: what the station of the lab said, what the operator did, and when. Then it is replayed with one
//! mishap by a station that behaves as stations do: it connects again, and sends again what was not answered, or was answered with an
//! error that no one expected; the operator tries again, too. In the end the books are compared with those without a mishap:
//!
//! - what the station was told is stored: whatever was answered is not sent again, and nothing of it may be missing;
//! - what is stored can be billed, and the bills are the same;
//! - nothing is there twice, and nobody is billed twice;
//! - the station is told the same as without the mishap.

mod books;
mod numbers;

use std::collections::BTreeMap;
use std::time::Duration;

use ocpp_core::csms::remote::{Command, Operation};
use serde_json::{Value, json};

use super::Proof;
use crate::bench::{Bench, CsmsMishap, Dial, Dialled, Done, Event, History, Trouble, VirtualCsms};
use crate::case::Case;
use crate::lab::Parameters;
use crate::lab::dialect::dialect;
use crate::product::{Impossible, Product};
use crate::runner::{Verdict, run_on};
use books::{Books, books, difference};
use numbers::{essence, learn, replace};

/// How long a station waits for an answer, and before it tries again, in seconds.
const PATIENCE: u64 = 60;
const AGAIN: u64 = 10;
/// How often a station or an operator tries.
const ATTEMPTS: usize = 6;

/// A kind of mishap, of which there is one at each place.
type Kind = fn(usize) -> CsmsMishap;

/// Replays a case of a CSMS with every mishap there can be, or with one of so many. Nothing for a case that does not apply.
///
/// # Errors
/// [`Impossible`] if there can be no such product.
pub fn prove_csms(
    case: &'static Case,
    product: &Product,
    one_of: usize,
) -> Result<Proof, Impossible> {
    let mut proof = Proof::default();
    if case.applicable(product).is_err() {
        return Ok(proof);
    }
    let parameters = Parameters::of(product);
    let mut bench = VirtualCsms::new(case.version, &parameters.identity);
    let outcome = run_on(case, product, &mut bench, parameters.clone());
    if outcome.verdict != Verdict::Pass {
        let words = format!("{}: the recording has not passed", case.id);
        proof.broken.push(words);
        return Ok(proof);
    }
    let history = bench.history();
    let replayed = |mishap| {
        let bench = VirtualCsms::new(case.version, &parameters.identity);
        Replay::new(bench, &history, mishap).run()
    };
    let calm = replayed(None);
    let (stores, messages) = calm.counts;
    let name = |mishap: &str, what: &str| format!("{} {mishap}: {what}", case.id);
    let recorded = books(&bench);
    for difference in difference(&recorded, &calm.books) {
        proof.broken.push(name("without a mishap", &difference));
    }
    for wrong in &calm.wrong {
        proof.broken.push(name("without a mishap", wrong));
    }
    let one_of = one_of.max(1);
    let places = |kind: usize, all: usize| (kind % one_of..all).step_by(one_of);
    let kinds: [(Kind, usize); 4] = [
        (CsmsMishap::StoreFails, stores),
        (CsmsMishap::DiesBeforeStore, stores),
        (CsmsMishap::DiesAfterStore, stores),
        (CsmsMishap::LinkDies, messages),
    ];
    for (kind, (mishap, all)) in kinds.into_iter().enumerate() {
        for place in places(kind, all) {
            let mishap = mishap(place);
            let run = replayed(Some(mishap));
            match mishap {
                CsmsMishap::LinkDies(_) => proof.link_faults += 1,
                _ => proof.cuts += 1,
            }
            proof.undisturbed += calm.books.transactions.len();
            proof.transactions += run.books.transactions.len();
            let wrong = difference(&calm.books, &run.books);
            let wrong = wrong.into_iter().chain(run.wrong);
            let mishap = format!("{mishap:?}");
            proof.broken.extend(wrong.map(|what| name(&mishap, &what)));
        }
    }
    Ok(proof)
}

struct Run {
    books: Books,
    wrong: Vec<String>,
    /// Writes and messages.
    counts: (usize, usize),
}

/// What the CSMS asked for when the case was recorded, and what the lab answered.
struct Asked {
    payload: Value,
    answer: Value,
}

struct Replay<'a> {
    bench: VirtualCsms,
    history: &'a History,
    /// By action, in their order.
    asked: BTreeMap<String, Vec<Asked>>,
    /// What the calls of the lab were answered when the case was recorded, by id.
    answered: BTreeMap<String, Value>,
    /// How many requests of an action have come.
    seen: BTreeMap<String, usize>,
    /// Answers that have come, by id.
    answers: BTreeMap<String, Value>,
    /// The numbers of the recording, and what they are now.
    numbers: BTreeMap<(&'static str, i64), i64>,
    last: Option<Dial>,
    linked: bool,
    command: Option<Command>,
    wrong: Vec<String>,
}

impl<'a> Replay<'a> {
    fn new(mut bench: VirtualCsms, history: &'a History, mishap: Option<CsmsMishap>) -> Self {
        bench.befall(mishap);
        let mut replay = Self {
            bench,
            history,
            asked: BTreeMap::new(),
            answered: BTreeMap::new(),
            seen: BTreeMap::new(),
            answers: BTreeMap::new(),
            numbers: BTreeMap::new(),
            last: None,
            linked: false,
            command: None,
            wrong: Vec::new(),
        };
        replay.read();
        replay
    }

    fn read(&mut self) {
        let mut open: BTreeMap<String, (String, Value)> = BTreeMap::new();
        for (_, done) in &self.history.done {
            let (text, heard) = match done {
                Done::Heard(text) => (text, true),
                Done::Said(text) => (text, false),
                _ => continue,
            };
            let frame: Value = serde_json::from_str(text).unwrap_or_default();
            let id = frame[1].as_str().unwrap_or_default().to_owned();
            match (frame[0].as_i64(), heard) {
                (Some(2), true) => {
                    let action = frame[2].as_str().unwrap_or_default().to_owned();
                    open.insert(id, (action, frame[3].clone()));
                }
                (_, true) => {
                    self.answered.insert(id, frame);
                }
                (Some(2), false) => {}
                (_, false) => {
                    if let Some((action, payload)) = open.remove(&id) {
                        let all = self.asked.entry(action).or_default();
                        all.push(Asked {
                            payload,
                            answer: frame,
                        });
                    }
                }
            }
        }
    }

    fn run(mut self) -> Run {
        let history = self.history;
        for (at, done) in &history.done {
            self.until(*at);
            match done {
                Done::Entered(fact, parameters) => {
                    self.again(|replay| replay.bench.enter(*fact, parameters));
                }
                Done::Ordered(command) => {
                    let command = self.now_called(command);
                    self.command = Some(command.clone());
                    self.order(&command);
                }
                Done::Dialled(dial) => {
                    self.last = Some((**dial).clone());
                    self.connect();
                }
                Done::HungUp => {
                    let _ = self.bench.disconnect();
                    self.linked = false;
                }
                Done::Said(text) => self.say(text),
                Done::Heard(_) => {}
            }
        }
        self.until(self.bench.now() + PATIENCE * 1000);
        Run {
            books: books(&self.bench),
            counts: self.bench.counts(),
            wrong: self.wrong,
        }
    }

    /// Somebody tries until it works.
    fn again(&mut self, mut what: impl FnMut(&mut Self) -> Result<(), Trouble>) {
        for _ in 0..ATTEMPTS {
            match what(self) {
                Ok(()) => return,
                Err(_) => self.until(self.bench.now() + AGAIN * 1000),
            }
        }
        self.wrong.push("the operator gives up".to_owned());
    }

    fn order(&mut self, command: &Command) {
        self.again(|replay| {
            if !replay.linked {
                replay.connect();
            }
            replay.bench.operate("", command.clone())
        });
    }

    fn connect(&mut self) {
        if let Some(dial) = self.last.clone()
            && let Ok(Dialled::Connected(_)) = self.bench.dial(&dial)
        {
            self.linked = true;
        }
    }

    /// Time passes, and what comes is answered.
    fn until(&mut self, at: u64) {
        while self.bench.now() < at {
            let left = Duration::from_millis(at - self.bench.now());
            if !self.hear(left) {
                return;
            }
        }
        while self.hear(Duration::ZERO) {}
    }

    /// Whether something came.
    fn hear(&mut self, within: Duration) -> bool {
        match self.bench.next(within) {
            Ok(Some(Event::Text(text))) => {
                self.heard(&text);
                true
            }
            Ok(Some(event)) => {
                if event == Event::Disconnected {
                    self.linked = false;
                }
                true
            }
            Ok(None) => false,
            Err(trouble) => {
                self.wrong.push(trouble.to_string());
                false
            }
        }
    }

    fn heard(&mut self, text: &str) {
        let mut frame: Value = serde_json::from_str(text).unwrap_or_default();
        let id = frame[1].as_str().unwrap_or_default().to_owned();
        if frame[0] != 2 {
            self.answers.insert(id, frame);
            return;
        }
        let action = frame[2].as_str().unwrap_or_default().to_owned();
        let seen = self.seen.entry(action.clone()).or_default();
        let nth = *seen;
        *seen += 1;
        let payload = frame[3].take();
        let asked = self.asked.get(&action);
        let recorded = asked.and_then(|all| all.get(nth).or(all.last()));
        let answer = match recorded {
            Some(asked) => {
                learn(&asked.payload, &payload, &mut self.numbers);
                let mut answer = asked.answer.clone();
                answer[1] = id.into();
                answer
            }
            None => json!([
                3,
                id,
                dialect(self.bench.version()).agrees(&action, &payload)
            ]),
        };
        // Whoever has no connection any more hears nothing.
        let _ = self.bench.send(&answer.to_string());
    }

    fn say(&mut self, text: &str) {
        let frame: Value = serde_json::from_str(text).unwrap_or_default();
        let id = frame[1].as_str().unwrap_or_default().to_owned();
        if frame[0] == 2 {
            return self.call(&id, frame);
        }
        // The lab has answered a request: that comes first, if the operator has to ask for it again.
        let Some(wanted) = self.history.answered_with(text) else {
            return;
        };
        for _ in 0..ATTEMPTS {
            if self.seen.get(&wanted.0).copied().unwrap_or_default() >= wanted.1 {
                return;
            }
            self.until(self.bench.now() + PATIENCE * 1000);
            if self.seen.get(&wanted.0).copied().unwrap_or_default() >= wanted.1 {
                return;
            }
            if let Some(command) = self.command.clone() {
                self.order(&command);
                self.until(self.bench.now() + 1000);
            }
        }
    }

    /// A station says it until it is answered.
    fn call(&mut self, id: &str, mut frame: Value) {
        let recorded = self.answered.get(id).cloned().unwrap_or_default();
        replace(&mut frame[3], &self.numbers);
        for attempt in 0..ATTEMPTS {
            if !self.linked {
                self.connect();
            }
            let id = format!("{id}-{attempt}");
            frame[1] = id.clone().into();
            let _ = self.bench.send(&frame.to_string());
            let end = self.bench.now() + PATIENCE * 1000;
            while self.linked && self.bench.now() < end && !self.answers.contains_key(&id) {
                let left = Duration::from_millis(end - self.bench.now());
                if !self.hear(left) {
                    break;
                }
            }
            let Some(answer) = self.answers.remove(&id) else {
                self.until(self.bench.now() + AGAIN * 1000);
                continue;
            };
            if answer[0] == 3 || answer[2] == recorded[2] {
                let action = frame[2].as_str().unwrap_or_default();
                learn(&recorded[2], &answer[2], &mut self.numbers);
                let (now, then) = (essence(&frame, &answer), essence(&frame, &recorded));
                // What a car was offered is known to the process and the connection only: it is offered anew.
                if now != then && action != "NotifyEVChargingSchedule" {
                    let what = format!("{action} is answered with {now} instead of {then}");
                    self.wrong.push(what);
                }
                return;
            }
            self.until(self.bench.now() + AGAIN * 1000);
        }
        // The command that a report belongs to has come to nothing with the link: a station that is not accepted may not send it.
        if frame[2] != "NotifyReport" {
            let what = format!("{} is never answered", frame[2]);
            self.wrong.push(what);
        }
    }

    /// A command with the numbers that things have now.
    fn now_called(&self, command: &Command) -> Command {
        let id = |names: &[&'static str], id: i64| {
            let mut all = names.iter();
            let found = all.find_map(|name| self.numbers.get(&(*name, id)));
            found.copied().unwrap_or(id)
        };
        let reference = |then: u64| {
            let name = self.history.names.get(&then);
            let now = name.and_then(|name| match name.as_i64() {
                Some(number) => u64::try_from(id(&["transactionId"], number)).ok(),
                None => self.bench.transaction_number(name.as_str()?),
            });
            now.unwrap_or(then)
        };
        let mut command = command.clone();
        if let Command::Operation(operation) = &mut command {
            match operation {
                Operation::Stop(of) | Operation::TransactionStatus(Some(of)) => {
                    *of = reference(*of);
                }
                Operation::SetProfile { transaction, .. }
                | Operation::Limit { transaction, .. } => {
                    *transaction = transaction.map(reference);
                }
                Operation::ShowMessage(message) => {
                    message.transaction = message.transaction.map(reference);
                }
                Operation::CancelReservation(of) => *of = id(&["reservationId", "id"], *of),
                Operation::ClearLimit(of) => *of = id(&["chargingProfileId", "id"], *of),
                Operation::ClearMessage(of) => *of = id(&["id"], *of),
                _ => {}
            }
        }
        command
    }
}
