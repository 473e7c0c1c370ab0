// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

export interface AcChargingParameters {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  energyAmount: number;
  /** A whole number. */
  evMinCurrent: number;
  /** A whole number. */
  evMaxCurrent: number;
  /** A whole number. */
  evMaxVoltage: number;
}

export interface AdditionalInfo {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 36 characters. */
  additionalIdToken: string;
  /** At most 50 characters. */
  type: string;
}

export interface Apn {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 512 characters. */
  apn: string;
  /** At most 20 characters. */
  apnUserName?: string;
  /** At most 20 characters. */
  apnPassword?: string;
  /** A whole number. */
  simPin?: number;
  /** At most 6 characters. */
  preferredNetwork?: string;
  useOnlyPreferredNetwork?: boolean;
  apnAuthentication: ApnAuthentication;
}

export type ApnAuthentication =
  | "CHAP"
  | "NONE"
  | "PAP"
  | "AUTO";

export type Attribute =
  | "Actual"
  | "Target"
  | "MinSet"
  | "MaxSet";

export interface AuthorizationData {
  customData?: { vendorId: string; [member: string]: unknown };
  idToken: IdToken;
  idTokenInfo?: IdTokenInfo;
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
  customData?: { vendorId: string; [member: string]: unknown };
  idToken: IdToken;
  /** At most 5500 characters. */
  certificate?: string;
  /** 1 to 4 elements. */
  iso15118CertificateHashData?: OcspRequestData[];
}

export interface AuthorizeResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  idTokenInfo: IdTokenInfo;
  certificateStatus?: AuthorizeCertificateStatus;
}

export interface BootNotificationRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  chargingStation: ChargingStation;
  reason: BootReason;
}

export interface BootNotificationResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A date and time (RFC 3339). */
  currentTime: string;
  /** A whole number. */
  interval: number;
  status: RegistrationStatus;
  statusInfo?: StatusInfo;
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
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  reservationId: number;
}

export interface CancelReservationResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: CancelReservationStatus;
  statusInfo?: StatusInfo;
}

export type CancelReservationStatus =
  | "Accepted"
  | "Rejected";

export type CertificateAction =
  | "Install"
  | "Update";

export interface CertificateHashData {
  customData?: { vendorId: string; [member: string]: unknown };
  hashAlgorithm: HashAlgorithm;
  /** At most 128 characters. */
  issuerNameHash: string;
  /** At most 128 characters. */
  issuerKeyHash: string;
  /** At most 40 characters. */
  serialNumber: string;
}

export interface CertificateHashDataChain {
  customData?: { vendorId: string; [member: string]: unknown };
  certificateHashData: CertificateHashData;
  certificateType: GetCertificateIdUse;
  /** 1 to 4 elements. */
  childCertificateHashData?: CertificateHashData[];
}

export interface CertificateSignedRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 10000 characters. */
  certificateChain: string;
  certificateType?: CertificateSigningUse;
}

export interface CertificateSignedResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: CertificateSignedStatus;
  statusInfo?: StatusInfo;
}

export type CertificateSignedStatus =
  | "Accepted"
  | "Rejected";

export type CertificateSigningUse =
  | "ChargingStationCertificate"
  | "V2GCertificate";

export interface ChangeAvailabilityRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  evse?: Evse;
  operationalStatus: OperationalStatus;
}

export interface ChangeAvailabilityResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: ChangeAvailabilityStatus;
  statusInfo?: StatusInfo;
}

export type ChangeAvailabilityStatus =
  | "Accepted"
  | "Rejected"
  | "Scheduled";

export interface ChargingLimit {
  customData?: { vendorId: string; [member: string]: unknown };
  chargingLimitSource: ChargingLimitSource;
  isGridCritical?: boolean;
}

export type ChargingLimitSource =
  | "EMS"
  | "Other"
  | "SO"
  | "CSO";

export interface ChargingNeeds {
  customData?: { vendorId: string; [member: string]: unknown };
  acChargingParameters?: AcChargingParameters;
  dcChargingParameters?: DcChargingParameters;
  requestedEnergyTransfer: EnergyTransferMode;
  /** A date and time (RFC 3339). */
  departureTime?: string;
}

export interface ChargingProfile {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  id: number;
  /** A whole number. */
  stackLevel: number;
  chargingProfilePurpose: ChargingProfilePurpose;
  chargingProfileKind: ChargingProfileKind;
  recurrencyKind?: RecurrencyKind;
  /** A date and time (RFC 3339). */
  validFrom?: string;
  /** A date and time (RFC 3339). */
  validTo?: string;
  /** 1 to 3 elements. */
  chargingSchedule: ChargingSchedule[];
  /** At most 36 characters. */
  transactionId?: string;
}

export interface ChargingProfileCriterion {
  customData?: { vendorId: string; [member: string]: unknown };
  chargingProfilePurpose?: ChargingProfilePurpose;
  /** A whole number. */
  stackLevel?: number;
  /** At least one element. Each: A whole number. */
  chargingProfileId?: number[];
  /** 1 to 4 elements. */
  chargingLimitSource?: ChargingLimitSource[];
}

export type ChargingProfileKind =
  | "Absolute"
  | "Recurring"
  | "Relative";

export type ChargingProfilePurpose =
  | "ChargingStationExternalConstraints"
  | "ChargingStationMaxProfile"
  | "TxDefaultProfile"
  | "TxProfile";

export type ChargingProfileStatus =
  | "Accepted"
  | "Rejected";

export type ChargingRateUnit =
  | "W"
  | "A";

export interface ChargingSchedule {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  id: number;
  /** A date and time (RFC 3339). */
  startSchedule?: string;
  /** A whole number. */
  duration?: number;
  chargingRateUnit: ChargingRateUnit;
  /** 1 to 1024 elements. */
  chargingSchedulePeriod: ChargingSchedulePeriod[];
  minChargingRate?: number;
  salesTariff?: SalesTariff;
}

