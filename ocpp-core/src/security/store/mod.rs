//! The station's certificates: roots that it trusts and certificates for its own keys (M03, M04, M05, A02.FR.08–10).

mod delete;
mod install;
mod own;
mod provision;
mod record;
mod verify;

use alloc::vec::Vec;
use core::time::Duration;

use litemap::LiteMap;

use super::certificate::{CertificateHashData, CertificateUse, HashAlgorithm};
use crate::order;
pub use delete::{DeleteOutcome, DeleteRefusal, DeleteStatus};
pub use install::{InstallOutcome, InstallRefusal, InstallStatus};
pub use own::ConnectionOutcome;
pub use record::{CertificateId, OwnRecord, RootRecord, StoreChange, StoreRecord};
pub use verify::VerifiedChain;

/// How a station manages certificates. Start from [`v1_6`](Self::v1_6), [`v2`](Self::v2) or [`v2_1`](Self::v2_1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreConfig {
    /// CertificateStoreMaxLength (1.6), maxLimit of CertificateEntries (2.x): most root certificates and, in 2.x,
    /// certificate chains towards vehicles. The client certificate and the fallback of
    /// [`additional_root_check`](Self::additional_root_check) have a place of their own.
    pub max_certificates: usize,
    /// Longest PEM text of a root, in characters; the schemas allow 5500 (2.1: 10000).
    pub max_certificate_length: usize,
    /// The uses for which InstallCertificate is accepted.
    pub installable: Vec<CertificateUse>,
    /// The uses whose last certificate cannot be deleted over OCPP. Both versions leave this to the station (M04,
    /// remarks; M04.FR.03 of 2.x; certification questions AQ-1).
    pub keep_last: Vec<CertificateUse>,
    /// Refuse to delete the CSMS root that secures the present connection: demanded by WP:M04.FR.06 of 1.6, free in 2.x.
    pub keep_root_in_use: bool,
    /// AdditionalRootCertificateCheck: one CSMS root, replaced only by one that it has signed (WP:M05.FR.08–13,
    /// M05.FR.09–16 of 2.x).
    pub additional_root_check: bool,
    /// The hash algorithm by which certificates are reported (M04.FR.07 of 2.x).
    pub hash_algorithm: HashAlgorithm,
    /// What becomes of a client certificate after its successor was installed.
    pub old_certificates: OldCertificates,
}

/// What becomes of a client certificate after its successor was installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldCertificates {
    /// Kept as fallback for this long (WP:A02.FR.10 of 1.6 recommends one month).
    KeepFor(Duration),
    /// Discarded when a connection was made with the new one; if one was made with the old one instead, the new one is
    /// discarded (A02.FR.10, A02.FR.28 and A02.FR.29 of the 2.0.1 errata).
    UntilConnected,
}

impl StoreConfig {
    /// OCPP 1.6 with the security whitepaper: 10 certificates, the last CSMS root cannot be deleted.
    #[must_use]
    pub fn v1_6() -> Self {
        Self {
            max_certificates: 10,
            max_certificate_length: 5500,
            installable: [CertificateUse::CsmsRoot, CertificateUse::ManufacturerRoot].into(),
            keep_last: [CertificateUse::CsmsRoot].into(),
            keep_root_in_use: true,
            additional_root_check: false,
            hash_algorithm: HashAlgorithm::Sha256,
            old_certificates: OldCertificates::KeepFor(Duration::from_secs(30 * 86_400)),
        }
    }

    /// OCPP 2.0.1: 20 certificates, the last CSMS root cannot be deleted.
    #[must_use]
    pub fn v2() -> Self {
        Self {
            max_certificates: 20,
            max_certificate_length: 5500,
            installable: [
                CertificateUse::CsmsRoot,
                CertificateUse::ManufacturerRoot,
                CertificateUse::MoRoot,
                CertificateUse::V2gRoot,
            ]
            .into(),
            keep_root_in_use: false,
            old_certificates: OldCertificates::UntilConnected,
            ..Self::v1_6()
        }
    }

    /// OCPP 2.1: as 2.0.1, with vehicle manufacturer roots and longer texts.
    #[must_use]
    pub fn v2_1() -> Self {
        let mut config = Self::v2();
        config.installable.push(CertificateUse::OemRoot);
        config.max_certificate_length = 10_000;
        config
    }
}

