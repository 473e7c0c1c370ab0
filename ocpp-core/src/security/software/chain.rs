//! Certification paths (RFC 5280, section 6, as far as OCPP needs it) and the certificate properties of OCPP.

use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;

use super::certificate::Parsed;
use super::names::host_matches;
use crate::security::{CertificateError, MAX_INTERMEDIATES, Purpose, VerifiedPath};
use crate::time::DateTime;

/// Most signatures that are verified for one chain; bounds the work that hostile chains can cause.
const SIGNATURE_BUDGET: u32 = 32;

const SERVER_AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const CLIENT_AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
const CODE_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3");
const ANY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");

/// Whether a certificate may become a trusted root.
pub(super) fn check_root(root: &Parsed<'_>, at: DateTime) -> Result<(), CertificateError> {
    check_properties(root)?;
    check_authority(root)?;
    check_validity(root, at)?;
    if root.issuer == root.subject {
        verify_signature(root, root)?;
    }
    Ok(())
}

/// Finds a path from the first certificate of `chain` to an anchor.
pub(super) fn verify(
    chain: &[Parsed<'_>],
    anchors: &[Parsed<'_>],
    at: DateTime,
    purpose: &Purpose<'_>,
) -> Result<VerifiedPath, CertificateError> {
    let Some((leaf, others)) = chain.split_first() else {
        return Err(CertificateError::Count);
    };
    check_properties(leaf)?;
    check_leaf(leaf, at, purpose)?;
    let mut search = Search {
        others,
        anchors,
        at,
        max_intermediates: match purpose {
            Purpose::FirmwareSigning | Purpose::RootReplacement => 0,
            _ => MAX_INTERMEDIATES,
        },
        path: Vec::new(),
        budget: SIGNATURE_BUDGET,
    };
    let anchor = search.extend(leaf)?;
    Ok(VerifiedPath {
        leaf: leaf.info(),
        // `others` begins after the leaf.
        intermediates: search.path.into_iter().map(|at| at + 1).collect(),
        anchor,
    })
}

struct Search<'a, 'der> {
    others: &'a [Parsed<'der>],
    anchors: &'a [Parsed<'der>],
    at: DateTime,
    max_intermediates: usize,
    path: Vec<usize>,
    budget: u32,
}

impl Search<'_, '_> {
    /// Looks for the issuer of `subject` among the anchors, then among the other certificates. Recursion is bounded by
    /// `max_intermediates`, work by the budget.
    fn extend(&mut self, subject: &Parsed<'_>) -> Result<usize, CertificateError> {
        let (others, anchors) = (self.others, self.anchors);
        let mut error = CertificateError::UnknownIssuer;
        for (at, anchor) in anchors.iter().enumerate() {
            if anchor.subject == subject.issuer {
                match self.check_issuer(anchor, subject) {
                    Ok(()) => return Ok(at),
                    Err(found) => error = found,
                }
            }
        }
        for (at, candidate) in others.iter().enumerate() {
            // A root that the peer sent along is not trusted, and cannot help either.
            let root = candidate.issuer == candidate.subject;
            if root || candidate.subject != subject.issuer || self.path.contains(&at) {
                continue;
            }
            if self.path.len() >= self.max_intermediates {
                return Err(CertificateError::PathTooLong);
            }
            let result = self.check_issuer(candidate, subject).and_then(|()| {
                self.path.push(at);
                self.extend(candidate).inspect_err(|_| {
                    self.path.pop();
                })
            });
            match result {
                Ok(anchor) => return Ok(anchor),
                // "No issuer" of one branch must not hide what is wrong with another one.
                Err(CertificateError::UnknownIssuer) => {}
                Err(found) => error = found,
            }
        }
        Err(error)
    }

    fn check_issuer(
        &mut self,
        issuer: &Parsed<'_>,
        subject: &Parsed<'_>,
    ) -> Result<(), CertificateError> {
        check_properties(issuer)?;
        check_authority(issuer)?;
        let limit = issuer
            .extensions
            .basic_constraints
            .as_ref()
            .and_then(|c| c.path_len_constraint);
        if limit.is_some_and(|limit| self.path.len() > usize::from(limit)) {
            return Err(CertificateError::PathTooLong);
        }
        check_validity(issuer, self.at)?;
        self.budget = self
            .budget
            .checked_sub(1)
            .ok_or(CertificateError::PathTooLong)?;
        verify_signature(subject, issuer)
    }
}

fn verify_signature(subject: &Parsed<'_>, issuer: &Parsed<'_>) -> Result<(), CertificateError> {
    let certificate = &subject.certificate;
    let signature = certificate
        .signature
        .as_bytes()
        .ok_or(CertificateError::BadSignature)?;
    issuer
        .key
        .verify(&certificate.signature_algorithm, subject.signed, signature)
}

