//! The messages of 2.1.

#[path = "v2_common.rs"]
#[allow(clippy::duplicate_mod)] // Once with the types of each version.
mod common;

use alloc::string::ToString;

use ocpp_types::v2_1 as types;
use ocpp_types::{BoundedVec, DateTime};

use super::{Csms, Refusal};
use crate::frame::ErrorCode;
use types::{
    AnyRequest, AnyResponse, BatterySwapResponse, CertificateStatus, CertificateStatusEnum,
    ChargingProfileStatus, ClosePeriodicEventStreamResponse, GenericStatus,
    GetCertificateChainStatusRequest, GetCertificateChainStatusResponse, NotifyDerAlarmResponse,
    NotifyDerStartStopResponse, NotifyPriorityChargingResponse, NotifySettlementResponse,
    OpenPeriodicEventStreamResponse, PullDynamicScheduleUpdateResponse, ReportDerControlResponse,
    VatNumberValidationResponse,
};

pub(super) use common::called;

pub(super) fn handle(
    csms: &mut Csms,
    now: DateTime,
    station: &str,
    request: &AnyRequest,
) -> Result<AnyResponse, Refusal> {
    if let Some(response) = common::handle(csms, now, station, request) {
        return Ok(response);
    }
    Ok(match request {
        AnyRequest::BatterySwap(_) => AnyResponse::BatterySwap(BatterySwapResponse::new()),
        AnyRequest::ClosePeriodicEventStream(_) => {
            AnyResponse::ClosePeriodicEventStream(ClosePeriodicEventStreamResponse::new())
        }
        AnyRequest::GetCertificateChainStatus(request) => {
            AnyResponse::GetCertificateChainStatus(certificates_unknown(now, request)?)
        }
        AnyRequest::NotifyDerAlarm(_) => AnyResponse::NotifyDerAlarm(NotifyDerAlarmResponse::new()),
        AnyRequest::NotifyDerStartStop(_) => {
            AnyResponse::NotifyDerStartStop(NotifyDerStartStopResponse::new())
        }
        AnyRequest::NotifyPriorityCharging(_) => {
            AnyResponse::NotifyPriorityCharging(NotifyPriorityChargingResponse::new())
        }
        AnyRequest::NotifySettlement(_) => {
            AnyResponse::NotifySettlement(NotifySettlementResponse::new())
        }
        AnyRequest::OpenPeriodicEventStream(_) => {
            let response = OpenPeriodicEventStreamResponse::new(GenericStatus::Rejected);
            AnyResponse::OpenPeriodicEventStream(response)
        }
        AnyRequest::PullDynamicScheduleUpdate(_) => {
            let response = PullDynamicScheduleUpdateResponse::new(ChargingProfileStatus::Rejected);
            AnyResponse::PullDynamicScheduleUpdate(response)
        }
        AnyRequest::ReportDerControl(_) => {
            AnyResponse::ReportDerControl(ReportDerControlResponse::new())
        }
        AnyRequest::VatNumberValidation(request) => {
            let number = request.vat_number.clone();
            let response = VatNumberValidationResponse::new(number, GenericStatus::Rejected);
            AnyResponse::VatNumberValidation(response)
        }
        other => return Err(common::not_from_a_station(other)),
    })
}

/// Nobody is asked about certificates here.
fn certificates_unknown(
    now: DateTime,
    request: &GetCertificateChainStatusRequest,
) -> Result<GetCertificateChainStatusResponse, Refusal> {
    let asked = request.certificate_status_requests.iter();
    let statuses = asked.map(|asked| {
        let (hash, source) = (asked.certificate_hash_data.clone(), asked.source.clone());
        CertificateStatus::new(hash, source, CertificateStatusEnum::Failed, now)
    });
    BoundedVec::new(statuses.collect())
        .map(GetCertificateChainStatusResponse::new)
        .map_err(|error| Refusal::new(ErrorCode::InternalError, &error.to_string()))
}
