//! The repairs of single values.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};

use super::check::judge;
use super::node::Node;
use super::{Shape, Violation};
use crate::decimal::is_json_number;
use crate::{ANY_SCALE, Decimal};

/// What can be made of a value that does not fit its shape.
pub(super) fn scalar<'a>(json: &str, shape: &Shape, violation: Violation) -> Option<Node<'a>> {
    let text = serde_json::from_str::<Cow<'_, str>>(json).ok();
    let replaced = match (shape, text) {
        (Shape::Boolean, Some(text)) => ["true", "false"]
            .into_iter()
            .find(|word| text.trim().eq_ignore_ascii_case(word))?
            .into(),
        (Shape::Integer { .. } | Shape::Decimal { .. }, Some(text)) => number(text.trim(), shape)?,
        (Shape::Integer { .. } | Shape::Decimal { .. }, None) => number(json, shape)?,
        (Shape::Text { .. } | Shape::Uri, Some(text)) => {
            return Some(Node::Admitted(text.into_owned()));
        }
        (Shape::Text { .. }, None) => return spelled_out(json, shape),
        (Shape::DateTime, Some(text)) => quote(&date_time(text.trim())?)?,
        (Shape::Enumeration(names), Some(text)) if violation == Violation::Property => {
            match names.iter().find(|name| same_value(name, text.trim())) {
                Some(name) => quote(name)?,
                None => return Some(Node::Admitted(text.into_owned())),
            }
        }
        _ => return None,
    };
    judge(&replaced, shape).ok()?;
    Some(Node::Replaced(replaced))
}

fn quote(text: &str) -> Option<String> {
    serde_json::to_string(text).ok()
}

/// A number or boolean where a string belongs.
fn spelled_out<'a>(json: &str, shape: &Shape) -> Option<Node<'a>> {
    if !(is_json_number(json) || matches!(json, "true" | "false")) {
        return None;
    }
    let quoted = quote(json)?;
    Some(match judge(&quoted, shape) {
        Ok(()) => Node::Replaced(quoted),
        Err(_) => Node::Admitted(json.to_string()),
    })
}

/// A number in quotes, or with more decimals than the shape allows: the surplus is cut off, never rounded up.
fn number(text: &str, shape: &Shape) -> Option<String> {
    let value: Decimal = text.parse().ok()?;
    let scale = match shape {
        Shape::Integer { .. } => 0,
        Shape::Decimal { scale, .. } => *scale,
        _ => return None,
    };
    if scale == ANY_SCALE {
        return Some(value.to_string());
    }
    Some(Decimal(value.trunc_with_scale(scale)).to_string())
}

/// The same value in other letters: case, and the two spellings that the schemas of 1.6 made common.
fn same_value(name: &str, text: &str) -> bool {
    let other_spelling = |text: &str| match text {
        "Celcius" => Some("Celsius"),
        "Celsius" => Some("Celcius"),
        _ => None,
    };
    name.eq_ignore_ascii_case(text) || other_spelling(text) == Some(name)
}

/// The date-times of real equipment, put into RFC 3339: a space for the T, no offset, `+02`, `+0200`, a comma before the
/// fraction, no seconds, a bare date.
fn date_time(text: &str) -> Option<String> {
    // What follows indexes bytes.
    if !text.is_ascii() || text.len() < 10 {
        return None;
    }
    let (date, rest) = text.split_at(10);
    let rest = rest
        .strip_prefix(['T', 't', ' ', '_'])
        .unwrap_or(rest)
        .trim_start();
    if rest.is_empty() {
        return Some(alloc::format!("{date}T00:00:00Z"));
    }
    let zone_at = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(zone_at);
    let clock = clock.trim_end().replace(',', ".");
    let clock = if clock.len() == 5 {
        alloc::format!("{clock}:00")
    } else {
        clock
    };
    let zone = match zone.as_bytes() {
        [] | b"Z" | b"z" => "Z".to_string(),
        [_, _, _] => alloc::format!("{zone}:00"),
        [_, _, _, b':', ..] => zone.to_string(),
        [_, _, _, _, _] => alloc::format!("{}:{}", &zone[..3], &zone[3..]),
        _ => return None,
    };
    Some(alloc::format!("{date}T{clock}{zone}"))
}
