//! The messages of 1.6.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::v1_6::{
    AnyRequest, AuthorizeResponse, BootNotificationRequest, BootNotificationResponse,
    DataTransferResponse, DataTransferStatus, GenericStatus, HeartbeatResponse, IdTagInfo,
    IdTagInfoStatus, MeterValue, RegistrationStatus, SampledValue, SignCertificateResponse,
    StartTransactionResponse, StopTransactionRequest, StopTransactionResponse, ValueFormat,
};
use ocpp_types::{CiString, DateTime, EncodeError, Payload};

use super::said::{Reply, Said};
use super::vocabulary::TokenInfo;
use crate::csms::ledger::{Begin, IdToken, Sample, SignedValue, Stop};
use crate::csms::{BootInfo, Connector, Registration, TokenStatus};

/// What a request says.
pub(super) fn read(now: DateTime, request: &AnyRequest) -> Result<Said, EncodeError> {
    Ok(match request {
        AnyRequest::Authorize(request) => Said::Authorize {
            id_token: IdToken::of_1_6(&request.id_tag),
            certificate: None,
            hashes: Vec::new(),
        },
        AnyRequest::BootNotification(request) => Said::Boot(boot_info(request)),
        AnyRequest::DataTransfer(_) => {
            let status = DataTransferStatus::UnknownVendorId;
            Said::Decision(DataTransferResponse::new(status).encode()?)
        }
        AnyRequest::DiagnosticsStatusNotification(request) => Said::Progress {
            status: request.status.to_string(),
            request_id: None,
        },
        AnyRequest::FirmwareStatusNotification(request) => Said::Progress {
            status: request.status.to_string(),
            request_id: None,
        },
        AnyRequest::Heartbeat(_) => Said::Heartbeat,
        AnyRequest::LogStatusNotification(request) => Said::Progress {
            status: request.status.to_string(),
            request_id: request.request_id,
        },
        AnyRequest::MeterValues(request) => Said::Meter {
            evse: request.connector_id,
            transaction: request.transaction_id,
            samples: samples(&request.meter_value),
        },
        AnyRequest::SecurityEventNotification(request) => Said::Security {
            kind: request.r#type.to_string(),
            at: request.timestamp,
            info: request.tech_info.as_ref().map(ToString::to_string),
        },
        AnyRequest::SignCertificate(request) => Said::Sign {
            csr: request.csr.to_string(),
            v2g: false,
        },
        AnyRequest::SignedFirmwareStatusNotification(request) => Said::Progress {
            status: request.status.to_string(),
            request_id: request.request_id,
        },
        AnyRequest::StartTransaction(request) => Said::Begin(Begin {
            connector: request.connector_id,
            id_token: IdToken::of_1_6(&request.id_tag),
            at: request.timestamp,
            meter: request.meter_start.into(),
            reservation: request.reservation_id,
        }),
        AnyRequest::StatusNotification(request) => Said::Connector {
            connector: Connector {
                evse: request.connector_id,
                connector: 1,
                status: request.status.to_string(),
                error_code: Some(request.error_code.to_string()),
                since: request.timestamp.unwrap_or(now),
            },
            flat: true,
        },
        AnyRequest::StopTransaction(request) => Said::Stop(stop(request)),
        _ => Said::NotFromAStation,
    })
}

/// The JSON text of the answer.
pub(super) fn write(reply: &Reply) -> Result<String, EncodeError> {
    match reply {
        Reply::Authorize(info) => AuthorizeResponse::new(id_tag_info(info)).encode(),
        Reply::Boot {
            now,
            registration,
            interval,
        } => {
            let status = match registration {
                Registration::Accepted => RegistrationStatus::Accepted,
                Registration::Pending => RegistrationStatus::Pending,
                Registration::Rejected => RegistrationStatus::Rejected,
            };
            BootNotificationResponse::new(status, *now, *interval).encode()
        }
        Reply::Heartbeat(now) => HeartbeatResponse::new(*now).encode(),
        Reply::Begin { id, info } => StartTransactionResponse::new(id_tag_info(info), *id).encode(),
        Reply::Stop(info) => {
            let mut response = StopTransactionResponse::new();
            response.id_tag_info = info.as_ref().map(id_tag_info);
            response.encode()
        }
        Reply::Sign(accepted) => {
            let status = match accepted {
                true => GenericStatus::Accepted,
                false => GenericStatus::Rejected,
            };
            SignCertificateResponse::new(status).encode()
        }
        // Not in this version.
        Reply::Event { .. } => Ok(String::from("{}")),
    }
}

fn id_tag_info(info: &TokenInfo) -> IdTagInfo {
    let mut told = IdTagInfo::new(match info.status {
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
    told.expiry_date = info.cache_expiry;
    let group = info.group.as_ref();
    told.parent_id_tag = group.and_then(|group| CiString::new(&group.id_token).ok());
    told
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

fn stop(request: &StopTransactionRequest) -> Stop {
    Stop {
        transaction_id: request.transaction_id,
        id_token: request.id_tag.as_ref().map(|tag| IdToken::of_1_6(tag)),
        at: request.timestamp,
        meter: request.meter_stop.into(),
        // Absent means that it was stopped at the station (1.6 section 6.49).
        reason: request
            .reason
            .as_ref()
            .map_or_else(|| "Local".into(), ToString::to_string),
        samples: request
            .transaction_data
            .as_deref()
            .map_or_else(Vec::new, samples),
    }
}

fn samples(values: &[MeterValue]) -> Vec<Sample> {
    let all = values.iter().flat_map(|value| {
        let at = value.timestamp;
        let sample = move |sample| self::sample(at, sample);
        value.sampled_value.iter().map(sample)
    });
    all.collect()
}

fn sample(at: DateTime, sample: &SampledValue) -> Sample {
    let signed = sample.format == Some(ValueFormat::SignedData);
    let value = sample.value.to_string();
    Sample {
        at,
        measurand: sample.measurand.as_ref().map(ToString::to_string),
        context: sample.context.as_ref().map(ToString::to_string),
        phase: sample.phase.as_ref().map(ToString::to_string),
        location: sample.location.as_ref().map(ToString::to_string),
        unit: sample.unit.as_ref().map(ToString::to_string),
        multiplier: None,
        signed: signed.then(|| SignedValue {
            data: value.clone(),
            signing_method: None,
            encoding_method: None,
            public_key: None,
        }),
        // What is signed is no number to calculate with.
        value: if signed { String::new() } else { value },
    }
}
