// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

export interface AuthorizationData {
  /** At most 20 characters. */
  idTag: string;
  idTagInfo?: IdTagInfo;
}

export interface AuthorizeRequest {
  /** At most 20 characters. */
  idTag: string;
}

export interface AuthorizeResponse {
  idTagInfo: IdTagInfo;
}

export type AvailabilityStatus =
  | "Accepted"
  | "Rejected"
  | "Scheduled";

export type AvailabilityType =
  | "Inoperative"
  | "Operative";

export interface BootNotificationRequest {
  /** At most 20 characters. */
  chargePointVendor: string;
  /** At most 20 characters. */
  chargePointModel: string;
  /** At most 25 characters. */
  chargePointSerialNumber?: string;
  /** At most 25 characters. */
  chargeBoxSerialNumber?: string;
  /** At most 50 characters. */
  firmwareVersion?: string;
  /** At most 20 characters. */
  iccid?: string;
  /** At most 20 characters. */
  imsi?: string;
  /** At most 25 characters. */
  meterType?: string;
  /** At most 25 characters. */
  meterSerialNumber?: string;
}

export interface BootNotificationResponse {
  status: RegistrationStatus;
  /** A date and time (RFC 3339). */
  currentTime: string;
  /** A whole number. */
  interval: number;
}

export interface CancelReservationRequest {
  /** A whole number. */
  reservationId: number;
}

export interface CancelReservationResponse {
  status: CancelReservationStatus;
}

export type CancelReservationStatus =
  | "Accepted"
  | "Rejected";

export interface CertificateHashData {
  hashAlgorithm: HashAlgorithm;
  /** At most 128 characters. */
  issuerNameHash: string;
  /** At most 128 characters. */
  issuerKeyHash: string;
  /** At most 40 characters. */
  serialNumber: string;
}

export interface CertificateSignedRequest {
  /** At most 10000 characters. */
  certificateChain: string;
}

export interface CertificateSignedResponse {
  status: CertificateSignedStatus;
}

export type CertificateSignedStatus =
  | "Accepted"
  | "Rejected";

export type CertificateUse =
  | "CentralSystemRootCertificate"
  | "ManufacturerRootCertificate";

export interface ChangeAvailabilityRequest {
  /** A whole number. */
  connectorId: number;
  type: AvailabilityType;
}

export interface ChangeAvailabilityResponse {
  status: AvailabilityStatus;
}

export interface ChangeConfigurationRequest {
  /** At most 50 characters. */
  key: string;
  /** At most 500 characters. */
  value: string;
}

export interface ChangeConfigurationResponse {
  status: ConfigurationStatus;
}

export type ChargePointErrorCode =
  | "ConnectorLockFailure"
  | "EVCommunicationError"
  | "GroundFailure"
  | "HighTemperature"
  | "InternalError"
  | "LocalListConflict"
  | "NoError"
  | "OtherError"
  | "OverCurrentFailure"
  | "PowerMeterFailure"
  | "PowerSwitchFailure"
  | "ReaderFailure"
  | "ResetFailure"
  | "UnderVoltage"
  | "OverVoltage"
  | "WeakSignal";

export type ChargePointStatus =
  | "Available"
  | "Preparing"
  | "Charging"
  | "SuspendedEVSE"
  | "SuspendedEV"
  | "Finishing"
  | "Reserved"
  | "Unavailable"
  | "Faulted";

export interface ChargingProfile {
  /** A whole number. */
  chargingProfileId: number;
  /** A whole number. */
  transactionId?: number;
  /** A whole number. */
  stackLevel: number;
  chargingProfilePurpose: ChargingProfilePurpose;
  chargingProfileKind: ChargingProfileKind;
  recurrencyKind?: RecurrencyKind;
  /** A date and time (RFC 3339). */
  validFrom?: string;
  /** A date and time (RFC 3339). */
  validTo?: string;
  chargingSchedule: ChargingSchedule;
}

