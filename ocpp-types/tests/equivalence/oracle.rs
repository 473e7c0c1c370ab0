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
                    for name in unexpected {
                        let name = name.replace('~', "~0").replace('/', "~1");
                        faults.insert((format!("{pointer}/{name}"), class(Violation::Format)));
                    }
                    continue;
                }
                other => panic!("no schema of OCPP can be broken by {other:?}"),
            };
            faults.insert((pointer, class(violation)));
        }
        // A value of the wrong type is no value of an enumeration either: one fault, not two.
        let wrong_types: Vec<_> = faults
            .iter()
            .filter(|(_, class)| *class == "Type")
            .map(|(pointer, _)| pointer.clone())
            .collect();
        faults.retain(|(pointer, class)| *class != "Property" || !wrong_types.contains(pointer));
        faults
    }
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
