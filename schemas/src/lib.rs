//! The official JSON schemas of OCPP 1.6 (with the security whitepaper), 2.0.1 and 2.1, unmodified, by version and message
//! name, and the amendments that this project makes to them, kept apart.
//!
//! ```
//! let schema = ocpp_schemas::find(ocpp_schemas::V2_0_1, "BootNotificationRequest").unwrap();
//! assert_eq!(schema.parse()["type"], "object");
//! assert_eq!(ocpp_schemas::V1_6.schemas.len(), 78);
//! ```
//!
//! The schemas are the Open Charge Alliance's and licensed under CC BY-ND 4.0; see the folder's README.

mod list;

pub use list::{V1_6, V2_0_1, V2_1};

use serde_json::Value;

/// The schemas of one version of OCPP.
#[derive(Debug, Clone, Copy)]
pub struct Set {
    /// `1.6`, `2.0.1` or `2.1`.
    pub version: &'static str,
    /// The schemas, ordered by file name.
    pub schemas: &'static [Schema],
    /// The amendments to them.
    pub amendments: &'static [Amendment],
}

/// One schema file.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// The path below the folder of schemas, for example `v1.6/BootNotification.json`.
    pub path: &'static str,
    /// The name of the message: the file's, with `Request` added where 1.6 leaves it out.
    pub message: &'static str,
    /// The file's text.
    pub text: &'static str,
}

/// A correction that the alliance published but did not make in the file, as a JSON Patch with its reason.
#[derive(Debug, Clone, Copy)]
pub struct Amendment {
    /// The path below the folder of schemas.
    pub path: &'static str,
    /// The file's text: an object with `schema`, `reason`, `source` and `patch`.
    pub text: &'static str,
}

impl Schema {
    /// The schema as a JSON value.
    ///
    /// # Panics
    ///
    /// Never: a test parses every file of this crate.
    #[must_use]
    #[allow(clippy::expect_used)]
    pub fn parse(&self) -> Value {
        serde_json::from_str(self.text).expect("the official schemas are JSON")
    }
}

/// All versions, oldest first.
pub const ALL: [Set; 3] = [V1_6, V2_0_1, V2_1];

/// The schema of a message, for example `BootNotificationRequest`.
#[must_use]
pub fn find(set: Set, message: &str) -> Option<&'static Schema> {
    set.schemas.iter().find(|schema| schema.message == message)
}
