// A management system in JavaScript that lets everybody charge: node csms.js [PORT]

import { Csms } from "ocpp-core/ws";

const csms = new Csms({ authorize: () => "Accepted" });
csms.on("event", (station, event, what) => console.log(station.identity, event, JSON.stringify(what)));
console.log("listening on port", await csms.listen(Number(process.argv[2] ?? 9000)));
