//! `ocpp schedule plot` in the terminal: a line of blocks for each profile and for the composite schedule.

use std::fmt::Write;
use std::sync::Arc;

use chrono::{Local, TimeZone, Utc};
use ocpp_core::smart_charging::{
    ChargingProfile, CompositeSchedule, EvseId, Installed, LocalLimit, Purpose, Request, composite,
};
use ocpp_core::time::DateTime;
use ocpp_report::schedule::{BadSituation, Situation, outlet, purpose_name, unit_name};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

const COLUMNS: i64 = 64;
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// One profile, or the composite schedule, as a step function.
pub(crate) struct Curve {
    pub(crate) name: String,
    /// `None` for the composite schedule.
    pub(crate) purpose: Option<Purpose>,
    /// `(seconds after the start, limit)`; `None` where there is no limit.
    pub(crate) steps: Vec<(i64, Option<f64>)>,
    /// What it says of phases, in words; empty if nothing.
    pub(crate) phases: String,
}

/// An instant as clocks show it.
pub(crate) fn clock(at: DateTime, utc: bool) -> String {
    const FORMAT: &str = "%Y-%m-%d %H:%M:%S";
    let millis = at.unix_millis();
    let shown = if utc {
        Utc.timestamp_millis_opt(millis)
            .single()
            .map(|at| at.format(FORMAT).to_string())
    } else {
        Local
            .timestamp_millis_opt(millis)
            .single()
            .map(|at| at.format(FORMAT).to_string())
    };
    shown.unwrap_or_else(|| at.to_string())
}

/// All curves of a situation, the composite schedule last.
pub(crate) fn curves(situation: &Situation) -> Result<Vec<Curve>, BadSituation> {
    let schedule = situation.composite()?;
    let mut curves = Vec::new();
    for stored in situation.store.profiles() {
        let asked = situation.request.evse;
        if asked != 0 && stored.evse != 0 && stored.evse != asked {
            continue;
        }
        curves.push(Curve {
            name: format!(
                "{} {} level {}{}",
                purpose_name(stored.profile.purpose, &situation.version),
                stored.profile.id,
                stored.profile.stack_level,
                if stored.evse == 0 {
                    String::new()
                } else {
                    format!(" {} {}", outlet(&situation.version), stored.evse)
                },
            ),
            purpose: Some(stored.profile.purpose),
            steps: alone(situation, stored.evse, &stored.profile)?,
            phases: phases_of(&stored.profile),
        });
    }
    let steps = schedule
        .periods
        .iter()
        .map(|period| (period.start, period.limit.to_f64()));
    curves.push(Curve {
        name: "composite".to_owned(),
        purpose: None,
        steps: steps.collect(),
        phases: phase_words(schedule.periods.iter().map(|period| {
            (
                period.phases.map(i64::from),
                period.phase_to_use.map(i64::from),
            )
        })),
    });
    Ok(curves)
}

fn phases_of(profile: &ChargingProfile) -> String {
    let schedules = profile.schedules.iter();
    let periods = schedules.flat_map(|schedule| &schedule.periods);
    phase_words(periods.map(|period| (period.number_phases, period.phase_to_use)))
}

/// The phases of periods, each answer once: `3 phases`, `1 phase (L2)`, `3 phases, then 1 phase`.
fn phase_words(periods: impl Iterator<Item = (Option<i64>, Option<i64>)>) -> String {
    let mut words: Vec<String> = Vec::new();
    for (number, phase) in periods {
        let Some(number) = number else { continue };
        let noun = if number == 1 { "phase" } else { "phases" };
        let word = match phase {
            Some(phase) => format!("{number} {noun} (L{phase})"),
            None => format!("{number} {noun}"),
        };
        if words.last() != Some(&word) {
            words.push(word);
        }
    }
    // The legend has room for a few.
    match words.len() {
        0..=3 => words.join(", then "),
        more => format!(
            "{} and {} more changes",
            words[..2].join(", then "),
            more - 2
        ),
    }
}

