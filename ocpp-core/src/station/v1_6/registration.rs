//! Boot notification and heartbeat (1.6 sections 4.2 and 4.6): which messages may pass, and the clock.

use ocpp_types::v1_6::{
    BootNotificationRequest, BootNotificationResponse, HeartbeatRequest, HeartbeatResponse,
    RegistrationStatus,
};
use ocpp_types::{CiString, Payload};

use super::events::CLOCK_TOLERANCE;
use super::{ChargePoint, Purpose};
use crate::session::CallFailure;
use crate::station::context::Context;
use crate::station::registration::Due;
use crate::station::state::Registration;
use crate::time::Instant;

impl ChargePoint {
    /// Whether the station may send what it wants.
    pub(super) fn accepted(&self) -> bool {
        self.boot.accepted()
    }

    /// Whether messages of the station's own accord reach the CSMS.
    pub(super) fn online(&self, core: &Context) -> bool {
        self.accepted() && core.is_connected()
    }

    pub(super) fn boot_connected(&mut self, core: &mut Context) {
        self.boot.connected();
        self.register_and_beat(core);
    }

    /// Registers or sends a heartbeat if it is time to.
    pub(super) fn register_and_beat(&mut self, core: &mut Context) {
        if !core.is_connected() || self.reset.is_some() {
            return;
        }
        match self.boot.due(core.instant()) {
            Some(Due::Boot) => self.send_boot(core),
            Some(Due::Heartbeat) => {
                self.boot.plan_heartbeat(core);
                self.call(core, &HeartbeatRequest::new(), Purpose::Heartbeat);
            }
            None => {}
        }
    }

    pub(super) fn next_boot_timeout(&self, core: &Context) -> Option<Instant> {
        let waits = core.is_connected() && self.reset.is_none();
        waits.then(|| self.boot.next_timeout()).flatten()
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
        let response = result.ok().map(BootNotificationResponse::decode_lenient);
        let Some(Ok(response)) = response else {
            return self.boot.failed(core, result.err());
        };
        let response = response.value;
        core.follow_clock(response.current_time, CLOCK_TOLERANCE);
        let registration = match response.status {
            RegistrationStatus::Accepted => Registration::Accepted,
            RegistrationStatus::Pending => Registration::Pending,
            _ => Registration::Rejected,
        };
        if !self.boot.answered(core, registration, response.interval) {
            return;
        }
        // All statuses are reported after the station was accepted (erratum 3.22).
        for slot in &mut self.slots {
            slot.reported = None;
        }
    }

    pub(super) fn heartbeat_answered(
        &mut self,
        core: &mut Context,
        result: Result<&str, &CallFailure>,
    ) {
        if let Ok(text) = result
            && let Ok(response) = HeartbeatResponse::decode_lenient(text)
        {
            core.follow_clock(response.value.current_time, CLOCK_TOLERANCE);
        }
    }
}
