//! JSON text that is wrong, as people are told of it.

use alloc::format;
use alloc::string::String;

use crate::json;

/// The place of a syntax error, in bytes from the beginning, with a little of the text around it.
pub(super) fn describe_syntax(json: &str, at: usize) -> String {
    let (line, column) = json::position(json, at);
    let text = json.lines().nth(line - 1).unwrap_or_default();
    let near = text.chars().skip(column.saturating_sub(20)).take(40);
    let mut quoted = String::new();
    json::quote(&mut quoted, &near.collect::<String>());
    let what = if at < json.len() {
        "no JSON"
    } else {
        "the end"
    };
    format!("{what} at line {line} column {column}, near {quoted}")
}

/// The element of an array that has exactly one.
pub(super) fn only_element(json: &str) -> Option<&str> {
    match json::elements(json)?.as_slice() {
        [element] => Some(element),
        _ => None,
    }
}
