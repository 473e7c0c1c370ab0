//! Certificates, requests for them, and security events, as every version keeps them.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::queue::Change;
use super::record::{Records, record};
use crate::security::{
    CertificateId, CertificateSigning, CertificateStore, CertificateVerifier, KeyId,
    PendingSigning, RequestHandle, SigningConfig, StoreChange, StoreConfig, StoreRecord,
};
use crate::time::Now;

const CERTIFICATE: &str = "certificate/";
const SIGNING: &str = "signing/";

/// What the station left the factory with, and the CSMS may change later ([`Station::provision`](super::Station::provision)).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provisioned {
    /// Roots of the CSMS's certificates, PEM, one each.
    pub roots: Vec<String>,
    /// The certificate of the station with its chain, PEM, end certificate first, and the name of its key.
    pub own: Option<(String, KeyId)>,
}

/// The record of what was taken over from the factory: what the CSMS deletes must not come back at the next start.
pub(crate) const PROVISIONED: &str = "provisioned";

/// What a change wants done.
#[derive(Debug)]
pub(crate) enum Effect {
    Store(Change),
    DeleteKey(KeyId),
}

/// Certificates and what belongs to them.
pub(crate) struct Security {
    pub(crate) store: CertificateStore,
    pub(crate) signing: CertificateSigning,
    /// The request that the CSMS has asked for last: it is sent in every state of registration (A00.FR.806).
    pub(crate) asked: Option<RequestHandle>,
    /// Without one nothing can be verified: no certificates are managed.
    pub(crate) verifier: Option<Box<dyn CertificateVerifier + Send>>,
}

impl fmt::Debug for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Security")
            .field("store", &self.store)
            .field("signing", &self.signing)
            .field("verifier", &self.verifier.is_some())
            .finish()
    }
}

impl Security {
    /// With what was stored, and what an interrupted change left to be done.
    pub(crate) fn restore(
        store: StoreConfig,
        signing: SigningConfig,
        records: &Records,
        now: Now,
    ) -> (Self, Vec<Effect>) {
        let certificates = records.numbered::<u64, StoreRecord>(CERTIFICATE);
        let certificates = certificates.map(|(id, record)| (CertificateId(id), record));
        let (store, changes) = CertificateStore::restore(store, certificates);
        let requests = records.numbered::<_, PendingSigning>(SIGNING);
        let requests = requests.map(|(handle, pending)| (RequestHandle(handle), pending));
        let signing = CertificateSigning::restore(signing, now, requests);
        let this = Self {
            store,
            signing,
            asked: None,
            verifier: None,
        };
        (this, effects(changes))
    }
}

/// What changes of the certificate store want done.
pub(crate) fn effects(changes: Vec<StoreChange>) -> Vec<Effect> {
    let effect = |change| match change {
        StoreChange::Put(id, stored) => {
            record(certificate_key(id), &stored).map(|record| Effect::Store(Change::Store(record)))
        }
        StoreChange::Remove(id) => Some(Effect::Store(Change::Remove(certificate_key(id)))),
        StoreChange::DeleteKey(key) => Some(Effect::DeleteKey(key)),
    };
    changes.into_iter().filter_map(effect).collect()
}

fn certificate_key(id: CertificateId) -> String {
    format!("{CERTIFICATE}{:020}", id.0)
}

/// The record of an open request.
pub(crate) fn store_request(handle: RequestHandle, pending: &PendingSigning) -> Option<Change> {
    record(request_key(handle), pending).map(Change::Store)
}

/// The key of the record of a request.
pub(crate) fn request_key(handle: RequestHandle) -> String {
    format!("{SIGNING}{:010}", handle.0)
}
