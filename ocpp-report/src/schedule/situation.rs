//! Profiles, a transaction, a request and the station.

use std::fmt;

use ocpp_core::smart_charging::{
    ChargingProfile, CompositeError, CompositeSchedule, ConversionError, Evse, EvseId,
    ExternalLimit, LimitSource, LocalLimit, PhaseAbility, ProfileStore, Purpose, RateUnit,
    Rejection, Request, Rules, Scope, Site, StoreConfig, Transaction, TransactionId, evse_id,
};
use ocpp_core::time::DateTime;
use ocpp_types::{CiString, Decimal, DecodeError, decode, v1_6, v2_0_1, v2_1};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// More than any station has; keeps a slip of the finger from filling the memory.
const MAX_EVSES: u32 = 10_000;

/// Why an input is no situation, or has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs)] // The messages say it.
pub enum BadSituation {
    #[error("not a situation: {0}")]
    Json(#[from] serde_json::Error),
    #[error("version {0:?} is unknown: 1.6, 2.0.1 or 2.1 is wanted")]
    Version(String),
    #[error("profile {index} does not match its schema: {error}")]
    Profile { index: usize, error: DecodeError },
    #[error("profile {index}: {error}")]
    Conversion {
        index: usize,
        error: ConversionError,
    },
    #[error("{0} EVSEs are too many or too few")]
    EvseCount(i64),
    #[error("{0} phases are not possible")]
    Phases(i64),
    #[error("no local limit is configured: defaultLimitA or defaultLimitW is wanted")]
    NoLocalLimit,
    #[error("transactionId is no number and no text of up to 36 characters")]
    TransactionId,
    #[error("there is no EVSE {0} for the transaction")]
    TransactionEvse(i64),
    #[error("{0}")]
    Composite(#[from] CompositeError),
}

#[derive(Deserialize)]
struct Line<'a> {
    version: String,
    #[serde(borrow)]
    profiles: Vec<Entry<'a>>,
    transaction: Option<Running>,
    request: Wanted,
    config: Config,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(alias = "connectorId", alias = "evseId")]
    evse: i64,
    #[serde(borrow)]
    profile: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Running {
    #[serde(alias = "connectorId", alias = "evseId")]
    evse: i64,
    start_time: DateTime,
    transaction_id: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    #[serde(alias = "connectorId", alias = "evseId")]
    evse: i64,
    start_time: DateTime,
    duration: i64,
    charging_rate_unit: Option<Unit>,
}

#[derive(Deserialize, Clone, Copy)]
enum Unit {
    A,
    W,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    voltage: Option<Decimal>,
    #[serde(default = "three")]
    phases: i64,
    #[serde(rename = "defaultLimitA")]
    default_limit_a: Option<Decimal>,
    #[serde(rename = "defaultLimitW")]
    default_limit_w: Option<Decimal>,
    #[serde(default = "one")]
    evse_count: i64,
}

const fn three() -> i64 {
    3
}

const fn one() -> i64 {
    1
}

/// A station with profiles in its store, and a request.
#[derive(Debug)]
#[non_exhaustive]
pub struct Situation {
    /// The version of OCPP.
    pub version: String,
    /// The profiles, and the transaction.
    pub store: ProfileStore,
    /// The station.
    pub site: Site,
    /// What is asked.
    pub request: Request,
    /// Profiles that the store refused.
    pub refused: Vec<Refused>,
    /// Profiles that were there until a later one took their place.
    pub replaced: Vec<Replaced>,
}

/// A profile that the station would not have installed, and why, in the words of its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Its id.
    pub id: i64,
    /// Why.
    pub reason: String,
    /// The requirement that forbids it.
    pub requirement: &'static str,
    /// The field that is wrong.
    pub field: &'static str,
}

impl Refused {
    fn new(id: i64, rejection: &Rejection, version: &str) -> Self {
        let is_1_6 = version == "1.6";
        let told = match is_1_6 {
            true => rejection.in_1_6(),
            false => rejection.clone(),
        };
        Self {
            id,
            reason: match is_1_6 {
                true => rejection.reason_1_6().into(),
                false => rejection.reason.to_string(),
            },
            requirement: told.requirement,
            field: told.field,
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            id,
            reason,
            requirement,
            field,
        } = self;
        write!(
            f,
            "profile {id} is not installed: {reason} ({field}, {requirement})"
        )
    }
}

/// A profile that is gone because another one came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// Its id.
    pub id: i64,
    /// The id of the one that came.
    pub by: i64,
}

impl fmt::Display for Replaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, by } = self;
        match id == by {
            true => write!(
                f,
                "profile {id} was replaced by a later one with the same id"
            ),
            false => write!(
                f,
                "profile {id} was replaced by profile {by}, which has the same purpose and stack level"
            ),
        }
    }
}

