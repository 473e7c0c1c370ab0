//! JSON as a tree that keeps numbers as text and allows what no parser would give: duplicate members, odd spellings.

use crate::random::Random;

#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    /// As it is written.
    Number(String),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// One step down into a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Member(String),
    Element,
}

impl Json {
    #[allow(clippy::needless_pass_by_value)]
    pub fn number(value: impl ToString) -> Self {
        Self::Number(value.to_string())
    }

    pub fn text(value: &str) -> Self {
        Self::Text(value.to_owned())
    }

    /// The value at a path; elements are the first of their array.
    pub fn at_mut(&mut self, path: &[Step]) -> Option<&mut Json> {
        path.iter().try_fold(self, |json, step| match (json, step) {
            (Self::Object(members), Step::Member(name)) => members
                .iter_mut()
                .find(|(member, _)| member == name)
                .map(|(_, value)| value),
            (Self::Array(elements), Step::Element) => elements.first_mut(),
            _ => None,
        })
    }

    /// The shortest text.
    pub fn compact(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(text) => out.push_str(text),
            Self::Text(text) => out.push_str(&serde_json::to_string(text).unwrap()),
            Self::Array(elements) => {
                out.push('[');
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    element.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    out.push_str(&serde_json::to_string(name).unwrap());
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    /// The same value as another program might write it: white space, members in any order, escapes.
    pub fn oddly(&self, random: &mut Random) -> String {
        let mut text = String::new();
        self.write_oddly(random, &mut text);
        text
    }

    fn write_oddly(&self, random: &mut Random, out: &mut String) {
        const BLANKS: [&str; 6] = ["", "", "", " ", "\n\t", "\r\n  "];
        let blank = |random: &mut Random, out: &mut String| out.push_str(random.pick(&BLANKS));
        match self {
            Self::Text(text) => escaped(text, random, out),
            Self::Array(elements) => {
                out.push('[');
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    blank(random, out);
                    element.write_oddly(random, out);
                    blank(random, out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                for last in (1..members.len()).rev() {
                    members.swap(last, random.below(last + 1));
                }
                out.push('{');
                for (index, (name, value)) in members.into_iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    blank(random, out);
                    escaped(name, random, out);
                    blank(random, out);
                    out.push(':');
                    blank(random, out);
                    value.write_oddly(random, out);
                    blank(random, out);
                }
                out.push('}');
            }
            plain => plain.write(out),
        }
    }
}

/// A string in which some characters are written as escapes.
fn escaped(text: &str, random: &mut Random, out: &mut String) {
    if !random.one_in(4) {
        out.push_str(&serde_json::to_string(text).unwrap());
        return;
    }
    out.push('"');
    for character in text.chars() {
        let must = character < ' ' || matches!(character, '"' | '\\');
        if must || random.one_in(3) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04X}"));
            }
        } else {
            out.push(character);
        }
    }
    out.push('"');
}
