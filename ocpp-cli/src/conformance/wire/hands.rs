//! Who does to the station what people, cars and the mains do.

use std::fmt;

use ocpp_conformance::bench::{Act, Trouble};

/// Hands that reach the station.
pub(super) trait Hands: fmt::Debug {
    /// Does something to the station.
    fn act(&mut self, act: &Act) -> Result<(), Trouble>;

    /// Whether they belong to a person, who should not have to switch the station off and on for every case.
    fn are_human(&self) -> bool {
        false
    }
}
