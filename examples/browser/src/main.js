// The page: loads the module, and shows one of three views.

import { load } from "ocpp-core/bytes";
import { messagesView } from "./messages-view.js";
import { scheduleView } from "./schedule-view.js";
import { stationView } from "./station-view.js";

const VIEWS = ["station", "messages", "schedule"];

/** The module is part of the page: Base64 of gzip. */
async function unpack(text) {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

function open(name, focus = false) {
  for (const view of VIEWS) {
    const tab = document.getElementById(`tab-${view}`);
    const chosen = view === name;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    document.getElementById(view).hidden = !chosen;
    if (chosen && focus) tab.focus();
  }
  history.replaceState(null, "", `#${name}`);
}

function tabs() {
  for (const name of VIEWS) {
    const tab = document.getElementById(`tab-${name}`);
    tab.addEventListener("click", () => open(name));
    tab.addEventListener("keydown", ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (step) open(VIEWS[(VIEWS.indexOf(name) + step + VIEWS.length) % VIEWS.length], true);
    });
  }
  const wanted = location.hash.slice(1);
  open(VIEWS.includes(wanted) ? wanted : "station");
}

try {
  await load(await unpack(document.getElementById("module").textContent.trim()));
  const messages = messagesView(document.getElementById("messages"));
  stationView(document.getElementById("station"), {
    check(log) {
      messages.show(log);
      open("messages", true);
    },
  });
  scheduleView(document.getElementById("schedule"));
  tabs();
  document.body.dataset.ready = "yes";
} catch (error) {
  document.getElementById("loading").textContent = `This page could not start: ${error.message}`;
}
