//! What happened, for people who look for the reason of a failure.

use std::fmt;

use serde::Serialize;

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Who {
    /// The station.
    Station,
    /// The CSMS of the lab.
    #[serde(rename = "CSMS")]
    Csms,
    /// A person, a car, the mains.
    Person,
}

/// A line of the trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Milliseconds since the beginning.
    pub at: u64,
    /// Who did it.
    pub who: Who,
    /// The message, or the deed in words.
    pub text: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = match self.who {
            Who::Station => "station",
            Who::Csms => "CSMS",
            Who::Person => "person",
        };
        let seconds = super::seconds(self.at);
        write!(f, "{seconds:>9.3}  {who:<7}  {}", self.text)
    }
}
