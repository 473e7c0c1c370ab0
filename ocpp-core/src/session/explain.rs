//! What the peer is told about a payload that does not match its schema.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};

use ocpp_types::{DecodeError, Protocol};

use crate::frame::{self, truncated};

/// How many violations the peer is told of at most.
const MAX_TOLD: usize = 10;

/// No further violation is told once the details are as long as this, in bytes.
const MAX_DETAILS: usize = 4 * 1024;

/// How many characters of what is expected, and of a pointer, the peer is told at most. Names of members are the peer's.
const MAX_EXPECTED: usize = 250;

/// How many characters of what was found the peer is told at most: it has sent it, and knows the rest.
const MAX_FOUND: usize = 100;

/// Description and details of an error for a payload that does not match its schema. The details end behind a whole
/// violation; `more` says how many they leave out, of those that are known.
pub(crate) fn explain<P: Protocol>(error: &DecodeError) -> (String, String) {
    let mut details = String::from("{\"violations\":[");
    let issues = error.issues();
    let mut told = 0;
    for issue in issues.iter().take(MAX_TOLD) {
        let before = details.len();
        if told > 0 {
            details.push(',');
        }
        let members = [
            ("{\"pointer\":", marked(&issue.pointer, MAX_EXPECTED)),
            (",\"code\":", issue.violation.code(P::VERSION).into()),
            (",\"expected\":", whole_items(&issue.expected)),
            (",\"found\":", marked(&issue.found, MAX_FOUND)),
        ];
        for (name, value) in members {
            details.push_str(name);
            frame::write_string(&mut details, &value);
        }
        details.push('}');
        if told > 0 && details.len() > MAX_DETAILS {
            details.truncate(before);
            break;
        }
        told += 1;
    }
    details.push(']');
    if issues.len() > told {
        details.push_str(",\"more\":");
        details.push_str(&(issues.len() - told).to_string());
    }
    details.push('}');
    (error.to_string(), details)
}

/// A text, or its beginning with an ellipsis.
fn marked(text: &str, limit: usize) -> Cow<'_, str> {
    match truncated(text, limit) {
        whole if whole.len() == text.len() => Cow::Borrowed(text),
        begin => Cow::Owned(format!("{begin}…")),
    }
}

/// A list of values ends behind one of them and says how many follow.
fn whole_items(expected: &str) -> Cow<'_, str> {
    let begin = truncated(expected, MAX_EXPECTED);
    if begin.len() == expected.len() {
        return Cow::Borrowed(expected);
    }
    match begin.rfind(", ") {
        Some(end) if expected.starts_with("one of ") => {
            let more = expected[end..].matches(", ").count();
            Cow::Owned(format!("{}, and {more} more", &expected[..end]))
        }
        _ => marked(expected, MAX_EXPECTED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_end_behind_a_whole_value() {
        let values: alloc::vec::Vec<_> = (0..100).map(|n| format!("Value{n}")).collect();
        let list = format!("one of {}", values.join(", "));
        let told = whole_items(&list);
        let (kept, more) = told.rsplit_once(", and ").unwrap();
        let kept = kept.strip_prefix("one of ").unwrap().split(", ").count();
        assert_eq!(more, format!("{} more", 100 - kept));
        assert!(values[..kept].join(", ").len() < MAX_EXPECTED && kept > 10);
        assert_eq!(whole_items("one of A, B"), "one of A, B");
        // A member that the peer made up is no list.
        let name = format!("no member \"{}\"", ", x".repeat(200));
        assert_eq!(whole_items(&name).chars().count(), MAX_EXPECTED + 1);
        assert!(whole_items(&name).ends_with('…'));
    }
}
