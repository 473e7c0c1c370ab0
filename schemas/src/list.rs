//! Every schema file. `tests/files.rs` checks this list against the folders.

use crate::{Amendment, Schema, Set};

macro_rules! schema {
    ($path:literal, $message:literal) => {
        Schema {
            path: $path,
            message: $message,
            text: include_str!(concat!("../", $path)),
        }
    };
}

macro_rules! amendment {
    ($path:literal) => {
        Amendment {
            path: $path,
            text: include_str!(concat!("../", $path)),
        }
    };
}

/// OCPP 1.6, with the messages of the security whitepaper.
pub const V1_6: Set = Set {
    version: "1.6",
    schemas: &[
        schema!("v1.6/Authorize.json", "AuthorizeRequest"),
        schema!("v1.6/AuthorizeResponse.json", "AuthorizeResponse"),
        schema!("v1.6/BootNotification.json", "BootNotificationRequest"),
        schema!(
            "v1.6/BootNotificationResponse.json",
            "BootNotificationResponse"
        ),
        schema!("v1.6/CancelReservation.json", "CancelReservationRequest"),
        schema!(
            "v1.6/CancelReservationResponse.json",
            "CancelReservationResponse"
        ),
        schema!("v1.6/CertificateSigned.json", "CertificateSignedRequest"),
        schema!(
            "v1.6/CertificateSignedResponse.json",
            "CertificateSignedResponse"
        ),
        schema!("v1.6/ChangeAvailability.json", "ChangeAvailabilityRequest"),
        schema!(
            "v1.6/ChangeAvailabilityResponse.json",
            "ChangeAvailabilityResponse"
        ),
        schema!(
            "v1.6/ChangeConfiguration.json",
            "ChangeConfigurationRequest"
        ),
        schema!(
            "v1.6/ChangeConfigurationResponse.json",
            "ChangeConfigurationResponse"
        ),
        schema!("v1.6/ClearCache.json", "ClearCacheRequest"),
        schema!("v1.6/ClearCacheResponse.json", "ClearCacheResponse"),
        schema!(
            "v1.6/ClearChargingProfile.json",
            "ClearChargingProfileRequest"
        ),
        schema!(
            "v1.6/ClearChargingProfileResponse.json",
            "ClearChargingProfileResponse"
        ),
        schema!("v1.6/DataTransfer.json", "DataTransferRequest"),
        schema!("v1.6/DataTransferResponse.json", "DataTransferResponse"),
        schema!("v1.6/DeleteCertificate.json", "DeleteCertificateRequest"),
        schema!(
            "v1.6/DeleteCertificateResponse.json",
            "DeleteCertificateResponse"
        ),
        schema!(
            "v1.6/DiagnosticsStatusNotification.json",
            "DiagnosticsStatusNotificationRequest"
        ),
        schema!(
            "v1.6/DiagnosticsStatusNotificationResponse.json",
            "DiagnosticsStatusNotificationResponse"
        ),
        schema!(
            "v1.6/ExtendedTriggerMessage.json",
            "ExtendedTriggerMessageRequest"
        ),
        schema!(
            "v1.6/ExtendedTriggerMessageResponse.json",
            "ExtendedTriggerMessageResponse"
        ),
        schema!(
            "v1.6/FirmwareStatusNotification.json",
            "FirmwareStatusNotificationRequest"
        ),
        schema!(
            "v1.6/FirmwareStatusNotificationResponse.json",
            "FirmwareStatusNotificationResponse"
        ),
        schema!(
            "v1.6/GetCompositeSchedule.json",
            "GetCompositeScheduleRequest"
        ),
        schema!(
            "v1.6/GetCompositeScheduleResponse.json",
            "GetCompositeScheduleResponse"
        ),
        schema!("v1.6/GetConfiguration.json", "GetConfigurationRequest"),
        schema!(
            "v1.6/GetConfigurationResponse.json",
            "GetConfigurationResponse"
        ),
        schema!("v1.6/GetDiagnostics.json", "GetDiagnosticsRequest"),
        schema!("v1.6/GetDiagnosticsResponse.json", "GetDiagnosticsResponse"),
        schema!(
            "v1.6/GetInstalledCertificateIds.json",
            "GetInstalledCertificateIdsRequest"
        ),
        schema!(
            "v1.6/GetInstalledCertificateIdsResponse.json",
            "GetInstalledCertificateIdsResponse"
        ),
        schema!(
            "v1.6/GetLocalListVersion.json",
            "GetLocalListVersionRequest"
        ),
        schema!(
            "v1.6/GetLocalListVersionResponse.json",
            "GetLocalListVersionResponse"
        ),
        schema!("v1.6/GetLog.json", "GetLogRequest"),
        schema!("v1.6/GetLogResponse.json", "GetLogResponse"),
        schema!("v1.6/Heartbeat.json", "HeartbeatRequest"),
        schema!("v1.6/HeartbeatResponse.json", "HeartbeatResponse"),
        schema!("v1.6/InstallCertificate.json", "InstallCertificateRequest"),
        schema!(
            "v1.6/InstallCertificateResponse.json",
            "InstallCertificateResponse"
        ),
        schema!(
            "v1.6/LogStatusNotification.json",
            "LogStatusNotificationRequest"
        ),
        schema!(
            "v1.6/LogStatusNotificationResponse.json",
            "LogStatusNotificationResponse"
        ),
        schema!("v1.6/MeterValues.json", "MeterValuesRequest"),
        schema!("v1.6/MeterValuesResponse.json", "MeterValuesResponse"),
        schema!(
            "v1.6/RemoteStartTransaction.json",
            "RemoteStartTransactionRequest"
        ),
        schema!(
            "v1.6/RemoteStartTransactionResponse.json",
            "RemoteStartTransactionResponse"
        ),
        schema!(
            "v1.6/RemoteStopTransaction.json",
            "RemoteStopTransactionRequest"
        ),
        schema!(
            "v1.6/RemoteStopTransactionResponse.json",
            "RemoteStopTransactionResponse"
        ),
        schema!("v1.6/ReserveNow.json", "ReserveNowRequest"),
        schema!("v1.6/ReserveNowResponse.json", "ReserveNowResponse"),
        schema!("v1.6/Reset.json", "ResetRequest"),
        schema!("v1.6/ResetResponse.json", "ResetResponse"),
        schema!(
            "v1.6/SecurityEventNotification.json",
            "SecurityEventNotificationRequest"
        ),
        schema!(
            "v1.6/SecurityEventNotificationResponse.json",
            "SecurityEventNotificationResponse"
        ),
        schema!("v1.6/SendLocalList.json", "SendLocalListRequest"),
        schema!("v1.6/SendLocalListResponse.json", "SendLocalListResponse"),
        schema!("v1.6/SetChargingProfile.json", "SetChargingProfileRequest"),
        schema!(
            "v1.6/SetChargingProfileResponse.json",
            "SetChargingProfileResponse"
        ),
        schema!("v1.6/SignCertificate.json", "SignCertificateRequest"),
        schema!(
            "v1.6/SignCertificateResponse.json",
            "SignCertificateResponse"
        ),
        schema!(
            "v1.6/SignedFirmwareStatusNotification.json",
            "SignedFirmwareStatusNotificationRequest"
        ),
        schema!(
            "v1.6/SignedFirmwareStatusNotificationResponse.json",
            "SignedFirmwareStatusNotificationResponse"
        ),
        schema!(
            "v1.6/SignedUpdateFirmware.json",
            "SignedUpdateFirmwareRequest"
        ),
        schema!(
            "v1.6/SignedUpdateFirmwareResponse.json",
            "SignedUpdateFirmwareResponse"
        ),
        schema!("v1.6/StartTransaction.json", "StartTransactionRequest"),
        schema!(
            "v1.6/StartTransactionResponse.json",
            "StartTransactionResponse"
        ),
        schema!("v1.6/StatusNotification.json", "StatusNotificationRequest"),
        schema!(
            "v1.6/StatusNotificationResponse.json",
            "StatusNotificationResponse"
        ),
        schema!("v1.6/StopTransaction.json", "StopTransactionRequest"),
        schema!(
            "v1.6/StopTransactionResponse.json",
            "StopTransactionResponse"
        ),
        schema!("v1.6/TriggerMessage.json", "TriggerMessageRequest"),
        schema!("v1.6/TriggerMessageResponse.json", "TriggerMessageResponse"),
        schema!("v1.6/UnlockConnector.json", "UnlockConnectorRequest"),
        schema!(
            "v1.6/UnlockConnectorResponse.json",
            "UnlockConnectorResponse"
        ),
        schema!("v1.6/UpdateFirmware.json", "UpdateFirmwareRequest"),
        schema!("v1.6/UpdateFirmwareResponse.json", "UpdateFirmwareResponse"),
    ],
    amendments: &[
        amendment!("amendments/v1.6/GetCompositeScheduleResponse.json"),
        amendment!("amendments/v1.6/RemoteStartTransaction.json"),
        amendment!("amendments/v1.6/SetChargingProfile.json"),
        amendment!("amendments/v1.6/StopTransaction.json"),
    ],
};

