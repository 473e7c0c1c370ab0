//! What generated code calls. Public only because the code that `ocpp-codegen` writes for other crates calls it too; use
//! the types instead.

use alloc::string::String;
use core::fmt;
use core::marker::PhantomData;

use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, Visitor};

pub use alloc::boxed::Box;
pub use serde;

pub use crate::decode::{FromNode, Node, NodeMembers};
pub use crate::enumeration::{
    deserialize as deserialize_enumeration, serialize as serialize_enumeration,
};
use crate::{BoundedVec, DecodeError, Described, Lenient, OtherMembers, decode};

/// An object as generated code reads it: the names of its members, and how they become the value.
pub trait Object: Sized {
    /// The name of the type.
    const NAME: &'static str;
    /// The names of the members in the schema's order.
    const MEMBERS: &'static [&'static str];

    /// The place of a name in [`MEMBERS`](Self::MEMBERS).
    fn index(name: &str) -> Option<usize>;

    /// Reads the members.
    ///
    /// # Errors
    ///
    /// Everything that the schema does not allow.
    fn from_map<'de, A: MapAccess<'de>>(map: A) -> Result<Self, A::Error>;
}

/// Reads an object, and nothing but an object.
///
/// # Errors
///
/// Everything that the schema does not allow.
#[inline]
pub fn object<'de, T: Object, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(ObjectVisitor(PhantomData))
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Object> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the object {}", T::NAME)
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::from_map(map)
    }
}

/// The index of the next member of a closed object.
///
/// `index` is a function pointer and not a type, so that one copy of this serves all objects: it is most of what reading a
/// member costs in code size and build time.
///
/// # Errors
///
/// A member that the schema does not know; the text is no JSON.
pub fn next_member<'de, A: MapAccess<'de>>(
    map: &mut A,
    index: fn(&str) -> Option<usize>,
    members: &'static [&'static str],
) -> Result<Option<usize>, A::Error> {
    map.next_key_seed(MemberSeed { index, members })
}

struct MemberSeed {
    index: fn(&str) -> Option<usize>,
    members: &'static [&'static str],
}

impl<'de> DeserializeSeed<'de> for MemberSeed {
    type Value = usize;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for MemberSeed {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    #[inline]
    fn visit_str<E: de::Error>(self, name: &str) -> Result<usize, E> {
        (self.index)(name).ok_or_else(|| E::unknown_field(name, self.members))
    }
}

/// The index of the next member of an open object, or its name when the schema does not know it.
///
/// # Errors
///
/// The text is no JSON.
pub fn next_of_any<'de, A: MapAccess<'de>>(
    map: &mut A,
    index: fn(&str) -> Option<usize>,
) -> Result<Option<Result<usize, String>>, A::Error> {
    let name = map.next_key::<String>()?;
    Ok(name.map(|name| index(&name).ok_or(name)))
}

/// Keeps a member that an open object does not describe.
///
/// # Errors
///
/// The text is no JSON.
pub fn other<'de, A: MapAccess<'de>>(
    members: &mut OtherMembers,
    name: String,
    map: &mut A,
) -> Result<(), A::Error> {
    members.push(name, map.next_value()?);
    Ok(())
}

/// Decodes strictly into an enumeration of messages.
///
/// # Errors
///
/// Everything that is wrong with the payload.
pub fn strict<T: DeserializeOwned + Described, Any>(
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
pub fn lenient<T: DeserializeOwned + Described + FromNode, Any>(
    json: &str,
    wrap: fn(T) -> Any,
) -> Result<Lenient<Any>, DecodeError> {
    decode::decode_lenient(json).map(|Lenient { value, deviations }| Lenient {
        value: wrap(value),
        deviations,
    })
}

/// The refusal of a response to a message that has none.
#[must_use]
pub fn no_response(json: &str) -> DecodeError {
    DecodeError::unexpected("no response: the message is not answered", json)
}

/// Reads a member of type `i64`: `1.0` is an integer too.
///
/// # Errors
///
/// What is no integer, or beyond 64 bits.
#[inline]
pub fn integer<'de, A: MapAccess<'de>>(map: &mut A) -> Result<i64, A::Error> {
    map.next_value::<crate::number::Integer>()
        .map(|integer| integer.0)
}

/// Reads a member that is a list of `i64`.
///
/// # Errors
///
/// As [`integer`], and lists outside the bounds.
pub fn integers<'de, A: MapAccess<'de>, const MIN: usize, const MAX: usize>(
    map: &mut A,
) -> Result<BoundedVec<i64, MIN, MAX>, A::Error> {
    map.next_value::<crate::number::IntegerList<MIN, MAX>>()
        .map(|list| list.0)
}

/// Takes a required member.
///
/// # Errors
///
/// The member was absent.
#[inline]
pub fn required<T, E: de::Error>(member: Option<T>, name: &'static str) -> Result<T, E> {
    member.ok_or_else(|| E::missing_field(name))
}

/// Puts a member where it belongs, once.
///
/// # Errors
///
/// The member was there already.
#[inline]
pub fn once<T, E: de::Error>(slot: &mut Option<T>, value: T, name: &'static str) -> Result<(), E> {
    if slot.is_some() {
        return Err(E::duplicate_field(name));
    }
    *slot = Some(value);
    Ok(())
}

/// The traits that every enumeration has in the same way.
#[macro_export]
#[doc(hidden)]
macro_rules! enumeration_traits {
    ($name:ident) => {
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

        impl $crate::generated::FromNode for $name {
            fn from_node(node: &$crate::generated::Node<'_>) -> Option<Self> {
                node.enumeration()
            }
        }

        impl $crate::Described for $name {
            const SHAPE: $crate::Shape =
                $crate::Shape::Enumeration(<Self as $crate::Enumeration>::NAMES);
        }
    };
}
