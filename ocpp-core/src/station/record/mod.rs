//! What survives a power cut, and how it is read back.
//!
//! # The rule
//!
//! **No record is ever dropped in silence.** A record that cannot be read (damaged, or written by another program) is moved
//! to a key of its own below `unreadable/`, reported, and what it concerned ends on the safe side. A record of another
//! version of OCPP stays where it is until that version is spoken again.
//!
//! # How to change a record
//!
//! - A new kind of record goes into the table in `kind.rs`.
//! - A member may be added if it has a default. A program that does not know it notices it (see [`crate::stored`]), and does
//!   not use what it cannot understand in full.
//! - Everything else is a new [`FORMAT`](format::FORMAT): a step in `format.rs` brings records from the former one into the
//!   new one, and a test reads what the former program has written (`tests/fixtures/records`). A member or a key never gets
//!   another meaning.

pub(super) mod aside;
pub(super) mod format;
mod kind;
mod records;

use alloc::string::String;
use core::fmt;

use serde::Serialize;

pub use aside::{RecordsReport, Unreadable};
pub(crate) use records::{NO_NUMBER, Records};
pub(super) use records::{Texts, texts};

/// A small piece of durable state. Records are independent of each other; the order of [`Output::Store`] and
/// [`Output::Remove`] keeps them consistent.
///
/// [`Output::Store`]: super::Output::Store
/// [`Output::Remove`]: super::Output::Remove
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Record {
    /// ASCII, at most [`MAX_KEY`] bytes: a kind, `/`, and what identifies it within the kind.
    pub key: String,
    /// JSON text.
    pub value: String,
}

/// Without passwords and what else is secret (A01.FR.12).
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = [
            "authorizationkey",
            "password",
            "network-profile",
            "network-proven",
        ];
        let secret = secret.iter().any(|word| self.key.contains(word));
        let value = if secret { "…" } else { &self.value };
        f.debug_struct("Record")
            .field("key", &self.key)
            .field("value", &value)
            .finish()
    }
}

/// The longest key of a record.
pub const MAX_KEY: usize = 300;

/// The record of a value. A value that cannot be written as JSON does not occur among the types that are stored.
pub(crate) fn record(key: String, value: &impl Serialize) -> Option<Record> {
    let value = serde_json::to_string(value).ok()?;
    Some(Record { key, value })
}

/// Text made fit for a key: letters and digits in lower case, everything else in hexadecimal.
pub(crate) fn key_part(text: &str) -> String {
    use core::fmt::Write;
    let mut key = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' || byte == b'.' {
            key.push(char::from(byte.to_ascii_lowercase()));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(key, "%{byte:02x}");
        }
    }
    key
}

/// Writes a version of OCPP as people do: `1.6`.
pub(crate) mod version_text {
    use alloc::string::String;

    use ocpp_types::Version;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    // The signature is that of serde.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub(crate) fn serialize<S: Serializer>(version: &Version, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(version.as_str())
    }

    pub(crate) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Version, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(D::Error::custom)
    }
}
