//! What is wrong in a log of OCPP messages, and what charging profiles lead to: texts in, texts out.
//!
//! ```
//! use ocpp_report::validate::{Options, judge};
//!
//! let log = r#"[2,"1","Heartbeat",{"more":1}]"#;
//! let mut out = Vec::new();
//! let options = Options { json: true, ..Options::default() };
//! let summary = judge(log.as_bytes(), &mut out, &options)?;
//! assert!(!summary.is_right());
//! assert!(String::from_utf8(out).unwrap().contains(r#""pointer":"/more""#));
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! | module | what it does | the command |
//! |---|---|---|
//! | [`validate`] | finds the frames in the log of any program and says what is wrong with them | `ocpp validate` |
//! | [`schedule`] | answers a situation (profiles, a transaction, a request) with its composite schedule | `ocpp schedule` |
//!
//! Inputs and answers are described in docs/interfaces.md of the repository.

pub mod schedule;
pub mod validate;
