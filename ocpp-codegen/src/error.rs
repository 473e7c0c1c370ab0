//! What can be wrong with a schema.

use thiserror::Error;

/// Why no types could be generated. Every variant names the schema file and, where there is one, the JSON pointer.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The schema uses something that this generator does not understand.
    #[error("{file}#{pointer}: {problem}")]
    Schema {
        /// The schema file as it was handed in.
        file: String,
        /// Where in the file, as a JSON pointer.
        pointer: String,
        /// What is wrong there and what to do about it.
        problem: String,
    },
    /// Two schemas give one name to different types.
    #[error(
        "{file}#{pointer}: the type {name} was already defined in {other} with another structure"
    )]
    Clash {
        /// The schema file that came second.
        file: String,
        /// Where in the file.
        pointer: String,
        /// The name of the Rust type.
        name: String,
        /// The schema file that came first.
        other: String,
    },
    /// An amendment could not be applied.
    #[error("{file}: {problem}")]
    Amendment {
        /// The amendment file.
        file: String,
        /// What is wrong.
        problem: String,
    },
    /// The settings name something that the schemas do not have.
    #[error("{0}")]
    Settings(String),
    /// typify could not make types of the schemas.
    #[error("typify refuses the schemas: {0}")]
    Typify(#[from] typify_impl::Error),
    /// The generated code is not Rust: a bug in this crate.
    #[error("the generated code cannot be parsed: {0}")]
    Output(#[from] syn::Error),
}
