//! Boot notification and heartbeat (B01 to B04, G02).

use core::time::Duration;

use ocpp_types::{BoundedString, CiString, Enumeration, Payload};

use super::calls::{Calls, Purpose};
use super::wire::{
    BootNotificationRequest, BootNotificationResponse, BootReason,
    ChargingStation as StationIdentity, HeartbeatRequest, HeartbeatResponse, Modem,
    RegistrationStatus,
};
use crate::security::SecurityEventKind;
use crate::session::CallFailure;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::record::Records;
use crate::station::registration::{BootAnswer, Registering, RegistrationMessages};
use crate::station::state;
use crate::time::{DateTime, Instant};

const REASON: &str = "boot-reason";

/// How far the station is with registering, why it starts, and since when it is offline.
#[derive(Debug)]
pub(super) struct Registration {
    boot: Registering,
    reason: BootReason,
    /// Whether a record says so, which goes when the CSMS knows.
    stored: bool,
    offline_since: Option<Instant>,
}

impl Registration {
    pub(super) fn restore(records: &Records) -> Self {
        let reason: Option<alloc::string::String> = records.get(REASON);
        let reason = reason.and_then(|name| BootReason::from_name(&name));
        Self {
            boot: Registering::restore(records),
            stored: reason.is_some(),
            reason: reason.unwrap_or(BootReason::PowerUp),
            offline_since: None,
        }
    }

    /// The station has not been off: it speaks another version. There is no reason of its own for that.
    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    pub(super) fn without_restart(&mut self) {
        if !self.stored {
            self.reason = BootReason::Unknown;
        }
    }

    /// The security event of this start.
    pub(super) const fn event(&self) -> SecurityEventKind {
        match self.reason {
            BootReason::PowerUp => SecurityEventKind::StartupOfTheDevice,
            _ => SecurityEventKind::ResetOrReboot,
        }
    }

    /// What the CSMS has said.
    pub(super) const fn state(&self) -> Option<state::Registration> {
        self.boot.status()
    }

    /// Whether the station may send what it wants.
    pub(super) fn accepted(&self) -> bool {
        self.boot.accepted()
    }

    /// Whether the CSMS wants to hear more than BootNotifications.
    pub(super) const fn is_welcome(&self) -> bool {
        matches!(
            self.boot.status(),
            Some(state::Registration::Pending | state::Registration::Accepted)
        )
    }

    /// Whether somebody may charge.
    pub(super) fn may_charge(&self) -> bool {
        self.boot.may_charge()
    }

    /// Whether messages of the station's own accord reach the CSMS.
    pub(super) fn online(&self, core: &Context) -> bool {
        self.boot.online(core)
    }

    /// Registers anew without a restart.
    pub(super) fn anew(&mut self) {
        self.boot.anew();
    }

    /// The next heartbeat comes an interval from now.
    pub(super) fn plan_heartbeat(&mut self, core: &Context) {
        self.boot.plan_heartbeat(core);
    }

    /// The connection is open. Returns whether all statuses are news: after a long time offline, while after a short one only
    /// the changed ones are (B04.FR.01, B04.FR.02).
    pub(super) fn connected(&mut self, core: &Context) -> bool {
        self.boot.connected();
        let threshold = core.variables.u32(Standard::OfflineThreshold);
        let threshold = Duration::from_secs(threshold.into());
        let since = self.offline_since.take();
        since.is_some_and(|since| core.instant().saturating_since(since) > threshold)
    }

    /// The connection is gone.
    pub(super) fn disconnected(&mut self, core: &Context) {
        self.offline_since.get_or_insert(core.instant());
    }

    /// Registers or sends a heartbeat if it is time to.
    /// Not before the interval that the CSMS has set, and nothing else until then (B02.FR.02, B02.FR.04, B02.FR.08,
    /// B03.FR.02, B03.FR.06); the connection stays open (B02.FR.06), which B03.FR.04 leaves to the station.
    /// `resetting`: the station is about to restart.
    pub(super) fn advance(&mut self, core: &mut Context, calls: &mut Calls, resetting: bool) {
        if !resetting {
            let reason = &self.reason;
            self.boot
                .register_and_beat(core, &mut Messages { calls, reason });
        }
    }

