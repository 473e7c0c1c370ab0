//! What a CSMS knows beyond one station, for whoever has no back end of his own: each service is a small value with its own
//! records, and answers questions of [`RemoteStation`](super::RemoteStation)s.
//!
//! A change is a record first: make it, store it, and [apply](Tokens::apply) it when it is durable. So memory never says what
//! the store does not.

mod local_lists;
mod reservations;
mod serials;
mod tokens;

pub use local_lists::LocalLists;
pub use reservations::{ENDED_RESERVATIONS, Reservations};
pub use serials::{NameTaken, Serials};
pub use tokens::{Place, Token, Tokens, TokensConfig};

/// There is no room for more of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no room for more of these")]
pub struct Full;
