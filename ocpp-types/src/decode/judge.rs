//! Whether a single value fits its shape, and what is wanted instead.

use alloc::format;
use alloc::string::{String, ToString};

use super::{Shape, Violation};
use crate::{ANY_SCALE, DateTime, Number, UNBOUNDED, Uri, bounds, json, text};

/// Whether a value fits a shape that is neither object nor array.
pub(super) fn judge(json: &str, shape: &Shape) -> Result<(), Violation> {
    let first = json.as_bytes().first().copied();
    let is_string = first == Some(b'"');
    let is_number = matches!(first, Some(b'-' | b'0'..=b'9'));
    let right_type = match shape {
        Shape::Boolean => matches!(json, "true" | "false"),
        Shape::Integer { .. } => {
            is_number && json.parse::<Number>().is_ok_and(|value| value.has_scale(0))
        }
        Shape::Number { .. } => is_number,
        _ => is_string,
    };
    if !right_type {
        return Err(Violation::Type);
    }
    let right_value = match shape {
        Shape::Integer { min, max } => {
            json::integer(json).is_some_and(|value| (*min..=*max).contains(&value))
        }
        Shape::Number { min, max, scale } => json
            .parse::<Number>()
            .is_ok_and(|value| bounds::check(&value, *min, *max, *scale).is_ok()),
        Shape::Text { max } => {
            json::text(json).is_some_and(|text| text::check_length(&text, *max).is_ok())
        }
        Shape::DateTime => json::text(json).is_some_and(|text| text.parse::<DateTime>().is_ok()),
        Shape::Uri => json::text(json).is_some_and(|text| Uri::is_valid(&text)),
        Shape::Enumeration(names) => json::text(json).is_some_and(|text| names.contains(&&*text)),
        _ => true,
    };
    if right_value {
        Ok(())
    } else {
        Err(Violation::Property)
    }
}

/// What a shape wants instead of `json`, for people.
pub(super) fn expectation(shape: &Shape, json: &str, violation: Violation) -> String {
    let range = |noun: &str, min: i64, max: i64| match (min, max) {
        (i64::MIN, i64::MAX) => noun.to_string(),
        (min, i64::MAX) => format!("{noun} of at least {min}"),
        (i64::MIN, max) => format!("{noun} of at most {max}"),
        (min, max) => format!("{noun} from {min} to {max}"),
    };
    match shape {
        Shape::Boolean => "true or false".into(),
        Shape::Integer { min, max } if violation == Violation::Property => {
            let number = json.parse::<Number>().unwrap_or_default();
            // The number is an integer: say what else is wrong with it.
            if number >= *min && number <= *max {
                "an integer beyond 2^53 without fraction and exponent".into()
            } else if (*min, *max) == (i64::MIN, i64::MAX) {
                "an integer of 64 bits".into()
            } else {
                range("an integer", *min, *max)
            }
        }
        Shape::Integer { min, max } => range("an integer", *min, *max),
        Shape::Number {
            min,
            max,
            scale: ANY_SCALE,
        } => range("a number", *min, *max),
        Shape::Number { min, max, scale } => {
            let places = if *scale == 1 { "place" } else { "places" };
            format!(
                "{} with at most {scale} decimal {places}",
                range("a number", *min, *max)
            )
        }
        Shape::Text { max: UNBOUNDED } => "a string".into(),
        Shape::Text { max } => format!("a string of at most {max} characters"),
        Shape::DateTime => "an RFC 3339 date-time".into(),
        Shape::Uri => "a URI".into(),
        Shape::Enumeration(names) => format!("one of {}", names.join(", ")),
        Shape::Array { .. } => "an array".into(),
        Shape::Object(_) | Shape::CustomData => "an object".into(),
        Shape::Any => "any value".into(),
    }
}
