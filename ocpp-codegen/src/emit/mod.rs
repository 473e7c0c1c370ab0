//! Writes the Rust code.

mod enumeration;
mod lenience;
mod object;
mod protocol;

use quote::quote;

use crate::model::{Kind, Model};
use crate::resolve::Resolved;
use crate::{Error, Settings};

/// The whole module as formatted source, items separated by blank lines.
pub(crate) fn emit(
    model: &Model,
    resolved: &Resolved,
    roots: &[String],
    settings: &Settings,
) -> Result<String, Error> {
    let mut source = String::from(
        "// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.\n\n",
    );
    let rules = lenience::Rules::new(&settings.lenience)?;
    let empty = syn::parse_file("")?;
    let mut write = |tokens| -> Result<(), Error> {
        for item in syn::parse2::<syn::File>(tokens)?.items {
            let file = syn::File {
                items: vec![item],
                ..empty.clone()
            };
            source.push_str(&prettyplease::unparse(&file));
            source.push('\n');
        }
        Ok(())
    };
    for (name, definition) in &model.types {
        write(match &definition.kind {
            Kind::Enumeration { values } => enumeration::emit(name, &definition.docs, values),
            Kind::Object { members, open } => match resolved.objects.get(name) {
                Some(fields) => {
                    object::emit(name, &definition.docs, members, fields, *open, &rules)
                }
                None => return Err(Error::Settings(format!("typify made no struct of {name}"))),
            },
        })?;
    }
    rules.all_used()?;
    if let Some(protocol) = &settings.protocol {
        write(protocol::emit(protocol, roots)?)?;
    }
    Ok(source)
}

/// Doc comments, one attribute a line.
fn docs(lines: &[String]) -> proc_macro2::TokenStream {
    let lines = lines.iter().map(|line| {
        if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        }
    });
    quote!(#(#[doc = #lines])*)
}

/// A text broken into lines that read well in the source.
fn wrap(text: &str) -> Vec<String> {
    const WIDTH: usize = 110;
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        if let Some(line) = lines.last_mut() {
            // A line that begins like a list or heading would become one.
            let glued = word.starts_with(['-', '+', '#', '=', '>'])
                || word.ends_with(['.', ')']) && word.len() < 4;
            if line.is_empty() {
                line.push_str(word);
                continue;
            }
            if line.len() + word.len() < WIDTH || glued {
                line.push(' ');
                line.push_str(word);
                continue;
            }
        }
        lines.push(word.to_owned());
    }
    lines
}
