// A charging situation: read, answered, drawn and explained.

import { explain, schedule } from "ocpp-core/bytes";
import { REPLACED, SITUATION } from "./examples.js";

const HEIGHT = 320;
const LEFT = 56;
const BOTTOM = 40;
const TOP = 30;
const RIGHT = 24;

const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

export function scheduleView(root) {
  const editor = root.querySelector("#situation");
  const picture = root.querySelector("#picture");
  const words = root.querySelector("#explanation");
  const problem = root.querySelector("#situation-problem");
  const slider = root.querySelector("#instant");
  const moment = root.querySelector("#moment");
  const examples = { evening: SITUATION, replaced: REPLACED };
  let answer = null;
  let begin = null;
  /** As wide as there is room, so that letters keep their size. */
  let width = 860;

  function update() {
    try {
      const situation = JSON.parse(editor.value);
      answer = schedule(editor.value);
      if (answer.error) throw new Error(answer.error);
      begin = new Date(situation.request.startTime);
      problem.textContent = "";
    } catch (error) {
      answer = null;
      picture.replaceChildren();
      words.replaceChildren();
      problem.textContent = error.message;
      slider.disabled = true;
      return;
    }
    slider.disabled = false;
    slider.max = Math.max(1, answer.duration - 1);
    slider.value = Math.min(slider.value, slider.max);
    show();
  }

  function show() {
    const at = Number(slider.value);
    const date = new Date(begin.getTime() + at * 1000);
    draw(at);
    moment.textContent = clock(date);
    slider.setAttribute("aria-valuetext", clock(date));
    try {
      const lines = explain(editor.value, date.toISOString()).trim().split("\n");
      words.innerHTML = lines
        .map((line, n) => `<p class="${n === 0 ? "verdict" : line.includes("DECIDES") ? "decides" : ""}">${escape(line.replace("DECIDES", "decides"))}</p>`)
        .join("");
    } catch (error) {
      words.textContent = error.message;
    }
  }

  const clock = (date) => date.toISOString().slice(11, 16) + " UTC";

  function draw(at) {
    width = Math.max(300, picture.clientWidth || width);
    const { periods, duration, chargingRateUnit } = answer;
    const most = Math.max(1, ...periods.map((one) => one.limit ?? 0));
    const step = [1, 2, 5, 8, 10, 20, 50, 100, 500, 1000, 2000, 5000, 10000, 20000, 50000].find((one) => most / one <= 4.5) ?? most;
    const top = Math.ceil((most * 1.02) / step) * step;
    const x = (second) => LEFT + (second / duration) * (width - LEFT - RIGHT);
    const y = (limit) => TOP + (1 - limit / top) * (HEIGHT - TOP - BOTTOM);
    const floor = y(0);
    const parts = [];
    for (let value = 0; value <= top; value += step) {
      parts.push(`<line class="grid" x1="${LEFT}" x2="${width - RIGHT}" y1="${y(value)}" y2="${y(value)}"/>`);
      parts.push(`<text x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end">${value}</text>`);
    }
    const tick = [60, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400].find((one) => duration / one <= width / 80) ?? duration;
    for (let second = 0; second <= duration; second += tick) {
      const label = new Date(begin.getTime() + second * 1000).toISOString().slice(11, 16);
      parts.push(`<line class="grid" x1="${x(second)}" x2="${x(second)}" y1="${floor}" y2="${floor + 5}"/>`);
      parts.push(`<text x="${x(second)}" y="${floor + 20}" text-anchor="middle">${label}</text>`);
    }
    let line = "";
    periods.forEach((period, n) => {
      const end = periods[n + 1]?.startPeriod ?? duration;
      const [from, to, height] = [x(period.startPeriod), x(end), y(period.limit)];
      line += `${n ? "L" : "M"}${from},${height}L${to},${height}`;
      const phases = period.numberPhases ? `, ${period.numberPhases} ${period.numberPhases === 1 ? "phase" : "phases"}` : "";
      const held = at >= period.startPeriod && at < end;
      parts.push(`<rect class="bar${held ? " held" : ""}" x="${from}" y="${height}" width="${Math.max(0, to - from)}" height="${floor - height}"><title>${period.limit} ${chargingRateUnit}${phases}</title></rect>`);
      if (to - from > 34) parts.push(`<text class="value" x="${(from + to) / 2}" y="${height + (floor - height > 24 ? 18 : -6)}" text-anchor="middle">${period.limit} ${chargingRateUnit}</text>`);
    });
    parts.push(`<path class="line" d="${line}"/>`);
    parts.push(`<line class="now" x1="${x(at)}" x2="${x(at)}" y1="${TOP}" y2="${floor}"/>`);
    parts.push(`<text x="${LEFT - 8}" y="${TOP - 16}" text-anchor="end">${chargingRateUnit}</text>`);
    picture.innerHTML = `<svg viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label="Composite schedule: ${periods.length} periods in ${duration} seconds">${parts.join("")}</svg>`;
  }

  picture.addEventListener("click", (event) => {
    const box = picture.querySelector("svg")?.getBoundingClientRect();
    if (!box || !answer) return;
    const inside = (((event.clientX - box.left) / box.width) * width - LEFT) / (width - LEFT - RIGHT);
    slider.value = Math.round(Math.min(1, Math.max(0, inside)) * answer.duration);
    show();
  });
  slider.addEventListener("input", show);
  new ResizeObserver(() => {
    if (answer && picture.clientWidth && picture.clientWidth !== width) draw(Number(slider.value));
  }).observe(picture);
  editor.addEventListener("input", update);
  root.querySelector("#situation-example").addEventListener("change", (event) => {
    editor.value = JSON.stringify(examples[event.target.value], null, 2);
    slider.value = 0;
    update();
  });
  editor.value = JSON.stringify(examples.evening, null, 2);
  update();
  slider.value = 3000;
  if (answer) show();
}
