//! Numbers as messages have them: any number that JSON can write.

mod text;

use alloc::boxed::Box;
use alloc::string::String;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::str::FromStr;

use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::decimal::{self, Buffer, RAW_VALUE};
use crate::{Decimal, OutOfRange};

use text::Parts;
pub(crate) use text::is_json_number;

/// A number of a message (`type: number` in the schemas): exact, whatever its size and its number of digits.
///
/// JSON sets no limit to numbers, and stations send what they compute: `5.551115123125783e-17` where zero was meant. A
/// `Number` therefore keeps every number. It compares, orders and hashes by value: `8`, `8.0` and `80e-1` are equal. Up to 28
/// digits are written in the shortest form without exponent; what a [`Decimal`] does not hold is written back as it came.
///
/// To calculate, take the [`Decimal`]: [`to_decimal`](Self::to_decimal) rounds to 28 decimal places and refuses what is out
/// of range, [`exact`](Self::exact) gives nothing that differs from the number.
///
/// ```
/// use ocpp_types::{Decimal, Number, OutOfRange};
///
/// let limit: Number = "11.30".parse()?;
/// assert_eq!(limit.to_string(), "11.3");
/// assert_eq!(limit.exact(), Some(Decimal::new(113, 1)));
///
/// let residual: Number = serde_json::from_str("5.551115123125783e-17").unwrap();
/// assert_eq!(serde_json::to_string(&residual).unwrap(), "5.551115123125783e-17");
/// assert_eq!(residual.exact(), None);
/// assert_eq!(residual.to_decimal()?.to_string(), "0.0000000000000000555111512313");
///
/// let absurd: Number = "1e999".parse()?;
/// assert!(absurd > limit);
/// assert_eq!(absurd.to_decimal(), Err(OutOfRange::BeyondDecimal));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// serde_json hands out the text of a number only from JSON text. A number that is decoded from a `serde_json::Value`, or
/// encoded into one, is what the `Value` holds: a float of 17 digits.
#[derive(Clone)]
pub struct Number(Form);

#[derive(Clone)]
enum Form {
    /// `mantissa / 10^scale`, with the smallest scale, at most 28.
    Short { mantissa: i64, scale: u8 },
    /// Everything that the short form does not hold: in the shortest form when a [`Decimal`] holds it, otherwise as it came.
    /// Never zero. Boxed twice, so that a number takes two words and not three.
    Long(Box<Long>),
}

#[derive(Clone)]
struct Long(Box<str>);

/// The text is not a JSON number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidNumber;

impl fmt::Display for InvalidNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a JSON number")
    }
}

impl core::error::Error for InvalidNumber {}

impl Number {
    /// 0
    pub const ZERO: Self = Self(Form::Short {
        mantissa: 0,
        scale: 0,
    });

    /// `mantissa / 10^scale`, for example `Number::new(113, 1)` for 11.3. Scales above 28 count as 28.
    #[must_use]
    pub fn new(mantissa: i64, scale: u32) -> Self {
        Self::short(mantissa, scale.min(28) as u8)
    }

    /// `scale` is at most 28.
    #[inline]
    fn short(mut mantissa: i64, mut scale: u8) -> Self {
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Self(Form::Short { mantissa, scale })
    }

    /// The number to calculate with: rounded to the nearest with 28 decimal places (fewer where the digits before the point
    /// leave less room), of two equally near ones to that whose last digit is even.
    ///
    /// # Errors
    ///
    /// [`OutOfRange::BeyondDecimal`] when it is further from zero than 79,228,162,514,264,337,593,543,950,335.
    pub fn to_decimal(&self) -> Result<Decimal, OutOfRange> {
        self.exact()
            .or_else(|| match &self.0 {
                Form::Short { .. } => None,
                Form::Long(long) => Parts::of(&long.0).rounded().map(Decimal),
            })
            .ok_or(OutOfRange::BeyondDecimal)
    }

    /// The same number to calculate with; `None` when a [`Decimal`] does not hold all of its digits.
    #[must_use]
    #[inline]
    pub fn exact(&self) -> Option<Decimal> {
        match &self.0 {
            Form::Short { mantissa, scale } => Some(Decimal::new(*mantissa, (*scale).into())),
            Form::Long(long) => Parts::of(&long.0).exact().map(Decimal),
        }
    }

    /// Whether there are at most `scale` digits behind the point, zeros at the end not counted.
    #[inline]
    pub(crate) fn has_scale(&self, scale: u32) -> bool {
        match &self.0 {
            Form::Short { scale: own, .. } => u32::from(*own) <= scale,
            Form::Long(long) => Parts::of(&long.0).last_place() >= -i128::from(scale),
        }
    }

    /// Cut towards zero after `scale` digits behind the point.
    pub(crate) fn cut(&self, scale: u32) -> Self {
        if self.has_scale(scale) {
            return self.clone();
        }
        let mut buffer = Buffer::new();
        // Digits without an exponent are a JSON number.
        Parts::of(self.text(&mut buffer))
            .cut(scale)
            .parse()
            .unwrap_or(Self::ZERO)
    }

    /// The integer that it is, if it is one of 64 bits.
    pub(crate) const fn integer(&self) -> Option<i64> {
        match &self.0 {
            Form::Short { mantissa, scale: 0 } => Some(*mantissa),
            _ => None,
        }
    }

    /// As it is written.
    pub(crate) fn text<'a>(&'a self, buffer: &'a mut Buffer) -> &'a str {
        match &self.0 {
            Form::Short { mantissa, scale } => {
                buffer.short(mantissa.unsigned_abs(), (*scale).into(), *mantissa < 0)
            }
            Form::Long(long) => &long.0,
        }
    }
}

