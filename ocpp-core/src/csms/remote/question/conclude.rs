//! What the ledger makes of a message once everything is known, and what the station is answered.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::{Waiting, What};
use crate::csms::ledger::IdToken;
use crate::csms::ledger::Moment;
use crate::csms::remote::notes::reservation;
use crate::csms::remote::said::Reply;
use crate::csms::remote::vocabulary::{Question, StationEvent, TokenInfo};
use crate::csms::remote::{Effect, Refused, RemoteStation};
use crate::csms::{ReservationStatus, TokenStatus, TransactionId};
use crate::frame::ErrorCode;

impl RemoteStation {
    /// Everything is known: the ledger takes it, and the station is answered.
    pub(super) fn conclude(&mut self, waiting: Waiting) {
        let Waiting {
            token,
            action,
            mut what,
            number,
            info,
            ..
        } = waiting;
        let mut effects = Vec::new();
        let mut used = None;
        let asked_for = number.filter(|_| info.is_some());
        let full = |error: crate::csms::ledger::Full| {
            Refused::new(ErrorCode::InternalError, &error.to_string())
        };
        let taken = match &mut what {
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
                    self.note_begun(reference, begin);
                    let id = i64::try_from(reference).unwrap_or(i64::MAX);
                    let info = info.unwrap_or_else(|| TokenInfo::of(TokenStatus::Invalid));
                    self.ledger.judged(reference, &begin.id_token, info.status);
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
                event.token_status = info.as_ref().map(|info| info.status);
                let taken = self.ledger.event(number, event).map_err(full);
                if let Ok(Some(reference)) = taken {
                    self.note_started(reference, event);
                }
                if taken.is_ok() && !event.samples.is_empty() {
                    effects.push(Effect::Event(StationEvent::MeterValues {
                        evse: event.evse.unwrap_or(0),
                        transaction: taken.as_ref().ok().copied().flatten(),
                        samples: event.samples.clone(),
                    }));
                }
                let asks_cost = match event.moment {
                    Moment::Ended => self.config.asks_cost,
                    _ => self.config.asks_running_cost && !event.samples.is_empty(),
                };
                if let Ok(Some(reference)) = taken
                    && asks_cost
                    && let Some(transaction) = self.ledger.transaction(reference)
                {
                    let question = Question::Cost(transaction.bill());
                    self.waiting.push(Waiting {
                        info,
                        number: Some(reference),
                        ..Waiting::new(token, action, What::Cost)
                    });
                    effects.extend(used.map(was_used));
                    effects.push(Effect::Ask(token, Box::new(question)));
                    return self.finish(effects);
                }
                taken.map(|reference| self.event_reply(reference, info, None))
            }
            What::Settlement(id, payload) => {
                let found = self.ledger.find(&TransactionId::Text(id.clone()));
                if let Some(reference) = found.map(|found| found.reference) {
                    let settlement = serde_json::from_str(payload).unwrap_or_default();
                    self.ledger.settled(reference, &settlement);
                }
                effects.push(Effect::Respond(token, "{}".into()));
                effects.push(self.notified(action, payload.clone()));
                return self.finish(effects);
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
}

fn was_used(id: i64) -> Effect {
    Effect::Event(reservation(id, ReservationStatus::Used))
}
