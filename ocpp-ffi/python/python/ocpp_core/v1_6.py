"""The messages of OCPP 1.6 as types, for those who check their programs.

Generated from JSON schemas by ocpp-codegen. Changes belong into its input.
"""

from __future__ import annotations

from typing import Any, Dict, List, Literal, TypedDict


class _AuthorizationDataRequired(TypedDict):
    idTag: str
    """At most 20 characters."""


class AuthorizationData(_AuthorizationDataRequired, total=False):
    idTagInfo: IdTagInfo


class AuthorizeRequest(TypedDict):
    idTag: str
    """At most 20 characters."""


class AuthorizeResponse(TypedDict):
    idTagInfo: IdTagInfo


AvailabilityStatus = Literal[
    "Accepted",
    "Rejected",
    "Scheduled",
]


AvailabilityType = Literal[
    "Inoperative",
    "Operative",
]


class _BootNotificationRequestRequired(TypedDict):
    chargePointVendor: str
    """At most 20 characters."""
    chargePointModel: str
    """At most 20 characters."""


class BootNotificationRequest(_BootNotificationRequestRequired, total=False):
    chargePointSerialNumber: str
    """At most 25 characters."""
    chargeBoxSerialNumber: str
    """At most 25 characters."""
    firmwareVersion: str
    """At most 50 characters."""
    iccid: str
    """At most 20 characters."""
    imsi: str
    """At most 20 characters."""
    meterType: str
    """At most 25 characters."""
    meterSerialNumber: str
    """At most 25 characters."""


class BootNotificationResponse(TypedDict):
    status: RegistrationStatus
    currentTime: str
    """A date and time (RFC 3339)."""
    interval: int
    """A whole number."""


class CancelReservationRequest(TypedDict):
    reservationId: int
    """A whole number."""


class CancelReservationResponse(TypedDict):
    status: CancelReservationStatus


CancelReservationStatus = Literal[
    "Accepted",
    "Rejected",
]


class CertificateHashData(TypedDict):
    hashAlgorithm: HashAlgorithm
    issuerNameHash: str
    """At most 128 characters."""
    issuerKeyHash: str
    """At most 128 characters."""
    serialNumber: str
    """At most 40 characters."""


class CertificateSignedRequest(TypedDict):
    certificateChain: str
    """At most 10000 characters."""


class CertificateSignedResponse(TypedDict):
    status: CertificateSignedStatus


CertificateSignedStatus = Literal[
    "Accepted",
    "Rejected",
]


CertificateUse = Literal[
    "CentralSystemRootCertificate",
    "ManufacturerRootCertificate",
]


class ChangeAvailabilityRequest(TypedDict):
    connectorId: int
    """A whole number."""
    type: AvailabilityType


class ChangeAvailabilityResponse(TypedDict):
    status: AvailabilityStatus


class ChangeConfigurationRequest(TypedDict):
    key: str
    """At most 50 characters."""
    value: str
    """At most 500 characters."""


class ChangeConfigurationResponse(TypedDict):
    status: ConfigurationStatus


ChargePointErrorCode = Literal[
    "ConnectorLockFailure",
    "EVCommunicationError",
    "GroundFailure",
    "HighTemperature",
    "InternalError",
    "LocalListConflict",
    "NoError",
    "OtherError",
    "OverCurrentFailure",
    "PowerMeterFailure",
    "PowerSwitchFailure",
    "ReaderFailure",
    "ResetFailure",
    "UnderVoltage",
    "OverVoltage",
    "WeakSignal",
]


ChargePointStatus = Literal[
    "Available",
    "Preparing",
    "Charging",
    "SuspendedEVSE",
    "SuspendedEV",
    "Finishing",
    "Reserved",
    "Unavailable",
    "Faulted",
]


class _ChargingProfileRequired(TypedDict):
    chargingProfileId: int
    """A whole number."""
    stackLevel: int
    """A whole number."""
    chargingProfilePurpose: ChargingProfilePurpose
    chargingProfileKind: ChargingProfileKind
    chargingSchedule: ChargingSchedule


