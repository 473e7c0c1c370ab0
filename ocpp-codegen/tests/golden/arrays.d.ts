// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

export interface Arrays {
  /** Each: At most 5 characters. */
  any?: string[];
  /** At least one element. */
  nonEmpty: Point[];
  /** 1 to 3 elements. */
  bounded?: Point[];
  /** At least 2 elements. */
  pair?: number[];
  /** 1 to 4 elements. Each: A whole number. */
  integers: number[];
  /** Each: At most 2 elements. Each: A whole number. At least 0. */
  matrix?: number[][];
  inline?: ArraysInline[];
  values?: unknown[];
}

export interface ArraysInline {
  kind?: ArraysInlineKind;
}

export type ArraysInlineKind =
  | "A"
  | "B";

export interface Point {
  x: number;
}
