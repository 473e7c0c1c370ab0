"""The messages of OCPP 2.0.1 as types, for those who check their programs.

Generated from JSON schemas by ocpp-codegen. Changes belong into its input.
"""

from __future__ import annotations

from typing import Any, Dict, List, Literal, TypedDict


class _AcChargingParametersRequired(TypedDict):
    energyAmount: int
    """A whole number."""
    evMinCurrent: int
    """A whole number."""
    evMaxCurrent: int
    """A whole number."""
    evMaxVoltage: int
    """A whole number."""


class AcChargingParameters(_AcChargingParametersRequired, total=False):
    customData: Dict[str, Any]


class _AdditionalInfoRequired(TypedDict):
    additionalIdToken: str
    """At most 36 characters."""
    type: str
    """At most 50 characters."""


class AdditionalInfo(_AdditionalInfoRequired, total=False):
    customData: Dict[str, Any]


class _ApnRequired(TypedDict):
    apn: str
    """At most 512 characters."""
    apnAuthentication: ApnAuthentication


class Apn(_ApnRequired, total=False):
    customData: Dict[str, Any]
    apnUserName: str
    """At most 20 characters."""
    apnPassword: str
    """At most 20 characters."""
    simPin: int
    """A whole number."""
    preferredNetwork: str
    """At most 6 characters."""
    useOnlyPreferredNetwork: bool


ApnAuthentication = Literal[
    "CHAP",
    "NONE",
    "PAP",
    "AUTO",
]


Attribute = Literal[
    "Actual",
    "Target",
    "MinSet",
    "MaxSet",
]


class _AuthorizationDataRequired(TypedDict):
    idToken: IdToken


class AuthorizationData(_AuthorizationDataRequired, total=False):
    customData: Dict[str, Any]
    idTokenInfo: IdTokenInfo


AuthorizationStatus = Literal[
    "Accepted",
    "Blocked",
    "ConcurrentTx",
    "Expired",
    "Invalid",
    "NoCredit",
    "NotAllowedTypeEVSE",
    "NotAtThisLocation",
    "NotAtThisTime",
    "Unknown",
]


AuthorizeCertificateStatus = Literal[
    "Accepted",
    "SignatureError",
    "CertificateExpired",
    "CertificateRevoked",
    "NoCertificateAvailable",
    "CertChainError",
    "ContractCancelled",
]


class _AuthorizeRequestRequired(TypedDict):
    idToken: IdToken


class AuthorizeRequest(_AuthorizeRequestRequired, total=False):
    customData: Dict[str, Any]
    certificate: str
    """At most 5500 characters."""
    iso15118CertificateHashData: List[OcspRequestData]
    """1 to 4 elements."""


class _AuthorizeResponseRequired(TypedDict):
    idTokenInfo: IdTokenInfo


class AuthorizeResponse(_AuthorizeResponseRequired, total=False):
    customData: Dict[str, Any]
    certificateStatus: AuthorizeCertificateStatus


class _BootNotificationRequestRequired(TypedDict):
    chargingStation: ChargingStation
    reason: BootReason


class BootNotificationRequest(_BootNotificationRequestRequired, total=False):
    customData: Dict[str, Any]


class _BootNotificationResponseRequired(TypedDict):
    currentTime: str
    """A date and time (RFC 3339)."""
    interval: int
    """A whole number."""
    status: RegistrationStatus


