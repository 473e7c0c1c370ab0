//! Every message of OCPP 1.6 (with the security whitepaper), 2.0.1 and 2.1 as a Rust type, generated from the official JSON
//! schemas when the crate is built.
//!
//! For whoever reads or writes OCPP payloads: management systems, charging stations, proxies, log tools, tests. The crate
//! knows payloads only. Frames, sessions and the behaviour of stations are in `ocpp-core`, connections in `ocpp-tokio`.
//! It needs no standard library, has no `unsafe`, and does not panic on anything that a peer sends.
//!
//! ```
//! use ocpp_types::{Payload, Version, v1_6};
//!
//! // Strictly: what decodes is valid, and what is not is refused with everything that is wrong.
//! let json = r#"{"chargePointVendor":"Example","chargePointModel":"CX-200"}"#;
//! let request = v1_6::BootNotificationRequest::decode(json)?;
//! assert_eq!(request.charge_point_vendor, "Example");
//!
//! let error = v1_6::BootNotificationRequest::decode(r#"{"chargePointVendor":7}"#).unwrap_err();
//! assert_eq!(error.issues()[0].pointer, "/chargePointVendor");
//! assert_eq!(error.code(Version::V1_6), "TypeConstraintViolation");
//!
//! // Leniently: the deviations of real equipment are repaired and listed.
//! let json = r#"{"chargePointVendor":7,"chargePointModel":"CX-200","colour":"green"}"#;
//! let lenient = v1_6::BootNotificationRequest::decode_lenient(json)?;
//! assert_eq!(lenient.value.charge_point_vendor, "7");
//! assert_eq!(
//!     lenient.deviations[1].to_string(),
//!     r#"/colour: no member "colour" is wanted, found "green", left out"#
//! );
//!
//! // And back: members in the schema's order, nothing that the schema refuses.
//! let now = "2024-05-15T12:00:00Z".parse()?;
//! let response = v1_6::BootNotificationResponse::new(v1_6::RegistrationStatus::Accepted, now, 300);
//! assert_eq!(
//!     response.encode()?,
//!     r#"{"status":"Accepted","currentTime":"2024-05-15T12:00:00Z","interval":300}"#
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Concepts
//!
//! - **A module for each version** ([`v1_6`], [`v2_0_1`], [`v2_1`]): messages (`<Action>Request`, `<Action>Response`), data
//!   types and enumerations under the names of the specification in Rust case. `new` takes the required members; optional
//!   ones are `Option` fields.
//! - **[`Payload`]** decodes and encodes, **[`Request`]** knows its response. **[`Protocol`]** is a whole version for code
//!   that is written once for all of them: actions by name, `AnyRequest` and `AnyResponse`.
//! - **The types hold the constraints** of the schemas: [`BoundedString`] and [`CiString`] (which compares without case, as
//!   the specifications ask), [`BoundedInteger`], [`BoundedNumber`], [`BoundedVec`], [`DateTime`], [`Uri`]. A value that was
//!   made by a constructor or by strict decoding is valid and can be encoded.
//! - **[`Number`]** is any number that JSON can write, exact; [`Decimal`] is what calculates.
//! - **Enumerations are closed.** Each has one more variant, `Unrecognized`, that only lenient decoding makes: the peer's
//!   text is kept, never mapped to another value, and cannot be sent on by accident.
//! - **Objects are closed.** Unknown members are refused (leniently: left out and listed), except in [`CustomData`], which
//!   keeps them to the letter.
//! - **Strict or lenient** is the caller's choice for each decoding. [`decode`] has the tables of what lenient decoding
//!   repairs, what it leaves out, and what it never leaves out. The good case costs the same.
//! - **Vendors' payloads and customData** become types of the same kind with `ocpp-codegen`, the generator of this crate.
//!
//! # Limits and defaults
//!
//! | what | limit | beyond it |
//! |---|---|---|
//! | string | `maxLength` of the schema in Unicode scalar values, otherwise the size of the message | refused; leniently kept, `is_too_long` |
//! | integer | 64 bits; with a fraction of zeros or an exponent up to 2^53 | refused |
//! | number | none; memory and time in proportion to its text | read, compared and written back exactly |
//! | calculation with a number | 28 decimals, ±79,228,162,514,264,337,593,543,950,335 | rounded half to even; [`OutOfRange`] |
//! | date-time | years 0000 to 9999, UTC, milliseconds (further digits are cut off) | refused |
//! | list | `minItems`, `maxItems` of the schema, otherwise the size of the message | refused; leniently the first ones |
//! | nesting | 128 levels | refused |
//! | issues of an error, deviations of a message | [`decode::MAX_ISSUES`] | counted |
//!
//! # Features
//!
//! | feature | default | what it does |
//! |---|---|---|
//! | `v1_6` | yes | OCPP 1.6 edition 2 and the security whitepaper edition 3 |
//! | `v2_0_1` | yes | OCPP 2.0.1 edition 3 |
//! | `v2_1` | yes | OCPP 2.1 edition 1 |
//! | `std` | yes | the standard library for serde and serde_json; without it the crate needs `alloc` only |
//! | `chrono` | no | conversions between [`DateTime`] and `chrono::DateTime<Utc>` |
//!
//! A firmware that speaks one version pays for one: `default-features = false, features = ["v1_6"]`.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;
// Generated code names this crate by its name, so that it reads the same here and elsewhere.
#[allow(unused_extern_crates)]
extern crate self as ocpp_types;

mod bounds;
mod custom_data;
mod date_time;
mod decimal;
pub mod decode;
mod enumeration;
#[doc(hidden)]
pub mod generated;
#[doc(hidden)]
pub mod json;
mod list;
mod message;
mod number;
mod printable;
#[cfg(feature = "schema")]
mod schema;
mod text;
mod uri;
mod version;

pub use bounds::{ANY_SCALE, BoundedInteger, BoundedNumber, NonNegative, OutOfRange, Tenths};
pub use custom_data::{CustomData, Json, OtherMembers, VendorId};
pub use date_time::{DateTime, InvalidDateTime};
pub use decimal::{Decimal, InvalidDecimal};
pub use decode::{
    DecodeError, Described, Deviation, Deviations, Issue, Kept, Lenience, Lenient, MemberShape,
    ObjectShape, Shape, Violation,
};
pub use enumeration::{Enumeration, NotAValue, UnknownValue};
pub use list::{BoundedVec, NonEmpty, WrongLength};
pub use message::{
    ActionInfo, EncodeError, Payload, Protocol, Request, Sender, Unconfirmed, Written,
};
pub use number::{InvalidNumber, Number};
pub use printable::{Printable, is_visible, printable};
pub use text::{BoundedString, CiString, Text, TooLong, UNBOUNDED};
pub use uri::{InvalidUri, Uri};
pub use version::{UnknownVersion, Version};

/// OCPP 1.6 edition 2 with the messages of the security whitepaper edition 3.
#[cfg(feature = "v1_6")]
pub mod v1_6 {
    include!(concat!(env!("OUT_DIR"), "/v1_6.rs"));
}

/// OCPP 2.0.1 edition 3.
#[cfg(feature = "v2_0_1")]
pub mod v2_0_1 {
    include!(concat!(env!("OUT_DIR"), "/v2_0_1.rs"));
}

/// OCPP 2.1 edition 1.
#[cfg(feature = "v2_1")]
pub mod v2_1 {
    include!(concat!(env!("OUT_DIR"), "/v2_1.rs"));
}
