// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

export interface Names {
  type: string;
  self: string;
  /** A whole number. */
  bulkSoC?: number;
  /** A whole number. */
  "15min"?: number;
  limit_L2?: number;
  map?: boolean;
  member_0?: boolean;
  phase?: NamesPhase;
}

export type NamesPhase =
  | "L1"
  | "L1-N"
  | "Energy.Active.Import.Register"
  | "15min"
  | "Self"
  | "type"
  | "SOCLimitReached"
  | "Größe";
