//! Who does to the station what people, cars and the mains do.

use std::fmt;

use ocpp_conformance::bench::{Act, Trouble};

/// Hands that reach the station.
pub(super) trait Hands: fmt::Debug {
    /// Does something to the station, or asks somebody to do it.
    fn act(&mut self, act: &Act) -> Result<(), Trouble>;

    /// Whether what was asked for has been done, as far as they say. Does not wait.
    fn done(&mut self) -> Result<bool, Trouble> {
        Ok(true)
    }

    /// Whether something is on its way to the station that has not been answered.
    fn are_waiting(&self) -> bool {
        false
    }

    /// Whether they belong to a person, who should not have to switch the station off and on for every case.
    fn are_human(&self) -> bool {
        false
    }
}