/// One entry of GetInstalledCertificateIds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledCertificate {
    /// What it is for.
    pub certificate_use: CertificateUse,
    /// Identifies it.
    pub hash_data: CertificateHashData,
    /// The sub-CAs of a [`V2gCertificateChain`](CertificateUse::V2gCertificateChain), from the end certificate upwards
    /// (M03.FR.05); empty otherwise.
    pub child_hash_data: Vec<CertificateHashData>,
}

/// The certificates of a charging station.
///
/// A value without I/O: methods return the [`StoreChange`]s that must become durable, in their order.
#[derive(Debug, Clone)]
pub struct CertificateStore {
    config: StoreConfig,
    records: LiteMap<CertificateId, StoreRecord>,
    next_id: CertificateId,
    root_in_use: Option<CertificateId>,
    /// Present the older client certificate first (A02.FR.28).
    prefer_old: bool,
}

impl CertificateStore {
    /// An empty store.
    #[must_use]
    pub fn new(config: StoreConfig) -> Self {
        Self {
            config,
            records: LiteMap::new(),
            next_id: CertificateId(1),
            root_in_use: None,
            prefer_old: false,
        }
    }

    /// Rebuilds the store from the records that were stored. Also the way to provision certificates in the factory.
    ///
    /// A power cut between two changes of one operation leaves both certificates behind where one should be replaced by
    /// the other; the returned changes finish such an operation and must be stored.
    #[must_use]
    pub fn restore(
        config: StoreConfig,
        records: impl IntoIterator<Item = (CertificateId, StoreRecord)>,
    ) -> (Self, Vec<StoreChange>) {
        let mut store = Self::new(config);
        for (id, record) in records {
            store.records.insert(id, record);
        }
        // A root that is gone may still be named by a certificate derived from it.
        let named = store.records.values().filter_map(|record| match record {
            StoreRecord::Own(own) => Some(own.root),
            StoreRecord::Root(_) => None,
        });
        if let Some(last) = store.records.keys().copied().chain(named).max() {
            store.next_id = last.next();
        }
        let mut changes = Vec::new();
        if store.config.additional_root_check {
            store.repair_fallback(&mut changes);
        }
        store.limit_client_certificates(&mut changes);
        (store, changes)
    }

    /// The configuration.
    #[must_use]
    pub const fn config(&self) -> &StoreConfig {
        &self.config
    }

    /// Every record with its id, in the order of installation.
    pub fn records(&self) -> impl Iterator<Item = (CertificateId, &StoreRecord)> {
        self.records.iter().map(|(id, record)| (*id, record))
    }

    /// How many certificates are installed, as CertificateEntries reports (2.x) and as counts against
    /// [`StoreConfig::max_certificates`].
    #[must_use]
    pub fn len(&self) -> usize {
        self.records
            .values()
            .filter(|record| match record {
                StoreRecord::Root(root) => !root.fallback,
                StoreRecord::Own(own) => !own.signing_use.serves_csms(),
            })
            .count()
    }

    /// Whether nothing is installed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The installed certificates of the given uses, of every use when `uses` is empty (M03.FR.04, M03.FR.05). An empty
    /// result is answered with NotFound (M03.FR.02, M03.FR.03).
    #[must_use]
    pub fn list(&self, uses: &[CertificateUse]) -> Vec<InstalledCertificate> {
        let wanted = |usage| uses.is_empty() || uses.contains(&usage);
        self.records
            .values()
            .filter_map(|record| match record {
                StoreRecord::Root(root) => Some(InstalledCertificate {
                    certificate_use: root.certificate_use,
                    hash_data: root.hash_data.clone(),
                    child_hash_data: Vec::new(),
                }),
                StoreRecord::Own(own) if own.signing_use.serves_vehicles() => {
                    Some(InstalledCertificate {
                        certificate_use: CertificateUse::V2gCertificateChain,
                        hash_data: own.hash_data.clone(),
                        child_hash_data: own.child_hash_data.clone(),
                    })
                }
                StoreRecord::Own(_) => None,
            })
            .filter(|entry| wanted(entry.certificate_use))
            .collect()
    }

