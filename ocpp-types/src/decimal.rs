//! Exact decimal numbers.

use core::fmt;
use core::ops::Deref;
use core::str::FromStr;

use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Serialize, Serializer};

/// The name under which serde_json hands out a number's own text (feature `raw_value`). Should serde_json ever change it,
/// numbers arrive as `f64` and are read through their shortest text: still correct for up to 15 digits.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

/// An exact decimal number: what is written as `11.3` stays 11.3.
///
/// Up to 28 significant digits, of which up to 28 behind the point; JSON numbers in exponent form are read too. It is a thin
/// wrapper around [`rust_decimal::Decimal`], which does the arithmetic and to which it dereferences.
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
        parse(text).map(Self).ok_or(InvalidDecimal)
    }
}

/// The common form, up to 17 digits without exponent, in one pass; the rest through rust_decimal.
fn parse(text: &str) -> Option<rust_decimal::Decimal> {
    let bytes = text.as_bytes();
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    if digits.is_empty() || digits.len() > 18 {
        return parse_long(text);
    }
    let mut mantissa: i64 = 0;
    let mut point = None;
    for (at, &byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            mantissa = mantissa * 10 + i64::from(digit);
        } else if byte == b'.' && point.is_none() && at > 0 {
            point = Some(at);
        } else {
            return parse_long(text);
        }
    }
    let scale = match point {
        Some(at) if at + 1 == digits.len() => return None,
        Some(at) => digits.len() - 1 - at,
        None => 0,
    };
    if digits[0] == b'0' && digits.len() > 1 && point != Some(1) {
        return None;
    }
    let mantissa = if negative { -mantissa } else { mantissa };
    Some(rust_decimal::Decimal::new(mantissa, scale as u32))
}

/// Any JSON number: exponents, many digits. Trailing zeros behind the point do not count as digits.
fn parse_long(text: &str) -> Option<rust_decimal::Decimal> {
    if !is_json_number(text) {
        return None;
    }
    let (significand, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], text[at + 1..].parse::<i64>().ok()),
        None => (text, Some(0)),
    };
    let negative = significand.starts_with('-');
    let significand = significand.trim_start_matches('-');
    let (whole, fraction) = significand.split_once('.').unwrap_or((significand, ""));

    let mut mantissa: i128 = 0;
    let mut zeros = 0_u32;
    let mut scale = 0_i64;
    for (at, byte) in whole.bytes().chain(fraction.bytes()).enumerate() {
        // Zeros are held back, so that those at the end never need room.
        if byte == b'0' {
            zeros = zeros.saturating_add(1);
        } else {
            let power = if mantissa == 0 { 0 } else { zeros + 1 };
            mantissa = mantissa
                .checked_mul(10_i128.checked_pow(power)?)?
                .checked_add(i128::from(byte - b'0'))?;
            zeros = 0;
        }
        if at >= whole.len() {
            scale += 1;
        }
    }
    if mantissa == 0 {
        return Some(rust_decimal::Decimal::ZERO);
    }
    let mut scale = scale
        .checked_sub(i64::from(zeros))?
        .checked_sub(exponent?)?;
    if scale < 0 {
        let power = u32::try_from(scale.checked_neg()?).ok()?;
        mantissa = mantissa.checked_mul(10_i128.checked_pow(power)?)?;
        scale = 0;
    }
    let mantissa = if negative { -mantissa } else { mantissa };
    rust_decimal::Decimal::try_from_i128_with_scale(mantissa, u32::try_from(scale).ok()?).ok()
}

/// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
pub(crate) fn is_json_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (significand, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let (whole, fraction) = match significand.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (significand, None),
    };
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(all_digits)
        && exponent.is_none_or(|e| all_digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}

/// Room for a sign, 29 digits, a leading zero and the point.
struct Buffer {
    bytes: [u8; 33],
    start: usize,
}

impl Decimal {
    /// The shortest text: no zeros at the end of the fraction, never an exponent.
    fn write_to(self, buffer: &mut Buffer) -> &str {
        let mantissa = self.0.mantissa();
        let scale = self.0.scale();
        // 64-bit division is many times cheaper; almost every number fits.
        match u64::try_from(mantissa.unsigned_abs()) {
            Ok(digits) => buffer.put_small(digits, scale),
            Err(_) => buffer.put_large(mantissa.unsigned_abs(), scale),
        }
        if mantissa < 0 {
            buffer.put(b'-');
        }
        core::str::from_utf8(&buffer.bytes[buffer.start..]).unwrap_or_default()
    }
}

