//! Reading back what was stored: as a whole, in part, or not at all.

use ocpp_types::json;
use serde::de::DeserializeOwned;

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

    /// The value, whatever else the text says.
    #[cfg_attr(not(any(feature = "v1_6", feature = "v2_0_1")), allow(dead_code))]
    pub(crate) fn partly(self) -> Option<T> {
        match self {
            Self::Whole(value) | Self::Partly(value) => Some(value),
            Self::Not(_) => None,
        }
    }
}

/// Reads a stored text. The reasons never quote it: it may be a secret.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Reading<T> {
    match json::record(text) {
        json::Reading::Whole(value) => Reading::Whole(value),
        json::Reading::Partly(value) => Reading::Partly(value),
        json::Reading::Other => Reading::Not("it says something else than this program writes"),
        json::Reading::Malformed => Reading::Not("it is damaged"),
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;
    use alloc::string::String;
    use alloc::vec::Vec;

    use ocpp_types::{DateTime, Decimal, Number, Text};

    use serde::{Deserialize, Serialize};

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

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Choice {
        Plain,
        New(i64),
        Pair(u8, String),
        Named { at: Option<u32>, on: bool },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(transparent)]
    struct Handle(u32);

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Unit;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Everything {
        choices: Vec<Choice>,
        pair: (i8, String),
        handle: Handle,
        unit: Option<Unit>,
        by_number: BTreeMap<u32, bool>,
        by_choice: BTreeMap<String, Choice>,
        number: Number,
        decimal: Decimal,
        time: DateTime,
        text: Text,
        letter: char,
    }

    /// serde_json says what the form of a record is.
    #[test]
    fn every_form_is_read_as_it_was_written_and_no_other() {
        let good = Everything {
            choices: alloc::vec![
                Choice::Plain,
                Choice::New(i64::MIN),
                Choice::Pair(255, "\"\u{1}é😀".into()),
                Choice::Named { at: None, on: true },
            ],
            pair: (-128, String::new()),
            handle: Handle(u32::MAX),
            unit: Some(Unit),
            by_number: [(7, true), (8, false)].into(),
            by_choice: [("a".into(), Choice::Plain)].into(),
            number: "1e999".parse().unwrap(),
            decimal: "-0.001".parse().unwrap(),
            time: DateTime::MAX,
            text: Text::from_text("x"),
            letter: 'é',
        };
        let good = serde_json::to_string(&good).unwrap();
        let same = |text: &str| {
            let expected = serde_json::from_str::<Everything>(text).ok();
            let found = read::<Everything>(text).partly();
            assert_eq!(found, expected, "{text}");
            expected.is_some()
        };
        assert!(same(&good), "{good}");
        let mut right = 0;
        // Every byte taken out, doubled, or another one in its place.
        for (at, _) in good.char_indices() {
            let (before, after) = good.split_at(at);
            let mut rest = after.chars();
            let gone = rest.next().unwrap();
            let rest = rest.as_str();
            right += usize::from(same(&alloc::format!("{before}{rest}")));
            right += usize::from(same(&alloc::format!("{before}{gone}{gone}{rest}")));
            for other in ["0", "\"", "}", "]", ",", "{", "[", "-", " ", "null"] {
                right += usize::from(same(&alloc::format!("{before}{other}{rest}")));
            }
        }
        assert!(
            right > 100,
            "most of what stays right is letters of texts: {right}"
        );
    }
}
