//! Hardware that obeys, and tells what it was told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ocpp_core::station::{ConnectorId, EvseId, Limit, Reading, UnlockResult};

use super::said::Log;
use crate::station::{Answer, Hardware};

/// What the hardware is, and what was said.
#[derive(Debug, Default)]
pub(super) struct Bench {
    evses: Mutex<BTreeMap<EvseId, Evse>>,
    pub(super) log: Log,
}

#[derive(Debug, Default)]
struct Evse {
    is_closed: bool,
    limit: Option<Limit>,
    register_wh: i64,
}

impl Bench {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<EvseId, Evse>> {
        // Whole values.
        self.evses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_closed(&self, evse: EvseId) -> bool {
        self.lock().get(&evse).is_some_and(|evse| evse.is_closed)
    }

    pub(super) fn limit(&self, evse: EvseId) -> Option<Limit> {
        self.lock().get(&evse)?.limit
    }

    /// The meter shows so much more: what it shows then.
    pub(super) fn deliver(&self, evse: EvseId, wh: i64) -> i64 {
        let mut evses = self.lock();
        let register = &mut evses.entry(evse).or_default().register_wh;
        *register = register.saturating_add(wh);
        *register
    }
}

/// The charger.
#[derive(Debug)]
pub(super) struct Charger {
    pub(super) identity: String,
    pub(super) bench: Arc<Bench>,
}

impl Hardware for Charger {
    fn contactor(&mut self, at: ConnectorId, closed: bool) {
        self.bench.lock().entry(at.evse).or_default().is_closed = closed;
    }

    fn read_meter(&mut self, evse: EvseId, answer: Answer<Reading>) {
        answer.with(Reading::energy(self.bench.deliver(evse, 0)));
    }

    fn set_limit(&mut self, at: ConnectorId, limit: Option<Limit>) {
        self.bench.lock().entry(at.evse).or_default().limit = limit;
    }

    fn lock(&mut self, _at: ConnectorId, answer: Answer<bool>) {
        answer.with(true);
    }

    fn unlock(&mut self, _at: ConnectorId, answer: Answer<UnlockResult>) {
        answer.with(UnlockResult::Unlocked);
    }

    fn message(&mut self, from_csms: bool, text: &str) {
        self.bench.log.add(&self.identity, !from_csms, text);
    }
}
