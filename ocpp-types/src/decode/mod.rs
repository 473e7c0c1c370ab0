//! From JSON text to typed values: strictly, or leniently with a list of what was forgiven.
//!
//! Strict decoding is serde's, in one pass, and accepts exactly what the schema accepts. Only when it refuses is the text
//! walked a second time along the type's [`Shape`] table: to say everything that is wrong and where, or, in lenient
//! decoding, to repair what can be repaired. The good case never pays for either.
//!
//! # What lenient decoding forgives
//!
//! | deviation | what becomes of it |
//! |---|---|
//! | unknown member, duplicate member | left out; of duplicates the last counts |
//! | unknown enumeration value | kept as the enumeration's `Unknown`; cannot be encoded |
//! | enumeration value in other case, Celcius for Celsius and vice versa | the schema's spelling |
//! | over-long string, malformed URI | kept whole (`is_too_long`, `is_malformed`); cannot be encoded |
//! | number or boolean in quotes | the number or boolean |
//! | number or boolean where a string belongs | its text |
//! | fraction where an integer belongs, more decimals than allowed | cut off, towards zero |
//! | `null` for an optional member | absent |
//! | date-time without offset, with a short one, with a space, as a bare date | read as UTC where no offset is given |
//! | optional member with a text that cannot be read (such as an empty date-time) | absent |
//! | a single value where an array belongs | an array of one |
//! | empty array for an optional member | absent |
//!
//! Everything else (a required member missing, an object where a string belongs, a number out of range) is refused as in
//! strict decoding. Objects and arrays are never dropped: a charging profile without its broken schedule would be another
//! profile.

mod check;
mod error;
mod node;
mod repair;
mod shape;

use alloc::vec::Vec;

use serde::de::DeserializeOwned;

pub(crate) use check::explain;
pub use error::{DecodeError, Issue, Violation};
pub use node::{FromNode, Node, NodeMembers};
pub use shape::{Described, MemberShape, ObjectShape, Shape};

/// The largest number of issues or deviations that one payload is reported with.
pub const MAX_ISSUES: usize = 100;

/// A value that lenient decoding made, and what it forgave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lenient<T> {
    /// The value.
    pub value: T,
    /// What was repaired, in document order, each with the text that was received. Empty when the payload was right.
    pub deviations: Vec<Issue>,
}

/// Decodes a payload that must match its schema exactly.
///
/// # Errors
///
/// Everything that is wrong with it, with JSON pointers and the class of the violation.
pub fn decode<T: DeserializeOwned + Described>(json: &str) -> Result<T, DecodeError> {
    serde_json::from_str(json).map_err(|error| explain(json, &T::SHAPE, &error))
}

/// Decodes a payload and repairs the known deviations of real equipment (see the [module's table](self)). Costs nothing
/// more than [`decode`] when there is nothing to repair.
///
/// # Errors
///
/// What could not be repaired.
pub fn decode_lenient<T: DeserializeOwned + Described + FromNode>(
    json: &str,
) -> Result<Lenient<T>, DecodeError> {
    lenient(json, |value| value)
}

/// [`decode_lenient`] into something that wraps the value.
pub(crate) fn lenient<T: DeserializeOwned + Described + FromNode, U>(
    json: &str,
    wrap: fn(T) -> U,
) -> Result<Lenient<U>, DecodeError> {
    let mut value = None;
    let deviations = match serde_json::from_str(json) {
        Ok(right) => {
            value = Some(right);
            Vec::new()
        }
        Err(error) => repaired(json, &T::SHAPE, &error, &mut |node| {
            value = T::from_node(node);
            value.is_some()
        })?,
    };
    match value {
        Some(value) => Ok(Lenient {
            value: wrap(value),
            deviations,
        }),
        None => Err(DecodeError::unexpected("a value", json)),
    }
}

/// Repairs a payload that strict decoding refused with `error`, and gives it to `make`, which says whether it could make
/// a value of it. Not generic: there are hundreds of messages.
fn repaired(
    json: &str,
    shape: &Shape,
    error: &serde_json::Error,
    make: &mut dyn FnMut(&Node<'_>) -> bool,
) -> Result<Vec<Issue>, DecodeError> {
    let (node, deviations) = check::repair(json, shape)?;
    if make(&node) {
        Ok(deviations)
    } else {
        Err(explain(json, shape, error))
    }
}
