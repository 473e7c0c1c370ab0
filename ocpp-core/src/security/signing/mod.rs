//! Getting a certificate signed: SignCertificate and CertificateSigned (A02, A03).
//!
//! ```text
//! request ─► MakeRequest ─► request_made ─► Send ─► response(Accepted) ─► certificate_signed ─► installed
//!                                            ▲          │ no certificate within the back-off
//!                                            └──────────┘ (A02.FR.17–19, same key and request)
//! ```

mod verify;
mod vocabulary;

use alloc::collections::VecDeque;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::time::Duration;

pub use vocabulary::{
    CertificateSigningStatus, PendingSigning, RequestHandle, SigningConfig, SigningEnd,
    SigningOutput, SigningRefused, SigningResponse, SigningRetry,
};

use super::certificate::{CertificateError, SigningUse};
use super::event::{SecurityEventKind, tech_info};
use super::provider::{CertificateRequest, CertificateVerifier, KeyId, Subject};
use super::store::{CertificateId, CertificateStore};
use crate::bounds;
use crate::time::{DateTime, Instant, Now};

#[derive(Debug, Clone)]
struct Flow {
    handle: RequestHandle,
    signing_use: SigningUse,
    subject: Subject,
    made: Option<(KeyId, CertificateRequest)>,
    request_id: Option<i32>,
    sent_again: u32,
    resend_at: Option<Instant>,
    /// Whether the CSMS has taken the request.
    accepted: bool,
    /// Whether it is to be sent as soon as the CSMS can be reached.
    undelivered: bool,
}

/// The station's open certificate requests.
///
/// After every input drain [`poll_output`](Self::poll_output); wake it at [`next_timeout`](Self::next_timeout) with
/// [`handle_timeout`](Self::handle_timeout).
#[derive(Debug, Clone)]
pub struct CertificateSigning {
    config: SigningConfig,
    flows: Vec<Flow>,
    next_handle: u32,
    outputs: VecDeque<SigningOutput>,
    /// Certificates whose renewal was already requested since the start (A03).
    renewed: Vec<CertificateId>,
}

impl CertificateSigning {
    /// Nothing is open.
    #[must_use]
    pub const fn new(config: SigningConfig) -> Self {
        Self {
            config,
            flows: Vec::new(),
            next_handle: 1,
            outputs: VecDeque::new(),
            renewed: Vec::new(),
        }
    }

    /// Continues with the requests that were stored. The back-off of those that the CSMS has taken starts anew at `now`;
    /// the others wait for [`resend`](Self::resend).
    #[must_use]
    pub fn restore(
        config: SigningConfig,
        now: Now,
        records: impl IntoIterator<Item = (RequestHandle, PendingSigning)>,
    ) -> Self {
        let mut signing = Self::new(config);
        for (handle, record) in records {
            signing.next_handle = signing.next_handle.max(handle.0.saturating_add(1));
            let mut flow = Flow {
                handle,
                signing_use: record.signing_use,
                subject: record.subject,
                made: Some((record.key, record.request)),
                request_id: record.request_id,
                sent_again: 0,
                resend_at: None,
                accepted: record.accepted,
                undelivered: !record.accepted,
            };
            if flow.accepted {
                flow.wait(now.monotonic, signing.config.retry);
            }
            signing.flows.push(flow);
        }
        signing
    }

    /// The configuration; changes apply from the next wait on.
    pub const fn config_mut(&mut self) -> &mut SigningConfig {
        &mut self.config
    }

    /// Requests a certificate: triggered by the CSMS (A02) or by the station itself (A03). An open request for the same
    /// use and common name is superseded.
    ///
    /// # Errors
    /// When the subject is not acceptable or too many requests are open; TriggerMessage is answered with Rejected.
    pub fn request(
        &mut self,
        signing_use: SigningUse,
        subject: Subject,
    ) -> Result<RequestHandle, SigningRefused> {
        subject.check()?;
        let same = self.flows.iter().position(|flow| {
            flow.signing_use == signing_use && flow.subject.common_name == subject.common_name
        });
        if let Some(at) = same {
            self.close(at, SigningEnd::Superseded, true);
        } else if self.flows.len() >= self.config.max_requests {
            return Err(SigningRefused::TooMany);
        }
        let handle = RequestHandle(self.next_handle);
        self.next_handle = self.next_handle.wrapping_add(1);
        self.flows.push(Flow {
            handle,
            signing_use,
            subject: subject.clone(),
            made: None,
            request_id: None,
            sent_again: 0,
            resend_at: None,
            accepted: false,
            undelivered: false,
        });
        self.outputs.push_back(SigningOutput::MakeRequest {
            request: handle,
            signing_use,
            subject,
        });
        Ok(handle)
    }

