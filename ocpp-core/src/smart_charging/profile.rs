//! The neutral model: what all versions of OCPP say about a charging profile, once.

use alloc::boxed::Box;
use alloc::vec::Vec;

use ocpp_types::{CiString, DateTime};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::decimal_text;

/// The number of an EVSE (2.x) or connector (1.6). 0 is the station as a whole.
pub type EvseId = u32;

/// What a limit is expressed in (1.6 section 7.12, 2.0.1 section 3.15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RateUnit {
    /// Amperes for each phase.
    A,
    /// Watts in total, over all phases.
    W,
}

/// What a profile is for (1.6 section 7.10, 2.0.1 section 3.13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Purpose {
    /// A limit that an external system set. 2.x only; never installed by a CSMS.
    ChargingStationExternalConstraints,
    /// The limit of the whole station. Called `ChargePointMaxProfile` in 1.6.
    ChargingStationMaxProfile,
    /// For every transaction that has no profile of its own.
    TxDefaultProfile,
    /// For one transaction.
    TxProfile,
    /// 2.1: replaces the transaction's profile while priority charging is on.
    PriorityCharging,
    /// 2.1: capacity that local generation adds.
    LocalGeneration,
}

/// What the periods of a schedule count from (1.6 section 7.9, 2.0.1 section 3.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ProfileKind {
    /// From `startSchedule`.
    Absolute,
    /// From `startSchedule`, and again every day or week.
    Recurring,
    /// From the start of the transaction.
    Relative,
    /// 2.1: a limit that is updated at any time.
    Dynamic,
}

/// How often a recurring schedule starts again (1.6 section 7.37 with erratum 3.79).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Recurrency {
    /// Every 24 hours after `startSchedule`.
    Daily,
    /// Every 7 days after `startSchedule`.
    Weekly,
}

/// What the EV is to do during a period (2.1). Absent means [`ChargingOnly`](Self::ChargingOnly).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OperationMode {
    /// Neither charge nor discharge.
    Idle,
    /// Charge up to the limit.
    ChargingOnly,
    /// Follow a setpoint of the CSMS.
    CentralSetpoint,
    /// Follow a setpoint of an external system.
    ExternalSetpoint,
    /// Stay within limits of an external system.
    ExternalLimits,
    /// Support the grid's frequency, steered by the CSMS.
    CentralFrequency,
    /// Support the grid's frequency, steered by the station.
    LocalFrequency,
    /// Keep the load of the site level.
    LocalLoadBalancing,
}

/// Who set a limit (2.0.1 section 3.11, 2.1 appendix 7.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum LimitSource {
    /// The operator, through `SetChargingProfile`.
    Cso,
    /// An energy management system.
    Ems,
    /// A system operator (DSO or TSO).
    So,
    /// Somebody else.
    Other,
    /// A name of its own (2.1 made the list open).
    Named(Box<str>),
}

/// The identifier of a transaction: a number in 1.6, a text in 2.x.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TransactionId {
    /// 1.6
    Number(i64),
    /// 2.x; compares without case.
    Text(CiString<36>),
}

/// The members of a message that no calculation uses (tariffs, price schedules, `customData` …), carried along as JSON
/// text so that a profile is reported as it was received.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rest(pub Option<Box<str>>);

impl Rest {
    /// Nothing to carry.
    pub const NONE: Self = Self(None);

    /// Whether there is nothing to carry.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0.is_none()
    }
}

/// A charging profile (1.6 section 7.8, 2.0.1 section 2.10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargingProfile {
    /// Unique on the station.
    pub id: i64,
    /// The higher level leads among profiles of one purpose.
    pub stack_level: i64,
    /// What it is for.
    pub purpose: Purpose,
    /// What its periods count from.
    pub kind: ProfileKind,
    /// For [`ProfileKind::Recurring`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurrency: Option<Recurrency>,
    /// First instant at which it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<DateTime>,
    /// First instant at which it no longer counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<DateTime>,
    /// For [`Purpose::TxProfile`]. Absent in 1.6 profiles for whatever transaction runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<TransactionId>,
    /// One; up to three to choose from in an ISO 15118 session (2.x).
    pub schedules: Vec<ChargingSchedule>,
    /// What 2.1 added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub online: Option<Box<OnlineRules>>,
    /// Everything else.
    #[serde(default, skip_serializing_if = "Rest::is_none")]
    pub rest: Rest,
}