class BootNotificationResponse(_BootNotificationResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


BootReason = Literal[
    "ApplicationReset",
    "FirmwareUpdate",
    "LocalReset",
    "PowerUp",
    "RemoteReset",
    "ScheduledReset",
    "Triggered",
    "Unknown",
    "Watchdog",
]


class _CancelReservationRequestRequired(TypedDict):
    reservationId: int
    """A whole number."""


class CancelReservationRequest(_CancelReservationRequestRequired, total=False):
    customData: Dict[str, Any]


class _CancelReservationResponseRequired(TypedDict):
    status: CancelReservationStatus


class CancelReservationResponse(_CancelReservationResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


CancelReservationStatus = Literal[
    "Accepted",
    "Rejected",
]


CertificateAction = Literal[
    "Install",
    "Update",
]


class _CertificateHashDataRequired(TypedDict):
    hashAlgorithm: HashAlgorithm
    issuerNameHash: str
    """At most 128 characters."""
    issuerKeyHash: str
    """At most 128 characters."""
    serialNumber: str
    """At most 40 characters."""


class CertificateHashData(_CertificateHashDataRequired, total=False):
    customData: Dict[str, Any]


class _CertificateHashDataChainRequired(TypedDict):
    certificateHashData: CertificateHashData
    certificateType: GetCertificateIdUse


class CertificateHashDataChain(_CertificateHashDataChainRequired, total=False):
    customData: Dict[str, Any]
    childCertificateHashData: List[CertificateHashData]
    """1 to 4 elements."""


class _CertificateSignedRequestRequired(TypedDict):
    certificateChain: str
    """At most 10000 characters."""


class CertificateSignedRequest(_CertificateSignedRequestRequired, total=False):
    customData: Dict[str, Any]
    certificateType: CertificateSigningUse


class _CertificateSignedResponseRequired(TypedDict):
    status: CertificateSignedStatus


class CertificateSignedResponse(_CertificateSignedResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


CertificateSignedStatus = Literal[
    "Accepted",
    "Rejected",
]


CertificateSigningUse = Literal[
    "ChargingStationCertificate",
    "V2GCertificate",
]


class _ChangeAvailabilityRequestRequired(TypedDict):
    operationalStatus: OperationalStatus


class ChangeAvailabilityRequest(_ChangeAvailabilityRequestRequired, total=False):
    customData: Dict[str, Any]
    evse: Evse


class _ChangeAvailabilityResponseRequired(TypedDict):
    status: ChangeAvailabilityStatus


class ChangeAvailabilityResponse(_ChangeAvailabilityResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


ChangeAvailabilityStatus = Literal[
    "Accepted",
    "Rejected",
    "Scheduled",
]


class _ChargingLimitRequired(TypedDict):
    chargingLimitSource: ChargingLimitSource


class ChargingLimit(_ChargingLimitRequired, total=False):
    customData: Dict[str, Any]
    isGridCritical: bool


ChargingLimitSource = Literal[
    "EMS",
    "Other",
    "SO",
    "CSO",
]


class _ChargingNeedsRequired(TypedDict):
    requestedEnergyTransfer: EnergyTransferMode


class ChargingNeeds(_ChargingNeedsRequired, total=False):
    customData: Dict[str, Any]
    acChargingParameters: AcChargingParameters
    dcChargingParameters: DcChargingParameters
    departureTime: str
    """A date and time (RFC 3339)."""


class _ChargingProfileRequired(TypedDict):
    id: int
    """A whole number."""
    stackLevel: int
    """A whole number."""
    chargingProfilePurpose: ChargingProfilePurpose
    chargingProfileKind: ChargingProfileKind
    chargingSchedule: List[ChargingSchedule]
    """1 to 3 elements."""


class ChargingProfile(_ChargingProfileRequired, total=False):
    customData: Dict[str, Any]
    recurrencyKind: RecurrencyKind
    validFrom: str
    """A date and time (RFC 3339)."""
    validTo: str
    """A date and time (RFC 3339)."""
    transactionId: str
    """At most 36 characters."""


class ChargingProfileCriterion(TypedDict, total=False):
    customData: Dict[str, Any]
    chargingProfilePurpose: ChargingProfilePurpose
    stackLevel: int
    """A whole number."""
    chargingProfileId: List[int]
    """At least one element. Each: A whole number."""
    chargingLimitSource: List[ChargingLimitSource]
    """1 to 4 elements."""


ChargingProfileKind = Literal[
    "Absolute",
    "Recurring",
    "Relative",
]


ChargingProfilePurpose = Literal[
    "ChargingStationExternalConstraints",
    "ChargingStationMaxProfile",
    "TxDefaultProfile",
    "TxProfile",
]


ChargingProfileStatus = Literal[
    "Accepted",
    "Rejected",
]


ChargingRateUnit = Literal[
    "W",
    "A",
]


class _ChargingScheduleRequired(TypedDict):
    id: int
    """A whole number."""
    chargingRateUnit: ChargingRateUnit
    chargingSchedulePeriod: List[ChargingSchedulePeriod]
    """1 to 1024 elements."""


class ChargingSchedule(_ChargingScheduleRequired, total=False):
    customData: Dict[str, Any]
    startSchedule: str
    """A date and time (RFC 3339)."""
    duration: int
    """A whole number."""
    minChargingRate: float
    salesTariff: SalesTariff


class _ChargingSchedulePeriodRequired(TypedDict):
    startPeriod: int
    """A whole number."""
    limit: float


class ChargingSchedulePeriod(_ChargingSchedulePeriodRequired, total=False):
    customData: Dict[str, Any]
    numberPhases: int
    """A whole number."""
    phaseToUse: int
    """A whole number."""


ChargingState = Literal[
    "Charging",
    "EVConnected",
    "SuspendedEV",
    "SuspendedEVSE",
    "Idle",
]


class _ChargingStationRequired(TypedDict):
    model: str
    """At most 20 characters."""
    vendorName: str
    """At most 50 characters."""


class ChargingStation(_ChargingStationRequired, total=False):
    customData: Dict[str, Any]
    serialNumber: str
    """At most 25 characters."""
    modem: Modem
    firmwareVersion: str
    """At most 50 characters."""


class ClearCacheRequest(TypedDict, total=False):
    customData: Dict[str, Any]


class _ClearCacheResponseRequired(TypedDict):
    status: ClearCacheStatus


class ClearCacheResponse(_ClearCacheResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


ClearCacheStatus = Literal[
    "Accepted",
    "Rejected",
]


class ClearChargingProfile(TypedDict, total=False):
    customData: Dict[str, Any]
    evseId: int
    """A whole number."""
    chargingProfilePurpose: ChargingProfilePurpose
    stackLevel: int
    """A whole number."""


class ClearChargingProfileRequest(TypedDict, total=False):
    customData: Dict[str, Any]
    chargingProfileId: int
    """A whole number."""
    chargingProfileCriteria: ClearChargingProfile


class _ClearChargingProfileResponseRequired(TypedDict):
    status: ClearChargingProfileStatus


class ClearChargingProfileResponse(_ClearChargingProfileResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


ClearChargingProfileStatus = Literal[
    "Accepted",
    "Unknown",
]


class _ClearDisplayMessageRequestRequired(TypedDict):
    id: int
    """A whole number."""


class ClearDisplayMessageRequest(_ClearDisplayMessageRequestRequired, total=False):
    customData: Dict[str, Any]


class _ClearDisplayMessageResponseRequired(TypedDict):
    status: ClearMessageStatus


class ClearDisplayMessageResponse(_ClearDisplayMessageResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


ClearMessageStatus = Literal[
    "Accepted",
    "Unknown",
]


class _ClearMonitoringResultRequired(TypedDict):
    status: ClearMonitoringStatus
    id: int
    """A whole number."""


class ClearMonitoringResult(_ClearMonitoringResultRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


ClearMonitoringStatus = Literal[
    "Accepted",
    "Rejected",
    "NotFound",
]


class _ClearVariableMonitoringRequestRequired(TypedDict):
    id: List[int]
    """At least one element. Each: A whole number."""


class ClearVariableMonitoringRequest(_ClearVariableMonitoringRequestRequired, total=False):
    customData: Dict[str, Any]


class _ClearVariableMonitoringResponseRequired(TypedDict):
    clearMonitoringResult: List[ClearMonitoringResult]
    """At least one element."""


class ClearVariableMonitoringResponse(_ClearVariableMonitoringResponseRequired, total=False):
    customData: Dict[str, Any]


class _ClearedChargingLimitRequestRequired(TypedDict):
    chargingLimitSource: ChargingLimitSource


class ClearedChargingLimitRequest(_ClearedChargingLimitRequestRequired, total=False):
    customData: Dict[str, Any]
    evseId: int
    """A whole number."""


class ClearedChargingLimitResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _ComponentRequired(TypedDict):
    name: str
    """At most 50 characters."""


class Component(_ComponentRequired, total=False):
    customData: Dict[str, Any]
    evse: Evse
    instance: str
    """At most 50 characters."""


ComponentCriterion = Literal[
    "Active",
    "Available",
    "Enabled",
    "Problem",
]


class _ComponentVariableRequired(TypedDict):
    component: Component


class ComponentVariable(_ComponentVariableRequired, total=False):
    customData: Dict[str, Any]
    variable: Variable


class _CompositeScheduleRequired(TypedDict):
    chargingSchedulePeriod: List[ChargingSchedulePeriod]
    """At least one element."""
    evseId: int
    """A whole number."""
    duration: int
    """A whole number."""
    scheduleStart: str
    """A date and time (RFC 3339)."""
    chargingRateUnit: ChargingRateUnit


class CompositeSchedule(_CompositeScheduleRequired, total=False):
    customData: Dict[str, Any]


Connector = Literal[
    "cCCS1",
    "cCCS2",
    "cG105",
    "cTesla",
    "cType1",
    "cType2",
    "s309-1P-16A",
    "s309-1P-32A",
    "s309-3P-16A",
    "s309-3P-32A",
    "sBS1361",
    "sCEE-7-7",
    "sType2",
    "sType3",
    "Other1PhMax16A",
    "Other1PhOver16A",
    "Other3Ph",
    "Pan",
    "wInductive",
    "wResonant",
    "Undetermined",
    "Unknown",
]


ConnectorStatus = Literal[
    "Available",
    "Occupied",
    "Reserved",
    "Unavailable",
    "Faulted",
]


class _ConsumptionCostRequired(TypedDict):
    startValue: float
    cost: List[Cost]
    """1 to 3 elements."""


class ConsumptionCost(_ConsumptionCostRequired, total=False):
    customData: Dict[str, Any]


class _CostRequired(TypedDict):
    costKind: CostKind
    amount: int
    """A whole number."""


class Cost(_CostRequired, total=False):
    customData: Dict[str, Any]
    amountMultiplier: int
    """A whole number."""


CostKind = Literal[
    "CarbonDioxideEmission",
    "RelativePricePercentage",
    "RenewableGenerationPercentage",
]


class _CostUpdatedRequestRequired(TypedDict):
    totalCost: float
    transactionId: str
    """At most 36 characters."""


class CostUpdatedRequest(_CostUpdatedRequestRequired, total=False):
    customData: Dict[str, Any]


class CostUpdatedResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _CustomerInformationRequestRequired(TypedDict):
    requestId: int
    """A whole number."""
    report: bool
    clear: bool


class CustomerInformationRequest(_CustomerInformationRequestRequired, total=False):
    customData: Dict[str, Any]
    customerCertificate: CertificateHashData
    idToken: IdToken
    customerIdentifier: str
    """At most 64 characters."""


class _CustomerInformationResponseRequired(TypedDict):
    status: CustomerInformationStatus


class CustomerInformationResponse(_CustomerInformationResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


CustomerInformationStatus = Literal[
    "Accepted",
    "Rejected",
    "Invalid",
]


Data = Literal[
    "string",
    "decimal",
    "integer",
    "dateTime",
    "boolean",
    "OptionList",
    "SequenceList",
    "MemberList",
]


class _DataTransferRequestRequired(TypedDict):
    vendorId: str
    """At most 255 characters."""


class DataTransferRequest(_DataTransferRequestRequired, total=False):
    customData: Dict[str, Any]
    messageId: str
    """At most 50 characters."""
    data: Any


class _DataTransferResponseRequired(TypedDict):
    status: DataTransferStatus


class DataTransferResponse(_DataTransferResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo
    data: Any


DataTransferStatus = Literal[
    "Accepted",
    "Rejected",
    "UnknownMessageId",
    "UnknownVendorId",
]


class _DcChargingParametersRequired(TypedDict):
    evMaxCurrent: int
    """A whole number."""
    evMaxVoltage: int
    """A whole number."""


class DcChargingParameters(_DcChargingParametersRequired, total=False):
    customData: Dict[str, Any]
    energyAmount: int
    """A whole number."""
    evMaxPower: int
    """A whole number."""
    stateOfCharge: int
    """A whole number. From 0 to 100."""
    evEnergyCapacity: int
    """A whole number."""
    fullSoC: int
    """A whole number. From 0 to 100."""
    bulkSoC: int
    """A whole number. From 0 to 100."""


class _DeleteCertificateRequestRequired(TypedDict):
    certificateHashData: CertificateHashData


class DeleteCertificateRequest(_DeleteCertificateRequestRequired, total=False):
    customData: Dict[str, Any]


class _DeleteCertificateResponseRequired(TypedDict):
    status: DeleteCertificateStatus


class DeleteCertificateResponse(_DeleteCertificateResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


DeleteCertificateStatus = Literal[
    "Accepted",
    "Failed",
    "NotFound",
]


DisplayMessageStatus = Literal[
    "Accepted",
    "NotSupportedMessageFormat",
    "Rejected",
    "NotSupportedPriority",
    "NotSupportedState",
    "UnknownTransaction",
]


EnergyTransferMode = Literal[
    "DC",
    "AC_single_phase",
    "AC_two_phase",
    "AC_three_phase",
]


class _EventDataRequired(TypedDict):
    eventId: int
    """A whole number."""
    timestamp: str
    """A date and time (RFC 3339)."""
    trigger: EventTrigger
    actualValue: str
    """At most 2500 characters."""
    component: Component
    eventNotificationType: EventNotification
    variable: Variable


class EventData(_EventDataRequired, total=False):
    customData: Dict[str, Any]
    cause: int
    """A whole number."""
    techCode: str
    """At most 50 characters."""
    techInfo: str
    """At most 500 characters."""
    cleared: bool
    transactionId: str
    """At most 36 characters."""
    variableMonitoringId: int
    """A whole number."""


EventNotification = Literal[
    "HardWiredNotification",
    "HardWiredMonitor",
    "PreconfiguredMonitor",
    "CustomMonitor",
]


EventTrigger = Literal[
    "Alerting",
    "Delta",
    "Periodic",
]


class _EvseRequired(TypedDict):
    id: int
    """A whole number."""


class Evse(_EvseRequired, total=False):
    customData: Dict[str, Any]
    connectorId: int
    """A whole number."""


class _FirmwareRequired(TypedDict):
    location: str
    """At most 512 characters."""
    retrieveDateTime: str
    """A date and time (RFC 3339)."""


class Firmware(_FirmwareRequired, total=False):
    customData: Dict[str, Any]
    installDateTime: str
    """A date and time (RFC 3339)."""
    signingCertificate: str
    """At most 5500 characters."""
    signature: str
    """At most 800 characters."""


FirmwareStatus = Literal[
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


class _FirmwareStatusNotificationRequestRequired(TypedDict):
    status: FirmwareStatus


class FirmwareStatusNotificationRequest(_FirmwareStatusNotificationRequestRequired, total=False):
    customData: Dict[str, Any]
    requestId: int
    """A whole number."""


class FirmwareStatusNotificationResponse(TypedDict, total=False):
    customData: Dict[str, Any]


GenericDeviceModelStatus = Literal[
    "Accepted",
    "Rejected",
    "NotSupported",
    "EmptyResultSet",
]


GenericStatus = Literal[
    "Accepted",
    "Rejected",
]


class _Get15118EvCertificateRequestRequired(TypedDict):
    iso15118SchemaVersion: str
    """At most 50 characters."""
    action: CertificateAction
    exiRequest: str
    """At most 5600 characters."""


class Get15118EvCertificateRequest(_Get15118EvCertificateRequestRequired, total=False):
    customData: Dict[str, Any]


class _Get15118EvCertificateResponseRequired(TypedDict):
    status: Iso15118EvCertificateStatus
    exiResponse: str
    """At most 7500 characters."""


class Get15118EvCertificateResponse(_Get15118EvCertificateResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


class _GetBaseReportRequestRequired(TypedDict):
    requestId: int
    """A whole number."""
    reportBase: ReportBase


class GetBaseReportRequest(_GetBaseReportRequestRequired, total=False):
    customData: Dict[str, Any]


class _GetBaseReportResponseRequired(TypedDict):
    status: GenericDeviceModelStatus


class GetBaseReportResponse(_GetBaseReportResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


GetCertificateIdUse = Literal[
    "V2GRootCertificate",
    "MORootCertificate",
    "CSMSRootCertificate",
    "V2GCertificateChain",
    "ManufacturerRootCertificate",
]


GetCertificateStatus = Literal[
    "Accepted",
    "Failed",
]


class _GetCertificateStatusRequestRequired(TypedDict):
    ocspRequestData: OcspRequestData


class GetCertificateStatusRequest(_GetCertificateStatusRequestRequired, total=False):
    customData: Dict[str, Any]


class _GetCertificateStatusResponseRequired(TypedDict):
    status: GetCertificateStatus


class GetCertificateStatusResponse(_GetCertificateStatusResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo
    ocspResult: str
    """At most 5500 characters."""


GetChargingProfileStatus = Literal[
    "Accepted",
    "NoProfiles",
]


class _GetChargingProfilesRequestRequired(TypedDict):
    requestId: int
    """A whole number."""
    chargingProfile: ChargingProfileCriterion


class GetChargingProfilesRequest(_GetChargingProfilesRequestRequired, total=False):
    customData: Dict[str, Any]
    evseId: int
    """A whole number."""


class _GetChargingProfilesResponseRequired(TypedDict):
    status: GetChargingProfileStatus


class GetChargingProfilesResponse(_GetChargingProfilesResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


class _GetCompositeScheduleRequestRequired(TypedDict):
    duration: int
    """A whole number."""
    evseId: int
    """A whole number."""


class GetCompositeScheduleRequest(_GetCompositeScheduleRequestRequired, total=False):
    customData: Dict[str, Any]
    chargingRateUnit: ChargingRateUnit


class _GetCompositeScheduleResponseRequired(TypedDict):
    status: GenericStatus


class GetCompositeScheduleResponse(_GetCompositeScheduleResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo
    schedule: CompositeSchedule


class _GetDisplayMessagesRequestRequired(TypedDict):
    requestId: int
    """A whole number."""


class GetDisplayMessagesRequest(_GetDisplayMessagesRequestRequired, total=False):
    customData: Dict[str, Any]
    id: List[int]
    """At least one element. Each: A whole number."""
    priority: MessagePriority
    state: MessageState


class _GetDisplayMessagesResponseRequired(TypedDict):
    status: GetDisplayMessagesStatus


class GetDisplayMessagesResponse(_GetDisplayMessagesResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


GetDisplayMessagesStatus = Literal[
    "Accepted",
    "Unknown",
]


class GetInstalledCertificateIdsRequest(TypedDict, total=False):
    customData: Dict[str, Any]
    certificateType: List[GetCertificateIdUse]
    """At least one element."""


class _GetInstalledCertificateIdsResponseRequired(TypedDict):
    status: GetInstalledCertificateStatus


class GetInstalledCertificateIdsResponse(_GetInstalledCertificateIdsResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo
    certificateHashDataChain: List[CertificateHashDataChain]
    """At least one element."""


GetInstalledCertificateStatus = Literal[
    "Accepted",
    "NotFound",
]


class GetLocalListVersionRequest(TypedDict, total=False):
    customData: Dict[str, Any]


class _GetLocalListVersionResponseRequired(TypedDict):
    versionNumber: int
    """A whole number."""


class GetLocalListVersionResponse(_GetLocalListVersionResponseRequired, total=False):
    customData: Dict[str, Any]


class _GetLogRequestRequired(TypedDict):
    log: LogParameters
    logType: LogType
    requestId: int
    """A whole number."""


class GetLogRequest(_GetLogRequestRequired, total=False):
    customData: Dict[str, Any]
    retries: int
    """A whole number."""
    retryInterval: int
    """A whole number."""


class _GetLogResponseRequired(TypedDict):
    status: LogStatus


class GetLogResponse(_GetLogResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo
    filename: str
    """At most 255 characters."""


class _GetMonitoringReportRequestRequired(TypedDict):
    requestId: int
    """A whole number."""


class GetMonitoringReportRequest(_GetMonitoringReportRequestRequired, total=False):
    customData: Dict[str, Any]
    componentVariable: List[ComponentVariable]
    """At least one element."""
    monitoringCriteria: List[MonitoringCriterion]
    """1 to 3 elements."""


class _GetMonitoringReportResponseRequired(TypedDict):
    status: GenericDeviceModelStatus


class GetMonitoringReportResponse(_GetMonitoringReportResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


class _GetReportRequestRequired(TypedDict):
    requestId: int
    """A whole number."""


class GetReportRequest(_GetReportRequestRequired, total=False):
    customData: Dict[str, Any]
    componentVariable: List[ComponentVariable]
    """At least one element."""
    componentCriteria: List[ComponentCriterion]
    """1 to 4 elements."""


class _GetReportResponseRequired(TypedDict):
    status: GenericDeviceModelStatus


class GetReportResponse(_GetReportResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


class GetTransactionStatusRequest(TypedDict, total=False):
    customData: Dict[str, Any]
    transactionId: str
    """At most 36 characters."""


class _GetTransactionStatusResponseRequired(TypedDict):
    messagesInQueue: bool


class GetTransactionStatusResponse(_GetTransactionStatusResponseRequired, total=False):
    customData: Dict[str, Any]
    ongoingIndicator: bool


class _GetVariableDataRequired(TypedDict):
    component: Component
    variable: Variable


class GetVariableData(_GetVariableDataRequired, total=False):
    customData: Dict[str, Any]
    attributeType: Attribute


class _GetVariableResultRequired(TypedDict):
    attributeStatus: GetVariableStatus
    component: Component
    variable: Variable


class GetVariableResult(_GetVariableResultRequired, total=False):
    customData: Dict[str, Any]
    attributeStatusInfo: StatusInfo
    attributeType: Attribute
    attributeValue: str
    """At most 2500 characters."""


GetVariableStatus = Literal[
    "Accepted",
    "Rejected",
    "UnknownComponent",
    "UnknownVariable",
    "NotSupportedAttributeType",
]


class _GetVariablesRequestRequired(TypedDict):
    getVariableData: List[GetVariableData]
    """At least one element."""


class GetVariablesRequest(_GetVariablesRequestRequired, total=False):
    customData: Dict[str, Any]


class _GetVariablesResponseRequired(TypedDict):
    getVariableResult: List[GetVariableResult]
    """At least one element."""


class GetVariablesResponse(_GetVariablesResponseRequired, total=False):
    customData: Dict[str, Any]


HashAlgorithm = Literal[
    "SHA256",
    "SHA384",
    "SHA512",
]


class HeartbeatRequest(TypedDict, total=False):
    customData: Dict[str, Any]


class _HeartbeatResponseRequired(TypedDict):
    currentTime: str
    """A date and time (RFC 3339)."""


class HeartbeatResponse(_HeartbeatResponseRequired, total=False):
    customData: Dict[str, Any]


class _IdTokenRequired(TypedDict):
    idToken: str
    """At most 36 characters."""
    type: IdTokenEnum


class IdToken(_IdTokenRequired, total=False):
    customData: Dict[str, Any]
    additionalInfo: List[AdditionalInfo]
    """At least one element."""


IdTokenEnum = Literal[
    "Central",
    "eMAID",
    "ISO14443",
    "ISO15693",
    "KeyCode",
    "Local",
    "MacAddress",
    "NoAuthorization",
]


class _IdTokenInfoRequired(TypedDict):
    status: AuthorizationStatus


class IdTokenInfo(_IdTokenInfoRequired, total=False):
    customData: Dict[str, Any]
    cacheExpiryDateTime: str
    """A date and time (RFC 3339)."""
    chargingPriority: int
    """A whole number."""
    language1: str
    """At most 8 characters."""
    evseId: List[int]
    """At least one element. Each: A whole number."""
    groupIdToken: IdToken
    language2: str
    """At most 8 characters."""
    personalMessage: MessageContent


class _InstallCertificateRequestRequired(TypedDict):
    certificateType: InstallCertificateUse
    certificate: str
    """At most 5500 characters."""


class InstallCertificateRequest(_InstallCertificateRequestRequired, total=False):
    customData: Dict[str, Any]


class _InstallCertificateResponseRequired(TypedDict):
    status: InstallCertificateStatus


class InstallCertificateResponse(_InstallCertificateResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


InstallCertificateStatus = Literal[
    "Accepted",
    "Rejected",
    "Failed",
]


InstallCertificateUse = Literal[
    "V2GRootCertificate",
    "MORootCertificate",
    "CSMSRootCertificate",
    "ManufacturerRootCertificate",
]


Iso15118EvCertificateStatus = Literal[
    "Accepted",
    "Failed",
]


Location = Literal[
    "Body",
    "Cable",
    "EV",
    "Inlet",
    "Outlet",
]


class _LogParametersRequired(TypedDict):
    remoteLocation: str
    """At most 512 characters."""


class LogParameters(_LogParametersRequired, total=False):
    customData: Dict[str, Any]
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
    customData: Dict[str, Any]
    requestId: int
    """A whole number."""


class LogStatusNotificationResponse(TypedDict, total=False):
    customData: Dict[str, Any]


LogType = Literal[
    "DiagnosticsLog",
    "SecurityLog",
]


Measurand = Literal[
    "Current.Export",
    "Current.Import",
    "Current.Offered",
    "Energy.Active.Export.Register",
    "Energy.Active.Import.Register",
    "Energy.Reactive.Export.Register",
    "Energy.Reactive.Import.Register",
    "Energy.Active.Export.Interval",
    "Energy.Active.Import.Interval",
    "Energy.Active.Net",
    "Energy.Reactive.Export.Interval",
    "Energy.Reactive.Import.Interval",
    "Energy.Reactive.Net",
    "Energy.Apparent.Net",
    "Energy.Apparent.Import",
    "Energy.Apparent.Export",
    "Frequency",
    "Power.Active.Export",
    "Power.Active.Import",
    "Power.Factor",
    "Power.Offered",
    "Power.Reactive.Export",
    "Power.Reactive.Import",
    "SoC",
    "Voltage",
]


class _MessageContentRequired(TypedDict):
    format: MessageFormat
    content: str
    """At most 512 characters."""


class MessageContent(_MessageContentRequired, total=False):
    customData: Dict[str, Any]
    language: str
    """At most 8 characters."""


MessageFormat = Literal[
    "ASCII",
    "HTML",
    "URI",
    "UTF8",
]


class _MessageInfoRequired(TypedDict):
    id: int
    """A whole number."""
    priority: MessagePriority
    message: MessageContent


class MessageInfo(_MessageInfoRequired, total=False):
    customData: Dict[str, Any]
    display: Component
    state: MessageState
    startDateTime: str
    """A date and time (RFC 3339)."""
    endDateTime: str
    """A date and time (RFC 3339)."""
    transactionId: str
    """At most 36 characters."""


MessagePriority = Literal[
    "AlwaysFront",
    "InFront",
    "NormalCycle",
]


MessageState = Literal[
    "Charging",
    "Faulted",
    "Idle",
    "Unavailable",
]


MessageTrigger = Literal[
    "BootNotification",
    "LogStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "MeterValues",
    "SignChargingStationCertificate",
    "SignV2GCertificate",
    "StatusNotification",
    "TransactionEvent",
    "SignCombinedCertificate",
    "PublishFirmwareStatusNotification",
]


class _MeterValueRequired(TypedDict):
    sampledValue: List[SampledValue]
    """At least one element."""
    timestamp: str
    """A date and time (RFC 3339)."""


class MeterValue(_MeterValueRequired, total=False):
    customData: Dict[str, Any]


class _MeterValuesRequestRequired(TypedDict):
    evseId: int
    """A whole number."""
    meterValue: List[MeterValue]
    """At least one element."""


class MeterValuesRequest(_MeterValuesRequestRequired, total=False):
    customData: Dict[str, Any]


class MeterValuesResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class Modem(TypedDict, total=False):
    customData: Dict[str, Any]
    iccid: str
    """At most 20 characters."""
    imsi: str
    """At most 20 characters."""


Monitor = Literal[
    "UpperThreshold",
    "LowerThreshold",
    "Delta",
    "Periodic",
    "PeriodicClockAligned",
]


MonitoringBase = Literal[
    "All",
    "FactoryDefault",
    "HardWiredOnly",
]


MonitoringCriterion = Literal[
    "ThresholdMonitoring",
    "DeltaMonitoring",
    "PeriodicMonitoring",
]


class _MonitoringDataRequired(TypedDict):
    component: Component
    variable: Variable
    variableMonitoring: List[VariableMonitoring]
    """At least one element."""


class MonitoringData(_MonitoringDataRequired, total=False):
    customData: Dict[str, Any]


Mutability = Literal[
    "ReadOnly",
    "WriteOnly",
    "ReadWrite",
]


class _NetworkConnectionProfileRequired(TypedDict):
    ocppVersion: OcppVersion
    ocppTransport: OcppTransport
    ocppCsmsUrl: str
    """At most 512 characters."""
    messageTimeout: int
    """A whole number."""
    securityProfile: int
    """A whole number."""
    ocppInterface: OcppInterface


class NetworkConnectionProfile(_NetworkConnectionProfileRequired, total=False):
    customData: Dict[str, Any]
    apn: Apn
    vpn: Vpn


class _NotifyChargingLimitRequestRequired(TypedDict):
    chargingLimit: ChargingLimit


class NotifyChargingLimitRequest(_NotifyChargingLimitRequestRequired, total=False):
    customData: Dict[str, Any]
    chargingSchedule: List[ChargingSchedule]
    """At least one element."""
    evseId: int
    """A whole number."""


class NotifyChargingLimitResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _NotifyCustomerInformationRequestRequired(TypedDict):
    data: str
    """At most 512 characters."""
    seqNo: int
    """A whole number."""
    generatedAt: str
    """A date and time (RFC 3339)."""
    requestId: int
    """A whole number."""


class NotifyCustomerInformationRequest(_NotifyCustomerInformationRequestRequired, total=False):
    customData: Dict[str, Any]
    tbc: bool


class NotifyCustomerInformationResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _NotifyDisplayMessagesRequestRequired(TypedDict):
    requestId: int
    """A whole number."""


class NotifyDisplayMessagesRequest(_NotifyDisplayMessagesRequestRequired, total=False):
    customData: Dict[str, Any]
    messageInfo: List[MessageInfo]
    """At least one element."""
    tbc: bool


class NotifyDisplayMessagesResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _NotifyEvChargingNeedsRequestRequired(TypedDict):
    chargingNeeds: ChargingNeeds
    evseId: int
    """A whole number."""


class NotifyEvChargingNeedsRequest(_NotifyEvChargingNeedsRequestRequired, total=False):
    customData: Dict[str, Any]
    maxScheduleTuples: int
    """A whole number."""


class _NotifyEvChargingNeedsResponseRequired(TypedDict):
    status: NotifyEvChargingNeedsStatus


class NotifyEvChargingNeedsResponse(_NotifyEvChargingNeedsResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


NotifyEvChargingNeedsStatus = Literal[
    "Accepted",
    "Rejected",
    "Processing",
]


class _NotifyEvChargingScheduleRequestRequired(TypedDict):
    timeBase: str
    """A date and time (RFC 3339)."""
    chargingSchedule: ChargingSchedule
    evseId: int
    """A whole number."""


class NotifyEvChargingScheduleRequest(_NotifyEvChargingScheduleRequestRequired, total=False):
    customData: Dict[str, Any]


class _NotifyEvChargingScheduleResponseRequired(TypedDict):
    status: GenericStatus


class NotifyEvChargingScheduleResponse(_NotifyEvChargingScheduleResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


class _NotifyEventRequestRequired(TypedDict):
    generatedAt: str
    """A date and time (RFC 3339)."""
    seqNo: int
    """A whole number."""
    eventData: List[EventData]
    """At least one element."""


class NotifyEventRequest(_NotifyEventRequestRequired, total=False):
    customData: Dict[str, Any]
    tbc: bool


class NotifyEventResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _NotifyMonitoringReportRequestRequired(TypedDict):
    requestId: int
    """A whole number."""
    seqNo: int
    """A whole number."""
    generatedAt: str
    """A date and time (RFC 3339)."""


class NotifyMonitoringReportRequest(_NotifyMonitoringReportRequestRequired, total=False):
    customData: Dict[str, Any]
    monitor: List[MonitoringData]
    """At least one element."""
    tbc: bool


class NotifyMonitoringReportResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _NotifyReportRequestRequired(TypedDict):
    requestId: int
    """A whole number."""
    generatedAt: str
    """A date and time (RFC 3339)."""
    seqNo: int
    """A whole number."""


class NotifyReportRequest(_NotifyReportRequestRequired, total=False):
    customData: Dict[str, Any]
    reportData: List[ReportData]
    """At least one element."""
    tbc: bool


class NotifyReportResponse(TypedDict, total=False):
    customData: Dict[str, Any]


OcppInterface = Literal[
    "Wired0",
    "Wired1",
    "Wired2",
    "Wired3",
    "Wireless0",
    "Wireless1",
    "Wireless2",
    "Wireless3",
]


OcppTransport = Literal[
    "JSON",
    "SOAP",
]


OcppVersion = Literal[
    "OCPP12",
    "OCPP15",
    "OCPP16",
    "OCPP20",
]


class _OcspRequestDataRequired(TypedDict):
    hashAlgorithm: HashAlgorithm
    issuerNameHash: str
    """At most 128 characters."""
    issuerKeyHash: str
    """At most 128 characters."""
    serialNumber: str
    """At most 40 characters."""
    responderURL: str
    """At most 512 characters."""


class OcspRequestData(_OcspRequestDataRequired, total=False):
    customData: Dict[str, Any]


OperationalStatus = Literal[
    "Inoperative",
    "Operative",
]


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


class _PublishFirmwareRequestRequired(TypedDict):
    location: str
    """At most 512 characters."""
    checksum: str
    """At most 32 characters."""
    requestId: int
    """A whole number."""


class PublishFirmwareRequest(_PublishFirmwareRequestRequired, total=False):
    customData: Dict[str, Any]
    retries: int
    """A whole number."""
    retryInterval: int
    """A whole number."""


class _PublishFirmwareResponseRequired(TypedDict):
    status: GenericStatus


class PublishFirmwareResponse(_PublishFirmwareResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


PublishFirmwareStatus = Literal[
    "Idle",
    "DownloadScheduled",
    "Downloading",
    "Downloaded",
    "Published",
    "DownloadFailed",
    "DownloadPaused",
    "InvalidChecksum",
    "ChecksumVerified",
    "PublishFailed",
]


class _PublishFirmwareStatusNotificationRequestRequired(TypedDict):
    status: PublishFirmwareStatus


class PublishFirmwareStatusNotificationRequest(_PublishFirmwareStatusNotificationRequestRequired, total=False):
    customData: Dict[str, Any]
    location: List[str]
    """At least one element. Each: At most 512 characters."""
    requestId: int
    """A whole number."""


class PublishFirmwareStatusNotificationResponse(TypedDict, total=False):
    customData: Dict[str, Any]


ReadingContext = Literal[
    "Interruption.Begin",
    "Interruption.End",
    "Other",
    "Sample.Clock",
    "Sample.Periodic",
    "Transaction.Begin",
    "Transaction.End",
    "Trigger",
]


Reason = Literal[
    "DeAuthorized",
    "EmergencyStop",
    "EnergyLimitReached",
    "EVDisconnected",
    "GroundFault",
    "ImmediateReset",
    "Local",
    "LocalOutOfCredit",
    "MasterPass",
    "Other",
    "OvercurrentFault",
    "PowerLoss",
    "PowerQuality",
    "Reboot",
    "Remote",
    "SOCLimitReached",
    "StoppedByEV",
    "TimeLimitReached",
    "Timeout",
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


class _RelativeTimeIntervalRequired(TypedDict):
    start: int
    """A whole number."""


class RelativeTimeInterval(_RelativeTimeIntervalRequired, total=False):
    customData: Dict[str, Any]
    duration: int
    """A whole number."""


ReportBase = Literal[
    "ConfigurationInventory",
    "FullInventory",
    "SummaryInventory",
]


class _ReportChargingProfilesRequestRequired(TypedDict):
    requestId: int
    """A whole number."""
    chargingLimitSource: ChargingLimitSource
    chargingProfile: List[ChargingProfile]
    """At least one element."""
    evseId: int
    """A whole number."""


class ReportChargingProfilesRequest(_ReportChargingProfilesRequestRequired, total=False):
    customData: Dict[str, Any]
    tbc: bool


class ReportChargingProfilesResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _ReportDataRequired(TypedDict):
    component: Component
    variable: Variable
    variableAttribute: List[VariableAttribute]
    """1 to 4 elements."""


class ReportData(_ReportDataRequired, total=False):
    customData: Dict[str, Any]
    variableCharacteristics: VariableCharacteristics


RequestStartStopStatus = Literal[
    "Accepted",
    "Rejected",
]


class _RequestStartTransactionRequestRequired(TypedDict):
    idToken: IdToken
    remoteStartId: int
    """A whole number."""


class RequestStartTransactionRequest(_RequestStartTransactionRequestRequired, total=False):
    customData: Dict[str, Any]
    evseId: int
    """A whole number."""
    groupIdToken: IdToken
    chargingProfile: ChargingProfile


class _RequestStartTransactionResponseRequired(TypedDict):
    status: RequestStartStopStatus


class RequestStartTransactionResponse(_RequestStartTransactionResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo
    transactionId: str
    """At most 36 characters."""


class _RequestStopTransactionRequestRequired(TypedDict):
    transactionId: str
    """At most 36 characters."""


class RequestStopTransactionRequest(_RequestStopTransactionRequestRequired, total=False):
    customData: Dict[str, Any]


class _RequestStopTransactionResponseRequired(TypedDict):
    status: RequestStartStopStatus


class RequestStopTransactionResponse(_RequestStopTransactionResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


class _ReservationStatusUpdateRequestRequired(TypedDict):
    reservationId: int
    """A whole number."""
    reservationUpdateStatus: ReservationUpdateStatus


class ReservationStatusUpdateRequest(_ReservationStatusUpdateRequestRequired, total=False):
    customData: Dict[str, Any]


class ReservationStatusUpdateResponse(TypedDict, total=False):
    customData: Dict[str, Any]


ReservationUpdateStatus = Literal[
    "Expired",
    "Removed",
]


class _ReserveNowRequestRequired(TypedDict):
    id: int
    """A whole number."""
    expiryDateTime: str
    """A date and time (RFC 3339)."""
    idToken: IdToken


class ReserveNowRequest(_ReserveNowRequestRequired, total=False):
    customData: Dict[str, Any]
    connectorType: Connector
    evseId: int
    """A whole number."""
    groupIdToken: IdToken


class _ReserveNowResponseRequired(TypedDict):
    status: ReserveNowStatus


class ReserveNowResponse(_ReserveNowResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


ReserveNowStatus = Literal[
    "Accepted",
    "Faulted",
    "Occupied",
    "Rejected",
    "Unavailable",
]


Reset = Literal[
    "Immediate",
    "OnIdle",
]


class _ResetRequestRequired(TypedDict):
    type: Reset


class ResetRequest(_ResetRequestRequired, total=False):
    customData: Dict[str, Any]
    evseId: int
    """A whole number."""


class _ResetResponseRequired(TypedDict):
    status: ResetStatus


class ResetResponse(_ResetResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


ResetStatus = Literal[
    "Accepted",
    "Rejected",
    "Scheduled",
]


class _SalesTariffRequired(TypedDict):
    id: int
    """A whole number."""
    salesTariffEntry: List[SalesTariffEntry]
    """1 to 1024 elements."""


class SalesTariff(_SalesTariffRequired, total=False):
    customData: Dict[str, Any]
    salesTariffDescription: str
    """At most 32 characters."""
    numEPriceLevels: int
    """A whole number."""


class _SalesTariffEntryRequired(TypedDict):
    relativeTimeInterval: RelativeTimeInterval


class SalesTariffEntry(_SalesTariffEntryRequired, total=False):
    customData: Dict[str, Any]
    ePriceLevel: int
    """A whole number. At least 0."""
    consumptionCost: List[ConsumptionCost]
    """1 to 3 elements."""


class _SampledValueRequired(TypedDict):
    value: float


class SampledValue(_SampledValueRequired, total=False):
    customData: Dict[str, Any]
    context: ReadingContext
    measurand: Measurand
    phase: Phase
    location: Location
    signedMeterValue: SignedMeterValue
    unitOfMeasure: UnitOfMeasure


class _SecurityEventNotificationRequestRequired(TypedDict):
    type: str
    """At most 50 characters."""
    timestamp: str
    """A date and time (RFC 3339)."""


class SecurityEventNotificationRequest(_SecurityEventNotificationRequestRequired, total=False):
    customData: Dict[str, Any]
    techInfo: str
    """At most 255 characters."""


class SecurityEventNotificationResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _SendLocalListRequestRequired(TypedDict):
    versionNumber: int
    """A whole number."""
    updateType: Update


class SendLocalListRequest(_SendLocalListRequestRequired, total=False):
    customData: Dict[str, Any]
    localAuthorizationList: List[AuthorizationData]
    """At least one element."""


class _SendLocalListResponseRequired(TypedDict):
    status: SendLocalListStatus


class SendLocalListResponse(_SendLocalListResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


SendLocalListStatus = Literal[
    "Accepted",
    "Failed",
    "VersionMismatch",
]


class _SetChargingProfileRequestRequired(TypedDict):
    evseId: int
    """A whole number."""
    chargingProfile: ChargingProfile


class SetChargingProfileRequest(_SetChargingProfileRequestRequired, total=False):
    customData: Dict[str, Any]


class _SetChargingProfileResponseRequired(TypedDict):
    status: ChargingProfileStatus


class SetChargingProfileResponse(_SetChargingProfileResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


class _SetDisplayMessageRequestRequired(TypedDict):
    message: MessageInfo


class SetDisplayMessageRequest(_SetDisplayMessageRequestRequired, total=False):
    customData: Dict[str, Any]


class _SetDisplayMessageResponseRequired(TypedDict):
    status: DisplayMessageStatus


class SetDisplayMessageResponse(_SetDisplayMessageResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


class _SetMonitoringBaseRequestRequired(TypedDict):
    monitoringBase: MonitoringBase


class SetMonitoringBaseRequest(_SetMonitoringBaseRequestRequired, total=False):
    customData: Dict[str, Any]


class _SetMonitoringBaseResponseRequired(TypedDict):
    status: GenericDeviceModelStatus


class SetMonitoringBaseResponse(_SetMonitoringBaseResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


class _SetMonitoringDataRequired(TypedDict):
    value: float
    type: Monitor
    severity: int
    """A whole number."""
    component: Component
    variable: Variable


class SetMonitoringData(_SetMonitoringDataRequired, total=False):
    customData: Dict[str, Any]
    id: int
    """A whole number."""
    transaction: bool


class _SetMonitoringLevelRequestRequired(TypedDict):
    severity: int
    """A whole number."""


class SetMonitoringLevelRequest(_SetMonitoringLevelRequestRequired, total=False):
    customData: Dict[str, Any]


class _SetMonitoringLevelResponseRequired(TypedDict):
    status: GenericStatus


class SetMonitoringLevelResponse(_SetMonitoringLevelResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


class _SetMonitoringResultRequired(TypedDict):
    status: SetMonitoringStatus
    type: Monitor
    component: Component
    variable: Variable
    severity: int
    """A whole number."""


class SetMonitoringResult(_SetMonitoringResultRequired, total=False):
    customData: Dict[str, Any]
    id: int
    """A whole number."""
    statusInfo: StatusInfo


SetMonitoringStatus = Literal[
    "Accepted",
    "UnknownComponent",
    "UnknownVariable",
    "UnsupportedMonitorType",
    "Rejected",
    "Duplicate",
]


class _SetNetworkProfileRequestRequired(TypedDict):
    configurationSlot: int
    """A whole number."""
    connectionData: NetworkConnectionProfile


class SetNetworkProfileRequest(_SetNetworkProfileRequestRequired, total=False):
    customData: Dict[str, Any]


class _SetNetworkProfileResponseRequired(TypedDict):
    status: SetNetworkProfileStatus


class SetNetworkProfileResponse(_SetNetworkProfileResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


SetNetworkProfileStatus = Literal[
    "Accepted",
    "Rejected",
    "Failed",
]


class _SetVariableDataRequired(TypedDict):
    attributeValue: str
    """At most 1000 characters."""
    component: Component
    variable: Variable


class SetVariableData(_SetVariableDataRequired, total=False):
    customData: Dict[str, Any]
    attributeType: Attribute


class _SetVariableMonitoringRequestRequired(TypedDict):
    setMonitoringData: List[SetMonitoringData]
    """At least one element."""


class SetVariableMonitoringRequest(_SetVariableMonitoringRequestRequired, total=False):
    customData: Dict[str, Any]


class _SetVariableMonitoringResponseRequired(TypedDict):
    setMonitoringResult: List[SetMonitoringResult]
    """At least one element."""


class SetVariableMonitoringResponse(_SetVariableMonitoringResponseRequired, total=False):
    customData: Dict[str, Any]


class _SetVariableResultRequired(TypedDict):
    attributeStatus: SetVariableStatus
    component: Component
    variable: Variable


class SetVariableResult(_SetVariableResultRequired, total=False):
    customData: Dict[str, Any]
    attributeType: Attribute
    attributeStatusInfo: StatusInfo


SetVariableStatus = Literal[
    "Accepted",
    "Rejected",
    "UnknownComponent",
    "UnknownVariable",
    "NotSupportedAttributeType",
    "RebootRequired",
]


class _SetVariablesRequestRequired(TypedDict):
    setVariableData: List[SetVariableData]
    """At least one element."""


class SetVariablesRequest(_SetVariablesRequestRequired, total=False):
    customData: Dict[str, Any]


class _SetVariablesResponseRequired(TypedDict):
    setVariableResult: List[SetVariableResult]
    """At least one element."""


class SetVariablesResponse(_SetVariablesResponseRequired, total=False):
    customData: Dict[str, Any]


class _SignCertificateRequestRequired(TypedDict):
    csr: str
    """At most 5500 characters."""


class SignCertificateRequest(_SignCertificateRequestRequired, total=False):
    customData: Dict[str, Any]
    certificateType: CertificateSigningUse


class _SignCertificateResponseRequired(TypedDict):
    status: GenericStatus


class SignCertificateResponse(_SignCertificateResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


class _SignedMeterValueRequired(TypedDict):
    signedMeterData: str
    """At most 2500 characters."""
    signingMethod: str
    """At most 50 characters."""
    encodingMethod: str
    """At most 50 characters."""
    publicKey: str
    """At most 2500 characters."""


class SignedMeterValue(_SignedMeterValueRequired, total=False):
    customData: Dict[str, Any]


class _StatusInfoRequired(TypedDict):
    reasonCode: str
    """At most 20 characters."""


class StatusInfo(_StatusInfoRequired, total=False):
    customData: Dict[str, Any]
    additionalInfo: str
    """At most 512 characters."""


class _StatusNotificationRequestRequired(TypedDict):
    timestamp: str
    """A date and time (RFC 3339)."""
    connectorStatus: ConnectorStatus
    evseId: int
    """A whole number."""
    connectorId: int
    """A whole number."""


class StatusNotificationRequest(_StatusNotificationRequestRequired, total=False):
    customData: Dict[str, Any]


class StatusNotificationResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _TransactionRequired(TypedDict):
    transactionId: str
    """At most 36 characters."""


class Transaction(_TransactionRequired, total=False):
    customData: Dict[str, Any]
    chargingState: ChargingState
    timeSpentCharging: int
    """A whole number."""
    stoppedReason: Reason
    remoteStartId: int
    """A whole number."""


TransactionEvent = Literal[
    "Ended",
    "Started",
    "Updated",
]


class _TransactionEventRequestRequired(TypedDict):
    eventType: TransactionEvent
    timestamp: str
    """A date and time (RFC 3339)."""
    triggerReason: TriggerReason
    seqNo: int
    """A whole number."""
    transactionInfo: Transaction


class TransactionEventRequest(_TransactionEventRequestRequired, total=False):
    customData: Dict[str, Any]
    meterValue: List[MeterValue]
    """At least one element."""
    offline: bool
    numberOfPhasesUsed: int
    """A whole number."""
    cableMaxCurrent: int
    """A whole number."""
    reservationId: int
    """A whole number."""
    evse: Evse
    idToken: IdToken


class TransactionEventResponse(TypedDict, total=False):
    customData: Dict[str, Any]
    totalCost: float
    chargingPriority: int
    """A whole number."""
    idTokenInfo: IdTokenInfo
    updatedPersonalMessage: MessageContent


class _TriggerMessageRequestRequired(TypedDict):
    requestedMessage: MessageTrigger


class TriggerMessageRequest(_TriggerMessageRequestRequired, total=False):
    customData: Dict[str, Any]
    evse: Evse


class _TriggerMessageResponseRequired(TypedDict):
    status: TriggerMessageStatus


class TriggerMessageResponse(_TriggerMessageResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


TriggerMessageStatus = Literal[
    "Accepted",
    "Rejected",
    "NotImplemented",
]


TriggerReason = Literal[
    "Authorized",
    "CablePluggedIn",
    "ChargingRateChanged",
    "ChargingStateChanged",
    "Deauthorized",
    "EnergyLimitReached",
    "EVCommunicationLost",
    "EVConnectTimeout",
    "MeterValueClock",
    "MeterValuePeriodic",
    "TimeLimitReached",
    "Trigger",
    "UnlockCommand",
    "StopAuthorized",
    "EVDeparted",
    "EVDetected",
    "RemoteStop",
    "RemoteStart",
    "AbnormalCondition",
    "SignedDataReceived",
    "ResetCommand",
]


class UnitOfMeasure(TypedDict, total=False):
    customData: Dict[str, Any]
    unit: str
    """At most 20 characters."""
    multiplier: int
    """A whole number."""


class _UnlockConnectorRequestRequired(TypedDict):
    evseId: int
    """A whole number."""
    connectorId: int
    """A whole number."""


class UnlockConnectorRequest(_UnlockConnectorRequestRequired, total=False):
    customData: Dict[str, Any]


class _UnlockConnectorResponseRequired(TypedDict):
    status: UnlockStatus


class UnlockConnectorResponse(_UnlockConnectorResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


UnlockStatus = Literal[
    "Unlocked",
    "UnlockFailed",
    "OngoingAuthorizedTransaction",
    "UnknownConnector",
]


class _UnpublishFirmwareRequestRequired(TypedDict):
    checksum: str
    """At most 32 characters."""


class UnpublishFirmwareRequest(_UnpublishFirmwareRequestRequired, total=False):
    customData: Dict[str, Any]


class _UnpublishFirmwareResponseRequired(TypedDict):
    status: UnpublishFirmwareStatus


class UnpublishFirmwareResponse(_UnpublishFirmwareResponseRequired, total=False):
    customData: Dict[str, Any]


UnpublishFirmwareStatus = Literal[
    "DownloadOngoing",
    "NoFirmware",
    "Unpublished",
]


Update = Literal[
    "Differential",
    "Full",
]


class _UpdateFirmwareRequestRequired(TypedDict):
    requestId: int
    """A whole number."""
    firmware: Firmware


class UpdateFirmwareRequest(_UpdateFirmwareRequestRequired, total=False):
    customData: Dict[str, Any]
    retries: int
    """A whole number."""
    retryInterval: int
    """A whole number."""


class _UpdateFirmwareResponseRequired(TypedDict):
    status: UpdateFirmwareStatus


class UpdateFirmwareResponse(_UpdateFirmwareResponseRequired, total=False):
    customData: Dict[str, Any]
    statusInfo: StatusInfo


UpdateFirmwareStatus = Literal[
    "Accepted",
    "Rejected",
    "AcceptedCanceled",
    "InvalidCertificate",
    "RevokedCertificate",
]


UploadLogStatus = Literal[
    "BadMessage",
    "Idle",
    "NotSupportedOperation",
    "PermissionDenied",
    "Uploaded",
    "UploadFailure",
    "Uploading",
    "AcceptedCanceled",
]


class _VariableRequired(TypedDict):
    name: str
    """At most 50 characters."""


class Variable(_VariableRequired, total=False):
    customData: Dict[str, Any]
    instance: str
    """At most 50 characters."""


class VariableAttribute(TypedDict, total=False):
    customData: Dict[str, Any]
    type: Attribute
    value: str
    """At most 2500 characters."""
    mutability: Mutability
    persistent: bool
    constant: bool


class _VariableCharacteristicsRequired(TypedDict):
    dataType: Data
    supportsMonitoring: bool


class VariableCharacteristics(_VariableCharacteristicsRequired, total=False):
    customData: Dict[str, Any]
    unit: str
    """At most 16 characters."""
    minLimit: float
    maxLimit: float
    valuesList: str
    """At most 1000 characters."""


class _VariableMonitoringRequired(TypedDict):
    id: int
    """A whole number."""
    transaction: bool
    value: float
    type: Monitor
    severity: int
    """A whole number."""


class VariableMonitoring(_VariableMonitoringRequired, total=False):
    customData: Dict[str, Any]


class _VpnRequired(TypedDict):
    server: str
    """At most 512 characters."""
    user: str
    """At most 20 characters."""
    password: str
    """At most 20 characters."""
    key: str
    """At most 255 characters."""
    type: VpnEnum


class Vpn(_VpnRequired, total=False):
    customData: Dict[str, Any]
    group: str
    """At most 20 characters."""


VpnEnum = Literal[
    "IKEv2",
    "IPSec",
    "L2TP",
    "PPTP",
]


Requests = {
    "Authorize": AuthorizeRequest,
    "BootNotification": BootNotificationRequest,
    "CancelReservation": CancelReservationRequest,
    "CertificateSigned": CertificateSignedRequest,
    "ChangeAvailability": ChangeAvailabilityRequest,
    "ClearCache": ClearCacheRequest,
    "ClearChargingProfile": ClearChargingProfileRequest,
    "ClearDisplayMessage": ClearDisplayMessageRequest,
    "ClearVariableMonitoring": ClearVariableMonitoringRequest,
    "ClearedChargingLimit": ClearedChargingLimitRequest,
    "CostUpdated": CostUpdatedRequest,
    "CustomerInformation": CustomerInformationRequest,
    "DataTransfer": DataTransferRequest,
    "DeleteCertificate": DeleteCertificateRequest,
    "FirmwareStatusNotification": FirmwareStatusNotificationRequest,
    "Get15118EVCertificate": Get15118EvCertificateRequest,
    "GetBaseReport": GetBaseReportRequest,
    "GetCertificateStatus": GetCertificateStatusRequest,
    "GetChargingProfiles": GetChargingProfilesRequest,
    "GetCompositeSchedule": GetCompositeScheduleRequest,
    "GetDisplayMessages": GetDisplayMessagesRequest,
    "GetInstalledCertificateIds": GetInstalledCertificateIdsRequest,
    "GetLocalListVersion": GetLocalListVersionRequest,
    "GetLog": GetLogRequest,
    "GetMonitoringReport": GetMonitoringReportRequest,
    "GetReport": GetReportRequest,
    "GetTransactionStatus": GetTransactionStatusRequest,
    "GetVariables": GetVariablesRequest,
    "Heartbeat": HeartbeatRequest,
    "InstallCertificate": InstallCertificateRequest,
    "LogStatusNotification": LogStatusNotificationRequest,
    "MeterValues": MeterValuesRequest,
    "NotifyChargingLimit": NotifyChargingLimitRequest,
    "NotifyCustomerInformation": NotifyCustomerInformationRequest,
    "NotifyDisplayMessages": NotifyDisplayMessagesRequest,
    "NotifyEVChargingNeeds": NotifyEvChargingNeedsRequest,
    "NotifyEVChargingSchedule": NotifyEvChargingScheduleRequest,
    "NotifyEvent": NotifyEventRequest,
    "NotifyMonitoringReport": NotifyMonitoringReportRequest,
    "NotifyReport": NotifyReportRequest,
    "PublishFirmware": PublishFirmwareRequest,
    "PublishFirmwareStatusNotification": PublishFirmwareStatusNotificationRequest,
    "ReportChargingProfiles": ReportChargingProfilesRequest,
    "RequestStartTransaction": RequestStartTransactionRequest,
    "RequestStopTransaction": RequestStopTransactionRequest,
    "ReservationStatusUpdate": ReservationStatusUpdateRequest,
    "ReserveNow": ReserveNowRequest,
    "Reset": ResetRequest,
    "SecurityEventNotification": SecurityEventNotificationRequest,
    "SendLocalList": SendLocalListRequest,
    "SetChargingProfile": SetChargingProfileRequest,
    "SetDisplayMessage": SetDisplayMessageRequest,
    "SetMonitoringBase": SetMonitoringBaseRequest,
    "SetMonitoringLevel": SetMonitoringLevelRequest,
    "SetNetworkProfile": SetNetworkProfileRequest,
    "SetVariableMonitoring": SetVariableMonitoringRequest,
    "SetVariables": SetVariablesRequest,
    "SignCertificate": SignCertificateRequest,
    "StatusNotification": StatusNotificationRequest,
    "TransactionEvent": TransactionEventRequest,
    "TriggerMessage": TriggerMessageRequest,
    "UnlockConnector": UnlockConnectorRequest,
    "UnpublishFirmware": UnpublishFirmwareRequest,
    "UpdateFirmware": UpdateFirmwareRequest,
}
"""The types of requests by action."""

Responses = {
    "Authorize": AuthorizeResponse,
    "BootNotification": BootNotificationResponse,
    "CancelReservation": CancelReservationResponse,
    "CertificateSigned": CertificateSignedResponse,
    "ChangeAvailability": ChangeAvailabilityResponse,
    "ClearCache": ClearCacheResponse,
    "ClearChargingProfile": ClearChargingProfileResponse,
    "ClearDisplayMessage": ClearDisplayMessageResponse,
    "ClearVariableMonitoring": ClearVariableMonitoringResponse,
    "ClearedChargingLimit": ClearedChargingLimitResponse,
    "CostUpdated": CostUpdatedResponse,
    "CustomerInformation": CustomerInformationResponse,
    "DataTransfer": DataTransferResponse,
    "DeleteCertificate": DeleteCertificateResponse,
    "FirmwareStatusNotification": FirmwareStatusNotificationResponse,
    "Get15118EVCertificate": Get15118EvCertificateResponse,
    "GetBaseReport": GetBaseReportResponse,
    "GetCertificateStatus": GetCertificateStatusResponse,
    "GetChargingProfiles": GetChargingProfilesResponse,
    "GetCompositeSchedule": GetCompositeScheduleResponse,
    "GetDisplayMessages": GetDisplayMessagesResponse,
    "GetInstalledCertificateIds": GetInstalledCertificateIdsResponse,
    "GetLocalListVersion": GetLocalListVersionResponse,
    "GetLog": GetLogResponse,
    "GetMonitoringReport": GetMonitoringReportResponse,
    "GetReport": GetReportResponse,
    "GetTransactionStatus": GetTransactionStatusResponse,
    "GetVariables": GetVariablesResponse,
    "Heartbeat": HeartbeatResponse,
    "InstallCertificate": InstallCertificateResponse,
    "LogStatusNotification": LogStatusNotificationResponse,
    "MeterValues": MeterValuesResponse,
    "NotifyChargingLimit": NotifyChargingLimitResponse,
    "NotifyCustomerInformation": NotifyCustomerInformationResponse,
    "NotifyDisplayMessages": NotifyDisplayMessagesResponse,
    "NotifyEVChargingNeeds": NotifyEvChargingNeedsResponse,
    "NotifyEVChargingSchedule": NotifyEvChargingScheduleResponse,
    "NotifyEvent": NotifyEventResponse,
    "NotifyMonitoringReport": NotifyMonitoringReportResponse,
    "NotifyReport": NotifyReportResponse,
    "PublishFirmware": PublishFirmwareResponse,
    "PublishFirmwareStatusNotification": PublishFirmwareStatusNotificationResponse,
    "ReportChargingProfiles": ReportChargingProfilesResponse,
    "RequestStartTransaction": RequestStartTransactionResponse,
    "RequestStopTransaction": RequestStopTransactionResponse,
    "ReservationStatusUpdate": ReservationStatusUpdateResponse,
    "ReserveNow": ReserveNowResponse,
    "Reset": ResetResponse,
    "SecurityEventNotification": SecurityEventNotificationResponse,
    "SendLocalList": SendLocalListResponse,
    "SetChargingProfile": SetChargingProfileResponse,
    "SetDisplayMessage": SetDisplayMessageResponse,
    "SetMonitoringBase": SetMonitoringBaseResponse,
    "SetMonitoringLevel": SetMonitoringLevelResponse,
    "SetNetworkProfile": SetNetworkProfileResponse,
    "SetVariableMonitoring": SetVariableMonitoringResponse,
    "SetVariables": SetVariablesResponse,
    "SignCertificate": SignCertificateResponse,
    "StatusNotification": StatusNotificationResponse,
    "TransactionEvent": TransactionEventResponse,
    "TriggerMessage": TriggerMessageResponse,
    "UnlockConnector": UnlockConnectorResponse,
    "UnpublishFirmware": UnpublishFirmwareResponse,
    "UpdateFirmware": UpdateFirmwareResponse,
}
"""The types of responses by action."""