    /// Requests successors for certificates that expire within `ahead`, one month in A03.FR.02; each once until the next
    /// restart. `subject` gives the subject for a use and common name, or `None` to leave that certificate alone. To be
    /// called now and then, and after a start.
    pub fn renew(
        &mut self,
        store: &CertificateStore,
        at: DateTime,
        ahead: Duration,
        mut subject: impl FnMut(SigningUse, &str) -> Option<Subject>,
    ) {
        self.renewed
            .retain(|id| store.records().any(|(other, _)| other == *id));
        for (id, own) in store.expiring(at, ahead) {
            let open = self.flows.iter().any(|flow| {
                flow.signing_use == own.signing_use && flow.subject.common_name == own.common_name
            });
            if open || self.renewed.contains(&id) {
                continue;
            }
            let Some(subject) = subject(own.signing_use, &own.common_name) else {
                continue;
            };
            if self.request(own.signing_use, subject).is_ok() {
                self.renewed.push(id);
            }
        }
    }

    /// The key pair and the request are there: sends SignCertificate (A02.FR.03). Unknown handles, of requests that were
    /// superseded meanwhile, only have their key destroyed.
    pub fn request_made(
        &mut self,
        request: RequestHandle,
        key: KeyId,
        certificate_request: CertificateRequest,
    ) {
        let numbered = self.config.request_ids;
        let Some(flow) = self.flow_mut(request).filter(|flow| flow.made.is_none()) else {
            self.outputs.push_back(SigningOutput::DeleteKey(key));
            return;
        };
        flow.request_id =
            numbered.then(|| i32::try_from(request.0 & 0x7fff_ffff).unwrap_or_default());
        flow.made = Some((key, certificate_request));
        let outputs = [flow.store(), flow.send()];
        self.outputs.extend(outputs.into_iter().flatten());
    }

    /// No key pair could be made.
    pub fn request_failed(&mut self, request: RequestHandle) {
        if let Some(at) = self.position(request) {
            self.close(at, SigningEnd::NoKey, true);
        }
    }

    /// The answer of the CSMS to SignCertificate.
    pub fn response(&mut self, now: Now, request: RequestHandle, response: SigningResponse) {
        let retry = self.config.retry;
        match (self.position(request), response) {
            (None, _) => {}
            (Some(at), SigningResponse::Rejected) => self.close(at, SigningEnd::Refused, true),
            (Some(at), SigningResponse::Accepted) => {
                let flow = &mut self.flows[at];
                flow.wait(now.monotonic, retry);
                if !core::mem::replace(&mut flow.accepted, true) {
                    let store = flow.store();
                    self.outputs.extend(store);
                }
            }
            (Some(at), SigningResponse::Failed) => self.flows[at].wait(now.monotonic, retry),
            (Some(at), SigningResponse::Undelivered) => self.flows[at].undelivered = true,
        }
    }

    /// Sends requests that did not reach the CSMS (A02.FR.03, A03.FR.03). To be called whenever it can be reached; `may` says
    /// of a request whether it may be sent now.
    pub fn resend(&mut self, may: impl Fn(RequestHandle) -> bool) {
        for flow in &mut self.flows {
            if flow.undelivered && may(flow.handle) {
                flow.undelivered = false;
                self.outputs.extend(flow.send());
            }
        }
    }

