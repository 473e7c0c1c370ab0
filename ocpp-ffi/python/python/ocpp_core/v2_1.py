"""The messages of OCPP 2.1 as types, for those who check their programs.

Generated from JSON schemas by ocpp-codegen. Changes belong into its input.
"""

from __future__ import annotations

from typing import Any, Dict, List, Literal, TypedDict


class _AbsolutePriceScheduleRequired(TypedDict):
    timeAnchor: str
    """A date and time (RFC 3339)."""
    priceScheduleID: int
    """A whole number. At least 0."""
    currency: str
    """At most 3 characters."""
    language: str
    """At most 8 characters."""
    priceAlgorithm: str
    """At most 2000 characters."""
    priceRuleStacks: List[PriceRuleStack]
    """1 to 1024 elements."""


class AbsolutePriceSchedule(_AbsolutePriceScheduleRequired, total=False):
    priceScheduleDescription: str
    """At most 160 characters."""
    minimumCost: RationalNumber
    maximumCost: RationalNumber
    taxRules: List[TaxRule]
    """1 to 10 elements."""
    overstayRuleList: OverstayRuleList
    additionalSelectedServices: List[AdditionalSelectedServices]
    """1 to 5 elements."""
    customData: Dict[str, Any]


class _AcChargingParametersRequired(TypedDict):
    energyAmount: float
    evMinCurrent: float
    evMaxCurrent: float
    evMaxVoltage: float


class AcChargingParameters(_AcChargingParametersRequired, total=False):
    customData: Dict[str, Any]


class _AdditionalInfoRequired(TypedDict):
    additionalIdToken: str
    """At most 255 characters."""
    type: str
    """At most 50 characters."""


class AdditionalInfo(_AdditionalInfoRequired, total=False):
    customData: Dict[str, Any]


class _AdditionalSelectedServicesRequired(TypedDict):
    serviceFee: RationalNumber
    serviceName: str
    """At most 80 characters."""


class AdditionalSelectedServices(_AdditionalSelectedServicesRequired, total=False):
    customData: Dict[str, Any]


class _AddressRequired(TypedDict):
    name: str
    """At most 50 characters."""
    address1: str
    """At most 100 characters."""
    city: str
    """At most 100 characters."""
    country: str
    """At most 50 characters."""


class Address(_AddressRequired, total=False):
    address2: str
    """At most 100 characters."""
    postalCode: str
    """At most 20 characters."""
    customData: Dict[str, Any]


class _AdjustPeriodicEventStreamRequestRequired(TypedDict):
    id: int
    """A whole number. At least 0."""
    params: PeriodicEventStreamParams


class AdjustPeriodicEventStreamRequest(_AdjustPeriodicEventStreamRequestRequired, total=False):
    customData: Dict[str, Any]


class _AdjustPeriodicEventStreamResponseRequired(TypedDict):
    status: GenericStatus


