//! From the names of the schemas to names of Rust.

use heck::{ToSnakeCase, ToUpperCamelCase};
use quote::format_ident;

/// Spellings in which case does not mark words. Applied before names are split into words.
const SPELLINGS: &[(&str, &str)] = &[
    ("SoC", "Soc"),
    ("soC", "soc"),
    ("SoH", "Soh"),
    ("soH", "soh"),
    ("RoCoF", "Rocof"),
    ("EMAIDs", "Emaids"),
    ("eMAID", "Emaid"),
    ("IKEv2", "Ikev2"),
    ("IPSec", "Ipsec"),
    ("kWh", "Kwh"),
    ("kW", "Kw"),
    ("kVA", "Kva"),
    ("TIme", "Time"),
];

fn respelled(name: &str) -> String {
    SPELLINGS
        .iter()
        .fold(name.to_owned(), |name, (from, to)| name.replace(from, to))
}

/// A type or variant: `EVConnected` becomes `EvConnected`, `L1-N` becomes `L1N`.
pub(crate) fn camel(name: &str) -> String {
    let camel = respelled(name).to_upper_camel_case();
    if camel.starts_with(|first: char| first.is_ascii_digit()) {
        format!("N{camel}")
    } else {
        camel
    }
}

/// A field: `chargePointModel` becomes `charge_point_model`, `type` becomes `r#type`.
pub(crate) fn snake(name: &str) -> String {
    let snake = respelled(name).to_snake_case();
    if snake.starts_with(|first: char| first.is_ascii_digit()) {
        format!("n_{snake}")
    } else {
        snake
    }
}

/// The identifier, raw where it is a keyword, with a line below where even that is not allowed.
pub(crate) fn ident(name: &str) -> syn::Ident {
    match syn::parse_str::<syn::Ident>(name) {
        Ok(ident) => ident,
        Err(_) if matches!(name, "self" | "Self" | "super" | "crate") => {
            format_ident!("{name}_")
        }
        Err(_) => syn::Ident::new_raw(name, proc_macro2::Span::call_site()),
    }
}

/// Whether a name of a schema leaves something to make a Rust name of.
pub(crate) fn is_usable(name: &str) -> bool {
    let name = snake(name);
    !name.is_empty() && syn::parse_str::<syn::Ident>(&format!("x{name}")).is_ok()
}

/// What generated code calls by its bare name: no type may be named so.
pub(crate) fn is_reserved(type_name: &str) -> bool {
    const NAMES: [&str; 7] = ["Option", "Some", "None", "Result", "Ok", "Err", "Self"];
    NAMES.contains(&type_name)
}

/// A description as Markdown that rustdoc takes as it is: no markup of modelling tools, no accidental links or tags.
pub(crate) fn clean_docs(description: &str) -> String {
    let mut text = String::new();
    for line in description.lines().map(str::trim) {
        if line.is_empty() || line.starts_with("urn:x-") || is_model_path(line) {
            continue;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(line);
    }
    let mut escaped = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !escaped.is_empty() {
            escaped.push(' ');
        }
        if word.starts_with("http://") || word.starts_with("https://") {
            escaped.push('<');
            escaped.push_str(word.trim_end_matches(['.', ',', ')']));
            escaped.push('>');
            continue;
        }
        for character in word.chars() {
            if matches!(character, '[' | ']' | '<' | '>' | '*' | '_' | '`') {
                escaped.push('\\');
            }
            escaped.push(character);
        }
    }
    escaped
}

/// Lines such as `Charging_ Profile. Stack_ Level. Counter`, which the alliance's modelling tool left behind.
fn is_model_path(line: &str) -> bool {
    line.contains("_ ") && line.contains(". ") && !line.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_as_rust_names_do() {
        for (schema, rust) in [
            ("bulkSoC", "bulk_soc"),
            ("soC", "soc"),
            ("prioritizedEMAIDs", "prioritized_emaids"),
            ("limit_L2", "limit_l2"),
            ("chargingSchedulePeriod", "charging_schedule_period"),
            ("responderURL", "responder_url"),
            (
                "iso15118CertificateHashData",
                "iso15118_certificate_hash_data",
            ),
        ] {
            assert_eq!(snake(schema), rust);
        }
        for (schema, rust) in [
            (
                "Energy.Active.Import.Register",
                "EnergyActiveImportRegister",
            ),
            ("L1-N", "L1N"),
            ("eMAID", "Emaid"),
            ("kWh", "Kwh"),
            ("dateTime", "DateTime"),
            ("SOCLimitReached", "SocLimitReached"),
            ("15min", "N15min"),
        ] {
            assert_eq!(camel(schema), rust);
        }
        assert_eq!(ident("type").to_string(), "r#type");
        assert_eq!(ident("self").to_string(), "self_");
        assert_eq!(ident("Self").to_string(), "Self_");
    }

    #[test]
    fn docs_lose_markup_and_keep_words() {
        let description = "Charging_ Profile. Stack_ Level. Counter\r\nurn:x-oca:ecdm:uid:1:569230\r\nValue in [0..1].\r\n";
        assert_eq!(clean_docs(description), "Value in \\[0..1\\].");
    }
}