class ChargingProfile(_ChargingProfileRequired, total=False):
    transactionId: int
    """A whole number."""
    recurrencyKind: RecurrencyKind
    validFrom: str
    """A date and time (RFC 3339)."""
    validTo: str
    """A date and time (RFC 3339)."""


ChargingProfileKind = Literal[
    "Absolute",
    "Recurring",
    "Relative",
]


ChargingProfilePurpose = Literal[
    "ChargePointMaxProfile",
    "TxDefaultProfile",
    "TxProfile",
]


ChargingProfileStatus = Literal[
    "Accepted",
    "Rejected",
    "NotSupported",
]


ChargingRateUnit = Literal[
    "A",
    "W",
]


class _ChargingScheduleRequired(TypedDict):
    chargingRateUnit: ChargingRateUnit
    chargingSchedulePeriod: List[ChargingSchedulePeriod]
    """At least one element."""


class ChargingSchedule(_ChargingScheduleRequired, total=False):
    duration: int
    """A whole number."""
    startSchedule: str
    """A date and time (RFC 3339)."""
    minChargingRate: float


class _ChargingSchedulePeriodRequired(TypedDict):
    startPeriod: int
    """A whole number."""
    limit: float


class ChargingSchedulePeriod(_ChargingSchedulePeriodRequired, total=False):
    numberPhases: int
    """A whole number."""


class ClearCacheRequest(TypedDict):
    pass


class ClearCacheResponse(TypedDict):
    status: ClearCacheStatus


ClearCacheStatus = Literal[
    "Accepted",
    "Rejected",
]


class ClearChargingProfileRequest(TypedDict, total=False):
    id: int
    """A whole number."""
    connectorId: int
    """A whole number."""
    chargingProfilePurpose: ChargingProfilePurpose
    stackLevel: int
    """A whole number."""


class ClearChargingProfileResponse(TypedDict):
    status: ClearChargingProfileStatus


ClearChargingProfileStatus = Literal[
    "Accepted",
    "Unknown",
]


ConfigurationStatus = Literal[
    "Accepted",
    "Rejected",
    "RebootRequired",
    "NotSupported",
]


class _DataTransferRequestRequired(TypedDict):
    vendorId: str
    """At most 255 characters."""


class DataTransferRequest(_DataTransferRequestRequired, total=False):
    messageId: str
    """At most 50 characters."""
    data: str


class _DataTransferResponseRequired(TypedDict):
    status: DataTransferStatus


class DataTransferResponse(_DataTransferResponseRequired, total=False):
    data: str


DataTransferStatus = Literal[
    "Accepted",
    "Rejected",
    "UnknownMessageId",
    "UnknownVendorId",
]


class DeleteCertificateRequest(TypedDict):
    certificateHashData: CertificateHashData


class DeleteCertificateResponse(TypedDict):
    status: DeleteCertificateStatus


DeleteCertificateStatus = Literal[
    "Accepted",
    "Failed",
    "NotFound",
]


DiagnosticsStatus = Literal[
    "Idle",
    "Uploaded",
    "UploadFailed",
    "Uploading",
]


class DiagnosticsStatusNotificationRequest(TypedDict):
    status: DiagnosticsStatus


class DiagnosticsStatusNotificationResponse(TypedDict):
    pass


ExtendedMessageTrigger = Literal[
    "BootNotification",
    "LogStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "MeterValues",
    "SignChargePointCertificate",
    "StatusNotification",
]


class _ExtendedTriggerMessageRequestRequired(TypedDict):
    requestedMessage: ExtendedMessageTrigger


class ExtendedTriggerMessageRequest(_ExtendedTriggerMessageRequestRequired, total=False):
    connectorId: int
    """A whole number."""


class ExtendedTriggerMessageResponse(TypedDict):
    status: ExtendedTriggerMessageStatus


ExtendedTriggerMessageStatus = Literal[
    "Accepted",
    "Rejected",
    "NotImplemented",
]


