// The page of the management system.

import { api, attempt, badge, clock, el, follow, kWh, moment, newest, plot, table, tell, values } from "./common.js";
import { sayAnswer, sayCall } from "./words.js";

const view = document.getElementById("view");
const live = document.getElementById("live");
const PAGE = 200;
const EVENTS = 300;

/** The newest events, newest first. */
const events = [];
/** What the shown view does when something has happened; set by each view. */
let changed = () => {};
/** Ends what the shown view has begun. */
let leaving = new AbortController();

const path = (...segments) => ["v1", ...segments].map((segment) => encodeURIComponent(segment)).join("/");
const link = (id) => el("a", { href: `#/stations/${encodeURIComponent(id)}` }, id);
const card = (...children) => el("section", { class: "card" }, ...children);
const button = (text, does, kind = "") => el("button", { type: "button", class: kind, onclick: (event) => {
  const pressed = event.currentTarget;
  pressed.disabled = true;
  attempt(does).finally(() => (pressed.disabled = false));
} }, text);

/** A form that does something with its values. */
function form(name, does, ...fields) {
  const made = el("form", { onsubmit: (event) => {
    event.preventDefault();
    const press = event.submitter;
    if (press) press.disabled = true;
    attempt(() => does(values(made))).finally(() => press && (press.disabled = false));
  } }, ...fields, el("button", { class: "main" }, name));
  return made;
}
const field = (label, name, more = {}) => el("label", {}, label, el("input", { name, autocomplete: "off", spellcheck: "false", ...more }));
const choice = (label, name, options) => el("label", {}, label, el("select", { name }, options.map((option) => el("option", {}, option))));

/** Carries an operation out, and tells what came of it. */
async function operate(station, operation, body = {}) {
  const answer = await api("POST", path("stations", station, "do", operation), body);
  if (answer.error) throw new Error(`${operation}: ${answer.error.code}: ${answer.error.description}`);
  const refused = answer.outcome === "Refused";
  const words = [operation, answer.status ?? answer.outcome, answer.reason].filter(Boolean).join(": ");
  if (!["Variables", "Report"].includes(answer.outcome)) tell(words, refused);
  return answer;
}

// --- Stations

function stationCard(station) {
  const connectors = station.connectors.filter((one) => one.evse > 0);
  const states = connectors.length ? connectors : station.connectors;
  const { vendor = "", model = "" } = station.info ?? {};
  return el("article", { class: "card" },
    el("div", { class: "bar" }, el("strong", {}, link(station.id)), el("span", { class: "end small" },
      badge(station.connected ? `OCPP ${station.version}` : "not connected", station.connected ? "good" : ""))),
    el("p", { class: "soft small" }, [vendor, model].join(" ").trim() || "has not booted yet",
      station.registration && station.registration !== "Accepted" ? [" · ", badge(station.registration)] : ""),
    el("div", { class: "bar small" }, states.map((one) => el("span", {}, `${one.evse}${one.connector > 1 ? `.${one.connector}` : ""} `, badge(one.status)))));
}

async function stations() {
  const search = el("input", { type: "search", placeholder: "Find a station", "aria-label": "Find a station", oninput: () => show() });
  const only = el("input", { type: "checkbox", onchange: () => show() });
  const list = el("div", { class: "grid" });
  const count = el("span", { class: "soft small", role: "status" });
  const more = button("More", () => load(true));
  const asked = newest();
  let all = [];
  let complete = false;
  function show() {
    const wanted = search.value.trim().toLowerCase();
    const shown = all.filter((one) => (!only.checked || one.connected) && (!wanted || `${one.id} ${one.info?.vendor} ${one.info?.model}`.toLowerCase().includes(wanted)));
    list.replaceChildren(...shown.map(stationCard));
    const connected = all.filter((one) => one.connected).length;
    count.textContent = `${all.length}${complete ? "" : "+"} known, ${connected} connected`;
    more.hidden = complete;
    if (all.length === 0) list.replaceChildren(el("p", { class: "empty" }, "No station is known yet. Start one in another terminal: ", el("code", {}, `ocpp station --url ws://HOST:PORT/ --id CP001 --control 127.0.0.1:9100`)));
  }
  async function load(further = false) {
    const known = further ? [] : all;
    const limit = Math.max(PAGE, known.length);
    const after = further ? (all.at(-1)?.id ?? "") : "";
    const isNewest = asked();
    const page = await api("GET", `v1/stations?limit=${limit}&after=${encodeURIComponent(after)}`);
    if (!isNewest()) return;
    all = further ? [...all, ...page] : page;
    complete = page.length < limit;
    show();
  }
  view.replaceChildren(el("div", { class: "bar" }, el("h2", {}, "Stations"), count, el("label", { class: "check end" }, only, "connected"), search), list, more);
  await load();
  return () => load();
}

