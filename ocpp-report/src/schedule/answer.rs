//! A situation in, a composite schedule out.

use ocpp_types::Decimal;
use serde::Serialize;

use super::names::unit_name;
use super::situation::{BadSituation, Refused, Situation};

/// A composite schedule, as `ocpp schedule lines` writes it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    charging_rate_unit: &'static str,
    duration: i64,
    periods: Vec<Period>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_charging_rate: Option<Decimal>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    mixed_phases: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refused: Vec<Refused>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Period {
    start_period: i64,
    limit: Decimal,
    #[serde(rename = "limit_L2", skip_serializing_if = "Option::is_none")]
    limit_l2: Option<Decimal>,
    #[serde(rename = "limit_L3", skip_serializing_if = "Option::is_none")]
    limit_l3: Option<Decimal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number_phases: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase_to_use: Option<u8>,
}

/// Answers a situation.
///
/// # Errors
/// [`BadSituation`] if the text is no situation, or has no answer.
pub fn answer(text: &str) -> Result<Answer, BadSituation> {
    let situation = Situation::read(text)?;
    let schedule = situation.composite()?;
    Ok(Answer {
        charging_rate_unit: unit_name(schedule.unit),
        duration: schedule.duration,
        periods: schedule
            .periods
            .iter()
            .map(|period| Period {
                start_period: period.start,
                limit: period.limit.into(),
                limit_l2: period.other_phases.as_ref().map(|others| others[0].into()),
                limit_l3: period.other_phases.as_ref().map(|others| others[1].into()),
                number_phases: period.phases,
                phase_to_use: period.phase_to_use,
            })
            .collect(),
        min_charging_rate: schedule.min_charging_rate.map(Into::into),
        mixed_phases: schedule.mixed_phases,
        refused: situation.refused,
    })
}