export interface ChargingSchedulePeriod {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  startPeriod: number;
  limit: number;
  /** A whole number. */
  numberPhases?: number;
  /** A whole number. */
  phaseToUse?: number;
}

export type ChargingState =
  | "Charging"
  | "EVConnected"
  | "SuspendedEV"
  | "SuspendedEVSE"
  | "Idle";

export interface ChargingStation {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 25 characters. */
  serialNumber?: string;
  /** At most 20 characters. */
  model: string;
  modem?: Modem;
  /** At most 50 characters. */
  vendorName: string;
  /** At most 50 characters. */
  firmwareVersion?: string;
}

export interface ClearCacheRequest {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ClearCacheResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: ClearCacheStatus;
  statusInfo?: StatusInfo;
}

export type ClearCacheStatus =
  | "Accepted"
  | "Rejected";

export interface ClearChargingProfile {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  evseId?: number;
  chargingProfilePurpose?: ChargingProfilePurpose;
  /** A whole number. */
  stackLevel?: number;
}

export interface ClearChargingProfileRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  chargingProfileId?: number;
  chargingProfileCriteria?: ClearChargingProfile;
}

export interface ClearChargingProfileResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: ClearChargingProfileStatus;
  statusInfo?: StatusInfo;
}

export type ClearChargingProfileStatus =
  | "Accepted"
  | "Unknown";

export interface ClearDisplayMessageRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  id: number;
}

export interface ClearDisplayMessageResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: ClearMessageStatus;
  statusInfo?: StatusInfo;
}

export type ClearMessageStatus =
  | "Accepted"
  | "Unknown";

export interface ClearMonitoringResult {
  customData?: { vendorId: string; [member: string]: unknown };
  status: ClearMonitoringStatus;
  /** A whole number. */
  id: number;
  statusInfo?: StatusInfo;
}

export type ClearMonitoringStatus =
  | "Accepted"
  | "Rejected"
  | "NotFound";

export interface ClearVariableMonitoringRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At least one element. Each: A whole number. */
  id: number[];
}

export interface ClearVariableMonitoringResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At least one element. */
  clearMonitoringResult: ClearMonitoringResult[];
}

export interface ClearedChargingLimitRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  chargingLimitSource: ChargingLimitSource;
  /** A whole number. */
  evseId?: number;
}

export interface ClearedChargingLimitResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface Component {
  customData?: { vendorId: string; [member: string]: unknown };
  evse?: Evse;
  /** At most 50 characters. */
  name: string;
  /** At most 50 characters. */
  instance?: string;
}

export type ComponentCriterion =
  | "Active"
  | "Available"
  | "Enabled"
  | "Problem";

export interface ComponentVariable {
  customData?: { vendorId: string; [member: string]: unknown };
  component: Component;
  variable?: Variable;
}

export interface CompositeSchedule {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At least one element. */
  chargingSchedulePeriod: ChargingSchedulePeriod[];
  /** A whole number. */
  evseId: number;
  /** A whole number. */
  duration: number;
  /** A date and time (RFC 3339). */
  scheduleStart: string;
  chargingRateUnit: ChargingRateUnit;
}

export type Connector =
  | "cCCS1"
  | "cCCS2"
  | "cG105"
  | "cTesla"
  | "cType1"
  | "cType2"
  | "s309-1P-16A"
  | "s309-1P-32A"
  | "s309-3P-16A"
  | "s309-3P-32A"
  | "sBS1361"
  | "sCEE-7-7"
  | "sType2"
  | "sType3"
  | "Other1PhMax16A"
  | "Other1PhOver16A"
  | "Other3Ph"
  | "Pan"
  | "wInductive"
  | "wResonant"
  | "Undetermined"
  | "Unknown";

export type ConnectorStatus =
  | "Available"
  | "Occupied"
  | "Reserved"
  | "Unavailable"
  | "Faulted";

export interface ConsumptionCost {
  customData?: { vendorId: string; [member: string]: unknown };
  startValue: number;
  /** 1 to 3 elements. */
  cost: Cost[];
}

export interface Cost {
  customData?: { vendorId: string; [member: string]: unknown };
  costKind: CostKind;
  /** A whole number. */
  amount: number;
  /** A whole number. */
  amountMultiplier?: number;
}

export type CostKind =
  | "CarbonDioxideEmission"
  | "RelativePricePercentage"
  | "RenewableGenerationPercentage";

export interface CostUpdatedRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  totalCost: number;
  /** At most 36 characters. */
  transactionId: string;
}

export interface CostUpdatedResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface CustomerInformationRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  customerCertificate?: CertificateHashData;
  idToken?: IdToken;
  /** A whole number. */
  requestId: number;
  report: boolean;
  clear: boolean;
  /** At most 64 characters. */
  customerIdentifier?: string;
}

export interface CustomerInformationResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: CustomerInformationStatus;
  statusInfo?: StatusInfo;
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
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 50 characters. */
  messageId?: string;
  data?: unknown;
  /** At most 255 characters. */
  vendorId: string;
}

export interface DataTransferResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: DataTransferStatus;
  statusInfo?: StatusInfo;
  data?: unknown;
}

export type DataTransferStatus =
  | "Accepted"
  | "Rejected"
  | "UnknownMessageId"
  | "UnknownVendorId";

export interface DcChargingParameters {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  evMaxCurrent: number;
  /** A whole number. */
  evMaxVoltage: number;
  /** A whole number. */
  energyAmount?: number;
  /** A whole number. */
  evMaxPower?: number;
  /** A whole number. From 0 to 100. */
  stateOfCharge?: number;
  /** A whole number. */
  evEnergyCapacity?: number;
  /** A whole number. From 0 to 100. */
  fullSoC?: number;
  /** A whole number. From 0 to 100. */
  bulkSoC?: number;
}