impl Default for Number {
    fn default() -> Self {
        Self::ZERO
    }
}

impl From<i64> for Number {
    #[inline]
    fn from(value: i64) -> Self {
        Self(Form::Short {
            mantissa: value,
            scale: 0,
        })
    }
}

impl From<i32> for Number {
    fn from(value: i32) -> Self {
        i64::from(value).into()
    }
}

impl From<Decimal> for Number {
    fn from(value: Decimal) -> Self {
        let value = value.0.normalize();
        // At most 28.
        let scale = value.scale() as u8;
        match i64::try_from(value.mantissa()) {
            Ok(mantissa) => Self(Form::Short { mantissa, scale }),
            Err(_) => Self::long(Buffer::new().decimal(value)),
        }
    }
}

impl From<rust_decimal::Decimal> for Number {
    fn from(value: rust_decimal::Decimal) -> Self {
        Decimal(value).into()
    }
}

impl TryFrom<&Number> for Decimal {
    type Error = OutOfRange;

    fn try_from(value: &Number) -> Result<Self, OutOfRange> {
        value.to_decimal()
    }
}

impl FromStr for Number {
    type Err = InvalidNumber;

    /// Reads a JSON number.
    #[inline]
    fn from_str(text: &str) -> Result<Self, InvalidNumber> {
        parse(text).ok_or(InvalidNumber)
    }
}

/// The common form, up to 17 digits without exponent, in one pass.
fn parse(text: &str) -> Option<Number> {
    let bytes = text.as_bytes();
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    if digits.is_empty() || digits.len() > 18 {
        return parse_any(text);
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
            return parse_any(text);
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
    Some(Number::short(mantissa, scale as u8))
}

/// Any JSON number.
#[cold]
fn parse_any(text: &str) -> Option<Number> {
    if !is_json_number(text) {
        return None;
    }
    Some(match Parts::of(text).exact() {
        Some(value) => value.into(),
        None => Number::long(text),
    })
}

impl Number {
    fn long(text: &str) -> Self {
        Self(Form::Long(Box::new(Long(text.into()))))
    }
}

impl PartialEq for Number {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (
                Form::Short { mantissa, scale },
                Form::Short {
                    mantissa: other,
                    scale: other_scale,
                },
            ) => mantissa == other && scale == other_scale,
            (Form::Long(long), Form::Long(other)) => {
                Parts::of(&long.0).compare(Parts::of(&other.0)).is_eq()
            }
            // What has a short form is in it.
            _ => false,
        }
    }
}

impl Eq for Number {}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (
            Form::Short { mantissa, scale },
            Form::Short {
                mantissa: other,
                scale: other_scale,
            },
        ) = (&self.0, &other.0)
        {
            if scale == other_scale {
                return mantissa.cmp(other);
            }
            let own = Decimal::new(*mantissa, (*scale).into());
            return own.cmp(&Decimal::new(*other, (*other_scale).into()));
        }
        let (mut buffer, mut other_buffer) = (Buffer::new(), Buffer::new());
        let own = Parts::of(self.text(&mut buffer));
        own.compare(Parts::of(other.text(&mut other_buffer)))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Form::Short { mantissa, scale } => (mantissa, scale).hash(state),
            Form::Long(long) => Parts::of(&long.0).hash(state),
        }
    }
}

impl PartialEq<i64> for Number {
    fn eq(&self, other: &i64) -> bool {
        self.cmp(&Self::from(*other)).is_eq()
    }
}

impl PartialOrd<i64> for Number {
    #[inline]
    fn partial_cmp(&self, other: &i64) -> Option<Ordering> {
        Some(self.cmp(&Self::from(*other)))
    }
}

impl PartialEq<Decimal> for Number {
    fn eq(&self, other: &Decimal) -> bool {
        self.cmp(&Self::from(*other)).is_eq()
    }
}

impl PartialOrd<Decimal> for Number {
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        Some(self.cmp(&Self::from(*other)))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text(&mut Buffer::new()))
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            // A whole number needs no detour; a fraction is exact only as text.
            Form::Short { mantissa, scale: 0 } => serializer.serialize_i64(*mantissa),
            _ => decimal::write_raw(serializer, self.text(&mut Buffer::new())),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(RAW_VALUE, NumberVisitor)
    }
}

struct NumberVisitor;

impl<'de> Visitor<'de> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    /// serde_json's form of a number's own text.
    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Number, A::Error> {
        match map.next_key::<de::IgnoredAny>()? {
            Some(_) => map.next_value::<NumberText>().map(|text| text.0),
            None => Err(de::Error::invalid_type(de::Unexpected::Map, &self)),
        }
    }

    /// Every other format's answer to a request for a newtype.
    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Number, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Number, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Number, E> {
        Ok(rust_decimal::Decimal::from(value).into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Number, E> {
        // The shortest text that means this float; with an exponent, or 1e300 would have 301 digits.
        let text: String = alloc::format!("{value:e}");
        text.parse()
            .map_err(|_| E::invalid_value(de::Unexpected::Float(value), &self))
    }
}

/// The text of a number as `RawValue` hands it out.
struct NumberText(Number);

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
                match parse(text) {
                    Some(number) => Ok(NumberText(number)),
                    None => Err(E::invalid_type(
                        de::Unexpected::Other("something else"),
                        &self,
                    )),
                }
            }
        }

        deserializer.deserialize_any(TextVisitor)
    }
}
