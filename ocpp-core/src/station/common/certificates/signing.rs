//! Certificates for the station's own keys: asking for one, getting it, renewing it (A02, A03, WP:A02, WP:A03).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::{Certificates, SIGNING, carry_out};
use crate::security::{
    CertificateRequest, CertificateSigningStatus, KeyId, RequestHandle, SigningOutput,
    SigningResponse, SigningRetry, SigningUse, Subject,
};
use crate::station::config::built;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::output::Output;
use crate::station::queue::Change;
use crate::station::record::record;
use crate::time::Instant;

/// How long before its end a certificate is renewed (A03.FR.02, WP:A03.FR.02).
const RENEW_AHEAD: Duration = Duration::from_secs(30 * 86_400);
/// How often to look whether a certificate is about to expire.
const RENEW_CHECK: Duration = Duration::from_secs(86_400);

/// A request that is to be sent now. Its end is told to [`Certificates::answered`].
#[derive(Debug)]
pub(crate) struct SignRequest {
    pub(crate) request: RequestHandle,
    /// PEM.
    pub(crate) csr: String,
}

impl Certificates {
    /// Sets when and how often a request is sent again whose certificate does not come, from the next wait on.
    #[cfg_attr(not(feature = "v2_0_1"), allow(dead_code))]
    pub(crate) const fn set_retry(&mut self, retry: Option<SigningRetry>) {
        self.signing.config_mut().retry = retry;
    }

    /// Begins to get a new client certificate. `false` without an organization name or serial number (A02, prerequisites,
    /// WP:A02.FR.13).
    pub(crate) fn request(&mut self, core: &Context) -> bool {
        let organization = core.variables.text(Standard::Organization);
        let serial = core.config.serial_number.as_deref().unwrap_or_default();
        if !built::SECURITY
            || self.verifier.is_none()
            || organization.is_empty()
            || serial.is_empty()
        {
            return false;
        }
        let subject = Subject::station(serial, organization);
        self.asked = self
            .signing
            .request(SigningUse::ChargingStation, subject)
            .ok();
        self.asked.is_some()
    }

    /// The key and the request are there, or could not be made.
    pub(crate) fn made(
        &mut self,
        request: RequestHandle,
        made: Option<(KeyId, CertificateRequest)>,
    ) {
        if !built::SECURITY {
            return;
        }
        match made {
            Some((key, made)) => self.signing.request_made(request, key, made),
            None => self.signing.request_failed(request),
        }
    }

    /// How a request ended that was sent, or could not be.
    pub(crate) fn answered(
        &mut self,
        core: &Context,
        request: RequestHandle,
        response: SigningResponse,
    ) {
        if built::SECURITY {
            self.signing.response(core.now, request, response);
        }
    }

    /// Takes a certificate that the CSMS has got signed: one that is not valid is rejected and logged (A02.FR.06, A02.FR.07,
    /// WP:A02.FR.06, WP:A02.FR.07).
    pub(crate) fn signed(
        &mut self,
        core: &mut Context,
        chain: &str,
        usage: SigningUse,
    ) -> CertificateSigningStatus {
        let at = core.utc();
        let Some(verifier) = self.verifier.as_deref() else {
            return CertificateSigningStatus::Rejected;
        };
        let (store, signing) = (&mut self.store, &mut self.signing);
        let status = signing.certificate_signed(verifier, store, at, chain, Some(usage), None);
        // The records of the new certificate are stored before the answer, everything else follows it.
        while let Some(output) = self.signing.poll_output() {
            match output {
                SigningOutput::Store(..) | SigningOutput::Forget(_) | SigningOutput::Change(_) => {
                    self.carry_out_signing(core, output);
                }
                other => self.after.push(other),
            }
        }
        status
    }

    /// Does what requests want: a new key pair, then SignCertificate (A02.FR.02, A02.FR.03, WP:A02.FR.02, WP:A02.FR.03). Keys
    /// are as strong as A00.FR.502, A00.FR.503, WP:A00.FR.502 and WP:A00.FR.503 demand, names as A00.FR.511 and
    /// WP:A00.FR.511 do, texts in PEM (A00.FR.507, WP:A00.FR.507). Gives what is to be sent. `online` says whether the CSMS
    /// has accepted the station.
    pub(crate) fn continue_signing(
        &mut self,
        core: &mut Context,
        online: bool,
    ) -> Vec<SignRequest> {
        if !built::SECURITY {
            return Vec::new();
        }
        if online {
            self.renew(core);
        }
        self.signing.handle_timeout(core.now);
        // The key and the request must be known after a power cut, too.
        let may = core.is_connected() && !core.storage_fails();
        let asked = self.asked;
        let may = |request| may && (online || Some(request) == asked);
        self.signing.resend(may);
        for output in core::mem::take(&mut self.after) {
            self.carry_out_signing(core, output);
        }
        let mut due = Vec::new();
        while let Some(output) = self.signing.poll_output() {
            match output {
                SigningOutput::Send { request, csr, .. } if may(request) => {
                    due.push(SignRequest { request, csr });
                }
                SigningOutput::Send { request, .. } => {
                    self.answered(core, request, SigningResponse::Undelivered);
                }
                other => self.carry_out_signing(core, other),
            }
        }
        due
    }

    fn carry_out_signing(&self, core: &mut Context, output: SigningOutput) {
        match output {
            SigningOutput::MakeRequest {
                request, subject, ..
            } => core.output(Output::MakeCertificateRequest { request, subject }),
            SigningOutput::Store(handle, pending) => {
                core.changes(record(key(handle), &pending).map(Change::Store));
            }
            SigningOutput::Forget(handle) => core.remove(&key(handle)),
            SigningOutput::Change(change) => carry_out(core, [change]),
            SigningOutput::DeleteKey(key) => core.output(Output::DeleteKey(key)),
            SigningOutput::SecurityEvent { kind, tech_info } => {
                core.security_event(kind, Some(&tech_info));
            }
            // A certificate that was installed is used as soon as it is valid; what is to be sent is sent elsewhere.
            SigningOutput::Ended(..) | SigningOutput::Send { .. } => {}
        }
    }

    /// Asks for successors of certificates that expire soon, and discards old ones (A03.FR.02, WP:A03.FR.02,
    /// WP:A02.FR.10).
    fn renew(&mut self, core: &mut Context) {
        let now = core.instant();
        if self.next_renewal.is_some_and(|at| at > now) {
            return;
        }
        self.next_renewal = Some(now + RENEW_CHECK);
        let Some(utc) = core.utc() else {
            return;
        };
        let discarded = self.store.discard_old(utc);
        if self.verifier.is_some() {
            let organization = core.variables.text(Standard::Organization);
            let subject = |of: SigningUse, name: &str| {
                let usable = of.serves_csms() && !organization.is_empty();
                usable.then(|| Subject::station(name, organization))
            };
            self.signing.renew(&self.store, utc, RENEW_AHEAD, subject);
        }
        carry_out(core, discarded);
    }

    /// When [`continue_signing`](Self::continue_signing) has something to do.
    pub(crate) fn next_timeout(&self, online: bool) -> Option<Instant> {
        if !built::SECURITY {
            return None;
        }
        let renewal = self.next_renewal.filter(|_| online);
        [self.signing.next_timeout(), renewal]
            .into_iter()
            .flatten()
            .min()
    }
}

/// The key of the record of a request.
fn key(handle: RequestHandle) -> String {
    format!("{SIGNING}{:010}", handle.0)
}
