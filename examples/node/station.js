// A charging station in JavaScript: it registers, a car is charged for ten seconds. Needs a CSMS: node csms.js

import { setTimeout as sleep } from "node:timers/promises";
import { Charger } from "ocpp-core/ws";

const [url = "ws://127.0.0.1:9000", seconds = 10] = process.argv.slice(2);
const config = { versions: ["1.6"], vendor: "Example", model: "JavaScript", evse: [{}] };
const charger = new Charger(url, "CP001", config, { hardware: (output) => void console.log(output) }).start();
await charger.until((state) => state.registration === "Accepted");
charger.plug();
charger.present("card");
await charger.until((state) => state.connectors[0].transaction_id);
await sleep(Number(seconds) * 1000);
charger.unplug();
await charger.until((state) => !state.connectors[0].transaction && state.queued === 0);
charger.stop();
