//! The repairs of single values.

use alloc::format;
use alloc::string::{String, ToString};

use super::judge::judge;
use super::node::Node;
use super::{Kept, Lenience, MemberShape, ObjectShape, Shape, Violation};
use crate::number::is_json_number;
use crate::{ANY_SCALE, DateTime, Number, json};

/// What can be made of a value that does not fit its shape.
pub(super) fn scalar<'a>(
    json: &str,
    shape: &Shape,
    violation: Violation,
    lenience: Lenience,
) -> Option<Node<'a>> {
    let text = json::text(json);
    let replaced = match (shape, text) {
        (Shape::Boolean, Some(text)) => boolean(text.trim())?.into(),
        (Shape::Boolean, None) => boolean(json)?.into(),
        (Shape::Integer { .. } | Shape::Number { .. }, Some(text)) => {
            number(text.trim(), shape, lenience)?
        }
        (Shape::Integer { .. } | Shape::Number { .. }, None) => number(json, shape, lenience)?,
        (Shape::Text { .. } | Shape::Uri, Some(text)) => {
            return Some(Node::Admitted(text.into_owned()));
        }
        (Shape::Text { .. }, None) if lenience == Lenience::AnyAsText => quote(json),
        (Shape::Text { .. }, None) => return spelled_out(json, shape),
        (Shape::DateTime, Some(text)) => quote(&date_time(text.trim())?),
        (Shape::DateTime, None) => quote(&unix_time(json)?),
        (Shape::Enumeration(names), Some(text)) if violation == Violation::Property => {
            match names.iter().find(|name| same_value(name, text.trim())) {
                Some(name) => quote(name),
                None => return Some(Node::Admitted(text.into_owned())),
            }
        }
        (Shape::Enumeration(_), None) => return spelled_out(json, shape),
        _ => return None,
    };
    judge(&replaced, shape).ok()?;
    Some(Node::Replaced(replaced))
}

/// The member that a single value can stand for where an object belongs: the only one that is required, or the only text of
/// an object that requires nothing (`"Wh"` for `{"unit": "Wh"}`).
pub(super) fn member_of(json: &str, shape: &ObjectShape) -> Option<&'static MemberShape> {
    let single = matches!(json.as_bytes(), [b'"' | b'-' | b'0'..=b'9', ..]);
    // customData: a name of a vendor alone extends nothing.
    if shape.open || !single {
        return None;
    }
    let mut required = shape.members.iter().filter(|member| member.required);
    let mut texts = shape
        .members
        .iter()
        .filter(|member| matches!(member.shape, Shape::Text { .. }));
    let member = match (required.next(), required.next()) {
        (Some(member), None) => member,
        (None, _) => {
            let member = texts.next().filter(|_| json.starts_with('"'))?;
            texts.next().is_none().then_some(member)?
        }
        _ => return None,
    };
    let is_single = !matches!(
        member.shape,
        Shape::Array { .. } | Shape::Object(_) | Shape::CustomData | Shape::Any
    );
    is_single.then_some(member)
}

fn quote(text: &str) -> String {
    let mut quoted = String::new();
    json::quote(&mut quoted, text);
    quoted
}

fn boolean(text: &str) -> Option<&'static str> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    let number = text.parse::<Number>().ok();
    if is(&["true", "yes"]) || number.as_ref().is_some_and(|number| *number == 1) {
        Some("true")
    } else if is(&["false", "no"]) || number.is_some_and(|number| number == 0) {
        Some("false")
    } else {
        None
    }
}

/// A number or boolean where a string belongs.
fn spelled_out<'a>(json: &str, shape: &Shape) -> Option<Node<'a>> {
    if !(is_json_number(json) || matches!(json, "true" | "false")) {
        return None;
    }
    let quoted = quote(json);
    Some(match judge(&quoted, shape) {
        Ok(()) => Node::Replaced(quoted),
        Err(_) => Node::Admitted(json.to_string()),
    })
}

/// A number in quotes, or with more decimals than the shape allows: the surplus is cut off, never rounded up. The number of
/// a place or of a transaction has no surplus.
fn number(text: &str, shape: &Shape, lenience: Lenience) -> Option<String> {
    let value: Number = text.parse().ok()?;
    let scale = match shape {
        Shape::Integer { .. } => 0,
        Shape::Number { scale, .. } => *scale,
        _ => return None,
    };
    if scale == ANY_SCALE {
        return Some(value.to_string());
    }
    if lenience == Lenience::Keep(Kept::Identity) && !value.has_scale(scale) {
        return None;
    }
    Some(value.cut(scale).to_string())
}

/// The same value in other letters: case, punctuation, and the two spellings that the schemas of 1.6 made common.
fn same_value(name: &str, text: &str) -> bool {
    let letters = |text: &str| -> String {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|letter| letter.to_ascii_lowercase()).collect()
    };
    let other_spelling = |text: &str| match text {
        "Celcius" => Some("Celsius"),
        "Celsius" => Some("Celcius"),
        _ => None,
    };
    text.is_ascii() && letters(name) == letters(text) || other_spelling(text) == Some(name)
}

/// The date-times of real equipment, put into RFC 3339: a space for the T, no offset, `+02`, `+0200`, a comma before the
/// fraction, no seconds, a bare date, slashes in the date, `UTC`, the name of a zone in brackets.
fn date_time(text: &str) -> Option<String> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return unix_time(text);
    }
    // What follows indexes bytes.
    if !text.is_ascii() || text.len() < 10 {
        return None;
    }
    let text = match text.split_once('[') {
        Some((time, zone)) if zone.ends_with(']') => time,
        _ => text,
    };
    let (date, rest) = text.split_at_checked(10)?;
    let date = date.replace('/', "-");
    let rest = rest
        .strip_prefix(['T', 't', ' ', '_'])
        .unwrap_or(rest)
        .trim_start();
    if rest.is_empty() {
        return Some(format!("{date}T00:00:00Z"));
    }
    let zone_at = rest
        .find(['Z', 'z', '+', '-', 'U', 'G'])
        .unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(zone_at);
    let clock = clock.trim_end().replace(',', ".");
    let clock = if clock.len() == 5 {
        format!("{clock}:00")
    } else {
        clock
    };
    let zone = match zone.as_bytes() {
        [] | b"Z" | b"z" | b"UTC" | b"GMT" => "Z".to_string(),
        [_, _, _] => format!("{zone}:00"),
        [_, _, _, b':', ..] => zone.to_string(),
        [_, _, _, _, _] => format!("{}:{}", &zone[..3], &zone[3..]),
        _ => return None,
    };
    Some(format!("{date}T{clock}{zone}"))
}

/// Seconds or milliseconds since 1970: told apart by their digits, 10 and 13 from 2001 to 2286.
fn unix_time(text: &str) -> Option<String> {
    let number: i64 = text.parse().ok()?;
    let millis = match text.len() {
        10 => number.checked_mul(1_000)?,
        13 => number,
        _ => return None,
    };
    let time = DateTime::from_unix_millis(millis).filter(|_| number > 0)?;
    Some(time.to_string())
}
