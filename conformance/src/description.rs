//! Descriptions of products: what somebody writes who tests a product of his own.
//!
//! A description is a document (JSON, or TOML that was read into it) with the members of [`Product`] and `settings`. It may
//! name a preset with `like`; what it leaves out is as there. [`template`] is one to start from.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::lab::Parameters;
use crate::preset;
use crate::product::{Impossible, Product};

/// The member that names a preset.
const LIKE: &str = "like";
/// The member with the [`Settings`].
const SETTINGS: &str = "settings";

/// What the operator of the lab knows of the specimen. Members that are missing are the lab's own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// A token that the lab accepts, as the reader of the station reads it.
    pub valid: Option<String>,
    /// A second one.
    pub valid2: Option<String>,
    /// A token that the lab refuses.
    pub invalid: Option<String>,
    /// The password for basic authentication; hexadecimal digits in 1.6.
    pub password: Option<String>,
    /// The serial number, which certificates name.
    pub serial: Option<String>,
    /// Seconds that restarts, reconnections and transfers of files may take.
    pub long_timeout: Option<u64>,
}

/// A product and its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The product.
    pub product: Product,
    /// What is known of the specimen.
    pub settings: Settings,
}

/// A description that is not right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The JSON pointer of the member.
    pub pointer: String,
    /// What is wrong with it.
    pub why: String,
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.pointer.as_str() {
            "" => f.write_str(&self.why),
            pointer => write!(f, "{pointer}: {}", self.why),
        }
    }
}

impl std::error::Error for Wrong {}

impl From<Impossible> for Wrong {
    fn from(Impossible(why): Impossible) -> Self {
        Self::at("", why)
    }
}

impl Wrong {
    fn at(pointer: impl Into<String>, why: impl Into<String>) -> Self {
        let (pointer, why) = (pointer.into(), why.into());
        Self { pointer, why }
    }
}

impl Settings {
    /// Parameters with what is known.
    #[must_use]
    pub fn applied_to(&self, mut parameters: Parameters) -> Parameters {
        let known = [
            (&self.valid, &mut parameters.valid),
            (&self.valid2, &mut parameters.valid2),
            (&self.invalid, &mut parameters.invalid),
            (&self.password, &mut parameters.authorization_key),
            (&self.serial, &mut parameters.serial_number),
        ];
        for (known, parameter) in known {
            if let Some(known) = known {
                parameter.clone_from(known);
            }
        }
        if let Some(seconds) = self.long_timeout {
            parameters.long_timeout = std::time::Duration::from_secs(seconds);
        }
        parameters
    }
}

/// Reads a description.
///
/// # Errors
/// [`Wrong`] names the first member that is unknown, missing or not of its type, or what makes such a product impossible.
pub fn read(document: &Value) -> Result<Description, Wrong> {
    let Value::Object(members) = document else {
        return Err(Wrong::at("", "an object is wanted"));
    };
    let base = match members.get(LIKE) {
        None => None,
        Some(Value::String(name)) => Some(preset::named(name).ok_or_else(|| {
            let all = preset::NAMES.join(", ");
            Wrong::at(
                "/like",
                format!("there is no preset {name}; there are {all}"),
            )
        })?),
        Some(_) => return Err(Wrong::at("/like", "the name of a preset is wanted")),
    };
    // Without a preset nothing is taken from this one but which members there are.
    let model = base.clone().unwrap_or_else(preset::alpitronic);
    let model = value_of(&model, &Settings::default())?;
    let mut given = document.clone();
    if let Some(members) = given.as_object_mut() {
        members.remove(LIKE);
    }
    check_known(&given, &model, "")?;
    let mut whole = match base {
        Some(_) => model.clone(),
        None => json!({}),
    };
    merge(&mut whole, &given);
    let description = match parse(&whole) {
        Ok(description) => description,
        Err(error) => return Err(blame(&given, &model, &error)),
    };
    description.product.check()?;
    Ok(description)
}

/// A description of a product that has everything that there is to say.
///
/// # Errors
/// Never, unless a product cannot be written.
pub fn template(like: &Product) -> Result<Value, Wrong> {
    let mut document = value_of(like, &Settings::default())?;
    document[LIKE] = json!(like.name);
    Ok(document)
}

/// The same as TOML. What is not set is left out: there is no null.
#[must_use]
pub fn toml(document: &Value) -> String {
    let mut text = String::new();
    if let Value::Object(members) = document {
        table(members, "", &mut text);
    }
    text
}

