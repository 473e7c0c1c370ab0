//! TypeScript: an interface for each object, a union for each enumeration.

use std::fmt::Write;

use super::{NOTICE, actions, description, remark};
use crate::model::{Kind, Model, Ty};
use crate::{Error, Settings};

pub(crate) fn emit(
    model: &Model,
    roots: &[String],
    settings: &Settings,
    descriptions: bool,
) -> Result<String, Error> {
    let mut out = format!("// {NOTICE}\n");
    for (name, definition) in &model.types {
        out.push('\n');
        comment(&mut out, "", &description(&definition.docs, descriptions));
        match &definition.kind {
            Kind::Enumeration { values } => {
                let values: Vec<_> = values.iter().map(|value| quoted(value)).collect();
                let _ = write!(out, "export type {name} =");
                for value in values {
                    let _ = write!(out, "\n  | {value}");
                }
                out.push_str(";\n");
            }
            Kind::Object { members, open } => {
                let _ = writeln!(out, "export interface {name} {{");
                for member in members {
                    comment(&mut out, "  ", &remark(member, descriptions));
                    let mark = if member.required { "" } else { "?" };
                    let (key, ty) = (key(&member.name), ty(&member.ty));
                    let _ = writeln!(out, "  {key}{mark}: {ty};");
                }
                if *open {
                    out.push_str("  [member: string]: unknown;\n");
                }
                out.push_str("}\n");
            }
        }
    }
    let actions = actions(settings, roots)?;
    if !actions.is_empty() {
        out.push_str("\n/** The messages by action. What is not answered has no response. */\n");
        out.push_str("export interface Messages {\n");
        for action in actions {
            let (name, request) = (key(action.name), action.request);
            let response = action.response.unwrap_or_else(|| "never".into());
            let _ = writeln!(
                out,
                "  {name}: {{ request: {request}; response: {response} }};"
            );
        }
        out.push_str("}\n");
    }
    Ok(out)
}

fn comment(out: &mut String, indent: &str, lines: &[String]) {
    // What ends a comment must not stand in one.
    let lines: Vec<_> = lines.iter().map(|line| line.replace("*/", "* /")).collect();
    match &lines[..] {
        [] => {}
        [line] => {
            let _ = writeln!(out, "{indent}/** {line} */");
        }
        lines => {
            let _ = writeln!(out, "{indent}/**");
            for line in lines {
                let _ = writeln!(out, "{indent} * {line}");
            }
            let _ = writeln!(out, "{indent} */");
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A member as it may stand in an interface.
fn key(name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$';
    let digit = name.starts_with(|letter: char| letter.is_ascii_digit());
    if name.chars().all(plain) && !digit {
        name.to_owned()
    } else {
        quoted(name)
    }
}

fn ty(ty: &Ty) -> String {
    match ty {
        Ty::Boolean => "boolean".into(),
        Ty::Integer { .. } | Ty::Number { .. } => "number".into(),
        Ty::Text { .. } | Ty::DateTime | Ty::Uri => "string".into(),
        Ty::Any => "unknown".into(),
        Ty::CustomData => "{ vendorId: string; [member: string]: unknown }".into(),
        Ty::Array { element, .. } => format!("{}[]", self::ty(element)),
        Ty::Named(name) => name.clone(),
    }
}
