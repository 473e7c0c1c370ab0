// The page of the simulated station: what a driver, a car and the weather do to it.

import { api, attempt, badge, el, kWh, table, tell, values } from "./common.js";

const $ = (id) => document.getElementById(id);
const post = (what, body = {}) => api("POST", `v1/${what}`, body);

/** Presses a button, and looks at once what has come of it. */
const press = (button, does) => button.addEventListener("click", () => {
  button.disabled = true;
  attempt(does).finally(() => {
    button.disabled = false;
    return look();
  });
});
const button = (text, does, kind = "") => {
  const made = el("button", { type: "button", class: kind }, text);
  press(made, does);
  return made;
};

/** The network as it was left; the station does not tell. */
let online = true;
/** The first key that is shown, as the version calls it. */
const HEARTBEAT = { "1.6": "HeartbeatInterval", "2.0.1": "OCPPCommCtrlr.HeartbeatInterval" };
const cars = new Map();
const faults = new Set();
let drawn = "";

function evseCard(one) {
  const at = { evse: one.evse, connector: one.connector };
  const key = `${one.evse}.${one.connector}`;
  const car = cars.get(key) ?? "ready";
  const drive = async (state) => {
    await post("ev", { evse: one.evse, state });
    cars.set(key, state);
  };
  const fault = faults.has(key);
  return el("section", { class: "card", "data-evse": one.evse },
    el("div", { class: "bar" }, el("h2", {}, one.connector > 1 ? `EVSE ${one.evse}, connector ${one.connector}` : `EVSE ${one.evse}`), el("span", { class: "end" }, badge(one.status))),
    el("p", { class: "big number" }, one.transaction ? kWh(one.energyWh ?? 0) : " "),
    el("dl", {},
      el("dt", {}, "Cable"), el("dd", {}, one.plugged ? (one.locked ? "plugged in, locked" : "plugged in") : one.locked ? "in the socket, locked" : "not plugged in"),
      el("dt", {}, "Token"), el("dd", {}, one.idToken || "—"),
      el("dt", {}, "Transaction"), el("dd", {}, one.transaction ? (one.transactionId ?? "begun") : "—")),
    el("p", { class: "bar" },
      one.plugged ? button("Unplug", () => post("unplug", at)) : button("Plug in", async () => {
        await post("plug", at);
        cars.set(key, "ready");
      }, "main"),
      one.plugged ? button(car === "ready" ? "Car pauses" : "Car goes on", () => drive(car === "ready" ? "suspended" : "ready")) : null,
      button(fault ? "Fault ends" : "Ground fault", async () => {
        await post("fault", { ...at, errorCode: fault ? "NoError" : "GroundFailure" });
        if (fault) faults.delete(key);
        else faults.add(key);
      }, fault ? "bad" : "")));
}

function show(state) {
  const { version, registration, connected, evses, queued, waiting, givenUp, storageFailed } = state;
  $("live").textContent = connected ? `connected, OCPP ${version}` : "not connected";
  $("live").dataset.tone = connected ? "good" : "bad";
  $("summary").textContent = [registration ?? "not registered yet", queued ? `${queued} messages wait` : "", storageFailed ? "nothing can be stored" : "", online ? "" : "the network is cut"].filter(Boolean).join(" · ");
  const { key } = $("config").elements;
  if (Object.values(HEARTBEAT).includes(key.value)) key.value = HEARTBEAT[version] ?? key.value;
  $("network").textContent = online ? "Cut the network" : "Restore the network";
  $("network").setAttribute("aria-pressed", String(!online));
  $("link").textContent = connected ? "Disconnect" : "Connect";
  for (const one of evses) if (one.status === "Faulted") faults.add(`${one.evse}.${one.connector}`);
  // Buttons that somebody is about to press stay where they are.
  const text = JSON.stringify([evses, [...cars], [...faults]]);
  if (text !== drawn) {
    drawn = text;
    const focused = [...$("evses").querySelectorAll("button")].indexOf(document.activeElement);
    $("evses").replaceChildren(...evses.map(evseCard));
    if (focused >= 0) $("evses").querySelectorAll("button")[focused]?.focus();
  }
  for (const select of document.querySelectorAll('select[name="evse"]')) {
    const known = new Set([...select.options].map((option) => option.value));
    for (const { evse } of evses) if (!known.has(String(evse))) select.append(el("option", { value: String(evse) }, String(evse))), known.add(String(evse));
  }
  const rows = [...waiting.map((one) => [`OCPP ${one.version}`, `${one.messages} until that version is spoken again`, ""]),
    ...givenUp.map((one) => [one.action, one.reason, button("Settled", () => api("DELETE", `v1/given-up/${one.id}`))])];
  $("waiting").replaceChildren(table(["What", "Why", ""], rows, queued ? `${queued} wait for delivery.` : "None."));
}

let looking = null;
/** Looks at the station, once at a time. */
function look() {
  looking ??= (async () => {
    try {
      show(await api("GET", "v1/state"));
      document.body.dataset.ready = "";
    } catch {
      $("live").textContent = "the program does not answer";
      $("live").dataset.tone = "bad";
    } finally {
      looking = null;
    }
  })();
  return looking;
}

$("card").addEventListener("submit", (event) => {
  event.preventDefault();
  const { token, kind, evse } = values(event.target);
  $("decided").replaceChildren("…");
  attempt(async () => {
    const place = Number(evse) ? { evse: Number(evse) } : {};
    const { status } = await post("token", { idToken: token, type: kind, ...place });
    const unknown = status === "Invalid" ? el("p", { class: "soft small" }, "The management system does not know this card, or does not want it: put it there under Tokens.") : "";
    $("decided").replaceChildren(badge(status), unknown);
    await look();
  });
});
$("limit").addEventListener("submit", (event) => {
  event.preventDefault();
  const { evse, limit, unit } = values(event.target);
  if (limit === undefined) return tell("How much?", true);
  return attempt(() => post("limit", { evse: Number(evse), source: "EMS", limit, unit }).then(() => tell(`At most ${limit} ${unit}`)));
});
press($("release"), () => post("limit", { evse: Number($("limit").elements.evse.value), source: "EMS", limit: null }).then(() => tell("Released")));
$("config").addEventListener("submit", (event) => {
  event.preventDefault();
  const { key, value = "" } = values(event.target);
  attempt(() => api("PUT", `v1/config/${encodeURIComponent(key)}`, { value }).then(() => tell(`${key} is ${value}`)));
});
press($("read"), async () => {
  const { key, value } = $("config").elements;
  value.value = (await api("GET", `v1/config/${encodeURIComponent(key.value)}`)).value;
});
press($("network"), async () => {
  await post("network", { online: !online });
  online = !online;
});
press($("power"), () => post("power", { action: "cycle" }).then(() => tell("The power was away for a moment")));
press($("link"), () => post($("link").textContent === "Connect" ? "start" : "stop"));

await look();
setInterval(() => document.hidden || look(), 1000);
