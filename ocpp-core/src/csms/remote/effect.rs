//! What is said once the records are stored, and what is said instead if they cannot be.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::{
    CloseReason, CommandError, Outcome, Output, Question, RemoteStation, StationEvent, state,
};
use crate::csms::Refusal;
use crate::csms::ledger::{Happening, RecordChange};
use crate::frame::ErrorCode;
use crate::session::CallToken;

/// What follows once the records are stored.
#[derive(Debug)]
pub(super) enum Effect {
    Respond(CallToken, String),
    Refuse(CallToken, &'static str, Refused),
    Event(StationEvent),
    Ended(u64, Result<Outcome, CommandError>),
    /// Send a request; `running` is the command that it belongs to.
    Call {
        action: &'static str,
        payload: String,
        running: Option<u64>,
    },
    /// Ask, for a request of the station that waits.
    Ask(CallToken, Box<Question>),
    Close(CloseReason),
}

/// Why a request of the station is refused.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) code: ErrorCode,
    pub(super) description: String,
    pub(super) details: String,
}

impl Refused {
    pub(super) fn new(code: ErrorCode, description: &str) -> Self {
        Self {
            code,
            description: description.into(),
            details: "{}".into(),
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self {
            code: refusal.code,
            description: refusal.description,
            details: refusal.details,
        }
    }
}

impl RemoteStation {
    /// Stores what has changed, and lets the rest follow.
    pub(super) fn finish(&mut self, mut effects: Vec<Effect>) {
        while let Some(happening) = self.ledger.poll() {
            if let Happening::Ended(bill) = &happening {
                self.profiles.transaction_ended(bill);
            }
            effects.push(Effect::Event(self.told(happening)));
        }
        let mut changes = self.ledger.changes();
        changes.extend(self.profiles.changes());
        if self.before.as_deref().is_some_and(|before| *before != self.state)
            // A plain value; serde_json writes all of it.
            && let Ok(record) = serde_json::to_string(&self.state)
        {
            changes.push(RecordChange {
                key: state::KEY.into(),
                record: Some(record),
            });
        }
        if let Some(held) = &mut self.held {
            // What came before is not stored yet.
            held.extend(effects);
            self.outputs.push_back(Output::Store(changes));
        } else if changes.is_empty() {
            self.commit();
            self.carry_out(effects);
        } else {
            self.outputs.push_back(Output::Store(changes));
            self.held = Some(effects);
        }
    }

    fn told(&self, happening: Happening) -> StationEvent {
        let token = |reference: u64| {
            let transaction = self.ledger.transaction(reference)?;
            transaction.id_token.clone()
        };
        match happening {
            Happening::Began(reference) => StationEvent::TransactionBegan {
                reference,
                id_token: token(reference),
            },
            Happening::Changed(reference) => StationEvent::TransactionChanged {
                reference,
                id_token: token(reference),
            },
            Happening::PresumedOver(reference, why) => {
                StationEvent::TransactionPresumedOver { reference, why }
            }
            Happening::Resumed(reference) => StationEvent::TransactionResumed {
                reference,
                id_token: token(reference),
            },
            Happening::Ended(bill) => StationEvent::TransactionEnded(bill),
            Happening::Completed(bill) => StationEvent::BillCompleted(bill),
            Happening::Contradicted {
                reference,
                at,
                meter,
            } => StationEvent::Contradicted {
                reference,
                at,
                meter,
            },
        }
    }

    pub(super) fn commit(&mut self) {
        self.ledger.commit();
        self.profiles.commit();
        self.before = None;
    }

    /// Nothing has happened of what could not be stored; who waits for an answer is told an error.
    pub(super) fn not_stored(&mut self) {
        if !self.storing {
            return;
        }
        self.storing = false;
        self.outputs
            .retain(|output| !matches!(output, Output::Store(_)));
        self.ledger.roll_back();
        self.profiles.roll_back();
        if let Some(before) = self.before.take() {
            self.state = *before;
        }
        let mut instead = Vec::from([Effect::Event(StationEvent::NotStored)]);
        for effect in self.held.take().into_iter().flatten() {
            match effect {
                Effect::Respond(token, _) | Effect::Ask(token, _) => {
                    self.waiting.retain(|waiting| waiting.token != token);
                    let why = "the state cannot be stored";
                    let refused = Refused::new(ErrorCode::InternalError, why);
                    instead.push(Effect::Refuse(token, "", refused));
                }
                Effect::Call { running, .. } => {
                    if let Some(id) = running.and_then(|running| self.stop_running(running)) {
                        instead.push(Effect::Ended(id, Err(CommandError::NotStored)));
                    }
                }
                Effect::Ended(id, Ok(Outcome::Done)) => {
                    instead.push(Effect::Ended(id, Err(CommandError::NotStored)));
                }
                Effect::Event(_)
                | Effect::Close(CloseReason::NewPassword | CloseReason::LowerProfile) => {}
                // What the station did cannot be undone.
                other @ (Effect::Refuse(..) | Effect::Ended(..) | Effect::Close(_)) => {
                    instead.push(other);
                }
            }
        }
        self.carry_out(instead);
    }

    pub(super) fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Respond(token, response) => {
                    if let Some(session) = &mut self.session {
                        // The session may have given the call up: then there is nobody to answer.
                        let _ = session.respond(token, &response);
                    }
                }
                Effect::Refuse(token, action, refused) => {
                    if let Some(session) = &mut self.session {
                        let _ = session.refuse(
                            token,
                            refused.code.clone(),
                            &refused.description,
                            &refused.details,
                        );
                    }
                    if !action.is_empty() {
                        self.push(StationEvent::Refused {
                            action,
                            code: refused.code,
                            description: refused.description,
                        });
                    }
                }
                Effect::Event(event) => self.push(event),
                Effect::Ended(id, outcome) => {
                    self.outputs.push_back(Output::CommandEnded { id, outcome });
                }
                Effect::Call {
                    action,
                    payload,
                    running,
                } => self.send(action, payload, running),
                Effect::Ask(token, question) => self.ask(token, *question),
                Effect::Close(reason) => self.outputs.push_back(Output::Close(reason)),
            }
        }
    }
}