export interface DeleteCertificateRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  certificateHashData: CertificateHashData;
}

export interface DeleteCertificateResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: DeleteCertificateStatus;
  statusInfo?: StatusInfo;
}

export type DeleteCertificateStatus =
  | "Accepted"
  | "Failed"
  | "NotFound";

export type DisplayMessageStatus =
  | "Accepted"
  | "NotSupportedMessageFormat"
  | "Rejected"
  | "NotSupportedPriority"
  | "NotSupportedState"
  | "UnknownTransaction";

export type EnergyTransferMode =
  | "DC"
  | "AC_single_phase"
  | "AC_two_phase"
  | "AC_three_phase";

export interface EventData {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  eventId: number;
  /** A date and time (RFC 3339). */
  timestamp: string;
  trigger: EventTrigger;
  /** A whole number. */
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
  /** A whole number. */
  variableMonitoringId?: number;
  eventNotificationType: EventNotification;
  variable: Variable;
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
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  id: number;
  /** A whole number. */
  connectorId?: number;
}

export interface Firmware {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 512 characters. */
  location: string;
  /** A date and time (RFC 3339). */
  retrieveDateTime: string;
  /** A date and time (RFC 3339). */
  installDateTime?: string;
  /** At most 5500 characters. */
  signingCertificate?: string;
  /** At most 800 characters. */
  signature?: string;
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
  customData?: { vendorId: string; [member: string]: unknown };
  status: FirmwareStatus;
  /** A whole number. */
  requestId?: number;
}

export interface FirmwareStatusNotificationResponse {
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
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 50 characters. */
  iso15118SchemaVersion: string;
  action: CertificateAction;
  /** At most 5600 characters. */
  exiRequest: string;
}

export interface Get15118EvCertificateResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: Iso15118EvCertificateStatus;
  statusInfo?: StatusInfo;
  /** At most 7500 characters. */
  exiResponse: string;
}

export interface GetBaseReportRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  requestId: number;
  reportBase: ReportBase;
}

export interface GetBaseReportResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: GenericDeviceModelStatus;
  statusInfo?: StatusInfo;
}

export type GetCertificateIdUse =
  | "V2GRootCertificate"
  | "MORootCertificate"
  | "CSMSRootCertificate"
  | "V2GCertificateChain"
  | "ManufacturerRootCertificate";

export type GetCertificateStatus =
  | "Accepted"
  | "Failed";

export interface GetCertificateStatusRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  ocspRequestData: OcspRequestData;
}

export interface GetCertificateStatusResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: GetCertificateStatus;
  statusInfo?: StatusInfo;
  /** At most 5500 characters. */
  ocspResult?: string;
}

export type GetChargingProfileStatus =
  | "Accepted"
  | "NoProfiles";

export interface GetChargingProfilesRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  requestId: number;
  /** A whole number. */
  evseId?: number;
  chargingProfile: ChargingProfileCriterion;
}

export interface GetChargingProfilesResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: GetChargingProfileStatus;
  statusInfo?: StatusInfo;
}

export interface GetCompositeScheduleRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  duration: number;
  chargingRateUnit?: ChargingRateUnit;
  /** A whole number. */
  evseId: number;
}

export interface GetCompositeScheduleResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: GenericStatus;
  statusInfo?: StatusInfo;
  schedule?: CompositeSchedule;
}

export interface GetDisplayMessagesRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At least one element. Each: A whole number. */
  id?: number[];
  /** A whole number. */
  requestId: number;
  priority?: MessagePriority;
  state?: MessageState;
}

export interface GetDisplayMessagesResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: GetDisplayMessagesStatus;
  statusInfo?: StatusInfo;
}

export type GetDisplayMessagesStatus =
  | "Accepted"
  | "Unknown";

export interface GetInstalledCertificateIdsRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At least one element. */
  certificateType?: GetCertificateIdUse[];
}

export interface GetInstalledCertificateIdsResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: GetInstalledCertificateStatus;
  statusInfo?: StatusInfo;
  /** At least one element. */
  certificateHashDataChain?: CertificateHashDataChain[];
}

export type GetInstalledCertificateStatus =
  | "Accepted"
  | "NotFound";

export interface GetLocalListVersionRequest {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface GetLocalListVersionResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  versionNumber: number;
}

export interface GetLogRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  log: LogParameters;
  logType: LogType;
  /** A whole number. */
  requestId: number;
  /** A whole number. */
  retries?: number;
  /** A whole number. */
  retryInterval?: number;
}

export interface GetLogResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: LogStatus;
  statusInfo?: StatusInfo;
  /** At most 255 characters. */
  filename?: string;
}

export interface GetMonitoringReportRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At least one element. */
  componentVariable?: ComponentVariable[];
  /** A whole number. */
  requestId: number;
  /** 1 to 3 elements. */
  monitoringCriteria?: MonitoringCriterion[];
}

export interface GetMonitoringReportResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: GenericDeviceModelStatus;
  statusInfo?: StatusInfo;
}

export interface GetReportRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At least one element. */
  componentVariable?: ComponentVariable[];
  /** A whole number. */
  requestId: number;
  /** 1 to 4 elements. */
  componentCriteria?: ComponentCriterion[];
}

export interface GetReportResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: GenericDeviceModelStatus;
  statusInfo?: StatusInfo;
}

export interface GetTransactionStatusRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 36 characters. */
  transactionId?: string;
}

export interface GetTransactionStatusResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  ongoingIndicator?: boolean;
  messagesInQueue: boolean;
}

export interface GetVariableData {
  customData?: { vendorId: string; [member: string]: unknown };
  attributeType?: Attribute;
  component: Component;
  variable: Variable;
}

