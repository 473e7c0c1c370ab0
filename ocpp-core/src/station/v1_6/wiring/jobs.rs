//! Firmware updates and uploads: when they go on, and what they hold up.

use ocpp_types::v1_6::{SignedUpdateFirmwareRequest, UpdateFirmwareRequest};

use super::ChargePoint;
use crate::session::CallToken;
use crate::station::context::Context;
use crate::station::input::JobEvent;
use crate::station::output::JobId;
use crate::station::v1_6::{firmware, upload};

impl ChargePoint {
    pub(super) fn update_firmware(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &UpdateFirmwareRequest,
    ) {
        let charging = self.transactions.any_busy();
        firmware::update(&mut self.firmware, core, call, request, charging);
        firmware::tell_news(&mut self.firmware, &mut self.events, core);
    }

    pub(super) fn signed_update_firmware(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &SignedUpdateFirmwareRequest,
    ) {
        let charging = self.transactions.any_busy();
        let (firmware, certificates) = (&mut self.firmware, &self.certificates);
        firmware::update_signed(firmware, certificates, core, call, request, charging);
        firmware::tell_news(&mut self.firmware, &mut self.events, core);
    }

    /// Whether nobody should begin to charge because of an update (WP:L01.FR.07, WP:L01.FR.19).
    pub(super) fn is_held_for_firmware(&self, core: &Context) -> bool {
        let charging = self.transactions.any_busy();
        self.firmware.holds_evses(core, charging, false)
    }

    /// Begins what is due.
    pub(super) fn continue_jobs(&mut self, core: &mut Context) {
        let charging = self.transactions.any_busy();
        let online = self.registration.online(core);
        self.upload.advance(core);
        self.firmware.advance(core, charging, online);
        firmware::tell_news(&mut self.firmware, &mut self.events, core);
    }

    /// News of a job.
    pub(super) fn job_news(&mut self, core: &mut Context, job: JobId, event: &JobEvent) {
        if self.upload.job_news(core, job, event) {
            upload::tell_news(&mut self.upload, core, false);
        } else {
            self.firmware.job_news(core, job, event);
            firmware::tell_news(&mut self.firmware, &mut self.events, core);
        }
    }
}