/// How a 2.1 profile depends on the connection to the CSMS, and how it is updated.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OnlineRules {
    /// Seconds for which the profile stays valid without a connection.
    pub max_offline_duration: Option<i64>,
    /// Whether it is gone for good after that.
    pub invalid_after_offline_duration: Option<bool>,
    /// Seconds after which a dynamic profile asks for an update.
    pub dyn_update_interval: Option<i64>,
    /// When a dynamic profile was last updated.
    pub dyn_update_time: Option<DateTime>,
}

/// A schedule: limits over time (1.6 section 7.13, 2.0.1 section 2.12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargingSchedule {
    /// 2.x only; 0 in 1.6.
    pub id: i64,
    /// What the periods of absolute and recurring profiles count from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<DateTime>,
    /// Seconds after which the schedule, or one run of it, is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<i64>,
    /// What the limits are expressed in.
    pub unit: RateUnit,
    /// Below this rate charging is inefficient (K01.FR.21).
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "decimal_text::option"
    )]
    pub min_charging_rate: Option<Decimal>,
    /// By rising start, the first at 0.
    pub periods: Vec<SchedulePeriod>,
    /// What 2.1 added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extras: Option<Box<ScheduleExtras>>,
    /// Everything else.
    #[serde(default, skip_serializing_if = "Rest::is_none")]
    pub rest: Rest,
}

/// Members of a 2.1 schedule that change when or how far its limits hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ScheduleExtras {
    /// Longest random delay of each period, in seconds.
    pub randomized_delay: Option<i64>,
    /// Whether date-times are meant in the station's local time.
    pub use_local_time: Option<bool>,
    /// Whether the limits fall when the battery is fuller than a given state of charge.
    pub limit_at_soc: bool,
}

/// One step of a schedule (1.6 section 7.14, 2.0.1 section 2.11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchedulePeriod {
    /// Seconds after the start of the schedule. The next period, or the schedule's duration, ends it.
    pub start: i64,
    /// The limit. Absent only in modes of 2.1 that need none. With values for L2 or L3 it is that of L1.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "decimal_text::option"
    )]
    pub limit: Option<Decimal>,
    /// Phases that may be used. Absent means 3 (K01.FR.49).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_phases: Option<i64>,
    /// Which phase a single-phase EV is to use (2.x).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase_to_use: Option<i64>,
    /// What 2.1 added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub v2x: Option<Box<PeriodExtras>>,
    /// Everything else.
    #[serde(default, skip_serializing_if = "Rest::is_none")]
    pub rest: Rest,
}

impl SchedulePeriod {
    /// A period with a limit for all phases alike.
    #[must_use]
    pub const fn new(start: i64, limit: Decimal) -> Self {
        Self {
            start,
            limit: Some(limit),
            number_phases: None,
            phase_to_use: None,
            v2x: None,
            rest: Rest::NONE,
        }
    }

    /// The phases that this period allows: 1 to 3, and 3 when it says nothing (K01.FR.49).
    #[inline]
    #[must_use]
    pub fn phases(&self) -> u8 {
        match self.number_phases {
            Some(..=1) => 1,
            Some(2) => 2,
            _ => 3,
        }
    }
}

/// Members of a 2.1 period: limits for single phases, discharging, setpoints.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PeriodExtras {
    /// `limit_L2`
    #[serde(with = "decimal_text::option")]
    pub limit_l2: Option<Decimal>,
    /// `limit_L3`
    #[serde(with = "decimal_text::option")]
    pub limit_l3: Option<Decimal>,
    /// `operationMode`
    pub operation_mode: Option<OperationMode>,
    /// `dischargeLimit`, `dischargeLimit_L2`, `dischargeLimit_L3`: zero or negative.
    pub discharge_limit: PhaseValues,
    /// `setpoint`, `setpoint_L2`, `setpoint_L3`: negative for discharging.
    pub setpoint: PhaseValues,
    /// `setpointReactive`, `setpointReactive_L2`, `setpointReactive_L3`: positive for inductive.
    pub setpoint_reactive: PhaseValues,
}

/// A value for all phases together, or for L1 when one of the others is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PhaseValues {
    /// All phases, or L1.
    #[serde(with = "decimal_text::option")]
    pub all: Option<Decimal>,
    /// L2.
    #[serde(with = "decimal_text::option")]
    pub l2: Option<Decimal>,
    /// L3.
    #[serde(with = "decimal_text::option")]
    pub l3: Option<Decimal>,
}

/// A running transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// Where it runs; at least 1.
    pub evse: EvseId,
    /// `None` while the CSMS has not given it a number (1.6).
    pub id: Option<TransactionId>,
    /// What relative schedules count from: the start of the transaction in 1.6, the moment at which the EVSE is ready to
    /// deliver energy in 2.x (K01.FR.42).
    pub started: DateTime,
}
