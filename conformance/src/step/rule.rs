//! What members of messages must be.

use serde_json::Value;

use crate::lab::Lab;

/// A value that a rule compares with.
#[derive(Clone, Copy)]
pub enum Want {
    /// A text.
    Text(&'static str),
    /// A number.
    Number(i64),
    /// True or false.
    Flag(bool),
    /// What the lab knows when the step is played, in words and as a function.
    Known(&'static str, fn(&Lab<'_>) -> Value),
}

/// What a member must be.
#[derive(Clone, Copy)]
pub enum Must {
    /// This.
    Be(Want),
    /// This, if it is there.
    BeIfThere(Want),
    /// One of these.
    BeOneOf(&'static [&'static str]),
    /// One of these, if it is there.
    BeOneOfIfThere(&'static [&'static str]),
    /// There, whatever it is.
    BePresent,
    /// Not there.
    BeAbsent,
    /// As the words say; the function decides.
    Suit(&'static str, fn(&Value) -> bool),
    /// As the words say beside what the lab knows when the step is played; the function compares the two.
    Compare(
        &'static str,
        fn(&Lab<'_>) -> Value,
        fn(&Value, &Value) -> bool,
    ),
}

/// A check of a member. Its name in reports is the label of the step and the pointer.
#[derive(Clone, Copy)]
pub struct Rule {
    /// The JSON pointer.
    pub at: &'static str,
    /// What must be there.
    pub must: Must,
}

/// The member is what `must` says.
#[must_use]
pub const fn rule(at: &'static str, must: Must) -> Rule {
    Rule { at, must }
}

/// The member is this text.
#[must_use]
pub const fn is(at: &'static str, text: &'static str) -> Rule {
    rule(at, Must::Be(Want::Text(text)))
}

/// The member is this text, or not there.
#[must_use]
pub const fn is_or_absent(at: &'static str, text: &'static str) -> Rule {
    rule(at, Must::BeIfThere(Want::Text(text)))
}

/// The member is this number.
#[must_use]
pub const fn number(at: &'static str, number: i64) -> Rule {
    rule(at, Must::Be(Want::Number(number)))
}

/// The member is true or false.
#[must_use]
pub const fn flag(at: &'static str, value: bool) -> Rule {
    rule(at, Must::Be(Want::Flag(value)))
}

/// The member is what the lab knows.
#[must_use]
pub const fn known(at: &'static str, words: &'static str, value: fn(&Lab<'_>) -> Value) -> Rule {
    rule(at, Must::Be(Want::Known(words, value)))
}

/// The member is what the lab knows, or not there.
#[must_use]
pub const fn known_or_absent(
    at: &'static str,
    words: &'static str,
    value: fn(&Lab<'_>) -> Value,
) -> Rule {
    rule(at, Must::BeIfThere(Want::Known(words, value)))
}

/// The member is one of these.
#[must_use]
pub const fn one_of(at: &'static str, values: &'static [&'static str]) -> Rule {
    rule(at, Must::BeOneOf(values))
}

/// The member is one of these, or not there.
#[must_use]
pub const fn one_of_or_absent(at: &'static str, values: &'static [&'static str]) -> Rule {
    rule(at, Must::BeOneOfIfThere(values))
}

/// The member is there.
#[must_use]
pub const fn present(at: &'static str) -> Rule {
    rule(at, Must::BePresent)
}

/// The member is not there.
#[must_use]
pub const fn absent(at: &'static str) -> Rule {
    rule(at, Must::BeAbsent)
}

/// The member is as the words say.
#[must_use]
pub const fn suits(at: &'static str, words: &'static str, suits: fn(&Value) -> bool) -> Rule {
    rule(at, Must::Suit(words, suits))
}

/// The member is as the words say beside what the lab knows: `compare(member, known)`.
#[must_use]
pub const fn compared(
    at: &'static str,
    words: &'static str,
    known: fn(&Lab<'_>) -> Value,
    compare: fn(&Value, &Value) -> bool,
) -> Rule {
    rule(at, Must::Compare(words, known, compare))
}

/// The member is another value than the lab knows.
#[must_use]
pub const fn other_than(
    at: &'static str,
    words: &'static str,
    known: fn(&Lab<'_>) -> Value,
) -> Rule {
    compared(at, words, known, |value, known| value != known)
}

/// The member is the instant that the lab knows, however it is written, give or take two seconds.
#[must_use]
pub const fn instant(at: &'static str, words: &'static str, known: fn(&Lab<'_>) -> Value) -> Rule {
    compared(at, words, known, |value, known| {
        let instant = |value: &Value| value.as_str()?.parse::<ocpp_types::DateTime>().ok();
        let pair = instant(value).zip(instant(known));
        pair.is_some_and(|(value, known)| value.millis_since(known).abs() <= 2_000)
    })
}
