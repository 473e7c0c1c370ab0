//! The messages that 2.0.1 and 2.1 have in common. This file is compiled once with the types of each, which differ in
//! bounds and in what is an enumeration: hence the conversions that only one of the two needs.
#![allow(clippy::useless_conversion)]

use alloc::string::ToString;

use super::types::{
    AnyRequest, AnyResponse, AuthorizeResponse, BootNotificationRequest, BootNotificationResponse,
    CancelReservationStatus, ClearedChargingLimitResponse, DataTransferResponse,
    DataTransferStatus, FirmwareStatusNotificationResponse, GenericDeviceModelStatus,
    GenericStatus, Get15118EvCertificateResponse, GetCertificateStatus,
    GetCertificateStatusResponse, HeartbeatResponse, IdToken, IdTokenInfo,
    Iso15118EvCertificateStatus, LogStatusNotificationResponse, Measurand, MeterValue,
    MeterValuesResponse, NotifyChargingLimitResponse, NotifyCustomerInformationResponse,
    NotifyDisplayMessagesResponse, NotifyEvChargingNeedsResponse, NotifyEvChargingNeedsStatus,
    NotifyEvChargingScheduleResponse, NotifyEventResponse, NotifyMonitoringReportResponse,
    NotifyReportResponse, Protocol, PublishFirmwareStatusNotificationResponse, RegistrationStatus,
    ReportChargingProfilesResponse, ReservationStatusUpdateResponse, ReservationUpdateStatus,
    ReserveNowStatus, SecurityEventNotificationResponse, SetVariableStatus, SetVariablesRequest,
    SetVariablesResponse, SignCertificateResponse, StatusNotificationRequest,
    StatusNotificationResponse, TransactionEvent, TransactionEventRequest,
    TransactionEventResponse, TriggerMessageStatus,
};
use ocpp_types::{BoundedString, CiString, DateTime, Decimal, Protocol as _};

use crate::csms::transactions::{Event, Moment};
use crate::csms::{
    Authorization, BootInfo, Connector, Csms, Refusal, Registration, Reservation,
    ReservationStatus, TokenStatus,
};
use crate::frame::ErrorCode;

/// Answers a request of a station. `None`: the request is none of those that both versions have.
pub(super) fn handle(
    csms: &mut Csms,
    now: DateTime,
    station: &str,
    request: &AnyRequest,
) -> Option<AnyResponse> {
    Some(match request {
        AnyRequest::Authorize(request) => {
            let authorization = authorize(csms, now, &request.id_token);
            AnyResponse::Authorize(AuthorizeResponse::new(id_token_info(&authorization)))
        }
        AnyRequest::BootNotification(request) => {
            let (registration, interval) = csms.booted(station, boot_info(request));
            let status = match registration {
                Registration::Accepted => RegistrationStatus::Accepted,
                Registration::Pending => RegistrationStatus::Pending,
                Registration::Rejected => RegistrationStatus::Rejected,
            };
            AnyResponse::BootNotification(BootNotificationResponse::new(now, interval, status))
        }
        AnyRequest::ClearedChargingLimit(_) => {
            AnyResponse::ClearedChargingLimit(ClearedChargingLimitResponse::new())
        }
        AnyRequest::DataTransfer(_) => {
            let status = DataTransferStatus::UnknownVendorId;
            AnyResponse::DataTransfer(DataTransferResponse::new(status))
        }
        AnyRequest::FirmwareStatusNotification(request) => {
            csms.note_report(
                station,
                "FirmwareStatusNotification",
                request.status.as_str(),
            );
            AnyResponse::FirmwareStatusNotification(FirmwareStatusNotificationResponse::new())
        }
        AnyRequest::Get15118EvCertificate(_) => {
            let status = Iso15118EvCertificateStatus::Failed;
            let response = Get15118EvCertificateResponse::new(status, BoundedString::default());
            AnyResponse::Get15118EvCertificate(response)
        }
        AnyRequest::GetCertificateStatus(_) => {
            let status = GetCertificateStatus::Failed;
            AnyResponse::GetCertificateStatus(GetCertificateStatusResponse::new(status))
        }
        AnyRequest::Heartbeat(_) => AnyResponse::Heartbeat(HeartbeatResponse::new(now)),
        AnyRequest::LogStatusNotification(request) => {
            csms.note_report(station, "LogStatusNotification", request.status.as_str());
            AnyResponse::LogStatusNotification(LogStatusNotificationResponse::new())
        }
        AnyRequest::MeterValues(_) => AnyResponse::MeterValues(MeterValuesResponse::new()),
        AnyRequest::NotifyChargingLimit(_) => {
            AnyResponse::NotifyChargingLimit(NotifyChargingLimitResponse::new())
        }
        AnyRequest::NotifyCustomerInformation(_) => {
            AnyResponse::NotifyCustomerInformation(NotifyCustomerInformationResponse::new())
        }
        AnyRequest::NotifyDisplayMessages(_) => {
            AnyResponse::NotifyDisplayMessages(NotifyDisplayMessagesResponse::new())
        }
        AnyRequest::NotifyEvChargingNeeds(_) => {
            let status = NotifyEvChargingNeedsStatus::Rejected;
            AnyResponse::NotifyEvChargingNeeds(NotifyEvChargingNeedsResponse::new(status))
        }
        AnyRequest::NotifyEvChargingSchedule(_) => {
            let response = NotifyEvChargingScheduleResponse::new(GenericStatus::Accepted);
            AnyResponse::NotifyEvChargingSchedule(response)
        }
        AnyRequest::NotifyEvent(_) => AnyResponse::NotifyEvent(NotifyEventResponse::new()),
        AnyRequest::NotifyMonitoringReport(_) => {
            AnyResponse::NotifyMonitoringReport(NotifyMonitoringReportResponse::new())
        }
        AnyRequest::NotifyReport(_) => AnyResponse::NotifyReport(NotifyReportResponse::new()),
        AnyRequest::PublishFirmwareStatusNotification(request) => {
            csms.note_report(
                station,
                "PublishFirmwareStatusNotification",
                request.status.as_str(),
            );
            let response = PublishFirmwareStatusNotificationResponse::new();
            AnyResponse::PublishFirmwareStatusNotification(response)
        }
        AnyRequest::ReportChargingProfiles(_) => {
            AnyResponse::ReportChargingProfiles(ReportChargingProfilesResponse::new())
        }
        AnyRequest::ReservationStatusUpdate(request) => {
            let status = match request.reservation_update_status {
                ReservationUpdateStatus::Removed => ReservationStatus::Removed,
                _ => ReservationStatus::Expired,
            };
            csms.end_reservation(station, request.reservation_id.into(), status);
            AnyResponse::ReservationStatusUpdate(ReservationStatusUpdateResponse::new())
        }
        AnyRequest::SecurityEventNotification(_) => {
            AnyResponse::SecurityEventNotification(SecurityEventNotificationResponse::new())
        }
        AnyRequest::SignCertificate(_) => {
            AnyResponse::SignCertificate(SignCertificateResponse::new(GenericStatus::Rejected))
        }
        AnyRequest::StatusNotification(request) => {
            csms.note_connector(station, connector(request));
            AnyResponse::StatusNotification(StatusNotificationResponse::new())
        }
        AnyRequest::TransactionEvent(request) => {
            AnyResponse::TransactionEvent(transaction_event(csms, now, station, request))
        }
        _ => return None,
    })
}

