//! What generated code calls. Public only because the code that `ocpp-codegen` writes for other crates calls it too; use
//! the types instead.

use alloc::boxed::Box;

use serde::de::{self, MapAccess};

pub use crate::enumeration::{
    deserialize as deserialize_enumeration, serialize as serialize_enumeration,
};
pub use crate::{
    ANY_SCALE, ActionInfo, BoundedDecimal, BoundedInteger, BoundedString, BoundedVec, CiString,
    CustomData, DateTime, Decimal, DecodeError, Described, Enumeration, Lenient, MemberShape,
    NotAValue, ObjectShape, Payload, Protocol, Request, Sender, Shape, UNBOUNDED, UnknownValue,
    Uri, Version, decode,
};
pub use alloc::vec;
pub use serde;
pub use serde_json::value::RawValue;

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

/// JSON of any form, kept as text.
pub type Json = Box<RawValue>;
