//! Exact decimal numbers, and how numbers are written.

use core::fmt;
use core::ops::Deref;
use core::str::FromStr;

use serde::de::{self, Deserializer};
use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Serialize, Serializer};

use crate::Number;

/// The name under which serde_json hands out and takes a number's own text (feature `raw_value`). Should serde_json ever
/// change it, numbers arrive as `f64` and are read through their shortest text: still correct for up to 15 digits.
pub(crate) const RAW_VALUE: &str = "$serde_json::private::RawValue";

/// An exact decimal number to calculate with: what is written as `11.3` stays 11.3.
///
/// Up to 28 significant digits, of which up to 28 behind the point. It is a thin wrapper around [`rust_decimal::Decimal`],
/// which does the arithmetic and to which it dereferences; unlike that, it is a number in JSON and not a string. The members
/// of messages are [`Number`]s, which also hold what a `Decimal` does not.
///
/// ```
/// use ocpp_types::Decimal;
///
/// let limit: Decimal = "11.30".parse()?;
/// assert_eq!(limit.to_string(), "11.3");
/// assert_eq!(serde_json::to_string(&limit).unwrap(), "11.3");
/// # Ok::<(), ocpp_types::InvalidDecimal>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(pub rust_decimal::Decimal);

/// The text is not a JSON number, or has more digits than a [`Decimal`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidDecimal;

impl fmt::Display for InvalidDecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a decimal number of at most 28 digits")
    }
}

impl core::error::Error for InvalidDecimal {}

impl Decimal {
    /// 0
    pub const ZERO: Self = Self(rust_decimal::Decimal::ZERO);

    /// `mantissa / 10^scale`, for example `Decimal::new(113, 1)` for 11.3. Scales above 28 count as 28.
    #[must_use]
    #[inline]
    pub fn new(mantissa: i64, scale: u32) -> Self {
        Self(rust_decimal::Decimal::new(mantissa, scale.min(28)))
    }
}

impl Deref for Decimal {
    type Target = rust_decimal::Decimal;

    fn deref(&self) -> &rust_decimal::Decimal {
        &self.0
    }
}

impl From<rust_decimal::Decimal> for Decimal {
    fn from(value: rust_decimal::Decimal) -> Self {
        Self(value)
    }
}

impl From<Decimal> for rust_decimal::Decimal {
    fn from(value: Decimal) -> Self {
        value.0
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self(value.into())
    }
}

impl From<i32> for Decimal {
    fn from(value: i32) -> Self {
        Self(value.into())
    }
}

impl FromStr for Decimal {
    type Err = InvalidDecimal;

    /// Reads a JSON number.
    fn from_str(text: &str) -> Result<Self, InvalidDecimal> {
        let number: Number = text.parse().map_err(|_| InvalidDecimal)?;
        number.exact().ok_or(InvalidDecimal)
    }
}

/// Room for a sign, 29 digits, a leading zero and the point.
pub(crate) struct Buffer {
    bytes: [u8; 33],
    start: usize,
}

macro_rules! put_digits {
    ($(#[$docs:meta])* $name:ident: $digits:ty) => {
        $(#[$docs])*
        fn $name(&mut self, mut rest: $digits, scale: u32) {
            let mut places = 0;
            while rest > 0 || places <= scale {
                self.put(b'0' + (rest % 10) as u8);
                rest /= 10;
                places += 1;
                if places == scale && scale > 0 {
                    self.put(b'.');
                }
            }
        }
    };
}

impl Buffer {
    pub(crate) fn new() -> Self {
        Self {
            bytes: [0; 33],
            start: 33,
        }
    }

    /// From the end towards the beginning.
    fn put(&mut self, byte: u8) {
        self.start -= 1;
        self.bytes[self.start] = byte;
    }

    put_digits! {
        /// Digits with a point before the last `scale`.
        put_small: u64
    }
    put_digits! {
        /// As [`put_small`](Self::put_small), for any number.
        put_large: u128
    }

    /// `digits / 10^scale`, written whole into this empty buffer.
    pub(crate) fn short(&mut self, digits: u64, scale: u32, negative: bool) -> &str {
        self.put_small(digits, scale);
        self.signed(negative)
    }

    /// The shortest text: no zeros at the end of the fraction, never an exponent.
    pub(crate) fn decimal(&mut self, value: rust_decimal::Decimal) -> &str {
        let mantissa = value.mantissa();
        let mut scale = value.scale();
        // 64-bit division is many times cheaper; almost every number fits.
        match u64::try_from(mantissa.unsigned_abs()) {
            Ok(mut digits) => {
                while scale > 0 && digits / 10 * 10 == digits {
                    digits /= 10;
                    scale -= 1;
                }
                self.put_small(digits, scale);
            }
            Err(_) => {
                let mut digits = mantissa.unsigned_abs();
                while scale > 0 && digits / 10 * 10 == digits {
                    digits /= 10;
                    scale -= 1;
                }
                self.put_large(digits, scale);
            }
        }
        self.signed(mantissa < 0)
    }

    fn signed(&mut self, negative: bool) -> &str {
        if negative {
            self.put(b'-');
        }
        core::str::from_utf8(&self.bytes[self.start..]).unwrap_or_default()
    }
}

/// Writes JSON text, for example that of a number, as serde_json's RawValue does it; making one would read the text again.
pub(crate) fn write_raw<S: Serializer>(serializer: S, text: &str) -> Result<S::Ok, S::Error> {
    let mut raw = serializer.serialize_struct(RAW_VALUE, 1)?;
    raw.serialize_field(RAW_VALUE, text)?;
    raw.end()
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(Buffer::new().decimal(self.0))
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A whole number needs no detour; a fraction is exact only as text.
        if self.0.scale() == 0
            && let Ok(whole) = i64::try_from(self.0.mantissa())
        {
            return serializer.serialize_i64(whole);
        }
        write_raw(serializer, Buffer::new().decimal(self.0))
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = Number::deserialize(deserializer)?;
        number
            .exact()
            .ok_or_else(|| de::Error::custom(InvalidDecimal))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn what_a_decimal_does_not_hold_is_refused_and_never_rounded() {
        for text in [
            "79228162514264337593543950336",
            "1.00000000000000000000000000000000001",
            "5.551115123125783e-17",
            "1e-29",
            "1e400",
            "1e99999999999999999999",
            "01",
            "",
        ] {
            assert_eq!(text.parse::<Decimal>(), Err(InvalidDecimal), "{text}");
            assert!(serde_json::from_str::<Decimal>(text).is_err(), "{text}");
        }
        let largest: Decimal = "-79228162514264337593543950335".parse().unwrap();
        assert_eq!(largest.0, rust_decimal::Decimal::MIN);
    }

    #[test]
    fn any_decimal_survives() {
        for mantissa in [0, 1, -1, 10, 999, 1_000, i64::MAX, i64::MIN, 1_234_500] {
            for scale in [0, 1, 2, 5, 18, 19, 28] {
                let decimal = Decimal::new(mantissa, scale);
                let text = serde_json::to_string(&decimal).unwrap();
                assert_eq!(text, decimal.to_string());
                assert_eq!(text.parse::<Decimal>().unwrap(), decimal);
                assert_eq!(serde_json::from_str::<Decimal>(&text).unwrap(), decimal);
                assert_eq!(text, decimal.normalize().to_string());
            }
        }
    }
}
