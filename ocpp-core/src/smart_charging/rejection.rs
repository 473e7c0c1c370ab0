//! Why a profile is refused, and how each version says so.

use alloc::boxed::Box;

/// A refusal that names the rule and the member that broke it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} ({field}, {requirement})")]
pub struct Rejection {
    /// What is wrong.
    pub reason: Reason,
    /// The requirement, section or device-model variable that wants it otherwise.
    pub requirement: &'static str,
    /// The member of the message, as 2.x spells it.
    pub field: &'static str,
}

impl Rejection {
    pub(super) const fn new(
        reason: Reason,
        requirement: &'static str,
        field: &'static str,
    ) -> Self {
        Self {
            reason,
            requirement,
            field,
        }
    }
}

/// What is wrong with a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The EVSE or connector does not exist.
    #[error("there is no such EVSE")]
    UnknownEvse,
    /// The purpose is not for this EVSE: station limits belong on 0, TxProfiles do not.
    #[error("the purpose does not go with the EVSE")]
    WrongEvse,
    /// Only an external system sets limits for this purpose.
    #[error("the purpose is reserved for external systems")]
    ReservedPurpose,
    /// The purpose is not supported.
    #[error("the purpose is not supported")]
    UnsupportedPurpose,
    /// The kind is not supported.
    #[error("the kind is not supported")]
    UnsupportedKind,
    /// A member that changes the limits is not supported.
    #[error("the member is not supported")]
    UnsupportedMember,
    /// The station takes no limits in this unit.
    #[error("the unit is not supported")]
    UnsupportedRateUnit,
    /// Negative, or above what the station takes.
    #[error("the stack level is out of range")]
    StackLevel,
    /// No schedule, or several where one is allowed.
    #[error("the number of schedules is wrong")]
    ScheduleCount,
    /// A schedule without periods.
    #[error("there are no periods")]
    NoPeriods,
    /// More periods than the station takes.
    #[error("there are too many periods")]
    TooManyPeriods,
    /// The first period does not start at 0.
    #[error("the first period does not start at 0")]
    FirstPeriodNotZero,
    /// Periods do not rise.
    #[error("periods are not in rising order")]
    PeriodsNotRising,
    /// A limit that is missing, negative or absurdly high.
    #[error("the limit is missing or out of range")]
    LimitOutOfRange,
    /// Not 1, 2 or 3 phases, or fewer than the station can hold the EV to.
    #[error("the number of phases is not possible")]
    NumberPhases,
    /// A phase is named where none may be.
    #[error("the phase cannot be chosen")]
    PhaseToUse,
    /// Another profile wants another phase at the same time.
    #[error("profile {other} wants another phase")]
    PhaseConflict {
        /// The other profile.
        other: i64,
    },
    /// A duration of zero or less, or one that ends beyond all time.
    #[error("the duration is out of range")]
    Duration,
    /// `validTo` is not after `validFrom`.
    #[error("the profile is never valid")]
    NeverValid,
    /// A recurring profile without `recurrencyKind`.
    #[error("a recurring profile does not say how often")]
    NoRecurrency,
    /// An absolute or recurring profile without `startSchedule`.
    #[error("the start of the schedule is missing")]
    NoStart,
    /// A relative profile with `startSchedule`.
    #[error("a relative profile has a start")]
    UnexpectedStart,
    /// A relative profile for the whole station.
    #[error("a station limit cannot be relative")]
    RelativeStationLimit,
    /// A TxProfile where no transaction runs.
    #[error("there is no transaction on the EVSE")]
    NoTransaction,
    /// A TxProfile without `transactionId`.
    #[error("the transaction is not named")]
    TransactionIdMissing,
    /// A transaction that does not run on the EVSE, or a number where none may be.
    #[error("the transaction is not the one that runs")]
    WrongTransaction,
    /// Another profile has the same purpose and level at the same time.
    #[error("profile {other} has the same purpose and stack level")]
    Duplicate {
        /// The other profile.
        other: i64,
    },
    /// The identifier belongs to an external limit.
    #[error("the identifier belongs to an external limit")]
    ReservedId,
    /// As many profiles as the station takes are installed.
    #[error("no more profiles can be installed")]
    Full,
    /// Only a TxProfile goes with a remote start.
    #[error("a remote start takes a TxProfile only")]
    NotATxProfile,
}

