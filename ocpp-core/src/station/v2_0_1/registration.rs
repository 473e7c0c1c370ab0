//! Boot notification and heartbeat (B01 to B04, G02).

use core::time::Duration;

use ocpp_types::v2_0_1::{
    BootNotificationRequest, BootNotificationResponse, BootReason,
    ChargingStation as StationIdentity, HeartbeatRequest, HeartbeatResponse, Modem,
    RegistrationStatus,
};
use ocpp_types::{BoundedString, CiString, Enumeration, Payload};

use super::events::follow_clock;
use super::{ChargingStation, Purpose};
use crate::security::SecurityEventKind;
use crate::session::CallFailure;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::record::Records;
use crate::station::registration::{Due, Registering};
use crate::station::state::Registration;
use crate::time::Instant;

const REASON: &str = "boot-reason";

/// Why the station starts, and since when it is offline.
#[derive(Debug)]
pub(super) struct Start {
    reason: BootReason,
    /// Whether a record says so, which goes when the CSMS knows.
    stored: bool,
    offline_since: Option<Instant>,
}

impl Start {
    pub(super) fn restore(records: &Records) -> Self {
        let reason: Option<alloc::string::String> = records.get(REASON);
        let reason = reason.and_then(|name| BootReason::from_name(&name));
        Self {
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
}

/// How far the station is with registering.
pub(super) fn restore(records: &Records) -> Registering {
    Registering::restore(records)
}

impl ChargingStation {
    /// Whether the station may send what it wants.
    pub(super) fn accepted(&self) -> bool {
        self.boot.accepted()
    }

    /// Whether messages of the station's own accord reach the CSMS.
    pub(super) fn online(&self, core: &Context) -> bool {
        self.accepted() && core.is_connected()
    }

    /// Statuses of all connectors after a long time offline, of the changed ones after a short one (B04.FR.01,
    /// B04.FR.02).
    pub(super) fn boot_connected(&mut self, core: &mut Context) {
        self.boot.connected();
        // B04: after a long time offline all statuses are news.
        let threshold = core.variables.u32(Standard::OfflineThreshold);
        let threshold = Duration::from_secs(threshold.into());
        let since = self.start.offline_since.take();
        if since.is_some_and(|since| core.instant().saturating_since(since) > threshold) {
            self.forget_statuses();
        }
        self.register_and_beat(core);
    }

    pub(super) fn boot_disconnected(&mut self, core: &Context) {
        self.boot.under_way = false;
        self.start.offline_since.get_or_insert(core.instant());
    }

    /// Registers or sends a heartbeat if it is time to.
    /// Not before the interval that the CSMS has set, and nothing else until then (B02.FR.02, B02.FR.04, B02.FR.08,
    /// B03.FR.02, B03.FR.06); the connection stays open (B02.FR.06), which B03.FR.04 leaves to the station.
    pub(super) fn register_and_beat(&mut self, core: &mut Context) {
        if !core.is_connected() || self.is_resetting() {
            return;
        }
        match self.boot.due(core.instant()) {
            // What the CSMS has asked for comes first: nothing may be sent if the answer is Rejected (B03.FR.02).
            Some(Due::Boot) if !self.calls.is_empty() => {}
            Some(Due::Boot) => {
                let reason = self.start.reason.clone();
                self.send_boot(core, reason);
            }
            Some(Due::Heartbeat) => {
                self.boot.plan_heartbeat(core);
                self.call(core, &HeartbeatRequest::new(), Purpose::Heartbeat);
            }
            None => {}
        }
    }

    pub(super) fn next_boot_timeout(&self, core: &Context) -> Option<Instant> {
        let free = self.accepted() || self.calls.is_empty();
        let waits = core.is_connected() && !self.is_resetting() && free;
        waits.then(|| self.boot.next_timeout()).flatten()
    }

    /// Registers after every start, and says why (B01.FR.01, B01.FR.03, B01.FR.09).
    pub(super) fn send_boot(&mut self, core: &mut Context, reason: BootReason) {
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
        let request = BootNotificationRequest::new(station, reason);
        self.boot.under_way = self.call(core, &request, Purpose::Boot);
    }

    pub(super) fn boot_answered(&mut self, core: &mut Context, result: Result<&str, &CallFailure>) {
        let response = result.ok().map(BootNotificationResponse::decode_lenient);
        let Some(Ok(response)) = response else {
            return self.boot.failed(core, result.err());
        };
        let response = response.value;
        follow_clock(core, response.current_time);
        let registration = match response.status {
            RegistrationStatus::Accepted => Registration::Accepted,
            RegistrationStatus::Pending => Registration::Pending,
            _ => Registration::Rejected,
        };
        if !self.boot.answered(core, registration, response.interval) {
            return;
        }
        self.forget_statuses();
        // B01.FR.05: statuses follow the boot, before anything else.
        self.update_statuses(core);
        if core::mem::take(&mut self.start.stored) {
            core.remove(REASON);
        }
    }

    pub(super) fn heartbeat_answered(core: &mut Context, result: Result<&str, &CallFailure>) {
        if let Ok(text) = result
            && let Ok(response) = HeartbeatResponse::decode_lenient(text)
        {
            follow_clock(core, response.value.current_time);
        }
    }

    /// The next start has no reason of its own.
    pub(super) fn forget_boot_reason(core: &mut Context) {
        core.remove(REASON);
    }

    /// Says why the next start happens.
    pub(super) fn note_boot_reason(core: &mut Context, reason: &BootReason) {
        core.store(REASON, &reason.as_str());
    }
}
