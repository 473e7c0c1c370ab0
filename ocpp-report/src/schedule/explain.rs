//! Which profile decides at an instant, and why the others do not.

use std::fmt::Write;

use ocpp_core::smart_charging::{Role, Verdict, explain as explain_limit};
use ocpp_core::time::DateTime;

use super::names::{outlet, purpose_name, unit_name};
use super::situation::{BadSituation, Situation};

/// The explanation, a sentence for each profile. Without an instant, that of the start of the request.
///
/// # Errors
/// [`BadSituation`] if there is no limit to explain.
pub fn explain(situation: &Situation, at: Option<DateTime>) -> Result<String, BadSituation> {
    let at = at.unwrap_or(situation.request.start);
    let explanation = explain_limit(
        &situation.site,
        &situation.store.installed(),
        situation.store.transactions(),
        situation.scope(),
        at,
    )?;
    let period = &explanation.period;
    let unit = unit_name(situation.request.unit);
    let outlet = outlet(&situation.version);
    let whose = match situation.request.evse {
        0 => "the station".to_owned(),
        evse => format!("{outlet} {evse}"),
    };
    let phases = match period.phases {
        None => String::new(),
        Some(1) => " on 1 phase".to_owned(),
        Some(phases) => format!(" on {phases} phases"),
    };
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "At {at} the limit of {whose} is {} {unit}{phases}.",
        period.limit
    );
    for evse in &explanation.on_local_limit {
        let _ = writeln!(
            text,
            "No profile speaks for {outlet} {evse}: its local limit holds."
        );
    }
    for verdict in &explanation.verdicts {
        let _ = writeln!(text, "{}", sentence(situation, verdict));
    }
    for refused in &situation.refused {
        let _ = writeln!(text, "{}.", capital(&refused.to_string()));
    }
    for replaced in &situation.replaced {
        let _ = writeln!(text, "{}.", capital(&replaced.to_string()));
    }
    Ok(text)
}

/// The beginning of a sentence.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

fn sentence(situation: &Situation, verdict: &Verdict) -> String {
    let outlet = outlet(&situation.version);
    let profile =
        situation.store.profiles().iter().find(|stored| {
            stored.profile.id == verdict.profile && stored.evse == verdict.installed_on
        });
    let what = profile.map_or_else(String::new, |stored| {
        format!(
            " ({}, level {}, {})",
            purpose_name(stored.profile.purpose, &situation.version),
            stored.profile.stack_level,
            match stored.evse {
                0 => "station".to_owned(),
                evse => format!("{outlet} {evse}"),
            },
        )
    });
    let scope = if situation.request.evse == 0 && verdict.for_evse != 0 {
        format!(" for {outlet} {}", verdict.for_evse)
    } else {
        String::new()
    };
    let reason = match &verdict.role {
        Role::TakesPart {
            period,
            lowest: true,
        } => {
            format!("DECIDES{scope}, with its period from second {period}")
        }
        Role::TakesPart {
            period,
            lowest: false,
        } => {
            format!(
                "takes part{scope} with its period from second {period}, but another limit is lower"
            )
        }
        Role::OverruledByLevel { by } => format!("is overruled{scope} by the higher level of {by}"),
        Role::OverruledByTxProfile { by } => format!("is overruled{scope} by the TxProfile {by}"),
        Role::ReplacedOnEvse { by } => {
            format!("is replaced{scope} by {by}, which is the {outlet}'s own")
        }
        Role::NotYetValid => "is not valid yet".to_owned(),
        Role::NoLongerValid => "is no longer valid".to_owned(),
        Role::NotStarted => "has not started yet".to_owned(),
        Role::Over => "is past its duration".to_owned(),
        Role::BetweenRuns => "is between two runs".to_owned(),
        Role::NoSuchSchedule => "has no such schedule".to_owned(),
        Role::OtherTransaction => "is for a transaction that does not run".to_owned(),
        Role::OtherEvse => format!(
            "is for another {outlet}{}",
            if scope.is_empty() {
                ""
            } else {
                " than this one"
            }
        ),
    };
    format!("Profile {}{what} {reason}.", verdict.profile)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: &str = include_str!("../../tests/data/day.json");

    #[test]
    fn sentences() {
        let situation = Situation::read(DAY).unwrap();
        let at = "2024-05-15T08:00:00Z".parse().unwrap();
        assert_eq!(
            explain(&situation, Some(at)).unwrap(),
            "At 2024-05-15T08:00:00Z the limit of connector 1 is 10 A on 3 phases.\n\
             Profile 2 (TxDefaultProfile, level 0, connector 1) takes part with its period from second 0, but another limit is lower.\n\
             Profile 1 (ChargePointMaxProfile, level 0, station) DECIDES, with its period from second 0.\n"
        );
        // A second one of the same purpose and level, one with the same id, and one for a connector that there is not.
        let more = r#"{"connectorId": CONNECTOR, "profile": {"chargingProfileId": ID, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Absolute", "chargingSchedule": {"startSchedule": "2024-05-15T06:00:00Z", "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 8}]}}}"#;
        let more: Vec<_> = [("1", "3"), ("1", "3"), ("9", "4")]
            .iter()
            .map(|(connector, id)| more.replace("CONNECTOR", connector).replace("ID", id))
            .collect();
        let text = DAY.replacen("        ],", &format!(", {}],", more.join(", ")), 1);
        let text = explain(&Situation::read(&text).unwrap(), Some(at)).unwrap();
        for sentence in [
            "Profile 2 was replaced by profile 3, which has the same purpose and stack level.\n",
            "Profile 3 was replaced by a later one with the same id.\n",
            "Profile 4 is not installed: there is no such connector (connectorId, 1.6 erratum 3.39).\n",
        ] {
            assert!(text.contains(sentence), "{text}");
        }
        assert!(
            explain(&situation, None).unwrap().contains(
                "Profile 1 (ChargePointMaxProfile, level 0, station) has not started yet."
            )
        );
    }
}
