//! Composite schedules: what charging profiles lead to, and why.
//!
//! A *situation* is a JSON object with the profiles that are installed, the transaction that runs, the request, and the
//! station; docs/interfaces.md describes it under "Lines of `ocpp schedule`".

mod answer;
mod explain;
mod names;
mod situation;

pub use answer::{Answer, answer};
pub use explain::explain;
pub use names::{outlet, purpose_name, unit_name};
pub use situation::{BadSituation, Refused, Replaced, Situation};
