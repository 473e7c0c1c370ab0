//! Numbers between bounds.

use core::fmt;
use core::ops::Deref;

use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize, Serializer};

use crate::json::{self, Place, View, Wire};
use crate::{Described, Number};

/// Any number of decimal places.
pub const ANY_SCALE: u32 = u32::MAX;

/// A number outside the bounds that the schema sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutOfRange {
    /// Smaller than allowed.
    BelowMinimum(i64),
    /// Larger than allowed.
    AboveMaximum(i64),
    /// More digits behind the point than allowed.
    TooManyDecimals(u32),
    /// Further from zero than a [`Decimal`](crate::Decimal) reaches: it cannot be calculated with.
    BeyondDecimal,
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BelowMinimum(bound) => write!(f, "at least {bound} is wanted"),
            Self::AboveMaximum(bound) => write!(f, "at most {bound} is allowed"),
            Self::TooManyDecimals(scale) => write!(f, "at most {scale} decimal places are allowed"),
            Self::BeyondDecimal => write!(
                f,
                "out of range: beyond ±{} nothing is calculated",
                rust_decimal::Decimal::MAX
            ),
        }
    }
}

impl core::error::Error for OutOfRange {}

/// An integer from `MIN` to `MAX`, both included.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BoundedInteger<const MIN: i64, const MAX: i64>(i64);

/// 0 and above.
pub type NonNegative = BoundedInteger<0, { i64::MAX }>;

impl<const MIN: i64, const MAX: i64> BoundedInteger<MIN, MAX> {
    /// Checks the bounds.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] says which bound was broken.
    pub const fn new(value: i64) -> Result<Self, OutOfRange> {
        if value < MIN {
            Err(OutOfRange::BelowMinimum(MIN))
        } else if value > MAX {
            Err(OutOfRange::AboveMaximum(MAX))
        } else {
            Ok(Self(value))
        }
    }

    /// The nearest value within the bounds.
    #[must_use]
    pub const fn clamped(value: i64) -> Self {
        Self(if value < MIN {
            MIN
        } else if value > MAX {
            MAX
        } else {
            value
        })
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// A number from `MIN` to `MAX`, both included, with at most `SCALE` digits behind the point.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BoundedNumber<const MIN: i64, const MAX: i64, const SCALE: u32>(Number);

/// A multiple of 0.1, as 1.6 demands of limits.
pub type Tenths = BoundedNumber<{ i64::MIN }, { i64::MAX }, 1>;

impl<const MIN: i64, const MAX: i64, const SCALE: u32> BoundedNumber<MIN, MAX, SCALE> {
    /// Checks bounds and decimal places, exactly for every number; zeros at the end of the fraction do not count. `i64::MIN`
    /// and `i64::MAX` stand for no bound.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] says which bound was broken.
    pub fn new(value: impl Into<Number>) -> Result<Self, OutOfRange> {
        let value = value.into();
        check(&value, MIN, MAX, SCALE)?;
        Ok(Self(value))
    }

    /// The number.
    #[must_use]
    pub const fn get(&self) -> &Number {
        &self.0
    }
}

/// Whether a number keeps to bounds and decimal places.
#[inline]
pub(crate) fn check(value: &Number, min: i64, max: i64, scale: u32) -> Result<(), OutOfRange> {
    if min != i64::MIN && *value < min {
        Err(OutOfRange::BelowMinimum(min))
    } else if max != i64::MAX && *value > max {
        Err(OutOfRange::AboveMaximum(max))
    } else if scale != ANY_SCALE && !value.has_scale(scale) {
        Err(OutOfRange::TooManyDecimals(scale))
    } else {
        Ok(())
    }
}

impl<const MIN: i64, const MAX: i64> Deref for BoundedInteger<MIN, MAX> {
    type Target = i64;

    fn deref(&self) -> &i64 {
        &self.0
    }
}

impl<const MIN: i64, const MAX: i64, const SCALE: u32> Deref for BoundedNumber<MIN, MAX, SCALE> {
    type Target = Number;

    fn deref(&self) -> &Number {
        &self.0
    }
}

impl<const MIN: i64, const MAX: i64> TryFrom<i64> for BoundedInteger<MIN, MAX> {
    type Error = OutOfRange;

    fn try_from(value: i64) -> Result<Self, OutOfRange> {
        Self::new(value)
    }
}

impl<const MIN: i64, const MAX: i64> From<BoundedInteger<MIN, MAX>> for i64 {
    fn from(value: BoundedInteger<MIN, MAX>) -> Self {
        value.0
    }
}

impl<const MIN: i64, const MAX: i64, const SCALE: u32> TryFrom<Number>
    for BoundedNumber<MIN, MAX, SCALE>
{
    type Error = OutOfRange;

    fn try_from(value: Number) -> Result<Self, OutOfRange> {
        Self::new(value)
    }
}

impl<const MIN: i64, const MAX: i64, const SCALE: u32> From<BoundedNumber<MIN, MAX, SCALE>>
    for Number
{
    fn from(value: BoundedNumber<MIN, MAX, SCALE>) -> Self {
        value.0
    }
}

impl<const MIN: i64, const MAX: i64> PartialEq<i64> for BoundedInteger<MIN, MAX> {
    fn eq(&self, other: &i64) -> bool {
        self.0 == *other
    }
}

impl<const MIN: i64, const MAX: i64, const SCALE: u32> PartialEq<Number>
    for BoundedNumber<MIN, MAX, SCALE>
{
    fn eq(&self, other: &Number) -> bool {
        self.0 == *other
    }
}

impl<const MIN: i64, const MAX: i64> fmt::Display for BoundedInteger<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<const MIN: i64, const MAX: i64> fmt::Debug for BoundedInteger<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<const MIN: i64, const MAX: i64, const SCALE: u32> fmt::Display
    for BoundedNumber<MIN, MAX, SCALE>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<const MIN: i64, const MAX: i64, const SCALE: u32> fmt::Debug
    for BoundedNumber<MIN, MAX, SCALE>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<const MIN: i64, const MAX: i64> Wire for BoundedInteger<MIN, MAX> {
    fn blank() -> Self {
        Self::clamped(0)
    }

    fn place(&mut self) -> Place<'_> {
        Place::Integer(&mut self.0)
    }

    fn view(&self) -> View<'_> {
        View::Integer(self.0)
    }
}

impl<const MIN: i64, const MAX: i64, const SCALE: u32> Wire for BoundedNumber<MIN, MAX, SCALE> {
    fn blank() -> Self {
        Self(Number::ZERO)
    }

    fn place(&mut self) -> Place<'_> {
        Place::Number(&mut self.0)
    }

    fn view(&self) -> View<'_> {
        View::Number(&self.0)
    }
}

impl<const MIN: i64, const MAX: i64> Serialize for BoundedInteger<MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl<const MIN: i64, const MAX: i64, const SCALE: u32> Serialize
    for BoundedNumber<MIN, MAX, SCALE>
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for BoundedInteger<MIN, MAX> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut value = 0;
        json::deserialize_into(deserializer, Place::Integer(&mut value), &Self::SHAPE)?;
        Ok(Self(value))
    }
}

impl<'de, const MIN: i64, const MAX: i64, const SCALE: u32> Deserialize<'de>
    for BoundedNumber<MIN, MAX, SCALE>
{
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Number::deserialize(deserializer)
            .and_then(|value| Self::new(value).map_err(de::Error::custom))
    }
}