export type ChargingProfileKind =
  | "Absolute"
  | "Recurring"
  | "Relative";

export type ChargingProfilePurpose =
  | "ChargePointMaxProfile"
  | "TxDefaultProfile"
  | "TxProfile";

export type ChargingProfileStatus =
  | "Accepted"
  | "Rejected"
  | "NotSupported";

export type ChargingRateUnit =
  | "A"
  | "W";

export interface ChargingSchedule {
  /** A whole number. */
  duration?: number;
  /** A date and time (RFC 3339). */
  startSchedule?: string;
  chargingRateUnit: ChargingRateUnit;
  /** At least one element. */
  chargingSchedulePeriod: ChargingSchedulePeriod[];
  minChargingRate?: number;
}

export interface ChargingSchedulePeriod {
  /** A whole number. */
  startPeriod: number;
  limit: number;
  /** A whole number. */
  numberPhases?: number;
}

export interface ClearCacheRequest {
}

export interface ClearCacheResponse {
  status: ClearCacheStatus;
}

export type ClearCacheStatus =
  | "Accepted"
  | "Rejected";

export interface ClearChargingProfileRequest {
  /** A whole number. */
  id?: number;
  /** A whole number. */
  connectorId?: number;
  chargingProfilePurpose?: ChargingProfilePurpose;
  /** A whole number. */
  stackLevel?: number;
}

export interface ClearChargingProfileResponse {
  status: ClearChargingProfileStatus;
}

export type ClearChargingProfileStatus =
  | "Accepted"
  | "Unknown";

export type ConfigurationStatus =
  | "Accepted"
  | "Rejected"
  | "RebootRequired"
  | "NotSupported";

export interface DataTransferRequest {
  /** At most 255 characters. */
  vendorId: string;
  /** At most 50 characters. */
  messageId?: string;
  data?: string;
}

export interface DataTransferResponse {
  status: DataTransferStatus;
  data?: string;
}

export type DataTransferStatus =
  | "Accepted"
  | "Rejected"
  | "UnknownMessageId"
  | "UnknownVendorId";

export interface DeleteCertificateRequest {
  certificateHashData: CertificateHashData;
}

export interface DeleteCertificateResponse {
  status: DeleteCertificateStatus;
}

export type DeleteCertificateStatus =
  | "Accepted"
  | "Failed"
  | "NotFound";

export type DiagnosticsStatus =
  | "Idle"
  | "Uploaded"
  | "UploadFailed"
  | "Uploading";

export interface DiagnosticsStatusNotificationRequest {
  status: DiagnosticsStatus;
}

export interface DiagnosticsStatusNotificationResponse {
}

export type ExtendedMessageTrigger =
  | "BootNotification"
  | "LogStatusNotification"
  | "FirmwareStatusNotification"
  | "Heartbeat"
  | "MeterValues"
  | "SignChargePointCertificate"
  | "StatusNotification";

export interface ExtendedTriggerMessageRequest {
  requestedMessage: ExtendedMessageTrigger;
  /** A whole number. */
  connectorId?: number;
}

export interface ExtendedTriggerMessageResponse {
  status: ExtendedTriggerMessageStatus;
}

export type ExtendedTriggerMessageStatus =
  | "Accepted"
  | "Rejected"
  | "NotImplemented";

export interface Firmware {
  /** At most 512 characters. */
  location: string;
  /** A date and time (RFC 3339). */
  retrieveDateTime: string;
  /** A date and time (RFC 3339). */
  installDateTime?: string;
  /** At most 5500 characters. */
  signingCertificate: string;
  /** At most 800 characters. */
  signature: string;
}

export type FirmwareStatus =
  | "Downloaded"
  | "DownloadFailed"
  | "Downloading"
  | "Idle"
  | "InstallationFailed"
  | "Installing"
  | "Installed";

export interface FirmwareStatusNotificationRequest {
  status: FirmwareStatus;
}

export interface FirmwareStatusNotificationResponse {
}

