//! Firmware updates: UpdateFirmware (1.6 sections 4.5 and 5.19) and its successor SignedUpdateFirmware (security
//! whitepaper, L01), with their statuses.

use alloc::string::ToString;

use ocpp_types::v1_6::{
    FirmwareStatus, FirmwareStatusNotificationRequest, SignedFirmwareStatus,
    SignedFirmwareStatusNotificationRequest, SignedUpdateFirmwareRequest,
    SignedUpdateFirmwareResponse, SignedUpdateFirmwareStatus, UpdateFirmwareRequest,
    UpdateFirmwareResponse,
};

use super::{ChargePoint, Purpose};
use crate::security::SecurityEventKind;
use crate::session::CallToken;
use crate::station::common::firmware::{
    News, Signature, UpdateAnswer, UpdateNews, UpdateOrder, UpdateStatus,
};
use crate::station::common::retries::Retries;
use crate::station::context::Context;
use crate::station::input::JobEvent;
use crate::station::output::JobId;

/// `None` for what only the whitepaper has a word for.
const fn plain(status: UpdateStatus) -> Option<FirmwareStatus> {
    Some(match status {
        UpdateStatus::Idle => FirmwareStatus::Idle,
        UpdateStatus::Downloading => FirmwareStatus::Downloading,
        UpdateStatus::Downloaded => FirmwareStatus::Downloaded,
        UpdateStatus::DownloadFailed => FirmwareStatus::DownloadFailed,
        UpdateStatus::Installing => FirmwareStatus::Installing,
        UpdateStatus::Installed => FirmwareStatus::Installed,
        UpdateStatus::InstallationFailed | UpdateStatus::InstallVerificationFailed => {
            FirmwareStatus::InstallationFailed
        }
        _ => return None,
    })
}

/// Whitepaper 6.8.
const fn signed(status: UpdateStatus) -> SignedFirmwareStatus {
    match status {
        UpdateStatus::Idle => SignedFirmwareStatus::Idle,
        UpdateStatus::DownloadScheduled => SignedFirmwareStatus::DownloadScheduled,
        UpdateStatus::Downloading => SignedFirmwareStatus::Downloading,
        UpdateStatus::DownloadPaused => SignedFirmwareStatus::DownloadPaused,
        UpdateStatus::Downloaded => SignedFirmwareStatus::Downloaded,
        UpdateStatus::DownloadFailed => SignedFirmwareStatus::DownloadFailed,
        UpdateStatus::SignatureVerified => SignedFirmwareStatus::SignatureVerified,
        UpdateStatus::InvalidSignature => SignedFirmwareStatus::InvalidSignature,
        UpdateStatus::InstallScheduled => SignedFirmwareStatus::InstallScheduled,
        UpdateStatus::InstallRebooting => SignedFirmwareStatus::InstallRebooting,
        UpdateStatus::Installing => SignedFirmwareStatus::Installing,
        UpdateStatus::Installed => SignedFirmwareStatus::Installed,
        UpdateStatus::InstallationFailed => SignedFirmwareStatus::InstallationFailed,
        UpdateStatus::InstallVerificationFailed => SignedFirmwareStatus::InstallVerificationFailed,
    }
}

impl ChargePoint {
    pub(super) fn update_firmware(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &UpdateFirmwareRequest,
    ) {
        let order = UpdateOrder {
            location: request.location.as_str().to_string(),
            retrieve_at: request.retrieve_date,
            install_at: None,
            request_id: None,
            signed: None,
            retries: Retries::new(request.retries, request.retry_interval),
        };
        let charging = self.is_charging();
        // What cannot be broken off goes on: the answer has no word for that.
        self.firmware.begin(core, order, charging);
        core.answer(call, &UpdateFirmwareResponse::new());
        self.tell_firmware_news(core);
    }

