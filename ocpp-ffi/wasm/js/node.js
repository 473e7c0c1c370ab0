// In Node: the module lies beside this file.

import { readFileSync } from "node:fs";
import { attach } from "./module.js";

const bytes = readFileSync(new URL("./ocpp.wasm", import.meta.url));
attach(new WebAssembly.Instance(new WebAssembly.Module(bytes)));

export * from "./core.js";
