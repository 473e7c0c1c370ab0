//! The way between serde and our own reading and writing, for those who keep messages in data of their own.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::wire::{Place, View, Wire};
use super::write::{check_list, check_text, quote, unknown};
use super::{Reader, Unwritable, read};
use crate::decimal::RAW_VALUE;
use crate::decode::{Described, Shape, decode};

/// Writes a value with any serializer; called by generated code.
///
/// # Errors
///
/// Those of the serializer; what only lenient decoding lets in.
pub fn serialize<T: Wire + Described, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let view = value.view();
    let shape = &T::SHAPE;
    Shown { view, shape }.serialize(serializer)
}

struct Shown<'a> {
    view: View<'a>,
    shape: &'a Shape,
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let refuse = |why: Unwritable| serde::ser::Error::custom(why);
        match self.view {
            View::Absent => serializer.serialize_none(),
            View::Boolean(value) => serializer.serialize_bool(value),
            View::Integer(value) => serializer.serialize_i64(value),
            View::Number(number) => number.serialize(serializer),
            View::Text(text) => {
                serializer.serialize_str(check_text(text, self.shape).map_err(refuse)?)
            }
            View::DateTime(time) => time.serialize(serializer),
            View::Name(name) => match name {
                Some(name) => serializer.serialize_str(name),
                None => Err(refuse(unknown(self.shape))),
            },
            View::List(list) => {
                let shape = check_list(list, self.shape).map_err(refuse)?;
                let mut elements = serializer.serialize_seq(Some(list.count()))?;
                for index in 0..list.count() {
                    let view = list.look(index);
                    elements.serialize_element(&Shown { view, shape })?;
                }
                elements.end()
            }
            View::Object(object) => {
                let shape = self.shape.object();
                let shape = shape.ok_or_else(|| refuse(Unwritable::Misfit))?;
                let mut map = serializer.serialize_map(None)?;
                for (index, member) in shape.members.iter().enumerate() {
                    let (view, shape) = (object.look(index), &member.shape);
                    if !matches!(view, View::Absent) {
                        map.serialize_entry(member.name, &Shown { view, shape })?;
                    }
                }
                for (name, json) in object.look_others().into_iter().flat_map(|all| all.iter()) {
                    map.serialize_entry(name, json)?;
                }
                map.end()
            }
            View::Any(json) => json.serialize(serializer),
        }
    }
}

/// Reads a value with any deserializer; called by generated code.
///
/// # Errors
///
/// Those of the deserializer; everything that the schema does not allow.
pub fn deserialize<'de, T: Wire + Described, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    decode(&transcribe(deserializer)?).map_err(de::Error::custom)
}

/// Reads one value into its place.
pub(crate) fn deserialize_into<'de, D: Deserializer<'de>>(
    deserializer: D,
    place: Place<'_>,
    shape: &Shape,
) -> Result<(), D::Error> {
    let json = transcribe(deserializer)?;
    let mut reader = Reader::new(&json);
    read(&mut reader, place, shape).map_err(|_| de::Error::custom("another value is wanted"))
}

/// The JSON text that a deserializer reads: from JSON text that text itself, from everything else what it means.
pub(crate) fn transcribe<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Cow<'de, str>, D::Error> {
    deserializer.deserialize_newtype_struct(RAW_VALUE, Transcriber)
}

struct Transcriber;

/// What a visitor does with numbers and words: they are written as they are.
macro_rules! visit_plain {
    ($($name:ident: $ty:ty),*) => {
        $(
            fn $name<E: de::Error>(self, value: $ty) -> Result<Cow<'de, str>, E> {
                Ok(Cow::Owned(alloc::format!("{value}")))
            }
        )*
    };
}

impl<'de> Visitor<'de> for Transcriber {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON can say")
    }

    visit_plain!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_i128: i128, visit_u128: u128);

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Cow<'de, str>, E> {
        if !value.is_finite() {
            return Err(E::invalid_value(de::Unexpected::Float(value), &self));
        }
        // The shortest text that means this float; with an exponent, or 1e300 would have 301 digits.
        Ok(Cow::Owned(alloc::format!("{value:e}")))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Cow<'de, str>, E> {
        let mut json = String::new();
        quote(&mut json, text);
        Ok(Cow::Owned(json))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed("null"))
    }

    fn visit_none<E: de::Error>(self) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed("null"))
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Cow<'de, str>, D::Error> {
        inner.deserialize_any(self)
    }

    /// Every format's answer but serde_json's to a request for a newtype.
    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        inner: D,
    ) -> Result<Cow<'de, str>, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Cow<'de, str>, A::Error> {
        let mut json = String::from("[");
        while let Some(element) = elements.next_element_seed(TranscriberSeed)? {
            separate(&mut json);
            json.push_str(&element);
        }
        json.push(']');
        Ok(Cow::Owned(json))
    }

    /// An object, or serde_json's form of JSON text.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Cow<'de, str>, A::Error> {
        let mut json = String::from("{");
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            if name == RAW_VALUE {
                return members.next_value_seed(RawText);
            }
            separate(&mut json);
            quote(&mut json, &name);
            json.push(':');
            json.push_str(&members.next_value_seed(TranscriberSeed)?);
        }
        json.push('}');
        Ok(Cow::Owned(json))
    }
}

fn separate(json: &mut String) {
    if json.len() > 1 {
        json.push(',');
    }
}

struct TranscriberSeed;

impl<'de> DeserializeSeed<'de> for TranscriberSeed {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<Cow<'de, str>, D::Error> {
        transcribe(inner)
    }
}

/// The JSON text as serde_json hands it out.
struct RawText;

impl<'de> DeserializeSeed<'de> for RawText {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<Cow<'de, str>, D::Error> {
        inner.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for RawText {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON text")
    }

    fn visit_str<E: de::Error>(self, json: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(json.into()))
    }

    fn visit_borrowed_str<E: de::Error>(self, json: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(json))
    }
}
