// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

export interface Bounds {
  free?: string;
  /** At most 7 characters. */
  short?: string;
  /** At most 36 characters. */
  identifier?: string;
  /** A date and time (RFC 3339). */
  at?: string;
  /** A URI (RFC 3986). */
  location?: string;
  flag?: boolean;
  /** A whole number. */
  count?: number;
  /** A whole number. At least 0. */
  notNegative?: number;
  /** A whole number. From 0 to 100. */
  percent?: number;
  /** A whole number. At most -1. */
  atMost?: number;
  number?: number;
  tenths?: number;
  /** From 0 to 1000. */
  cents?: number;
  whole?: number;
  /** At most 0. */
  noGain?: number;
}
