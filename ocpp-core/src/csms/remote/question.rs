//! Requests of the station that take somebody else's word: what is asked, and what follows from the answer.

mod conclude;

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use ocpp_types::Version;

use super::needs::kept;
use super::notes::request_id;
use super::said::{Reply, Said};
use super::starts::Presented;
use super::vocabulary::{
    Answer, Authorize, Purpose, Question, SigningRequest, StationEvent, TokenInfo,
};
use super::{Effect, Refused, RemoteStation};
use crate::csms::ledger::{
    Begin, Event, Key, Moment, Stop, Transaction, closed_key, id_origin, is_origin_key,
};
use crate::csms::{TokenStatus, TransactionId};
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
    /// The records that may still lead to its transaction; `None` until it is known that memory does not have it.
    records: Option<VecDeque<Key>>,
    /// The question is about the first of them.
    looks_up: bool,
    /// The number of a transaction that may begin with it.
    number: Option<u64>,
    /// What is said about its token.
    info: Option<TokenInfo>,
    /// The transaction that its token is held for once the question is answered.
    holds: Option<u64>,
}

impl Waiting {
    const fn new(token: CallToken, action: &'static str, what: What) -> Self {
        Self {
            token,
            action,
            what,
            question: u64::MAX,
            records: None,
            looks_up: false,
            number: None,
            info: None,
            holds: None,
        }
    }
}

/// Most questions that nobody waits for any more, and whose answers may hold a token.
const MAX_ABANDONED: usize = 64;

