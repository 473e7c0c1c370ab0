//! Firmware updates: UpdateFirmware (1.6 sections 4.5 and 5.19) and its successor SignedUpdateFirmware (security
//! whitepaper, L01), with their statuses.

use alloc::string::ToString;

use ocpp_types::v1_6::{
    FirmwareStatus, FirmwareStatusNotificationRequest, SignedFirmwareStatus,
    SignedFirmwareStatusNotificationRequest, SignedUpdateFirmwareRequest,
    SignedUpdateFirmwareResponse, SignedUpdateFirmwareStatus, UpdateFirmwareRequest,
    UpdateFirmwareResponse,
};

use super::calls::{Calls, Purpose};
use super::events;
use crate::security::SecurityEventKind;
use crate::session::CallToken;
use crate::station::common::certificates::Certificates;
use crate::station::common::firmware::{
    Firmware, News, Signature, UpdateAnswer, UpdateNews, UpdateOrder, UpdateStatus,
};
use crate::station::common::retries::Retries;
use crate::station::common::security_events::SecurityEvents;
use crate::station::context::Context;

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

/// UpdateFirmware. What there is to tell is told afterwards.
pub(super) fn update(
    firmware: &mut Firmware,
    core: &mut Context,
    call: CallToken,
    request: &UpdateFirmwareRequest,
    charging: bool,
) {
    let order = UpdateOrder {
        location: request.location.as_str().to_string(),
        retrieve_at: request.retrieve_date,
        install_at: None,
        request_id: None,
        signed: None,
        retries: Retries::new(request.retries, request.retry_interval),
    };
    // What cannot be broken off goes on: the answer has no word for that.
    firmware.begin(core, order, charging);
    core.answer(call, &UpdateFirmwareResponse::new());
}

/// SignedUpdateFirmware: the certificate is checked before anything is downloaded (WP:L01.FR.23, WP:L01.FR.24).
pub(super) fn update_signed(
    firmware: &mut Firmware,
    certificates: &Certificates,
    core: &mut Context,
    call: CallToken,
    request: &SignedUpdateFirmwareRequest,
    charging: bool,
) {
    let ordered = &request.firmware;
    let certificate = ordered.signing_certificate.as_str();
    let checked = certificates.check_firmware_certificate(core, certificate);
    let (answer, error) = match checked {
        Ok(_) => {
            let order = UpdateOrder {
                location: ordered.location.to_string(),
                retrieve_at: ordered.retrieve_date_time,
                install_at: ordered.install_date_time,
                request_id: Some(request.request_id),
                signed: Some(Signature {
                    certificate: certificate.to_string(),
                    signature: ordered.signature.to_string(),
                }),
                retries: Retries::new(request.retries, request.retry_interval),
            };
            (firmware.begin(core, order, charging), None)
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
}

/// Passes on what there is to tell of an update.
pub(super) fn tell_news(firmware: &mut Firmware, events: &mut SecurityEvents, core: &mut Context) {
    while let Some(news) = firmware.poll(core) {
        match news {
            News::Status(news) => tell(core, news),
            News::SecurityEvent => events::notify(events, core),
        }
    }
}

/// Says how far the update is, because the CSMS asked.
pub(super) fn report(firmware: &Firmware, core: &mut Context, calls: &mut Calls) {
    let status = plain(firmware.status()).unwrap_or(FirmwareStatus::Idle);
    let request = FirmwareStatusNotificationRequest::new(status);
    calls.send(core, &request, Purpose::Nothing);
}

/// The same for a signed update: the status that was told last, or Idle after the successful end of one
/// (WP:L01.FR.28, WP:L01.FR.29).
pub(super) fn report_signed(firmware: &Firmware, core: &mut Context, calls: &mut Calls) {
    let last = firmware.last_status();
    let mut request = SignedFirmwareStatusNotificationRequest::new(signed(last.status));
    request.request_id = last.request_id;
    calls.send(core, &request, Purpose::Nothing);
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
