//! The charging profiles of a station, and what they come to.

use ocpp_core::csms::remote::{InstalledProfile, Operation};
use ocpp_core::smart_charging::{Evse, LocalLimit, RateUnit, Request as Wanted, Site};
use ocpp_core::time::DateTime;
use ocpp_tokio::clock;
use ocpp_tokio::csms::Csms;
use ocpp_types::{Decimal, Version};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::stations::known;
use super::{Page, filter, number, operations};
use crate::csms::program::Program;
use crate::http::{Reply, Request};

/// What an EVSE is taken for of which nothing is known: 32 A on three phases at 230 V.
const LIMIT: i64 = 32;
const PHASES: u8 = 3;
const VOLTAGE: i64 = 230;

/// The longest forecast, in seconds: a year.
const LONGEST: i64 = 366 * 86_400;

/// Calculations end after so many steps, because somebody waits for them.
const MAX_STEPS: u32 = 200_000;

/// A profile that the station has, as far as the CSMS knows.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProfileView {
    /// Its number.
    id: i64,
    /// The EVSE; in 1.6 the connector. 0 for the whole station.
    evse: i64,
    /// The profile as the station's version writes it.
    profile: Value,
}

impl ProfileView {
    fn new(version: Version, installed: &InstalledProfile) -> Self {
        let profile = &installed.profile;
        macro_rules! write {
            ($types:ident) => {
                ocpp_types::$types::ChargingProfile::try_from(profile)
                    .ok()
                    .and_then(|profile| serde_json::to_value(&profile).ok())
            };
        }
        let written = match version {
            Version::V1_6 => write!(v1_6),
            Version::V2_0_1 => write!(v2_0_1),
            _ => write!(v2_1),
        };
        Self {
            id: profile.id,
            evse: installed.evse,
            profile: written.unwrap_or_default(),
        }
    }
}

pub(super) async fn list(csms: &Csms, id: &str, request: &Request) -> Result<Reply, Reply> {
    let station = known(csms, id).await?;
    let version = station.link().await.version().unwrap_or(Version::V2_0_1);
    let page = Page::of(request)?;
    let after: Option<i64> = page
        .after
        .map(|after| number(after, "after", "the number of a profile"))
        .transpose()?;
    let look = |station: &ocpp_core::csms::RemoteStation| {
        let all = station.charging_profiles();
        let all = all.filter(|one| after.is_none_or(|after| one.profile.id > after));
        let all = all.take(page.limit);
        all.map(|one| ProfileView::new(version, one))
            .collect::<Vec<_>>()
    };
    Ok(Reply::ok(&station.look(look).await))
}

/// Takes a profile back (K10).
pub(super) async fn clear(
    csms: &Csms,
    program: &Program,
    id: &str,
    profile: &str,
) -> Result<Reply, Reply> {
    let profile = number(profile, "number", "the number of a profile")?;
    let operation = Operation::ClearLimit(profile);
    operations::operate(csms, program, id, "ClearLimit", operation).await
}

/// What may be charged in the time to come.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CompositeView {
    evse: u32,
    start: DateTime,
    /// Seconds.
    duration: i64,
    /// A or W.
    unit: &'static str,
    /// By rising start, the first at 0.
    periods: Vec<PeriodView>,
}

/// A step of a composite schedule.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PeriodView {
    /// Seconds after the start of the schedule.
    start: i64,
    limit: Decimal,
    phases: Option<u8>,
}

/// A forecast from the profiles of which the CSMS knows, by the calculation of the stations of this project. What the station
/// itself says: the operation CompositeSchedule.
pub(super) async fn composite(csms: &Csms, id: &str, request: &Request) -> Result<Reply, Reply> {
    let station = known(csms, id).await?;
    let evse = filter(request, "evse").map_or(Ok(0), |evse| number(evse, "evse", "a number"))?;
    let duration = filter(request, "duration");
    let duration = duration.map_or(Ok(86_400), |duration| {
        number(duration, "duration", "a number of seconds")
    })?;
    if !(1..=LONGEST).contains(&duration) {
        return Err(Reply::bad_parameter(
            "duration",
            format!("duration is 1 to {LONGEST} seconds"),
        ));
    }
    let unit = match filter(request, "unit") {
        None | Some("A") => RateUnit::A,
        Some("W") => RateUnit::W,
        Some(_) => return Err(Reply::bad_parameter("unit", "unit is A or W")),
    };
    let look = |station: &ocpp_core::csms::RemoteStation| {
        let evses = station.connectors().iter().map(|one| one.evse);
        let evses = evses.chain(station.charging_profiles().map(|one| one.evse));
        let most = evses.max().unwrap_or(1).clamp(1, 256);
        let count = usize::try_from(most).unwrap_or(1);
        let one = Evse::ac(LocalLimit::Amperes(LIMIT.into()), PHASES);
        let mut site = Site::new(vec![one; count]);
        site.voltage = Some(VOLTAGE.into());
        site.max_steps = MAX_STEPS;
        let wanted = Wanted::new(evse, clock::utc(), duration, unit);
        station.forecast(&site, &wanted)
    };
    let composite = station.look(look).await.map_err(Reply::bad)?;
    let periods = composite.periods.into_iter().map(|period| PeriodView {
        start: period.start,
        limit: period.limit.into(),
        phases: period.phases,
    });
    Ok(Reply::ok(&CompositeView {
        evse: composite.evse,
        start: composite.start,
        duration: composite.duration,
        unit: match composite.unit {
            RateUnit::A => "A",
            RateUnit::W => "W",
        },
        periods: periods.collect(),
    }))
}
