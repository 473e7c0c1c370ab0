// How many calls cross the border in a second: node bench.js

import { RemoteStation, Session, validate } from "ocpp-core";

const HEARTBEAT = JSON.stringify({ currentTime: "2024-05-15T12:00:00Z" });

/** Says how often in a second `once` can be done. */
function measure(name, once) {
  for (let n = 0; n < 2000; n++) once(n);
  const rounds = 30_000;
  const begin = performance.now();
  for (let n = 0; n < rounds; n++) once(n + 2000);
  const seconds = (performance.now() - begin) / 1000;
  console.log(`${name}: ${Math.round(rounds / seconds).toLocaleString("en")} a second`);
}

const session = new Session("1.6", "Csms", { seed: 1 });
session.handle("Connected");
measure("a call in, answered by the application", (n) => {
  session.handle({ Received: `[2,"${n}","Heartbeat",{}]` });
  for (const output of session.outputs()) {
    if (output.Call) session.handle({ Respond: { token: output.Call.token, payload: HEARTBEAT } });
  }
});

const remote = new RemoteStation({ identity: "CP1" });
remote.handle({ Connected: { version: "1.6" } });
for (const _ of remote.outputs());
measure("a call in, answered by RemoteStation", (n) => {
  remote.handle({ Received: `[2,"${n}","Heartbeat",{}]` });
  for (const _ of remote.outputs());
});

measure("the state of a session", () => session.state);
measure("a frame validated", (n) => validate(`[2,"${n}","Heartbeat",{}]`, { version: "1.6" }));
