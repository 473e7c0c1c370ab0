//! Charging profiles that a case of 2.0.1 sets, and what the station makes of them: reports, composite schedules, and the limit
//! that its hardware follows.

use ocpp_core::station::LimitUnit;
use ocpp_types::{DateTime, Version};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Call, Expected, Lab};
use crate::unmet::Failed;

const REPORT: &str = "ReportChargingProfiles";
/// `<Configured numberPhases>` where the operator has configured nothing else.
const PHASES: u32 = 3;

/// A profile that the CSMS has sent.
#[derive(Debug, Clone)]
pub(crate) struct Installed {
    evse: Value,
    profile: Value,
    /// It came with a remote start.
    from_afar: bool,
}

impl Installed {
    /// Whether a report says this profile, and nothing else: one that came with a remote start may name the transaction that it
    /// has led to.
    fn is(&self, told: &Value, running: Option<&str>) -> bool {
        let mut told = told.clone();
        if self.from_afar
            && let Some(members) = told.as_object_mut()
            && running.is_some_and(|running| members.get("transactionId") == Some(&json!(running)))
        {
            members.remove("transactionId");
        }
        says(&told, &self.profile)
    }
}

/// What a limit of a composite schedule must be, before it is multiplied as erratum 6.2.69 says.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted {
    /// So much.
    Is(u32),
    /// Anything else.
    IsNot(u32),
    /// Whatever the station can do.
    Local,
}

/// A composite schedule that is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    /// 0 for the station.
    pub(crate) evse: u32,
    /// In seconds.
    pub(crate) duration: u32,
}

/// What a composite schedule must be: from so many seconds after an instant on this limit. What comes after `until` is not
/// looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Steps<'a> {
    pub(crate) since: DateTime,
    pub(crate) steps: &'a [(i64, Wanted)],
    pub(crate) until: i64,
}

/// From second to limit.
type Periods = Vec<(f64, f64)>;