export interface GetVariableResult {
  customData?: { vendorId: string; [member: string]: unknown };
  attributeStatusInfo?: StatusInfo;
  attributeStatus: GetVariableStatus;
  attributeType?: Attribute;
  /** At most 2500 characters. */
  attributeValue?: string;
  component: Component;
  variable: Variable;
}

export type GetVariableStatus =
  | "Accepted"
  | "Rejected"
  | "UnknownComponent"
  | "UnknownVariable"
  | "NotSupportedAttributeType";

export interface GetVariablesRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At least one element. */
  getVariableData: GetVariableData[];
}

export interface GetVariablesResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At least one element. */
  getVariableResult: GetVariableResult[];
}

export type HashAlgorithm =
  | "SHA256"
  | "SHA384"
  | "SHA512";

export interface HeartbeatRequest {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface HeartbeatResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A date and time (RFC 3339). */
  currentTime: string;
}

export interface IdToken {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At least one element. */
  additionalInfo?: AdditionalInfo[];
  /** At most 36 characters. */
  idToken: string;
  type: IdTokenEnum;
}

export type IdTokenEnum =
  | "Central"
  | "eMAID"
  | "ISO14443"
  | "ISO15693"
  | "KeyCode"
  | "Local"
  | "MacAddress"
  | "NoAuthorization";

export interface IdTokenInfo {
  customData?: { vendorId: string; [member: string]: unknown };
  status: AuthorizationStatus;
  /** A date and time (RFC 3339). */
  cacheExpiryDateTime?: string;
  /** A whole number. */
  chargingPriority?: number;
  /** At most 8 characters. */
  language1?: string;
  /** At least one element. Each: A whole number. */
  evseId?: number[];
  groupIdToken?: IdToken;
  /** At most 8 characters. */
  language2?: string;
  personalMessage?: MessageContent;
}

export interface InstallCertificateRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  certificateType: InstallCertificateUse;
  /** At most 5500 characters. */
  certificate: string;
}

export interface InstallCertificateResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: InstallCertificateStatus;
  statusInfo?: StatusInfo;
}

export type InstallCertificateStatus =
  | "Accepted"
  | "Rejected"
  | "Failed";

export type InstallCertificateUse =
  | "V2GRootCertificate"
  | "MORootCertificate"
  | "CSMSRootCertificate"
  | "ManufacturerRootCertificate";

export type Iso15118EvCertificateStatus =
  | "Accepted"
  | "Failed";

export type Location =
  | "Body"
  | "Cable"
  | "EV"
  | "Inlet"
  | "Outlet";

export interface LogParameters {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 512 characters. */
  remoteLocation: string;
  /** A date and time (RFC 3339). */
  oldestTimestamp?: string;
  /** A date and time (RFC 3339). */
  latestTimestamp?: string;
}

export type LogStatus =
  | "Accepted"
  | "Rejected"
  | "AcceptedCanceled";

export interface LogStatusNotificationRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  status: UploadLogStatus;
  /** A whole number. */
  requestId?: number;
}

export interface LogStatusNotificationResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export type LogType =
  | "DiagnosticsLog"
  | "SecurityLog";

export type Measurand =
  | "Current.Export"
  | "Current.Import"
  | "Current.Offered"
  | "Energy.Active.Export.Register"
  | "Energy.Active.Import.Register"
  | "Energy.Reactive.Export.Register"
  | "Energy.Reactive.Import.Register"
  | "Energy.Active.Export.Interval"
  | "Energy.Active.Import.Interval"
  | "Energy.Active.Net"
  | "Energy.Reactive.Export.Interval"
  | "Energy.Reactive.Import.Interval"
  | "Energy.Reactive.Net"
  | "Energy.Apparent.Net"
  | "Energy.Apparent.Import"
  | "Energy.Apparent.Export"
  | "Frequency"
  | "Power.Active.Export"
  | "Power.Active.Import"
  | "Power.Factor"
  | "Power.Offered"
  | "Power.Reactive.Export"
  | "Power.Reactive.Import"
  | "SoC"
  | "Voltage";

export interface MessageContent {
  customData?: { vendorId: string; [member: string]: unknown };
  format: MessageFormat;
  /** At most 8 characters. */
  language?: string;
  /** At most 512 characters. */
  content: string;
}

export type MessageFormat =
  | "ASCII"
  | "HTML"
  | "URI"
  | "UTF8";

export interface MessageInfo {
  customData?: { vendorId: string; [member: string]: unknown };
  display?: Component;
  /** A whole number. */
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
}

export type MessagePriority =
  | "AlwaysFront"
  | "InFront"
  | "NormalCycle";

export type MessageState =
  | "Charging"
  | "Faulted"
  | "Idle"
  | "Unavailable";

export type MessageTrigger =
  | "BootNotification"
  | "LogStatusNotification"
  | "FirmwareStatusNotification"
  | "Heartbeat"
  | "MeterValues"
  | "SignChargingStationCertificate"
  | "SignV2GCertificate"
  | "StatusNotification"
  | "TransactionEvent"
  | "SignCombinedCertificate"
  | "PublishFirmwareStatusNotification";

export interface MeterValue {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At least one element. */
  sampledValue: SampledValue[];
  /** A date and time (RFC 3339). */
  timestamp: string;
}

export interface MeterValuesRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  evseId: number;
  /** At least one element. */
  meterValue: MeterValue[];
}

export interface MeterValuesResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface Modem {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 20 characters. */
  iccid?: string;
  /** At most 20 characters. */
  imsi?: string;
}

export type Monitor =
  | "UpperThreshold"
  | "LowerThreshold"
  | "Delta"
  | "Periodic"
  | "PeriodicClockAligned";

