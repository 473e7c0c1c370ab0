//! `ocpp schedule plot --svg`: a step plot, one colour for each purpose.

use ocpp_core::smart_charging::{Purpose, RateUnit};
use ocpp_core::time::DateTime;
use ocpp_report::schedule::{Situation, outlet, unit_name};
use plotters::prelude::*;

use super::Error;
use super::plot::{Curve, clock, curves, highest};

const SIZE: (u32, u32) = (1_000, 520);

/// The height of a line of text below the drawing.
const ROW: i32 = 18;

/// So many profiles that are not drawn are named.
const MAX_TOLD: usize = 20;

const fn colour(purpose: Option<Purpose>) -> RGBColor {
    match purpose {
        None => RGBColor(20, 20, 20),
        Some(Purpose::TxProfile) => RGBColor(31, 119, 180),
        Some(Purpose::TxDefaultProfile) => RGBColor(44, 160, 44),
        Some(Purpose::ChargingStationMaxProfile) => RGBColor(214, 39, 40),
        Some(Purpose::ChargingStationExternalConstraints) => RGBColor(255, 127, 14),
        Some(Purpose::PriorityCharging) => RGBColor(148, 103, 189),
        Some(Purpose::LocalGeneration) => RGBColor(140, 86, 75),
    }
}

/// The drawing as SVG text.
pub(crate) fn draw(situation: &Situation, utc: bool) -> Result<String, Error> {
    let mut text = String::new();
    paint(situation, utc, &mut text)?;
    Ok(text)
}

fn paint(situation: &Situation, utc: bool, text: &mut String) -> Result<(), Error> {
    let failed = |error: &dyn std::fmt::Display| Error::Drawing(error.to_string());
    let curves = curves(situation)?;
    let request = &situation.request;
    let highest = highest(&curves);
    // Room for the legend above all that is drawn.
    let top = highest * (1.08 + 0.05 * curves.len() as f64);
    let told = told(situation);
    let rows = i32::try_from(told.len()).unwrap_or(i32::MAX / ROW - 1);
    let height = SIZE.1.saturating_add_signed(ROW * rows);
    let whole = SVGBackend::with_string(text, (SIZE.0, height)).into_drawing_area();
    whole.fill(&WHITE).map_err(|e| failed(&e))?;
    let (area, _) = whole.split_vertically(SIZE.1);
    let whose = match request.evse {
        0 => "the station".to_owned(),
        evse => format!("{} {evse}", outlet(&situation.version)),
    };
    let mut chart = ChartBuilder::on(&area)
        .caption(
            format!(
                "OCPP {}: limits of {whose} from {}",
                situation.version,
                clock(request.start, utc)
            ),
            ("sans-serif", 20),
        )
        .margin(12)
        .margin_right(40)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(
            (0..request.duration).with_key_points(ticks(request.start, request.duration, utc)),
            0.0..top,
        )
        .map_err(|e| failed(&e))?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc(if utc { "UTC" } else { "local time" })
        .y_desc(match request.unit {
            RateUnit::A => "A for each phase",
            RateUnit::W => "W in total",
        })
        .x_label_formatter(&|second| {
            let at = request
                .start
                .saturating_add_millis(second.saturating_mul(1_000));
            // Month, day, hour and minute.
            clock(at, utc).get(5..16).unwrap_or_default().to_owned()
        })
        .y_label_formatter(&|limit| format!("{limit} {}", unit_name(request.unit)))
        .draw()
        .map_err(|e| failed(&e))?;
    // The composite schedule first, as a broad band, so that the profiles on it are seen.
    for curve in curves.iter().rev() {
        let (width, opacity) = match curve.purpose {
            None => (10, 0.3),
            Some(_) => (2, 1.0),
        };
        let colour = colour(curve.purpose).mix(opacity);
        let mut lines = segments(curve, request.duration, highest * 1.05).into_iter();
        let first = LineSeries::new(lines.next().unwrap_or_default(), colour.stroke_width(width));
        chart
            .draw_series(first)
            .map_err(|e| failed(&e))?
            .label(label(curve))
            .legend(move |(x, y)| {
                PathElement::new(vec![(x, y), (x + 18, y)], colour.stroke_width(width))
            });
        for line in lines {
            chart
                .draw_series(LineSeries::new(line, colour.stroke_width(width)))
                .map_err(|e| failed(&e))?;
        }
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.4))
        .draw()
        .map_err(|e| failed(&e))?;
    // What is not drawn is told below.
    for (row, line) in told.iter().enumerate() {
        let y = SIZE.1 as i32 + ROW * row as i32;
        whole
            .draw(&Text::new(line.clone(), (16, y), ("sans-serif", 14)))
            .map_err(|e| failed(&e))?;
    }
    whole.present().map_err(|e| failed(&e))
}

/// The name of a curve with its phases.
fn label(curve: &Curve) -> String {
    match curve.phases.as_str() {
        "" => curve.name.clone(),
        phases => format!("{}, {phases}", curve.name),
    }
}

