//! What generated code calls. Public only because the code that `ocpp-codegen` writes for other crates calls it too; use
//! the types instead.

pub use alloc::boxed::Box;
pub use serde;

pub use crate::enumeration::written_name;
pub use crate::enumeration::{
    deserialize as deserialize_enumeration, serialize as serialize_enumeration,
};
pub use crate::json::{Object, ObjectView, Place, View, Wire, deserialize, serialize};
use crate::{DecodeError, Described, Lenient, decode};

/// Decodes strictly into an enumeration of messages.
///
/// # Errors
///
/// Everything that is wrong with the payload.
pub fn strict<T: Wire + Described, Any>(
    json: &str,
    wrap: fn(T) -> Any,
) -> Result<Any, DecodeError> {
    decode::decode(json).map(wrap)
}

/// Decodes leniently into an enumeration of messages.
///
/// # Errors
///
/// What could not be repaired.
pub fn lenient<T: Wire + Described, Any>(
    json: &str,
    wrap: fn(T) -> Any,
) -> Result<Lenient<Any>, DecodeError> {
    let Lenient { value, deviations } = decode::decode_lenient(json)?;
    let value = wrap(value);
    Ok(Lenient { value, deviations })
}

/// The refusal of a response to a message that has none.
#[must_use]
pub fn no_response(json: &str) -> DecodeError {
    DecodeError::unexpected("no response: the message is not answered", json)
}

/// The traits that every object has in the same way.
#[macro_export]
#[doc(hidden)]
macro_rules! object_traits {
    ($name:ident) => {
        impl $crate::generated::serde::Serialize for $name {
            fn serialize<S: $crate::generated::serde::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                $crate::generated::serialize(self, serializer)
            }
        }

        impl<'de> $crate::generated::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::generated::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                $crate::generated::deserialize(deserializer)
            }
        }
    };
}

/// The traits that every enumeration has in the same way.
#[macro_export]
#[doc(hidden)]
macro_rules! enumeration_traits {
    ($name:ident, $first:ident) => {
        impl $crate::generated::Wire for $name {
            fn blank() -> Self {
                Self::$first
            }

            fn place(&mut self) -> $crate::generated::Place<'_> {
                $crate::generated::Place::Name(self)
            }

            fn view(&self) -> $crate::generated::View<'_> {
                $crate::generated::View::Name($crate::generated::written_name(self))
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::NotAValue;

            fn from_str(name: &str) -> Result<Self, $crate::NotAValue> {
                <Self as $crate::Enumeration>::from_name(name)
                    .ok_or($crate::NotAValue(<Self as $crate::Enumeration>::NAMES))
            }
        }

        impl $crate::generated::serde::Serialize for $name {
            fn serialize<S: $crate::generated::serde::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                $crate::generated::serialize_enumeration(self, serializer)
            }
        }

        impl<'de> $crate::generated::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::generated::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                $crate::generated::deserialize_enumeration(deserializer)
            }
        }

        impl $crate::Described for $name {
            const SHAPE: $crate::Shape =
                $crate::Shape::Enumeration(<Self as $crate::Enumeration>::NAMES);
        }
    };
}