impl Lab<'_> {
    /// The station is told a profile.
    pub(super) fn note_profile(&mut self, call: &Call) {
        if self.bench.version() == Version::V1_6 {
            return;
        }
        let (evse, profile) = match call.action {
            "SetChargingProfile" | "RequestStartTransaction" => {
                (&call.payload["evseId"], &call.payload["chargingProfile"])
            }
            _ => return,
        };
        if profile.is_null() {
            return;
        }
        self.profiles
            .retain(|before| before.profile["id"] != profile["id"]);
        self.profiles.push(Installed {
            evse: evse.clone(),
            profile: profile.clone(),
            from_afar: call.action == "RequestStartTransaction",
        });
    }

    /// A member of a profile that was set; null if there is none.
    pub(crate) fn of_profile(&self, id: i64, at: &str) -> Value {
        let found = self.profiles.iter().find(|one| one.profile["id"] == id);
        let value = found.and_then(|one| one.profile.pointer(at));
        value.cloned().unwrap_or_default()
    }

    /// An instant that a profile says.
    pub(crate) fn instant_of(&self, id: i64, at: &str) -> DateTime {
        let value = self.of_profile(id, at);
        let value = value.as_str().and_then(|text| text.parse().ok());
        value.unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// `<Configured numberPhases>`.
    pub(crate) fn phases(&self) -> u32 {
        self.parameters.number_phases.unwrap_or(PHASES)
    }

    /// `<limit multiplier>` of erratum 6.2.69.
    pub(crate) fn multiplier(&self) -> u32 {
        match self.parameters.rate_unit {
            "W" => 230 * self.phases(),
            _ => 1,
        }
    }

    /// `<Configured max time deviation>` in whole seconds.
    #[allow(clippy::cast_possible_truncation)] // A few seconds.
    pub(crate) fn deviation(&self) -> i64 {
        self.parameters.deviation.ceil() as i64
    }

    /// The profiles with these ids are reported as they were set, and no other: page by page, until one is the last.
    ///
    /// # Errors
    /// The checks `label` and `LABEL/…`.
    pub(crate) fn profiles_reported(
        &mut self,
        label: &str,
        request: i64,
        ids: &[i64],
    ) -> Result<(), Failed> {
        let known = self.profiles.iter();
        let known = known.filter(|one| ids.iter().any(|id| one.profile["id"] == *id));
        let mut missing: Vec<Installed> = known.cloned().collect();
        let all = missing.clone();
        let running = self.sessions.last.clone();
        loop {
            let (places, sent) = (all.clone(), all.clone());
            let known = running.clone();
            let page = Expected::new(label, REPORT)
                .with("/requestId", request)
                .with("/chargingLimitSource", "CSO")
                .judged("/evseId", "the EVSE of the profile", move |evse| {
                    places.iter().any(|one| one.evse == *evse)
                })
                .judged("/chargingProfile", "as it was set", move |told| {
                    let mut told = told.as_array().into_iter().flatten();
                    let known = known.as_deref();
                    told.all(|told| sent.iter().any(|one| one.is(told, known)))
                });
            let page = self.expect(page)?;
            let told = page.payload["chargingProfile"].as_array();
            for told in told.into_iter().flatten() {
                let here = |one: &Installed| {
                    one.evse == page.payload["evseId"] && one.is(told, running.as_deref())
                };
                let Some(index) = missing.iter().position(here) else {
                    let expected = "each profile once, at its EVSE";
                    return self.fail(label, expected, format!("there was {told}"));
                };
                missing.remove(index);
            }
            if page.payload["tbc"] != true {
                break;
            }
        }
        match missing.first() {
            None => Ok(()),
            Some(one) => {
                let got = format!("nothing was said of {}", one.profile);
                self.fail(label, "all profiles", got)
            }
        }
    }

    /// A report of one profile, as it was set, at its EVSE and alone.
    pub(crate) fn report_of(&self, label: &str, request: i64, id: i64) -> Expected {
        let one = self.profiles.iter().find(|one| one.profile["id"] == id);
        let one = one.cloned();
        let evse = one.as_ref().map_or(Value::Null, |one| one.evse.clone());
        let running = self.sessions.last.clone();
        Expected::new(label, REPORT)
            .at("/evseId", evse)
            .with("/requestId", request)
            .with("/chargingLimitSource", "CSO")
            .judged(
                "/chargingProfile",
                "the profile as it was set",
                move |told| {
                    let told = told.as_array().map(Vec::as_slice).unwrap_or_default();
                    let alone = told.len() == 1;
                    let one = one.as_ref().filter(|_| alone);
                    one.is_some_and(|one| one.is(&told[0], running.as_deref()))
                },
            )
    }

    /// A composite schedule that is asked for and accepted, with its start.
    pub(crate) fn composite(
        &mut self,
        label: &str,
        window: Window,
    ) -> Result<(DateTime, Periods), Failed> {
        let Window { evse, duration } = window;
        let unit = self.parameters.rate_unit;
        let (asked, deviation) = (self.bench.utc(), self.parameters.deviation);
        let payload = json!({"evseId": evse, "duration": duration, "chargingRateUnit": unit});
        let call = Call::new(label, "GetCompositeSchedule", payload)
            .status("Accepted")
            .with("/schedule/evseId", evse)
            .with("/schedule/duration", duration)
            .with("/schedule/chargingRateUnit", unit)
            .judged("/schedule/scheduleStart", "now", move |start| {
                let start = start.as_str().and_then(|start| start.parse().ok());
                start.is_some_and(|start| seconds(start, asked).abs() <= deviation)
            })
            .with("/schedule/chargingSchedulePeriod/0/startPeriod", 0);
        let schedule = self.call(call)?.payload["schedule"].clone();
        let start = schedule["scheduleStart"].as_str();
        let start = start.and_then(|start| start.parse().ok()).unwrap_or(asked);
        let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
        let periods = schedule["chargingSchedulePeriod"].as_array();
        let periods = periods
            .into_iter()
            .flatten()
            .map(|period| (number(&period["startPeriod"]), number(&period["limit"])));
        Ok((start, periods.collect()))
    }

    /// A composite schedule is what it has to be. That of the station is the sum over its EVSEs. Periods with the same limit
    /// may be merged.
    ///
    /// # Errors
    /// The checks `label`, `LABEL/…` and `LABEL.periods`.
    pub(crate) fn check_composite(
        &mut self,
        label: &str,
        window: Window,
        wanted: Steps<'_>,
    ) -> Result<(), Failed> {
        let (start, periods) = self.composite(label, window)?;
        let passed = seconds(start, wanted.since);
        let evses = match window.evse {
            0 => self.parameters.connectors,
            _ => 1,
        };
        let factor = self.multiplier() * evses;
        let deviation = self.parameters.deviation;
        #[allow(clippy::cast_precision_loss)] // A few minutes.
        let at = |second: i64| second as f64 - passed;
        let end = at(wanted.until).min(f64::from(window.duration)) - deviation;
        let got = merged(periods, end);
        let fits = |(step, (second, limit)): (&(i64, Wanted), &(f64, f64))| {
            let near = (second - at(step.0).max(0.0)).abs() <= deviation;
            near && step.1.holds(*limit, factor)
        };
        if got.len() == wanted.steps.len() && wanted.steps.iter().zip(&got).all(fits) {
            return Ok(());
        }
        let words = wanted.steps.iter().map(|(second, limit)| {
            let second = at(*second).max(0.0);
            format!("{second}→{}", limit.words(factor))
        });
        let words: Vec<String> = words.collect();
        let expected = format!("{} until second {end}", words.join(", "));
        let got = got.iter().map(|(at, limit)| format!("{at}→{limit}"));
        let got: Vec<String> = got.collect();
        let got = format!("it was {}", got.join(", "));
        self.fail(format!("{label}.periods"), expected, got)
    }

    /// The hardware of the EVSE under test follows a limit, where the bench can see it.
    ///
    /// # Errors
    /// The check `label`.
    pub(crate) fn check_limit(&mut self, label: &str, wanted: Wanted) -> Result<(), Failed> {
        self.steps += 1;
        let connector = self.parameters.connector;
        let Some(limit) = self.bench.limit(connector) else {
            return Ok(());
        };
        let fits = match (wanted, limit) {
            (Wanted::IsNot(_), None) => true,
            (_, None) => false,
            (wanted, Some(limit)) => {
                let factor = match limit.unit {
                    LimitUnit::Watts => 230 * self.phases(),
                    LimitUnit::Amperes => 1,
                };
                wanted.is(limit.value.0, factor)
            }
        };
        if fits {
            return Ok(());
        }
        let expected = format!("the hardware to be told {}", wanted.words(1));
        self.fail(label, expected, format!("it was told {limit:?}"))
    }
}

