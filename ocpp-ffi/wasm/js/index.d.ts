import type { Messages as Messages1_6 } from "./v1_6.js";
import type { Messages as Messages2_0_1 } from "./v2_0_1.js";
import type { Messages as Messages2_1 } from "./v2_1.js";

/** The messages of all versions, by action. */
export interface Messages {
  "1.6": Messages1_6;
  "2.0.1": Messages2_0_1;
  "2.1": Messages2_1;
}

/** The actions of a version. */
export type Action<V extends Version> = keyof Messages[V] & string;

/** The payload of a message: `Payload<"1.6", "AuthorizeRequest">`. */
export type Payload<V extends Version, M extends string> = M extends `${infer A}Response`
  ? Part<V, A, "response">
  : M extends `${infer A}Request`
    ? Part<V, A, "request">
    : Part<V, M, "request">;

type Part<V extends Version, A extends string, K extends "request" | "response"> = A extends keyof Messages[V]
  ? Messages[V][A] extends { [k in K]: infer P }
    ? P
    : never
  : never;

/** A version of OCPP. */
export type Version = "1.6" | "2.0.1" | "2.1";

/** What happened, or is asked: `"Start"`, or an object with one member. The schemas are in the folder `schema` of ocpp-ffi. */
export type Input = string | { readonly [name: string]: unknown };

/** What is to be done: a text, or an object with one member. */
export type Output = string | { readonly [name: string]: any };

/** When it is, in milliseconds. */
export interface Time {
  /** Since any origin, never jumping; `performance.now()` if left out. */
  monotonic?: number;
  /** UTC since 1970; `Date.now()` if left out, `null` if the clock is not set. */
  utc?: number | Date | null;
}

/** Something that was handed over cannot be used. Nothing has changed then. */
export class OcppError extends Error {
  /** Where: a JSON pointer into what was handed over. */
  readonly pointer?: string;
}

/** What stations and sessions have in common. */
declare abstract class Value {
  /** Takes an input, and gives the reply: `null` for most. Take the outputs afterwards. Throws `OcppError`. */
  handle(input: Input, time?: Time): any;
  /** The next output; `null` when there is nothing more for now. */
  pollOutput(): Output | null;
  /** The outputs, until there is none. Carry each out before the next. */
  outputs(): Generator<Output, void, undefined>;
  /** When to come back with `"TimePassed"` at the latest, in monotonic milliseconds; `null` when nothing is waited for. */
  nextTimeout(): number | null;
  /** A look inside. */
  readonly state: any;
  /** Gives the memory back now. Otherwise that happens some time after nobody holds it any more. */
  free(): void;
}

/** A charging station. */
export class Station extends Value {
  /**
   * @param config as `station-config.json`: an object, or a text in JSON or TOML
   * @param records what `Store` has stored before
   */
  constructor(config: string | object, records?: Iterable<{ key: string; value: string }>, time?: Time);
}

/**
 * One station, connected or not, as its CSMS sees it: it answers the station's calls, keeps its transactions, and carries out
 * commands. What takes more than one station to decide is asked (`Ask`).
 */
export class RemoteStation extends Value {
  /**
   * @param config as `remote-config.json`; without `seed` a random one is taken
   * @param records what `Store` has stored before
   */
  constructor(config: { identity: string; [name: string]: unknown }, records?: Iterable<{ key: string; record: string | null }>);
}

/** What takes more than one station to know: tokens and who holds them, reservations, what stations have in their local lists. */
export class Fleet extends Value {
  /**
   * @param config as `fleet-config.json`
   * @param records what `Store` has stored before
   */
  constructor(config?: object, records?: Iterable<{ key: string; record: string | null }>);
  /**
   * Lets a station have what the fleet knows; whether that has answered what was asked. Call it after each output of `remote` that was
   * polled, before the next one, and once when `remote` was made. Poll the outputs of the fleet too.
   */
  serve(remote: RemoteStation, time?: Time): boolean;
}

/** One side of a connection: frames, and which answer belongs to which question. */
export class Session extends Value {
  constructor(version: Version, role: "Station" | "Csms", config?: { [name: string]: unknown });
}

/** Something that is wrong with a payload, or was repaired. */
export interface Problem {
  /** Where: a JSON pointer into the payload. */
  pointer: string;
  /** The error code, as the version spells it. */
  code: string;
  /** What the schema wants there. */
  expected: string;
  /** The JSON text that stands there; empty when nothing does. */
  found: string;
  /** The JSON text that counts instead; `null` when it was left out. */
  became: string | null;
}

/** A payload does not match its schema. */
export class WrongPayload extends Error {
  /** The code of the CALLERROR that its sender should be told. */
  readonly code: string;
  /** Everything that is wrong. */
  readonly problems: Problem[];
}

/** What became of a line of a log. docs/interfaces.md describes all members. */
export interface Verdict {
  line: number;
  ok: boolean;
  /** The message, `BootNotificationRequest`; `null` when there is none in this line. */
  message: string | null;
  errors?: { pointer: string; code: string; expected: string; found: string }[];
  deviations?: { pointer: string; code: string; expected: string; found: string; became: string | null }[];
  /** What the sender is told. */
  callerror?: string;
}

/** How to read messages. */
export interface Reading {
  /** Repair the known mistakes of real equipment. */
  lenient?: boolean;
}

/** What is wrong with the OCPP messages in a text: a frame, a payload, or the log of any program. One for each line. */
export function validate(log: string, options?: Reading & { version?: string }): Verdict[];

/** The same for people, with a summary. */
export function report(log: string, options?: Reading & { version?: string }): string;

/** Decodes a payload, strictly unless `lenient`, and gives it as its schema writes it. Throws `WrongPayload`. */
export function decode<V extends Version, M extends string>(
  version: V,
  message: M,
  payload: string | object,
  options?: Reading,
): Payload<V, M>;

/** As `decode`, leniently unless said otherwise, with what was repaired. */
export function decodeWithDeviations<V extends Version, M extends string>(
  version: V,
  message: M,
  payload: string | object,
  options?: Reading,
): { payload: Payload<V, M> | null; deviations: Problem[] };

/** Writes a payload that matches its schema. Throws `WrongPayload`. */
export function encode(version: Version, message: string, payload: string | object): string;

/** A frame, with its payload as JSON text. */
export type Frame =
  | { Call: { id: string; action: string; payload: string } }
  | { Send: { id: string; action: string; payload: string } }
  | { CallResult: { id: string; payload: string } }
  | { CallError: { id: string; code: string; description: string; details: string } }
  | { CallResultError: { id: string; code: string; description: string; details: string } };

/** Takes a frame apart. Throws `OcppError` if it is none. */
export function decodeFrame(version: Version, text: string): Frame;

/** Puts a frame together. */
export function encodeFrame(version: Version, frame: Frame): string;

/** A composite schedule. */
export interface CompositeSchedule {
  chargingRateUnit: "A" | "W";
  /** In seconds. */
  duration: number;
  periods: { startPeriod: number; limit: number; numberPhases?: number }[];
}

/** Answers a charging situation. Throws `OcppError`. */
export function schedule(situation: string | object): CompositeSchedule;

/** Which profile decides at an instant, and why the others do not: sentences. */
export function explain(situation: string | object, at?: string | Date): string;

/** Identifies a certificate (PEM) that `issuer` has signed, the same one for a root, as OCPP and OCSP do. */
export function certificateHashData(
  certificate: string,
  issuer: string,
  algorithm?: "SHA256" | "SHA384" | "SHA512",
): { hash_algorithm: string; issuer_name_hash: string; issuer_key_hash: string; serial_number: string };
