//! Transactions whose end is lost: when they count as over, and who closes them. Transactions with more than one end.

use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::DateTime;

use super::{
    Contradiction, End, EndedBy, Full, Happening, Ledger, Presumption, Sample, Transaction,
};

/// How many other ends are kept of a transaction; of further ones only that they came.
pub(super) const MAX_CONTRADICTIONS: usize = 8;

impl Ledger {
    /// A connector is available at `at`: what was plugged in there is over. `connector` is `None` in 1.6, where `evse` is the
    /// connector.
    pub fn available(&mut self, evse: i64, connector: Option<i64>, at: DateTime) {
        let over = |transaction: &&Transaction| {
            let here = transaction.evse == evse
                && (connector.is_none()
                    || transaction.connector.is_none()
                    || transaction.connector == connector);
            // A transaction of 2.x may begin before the cable is in.
            let plugged = connector.is_none()
                || matches!(
                    transaction.charging_state.as_deref(),
                    Some("Charging" | "EVConnected" | "SuspendedEV" | "SuspendedEVSE")
                );
            here && plugged && transaction.is_running() && transaction.first_at <= at
        };
        let over: Vec<u64> = self.open().filter(over).map(|t| t.reference).collect();
        for reference in over {
            self.presume(reference, Presumption::ConnectorAvailable);
        }
    }

    /// The station has booted: what ran before is over, or says that it is not.
    pub fn booted(&mut self) {
        let running = self.open().filter(|transaction| transaction.is_running());
        let running: Vec<u64> = running.map(|transaction| transaction.reference).collect();
        for reference in running {
            self.presume(reference, Presumption::Boot);
        }
    }

    /// Ends a transaction whose end is lost, on somebody's word. `false`: it is not open.
    pub fn close(&mut self, reference: u64, at: DateTime, by: EndedBy) -> bool {
        let open = self
            .transaction(reference)
            .is_some_and(Transaction::is_open);
        if open {
            self.change(reference, |transaction| {
                transaction.end = Some(End {
                    at,
                    reason: String::new(),
                    by,
                });
            });
        }
        open
    }

    /// Room for one more open transaction.
    pub(super) fn make_room(&mut self, at: DateTime) -> Result<(), Full> {
        if self.open().count() < self.limits.open {
            return Ok(());
        }
        let over = self.open().find(|transaction| !transaction.is_running());
        let reference = over.ok_or(Full)?.reference;
        self.close(reference, at, EndedBy::Presumption);
        Ok(())
    }

    /// An EVSE serves one car at a time: of its transactions only the latest runs.
    pub(super) fn presume_at(&mut self, reference: u64) {
        let Some(this) = self.all.get(&reference) else {
            return;
        };
        let (evse, began) = (this.evse, this.started_at.unwrap_or(this.first_at));
        if evse == 0 {
            return;
        }
        let others = self
            .open()
            .filter(|other| other.reference != reference && other.evse == evse);
        let others: Vec<(u64, DateTime)> = others
            .map(|other| (other.reference, other.started_at.unwrap_or(other.first_at)))
            .collect();
        for (other, other_began) in others {
            let earlier = if other_began <= began {
                other
            } else {
                reference
            };
            self.presume(earlier, Presumption::LaterTransaction);
        }
    }

    pub(super) fn presume(&mut self, reference: u64, why: Presumption) {
        self.change(reference, |transaction| {
            // A later transaction says more than the rest: it does not resume.
            if transaction.is_running() || why == Presumption::LaterTransaction {
                transaction.presumed_over = Some(why);
            }
        });
    }

    /// The end of the station comes once more, or another one, which is kept beside it.
    pub(super) fn contradict(&mut self, reference: u64, other: Contradiction, samples: &[Sample]) {
        let Some(transaction) = self.all.get(&reference) else {
            return;
        };
        let same = transaction
            .end
            .as_ref()
            .is_some_and(|end| end.at == other.at)
            && transaction.meter_stop == other.meter;
        if same || transaction.contradictions.contains(&other) {
            return;
        }
        self.keep(reference);
        self.keep_samples(reference, samples);
        if let Some(transaction) = self.all.get_mut(&reference) {
            transaction.contradicted = true;
            let (at, meter) = (other.at, other.meter);
            if transaction.contradictions.len() < MAX_CONTRADICTIONS {
                transaction.contradictions.push(other);
            }
            self.happenings.push_back(Happening::Contradicted {
                reference,
                at,
                meter,
            });
        }
    }
}
