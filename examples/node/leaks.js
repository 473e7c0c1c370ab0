// Nothing stays of stations, CSMS sides and sessions that nobody holds any more: node --expose-gc leaks.js [SESSIONS]
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";

import { OcppError, RemoteStation, Session, Station, decode } from "ocpp-core";

const config = { versions: ["1.6"], vendor: "Maker", model: "One", evse: [{}] };
const boot = { chargePointVendor: "Maker", chargePointModel: "One" };

function session(number) {
  const station = new Station(config);
  const remote = new RemoteStation({ identity: `CP${number}` });
  const link = new Session("1.6", "Csms");
  station.handle("Start");
  station.handle({ Connected: { version: "1.6" } });
  station.handle({ Cable: { at: { evse: 1, connector: 1 }, state: "Connected" } });
  assert.ok([...station.outputs()].length > 0);
  assert.throws(() => remote.handle({ Command: 1 }), OcppError);
  link.handle("Connected");
  link.handle({ Received: JSON.stringify([2, "1", "BootNotification", boot]) });
  assert.ok([...link.outputs()].length > 0);
  assert.ok(decode("1.6", "BootNotificationRequest", boot));
  // Every second one is freed at once, the others when nobody holds them any more.
  if (number % 2) for (const one of [station, remote, link]) one.free();
}

async function memory() {
  for (let round = 0; round < 5; round++) {
    globalThis.gc();
    await setImmediate();
  }
  const { heapUsed, arrayBuffers, external } = process.memoryUsage();
  return { heapUsed, outside: arrayBuffers + external };
}

const sessions = Number(process.argv[2] ?? 10_000);
const some = async (from, to) => {
  for (let number = from; number < to; number++) {
    session(number);
    if (number % 100 === 0) await memory();
  }
};
await some(0, sessions / 10);
const before = await memory();
await some(sessions / 10, sessions);
const after = await memory();
console.log(`${sessions} sessions: heap ${before.heapUsed} to ${after.heapUsed} bytes, outside of it ${before.outside} to ${after.outside}`);
assert.ok(after.heapUsed - before.heapUsed < sessions * 8 + 2 ** 19, "objects stay");
// A module never gives memory back; it takes more only when something stays.
assert.ok(after.outside - before.outside < sessions * 64, "memory of the module stays");
