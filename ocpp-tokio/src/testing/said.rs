//! What was said over a connection.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::watch;

use super::{MockError, PATIENCE};

/// Most messages that are remembered; the oldest goes.
const MAX_SAID: usize = 100_000;

/// Most messages that an error names.
const MAX_NAMED: usize = 20;

/// A message.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Said {
    /// The identity of the station.
    pub station: String,
    /// Whether the station said it, or the CSMS.
    pub from_station: bool,
    /// The text as it was sent.
    pub text: String,
    /// The frame as JSON, `null` if it is none.
    pub frame: Value,
    is_expected: bool,
}

impl Said {
    pub(super) fn new(station: &str, from_station: bool, text: &str) -> Self {
        Self {
            station: station.into(),
            from_station,
            text: text.into(),
            frame: serde_json::from_str(text).unwrap_or_default(),
            is_expected: false,
        }
    }

    /// The action, if it is a CALL (or a SEND of 2.1).
    #[must_use]
    pub fn action(&self) -> Option<&str> {
        match self.frame[0].as_u64() {
            Some(2 | 6) => self.frame[2].as_str(),
            _ => None,
        }
    }

    /// The payload of a CALL, SEND or CALLRESULT.
    #[must_use]
    pub fn payload(&self) -> Option<&Value> {
        match self.frame[0].as_u64() {
            Some(2 | 6) => self.frame.get(3),
            Some(3) => self.frame.get(2),
            _ => None,
        }
    }
}

/// All that was said.
#[derive(Debug, Default)]
pub(super) struct Log {
    all: Mutex<VecDeque<Said>>,
    news: watch::Sender<()>,
}

impl Log {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Said>> {
        // Whole messages.
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, station: &str, from_station: bool, text: &str) {
        let mut all = self.lock();
        if all.len() >= MAX_SAID {
            all.pop_front();
        }
        all.push_back(Said::new(station, from_station, text));
        drop(all);
        self.news.send_replace(());
    }

    pub(super) fn all(&self) -> Vec<Said> {
        self.lock().iter().cloned().collect()
    }

    /// The first one that is wanted; it is expected from now on.
    fn take(&self, wanted: impl Fn(&Said) -> bool) -> Option<Said> {
        let mut all = self.lock();
        let said = all.iter_mut().find(|said| wanted(said))?;
        said.is_expected = true;
        Some(said.clone())
    }

    /// The next call of one side that was not expected before and is wanted.
    pub(super) async fn expect(
        &self,
        from_station: bool,
        action: &str,
        wanted: impl Fn(&Said) -> bool,
    ) -> Result<Said, MockError> {
        let mut news = self.news.subscribe();
        let is_next = |said: &Said| {
            let fits = !said.is_expected && said.from_station == from_station;
            fits && said.action() == Some(action) && wanted(said)
        };
        let found = async {
            loop {
                news.borrow_and_update();
                if let Some(said) = self.take(is_next) {
                    return said;
                }
                if news.changed().await.is_err() {
                    // It lives as long as the log.
                    std::future::pending::<()>().await;
                }
            }
        };
        let found = tokio::time::timeout(PATIENCE, found).await;
        found.map_err(|_| MockError::NotHeard {
            what: action.into(),
            instead: self.unexpected(from_station),
        })
    }

    /// The last calls that nobody has expected.
    fn unexpected(&self, from_station: bool) -> String {
        let all = self.lock();
        let calls = all.iter().rev().filter(|said| {
            !said.is_expected && said.from_station == from_station && said.action().is_some()
        });
        let mut texts: Vec<&str> = calls.take(MAX_NAMED).map(|said| &*said.text).collect();
        texts.reverse();
        match texts.as_slice() {
            [] => "nothing".into(),
            texts => texts.join(" "),
        }
    }
}