/// The refusal of what a station does not send.
pub(super) fn not_from_a_station(request: &AnyRequest) -> Refusal {
    let action = Protocol::info(Protocol::action_of(request)).name;
    let description = alloc::format!("a station does not send {action}");
    Refusal::new(ErrorCode::NotSupported, &description)
}

/// Whether the token stands for charging without authorization (C02).
fn is_none(token: &IdToken) -> bool {
    token.r#type.as_str() == "NoAuthorization"
}

fn authorize(csms: &Csms, now: DateTime, token: &IdToken) -> Authorization {
    if is_none(token) {
        Authorization::of(TokenStatus::Accepted)
    } else {
        csms.authorize(now, &token.id_token)
    }
}

fn id_token_info(authorization: &Authorization) -> IdTokenInfo {
    use super::types::AuthorizationStatus as Status;
    let mut info = IdTokenInfo::new(match authorization.status {
        TokenStatus::Accepted => Status::Accepted,
        TokenStatus::Blocked => Status::Blocked,
        TokenStatus::ConcurrentTx => Status::ConcurrentTx,
        TokenStatus::Expired => Status::Expired,
        TokenStatus::Invalid => Status::Invalid,
        TokenStatus::NoCredit => Status::NoCredit,
        TokenStatus::NotAllowedTypeEvse => Status::NotAllowedTypeEvse,
        TokenStatus::NotAtThisLocation => Status::NotAtThisLocation,
        TokenStatus::NotAtThisTime => Status::NotAtThisTime,
        TokenStatus::Unknown => Status::Unknown,
    });
    info.cache_expiry_date_time = authorization.expiry_date;
    info.group_id_token = authorization.parent_id_tag.as_deref().and_then(|group| {
        // A group is an invention of the CSMS, whatever its members are.
        Some(IdToken::new(
            CiString::new(group).ok()?,
            "Central".parse().ok()?,
        ))
    });
    info
}

fn boot_info(request: &BootNotificationRequest) -> BootInfo {
    let station = &request.charging_station;
    BootInfo {
        vendor: station.vendor_name.to_string(),
        model: station.model.to_string(),
        serial_number: station.serial_number.as_ref().map(ToString::to_string),
        firmware_version: station.firmware_version.as_ref().map(ToString::to_string),
        reason: Some(request.reason.to_string()),
    }
}

fn connector(request: &StatusNotificationRequest) -> Connector {
    Connector {
        evse: request.evse_id.into(),
        connector: request.connector_id.into(),
        status: request.connector_status.to_string(),
        error_code: None,
        since: request.timestamp,
    }
}

