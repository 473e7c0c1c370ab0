// Stations, sessions and functions. index.d.ts describes them.

import { OcppError, call, free, make, nextTimeout } from "./module.js";

export { OcppError };

const STATION = 0;
const SESSION = 1;
const REMOTE_STATION = 2;
const FLEET = 3;

const text = (value) => (typeof value === "string" ? value : JSON.stringify(value));
const clock = (time) => [
  Math.max(0, time?.monotonic ?? performance.now()),
  time?.utc === null ? NaN : Number(time?.utc ?? Date.now()),
];
// A module has no randomness of its own.
const seeded = (config) => ({ seed: Math.floor(Math.random() * 2 ** 53), ...config });
// Objects that nobody holds any more give their memory back.
const forgotten = new FinalizationRegistry(free);

class Value {
  #number;

  constructor(kind, texts, time) {
    this.#number = make(kind, texts, ...clock(time));
    forgotten.register(this, this.#number, this);
  }

  handle(input, time) {
    return JSON.parse(call("handle", [JSON.stringify(input)], this.#held(), ...clock(time)));
  }

  pollOutput() {
    const output = call("poll_output", [], this.#held());
    return output === null ? null : JSON.parse(output);
  }

  *outputs() {
    for (let output; (output = this.pollOutput()) !== null; ) yield output;
  }

  nextTimeout() {
    return nextTimeout(this.#held());
  }

  get state() {
    return JSON.parse(call("state", [], this.#held()));
  }

  free() {
    if (this.#number === null) return;
    forgotten.unregister(this);
    free(this.#number);
    this.#number = null;
  }

  static serve(fleet, remote, time) {
    return JSON.parse(call("serve", [], fleet.#held(), remote.#held(), ...clock(time))).answered;
  }

  #held() {
    if (this.#number === null) throw new OcppError("this object has been freed");
    return this.#number;
  }
}

export class Station extends Value {
  constructor(config, records = [], time) {
    const all = typeof config === "string" ? config : seeded(config);
    super(STATION, [text(all), JSON.stringify([...records])], time);
  }
}

export class RemoteStation extends Value {
  constructor(config, records = []) {
    super(REMOTE_STATION, [JSON.stringify(seeded(config)), JSON.stringify([...records])]);
  }
}

export class Fleet extends Value {
  constructor(config = {}, records = []) {
    super(FLEET, [JSON.stringify(config), JSON.stringify([...records])]);
  }

  serve(remote, time) {
    return Value.serve(this, remote, time);
  }
}

export class Session extends Value {
  constructor(version, role, config = {}) {
    super(SESSION, [JSON.stringify({ version, role, ...config })]);
  }
}

/** A payload does not match its schema. */
export class WrongPayload extends Error {
  name = "WrongPayload";
  constructor(code, problems) {
    const [first] = problems;
    super(`${code}: ${first?.pointer}: ${first?.expected} is wanted`);
    this.code = code;
    this.problems = problems;
  }
}

export function validate(log, { version = "", lenient = false } = {}) {
  const lines = call("validate", [log, version], Number(lenient), 1);
  return lines.split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

export function report(log, { version = "", lenient = false } = {}) {
  return call("validate", [log, version], Number(lenient), 0);
}

export function decode(version, message, payload, { lenient = false } = {}) {
  return decodeWithDeviations(version, message, payload, { lenient }).payload;
}

export function decodeWithDeviations(version, message, payload, { lenient = true } = {}) {
  const decoded = JSON.parse(call("decode", [version, message, text(payload)], Number(lenient)));
  if (decoded.Wrong) throw new WrongPayload(decoded.Wrong.code, decoded.Wrong.problems);
  const { payload: right, deviations } = decoded.Right;
  return { payload: right === null ? null : JSON.parse(right), deviations };
}

export function encode(version, message, payload) {
  decode(version, message, payload);
  return text(payload);
}

export function decodeFrame(version, frame) {
  return JSON.parse(call("decode_frame", [version, frame]));
}

export function encodeFrame(version, message) {
  return call("encode_frame", [version, JSON.stringify(message)]);
}

export function schedule(situation) {
  return JSON.parse(call("schedule", [text(situation)]));
}

export function explain(situation, at = "") {
  return call("explain", [text(situation), at instanceof Date ? at.toISOString() : at]);
}

export function certificateHashData(certificate, issuer, algorithm = "SHA256") {
  return JSON.parse(call("certificate_hash_data", [certificate, issuer, algorithm]));
}
