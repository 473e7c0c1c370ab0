//! What the `jsonschema` crate says, in this library's words.

use std::collections::BTreeSet;

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use ocpp_types::{DecodeError, Violation};
use serde_json::Value;

/// The class of a violation and its JSON pointer.
pub type Fault = (String, &'static str);

pub struct Oracle(Validator);

impl Oracle {
    pub fn new(schema: &Value) -> Self {
        let options = jsonschema::options().should_validate_formats(true);
        Self(options.build(schema).unwrap())
    }

    pub fn faults(&self, instance: &Value) -> BTreeSet<Fault> {
        if self.0.is_valid(instance) {
            return BTreeSet::new();
        }
        let mut faults = BTreeSet::new();
        for error in self.0.iter_errors(instance) {
            let pointer = error.instance_path().as_str().to_owned();
            let violation = match error.kind() {
                ValidationErrorKind::Type { .. } => Violation::Type,
                ValidationErrorKind::Required { .. }
                | ValidationErrorKind::MinItems { .. }
                | ValidationErrorKind::MaxItems { .. } => Violation::Occurrence,
                ValidationErrorKind::MaxLength { .. }
                | ValidationErrorKind::Enum { .. }
                | ValidationErrorKind::Format { .. }
                | ValidationErrorKind::Minimum { .. }
                | ValidationErrorKind::Maximum { .. }
                | ValidationErrorKind::MultipleOf { .. } => Violation::Property,
                ValidationErrorKind::AdditionalProperties { unexpected } => {
                    faults.extend(unexpected.iter().map(|name| stray(&pointer, name)));
                    continue;
                }
                // An object that has no members at all: reported once for all of them.
                ValidationErrorKind::FalseSchema => {
                    let object = instance
                        .pointer(&pointer)
                        .and_then(Value::as_object)
                        .unwrap();
                    faults.extend(object.keys().map(|name| stray(&pointer, name)));
                    continue;
                }
                other => panic!("no schema of OCPP can be broken by {other:?}"),
            };
            faults.insert((pointer, class(violation)));
        }
        // A value of the wrong type is no value of an enumeration either, and has no members that count (the enumerations of
        // OCPP forbid unknown members): one fault, not several.
        let wrong_types: Vec<_> = faults
            .iter()
            .filter(|(_, class)| *class == "Type")
            .map(|(pointer, _)| pointer.clone())
            .collect();
        faults.retain(|(pointer, class)| {
            let at_or_below = |wrong: &String| {
                let rest = pointer.strip_prefix(wrong.as_str());
                rest.is_some_and(|rest| {
                    rest.starts_with('/') || rest.is_empty() && *class != "Type"
                })
            };
            !wrong_types.iter().any(at_or_below)
        });
        faults
    }
}

/// A member that should not be there.
fn stray(object: &str, name: &str) -> Fault {
    let name = name.replace('~', "~0").replace('/', "~1");
    (format!("{object}/{name}"), class(Violation::Format))
}

pub fn class(violation: Violation) -> &'static str {
    match violation {
        Violation::Format => "Format",
        Violation::Occurrence => "Occurrence",
        Violation::Property => "Property",
        Violation::Type => "Type",
    }
}

pub fn faults_of(error: &DecodeError) -> BTreeSet<Fault> {
    let issues = error.issues().iter();
    issues
        .map(|issue| (issue.pointer.clone(), class(issue.violation)))
        .collect()
}