export type GenericStatus =
  | "Accepted"
  | "Rejected";

export interface GetCompositeScheduleRequest {
  /** A whole number. */
  connectorId: number;
  /** A whole number. */
  duration: number;
  chargingRateUnit?: ChargingRateUnit;
}

export interface GetCompositeScheduleResponse {
  status: GetCompositeScheduleStatus;
  /** A whole number. */
  connectorId?: number;
  /** A date and time (RFC 3339). */
  scheduleStart?: string;
  chargingSchedule?: ChargingSchedule;
}

export type GetCompositeScheduleStatus =
  | "Accepted"
  | "Rejected";

export interface GetConfigurationRequest {
  /** Each: At most 50 characters. */
  key?: string[];
}

export interface GetConfigurationResponse {
  configurationKey?: KeyValue[];
  /** Each: At most 50 characters. */
  unknownKey?: string[];
}

export interface GetDiagnosticsRequest {
  /** A URI (RFC 3986). */
  location: string;
  /** A whole number. */
  retries?: number;
  /** A whole number. */
  retryInterval?: number;
  /** A date and time (RFC 3339). */
  startTime?: string;
  /** A date and time (RFC 3339). */
  stopTime?: string;
}

export interface GetDiagnosticsResponse {
  /** At most 255 characters. */
  fileName?: string;
}

export interface GetInstalledCertificateIdsRequest {
  certificateType: CertificateUse;
}

export interface GetInstalledCertificateIdsResponse {
  /** At least one element. */
  certificateHashData?: CertificateHashData[];
  status: GetInstalledCertificateStatus;
}

export type GetInstalledCertificateStatus =
  | "Accepted"
  | "NotFound";

export interface GetLocalListVersionRequest {
}

export interface GetLocalListVersionResponse {
  /** A whole number. */
  listVersion: number;
}

export interface GetLogRequest {
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
  status: LogStatus;
  /** At most 255 characters. */
  filename?: string;
}

export type HashAlgorithm =
  | "SHA256"
  | "SHA384"
  | "SHA512";

export interface HeartbeatRequest {
}

export interface HeartbeatResponse {
  /** A date and time (RFC 3339). */
  currentTime: string;
}

export interface IdTagInfo {
  /** A date and time (RFC 3339). */
  expiryDate?: string;
  /** At most 20 characters. */
  parentIdTag?: string;
  status: IdTagInfoStatus;
}

export type IdTagInfoStatus =
  | "Accepted"
  | "Blocked"
  | "Expired"
  | "Invalid"
  | "ConcurrentTx";

export interface InstallCertificateRequest {
  certificateType: CertificateUse;
  /** At most 5500 characters. */
  certificate: string;
}

export interface InstallCertificateResponse {
  status: InstallCertificateStatus;
}

export type InstallCertificateStatus =
  | "Accepted"
  | "Failed"
  | "Rejected";

export interface KeyValue {
  /** At most 50 characters. */
  key: string;
  readonly: boolean;
  /** At most 500 characters. */
  value?: string;
}

export type Location =
  | "Cable"
  | "EV"
  | "Inlet"
  | "Outlet"
  | "Body";

export interface LogParameters {
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
  status: UploadLogStatus;
  /** A whole number. */
  requestId?: number;
}

export interface LogStatusNotificationResponse {
}

export type LogType =
  | "DiagnosticsLog"
  | "SecurityLog";

export type Measurand =
  | "Energy.Active.Export.Register"
  | "Energy.Active.Import.Register"
  | "Energy.Reactive.Export.Register"
  | "Energy.Reactive.Import.Register"
  | "Energy.Active.Export.Interval"
  | "Energy.Active.Import.Interval"
  | "Energy.Reactive.Export.Interval"
  | "Energy.Reactive.Import.Interval"
  | "Power.Active.Export"
  | "Power.Active.Import"
  | "Power.Offered"
  | "Power.Reactive.Export"
  | "Power.Reactive.Import"
  | "Power.Factor"
  | "Current.Import"
  | "Current.Export"
  | "Current.Offered"
  | "Voltage"
  | "Frequency"
  | "Temperature"
  | "SoC"
  | "RPM";