// --- One station

const STATION_EVENTS = ["Connected", "Disconnected", "Booted", "Connector", "TransactionBegan", "TransactionChanged", "TransactionEnded", "TransactionPresumedOver", "TransactionResumed", "MeterValues", "Reservation", "Progress"];

async function station(id) {
  const head = card();
  const evses = el("div", { class: "grid" });
  const transactionsPlace = el("div");
  const asked = newest();
  let known = {};
  async function load() {
    const isNewest = asked();
    const [now, running] = await Promise.all([api("GET", path("stations", id)), api("GET", `v1/transactions?station=${encodeURIComponent(id)}&active=true&limit=64`)]);
    if (!isNewest()) return;
    known = now;
    const { vendor = "", model = "", firmwareVersion, serialNumber } = now.info ?? {};
    head.replaceChildren(
      el("div", { class: "bar" }, el("p", { class: "big" }, id), el("span", { class: "end" }, badge(now.connected ? `connected, OCPP ${now.version}` : "not connected", now.connected ? "good" : ""))),
      el("p", { class: "soft small" }, [[vendor, model].join(" ").trim(), firmwareVersion && `firmware ${firmwareVersion}`, serialNumber && `serial number ${serialNumber}`, now.registration, now.lastSeen && `last seen ${moment(now.lastSeen)}`].filter(Boolean).join(" · ")));
    const places = now.connectors.filter((one) => one.evse > 0);
    evses.replaceChildren(...places.map((one) => {
      const transaction = running.find((it) => it.evse === one.evse);
      return card(
        el("div", { class: "bar" }, el("h2", {}, now.version === "1.6" ? `Connector ${one.evse}` : places.some((it) => it.connector > 1) ? `EVSE ${one.evse}, connector ${one.connector}` : `EVSE ${one.evse}`), el("span", { class: "end" }, badge(one.status))),
        one.errorCode && one.errorCode !== "NoError" ? el("p", { class: "small" }, badge(one.errorCode, "bad")) : null,
        el("p", { class: "soft small" }, `since ${moment(one.since)}`),
        transaction ? [
          el("dl", {}, el("dt", {}, "Token"), el("dd", {}, transaction.idToken), el("dt", {}, "Since"), el("dd", {}, moment(transaction.startedAt)),
            el("dt", {}, "Energy"), el("dd", {}, transaction.meterLast !== null && transaction.meterStart !== null ? kWh(transaction.meterLast - transaction.meterStart) : "—"),
            transaction.chargingState ? [el("dt", {}, "State"), el("dd", {}, transaction.chargingState)] : null),
          el("p", { class: "bar" }, button("Stop", () => operate(id, "Stop", transaction.ref), "bad")),
        ] : el("p", { class: "bar" }, button("Unlock", () => operate(id, "Unlock", { evse: one.evse, connector: one.connector }))));
    }));
    const elsewhere = running.filter((one) => !places.some((place) => place.evse === one.evse));
    transactionsPlace.replaceChildren(...(elsewhere.length ? [card(el("h2", {}, "Other open transactions"), transactionTable(elsewhere))] : []));
  }
  view.replaceChildren(el("p", { class: "small" }, el("a", { href: "#/stations" }, "All stations")), head, evses, transactionsPlace,
    el("div", { class: "two" },
      el("div", {}, messages(id), variables(id, () => known)),
      el("div", {}, operations(id, () => known), profiles(id, () => known))));
  await load();
  return (event) => (!event || (event.station === id && STATION_EVENTS.includes(event.kind)) ? load() : undefined);
}

