//! JSON text and values, each read and written in one way, whatever the type: a type only says which places it has.
//!
//! Public only for the code that `ocpp-codegen` writes and for `ocpp-core`; use the types instead.

mod bridge;
mod read;
mod record;
mod strict;
mod wire;
mod write;

pub use bridge::{deserialize, serialize};
pub use read::{Reader, Refused, malformed_at, members, position, text, undecodable_at, value_end};
pub use record::{Reading, record};
pub use wire::{List, ListView, Name, Object, ObjectView, Place, View, Wire};

pub(crate) use bridge::{deserialize_into, transcribe};
pub(crate) use read::{MAX_DEPTH, elements};
pub(crate) use strict::{integer, read};
pub(crate) use write::{Unwritable, quote, write};