    /// When that has something to do. `quiet`: no call is under way.
    pub(super) fn next_timeout(
        &self,
        core: &Context,
        resetting: bool,
        quiet: bool,
    ) -> Option<Instant> {
        let free = self.accepted() || quiet;
        let waits = core.is_connected() && !resetting && free;
        waits.then(|| self.boot.next_timeout()).flatten()
    }

    /// Registers now, and says why.
    pub(super) fn send_boot(&mut self, core: &mut Context, calls: &mut Calls, reason: &BootReason) {
        self.boot.send_boot(core, &mut Messages { calls, reason });
    }

    /// The CSMS has answered, or not. Returns whether it has accepted the station.
    /// Requirements: B01.FR.06.
    pub(super) fn answered(
        &mut self,
        core: &mut Context,
        result: Result<&str, &CallFailure>,
    ) -> bool {
        self.boot.boot_ended::<Messages<'_>>(core, result)
    }

    /// The CSMS knows why the station has started.
    pub(super) fn reason_told(&mut self, core: &mut Context) {
        if core::mem::take(&mut self.stored) {
            core.remove(REASON);
        }
    }
}

/// The messages with which 2.0.1 registers.
struct Messages<'a> {
    calls: &'a mut Calls,
    /// Why the station starts.
    reason: &'a BootReason,
}

impl RegistrationMessages for Messages<'_> {
    /// More than TimeAdjustmentReportingThreshold is a security event.
    fn clock_tolerance(core: &Context) -> Duration {
        let threshold = core.variables.u32(Standard::ClockThreshold);
        Duration::from_millis(u64::from(threshold) * 1_000 + 1)
    }

    /// What the CSMS has asked for comes first: nothing may be sent if the answer is Rejected (B03.FR.02).
    fn waits(&self) -> bool {
        !self.calls.is_empty()
    }

    /// Registers after every start, and says why (B01.FR.01, B01.FR.03, B01.FR.09).
    fn send_boot(&mut self, core: &mut Context) -> bool {
        let config = &core.config;
        let mut station = StationIdentity::new(
            BoundedString::truncated(&config.model),
            BoundedString::truncated(&config.vendor),
        );
        let serial = config.serial_number.as_deref();
        station.serial_number = serial.map(CiString::truncated);
        let firmware = config.firmware_version.as_deref();
        station.firmware_version = firmware.map(BoundedString::truncated);
        if config.iccid.is_some() || config.imsi.is_some() {
            let mut modem = Modem::new();
            modem.iccid = config.iccid.as_deref().map(CiString::truncated);
            modem.imsi = config.imsi.as_deref().map(CiString::truncated);
            station.modem = Some(modem);
        }
        let request = BootNotificationRequest::new(station, self.reason.clone());
        self.calls.send(core, &request, Purpose::Boot)
    }

    fn send_heartbeat(&mut self, core: &mut Context) {
        self.calls
            .send(core, &HeartbeatRequest::new(), Purpose::Heartbeat);
    }

    fn read_boot(text: &str) -> Option<BootAnswer> {
        let response = BootNotificationResponse::decode_lenient(text).ok()?.value;
        Some(BootAnswer {
            registration: match response.status {
                RegistrationStatus::Accepted => state::Registration::Accepted,
                RegistrationStatus::Pending => state::Registration::Pending,
                _ => state::Registration::Rejected,
            },
            interval: response.interval,
            time: response.current_time,
        })
    }

    fn read_heartbeat(text: &str) -> Option<DateTime> {
        let response = HeartbeatResponse::decode_lenient(text).ok()?;
        Some(response.value.current_time)
    }
}

/// Requirements: G02.FR.06.
pub(super) fn heartbeat_answered(core: &mut Context, result: Result<&str, &CallFailure>) {
    Registering::heartbeat_ended::<Messages<'_>>(core, result);
}

/// The next start has no reason of its own.
pub(super) fn forget_boot_reason(core: &mut Context) {
    core.remove(REASON);
}

/// Says why the next start happens.
pub(super) fn note_boot_reason(core: &mut Context, reason: &BootReason) {
    core.store(REASON, &reason.as_str());
}