function operations(id) {
  const evse = (required = false) => field("EVSE", "evse", { type: "number", min: 0, max: 1000, required });
  const raw = el("textarea", { name: "payload", rows: 4, "aria-label": "Payload, JSON", spellcheck: "false" }, "{}");
  const result = el("pre", { hidden: true, tabindex: 0 });
  const show = (answer) => {
    result.hidden = false;
    result.textContent = JSON.stringify(answer, null, 2);
  };
  const other = el("select", { name: "operation", "aria-label": "Operation" });
  const body = el("textarea", { rows: 4, "aria-label": "What belongs to the operation, JSON", spellcheck: "false" }, "{}");
  const what = el("p", { class: "small soft" });
  attempt(async () => {
    const document = await api("GET", "v1/openapi.json");
    const known = Object.entries(document.paths).filter(([name]) => name.includes("/do/")).map(([name, one]) => [name.split("/").at(-1), one.post]);
    const sketch = (schema) => {
      const resolve = (one) => (one?.$ref ? document.components.schemas[one.$ref.split("/").at(-1)] : one);
      const example = (one, depth) => {
        one = resolve(one) ?? {};
        const type = [one.type ?? []].flat().find((name) => name !== "null");
        if (one.const !== undefined) return one.const;
        if (one.enum) return one.enum[0];
        if (one.anyOf || one.oneOf) return (one.anyOf ?? one.oneOf).some((part) => part.type === "null") ? null : example((one.anyOf ?? one.oneOf)[0], depth);
        if (type === "object" && depth < 4) return Object.fromEntries((one.required ?? []).map((name) => [name, example(one.properties?.[name], depth + 1)]));
        return { string: "", integer: 0, number: 0, boolean: false, array: [] }[type] ?? {};
      };
      return schema ? example(schema, 0) : {};
    };
    const pick = () => {
      const operation = known.find(([name]) => name === other.value)?.[1];
      what.textContent = operation?.summary ?? "";
      body.value = JSON.stringify(sketch(operation?.requestBody?.content["application/json"].schema), null, 2);
    };
    other.append(...known.map(([name]) => el("option", {}, name)));
    other.addEventListener("change", pick);
    pick();
  });
  return card(el("h2", {}, "Operations"),
    form("Start", (found) => operate(id, "Start", { idToken: { idToken: found.token, kind: "ISO14443" }, evse: found.evse ?? null }), field("Token", "token", { required: true, class: "short" }), evse()),
    el("details", {}, el("summary", {}, "Limit what is charged"),
      form("Limit", (found) => operate(id, "Limit", { evse: found.evse ?? 0, limit: found.limit, watts: found.unit === "W", duration: found.minutes ? found.minutes * 60 : null, stackLevel: found.level ?? 0 }),
        evse(), field("Limit", "limit", { type: "number", min: 0, step: "0.1", required: true }), choice("Unit", "unit", ["A", "W"]), field("Minutes", "minutes", { type: "number", min: 1 }), field("Level", "level", { type: "number", min: 0 }))),
    el("details", {}, el("summary", {}, "Restart, availability, cache"),
      form("Restart", (found) => operate(id, "Reset", { immediately: found.now, evse: null }), el("label", { class: "check" }, el("input", { type: "checkbox", name: "now" }), "even while somebody charges")),
      form("Change", (found) => operate(id, "ChangeAvailability", { evse: found.evse ?? null, connector: null, operative: found.to === "in use" }), evse(), choice("Availability", "to", ["in use", "out of use"])),
      el("p", { class: "bar" }, button("Forget all tokens (cache)", () => operate(id, "ClearCache")))),
    el("details", {}, el("summary", {}, "Reserve"),
      form("Reserve", (found) => operate(id, "Reserve", { evse: found.evse ?? null, idToken: { idToken: found.token, kind: "ISO14443" }, expiry: new Date(Date.now() + found.minutes * 60000).toISOString(), group: null }),
        field("Token", "token", { required: true, class: "short" }), evse(), field("Minutes", "minutes", { type: "number", min: 1, value: "60", required: true })),
      reservations(id)),
    el("details", {}, el("summary", {}, "Ask for a message"),
      form("Ask", (found) => operate(id, "Trigger", { message: found.message, evse: found.evse ?? null, connector: null }),
        choice("Message", "message", ["Heartbeat", "StatusNotification", "MeterValues", "BootNotification"]), evse())),
    el("details", {}, el("summary", {}, "Any operation"),
      el("form", { class: "lines", onsubmit: (event) => {
        event.preventDefault();
        attempt(async () => show(await operate(id, other.value, JSON.parse(body.value || "{}"))));
      } }, other, what, body, el("button", { class: "main" }, "Carry out"))),
    el("details", {}, el("summary", {}, "Any message of OCPP"),
      el("form", { class: "lines", onsubmit: (event) => {
        event.preventDefault();
        attempt(async () => show(await api("POST", path("stations", id, "call", event.target.elements.action.value), JSON.parse(raw.value || "{}"))));
      } }, field("Action", "action", { required: true }), raw, el("button", { class: "main" }, "Send"))),
    result);
}

