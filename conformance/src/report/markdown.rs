//! The report as Markdown.

use std::fmt::Write;

use super::{Report, trace, word};
use crate::runner::Verdict;

/// The report as a Markdown document.
#[must_use]
pub fn markdown(report: &Report) -> String {
    let (version, side) = report.subject();
    let mut text = String::new();
    let Report {
        bench,
        preset,
        started,
        ..
    } = report;
    let (summary, station) = (report.summary_line(), report.specimen_line());
    let wall = report.wall.as_secs_f64();
    // Writing into a string cannot fail.
    let _ = write!(
        text,
        "# Test report: OCPP {version}, {side}, {preset}\n\n\
         Station {station}.\n\n{summary}. Bench: {bench}; started {started}; {wall:.1} s.\n\n\
         | Testcase | Certification Profile | Name | Result |\n|---|---|---|---|\n"
    );
    for outcome in &report.outcomes {
        let case = outcome.case;
        let reason = match &outcome.verdict {
            Verdict::NotApplicable(reason) => format!(": {reason}"),
            Verdict::Pass if !outcome.warnings.is_empty() => {
                format!(", with a warning: {}", outcome.warnings.join("; "))
            }
            _ => String::new(),
        };
        let result = word(&outcome.verdict);
        let _ = writeln!(
            text,
            "| {} | {} | {} | {result}{reason} |",
            case.id, case.profile, case.name
        );
    }
    let performance = report.performance();
    if !performance.is_empty() {
        text.push_str(
            "\n## Performance\n\n| Measurement | Declared max | Min | Max | Average |\n|---|---|---|---|---|\n",
        );
    }
    for row in performance {
        let _ = writeln!(
            text,
            "| {} | {} | {:.2} | {:.2} | {:.2} |",
            row.what, row.limit, row.min, row.max, row.average
        );
    }
    for outcome in &report.outcomes {
        if let Verdict::Fail(failed) = &outcome.verdict {
            let _ = write!(
                text,
                "\n## {}\n\n{failed}\n\n```\n{}\n```\n",
                outcome.case.id,
                trace(outcome)
            );
        }
    }
    text
}
