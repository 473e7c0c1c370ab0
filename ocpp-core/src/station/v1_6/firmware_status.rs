//! How far a firmware update is, in the words of 1.6 and of the whitepaper.

use ocpp_types::v1_6::{
    FirmwareStatus, FirmwareStatusNotificationRequest, SignedFirmwareStatus,
    SignedFirmwareStatusNotificationRequest,
};
use serde::{Deserialize, Serialize};

use super::{ChargePoint, Purpose};
use crate::station::context::Context;
use crate::station::record::Records;

const RECORD: &str = "firmware-status";

/// What there is to say about an update (whitepaper 6.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Progress {
    Idle,
    DownloadScheduled,
    Downloading,
    DownloadPaused,
    Downloaded,
    DownloadFailed,
    SignatureVerified,
    InvalidSignature,
    InstallScheduled,
    InstallRebooting,
    Installing,
    Installed,
    InstallationFailed,
    InstallVerificationFailed,
}

impl Progress {
    /// `None` for what only the whitepaper has a word for.
    const fn plain(self) -> Option<FirmwareStatus> {
        Some(match self {
            Self::Idle => FirmwareStatus::Idle,
            Self::Downloading => FirmwareStatus::Downloading,
            Self::Downloaded => FirmwareStatus::Downloaded,
            Self::DownloadFailed => FirmwareStatus::DownloadFailed,
            Self::Installing => FirmwareStatus::Installing,
            Self::Installed => FirmwareStatus::Installed,
            Self::InstallationFailed | Self::InstallVerificationFailed => {
                FirmwareStatus::InstallationFailed
            }
            _ => return None,
        })
    }

    const fn signed(self) -> SignedFirmwareStatus {
        match self {
            Self::Idle => SignedFirmwareStatus::Idle,
            Self::DownloadScheduled => SignedFirmwareStatus::DownloadScheduled,
            Self::Downloading => SignedFirmwareStatus::Downloading,
            Self::DownloadPaused => SignedFirmwareStatus::DownloadPaused,
            Self::Downloaded => SignedFirmwareStatus::Downloaded,
            Self::DownloadFailed => SignedFirmwareStatus::DownloadFailed,
            Self::SignatureVerified => SignedFirmwareStatus::SignatureVerified,
            Self::InvalidSignature => SignedFirmwareStatus::InvalidSignature,
            Self::InstallScheduled => SignedFirmwareStatus::InstallScheduled,
            Self::InstallRebooting => SignedFirmwareStatus::InstallRebooting,
            Self::Installing => SignedFirmwareStatus::Installing,
            Self::Installed => SignedFirmwareStatus::Installed,
            Self::InstallationFailed => SignedFirmwareStatus::InstallationFailed,
            Self::InstallVerificationFailed => SignedFirmwareStatus::InstallVerificationFailed,
        }
    }
}

/// The last status of a signed update that the CSMS was told (WP:L01.FR.28, WP:L01.FR.29).
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Told {
    progress: Progress,
    request_id: i64,
}

impl Told {
    pub(super) fn restore(records: &Records) -> Option<Self> {
        records.get(RECORD)
    }
}

impl ChargePoint {
    /// Says how far an update is (WP:L01.FR.01): a signed one, if it has a request id (WP:L01.FR.10).
    pub(super) fn tell_progress(
        &mut self,
        core: &mut Context,
        progress: Progress,
        request_id: Option<i64>,
    ) {
        if let Some(request_id) = request_id {
            let mut request = SignedFirmwareStatusNotificationRequest::new(progress.signed());
            request.request_id = Some(request_id);
            let told = Told {
                progress,
                request_id,
            };
            core.store(RECORD, &told);
            self.firmware.told = Some(told);
            core.enqueue_request(&request, None, false);
        } else if let Some(status) = progress.plain() {
            let request = FirmwareStatusNotificationRequest::new(status);
            core.enqueue_request(&request, None, false);
        }
    }

    /// Says how far the update is, because the CSMS asked.
    pub(super) fn report_firmware(&mut self, core: &mut Context) {
        let progress = self.firmware.progress().plain();
        let status = progress.unwrap_or(FirmwareStatus::Idle);
        let request = FirmwareStatusNotificationRequest::new(status);
        self.call(core, &request, Purpose::Nothing);
    }

    /// The same for a signed update: the status that was told last, or Idle after the successful end of one.
    pub(super) fn report_signed_firmware(&mut self, core: &mut Context) {
        let told = self.firmware.told;
        let told = told.filter(|told| told.progress != Progress::Installed);
        let progress = told.map_or(Progress::Idle, |told| told.progress);
        let mut request = SignedFirmwareStatusNotificationRequest::new(progress.signed());
        request.request_id = told.map(|told| told.request_id);
        self.call(core, &request, Purpose::Nothing);
    }
}