function reservations(id) {
  const place = el("div");
  const load = async () => {
    const all = await api("GET", `v1/reservations?station=${encodeURIComponent(id)}&limit=100`);
    const rows = all.filter((one) => one.status === "ACCEPTED").map((one) => [String(one.id), one.idToken, moment(one.expiryDate),
      button("Cancel", async () => {
        await api("DELETE", path("stations", id, "reservations", String(one.id)));
        await load();
      })]);
    place.replaceChildren(table(["#", "Token", "Until", ""], rows, "Nothing is reserved."));
  };
  attempt(load);
  watch((event) => event.station === id && event.kind === "Reservation" && attempt(load));
  return place;
}

function profiles(id) {
  const list = el("div");
  const picture = el("div");
  const evse = el("input", { type: "number", min: 0, max: 1000, value: "0" });
  const hours = el("select", {}, [["1 hour", 3600], ["6 hours", 21600], ["1 day", 86400], ["1 week", 604800]].map(([text, value]) => el("option", { value: String(value), selected: value === 86400 }, text)));
  const unit = el("select", {}, el("option", {}, "A"), el("option", {}, "W"));
  async function load() {
    const all = await api("GET", path("stations", id, "charging-profiles"));
    const rows = all.map((one) => [String(one.id), String(one.evse), String(one.profile?.chargingProfilePurpose ?? ""), String(one.profile?.stackLevel ?? ""),
      button("Take back", async () => {
        const answer = await api("DELETE", path("stations", id, "charging-profiles", String(one.id)));
        tell(answer.status ?? answer.outcome, answer.outcome === "Refused");
        await load();
      })]);
    list.replaceChildren(table(["#", "EVSE", "Purpose", "Level", ""], rows, "The station has no profiles that are known here."));
    await forecast();
  }
  const asked = newest();
  async function forecast() {
    const isNewest = asked();
    const composite = await api("GET", `${path("stations", id, "composite")}?evse=${evse.value || 0}&duration=${hours.value}&unit=${unit.value}`);
    if (isNewest()) picture.replaceChildren(plot(composite, Math.max(300, picture.clientWidth || 560)));
  }
  for (const input of [evse, hours, unit]) input.addEventListener("change", () => attempt(forecast));
  const made = card(el("div", { class: "bar" }, el("h2", {}, "Charging profiles"), el("span", { class: "end" }, button("Look again", load))), list,
    el("h3", {}, "What they come to"), el("div", { class: "bar" }, el("label", {}, "EVSE", evse), el("label", {}, "For", hours), el("label", {}, "Unit", unit)), picture,
    el("p", { class: "small soft" }, "Where no profile says anything: 32 A on three phases for each EVSE."));
  // Once it has a width.
  requestAnimationFrame(() => attempt(load));
  return made;
}

