//! Costs of smart charging: time of the quickest tenth of many runs, instructions of one (where valgrind is installed), and
//! how they grow. Allocations are counted by the test `smart_charging_allocations`.
//!
//! `cargo bench -p ocpp-core --bench smart_charging`; with a name, only what contains it.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::hint::black_box;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ocpp_core::smart_charging::*;
use ocpp_core::time::DateTime;
use rust_decimal::Decimal;

const DAY: i64 = 86_400;
const START: &str = "2024-05-15T07:30:00Z";

fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn profile(
    id: i64,
    purpose: Purpose,
    kind: ProfileKind,
    periods: i64,
    span: i64,
) -> ChargingProfile {
    ChargingProfile {
        id,
        stack_level: id,
        purpose,
        kind,
        recurrency: (kind == ProfileKind::Recurring).then_some(Recurrency::Daily),
        valid_from: None,
        valid_to: None,
        transaction_id: None,
        schedules: vec![ChargingSchedule {
            id: 1,
            start: Some(at("2024-01-01T00:00:00Z")),
            duration: None,
            unit: RateUnit::A,
            min_charging_rate: None,
            periods: (0..periods)
                .map(|index| {
                    let limit = Decimal::from(6 + (index * 7 + id) % 26);
                    SchedulePeriod::new(index * span / periods, limit)
                })
                .collect(),
            extras: None,
            rest: Rest::NONE,
        }],
        online: None,
        rest: Rest::NONE,
    }
}

fn on(evse: EvseId, profile: ChargingProfile) -> Installed {
    Installed {
        evse,
        profile: Arc::new(profile),
    }
}

fn site(evses: usize) -> Site {
    let local_limit = LocalLimit::Both {
        amperes: Decimal::from(32),
        watts: Decimal::from(22_080),
    };
    let mut site = Site::new(vec![Evse::ac(local_limit, 3); evses]);
    site.voltage = Some(Decimal::from(230));
    site.max_steps = u32::MAX;
    site
}

/// Four profiles of 24 periods: one of each purpose that takes part, and a second level.
fn a_day(unit: RateUnit) -> Vec<Installed> {
    let recurring = ProfileKind::Recurring;
    let mut external = profile(
        -1,
        Purpose::ChargingStationExternalConstraints,
        recurring,
        24,
        DAY,
    );
    if unit == RateUnit::W {
        external.schedules[0].unit = unit;
        for period in &mut external.schedules[0].periods {
            period.limit = period.limit.map(|limit| limit * Decimal::from(677));
        }
    }
    vec![
        on(
            0,
            profile(1, Purpose::ChargingStationMaxProfile, recurring, 24, DAY),
        ),
        on(1, profile(2, Purpose::TxDefaultProfile, recurring, 24, DAY)),
        on(1, profile(3, Purpose::TxDefaultProfile, recurring, 24, DAY)),
        on(0, external),
    ]
}

/// Recurring profiles, all day long, of rising levels.
fn stack(profiles: i64, periods: i64) -> Vec<Installed> {
    (0..profiles)
        .map(|id| {
            on(
                1,
                profile(
                    id,
                    Purpose::TxDefaultProfile,
                    ProfileKind::Recurring,
                    periods,
                    DAY,
                ),
            )
        })
        .collect()
}

/// Profiles of rising levels that hold for an hour each, one after the other.
fn staggered(profiles: i64) -> Vec<Installed> {
    (0..profiles)
        .map(|id| {
            let mut profile = profile(
                id,
                Purpose::TxDefaultProfile,
                ProfileKind::Absolute,
                4,
                3_600,
            );
            profile.schedules[0].start = Some(at(START).saturating_add_millis(id * 1_800_000));
            profile.schedules[0].duration = Some(3_600);
            on(1, profile)
        })
        .collect()
}

struct Bench {
    filter: Option<String>,
    once: bool,
    /// Only this one, so many times: how the program calls itself under valgrind.
    counted: Option<(String, u32)>,
}

impl Bench {
    /// Runs for a fifth of a second, prints the time of the quickest tenth, and returns it in nanoseconds.
    fn run<T>(&self, name: &str, limit: Option<Duration>, mut work: impl FnMut() -> T) -> f64 {
        if self
            .filter
            .as_ref()
            .is_some_and(|filter| !name.contains(filter.as_str()))
        {
            return f64::NAN;
        }
        if let Some((wanted, rounds)) = &self.counted {
            if wanted == name {
                for _ in 0..*rounds {
                    black_box(work());
                }
            }
            return f64::NAN;
        }
        if self.once {
            black_box(work());
            return f64::NAN;
        }
        // Enough calls per sample for the clock.
        let begin = Instant::now();
        black_box(work());
        let one = begin.elapsed().max(Duration::from_nanos(20));
        let calls = (Duration::from_micros(50).as_nanos() / one.as_nanos()).max(1) as u32;
        let mut samples = Vec::new();
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_millis(200) || samples.len() < 10 {
            let sample = Instant::now();
            for _ in 0..calls {
                black_box(work());
            }
            samples.push(sample.elapsed().as_nanos() as f64 / f64::from(calls));
        }
        samples.sort_by(f64::total_cmp);
        // The quickest tenth: what the work costs when nobody else wants the processor.
        let time = samples[samples.len() / 10];
        let verdict = match limit {
            None => String::new(),
            Some(limit) => {
                let share = time / limit.as_nanos() as f64;
                format!(
                    "  {:.2} of the {limit:?} allowed{}",
                    share,
                    if share > 1.0 { "  TOO SLOW" } else { "" }
                )
            }
        };
        let instructions = instructions(name, time).map_or_else(
            || "no valgrind".into(),
            |count| format!("{count:.0} instr."),
        );
        println!("{name:52} {time:>14.1} ns {instructions:>20}{verdict}");
        time
    }
}

