//! A repaired payload, and a serde deserializer that reads it.

use alloc::string::String;
use alloc::vec::Vec;

use serde::de::value::{MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

/// A JSON value in which only the repaired parts were taken apart.
pub(super) enum Node<'a> {
    /// As received.
    Received(&'a str),
    /// JSON written in place of what was received.
    Replaced(String),
    /// A text that the strict form refuses, kept as it is: an unknown enumeration value, an over-long string.
    Admitted(String),
    /// An array with a repaired element.
    Array(Vec<Node<'a>>),
    /// An object with a repaired member.
    Object(Vec<(String, Node<'a>)>),
}

impl<'de> Deserializer<'de> for &'de Node<'de> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self {
            Node::Received(json) => {
                serde_json::Deserializer::from_str(json).deserialize_any(visitor)
            }
            Node::Replaced(json) => {
                serde_json::Deserializer::from_str(json).deserialize_any(visitor)
            }
            Node::Admitted(text) => {
                visitor.visit_newtype_struct(StrDeserializer::<Self::Error>::new(text))
            }
            Node::Array(elements) => visitor.visit_seq(SeqDeserializer::new(elements.iter())),
            Node::Object(members) => visitor.visit_map(MapDeserializer::new(
                members.iter().map(|(name, value)| (name.as_str(), value)),
            )),
        }
    }

    /// Decimals and customData ask serde_json for the text of a value this way.
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        match self {
            Node::Received(json) => {
                serde_json::Deserializer::from_str(json).deserialize_newtype_struct(name, visitor)
            }
            Node::Replaced(json) => {
                serde_json::Deserializer::from_str(json).deserialize_newtype_struct(name, visitor)
            }
            other => visitor.visit_newtype_struct(other),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, serde_json::Error> for &'de Node<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
