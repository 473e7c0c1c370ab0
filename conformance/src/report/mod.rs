//! Reports of a run: the main table has the columns of a certificate's test report.

mod html;
mod json;
mod junit;
mod markdown;

use std::time::{Duration, SystemTime};

use ocpp_types::DateTime;

use crate::lab::{Measurement, Specimen};
use crate::product::Timeouts;
use crate::runner::{Outcome, Verdict};

pub use html::html;
pub use json::json;
pub use junit::junit;
pub use markdown::markdown;

/// A run of several cases.
#[derive(Debug)]
pub struct Report {
    /// `virtual` or `wire`.
    pub bench: &'static str,
    /// The product.
    pub preset: &'static str,
    /// When it began.
    pub started: DateTime,
    /// How long it took.
    pub wall: Duration,
    /// The limits of the product.
    pub timeouts: Timeouts,
    /// What became of the cases.
    pub outcomes: Vec<Outcome>,
}

/// A row of the section Performance, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Performance {
    /// What was measured.
    pub what: Measurement,
    /// The product's own limit.
    pub limit: u32,
    /// The shortest time.
    pub min: f64,
    /// The longest one.
    pub max: f64,
    /// Their average.
    pub average: f64,
}

/// How many cases ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// All checks were met.
    pub pass: usize,
    /// A check was not met.
    pub fail: usize,
    /// The product does not have what they are about.
    pub not_applicable: usize,
}

impl Report {
    /// The counts.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for outcome in &self.outcomes {
            match outcome.verdict {
                Verdict::Pass => summary.pass += 1,
                Verdict::Fail(_) => summary.fail += 1,
                Verdict::NotApplicable(_) => summary.not_applicable += 1,
            }
        }
        summary
    }

    /// How fast the station was in all cases together, as certificates have it: no row for what was not measured.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // A few thousand times.
    pub fn performance(&self) -> Vec<Performance> {
        let row = |what: Measurement| {
            let all = self.outcomes.iter().flat_map(|outcome| &outcome.measured);
            let times = all.filter(|measured| measured.what == what);
            let times: Vec<f64> = times.map(|measured| measured.seconds).collect();
            let limit = match what {
                Measurement::Response => self.timeouts.response,
                Measurement::Trigger => self.timeouts.trigger,
                Measurement::RemoteStart => self.timeouts.remote_start,
                Measurement::RemoteStop => self.timeouts.remote_stop,
            };
            Some(Performance {
                what,
                limit,
                min: times.iter().copied().reduce(f64::min)?,
                max: times.iter().copied().reduce(f64::max)?,
                average: times.iter().sum::<f64>() / times.len() as f64,
            })
        };
        Measurement::ALL.into_iter().filter_map(row).collect()
    }

    /// Seconds in the time of the bench, of all cases together.
    #[must_use]
    pub fn bench_seconds(&self) -> f64 {
        self.outcomes.iter().map(|o| o.bench_seconds).sum()
    }

    /// The version of OCPP and the side that is tested.
    fn subject(&self) -> (&'static str, &'static str) {
        let case = self.outcomes.first().map(|outcome| outcome.case);
        case.map_or(("1.6", "CS"), |case| {
            (case.version.as_str(), case.side.as_str())
        })
    }

    /// The station as it has named itself last.
    #[must_use]
    pub fn specimen(&self) -> Option<&Specimen> {
        let mut named = self.outcomes.iter().rev();
        named.find_map(|outcome| outcome.specimen.as_ref())
    }

    /// The same in words.
    fn specimen_line(&self) -> String {
        let Some(specimen) = self.specimen() else {
            return match self.subject().1 {
                "CSMS" => "a CSMS does not name itself".to_owned(),
                _ => "no station has registered".to_owned(),
            };
        };
        let Specimen {
            identity,
            vendor,
            model,
            ..
        } = specimen;
        let serial = specimen.serial_number.as_deref().unwrap_or("not told");
        let firmware = specimen.firmware_version.as_deref().unwrap_or("not told");
        format!("{identity}: {vendor} {model}, serial number {serial}, firmware {firmware}")
    }

    fn summary_line(&self) -> String {
        let Summary {
            pass,
            fail,
            not_applicable,
        } = self.summary();
        format!("{pass} pass, {fail} fail, {not_applicable} not applicable")
    }
}

/// The word for a verdict.
#[must_use]
pub const fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "PASS",
        Verdict::Fail(_) => "FAIL",
        Verdict::NotApplicable(_) => "NOT_APPLICABLE",
    }
}

/// The time by the clock of the computer.
#[must_use]
pub fn clock() -> DateTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = since.map(|since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
    DateTime::UNIX_EPOCH.saturating_add_millis(millis.unwrap_or(0))
}

