//! The report for continuous integration.

use std::fmt::Write;

use super::{Report, escaped, trace};
use crate::runner::Verdict;

/// The report as a JUnit XML document.
#[must_use]
pub fn junit(report: &Report) -> String {
    let (version, side) = report.subject();
    let summary = report.summary();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuite name=\"OCPP {version} {side} {}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\" time=\"{:.3}\" \
         timestamp=\"{}\">\n",
        escaped(report.preset),
        report.outcomes.len(),
        summary.fail,
        summary.not_applicable,
        report.wall.as_secs_f64(),
        report.started
    );
    for outcome in &report.outcomes {
        let case = outcome.case;
        // Writing into a string cannot fail.
        let _ = write!(
            text,
            "  <testcase classname=\"{}\" name=\"{} {}\" time=\"{:.3}\"",
            case.profile,
            case.id,
            escaped(case.name),
            outcome.wall.as_secs_f64()
        );
        let _ = match &outcome.verdict {
            Verdict::Pass if outcome.warnings.is_empty() => writeln!(text, "/>"),
            Verdict::Pass => writeln!(
                text,
                "><system-out>{}</system-out></testcase>",
                escaped(&outcome.warnings.join("\n"))
            ),
            Verdict::Fail(failed) => writeln!(
                text,
                "><failure message=\"{}\">{}</failure></testcase>",
                escaped(&failed.to_string()),
                escaped(&trace(outcome))
            ),
            Verdict::NotApplicable(reason) => writeln!(
                text,
                "><skipped message=\"{}\"/></testcase>",
                escaped(reason)
            ),
        };
    }
    text.push_str("</testsuite>\n");
    text
}
