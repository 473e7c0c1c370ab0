//! DeleteCertificate (M04).

use alloc::vec::Vec;

use super::{CertificateId, CertificateStore, StoreChange, StoreRecord};
use crate::security::{CertificateHashData, CertificateUse, CertificateVerifier};

/// The status of the answer: the same three in every version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeleteStatus {
    /// Deleted (M04.FR.02, WP:M04.FR.02).
    Accepted,
    /// Found, but not deleted (M04.FR.03; WP:M04.FR.05 and M04.FR.06).
    Failed,
    /// No such certificate (M04.FR.04).
    NotFound,
}

/// Why a certificate was not deleted although it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeleteRefusal {
    /// It authenticates the station (WP:M04.FR.05 of 1.6, M04.FR.06 of 2.x).
    #[error("the charging station certificate cannot be deleted")]
    StationCertificate,
    /// It secures the present connection (WP:M04.FR.06 of 1.6).
    #[error("the root certificate secures the present connection")]
    InUse,
    /// It is the last one of its use ([`StoreConfig::keep_last`](super::StoreConfig::keep_last)).
    #[error("the last certificate of its type cannot be deleted")]
    Last,
}

/// The answer to DeleteCertificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteOutcome {
    /// The status to answer.
    pub status: DeleteStatus,
    /// Why a certificate that was found stays.
    pub refusal: Option<DeleteRefusal>,
    /// What to store before answering.
    pub changes: Vec<StoreChange>,
}

impl CertificateStore {
    /// Handles DeleteCertificate.
    ///
    /// A certificate that is installed for several uses is deleted for all of them, or, if one of them forbids it, for
    /// none. Naming the end certificate or a sub-CA of a V2G chain deletes the chain and its key (M04.FR.08 of 2.x).
    pub fn delete(
        &mut self,
        verifier: &dyn CertificateVerifier,
        hash_data: &CertificateHashData,
    ) -> DeleteOutcome {
        let matching: Vec<_> = self
            .records
            .iter()
            .filter(|(_, record)| matches(record, hash_data, verifier))
            .map(|(id, _)| *id)
            .collect();
        let refusal = matching
            .iter()
            .find_map(|id| self.delete_refusal(*id, &matching));
        let mut changes = Vec::new();
        let status = match (matching.is_empty(), refusal) {
            (true, _) => DeleteStatus::NotFound,
            (false, Some(_)) => DeleteStatus::Failed,
            (false, None) => {
                for id in matching {
                    self.remove(id, &mut changes);
                }
                if self.config.additional_root_check {
                    self.repair_fallback(&mut changes);
                }
                DeleteStatus::Accepted
            }
        };
        DeleteOutcome {
            status,
            refusal,
            changes,
        }
    }

    fn delete_refusal(
        &self,
        id: CertificateId,
        matching: &[CertificateId],
    ) -> Option<DeleteRefusal> {
        match self.records.get(&id)? {
            StoreRecord::Own(own) => own
                .signing_use
                .serves_csms()
                .then_some(DeleteRefusal::StationCertificate),
            StoreRecord::Root(root) => {
                let usage = root.certificate_use;
                let in_use = usage == CertificateUse::CsmsRoot && self.root_in_use == Some(id);
                if in_use && self.config.keep_root_in_use {
                    return Some(DeleteRefusal::InUse);
                }
                let others_stay = self
                    .roots(usage)
                    .iter()
                    .any(|(other, _)| !matching.contains(other));
                (self.config.keep_last.contains(&usage) && !others_stay)
                    .then_some(DeleteRefusal::Last)
            }
        }
    }
}

/// Whether the hash data names this record. The CSMS shall use the algorithm that the station reports; any other is
/// honoured where the issuer is at hand to compute it.
fn matches(
    record: &StoreRecord,
    wanted: &CertificateHashData,
    verifier: &dyn CertificateVerifier,
) -> bool {
    match record {
        StoreRecord::Own(own) => own.hash_data == *wanted || own.child_hash_data.contains(wanted),
        StoreRecord::Root(root) if root.hash_data.hash_algorithm == wanted.hash_algorithm => {
            root.hash_data == *wanted
        }
        StoreRecord::Root(root) => verifier.parse(&root.pem).is_ok_and(|parsed| {
            parsed.first().is_some_and(|root| {
                verifier
                    .hash_data(&root.der, &root.der, wanted.hash_algorithm)
                    .is_ok_and(|hash_data| hash_data == *wanted)
            })
        }),
    }
}
