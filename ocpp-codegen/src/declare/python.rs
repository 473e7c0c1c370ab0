//! Python: a TypedDict for each object, a Literal for each enumeration. For Python 3.9: what need not be there stands in a class
//! that inherits what must be.

use std::fmt::Write;

use super::{NOTICE, actions, description, remark};
use crate::model::{Kind, Member, Model, Ty};
use crate::{Error, Settings};

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

pub(crate) fn emit(
    title: &str,
    model: &Model,
    roots: &[String],
    settings: &Settings,
    descriptions: bool,
) -> Result<String, Error> {
    let mut out = format!("\"\"\"{title}\n\n{NOTICE}\n\"\"\"\n\n");
    out.push_str("from __future__ import annotations\n\nfrom typing import Any, Dict, List, Literal, TypedDict\n");
    for (name, definition) in &model.types {
        match &definition.kind {
            Kind::Enumeration { values } => {
                let _ = write!(out, "\n\n{name} = Literal[");
                for value in values {
                    let _ = write!(out, "\n    {},", quoted(value));
                }
                out.push_str("\n]\n");
                docstring(&mut out, "", &description(&definition.docs, descriptions));
            }
            Kind::Object { members, .. } => {
                let docs = description(&definition.docs, descriptions);
                let members = members.iter().map(|one| Described {
                    member: one,
                    remark: remark(one, descriptions),
                });
                object(&mut out, name, &docs, &members.collect::<Vec<_>>());
            }
        }
    }
    let actions = actions(settings, roots)?;
    if !actions.is_empty() {
        out.push_str("\n\nRequests = {\n");
        for action in &actions {
            let _ = writeln!(out, "    {}: {},", quoted(action.name), action.request);
        }
        out.push_str("}\n\"\"\"The types of requests by action.\"\"\"\n\nResponses = {\n");
        for action in &actions {
            if let Some(response) = &action.response {
                let _ = writeln!(out, "    {}: {response},", quoted(action.name));
            }
        }
        out.push_str("}\n\"\"\"The types of responses by action.\"\"\"\n");
    }
    Ok(out)
}

/// A member, and what is said of it.
#[derive(Clone)]
struct Described<'a> {
    member: &'a Member,
    remark: Vec<String>,
}

impl<'a> Described<'a> {
    /// Whether it cannot be the name of an attribute.
    fn is_odd(&self) -> bool {
        let name = self.member.name.as_str();
        let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        KEYWORDS.contains(&name)
            || !name.chars().all(plain)
            || name.starts_with(|first: char| first.is_ascii_digit())
    }

    /// Those that can be attributes.
    fn plain(members: &[&Self]) -> Vec<Described<'a>> {
        let plain = members.iter().filter(|one| !one.is_odd());
        plain.map(|one| (*one).clone()).collect()
    }
}

fn object(out: &mut String, name: &str, docs: &[String], members: &[Described<'_>]) {
    let (required, optional): (Vec<_>, Vec<_>) =
        members.iter().partition(|one| one.member.required);
    let total = |optional: bool| if optional { ", total=False" } else { "" };
    let mut base = "TypedDict".to_owned();
    // Members that cannot be attributes stand in classes that are made by a call.
    for (members, is_optional) in [(&required, false), (&optional, true)] {
        let odd: Vec<_> = members.iter().filter(|one| one.is_odd()).collect();
        if odd.is_empty() {
            continue;
        }
        let odd_name = format!("_{name}{}Odd", if is_optional { "Optional" } else { "" });
        let _ = write!(out, "\n\n{odd_name} = TypedDict(\"{odd_name}\", {{");
        for one in odd {
            let (key, ty) = (quoted(&one.member.name), ty(&one.member.ty));
            let _ = write!(out, "{key}: \"{ty}\", ");
        }
        let _ = writeln!(out, "}}{})", total(is_optional));
        base = if base == "TypedDict" {
            odd_name
        } else {
            format!("{base}, {odd_name}")
        };
    }
    let (required, optional) = (Described::plain(&required), Described::plain(&optional));
    if !required.is_empty() && !optional.is_empty() {
        let inner = format!("_{name}Required");
        class(out, &inner, &base, "", &[], &required);
        class(out, name, &inner, total(true), docs, &optional);
    } else if optional.is_empty() {
        class(out, name, &base, "", docs, &required);
    } else {
        class(out, name, &base, total(true), docs, &optional);
    }
}

fn class(
    out: &mut String,
    name: &str,
    base: &str,
    total: &str,
    docs: &[String],
    members: &[Described<'_>],
) {
    let _ = writeln!(out, "\n\nclass {name}({base}{total}):");
    docstring(out, "    ", docs);
    if docs.is_empty() && members.is_empty() {
        out.push_str("    pass\n");
    }
    for Described { member, remark } in members {
        let _ = writeln!(out, "    {}: {}", member.name, ty(&member.ty));
        docstring(out, "    ", remark);
    }
}

fn docstring(out: &mut String, indent: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    // What ends or escapes a text must not stand in one.
    let lines: Vec<_> = lines
        .iter()
        .map(|line| line.replace('\\', "/").replace('"', "'"))
        .collect();
    let text = lines.join(&format!("\n{indent}"));
    let _ = writeln!(out, "{indent}\"\"\"{text}\"\"\"");
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn ty(ty: &Ty) -> String {
    match ty {
        Ty::Boolean => "bool".into(),
        Ty::Integer { .. } => "int".into(),
        Ty::Number { .. } => "float".into(),
        Ty::Text { .. } | Ty::DateTime | Ty::Uri => "str".into(),
        Ty::Any => "Any".into(),
        Ty::CustomData => "Dict[str, Any]".into(),
        Ty::Array { element, .. } => format!("List[{}]", self::ty(element)),
        Ty::Named(name) => name.clone(),
    }
}
