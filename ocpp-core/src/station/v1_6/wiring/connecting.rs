//! How the station connects: security profile, password, certificates, and what to do when they do not work (whitepaper
//! A01, A02, A05, M05); and how it registers.

use super::ChargePoint;
use crate::station::behaviour::Outcome;
use crate::station::common::network;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::v1_6::calls::Calls;
use crate::time::Instant;

impl ChargePoint {
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

    /// The connection is about to be opened: says where to, and returns the security profile, if network profiles say it.
    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    fn choose_network(&mut self, core: &mut Context) -> Option<u8> {
        let networks = self.networks.as_mut()?;
        networks.connecting(core);
        Some(core.connection.security_profile)
    }

    /// The connection is open. With another network profile than before the station registers anew.
    pub(super) fn connection_opened(&mut self, core: &mut Context) {
        self.profile_trial.works(core);
        #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
        if let Some(networks) = &mut self.networks {
            if networks.connected(core) {
                self.registration.anew();
            }
            self.key_changed(core, Standard::MessageTimeout);
        }
        self.events.connected();
        self.registration.connected();
        self.register_and_beat(core);
    }

    /// The connection could not be opened.
    pub(super) fn connection_not_opened(&mut self, core: &mut Context) {
        self.certificates.connection_failed(core);
        self.profile_trial.failed(core);
        #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
        if let Some(networks) = &mut self.networks {
            networks.failed(core);
        }
    }

    /// Registers or sends a heartbeat if it is time to.
    pub(super) fn register_and_beat(&mut self, core: &mut Context) {
        if !self.shutdown.is_resetting() {
            self.registration.register_and_beat(core, &mut self.calls);
        }
    }

    pub(super) fn next_boot_timeout(&self, core: &Context) -> Option<Instant> {
        let waits = core.is_connected() && !self.shutdown.is_resetting();
        waits.then(|| self.registration.next_timeout()).flatten()
    }

    pub(super) fn boot_ended(&mut self, core: &mut Context, outcome: &Outcome<'_>) {
        if self
            .registration
            .boot_ended::<Calls>(core, outcome.as_deref())
        {
            // All statuses are reported after the station was accepted (erratum 3.22).
            self.statuses.forget_reports();
        }
    }
}
