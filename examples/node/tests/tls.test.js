// A station and TLS: roots, names with wildcards, and what the CSMS is told of what was refused. Certificates are made by the program openssl.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { WebSocketServer } from "ws";
import { Charger } from "ocpp-core/ws";

const HOST = "a.csms.example";
const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

const folder = mkdtempSync(join(tmpdir(), "ocpp-tls-"));
process.on("exit", () => rmSync(folder, { recursive: true }));
const openssl = (...words) => execFileSync("openssl", words, { cwd: folder, stdio: "pipe" });
const read = (file) => readFileSync(join(folder, file), "utf8");

/** A root, and what it signs. */
function authority(name) {
  openssl("req", "-x509", ...KEY, "-days", "2", "-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.pem`);
  let number = 0;
  return {
    pem: read(`${name}.pem`),
    /** Certificate and key of a server with this subjectAltName. */
    server(names) {
      const file = `${name}-${++number}`;
      writeFileSync(join(folder, `${file}.ext`), `subjectAltName=${names}\n`);
      openssl("req", "-new", ...KEY, "-subj", "/CN=csms", "-keyout", `${file}.key`, "-out", `${file}.csr`);
      const signed = ["-CA", `${name}.pem`, "-CAkey", `${name}.key`, "-days", "1", "-extfile", `${file}.ext`];
      openssl("x509", "-req", "-in", `${file}.csr`, ...signed, "-out", `${file}.pem`);
      return { cert: read(`${file}.pem`), key: read(`${file}.key`) };
    },
  };
}

/** A CSMS that accepts every station, and remembers what it said. */
async function listen(t, certificate, port = 0) {
  const csms = { heard: [], passwords: [] };
  const server = createServer(certificate);
  // Who is refused breaks the handshake off.
  server.on("tlsClientError", () => {});
  const sockets = new WebSocketServer({ server, handleProtocols: () => "ocpp1.6" });
  sockets.on("connection", (socket, request) => {
    csms.passwords.push(request.headers.authorization);
    socket.on("message", (text) => {
      const [kind, id, action, payload] = JSON.parse(text);
      if (kind !== 2) return;
      csms.heard.push([action, payload]);
      const accepted = { status: "Accepted", currentTime: new Date().toISOString(), interval: 300 };
      socket.send(JSON.stringify([3, id, action === "BootNotification" ? accepted : {}]));
    });
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  t.after(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
  });
  csms.port = server.address().port;
  /** Shows another certificate from now on. */
  csms.show = (other) => server.setSecureContext(other);
  csms.events = () => csms.heard.filter(([action]) => action === "SecurityEventNotification").map(([, { type }]) => type);
  return csms;
}

function charger(t, port, { ca, provisioned, wildcards = false, keyOf } = {}) {
  const defaults = { SecurityProfile: "2", AuthorizationKey: "31".repeat(16), AllowCSMSTLSWildcards: `${wildcards}` };
  const back_off = { wait_minimum: 1, repeat_times: 0, random_range: 0 };
  const features = { security: true };
  const config = { versions: ["1.6"], vendor: "Maker", model: "One", evse: [{}], features, back_off, defaults };
  // Every name is this machine.
  const lookup = (_, options, done) =>
    options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);
  const one = new Charger(`wss://${HOST}:${port}`, "CP1", config, { tls: { ca, lookup }, keyOf });
  if (provisioned) one.station.handle({ Provision: { roots: provisioned } });
  t.after(() => one.stop());
  return one.start();
}

const registered = ({ registration, queued }) => registration === "Accepted" && queued === 0;

/** The first connection fails with this error. */
const refused = (one) => new Promise((resolve) => one.once("noConnection", resolve));

const root = authority("root");

for (const [what, names] of Object.entries({
  "a name with a wildcard": "DNS:*.csms.example",
  "a certificate for somebody else": "DNS:b.csms.example",
})) {
  test(`${what} is refused, and told of`, async (t) => {
    const csms = await listen(t, root.server(names));
    const one = charger(t, csms.port, { ca: root.pem });
    assert.equal((await refused(one)).code, "ERR_TLS_CERT_ALTNAME_INVALID");
    assert.deepEqual(csms.passwords, [], "who is refused gets no password");
    csms.show(root.server(`DNS:other.example,DNS:${HOST.toUpperCase()}`));
    await one.until(registered);
    assert.ok(csms.events().includes("InvalidCentralSystemCertificate"));
    assert.match(csms.passwords[0], /^Basic /);
  });
}

test("a name with a wildcard counts where the station permits it", async (t) => {
  const csms = await listen(t, root.server("DNS:*.csms.example"));
  await charger(t, csms.port, { ca: root.pem, wildcards: true }).until(registered);
  assert.ok(!csms.events().includes("InvalidCentralSystemCertificate"));
});

test("roots are tried one after the other", async (t) => {
  const [first, second, stranger] = ["first", "second", "stranger"].map(authority);
  const csms = await listen(t, stranger.server(`DNS:${HOST}`));
  const one = charger(t, csms.port, { provisioned: [first.pem, second.pem] });
  await refused(one);
  csms.show(second.server(`DNS:${HOST}`));
  await one.until(registered);
  assert.ok(csms.events().includes("InvalidCentralSystemCertificate"));
});

test("a CSMS with an old version of TLS is told of", async (t) => {
  const certificate = root.server(`DNS:${HOST}`);
  const old = createServer({ ...certificate, minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" });
  old.on("tlsClientError", () => {});
  await new Promise((resolve) => old.listen(0, "127.0.0.1", resolve));
  const { port } = old.address();
  const one = charger(t, port, { ca: root.pem });
  await refused(one);
  await new Promise((resolve) => old.close(resolve));
  const csms = await listen(t, certificate, port);
  await one.until(registered);
  assert.ok(csms.events().includes("InvalidTLSVersion"), csms.events().join());
});

test("a password that is refused is told of", async (t) => {
  const server = createServer(root.server(`DNS:${HOST}`), (_, response) => response.writeHead(401).end());
  server.on("upgrade", (_, socket) => socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const one = charger(t, server.address().port, { ca: root.pem });
  assert.match((await refused(one)).message, /401/);
  await one.until(({ queued }) => queued > 0);
});