impl Reason {
    /// The `reasonCode` of `statusInfo` in 2.x (appendix 5).
    #[must_use]
    pub const fn reason_code(&self) -> &'static str {
        match self {
            Self::UnknownEvse => "UnknownEvse",
            Self::Duplicate { .. } => "DuplicateProfile",
            Self::UnsupportedRateUnit => "UnsupportedRateUnit",
            Self::UnsupportedPurpose => "UnsupportedPurpose",
            Self::UnsupportedKind => "UnsupportedKind",
            Self::UnsupportedMember => "UnsupportedParam",
            Self::StackLevel => "InvalidStackLevel",
            Self::ReservedId => "InvalidProfileId",
            Self::TooManyPeriods | Self::Full => "TooManyElements",
            Self::NoTransaction | Self::WrongTransaction => "TxNotFound",
            Self::TransactionIdMissing => "MissingParam",
            Self::WrongEvse
            | Self::ReservedPurpose
            | Self::NoRecurrency
            | Self::NeverValid
            | Self::RelativeStationLimit
            | Self::NotATxProfile => "InvalidProfile",
            Self::ScheduleCount
            | Self::NoPeriods
            | Self::FirstPeriodNotZero
            | Self::PeriodsNotRising
            | Self::LimitOutOfRange
            | Self::NumberPhases
            | Self::PhaseToUse
            | Self::PhaseConflict { .. }
            | Self::Duration
            | Self::NoStart
            | Self::UnexpectedStart => "InvalidSchedule",
        }
    }

    /// The section, erratum or configuration key of 1.6 that wants it otherwise.
    fn requirement_1_6(&self, field: &str) -> &'static str {
        match self {
            Self::UnknownEvse => "1.6 erratum 3.39",
            Self::WrongEvse | Self::NoTransaction => "1.6 section 3.13.1",
            Self::ReservedPurpose | Self::UnsupportedPurpose => "1.6 section 7.10",
            Self::UnsupportedKind | Self::RelativeStationLimit => "1.6 section 7.9",
            Self::UnsupportedRateUnit => "ChargingScheduleAllowedChargingRateUnit",
            Self::StackLevel => "ChargeProfileMaxStackLevel",
            Self::TooManyPeriods => "ChargingScheduleMaxPeriods",
            Self::Full => "MaxChargingProfilesInstalled",
            Self::TransactionIdMissing | Self::WrongTransaction | Self::Duplicate { .. } => {
                "1.6 section 5.16.3"
            }
            Self::NotATxProfile => "1.6 section 5.16.2",
            Self::ScheduleCount | Self::NeverValid | Self::NoRecurrency | Self::ReservedId => {
                "1.6 section 7.8"
            }
            // The lowest rate is of the schedule, other limits are of a period.
            Self::LimitOutOfRange if field.ends_with("minChargingRate") => "1.6 section 7.13",
            Self::LimitOutOfRange
            | Self::FirstPeriodNotZero
            | Self::PeriodsNotRising
            | Self::NumberPhases
            | Self::PhaseToUse
            | Self::PhaseConflict { .. } => "1.6 section 7.14",
            Self::NoPeriods
            | Self::Duration
            | Self::NoStart
            | Self::UnexpectedStart
            | Self::UnsupportedMember => "1.6 section 7.13",
        }
    }

    /// What a 2.0.1 station puts into `reasonCode`: some codes came with 2.1.
    #[must_use]
    pub const fn reason_code_2_0_1(&self) -> &'static str {
        match self {
            Self::UnsupportedPurpose | Self::UnsupportedKind | Self::ReservedId => "InvalidProfile",
            _ => self.reason_code(),
        }
    }
}

/// How a 1.6 charge point answers a profile that it refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer16 {
    /// `SetChargingProfile.conf` with status `Rejected`.
    Rejected,
    /// CALLERROR `PropertyConstraintViolation` (erratum 3.39: an invalid connectorId).
    PropertyConstraintViolation,
}

impl Rejection {
    /// How 1.6 says it.
    #[must_use]
    pub const fn answer_1_6(&self) -> Answer16 {
        match self.reason {
            Reason::UnknownEvse => Answer16::PropertyConstraintViolation,
            _ => Answer16::Rejected,
        }
    }

    /// The same in the words of 1.6: its connectors, its members, its sections and configuration keys. Without it, members
    /// and requirements are those of 2.x.
    #[must_use]
    pub fn in_1_6(&self) -> Self {
        let field = match self.field {
            "evseId" => "connectorId",
            "id" => "chargingProfileId",
            other => other,
        };
        let requirement = match self.requirement {
            own if own.starts_with("1.6") => own,
            _ => self.reason.requirement_1_6(field),
        };
        Self {
            reason: self.reason.clone(),
            requirement,
            field,
        }
    }

    /// What is wrong, as the versions say it: 1.6 has connectors where 2.x has EVSEs.
    #[must_use]
    pub fn reason_1_6(&self) -> Box<str> {
        alloc::format!("{}", self.reason)
            .replace("EVSE", "connector")
            .into_boxed_str()
    }

    /// A sentence for `additionalInfo`, within its 512 characters.
    #[must_use]
    pub fn additional_info(&self) -> Box<str> {
        alloc::format!("{self}").into_boxed_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_in_1_6_name_its_own_members_and_sections() {
        for (reason, requirement, field, told) in [
            (
                Reason::UnknownEvse,
                "K01.FR.28",
                "evseId",
                (
                    "there is no such connector",
                    "1.6 erratum 3.39",
                    "connectorId",
                ),
            ),
            (
                Reason::ReservedId,
                "K01.FR.05",
                "id",
                (
                    "the identifier belongs to an external limit",
                    "1.6 section 7.8",
                    "chargingProfileId",
                ),
            ),
            (
                Reason::NotATxProfile,
                "1.6 section 5.16.2",
                "chargingProfilePurpose",
                (
                    "a remote start takes a TxProfile only",
                    "1.6 section 5.16.2",
                    "chargingProfilePurpose",
                ),
            ),
            (
                Reason::LimitOutOfRange,
                "2.0.1 section 2.12",
                "chargingSchedule.minChargingRate",
                (
                    "the limit is missing or out of range",
                    "1.6 section 7.13",
                    "chargingSchedule.minChargingRate",
                ),
            ),
        ] {
            let rejection = Rejection::new(reason, requirement, field);
            let own = rejection.in_1_6();
            let found = (&*rejection.reason_1_6(), own.requirement, own.field);
            assert_eq!(found, told);
        }
    }
}