impl Situation {
    /// Reads a situation and installs its profiles in the store of a station.
    ///
    /// # Errors
    /// [`BadSituation`].
    pub fn read(text: &str) -> Result<Self, BadSituation> {
        let line: Line<'_> = serde_json::from_str(text)?;
        let rules = match line.version.as_str() {
            "1.6" => Rules::V1_6,
            "2.0.1" | "2.1" => Rules::V2,
            _ => return Err(BadSituation::Version(line.version)),
        };
        let site = site(&line.config)?;
        let mut config = StoreConfig::new(rules, site.evses.len() as EvseId);
        // The bounds of a particular station are not at stake here.
        config.max_stack_level = i64::MAX;
        config.max_periods = usize::MAX;
        config.max_profiles = usize::MAX;
        config.max_external = usize::MAX;
        let switching = PhaseAbility {
            switches: true,
            ..PhaseAbility::default()
        };
        config.phases = vec![switching; site.evses.len()];
        let mut situation = Self {
            store: ProfileStore::new(config),
            site,
            request: Request::new(
                evse_id(line.request.evse),
                line.request.start_time,
                line.request.duration,
                match line.request.charging_rate_unit {
                    Some(Unit::W) => RateUnit::W,
                    Some(Unit::A) | None => RateUnit::A,
                },
            ),
            refused: Vec::new(),
            replaced: Vec::new(),
            version: line.version,
        };
        if let Some(running) = &line.transaction {
            situation.start(running)?;
        }
        for (index, entry) in line.profiles.iter().enumerate() {
            let profile = decode_profile(&situation.version, index, entry.profile.get())?;
            situation.install(evse_id(entry.evse), profile);
        }
        Ok(situation)
    }

    fn start(&mut self, running: &Running) -> Result<(), BadSituation> {
        let evse = evse_id(running.evse);
        if evse == 0 || evse as usize > self.site.evses.len() {
            return Err(BadSituation::TransactionEvse(running.evse));
        }
        let transaction = Transaction {
            evse,
            id: transaction_id(running.transaction_id.as_ref())?,
            started: running.start_time,
        };
        self.store.resume_transaction(transaction);
        Ok(())
    }

    fn install(&mut self, evse: EvseId, profile: ChargingProfile) {
        let id = profile.id;
        let result = if profile.purpose == Purpose::ChargingStationExternalConstraints {
            // Not the CSMS but an external system set it; each identifier stands for one such system.
            let limit = ExternalLimit {
                evse,
                source: LimitSource::Named(format!("external {id}").into_boxed_str()),
                grid_critical: None,
                profile,
            };
            self.store
                .set_external(limit, Decimal::ZERO.into())
                .map(|(outcome, _)| outcome)
        } else {
            self.store.install(evse, profile)
        };
        match result {
            Ok(outcome) => {
                let gone = outcome.removed.into_iter();
                self.replaced
                    .extend(gone.map(|gone| Replaced { id: gone, by: id }));
            }
            Err(rejection) => {
                let refused = Refused::new(id, &rejection, &self.version);
                self.refused.push(refused);
            }
        }
    }

    /// The answer to the request.
    ///
    /// # Errors
    /// [`BadSituation::Composite`].
    pub fn composite(&self) -> Result<CompositeSchedule, BadSituation> {
        Ok(self.store.composite(&self.site, &self.request)?)
    }

    /// What the request is about.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope {
            evse: self.request.evse,
            unit: self.request.unit,
            schedule: self.request.schedule,
        }
    }
}

fn site(config: &Config) -> Result<Site, BadSituation> {
    let local_limit = match (config.default_limit_a, config.default_limit_w) {
        (Some(a), Some(w)) => LocalLimit::Both {
            amperes: a.into(),
            watts: w.into(),
        },
        (Some(a), None) => LocalLimit::Amperes(a.into()),
        (None, Some(w)) => LocalLimit::Watts(w.into()),
        (None, None) => return Err(BadSituation::NoLocalLimit),
    };
    let phases = match u8::try_from(config.phases) {
        Ok(phases @ 1..=3) => phases,
        _ => return Err(BadSituation::Phases(config.phases)),
    };
    let count = match u32::try_from(config.evse_count) {
        Ok(count @ 1..=MAX_EVSES) => count,
        _ => return Err(BadSituation::EvseCount(config.evse_count)),
    };
    let mut site = Site::new(vec![Evse::ac(local_limit, phases); count as usize]);
    site.voltage = config.voltage.map(Into::into);
    Ok(site)
}

fn transaction_id(
    value: Option<&serde_json::Value>,
) -> Result<Option<TransactionId>, BadSituation> {
    use serde_json::Value;
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => number
            .as_i64()
            .map(|number| Some(TransactionId::Number(number)))
            .ok_or(BadSituation::TransactionId),
        Some(Value::String(text)) => CiString::new(text)
            .map(|text| Some(TransactionId::Text(text)))
            .map_err(|_| BadSituation::TransactionId),
        Some(_) => Err(BadSituation::TransactionId),
    }
}

fn decode_profile(
    version: &str,
    index: usize,
    json: &str,
) -> Result<ChargingProfile, BadSituation> {
    let invalid = |error| BadSituation::Profile { index, error };
    match version {
        "1.6" => (&decode::decode::<v1_6::ChargingProfile>(json).map_err(invalid)?).try_into(),
        "2.0.1" => (&decode::decode::<v2_0_1::ChargingProfile>(json).map_err(invalid)?).try_into(),
        _ => (&decode::decode::<v2_1::ChargingProfile>(json).map_err(invalid)?).try_into(),
    }
    .map_err(|error| BadSituation::Conversion { index, error })
}
