//! The cases of OCPP 2.0.1, by the side that is tested.

mod csms;
mod station;

use crate::case::Case;

/// The cases of a station.
pub const STATION: &[&[Case]] = station::ALL;

/// The cases of a CSMS.
pub const CSMS: &[&[Case]] = csms::ALL;
