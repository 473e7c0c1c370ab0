//! Verifying what others present against the installed roots.

use alloc::vec::Vec;

use super::{CertificateId, CertificateStore};
use crate::security::{
    CertificateError, CertificateHashData, CertificateInfo, CertificateUse, CertificateVerifier,
    Purpose, VerifiedPath,
};
use crate::time::DateTime;

/// A chain that an installed root vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedChain {
    /// The installed root.
    pub root: CertificateId,
    /// The path to it; its anchor is of no further interest.
    pub path: VerifiedPath,
    /// Identifies the end certificate and then its sub-CAs up to the root, for the CSMS (C07, M03, M06).
    pub hash_data: Vec<CertificateHashData>,
}

impl CertificateStore {
    /// Verifies a chain, end certificate first, DER, against the installed roots of the given uses; of one use the newest
    /// is tried first and a fallback last (WP:M05.FR.13 of 1.6, M05.FR.14 of 2.x).
    ///
    /// For the certificate of a CSMS hand the root to [`connected_with_root`](Self::connected_with_root) once the
    /// connection is made.
    ///
    /// # Errors
    /// Why the chain is not acceptable; [`CertificateError::ClockUnknown`] while the time is not known.
    pub fn verify(
        &self,
        verifier: &dyn CertificateVerifier,
        roots: &[CertificateUse],
        chain: &[&[u8]],
        at: Option<DateTime>,
        purpose: &Purpose<'_>,
    ) -> Result<VerifiedChain, CertificateError> {
        let at = at.ok_or(CertificateError::ClockUnknown)?;
        let installed: Vec<_> = roots
            .iter()
            .flat_map(|usage| self.roots(*usage))
            .filter_map(|(id, root)| {
                Some((id, verifier.parse(&root.pem).ok()?.into_iter().next()?.der))
            })
            .collect();
        let anchors: Vec<&[u8]> = installed.iter().map(|(_, der)| der.as_slice()).collect();
        let path = verifier.verify_chain(chain, &anchors, at, purpose)?;
        let (root, anchor) = installed
            .get(path.anchor)
            .ok_or(CertificateError::UnknownIssuer)?;

        let certificates: Vec<&[u8]> = core::iter::once(0)
            .chain(path.intermediates.iter().copied())
            .filter_map(|at| chain.get(at).copied())
            .collect();
        let issuers = certificates.iter().skip(1).copied().chain([&anchor[..]]);
        let hash_data = certificates
            .iter()
            .zip(issuers)
            .map(|(certificate, issuer)| {
                verifier.hash_data(certificate, issuer, self.config.hash_algorithm)
            })
            .collect::<Result<_, _>>()?;
        Ok(VerifiedChain {
            root: *root,
            path,
            hash_data,
        })
    }

    /// Checks the certificate that comes with a firmware update before the update is accepted (L01.FR.21 and FR.22 of
    /// 2.x, L01.FR.23 and FR.24 of 1.6). Its [`der`](CertificateInfo::der) later verifies the signature
    /// ([`CertificateVerifier::verify_firmware`]).
    ///
    /// # Errors
    /// Why it is not valid: answer InvalidCertificate and report InvalidFirmwareSigningCertificate (L01.FR.02).
    pub fn verify_firmware_certificate(
        &self,
        verifier: &dyn CertificateVerifier,
        pem: &str,
        at: Option<DateTime>,
    ) -> Result<CertificateInfo, CertificateError> {
        let parsed = verifier.parse(pem)?;
        let chain: Vec<&[u8]> = parsed.iter().map(|info| info.der.as_slice()).collect();
        let roots = [CertificateUse::ManufacturerRoot];
        self.verify(verifier, &roots, &chain, at, &Purpose::FirmwareSigning)
            .map(|verified| verified.path.leaf)
    }
}
