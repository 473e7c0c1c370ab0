//! What a station makes of records that it cannot read, that a former program has written, or that belong to another version
//! of OCPP. The rule: nothing is dropped in silence, and what is concerned ends on the safe side.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod damaged;
mod format;
mod kit;
mod other_version;
