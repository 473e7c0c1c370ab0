//! What the station left the factory with.

use alloc::string::String;
use alloc::vec::Vec;

use super::{CertificateId, CertificateStore, OwnRecord, RootRecord, StoreChange, StoreRecord};
use crate::security::{
    CertificateError, CertificateHashData, CertificateUse, CertificateVerifier, KeyId, SigningUse,
};

impl CertificateStore {
    /// Takes over a root of the CSMS from the factory, unless it is there. Nobody has to vouch for it, and its validity is
    /// looked at when it is used.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn provision_root(
        &mut self,
        verifier: &dyn CertificateVerifier,
        pem: &str,
    ) -> Result<Vec<StoreChange>, CertificateError> {
        let parsed = verifier.parse(pem)?;
        let certificate = parsed.first().ok_or(CertificateError::Count)?;
        let der = &certificate.der;
        let hash_data = verifier.hash_data(der, der, self.config.hash_algorithm)?;
        let known = self
            .roots(CertificateUse::CsmsRoot)
            .iter()
            .any(|(_, root)| root.hash_data == hash_data);
        let mut changes = Vec::new();
        if !known {
            let root = RootRecord {
                certificate_use: CertificateUse::CsmsRoot,
                pem: pem.into(),
                hash_data,
                not_after: certificate.not_after,
                fallback: false,
            };
            self.add(StoreRecord::Root(root), &mut changes);
        }
        Ok(changes)
    }

    /// Takes over the certificate of the station from the factory, end certificate first, and the name of its key. It counts
    /// as one that has worked: the station falls back to it if its successor does not (A02.FR.10), and asks for a successor
    /// before it expires (A03.FR.02).
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn provision_own(
        &mut self,
        verifier: &dyn CertificateVerifier,
        chain: &str,
        key: KeyId,
    ) -> Result<Vec<StoreChange>, CertificateError> {
        let parsed = verifier.parse(chain)?;
        let leaf = parsed.first().ok_or(CertificateError::Count)?;
        let roots = self.roots(CertificateUse::CsmsRoot).into_iter();
        let roots =
            roots.filter_map(|(_, root)| verifier.parse(&root.pem).ok()?.into_iter().next());
        let issuers = parsed.iter().skip(1).cloned().chain(roots);
        let algorithm = self.config.hash_algorithm;
        // Only its own issuer gives its hash data. Whoever knows no issuer cannot ask for the certificate by them either: it is
        // never listed (M03), and its deletion is refused anyway.
        let hash_data = issuers
            .filter_map(|issuer| verifier.hash_data(&leaf.der, &issuer.der, algorithm).ok())
            .next()
            .unwrap_or_else(|| CertificateHashData {
                hash_algorithm: algorithm,
                issuer_name_hash: String::new(),
                issuer_key_hash: String::new(),
                serial_number: String::new(),
            });
        let record = OwnRecord {
            signing_use: SigningUse::ChargingStation,
            chain: chain.into(),
            key,
            common_name: leaf.common_name.clone().unwrap_or_default(),
            hash_data,
            child_hash_data: Vec::new(),
            // It need not be one that the store knows.
            root: CertificateId(0),
            not_before: leaf.not_before,
            not_after: leaf.not_after,
            installed_at: leaf.not_before,
            proven: true,
        };
        let installed = self.install_own(record);
        Ok(installed.map(|(_, changes)| changes).unwrap_or_default())
    }
}