export type MonitoringBase =
  | "All"
  | "FactoryDefault"
  | "HardWiredOnly";

export type MonitoringCriterion =
  | "ThresholdMonitoring"
  | "DeltaMonitoring"
  | "PeriodicMonitoring";

export interface MonitoringData {
  customData?: { vendorId: string; [member: string]: unknown };
  component: Component;
  variable: Variable;
  /** At least one element. */
  variableMonitoring: VariableMonitoring[];
}

export type Mutability =
  | "ReadOnly"
  | "WriteOnly"
  | "ReadWrite";

export interface NetworkConnectionProfile {
  customData?: { vendorId: string; [member: string]: unknown };
  apn?: Apn;
  ocppVersion: OcppVersion;
  ocppTransport: OcppTransport;
  /** At most 512 characters. */
  ocppCsmsUrl: string;
  /** A whole number. */
  messageTimeout: number;
  /** A whole number. */
  securityProfile: number;
  ocppInterface: OcppInterface;
  vpn?: Vpn;
}

export interface NotifyChargingLimitRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At least one element. */
  chargingSchedule?: ChargingSchedule[];
  /** A whole number. */
  evseId?: number;
  chargingLimit: ChargingLimit;
}

export interface NotifyChargingLimitResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyCustomerInformationRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 512 characters. */
  data: string;
  tbc?: boolean;
  /** A whole number. */
  seqNo: number;
  /** A date and time (RFC 3339). */
  generatedAt: string;
  /** A whole number. */
  requestId: number;
}

export interface NotifyCustomerInformationResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyDisplayMessagesRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At least one element. */
  messageInfo?: MessageInfo[];
  /** A whole number. */
  requestId: number;
  tbc?: boolean;
}

export interface NotifyDisplayMessagesResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyEvChargingNeedsRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  maxScheduleTuples?: number;
  chargingNeeds: ChargingNeeds;
  /** A whole number. */
  evseId: number;
}

export interface NotifyEvChargingNeedsResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: NotifyEvChargingNeedsStatus;
  statusInfo?: StatusInfo;
}

export type NotifyEvChargingNeedsStatus =
  | "Accepted"
  | "Rejected"
  | "Processing";

export interface NotifyEvChargingScheduleRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A date and time (RFC 3339). */
  timeBase: string;
  chargingSchedule: ChargingSchedule;
  /** A whole number. */
  evseId: number;
}

export interface NotifyEvChargingScheduleResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: GenericStatus;
  statusInfo?: StatusInfo;
}

export interface NotifyEventRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A date and time (RFC 3339). */
  generatedAt: string;
  tbc?: boolean;
  /** A whole number. */
  seqNo: number;
  /** At least one element. */
  eventData: EventData[];
}

export interface NotifyEventResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyMonitoringReportRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At least one element. */
  monitor?: MonitoringData[];
  /** A whole number. */
  requestId: number;
  tbc?: boolean;
  /** A whole number. */
  seqNo: number;
  /** A date and time (RFC 3339). */
  generatedAt: string;
}

export interface NotifyMonitoringReportResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface NotifyReportRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  requestId: number;
  /** A date and time (RFC 3339). */
  generatedAt: string;
  /** At least one element. */
  reportData?: ReportData[];
  tbc?: boolean;
  /** A whole number. */
  seqNo: number;
}

export interface NotifyReportResponse {
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
  | "Wireless3";

export type OcppTransport =
  | "JSON"
  | "SOAP";

export type OcppVersion =
  | "OCPP12"
  | "OCPP15"
  | "OCPP16"
  | "OCPP20";

export interface OcspRequestData {
  customData?: { vendorId: string; [member: string]: unknown };
  hashAlgorithm: HashAlgorithm;
  /** At most 128 characters. */
  issuerNameHash: string;
  /** At most 128 characters. */
  issuerKeyHash: string;
  /** At most 40 characters. */
  serialNumber: string;
  /** At most 512 characters. */
  responderURL: string;
}

export type OperationalStatus =
  | "Inoperative"
  | "Operative";

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

export interface PublishFirmwareRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 512 characters. */
  location: string;
  /** A whole number. */
  retries?: number;
  /** At most 32 characters. */
  checksum: string;
  /** A whole number. */
  requestId: number;
  /** A whole number. */
  retryInterval?: number;
}

export interface PublishFirmwareResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: GenericStatus;
  statusInfo?: StatusInfo;
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
  customData?: { vendorId: string; [member: string]: unknown };
  status: PublishFirmwareStatus;
  /** At least one element. Each: At most 512 characters. */
  location?: string[];
  /** A whole number. */
  requestId?: number;
}

export interface PublishFirmwareStatusNotificationResponse {
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
  | "Local"
  | "LocalOutOfCredit"
  | "MasterPass"
  | "Other"
  | "OvercurrentFault"
  | "PowerLoss"
  | "PowerQuality"
  | "Reboot"
  | "Remote"
  | "SOCLimitReached"
  | "StoppedByEV"
  | "TimeLimitReached"
  | "Timeout";

export type RecurrencyKind =
  | "Daily"
  | "Weekly";

export type RegistrationStatus =
  | "Accepted"
  | "Pending"
  | "Rejected";

export interface RelativeTimeInterval {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  start: number;
  /** A whole number. */
  duration?: number;
}

export type ReportBase =
  | "ConfigurationInventory"
  | "FullInventory"
  | "SummaryInventory";

export interface ReportChargingProfilesRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  requestId: number;
  chargingLimitSource: ChargingLimitSource;
  /** At least one element. */
  chargingProfile: ChargingProfile[];
  tbc?: boolean;
  /** A whole number. */
  evseId: number;
}

export interface ReportChargingProfilesResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface ReportData {
  customData?: { vendorId: string; [member: string]: unknown };
  component: Component;
  variable: Variable;
  /** 1 to 4 elements. */
  variableAttribute: VariableAttribute[];
  variableCharacteristics?: VariableCharacteristics;
}

