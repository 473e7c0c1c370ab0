// Puts everything into one page that opens from a disk too: node build.js [FILE]

import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";

const read = (name) => readFileSync(new URL(name, import.meta.url), "utf8");
const { outputFiles } = await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ["src/main.js"],
  bundle: true,
  format: "esm",
  minify: true,
  loader: { ".log": "text" },
  charset: "utf8",
  write: false,
});
const module = readFileSync(createRequire(import.meta.url).resolve("ocpp-core/ocpp.wasm"));
const parts = {
  style: read("style.css"),
  module: gzipSync(module, { level: 9 }).toString("base64"),
  // What ends a script in HTML must not stand in one.
  script: outputFiles[0].text.replaceAll("</script", "<\\/script"),
};
const page = read("index.html").replace(/\/\* (style|module|script) \*\//g, (_, name) => parts[name]);
const file = process.argv[2] ?? new URL("playground.html", import.meta.url);
writeFileSync(file, page);
console.log(`${page.length} bytes`);
