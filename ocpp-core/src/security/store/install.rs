//! InstallCertificate (M05).

use alloc::vec::Vec;

use super::{CertificateId, CertificateStore, RootRecord, StoreChange, StoreRecord};
use crate::security::{
    CertificateError, CertificateInfo, CertificateUse, CertificateVerifier, Purpose,
};
use crate::time::DateTime;

/// The status of the answer: the same three in every version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstallStatus {
    /// Installed (M05.FR.02).
    Accepted,
    /// The certificate is not acceptable or the store is full (M05.FR.03, FR.06, FR.10 of 1.6; FR.06, FR.07, FR.11 of
    /// 2.x).
    Rejected,
    /// The certificate may be fine, the installation was not possible (WP:M05.FR.04 of 1.6, M05.FR.03 of 2.x).
    Failed,
}

/// Why a certificate was not installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InstallRefusal {
    /// Certificates of this use are not installed by this message, or not supported.
    #[error("certificate type cannot be installed")]
    Use,
    /// The text is longer than [`StoreConfig::max_certificate_length`](super::StoreConfig::max_certificate_length).
    #[error("certificate text too long")]
    TooLong,
    /// The message holds not exactly one certificate.
    #[error("not exactly one certificate")]
    NotOne,
    /// The certificate is not valid.
    #[error(transparent)]
    Certificate(CertificateError),
    /// The store is full (WP:M05.FR.03 of 1.6, M05.FR.06 of 2.x).
    #[error("no room for another certificate")]
    Full,
    /// AdditionalRootCertificateCheck: not signed by the root that it is to replace (WP:M05.FR.10 of 1.6, M05.FR.11 of
    /// 2.x).
    #[error("not signed by the current root certificate")]
    NotSignedByCurrent,
}

/// The answer to InstallCertificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallOutcome {
    /// The status to answer.
    pub status: InstallStatus,
    /// Why it was not accepted.
    pub refusal: Option<InstallRefusal>,
    /// What to store before answering.
    pub changes: Vec<StoreChange>,
}

impl CertificateStore {
    /// Handles InstallCertificate.
    ///
    /// `at` is the present time; while it is not known nothing can be installed, because validity cannot be checked.
    /// A certificate that is already installed for the same use is replaced, even in a full store (M05.FR.17 of 2.x).
    pub fn install(
        &mut self,
        verifier: &dyn CertificateVerifier,
        at: Option<DateTime>,
        certificate_use: CertificateUse,
        pem: &str,
    ) -> InstallOutcome {
        let mut changes = Vec::new();
        let (status, refusal) =
            match self.try_install(verifier, at, certificate_use, pem, &mut changes) {
                Ok(()) => (InstallStatus::Accepted, None),
                Err(refusal) => {
                    let status = match refusal {
                        InstallRefusal::Certificate(
                            CertificateError::ClockUnknown | CertificateError::Device,
                        ) => InstallStatus::Failed,
                        _ => InstallStatus::Rejected,
                    };
                    (status, Some(refusal))
                }
            };
        InstallOutcome {
            status,
            refusal,
            changes,
        }
    }