class AdjustPeriodicEventStreamResponse(_AdjustPeriodicEventStreamResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class _AfrrSignalRequestRequired(TypedDict):
    timestamp: str
    """A date and time (RFC 3339)."""
    signal: int
    """A whole number."""


class AfrrSignalRequest(_AfrrSignalRequestRequired, total=False):
    customData: Dict[str, Any]


class _AfrrSignalResponseRequired(TypedDict):
    status: GenericStatus


class AfrrSignalResponse(_AfrrSignalResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class _ApnRequired(TypedDict):
    apn: str
    """At most 2000 characters."""
    apnAuthentication: ApnAuthentication


class Apn(_ApnRequired, total=False):
    apnUserName: str
    """At most 50 characters."""
    apnPassword: str
    """At most 64 characters."""
    simPin: int
    """A whole number."""
    preferredNetwork: str
    """At most 6 characters."""
    useOnlyPreferredNetwork: bool
    customData: Dict[str, Any]


ApnAuthentication = Literal[
    "PAP",
    "CHAP",
    "NONE",
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
    idTokenInfo: IdTokenInfo
    customData: Dict[str, Any]


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
    certificate: str
    """At most 10000 characters."""
    iso15118CertificateHashData: List[OcspRequestData]
    """1 to 4 elements."""
    customData: Dict[str, Any]


class _AuthorizeResponseRequired(TypedDict):
    idTokenInfo: IdTokenInfo


class AuthorizeResponse(_AuthorizeResponseRequired, total=False):
    certificateStatus: AuthorizeCertificateStatus
    allowedEnergyTransfer: List[EnergyTransferMode]
    """At least one element."""
    tariff: Tariff
    customData: Dict[str, Any]


class _BatteryDataRequired(TypedDict):
    evseId: int
    """A whole number. At least 0."""
    serialNumber: str
    """At most 50 characters."""
    soC: float
    """From 0 to 100."""
    soH: float
    """From 0 to 100."""


class BatteryData(_BatteryDataRequired, total=False):
    productionDate: str
    """A date and time (RFC 3339)."""
    vendorInfo: str
    """At most 500 characters."""
    customData: Dict[str, Any]


BatterySwapEvent = Literal[
    "BatteryIn",
    "BatteryOut",
    "BatteryOutTimeout",
]


class _BatterySwapRequestRequired(TypedDict):
    batteryData: List[BatteryData]
    """At least one element."""
    eventType: BatterySwapEvent
    idToken: IdToken
    requestId: int
    """A whole number."""


class BatterySwapRequest(_BatterySwapRequestRequired, total=False):
    customData: Dict[str, Any]


class BatterySwapResponse(TypedDict, total=False):
    customData: Dict[str, Any]


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
    statusInfo: StatusInfo
    customData: Dict[str, Any]


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
    """A whole number. At least 0."""


class CancelReservationRequest(_CancelReservationRequestRequired, total=False):
    customData: Dict[str, Any]


class _CancelReservationResponseRequired(TypedDict):
    status: CancelReservationStatus


class CancelReservationResponse(_CancelReservationResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


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
    childCertificateHashData: List[CertificateHashData]
    """1 to 4 elements."""
    customData: Dict[str, Any]


class _CertificateSignedRequestRequired(TypedDict):
    certificateChain: str
    """At most 10000 characters."""


class CertificateSignedRequest(_CertificateSignedRequestRequired, total=False):
    certificateType: CertificateSigningUse
    requestId: int
    """A whole number."""
    customData: Dict[str, Any]


class _CertificateSignedResponseRequired(TypedDict):
    status: CertificateSignedStatus


class CertificateSignedResponse(_CertificateSignedResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


CertificateSignedStatus = Literal[
    "Accepted",
    "Rejected",
]


CertificateSigningUse = Literal[
    "ChargingStationCertificate",
    "V2GCertificate",
    "V2G20Certificate",
]


class _CertificateStatusRequired(TypedDict):
    certificateHashData: CertificateHashData
    source: CertificateStatusSource
    status: CertificateStatusEnum
    nextUpdate: str
    """A date and time (RFC 3339)."""


class CertificateStatus(_CertificateStatusRequired, total=False):
    customData: Dict[str, Any]


CertificateStatusEnum = Literal[
    "Good",
    "Revoked",
    "Unknown",
    "Failed",
]


class _CertificateStatusRequestInfoRequired(TypedDict):
    certificateHashData: CertificateHashData
    source: CertificateStatusSource
    urls: List[str]
    """1 to 5 elements. Each: At most 2000 characters."""


class CertificateStatusRequestInfo(_CertificateStatusRequestInfoRequired, total=False):
    customData: Dict[str, Any]


CertificateStatusSource = Literal[
    "CRL",
    "OCSP",
]


class _ChangeAvailabilityRequestRequired(TypedDict):
    operationalStatus: OperationalStatus


class ChangeAvailabilityRequest(_ChangeAvailabilityRequestRequired, total=False):
    evse: Evse
    customData: Dict[str, Any]


class _ChangeAvailabilityResponseRequired(TypedDict):
    status: ChangeAvailabilityStatus


class ChangeAvailabilityResponse(_ChangeAvailabilityResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


ChangeAvailabilityStatus = Literal[
    "Accepted",
    "Rejected",
    "Scheduled",
]


class _ChangeTransactionTariffRequestRequired(TypedDict):
    tariff: Tariff
    transactionId: str
    """At most 36 characters."""


class ChangeTransactionTariffRequest(_ChangeTransactionTariffRequestRequired, total=False):
    customData: Dict[str, Any]


class _ChangeTransactionTariffResponseRequired(TypedDict):
    status: TariffChangeStatus


class ChangeTransactionTariffResponse(_ChangeTransactionTariffResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class _ChargingLimitRequired(TypedDict):
    chargingLimitSource: str
    """At most 20 characters."""


class ChargingLimit(_ChargingLimitRequired, total=False):
    isLocalGeneration: bool
    isGridCritical: bool
    customData: Dict[str, Any]


class _ChargingNeedsRequired(TypedDict):
    requestedEnergyTransfer: EnergyTransferMode


class ChargingNeeds(_ChargingNeedsRequired, total=False):
    acChargingParameters: AcChargingParameters
    derChargingParameters: DerChargingParameters
    evEnergyOffer: EvEnergyOffer
    dcChargingParameters: DcChargingParameters
    v2xChargingParameters: V2xChargingParameters
    availableEnergyTransfer: List[EnergyTransferMode]
    """At least one element."""
    controlMode: ControlMode
    mobilityNeedsMode: MobilityNeedsMode
    departureTime: str
    """A date and time (RFC 3339)."""
    customData: Dict[str, Any]


class _ChargingPeriodRequired(TypedDict):
    startPeriod: str
    """A date and time (RFC 3339)."""


class ChargingPeriod(_ChargingPeriodRequired, total=False):
    dimensions: List[CostDimension]
    """At least one element."""
    tariffId: str
    """At most 60 characters."""
    customData: Dict[str, Any]


class _ChargingProfileRequired(TypedDict):
    id: int
    """A whole number."""
    stackLevel: int
    """A whole number. At least 0."""
    chargingProfilePurpose: ChargingProfilePurpose
    chargingProfileKind: ChargingProfileKind
    chargingSchedule: List[ChargingSchedule]
    """1 to 3 elements."""


class ChargingProfile(_ChargingProfileRequired, total=False):
    recurrencyKind: RecurrencyKind
    validFrom: str
    """A date and time (RFC 3339)."""
    validTo: str
    """A date and time (RFC 3339)."""
    transactionId: str
    """At most 36 characters."""
    maxOfflineDuration: int
    """A whole number."""
    invalidAfterOfflineDuration: bool
    dynUpdateInterval: int
    """A whole number."""
    dynUpdateTime: str
    """A date and time (RFC 3339)."""
    priceScheduleSignature: str
    """At most 256 characters."""
    customData: Dict[str, Any]


class ChargingProfileCriterion(TypedDict, total=False):
    chargingProfilePurpose: ChargingProfilePurpose
    stackLevel: int
    """A whole number. At least 0."""
    chargingProfileId: List[int]
    """At least one element. Each: A whole number."""
    chargingLimitSource: List[str]
    """1 to 4 elements. Each: At most 20 characters."""
    customData: Dict[str, Any]


ChargingProfileKind = Literal[
    "Absolute",
    "Recurring",
    "Relative",
    "Dynamic",
]


ChargingProfilePurpose = Literal[
    "ChargingStationExternalConstraints",
    "ChargingStationMaxProfile",
    "TxDefaultProfile",
    "TxProfile",
    "PriorityCharging",
    "LocalGeneration",
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
    limitAtSoC: LimitAtSoc
    startSchedule: str
    """A date and time (RFC 3339)."""
    duration: int
    """A whole number."""
    minChargingRate: float
    powerTolerance: float
    signatureId: int
    """A whole number. At least 0."""
    digestValue: str
    """At most 88 characters."""
    useLocalTime: bool
    randomizedDelay: int
    """A whole number. At least 0."""
    salesTariff: SalesTariff
    absolutePriceSchedule: AbsolutePriceSchedule
    priceLevelSchedule: PriceLevelSchedule
    customData: Dict[str, Any]


class _ChargingSchedulePeriodRequired(TypedDict):
    startPeriod: int
    """A whole number."""


class ChargingSchedulePeriod(_ChargingSchedulePeriodRequired, total=False):
    limit: float
    limit_L2: float
    limit_L3: float
    numberPhases: int
    """A whole number. From 0 to 3."""
    phaseToUse: int
    """A whole number. From 0 to 3."""
    dischargeLimit: float
    """At most 0."""
    dischargeLimit_L2: float
    """At most 0."""
    dischargeLimit_L3: float
    """At most 0."""
    setpoint: float
    setpoint_L2: float
    setpoint_L3: float
    setpointReactive: float
    setpointReactive_L2: float
    setpointReactive_L3: float
    preconditioningRequest: bool
    evseSleep: bool
    v2xBaseline: float
    operationMode: OperationMode
    v2xFreqWattCurve: List[V2xFreqWattPoint]
    """1 to 20 elements."""
    v2xSignalWattCurve: List[V2xSignalWattPoint]
    """1 to 20 elements."""
    customData: Dict[str, Any]


class ChargingScheduleUpdate(TypedDict, total=False):
    limit: float
    limit_L2: float
    limit_L3: float
    dischargeLimit: float
    """At most 0."""
    dischargeLimit_L2: float
    """At most 0."""
    dischargeLimit_L3: float
    """At most 0."""
    setpoint: float
    setpoint_L2: float
    setpoint_L3: float
    setpointReactive: float
    setpointReactive_L2: float
    setpointReactive_L3: float
    customData: Dict[str, Any]


ChargingState = Literal[
    "EVConnected",
    "Charging",
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
    serialNumber: str
    """At most 25 characters."""
    modem: Modem
    firmwareVersion: str
    """At most 50 characters."""
    customData: Dict[str, Any]


class ClearCacheRequest(TypedDict, total=False):
    customData: Dict[str, Any]


class _ClearCacheResponseRequired(TypedDict):
    status: ClearCacheStatus


class ClearCacheResponse(_ClearCacheResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


ClearCacheStatus = Literal[
    "Accepted",
    "Rejected",
]


class ClearChargingProfile(TypedDict, total=False):
    evseId: int
    """A whole number. At least 0."""
    chargingProfilePurpose: ChargingProfilePurpose
    stackLevel: int
    """A whole number. At least 0."""
    customData: Dict[str, Any]


class ClearChargingProfileRequest(TypedDict, total=False):
    chargingProfileId: int
    """A whole number."""
    chargingProfileCriteria: ClearChargingProfile
    customData: Dict[str, Any]


class _ClearChargingProfileResponseRequired(TypedDict):
    status: ClearChargingProfileStatus


class ClearChargingProfileResponse(_ClearChargingProfileResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


ClearChargingProfileStatus = Literal[
    "Accepted",
    "Unknown",
]


class _ClearDerControlRequestRequired(TypedDict):
    isDefault: bool


class ClearDerControlRequest(_ClearDerControlRequestRequired, total=False):
    controlType: DerControl
    controlId: str
    """At most 36 characters."""
    customData: Dict[str, Any]


class _ClearDerControlResponseRequired(TypedDict):
    status: DerControlStatus


class ClearDerControlResponse(_ClearDerControlResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class _ClearDisplayMessageRequestRequired(TypedDict):
    id: int
    """A whole number. At least 0."""


class ClearDisplayMessageRequest(_ClearDisplayMessageRequestRequired, total=False):
    customData: Dict[str, Any]


class _ClearDisplayMessageResponseRequired(TypedDict):
    status: ClearMessageStatus


class ClearDisplayMessageResponse(_ClearDisplayMessageResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


ClearMessageStatus = Literal[
    "Accepted",
    "Unknown",
    "Rejected",
]


class _ClearMonitoringResultRequired(TypedDict):
    status: ClearMonitoringStatus
    id: int
    """A whole number. At least 0."""


class ClearMonitoringResult(_ClearMonitoringResultRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


ClearMonitoringStatus = Literal[
    "Accepted",
    "Rejected",
    "NotFound",
]


class ClearTariffsRequest(TypedDict, total=False):
    tariffIds: List[str]
    """At least one element. Each: At most 60 characters."""
    evseId: int
    """A whole number. At least 0."""
    customData: Dict[str, Any]


class _ClearTariffsResponseRequired(TypedDict):
    clearTariffsResult: List[ClearTariffsResult]
    """At least one element."""


class ClearTariffsResponse(_ClearTariffsResponseRequired, total=False):
    customData: Dict[str, Any]


class _ClearTariffsResultRequired(TypedDict):
    status: TariffClearStatus


class ClearTariffsResult(_ClearTariffsResultRequired, total=False):
    statusInfo: StatusInfo
    tariffId: str
    """At most 60 characters."""
    customData: Dict[str, Any]


class _ClearVariableMonitoringRequestRequired(TypedDict):
    id: List[int]
    """At least one element. Each: A whole number. At least 0."""


class ClearVariableMonitoringRequest(_ClearVariableMonitoringRequestRequired, total=False):
    customData: Dict[str, Any]


class _ClearVariableMonitoringResponseRequired(TypedDict):
    clearMonitoringResult: List[ClearMonitoringResult]
    """At least one element."""


class ClearVariableMonitoringResponse(_ClearVariableMonitoringResponseRequired, total=False):
    customData: Dict[str, Any]


class _ClearedChargingLimitRequestRequired(TypedDict):
    chargingLimitSource: str
    """At most 20 characters."""


class ClearedChargingLimitRequest(_ClearedChargingLimitRequestRequired, total=False):
    evseId: int
    """A whole number. At least 0."""
    customData: Dict[str, Any]


class ClearedChargingLimitResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _ClosePeriodicEventStreamRequestRequired(TypedDict):
    id: int
    """A whole number. At least 0."""


class ClosePeriodicEventStreamRequest(_ClosePeriodicEventStreamRequestRequired, total=False):
    customData: Dict[str, Any]


class ClosePeriodicEventStreamResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _ComponentRequired(TypedDict):
    name: str
    """At most 50 characters."""


class Component(_ComponentRequired, total=False):
    evse: Evse
    instance: str
    """At most 50 characters."""
    customData: Dict[str, Any]


ComponentCriterion = Literal[
    "Active",
    "Available",
    "Enabled",
    "Problem",
]


class _ComponentVariableRequired(TypedDict):
    component: Component


class ComponentVariable(_ComponentVariableRequired, total=False):
    variable: Variable
    customData: Dict[str, Any]


class _CompositeScheduleRequired(TypedDict):
    evseId: int
    """A whole number. At least 0."""
    duration: int
    """A whole number."""
    scheduleStart: str
    """A date and time (RFC 3339)."""
    chargingRateUnit: ChargingRateUnit
    chargingSchedulePeriod: List[ChargingSchedulePeriod]
    """At least one element."""


class CompositeSchedule(_CompositeScheduleRequired, total=False):
    customData: Dict[str, Any]


ConnectorStatus = Literal[
    "Available",
    "Occupied",
    "Reserved",
    "Unavailable",
    "Faulted",
]


class _ConstantStreamDataRequired(TypedDict):
    id: int
    """A whole number. At least 0."""
    params: PeriodicEventStreamParams
    variableMonitoringId: int
    """A whole number. At least 0."""


class ConstantStreamData(_ConstantStreamDataRequired, total=False):
    customData: Dict[str, Any]


class _ConsumptionCostRequired(TypedDict):
    startValue: float
    cost: List[Cost]
    """1 to 3 elements."""


class ConsumptionCost(_ConsumptionCostRequired, total=False):
    customData: Dict[str, Any]


ControlMode = Literal[
    "ScheduledControl",
    "DynamicControl",
]


class _CostRequired(TypedDict):
    costKind: CostKind
    amount: int
    """A whole number."""


class Cost(_CostRequired, total=False):
    amountMultiplier: int
    """A whole number."""
    customData: Dict[str, Any]


class _CostDetailsRequired(TypedDict):
    totalCost: TotalCost
    totalUsage: TotalUsage


class CostDetails(_CostDetailsRequired, total=False):
    chargingPeriods: List[ChargingPeriod]
    """At least one element."""
    failureToCalculate: bool
    failureReason: str
    """At most 500 characters."""
    customData: Dict[str, Any]


class _CostDimensionRequired(TypedDict):
    type: CostDimensionEnum
    volume: float


class CostDimension(_CostDimensionRequired, total=False):
    customData: Dict[str, Any]


CostDimensionEnum = Literal[
    "Energy",
    "MaxCurrent",
    "MinCurrent",
    "MaxPower",
    "MinPower",
    "IdleTIme",
    "ChargingTime",
]


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
    """A whole number. At least 0."""
    report: bool
    clear: bool


class CustomerInformationRequest(_CustomerInformationRequestRequired, total=False):
    customerCertificate: CertificateHashData
    idToken: IdToken
    customerIdentifier: str
    """At most 64 characters."""
    customData: Dict[str, Any]


class _CustomerInformationResponseRequired(TypedDict):
    status: CustomerInformationStatus


class CustomerInformationResponse(_CustomerInformationResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


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
    messageId: str
    """At most 50 characters."""
    data: Any
    customData: Dict[str, Any]


class _DataTransferResponseRequired(TypedDict):
    status: DataTransferStatus


class DataTransferResponse(_DataTransferResponseRequired, total=False):
    statusInfo: StatusInfo
    data: Any
    customData: Dict[str, Any]


DataTransferStatus = Literal[
    "Accepted",
    "Rejected",
    "UnknownMessageId",
    "UnknownVendorId",
]


DayOfWeek = Literal[
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
]


class _DcChargingParametersRequired(TypedDict):
    evMaxCurrent: float
    evMaxVoltage: float


class DcChargingParameters(_DcChargingParametersRequired, total=False):
    evMaxPower: float
    evEnergyCapacity: float
    energyAmount: float
    stateOfCharge: int
    """A whole number. From 0 to 100."""
    fullSoC: int
    """A whole number. From 0 to 100."""
    bulkSoC: int
    """A whole number. From 0 to 100."""
    customData: Dict[str, Any]


class _DeleteCertificateRequestRequired(TypedDict):
    certificateHashData: CertificateHashData


class DeleteCertificateRequest(_DeleteCertificateRequestRequired, total=False):
    customData: Dict[str, Any]


class _DeleteCertificateResponseRequired(TypedDict):
    status: DeleteCertificateStatus


class DeleteCertificateResponse(_DeleteCertificateResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


DeleteCertificateStatus = Literal[
    "Accepted",
    "Failed",
    "NotFound",
]


class DerChargingParameters(TypedDict, total=False):
    evSupportedDERControl: List[DerControl]
    """At least one element."""
    evOverExcitedMaxDischargePower: float
    evOverExcitedPowerFactor: float
    evUnderExcitedMaxDischargePower: float
    evUnderExcitedPowerFactor: float
    maxApparentPower: float
    maxChargeApparentPower: float
    maxChargeApparentPower_L2: float
    maxChargeApparentPower_L3: float
    maxDischargeApparentPower: float
    maxDischargeApparentPower_L2: float
    maxDischargeApparentPower_L3: float
    maxChargeReactivePower: float
    maxChargeReactivePower_L2: float
    maxChargeReactivePower_L3: float
    minChargeReactivePower: float
    minChargeReactivePower_L2: float
    minChargeReactivePower_L3: float
    maxDischargeReactivePower: float
    maxDischargeReactivePower_L2: float
    maxDischargeReactivePower_L3: float
    minDischargeReactivePower: float
    minDischargeReactivePower_L2: float
    minDischargeReactivePower_L3: float
    nominalVoltage: float
    nominalVoltageOffset: float
    maxNominalVoltage: float
    minNominalVoltage: float
    evInverterManufacturer: str
    """At most 50 characters."""
    evInverterModel: str
    """At most 50 characters."""
    evInverterSerialNumber: str
    """At most 50 characters."""
    evInverterSwVersion: str
    """At most 50 characters."""
    evInverterHwVersion: str
    """At most 50 characters."""
    evIslandingDetectionMethod: List[IslandingDetection]
    """At least one element."""
    evIslandingTripTime: float
    evMaximumLevel1DCInjection: float
    evDurationLevel1DCInjection: float
    evMaximumLevel2DCInjection: float
    evDurationLevel2DCInjection: float
    evReactiveSusceptance: float
    evSessionTotalDischargeEnergyAvailable: float
    customData: Dict[str, Any]


DerControl = Literal[
    "EnterService",
    "FreqDroop",
    "FreqWatt",
    "FixedPFAbsorb",
    "FixedPFInject",
    "FixedVar",
    "Gradients",
    "HFMustTrip",
    "HFMayTrip",
    "HVMustTrip",
    "HVMomCess",
    "HVMayTrip",
    "LimitMaxDischarge",
    "LFMustTrip",
    "LVMustTrip",
    "LVMomCess",
    "LVMayTrip",
    "PowerMonitoringMustTrip",
    "VoltVar",
    "VoltWatt",
    "WattPF",
    "WattVar",
]


DerControlStatus = Literal[
    "Accepted",
    "Rejected",
    "NotSupported",
    "NotFound",
]


class _DerCurveRequired(TypedDict):
    curveData: List[DerCurvePoints]
    """1 to 10 elements."""
    priority: int
    """A whole number. At least 0."""
    yUnit: DerUnit


class DerCurve(_DerCurveRequired, total=False):
    hysteresis: Hysteresis
    reactivePowerParams: ReactivePowerParams
    voltageParams: VoltageParams
    responseTime: float
    startTime: str
    """A date and time (RFC 3339)."""
    duration: float
    customData: Dict[str, Any]


class _DerCurveGetRequired(TypedDict):
    curve: DerCurve
    id: str
    """At most 36 characters."""
    curveType: DerControl
    isDefault: bool
    isSuperseded: bool


class DerCurveGet(_DerCurveGetRequired, total=False):
    customData: Dict[str, Any]


class _DerCurvePointsRequired(TypedDict):
    x: float
    y: float


class DerCurvePoints(_DerCurvePointsRequired, total=False):
    customData: Dict[str, Any]


DerUnit = Literal[
    "Not_Applicable",
    "PctMaxW",
    "PctMaxVar",
    "PctWAvail",
    "PctVarAvail",
    "PctEffectiveV",
]


DisplayMessageStatus = Literal[
    "Accepted",
    "NotSupportedMessageFormat",
    "Rejected",
    "NotSupportedPriority",
    "NotSupportedState",
    "UnknownTransaction",
    "LanguageNotSupported",
]


EnergyTransferMode = Literal[
    "AC_single_phase",
    "AC_two_phase",
    "AC_three_phase",
    "DC",
    "AC_BPT",
    "AC_BPT_DER",
    "AC_DER",
    "DC_BPT",
    "DC_ACDP",
    "DC_ACDP_BPT",
    "WPT",
]


class _EnterServiceRequired(TypedDict):
    priority: int
    """A whole number. At least 0."""
    highVoltage: float
    lowVoltage: float
    highFreq: float
    lowFreq: float


class EnterService(_EnterServiceRequired, total=False):
    delay: float
    randomDelay: float
    rampRate: float
    customData: Dict[str, Any]


class _EnterServiceGetRequired(TypedDict):
    enterService: EnterService
    id: str
    """At most 36 characters."""


class EnterServiceGet(_EnterServiceGetRequired, total=False):
    customData: Dict[str, Any]


class _EvAbsolutePriceScheduleRequired(TypedDict):
    timeAnchor: str
    """A date and time (RFC 3339)."""
    currency: str
    """At most 3 characters."""
    evAbsolutePriceScheduleEntries: List[EvAbsolutePriceScheduleEntry]
    """1 to 1024 elements."""
    priceAlgorithm: str
    """At most 2000 characters."""


class EvAbsolutePriceSchedule(_EvAbsolutePriceScheduleRequired, total=False):
    customData: Dict[str, Any]


class _EvAbsolutePriceScheduleEntryRequired(TypedDict):
    duration: int
    """A whole number."""
    evPriceRule: List[EvPriceRule]
    """1 to 8 elements."""


class EvAbsolutePriceScheduleEntry(_EvAbsolutePriceScheduleEntryRequired, total=False):
    customData: Dict[str, Any]


class _EvEnergyOfferRequired(TypedDict):
    evPowerSchedule: EvPowerSchedule


class EvEnergyOffer(_EvEnergyOfferRequired, total=False):
    evAbsolutePriceSchedule: EvAbsolutePriceSchedule
    customData: Dict[str, Any]


class _EvPowerScheduleRequired(TypedDict):
    evPowerScheduleEntries: List[EvPowerScheduleEntry]
    """1 to 1024 elements."""
    timeAnchor: str
    """A date and time (RFC 3339)."""


class EvPowerSchedule(_EvPowerScheduleRequired, total=False):
    customData: Dict[str, Any]


class _EvPowerScheduleEntryRequired(TypedDict):
    duration: int
    """A whole number."""
    power: float


class EvPowerScheduleEntry(_EvPowerScheduleEntryRequired, total=False):
    customData: Dict[str, Any]


class _EvPriceRuleRequired(TypedDict):
    energyFee: float
    powerRangeStart: float


class EvPriceRule(_EvPriceRuleRequired, total=False):
    customData: Dict[str, Any]


class _EventDataRequired(TypedDict):
    eventId: int
    """A whole number. At least 0."""
    timestamp: str
    """A date and time (RFC 3339)."""
    trigger: EventTrigger
    actualValue: str
    """At most 2500 characters."""
    component: Component
    eventNotificationType: EventNotification
    variable: Variable


class EventData(_EventDataRequired, total=False):
    cause: int
    """A whole number. At least 0."""
    techCode: str
    """At most 50 characters."""
    techInfo: str
    """At most 500 characters."""
    cleared: bool
    transactionId: str
    """At most 36 characters."""
    variableMonitoringId: int
    """A whole number. At least 0."""
    severity: int
    """A whole number. At least 0."""
    customData: Dict[str, Any]


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
    """A whole number. At least 0."""


class Evse(_EvseRequired, total=False):
    connectorId: int
    """A whole number. At least 0."""
    customData: Dict[str, Any]


EvseKind = Literal[
    "AC",
    "DC",
]


class _FirmwareRequired(TypedDict):
    location: str
    """At most 2000 characters."""
    retrieveDateTime: str
    """A date and time (RFC 3339)."""


class Firmware(_FirmwareRequired, total=False):
    installDateTime: str
    """A date and time (RFC 3339)."""
    signingCertificate: str
    """At most 5500 characters."""
    signature: str
    """At most 800 characters."""
    customData: Dict[str, Any]


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
    requestId: int
    """A whole number."""
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class FirmwareStatusNotificationResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _FixedPfRequired(TypedDict):
    priority: int
    """A whole number. At least 0."""
    displacement: float
    excitation: bool


class FixedPf(_FixedPfRequired, total=False):
    startTime: str
    """A date and time (RFC 3339)."""
    duration: float
    customData: Dict[str, Any]


class _FixedPfGetRequired(TypedDict):
    fixedPF: FixedPf
    id: str
    """At most 36 characters."""
    isDefault: bool
    isSuperseded: bool


class FixedPfGet(_FixedPfGetRequired, total=False):
    customData: Dict[str, Any]


class _FixedVarRequired(TypedDict):
    priority: int
    """A whole number. At least 0."""
    setpoint: float
    unit: DerUnit


class FixedVar(_FixedVarRequired, total=False):
    startTime: str
    """A date and time (RFC 3339)."""
    duration: float
    customData: Dict[str, Any]


class _FixedVarGetRequired(TypedDict):
    fixedVar: FixedVar
    id: str
    """At most 36 characters."""
    isDefault: bool
    isSuperseded: bool


class FixedVarGet(_FixedVarGetRequired, total=False):
    customData: Dict[str, Any]


class _FreqDroopRequired(TypedDict):
    priority: int
    """A whole number. At least 0."""
    overFreq: float
    underFreq: float
    overDroop: float
    underDroop: float
    responseTime: float


class FreqDroop(_FreqDroopRequired, total=False):
    startTime: str
    """A date and time (RFC 3339)."""
    duration: float
    customData: Dict[str, Any]


class _FreqDroopGetRequired(TypedDict):
    freqDroop: FreqDroop
    id: str
    """At most 36 characters."""
    isDefault: bool
    isSuperseded: bool


class FreqDroopGet(_FreqDroopGetRequired, total=False):
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
    """At most 11000 characters."""


class Get15118EvCertificateRequest(_Get15118EvCertificateRequestRequired, total=False):
    maximumContractCertificateChains: int
    """A whole number. At least 0."""
    prioritizedEMAIDs: List[str]
    """1 to 8 elements. Each: At most 255 characters."""
    customData: Dict[str, Any]


class _Get15118EvCertificateResponseRequired(TypedDict):
    status: Iso15118EvCertificateStatus
    exiResponse: str
    """At most 17000 characters."""


class Get15118EvCertificateResponse(_Get15118EvCertificateResponseRequired, total=False):
    statusInfo: StatusInfo
    remainingContracts: int
    """A whole number. At least 0."""
    customData: Dict[str, Any]


class _GetBaseReportRequestRequired(TypedDict):
    requestId: int
    """A whole number."""
    reportBase: ReportBase


class GetBaseReportRequest(_GetBaseReportRequestRequired, total=False):
    customData: Dict[str, Any]


class _GetBaseReportResponseRequired(TypedDict):
    status: GenericDeviceModelStatus


class GetBaseReportResponse(_GetBaseReportResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class _GetCertificateChainStatusRequestRequired(TypedDict):
    certificateStatusRequests: List[CertificateStatusRequestInfo]
    """1 to 4 elements."""


class GetCertificateChainStatusRequest(_GetCertificateChainStatusRequestRequired, total=False):
    customData: Dict[str, Any]


class _GetCertificateChainStatusResponseRequired(TypedDict):
    certificateStatus: List[CertificateStatus]
    """1 to 4 elements."""


class GetCertificateChainStatusResponse(_GetCertificateChainStatusResponseRequired, total=False):
    customData: Dict[str, Any]


GetCertificateIdUse = Literal[
    "V2GRootCertificate",
    "MORootCertificate",
    "CSMSRootCertificate",
    "V2GCertificateChain",
    "ManufacturerRootCertificate",
    "OEMRootCertificate",
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
    statusInfo: StatusInfo
    ocspResult: str
    """At most 18000 characters."""
    customData: Dict[str, Any]


GetChargingProfileStatus = Literal[
    "Accepted",
    "NoProfiles",
]


class _GetChargingProfilesRequestRequired(TypedDict):
    requestId: int
    """A whole number."""
    chargingProfile: ChargingProfileCriterion


class GetChargingProfilesRequest(_GetChargingProfilesRequestRequired, total=False):
    evseId: int
    """A whole number. At least 0."""
    customData: Dict[str, Any]


class _GetChargingProfilesResponseRequired(TypedDict):
    status: GetChargingProfileStatus


class GetChargingProfilesResponse(_GetChargingProfilesResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class _GetCompositeScheduleRequestRequired(TypedDict):
    duration: int
    """A whole number."""
    evseId: int
    """A whole number. At least 0."""


class GetCompositeScheduleRequest(_GetCompositeScheduleRequestRequired, total=False):
    chargingRateUnit: ChargingRateUnit
    customData: Dict[str, Any]


class _GetCompositeScheduleResponseRequired(TypedDict):
    status: GenericStatus


class GetCompositeScheduleResponse(_GetCompositeScheduleResponseRequired, total=False):
    statusInfo: StatusInfo
    schedule: CompositeSchedule
    customData: Dict[str, Any]


class _GetDerControlRequestRequired(TypedDict):
    requestId: int
    """A whole number."""


class GetDerControlRequest(_GetDerControlRequestRequired, total=False):
    isDefault: bool
    controlType: DerControl
    controlId: str
    """At most 36 characters."""
    customData: Dict[str, Any]


class _GetDerControlResponseRequired(TypedDict):
    status: DerControlStatus


class GetDerControlResponse(_GetDerControlResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class _GetDisplayMessagesRequestRequired(TypedDict):
    requestId: int
    """A whole number."""


class GetDisplayMessagesRequest(_GetDisplayMessagesRequestRequired, total=False):
    id: List[int]
    """At least one element. Each: A whole number. At least 0."""
    priority: MessagePriority
    state: MessageState
    customData: Dict[str, Any]


class _GetDisplayMessagesResponseRequired(TypedDict):
    status: GetDisplayMessagesStatus


class GetDisplayMessagesResponse(_GetDisplayMessagesResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


GetDisplayMessagesStatus = Literal[
    "Accepted",
    "Unknown",
]


class GetInstalledCertificateIdsRequest(TypedDict, total=False):
    certificateType: List[GetCertificateIdUse]
    """At least one element."""
    customData: Dict[str, Any]


class _GetInstalledCertificateIdsResponseRequired(TypedDict):
    status: GetInstalledCertificateStatus


class GetInstalledCertificateIdsResponse(_GetInstalledCertificateIdsResponseRequired, total=False):
    statusInfo: StatusInfo
    certificateHashDataChain: List[CertificateHashDataChain]
    """At least one element."""
    customData: Dict[str, Any]


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
    retries: int
    """A whole number. At least 0."""
    retryInterval: int
    """A whole number."""
    customData: Dict[str, Any]


class _GetLogResponseRequired(TypedDict):
    status: LogStatus


class GetLogResponse(_GetLogResponseRequired, total=False):
    statusInfo: StatusInfo
    filename: str
    """At most 255 characters."""
    customData: Dict[str, Any]


class _GetMonitoringReportRequestRequired(TypedDict):
    requestId: int
    """A whole number."""


class GetMonitoringReportRequest(_GetMonitoringReportRequestRequired, total=False):
    componentVariable: List[ComponentVariable]
    """At least one element."""
    monitoringCriteria: List[MonitoringCriterion]
    """1 to 3 elements."""
    customData: Dict[str, Any]


class _GetMonitoringReportResponseRequired(TypedDict):
    status: GenericDeviceModelStatus


class GetMonitoringReportResponse(_GetMonitoringReportResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class GetPeriodicEventStreamRequest(TypedDict, total=False):
    customData: Dict[str, Any]


class GetPeriodicEventStreamResponse(TypedDict, total=False):
    constantStreamData: List[ConstantStreamData]
    """At least one element."""
    customData: Dict[str, Any]


class _GetReportRequestRequired(TypedDict):
    requestId: int
    """A whole number."""


class GetReportRequest(_GetReportRequestRequired, total=False):
    componentVariable: List[ComponentVariable]
    """At least one element."""
    componentCriteria: List[ComponentCriterion]
    """1 to 4 elements."""
    customData: Dict[str, Any]


class _GetReportResponseRequired(TypedDict):
    status: GenericDeviceModelStatus


class GetReportResponse(_GetReportResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class _GetTariffsRequestRequired(TypedDict):
    evseId: int
    """A whole number. At least 0."""


class GetTariffsRequest(_GetTariffsRequestRequired, total=False):
    customData: Dict[str, Any]


class _GetTariffsResponseRequired(TypedDict):
    status: TariffGetStatus


class GetTariffsResponse(_GetTariffsResponseRequired, total=False):
    statusInfo: StatusInfo
    tariffAssignments: List[TariffAssignment]
    """At least one element."""
    customData: Dict[str, Any]


class GetTransactionStatusRequest(TypedDict, total=False):
    transactionId: str
    """At most 36 characters."""
    customData: Dict[str, Any]


class _GetTransactionStatusResponseRequired(TypedDict):
    messagesInQueue: bool


class GetTransactionStatusResponse(_GetTransactionStatusResponseRequired, total=False):
    ongoingIndicator: bool
    customData: Dict[str, Any]


class _GetVariableDataRequired(TypedDict):
    component: Component
    variable: Variable


class GetVariableData(_GetVariableDataRequired, total=False):
    attributeType: Attribute
    customData: Dict[str, Any]


class _GetVariableResultRequired(TypedDict):
    attributeStatus: GetVariableStatus
    component: Component
    variable: Variable


class GetVariableResult(_GetVariableResultRequired, total=False):
    attributeStatusInfo: StatusInfo
    attributeType: Attribute
    attributeValue: str
    """At most 2500 characters."""
    customData: Dict[str, Any]


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


class _GradientRequired(TypedDict):
    priority: int
    """A whole number. At least 0."""
    gradient: float
    softGradient: float


class Gradient(_GradientRequired, total=False):
    customData: Dict[str, Any]


class _GradientGetRequired(TypedDict):
    gradient: Gradient
    id: str
    """At most 36 characters."""


class GradientGet(_GradientGetRequired, total=False):
    customData: Dict[str, Any]


GridEventFault = Literal[
    "CurrentImbalance",
    "LocalEmergency",
    "LowInputPower",
    "OverCurrent",
    "OverFrequency",
    "OverVoltage",
    "PhaseRotation",
    "RemoteEmergency",
    "UnderFrequency",
    "UnderVoltage",
    "VoltageImbalance",
]


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


class Hysteresis(TypedDict, total=False):
    hysteresisHigh: float
    hysteresisLow: float
    hysteresisDelay: float
    hysteresisGradient: float
    customData: Dict[str, Any]


class _IdTokenRequired(TypedDict):
    idToken: str
    """At most 255 characters."""
    type: str
    """At most 20 characters."""


class IdToken(_IdTokenRequired, total=False):
    additionalInfo: List[AdditionalInfo]
    """At least one element."""
    customData: Dict[str, Any]


class _IdTokenInfoRequired(TypedDict):
    status: AuthorizationStatus


class IdTokenInfo(_IdTokenInfoRequired, total=False):
    cacheExpiryDateTime: str
    """A date and time (RFC 3339)."""
    chargingPriority: int
    """A whole number."""
    groupIdToken: IdToken
    language1: str
    """At most 8 characters."""
    language2: str
    """At most 8 characters."""
    evseId: List[int]
    """At least one element. Each: A whole number. At least 0."""
    personalMessage: MessageContent
    customData: Dict[str, Any]


class _InstallCertificateRequestRequired(TypedDict):
    certificateType: InstallCertificateUse
    certificate: str
    """At most 10000 characters."""


class InstallCertificateRequest(_InstallCertificateRequestRequired, total=False):
    customData: Dict[str, Any]


class _InstallCertificateResponseRequired(TypedDict):
    status: InstallCertificateStatus


class InstallCertificateResponse(_InstallCertificateResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


InstallCertificateStatus = Literal[
    "Accepted",
    "Rejected",
    "Failed",
]


InstallCertificateUse = Literal[
    "V2GRootCertificate",
    "MORootCertificate",
    "ManufacturerRootCertificate",
    "CSMSRootCertificate",
    "OEMRootCertificate",
]


IslandingDetection = Literal[
    "NoAntiIslandingSupport",
    "RoCoF",
    "UVP_OVP",
    "UFP_OFP",
    "VoltageVectorShift",
    "ZeroCrossingDetection",
    "OtherPassive",
    "ImpedanceMeasurement",
    "ImpedanceAtFrequency",
    "SlipModeFrequencyShift",
    "SandiaFrequencyShift",
    "SandiaVoltageShift",
    "FrequencyJump",
    "RCLQFactor",
    "OtherActive",
]


Iso15118EvCertificateStatus = Literal[
    "Accepted",
    "Failed",
]


class _LimitAtSocRequired(TypedDict):
    soc: int
    """A whole number. From 0 to 100."""
    limit: float


class LimitAtSoc(_LimitAtSocRequired, total=False):
    customData: Dict[str, Any]


class _LimitMaxDischargeRequired(TypedDict):
    priority: int
    """A whole number. At least 0."""


class LimitMaxDischarge(_LimitMaxDischargeRequired, total=False):
    pctMaxDischargePower: float
    powerMonitoringMustTrip: DerCurve
    startTime: str
    """A date and time (RFC 3339)."""
    duration: float
    customData: Dict[str, Any]


class _LimitMaxDischargeGetRequired(TypedDict):
    id: str
    """At most 36 characters."""
    isDefault: bool
    isSuperseded: bool
    limitMaxDischarge: LimitMaxDischarge


class LimitMaxDischargeGet(_LimitMaxDischargeGetRequired, total=False):
    customData: Dict[str, Any]


Location = Literal[
    "Body",
    "Cable",
    "EV",
    "Inlet",
    "Outlet",
    "Upstream",
]


class _LogParametersRequired(TypedDict):
    remoteLocation: str
    """At most 2000 characters."""


class LogParameters(_LogParametersRequired, total=False):
    oldestTimestamp: str
    """A date and time (RFC 3339)."""
    latestTimestamp: str
    """A date and time (RFC 3339)."""
    customData: Dict[str, Any]


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
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class LogStatusNotificationResponse(TypedDict, total=False):
    customData: Dict[str, Any]


LogType = Literal[
    "DiagnosticsLog",
    "SecurityLog",
    "DataCollectorLog",
]


Measurand = Literal[
    "Current.Export",
    "Current.Export.Offered",
    "Current.Export.Minimum",
    "Current.Import",
    "Current.Import.Offered",
    "Current.Import.Minimum",
    "Current.Offered",
    "Display.PresentSOC",
    "Display.MinimumSOC",
    "Display.TargetSOC",
    "Display.MaximumSOC",
    "Display.RemainingTimeToMinimumSOC",
    "Display.RemainingTimeToTargetSOC",
    "Display.RemainingTimeToMaximumSOC",
    "Display.ChargingComplete",
    "Display.BatteryEnergyCapacity",
    "Display.InletHot",
    "Energy.Active.Export.Interval",
    "Energy.Active.Export.Register",
    "Energy.Active.Import.Interval",
    "Energy.Active.Import.Register",
    "Energy.Active.Import.CableLoss",
    "Energy.Active.Import.LocalGeneration.Register",
    "Energy.Active.Net",
    "Energy.Active.Setpoint.Interval",
    "Energy.Apparent.Export",
    "Energy.Apparent.Import",
    "Energy.Apparent.Net",
    "Energy.Reactive.Export.Interval",
    "Energy.Reactive.Export.Register",
    "Energy.Reactive.Import.Interval",
    "Energy.Reactive.Import.Register",
    "Energy.Reactive.Net",
    "EnergyRequest.Target",
    "EnergyRequest.Minimum",
    "EnergyRequest.Maximum",
    "EnergyRequest.Minimum.V2X",
    "EnergyRequest.Maximum.V2X",
    "EnergyRequest.Bulk",
    "Frequency",
    "Power.Active.Export",
    "Power.Active.Import",
    "Power.Active.Setpoint",
    "Power.Active.Residual",
    "Power.Export.Minimum",
    "Power.Export.Offered",
    "Power.Factor",
    "Power.Import.Offered",
    "Power.Import.Minimum",
    "Power.Offered",
    "Power.Reactive.Export",
    "Power.Reactive.Import",
    "SoC",
    "Voltage",
    "Voltage.Minimum",
    "Voltage.Maximum",
]


class _MessageContentRequired(TypedDict):
    format: MessageFormat
    content: str
    """At most 1024 characters."""


class MessageContent(_MessageContentRequired, total=False):
    language: str
    """At most 8 characters."""
    customData: Dict[str, Any]


MessageFormat = Literal[
    "ASCII",
    "HTML",
    "URI",
    "UTF8",
    "QRCODE",
]


class _MessageInfoRequired(TypedDict):
    id: int
    """A whole number. At least 0."""
    priority: MessagePriority
    message: MessageContent


class MessageInfo(_MessageInfoRequired, total=False):
    display: Component
    state: MessageState
    startDateTime: str
    """A date and time (RFC 3339)."""
    endDateTime: str
    """A date and time (RFC 3339)."""
    transactionId: str
    """At most 36 characters."""
    messageExtra: List[MessageContent]
    """1 to 4 elements."""
    customData: Dict[str, Any]


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
    "Suspended",
    "Discharging",
]


MessageTrigger = Literal[
    "BootNotification",
    "LogStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "MeterValues",
    "SignChargingStationCertificate",
    "SignV2GCertificate",
    "SignV2G20Certificate",
    "StatusNotification",
    "TransactionEvent",
    "SignCombinedCertificate",
    "PublishFirmwareStatusNotification",
    "CustomTrigger",
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
    """A whole number. At least 0."""
    meterValue: List[MeterValue]
    """At least one element."""


class MeterValuesRequest(_MeterValuesRequestRequired, total=False):
    customData: Dict[str, Any]


class MeterValuesResponse(TypedDict, total=False):
    customData: Dict[str, Any]


MobilityNeedsMode = Literal[
    "EVCC",
    "EVCC_SECC",
]


class Modem(TypedDict, total=False):
    iccid: str
    """At most 20 characters."""
    imsi: str
    """At most 20 characters."""
    customData: Dict[str, Any]


Monitor = Literal[
    "UpperThreshold",
    "LowerThreshold",
    "Delta",
    "Periodic",
    "PeriodicClockAligned",
    "TargetDelta",
    "TargetDeltaRelative",
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
    ocppInterface: OcppInterface
    ocppTransport: OcppTransport
    messageTimeout: int
    """A whole number."""
    ocppCsmsUrl: str
    """At most 2000 characters."""
    securityProfile: int
    """A whole number. At least 0."""


class NetworkConnectionProfile(_NetworkConnectionProfileRequired, total=False):
    apn: Apn
    ocppVersion: OcppVersion
    identity: str
    """At most 48 characters."""
    basicAuthPassword: str
    """At most 64 characters."""
    vpn: Vpn
    customData: Dict[str, Any]


class _NotifyAllowedEnergyTransferRequestRequired(TypedDict):
    transactionId: str
    """At most 36 characters."""
    allowedEnergyTransfer: List[EnergyTransferMode]
    """At least one element."""


class NotifyAllowedEnergyTransferRequest(_NotifyAllowedEnergyTransferRequestRequired, total=False):
    customData: Dict[str, Any]


class _NotifyAllowedEnergyTransferResponseRequired(TypedDict):
    status: NotifyAllowedEnergyTransferStatus


class NotifyAllowedEnergyTransferResponse(_NotifyAllowedEnergyTransferResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


NotifyAllowedEnergyTransferStatus = Literal[
    "Accepted",
    "Rejected",
]


class _NotifyChargingLimitRequestRequired(TypedDict):
    chargingLimit: ChargingLimit


class NotifyChargingLimitRequest(_NotifyChargingLimitRequestRequired, total=False):
    chargingSchedule: List[ChargingSchedule]
    """At least one element."""
    evseId: int
    """A whole number. At least 0."""
    customData: Dict[str, Any]


class NotifyChargingLimitResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _NotifyCustomerInformationRequestRequired(TypedDict):
    data: str
    """At most 512 characters."""
    seqNo: int
    """A whole number. At least 0."""
    generatedAt: str
    """A date and time (RFC 3339)."""
    requestId: int
    """A whole number. At least 0."""


class NotifyCustomerInformationRequest(_NotifyCustomerInformationRequestRequired, total=False):
    tbc: bool
    customData: Dict[str, Any]


class NotifyCustomerInformationResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _NotifyDerAlarmRequestRequired(TypedDict):
    controlType: DerControl
    timestamp: str
    """A date and time (RFC 3339)."""


class NotifyDerAlarmRequest(_NotifyDerAlarmRequestRequired, total=False):
    gridEventFault: GridEventFault
    alarmEnded: bool
    extraInfo: str
    """At most 200 characters."""
    customData: Dict[str, Any]


class NotifyDerAlarmResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _NotifyDerStartStopRequestRequired(TypedDict):
    controlId: str
    """At most 36 characters."""
    started: bool
    timestamp: str
    """A date and time (RFC 3339)."""


class NotifyDerStartStopRequest(_NotifyDerStartStopRequestRequired, total=False):
    supersededIds: List[str]
    """1 to 24 elements. Each: At most 36 characters."""
    customData: Dict[str, Any]


class NotifyDerStartStopResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _NotifyDisplayMessagesRequestRequired(TypedDict):
    requestId: int
    """A whole number."""


class NotifyDisplayMessagesRequest(_NotifyDisplayMessagesRequestRequired, total=False):
    messageInfo: List[MessageInfo]
    """At least one element."""
    tbc: bool
    customData: Dict[str, Any]


class NotifyDisplayMessagesResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _NotifyEvChargingNeedsRequestRequired(TypedDict):
    evseId: int
    """A whole number. At least 1."""
    chargingNeeds: ChargingNeeds


class NotifyEvChargingNeedsRequest(_NotifyEvChargingNeedsRequestRequired, total=False):
    maxScheduleTuples: int
    """A whole number. At least 0."""
    timestamp: str
    """A date and time (RFC 3339)."""
    customData: Dict[str, Any]


class _NotifyEvChargingNeedsResponseRequired(TypedDict):
    status: NotifyEvChargingNeedsStatus


class NotifyEvChargingNeedsResponse(_NotifyEvChargingNeedsResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


NotifyEvChargingNeedsStatus = Literal[
    "Accepted",
    "Rejected",
    "Processing",
    "NoChargingProfile",
]


class _NotifyEvChargingScheduleRequestRequired(TypedDict):
    timeBase: str
    """A date and time (RFC 3339)."""
    chargingSchedule: ChargingSchedule
    evseId: int
    """A whole number. At least 1."""


class NotifyEvChargingScheduleRequest(_NotifyEvChargingScheduleRequestRequired, total=False):
    selectedChargingScheduleId: int
    """A whole number. At least 0."""
    powerToleranceAcceptance: bool
    customData: Dict[str, Any]


class _NotifyEvChargingScheduleResponseRequired(TypedDict):
    status: GenericStatus


class NotifyEvChargingScheduleResponse(_NotifyEvChargingScheduleResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class _NotifyEventRequestRequired(TypedDict):
    generatedAt: str
    """A date and time (RFC 3339)."""
    seqNo: int
    """A whole number. At least 0."""
    eventData: List[EventData]
    """At least one element."""


class NotifyEventRequest(_NotifyEventRequestRequired, total=False):
    tbc: bool
    customData: Dict[str, Any]


class NotifyEventResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _NotifyMonitoringReportRequestRequired(TypedDict):
    requestId: int
    """A whole number."""
    seqNo: int
    """A whole number. At least 0."""
    generatedAt: str
    """A date and time (RFC 3339)."""


class NotifyMonitoringReportRequest(_NotifyMonitoringReportRequestRequired, total=False):
    monitor: List[MonitoringData]
    """At least one element."""
    tbc: bool
    customData: Dict[str, Any]


class NotifyMonitoringReportResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _NotifyPeriodicEventStreamRequired(TypedDict):
    data: List[StreamDataElement]
    """At least one element."""
    id: int
    """A whole number. At least 0."""
    pending: int
    """A whole number. At least 0."""
    basetime: str
    """A date and time (RFC 3339)."""


class NotifyPeriodicEventStream(_NotifyPeriodicEventStreamRequired, total=False):
    customData: Dict[str, Any]


class _NotifyPriorityChargingRequestRequired(TypedDict):
    transactionId: str
    """At most 36 characters."""
    activated: bool


class NotifyPriorityChargingRequest(_NotifyPriorityChargingRequestRequired, total=False):
    customData: Dict[str, Any]


class NotifyPriorityChargingResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _NotifyReportRequestRequired(TypedDict):
    requestId: int
    """A whole number."""
    generatedAt: str
    """A date and time (RFC 3339)."""
    seqNo: int
    """A whole number. At least 0."""


class NotifyReportRequest(_NotifyReportRequestRequired, total=False):
    reportData: List[ReportData]
    """At least one element."""
    tbc: bool
    customData: Dict[str, Any]


class NotifyReportResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _NotifySettlementRequestRequired(TypedDict):
    pspRef: str
    """At most 255 characters."""
    status: PaymentStatus
    settlementAmount: float
    settlementTime: str
    """A date and time (RFC 3339)."""


class NotifySettlementRequest(_NotifySettlementRequestRequired, total=False):
    transactionId: str
    """At most 36 characters."""
    statusInfo: str
    """At most 500 characters."""
    receiptId: str
    """At most 50 characters."""
    receiptUrl: str
    """At most 2000 characters."""
    vatCompany: Address
    vatNumber: str
    """At most 20 characters."""
    customData: Dict[str, Any]


class NotifySettlementResponse(TypedDict, total=False):
    receiptUrl: str
    """At most 2000 characters."""
    receiptId: str
    """At most 50 characters."""
    customData: Dict[str, Any]


class _NotifyWebPaymentStartedRequestRequired(TypedDict):
    evseId: int
    """A whole number. At least 0."""
    timeout: int
    """A whole number."""


class NotifyWebPaymentStartedRequest(_NotifyWebPaymentStartedRequestRequired, total=False):
    customData: Dict[str, Any]


class NotifyWebPaymentStartedResponse(TypedDict, total=False):
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
    "Any",
]


OcppTransport = Literal[
    "SOAP",
    "JSON",
]


OcppVersion = Literal[
    "OCPP12",
    "OCPP15",
    "OCPP16",
    "OCPP20",
    "OCPP201",
    "OCPP21",
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
    """At most 2000 characters."""


class OcspRequestData(_OcspRequestDataRequired, total=False):
    customData: Dict[str, Any]


class _OpenPeriodicEventStreamRequestRequired(TypedDict):
    constantStreamData: ConstantStreamData


class OpenPeriodicEventStreamRequest(_OpenPeriodicEventStreamRequestRequired, total=False):
    customData: Dict[str, Any]


class _OpenPeriodicEventStreamResponseRequired(TypedDict):
    status: GenericStatus


class OpenPeriodicEventStreamResponse(_OpenPeriodicEventStreamResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


OperationMode = Literal[
    "Idle",
    "ChargingOnly",
    "CentralSetpoint",
    "ExternalSetpoint",
    "ExternalLimits",
    "CentralFrequency",
    "LocalFrequency",
    "LocalLoadBalancing",
]


OperationalStatus = Literal[
    "Inoperative",
    "Operative",
]


class _OverstayRuleRequired(TypedDict):
    overstayFee: RationalNumber
    startTime: int
    """A whole number."""
    overstayFeePeriod: int
    """A whole number."""


class OverstayRule(_OverstayRuleRequired, total=False):
    overstayRuleDescription: str
    """At most 32 characters."""
    customData: Dict[str, Any]


class _OverstayRuleListRequired(TypedDict):
    overstayRule: List[OverstayRule]
    """1 to 5 elements."""


class OverstayRuleList(_OverstayRuleListRequired, total=False):
    overstayPowerThreshold: RationalNumber
    overstayTimeThreshold: int
    """A whole number."""
    customData: Dict[str, Any]


PaymentStatus = Literal[
    "Settled",
    "Canceled",
    "Rejected",
    "Failed",
]


class PeriodicEventStreamParams(TypedDict, total=False):
    interval: int
    """A whole number. At least 0."""
    values: int
    """A whole number. At least 0."""
    customData: Dict[str, Any]


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


PowerDuringCessation = Literal[
    "Active",
    "Reactive",
]


PreconditioningStatus = Literal[
    "Unknown",
    "Ready",
    "NotReady",
    "Preconditioning",
]


class Price(TypedDict, total=False):
    exclTax: float
    inclTax: float
    taxRates: List[TaxRate]
    """1 to 5 elements."""
    customData: Dict[str, Any]


class _PriceLevelScheduleRequired(TypedDict):
    priceLevelScheduleEntries: List[PriceLevelScheduleEntry]
    """1 to 100 elements."""
    timeAnchor: str
    """A date and time (RFC 3339)."""
    priceScheduleId: int
    """A whole number. At least 0."""
    numberOfPriceLevels: int
    """A whole number. At least 0."""


class PriceLevelSchedule(_PriceLevelScheduleRequired, total=False):
    priceScheduleDescription: str
    """At most 32 characters."""
    customData: Dict[str, Any]


class _PriceLevelScheduleEntryRequired(TypedDict):
    duration: int
    """A whole number."""
    priceLevel: int
    """A whole number. At least 0."""


class PriceLevelScheduleEntry(_PriceLevelScheduleEntryRequired, total=False):
    customData: Dict[str, Any]


class _PriceRuleRequired(TypedDict):
    energyFee: RationalNumber
    powerRangeStart: RationalNumber


class PriceRule(_PriceRuleRequired, total=False):
    parkingFeePeriod: int
    """A whole number."""
    carbonDioxideEmission: int
    """A whole number. At least 0."""
    renewableGenerationPercentage: int
    """A whole number. From 0 to 100."""
    parkingFee: RationalNumber
    customData: Dict[str, Any]


class _PriceRuleStackRequired(TypedDict):
    duration: int
    """A whole number."""
    priceRule: List[PriceRule]
    """1 to 8 elements."""


class PriceRuleStack(_PriceRuleStackRequired, total=False):
    customData: Dict[str, Any]


PriorityChargingStatus = Literal[
    "Accepted",
    "Rejected",
    "NoProfile",
]


class _PublishFirmwareRequestRequired(TypedDict):
    location: str
    """At most 2000 characters."""
    checksum: str
    """At most 32 characters."""
    requestId: int
    """A whole number. At least 0."""


class PublishFirmwareRequest(_PublishFirmwareRequestRequired, total=False):
    retries: int
    """A whole number. At least 0."""
    retryInterval: int
    """A whole number. At least 0."""
    customData: Dict[str, Any]


class _PublishFirmwareResponseRequired(TypedDict):
    status: GenericStatus


class PublishFirmwareResponse(_PublishFirmwareResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


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
    location: List[str]
    """At least one element. Each: At most 2000 characters."""
    requestId: int
    """A whole number. At least 0."""
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class PublishFirmwareStatusNotificationResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _PullDynamicScheduleUpdateRequestRequired(TypedDict):
    chargingProfileId: int
    """A whole number."""


class PullDynamicScheduleUpdateRequest(_PullDynamicScheduleUpdateRequestRequired, total=False):
    customData: Dict[str, Any]


class _PullDynamicScheduleUpdateResponseRequired(TypedDict):
    status: ChargingProfileStatus


class PullDynamicScheduleUpdateResponse(_PullDynamicScheduleUpdateResponseRequired, total=False):
    scheduleUpdate: ChargingScheduleUpdate
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class _RationalNumberRequired(TypedDict):
    exponent: int
    """A whole number."""
    value: int
    """A whole number."""


class RationalNumber(_RationalNumberRequired, total=False):
    customData: Dict[str, Any]


class ReactivePowerParams(TypedDict, total=False):
    vRef: float
    autonomousVRefEnable: bool
    autonomousVRefTimeConstant: float
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
    "MasterPass",
    "Local",
    "LocalOutOfCredit",
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
    "ReqEnergyTransferRejected",
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
    duration: int
    """A whole number."""
    customData: Dict[str, Any]


ReportBase = Literal[
    "ConfigurationInventory",
    "FullInventory",
    "SummaryInventory",
]


class _ReportChargingProfilesRequestRequired(TypedDict):
    requestId: int
    """A whole number."""
    chargingLimitSource: str
    """At most 20 characters."""
    chargingProfile: List[ChargingProfile]
    """At least one element."""
    evseId: int
    """A whole number. At least 0."""


class ReportChargingProfilesRequest(_ReportChargingProfilesRequestRequired, total=False):
    tbc: bool
    customData: Dict[str, Any]


class ReportChargingProfilesResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _ReportDataRequired(TypedDict):
    component: Component
    variable: Variable
    variableAttribute: List[VariableAttribute]
    """1 to 4 elements."""


class ReportData(_ReportDataRequired, total=False):
    variableCharacteristics: VariableCharacteristics
    customData: Dict[str, Any]


class _ReportDerControlRequestRequired(TypedDict):
    requestId: int
    """A whole number."""


class ReportDerControlRequest(_ReportDerControlRequestRequired, total=False):
    curve: List[DerCurveGet]
    """1 to 24 elements."""
    enterService: List[EnterServiceGet]
    """1 to 24 elements."""
    fixedPFAbsorb: List[FixedPfGet]
    """1 to 24 elements."""
    fixedPFInject: List[FixedPfGet]
    """1 to 24 elements."""
    fixedVar: List[FixedVarGet]
    """1 to 24 elements."""
    freqDroop: List[FreqDroopGet]
    """1 to 24 elements."""
    gradient: List[GradientGet]
    """1 to 24 elements."""
    limitMaxDischarge: List[LimitMaxDischargeGet]
    """1 to 24 elements."""
    tbc: bool
    customData: Dict[str, Any]


class ReportDerControlResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _RequestBatterySwapRequestRequired(TypedDict):
    idToken: IdToken
    requestId: int
    """A whole number."""


class RequestBatterySwapRequest(_RequestBatterySwapRequestRequired, total=False):
    customData: Dict[str, Any]


class _RequestBatterySwapResponseRequired(TypedDict):
    status: GenericStatus


class RequestBatterySwapResponse(_RequestBatterySwapResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


RequestStartStopStatus = Literal[
    "Accepted",
    "Rejected",
]


class _RequestStartTransactionRequestRequired(TypedDict):
    idToken: IdToken
    remoteStartId: int
    """A whole number."""


class RequestStartTransactionRequest(_RequestStartTransactionRequestRequired, total=False):
    evseId: int
    """A whole number. At least 1."""
    groupIdToken: IdToken
    chargingProfile: ChargingProfile
    customData: Dict[str, Any]


class _RequestStartTransactionResponseRequired(TypedDict):
    status: RequestStartStopStatus


class RequestStartTransactionResponse(_RequestStartTransactionResponseRequired, total=False):
    statusInfo: StatusInfo
    transactionId: str
    """At most 36 characters."""
    customData: Dict[str, Any]


class _RequestStopTransactionRequestRequired(TypedDict):
    transactionId: str
    """At most 36 characters."""


class RequestStopTransactionRequest(_RequestStopTransactionRequestRequired, total=False):
    customData: Dict[str, Any]


class _RequestStopTransactionResponseRequired(TypedDict):
    status: RequestStartStopStatus


class RequestStopTransactionResponse(_RequestStopTransactionResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class _ReservationStatusUpdateRequestRequired(TypedDict):
    reservationId: int
    """A whole number. At least 0."""
    reservationUpdateStatus: ReservationUpdateStatus


class ReservationStatusUpdateRequest(_ReservationStatusUpdateRequestRequired, total=False):
    customData: Dict[str, Any]


class ReservationStatusUpdateResponse(TypedDict, total=False):
    customData: Dict[str, Any]


ReservationUpdateStatus = Literal[
    "Expired",
    "Removed",
    "NoTransaction",
]


class _ReserveNowRequestRequired(TypedDict):
    id: int
    """A whole number. At least 0."""
    expiryDateTime: str
    """A date and time (RFC 3339)."""
    idToken: IdToken


class ReserveNowRequest(_ReserveNowRequestRequired, total=False):
    connectorType: str
    """At most 20 characters."""
    evseId: int
    """A whole number. At least 0."""
    groupIdToken: IdToken
    customData: Dict[str, Any]


class _ReserveNowResponseRequired(TypedDict):
    status: ReserveNowStatus


class ReserveNowResponse(_ReserveNowResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


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
    "ImmediateAndResume",
]


class _ResetRequestRequired(TypedDict):
    type: Reset


class ResetRequest(_ResetRequestRequired, total=False):
    evseId: int
    """A whole number. At least 0."""
    customData: Dict[str, Any]


class _ResetResponseRequired(TypedDict):
    status: ResetStatus


class ResetResponse(_ResetResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


ResetStatus = Literal[
    "Accepted",
    "Rejected",
    "Scheduled",
]


class _SalesTariffRequired(TypedDict):
    id: int
    """A whole number. At least 0."""
    salesTariffEntry: List[SalesTariffEntry]
    """1 to 1024 elements."""


class SalesTariff(_SalesTariffRequired, total=False):
    salesTariffDescription: str
    """At most 32 characters."""
    numEPriceLevels: int
    """A whole number. At least 0."""
    customData: Dict[str, Any]


class _SalesTariffEntryRequired(TypedDict):
    relativeTimeInterval: RelativeTimeInterval


class SalesTariffEntry(_SalesTariffEntryRequired, total=False):
    ePriceLevel: int
    """A whole number. At least 0."""
    consumptionCost: List[ConsumptionCost]
    """1 to 3 elements."""
    customData: Dict[str, Any]


class _SampledValueRequired(TypedDict):
    value: float


class SampledValue(_SampledValueRequired, total=False):
    measurand: Measurand
    context: ReadingContext
    phase: Phase
    location: Location
    signedMeterValue: SignedMeterValue
    unitOfMeasure: UnitOfMeasure
    customData: Dict[str, Any]


class _SecurityEventNotificationRequestRequired(TypedDict):
    type: str
    """At most 50 characters."""
    timestamp: str
    """A date and time (RFC 3339)."""


class SecurityEventNotificationRequest(_SecurityEventNotificationRequestRequired, total=False):
    techInfo: str
    """At most 255 characters."""
    customData: Dict[str, Any]


class SecurityEventNotificationResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _SendLocalListRequestRequired(TypedDict):
    versionNumber: int
    """A whole number."""
    updateType: Update


class SendLocalListRequest(_SendLocalListRequestRequired, total=False):
    localAuthorizationList: List[AuthorizationData]
    """At least one element."""
    customData: Dict[str, Any]


class _SendLocalListResponseRequired(TypedDict):
    status: SendLocalListStatus


class SendLocalListResponse(_SendLocalListResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


SendLocalListStatus = Literal[
    "Accepted",
    "Failed",
    "VersionMismatch",
]


class _SetChargingProfileRequestRequired(TypedDict):
    evseId: int
    """A whole number. At least 0."""
    chargingProfile: ChargingProfile


class SetChargingProfileRequest(_SetChargingProfileRequestRequired, total=False):
    customData: Dict[str, Any]


class _SetChargingProfileResponseRequired(TypedDict):
    status: ChargingProfileStatus


class SetChargingProfileResponse(_SetChargingProfileResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class _SetDefaultTariffRequestRequired(TypedDict):
    evseId: int
    """A whole number. At least 0."""
    tariff: Tariff


class SetDefaultTariffRequest(_SetDefaultTariffRequestRequired, total=False):
    customData: Dict[str, Any]


class _SetDefaultTariffResponseRequired(TypedDict):
    status: TariffSetStatus


class SetDefaultTariffResponse(_SetDefaultTariffResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class _SetDerControlRequestRequired(TypedDict):
    isDefault: bool
    controlId: str
    """At most 36 characters."""
    controlType: DerControl


class SetDerControlRequest(_SetDerControlRequestRequired, total=False):
    curve: DerCurve
    enterService: EnterService
    fixedPFAbsorb: FixedPf
    fixedPFInject: FixedPf
    fixedVar: FixedVar
    freqDroop: FreqDroop
    gradient: Gradient
    limitMaxDischarge: LimitMaxDischarge
    customData: Dict[str, Any]


class _SetDerControlResponseRequired(TypedDict):
    status: DerControlStatus


class SetDerControlResponse(_SetDerControlResponseRequired, total=False):
    statusInfo: StatusInfo
    supersededIds: List[str]
    """1 to 24 elements. Each: At most 36 characters."""
    customData: Dict[str, Any]


class _SetDisplayMessageRequestRequired(TypedDict):
    message: MessageInfo


class SetDisplayMessageRequest(_SetDisplayMessageRequestRequired, total=False):
    customData: Dict[str, Any]


class _SetDisplayMessageResponseRequired(TypedDict):
    status: DisplayMessageStatus


class SetDisplayMessageResponse(_SetDisplayMessageResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class _SetMonitoringBaseRequestRequired(TypedDict):
    monitoringBase: MonitoringBase


class SetMonitoringBaseRequest(_SetMonitoringBaseRequestRequired, total=False):
    customData: Dict[str, Any]


class _SetMonitoringBaseResponseRequired(TypedDict):
    status: GenericDeviceModelStatus


class SetMonitoringBaseResponse(_SetMonitoringBaseResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class _SetMonitoringDataRequired(TypedDict):
    value: float
    type: Monitor
    severity: int
    """A whole number. At least 0."""
    component: Component
    variable: Variable


class SetMonitoringData(_SetMonitoringDataRequired, total=False):
    id: int
    """A whole number. At least 0."""
    periodicEventStream: PeriodicEventStreamParams
    transaction: bool
    customData: Dict[str, Any]


class _SetMonitoringLevelRequestRequired(TypedDict):
    severity: int
    """A whole number. At least 0."""


class SetMonitoringLevelRequest(_SetMonitoringLevelRequestRequired, total=False):
    customData: Dict[str, Any]


class _SetMonitoringLevelResponseRequired(TypedDict):
    status: GenericStatus


class SetMonitoringLevelResponse(_SetMonitoringLevelResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class _SetMonitoringResultRequired(TypedDict):
    status: SetMonitoringStatus
    type: Monitor
    component: Component
    variable: Variable
    severity: int
    """A whole number. At least 0."""


class SetMonitoringResult(_SetMonitoringResultRequired, total=False):
    id: int
    """A whole number. At least 0."""
    statusInfo: StatusInfo
    customData: Dict[str, Any]


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
    statusInfo: StatusInfo
    customData: Dict[str, Any]


SetNetworkProfileStatus = Literal[
    "Accepted",
    "Rejected",
    "Failed",
]


class _SetVariableDataRequired(TypedDict):
    attributeValue: str
    """At most 2500 characters."""
    component: Component
    variable: Variable


class SetVariableData(_SetVariableDataRequired, total=False):
    attributeType: Attribute
    customData: Dict[str, Any]


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
    attributeType: Attribute
    attributeStatusInfo: StatusInfo
    customData: Dict[str, Any]


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
    certificateType: CertificateSigningUse
    hashRootCertificate: CertificateHashData
    requestId: int
    """A whole number."""
    customData: Dict[str, Any]


class _SignCertificateResponseRequired(TypedDict):
    status: GenericStatus


class SignCertificateResponse(_SignCertificateResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class _SignedMeterValueRequired(TypedDict):
    signedMeterData: str
    """At most 32768 characters."""
    encodingMethod: str
    """At most 50 characters."""


class SignedMeterValue(_SignedMeterValueRequired, total=False):
    signingMethod: str
    """At most 50 characters."""
    publicKey: str
    """At most 2500 characters."""
    customData: Dict[str, Any]


class _StatusInfoRequired(TypedDict):
    reasonCode: str
    """At most 20 characters."""


class StatusInfo(_StatusInfoRequired, total=False):
    additionalInfo: str
    """At most 1024 characters."""
    customData: Dict[str, Any]


class _StatusNotificationRequestRequired(TypedDict):
    timestamp: str
    """A date and time (RFC 3339)."""
    connectorStatus: ConnectorStatus
    evseId: int
    """A whole number. At least 0."""
    connectorId: int
    """A whole number. At least 0."""


class StatusNotificationRequest(_StatusNotificationRequestRequired, total=False):
    customData: Dict[str, Any]


class StatusNotificationResponse(TypedDict, total=False):
    customData: Dict[str, Any]


class _StreamDataElementRequired(TypedDict):
    t: float
    v: str
    """At most 2500 characters."""


class StreamDataElement(_StreamDataElementRequired, total=False):
    customData: Dict[str, Any]


class _TariffRequired(TypedDict):
    tariffId: str
    """At most 60 characters."""
    currency: str
    """At most 3 characters."""


class Tariff(_TariffRequired, total=False):
    description: List[MessageContent]
    """1 to 10 elements."""
    energy: TariffEnergy
    validFrom: str
    """A date and time (RFC 3339)."""
    chargingTime: TariffTime
    idleTime: TariffTime
    fixedFee: TariffFixed
    reservationTime: TariffTime
    reservationFixed: TariffFixed
    minCost: Price
    maxCost: Price
    customData: Dict[str, Any]


class _TariffAssignmentRequired(TypedDict):
    tariffId: str
    """At most 60 characters."""
    tariffKind: TariffKind


class TariffAssignment(_TariffAssignmentRequired, total=False):
    validFrom: str
    """A date and time (RFC 3339)."""
    evseIds: List[int]
    """At least one element. Each: A whole number. At least 0."""
    idTokens: List[str]
    """At least one element. Each: At most 255 characters."""
    customData: Dict[str, Any]


TariffChangeStatus = Literal[
    "Accepted",
    "Rejected",
    "TooManyElements",
    "ConditionNotSupported",
    "TxNotFound",
    "NoCurrencyChange",
]


TariffClearStatus = Literal[
    "Accepted",
    "Rejected",
    "NoTariff",
]


class TariffConditions(TypedDict, total=False):
    startTimeOfDay: str
    endTimeOfDay: str
    dayOfWeek: List[DayOfWeek]
    """1 to 7 elements."""
    validFromDate: str
    validToDate: str
    evseKind: EvseKind
    minEnergy: float
    maxEnergy: float
    minCurrent: float
    maxCurrent: float
    minPower: float
    maxPower: float
    minTime: int
    """A whole number."""
    maxTime: int
    """A whole number."""
    minChargingTime: int
    """A whole number."""
    maxChargingTime: int
    """A whole number."""
    minIdleTime: int
    """A whole number."""
    maxIdleTime: int
    """A whole number."""
    customData: Dict[str, Any]


class TariffConditionsFixed(TypedDict, total=False):
    startTimeOfDay: str
    endTimeOfDay: str
    dayOfWeek: List[DayOfWeek]
    """1 to 7 elements."""
    validFromDate: str
    validToDate: str
    evseKind: EvseKind
    paymentBrand: str
    """At most 20 characters."""
    paymentRecognition: str
    """At most 20 characters."""
    customData: Dict[str, Any]


TariffCost = Literal[
    "NormalCost",
    "MinCost",
    "MaxCost",
]


class _TariffEnergyRequired(TypedDict):
    prices: List[TariffEnergyPrice]
    """At least one element."""


class TariffEnergy(_TariffEnergyRequired, total=False):
    taxRates: List[TaxRate]
    """1 to 5 elements."""
    customData: Dict[str, Any]


class _TariffEnergyPriceRequired(TypedDict):
    priceKwh: float


class TariffEnergyPrice(_TariffEnergyPriceRequired, total=False):
    conditions: TariffConditions
    customData: Dict[str, Any]


class _TariffFixedRequired(TypedDict):
    prices: List[TariffFixedPrice]
    """At least one element."""


class TariffFixed(_TariffFixedRequired, total=False):
    taxRates: List[TaxRate]
    """1 to 5 elements."""
    customData: Dict[str, Any]


class _TariffFixedPriceRequired(TypedDict):
    priceFixed: float


class TariffFixedPrice(_TariffFixedPriceRequired, total=False):
    conditions: TariffConditionsFixed
    customData: Dict[str, Any]


TariffGetStatus = Literal[
    "Accepted",
    "Rejected",
    "NoTariff",
]


TariffKind = Literal[
    "DefaultTariff",
    "DriverTariff",
]


TariffSetStatus = Literal[
    "Accepted",
    "Rejected",
    "TooManyElements",
    "ConditionNotSupported",
    "DuplicateTariffId",
]


class _TariffTimeRequired(TypedDict):
    prices: List[TariffTimePrice]
    """At least one element."""


class TariffTime(_TariffTimeRequired, total=False):
    taxRates: List[TaxRate]
    """1 to 5 elements."""
    customData: Dict[str, Any]


class _TariffTimePriceRequired(TypedDict):
    priceMinute: float


class TariffTimePrice(_TariffTimePriceRequired, total=False):
    conditions: TariffConditions
    customData: Dict[str, Any]


class _TaxRateRequired(TypedDict):
    type: str
    """At most 20 characters."""
    tax: float


class TaxRate(_TaxRateRequired, total=False):
    stack: int
    """A whole number. At least 0."""
    customData: Dict[str, Any]


class _TaxRuleRequired(TypedDict):
    taxRuleID: int
    """A whole number. At least 0."""
    appliesToEnergyFee: bool
    appliesToParkingFee: bool
    appliesToOverstayFee: bool
    appliesToMinimumMaximumCost: bool
    taxRate: RationalNumber


class TaxRule(_TaxRuleRequired, total=False):
    taxRuleName: str
    """At most 100 characters."""
    taxIncludedInPrice: bool
    customData: Dict[str, Any]


class _TotalCostRequired(TypedDict):
    currency: str
    """At most 3 characters."""
    typeOfCost: TariffCost
    total: TotalPrice


class TotalCost(_TotalCostRequired, total=False):
    fixed: Price
    energy: Price
    chargingTime: Price
    idleTime: Price
    reservationTime: Price
    reservationFixed: Price
    customData: Dict[str, Any]


class TotalPrice(TypedDict, total=False):
    exclTax: float
    inclTax: float
    customData: Dict[str, Any]


class _TotalUsageRequired(TypedDict):
    energy: float
    chargingTime: int
    """A whole number."""
    idleTime: int
    """A whole number."""


class TotalUsage(_TotalUsageRequired, total=False):
    reservationTime: int
    """A whole number."""
    customData: Dict[str, Any]


class _TransactionRequired(TypedDict):
    transactionId: str
    """At most 36 characters."""


class Transaction(_TransactionRequired, total=False):
    chargingState: ChargingState
    timeSpentCharging: int
    """A whole number."""
    stoppedReason: Reason
    remoteStartId: int
    """A whole number."""
    operationMode: OperationMode
    tariffId: str
    """At most 60 characters."""
    transactionLimit: TransactionLimit
    customData: Dict[str, Any]


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
    """A whole number. At least 0."""
    transactionInfo: Transaction


class TransactionEventRequest(_TransactionEventRequestRequired, total=False):
    costDetails: CostDetails
    meterValue: List[MeterValue]
    """At least one element."""
    offline: bool
    numberOfPhasesUsed: int
    """A whole number. From 0 to 3."""
    cableMaxCurrent: int
    """A whole number."""
    reservationId: int
    """A whole number. At least 0."""
    preconditioningStatus: PreconditioningStatus
    evseSleep: bool
    evse: Evse
    idToken: IdToken
    customData: Dict[str, Any]


class TransactionEventResponse(TypedDict, total=False):
    totalCost: float
    chargingPriority: int
    """A whole number."""
    idTokenInfo: IdTokenInfo
    transactionLimit: TransactionLimit
    updatedPersonalMessage: MessageContent
    updatedPersonalMessageExtra: List[MessageContent]
    """1 to 4 elements."""
    customData: Dict[str, Any]


class TransactionLimit(TypedDict, total=False):
    maxCost: float
    maxEnergy: float
    maxTime: int
    """A whole number."""
    maxSoC: int
    """A whole number. From 0 to 100."""
    customData: Dict[str, Any]


class _TriggerMessageRequestRequired(TypedDict):
    requestedMessage: MessageTrigger


class TriggerMessageRequest(_TriggerMessageRequestRequired, total=False):
    evse: Evse
    customTrigger: str
    """At most 50 characters."""
    customData: Dict[str, Any]


class _TriggerMessageResponseRequired(TypedDict):
    status: TriggerMessageStatus


class TriggerMessageResponse(_TriggerMessageResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


TriggerMessageStatus = Literal[
    "Accepted",
    "Rejected",
    "NotImplemented",
]


TriggerReason = Literal[
    "AbnormalCondition",
    "Authorized",
    "CablePluggedIn",
    "ChargingRateChanged",
    "ChargingStateChanged",
    "CostLimitReached",
    "Deauthorized",
    "EnergyLimitReached",
    "EVCommunicationLost",
    "EVConnectTimeout",
    "EVDeparted",
    "EVDetected",
    "LimitSet",
    "MeterValueClock",
    "MeterValuePeriodic",
    "OperationModeChanged",
    "RemoteStart",
    "RemoteStop",
    "ResetCommand",
    "RunningCost",
    "SignedDataReceived",
    "SoCLimitReached",
    "StopAuthorized",
    "TariffChanged",
    "TariffNotAccepted",
    "TimeLimitReached",
    "Trigger",
    "TxResumed",
    "UnlockCommand",
]


class UnitOfMeasure(TypedDict, total=False):
    unit: str
    """At most 20 characters."""
    multiplier: int
    """A whole number."""
    customData: Dict[str, Any]


class _UnlockConnectorRequestRequired(TypedDict):
    evseId: int
    """A whole number. At least 0."""
    connectorId: int
    """A whole number. At least 0."""


class UnlockConnectorRequest(_UnlockConnectorRequestRequired, total=False):
    customData: Dict[str, Any]


class _UnlockConnectorResponseRequired(TypedDict):
    status: UnlockStatus


class UnlockConnectorResponse(_UnlockConnectorResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


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


class _UpdateDynamicScheduleRequestRequired(TypedDict):
    chargingProfileId: int
    """A whole number."""
    scheduleUpdate: ChargingScheduleUpdate


class UpdateDynamicScheduleRequest(_UpdateDynamicScheduleRequestRequired, total=False):
    customData: Dict[str, Any]


class _UpdateDynamicScheduleResponseRequired(TypedDict):
    status: ChargingProfileStatus


class UpdateDynamicScheduleResponse(_UpdateDynamicScheduleResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class _UpdateFirmwareRequestRequired(TypedDict):
    requestId: int
    """A whole number."""
    firmware: Firmware


class UpdateFirmwareRequest(_UpdateFirmwareRequestRequired, total=False):
    retries: int
    """A whole number. At least 0."""
    retryInterval: int
    """A whole number."""
    customData: Dict[str, Any]


class _UpdateFirmwareResponseRequired(TypedDict):
    status: UpdateFirmwareStatus


class UpdateFirmwareResponse(_UpdateFirmwareResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


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


class _UsePriorityChargingRequestRequired(TypedDict):
    transactionId: str
    """At most 36 characters."""
    activate: bool


class UsePriorityChargingRequest(_UsePriorityChargingRequestRequired, total=False):
    customData: Dict[str, Any]


class _UsePriorityChargingResponseRequired(TypedDict):
    status: PriorityChargingStatus


class UsePriorityChargingResponse(_UsePriorityChargingResponseRequired, total=False):
    statusInfo: StatusInfo
    customData: Dict[str, Any]


class V2xChargingParameters(TypedDict, total=False):
    minChargePower: float
    minChargePower_L2: float
    minChargePower_L3: float
    maxChargePower: float
    maxChargePower_L2: float
    maxChargePower_L3: float
    minDischargePower: float
    minDischargePower_L2: float
    minDischargePower_L3: float
    maxDischargePower: float
    maxDischargePower_L2: float
    maxDischargePower_L3: float
    minChargeCurrent: float
    maxChargeCurrent: float
    minDischargeCurrent: float
    maxDischargeCurrent: float
    minVoltage: float
    maxVoltage: float
    evTargetEnergyRequest: float
    evMinEnergyRequest: float
    evMaxEnergyRequest: float
    evMinV2XEnergyRequest: float
    evMaxV2XEnergyRequest: float
    targetSoC: int
    """A whole number. From 0 to 100."""
    customData: Dict[str, Any]


class _V2xFreqWattPointRequired(TypedDict):
    frequency: float
    power: float


class V2xFreqWattPoint(_V2xFreqWattPointRequired, total=False):
    customData: Dict[str, Any]


class _V2xSignalWattPointRequired(TypedDict):
    signal: int
    """A whole number."""
    power: float


class V2xSignalWattPoint(_V2xSignalWattPointRequired, total=False):
    customData: Dict[str, Any]


class _VariableRequired(TypedDict):
    name: str
    """At most 50 characters."""


class Variable(_VariableRequired, total=False):
    instance: str
    """At most 50 characters."""
    customData: Dict[str, Any]


class VariableAttribute(TypedDict, total=False):
    type: Attribute
    value: str
    """At most 2500 characters."""
    mutability: Mutability
    persistent: bool
    constant: bool
    customData: Dict[str, Any]


class _VariableCharacteristicsRequired(TypedDict):
    dataType: Data
    supportsMonitoring: bool


class VariableCharacteristics(_VariableCharacteristicsRequired, total=False):
    unit: str
    """At most 16 characters."""
    minLimit: float
    maxLimit: float
    maxElements: int
    """A whole number. At least 1."""
    valuesList: str
    """At most 1000 characters."""
    customData: Dict[str, Any]


class _VariableMonitoringRequired(TypedDict):
    id: int
    """A whole number. At least 0."""
    transaction: bool
    value: float
    type: Monitor
    severity: int
    """A whole number. At least 0."""
    eventNotificationType: EventNotification


class VariableMonitoring(_VariableMonitoringRequired, total=False):
    customData: Dict[str, Any]


class _VatNumberValidationRequestRequired(TypedDict):
    vatNumber: str
    """At most 20 characters."""


class VatNumberValidationRequest(_VatNumberValidationRequestRequired, total=False):
    evseId: int
    """A whole number. At least 0."""
    customData: Dict[str, Any]


class _VatNumberValidationResponseRequired(TypedDict):
    vatNumber: str
    """At most 20 characters."""
    status: GenericStatus


class VatNumberValidationResponse(_VatNumberValidationResponseRequired, total=False):
    company: Address
    statusInfo: StatusInfo
    evseId: int
    """A whole number. At least 0."""
    customData: Dict[str, Any]


class VoltageParams(TypedDict, total=False):
    hv10MinMeanValue: float
    hv10MinMeanTripDelay: float
    powerDuringCessation: PowerDuringCessation
    customData: Dict[str, Any]


class _VpnRequired(TypedDict):
    server: str
    """At most 2000 characters."""
    user: str
    """At most 50 characters."""
    password: str
    """At most 64 characters."""
    key: str
    """At most 255 characters."""
    type: VpnEnum


class Vpn(_VpnRequired, total=False):
    group: str
    """At most 50 characters."""
    customData: Dict[str, Any]


VpnEnum = Literal[
    "IKEv2",
    "IPSec",
    "L2TP",
    "PPTP",
]


Requests = {
    "AFRRSignal": AfrrSignalRequest,
    "AdjustPeriodicEventStream": AdjustPeriodicEventStreamRequest,
    "Authorize": AuthorizeRequest,
    "BatterySwap": BatterySwapRequest,
    "BootNotification": BootNotificationRequest,
    "CancelReservation": CancelReservationRequest,
    "CertificateSigned": CertificateSignedRequest,
    "ChangeAvailability": ChangeAvailabilityRequest,
    "ChangeTransactionTariff": ChangeTransactionTariffRequest,
    "ClearCache": ClearCacheRequest,
    "ClearChargingProfile": ClearChargingProfileRequest,
    "ClearDERControl": ClearDerControlRequest,
    "ClearDisplayMessage": ClearDisplayMessageRequest,
    "ClearTariffs": ClearTariffsRequest,
    "ClearVariableMonitoring": ClearVariableMonitoringRequest,
    "ClearedChargingLimit": ClearedChargingLimitRequest,
    "ClosePeriodicEventStream": ClosePeriodicEventStreamRequest,
    "CostUpdated": CostUpdatedRequest,
    "CustomerInformation": CustomerInformationRequest,
    "DataTransfer": DataTransferRequest,
    "DeleteCertificate": DeleteCertificateRequest,
    "FirmwareStatusNotification": FirmwareStatusNotificationRequest,
    "Get15118EVCertificate": Get15118EvCertificateRequest,
    "GetBaseReport": GetBaseReportRequest,
    "GetCertificateChainStatus": GetCertificateChainStatusRequest,
    "GetCertificateStatus": GetCertificateStatusRequest,
    "GetChargingProfiles": GetChargingProfilesRequest,
    "GetCompositeSchedule": GetCompositeScheduleRequest,
    "GetDERControl": GetDerControlRequest,
    "GetDisplayMessages": GetDisplayMessagesRequest,
    "GetInstalledCertificateIds": GetInstalledCertificateIdsRequest,
    "GetLocalListVersion": GetLocalListVersionRequest,
    "GetLog": GetLogRequest,
    "GetMonitoringReport": GetMonitoringReportRequest,
    "GetPeriodicEventStream": GetPeriodicEventStreamRequest,
    "GetReport": GetReportRequest,
    "GetTariffs": GetTariffsRequest,
    "GetTransactionStatus": GetTransactionStatusRequest,
    "GetVariables": GetVariablesRequest,
    "Heartbeat": HeartbeatRequest,
    "InstallCertificate": InstallCertificateRequest,
    "LogStatusNotification": LogStatusNotificationRequest,
    "MeterValues": MeterValuesRequest,
    "NotifyAllowedEnergyTransfer": NotifyAllowedEnergyTransferRequest,
    "NotifyChargingLimit": NotifyChargingLimitRequest,
    "NotifyCustomerInformation": NotifyCustomerInformationRequest,
    "NotifyDERAlarm": NotifyDerAlarmRequest,
    "NotifyDERStartStop": NotifyDerStartStopRequest,
    "NotifyDisplayMessages": NotifyDisplayMessagesRequest,
    "NotifyEVChargingNeeds": NotifyEvChargingNeedsRequest,
    "NotifyEVChargingSchedule": NotifyEvChargingScheduleRequest,
    "NotifyEvent": NotifyEventRequest,
    "NotifyMonitoringReport": NotifyMonitoringReportRequest,
    "NotifyPeriodicEventStream": NotifyPeriodicEventStream,
    "NotifyPriorityCharging": NotifyPriorityChargingRequest,
    "NotifyReport": NotifyReportRequest,
    "NotifySettlement": NotifySettlementRequest,
    "NotifyWebPaymentStarted": NotifyWebPaymentStartedRequest,
    "OpenPeriodicEventStream": OpenPeriodicEventStreamRequest,
    "PublishFirmware": PublishFirmwareRequest,
    "PublishFirmwareStatusNotification": PublishFirmwareStatusNotificationRequest,
    "PullDynamicScheduleUpdate": PullDynamicScheduleUpdateRequest,
    "ReportChargingProfiles": ReportChargingProfilesRequest,
    "ReportDERControl": ReportDerControlRequest,
    "RequestBatterySwap": RequestBatterySwapRequest,
    "RequestStartTransaction": RequestStartTransactionRequest,
    "RequestStopTransaction": RequestStopTransactionRequest,
    "ReservationStatusUpdate": ReservationStatusUpdateRequest,
    "ReserveNow": ReserveNowRequest,
    "Reset": ResetRequest,
    "SecurityEventNotification": SecurityEventNotificationRequest,
    "SendLocalList": SendLocalListRequest,
    "SetChargingProfile": SetChargingProfileRequest,
    "SetDERControl": SetDerControlRequest,
    "SetDefaultTariff": SetDefaultTariffRequest,
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
    "UpdateDynamicSchedule": UpdateDynamicScheduleRequest,
    "UpdateFirmware": UpdateFirmwareRequest,
    "UsePriorityCharging": UsePriorityChargingRequest,
    "VatNumberValidation": VatNumberValidationRequest,
}
"""The types of requests by action."""

Responses = {
    "AFRRSignal": AfrrSignalResponse,
    "AdjustPeriodicEventStream": AdjustPeriodicEventStreamResponse,
    "Authorize": AuthorizeResponse,
    "BatterySwap": BatterySwapResponse,
    "BootNotification": BootNotificationResponse,
    "CancelReservation": CancelReservationResponse,
    "CertificateSigned": CertificateSignedResponse,
    "ChangeAvailability": ChangeAvailabilityResponse,
    "ChangeTransactionTariff": ChangeTransactionTariffResponse,
    "ClearCache": ClearCacheResponse,
    "ClearChargingProfile": ClearChargingProfileResponse,
    "ClearDERControl": ClearDerControlResponse,
    "ClearDisplayMessage": ClearDisplayMessageResponse,
    "ClearTariffs": ClearTariffsResponse,
    "ClearVariableMonitoring": ClearVariableMonitoringResponse,
    "ClearedChargingLimit": ClearedChargingLimitResponse,
    "ClosePeriodicEventStream": ClosePeriodicEventStreamResponse,
    "CostUpdated": CostUpdatedResponse,
    "CustomerInformation": CustomerInformationResponse,
    "DataTransfer": DataTransferResponse,
    "DeleteCertificate": DeleteCertificateResponse,
    "FirmwareStatusNotification": FirmwareStatusNotificationResponse,
    "Get15118EVCertificate": Get15118EvCertificateResponse,
    "GetBaseReport": GetBaseReportResponse,
    "GetCertificateChainStatus": GetCertificateChainStatusResponse,
    "GetCertificateStatus": GetCertificateStatusResponse,
    "GetChargingProfiles": GetChargingProfilesResponse,
    "GetCompositeSchedule": GetCompositeScheduleResponse,
    "GetDERControl": GetDerControlResponse,
    "GetDisplayMessages": GetDisplayMessagesResponse,
    "GetInstalledCertificateIds": GetInstalledCertificateIdsResponse,
    "GetLocalListVersion": GetLocalListVersionResponse,
    "GetLog": GetLogResponse,
    "GetMonitoringReport": GetMonitoringReportResponse,
    "GetPeriodicEventStream": GetPeriodicEventStreamResponse,
    "GetReport": GetReportResponse,
    "GetTariffs": GetTariffsResponse,
    "GetTransactionStatus": GetTransactionStatusResponse,
    "GetVariables": GetVariablesResponse,
    "Heartbeat": HeartbeatResponse,
    "InstallCertificate": InstallCertificateResponse,
    "LogStatusNotification": LogStatusNotificationResponse,
    "MeterValues": MeterValuesResponse,
    "NotifyAllowedEnergyTransfer": NotifyAllowedEnergyTransferResponse,
    "NotifyChargingLimit": NotifyChargingLimitResponse,
    "NotifyCustomerInformation": NotifyCustomerInformationResponse,
    "NotifyDERAlarm": NotifyDerAlarmResponse,
    "NotifyDERStartStop": NotifyDerStartStopResponse,
    "NotifyDisplayMessages": NotifyDisplayMessagesResponse,
    "NotifyEVChargingNeeds": NotifyEvChargingNeedsResponse,
    "NotifyEVChargingSchedule": NotifyEvChargingScheduleResponse,
    "NotifyEvent": NotifyEventResponse,
    "NotifyMonitoringReport": NotifyMonitoringReportResponse,
    "NotifyPriorityCharging": NotifyPriorityChargingResponse,
    "NotifyReport": NotifyReportResponse,
    "NotifySettlement": NotifySettlementResponse,
    "NotifyWebPaymentStarted": NotifyWebPaymentStartedResponse,
    "OpenPeriodicEventStream": OpenPeriodicEventStreamResponse,
    "PublishFirmware": PublishFirmwareResponse,
    "PublishFirmwareStatusNotification": PublishFirmwareStatusNotificationResponse,
    "PullDynamicScheduleUpdate": PullDynamicScheduleUpdateResponse,
    "ReportChargingProfiles": ReportChargingProfilesResponse,
    "ReportDERControl": ReportDerControlResponse,
    "RequestBatterySwap": RequestBatterySwapResponse,
    "RequestStartTransaction": RequestStartTransactionResponse,
    "RequestStopTransaction": RequestStopTransactionResponse,
    "ReservationStatusUpdate": ReservationStatusUpdateResponse,
    "ReserveNow": ReserveNowResponse,
    "Reset": ResetResponse,
    "SecurityEventNotification": SecurityEventNotificationResponse,
    "SendLocalList": SendLocalListResponse,
    "SetChargingProfile": SetChargingProfileResponse,
    "SetDERControl": SetDerControlResponse,
    "SetDefaultTariff": SetDefaultTariffResponse,
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
    "UpdateDynamicSchedule": UpdateDynamicScheduleResponse,
    "UpdateFirmware": UpdateFirmwareResponse,
    "UsePriorityCharging": UsePriorityChargingResponse,
    "VatNumberValidation": VatNumberValidationResponse,
}
"""The types of responses by action."""