export type MessageTrigger =
  | "BootNotification"
  | "DiagnosticsStatusNotification"
  | "FirmwareStatusNotification"
  | "Heartbeat"
  | "MeterValues"
  | "StatusNotification";

export interface MeterValue {
  /** A date and time (RFC 3339). */
  timestamp: string;
  /** At least one element. */
  sampledValue: SampledValue[];
}

export interface MeterValuesRequest {
  /** A whole number. */
  connectorId: number;
  /** A whole number. */
  transactionId?: number;
  /** At least one element. */
  meterValue: MeterValue[];
}

export interface MeterValuesResponse {
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

export type ReadingContext =
  | "Interruption.Begin"
  | "Interruption.End"
  | "Sample.Clock"
  | "Sample.Periodic"
  | "Transaction.Begin"
  | "Transaction.End"
  | "Trigger"
  | "Other";

export type Reason =
  | "EmergencyStop"
  | "EVDisconnected"
  | "HardReset"
  | "Local"
  | "Other"
  | "PowerLoss"
  | "Reboot"
  | "Remote"
  | "SoftReset"
  | "UnlockCommand"
  | "DeAuthorized";

export type RecurrencyKind =
  | "Daily"
  | "Weekly";

export type RegistrationStatus =
  | "Accepted"
  | "Pending"
  | "Rejected";

export type RemoteStartStopStatus =
  | "Accepted"
  | "Rejected";

export interface RemoteStartTransactionRequest {
  /** A whole number. */
  connectorId?: number;
  /** At most 20 characters. */
  idTag: string;
  chargingProfile?: ChargingProfile;
}

export interface RemoteStartTransactionResponse {
  status: RemoteStartStopStatus;
}

export interface RemoteStopTransactionRequest {
  /** A whole number. */
  transactionId: number;
}

export interface RemoteStopTransactionResponse {
  status: RemoteStartStopStatus;
}

export type ReservationStatus =
  | "Accepted"
  | "Faulted"
  | "Occupied"
  | "Rejected"
  | "Unavailable";

export interface ReserveNowRequest {
  /** A whole number. */
  connectorId: number;
  /** A date and time (RFC 3339). */
  expiryDate: string;
  /** At most 20 characters. */
  idTag: string;
  /** At most 20 characters. */
  parentIdTag?: string;
  /** A whole number. */
  reservationId: number;
}

export interface ReserveNowResponse {
  status: ReservationStatus;
}

export interface ResetRequest {
  type: ResetType;
}

export interface ResetResponse {
  status: ResetStatus;
}

export type ResetStatus =
  | "Accepted"
  | "Rejected";

export type ResetType =
  | "Hard"
  | "Soft";

export interface SampledValue {
  value: string;
  context?: ReadingContext;
  format?: ValueFormat;
  measurand?: Measurand;
  phase?: Phase;
  location?: Location;
  unit?: UnitOfMeasure;
}

export interface SecurityEventNotificationRequest {
  /** At most 50 characters. */
  type: string;
  /** A date and time (RFC 3339). */
  timestamp: string;
  /** At most 255 characters. */
  techInfo?: string;
}

export interface SecurityEventNotificationResponse {
}

export interface SendLocalListRequest {
  /** A whole number. */
  listVersion: number;
  localAuthorizationList?: AuthorizationData[];
  updateType: UpdateType;
}

export interface SendLocalListResponse {
  status: UpdateStatus;
}

export interface SetChargingProfileRequest {
  /** A whole number. */
  connectorId: number;
  csChargingProfiles: ChargingProfile;
}

export interface SetChargingProfileResponse {
  status: ChargingProfileStatus;
}

export interface SignCertificateRequest {
  /** At most 5500 characters. */
  csr: string;
}

export interface SignCertificateResponse {
  status: GenericStatus;
}

export type SignedFirmwareStatus =
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

export interface SignedFirmwareStatusNotificationRequest {
  status: SignedFirmwareStatus;
  /** A whole number. */
  requestId?: number;
}

export interface SignedFirmwareStatusNotificationResponse {
}

export interface SignedUpdateFirmwareRequest {
  /** A whole number. */
  retries?: number;
  /** A whole number. */
  retryInterval?: number;
  /** A whole number. */
  requestId: number;
  firmware: Firmware;
}

export interface SignedUpdateFirmwareResponse {
  status: SignedUpdateFirmwareStatus;
}

export type SignedUpdateFirmwareStatus =
  | "Accepted"
  | "Rejected"
  | "AcceptedCanceled"
  | "InvalidCertificate"
  | "RevokedCertificate";

export interface StartTransactionRequest {
  /** A whole number. */
  connectorId: number;
  /** At most 20 characters. */
  idTag: string;
  /** A whole number. */
  meterStart: number;
  /** A whole number. */
  reservationId?: number;
  /** A date and time (RFC 3339). */
  timestamp: string;
}

export interface StartTransactionResponse {
  idTagInfo: IdTagInfo;
  /** A whole number. */
  transactionId: number;
}

export interface StatusNotificationRequest {
  /** A whole number. */
  connectorId: number;
  errorCode: ChargePointErrorCode;
  /** At most 50 characters. */
  info?: string;
  status: ChargePointStatus;
  /** A date and time (RFC 3339). */
  timestamp?: string;
  /** At most 255 characters. */
  vendorId?: string;
  /** At most 50 characters. */
  vendorErrorCode?: string;
}

export interface StatusNotificationResponse {
}

export interface StopTransactionRequest {
  /** At most 20 characters. */
  idTag?: string;
  /** A whole number. */
  meterStop: number;
  /** A date and time (RFC 3339). */
  timestamp: string;
  /** A whole number. */
  transactionId: number;
  reason?: Reason;
  transactionData?: MeterValue[];
}

export interface StopTransactionResponse {
  idTagInfo?: IdTagInfo;
}

export interface TriggerMessageRequest {
  requestedMessage: MessageTrigger;
  /** A whole number. */
  connectorId?: number;
}

export interface TriggerMessageResponse {
  status: TriggerMessageStatus;
}

export type TriggerMessageStatus =
  | "Accepted"
  | "Rejected"
  | "NotImplemented";

export type UnitOfMeasure =
  | "Wh"
  | "kWh"
  | "varh"
  | "kvarh"
  | "W"
  | "kW"
  | "VA"
  | "kVA"
  | "var"
  | "kvar"
  | "A"
  | "V"
  | "K"
  | "Celcius"
  | "Celsius"
  | "Fahrenheit"
  | "Percent"
  | "Hertz";

export interface UnlockConnectorRequest {
  /** A whole number. */
  connectorId: number;
}

export interface UnlockConnectorResponse {
  status: UnlockStatus;
}

export type UnlockStatus =
  | "Unlocked"
  | "UnlockFailed"
  | "NotSupported";

export interface UpdateFirmwareRequest {
  /** A URI (RFC 3986). */
  location: string;
  /** A whole number. */
  retries?: number;
  /** A date and time (RFC 3339). */
  retrieveDate: string;
  /** A whole number. */
  retryInterval?: number;
}

export interface UpdateFirmwareResponse {
}

export type UpdateStatus =
  | "Accepted"
  | "Failed"
  | "NotSupported"
  | "VersionMismatch";

export type UpdateType =
  | "Differential"
  | "Full";

export type UploadLogStatus =
  | "BadMessage"
  | "Idle"
  | "NotSupportedOperation"
  | "PermissionDenied"
  | "Uploaded"
  | "UploadFailure"
  | "Uploading";

export type ValueFormat =
  | "Raw"
  | "SignedData";

/** The messages by action. What is not answered has no response. */
export interface Messages {
  Authorize: { request: AuthorizeRequest; response: AuthorizeResponse };
  BootNotification: { request: BootNotificationRequest; response: BootNotificationResponse };
  CancelReservation: { request: CancelReservationRequest; response: CancelReservationResponse };
  CertificateSigned: { request: CertificateSignedRequest; response: CertificateSignedResponse };
  ChangeAvailability: { request: ChangeAvailabilityRequest; response: ChangeAvailabilityResponse };
  ChangeConfiguration: { request: ChangeConfigurationRequest; response: ChangeConfigurationResponse };
  ClearCache: { request: ClearCacheRequest; response: ClearCacheResponse };
  ClearChargingProfile: { request: ClearChargingProfileRequest; response: ClearChargingProfileResponse };
  DataTransfer: { request: DataTransferRequest; response: DataTransferResponse };
  DeleteCertificate: { request: DeleteCertificateRequest; response: DeleteCertificateResponse };
  DiagnosticsStatusNotification: { request: DiagnosticsStatusNotificationRequest; response: DiagnosticsStatusNotificationResponse };
  ExtendedTriggerMessage: { request: ExtendedTriggerMessageRequest; response: ExtendedTriggerMessageResponse };
  FirmwareStatusNotification: { request: FirmwareStatusNotificationRequest; response: FirmwareStatusNotificationResponse };
  GetCompositeSchedule: { request: GetCompositeScheduleRequest; response: GetCompositeScheduleResponse };
  GetConfiguration: { request: GetConfigurationRequest; response: GetConfigurationResponse };
  GetDiagnostics: { request: GetDiagnosticsRequest; response: GetDiagnosticsResponse };
  GetInstalledCertificateIds: { request: GetInstalledCertificateIdsRequest; response: GetInstalledCertificateIdsResponse };
  GetLocalListVersion: { request: GetLocalListVersionRequest; response: GetLocalListVersionResponse };
  GetLog: { request: GetLogRequest; response: GetLogResponse };
  Heartbeat: { request: HeartbeatRequest; response: HeartbeatResponse };
  InstallCertificate: { request: InstallCertificateRequest; response: InstallCertificateResponse };
  LogStatusNotification: { request: LogStatusNotificationRequest; response: LogStatusNotificationResponse };
  MeterValues: { request: MeterValuesRequest; response: MeterValuesResponse };
  RemoteStartTransaction: { request: RemoteStartTransactionRequest; response: RemoteStartTransactionResponse };
  RemoteStopTransaction: { request: RemoteStopTransactionRequest; response: RemoteStopTransactionResponse };
  ReserveNow: { request: ReserveNowRequest; response: ReserveNowResponse };
  Reset: { request: ResetRequest; response: ResetResponse };
  SecurityEventNotification: { request: SecurityEventNotificationRequest; response: SecurityEventNotificationResponse };
  SendLocalList: { request: SendLocalListRequest; response: SendLocalListResponse };
  SetChargingProfile: { request: SetChargingProfileRequest; response: SetChargingProfileResponse };
  SignCertificate: { request: SignCertificateRequest; response: SignCertificateResponse };
  SignedFirmwareStatusNotification: { request: SignedFirmwareStatusNotificationRequest; response: SignedFirmwareStatusNotificationResponse };
  SignedUpdateFirmware: { request: SignedUpdateFirmwareRequest; response: SignedUpdateFirmwareResponse };
  StartTransaction: { request: StartTransactionRequest; response: StartTransactionResponse };
  StatusNotification: { request: StatusNotificationRequest; response: StatusNotificationResponse };
  StopTransaction: { request: StopTransactionRequest; response: StopTransactionResponse };
  TriggerMessage: { request: TriggerMessageRequest; response: TriggerMessageResponse };
  UnlockConnector: { request: UnlockConnectorRequest; response: UnlockConnectorResponse };
  UpdateFirmware: { request: UpdateFirmwareRequest; response: UpdateFirmwareResponse };
}
