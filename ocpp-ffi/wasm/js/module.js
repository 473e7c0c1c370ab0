// The border to the WebAssembly module: texts and numbers. `src/lib.rs` is its other side.

/** Something that was handed over cannot be used. Nothing has changed then. */
export class OcppError extends Error {
  name = "OcppError";
  /** Where: a JSON pointer into what was handed over, or undefined. */
  pointer;
  constructor(message, pointer) {
    super(pointer ? `${pointer}: ${message}` : message);
    this.pointer = pointer ?? undefined;
  }
}

const NOTHING = 0;
const WRONG = 2;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
let wasm;

/** Takes the instance that everything stands on. */
export function attach(instance) {
  wasm = instance.exports;
}

function push(slot, text) {
  const bytes = encoder.encode(text);
  const at = wasm.argument(slot, bytes.length);
  new Uint8Array(wasm.memory.buffer, at, bytes.length).set(bytes);
}

function result() {
  const at = wasm.result_pointer();
  return decoder.decode(new Uint8Array(wasm.memory.buffer, at, wasm.result_length()));
}

function failure() {
  const { message, pointer } = JSON.parse(result());
  return new OcppError(message, pointer);
}

/** Calls a function of the module with texts; gives the text that came of it, or null. */
export function call(name, texts, ...numbers) {
  texts.forEach((text, slot) => push(slot, text));
  const status = wasm[name](...numbers);
  if (status === WRONG) throw failure();
  return status === NOTHING ? null : result();
}

/** Makes an object, and gives its number. */
export function make(kind, texts, monotonic, utc) {
  texts.forEach((text, slot) => push(slot, text));
  const number = wasm.make(kind, monotonic, utc);
  if (number < 0) throw failure();
  return number;
}

/** When an object wants to be woken, in monotonic milliseconds, or null. */
export function nextTimeout(number) {
  const at = wasm.next_timeout(number);
  return Number.isNaN(at) ? null : at;
}

/** The end of an object. */
export function free(number) {
  wasm.free(number);
}

/** How many bytes of memory the module has. */
export function size() {
  return wasm.memory.buffer.byteLength;
}