/** Variables of 2.x and keys of 1.6, in one shape. */
function readReport(parts) {
  const rows = [];
  for (const part of parts) {
    for (const key of part.configurationKey ?? []) rows.push({ name: key.key, value: key.value ?? "", writable: !key.readonly, key: { variable: key.key } });
    for (const { component, variable, variableAttribute } of part.reportData ?? []) {
      for (const attribute of variableAttribute ?? []) {
        const where = component.evse ? `(${[component.evse.id, component.evse.connectorId].filter((one) => one !== undefined).join(".")})` : "";
        const instance = (one) => (one.instance ? `[${one.instance}]` : "");
        const kind = attribute.type && attribute.type !== "Actual" ? ` ${attribute.type}` : "";
        rows.push({
          name: `${component.name}${instance(component)}${where}.${variable.name}${instance(variable)}${kind}`, value: attribute.value ?? "", writable: attribute.mutability !== "ReadOnly",
          key: { component: component.name, componentInstance: component.instance, evse: component.evse?.id, connector: component.evse?.connectorId, variable: variable.name, variableInstance: variable.instance, attribute: attribute.type },
        });
      }
    }
  }
  return rows.sort((a, b) => a.name.localeCompare(b.name));
}

function variables(id) {
  const list = el("div", { class: "scroll" });
  const search = el("input", { type: "search", placeholder: "Find", "aria-label": "Find a variable", hidden: true, oninput: () => show() });
  let all = [];
  function show() {
    const wanted = search.value.trim().toLowerCase();
    const rows = all.filter((one) => one.name.toLowerCase().includes(wanted)).map((one) => [one.name, one.value,
      one.writable ? button("Set", async () => {
        const value = prompt(one.name, one.value);
        if (value === null) return;
        const answer = await operate(id, "SetVariables", [[one.key, value]]);
        const status = answer.variables?.[0]?.status ?? answer.outcome;
        tell(`${one.name}: ${status}`, !["Accepted", "RebootRequired"].includes(status));
        if (status === "Accepted") one.value = value;
        show();
      }) : ""]);
    list.replaceChildren(table(["Name", "Value", ""], rows, "Nothing is called so."));
  }
  return card(el("div", { class: "bar" }, el("h2", {}, "Variables"), search, el("span", { class: "end" }, button("Read all", async () => {
    const answer = await operate(id, "Inventory", "Full");
    all = readReport(answer.parts ?? []);
    search.hidden = false;
    show();
  }))), list);
}