class _FirmwareRequired(TypedDict):
    location: str
    """At most 512 characters."""
    retrieveDateTime: str
    """A date and time (RFC 3339)."""
    signingCertificate: str
    """At most 5500 characters."""
    signature: str
    """At most 800 characters."""


class Firmware(_FirmwareRequired, total=False):
    installDateTime: str
    """A date and time (RFC 3339)."""


FirmwareStatus = Literal[
    "Downloaded",
    "DownloadFailed",
    "Downloading",
    "Idle",
    "InstallationFailed",
    "Installing",
    "Installed",
]


class FirmwareStatusNotificationRequest(TypedDict):
    status: FirmwareStatus


class FirmwareStatusNotificationResponse(TypedDict):
    pass


GenericStatus = Literal[
    "Accepted",
    "Rejected",
]


class _GetCompositeScheduleRequestRequired(TypedDict):
    connectorId: int
    """A whole number."""
    duration: int
    """A whole number."""


class GetCompositeScheduleRequest(_GetCompositeScheduleRequestRequired, total=False):
    chargingRateUnit: ChargingRateUnit


class _GetCompositeScheduleResponseRequired(TypedDict):
    status: GetCompositeScheduleStatus


class GetCompositeScheduleResponse(_GetCompositeScheduleResponseRequired, total=False):
    connectorId: int
    """A whole number."""
    scheduleStart: str
    """A date and time (RFC 3339)."""
    chargingSchedule: ChargingSchedule


GetCompositeScheduleStatus = Literal[
    "Accepted",
    "Rejected",
]


class GetConfigurationRequest(TypedDict, total=False):
    key: List[str]
    """Each: At most 50 characters."""


class GetConfigurationResponse(TypedDict, total=False):
    configurationKey: List[KeyValue]
    unknownKey: List[str]
    """Each: At most 50 characters."""


class _GetDiagnosticsRequestRequired(TypedDict):
    location: str
    """A URI (RFC 3986)."""


class GetDiagnosticsRequest(_GetDiagnosticsRequestRequired, total=False):
    retries: int
    """A whole number."""
    retryInterval: int
    """A whole number."""
    startTime: str
    """A date and time (RFC 3339)."""
    stopTime: str
    """A date and time (RFC 3339)."""


class GetDiagnosticsResponse(TypedDict, total=False):
    fileName: str
    """At most 255 characters."""


class GetInstalledCertificateIdsRequest(TypedDict):
    certificateType: CertificateUse


class _GetInstalledCertificateIdsResponseRequired(TypedDict):
    status: GetInstalledCertificateStatus


class GetInstalledCertificateIdsResponse(_GetInstalledCertificateIdsResponseRequired, total=False):
    certificateHashData: List[CertificateHashData]
    """At least one element."""


GetInstalledCertificateStatus = Literal[
    "Accepted",
    "NotFound",
]


class GetLocalListVersionRequest(TypedDict):
    pass


class GetLocalListVersionResponse(TypedDict):
    listVersion: int
    """A whole number."""


class _GetLogRequestRequired(TypedDict):
    log: LogParameters
    logType: LogType
    requestId: int
    """A whole number."""


class GetLogRequest(_GetLogRequestRequired, total=False):
    retries: int
    """A whole number."""
    retryInterval: int
    """A whole number."""


class _GetLogResponseRequired(TypedDict):
    status: LogStatus


class GetLogResponse(_GetLogResponseRequired, total=False):
    filename: str
    """At most 255 characters."""


HashAlgorithm = Literal[
    "SHA256",
    "SHA384",
    "SHA512",
]


class HeartbeatRequest(TypedDict):
    pass


class HeartbeatResponse(TypedDict):
    currentTime: str
    """A date and time (RFC 3339)."""


class _IdTagInfoRequired(TypedDict):
    status: IdTagInfoStatus


class IdTagInfo(_IdTagInfoRequired, total=False):
    expiryDate: str
    """A date and time (RFC 3339)."""
    parentIdTag: str
    """At most 20 characters."""


IdTagInfoStatus = Literal[
    "Accepted",
    "Blocked",
    "Expired",
    "Invalid",
    "ConcurrentTx",
]