/// Instructions of one call, counted by valgrind: the difference between few calls and more of them, so that the set-up
/// does not count.
fn instructions(name: &str, nanoseconds: f64) -> Option<f64> {
    // About a millisecond of work.
    let more = (1e6 / nanoseconds).clamp(2.0, 10_000.0) as u32;
    let count = |rounds: u32| {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(std::env::current_exe().ok()?)
            .args(["--count", name, &rounds.to_string()])
            .output()
            .ok()?;
        let report = String::from_utf8_lossy(&output.stderr);
        let (_, count) = report.rsplit_once("refs:")?;
        let digits: String = count.chars().filter(char::is_ascii_digit).collect();
        digits.parse::<f64>().ok()
    };
    Some((count(1 + more)? - count(1)?) / f64::from(more))
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let counted = match arguments.as_slice() {
        [flag, name, rounds] if flag == "--count" => rounds.parse().ok().map(|n| (name.clone(), n)),
        _ => None,
    };
    let bench = Bench {
        filter: arguments
            .iter()
            .find(|argument| counted.is_none() && !argument.starts_with("--"))
            .cloned(),
        once: arguments.iter().any(|argument| argument == "--once"),
        counted,
    };
    composite_schedules(&bench);
    growth(&bench);
    limit_now(&bench);
}

fn composite_schedules(bench: &Bench) {
    for (name, unit) in [
        ("day: 4 profiles of 24 periods", RateUnit::A),
        ("day with conversion", RateUnit::W),
    ] {
        let installed = a_day(unit);
        let site = site(1);
        let request = Request::new(1, at(START), DAY, RateUnit::A);
        bench.run(name, Some(Duration::from_micros(20)), || {
            composite(&site, &installed, &[], &request).unwrap()
        });
    }
    let installed = a_day(RateUnit::A);
    let site_of_8 = site(8);
    let request = Request::new(0, at(START), DAY, RateUnit::A);
    bench.run("day of a station of 8 EVSEs", None, || {
        composite(&site_of_8, &installed, &[], &request).unwrap()
    });
    let installed = stack(100, 1_000);
    let site = site(1);
    let request = Request::new(1, at(START), 365 * DAY, RateUnit::A);
    bench.run(
        "year: 100 profiles of 1,000 periods",
        Some(Duration::from_millis(50)),
        || composite(&site, &installed, &[], &request).unwrap(),
    );
}

fn growth(bench: &Bench) {
    let site = site(1);
    let mut before = f64::NAN;
    for profiles in [10, 100, 1_000] {
        let installed = staggered(profiles);
        let request = Request::new(1, at(START), 365 * DAY, RateUnit::A);
        let name = format!("growth: {profiles} profiles one after the other");
        let time = bench.run(&name, None, || {
            composite(&site, &installed, &[], &request).unwrap()
        });
        if before.is_finite() && time.is_finite() {
            println!(
                "{:52} {:>14.1} times (n log n: {:.1})",
                "",
                time / before,
                10.0 * ((profiles as f64).ln() / (profiles as f64 / 10.0).ln())
            );
        }
        before = time;
    }
    for periods in [10, 100, 1_000] {
        let installed = stack(4, periods);
        let request = Request::new(1, at(START), DAY, RateUnit::A);
        bench.run(&format!("growth: {periods} periods"), None, || {
            composite(&site, &installed, &[], &request).unwrap()
        });
    }
    // The same steps within a window that is longer and longer.
    let mut absolute = profile(1, Purpose::TxDefaultProfile, ProfileKind::Absolute, 24, DAY);
    absolute.schedules[0].start = Some(at(START));
    let installed = [on(1, absolute)];
    for days in [1, 365, 36_500] {
        let request = Request::new(1, at(START), days * DAY, RateUnit::A);
        bench.run(&format!("growth: a window of {days} days"), None, || {
            composite(&site, &installed, &[], &request).unwrap()
        });
    }
}

fn limit_now(bench: &Bench) {
    let site = site(1);
    let installed = a_day(RateUnit::A);
    let scope = Scope {
        evse: 1,
        unit: RateUnit::A,
        schedule: 0,
    };
    let start = at(START);
    let mut limit = LimitNow::new(&site, &installed, &[], scope, start).unwrap();
    let mut seconds = 0;
    bench.run(
        "limit now: every second",
        Some(Duration::from_nanos(200)),
        || {
            seconds += 1;
            limit.at(start.saturating_add_millis(seconds * 1_000)).limit
        },
    );
    let mut limit = LimitNow::new(&site, &installed, &[], scope, start).unwrap();
    let mut hours = 0;
    bench.run(
        "limit now: every hour, where something changes",
        None,
        || {
            hours += 1;
            limit
                .at(start.saturating_add_millis(hours * 3_600_000))
                .limit
        },
    );
    bench.run("limit now: prepare", None, || {
        LimitNow::new(&site, &installed, &[], scope, start)
            .unwrap()
            .at(start)
            .limit
    });
}