    /// Changes nothing unless it succeeds.
    fn try_install(
        &mut self,
        verifier: &dyn CertificateVerifier,
        at: Option<DateTime>,
        certificate_use: CertificateUse,
        pem: &str,
        changes: &mut Vec<StoreChange>,
    ) -> Result<(), InstallRefusal> {
        if certificate_use == CertificateUse::V2gCertificateChain
            || !self.config.installable.contains(&certificate_use)
        {
            return Err(InstallRefusal::Use);
        }
        // Bytes bound the work, characters are what the schema counts.
        if pem.len() > self.config.max_certificate_length
            && pem.chars().count() > self.config.max_certificate_length
        {
            return Err(InstallRefusal::TooLong);
        }
        let at = at.ok_or(InstallRefusal::Certificate(CertificateError::ClockUnknown))?;
        let parsed = verifier.parse(pem).map_err(InstallRefusal::Certificate)?;
        let [certificate] = parsed.as_slice() else {
            return Err(InstallRefusal::NotOne);
        };
        verifier
            .check_root(&certificate.der, at)
            .map_err(InstallRefusal::Certificate)?;

        let replaces_current =
            self.config.additional_root_check && certificate_use == CertificateUse::CsmsRoot;
        let mut installed = Vec::new();
        for (id, root) in self.roots(certificate_use) {
            match verifier
                .parse(&root.pem)
                .ok()
                .and_then(|parsed| parsed.into_iter().next())
            {
                Some(parsed) => installed.push((id, root.fallback, parsed.der)),
                // A current root that cannot be read must not open the way for any other one.
                None if replaces_current => {
                    return Err(InstallRefusal::Certificate(CertificateError::Device));
                }
                None => {}
            }
        }
        let same = installed
            .iter()
            .find(|(_, fallback, der)| *der == certificate.der && !fallback)
            .map(|(id, ..)| *id);
        let current = installed.iter().find(|(_, fallback, _)| !fallback);

        if let (true, None, Some((_, _, current))) = (replaces_current, same, current) {
            verifier
                .verify_chain(
                    &[&certificate.der],
                    &[current],
                    at,
                    &Purpose::RootReplacement,
                )
                .map_err(|error| match error {
                    CertificateError::Device => InstallRefusal::Certificate(error),
                    _ => InstallRefusal::NotSignedByCurrent,
                })?;
        } else if same.is_none() && self.len() >= self.config.max_certificates {
            return Err(InstallRefusal::Full);
        }

        // Of a certificate that is already there the issuer may be gone; the hash data stays what it was.
        let known = same.and_then(|id| match self.records.get(&id) {
            Some(StoreRecord::Root(root)) => Some(root.hash_data.clone()),
            _ => None,
        });
        let hash_data = match known {
            Some(hash_data) => hash_data,
            None => self.root_hash_data(verifier, at, certificate, &installed)?,
        };
        let record = StoreRecord::Root(RootRecord {
            certificate_use,
            pem: pem.into(),
            hash_data,
            not_after: certificate.not_after,
            fallback: false,
        });
        match same {
            Some(id) => self.put(id, record, changes),
            None => {
                let predecessor = current.map(|(id, ..)| *id).filter(|_| replaces_current);
                self.replace(predecessor, record, changes);
            }
        }
        Ok(())
    }

    /// Identifies a root: by itself, or by the installed root that has signed it.
    fn root_hash_data(
        &self,
        verifier: &dyn CertificateVerifier,
        at: DateTime,
        certificate: &CertificateInfo,
        installed: &[(CertificateId, bool, Vec<u8>)],
    ) -> Result<crate::security::CertificateHashData, InstallRefusal> {
        let algorithm = self.config.hash_algorithm;
        if certificate.self_issued {
            return verifier
                .hash_data(&certificate.der, &certificate.der, algorithm)
                .map_err(InstallRefusal::Certificate);
        }
        let anchors: Vec<&[u8]> = installed.iter().map(|(.., der)| der.as_slice()).collect();
        verifier
            .verify_chain(&[&certificate.der], &anchors, at, &Purpose::RootReplacement)
            .and_then(|path| verifier.hash_data(&certificate.der, anchors[path.anchor], algorithm))
            .map_err(InstallRefusal::Certificate)
    }

    /// Adds a root. Its predecessor becomes the fallback, unless the station is connected by an older fallback: then that
    /// one is the proven root and stays, and the predecessor, which never served a connection, goes. It goes first, so
    /// that a power cut in between leaves the proven root.
    fn replace(
        &mut self,
        predecessor: Option<CertificateId>,
        record: StoreRecord,
        changes: &mut Vec<StoreChange>,
    ) {
        let Some(predecessor) = predecessor else {
            self.add(record, changes);
            return;
        };
        let older: Vec<_> = self
            .roots(CertificateUse::CsmsRoot)
            .into_iter()
            .filter(|(_, root)| root.fallback)
            .map(|(id, _)| id)
            .collect();
        if older.iter().any(|id| Some(*id) == self.root_in_use) {
            self.remove(predecessor, changes);
            self.add(record, changes);
        } else {
            self.add(record, changes);
            self.mark_fallback(predecessor, true, changes);
            for id in older {
                self.remove(id, changes);
            }
        }
    }
}