impl Wanted {
    fn holds(self, limit: f64, factor: u32) -> bool {
        let same = |wanted: u32| (limit - f64::from(wanted * factor)).abs() < 1e-9;
        match self {
            Self::Is(wanted) => same(wanted),
            Self::IsNot(other) => !same(other),
            Self::Local => true,
        }
    }

    fn is(self, limit: Decimal, factor: u32) -> bool {
        match self {
            Self::Is(wanted) => limit == Decimal::from(wanted * factor),
            Self::IsNot(other) => limit != Decimal::from(other * factor),
            Self::Local => true,
        }
    }

    fn words(self, factor: u32) -> String {
        match self {
            Self::Is(limit) => format!("{}", limit * factor),
            Self::IsNot(limit) => format!("anything but {}", limit * factor),
            Self::Local => "its own limit".to_owned(),
        }
    }
}

/// Whether a value has all that another one has, and no more than goes without saying. Numbers and instants compare by value.
fn says(told: &Value, sent: &Value) -> bool {
    match (told, sent) {
        (Value::Object(told), Value::Object(sent)) => {
            let mut kept = sent.iter();
            let mut added = told.iter().filter(|(name, _)| !sent.contains_key(*name));
            kept.all(|(name, sent)| told.get(name).is_some_and(|told| says(told, sent)))
                && added.all(|(name, told)| goes_without_saying(name, told))
        }
        (Value::Array(told), Value::Array(sent)) => {
            told.len() == sent.len() && told.iter().zip(sent).all(|(told, sent)| says(told, sent))
        }
        (Value::Number(told), Value::Number(sent)) => told.as_f64() == sent.as_f64(),
        (Value::String(told), Value::String(sent)) => {
            let instant = |text: &str| text.parse::<DateTime>().ok();
            told == sent || instant(told).is_some_and(|told| instant(sent) == Some(told))
        }
        _ => told == sent,
    }
}

