// Holds a station for the test lab: a line in, a line out, as docs/interfaces.md says.
//
//     ocpp conformance run --preset chaevi --station-command "node host.js"
import { createInterface } from "node:readline";
import { OcppError, Station } from "ocpp-core";

const time = (monotonic) => ({ monotonic: Number(monotonic), utc: null });
let station;

const obey = {
  new: (at, config, records) => {
    station = new Station(config, JSON.parse(records), time(at));
  },
  free: () => {
    station?.free();
    station = undefined;
  },
  handle: (at, input) => station.handle(JSON.parse(input), time(at)),
  poll_output: () => station.pollOutput(),
  next_timeout: () => station.nextTimeout(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [what, ...fields] = line.split("\t");
  try {
    console.log(`ok\t${JSON.stringify(obey[what](...fields) ?? null)}`);
  } catch (error) {
    if (!(error instanceof OcppError)) throw error;
    console.log(`error\t${JSON.stringify(error.message)}`);
  }
}