    /// SignedUpdateFirmware: the certificate is checked before anything is downloaded (WP:L01.FR.23, WP:L01.FR.24).
    pub(super) fn signed_update_firmware(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &SignedUpdateFirmwareRequest,
    ) {
        let firmware = &request.firmware;
        let certificate = firmware.signing_certificate.as_str();
        let checked = self
            .certificates
            .check_firmware_certificate(core, certificate);
        let (answer, error) = match checked {
            Ok(_) => {
                let order = UpdateOrder {
                    location: firmware.location.to_string(),
                    retrieve_at: firmware.retrieve_date_time,
                    install_at: firmware.install_date_time,
                    request_id: Some(request.request_id),
                    signed: Some(Signature {
                        certificate: certificate.to_string(),
                        signature: firmware.signature.to_string(),
                    }),
                    retries: Retries::new(request.retries, request.retry_interval),
                };
                let charging = self.is_charging();
                (self.firmware.begin(core, order, charging), None)
            }
            Err(error) => (UpdateAnswer::to(&error), Some(error)),
        };
        let status = match answer {
            UpdateAnswer::Accepted => SignedUpdateFirmwareStatus::Accepted,
            UpdateAnswer::AcceptedCanceled => SignedUpdateFirmwareStatus::AcceptedCanceled,
            UpdateAnswer::Rejected => SignedUpdateFirmwareStatus::Rejected,
            UpdateAnswer::InvalidCertificate => SignedUpdateFirmwareStatus::InvalidCertificate,
            UpdateAnswer::RevokedCertificate => SignedUpdateFirmwareStatus::RevokedCertificate,
        };
        core.answer(call, &SignedUpdateFirmwareResponse::new(status));
        if let Some(error) = error {
            let kind = SecurityEventKind::InvalidFirmwareSigningCertificate;
            core.security_event(kind, Some(&error.to_string()));
        }
        self.tell_firmware_news(core);
    }

    fn is_charging(&self) -> bool {
        self.slots.iter().any(|slot| slot.transaction.is_some())
    }

    /// Whether nobody should begin to charge because of an update (WP:L01.FR.07, WP:L01.FR.19).
    pub(super) fn is_held_for_firmware(&self, core: &Context) -> bool {
        let charging = self.is_charging();
        self.firmware.holds_evses(core, charging, false)
    }

    /// Begins what is due.
    pub(super) fn continue_firmware(&mut self, core: &mut Context) {
        let (charging, online) = (self.is_charging(), self.online(core));
        self.upload.advance(core);
        self.firmware.advance(core, charging, online);
        self.tell_firmware_news(core);
    }

    pub(super) fn next_firmware_timeout(&self, core: &Context) -> Option<crate::time::Instant> {
        self.firmware.next_timeout(core, self.is_charging())
    }

    /// News of a job.
    pub(super) fn job_news(&mut self, core: &mut Context, job: JobId, event: &JobEvent) {
        if self.upload.job_news(core, job, event) {
            self.tell_upload_news(core, false);
        } else {
            self.firmware.job_news(core, job, event);
            self.tell_firmware_news(core);
        }
    }

    fn tell_firmware_news(&mut self, core: &mut Context) {
        while let Some(news) = self.firmware.poll(core) {
            match news {
                News::Status(news) => tell(core, news),
                News::SecurityEvent => self.notify_security_events(core),
            }
        }
    }

    /// Says how far the update is, because the CSMS asked.
    pub(super) fn report_firmware(&mut self, core: &mut Context) {
        let status = plain(self.firmware.status()).unwrap_or(FirmwareStatus::Idle);
        let request = FirmwareStatusNotificationRequest::new(status);
        self.call(core, &request, Purpose::Nothing);
    }

    /// The same for a signed update: the status that was told last, or Idle after the successful end of one
    /// (WP:L01.FR.28, WP:L01.FR.29).
    pub(super) fn report_signed_firmware(&mut self, core: &mut Context) {
        let last = self.firmware.last_status();
        let mut request = SignedFirmwareStatusNotificationRequest::new(signed(last.status));
        request.request_id = last.request_id;
        self.call(core, &request, Purpose::Nothing);
    }
}

/// Says how far an update is (WP:L01.FR.01): a signed one, if it has a request id (WP:L01.FR.10).
fn tell(core: &mut Context, news: UpdateNews) {
    if news.request_id.is_some() {
        let mut request = SignedFirmwareStatusNotificationRequest::new(signed(news.status));
        request.request_id = news.request_id;
        core.enqueue_request(&request, None, false);
    } else if let Some(status) = plain(news.status) {
        let request = FirmwareStatusNotificationRequest::new(status);
        core.enqueue_request(&request, None, false);
    }
}
