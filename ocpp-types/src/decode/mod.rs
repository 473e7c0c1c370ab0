//! From JSON text to typed values: strictly, or leniently with a list of what was forgiven.
//!
//! Strict decoding reads the text once along the type's [`Shape`] table, and accepts exactly what the schema accepts. Only
//! when it refuses is the text walked a second time along the same table: to say everything that is wrong and where, or, in
//! lenient decoding, to repair what can be repaired. The good case never pays for either.
//!
//! # What lenient decoding does
//!
//! The smallest part that is wrong is repaired or left out, and is listed as a [`Deviation`]: where it stands, the text that
//! was received, and what became of it.
//!
//! | deviation | what becomes of it |
//! |---|---|
//! | unknown member, duplicate member | left out; of duplicates the last counts |
//! | unknown enumeration value | kept as the enumeration's `Unrecognized`; cannot be encoded |
//! | enumeration value in other case or punctuation, Celcius for Celsius and vice versa | the schema's spelling |
//! | over-long string, malformed URI | kept whole (`is_too_long`, `is_malformed`); cannot be encoded |
//! | number or boolean in quotes | the number or boolean |
//! | number or boolean where a string or a value of an enumeration belongs | its text |
//! | 0 or 1, "yes" or "no" where a boolean belongs | the boolean |
//! | fraction where an integer belongs, more decimals than allowed | cut off, towards zero |
//! | date-time without offset, with a short one, with a space, with slashes, as a bare date, as seconds or milliseconds since 1970 | read as UTC where no offset is given |
//! | `null` or an empty text for an optional member that is no text, an empty array for one that needs elements | absent |
//! | `null` where a list belongs that may be empty | an empty list |
//! | a single value where an array belongs | an array of one |
//! | an array of one where a single value belongs | the value |
//! | a single value where an object belongs of which it can be the only required member, or the only text of an object that requires nothing | the object: `"Wh"` becomes `{"unit": "Wh"}`, `"2"` as an EVSE `{"id": 2}` |
//! | any other JSON than a string in `data` of DataTransfer 1.6 | its JSON text |
//! | too few elements where only the amendments to the schemas ask for one (`meterValue`, `sampledValue`, `chargingSchedulePeriod` in 1.6) | kept as it is (`is_too_short`); cannot be encoded |
//! | too many elements | the first ones |
//! | anything else in an element of a list | the element is left out, if the list needs no more |
//! | anything else in an optional member | the member is left out |
//!
//! # What is never left out
//!
//! Where leaving a part out would change what the message says, the part around it is wrong instead, up to the next one that
//! may be left out; a wrong measurand takes its sampled value along and not its message. When nothing is left that may go,
//! the message is refused, and [`DecodeError::kept`] names the reason:
//!
//! | [`Kept`] | what | why |
//! |---|---|---|
//! | `Required` | required members of the message, and the last elements that a required list needs | nothing is invented |
//! | `Limit` | periods of schedules, updates of a limit, limits of a transaction, controls of a DER | more could flow than is allowed |
//! | `Schedule` | charging profiles and schedules and every part of them, `scheduleStart` | without one part it is another schedule: this is why a profile is never stored without its broken period |
//! | `Identity` | tokens and what belongs to them, entries of the local list, `transactionId`, EVSE and connector, instances and attributes of variables, filters of what is cleared, certificates of a contract, connection profiles | the order would be for somebody else, another place, or all of them; no fraction is cut off here |
//! | `Time` | `timestamp` of transaction messages and meter values, `installDateTime` | it would be billed for another time, or happen at once |
//! | `Reading` | `measurand`, unit, phase, context, location and format of a sampled value | a voltage would be taken for the energy register |
//! | `Price` | tariffs, prices and their conditions | the driver would pay something else |
//! | `Proof` | `signature` and `signingCertificate` of firmware | signed firmware would pass as unsigned |
//! | `Unreadable` | | the text is not JSON, or nested more deeply than 128 levels where nothing may go |
//!
//! The whole table, member by member, is `versions/lenience.tsv` of this crate. customData is always left out.

mod error;
mod json_error;
mod judge;
mod lenience;
mod node;
mod repair;
mod shape;
mod walk;

use crate::json::{self, Place, Reader, Wire};

pub use error::{DecodeError, Deviation, Deviations, Issue, Violation};
pub use lenience::{Kept, Lenience};
pub use shape::{Described, MemberShape, ObjectShape, Shape};

/// The largest number of issues or deviations that are listed for one payload.
pub const MAX_ISSUES: usize = 100;

/// A value that lenient decoding made, and what it forgave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lenient<T> {
    /// The value.
    pub value: T,
    /// What was repaired. Empty when the payload was right.
    pub deviations: Deviations,
}

/// Decodes a payload that must match its schema exactly.
///
/// # Errors
///
/// Everything that is wrong with it, with JSON pointers and the class of the violation.
pub fn decode<T: Wire + Described>(json: &str) -> Result<T, DecodeError> {
    let mut value = T::blank();
    strict(json, value.place(), &T::SHAPE)?;
    Ok(value)
}

/// Decodes a payload and repairs the known deviations of real equipment (see the [module's tables](self)). Costs nothing
/// more than [`decode`] when there is nothing to repair.
///
/// # Errors
///
/// What could not be repaired, why it was not left out, and what would have been repaired beside it.
pub fn decode_lenient<T: Wire + Described>(json: &str) -> Result<Lenient<T>, DecodeError> {
    let mut value = T::blank();
    let deviations = if is_right(json, value.place(), &T::SHAPE) {
        Deviations::none()
    } else {
        // What has been read of it is not what counts.
        value = T::blank();
        repaired(json, value.place(), &T::SHAPE)?
    };
    Ok(Lenient { value, deviations })
}

/// Reads a whole payload into its place. Not generic: there are hundreds of messages.
fn is_right(json: &str, place: Place<'_>, shape: &Shape) -> bool {
    let mut reader = Reader::new(json);
    json::read(&mut reader, place, shape).is_ok() && reader.end().is_ok()
}

fn strict(json: &str, place: Place<'_>, shape: &Shape) -> Result<(), DecodeError> {
    if is_right(json, place, shape) {
        Ok(())
    } else {
        Err(walk::explain(json, shape))
    }
}

/// Repairs a payload that strict decoding has refused, and puts it into its place.
#[cold]
fn repaired(json: &str, place: Place<'_>, shape: &Shape) -> Result<Deviations, DecodeError> {
    let (node, deviations) = walk::repair(json, shape)?;
    if node.put(place, shape) {
        Ok(deviations)
    } else {
        Err(walk::explain(json, shape))
    }
}
