// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

export interface ChargingProfile {
  /** A date and time (RFC 3339). */
  validFrom?: string;
  chargingProfilePurpose: ChargingProfilePurpose;
  limit: number;
}

export type ChargingProfilePurpose =
  | "TxDefaultProfile"
  | "TxProfile";

export type StartChargingMode =
  | "Fast"
  | "Slow";

export interface StartChargingRequest {
  /** A whole number. */
  connectorId?: number;
  /** At most 20 characters. */
  idTag: string;
  chargingProfile?: ChargingProfile;
  mode?: StartChargingMode;
}
