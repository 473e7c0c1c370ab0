//! The messages of 1.6.

use alloc::string::{String, ToString};

use ocpp_types::v1_6::{
    AnyRequest, AnyResponse, AuthorizeResponse, BootNotificationRequest, BootNotificationResponse,
    CancelReservationStatus, ConfigurationStatus, DataTransferResponse, DataTransferStatus,
    DiagnosticsStatusNotificationResponse, ExtendedTriggerMessageStatus,
    FirmwareStatusNotificationResponse, GenericStatus, HeartbeatResponse, IdTagInfo,
    IdTagInfoStatus, LogStatusNotificationResponse, Measurand, MeterValue, MeterValuesResponse,
    Protocol, RegistrationStatus, SecurityEventNotificationResponse, SignCertificateResponse,
    SignedFirmwareStatusNotificationResponse, StartTransactionRequest, StartTransactionResponse,
    StatusNotificationRequest, StatusNotificationResponse, StopTransactionRequest,
    StopTransactionResponse, TriggerMessageStatus, UnitOfMeasure,
};
use ocpp_types::{CiString, DateTime, Decimal, Number, Protocol as _};

use super::transactions::Start;
use super::{
    Authorization, BootInfo, Connector, Csms, Refusal, Registration, Reservation,
    ReservationStatus, TokenStatus,
};
use crate::frame::ErrorCode;

pub(super) fn handle(
    csms: &mut Csms,
    now: DateTime,
    station: &str,
    request: &AnyRequest,
) -> Result<AnyResponse, Refusal> {
    Ok(match request {
        AnyRequest::Authorize(request) => {
            let authorization = csms.authorize(now, &request.id_tag);
            AnyResponse::Authorize(AuthorizeResponse::new(id_tag_info(&authorization)))
        }
        AnyRequest::BootNotification(request) => {
            let (registration, interval) = csms.booted(station, boot_info(request));
            let status = match registration {
                Registration::Accepted => RegistrationStatus::Accepted,
                Registration::Pending => RegistrationStatus::Pending,
                Registration::Rejected => RegistrationStatus::Rejected,
            };
            AnyResponse::BootNotification(BootNotificationResponse::new(status, now, interval))
        }
        AnyRequest::DataTransfer(_) => {
            let status = DataTransferStatus::UnknownVendorId;
            AnyResponse::DataTransfer(DataTransferResponse::new(status))
        }
        AnyRequest::DiagnosticsStatusNotification(request) => {
            csms.note_report(
                station,
                "DiagnosticsStatusNotification",
                request.status.as_str(),
            );
            AnyResponse::DiagnosticsStatusNotification(DiagnosticsStatusNotificationResponse::new())
        }
        AnyRequest::FirmwareStatusNotification(request) => {
            csms.note_report(
                station,
                "FirmwareStatusNotification",
                request.status.as_str(),
            );
            AnyResponse::FirmwareStatusNotification(FirmwareStatusNotificationResponse::new())
        }
        AnyRequest::Heartbeat(_) => AnyResponse::Heartbeat(HeartbeatResponse::new(now)),
        AnyRequest::LogStatusNotification(request) => {
            csms.note_report(station, "LogStatusNotification", request.status.as_str());
            AnyResponse::LogStatusNotification(LogStatusNotificationResponse::new())
        }
        AnyRequest::MeterValues(request) => {
            if let (Some(id), Some(meter)) =
                (request.transaction_id, energy_wh(&request.meter_value))
            {
                csms.metered(station, id, meter);
            }
            AnyResponse::MeterValues(MeterValuesResponse::new())
        }
        AnyRequest::SecurityEventNotification(_) => {
            AnyResponse::SecurityEventNotification(SecurityEventNotificationResponse::new())
        }
        AnyRequest::SignCertificate(_) => {
            AnyResponse::SignCertificate(SignCertificateResponse::new(GenericStatus::Rejected))
        }
        AnyRequest::SignedFirmwareStatusNotification(request) => {
            csms.note_report(
                station,
                "SignedFirmwareStatusNotification",
                request.status.as_str(),
            );
            let response = SignedFirmwareStatusNotificationResponse::new();
            AnyResponse::SignedFirmwareStatusNotification(response)
        }
        AnyRequest::StartTransaction(request) => start(csms, now, station, request),
        AnyRequest::StatusNotification(request) => {
            csms.note_connector(station, connector(now, request));
            AnyResponse::StatusNotification(StatusNotificationResponse::new())
        }
        AnyRequest::StopTransaction(request) => stop(csms, now, station, request),
        other => {
            let action = Protocol::info(Protocol::action_of(other)).name;
            let description = alloc::format!("a station does not send {action}");
            return Err(Refusal::new(ErrorCode::NotSupported, &description));
        }
    })
}

fn start(
    csms: &mut Csms,
    now: DateTime,
    station: &str,
    request: &StartTransactionRequest,
) -> AnyResponse {
    let start = Start {
        station,
        connector: request.connector_id,
        id_token: &request.id_tag,
        at: request.timestamp,
        meter: request.meter_start.into(),
        reservation: request.reservation_id,
    };
    let (id, authorization) = csms.start(now, &start);
    let response = StartTransactionResponse::new(id_tag_info(&authorization), id);
    AnyResponse::StartTransaction(response)
}

