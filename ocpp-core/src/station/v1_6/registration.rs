//! The messages of registration and heartbeat (1.6 sections 4.2 and 4.6).

use core::time::Duration;

use ocpp_types::v1_6::{
    BootNotificationRequest, BootNotificationResponse, HeartbeatRequest, HeartbeatResponse,
    RegistrationStatus,
};
use ocpp_types::{CiString, Payload};

use super::calls::{Calls, Purpose};
use crate::station::context::Context;
use crate::station::registration::{BootAnswer, RegistrationMessages};
use crate::station::state::Registration;
use crate::time::DateTime;

impl RegistrationMessages for Calls {
    fn clock_tolerance(_core: &Context) -> Duration {
        Duration::from_secs(5)
    }

    fn send_boot(&mut self, core: &mut Context) -> bool {
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
        self.send(core, &request, Purpose::Boot)
    }

    fn send_heartbeat(&mut self, core: &mut Context) {
        self.send(core, &HeartbeatRequest::new(), Purpose::Heartbeat);
    }

    fn read_boot(text: &str) -> Option<BootAnswer> {
        let response = BootNotificationResponse::decode_lenient(text).ok()?.value;
        Some(BootAnswer {
            registration: match response.status {
                RegistrationStatus::Accepted => Registration::Accepted,
                RegistrationStatus::Pending => Registration::Pending,
                _ => Registration::Rejected,
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
