//! Codes that somebody guesses (C04.FR.06): every wrong one after a few makes the next wait longer.

use core::time::Duration;

use crate::station::vocabulary::{Token, TokenKind};
use crate::time::Instant;

/// So many wrong codes in a row may be mistakes.
const FREE: u32 = 3;
/// How long no code is taken at most.
const LONGEST: Duration = Duration::from_secs(60);

/// The wrong codes since the last right one.
#[derive(Debug, Default)]
pub(super) struct Guesses {
    wrong: u32,
    /// Until when no code is taken.
    until: Option<Instant>,
}

impl Guesses {
    /// Whether a token is a code that is not taken now, right or wrong.
    pub(super) fn refuse(&self, now: Instant, token: &Token) -> bool {
        token.kind == TokenKind::KeyCode && self.until.is_some_and(|until| now < until)
    }

    /// Somebody has decided about a token.
    pub(super) fn note(&mut self, now: Instant, token: &Token, accepted: bool) {
        if token.kind != TokenKind::KeyCode {
            return;
        }
        if accepted {
            *self = Self::default();
            return;
        }
        self.wrong = self.wrong.saturating_add(1);
        let doublings = self.wrong.checked_sub(FREE);
        let wait = doublings.map(|doublings| {
            let seconds = 1_u64.checked_shl(doublings).unwrap_or(u64::MAX);
            Duration::from_secs(seconds).min(LONGEST)
        });
        self.until = wait.map(|wait| now + wait);
    }
}
