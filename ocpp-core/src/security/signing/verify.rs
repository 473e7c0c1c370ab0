//! Whether a signed certificate is valid, and which request it answers (A02.FR.06).

use alloc::vec::Vec;

use super::CertificateSigning;
use crate::security::store::{CertificateStore, OwnRecord};
use crate::security::{
    CertificateError, CertificateUse, CertificateVerifier, Purpose, SigningUse, pem,
};
use crate::time::DateTime;

impl CertificateSigning {
    /// Verifies a chain (A02.FR.06) and says which request it answers.
    pub(super) fn check(
        &self,
        verifier: &dyn CertificateVerifier,
        store: &CertificateStore,
        at: Option<DateTime>,
        chain: &str,
        candidates: &[usize],
    ) -> Result<(usize, OwnRecord), CertificateError> {
        let installed_at = at.ok_or(CertificateError::ClockUnknown)?;
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
        let roots = trusted_roots(flow.signing_use);
        let verified = store.verify(verifier, roots, &ders, at, &purpose)?;
        let path = verified.path;
        let mut hash_data = verified.hash_data.into_iter();

        let texts: Vec<&str> = pem::certificates(chain).collect();
        let ordered = core::iter::once(0).chain(path.intermediates.iter().copied());
        let record = OwnRecord {
            signing_use: flow.signing_use,
            chain: pem::join(ordered.filter_map(|at| texts.get(at).copied())),
            key: key.clone(),
            common_name: flow.subject.common_name.clone(),
            hash_data: hash_data.next().ok_or(CertificateError::Count)?,
            child_hash_data: hash_data.collect(),
            root: verified.root,
            not_before: path.leaf.not_before,
            not_after: path.leaf.not_after,
            installed_at,
            proven: false,
        };
        Ok((flow_at, record))
    }
}

/// The roots from which a certificate of this use may be derived (A02.FR.06; block M, section 2.2).
const fn trusted_roots(signing_use: SigningUse) -> &'static [CertificateUse] {
    match (signing_use.serves_csms(), signing_use.serves_vehicles()) {
        (true, true) => &[CertificateUse::CsmsRoot, CertificateUse::V2gRoot],
        (true, false) => &[CertificateUse::CsmsRoot],
        (false, _) => &[CertificateUse::V2gRoot],
    }
}
