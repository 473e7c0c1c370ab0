//! A first description of a product, from what a connected station says of itself: its configuration keys in 1.6, its device
//! model in 2.0.1.
//!
//! A station does not tell everything: readers, cables, or how fast it is. What it tells nothing of stays as in the preset,
//! and what it tells otherwise than the preset is a [note](Draft::notes).

mod v1_6;
mod v2_0_1;

use std::time::Duration;

use ocpp_types::Version;
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::description::{self, Wrong};
use crate::lab::{Lab, Parameters, Specimen};
use crate::product::Product;
use crate::unmet::Failed;

/// A key or variable as a station tells it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReportedVariable {
    /// The key in 1.6, `Component.Variable[Instance]` in 2.0.1.
    pub key: String,
    /// The EVSE that it is about; `None` for the station.
    pub evse: Option<u64>,
    /// Its value, if it is told.
    pub value: Option<String>,
    /// Whether the CSMS may write it.
    pub writable: bool,
    /// The values that it may have, if they are told.
    pub values: Vec<String>,
    /// The least and the greatest value, or the greatest number of entries.
    pub range: (Option<f64>, Option<f64>),
}

/// All that a station tells, by name.
#[derive(Debug, Clone, Default)]
pub struct Report(Vec<ReportedVariable>);

impl Report {
    /// A report of this.
    #[must_use]
    pub const fn new(told: Vec<ReportedVariable>) -> Self {
        Self(told)
    }

    fn find(&self, key: &str) -> Option<&ReportedVariable> {
        let mut all = self.0.iter();
        all.find(|told| told.key.eq_ignore_ascii_case(key))
    }

    fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.find(key)?.value.as_deref()
    }

    fn number(&self, key: &str) -> Option<u64> {
        self.text(key)?.trim().parse().ok()
    }

    fn is_true(&self, key: &str) -> bool {
        self.text(key)
            .is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    fn list(&self, key: &str) -> Option<Vec<&str>> {
        let entries = self.text(key)?.split(',').map(str::trim);
        Some(entries.filter(|entry| !entry.is_empty()).collect())
    }

    /// Whether something can be switched to this.
    fn can_be(&self, key: &str, value: bool) -> Option<bool> {
        let told = self.find(key)?;
        Some(told.writable || self.is_true(key) == value)
    }
}

/// What the station says about a member of the description: the JSON pointer, the value, and the key that says it.
struct Fact {
    pointer: &'static str,
    value: Value,
    key: &'static str,
}

fn fact(pointer: &'static str, key: &'static str, value: impl Into<Value>) -> Fact {
    Fact {
        pointer,
        value: value.into(),
        key,
    }
}

/// See the [module documentation](self).
#[derive(Debug, Clone)]
pub struct Draft {
    /// The description, to be read with [`description::read`].
    pub document: Value,
    /// Where the station contradicts the preset, and itself.
    pub notes: Vec<String>,
}

/// Writes a description like that of a product, corrected by what a station has told.
///
/// # Errors
/// The product cannot be written.
pub fn draft(like: &Product, report: &Report, specimen: Option<&Specimen>) -> Result<Draft, Wrong> {
    let mut document = description::template(like)?;
    let mut notes = Vec::new();
    if let Some(members) = document.as_object_mut() {
        // It is complete.
        members.remove("like");
    }
    if let Some(specimen) = specimen {
        document["name"] = json!(specimen.model);
        document["model"] = json!(format!("{} {}", specimen.vendor, specimen.model));
        if let Some(serial) = &specimen.serial_number {
            document["settings"]["serial"] = json!(serial);
        }
    }
    let facts = match like.version {
        Version::V1_6 => v1_6::facts(report),
        _ => v2_0_1::facts(like, report),
    };
    for Fact {
        pointer,
        value,
        key,
    } in facts
    {
        let Some(member) = document.pointer_mut(pointer) else {
            continue;
        };
        if member.is_null() {
            // The preset says nothing of it.
            *member = value;
        } else if *member != value {
            let said = report.text(key).unwrap_or("not there");
            let (before, preset) = (member.to_string(), like.name);
            notes.push(format!(
                "{}: {value}, not {before} as of {preset}: {key} is {said}",
                pointer.trim_start_matches('/').replace('/', ".")
            ));
            *member = value;
        }
    }
    if let Err(wrong) = description::read(&document) {
        notes.push(format!("the station contradicts itself: {wrong}"));
    }
    Ok(Draft { document, notes })
}

/// Asks the station on a bench for what it is, and writes a description.
///
/// # Errors
/// It does not register, or does not tell what it is.
pub fn from_station(
    bench: &mut dyn Bench,
    like: &Product,
    parameters: Parameters,
) -> Result<Draft, Failed> {
    let mut lab = Lab::new(bench, like, parameters);
    lab.begin()?;
    lab.settle()?;
    let report = Report(lab.dialect().tells(&mut lab)?);
    // What it has left to say is answered.
    lab.heard_out(Duration::from_secs(1))?;
    let specimen = lab.specimen().cloned();
    let drafted = draft(like, &report, specimen.as_ref());
    drafted.map_err(|wrong| Failed::Bench(wrong.to_string()))
}

#[cfg(test)]
mod tests;