#[derive(Debug)]
enum What {
    Authorize,
    Begin(Begin),
    Stop(Stop),
    Event(Box<Event>),
    /// What was paid for a transaction of 2.1, and the request.
    Settlement(String, String),
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
                    remote: self.was_sent(&id_token, &Presented::Look),
                    id_token,
                    purpose: Purpose::Look,
                    evse: None,
                    certificate,
                    hashes,
                });
                (What::Authorize, question)
            }
            Said::Begin(begin) => {
                return self.go_on(Waiting::new(token, action, What::Begin(begin)));
            }
            Said::Stop(stop) => return self.go_on(Waiting::new(token, action, What::Stop(stop))),
            Said::Event(mut event) => {
                self.correlate(&mut event);
                return self.go_on(Waiting::new(token, action, What::Event(event)));
            }
            Said::Settlement(transaction) => {
                let what = What::Settlement(transaction, payload);
                return self.go_on(Waiting::new(token, action, what));
            }
            Said::Sign { csr, v2g } => {
                let names = self.names_to_sign();
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
        self.wait(Waiting::new(token, action, what), question);
    }

    fn wait(&mut self, mut waiting: Waiting, question: Question) {
        waiting.holds = match &question {
            Question::Authorize(Authorize {
                purpose: Purpose::Transaction(reference),
                ..
            }) => Some(*reference),
            _ => None,
        };
        waiting.looks_up = matches!(question, Question::Stored(_));
        waiting.question = u64::MAX;
        let token = waiting.token;
        self.waiting.push(waiting);
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
    fn go_on(&mut self, mut waiting: Waiting) {
        let known = match &waiting.what {
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
            What::Settlement(id, _) => {
                let found = self.ledger.find(&TransactionId::Text(id.clone()));
                found.map(|found| found.reference)
            }
            _ => None,
        };
        let Some(reference) = known.or(waiting.number) else {
            // It may be a late one of a transaction that has left memory: that is not billed twice.
            let what = &waiting.what;
            let records = waiting.records.get_or_insert_with(|| what.records());
            let question = match records.front() {
                Some(key) => Question::Stored(key.clone()),
                None if what.may_begin() => Question::Number,
                None => return self.conclude(waiting),
            };
            return self.wait(waiting, question);
        };
        if waiting.info.is_none()
            && let Some(question) = self.about_token(&waiting.what, reference)
        {
            return self.wait(waiting, question);
        }
        self.conclude(waiting);
    }

    /// A record that may lead to the transaction of a message has been looked for.
    fn looked_up(&mut self, mut waiting: Waiting, record: Option<String>) {
        let looked_for = waiting.records.as_mut().and_then(VecDeque::pop_front);
        let recalled = match (looked_for, record) {
            (Some(key), Some(record)) if is_origin_key(&key) => match record.parse() {
                Ok(reference) => {
                    let records = waiting.records.get_or_insert_default();
                    records.push_front(closed_key(reference));
                    Ok(())
                }
                Err(_) => Err(String::from("it is no number")),
            },
            (Some(_), Some(record)) => self.ledger.recall(&record),
            _ => Ok(()),
        };
        match recalled {
            Ok(()) => self.go_on(waiting),
            Err(why) => {
                // What it means is not known, so nothing is billed on the strength of it.
                let why = format!("a record cannot be read: {why}");
                let refused = Refused::new(ErrorCode::InternalError, &why);
                let Waiting { token, action, .. } = waiting;
                self.finish(Vec::from([Effect::Refuse(token, action, refused)]));
            }
        }
    }

    /// The question about the token of a message, if it has one that somebody must be asked about.
    fn about_token(&self, what: &What, reference: u64) -> Option<Question> {
        let (id_token, evse, ends) = match what {
            What::Begin(begin) => {
                let known = self.ledger.transaction(reference);
                let over = known.is_some_and(|known| !known.is_open());
                (&begin.id_token, Some(begin.connector), over)
            }
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
        let presented = match what {
            What::Begin(begin) => Presented::Begin(begin, reference),
            What::Event(event) => Presented::Event(event, reference),
            _ => Presented::Known(reference),
        };
        Some(Question::Authorize(Authorize {
            id_token: id_token.clone(),
            purpose: if ends {
                Purpose::End
            } else {
                Purpose::Transaction(reference)
            },
            evse,
            remote: self.was_sent(id_token, &presented),
            certificate: None,
            hashes: Vec::new(),
        }))
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
        let waiting = self.waiting.swap_remove(at);
        if waiting.looks_up && answer != Answer::Failed {
            let record = match answer {
                Answer::Stored(record) => record,
                // Nobody keeps them.
                _ => None,
            };
            return self.looked_up(waiting, record);
        }
        if waiting.what.is_of_transaction() {
            return match answer {
                Answer::Number(given) => self.go_on(Waiting {
                    number: Some(given),
                    ..waiting
                }),
                Answer::Token(info) => self.go_on(Waiting {
                    info: Some(info),
                    ..waiting
                }),
                _ => {
                    let Waiting { token, action, .. } = waiting;
                    let effect = Effect::Refuse(token, action, nobody_can_answer());
                    self.finish(Vec::from([effect]));
                }
            };
        }
        let Waiting {
            token,
            action,
            what,
            number,
            info,
            ..
        } = waiting;
        let effects = match (what, answer) {
            (What::Authorize, Answer::Token(info)) => {
                Vec::from([self.reply(token, &Reply::Authorize(info))])
            }
            (What::Cost, Answer::Cost(cost)) => {
                let reply = self.event_reply(number, info, cost);
                Vec::from([self.reply(token, &reply)])
            }
            // What it costs is not worth a refusal: the message is stored.
            (What::Cost, _) => {
                let reply = self.event_reply(number, info, None);
                Vec::from([self.reply(token, &reply)])
            }
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
            _ => Vec::from([Effect::Refuse(token, action, nobody_can_answer())]),
        };
        self.finish(effects);
    }
}

impl What {
    const fn is_of_transaction(&self) -> bool {
        self.may_begin() || matches!(self, Self::Settlement(..))
    }

    /// Whether a transaction may become known with it.
    const fn may_begin(&self) -> bool {
        matches!(self, Self::Begin(_) | Self::Stop(_) | Self::Event(_))
    }

    /// The records that may lead to the transaction of a message, when memory does not have it.
    fn records(&self) -> VecDeque<Key> {
        match self {
            Self::Begin(begin) => VecDeque::from([begin.origin()]),
            Self::Event(event) => VecDeque::from([event.origin()]),
            Self::Settlement(id, _) => VecDeque::from([id_origin(id)]),
            Self::Stop(stop) => {
                // The id that the CSMS gave is the number.
                let number = u64::try_from(stop.transaction_id).ok();
                let own = number.filter(|number| *number > 0).map(closed_key);
                own.into_iter().chain([stop.origin()]).collect()
            }
            _ => VecDeque::new(),
        }
    }
}

fn nobody_can_answer() -> Refused {
    Refused::new(ErrorCode::InternalError, "nobody can answer this now")
}