/// What every certificate of a path must have (A00.FR.501–503, A00.FR.508; RFC 5280, section 4.2).
fn check_properties(certificate: &Parsed<'_>) -> Result<(), CertificateError> {
    if !certificate.key.strength().is_sufficient() {
        return Err(CertificateError::WeakKey);
    }
    if certificate.extensions.unknown_critical {
        return Err(CertificateError::CriticalExtension);
    }
    Ok(())
}

fn check_authority(certificate: &Parsed<'_>) -> Result<(), CertificateError> {
    if !certificate.is_ca() {
        return Err(CertificateError::NotAnAuthority);
    }
    match &certificate.extensions.key_usage {
        Some(usage) if !usage.key_cert_sign() => Err(CertificateError::KeyUsage),
        _ => Ok(()),
    }
}

fn check_validity(certificate: &Parsed<'_>, at: DateTime) -> Result<(), CertificateError> {
    // Both ends are whole seconds, and the last second belongs to the period.
    let second = at.unix_seconds();
    if second < certificate.not_before.unix_seconds() {
        Err(CertificateError::NotYetValid)
    } else if second > certificate.not_after.unix_seconds() {
        Err(CertificateError::Expired)
    } else {
        Ok(())
    }
}

fn check_leaf(
    leaf: &Parsed<'_>,
    at: DateTime,
    purpose: &Purpose<'_>,
) -> Result<(), CertificateError> {
    let validity = check_validity(leaf, at);
    match (validity, purpose) {
        (
            Err(CertificateError::NotYetValid),
            Purpose::ChargingStation {
                allow_future: true, ..
            },
        ) => {}
        (validity, _) => validity?,
    }
    if let Purpose::RootReplacement = purpose {
        return check_authority(leaf);
    }
    if leaf.is_ca() {
        return Err(CertificateError::UnexpectedAuthority);
    }
    if let Some(usage) = &leaf.extensions.key_usage {
        // A server also uses its key to decrypt (TLS_RSA) or to agree on one.
        let server = matches!(purpose, Purpose::Csms { .. } | Purpose::Vehicles { .. });
        let permitted = usage.digital_signature()
            || server && (usage.key_encipherment() || usage.key_agreement());
        if !permitted {
            return Err(CertificateError::KeyUsage);
        }
    }
    if let Some(usages) = &leaf.extensions.extended_key_usage {
        // ISO 15118 knows no extended usage for contract certificates.
        let needed = match purpose {
            Purpose::ChargingStation { .. } => Some(CLIENT_AUTHENTICATION),
            Purpose::FirmwareSigning => Some(CODE_SIGNING),
            Purpose::Csms { .. } | Purpose::Vehicles { .. } => Some(SERVER_AUTHENTICATION),
            Purpose::Contract | Purpose::RootReplacement => None,
        };
        let permits = |needed| {
            usages
                .0
                .iter()
                .any(|usage| [needed, ANY_USAGE].contains(usage))
        };
        if needed.is_some_and(|needed| !permits(needed)) {
            return Err(CertificateError::KeyUsage);
        }
    }
    check_names(leaf, purpose)
}

/// A00.FR.404–405, A00.FR.412, A00.FR.509–511. Organizations are compared exactly: the station wrote the name itself.
fn check_names(leaf: &Parsed<'_>, purpose: &Purpose<'_>) -> Result<(), CertificateError> {
    let common_name = leaf.common_name();
    let is = |wanted: &Option<&str>, found: &Option<alloc::string::String>| match (wanted, found) {
        (_, None) => false,
        (None, Some(found)) => !found.is_empty(),
        (Some(wanted), Some(found)) => wanted == found,
    };
    match purpose {
        Purpose::Csms {
            host,
            allow_wildcard,
        } => {
            let names = leaf.extensions.alternative_names.as_ref();
            if host_matches(host, common_name.as_deref(), names, *allow_wildcard) {
                Ok(())
            } else {
                Err(CertificateError::CommonName)
            }
        }
        Purpose::ChargingStation {
            common_name: wanted,
            organization,
            ..
        } => {
            if !is(organization, &leaf.organization()) {
                return Err(CertificateError::Organization);
            }
            if !is(wanted, &common_name) {
                return Err(CertificateError::CommonName);
            }
            Ok(())
        }
        Purpose::Vehicles {
            common_name: wanted,
        } => {
            if is(wanted, &common_name) {
                Ok(())
            } else {
                Err(CertificateError::CommonName)
            }
        }
        Purpose::Contract if is(&None, &common_name) => Ok(()),
        Purpose::Contract => Err(CertificateError::CommonName),
        Purpose::FirmwareSigning | Purpose::RootReplacement => Ok(()),
    }
}
