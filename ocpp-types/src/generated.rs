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

/// The index of a name that is none of those known, and of the end of an object. Not an `Option`: an index is passed in a
/// register, member after member.
pub const UNKNOWN: usize = usize::MAX;

/// An object as generated code reads it: the names of its members, and how they become the value.
pub trait Object: Sized {
    /// The name of the type.
    const NAME: &'static str;
    /// The names of the members in the schema's order.
    const MEMBERS: &'static [&'static str];

    /// The place of a name in [`MEMBERS`](Self::MEMBERS), or [`UNKNOWN`].
    fn index(name: &str) -> usize;

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
        expecting_object(f, T::NAME)
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::from_map(map)
    }
}

/// Apart, because formatting is much code and every object has a visitor.
fn expecting_object(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    write!(f, "the object {name}")
}

/// The index of the next member of a closed object, [`UNKNOWN`] at its end.
///
/// `index` is a function pointer and not a type, so that one copy of this serves all objects: it is most of what reading a
/// member costs in code size and build time. For the same reason the members that came already are kept here and not by
/// each object.
///
/// # Errors
///
/// A member that the schema does not know, or that came already; the text is no JSON.
#[inline]
pub fn next_member<'de, A: MapAccess<'de>>(
    map: &mut A,
    index: fn(&str) -> usize,
    members: &'static [&'static str],
    seen: &mut [bool],
) -> Result<usize, A::Error> {
    match map.next_key_seed(MemberSeed { index, members })? {
        Some(member) => once(member, members, seen),
        None => Ok(UNKNOWN),
    }
}

/// Notes that a member came.
#[inline]
fn once<E: de::Error>(
    member: usize,
    members: &'static [&'static str],
    seen: &mut [bool],
) -> Result<usize, E> {
    match seen.get_mut(member) {
        Some(seen) if !*seen => {
            *seen = true;
            Ok(member)
        }
        _ => Err(E::duplicate_field(
            members.get(member).copied().unwrap_or_default(),
        )),
    }
}

/// Fills the place of a member, which is empty because a member comes once.
#[inline]
pub fn fill<T>(place: &mut Option<T>, value: T) {
    // Nothing is there to be dropped, and the compiler need not write the code for it.
    core::mem::forget(place.replace(value));
}

struct MemberSeed {
    index: fn(&str) -> usize,
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
        match (self.index)(name) {
            UNKNOWN => Err(E::unknown_field(name, self.members)),
            member => Ok(member),
        }
    }
}

/// The index of the next member of an open object, [`UNKNOWN`] at its end, or its name when the schema does not know it.
///
/// # Errors
///
/// A member that the schema knows came already; the text is no JSON.
pub fn next_of_any<'de, A: MapAccess<'de>>(
    map: &mut A,
    index: fn(&str) -> usize,
    members: &'static [&'static str],
    seen: &mut [bool],
) -> Result<Result<usize, String>, A::Error> {
    let Some(name) = map.next_key::<String>()? else {
        return Ok(Ok(UNKNOWN));
    };
    match index(&name) {
        UNKNOWN => Ok(Err(name)),
        member => once(member, members, seen).map(Ok),
    }
}

/// The error for the first of the `required` members that was not seen.
#[must_use]
#[cold]
pub fn missing<E: de::Error>(
    seen: &[bool],
    required: &[usize],
    members: &'static [&'static str],
) -> E {
    let absent = required
        .iter()
        .find(|member| seen.get(**member) != Some(&true));
    let name = absent.and_then(|member| members.get(*member));
    E::missing_field(name.copied().unwrap_or_default())
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
    match serde_json::from_str(json) {
        Ok(value) => Ok(wrap(value)),
        Err(error) => Err(decode::explain(json, &T::SHAPE, &error)),
    }
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
    decode::lenient(json, wrap)
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
    map.next_value::<crate::bounds::Integer>()
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
    map.next_value::<crate::bounds::IntegerList<MIN, MAX>>()
        .map(|list| list.0)
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
