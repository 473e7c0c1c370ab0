// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

export interface AbsolutePriceSchedule {
  /** A date and time (RFC 3339). */
  timeAnchor: string;
  /** A whole number. At least 0. */
  priceScheduleID: number;
  /** At most 160 characters. */
  priceScheduleDescription?: string;
  /** At most 3 characters. */
  currency: string;
  /** At most 8 characters. */
  language: string;
  /** At most 2000 characters. */
  priceAlgorithm: string;
  minimumCost?: RationalNumber;
  maximumCost?: RationalNumber;
  /** 1 to 1024 elements. */
  priceRuleStacks: PriceRuleStack[];
  /** 1 to 10 elements. */
  taxRules?: TaxRule[];
  overstayRuleList?: OverstayRuleList;
  /** 1 to 5 elements. */
  additionalSelectedServices?: AdditionalSelectedServices[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface AcChargingParameters {
  energyAmount: number;
  evMinCurrent: number;
  evMaxCurrent: number;
  evMaxVoltage: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface AdditionalInfo {
  /** At most 255 characters. */
  additionalIdToken: string;
  /** At most 50 characters. */
  type: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface AdditionalSelectedServices {
  serviceFee: RationalNumber;
  /** At most 80 characters. */
  serviceName: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface Address {
  /** At most 50 characters. */
  name: string;
  /** At most 100 characters. */
  address1: string;
  /** At most 100 characters. */
  address2?: string;
  /** At most 100 characters. */
  city: string;
  /** At most 20 characters. */
  postalCode?: string;
  /** At most 50 characters. */
  country: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface AdjustPeriodicEventStreamRequest {
  /** A whole number. At least 0. */
  id: number;
  params: PeriodicEventStreamParams;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface AdjustPeriodicEventStreamResponse {
  status: GenericStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface AfrrSignalRequest {
  /** A date and time (RFC 3339). */
  timestamp: string;
  /** A whole number. */
  signal: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface AfrrSignalResponse {
  status: GenericStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface Apn {
  /** At most 2000 characters. */
  apn: string;
  /** At most 50 characters. */
  apnUserName?: string;
  /** At most 64 characters. */
  apnPassword?: string;
  /** A whole number. */
  simPin?: number;
  /** At most 6 characters. */
  preferredNetwork?: string;
  useOnlyPreferredNetwork?: boolean;
  apnAuthentication: ApnAuthentication;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type ApnAuthentication =
  | "PAP"
  | "CHAP"
  | "NONE"
  | "AUTO";

export type Attribute =
  | "Actual"
  | "Target"
  | "MinSet"
  | "MaxSet";

export interface AuthorizationData {
  idToken: IdToken;
  idTokenInfo?: IdTokenInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type AuthorizationStatus =
  | "Accepted"
  | "Blocked"
  | "ConcurrentTx"
  | "Expired"
  | "Invalid"
  | "NoCredit"
  | "NotAllowedTypeEVSE"
  | "NotAtThisLocation"
  | "NotAtThisTime"
  | "Unknown";

export type AuthorizeCertificateStatus =
  | "Accepted"
  | "SignatureError"
  | "CertificateExpired"
  | "CertificateRevoked"
  | "NoCertificateAvailable"
  | "CertChainError"
  | "ContractCancelled";

export interface AuthorizeRequest {
  idToken: IdToken;
  /** At most 10000 characters. */
  certificate?: string;
  /** 1 to 4 elements. */
  iso15118CertificateHashData?: OcspRequestData[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface AuthorizeResponse {
  idTokenInfo: IdTokenInfo;
  certificateStatus?: AuthorizeCertificateStatus;
  /** At least one element. */
  allowedEnergyTransfer?: EnergyTransferMode[];
  tariff?: Tariff;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface BatteryData {
  /** A whole number. At least 0. */
  evseId: number;
  /** At most 50 characters. */
  serialNumber: string;
  /** From 0 to 100. */
  soC: number;
  /** From 0 to 100. */
  soH: number;
  /** A date and time (RFC 3339). */
  productionDate?: string;
  /** At most 500 characters. */
  vendorInfo?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type BatterySwapEvent =
  | "BatteryIn"
  | "BatteryOut"
  | "BatteryOutTimeout";

export interface BatterySwapRequest {
  /** At least one element. */
  batteryData: BatteryData[];
  eventType: BatterySwapEvent;
  idToken: IdToken;
  /** A whole number. */
  requestId: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface BatterySwapResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface BootNotificationRequest {
  chargingStation: ChargingStation;
  reason: BootReason;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface BootNotificationResponse {
  /** A date and time (RFC 3339). */
  currentTime: string;
  /** A whole number. */
  interval: number;
  status: RegistrationStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type BootReason =
  | "ApplicationReset"
  | "FirmwareUpdate"
  | "LocalReset"
  | "PowerUp"
  | "RemoteReset"
  | "ScheduledReset"
  | "Triggered"
  | "Unknown"
  | "Watchdog";

export interface CancelReservationRequest {
  /** A whole number. At least 0. */
  reservationId: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface CancelReservationResponse {
  status: CancelReservationStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type CancelReservationStatus =
  | "Accepted"
  | "Rejected";

export type CertificateAction =
  | "Install"
  | "Update";

export interface CertificateHashData {
  hashAlgorithm: HashAlgorithm;
  /** At most 128 characters. */
  issuerNameHash: string;
  /** At most 128 characters. */
  issuerKeyHash: string;
  /** At most 40 characters. */
  serialNumber: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface CertificateHashDataChain {
  certificateHashData: CertificateHashData;
  certificateType: GetCertificateIdUse;
  /** 1 to 4 elements. */
  childCertificateHashData?: CertificateHashData[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface CertificateSignedRequest {
  /** At most 10000 characters. */
  certificateChain: string;
  certificateType?: CertificateSigningUse;
  /** A whole number. */
  requestId?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface CertificateSignedResponse {
  status: CertificateSignedStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type CertificateSignedStatus =
  | "Accepted"
  | "Rejected";

export type CertificateSigningUse =
  | "ChargingStationCertificate"
  | "V2GCertificate"
  | "V2G20Certificate";

export interface CertificateStatus {
  certificateHashData: CertificateHashData;
  source: CertificateStatusSource;
  status: CertificateStatusEnum;
  /** A date and time (RFC 3339). */
  nextUpdate: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type CertificateStatusEnum =
  | "Good"
  | "Revoked"
  | "Unknown"
  | "Failed";

export interface CertificateStatusRequestInfo {
  certificateHashData: CertificateHashData;
  source: CertificateStatusSource;
  /** 1 to 5 elements. Each: At most 2000 characters. */
  urls: string[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export type CertificateStatusSource =
  | "CRL"
  | "OCSP";

export interface ChangeAvailabilityRequest {
  evse?: Evse;
  operationalStatus: OperationalStatus;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ChangeAvailabilityResponse {
  status: ChangeAvailabilityStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type ChangeAvailabilityStatus =
  | "Accepted"
  | "Rejected"
  | "Scheduled";

export interface ChangeTransactionTariffRequest {
  tariff: Tariff;
  /** At most 36 characters. */
  transactionId: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ChangeTransactionTariffResponse {
  status: TariffChangeStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ChargingLimit {
  /** At most 20 characters. */
  chargingLimitSource: string;
  isLocalGeneration?: boolean;
  isGridCritical?: boolean;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ChargingNeeds {
  acChargingParameters?: AcChargingParameters;
  derChargingParameters?: DerChargingParameters;
  evEnergyOffer?: EvEnergyOffer;
  requestedEnergyTransfer: EnergyTransferMode;
  dcChargingParameters?: DcChargingParameters;
  v2xChargingParameters?: V2xChargingParameters;
  /** At least one element. */
  availableEnergyTransfer?: EnergyTransferMode[];
  controlMode?: ControlMode;
  mobilityNeedsMode?: MobilityNeedsMode;
  /** A date and time (RFC 3339). */
  departureTime?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ChargingPeriod {
  /** At least one element. */
  dimensions?: CostDimension[];
  /** At most 60 characters. */
  tariffId?: string;
  /** A date and time (RFC 3339). */
  startPeriod: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ChargingProfile {
  /** A whole number. */
  id: number;
  /** A whole number. At least 0. */
  stackLevel: number;
  chargingProfilePurpose: ChargingProfilePurpose;
  chargingProfileKind: ChargingProfileKind;
  recurrencyKind?: RecurrencyKind;
  /** A date and time (RFC 3339). */
  validFrom?: string;
  /** A date and time (RFC 3339). */
  validTo?: string;
  /** At most 36 characters. */
  transactionId?: string;
  /** A whole number. */
  maxOfflineDuration?: number;
  /** 1 to 3 elements. */
  chargingSchedule: ChargingSchedule[];
  invalidAfterOfflineDuration?: boolean;
  /** A whole number. */
  dynUpdateInterval?: number;
  /** A date and time (RFC 3339). */
  dynUpdateTime?: string;
  /** At most 256 characters. */
  priceScheduleSignature?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ChargingProfileCriterion {
  chargingProfilePurpose?: ChargingProfilePurpose;
  /** A whole number. At least 0. */
  stackLevel?: number;
  /** At least one element. Each: A whole number. */
  chargingProfileId?: number[];
  /** 1 to 4 elements. Each: At most 20 characters. */
  chargingLimitSource?: string[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export type ChargingProfileKind =
  | "Absolute"
  | "Recurring"
  | "Relative"
  | "Dynamic";

export type ChargingProfilePurpose =
  | "ChargingStationExternalConstraints"
  | "ChargingStationMaxProfile"
  | "TxDefaultProfile"
  | "TxProfile"
  | "PriorityCharging"
  | "LocalGeneration";

export type ChargingProfileStatus =
  | "Accepted"
  | "Rejected";

export type ChargingRateUnit =
  | "W"
  | "A";

export interface ChargingSchedule {
  /** A whole number. */
  id: number;
  limitAtSoC?: LimitAtSoc;
  /** A date and time (RFC 3339). */
  startSchedule?: string;
  /** A whole number. */
  duration?: number;
  chargingRateUnit: ChargingRateUnit;
  minChargingRate?: number;
  powerTolerance?: number;
  /** A whole number. At least 0. */
  signatureId?: number;
  /** At most 88 characters. */
  digestValue?: string;
  useLocalTime?: boolean;
  /** 1 to 1024 elements. */
  chargingSchedulePeriod: ChargingSchedulePeriod[];
  /** A whole number. At least 0. */
  randomizedDelay?: number;
  salesTariff?: SalesTariff;
  absolutePriceSchedule?: AbsolutePriceSchedule;
  priceLevelSchedule?: PriceLevelSchedule;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ChargingSchedulePeriod {
  /** A whole number. */
  startPeriod: number;
  limit?: number;
  limit_L2?: number;
  limit_L3?: number;
  /** A whole number. From 0 to 3. */
  numberPhases?: number;
  /** A whole number. From 0 to 3. */
  phaseToUse?: number;
  /** At most 0. */
  dischargeLimit?: number;
  /** At most 0. */
  dischargeLimit_L2?: number;
  /** At most 0. */
  dischargeLimit_L3?: number;
  setpoint?: number;
  setpoint_L2?: number;
  setpoint_L3?: number;
  setpointReactive?: number;
  setpointReactive_L2?: number;
  setpointReactive_L3?: number;
  preconditioningRequest?: boolean;
  evseSleep?: boolean;
  v2xBaseline?: number;
  operationMode?: OperationMode;
  /** 1 to 20 elements. */
  v2xFreqWattCurve?: V2xFreqWattPoint[];
  /** 1 to 20 elements. */
  v2xSignalWattCurve?: V2xSignalWattPoint[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ChargingScheduleUpdate {
  limit?: number;
  limit_L2?: number;
  limit_L3?: number;
  /** At most 0. */
  dischargeLimit?: number;
  /** At most 0. */
  dischargeLimit_L2?: number;
  /** At most 0. */
  dischargeLimit_L3?: number;
  setpoint?: number;
  setpoint_L2?: number;
  setpoint_L3?: number;
  setpointReactive?: number;
  setpointReactive_L2?: number;
  setpointReactive_L3?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type ChargingState =
  | "EVConnected"
  | "Charging"
  | "SuspendedEV"
  | "SuspendedEVSE"
  | "Idle";

export interface ChargingStation {
  /** At most 25 characters. */
  serialNumber?: string;
  /** At most 20 characters. */
  model: string;
  modem?: Modem;
  /** At most 50 characters. */
  vendorName: string;
  /** At most 50 characters. */
  firmwareVersion?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ClearCacheRequest {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ClearCacheResponse {
  status: ClearCacheStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type ClearCacheStatus =
  | "Accepted"
  | "Rejected";

export interface ClearChargingProfile {
  /** A whole number. At least 0. */
  evseId?: number;
  chargingProfilePurpose?: ChargingProfilePurpose;
  /** A whole number. At least 0. */
  stackLevel?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ClearChargingProfileRequest {
  /** A whole number. */
  chargingProfileId?: number;
  chargingProfileCriteria?: ClearChargingProfile;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ClearChargingProfileResponse {
  status: ClearChargingProfileStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type ClearChargingProfileStatus =
  | "Accepted"
  | "Unknown";

export interface ClearDerControlRequest {
  isDefault: boolean;
  controlType?: DerControl;
  /** At most 36 characters. */
  controlId?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ClearDerControlResponse {
  status: DerControlStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ClearDisplayMessageRequest {
  /** A whole number. At least 0. */
  id: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ClearDisplayMessageResponse {
  status: ClearMessageStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type ClearMessageStatus =
  | "Accepted"
  | "Unknown"
  | "Rejected";

export interface ClearMonitoringResult {
  status: ClearMonitoringStatus;
  /** A whole number. At least 0. */
  id: number;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type ClearMonitoringStatus =
  | "Accepted"
  | "Rejected"
  | "NotFound";

export interface ClearTariffsRequest {
  /** At least one element. Each: At most 60 characters. */
  tariffIds?: string[];
  /** A whole number. At least 0. */
  evseId?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ClearTariffsResponse {
  /** At least one element. */
  clearTariffsResult: ClearTariffsResult[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ClearTariffsResult {
  statusInfo?: StatusInfo;
  /** At most 60 characters. */
  tariffId?: string;
  status: TariffClearStatus;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ClearVariableMonitoringRequest {
  /** At least one element. Each: A whole number. At least 0. */
  id: number[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ClearVariableMonitoringResponse {
  /** At least one element. */
  clearMonitoringResult: ClearMonitoringResult[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ClearedChargingLimitRequest {
  /** At most 20 characters. */
  chargingLimitSource: string;
  /** A whole number. At least 0. */
  evseId?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ClearedChargingLimitResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ClosePeriodicEventStreamRequest {
  /** A whole number. At least 0. */
  id: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ClosePeriodicEventStreamResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface Component {
  evse?: Evse;
  /** At most 50 characters. */
  name: string;
  /** At most 50 characters. */
  instance?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type ComponentCriterion =
  | "Active"
  | "Available"
  | "Enabled"
  | "Problem";

export interface ComponentVariable {
  component: Component;
  variable?: Variable;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface CompositeSchedule {
  /** A whole number. At least 0. */
  evseId: number;
  /** A whole number. */
  duration: number;
  /** A date and time (RFC 3339). */
  scheduleStart: string;
  chargingRateUnit: ChargingRateUnit;
  /** At least one element. */
  chargingSchedulePeriod: ChargingSchedulePeriod[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export type ConnectorStatus =
  | "Available"
  | "Occupied"
  | "Reserved"
  | "Unavailable"
  | "Faulted";

export interface ConstantStreamData {
  /** A whole number. At least 0. */
  id: number;
  params: PeriodicEventStreamParams;
  /** A whole number. At least 0. */
  variableMonitoringId: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ConsumptionCost {
  startValue: number;
  /** 1 to 3 elements. */
  cost: Cost[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export type ControlMode =
  | "ScheduledControl"
  | "DynamicControl";

export interface Cost {
  costKind: CostKind;
  /** A whole number. */
  amount: number;
  /** A whole number. */
  amountMultiplier?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface CostDetails {
  /** At least one element. */
  chargingPeriods?: ChargingPeriod[];
  totalCost: TotalCost;
  totalUsage: TotalUsage;
  failureToCalculate?: boolean;
  /** At most 500 characters. */
  failureReason?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface CostDimension {
  type: CostDimensionEnum;
  volume: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type CostDimensionEnum =
  | "Energy"
  | "MaxCurrent"
  | "MinCurrent"
  | "MaxPower"
  | "MinPower"
  | "IdleTIme"
  | "ChargingTime";

export type CostKind =
  | "CarbonDioxideEmission"
  | "RelativePricePercentage"
  | "RenewableGenerationPercentage";

export interface CostUpdatedRequest {
  totalCost: number;
  /** At most 36 characters. */
  transactionId: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface CostUpdatedResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface CustomerInformationRequest {
  customerCertificate?: CertificateHashData;
  idToken?: IdToken;
  /** A whole number. At least 0. */
  requestId: number;
  report: boolean;
  clear: boolean;
  /** At most 64 characters. */
  customerIdentifier?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface CustomerInformationResponse {
  status: CustomerInformationStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type CustomerInformationStatus =
  | "Accepted"
  | "Rejected"
  | "Invalid";

export type Data =
  | "string"
  | "decimal"
  | "integer"
  | "dateTime"
  | "boolean"
  | "OptionList"
  | "SequenceList"
  | "MemberList";

export interface DataTransferRequest {
  /** At most 50 characters. */
  messageId?: string;
  data?: unknown;
  /** At most 255 characters. */
  vendorId: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface DataTransferResponse {
  status: DataTransferStatus;
  statusInfo?: StatusInfo;
  data?: unknown;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type DataTransferStatus =
  | "Accepted"
  | "Rejected"
  | "UnknownMessageId"
  | "UnknownVendorId";

export type DayOfWeek =
  | "Monday"
  | "Tuesday"
  | "Wednesday"
  | "Thursday"
  | "Friday"
  | "Saturday"
  | "Sunday";

export interface DcChargingParameters {
  evMaxCurrent: number;
  evMaxVoltage: number;
  evMaxPower?: number;
  evEnergyCapacity?: number;
  energyAmount?: number;
  /** A whole number. From 0 to 100. */
  stateOfCharge?: number;
  /** A whole number. From 0 to 100. */
  fullSoC?: number;
  /** A whole number. From 0 to 100. */
  bulkSoC?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface DeleteCertificateRequest {
  certificateHashData: CertificateHashData;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface DeleteCertificateResponse {
  status: DeleteCertificateStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type DeleteCertificateStatus =
  | "Accepted"
  | "Failed"
  | "NotFound";

export interface DerChargingParameters {
  /** At least one element. */
  evSupportedDERControl?: DerControl[];
  evOverExcitedMaxDischargePower?: number;
  evOverExcitedPowerFactor?: number;
  evUnderExcitedMaxDischargePower?: number;
  evUnderExcitedPowerFactor?: number;
  maxApparentPower?: number;
  maxChargeApparentPower?: number;
  maxChargeApparentPower_L2?: number;
  maxChargeApparentPower_L3?: number;
  maxDischargeApparentPower?: number;
  maxDischargeApparentPower_L2?: number;
  maxDischargeApparentPower_L3?: number;
  maxChargeReactivePower?: number;
  maxChargeReactivePower_L2?: number;
  maxChargeReactivePower_L3?: number;
  minChargeReactivePower?: number;
  minChargeReactivePower_L2?: number;
  minChargeReactivePower_L3?: number;
  maxDischargeReactivePower?: number;
  maxDischargeReactivePower_L2?: number;
  maxDischargeReactivePower_L3?: number;
  minDischargeReactivePower?: number;
  minDischargeReactivePower_L2?: number;
  minDischargeReactivePower_L3?: number;
  nominalVoltage?: number;
  nominalVoltageOffset?: number;
  maxNominalVoltage?: number;
  minNominalVoltage?: number;
  /** At most 50 characters. */
  evInverterManufacturer?: string;
  /** At most 50 characters. */
  evInverterModel?: string;
  /** At most 50 characters. */
  evInverterSerialNumber?: string;
  /** At most 50 characters. */
  evInverterSwVersion?: string;
  /** At most 50 characters. */
  evInverterHwVersion?: string;
  /** At least one element. */
  evIslandingDetectionMethod?: IslandingDetection[];
  evIslandingTripTime?: number;
  evMaximumLevel1DCInjection?: number;
  evDurationLevel1DCInjection?: number;
  evMaximumLevel2DCInjection?: number;
  evDurationLevel2DCInjection?: number;
  evReactiveSusceptance?: number;
  evSessionTotalDischargeEnergyAvailable?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type DerControl =
  | "EnterService"
  | "FreqDroop"
  | "FreqWatt"
  | "FixedPFAbsorb"
  | "FixedPFInject"
  | "FixedVar"
  | "Gradients"
  | "HFMustTrip"
  | "HFMayTrip"
  | "HVMustTrip"
  | "HVMomCess"
  | "HVMayTrip"
  | "LimitMaxDischarge"
  | "LFMustTrip"
  | "LVMustTrip"
  | "LVMomCess"
  | "LVMayTrip"
  | "PowerMonitoringMustTrip"
  | "VoltVar"
  | "VoltWatt"
  | "WattPF"
  | "WattVar";

export type DerControlStatus =
  | "Accepted"
  | "Rejected"
  | "NotSupported"
  | "NotFound";

export interface DerCurve {
  /** 1 to 10 elements. */
  curveData: DerCurvePoints[];
  hysteresis?: Hysteresis;
  /** A whole number. At least 0. */
  priority: number;
  reactivePowerParams?: ReactivePowerParams;
  voltageParams?: VoltageParams;
  yUnit: DerUnit;
  responseTime?: number;
  /** A date and time (RFC 3339). */
  startTime?: string;
  duration?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface DerCurveGet {
  curve: DerCurve;
  /** At most 36 characters. */
  id: string;
  curveType: DerControl;
  isDefault: boolean;
  isSuperseded: boolean;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface DerCurvePoints {
  x: number;
  y: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type DerUnit =
  | "Not_Applicable"
  | "PctMaxW"
  | "PctMaxVar"
  | "PctWAvail"
  | "PctVarAvail"
  | "PctEffectiveV";

export type DisplayMessageStatus =
  | "Accepted"
  | "NotSupportedMessageFormat"
  | "Rejected"
  | "NotSupportedPriority"
  | "NotSupportedState"
  | "UnknownTransaction"
  | "LanguageNotSupported";

export type EnergyTransferMode =
  | "AC_single_phase"
  | "AC_two_phase"
  | "AC_three_phase"
  | "DC"
  | "AC_BPT"
  | "AC_BPT_DER"
  | "AC_DER"
  | "DC_BPT"
  | "DC_ACDP"
  | "DC_ACDP_BPT"
  | "WPT";

export interface EnterService {
  /** A whole number. At least 0. */
  priority: number;
  highVoltage: number;
  lowVoltage: number;
  highFreq: number;
  lowFreq: number;
  delay?: number;
  randomDelay?: number;
  rampRate?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface EnterServiceGet {
  enterService: EnterService;
  /** At most 36 characters. */
  id: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface EvAbsolutePriceSchedule {
  /** A date and time (RFC 3339). */
  timeAnchor: string;
  /** At most 3 characters. */
  currency: string;
  /** 1 to 1024 elements. */
  evAbsolutePriceScheduleEntries: EvAbsolutePriceScheduleEntry[];
  /** At most 2000 characters. */
  priceAlgorithm: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface EvAbsolutePriceScheduleEntry {
  /** A whole number. */
  duration: number;
  /** 1 to 8 elements. */
  evPriceRule: EvPriceRule[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface EvEnergyOffer {
  evAbsolutePriceSchedule?: EvAbsolutePriceSchedule;
  evPowerSchedule: EvPowerSchedule;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface EvPowerSchedule {
  /** 1 to 1024 elements. */
  evPowerScheduleEntries: EvPowerScheduleEntry[];
  /** A date and time (RFC 3339). */
  timeAnchor: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface EvPowerScheduleEntry {
  /** A whole number. */
  duration: number;
  power: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface EvPriceRule {
  energyFee: number;
  powerRangeStart: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface EventData {
  /** A whole number. At least 0. */
  eventId: number;
  /** A date and time (RFC 3339). */
  timestamp: string;
  trigger: EventTrigger;
  /** A whole number. At least 0. */
  cause?: number;
  /** At most 2500 characters. */
  actualValue: string;
  /** At most 50 characters. */
  techCode?: string;
  /** At most 500 characters. */
  techInfo?: string;
  cleared?: boolean;
  /** At most 36 characters. */
  transactionId?: string;
  component: Component;
  /** A whole number. At least 0. */
  variableMonitoringId?: number;
  eventNotificationType: EventNotification;
  variable: Variable;
  /** A whole number. At least 0. */
  severity?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type EventNotification =
  | "HardWiredNotification"
  | "HardWiredMonitor"
  | "PreconfiguredMonitor"
  | "CustomMonitor";

export type EventTrigger =
  | "Alerting"
  | "Delta"
  | "Periodic";

export interface Evse {
  /** A whole number. At least 0. */
  id: number;
  /** A whole number. At least 0. */
  connectorId?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type EvseKind =
  | "AC"
  | "DC";

export interface Firmware {
  /** At most 2000 characters. */
  location: string;
  /** A date and time (RFC 3339). */
  retrieveDateTime: string;
  /** A date and time (RFC 3339). */
  installDateTime?: string;
  /** At most 5500 characters. */
  signingCertificate?: string;
  /** At most 800 characters. */
  signature?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type FirmwareStatus =
  | "Downloaded"
  | "DownloadFailed"
  | "Downloading"
  | "DownloadScheduled"
  | "DownloadPaused"
  | "Idle"
  | "InstallationFailed"
  | "Installing"
  | "Installed"
  | "InstallRebooting"
  | "InstallScheduled"
  | "InstallVerificationFailed"
  | "InvalidSignature"
  | "SignatureVerified";

export interface FirmwareStatusNotificationRequest {
  status: FirmwareStatus;
  /** A whole number. */
  requestId?: number;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface FirmwareStatusNotificationResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface FixedPf {
  /** A whole number. At least 0. */
  priority: number;
  displacement: number;
  excitation: boolean;
  /** A date and time (RFC 3339). */
  startTime?: string;
  duration?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface FixedPfGet {
  fixedPF: FixedPf;
  /** At most 36 characters. */
  id: string;
  isDefault: boolean;
  isSuperseded: boolean;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface FixedVar {
  /** A whole number. At least 0. */
  priority: number;
  setpoint: number;
  unit: DerUnit;
  /** A date and time (RFC 3339). */
  startTime?: string;
  duration?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface FixedVarGet {
  fixedVar: FixedVar;
  /** At most 36 characters. */
  id: string;
  isDefault: boolean;
  isSuperseded: boolean;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface FreqDroop {
  /** A whole number. At least 0. */
  priority: number;
  overFreq: number;
  underFreq: number;
  overDroop: number;
  underDroop: number;
  responseTime: number;
  /** A date and time (RFC 3339). */
  startTime?: string;
  duration?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface FreqDroopGet {
  freqDroop: FreqDroop;
  /** At most 36 characters. */
  id: string;
  isDefault: boolean;
  isSuperseded: boolean;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type GenericDeviceModelStatus =
  | "Accepted"
  | "Rejected"
  | "NotSupported"
  | "EmptyResultSet";

export type GenericStatus =
  | "Accepted"
  | "Rejected";

export interface Get15118EvCertificateRequest {
  /** At most 50 characters. */
  iso15118SchemaVersion: string;
  action: CertificateAction;
  /** At most 11000 characters. */
  exiRequest: string;
  /** A whole number. At least 0. */
  maximumContractCertificateChains?: number;
  /** 1 to 8 elements. Each: At most 255 characters. */
  prioritizedEMAIDs?: string[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface Get15118EvCertificateResponse {
  status: Iso15118EvCertificateStatus;
  statusInfo?: StatusInfo;
  /** At most 17000 characters. */
  exiResponse: string;
  /** A whole number. At least 0. */
  remainingContracts?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetBaseReportRequest {
  /** A whole number. */
  requestId: number;
  reportBase: ReportBase;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetBaseReportResponse {
  status: GenericDeviceModelStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetCertificateChainStatusRequest {
  /** 1 to 4 elements. */
  certificateStatusRequests: CertificateStatusRequestInfo[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetCertificateChainStatusResponse {
  /** 1 to 4 elements. */
  certificateStatus: CertificateStatus[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export type GetCertificateIdUse =
  | "V2GRootCertificate"
  | "MORootCertificate"
  | "CSMSRootCertificate"
  | "V2GCertificateChain"
  | "ManufacturerRootCertificate"
  | "OEMRootCertificate";

export type GetCertificateStatus =
  | "Accepted"
  | "Failed";

export interface GetCertificateStatusRequest {
  ocspRequestData: OcspRequestData;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetCertificateStatusResponse {
  status: GetCertificateStatus;
  statusInfo?: StatusInfo;
  /** At most 18000 characters. */
  ocspResult?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type GetChargingProfileStatus =
  | "Accepted"
  | "NoProfiles";

export interface GetChargingProfilesRequest {
  /** A whole number. */
  requestId: number;
  /** A whole number. At least 0. */
  evseId?: number;
  chargingProfile: ChargingProfileCriterion;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetChargingProfilesResponse {
  status: GetChargingProfileStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetCompositeScheduleRequest {
  /** A whole number. */
  duration: number;
  chargingRateUnit?: ChargingRateUnit;
  /** A whole number. At least 0. */
  evseId: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetCompositeScheduleResponse {
  status: GenericStatus;
  statusInfo?: StatusInfo;
  schedule?: CompositeSchedule;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetDerControlRequest {
  /** A whole number. */
  requestId: number;
  isDefault?: boolean;
  controlType?: DerControl;
  /** At most 36 characters. */
  controlId?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetDerControlResponse {
  status: DerControlStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetDisplayMessagesRequest {
  /** At least one element. Each: A whole number. At least 0. */
  id?: number[];
  /** A whole number. */
  requestId: number;
  priority?: MessagePriority;
  state?: MessageState;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetDisplayMessagesResponse {
  status: GetDisplayMessagesStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type GetDisplayMessagesStatus =
  | "Accepted"
  | "Unknown";

export interface GetInstalledCertificateIdsRequest {
  /** At least one element. */
  certificateType?: GetCertificateIdUse[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetInstalledCertificateIdsResponse {
  status: GetInstalledCertificateStatus;
  statusInfo?: StatusInfo;
  /** At least one element. */
  certificateHashDataChain?: CertificateHashDataChain[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export type GetInstalledCertificateStatus =
  | "Accepted"
  | "NotFound";

export interface GetLocalListVersionRequest {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetLocalListVersionResponse {
  /** A whole number. */
  versionNumber: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetLogRequest {
  log: LogParameters;
  logType: LogType;
  /** A whole number. */
  requestId: number;
  /** A whole number. At least 0. */
  retries?: number;
  /** A whole number. */
  retryInterval?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetLogResponse {
  status: LogStatus;
  statusInfo?: StatusInfo;
  /** At most 255 characters. */
  filename?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetMonitoringReportRequest {
  /** At least one element. */
  componentVariable?: ComponentVariable[];
  /** A whole number. */
  requestId: number;
  /** 1 to 3 elements. */
  monitoringCriteria?: MonitoringCriterion[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetMonitoringReportResponse {
  status: GenericDeviceModelStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetPeriodicEventStreamRequest {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetPeriodicEventStreamResponse {
  /** At least one element. */
  constantStreamData?: ConstantStreamData[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetReportRequest {
  /** At least one element. */
  componentVariable?: ComponentVariable[];
  /** A whole number. */
  requestId: number;
  /** 1 to 4 elements. */
  componentCriteria?: ComponentCriterion[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetReportResponse {
  status: GenericDeviceModelStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetTariffsRequest {
  /** A whole number. At least 0. */
  evseId: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetTariffsResponse {
  status: TariffGetStatus;
  statusInfo?: StatusInfo;
  /** At least one element. */
  tariffAssignments?: TariffAssignment[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetTransactionStatusRequest {
  /** At most 36 characters. */
  transactionId?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetTransactionStatusResponse {
  ongoingIndicator?: boolean;
  messagesInQueue: boolean;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetVariableData {
  attributeType?: Attribute;
  component: Component;
  variable: Variable;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetVariableResult {
  attributeStatus: GetVariableStatus;
  attributeStatusInfo?: StatusInfo;
  attributeType?: Attribute;
  /** At most 2500 characters. */
  attributeValue?: string;
  component: Component;
  variable: Variable;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type GetVariableStatus =
  | "Accepted"
  | "Rejected"
  | "UnknownComponent"
  | "UnknownVariable"
  | "NotSupportedAttributeType";

export interface GetVariablesRequest {
  /** At least one element. */
  getVariableData: GetVariableData[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetVariablesResponse {
  /** At least one element. */
  getVariableResult: GetVariableResult[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface Gradient {
  /** A whole number. At least 0. */
  priority: number;
  gradient: number;
  softGradient: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GradientGet {
  gradient: Gradient;
  /** At most 36 characters. */
  id: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type GridEventFault =
  | "CurrentImbalance"
  | "LocalEmergency"
  | "LowInputPower"
  | "OverCurrent"
  | "OverFrequency"
  | "OverVoltage"
  | "PhaseRotation"
  | "RemoteEmergency"
  | "UnderFrequency"
  | "UnderVoltage"
  | "VoltageImbalance";

export type HashAlgorithm =
  | "SHA256"
  | "SHA384"
  | "SHA512";

export interface HeartbeatRequest {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface HeartbeatResponse {
  /** A date and time (RFC 3339). */
  currentTime: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface Hysteresis {
  hysteresisHigh?: number;
  hysteresisLow?: number;
  hysteresisDelay?: number;
  hysteresisGradient?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface IdToken {
  /** At least one element. */
  additionalInfo?: AdditionalInfo[];
  /** At most 255 characters. */
  idToken: string;
  /** At most 20 characters. */
  type: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface IdTokenInfo {
  status: AuthorizationStatus;
  /** A date and time (RFC 3339). */
  cacheExpiryDateTime?: string;
  /** A whole number. */
  chargingPriority?: number;
  groupIdToken?: IdToken;
  /** At most 8 characters. */
  language1?: string;
  /** At most 8 characters. */
  language2?: string;
  /** At least one element. Each: A whole number. At least 0. */
  evseId?: number[];
  personalMessage?: MessageContent;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface InstallCertificateRequest {
  certificateType: InstallCertificateUse;
  /** At most 10000 characters. */
  certificate: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface InstallCertificateResponse {
  status: InstallCertificateStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type InstallCertificateStatus =
  | "Accepted"
  | "Rejected"
  | "Failed";

export type InstallCertificateUse =
  | "V2GRootCertificate"
  | "MORootCertificate"
  | "ManufacturerRootCertificate"
  | "CSMSRootCertificate"
  | "OEMRootCertificate";

export type IslandingDetection =
  | "NoAntiIslandingSupport"
  | "RoCoF"
  | "UVP_OVP"
  | "UFP_OFP"
  | "VoltageVectorShift"
  | "ZeroCrossingDetection"
  | "OtherPassive"
  | "ImpedanceMeasurement"
  | "ImpedanceAtFrequency"
  | "SlipModeFrequencyShift"
  | "SandiaFrequencyShift"
  | "SandiaVoltageShift"
  | "FrequencyJump"
  | "RCLQFactor"
  | "OtherActive";

export type Iso15118EvCertificateStatus =
  | "Accepted"
  | "Failed";

export interface LimitAtSoc {
  /** A whole number. From 0 to 100. */
  soc: number;
  limit: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface LimitMaxDischarge {
  /** A whole number. At least 0. */
  priority: number;
  pctMaxDischargePower?: number;
  powerMonitoringMustTrip?: DerCurve;
  /** A date and time (RFC 3339). */
  startTime?: string;
  duration?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface LimitMaxDischargeGet {
  /** At most 36 characters. */
  id: string;
  isDefault: boolean;
  isSuperseded: boolean;
  limitMaxDischarge: LimitMaxDischarge;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type Location =
  | "Body"
  | "Cable"
  | "EV"
  | "Inlet"
  | "Outlet"
  | "Upstream";

export interface LogParameters {
  /** At most 2000 characters. */
  remoteLocation: string;
  /** A date and time (RFC 3339). */
  oldestTimestamp?: string;
  /** A date and time (RFC 3339). */
  latestTimestamp?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type LogStatus =
  | "Accepted"
  | "Rejected"
  | "AcceptedCanceled";

export interface LogStatusNotificationRequest {
  status: UploadLogStatus;
  /** A whole number. */
  requestId?: number;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface LogStatusNotificationResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export type LogType =
  | "DiagnosticsLog"
  | "SecurityLog"
  | "DataCollectorLog";

export type Measurand =
  | "Current.Export"
  | "Current.Export.Offered"
  | "Current.Export.Minimum"
  | "Current.Import"
  | "Current.Import.Offered"
  | "Current.Import.Minimum"
  | "Current.Offered"
  | "Display.PresentSOC"
  | "Display.MinimumSOC"
  | "Display.TargetSOC"
  | "Display.MaximumSOC"
  | "Display.RemainingTimeToMinimumSOC"
  | "Display.RemainingTimeToTargetSOC"
  | "Display.RemainingTimeToMaximumSOC"
  | "Display.ChargingComplete"
  | "Display.BatteryEnergyCapacity"
  | "Display.InletHot"
  | "Energy.Active.Export.Interval"
  | "Energy.Active.Export.Register"
  | "Energy.Active.Import.Interval"
  | "Energy.Active.Import.Register"
  | "Energy.Active.Import.CableLoss"
  | "Energy.Active.Import.LocalGeneration.Register"
  | "Energy.Active.Net"
  | "Energy.Active.Setpoint.Interval"
  | "Energy.Apparent.Export"
  | "Energy.Apparent.Import"
  | "Energy.Apparent.Net"
  | "Energy.Reactive.Export.Interval"
  | "Energy.Reactive.Export.Register"
  | "Energy.Reactive.Import.Interval"
  | "Energy.Reactive.Import.Register"
  | "Energy.Reactive.Net"
  | "EnergyRequest.Target"
  | "EnergyRequest.Minimum"
  | "EnergyRequest.Maximum"
  | "EnergyRequest.Minimum.V2X"
  | "EnergyRequest.Maximum.V2X"
  | "EnergyRequest.Bulk"
  | "Frequency"
  | "Power.Active.Export"
  | "Power.Active.Import"
  | "Power.Active.Setpoint"
  | "Power.Active.Residual"
  | "Power.Export.Minimum"
  | "Power.Export.Offered"
  | "Power.Factor"
  | "Power.Import.Offered"
  | "Power.Import.Minimum"
  | "Power.Offered"
  | "Power.Reactive.Export"
  | "Power.Reactive.Import"
  | "SoC"
  | "Voltage"
  | "Voltage.Minimum"
  | "Voltage.Maximum";

export interface MessageContent {
  format: MessageFormat;
  /** At most 8 characters. */
  language?: string;
  /** At most 1024 characters. */
  content: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type MessageFormat =
  | "ASCII"
  | "HTML"
  | "URI"
  | "UTF8"
  | "QRCODE";

export interface MessageInfo {
  display?: Component;
  /** A whole number. At least 0. */
  id: number;
  priority: MessagePriority;
  state?: MessageState;
  /** A date and time (RFC 3339). */
  startDateTime?: string;
  /** A date and time (RFC 3339). */
  endDateTime?: string;
  /** At most 36 characters. */
  transactionId?: string;
  message: MessageContent;
  /** 1 to 4 elements. */
  messageExtra?: MessageContent[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export type MessagePriority =
  | "AlwaysFront"
  | "InFront"
  | "NormalCycle";

export type MessageState =
  | "Charging"
  | "Faulted"
  | "Idle"
  | "Unavailable"
  | "Suspended"
  | "Discharging";

export type MessageTrigger =
  | "BootNotification"
  | "LogStatusNotification"
  | "FirmwareStatusNotification"
  | "Heartbeat"
  | "MeterValues"
  | "SignChargingStationCertificate"
  | "SignV2GCertificate"
  | "SignV2G20Certificate"
  | "StatusNotification"
  | "TransactionEvent"
  | "SignCombinedCertificate"
  | "PublishFirmwareStatusNotification"
  | "CustomTrigger";

export interface MeterValue {
  /** At least one element. */
  sampledValue: SampledValue[];
  /** A date and time (RFC 3339). */
  timestamp: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface MeterValuesRequest {
  /** A whole number. At least 0. */
  evseId: number;
  /** At least one element. */
  meterValue: MeterValue[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface MeterValuesResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export type MobilityNeedsMode =
  | "EVCC"
  | "EVCC_SECC";

export interface Modem {
  /** At most 20 characters. */
  iccid?: string;
  /** At most 20 characters. */
  imsi?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type Monitor =
  | "UpperThreshold"
  | "LowerThreshold"
  | "Delta"
  | "Periodic"
  | "PeriodicClockAligned"
  | "TargetDelta"
  | "TargetDeltaRelative";

export type MonitoringBase =
  | "All"
  | "FactoryDefault"
  | "HardWiredOnly";

export type MonitoringCriterion =
  | "ThresholdMonitoring"
  | "DeltaMonitoring"
  | "PeriodicMonitoring";

export interface MonitoringData {
  component: Component;
  variable: Variable;
  /** At least one element. */
  variableMonitoring: VariableMonitoring[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export type Mutability =
  | "ReadOnly"
  | "WriteOnly"
  | "ReadWrite";

export interface NetworkConnectionProfile {
  apn?: Apn;
  ocppVersion?: OcppVersion;
  ocppInterface: OcppInterface;
  ocppTransport: OcppTransport;
  /** A whole number. */
  messageTimeout: number;
  /** At most 2000 characters. */
  ocppCsmsUrl: string;
  /** A whole number. At least 0. */
  securityProfile: number;
  /** At most 48 characters. */
  identity?: string;
  /** At most 64 characters. */
  basicAuthPassword?: string;
  vpn?: Vpn;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyAllowedEnergyTransferRequest {
  /** At most 36 characters. */
  transactionId: string;
  /** At least one element. */
  allowedEnergyTransfer: EnergyTransferMode[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyAllowedEnergyTransferResponse {
  status: NotifyAllowedEnergyTransferStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type NotifyAllowedEnergyTransferStatus =
  | "Accepted"
  | "Rejected";

export interface NotifyChargingLimitRequest {
  /** At least one element. */
  chargingSchedule?: ChargingSchedule[];
  /** A whole number. At least 0. */
  evseId?: number;
  chargingLimit: ChargingLimit;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyChargingLimitResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyCustomerInformationRequest {
  /** At most 512 characters. */
  data: string;
  tbc?: boolean;
  /** A whole number. At least 0. */
  seqNo: number;
  /** A date and time (RFC 3339). */
  generatedAt: string;
  /** A whole number. At least 0. */
  requestId: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyCustomerInformationResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyDerAlarmRequest {
  controlType: DerControl;
  gridEventFault?: GridEventFault;
  alarmEnded?: boolean;
  /** A date and time (RFC 3339). */
  timestamp: string;
  /** At most 200 characters. */
  extraInfo?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyDerAlarmResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyDerStartStopRequest {
  /** At most 36 characters. */
  controlId: string;
  started: boolean;
  /** A date and time (RFC 3339). */
  timestamp: string;
  /** 1 to 24 elements. Each: At most 36 characters. */
  supersededIds?: string[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyDerStartStopResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyDisplayMessagesRequest {
  /** At least one element. */
  messageInfo?: MessageInfo[];
  /** A whole number. */
  requestId: number;
  tbc?: boolean;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyDisplayMessagesResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyEvChargingNeedsRequest {
  /** A whole number. At least 1. */
  evseId: number;
  /** A whole number. At least 0. */
  maxScheduleTuples?: number;
  chargingNeeds: ChargingNeeds;
  /** A date and time (RFC 3339). */
  timestamp?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyEvChargingNeedsResponse {
  status: NotifyEvChargingNeedsStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type NotifyEvChargingNeedsStatus =
  | "Accepted"
  | "Rejected"
  | "Processing"
  | "NoChargingProfile";

export interface NotifyEvChargingScheduleRequest {
  /** A date and time (RFC 3339). */
  timeBase: string;
  chargingSchedule: ChargingSchedule;
  /** A whole number. At least 1. */
  evseId: number;
  /** A whole number. At least 0. */
  selectedChargingScheduleId?: number;
  powerToleranceAcceptance?: boolean;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyEvChargingScheduleResponse {
  status: GenericStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyEventRequest {
  /** A date and time (RFC 3339). */
  generatedAt: string;
  tbc?: boolean;
  /** A whole number. At least 0. */
  seqNo: number;
  /** At least one element. */
  eventData: EventData[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyEventResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyMonitoringReportRequest {
  /** At least one element. */
  monitor?: MonitoringData[];
  /** A whole number. */
  requestId: number;
  tbc?: boolean;
  /** A whole number. At least 0. */
  seqNo: number;
  /** A date and time (RFC 3339). */
  generatedAt: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyMonitoringReportResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyPeriodicEventStream {
  /** At least one element. */
  data: StreamDataElement[];
  /** A whole number. At least 0. */
  id: number;
  /** A whole number. At least 0. */
  pending: number;
  /** A date and time (RFC 3339). */
  basetime: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyPriorityChargingRequest {
  /** At most 36 characters. */
  transactionId: string;
  activated: boolean;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyPriorityChargingResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyReportRequest {
  /** A whole number. */
  requestId: number;
  /** A date and time (RFC 3339). */
  generatedAt: string;
  /** At least one element. */
  reportData?: ReportData[];
  tbc?: boolean;
  /** A whole number. At least 0. */
  seqNo: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyReportResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifySettlementRequest {
  /** At most 36 characters. */
  transactionId?: string;
  /** At most 255 characters. */
  pspRef: string;
  status: PaymentStatus;
  /** At most 500 characters. */
  statusInfo?: string;
  settlementAmount: number;
  /** A date and time (RFC 3339). */
  settlementTime: string;
  /** At most 50 characters. */
  receiptId?: string;
  /** At most 2000 characters. */
  receiptUrl?: string;
  vatCompany?: Address;
  /** At most 20 characters. */
  vatNumber?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifySettlementResponse {
  /** At most 2000 characters. */
  receiptUrl?: string;
  /** At most 50 characters. */
  receiptId?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyWebPaymentStartedRequest {
  /** A whole number. At least 0. */
  evseId: number;
  /** A whole number. */
  timeout: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyWebPaymentStartedResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export type OcppInterface =
  | "Wired0"
  | "Wired1"
  | "Wired2"
  | "Wired3"
  | "Wireless0"
  | "Wireless1"
  | "Wireless2"
  | "Wireless3"
  | "Any";

export type OcppTransport =
  | "SOAP"
  | "JSON";

export type OcppVersion =
  | "OCPP12"
  | "OCPP15"
  | "OCPP16"
  | "OCPP20"
  | "OCPP201"
  | "OCPP21";

export interface OcspRequestData {
  hashAlgorithm: HashAlgorithm;
  /** At most 128 characters. */
  issuerNameHash: string;
  /** At most 128 characters. */
  issuerKeyHash: string;
  /** At most 40 characters. */
  serialNumber: string;
  /** At most 2000 characters. */
  responderURL: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface OpenPeriodicEventStreamRequest {
  constantStreamData: ConstantStreamData;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface OpenPeriodicEventStreamResponse {
  status: GenericStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type OperationMode =
  | "Idle"
  | "ChargingOnly"
  | "CentralSetpoint"
  | "ExternalSetpoint"
  | "ExternalLimits"
  | "CentralFrequency"
  | "LocalFrequency"
  | "LocalLoadBalancing";

export type OperationalStatus =
  | "Inoperative"
  | "Operative";

export interface OverstayRule {
  overstayFee: RationalNumber;
  /** At most 32 characters. */
  overstayRuleDescription?: string;
  /** A whole number. */
  startTime: number;
  /** A whole number. */
  overstayFeePeriod: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface OverstayRuleList {
  overstayPowerThreshold?: RationalNumber;
  /** 1 to 5 elements. */
  overstayRule: OverstayRule[];
  /** A whole number. */
  overstayTimeThreshold?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type PaymentStatus =
  | "Settled"
  | "Canceled"
  | "Rejected"
  | "Failed";

export interface PeriodicEventStreamParams {
  /** A whole number. At least 0. */
  interval?: number;
  /** A whole number. At least 0. */
  values?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type Phase =
  | "L1"
  | "L2"
  | "L3"
  | "N"
  | "L1-N"
  | "L2-N"
  | "L3-N"
  | "L1-L2"
  | "L2-L3"
  | "L3-L1";

export type PowerDuringCessation =
  | "Active"
  | "Reactive";

export type PreconditioningStatus =
  | "Unknown"
  | "Ready"
  | "NotReady"
  | "Preconditioning";

export interface Price {
  exclTax?: number;
  inclTax?: number;
  /** 1 to 5 elements. */
  taxRates?: TaxRate[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface PriceLevelSchedule {
  /** 1 to 100 elements. */
  priceLevelScheduleEntries: PriceLevelScheduleEntry[];
  /** A date and time (RFC 3339). */
  timeAnchor: string;
  /** A whole number. At least 0. */
  priceScheduleId: number;
  /** At most 32 characters. */
  priceScheduleDescription?: string;
  /** A whole number. At least 0. */
  numberOfPriceLevels: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface PriceLevelScheduleEntry {
  /** A whole number. */
  duration: number;
  /** A whole number. At least 0. */
  priceLevel: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface PriceRule {
  /** A whole number. */
  parkingFeePeriod?: number;
  /** A whole number. At least 0. */
  carbonDioxideEmission?: number;
  /** A whole number. From 0 to 100. */
  renewableGenerationPercentage?: number;
  energyFee: RationalNumber;
  parkingFee?: RationalNumber;
  powerRangeStart: RationalNumber;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface PriceRuleStack {
  /** A whole number. */
  duration: number;
  /** 1 to 8 elements. */
  priceRule: PriceRule[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export type PriorityChargingStatus =
  | "Accepted"
  | "Rejected"
  | "NoProfile";

export interface PublishFirmwareRequest {
  /** At most 2000 characters. */
  location: string;
  /** A whole number. At least 0. */
  retries?: number;
  /** At most 32 characters. */
  checksum: string;
  /** A whole number. At least 0. */
  requestId: number;
  /** A whole number. At least 0. */
  retryInterval?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface PublishFirmwareResponse {
  status: GenericStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type PublishFirmwareStatus =
  | "Idle"
  | "DownloadScheduled"
  | "Downloading"
  | "Downloaded"
  | "Published"
  | "DownloadFailed"
  | "DownloadPaused"
  | "InvalidChecksum"
  | "ChecksumVerified"
  | "PublishFailed";

export interface PublishFirmwareStatusNotificationRequest {
  status: PublishFirmwareStatus;
  /** At least one element. Each: At most 2000 characters. */
  location?: string[];
  /** A whole number. At least 0. */
  requestId?: number;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface PublishFirmwareStatusNotificationResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface PullDynamicScheduleUpdateRequest {
  /** A whole number. */
  chargingProfileId: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface PullDynamicScheduleUpdateResponse {
  scheduleUpdate?: ChargingScheduleUpdate;
  status: ChargingProfileStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface RationalNumber {
  /** A whole number. */
  exponent: number;
  /** A whole number. */
  value: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ReactivePowerParams {
  vRef?: number;
  autonomousVRefEnable?: boolean;
  autonomousVRefTimeConstant?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type ReadingContext =
  | "Interruption.Begin"
  | "Interruption.End"
  | "Other"
  | "Sample.Clock"
  | "Sample.Periodic"
  | "Transaction.Begin"
  | "Transaction.End"
  | "Trigger";

export type Reason =
  | "DeAuthorized"
  | "EmergencyStop"
  | "EnergyLimitReached"
  | "EVDisconnected"
  | "GroundFault"
  | "ImmediateReset"
  | "MasterPass"
  | "Local"
  | "LocalOutOfCredit"
  | "Other"
  | "OvercurrentFault"
  | "PowerLoss"
  | "PowerQuality"
  | "Reboot"
  | "Remote"
  | "SOCLimitReached"
  | "StoppedByEV"
  | "TimeLimitReached"
  | "Timeout"
  | "ReqEnergyTransferRejected";

export type RecurrencyKind =
  | "Daily"
  | "Weekly";

export type RegistrationStatus =
  | "Accepted"
  | "Pending"
  | "Rejected";

export interface RelativeTimeInterval {
  /** A whole number. */
  start: number;
  /** A whole number. */
  duration?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type ReportBase =
  | "ConfigurationInventory"
  | "FullInventory"
  | "SummaryInventory";

export interface ReportChargingProfilesRequest {
  /** A whole number. */
  requestId: number;
  /** At most 20 characters. */
  chargingLimitSource: string;
  /** At least one element. */
  chargingProfile: ChargingProfile[];
  tbc?: boolean;
  /** A whole number. At least 0. */
  evseId: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ReportChargingProfilesResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ReportData {
  component: Component;
  variable: Variable;
  /** 1 to 4 elements. */
  variableAttribute: VariableAttribute[];
  variableCharacteristics?: VariableCharacteristics;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ReportDerControlRequest {
  /** 1 to 24 elements. */
  curve?: DerCurveGet[];
  /** 1 to 24 elements. */
  enterService?: EnterServiceGet[];
  /** 1 to 24 elements. */
  fixedPFAbsorb?: FixedPfGet[];
  /** 1 to 24 elements. */
  fixedPFInject?: FixedPfGet[];
  /** 1 to 24 elements. */
  fixedVar?: FixedVarGet[];
  /** 1 to 24 elements. */
  freqDroop?: FreqDroopGet[];
  /** 1 to 24 elements. */
  gradient?: GradientGet[];
  /** 1 to 24 elements. */
  limitMaxDischarge?: LimitMaxDischargeGet[];
  /** A whole number. */
  requestId: number;
  tbc?: boolean;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ReportDerControlResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface RequestBatterySwapRequest {
  idToken: IdToken;
  /** A whole number. */
  requestId: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface RequestBatterySwapResponse {
  status: GenericStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type RequestStartStopStatus =
  | "Accepted"
  | "Rejected";

export interface RequestStartTransactionRequest {
  /** A whole number. At least 1. */
  evseId?: number;
  groupIdToken?: IdToken;
  idToken: IdToken;
  /** A whole number. */
  remoteStartId: number;
  chargingProfile?: ChargingProfile;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface RequestStartTransactionResponse {
  status: RequestStartStopStatus;
  statusInfo?: StatusInfo;
  /** At most 36 characters. */
  transactionId?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface RequestStopTransactionRequest {
  /** At most 36 characters. */
  transactionId: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface RequestStopTransactionResponse {
  status: RequestStartStopStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ReservationStatusUpdateRequest {
  /** A whole number. At least 0. */
  reservationId: number;
  reservationUpdateStatus: ReservationUpdateStatus;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ReservationStatusUpdateResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export type ReservationUpdateStatus =
  | "Expired"
  | "Removed"
  | "NoTransaction";

export interface ReserveNowRequest {
  /** A whole number. At least 0. */
  id: number;
  /** A date and time (RFC 3339). */
  expiryDateTime: string;
  /** At most 20 characters. */
  connectorType?: string;
  idToken: IdToken;
  /** A whole number. At least 0. */
  evseId?: number;
  groupIdToken?: IdToken;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ReserveNowResponse {
  status: ReserveNowStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type ReserveNowStatus =
  | "Accepted"
  | "Faulted"
  | "Occupied"
  | "Rejected"
  | "Unavailable";

export type Reset =
  | "Immediate"
  | "OnIdle"
  | "ImmediateAndResume";

export interface ResetRequest {
  type: Reset;
  /** A whole number. At least 0. */
  evseId?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ResetResponse {
  status: ResetStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type ResetStatus =
  | "Accepted"
  | "Rejected"
  | "Scheduled";

export interface SalesTariff {
  /** A whole number. At least 0. */
  id: number;
  /** At most 32 characters. */
  salesTariffDescription?: string;
  /** A whole number. At least 0. */
  numEPriceLevels?: number;
  /** 1 to 1024 elements. */
  salesTariffEntry: SalesTariffEntry[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SalesTariffEntry {
  relativeTimeInterval: RelativeTimeInterval;
  /** A whole number. At least 0. */
  ePriceLevel?: number;
  /** 1 to 3 elements. */
  consumptionCost?: ConsumptionCost[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SampledValue {
  value: number;
  measurand?: Measurand;
  context?: ReadingContext;
  phase?: Phase;
  location?: Location;
  signedMeterValue?: SignedMeterValue;
  unitOfMeasure?: UnitOfMeasure;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SecurityEventNotificationRequest {
  /** At most 50 characters. */
  type: string;
  /** A date and time (RFC 3339). */
  timestamp: string;
  /** At most 255 characters. */
  techInfo?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SecurityEventNotificationResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SendLocalListRequest {
  /** At least one element. */
  localAuthorizationList?: AuthorizationData[];
  /** A whole number. */
  versionNumber: number;
  updateType: Update;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SendLocalListResponse {
  status: SendLocalListStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type SendLocalListStatus =
  | "Accepted"
  | "Failed"
  | "VersionMismatch";

export interface SetChargingProfileRequest {
  /** A whole number. At least 0. */
  evseId: number;
  chargingProfile: ChargingProfile;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SetChargingProfileResponse {
  status: ChargingProfileStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SetDefaultTariffRequest {
  /** A whole number. At least 0. */
  evseId: number;
  tariff: Tariff;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SetDefaultTariffResponse {
  status: TariffSetStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SetDerControlRequest {
  isDefault: boolean;
  /** At most 36 characters. */
  controlId: string;
  controlType: DerControl;
  curve?: DerCurve;
  enterService?: EnterService;
  fixedPFAbsorb?: FixedPf;
  fixedPFInject?: FixedPf;
  fixedVar?: FixedVar;
  freqDroop?: FreqDroop;
  gradient?: Gradient;
  limitMaxDischarge?: LimitMaxDischarge;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SetDerControlResponse {
  status: DerControlStatus;
  statusInfo?: StatusInfo;
  /** 1 to 24 elements. Each: At most 36 characters. */
  supersededIds?: string[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SetDisplayMessageRequest {
  message: MessageInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SetDisplayMessageResponse {
  status: DisplayMessageStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SetMonitoringBaseRequest {
  monitoringBase: MonitoringBase;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SetMonitoringBaseResponse {
  status: GenericDeviceModelStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SetMonitoringData {
  /** A whole number. At least 0. */
  id?: number;
  periodicEventStream?: PeriodicEventStreamParams;
  transaction?: boolean;
  value: number;
  type: Monitor;
  /** A whole number. At least 0. */
  severity: number;
  component: Component;
  variable: Variable;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SetMonitoringLevelRequest {
  /** A whole number. At least 0. */
  severity: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SetMonitoringLevelResponse {
  status: GenericStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SetMonitoringResult {
  /** A whole number. At least 0. */
  id?: number;
  statusInfo?: StatusInfo;
  status: SetMonitoringStatus;
  type: Monitor;
  component: Component;
  variable: Variable;
  /** A whole number. At least 0. */
  severity: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type SetMonitoringStatus =
  | "Accepted"
  | "UnknownComponent"
  | "UnknownVariable"
  | "UnsupportedMonitorType"
  | "Rejected"
  | "Duplicate";

export interface SetNetworkProfileRequest {
  /** A whole number. */
  configurationSlot: number;
  connectionData: NetworkConnectionProfile;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SetNetworkProfileResponse {
  status: SetNetworkProfileStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type SetNetworkProfileStatus =
  | "Accepted"
  | "Rejected"
  | "Failed";

export interface SetVariableData {
  attributeType?: Attribute;
  /** At most 2500 characters. */
  attributeValue: string;
  component: Component;
  variable: Variable;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SetVariableMonitoringRequest {
  /** At least one element. */
  setMonitoringData: SetMonitoringData[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SetVariableMonitoringResponse {
  /** At least one element. */
  setMonitoringResult: SetMonitoringResult[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SetVariableResult {
  attributeType?: Attribute;
  attributeStatus: SetVariableStatus;
  attributeStatusInfo?: StatusInfo;
  component: Component;
  variable: Variable;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type SetVariableStatus =
  | "Accepted"
  | "Rejected"
  | "UnknownComponent"
  | "UnknownVariable"
  | "NotSupportedAttributeType"
  | "RebootRequired";

export interface SetVariablesRequest {
  /** At least one element. */
  setVariableData: SetVariableData[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SetVariablesResponse {
  /** At least one element. */
  setVariableResult: SetVariableResult[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SignCertificateRequest {
  /** At most 5500 characters. */
  csr: string;
  certificateType?: CertificateSigningUse;
  hashRootCertificate?: CertificateHashData;
  /** A whole number. */
  requestId?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SignCertificateResponse {
  status: GenericStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SignedMeterValue {
  /** At most 32768 characters. */
  signedMeterData: string;
  /** At most 50 characters. */
  signingMethod?: string;
  /** At most 50 characters. */
  encodingMethod: string;
  /** At most 2500 characters. */
  publicKey?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface StatusInfo {
  /** At most 20 characters. */
  reasonCode: string;
  /** At most 1024 characters. */
  additionalInfo?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface StatusNotificationRequest {
  /** A date and time (RFC 3339). */
  timestamp: string;
  connectorStatus: ConnectorStatus;
  /** A whole number. At least 0. */
  evseId: number;
  /** A whole number. At least 0. */
  connectorId: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface StatusNotificationResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface StreamDataElement {
  t: number;
  /** At most 2500 characters. */
  v: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface Tariff {
  /** At most 60 characters. */
  tariffId: string;
  /** 1 to 10 elements. */
  description?: MessageContent[];
  /** At most 3 characters. */
  currency: string;
  energy?: TariffEnergy;
  /** A date and time (RFC 3339). */
  validFrom?: string;
  chargingTime?: TariffTime;
  idleTime?: TariffTime;
  fixedFee?: TariffFixed;
  reservationTime?: TariffTime;
  reservationFixed?: TariffFixed;
  minCost?: Price;
  maxCost?: Price;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface TariffAssignment {
  /** At most 60 characters. */
  tariffId: string;
  tariffKind: TariffKind;
  /** A date and time (RFC 3339). */
  validFrom?: string;
  /** At least one element. Each: A whole number. At least 0. */
  evseIds?: number[];
  /** At least one element. Each: At most 255 characters. */
  idTokens?: string[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export type TariffChangeStatus =
  | "Accepted"
  | "Rejected"
  | "TooManyElements"
  | "ConditionNotSupported"
  | "TxNotFound"
  | "NoCurrencyChange";

export type TariffClearStatus =
  | "Accepted"
  | "Rejected"
  | "NoTariff";

export interface TariffConditions {
  startTimeOfDay?: string;
  endTimeOfDay?: string;
  /** 1 to 7 elements. */
  dayOfWeek?: DayOfWeek[];
  validFromDate?: string;
  validToDate?: string;
  evseKind?: EvseKind;
  minEnergy?: number;
  maxEnergy?: number;
  minCurrent?: number;
  maxCurrent?: number;
  minPower?: number;
  maxPower?: number;
  /** A whole number. */
  minTime?: number;
  /** A whole number. */
  maxTime?: number;
  /** A whole number. */
  minChargingTime?: number;
  /** A whole number. */
  maxChargingTime?: number;
  /** A whole number. */
  minIdleTime?: number;
  /** A whole number. */
  maxIdleTime?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface TariffConditionsFixed {
  startTimeOfDay?: string;
  endTimeOfDay?: string;
  /** 1 to 7 elements. */
  dayOfWeek?: DayOfWeek[];
  validFromDate?: string;
  validToDate?: string;
  evseKind?: EvseKind;
  /** At most 20 characters. */
  paymentBrand?: string;
  /** At most 20 characters. */
  paymentRecognition?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type TariffCost =
  | "NormalCost"
  | "MinCost"
  | "MaxCost";

export interface TariffEnergy {
  /** At least one element. */
  prices: TariffEnergyPrice[];
  /** 1 to 5 elements. */
  taxRates?: TaxRate[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface TariffEnergyPrice {
  priceKwh: number;
  conditions?: TariffConditions;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface TariffFixed {
  /** At least one element. */
  prices: TariffFixedPrice[];
  /** 1 to 5 elements. */
  taxRates?: TaxRate[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface TariffFixedPrice {
  conditions?: TariffConditionsFixed;
  priceFixed: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type TariffGetStatus =
  | "Accepted"
  | "Rejected"
  | "NoTariff";

export type TariffKind =
  | "DefaultTariff"
  | "DriverTariff";

export type TariffSetStatus =
  | "Accepted"
  | "Rejected"
  | "TooManyElements"
  | "ConditionNotSupported"
  | "DuplicateTariffId";

export interface TariffTime {
  /** At least one element. */
  prices: TariffTimePrice[];
  /** 1 to 5 elements. */
  taxRates?: TaxRate[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface TariffTimePrice {
  priceMinute: number;
  conditions?: TariffConditions;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface TaxRate {
  /** At most 20 characters. */
  type: string;
  tax: number;
  /** A whole number. At least 0. */
  stack?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface TaxRule {
  /** A whole number. At least 0. */
  taxRuleID: number;
  /** At most 100 characters. */
  taxRuleName?: string;
  taxIncludedInPrice?: boolean;
  appliesToEnergyFee: boolean;
  appliesToParkingFee: boolean;
  appliesToOverstayFee: boolean;
  appliesToMinimumMaximumCost: boolean;
  taxRate: RationalNumber;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface TotalCost {
  /** At most 3 characters. */
  currency: string;
  typeOfCost: TariffCost;
  fixed?: Price;
  energy?: Price;
  chargingTime?: Price;
  idleTime?: Price;
  reservationTime?: Price;
  reservationFixed?: Price;
  total: TotalPrice;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface TotalPrice {
  exclTax?: number;
  inclTax?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface TotalUsage {
  energy: number;
  /** A whole number. */
  chargingTime: number;
  /** A whole number. */
  idleTime: number;
  /** A whole number. */
  reservationTime?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface Transaction {
  /** At most 36 characters. */
  transactionId: string;
  chargingState?: ChargingState;
  /** A whole number. */
  timeSpentCharging?: number;
  stoppedReason?: Reason;
  /** A whole number. */
  remoteStartId?: number;
  operationMode?: OperationMode;
  /** At most 60 characters. */
  tariffId?: string;
  transactionLimit?: TransactionLimit;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type TransactionEvent =
  | "Ended"
  | "Started"
  | "Updated";

export interface TransactionEventRequest {
  costDetails?: CostDetails;
  eventType: TransactionEvent;
  /** At least one element. */
  meterValue?: MeterValue[];
  /** A date and time (RFC 3339). */
  timestamp: string;
  triggerReason: TriggerReason;
  /** A whole number. At least 0. */
  seqNo: number;
  offline?: boolean;
  /** A whole number. From 0 to 3. */
  numberOfPhasesUsed?: number;
  /** A whole number. */
  cableMaxCurrent?: number;
  /** A whole number. At least 0. */
  reservationId?: number;
  preconditioningStatus?: PreconditioningStatus;
  evseSleep?: boolean;
  transactionInfo: Transaction;
  evse?: Evse;
  idToken?: IdToken;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface TransactionEventResponse {
  totalCost?: number;
  /** A whole number. */
  chargingPriority?: number;
  idTokenInfo?: IdTokenInfo;
  transactionLimit?: TransactionLimit;
  updatedPersonalMessage?: MessageContent;
  /** 1 to 4 elements. */
  updatedPersonalMessageExtra?: MessageContent[];
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface TransactionLimit {
  maxCost?: number;
  maxEnergy?: number;
  /** A whole number. */
  maxTime?: number;
  /** A whole number. From 0 to 100. */
  maxSoC?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface TriggerMessageRequest {
  evse?: Evse;
  requestedMessage: MessageTrigger;
  /** At most 50 characters. */
  customTrigger?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface TriggerMessageResponse {
  status: TriggerMessageStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type TriggerMessageStatus =
  | "Accepted"
  | "Rejected"
  | "NotImplemented";

export type TriggerReason =
  | "AbnormalCondition"
  | "Authorized"
  | "CablePluggedIn"
  | "ChargingRateChanged"
  | "ChargingStateChanged"
  | "CostLimitReached"
  | "Deauthorized"
  | "EnergyLimitReached"
  | "EVCommunicationLost"
  | "EVConnectTimeout"
  | "EVDeparted"
  | "EVDetected"
  | "LimitSet"
  | "MeterValueClock"
  | "MeterValuePeriodic"
  | "OperationModeChanged"
  | "RemoteStart"
  | "RemoteStop"
  | "ResetCommand"
  | "RunningCost"
  | "SignedDataReceived"
  | "SoCLimitReached"
  | "StopAuthorized"
  | "TariffChanged"
  | "TariffNotAccepted"
  | "TimeLimitReached"
  | "Trigger"
  | "TxResumed"
  | "UnlockCommand";

export interface UnitOfMeasure {
  /** At most 20 characters. */
  unit?: string;
  /** A whole number. */
  multiplier?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface UnlockConnectorRequest {
  /** A whole number. At least 0. */
  evseId: number;
  /** A whole number. At least 0. */
  connectorId: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface UnlockConnectorResponse {
  status: UnlockStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type UnlockStatus =
  | "Unlocked"
  | "UnlockFailed"
  | "OngoingAuthorizedTransaction"
  | "UnknownConnector";

export interface UnpublishFirmwareRequest {
  /** At most 32 characters. */
  checksum: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface UnpublishFirmwareResponse {
  status: UnpublishFirmwareStatus;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type UnpublishFirmwareStatus =
  | "DownloadOngoing"
  | "NoFirmware"
  | "Unpublished";

export type Update =
  | "Differential"
  | "Full";

export interface UpdateDynamicScheduleRequest {
  /** A whole number. */
  chargingProfileId: number;
  scheduleUpdate: ChargingScheduleUpdate;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface UpdateDynamicScheduleResponse {
  status: ChargingProfileStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface UpdateFirmwareRequest {
  /** A whole number. At least 0. */
  retries?: number;
  /** A whole number. */
  retryInterval?: number;
  /** A whole number. */
  requestId: number;
  firmware: Firmware;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface UpdateFirmwareResponse {
  status: UpdateFirmwareStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type UpdateFirmwareStatus =
  | "Accepted"
  | "Rejected"
  | "AcceptedCanceled"
  | "InvalidCertificate"
  | "RevokedCertificate";

export type UploadLogStatus =
  | "BadMessage"
  | "Idle"
  | "NotSupportedOperation"
  | "PermissionDenied"
  | "Uploaded"
  | "UploadFailure"
  | "Uploading"
  | "AcceptedCanceled";

export interface UsePriorityChargingRequest {
  /** At most 36 characters. */
  transactionId: string;
  activate: boolean;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface UsePriorityChargingResponse {
  status: PriorityChargingStatus;
  statusInfo?: StatusInfo;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface V2xChargingParameters {
  minChargePower?: number;
  minChargePower_L2?: number;
  minChargePower_L3?: number;
  maxChargePower?: number;
  maxChargePower_L2?: number;
  maxChargePower_L3?: number;
  minDischargePower?: number;
  minDischargePower_L2?: number;
  minDischargePower_L3?: number;
  maxDischargePower?: number;
  maxDischargePower_L2?: number;
  maxDischargePower_L3?: number;
  minChargeCurrent?: number;
  maxChargeCurrent?: number;
  minDischargeCurrent?: number;
  maxDischargeCurrent?: number;
  minVoltage?: number;
  maxVoltage?: number;
  evTargetEnergyRequest?: number;
  evMinEnergyRequest?: number;
  evMaxEnergyRequest?: number;
  evMinV2XEnergyRequest?: number;
  evMaxV2XEnergyRequest?: number;
  /** A whole number. From 0 to 100. */
  targetSoC?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface V2xFreqWattPoint {
  frequency: number;
  power: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface V2xSignalWattPoint {
  /** A whole number. */
  signal: number;
  power: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface Variable {
  /** At most 50 characters. */
  name: string;
  /** At most 50 characters. */
  instance?: string;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface VariableAttribute {
  type?: Attribute;
  /** At most 2500 characters. */
  value?: string;
  mutability?: Mutability;
  persistent?: boolean;
  constant?: boolean;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface VariableCharacteristics {
  /** At most 16 characters. */
  unit?: string;
  dataType: Data;
  minLimit?: number;
  maxLimit?: number;
  /** A whole number. At least 1. */
  maxElements?: number;
  /** At most 1000 characters. */
  valuesList?: string;
  supportsMonitoring: boolean;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface VariableMonitoring {
  /** A whole number. At least 0. */
  id: number;
  transaction: boolean;
  value: number;
  type: Monitor;
  /** A whole number. At least 0. */
  severity: number;
  eventNotificationType: EventNotification;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface VatNumberValidationRequest {
  /** At most 20 characters. */
  vatNumber: string;
  /** A whole number. At least 0. */
  evseId?: number;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface VatNumberValidationResponse {
  company?: Address;
  statusInfo?: StatusInfo;
  /** At most 20 characters. */
  vatNumber: string;
  /** A whole number. At least 0. */
  evseId?: number;
  status: GenericStatus;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface VoltageParams {
  hv10MinMeanValue?: number;
  hv10MinMeanTripDelay?: number;
  powerDuringCessation?: PowerDuringCessation;
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface Vpn {
  /** At most 2000 characters. */
  server: string;
  /** At most 50 characters. */
  user: string;
  /** At most 50 characters. */
  group?: string;
  /** At most 64 characters. */
  password: string;
  /** At most 255 characters. */
  key: string;
  type: VpnEnum;
  customData?: { vendorId: string; [member: string]: unknown };
}

export type VpnEnum =
  | "IKEv2"
  | "IPSec"
  | "L2TP"
  | "PPTP";

/** The messages by action. What is not answered has no response. */
export interface Messages {
  AFRRSignal: { request: AfrrSignalRequest; response: AfrrSignalResponse };
  AdjustPeriodicEventStream: { request: AdjustPeriodicEventStreamRequest; response: AdjustPeriodicEventStreamResponse };
  Authorize: { request: AuthorizeRequest; response: AuthorizeResponse };
  BatterySwap: { request: BatterySwapRequest; response: BatterySwapResponse };
  BootNotification: { request: BootNotificationRequest; response: BootNotificationResponse };
  CancelReservation: { request: CancelReservationRequest; response: CancelReservationResponse };
  CertificateSigned: { request: CertificateSignedRequest; response: CertificateSignedResponse };
  ChangeAvailability: { request: ChangeAvailabilityRequest; response: ChangeAvailabilityResponse };
  ChangeTransactionTariff: { request: ChangeTransactionTariffRequest; response: ChangeTransactionTariffResponse };
  ClearCache: { request: ClearCacheRequest; response: ClearCacheResponse };
  ClearChargingProfile: { request: ClearChargingProfileRequest; response: ClearChargingProfileResponse };
  ClearDERControl: { request: ClearDerControlRequest; response: ClearDerControlResponse };
  ClearDisplayMessage: { request: ClearDisplayMessageRequest; response: ClearDisplayMessageResponse };
  ClearTariffs: { request: ClearTariffsRequest; response: ClearTariffsResponse };
  ClearVariableMonitoring: { request: ClearVariableMonitoringRequest; response: ClearVariableMonitoringResponse };
  ClearedChargingLimit: { request: ClearedChargingLimitRequest; response: ClearedChargingLimitResponse };
  ClosePeriodicEventStream: { request: ClosePeriodicEventStreamRequest; response: ClosePeriodicEventStreamResponse };
  CostUpdated: { request: CostUpdatedRequest; response: CostUpdatedResponse };
  CustomerInformation: { request: CustomerInformationRequest; response: CustomerInformationResponse };
  DataTransfer: { request: DataTransferRequest; response: DataTransferResponse };
  DeleteCertificate: { request: DeleteCertificateRequest; response: DeleteCertificateResponse };
  FirmwareStatusNotification: { request: FirmwareStatusNotificationRequest; response: FirmwareStatusNotificationResponse };
  Get15118EVCertificate: { request: Get15118EvCertificateRequest; response: Get15118EvCertificateResponse };
  GetBaseReport: { request: GetBaseReportRequest; response: GetBaseReportResponse };
  GetCertificateChainStatus: { request: GetCertificateChainStatusRequest; response: GetCertificateChainStatusResponse };
  GetCertificateStatus: { request: GetCertificateStatusRequest; response: GetCertificateStatusResponse };
  GetChargingProfiles: { request: GetChargingProfilesRequest; response: GetChargingProfilesResponse };
  GetCompositeSchedule: { request: GetCompositeScheduleRequest; response: GetCompositeScheduleResponse };
  GetDERControl: { request: GetDerControlRequest; response: GetDerControlResponse };
  GetDisplayMessages: { request: GetDisplayMessagesRequest; response: GetDisplayMessagesResponse };
  GetInstalledCertificateIds: { request: GetInstalledCertificateIdsRequest; response: GetInstalledCertificateIdsResponse };
  GetLocalListVersion: { request: GetLocalListVersionRequest; response: GetLocalListVersionResponse };
  GetLog: { request: GetLogRequest; response: GetLogResponse };
  GetMonitoringReport: { request: GetMonitoringReportRequest; response: GetMonitoringReportResponse };
  GetPeriodicEventStream: { request: GetPeriodicEventStreamRequest; response: GetPeriodicEventStreamResponse };
  GetReport: { request: GetReportRequest; response: GetReportResponse };
  GetTariffs: { request: GetTariffsRequest; response: GetTariffsResponse };
  GetTransactionStatus: { request: GetTransactionStatusRequest; response: GetTransactionStatusResponse };
  GetVariables: { request: GetVariablesRequest; response: GetVariablesResponse };
  Heartbeat: { request: HeartbeatRequest; response: HeartbeatResponse };
  InstallCertificate: { request: InstallCertificateRequest; response: InstallCertificateResponse };
  LogStatusNotification: { request: LogStatusNotificationRequest; response: LogStatusNotificationResponse };
  MeterValues: { request: MeterValuesRequest; response: MeterValuesResponse };
  NotifyAllowedEnergyTransfer: { request: NotifyAllowedEnergyTransferRequest; response: NotifyAllowedEnergyTransferResponse };
  NotifyChargingLimit: { request: NotifyChargingLimitRequest; response: NotifyChargingLimitResponse };
  NotifyCustomerInformation: { request: NotifyCustomerInformationRequest; response: NotifyCustomerInformationResponse };
  NotifyDERAlarm: { request: NotifyDerAlarmRequest; response: NotifyDerAlarmResponse };
  NotifyDERStartStop: { request: NotifyDerStartStopRequest; response: NotifyDerStartStopResponse };
  NotifyDisplayMessages: { request: NotifyDisplayMessagesRequest; response: NotifyDisplayMessagesResponse };
  NotifyEVChargingNeeds: { request: NotifyEvChargingNeedsRequest; response: NotifyEvChargingNeedsResponse };
  NotifyEVChargingSchedule: { request: NotifyEvChargingScheduleRequest; response: NotifyEvChargingScheduleResponse };
  NotifyEvent: { request: NotifyEventRequest; response: NotifyEventResponse };
  NotifyMonitoringReport: { request: NotifyMonitoringReportRequest; response: NotifyMonitoringReportResponse };
  NotifyPeriodicEventStream: { request: NotifyPeriodicEventStream; response: never };
  NotifyPriorityCharging: { request: NotifyPriorityChargingRequest; response: NotifyPriorityChargingResponse };
  NotifyReport: { request: NotifyReportRequest; response: NotifyReportResponse };
  NotifySettlement: { request: NotifySettlementRequest; response: NotifySettlementResponse };
  NotifyWebPaymentStarted: { request: NotifyWebPaymentStartedRequest; response: NotifyWebPaymentStartedResponse };
  OpenPeriodicEventStream: { request: OpenPeriodicEventStreamRequest; response: OpenPeriodicEventStreamResponse };
  PublishFirmware: { request: PublishFirmwareRequest; response: PublishFirmwareResponse };
  PublishFirmwareStatusNotification: { request: PublishFirmwareStatusNotificationRequest; response: PublishFirmwareStatusNotificationResponse };
  PullDynamicScheduleUpdate: { request: PullDynamicScheduleUpdateRequest; response: PullDynamicScheduleUpdateResponse };
  ReportChargingProfiles: { request: ReportChargingProfilesRequest; response: ReportChargingProfilesResponse };
  ReportDERControl: { request: ReportDerControlRequest; response: ReportDerControlResponse };
  RequestBatterySwap: { request: RequestBatterySwapRequest; response: RequestBatterySwapResponse };
  RequestStartTransaction: { request: RequestStartTransactionRequest; response: RequestStartTransactionResponse };
  RequestStopTransaction: { request: RequestStopTransactionRequest; response: RequestStopTransactionResponse };
  ReservationStatusUpdate: { request: ReservationStatusUpdateRequest; response: ReservationStatusUpdateResponse };
  ReserveNow: { request: ReserveNowRequest; response: ReserveNowResponse };
  Reset: { request: ResetRequest; response: ResetResponse };
  SecurityEventNotification: { request: SecurityEventNotificationRequest; response: SecurityEventNotificationResponse };
  SendLocalList: { request: SendLocalListRequest; response: SendLocalListResponse };
  SetChargingProfile: { request: SetChargingProfileRequest; response: SetChargingProfileResponse };
  SetDERControl: { request: SetDerControlRequest; response: SetDerControlResponse };
  SetDefaultTariff: { request: SetDefaultTariffRequest; response: SetDefaultTariffResponse };
  SetDisplayMessage: { request: SetDisplayMessageRequest; response: SetDisplayMessageResponse };
  SetMonitoringBase: { request: SetMonitoringBaseRequest; response: SetMonitoringBaseResponse };
  SetMonitoringLevel: { request: SetMonitoringLevelRequest; response: SetMonitoringLevelResponse };
  SetNetworkProfile: { request: SetNetworkProfileRequest; response: SetNetworkProfileResponse };
  SetVariableMonitoring: { request: SetVariableMonitoringRequest; response: SetVariableMonitoringResponse };
  SetVariables: { request: SetVariablesRequest; response: SetVariablesResponse };
  SignCertificate: { request: SignCertificateRequest; response: SignCertificateResponse };
  StatusNotification: { request: StatusNotificationRequest; response: StatusNotificationResponse };
  TransactionEvent: { request: TransactionEventRequest; response: TransactionEventResponse };
  TriggerMessage: { request: TriggerMessageRequest; response: TriggerMessageResponse };
  UnlockConnector: { request: UnlockConnectorRequest; response: UnlockConnectorResponse };
  UnpublishFirmware: { request: UnpublishFirmwareRequest; response: UnpublishFirmwareResponse };
  UpdateDynamicSchedule: { request: UpdateDynamicScheduleRequest; response: UpdateDynamicScheduleResponse };
  UpdateFirmware: { request: UpdateFirmwareRequest; response: UpdateFirmwareResponse };
  UsePriorityCharging: { request: UsePriorityChargingRequest; response: UsePriorityChargingResponse };
  VatNumberValidation: { request: VatNumberValidationRequest; response: VatNumberValidationResponse };
}