class InstallCertificateRequest(TypedDict):
    certificateType: CertificateUse
    certificate: str
    """At most 5500 characters."""


class InstallCertificateResponse(TypedDict):
    status: InstallCertificateStatus


InstallCertificateStatus = Literal[
    "Accepted",
    "Failed",
    "Rejected",
]


class _KeyValueRequired(TypedDict):
    key: str
    """At most 50 characters."""
    readonly: bool


class KeyValue(_KeyValueRequired, total=False):
    value: str
    """At most 500 characters."""


Location = Literal[
    "Cable",
    "EV",
    "Inlet",
    "Outlet",
    "Body",
]


class _LogParametersRequired(TypedDict):
    remoteLocation: str
    """At most 512 characters."""


class LogParameters(_LogParametersRequired, total=False):
    oldestTimestamp: str
    """A date and time (RFC 3339)."""
    latestTimestamp: str
    """A date and time (RFC 3339)."""


LogStatus = Literal[
    "Accepted",
    "Rejected",
    "AcceptedCanceled",
]


class _LogStatusNotificationRequestRequired(TypedDict):
    status: UploadLogStatus


class LogStatusNotificationRequest(_LogStatusNotificationRequestRequired, total=False):
    requestId: int
    """A whole number."""


class LogStatusNotificationResponse(TypedDict):
    pass


LogType = Literal[
    "DiagnosticsLog",
    "SecurityLog",
]


Measurand = Literal[
    "Energy.Active.Export.Register",
    "Energy.Active.Import.Register",
    "Energy.Reactive.Export.Register",
    "Energy.Reactive.Import.Register",
    "Energy.Active.Export.Interval",
    "Energy.Active.Import.Interval",
    "Energy.Reactive.Export.Interval",
    "Energy.Reactive.Import.Interval",
    "Power.Active.Export",
    "Power.Active.Import",
    "Power.Offered",
    "Power.Reactive.Export",
    "Power.Reactive.Import",
    "Power.Factor",
    "Current.Import",
    "Current.Export",
    "Current.Offered",
    "Voltage",
    "Frequency",
    "Temperature",
    "SoC",
    "RPM",
]


MessageTrigger = Literal[
    "BootNotification",
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "MeterValues",
    "StatusNotification",
]


class MeterValue(TypedDict):
    timestamp: str
    """A date and time (RFC 3339)."""
    sampledValue: List[SampledValue]
    """At least one element."""


class _MeterValuesRequestRequired(TypedDict):
    connectorId: int
    """A whole number."""
    meterValue: List[MeterValue]
    """At least one element."""


class MeterValuesRequest(_MeterValuesRequestRequired, total=False):
    transactionId: int
    """A whole number."""


class MeterValuesResponse(TypedDict):
    pass


Phase = Literal[
    "L1",
    "L2",
    "L3",
    "N",
    "L1-N",
    "L2-N",
    "L3-N",
    "L1-L2",
    "L2-L3",
    "L3-L1",
]


ReadingContext = Literal[
    "Interruption.Begin",
    "Interruption.End",
    "Sample.Clock",
    "Sample.Periodic",
    "Transaction.Begin",
    "Transaction.End",
    "Trigger",
    "Other",
]


Reason = Literal[
    "EmergencyStop",
    "EVDisconnected",
    "HardReset",
    "Local",
    "Other",
    "PowerLoss",
    "Reboot",
    "Remote",
    "SoftReset",
    "UnlockCommand",
    "DeAuthorized",
]


RecurrencyKind = Literal[
    "Daily",
    "Weekly",
]


RegistrationStatus = Literal[
    "Accepted",
    "Pending",
    "Rejected",
]


RemoteStartStopStatus = Literal[
    "Accepted",
    "Rejected",
]


class _RemoteStartTransactionRequestRequired(TypedDict):
    idTag: str
    """At most 20 characters."""


class RemoteStartTransactionRequest(_RemoteStartTransactionRequestRequired, total=False):
    connectorId: int
    """A whole number."""
    chargingProfile: ChargingProfile


