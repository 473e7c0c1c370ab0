// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

/** This contains the current status. */
export type ConnectorStatus =
  | "Available"
  | "Occupied";

/** EVSE Electric Vehicle Supply Equipment. See <a> [b] and <https://example.com/x> */
export interface Evse {
  customData?: { vendorId: string; [member: string]: unknown };
  /** Identifies the EVSE. A whole number. At least 0. */
  id: number;
  /** A whole number. At least 1. */
  connectorId?: number;
}

export type LogType =
  | "Diagnostics";

export interface StatusRequest {
  customData?: { vendorId: string; [member: string]: unknown };
  status: ConnectorStatus;
  evse: Evse;
  log?: LogType;
}
