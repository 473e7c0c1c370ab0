//! Carries out what a station's value wants.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use ocpp_core::csms::remote::{
    Answer, Authorize, Input, Output, Question, RemoteStation, StationEvent, TokenInfo,
};

use super::fleet::Fleet;
use super::journal::Limits;
use super::station::{Member, Standing, ToStation, lock};
use super::store::{Boxed, Row, Table, number_key, station_rows};
use crate::clock;

/// How many numbers that were given away for transactions of a station may wait for their records.
const MAX_FRESH: usize = 64;

impl Fleet {
    /// Hands an input in, and carries out what follows, in order.
    pub(super) async fn drive(
        self: &Arc<Self>,
        member: &Arc<Member>,
        remote: &mut RemoteStation,
        input: Input,
    ) {
        if let Input::Received(text) = &input {
            self.note(member, true, text);
        }
        remote.handle(self.clock.both(), input);
        while let Some(output) = remote.poll_output() {
            match output {
                Output::Store(changes) => {
                    let fresh = std::mem::take(&mut *lock(&member.fresh));
                    let rows = station_rows(&member.id, changes, &fresh);
                    let is_stored = |number: &u64| {
                        let key = number_key(*number);
                        let is_it = |row: &Row| row.table == Table::Transactions && row.key == key;
                        rows.iter().any(is_it)
                    };
                    let later = fresh.iter().copied().filter(|number| !is_stored(number));
                    // Those of transactions that never begin do not pile up.
                    lock(&member.fresh).extend(later.take(MAX_FRESH));
                    if self.store_of(member, rows).await.is_ok() {
                        self.stands(member, standing_of(remote, member.is_sealed()));
                    } else {
                        remote.handle(self.clock.both(), Input::NotStored);
                    }
                }
                Output::Transmit(text) => {
                    self.note(member, false, &text);
                    member.send(ToStation::Text(text));
                }
                Output::Ask {
                    question,
                    about: Question::Stored(key),
                } => {
                    let answer = self.recall(&member.id, &key).await;
                    remote.handle(self.clock.both(), Input::Answer { question, answer });
                }
                Output::Ask { question, about } => {
                    if let Some(answer) = self.decide(member, question, about) {
                        let input = Input::Answer { question, answer };
                        remote.handle(self.clock.both(), input);
                    }
                }
                Output::Event(event) => {
                    self.heed(member, remote, &event).await;
                    self.publish(&member.id, &event);
                    self.application.event(remote, &event);
                }
                Output::CommandEnded { id, outcome } => member.ended(id, outcome),
                Output::Close(why) => member.send(ToStation::Close(why)),
                _ => {}
            }
        }
    }

    pub(super) fn note(&self, member: &Member, from_station: bool, text: &str) {
        self.application.message(&member.id, from_station, text);
        let limits = Limits {
            messages: self.config.journal_messages,
            bytes: self.config.journal_bytes,
            total: self.config.journal_total_bytes,
            stations: self.len(),
        };
        let mut journal = lock(&member.journal);
        journal.add(&self.journals, clock::utc(), from_station, text, limits);
    }

    /// What takes more than one station to decide. `None`: the answer comes later.
    fn decide(
        self: &Arc<Self>,
        member: &Arc<Member>,
        question: u64,
        about: Question,
    ) -> Option<Answer> {
        if about == Question::Number {
            if let Some(number) = self.numbers.at_hand() {
                return Some(self.complete(member, &about, Answer::Number(number)));
            }
            let fleet = Arc::clone(self);
            let asked = Box::pin(async move {
                let number = fleet.numbers.next(&fleet.records, fleet.me.process()).await;
                number.map_or(Answer::Failed, Answer::Number)
            });
            self.await_answer(member, question, about, asked);
            return None;
        }
        let application = Arc::clone(&self.application);
        let mut asked = application.answer(Arc::clone(&member.id), about.clone());
        // Most applications know at once, or decide nothing.
        let mut nobody = Context::from_waker(Waker::noop());
        if let Poll::Ready(answer) = asked.as_mut().poll(&mut nobody) {
            return Some(self.complete(member, &about, answer));
        }
        self.await_answer(member, question, about, asked);
        None
    }

    /// Waits for an answer while the station and the operator go on.
    fn await_answer(
        self: &Arc<Self>,
        member: &Arc<Member>,
        question: u64,
        about: Question,
        asked: Boxed<'static, Answer>,
    ) {
        let (fleet, member) = (Arc::clone(self), Arc::clone(member));
        tokio::spawn(async move {
            let answer = tokio::time::timeout(fleet.config.answer_timeout, asked).await;
            let mut remote = member.remote.lock().await;
            let answer = fleet.complete(&member, &about, answer.unwrap_or(Answer::Failed));
            let input = Input::Answer { question, answer };
            fleet.drive(&member, &mut remote, input).await;
        });
    }

    /// What the services say where the application leaves it to them.
    fn complete(&self, member: &Member, about: &Question, answer: Answer) -> Answer {
        match (about, answer) {
            (Question::Authorize(asked), Answer::Default) => {
                let info = self.services.authorize(&member.id, asked);
                self.told(member, asked, &info);
                Answer::Token(info)
            }
            (Question::Authorize(asked), Answer::Token(info)) => {
                self.told(member, asked, &info);
                Answer::Token(info)
            }
            (Question::Number, Answer::Number(number)) => {
                lock(&member.fresh).push(number);
                Answer::Number(number)
            }
            (Question::Cost(_), Answer::Default) => Answer::Cost(None),
            (Question::Sign(_), Answer::Default) => Answer::Certificate(None),
            (_, answer) => answer,
        }
    }

    fn told(&self, member: &Member, asked: &Authorize, info: &TokenInfo) {
        let token = &asked.id_token.id_token;
        let known = self.services.tokens(|tokens| tokens.get(token).is_some());
        self.application.authorized(&member.id, asked, info, known);
    }

    /// What an event means for the others.
    async fn heed(&self, member: &Member, remote: &RemoteStation, event: &StationEvent) {
        let ledger = remote.ledger();
        let transaction = |reference| ledger.transaction(reference);
        self.services
            .follow(&member.id, event, ledger.open(), transaction);
        let is_reserved = matches!(event, StationEvent::Reservation { .. });
        if is_reserved || self.services.is_down(&member.id, event) {
            self.services.heed(&self.records, &member.id, event).await;
        }
    }
}

/// What a station is of which there are records.
pub(super) const fn standing_of(remote: &RemoteStation, is_sealed: bool) -> Standing {
    match remote.is_put() || is_sealed {
        true => Standing::Put,
        false => Standing::Stranger,
    }
}