/// OCPP 2.0.1.
pub const V2_0_1: Set = Set {
    version: "2.0.1",
    schemas: &[
        schema!("v2.0.1/AuthorizeRequest.json", "AuthorizeRequest"),
        schema!("v2.0.1/AuthorizeResponse.json", "AuthorizeResponse"),
        schema!(
            "v2.0.1/BootNotificationRequest.json",
            "BootNotificationRequest"
        ),
        schema!(
            "v2.0.1/BootNotificationResponse.json",
            "BootNotificationResponse"
        ),
        schema!(
            "v2.0.1/CancelReservationRequest.json",
            "CancelReservationRequest"
        ),
        schema!(
            "v2.0.1/CancelReservationResponse.json",
            "CancelReservationResponse"
        ),
        schema!(
            "v2.0.1/CertificateSignedRequest.json",
            "CertificateSignedRequest"
        ),
        schema!(
            "v2.0.1/CertificateSignedResponse.json",
            "CertificateSignedResponse"
        ),
        schema!(
            "v2.0.1/ChangeAvailabilityRequest.json",
            "ChangeAvailabilityRequest"
        ),
        schema!(
            "v2.0.1/ChangeAvailabilityResponse.json",
            "ChangeAvailabilityResponse"
        ),
        schema!("v2.0.1/ClearCacheRequest.json", "ClearCacheRequest"),
        schema!("v2.0.1/ClearCacheResponse.json", "ClearCacheResponse"),
        schema!(
            "v2.0.1/ClearChargingProfileRequest.json",
            "ClearChargingProfileRequest"
        ),
        schema!(
            "v2.0.1/ClearChargingProfileResponse.json",
            "ClearChargingProfileResponse"
        ),
        schema!(
            "v2.0.1/ClearDisplayMessageRequest.json",
            "ClearDisplayMessageRequest"
        ),
        schema!(
            "v2.0.1/ClearDisplayMessageResponse.json",
            "ClearDisplayMessageResponse"
        ),
        schema!(
            "v2.0.1/ClearVariableMonitoringRequest.json",
            "ClearVariableMonitoringRequest"
        ),
        schema!(
            "v2.0.1/ClearVariableMonitoringResponse.json",
            "ClearVariableMonitoringResponse"
        ),
        schema!(
            "v2.0.1/ClearedChargingLimitRequest.json",
            "ClearedChargingLimitRequest"
        ),
        schema!(
            "v2.0.1/ClearedChargingLimitResponse.json",
            "ClearedChargingLimitResponse"
        ),
        schema!("v2.0.1/CostUpdatedRequest.json", "CostUpdatedRequest"),
        schema!("v2.0.1/CostUpdatedResponse.json", "CostUpdatedResponse"),
        schema!(
            "v2.0.1/CustomerInformationRequest.json",
            "CustomerInformationRequest"
        ),
        schema!(
            "v2.0.1/CustomerInformationResponse.json",
            "CustomerInformationResponse"
        ),
        schema!("v2.0.1/DataTransferRequest.json", "DataTransferRequest"),
        schema!("v2.0.1/DataTransferResponse.json", "DataTransferResponse"),
        schema!(
            "v2.0.1/DeleteCertificateRequest.json",
            "DeleteCertificateRequest"
        ),
        schema!(
            "v2.0.1/DeleteCertificateResponse.json",
            "DeleteCertificateResponse"
        ),
        schema!(
            "v2.0.1/FirmwareStatusNotificationRequest.json",
            "FirmwareStatusNotificationRequest"
        ),
        schema!(
            "v2.0.1/FirmwareStatusNotificationResponse.json",
            "FirmwareStatusNotificationResponse"
        ),
        schema!(
            "v2.0.1/Get15118EVCertificateRequest.json",
            "Get15118EVCertificateRequest"
        ),
        schema!(
            "v2.0.1/Get15118EVCertificateResponse.json",
            "Get15118EVCertificateResponse"
        ),
        schema!("v2.0.1/GetBaseReportRequest.json", "GetBaseReportRequest"),
        schema!("v2.0.1/GetBaseReportResponse.json", "GetBaseReportResponse"),
        schema!(
            "v2.0.1/GetCertificateStatusRequest.json",
            "GetCertificateStatusRequest"
        ),
        schema!(
            "v2.0.1/GetCertificateStatusResponse.json",
            "GetCertificateStatusResponse"
        ),
        schema!(
            "v2.0.1/GetChargingProfilesRequest.json",
            "GetChargingProfilesRequest"
        ),
        schema!(
            "v2.0.1/GetChargingProfilesResponse.json",
            "GetChargingProfilesResponse"
        ),
        schema!(
            "v2.0.1/GetCompositeScheduleRequest.json",
            "GetCompositeScheduleRequest"
        ),
        schema!(
            "v2.0.1/GetCompositeScheduleResponse.json",
            "GetCompositeScheduleResponse"
        ),
        schema!(
            "v2.0.1/GetDisplayMessagesRequest.json",
            "GetDisplayMessagesRequest"
        ),
        schema!(
            "v2.0.1/GetDisplayMessagesResponse.json",
            "GetDisplayMessagesResponse"
        ),
        schema!(
            "v2.0.1/GetInstalledCertificateIdsRequest.json",
            "GetInstalledCertificateIdsRequest"
        ),
        schema!(
            "v2.0.1/GetInstalledCertificateIdsResponse.json",
            "GetInstalledCertificateIdsResponse"
        ),
        schema!(
            "v2.0.1/GetLocalListVersionRequest.json",
            "GetLocalListVersionRequest"
        ),
        schema!(
            "v2.0.1/GetLocalListVersionResponse.json",
            "GetLocalListVersionResponse"
        ),
        schema!("v2.0.1/GetLogRequest.json", "GetLogRequest"),
        schema!("v2.0.1/GetLogResponse.json", "GetLogResponse"),
        schema!(
            "v2.0.1/GetMonitoringReportRequest.json",
            "GetMonitoringReportRequest"
        ),
        schema!(
            "v2.0.1/GetMonitoringReportResponse.json",
            "GetMonitoringReportResponse"
        ),
        schema!("v2.0.1/GetReportRequest.json", "GetReportRequest"),
        schema!("v2.0.1/GetReportResponse.json", "GetReportResponse"),
        schema!(
            "v2.0.1/GetTransactionStatusRequest.json",
            "GetTransactionStatusRequest"
        ),
        schema!(
            "v2.0.1/GetTransactionStatusResponse.json",
            "GetTransactionStatusResponse"
        ),
        schema!("v2.0.1/GetVariablesRequest.json", "GetVariablesRequest"),
        schema!("v2.0.1/GetVariablesResponse.json", "GetVariablesResponse"),
        schema!("v2.0.1/HeartbeatRequest.json", "HeartbeatRequest"),
        schema!("v2.0.1/HeartbeatResponse.json", "HeartbeatResponse"),
        schema!(
            "v2.0.1/InstallCertificateRequest.json",
            "InstallCertificateRequest"
        ),
        schema!(
            "v2.0.1/InstallCertificateResponse.json",
            "InstallCertificateResponse"
        ),
        schema!(
            "v2.0.1/LogStatusNotificationRequest.json",
            "LogStatusNotificationRequest"
        ),
        schema!(
            "v2.0.1/LogStatusNotificationResponse.json",
            "LogStatusNotificationResponse"
        ),
        schema!("v2.0.1/MeterValuesRequest.json", "MeterValuesRequest"),
        schema!("v2.0.1/MeterValuesResponse.json", "MeterValuesResponse"),
        schema!(
            "v2.0.1/NotifyChargingLimitRequest.json",
            "NotifyChargingLimitRequest"
        ),
        schema!(
            "v2.0.1/NotifyChargingLimitResponse.json",
            "NotifyChargingLimitResponse"
        ),
        schema!(
            "v2.0.1/NotifyCustomerInformationRequest.json",
            "NotifyCustomerInformationRequest"
        ),
        schema!(
            "v2.0.1/NotifyCustomerInformationResponse.json",
            "NotifyCustomerInformationResponse"
        ),
        schema!(
            "v2.0.1/NotifyDisplayMessagesRequest.json",
            "NotifyDisplayMessagesRequest"
        ),
        schema!(
            "v2.0.1/NotifyDisplayMessagesResponse.json",
            "NotifyDisplayMessagesResponse"
        ),
        schema!(
            "v2.0.1/NotifyEVChargingNeedsRequest.json",
            "NotifyEVChargingNeedsRequest"
        ),
        schema!(
            "v2.0.1/NotifyEVChargingNeedsResponse.json",
            "NotifyEVChargingNeedsResponse"
        ),
        schema!(
            "v2.0.1/NotifyEVChargingScheduleRequest.json",
            "NotifyEVChargingScheduleRequest"
        ),
        schema!(
            "v2.0.1/NotifyEVChargingScheduleResponse.json",
            "NotifyEVChargingScheduleResponse"
        ),
        schema!("v2.0.1/NotifyEventRequest.json", "NotifyEventRequest"),
        schema!("v2.0.1/NotifyEventResponse.json", "NotifyEventResponse"),
        schema!(
            "v2.0.1/NotifyMonitoringReportRequest.json",
            "NotifyMonitoringReportRequest"
        ),
        schema!(
            "v2.0.1/NotifyMonitoringReportResponse.json",
            "NotifyMonitoringReportResponse"
        ),
        schema!("v2.0.1/NotifyReportRequest.json", "NotifyReportRequest"),
        schema!("v2.0.1/NotifyReportResponse.json", "NotifyReportResponse"),
        schema!(
            "v2.0.1/PublishFirmwareRequest.json",
            "PublishFirmwareRequest"
        ),
        schema!(
            "v2.0.1/PublishFirmwareResponse.json",
            "PublishFirmwareResponse"
        ),
        schema!(
            "v2.0.1/PublishFirmwareStatusNotificationRequest.json",
            "PublishFirmwareStatusNotificationRequest"
        ),
        schema!(
            "v2.0.1/PublishFirmwareStatusNotificationResponse.json",
            "PublishFirmwareStatusNotificationResponse"
        ),
        schema!(
            "v2.0.1/ReportChargingProfilesRequest.json",
            "ReportChargingProfilesRequest"
        ),
        schema!(
            "v2.0.1/ReportChargingProfilesResponse.json",
            "ReportChargingProfilesResponse"
        ),
        schema!(
            "v2.0.1/RequestStartTransactionRequest.json",
            "RequestStartTransactionRequest"
        ),
        schema!(
            "v2.0.1/RequestStartTransactionResponse.json",
            "RequestStartTransactionResponse"
        ),
        schema!(
            "v2.0.1/RequestStopTransactionRequest.json",
            "RequestStopTransactionRequest"
        ),
        schema!(
            "v2.0.1/RequestStopTransactionResponse.json",
            "RequestStopTransactionResponse"
        ),
        schema!(
            "v2.0.1/ReservationStatusUpdateRequest.json",
            "ReservationStatusUpdateRequest"
        ),
        schema!(
            "v2.0.1/ReservationStatusUpdateResponse.json",
            "ReservationStatusUpdateResponse"
        ),
        schema!("v2.0.1/ReserveNowRequest.json", "ReserveNowRequest"),
        schema!("v2.0.1/ReserveNowResponse.json", "ReserveNowResponse"),
        schema!("v2.0.1/ResetRequest.json", "ResetRequest"),
        schema!("v2.0.1/ResetResponse.json", "ResetResponse"),
        schema!(
            "v2.0.1/SecurityEventNotificationRequest.json",
            "SecurityEventNotificationRequest"
        ),
        schema!(
            "v2.0.1/SecurityEventNotificationResponse.json",
            "SecurityEventNotificationResponse"
        ),
        schema!("v2.0.1/SendLocalListRequest.json", "SendLocalListRequest"),
        schema!("v2.0.1/SendLocalListResponse.json", "SendLocalListResponse"),
        schema!(
            "v2.0.1/SetChargingProfileRequest.json",
            "SetChargingProfileRequest"
        ),
        schema!(
            "v2.0.1/SetChargingProfileResponse.json",
            "SetChargingProfileResponse"
        ),
        schema!(
            "v2.0.1/SetDisplayMessageRequest.json",
            "SetDisplayMessageRequest"
        ),
        schema!(
            "v2.0.1/SetDisplayMessageResponse.json",
            "SetDisplayMessageResponse"
        ),
        schema!(
            "v2.0.1/SetMonitoringBaseRequest.json",
            "SetMonitoringBaseRequest"
        ),
        schema!(
            "v2.0.1/SetMonitoringBaseResponse.json",
            "SetMonitoringBaseResponse"
        ),
        schema!(
            "v2.0.1/SetMonitoringLevelRequest.json",
            "SetMonitoringLevelRequest"
        ),
        schema!(
            "v2.0.1/SetMonitoringLevelResponse.json",
            "SetMonitoringLevelResponse"
        ),
        schema!(
            "v2.0.1/SetNetworkProfileRequest.json",
            "SetNetworkProfileRequest"
        ),
        schema!(
            "v2.0.1/SetNetworkProfileResponse.json",
            "SetNetworkProfileResponse"
        ),
        schema!(
            "v2.0.1/SetVariableMonitoringRequest.json",
            "SetVariableMonitoringRequest"
        ),
        schema!(
            "v2.0.1/SetVariableMonitoringResponse.json",
            "SetVariableMonitoringResponse"
        ),
        schema!("v2.0.1/SetVariablesRequest.json", "SetVariablesRequest"),
        schema!("v2.0.1/SetVariablesResponse.json", "SetVariablesResponse"),
        schema!(
            "v2.0.1/SignCertificateRequest.json",
            "SignCertificateRequest"
        ),
        schema!(
            "v2.0.1/SignCertificateResponse.json",
            "SignCertificateResponse"
        ),
        schema!(
            "v2.0.1/StatusNotificationRequest.json",
            "StatusNotificationRequest"
        ),
        schema!(
            "v2.0.1/StatusNotificationResponse.json",
            "StatusNotificationResponse"
        ),
        schema!(
            "v2.0.1/TransactionEventRequest.json",
            "TransactionEventRequest"
        ),
        schema!(
            "v2.0.1/TransactionEventResponse.json",
            "TransactionEventResponse"
        ),
        schema!("v2.0.1/TriggerMessageRequest.json", "TriggerMessageRequest"),
        schema!(
            "v2.0.1/TriggerMessageResponse.json",
            "TriggerMessageResponse"
        ),
        schema!(
            "v2.0.1/UnlockConnectorRequest.json",
            "UnlockConnectorRequest"
        ),
        schema!(
            "v2.0.1/UnlockConnectorResponse.json",
            "UnlockConnectorResponse"
        ),
        schema!(
            "v2.0.1/UnpublishFirmwareRequest.json",
            "UnpublishFirmwareRequest"
        ),
        schema!(
            "v2.0.1/UnpublishFirmwareResponse.json",
            "UnpublishFirmwareResponse"
        ),
        schema!("v2.0.1/UpdateFirmwareRequest.json", "UpdateFirmwareRequest"),
        schema!(
            "v2.0.1/UpdateFirmwareResponse.json",
            "UpdateFirmwareResponse"
        ),
    ],
    amendments: &[],
};

