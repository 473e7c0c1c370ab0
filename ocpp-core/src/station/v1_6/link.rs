//! How the station connects: security profile, password, certificates, and what to do when they do not work (whitepaper
//! A01, A02, A05, M05).

use core::time::Duration;

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::ChargePoint;
use crate::security::{
    AuthorizationKey, AuthorizationKeyRules, ProfileChangeRules, SecurityEventKind, SecurityProfile,
};
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::record::Records;
use crate::time::Instant;

const RECORD: &str = "security-trial";
/// How many connections in a row must fail before a new security profile is given up (WP:A05.FR.08). One that fails may be
/// due to anything.
const ATTEMPTS: u32 = 3;
/// The CSMS gets a moment to reset the station after it has set the security profile, as certification tools do.
const GRACE: Duration = Duration::from_secs(2);

/// A security profile that no connection was made with yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Trial {
    previous: u32,
    #[serde(skip)]
    failures: u32,
}

/// What there is to remember about connections.
#[derive(Debug, Default)]
pub(super) struct Connecting {
    trial: Option<Trial>,
    reconnect_at: Option<Instant>,
}

impl Connecting {
    pub(super) fn restore(core: &mut Context, records: &Records) -> Self {
        let trial: Option<Trial> = records.get(RECORD);
        let current = core.variables.u32(Standard::SecurityProfile);
        // The power went before the profile was changed, or after the return to the old one.
        let void = trial.as_ref().is_some_and(|t| t.previous == current);
        if void {
            core.remove(RECORD);
        }
        Self {
            trial: trial.filter(|_| !void),
            ..Self::default()
        }
    }
}

impl ChargePoint {
    /// Whether a security profile may be set: a higher one whose conditions are met (WP:A05.FR.05), never a lower one
    /// (WP:A00.FR.005).
    pub(super) fn profile_change_allowed(&self, core: &Context, value: &str) -> bool {
        let number = |text: &str| text.trim().parse::<i64>().ok();
        let profile = |text: &str| SecurityProfile::try_from(number(text)?).ok();
        let current = profile(core.variables.text(Standard::SecurityProfile));
        let (Some(current), Some(wanted)) = (current, profile(value)) else {
            return false;
        };
        let password = password_ok(core.variables.text(Standard::Password));
        let has = self.certificates.prerequisites(core, password);
        let change = current.check_change(wanted, has, ProfileChangeRules::V1_6);
        change.is_ok()
    }

    /// Remembers the profile to return to. To be called before the new one is stored.
    pub(super) fn begin_trial(&mut self, core: &mut Context) {
        let previous = core.variables.u32(Standard::SecurityProfile);
        // Of two changes without a connection in between the first is the one that worked.
        if self.connecting.trial.is_none() {
            let trial = Trial {
                previous,
                failures: 0,
            };
            core.store(RECORD, &trial);
            self.connecting.trial = Some(trial);
        }
    }

    /// If the security profile cannot be read any more, the station tries the highest one that it has the means for: it must
    /// not connect with less security than it was told to because a record is damaged (A05).
    pub(super) fn salvage_profile(&mut self, core: &mut Context, records: &Records) {
        if !core
            .variables
            .was_unreadable(Standard::SecurityProfile, records)
        {
            return;
        }
        let password = password_ok(core.variables.text(Standard::Password));
        let has = self.certificates.prerequisites(core, password);
        let best = match (has.csms_root, has.client_certificate, has.password) {
            (true, true, _) => 3,
            (true, false, true) => 2,
            (_, _, true) => 1,
            _ => 0,
        };
        if best > core.variables.u32(Standard::SecurityProfile) {
            self.begin_trial(core);
            // It is a value of the key.
            core.set_standard(Standard::SecurityProfile, &best.to_string());
        }
    }

    /// Follows the password, which is the key AuthorizationKey (WP:A01.FR.01): the connection is made anew.
    pub(super) fn password_changed(&mut self, core: &mut Context) {
        let kind = SecurityEventKind::ReconfigurationOfSecurityParameters;
        core.security_event(kind, Some("AuthorizationKey"));
        core.reconnect();
    }

    /// Follows the security profile (WP:A05.FR.06, WP:A05.FR.07).
    pub(super) fn profile_changed(&mut self, core: &mut Context) {
        let kind = SecurityEventKind::ReconfigurationOfSecurityParameters;
        let profile = core.variables.u32(Standard::SecurityProfile);
        core.security_event(kind, Some(&format!("SecurityProfile {profile}")));
        self.connecting.reconnect_at = Some(core.instant() + GRACE);
    }

    /// Says how to connect now: with the identity and the password (WP:A00.FR.202 to WP:A00.FR.204), over TLS in profiles
    /// 2 and 3 (WP:A00.FR.311, WP:A00.FR.312, WP:A00.FR.318) that verifies the Central System (WP:A00.FR.307,
    /// WP:A00.FR.310), in profile 3 with the client certificate (WP:A00.FR.401, WP:A00.FR.402).
    pub(super) fn prepare_connection(&mut self, core: &mut Context) {
        let profile = core.variables.u32(Standard::SecurityProfile);
        let key = core.variables.text(Standard::Password);
        let password = (!key.is_empty()).then(|| key.to_string());
        core.connection.security_profile = u8::try_from(profile).unwrap_or(0);
        core.connection.password = password;
        core.connection.roots = Vec::new();
        if profile >= 2 {
            core.connection.roots = self.certificates.csms_roots();
        }
        let own = (profile == 3).then(|| self.certificates.client_certificate(core));
        core.connection.client_certificate = own.flatten();
        self.connecting.reconnect_at = None;
    }

    /// The connection is open: what was tried works.
    pub(super) fn connection_works(&mut self, core: &mut Context) {
        if self.connecting.trial.take().is_some() {
            core.remove(RECORD);
        }
        self.events.connected();
    }

    /// No connection could be made: goes back to what worked before, if something was changed.
    pub(super) fn connection_does_not_work(&mut self, core: &mut Context) {
        self.certificates.connection_failed(core);
        let Some(trial) = &mut self.connecting.trial else {
            return;
        };
        trial.failures += 1;
        if trial.failures < ATTEMPTS {
            return;
        }
        let previous = trial.previous;
        self.connecting.trial = None;
        // It was a value of the key before.
        core.set_standard(Standard::SecurityProfile, &previous.to_string());
        core.remove(RECORD);
        let kind = SecurityEventKind::ReconfigurationOfSecurityParameters;
        let info = format!("no connection: back to SecurityProfile {previous}");
        core.security_event(kind, Some(&info));
    }

    /// Connects anew when that is due, and with certificates that become valid.
    pub(super) fn continue_connecting(&mut self, core: &mut Context) {
        let now = core.instant();
        if self.connecting.reconnect_at.is_some_and(|at| at <= now) {
            self.connecting.reconnect_at = None;
            core.reconnect();
        }
        if self.certificates.another_is_due(core) {
            core.reconnect();
        }
    }

    pub(super) fn next_connecting_timeout(&self, core: &Context) -> Option<Instant> {
        let activation = self.certificates.next_activation(core);
        [self.connecting.reconnect_at, activation]
            .into_iter()
            .flatten()
            .min()
    }
}

/// Whether a text can be an AuthorizationKey.
pub(super) fn password_ok(text: &str) -> bool {
    AuthorizationKey::parse(text, AuthorizationKeyRules::WHITEPAPER).is_ok()
}
