//! What a reset means for who charges (B11, B12).

use super::super::ChargingStation;
use super::super::reset::Order;
use super::super::transactions::Cue;
use super::super::wire::{Reason, ResetRequest, TriggerReason};
use crate::session::CallToken;
use crate::station::context::Context;

const fn cause() -> Cue {
    Cue::ending(TriggerReason::ResetCommand, Reason::ImmediateReset)
}

impl ChargingStation {
    pub(super) fn reset(&mut self, core: &mut Context, call: CallToken, request: &ResetRequest) {
        let index = request.evse_id.and_then(|evse| self.evse_number(evse));
        let writing = self.firmware.is_writing();
        let transactions = &self.transactions;
        let charging = |index: Option<usize>| match index {
            Some(_) => transactions.number(index).is_some(),
            None => transactions.any(),
        };
        let order = self
            .resets
            .asked(core, call, request, index, writing, charging);
        match order {
            Some(Order::EndAll) => self.end_all_for_reset(core),
            Some(Order::BeginNothing) => self.withdraw_waiting(core),
            Some(Order::EndAt(index)) => self.end_at(core, index, &cause()),
            None => {}
        }
    }

    /// Transactions are ended and told before the restart (B12.FR.02, B12.FR.04).
    fn end_all_for_reset(&mut self, core: &mut Context) {
        self.withdraw_waiting(core);
        for index in 0..self.evses() {
            self.end_at(core, index, &cause());
        }
        if let Some(number) = self.transactions.number(None) {
            self.end(core, number, &cause());
        }
    }

    pub(super) fn continue_resets(&mut self, core: &mut Context) {
        let transactions = &self.transactions;
        let charging = |index: usize| transactions.number(Some(index)).is_some();
        for index in self.resets.advance_evses(core, charging) {
            let waited = self.is_authorized(index);
            self.authorizations.set(Some(index), None);
            if waited {
                self.cables.release(core, index);
            }
        }
        if !self.resets.is_pending() {
            return;
        }
        let charging = self.transactions.any();
        if self.resets.falls_due(core, charging) {
            self.end_all_for_reset(core);
        }
        self.resets.advance(core, charging, self.calls.is_empty());
    }
}