/** The messages of a station as they come, with what they say. */
function messages(id) {
  const list = el("ol", { class: "log", tabindex: 0, "aria-label": "Messages between station and management system, newest first" });
  const pause = el("input", { type: "checkbox" });
  const calls = new Map();
  let since = 0;
  function add({ seq, time, from, frame }) {
    since = Math.max(since, seq);
    let [action, words, kind] = ["", "", from];
    if (Array.isArray(frame)) {
      const [type, message, third, fourth] = frame;
      const answered = calls.get(`${from === "csms" ? "station" : "csms"} ${message}`) ?? "";
      if (type === 2) {
        calls.set(`${from} ${message}`, third);
        if (calls.size > 500) calls.delete(calls.keys().next().value);
        [action, words] = [String(third), sayCall(third, fourth ?? {})];
      } else if (type === 3) [action, words] = [String(answered), sayAnswer(answered, third ?? {})];
      else [action, words, kind] = [String(answered), `${third}: ${fourth || "that could not be done"}`, `${from} error`];
    } else words = String(frame);
    const raw = el("pre", { hidden: true, tabindex: 0 });
    const message = el("button", { type: "button", class: `message ${kind}`, "aria-expanded": "false", onclick: () => {
      raw.hidden = !raw.hidden;
      message.setAttribute("aria-expanded", String(!raw.hidden));
      if (!raw.hidden) raw.textContent = JSON.stringify(frame, null, 2);
    } }, el("span", { class: "time" }, clock(time)), el("span", { class: "action" }, action), el("span", { class: "words" }, String(words)));
    list.prepend(el("li", {}, message, raw));
    while (list.children.length > 300) list.lastChild.remove();
  }
  const { signal } = leaving;
  (async () => {
    while (!signal.aborted) {
      if (!pause.checked && !document.hidden) {
        try {
          for (const message of await api("GET", `${path("stations", id, "messages")}?since=${since}`)) add(message);
        } catch {
          // The next round tells whether it is there again.
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  })();
  return card(el("div", { class: "bar" }, el("h2", {}, "Messages"), el("label", { class: "check end" }, pause, "hold")), list);
}

// --- Transactions

function transactionTable(all) {
  return table(["#Ref", "Station", "EVSE", "Token", "From", "Until", "#Energy", "Remarks", ""], all.map((one) => {
    const until = one.stoppedAt === "" ? null : one.stoppedAt;
    const meter = one.meterStop ?? one.meterLast;
    return [String(one.ref), link(one.station), String(one.evse), one.idToken, moment(one.startedAt), until ? moment(until) : badge(one.chargingState ?? "runs", "busy"),
      meter !== null && one.meterStart !== null ? kWh(meter - one.meterStart) : "", [one.stopReason, ...(one.warnings ?? [])].filter(Boolean).join(", "),
      until ? "" : el("span", { class: "bar" }, button("Stop", () => operate(one.station, "Stop", one.ref)), button("Close", async () => {
        if (!confirm("Close it here, because its end is lost? The station is not told.")) return;
        await api("POST", path("transactions", String(one.ref), "close"));
        tell(`Transaction ${one.ref} is closed`);
        changed(null);
      }))];
  }), "There are none.");
}

async function transactions() {
  const list = el("div");
  const active = el("select", { "aria-label": "Which" }, el("option", { value: "true" }, "that run"), el("option", { value: "false" }, "that have ended"), el("option", { value: "" }, "all"));
  const token = el("input", { type: "search", placeholder: "Token", "aria-label": "Token", class: "short" });
  const more = button("More", () => load(true));
  const asked = newest();
  let all = [];
  async function load(further = false) {
    const isNewest = asked();
    const limit = further ? PAGE : Math.max(PAGE, all.length);
    const after = further ? (all.at(-1)?.ref ?? 0) : 0;
    const page = await api("GET", `v1/transactions?active=${active.value}&idToken=${encodeURIComponent(token.value.trim())}&after=${after}&limit=${limit}`);
    if (!isNewest()) return;
    all = further ? [...all, ...page] : page;
    more.hidden = page.length < limit;
    list.replaceChildren(transactionTable(all));
  }
  for (const input of [active, token]) input.addEventListener("change", () => attempt(() => load()));
  view.replaceChildren(card(el("div", { class: "bar" }, el("h2", {}, "Transactions"), active, token), list, more));
  await load();
  return (event) => (!event || event.kind.startsWith("Transaction") ? load() : undefined);
}

// --- Tokens

async function tokens() {
  const list = el("div");
  const more = button("More", () => load(true));
  const asked = newest();
  let all = [];
  async function load(further = false) {
    const isNewest = asked();
    const after = further ? (all.at(-1)?.[0] ?? "") : "";
    const page = Object.entries(await api("GET", `v1/tokens?limit=${PAGE}&after=${encodeURIComponent(after)}`));
    if (!isNewest()) return;
    all = further ? [...all, ...page] : page;
    more.hidden = page.length < PAGE;
    list.replaceChildren(table(["Token", "Status", "Group", "Until", ""], all.map(([text, one]) => [text, badge(one.status), one.parentIdTag ?? "", moment(one.expiryDate),
      el("span", { class: "bar" },
        button(one.status === "Accepted" ? "Block" : "Accept", async () => {
          await api("PUT", path("tokens", text), { ...one, status: one.status === "Accepted" ? "Blocked" : "Accepted" });
          await load();
        }),
        button("Forget", async () => {
          if (!confirm(`Forget the token ${text}?`)) return;
          await api("DELETE", path("tokens", text));
          await load();
        }, "bad"))]), "No token has been put. Without one nobody charges, unless the program was started with --accept-any-token."));
  }
  const put = form("Put", async (found) => {
    await api("PUT", path("tokens", found.token), { status: found.status, parentIdTag: found.group, expiryDate: found.until && new Date(found.until).toISOString() });
    tell(`${found.token} is ${found.status}`);
    put.reset();
    await load();
  }, field("Token", "token", { required: true, maxlength: 255, class: "short" }), choice("Status", "status", ["Accepted", "Blocked", "Expired", "NoCredit"]), field("Group", "group", { class: "short" }), field("Until", "until", { type: "datetime-local" }));
  view.replaceChildren(card(el("h2", {}, "Put a token"), put), card(el("h2", {}, "Tokens"), list, more));
  await load();
  return () => {};
}

// --- Events

function inWords({ kind, data }) {
  if (data === null || typeof data !== "object") return data === null ? "" : String(data);
  const text = (value) => (value !== null && typeof value === "object" ? JSON.stringify(value) : String(value));
  const parts = Object.entries(data).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)).map(([name, value]) => `${name}: ${text(value)}`);
  const all = parts.join(", ");
  return all.length > 240 ? `${all.slice(0, 239)}…` : all;
}

async function eventsView() {
  const list = el("ol", { class: "log", tabindex: 0, "aria-label": "Events, newest first" });
  const item = (event) => el("li", {}, el("div", { class: "message" }, el("span", { class: "time" }, clock(event.time)), el("span", { class: "action" }, event.station ? link(event.station) : "", ` ${event.kind}`), el("span", { class: "words" }, inWords(event))));
  const show = () => list.replaceChildren(...events.map(item));
  view.replaceChildren(card(el("h2", {}, "Events"), list));
  show();
  return (event) => {
    if (!event) return;
    list.prepend(item(event));
    while (list.children.length > EVENTS) list.lastChild.remove();
  };
}

// --- What is shown

const watchers = new Set();
/** Hears of events as long as the view is shown. */
function watch(heard) {
  watchers.add(heard);
}

async function show() {
  leaving.abort();
  leaving = new AbortController();
  watchers.clear();
  changed = () => {};
  const [, name = "stations", id] = location.hash.split("/").map(decodeURIComponent);
  for (const anchor of document.querySelectorAll("nav a")) {
    if (anchor.hash === `#/${name}`) anchor.setAttribute("aria-current", "page");
    else anchor.removeAttribute("aria-current");
  }
  const { signal } = leaving;
  const views = { stations: () => (id ? station(id) : stations()), transactions, tokens, events: eventsView };
  try {
    const shown = await (Object.hasOwn(views, name) ? views[name] : stations)();
    if (!signal.aborted) changed = shown;
  } catch (error) {
    if (!signal.aborted) view.replaceChildren(card(el("p", {}, error.message), el("p", {}, el("a", { href: "#/stations" }, "All stations"))));
  }
  document.body.dataset.ready = "";
}

/** Several events at once are one reason to look again. */
let waiting = null;
function refresh(event) {
  if (changed.length === 1) return attempt(async () => changed(event));
  waiting ??= setTimeout(() => {
    waiting = null;
    attempt(async () => changed());
  }, 700);
  return undefined;
}

addEventListener("hashchange", show);
await show();
follow("v1/events", (kind, event) => {
  if (kind === "open" || kind === "lost") {
    live.textContent = kind === "open" ? "live" : "not connected";
    live.dataset.tone = kind === "open" ? "good" : "bad";
    if (kind === "open") refresh(null);
    return;
  }
  if (kind === "missed") return refresh(null);
  events.unshift(event);
  events.length = Math.min(events.length, EVENTS);
  for (const heard of watchers) heard(event);
  refresh(event);
}, new AbortController().signal);