export type RequestStartStopStatus =
  | "Accepted"
  | "Rejected";

export interface RequestStartTransactionRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  evseId?: number;
  groupIdToken?: IdToken;
  idToken: IdToken;
  /** A whole number. */
  remoteStartId: number;
  chargingProfile?: ChargingProfile;
}

export interface RequestStartTransactionResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: RequestStartStopStatus;
  statusInfo?: StatusInfo;
  /** At most 36 characters. */
  transactionId?: string;
}

export interface RequestStopTransactionRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 36 characters. */
  transactionId: string;
}

export interface RequestStopTransactionResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: RequestStartStopStatus;
  statusInfo?: StatusInfo;
}

export interface ReservationStatusUpdateRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  reservationId: number;
  reservationUpdateStatus: ReservationUpdateStatus;
}

export interface ReservationStatusUpdateResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export type ReservationUpdateStatus =
  | "Expired"
  | "Removed";

export interface ReserveNowRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  id: number;
  /** A date and time (RFC 3339). */
  expiryDateTime: string;
  connectorType?: Connector;
  idToken: IdToken;
  /** A whole number. */
  evseId?: number;
  groupIdToken?: IdToken;
}

export interface ReserveNowResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: ReserveNowStatus;
  statusInfo?: StatusInfo;
}

export type ReserveNowStatus =
  | "Accepted"
  | "Faulted"
  | "Occupied"
  | "Rejected"
  | "Unavailable";

export type Reset =
  | "Immediate"
  | "OnIdle";

export interface ResetRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  type: Reset;
  /** A whole number. */
  evseId?: number;
}

export interface ResetResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: ResetStatus;
  statusInfo?: StatusInfo;
}

export type ResetStatus =
  | "Accepted"
  | "Rejected"
  | "Scheduled";

export interface SalesTariff {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  id: number;
  /** At most 32 characters. */
  salesTariffDescription?: string;
  /** A whole number. */
  numEPriceLevels?: number;
  /** 1 to 1024 elements. */
  salesTariffEntry: SalesTariffEntry[];
}

export interface SalesTariffEntry {
  customData?: { vendorId: string; [member: string]: unknown };
  relativeTimeInterval: RelativeTimeInterval;
  /** A whole number. At least 0. */
  ePriceLevel?: number;
  /** 1 to 3 elements. */
  consumptionCost?: ConsumptionCost[];
}

export interface SampledValue {
  customData?: { vendorId: string; [member: string]: unknown };
  value: number;
  context?: ReadingContext;
  measurand?: Measurand;
  phase?: Phase;
  location?: Location;
  signedMeterValue?: SignedMeterValue;
  unitOfMeasure?: UnitOfMeasure;
}

export interface SecurityEventNotificationRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 50 characters. */
  type: string;
  /** A date and time (RFC 3339). */
  timestamp: string;
  /** At most 255 characters. */
  techInfo?: string;
}

export interface SecurityEventNotificationResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface SendLocalListRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At least one element. */
  localAuthorizationList?: AuthorizationData[];
  /** A whole number. */
  versionNumber: number;
  updateType: Update;
}

export interface SendLocalListResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: SendLocalListStatus;
  statusInfo?: StatusInfo;
}

export type SendLocalListStatus =
  | "Accepted"
  | "Failed"
  | "VersionMismatch";

export interface SetChargingProfileRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  evseId: number;
  chargingProfile: ChargingProfile;
}

export interface SetChargingProfileResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: ChargingProfileStatus;
  statusInfo?: StatusInfo;
}

export interface SetDisplayMessageRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  message: MessageInfo;
}

export interface SetDisplayMessageResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: DisplayMessageStatus;
  statusInfo?: StatusInfo;
}

export interface SetMonitoringBaseRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  monitoringBase: MonitoringBase;
}

export interface SetMonitoringBaseResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: GenericDeviceModelStatus;
  statusInfo?: StatusInfo;
}

export interface SetMonitoringData {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  id?: number;
  transaction?: boolean;
  value: number;
  type: Monitor;
  /** A whole number. */
  severity: number;
  component: Component;
  variable: Variable;
}

export interface SetMonitoringLevelRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  severity: number;
}

export interface SetMonitoringLevelResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: GenericStatus;
  statusInfo?: StatusInfo;
}

export interface SetMonitoringResult {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  id?: number;
  statusInfo?: StatusInfo;
  status: SetMonitoringStatus;
  type: Monitor;
  component: Component;
  variable: Variable;
  /** A whole number. */
  severity: number;
}

export type SetMonitoringStatus =
  | "Accepted"
  | "UnknownComponent"
  | "UnknownVariable"
  | "UnsupportedMonitorType"
  | "Rejected"
  | "Duplicate";

export interface SetNetworkProfileRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  configurationSlot: number;
  connectionData: NetworkConnectionProfile;
}

export interface SetNetworkProfileResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: SetNetworkProfileStatus;
  statusInfo?: StatusInfo;
}

export type SetNetworkProfileStatus =
  | "Accepted"
  | "Rejected"
  | "Failed";

export interface SetVariableData {
  customData?: { vendorId: string; [member: string]: unknown };
  attributeType?: Attribute;
  /** At most 1000 characters. */
  attributeValue: string;
  component: Component;
  variable: Variable;
}

export interface SetVariableMonitoringRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At least one element. */
  setMonitoringData: SetMonitoringData[];
}

export interface SetVariableMonitoringResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At least one element. */
  setMonitoringResult: SetMonitoringResult[];
}

export interface SetVariableResult {
  customData?: { vendorId: string; [member: string]: unknown };
  attributeType?: Attribute;
  attributeStatus: SetVariableStatus;
  attributeStatusInfo?: StatusInfo;
  component: Component;
  variable: Variable;
}

