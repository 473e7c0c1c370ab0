//! Reads JSON into data of any type that serde knows, for example the records of a station.
//!
//! Beside serde_json it is small: it does not say what is wrong, and reads a struct from an object only. And it notices
//! what the type does not know.

mod parts;

use core::fmt;

use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};

use self::parts::{Parts, Raw, Variant};
use super::read::{MAX_DEPTH, Reader, Refused, malformed_at};
use crate::decimal::RAW_VALUE;

/// What became of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading<T> {
    /// It says this and nothing else.
    Whole(T),
    /// It says this, and has members that the type does not know and that are not `null`.
    Partly(T),
    /// It is JSON and no such value.
    Other,
    /// It is no JSON.
    Malformed,
}

/// Reads a value. Numbers with a fraction or an exponent are read into [`Number`](crate::Number) and
/// [`Decimal`](crate::Decimal) only, which take their text.
#[inline(never)] // There are many types.
pub fn record<'a, T: Deserialize<'a>>(json: &'a str) -> Reading<T> {
    let mut reader = Record {
        reader: Reader::new(json),
        strange: false,
    };
    let value = T::deserialize(&mut reader);
    match value.and_then(|value| reader.reader.end().map(|()| value)) {
        Ok(value) if reader.strange => Reading::Partly(value),
        Ok(value) => Reading::Whole(value),
        Err(Refused) if malformed_at(json).is_some() => Reading::Malformed,
        Err(Refused) => Reading::Other,
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text is not what was asked for")
    }
}

impl core::error::Error for Refused {}

/// What was wrong is not told, so that the code that would tell it is not there either.
impl Error for Refused {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: serde::de::Unexpected<'_>, _: &dyn serde::de::Expected) -> Self {
        Self
    }

    fn invalid_value(_: serde::de::Unexpected<'_>, _: &dyn serde::de::Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn serde::de::Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

struct Record<'a> {
    reader: Reader<'a>,
    /// Whether there was a member that the type does not know.
    strange: bool,
}

impl<'a> Record<'a> {
    fn open(&mut self, bracket: u8) -> Result<(), Refused> {
        self.reader.open(bracket)?;
        if self.reader.depth > MAX_DEPTH {
            return Err(Refused);
        }
        Ok(())
    }

    fn null(&mut self) -> Result<(), Refused> {
        if self.reader.word("null") {
            Ok(())
        } else {
            Err(Refused)
        }
    }
}

/// A whole number, as the visitor takes it.
fn visit_integer<'a, V: Visitor<'a>>(text: &str, visitor: V) -> Result<V::Value, Refused> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let leads = digits.starts_with('0') && text != "0";
    if leads || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refused);
    }
    match text.parse::<i64>() {
        Ok(value) if value < 0 => visitor.visit_i64(value),
        Ok(value) => visitor.visit_u64(value.unsigned_abs()),
        Err(_) => visitor.visit_u64(text.parse().map_err(|_| Refused)?),
    }
}

fn visit_text<'a, V: Visitor<'a>>(text: &str, visitor: V) -> Result<V::Value, Refused> {
    // What is read keeps its own copy anyway: one way is less code than two.
    visitor.visit_str(text)
}

impl<'a> Deserializer<'a> for &mut Record<'a> {
    type Error = Refused;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        match self.reader.peek() {
            Some(b'{') => self.deserialize_map(visitor),
            Some(b'[') => self.deserialize_seq(visitor),
            Some(b'"') => self.deserialize_str(visitor),
            Some(b'-' | b'0'..=b'9') => visit_integer(self.reader.number()?, visitor),
            Some(b'n') => self.deserialize_unit(visitor),
            _ => self.deserialize_bool(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_bool(self.reader.boolean()?)
    }

    fn deserialize_i64<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        visit_integer(self.reader.number()?, visitor)
    }

    fn deserialize_i8<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_i16<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_i32<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u8<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u16<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u32<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u64<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_str<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        visit_text(&self.reader.text()?, visitor)
    }

    fn deserialize_string<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        if self.reader.word("null") {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_unit<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.null()?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        if name == RAW_VALUE {
            return visitor.visit_map(Raw(Some(self.reader.value()?)));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.open(b'[')?;
        let mut elements = Parts {
            record: self,
            bracket: b']',
            over: false,
        };
        let value = visitor.visit_seq(&mut elements)?;
        elements.close()?;
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'a>>(self, _: usize, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.open(b'{')?;
        let mut members = Parts {
            record: self,
            bracket: b'}',
            over: false,
        };
        let value = visitor.visit_map(&mut members)?;
        members.close()?;
        Ok(value)
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        if self.reader.peek() == Some(b'"') {
            return visitor.visit_enum(Variant {
                record: self,
                alone: true,
            });
        }
        self.open(b'{')?;
        if !self.reader.more(b'}')? {
            return Err(Refused);
        }
        let value = visitor.visit_enum(Variant {
            record: self,
            alone: false,
        })?;
        if self.reader.more(b'}')? {
            return Err(Refused);
        }
        Ok(value)
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        // `null` is the same as no member.
        self.strange |= self.reader.value()? != "null";
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { <W: Visitor<'a>> f32 f64 i128 u128 bytes byte_buf }
}
