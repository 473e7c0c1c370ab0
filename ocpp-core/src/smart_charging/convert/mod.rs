//! Conversions between the neutral model and the messages of each version.
//!
//! A profile that comes in goes out again unchanged in the same version, but for decimals beyond the 28th, with which nothing
//! is calculated. What another version cannot say is an error, never a silent loss.

// Each version uses its share of the helpers below.
#![cfg_attr(
    not(all(feature = "v1_6", feature = "v2_0_1", feature = "v2_1")),
    allow(dead_code, unused_imports, unused_macros)
)]

#[cfg(feature = "v1_6")]
mod v1_6;
#[cfg(feature = "v2_0_1")]
mod v2_0_1;
#[cfg(feature = "v2_1")]
mod v2_1;
#[cfg(feature = "v2_1")]
mod v2_1_messages;

use ocpp_types::Number;
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{CompositeSchedule, EvseId, Rest};
use crate::stored;

/// Why something cannot be converted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConversionError {
    /// A value that this library does not know, let in by lenient decoding.
    #[error("{field} has an unknown value")]
    UnknownValue {
        /// The member of the message.
        field: &'static str,
    },
    /// The version's messages have no room for it.
    #[error("{field} cannot be expressed in this version")]
    NotExpressible {
        /// The member of the message.
        field: &'static str,
    },
    /// A number further from zero than can be calculated with.
    #[error("{field} is out of range")]
    OutOfRange {
        /// The member of the message.
        field: &'static str,
    },
}

const fn no_room(field: &'static str) -> ConversionError {
    ConversionError::NotExpressible { field }
}

/// A number of a message to calculate with: rounded to 28 decimal places, half to even.
fn calculable(value: &Number, field: &'static str) -> Result<Decimal, ConversionError> {
    match value.to_decimal() {
        Ok(decimal) => Ok(decimal.into()),
        Err(_) => Err(ConversionError::OutOfRange { field }),
    }
}

/// As [`calculable`], for an optional member.
fn maybe_calculable(
    value: Option<&Number>,
    field: &'static str,
) -> Result<Option<Decimal>, ConversionError> {
    value.map(|value| calculable(value, field)).transpose()
}

/// The number of an EVSE or connector as it stands in a message. Numbers that no EVSE can have become one that none has.
#[must_use]
pub fn evse_id(number: i64) -> EvseId {
    EvseId::try_from(number).unwrap_or(EvseId::MAX)
}

/// Cut down to tenths, as 1.6 and 2.0.1 want limits in answers.
fn tenths(value: Decimal) -> Decimal {
    value.trunc_with_scale(1)
}

/// Keeps members that nothing uses.
fn pack<T: Serialize + Default + PartialEq>(
    members: &T,
    field: &'static str,
) -> Result<Rest, ConversionError> {
    if *members == T::default() {
        return Ok(Rest::NONE);
    }
    serde_json::to_string(members)
        .map(|text| Rest(Some(text.into_boxed_str())))
        .map_err(|_| ConversionError::UnknownValue { field })
}

/// The members that were kept.
fn unpack<T: DeserializeOwned + Default>(
    rest: &Rest,
    field: &'static str,
) -> Result<T, ConversionError> {
    match &rest.0 {
        None => Ok(T::default()),
        Some(text) => stored::read(text).whole().map_err(|_| no_room(field)),
    }
}

/// Both directions between a neutral enumeration and one of a message.
macro_rules! enumeration {
    ($neutral:ty, $wire:ty, $field:literal, $($ours:ident = $theirs:ident),* $(,)?) => {
        impl TryFrom<&$wire> for $neutral {
            type Error = ConversionError;

            fn try_from(value: &$wire) -> Result<Self, ConversionError> {
                match value {
                    $(<$wire>::$theirs => Ok(Self::$ours),)*
                    _ => Err(ConversionError::UnknownValue { field: $field }),
                }
            }
        }

        impl TryFrom<$neutral> for $wire {
            type Error = ConversionError;

            #[allow(unreachable_patterns)]
            fn try_from(value: $neutral) -> Result<Self, ConversionError> {
                match value {
                    $(<$neutral>::$ours => Ok(Self::$theirs),)*
                    _ => Err(no_room($field)),
                }
            }
        }
    };
}
use enumeration;

/// Converts an optional value by reference.
fn optional<'a, A, B>(value: &'a Option<A>) -> Result<Option<B>, ConversionError>
where
    B: TryFrom<&'a A, Error = ConversionError>,
{
    value.as_ref().map(B::try_from).transpose()
}

/// The members of a composite schedule that every version expresses the same way.
fn check_periods(schedule: &CompositeSchedule) -> Result<(), ConversionError> {
    if schedule
        .periods
        .iter()
        .any(|period| period.other_phases.is_some())
    {
        return Err(no_room("chargingSchedulePeriod.limit_L2"));
    }
    Ok(())
}
