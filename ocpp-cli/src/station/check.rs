//! `ocpp station --check-state`: what is in a state folder.

use std::path::Path;

use ocpp_core::station::{RecordsReport, Station, StationConfig};
use ocpp_core::time::{Instant, Now};
use ocpp_tokio::station::{Damaged, FileKeys, Records};

use super::simulation::Failure;
use crate::output::{self, printable};

/// The longest text of a record that is printed.
const LONGEST: usize = 300;

fn line(text: &str) {
    output::line(format_args!("{}", printable(text, LONGEST)));
}

/// Tells what is in the folder, and changes nothing there. Says whether everything can be read.
pub(super) fn check(folder: &Path, config: StationConfig) -> Result<bool, Failure> {
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", folder.display());
    let found = Records::look(folder).map_err(|error| named(&error))?;
    let keys = FileKeys::look(&folder.join("keys")).map_err(|error| named(&error))?;
    let now = Now {
        monotonic: Instant::ORIGIN,
        utc: None,
    };
    let (station, report) = Station::restore_with_report(config, found.records, now)?;
    let damaged: Vec<Damaged> = found.damaged.into_iter().chain(keys).collect();
    contents(&station, &report);
    for record in &report.unknown {
        line(&format!("unknown: {record}"));
    }
    for unreadable in &report.found {
        let (key, reason) = (&unreadable.key, &unreadable.reason);
        line(&format!("cannot be read: {key}: {reason}"));
    }
    for kept in &report.kept {
        let (key, reason, place) = (&kept.key, &kept.reason, &kept.kept_as);
        line(&format!("kept aside: {key}: {reason} (as {place})"));
    }
    for damaged in &damaged {
        line(&format!("damaged: {damaged}"));
    }
    Ok(report.is_clean() && damaged.is_empty())
}

fn contents(station: &Station, report: &RecordsReport) {
    let count = |kind: &str| report.kinds.get(kind).copied().unwrap_or(0);
    let format = report.format.map_or("none".into(), |format| {
        let current = RecordsReport::current_format();
        if format == current {
            format!("{format}")
        } else {
            format!("{format} (this program writes {current})")
        }
    });
    line(&format!("format: {format}"));
    line(&format!("transactions: {}", count("transaction")));
    line(&format!("queued messages: {}", count("queue")));
    let given_up = station.state().given_up;
    line(&format!("given up: {}", given_up.len()));
    for one in given_up {
        line(&format!("  {} {}: {}", one.id, one.action, one.reason));
    }
    let all: usize = report.kinds.values().sum();
    line(&format!("records: {all}"));
    for (version, number) in &report.other_versions {
        line(&format!(
            "of OCPP {version}, kept until it is spoken: {number}"
        ));
    }
}
