//! Block K, smart charging.
//!
//! Decided for all of them: profiles name `<Configured numberPhases>`, three where nothing is configured; limits are those of
//! erratum 6.2.69. What a description leaves open, a profile of stack level 0 with one period has: a TxDefaultProfile counts
//! from the transaction, a ChargingStationMaxProfile from its schedule. Where a bench sees what the hardware is told, the limit
//! that holds is looked at there, too.

pub(super) mod clear;
pub(super) mod combined;
pub(super) mod composite;
pub(super) mod external;
pub(super) mod remote;
pub(super) mod report;
pub(super) mod set;

use serde_json::{Value, json};

use super::evse;
use crate::case::{Case, Profile, Setting};
use crate::lab::{Expected, Lab};
use crate::product::Product;
use crate::step::{Rule, Step, by_hand, call, is};

/// What these cases have in common; to be completed with `..CASE`.
const CASE: Case = Case {
    profile: Profile::SmartCharging,
    ..super::CASE
};

const SET: &str = "SetChargingProfile";
const GET: &str = "GetChargingProfiles";
const REPORT: &str = "ReportChargingProfiles";
const CLEAR: &str = "ClearChargingProfile";
const COMPOSITE: &str = "GetCompositeSchedule";
/// `requestId` of the first and of the second request.
const FIRST: i64 = 71;
const SECOND: i64 = 72;

const MAX: &str = "ChargingStationMaxProfile";
const DEFAULT: &str = "TxDefaultProfile";
const TX: &str = "TxProfile";

const ACCEPTED: &[Rule] = &[is("/status", "Accepted")];
const REJECTED: &[Rule] = &[is("/status", "Rejected")];
const UNKNOWN: &[Rule] = &[is("/status", "Unknown")];
const NO_PROFILES: &[Rule] = &[is("/status", "NoProfiles")];

/// Where the limit of the first period stands in a request, and in a report.
const LIMIT: &str = "/chargingProfile/chargingSchedule/0/chargingSchedulePeriod/0/limit";
const TOLD_LIMIT: &str = "/chargingProfile/0/chargingSchedule/0/chargingSchedulePeriod/0/limit";

/// Every change of a limit is worth a word, but for one percent.
const SIGNIFICANCE: Setting = Setting::new("SmartChargingCtrlr.LimitChangeSignificance", |_| {
    "1.0".to_owned()
});

fn smart_charging(product: &Product) -> Result<(), &'static str> {
    match product.features.smart_charging {
        true => Ok(()),
        false => Err("no Smart Charging"),
    }
}

/// Two stack levels.
fn levels(product: &Product) -> Result<(), &'static str> {
    smart_charging(product)?;
    match product.limits.stack_level {
        0 => Err("there is one stack level only"),
        _ => Ok(()),
    }
}

/// Room for so many profiles, with so many periods in each.
fn room(product: &Product, profiles: usize, periods: usize) -> Result<(), &'static str> {
    let limits = &product.limits;
    if limits.charging_profiles.is_some_and(|most| most < profiles) {
        Err("the station does not hold enough profiles")
    } else if limits.schedule_periods < periods {
        Err("there are not enough periods in a schedule")
    } else {
        Ok(())
    }
}

/// A profile of stack level 0 without validity; its limits are multiplied as erratum 6.2.69 says.
fn profile(lab: &Lab<'_>, id: i64, purpose: &str, kind: &str, periods: &[(u32, u32)]) -> Value {
    let periods = periods.iter().map(|(start, limit)| {
        json!({
            "startPeriod": start,
            "limit": limit * lab.multiplier(),
            "numberPhases": lab.phases(),
        })
    });
    let periods: Vec<Value> = periods.collect();
    json!({
        "id": id,
        "stackLevel": 0,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": kind,
        "chargingSchedule": [{
            "id": id,
            "chargingRateUnit": lab.parameters.rate_unit,
            "chargingSchedulePeriod": periods,
        }],
    })
}

/// The profile begins so many seconds from now, and lasts so long.
fn from(mut profile: Value, lab: &Lab<'_>, start: i64, duration: i64) -> Value {
    profile["chargingSchedule"][0]["startSchedule"] = json!(lab.utc_in(start));
    profile["chargingSchedule"][0]["duration"] = json!(duration);
    profile
}

/// The profile is valid from and to so many seconds from now.
fn valid(mut profile: Value, lab: &Lab<'_>, from: i64, to: i64) -> Value {
    profile["validFrom"] = json!(lab.utc_in(from));
    profile["validTo"] = json!(lab.utc_in(to));
    profile
}

