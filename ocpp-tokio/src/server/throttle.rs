//! What failing costs: those who guess passwords wait longer and longer, and those who fail all the time get less.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::source::{Recent, Source};
use super::{FailureLimit, PasswordDelays};
use crate::identity::Identity;
use crate::websocket::Credit;

/// How many pairs of an address and an identity, and how many addresses, are remembered.
const MAX: usize = 20_000;
/// How long after the last failure, at least.
const SPAN: Duration = Duration::from_secs(600);
/// An attempt that would have to wait longer is told to come back.
const HOLD: Duration = Duration::from_secs(5);

/// Wrong passwords, by address and identity together: whoever guesses at one station from one address waits longer and
/// longer there. The same station is served at once from everywhere else, and so is every other station from there.
#[derive(Debug)]
pub(super) struct Passwords {
    delays: Option<PasswordDelays>,
    state: Mutex<Recent<(Source, Identity), Guesses>>,
}

#[derive(Debug)]
struct Guesses {
    wrong: u32,
    /// Attempts that are being judged; they count as wrong until they are known to be right, so that it does not help to
    /// make many at the same time.
    judging: u32,
    /// When the next attempt may be judged.
    next: Instant,
}

/// An attempt that is being judged. Dropped without a word, it was not about the password.
#[derive(Debug)]
pub(super) struct Guess<'a> {
    of: Option<(&'a Passwords, (Source, Identity))>,
}

impl Passwords {
    pub(super) fn new(delays: Option<PasswordDelays>) -> Self {
        Self {
            delays,
            state: Mutex::new(Recent::new(MAX, SPAN, Instant::now())),
        }
    }

    fn state(&self) -> MutexGuard<'_, Recent<(Source, Identity), Guesses>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until an attempt may be judged.
    ///
    /// # Errors
    /// The time after which to come back.
    pub(super) async fn admit(
        &self,
        source: Option<Source>,
        identity: &Identity,
    ) -> Result<Guess<'_>, Duration> {
        let (Some(delays), Some(source)) = (&self.delays, source) else {
            return Ok(Guess { of: None });
        };
        let key = (source, identity.clone());
        let now = Instant::now();
        let wait = {
            let mut state = self.state();
            let guesses = state.get_or_insert_with(now, key.clone(), || Guesses {
                wrong: 0,
                judging: 0,
                next: now,
            });
            let wrong = guesses.wrong.saturating_add(guesses.judging);
            let at = guesses.next.max(now);
            let wait = match delays.after(wrong) {
                Duration::ZERO => Duration::ZERO,
                _ => at - now,
            };
            if wait > HOLD {
                return Err(wait);
            }
            guesses.judging += 1;
            // Those that come meanwhile are judged later still.
            guesses.next = at + delays.after(wrong.saturating_add(1));
            wait
        };
        let guess = Guess {
            of: Some((self, key)),
        };
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        Ok(guess)
    }
}

impl Guess<'_> {
    /// It was wrong.
    pub(super) fn wrong(mut self) {
        self.end(|guesses, delays, now| {
            guesses.wrong = guesses.wrong.saturating_add(1);
            guesses.next = guesses.next.max(now + delays.after(guesses.wrong));
        });
    }

    /// It was right: what was wrong before is forgotten.
    pub(super) fn right(mut self) {
        if let Some((passwords, key)) = self.of.take() {
            passwords.state().remove(&key);
        }
    }

    fn end(&mut self, change: impl FnOnce(&mut Guesses, &PasswordDelays, Instant)) {
        let Some((passwords, key)) = self.of.take() else {
            return;
        };
        let now = Instant::now();
        let mut state = passwords.state();
        if let (Some(guesses), Some(delays)) = (state.get_mut(now, &key), &passwords.delays) {
            guesses.judging = guesses.judging.saturating_sub(1);
            change(guesses, delays, now);
            if guesses.wrong == 0 && guesses.judging == 0 {
                state.remove(&key);
            }
        }
    }
}

impl Drop for Guess<'_> {
    fn drop(&mut self) {
        self.end(|_, _, _| {});
    }
}

/// Handshakes that failed, by address. Whoever has too many of them gets a smaller share of the handshakes, and waits for
/// each answer; who succeeds from there is served all the same.
#[derive(Debug)]
pub(super) struct Failures {
    limit: Option<FailureLimit>,
    state: Mutex<Recent<Source, Failing>>,
}

#[derive(Debug)]
struct Failing {
    credit: Credit,
    /// Answers that are being held back.
    held: usize,
}

impl Failures {
    pub(super) fn new(limit: Option<FailureLimit>) -> Self {
        Self {
            limit,
            state: Mutex::new(Recent::new(MAX, SPAN, Instant::now())),
        }
    }

    fn state(&self) -> MutexGuard<'_, Recent<Source, Failing>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many handshakes an address may have at a time, if it usually may have `share`.
    pub(super) fn share(&self, source: Source, share: usize) -> usize {
        let Some(limit) = &self.limit else {
            return share;
        };
        let now = Instant::now();
        let mut state = self.state();
        let exhausted = state
            .get_mut(now, &source)
            .is_some_and(|failing| failing.credit.wait(now).is_some());
        if exhausted {
            limit.share.min(share)
        } else {
            share
        }
    }

    /// A handshake begins whose address is known only now. `false` if too many answers are held back already.
    pub(super) fn admits(&self, source: Option<Source>) -> bool {
        let (Some(limit), Some(source)) = (&self.limit, source) else {
            return true;
        };
        match self.state().get_mut(Instant::now(), &source) {
            Some(failing) => failing.held < limit.share.max(1),
            None => true,
        }
    }

    /// A handshake failed: waits before the answer if there were too many of them.
    pub(super) async fn failed(&self, source: Option<Source>) {
        let (Some(limit), Some(source)) = (&self.limit, source) else {
            return;
        };
        let now = Instant::now();
        {
            let mut state = self.state();
            let failing = state.get_or_insert_with(now, source, || Failing {
                credit: Credit::new(limit.rate, now),
                held: 0,
            });
            if failing.credit.wait(now).is_none() {
                failing.credit.take();
                return;
            }
            failing.held += 1;
        }
        let held = Held {
            failures: self,
            source,
        };
        tokio::time::sleep(limit.hold).await;
        drop(held);
    }
}

/// Also when the peer goes before its answer.
struct Held<'a> {
    failures: &'a Failures,
    source: Source,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if let Some(failing) = self.failures.state().get_mut(Instant::now(), &self.source) {
            failing.held = failing.held.saturating_sub(1);
        }
    }
}

#[cfg(test)]
#[path = "throttle_tests.rs"]
mod tests;