class RemoteStartTransactionResponse(TypedDict):
    status: RemoteStartStopStatus


class RemoteStopTransactionRequest(TypedDict):
    transactionId: int
    """A whole number."""


class RemoteStopTransactionResponse(TypedDict):
    status: RemoteStartStopStatus


ReservationStatus = Literal[
    "Accepted",
    "Faulted",
    "Occupied",
    "Rejected",
    "Unavailable",
]


class _ReserveNowRequestRequired(TypedDict):
    connectorId: int
    """A whole number."""
    expiryDate: str
    """A date and time (RFC 3339)."""
    idTag: str
    """At most 20 characters."""
    reservationId: int
    """A whole number."""


class ReserveNowRequest(_ReserveNowRequestRequired, total=False):
    parentIdTag: str
    """At most 20 characters."""


class ReserveNowResponse(TypedDict):
    status: ReservationStatus


class ResetRequest(TypedDict):
    type: ResetType


class ResetResponse(TypedDict):
    status: ResetStatus


ResetStatus = Literal[
    "Accepted",
    "Rejected",
]


ResetType = Literal[
    "Hard",
    "Soft",
]


class _SampledValueRequired(TypedDict):
    value: str


class SampledValue(_SampledValueRequired, total=False):
    context: ReadingContext
    format: ValueFormat
    measurand: Measurand
    phase: Phase
    location: Location
    unit: UnitOfMeasure


class _SecurityEventNotificationRequestRequired(TypedDict):
    type: str
    """At most 50 characters."""
    timestamp: str
    """A date and time (RFC 3339)."""


class SecurityEventNotificationRequest(_SecurityEventNotificationRequestRequired, total=False):
    techInfo: str
    """At most 255 characters."""


class SecurityEventNotificationResponse(TypedDict):
    pass


class _SendLocalListRequestRequired(TypedDict):
    listVersion: int
    """A whole number."""
    updateType: UpdateType


class SendLocalListRequest(_SendLocalListRequestRequired, total=False):
    localAuthorizationList: List[AuthorizationData]


class SendLocalListResponse(TypedDict):
    status: UpdateStatus


class SetChargingProfileRequest(TypedDict):
    connectorId: int
    """A whole number."""
    csChargingProfiles: ChargingProfile


class SetChargingProfileResponse(TypedDict):
    status: ChargingProfileStatus


class SignCertificateRequest(TypedDict):
    csr: str
    """At most 5500 characters."""


class SignCertificateResponse(TypedDict):
    status: GenericStatus


SignedFirmwareStatus = Literal[
    "Downloaded",
    "DownloadFailed",
    "Downloading",
    "DownloadScheduled",
    "DownloadPaused",
    "Idle",
    "InstallationFailed",
    "Installing",
    "Installed",
    "InstallRebooting",
    "InstallScheduled",
    "InstallVerificationFailed",
    "InvalidSignature",
    "SignatureVerified",
]


class _SignedFirmwareStatusNotificationRequestRequired(TypedDict):
    status: SignedFirmwareStatus


class SignedFirmwareStatusNotificationRequest(_SignedFirmwareStatusNotificationRequestRequired, total=False):
    requestId: int
    """A whole number."""


class SignedFirmwareStatusNotificationResponse(TypedDict):
    pass


class _SignedUpdateFirmwareRequestRequired(TypedDict):
    requestId: int
    """A whole number."""
    firmware: Firmware


class SignedUpdateFirmwareRequest(_SignedUpdateFirmwareRequestRequired, total=False):
    retries: int
    """A whole number."""
    retryInterval: int
    """A whole number."""


class SignedUpdateFirmwareResponse(TypedDict):
    status: SignedUpdateFirmwareStatus


SignedUpdateFirmwareStatus = Literal[
    "Accepted",
    "Rejected",
    "AcceptedCanceled",
    "InvalidCertificate",
    "RevokedCertificate",
]


class _StartTransactionRequestRequired(TypedDict):
    connectorId: int
    """A whole number."""
    idTag: str
    """At most 20 characters."""
    meterStart: int
    """A whole number."""
    timestamp: str
    """A date and time (RFC 3339)."""


