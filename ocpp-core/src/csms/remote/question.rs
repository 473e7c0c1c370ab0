//! Requests of the station that take somebody else's word: what is asked, and what follows from the answer.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::mem;

use ocpp_types::Version;

use super::needs::kept;
use super::notes::{request_id, reservation};
use super::said::{Reply, Said};
use super::vocabulary::{
    Answer, Authorize, Purpose, Question, SigningRequest, StationEvent, TokenInfo,
};
use super::{Effect, Refused, RemoteStation};
use crate::csms::ledger::{Begin, Event, IdToken, Moment, Stop, Transaction};
use crate::csms::{ReservationStatus, TokenStatus, TransactionId};
use crate::frame::ErrorCode;
use crate::session::CallToken;

/// A request whose answer takes more than this station.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) token: CallToken,
    action: &'static str,
    what: What,
    /// The question that it waits for.
    question: u64,
    /// The number of a transaction that may begin with it.
    number: Option<u64>,
    /// What is said about its token.
    info: Option<TokenInfo>,
    /// The transaction that its token is held for once the question is answered.
    holds: Option<u64>,
}

/// Most questions that nobody waits for any more, and whose answers may hold a token.
const MAX_ABANDONED: usize = 64;

#[derive(Debug)]
enum What {
    Authorize,
    Begin(Begin),
    Stop(Stop),
    Event(Box<Event>),
    /// The transaction is in the ledger; only its cost is missing.
    Cost,
    Sign {
        v2g: bool,
        request_id: Option<i64>,
    },
    /// The answer that promises nothing, and what was asked if the CSMS itself has an answer.
    Decision(String, Option<String>),
}
impl RemoteStation {
    /// A request that takes somebody else's word.
    pub(super) fn ask_about(
        &mut self,
        token: CallToken,
        action: &'static str,
        said: Said,
        payload: String,
    ) {
        let (what, question) = match said {
            Said::Authorize {
                id_token,
                certificate,
                hashes,
            } => {
                if id_token.is_none() {
                    // C02: there is nobody to look up.
                    let info = TokenInfo::of(TokenStatus::Accepted);
                    let reply = self.reply(token, &Reply::Authorize(info));
                    return self.finish(Vec::from([reply]));
                }
                let question = Question::Authorize(Authorize {
                    remote: self.sent_before(&id_token, None),
                    id_token,
                    purpose: Purpose::Look,
                    evse: None,
                    certificate,
                    hashes,
                });
                (What::Authorize, question)
            }
            Said::Begin(begin) => {
                let what = What::Begin(begin);
                return self.go_on(token, action, what, None, None);
            }
            Said::Stop(stop) => return self.go_on(token, action, What::Stop(stop), None, None),
            Said::Event(mut event) => {
                self.correlate(&mut event);
                return self.go_on(token, action, What::Event(event), None, None);
            }
            Said::Sign { csr, v2g } => {
                let names = self.names();
                let request_id = request_id(&payload);
                let question = Question::Sign(SigningRequest { csr, v2g, names });
                (What::Sign { v2g, request_id }, question)
            }
            Said::Decision(default) => {
                let asked = kept(action, &payload);
                let question = Question::Request {
                    version: self.version().unwrap_or(Version::V1_6),
                    action,
                    payload,
                };
                (What::Decision(default, asked), question)
            }
            // The rest is answered by the caller.
            _ => return self.finish(Vec::from([Effect::Respond(token, "{}".into())])),
        };
        self.wait(token, action, what, None, None, question);
    }

    fn wait(
        &mut self,
        token: CallToken,
        action: &'static str,
        what: What,
        number: Option<u64>,
        info: Option<TokenInfo>,
        question: Question,
    ) {
        let holds = match &question {
            Question::Authorize(Authorize {
                purpose: Purpose::Transaction(reference),
                ..
            }) => Some(*reference),
            _ => None,
        };
        self.waiting.push(Waiting {
            token,
            action,
            what,
            question: u64::MAX,
            number,
            info,
            holds,
        });
        self.ask(token, question);
    }

    /// Nobody waits for the answers to these requests any more. What an answer holds meanwhile is let go when it comes.
    pub(super) fn abandon(&mut self, gone: impl Fn(&Waiting) -> bool) {
        for waiting in mem::take(&mut self.waiting) {
            if !gone(&waiting) {
                self.waiting.push(waiting);
            } else if let Some(reference) = waiting.holds {
                self.abandoned.push_back((waiting.question, reference));
            }
        }
        while self.abandoned.len() > MAX_ABANDONED {
            if let Some((_, reference)) = self.abandoned.pop_front() {
                self.let_go(reference);
            }
        }
    }