    /// Sends requests again whose certificate did not come in time (A02.FR.17).
    pub fn handle_timeout(&mut self, now: Now) {
        for flow in &mut self.flows {
            if flow.resend_at.is_some_and(|at| at <= now.monotonic) {
                flow.resend_at = None;
                flow.sent_again = flow.sent_again.saturating_add(1);
                self.outputs.extend(flow.send());
            }
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Instant> {
        self.flows.iter().filter_map(|flow| flow.resend_at).min()
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<SigningOutput> {
        self.outputs.pop_front()
    }

    /// Handles CertificateSigned: checks the chain and installs it. Answer with the returned status, after the outputs
    /// that store something and before all others.
    ///
    /// `signing_use` and `request_id` are those of the message; `None` when it has none. A chain that is not valid gives
    /// the event InvalidChargingStationCertificate and ends the back-off (A02.FR.07, A02.FR.20), but the request stays
    /// open: a corrected chain is still accepted. A chain that nobody asked for, or that is too long, is only refused.
    pub fn certificate_signed(
        &mut self,
        verifier: &dyn CertificateVerifier,
        store: &mut CertificateStore,
        at: Option<DateTime>,
        chain: &str,
        signing_use: Option<SigningUse>,
        request_id: Option<i32>,
    ) -> CertificateSigningStatus {
        // Bytes bound the work, characters are what the variable counts.
        if chain.len() > self.config.max_chain_length
            && chain.chars().count() > self.config.max_chain_length
        {
            return CertificateSigningStatus::Rejected;
        }
        let asked = |flow: &Flow| {
            flow.made.is_some()
                && signing_use.is_none_or(|usage| usage == flow.signing_use)
                && (request_id.is_none()
                    || flow.request_id.is_none()
                    || request_id == flow.request_id)
        };
        let candidates: Vec<usize> = (0..self.flows.len())
            .filter(|at| asked(&self.flows[*at]))
            .collect();
        if candidates.is_empty() {
            return CertificateSigningStatus::Rejected;
        }
        match self.check(verifier, store, at, chain, &candidates) {
            Ok((flow, record)) => {
                let Some((id, changes)) = store.install_own(record) else {
                    return CertificateSigningStatus::Rejected;
                };
                self.outputs
                    .extend(changes.into_iter().map(SigningOutput::Change));
                self.close(flow, SigningEnd::Installed(id), false);
                self.outputs.push_back(SigningOutput::SecurityEvent {
                    kind: SecurityEventKind::ReconfigurationOfSecurityParameters,
                    tech_info: "new charging station certificate".into(),
                });
                CertificateSigningStatus::Accepted
            }
            Err(CertificateError::Device | CertificateError::ClockUnknown) => {
                CertificateSigningStatus::Rejected
            }
            Err(error) => {
                for at in candidates {
                    self.flows[at].resend_at = None;
                }
                self.outputs.push_back(SigningOutput::SecurityEvent {
                    kind: SecurityEventKind::InvalidChargingStationCertificate,
                    tech_info: tech_info(&error.to_string()).into_owned(),
                });
                CertificateSigningStatus::Rejected
            }
        }
    }

    fn position(&self, request: RequestHandle) -> Option<usize> {
        self.flows.iter().position(|flow| flow.handle == request)
    }

    fn flow_mut(&mut self, request: RequestHandle) -> Option<&mut Flow> {
        self.flows.iter_mut().find(|flow| flow.handle == request)
    }

    fn close(&mut self, at: usize, end: SigningEnd, delete_key: bool) {
        let flow = self.flows.remove(at);
        if let Some((key, _)) = flow.made {
            self.outputs.push_back(SigningOutput::Forget(flow.handle));
            if delete_key {
                self.outputs.push_back(SigningOutput::DeleteKey(key));
            }
        }
        self.outputs
            .push_back(SigningOutput::Ended(flow.handle, end));
    }
}

impl Flow {
    fn store(&self) -> Option<SigningOutput> {
        let (key, request) = self.made.clone()?;
        let record = PendingSigning {
            signing_use: self.signing_use,
            subject: self.subject.clone(),
            key,
            request,
            request_id: self.request_id,
            accepted: self.accepted,
        };
        Some(SigningOutput::Store(self.handle, record))
    }

    fn send(&self) -> Option<SigningOutput> {
        let (_, request) = self.made.as_ref()?;
        Some(SigningOutput::Send {
            request: self.handle,
            csr: request.pem.clone(),
            signing_use: self.signing_use,
            request_id: self.request_id,
        })
    }

    /// Waits for the certificate: the minimum, doubled for every time that the request was sent again (A02.FR.18), and
    /// without end after the last doubled wait (A02.FR.19, A03.FR.18).
    fn wait(&mut self, now: Instant, retry: Option<SigningRetry>) {
        self.resend_at = retry
            .filter(|retry| self.sent_again <= retry.repeat_times)
            .map(|retry| {
                let factor = 1u32.checked_shl(self.sent_again).unwrap_or(u32::MAX);
                now + bounds::wait(retry.wait_minimum.saturating_mul(factor))
            });
    }
}
