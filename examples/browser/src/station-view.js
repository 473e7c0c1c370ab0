// The simulated station with its management system: buttons, state, and the messages between them.

import { CARD, Simulation, limitText } from "./simulation.js";
import { Reader } from "./meaning.js";

/** How many messages are shown. */
const MOST = 400;

export function stationView(root, { check }) {
  const get = (id) => root.querySelector(`#${id}`);
  const list = get("traffic");
  let simulation;
  let reader;
  let frames = [];

  const clock = (date) => date.toISOString().slice(11, 19);

  function add(item, className) {
    item.className = className;
    const follow = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
    list.append(item);
    while (list.childElementCount > MOST) list.firstElementChild.remove();
    if (follow) list.scrollTop = list.scrollHeight;
    get("message-count").textContent = `${frames.length} ${frames.length === 1 ? "message" : "messages"}`;
  }

  function part(tag, className, text) {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
  }

  const tell = {
    frame({ from, text, date }) {
      const { kind, action, words } = reader.read(text);
      frames.push(text);
      const item = document.createElement("li");
      const button = part("button", "message", "");
      button.type = "button";
      button.setAttribute("aria-expanded", "false");
      button.append(
        part("span", "time", clock(date)),
        part("span", "action", `${action}${kind === "result" ? " ↩" : ""}`),
        part("span", "words", words),
      );
      button.title = from === "station" ? "From the station to the CSMS" : "From the CSMS to the station";
      const raw = part("pre", "raw", "");
      raw.hidden = true;
      button.addEventListener("click", () => {
        raw.hidden = !raw.hidden;
        raw.textContent = JSON.stringify(JSON.parse(text), null, 2);
        button.setAttribute("aria-expanded", String(!raw.hidden));
      });
      item.append(button, raw);
      add(item, `frame from-${from} ${kind}`);
    },
    hardware(words) {
      add(part("li", "", words), "note");
    },
    event([name, what]) {
      if (name === "TransactionEnded") showBill(what);
    },
    ended(name, outcome) {
      const failed = outcome.Err;
      const refused = outcome.Ok?.Refused;
      const words = failed ? `was not carried out: ${typeof failed === "string" ? failed : Object.keys(failed)[0]}` : refused ? `was refused: ${refused.status}` : "was accepted";
      add(part("li", "", `The operator's “${name}” ${words}.`), "note");
    },
    changed() {
      later();
    },
  };

  function showBill(bill) {
    const energy = bill.energyWh === null ? "unknown energy" : `${(bill.energyWh / 1000).toFixed(2)} kWh`;
    get("bill").textContent = `Bill ${bill.reference}: ${energy} for ${bill.idToken?.idToken ?? "nobody"}${bill.warnings.length ? `; ${bill.warnings.join(", ")}` : ""}`;
  }

  let waiting = false;
  function later() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      show();
    });
  }

  function show() {
    const on = simulation.powered;
    const state = on ? simulation.station.state : null;
    const connector = state?.connectors[0];
    const csms = simulation.csms.state;
    get("status").textContent = connector?.status ?? "No power";
    root.querySelector("#charger").dataset.status = on ? (simulation.power > 0 ? "flows" : connector.status) : "off";
    get("link").textContent = simulation.connected ? `connected, OCPP ${simulation.version}` : "not connected";
    get("registration").textContent = state?.registration ?? "–";
    get("power").textContent = `${(simulation.power / 1000).toFixed(1)} kW`;
    get("register").textContent = `${(simulation.register / 1000).toFixed(2)} kWh`;
    get("session").textContent = connector?.transaction ? `${((connector.energy_wh ?? 0) / 1000).toFixed(2)} kWh` : "–";
    get("limit").textContent = simulation.limit ? limitText(simulation.limit) : "none";
    get("who").textContent = connector?.token?.id ?? "–";
    get("queued").textContent = state ? String(state.queued) : "–";
    get("date").textContent = clock(simulation.date);
    const transaction = simulation.transaction;
    get("csms-state").textContent = `${csms.info ? `${csms.info.vendor} ${csms.info.model}` : "nobody yet"}${transaction ? `; transaction ${transaction} runs` : ""}`;
    const label = (id, text, pressed) => {
      get(id).textContent = text;
      if (pressed !== undefined) get(id).setAttribute("aria-pressed", String(pressed));
    };
    label("plug", simulation.car.plugged ? "Unplug" : "Plug in", simulation.car.plugged);
    label("car", simulation.car.ready ? "Car pauses" : "Car goes on", !simulation.car.ready);
    label("fault", simulation.faulty ? "Repair fault" : "Ground fault", Boolean(simulation.faulty));
    label("network", simulation.network ? "Cut the network" : "Mend the network", !simulation.network);
    label("mains", on ? "Power cut" : "Power on", !on);
    for (const id of ["plug", "card", "stranger", "car", "fault", "meter"]) get(id).disabled = !on;
    get("car").disabled ||= !simulation.car.plugged;
    get("remote-stop").disabled = !transaction;
    get("limit-off").disabled = simulation.limits.length === 0;
  }

  function start() {
    list.replaceChildren();
    frames = [];
    get("bill").textContent = "No bill yet";
    const version = get("version").value;
    reader = new Reader(version);
    simulation = new Simulation(version, (kind, ...more) => tell[kind](...more));
    show();
  }

  const doing = {
    plug: () => simulation.plug(!simulation.car.plugged),
    card: () => simulation.present(CARD),
    stranger: () => simulation.present("FFFF0000"),
    car: () => simulation.carReady(!simulation.car.ready),
    fault: () => simulation.fault(!simulation.faulty),
    meter: () => simulation.readMeter(),
    network: () => simulation.setNetwork(!simulation.network),
    mains: () => (simulation.powered ? simulation.powerOff() : simulation.powerOn()),
    "remote-start": () => simulation.command("start", { Start: { idToken: { idToken: CARD, ...(simulation.version !== "1.6" && { kind: "ISO14443" }) }, evse: 1 } }),
    "remote-stop": () => simulation.command("stop", { Stop: simulation.transaction }),
    "limit-10": () => simulation.command("limit to 10 A", { Limit: { evse: 1, limit: 10 } }),
    "limit-off": () => simulation.clearLimits(),
    reset: () => simulation.command("restart", { Reset: { immediately: true } }),
    trigger: () => simulation.command("meter values", { Trigger: { message: "MeterValues", evse: 1 } }),
    minute: () => simulation.pass(60_000),
    restart: start,
    "check-all": () => check(frames.join("\n")),
  };
  for (const [id, work] of Object.entries(doing)) {
    get(id).addEventListener("click", () => {
      work();
      show();
    });
  }
  get("version").addEventListener("change", start);

  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    // A page that slept does not catch up on hours.
    const elapsed = Math.min(now - last, 2000) * Number(get("speed").value);
    last = now;
    if (elapsed <= 0) return;
    simulation.pass(elapsed);
    later();
  }, 250);
  start();
}