class StartTransactionRequest(_StartTransactionRequestRequired, total=False):
    reservationId: int
    """A whole number."""


class StartTransactionResponse(TypedDict):
    idTagInfo: IdTagInfo
    transactionId: int
    """A whole number."""


class _StatusNotificationRequestRequired(TypedDict):
    connectorId: int
    """A whole number."""
    errorCode: ChargePointErrorCode
    status: ChargePointStatus


class StatusNotificationRequest(_StatusNotificationRequestRequired, total=False):
    info: str
    """At most 50 characters."""
    timestamp: str
    """A date and time (RFC 3339)."""
    vendorId: str
    """At most 255 characters."""
    vendorErrorCode: str
    """At most 50 characters."""


class StatusNotificationResponse(TypedDict):
    pass


class _StopTransactionRequestRequired(TypedDict):
    meterStop: int
    """A whole number."""
    timestamp: str
    """A date and time (RFC 3339)."""
    transactionId: int
    """A whole number."""


class StopTransactionRequest(_StopTransactionRequestRequired, total=False):
    idTag: str
    """At most 20 characters."""
    reason: Reason
    transactionData: List[MeterValue]


class StopTransactionResponse(TypedDict, total=False):
    idTagInfo: IdTagInfo


class _TriggerMessageRequestRequired(TypedDict):
    requestedMessage: MessageTrigger


class TriggerMessageRequest(_TriggerMessageRequestRequired, total=False):
    connectorId: int
    """A whole number."""


class TriggerMessageResponse(TypedDict):
    status: TriggerMessageStatus


TriggerMessageStatus = Literal[
    "Accepted",
    "Rejected",
    "NotImplemented",
]


UnitOfMeasure = Literal[
    "Wh",
    "kWh",
    "varh",
    "kvarh",
    "W",
    "kW",
    "VA",
    "kVA",
    "var",
    "kvar",
    "A",
    "V",
    "K",
    "Celcius",
    "Celsius",
    "Fahrenheit",
    "Percent",
    "Hertz",
]


class UnlockConnectorRequest(TypedDict):
    connectorId: int
    """A whole number."""


class UnlockConnectorResponse(TypedDict):
    status: UnlockStatus


UnlockStatus = Literal[
    "Unlocked",
    "UnlockFailed",
    "NotSupported",
]


class _UpdateFirmwareRequestRequired(TypedDict):
    location: str
    """A URI (RFC 3986)."""
    retrieveDate: str
    """A date and time (RFC 3339)."""


class UpdateFirmwareRequest(_UpdateFirmwareRequestRequired, total=False):
    retries: int
    """A whole number."""
    retryInterval: int
    """A whole number."""


class UpdateFirmwareResponse(TypedDict):
    pass


UpdateStatus = Literal[
    "Accepted",
    "Failed",
    "NotSupported",
    "VersionMismatch",
]


UpdateType = Literal[
    "Differential",
    "Full",
]


UploadLogStatus = Literal[
    "BadMessage",
    "Idle",
    "NotSupportedOperation",
    "PermissionDenied",
    "Uploaded",
    "UploadFailure",
    "Uploading",
]


ValueFormat = Literal[
    "Raw",
    "SignedData",
]


