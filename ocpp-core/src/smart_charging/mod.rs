//! Smart charging: which limit holds on which EVSE at which time.
//!
//! This module knows charging profiles in a [neutral form](ChargingProfile), keeps them in a [store](ProfileStore) with
//! the rules of each version, and calculates from them
//!
//! - [composite schedules](composite()) for an EVSE or the station (1.6 section 5.7, 2.0.1 use case K08),
//! - [the limit that applies now](LimitNow) and the instant of the next change, for the control loop of a charger,
//! - [why](explain()) a limit is what it is,
//! - [how to share](split) a site's limit among EVSEs.
//!
//! It needs no other part of the crate, no clock and no socket: time comes in with every call.
//!
//! # Rules
//!
//! At an instant, the leading profile of a purpose is the one with the highest stack level among those that are valid and
//! have a schedule period there (2.0.1 section K.3.5). The leading TxProfile, else the leading TxDefaultProfile, the
//! leading ChargingStationMaxProfile and the leading ChargingStationExternalConstraints take part; the lowest of their
//! limits is the result, and the lowest number of phases. Where none takes part the local limit holds
//! ([`Evse::local_limit`]); it fills gaps and caps nothing, unlike [`Evse::cap`] and [`Site::grid`].
//!
//! A schedule's first run begins at `startSchedule`, or with the transaction for relative profiles; recurring ones begin
//! again every 24 hours or 7 days later, in UTC unless [`Site::zone`] is given. A new run cuts off the old one.
//! `validFrom` and `validTo` open and close the gate; they shift nothing.
//!
//! Watts are totals, amperes count for each phase. Between them stands [`Site::voltage`]; without it nothing is converted.
//! Watts become amperes with the number of phases of the profiles (K01.FR.50), amperes become watts with no more phases
//! than are wired (K01.FR.51).
//! All arithmetic is exact; a converted limit is cut down to tenths unless [`Precision::Exact`] is wanted.
//!
//! The station (EVSE 0) is the sum over its EVSEs, each with its own profiles or its local limit, and then the minimum
//! with what holds for the station.
//!
//! # Example
//!
//! ```
//! use ocpp_core::smart_charging::*;
//! use rust_decimal::Decimal;
//!
//! let night = ChargingProfile {
//!     id: 1,
//!     stack_level: 0,
//!     purpose: Purpose::TxDefaultProfile,
//!     kind: ProfileKind::Recurring,
//!     recurrency: Some(Recurrency::Daily),
//!     valid_from: None,
//!     valid_to: None,
//!     transaction_id: None,
//!     schedules: vec![ChargingSchedule {
//!         id: 1,
//!         start: Some("2024-01-01T22:00:00Z".parse()?),
//!         duration: Some(8 * 3_600),
//!         unit: RateUnit::W,
//!         min_charging_rate: None,
//!         periods: vec![SchedulePeriod::new(0, Decimal::from(11_000))],
//!         extras: None,
//!         rest: Rest::NONE,
//!     }],
//!     online: None,
//!     rest: Rest::NONE,
//! };
//! let mut site = Site::new(vec![Evse::ac(LocalLimit::Amperes(Decimal::from(32)), 3)]);
//! site.voltage = Some(Decimal::from(230));
//!
//! let installed = [Installed { evse: 1, profile: night.into() }];
//! let request = Request::new(1, "2024-05-15T05:00:00Z".parse()?, 7_200, RateUnit::A);
//! let schedule = composite(&site, &installed, &[], &request)?;
//! let steps: Vec<_> = schedule.periods.iter().map(|p| (p.start, p.limit.to_string())).collect();
//! // 11,000 W / (3 × 230 V) = 15.94 A until six in the morning, then the local limit.
//! assert_eq!(steps, [(0, "15.9".into()), (3_600, "32".into())]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod allocation;
mod amount;
mod balance;
mod candidate;
mod composite;
mod convert;
mod decimal_text;
mod explain;
mod lane;
mod limit;
mod parts;
mod profile;
mod rejection;
mod site;
mod stacks;
// Only a station shares what it may take.
#[cfg(any(feature = "v1_6", feature = "v2_0_1"))]
mod station_limits;
#[cfg(any(feature = "v1_6", feature = "v2_0_1"))]
mod station_share;
mod store;
mod structure;
mod timeline;
mod zone;

pub use balance::{BalanceError, Claim, LoadedPhases, Sharing, split};
pub use composite::{
    CompositeError, CompositePeriod, CompositeSchedule, Installed, Precision, Request, composite,
};
pub use convert::{ConversionError, evse_id};
pub use explain::{Explanation, Role, Verdict, explain};
pub use limit::{CurrentLimit, LimitNow};
pub use profile::{
    ChargingProfile, ChargingSchedule, EvseId, LimitSource, OnlineRules, OperationMode,
    PeriodExtras, PhaseValues, ProfileKind, Purpose, RateUnit, Recurrency, Rest, ScheduleExtras,
    SchedulePeriod, Transaction, TransactionId,
};
pub use rejection::{Answer16, Reason, Rejection};
pub use site::{CurrentType, Evse, GridConnection, LocalLimit, Site};
#[cfg(any(feature = "v1_6", feature = "v2_0_1"))]
pub(crate) use station_share::{Consumer, LEAST_CURRENT, share};
pub use store::{
    ClearFilter, ClearedLimit, Conflicts, ExternalLimit, InvalidRecord, LimitNotice, Outcome,
    PhaseAbility, ProfileStore, RateUnits, Record, ReportFilter, ReportPage, Rules, StoreConfig,
    StoredProfile,
};
pub use timeline::Scope;
pub use zone::Zone;
