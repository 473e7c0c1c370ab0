// What both pages need: requests with the access token, elements without HTML of others, and a picture of a schedule.

/** An element. Texts stay texts, whatever a station has written into them. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

const TOKEN = "ocpp-access-token";
let asking = null;

/** Asks for the access token, once for all requests that wait for it. */
function askForToken() {
  asking ??= new Promise((resolve) => {
    const input = el("input", { type: "password", autocomplete: "off", required: true, "aria-label": "Access token" });
    const dialog = el("dialog", {}, el("form", { class: "lines", method: "dialog" },
      el("h2", {}, "Access token"),
      el("p", { class: "small soft" }, "The program was started with --api-token-file: a token of that file is wanted. It is kept until this tab is closed."),
      input, el("button", { class: "main" }, "Go on")));
    dialog.addEventListener("close", () => {
      sessionStorage.setItem(TOKEN, input.value.trim());
      dialog.remove();
      asking = null;
      resolve();
    });
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    document.body.append(dialog);
    dialog.showModal();
  });
  return asking;
}

async function request(method, path, body, more = {}) {
  for (;;) {
    const headers = { Accept: "application/json", ...more.headers };
    const token = sessionStorage.getItem(TOKEN);
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const response = await fetch(path, { ...more, method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    if (response.status !== 401) return response;
    await askForToken();
  }
}

/** A request and its answer. What is refused is thrown, with the reason. */
export async function api(method, path, body) {
  const response = await request(method, path, body);
  const answer = await response.json();
  if (!response.ok) {
    const error = new Error(answer.error ?? response.statusText);
    error.status = response.status;
    error.answer = answer;
    throw error;
  }
  return answer;
}

/** Follows server-sent events until the signal; connects again by itself. A header carries the token, which EventSource cannot. */
export async function follow(path, heard, signal) {
  let last = "";
  while (!signal.aborted) {
    try {
      const response = await request("GET", path, undefined, { signal, headers: { Accept: "text/event-stream", "Last-Event-ID": last } });
      if (!response.ok) throw new Error(response.statusText);
      heard("open", null);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        const blocks = (text + value).split("\n\n");
        text = blocks.pop();
        for (const block of blocks) {
          const fields = Object.fromEntries(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trimStart()]));
          if (fields.id) last = fields.id;
          if (fields.data) heard(fields.event ?? "message", JSON.parse(fields.data));
        }
      }
    } catch (error) {
      if (signal.aborted) return;
    }
    heard("lost", null);
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

/** Tells something at the edge of the page for a while. */
export function tell(text, bad = false) {
  const place = document.getElementById("told");
  const note = el("div", { class: bad ? "bad" : "", role: bad ? "alert" : "status" }, text);
  place.append(note);
  while (place.children.length > 4) place.firstChild.remove();
  setTimeout(() => note.remove(), bad ? 10000 : 5000);
}

/** Does something, and tells what is wrong if it fails. */
export async function attempt(what) {
  try {
    return await what();
  } catch (error) {
    tell(error.message, true);
    return undefined;
  }
}

/** Tells whether an answer is still the one that was asked for last: `const isNewest = asked()` before, `isNewest()` after. */
export function newest() {
  let count = 0;
  return () => {
    const mine = ++count;
    return () => mine === count;
  };
}

export const clock = (time) => (time ? new Date(time).toLocaleTimeString("en-GB") : "");
export const moment = (time) => (time ? new Date(time).toLocaleString("en-GB", { dateStyle: "short", timeStyle: "short" }) : "");
export const kWh = (wh) => (wh === null || wh === undefined ? "" : `${(Number(wh) / 1000).toLocaleString("en", { maximumFractionDigits: 2 })} kWh`);

const TONES = {
  Available: "good", Accepted: "good", Operative: "good",
  Charging: "busy", Occupied: "busy", Preparing: "busy", SuspendedEV: "busy", SuspendedEVSE: "busy", Finishing: "busy", Reserved: "warn",
  Pending: "warn", Unavailable: "warn", Faulted: "bad", Rejected: "bad", Blocked: "bad", Invalid: "bad", Expired: "warn",
};

/** A word with a coloured point. */
export const badge = (text, tone) => el("span", { class: "badge", "data-tone": tone ?? TONES[text] ?? "" }, text);

/** A table that becomes a list where there is no room. */
export function table(columns, rows, empty) {
  if (rows.length === 0) return el("p", { class: "empty" }, empty);
  const kind = (column) => (column.startsWith("#") ? "number" : "");
  const name = (column) => column.replace(/^#/, "");
  return el("table", { class: "stack" },
    el("thead", {}, el("tr", {}, columns.map((column) => el("th", { class: kind(column) }, name(column))))),
    el("tbody", {}, rows.map((cells) => el("tr", {}, cells.map((cell, n) => el("td", { class: kind(columns[n]), "data-label": name(columns[n]) || false }, cell ?? ""))))));
}

const SVG = "http://www.w3.org/2000/svg";
function draw(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** A composite schedule as a picture: steps over time. */
export function plot({ start, duration, unit, periods }, width) {
  const [height, left, right, top, bottom] = [230, 48, 12, 28, 28];
  const most = Math.max(1, ...periods.map((one) => Number(one.limit))) * 1.05;
  const step = [1, 2, 5, 8, 10, 16, 20, 50, 100, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000].find((one) => most / one <= 5) ?? most;
  const ceiling = Math.ceil(most / step) * step;
  const x = (second) => left + (second / duration) * (width - left - right);
  const y = (limit) => top + (1 - limit / ceiling) * (height - top - bottom);
  const svg = draw("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Limits in ${unit}: ${periods.length} steps` });
  for (let value = 0; value <= ceiling; value += step) {
    svg.append(draw("line", { class: "rule", x1: left, x2: width - right, y1: y(value), y2: y(value) }));
    svg.append(draw("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, value));
  }
  svg.append(draw("text", { x: left - 6, y: 12, "text-anchor": "end" }, unit));
  const tick = [900, 1800, 3600, 7200, 14400, 21600, 43200, 86400].find((one) => duration / one <= width / 70) ?? duration;
  for (let second = 0; second <= duration; second += tick) {
    const label = new Date(new Date(start).getTime() + second * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    svg.append(draw("text", { x: x(second), y: height - 8, "text-anchor": second === 0 ? "start" : second === duration ? "end" : "middle" }, label));
  }
  let line = "";
  periods.forEach((period, n) => {
    const end = periods[n + 1]?.start ?? duration;
    line += `${n ? "L" : "M"}${x(period.start)},${y(period.limit)}L${x(end)},${y(period.limit)}`;
  });
  svg.append(draw("path", { class: "area", d: `${line}L${x(duration)},${y(0)}L${x(0)},${y(0)}Z` }));
  svg.append(draw("path", { class: "line", d: line }));
  return svg;
}

/** The values of a form by name; empty ones are left out, numbers are numbers. */
export function values(form) {
  const found = {};
  for (const field of form.elements) {
    if (!field.name) continue;
    if (field.type === "checkbox") found[field.name] = field.checked;
    else if (field.value !== "") found[field.name] = field.type === "number" ? Number(field.value) : field.value;
  }
  return found;
}