fn transaction_event(
    csms: &mut Csms,
    now: DateTime,
    station: &str,
    request: &TransactionEventRequest,
) -> TransactionEventResponse {
    let info = &request.transaction_info;
    let token = request.id_token.as_ref();
    let event = Event {
        station,
        transaction_id: &info.transaction_id,
        moment: match request.event_type {
            TransactionEvent::Started => Moment::Started,
            TransactionEvent::Ended => Moment::Ended,
            _ => Moment::Updated,
        },
        seq_no: request.seq_no.into(),
        at: request.timestamp,
        evse: request.evse.as_ref().map(|evse| evse.id.into()),
        id_token: token.map(|token| (&*token.id_token, is_none(token))),
        meter: request.meter_value.as_deref().and_then(energy_wh),
        charging_state: info.charging_state.as_ref().map(ToString::to_string),
        stop_reason: match request.event_type {
            // Absent means that it was stopped at the station (part 2 section 1.60).
            TransactionEvent::Ended => Some(match &info.stopped_reason {
                Some(reason) => reason.to_string(),
                None => "Local".into(),
            }),
            _ => None,
        },
        reservation: request.reservation_id.map(Into::into),
    };
    let authorization = csms.event(now, &event);
    let mut response = TransactionEventResponse::new();
    response.id_token_info = authorization.as_ref().map(id_token_info);
    response
}

/// The last reading of the energy register of the whole EVSE in Wh.
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
        let unit = sample.unit_of_measure.as_ref();
        let exponent = match unit.and_then(|unit| unit.unit.as_deref()) {
            None | Some("Wh") => 0,
            Some("kWh") => 3,
            Some(_) => return None,
        };
        let multiplier = unit.and_then(|unit| unit.multiplier).unwrap_or(0);
        let value = sample.value.to_decimal().ok()?;
        scaled(value, multiplier.checked_add(exponent)?)
    });
    in_wh.next_back()
}

/// `value` × 10^`exponent`, as long as a meter can be meant.
fn scaled(value: Decimal, exponent: i64) -> Option<Decimal> {
    let power = Decimal::from(10_i64.checked_pow(u32::try_from(exponent.unsigned_abs()).ok()?)?);
    let scaled = match exponent {
        0 => return Some(value),
        1.. => value.checked_mul(*power),
        _ => value.checked_div(*power),
    };
    scaled.map(|value| value.normalize().into())
}

/// Learns from the response to a call of the operator.
pub(in crate::csms) fn called(
    csms: &mut Csms,
    station: &str,
    request: &AnyRequest,
    response: &AnyResponse,
) {
    match (request, response) {
        (AnyRequest::ReserveNow(request), AnyResponse::ReserveNow(response)) => {
            let status = match response.status {
                ReserveNowStatus::Accepted => ReservationStatus::Accepted,
                ReserveNowStatus::Faulted => ReservationStatus::Faulted,
                ReserveNowStatus::Occupied => ReservationStatus::Occupied,
                ReserveNowStatus::Unavailable => ReservationStatus::Unavailable,
                _ => ReservationStatus::Rejected,
            };
            csms.note_reservation(Reservation {
                id: request.id.into(),
                station: station.into(),
                id_token: request.id_token.id_token.to_string(),
                status,
                expiry_date: request.expiry_date_time,
            });
        }
        (AnyRequest::CancelReservation(request), AnyResponse::CancelReservation(response))
            if response.status == CancelReservationStatus::Accepted =>
        {
            let id = request.reservation_id.into();
            csms.end_reservation(station, id, ReservationStatus::Cancelled);
        }
        (AnyRequest::TriggerMessage(request), AnyResponse::TriggerMessage(response))
            if response.status == TriggerMessageStatus::Accepted =>
        {
            let action = match request.requested_message.as_str() {
                message if message.starts_with("Sign") => "SignCertificate",
                message => message,
            };
            if let Some(action) = Protocol::action(action) {
                csms.note_trigger(station, Protocol::info(action).name);
            }
        }
        (AnyRequest::GetBaseReport(_), AnyResponse::GetBaseReport(response))
            if response.status == GenericDeviceModelStatus::Accepted =>
        {
            csms.note_trigger(station, "NotifyReport");
        }
        (AnyRequest::GetReport(_), AnyResponse::GetReport(response))
            if response.status == GenericDeviceModelStatus::Accepted =>
        {
            csms.note_trigger(station, "NotifyReport");
        }
        (AnyRequest::SetVariables(request), AnyResponse::SetVariables(response)) => {
            note_variables(csms, station, request, response);
        }
        _ => {}
    }
}

/// A01: the password that the station has taken over.
fn note_variables(
    csms: &mut Csms,
    station: &str,
    request: &SetVariablesRequest,
    response: &SetVariablesResponse,
) {
    let results = response.set_variable_result.iter();
    for (data, result) in request.set_variable_data.iter().zip(results) {
        let is_password =
            data.component.name == "SecurityCtrlr" && data.variable.name == "BasicAuthPassword";
        let taken = matches!(
            result.attribute_status,
            SetVariableStatus::Accepted | SetVariableStatus::RebootRequired
        );
        if is_password && taken {
            csms.note_password(station, &data.attribute_value);
        }
    }
}