/// The limits of one profile by itself: where it has none, a local limit shows that no profile can have.
fn alone(
    situation: &Situation,
    installed_on: EvseId,
    profile: &Arc<ChargingProfile>,
) -> Result<Vec<(i64, Option<f64>)>, BadSituation> {
    let none = Decimal::MAX;
    let mut site = situation.site.clone();
    for evse in &mut site.evses {
        evse.local_limit = LocalLimit::Both {
            amperes: none,
            watts: none,
        };
    }
    let evse = match (situation.request.evse, installed_on) {
        (0, 0) => 1,
        (0, evse) | (evse, _) => evse,
    };
    let request = Request {
        evse,
        ..situation.request
    };
    let installed = [Installed {
        evse: installed_on,
        profile: Arc::clone(profile),
    }];
    let schedule = composite(&site, &installed, situation.store.transactions(), &request)?;
    let limit = |limit: Decimal| if limit == none { None } else { limit.to_f64() };
    Ok(schedule
        .periods
        .iter()
        .map(|period| (period.start, limit(period.limit)))
        .collect())
}

/// The drawing.
pub(crate) fn draw(situation: &Situation, utc: bool) -> Result<String, BadSituation> {
    let schedule = situation.composite()?;
    let curves = curves(situation)?;
    let top = highest(&curves);
    let width = curves
        .iter()
        .map(|curve| curve.name.len())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    for curve in &curves {
        let line: String = (0..COLUMNS)
            .map(|column| block(curve, schedule.duration * column / COLUMNS, top))
            .collect();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:width$} {line}", curve.name);
    }
    let from = clock(schedule.start, utc);
    let to = clock(schedule.end(), utc);
    let gap = (COLUMNS as usize)
        .saturating_sub(from.len() + to.len())
        .max(1);
    let _ = writeln!(text, "{:width$} {from}{:gap$}{to}\n", "", "");
    let _ = writeln!(text, "full block: {top} {}\n", unit_name(schedule.unit));
    table(&mut text, &schedule, utc);
    for refused in &situation.refused {
        let _ = writeln!(text, "{refused}");
    }
    for replaced in &situation.replaced {
        let _ = writeln!(text, "{replaced}");
    }
    Ok(text)
}

/// The highest limit that is no way of saying "no limit".
pub(crate) fn highest(curves: &[Curve]) -> f64 {
    let limits = || {
        curves
            .iter()
            .flat_map(|curve| &curve.steps)
            .filter_map(|(_, limit)| *limit)
    };
    let real = limits()
        .filter(|limit| *limit < 900_000.0)
        .fold(0.0, f64::max);
    if real > 0.0 {
        real
    } else {
        limits().fold(1.0, f64::max)
    }
}

fn block(curve: &Curve, second: i64, top: f64) -> char {
    let after = curve.steps.partition_point(|(start, _)| *start <= second);
    match after.checked_sub(1).and_then(|index| curve.steps[index].1) {
        None => ' ',
        Some(limit) if limit <= 0.0 => '_',
        Some(limit) => {
            let eighths = (limit / top * 8.0).ceil().clamp(1.0, 8.0);
            BLOCKS[eighths as usize - 1]
        }
    }
}

fn table(text: &mut String, schedule: &CompositeSchedule, utc: bool) {
    let unit = unit_name(schedule.unit);
    let _ = writeln!(
        text,
        "{:>10}  {:19}  {:>10}  phases",
        "second", "time", unit
    );
    for period in &schedule.periods {
        let at = schedule
            .start
            .saturating_add_millis(period.start.saturating_mul(1_000));
        let phases = period
            .phases
            .map_or_else(|| "DC".to_owned(), |phases| phases.to_string());
        let _ = writeln!(
            text,
            "{:>10}  {:19}  {:>10}  {phases}",
            period.start,
            clock(at, utc),
            period.limit.to_string()
        );
    }
    if schedule.mixed_phases {
        let _ = writeln!(
            text,
            "what charges on different phases is added in amperes: ask for watts"
        );
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) const DAY: &str = include_str!("../../tests/data/day.json");

    #[test]
    fn a_day_in_blocks() {
        let text = draw(&Situation::read(DAY).unwrap(), true).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let quarter = |block: char| block.to_string().repeat(16);
        assert_eq!(
            lines[0],
            format!(
                "ChargePointMaxProfile 1 level 0        {}{}{}{}",
                quarter(' '),
                quarter('▃'),
                quarter('▃'),
                quarter(' ')
            )
        );
        assert!(lines[2].ends_with(&format!(
            "{}{}{}",
            quarter('█'),
            quarter('▃'),
            "_".repeat(32)
        )));
        assert!(lines[3].contains("2024-05-15 00:00:00"));
        assert!(
            text.contains("     21600  2024-05-15 06:00:00          10  3"),
            "{text}"
        );
    }
}