/// The same profile on another level.
fn on_level(mut profile: Value, level: u32) -> Value {
    profile["stackLevel"] = json!(level);
    profile
}

/// A TxDefaultProfile of 6, for whatever transaction comes.
fn six(lab: &Lab<'_>, id: i64) -> Value {
    let mut profile = profile(lab, id, DEFAULT, "Relative", &[(0, 6)]);
    profile["chargingSchedule"][0]["duration"] = json!(300);
    profile
}

/// A ChargingStationMaxProfile of 6.
fn six_at_most(lab: &Lab<'_>, id: i64) -> Value {
    from(profile(lab, id, MAX, "Absolute", &[(0, 6)]), lab, 0, 300)
}

fn request(evse: impl Into<Value>, profile: Value) -> Value {
    let mut request = json!({"evseId": evse.into()});
    request["chargingProfile"] = profile;
    request
}

/// A TxDefaultProfile of 6 at the EVSE under test.
const SIX: Step = call("set", SET, |lab| request(evse(lab), six(lab, 1)), ACCEPTED);

/// One profile is asked for by its id.
const ASKED: Step = call("get", GET, |_| by_id(FIRST, 1), ACCEPTED);

/// It is not there any more.
const GONE: Step = call("gone", GET, |_| by_id(SECOND, 1), NO_PROFILES);

fn by_id(request: i64, id: i64) -> Value {
    json!({"requestId": request, "chargingProfile": {"chargingProfileId": [id]}})
}

/// It is reported as it was set.
const REPORTED: Step = by_hand(
    "the station reports the profile as it was set, at its EVSE, and nothing else",
    |lab| lab.profiles_reported("report", FIRST, &[1]),
    MISREPORTED,
);

const MISREPORTED: &[crate::mutation::Mutation] = &[
    crate::mutation::fails(
        crate::mutation::Change::Replace(REPORT, 0, TOLD_LIMIT, "5"),
        "report/chargingProfile",
    ),
    crate::mutation::fails(
        crate::mutation::Change::Replace(REPORT, 0, "/chargingProfile/0/id", "7"),
        "report/chargingProfile",
    ),
    crate::mutation::fails(
        crate::mutation::Change::Replace(
            REPORT,
            0,
            "/chargingProfile/0/validTo",
            r#""2099-01-01T00:00:00Z""#,
        ),
        "report/chargingProfile",
    ),
    crate::mutation::fails(
        crate::mutation::Change::Replace(REPORT, 0, "/tbc", "true"),
        "report",
    ),
];

/// A change of the limit of a running transaction may be told.
const MAY_TELL: Step = by_hand(
    "the station may tell that the charging rate has changed",
    |lab| {
        let changed = Expected::new("rate", "TransactionEvent")
            .at("/triggerReason", "ChargingRateChanged")
            .at("/eventType", "Updated");
        lab.unordered(vec![changed.optional()]).map(|_| ())
    },
    &[],
);

#[cfg(test)]
mod tests {
    use ocpp_types::Version;

    use super::*;
    use crate::case::Side;
    use crate::{cases, preset};

    fn all() -> impl Iterator<Item = &'static Case> {
        let all = cases::of(Version::V2_0_1).into_iter();
        all.filter(|case| case.side == Side::Station && case.id.starts_with("TC_K_"))
    }

    /// Part 5: two of them are in no profile, and one is for stations without Smart Charging.
    #[test]
    fn each_case_has_the_profile_that_part_5_lists_it_in() {
        for case in all() {
            let profile = match case.id {
                "TC_K_38_CS" => Profile::Core,
                "TC_K_15_CS" | "TC_K_52_CS" => Profile::None,
                _ => Profile::SmartCharging,
            };
            assert_eq!(case.profile, profile, "{}", case.id);
        }
        assert_eq!(all().count(), 39);
    }

    #[test]
    fn a_case_wants_no_more_periods_than_it_sets() {
        let mut product = preset::full_v2_0_1();
        let table: [(usize, &[&str]); 3] = [
            (5, &[]),
            (4, &["TC_K_41_CS"]),
            (2, &["TC_K_40_CS", "TC_K_41_CS"]),
        ];
        for (periods, fewer) in table {
            let applicable = |product: &Product| -> Vec<&'static str> {
                let all = all().filter(|case| case.applicable(product).is_ok());
                all.map(|case| case.id).collect()
            };
            product.limits.schedule_periods = 24;
            let before = applicable(&product);
            product.limits.schedule_periods = periods;
            let after = applicable(&product);
            let missing: Vec<&str> = before
                .into_iter()
                .filter(|id| !after.contains(id))
                .collect();
            assert_eq!(missing, fewer, "{periods}");
        }
    }
}