fn stop(
    csms: &mut Csms,
    now: DateTime,
    station: &str,
    request: &StopTransactionRequest,
) -> AnyResponse {
    // Absent means that it was stopped at the station (1.6 section 6.49).
    let reason = request
        .reason
        .as_ref()
        .map_or("Local", |reason| reason.as_str());
    let meter = request.meter_stop.into();
    csms.stop(
        station,
        request.transaction_id,
        request.timestamp,
        meter,
        reason,
    );
    let mut response = StopTransactionResponse::new();
    let id_tag = request.id_tag.as_ref();
    response.id_tag_info = id_tag.map(|id_tag| id_tag_info(&csms.authorize(now, id_tag)));
    AnyResponse::StopTransaction(response)
}

fn id_tag_info(authorization: &Authorization) -> IdTagInfo {
    let mut info = IdTagInfo::new(match authorization.status {
        TokenStatus::Accepted => IdTagInfoStatus::Accepted,
        TokenStatus::Blocked | TokenStatus::NoCredit => IdTagInfoStatus::Blocked,
        TokenStatus::ConcurrentTx => IdTagInfoStatus::ConcurrentTx,
        TokenStatus::Expired => IdTagInfoStatus::Expired,
        TokenStatus::Invalid
        | TokenStatus::NotAllowedTypeEvse
        | TokenStatus::NotAtThisLocation
        | TokenStatus::NotAtThisTime
        | TokenStatus::Unknown => IdTagInfoStatus::Invalid,
    });
    info.expiry_date = authorization.expiry_date;
    let parent = authorization.parent_id_tag.as_deref();
    info.parent_id_tag = parent.and_then(|parent| CiString::new(parent).ok());
    info
}

fn boot_info(request: &BootNotificationRequest) -> BootInfo {
    let serial = request.charge_point_serial_number.as_ref();
    let serial = serial.or(request.charge_box_serial_number.as_ref());
    BootInfo {
        vendor: request.charge_point_vendor.to_string(),
        model: request.charge_point_model.to_string(),
        serial_number: serial.map(ToString::to_string),
        firmware_version: request.firmware_version.as_ref().map(ToString::to_string),
        reason: None,
    }
}

fn connector(now: DateTime, request: &StatusNotificationRequest) -> Connector {
    Connector {
        evse: request.connector_id,
        connector: 1,
        status: request.status.to_string(),
        error_code: Some(request.error_code.to_string()),
        since: request.timestamp.unwrap_or(now),
    }
}

/// The last reading of the energy register of the whole connector in Wh.
fn energy_wh(values: &[MeterValue]) -> Option<Decimal> {
    let samples = values.iter().flat_map(|value| value.sampled_value.iter());
    let readings = samples.filter(|sample| {
        sample.phase.is_none()
            && matches!(
                sample.measurand,
                None | Some(Measurand::EnergyActiveImportRegister)
            )
    });
    let mut in_wh = readings.filter_map(|sample| {
        let value = sample.value.parse::<Number>().ok()?.to_decimal().ok()?;
        match sample.unit {
            None | Some(UnitOfMeasure::Wh) => Some(value),
            Some(UnitOfMeasure::Kwh) => Some(value.checked_mul(1000.into())?.into()),
            _ => None,
        }
    });
    in_wh.next_back()
}

/// Learns from the response to a call of the operator.
pub(super) fn called(csms: &mut Csms, station: &str, request: &AnyRequest, response: &AnyResponse) {
    match (request, response) {
        (AnyRequest::ReserveNow(request), AnyResponse::ReserveNow(response)) => {
            use ocpp_types::v1_6::ReservationStatus as Answer;
            let status = match response.status {
                Answer::Accepted => ReservationStatus::Accepted,
                Answer::Faulted => ReservationStatus::Faulted,
                Answer::Occupied => ReservationStatus::Occupied,
                Answer::Unavailable => ReservationStatus::Unavailable,
                _ => ReservationStatus::Rejected,
            };
            csms.note_reservation(Reservation {
                id: request.reservation_id,
                station: station.into(),
                id_token: request.id_tag.to_string(),
                status,
                expiry_date: request.expiry_date,
            });
        }
        (AnyRequest::CancelReservation(request), AnyResponse::CancelReservation(response))
            if response.status == CancelReservationStatus::Accepted =>
        {
            let status = ReservationStatus::Cancelled;
            csms.end_reservation(station, request.reservation_id, status);
        }
        (AnyRequest::TriggerMessage(request), AnyResponse::TriggerMessage(response))
            if response.status == TriggerMessageStatus::Accepted =>
        {
            note_trigger(csms, station, request.requested_message.as_str());
        }
        (
            AnyRequest::ExtendedTriggerMessage(request),
            AnyResponse::ExtendedTriggerMessage(response),
        ) if response.status == ExtendedTriggerMessageStatus::Accepted => {
            note_trigger(csms, station, request.requested_message.as_str());
        }
        (AnyRequest::ChangeConfiguration(request), AnyResponse::ChangeConfiguration(response))
            if request.key == "AuthorizationKey"
                && matches!(
                    response.status,
                    ConfigurationStatus::Accepted | ConfigurationStatus::RebootRequired
                ) =>
        {
            let password: String = request.value.to_string();
            csms.note_password(station, &password);
        }
        _ => {}
    }
}

/// The message that is triggered, which is an action but for one.
fn note_trigger(csms: &mut Csms, station: &str, message: &str) {
    let action = match message {
        "SignChargePointCertificate" => "SignCertificate",
        message => message,
    };
    if let Some(action) = Protocol::action(action) {
        csms.note_trigger(station, Protocol::info(action).name);
    }
}
