// Wherever the module comes from: hand its bytes over, and use the rest when `load` is done.

import { attach } from "./module.js";

export async function load(bytes) {
  const { instance } = await WebAssembly.instantiate(bytes);
  attach(instance);
}

export * from "./core.js";
