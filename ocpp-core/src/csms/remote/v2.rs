//! The messages of 2.0.1 and 2.1, from one source.
//!
//! Only the translation between the messages of a version and the words of no version depends on the version's types; so only
//! the translation is written over them, as a macro that is expanded once with each. All logic is ordinary code on the other
//! side of it. Compared with a file that is compiled twice, nothing else is doubled; compared with a trait over the types of a
//! version, nothing has to be declared twice.

use alloc::string::{String, ToString};

use ocpp_types::BoundedString;

/// A member that one version requires and the other does not.
pub(super) trait Maybe {
    fn maybe(&self) -> Option<String>;
}

impl<const MAX: usize> Maybe for BoundedString<MAX> {
    fn maybe(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl<T: Maybe> Maybe for Option<T> {
    fn maybe(&self) -> Option<String> {
        self.as_ref().and_then(Maybe::maybe)
    }
}

macro_rules! translate {
    ($name:ident, $feature:literal, $types:ident, $more:path, $prices:path, $limit:path) => {
        #[cfg(feature = $feature)]
        #[allow(
            clippy::useless_conversion,
            reason = "one of the two versions has bounds"
        )]
        pub(in crate::csms::remote) mod $name {
            use alloc::boxed::Box;
            use alloc::string::{String, ToString};
            use alloc::vec::Vec;

            use ocpp_types::$types::{
                AnyRequest, AuthorizationStatus, AuthorizeResponse, BootNotificationRequest,
                BootNotificationResponse, DataTransferResponse, DataTransferStatus, GenericStatus,
                Get15118EvCertificateResponse, GetCertificateStatus, GetCertificateStatusResponse,
                HeartbeatResponse, IdToken as WireToken, IdTokenInfo, Iso15118EvCertificateStatus,
                MessageContent, MeterValue, NotifyEvChargingNeedsResponse,
                NotifyEvChargingNeedsStatus, NotifyEvChargingScheduleResponse, RegistrationStatus,
                SampledValue, SignCertificateResponse, TransactionEvent, TransactionEventRequest,
                TransactionEventResponse,
            };
            use ocpp_types::{BoundedString, BoundedVec, CiString, DateTime, EncodeError, Payload};

            use super::Maybe;
            use crate::csms::ledger::{Event, IdToken, Moment, Sample, SignedValue};
            use crate::csms::remote::said::{Reply, Said};
            use crate::csms::remote::vocabulary::{CertificateHash, TokenInfo};
            use crate::csms::{BootInfo, Connector, Registration, ReservationStatus, TokenStatus};

            /// What a request says.
            pub(in crate::csms::remote) fn read(
                now: DateTime,
                request: &AnyRequest,
            ) -> Result<Said, EncodeError> {
                Ok(match request {
                    AnyRequest::Authorize(request) => Said::Authorize {
                        id_token: id_token(&request.id_token),
                        certificate: request.certificate.as_ref().map(ToString::to_string),
                        hashes: match &request.iso15118_certificate_hash_data {
                            None => Vec::new(),
                            Some(data) => {
                                let hash =
                                    |data: &ocpp_types::$types::OcspRequestData| CertificateHash {
                                        algorithm: data.hash_algorithm.to_string(),
                                        issuer_name: data.issuer_name_hash.to_string(),
                                        issuer_key: data.issuer_key_hash.to_string(),
                                        serial_number: data.serial_number.to_string(),
                                        responder: data.responder_url.to_string(),
                                    };
                                data.iter().map(hash).collect()
                            }
                        },
                    },
                    AnyRequest::BootNotification(request) => Said::Boot(boot_info(request)),
                    AnyRequest::DataTransfer(_) => {
                        let status = DataTransferStatus::UnknownVendorId;
                        Said::Decision(DataTransferResponse::new(status).encode()?)
                    }
                    AnyRequest::FirmwareStatusNotification(request) => Said::Progress {
                        status: request.status.to_string(),
                        request_id: request.request_id.map(Into::into),
                    },
                    AnyRequest::PublishFirmwareStatusNotification(request) => Said::Progress {
                        status: request.status.to_string(),
                        request_id: request.request_id.map(Into::into),
                    },
                    AnyRequest::LogStatusNotification(request) => Said::Progress {
                        status: request.status.to_string(),
                        request_id: request.request_id.map(Into::into),
                    },
                    AnyRequest::Get15118EvCertificate(_) => {
                        let status = Iso15118EvCertificateStatus::Failed;
                        let nothing = BoundedString::default();
                        let response = Get15118EvCertificateResponse::new(status, nothing);
                        Said::Decision(response.encode()?)
                    }
                    AnyRequest::GetCertificateStatus(_) => {
                        let status = GetCertificateStatus::Failed;
                        Said::Decision(GetCertificateStatusResponse::new(status).encode()?)
                    }
                    AnyRequest::Heartbeat(_) => Said::Heartbeat,
                    AnyRequest::MeterValues(request) => Said::Meter {
                        evse: request.evse_id.into(),
                        transaction: None,
                        samples: samples(&request.meter_value),
                    },
                    AnyRequest::NotifyEvChargingNeeds(_) => {
                        let status = NotifyEvChargingNeedsStatus::Rejected;
                        Said::Decision(NotifyEvChargingNeedsResponse::new(status).encode()?)
                    }
                    AnyRequest::NotifyEvChargingSchedule(_) => {
                        let status = GenericStatus::Accepted;
                        Said::Decision(NotifyEvChargingScheduleResponse::new(status).encode()?)
                    }
                    // G01.FR.03: the state of a connector may come as an event too.
                    AnyRequest::NotifyEvent(request) => {
                        let states = request.event_data.iter().filter_map(|event| {
                            let wanted = event.component.name == "Connector"
                                && event.variable.name == "AvailabilityState";
                            let evse = event.component.evse.as_ref().filter(|_| wanted)?;
                            Some(Connector {
                                evse: evse.id.into(),
                                connector: evse.connector_id.map_or(1, Into::into),
                                status: event.actual_value.to_string(),
                                error_code: None,
                                since: event.timestamp,
                            })
                        });
                        Said::States(states.collect())
                    }
                    AnyRequest::ReservationStatusUpdate(request) => Said::ReservationOver {
                        id: request.reservation_id.into(),
                        status: match request.reservation_update_status.as_str() {
                            "Removed" => ReservationStatus::Removed,
                            _ => ReservationStatus::Expired,
                        },
                    },
                    AnyRequest::SecurityEventNotification(request) => Said::Security {
                        kind: request.r#type.to_string(),
                        at: request.timestamp,
                        info: request.tech_info.as_ref().map(ToString::to_string),
                    },
                    AnyRequest::SignCertificate(request) => {
                        let kind = request.certificate_type.as_ref();
                        Said::Sign {
                            csr: request.csr.to_string(),
                            v2g: kind.is_some_and(|kind| kind.as_str().starts_with("V2G")),
                        }
                    }
                    AnyRequest::StatusNotification(request) => Said::Connector {
                        connector: Connector {
                            evse: request.evse_id.into(),
                            connector: request.connector_id.into(),
                            status: request.connector_status.to_string(),
                            error_code: None,
                            since: request.timestamp,
                        },
                        flat: false,
                    },
                    AnyRequest::TransactionEvent(request) => Said::Event(Box::new(event(request))),
                    AnyRequest::ClearedChargingLimit(_)
                    | AnyRequest::NotifyChargingLimit(_)
                    | AnyRequest::NotifyCustomerInformation(_)
                    | AnyRequest::NotifyDisplayMessages(_)
                    | AnyRequest::NotifyMonitoringReport(_)
                    | AnyRequest::NotifyReport(_)
                    | AnyRequest::ReportChargingProfiles(_) => Said::Notice,
                    other => $more(now, other)?,
                })
            }

            /// The JSON text of the answer.
            pub(in crate::csms::remote) fn write(reply: &Reply) -> Result<String, EncodeError> {
                match reply {
                    Reply::Authorize(info) => {
                        let mut response = AuthorizeResponse::new(id_token_info(info));
                        response.certificate_status = info
                            .certificate_status
                            .and_then(|status| status.parse().ok());
                        response.encode()
                    }
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
                        BootNotificationResponse::new(*now, *interval, status).encode()
                    }
                    Reply::Heartbeat(now) => HeartbeatResponse::new(*now).encode(),
                    Reply::Event {
                        info,
                        cost,
                        message,
                    } => {
                        let mut response = TransactionEventResponse::new();
                        // E01.FR.12, E02.FR.02, E03.FR.02; C12.FR.03.
                        response.id_token_info = info.as_ref().map(id_token_info);
                        // I03.FR.02; while it runs I02.FR.01.
                        response.total_cost = cost.map(Into::into);
                        response.updated_personal_message = message
                            .as_deref()
                            .and_then(|text| message_content(text, None));
                        if let Some(info) = info {
                            $limit(&mut response, info);
                        }
                        response.encode()
                    }
                    Reply::Sign(accepted) => {
                        let status = match accepted {
                            true => GenericStatus::Accepted,
                            false => GenericStatus::Rejected,
                        };
                        SignCertificateResponse::new(status).encode()
                    }
                    // Not in these versions.
                    Reply::Begin { .. } | Reply::Stop(_) => Ok(String::from("{}")),
                }
            }

            fn id_token(token: &WireToken) -> IdToken {
                IdToken {
                    id_token: token.id_token.to_string(),
                    kind: Some(token.r#type.to_string()),
                }
            }

            fn id_token_info(info: &TokenInfo) -> IdTokenInfo {
                use AuthorizationStatus as Status;
                let mut told = IdTokenInfo::new(match info.status {
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
                told.cache_expiry_date_time = info.cache_expiry;
                told.charging_priority = info.priority.map(|priority| priority.clamp(-9, 9));
                told.language1 = info.language.as_deref().and_then(|text| text.parse().ok());
                told.group_id_token = info.group.as_ref().and_then(|group| {
                    // A group is an invention of the CSMS, whatever its members are.
                    let kind = group.kind.as_deref().unwrap_or("Central");
                    Some(WireToken::new(
                        CiString::new(&group.id_token).ok()?,
                        kind.parse().ok()?,
                    ))
                });
                let evses = info.evses.iter().filter_map(|evse| (*evse).try_into().ok());
                told.evse_id = BoundedVec::new(evses.collect()).ok();
                let language = info.language.as_deref();
                let message = info.message.as_deref();
                told.personal_message = message.and_then(|text| message_content(text, language));
                told
            }

            fn message_content(text: &str, language: Option<&str>) -> Option<MessageContent> {
                let text = BoundedString::truncated(text);
                let mut message = MessageContent::new("UTF8".parse().ok()?, text);
                message.language = language.and_then(|text| text.parse().ok());
                Some(message)
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

            fn event(request: &TransactionEventRequest) -> Event {
                let info = &request.transaction_info;
                let evse = request.evse.as_ref();
                let moment = match request.event_type {
                    TransactionEvent::Started => Moment::Started,
                    TransactionEvent::Ended => Moment::Ended,
                    _ => Moment::Updated,
                };
                Event {
                    transaction_id: info.transaction_id.to_string(),
                    moment,
                    seq_no: request.seq_no.into(),
                    at: request.timestamp,
                    offline: request.offline == Some(true),
                    evse: evse.map(|evse| evse.id.into()),
                    connector: evse.and_then(|evse| evse.connector_id.map(Into::into)),
                    id_token: request.id_token.as_ref().map(id_token),
                    token_status: None,
                    stops: request.trigger_reason.as_str() == "StopAuthorized",
                    samples: request
                        .meter_value
                        .as_deref()
                        .map_or_else(Vec::new, samples),
                    charging_state: info.charging_state.as_ref().map(ToString::to_string),
                    stop_reason: (moment == Moment::Ended).then(|| {
                        // Absent means that it was stopped at the station (part 2 section 1.60).
                        let reason = info.stopped_reason.as_ref();
                        reason.map_or_else(|| "Local".into(), ToString::to_string)
                    }),
                    remote_start_id: info.remote_start_id,
                    reservation: request.reservation_id.map(Into::into),
                    prices: $prices(request),
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
                let unit = sample.unit_of_measure.as_ref();
                let signed = sample.signed_meter_value.as_ref();
                Sample {
                    at,
                    value: sample.value.to_string(),
                    measurand: sample.measurand.as_ref().map(ToString::to_string),
                    context: sample.context.as_ref().map(ToString::to_string),
                    phase: sample.phase.as_ref().map(ToString::to_string),
                    location: sample.location.as_ref().map(ToString::to_string),
                    unit: unit.and_then(|unit| unit.unit.as_ref().map(ToString::to_string)),
                    multiplier: unit.and_then(|unit| unit.multiplier),
                    signed: signed.map(|signed| SignedValue {
                        data: signed.signed_meter_data.to_string(),
                        signing_method: signed.signing_method.maybe(),
                        encoding_method: signed.encoding_method.maybe(),
                        public_key: signed.public_key.maybe(),
                    }),
                }
            }
        }
    };
}

translate!(
    v2_0_1,
    "v2_0_1",
    v2_0_1,
    super::nothing_more,
    super::no_prices,
    super::no_limit
);
translate!(
    v2_1,
    "v2_1",
    v2_1,
    super::more_of_2_1,
    super::prices_of_2_1,
    super::limit_of_2_1
);

#[cfg(feature = "v2_0_1")]
fn no_prices(
    _request: &ocpp_types::v2_0_1::TransactionEventRequest,
) -> crate::csms::ledger::Prices {
    crate::csms::ledger::Prices::default()
}

#[cfg(feature = "v2_0_1")]
const fn no_limit(
    _response: &mut ocpp_types::v2_0_1::TransactionEventResponse,
    _info: &super::TokenInfo,
) {
}

/// What a station tells about the price.
#[cfg(feature = "v2_1")]
fn prices_of_2_1(
    request: &ocpp_types::v2_1::TransactionEventRequest,
) -> crate::csms::ledger::Prices {
    let info = &request.transaction_info;
    let details = request.cost_details.as_ref();
    let limit = info.transaction_limit.as_ref();
    crate::csms::ledger::Prices {
        tariff_id: info.tariff_id.as_ref().map(ToString::to_string),
        cost_details: details.and_then(|details| serde_json::to_value(details).ok()),
        limit: limit.and_then(|limit| serde_json::to_value(limit).ok()),
        settlements: alloc::vec::Vec::new(),
    }
}

/// How far a transaction may go (E16).
#[cfg(feature = "v2_1")]
fn limit_of_2_1(
    response: &mut ocpp_types::v2_1::TransactionEventResponse,
    info: &super::TokenInfo,
) {
    let Some(limit) = &info.limit else { return };
    let mut told = ocpp_types::v2_1::TransactionLimit::new();
    told.max_cost = limit.max_cost.map(Into::into);
    told.max_energy = limit.max_energy.map(Into::into);
    told.max_time = limit.max_time;
    told.max_soc = limit.max_soc.and_then(|soc| soc.try_into().ok());
    response.transaction_limit = Some(told);
}

/// 2.0.1 has no more.
#[cfg(feature = "v2_0_1")]
#[allow(clippy::unnecessary_wraps, reason = "2.1 has answers that could fail")]
fn nothing_more(
    _now: ocpp_types::DateTime,
    _request: &ocpp_types::v2_0_1::AnyRequest,
) -> Result<super::said::Said, ocpp_types::EncodeError> {
    Ok(super::said::Said::NotFromAStation)
}

/// What only 2.1 has.
#[cfg(feature = "v2_1")]
fn more_of_2_1(
    now: ocpp_types::DateTime,
    request: &ocpp_types::v2_1::AnyRequest,
) -> Result<super::said::Said, ocpp_types::EncodeError> {
    use ocpp_types::v2_1::{
        AnyRequest, CertificateStatus, CertificateStatusEnum, ChargingProfileStatus, GenericStatus,
        GetCertificateChainStatusResponse, OpenPeriodicEventStreamResponse,
        PullDynamicScheduleUpdateResponse, VatNumberValidationResponse,
    };
    use ocpp_types::{BoundedVec, Payload};

    use super::said::Said;
    Ok(match request {
        AnyRequest::BatterySwap(_)
        | AnyRequest::ClosePeriodicEventStream(_)
        | AnyRequest::NotifyDerAlarm(_)
        | AnyRequest::NotifyDerStartStop(_)
        | AnyRequest::NotifyPriorityCharging(_)
        | AnyRequest::ReportDerControl(_) => Said::Notice,
        AnyRequest::NotifySettlement(request) => match &request.transaction_id {
            Some(id) => Said::Settlement(id.to_string()),
            None => Said::Notice,
        },
        AnyRequest::GetCertificateChainStatus(request) => {
            let asked = request.certificate_status_requests.iter();
            let statuses = asked.map(|asked| {
                let (hash, source) = (asked.certificate_hash_data.clone(), asked.source.clone());
                CertificateStatus::new(hash, source, CertificateStatusEnum::Failed, now)
            });
            // As many as were asked for, which is within the same bounds.
            match BoundedVec::new(statuses.collect()) {
                Ok(statuses) => {
                    Said::Decision(GetCertificateChainStatusResponse::new(statuses).encode()?)
                }
                Err(_) => Said::NotFromAStation,
            }
        }
        AnyRequest::OpenPeriodicEventStream(_) => {
            let response = OpenPeriodicEventStreamResponse::new(GenericStatus::Rejected);
            Said::Decision(response.encode()?)
        }
        AnyRequest::PullDynamicScheduleUpdate(_) => {
            let response = PullDynamicScheduleUpdateResponse::new(ChargingProfileStatus::Rejected);
            Said::Decision(response.encode()?)
        }
        AnyRequest::VatNumberValidation(request) => {
            let number = request.vat_number.clone();
            let response = VatNumberValidationResponse::new(number, GenericStatus::Rejected);
            Said::Decision(response.encode()?)
        }
        _ => Said::NotFromAStation,
    })
}
