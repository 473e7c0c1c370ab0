//! Certificates for the station's own keys: installing, choosing, giving up (A02.FR.08–10, FR.15, FR.28, FR.29, A03).

use alloc::vec::Vec;
use core::cmp::Reverse;
use core::time::Duration;

use super::{
    CertificateId, CertificateStore, OldCertificates, OwnRecord, StoreChange, StoreRecord,
};
use crate::order;
use crate::security::{SecurityEventKind, SigningUse};
use crate::time::DateTime;

/// Most client certificates that are kept: one in use, and others as fallback or for later.
const MAX_CLIENT_CERTIFICATES: usize = 4;

/// What a connection to the CSMS, or a failed one, means for the client certificates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConnectionOutcome {
    /// What to store.
    pub changes: Vec<StoreChange>,
    /// The event to report, if any.
    pub event: Option<SecurityEventKind>,
}

impl CertificateStore {
    /// The client certificate with which to connect next; `None` when there is none.
    ///
    /// OCPP 1.6 and 2.x before the 2025 errata: of several valid ones the newest by start of validity (A02.FR.09, A03.FR.09). After
    /// the errata: the newest installed one, unless it failed (A02.FR.08, A02.FR.28). An expired certificate is still
    /// presented when there is no other: the CSMS decides (A00.FR.430 of the errata). After a failure
    /// ([`client_certificate_failed`](Self::client_certificate_failed)) the next newest that has worked before is the
    /// fallback (A02.FR.10).
    #[must_use]
    pub fn client_certificate(&self, at: Option<DateTime>) -> Option<(CertificateId, &OwnRecord)> {
        let certificates = self.client_certificates();
        match self.config.old_certificates {
            OldCertificates::KeepFor(_) => {
                let valid = |(_, own): &&(CertificateId, &OwnRecord)| {
                    at.is_none_or(|at| own.not_before <= at && at <= own.not_after)
                };
                let newest = |(id, own): &&(CertificateId, &OwnRecord)| (own.not_before, *id);
                let choice = certificates
                    .iter()
                    .filter(valid)
                    .max_by_key(newest)
                    .or_else(|| certificates.iter().max_by_key(newest));
                let works = |(id, own): &&(CertificateId, &OwnRecord)| {
                    own.proven && choice.is_none_or(|(chosen, _)| chosen != id)
                };
                let fallback = || {
                    let others = certificates.iter().filter(valid).filter(works);
                    others.max_by_key(newest)
                };
                let fallback = self.prefer_old.then(fallback).flatten();
                fallback.or(choice).copied()
            }
            OldCertificates::UntilConnected => {
                let place = usize::from(self.prefer_old && certificates.len() > 1);
                certificates.get(place).copied()
            }
        }
    }

    /// Whether there is a client certificate that is valid at `at`: prerequisite of security profile 3 (A05). Validity is
    /// not looked at while the time is not known.
    #[must_use]
    pub fn has_valid_client_certificate(&self, at: Option<DateTime>) -> bool {
        self.client_certificates()
            .iter()
            .any(|(_, own)| at.is_none_or(|at| own.not_before <= at && at <= own.not_after))
    }

    /// When a client certificate that is already installed becomes valid and shall be switched to (WP:A02.FR.08 of 1.6).
    #[must_use]
    pub fn next_activation(&self, at: DateTime) -> Option<DateTime> {
        self.client_certificates()
            .iter()
            .map(|(_, own)| own.not_before)
            .filter(|start| *start > at)
            .min()
    }

    /// The certificates towards vehicles, newest by start of validity first (A02.FR.15).
    #[must_use]
    pub fn vehicle_certificates(&self) -> Vec<(CertificateId, &OwnRecord)> {
        let mut certificates: Vec<_> = self
            .own()
            .filter(|(_, own)| own.signing_use.serves_vehicles())
            .collect();
        order::sort_by_key(&mut certificates, |(id, own)| {
            Reverse((own.not_before, *id))
        });
        certificates
    }

    /// The own certificates in use that expire within `ahead` after `at` (A03.FR.02).
    #[must_use]
    pub fn expiring(&self, at: DateTime, ahead: Duration) -> Vec<(CertificateId, &OwnRecord)> {
        let ahead = i64::try_from(ahead.as_millis()).unwrap_or(i64::MAX);
        let limit = at.saturating_add_millis(ahead);
        // A later certificate that is already there makes renewing its predecessor pointless.
        let latest_client = self
            .client_certificates()
            .into_iter()
            .max_by_key(|(id, own)| (own.not_after, *id));
        latest_client
            .into_iter()
            .chain(self.own().filter(|(_, own)| !own.signing_use.serves_csms()))
            .filter(|(_, own)| own.not_after <= limit)
            .collect()
    }

    /// Installs a verified certificate for an own key. Called by [`CertificateSigning`](crate::security::CertificateSigning)
    /// and for provisioning.
    ///
    /// A certificate towards vehicles replaces the one of the same name and root. Returns `None` and changes nothing when
    /// the store is full.
    pub fn install_own(&mut self, record: OwnRecord) -> Option<(CertificateId, Vec<StoreChange>)> {
        let mut changes = Vec::new();
        if record.signing_use.serves_csms() {
            self.prefer_old = false;
            let id = self.add(StoreRecord::Own(record), &mut changes);
            self.limit_client_certificates(&mut changes);
            return Some((id, changes));
        }
        let replaced: Vec<_> = self
            .own()
            .filter(|(_, own)| {
                own.signing_use == record.signing_use
                    && own.root == record.root
                    && own.common_name == record.common_name
            })
            .map(|(id, _)| id)
            .collect();
        if replaced.is_empty() && self.len() >= self.config.max_certificates {
            return None;
        }
        let id = self.add(StoreRecord::Own(record), &mut changes);
        for id in replaced {
            self.remove(id, &mut changes);
        }
        Some((id, changes))
    }

