//! Writes values as JSON, and refuses what only lenient decoding lets in.

use alloc::string::String;
use core::fmt;

use super::wire::{ListView, ObjectView, View};
use crate::decimal::Buffer;
use crate::decode::{ObjectShape, Shape};
use crate::enumeration::NotAValue;
use crate::{TooLong, UNBOUNDED, Uri, WrongLength, text, uri::InvalidUri};

/// Why a value cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unwritable {
    TooLong(TooLong),
    Uri(InvalidUri),
    Name(NotAValue),
    Length(WrongLength),
    /// A value that is not what its shape says. Never happens.
    Misfit,
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(why) => why.fmt(f),
            Self::Uri(why) => why.fmt(f),
            Self::Name(why) => why.fmt(f),
            Self::Length(why) => why.fmt(f),
            Self::Misfit => f.write_str("the value is none of its type"),
        }
    }
}

/// Whether a value that is neither list nor object may be written; gives back its text if it is one.
pub(crate) fn check_text<'a>(text: &'a str, shape: &Shape) -> Result<&'a str, Unwritable> {
    match shape {
        Shape::Text { max: UNBOUNDED } => Ok(text),
        Shape::Text { max } => match text::check_length(text, *max) {
            Ok(()) => Ok(text),
            Err(why) => Err(Unwritable::TooLong(why)),
        },
        Shape::Uri if Uri::is_valid(text) => Ok(text),
        Shape::Uri => Err(Unwritable::Uri(InvalidUri)),
        _ => Err(Unwritable::Misfit),
    }
}

/// Whether a list may be written.
pub(crate) fn check_list(list: &dyn ListView, shape: &Shape) -> Result<&'static Shape, Unwritable> {
    match shape {
        Shape::Array { element, min, max } => {
            let found = list.count();
            if found < *min {
                let (min, max) = (*min, *max);
                return Err(Unwritable::Length(WrongLength { min, max, found }));
            }
            Ok(element)
        }
        _ => Err(Unwritable::Misfit),
    }
}

/// The error for a value that an enumeration does not have.
pub(crate) fn unknown(shape: &Shape) -> Unwritable {
    match shape {
        Shape::Enumeration(names) => Unwritable::Name(NotAValue(names)),
        _ => Unwritable::Misfit,
    }
}

/// Writes a value.
pub(crate) fn write(out: &mut String, view: View<'_>, shape: &Shape) -> Result<(), Unwritable> {
    match view {
        View::Absent => return Err(Unwritable::Misfit),
        View::Boolean(true) => out.push_str("true"),
        View::Boolean(false) => out.push_str("false"),
        View::Integer(value) => {
            out.push_str(Buffer::new().short(value.unsigned_abs(), 0, value < 0));
        }
        View::Number(number) => out.push_str(number.text(&mut Buffer::new())),
        View::Text(text) => quote(out, check_text(text, shape)?),
        View::DateTime(time) => {
            out.push('"');
            out.push_str(time.write_to(&mut [0; 24]));
            out.push('"');
        }
        View::Name(name) => quote(out, name.ok_or_else(|| unknown(shape))?),
        View::List(list) => {
            let element = check_list(list, shape)?;
            out.push('[');
            for index in 0..list.count() {
                if index > 0 {
                    out.push(',');
                }
                write(out, list.look(index), element)?;
            }
            out.push(']');
        }
        View::Object(value) => object(out, value, shape.object().ok_or(Unwritable::Misfit)?)?,
        View::Any(json) => out.push_str(json.as_str()),
    }
    Ok(())
}

fn object(
    out: &mut String,
    object: &dyn ObjectView,
    shape: &ObjectShape,
) -> Result<(), Unwritable> {
    out.push('{');
    let mut first = true;
    let mut name_of = |out: &mut String, name: &str| {
        if !core::mem::replace(&mut first, false) {
            out.push(',');
        }
        quote(out, name);
        out.push(':');
    };
    for (index, member) in shape.members.iter().enumerate() {
        let view = object.look(index);
        if matches!(view, View::Absent) {
            continue;
        }
        name_of(out, member.name);
        write(out, view, &member.shape)?;
    }
    if let Some(others) = object.look_others() {
        for (name, json) in others.iter() {
            name_of(out, name);
            out.push_str(json.as_str());
        }
    }
    out.push('}');
    Ok(())
}

/// A text as a JSON string.
pub(crate) fn quote(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest
        .bytes()
        .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))
    {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        let byte = special.as_bytes()[0];
        let short = match byte {
            b'"' | b'\\' => Some(byte),
            0x08 => Some(b'b'),
            0x0c => Some(b'f'),
            b'\n' => Some(b'n'),
            b'\r' => Some(b'r'),
            b'\t' => Some(b't'),
            _ => None,
        };
        out.push('\\');
        match short {
            Some(short) => out.push(short.into()),
            None => {
                const DIGITS: &[u8; 16] = b"0123456789abcdef";
                out.push_str("u00");
                out.push(DIGITS[usize::from(byte >> 4)].into());
                out.push(DIGITS[usize::from(byte & 15)].into());
            }
        }
        rest = &special[1..];
    }
    out.push_str(rest);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_written_as_serde_json_writes_them() {
        let all: String = (0..0x180).filter_map(char::from_u32).collect();
        for text in ["", "plain", "\"\\/\u{7f}", "é😀\n\u{1}x", &all] {
            let mut own = String::new();
            quote(&mut own, text);
            assert_eq!(own, serde_json::to_string(text).unwrap());
        }
    }
}