Requests = {
    "Authorize": AuthorizeRequest,
    "BootNotification": BootNotificationRequest,
    "CancelReservation": CancelReservationRequest,
    "CertificateSigned": CertificateSignedRequest,
    "ChangeAvailability": ChangeAvailabilityRequest,
    "ChangeConfiguration": ChangeConfigurationRequest,
    "ClearCache": ClearCacheRequest,
    "ClearChargingProfile": ClearChargingProfileRequest,
    "DataTransfer": DataTransferRequest,
    "DeleteCertificate": DeleteCertificateRequest,
    "DiagnosticsStatusNotification": DiagnosticsStatusNotificationRequest,
    "ExtendedTriggerMessage": ExtendedTriggerMessageRequest,
    "FirmwareStatusNotification": FirmwareStatusNotificationRequest,
    "GetCompositeSchedule": GetCompositeScheduleRequest,
    "GetConfiguration": GetConfigurationRequest,
    "GetDiagnostics": GetDiagnosticsRequest,
    "GetInstalledCertificateIds": GetInstalledCertificateIdsRequest,
    "GetLocalListVersion": GetLocalListVersionRequest,
    "GetLog": GetLogRequest,
    "Heartbeat": HeartbeatRequest,
    "InstallCertificate": InstallCertificateRequest,
    "LogStatusNotification": LogStatusNotificationRequest,
    "MeterValues": MeterValuesRequest,
    "RemoteStartTransaction": RemoteStartTransactionRequest,
    "RemoteStopTransaction": RemoteStopTransactionRequest,
    "ReserveNow": ReserveNowRequest,
    "Reset": ResetRequest,
    "SecurityEventNotification": SecurityEventNotificationRequest,
    "SendLocalList": SendLocalListRequest,
    "SetChargingProfile": SetChargingProfileRequest,
    "SignCertificate": SignCertificateRequest,
    "SignedFirmwareStatusNotification": SignedFirmwareStatusNotificationRequest,
    "SignedUpdateFirmware": SignedUpdateFirmwareRequest,
    "StartTransaction": StartTransactionRequest,
    "StatusNotification": StatusNotificationRequest,
    "StopTransaction": StopTransactionRequest,
    "TriggerMessage": TriggerMessageRequest,
    "UnlockConnector": UnlockConnectorRequest,
    "UpdateFirmware": UpdateFirmwareRequest,
}
"""The types of requests by action."""

Responses = {
    "Authorize": AuthorizeResponse,
    "BootNotification": BootNotificationResponse,
    "CancelReservation": CancelReservationResponse,
    "CertificateSigned": CertificateSignedResponse,
    "ChangeAvailability": ChangeAvailabilityResponse,
    "ChangeConfiguration": ChangeConfigurationResponse,
    "ClearCache": ClearCacheResponse,
    "ClearChargingProfile": ClearChargingProfileResponse,
    "DataTransfer": DataTransferResponse,
    "DeleteCertificate": DeleteCertificateResponse,
    "DiagnosticsStatusNotification": DiagnosticsStatusNotificationResponse,
    "ExtendedTriggerMessage": ExtendedTriggerMessageResponse,
    "FirmwareStatusNotification": FirmwareStatusNotificationResponse,
    "GetCompositeSchedule": GetCompositeScheduleResponse,
    "GetConfiguration": GetConfigurationResponse,
    "GetDiagnostics": GetDiagnosticsResponse,
    "GetInstalledCertificateIds": GetInstalledCertificateIdsResponse,
    "GetLocalListVersion": GetLocalListVersionResponse,
    "GetLog": GetLogResponse,
    "Heartbeat": HeartbeatResponse,
    "InstallCertificate": InstallCertificateResponse,
    "LogStatusNotification": LogStatusNotificationResponse,
    "MeterValues": MeterValuesResponse,
    "RemoteStartTransaction": RemoteStartTransactionResponse,
    "RemoteStopTransaction": RemoteStopTransactionResponse,
    "ReserveNow": ReserveNowResponse,
    "Reset": ResetResponse,
    "SecurityEventNotification": SecurityEventNotificationResponse,
    "SendLocalList": SendLocalListResponse,
    "SetChargingProfile": SetChargingProfileResponse,
    "SignCertificate": SignCertificateResponse,
    "SignedFirmwareStatusNotification": SignedFirmwareStatusNotificationResponse,
    "SignedUpdateFirmware": SignedUpdateFirmwareResponse,
    "StartTransaction": StartTransactionResponse,
    "StatusNotification": StatusNotificationResponse,
    "StopTransaction": StopTransactionResponse,
    "TriggerMessage": TriggerMessageResponse,
    "UnlockConnector": UnlockConnectorResponse,
    "UpdateFirmware": UpdateFirmwareResponse,
}
"""The types of responses by action."""
