//! The report for programs.

use serde_json::{Value, json};

use super::{Report, word};
use crate::runner::{Outcome, Verdict};

/// The report as a JSON document.
#[must_use]
pub fn json(report: &Report) -> String {
    let summary = report.summary();
    let (version, side) = report.subject();
    let cases: Vec<Value> = report.outcomes.iter().map(case).collect();
    let document = json!({
        "library": env!("CARGO_PKG_VERSION"),
        "version": version,
        "side": side,
        "bench": report.bench,
        "preset": report.preset,
        "station": report.specimen(),
        "started": report.started.to_string(),
        "wall_seconds": report.wall.as_secs_f64(),
        "virtual_seconds": report.bench_seconds(),
        "summary": {
            "pass": summary.pass,
            "fail": summary.fail,
            "not_applicable": summary.not_applicable,
        },
        "cases": cases,
    });
    format!("{document:#}\n")
}

fn case(outcome: &Outcome) -> Value {
    let case = outcome.case;
    let mut entry = json!({
        "id": case.id,
        "profile": case.profile,
        "name": case.name,
        "result": word(&outcome.verdict),
        "requirements": case.requirements,
        "steps": outcome.steps,
        "messages": outcome.messages,
        "virtual_seconds": outcome.bench_seconds,
        "failed_check": null,
        "reason": null,
    });
    match &outcome.verdict {
        Verdict::Pass => {}
        Verdict::Fail(failed) => {
            entry["failed_check"] = json!(failed.to_string());
            entry["trace"] = json!(outcome.trace);
        }
        Verdict::NotApplicable(reason) => entry["reason"] = json!(reason),
    }
    if !outcome.warnings.is_empty() {
        entry["warnings"] = json!(outcome.warnings);
    }
    if let Some(why) = &outcome.untidy {
        entry["untidy"] = json!(why);
    }
    entry
}
