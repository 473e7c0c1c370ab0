//! Reading back what was stored: as a whole, in part, or not at all.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What became of a stored text.
#[derive(Debug, PartialEq)]
pub(crate) enum Reading<T> {
    /// It says this and nothing else.
    Whole(T),
    /// It says this, and more that this program does not know: a later one has written it.
    Partly(T),
    /// It says nothing that this program could use, for this reason.
    Not(&'static str),
}

/// Why a text counts as read in part only.
pub(crate) const UNKNOWN_MEMBERS: &str = "it has members that this program does not know";

impl<T> Reading<T> {
    /// The value if the text says nothing else.
    pub(crate) fn whole(self) -> Result<T, &'static str> {
        match self {
            Self::Whole(value) => Ok(value),
            Self::Partly(_) => Err(UNKNOWN_MEMBERS),
            Self::Not(why) => Err(why),
        }
    }
}

/// Reads a stored text. The reasons never quote it: it may be a secret. Stands apart, as there are many types of records.
#[inline(never)]
pub(crate) fn read<T: Serialize + DeserializeOwned>(text: &str) -> Reading<T> {
    let value: T = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) if error.is_data() => {
            return Reading::Not("it says something else than this program writes");
        }
        Err(_) => return Reading::Not("it is damaged"),
    };
    let again = serde_json::to_string(&value).ok();
    if again.is_some_and(|again| says_no_more(text, &again)) {
        Reading::Whole(value)
    } else {
        Reading::Partly(value)
    }
}

/// Whether a text says nothing that is not in what this program writes for it.
fn says_no_more(text: &str, again: &str) -> bool {
    // This program has written it: nothing has to be compared.
    if again == text {
        return true;
    }
    let parse = |text: &str| serde_json::from_str::<Value>(text).ok();
    match (parse(text), parse(again)) {
        (Some(text), Some(again)) => is_part_of(&text, &again),
        _ => false,
    }
}

/// Whether every member that a value has is in the other one too. `null` is the same as no member.
fn is_part_of(value: &Value, other: &Value) -> bool {
    match (value, other) {
        (Value::Object(members), Value::Object(others)) => members.iter().all(|(name, member)| {
            member.is_null()
                || others
                    .get(name)
                    .is_some_and(|other| is_part_of(member, other))
        }),
        (Value::Array(items), Value::Array(others)) => {
            let mut pairs = items.iter().zip(others);
            items.len() == others.len() && pairs.all(|(item, other)| is_part_of(item, other))
        }
        // Numbers and texts may be spelled in several ways.
        (Value::Object(_) | Value::Array(_), _) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Small {
        name: String,
        #[serde(default)]
        numbers: Vec<u8>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inner: Option<alloc::boxed::Box<Small>>,
    }

    #[test]
    fn members_that_are_not_known_are_noticed_at_any_depth_and_defaults_are_not() {
        let reading = |text: &str| read::<Small>(text);
        let whole = |text: &str| matches!(reading(text), Reading::Whole(_));
        let partly = |text: &str| matches!(reading(text), Reading::Partly(_));
        assert!(whole(r#"{"name":"a","numbers":[1]}"#));
        assert!(whole(r#"{ "name": "a" }"#), "an older program wrote it");
        assert!(whole(r#"{"numbers":[],"name":"a","inner":null}"#));
        assert!(whole(r#"{"inner":{"name":"\u0062"},"name":"a"}"#));
        assert!(partly(r#"{"name":"a","numbers":[],"more":1}"#));
        assert!(partly(r#"{"name":"a","inner":{"name":"b","more":{}}}"#));
        assert!(whole(r#"{"name":"a","more":null}"#), "it says nothing");
    }

    #[test]
    fn what_cannot_be_read_is_told_without_what_it_says() {
        for text in [
            "",
            "{",
            r#"{"name":"a""#,
            "nul",
            "\u{0}",
            r#"{"name":"a"}x"#,
        ] {
            assert_eq!(read::<Small>(text), Reading::Not("it is damaged"), "{text}");
        }
        for text in [
            "{}",
            "7",
            r#"{"name":7}"#,
            r#"{"name":"a","numbers":[256]}"#,
        ] {
            let reading = read::<Small>(text);
            let why = "it says something else than this program writes";
            assert_eq!(reading, Reading::Not(why), "{text}");
        }
    }
}
