//! Amendments: small JSON Patches (RFC 6902) to schemas, each with its reason.

use serde_json::Value;

use crate::Error;

/// A correction of one schema that its publisher did not make in the file.
#[derive(Debug, Clone)]
pub struct Amendment {
    file: String,
    schema: String,
    patch: json_patch::Patch,
}

impl Amendment {
    /// Reads `{"schema": "v1.6/X.json", "reason": "…", "source": "…", "patch": […]}`. `file` is named in errors.
    ///
    /// # Errors
    ///
    /// A member is missing, the reason is empty, or the patch is none.
    pub fn parse(file: &str, text: &str) -> Result<Self, Error> {
        let fail = |problem: String| Error::Amendment {
            file: file.to_owned(),
            problem,
        };
        let value: Value =
            serde_json::from_str(text).map_err(|error| fail(format!("is not JSON: {error}")))?;
        let text_of = |name: &str| {
            value
                .get(name)
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
        };
        let schema = text_of("schema").ok_or_else(|| fail("names no schema".into()))?;
        for name in ["reason", "source"] {
            text_of(name).ok_or_else(|| fail(format!("has no {name}")))?;
        }
        let patch = value.get("patch").cloned().unwrap_or_default();
        let patch = serde_json::from_value(patch)
            .map_err(|error| fail(format!("has no JSON Patch: {error}")))?;
        Ok(Self {
            file: file.to_owned(),
            schema: schema.to_owned(),
            patch,
        })
    }

    /// The schema file that it amends, as in `v1.6/MeterValues.json`.
    #[must_use]
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// Amends the schema.
    ///
    /// # Errors
    ///
    /// An operation does not fit, for example because a `test` found something else; the schema is then unchanged.
    pub fn apply(&self, schema: &mut Value) -> Result<(), Error> {
        json_patch::patch(schema, &self.patch).map_err(|error| Error::Amendment {
            file: self.file.clone(),
            problem: format!("does not fit {}: {error}", self.schema),
        })
    }
}
