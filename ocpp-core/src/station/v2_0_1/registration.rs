//! Boot notification and heartbeat (B01 to B04, G02), and the security event of every start (A04).

use core::time::Duration;

use ocpp_types::v2_0_1::{
    BootNotificationRequest, BootNotificationResponse, BootReason,
    ChargingStation as StationIdentity, HeartbeatRequest, HeartbeatResponse, Modem,
    RegistrationStatus, SecurityEventNotificationRequest,
};
use ocpp_types::{BoundedString, CiString, Enumeration, Payload};

use super::{ChargingStation, Purpose, model};
use crate::session::CallFailure;
use crate::station::context::Context;
use crate::station::record::Records;
use crate::station::state::Registration;
use crate::time::Instant;

const ACCEPTED_ONCE: &str = "accepted-once";
const REASON: &str = "boot-reason";

/// How far the station is with registering.
#[derive(Debug)]
pub(super) struct Boot {
    pub(super) registration: Option<Registration>,
    /// Whether the CSMS has ever accepted the station.
    pub(super) accepted_once: bool,
    reason: BootReason,
    /// Whether the security event of this start was stored for delivery.
    told: bool,
    under_way: bool,
    /// Not before this moment.
    not_before: Option<Instant>,
    next_heartbeat: Option<Instant>,
    offline_since: Option<Instant>,
}

impl Boot {
    pub(super) fn restore(records: &Records) -> Self {
        let reason: Option<alloc::string::String> = records.get(REASON);
        let reason = reason.and_then(|name| BootReason::from_name(&name));
        Self {
            registration: None,
            accepted_once: records.get(ACCEPTED_ONCE).unwrap_or(false),
            reason: reason.unwrap_or(BootReason::PowerUp),
            told: false,
            under_way: false,
            not_before: None,
            next_heartbeat: None,
            offline_since: None,
        }
    }
}

impl ChargingStation {
    /// Whether the station may send what it wants.
    pub(super) fn accepted(&self) -> bool {
        self.boot.registration == Some(Registration::Accepted)
    }

    /// Whether messages of the station's own accord reach the CSMS.
    pub(super) fn online(&self, core: &Context) -> bool {
        self.accepted() && core.is_connected()
    }

    pub(super) fn boot_connected(&mut self, core: &mut Context) {
        self.boot.under_way = false;
        // B04: after a long time offline all statuses are news.
        let threshold = core.variables.u32(model::OFFLINE_THRESHOLD);
        let threshold = Duration::from_secs(threshold.into());
        let since = self.boot.offline_since.take();
        if since.is_some_and(|since| core.instant().saturating_since(since) > threshold) {
            self.forget_statuses();
        }
        self.register_and_beat(core);
    }

    pub(super) fn boot_disconnected(&mut self, core: &Context) {
        self.boot.under_way = false;
        self.boot.offline_since.get_or_insert(core.instant());
    }

    /// Registers or sends a heartbeat if it is time to.
    pub(super) fn register_and_beat(&mut self, core: &mut Context) {
        if !core.is_connected() || self.is_resetting() {
            return;
        }
        let now = core.instant();
        if !self.accepted() {
            if !self.boot.under_way && self.boot.not_before.is_none_or(|at| at <= now) {
                let reason = self.boot.reason.clone();
                self.send_boot(core, reason);
            }
        } else if self.boot.next_heartbeat.is_some_and(|at| at <= now) {
            self.plan_heartbeat(core);
            self.call(core, &HeartbeatRequest::new(), Purpose::Heartbeat);
        }
    }

    pub(super) fn next_boot_timeout(&self, core: &Context) -> Option<Instant> {
        if !core.is_connected() || self.is_resetting() {
            None
        } else if self.accepted() {
            self.boot.next_heartbeat
        } else if self.boot.under_way {
            None
        } else {
            self.boot.not_before
        }
    }

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
        self.boot.under_way = false;
        let now = core.instant();
        let response = match result {
            Ok(text) => BootNotificationResponse::decode_lenient(text).ok(),
            Err(CallFailure::Disconnected) => {
                self.boot.not_before = None;
                return;
            }
            Err(_) => None,
        };
        let Some(response) = response else {
            self.boot.not_before = Some(now + core.config.boot_retry);
            return;
        };
        let response = response.value;
        core.set_clock(response.current_time);
        let interval = u32::try_from(response.interval).unwrap_or(0);
        let registration = match response.status {
            RegistrationStatus::Accepted => Registration::Accepted,
            RegistrationStatus::Pending => Registration::Pending,
            _ => Registration::Rejected,
        };
        self.boot.registration = Some(registration);
        if registration != Registration::Accepted {
            let wait = match interval {
                0 => core.config.boot_retry,
                seconds => Duration::from_secs(seconds.into()),
            };
            self.boot.not_before = Some(now + wait);
            return;
        }
        self.boot.not_before = None;
        if !self.boot.accepted_once {
            self.boot.accepted_once = true;
            core.store(ACCEPTED_ONCE, &true);
        }
        if interval > 0 {
            let value = alloc::format!("{interval}");
            // An interval beyond the bounds of the variable is not followed.
            let _ = core.set_variable(model::HEARTBEAT_INTERVAL, &value);
        }
        self.plan_heartbeat(core);
        self.forget_statuses();
        // B01.FR.05: statuses follow the boot, before anything else.
        self.update_statuses(core);
        if !self.boot.told {
            self.boot.told = true;
            let event = match self.boot.reason {
                BootReason::PowerUp => "StartupOfTheDevice",
                _ => "ResetOrReboot",
            };
            Self::security_event(core, event, None);
            core.remove(REASON);
        }
    }

    /// Stores a security event for delivery (A04).
    pub(super) fn security_event(core: &mut Context, event: &str, info: Option<&str>) {
        let Some(time) = core.utc() else {
            return;
        };
        let mut request =
            SecurityEventNotificationRequest::new(BoundedString::truncated(event), time);
        request.tech_info = info.map(BoundedString::truncated);
        Self::enqueue(core, &request, None, false);
    }

    /// The next heartbeat comes an interval from now.
    pub(super) fn plan_heartbeat(&mut self, core: &Context) {
        let seconds = core.variables.u32(model::HEARTBEAT_INTERVAL);
        let interval = Duration::from_secs(seconds.into());
        self.boot.next_heartbeat = (seconds > 0).then(|| core.instant() + interval);
    }

    pub(super) fn heartbeat_answered(core: &mut Context, result: Result<&str, &CallFailure>) {
        if let Ok(text) = result
            && let Ok(response) = HeartbeatResponse::decode_lenient(text)
        {
            core.set_clock(response.value.current_time);
        }
    }

    /// Says why the next start happens.
    pub(super) fn note_boot_reason(core: &mut Context, reason: &BootReason) {
        core.store(REASON, &reason.as_str());
    }
}
