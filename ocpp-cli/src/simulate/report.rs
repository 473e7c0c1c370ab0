//! How long answers took, and what went wrong.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

/// Longer is as good as never.
const LONGEST: u64 = 600_000_000;

/// How many different reasons are told apart.
const MAX_REASONS: usize = 50;

/// Times in microseconds, to three digits. Its memory does not grow.
#[derive(Debug)]
pub(super) struct Times(Option<Histogram<u64>>);

impl Default for Times {
    fn default() -> Self {
        // These bounds are possible.
        Self(Histogram::new_with_bounds(1, LONGEST, 3).ok())
    }
}

impl Times {
    pub(super) fn add(&mut self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(LONGEST);
        if let Some(histogram) = &mut self.0 {
            histogram.saturating_record(micros.clamp(1, LONGEST));
        }
    }

    fn count(&self) -> u64 {
        self.0.as_ref().map_or(0, Histogram::len)
    }

    /// In milliseconds.
    fn at(&self, quantile: f64) -> f64 {
        let micros = self
            .0
            .as_ref()
            .map_or(0, |all| all.value_at_quantile(quantile));
        // Below 2⁵³.
        micros as f64 / 1_000.0
    }

    fn summary(&self) -> Summary {
        Summary {
            count: self.count(),
            p50: self.at(0.5),
            p95: self.at(0.95),
            p99: self.at(0.99),
            max: self.at(1.0),
        }
    }
}

/// Times in milliseconds.
#[derive(Debug, Clone, Copy, Serialize)]
struct Summary {
    count: u64,
    p50: f64,
    p95: f64,
    p99: f64,
    max: f64,
}

/// Reasons, and how often each.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub(super) struct Reasons(BTreeMap<String, u64>);

impl Reasons {
    pub(super) fn add(&mut self, reason: impl Into<String>) {
        let reason = reason.into();
        let known = self.0.contains_key(&reason) || self.0.len() < MAX_REASONS;
        let reason = if known { reason } else { "others".into() };
        *self.0.entry(reason).or_default() += 1;
    }

    pub(super) fn count(&self) -> u64 {
        self.0.values().sum()
    }
}

/// What was seen so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// Of answers, by action.
    pub(super) answers: BTreeMap<String, Times>,
    /// From the attempt to connect to the open connection.
    pub(super) connections: Times,
    pub(super) connected: u64,
    /// Connections that did not come about.
    pub(super) refused: Reasons,
    /// Connections that ended although nobody wanted it.
    pub(super) lost: Reasons,
    /// CALLERRORs of the CSMS.
    pub(super) call_errors: Reasons,
    /// Calls that were not answered in time, by action.
    pub(super) unanswered: Reasons,
    /// Calls whose connection ended before the answer came.
    pub(super) cut_off: u64,
    /// Messages about transactions that were given up.
    pub(super) dropped: Reasons,
    /// Messages of the CSMS that something is wrong with.
    pub(super) wrong: Reasons,
    /// Messages that were still to be delivered at the end.
    pub(super) left: u64,
    /// Calls of the CSMS.
    pub(super) calls: u64,
    pub(super) begun: u64,
    pub(super) ended: u64,
    /// Cards that may not charge although they belong to the visit.
    pub(super) cards_refused: Reasons,
}

impl Report {
    pub(super) fn answered(&mut self, action: &str, time: Duration) {
        match self.answers.get_mut(action) {
            Some(times) => times.add(time),
            None => self.answers.entry(action.into()).or_default().add(time),
        }
    }

    /// How many answers came.
    pub(super) fn messages(&self) -> u64 {
        self.answers.values().map(Times::count).sum()
    }

    /// The 99th percentile of the slowest action, in milliseconds.
    pub(super) fn slowest(&self) -> f64 {
        let all = self.answers.values().map(|times| times.at(0.99));
        all.fold(0.0, f64::max)
    }

    /// How much went wrong.
    pub(super) fn errors(&self) -> u64 {
        let reasons = [
            &self.refused,
            &self.lost,
            &self.call_errors,
            &self.unanswered,
            &self.dropped,
            &self.wrong,
        ];
        reasons.into_iter().map(Reasons::count).sum::<u64>() + self.left
    }

    pub(super) fn json(&self, stations: u32, seconds: f64) -> serde_json::Value {
        let answers = self.answers.iter();
        let answers: BTreeMap<&String, Summary> = answers
            .map(|(action, times)| (action, times.summary()))
            .collect();
        serde_json::json!({
            "stations": stations,
            "seconds": seconds,
            "answers": answers,
            "connections": self.connections.summary(),
            "transactions": {"begun": self.begun, "ended": self.ended},
            "calls": self.calls,
            "cutOff": self.cut_off,
            "cardsRefused": self.cards_refused,
            "errors": {
                "count": self.errors(),
                "refused": self.refused,
                "lost": self.lost,
                "callErrors": self.call_errors,
                "unanswered": self.unanswered,
                "dropped": self.dropped,
                "wrong": self.wrong,
                "left": self.left,
            },
        })
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<32}{:>10}{:>10}{:>10}{:>10}{:>10}",
            "milliseconds", "count", "p50", "p95", "p99", "max"
        )?;
        let answers = self.answers.iter();
        let answers = answers.map(|(action, times)| (action.as_str(), times));
        for (what, times) in answers.chain([("(connecting)", &self.connections)]) {
            let Summary {
                count,
                p50,
                p95,
                p99,
                max,
            } = times.summary();
            writeln!(
                f,
                "{what:<32}{count:>10}{p50:>10.1}{p95:>10.1}{p99:>10.1}{max:>10.1}"
            )?;
        }
        let Self { begun, ended, .. } = self;
        writeln!(f, "transactions: {begun} begun, {ended} ended")?;
        writeln!(f, "calls of the CSMS: {}", self.calls)?;
        writeln!(f, "calls cut off with their connection: {}", self.cut_off)?;
        let mut tell = |what: &str, reasons: &Reasons| -> fmt::Result {
            for (reason, count) in &reasons.0 {
                writeln!(f, "{what}: {count} × {reason}")?;
            }
            Ok(())
        };
        tell("card refused", &self.cards_refused)?;
        tell("not connected", &self.refused)?;
        tell("connection lost", &self.lost)?;
        tell("CALLERROR", &self.call_errors)?;
        tell("not answered", &self.unanswered)?;
        tell("given up", &self.dropped)?;
        tell("wrong", &self.wrong)?;
        if self.left > 0 {
            writeln!(f, "not delivered in the end: {}", self.left)?;
        }
        write!(f, "errors: {}", self.errors())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn times_and_errors_are_counted() {
        let mut report = Report::default();
        for millis in 1..=100 {
            report.answered("Heartbeat", Duration::from_millis(millis));
        }
        report.answered("Authorize", Duration::from_secs(3600));
        assert_eq!(report.messages(), 101);
        assert_eq!(report.errors(), 0);
        let json = report.json(1, 1.0);
        let heartbeat = &json["answers"]["Heartbeat"];
        assert_eq!(heartbeat["count"], 100);
        assert!((heartbeat["p50"].as_f64().unwrap() - 50.0).abs() < 0.5);
        assert!(report.slowest() > 599_000.0, "the longest is bounded");
        for n in 0..100 {
            report.wrong.add(format!("reason {n}"));
        }
        assert_eq!((report.wrong.count(), report.errors()), (100, 100));
        assert_eq!(report.wrong.0.len(), MAX_REASONS + 1);
        assert!(report.to_string().ends_with("errors: 100"));
    }
}
