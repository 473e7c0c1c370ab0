//! Typed OCPP messages.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;
// Generated code names this crate by its name, so that it reads the same here and elsewhere.
#[allow(unused_extern_crates)]
extern crate self as ocpp_types;

mod custom_data;
mod date_time;
mod decimal;
pub mod decode;
mod enumeration;
#[doc(hidden)]
pub mod generated;
mod list;
mod message;
mod number;
mod printable;
mod text;
mod uri;
mod version;

pub use custom_data::{CustomData, Json, OtherMembers, VendorId};
pub use date_time::{DateTime, InvalidDateTime};
pub use decimal::{Decimal, InvalidDecimal};
pub use decode::{
    DecodeError, Described, Issue, Lenient, MemberShape, ObjectShape, Shape, Violation,
};
pub use enumeration::{Enumeration, NotAValue, UnknownValue};
pub use list::{BoundedVec, NonEmpty, WrongLength};
pub use message::{ActionInfo, EncodeError, Payload, Protocol, Request, Sender, Unconfirmed};
pub use number::{ANY_SCALE, BoundedDecimal, BoundedInteger, NonNegative, OutOfRange, Tenths};
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
