//! How the station secures its connections, and the security profile that is on trial (A00, A01; whitepaper A01, A05).

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::security::{Prerequisites, SecurityEventKind};
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::output::{OwnCertificate, TrustedRoot};
use crate::station::record::Records;
use crate::time::Instant;

const RECORD: &str = "security-trial";
/// How many connections in a row must fail before a new security profile is given up (WP:A05.FR.08). One that fails may be
/// due to anything.
const ATTEMPTS: u32 = 3;
/// The CSMS gets a moment to reset the station after it has set the security profile, as certification tools do.
const GRACE: Duration = Duration::from_secs(2);
const RECONFIGURED: SecurityEventKind = SecurityEventKind::ReconfigurationOfSecurityParameters;

/// A security profile that no connection was made with yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Trial {
    previous: u32,
    #[serde(skip)]
    failures: u32,
}

/// A security profile that is set by itself, as 1.6 does it: one that does not work is given up. In 2.x network profiles are
/// tried instead.
#[derive(Debug, Default)]
pub(crate) struct ProfileTrial {
    trial: Option<Trial>,
    reconnect_at: Option<Instant>,
}

impl ProfileTrial {
    /// With what was on trial when the power went.
    pub(crate) fn restore(core: &mut Context, records: &Records) -> Self {
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

    /// Remembers the profile to return to. To be called before the new one is stored.
    pub(crate) fn begin(&mut self, core: &mut Context) {
        let previous = core.variables.u32(Standard::SecurityProfile);
        // Of two changes without a connection in between the first is the one that worked.
        if self.trial.is_none() {
            let trial = Trial {
                previous,
                failures: 0,
            };
            core.store(RECORD, &trial);
            self.trial = Some(trial);
        }
    }

    /// If the security profile cannot be read any more, the station tries the highest one that it has the means for: it must
    /// not connect with less security than it was told to because a record is damaged (A05).
    pub(crate) fn salvage(&mut self, core: &mut Context, records: &Records, has: Prerequisites) {
        let profile = Standard::SecurityProfile;
        if !core.variables.was_unreadable(profile, records) {
            return;
        }
        let best = match (has.csms_root, has.client_certificate, has.password) {
            (true, true, _) => 3,
            (true, false, true) => 2,
            (_, _, true) => 1,
            _ => 0,
        };
        if best > core.variables.u32(profile) {
            self.begin(core);
            // It is a value of the key.
            core.set_standard(profile, &best.to_string());
        }
    }

    /// The security profile has another value (WP:A05.FR.06, WP:A05.FR.07).
    pub(crate) fn changed(&mut self, core: &mut Context) {
        let profile = core.variables.u32(Standard::SecurityProfile);
        core.security_event(RECONFIGURED, Some(&format!("SecurityProfile {profile}")));
        self.reconnect_at = Some(core.instant() + GRACE);
    }

    /// The connection is about to be opened.
    pub(crate) const fn connecting(&mut self) {
        self.reconnect_at = None;
    }

    /// The connection is open: what was tried works.
    pub(crate) fn works(&mut self, core: &mut Context) {
        if self.trial.take().is_some() {
            core.remove(RECORD);
        }
    }

    /// No connection could be made: goes back to what worked before, if something was changed.
    pub(crate) fn failed(&mut self, core: &mut Context) {
        let Some(trial) = &mut self.trial else {
            return;
        };
        trial.failures += 1;
        if trial.failures < ATTEMPTS {
            return;
        }
        let previous = trial.previous;
        self.trial = None;
        // It was a value of the key before.
        core.set_standard(Standard::SecurityProfile, &previous.to_string());
        core.remove(RECORD);
        let info = format!("no connection: back to SecurityProfile {previous}");
        core.security_event(RECONFIGURED, Some(&info));
    }

    /// Connects anew when that is due.
    pub(crate) fn time_passed(&mut self, core: &mut Context) {
        let now = core.instant();
        if self.reconnect_at.is_some_and(|at| at <= now) {
            self.reconnect_at = None;
            core.reconnect();
        }
    }

    pub(crate) const fn next_timeout(&self) -> Option<Instant> {
        self.reconnect_at
    }
}

/// Says how to secure the connection that is about to be made: with the password (A00.FR.202 to A00.FR.204), over TLS in
/// profiles 2 and 3 (A00.FR.311, A00.FR.312, A00.FR.318) that verifies the CSMS (A00.FR.307, A00.FR.310), in profile 3 with
/// the client certificate (A00.FR.401, A00.FR.402). The CSMS's certificate names it (A00.FR.309, A00.FR.412, WP:A00.FR.308,
/// WP:A00.FR.412), by a wildcard only if that is allowed. What a profile does not use is not told.
pub(crate) fn secure(
    core: &mut Context,
    profile: u8,
    roots: Vec<TrustedRoot>,
    own: Option<OwnCertificate>,
) {
    let version = core.session.version();
    let key = core.variables.text(Standard::Password);
    let password = (!key.is_empty()).then(|| key.to_string());
    let wildcards = core.variables.bool(Standard::AllowWildcards);
    let connection = &mut core.connection;
    connection.security_profile = profile;
    connection.password = password;
    connection.password_version = Some(version);
    connection.roots = if profile >= 2 { roots } else { Vec::new() };
    connection.allow_wildcards = profile >= 2 && wildcards;
    connection.client_certificate = own.filter(|_| profile == 3);
}

/// The password was changed: it is reported (A01.FR.11), and the connection is made anew (A01.FR.01, WP:A01.FR.01). `key`
/// is its name.
pub(crate) fn password_changed(core: &mut Context, key: &str) {
    core.security_event(RECONFIGURED, Some(key));
    core.reconnect();
}