    /// A connection to the CSMS was made with this client certificate.
    pub fn connected_with_client_certificate(&mut self, used: CertificateId) -> ConnectionOutcome {
        let mut outcome = ConnectionOutcome::default();
        let Some(StoreRecord::Own(own)) = self.records.get_mut(&used) else {
            return outcome;
        };
        if !own.proven {
            own.proven = true;
            let record = StoreRecord::Own(own.clone());
            outcome.changes.push(StoreChange::Put(used, record));
        }
        if self.config.old_certificates == OldCertificates::UntilConnected {
            let others: Vec<_> = self
                .client_certificates()
                .into_iter()
                .map(|(id, _)| id)
                .filter(|id| *id != used)
                .collect();
            for id in others {
                if id > used {
                    outcome.event = Some(SecurityEventKind::DiscardedRenewedClientCertificate);
                }
                self.remove(id, &mut outcome.changes);
            }
            self.prefer_old = false;
        }
        outcome
    }

    /// No connection could be made with the client certificate that [`client_certificate`](Self::client_certificate)
    /// chose, to none of the configured entries: the next attempt presents the other one (A02.FR.28, B10.FR.07–08).
    pub const fn client_certificate_failed(&mut self) {
        self.prefer_old = !self.prefer_old;
    }

    /// Removes client certificates whose time as fallback is over (WP:A02.FR.10 of 1.6). To be called now and then, for
    /// example with every heartbeat.
    pub fn discard_old(&mut self, at: DateTime) -> Vec<StoreChange> {
        let mut changes = Vec::new();
        let OldCertificates::KeepFor(keep) = self.config.old_certificates else {
            return changes;
        };
        let keep = i64::try_from(keep.as_millis()).unwrap_or(i64::MAX);
        let Some((in_use, current)) = self
            .client_certificate(Some(at))
            .map(|(id, own)| (id, own.clone()))
        else {
            return changes;
        };
        // Only a successor that works lets its predecessors go.
        let since = current.installed_at.max(current.not_before);
        if !current.proven || at.millis_since(since) < keep {
            return changes;
        }
        let older: Vec<_> = self
            .client_certificates()
            .into_iter()
            .filter(|(id, own)| *id != in_use && own.not_before <= current.not_before)
            .map(|(id, _)| id)
            .collect();
        for id in older {
            self.remove(id, &mut changes);
        }
        changes
    }

    /// Removes an own certificate and its key by local means; OCPP cannot do this to a client certificate (certification
    /// question AQ-3).
    pub fn remove_own(&mut self, id: CertificateId) -> Vec<StoreChange> {
        let mut changes = Vec::new();
        if matches!(self.records.get(&id), Some(StoreRecord::Own(_))) {
            self.remove(id, &mut changes);
        }
        changes
    }

    /// The own certificate with this use and common name that was installed last.
    #[must_use]
    pub fn own_certificate(
        &self,
        signing_use: SigningUse,
        common_name: &str,
    ) -> Option<(CertificateId, &OwnRecord)> {
        self.own()
            .filter(|(_, own)| own.signing_use == signing_use && own.common_name == common_name)
            .last()
    }

    fn own(&self) -> impl Iterator<Item = (CertificateId, &OwnRecord)> {
        self.records.iter().filter_map(|(id, record)| match record {
            StoreRecord::Own(own) => Some((*id, own)),
            StoreRecord::Root(_) => None,
        })
    }

    /// Newest installed first.
    fn client_certificates(&self) -> Vec<(CertificateId, &OwnRecord)> {
        let mut certificates: Vec<_> = self
            .own()
            .filter(|(_, own)| own.signing_use.serves_csms())
            .collect();
        certificates.reverse();
        certificates
    }

    /// Bounds the client certificates: the newest, and the latest proven one with whatever fits between them.
    pub(super) fn limit_client_certificates(&mut self, changes: &mut Vec<StoreChange>) {
        let most = match self.config.old_certificates {
            OldCertificates::KeepFor(_) => MAX_CLIENT_CERTIFICATES,
            OldCertificates::UntilConnected => 2,
        };
        let certificates = self.client_certificates();
        if certificates.len() <= most {
            return;
        }
        let proven = certificates
            .iter()
            .skip(1)
            .find(|(_, own)| own.proven)
            .map(|(id, _)| *id);
        let mut keep: Vec<_> = certificates.iter().map(|(id, _)| *id).take(most).collect();
        if let (Some(proven), Some(last)) = (proven, keep.last_mut())
            && *last > proven
        {
            *last = proven;
        }
        let surplus: Vec<_> = certificates
            .iter()
            .map(|(id, _)| *id)
            .filter(|id| !keep.contains(id))
            .collect();
        for id in surplus {
            self.remove(id, changes);
        }
    }
}
