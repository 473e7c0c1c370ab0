//! Commands that start something: each lets its token charge once, for the transaction that it begins (F01, F02).

use alloc::string::{String, ToString};

use serde_json::Value;

use super::RemoteStation;
use super::state::{MAX_REMOTE_STARTS, RemoteStart};
use crate::csms::TransactionId;
use crate::csms::ledger::{Begin, Event, IdToken};

/// How long a command that started something is remembered, in milliseconds. Connecting a car takes minutes, no more.
const HOLDS: i64 = 15 * 60_000;

/// What a token is presented for, as far as it is known.
pub(super) enum Presented<'a> {
    /// Somebody asks; nothing began yet.
    Look,
    /// The begin of a transaction of 1.6, with its number.
    Begin(&'a Begin, u64),
    /// A message about a transaction of 2.x, with its number.
    Event(&'a Event, u64),
    /// A transaction that is known, by its number.
    Known(u64),
}

impl RemoteStation {
    /// Whether the CSMS has sent this token to start something, and what it is presented for is that.
    pub(super) fn was_sent(&self, id_token: &IdToken, presented: &Presented<'_>) -> bool {
        let mut starts = self.state.remote_starts.iter();
        starts.any(|start| {
            let waits = start.began.is_none() && self.utc.millis_since(start.at) <= HOLDS;
            let is_for = match presented {
                Presented::Look => waits,
                Presented::Begin(begin, reference) => {
                    start.began == Some(*reference) || (waits && start.is_at(begin.connector))
                }
                Presented::Event(event, reference) => {
                    start.began == Some(*reference)
                        || (waits && event.remote_start_id == Some(start.id))
                }
                Presented::Known(reference) => start.began == Some(*reference),
            };
            is_for && start.id_token.matches(id_token)
        })
    }

    /// Notes a command that starts something.
    pub(super) fn note_start(&mut self, id: i64, id_token: IdToken, evse: Option<i64>) {
        let at = self.utc;
        self.change(|state| {
            let starts = &mut state.remote_starts;
            if starts.len() >= MAX_REMOTE_STARTS {
                // Those that have begun something are needed least.
                let begun = starts.iter().position(|start| start.began.is_some());
                starts.remove(begun.unwrap_or(0));
            }
            starts.push(RemoteStart {
                id,
                id_token,
                at,
                evse,
                began: None,
            });
        });
    }

    /// A pseudonym takes the place of the tokens of a person.
    pub(super) fn erase(&mut self, id_tokens: &[String], pseudonym: &str) {
        let is_one = |token: &str| id_tokens.iter().any(|one| one.eq_ignore_ascii_case(token));
        self.ledger.erase(&is_one, pseudonym);
        self.change(|state| {
            for start in &mut state.remote_starts {
                if is_one(&start.id_token.id_token) {
                    start.id_token.id_token = pseudonym.into();
                }
            }
        });
    }

    /// A raw call may start something as well as a typed operation.
    pub(super) fn note_raw_start(&mut self, action: &str, payload: &str) {
        if !is_start(action) {
            return;
        }
        let request: Value = serde_json::from_str(payload).unwrap_or_default();
        let Some(id_token) = token_of(&request) else {
            return;
        };
        let id = request["remoteStartId"].as_i64();
        let id = id.unwrap_or_else(|| self.next_id());
        self.note_start(id, id_token, evse_of(&request));
    }

    /// The station has refused a command that was to start something.
    pub(super) fn start_refused(&mut self, request: &Value) {
        let Some(id_token) = token_of(request) else {
            return;
        };
        let (id, evse) = (request["remoteStartId"].as_i64(), evse_of(request));
        self.change(|state| {
            let of_it = |start: &RemoteStart| {
                let same = match id {
                    Some(id) => start.id == id,
                    None => start.evse == evse && start.id_token.matches(&id_token),
                };
                same && start.began.is_none()
            };
            if let Some(at) = state.remote_starts.iter().rposition(of_it) {
                state.remote_starts.remove(at);
            }
        });
    }

    /// A transaction of 1.6 has begun: it may be what a command was to start.
    pub(super) fn note_begun(&mut self, reference: u64, begin: &Begin) {
        let at = |start: &RemoteStart| {
            start.is_at(begin.connector) && start.id_token.matches(&begin.id_token)
        };
        self.began(reference, at);
    }

    /// A message has told of a transaction of 2.x: it may be what a command was to start.
    pub(super) fn note_started(&mut self, reference: u64, event: &Event) {
        if let Some(id) = event.remote_start_id {
            self.began(reference, |start| start.id == id);
        }
    }

    fn began(&mut self, reference: u64, is_it: impl Fn(&RemoteStart) -> bool) {
        let (utc, starts) = (self.utc, &self.state.remote_starts);
        if starts.iter().any(|start| start.began == Some(reference)) {
            return;
        }
        let waits =
            |start: &RemoteStart| start.began.is_none() && utc.millis_since(start.at) <= HOLDS;
        let Some(at) = starts.iter().position(|start| waits(start) && is_it(start)) else {
            return;
        };
        self.change(|state| {
            if let Some(start) = state.remote_starts.get_mut(at) {
                start.began = Some(reference);
            }
        });
    }

    /// A transaction that a command started is for the command's token, also if the station does not name it (F01, F02).
    pub(super) fn correlate(&mut self, event: &mut Event) {
        let Some(id) = event.remote_start_id.filter(|_| event.id_token.is_none()) else {
            return;
        };
        let transaction = TransactionId::Text(event.transaction_id.clone());
        let known = self.ledger.find(&transaction);
        if known.is_some_and(|known| known.id_token.is_some()) {
            return;
        }
        let reference = known.map(|known| known.reference);
        let mut starts = self.state.remote_starts.iter();
        let its = |start: &&RemoteStart| {
            start.id == id && (start.began.is_none() || start.began == reference)
        };
        // Of two with one number, which raw calls may have, the later one.
        if let Some(start) = starts.rfind(its) {
            event.id_token = Some(start.id_token.clone());
        }
    }
}

impl RemoteStart {
    /// Whether it may begin something here.
    fn is_at(&self, evse: i64) -> bool {
        self.evse.is_none_or(|own| own == evse)
    }
}

/// Whether a request starts something.
pub(super) fn is_start(action: &str) -> bool {
    matches!(action, "RemoteStartTransaction" | "RequestStartTransaction")
}

/// Whether a request stops something.
pub(super) fn is_stop(action: &str) -> bool {
    matches!(action, "RemoteStopTransaction" | "RequestStopTransaction")
}

fn token_of(request: &Value) -> Option<IdToken> {
    let text = |value: &Value| value.as_str().map(ToString::to_string);
    let id_token = text(&request["idTag"]).or_else(|| text(&request["idToken"]["idToken"]))?;
    let kind = text(&request["idToken"]["type"]);
    Some(IdToken { id_token, kind })
}

fn evse_of(request: &Value) -> Option<i64> {
    let evse = request["connectorId"].as_i64();
    evse.or(request["evseId"].as_i64())
}
