//! The certificates of a station, the requests for its own, and what they mean for connections (2.0.1 A02, A03, M03 to M05;
//! the same of the whitepaper).
//!
//! The versions translate messages and say what differs with [`StoreConfig`] and [`SigningConfig`]. Everything is stored
//! before the answer that says so.

mod connecting;
mod provision;
mod signing;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::security::{
    CertificateError, CertificateHashData, CertificateId, CertificateInfo, CertificateSigning,
    CertificateStore, CertificateUse, CertificateVerifier, DeleteRefusal, DeleteStatus,
    InstallRefusal, InstallStatus, InstalledCertificate, PendingSigning, RequestHandle,
    SigningConfig, SigningOutput, StoreChange, StoreConfig, StoreRecord,
};
use crate::station::config::built;
use crate::station::context::Context;
use crate::station::output::Output;
use crate::station::queue::Change;
use crate::station::record::{Records, record};
use crate::time::Instant;

pub use self::provision::Provisioned;
pub(crate) use self::signing::SignRequest;

const CERTIFICATE: &str = "certificate/";
const SIGNING: &str = "signing/";

/// See the [module documentation](self).
pub(crate) struct Certificates {
    store: CertificateStore,
    signing: CertificateSigning,
    /// What requests want done that does not come before an answer.
    after: Vec<SigningOutput>,
    /// The request that the CSMS has asked for last: it is sent in every state of registration (WP:A00.FR.806, B02.FR.02).
    asked: Option<RequestHandle>,
    /// Without one nothing can be verified: no certificates are managed.
    verifier: Option<Box<dyn CertificateVerifier + Send + Sync>>,
    /// Fingerprints of what was taken over from the factory.
    provisioned: Vec<String>,
    /// When to look next whether a certificate is about to expire.
    next_renewal: Option<Instant>,
    /// The new certificate with which no connection could be made.
    given_up: Option<CertificateId>,
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates")
            .field("store", &self.store)
            .field("signing", &self.signing)
            .field("verifier", &self.verifier.is_some())
            .finish_non_exhaustive()
    }
}

impl Certificates {
    /// With what was stored; finishes what an interrupted change left to be done.
    pub(crate) fn restore(
        core: &mut Context,
        store: StoreConfig,
        signing: SigningConfig,
        records: &Records,
    ) -> Self {
        if !built::SECURITY {
            return Self::around(
                CertificateStore::new(store),
                CertificateSigning::new(signing),
            );
        }
        let certificates = records.numbered::<u64, StoreRecord>(CERTIFICATE);
        let certificates = certificates.map(|(id, record)| (CertificateId(id), record));
        let (store, left) = CertificateStore::restore(store, certificates);
        let requests = records.numbered::<_, PendingSigning>(SIGNING);
        let requests = requests.map(|(handle, pending)| (RequestHandle(handle), pending));
        let signing = CertificateSigning::restore(signing, core.now, requests);
        carry_out(core, left);
        Self {
            provisioned: provision::restore(records),
            ..Self::around(store, signing)
        }
    }

    fn around(store: CertificateStore, signing: CertificateSigning) -> Self {
        Self {
            store,
            signing,
            after: Vec::new(),
            asked: None,
            verifier: None,
            provisioned: Vec::new(),
            next_renewal: None,
            given_up: None,
        }
    }

    pub(crate) fn set_verifier(&mut self, verifier: Box<dyn CertificateVerifier + Send + Sync>) {
        if built::SECURITY {
            self.verifier = Some(verifier);
        }
    }

    /// The verifier, for the logic of another version.
    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    pub(crate) fn take_verifier(&mut self) -> Option<Box<dyn CertificateVerifier + Send + Sync>> {
        self.verifier.take()
    }

    /// How many certificates are installed (CertificateEntries).
    #[cfg_attr(not(feature = "v2_0_1"), allow(dead_code))]
    pub(crate) fn entries(&self) -> usize {
        self.store.len()
    }

    /// What is installed for these uses; for all if there are none (M03.FR.04, WP:M03.FR.04).
    pub(crate) fn installed(&self, uses: &[CertificateUse]) -> Vec<InstalledCertificate> {
        self.store.list(uses)
    }

    /// Installs a root (M05.FR.02, WP:M05.FR.02); what is no valid certificate is rejected (M05.FR.07, WP:M05.FR.06). Says
    /// why not, if there is more to say than the status.
    pub(crate) fn install(
        &mut self,
        core: &mut Context,
        wanted: CertificateUse,
        pem: &str,
    ) -> (InstallStatus, Option<InstallRefusal>) {
        let Some(verifier) = self.verifier.as_deref() else {
            return (InstallStatus::Rejected, None);
        };
        let outcome = self.store.install(verifier, core.utc(), wanted, pem);
        carry_out(core, outcome.changes);
        (outcome.status, outcome.refusal)
    }

    /// Deletes what this names (M04.FR.02, WP:M04.FR.02). Says why not, if there is more to say than the status.
    pub(crate) fn delete(
        &mut self,
        core: &mut Context,
        wanted: &CertificateHashData,
    ) -> (DeleteStatus, Option<DeleteRefusal>) {
        let Some(verifier) = self.verifier.as_deref() else {
            return (DeleteStatus::NotFound, None);
        };
        let outcome = self.store.delete(verifier, wanted);
        carry_out(core, outcome.changes);
        (outcome.status, outcome.refusal)
    }

    /// Checks the certificate that comes with a firmware update (L01.FR.21, L01.FR.22, WP:L01.FR.23, WP:L01.FR.24).
    ///
    /// # Errors
    /// Why it is not valid.
    pub(crate) fn check_firmware_certificate(
        &self,
        core: &Context,
        pem: &str,
    ) -> Result<CertificateInfo, CertificateError> {
        let verifier = self.verifier.as_deref();
        let verifier = verifier.ok_or(CertificateError::Device)?;
        self.store
            .verify_firmware_certificate(verifier, pem, core.utc())
    }
}

/// Does what changes of the store want done.
fn carry_out(core: &mut Context, changes: impl IntoIterator<Item = StoreChange>) {
    for change in changes {
        match change {
            StoreChange::Put(id, stored) => {
                core.changes(record(key(id), &stored).map(Change::Store));
            }
            StoreChange::Remove(id) => core.remove(&key(id)),
            StoreChange::DeleteKey(key) => core.output(Output::DeleteKey(key)),
        }
    }
}

/// The key of the record of a certificate.
fn key(id: CertificateId) -> String {
    format!("{CERTIFICATE}{:020}", id.0)
}
