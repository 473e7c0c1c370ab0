// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

/** Unknown members are kept. */
export interface OpenObject {
  /** At most 255 characters. */
  vendorId: string;
  /** Any JSON. */
  data?: unknown;
  closed?: OpenObjectClosed;
  open?: OpenObjectOpen;
  [member: string]: unknown;
}

export interface OpenObjectClosed {
  on?: boolean;
}

export interface OpenObjectOpen {
  on?: boolean;
  [member: string]: unknown;
}
