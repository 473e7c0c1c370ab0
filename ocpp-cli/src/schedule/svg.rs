//! `ocpp schedule plot --svg`: a step plot, one colour for each purpose.

use ocpp_core::smart_charging::{Purpose, RateUnit};
use plotters::prelude::*;

use super::Error;
use super::plot::{Curve, clock, curves, highest, unit_name};
use super::situation::Situation;

const SIZE: (u32, u32) = (1_000, 520);

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
    let top = highest(&curves) * 1.1;
    let area = SVGBackend::with_string(text, SIZE).into_drawing_area();
    area.fill(&WHITE).map_err(|e| failed(&e))?;
    let whose = match request.evse {
        0 => "the station".to_owned(),
        evse => format!("EVSE {evse}"),
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
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(0..request.duration, 0.0..top)
        .map_err(|e| failed(&e))?;
    chart
        .configure_mesh()
        .x_labels(6)
        .x_desc(if utc { "UTC" } else { "local time" })
        .y_desc(match request.unit {
            RateUnit::A => "A for each phase",
            RateUnit::W => "W in total",
        })
        .x_label_formatter(&|second| {
            clock(
                request
                    .start
                    .saturating_add_millis(second.saturating_mul(1_000)),
                utc,
            )
        })
        .y_label_formatter(&|limit| format!("{limit} {}", unit_name(request.unit)))
        .draw()
        .map_err(|e| failed(&e))?;
    for curve in &curves {
        let colour = colour(curve.purpose);
        let width = if curve.purpose.is_none() { 4 } else { 2 };
        let mut lines = segments(curve, request.duration, top).into_iter();
        let first = LineSeries::new(lines.next().unwrap_or_default(), colour.stroke_width(width));
        chart
            .draw_series(first)
            .map_err(|e| failed(&e))?
            .label(curve.name.clone())
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
    area.present().map_err(|e| failed(&e))
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
            "ChargingStationMaxProfile 1",
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
    fn gaps_break_the_line() {
        let curve = Curve {
            name: String::new(),
            purpose: None,
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