macro_rules! put_digits {
    ($(#[$docs:meta])* $name:ident: $digits:ty) => {
        $(#[$docs])*
        fn $name(&mut self, mut rest: $digits, mut scale: u32) {
            while scale > 0 && rest % 10 == 0 {
                rest /= 10;
                scale -= 1;
            }
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
    fn new() -> Self {
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
        /// Digits with a point before the last `scale`, zeros at the end of the fraction left out.
        put_small: u64
    }
    put_digits! {
        /// As [`put_small`](Self::put_small), for any number.
        put_large: u128
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.write_to(&mut Buffer::new()))
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
        let mut buffer = Buffer::new();
        let text = self.write_to(&mut buffer);
        // As serde_json's RawValue does it; making one would read the text again.
        let mut raw = serializer.serialize_struct(RAW_VALUE, 1)?;
        raw.serialize_field(RAW_VALUE, text)?;
        raw.end()
    }
}

impl<'de> Deserialize<'de> for Decimal {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(RAW_VALUE, DecimalVisitor)
    }
}

struct DecimalVisitor;

impl<'de> Visitor<'de> for DecimalVisitor {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    /// serde_json's form of a number's own text.
    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Decimal, A::Error> {
        match map.next_key::<de::IgnoredAny>()? {
            Some(_) => map.next_value::<NumberText>().map(|text| text.0),
            None => Err(de::Error::invalid_type(de::Unexpected::Map, &self)),
        }
    }

    /// Every other format's answer to a request for a newtype.
    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Decimal, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Decimal, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Decimal, E> {
        Ok(Decimal(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Decimal, E> {
        alloc::format!("{value}").parse().map_err(E::custom)
    }
}

/// The text of a number as `RawValue` hands it out.
struct NumberText(Decimal);

impl<'de> Deserialize<'de> for NumberText {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl Visitor<'_> for TextVisitor {
            type Value = NumberText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }

            #[inline]
            fn visit_str<E: de::Error>(self, text: &str) -> Result<NumberText, E> {
                match text.as_bytes().first() {
                    Some(b'-' | b'0'..=b'9') => text.parse().map(NumberText).map_err(E::custom),
                    _ => Err(E::invalid_type(
                        de::Unexpected::Other("something else"),
                        &self,
                    )),
                }
            }
        }

        deserializer.deserialize_any(TextVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn read(text: &str) -> Option<alloc::string::String> {
        let parsed = serde_json::from_str::<Decimal>(text)
            .ok()
            .map(|d| d.to_string());
        assert_eq!(
            text.parse::<Decimal>().ok().map(|d| d.to_string()),
            parsed,
            "{text}"
        );
        parsed
    }

    #[test]
    fn every_spelling_of_a_number() {
        for (text, written) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("8", "8"),
            ("8.0", "8"),
            ("11.3", "11.3"),
            ("11.30", "11.3"),
            ("0.1", "0.1"),
            ("-0.05", "-0.05"),
            ("100", "100"),
            ("1e2", "100"),
            ("1E+2", "100"),
            ("1.5e-3", "0.0015"),
            ("120e-1", "12"),
            ("9223372036854775807", "9223372036854775807"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("123456789012345678", "123456789012345678"),
            ("1234567890123456789", "1234567890123456789"),
            ("12345678901234567.8", "12345678901234567.8"),
            (
                "0.1234567890123456789012345678",
                "0.1234567890123456789012345678",
            ),
            ("1.0000000000000000000000000000000000000000", "1"),
            ("0e999999999", "0"),
            (
                "79228162514264337593543950335",
                "79228162514264337593543950335",
            ),
        ] {
            assert_eq!(read(text).as_deref(), Some(written), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_or_too_large() {
        for text in [
            "",
            "-",
            ".5",
            "5.",
            "01",
            "-01",
            "00",
            "1e",
            "1e+",
            "+1",
            "1_0",
            "0x10",
            "NaN",
            "Infinity",
            "\"1\"",
            "null",
            "[1]",
            "{}",
            "1e400",
            "1e-400",
            "1e99999999999999999999",
            "79228162514264337593543950336",
            "100000000000000000000000000000000000000000",
            "1.00000000000000000000000000000000001",
            "1 2",
            "1.2.3",
            "--1",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_tree_of_values_decodes_too() {
        let decimal: Decimal = serde_json::from_value(serde_json::json!(11.3)).unwrap();
        assert_eq!(decimal.to_string(), "11.3");
        let decimal: Decimal = serde_json::from_reader(&b"11.3"[..]).unwrap();
        assert_eq!(decimal.to_string(), "11.3");
    }

    #[test]
    fn any_number_survives() {
        for mantissa in [0, 1, -1, 10, 999, 1_000, i64::MAX, i64::MIN, 1_234_500] {
            for scale in [0, 1, 2, 5, 18, 19, 28] {
                let decimal = Decimal::new(mantissa, scale);
                let text = serde_json::to_string(&decimal).unwrap();
                assert_eq!(text, decimal.to_string());
                assert_eq!(text.parse::<Decimal>().unwrap(), decimal);
                assert_eq!(text, decimal.normalize().to_string());
            }
        }
    }
}
