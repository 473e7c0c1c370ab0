//! What a CSMS does wrong beside its messages: at its door, and towards its operator.

use serde_json::Value;

use super::edit::{remove, set};
use super::{Change, Mutator};

impl Mutator {
    /// Whether a CSMS does the wrong thing with an attempt to connect.
    pub(crate) fn dials_otherwise(&mut self) -> bool {
        let change = self.change;
        matches!(change, Change::DialOtherwise(nth) if self.is(nth))
    }

    /// What the server of a CSMS shows.
    pub(crate) fn shows(&mut self, mut shown: Value) -> Value {
        let change = self.change;
        match change {
            Change::Show(nth, pointer, value) if self.is(nth) => set(&mut shown, pointer, value),
            Change::ShowWithout(nth, pointer) if self.is(nth) => remove(&mut shown, pointer),
            _ => {}
        }
        shown
    }

    /// What a CSMS tells the operator.
    pub(crate) fn told(&mut self, mut outcome: Option<Value>) -> Option<Value> {
        match (self.change, &mut outcome) {
            (Change::Untold(nth), _) if self.is(nth) => return None,
            (Change::Misreport(nth, pointer, value), Some(outcome)) if self.is(nth) => {
                set(outcome, pointer, value);
            }
            (Change::ReportWithout(nth, pointer), Some(outcome)) if self.is(nth) => {
                remove(outcome, pointer);
            }
            _ => {}
        }
        outcome
    }
}
