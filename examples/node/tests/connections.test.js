// Stations and management systems over real connections: each with the other, and with the package ocpp-rpc in both roles.

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import rpc from "ocpp-rpc";
import { WebSocket } from "ws";
import { Charger, CommandFailed, Csms } from "ocpp-core/ws";

const config = (version) => ({ versions: [version], vendor: "Maker", model: "One", evse: [{ max_current: 16 }] });
const registered = (state) => state.registration === "Accepted";
const charging = (state) => state.connectors[0].transaction_id;
const idle = (state) => !state.connectors[0].transaction && state.queued === 0;

/** Hardware whose meter counts 1000 Wh more each time it is read. */
function meter() {
  let energy = 0;
  return (output) => {
    if (output.ReadMeter === undefined) return;
    energy += 1000;
    const values = [{ measurand: "Energy.Active.Import.Register", unit: "Wh", value: energy }];
    return { Meter: { evse: output.ReadMeter, reading: { values } } };
  };
}

/** Waits for an event of a station at the CSMS. */
function happens(csms, name) {
  return new Promise((resolve) => {
    csms.on("event", function hear(station, event, what) {
      if (event !== name) return;
      csms.off("event", hear);
      resolve({ station, what });
    });
  });
}

async function open(t, options) {
  const csms = new Csms({ authorize: () => "Accepted", ...options });
  const port = await csms.listen();
  t.after(() => csms.close());
  return { csms, url: `ws://127.0.0.1:${port}` };
}

function charger(t, url, identity, version, options) {
  const one = new Charger(url, identity, config(version), { hardware: meter(), ...options });
  t.after(() => one.stop());
  return one.start();
}

for (const version of ["1.6", "2.0.1"]) {
  test(`a car is charged and billed: ${version}`, async (t) => {
    const { csms, url } = await open(t);
    const began = happens(csms, "TransactionBegan");
    const ended = happens(csms, "TransactionEnded");
    const station = charger(t, url, "CP 1/ä", version);
    await station.until(registered);
    station.plug();
    station.present("04A2B3");
    const { station: remote, what } = await began;
    assert.equal(remote.identity, "CP 1/ä");
    await station.until(charging);
    const outcome = await remote.operate({ Stop: what.reference });
    assert.equal(outcome.Accepted.status, "Accepted");
    station.unplug();
    const { what: bill } = await ended;
    assert.ok(bill.energyWh >= 1000, JSON.stringify(bill));
    assert.equal(bill.idToken.idToken, "04A2B3");
    await station.until(idle);
    assert.deepEqual(remote.bill(what.reference).warnings, []);
  });
}

test("commands: operations, raw calls, refusals", async (t) => {
  const { csms, url } = await open(t);
  const station = charger(t, url, "CP1", "1.6");
  await station.until(registered);
  const remote = csms.station("CP1");
  const response = await remote.call("GetConfiguration", { key: ["HeartbeatInterval"] });
  assert.equal(response.configurationKey[0].value, "300");
  await assert.rejects(remote.call("Reset", { type: "Soon" }), ({ failure }) => failure.Invalid.pointer === "/type");
  await assert.rejects(remote.operate({ Stop: 99 }), CommandFailed);
  await assert.rejects(csms.station("nobody").operate("ClearCache"), /NotConnected/);
});

test("a station goes on after a power cut", async (t) => {
  const { csms, url } = await open(t);
  const records = new Map();
  const began = happens(csms, "TransactionBegan");
  const one = new Charger(url, "CP1", config("1.6"), { hardware: meter(), records }).start();
  await one.until(registered);
  one.plug();
  one.present("card");
  await began;
  await one.until(charging);
  one.stop();
  const ended = happens(csms, "TransactionEnded");
  const two = charger(t, url, "CP1", "1.6", { records });
  const { what: bill } = await ended;
  assert.equal(bill.stopReason, "PowerLoss");
  await two.until(idle);
});

test("a station that is told to restart answers before it goes", async (t) => {
  const { csms, url } = await open(t);
  for (let n = 0; n < 5; n++) {
    const station = charger(t, url, "CP1", "1.6");
    await station.until(registered);
    const rebooted = once(station, "reboot");
    const outcome = await csms.station("CP1").operate({ Reset: { immediately: true } });
    assert.equal(outcome.Accepted.status, "Accepted");
    assert.deepEqual((await rebooted)[0], { hard: true });
  }
});

test("a CSMS goes on after a restart", async (t) => {
  const all = new Map();
  const records = (identity) => all.get(identity) ?? all.set(identity, new Map()).get(identity);
  const first = await open(t, { records });
  const station = charger(t, first.url, "CP1", "1.6");
  const began = happens(first.csms, "TransactionBegan");
  await station.until(registered);
  station.plug();
  station.present("card");
  const { what } = await began;
  await first.csms.close();
  const second = await open(t, { records });
  assert.equal(second.csms.station("CP1").bill(what.reference).idToken.idToken, "card");
  assert.deepEqual(second.csms.station("CP1").state.open, [what.reference]);
});