/// Strings and lists are written in TOML as in JSON.
fn table(members: &Map<String, Value>, path: &str, text: &mut String) {
    for (name, value) in members {
        if !value.is_object() && !value.is_null() {
            text.push_str(&format!("{name} = {value}\n"));
        }
    }
    for (name, value) in members {
        let Value::Object(inner) = value else {
            continue;
        };
        let path = match path {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        text.push_str(&format!("\n[{path}]\n"));
        table(inner, &path, text);
    }
}

fn value_of(product: &Product, settings: &Settings) -> Result<Value, Wrong> {
    let wrong = |error: serde_json::Error| Wrong::at("", error.to_string());
    let mut value = serde_json::to_value(product).map_err(wrong)?;
    value[SETTINGS] = serde_json::to_value(settings).map_err(wrong)?;
    Ok(value)
}

fn parse(whole: &Value) -> Result<Description, serde_json::Error> {
    let mut whole = whole.clone();
    let settings = whole.as_object_mut().and_then(|all| all.remove(SETTINGS));
    Ok(Description {
        product: serde_json::from_value(whole)?,
        settings: settings.map_or_else(|| Ok(Settings::default()), serde_json::from_value)?,
    })
}

/// Each member is one that the model has.
fn check_known(given: &Value, model: &Value, pointer: &str) -> Result<(), Wrong> {
    let (Value::Object(given), Value::Object(model)) = (given, model) else {
        return Ok(());
    };
    for (name, value) in given {
        let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        let Some(known) = model.get(name) else {
            let names: Vec<&str> = model.keys().map(String::as_str).collect();
            let why = format!("there is no such member; there are {}", names.join(", "));
            return Err(Wrong::at(pointer, why));
        };
        check_known(value, known, &pointer)?;
    }
    Ok(())
}

fn merge(whole: &mut Value, given: &Value) {
    match (whole, given) {
        (Value::Object(whole), Value::Object(given)) => {
            for (name, value) in given {
                merge(whole.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (whole, given) => *whole = given.clone(),
    }
}

/// Which member the error is about: the one that alone makes a right document wrong.
fn blame(given: &Value, model: &Value, error: &serde_json::Error) -> Wrong {
    let mut leaves = Vec::new();
    collect_leaves(given, "", &mut leaves);
    for (pointer, value) in leaves {
        let mut trial = model.clone();
        let Some(place) = trial.pointer_mut(&pointer) else {
            continue;
        };
        *place = value.clone();
        if let Err(error) = parse(&trial) {
            return Wrong::at(pointer, error.to_string());
        }
    }
    Wrong::at("", error.to_string())
}

fn collect_leaves<'a>(value: &'a Value, pointer: &str, leaves: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                collect_leaves(value, &format!("{pointer}/{name}"), leaves);
            }
        }
        _ => leaves.push((pointer.to_owned(), value)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn every_preset_can_be_written_and_read() {
        for name in preset::NAMES {
            let product = preset::named(name).unwrap();
            let document = template(&product).unwrap();
            assert_eq!(read(&document).unwrap().product, product);
            let mut alone = document.clone();
            alone.as_object_mut().unwrap().remove(LIKE);
            assert_eq!(read(&alone).unwrap().product, product, "{name}");
        }
    }

    #[test]
    fn what_is_left_out_is_as_in_the_preset() {
        let document = json!({
            "like": "chaevi", "name": "mine", "connectors": 1,
            "features": {"detachable_cable": true}, "settings": {"valid": "04A1"},
        });
        let read = read(&document).unwrap();
        let mut wanted = preset::chaevi();
        wanted.name = "mine";
        wanted.connectors = 1;
        wanted.features.detachable_cable = true;
        assert_eq!(read.product, wanted);
        let parameters = read.settings.applied_to(Parameters::of(&read.product));
        assert_eq!(parameters.valid, "04A1");
        assert_eq!(parameters.valid2, "VALID0002");
    }

    #[test]
    fn what_is_wrong_is_named_with_a_pointer() {
        for (document, pointer, why) in [
            (json!([]), "", "object"),
            (
                json!({"like": "nobody"}),
                "/like",
                "there is no preset nobody",
            ),
            (json!({"like": 1}), "/like", "name of a preset"),
            (
                json!({"like": "evsis", "colour": "red"}),
                "/colour",
                "no such member",
            ),
            (
                json!({"like": "evsis", "features": {"wifi": true}}),
                "/features/wifi",
                "no such member",
            ),
            (
                json!({"like": "evsis", "limits": {"timeouts": {"boot": 1}}}),
                "/limits/timeouts/boot",
                "there are",
            ),
            (
                json!({"like": "evsis", "settings": {"pin": 1}}),
                "/settings/pin",
                "there are",
            ),
            (
                json!({"like": "evsis", "connectors": "two"}),
                "/connectors",
                "invalid type",
            ),
            (
                json!({"like": "evsis", "features": {"local_list": 1}}),
                "/features/local_list",
                "bool",
            ),
            (
                json!({"like": "evsis", "version": "3.0"}),
                "/version",
                "3.0",
            ),
            (
                json!({"like": "evsis", "connectors": 0}),
                "",
                "without connectors",
            ),
            (json!({"name": "mine"}), "", "missing field"),
        ] {
            let wrong = read(&document).unwrap_err();
            assert_eq!(wrong.pointer, pointer, "{document}: {wrong}");
            assert!(wrong.why.contains(why), "{document}: {wrong}");
        }
    }
}
