//! Charging profiles as cases install them, and composite schedules as they check them.

use ocpp_types::DateTime;
use serde_json::{Value, json};

use crate::lab::{Call, Lab};
use crate::unmet::Failed;

/// Seconds from the start of a schedule, and the limit from then on, in A (kW if the unit is W).
pub(super) type Periods = [(u32, u32)];

/// The duration and the periods that most cases use.
pub(super) const COMMON: (u32, &Periods) = (300, &[(0, 6), (60, 10), (120, 8)]);

/// A charging profile.
#[derive(Clone, Copy)]
pub(super) struct Profile {
    pub(super) id: u32,
    pub(super) purpose: &'static str,
    pub(super) stack_level: u32,
    pub(super) transaction: Option<i64>,
    /// In seconds.
    pub(super) duration: u32,
    pub(super) periods: &'static Periods,
    /// With `validFrom` and `validTo`: so many seconds, and a little more at the end.
    pub(super) valid: Option<u32>,
}

impl Profile {
    /// A profile with the stack level 0.
    pub(super) const fn new(
        id: u32,
        purpose: &'static str,
        (duration, periods): (u32, &'static Periods),
    ) -> Self {
        Self {
            id,
            purpose,
            stack_level: 0,
            transaction: None,
            duration,
            periods,
            valid: None,
        }
    }

    /// The profile as it is sent, without a schedule start: what is relative to the transaction has none.
    pub(super) fn relative(&self, lab: &Lab<'_>) -> Value {
        let periods = self.periods.iter().map(|(start, limit)| {
            let limit = unit_limit(lab, *limit);
            let mut period = json!({"startPeriod": start, "limit": limit});
            if let Some(phases) = lab.parameters.number_phases {
                period["numberPhases"] = json!(phases);
            }
            period
        });
        let periods: Vec<Value> = periods.collect();
        let mut profile = json!({
            "chargingProfileId": self.id,
            "stackLevel": self.stack_level,
            "chargingProfilePurpose": self.purpose,
            "chargingProfileKind": "Relative",
            "chargingSchedule": {
                "duration": self.duration,
                "chargingRateUnit": lab.parameters.rate_unit,
                "chargingSchedulePeriod": periods,
            },
        });
        if let Some(transaction) = self.transaction {
            profile["transactionId"] = json!(transaction);
        }
        profile
    }

    /// The profile as it is sent, with the schedule beginning at an instant.
    fn absolute(&self, lab: &Lab<'_>, start: DateTime) -> Value {
        let mut profile = self.relative(lab);
        profile["chargingProfileKind"] = json!("Absolute");
        profile["chargingSchedule"]["startSchedule"] = json!(start.to_string());
        if let Some(valid) = self.valid {
            let end = i64::from(valid + deviation(lab) + 1) * 1000;
            profile["validFrom"] = json!(start.to_string());
            profile["validTo"] = json!(start.saturating_add_millis(end).to_string());
        }
        profile
    }
}

/// `<deviation>` in whole seconds.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // A few seconds.
pub(super) fn deviation(lab: &Lab<'_>) -> u32 {
    lab.parameters.deviation.ceil().max(0.0) as u32
}

/// The limits of the descriptions are in A; for W they are a thousand times as high.
fn unit_limit(lab: &Lab<'_>, limit: u32) -> u32 {
    if lab.parameters.rate_unit == "W" {
        limit * 1000
    } else {
        limit
    }
}

/// The time of the lab.
pub(super) fn utc(lab: &Lab<'_>) -> DateTime {
    lab.utc_in(0).parse().unwrap_or(DateTime::UNIX_EPOCH)
}

/// Where the schedules of a case begin: `<deviation>` before now, so that a station whose clock is a little behind finds
/// them begun.
pub(super) fn begin(lab: &Lab<'_>) -> DateTime {
    utc(lab).saturating_add_millis(-i64::from(deviation(lab)) * 1000)
}

/// SetChargingProfile, not yet sent.
pub(super) fn set_call(
    lab: &Lab<'_>,
    label: &str,
    connector: u32,
    profile: &Profile,
    start: DateTime,
) -> Call {
    let profile = profile.absolute(lab, start);
    let payload = json!({"connectorId": connector, "csChargingProfiles": profile});
    Call::new(label, "SetChargingProfile", payload)
}

/// Installs a profile, which must be accepted.
pub(super) fn set(
    lab: &mut Lab<'_>,
    label: &str,
    connector: u32,
    profile: &Profile,
    start: DateTime,
) -> Result<(), Failed> {
    let call = set_call(lab, label, connector, profile, start).status("Accepted");
    lab.call(call).map(|_| ())
}

/// GetCompositeSchedule at the connector under test, with the checks of section 4 that every answer must pass.
///
/// The answer's `scheduleStart` and payload are the result.
pub(super) fn composite(
    lab: &mut Lab<'_>,
    label: &str,
    duration: u32,
) -> Result<(DateTime, Value), Failed> {
    let connector = lab.parameters.connector;
    let unit = lab.parameters.rate_unit;
    let asked = utc(lab);
    let payload = json!({"connectorId": connector, "duration": duration, "chargingRateUnit": unit});
    let call = Call::new(label, "GetCompositeSchedule", payload)
        .status("Accepted")
        .with("/connectorId", connector)
        .present("/scheduleStart")
        .with("/chargingSchedule/duration", duration)
        .with("/chargingSchedule/chargingRateUnit", unit)
        .present("/chargingSchedule/chargingSchedulePeriod");
    let payload = lab.call(call)?.payload;
    let start = payload["scheduleStart"].as_str();
    let start = start.and_then(|text| text.parse().ok()).unwrap_or(asked);
    lab.check_seconds(&format!("{label}.start"), seconds(start, asked), 0.0)?;
    Ok((start, payload))
}

/// A composite schedule must be this one until `until`.
///
/// `expected` and `until` are in seconds from `begin`. What comes after `until` is the station's own limit or left out,
/// and is not looked at. Adjacent periods with the same limit may be merged or repeated.
pub(super) fn check_composite(
    lab: &mut Lab<'_>,
    label: &str,
    duration: u32,
    begin: DateTime,
    expected: &Periods,
    until: u32,
) -> Result<Vec<(f64, f64)>, Failed> {
    let (start, payload) = composite(lab, label, duration)?;
    let passed = seconds(start, begin);
    let wanted = expected.iter().map(|(at, limit)| {
        let at = (f64::from(*at) - passed).max(0.0);
        (at, f64::from(unit_limit(lab, *limit)))
    });
    let wanted = until_end(wanted, f64::INFINITY);
    let deviation = lab.parameters.deviation;
    let end = (f64::from(until) - passed).min(f64::from(duration)) - deviation;
    let got = until_end(periods(&payload), end);
    let close = |(a, b): (&(f64, f64), &(f64, f64))| {
        (a.0 - b.0).abs() <= deviation && (a.1 - b.1).abs() < 1e-9
    };
    // A schedule begins at its beginning.
    let begins = got.first().is_some_and(|(at, _)| *at == 0.0);
    if begins && got.len() == wanted.len() && got.iter().zip(&wanted).all(close) {
        let all = until_end(periods(&payload), f64::INFINITY).into_iter();
        return Ok(all.map(|(at, limit)| (at + passed, limit)).collect());
    }
    let label = format!("{label}.periods");
    let expected = format!("{} until second {end}", words(&wanted));
    lab.fail(label, expected, format!("it was {}", words(&got)))
}

/// The periods of a composite schedule: seconds from its start, and limit.
pub(super) fn periods(composite: &Value) -> Vec<(f64, f64)> {
    let periods = &composite["chargingSchedule"]["chargingSchedulePeriod"];
    let periods = periods.as_array().map(Vec::as_slice).unwrap_or_default();
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    let pair = |period: &Value| (number(&period["startPeriod"]), number(&period["limit"]));
    periods.iter().map(pair).collect()
}

/// Merges periods with the same limit, and leaves out those from `end` on.
fn until_end(periods: impl IntoIterator<Item = (f64, f64)>, end: f64) -> Vec<(f64, f64)> {
    let mut merged: Vec<(f64, f64)> = Vec::new();
    for (start, limit) in periods.into_iter().filter(|(start, _)| *start < end) {
        let last = merged.last();
        if last.is_none_or(|(_, before)| (before - limit).abs() >= 1e-9) {
            merged.push((start, limit));
        }
    }
    merged
}

fn words(periods: &[(f64, f64)]) -> String {
    let words = periods.iter().map(|(at, limit)| format!("{at}→{limit}"));
    words.collect::<Vec<_>>().join(", ")
}

#[allow(clippy::cast_precision_loss)] // Milliseconds of a test run.
fn seconds(later: DateTime, earlier: DateTime) -> f64 {
    later.millis_since(earlier) as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::until_end;

    #[test]
    fn the_same_limit_twice_is_one_period_and_the_rest_is_left_out() {
        let periods = [(0.0, 6.0), (30.0, 6.0), (60.0, 10.0), (300.0, 32.0)];
        assert_eq!(until_end(periods, 298.0), [(0.0, 6.0), (60.0, 10.0)]);
    }
}
