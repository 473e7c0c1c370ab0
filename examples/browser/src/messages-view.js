// Messages and logs: what is wrong with them.

import { report, validate } from "ocpp-core/bytes";
import { LOG } from "./examples.js";

/** How many lines are listed; the summary counts all. */
const MOST = 300;

export function messagesView(root) {
  const text = root.querySelector("#log");
  const version = root.querySelector("#log-version");
  const lenient = root.querySelector("#lenient");
  const list = root.querySelector("#verdicts");
  const summary = root.querySelector("#summary");
  const drop = root.querySelector("#drop");
  let timer;

  function judge() {
    list.replaceChildren();
    if (!text.value.trim()) {
      summary.textContent = "Paste a message or a log, or drop a file here.";
      return;
    }
    const options = { version: version.value, lenient: lenient.checked };
    let lines;
    try {
      lines = validate(text.value, options);
    } catch (error) {
      summary.textContent = error.message;
      return;
    }
    const messages = lines.filter((line) => line.message !== null || !line.ok);
    const wrong = messages.filter((line) => !line.ok);
    const repaired = messages.filter((line) => line.deviations?.length);
    const also = repaired.length ? `, ${repaired.length} of them repaired` : "";
    summary.innerHTML = "";
    const verdict = document.createElement("strong");
    verdict.className = wrong.length ? "bad" : "good";
    verdict.textContent = messages.length ? (wrong.length ? `${wrong.length} of ${messages.length} wrong` : `All ${messages.length} right${also}`) : "No OCPP message found";
    summary.append(verdict, ` in ${lines.length} ${lines.length === 1 ? "line" : "lines"}`);
    // What is wrong comes first.
    for (const line of [...wrong, ...messages.filter((line) => line.ok)].slice(0, MOST)) list.append(item(line));
    if (messages.length > MOST) {
      const more = document.createElement("li");
      more.textContent = `… and ${messages.length - MOST} more`;
      list.append(more);
    }
    root.querySelector("#report").textContent = report(text.value, options);
  }

  function item(line) {
    const one = document.createElement("li");
    one.className = line.ok ? "good" : "bad";
    const head = document.createElement("button");
    head.type = "button";
    head.className = "where";
    head.title = "Show this line in the text";
    head.textContent = `Line ${line.line}`;
    head.addEventListener("click", () => select(line.line));
    const what = document.createElement("span");
    what.className = "what";
    what.textContent = `${line.ok ? "✓" : "✗"} ${line.message ?? "no message"}`;
    const top = document.createElement("div");
    top.className = "head";
    top.append(head, what);
    one.append(top);
    if (line.callerror) {
      const code = document.createElement("code");
      code.textContent = line.callerror;
      code.title = "The answer that the sender gets";
      top.append(code);
    }
    for (const error of line.errors ?? []) one.append(detail(`${error.pointer || "/"}`, `${error.expected} is wanted${error.found ? `, found ${error.found}` : ""}`));
    for (const repair of line.deviations ?? []) one.append(detail(repair.pointer || "/", `${repair.found} was taken for ${repair.became ?? "nothing"}`));
    return one;
  }

  function detail(pointer, words) {
    const line = document.createElement("p");
    const code = document.createElement("code");
    code.textContent = pointer;
    line.append(code, ` ${words}`);
    return line;
  }

  function select(number) {
    const lines = text.value.split("\n");
    const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[number - 1]?.length ?? 0));
    text.scrollTop = Math.max(0, ((number - 3) / lines.length) * text.scrollHeight);
  }

  async function take(files) {
    if (files.length) {
      text.value = await files[0].text();
      judge();
    }
  }

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(judge, 150);
  };
  text.addEventListener("input", later);
  version.addEventListener("change", judge);
  lenient.addEventListener("change", judge);
  root.querySelector("#file").addEventListener("change", (event) => take(event.target.files));
  root.querySelector("#log-example").addEventListener("click", () => {
    text.value = LOG;
    judge();
  });
  root.querySelector("#log-clear").addEventListener("click", () => {
    text.value = "";
    judge();
    text.focus();
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop") take(event.dataTransfer.files);
    });
  }
  text.value = '[2,"19","BootNotification",{"chargePointVendor":"Example","chargePointModel":7}]\n[3,"19",{"status":"Accepted","currentTime":"2024-05-15T12:00:00Z","interval":300}]\n';
  judge();
  return { show: (log) => ((text.value = log), judge()) };
}