    /// Nothing began under this number, unless it was known before.
    fn let_go(&mut self, reference: u64) {
        let known = self.ledger.transaction(reference);
        if !known.is_some_and(Transaction::is_running) {
            self.push(StationEvent::NotBegun { reference });
        }
    }

    /// Asks for a request that waits.
    pub(super) fn ask(&mut self, token: CallToken, about: Question) {
        let mut waiting = self.waiting.iter_mut();
        if let Some(waiting) = waiting.find(|waiting| waiting.token == token) {
            waiting.question = self.next_question;
            self.outputs.push_back(super::Output::Ask {
                question: self.next_question,
                about,
            });
            self.next_question = self.next_question.wrapping_add(1);
        }
    }

    /// Asks for what is missing, or takes the message into the ledger.
    fn go_on(
        &mut self,
        token: CallToken,
        action: &'static str,
        what: What,
        number: Option<u64>,
        info: Option<TokenInfo>,
    ) {
        let known = match &what {
            What::Begin(begin) => self.ledger.begun(begin).map(|found| found.reference),
            What::Stop(stop) => {
                let id = TransactionId::Number(stop.transaction_id);
                let found = self.ledger.find(&id).map(|found| found.reference);
                found.filter(|_| self.ledger.knows_stop(stop))
            }
            What::Event(event) => {
                let found = self.ledger.belongs_to(event);
                found.map(|found| found.reference)
            }
            _ => None,
        };
        let Some(reference) = known.or(number) else {
            return self.wait(token, action, what, number, info, Question::Number);
        };
        if info.is_none()
            && let Some(question) = self.about_token(&what, reference)
        {
            return self.wait(token, action, what, number, info, question);
        }
        self.conclude(token, action, &what, number, info);
    }

    /// The question about the token of a message, if it has one that somebody must be asked about.
    fn about_token(&self, what: &What, reference: u64) -> Option<Question> {
        let (id_token, evse, ends) = match what {
            What::Begin(begin) => (&begin.id_token, Some(begin.connector), false),
            What::Stop(stop) => (stop.id_token.as_ref()?, None, true),
            What::Event(event) => {
                let known = self.ledger.transaction(reference);
                let evse = known.map(|known| known.evse).filter(|evse| *evse != 0);
                let over = known.is_some_and(|known| !known.is_open());
                let ends = event.moment == Moment::Ended || over;
                (event.id_token.as_ref()?, event.evse.or(evse), ends)
            }
            _ => return None,
        };
        if id_token.is_none() {
            return None;
        }
        let started_by = match what {
            What::Event(event) => event.remote_start_id,
            _ => None,
        };
        Some(Question::Authorize(Authorize {
            id_token: id_token.clone(),
            purpose: if ends {
                Purpose::End
            } else {
                Purpose::Transaction(reference)
            },
            evse,
            remote: self.sent_before(id_token, started_by),
            certificate: None,
            hashes: Vec::new(),
        }))
    }