/// What a station may add to a profile: data of its own, and what a member is where it is left out.
fn goes_without_saying(name: &str, told: &Value) -> bool {
    name == "customData" || (name == "numberPhases" && told.as_u64() == Some(3))
}

/// Merges periods with the same limit, and leaves out those from `end` on.
fn merged(periods: Periods, end: f64) -> Periods {
    let mut merged: Periods = Vec::new();
    for (start, limit) in periods.into_iter().filter(|(start, _)| *start < end) {
        let last = merged.last();
        if last.is_none_or(|(_, before)| (before - limit).abs() >= 1e-9) {
            merged.push((start, limit));
        }
    }
    merged
}

#[allow(clippy::cast_precision_loss)] // Milliseconds of a test run.
fn seconds(later: DateTime, earlier: DateTime) -> f64 {
    later.millis_since(earlier) as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_was_set_and_no_more_than_goes_without_saying() {
        let sent = json!({"id": 1, "chargingSchedule": [{"limit": 6.0}]});
        for (told, fine) in [
            (json!({"id": 1, "chargingSchedule": [{"limit": 6}]}), true),
            (
                json!({"id": 1, "chargingSchedule": [{"limit": 6, "numberPhases": 3}]}),
                true,
            ),
            (
                json!({"id": 1, "chargingSchedule": [{"limit": 6, "numberPhases": 1}]}),
                false,
            ),
            (
                json!({"id": 1, "chargingSchedule": [{"limit": 6}], "customData": {"x": 1}}),
                true,
            ),
            (
                json!({"id": 1, "chargingSchedule": [{"limit": 6}], "validTo": "2099-01-01T00:00:00Z"}),
                false,
            ),
            (json!({"id": 1, "chargingSchedule": [{"limit": 7}]}), false),
            (json!({"id": 1, "chargingSchedule": []}), false),
            (json!({"chargingSchedule": [{"limit": 6}]}), false),
        ] {
            assert_eq!(says(&told, &sent), fine, "{told}");
        }
    }

    #[test]
    fn a_profile_of_a_remote_start_may_be_reported_with_its_transaction() {
        let told = json!({"id": 1, "transactionId": "T"});
        for (from_afar, running, fine) in [
            (true, Some("T"), true),
            (true, Some("U"), false),
            (true, None, false),
            (false, Some("T"), false),
        ] {
            let installed = Installed {
                evse: json!(1),
                profile: json!({"id": 1}),
                from_afar,
            };
            assert_eq!(installed.is(&told, running), fine, "{running:?}");
        }
    }

    #[test]
    fn the_same_limit_twice_is_one_period_and_the_rest_is_left_out() {
        let periods = vec![(0.0, 6.0), (30.0, 6.0), (60.0, 10.0), (300.0, 32.0)];
        assert_eq!(merged(periods, 298.0), [(0.0, 6.0), (60.0, 10.0)]);
    }
}
