//! Getting a certificate signed: SignCertificate and CertificateSigned (A02, A03).
//!
//! ```text
//! request ─► MakeRequest ─► request_made ─► Send ─► response(Accepted) ─► certificate_signed ─► installed
//!                                            ▲          │ no certificate within the back-off
//!                                            └──────────┘ (A02.FR.17–19, same key and request)
//! ```

use alloc::collections::{BTreeSet, VecDeque};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::certificate::{
    CertificateError, CertificateHashData, CertificateUse, HashAlgorithm, SigningUse,
};
use super::event::{SecurityEventKind, tech_info};
use super::pem;
use super::provider::{
    CertificateRequest, CertificateVerifier, InvalidSubject, KeyId, Purpose, Subject, VerifiedPath,
};
use super::store::{CertificateId, CertificateStore, OwnRecord, StoreChange};
use crate::time::{DateTime, Instant, Now};

/// How a station gets its certificates signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningConfig {
    /// Sending the request again when no certificate comes; `None` for never, as the whitepaper recommends for 1.6.
    pub retry: Option<SigningRetry>,
    /// CertificateSignedMaxChainSize (1.6), MaxCertificateChainSize (2.x): most characters of a chain (A02.FR.16).
    pub max_chain_length: usize,
    /// Accept client certificates whose validity begins later: A02.FR.08 of 1.6; forbidden by A02.FR.06 of the 2.0.1
    /// errata.
    pub accept_future: bool,
    /// Number the requests, as SignCertificate of 2.1 can.
    pub request_ids: bool,
    /// Most requests that are open at a time: one per use and, towards vehicles, per SeccId.
    pub max_requests: usize,
}

impl SigningConfig {
    /// OCPP 1.6 with the security whitepaper.
    pub const V1_6: Self = Self {
        retry: None,
        max_chain_length: 10_000,
        accept_future: true,
        request_ids: false,
        max_requests: 1,
    };
    /// OCPP 2.0.1 with its errata, without CertSigningWaitMinimum. For 2.1 set [`request_ids`](Self::request_ids).
    pub const V2: Self = Self {
        accept_future: false,
        max_requests: 8,
        ..Self::V1_6
    };
}

/// The back-off of A02.FR.17–19.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SigningRetry {
    /// CertSigningWaitMinimum: how long to wait for the certificate the first time.
    pub wait_minimum: Duration,
    /// CertSigningRepeatTimes: how many times the wait is doubled. The request is sent again after the first wait and
    /// after every doubled one.
    pub repeat_times: u32,
}

/// Names one open request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestHandle(pub u32);

/// The durable part of an open request, so that a certificate which arrives after a restart finds its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingSigning {
    /// What the certificate is for.
    pub signing_use: SigningUse,
    /// The subject of the request.
    pub subject: Subject,
    /// The private key.
    pub key: KeyId,
    /// The request that was sent.
    pub request: CertificateRequest,
    /// Its number (2.1).
    pub request_id: Option<i32>,
}

/// What the application does for a certificate request. Outputs come in the order in which they are to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SigningOutput {
    /// Generate a key pair and a request ([`KeyProvider::make_request`](super::KeyProvider::make_request)), then call
    /// [`CertificateSigning::request_made`] or [`CertificateSigning::request_failed`].
    MakeRequest {
        /// Which request.
        request: RequestHandle,
        /// What the certificate is for.
        signing_use: SigningUse,
        /// The subject to put into the request.
        subject: Subject,
    },
    /// Make this record durable.
    Store(RequestHandle, PendingSigning),
    /// Remove the record.
    Forget(RequestHandle),
    /// Send SignCertificate, then call [`CertificateSigning::response`].
    Send {
        /// Which request.
        request: RequestHandle,
        /// The request, PEM.
        csr: String,
        /// The certificate type to name (A02.FR.13); 1.6 has no such field.
        signing_use: SigningUse,
        /// The number to give it (2.1).
        request_id: Option<i32>,
    },
    /// Make a change of the certificate store durable.
    Change(StoreChange),
    /// Destroy a key for which no certificate will come.
    DeleteKey(KeyId),
    /// Report or log a security event.
    SecurityEvent {
        /// The event.
        kind: SecurityEventKind,
        /// Text for techInfo, at most 255 characters.
        tech_info: String,
    },
    /// The request is closed.
    Ended(RequestHandle, SigningEnd),
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningEnd {
    /// The certificate is installed. When it serves the CSMS, reconnect with it (A02.FR.08), in 1.6 not before it is
    /// valid ([`CertificateStore::next_activation`]).
    Installed(CertificateId),
    /// The CSMS refused the request. For certificates towards vehicles it is recommended to switch PnCEnabled off
    /// until the next reboot (A02.FR.21).
    Refused,
    /// No key pair could be made.
    NoKey,
    /// A newer request for the same certificate took its place.
    Superseded,
}

/// How the CSMS answered SignCertificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningResponse {
    /// Status Accepted.
    Accepted,
    /// Status Rejected.
    Rejected,
    /// No answer or an error. The CSMS may have got the request, so it stays open.
    Failed,
}

/// Why no certificate is requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SigningRefused {
    /// The subject is incomplete; above all when no organization is configured (A02, prerequisites).
    #[error(transparent)]
    Subject(#[from] InvalidSubject),
    /// [`SigningConfig::max_requests`] are open.
    #[error("too many open certificate requests")]
    TooMany,
}

/// The status of the answer to CertificateSigned, the same two in every version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateSigningStatus {
    /// The certificate is valid and installed.
    Accepted,
    /// It is not, or it was not asked for.
    Rejected,
}

