//! One narrow interface to `ocpp-core` for other languages.
//!
//! A [`Station`], a [`RemoteStation`] (one station as its CSMS sees it) or a [`Session`] is a value without socket, clock and thread. Its driver, in whatever language, hands inputs
//! over with the time, and carries out what comes back. Both are JSON texts of the vocabulary of `ocpp-core`: an enumeration
//! value that says nothing more is a string (`"Start"`), one that does is an object with one member (`{"Received": "[3,…]"}`).
//!
//! ```
//! use ocpp_ffi::{Station, Time};
//!
//! let config = r#"{"versions": ["1.6"], "vendor": "Maker", "model": "One", "evse": [{}]}"#;
//! let now = Time { monotonic: 0, utc: Some(1_715_774_400_000) };
//! let mut station = Station::new(config, "", now)?;
//! station.handle(now, r#""Start""#)?;
//! let outputs: Vec<String> = std::iter::from_fn(|| station.poll_output()).collect();
//! assert!(outputs.iter().any(|output| output.starts_with(r#"{"Connect":"#)));
//! station.handle(now, r#"{"Connected": {"version": "1.6"}}"#)?;
//! let outputs: Vec<String> = std::iter::from_fn(|| station.poll_output()).collect();
//! assert!(outputs.iter().any(|output| output.contains("BootNotification")));
//!
//! let error = station.handle(now, r#"{"Cable": {"at": {"evse": 1, "connector": "one"}, "state": "Connected"}}"#);
//! assert_eq!(error.unwrap_err().pointer.as_deref(), Some("/Cable/at/connector"));
//! # Ok::<(), ocpp_ffi::Error>(())
//! ```
//!
//! A [`Fleet`] is beside them: tokens, reservations and local lists, for whoever has no back end of his own.
//!
//! # How to drive them
//!
//! 1. Make it. Stations get their configuration and the records that they have stored before.
//! 2. `handle` an input.
//! 3. `poll_output` until there is none, and carry the outputs out in this order, one after the other. What a `Store` wants must
//!    be durable before the next output is polled; if it cannot be, a `RemoteStation` is told `"NotStored"`.
//! 4. Wait for something to happen, or until `next_timeout`, which is answered with `"TimePassed"`.
//!
//! Whatever an output asks can be declined in one word: the input `"Decline"` is the safe negative answer to the output that was
//! polled last, and nothing if that one asks nothing. A first program answers so to all that it does not know.
//!
//! # Limits
//!
//! No function blocks, reads a clock or panics. Numbers that name something (jobs, calls) stay below 2^53. Payloads and messages
//! are texts within the JSON, so that their numbers keep all digits in languages that read JSON numbers as floats.
//!
//! # Features
//!
//! | feature | default | what it does |
//! |---|---|---|
//! | `v1_6`, `v2_0_1`, `v2_1` | yes | the versions |
//! | `std` | yes | without it the crate needs `alloc` only |
//! | `crypto` | yes | stations verify certificates; [`certificate_hash_data`] |
//! | `report` | yes | [`validate`], [`schedule`], [`explain`], configurations in TOML |
//! | `schema` | no | `schema::schemas()`: the JSON Schemas of all that crosses the border |
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "crypto")]
mod certificate;
mod error;
mod fleet;
mod message;
mod read;
mod remote;
#[cfg(feature = "report")]
mod report;
#[cfg(feature = "schema")]
pub mod schema;
mod session;
mod station;
mod time;

#[cfg(feature = "crypto")]
pub use certificate::certificate_hash_data;
pub use error::Error;
pub use fleet::Fleet;
pub use message::{decode, decode_frame, encode_frame};
pub use remote::RemoteStation;
#[cfg(feature = "report")]
pub use report::{explain, schedule, validate};
pub use session::Session;
pub use station::Station;
pub use time::Time;
