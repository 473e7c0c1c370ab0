//! What nodes tell each other.

use ocpp_core::csms::ledger::IdToken;
use ocpp_core::csms::remote::{Command, CommandError, Outcome, TokenInfo};
use ocpp_types::Version;
use serde::{Deserialize, Serialize};

use crate::clock;

/// A message from node to node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Message {
    /// Carry this out, once: the station is yours.
    Command {
        /// Tells it from all other commands.
        id: String,
        /// The node that waits for its end.
        from: String,
        /// The identity of the station.
        station: String,
        command: Box<Expiring<Work>>,
    },
    /// A command has come to its end.
    Ended {
        id: String,
        outcome: Result<Outcome, CommandError>,
    },
    /// These rows of the services have changed; all of them, if none is named.
    Services(Vec<String>),
    /// A transaction holds its token, or does so no more.
    Transaction { station: String, reference: u64 },
    /// Somebody else has taken a station of yours.
    Taken { station: String },
    /// A station has this serial number from now on, or none.
    Named {
        station: String,
        serial_number: Option<String>,
    },
    /// Which of these stations are connected to you?
    AskLinks {
        id: String,
        /// The node that asks.
        from: String,
        stations: Vec<String>,
    },
    /// The versions that they speak, in the order of the question; `None`: it is not connected.
    Links {
        id: String,
        versions: Vec<Option<Version>>,
    },
}

/// What one node does for another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Work {
    /// What the core carries out.
    Command(Command),
    /// See to it that the local list has these tokens. `Outcome::Done`: it has them.
    LocalList(Vec<(IdToken, TokenInfo)>),
    /// Forget the station. `CommandError::TransactionOpen`: not now.
    Forget,
}

/// Something that is not to be done later than that: a node that comes back does not carry out what was wanted before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Expiring<T> {
    /// Milliseconds since 1970.
    until: i64,
    what: T,
}

impl<T> Expiring<T> {
    /// Something that may be done until then, in milliseconds since 1970.
    pub(crate) const fn until_then(what: T, until: i64) -> Self {
        Self { until, what }
    }

    /// Until when, in milliseconds since 1970.
    pub(crate) const fn until(&self) -> i64 {
        self.until
    }

    /// What is to be done, if it is not too late.
    pub(crate) fn in_time(self) -> Option<T> {
        (clock::utc().unix_millis() <= self.until).then_some(self.what)
    }
}