#[derive(Debug, Clone)]
struct Flow {
    handle: RequestHandle,
    signing_use: SigningUse,
    subject: Subject,
    made: Option<(KeyId, CertificateRequest)>,
    request_id: Option<i32>,
    sent_again: u32,
    resend_at: Option<Instant>,
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
    renewed: BTreeSet<CertificateId>,
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
            renewed: BTreeSet::new(),
        }
    }

    /// Continues with the requests that were stored. They count as accepted by the CSMS: the back-off starts anew at
    /// `now`.
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
            };
            flow.wait(now.monotonic, signing.config.retry);
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
                self.renewed.insert(id);
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
        flow.made = Some((key.clone(), certificate_request.clone()));
        let record = PendingSigning {
            signing_use: flow.signing_use,
            subject: flow.subject.clone(),
            key,
            request: certificate_request,
            request_id: flow.request_id,
        };
        let send = flow.send();
        self.outputs
            .push_back(SigningOutput::Store(request, record));
        self.outputs.extend(send);
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
            (Some(at), SigningResponse::Accepted | SigningResponse::Failed) => {
                self.flows[at].wait(now.monotonic, retry);
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

    /// Verifies a chain (A02.FR.06) and says which request it answers.
    fn check(
        &self,
        verifier: &dyn CertificateVerifier,
        store: &CertificateStore,
        at: Option<DateTime>,
        chain: &str,
        candidates: &[usize],
    ) -> Result<(usize, OwnRecord), CertificateError> {
        let at = at.ok_or(CertificateError::ClockUnknown)?;
        let parsed = verifier.parse(chain)?;
        let leaf = parsed.first().ok_or(CertificateError::Count)?;
        let (flow_at, flow, key) = candidates
            .iter()
            .find_map(|at| {
                let flow = self.flows.get(*at)?;
                let (key, request) = flow.made.as_ref()?;
                (request.public_key_sha256 == leaf.public_key_sha256).then_some((*at, flow, key))
            })
            .ok_or(CertificateError::KeyMismatch)?;

        let roots = trusted_roots(verifier, store, flow.signing_use);
        let anchors: Vec<&[u8]> = roots.iter().map(|(_, der)| der.as_slice()).collect();
        let ders: Vec<&[u8]> = parsed.iter().map(|info| info.der.as_slice()).collect();
        let common_name = Some(flow.subject.common_name.as_str());
        let purpose = if flow.signing_use.serves_csms() {
            Purpose::ChargingStation {
                common_name,
                organization: Some(&flow.subject.organization),
                allow_future: self.config.accept_future,
            }
        } else {
            Purpose::Vehicles { common_name }
        };
        let path = verifier.verify_chain(&ders, &anchors, at, &purpose)?;
        let algorithm = store.config().hash_algorithm;
        let mut hash_data = hash_path(verifier, &ders, anchors[path.anchor], &path, algorithm)?;

        let texts: Vec<&str> = pem::certificates(chain).collect();
        let ordered = core::iter::once(0).chain(path.intermediates.iter().copied());
        let record = OwnRecord {
            signing_use: flow.signing_use,
            chain: pem::join(ordered.filter_map(|at| texts.get(at).copied())),
            key: key.clone(),
            common_name: flow.subject.common_name.clone(),
            child_hash_data: hash_data.split_off(1),
            hash_data: hash_data.pop().ok_or(CertificateError::Count)?,
            root: roots[path.anchor].0,
            not_before: path.leaf.not_before,
            not_after: path.leaf.not_after,
            installed_at: at,
            proven: false,
        };
        Ok((flow_at, record))
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
    /// without end after the last doubled wait (A02.FR.19).
    fn wait(&mut self, now: Instant, retry: Option<SigningRetry>) {
        self.resend_at = retry
            .filter(|retry| self.sent_again <= retry.repeat_times)
            .map(|retry| {
                let factor = 1u32.checked_shl(self.sent_again).unwrap_or(u32::MAX);
                now + retry.wait_minimum.saturating_mul(factor)
            });
    }
}

/// The roots from which a certificate of this use may be derived (A02.FR.06; block M, section 2.2).
fn trusted_roots(
    verifier: &dyn CertificateVerifier,
    store: &CertificateStore,
    signing_use: SigningUse,
) -> Vec<(CertificateId, Vec<u8>)> {
    let csms = signing_use
        .serves_csms()
        .then_some(CertificateUse::CsmsRoot);
    let vehicles = signing_use
        .serves_vehicles()
        .then_some(CertificateUse::V2gRoot);
    csms.into_iter()
        .chain(vehicles)
        .flat_map(|usage| store.roots(usage))
        .filter_map(|(id, root)| {
            Some((id, verifier.parse(&root.pem).ok()?.into_iter().next()?.der))
        })
        .collect()
}

/// Identifies every certificate of a path, the end certificate first.
fn hash_path(
    verifier: &dyn CertificateVerifier,
    chain: &[&[u8]],
    anchor: &[u8],
    path: &VerifiedPath,
    algorithm: HashAlgorithm,
) -> Result<Vec<CertificateHashData>, CertificateError> {
    let certificates: Vec<&[u8]> = core::iter::once(0)
        .chain(path.intermediates.iter().copied())
        .filter_map(|at| chain.get(at).copied())
        .collect();
    let issuers = certificates.iter().skip(1).copied().chain([anchor]);
    certificates
        .iter()
        .zip(issuers)
        .map(|(certificate, issuer)| verifier.hash_data(certificate, issuer, algorithm))
        .collect()
}
