//! Transactions whose end is lost: when they count as over, and who closes them. Transactions with more than one end.

use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::{DateTime, Decimal};

use super::apply::judge;
use super::model::CLOCKS_ARE_SET;
use super::{
    Contradiction, End, EndedBy, Full, Happening, IdToken, Ledger, Presumption, Sample, Transaction,
};
use crate::csms::TokenStatus;

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
        if this.evse == 0 {
            return;
        }
        let others = self
            .open()
            .filter(|other| other.reference != reference && other.evse == this.evse);
        let earlier: Vec<u64> = others
            .map(|other| if is_before(this, other) { this } else { other })
            .map(|earlier| earlier.reference)
            .collect();
        for earlier in earlier {
            self.presume(earlier, Presumption::LaterTransaction);
        }
    }

    /// What the CSMS says about the token of a transaction of 1.6; a message of 2.x [brings it along](super::Event::token_status).
    pub fn judged(&mut self, reference: u64, id_token: &IdToken, status: TokenStatus) {
        self.change(reference, |transaction| {
            judge(transaction, id_token, status);
        });
    }

    /// A pseudonym takes the place of a token in the closed transactions that are in memory, as it has in their records.
    pub fn erase(&mut self, is_one: &dyn Fn(&str) -> bool, pseudonym: &str) {
        let closed = self.all.values_mut().filter(|it| !it.is_open());
        for transaction in closed {
            let token = transaction.id_token.as_mut();
            if let Some(token) = token.filter(|token| is_one(&token.id_token)) {
                token.id_token = pseudonym.into();
            }
        }
    }

    /// Something was paid for a transaction (2.1, NotifySettlement).
    pub fn settled(&mut self, reference: u64, settlement: &serde_json::Value) {
        self.change(reference, |transaction| {
            transaction.prices.settle(settlement);
        });
    }

    /// The energy that flowed at an EVSE since the transaction before.
    pub(super) fn energy_before(&self, evse: i64, at: DateTime, meter: Decimal) -> Option<Decimal> {
        let closed = self.all.values().filter(|other| other.evse == evse);
        let before = closed.filter_map(|other| {
            let end = other.end.as_ref()?.at;
            (end <= at).then_some((end, other.meter_stop?))
        });
        let (_, stop) = before.max_by_key(|(end, _)| *end)?;
        let energy = meter.checked_sub(*stop)?;
        let flowed = !energy.is_sign_negative() && !energy.is_zero();
        flowed.then(|| energy.normalize().into())
    }

    /// The end of a transaction has become known: what flowed before those that followed it is known better.
    pub(super) fn energy_after(&mut self, reference: u64) {
        let Some((evse, end)) = self
            .transaction(reference)
            .and_then(|ended| Some((ended.evse, ended.end.as_ref()?.at)))
        else {
            return;
        };
        let later = self.transactions().filter_map(|other| {
            let begin = other.started_at.filter(|begin| end <= *begin);
            let is_later = other.evse == evse && other.reference != reference;
            Some((other, begin?, other.meter_start?)).filter(|_| is_later)
        });
        let changed: Vec<_> = later
            .map(|(other, begin, meter)| {
                let energy = self.energy_before(evse, begin, meter);
                (other.reference, energy, other.energy_before != energy)
            })
            .filter(|(.., changed)| *changed)
            .collect();
        for (reference, energy, _) in changed {
            self.change(reference, |later| later.energy_before = energy);
        }
    }

    /// Notes whether an ended transaction ran while another one in memory did at the same EVSE.
    pub(super) fn note_overlap(&mut self, reference: u64) {
        let ran = |transaction: &Transaction| {
            let end = transaction.end.as_ref()?;
            let known = transaction.evse != 0 && end.by == EndedBy::Station;
            let started = transaction.started_at.filter(|_| known)?;
            Some((transaction.evse, started, end.at))
        };
        let Some((evse, started, ended)) = self.transaction(reference).and_then(ran) else {
            return;
        };
        let overlaps = self.transactions().any(|other| {
            other.reference != reference
                && ran(other).is_some_and(|(at, began, stopped)| {
                    at == evse && began < ended && started < stopped
                })
        });
        if let Some(transaction) = self.all.get_mut(&reference).filter(|_| overlaps) {
            transaction.overlaps = true;
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

/// Whether one of two transactions began before the other. A clock that was not set says nothing: then the order counts in which
/// they became known.
fn is_before(one: &Transaction, other: &Transaction) -> bool {
    let began = |transaction: &Transaction| {
        let began = transaction.started_at.unwrap_or(transaction.first_at);
        let late = |received: DateTime| began.millis_since(received) > A_DAY;
        let is_set =
            began.unix_millis() >= CLOCKS_ARE_SET && !transaction.received_at.is_some_and(late);
        is_set.then_some(began)
    };
    let became_known = |transaction: &Transaction| (transaction.received_at, transaction.reference);
    match (began(one), began(other)) {
        (Some(one_began), Some(other_began)) => one_began < other_began,
        _ => became_known(one) < became_known(other),
    }
}

/// In milliseconds. What a clock says that is ahead by more has nothing to do with the time.
const A_DAY: i64 = 86_400_000;
