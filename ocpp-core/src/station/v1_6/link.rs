//! How the station connects: security profile, password, certificates, and what to do when they do not work (whitepaper
//! A01, A02, A05, M05).

use super::ChargePoint;
use crate::security::{
    AuthorizationKey, AuthorizationKeyRules, Prerequisites, ProfileChangeRules, SecurityProfile,
};
use crate::station::common::network;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::time::Instant;

impl ChargePoint {
    /// What the station has that security profiles need.
    pub(super) fn prerequisites(&self, core: &Context) -> Prerequisites {
        let password = password_ok(core.variables.text(Standard::Password));
        self.certificates.prerequisites(core, password)
    }

    /// Whether a security profile may be set: a higher one whose conditions are met (WP:A05.FR.05), never a lower one
    /// (WP:A00.FR.005).
    pub(super) fn profile_change_allowed(&self, core: &Context, value: &str) -> bool {
        let number = |text: &str| text.trim().parse::<i64>().ok();
        let profile = |text: &str| SecurityProfile::try_from(number(text)?).ok();
        let current = profile(core.variables.text(Standard::SecurityProfile));
        let (Some(current), Some(wanted)) = (current, profile(value)) else {
            return false;
        };
        let has = self.prerequisites(core);
        let change = current.check_change(wanted, has, ProfileChangeRules::V1_6);
        change.is_ok()
    }

    /// Says how to connect now: with the identity and the password (WP:A00.FR.202 to WP:A00.FR.204), over TLS in profiles
    /// 2 and 3 (WP:A00.FR.311, WP:A00.FR.312, WP:A00.FR.318) that verifies the Central System (WP:A00.FR.307,
    /// WP:A00.FR.310), in profile 3 with the client certificate (WP:A00.FR.401, WP:A00.FR.402).
    pub(super) fn prepare_connection(&mut self, core: &mut Context) {
        let profile = core.variables.u32(Standard::SecurityProfile);
        let profile = u8::try_from(profile).unwrap_or(0);
        #[cfg(feature = "v2_0_1")]
        let profile = self
            .choose_network(core)
            .map_or(profile, |of| of.max(profile));
        let roots = self.certificates.csms_roots(false);
        let own = self.certificates.client_certificate(core);
        network::secure(core, profile, roots, own);
        self.profile_trial.connecting();
    }

    /// Connects anew when that is due, and with certificates that become valid.
    pub(super) fn continue_connecting(&mut self, core: &mut Context) {
        self.profile_trial.time_passed(core);
        if self.certificates.another_is_due(core) {
            core.reconnect();
        }
    }

    pub(super) fn next_connecting_timeout(&self, core: &Context) -> Option<Instant> {
        let activation = self.certificates.next_activation(core);
        let trial = self.profile_trial.next_timeout();
        [trial, activation].into_iter().flatten().min()
    }
}

/// Whether a text can be an AuthorizationKey.
pub(super) fn password_ok(text: &str) -> bool {
    AuthorizationKey::parse(text, AuthorizationKeyRules::WHITEPAPER).is_ok()
}
