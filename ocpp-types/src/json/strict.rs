//! Reads JSON into a value along its shape, and refuses everything that the shape does not allow.

use compact_str::CompactString;

use super::read::{MAX_DEPTH, Reader, Refused};
use super::wire::{List, Object, Place};
use crate::decode::{ObjectShape, Shape};
use crate::{Json, Number, UNBOUNDED, Uri, bounds, text};

/// Reads the next value into its place.
pub(crate) fn read(
    reader: &mut Reader<'_>,
    place: Place<'_>,
    shape: &Shape,
) -> Result<(), Refused> {
    if reader.depth > MAX_DEPTH {
        return Err(Refused);
    }
    match (place, shape) {
        (Place::Text(place), Shape::Text { max }) => {
            let text = reader.text()?;
            if *max != UNBOUNDED && text::check_length(&text, *max).is_err() {
                return Err(Refused);
            }
            fill(place, CompactString::from(text));
        }
        (Place::Name(place), Shape::Enumeration(names)) => {
            let text = reader.text()?;
            let index = names.iter().position(|name| *name == text);
            place.set(index.ok_or(Refused)?);
        }
        (Place::Integer(place), Shape::Integer { min, max }) => {
            let value = integer(reader.number()?).ok_or(Refused)?;
            if value < *min || value > *max {
                return Err(Refused);
            }
            *place = value;
        }
        (Place::Number(place), Shape::Number { min, max, scale }) => {
            let number: Number = reader.number()?.parse().map_err(|_| Refused)?;
            bounds::check(&number, *min, *max, *scale).map_err(|_| Refused)?;
            fill(place, number);
        }
        (Place::Boolean(place), _) => *place = reader.boolean()?,
        (Place::DateTime(place), _) => {
            *place = reader.text()?.parse().map_err(|_| Refused)?;
        }
        (Place::Text(place), Shape::Uri) => {
            let text = reader.text()?;
            Uri::new(&text).map_err(|_| Refused)?;
            fill(place, CompactString::from(text));
        }
        (Place::Any(place), _) => *place = Json::known(reader.value()?),
        (Place::List(list), Shape::Array { element, min, max }) => {
            array(reader, list, element, *min, *max)?;
        }
        (Place::Object(place), shape) => {
            object(reader, place, shape.object().ok_or(Refused)?)?;
        }
        _ => return Err(Refused),
    }
    Ok(())
}

/// Puts a value where a blank one is: there is nothing to be dropped, and the compiler need not write the code for it.
pub(crate) fn fill<T>(place: &mut T, value: T) {
    core::mem::forget(core::mem::replace(place, value));
}

fn array(
    reader: &mut Reader<'_>,
    list: &mut dyn List,
    element: &Shape,
    min: usize,
    max: usize,
) -> Result<(), Refused> {
    reader.open(b'[')?;
    let mut count = 0;
    while reader.more(b']')? {
        // Stop at the bound: what comes after it need not be read to refuse the list.
        if count == max {
            return Err(Refused);
        }
        count += 1;
        read(reader, list.push(), element)?;
    }
    if count < min { Err(Refused) } else { Ok(()) }
}

fn object(
    reader: &mut Reader<'_>,
    object: &mut dyn Object,
    shape: &ObjectShape,
) -> Result<(), Refused> {
    reader.open(b'{')?;
    let (mut seen, mut next, mut more) = (Seen::default(), 0, false);
    while reader.more(b'}')? {
        let name = reader.name()?;
        let Some((index, member)) = shape.find(&name, next) else {
            let others = object.others().ok_or(Refused)?;
            others.push(name.into_owned(), Json::known(reader.value()?));
            more = true;
            continue;
        };
        if !seen.add(index) {
            return Err(Refused);
        }
        next = index + 1;
        read(reader, object.member(index), &member.shape)?;
    }
    for (index, member) in shape.members.iter().enumerate() {
        if member.required && !seen.has(index) {
            return Err(Refused);
        }
    }
    if more && let Some(others) = object.others() {
        others.settle();
    }
    Ok(())
}

/// The members that came already.
#[derive(Default)]
struct Seen {
    first: u64,
    /// Of objects with more than 64 members.
    rest: alloc::vec::Vec<usize>,
}

impl Seen {
    /// Whether it is the first time.
    #[inline]
    fn add(&mut self, index: usize) -> bool {
        if self.has(index) {
            return false;
        }
        if index < 64 {
            self.first |= 1 << index;
        } else {
            self.rest.push(index);
        }
        true
    }

    #[inline]
    fn has(&self, index: usize) -> bool {
        if index < 64 {
            self.first & 1 << index != 0
        } else {
            self.rest.contains(&index)
        }
    }
}

/// The integer that a JSON number is, as JSON Schema understands integers: `1.0` and `1e2` are integers, `1.5` is not. With a
/// fraction or an exponent only up to 2^53: programs that read floats do not agree on what is beyond.
pub(crate) fn integer(text: &str) -> Option<i64> {
    const EXACT: i64 = 1 << 53;
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let plain = digits.iter().all(u8::is_ascii_digit);
    if plain && (digits.first() != Some(&b'0') || digits.len() == 1) {
        return text.parse().ok();
    }
    let number: Number = text.parse().ok()?;
    let value = number.integer()?;
    (-EXACT..=EXACT).contains(&value).then_some(value)
}
