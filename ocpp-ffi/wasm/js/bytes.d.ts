/** Takes the bytes of `ocpp.wasm`. Use nothing else of this module before that. */
export function load(bytes: BufferSource): Promise<void>;

export * from "./index.js";
