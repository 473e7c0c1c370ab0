// Stations, sessions and functions as values, without a socket.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as ocpp from "ocpp-core";

const CONFIG = { versions: ["1.6"], vendor: "Maker", model: "One", evse: [{}] };
const START = { monotonic: 0, utc: 1_715_774_400_000 };

test("a station registers and tells its state", () => {
  const station = new ocpp.Station(CONFIG, [], START);
  station.handle("Start", START);
  assert.ok([...station.outputs()].some((output) => output.Connect));
  station.handle({ Connected: { version: "1.6" } }, START);
  const [, id, action] = JSON.parse([...station.outputs()].find((output) => output.Transmit).Transmit);
  assert.equal(action, "BootNotification");
  const answer = [3, id, { status: "Accepted", currentTime: "2024-05-15T12:00:00Z", interval: 300 }];
  station.handle({ Received: JSON.stringify(answer) }, START);
  assert.equal(station.state.registration, "Accepted");
  assert.deepEqual(station.handle({ GetVariable: { key: "HeartbeatInterval" } }), { value: "300" });
  assert.equal([...station.outputs()].length > 0, true);
  assert.equal(typeof station.nextTimeout(), "number");
});

test("what cannot be understood has a pointer, and changes nothing", () => {
  const station = new ocpp.Station(CONFIG);
  const before = station.state;
  const wrong = [
    [{ Cable: { at: { evse: 1, connector: "one" }, state: "Connected" } }, "/Cable/at/connector"],
    [{ Cable: { at: { evse: 1, connector: 1, plug: 2 }, state: "Connected" } }, "/Cable/at/plug"],
  ];
  for (const [input, pointer] of wrong) {
    assert.throws(() => station.handle(input), (error) => error instanceof ocpp.OcppError && error.pointer === pointer);
  }
  for (const input of ["Begin", {}, [], 7, null, "\ud800", { Received: 5 }]) {
    assert.throws(() => station.handle(input), ocpp.OcppError);
  }
  assert.deepEqual(station.state, before);
  assert.throws(() => new ocpp.Station({ ...CONFIG, evse: [{ plug: 1 }] }), { pointer: "/evse/0/plug" });
  assert.throws(() => new ocpp.RemoteStation({ identity: "A", colour: 1 }), { pointer: "/colour" });
});

test("configurations in TOML, and texts of any language", () => {
  const station = new ocpp.Station('versions = ["1.6"]\nvendor = "Größe 充電"\nmodel = "One"\n[[evse]]\n');
  station.handle("Start");
  station.handle({ Connected: { version: "1.6" } });
  const sent = [...station.outputs()].find((output) => output.Transmit).Transmit;
  assert.equal(JSON.parse(sent)[3].chargePointVendor, "Größe 充電");
});

test("a fleet answers who may charge", () => {
  let fleet = new ocpp.Fleet();
  const csms = new ocpp.RemoteStation({ identity: "CP1" });
  fleet.handle({ PutToken: { idToken: "Card", token: { status: "Accepted" } } });
  fleet = new ocpp.Fleet({ concurrentTransactions: true }, [...fleet.outputs()].flatMap((output) => output.Store));
  assert.equal(fleet.state.tokens, 1);
  csms.handle({ Connected: { version: "1.6" } });
  for (const _ of csms.outputs()) assert.equal(fleet.serve(csms), false);
  for (const [token, status] of [["card", "Accepted"], ["other", "Invalid"]]) {
    csms.handle({ Received: JSON.stringify([2, token, "Authorize", { idTag: token }]) });
    const said = [];
    for (const output of csms.outputs()) if (!fleet.serve(csms)) said.push(JSON.parse(output.Transmit));
    assert.deepEqual(said, [[3, token, { idTagInfo: { status } }]]);
  }
  assert.throws(() => fleet.serve(fleet), { message: /no RemoteStation/ });
  assert.equal(fleet.state.tokens, 1);
});

test("two sessions talk", () => {
  const station = new ocpp.Session("2.0.1", "Station", { seed: 1 });
  const csms = new ocpp.Session("2.0.1", "Csms", { seed: 2 });
  station.handle("Connected");
  csms.handle("Connected");
  assert.deepEqual(station.handle({ Call: { action: "Heartbeat", payload: "{}" } }), { call: 0 });
  csms.handle({ Received: station.pollOutput().Transmit.text });
  assert.equal(csms.pollOutput().Call.action, "Heartbeat");
  assert.equal(csms.pollOutput(), null);
});

test("payloads and frames", () => {
  assert.deepEqual(ocpp.decode("1.6", "AuthorizeRequest", { idTag: 7 }, { lenient: true }), { idTag: "7" });
  const { deviations } = ocpp.decodeWithDeviations("1.6", "AuthorizeRequest", { idTag: 7 });
  assert.equal(deviations[0].became, '"7"');
  assert.throws(
    () => ocpp.encode("1.6", "AuthorizeRequest", { idTag: 7 }),
    ({ code, problems }) => code === "TypeConstraintViolation" && problems[0].pointer === "/idTag",
  );
  const frame = '[2,"1","Heartbeat",{}]';
  assert.equal(ocpp.encodeFrame("1.6", ocpp.decodeFrame("1.6", frame)), frame);
  assert.throws(() => ocpp.decodeFrame("1.6", "[2"), ocpp.OcppError);
});

test("logs are judged", () => {
  const log = '[2,"1","Heartbeat",{}]\n[2,"2","Heartbeat",{"more":1}]\n';
  const [right, wrong] = ocpp.validate(log, { version: "1.6" });
  assert.ok(right.ok && !wrong.ok);
  assert.equal(wrong.errors[0].pointer, "/more");
  assert.match(ocpp.report(log, { version: "1.6" }), /\/more/);
  assert.throws(() => ocpp.validate(log, { version: "1.5" }), ocpp.OcppError);
});

test("composite schedules", () => {
  const chargingSchedule = {
    chargingRateUnit: "A",
    chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }],
    startSchedule: "2024-05-15T00:00:00Z",
  };
  const profile = {
    chargingProfileId: 1,
    stackLevel: 0,
    chargingProfilePurpose: "ChargePointMaxProfile",
    chargingProfileKind: "Absolute",
    chargingSchedule,
  };
  const situation = {
    version: "1.6",
    profiles: [{ connectorId: 0, profile }],
    request: { connectorId: 1, startTime: "2024-05-15T12:00:00Z", duration: 60 },
    config: { defaultLimitA: 32 },
  };
  assert.deepEqual(ocpp.schedule(situation).periods, [{ startPeriod: 0, limit: 10, numberPhases: 3 }]);
  assert.match(ocpp.explain(situation), /Profile 1 \(ChargePointMaxProfile/);
});

test("an object that was freed says so, and its place is another's", () => {
  const one = new ocpp.Station(CONFIG);
  one.free();
  one.free();
  assert.throws(() => one.state, /has been freed/);
  const other = new ocpp.Session("1.6", "Csms");
  assert.throws(() => one.handle("Start"), /has been freed/);
  assert.equal(other.state.connected, false);
});

test("nothing leaks over many objects", async () => {
  const round = () => {
    const station = new ocpp.Station(CONFIG);
    station.handle("Start");
    for (const _ of station.outputs());
    station.free();
  };
  for (let i = 0; i < 200; i++) round();
  const before = (await import("ocpp-core/memory")).size();
  for (let i = 0; i < 2000; i++) round();
  assert.equal((await import("ocpp-core/memory")).size(), before);
});
