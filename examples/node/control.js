// A simulated 1.6 station with the control interface of `ocpp station`, so that the test lab can examine what stands on this package:
//
//     node control.js 9017 ws://127.0.0.1:9016 &
//     ocpp conformance run --preset chaevi --short-intervals --wire http://127.0.0.1:9017 TC_001_CS
//
// docs/interfaces.md describes the interface. Of it there is what the Core cases of 1.6 need.

import { createServer } from "node:http";
import { Charger } from "ocpp-core/ws";

const [controlPort = "9017", url = "ws://127.0.0.1:9016"] = process.argv.slice(2);
const POWER = 11_000;
const EV = { ready: "Ready", suspended: "Suspended", stopped: "Stopped" };

// As the preset `chaevi` of the lab.
const evse = { connectors: [{ cable: "fixed", kind: "cCCS1" }] };
const config = {
  versions: ["1.6"],
  vendor: "Vendor",
  model: "Model",
  serial_number: "CP-0815",
  firmware_version: "1.0.0",
  evse: [evse, evse],
  back_off: { wait_minimum: 1, repeat_times: 0, random_range: 0 },
  file_transfer: [],
  features: {
    firmware: false,
    max_energy_on_invalid_id: false,
    minimum_status_duration: false,
    resume_after_ev_disconnect: false,
    limits_in_amperes: false,
    download_while_charging: false,
  },
  limits: {
    get_configuration_keys: 5,
    local_list: 5,
    send_local_list: 5,
    stack_level: 3,
    schedule_periods: 86400,
    charging_profiles: 10,
    aligned_measurands: 200,
    sampled_measurands: 200,
    stop_aligned_measurands: 200,
    stop_sampled_measurands: 200,
    transaction_data: 2147483647,
    sample_interval: { min: 0, max: 300 },
    heartbeat_interval: { min: 1, max: 18000 },
  },
  defaults: { MeterValuesSampledData: "Energy.Active.Import.Register", WebSocketPingInterval: "5" },
};

/** What goes on when the station restarts: records, and a meter, a contactor and a car for each EVSE. */
const records = new Map();
const places = config.evse.map(() => ({ energy: 0, closed: false, plugged: false, ev: "Ready", since: performance.now() }));
const place = (evse) => places[evse - 1];
const connector = (evse) => ({ evse, connector: 1 });

/** The energy register of an EVSE in Wh. */
function register(place) {
  const now = performance.now();
  if (place.closed && place.plugged && place.ev === "Ready") place.energy += (POWER * (now - place.since)) / 3_600_000;
  place.since = now;
  return Math.round(place.energy);
}

let charger;
let waiting = [];

function carryOut(output) {
  const [kind, what] = Object.entries(output)[0];
  switch (kind) {
    case "Contactor":
      register(place(what.at.evse));
      place(what.at.evse).closed = what.closed;
      return;
    case "ReadMeter": {
      const values = [{ measurand: "Energy.Active.Import.Register", unit: "Wh", value: register(place(what)) }];
      return { Meter: { evse: what, reading: { values } } };
    }
    case "TokenDecided":
      for (const one of waiting.splice(0)) one(what.status);
  }
}

function tellCar(evse) {
  const { plugged, ev } = place(evse);
  if (plugged) charger.tell({ Ev: { at: connector(evse), state: ev } });
  charger.tell({ Cable: { at: connector(evse), state: plugged ? "Connected" : "Unplugged" } });
}

function powerOn() {
  for (const one of places) one.closed = false;
  charger = new Charger(url, "CP-0815", config, { hardware: carryOut, records });
  charger.on("reboot", powerOn);
  charger.on("noConnection", (error) => console.log(error.message));
  charger.start();
  places.forEach((_, index) => tellCar(index + 1));
}

const ORDERS = {
  "GET health": () => ({ status: "up" }),
  "GET state": () => charger.state,
  "POST start": () => void (charger ?? powerOn()),
  "POST plug": ({ evse, ev = "ready" }) => {
    Object.assign(place(evse), { plugged: true, ev: EV[ev] });
    tellCar(evse);
  },
  "POST unplug": ({ evse }) => {
    register(place(evse));
    Object.assign(place(evse), { plugged: false, ev: "Ready" });
    tellCar(evse);
  },
  "POST ev": ({ evse, state }) => {
    register(place(evse));
    place(evse).ev = EV[state];
    charger.tell({ Ev: { at: connector(evse), state: EV[state] } });
  },
  "POST token": async ({ idToken, evse = null }) => {
    const decided = new Promise((resolve) => waiting.push(resolve));
    charger.present(idToken, evse);
    return { status: await decided };
  },
  "POST fault": ({ evse, errorCode }) => {
    const fault = errorCode === "NoError" ? null : { code: errorCode };
    charger.tell({ Fault: { at: evse ? connector(evse) : null, fault } });
  },
  "POST power": async ({ stopTransactions }) => {
    // Before it was started there is nothing to cut.
    if (!charger) return;
    const cut = charger.stop.bind(charger);
    if (!stopTransactions) return cut().then(powerOn);
    // Whoever asks may be the one whom the station has to tell of it: the answer does not wait.
    charger.tell({ PowerFailing: { time_to_report: true } });
    const told = charger.until((state) => state.queued === 0 && state.connectors.every((one) => !one.transaction));
    told.then(cut).then(powerOn);
  },
};

createServer(async (request, response) => {
  const say = (status, body = {}) => response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  try {
    let text = "";
    for await (const part of request) text += part;
    const body = text ? JSON.parse(text) : {};
    const [, key] = /^\/v1\/config\/(.+)$/.exec(request.url) ?? [];
    if (key && request.method === "PUT") {
      charger.station.handle({ SetVariable: { key, value: body.value } });
      charger.tell("TimePassed");
      return say(200);
    }
    const order = ORDERS[`${request.method} ${request.url.replace("/v1/", "")}`];
    if (!order) return say(404, { error: "there is no such thing here" });
    say(200, (await order(body)) ?? {});
  } catch (error) {
    say(400, { error: error.message });
  }
}).listen(Number(controlPort), "127.0.0.1", () => console.log("control interface on port", controlPort));
