//! What the station left the factory with becomes part of its certificates (A02.FR.10, A03.FR.02, WP:A02.FR.10,
//! WP:A03.FR.02).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Certificates, carry_out};
use crate::security::{CertificateUse, CertificateVerifier, KeyId};
use crate::station::config::built;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::record::Records;

/// The record of what was taken over: what the CSMS deletes must not come back at the next start.
const PROVISIONED: &str = "provisioned";

/// What the station left the factory with, and the CSMS may change later ([`Station::provision`](crate::station::Station::provision)).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provisioned {
    /// Roots of the CSMS's certificates, PEM, one each.
    pub roots: Vec<String>,
    /// The certificate of the station with its chain, PEM, end certificate first, and the name of its key.
    pub own: Option<(String, KeyId)>,
}

/// What was taken over before.
pub(super) fn restore(records: &Records) -> Vec<String> {
    records.get(PROVISIONED).unwrap_or_default()
}

/// What identifies a certificate in the record.
fn fingerprint(verifier: &dyn CertificateVerifier, pem: &str) -> Option<String> {
    let parsed = verifier.parse(pem).ok()?;
    let sha256 = parsed.first()?.sha256.iter();
    Some(sha256.map(|byte| format!("{byte:02x}")).collect())
}

impl Certificates {
    /// Takes over what was not taken over before.
    pub(crate) fn take_over(&mut self, core: &mut Context, provisioned: &Provisioned) {
        let Some(verifier) = self.verifier.as_deref().filter(|_| built::SECURITY) else {
            return;
        };
        let mut taken = Vec::new();
        let mut changes = Vec::new();
        let has_roots = !self.store.roots(CertificateUse::CsmsRoot).is_empty();
        let careful = core.variables.bool(Standard::AdditionalRootCheck);
        let most = match (has_roots, careful) {
            // Those of the CSMS are newer, and in their order.
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => usize::MAX,
        };
        for pem in provisioned.roots.iter().take(most) {
            let Some(name) = fingerprint(verifier, pem) else {
                continue;
            };
            if !self.provisioned.contains(&name)
                && let Ok(added) = self.store.provision_root(verifier, pem)
            {
                changes.extend(added);
                taken.push(name);
            }
        }
        if let Some((chain, key)) = &provisioned.own
            && let Some(name) = fingerprint(verifier, chain)
            && !self.provisioned.contains(&name)
            && let Ok(added) = self.store.provision_own(verifier, chain, key.clone())
        {
            changes.extend(added);
            taken.push(name);
        }
        if taken.is_empty() {
            return;
        }
        carry_out(core, changes);
        self.provisioned.extend(taken);
        // Last: after a power cut before this it is taken over again, and found to be there.
        core.store(PROVISIONED, &self.provisioned);
    }
}