    /// Everything is known: the ledger takes it, and the station is answered.
    fn conclude(
        &mut self,
        token: CallToken,
        action: &'static str,
        what: &What,
        number: Option<u64>,
        info: Option<TokenInfo>,
    ) {
        let mut effects = Vec::new();
        let mut used = None;
        let asked_for = number.filter(|_| info.is_some());
        let full = |error: crate::csms::ledger::Full| {
            Refused::new(ErrorCode::InternalError, &error.to_string())
        };
        let taken = match what {
            What::Begin(begin) => {
                used = begin.reservation;
                let repeated = self.ledger.begun(begin).map(|found| found.reference);
                let begun = match repeated.or(number) {
                    Some(reference) if repeated.is_none() => {
                        self.ledger.begin(reference, begin).map(|()| reference)
                    }
                    Some(reference) => Ok(reference),
                    // It is asked for before.
                    None => return,
                };
                begun.map_err(full).map(|reference| {
                    let id = i64::try_from(reference).unwrap_or(i64::MAX);
                    let info = info.unwrap_or_else(|| TokenInfo::of(TokenStatus::Invalid));
                    Reply::Begin { id, info }
                })
            }
            What::Stop(stop) => {
                self.ledger.stop(number, stop);
                Ok(Reply::Stop(info))
            }
            What::Event(event) => {
                used = event.reservation;
                let without = event.id_token.as_ref().is_some_and(IdToken::is_none);
                let info = info.or(without.then(|| TokenInfo::of(TokenStatus::Accepted)));
                let taken = self.ledger.event(number, event).map_err(full);
                if taken.is_ok() && !event.samples.is_empty() {
                    effects.push(Effect::Event(StationEvent::MeterValues {
                        evse: event.evse.unwrap_or(0),
                        transaction: taken.as_ref().ok().copied().flatten(),
                        samples: event.samples.clone(),
                    }));
                }
                if let Ok(Some(reference)) = taken
                    && event.moment == Moment::Ended
                    && self.config.asks_cost
                    && let Some(transaction) = self.ledger.transaction(reference)
                {
                    let question = Question::Cost(transaction.bill());
                    self.waiting.push(Waiting {
                        token,
                        action,
                        what: What::Cost,
                        question: u64::MAX,
                        number: None,
                        info,
                        holds: None,
                    });
                    effects.extend(used.map(was_used));
                    effects.push(Effect::Ask(token, Box::new(question)));
                    return self.finish(effects);
                }
                taken.map(|_| Reply::Event { info, cost: None })
            }
            _ => return,
        };
        match taken {
            Ok(reply) => {
                effects.extend(used.map(was_used));
                effects.insert(0, self.reply(token, &reply));
            }
            Err(refused) => effects = Vec::from([Effect::Refuse(token, action, refused)]),
        }
        if let Some(reference) = asked_for
            && self.ledger.transaction(reference).is_none()
        {
            // There was no room for it, or the same message was taken meanwhile.
            effects.push(Effect::Event(StationEvent::NotBegun { reference }));
        }
        self.finish(effects);
    }

    /// Somebody has answered.
    pub(super) fn answered(&mut self, question: u64, answer: Answer) {
        let at = self
            .waiting
            .iter()
            .position(|waiting| waiting.question == question);
        let Some(at) = at else {
            // The station has gone meanwhile.
            let mut all = self.abandoned.iter();
            if let Some(at) = all.position(|(number, _)| *number == question)
                && let Some((_, reference)) = self.abandoned.remove(at)
                && matches!(answer, Answer::Token(_))
            {
                self.let_go(reference);
            }
            return;
        };
        let Waiting {
            token,
            action,
            what,
            number,
            info,
            ..
        } = self.waiting.swap_remove(at);
        let effects = match (what, answer) {
            (what @ (What::Begin(_) | What::Stop(_) | What::Event(_)), Answer::Number(given)) => {
                return self.go_on(token, action, what, Some(given), info);
            }
            (what @ (What::Begin(_) | What::Stop(_) | What::Event(_)), Answer::Token(info)) => {
                return self.go_on(token, action, what, number, Some(info));
            }
            (What::Authorize, Answer::Token(info)) => {
                Vec::from([self.reply(token, &Reply::Authorize(info))])
            }
            (What::Cost, Answer::Cost(cost)) => {
                Vec::from([self.reply(token, &Reply::Event { info, cost })])
            }
            // What it costs is not worth a refusal: the message is stored.
            (What::Cost, _) => Vec::from([self.reply(token, &Reply::Event { info, cost: None })]),
            (What::Sign { v2g, request_id }, Answer::Certificate(Some(chain))) => {
                let mut effects = Vec::from([self.reply(token, &Reply::Sign(true))]);
                effects.push(self.certificate_signed(&chain, v2g, request_id));
                effects
            }
            (What::Sign { .. }, _) => Vec::from([self.reply(token, &Reply::Sign(false))]),
            (What::Decision(..), Answer::Response(response)) => {
                match self.check_response(action, &response) {
                    Ok(()) => Vec::from([Effect::Respond(token, response)]),
                    Err(why) => {
                        let refused = Refused::new(ErrorCode::InternalError, &why);
                        Vec::from([Effect::Refuse(token, action, refused)])
                    }
                }
            }
            (What::Decision(default, asked), Answer::Default) => {
                let asked = asked.as_deref().unwrap_or_default();
                let answer = match action {
                    "NotifyEVChargingNeeds" => self.answer_needs(token, asked),
                    "NotifyEVChargingSchedule" => self.answer_schedule(token, asked),
                    _ => None,
                };
                answer.unwrap_or_else(|| Vec::from([Effect::Respond(token, default)]))
            }
            _ => {
                let refused = Refused::new(ErrorCode::InternalError, "nobody can answer this now");
                Vec::from([Effect::Refuse(token, action, refused)])
            }
        };
        self.finish(effects);
    }
}

fn was_used(id: i64) -> Effect {
    Effect::Event(reservation(id, ReservationStatus::Used))
}
