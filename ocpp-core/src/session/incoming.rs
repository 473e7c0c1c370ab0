//! Calls of the peer: those that are being handled and the answers that are remembered.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use compact_str::CompactString;

use super::output::CallToken;
use crate::time::Instant;

/// How many answered calls are remembered in 2.1, where the peer may refuse a response.
pub(super) const REMEMBERED_FOR_REFUSAL: usize = 4;

/// The longest answer that is kept to be repeated.
const LONGEST_KEPT_ANSWER: usize = 16 * 1024;

/// A call that the application has not answered yet.
#[derive(Debug, Clone)]
pub(super) struct Handling {
    pub(super) token: CallToken,
    pub(super) id: CompactString,
    pub(super) action: &'static str,
    pub(super) fingerprint: u64,
    pub(super) deadline: Instant,
    /// Whether it is a signed message whose payload has not been taken out yet.
    pub(super) awaits_verification: bool,
    /// Whether the connection that it came over is still there, or the peer has repeated it over the new one.
    pub(super) connected: bool,
}

/// A call that has been answered.
#[derive(Debug, Clone)]
pub(super) struct Answered {
    pub(super) token: CallToken,
    pub(super) id: CompactString,
    pub(super) action: &'static str,
    pub(super) fingerprint: u64,
    /// The CALLRESULT, if it is kept.
    pub(super) answer: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Incoming {
    pub(super) handling: Vec<Handling>,
    pub(super) answered: VecDeque<Answered>,
    next_token: u64,
    /// The tokens below this one came over an earlier connection.
    pub(super) first_of_connection: u64,
}

impl Incoming {
    pub(super) fn next_token(&mut self) -> CallToken {
        let token = CallToken(self.next_token);
        self.next_token = self.next_token.wrapping_add(1);
        token
    }

    /// The connection is gone: nobody waits for the answers any more.
    pub(super) fn disconnect(&mut self, keep_to_recognise_repetitions: bool) {
        self.first_of_connection = self.next_token;
        if keep_to_recognise_repetitions {
            for handling in &mut self.handling {
                handling.connected = false;
            }
        } else {
            self.handling.clear();
        }
    }

    /// Notes that a call was answered, and the answer if it is to be kept.
    pub(super) fn note_answered(
        &mut self,
        handling: Handling,
        answer: Option<&str>,
        remember_at_all: usize,
    ) {
        if remember_at_all == 0 {
            return;
        }
        while self.answered.len() >= remember_at_all {
            self.answered.pop_front();
        }
        let answer = answer.filter(|answer| answer.len() <= LONGEST_KEPT_ANSWER);
        self.answered.push_back(Answered {
            token: handling.token,
            id: handling.id,
            action: handling.action,
            fingerprint: handling.fingerprint,
            answer: answer.map(Into::into),
        });
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.handling.iter().map(|handling| handling.deadline).min()
    }
}

/// FNV-1a: enough to tell a repetition from an id that was used for something else by mistake.
pub(super) fn fingerprint(action: &str, payload: &str) -> u64 {
    let bytes = action.bytes().chain([0]).chain(payload.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