/// Text for XML and HTML.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(character),
            // XML has no place for other control characters.
            _ if character.is_control() => escaped.push('\u{fffd}'),
            _ => escaped.push(character),
        }
    }
    escaped
}

fn trace(outcome: &Outcome) -> String {
    let lines: Vec<String> = outcome.trace.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutation::Change;
    use crate::{cases, preset, runner};

    fn report() -> Report {
        let product = preset::evsis();
        let run =
            |id, change| runner::run_virtual(cases::find(id).unwrap(), &product, change).unwrap();
        Report {
            bench: "virtual",
            preset: product.name,
            started: "2026-11-20T12:00:00Z".parse().unwrap(),
            wall: Duration::from_millis(3_200),
            timeouts: product.limits.timeouts.clone(),
            outcomes: vec![
                run("TC_001", None),
                run("TC_003_CS", Some(Change::Drop("StartTransaction", 0))),
                run("tc_049_cs", None),
                run("TC_012", None),
                run("TC_010", Some(Change::Late("StartTransaction", 1, 20))),
            ],
        }
    }

    #[test]
    fn the_json_report_is_as_its_description_says() {
        let report: serde_json::Value = serde_json::from_str(&json(&report())).unwrap();
        assert_eq!(report["version"], "1.6");
        assert_eq!(report["side"], "CS");
        assert_eq!(report["bench"], "virtual");
        assert_eq!(report["preset"], "evsis");
        assert_eq!(report["started"], "2026-11-20T12:00:00Z");
        assert_eq!(report["wall_seconds"], 3.2);
        let summary = serde_json::json!({"pass": 3, "fail": 1, "not_applicable": 1});
        assert_eq!(report["summary"], summary);
        let cases = report["cases"].as_array().unwrap();
        assert_eq!(cases[0]["id"], "TC_001_CS");
        assert_eq!(cases[0]["profile"], "Core");
        assert_eq!(cases[0]["name"], "Cold Boot Charge Point");
        assert_eq!(cases[0]["result"], "PASS");
        assert_eq!(cases[0]["failed_check"], serde_json::Value::Null);
        assert!(cases[0]["messages"].as_u64().unwrap() > 10);
        assert_eq!(cases[1]["result"], "FAIL");
        let words = cases[1]["failed_check"].as_str().unwrap();
        assert!(
            words.starts_with("session.start: expected StartTransaction.req"),
            "{words}"
        );
        assert!(cases[1]["trace"].as_array().unwrap().len() > 5);
        assert_eq!(cases[2]["result"], "NOT_APPLICABLE");
        assert_eq!(cases[2]["reason"], "no reservation of connector 0 (R-1)");
    }

    #[test]
    fn the_figures_are_those_of_a_certificate() {
        let report = report();
        let words = |row: &Performance| (row.what, row.limit, row.min, row.max, row.average);
        let rows: Vec<_> = report.performance().iter().map(words).collect();
        assert_eq!(rows[0], (Measurement::Response, 30, 0.0, 0.0, 0.0));
        assert_eq!(rows[1], (Measurement::RemoteStart, 30, 0.0, 20.0, 10.0));
        assert_eq!(rows[2], (Measurement::RemoteStop, 30, 0.0, 0.0, 0.0));
        assert_eq!(rows.len(), 3, "nothing was triggered");
        let row = "Transaction authorization time by RemoteStartTransaction | 30 | 0.00 | 20.00 | 10.00 |";
        assert!(markdown(&report).contains(row));
        assert!(html(&report).contains("<td>30</td><td>0.00</td><td>20.00</td><td>10.00</td>"));
        let json: serde_json::Value = serde_json::from_str(&json(&report)).unwrap();
        assert_eq!(
            json["performance"],
            serde_json::Value::Null,
            "not part of its description"
        );
    }

    #[test]
    fn the_tables_have_the_columns_of_a_certificate() {
        let report = report();
        let markdown = markdown(&report);
        assert!(markdown.contains("| Testcase | Certification Profile | Name | Result |"));
        assert!(markdown.contains("| TC_001_CS | Core | Cold Boot Charge Point | PASS |"));
        assert!(markdown.contains("NOT_APPLICABLE: no reservation of connector 0 (R-1)"));
        let html = html(&report);
        assert!(html.contains("<th>Certification Profile</th>"));
        assert!(html.contains("<td>TC_003_CS</td>"));
        let junit = junit(&report);
        assert!(
            junit.contains(r#"tests="5" failures="1" skipped="1""#),
            "{junit}"
        );
        assert!(
            junit.contains(r#"<failure message="session.start: "#),
            "{junit}"
        );
        assert!(!junit.contains("[2,\"0\""), "quotes are escaped");
    }
}