export type SetVariableStatus =
  | "Accepted"
  | "Rejected"
  | "UnknownComponent"
  | "UnknownVariable"
  | "NotSupportedAttributeType"
  | "RebootRequired";

export interface SetVariablesRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At least one element. */
  setVariableData: SetVariableData[];
}

export interface SetVariablesResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At least one element. */
  setVariableResult: SetVariableResult[];
}

export interface SignCertificateRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 5500 characters. */
  csr: string;
  certificateType?: CertificateSigningUse;
}

export interface SignCertificateResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: GenericStatus;
  statusInfo?: StatusInfo;
}

export interface SignedMeterValue {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 2500 characters. */
  signedMeterData: string;
  /** At most 50 characters. */
  signingMethod: string;
  /** At most 50 characters. */
  encodingMethod: string;
  /** At most 2500 characters. */
  publicKey: string;
}

export interface StatusInfo {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 20 characters. */
  reasonCode: string;
  /** At most 512 characters. */
  additionalInfo?: string;
}

export interface StatusNotificationRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A date and time (RFC 3339). */
  timestamp: string;
  connectorStatus: ConnectorStatus;
  /** A whole number. */
  evseId: number;
  /** A whole number. */
  connectorId: number;
}

export interface StatusNotificationResponse {
  customData?: { vendorId: string; [member: string]: unknown };
}

export interface Transaction {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 36 characters. */
  transactionId: string;
  chargingState?: ChargingState;
  /** A whole number. */
  timeSpentCharging?: number;
  stoppedReason?: Reason;
  /** A whole number. */
  remoteStartId?: number;
}

export type TransactionEvent =
  | "Ended"
  | "Started"
  | "Updated";

export interface TransactionEventRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  eventType: TransactionEvent;
  /** At least one element. */
  meterValue?: MeterValue[];
  /** A date and time (RFC 3339). */
  timestamp: string;
  triggerReason: TriggerReason;
  /** A whole number. */
  seqNo: number;
  offline?: boolean;
  /** A whole number. */
  numberOfPhasesUsed?: number;
  /** A whole number. */
  cableMaxCurrent?: number;
  /** A whole number. */
  reservationId?: number;
  transactionInfo: Transaction;
  evse?: Evse;
  idToken?: IdToken;
}

export interface TransactionEventResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  totalCost?: number;
  /** A whole number. */
  chargingPriority?: number;
  idTokenInfo?: IdTokenInfo;
  updatedPersonalMessage?: MessageContent;
}

export interface TriggerMessageRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  evse?: Evse;
  requestedMessage: MessageTrigger;
}

export interface TriggerMessageResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: TriggerMessageStatus;
  statusInfo?: StatusInfo;
}

export type TriggerMessageStatus =
  | "Accepted"
  | "Rejected"
  | "NotImplemented";

export type TriggerReason =
  | "Authorized"
  | "CablePluggedIn"
  | "ChargingRateChanged"
  | "ChargingStateChanged"
  | "Deauthorized"
  | "EnergyLimitReached"
  | "EVCommunicationLost"
  | "EVConnectTimeout"
  | "MeterValueClock"
  | "MeterValuePeriodic"
  | "TimeLimitReached"
  | "Trigger"
  | "UnlockCommand"
  | "StopAuthorized"
  | "EVDeparted"
  | "EVDetected"
  | "RemoteStop"
  | "RemoteStart"
  | "AbnormalCondition"
  | "SignedDataReceived"
  | "ResetCommand";

export interface UnitOfMeasure {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 20 characters. */
  unit?: string;
  /** A whole number. */
  multiplier?: number;
}

export interface UnlockConnectorRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  evseId: number;
  /** A whole number. */
  connectorId: number;
}

export interface UnlockConnectorResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: UnlockStatus;
  statusInfo?: StatusInfo;
}

export type UnlockStatus =
  | "Unlocked"
  | "UnlockFailed"
  | "OngoingAuthorizedTransaction"
  | "UnknownConnector";

export interface UnpublishFirmwareRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 32 characters. */
  checksum: string;
}

export interface UnpublishFirmwareResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: UnpublishFirmwareStatus;
}

export type UnpublishFirmwareStatus =
  | "DownloadOngoing"
  | "NoFirmware"
  | "Unpublished";

export type Update =
  | "Differential"
  | "Full";

export interface UpdateFirmwareRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  retries?: number;
  /** A whole number. */
  retryInterval?: number;
  /** A whole number. */
  requestId: number;
  firmware: Firmware;
}