/// OCPP 2.1.
pub const V2_1: Set = Set {
    version: "2.1",
    schemas: &[
        schema!("v2.1/AFRRSignalRequest.json", "AFRRSignalRequest"),
        schema!("v2.1/AFRRSignalResponse.json", "AFRRSignalResponse"),
        schema!(
            "v2.1/AdjustPeriodicEventStreamRequest.json",
            "AdjustPeriodicEventStreamRequest"
        ),
        schema!(
            "v2.1/AdjustPeriodicEventStreamResponse.json",
            "AdjustPeriodicEventStreamResponse"
        ),
        schema!("v2.1/AuthorizeRequest.json", "AuthorizeRequest"),
        schema!("v2.1/AuthorizeResponse.json", "AuthorizeResponse"),
        schema!("v2.1/BatterySwapRequest.json", "BatterySwapRequest"),
        schema!("v2.1/BatterySwapResponse.json", "BatterySwapResponse"),
        schema!(
            "v2.1/BootNotificationRequest.json",
            "BootNotificationRequest"
        ),
        schema!(
            "v2.1/BootNotificationResponse.json",
            "BootNotificationResponse"
        ),
        schema!(
            "v2.1/CancelReservationRequest.json",
            "CancelReservationRequest"
        ),
        schema!(
            "v2.1/CancelReservationResponse.json",
            "CancelReservationResponse"
        ),
        schema!(
            "v2.1/CertificateSignedRequest.json",
            "CertificateSignedRequest"
        ),
        schema!(
            "v2.1/CertificateSignedResponse.json",
            "CertificateSignedResponse"
        ),
        schema!(
            "v2.1/ChangeAvailabilityRequest.json",
            "ChangeAvailabilityRequest"
        ),
        schema!(
            "v2.1/ChangeAvailabilityResponse.json",
            "ChangeAvailabilityResponse"
        ),
        schema!(
            "v2.1/ChangeTransactionTariffRequest.json",
            "ChangeTransactionTariffRequest"
        ),
        schema!(
            "v2.1/ChangeTransactionTariffResponse.json",
            "ChangeTransactionTariffResponse"
        ),
        schema!("v2.1/ClearCacheRequest.json", "ClearCacheRequest"),
        schema!("v2.1/ClearCacheResponse.json", "ClearCacheResponse"),
        schema!(
            "v2.1/ClearChargingProfileRequest.json",
            "ClearChargingProfileRequest"
        ),
        schema!(
            "v2.1/ClearChargingProfileResponse.json",
            "ClearChargingProfileResponse"
        ),
        schema!("v2.1/ClearDERControlRequest.json", "ClearDERControlRequest"),
        schema!(
            "v2.1/ClearDERControlResponse.json",
            "ClearDERControlResponse"
        ),
        schema!(
            "v2.1/ClearDisplayMessageRequest.json",
            "ClearDisplayMessageRequest"
        ),
        schema!(
            "v2.1/ClearDisplayMessageResponse.json",
            "ClearDisplayMessageResponse"
        ),
        schema!("v2.1/ClearTariffsRequest.json", "ClearTariffsRequest"),
        schema!("v2.1/ClearTariffsResponse.json", "ClearTariffsResponse"),
        schema!(
            "v2.1/ClearVariableMonitoringRequest.json",
            "ClearVariableMonitoringRequest"
        ),
        schema!(
            "v2.1/ClearVariableMonitoringResponse.json",
            "ClearVariableMonitoringResponse"
        ),
        schema!(
            "v2.1/ClearedChargingLimitRequest.json",
            "ClearedChargingLimitRequest"
        ),
        schema!(
            "v2.1/ClearedChargingLimitResponse.json",
            "ClearedChargingLimitResponse"
        ),
        schema!(
            "v2.1/ClosePeriodicEventStreamRequest.json",
            "ClosePeriodicEventStreamRequest"
        ),
        schema!(
            "v2.1/ClosePeriodicEventStreamResponse.json",
            "ClosePeriodicEventStreamResponse"
        ),
        schema!("v2.1/CostUpdatedRequest.json", "CostUpdatedRequest"),
        schema!("v2.1/CostUpdatedResponse.json", "CostUpdatedResponse"),
        schema!(
            "v2.1/CustomerInformationRequest.json",
            "CustomerInformationRequest"
        ),
        schema!(
            "v2.1/CustomerInformationResponse.json",
            "CustomerInformationResponse"
        ),
        schema!("v2.1/DataTransferRequest.json", "DataTransferRequest"),
        schema!("v2.1/DataTransferResponse.json", "DataTransferResponse"),
        schema!(
            "v2.1/DeleteCertificateRequest.json",
            "DeleteCertificateRequest"
        ),
        schema!(
            "v2.1/DeleteCertificateResponse.json",
            "DeleteCertificateResponse"
        ),
        schema!(
            "v2.1/FirmwareStatusNotificationRequest.json",
            "FirmwareStatusNotificationRequest"
        ),
        schema!(
            "v2.1/FirmwareStatusNotificationResponse.json",
            "FirmwareStatusNotificationResponse"
        ),
        schema!(
            "v2.1/Get15118EVCertificateRequest.json",
            "Get15118EVCertificateRequest"
        ),
        schema!(
            "v2.1/Get15118EVCertificateResponse.json",
            "Get15118EVCertificateResponse"
        ),
        schema!("v2.1/GetBaseReportRequest.json", "GetBaseReportRequest"),
        schema!("v2.1/GetBaseReportResponse.json", "GetBaseReportResponse"),
        schema!(
            "v2.1/GetCertificateChainStatusRequest.json",
            "GetCertificateChainStatusRequest"
        ),
        schema!(
            "v2.1/GetCertificateChainStatusResponse.json",
            "GetCertificateChainStatusResponse"
        ),
        schema!(
            "v2.1/GetCertificateStatusRequest.json",
            "GetCertificateStatusRequest"
        ),
        schema!(
            "v2.1/GetCertificateStatusResponse.json",
            "GetCertificateStatusResponse"
        ),
        schema!(
            "v2.1/GetChargingProfilesRequest.json",
            "GetChargingProfilesRequest"
        ),
        schema!(
            "v2.1/GetChargingProfilesResponse.json",
            "GetChargingProfilesResponse"
        ),
        schema!(
            "v2.1/GetCompositeScheduleRequest.json",
            "GetCompositeScheduleRequest"
        ),
        schema!(
            "v2.1/GetCompositeScheduleResponse.json",
            "GetCompositeScheduleResponse"
        ),
        schema!("v2.1/GetDERControlRequest.json", "GetDERControlRequest"),
        schema!("v2.1/GetDERControlResponse.json", "GetDERControlResponse"),
        schema!(
            "v2.1/GetDisplayMessagesRequest.json",
            "GetDisplayMessagesRequest"
        ),
        schema!(
            "v2.1/GetDisplayMessagesResponse.json",
            "GetDisplayMessagesResponse"
        ),
        schema!(
            "v2.1/GetInstalledCertificateIdsRequest.json",
            "GetInstalledCertificateIdsRequest"
        ),
        schema!(
            "v2.1/GetInstalledCertificateIdsResponse.json",
            "GetInstalledCertificateIdsResponse"
        ),
        schema!(
            "v2.1/GetLocalListVersionRequest.json",
            "GetLocalListVersionRequest"
        ),
        schema!(
            "v2.1/GetLocalListVersionResponse.json",
            "GetLocalListVersionResponse"
        ),
        schema!("v2.1/GetLogRequest.json", "GetLogRequest"),
        schema!("v2.1/GetLogResponse.json", "GetLogResponse"),
        schema!(
            "v2.1/GetMonitoringReportRequest.json",
            "GetMonitoringReportRequest"
        ),
        schema!(
            "v2.1/GetMonitoringReportResponse.json",
            "GetMonitoringReportResponse"
        ),
        schema!(
            "v2.1/GetPeriodicEventStreamRequest.json",
            "GetPeriodicEventStreamRequest"
        ),
        schema!(
            "v2.1/GetPeriodicEventStreamResponse.json",
            "GetPeriodicEventStreamResponse"
        ),
        schema!("v2.1/GetReportRequest.json", "GetReportRequest"),
        schema!("v2.1/GetReportResponse.json", "GetReportResponse"),
        schema!("v2.1/GetTariffsRequest.json", "GetTariffsRequest"),
        schema!("v2.1/GetTariffsResponse.json", "GetTariffsResponse"),
        schema!(
            "v2.1/GetTransactionStatusRequest.json",
            "GetTransactionStatusRequest"
        ),
        schema!(
            "v2.1/GetTransactionStatusResponse.json",
            "GetTransactionStatusResponse"
        ),
        schema!("v2.1/GetVariablesRequest.json", "GetVariablesRequest"),
        schema!("v2.1/GetVariablesResponse.json", "GetVariablesResponse"),
        schema!("v2.1/HeartbeatRequest.json", "HeartbeatRequest"),
        schema!("v2.1/HeartbeatResponse.json", "HeartbeatResponse"),
        schema!(
            "v2.1/InstallCertificateRequest.json",
            "InstallCertificateRequest"
        ),
        schema!(
            "v2.1/InstallCertificateResponse.json",
            "InstallCertificateResponse"
        ),
        schema!(
            "v2.1/LogStatusNotificationRequest.json",
            "LogStatusNotificationRequest"
        ),
        schema!(
            "v2.1/LogStatusNotificationResponse.json",
            "LogStatusNotificationResponse"
        ),
        schema!("v2.1/MeterValuesRequest.json", "MeterValuesRequest"),
        schema!("v2.1/MeterValuesResponse.json", "MeterValuesResponse"),
        schema!(
            "v2.1/NotifyAllowedEnergyTransferRequest.json",
            "NotifyAllowedEnergyTransferRequest"
        ),
        schema!(
            "v2.1/NotifyAllowedEnergyTransferResponse.json",
            "NotifyAllowedEnergyTransferResponse"
        ),
        schema!(
            "v2.1/NotifyChargingLimitRequest.json",
            "NotifyChargingLimitRequest"
        ),
        schema!(
            "v2.1/NotifyChargingLimitResponse.json",
            "NotifyChargingLimitResponse"
        ),
        schema!(
            "v2.1/NotifyCustomerInformationRequest.json",
            "NotifyCustomerInformationRequest"
        ),
        schema!(
            "v2.1/NotifyCustomerInformationResponse.json",
            "NotifyCustomerInformationResponse"
        ),
        schema!("v2.1/NotifyDERAlarmRequest.json", "NotifyDERAlarmRequest"),
        schema!("v2.1/NotifyDERAlarmResponse.json", "NotifyDERAlarmResponse"),
        schema!(
            "v2.1/NotifyDERStartStopRequest.json",
            "NotifyDERStartStopRequest"
        ),
        schema!(
            "v2.1/NotifyDERStartStopResponse.json",
            "NotifyDERStartStopResponse"
        ),
        schema!(
            "v2.1/NotifyDisplayMessagesRequest.json",
            "NotifyDisplayMessagesRequest"
        ),
        schema!(
            "v2.1/NotifyDisplayMessagesResponse.json",
            "NotifyDisplayMessagesResponse"
        ),
        schema!(
            "v2.1/NotifyEVChargingNeedsRequest.json",
            "NotifyEVChargingNeedsRequest"
        ),
        schema!(
            "v2.1/NotifyEVChargingNeedsResponse.json",
            "NotifyEVChargingNeedsResponse"
        ),
        schema!(
            "v2.1/NotifyEVChargingScheduleRequest.json",
            "NotifyEVChargingScheduleRequest"
        ),
        schema!(
            "v2.1/NotifyEVChargingScheduleResponse.json",
            "NotifyEVChargingScheduleResponse"
        ),
        schema!("v2.1/NotifyEventRequest.json", "NotifyEventRequest"),
        schema!("v2.1/NotifyEventResponse.json", "NotifyEventResponse"),
        schema!(
            "v2.1/NotifyMonitoringReportRequest.json",
            "NotifyMonitoringReportRequest"
        ),
        schema!(
            "v2.1/NotifyMonitoringReportResponse.json",
            "NotifyMonitoringReportResponse"
        ),
        schema!(
            "v2.1/NotifyPeriodicEventStream.json",
            "NotifyPeriodicEventStream"
        ),
        schema!(
            "v2.1/NotifyPriorityChargingRequest.json",
            "NotifyPriorityChargingRequest"
        ),
        schema!(
            "v2.1/NotifyPriorityChargingResponse.json",
            "NotifyPriorityChargingResponse"
        ),
        schema!("v2.1/NotifyReportRequest.json", "NotifyReportRequest"),
        schema!("v2.1/NotifyReportResponse.json", "NotifyReportResponse"),
        schema!(
            "v2.1/NotifySettlementRequest.json",
            "NotifySettlementRequest"
        ),
        schema!(
            "v2.1/NotifySettlementResponse.json",
            "NotifySettlementResponse"
        ),
        schema!(
            "v2.1/NotifyWebPaymentStartedRequest.json",
            "NotifyWebPaymentStartedRequest"
        ),
        schema!(
            "v2.1/NotifyWebPaymentStartedResponse.json",
            "NotifyWebPaymentStartedResponse"
        ),
        schema!(
            "v2.1/OpenPeriodicEventStreamRequest.json",
            "OpenPeriodicEventStreamRequest"
        ),
        schema!(
            "v2.1/OpenPeriodicEventStreamResponse.json",
            "OpenPeriodicEventStreamResponse"
        ),
        schema!("v2.1/PublishFirmwareRequest.json", "PublishFirmwareRequest"),
        schema!(
            "v2.1/PublishFirmwareResponse.json",
            "PublishFirmwareResponse"
        ),
        schema!(
            "v2.1/PublishFirmwareStatusNotificationRequest.json",
            "PublishFirmwareStatusNotificationRequest"
        ),
        schema!(
            "v2.1/PublishFirmwareStatusNotificationResponse.json",
            "PublishFirmwareStatusNotificationResponse"
        ),
        schema!(
            "v2.1/PullDynamicScheduleUpdateRequest.json",
            "PullDynamicScheduleUpdateRequest"
        ),
        schema!(
            "v2.1/PullDynamicScheduleUpdateResponse.json",
            "PullDynamicScheduleUpdateResponse"
        ),
        schema!(
            "v2.1/ReportChargingProfilesRequest.json",
            "ReportChargingProfilesRequest"
        ),
        schema!(
            "v2.1/ReportChargingProfilesResponse.json",
            "ReportChargingProfilesResponse"
        ),
        schema!(
            "v2.1/ReportDERControlRequest.json",
            "ReportDERControlRequest"
        ),
        schema!(
            "v2.1/ReportDERControlResponse.json",
            "ReportDERControlResponse"
        ),
        schema!(
            "v2.1/RequestBatterySwapRequest.json",
            "RequestBatterySwapRequest"
        ),
        schema!(
            "v2.1/RequestBatterySwapResponse.json",
            "RequestBatterySwapResponse"
        ),
        schema!(
            "v2.1/RequestStartTransactionRequest.json",
            "RequestStartTransactionRequest"
        ),
        schema!(
            "v2.1/RequestStartTransactionResponse.json",
            "RequestStartTransactionResponse"
        ),
        schema!(
            "v2.1/RequestStopTransactionRequest.json",
            "RequestStopTransactionRequest"
        ),
        schema!(
            "v2.1/RequestStopTransactionResponse.json",
            "RequestStopTransactionResponse"
        ),
        schema!(
            "v2.1/ReservationStatusUpdateRequest.json",
            "ReservationStatusUpdateRequest"
        ),
        schema!(
            "v2.1/ReservationStatusUpdateResponse.json",
            "ReservationStatusUpdateResponse"
        ),
        schema!("v2.1/ReserveNowRequest.json", "ReserveNowRequest"),
        schema!("v2.1/ReserveNowResponse.json", "ReserveNowResponse"),
        schema!("v2.1/ResetRequest.json", "ResetRequest"),
        schema!("v2.1/ResetResponse.json", "ResetResponse"),
        schema!(
            "v2.1/SecurityEventNotificationRequest.json",
            "SecurityEventNotificationRequest"
        ),
        schema!(
            "v2.1/SecurityEventNotificationResponse.json",
            "SecurityEventNotificationResponse"
        ),
        schema!("v2.1/SendLocalListRequest.json", "SendLocalListRequest"),
        schema!("v2.1/SendLocalListResponse.json", "SendLocalListResponse"),
        schema!(
            "v2.1/SetChargingProfileRequest.json",
            "SetChargingProfileRequest"
        ),
        schema!(
            "v2.1/SetChargingProfileResponse.json",
            "SetChargingProfileResponse"
        ),
        schema!("v2.1/SetDERControlRequest.json", "SetDERControlRequest"),
        schema!("v2.1/SetDERControlResponse.json", "SetDERControlResponse"),
        schema!(
            "v2.1/SetDefaultTariffRequest.json",
            "SetDefaultTariffRequest"
        ),
        schema!(
            "v2.1/SetDefaultTariffResponse.json",
            "SetDefaultTariffResponse"
        ),
        schema!(
            "v2.1/SetDisplayMessageRequest.json",
            "SetDisplayMessageRequest"
        ),
        schema!(
            "v2.1/SetDisplayMessageResponse.json",
            "SetDisplayMessageResponse"
        ),
        schema!(
            "v2.1/SetMonitoringBaseRequest.json",
            "SetMonitoringBaseRequest"
        ),
        schema!(
            "v2.1/SetMonitoringBaseResponse.json",
            "SetMonitoringBaseResponse"
        ),
        schema!(
            "v2.1/SetMonitoringLevelRequest.json",
            "SetMonitoringLevelRequest"
        ),
        schema!(
            "v2.1/SetMonitoringLevelResponse.json",
            "SetMonitoringLevelResponse"
        ),
        schema!(
            "v2.1/SetNetworkProfileRequest.json",
            "SetNetworkProfileRequest"
        ),
        schema!(
            "v2.1/SetNetworkProfileResponse.json",
            "SetNetworkProfileResponse"
        ),
        schema!(
            "v2.1/SetVariableMonitoringRequest.json",
            "SetVariableMonitoringRequest"
        ),
        schema!(
            "v2.1/SetVariableMonitoringResponse.json",
            "SetVariableMonitoringResponse"
        ),
        schema!("v2.1/SetVariablesRequest.json", "SetVariablesRequest"),
        schema!("v2.1/SetVariablesResponse.json", "SetVariablesResponse"),
        schema!("v2.1/SignCertificateRequest.json", "SignCertificateRequest"),
        schema!(
            "v2.1/SignCertificateResponse.json",
            "SignCertificateResponse"
        ),
        schema!(
            "v2.1/StatusNotificationRequest.json",
            "StatusNotificationRequest"
        ),
        schema!(
            "v2.1/StatusNotificationResponse.json",
            "StatusNotificationResponse"
        ),
        schema!(
            "v2.1/TransactionEventRequest.json",
            "TransactionEventRequest"
        ),
        schema!(
            "v2.1/TransactionEventResponse.json",
            "TransactionEventResponse"
        ),
        schema!("v2.1/TriggerMessageRequest.json", "TriggerMessageRequest"),
        schema!("v2.1/TriggerMessageResponse.json", "TriggerMessageResponse"),
        schema!("v2.1/UnlockConnectorRequest.json", "UnlockConnectorRequest"),
        schema!(
            "v2.1/UnlockConnectorResponse.json",
            "UnlockConnectorResponse"
        ),
        schema!(
            "v2.1/UnpublishFirmwareRequest.json",
            "UnpublishFirmwareRequest"
        ),
        schema!(
            "v2.1/UnpublishFirmwareResponse.json",
            "UnpublishFirmwareResponse"
        ),
        schema!(
            "v2.1/UpdateDynamicScheduleRequest.json",
            "UpdateDynamicScheduleRequest"
        ),
        schema!(
            "v2.1/UpdateDynamicScheduleResponse.json",
            "UpdateDynamicScheduleResponse"
        ),
        schema!("v2.1/UpdateFirmwareRequest.json", "UpdateFirmwareRequest"),
        schema!("v2.1/UpdateFirmwareResponse.json", "UpdateFirmwareResponse"),
        schema!(
            "v2.1/UsePriorityChargingRequest.json",
            "UsePriorityChargingRequest"
        ),
        schema!(
            "v2.1/UsePriorityChargingResponse.json",
            "UsePriorityChargingResponse"
        ),
        schema!(
            "v2.1/VatNumberValidationRequest.json",
            "VatNumberValidationRequest"
        ),
        schema!(
            "v2.1/VatNumberValidationResponse.json",
            "VatNumberValidationResponse"
        ),
    ],
    amendments: &[],
};
