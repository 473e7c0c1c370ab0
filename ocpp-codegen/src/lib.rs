//! Writes Rust types from OCPP JSON schemas, in the style of `ocpp-types`: closed objects, bounded strings and lists, exact
//! decimals, enumerations that keep what they do not know, and a table of the schema for error messages and repairs.
//!
//! `ocpp-types` uses it in its build script. So can you, for the payloads of your own DataTransfer messages or for your
//! customData:
//!
//! ```no_run
//! // build.rs
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let mut generator = ocpp_codegen::Generator::new(ocpp_codegen::Settings::default());
//!     generator.add_file("SetDisplayBrightness", "schemas/SetDisplayBrightness.json")?;
//!     generator.write_to_out_dir("vendor.rs")?;
//!     Ok(())
//! }
//! ```
//!
//! ```ignore
//! // src/lib.rs
//! include!(concat!(env!("OUT_DIR"), "/vendor.rs"));
//! ```
//!
//! The crate that includes the output depends on `ocpp-types`; nothing else is needed.
//!
//! # What schemas may contain
//!
//! Objects (closed, or open: unknown members are kept), `enum` of strings, strings with `maxLength` or with the formats
//! `date-time` and `uri`, integers and numbers with whole `minimum` and `maximum`, `multipleOf` powers of ten, arrays with
//! `minItems` and `maxItems`, `$ref` to definitions, types that contain themselves, and members of any type. A schema that
//! uses more is refused with the file and the JSON pointer of what was not understood: a constraint that no type checks
//! would be a trap.
//!
//! # How it works
//!
//! The schemas become a small model (objects and enumerations, each once; equal names must mean equal structure).
//! [typify](https://docs.rs/typify) resolves names, references, options and recursion. The code that reads and writes the
//! types is this crate's own: it is stricter than derived serde code, compiles faster, and checks every bound.

mod amend;
mod declare;
mod emit;
mod error;
mod model;
mod names;
mod resolve;
mod settings;

use std::path::{Path, PathBuf};

use serde_json::Value;

pub use amend::Amendment;
pub use error::Error;
pub use settings::{ActionSettings, ProtocolSettings, Settings};

/// The Rust name of a type that a schema calls `name`: `NotifyEVChargingNeedsRequest` becomes `NotifyEvChargingNeedsRequest`.
#[must_use]
pub fn type_name(name: &str) -> String {
    names::camel(name)
}

/// Collects schemas and writes one Rust module.
#[derive(Debug)]
pub struct Generator {
    settings: Settings,
    model: model::Model,
    roots: Vec<String>,
    files: Vec<PathBuf>,
}

impl Generator {
    /// Without schemas yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            model: model::Model::default(),
            roots: Vec::new(),
            files: Vec::new(),
        }
    }

    /// Adds a schema whose root becomes the type `name`. `file` is named in errors.
    ///
    /// # Errors
    ///
    /// What this generator does not understand, with its JSON pointer; a name that means something else already.
    pub fn add(&mut self, name: &str, file: &str, schema: &Value) -> Result<(), Error> {
        self.model.add(name, file, schema, &self.settings)?;
        self.roots.push(name.to_owned());
        Ok(())
    }

    /// Adds a schema file whose root becomes the type `name`.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add); and when the file cannot be read as JSON.
    pub fn add_file(&mut self, name: &str, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let file = path.display().to_string();
        let fail = |problem: String| Error::Schema {
            file: file.clone(),
            pointer: String::new(),
            problem,
        };
        let text = std::fs::read_to_string(path)
            .map_err(|error| fail(format!("cannot be read: {error}")))?;
        let schema =
            serde_json::from_str(&text).map_err(|error| fail(format!("is not JSON: {error}")))?;
        self.files.push(path.to_owned());
        self.add(name, &file, &schema)
    }

    /// The names of all types, in order.
    pub fn type_names(&self) -> impl Iterator<Item = &str> {
        self.model.types.keys().map(String::as_str)
    }

    /// The Rust source: the same for the same input, byte for byte.
    ///
    /// # Errors
    ///
    /// References to nothing; names that clash once they are Rust names.
    pub fn generate(&self) -> Result<String, Error> {
        self.model.check()?;
        let resolved = resolve::resolve(&self.model)?;
        emit::emit(&self.model, &resolved, &self.roots, &self.settings)
    }

    /// Type definitions for TypeScript: the content of a `.d.ts` file, with an interface for each object and a union for each
    /// enumeration; of a version also `Messages`, by action. Bounds are told in comments; `descriptions` says whether those of the
    /// schemas stand there too.
    ///
    /// # Errors
    ///
    /// References to nothing; an action without a message.
    pub fn typescript(&self, descriptions: bool) -> Result<String, Error> {
        self.model.check()?;
        declare::typescript(&self.model, &self.roots, &self.settings, descriptions)
    }

    /// Type definitions for Python: a module that begins with this title, with a TypedDict for each object and a Literal for each
    /// enumeration; of a version also `Requests` and `Responses`, by action. Bounds are told in comments; `descriptions` says
    /// whether those of the schemas stand there too.
    ///
    /// # Errors
    ///
    /// References to nothing; an action without a message.
    pub fn python(&self, title: &str, descriptions: bool) -> Result<String, Error> {
        self.model.check()?;
        declare::python(
            title,
            &self.model,
            &self.roots,
            &self.settings,
            descriptions,
        )
    }

    /// For build scripts: writes the source to `OUT_DIR` and has cargo watch the files that were added.
    ///
    /// # Errors
    ///
    /// As [`generate`](Self::generate); and when there is no `OUT_DIR` that can be written.
    pub fn write_to_out_dir(&self, name: &str) -> Result<(), Error> {
        let source = self.generate()?;
        let directory = std::env::var_os("OUT_DIR")
            .ok_or_else(|| Error::Settings("OUT_DIR is set only in build scripts".into()))?;
        let path = Path::new(&directory).join(name);
        std::fs::write(&path, source).map_err(|error| {
            Error::Settings(format!("{} cannot be written: {error}", path.display()))
        })?;
        for file in &self.files {
            println!("cargo::rerun-if-changed={}", file.display());
        }
        Ok(())
    }
}