test("records that cannot be stored: the station is told, and sends again", async (t) => {
  let full = true;
  const kept = new Map();
  kept.change = async (changes) => {
    if (full) throw new Error("the disk is full");
    for (const { key, record } of changes) kept.set(key, record);
  };
  const { csms, url } = await open(t, { records: () => kept });
  csms.on("problem", () => {});
  const refused = happens(csms, "NotStored");
  const socket = new WebSocket(`${url}/CP1`, "ocpp1.6");
  await once(socket, "open");
  const boot = (id) => JSON.stringify([2, id, "BootNotification", { chargePointVendor: "A", chargePointModel: "B" }]);
  socket.send(boot("1"));
  const [error] = await once(socket, "message");
  assert.equal(JSON.parse(error)[0], 4);
  await refused;
  full = false;
  socket.send(boot("2"));
  const [answer] = await once(socket, "message");
  assert.equal(JSON.parse(answer)[2].status, "Accepted");
  assert.ok(kept.has("station"));
  socket.close();
});

test("the CSMS's side against what is no OCPP", async (t) => {
  const { csms, url } = await open(t);
  const problems = [];
  csms.on("problem", (error) => problems.push(error));
  const socket = new WebSocket(`${url}/CP1`, "ocpp1.6");
  await once(socket, "open");
  for (const text of ["", "{}", "[2", '[2,"1"]', "[9,1,2,3]", "\u0000", "[".repeat(10_000), '[3,"7",{}]']) socket.send(text);
  socket.send(Buffer.from([0, 255]));
  const answered = new Promise((resolve) => {
    socket.on("message", (data) => JSON.parse(data)[1] === "9" && resolve(JSON.parse(data)));
  });
  socket.send('[2,"9","Heartbeat",{}]');
  assert.ok((await answered)[2].currentTime, "the connection still serves");
  socket.close();
  // Nobody comes in without a name or a version.
  for (const [path, protocol] of [["/", "ocpp1.6"], ["/%E0%A4%A", "ocpp1.6"], ["/CP1", "ocpp0.9"]]) {
    const stranger = new WebSocket(url + path, protocol);
    await once(stranger, "error");
  }
  assert.deepEqual(problems, []);
});

test("a station with a password must show it", async (t) => {
  const { csms, url } = await open(t);
  await csms.station("CP1").command({ Password: "a-long-secret-word" });
  const basic = (word) => ({ headers: { Authorization: `Basic ${Buffer.from(`CP1:${word}`).toString("base64")}` } });
  for (const options of [{}, basic("another"), { headers: { Authorization: "Basic !" } }]) {
    const [error] = await once(new WebSocket(`${url}/CP1`, "ocpp1.6", options), "error");
    assert.match(error.message, /401/);
  }
  const socket = new WebSocket(`${url}/CP1`, "ocpp1.6", basic("a-long-secret-word"));
  await once(socket, "open");
  socket.close();
});

test("our station at a CSMS of ocpp-rpc", async (t) => {
  const calls = [];
  const server = new rpc.RPCServer({ protocols: ["ocpp1.6"], strictMode: true });
  server.auth((accept) => accept());
  const client = once(server, "client");
  server.on("client", (peer) =>
    peer.handle(({ method, params }) => {
      calls.push([method, params]);
      const now = new Date().toISOString();
      const answers = {
        BootNotification: { status: "Accepted", currentTime: now, interval: 300 },
        Heartbeat: { currentTime: now },
        Authorize: { idTagInfo: { status: "Accepted" } },
        StartTransaction: { idTagInfo: { status: "Accepted" }, transactionId: 42 },
      };
      return answers[method] ?? {};
    }),
  );
  const http = await server.listen(0, "127.0.0.1");
  t.after(() => server.close({ force: true }));
  const station = charger(t, `ws://127.0.0.1:${http.address().port}`, "CP1", "1.6");
  await station.until(registered);
  const [peer] = await client;
  const unlocked = await peer.call("UnlockConnector", { connectorId: 1 });
  assert.ok(["Unlocked", "NotSupported", "UnlockFailed"].includes(unlocked.status));
  station.plug();
  station.present("card");
  await station.until((state) => charging(state) === "42");
  assert.deepEqual(await peer.call("RemoteStopTransaction", { transactionId: 42 }), { status: "Accepted" });
  station.unplug();
  await station.until(idle);
  const [, stop] = calls.find(([method]) => method === "StopTransaction");
  assert.equal(stop.reason, "Remote");
});

test("a station of ocpp-rpc at our CSMS", async (t) => {
  const { csms, url } = await open(t, { authorize: ({ idToken }) => (idToken === "friend" ? "Accepted" : "Invalid") });
  const client = new rpc.RPCClient({ endpoint: url, identity: "CP7", protocols: ["ocpp1.6"], strictMode: true });
  client.handle("RemoteStopTransaction", () => ({ status: "Accepted" }));
  t.after(() => client.close());
  await client.connect();
  const booted = await client.call("BootNotification", { chargePointVendor: "Other", chargePointModel: "Two" });
  assert.equal(booted.status, "Accepted");
  const { idTagInfo } = await client.call("Authorize", { idTag: "stranger" });
  assert.equal(idTagInfo.status, "Invalid");
  const begin = { connectorId: 1, idTag: "friend", meterStart: 100, timestamp: new Date().toISOString() };
  const { transactionId } = await client.call("StartTransaction", begin);
  await csms.station("CP7").operate({ Stop: transactionId });
  const ended = happens(csms, "TransactionEnded");
  await client.call("StopTransaction", { transactionId, meterStop: 2600, timestamp: new Date().toISOString() });
  assert.equal((await ended).what.energyWh, 2500);
});
