//! OCPP 1.6, 2.0.1 and 2.1 without I/O: frames, sessions, charging profiles, security, a charging station and a management
//! system (CSMS), each a value.
//!
//! For whoever builds a charging station, a CSMS, a proxy, a simulator or a test, on any executor or on none. Nothing in here
//! knows a socket, a file, a thread or a clock: what happens goes in together with the time, what is to be done comes out, in
//! order, and the same inputs give the same outputs. The same code runs on tokio (`ocpp-tokio`), on a microcontroller, and in
//! virtual time in a test. It needs no standard library, has no `unsafe`, and does not panic on anything that a peer sends.
//!
//! A station boots at a CSMS, both by hand:
//!
//! ```
//! use ocpp_core::Version;
//! use ocpp_core::csms::RemoteStation;
//! use ocpp_core::csms::remote::{self, Link};
//! use ocpp_core::station::{Input, Output, Station, StationConfig};
//! use ocpp_core::time::{Instant, Now};
//!
//! let now = Now { monotonic: Instant::ORIGIN, utc: Some("2024-05-15T12:00:00Z".parse()?) };
//!
//! // A new station with one EVSE, and what its CSMS knows of it: nothing yet.
//! let config = StationConfig::new(Version::V1_6, "Example", "CX-200", 1);
//! let mut station = Station::restore(config, [], now)?;
//! let mut remote = RemoteStation::new("CP001", remote::Config::default(), 42);
//!
//! station.handle(now, Input::Start);
//! while let Some(output) = station.poll_output() {
//!     match output {
//!         // A WebSocket would be opened here …
//!         Output::Connect(_) => {
//!             station.handle(now, Input::Connected { version: Version::V1_6 });
//!             remote.handle(now, remote::Input::Connected(Link::unsecured(Version::V1_6)));
//!         }
//!         // … and written to here. Instead the CSMS hears it at once.
//!         Output::Transmit(text) => remote.handle(now, remote::Input::Received(text)),
//!         // Contactors, locks, limits, records to store: a charger carries out all of them, in this order.
//!         _ => {}
//!     }
//!     while let Some(output) = remote.poll_output() {
//!         // Records are stored before the next output is asked for.
//!         if let remote::Output::Transmit(text) = output {
//!             station.handle(now, Input::Received(text));
//!         }
//!     }
//! }
//! assert_eq!(remote.info().map(|info| info.model.as_str()), Some("CX-200"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Concepts
//!
//! From the wire upwards; each module is of use without those below it in this table.
//!
//! | module | what it is |
//! |---|---|
//! | [`frame`] | CALL, CALLRESULT, CALLERROR, SEND, CALLRESULTERROR: read without a copy, written, and what to answer when they are malformed |
//! | [`session`] | one end of a connection: which response belongs to which call, one call at a time, time-outs, error codes; with text or with types |
//! | [`station`] | a charging station: everything that OCPP wants of one, for hardware that obeys |
//! | [`csms`] | what a CSMS must know of its stations, and how it answers them |
//! | [`smart_charging`] | charging profiles: which are taken, the composite schedule, the limit now, and why |
//! | [`security`] | certificates, keys, passwords, security profiles and events; signatures in software with the feature `crypto` |
//! | [`back_off`] | how long to wait before connecting again |
//! | [`time`] | the two kinds of time, which are always handed in |
//!
//! - **Inputs and outputs.** A [`Station`](station::Station) or [`Session`](session::Session) takes one input at a time; then
//!   drain its outputs, in order, and come back at its `next_timeout`.
//! - **What must survive a power cut** comes as an output before whatever depends on it. Make it durable before the next output
//!   is carried out: then a cut at any point loses nothing and repeats nothing.
//! - **Randomness** comes from a seed that is handed in.
//! - **Requirements** are named where they are implemented (`E05.FR.02`, `WP:A00.FR.205` for the whitepaper of 1.6); where
//!   the specifications leave room, `docs/decisions.md` in the repository says what was decided.
//!
//! # Limits and defaults
//!
//! Whatever a peer can make grow has a bound: [`session::Config`] has those of a connection, [`station::Limits`] those of a
//! station, [`csms::remote::Config`] those of a CSMS. Messages are decoded strictly unless [`session::Decoding::Lenient`] is chosen.
//!
//! # Features
//!
//! | feature | default | what it does |
//! |---|---|---|
//! | `firmware` | yes | a station offers firmware updates and diagnostics |
//! | `local-list` | yes | a station offers a local authorization list |
//! | `reservation` | yes | a station offers reservations |
//! | `security` | yes | a station manages certificates |
//! | `smart-charging` | yes | a station follows charging profiles and limits of others, and shares its connection to the grid |
//! | `every-profile` | yes | all five; what a firmware leaves out is answered with `NotSupported`, and takes no flash |
//! | `v1_6`, `v2_0_1`, `v2_1` | yes | the versions whose messages and roles are compiled; a firmware that speaks one pays for one |
//! | `std` | yes | the standard library for serde and serde_json; without it the crate needs `alloc` only |
//! | `crypto` | no | certificates, signatures and keys in software |
//! | `serde` | no | inputs, outputs and states of a station and of a session can be written and read, for other languages |
//! | `schema` | no | JSON Schemas of these, made with schemars |
//! | `tracing` | no | an event for every message, through the crate `tracing` |
//! | `testing` | no | a link and a pair of sessions in virtual time, for your own tests |
//!
//! There is no [`station`] of 2.1 yet.
//!
//! # Where to go next
//!
//! - On an operating system with tokio: `ocpp-tokio` has WebSocket, TLS, and a driver that does everything for a station but
//!   move its hardware.
//! - Firmware: [`station`] says how to drive a station step by step; `ocpp-demo` and `examples/station` in the repository are
//!   short programs.
//! - Payloads only: `ocpp-types`.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;

pub mod back_off;
mod bounds;
// Without a version nobody asks a CSMS anything.
#[cfg(any(feature = "v1_6", feature = "v2_0_1", feature = "v2_1"))]
pub mod csms;
pub mod frame;
mod order;
mod redact;
pub mod security;
pub mod session;
pub mod smart_charging;
// There is no station of 2.1 yet. Parts that the versions share are not all used by each of them.
#[cfg(any(feature = "v1_6", feature = "v2_0_1"))]
#[cfg_attr(not(all(feature = "v1_6", feature = "v2_0_1")), allow(dead_code))]
pub mod station;
mod stored;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod time;

pub use ocpp_types::Version;
pub use redact::redact;
