//! UpdateFirmware and FirmwareStatusNotification (L01, L02). Firmware of a local controller is not published (L03, L04).

use alloc::string::ToString;

use ocpp_types::v2_0_1::{
    BootReason, Firmware as WireFirmware, FirmwareStatus, FirmwareStatusNotificationRequest,
    UpdateFirmwareRequest, UpdateFirmwareResponse, UpdateFirmwareStatus,
};

use super::{ChargingStation, Purpose, info};
use crate::security::{CertificateError, SecurityEventKind};
use crate::session::CallToken;
use crate::station::common::firmware::{
    News, Signature, UpdateAnswer, UpdateNews, UpdateOrder, UpdateStatus,
};
use crate::station::common::retries::Retries;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::input::JobEvent;
use crate::station::output::JobId;
use crate::time::Instant;

const ACTION: &str = "FirmwareStatusNotification";

/// What the station says about an update at once.
enum Verdict {
    Answer(UpdateAnswer),
    /// The certificate is not valid, and why.
    BadCertificate(CertificateError),
    /// It is not signed.
    Unsigned,
}

impl ChargingStation {
    /// The certificate is checked before anything is downloaded (L01.FR.21, L01.FR.22, L01.FR.02); an update that is not
    /// signed is taken by stations that are configured to (L02). One under way is replaced (L01.FR.24, L02.FR.15), unless
    /// the hardware is being written (L01.FR.27, L02.FR.18).
    pub(super) fn update_firmware(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &UpdateFirmwareRequest,
    ) {
        let verdict = self.judge_update(core, request);
        let (answer, error, reason) = match verdict {
            Verdict::Answer(answer) => (answer, None, None),
            Verdict::BadCertificate(error) => (UpdateAnswer::to(&error), Some(error), None),
            Verdict::Unsigned => {
                let text = "signing certificate and signature";
                (
                    UpdateAnswer::Rejected,
                    None,
                    Some(info("MissingParam", text)),
                )
            }
        };
        let status = match answer {
            UpdateAnswer::Accepted => UpdateFirmwareStatus::Accepted,
            UpdateAnswer::AcceptedCanceled => UpdateFirmwareStatus::AcceptedCanceled,
            UpdateAnswer::Rejected => UpdateFirmwareStatus::Rejected,
            UpdateAnswer::InvalidCertificate => UpdateFirmwareStatus::InvalidCertificate,
            UpdateAnswer::RevokedCertificate => UpdateFirmwareStatus::RevokedCertificate,
        };
        let mut response = UpdateFirmwareResponse::new(status);
        response.status_info = reason;
        core.answer(call, &response);
        if let Some(error) = error {
            let kind = SecurityEventKind::InvalidFirmwareSigningCertificate;
            core.security_event(kind, Some(&error.to_string()));
        }
        self.tell_firmware_news(core);
    }

    fn judge_update(&mut self, core: &mut Context, request: &UpdateFirmwareRequest) -> Verdict {
        let firmware = &request.firmware;
        let signed = match signature(firmware) {
            Ok(signed) => signed,
            Err(()) => return Verdict::Unsigned,
        };
        match &signed {
            Some(signed) => {
                if let Err(error) = self.check_signer(core, &signed.certificate) {
                    return Verdict::BadCertificate(error);
                }
            }
            None if core.config.features.unsigned_firmware => {}
            None => return Verdict::Unsigned,
        }
        let order = UpdateOrder {
            location: firmware.location.to_string(),
            retrieve_at: firmware.retrieve_date_time,
            install_at: firmware.install_date_time,
            request_id: Some(request.request_id),
            signed,
            retries: Retries::new(request.retries, request.retry_interval),
        };
        let charging = self.is_charging();
        Verdict::Answer(self.firmware.begin(core, order, charging))
    }

    /// Whether a firmware may be signed with this certificate.
    fn check_signer(&self, core: &Context, pem: &str) -> Result<(), CertificateError> {
        let checked = self.certificates.check_firmware_certificate(core, pem);
        checked.map(|_| ())
    }

    /// Whether an update has to take account of a transaction. Without one nobody looks at the EVSEs.
    fn concerns_somebody(&self) -> bool {
        self.firmware.is_under_way() && self.is_charging()
    }

