//! What the CSMS has set out of order (1.6 section 5.2, 2.0.1 G03 and G04), as it is stored.
//!
//! 1.6 counts connectors, 2.x names stations, EVSEs and connectors. Each reads what the other has left, so that nothing
//! comes into use again because the version has changed.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::record::{NO_NUMBER, Records};
use super::vocabulary::{ConnectorId, EvseId};

const PREFIX: &str = "availability/";

/// What is out of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A number of 1.6, 0 for the station.
    Number(usize),
    Station,
    Evse(EvseId),
    Connector(ConnectorId),
}

impl Place {
    /// The key of the record, which is there while the place is out of order.
    pub(crate) fn key(self) -> String {
        match self {
            Self::Number(number) => format!("{PREFIX}{number}"),
            Self::Station => format!("{PREFIX}station"),
            Self::Evse(evse) => format!("{PREFIX}evse/{evse}"),
            Self::Connector(at) => format!("{PREFIX}evse/{at}"),
        }
    }

    fn read(key: &str) -> Option<Self> {
        let rest = key.strip_prefix(PREFIX)?;
        if rest == "station" {
            return Some(Self::Station);
        }
        let Some(evse) = rest.strip_prefix("evse/") else {
            return Some(Self::Number(rest.parse().ok()?));
        };
        Some(match evse.split_once('.') {
            None => Self::Evse(evse.parse().ok()?),
            Some((evse, connector)) => Self::Connector(ConnectorId::new(
                evse.parse().ok()?,
                connector.parse().ok()?,
            )),
        })
    }
}

/// What was set out of order, and whether its record could be read. One that cannot be read counts: it would not be there
/// if nobody had set anything.
pub(crate) fn out_of_order(records: &Records) -> Vec<(Place, bool)> {
    let mut all = Vec::new();
    for key in records.keys(PREFIX) {
        let Some(place) = Place::read(key) else {
            records.reject(key, NO_NUMBER);
            continue;
        };
        match records.get::<bool>(key) {
            Some(true) => {}
            Some(false) => all.push((place, true)),
            None => all.push((place, false)),
        }
    }
    all
}