export interface UpdateFirmwareResponse {
  customData?: { vendorId: string; [member: string]: unknown };
  status: UpdateFirmwareStatus;
  statusInfo?: StatusInfo;
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

export interface Variable {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 50 characters. */
  name: string;
  /** At most 50 characters. */
  instance?: string;
}

export interface VariableAttribute {
  customData?: { vendorId: string; [member: string]: unknown };
  type?: Attribute;
  /** At most 2500 characters. */
  value?: string;
  mutability?: Mutability;
  persistent?: boolean;
  constant?: boolean;
}

export interface VariableCharacteristics {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 16 characters. */
  unit?: string;
  dataType: Data;
  minLimit?: number;
  maxLimit?: number;
  /** At most 1000 characters. */
  valuesList?: string;
  supportsMonitoring: boolean;
}

export interface VariableMonitoring {
  customData?: { vendorId: string; [member: string]: unknown };
  /** A whole number. */
  id: number;
  transaction: boolean;
  value: number;
  type: Monitor;
  /** A whole number. */
  severity: number;
}

export interface Vpn {
  customData?: { vendorId: string; [member: string]: unknown };
  /** At most 512 characters. */
  server: string;
  /** At most 20 characters. */
  user: string;
  /** At most 20 characters. */
  group?: string;
  /** At most 20 characters. */
  password: string;
  /** At most 255 characters. */
  key: string;
  type: VpnEnum;
}

export type VpnEnum =
  | "IKEv2"
  | "IPSec"
  | "L2TP"
  | "PPTP";

/** The messages by action. What is not answered has no response. */
export interface Messages {
  Authorize: { request: AuthorizeRequest; response: AuthorizeResponse };
  BootNotification: { request: BootNotificationRequest; response: BootNotificationResponse };
  CancelReservation: { request: CancelReservationRequest; response: CancelReservationResponse };
  CertificateSigned: { request: CertificateSignedRequest; response: CertificateSignedResponse };
  ChangeAvailability: { request: ChangeAvailabilityRequest; response: ChangeAvailabilityResponse };
  ClearCache: { request: ClearCacheRequest; response: ClearCacheResponse };
  ClearChargingProfile: { request: ClearChargingProfileRequest; response: ClearChargingProfileResponse };
  ClearDisplayMessage: { request: ClearDisplayMessageRequest; response: ClearDisplayMessageResponse };
  ClearVariableMonitoring: { request: ClearVariableMonitoringRequest; response: ClearVariableMonitoringResponse };
  ClearedChargingLimit: { request: ClearedChargingLimitRequest; response: ClearedChargingLimitResponse };
  CostUpdated: { request: CostUpdatedRequest; response: CostUpdatedResponse };
  CustomerInformation: { request: CustomerInformationRequest; response: CustomerInformationResponse };
  DataTransfer: { request: DataTransferRequest; response: DataTransferResponse };
  DeleteCertificate: { request: DeleteCertificateRequest; response: DeleteCertificateResponse };
  FirmwareStatusNotification: { request: FirmwareStatusNotificationRequest; response: FirmwareStatusNotificationResponse };
  Get15118EVCertificate: { request: Get15118EvCertificateRequest; response: Get15118EvCertificateResponse };
  GetBaseReport: { request: GetBaseReportRequest; response: GetBaseReportResponse };
  GetCertificateStatus: { request: GetCertificateStatusRequest; response: GetCertificateStatusResponse };
  GetChargingProfiles: { request: GetChargingProfilesRequest; response: GetChargingProfilesResponse };
  GetCompositeSchedule: { request: GetCompositeScheduleRequest; response: GetCompositeScheduleResponse };
  GetDisplayMessages: { request: GetDisplayMessagesRequest; response: GetDisplayMessagesResponse };
  GetInstalledCertificateIds: { request: GetInstalledCertificateIdsRequest; response: GetInstalledCertificateIdsResponse };
  GetLocalListVersion: { request: GetLocalListVersionRequest; response: GetLocalListVersionResponse };
  GetLog: { request: GetLogRequest; response: GetLogResponse };
  GetMonitoringReport: { request: GetMonitoringReportRequest; response: GetMonitoringReportResponse };
  GetReport: { request: GetReportRequest; response: GetReportResponse };
  GetTransactionStatus: { request: GetTransactionStatusRequest; response: GetTransactionStatusResponse };
  GetVariables: { request: GetVariablesRequest; response: GetVariablesResponse };
  Heartbeat: { request: HeartbeatRequest; response: HeartbeatResponse };
  InstallCertificate: { request: InstallCertificateRequest; response: InstallCertificateResponse };
  LogStatusNotification: { request: LogStatusNotificationRequest; response: LogStatusNotificationResponse };
  MeterValues: { request: MeterValuesRequest; response: MeterValuesResponse };
  NotifyChargingLimit: { request: NotifyChargingLimitRequest; response: NotifyChargingLimitResponse };
  NotifyCustomerInformation: { request: NotifyCustomerInformationRequest; response: NotifyCustomerInformationResponse };
  NotifyDisplayMessages: { request: NotifyDisplayMessagesRequest; response: NotifyDisplayMessagesResponse };
  NotifyEVChargingNeeds: { request: NotifyEvChargingNeedsRequest; response: NotifyEvChargingNeedsResponse };
  NotifyEVChargingSchedule: { request: NotifyEvChargingScheduleRequest; response: NotifyEvChargingScheduleResponse };
  NotifyEvent: { request: NotifyEventRequest; response: NotifyEventResponse };
  NotifyMonitoringReport: { request: NotifyMonitoringReportRequest; response: NotifyMonitoringReportResponse };
  NotifyReport: { request: NotifyReportRequest; response: NotifyReportResponse };
  PublishFirmware: { request: PublishFirmwareRequest; response: PublishFirmwareResponse };
  PublishFirmwareStatusNotification: { request: PublishFirmwareStatusNotificationRequest; response: PublishFirmwareStatusNotificationResponse };
  ReportChargingProfiles: { request: ReportChargingProfilesRequest; response: ReportChargingProfilesResponse };
  RequestStartTransaction: { request: RequestStartTransactionRequest; response: RequestStartTransactionResponse };
  RequestStopTransaction: { request: RequestStopTransactionRequest; response: RequestStopTransactionResponse };
  ReservationStatusUpdate: { request: ReservationStatusUpdateRequest; response: ReservationStatusUpdateResponse };
  ReserveNow: { request: ReserveNowRequest; response: ReserveNowResponse };
  Reset: { request: ResetRequest; response: ResetResponse };
  SecurityEventNotification: { request: SecurityEventNotificationRequest; response: SecurityEventNotificationResponse };
  SendLocalList: { request: SendLocalListRequest; response: SendLocalListResponse };
  SetChargingProfile: { request: SetChargingProfileRequest; response: SetChargingProfileResponse };
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
  UpdateFirmware: { request: UpdateFirmwareRequest; response: UpdateFirmwareResponse };
}