    /// Whether nobody may begin to charge because of an update (L01.FR.07, L02.FR.04).
    pub(super) fn is_held_for_firmware(&self, core: &Context) -> bool {
        let new_sessions = core.variables.bool(Standard::SessionsPendingUpdate);
        let charging = self.concerns_somebody();
        self.firmware.holds_evses(core, charging, new_sessions)
    }

    /// Begins what is due. That EVSEs become unavailable is told after the reason for it.
    pub(super) fn continue_firmware(&mut self, core: &mut Context) {
        let (charging, online) = (self.concerns_somebody(), self.online(core));
        self.firmware.advance(core, charging, online);
        self.tell_firmware_news(core);
        let told = !online || !core.queue.waits(ACTION);
        self.shown_held = self.is_held_for_firmware(core) && (self.shown_held || told);
    }

    pub(super) fn next_firmware_timeout(&self, core: &Context) -> Option<Instant> {
        self.firmware.next_timeout(core, self.concerns_somebody())
    }

    /// News of a job. After an installation without a restart the connection is made anew, as after one with it.
    pub(super) fn job_news(&mut self, core: &mut Context, job: JobId, event: &JobEvent) {
        if self.upload.job_news(core, job, event) {
            return self.tell_upload_news(core);
        }
        let was_writing = self.firmware.is_writing();
        self.firmware.job_news(core, job, event);
        self.tell_firmware_news(core);
        if was_writing && !self.firmware.is_writing() && *event == JobEvent::Done {
            core.reconnect();
        }
    }

    fn tell_firmware_news(&mut self, core: &mut Context) {
        while let Some(news) = self.firmware.poll(core) {
            match news {
                News::Status(news) => {
                    core.enqueue_request(&status(news), None, false);
                    match news.status {
                        // The restart, if there is one, has this reason.
                        UpdateStatus::Installing => {
                            Self::note_boot_reason(core, &BootReason::FirmwareUpdate);
                        }
                        UpdateStatus::Installed
                        | UpdateStatus::InstallationFailed
                        | UpdateStatus::InstallVerificationFailed => Self::forget_boot_reason(core),
                        _ => {}
                    }
                }
                News::SecurityEvent => self.notify_security_events(core),
            }
        }
    }

    /// Says how far the update is, because the CSMS asked (L01.FR.25, L01.FR.26, L02.FR.16, L02.FR.17).
    pub(super) fn report_firmware(&mut self, core: &mut Context) {
        let request = status(self.firmware.last_status());
        self.call(core, &request, Purpose::Nothing);
    }
}

/// What the firmware is signed with, if it is; one without the other is nothing.
fn signature(firmware: &WireFirmware) -> Result<Option<Signature>, ()> {
    match (&firmware.signing_certificate, &firmware.signature) {
        (Some(certificate), Some(signature)) => Ok(Some(Signature {
            certificate: certificate.to_string(),
            signature: signature.to_string(),
        })),
        (None, None) => Ok(None),
        _ => Err(()),
    }
}

/// A new status of an update (L01.FR.01, L02.FR.01), with its request id (L01.FR.10, L01.FR.20, L02.FR.06, L02.FR.14).
fn status(news: UpdateNews) -> FirmwareStatusNotificationRequest {
    let status = match news.status {
        UpdateStatus::Idle => FirmwareStatus::Idle,
        UpdateStatus::DownloadScheduled => FirmwareStatus::DownloadScheduled,
        UpdateStatus::Downloading => FirmwareStatus::Downloading,
        UpdateStatus::DownloadPaused => FirmwareStatus::DownloadPaused,
        UpdateStatus::Downloaded => FirmwareStatus::Downloaded,
        UpdateStatus::DownloadFailed => FirmwareStatus::DownloadFailed,
        UpdateStatus::SignatureVerified => FirmwareStatus::SignatureVerified,
        UpdateStatus::InvalidSignature => FirmwareStatus::InvalidSignature,
        UpdateStatus::InstallScheduled => FirmwareStatus::InstallScheduled,
        UpdateStatus::InstallRebooting => FirmwareStatus::InstallRebooting,
        UpdateStatus::Installing => FirmwareStatus::Installing,
        UpdateStatus::Installed => FirmwareStatus::Installed,
        UpdateStatus::InstallationFailed => FirmwareStatus::InstallationFailed,
        UpdateStatus::InstallVerificationFailed => FirmwareStatus::InstallVerificationFailed,
    };
    let mut request = FirmwareStatusNotificationRequest::new(status);
    request.request_id = news.request_id;
    request
}
