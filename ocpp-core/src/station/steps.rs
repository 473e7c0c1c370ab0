//! What a station does by itself: at its start, at the end of every input, and when messages come.

use alloc::vec::Vec;

use super::behaviour::{CsmsCall, Outcome};
use super::output::Output;
use super::{Station, meter, storage};
use crate::security::SecurityEventKind;
use crate::session::{self, CallId, Received};

impl Station {
    pub(super) fn storage_failed(&mut self, undone: Vec<Output>) {
        let core = &mut self.core;
        core.storage_failed(undone);
        let mut calls = self.logic.calls_about_records();
        calls.extend(core.queue.call());
        core.withdraw_unsent(calls);
        self.serve_session();
        if self.core.storage_event_due() {
            let kind = SecurityEventKind::MemoryExhaustion;
            let info = Some(storage::EXPLANATION);
            self.core.security_event(kind, info);
        }
    }

    /// Deals with what was before the start, once.
    pub(super) fn begin(&mut self) {
        if !core::mem::replace(&mut self.core.begun, true) {
            self.logic.start(&mut self.core);
            self.logic.resume(&mut self.core);
            self.core.tell_waiting();
            if let Some(info) = self.unreadable.take() {
                let kind = SecurityEventKind::RecordsUnreadable;
                self.core.security_event(kind, Some(&info));
            }
        }
    }

    pub(super) fn connect(&mut self) {
        self.logic.connecting(&mut self.core);
        let connection = self.core.connection.clone();
        self.core.output(Output::Connect(connection));
    }

    pub(super) fn disconnected(&mut self) {
        self.switch_disconnected();
        if !self.core.is_connected() {
            return;
        }
        self.core.forget_answers();
        self.core.session_input(session::Input::Disconnected);
        self.core.queue.disconnected();
        self.core.pulse.closed();
        self.serve_session();
        self.logic.disconnected(&mut self.core);
    }

    pub(super) fn serve(&mut self, samples: Vec<meter::Sample>) {
        for sample in samples {
            let evse = sample.at.map_or(0, |at| at.evse);
            let reading = self.core.meters.last(evse);
            self.logic.sampled(&mut self.core, sample, &reading);
        }
    }

    /// Does everything that is due, until nothing is.
    pub(super) fn settle(&mut self) {
        self.do_what_is_due();
        while self.switch.is_some() && self.continue_switch() {
            self.do_what_is_due();
        }
        self.core.hold_back();
    }

    pub(super) fn do_what_is_due(&mut self) {
        self.core.session_input(session::Input::TimePassed);
        let now = self.core.instant();
        if self.core.link.time_passed(now) {
            self.connect();
        }
        if self.core.pulse.probe_due(now) {
            self.core.output(Output::Ping);
        }
        let overdue = self.core.meters.overdue(now);
        self.serve(overdue);
        self.serve_session();
        // Before the statuses that may follow from the same event.
        self.send_queued();
        self.logic.time_passed(&mut self.core);
        self.serve_session();
        if !self.core.over {
            self.logic.tell_security_events(&mut self.core);
        }
        self.send_queued();
    }

    /// A message of the CSMS: its payload is read where it stands. Says whether there may be more to do than was done.
    pub(super) fn receive(&mut self, text: &str) -> bool {
        match self.core.receive(text) {
            Received::Call {
                token,
                action,
                payload,
                ..
            } => {
                let call = CsmsCall {
                    token,
                    action,
                    payload,
                };
                self.logic.request(&mut self.core, call);
                !self.logic.ends_with_its_answer(action)
            }
            Received::Result { call, payload, .. } => {
                self.call_ended(call, Ok(payload));
                true
            }
            Received::Send { .. } | Received::Other => true,
        }
    }

    pub(super) fn serve_session(&mut self) {
        while let Some((call, failure)) = self.core.failed_calls.pop_front() {
            if self.core.over {
                return;
            }
            self.call_ended(call, Err(failure));
        }
    }

    pub(super) fn call_ended(&mut self, call: CallId, outcome: Outcome<'_>) {
        if let Some(queued) = self.core.queue.carried_by(call) {
            let queued = queued.clone();
            return self.queue_call_ended(&queued, outcome);
        }
        self.core.suspects_the_link(outcome.as_ref().err());
        self.logic.call_ended(&mut self.core, call, &outcome);
    }
}
