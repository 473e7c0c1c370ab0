//! UpdateFirmware and FirmwareStatusNotification (L01, L02). Firmware of a local controller is not published (L03, L04).

use alloc::string::ToString;

use super::calls::{Calls, Purpose};
use super::wire::{
    BootReason, Firmware as WireFirmware, FirmwareStatus, FirmwareStatusNotificationRequest,
    UpdateFirmwareRequest, UpdateFirmwareResponse, UpdateFirmwareStatus,
};
use super::{events, info, registration};
use crate::security::{CertificateError, SecurityEventKind};
use crate::session::CallToken;
use crate::station::common::certificates::Certificates;
use crate::station::common::firmware::{
    Firmware, News, Signature, UpdateAnswer, UpdateNews, UpdateOrder, UpdateStatus,
};
use crate::station::common::retries::Retries;
use crate::station::common::security_events::SecurityEvents;
use crate::station::context::Context;
use crate::station::input::JobEvent;
use crate::station::output::JobId;

const ACTION: &str = "FirmwareStatusNotification";

/// What the station says about an update at once.
enum Verdict {
    Answer(UpdateAnswer),
    /// The certificate is not valid, and why.
    BadCertificate(CertificateError),
    /// It is not signed.
    Unsigned,
}

/// The certificate is checked before anything is downloaded (L01.FR.21, L01.FR.22, L01.FR.02); an update that is not
/// signed is taken by stations that are configured to (L02). One under way is replaced (L01.FR.24, L02.FR.15), unless
/// the hardware is being written (L01.FR.27, L02.FR.18).
pub(super) fn update(
    firmware: &mut Firmware,
    certificates: &Certificates,
    events: &mut SecurityEvents,
    core: &mut Context,
    call: CallToken,
    request: &UpdateFirmwareRequest,
    charging: bool,
) {
    let verdict = judge(firmware, certificates, core, request, charging);
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
    tell_news(firmware, events, core);
}

fn judge(
    firmware: &mut Firmware,
    certificates: &Certificates,
    core: &mut Context,
    request: &UpdateFirmwareRequest,
    charging: bool,
) -> Verdict {
    let wanted = &request.firmware;
    let signed = match signature(wanted) {
        Ok(signed) => signed,
        Err(()) => return Verdict::Unsigned,
    };
    match &signed {
        Some(signed) => {
            if let Err(error) = certificates.check_firmware_certificate(core, &signed.certificate) {
                return Verdict::BadCertificate(error);
            }
        }
        None if core.config.features.unsigned_firmware => {}
        None => return Verdict::Unsigned,
    }
    let order = UpdateOrder {
        location: wanted.location.to_string(),
        retrieve_at: wanted.retrieve_date_time,
        install_at: wanted.install_date_time,
        request_id: Some(request.request_id),
        signed,
        retries: Retries::new(request.retries, request.retry_interval),
    };
    Verdict::Answer(firmware.begin(core, order, charging))
}

/// Begins what is due. Returns whether nothing waits to be told.
pub(super) fn advance(
    firmware: &mut Firmware,
    events: &mut SecurityEvents,
    core: &mut Context,
    charging: bool,
    online: bool,
) -> bool {
    firmware.advance(core, charging, online);
    tell_news(firmware, events, core);
    !online || !core.queue.waits(ACTION)
}

/// News of a job. After an installation without a restart the connection is made anew, as after one with it.
pub(super) fn job_news(
    firmware: &mut Firmware,
    events: &mut SecurityEvents,
    core: &mut Context,
    job: JobId,
    event: &JobEvent,
) {
    let was_writing = firmware.is_writing();
    firmware.job_news(core, job, event);
    tell_news(firmware, events, core);
    if was_writing && !firmware.is_writing() && *event == JobEvent::Done {
        core.reconnect();
    }
}

fn tell_news(firmware: &mut Firmware, events: &mut SecurityEvents, core: &mut Context) {
    while let Some(news) = firmware.poll(core) {
        match news {
            News::Status(news) => {
                core.enqueue_request(&status(news), None, false);
                match news.status {
                    // The restart, if there is one, has this reason.
                    UpdateStatus::Installing => {
                        registration::note_boot_reason(core, &BootReason::FirmwareUpdate);
                    }
                    UpdateStatus::Installed
                    | UpdateStatus::InstallationFailed
                    | UpdateStatus::InstallVerificationFailed => {
                        registration::forget_boot_reason(core);
                    }
                    _ => {}
                }
            }
            News::SecurityEvent => events::notify(events, core),
        }
    }
}

/// Says how far the update is, because the CSMS asked (L01.FR.25, L01.FR.26, L02.FR.16, L02.FR.17).
pub(super) fn report(firmware: &Firmware, calls: &mut Calls, core: &mut Context) {
    let request = status(firmware.last_status());
    calls.send(core, &request, Purpose::Nothing);
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
