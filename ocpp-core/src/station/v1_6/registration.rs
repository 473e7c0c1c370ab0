//! Boot notification and heartbeat (1.6 sections 4.2 and 4.6): which messages may pass, and the clock.

use core::time::Duration;

use ocpp_types::v1_6::{
    BootNotificationRequest, BootNotificationResponse, HeartbeatRequest, HeartbeatResponse,
    RegistrationStatus,
};
use ocpp_types::{CiString, Payload};

use super::{ChargePoint, Purpose, keys};
use crate::session::CallFailure;
use crate::station::context::Context;
use crate::station::record::Records;
use crate::station::state::Registration;
use crate::time::Instant;

const ACCEPTED_ONCE: &str = "accepted-once";

/// How far the station is with registering.
#[derive(Debug)]
pub(super) struct Boot {
    pub(super) registration: Option<Registration>,
    /// Whether the CSMS has ever accepted the station.
    pub(super) accepted_once: bool,
    under_way: bool,
    /// Not before this moment.
    not_before: Option<Instant>,
    next_heartbeat: Option<Instant>,
}

impl Boot {
    pub(super) fn restore(records: &Records) -> Self {
        Self {
            registration: None,
            accepted_once: records.get(ACCEPTED_ONCE).unwrap_or(false),
            under_way: false,
            not_before: None,
            next_heartbeat: None,
        }
    }
}

impl ChargePoint {
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
        self.register_and_beat(core);
    }

    /// Registers or sends a heartbeat if it is time to.
    pub(super) fn register_and_beat(&mut self, core: &mut Context) {
        if !core.is_connected() || self.reset.is_some() {
            return;
        }
        let now = core.instant();
        if !self.accepted() {
            if !self.boot.under_way && self.boot.not_before.is_none_or(|at| at <= now) {
                self.send_boot(core);
            }
        } else if self.boot.next_heartbeat.is_some_and(|at| at <= now) {
            self.plan_heartbeat(core);
            self.call(core, &HeartbeatRequest::new(), Purpose::Heartbeat);
        }
    }

    pub(super) fn next_boot_timeout(&self, core: &Context) -> Option<Instant> {
        if !core.is_connected() || self.reset.is_some() {
            None
        } else if self.accepted() {
            self.boot.next_heartbeat
        } else if self.boot.under_way {
            None
        } else {
            self.boot.not_before
        }
    }

    pub(super) fn send_boot(&mut self, core: &mut Context) {
        let config = &core.config;
        let mut request = BootNotificationRequest::new(
            CiString::truncated(&config.vendor),
            CiString::truncated(&config.model),
        );
        let serial = config.serial_number.as_deref();
        request.charge_point_serial_number = serial.map(CiString::truncated);
        request.firmware_version = config.firmware_version.as_deref().map(CiString::truncated);
        request.iccid = config.iccid.as_deref().map(CiString::truncated);
        request.imsi = config.imsi.as_deref().map(CiString::truncated);
        request.meter_type = config.meter_type.as_deref().map(CiString::truncated);
        let meter = config.meter_serial_number.as_deref();
        request.meter_serial_number = meter.map(CiString::truncated);
        self.boot.under_way = self.call(core, &request, Purpose::Boot);
    }

    pub(super) fn boot_answered(&mut self, core: &mut Context, result: Result<&str, &CallFailure>) {
        self.boot.under_way = false;
        let now = core.instant();
        let retry = now + core.config.boot_retry;
        let text = match result {
            Ok(text) => text,
            Err(CallFailure::Disconnected) => {
                self.boot.not_before = None;
                return;
            }
            Err(_) => {
                self.boot.not_before = Some(retry);
                return;
            }
        };
        let Ok(response) = BootNotificationResponse::decode_lenient(text) else {
            self.boot.not_before = Some(retry);
            return;
        };
        let response = response.value;
        self.follow_clock(core, response.current_time);
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
            // An interval beyond the bounds of the key is not followed.
            let _ = core.set_variable(keys::HEARTBEAT_INTERVAL, &value);
        }
        self.plan_heartbeat(core);
        // All statuses are reported after the station was accepted (erratum 3.22).
        for slot in &mut self.slots {
            slot.reported = None;
        }
    }

    /// The next heartbeat comes an interval from now.
    pub(super) fn plan_heartbeat(&mut self, core: &Context) {
        let seconds = core.variables.u32(keys::HEARTBEAT_INTERVAL);
        let interval = Duration::from_secs(seconds.into());
        self.boot.next_heartbeat = (seconds > 0).then(|| core.instant() + interval);
    }

    pub(super) fn heartbeat_answered(
        &mut self,
        core: &mut Context,
        result: Result<&str, &CallFailure>,
    ) {
        if let Ok(text) = result
            && let Ok(response) = HeartbeatResponse::decode_lenient(text)
        {
            self.follow_clock(core, response.value.current_time);
        }
    }

    /// Registers anew without a restart.
    pub(super) fn register_anew(&mut self) {
        self.boot.registration = None;
        self.boot.not_before = None;
    }
}