/// Profiles that are not drawn, and why: refused ones, and those that later ones replaced.
fn told(situation: &Situation) -> Vec<String> {
    let refused = situation.refused.iter().map(ToString::to_string);
    let replaced = situation.replaced.iter().map(ToString::to_string);
    let mut all: Vec<_> = refused.chain(replaced).collect();
    if all.len() > MAX_TOLD {
        let more = all.len() - MAX_TOLD;
        all.truncate(MAX_TOLD);
        all.push(format!("and {more} more"));
    }
    all
}

/// Round times of day, at most eight of them, as seconds after the start.
fn ticks(start: DateTime, duration: i64, utc: bool) -> Vec<i64> {
    const STEPS: [i64; 12] = [
        60, 300, 600, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 604_800, 2_592_000,
    ];
    let step = STEPS
        .into_iter()
        .find(|step| duration / step <= 8)
        .unwrap_or((duration / 8).max(1));
    let clock = clock(start, utc);
    let part = |from: usize| -> i64 {
        let digits = clock.get(from..from + 2);
        digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
    };
    let of_day = part(11) * 3_600 + part(14) * 60 + part(17);
    let first = (step - of_day % step) % step;
    let ticks = (first..=duration).step_by(usize::try_from(step).unwrap_or(1));
    ticks.take(16).collect()
}

/// Unbroken lines of a step function.
fn segments(curve: &Curve, duration: i64, top: f64) -> Vec<Vec<(i64, f64)>> {
    let mut lines: Vec<Vec<(i64, f64)>> = Vec::new();
    let mut connected = false;
    for (index, (start, limit)) in curve.steps.iter().enumerate() {
        let end = curve
            .steps
            .get(index + 1)
            .map_or(duration, |(next, _)| *next);
        let Some(limit) = limit else {
            connected = false;
            continue;
        };
        if !connected {
            lines.push(Vec::new());
        }
        if let Some(line) = lines.last_mut() {
            line.extend([(*start, limit.min(top)), (end, limit.min(top))]);
        }
        connected = true;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_as_svg() {
        let situation = Situation::read(super::super::plot::tests::DAY).unwrap();
        let svg = draw(&situation, true).unwrap();
        assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
        for wanted in [
            "ChargePointMaxProfile 1",
            "TxDefaultProfile 2",
            "composite",
            "UTC",
            "#D62728",
            "#2CA02C",
        ] {
            assert!(svg.contains(wanted), "{wanted} is missing");
        }
    }

    #[test]
    fn refused_and_replaced_profiles_and_phases_are_told() {
        let profile = |id: u32, connector: u32, more: &str| {
            format!(
                r#"{{"connectorId": {connector}, "profile": {{"chargingProfileId": {id}, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Absolute", "chargingSchedule": {{"startSchedule": "2024-05-15T06:00:00Z", "chargingRateUnit": "A", "chargingSchedulePeriod": [{{"startPeriod": 0, "limit": 8{more}}}]}}}}}}"#
            )
        };
        let more = [profile(3, 1, r#", "numberPhases": 1"#), profile(4, 9, "")];
        let text = super::super::plot::tests::DAY.replacen(
            "        ],",
            &format!(", {}],", more.join(", ")),
            1,
        );
        let svg = draw(&Situation::read(&text).unwrap(), true).unwrap();
        for wanted in [
            "TxDefaultProfile 3 level 0 connector 1, 1 phase",
            "profile 2 was replaced by profile 3, which has the same purpose and stack level",
            "profile 4 is not installed: there is no such connector (connectorId, 1.6 erratum 3.39)",
        ] {
            assert!(svg.contains(wanted), "{wanted} is missing: {svg}");
        }
        assert!(svg.contains(r#"height="556""#), "{svg}");
    }

    #[test]
    fn ticks_stand_at_round_times() {
        let start = "2024-05-15T11:20:00Z".parse().unwrap();
        assert_eq!(
            ticks(start, 3_600, true),
            [0, 600, 1_200, 1_800, 2_400, 3_000, 3_600]
        );
        assert_eq!(
            ticks(start, 86_400, true),
            [
                2_400, 13_200, 24_000, 34_800, 45_600, 56_400, 67_200, 78_000
            ]
        );
    }

    #[test]
    fn gaps_break_the_line() {
        let curve = Curve {
            name: String::new(),
            purpose: None,
            phases: String::new(),
            steps: vec![
                (0, None),
                (10, Some(6.0)),
                (20, Some(8.0)),
                (30, None),
                (40, Some(999_999.0)),
            ],
        };
        assert_eq!(
            segments(&curve, 50, 40.0),
            [
                vec![(10, 6.0), (20, 6.0), (20, 8.0), (30, 8.0)],
                vec![(40, 40.0), (50, 40.0)]
            ]
        );
    }
}
