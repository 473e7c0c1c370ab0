//! The report as a page.

use std::fmt::Write;

use super::{Report, escaped, trace, word};
use crate::runner::Verdict;

const STYLE: &str = "body{font-family:sans-serif;margin:2em;max-width:75em}table{border-collapse:collapse}\
    td,th{border:1px solid #bbb;padding:.3em .6em;text-align:left}.PASS{background:#dfd}.FAIL{background:#fdd}\
    .NOT_APPLICABLE{color:#777}pre{overflow-x:auto;background:#f6f6f6;padding:1em}";

/// The report as an HTML document that needs no other file.
#[must_use]
pub fn html(report: &Report) -> String {
    let (version, side) = report.subject();
    let title = format!(
        "Test report: OCPP {version}, {side}, {}",
        escaped(report.preset)
    );
    let mut text = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n<p>Station {}.</p>\n<p>{}. Bench: {}; started {}; {:.1} s.</p>\n\
         <table>\n<tr><th>Testcase</th><th>Certification Profile</th><th>Name</th><th>Result</th></tr>\n",
        escaped(&report.specimen_line()),
        report.summary_line(),
        report.bench,
        report.started,
        report.wall.as_secs_f64()
    );
    for outcome in &report.outcomes {
        let case = outcome.case;
        let result = word(&outcome.verdict);
        let more = match &outcome.verdict {
            Verdict::Pass if outcome.warnings.is_empty() => String::new(),
            Verdict::Pass => {
                let warnings = escaped(&outcome.warnings.join("; "));
                format!(", with a warning: {warnings}")
            }
            Verdict::Fail(_) => format!(": <a href=\"#{}\">why</a>", case.id),
            Verdict::NotApplicable(reason) => format!(": {}", escaped(reason)),
        };
        // Writing into a string cannot fail.
        let _ = writeln!(
            text,
            "<tr class=\"{result}\"><td>{}</td><td>{}</td><td>{}</td><td>{result}{more}</td></tr>",
            case.id,
            case.profile,
            escaped(case.name)
        );
    }
    text.push_str("</table>\n");
    let performance = report.performance();
    if !performance.is_empty() {
        text.push_str(
            "<h2>Performance</h2>\n<table>\n<tr><th>Measurement, in seconds</th><th>Declared max</th><th>Min</th>\
             <th>Max</th><th>Average</th></tr>\n",
        );
        for row in performance {
            let _ = writeln!(
                text,
                "<tr><td>{}</td><td>{}</td><td>{:.2}</td><td>{:.2}</td><td>{:.2}</td></tr>",
                row.what, row.limit, row.min, row.max, row.average
            );
        }
        text.push_str("</table>\n");
    }
    for outcome in &report.outcomes {
        if let Verdict::Fail(failed) = &outcome.verdict {
            let _ = writeln!(
                text,
                "<h2 id=\"{0}\">{0}</h2>\n<p>{1}</p>\n<pre>{2}</pre>",
                outcome.case.id,
                escaped(&failed.to_string()),
                escaped(&trace(outcome))
            );
        }
    }
    text.push_str("</body></html>\n");
    text
}
