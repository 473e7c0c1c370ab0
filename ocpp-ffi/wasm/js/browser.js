// In a browser or a worker: the module is fetched from beside this file.

import { attach } from "./module.js";

const address = new URL("./ocpp.wasm", import.meta.url);
const { instance } = await WebAssembly.instantiateStreaming(fetch(address));
attach(instance);

export * from "./core.js";
