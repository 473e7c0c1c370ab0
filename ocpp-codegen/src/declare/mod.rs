//! Writes type definitions for other languages: the shapes of messages for those who check programs, without any code.

mod python;
mod typescript;

use crate::model::{Member, Ty};
use crate::{Error, Settings};

pub(crate) use python::emit as python;
pub(crate) use typescript::emit as typescript;

const WIDTH: usize = 110;

/// The notice at the top of a file, without the marks of a comment.
const NOTICE: &str = "Generated from JSON schemas by ocpp-codegen. Changes belong into its input.";

/// The messages of an action: the types of its request and of its response. A message that is not answered has no response.
struct Action<'a> {
    name: &'a str,
    request: String,
    response: Option<String>,
}

/// The actions of a version, if it is one.
fn actions<'a>(settings: &'a Settings, roots: &[String]) -> Result<Vec<Action<'a>>, Error> {
    let Some(protocol) = &settings.protocol else {
        return Ok(Vec::new());
    };
    let actions = protocol.actions.iter().map(|action| {
        let name = crate::type_name(&action.name);
        let known = |type_name: String| roots.contains(&type_name).then_some(type_name);
        let response = known(format!("{name}Response"));
        let request = known(format!("{name}Request")).or_else(|| known(name));
        let request = request.ok_or_else(|| {
            Error::Settings(format!(
                "no schema is a message of the action {}",
                action.name
            ))
        })?;
        Ok(Action {
            name: &action.name,
            request,
            response,
        })
    });
    actions.collect()
}

/// What is said of a member: its description, if that is wanted, and the bounds that the type of the language does not know.
fn remark(member: &Member, descriptions: bool) -> Vec<String> {
    let mut text = match descriptions {
        true => plain(&member.docs),
        false => String::new(),
    };
    if let Some(bounds) = bounds(&member.ty) {
        if !text.is_empty() {
            if !text.ends_with(['.', ':', '!', '?']) {
                text.push('.');
            }
            text.push(' ');
        }
        text.push_str(&bounds);
    }
    wrapped(&text)
}

fn bounds(ty: &Ty) -> Option<String> {
    let range = |min: i64, max: i64| match (min, max) {
        (i64::MIN, i64::MAX) => None,
        (min, i64::MAX) => Some(format!("At least {min}.")),
        (i64::MIN, max) => Some(format!("At most {max}.")),
        (min, max) => Some(format!("From {min} to {max}.")),
    };
    match ty {
        Ty::Integer { min, max } => Some(match range(*min, *max) {
            None => "A whole number.".into(),
            Some(range) => format!("A whole number. {range}"),
        }),
        Ty::Number { min, max, .. } => range(*min, *max),
        Ty::Text { max, .. } => max.map(|max| format!("At most {max} characters.")),
        Ty::DateTime => Some("A date and time (RFC 3339).".into()),
        Ty::Uri => Some("A URI (RFC 3986).".into()),
        Ty::Array { element, min, max } => {
            let count = match (min, max) {
                (0, None) => None,
                (1, None) => Some("At least one element.".into()),
                (min, None) => Some(format!("At least {min} elements.")),
                (0, Some(1)) => Some("At most one element.".into()),
                (0, Some(max)) => Some(format!("At most {max} elements.")),
                (1, Some(1)) => Some("One element.".into()),
                (min, Some(max)) => Some(format!("{min} to {max} elements.")),
            };
            let each = bounds(element).map(|bounds| format!("Each: {bounds}"));
            match (count, each) {
                (Some(count), Some(each)) => Some(format!("{count} {each}")),
                (count, each) => count.or(each),
            }
        }
        Ty::Boolean | Ty::Any | Ty::CustomData | Ty::Named(_) => None,
    }
}

/// A description without what makes it Markdown for rustdoc.
fn plain(docs: &str) -> String {
    let mut text = String::with_capacity(docs.len());
    let mut letters = docs.chars().peekable();
    while let Some(letter) = letters.next() {
        let escaped = letter == '\\' && letters.peek().is_some_and(char::is_ascii_punctuation);
        if !escaped {
            text.push(letter);
        }
    }
    text
}

/// The lines of a description, if that is wanted.
fn description(docs: &str, wanted: bool) -> Vec<String> {
    match wanted {
        true => wrapped(&plain(docs)),
        false => Vec::new(),
    }
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() < WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
