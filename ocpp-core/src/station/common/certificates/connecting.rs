//! What certificates mean for connections to the CSMS (A00, A02.FR.08 to A02.FR.10, M05.FR.13; the same of the whitepaper).

use alloc::vec::Vec;

use super::{Certificates, carry_out};
use crate::security::{
    CertificateId, CertificateUse, Prerequisites, SecurityEventKind, SecurityProfile, StoreRecord,
};
use crate::station::config::built;
use crate::station::context::Context;
use crate::station::output::{OwnCertificate, TrustedRoot};
use crate::time::Instant;

impl Certificates {
    /// What the station has of what security profiles need (A05.FR.02, WP:A05.FR.05).
    pub(crate) fn prerequisites(&self, core: &Context, password: bool) -> Prerequisites {
        if !built::SECURITY {
            let (csms_root, client_certificate) = (false, false);
            return Prerequisites {
                password,
                csms_root,
                client_certificate,
            };
        }
        Prerequisites {
            password,
            csms_root: self.store.has_valid_csms_root(core.utc()),
            client_certificate: self.store.has_valid_client_certificate(core.utc()),
        }
    }

    /// The roots by which to verify the CSMS, in the order in which they are to be tried (A00.FR.307, WP:A00.FR.307). For a
    /// connection to another CSMS a root that has a successor does not count any more (M05.FR.15).
    pub(crate) fn csms_roots(&self, migrates: bool) -> Vec<TrustedRoot> {
        if !built::SECURITY {
            return Vec::new();
        }
        let roots = self.store.roots(CertificateUse::CsmsRoot).into_iter();
        let roots = roots.filter(|(_, root)| !(migrates && root.fallback));
        let roots = roots.map(|(id, root)| TrustedRoot {
            id,
            pem: root.pem.clone(),
        });
        roots.collect()
    }

    /// The certificate to show to the CSMS with the next connection (A00.FR.401, WP:A00.FR.401).
    pub(crate) fn client_certificate(&self, core: &Context) -> Option<OwnCertificate> {
        if !built::SECURITY {
            return None;
        }
        let own = self.store.client_certificate(core.utc());
        own.map(|(id, own)| OwnCertificate {
            id,
            chain: own.chain.clone(),
            key: own.key.clone(),
        })
    }

    /// Whether another certificate than the one of the connection is to be used (A02.FR.08, A03.FR.08, WP:A02.FR.08,
    /// WP:A02.FR.09).
    pub(crate) fn another_is_due(&self, core: &Context) -> bool {
        let profile = SecurityProfile::TlsClientCertificate.number();
        if !built::SECURITY || !core.is_connected() || core.connection.security_profile != profile {
            return false;
        }
        let wanted = self.store.client_certificate(core.utc());
        let wanted = wanted.map(|(id, _)| id);
        let used = core.connection.client_certificate.as_ref();
        wanted.is_some() && wanted != used.map(|used| used.id)
    }

    /// When a certificate that is installed becomes valid (WP:A02.FR.08).
    pub(crate) fn next_activation(&self, core: &Context) -> Option<Instant> {
        let now = core.utc().filter(|_| built::SECURITY)?;
        let at = self.store.next_activation(now)?;
        core.clock.instant_of(core.now, at)
    }

    /// What secures the connection that is about to open: what it replaces may go (M05.FR.13, A02.FR.10, A03.FR.10, WP:M05.FR.12,
    /// WP:A02.FR.10); that a new certificate goes is told (A02.FR.29).
    pub(crate) fn connection_secured(
        &mut self,
        core: &mut Context,
        root: Option<CertificateId>,
        certificate: Option<CertificateId>,
    ) {
        if !built::SECURITY {
            return;
        }
        let mut changes = self.store.connected_with_root(root);
        let outcome = certificate.map(|used| self.store.connected_with_client_certificate(used));
        let outcome = outcome.unwrap_or_default();
        changes.extend(outcome.changes);
        carry_out(core, changes);
        if let Some(kind) = outcome.event {
            core.security_event(kind, None);
        }
    }

    pub(crate) fn disconnected(&mut self) {
        if built::SECURITY {
            self.store.disconnected();
        }
    }

    /// No connection could be made: the next attempt is made with another certificate, if there is one. That a new one has
    /// led back to its predecessor is told once (A02.FR.28, WP:A02.FR.10).
    pub(crate) fn connection_failed(&mut self, core: &mut Context) {
        let failed = core.connection.client_certificate.as_ref();
        let Some(failed) = failed.filter(|_| built::SECURITY) else {
            return;
        };
        let failed = failed.id;
        self.store.client_certificate_failed();
        let next = self.store.client_certificate(core.utc()).map(|(id, _)| id);
        let is_new = |record: &StoreRecord| matches!(record, StoreRecord::Own(own) if !own.proven);
        let mut records = self.store.records();
        let new = records.any(|(id, record)| id == failed && is_new(record));
        if new && next != Some(failed) && self.given_up != Some(failed) {
            self.given_up = Some(failed);
            let kind = SecurityEventKind::ReconfigurationOfSecurityParameters;
            let info = "no connection with the new certificate: back to the one before";
            core.security_event(kind, Some(info));
        }
    }
}
