// The package as a page imports it, from a server.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { test } from "node:test";
import { chromium } from "playwright-core";

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };

test("a page imports the package (1.6, 2.0.1)", async (t) => {
  const folder = dirname(createRequire(import.meta.url).resolve("ocpp-core/ocpp.wasm"));
  const server = createServer(async (request, response) => {
    if (request.url === "/") return response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><title>page</title>");
    try {
      const content = await readFile(join(folder, request.url));
      response.writeHead(200, { "Content-Type": TYPES[extname(request.url)] ?? "text/plain" }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const browser = await chromium.launch({ executablePath: process.env.OCPP_BROWSER ?? "/usr/bin/chromium", args: FLAGS });
  t.after(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const found = await page.evaluate(async () => {
    const ocpp = await import("/browser.js");
    const [wrong] = ocpp.validate('[2,"2","Heartbeat",{"more":1}]', { version: "1.6" });
    const station = new ocpp.Station({ versions: ["2.0.1"], vendor: "Maker", model: "One", evse: [{}] });
    station.handle("Start");
    return { pointer: wrong.errors[0].pointer, outputs: [...station.outputs()].length > 0 };
  });
  assert.deepEqual(found, { pointer: "/more", outputs: true });
});