    /// The roots of one use in the order in which they are to be tried: newest first, a fallback last (WP:M05.FR.13 of 1.6,
    /// M05.FR.14 of 2.x).
    #[must_use]
    pub fn roots(&self, certificate_use: CertificateUse) -> Vec<(CertificateId, &RootRecord)> {
        let mut roots: Vec<_> = self
            .records
            .iter()
            .rev()
            .filter_map(|(id, record)| match record {
                StoreRecord::Root(root) if root.certificate_use == certificate_use => {
                    Some((*id, root))
                }
                _ => None,
            })
            .collect();
        order::sort_by_key(&mut roots, |(_, root)| root.fallback);
        roots
    }

    /// Whether a CSMS root is installed that is valid at `at`: prerequisite of security profiles 2 and 3 (A05). Validity
    /// is not looked at while the time is not known.
    #[must_use]
    pub fn has_valid_csms_root(&self, at: Option<crate::time::DateTime>) -> bool {
        self.roots(CertificateUse::CsmsRoot)
            .iter()
            .any(|(_, root)| at.is_none_or(|at| at <= root.not_after))
    }

    /// A connection to the CSMS was made, and its server certificate was verified with this root. `None` without TLS.
    ///
    /// Ends the life of a fallback root when the connection was made with its successor (WP:M05.FR.12 of 1.6, M05.FR.13 of
    /// 2.x).
    pub fn connected_with_root(&mut self, root: Option<CertificateId>) -> Vec<StoreChange> {
        self.root_in_use = root;
        let mut changes = Vec::new();
        let proven =
            |(id, record): &(CertificateId, &RootRecord)| Some(*id) == root && !record.fallback;
        let roots = self.roots(CertificateUse::CsmsRoot);
        if roots.iter().any(proven) {
            let fallbacks: Vec<_> = roots
                .iter()
                .filter(|(_, record)| record.fallback)
                .map(|(id, _)| *id)
                .collect();
            for id in fallbacks {
                self.remove(id, &mut changes);
            }
        }
        changes
    }

    /// The connection to the CSMS has ended.
    pub fn disconnected(&mut self) {
        self.root_in_use = None;
    }

    fn put(&mut self, id: CertificateId, record: StoreRecord, changes: &mut Vec<StoreChange>) {
        changes.push(StoreChange::Put(id, record.clone()));
        self.records.insert(id, record);
    }

    fn add(&mut self, record: StoreRecord, changes: &mut Vec<StoreChange>) -> CertificateId {
        let id = self.next_id;
        self.next_id = id.next();
        self.put(id, record, changes);
        id
    }

    fn remove(&mut self, id: CertificateId, changes: &mut Vec<StoreChange>) {
        let Some(record) = self.records.remove(&id) else {
            return;
        };
        if self.root_in_use == Some(id) {
            self.root_in_use = None;
        }
        changes.push(StoreChange::Remove(id));
        if let StoreRecord::Own(own) = record {
            let shared = |other: &StoreRecord| matches!(other, StoreRecord::Own(other) if other.key == own.key);
            if !self.records.values().any(shared) {
                changes.push(StoreChange::DeleteKey(own.key));
            }
        }
    }

    /// Makes the newest CSMS root the current one and the next the fallback, after a power cut or a deletion.
    fn repair_fallback(&mut self, changes: &mut Vec<StoreChange>) {
        let mut newest_first: Vec<_> = self
            .roots(CertificateUse::CsmsRoot)
            .into_iter()
            .map(|(id, root)| (id, root.fallback))
            .collect();
        order::sort_by_key(&mut newest_first, |(id, fallback)| {
            (*fallback, core::cmp::Reverse(*id))
        });
        for (place, (id, fallback)) in newest_first.into_iter().enumerate() {
            let should = place > 0;
            if place > 1 {
                self.remove(id, changes);
            } else if fallback != should {
                self.mark_fallback(id, should, changes);
            }
        }
    }

    fn mark_fallback(&mut self, id: CertificateId, fallback: bool, changes: &mut Vec<StoreChange>) {
        if let Some(StoreRecord::Root(root)) = self.records.get_mut(&id) {
            root.fallback = fallback;
            changes.push(StoreChange::Put(id, StoreRecord::Root(root.clone())));
        }
    }
}
